//! A referral that came back goes on: to the next place by itself, where the household's consent covers who would see its
//! data there; to a person who looks otherwise.
//!
//! By itself only where the same service elsewhere can be the answer: no place was free, it was too far away, or it is not
//! given there any more. Where the provider says that it is the wrong service, or not for this person, an officer decides.

use std::collections::BTreeSet;

use domain::ids::ReferralId;
use domain::lifecycle::referral::{FailureReason, ReferralEvent, RejectReason};
use domain::lifecycle::{By, Guard};
use domain::pack::Pack;
use domain::task::Priority;

use super::send::{New, await_answer, insert};
use super::{
    Basis, Referral, advance, agreed_agencies, find, home, look, news, of_household, receiver, stepped, task,
};
use crate::db::Tx;
use crate::error::Result;
use crate::journal::{self, Event};
use crate::{Actor, directory};

/// Whether the same service at another place may be the answer.
fn is_elsewhere(reason: &str) -> bool {
    let places = [RejectReason::NoPlace, RejectReason::TooFar, RejectReason::ServiceUnavailable];
    places.iter().any(|one| one.code() == reason) || reason == FailureReason::ServiceUnavailable.code()
}

/// The places that this referral and those that it goes on with were tried at.
async fn tried(tx: &mut Tx, referral: &Referral) -> Result<BTreeSet<String>> {
    let all = of_household(tx, referral.household).await?;
    let mut tried: BTreeSet<String> = referral.place.iter().cloned().collect();
    let mut at = referral.follows;
    // Each goes on with an older one.
    for _ in 0..all.len() {
        let Some(before) = at.and_then(|id| all.iter().find(|one| one.id == id)) else { break };
        tried.extend(before.place.iter().cloned());
        at = before.follows;
    }
    Ok(tried)
}

/// Sends a referral that was rejected or failed to the next place; whether there was one. Otherwise there is a task.
pub(super) async fn go_on(tx: &mut Tx, actor: &Actor, pack: &Pack, back: &mut Referral) -> Result<bool> {
    let home = home(tx, back).await?;
    let tried = tried(tx, back).await?;
    let agreed = agreed_agencies(tx, back.household).await?;
    let next = if is_elsewhere(&back.reason) {
        let spots = directory::suitable(tx, pack, &back.service, &home.area, &tried).await?;
        let covered = |spot: &directory::Spot| {
            agreed.contains(&receiver(pack, &back.service, &spot.provider, &back.programme))
        };
        spots.into_iter().find(covered)
    } else {
        None
    };
    let Some(next) = next else {
        look(tx, actor, &home, back, task::REFER_ELSEWHERE, Priority::High).await?;
        news(tx, back).await?;
        return Ok(false);
    };
    advance(back, ReferralEvent::Close, By::System, &[Guard::ReasonGiven])?;
    back.access = false;
    stepped(tx, &Actor::system(), back, ReferralEvent::Close).await?;
    let id: ReferralId = tx.new_id();
    let new = New {
        id,
        household: back.household,
        decision: back.decision,
        programme: &back.programme,
        person: back.person,
        service: &back.service,
        place: Some((&next.place, &next.provider)),
        urgent: back.urgent,
        follows: Some(back.id),
        created_by: back.created_by,
        basis: Some(Basis::Consent),
        override_by: None,
    };
    insert(tx, pack, By::System, new).await?;
    await_answer(tx, &Actor::system(), pack, &home, id, back.urgent).await?;
    let event = Event::new("referral.went_on").id("referral", id).id("follows", back.id);
    let event = event.code("service", &back.service).code("provider", &next.provider.code);
    journal::append(tx, &Actor::system(), back.household, event).await?;
    let sent = find(tx, back.household, id).await?;
    news(tx, &sent).await?;
    Ok(true)
}
