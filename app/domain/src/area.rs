//! The tree of areas a pack describes: which area lies in which, which setting and province a household's
//! area has, which calendar holds there.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::services::near::Point;

/// Whether an area counts as a town or as countryside: the stratum of many published formulas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    /// A town.
    Urban,
    /// Countryside.
    Rural,
}

impl Setting {
    /// The word the registry input `setting` uses: `urban` or `rural`.
    pub fn id(self) -> &'static str {
        match self {
            Setting::Urban => "urban",
            Setting::Rural => "rural",
        }
    }
}

/// One area.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Area {
    /// The pack's code, unique in the tree.
    pub code: String,
    /// The area this one lies in; none for the highest ones.
    pub parent: Option<String>,
    /// What the pack calls this level (`province`, `district`, `commune`).
    pub level: String,
    /// Town or countryside; every area without children has one, its own or that of an area above.
    pub setting: Option<Setting>,
    /// The province's code as the published formulas number it (`01`), own or from an area above.
    pub province: Option<String>,
    /// The area's proper name where it is the same in every language; else it is in the pack's words.
    pub name: Option<String>,
    /// A point in the middle of it, for distances.
    pub at: Option<Point>,
}

/// All areas of a pack.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AreaTree {
    areas: BTreeMap<String, Area>,
    children: BTreeMap<String, Vec<String>>,
    roots: Vec<String>,
}

impl AreaTree {
    /// Builds the tree. Areas keep the order given among their siblings. The pack's check has made sure
    /// that codes are unique and that every parent is there and is no descendant.
    pub fn new(areas: Vec<Area>) -> AreaTree {
        let mut tree = AreaTree::default();
        for area in areas {
            match &area.parent {
                Some(parent) => tree.children.entry(parent.clone()).or_default().push(area.code.clone()),
                None => tree.roots.push(area.code.clone()),
            }
            tree.areas.insert(area.code.clone(), area);
        }
        tree
    }

    /// The area with this code.
    pub fn get(&self, code: &str) -> Option<&Area> {
        self.areas.get(code)
    }

    /// Every area, by code.
    pub fn all(&self) -> impl Iterator<Item = &Area> {
        self.areas.values()
    }

    /// How many areas there are.
    pub fn len(&self) -> usize {
        self.areas.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.areas.is_empty()
    }

    /// The highest areas, in the order of the pack.
    pub fn roots(&self) -> impl Iterator<Item = &Area> {
        self.roots.iter().filter_map(|code| self.get(code))
    }

    /// The areas directly inside one, in the order of the pack.
    pub fn children(&self, code: &str) -> impl Iterator<Item = &Area> {
        self.children.get(code).into_iter().flatten().filter_map(|child| self.get(child))
    }

    /// The lowest areas: those a household can live in.
    pub fn leaves(&self) -> impl Iterator<Item = &Area> {
        self.all().filter(|area| !self.children.contains_key(&area.code))
    }

    /// Whether a household can live in this area: it exists and has no areas inside.
    pub fn is_leaf(&self, code: &str) -> bool {
        self.areas.contains_key(code) && !self.children.contains_key(code)
    }

    /// The area and those above it, from itself to the highest.
    pub fn path(&self, code: &str) -> Vec<&Area> {
        // Bounded by the number of areas, so that even a tree nobody checked cannot hold us here.
        let above = |area: &&Area| area.parent.as_deref().and_then(|parent| self.get(parent));
        std::iter::successors(self.get(code), above).take(self.areas.len()).collect()
    }

    /// The point of an area: its own, else of the nearest above it that has one.
    pub fn point(&self, code: &str) -> Option<Point> {
        self.path(code).into_iter().find_map(|area| area.at)
    }

    /// The areas above one, nearest first.
    pub fn ancestors(&self, code: &str) -> Vec<&Area> {
        self.path(code).into_iter().skip(1).collect()
    }

    /// Whether `code` is `within` or lies somewhere inside it.
    pub fn is_within(&self, code: &str, within: &str) -> bool {
        self.path(code).iter().any(|area| area.code == within)
    }

    /// The codes of an area and of everything inside it.
    pub fn descendants(&self, code: &str) -> Vec<&str> {
        let mut found: Vec<&str> = self.get(code).map(|area| area.code.as_str()).into_iter().collect();
        let mut next = 0;
        while let Some(code) = found.get(next).copied() {
            found.extend(self.children(code).map(|area| area.code.as_str()));
            next += 1;
        }
        found
    }

    /// Town or countryside: the area's own setting or the nearest one above.
    pub fn setting(&self, code: &str) -> Option<Setting> {
        self.path(code).iter().find_map(|area| area.setting)
    }

    /// The province code for formulas: the area's own or the nearest one above.
    pub fn province(&self, code: &str) -> Option<&str> {
        self.path(code).iter().find_map(|area| area.province.as_deref())
    }
}

/// The days on which the offices of some areas do not work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarDays {
    /// The calendar's code.
    pub code: String,
    /// The weekly days off.
    pub weekend: Vec<time::Weekday>,
    /// Public holidays, in order.
    pub holidays: Vec<time::Date>,
    /// The areas it holds in, with everything inside them; empty for the calendar of the whole country.
    pub areas: Vec<String>,
}

/// The calendar that holds in an area: the one naming the nearest area on the way up, else the country's.
pub fn calendar_of<'c>(
    calendars: &'c [CalendarDays],
    tree: &AreaTree,
    code: &str,
) -> Option<&'c CalendarDays> {
    let naming = |area: &&Area| calendars.iter().find(|calendar| calendar.areas.contains(&area.code));
    let own = tree.path(code).iter().find_map(naming);
    own.or_else(|| calendars.iter().find(|calendar| calendar.areas.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(code: &str, parent: Option<&str>) -> Area {
        Area {
            code: code.into(),
            parent: parent.map(Into::into),
            level: "any".into(),
            setting: None,
            province: None,
            name: None,
            at: None,
        }
    }

    fn tree() -> AreaTree {
        let province = Area { province: Some("05".into()), ..area("P05", None) };
        let town = Area { setting: Some(Setting::Urban), ..area("P05-D1", Some("P05")) };
        AreaTree::new(vec![
            province,
            area("P01", None),
            town,
            area("P05-D1-C1", Some("P05-D1")),
            area("P05-D1-C2", Some("P05-D1")),
        ])
    }

    #[test]
    fn setting_and_province_come_from_above() {
        let tree = tree();
        assert_eq!(tree.setting("P05-D1-C1"), Some(Setting::Urban));
        assert_eq!(tree.province("P05-D1-C1"), Some("05"));
        assert_eq!(tree.setting("P05"), None);
        assert_eq!(tree.setting("nowhere"), None);
    }

    #[test]
    fn up_and_down_the_tree() {
        let tree = tree();
        let codes = |areas: Vec<&Area>| areas.iter().map(|area| area.code.clone()).collect::<Vec<_>>();
        assert_eq!(codes(tree.ancestors("P05-D1-C1")), ["P05-D1", "P05"]);
        assert_eq!(codes(tree.roots().collect()), ["P05", "P01"]);
        assert_eq!(codes(tree.children("P05-D1").collect()), ["P05-D1-C1", "P05-D1-C2"]);
        assert_eq!(codes(tree.leaves().collect()), ["P01", "P05-D1-C1", "P05-D1-C2"]);
        assert_eq!(tree.descendants("P05"), ["P05", "P05-D1", "P05-D1-C1", "P05-D1-C2"]);
        assert!(tree.is_within("P05-D1-C2", "P05"));
        assert!(!tree.is_within("P01", "P05"));
        assert!(tree.is_leaf("P01") && !tree.is_leaf("P05") && !tree.is_leaf("nowhere"));
    }

    #[test]
    fn a_tree_in_a_ring_ends() {
        let tree = AreaTree::new(vec![area("A", Some("B")), area("B", Some("A"))]);
        assert_eq!(tree.path("A").len(), 2);
        assert!(!tree.is_within("A", "C"));
    }

    #[test]
    fn the_nearest_calendar_holds() {
        let days = |code: &str, areas: &[&str]| CalendarDays {
            code: code.into(),
            weekend: vec![time::Weekday::Sunday],
            holidays: Vec::new(),
            areas: areas.iter().map(|area| (*area).to_string()).collect(),
        };
        let calendars = [days("national", &[]), days("north", &["P05"]), days("town", &["P05-D1-C1"])];
        let code = |area: &str| calendar_of(&calendars, &tree(), area).map(|found| found.code.clone());
        assert_eq!(code("P05-D1-C1").as_deref(), Some("town"));
        assert_eq!(code("P05-D1-C2").as_deref(), Some("north"));
        assert_eq!(code("P01").as_deref(), Some("national"));
        assert_eq!(calendar_of(&calendars[1..], &tree(), "P01"), None);
    }
}
