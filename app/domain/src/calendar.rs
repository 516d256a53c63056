//! Working days of an area, and the terms that law counts in.
//!
//! How a term is counted: the day it starts on does not count. Working days skip the weekend and the
//! holidays. Calendar days count every day, but a term that would end on a day off ends on the next working
//! day, so that nobody's last day is one on which the office is shut. Hours run through.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use time::{Date, Duration, Month, OffsetDateTime, Time, Weekday};

/// The days an office of an area is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkingCalendar {
    weekend: BTreeSet<u8>,
    holidays: BTreeSet<Date>,
}

/// A calendar in which no day is worked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a week needs at least one working day")]
pub struct NoWorkingDay;

/// A term as a law or a pack writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Term {
    /// Calendar days; an end on a day off moves to the next working day.
    Days(u16),
    /// Working days.
    WorkingDays(u16),
    /// Hours, day and night.
    Hours(u16),
}

impl Term {
    /// The word stored for the unit: `days`, `working_days`, `hours`.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Days(_) => "days",
            Self::WorkingDays(_) => "working_days",
            Self::Hours(_) => "hours",
        }
    }

    /// How many of the unit.
    pub const fn count(self) -> u16 {
        match self {
            Self::Days(n) | Self::WorkingDays(n) | Self::Hours(n) => n,
        }
    }

    /// A term from its stored unit and number; `None` for an unknown unit.
    pub fn from_parts(unit: &str, count: u16) -> Option<Self> {
        match unit {
            "days" => Some(Self::Days(count)),
            "working_days" => Some(Self::WorkingDays(count)),
            "hours" => Some(Self::Hours(count)),
            _ => None,
        }
    }
}

impl WorkingCalendar {
    /// A calendar with these weekly days off and these holidays.
    pub fn new(
        weekend: impl IntoIterator<Item = Weekday>,
        holidays: impl IntoIterator<Item = Date>,
    ) -> Result<Self, NoWorkingDay> {
        let weekend: BTreeSet<u8> = weekend.into_iter().map(Weekday::number_from_monday).collect();
        if weekend.len() == 7 {
            return Err(NoWorkingDay);
        }
        Ok(Self { weekend, holidays: holidays.into_iter().collect() })
    }

    /// Whether offices are open that day.
    pub fn is_working(&self, day: Date) -> bool {
        !self.weekend.contains(&day.weekday().number_from_monday()) && !self.holidays.contains(&day)
    }

    /// The day itself when it is worked, else the first worked day after it.
    pub fn on_or_after(&self, day: Date) -> Date {
        let mut day = day;
        while !self.is_working(day) {
            match day.next_day() {
                Some(next) => day = next,
                None => return day,
            }
        }
        day
    }

    /// The `count`-th working day after `from`; `from` itself, moved to a working day, when `count` is 0.
    pub fn add_working_days(&self, from: Date, count: u32) -> Date {
        if count == 0 {
            return self.on_or_after(from);
        }
        let mut day = from;
        for _ in 0..count {
            match day.next_day() {
                Some(next) => day = self.on_or_after(next),
                None => return day,
            }
        }
        day
    }

    /// Working days after `from` up to and including `until`; 0 when `until` is not later.
    pub fn working_days_between(&self, from: Date, until: Date) -> u32 {
        let mut count = 0;
        let mut day = from;
        while day < until {
            match day.next_day() {
                Some(next) => day = next,
                None => break,
            }
            count += u32::from(self.is_working(day));
        }
        count
    }

    /// The last day of a term that starts on `from`. Hours are counted in started days.
    pub fn due_date(&self, from: Date, term: Term) -> Date {
        match term {
            Term::Days(days) => self.on_or_after(plus_days(from, i64::from(days))),
            Term::WorkingDays(days) => self.add_working_days(from, u32::from(days)),
            Term::Hours(hours) => plus_days(from, i64::from(hours.div_ceil(24))),
        }
    }

    /// The moment a term that starts at `from` is over: the end of its last day (23:59:59 at the offset of
    /// `from`), or so many hours later.
    pub fn due_at(&self, from: OffsetDateTime, term: Term) -> OffsetDateTime {
        match term {
            Term::Hours(hours) => from.saturating_add(Duration::hours(i64::from(hours))),
            day_term => end_of_day(self.due_date(from.date(), day_term), from),
        }
    }

    /// The new end of a term that stood still from `paused` until `resumed`: what was left when it stopped is
    /// left when it runs again. A term already over when it was paused stays over.
    pub fn due_after_pause(
        &self,
        due: OffsetDateTime,
        term: Term,
        paused: OffsetDateTime,
        resumed: OffsetDateTime,
    ) -> OffsetDateTime {
        if due <= paused || resumed <= paused {
            return due;
        }
        let zone = due.offset();
        let (paused_on, resumed_on) = (paused.to_offset(zone).date(), resumed.to_offset(zone).date());
        match term {
            Term::Hours(_) => due.saturating_add(resumed - paused),
            Term::Days(_) => {
                let moved = plus_days(due.date(), (resumed_on - paused_on).whole_days());
                end_of_day(self.on_or_after(moved), due)
            }
            Term::WorkingDays(_) => {
                let left = self.working_days_between(paused_on, due.date());
                end_of_day(self.add_working_days(resumed_on, left), due)
            }
        }
    }
}

/// So many months later: the same day of the month, or the month's last day where it has no such day.
pub fn add_months(from: Date, months: u32) -> Date {
    let (year, month, day) = from.to_calendar_date();
    let count = i64::from(year) * 12 + i64::from(u8::from(month)) - 1 + i64::from(months);
    let target = (i32::try_from(count.div_euclid(12)), u8::try_from(count.rem_euclid(12) + 1));
    let (Ok(year), Ok(month)) = target else { return Date::MAX };
    let Ok(month) = Month::try_from(month) else { return Date::MAX };
    Date::from_calendar_date(year, month, day.min(month.length(year))).unwrap_or(Date::MAX)
}

fn plus_days(day: Date, days: i64) -> Date {
    day.saturating_add(Duration::days(days))
}

/// The last second of a day, at the offset of `zone_of`.
pub fn end_of_day(day: Date, zone_of: OffsetDateTime) -> OffsetDateTime {
    let last_second = Time::MIDNIGHT - Duration::SECOND;
    day.with_time(last_second).assume_offset(zone_of.offset())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::{date, datetime};

    fn calendar() -> WorkingCalendar {
        // Weekend Saturday and Sunday; Christmas 2026 is a Friday.
        WorkingCalendar::new(
            [Weekday::Saturday, Weekday::Sunday],
            [date!(2026 - 12 - 25), date!(2027 - 01 - 01)],
        )
        .unwrap()
    }

    #[test]
    fn months_end_where_the_month_does() {
        assert_eq!(add_months(date!(2026 - 11 - 22), 12), date!(2027 - 11 - 22));
        assert_eq!(add_months(date!(2026 - 11 - 30), 3), date!(2027 - 02 - 28));
        assert_eq!(add_months(date!(2026 - 12 - 31), 0), date!(2026 - 12 - 31));
        assert_eq!(add_months(Date::MAX, u32::MAX), Date::MAX);
    }

    #[test]
    fn working_days_skip_weekends_and_holidays() {
        let c = calendar();
        assert_eq!(c.add_working_days(date!(2026 - 12 - 23), 1), date!(2026 - 12 - 24));
        assert_eq!(c.add_working_days(date!(2026 - 12 - 24), 1), date!(2026 - 12 - 28));
        assert_eq!(c.add_working_days(date!(2026 - 12 - 23), 6), date!(2027 - 01 - 04));
        assert_eq!(c.add_working_days(date!(2026 - 12 - 26), 0), date!(2026 - 12 - 28));
        assert_eq!(c.working_days_between(date!(2026 - 12 - 24), date!(2026 - 12 - 28)), 1);
        assert_eq!(c.working_days_between(date!(2026 - 12 - 28), date!(2026 - 12 - 24)), 0);
    }

    #[test]
    fn a_weekend_may_be_friday() {
        let c = WorkingCalendar::new([Weekday::Friday], []).unwrap();
        assert_eq!(c.add_working_days(date!(2026 - 11 - 26), 1), date!(2026 - 11 - 28));
    }

    #[test]
    fn a_week_without_work_is_refused() {
        let all = [
            Weekday::Monday,
            Weekday::Tuesday,
            Weekday::Wednesday,
            Weekday::Thursday,
            Weekday::Friday,
            Weekday::Saturday,
            Weekday::Sunday,
        ];
        assert_eq!(WorkingCalendar::new(all, []), Err(NoWorkingDay));
    }

    #[test]
    fn a_calendar_term_never_ends_on_a_day_off() {
        let c = calendar();
        assert_eq!(c.due_date(date!(2026 - 11 - 22), Term::Days(33)), date!(2026 - 12 - 28));
        assert_eq!(c.due_date(date!(2026 - 11 - 22), Term::Days(30)), date!(2026 - 12 - 22));
        assert_eq!(
            c.due_at(datetime!(2026-11-22 09:30 UTC), Term::Days(30)),
            datetime!(2026-12-22 23:59:59 UTC)
        );
        assert_eq!(
            c.due_at(datetime!(2026-11-22 09:30 UTC), Term::Hours(24)),
            datetime!(2026-11-23 09:30 UTC)
        );
    }

    #[test]
    fn a_pause_gives_back_what_was_left() {
        let c = calendar();
        // Five working days from Monday 7 December: due Monday 14th. Two used when paused on Wednesday 9th.
        let start = datetime!(2026-12-07 10:00 UTC);
        let due = c.due_at(start, Term::WorkingDays(5));
        assert_eq!(due, datetime!(2026-12-14 23:59:59 UTC));
        let moved = c.due_after_pause(
            due,
            Term::WorkingDays(5),
            datetime!(2026-12-09 12:00 UTC),
            datetime!(2026-12-21 08:00 UTC),
        );
        assert_eq!(moved, datetime!(2026-12-24 23:59:59 UTC));
        let days = c.due_after_pause(
            datetime!(2026-12-22 23:59:59 UTC),
            Term::Days(30),
            datetime!(2026-12-01 12:00 UTC),
            datetime!(2026-12-03 08:00 UTC),
        );
        assert_eq!(days, datetime!(2026-12-24 23:59:59 UTC));
        assert_eq!(
            c.due_after_pause(
                due,
                Term::WorkingDays(5),
                datetime!(2026-12-20 0:00 UTC),
                datetime!(2026-12-21 0:00 UTC)
            ),
            due
        );
    }

    proptest! {
        #[test]
        fn counting_forth_and_back_agree(start in 0_i64..20_000, count in 1_u32..120) {
            let c = calendar();
            let from = plus_days(date!(1990 - 01 - 01), start);
            let due = c.add_working_days(from, count);
            prop_assert!(c.is_working(due));
            prop_assert_eq!(c.working_days_between(from, due), count);
        }

        #[test]
        fn a_pause_never_shortens(start in 0_i64..20_000, days in 1_u16..90, after in 0_i64..90, length in 0_i64..90, working: bool) {
            let c = calendar();
            let from = datetime!(1990-01-01 09:00 UTC) + Duration::days(start);
            let term = if working { Term::WorkingDays(days) } else { Term::Days(days) };
            let due = c.due_at(from, term);
            let paused = from + Duration::days(after);
            prop_assert!(c.due_after_pause(due, term, paused, paused + Duration::days(length)) >= due);
        }
    }

    #[test]
    fn the_end_of_time_does_not_panic() {
        let c = calendar();
        assert_eq!(c.add_working_days(Date::MAX, 10), Date::MAX);
        let _ = c.due_date(Date::MAX, Term::Days(40));
    }
}
