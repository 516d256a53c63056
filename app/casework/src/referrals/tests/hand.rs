//! Referrals that an officer makes by hand.

use domain::lifecycle::referral::{CancelReason, OverrideReason, RejectReason};

use super::*;
use crate::error::Conflict;
use crate::households::consents;
use crate::referrals::expected::expected;
use crate::referrals::refer::{ByHand, On, preview, refer};
use crate::referrals::{Basis, end};
use crate::test_support::{counter_officer, officer_elsewhere};

/// A registered family: nothing is decided. The mother comes first.
async fn family(world: &World) -> (HouseholdId, Vec<uuid::Uuid>) {
    load_small_pack(world).await;
    let household = register_family(world, &small_family(1)).await.household;
    let mut view = world.db.read().await.unwrap();
    let home = Household::read_unchecked(&mut view, household).await.unwrap().unwrap();
    (household, home.people.iter().map(|one| one.id).collect())
}

fn to(world: &World, person: uuid::Uuid, place: &str) -> ByHand {
    ByHand {
        id: world.new_id(),
        person: Some(person),
        place: place.into(),
        urgent: false,
        on: On::Consent,
        follows: None,
    }
}

async fn take_back(world: &World, household: HouseholdId) {
    let sql = "SELECT version FROM household WHERE household_id = $1";
    let version: i64 = world.db.value(sql, args![household]).await.unwrap().unwrap();
    consents::withdraw(world, &counter_officer(), household, version, "labour").await.unwrap();
}

#[tokio::test]
async fn what_is_shown_before_is_what_the_provider_sees() {
    each_engine(async |world| {
        let (household, people) = family(world).await;
        let officer = counter_officer();
        let shown = preview(world, &officer, household, Some(people[0]), "PLC-02").await.unwrap();
        assert!(shown.is_agreed && shown.there.is_none());
        assert_eq!(shown.seen.name.as_deref(), Some("Awa Diallo"));
        let new = to(world, people[0], "PLC-02");
        let elsewhere = refer(world, &officer_elsewhere(), household, new.clone()).await;
        assert_eq!(elsewhere, Err(Error::Forbidden));
        let id = refer(world, &officer, household, new.clone()).await.unwrap();
        assert_eq!(refer(world, &officer, household, new).await, Ok(id), "sent twice it is one");
        assert_eq!(referrals(world, household).await.len(), 1);
        let seen = expected(world, &south(), household, id).await.unwrap();
        assert_eq!(seen.seen, shown.seen);
        assert_eq!((seen.referral.basis, seen.referral.decision), (Some(Basis::Consent), None));
        let again = refer(world, &officer, household, to(world, people[0], "PLC-01")).await;
        assert_eq!(again, Err(Error::Conflict(Conflict::Taken)), "one to each service");
        let stranger = ByHand { person: Some(uuid::Uuid::nil()), ..to(world, people[0], "PLC-01") };
        assert_eq!(refer(world, &officer, household, stranger).await, Err(Error::Invalid("referral.person")));
        let nowhere = refer(world, &officer, household, to(world, people[1], "PLC-99")).await;
        assert_eq!(nowhere, Err(Error::NotFound));
    })
    .await;
}

#[tokio::test]
async fn nothing_leaves_without_consent_or_somebody_who_answers_for_it() {
    each_engine(async |world| {
        let (household, people) = family(world).await;
        let officer = counter_officer();
        take_back(world, household).await;
        let new = to(world, people[0], "PLC-01");
        assert_eq!(
            refer(world, &officer, household, new.clone()).await,
            Err(Error::Invalid("consent.missing"))
        );
        let short = ByHand { on: On::Override(OverrideReason::LifeAtRisk, "Hurry".into()), ..new.clone() };
        assert_eq!(refer(world, &officer, household, short).await, Err(Error::Invalid("override.words")));
        assert_eq!(referrals(world, household).await, []);
        let words = "She was beaten this morning and cannot go home.".to_owned();
        let on = On::Override(OverrideReason::LifeAtRisk, words);
        let urgent = ByHand { on, urgent: true, ..new };
        let id = refer(world, &officer, household, urgent).await.unwrap();
        assert_eq!(newest(world, household).await.basis, Some(Basis::Override));
        assert_eq!(running(world, household).await, ["referral_answer"], "a day for all of it");
        let mut view = world.db.read().await.unwrap();
        let clock = clocks::of_household(&mut view, household).await.unwrap();
        let own = clock.iter().find(|clock| clock.kind == "referral_answer").unwrap();
        assert_eq!(own.due_at, world.now() + Duration::hours(24));
        drop(view);
        assert_eq!(to_do(world, household).await, ["look_at_override"], "the supervisor reads why");
        expected(world, &provider_officer(), household, id).await.unwrap();

        // An override covers the provider that it was written for, and no other.
        let now = newest(world, household).await;
        let reject = Act::Reject(RejectReason::NoPlace);
        let came = act(world, &provider_officer(), household, now.id, now.version, reject).await;
        assert_eq!(came, Ok(Came::ToOffice));
        assert_eq!(referrals(world, household).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_came_back_is_sent_to_somebody_else_or_called_off() {
    each_engine(async |world| {
        let (household, people) = family(world).await;
        let officer = counter_officer();
        let first = refer(world, &officer, household, to(world, people[0], "PLC-01")).await.unwrap();
        let before = newest(world, household).await;
        let early = ByHand { follows: Some(first), ..to(world, people[1], "PLC-02") };
        assert_eq!(
            refer(world, &officer, household, early).await,
            Err(Error::Conflict(Conflict::State)),
            "it has not come back"
        );
        let reject = Act::Reject(RejectReason::NotForThem);
        act(world, &provider_officer(), household, first, before.version, reject).await.unwrap();
        let again = ByHand { follows: Some(first), ..to(world, people[0], "PLC-02") };
        let next = refer(world, &officer, household, again).await.unwrap();
        let all = referrals(world, household).await;
        assert_eq!((all[1].state, all[1].reason.as_str()), (ReferralState::Closed, "referred_again"));
        assert_eq!(to_do(world, household).await, Vec::<String>::new());
        let now = newest(world, household).await;
        assert_eq!(now.id, next);
        let off = end::Act::Cancel(CancelReason::NotWanted);
        end::act(world, &officer, household, next, now.version, off).await.unwrap();
        assert_eq!(newest(world, household).await.state, ReferralState::Cancelled);
        assert_eq!(running(world, household).await, Vec::<String>::new());
        assert_eq!(expected(world, &south(), household, next).await.unwrap_err(), Error::NotFound);
    })
    .await;
}
