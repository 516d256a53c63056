//! The time in which a person is heard before something is taken away, and what ends it: a person puts the decision into force
//! when it is over, or a supervisor gives it up. Nothing is taken away by itself.

use domain::calendar::Term;
use domain::ids::{DecisionId, HouseholdId};
use domain::lifecycle::decision::{DecisionEvent as E, DecisionState};
use domain::lifecycle::{By, Guard};
use domain::role::Right;
use time::OffsetDateTime;

use super::{decided_under, reissue, second_person};
use crate::appeals::stay;
use crate::assessments::Household;
use crate::clocks::{self, AtBreach, NewClock};
use crate::db::Tx;
use crate::decisions::follow::{Asked, Before, Desk};
use crate::decisions::issue::{SUBJECT, replace};
use crate::decisions::{self, Decision, set_state};
use crate::error::{Conflict, Error, Result};
use crate::journal::{self, Event};
use crate::step::step;
use crate::subject::Subject;
use crate::{Actor, Casework, args};

/// The pack's limit for being heard before a cut, by its name in `pack.toml`.
const HEARING: &str = "hearing_before_cut";
/// Where the pack has no such limit (as in United States SNAP, 7 CFR 273.13).
const HEARING_DAYS: Term = Term::Days(10);

/// A decision that was announced: the person may be heard first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hearing {
    /// The end of the notice period.
    pub until: OffsetDateTime,
    /// Whether an appeal was lodged in time: nothing is put into force before it is decided.
    pub is_stayed: bool,
    /// Whether the actor may put it into force now: [`issue_heard`].
    pub may_issue: bool,
    /// Whether the actor may give it up: [`give_up`].
    pub may_give_up: bool,
}

/// Where the hearing about a decision stands and what the actor may do; `None` when nobody is being heard about it.
pub async fn hearing(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    decision: DecisionId,
) -> Result<Option<Hearing>> {
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    let (home, _) = Household::for_reading(&mut view, actor, household).await?;
    let decision = decisions::find(&mut view, household, decision).await?.ok_or(Error::NotFound)?;
    if decision.state != DecisionState::Proposed {
        return Ok(None);
    }
    let until = heard_until(&mut view, &decision).await?;
    let is_stayed = stay::is_stayed(&mut view, household, decision.id).await?;
    let is_over = until <= view.now() && !is_stayed;
    Ok(Some(Hearing {
        until,
        is_stayed,
        may_issue: is_over && actor.may_in(Right::Assess, &home.scope()),
        may_give_up: actor.may_in(Right::Approve, &home.scope())
            && second_person(&mut view, actor, &decision).await.is_ok(),
    }))
}

/// When the notice period about a decision ends or ended.
pub(crate) async fn heard_until(tx: &mut Tx, decision: &Decision) -> Result<OffsetDateTime> {
    let subject = Subject::new(SUBJECT, decision.id);
    let clocks = clocks::of_household(tx, decision.household).await?;
    let until = clocks.iter().filter(|clock| clock.subject == subject).map(|clock| clock.due_at).max();
    until.ok_or_else(|| Error::internal("nobody is heard about this decision"))
}

/// Issues a cut whose notice period is over. `Conflict(State)` before that, and while an appeal that was lodged in time waits.
pub async fn issue_heard(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    decision: DecisionId,
) -> Result<()> {
    let cw = &cw.acting(actor);
    let (pack, _) = decided_under(cw, actor, household, decision, Right::Assess).await?;
    let (actor, today) = (actor.clone(), cw.today());
    cw.write(async move |tx| {
        let home = Household::read(tx, &actor, household, Right::Assess).await?;
        let by = actor.hand(Right::Assess, &home.scope())?;
        let calendar = pack.working_calendar(&home.area).ok_or(Error::Invalid("area.unknown"))?;
        let desk = Desk { actor: &actor, by, home: &home, pack: &pack, calendar: &calendar, today };
        let mut cut = decisions::find(tx, household, decision).await?.ok_or(Error::NotFound)?;
        if cut.state != DecisionState::Proposed || heard_until(tx, &cut).await? > tx.now() {
            return Err(Error::Conflict(Conflict::State));
        }
        if stay::is_stayed(tx, household, decision).await? {
            return Err(Error::Conflict(Conflict::State));
        }
        let subject = Subject::new(SUBJECT, decision);
        let guards = [Guard::SecondPersonOrExempt, Guard::HeardOrNothingTaken];
        let issued = step(cut.state, E::Issue, by, &guards)?;
        let in_force = step(issued, E::TakeEffect, By::System, &[])?;
        let until = desk.appeal_until();
        tx.run_one(
            "UPDATE decision SET state = $1, appeal_until = $2 WHERE household_id = $3 AND decision_id = $4 AND state = $5",
            args![in_force.code(), until, household, decision, cut.state.code()],
        )
        .await?;
        cut.state = in_force;
        cut.appeal_until = Some(until);
        let before = Before::read(tx, &home).await?;
        if let Some(old) = cut.supersedes.and_then(|id| before.decisions.iter().find(|one| one.id == id)) {
            replace(tx, old).await?;
        }
        let def = pack.programme(&cut.programme).ok_or(Error::NotFound)?;
        desk.follow(tx, &before, def, &cut, &Asked::default()).await?;
        clocks::meet(tx, &actor, household, &subject).await?;
        crate::tasks::complete_about(tx, &actor, household, &subject).await?;
        reissue(tx, &desk, &cut).await?;
        journal::append(tx, &actor, household, Event::new("decision.issued").id("decision", decision)).await
    })
    .await
}

/// Why a decision is given up after somebody was heard about it.
pub const GIVEN_UP: [&str; 4] = ["person_is_right", "data_wrong", "changed_since", "other"];

/// What was announced is not done: the person was heard and is right. What runs goes on. For a supervisor who took no part in
/// the decision; `code` is one of [`GIVEN_UP`].
pub async fn give_up(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    decision: DecisionId,
    code: &str,
) -> Result<()> {
    let cw = &cw.acting(actor);
    let code = GIVEN_UP.into_iter().find(|known| *known == code).ok_or(Error::Invalid("reason.missing"))?;
    let (pack, _) = decided_under(cw, actor, household, decision, Right::Approve).await?;
    let (actor, today) = (actor.clone(), cw.today());
    cw.write(async move |tx| {
        let home = Household::read(tx, &actor, household, Right::Approve).await?;
        let by = actor.hand(Right::Approve, &home.scope())?;
        let announced = decisions::find(tx, household, decision).await?.ok_or(Error::NotFound)?;
        second_person(tx, &actor, &announced).await?;
        if announced.state != DecisionState::Proposed {
            return Err(Error::Conflict(Conflict::State));
        }
        let dropped = step(announced.state, E::Drop, by, &[Guard::ReasonGiven])?;
        set_state(tx, &announced, dropped).await?;
        clocks::cancel(tx, &actor, household, &Subject::new(SUBJECT, decision), code).await?;
        let calendar = pack.working_calendar(&home.area).ok_or(Error::Invalid("area.unknown"))?;
        let desk = Desk { actor: &actor, by, home: &home, pack: &pack, calendar: &calendar, today };
        reissue(tx, &desk, &announced).await?;
        let event = Event::new("decision.given_up").id("decision", decision).code("reason", code);
        journal::append(tx, &actor, household, event).await
    })
    .await
}

/// The second person agreed to a cut: the person is told, and has the notice period to be heard.
pub(super) async fn give_notice(tx: &mut Tx, desk: &Desk<'_>, cut: &Decision) -> Result<DecisionId> {
    let approved = step(cut.state, E::Approve, desk.by, &[Guard::DifferentPerson])?;
    let proposed = step(approved, E::Propose, By::System, &[])?;
    tx.run_one(
        "UPDATE decision SET state = $1, approved_by = $2 WHERE household_id = $3 AND decision_id = $4 AND state = $5",
        args![proposed.code(), desk.actor.staff_id, cut.household, cut.id, cut.state.code()],
    )
    .await?;
    start_hearing(tx, desk, cut).await?;
    reissue(tx, desk, cut).await?;
    let event = Event::new("decision.proposed").id("decision", cut.id).code("programme", &cut.programme);
    journal::append(tx, desk.actor, cut.household, event).await?;
    Ok(cut.id)
}

/// The clock of the notice period. At its end a person issues the decision: nothing is taken away by itself.
pub(super) async fn start_hearing(tx: &mut Tx, desk: &Desk<'_>, decision: &Decision) -> Result<()> {
    let limit = desk.pack.about.law.other.get(HEARING);
    let clock = NewClock {
        household_id: decision.household,
        kind: "hearing".into(),
        subject: Subject::new(SUBJECT, decision.id),
        scope: desk.home.scope(),
        term: limit.map_or(HEARING_DAYS, |limit| limit.term),
        legal_basis: limit.map(|limit| limit.source.clone()).unwrap_or_default(),
        at_breach: AtBreach::Escalate,
        started_at: tx.now(),
    };
    clocks::start(tx, desk.actor, desk.calendar, clock).await.map(drop)
}
