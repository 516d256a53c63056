//! Work that was found: with an employer and a contract, or of one's own. Writing it down is the outcome of the plan, so that
//! the questions after some weeks are set and the household is asked again what comes in; when it ends, that is a change too.

use domain::employment::{Contract, EndReason, PlacementKind};
use domain::ids::{HouseholdId, PlacementId, PlanId};
use domain::lifecycle::plan::PlanOutcome;
use domain::role::Right;
use time::Date;
use uuid::Uuid;

use super::following::complete;
use super::plan::open_plan;
use super::{country, income, shape};
use crate::assessments::Household;
use crate::error::{Conflict, Error, Result};
use crate::journal::{self, Event};
use crate::{Actor, Casework, args};

/// Longest name of an employer, in characters.
const MOST: usize = 200;

/// Work to be written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPlacement {
    /// How.
    pub kind: PlacementKind,
    /// With whom, or what the business is.
    pub employer: String,
    /// An option of what people can do; empty when not known.
    pub sector: String,
    /// Where; empty when not known.
    pub area: String,
    /// What was agreed; none of one's own.
    pub contract: Option<Contract>,
    /// From when.
    pub from: Date,
    /// Until when.
    pub until: Option<Date>,
    /// Hours a week.
    pub hours: Option<i64>,
    /// A month, in minor units.
    pub wage_minor: Option<i64>,
}

/// Writes down what a person found by a plan that is followed: the plan is completed with it. `Invalid("placement.employer")`,
/// `("placement.contract")`, `("placement.days")` for a beginning in the future or before the plan was followed or an end
/// before it, `("placement.hours")`, `("placement.wage")`, `("placement.area")` for what is wrong.
pub async fn record(
    cw: &Casework,
    actor: &Actor,
    (household, plan): (HouseholdId, PlanId),
    version: i64,
    new: NewPlacement,
) -> Result<PlacementId> {
    let pack = country(cw)?;
    let cw = &cw.acting(actor);
    let employer = new.employer.trim();
    if employer.is_empty() || employer.chars().count() > MOST {
        return Err(Error::Invalid("placement.employer"));
    }
    if (new.kind == PlacementKind::Employed) != new.contract.is_some() {
        return Err(Error::Invalid("placement.contract"));
    }
    if new.from > cw.today() || new.until.is_some_and(|until| until < new.from) {
        return Err(Error::Invalid("placement.days"));
    }
    if new.hours.is_some_and(|hours| !(1..=84).contains(&hours)) {
        return Err(Error::Invalid("placement.hours"));
    }
    if new.wage_minor.is_some_and(|wage| wage < 0) {
        return Err(Error::Invalid("placement.wage"));
    }
    if !new.area.is_empty() && pack.areas.get(&new.area).is_none() {
        return Err(Error::Invalid("placement.area"));
    }
    let (actor, own) = (actor.clone(), cw.clone());
    cw.write(async move |tx| {
        let (home, mut plan) = open_plan(tx, &actor, household, plan, version).await?;
        let by = actor.hand(Right::Plan, &home.scope())?;
        if plan.started_on.is_some_and(|since| new.from < since) {
            return Err(Error::Invalid("placement.days"));
        }
        let outcome = match new.kind {
            PlacementKind::Employed => PlanOutcome::Placed,
            PlacementKind::SelfEmployed => PlanOutcome::SelfEmployment,
        };
        let id: PlacementId = tx.new_id();
        tx.run(
            "INSERT INTO placement (household_id, placement_id, plan_id, person_id, kind, employer, sector, area, contract,
                                    from_date, until_date, hours, wage_minor, recorded_by, recorded_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
            args![
                household,
                id,
                plan.id,
                plan.person,
                new.kind.code(),
                new.employer.trim(),
                new.sector.as_str(),
                new.area.as_str(),
                new.contract.map(Contract::code).unwrap_or_default(),
                new.from,
                new.until,
                new.hours,
                new.wage_minor,
                actor.staff_id,
                tx.now()
            ],
        )
        .await?;
        let event = Event::new("placement.recorded").id("plan", plan.id).id("person", plan.person);
        journal::append(tx, &actor, household, event).await?;
        complete(tx, &own, (&actor, by), &pack, &home, &mut plan, (outcome, new.from)).await?;
        Ok(id)
    })
    .await
}

/// Work ended, and why: a change of what comes in. `Invalid("placement.days")` for a day before it began or in the future,
/// `Conflict(State)` when it has ended.
pub async fn end(
    cw: &Casework,
    actor: &Actor,
    (household, person, id): (HouseholdId, Uuid, PlacementId),
    version: i64,
    (on, why): (Date, EndReason),
) -> Result<()> {
    country(cw)?;
    let cw = &cw.acting(actor);
    let (actor, own) = (actor.clone(), cw.clone());
    cw.write(async move |tx| {
        let home = Household::read(tx, &actor, household, Right::Plan).await?;
        let all = shape::placements(tx, household, person).await?;
        let one = all.into_iter().find(|one| one.id == id).ok_or(Error::NotFound)?;
        if one.ended.is_some() {
            return Err(Error::Conflict(Conflict::State));
        }
        if on < one.from || on > tx.today() {
            return Err(Error::Invalid("placement.days"));
        }
        tx.run_one(
            "UPDATE placement SET ended_on = $1, end_reason = $2, version = version + 1
             WHERE household_id = $3 AND placement_id = $4 AND version = $5",
            args![on, why.code(), household, id, version],
        )
        .await?;
        let event = Event::new("placement.ended").id("person", person).code("reason", why.code());
        journal::append(tx, &actor, household, event).await?;
        income::changed(tx, &own, &actor, &home).await
    })
    .await
}
