//! What the person is told of the appeals of a household: where each stands, what comes next, by when.

use domain::appeal::told::AppealNext;
use domain::appeal::{AppealState, IssueKind};
use domain::clock::ClockState;
use domain::ids::{AppealId, HouseholdId};
use domain::lifecycle::{Lifecycle, Phrase};
use time::{Date, OffsetDateTime};

use super::{SUBJECT, as_seen_by, is_applicant, shape};
use crate::db::Tx;
use crate::error::Result;
use crate::households::file::require_reader;
use crate::{Actor, Casework, clocks};

/// What is told of one appeal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The appeal.
    pub id: AppealId,
    /// 1, 2, … within the household.
    pub number: i64,
    /// Where it stands.
    pub state: AppealState,
    /// In one of the eight phrases.
    pub phrase: Phrase,
    /// The day it reached us.
    pub lodged_on: Date,
    /// What comes next.
    pub next: AppealNext,
    /// By when.
    pub by: Option<Date>,
    /// The hearing, when a day is set.
    pub hearing_at: Option<OffsetDateTime>,
    /// Where it is.
    pub hearing_place: String,
    /// What the tribunal decided, once it is issued: `domain::appeal::IssueOutcome`; empty before.
    pub outcome: String,
    /// What is contested: programmes.
    pub programmes: Vec<String>,
    /// Whether it is contested that nothing was decided in time.
    pub is_delay: bool,
    /// The version for what the person does next.
    pub version: i64,
}

/// The appeals of a household, the newest first, for its own page and for who reads its file.
pub async fn of_household(cw: &Casework, actor: &Actor, household: HouseholdId) -> Result<Vec<Told>> {
    let cw = &as_seen_by(cw, actor, household);
    let mut view = cw.db.read().await?;
    if !is_applicant(actor) {
        require_reader(&mut view, actor, household).await?;
    }
    read(&mut view, household).await
}

/// [`of_household`] in a view that sees the household already.
pub(crate) async fn read(tx: &mut Tx, household: HouseholdId) -> Result<Vec<Told>> {
    let clocks = clocks::of_household(tx, household).await?;
    let mut all = Vec::new();
    for appeal in shape::of(tx, household).await? {
        let issues = shape::issues(tx, household, appeal.id).await?;
        let due = clocks
            .iter()
            .filter(|clock| clock.subject.kind == SUBJECT && clock.subject.id == appeal.id.uuid())
            .filter(|clock| clock.state == ClockState::Running)
            .map(|clock| tx.here(clock.due_at).date())
            .min();
        let is_listed = appeal.state == AppealState::Listed;
        let hearing_at = appeal.hearing_at.filter(|_| is_listed);
        all.push(Told {
            id: appeal.id,
            number: appeal.number,
            state: appeal.state,
            phrase: appeal.state.phrase(),
            lodged_on: tx.here(appeal.lodged_at).date(),
            next: appeal.state.next(),
            by: hearing_at.map(|at| tx.here(at).date()).or(due),
            hearing_at,
            hearing_place: if is_listed { appeal.hearing_place.clone() } else { String::new() },
            outcome: appeal.issued_at.map(|_| appeal.outcome.clone()).unwrap_or_default(),
            programmes: issues
                .iter()
                .filter(|issue| issue.kind == IssueKind::Decision)
                .map(|issue| issue.programme.clone())
                .collect(),
            is_delay: issues.iter().any(|issue| issue.kind == IssueKind::Delay),
            version: appeal.version,
        });
    }
    Ok(all)
}
