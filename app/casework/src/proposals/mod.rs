//! Proposals: a change that waits for a second person.
//!
//! Who prepares it says what is to change (`payload`, sealed, of any shape that serialises) and why; it opens a task for who
//! may approve in that scope, and a clock that escalates when nobody looks. The change itself is made by the noun it belongs
//! to, in the same unit of work as the approval:
//!
//! ```ignore
//! cw.write(async move |tx| {
//!     let proposal = proposals::approve(tx, &keys, &actor, id, version, &note).await?;
//!     let change: MyChange = proposal.payload()?;
//!     … // make it
//! }).await
//! ```
//!
//! That nobody decides what they prepared is refused here and, whatever happens here, by a constraint of the table.

mod lists;
mod shape;

use domain::calendar::WorkingCalendar;
use domain::ids::{HouseholdId, ProposalId};
use domain::lifecycle::{By, Guard, Lifecycle, advance};
use domain::proposal::{ProposalEvent, ProposalState};
use domain::role::Right;
use domain::signature::ReturnReason;
use domain::task::Priority;
use serde::Serialize;
use time::OffsetDateTime;
use zeroize::Zeroizing;

use crate::clocks::{self, AtBreach, NewClock};
use crate::db::Tx;
use crate::error::{Conflict, Error, Result};
use crate::journal::{self, Event};
use crate::subject::{Subject, chain};
use crate::tasks::{self, NewTask};
use crate::{Actor, Casework, Keys, args};

pub use lists::{mine, waiting};
pub use shape::{NewProposal, Proposal};
use shape::{ProposalRow, opened, place, proposal_query};

/// The noun of a proposal, as subject of its task and its clock.
pub const SUBJECT: &str = "proposal";

/// Kinds that the rules prepare, by the hand of whoever handed the assessment in. They are never taken back: one person alone
/// would have decided.
const BY_RULES: &[&str] = &[crate::overrides::CUT, crate::signatures::SIGN];

/// Prepares a change: the proposal, a task in the approvers' queue and a clock.
pub async fn propose<P: Serialize>(
    tx: &mut Tx,
    keys: &Keys,
    actor: &Actor,
    calendar: &WorkingCalendar,
    new: NewProposal<P>,
) -> Result<ProposalId> {
    actor.require(Right::Propose, &new.scope)?;
    prepare(tx, keys, actor, calendar, new).await
}

/// [`propose`] for a use case that has asked itself whether the actor may: what another office's supervisor must decide.
pub(crate) async fn prepare<P: Serialize>(
    tx: &mut Tx,
    keys: &Keys,
    actor: &Actor,
    calendar: &WorkingCalendar,
    new: NewProposal<P>,
) -> Result<ProposalId> {
    // The system prepares what the law makes due; a second person decides on it all the same.
    let me = if actor.is_machine() { actor.staff_id } else { actor.account().ok_or(Error::Forbidden)? };
    if new.reason.trim().is_empty() || new.reason_code.is_empty() {
        return Err(Error::Invalid("reason.missing"));
    }
    let id: ProposalId = tx.new_id();
    let plain = Zeroizing::new(serde_json::to_vec(&new.payload).map_err(Error::internal)?);
    let sealed = keys.seal(&place(id), &plain)?;
    let due_at = wait_for_second(tx, actor, calendar, id, &new).await?;
    tx.run(
        "INSERT INTO proposal (household_id, id, kind, subject_kind, subject_id, scope_kind, scope_code, payload,
                               reason_code, reason, state, prepared_by, prepared_at, due_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        args![
            new.household_id,
            id,
            &new.kind,
            &new.subject.kind,
            new.subject.id,
            new.scope.kind(),
            new.scope.code().unwrap_or_default(),
            sealed,
            &new.reason_code,
            &new.reason,
            ProposalState::FIRST.code(),
            me,
            tx.now(),
            due_at,
        ],
    )
    .await?;
    let event = Event::new("proposal.prepared")
        .id("proposal", id)
        .code("kind", &new.kind)
        .code("reason", &new.reason_code)
        .id("subject_id", new.subject.id);
    journal::append(tx, actor, chain(new.household_id.uuid()), event).await?;
    Ok(id)
}

/// The second person agrees. The caller makes the change in the same unit of work.
pub async fn approve(
    tx: &mut Tx,
    keys: &Keys,
    actor: &Actor,
    id: ProposalId,
    version: i64,
    note: &str,
) -> Result<Proposal> {
    decide(tx, keys, actor, id, version, ProposalEvent::Approve, note).await
}

/// The second person says no, and why.
pub async fn refuse(cw: &Casework, actor: &Actor, id: ProposalId, version: i64, note: String) -> Result<()> {
    let cw = &cw.acting(actor);
    let (keys, actor) = (cw.keys.clone(), actor.clone());
    cw.write(async move |tx| refuse_in(tx, &keys, &actor, id, version, &note).await.map(drop)).await
}

/// [`refuse`] inside a unit of work, for a noun that gives something up with it.
pub async fn refuse_in(
    tx: &mut Tx,
    keys: &Keys,
    actor: &Actor,
    id: ProposalId,
    version: i64,
    note: &str,
) -> Result<Proposal> {
    decide(tx, keys, actor, id, version, ProposalEvent::Refuse, note).await
}

/// The second person wants it reworked, and says why, as a code and in words: a task for who prepared it. `Conflict(State)` for a
/// cut, which is agreed to or not: were it sent back, one person alone would have decided that it runs on.
pub async fn send_back(
    cw: &Casework,
    actor: &Actor,
    id: ProposalId,
    version: i64,
    code: ReturnReason,
    note: String,
) -> Result<()> {
    let cw = &cw.acting(actor);
    let (keys, actor) = (cw.keys.clone(), actor.clone());
    cw.write(async move |tx| {
        let proposal = decide(tx, &keys, &actor, id, version, ProposalEvent::Return, &note).await?;
        // A change on appeal is agreed to or goes to the tribunal: it does not lie on two desks in turn.
        // So does a plan that the person has signed: it is a draft again, or it is followed.
        let not_on_two = [crate::overrides::CUT, crate::appeals::REVISION, crate::employment::plan::APPROVAL];
        if not_on_two.contains(&proposal.kind.as_str()) {
            return Err(Error::Conflict(Conflict::State));
        }
        tx.run_one(
            "UPDATE proposal SET returned_at = $1, returned_by = $2, return_code = $3
             WHERE household_id = $4 AND id = $5",
            args![tx.now(), actor.account(), code.code(), proposal.household_id, id],
        )
        .await?;
        if proposal.kind == crate::signatures::SIGN {
            let by = actor.hand(Right::Approve, &proposal.scope)?;
            crate::signatures::return_decision(tx, &actor, by, &proposal).await?;
        }
        let task = NewTask {
            household_id: proposal.household_id,
            kind: "rework".into(),
            subject: Subject::new(SUBJECT, id),
            scope: proposal.scope,
            needs: Right::Propose,
            priority: Priority::High,
            due_at: proposal.due_at.max(tx.now()),
            instructions: note.clone(),
        };
        tasks::open_for(tx, &actor, task, proposal.prepared_by).await.map(drop)
    })
    .await
}

/// Who prepared it sends it again, reworked and explained.
pub async fn resubmit<P: Serialize + Clone + Send + Sync + 'static>(
    cw: &Casework,
    actor: &Actor,
    calendar: WorkingCalendar,
    id: ProposalId,
    version: i64,
    reworked: NewProposal<P>,
) -> Result<()> {
    let cw = &cw.acting(actor);
    let (keys, actor) = (cw.keys.clone(), actor.clone());
    cw.write(async move |tx| resubmit_in(tx, &keys, &actor, &calendar, (id, version), &reworked).await).await
}

/// [`resubmit`] inside a unit of work, for a noun that moves with it.
pub(crate) async fn resubmit_in<P: Serialize>(
    tx: &mut Tx,
    keys: &Keys,
    actor: &Actor,
    calendar: &WorkingCalendar,
    (id, version): (ProposalId, i64),
    reworked: &NewProposal<P>,
) -> Result<()> {
    let proposal = own(tx, keys, actor, id, version).await?;
    let by = actor.hand(Right::Propose, &proposal.scope)?;
    let guards: &[Guard] = if reworked.reason.trim().is_empty() { &[] } else { &[Guard::ReasonGiven] };
    let to = advance(proposal.state, ProposalEvent::Resubmit, by, guards)?.to;
    let subject = Subject::new(SUBJECT, id);
    tasks::complete_about(tx, actor, proposal.household_id, &subject).await?;
    let due_at = wait_for_second(tx, actor, calendar, id, reworked).await?;
    let plain = Zeroizing::new(serde_json::to_vec(&reworked.payload).map_err(Error::internal)?);
    tx.run_one(
        "UPDATE proposal SET payload = $1, reason_code = $2, reason = $3, state = $4, due_at = $5,
                decided_by = NULL, decided_at = NULL, version = version + 1
         WHERE household_id = $6 AND id = $7 AND version = $8",
        args![
            keys.seal(&place(id), &plain)?,
            &reworked.reason_code,
            &reworked.reason,
            to.code(),
            due_at,
            proposal.household_id,
            id,
            version
        ],
    )
    .await?;
    tell(tx, actor, &proposal, ProposalEvent::Resubmit, to).await
}

/// Who prepared it takes it back. `Conflict(State)` for what the rules prepared.
pub async fn withdraw(cw: &Casework, actor: &Actor, id: ProposalId, version: i64) -> Result<()> {
    let cw = &cw.acting(actor);
    let (keys, actor) = (cw.keys.clone(), actor.clone());
    cw.write(async move |tx| {
        let proposal = own(tx, &keys, &actor, id, version).await?;
        // A signed plan goes back to its draft, or ends, on its own page.
        if proposal.is_by_rules() || proposal.kind == crate::employment::plan::APPROVAL {
            return Err(Error::Conflict(Conflict::State));
        }
        let by = actor.hand(Right::Propose, &proposal.scope)?;
        close(tx, &actor, &proposal, by, ProposalEvent::Withdraw, "withdrawn").await
    })
    .await
}

/// The waiting proposals about a subject lapse, because it moved on; how many.
pub async fn lapse(
    tx: &mut Tx,
    keys: &Keys,
    actor: &Actor,
    household: HouseholdId,
    subject: &Subject,
) -> Result<usize> {
    let waiting = waiting_about(tx, keys, household, subject).await?;
    for proposal in &waiting {
        close(tx, actor, proposal, By::System, ProposalEvent::Lapse, "lapsed").await?;
    }
    Ok(waiting.len())
}

/// The proposals about a subject that are not decided yet.
pub async fn waiting_about(
    tx: &mut Tx,
    keys: &Keys,
    household: HouseholdId,
    subject: &Subject,
) -> Result<Vec<Proposal>> {
    let rows: Vec<ProposalRow> = tx
        .all(
            proposal_query!(
                "WHERE proposal.household_id = $1 AND proposal.subject_kind = $2 AND proposal.subject_id = $3
                 AND proposal.state IN ('waiting', 'returned') ORDER BY proposal.id"
            ),
            args![household, &subject.kind, subject.id],
        )
        .await?;
    rows.into_iter().map(|row| opened(keys, row)).collect()
}

/// One proposal, for its page. `NotFound` when there is none, or the actor neither prepared it nor may approve it.
pub async fn proposal(cw: &Casework, actor: &Actor, id: ProposalId) -> Result<Proposal> {
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    let proposal = find(&mut view, &cw.keys, id).await?;
    if proposal.is_shown_to(actor) { Ok(proposal) } else { Err(Error::NotFound) }
}

impl Proposal {
    /// Whether its page is this person's to read: who prepared it, or may approve it.
    pub fn is_shown_to(&self, actor: &Actor) -> bool {
        actor.account() == Some(self.prepared_by) || actor.may_in(Right::Approve, &self.scope)
    }
}

/// All proposals of a household, the newest first, for its file. The use case that shows the file checks who may.
pub async fn of_household(tx: &mut Tx, keys: &Keys, household: HouseholdId) -> Result<Vec<Proposal>> {
    let rows: Vec<ProposalRow> = tx
        .all(
            proposal_query!("WHERE proposal.household_id = $1 ORDER BY proposal.id DESC LIMIT 200"),
            args![household],
        )
        .await?;
    rows.into_iter().map(|row| opened(keys, row)).collect()
}

impl Proposal {
    /// Whether the rules prepared it: it is never taken back.
    pub fn is_by_rules(&self) -> bool {
        BY_RULES.contains(&self.kind.as_str())
    }
}

async fn decide(
    tx: &mut Tx,
    keys: &Keys,
    actor: &Actor,
    id: ProposalId,
    version: i64,
    event: ProposalEvent,
    note: &str,
) -> Result<Proposal> {
    let proposal = find(tx, keys, id).await?;
    let by = actor.hand(Right::Approve, &proposal.scope)?;
    let me = actor.account().ok_or(Error::Forbidden)?;
    if proposal.version != version {
        return Err(Error::Stale);
    }
    let mut held = Vec::new();
    if me != proposal.prepared_by {
        held.push(Guard::DifferentPerson);
    }
    if !note.trim().is_empty() {
        held.push(Guard::ReasonGiven);
    }
    // A decision of the rules is signed or comes back: another decision needs another assessment, or an override.
    if event == ProposalEvent::Refuse && proposal.kind == crate::signatures::SIGN {
        return Err(Error::Conflict(Conflict::State));
    }
    let to = advance(proposal.state, event, by, &held)?.to;
    tx.run_one(
        "UPDATE proposal SET state = $1, decided_by = $2, decided_at = $3, decision_note = $4, version = version + 1
         WHERE household_id = $5 AND id = $6 AND version = $7",
        args![to.code(), me, tx.now(), note, proposal.household_id, id, version],
    )
    .await?;
    let subject = Subject::new(SUBJECT, id);
    tasks::complete_about(tx, actor, proposal.household_id, &subject).await?;
    clocks::meet(tx, actor, proposal.household_id, &subject).await?;
    tell(tx, actor, &proposal, event, to).await?;
    find(tx, keys, id).await
}

/// Ends a proposal without a second person.
async fn close(
    tx: &mut Tx,
    actor: &Actor,
    proposal: &Proposal,
    by: By,
    event: ProposalEvent,
    reason: &str,
) -> Result<()> {
    let to = advance(proposal.state, event, by, &[])?.to;
    tx.run_one(
        "UPDATE proposal SET state = $1, version = version + 1 WHERE household_id = $2 AND id = $3 AND version = $4",
        args![to.code(), proposal.household_id, proposal.id, proposal.version],
    )
    .await?;
    let subject = Subject::new(SUBJECT, proposal.id);
    tasks::cancel_about(tx, actor, proposal.household_id, &subject, reason).await?;
    clocks::cancel(tx, actor, proposal.household_id, &subject, reason).await?;
    tell(tx, actor, proposal, event, to).await
}

/// The task in the approvers' queue and the clock; by when somebody must look.
async fn wait_for_second<P>(
    tx: &mut Tx,
    actor: &Actor,
    calendar: &WorkingCalendar,
    id: ProposalId,
    new: &NewProposal<P>,
) -> Result<OffsetDateTime> {
    let subject = Subject::new(SUBJECT, id);
    let clock = NewClock {
        household_id: new.household_id,
        kind: "approve".into(),
        subject: subject.clone(),
        scope: new.scope.clone(),
        term: new.term,
        legal_basis: new.legal_basis.clone(),
        at_breach: AtBreach::Escalate,
        started_at: tx.now(),
    };
    let (_, due_at) = clocks::start(tx, actor, calendar, clock).await?;
    let task = NewTask {
        household_id: new.household_id,
        kind: "approve".into(),
        subject,
        scope: new.scope.clone(),
        needs: Right::Approve,
        priority: Priority::High,
        due_at,
        instructions: String::new(),
    };
    tasks::open(tx, actor, task).await?;
    Ok(due_at)
}

async fn own(tx: &mut Tx, keys: &Keys, actor: &Actor, id: ProposalId, version: i64) -> Result<Proposal> {
    let proposal = find(tx, keys, id).await?;
    if actor.account() != Some(proposal.prepared_by) {
        return Err(Error::Forbidden);
    }
    if proposal.version == version { Ok(proposal) } else { Err(Error::Stale) }
}

async fn find(tx: &mut Tx, keys: &Keys, id: ProposalId) -> Result<Proposal> {
    let row: Option<ProposalRow> = tx.one(proposal_query!("WHERE proposal.id = $1"), args![id]).await?;
    opened(keys, row.ok_or(Error::NotFound)?)
}

async fn tell(
    tx: &mut Tx,
    actor: &Actor,
    proposal: &Proposal,
    event: ProposalEvent,
    to: ProposalState,
) -> Result<()> {
    let told = Event::new("proposal.stepped")
        .id("proposal", proposal.id)
        .code("kind", &proposal.kind)
        .code("event", event.code())
        .code("state", to.code());
    journal::append(tx, actor, chain(proposal.household_id.uuid()), told).await
}

#[cfg(test)]
mod tests;
