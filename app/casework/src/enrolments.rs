//! Enrolments: awards that are paid or delivered, and places on waiting lists.
//!
//! An enrolment is made by a decision ([`crate::decisions`]) in the same unit of work, and moves by the steps of
//! `domain::lifecycle::enrolment` only. A new way to move one: a function here that calls `step`.

use domain::ids::{DecisionId, EnrolmentId, HouseholdId};
use domain::lifecycle::enrolment::{EnrolmentEvent, EnrolmentState, ExitReason, WaitsFor};
use domain::lifecycle::{By, Guard, Lifecycle};
use time::Date;
use uuid::Uuid;

use crate::assessments::Household;
use crate::budgets::holding;
use crate::budgets::list::{Place, Spot};
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
    /// The list it waits on: the programme's, for the budget of this area; empty where no budget has the area.
    pub list_area: String,
    /// What puts it in order among those of one queue key, lower first.
    pub tie: i64,
    /// Why it waits, or waited.
    pub waits_for: Option<WaitsFor>,
    /// The last day of its place on the list, where places run out.
    pub list_until: Option<Date>,
    /// The last day to take what is or was offered.
    pub offer_until: Option<Date>,
    /// Why a supervisor let it begin before it was settled whether the household is registered twice; empty for all others.
    pub begun_despite: String,
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
    list_area: String,
    tie: i64,
    waits_for: String,
    list_until: Option<Date>,
    offer_until: Option<Date>,
    begun_despite: String,
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
            list_area: self.list_area,
            tie: self.tie,
            waits_for: Some(self.waits_for.as_str())
                .filter(|code| !code.is_empty())
                .map(str::parse)
                .transpose()
                .map_err(Error::internal)?,
            list_until: self.list_until,
            offer_until: self.offer_until,
            begun_despite: self.begun_despite,
            version: self.version,
        })
    }
}

impl Enrolment {
    /// Whether something is being given or about to be: what only a decision with a hearing can take away.
    pub fn is_running(&self) -> bool {
        use EnrolmentState as S;
        matches!(self.state, S::Accepted | S::Held | S::Onboarding | S::Active | S::Suspended)
    }

    /// Whether it is granted and begins when it is settled that the household is not registered twice
    /// ([`crate::duplicates::hold`]).
    pub fn is_held(&self) -> bool {
        self.state == EnrolmentState::Held
    }

    /// Whether a place is offered.
    pub fn is_offered(&self) -> bool {
        self.state == EnrolmentState::Offered
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
                    exit_reason, since, review_on, ends_on, list_area, tie, waits_for, list_until, offer_until,
                    begun_despite, version
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// On the list, in this place.
    Waiting(Place),
    /// Granted; it begins when something is settled.
    Held,
    /// Something must be set up first: an account, a card.
    Onboarding,
    /// Nothing is to be set up.
    Active,
}

impl Reach {
    /// The state that `from` comes to, step by step.
    fn from(&self, from: EnrolmentState, officer: By) -> Result<EnrolmentState> {
        let mut state = from;
        if let Self::Waiting(_) = self {
            return Ok(state);
        }
        if state == EnrolmentState::Waiting {
            state = step(state, EnrolmentEvent::Offer, By::System, &[])?;
        }
        state = step(state, EnrolmentEvent::Accept, officer, &[])?;
        if *self == Self::Held {
            return step(state, EnrolmentEvent::Hold, By::System, &[]);
        }
        self.set_up(state)
    }

    /// From what was taken to what runs.
    fn set_up(&self, accepted: EnrolmentState) -> Result<EnrolmentState> {
        let state = step(accepted, EnrolmentEvent::Onboard, By::System, &[])?;
        if *self == Self::Active { step(state, EnrolmentEvent::Activate, By::System, &[]) } else { Ok(state) }
    }

    fn place(&self) -> Option<&Place> {
        match self {
            Self::Waiting(place) => Some(place),
            Self::Held | Self::Onboarding | Self::Active => None,
        }
    }
}

/// Makes an enrolment.
pub(crate) async fn make(tx: &mut Tx, award: &Award<'_>, reach: &Reach, officer: By) -> Result<EnrolmentId> {
    let id: EnrolmentId = tx.new_id();
    let state = reach.from(EnrolmentState::FIRST, officer)?;
    let place = reach.place();
    tx.run(
        "INSERT INTO enrolment (household_id, enrolment_id, decision_id, programme, agency, person_id, office, state,
                                amount_minor, period, queue_key, since, review_on, ends_on, created_at, list_area, tie,
                                waits_for, list_until)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
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
            place.map(|place| place.spot.key),
            award.today,
            award.review_on,
            award.ends_on,
            tx.now(),
            place.map(|place| place.list.as_str()).unwrap_or_default(),
            place.map_or(0, |place| place.spot.tie),
            place.map(|place| place.reason.code()).unwrap_or_default(),
            place.and_then(|place| place.until)
        ],
    )
    .await?;
    Ok(id)
}

/// Lets an enrolment that is there rest on a new decision: the amount and dates are the new ones, the place on a list and
/// the day it began stay. A waiting one that is now awarded outright moves on; so does one for which nothing is left to
/// settle. What runs goes on, whatever is to be settled.
pub(crate) async fn carry_on(
    tx: &mut Tx,
    enrolment: &Enrolment,
    award: &Award<'_>,
    reach: &Reach,
    officer: By,
) -> Result<()> {
    let state = if enrolment.is_waiting() {
        reach.from(enrolment.state, officer)?
    } else if enrolment.is_held() && *reach != Reach::Held {
        reach.set_up(step(enrolment.state, EnrolmentEvent::Release, By::System, &[])?)?
    } else {
        enrolment.state
    };
    let since = if state == enrolment.state { enrolment.since } else { award.today };
    // What is offered keeps what it waited for; what waits is put in order anew, since the day it waits.
    let place = reach.place().filter(|_| state == EnrolmentState::Waiting);
    let same = Place {
        spot: Spot { key: 0, tie: enrolment.tie, since, id: enrolment.id.uuid() },
        list: enrolment.list_area.clone(),
        reason: enrolment.waits_for.unwrap_or(WaitsFor::Budget),
        until: enrolment.list_until,
    };
    let on = place.unwrap_or(&same);
    let waits_for = place.map(|place| place.reason).or(enrolment.waits_for);
    tx.run_one(
        "UPDATE enrolment SET decision_id = $1, state = $2, amount_minor = $3, period = $4, queue_key = $5, since = $6,
                              review_on = $7, ends_on = $8, list_area = $9, tie = $10, waits_for = $11, list_until = $12,
                              version = version + 1
         WHERE household_id = $13 AND enrolment_id = $14 AND version = $15",
        args![
            award.decision,
            state.code(),
            award.amount_minor,
            award.period,
            place.map(|place| place.spot.key).or(enrolment.queue_key.filter(|_| state == EnrolmentState::Offered)),
            since,
            award.review_on,
            award.ends_on,
            on.list.as_str(),
            on.spot.tie,
            waits_for.map(WaitsFor::code).unwrap_or_default(),
            on.until,
            award.household,
            enrolment.id,
            enrolment.version
        ],
    )
    .await
}

/// Takes a step on the list: what is offered has its last day; what goes back or is over has none.
pub(crate) async fn step_on_list(
    tx: &mut Tx,
    household: HouseholdId,
    enrolment: &Enrolment,
    event: EnrolmentEvent,
    (by, guards): (By, &[Guard]),
    offer_until: Option<Date>,
) -> Result<EnrolmentState> {
    let state = step(enrolment.state, event, by, guards)?;
    tx.run_one(
        "UPDATE enrolment SET state = $1, offer_until = $2, version = version + 1
         WHERE household_id = $3 AND enrolment_id = $4 AND version = $5",
        args![state.code(), offer_until, household, enrolment.id, enrolment.version],
    )
    .await?;
    Ok(state)
}

/// How an award begins that waited.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Begins<'a> {
    /// It is settled.
    Settled,
    /// Before it is settled, by another person than who granted it, who says why.
    Despite {
        /// The hand of who lets it begin.
        by: By,
        /// Why.
        reason: &'a str,
    },
}

/// Lets an award begin that waited. It lasts as long as if it had begun when it was granted.
pub(crate) async fn begin(
    tx: &mut Tx,
    household: HouseholdId,
    held: &Enrolment,
    how: Begins<'_>,
) -> Result<()> {
    let (accepted, reason) = match how {
        Begins::Settled => (step(held.state, EnrolmentEvent::Release, By::System, &[])?, ""),
        Begins::Despite { by, reason } => {
            let guards = [Guard::DifferentPerson, Guard::ReasonGiven];
            (step(held.state, EnrolmentEvent::LetBegin, by, &guards)?, reason)
        }
    };
    let state = Reach::Onboarding.set_up(accepted)?;
    let (today, waited) = (tx.today(), tx.today() - held.since);
    let later = |day: Option<Date>| day.map(|day| day.saturating_add(waited));
    tx.run_one(
        "UPDATE enrolment SET state = $1, since = $2, review_on = $3, ends_on = $4, begun_despite = $5, version = version + 1
         WHERE household_id = $6 AND enrolment_id = $7 AND version = $8",
        args![
            state.code(),
            today,
            later(held.review_on),
            later(held.ends_on),
            reason,
            household,
            held.id,
            held.version
        ],
    )
    .await?;
    holding::later(tx, household, held.id, waited).await
}

/// Ends an enrolment for a reason that the decision gives; what remains of what it holds of a budget is free again.
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
    .await?;
    holding::release(tx, household, enrolment.id, enrolment.state).await
}

/// Lets an award stand still, as the decision that it rests on from now says.
pub(crate) async fn suspend(
    tx: &mut Tx,
    household: HouseholdId,
    enrolment: &Enrolment,
    decision: DecisionId,
    by: By,
) -> Result<()> {
    let state = step(enrolment.state, EnrolmentEvent::Suspend, by, &[Guard::ByDecision])?;
    tx.run_one(
        "UPDATE enrolment SET state = $1, decision_id = $2, version = version + 1
         WHERE household_id = $3 AND enrolment_id = $4 AND version = $5",
        args![state.code(), decision, household, enrolment.id, enrolment.version],
    )
    .await
}

/// Lets an award run again that stood still: what it lacked was done.
pub(crate) async fn resume(tx: &mut Tx, household: HouseholdId, enrolment: &Enrolment) -> Result<()> {
    let state = step(enrolment.state, EnrolmentEvent::Resume, By::System, &[])?;
    tx.run_one(
        "UPDATE enrolment SET state = $1, version = version + 1
         WHERE household_id = $2 AND enrolment_id = $3 AND version = $4",
        args![state.code(), household, enrolment.id, enrolment.version],
    )
    .await
}
