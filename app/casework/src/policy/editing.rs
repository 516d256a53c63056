//! Editing the documents of an open change.
//!
//! A text that is wrong by itself (not TOML, an unknown key, a negative budget) is refused with its place and changes
//! nothing; what only the other documents can say is told by [`super::compile`] and refused when the change is submitted.

use domain::fault::Fault;
use domain::ids::ChangeId;
use domain::pack::alone;
use domain::policy::document::{hash, normalise};
use domain::policy::{DocumentKind, VersionState};

use super::changes::{keeper, open_at, touch};
use super::documents::next_number;
use crate::db::Tx;
use crate::error::{Conflict, Error, Result};
use crate::journal::{self, Event, REGISTRY};
use crate::{Actor, Casework, args};

/// What came of an edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edited {
    /// It is kept; the change is at this version now.
    Kept(i64),
    /// Nothing was kept: what is wrong with the text, and where.
    Refused(Vec<Fault>),
}

/// A document as a change would have it.
#[derive(Debug, Clone, sqlx::FromRow)]
struct Own {
    number: i64,
    base: i64,
    gone: bool,
    body: String,
}

/// Sets the whole text of a document, one of the pack or a new one. `Invalid("document.unknown")` for a name that a pack does
/// not have, `Stale` when the change moved or another version came into force since the document was edited first.
pub async fn edit(
    cw: &Casework,
    actor: &Actor,
    id: ChangeId,
    version: i64,
    name: &str,
    text: &str,
) -> Result<Edited> {
    let text = normalise(text);
    rewrite(cw, actor, id, version, name, move |_| Ok(text.clone())).await
}

/// Sets the text of a document to what `made` makes of the one it has: as this change has it, else as it is in force, else
/// nothing. For typed edits; whatever `made` refuses changes nothing.
pub(super) async fn rewrite<F>(
    cw: &Casework,
    actor: &Actor,
    id: ChangeId,
    version: i64,
    name: &str,
    made: F,
) -> Result<Edited>
where
    F: Fn(&str) -> std::result::Result<String, Vec<Fault>> + Send + Sync + 'static,
{
    let cw = &cw.acting(actor);
    keeper(actor)?;
    let kind = DocumentKind::of(name).ok_or(Error::Invalid("document.unknown"))?;
    let (actor, name) = (actor.clone(), name.to_owned());
    cw.write(async move |tx| {
        open_at(tx, id, version).await?;
        let text = match made(&text_in(tx, id, &name).await?) {
            Ok(text) => text,
            Err(faults) => return Ok(Edited::Refused(faults)),
        };
        let (_, faults) = alone::read(&name, &text);
        if !faults.is_empty() {
            return Ok(Edited::Refused(faults));
        }
        put(tx, &actor, (id, version), (&name, kind), Some(&text)).await.map(Edited::Kept)
    })
    .await
}

/// Has the change take a document out of the pack. `NotFound` when the pack in force does not have it.
pub async fn remove(cw: &Casework, actor: &Actor, id: ChangeId, version: i64, name: &str) -> Result<i64> {
    let cw = &cw.acting(actor);
    keeper(actor)?;
    let kind = DocumentKind::of(name).ok_or(Error::Invalid("document.unknown"))?;
    let (actor, name) = (actor.clone(), name.to_owned());
    cw.write(async move |tx| {
        open_at(tx, id, version).await?;
        match in_force(tx, &name).await? {
            Some(held) if !held.gone => put(tx, &actor, (id, version), (&name, kind), None).await,
            _ => Err(Error::NotFound),
        }
    })
    .await
}

/// Takes a document out of the change: what it was edited to is gone. `NotFound` when it is not in it.
pub async fn take_out(cw: &Casework, actor: &Actor, id: ChangeId, version: i64, name: &str) -> Result<i64> {
    let cw = &cw.acting(actor);
    keeper(actor)?;
    let (actor, name) = (actor.clone(), name.to_owned());
    cw.write(async move |tx| {
        open_at(tx, id, version).await?;
        let gone =
            tx.run("DELETE FROM policy_version WHERE change_id = $1 AND name = $2", args![id, &name]).await?;
        if gone == 0 {
            return Err(Error::NotFound);
        }
        touch(tx, id, version).await?;
        let event = Event::new("policy.taken_out").id("change", id).code("document", &name);
        journal::append(tx, &actor, REGISTRY, event).await?;
        Ok(version + 1)
    })
    .await
}

/// The text of a document as a change has it: its own, else the one in force, else nothing.
pub async fn text(cw: &Casework, actor: &Actor, id: ChangeId, name: &str) -> Result<String> {
    let cw = &cw.acting(actor);
    keeper(actor)?;
    let mut view = cw.db.read().await?;
    super::changes::find(&mut view, id).await?;
    text_in(&mut view, id, name).await
}

pub(super) async fn text_in(tx: &mut Tx, id: ChangeId, name: &str) -> Result<String> {
    let own = match own(tx, id, name).await? {
        Some(own) => Some(own),
        None => in_force(tx, name).await?,
    };
    Ok(own.map(|own| own.body).unwrap_or_default())
}

async fn own(tx: &mut Tx, id: ChangeId, name: &str) -> Result<Option<Own>> {
    tx.one(
        "SELECT number, base, gone, body FROM policy_version WHERE change_id = $1 AND name = $2",
        args![id, name],
    )
    .await
}

async fn in_force(tx: &mut Tx, name: &str) -> Result<Option<Own>> {
    tx.one(
        "SELECT number, base, gone, body FROM policy_version WHERE name = $1 AND state = 'live'",
        args![name],
    )
    .await
}

/// Writes a draft of a document; `None` = the document goes. The version of the change after it.
pub(super) async fn put(
    tx: &mut Tx,
    actor: &Actor,
    (id, version): (ChangeId, i64),
    (name, kind): (&str, DocumentKind),
    text: Option<&str>,
) -> Result<i64> {
    let me = actor.account().ok_or(Error::Forbidden)?;
    let held = in_force(tx, name).await?;
    let base = held.as_ref().map_or(0, |held| held.number);
    let (body, gone) = (text.unwrap_or_default(), text.is_none());
    match own(tx, id, name).await? {
        Some(own) if own.base != base => return Err(Error::Stale),
        Some(own) => {
            tx.run_one(
                "UPDATE policy_version SET body = $1, hash = $2, gone = $3 WHERE name = $4 AND number = $5",
                args![body, hash(body), gone, name, own.number],
            )
            .await?;
        }
        None if held.is_some_and(|held| held.gone == gone && held.body == body) => {
            return Err(Error::Conflict(Conflict::Taken));
        }
        None => {
            let number = next_number(tx, name).await?;
            tx.run(
                "INSERT INTO policy_version (name, number, kind, gone, hash, body, state, base, change_id, author, created_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                args![
                    name,
                    number,
                    kind.code(),
                    gone,
                    hash(body),
                    body,
                    VersionState::Draft.code(),
                    base,
                    id,
                    me,
                    tx.now()
                ],
            )
            .await?;
        }
    }
    tx.run(
        "INSERT INTO policy_editor (change_id, staff_id) VALUES ($1, $2) ON CONFLICT (change_id, staff_id) DO NOTHING",
        args![id, me],
    )
    .await?;
    touch(tx, id, version).await?;
    let event = Event::new("policy.edited").id("change", id).code("document", name);
    journal::append(tx, actor, REGISTRY, event).await?;
    Ok(version + 1)
}
