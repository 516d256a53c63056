//! Stories about referrals: [`provider`] the provider's side, [`hand`] by hand, [`full`] many who want the last place, and
//! here how they begin.

mod full;
mod hand;
mod provider;

use domain::ids::HouseholdId;
use domain::lifecycle::referral::ReferralState;
use domain::role::{Role, Scope};
use time::Duration;

use super::provider::{Act, Came, act};
use super::*;
use crate::test_support::small::*;
use crate::test_support::{World, actor, each_engine, provider_officer};
use crate::{tasks, tracking};

/// An officer of the other school.
fn south() -> Actor {
    actor(16, Role::ProviderOfficer, Scope::Provider("PRV-02".into()))
}

/// A family whose mother is sent to the nearer school.
async fn sent(world: &World) -> (HouseholdId, Referral) {
    load_small_pack(world).await;
    let (registered, _) = decided_family(world, POOR).await;
    let referral = newest(world, registered.household).await;
    assert_eq!((referral.state, referral.place.as_deref()), (ReferralState::Requested, Some("PLC-01")));
    (registered.household, referral)
}

/// The newest referral of a household.
async fn newest(world: &World, household: HouseholdId) -> Referral {
    let mut view = world.db.read().await.unwrap();
    of_household(&mut view, household).await.unwrap().swap_remove(0)
}

async fn referrals(world: &World, household: HouseholdId) -> Vec<Referral> {
    let mut view = world.db.read().await.unwrap();
    of_household(&mut view, household).await.unwrap()
}

/// Tasks about referrals that are still to be done.
async fn to_do(world: &World, household: HouseholdId) -> Vec<String> {
    let mut view = world.db.read().await.unwrap();
    let all = tasks::of_household(&mut view, household).await.unwrap();
    let live = all.into_iter().filter(|task| task.ended_at.is_none());
    live.map(|task| task.kind).collect()
}

/// Clocks about referrals that still run.
async fn running(world: &World, household: HouseholdId) -> Vec<String> {
    let mut view = world.db.read().await.unwrap();
    let all = clocks::of_household(&mut view, household).await.unwrap();
    let live = all.into_iter().filter(|clock| clock.ended_at.is_none() && clock.subject.kind == SUBJECT);
    live.map(|clock| clock.kind).collect()
}

async fn count(world: &World, sql: &'static str) -> i64 {
    world.db.value(sql, args![]).await.unwrap().unwrap()
}

/// Messages about referrals to the household.
async fn messages(world: &World) -> i64 {
    count(world, "SELECT COUNT(*) FROM notice WHERE kind = 'referral'").await
}

/// Takes steps one after another, as the provider that has it.
async fn walk(world: &World, by: &Actor, household: HouseholdId, steps: &[Act]) -> Referral {
    for one in steps {
        let now = newest(world, household).await;
        assert_eq!(act(world, by, household, now.id, now.version, *one).await, Ok(Came::Done), "{one:?}");
    }
    newest(world, household).await
}
