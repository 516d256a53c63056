//! The receipt: the slip of paper a person leaves the counter with, 80 mm wide.
//!
//! It prints the decide-by date only when the file is complete, and otherwise what is missing; an officer's number,
//! never a name; and how to check, to complain and to appeal.

use serde::Serialize;
use time::Date;

use super::sentence::iso;
use super::{Missing, Office};

/// What the slip says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Slip {
    /// The language it is in.
    pub language: String,
    /// The office.
    pub office: Office,
    /// The day, as on the office's wall.
    #[serde(with = "iso")]
    pub on: Date,
    /// The time of day, `14:05`.
    pub at: String,
    /// The public reference, printed large; the QR code holds the address of the tracking page and this.
    pub reference: String,
    /// The officer's number.
    pub officer: String,
    /// Documents that were shown, each with whose it is.
    pub handed_in: Vec<String>,
    /// What is missing.
    pub missing: Vec<Missing>,
    /// What comes next.
    pub then: Then,
}

/// What a slip says comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// It is decided; an objection can be lodged until this day.
    ObjectUntil(#[serde(with = "iso")] Date),
    /// It is complete; it will be decided by this day.
    DecidedBy(#[serde(with = "iso")] Date),
    /// Something is missing: it should come by this day.
    BringBy(#[serde(with = "iso")] Date),
    /// Something is missing and no day is set for it.
    Bring,
    /// Nothing is missing and no day runs: the office writes.
    WeWrite,
}

/// Which date a slip prints. A file that lacks something has no decide-by date.
pub fn then(
    missing: &[Missing],
    decided: bool,
    appeal_until: Option<Date>,
    decide_by: Option<Date>,
    bring_by: Option<Date>,
) -> Then {
    if !missing.is_empty() {
        return bring_by.map_or(Then::Bring, Then::BringBy);
    }
    let by = if decided { appeal_until.map(Then::ObjectUntil) } else { None };
    by.or(decide_by.map(Then::DecidedBy)).unwrap_or(Then::WeWrite)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn a_decide_by_date_is_printed_only_when_nothing_is_missing() {
        let by = Some(date!(2026 - 12 - 22));
        let missing = [Missing { what: "birth certificate".into(), person: None, programmes: vec![] }];
        assert_eq!(then(&[], false, None, by, None), Then::DecidedBy(date!(2026 - 12 - 22)));
        assert_eq!(then(&missing, false, None, by, None), Then::Bring);
        let bring = Some(date!(2026 - 12 - 07));
        assert_eq!(then(&missing, true, None, by, bring), Then::BringBy(date!(2026 - 12 - 07)));
        assert_eq!(then(&[], false, None, None, None), Then::WeWrite);
        let appeal = Some(date!(2027 - 02 - 20));
        assert_eq!(then(&[], true, appeal, None, None), Then::ObjectUntil(date!(2027 - 02 - 20)));
    }
}
