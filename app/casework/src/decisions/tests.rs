//! Stories about decisions: read with what explains them, run again to the same bytes, found without a scan.

use super::*;
use crate::db::Kind;
use crate::households::file::open_with_reason;
use crate::journal;
use crate::test_support::small::*;
use crate::test_support::{counter_officer, each_engine, officer_elsewhere};

#[tokio::test]
async fn a_decision_run_again_gives_the_same_bytes() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let (registered, _) = decided_family(world, POOR).await;
        let household = registered.household;
        let all = of_household(&mut world.db.read().await.unwrap(), household).await.unwrap();
        let again = redo(world, &counter_officer(), household, all[0].id).await.unwrap();
        assert!(again.is_same(), "{again:?}");
        // Somebody edits the receipt in the database.
        world
            .write(async move |tx| {
                tx.run(
                    "UPDATE receipt SET body = $1 WHERE household_id = $2",
                    args![b"{}".to_vec(), household],
                )
                .await
            })
            .await
            .unwrap();
        let altered = redo(world, &counter_officer(), household, all[0].id).await.unwrap();
        assert!(!altered.is_same());
        assert_eq!(altered.difference.unwrap().at, 1);
        let elsewhere = redo(world, &officer_elsewhere(), household, all[0].id).await;
        assert_eq!(elsewhere, Err(Error::Forbidden));
    })
    .await;
}

#[tokio::test]
async fn results_and_decisions_are_shown_with_what_explains_them() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let (registered, assessment) = decided_family(world, POOR).await;
        let household = registered.household;
        let results = results(world, &counter_officer(), household, assessment).await.unwrap();
        assert_eq!(results.decisions.len(), results.decided.programmes.len());
        for told in &results.decided.programmes {
            let decision = results.decision(told).unwrap();
            assert_eq!(decision.verdict, issue::verdict_code(told.verdict));
            let shown = show(world, &counter_officer(), household, decision.id).await.unwrap();
            assert_eq!(shown.rules(), Some(told));
            assert_eq!(shown.history.len(), 1);
        }
        let id = results.decisions[0].id;
        let elsewhere = officer_elsewhere();
        assert_eq!(show(world, &elsewhere, household, id).await.unwrap_err(), Error::Forbidden);
        // With a reason it is read, and the journal says how.
        open_with_reason(world, &elsewhere, household, "She is at our counter today.").await.unwrap();
        show(world, &elsewhere, household, id).await.unwrap();
        let mut view = world.db.read().await.unwrap();
        let last = journal::entries(&mut view, household, None, 1).await.unwrap().remove(0);
        assert_eq!((last.kind.as_str(), last.purpose.as_str()), ("decision.read", "break_glass"));
    })
    .await;
}

/// What would grow with the registry would show as a scan.
#[tokio::test]
async fn no_question_about_a_case_scans_a_table() {
    each_engine(async |world| {
        if world.db.kind() != Kind::Sqlite {
            return;
        }
        let questions: [(&'static str, usize); 8] = [
            ("EXPLAIN QUERY PLAN SELECT state FROM assessment WHERE household_id = $1 ORDER BY assessment_id DESC", 1),
            ("EXPLAIN QUERY PLAN SELECT body FROM decision WHERE household_id = $1 ORDER BY decision_id DESC", 1),
            ("EXPLAIN QUERY PLAN SELECT state FROM enrolment WHERE household_id = $1 ORDER BY enrolment_id DESC", 1),
            ("EXPLAIN QUERY PLAN SELECT state FROM referral WHERE household_id = $1 ORDER BY referral_id DESC", 1),
            ("EXPLAIN QUERY PLAN SELECT MAX(number) FROM letter WHERE household_id = $1 AND assessment_id = $1", 1),
            (
                "EXPLAIN QUERY PLAN SELECT 1 FROM enrolment WHERE programme = 'a' AND state = 'waiting' AND queue_key < 5",
                0,
            ),
            ("EXPLAIN QUERY PLAN SELECT household_id FROM tracking_session WHERE token_hash = $1", 1),
            ("EXPLAIN QUERY PLAN SELECT kind FROM clock WHERE household_id = $1 AND state = 'running'", 1),
        ];
        for (sql, arguments) in questions {
            let args = if arguments == 1 { args![Uuid::nil()] } else { args![] };
            let plan: Vec<(i64, i64, i64, String)> = world.db.all(sql, args).await.unwrap();
            for (_, _, _, step) in &plan {
                assert!(!step.starts_with("SCAN"), "{sql}: {step}");
            }
        }
    })
    .await;
}
