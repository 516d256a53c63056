//! Saved views: the filters of a list that somebody keeps looking at, under a name of their own; who leads an office can share
//! one with it. What a view filters is the query of its page, which reads it as it reads an address: nothing of a case.

use domain::ids::StaffId;
use domain::role::{Right, Scope};
use uuid::Uuid;

use crate::db::Tx;
use crate::error::{Conflict, Error, Result};
use crate::journal::{self, Event};
use crate::{Actor, Casework, args};

/// At most so many of one person.
const MOST: i64 = 30;
/// Longest name, in characters.
pub const LONGEST_NAME: usize = 60;
/// Longest query, in bytes.
const LONGEST_QUERY: usize = 500;

/// A saved view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Its id.
    pub id: Uuid,
    /// What its owner calls it.
    pub name: String,
    /// The query of the list.
    pub asks: String,
    /// Whether the list opens with it.
    pub is_default: bool,
    /// Whether it is the reader's own.
    pub is_own: bool,
    /// With whom it is shared.
    pub shared: Option<Scope>,
}

#[derive(sqlx::FromRow)]
struct Row {
    view_id: Uuid,
    staff_id: Uuid,
    name: String,
    asks: String,
    is_default: bool,
    shared_kind: String,
    shared_code: String,
}

impl Row {
    fn read(self, me: StaffId) -> View {
        let is_own = self.staff_id == me.uuid();
        View {
            id: self.view_id,
            name: self.name,
            asks: self.asks,
            is_default: is_own && self.is_default,
            is_own,
            shared: Scope::from_parts(&self.shared_kind, Some(&self.shared_code)),
        }
    }
}

/// The actor's own views by name, then those that others share with where the actor works.
pub async fn list(cw: &Casework, actor: &Actor) -> Result<Vec<View>> {
    let me = actor.account().ok_or(Error::Forbidden)?;
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    let mut rows: Vec<Row> = view
        .all(
            "SELECT view_id, staff_id, name, asks, is_default, shared_kind, shared_code FROM saved_view
             WHERE staff_id = $1 ORDER BY name",
            args![me],
        )
        .await?;
    for grant in &actor.grants {
        let shared: Vec<Row> = view
            .all(
                "SELECT view_id, staff_id, name, asks, is_default, shared_kind, shared_code FROM saved_view
                 WHERE shared_kind = $1 AND shared_code = $2 AND shared_kind <> '' AND staff_id <> $3
                 ORDER BY name, view_id LIMIT 50",
                args![grant.scope.kind(), grant.scope.code().unwrap_or_default(), me],
            )
            .await?;
        for row in shared {
            if !rows.iter().any(|known| known.view_id == row.view_id) {
                rows.push(row);
            }
        }
    }
    Ok(rows.into_iter().map(|row| row.read(me)).collect())
}

/// Keeps a view under a name. `Conflict(Taken)` when the actor has one of this name, `Conflict(State)` when they have
/// as many as can be kept, `Invalid("view.name")` without a name or with too long a one.
pub async fn save(cw: &Casework, actor: &Actor, name: &str, asks: &str) -> Result<Uuid> {
    let me = actor.account().ok_or(Error::Forbidden)?;
    let name = named(name)?;
    if asks.len() > LONGEST_QUERY {
        return Err(Error::Invalid("view.asks"));
    }
    let (cw, asks) = (&cw.acting(actor), asks.to_owned());
    cw.write(async move |tx| {
        let kept: Option<i64> =
            tx.value("SELECT COUNT(*) FROM saved_view WHERE staff_id = $1", args![me]).await?;
        if kept.unwrap_or_default() >= MOST {
            return Err(Error::Conflict(Conflict::State));
        }
        free(tx, me, &name, None).await?;
        let id: Uuid = tx.new_id();
        tx.run(
            "INSERT INTO saved_view (view_id, staff_id, name, asks, created_at) VALUES ($1, $2, $3, $4, $5)",
            args![id, me, &name, &asks, tx.now()],
        )
        .await?;
        Ok(id)
    })
    .await
}

/// Gives an own view another name. Refused as in [`save`]; `NotFound` for who does not own it.
pub async fn rename(cw: &Casework, actor: &Actor, id: Uuid, name: &str) -> Result<()> {
    let me = actor.account().ok_or(Error::Forbidden)?;
    let name = named(name)?;
    let cw = &cw.acting(actor);
    cw.write(async move |tx| {
        own(tx, me, id).await?;
        free(tx, me, &name, Some(id)).await?;
        tx.run_one("UPDATE saved_view SET name = $1 WHERE view_id = $2", args![&name, id]).await
    })
    .await
}

/// Throws an own view away.
pub async fn delete(cw: &Casework, actor: &Actor, id: Uuid) -> Result<()> {
    let me = actor.account().ok_or(Error::Forbidden)?;
    let cw = &cw.acting(actor);
    cw.write(async move |tx| {
        own(tx, me, id).await?;
        tx.run_one("DELETE FROM saved_view WHERE view_id = $1", args![id]).await
    })
    .await
}

/// The list opens with this own view from now on; with none of them when `None`.
pub async fn set_default(cw: &Casework, actor: &Actor, id: Option<Uuid>) -> Result<()> {
    let me = actor.account().ok_or(Error::Forbidden)?;
    let cw = &cw.acting(actor);
    cw.write(async move |tx| {
        if let Some(id) = id {
            own(tx, me, id).await?;
        }
        tx.run("UPDATE saved_view SET is_default = FALSE WHERE staff_id = $1 AND is_default", args![me])
            .await?;
        match id {
            Some(id) => {
                tx.run_one("UPDATE saved_view SET is_default = TRUE WHERE view_id = $1", args![id]).await
            }
            None => Ok(()),
        }
    })
    .await
}

/// Shares an own view with an office or agency that the actor leads, or with nobody any more. `Forbidden` for another.
pub async fn share(cw: &Casework, actor: &Actor, id: Uuid, with: Option<Scope>) -> Result<()> {
    let me = actor.account().ok_or(Error::Forbidden)?;
    if let Some(with) = &with {
        actor.require(Right::AssignTasks, with)?;
    }
    let (cw, actor) = (&cw.acting(actor), actor.clone());
    cw.write(async move |tx| {
        own(tx, me, id).await?;
        let (kind, code) =
            with.as_ref().map_or(("", ""), |with| (with.kind(), with.code().unwrap_or_default()));
        tx.run_one(
            "UPDATE saved_view SET shared_kind = $1, shared_code = $2 WHERE view_id = $3",
            args![kind, code, id],
        )
        .await?;
        let event = Event::new("view.shared").code("with", if kind.is_empty() { "nobody" } else { code });
        journal::append(tx, &actor, me, event).await
    })
    .await
}

async fn own(tx: &mut Tx, me: StaffId, id: Uuid) -> Result<()> {
    let owner: Option<Uuid> =
        tx.value("SELECT staff_id FROM saved_view WHERE view_id = $1", args![id]).await?;
    if owner == Some(me.uuid()) { Ok(()) } else { Err(Error::NotFound) }
}

/// `Conflict(Taken)` when another own view has the name.
async fn free(tx: &mut Tx, me: StaffId, name: &str, but: Option<Uuid>) -> Result<()> {
    let other: Option<Uuid> =
        tx.value("SELECT view_id FROM saved_view WHERE staff_id = $1 AND name = $2", args![me, name]).await?;
    if other.is_some() && other != but { Err(Error::Conflict(Conflict::Taken)) } else { Ok(()) }
}

fn named(name: &str) -> Result<String> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(Error::Invalid("view.name"));
    }
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests;
