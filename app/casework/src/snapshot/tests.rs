use domain::birth::Birth;
use domain::name::PersonName;
use domain::simulate::Kept;
use time::macros::date;

use super::*;
use crate::test_support::small::{
    POOR, Typed, assess, decided_family, load_small_pack, register_family, small_family,
};
use crate::test_support::{World, each_engine};

/// A family that earns well.
const RICH: Typed = Typed { income: "900", rooms: "5", ..POOR };

/// The blocks tell of every household what its last answers tell, and of nobody else.
pub(crate) async fn tells_the_truth(world: &World) {
    let pack = world.pack().unwrap();
    let empty = || Snapshot::new(&Kept::of([&pack.program]));
    while fold(world).await.unwrap() {}
    let mut reading = Reading::begin(world, empty()).await.unwrap();
    while reading.next().await.unwrap() {}
    let kept = reading.finish();
    let rows: Vec<(Uuid, String, OffsetDateTime, String)> = world
        .db
        .all(
            "SELECT a.household_id, a.pack_hash, a.started_at, w.body
             FROM assessment a JOIN assessment_answers w
                  ON w.household_id = a.household_id AND w.assessment_id = a.assessment_id
             WHERE a.state = 'accepted' ORDER BY a.household_id, a.assessment_id",
            args![],
        )
        .await
        .unwrap();
    let mut last = BTreeMap::new();
    for (household, pack_hash, started_at, body) in rows {
        let pack = packs::by_hash(world, &pack_hash).await.unwrap();
        let json = serde_json::from_str(&body).unwrap();
        last.insert(household, Answers::from_json(&pack.form, &json, started_at.date()).unwrap());
    }
    let mut told = empty();
    for answers in last.values() {
        told.push(answers);
    }
    told.finish();
    assert_eq!((kept.households(), kept.people()), (told.households(), told.people()));
    for household in 0..told.households() {
        assert_eq!(kept.answers(household), told.answers(household));
    }
    let due: Option<i64> = world.db.value("SELECT COUNT(*) FROM answers_due", args![]).await.unwrap();
    assert_eq!(due, Some(0));
}

#[tokio::test]
async fn a_block_follows_what_households_say() {
    each_engine(async |world| {
        load_small_pack(world).await;
        tells_the_truth(world).await;
        let (family, _) = decided_family(world, POOR).await;
        assert_eq!(round(world).await, Ok(1));
        assert_eq!(round(world).await, Ok(0));
        tells_the_truth(world).await;
        let mut others = small_family(2);
        for member in &mut others.members {
            member.name = PersonName::parse(member.name.given().unwrap(), "Kamara", "").unwrap();
            member.birth = Birth::Date(date!(1981 - 07 - 09));
        }
        let other = register_family(world, &others).await;
        assess(world, other.household, POOR).await;
        assess(world, family.household, RICH).await;
        tells_the_truth(world).await;
    })
    .await;
}

#[tokio::test]
async fn what_was_read_before_another_wrote_is_not_written_over_it() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let (family, _) = decided_family(world, POOR).await;
        for _ in 0..2 {
            let slow = due(world).await.unwrap().unwrap();
            assess(world, family.household, RICH).await;
            round(world).await.unwrap();
            put(world, slow).await.unwrap();
            tells_the_truth(world).await;
            assess(world, family.household, POOR).await;
        }
        // Said while a block is written: the mark stays, and is seen to in the next round.
        let slow = due(world).await.unwrap().unwrap();
        assess(world, family.household, RICH).await;
        put(world, slow).await.unwrap();
        assert_eq!(round(world).await, Ok(1));
        tells_the_truth(world).await;
    })
    .await;
}

#[tokio::test]
async fn bytes_that_are_no_block_are_an_error_and_nothing_is_lost() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let (family, _) = decided_family(world, POOR).await;
        round(world).await.unwrap();
        world
            .write(async |tx| tx.run("UPDATE answers_block SET body = $1", args![b"no block".to_vec()]).await)
            .await
            .unwrap();
        assess(world, family.household, RICH).await;
        assert!(matches!(round(world).await, Err(Error::Internal(_))));
        let due: Option<i64> = world.db.value("SELECT COUNT(*) FROM answers_due", args![]).await.unwrap();
        assert_eq!(due, Some(1));
    })
    .await;
}
