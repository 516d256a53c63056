//! What the server's worker does for lists: one list at a time, claimed for a while. A server that stops loses its claim,
//! and another begins the step again; what is written already is found written.

use domain::ids::ListId;
use domain::lists::ListState;
use time::Duration;
use uuid::Uuid;

use super::{List, check, import, matching, read, store};
use crate::error::Result;
use crate::{Actor, Casework, args};

/// How long a claim holds without a sign of life.
const CLAIM: Duration = Duration::minutes(5);

/// After so long a file that does not arrive is given up.
const PATIENCE: Duration = Duration::hours(2);

/// A list that this server works on, and how it shows that it still does.
#[derive(Debug, Clone)]
pub(super) struct Hold {
    pub cw: Casework,
    pub list: ListId,
    claim: Uuid,
}

impl Hold {
    /// Tells how far the work is, and keeps the claim. `false` when the list was called off or taken over meanwhile.
    pub async fn at(&self, phase: &'static str, done: u32) -> Result<bool> {
        let (list, claim) = (self.list, self.claim);
        self.cw.write(async move |tx| Self::mark(tx, list, claim, phase, done).await).await
    }

    /// [`at`](Self::at) inside a unit of work.
    pub async fn at_in(&self, tx: &mut crate::Tx, phase: &'static str, done: u32) -> Result<bool> {
        Self::mark(tx, self.list, self.claim, phase, done).await
    }

    async fn mark(
        tx: &mut crate::Tx,
        list: ListId,
        claim: Uuid,
        phase: &'static str,
        done: u32,
    ) -> Result<bool> {
        let kept = tx
            .run(
                "UPDATE partner_list SET phase = $1, done = $2, claim_until = $3 WHERE list_id = $4 AND claim = $5",
                args![phase, done, tx.now() + CLAIM, list, claim],
            )
            .await?;
        Ok(kept == 1)
    }

    /// Whether the claim still holds, asked in a unit of work that is about to write.
    pub async fn holds(&self, tx: &mut crate::Tx) -> Result<bool> {
        let held: Option<i64> = tx
            .value(
                "SELECT version FROM partner_list WHERE list_id = $1 AND claim = $2",
                args![self.list, self.claim],
            )
            .await?;
        Ok(held.is_some())
    }
}

/// Does the next step of one list; `false` when there was none to do. To be called again and again.
pub async fn work(cw: &Casework) -> Result<bool> {
    let cw = &cw.acting(&Actor::system());
    sweep(cw).await?;
    let waiting: Vec<(Uuid,)> = cw
        .db
        .all(
            "SELECT list_id FROM partner_list WHERE state IN ('checking', 'matching', 'importing') \
             AND (claim_until IS NULL OR claim_until < $1) ORDER BY changed_at, list_id LIMIT 5",
            args![cw.now()],
        )
        .await?;
    for (id,) in waiting {
        if let Some((hold, list)) = claim(cw, ListId::new(id)).await? {
            match list.state {
                ListState::Checking => check::check(&hold, &list).await?,
                ListState::Matching => matching::compare(&hold, &list).await?,
                ListState::Importing => import::run(&hold, &list).await?,
                _ => return Ok(false),
            }
            return Ok(true);
        }
    }
    Ok(false)
}

async fn claim(cw: &Casework, id: ListId) -> Result<Option<(Hold, List)>> {
    let claim: Uuid = cw.new_id();
    let list = cw
        .write(async move |tx| {
            let won = tx
                .run(
                    "UPDATE partner_list SET claim = $1, claim_until = $2 WHERE list_id = $3 \
                     AND state IN ('checking', 'matching', 'importing') AND (claim_until IS NULL OR claim_until < $4)",
                    args![claim, tx.now() + CLAIM, id, tx.now()],
                )
                .await?;
            if won == 1 { read(tx, id).await } else { Ok(None) }
        })
        .await?;
    Ok(list.map(|list| (Hold { cw: cw.clone(), list: id, claim }, list)))
}

/// Gives up files that stopped arriving.
async fn sweep(cw: &Casework) -> Result<()> {
    let before = cw.now() - PATIENCE;
    let given_up: Vec<(Uuid,)> = cw
        .db
        .all(
            "SELECT list_id FROM partner_list WHERE state = 'receiving' AND changed_at < $1 LIMIT 20",
            args![before],
        )
        .await?;
    for (id,) in given_up {
        let id = ListId::new(id);
        cw.write(async move |tx| {
            let Some(list) = read(tx, id).await?.filter(|list| list.state == ListState::Receiving) else {
                return Ok(());
            };
            let system = Actor::system();
            super::step(tx, &system, &list, list.version, domain::lists::course::ListEvent::Cancel).await?;
            store::forget(tx, id).await
        })
        .await?;
    }
    Ok(())
}
