//! The letter for the visit and the receipt slip, as structure: what is said, in which order, with which figures.
//! No markup and no layout; numbers, money and days are written by whoever shows them, in the letter's language.
//!
//! Everything in a letter comes from the verdicts  and from the pack's words, so that it
//! cannot differ from the decision. It is stored as it was issued: [`Letter`] is what is stored.
//!
//! To say one more thing: a field of [`Section`] or [`Line`], its filling in compose, its place on the page.

pub mod compose;
mod figures;
pub mod sentence;
pub mod slip;

use serde::{Deserialize, Serialize};
use time::Date;

use crate::codes::codes;
use crate::life::Note;
use crate::lifecycle::decision::{DecisionState, Outcome};
use crate::lifecycle::enrolment::{EnrolmentState, WaitsFor};
use sentence::iso;
pub use sentence::{Part, Sentence};

codes! {
    /// What a line of the letter says of a programme, in the order in which lines are read.
    pub enum Standing {
        /// Yes.
        Award = "award",
        /// Yes; it begins when it is settled that the household is not registered twice.
        Held = "held",
        /// Yes; it stands still.
        Suspended = "suspended",
        /// Qualifies, and a place is offered.
        Offered = "offered",
        /// Qualifies; places are limited.
        Waiting = "waiting",
        /// Qualified; the place was offered and not taken, or was kept until a day that is over.
        NotTaken = "not_taken",
        /// It was given, and is over.
        Ended = "ended",
        /// Something is missing.
        Needs = "needs",
        /// A person must look: the rules gave neither yes nor no, or a second person must decide.
        BeingLookedAt = "being_looked_at",
        /// No.
        NotEligible = "not_eligible",
    }
}

impl Standing {
    /// What is said of a decision whose award waits for a check: a yes is then one that waits, all else stays as it is.
    #[must_use]
    pub fn held(self) -> Self {
        if self == Self::Award { Self::Held } else { self }
    }

    /// What is said of a decision by where its enrolment stands: an award that waits for a check, a place that is offered,
    /// and one that was not taken or ran out; an award that stands still, and one that is over.
    #[must_use]
    pub fn on_list(self, enrolment: EnrolmentState) -> Self {
        use EnrolmentState as S;
        match (self, enrolment) {
            (_, S::Held) => self.held(),
            (Self::Award, S::Suspended) => Self::Suspended,
            (Self::Award, S::Exited) => Self::Ended,
            (Self::Waiting, S::Offered) => Self::Offered,
            (Self::Waiting, S::Declined | S::OfferExpired | S::Exited) => Self::NotTaken,
            _ => self,
        }
    }

    /// What is said of a decision, in the letter and wherever else somebody reads it; `is_fault` when the rules came to
    /// neither yes nor no.
    pub fn of(outcome: Outcome, state: DecisionState, is_fault: bool) -> Self {
        match outcome {
            Outcome::NeedsInformation if !is_fault => Self::Needs,
            _ if !state.governs() => Self::BeingLookedAt,
            Outcome::Award | Outcome::Partly => Self::Award,
            Outcome::WaitingList => Self::Waiting,
            Outcome::NotEligible => Self::NotEligible,
            Outcome::NeedsInformation => Self::BeingLookedAt,
        }
    }
}

/// A letter: one for the whole visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// The language it is in, as a code of the pack.
    pub language: String,
    /// The application's public reference.
    pub reference: String,
    /// Who it is for: the head of the household, as the name is written.
    pub addressee: String,
    /// The office it comes from.
    pub office: Office,
    /// The day it was issued.
    #[serde(with = "iso")]
    pub issued_on: Date,
    /// The day the decisions are for.
    #[serde(with = "iso")]
    pub as_of: Date,
    /// How amounts are written.
    pub currency: Currency,
    /// Every programme, awards first.
    pub sections: Vec<Section>,
    /// Everything that is missing, each thing once.
    pub missing: Vec<Missing>,
    /// How programmes acted on one another for this household: what opened what, what was cut and why.
    pub together: Vec<Sentence>,
    /// How to object.
    pub objection: Objection,
    /// By which rules this was decided.
    pub rules: Rules,
}

/// An office as a letter names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Office {
    /// Its name.
    pub name: String,
    /// Its address.
    pub address: Option<String>,
    /// When it is open.
    pub opening: Option<String>,
    /// Its phone.
    pub phone: Option<String>,
}

/// The currency of the amounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Currency {
    /// The code printed beside amounts.
    pub code: String,
    /// Digits after the decimal mark.
    pub minor_digits: u32,
}

/// One programme: for the household, or for each of its members who was considered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// The programme's id.
    pub programme: String,
    /// Its name.
    pub name: String,
    /// What it is, in a sentence.
    pub about: Option<String>,
    /// Who decides and gives.
    pub agency: String,
    /// The agency's phone.
    pub agency_phone: Option<String>,
    /// The law it rests on.
    pub legal_basis: String,
    /// When it is given; only where somebody gets it.
    pub when: Option<String>,
    /// Where it is given; only where somebody gets it.
    pub place: Option<String>,
    /// What must be kept up to stay in; only where somebody gets it or waits for it.
    pub conditions: Vec<String>,
    /// One line for the household or for each person.
    pub lines: Vec<Line>,
}

/// What is decided for the household or one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The person's name, where the programme is personal.
    pub person: Option<String>,
    /// What is decided.
    pub standing: Standing,
    /// How much, where money is given.
    pub amount: Option<AmountLines>,
    /// It is refused because the amount came to nothing.
    pub nothing_left: bool,
    /// Why, with the figures.
    pub reasons: Vec<Sentence>,
    /// What is missing to decide.
    pub needs: Vec<String>,
    /// Where the person is sent, where the award is a service.
    pub referral: Option<ReferralLines>,
    /// Whether a person decided otherwise than the rules, and why.
    pub decided_by_person: Option<String>,
    /// Where the place on the list is, while there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_list: Option<OnList>,
    /// What is told of the award's life: until when, and what is intended or was done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub life: Vec<Note>,
}

/// A place on a programme's list, or one that is offered, as it is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnList {
    /// Why one waits.
    pub reason: WaitsFor,
    /// The area whose budget it is; the whole country when none.
    pub area: Option<String>,
    /// The last day of the period the budget is for, where there is a budget.
    #[serde(with = "iso::maybe")]
    pub period_until: Option<Date>,
    /// The place: 1 is next. Beyond [`Self::COUNTED`] it is not counted.
    pub place: i64,
    /// Since when.
    #[serde(with = "iso")]
    pub since: Date,
    /// The last day of the place, where it runs out.
    #[serde(with = "iso::maybe")]
    pub ends_on: Option<Date>,
    /// The last day to take the place that is offered; none while nothing is offered.
    #[serde(with = "iso::maybe")]
    pub offered_until: Option<Date>,
}

impl OnList {
    /// How far places are counted: a count of a whole list grows with the country.
    pub const COUNTED: i64 = 100;
}

/// An amount and how it came about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AmountLines {
    /// Minor units of the currency.
    pub minor: i64,
    /// `month`, `year` or `once`.
    pub period: String,
    /// How often a year it is paid, where that is not every period.
    pub times: Option<u32>,
    /// Each step that changed it.
    pub steps: Vec<AmountStep>,
}

/// A step of an amount.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AmountStep {
    /// What kind of step it is: `base`, `add`, `per`, `cap`, …
    pub kind: String,
    /// What the step is, where the pack has words for it.
    pub label: Option<Sentence>,
    /// The amount after it, in minor units, rounded down for showing.
    pub minor: i64,
}

/// Where a person is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferralLines {
    /// The service.
    pub service: String,
    /// Who provides it; none while no place for it is known.
    pub provider: Option<String>,
    /// The address of the place.
    pub address: Option<String>,
    /// The provider's phone.
    pub phone: Option<String>,
    /// When the place is open.
    pub hours: Option<String>,
    /// Whether the provider has been asked, or a consent is missing first.
    pub awaits_consent: bool,
    /// Documents to bring.
    pub bring: Vec<String>,
}

/// Something that is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// What.
    pub what: String,
    /// Whose, where it is one person's.
    pub person: Option<String>,
    /// The names of the programmes that wait for it.
    pub programmes: Vec<String>,
}

/// How to object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Objection {
    /// The last day.
    #[serde(with = "iso")]
    pub until: Date,
    /// How many days that is.
    pub days: u32,
    /// The law that says so.
    pub source: String,
    /// What to do about what is missing, and by when; none when nothing is.
    #[serde(with = "iso::maybe")]
    pub bring_by: Option<Date>,
}

/// By which rules a letter was decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// The pack's id and version.
    pub pack: String,
    /// The first symbols of the receipt's hash, so that the decision can be found and run again.
    pub receipt: String,
}
