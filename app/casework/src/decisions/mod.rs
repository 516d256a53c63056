//! Decisions: for each programme, and each person where it is personal, what was decided, by whom, and on what.
//!
//! A decision is never changed but in its state. A newer one takes its place and names it ([`Decision::supersedes`]). What
//! the rules said is in the assessment's receipt, byte by byte; [`redo`] runs them again and compares.
//!
//! [`issue`] makes the decisions of an assessment with all that follows from them; [`show`](self::show::show) and
//! [`results`](self::show::results) read them.

pub(crate) mod follow;
pub(crate) mod issue;
pub mod redo;
pub mod show;

use domain::ids::{AssessmentId, DecisionId, HouseholdId};
use domain::letter::Standing;
use domain::life::Because;
use domain::lifecycle::decision::{DecisionState, Outcome};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::args;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::life::graduation::Kept;

pub use redo::{Redo, redo};
pub use show::{Results, Shown, results, show};

/// A decision.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The household.
    pub household: HouseholdId,
    /// The decision.
    pub id: DecisionId,
    /// The assessment whose answers it rests on.
    pub assessment: AssessmentId,
    /// The programme.
    pub programme: String,
    /// The agency that answers for it.
    pub agency: String,
    /// The person, where the programme is personal.
    pub person: Option<Uuid>,
    /// 1, 2, … within household, programme and person.
    pub number: i64,
    /// Where it stands.
    pub state: DecisionState,
    /// What the rules said, as a word of the engine.
    pub verdict: String,
    /// What it gives.
    pub outcome: Outcome,
    /// How much, in minor units.
    pub amount_minor: Option<i64>,
    /// For which period.
    pub period: Option<String>,
    /// The decision it takes the place of.
    pub supersedes: Option<DecisionId>,
    /// The last day to appeal.
    pub appeal_until: Option<Date>,
    /// When it was made.
    pub decided_at: OffsetDateTime,
    /// Who made it: for an override, who proposed it.
    pub decided_by: Uuid,
    /// The second person, where there was one.
    pub approved_by: Option<Uuid>,
    /// The programme's part of what the rules said, and the override if there is one.
    pub body: Body,
}

/// What is kept with a decision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Body {
    /// The programme's part of what the rules said.
    pub rules: Value,
    /// Where a person decided otherwise.
    #[serde(rename = "override", skip_serializing_if = "Option::is_none")]
    pub overridden: Option<Overridden>,
    /// Where it was decided because of what happened after the award was given, without a new assessment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<Because>,
    /// Where an award goes on although the score lies above the line to enter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<Kept>,
}

/// That a person decided otherwise than the rules, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overridden {
    /// What the decision before gave.
    pub before: Outcome,
    /// Why, as a code.
    pub reason_code: String,
    /// Why, in words.
    pub reason: String,
    /// The proposal it was made by, or the appeal.
    pub proposal: Uuid,
    /// From which day it holds, where an appeal put it right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
}

#[derive(sqlx::FromRow)]
struct Row {
    household_id: Uuid,
    decision_id: Uuid,
    assessment_id: Uuid,
    programme: String,
    agency: String,
    person_id: Option<Uuid>,
    number: i64,
    state: String,
    verdict: String,
    outcome: String,
    amount_minor: Option<i64>,
    period: Option<String>,
    supersedes: Option<Uuid>,
    appeal_until: Option<Date>,
    decided_at: OffsetDateTime,
    decided_by: Uuid,
    approved_by: Option<Uuid>,
    body: String,
}

impl Row {
    fn read(self) -> Result<Decision> {
        Ok(Decision {
            household: self.household_id.into(),
            id: self.decision_id.into(),
            assessment: self.assessment_id.into(),
            programme: self.programme,
            agency: self.agency,
            person: self.person_id,
            number: self.number,
            state: self.state.parse().map_err(Error::internal)?,
            verdict: self.verdict,
            outcome: self.outcome.parse().map_err(Error::internal)?,
            amount_minor: self.amount_minor,
            period: self.period,
            supersedes: self.supersedes.map(DecisionId::new),
            appeal_until: self.appeal_until,
            decided_at: self.decided_at,
            decided_by: self.decided_by,
            approved_by: self.approved_by,
            body: serde_json::from_str(&self.body).map_err(Error::internal)?,
        })
    }
}

impl Decision {
    /// Whether it waits: for a second person, for the person to be heard, or for somebody to look.
    pub fn is_pending(&self) -> bool {
        use DecisionState as S;
        matches!(self.state, S::Drafted | S::PendingApproval | S::Returned | S::Approved | S::Proposed)
    }

    /// What is said of it to the household.
    pub fn standing(&self) -> Standing {
        let is_fault = self.verdict == issue::verdict_code(domain::verdict::Verdict::Fault);
        Standing::of(self.outcome, self.state, is_fault)
    }

    /// Whether it is about this programme and person.
    pub fn is_for(&self, programme: &str, person: Option<Uuid>) -> bool {
        self.programme == programme && self.person == person
    }
}

/// All decisions of a household, the newest first.
pub(crate) async fn of_household(tx: &mut Tx, household: HouseholdId) -> Result<Vec<Decision>> {
    let rows: Vec<Row> = tx
        .all(
            "SELECT household_id, decision_id, assessment_id, programme, agency, person_id, number, state, verdict, outcome,
                    amount_minor, period, supersedes, appeal_until, decided_at, decided_by, approved_by, body
             FROM decision WHERE household_id = $1 ORDER BY decision_id DESC",
            args![household],
        )
        .await?;
    rows.into_iter().map(Row::read).collect()
}

/// One decision.
pub(crate) async fn find(tx: &mut Tx, household: HouseholdId, id: DecisionId) -> Result<Option<Decision>> {
    let row: Option<Row> = tx
        .one(
            "SELECT household_id, decision_id, assessment_id, programme, agency, person_id, number, state, verdict, outcome,
                    amount_minor, period, supersedes, appeal_until, decided_at, decided_by, approved_by, body
             FROM decision WHERE household_id = $1 AND decision_id = $2",
            args![household, id],
        )
        .await?;
    row.map(Row::read).transpose()
}

/// Writes a new decision.
pub(crate) async fn insert(tx: &mut Tx, decision: &Decision) -> Result<()> {
    let body = serde_json::to_string(&decision.body).map_err(Error::internal)?;
    tx.run(
        "INSERT INTO decision (household_id, decision_id, assessment_id, programme, agency, person_id, number, state,
                               verdict, outcome, amount_minor, period, supersedes, appeal_until, decided_at, decided_by,
                               approved_by, body)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
        args![
            decision.household,
            decision.id,
            decision.assessment,
            decision.programme.as_str(),
            decision.agency.as_str(),
            decision.person,
            decision.number,
            decision.state.code(),
            decision.verdict.as_str(),
            decision.outcome.code(),
            decision.amount_minor,
            decision.period.clone(),
            decision.supersedes.map(DecisionId::uuid),
            decision.appeal_until,
            decision.decided_at,
            decision.decided_by,
            decision.approved_by,
            body
        ],
    )
    .await
    .map(drop)
}

/// Moves a decision to another state; `Stale` when it is no longer in the state it was read in.
pub(crate) async fn set_state(tx: &mut Tx, decision: &Decision, state: DecisionState) -> Result<()> {
    tx.run_one(
        "UPDATE decision SET state = $1 WHERE household_id = $2 AND decision_id = $3 AND state = $4",
        args![state.code(), decision.household, decision.id, decision.state.code()],
    )
    .await
}

#[cfg(test)]
mod tests;
