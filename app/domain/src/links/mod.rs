//! Links between programmes and caps over them: compiled, and proved to end.
//!
//! Programmes that exclude each other form a group; groups are decided one after the other, each after
//! every group it depends on. An undecided programme leaves undecided what depends on it; it never
//! refuses it. Exclusions of a group are settled when all its programmes are decided ([`exclude`]), caps
//! at the very end ([`cap`]). To add a kind of link: a variant of `LinkKind`, its edge in [`depends`],
//! its effect in `verdict`.

pub mod cap;
pub(crate) mod exclude;

use std::collections::{BTreeMap, BTreeSet};

use crate::definitions::{CapDef, Definitions, Holding, LinkDef, LinkKind, Prefer};
use crate::expr::cell::Symbols;
use crate::expr::node::Node;
use crate::expr::typing::{Binding, Scope, named, typed_as};
use crate::expr::{Level, Type, parse};
use crate::facts::Step;
use crate::fault::{Fault, RINGS};
use crate::num::Num;
use crate::program::in_order;

/// The links of a pack.
#[derive(Clone, Debug, Default)]
pub(crate) struct Links {
    pub all: Vec<Link>,
    pub caps: Vec<Cap>,
    /// Programmes that exclude each other, directly or through others; in an order of dependence.
    pub groups: Vec<Vec<usize>>,
    /// What follows from each household slot that a link adds income to.
    dependents: BTreeMap<usize, Vec<Step>>,
}

/// A compiled link.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    /// Its place in the definitions.
    pub def: usize,
    pub kind: Kind,
    pub from: usize,
    /// The programme it acts on; none when it refers to a service.
    pub to: Option<usize>,
    pub holding: Holding,
}

/// What a link does.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Opens,
    Requires,
    Excludes(Preference),
    CountsAsIncome(usize),
    Offsets,
    Boosts(Num),
    Refers,
    EndsWith,
}

/// Which of two programmes stays.
#[derive(Clone, Debug)]
pub(crate) enum Preference {
    HigherValue,
    /// The answer, and the symbols that stand for the two programmes.
    Chosen {
        question: String,
        answer: Node,
        from: u32,
        to: u32,
    },
    /// The dates of enrolment.
    First {
        from: Node,
        to: Node,
    },
}

/// A compiled cap.
#[derive(Clone, Debug)]
pub(crate) struct Cap {
    pub def: usize,
    pub over: Vec<usize>,
    pub limit: Node,
    pub reduce: Vec<usize>,
}

impl Links {
    pub fn compile(
        definitions: &Definitions,
        scope: &Scope,
        symbols: &mut Symbols,
    ) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let place_of: BTreeMap<&str, usize> =
            definitions.programmes.iter().enumerate().map(|(place, p)| (p.id.as_str(), place)).collect();
        let mut ids = BTreeSet::new();
        let mut links = Vec::with_capacity(definitions.links.len());
        for (place, def) in definitions.links.iter().enumerate() {
            if !ids.insert(&def.id) {
                faults.push(def.at.fault(format!("link.{}", def.id), "the id stands twice"));
            }
            match link(def, place, definitions, &place_of, scope, symbols) {
                Ok(link) => links.push(link),
                Err(fault) => faults.push(fault),
            }
        }
        let mut caps = Vec::with_capacity(definitions.caps.len());
        for (place, def) in definitions.caps.iter().enumerate() {
            match cap(def, place, &place_of, scope, symbols) {
                Ok(cap) => caps.push(cap),
                Err(fault) => faults.push(fault),
            }
        }
        let groups = ordered_groups(definitions, &links).unwrap_or_else(|fault| {
            faults.push(fault);
            Vec::new()
        });
        if let Err(fault) = endings_end(definitions, &links) {
            faults.push(fault);
        }
        if faults.is_empty() {
            Ok(Self { all: links, caps, groups, dependents: BTreeMap::new() })
        } else {
            Err(faults)
        }
    }

    /// The household slots that links add income to.
    pub fn income_slots(&self) -> impl Iterator<Item = usize> {
        let slots: BTreeSet<usize> = self
            .all
            .iter()
            .filter_map(|link| if let Kind::CountsAsIncome(slot) = link.kind { Some(slot) } else { None })
            .collect();
        slots.into_iter()
    }

    pub fn set_dependents(&mut self, dependents: BTreeMap<usize, Vec<Step>>) {
        self.dependents = dependents;
    }

    /// What must be worked out again when a household slot changes.
    pub fn dependents(&self, slot: usize) -> &[Step] {
        self.dependents.get(&slot).map_or(&[], Vec::as_slice)
    }
}

fn link(
    def: &LinkDef,
    place: usize,
    definitions: &Definitions,
    place_of: &BTreeMap<&str, usize>,
    scope: &Scope,
    symbols: &mut Symbols,
) -> Result<Link, Fault> {
    let key = |part: &str| format!("link.{}.{part}", def.id);
    let programme = |id: &str, part: &str| {
        let place = place_of.get(id).copied();
        place.ok_or_else(|| def.at.fault(key(part), format!("there is no programme “{id}”")))
    };
    let from = programme(&def.from, "from")?;
    let to = match &def.kind {
        LinkKind::Refers if definitions.services.contains(&def.to) => None,
        LinkKind::Refers if !place_of.contains_key(def.to.as_str()) => {
            let message = format!("there is no programme and no service “{}”", def.to);
            return Err(def.at.fault(key("to"), message));
        }
        _ => Some(programme(&def.to, "to")?),
    };
    if to == Some(from) {
        return Err(def.at.fault(key("to"), "a link joins two different programmes"));
    }
    let slot = |name: &str, part: &str| {
        // The implied question is read for the member where it is the member's.
        let level = scope.names.get(name).map_or(Level::Household, |binding| binding.level);
        named(name, level, scope)
            .map(|typed| typed.node)
            .map_err(|error| def.at.fault(key(part), error.message))
    };
    let kind = match &def.kind {
        LinkKind::Opens => Kind::Opens,
        LinkKind::Requires => Kind::Requires,
        LinkKind::Offsets => Kind::Offsets,
        LinkKind::Refers => Kind::Refers,
        LinkKind::EndsWith => Kind::EndsWith,
        LinkKind::BoostsPriority { by } => Kind::Boosts(*by),
        LinkKind::CountsAsIncome { fact } => match scope.names.get(fact) {
            Some(Binding { level: Level::Household, slot, ty: Type::Num }) => Kind::CountsAsIncome(*slot),
            Some(_) => {
                let message = format!("“{fact}” must be a number of the household to take income");
                return Err(def.at.fault(key("fact"), message));
            }
            None => return Err(def.at.fault(key("fact"), format!("nothing is called “{fact}”"))),
        },
        LinkKind::Excludes { prefer } => Kind::Excludes(match prefer {
            Prefer::HigherValue => Preference::HigherValue,
            Prefer::ApplicantChooses => {
                let question = format!("choice_{}", def.id);
                let answer = slot(&question, "prefer")?;
                let (from, to) = (symbols.intern(&def.from), symbols.intern(&def.to));
                Preference::Chosen { question, answer, from, to }
            }
            Prefer::FirstEnrolled => {
                let enrolled = |id: &str| format!("enrolled_{id}").replace('-', "_");
                let (from, to) = (enrolled(&def.from), enrolled(&def.to));
                Preference::First { from: slot(&from, "prefer")?, to: slot(&to, "prefer")? }
            }
        }),
    };
    Ok(Link { def: place, kind, from, to, holding: def.holding })
}

fn cap(
    def: &CapDef,
    place: usize,
    place_of: &BTreeMap<&str, usize>,
    scope: &Scope,
    symbols: &mut Symbols,
) -> Result<Cap, Fault> {
    let key = |part: &str| format!("cap.{}.{part}", def.id);
    let places = |ids: &[String], part: &str| {
        let mut places = Vec::with_capacity(ids.len());
        for id in ids {
            let place = place_of.get(id.as_str()).copied();
            let place =
                place.ok_or_else(|| def.at.fault(key(part), format!("there is no programme “{id}”")))?;
            if places.contains(&place) {
                return Err(def.at.fault(key(part), format!("“{id}” stands twice")));
            }
            places.push(place);
        }
        Ok(places)
    };
    let (over, reduce) = (places(&def.over, "over")?, places(&def.reduce, "reduce")?);
    if let Some(id) = def.reduce.iter().find(|id| !def.over.contains(id)) {
        return Err(def
            .at
            .fault(key("reduce"), format!("“{id}” is not among the programmes the cap is over")));
    }
    if reduce.is_empty() {
        return Err(def.at.fault(key("reduce"), "a cap must say which programmes are cut, in order"));
    }
    let limit = parse(&def.limit.text)
        .and_then(|expr| typed_as(&Type::Num, &expr, Level::Household, scope, symbols))
        .map_err(|error| def.limit.at.fault(key("limit"), error.to_string()))?;
    Ok(Cap { def: place, over, limit, reduce })
}

/// The programme that is decided later and the one it depends on, if the link makes one depend on the
/// other.
fn depends(link: &Link) -> Option<(usize, usize)> {
    let to = link.to?;
    match link.kind {
        Kind::Opens | Kind::CountsAsIncome(_) | Kind::Offsets | Kind::Boosts(_) => Some((to, link.from)),
        Kind::Requires => Some((link.from, to)),
        Kind::Excludes(_) | Kind::Refers | Kind::EndsWith => None,
    }
}

fn ordered_groups(definitions: &Definitions, links: &[Link]) -> Result<Vec<Vec<usize>>, Fault> {
    let mut group_of: Vec<usize> = (0..definitions.programmes.len()).collect();
    for link in links {
        if let (Kind::Excludes(_), Some(to)) = (&link.kind, link.to) {
            let (kept, gone) = (group_of[link.from].min(group_of[to]), group_of[link.from].max(group_of[to]));
            for group in group_of.iter_mut().filter(|group| **group == gone) {
                *group = kept;
            }
        }
    }
    let name = |place: usize| definitions.programmes[place].id.as_str();
    let mut edges = vec![Vec::new(); group_of.len()];
    for link in links {
        let Some((later, earlier)) = depends(link) else { continue };
        if group_of[later] == group_of[earlier] {
            let def = &definitions.links[link.def];
            let message = format!(
                "“{}” and “{}” exclude each other, directly or through others, {}",
                name(later),
                name(earlier),
                RINGS[2]
            );
            return Err(def.at.fault(format!("link.{}", def.id), message));
        }
        edges[group_of[later]].push(group_of[earlier]);
    }
    let order = in_order(&edges).map_err(|ring| {
        let names: Vec<&str> = ring.iter().map(|place| name(*place)).collect();
        let inside = |link: &&Link| {
            depends(link).is_some_and(|(later, earlier)| {
                ring.windows(2).any(|pair| pair == [group_of[later], group_of[earlier]])
            })
        };
        let at = links.iter().find(inside).map(|link| &definitions.links[link.def]);
        let message = format!("the links run {}: {}", RINGS[1], names.join(" → "));
        match at {
            Some(def) => def.at.fault(format!("link.{}", def.id), message),
            None => crate::fault::At::default().fault("link", message),
        }
    })?;
    let members = |group: usize| (0..group_of.len()).filter(|place| group_of[*place] == group).collect();
    Ok(order.into_iter().filter(|group| group_of[*group] == *group).map(members).collect())
}

fn endings_end(definitions: &Definitions, links: &[Link]) -> Result<(), Fault> {
    let mut edges = vec![Vec::new(); definitions.programmes.len()];
    for link in links {
        if let (Kind::EndsWith, Some(to)) = (&link.kind, link.to) {
            edges[link.from].push(to);
        }
    }
    in_order(&edges).map(|_| ()).map_err(|ring| {
        let names: Vec<&str> = ring.iter().map(|place| definitions.programmes[*place].id.as_str()).collect();
        let message = format!("these end with each other {}: {}", RINGS[1], names.join(" → "));
        let of_ring = |link: &&Link| matches!(link.kind, Kind::EndsWith) && ring.contains(&link.from);
        match links.iter().find(of_ring).map(|link| &definitions.links[link.def]) {
            Some(def) => def.at.fault(format!("link.{}", def.id), message),
            None => crate::fault::At::default().fault("link", message),
        }
    })
}
