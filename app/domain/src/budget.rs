//! What a programme has to give, as one household meets it: what an award commits, what of it is spent by a day, which areas'
//! budgets are asked, and how a list orders those who wait. The simulation counts by the same figures
//! (`simulate::queue`).
//!
//! Only a programme with a waiting list ([`crate::definitions::Selection`]) lets somebody wait for a budget. An open one
//! refuses nobody: its budget shows what it is short of.

use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::area::AreaTree;
use crate::calendar::add_months;
use crate::codes::codes;
use crate::definitions::{BudgetDef, ProgrammeDef, TieBreak};
use crate::simulate::queue;

codes! {
    /// Where an addition to a budget stands: places or money that come in the course of its period.
    pub enum AdditionState {
        /// It waits for the second person.
        Proposed = "proposed",
        /// It is part of the budget.
        Added = "added",
        /// The second person did not agree, and said why.
        Returned = "returned",
    }
}

/// The area of a budget for the whole country.
pub const COUNTRY: &str = "*";

/// What an award without a declared end is counted for.
pub const USUAL_MONTHS: u32 = 12;

/// What an award commits over its whole duration, in minor units, rounded up.
pub fn cost(def: &ProgrammeDef, minor: i64) -> i64 {
    queue::minor(queue::cost(def, minor).1)
}

/// A budget's money in minor units, rounded down; unlimited when none.
pub fn money(budget: &BudgetDef, minor_digits: u32) -> Option<i64> {
    let minor_in_major = 10_i64.checked_pow(minor_digits)?;
    let limit = queue::limit(budget, minor_in_major)?;
    Some(i64::try_from(limit / queue::TWELFTHS).unwrap_or(i64::MAX))
}

/// The areas whose budgets a household draws on, the nearest first; the country last.
pub fn drawn_on(areas: &AreaTree, area: &str) -> Vec<String> {
    let own = areas.path(area).into_iter().map(|area| area.code.clone());
    own.chain([COUNTRY.to_owned()]).collect()
}

/// What puts those of equal priority in order, lower first: the moment of registration in seconds, or a lot drawn from the
/// programme's id and who waits, the same each time.
pub fn tie(def: &ProgrammeDef, registered_at: OffsetDateTime, household: Uuid, person: Option<Uuid>) -> i64 {
    match def.tie_break {
        TieBreak::FirstRegistered => registered_at.unix_timestamp(),
        TieBreak::Lot => {
            let (high, low) = household.as_u64_pair();
            let of_person = person.map_or(0, |person| person.as_u64_pair().1);
            let drawn =
                queue::mixed(queue::lot(&def.id) ^ queue::mixed(high) ^ low ^ of_person.rotate_left(17));
            i64::try_from(drawn >> 1).unwrap_or(i64::MAX)
        }
    }
}

/// What of `open` minor units, promised for the months from one day until another, counts as spent on `today`: the months that
/// have begun, rounded up to the minor unit. What is due is spent, paid or not.
pub fn spent(open: i64, from: Date, until: Date, today: Date) -> i64 {
    if today < from {
        return 0;
    }
    let begun_by = |day: Date| (0..1200).take_while(|month| add_months(from, *month) < day).count();
    let whole = begun_by(until).max(1);
    let begun = begun_by(today.next_day().unwrap_or(Date::MAX)).min(whole);
    let share = i128::from(open) * begun as i128;
    let whole = whole as i128;
    i64::try_from(share.div_euclid(whole) + i128::from(share.rem_euclid(whole) != 0)).unwrap_or(open)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::date;

    #[test]
    fn a_month_that_has_begun_is_spent() {
        let (from, until) = (date!(2026 - 01 - 31), date!(2027 - 01 - 31));
        let spent = |today| spent(1200, from, until, today);
        assert_eq!(spent(date!(2026 - 01 - 30)), 0);
        assert_eq!(spent(date!(2026 - 01 - 31)), 100);
        assert_eq!(spent(date!(2026 - 02 - 27)), 100);
        assert_eq!(spent(date!(2026 - 02 - 28)), 200);
        assert_eq!(spent(date!(2027 - 01 - 30)), 1200);
        assert_eq!(spent(date!(2030 - 01 - 01)), 1200);
    }

    proptest! {
        #[test]
        fn what_is_spent_grows_and_never_beyond(open in 0_i64..10_000_000, months in 1_u32..60, day in 0_i64..3000) {
            let from = date!(2026 - 03 - 15);
            let until = add_months(from, months);
            let today = from + time::Duration::days(day);
            let now = spent(open, from, until, today);
            prop_assert!(now <= spent(open, from, until, today + time::Duration::DAY));
            prop_assert!(now <= open && now >= open / i64::from(months));
            if today >= until {
                prop_assert_eq!(now, open);
            }
        }
    }
}
