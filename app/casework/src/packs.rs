//! Packs: the country as data. Every pack ever in force is kept by the hash of its files, so that an old decision can be
//! run again to the same bytes; one of them is in force.
//!
//! Compiled packs are shared by all requests ([`Shelf`]). A server notices at its next [`refresh`] that another process
//! loaded a new one.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use domain::calendar::WorkingCalendar;
use domain::fault::Fault;
use domain::pack::{Pack, Survey};
use domain::role::{Right, Scope};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::{Actor, Casework, Tx, args, meta, policy};

/// Compiled packs in memory.
#[derive(Debug, Default)]
pub struct Shelf(RwLock<State>);

#[derive(Default)]
struct State {
    current: Option<Arc<Pack>>,
    by_hash: BTreeMap<String, Arc<Pack>>,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} packs", self.by_hash.len())
    }
}

impl Shelf {
    fn current(&self) -> Option<Arc<Pack>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).current.clone()
    }

    fn find(&self, hash: &str) -> Option<Arc<Pack>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).by_hash.get(hash).cloned()
    }

    pub(crate) fn put(&self, pack: Arc<Pack>, is_current: bool) {
        let mut state = self.0.write().unwrap_or_else(PoisonError::into_inner);
        state.by_hash.insert(pack.hash().to_owned(), pack.clone());
        if is_current {
            state.current = Some(pack);
        }
    }
}

/// A pack as it is listed.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Kept {
    /// Hash of its files.
    pub hash: String,
    /// Its own id.
    pub pack_id: String,
    /// Its own version.
    pub version: String,
    /// When it was first loaded.
    pub loaded_at: OffsetDateTime,
    /// By whom; `None` for the command line.
    pub loaded_by: Option<Uuid>,
}

/// What came of loading.
#[derive(Debug)]
pub enum Loading {
    /// It is in force.
    InForce(Arc<Pack>),
    /// Nothing was loaded: every fault with file, line and key.
    Faulty(Vec<Fault>),
}

impl Casework {
    /// The pack in force. `Setup` when none was ever loaded.
    pub fn pack(&self) -> Result<Arc<Pack>> {
        self.packs.current().ok_or_else(no_pack)
    }

    /// The working days of an area. `Invalid("area.unknown")` when the pack in force has no calendar for it.
    pub fn working_calendar(&self, area: &str) -> Result<WorkingCalendar> {
        self.pack()?.working_calendar(area).ok_or(Error::Invalid("area.unknown"))
    }

    /// The working days at an office. `Invalid("office.unknown")` when the pack in force does not have it.
    pub fn office_calendar(&self, office: &str) -> Result<WorkingCalendar> {
        let pack = self.pack()?;
        let office = pack.office(office).ok_or(Error::Invalid("office.unknown"))?;
        pack.working_calendar(&office.area).ok_or(Error::Invalid("office.unknown"))
    }
}

/// Checks a pack whole and puts it in force, as [`policy::load`] does, without saying what it changed. The files by name, as
/// they lie in the pack's folder (`pack.toml`, `programmes/child-grant.toml`, …).
pub async fn load(cw: &Casework, actor: &Actor, files: BTreeMap<String, String>) -> Result<Loading> {
    Ok(match policy::load(cw, actor, files).await? {
        Ok(loaded) => Loading::InForce(loaded.pack),
        Err(faults) => Loading::Faulty(faults),
    })
}

/// Puts a pack that is kept in force.
pub(crate) async fn put_in_force(tx: &mut Tx, pack: &Pack) -> Result<()> {
    tx.run("DELETE FROM office", args![]).await?;
    for office in &pack.offices {
        tx.run(
            "INSERT INTO office (code, agency, area) VALUES ($1, $2, $3)",
            args![&office.code, &office.agency, &office.area],
        )
        .await?;
    }
    meta::set(tx, meta::PACK, pack.hash()).await
}

/// What is said where a pack is needed and none is there.
pub(crate) fn no_pack() -> Error {
    Error::Setup("no pack is loaded; run `guichet pack load DIR` first".into())
}

/// Takes the pack in force into memory, if another process changed it; whether it did.
pub async fn refresh(cw: &Casework) -> Result<bool> {
    let Some(hash) = meta::get(&cw.db, meta::PACK).await? else { return Ok(false) };
    if cw.packs.current().is_some_and(|pack| pack.hash() == hash) {
        return Ok(false);
    }
    let pack = by_hash(cw, &hash).await?;
    cw.packs.put(pack, true);
    Ok(true)
}

/// Any pack that was ever in force. `NotFound` for another hash.
pub async fn by_hash(cw: &Casework, hash: &str) -> Result<Arc<Pack>> {
    if let Some(pack) = cw.packs.find(hash) {
        return Ok(pack);
    }
    let files: Vec<(String, String)> =
        cw.db.all("SELECT name, body FROM pack_file WHERE hash = $1", args![hash]).await?;
    if files.is_empty() {
        return Err(Error::NotFound);
    }
    // It was found sound when it was put in force. What later checks would find does not matter any more: who was decided
    // under it is told by it.
    let survey = surveyed(files.into_iter().collect()).await?.0;
    let first = survey.all_faults().first().map(ToString::to_string).unwrap_or_default();
    match survey.pack {
        Some(pack) if pack.hash() == hash => {
            let pack = Arc::new(pack);
            cw.packs.put(pack.clone(), false);
            Ok(pack)
        }
        Some(_) => Err(Error::internal(format!("the files of pack {hash} are not those that were loaded"))),
        None => Err(Error::internal(format!("pack {hash} no longer loads: {first}"))),
    }
}

/// Every pack ever in force, the newest first.
pub async fn list(cw: &Casework, actor: &Actor) -> Result<Vec<Kept>> {
    actor.require(Right::KeepPolicy, &Scope::National)?;
    cw.db
        .all(
            "SELECT hash, pack_id, version, loaded_at, loaded_by FROM pack ORDER BY loaded_at DESC, hash LIMIT 500",
            args![],
        )
        .await
}

/// Reads a pack to its end. That takes a while: not on a request thread.
pub(crate) async fn surveyed(files: BTreeMap<String, String>) -> Result<(Survey, BTreeMap<String, String>)> {
    tokio::task::spawn_blocking(move || (Survey::of(&files), files)).await.map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{counter_officer, demo_pack, each_engine, policy_officer};

    #[tokio::test]
    async fn a_pack_is_in_force_after_loading_and_kept_for_ever() {
        each_engine(async |world| {
            assert!(world.pack().is_err());
            let mut files = demo_pack();
            let first = match load(world, &Actor::command_line(), files.clone()).await.unwrap() {
                Loading::InForce(pack) => pack,
                Loading::Faulty(faults) => panic!("the demo pack is faulty: {}", faults[0]),
            };
            assert_eq!(world.pack().unwrap().hash(), first.hash());
            // Another process loads a newer one.
            let other = Casework::new(world.db.clone(), world.casework.clock.clone(), world.keys.clone());
            assert!(refresh(&other).await.unwrap());
            let about = files.get_mut("pack.toml").unwrap();
            *about = about.replacen("version = \"", "version = \"9", 1);
            let Loading::InForce(second) = load(&other, &Actor::command_line(), files).await.unwrap() else {
                panic!("the changed pack is faulty")
            };
            assert_ne!(first.hash(), second.hash());
            assert_eq!(world.pack().unwrap().hash(), first.hash());
            assert!(refresh(world).await.unwrap());
            assert!(!refresh(world).await.unwrap());
            assert_eq!(world.pack().unwrap().hash(), second.hash());
            let fresh = Casework::new(world.db.clone(), world.casework.clock.clone(), world.keys.clone());
            assert_eq!(by_hash(&fresh, first.hash()).await.unwrap().version(), first.version());
            assert_eq!(by_hash(&fresh, "none").await.unwrap_err(), Error::NotFound);
            assert_eq!(list(world, &policy_officer()).await.unwrap().len(), 2);
        })
        .await;
    }

    #[tokio::test]
    async fn a_faulty_pack_loads_nothing() {
        each_engine(async |world| {
            let mut files = demo_pack();
            files.get_mut("pack.toml").unwrap().push_str("\nsurprise = 1\n");
            let Loading::Faulty(faults) = load(world, &Actor::command_line(), files.clone()).await.unwrap()
            else {
                panic!("loaded")
            };
            assert!(!faults.is_empty());
            assert!(world.pack().is_err());
            // Nobody puts rules in force alone.
            for alone in [counter_officer(), policy_officer()] {
                assert_eq!(load(world, &alone, files.clone()).await.unwrap_err(), Error::Forbidden);
            }
            assert_eq!(list(world, &policy_officer()).await.unwrap(), []);
        })
        .await;
    }
}
