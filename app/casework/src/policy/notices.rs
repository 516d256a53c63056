//! Who must know that an approved change could not go live on its day: whoever opened it, edited it, handed it in or approved it
//! is told at their desk until they have read why.

use domain::ids::ChangeId;

use super::changes::{Change, find, keeper, told_to};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::{Actor, Casework, args};

/// Tells everybody who had a hand in a change.
pub(super) async fn tell(tx: &mut Tx, change: &Change) -> Result<()> {
    let editors: Vec<(uuid::Uuid,)> =
        tx.all("SELECT staff_id FROM policy_editor WHERE change_id = $1", args![change.id]).await?;
    let hands = [
        Some(&change.author),
        change.submitted.as_ref().map(|by| &by.0),
        change.approved.as_ref().map(|by| &by.0),
    ];
    let hands = hands.into_iter().flatten().map(|person| person.id.uuid());
    for person in hands.chain(editors.into_iter().map(|(id,)| id)) {
        tx.run(
            "INSERT INTO policy_notice (change_id, staff_id, made_at) VALUES ($1, $2, $3)
             ON CONFLICT (change_id, staff_id) DO NOTHING",
            args![change.id, person, tx.now()],
        )
        .await?;
    }
    Ok(())
}

/// Changes that could not go live and of which the actor has not read it yet, the newest first, at most two hundred.
pub async fn unread(cw: &Casework, actor: &Actor) -> Result<Vec<Change>> {
    let cw = &cw.acting(actor);
    keeper(actor)?;
    let me = actor.account().ok_or(Error::Forbidden)?;
    let mut view = cw.db.read().await?;
    told_to(&mut view, me).await
}

/// The actor has read that a change could not go live. Nothing happens where they were not told.
pub async fn read(cw: &Casework, actor: &Actor, id: ChangeId) -> Result<()> {
    let cw = &cw.acting(actor);
    keeper(actor)?;
    let me = actor.account().ok_or(Error::Forbidden)?;
    cw.write(async move |tx| {
        find(tx, id).await?;
        tx.run(
            "UPDATE policy_notice SET read_at = $1 WHERE change_id = $2 AND staff_id = $3 AND read_at IS NULL",
            args![tx.now(), id, me],
        )
        .await
        .map(drop)
    })
    .await
}
