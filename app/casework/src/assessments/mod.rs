//! Assessments: the combined form filled in for a household, from the first page to the decisions.
//!
//! One file for one use case: [`start`], [`sitting`] (what is asked and answered so far), [`pages`] (saving one page), [`sheet`] (saving several at once),
//! [`validity`] (what is taken over from the assessment before), [`submit`] (check, decide, and everything that follows from it). [`household`] is the household as it is assessed,
//! `course` the household's request that moves along.
//!
//! The pack of an assessment is the one in force when it began. What was asked is kept as canonical JSON beside the
//! assessment; what the register knows is read afresh until the assessment is submitted, and kept with it then.

pub(crate) mod course;
pub mod household;
pub mod pages;
pub mod sheet;
pub mod sitting;
pub mod start;
pub mod submit;
#[cfg(test)]
mod tests;
pub mod validity;
#[cfg(test)]
mod validity_tests;

use domain::answers::Answers;
use domain::ids::{AssessmentId, HouseholdId};
use domain::lifecycle::assessment::AssessmentState;
use domain::pack::Pack;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::db::Tx;
use crate::error::{Error, Result};
use crate::{Actor, Casework, args};

pub use household::Household;
pub use pages::{PageInput, Saved, save_page};
pub use sheet::{SavedSheet, Sheet, SheetPage, save_sheet};
pub use sitting::{Sitting, open};
pub use start::{Started, start};
pub use submit::{Submitted, submit};
pub use validity::ask_again;

/// An assessment's own row.
#[derive(Clone, Debug)]
pub struct Assessment {
    /// The household.
    pub household: HouseholdId,
    /// The assessment.
    pub id: AssessmentId,
    /// Where it stands.
    pub state: AssessmentState,
    /// The pack it is made under.
    pub pack_hash: String,
    /// When it began, and by whom.
    pub started_at: OffsetDateTime,
    /// Who began it.
    pub started_by: Uuid,
    /// When it was submitted.
    pub submitted_at: Option<OffsetDateTime>,
    /// Who submitted it: who decided.
    pub submitted_by: Option<Uuid>,
    /// The day its decisions are for.
    pub as_of: Option<Date>,
    /// The row's version.
    pub version: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    household_id: Uuid,
    assessment_id: Uuid,
    state: String,
    pack_hash: String,
    started_at: OffsetDateTime,
    started_by: Uuid,
    submitted_at: Option<OffsetDateTime>,
    submitted_by: Option<Uuid>,
    as_of: Option<Date>,
    version: i64,
}

impl Row {
    fn read(self) -> Result<Assessment> {
        Ok(Assessment {
            household: self.household_id.into(),
            id: self.assessment_id.into(),
            state: self.state.parse().map_err(Error::internal)?,
            pack_hash: self.pack_hash,
            started_at: self.started_at,
            started_by: self.started_by,
            submitted_at: self.submitted_at,
            submitted_by: self.submitted_by,
            as_of: self.as_of,
            version: self.version,
        })
    }
}

impl Assessment {
    /// Whether pages can still be saved.
    pub fn is_open(&self) -> bool {
        self.state == AssessmentState::InProgress
    }

    /// Whether decisions rest on it.
    pub fn is_decided(&self) -> bool {
        matches!(
            self.state,
            AssessmentState::Accepted | AssessmentState::Superseded | AssessmentState::Expired
        )
    }
}

/// One assessment of a household.
pub(crate) async fn find(
    tx: &mut Tx,
    household: HouseholdId,
    id: AssessmentId,
) -> Result<Option<Assessment>> {
    let row: Option<Row> = tx
        .one(
            "SELECT household_id, assessment_id, state, pack_hash, started_at, started_by, submitted_at, submitted_by,
                    as_of, version
             FROM assessment WHERE household_id = $1 AND assessment_id = $2",
            args![household, id],
        )
        .await?;
    row.map(Row::read).transpose()
}

/// All assessments of a household, the newest first.
pub(crate) async fn of_household(tx: &mut Tx, household: HouseholdId) -> Result<Vec<Assessment>> {
    let rows: Vec<Row> = tx
        .all(
            "SELECT household_id, assessment_id, state, pack_hash, started_at, started_by, submitted_at, submitted_by,
                    as_of, version
             FROM assessment WHERE household_id = $1 ORDER BY assessment_id DESC",
            args![household],
        )
        .await?;
    rows.into_iter().map(Row::read).collect()
}

/// All assessments of a household, the newest first: for the case page.
pub async fn list(cw: &Casework, actor: &Actor, household: HouseholdId) -> Result<Vec<Assessment>> {
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    Household::for_reading(&mut view, actor, household).await?;
    of_household(&mut view, household).await
}

/// The answers kept with an assessment.
pub(crate) async fn answers_of(tx: &mut Tx, pack: &Pack, of: &Assessment) -> Result<Answers> {
    let body: String = tx
        .value(
            "SELECT body FROM assessment_answers WHERE household_id = $1 AND assessment_id = $2",
            args![of.household, of.id],
        )
        .await?
        .ok_or_else(|| Error::internal("an assessment without answers"))?;
    let json = serde_json::from_str(&body).map_err(Error::internal)?;
    Answers::from_json(&pack.form, &json, of.started_at.date()).map_err(|faults| match faults.first() {
        Some(fault) => Error::internal(fault),
        None => Error::internal("answers that cannot be read"),
    })
}
