//! The shapes of an appeal, of what it contests and of what was said on the way, and their rows.

use domain::appeal::{AppealState, Channel, Finding, IssueKind, IssueOutcome, Priority};
use domain::ids::{AppealId, DecisionId, HouseholdId, IssueId};
use domain::role::Scope;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::args;
use crate::db::Tx;
use crate::error::Result;
use crate::subject::stored_scope;

/// An appeal.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Appeal {
    /// Whose.
    #[sqlx(rename = "household_id", try_from = "Uuid")]
    pub household: HouseholdId,
    /// The appeal.
    #[sqlx(rename = "appeal_id", try_from = "Uuid")]
    pub id: AppealId,
    /// 1, 2, … within the household.
    pub number: i64,
    /// The office that keeps the file.
    pub office: String,
    /// Of that office.
    pub agency: String,
    /// The pack whose terms it runs under.
    pub pack_hash: String,
    /// Where it stands.
    #[sqlx(try_from = "String")]
    pub state: AppealState,
    /// How it came in.
    #[sqlx(try_from = "String")]
    pub channel: Channel,
    /// When it reached us.
    pub lodged_at: OffsetDateTime,
    /// When it was written down, and by whom; nobody where the applicant sent it.
    pub entered_at: OffsetDateTime,
    /// By whom.
    pub entered_by: Option<Uuid>,
    /// Why they disagree.
    pub grounds: String,
    /// Whether they want to be heard.
    pub wants_hearing: bool,
    /// Why it came late.
    pub late_reason: String,
    /// `asked`, `granted`, `refused`; empty when it came in time.
    pub condonation: String,
    /// Why it was forgiven or not.
    pub condonation_note: String,
    /// Codes of [`Priority`] with commas.
    pub priority: String,
    review_scope_kind: String,
    review_scope_code: String,
    /// When the person was told that we have it.
    pub acknowledged_at: Option<OffsetDateTime>,
    /// When somebody who took no part had looked again.
    pub reconsidered_at: Option<OffsetDateTime>,
    /// Who.
    pub reconsidered_by: Option<Uuid>,
    /// `revised`, `upheld`, `partly`, `not_in_time`.
    pub reconsidered: String,
    /// When it went to the tribunal.
    pub forwarded_at: Option<OffsetDateTime>,
    /// When the agency answered.
    pub responded_at: Option<OffsetDateTime>,
    /// What it said.
    pub response: String,
    /// The member of the tribunal who has it.
    pub member: Option<Uuid>,
    /// The day of the hearing.
    pub hearing_at: Option<OffsetDateTime>,
    /// `domain::appeal::Hearing`.
    pub hearing_how: String,
    /// Where.
    pub hearing_place: String,
    /// When it was heard.
    pub heard_at: Option<OffsetDateTime>,
    /// When it was decided.
    pub determined_at: Option<OffsetDateTime>,
    /// By whom.
    pub determined_by: Option<Uuid>,
    /// The best outcome of all issues.
    pub outcome: String,
    /// Why, in words.
    pub reasons: String,
    /// When the person got it in writing.
    pub issued_at: Option<OffsetDateTime>,
    /// When what it orders was done.
    pub implemented_at: Option<OffsetDateTime>,
    /// When nothing more was due.
    pub closed_at: Option<OffsetDateTime>,
    /// The row's version.
    pub version: i64,
}

impl Appeal {
    /// The office that keeps the file.
    pub fn scope(&self) -> Scope {
        Scope::Office(self.office.clone())
    }

    /// Who looks again.
    pub fn review_scope(&self) -> Result<Scope> {
        stored_scope(&self.review_scope_kind, &self.review_scope_code)
    }

    /// Why it goes before others.
    pub fn priorities(&self) -> Vec<Priority> {
        self.priority.split(',').filter_map(|code| code.parse().ok()).collect()
    }

    /// Whether it came after the last day to appeal.
    pub fn is_late(&self) -> bool {
        !self.condonation.is_empty()
    }
}

macro_rules! appeal_query {
    ($rest:literal) => {
        concat!(
            "SELECT appeal.household_id, appeal.appeal_id, appeal.number, appeal.office, appeal.agency, appeal.pack_hash,
                    appeal.state, appeal.channel, appeal.lodged_at, appeal.entered_at, appeal.entered_by, appeal.grounds,
                    appeal.wants_hearing, appeal.late_reason, appeal.condonation, appeal.condonation_note, appeal.priority,
                    appeal.review_scope_kind, appeal.review_scope_code, appeal.acknowledged_at, appeal.reconsidered_at,
                    appeal.reconsidered_by, appeal.reconsidered, appeal.forwarded_at, appeal.responded_at, appeal.response,
                    appeal.member, appeal.hearing_at, appeal.hearing_how, appeal.hearing_place, appeal.heard_at,
                    appeal.determined_at, appeal.determined_by, appeal.outcome, appeal.reasons, appeal.issued_at,
                    appeal.implemented_at, appeal.closed_at, appeal.version
             FROM appeal ",
            $rest
        )
    };
}

/// One thing that is contested.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Issue {
    /// The issue.
    #[sqlx(rename = "issue_id", try_from = "Uuid")]
    pub id: IssueId,
    /// A decision, or that none was taken.
    #[sqlx(try_from = "String")]
    pub kind: IssueKind,
    decision_id: Option<Uuid>,
    /// Of a delay: the request.
    pub application_id: Option<Uuid>,
    /// The programme; empty of a delay.
    pub programme: String,
    /// The person, where it is personal.
    pub person_id: Option<Uuid>,
    /// When it was decided, or since when it is late.
    pub contested_at: OffsetDateTime,
    /// Whether what was announced waits for this.
    pub stays: bool,
    finding: String,
    /// Why, as a code.
    pub finding_reason: String,
    /// Why, in words.
    pub finding_note: String,
    /// Who looked again.
    pub reconsidered_by: Option<Uuid>,
    /// The change in favour that waits for a second person, or was made.
    pub proposal_id: Option<Uuid>,
    outcome: String,
    /// Why, in words.
    pub outcome_note: String,
    /// What the tribunal says holds instead: `domain::lifecycle::decision::Outcome`; empty where it says nothing.
    pub new_outcome: String,
    /// How much, in minor units.
    pub new_amount_minor: Option<i64>,
    /// For which period.
    pub new_period: Option<String>,
    new_decision_id: Option<Uuid>,
}

impl Issue {
    /// The decision it contests.
    pub fn decision(&self) -> Option<DecisionId> {
        self.decision_id.map(DecisionId::new)
    }

    /// What was decided because of it.
    pub fn new_decision(&self) -> Option<DecisionId> {
        self.new_decision_id.map(DecisionId::new)
    }

    /// What the officer found; `None` while nobody has.
    pub fn finding(&self) -> Option<Finding> {
        self.finding.parse().ok()
    }

    /// What the tribunal decided.
    pub fn outcome(&self) -> Option<IssueOutcome> {
        self.outcome.parse().ok()
    }

    /// Whether the tribunal has it to decide.
    pub fn is_for_tribunal(&self) -> bool {
        self.finding() != Some(Finding::Revised)
    }
}

/// What was said at a step.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Note {
    /// `domain::appeal::AppealEvent`.
    pub event: String,
    /// In words.
    pub body: String,
    /// When.
    pub at: OffsetDateTime,
    /// Who; none for the applicant.
    pub by_name: Option<String>,
}

pub(super) async fn find(tx: &mut Tx, household: HouseholdId, id: AppealId) -> Result<Option<Appeal>> {
    tx.one(appeal_query!("WHERE appeal.household_id = $1 AND appeal.appeal_id = $2"), args![household, id])
        .await
}

/// A household's appeals, the newest first.
pub(super) async fn of(tx: &mut Tx, household: HouseholdId) -> Result<Vec<Appeal>> {
    tx.all(
        appeal_query!("WHERE appeal.household_id = $1 ORDER BY appeal.number DESC LIMIT 100"),
        args![household],
    )
    .await
}

pub(super) async fn issues(tx: &mut Tx, household: HouseholdId, id: AppealId) -> Result<Vec<Issue>> {
    tx.all(
        "SELECT issue_id, kind, decision_id, application_id, programme, person_id, contested_at, stays, finding,
                finding_reason, finding_note, reconsidered_by, proposal_id, outcome, outcome_note, new_outcome,
                new_amount_minor, new_period, new_decision_id
         FROM appeal_issue WHERE household_id = $1 AND appeal_id = $2 ORDER BY issue_id LIMIT 100",
        args![household, id],
    )
    .await
}

/// Why issues were decided as they were: issue and code.
pub(super) async fn reasons(
    tx: &mut Tx,
    household: HouseholdId,
    id: AppealId,
) -> Result<Vec<(Uuid, String)>> {
    tx.all(
        "SELECT issue_id, code FROM appeal_reason WHERE household_id = $1 AND appeal_id = $2 ORDER BY issue_id, code",
        args![household, id],
    )
    .await
}

/// What was said on the way, the oldest first.
pub(super) async fn notes(tx: &mut Tx, household: HouseholdId, id: AppealId) -> Result<Vec<Note>> {
    tx.all(
        "SELECT appeal_note.event, appeal_note.body, appeal_note.at, staff.name AS by_name
         FROM appeal_note LEFT JOIN staff ON staff.id = appeal_note.by_staff
         WHERE appeal_note.household_id = $1 AND appeal_note.appeal_id = $2 ORDER BY appeal_note.note_id LIMIT 200",
        args![household, id],
    )
    .await
}
