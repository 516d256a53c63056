//! What a change would do, worked out on everybody who was assessed.

use domain::policy::gates::GateName;

use super::*;
use crate::error::{Conflict, Error};
use crate::policy::simulating::{RunState, begin, running, work};
use crate::test_support::small::{POOR, decided_family, load_small_pack};
use crate::test_support::{counter_officer, each_engine};

#[tokio::test]
async fn a_change_is_tried_on_everybody_who_was_assessed() {
    each_engine(async |world| {
        load_small_pack(world).await;
        decided_family(world, POOR).await;
        let me = policy_officer();
        let id = opened(world, DAY).await;
        swap(world, id, RATE).await;
        assert_eq!(running(world, &me, id).await.unwrap(), None);
        assert_eq!(begin(world, &counter_officer(), id).await, Err(Error::Forbidden));
        begin(world, &me, id).await.unwrap();
        // One at a time; whoever was not heard of for a while has stopped, and another may begin.
        assert_eq!(begin(world, &me, id).await, Err(Error::Conflict(Conflict::State)));
        world.clock.advance(time::Duration::minutes(3));
        assert_eq!(running(world, &me, id).await.unwrap().unwrap().state, RunState::Failed);
        begin(world, &me, id).await.unwrap();
        let at_work = running(world, &me, id).await.unwrap().unwrap();
        assert_eq!((at_work.state, at_work.done, at_work.total), (RunState::Running, 0, 1));
        let simulation = work(world, &me, id).await.unwrap();
        let done = running(world, &me, id).await.unwrap().unwrap();
        assert_eq!((done.state, done.done), (RunState::Done, 1));
        let (_, report) = super::simulation(world, &me, id, simulation).await.unwrap();
        assert_eq!((&report["households"], &report["as_of"]), (&json!(1), &json!("2026-12-01")));
        let more: i64 = report["programmes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|programme| programme["groups"][0]["more"].as_i64().unwrap())
            .sum();
        assert!(more > 0, "a higher rate gives somebody more: {report}");
        let shut: Vec<GateName> = gates(world, &me, id)
            .await
            .unwrap()
            .gates
            .into_iter()
            .filter(|gate| !gate.passed)
            .map(|gate| gate.name)
            .collect();
        assert_eq!(shut, []);
    })
    .await;
}

#[tokio::test]
async fn what_does_not_compile_or_waits_no_more_is_not_tried() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let me = policy_officer();
        let id = opened(world, DAY).await;
        let with_another = "value = 40 }, { from = 2026-12-01, value = \"forty\" }]";
        let edited = swap_as(world, &me, id, (RATE.0, RATE.1, with_another)).await;
        if let Edited::Kept(_) = edited {
            assert_eq!(begin(world, &me, id).await, Err(Error::Invalid("change.faulty")));
        }
        withdraw(world, &me, id, at(world, id).await, "Not now.").await.unwrap();
        assert_eq!(begin(world, &me, id).await, Err(Error::Conflict(Conflict::State)));
        assert_eq!(running(world, &me, id).await.unwrap(), None);
    })
    .await;
}
