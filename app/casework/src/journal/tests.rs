//! Chains hold together, and every way of tampering is found.

use domain::ids::HouseholdId;
use time::Duration;

use super::*;
use crate::test_support::{World, counter_officer, each_engine};

fn file(n: u128) -> HouseholdId {
    HouseholdId::new(Uuid::from_u128(1000 + n))
}

/// Three files with 1, 2 and 3 entries on two days, a checkpoint after each.
async fn two_days(world: &World) {
    for _ in 0..2 {
        for n in 0..3 {
            for step in 0..=i64::try_from(n).unwrap() {
                record(world, &counter_officer(), file(n), Event::new("file.opened").number("step", step))
                    .await
                    .unwrap();
            }
        }
        world.clock.advance(Duration::DAY);
        assert!(checkpoint(world).await.unwrap());
        assert!(!checkpoint(world).await.unwrap(), "once a day");
    }
}

#[tokio::test]
async fn an_untouched_journal_verifies() {
    each_engine(async |world| {
        two_days(world).await;
        record(world, &Actor::system(), file(0), Event::new("file.opened")).await.unwrap();
        let report = verify(world).await.unwrap();
        assert_eq!(report, Report { files: 3, entries: 13, checkpoints: 2, first_break: None });
        let mut view = world.db.read().await.unwrap();
        let entries = entries(&mut view, file(2), None, 2).await.unwrap();
        assert_eq!(entries.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [6, 5]);
        assert_eq!(entries[0].told("step"), Some(2.into()));
        assert_eq!(entries[0].staff_name, None, "no such account in this test");
        assert_eq!(entries[0].purpose, "casework");
    })
    .await;
}

#[tokio::test]
async fn every_way_of_tampering_is_found() {
    let last_file: Uuid = file(2).into();
    let until =
        |day: i64| crate::test_support::MONDAY.replace_time(time::Time::MIDNIGHT) + Duration::days(day);
    let ways: [(&'static str, Break); 9] = [
        (
            "UPDATE journal SET detail = '{}' WHERE file_id = $1 AND seq = 2",
            Break::Entry { file: last_file, seq: 2 },
        ),
        (
            "UPDATE journal SET kind = 'x' WHERE file_id = $1 AND seq = 6",
            Break::Entry { file: last_file, seq: 6 },
        ),
        (
            "UPDATE journal SET staff_id = NULL WHERE file_id = $1 AND seq = 1",
            Break::Entry { file: last_file, seq: 1 },
        ),
        ("DELETE FROM journal WHERE file_id = $1 AND seq = 3", Break::Entry { file: last_file, seq: 4 }),
        ("DELETE FROM journal WHERE file_id = $1 AND seq = 6", Break::Head { file: last_file }),
        ("DELETE FROM journal WHERE file_id = $1", Break::Head { file: last_file }),
        ("DELETE FROM journal_head WHERE file_id = $1", Break::Head { file: last_file }),
        (
            "UPDATE journal_checkpoint SET mac = hash WHERE files = 3 AND $1 IS NOT NULL AND until = (SELECT MIN(until) FROM journal_checkpoint)",
            Break::Checkpoint { until: until(1) },
        ),
        (
            "DELETE FROM journal_checkpoint WHERE $1 IS NOT NULL AND until = (SELECT MIN(until) FROM journal_checkpoint)",
            Break::Checkpoint { until: until(2) },
        ),
    ];
    for (way, found) in ways {
        let world = World::sqlite().await;
        two_days(&world).await;
        world.write(async move |tx| tx.run(way, args![last_file]).await).await.unwrap();
        assert_eq!(verify(&world).await.unwrap().first_break, Some(found), "{way}");
        world.end().await;
    }
}

/// Who holds the whole database can make a new chain, but not the keyed hash over it.
#[tokio::test]
async fn a_file_taken_away_with_its_head_is_found_by_the_checkpoint() {
    each_engine(async |world| {
        two_days(world).await;
        world
            .write(async |tx| {
                tx.run("DELETE FROM journal WHERE file_id = $1", args![file(1)]).await?;
                tx.run("DELETE FROM journal_head WHERE file_id = $1", args![file(1)]).await
            })
            .await
            .unwrap();
        let found = verify(world).await.unwrap().first_break;
        assert!(matches!(found, Some(Break::Checkpoint { .. })), "{found:?}");
    })
    .await;
}

#[test]
fn what_does_not_look_like_a_code_is_withheld() {
    let event = Event::new("x").code("programme", "child-grant").code("slip", "Aline Niyonzima");
    assert_eq!(event.detail["programme"], "child-grant");
    assert_eq!(event.detail["slip"], "withheld");
}

/// The format of the chain is kept: a change of this value would make every old journal look broken.
#[test]
fn the_hash_of_an_entry_does_not_change() {
    let hash = entry_hash(&Sealed {
        file: Uuid::from_u128(42),
        seq: 1,
        at: crate::test_support::MONDAY,
        staff: None,
        kind: "household.registered",
        purpose: "casework",
        detail: r#"{"members":5}"#,
        prev: &NO_HASH,
    });
    let text = format!(
        r#"["guichet journal 1","00000000-0000-0000-0000-00000000002a",1,1793606400,null,"household.registered","casework","{{\"members\":5}}","{}"]"#,
        "00".repeat(32)
    );
    assert_eq!(hash, <[u8; 32]>::from(Sha256::digest(text.as_bytes())));
}
