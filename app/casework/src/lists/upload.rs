//! A file arrives, piece by piece; until it is whole nothing can be done with it.

use domain::ids::ListId;
use domain::lists::ListState;
use domain::lists::course::ListEvent;
use domain::role::{Right, Scope};

use super::store::{self, Sort};
use super::{LARGEST_FILE, Reading, own, step};
use crate::actor::Actor;
use crate::error::{Conflict, Error, Result};
use crate::journal::{self, Event};
use crate::{Casework, args};

/// What is said of a list when it comes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewList {
    /// The office that answers for it.
    pub office: String,
    /// Who gives it.
    pub partner: String,
    /// The agreement under which it is given.
    pub agreement: String,
    /// The programme it is about; empty when none.
    pub programme: String,
}

/// Begins an upload. `Invalid("list.partner")`, `"list.agreement"` when nothing or too much is said, `"list.office"`,
/// `"list.programme"` when the pack does not have it.
pub async fn begin(cw: &Casework, actor: &Actor, new: &NewList) -> Result<ListId> {
    let cw = &cw.acting(actor);
    actor.require(Right::ImportLists, &Scope::Office(new.office.clone()))?;
    let pack = cw.pack()?;
    let fits = |text: &str| (1..=200).contains(&text.trim().chars().count()) && !text.contains('\0');
    if !fits(&new.partner) {
        return Err(Error::Invalid("list.partner"));
    }
    if !fits(&new.agreement) {
        return Err(Error::Invalid("list.agreement"));
    }
    if pack.office(&new.office).is_none() {
        return Err(Error::Invalid("list.office"));
    }
    let programme = new.programme.trim();
    if !programme.is_empty() && !pack.definitions().programmes.iter().any(|known| known.id == programme) {
        return Err(Error::Invalid("list.programme"));
    }
    let (actor, new) = (actor.clone(), new.clone());
    let reading = serde_json::to_string(&Reading::default()).map_err(Error::internal)?;
    cw.write(async move |tx| {
        let id: ListId = tx.new_id();
        tx.run(
            "INSERT INTO partner_list (list_id, office, partner, agreement, programme, state, reading, mapping, headings, \
             size, fault, phase, done, total, faulty, uploaded_by, uploaded_at, changed_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, '', '[]', 0, '', '', 0, 0, 0, $8, $9, $9)",
            args![
                id,
                &new.office,
                new.partner.trim(),
                new.agreement.trim(),
                new.programme.trim(),
                ListState::Receiving.code(),
                &reading,
                actor.staff_id,
                tx.now()
            ],
        )
        .await?;
        let told = Event::new("list.begun").code("office", &new.office);
        journal::begin(tx, &actor, id, told).await?;
        Ok(id)
    })
    .await
}

/// Keeps a piece of the file; pieces are numbered from 0 and are [`PART`](super::PART) long, save the last.
pub async fn add_part(cw: &Casework, actor: &Actor, id: ListId, part: u32, bytes: Vec<u8>) -> Result<()> {
    let cw = &cw.acting(actor);
    if bytes.len() > store::PART {
        return Err(Error::Invalid("list.part"));
    }
    let (actor, keys) = (actor.clone(), cw.keys.clone());
    cw.write(async move |tx| {
        let list = own(tx, &actor, id).await?;
        if list.state != ListState::Receiving {
            return Err(Error::Conflict(Conflict::State));
        }
        let size = list.size + i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        if u64::try_from(size).unwrap_or(u64::MAX) > LARGEST_FILE {
            return Err(Error::Invalid("list.size"));
        }
        if store::put(tx, &keys, id, Sort::File, part, &bytes).await? {
            tx.run(
                "UPDATE partner_list SET size = $1, changed_at = $2 WHERE list_id = $3",
                args![size, tx.now(), id],
            )
            .await?;
        }
        Ok(())
    })
    .await
}

/// The file is whole.
pub async fn arrive(cw: &Casework, actor: &Actor, id: ListId) -> Result<()> {
    let cw = &cw.acting(actor);
    let actor = actor.clone();
    cw.write(async move |tx| {
        let list = own(tx, &actor, id).await?;
        step(tx, &actor, &list, list.version, ListEvent::Arrive).await.map(drop)
    })
    .await
}
