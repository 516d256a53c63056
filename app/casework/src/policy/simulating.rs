//! What a change would do to everybody who was assessed: the registry's answers in columns, decided by the pack in force and
//! by the one that the change would make. It takes a while and runs beside the service; how far it is stands in the database
//! ([`running`]), so that every server can tell.

use std::sync::Arc;

use domain::ids::{ChangeId, SimulationId};
use domain::pack::Pack;
use domain::simulate::{Kept, Report, Snapshot};
use time::{Date, Duration, OffsetDateTime};

use super::bundle::{Bundle, attach_simulation, bundle};
use super::changes::{keeper, show};
use crate::error::{Conflict, Error, Result};
use crate::journal::{self, Event, REGISTRY};
use crate::snapshot::{self, Reading};
use crate::{Actor, Casework, args};

/// Who was not heard of for so long has stopped.
const SILENCE: Duration = Duration::minutes(2);

/// A simulation on its way, or the one before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    /// When it began.
    pub begun_at: OffsetDateTime,
    /// Households read so far.
    pub done: i64,
    /// Households to read.
    pub total: i64,
    /// How it stands.
    pub state: RunState,
}

/// How a simulation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunState {
    /// At work.
    Running,
    /// Its report is kept with the change.
    Done,
    /// It failed, or the server that was at it stopped: it can begin anew.
    Failed,
}

/// How the simulation of a change stands; `None` when none was ever begun.
pub async fn running(cw: &Casework, actor: &Actor, id: ChangeId) -> Result<Option<Running>> {
    let cw = &cw.acting(actor);
    keeper(actor)?;
    let row: Option<(OffsetDateTime, OffsetDateTime, i64, i64, String)> = cw
        .db
        .one("SELECT begun_at, seen_at, done, total, state FROM policy_run WHERE change_id = $1", args![id])
        .await?;
    Ok(row.map(|(begun_at, seen_at, done, total, state)| {
        let state = match state.as_str() {
            "running" if seen_at + SILENCE > cw.now() => RunState::Running,
            "done" => RunState::Done,
            _ => RunState::Failed,
        };
        Running { begun_at, done, total, state }
    }))
}

/// Takes note that a simulation begins. `Invalid("change.faulty")` where the change does not compile, `Conflict(State)` while one
/// is at work or when the change waits no more. [`work`] does it.
pub async fn begin(cw: &Casework, actor: &Actor, id: ChangeId) -> Result<()> {
    let cw = &cw.acting(actor);
    keeper(actor)?;
    let whole = show(cw, actor, id).await?;
    if domain::lifecycle::Lifecycle::is_final(whole.change.state) {
        return Err(Error::Conflict(Conflict::State));
    }
    let Bundle { hash, after, .. } = bundle(cw, actor, id).await?;
    if after.is_err() {
        return Err(Error::Invalid("change.faulty"));
    }
    let everybody = cw.acting(&Actor::system());
    let total: i64 = everybody
        .db
        .value("SELECT COUNT(*) FROM assessment WHERE state = 'accepted'", args![])
        .await?
        .unwrap_or_default();
    let actor = actor.clone();
    cw.write(async move |tx| {
        let now = tx.now();
        let begun = tx
            .run(
                "INSERT INTO policy_run (change_id, bundle, state, begun_at, begun_by, seen_at, done, total)
                 VALUES ($1, $2, 'running', $3, $4, $3, 0, $5)
                 ON CONFLICT (change_id) DO UPDATE SET bundle = excluded.bundle, state = 'running',
                    begun_at = excluded.begun_at, begun_by = excluded.begun_by, seen_at = excluded.seen_at, done = 0,
                    total = excluded.total
                 WHERE policy_run.state <> 'running' OR policy_run.seen_at <= $6",
                args![id, &hash, now, actor.staff_id, total, now - SILENCE],
            )
            .await?;
        if begun == 0 {
            return Err(Error::Conflict(Conflict::State));
        }
        let event = Event::new("policy.simulating").id("change", id).code("bundle", &hash);
        journal::append(tx, &actor, REGISTRY, event).await
    })
    .await
}

/// Works out the simulation that was begun, and keeps its report with the change.
pub async fn work(cw: &Casework, actor: &Actor, id: ChangeId) -> Result<SimulationId> {
    keeper(actor)?;
    let outcome = worked(cw, actor, id).await;
    let state = if outcome.is_ok() { "done" } else { "failed" };
    let cw = &cw.acting(actor);
    cw.write(async move |tx| {
        tx.run(
            "UPDATE policy_run SET state = $1, seen_at = $2 WHERE change_id = $3",
            args![state, tx.now(), id],
        )
        .await
    })
    .await?;
    outcome
}

async fn worked(cw: &Casework, actor: &Actor, id: ChangeId) -> Result<SimulationId> {
    let live_on = show(cw, actor, id).await?.change.live_on;
    let Bundle { hash, before, after, .. } = bundle(cw, actor, id).await?;
    let after = after.map_err(|_| Error::Invalid("change.faulty"))?;
    let kept = Kept::of([&before.program, &after.program]);
    let snapshot = read(cw, id, Snapshot::new(&kept)).await?;
    let report = decided(before, after, snapshot, live_on).await?;
    let report = serde_json::to_value(&report).map_err(Error::internal)?;
    attach_simulation(cw, actor, id, &hash, &report).await
}

/// Every household's last answers, in columns.
async fn read(cw: &Casework, id: ChangeId, snapshot: Snapshot) -> Result<Snapshot> {
    while snapshot::fold(cw).await? {
        tell(cw, id, 0).await?;
    }
    let mut reading = Reading::begin(cw, snapshot).await?;
    while reading.next().await? {
        tell(cw, id, reading.households()).await?;
    }
    Ok(reading.finish())
}

/// Says how many households were read.
async fn tell(cw: &Casework, id: ChangeId, done: usize) -> Result<()> {
    let done = i64::try_from(done).unwrap_or(i64::MAX);
    let sql = "UPDATE policy_run SET done = $1, seen_at = $2 WHERE change_id = $3";
    cw.acting(&Actor::system()).write(async move |tx| tx.run_one(sql, args![done, tx.now(), id]).await).await
}

/// On half of the processors: counters go on working.
async fn decided(before: Arc<Pack>, after: Arc<Pack>, snapshot: Snapshot, as_of: Date) -> Result<Report> {
    let threads = std::thread::available_parallelism().map_or(1, |all| all.get().div_ceil(2));
    tokio::task::spawn_blocking(move || {
        domain::simulate::simulate(&before, &after, &snapshot, as_of, threads)
    })
    .await
    .map_err(Error::internal)
}
