//! What an answer or a fact can be, and the three truths a condition can have.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};
use time::Date;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use crate::num::Num;

const ISO_DATE: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");

/// A known value.
///
/// In JSON: a boolean, a number (see [`Num`]), a string, or an array of strings in order. Reading a
/// `Value` back from JSON needs its type, so there is no `Deserialize`: the form knows the types.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// Yes or no.
    Bool(bool),
    /// An exact number; money is in major units of the pack's currency.
    Num(Num),
    /// A calendar day, `YYYY-MM-DD`.
    Date(#[serde(serialize_with = "as_iso_date")] Date),
    /// Free text, or the code of a place.
    Text(String),
    /// The id of one option of a list.
    Choice(String),
    /// The ids of the options chosen, possibly none.
    Many(BTreeSet<String>),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(b) => write!(f, "{b}"),
            Self::Num(n) => write!(f, "{n}"),
            Self::Date(d) => f.write_str(&iso_date(*d)),
            Self::Text(s) | Self::Choice(s) => f.write_str(s),
            Self::Many(set) => {
                for (i, s) in set.iter().enumerate() {
                    write!(f, "{}{s}", if i == 0 { "" } else { ", " })?;
                }
                Ok(())
            }
        }
    }
}

/// A day as `YYYY-MM-DD`.
pub fn iso_date(date: Date) -> String {
    let (year, month, day) = date.to_calendar_date();
    format!("{year:04}-{:02}-{day:02}", u8::from(month))
}

/// Reads a day written `YYYY-MM-DD`; anything else is `None`.
pub fn parse_iso_date(text: &str) -> Option<Date> {
    if text.len() != 10 {
        return None;
    }
    Date::parse(text, ISO_DATE).ok()
}

/// Serialises a day as `YYYY-MM-DD`: for `#[serde(serialize_with)]`.
pub fn as_iso_date<S: serde::Serializer>(date: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&iso_date(*date))
}

/// The three truths (Kleene). A missing answer is `Unknown`: it never grants and never refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Truth {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// It cannot be said yet.
    Unknown,
}

impl Truth {
    /// Both: one `False` decides.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::True, Self::True) => Self::True,
            _ => Self::Unknown,
        }
    }

    /// Either: one `True` decides.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::True, _) | (_, Self::True) => Self::True,
            (Self::False, Self::False) => Self::False,
            _ => Self::Unknown,
        }
    }

    /// The opposite; unknown stays unknown.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

impl From<Option<bool>> for Truth {
    fn from(value: Option<bool>) -> Self {
        value.map_or(Self::Unknown, Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Truth; 3] = [Truth::True, Truth::False, Truth::Unknown];

    #[test]
    fn kleene_tables() {
        for a in ALL {
            assert_eq!(a.and(Truth::False), Truth::False);
            assert_eq!(a.or(Truth::True), Truth::True);
            assert_eq!(a.and(Truth::True), a);
            assert_eq!(a.or(Truth::False), a);
            assert_eq!(a.negated().negated(), a);
            for b in ALL {
                assert_eq!(a.and(b), b.and(a));
                assert_eq!(a.and(b).negated(), a.negated().or(b.negated()));
            }
        }
        assert_eq!(Truth::Unknown.and(Truth::Unknown), Truth::Unknown);
    }

    #[test]
    fn dates_are_read_strictly() {
        assert_eq!(parse_iso_date("2026-02-28").map(iso_date).as_deref(), Some("2026-02-28"));
        for bad in ["2026-02-30", "26-02-28", "2026-2-28", "", "2026-02-28T00:00", "+202-02-02"] {
            assert_eq!(parse_iso_date(bad), None, "{bad}");
        }
    }
}
