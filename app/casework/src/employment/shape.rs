//! The shapes of what is kept: profiles, plans, steps, placements, questions after an outcome; each with its row.

use std::collections::BTreeSet;

use domain::answers::Answered;
use domain::employment::profile::Found;
use domain::employment::{Contract, Doer, EndReason, FollowUp, PlacementKind};
use domain::ids::{BoardId, HouseholdId, PlacementId, PlanId, ProfileId, StepId};
use domain::lifecycle::plan::{PlanOutcome, PlanState, StepState};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::args;
use crate::db::Tx;
use crate::error::{Error, Result};

/// A person's profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The profile.
    pub id: ProfileId,
    /// Whose.
    pub person: Uuid,
    /// The questions are this pack's.
    pub pack_hash: String,
    /// What was answered, with what was taken over.
    pub answers: Answered,
    /// The questions taken over.
    pub taken: BTreeSet<String>,
    /// The day of the assessment that they were taken from.
    pub taken_on: Option<Date>,
    /// What it comes to.
    pub found: Found,
    /// Since when.
    pub begun_at: OffsetDateTime,
    /// When it was done; none while it is filled in.
    pub done_at: Option<OffsetDateTime>,
    /// Version.
    pub version: i64,
}

/// A version of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The version.
    pub id: PlanId,
    /// Whose.
    pub person: Uuid,
    /// The profile it rests on.
    pub profile: ProfileId,
    /// Which version, from 1.
    pub number: i64,
    /// Whether it is the one that counts.
    pub current: bool,
    /// Where it stands.
    pub state: PlanState,
    /// What the person wants to reach.
    pub goal: String,
    /// What the office promises besides the steps.
    pub office_does: String,
    /// The band of its profile; none while open.
    pub band: Option<String>,
    /// Who wrote it.
    pub drafted_by: Uuid,
    /// When.
    pub drafted_at: OffsetDateTime,
    /// The day on the paper.
    pub signed_on: Option<Date>,
    /// The second person.
    pub approved_by: Option<Uuid>,
    /// Since when it is followed.
    pub started_on: Option<Date>,
    /// When it is looked at again.
    pub review_on: Option<Date>,
    /// What it came to.
    pub outcome: Option<PlanOutcome>,
    /// When.
    pub outcome_on: Option<Date>,
    /// Why it was sent back, stands still or ended.
    pub reason: String,
    /// Version of the row.
    pub version: i64,
}

/// A step of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The step.
    pub id: StepId,
    /// Of which plan.
    pub plan: PlanId,
    /// Whose.
    pub person: Uuid,
    /// Its place among the others, from 1.
    pub number: i64,
    /// Where it stands.
    pub state: StepState,
    /// The service, of the pack's directory.
    pub service: String,
    /// In words.
    pub title: String,
    /// Who does it.
    pub doer: Doer,
    /// With whom; empty when nobody.
    pub provider: String,
    /// Where; empty when it does not matter.
    pub area: String,
    /// The entry of the board that it is for.
    pub entry: Option<BoardId>,
    /// Whether it holds one of its places.
    pub holds_place: bool,
    /// From when.
    pub from: Option<Date>,
    /// Until when.
    pub until: Option<Date>,
    /// Of one that was missed: whether there was a good cause.
    pub good_cause: Option<bool>,
    /// Why missed or dropped.
    pub reason: String,
    /// Version.
    pub version: i64,
}

/// Work that a person has or had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    /// The placement.
    pub id: PlacementId,
    /// The plan that led to it.
    pub plan: PlanId,
    /// How.
    pub kind: PlacementKind,
    /// With whom, or what the business is.
    pub employer: String,
    /// What kind of work; empty when not known.
    pub sector: String,
    /// Where; empty when not known.
    pub area: String,
    /// What was agreed.
    pub contract: Option<Contract>,
    /// From when.
    pub from: Date,
    /// Until when.
    pub until: Option<Date>,
    /// Hours a week.
    pub hours: Option<i64>,
    /// A month, in minor units.
    pub wage_minor: Option<i64>,
    /// When it ended.
    pub ended: Option<(Date, EndReason)>,
    /// Version.
    pub version: i64,
}

/// A question some weeks after an outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// After how many weeks.
    pub weeks: i64,
    /// From which day it is asked.
    pub due_on: Date,
    /// What was found, and when.
    pub answer: Option<(FollowUp, Date)>,
    /// What was said besides.
    pub note: String,
}

#[derive(sqlx::FromRow)]
struct ProfileRow {
    profile_id: Uuid,
    person_id: Uuid,
    pack_hash: String,
    answers: String,
    taken: String,
    taken_on: Option<Date>,
    found: String,
    begun_at: OffsetDateTime,
    done_at: Option<OffsetDateTime>,
    version: i64,
}

#[derive(sqlx::FromRow)]
struct PlanRow {
    plan_id: Uuid,
    person_id: Uuid,
    profile_id: Uuid,
    number: i64,
    current: bool,
    state: String,
    goal: String,
    office_does: String,
    band: String,
    drafted_by: Uuid,
    drafted_at: OffsetDateTime,
    signed_on: Option<Date>,
    approved_by: Option<Uuid>,
    started_on: Option<Date>,
    review_on: Option<Date>,
    outcome: String,
    outcome_on: Option<Date>,
    reason: String,
    version: i64,
}

fn code<T>(text: &str) -> Result<T>
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    text.parse().map_err(Error::internal)
}

fn maybe<T>(text: &str) -> Result<Option<T>>
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    if text.is_empty() { Ok(None) } else { code(text).map(Some) }
}

fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

impl PlanRow {
    fn read(self) -> Result<Plan> {
        Ok(Plan {
            id: self.plan_id.into(),
            person: self.person_id,
            profile: self.profile_id.into(),
            number: self.number,
            current: self.current,
            state: code(&self.state)?,
            goal: self.goal,
            office_does: self.office_does,
            band: some(self.band),
            drafted_by: self.drafted_by,
            drafted_at: self.drafted_at,
            signed_on: self.signed_on,
            approved_by: self.approved_by,
            started_on: self.started_on,
            review_on: self.review_on,
            outcome: maybe(&self.outcome)?,
            outcome_on: self.outcome_on,
            reason: self.reason,
            version: self.version,
        })
    }
}

/// The current profiles of a household; `form` reads the stored answers of one.
pub(super) async fn profiles(
    tx: &mut Tx,
    household: HouseholdId,
    read: impl Fn(&str, &str, Uuid) -> Result<Answered>,
) -> Result<Vec<Profile>> {
    let rows: Vec<ProfileRow> = tx
        .all(
            "SELECT profile_id, person_id, pack_hash, answers, taken, taken_on, found, begun_at, done_at, version
             FROM work_profile WHERE household_id = $1 AND replaced_at IS NULL ORDER BY profile_id",
            args![household],
        )
        .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Profile {
                id: row.profile_id.into(),
                person: row.person_id,
                answers: read(&row.pack_hash, &row.answers, row.person_id)?,
                pack_hash: row.pack_hash,
                taken: row.taken.split(',').filter(|id| !id.is_empty()).map(str::to_owned).collect(),
                taken_on: row.taken_on,
                found: serde_json::from_str(&row.found).map_err(Error::internal)?,
                begun_at: row.begun_at,
                done_at: row.done_at,
                version: row.version,
            })
        })
        .collect()
}

macro_rules! plan_query {
    ($rest:literal) => {
        concat!(
            "SELECT plan_id, person_id, profile_id, number, current, state, goal, office_does, band, drafted_by, drafted_at,
                    signed_on, approved_by, started_on, review_on, outcome, outcome_on, reason, version
             FROM work_plan WHERE household_id = $1 ",
            $rest
        )
    };
}

/// Every plan of a household, the newest first.
pub(super) async fn plans(tx: &mut Tx, household: HouseholdId) -> Result<Vec<Plan>> {
    let rows: Vec<PlanRow> = tx.all(plan_query!("ORDER BY plan_id DESC"), args![household]).await?;
    rows.into_iter().map(PlanRow::read).collect()
}

/// One plan. `NotFound` when there is none.
pub(super) async fn plan(tx: &mut Tx, household: HouseholdId, id: PlanId) -> Result<Plan> {
    let row: Option<PlanRow> = tx.one(plan_query!("AND plan_id = $2"), args![household, id]).await?;
    row.ok_or(Error::NotFound)?.read()
}

#[derive(sqlx::FromRow)]
struct StepRow {
    step_id: Uuid,
    plan_id: Uuid,
    person_id: Uuid,
    number: i64,
    state: String,
    service: String,
    title: String,
    doer: String,
    provider: String,
    area: String,
    entry_id: Option<Uuid>,
    holds_place: bool,
    from_date: Option<Date>,
    until_date: Option<Date>,
    good_cause: Option<bool>,
    reason: String,
    version: i64,
}

/// The steps of a plan, in their order.
pub(super) async fn steps(tx: &mut Tx, household: HouseholdId, plan: PlanId) -> Result<Vec<Step>> {
    let rows: Vec<StepRow> = tx
        .all(
            "SELECT step_id, plan_id, person_id, number, state, service, title, doer, provider, area, entry_id, holds_place,
                    from_date, until_date, good_cause, reason, version
             FROM plan_step WHERE household_id = $1 AND plan_id = $2 ORDER BY number, step_id",
            args![household, plan],
        )
        .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Step {
                id: row.step_id.into(),
                plan: row.plan_id.into(),
                person: row.person_id,
                number: row.number,
                state: code(&row.state)?,
                service: row.service,
                title: row.title,
                doer: code(&row.doer)?,
                provider: row.provider,
                area: row.area,
                entry: row.entry_id.map(BoardId::new),
                holds_place: row.holds_place,
                from: row.from_date,
                until: row.until_date,
                good_cause: row.good_cause,
                reason: row.reason,
                version: row.version,
            })
        })
        .collect()
}

#[derive(sqlx::FromRow)]
struct PlacementRow {
    placement_id: Uuid,
    plan_id: Uuid,
    kind: String,
    employer: String,
    sector: String,
    area: String,
    contract: String,
    from_date: Date,
    until_date: Option<Date>,
    hours: Option<i64>,
    wage_minor: Option<i64>,
    ended_on: Option<Date>,
    end_reason: String,
    version: i64,
}

/// What a person found by their plans, the newest first.
pub(super) async fn placements(tx: &mut Tx, household: HouseholdId, person: Uuid) -> Result<Vec<Placement>> {
    let rows: Vec<PlacementRow> = tx
        .all(
            "SELECT placement_id, plan_id, kind, employer, sector, area, contract, from_date, until_date, hours, wage_minor,
                    ended_on, end_reason, version
             FROM placement WHERE household_id = $1 AND person_id = $2 ORDER BY placement_id DESC",
            args![household, person],
        )
        .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Placement {
                id: row.placement_id.into(),
                plan: row.plan_id.into(),
                kind: code(&row.kind)?,
                employer: row.employer,
                sector: row.sector,
                area: row.area,
                contract: maybe(&row.contract)?,
                from: row.from_date,
                until: row.until_date,
                hours: row.hours,
                wage_minor: row.wage_minor,
                ended: row.ended_on.zip(maybe(&row.end_reason)?),
                version: row.version,
            })
        })
        .collect()
}

/// What is asked after a plan's outcome, the earliest first.
pub(super) async fn asked(tx: &mut Tx, household: HouseholdId, plan: PlanId) -> Result<Vec<Asked>> {
    let rows: Vec<(i64, Date, String, String, Option<OffsetDateTime>)> = tx
        .all(
            "SELECT weeks, due_on, answer, note, asked_at FROM plan_follow_up
             WHERE household_id = $1 AND plan_id = $2 ORDER BY weeks",
            args![household, plan],
        )
        .await?;
    rows.into_iter()
        .map(|(weeks, due_on, answer, note, at)| {
            let on = at.map(|at| tx.here(at).date());
            Ok(Asked { weeks, due_on, answer: maybe(&answer)?.zip(on), note })
        })
        .collect()
}
