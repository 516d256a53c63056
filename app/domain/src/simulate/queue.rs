//! Budgets: who waits for what, in which order, and where places or money end.
//!
//! A household draws on the budget of the nearest area around it that has one in force on the day; where none has,
//! there is no limit. The queue is strict: the first award that does not fit ends it, nobody is passed over.

use std::collections::BTreeMap;

use serde::Serialize;
use sha2::{Digest, Sha256};
use time::Date;

use crate::area::AreaTree;
use crate::definitions::{BudgetDef, Period, ProgrammeDef, Selection, TieBreak};
use crate::num::Num;

/// What one award commits: in twelfths of a minor unit, so that ten months a year stay exact.
pub(crate) const TWELFTHS: i128 = 12;

/// What an award costs in its first year and over its whole duration, both in twelfths of a minor unit. What has no
/// declared duration is counted for twelve months; what is paid once is its amount, and no yearly cost.
pub(crate) fn cost(def: &ProgrammeDef, minor: i64) -> (i128, i128) {
    let minor = i128::from(minor);
    let Some(amount) = &def.amount else { return (0, 0) };
    let times = match amount.period {
        Period::Month => amount.times.unwrap_or(12),
        Period::Year => amount.times.unwrap_or(1),
        Period::Once => return (0, minor * TWELFTHS),
    };
    let year = minor * i128::from(times);
    (year * TWELFTHS, year * i128::from(def.duration_months.unwrap_or(12)))
}

/// The budgets of a programme that are in force on a day.
#[derive(Clone, Debug, Default)]
pub(crate) struct Budgets<'d> {
    pub in_force: Vec<&'d BudgetDef>,
    by_area: BTreeMap<String, usize>,
    national: Option<usize>,
}

impl<'d> Budgets<'d> {
    pub fn new(def: &'d ProgrammeDef, areas: &AreaTree, day: Date) -> Self {
        let in_force: Vec<&BudgetDef> =
            def.budgets.iter().filter(|budget| budget.from <= day && day <= budget.until).collect();
        let own = |code: &str| in_force.iter().position(|budget| budget.area.as_deref() == Some(code));
        let national = in_force.iter().position(|budget| budget.area.is_none());
        let nearest = |code: &str| areas.path(code).iter().find_map(|area| own(&area.code)).or(national);
        let by_area =
            areas.all().filter_map(|area| Some((area.code.clone(), nearest(&area.code)?))).collect();
        Self { in_force, by_area, national }
    }

    /// The budget that an area draws on.
    pub fn of(&self, area: Option<&str>) -> Option<usize> {
        area.map_or(self.national, |area| self.by_area.get(area).copied().or(self.national))
    }
}

/// A place in a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Queued {
    pub priority: Num,
    /// The household's place in the registry, and the member's in the household.
    pub household: u32,
    pub member: u32,
    pub budget: u16,
    /// What the award commits, in twelfths of a minor unit.
    pub commits: i128,
}

/// How far one budget goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BudgetResult {
    /// The area; the whole country when none.
    pub area: Option<String>,
    /// The first day of the budget's period.
    #[serde(serialize_with = "crate::value::as_iso_date")]
    pub from: Date,
    /// The last day.
    #[serde(serialize_with = "crate::value::as_iso_date")]
    pub until: Date,
    /// How many awards may begin; unlimited when none.
    pub places: Option<u32>,
    /// How much they may commit, in minor units; unlimited when none.
    pub money: Option<i64>,
    /// Who gets an award.
    pub served: u64,
    /// Who waits: for a programme with a queue.
    pub waiting: u64,
    /// What is committed, in minor units, rounded up.
    pub committed: i64,
    /// What those who wait would commit, in minor units, rounded up; of a programme without a queue what the budget
    /// is short of, for it refuses nobody.
    pub short: i64,
    /// The priority of the last one served: where the places or the money end. None when all are served, or nobody.
    pub ends_at: Option<Num>,
}

/// Twelfths of a minor unit as minor units, rounded up.
pub(crate) fn minor(twelfths: i128) -> i64 {
    i64::try_from(twelfths.div_euclid(TWELFTHS) + i128::from(twelfths.rem_euclid(TWELFTHS) != 0))
        .unwrap_or(i64::MAX)
}

/// A budget's money in twelfths of a minor unit, rounded down.
pub(crate) fn limit(budget: &BudgetDef, minor_in_major: i64) -> Option<i128> {
    let money = budget.money?;
    let twelfths = i128::from(money.numerator()) * i128::from(minor_in_major) * TWELFTHS;
    Some(twelfths.div_euclid(i128::from(money.denominator())))
}

fn result(budget: &BudgetDef, minor_in_major: i64) -> BudgetResult {
    BudgetResult {
        area: budget.area.clone(),
        from: budget.from,
        until: budget.until,
        places: budget.places,
        money: limit(budget, minor_in_major).map(|limit| i64::try_from(limit / TWELFTHS).unwrap_or(i64::MAX)),
        served: 0,
        waiting: 0,
        committed: 0,
        short: 0,
        ends_at: None,
    }
}

/// Serves a queue from its budgets.
pub(crate) fn serve(
    def: &ProgrammeDef,
    budgets: &Budgets<'_>,
    mut queue: Vec<Queued>,
    minor_in_major: i64,
) -> Vec<BudgetResult> {
    let ascending = !matches!(def.selection, Selection::WaitingList { ascending: false, .. });
    let lot = lot(&def.id);
    let tie = |queued: &Queued| match def.tie_break {
        TieBreak::FirstRegistered => 0,
        TieBreak::Lot => mixed(lot ^ (u64::from(queued.household) << 20) ^ u64::from(queued.member)),
    };
    queue.sort_unstable_by(|a, b| {
        let priority = a.priority.cmp(&b.priority);
        a.budget
            .cmp(&b.budget)
            .then(if ascending { priority } else { priority.reverse() })
            .then_with(|| tie(a).cmp(&tie(b)))
            .then_with(|| (a.household, a.member).cmp(&(b.household, b.member)))
    });
    let mut results: Vec<BudgetResult> =
        budgets.in_force.iter().map(|budget| result(budget, minor_in_major)).collect();
    for (place, budget) in budgets.in_force.iter().enumerate() {
        let mine = |queued: &&Queued| usize::from(queued.budget) == place;
        let (money, places) = (limit(budget, minor_in_major), budget.places.map(u64::from));
        let (mut committed, mut short, mut last, mut ended) = (0_i128, 0_i128, None, false);
        let result = &mut results[place];
        for queued in queue.iter().filter(mine) {
            let fits = places.is_none_or(|places| result.served < places)
                && money.is_none_or(|money| committed + queued.commits <= money);
            ended |= !fits;
            if ended {
                result.waiting += 1;
                short += queued.commits;
            } else {
                result.served += 1;
                committed += queued.commits;
                last = Some(queued.priority);
            }
        }
        (result.committed, result.short) = (minor(committed), minor(short));
        result.ends_at = last.filter(|_| ended);
    }
    results
}

/// What a programme that refuses nobody takes from its budgets: awards and what they commit, by budget.
pub(crate) fn spent(budgets: &Budgets<'_>, taken: &[(u64, i128)], minor_in_major: i64) -> Vec<BudgetResult> {
    let each = budgets.in_force.iter().enumerate();
    each.map(|(place, budget)| {
        let (served, committed) = taken.get(place).copied().unwrap_or_default();
        let over = limit(budget, minor_in_major).map_or(0, |limit| (committed - limit).max(0));
        BudgetResult {
            served,
            committed: minor(committed),
            short: minor(over),
            ..result(budget, minor_in_major)
        }
    })
    .collect()
}

/// A number that follows from a programme's id.
pub(crate) fn lot(id: &str) -> u64 {
    let digest = Sha256::digest(id.as_bytes());
    digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Bits well mixed (the finaliser of SplitMix64).
pub(crate) fn mixed(number: u64) -> u64 {
    let z = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
