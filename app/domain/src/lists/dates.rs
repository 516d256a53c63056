//! Births as other systems write them: `1990-02-05`, `05/02/1990`, `19900205`, `5.2.1990`, a year alone, or the
//! number by which a spreadsheet counts days.
//!
//! Which of two numbers is the day is not guessed row by row: the list says it once ([`DateOrder`]).

use time::{Date, Month};

use crate::codes::codes;
use crate::digits;

codes! {
    /// In which order a list writes day, month and year.
    pub enum DateOrder {
        /// 1990-02-05, 19900205.
        YearMonthDay = "ymd",
        /// 05/02/1990, 05021990.
        DayMonthYear = "dmy",
        /// 02/05/1990, 02051990.
        MonthDayYear = "mdy",
    }
}

/// A birth as a list has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// A day of the calendar.
    Day(Date),
    /// A year alone.
    Year(i32),
}

/// Why a text is no birth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DateFault {
    /// No three numbers, and no year.
    #[error("this is not a date")]
    NotADate,
    /// Three numbers that are no day: 31 February, or month 13.
    #[error("there is no such day")]
    NoSuchDay,
    /// A year of two digits could be in two centuries.
    #[error("the year needs four digits")]
    ShortYear,
}

/// Reads a birth. Digits of any script; separators are `-`, `/`, `.` and space; a time of day after the date is left out.
/// A year that stands first is a year in every order.
pub fn read(text: &str, order: DateOrder) -> Result<Written, DateFault> {
    let text = digits::ascii(text.trim());
    // "1990-02-05T00:00:00", "05/02/1990 00:00"
    let date =
        text.split_once(['T', ' ']).filter(|(_, time)| time.contains(':')).map_or(&*text, |(date, _)| date);
    let parts: Vec<&str> = date.split(['-', '/', '.', ' ']).filter(|part| !part.is_empty()).collect();
    if parts.iter().any(|part| !part.bytes().all(|byte| byte.is_ascii_digit())) {
        return Err(DateFault::NotADate);
    }
    match parts.as_slice() {
        [one] => alone(one, order),
        [a, b, c] => {
            let (year, month, day) = if a.len() == 4 {
                (a, b, c)
            } else {
                match order {
                    DateOrder::YearMonthDay => (a, b, c),
                    DateOrder::DayMonthYear => (c, b, a),
                    DateOrder::MonthDayYear => (c, a, b),
                }
            };
            day_of(year, month, day)
        }
        _ => Err(DateFault::NotADate),
    }
}

/// One run of digits: a year, or eight of a date.
fn alone(digits: &str, order: DateOrder) -> Result<Written, DateFault> {
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    match digits.len() {
        4 => digits.parse().map(Written::Year).map_err(|_| DateFault::NotADate),
        8 => match order {
            DateOrder::YearMonthDay => day_of(part(0, 4), part(4, 6), part(6, 8)),
            DateOrder::DayMonthYear => day_of(part(4, 8), part(2, 4), part(0, 2)),
            DateOrder::MonthDayYear => day_of(part(4, 8), part(0, 2), part(2, 4)),
        },
        _ => Err(DateFault::NotADate),
    }
}

fn day_of(year: &str, month: &str, day: &str) -> Result<Written, DateFault> {
    if year.len() != 4 {
        return Err(if year.len() == 2 { DateFault::ShortYear } else { DateFault::NotADate });
    }
    let year: i32 = year.parse().map_err(|_| DateFault::NotADate)?;
    let (month, day): (u8, u8) =
        (month.parse().map_err(|_| DateFault::NotADate)?, day.parse().map_err(|_| DateFault::NotADate)?);
    // "00" for day and month is how many registers write "the year is all we know".
    if month == 0 && day == 0 {
        return Ok(Written::Year(year));
    }
    let month = Month::try_from(month).map_err(|_| DateFault::NoSuchDay)?;
    Date::from_calendar_date(year, month, day).map(Written::Day).map_err(|_| DateFault::NoSuchDay)
}

/// The day of a spreadsheet's serial number, counted from 1900 (with the 29 February 1900 that never was) or from 1904.
/// Whole days of the years 1900 to 2200; `None` for other numbers.
pub fn of_serial(serial: f64, from_1904: bool) -> Option<Date> {
    if !(1.0..=110_000.0).contains(&serial) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "between 1 and 110,000, as was just checked")]
    let days = serial.floor() as i64;
    let first = if from_1904 {
        Date::from_calendar_date(1904, Month::January, 1).ok()?
    } else if days < 60 {
        Date::from_calendar_date(1899, Month::December, 31).ok()?
    } else {
        Date::from_calendar_date(1899, Month::December, 30).ok()?
    };
    (from_1904 || days != 60).then(|| first.checked_add(time::Duration::days(days)))?
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::date;

    #[test]
    fn births_as_they_are_written() {
        use DateOrder::{DayMonthYear as Dmy, MonthDayYear as Mdy, YearMonthDay as Ymd};
        let day = Ok(Written::Day(date!(1990 - 02 - 05)));
        for (text, order) in [
            ("1990-02-05", Ymd),
            ("19900205", Ymd),
            ("1990/2/5", Dmy),
            ("05/02/1990", Dmy),
            ("5.2.1990", Dmy),
            ("05021990", Dmy),
            ("02/05/1990", Mdy),
            ("1990-02-05T00:00:00", Mdy),
            ("05/02/1990 00:00", Dmy),
            ("٠٥/٠٢/١٩٩٠", Dmy),
        ] {
            assert_eq!(read(text, order), day, "{text}");
        }
        assert_eq!(read("1990", Dmy), Ok(Written::Year(1990)));
        assert_eq!(read("19900000", Ymd), Ok(Written::Year(1990)));
        for (text, fault) in [
            ("31/02/1990", DateFault::NoSuchDay),
            ("05/13/1990", DateFault::NoSuchDay),
            ("05/02/90", DateFault::ShortYear),
            ("5 Feb 1990", DateFault::NotADate),
            ("199002", DateFault::NotADate),
            ("", DateFault::NotADate),
            ("32874.5", DateFault::NotADate),
        ] {
            assert_eq!(read(text, Dmy), Err(fault), "{text}");
        }
    }

    #[test]
    fn a_spreadsheet_counts_days() {
        // As LibreOffice and Excel show them.
        for (serial, day) in [
            (1.0, date!(1900 - 01 - 01)),
            (59.0, date!(1900 - 02 - 28)),
            (61.0, date!(1900 - 03 - 01)),
            (32_909.0, date!(1990 - 02 - 05)),
            (32_909.75, date!(1990 - 02 - 05)),
        ] {
            assert_eq!(of_serial(serial, false), Some(day), "{serial}");
        }
        assert_eq!(of_serial(31_447.0, true), Some(date!(1990 - 02 - 05)));
        for none in [0.0, 60.0, -4.0, 5e9, f64::NAN] {
            assert_eq!(of_serial(none, false), None);
        }
    }

    proptest! {
        #[test]
        fn every_text_is_read_or_refused(text in ".{0,20}") {
            for order in DateOrder::ALL {
                let _ = read(&text, *order);
            }
        }

        #[test]
        fn a_day_is_read_in_every_order(days in 0_i64..60_000) {
            let day = date!(1900 - 01 - 01) + time::Duration::days(days);
            let (y, m, d) = (day.year(), u8::from(day.month()), day.day());
            prop_assert_eq!(read(&format!("{d:02}/{m:02}/{y}"), DateOrder::DayMonthYear), Ok(Written::Day(day)));
            prop_assert_eq!(read(&format!("{m:02}{d:02}{y}"), DateOrder::MonthDayYear), Ok(Written::Day(day)));
            prop_assert_eq!(read(&format!("{y}-{m}-{d}"), DateOrder::YearMonthDay), Ok(Written::Day(day)));
        }
    }
}
