//! An award that waits until it is settled whether its household is registered twice begins all the same: a supervisor who
//! took no part in the decision says why. What is to be settled stays in the queue.

use domain::ids::{DecisionId, HouseholdId};
use domain::role::Right;

use super::{decided_under, reissue, second_person};
use crate::assessments::Household;
use crate::decisions;
use crate::decisions::follow::Desk;
use crate::duplicates::{Pair, hold};
use crate::enrolments::{self, Begins, Enrolment};
use crate::error::{Conflict, Error, Result};
use crate::journal::{self, Event};
use crate::{Actor, Casework};

/// An award that waits, or began although it should have waited.
#[derive(Clone, Debug)]
pub struct Waits {
    /// What waits or waited.
    pub enrolment: Enrolment,
    /// The people who may be one, of this household and of others.
    pub pairs: Vec<Pair>,
    /// Whether the actor may let it begin: [`let_begin`].
    pub may_begin: bool,
}

/// What waits of a decision, or was let begin all the same, for who may read the file; `None` when nothing does.
pub async fn waits(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    decision: DecisionId,
) -> Result<Option<Waits>> {
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    let (home, _) = Household::for_reading(&mut view, actor, household).await?;
    let decision = decisions::find(&mut view, household, decision).await?.ok_or(Error::NotFound)?;
    let all = enrolments::of_household(&mut view, household).await?;
    let own =
        |one: &Enrolment| one.decision == decision.id && (one.is_held() || !one.begun_despite.is_empty());
    let Some(enrolment) = all.into_iter().find(own) else {
        return Ok(None);
    };
    // Who reads without searching the registry is not told of other households.
    let pairs = if actor.may(Right::SearchRegistry) {
        hold::open_pairs(&mut view, household).await?
    } else {
        Vec::new()
    };
    let may_begin = enrolment.is_held()
        && actor.may_in(Right::Approve, &home.scope())
        && second_person(&mut view, actor, &decision).await.is_ok();
    Ok(Some(Waits { enrolment, pairs, may_begin }))
}

/// Lets an award begin before it is settled whether the household is registered twice. `Conflict(SamePerson)` for who decided
/// it or submitted its assessment, `Conflict(State)` when nothing of the decision waits, `Invalid` without a reason.
pub async fn let_begin(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    decision: DecisionId,
    reason: &str,
) -> Result<()> {
    let cw = &cw.acting(actor);
    let reason = reason.trim().to_owned();
    if reason.is_empty() {
        return Err(Error::Invalid("reason.missing"));
    }
    let (pack, _) = decided_under(cw, actor, household, decision, Right::Approve).await?;
    let (actor, today) = (actor.clone(), cw.today());
    cw.write(async move |tx| {
        let home = Household::read(tx, &actor, household, Right::Approve).await?;
        let by = actor.hand(Right::Approve, &home.scope())?;
        let decision = decisions::find(tx, household, decision).await?.ok_or(Error::NotFound)?;
        second_person(tx, &actor, &decision).await?;
        let all = enrolments::of_household(tx, household).await?;
        let held = all.iter().find(|one| one.decision == decision.id && one.is_held());
        let held = held.ok_or(Error::Conflict(Conflict::State))?;
        enrolments::begin(tx, household, held, Begins::Despite { by, reason: &reason }).await?;
        let calendar = pack.working_calendar(&home.area).ok_or(Error::Invalid("area.unknown"))?;
        let desk = Desk { actor: &actor, by, home: &home, pack: &pack, calendar: &calendar, today };
        reissue(tx, &desk, &decision).await?;
        let event = Event::new("enrolment.begun_despite")
            .id("enrolment", held.id)
            .id("decision", decision.id)
            .code("programme", &held.programme);
        journal::append(tx, &actor, household, event).await
    })
    .await
}
