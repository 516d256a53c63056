//! A person decides otherwise than the rules, and a benefit that would be taken away: both wait for a second person.
//!
//! *Override*: an officer proposes another outcome for a decision, with a reason; a supervisor approves it, sends it back
//! or refuses it within the term of the law. *Cut*: an assessment would take away from what is running; the supervisor
//! approves that the person is told, the person then has the notice period to be heard, and only after that it is issued.
//!
//! The second person is neither who proposed nor who decided the assessment. The change is made in the unit of work of the
//! approval, as a new decision that names the old one.

use domain::ids::{DecisionId, EnrolmentId, HouseholdId, ProposalId};
use domain::lifecycle::decision::{DecisionEvent as E, DecisionState, Outcome};
use domain::lifecycle::{By, Guard, Lifecycle};
use domain::notice::Kind;
use domain::pack::Pack;
use domain::role::Right;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

use crate::assessments::{self, Household};
use crate::budgets;
use crate::clocks;
use crate::db::Tx;
use crate::decisions::follow::{Asked, Before, Desk};
use crate::decisions::issue::{Issue, SUBJECT, replace};
use crate::decisions::{self, Body, Decision, Overridden, insert, set_state};
use crate::error::{Conflict, Error, Result};
use crate::journal::{self, Event};
use crate::letters::{self, Writing};
use crate::proposals::{self, NewProposal};
use crate::signatures;
use crate::step::step;
use crate::subject::Subject;
use crate::{Actor, Casework, packs};

mod begin;
mod hearing;

pub use begin::{Waits, let_begin, waits};
pub(crate) use hearing::heard_until;
pub use hearing::{GIVEN_UP, Hearing, give_up, hearing, issue_heard};
use hearing::{give_notice, start_hearing};

/// The kind of proposal by which a person decides otherwise than the rules.
pub const OVERRIDE: &str = "verdict_override";
/// The kind of proposal by which something running is taken away.
pub const CUT: &str = "benefit_cut";

/// What an override changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The decision it is about.
    pub decision: DecisionId,
    /// What it shall give.
    pub outcome: Outcome,
    /// How much, in minor units, where the programme gives money and it is an award.
    pub amount_minor: Option<i64>,
    /// For which period: `month`, `year`, `once`.
    pub period: Option<String>,
}

/// What a cut takes away: the payload of its proposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    /// The decision that waits.
    pub decision: DecisionId,
    /// The enrolment that runs meanwhile.
    pub enrolment: Option<EnrolmentId>,
}

/// Why, by whoever proposes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// As a code.
    pub code: String,
    /// In words; the letter says them.
    pub words: String,
}

/// Proposes another outcome for a decision. `Conflict(State)` when the decision does not govern (a draft that the rules
/// could not make may be decided so too), `Conflict(Held)` when a proposal about it waits already.
pub async fn propose(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    change: Change,
    why: Why,
) -> Result<ProposalId> {
    let cw = &cw.acting(actor);
    let (pack, decision) = decided_under(cw, actor, household, change.decision, Right::Propose).await?;
    check(&pack, &decision, &change)?;
    if why.words.trim().is_empty() || why.code.is_empty() {
        return Err(Error::Invalid("reason.missing"));
    }
    let (keys, actor) = (cw.keys.clone(), actor.clone());
    cw.write(async move |tx| {
        let home = Household::read(tx, &actor, household, Right::Propose).await?;
        let current = decisions::find(tx, household, change.decision).await?.ok_or(Error::NotFound)?;
        if !can_be_overridden(&current) {
            return Err(Error::Conflict(Conflict::State));
        }
        let subject = Subject::new(SUBJECT, current.id);
        if !proposals::waiting_about(tx, &keys, household, &subject).await?.is_empty() {
            return Err(Error::Conflict(Conflict::Held));
        }
        let calendar = pack.working_calendar(&home.area).ok_or(Error::Invalid("area.unknown"))?;
        let new = new_proposal(&pack, &home, change.clone(), &why);
        proposals::propose(tx, &keys, &actor, &calendar, new).await
    })
    .await
}

/// Sends an override that came back to the supervisor again, by who prepared it. `Stale` when it moved meanwhile,
/// `Conflict(State)` when it was not sent back.
pub async fn rework(
    cw: &Casework,
    actor: &Actor,
    proposal: ProposalId,
    version: i64,
    change: Change,
    why: Why,
) -> Result<()> {
    let cw = &cw.acting(actor);
    let before = proposals::proposal(cw, actor, proposal).await?;
    let household = before.household_id;
    if before.kind != OVERRIDE || before.subject.id != change.decision.uuid() {
        return Err(Error::Invalid("proposal.kind"));
    }
    let (pack, decision) = decided_under(cw, actor, household, change.decision, Right::Propose).await?;
    check(&pack, &decision, &change)?;
    if why.words.trim().is_empty() || why.code.is_empty() {
        return Err(Error::Invalid("reason.missing"));
    }
    let mut view = cw.db.read().await?;
    let home = Household::read(&mut view, actor, household, Right::Propose).await?;
    drop(view);
    let calendar = pack.working_calendar(&home.area).ok_or(Error::Invalid("area.unknown"))?;
    let reworked = new_proposal(&pack, &home, change, &why);
    proposals::resubmit(cw, actor, calendar, proposal, version, reworked).await
}

/// Whether a decision is one that an officer may propose to decide otherwise.
pub fn can_be_overridden(decision: &Decision) -> bool {
    decision.state.governs() || decision.state == DecisionState::Drafted
}

fn new_proposal(pack: &Pack, home: &Household, change: Change, why: &Why) -> NewProposal<Change> {
    let review = &pack.about.law.override_review;
    NewProposal {
        household_id: home.household,
        kind: OVERRIDE.into(),
        subject: Subject::new(SUBJECT, change.decision),
        scope: home.scope(),
        payload: change,
        reason_code: why.code.clone(),
        reason: why.words.clone(),
        term: review.term,
        legal_basis: review.source.clone(),
    }
}

/// Whether the change is one, and whole.
pub(crate) fn check(pack: &Pack, decision: &Decision, change: &Change) -> Result<()> {
    let gives_money = pack.programme(&decision.programme).is_some_and(|def| def.amount.is_some());
    let is_award = matches!(change.outcome, Outcome::Award | Outcome::Partly);
    if change.outcome == Outcome::NeedsInformation {
        return Err(Error::Invalid("override.outcome"));
    }
    if gives_money && is_award && change.amount_minor.is_none_or(|minor| minor <= 0) {
        return Err(Error::Invalid("override.amount"));
    }
    if gives_money && is_award && !matches!(change.period.as_deref(), Some("month" | "year" | "once")) {
        return Err(Error::Invalid("override.period"));
    }
    let same_amount = !is_award || !gives_money || change.amount_minor == decision.amount_minor;
    if decision.outcome == change.outcome && same_amount {
        return Err(Error::Invalid("override.same"));
    }
    Ok(())
}

/// Something running would be taken away: the decision waits for a second person. For [`Issue`], in its unit of work.
pub(crate) async fn propose_cut(
    tx: &mut Tx,
    issue: &Issue<'_>,
    decision: &Decision,
    enrolment: Option<EnrolmentId>,
) -> Result<()> {
    let Desk { actor, home, pack, calendar, .. } = issue.desk;
    let review = &pack.about.law.override_review;
    let new = NewProposal {
        household_id: home.household,
        kind: CUT.into(),
        subject: Subject::new(SUBJECT, decision.id),
        scope: home.scope(),
        payload: Cut { decision: decision.id, enrolment },
        reason_code: "rules".into(),
        reason: format!("{} {}", decision.programme, decision.outcome),
        term: review.term,
        legal_basis: review.source.clone(),
    };
    proposals::propose(tx, &issue.cw.keys, actor, calendar, new).await.map(drop)
}

/// The second person agrees: the change is made. `Conflict(SamePerson)` for who proposed it and for who decided the
/// assessment; `Conflict(State)` when the decision has moved on meanwhile.
pub async fn approve(
    cw: &Casework,
    actor: &Actor,
    proposal: ProposalId,
    version: i64,
    note: String,
) -> Result<DecisionId> {
    let cw = &cw.acting(actor);
    let waiting = proposals::proposal(cw, actor, proposal).await?;
    let household = waiting.household_id;
    let (pack, _) = decided_under(cw, actor, household, waiting.subject.id.into(), Right::Approve).await?;
    budgets::follow::lines(cw).await?;
    let (keys, actor, today) = (cw.keys.clone(), actor.clone(), cw.today());
    cw.write(async move |tx| {
        let home = Household::read(tx, &actor, household, Right::Approve).await?;
        let by = actor.hand(Right::Approve, &home.scope())?;
        let calendar = pack.working_calendar(&home.area).ok_or(Error::Invalid("area.unknown"))?;
        let desk = Desk { actor: &actor, by, home: &home, pack: &pack, calendar: &calendar, today };
        let approved = proposals::approve(tx, &keys, &actor, proposal, version, &note).await?;
        let old = decisions::find(tx, household, approved.subject.id.into()).await?.ok_or(Error::NotFound)?;
        second_person(tx, &actor, &old).await?;
        match approved.kind.as_str() {
            OVERRIDE => {
                let agreed = Agreed {
                    change: approved.payload()?,
                    reason_code: &approved.reason_code,
                    reason: &approved.reason,
                    proposal: approved.id.uuid(),
                    prepared_by: approved.prepared_by.uuid(),
                    from: None,
                };
                make(tx, &desk, &agreed, &old).await
            }
            CUT => give_notice(tx, &desk, &old).await,
            signatures::SIGN => signatures::issue(tx, &desk, &approved, &old).await,
            _ => Err(Error::Invalid("proposal.kind")),
        }
    })
    .await
}

/// The second person says no, and why. A cut is dropped with it: what runs goes on. `Conflict(SamePerson)` as in
/// [`approve`]: who decided the assessment does not turn down what is said against it either.
pub async fn refuse(
    cw: &Casework,
    actor: &Actor,
    proposal: ProposalId,
    version: i64,
    note: String,
) -> Result<()> {
    let cw = &cw.acting(actor);
    let (keys, actor) = (cw.keys.clone(), actor.clone());
    cw.write(async move |tx| {
        let refused = proposals::refuse_in(tx, &keys, &actor, proposal, version, &note).await?;
        let id = refused.subject.id.into();
        let waiting = decisions::find(tx, refused.household_id, id).await?.ok_or(Error::NotFound)?;
        second_person(tx, &actor, &waiting).await?;
        if refused.kind != CUT {
            return Ok(());
        }
        let dropped = step(waiting.state, E::Drop, By::System, &[Guard::ReasonGiven])?;
        set_state(tx, &waiting, dropped).await
    })
    .await
}

/// The pack of the assessment a decision rests on, and the decision, for who has this right in the household's office.
pub(crate) async fn decided_under(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    decision: DecisionId,
    right: Right,
) -> Result<(std::sync::Arc<Pack>, Decision)> {
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    Household::read(&mut view, actor, household, right).await?;
    let decision = decisions::find(&mut view, household, decision).await?.ok_or(Error::NotFound)?;
    let of = assessments::find(&mut view, household, decision.assessment).await?.ok_or(Error::NotFound)?;
    Ok((packs::by_hash(cw, &of.pack_hash).await?, decision))
}

/// Refuses who took part: who decided this, and who decided the assessment that it rests on.
pub(crate) async fn second_person(tx: &mut Tx, actor: &Actor, decision: &Decision) -> Result<()> {
    let of = assessments::find(tx, decision.household, decision.assessment).await?.ok_or(Error::NotFound)?;
    let me = actor.staff_id.uuid();
    if decision.decided_by == me || of.submitted_by == Some(me) {
        return Err(Error::Conflict(Conflict::SamePerson));
    }
    Ok(())
}

/// A change that two people agreed to.
pub(crate) struct Agreed<'a> {
    pub change: Change,
    /// Why, as a code and in words.
    pub reason_code: &'a str,
    pub reason: &'a str,
    /// The proposal, or the appeal it was decided on.
    pub proposal: Uuid,
    /// The first of the two; the second is the one at the desk.
    pub prepared_by: Uuid,
    /// From which day it holds, where that was before today.
    pub from: Option<Date>,
}

/// Makes the decision that was agreed to, in the place of the old one.
pub(crate) async fn make(
    tx: &mut Tx,
    desk: &Desk<'_>,
    agreed: &Agreed<'_>,
    old: &Decision,
) -> Result<DecisionId> {
    let change = &agreed.change;
    let before = Before::read(tx, desk.home).await?;
    let is_newest = before.number(&old.programme, old.person) == old.number + 1;
    if !is_newest || !(old.state.governs() || old.state == DecisionState::Drafted) {
        return Err(Error::Conflict(Conflict::State));
    }
    let asked = step(DecisionState::FIRST, E::AskApproval, By::System, &[])?;
    let approved = step(asked, E::Approve, desk.by, &[Guard::DifferentPerson])?;
    let running = before
        .enrolments
        .iter()
        .find(|one| one.programme == old.programme && one.person == old.person && one.is_running());
    let is_award = matches!(change.outcome, Outcome::Award | Outcome::Partly);
    let takes_away = running.is_some_and(|running| {
        !is_award || change.amount_minor.unwrap_or(0) < running.amount_minor.unwrap_or(0)
    });
    let state = if takes_away {
        step(approved, E::Propose, By::System, &[])?
    } else {
        let guards = [Guard::SecondPersonOrExempt, Guard::HeardOrNothingTaken];
        let issued = step(approved, E::Issue, By::System, &guards)?;
        step(issued, E::TakeEffect, By::System, &[])?
    };
    let overridden = Overridden {
        before: old.outcome,
        reason_code: agreed.reason_code.to_owned(),
        reason: agreed.reason.to_owned(),
        proposal: agreed.proposal,
        from: agreed.from,
    };
    let decision = Decision {
        id: tx.new_id(),
        number: old.number + 1,
        state,
        outcome: change.outcome,
        amount_minor: change.amount_minor.filter(|_| is_award),
        period: change.period.clone().filter(|_| is_award),
        supersedes: Some(old.id),
        appeal_until: state.governs().then(|| desk.appeal_until()),
        decided_at: tx.now(),
        decided_by: agreed.prepared_by,
        approved_by: Some(desk.actor.staff_id.uuid()),
        body: Body { rules: old.body.rules.clone(), overridden: Some(overridden), because: None, kept: None },
        ..old.clone()
    };
    insert(tx, &decision).await?;
    if takes_away {
        start_hearing(tx, desk, &decision).await?;
    } else {
        if old.state.governs() {
            replace(tx, old).await?;
        } else {
            let dropped = step(old.state, E::Drop, By::System, &[Guard::ReasonGiven])?;
            set_state(tx, old, dropped).await?;
            let subject = Subject::new(SUBJECT, old.id);
            crate::tasks::complete_about(tx, desk.actor, old.household, &subject).await?;
        }
        let def = desk.pack.programme(&old.programme).ok_or(Error::NotFound)?;
        desk.follow(tx, &before, def, &decision, &Asked::default()).await?;
    }
    reissue(tx, desk, &decision).await?;
    let event = Event::new("decision.overridden")
        .id("decision", decision.id)
        .id("before", old.id)
        .id("proposal", agreed.proposal)
        .code("outcome", decision.outcome.code())
        .code("reason", agreed.reason_code);
    journal::append(tx, desk.actor, old.household, event).await?;
    Ok(decision.id)
}

/// The household gets a new letter, and is told of it: until when it can be heard, while it can be.
pub(crate) async fn reissue(tx: &mut Tx, desk: &Desk<'_>, about: &Decision) -> Result<()> {
    let subject = Subject::new(SUBJECT, about.id);
    let clocks = clocks::of_household(tx, about.household).await?;
    let heard = clocks
        .iter()
        .find(|clock| clock.kind == "hearing" && clock.subject == subject && clock.ended_at.is_none());
    match heard {
        Some(clock) => {
            let until = tx.here(clock.due_at).date();
            reissue_telling(tx, desk, about, Kind::Proposed, Some(until)).await
        }
        None => reissue_telling(tx, desk, about, Kind::Decision, None).await,
    }
}

/// The household gets a new letter, and a message of this kind with the day that it names.
pub(crate) async fn reissue_telling(
    tx: &mut Tx,
    desk: &Desk<'_>,
    about: &Decision,
    kind: Kind,
    on: Option<Date>,
) -> Result<()> {
    let of = assessments::find(tx, about.household, about.assessment).await?.ok_or(Error::NotFound)?;
    let (decided, receipt) = letters::again(tx, &of, desk.pack).await?;
    // What is missing for another programme is still due on its day.
    let clocks = clocks::of_household(tx, about.household).await?;
    let asked = clocks.iter().find(|clock| clock.kind == "info_request" && clock.ended_at.is_none());
    let writing = Writing {
        desk: *desk,
        assessment: of.id,
        decided: &decided,
        receipt: &receipt,
        appeal_until: desk.appeal_until(),
        bring_by: asked.map(|clock| clock.due_at.date()),
    };
    writing.issue(tx, kind, on).await.map(drop)
}

#[cfg(test)]
mod tests;
