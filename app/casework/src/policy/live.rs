//! On its day an approved change goes live: a chore of the worker, done once though several servers run it.

use std::sync::Arc;

use domain::lifecycle::{By, Guard, advance};
use domain::policy::ChangeEvent;
use domain::policy::gates::{Beside, GateName, check};

use super::bundle::{ids, lay_over, live_files, own};
use super::changes::{Change, Part, due, find, gaps, parts};
use super::documents::{adopt, are_there_any, consists_of, keep, supersede};
use super::notices;
use super::review::{go, told};
use crate::error::{Error, Result};
use crate::packs::{self, surveyed};
use crate::{Actor, Casework, args};

/// What came of one change whose day has come.
enum Came {
    /// It is live.
    Live,
    /// It cannot go live: the code of the reason.
    Failed(&'static str),
}

/// Puts every approved change whose day has come in force, in order; how many went live. One that builds on documents which
/// are no longer in force, or with which the pack does not load or pass its gates, is withdrawn and says why; who had a hand in it
/// is told ([`notices`]).
pub async fn put_due_in_force(cw: &Casework) -> Result<u64> {
    let cw = &cw.acting(&Actor::system());
    let mut view = cw.db.read().await?;
    let has_versions = are_there_any(&mut view).await?;
    let waiting = due(&mut view, cw.today()).await?;
    drop(view);
    if !has_versions {
        // A pack that was put in force before documents had versions.
        cw.write(async |tx| adopt(tx).await).await?;
    }
    let mut live = 0;
    for change in waiting {
        match one(cw, &change).await {
            Ok(Came::Live) => live += 1,
            Ok(Came::Failed(why)) => {
                tracing::warn!(change = %change.id, why, "an approved change could not go live");
            }
            // Another server was faster, or something moved: the next round looks again, and in order.
            Err(Error::Stale) => break,
            Err(error) => return Err(error),
        }
    }
    Ok(live)
}

async fn one(cw: &Casework, change: &Change) -> Result<Came> {
    let mut view = cw.db.read().await?;
    let is_stale = parts(&mut view, change.id).await?.iter().any(Part::is_stale);
    let mut files = live_files(&mut view).await?;
    lay_over(&mut files, own(&mut view, change.id).await?);
    let acknowledged = gaps(&mut view, change.id).await?;
    let ids = ids(&mut view, &files).await?;
    drop(view);
    if is_stale {
        return fail(cw, change, "base.moved").await;
    }
    packs::refresh(cw).await?;
    let before = cw.pack()?;
    let (survey, files) = surveyed(files).await?;
    let beside = Beside {
        before: &before,
        live_on: change.live_on,
        ids: &ids,
        acknowledged: &acknowledged,
        simulated: &[],
    };
    let is_shut =
        check(&survey, &beside).iter().any(|gate| !gate.passed && gate.name != GateName::Simulation);
    let Ok(pack) = survey.sound() else { return fail(cw, change, "faulty").await };
    if is_shut {
        return fail(cw, change, "gates").await;
    }
    let (pack, before) = (Arc::new(pack), before.hash().to_owned());
    let (kept, change) = (pack.clone(), change.clone());
    cw.write(async move |tx| {
        let actor = Actor::system();
        let now = find(tx, change.id).await?;
        let in_force = crate::meta::get_in(tx, crate::meta::PACK).await?;
        if now.version != change.version || in_force.as_deref() != Some(before.as_str()) {
            return Err(Error::Stale);
        }
        let to = advance(now.state, ChangeEvent::GoLive, By::System, &[Guard::TermPassed])?.to;
        keep(tx, &actor, &kept, &files).await?;
        tx.run_one(
            "UPDATE policy_change SET state = $1, pack = $2, ended_at = $3, version = version + 1
             WHERE id = $4 AND version = $5",
            args![to.code(), kept.hash(), tx.now(), change.id, change.version],
        )
        .await?;
        for part in parts(tx, change.id).await? {
            supersede(tx, &part.name, change.live_on).await?;
            tx.run_one(
                "UPDATE policy_version SET state = $1 WHERE name = $2 AND number = $3",
                args![to.of_versions().code(), &part.name, part.number],
            )
            .await?;
        }
        consists_of(tx, kept.hash()).await?;
        packs::put_in_force(tx, &kept).await?;
        told("policy.live", tx, &actor, &change, Some(kept.hash())).await
    })
    .await?;
    cw.packs.put(pack, true);
    Ok(Came::Live)
}

async fn fail(cw: &Casework, change: &Change, why: &'static str) -> Result<Came> {
    let change = change.clone();
    cw.write(async move |tx| {
        let held = [Guard::TermPassed, Guard::ReasonGiven];
        let to = advance(change.state, ChangeEvent::Fail, By::System, &held)?.to;
        go(tx, &change, to, why, None).await?;
        notices::tell(tx, &change).await?;
        told("policy.failed", tx, &Actor::system(), &change, None).await
    })
    .await?;
    Ok(Came::Failed(why))
}
