//! The report: plain data, serialised in this order. Money is in minor units; what is a share is per thousand.

use std::collections::BTreeMap;

use serde::Serialize;
use time::Date;

use super::groups::{By, Groups};
use super::outcomes::told;
use super::queue::{BudgetResult, TWELFTHS, minor, serve, spent};
use super::tally::{Counts, ERROR, IN, OPEN, OUT, Of, Side, Tally, Why};
use crate::decide::Origin;
use crate::definitions::Selection;
use crate::expr::Level;
use crate::pack::Pack;

/// What a new bundle changes for a registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The day it is for.
    #[serde(serialize_with = "crate::value::as_iso_date")]
    pub as_of: Date,
    /// Households in the snapshot.
    pub households: u64,
    /// People in them.
    pub people: u64,
    /// The old bundle.
    pub old: Named,
    /// The new one.
    pub new: Named,
    /// The fact or score by which households are put in fifths, from the poorest; none when the pack has no such.
    pub quintile_of: Option<String>,
    /// The member fact by which a household counts as one of a person with a disability.
    pub disability_by: &'static str,
    /// Every programme of either bundle.
    pub programmes: Vec<ProgrammeReport>,
}

/// A bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Named {
    /// The pack's id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Its hash.
    pub hash: String,
}

impl Named {
    pub(crate) fn of(pack: &Pack) -> Self {
        Self { id: pack.id().to_owned(), version: pack.version().to_owned(), hash: pack.hash().to_owned() }
    }
}

/// One programme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProgrammeReport {
    /// Its id.
    pub programme: String,
    /// Whether its cases are households or persons.
    pub unit: Level,
    /// Everybody, then every group.
    pub groups: Vec<GroupReport>,
    /// Reasons under the old bundle, the most frequent first.
    pub reasons_old: Vec<ReasonCount>,
    /// Reasons under the new bundle.
    pub reasons_new: Vec<ReasonCount>,
    /// How far budgets go under the old bundle.
    pub places_old: Places,
    /// How far budgets go under the new bundle.
    pub places_new: Places,
}

/// One programme in one group. `enters` were not in and are; `leaves` were in and are not eligible any more;
/// `unknown` and `error` are those of whom the new bundle cannot say, whatever the old one said: they are never
/// among the eligible.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GroupReport {
    /// What the group is made by.
    pub by: By,
    /// Its name.
    pub group: String,
    /// The households, or the persons, in it.
    pub cases: u64,
    /// Who comes in.
    pub enters: u64,
    /// Who goes out.
    pub leaves: u64,
    /// Who gets more in a year.
    pub more: u64,
    /// Who gets less.
    pub less: u64,
    /// Who gets the same.
    pub same: u64,
    /// Of whom it cannot be said yet.
    pub unknown: u64,
    /// Whose calculation failed.
    pub error: u64,
    /// The old bundle's figures.
    pub old: SideReport,
    /// The new bundle's figures.
    pub new: SideReport,
}

/// One bundle's figures.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SideReport {
    /// Who is eligible, waiting places counted.
    pub eligible: u64,
    /// Who of them has a waiting place.
    pub waiting: u64,
    /// Of whom it cannot be said yet.
    pub unknown: u64,
    /// Whose calculation failed.
    pub error: u64,
    /// The eligible of a thousand in the group.
    pub coverage_permille: u64,
    /// What all of them cost a month, a year's cost spread evenly; what is paid once is not in it.
    pub month_minor: i64,
    /// What all of them commit, each for the whole duration of the award.
    pub commitment_minor: i64,
    /// What one award commits on average.
    pub award_minor: i64,
}

/// How often a reason decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReasonCount {
    /// Of whom.
    pub of: Of,
    /// Where the reason comes from.
    pub origin: Origin,
    /// The leaf's, link's or cap's id; `amount`.
    pub id: String,
    /// How many.
    pub count: u64,
}

/// Places and money under one bundle.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Places {
    /// Whether the programme has a queue.
    pub queue: bool,
    /// Waiting places in an area without a budget: unlimited.
    pub unlimited: u64,
    /// Who waits for another programme, not for a place.
    pub awaiting_another: u64,
    /// Each budget in force on the day.
    pub budgets: Vec<BudgetResult>,
}

/// The sizes of every group: households, people.
pub(crate) type Sizes = Vec<[u64; 2]>;

pub(crate) fn programme(
    id: &str,
    sides: &[Side<'_>; 2],
    tally: &Tally,
    groups: &Groups,
    people_in: &Sizes,
) -> ProgrammeReport {
    let def = |side: &Side<'_>| side.place.map(|place| side.program.definitions().programmes[place].unit);
    let unit = def(&sides[1]).or(def(&sides[0])).unwrap_or(Level::Household);
    let each = groups.names.iter().zip(&tally.groups).zip(people_in);
    let rows = each.map(|(((by, name), counts), cases)| {
        group(*by, name, counts, cases[usize::from(unit == Level::Member)])
    });
    let rows = rows.filter(|row| row.cases > 0 || row.by == By::All).collect();
    let [old, new] = &tally.reasons;
    let (reasons_old, reasons_new) = (reasons(&sides[0], old), reasons(&sides[1], new));
    let mut places = (0..2).map(|side| {
        let budgets = &sides[side].budgets;
        let Some(place) = sides[side].place else { return Places::default() };
        let definitions = sides[side].program.definitions();
        let def = &definitions.programmes[place];
        let queue = matches!(def.selection, Selection::WaitingList { .. });
        let minor_in_major = 10_i64.checked_pow(definitions.minor_digits).unwrap_or(1);
        let budgets = if queue {
            serve(def, budgets, tally.queues[side].clone(), minor_in_major)
        } else {
            spent(budgets, &tally.taken[side], minor_in_major)
        };
        Places { queue, unlimited: tally.unlimited[side], awaiting_another: tally.awaiting[side], budgets }
    });
    let (places_old, places_new) = (places.next().unwrap_or_default(), places.next().unwrap_or_default());
    ProgrammeReport {
        programme: id.to_owned(),
        unit,
        groups: rows,
        reasons_old,
        reasons_new,
        places_old,
        places_new,
    }
}

fn group(by: By, name: &str, counts: &Counts, cases: u64) -> GroupReport {
    let to = |standing: usize| (0..4).map(|from| counts.moved[from][standing]).sum::<u64>();
    let from = |standing: usize| counts.moved[standing].iter().sum::<u64>();
    let side = |side: usize, eligible: u64, unknown: u64, error: u64| SideReport {
        eligible,
        waiting: counts.waiting[side],
        unknown,
        error,
        coverage_permille: (eligible * 1000).checked_div(cases).unwrap_or(0),
        month_minor: minor(counts.year[side].div_euclid(TWELFTHS)),
        commitment_minor: minor(counts.award[side]),
        award_minor: minor(counts.award[side].checked_div(i128::from(eligible)).unwrap_or(0)),
    };
    GroupReport {
        by,
        group: name.to_owned(),
        cases,
        enters: to(IN) - counts.moved[IN][IN],
        leaves: counts.moved[IN][OUT],
        more: counts.more,
        less: counts.less,
        same: counts.same,
        unknown: to(OPEN),
        error: to(ERROR),
        old: side(0, from(IN), from(OPEN), from(ERROR)),
        new: side(1, to(IN), to(OPEN), to(ERROR)),
    }
}

fn reasons(side: &Side<'_>, counted: &BTreeMap<(Of, Why), u64>) -> Vec<ReasonCount> {
    let Some(place) = side.place else { return Vec::new() };
    let leaves = side.program.definitions().programmes[place].eligible.leaves();
    let mut merged: BTreeMap<(Of, Origin, String), u64> = BTreeMap::new();
    for ((of, why), count) in counted {
        let (origin, id) = match why {
            Why::Leaf(at) => (Origin::Rule, leaves.get(*at).map_or("", |leaf| leaf.id.as_str())),
            Why::Beside(because) => {
                let (origin, id, _) = told(side.program, *because);
                (origin, id)
            }
        };
        *merged.entry((*of, origin, id.to_owned())).or_default() += count;
    }
    let mut ranked: Vec<ReasonCount> =
        merged.into_iter().map(|((of, origin, id), count)| ReasonCount { of, origin, id, count }).collect();
    ranked.sort_by(|a, b| a.of.cmp(&b.of).then(b.count.cmp(&a.count)));
    ranked
}
