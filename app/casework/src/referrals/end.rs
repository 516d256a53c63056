//! How a referral ends: the person says what came of it, at the counter or on their own page; the office calls it off, or
//! closes what came to nothing.

use domain::ids::{HouseholdId, ReferralId};
use domain::lifecycle::referral::{CancelReason, Confirmation, ReferralEvent};
use domain::lifecycle::{By, Guard, offers};
use domain::pack::Pack;
use domain::role::{Right, Scope};
use domain::task::Priority;

use super::{Referral, advance, drop_it, find, home, look, settle, stepped, task};
use crate::assessments::Household;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::{Actor, Casework, directory};

/// Why an officer closes a referral that came to nothing, or that nobody could confirm.
pub const CLOSED: [&str; 4] = ["found_elsewhere", "not_wanted", "not_reached", "nothing_suitable"];

/// A step of the office.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// The person says what came of it.
    Said(Confirmation),
    /// It is called off.
    Cancel(CancelReason),
    /// It is closed: one of [`CLOSED`].
    Close(&'static str),
}

/// What the actor may do with a referral of a household that this office keeps.
pub fn steps(actor: &Actor, office: &str, referral: &Referral) -> Vec<ReferralEvent> {
    match actor.hand(Right::Assess, &Scope::Office(office.to_owned())) {
        Ok(by) => offers(referral.state, by).collect(),
        Err(_) => Vec::new(),
    }
}

/// Takes a step. `Stale` when it moved since `version`, `Conflict(State)` when it is not in a state for it.
pub async fn act(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    id: ReferralId,
    version: i64,
    act: Act,
) -> Result<()> {
    let mut view = cw.acting(actor).db.read().await?;
    let seen = Household::read(&mut view, actor, household, Right::Assess).await?;
    let by = actor.hand(Right::Assess, &seen.scope())?;
    find(&mut view, household, id).await?;
    drop(view);
    let (actor, pack) = (actor.clone(), cw.pack()?);
    // The place and the provider's reminders are not the office's.
    cw.acting(&Actor::system())
        .write(async move |tx| {
            let mut referral = find(tx, household, id).await?;
            if referral.version != version {
                return Err(Error::Stale);
            }
            match act {
                Act::Said(what) => said(tx, &actor, &pack, &mut referral, (by, what)).await,
                Act::Cancel(reason) => drop_it(tx, &actor, &mut referral, by, reason).await,
                Act::Close(reason) => {
                    let reason = CLOSED.into_iter().find(|known| *known == reason);
                    let reason = reason.ok_or(Error::Invalid("reason.missing"))?;
                    close(tx, &actor, &mut referral, by, reason).await
                }
            }
        })
        .await
}

/// Nothing is left to do about it.
pub(super) async fn close(
    tx: &mut Tx,
    actor: &Actor,
    referral: &mut Referral,
    by: By,
    reason: &str,
) -> Result<()> {
    advance(referral, ReferralEvent::Close, by, &[Guard::ReasonGiven])?;
    reason.clone_into(&mut referral.reason);
    referral.access = false;
    settle(tx, actor, referral).await?;
    stepped(tx, actor, referral, ReferralEvent::Close).await
}

/// The person says what came of it. Who got it is done with it; who did not goes on waiting, and an officer looks.
pub(super) async fn said(
    tx: &mut Tx,
    actor: &Actor,
    pack: &Pack,
    referral: &mut Referral,
    (by, what): (By, Confirmation),
) -> Result<()> {
    what.code().clone_into(&mut referral.said);
    if what == Confirmation::No {
        advance(referral, ReferralEvent::Dispute, by, &[Guard::ReasonGiven])?;
        referral.outcome.clear();
        referral.ended_at = None;
        if let Some(code) = referral.place.clone().filter(|code| pack.directory.place(code).is_some()) {
            let spot = directory::one(tx, pack, &code).await?;
            // Where another has the place by now, the service goes on without one being counted.
            referral.period = directory::places::take(tx, &spot).await?;
        }
        settle(tx, actor, referral).await?;
        stepped(tx, actor, referral, ReferralEvent::Dispute).await?;
        let home = home(tx, referral).await?;
        return look(tx, actor, &home, referral, task::LOOK_INTO, Priority::High).await;
    }
    advance(referral, ReferralEvent::Confirm, by, &[Guard::PersonConfirms])?;
    referral.confirmed_at = Some(tx.now());
    settle(tx, actor, referral).await?;
    stepped(tx, actor, referral, ReferralEvent::Confirm).await?;
    advance(referral, ReferralEvent::Close, By::System, &[])?;
    referral.access = false;
    stepped(tx, &Actor::system(), referral, ReferralEvent::Close).await
}
