//! Many who want the last places at once.

use domain::lifecycle::referral::ServiceOutcome;
use domain::name::PersonName;
use tokio::task::JoinSet;

use super::*;
use crate::directory::{self, Change};
use crate::households::register::register;
use crate::referrals::refer::{ByHand, On, refer};
use crate::test_support::{OFFICE, counter_officer};

/// Three families of four, each of whom is sent to the nearer school.
async fn crowd(world: &World) -> Vec<(HouseholdId, Referral)> {
    load_small_pack(world).await;
    for (number, family) in ["Sow", "Keita", "Okonkwo"].iter().enumerate() {
        let mut registration = small_family(number as u128 + 1);
        for (place, member) in registration.members.iter_mut().enumerate() {
            let given = ["Rosalind", "Temperance", "Kwabena", "Yusuf"][(place + number) % 4];
            member.name = PersonName::parse(given, family, "").unwrap();
        }
        let registered = register(world, &counter_officer(), OFFICE, &registration, None).await.unwrap();
        let household = registered.household;
        let mut view = world.db.read().await.unwrap();
        let home = Household::read_unchecked(&mut view, household).await.unwrap().unwrap();
        drop(view);
        for person in &home.people {
            let new = ByHand {
                id: world.new_id(),
                person: Some(person.id),
                place: "PLC-01".into(),
                urgent: false,
                on: On::Consent,
                follows: None,
            };
            refer(world, &counter_officer(), household, new).await.unwrap();
        }
    }
    let mut all = Vec::new();
    let households: Vec<(uuid::Uuid,)> =
        world.db.all("SELECT household_id FROM household ORDER BY household_id", args![]).await.unwrap();
    for (household,) in households {
        let household = HouseholdId::new(household);
        all.extend(referrals(world, household).await.into_iter().map(|one| (household, one)));
    }
    all
}

async fn places(world: &World, count: u32) {
    let spot = directory::spot(world, "PLC-01").await.unwrap();
    let change = Change { capacity: Some(count), ..Change::of(&spot) };
    directory::change(world, &provider_officer(), "PLC-01", spot.version, &change).await.unwrap();
}

#[tokio::test]
async fn three_places_are_given_to_three_of_twelve_who_ask_at_once() {
    each_engine(async |world| {
        let all = crowd(world).await;
        assert_eq!(all.len(), 12);
        places(world, 3).await;
        let mut wanting = JoinSet::new();
        for (household, referral) in all {
            let cw = world.casework.clone();
            wanting.spawn(async move {
                let by = provider_officer();
                act(&cw, &by, household, referral.id, referral.version, Act::Accept).await.unwrap()
            });
        }
        let came = wanting.join_all().await;
        assert_eq!(came.iter().filter(|one| **one == Came::Done).count(), 3, "{came:?}");
        assert_eq!(came.iter().filter(|one| **one == Came::FullWentOn).count(), 9, "{came:?}");
        let sql = "SELECT taken FROM place_use WHERE place = 'PLC-01'";
        assert_eq!(count(world, sql).await, 3);
        let sql = "SELECT COUNT(*) FROM referral WHERE place = 'PLC-01' AND state = 'accepted'";
        assert_eq!(count(world, sql).await, 3);
        let sql = "SELECT COUNT(*) FROM referral WHERE place = 'PLC-02' AND state = 'requested'";
        assert_eq!(count(world, sql).await, 9, "told, and on the way to the next school");
        assert_eq!(directory::spot(world, "PLC-01").await.unwrap().free(), Some(0));
    })
    .await;
}

#[tokio::test]
async fn a_place_that_is_given_back_is_there_for_the_next() {
    each_engine(async |world| {
        let (household, _) = sent(world).await;
        places(world, 1).await;
        let own = provider_officer();
        walk(world, &own, household, &[Act::Accept]).await;
        let spot = directory::spot(world, "PLC-01").await.unwrap();
        assert_eq!((spot.free(), spot.has_place(world.today())), (Some(0), false));
        walk(world, &own, household, &[Act::Begin, Act::Complete(ServiceOutcome::Given)]).await;
        assert_eq!(directory::spot(world, "PLC-01").await.unwrap().free(), Some(1));
    })
    .await;
}
