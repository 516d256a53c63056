//! What happens when a term of an appeal runs out, in the unit of work of its clock: nobody waits for us.

use domain::appeal::terms::Step;
use domain::appeal::{AppealEvent as E, AppealState as S};
use domain::ids::AppealId;
use domain::lifecycle::{By, Guard};

use super::{Matter, after, reconsider, tribunal};
use crate::clocks::Clock;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::{Actor, Casework, args};

/// Follows up. What was done in the meantime has nothing left to follow.
pub(crate) async fn ring(tx: &mut Tx, cw: &Casework, clock: &Clock) -> Result<()> {
    // A refusal here would stop the round of all clocks: it is a fault of ours.
    follow(tx, cw, clock).await.map_err(|error| match error {
        Error::Internal(_) | Error::Stale | Error::Unavailable(_) => error,
        other => Error::internal(other),
    })
}

async fn follow(tx: &mut Tx, cw: &Casework, clock: &Clock) -> Result<()> {
    let actor = &Actor::system();
    let id = AppealId::new(clock.subject.id);
    let matter = match Matter::read(tx, cw, clock.household_id, id).await {
        // The record went into another one: who keeps that one looks.
        Err(Error::NotFound) => return Ok(()),
        other => other?,
    };
    let step: Step = clock.kind.parse().map_err(Error::internal)?;
    match (step, matter.appeal.state) {
        (Step::Acknowledge, S::Lodged) => {
            matter.dropped(tx, actor, "late").await?;
            reconsider::acknowledged(tx, actor, &matter, By::System).await.map(drop)
        }
        (Step::Reconsider, S::Acknowledged) | (Step::Condone, S::CondonationAsked) => {
            reconsider::forward(tx, actor, &matter, (E::Forward, By::System), "not_in_time").await.map(drop)
        }
        (Step::Response, S::Forwarded) => {
            matter.dropped(tx, actor, "no_answer").await?;
            tribunal::ready(tx, actor, &matter, (E::GoWithout, By::System), &[Guard::TermPassed]).await
        }
        (Step::Issue, S::Determined) => {
            matter.dropped(tx, actor, "late").await?;
            tribunal::issued(tx, cw, actor, &matter, By::System).await
        }
        (Step::Contest, S::CondonationRefused) | (Step::Further, S::Revised | S::Implemented) => {
            let to = matter.step(E::Close, By::System, &[Guard::TermPassed])?;
            tx.run_one(
                "UPDATE appeal SET state = $1, closed_at = $2, version = version + 1
                 WHERE household_id = $3 AND appeal_id = $4 AND version = $5",
                args![to.code(), tx.now(), matter.home.household, matter.appeal.id, matter.appeal.version],
            )
            .await?;
            after::lift(tx, actor, &matter).await?;
            matter.told(tx, actor, E::Close, to).await
        }
        _ => Ok(()),
    }
}

/// What is nearly due goes before ordinary work.
pub(crate) async fn warned(tx: &mut Tx, clock: &Clock) -> Result<()> {
    tx.run(
        "UPDATE task SET priority = 1, version = version + 1
         WHERE household_id = $1 AND subject_kind = $2 AND subject_id = $3 AND priority > 1
           AND state IN ('open', 'assigned', 'in_progress', 'on_hold')",
        args![clock.household_id, &clock.subject.kind, clock.subject.id],
    )
    .await
    .map(drop)
}
