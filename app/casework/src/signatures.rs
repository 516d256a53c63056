//! The second signature under decisions that the rules make by themselves: above a limit, and a sample of the rest
//! (`domain::signature`). Such a decision waits as a proposal before anything follows from it; what it would draw of a budget is
//! kept for it meanwhile, so that nobody loses a place by being drawn.
//!
//! Whether one is drawn is a keyed hash of its id and number, made in the unit of work that makes the decision: who prepares it
//! cannot foretell it, and it can be done again for an audit ([`is_drawn`]). That nobody signs what they prepared is refused by
//! [`crate::overrides`], and by constraints of the tables `proposal` and `decision`.

use domain::definitions::ProgrammeDef;
use domain::ids::{DecisionId, EnrolmentId, ProposalId};
use domain::lifecycle::decision::{DecisionEvent as E, DecisionState, Outcome};
use domain::lifecycle::enrolment::EnrolmentState;
use domain::lifecycle::{By, Guard};
use domain::proposal::ProposalState;
use domain::signature::{Rules, Why};
use serde::{Deserialize, Serialize};

use crate::assessments::Household;
use crate::budgets::{Draw, Drawn, holding};
use crate::db::Tx;
use crate::decisions::follow::{Asked, Before, Desk, award};
use crate::decisions::issue::{Issue, SUBJECT, replace};
use crate::decisions::{Decision, set_state};
use crate::error::{Conflict, Error, Result};
use crate::journal::{self, Event};
use crate::overrides::{decided_under, reissue, second_person};
use crate::proposals::{self, NewProposal, Proposal};
use crate::step::step;
use crate::subject::Subject;
use crate::{Actor, Casework, Keys, args};

/// The kind of proposal by which a decision of the rules is signed.
pub const SIGN: &str = "second_signature";
/// What keyed hashes of the sample are kept apart by.
const SAMPLE: &str = "second_signature.sample";

/// What waits: the payload of its proposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sign {
    pub decision: DecisionId,
    /// Orders the programme's list: lower goes first.
    pub key: i64,
}

/// Whether a decision is drawn at this rate: the same every time, and to be foretold by nobody who has not the keys.
pub fn is_drawn(keys: &Keys, rules: &Rules, decision: DecisionId, number: i64) -> bool {
    rules.is_drawn(keys.blind(SAMPLE, &format!("{decision}.{number}")))
}

/// Why a decision that the rules came to is signed first, if it is.
pub(crate) fn why(keys: &Keys, rules: &Rules, decision: &Decision) -> Option<Why> {
    let gives = matches!(decision.outcome, Outcome::Award | Outcome::Partly);
    if gives && rules.is_above(&decision.programme, decision.amount_minor) {
        return Some(Why::Amount);
    }
    let is_said = decision.outcome != Outcome::NeedsInformation;
    (is_said && is_drawn(keys, rules, decision.id, decision.number)).then_some(Why::Sample)
}

/// What an enrolment of the decision would hold is held by the decision, until it is signed or dropped.
fn placeholder(decision: &Decision) -> EnrolmentId {
    EnrolmentId::new(decision.id.uuid())
}

/// Keeps for a decision that waits what was drawn for it.
pub(crate) async fn keep_draw(
    tx: &mut Tx,
    desk: &Desk<'_>,
    def: &ProgrammeDef,
    decision: &Decision,
    drawn: Drawn,
) -> Result<()> {
    let ends_on = award(desk.home, def, decision, desk.today, None).ends_on;
    let months = holding::months(desk.today, ends_on);
    holding::hold(tx, decision.household, placeholder(decision), drawn, months).await
}

/// Takes back what was kept, for the enrolment that follows.
async fn take_draw(tx: &mut Tx, decision: &Decision) -> Result<Option<Draw>> {
    let held = holding::of(tx, decision.household, placeholder(decision)).await?;
    tx.run(
        "DELETE FROM commitment WHERE household_id = $1 AND enrolment_id = $2",
        args![decision.household, placeholder(decision)],
    )
    .await?;
    let held = held.into_iter().find(|held| held.places > 0);
    Ok(held.map(|held| Draw::Taken(Drawn { budget: held.budget_id, money: held.open_money })))
}

/// A decision that waited is dropped: what was kept for it is free again.
pub(crate) async fn give_back(tx: &mut Tx, decision: &Decision) -> Result<()> {
    holding::release(tx, decision.household, placeholder(decision), EnrolmentState::Waiting).await
}

/// The decision waits for a second person. For [`Issue`], in its unit of work.
pub(crate) async fn ask(
    tx: &mut Tx,
    issue: &Issue<'_>,
    decision: &Decision,
    key: i64,
    why: Why,
) -> Result<()> {
    let Desk { actor, home, pack, calendar, .. } = issue.desk;
    let review = &pack.about.law.override_review;
    let new = NewProposal {
        household_id: home.household,
        kind: SIGN.into(),
        subject: Subject::new(SUBJECT, decision.id),
        scope: home.scope(),
        payload: Sign { decision: decision.id, key },
        reason_code: why.code().into(),
        reason: format!("{} {}", decision.programme, decision.outcome),
        term: review.term,
        legal_basis: review.source.clone(),
    };
    let id = proposals::propose(tx, &issue.cw.keys, actor, calendar, new).await?;
    if why == Why::Sample {
        tx.run_one(
            "UPDATE proposal SET drawn_at = $1 WHERE household_id = $2 AND id = $3",
            args![tx.now(), home.household, id],
        )
        .await?;
    }
    Ok(())
}

/// The second person signed: the decision is issued, and what follows from it follows. In the unit of work of the approval.
pub(crate) async fn issue(
    tx: &mut Tx,
    desk: &Desk<'_>,
    signed: &Proposal,
    old: &Decision,
) -> Result<DecisionId> {
    let sign: Sign = signed.payload()?;
    let approved = step(old.state, E::Approve, desk.by, &[Guard::DifferentPerson])?;
    let guards = [Guard::SecondPersonOrExempt, Guard::HeardOrNothingTaken];
    let issued = step(approved, E::Issue, By::System, &guards)?;
    let state = step(issued, E::TakeEffect, By::System, &[])?;
    let until = desk.appeal_until();
    tx.run_one(
        "UPDATE decision SET state = $1, approved_by = $2, appeal_until = $3
         WHERE household_id = $4 AND decision_id = $5 AND state = $6",
        args![state.code(), desk.actor.staff_id, until, old.household, old.id, old.state.code()],
    )
    .await?;
    let mut decision = old.clone();
    decision.state = state;
    decision.approved_by = Some(desk.actor.staff_id.uuid());
    decision.appeal_until = Some(until);
    let draw = take_draw(tx, &decision).await?;
    let before = Before::read(tx, desk.home).await?;
    let governing = |one: &&Decision| Some(one.id) == decision.supersedes && one.state.governs();
    if let Some(governs) = before.decisions.iter().find(governing) {
        replace(tx, governs).await?;
    }
    let def = desk.pack.programme(&decision.programme).ok_or(Error::NotFound)?;
    desk.follow(tx, &before, def, &decision, &Asked { key: sign.key, draw }).await?;
    reissue(tx, desk, &decision).await?;
    let event = Event::new("decision.signed")
        .id("decision", decision.id)
        .id("proposal", signed.id)
        .code("programme", &decision.programme)
        .code("why", &signed.reason_code);
    journal::append(tx, desk.actor, decision.household, event).await?;
    Ok(decision.id)
}

/// The second person sent it back: the decision is with who prepared it. In the unit of work of the answer.
pub(crate) async fn return_decision(tx: &mut Tx, actor: &Actor, by: By, returned: &Proposal) -> Result<()> {
    let id = returned.subject.id.into();
    let decision = crate::decisions::find(tx, returned.household_id, id).await?.ok_or(Error::NotFound)?;
    second_person(tx, actor, &decision).await?;
    let guards = [Guard::DifferentPerson, Guard::ReasonGiven];
    let state = step(decision.state, E::Return, by, &guards)?;
    set_state(tx, &decision, state).await
}

/// Who prepared a decision that came back explains it and sends it again; whoever finds the answers wrong assesses anew instead.
/// `Conflict(State)` when it did not come back, `Forbidden` for anybody else, `Invalid("reason.missing")` without words.
pub async fn explain(
    cw: &Casework,
    actor: &Actor,
    proposal: ProposalId,
    version: i64,
    words: String,
) -> Result<()> {
    let cw = &cw.acting(actor);
    if words.trim().is_empty() {
        return Err(Error::Invalid("reason.missing"));
    }
    let before = proposals::proposal(cw, actor, proposal).await?;
    if before.kind != SIGN || before.state != ProposalState::Returned {
        return Err(Error::Conflict(Conflict::State));
    }
    let household = before.household_id;
    let right = domain::role::Right::Propose;
    let (pack, _) = decided_under(cw, actor, household, before.subject.id.into(), right).await?;
    let (keys, actor) = (cw.keys.clone(), actor.clone());
    cw.write(async move |tx| {
        let home = Household::read(tx, &actor, household, right).await?;
        let by = actor.hand(right, &home.scope())?;
        let calendar = pack.working_calendar(&home.area).ok_or(Error::Invalid("area.unknown"))?;
        let review = &pack.about.law.override_review;
        let reworked = NewProposal {
            household_id: household,
            kind: SIGN.into(),
            subject: before.subject.clone(),
            scope: home.scope(),
            payload: before.payload::<Sign>()?,
            reason_code: before.reason_code.clone(),
            reason: words.trim().to_owned(),
            term: review.term,
            legal_basis: review.source.clone(),
        };
        proposals::resubmit_in(tx, &keys, &actor, &calendar, (proposal, version), &reworked).await?;
        let decision = crate::decisions::find(tx, household, before.subject.id.into())
            .await?
            .filter(|decision| decision.state == DecisionState::Returned)
            .ok_or(Error::Conflict(Conflict::State))?;
        let drafted = step(decision.state, E::Redraft, by, &[])?;
        let asked = step(drafted, E::AskApproval, By::System, &[])?;
        set_state(tx, &decision, asked).await
    })
    .await
}

#[cfg(test)]
mod tests;
