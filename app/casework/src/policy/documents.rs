//! The documents in force: which version of each is live, how a loaded pack makes versions, and the pack given back as files.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::fault::Fault;
use domain::pack::Pack;
use domain::policy::DocumentKind;
use domain::policy::document::{hash, normal};
use domain::role::{Right, Scope};
use time::{Date, OffsetDateTime};

use crate::db::Tx;
use crate::error::{Error, Result};
use crate::journal::{self, Event, REGISTRY};
use crate::{Actor, Casework, args, meta, packs};

/// A pack that was loaded, and what it changed.
#[derive(Debug)]
pub struct Loaded {
    /// The pack in force.
    pub pack: Arc<Pack>,
    /// The versions that loading made; none when the pack says what held already.
    pub taken: Vec<Taken>,
}

/// A version that came into force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The document.
    pub name: String,
    /// The version's number.
    pub number: i64,
    /// What it is beside the version before.
    pub what: What,
}

/// What a version is beside the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// The document was not in the pack.
    New,
    /// The document reads differently.
    Changed,
    /// The document is in the pack no longer.
    Gone,
}

impl What {
    /// The word for it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed => "changed",
            Self::Gone => "gone",
        }
    }
}

/// A live version of a document.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Live {
    /// The document.
    pub name: String,
    /// The version's number.
    pub number: i64,
    /// Hash of its body.
    pub hash: String,
    /// Whether it says that the document is gone.
    pub gone: bool,
}

/// Checks a pack whole, makes a live version of each document that differs from the one in force, and puts the pack in
/// force. For commands only (`Forbidden` to everybody at a desk): nobody approves it, and whoever may run commands could
/// write to the database as well.
pub async fn load(
    cw: &Casework,
    actor: &Actor,
    files: BTreeMap<String, String>,
) -> Result<std::result::Result<Loaded, Vec<Fault>>> {
    if !actor.is_machine() {
        return Err(Error::Forbidden);
    }
    let cw = &cw.acting(actor);
    let (survey, files) = packs::surveyed(normal(&files)).await?;
    let pack = match survey.sound() {
        Ok(pack) => Arc::new(pack),
        Err(faults) => return Ok(Err(faults)),
    };
    let (actor, kept) = (actor.clone(), pack.clone());
    let taken = cw
        .write(async move |tx| {
            adopt(tx).await?;
            let taken = take_over(tx, &files).await?;
            keep(tx, &actor, &kept, &files).await?;
            consists_of(tx, kept.hash()).await?;
            packs::put_in_force(tx, &kept).await?;
            let event = Event::new("pack.loaded")
                .code("pack", kept.id())
                .code("version", kept.version())
                .code("hash", kept.hash())
                .number("documents", i64::try_from(taken.len()).unwrap_or(i64::MAX));
            journal::append(tx, &actor, REGISTRY, event).await?;
            Ok(taken)
        })
        .await?;
    cw.packs.put(pack.clone(), true);
    Ok(Ok(Loaded { pack, taken }))
}

/// The files of the pack in force, in their normal form. `Setup` when none was ever loaded.
pub async fn export(cw: &Casework, actor: &Actor) -> Result<BTreeMap<String, String>> {
    actor.require(Right::KeepPolicy, &Scope::National)?;
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    let hash = meta::get_in(&mut view, meta::PACK).await?.ok_or_else(packs::no_pack)?;
    files_of(&mut view, &hash).await
}

/// The files that a pack was made of.
pub(super) async fn files_of(tx: &mut Tx, hash: &str) -> Result<BTreeMap<String, String>> {
    let files: Vec<(String, String)> =
        tx.all("SELECT name, body FROM pack_file WHERE hash = $1", args![hash]).await?;
    Ok(files.into_iter().collect())
}

/// The live versions, gone ones too.
pub(super) async fn live(tx: &mut Tx) -> Result<Vec<Live>> {
    tx.all("SELECT name, number, hash, gone FROM policy_version WHERE state = 'live' ORDER BY name", args![])
        .await
}

/// Gives a pack that was put in force before its documents had versions their first ones.
pub(super) async fn adopt(tx: &mut Tx) -> Result<()> {
    let Some(pack) = meta::get_in(tx, meta::PACK).await? else { return Ok(()) };
    let is_known = are_there_any(tx).await?;
    let since: Option<OffsetDateTime> =
        tx.value("SELECT loaded_at FROM pack WHERE hash = $1", args![&pack]).await?;
    let (false, Some(since)) = (is_known, since) else { return Ok(()) };
    let files = files_of(tx, &pack).await?;
    let from = tx.here(since).date();
    for (name, body) in &files {
        begin(tx, name, Some(body), from, since).await?;
    }
    consists_of(tx, &pack).await
}

/// Whether any document has a version.
pub(super) async fn are_there_any(tx: &mut Tx) -> Result<bool> {
    let one: Option<i64> = tx.value("SELECT number FROM policy_version LIMIT 1", args![]).await?;
    Ok(one.is_some())
}

/// A live version by the system; its number.
async fn begin(
    tx: &mut Tx,
    name: &str,
    body: Option<&str>,
    from: Date,
    created_at: OffsetDateTime,
) -> Result<i64> {
    let kind = DocumentKind::of(name).ok_or(Error::Invalid("document.unknown"))?;
    let number = next_number(tx, name).await?;
    tx.run(
        "INSERT INTO policy_version (name, number, kind, gone, hash, body, state, base, valid_from, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'live', $7, $8, $9)",
        args![
            name,
            number,
            kind.code(),
            body.is_none(),
            hash(body.unwrap_or_default()),
            body.unwrap_or_default(),
            number - 1,
            from,
            created_at
        ],
    )
    .await?;
    Ok(number)
}

/// The number of the next version of a document.
pub(super) async fn next_number(tx: &mut Tx, name: &str) -> Result<i64> {
    let last: Option<Option<i64>> =
        tx.value("SELECT MAX(number) FROM policy_version WHERE name = $1", args![name]).await?;
    Ok(last.flatten().unwrap_or(0) + 1)
}

/// Ends the live version of a document, if it has one, on the day before `from`.
pub(super) async fn supersede(tx: &mut Tx, name: &str, from: Date) -> Result<()> {
    let until = from.previous_day().unwrap_or(from);
    tx.run(
        "UPDATE policy_version SET state = 'superseded', valid_until = $1 WHERE name = $2 AND state = 'live'",
        args![until, name],
    )
    .await
    .map(drop)
}

/// Makes live versions of what differs from the documents in force.
async fn take_over(tx: &mut Tx, files: &BTreeMap<String, String>) -> Result<Vec<Taken>> {
    let before: BTreeMap<String, Live> =
        live(tx).await?.into_iter().map(|live| (live.name.clone(), live)).collect();
    let (today, now) = (tx.today(), tx.now());
    let mut taken = Vec::new();
    for (name, body) in files {
        let what = match before.get(name) {
            Some(live) if !live.gone && live.hash == hash(body) => continue,
            Some(live) if !live.gone => What::Changed,
            _ => What::New,
        };
        supersede(tx, name, today).await?;
        let number = begin(tx, name, Some(body), today, now).await?;
        taken.push(Taken { name: name.clone(), number, what });
    }
    for Live { name, .. } in before.values().filter(|live| !live.gone && !files.contains_key(&live.name)) {
        supersede(tx, name, today).await?;
        let number = begin(tx, name, None, today, now).await?;
        taken.push(Taken { name: name.clone(), number, what: What::Gone });
    }
    Ok(taken)
}

/// Keeps a pack with its files, unless it is kept already.
pub(super) async fn keep(
    tx: &mut Tx,
    actor: &Actor,
    pack: &Pack,
    files: &BTreeMap<String, String>,
) -> Result<()> {
    let hash = pack.hash();
    let is_kept: Option<String> = tx.value("SELECT hash FROM pack WHERE hash = $1", args![hash]).await?;
    if is_kept.is_some() {
        return Ok(());
    }
    tx.run(
        "INSERT INTO pack (hash, pack_id, version, loaded_at, loaded_by) VALUES ($1, $2, $3, $4, $5)",
        args![hash, pack.id(), pack.version(), tx.now(), actor.account()],
    )
    .await?;
    for (name, body) in files {
        tx.run("INSERT INTO pack_file (hash, name, body) VALUES ($1, $2, $3)", args![hash, name, body])
            .await?;
    }
    Ok(())
}

/// Notes that a pack consists of the live versions, unless it is noted already: a pack that comes back keeps its first ones.
pub(super) async fn consists_of(tx: &mut Tx, pack: &str) -> Result<()> {
    let is_noted: Option<i64> =
        tx.value("SELECT number FROM policy_pack WHERE hash = $1 LIMIT 1", args![pack]).await?;
    if is_noted.is_some() {
        return Ok(());
    }
    for live in live(tx).await?.iter().filter(|live| !live.gone) {
        tx.run(
            "INSERT INTO policy_pack (hash, name, number) VALUES ($1, $2, $3)",
            args![pack, &live.name, live.number],
        )
        .await?;
    }
    Ok(())
}
