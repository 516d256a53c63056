//! Enrolments: awards that are paid or delivered, and places on waiting lists.
//!
//! An enrolment is made by a decision ([`crate::decisions`]) in the same unit of work, and moves by the steps of
//! `domain::lifecycle::enrolment` only. A new way to move one: a function here that calls `step`.

use domain::ids::{DecisionId, EnrolmentId, HouseholdId};
use domain::lifecycle::enrolment::{EnrolmentEvent, EnrolmentState, ExitReason};
use domain::lifecycle::{By, Guard, Lifecycle};
use time::Date;
use uuid::Uuid;

use crate::assessments::Household;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::step::step;
use crate::{Actor, Casework, args};

/// An enrolment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolment {
    /// The enrolment.
    pub id: EnrolmentId,
    /// The decision it rests on now.
    pub decision: DecisionId,
    /// The programme.
    pub programme: String,
    /// The agency that gives it.
    pub agency: String,
    /// The person, where the programme is personal.
    pub person: Option<Uuid>,
    /// Where it stands.
    pub state: EnrolmentState,
    /// How much, in minor units.
    pub amount_minor: Option<i64>,
    /// For which period.
    pub period: Option<String>,
    /// The place in the queue, lower first.
    pub queue_key: Option<i64>,
    /// Why it ended.
    pub exit_reason: Option<ExitReason>,
    /// Since when.
    pub since: Date,
    /// When it is looked at again.
    pub review_on: Option<Date>,
    /// The last day, if it has one.
    pub ends_on: Option<Date>,
    /// The row's version.
    pub version: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    enrolment_id: Uuid,
    decision_id: Uuid,
    programme: String,
    agency: String,
    person_id: Option<Uuid>,
    state: String,
    amount_minor: Option<i64>,
    period: Option<String>,
    queue_key: Option<i64>,
    exit_reason: Option<String>,
    since: Date,
    review_on: Option<Date>,
    ends_on: Option<Date>,
    version: i64,
}

impl Row {
    fn read(self) -> Result<Enrolment> {
        Ok(Enrolment {
            id: self.enrolment_id.into(),
            decision: self.decision_id.into(),
            programme: self.programme,
            agency: self.agency,
            person: self.person_id,
            state: self.state.parse().map_err(Error::internal)?,
            amount_minor: self.amount_minor,
            period: self.period,
            queue_key: self.queue_key,
            exit_reason: self
                .exit_reason
                .map(|reason| reason.parse())
                .transpose()
                .map_err(Error::internal)?,
            since: self.since,
            review_on: self.review_on,
            ends_on: self.ends_on,
            version: self.version,
        })
    }
}

impl Enrolment {
    /// Whether something is being given or about to be: what only a decision with a hearing can take away.
    pub fn is_running(&self) -> bool {
        use EnrolmentState as S;
        matches!(self.state, S::Accepted | S::Onboarding | S::Active | S::Suspended)
    }

    /// Whether it is a place on a list, offered or not.
    pub fn is_waiting(&self) -> bool {
        matches!(self.state, EnrolmentState::Waiting | EnrolmentState::Offered)
    }
}

/// A household's enrolments, the newest first.
pub(crate) async fn of_household(tx: &mut Tx, household: HouseholdId) -> Result<Vec<Enrolment>> {
    let rows: Vec<Row> = tx
        .all(
            "SELECT enrolment_id, decision_id, programme, agency, person_id, state, amount_minor, period, queue_key,
                    exit_reason, since, review_on, ends_on, version
             FROM enrolment WHERE household_id = $1 ORDER BY enrolment_id DESC",
            args![household],
        )
        .await?;
    rows.into_iter().map(Row::read).collect()
}

/// A household's enrolments, the newest first: for the case page.
pub async fn list(cw: &Casework, actor: &Actor, household: HouseholdId) -> Result<Vec<Enrolment>> {
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    Household::for_reading(&mut view, actor, household).await?;
    of_household(&mut view, household).await
}

/// What a decision gives: the award an enrolment is made or moved by.
#[derive(Clone, Debug)]
pub(crate) struct Award<'a> {
    pub household: HouseholdId,
    pub decision: DecisionId,
    pub programme: &'a str,
    pub agency: &'a str,
    pub person: Option<Uuid>,
    pub office: &'a str,
    pub amount_minor: Option<i64>,
    pub period: Option<&'a str>,
    pub today: Date,
    pub review_on: Option<Date>,
    pub ends_on: Option<Date>,
}

/// How far a new award goes at the counter. The applicant is there and asked for it, so the offer is taken at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// On the list, in this place: lower goes first.
    Waiting(i64),
    /// Something must be set up first: an account, a card.
    Onboarding,
    /// Nothing is to be set up.
    Active,
}

impl Reach {
    /// The state that `from` comes to, step by step.
    fn from(self, from: EnrolmentState, officer: By) -> Result<EnrolmentState> {
        let mut state = from;
        if let Self::Waiting(_) = self {
            return Ok(state);
        }
        if state == EnrolmentState::Waiting {
            state = step(state, EnrolmentEvent::Offer, By::System, &[])?;
        }
        state = step(state, EnrolmentEvent::Accept, officer, &[])?;
        state = step(state, EnrolmentEvent::Onboard, By::System, &[])?;
        if self == Self::Active {
            state = step(state, EnrolmentEvent::Activate, By::System, &[])?;
        }
        Ok(state)
    }

    fn queue_key(self) -> Option<i64> {
        match self {
            Self::Waiting(key) => Some(key),
            Self::Onboarding | Self::Active => None,
        }
    }
}

/// Makes an enrolment.
pub(crate) async fn make(tx: &mut Tx, award: &Award<'_>, reach: Reach, officer: By) -> Result<EnrolmentId> {
    let id: EnrolmentId = tx.new_id();
    let state = reach.from(EnrolmentState::FIRST, officer)?;
    tx.run(
        "INSERT INTO enrolment (household_id, enrolment_id, decision_id, programme, agency, person_id, office, state,
                                amount_minor, period, queue_key, since, review_on, ends_on, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        args![
            award.household,
            id,
            award.decision,
            award.programme,
            award.agency,
            award.person,
            award.office,
            state.code(),
            award.amount_minor,
            award.period,
            reach.queue_key(),
            award.today,
            award.review_on,
            award.ends_on,
            tx.now()
        ],
    )
    .await?;
    Ok(id)
}

/// Lets an enrolment that is there rest on a new decision: the amount and dates are the new ones, the place on a list and
/// the day it began stay. A waiting one that is now awarded outright moves on.
pub(crate) async fn carry_on(
    tx: &mut Tx,
    enrolment: &Enrolment,
    award: &Award<'_>,
    reach: Reach,
    officer: By,
) -> Result<()> {
    let state = if enrolment.is_waiting() { reach.from(enrolment.state, officer)? } else { enrolment.state };
    let since =
        if enrolment.is_waiting() && state != enrolment.state { award.today } else { enrolment.since };
    let queue_key = if state == EnrolmentState::Waiting { reach.queue_key() } else { None };
    tx.run_one(
        "UPDATE enrolment SET decision_id = $1, state = $2, amount_minor = $3, period = $4, queue_key = $5, since = $6,
                              review_on = $7, ends_on = $8, version = version + 1
         WHERE household_id = $9 AND enrolment_id = $10 AND version = $11",
        args![
            award.decision,
            state.code(),
            award.amount_minor,
            award.period,
            queue_key,
            since,
            award.review_on,
            award.ends_on,
            award.household,
            enrolment.id,
            enrolment.version
        ],
    )
    .await
}

/// Ends an enrolment for a reason that the decision gives.
pub(crate) async fn exit(
    tx: &mut Tx,
    household: HouseholdId,
    enrolment: &Enrolment,
    reason: ExitReason,
    by: By,
) -> Result<()> {
    let state = step(enrolment.state, EnrolmentEvent::Exit, by, &[Guard::ReasonGiven, Guard::ByDecision])?;
    tx.run_one(
        "UPDATE enrolment SET state = $1, exit_reason = $2, queue_key = NULL, version = version + 1
         WHERE household_id = $3 AND enrolment_id = $4 AND version = $5",
        args![state.code(), reason.code(), household, enrolment.id, enrolment.version],
    )
    .await
}

/// Where a waiting enrolment stands in its programme's list: 1 is next.
pub async fn place_in_queue(tx: &mut Tx, enrolment: &Enrolment) -> Result<Option<i64>> {
    let Some(key) = enrolment.queue_key else { return Ok(None) };
    // Ends at the hundredth: "about how far" is what people are told, and a count of a whole list grows with the country.
    let before: Option<i64> = tx
        .value(
            "SELECT COUNT(*) FROM (SELECT 1 FROM enrolment WHERE programme = $1 AND state = 'waiting' AND queue_key IS NOT NULL
                 AND (queue_key < $2 OR (queue_key = $2 AND since < $3)) LIMIT 100) AS ahead",
            args![enrolment.programme.as_str(), key, enrolment.since],
        )
        .await?;
    Ok(before.map(|ahead| ahead + 1))
}
