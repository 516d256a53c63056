//! Two people: who prepares a change submits it, somebody who edited nothing of it approves it or sends it back.

use domain::fault::Fault;
use domain::ids::{ChangeId, StaffId};
use domain::lifecycle::{Guard, advance};
use domain::policy::gates::{Gate, GateName};
use domain::policy::{ChangeEvent, ChangeState};
use domain::role::{Right, Scope};
use time::Date;
use uuid::Uuid;

use super::bundle::{look, unchanged};
use super::changes::{Change, find, given, keeper, parts};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::journal::{self, Event, REGISTRY};
use crate::{Actor, Casework, args};

/// What came of submitting or approving.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It is done.
    Done,
    /// Something is wrong with the documents: where and what.
    Refused(Vec<Fault>),
    /// Gates do not let it through: these.
    Shut(Vec<Gate>),
    /// Approved changes that wait for their day hold documents of this one: two versions would hold at once.
    Held(Vec<Holder>),
}

/// An approved change that holds a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The document.
    pub name: String,
    /// The change that waits with it.
    pub change: ChangeId,
    /// What that change is called.
    pub title: String,
    /// Its day.
    pub live_on: Date,
}

/// Hands a change to the second person. Every gate must let it through but the simulation. `Invalid("change.empty")` without
/// documents, `Invalid("live_on.past")` when its day is over, `Stale` when it moved or other versions came into force.
pub async fn submit(cw: &Casework, actor: &Actor, id: ChangeId, version: i64) -> Result<Outcome> {
    let cw = &cw.acting(actor);
    keeper(actor)?;
    let me = actor.account().ok_or(Error::Forbidden)?;
    let (change, looked) = look(cw, id).await?;
    let to = step(&change, actor, version, ChangeEvent::Submit, &[])?;
    if !looked.faults.is_empty() {
        return Ok(Outcome::Refused(looked.faults));
    }
    let shut: Vec<Gate> = looked.gates.into_iter().filter(|gate| !gate.passed).collect();
    if shut.iter().any(|gate| gate.name != GateName::Simulation) {
        return Ok(Outcome::Shut(shut));
    }
    let (actor, bundle) = (actor.clone(), looked.bundle);
    cw.write(async move |tx| {
        let holders = ready(tx, &change, &bundle).await?;
        if !holders.is_empty() {
            return Ok(Outcome::Held(holders));
        }
        tx.run_one(
            "UPDATE policy_change SET state = $1, submitted_by = $2, submitted_at = $3, version = version + 1
             WHERE id = $4 AND version = $5",
            args![to.code(), me, tx.now(), id, version],
        )
        .await?;
        tx.run(
            "UPDATE policy_version SET state = $1, valid_from = $2, submitted_at = $3 WHERE change_id = $4",
            args![to.of_versions().code(), change.live_on, tx.now(), id],
        )
        .await?;
        told("policy.submitted", tx, &actor, &change, Some(&bundle)).await?;
        Ok(Outcome::Done)
    })
    .await
}

/// The second person agrees; on its day the change goes live. Every gate must let it through. `Conflict(SamePerson)` for
/// whoever opened it, handed it in, or edited a document of it.
pub async fn approve(cw: &Casework, actor: &Actor, id: ChangeId, version: i64) -> Result<Outcome> {
    let cw = &cw.acting(actor);
    let me = approver(actor)?;
    let (change, looked) = look(cw, id).await?;
    let mut view = cw.db.read().await?;
    let held = different(&mut view, &change, me).await?;
    drop(view);
    let to = step(&change, actor, version, ChangeEvent::Approve, &held)?;
    if !looked.is_open() {
        return Ok(Outcome::Shut(looked.gates.into_iter().filter(|gate| !gate.passed).collect()));
    }
    let (actor, bundle) = (actor.clone(), looked.bundle);
    cw.write(async move |tx| {
        let holders = ready(tx, &change, &bundle).await?;
        if !holders.is_empty() {
            return Ok(Outcome::Held(holders));
        }
        tx.run_one(
            "UPDATE policy_change SET state = $1, approver = $2, approved_at = $3, bundle = $4, version = version + 1
             WHERE id = $5 AND version = $6",
            args![to.code(), me, tx.now(), &bundle, id, version],
        )
        .await?;
        tx.run(
            "UPDATE policy_version SET state = $1, approver = $2, approved_at = $3 WHERE change_id = $4",
            args![to.of_versions().code(), me, tx.now(), id],
        )
        .await?;
        told("policy.approved", tx, &actor, &change, Some(&bundle)).await?;
        Ok(Outcome::Done)
    })
    .await
}

/// The second person wants it reworked, and says what.
pub async fn send_back(cw: &Casework, actor: &Actor, id: ChangeId, version: i64, reason: &str) -> Result<()> {
    let cw = &cw.acting(actor);
    let me = approver(actor)?;
    let reason = given(reason)?;
    let actor = actor.clone();
    cw.write(async move |tx| {
        let change = find(tx, id).await?;
        let mut held = different(tx, &change, me).await?;
        held.push(Guard::ReasonGiven);
        let to = step(&change, &actor, version, ChangeEvent::Return, &held)?;
        go(tx, &change, to, &reason, Some(me)).await?;
        told("policy.returned", tx, &actor, &change, None).await
    })
    .await
}

/// A change is taken back, also one that was approved and waits for its day.
pub async fn withdraw(cw: &Casework, actor: &Actor, id: ChangeId, version: i64, reason: &str) -> Result<()> {
    let cw = &cw.acting(actor);
    keeper(actor)?;
    let me = actor.account().ok_or(Error::Forbidden)?;
    let reason = given(reason)?;
    let actor = actor.clone();
    cw.write(async move |tx| {
        let change = find(tx, id).await?;
        let to = step(&change, &actor, version, ChangeEvent::Withdraw, &[Guard::ReasonGiven])?;
        go(tx, &change, to, &reason, Some(me)).await?;
        told("policy.withdrawn", tx, &actor, &change, None).await
    })
    .await
}

/// The right to approve, and whose it is.
fn approver(actor: &Actor) -> Result<StaffId> {
    actor.require(Right::ApprovePolicy, &Scope::National)?;
    actor.account().ok_or(Error::Forbidden)
}

/// Whether the actor may be the second person.
async fn different(tx: &mut Tx, change: &Change, me: StaffId) -> Result<Vec<Guard>> {
    let edited: Option<Uuid> = tx
        .value(
            "SELECT staff_id FROM policy_editor WHERE change_id = $1 AND staff_id = $2",
            args![change.id, me],
        )
        .await?;
    let prepared = edited.is_some()
        || change.author.id == me
        || change.submitted.as_ref().is_some_and(|(by, _)| by.id == me);
    Ok(if prepared { Vec::new() } else { vec![Guard::DifferentPerson] })
}

/// The state after a step. `Stale` when the change is not the one that the actor saw.
fn step(
    change: &Change,
    actor: &Actor,
    version: i64,
    event: ChangeEvent,
    held: &[Guard],
) -> Result<ChangeState> {
    if change.version != version {
        return Err(Error::Stale);
    }
    let right = match event {
        ChangeEvent::Approve | ChangeEvent::Return => Right::ApprovePolicy,
        _ => Right::KeepPolicy,
    };
    let by = actor.hand(right, &Scope::National)?;
    Ok(advance(change.state, event, by, held)?.to)
}

/// Looks again inside the unit of work: the documents are those that were looked at, they build on what is in force, their
/// day is not over; who else holds them.
async fn ready(tx: &mut Tx, change: &Change, bundle: &str) -> Result<Vec<Holder>> {
    if change.live_on < tx.today() {
        return Err(Error::Invalid("live_on.past"));
    }
    unchanged(tx, change, bundle).await?;
    let parts = parts(tx, change.id).await?;
    if parts.is_empty() {
        return Err(Error::Invalid("change.empty"));
    }
    if parts.iter().any(super::changes::Part::is_stale) {
        return Err(Error::Stale);
    }
    let held: Vec<(String, Uuid, String, Date)> = tx
        .all(
            "SELECT own.name, c.id, c.title, c.live_on FROM policy_version own
             JOIN policy_version other ON other.name = own.name AND other.state = 'approved'
             JOIN policy_change c ON c.id = other.change_id
             WHERE own.change_id = $1 AND c.id <> $1 ORDER BY own.name",
            args![change.id],
        )
        .await?;
    let holder = |(name, id, title, live_on)| Holder { name, change: ChangeId::new(id), title, live_on };
    Ok(held.into_iter().map(holder).collect())
}

/// Takes a change and its versions to a state that needs no look at the documents.
pub(super) async fn go(
    tx: &mut Tx,
    change: &Change,
    to: ChangeState,
    note: &str,
    by: Option<StaffId>,
) -> Result<()> {
    let ended = (to == ChangeState::Withdrawn).then(|| tx.now());
    tx.run_one(
        "UPDATE policy_change SET state = $1, note = $2, noted_by = $3, ended_at = $4, version = version + 1
         WHERE id = $5 AND version = $6",
        args![to.code(), note, by, ended, change.id, change.version],
    )
    .await?;
    tx.run(
        "UPDATE policy_version SET state = $1 WHERE change_id = $2",
        args![to.of_versions().code(), change.id],
    )
    .await
    .map(drop)
}

/// Tells of a step: the change, its day, its documents.
pub(super) async fn told(
    kind: &'static str,
    tx: &mut Tx,
    actor: &Actor,
    change: &Change,
    bundle: Option<&str>,
) -> Result<()> {
    let mut event = Event::new(kind).id("change", change.id).date("live_on", change.live_on);
    if let Some(bundle) = bundle {
        event = event.code("bundle", bundle);
    }
    for part in parts(tx, change.id).await? {
        event = event.listed("documents", &part.name);
    }
    journal::append(tx, actor, REGISTRY, event).await
}
