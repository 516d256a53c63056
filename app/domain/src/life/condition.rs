//! Continuing conditions: what must be kept up, cycle by cycle, to stay in a programme.
//!
//! For each person a condition concerns, each cycle comes to a [`CycleVerdict`]: met, not met, excused, or unknown when no
//! record was handed in. A record that is missing is nobody's fault that is known: it never counts against anyone. What
//! follows from cycles that were not met is the pack's ladder ([`ladder`]): first a notice, then what the pack says.
//!
//! A new kind of record: a case of [`RecordKind`], what it comes to in [`verdict`], its field on the provider's desk.

use serde::Serialize;
use time::{Date, Month};

use crate::calendar::add_months;
use crate::codes::codes;

codes! {
    /// How often a condition is looked at. Cycles are parts of the calendar year.
    pub enum Cycle {
        /// Each month.
        Month = "month",
        /// Each quarter.
        Quarter = "quarter",
        /// Each of the three terms of a year, of four months.
        Term = "term",
        /// Each year.
        Year = "year",
    }
}

codes! {
    /// What is handed in.
    pub enum RecordKind {
        /// The share of days on which somebody was there, in whole percent.
        Attendance = "attendance",
        /// On how many days of the cycle somebody worked.
        Days = "days",
        /// Whether somebody came to the visit that was due.
        Visit = "visit",
        /// Whether somebody showed that they are alive.
        LifeCheck = "life_check",
    }
}

codes! {
    /// What follows, at most, when a condition was not met too often.
    pub enum Consequence {
        /// The household is told, each time.
        Warn = "warn",
        /// It is proposed that the award stands still until the condition is met again.
        Suspend = "suspend",
        /// It is proposed that the award ends.
        End = "end",
    }
}

codes! {
    /// What a cycle came to for one person.
    pub enum CycleVerdict {
        /// What was asked for was done.
        Met = "met",
        /// It was not done.
        NotMet = "not_met",
        /// There was a good cause.
        Excused = "excused",
        /// No record was handed in.
        Unknown = "unknown",
    }
}

codes! {
    /// A good cause.
    pub enum Excuse {
        /// The person, or who takes care of them, was ill.
        Illness = "illness",
        /// Somebody died in the family.
        Bereavement = "bereavement",
        /// The school or clinic was closed.
        Closed = "closed",
        /// The way could not be travelled.
        NoWay = "no_way",
        /// Another one, known to who records it.
        Other = "other",
    }
}

impl RecordKind {
    /// The largest value that can be handed in.
    pub const fn most(self) -> i64 {
        match self {
            Self::Attendance => 100,
            // The longest cycle of days is a month.
            Self::Days => 31,
            Self::Visit | Self::LifeCheck => 1,
        }
    }

    /// Whether a number is typed, and not a yes or no.
    pub const fn is_number(self) -> bool {
        matches!(self, Self::Attendance | Self::Days)
    }
}

impl Cycle {
    /// Months that a cycle lasts.
    pub const fn months(self) -> u8 {
        match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::Term => 4,
            Self::Year => 12,
        }
    }

    /// The first day of the cycle that a day lies in.
    pub fn first_of(self, day: Date) -> Date {
        let month = u8::from(day.month());
        let first = month - (month - 1) % self.months();
        Month::try_from(first)
            .ok()
            .and_then(|month| Date::from_calendar_date(day.year(), month, 1).ok())
            .unwrap_or(day)
    }

    /// The first day of the next cycle.
    pub fn next(self, first: Date) -> Date {
        add_months(self.first_of(first), u32::from(self.months()))
    }

    /// The last day of the cycle that begins on `first`.
    pub fn last_of(self, first: Date) -> Date {
        self.next(first).previous_day().unwrap_or(first)
    }

    /// The first cycle that is looked at, for who begins on this day: only whole cycles count.
    pub fn first_whole(self, from: Date) -> Date {
        if self.first_of(from) == from { from } else { self.next(from) }
    }
}

/// What was handed in about a person and a cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Given {
    /// Whole percent of attendance, days worked, or 1 for done and 0 for not done; none where only a good cause is told.
    pub value: Option<i64>,
    /// A good cause.
    pub excuse: Option<Excuse>,
}

/// What a cycle comes to. `at_least` is the least percent of attendance.
pub fn verdict(kind: RecordKind, at_least: Option<i64>, record: Option<&Given>) -> CycleVerdict {
    let Some(record) = record else { return CycleVerdict::Unknown };
    let is_met = record.value.map(|value| match kind {
        RecordKind::Attendance => value >= at_least.unwrap_or(0),
        RecordKind::Days => value >= at_least.unwrap_or(1),
        RecordKind::Visit | RecordKind::LifeCheck => value > 0,
    });
    match (is_met, record.excuse) {
        (Some(true), _) => CycleVerdict::Met,
        (_, Some(_)) => CycleVerdict::Excused,
        (Some(false), None) => CycleVerdict::NotMet,
        (None, None) => CycleVerdict::Unknown,
    }
}

/// What follows from the newest cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rung {
    /// Nothing.
    Nothing,
    /// The household is told what was missed and what happens next time.
    Notice,
    /// What the pack says is proposed.
    Propose(Consequence),
}

/// What follows from the newest cycle, by those before it: the newest stands first. Only cycles that are known not to be met
/// count, and only where the newest one is.
pub fn ladder(misses: u32, within: u32, then: Consequence, newest_first: &[CycleVerdict]) -> Rung {
    if newest_first.first() != Some(&CycleVerdict::NotMet) {
        return Rung::Nothing;
    }
    if missed(within, newest_first) >= misses && then != Consequence::Warn {
        Rung::Propose(then)
    } else {
        Rung::Notice
    }
}

/// How many of the newest `within` cycles are known not to be met.
pub fn missed(within: u32, newest_first: &[CycleVerdict]) -> u32 {
    let within = usize::try_from(within).unwrap_or(usize::MAX);
    let count = newest_first.iter().take(within).filter(|one| **one == CycleVerdict::NotMet).count();
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::date;

    #[test]
    fn cycles_are_whole_parts_of_the_year() {
        let day = date!(2026 - 11 - 22);
        assert_eq!(Cycle::Month.first_of(day), date!(2026 - 11 - 01));
        assert_eq!(
            (Cycle::Quarter.first_of(day), Cycle::Quarter.last_of(date!(2026 - 10 - 01))),
            (date!(2026 - 10 - 01), date!(2026 - 12 - 31))
        );
        assert_eq!(
            (Cycle::Term.first_of(day), Cycle::Term.next(date!(2026 - 09 - 01))),
            (date!(2026 - 09 - 01), date!(2027 - 01 - 01))
        );
        assert_eq!(Cycle::Year.last_of(date!(2026 - 01 - 01)), date!(2026 - 12 - 31));
        assert_eq!(Cycle::Month.first_whole(day), date!(2026 - 12 - 01));
        assert_eq!(Cycle::Month.first_whole(date!(2026 - 12 - 01)), date!(2026 - 12 - 01));
    }

    #[test]
    fn eighty_five_of_a_hundred_is_enough_and_eighty_four_is_not() {
        let of = |value| Given { value: Some(value), excuse: None };
        let at = |value| verdict(RecordKind::Attendance, Some(85), Some(&of(value)));
        assert_eq!((at(85), at(84)), (CycleVerdict::Met, CycleVerdict::NotMet));
        assert_eq!(verdict(RecordKind::Attendance, Some(85), None), CycleVerdict::Unknown);
        let ill = Given { value: Some(20), excuse: Some(Excuse::Illness) };
        assert_eq!(verdict(RecordKind::Attendance, Some(85), Some(&ill)), CycleVerdict::Excused);
        assert_eq!(verdict(RecordKind::Visit, None, Some(&of(0))), CycleVerdict::NotMet);
        let nothing = Given { value: None, excuse: None };
        assert_eq!(verdict(RecordKind::LifeCheck, None, Some(&nothing)), CycleVerdict::Unknown);
    }

    #[test]
    fn the_first_miss_is_a_notice_and_the_second_of_three_is_proposed() {
        use CycleVerdict as V;
        let at = |cycles: &[V]| ladder(2, 3, Consequence::Suspend, cycles);
        assert_eq!(at(&[V::NotMet]), Rung::Notice);
        assert_eq!(at(&[V::NotMet, V::Met, V::NotMet]), Rung::Propose(Consequence::Suspend));
        assert_eq!(at(&[V::NotMet, V::Met, V::Met, V::NotMet]), Rung::Notice, "outside the window");
        assert_eq!(at(&[V::Unknown, V::NotMet, V::NotMet]), Rung::Nothing);
        assert_eq!(ladder(1, 1, Consequence::Warn, &[V::NotMet]), Rung::Notice, "never more than a notice");
    }

    fn any_verdict() -> impl Strategy<Value = CycleVerdict> {
        proptest::sample::select(CycleVerdict::ALL)
    }

    proptest! {
        /// What is not known, and what had a good cause, never counts against anyone.
        #[test]
        fn unknown_and_excused_never_lead_to_a_proposal(
            cycles in proptest::collection::vec(any_verdict(), 0..8), misses in 1u32..4, within in 1u32..6,
        ) {
            let rung = ladder(misses, within, Consequence::End, &cycles);
            let known = cycles.iter().filter(|one| **one == CycleVerdict::NotMet).count();
            if cycles.first() != Some(&CycleVerdict::NotMet) {
                prop_assert_eq!(rung, Rung::Nothing);
            }
            if rung == Rung::Propose(Consequence::End) {
                prop_assert!(known >= misses as usize);
            }
            // With a record in its place, a gap can only make it worse or leave it: never the gap itself.
            let mended: Vec<_> = cycles
                .iter()
                .map(|one| if *one == CycleVerdict::Unknown { CycleVerdict::Met } else { *one })
                .collect();
            prop_assert_eq!(ladder(misses, within, Consequence::End, &mended), rung);
        }

        #[test]
        fn every_day_lies_in_one_cycle(ordinal in 1u16..=365, year in 2000i32..2100) {
            let day = Date::from_ordinal_date(year, ordinal).unwrap();
            for cycle in Cycle::ALL {
                let first = cycle.first_of(day);
                prop_assert!(first <= day && day <= cycle.last_of(first));
                prop_assert_eq!(cycle.first_of(cycle.next(first)), cycle.next(first));
            }
        }
    }
}
