//! Reading merges: where a record went, and what came to one.

use domain::ids::{HouseholdId, PersonId};
use domain::reference::Reference;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::actor::Actor;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::households::file::require_reader;
use crate::{Casework, args};

/// A merge that holds or was undone.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Merge {
    /// The merge.
    pub merge_id: Uuid,
    /// The record that gave.
    pub household_id: Uuid,
    /// Its reference (eight symbols).
    pub reference: String,
    /// The record that goes on.
    pub survivor: Uuid,
    /// The whole record gave; else some of its people.
    pub whole: bool,
    /// Why.
    pub reason: String,
    /// When.
    pub at: OffsetDateTime,
    /// Who did it.
    pub by_name: Option<String>,
    /// Who agreed, where a second person was needed.
    pub approved_by_name: Option<String>,
    /// When it was undone.
    pub undone_at: Option<OffsetDateTime>,
    /// Why.
    pub undone_reason: String,
}

/// Where a record went, or from where something came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The merge.
    pub merge: Uuid,
    /// The other record.
    pub household: HouseholdId,
    /// Its reference.
    pub reference: Reference,
    /// Since when.
    pub at: OffsetDateTime,
}

macro_rules! merge_query {
    ($rest:literal) => {
        concat!(
            "SELECT g.merge_id, g.household_id, h.reference, g.survivor, g.whole, g.reason, g.at, s.name AS by_name,
                    (SELECT second.name FROM staff second WHERE second.id = g.approved_by) AS approved_by_name,
                    g.undone_at, g.undone_reason
             FROM household_merge g JOIN household h ON h.household_id = g.household_id
             LEFT JOIN staff s ON s.id = g.by_staff ",
            $rest
        )
    };
}

/// The merges that brought something to this record, within it included, the newest first, for who may read its file.
pub async fn merges(cw: &Casework, actor: &Actor, household: HouseholdId) -> Result<Vec<Merge>> {
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    require_reader(&mut view, actor, household).await?;
    of_survivor(&mut view, household).await
}

pub(super) async fn of_survivor(tx: &mut Tx, household: HouseholdId) -> Result<Vec<Merge>> {
    tx.all(
        merge_query!("WHERE g.survivor = $1 ORDER BY g.at DESC, g.merge_id DESC LIMIT 200"),
        args![household],
    )
    .await
}

pub(super) async fn find(tx: &mut Tx, gives: HouseholdId, merge: Uuid) -> Result<Merge> {
    tx.one(merge_query!("WHERE g.household_id = $1 AND g.merge_id = $2"), args![gives, merge])
        .await?
        .ok_or(Error::NotFound)
}

/// The record into which this one went as a whole, if it did.
pub(crate) async fn survivor_of(tx: &mut Tx, household: HouseholdId) -> Result<Option<HouseholdId>> {
    let survivor: Option<Uuid> = tx
        .value(
            "SELECT survivor FROM household_merge WHERE household_id = $1 AND undone_at IS NULL AND whole",
            args![household],
        )
        .await?;
    Ok(survivor.map(HouseholdId::new))
}

/// Whether this record went into another as a whole: then nothing of it changes any more.
pub(crate) async fn is_given(tx: &mut Tx, household: HouseholdId) -> Result<bool> {
    Ok(survivor_of(tx, household).await?.is_some())
}

/// Where a record is now, when it went into another as a whole; through every merge that followed.
pub async fn went_into(tx: &mut Tx, household: HouseholdId) -> Result<Option<HouseholdId>> {
    let mut now = None;
    let mut next = survivor_of(tx, household).await?;
    while let Some(survivor) = next {
        now = Some(survivor);
        next = survivor_of(tx, survivor).await?;
    }
    Ok(now)
}

/// This record and every other that gave something to it, at first hand or later.
pub(crate) async fn records(tx: &mut Tx, household: HouseholdId) -> Result<Vec<HouseholdId>> {
    let mut all = vec![household];
    let mut at = 0;
    while let Some(survivor) = all.get(at).copied() {
        let gave: Vec<(Uuid,)> = tx
            .all(
                "SELECT DISTINCT household_id FROM household_merge WHERE survivor = $1 AND undone_at IS NULL",
                args![survivor],
            )
            .await?;
        let new: Vec<HouseholdId> =
            gave.into_iter().map(|(id,)| HouseholdId::new(id)).filter(|id| !all.contains(id)).collect();
        all.extend(new);
        at += 1;
    }
    Ok(all)
}

/// Who a person of a record that gave is now, and where; through every merge that followed.
pub async fn gave(
    tx: &mut Tx,
    household: HouseholdId,
    person: PersonId,
) -> Result<Option<(HouseholdId, PersonId)>> {
    let mut now: Option<(HouseholdId, PersonId)> = None;
    let (mut household, mut person) = (household, person);
    loop {
        let into: Option<(Uuid, Uuid)> = tx
            .one(
                "SELECT g.survivor, p.into_person FROM merged_person p
                 JOIN household_merge g ON g.household_id = p.household_id AND g.merge_id = p.merge_id
                 WHERE p.household_id = $1 AND p.person_id = $2 AND g.undone_at IS NULL ORDER BY g.at DESC LIMIT 1",
                args![household, person],
            )
            .await?;
        let Some((there, who)) = into else { return Ok(now) };
        (household, person) = (HouseholdId::new(there), PersonId::new(who));
        now = Some((household, person));
    }
}

/// Whether a record of this reference (eight symbols) came to a household as a whole, at first hand or later.
pub(crate) async fn came_with(tx: &mut Tx, household: HouseholdId, reference: &str) -> Result<bool> {
    let mut next = vec![household];
    while let Some(household) = next.pop() {
        for merge in
            of_survivor(tx, household).await?.into_iter().filter(|one| one.whole && one.undone_at.is_none())
        {
            if merge.reference == reference {
                return Ok(true);
            }
            next.push(merge.household_id.into());
        }
    }
    Ok(false)
}

#[derive(sqlx::FromRow)]
struct LinkRow {
    merge_id: Uuid,
    household_id: Uuid,
    reference: String,
    at: OffsetDateTime,
}

impl LinkRow {
    fn read(self) -> Result<Link> {
        Ok(Link {
            merge: self.merge_id,
            household: HouseholdId::new(self.household_id),
            reference: Reference::parse(&self.reference).map_err(Error::internal)?,
            at: self.at,
        })
    }
}

/// For the file's pages: where the record went, and which records came to it as a whole. For who may read the file.
pub async fn links(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
) -> Result<(Option<Link>, Vec<Link>)> {
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    require_reader(&mut view, actor, household).await?;
    let into: Option<LinkRow> = view
        .one(
            "SELECT g.merge_id, g.survivor AS household_id, h.reference, g.at FROM household_merge g
             JOIN household h ON h.household_id = g.survivor
             WHERE g.household_id = $1 AND g.undone_at IS NULL AND g.whole",
            args![household],
        )
        .await?;
    let from: Vec<LinkRow> = view
        .all(
            "SELECT g.merge_id, g.household_id, h.reference, g.at FROM household_merge g
             JOIN household h ON h.household_id = g.household_id
             WHERE g.survivor = $1 AND g.undone_at IS NULL AND g.household_id <> $1 ORDER BY g.at DESC LIMIT 50",
            args![household],
        )
        .await?;
    let from = from.into_iter().map(LinkRow::read).collect::<Result<_>>()?;
    Ok((into.map(LinkRow::read).transpose()?, from))
}
