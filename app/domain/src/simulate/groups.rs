//! The groups a simulation counts by: area, sex of the head, disability, size, and fifth of the households by means.
//! They are of the household, taken under the old bundle, so that nobody changes group between old and new.

use std::collections::BTreeMap;

use serde::Serialize;

use super::block::View;
use super::column::{Column, NO, YES};
use super::eval::either;
use crate::definitions::Selection;
use crate::expr::cell::Cell;
use crate::expr::{Level, Type};
use crate::num::Num;
use crate::program::Program;
use crate::value::Value;

/// The yes/no member fact by which a household counts as one of a person with a disability: at or above the
/// Washington Group line.
pub(crate) const DISABILITY: &str = "great_difficulty";
/// The household's income a person, where the pack has no poverty score that orders a queue.
pub(crate) const INCOME: &str = "income_per_person";

/// What groups are made by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// Everybody.
    All,
    /// The highest area the household lives in, below a country that is itself an area.
    Area,
    /// The sex of its head.
    SexOfHead,
    /// Whether a member is at or above the Washington Group line.
    Disability,
    /// How many people live in it.
    Size,
    /// The fifth it is in when all are put in the order of their means.
    Quintile,
}

/// The groups, each with its place in every table of counts.
#[derive(Clone, Debug)]
pub(crate) struct Groups {
    pub names: Vec<(By, String)>,
    /// The place of each area's highest area.
    area_of: BTreeMap<String, usize>,
    pub measure: Option<String>,
    /// The limits of the fifths: a household above so many of them is in that fifth.
    pub limits: Vec<Num>,
    ascending: bool,
}

const SEXES: [&str; 5] = ["male", "female", "other", "unknown", "no_head"];
const SIZES: usize = 8;

impl Groups {
    /// The groups of a program's country. `roots` gives each area's highest area.
    pub fn new(program: &Program, roots: &BTreeMap<String, String>) -> Self {
        let mut names = vec![(By::All, "all".to_owned())];
        let mut areas: BTreeMap<&str, usize> = BTreeMap::new();
        for root in roots.values() {
            if !areas.contains_key(root.as_str()) {
                areas.insert(root, names.len());
                names.push((By::Area, root.clone()));
            }
        }
        names.push((By::Area, "unknown".into()));
        let area_of = roots.iter().map(|(area, root)| (area.clone(), areas[root.as_str()])).collect();
        names.extend(SEXES.map(|sex| (By::SexOfHead, sex.to_owned())));
        names.extend(["no", "yes", "unknown"].map(|known| (By::Disability, known.to_owned())));
        names.extend((0..=SIZES).map(|size| match size {
            SIZES => (By::Size, format!("{SIZES}+")),
            size => (By::Size, size.to_string()),
        }));
        names.extend((1..=5).map(|fifth| (By::Quintile, fifth.to_string())));
        names.push((By::Quintile, "unknown".into()));
        let (measure, ascending) = measure(program).unzip();
        Self { names, area_of, measure, limits: Vec::new(), ascending: ascending.unwrap_or(true) }
    }

    fn first(&self, by: By) -> usize {
        self.names.iter().position(|(known, _)| *known == by).unwrap_or(0)
    }

    /// The measure of means of each household of a block.
    pub fn means(&self, view: &View<'_>) -> Vec<Option<Num>> {
        let column = self.measure.as_ref().and_then(|name| view.named(name, Level::Household));
        let households = view.block.households;
        let number = |row: usize| match column.as_ref().map(|column| column.cell(row)) {
            Some(Cell::Num(number)) => Some(number),
            _ => None,
        };
        (0..households).map(number).collect()
    }

    /// Sets the limits of the fifths from everybody's means. Households of equal means are in one fifth.
    pub fn divide(&mut self, mut means: Vec<Num>) {
        means.sort_unstable();
        let limit = |fifth: usize| means.get((means.len() * fifth / 5).saturating_sub(1)).copied();
        self.limits = (1..5).filter_map(limit).collect();
    }

    fn fifth(&self, means: Option<Num>) -> usize {
        match means {
            Some(means) if self.limits.len() == 4 => {
                let above = self.limits.iter().filter(|limit| means > **limit).count();
                if self.ascending { above } else { 4 - above }
            }
            _ => 5,
        }
    }

    /// The groups of each household of a block, all but the first ("all"), which is everybody's.
    pub fn of(&self, view: &View<'_>, areas: &[Option<usize>], means: &[Option<Num>]) -> Vec<[u16; 5]> {
        let households = view.block.households;
        let place = |place: usize| u16::try_from(place).unwrap_or(0);
        let (sex, disability) = (self.first(By::SexOfHead), self.first(By::Disability));
        let (size, quintile) = (self.first(By::Size), self.first(By::Quintile));
        let unknown_area = sex - 1;
        let sexes = view.named("sex", Level::Member);
        let symbols: Vec<Option<u32>> = SEXES.iter().map(|sex| view.program.symbols.get(sex)).collect();
        let sex_of = |row: usize| {
            let crate::expr::eval::Head::Is(_) = view.block.heads[row] else { return 4 };
            let cell = sexes.as_ref().map(|sexes| sexes.cell(view.block.head_rows[row] as usize));
            let Some(Cell::Symbol(symbol)) = cell else { return 3 };
            symbols.iter().position(|known| *known == Some(symbol)).unwrap_or(3)
        };
        let people = view.block.people;
        let lines: Vec<u8> = match view.named(DISABILITY, Level::Member) {
            Some(column) => column.bytes(people).into_owned(),
            None => Column::Same(Cell::Unknown).bytes(people).into_owned(),
        };
        (0..households)
            .map(|row| {
                let members = view.block.members_of(row);
                let line = members.clone().fold(NO, |so_far, member| either(so_far, lines[member]));
                let disabled = if line <= YES { usize::from(line) } else { 2 };
                [
                    place(areas[row].unwrap_or(unknown_area)),
                    place(sex + sex_of(row)),
                    place(disability + disabled),
                    place(size + members.len().min(SIZES)),
                    place(quintile + self.fifth(means[row])),
                ]
            })
            .collect()
    }

    /// The place of the highest area of an area.
    pub fn area(&self, area: &Value) -> Option<usize> {
        let (Value::Text(code) | Value::Choice(code)) = area else { return None };
        self.area_of.get(code).copied()
    }
}

/// The number that fifths are made by, and whether the lowest are the poorest: the score or fact that orders the first
/// queue of households, else the income a person.
pub(crate) fn measure(program: &Program) -> Option<(String, bool)> {
    let is_number = |name: &str| matches!(program.type_of(name), Some((Level::Household, Type::Num)));
    let queues = program.definitions().programmes.iter().filter_map(|def| match &def.selection {
        Selection::WaitingList { priority, ascending, .. } => Some((priority.clone(), *ascending)),
        Selection::Open => None,
    });
    let income = (INCOME.to_owned(), true);
    queues.chain([income]).find(|(name, _)| is_number(name))
}
