//! Opening hours, as people write them on a door: `mon-fri 08:00-12:00, 14:00-17:00; sat 09:00-12:00`.
//!
//! They are kept as text ([`Hours::parse`], its `Display` gives the same text back), so that the same line serves a pack, a
//! form and a page in any language.

use std::fmt;
use std::str::FromStr;

use time::{PrimitiveDateTime, Time, Weekday};

/// The days of the week, Monday first, by their words in the text.
pub const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

/// Days in a row with the same hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The first day, 0 for Monday.
    pub from: usize,
    /// The last day; before the first where the row runs over Sunday.
    pub until: usize,
    /// From when until when, the earliest first.
    pub spans: Vec<(Time, Time)>,
}

impl Row {
    /// Whether a day, 0 for Monday, is in it.
    fn has(&self, day: usize) -> bool {
        if self.from <= self.until {
            (self.from..=self.until).contains(&day)
        } else {
            day >= self.from || day <= self.until
        }
    }
}

/// The hours of a week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours(Vec<Row>);

/// Text that is no hours: the part that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' are no opening hours: write them as in 'mon-fri 08:00-12:00, 14:00-17:00; sat 09:00-12:00'")]
pub struct NoHours(pub String);

impl Hours {
    /// Days with the same hours, in the order of the text.
    pub fn rows(&self) -> &[Row] {
        &self.0
    }

    /// Whether it is open at a moment of the place's own wall clock.
    pub fn is_open(&self, at: PrimitiveDateTime) -> bool {
        let day = usize::from(at.weekday().number_days_from_monday());
        let time = at.time();
        let mut spans = self.0.iter().filter(|row| row.has(day)).flat_map(|row| &row.spans);
        spans.any(|(from, until)| *from <= time && time < *until)
    }
}

fn day(word: &str) -> Option<usize> {
    DAYS.iter().position(|(name, _)| *name == word)
}

/// `08:00`, or `8:00`, or `24:00` for the end of the day.
fn time(word: &str) -> Option<Time> {
    let (hour, minute) = word.trim().split_once(':')?;
    if (hour, minute) == ("24", "00") {
        return Time::from_hms(23, 59, 59).ok();
    }
    let digits = |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(hour) || minute.len() != 2 || !digits(minute) {
        return None;
    }
    Time::from_hms(hour.parse().ok()?, minute.parse().ok()?, 0).ok()
}

fn row(text: &str) -> Option<Row> {
    let (days, hours) = text.trim().split_once(' ')?;
    let (from, until) = days.split_once('-').unwrap_or((days, days));
    let (from, until) = (day(from)?, day(until)?);
    let mut spans = Vec::new();
    for span in hours.split(',') {
        let (from, until) = span.trim().split_once('-')?;
        spans.push((time(from)?, time(until)?));
    }
    let in_order =
        spans.iter().all(|(from, until)| from < until) && spans.windows(2).all(|pair| pair[0].1 <= pair[1].0);
    in_order.then_some(Row { from, until, spans })
}

impl FromStr for Hours {
    type Err = NoHours;
    fn from_str(text: &str) -> Result<Self, NoHours> {
        let text = text.trim().to_lowercase();
        let parts = text.split(';').map(str::trim).filter(|part| !part.is_empty());
        let rows: Vec<Row> =
            parts.map(|part| row(part).ok_or_else(|| NoHours(part.to_owned()))).collect::<Result<_, _>>()?;
        if rows.is_empty() { Err(NoHours(text)) } else { Ok(Self(rows)) }
    }
}

/// A time as it is written: the end of the day is 24:00.
pub fn written(time: Time) -> String {
    if time.second() == 59 {
        return "24:00".into();
    }
    format!("{:02}:{:02}", time.hour(), time.minute())
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, row) in self.0.iter().enumerate() {
            f.write_str(if place == 0 { "" } else { "; " })?;
            f.write_str(DAYS[row.from].0)?;
            if row.from != row.until {
                write!(f, "-{}", DAYS[row.until].0)?;
            }
            for (place, (from, until)) in row.spans.iter().enumerate() {
                f.write_str(if place == 0 { " " } else { ", " })?;
                write!(f, "{}-{}", written(*from), written(*until))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::datetime;

    #[test]
    fn a_week_is_read_and_asked() {
        let hours: Hours = "Mon-Fri 8:00-12:00, 14:00-17:00; sat 09:00-24:00".parse().unwrap();
        assert_eq!(hours.to_string(), "mon-fri 08:00-12:00, 14:00-17:00; sat 09:00-24:00");
        // 2026-11-23 is a Monday.
        for (at, open) in [
            (datetime!(2026-11-23 07:59), false),
            (datetime!(2026-11-23 08:00), true),
            (datetime!(2026-11-23 12:00), false),
            (datetime!(2026-11-27 16:59), true),
            (datetime!(2026-11-28 23:00), true),
            (datetime!(2026-11-29 10:00), false),
        ] {
            assert_eq!(hours.is_open(at), open, "{at}");
        }
    }

    #[test]
    fn a_row_may_run_over_sunday() {
        let hours: Hours = "sat-mon 10:00-11:00".parse().unwrap();
        assert!(hours.is_open(datetime!(2026-11-29 10:30)) && hours.is_open(datetime!(2026-11-23 10:30)));
        assert!(!hours.is_open(datetime!(2026-11-24 10:30)));
    }

    #[test]
    fn what_is_no_hours_is_named() {
        for (text, part) in [
            ("", ""),
            ("always", "always"),
            ("mon 8-12", "mon 8-12"),
            ("mon 12:00-08:00", "mon 12:00-08:00"),
            ("mon 08:00-25:00", "mon 08:00-25:00"),
            ("mon 08:00-12:00; maybe 1:00-2:00", "maybe 1:00-2:00"),
            ("mon 08:00-12:00, 11:00-13:00", "mon 08:00-12:00, 11:00-13:00"),
        ] {
            assert_eq!(text.parse::<Hours>(), Err(NoHours(part.into())), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_fall_over(text in "\\PC{0,40}") {
            if let Ok(hours) = text.parse::<Hours>() {
                prop_assert_eq!(hours.to_string().parse::<Hours>(), Ok(hours));
            }
        }
    }
}
