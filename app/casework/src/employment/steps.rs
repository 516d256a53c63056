//! Steps of a plan: added while it is a draft, so that the person signs all of them; begun, done, missed or dropped while it is
//! followed. A step to an entry of the board takes one of its places, and gives it back when it is missed for good or dropped.

use domain::employment::Doer;
use domain::ids::{BoardId, HouseholdId, PlanId, StepId};
use domain::lifecycle::plan::{PlanState, StepEvent, StepState};
use domain::lifecycle::{By, Guard, Lifecycle};
use domain::role::Right;
use time::Date;

use super::plan::{MOST, open_plan};
use super::shape::{self, Step};
use super::{attendance, board, country};
use crate::db::Tx;
use crate::error::{Conflict, Error, Result};
use crate::journal::{self, Event};
use crate::step::step;
use crate::{Actor, Casework, args};

/// Steps that one plan can have.
const SO_MANY: usize = 20;

/// A step to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewStep {
    /// The service, of the pack's directory; one of the employment services.
    pub service: String,
    /// In words; of an entry of the board its title stands in place of an empty one.
    pub title: String,
    /// Who does it.
    pub doer: Doer,
    /// With whom; empty when nobody, or the entry's.
    pub provider: String,
    /// Where; empty when it does not matter, or the entry's.
    pub area: String,
    /// The entry of the board of which it takes a place.
    pub entry: Option<BoardId>,
    /// From when.
    pub from: Option<Date>,
    /// Until when.
    pub until: Option<Date>,
}

/// Whether a step is part of what is agreed.
pub(super) fn counts(one: &Step) -> bool {
    one.state != StepState::Dropped
}

/// Whether something is still to be done.
pub(super) fn is_open(one: &Step) -> bool {
    matches!(one.state, StepState::Planned | StepState::InProgress | StepState::Missed)
}

/// Adds a step to a draft. `Invalid("step.service")` for a service that is none of employment, `("step.title")` without words,
/// `("step.days")` for an end before the beginning, `("step.many")` for too many; `Conflict(NothingLeft)` when the entry has
/// no place left, `Conflict(Taken)` when the person has one of it already.
pub async fn add(
    cw: &Casework,
    actor: &Actor,
    (household, plan): (HouseholdId, PlanId),
    version: i64,
    new: NewStep,
) -> Result<StepId> {
    let pack = country(cw)?;
    let cw = &cw.acting(actor);
    let actor = actor.clone();
    cw.write(async move |tx| {
        let mut new = new.clone();
        let (home, plan) = open_plan(tx, &actor, household, plan, version).await?;
        if plan.state != PlanState::Draft {
            return Err(Error::Conflict(Conflict::State));
        }
        let there = shape::steps(tx, household, plan.id).await?;
        if there.iter().filter(|one| counts(one)).count() >= SO_MANY {
            return Err(Error::Invalid("step.many"));
        }
        if let Some(entry) = new.entry {
            let has = there.iter().any(|one| one.entry == Some(entry) && one.holds_place);
            if has {
                return Err(Error::Conflict(Conflict::Taken));
            }
            let entry = board::take(tx, &home, entry).await?;
            new.service.clone_from(&entry.service);
            new.provider.clone_from(&entry.provider);
            new.area.clone_from(&entry.needs.area);
            new.from = new.from.or(entry.from);
            new.until = new.until.or(entry.until);
            if new.title.trim().is_empty() {
                new.title.clone_from(&entry.title);
            }
        }
        let kind = pack.directory.service(&new.service).map(|service| service.kind);
        if !kind.is_some_and(domain::services::ServiceKind::is_employment) {
            return Err(Error::Invalid("step.service"));
        }
        if new.title.trim().is_empty() || new.title.chars().count() > MOST {
            return Err(Error::Invalid("step.title"));
        }
        if !new.provider.is_empty() && pack.directory.provider(&new.provider).is_none() {
            return Err(Error::Invalid("step.provider"));
        }
        if !new.area.is_empty() && pack.areas.get(&new.area).is_none() {
            return Err(Error::Invalid("step.area"));
        }
        if new.from.zip(new.until).is_some_and(|(from, until)| until < from) {
            return Err(Error::Invalid("step.days"));
        }
        let id: StepId = tx.new_id();
        let number = there.iter().map(|one| one.number).max().unwrap_or(0) + 1;
        tx.run(
            "INSERT INTO plan_step (household_id, step_id, plan_id, person_id, number, state, service, title, doer, provider,
                                    area, entry_id, holds_place, from_date, until_date)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
            args![
                household,
                id,
                plan.id,
                plan.person,
                number,
                StepState::FIRST.code(),
                new.service.as_str(),
                new.title.trim(),
                new.doer.code(),
                new.provider.as_str(),
                new.area.as_str(),
                new.entry.map(BoardId::uuid),
                new.entry.is_some(),
                new.from,
                new.until
            ],
        )
        .await?;
        touch(tx, household, plan.id, version).await?;
        let event = Event::new("plan.step_added").id("plan", plan.id).id("person", plan.person).code("service", &new.service);
        journal::append(tx, &actor, household, event).await?;
        Ok(id)
    })
    .await
}

/// The plan was changed by a change of its steps.
async fn touch(tx: &mut Tx, household: HouseholdId, plan: PlanId, version: i64) -> Result<()> {
    tx.run_one(
        "UPDATE work_plan SET version = version + 1 WHERE household_id = $1 AND plan_id = $2 AND version = $3",
        args![household, plan, version],
    )
    .await
}

/// What happened to a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happened {
    /// What.
    pub event: StepEvent,
    /// Of one that was missed: whether there was a good cause, as far as it is known.
    pub good_cause: Option<bool>,
    /// Why missed or dropped.
    pub reason: String,
}

/// Writes down what happened to a step of a plan that is followed; from a draft a step can be taken out. `Conflict(State)`
/// where that cannot happen now, `Invalid("reason.missing")` where a reason is needed.
pub async fn happened(
    cw: &Casework,
    actor: &Actor,
    (household, plan, id): (HouseholdId, PlanId, StepId),
    version: i64,
    what: Happened,
) -> Result<()> {
    let pack = country(cw)?;
    let cw = &cw.acting(actor);
    let actor = actor.clone();
    cw.write(async move |tx| {
        let (home, plan) = open_plan(tx, &actor, household, plan, version).await?;
        let by = actor.hand(Right::Plan, &home.scope())?;
        let follows = matches!(plan.state, PlanState::Active | PlanState::ReviewDue);
        let drafts = plan.state == PlanState::Draft && what.event == StepEvent::Drop;
        if !(follows || drafts) {
            return Err(Error::Conflict(Conflict::State));
        }
        let all = shape::steps(tx, household, plan.id).await?;
        let one = all.into_iter().find(|one| one.id == id).ok_or(Error::NotFound)?;
        let reason = what.reason.trim();
        if matches!(what.event, StepEvent::Miss | StepEvent::Drop) && reason.is_empty() {
            return Err(Error::Invalid("reason.missing"));
        }
        if reason.chars().count() > MOST {
            return Err(Error::Invalid("plan.long"));
        }
        match what.event {
            StepEvent::Begin => attendance::watch(tx, &pack, &home, &one).await?,
            StepEvent::Finish | StepEvent::Miss | StepEvent::Drop => {
                attendance::close(tx, household, id).await?;
            }
            StepEvent::Again => {}
        }
        let missed = (what.event == StepEvent::Miss).then_some(what.good_cause).flatten();
        move_on(tx, &actor, household, &one, (what.event, by, reason), missed).await?;
        touch(tx, household, plan.id, version).await
    })
    .await
}

/// Drops a step because its plan is over.
pub(super) async fn drop_one(
    tx: &mut Tx,
    actor: &Actor,
    household: HouseholdId,
    one: &Step,
    reason: &str,
) -> Result<()> {
    move_on(tx, actor, household, one, (StepEvent::Drop, By::System, reason), None).await
}

async fn move_on(
    tx: &mut Tx,
    actor: &Actor,
    household: HouseholdId,
    one: &Step,
    (event, by, reason): (StepEvent, By, &str),
    good_cause: Option<bool>,
) -> Result<()> {
    let held: &[Guard] = if reason.is_empty() { &[] } else { &[Guard::ReasonGiven] };
    let to = step(one.state, event, by, held)?;
    // Who did not come keeps the place until the step is dropped: it can be planned again.
    let gives_back = one.holds_place && to == StepState::Dropped;
    tx.run_one(
        "UPDATE plan_step SET state = $1, good_cause = $2, reason = $3, holds_place = $4, version = version + 1
         WHERE household_id = $5 AND step_id = $6 AND version = $7",
        args![
            to.code(),
            good_cause,
            reason,
            one.holds_place && !gives_back,
            household,
            one.id,
            one.version
        ],
    )
    .await?;
    if let Some(entry) = one.entry.filter(|_| gives_back) {
        board::give_back(tx, entry).await?;
    }
    let told = Event::new("plan.step_moved")
        .id("plan", one.plan)
        .id("person", one.person)
        .code("event", event.code())
        .code("state", to.code());
    journal::append(tx, actor, household, told).await
}
