//! What a pack says of the country itself: its money, its law, its agencies and offices, and the
//! consents it asks for. Names are in the pack's words, under the keys noted here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::Date;

use crate::calendar::Term;
use crate::life_event::LifeEvents;
use crate::notice::QuietHours;
use crate::signature::Rules;

/// The head of a pack: `pack.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The pack's id; packs with the same id are versions of one another.
    pub id: String,
    /// The author's version.
    pub version: String,
    /// The first day on which decisions may be made by it.
    pub valid_from: Date,
    /// The country's name as officials write it.
    pub country: String,
    /// Languages with complete words, as codes (`en`, `fr`, `ar`).
    pub languages: Vec<String>,
    /// The language used when a person has chosen none; one of `languages`.
    pub default_language: String,
    /// The currency of all amounts.
    pub currency: Currency,
    /// Time limits, with their legal sources.
    pub law: Law,
    /// The hours in which no message goes out, by the office's wall clock.
    #[serde(default)]
    pub quiet: QuietHours,
    /// Life events of households.
    #[serde(default)]
    pub life_events: LifeEvents,
    /// What a second person signs.
    #[serde(default)]
    pub second_signature: Rules,
}

/// A currency; amounts are kept in its minor units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Currency {
    /// The code printed beside amounts.
    pub code: String,
    /// How many digits follow the decimal mark: 0, 1, 2 or 3.
    pub minor_digits: u32,
}

/// One time limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    /// How long, and which days count.
    pub term: Term,
    /// The legal source, printed with the date.
    pub source: String,
}

/// The time limits of the law that decisions and their clocks keep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Law {
    /// To appeal, from the day a decision is issued.
    pub appeal: Limit,
    /// To decide, from the day the application is complete.
    pub decide_within: Limit,
    /// For the applicant to answer when something is missing.
    pub info_request: Limit,
    /// For a supervisor to look at an officer's override.
    pub override_review: Limit,
    /// Every other limit the pack names, by its name without the unit (`reopen`).
    pub other: BTreeMap<String, Limit>,
}

/// An agency that runs programmes. Words: `agency.<code>.name`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agency {
    /// The agency's code.
    pub code: String,
    /// The ministry it belongs to. Words: `ministry.<id>`.
    pub ministry: Option<String>,
    /// A number people can call.
    pub phone: Option<String>,
}

/// An office with a counter. Words: `office.<code>.name`, `.address`, `.opening`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Office {
    /// The office's code.
    pub code: String,
    /// The area it serves, with everything inside.
    pub area: String,
    /// The agency it belongs to.
    pub agency: String,
    /// A number people can call.
    pub phone: Option<String>,
    /// Where the office itself is written to.
    #[serde(default)]
    pub email: Option<String>,
}

/// A wording people agree to. Words: `consent.<id>.title` and `consent.<id>.text`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// The wording's id; a changed wording gets a new id, since people agreed to the old one.
    pub id: String,
    /// The agencies that may see the file under it.
    pub agencies: Vec<String>,
    /// What it is needed for, in the office's words (`registration`, `referral`).
    pub purpose: String,
    /// Whether a household cannot be registered without it.
    pub required: bool,
    /// How many months it holds; until withdrawn when none.
    pub valid_months: Option<u32>,
}
