//! When a person was born, as well as it is known: a date, a year, or an age told on a day.
//!
//! The rules count with a date: for a year it is 1 July of it; for an age it is the 1 July that makes the
//! person just that old on the day it was told. The register keeps what was said.

use crate::codes::codes;
use serde::{Deserialize, Serialize};
use time::{Date, Month};

/// Nobody older is registered without someone looking (the oldest proven age is 122).
pub const OLDEST_YEARS: i32 = 120;

codes! {
    /// How well a birth is known.
    pub enum Precision {
        /// The day.
        Day = "day",
        /// The year alone.
        Year = "year",
        /// An age in completed years, told on a day.
        Age = "age",
    }
}

/// A birth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Birth {
    /// On this day.
    Date(Date),
    /// In this year.
    Year(i32),
    /// So many completed years old on that day.
    Age {
        /// Completed years.
        years: u8,
        /// The day it was told.
        told_on: Date,
    },
}

/// Why a form's fields make no birth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BirthFault {
    /// Nothing is given.
    #[error("a birth date, a year or an age is needed")]
    Missing,
    /// A day or month without the rest.
    #[error("the date is not complete")]
    Incomplete,
    /// 31 February, or letters.
    #[error("this is not a date")]
    NotADate,
    /// The age is not a number of years.
    #[error("this is not an age")]
    NotAnAge,
    /// A date or year and an age too.
    #[error("give the birth or the age, not both")]
    BirthAndAge,
    /// After today.
    #[error("the birth is in the future")]
    InFuture,
    /// More than [`OLDEST_YEARS`] years ago.
    #[error("the birth is more than {OLDEST_YEARS} years ago")]
    TooLongAgo,
}

impl Birth {
    /// Reads a form's four fields: day, month and year; or the year alone; or the age. `today` is the day an
    /// age is told on. Digits of other scripts are read.
    pub fn parse(day: &str, month: &str, year: &str, age: &str, today: Date) -> Result<Self, BirthFault> {
        let [day, month, year, age] = [day, month, year, age].map(|text| crate::digits::ascii(text.trim()));
        let birth = match (day.is_empty(), month.is_empty(), year.is_empty(), age.is_empty()) {
            (true, true, true, true) => return Err(BirthFault::Missing),
            (true, true, true, false) => Self::told(age.parse().map_err(|_| BirthFault::NotAnAge)?, today),
            (_, _, _, false) => return Err(BirthFault::BirthAndAge),
            (true, true, false, true) => Self::in_year(whole_year(&year)?, today),
            (false, false, false, true) => {
                let month: u8 = month.parse().map_err(|_| BirthFault::NotADate)?;
                let month = Month::try_from(month).map_err(|_| BirthFault::NotADate)?;
                let day = day.parse().map_err(|_| BirthFault::NotADate)?;
                Self::Date(
                    Date::from_calendar_date(whole_year(&year)?, month, day)
                        .map_err(|_| BirthFault::NotADate)?,
                )
            }
            _ => return Err(BirthFault::Incomplete),
        };
        birth.check(today)
    }

    /// A birth in a year; in the current year before 1 July an infant's age is kept instead, so that the date
    /// for the rules is not in the future.
    fn in_year(year: i32, today: Date) -> Self {
        if year == today.year() && first_of_july(year) > today {
            Self::Age { years: 0, told_on: today }
        } else {
            Self::Year(year)
        }
    }

    const fn told(years: u8, today: Date) -> Self {
        Self::Age { years, told_on: today }
    }

    fn check(self, today: Date) -> Result<Self, BirthFault> {
        let date = self.for_rules();
        if date > today {
            return Err(BirthFault::InFuture);
        }
        if completed_years(date, today) > OLDEST_YEARS {
            return Err(BirthFault::TooLongAgo);
        }
        Ok(self)
    }

    /// How well it is known.
    pub const fn precision(self) -> Precision {
        match self {
            Self::Date(_) => Precision::Day,
            Self::Year(_) => Precision::Year,
            Self::Age { .. } => Precision::Age,
        }
    }

    /// The date that facts count with; see the module head.
    pub fn for_rules(self) -> Date {
        match self {
            Self::Date(date) => date,
            Self::Year(year) => first_of_july(year),
            Self::Age { years, told_on } => {
                let year = told_on.year() - i32::from(years);
                let july = first_of_july(year);
                if completed_years(july, told_on) == i32::from(years) {
                    july
                } else {
                    first_of_july(year - 1)
                }
            }
        }
    }

    /// The year, as well as it is known: what the applicant's page asks for when the day is not known.
    pub fn year(self) -> i32 {
        self.for_rules().year()
    }

    /// The day, where it is known.
    pub const fn day(self) -> Option<Date> {
        match self {
            Self::Date(date) => Some(date),
            _ => None,
        }
    }

    /// A birth from its stored columns: precision, the date for the rules, and for an age the day it was told.
    pub fn from_columns(precision: Precision, date: Date, told_on: Option<Date>) -> Self {
        match (precision, told_on) {
            (Precision::Age, Some(told_on)) => {
                Self::Age { years: u8::try_from(completed_years(date, told_on)).unwrap_or(0), told_on }
            }
            (Precision::Day, _) => Self::Date(date),
            _ => Self::Year(date.year()),
        }
    }

    /// The day an age was told, for the stored column.
    pub const fn told_on(self) -> Option<Date> {
        match self {
            Self::Age { told_on, .. } => Some(told_on),
            _ => None,
        }
    }

    /// Age in completed years on a day, as the rules count it.
    pub fn age_on(self, day: Date) -> i32 {
        completed_years(self.for_rules(), day)
    }
}

/// Completed years from `birth` to `on`; negative before birth. Born on 29 February, one is a year older on
/// 1 March of other years.
pub fn completed_years(birth: Date, on: Date) -> i32 {
    let not_yet = (u8::from(on.month()), on.day()) < (u8::from(birth.month()), birth.day());
    on.year() - birth.year() - i32::from(not_yet)
}

fn first_of_july(year: i32) -> Date {
    Date::from_calendar_date(year, Month::July, 1).unwrap_or(Date::MIN)
}

fn whole_year(text: &str) -> Result<i32, BirthFault> {
    // Two digits could be 1925 or 2025: not guessed.
    if text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit()) {
        text.parse().map_err(|_| BirthFault::NotADate)
    } else {
        Err(BirthFault::NotADate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::date;

    const TODAY: Date = date!(2026 - 03 - 10);

    fn read(day: &str, month: &str, year: &str, age: &str) -> Result<Birth, BirthFault> {
        Birth::parse(day, month, year, age, TODAY)
    }

    #[test]
    fn three_ways_to_say_it() {
        assert_eq!(read("5", "02", "1990", ""), Ok(Birth::Date(date!(1990 - 02 - 05))));
        assert_eq!(read("", "", " 1990", ""), Ok(Birth::Year(1990)));
        assert_eq!(read("", "", "", "36"), Ok(Birth::Age { years: 36, told_on: TODAY }));
        assert_eq!(read("٥", "٢", "١٩٩٠", ""), Ok(Birth::Date(date!(1990 - 02 - 05))));
    }

    #[test]
    fn what_is_refused() {
        assert_eq!(read("", "", "", ""), Err(BirthFault::Missing));
        assert_eq!(read("5", "", "1990", ""), Err(BirthFault::Incomplete));
        assert_eq!(read("5", "2", "", ""), Err(BirthFault::Incomplete));
        assert_eq!(read("31", "2", "1990", ""), Err(BirthFault::NotADate));
        assert_eq!(read("1", "2", "90", ""), Err(BirthFault::NotADate));
        assert_eq!(read("", "", "", "x"), Err(BirthFault::NotAnAge));
        assert_eq!(read("", "", "", "-1"), Err(BirthFault::NotAnAge));
        assert_eq!(read("", "", "1990", "36"), Err(BirthFault::BirthAndAge));
        assert_eq!(read("11", "3", "2026", ""), Err(BirthFault::InFuture));
        assert_eq!(read("", "", "2027", ""), Err(BirthFault::InFuture));
        assert_eq!(read("", "", "1904", ""), Err(BirthFault::TooLongAgo));
        assert_eq!(read("", "", "", "121"), Err(BirthFault::TooLongAgo));
        assert!(read("10", "3", "1906", "").is_ok());
        assert!(read("10", "3", "2026", "").is_ok());
    }

    #[test]
    fn the_date_for_the_rules() {
        assert_eq!(Birth::Year(1990).for_rules(), date!(1990 - 07 - 01));
        assert_eq!(
            Birth::Age { years: 5, told_on: date!(2026 - 03 - 01) }.for_rules(),
            date!(2020 - 07 - 01)
        );
        assert_eq!(
            Birth::Age { years: 5, told_on: date!(2026 - 08 - 01) }.for_rules(),
            date!(2021 - 07 - 01)
        );
        // A child of this year, in March.
        assert_eq!(read("", "", "2026", "").unwrap().for_rules(), date!(2025 - 07 - 01));
    }

    #[test]
    fn a_leap_day_birthday() {
        assert_eq!(completed_years(date!(2004 - 02 - 29), date!(2022 - 02 - 28)), 17);
        assert_eq!(completed_years(date!(2004 - 02 - 29), date!(2022 - 03 - 01)), 18);
    }

    proptest! {
        #[test]
        fn an_age_is_the_age_told(years in 0_u8..=120, day in 0_i64..3650) {
            let told_on = date!(2020 - 01 - 01) + time::Duration::days(day);
            let birth = Birth::Age { years, told_on };
            prop_assert_eq!(birth.age_on(told_on), i32::from(years));
            prop_assert_eq!(Birth::from_columns(birth.precision(), birth.for_rules(), birth.told_on()), birth);
        }

        #[test]
        fn reading_never_panics(day in ".{0,4}", month in ".{0,4}", year in ".{0,6}", age in ".{0,4}") {
            let _ = Birth::parse(&day, &month, &year, &age, TODAY);
        }
    }
}
