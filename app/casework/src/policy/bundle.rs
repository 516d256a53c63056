//! The pack that a change would make: put together, compiled, held against the gates, simulated.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::fault::Fault;
use domain::ids::{ChangeId, SimulationId};
use domain::pack::{Pack, Tried};
use domain::policy::document::bundle_hash;
use domain::policy::gates::{Beside, Gate, Simulated, check};
use domain::policy::lasting::{self, FORM, Held};
use serde_json::Value;
use time::OffsetDateTime;

use super::changes::{Change, find, gaps, keeper, simulations};
use crate::db::Tx;
use crate::error::{Conflict, Error, Result};
use crate::journal::{self, Event, REGISTRY};
use crate::packs::{self, surveyed};
use crate::{Actor, Casework, args};

/// The pack that a change would make on its day: what is in force, what other approved changes bring before it, and its own
/// documents.
#[derive(Debug)]
pub struct Bundle {
    /// The hash of that pack.
    pub hash: String,
    /// Its files.
    pub files: BTreeMap<String, String>,
    /// The pack in force.
    pub before: Arc<Pack>,
    /// The pack itself; the faults where it does not load.
    pub after: std::result::Result<Arc<Pack>, Vec<Fault>>,
}

/// A change held against its gates.
#[derive(Debug, Clone)]
pub struct Looked {
    /// The hash of the pack that it would make: what a simulation must have tried.
    pub bundle: String,
    /// Every gate, in order.
    pub gates: Vec<Gate>,
    /// Everything that is wrong, by file and line; empty where the pack loads.
    pub faults: Vec<Fault>,
    /// What the examples tried of every comparison.
    pub tried: Vec<Tried>,
    /// The pack that it would make; `None` while its rules do not compile.
    pub pack: Option<Arc<Pack>>,
}

impl Looked {
    /// Whether the change may be approved.
    pub fn is_open(&self) -> bool {
        self.gates.iter().all(|gate| gate.passed)
    }
}

/// The pack that a change would make, beside the one in force: for simulating it.
pub async fn bundle(cw: &Casework, actor: &Actor, id: ChangeId) -> Result<Bundle> {
    let cw = &cw.acting(actor);
    keeper(actor)?;
    let mut view = cw.db.read().await?;
    let change = find(&mut view, id).await?;
    let files = files(&mut view, &change).await?;
    drop(view);
    let (survey, files) = surveyed(files).await?;
    let hash = survey.hash.clone();
    Ok(Bundle { hash, files, before: in_force(cw).await?, after: survey.sound().map(Arc::new) })
}

/// Everything that is wrong with a change as it stands, by file and line.
pub async fn compile(cw: &Casework, actor: &Actor, id: ChangeId) -> Result<Vec<Fault>> {
    Ok(gates(cw, actor, id).await?.faults)
}

/// Holds a change against its gates.
pub async fn gates(cw: &Casework, actor: &Actor, id: ChangeId) -> Result<Looked> {
    let cw = &cw.acting(actor);
    keeper(actor)?;
    look(cw, id).await.map(|(_, looked)| looked)
}

/// Keeps what a change would do, as it was worked out on `bundle`. `Conflict(State)` for a change that waits no more.
pub async fn attach_simulation(
    cw: &Casework,
    actor: &Actor,
    id: ChangeId,
    bundle: &str,
    report: &Value,
) -> Result<SimulationId> {
    let cw = &cw.acting(actor);
    keeper(actor)?;
    let (actor, bundle, report) = (actor.clone(), bundle.to_owned(), report.to_string());
    cw.write(async move |tx| {
        let change = find(tx, id).await?;
        if domain::lifecycle::Lifecycle::is_final(change.state) {
            return Err(Error::Conflict(Conflict::State));
        }
        let simulation: SimulationId = tx.new_id();
        tx.run(
            "INSERT INTO policy_simulation (change_id, id, bundle, made_at, made_by, report)
             VALUES ($1, $2, $3, $4, $5, $6)",
            args![id, simulation, &bundle, tx.now(), actor.account(), &report],
        )
        .await?;
        let event = Event::new("policy.simulated").id("change", id).code("bundle", &bundle);
        journal::append(tx, &actor, REGISTRY, event).await?;
        Ok(simulation)
    })
    .await
}

/// The report of a simulation. `NotFound` when the change has none of this id.
pub async fn simulation(
    cw: &Casework,
    actor: &Actor,
    id: ChangeId,
    simulation: SimulationId,
) -> Result<(OffsetDateTime, Value)> {
    let cw = &cw.acting(actor);
    keeper(actor)?;
    let row: Option<(OffsetDateTime, String)> = cw
        .db
        .one(
            "SELECT made_at, report FROM policy_simulation WHERE change_id = $1 AND id = $2",
            args![id, simulation],
        )
        .await?;
    let (made_at, report) = row.ok_or(Error::NotFound)?;
    Ok((made_at, serde_json::from_str(&report).map_err(Error::internal)?))
}

/// A change as it stands, and what its gates say.
pub(super) async fn look(cw: &Casework, id: ChangeId) -> Result<(Change, Looked)> {
    let mut view = cw.db.read().await?;
    let change = find(&mut view, id).await?;
    let files = files(&mut view, &change).await?;
    let (acknowledged, made) = (gaps(&mut view, id).await?, simulations(&mut view, id).await?);
    let ids = ids(&mut view, &files).await?;
    drop(view);
    let now = cw.now();
    let simulated: Vec<Simulated> = made
        .into_iter()
        .map(|made| Simulated { bundle: made.bundle, days: (now - made.made_at).whole_days() })
        .collect();
    let before = in_force(cw).await?;
    let (survey, _) = surveyed(files).await?;
    let beside = Beside {
        before: &before,
        live_on: change.live_on,
        ids: &ids,
        acknowledged: &acknowledged,
        simulated: &simulated,
    };
    let gates = check(&survey, &beside);
    let faults = survey.all_faults();
    let pack = survey.pack.map(Arc::new);
    Ok((change, Looked { bundle: survey.hash, gates, faults, tried: survey.tried, pack }))
}

/// The pack in force, whichever server put it there.
pub(super) async fn in_force(cw: &Casework) -> Result<Arc<Pack>> {
    packs::refresh(cw).await?;
    cw.pack()
}

/// The files of the pack that a change would make on its day.
pub(super) async fn files(tx: &mut Tx, change: &Change) -> Result<BTreeMap<String, String>> {
    let mut files = live_files(tx).await?;
    let waiting: Vec<(String, bool, String)> = tx
        .all(
            "SELECT v.name, v.gone, v.body FROM policy_version v JOIN policy_change c ON c.id = v.change_id
             WHERE c.state = 'approved' AND c.live_on <= $1 AND c.id <> $2 ORDER BY c.live_on, c.approved_at, c.id, v.name",
            args![change.live_on, change.id],
        )
        .await?;
    lay_over(&mut files, waiting);
    lay_over(&mut files, own(tx, change.id).await?);
    Ok(files)
}

/// The forms that hold and held, from the oldest to the newest.
pub(super) async fn forms(tx: &mut Tx) -> Result<Vec<Held>> {
    let rows: Vec<(i64, String)> = tx
        .all(
            "SELECT number, body FROM policy_version
             WHERE name = $1 AND state IN ('live', 'superseded') AND NOT gone ORDER BY number",
            args![FORM],
        )
        .await?;
    Ok(rows.iter().filter_map(|(number, text)| Held::read(*number, text)).collect())
}

/// Ids of the form in these files that would mean something else than they did, or vanish.
pub(super) async fn ids(tx: &mut Tx, files: &BTreeMap<String, String>) -> Result<Vec<Fault>> {
    let live: Option<String> =
        tx.value("SELECT body FROM policy_version WHERE name = $1 AND state = 'live'", args![FORM]).await?;
    let Some(text) = files.get(FORM).filter(|text| live.as_ref() != Some(text)) else {
        return Ok(Vec::new());
    };
    let held = forms(tx).await?;
    Ok(lasting::read(text).map(|form| lasting::faults(&held, &form)).unwrap_or_default())
}

/// The files of the live documents.
pub(super) async fn live_files(tx: &mut Tx) -> Result<BTreeMap<String, String>> {
    let files: Vec<(String, String)> =
        tx.all("SELECT name, body FROM policy_version WHERE state = 'live' AND NOT gone", args![]).await?;
    Ok(files.into_iter().collect())
}

/// The documents of a change: name, whether it goes, text.
pub(super) async fn own(tx: &mut Tx, id: ChangeId) -> Result<Vec<(String, bool, String)>> {
    tx.all("SELECT name, gone, body FROM policy_version WHERE change_id = $1 ORDER BY name", args![id]).await
}

/// Lays documents over files.
pub(super) fn lay_over(files: &mut BTreeMap<String, String>, documents: Vec<(String, bool, String)>) {
    for (name, gone, body) in documents {
        if gone {
            files.remove(&name);
        } else {
            files.insert(name, body);
        }
    }
}

/// `Stale` when the documents are not those that were looked at.
pub(super) async fn unchanged(tx: &mut Tx, change: &Change, bundle: &str) -> Result<()> {
    let files = files(tx, change).await?;
    if bundle_hash(&files) == bundle { Ok(()) } else { Err(Error::Stale) }
}
