//! What a decision says: plain data, serialised in this order for receipts and for `guichet assess`.

use std::collections::BTreeMap;

use serde::Serialize;
use time::Date;

use super::Known;
use crate::amount::Amount;
use crate::definitions::{Guarantee, Op};
use crate::expr::cell::Failure;
use crate::links::cap::CapApplied;
use crate::needs::NeedState;
use crate::num::Num;
use crate::receipt::Receipt;
use crate::value::Truth;
use crate::verdict::{Effect, Verdict};

/// A decision over every programme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Decided {
    /// The day it was taken.
    #[serde(serialize_with = "crate::value::as_iso_date")]
    pub as_of: Date,
    /// Every fact.
    pub facts: Facts,
    /// Every score with its terms.
    pub scores: Vec<ScoreResult>,
    /// Every programme considered, in the pack's order; a programme for persons once for each of them.
    pub programmes: Vec<ProgrammeDecision>,
    /// What links did.
    pub links_applied: Vec<LinkApplied>,
    /// What caps over the household's programmes did.
    pub household_cap: Vec<CapApplied>,
    /// The way into work of each person who has one.
    pub route: Vec<MemberRoute>,
    /// Guarantees of the social protection floor that the household qualifies under and has no programme
    /// for (ILO Recommendation 202).
    pub floor_gaps: Vec<FloorGap>,
    /// Facts whose declared default stood in for a missing answer.
    pub assumed: Vec<Assumed>,
    /// What the decision rests on.
    pub receipt: Receipt,
}

/// Facts by id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Facts {
    /// The household's.
    pub household: BTreeMap<String, Known>,
    /// Each member's, by member id.
    pub members: BTreeMap<String, BTreeMap<String, Known>>,
}

/// A score and how it came about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScoreResult {
    /// The score's id.
    pub score: String,
    /// The member, for a member's score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// The result.
    pub total: Known,
    /// Its band.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub band: Option<Known>,
    /// The stratum that picked the figures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stratum: Option<Known>,
    /// The constant.
    pub intercept: Option<Num>,
    /// Every term.
    pub terms: Vec<TermResult>,
    /// Intercept and points, before the factor and the rounding.
    pub sum: Known,
    /// Where the figures were published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// One term of a score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TermResult {
    /// The term's id.
    pub term: String,
    /// The fact it read.
    pub fact: String,
    /// The fact's value.
    pub input: Known,
    /// The figure that applied.
    pub coefficient: Option<Num>,
    /// The points it gave.
    pub points: Option<Num>,
}

/// What is decided about one programme, for the household or one member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProgrammeDecision {
    /// The programme.
    pub programme: String,
    /// The agency that gives it.
    pub agency: String,
    /// The member it is about; none when it is about the household.
    pub member: Option<String>,
    /// The verdict.
    pub verdict: Verdict,
    /// Every leaf of the rules, then what links, caps and the amount added.
    pub reasons: Vec<Reason>,
    /// What is missing, when the verdict is "we need…".
    pub needs: Vec<Need>,
    /// How much; also what it would be, for a waiting place.
    pub amount: Option<Amount>,
    /// The place in the queue, for a programme with limited places.
    pub priority: Option<Priority>,
    /// Why a calculation failed, when the verdict is a fault.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Failure>,
    /// Programmes whose end ends this award.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ends_with: Vec<String>,
}

/// What a queue is ordered by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Priority {
    /// The fact or score.
    pub by: String,
    /// Its value, boosts counted in.
    pub value: Num,
    /// Whether the lowest goes first.
    pub ascending: bool,
}

/// Where a reason comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A leaf of the programme's rules.
    Rule,
    /// A link to another programme.
    Link,
    /// The amount came to nothing.
    Amount,
    /// A cap over the household's programmes.
    Cap,
}

/// A reason for a verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// Where it comes from.
    pub origin: Origin,
    /// The leaf's id; the link's or cap's id; `amount`.
    pub leaf: String,
    /// The key of its sentences.
    pub reason: String,
    /// Whether the comparison holds.
    pub truth: Truth,
    /// Whether that speaks for the programme: under a `not`, what does not hold does.
    pub met: Truth,
    /// Whether the verdict rests on it. A failed leaf beside a sufficient one is not decisive.
    pub decisive: bool,
    /// The fact it read.
    pub fact: Option<String>,
    /// The fact's value.
    pub value: Known,
    /// The comparison.
    pub op: Option<Op>,
    /// The limit; several of them as a set.
    pub limit: Known,
    /// The law or paper the limit is from.
    pub source: Option<String>,
}

/// Something missing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Need {
    /// What kind of thing.
    pub what: NeedKind,
    /// The question's or document's id.
    pub id: String,
    /// The member it is about.
    pub member: Option<String>,
    /// In what state it is missing.
    pub state: NeedState,
}

/// What kind of thing is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NeedKind {
    /// The answer to a question or a registry input.
    Question,
    /// A document.
    Document,
    /// A choice between two programmes: the answer to the question `choice_<link>`.
    Choice,
    /// The members of the household.
    Members,
}

/// What a link did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LinkApplied {
    /// The link's id.
    pub link: String,
    /// The programme it starts from.
    pub from: String,
    /// The programme or service it leads to.
    pub to: String,
    /// The programme whose decision it touched.
    pub on: String,
    /// The member that decision is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// What it did.
    pub effect: Effect,
}

/// One person's way into work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MemberRoute {
    /// The person.
    pub member: String,
    /// The steps, each after what it builds on.
    pub steps: Vec<RouteStep>,
}

/// One step of a way into work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RouteStep {
    /// The programme.
    pub programme: String,
    /// The service a referral goes to.
    pub service: Option<String>,
    /// The verdict.
    pub verdict: Verdict,
}

/// A guarantee without a programme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FloorGap {
    /// The guarantee.
    pub guarantee: Guarantee,
    /// Whether a programme for it is still undecided; otherwise there is none for them.
    pub undecided: bool,
}

/// A default that stood in for a missing answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Assumed {
    /// The fact.
    pub fact: String,
    /// The member, for a member's fact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// The reason for assuming it.
    pub why: String,
}

/// A question that may still matter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct OpenNeed {
    /// What is missing.
    pub need: Need,
    /// The programmes that wait for it.
    pub programmes: Vec<String>,
}

impl Decided {
    /// The decision as canonical JSON: the same decision gives the same bytes.
    pub fn bytes(&self) -> Vec<u8> {
        crate::receipt::json(self)
    }
}
