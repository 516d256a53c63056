//! Looking back: the documents, their versions, and the packs that a version was part of.

use domain::ids::{ChangeId, StaffId};
use domain::policy::difference::{Difference, between};
use domain::policy::{DocumentKind, VersionState};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::changes::{Person, keeper};
use crate::error::{Error, Result};
use crate::packs::Kept;
use crate::{Actor, Casework, args};

/// Versions on a list.
const MOST: i64 = 500;

/// A version of a document, without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The document's name inside the pack.
    pub name: String,
    /// Its number, from 1.
    pub number: i64,
    /// What the document holds.
    pub kind: DocumentKind,
    /// Whether it says that the document is in the pack no longer.
    pub gone: bool,
    /// SHA-256 of its normal form.
    pub hash: String,
    /// Where it stands.
    pub state: VersionState,
    /// Its first day, once it was submitted.
    pub valid_from: Option<Date>,
    /// Its last day, once another took its place; the day before its first when that was on the same day.
    pub valid_until: Option<Date>,
    /// The change it belongs to; `None` when a pack was loaded by a command.
    pub change: Option<ChangeId>,
    /// What that change is called.
    pub title: Option<String>,
    /// Who began it; `None` for a command.
    pub author: Option<Person>,
    /// When it was begun.
    pub created_at: OffsetDateTime,
    /// Who approved it, and when.
    pub approved: Option<(Person, OffsetDateTime)>,
}

#[derive(sqlx::FromRow)]
struct Row {
    name: String,
    number: i64,
    kind: String,
    gone: bool,
    hash: String,
    state: String,
    valid_from: Option<Date>,
    valid_until: Option<Date>,
    change_id: Option<Uuid>,
    title: Option<String>,
    author: Option<Uuid>,
    author_name: Option<String>,
    created_at: OffsetDateTime,
    approver: Option<Uuid>,
    approver_name: Option<String>,
    approved_at: Option<OffsetDateTime>,
}

macro_rules! versions {
    ($rest:literal) => {
        concat!(
            "SELECT v.name, v.number, v.kind, v.gone, v.hash, v.state, v.valid_from, v.valid_until, v.change_id, c.title,
                    v.author, a.name AS author_name, v.created_at, v.approver, p.name AS approver_name, v.approved_at
             FROM policy_version v LEFT JOIN policy_change c ON c.id = v.change_id
             LEFT JOIN staff a ON a.id = v.author LEFT JOIN staff p ON p.id = v.approver ",
            $rest
        )
    };
}

impl Row {
    fn read(self) -> Result<Version> {
        let person = |id, name| Person { id: StaffId::new(id), name };
        Ok(Version {
            name: self.name,
            number: self.number,
            kind: self.kind.parse().map_err(Error::internal)?,
            gone: self.gone,
            hash: self.hash,
            state: self.state.parse().map_err(Error::internal)?,
            valid_from: self.valid_from,
            valid_until: self.valid_until,
            change: self.change_id.map(ChangeId::new),
            title: self.title,
            author: self.author.map(|id| person(id, self.author_name)),
            created_at: self.created_at,
            approved: self.approver.map(|id| person(id, self.approver_name)).zip(self.approved_at),
        })
    }
}

/// The documents in force, by name: the live version of each.
pub async fn documents(cw: &Casework, actor: &Actor) -> Result<Vec<Version>> {
    let cw = &cw.acting(actor);
    keeper(actor)?;
    let rows: Vec<Row> =
        cw.db.all(versions!("WHERE v.state = 'live' AND NOT v.gone ORDER BY v.name"), args![]).await?;
    rows.into_iter().map(Row::read).collect()
}

/// The versions of a document, the newest first, at most five hundred.
pub async fn versions(cw: &Casework, actor: &Actor, name: &str) -> Result<Vec<Version>> {
    let cw = &cw.acting(actor);
    keeper(actor)?;
    let rows: Vec<Row> =
        cw.db.all(versions!("WHERE v.name = $1 ORDER BY v.number DESC LIMIT $2"), args![name, MOST]).await?;
    rows.into_iter().map(Row::read).collect()
}

/// One version with its text. `NotFound` when there is none.
pub async fn version(cw: &Casework, actor: &Actor, name: &str, number: i64) -> Result<(Version, String)> {
    let cw = &cw.acting(actor);
    keeper(actor)?;
    let mut view = cw.db.read().await?;
    let row: Option<Row> =
        view.one(versions!("WHERE v.name = $1 AND v.number = $2"), args![name, number]).await?;
    let body: Option<String> = view
        .value("SELECT body FROM policy_version WHERE name = $1 AND number = $2", args![name, number])
        .await?;
    Ok((row.ok_or(Error::NotFound)?.read()?, body.ok_or(Error::NotFound)?))
}

/// The packs that a version was part of, the newest first: decisions name the pack they were taken under.
pub async fn packs_of(cw: &Casework, actor: &Actor, name: &str, number: i64) -> Result<Vec<Kept>> {
    let cw = &cw.acting(actor);
    keeper(actor)?;
    cw.db
        .all(
            "SELECT pack.hash, pack.pack_id, pack.version, pack.loaded_at, pack.loaded_by
             FROM policy_pack part JOIN pack ON pack.hash = part.hash
             WHERE part.name = $1 AND part.number = $2 ORDER BY pack.loaded_at DESC, pack.hash LIMIT $3",
            args![name, number, MOST],
        )
        .await
}

/// The versions that a pack consists of, by name: what a decision under it rests on.
pub async fn versions_of(cw: &Casework, actor: &Actor, pack: &str) -> Result<Vec<Version>> {
    let cw = &cw.acting(actor);
    keeper(actor)?;
    let rows: Vec<Row> = cw
        .db
        .all(
            versions!(
                "JOIN policy_pack part ON part.name = v.name AND part.number = v.number WHERE part.hash = $1 ORDER BY v.name"
            ),
            args![pack],
        )
        .await?;
    rows.into_iter().map(Row::read).collect()
}

/// What two versions of a document say differently. `NotFound` when one of them is not there.
pub async fn difference(
    cw: &Casework,
    actor: &Actor,
    name: &str,
    before: i64,
    after: i64,
) -> Result<Vec<Difference>> {
    let (_, before) = version(cw, actor, name, before).await?;
    let (_, after) = version(cw, actor, name, after).await?;
    Ok(between(name, &before, &after))
}

/// What a change makes different, document by document: each beside the version that it was made from.
pub async fn differences(
    cw: &Casework,
    actor: &Actor,
    id: ChangeId,
) -> Result<Vec<(String, Vec<Difference>)>> {
    let cw = &cw.acting(actor);
    keeper(actor)?;
    let mut view = cw.db.read().await?;
    super::changes::find(&mut view, id).await?;
    let rows: Vec<(String, Option<String>, String)> = view
        .all(
            "SELECT own.name, base.body AS before_it, own.body FROM policy_version own
             LEFT JOIN policy_version base ON base.name = own.name AND base.number = own.base
             WHERE own.change_id = $1 ORDER BY own.name",
            args![id],
        )
        .await?;
    let told = |(name, before, after): (String, Option<String>, String)| {
        let found = between(&name, &before.unwrap_or_default(), &after);
        (name, found)
    };
    Ok(rows.into_iter().map(told).collect())
}
