//! Giving many tasks at once, on both engines.

use super::*;
use crate::tasks::tests::{new_task, opened, seen, with_accounts};
use crate::tasks::{claim, open};
use crate::test_support::{
    World, counter_officer, each_engine, officer_elsewhere, second_counter_officer, supervisor,
};

fn given(plan: &Plan) -> Vec<Given> {
    plan.lines
        .iter()
        .filter_map(|line| Some(Given { task: line.task.id, version: line.task.version, to: line.to.ok()? }))
        .collect()
}

async fn some(world: &World, count: usize) -> Vec<TaskId> {
    with_accounts(world).await;
    let mut ids = Vec::new();
    for days in 0..count {
        ids.push(opened(world, "visit", i64::try_from(days).unwrap()).await);
    }
    ids
}

#[tokio::test]
async fn tasks_are_shared_out_evenly_and_given_in_one_unit_of_work() {
    each_engine(async |world| {
        let ids = some(world, 5).await;
        // The first has something to do already.
        claim(world, &counter_officer(), ids[0]).await.unwrap();
        let two = [counter_officer().staff_id, second_counter_officer().staff_id];
        let plan = share_out(world, &supervisor(), &ids[1..], &two).await.unwrap();
        assert_eq!(plan.people.len(), 3, "{:?}", plan.people);
        assert_eq!(plan.people.iter().map(|one| one.2).collect::<Vec<_>>(), [1, 0, 0]);
        let to: Vec<StaffId> = plan.lines.iter().map(|line| line.to.unwrap()).collect();
        assert_eq!(to.iter().filter(|id| **id == two[0]).count(), 2, "{to:?}");
        assert_eq!(to[0], two[1], "who has less to do is first");
        let outcome = give(world, &supervisor(), given(&plan), String::new()).await.unwrap();
        assert_eq!((outcome.given, outcome.left.len()), (4, 0));
        for (id, to) in ids[1..].iter().zip(to) {
            let task = seen(world, *id).await;
            assert_eq!((task.holder, task.state), (Some(to), TaskState::Assigned));
        }
    })
    .await;
}

#[tokio::test]
async fn a_task_that_somebody_has_is_replaced_and_carries_what_to_know() {
    each_engine(async |world| {
        let ids = some(world, 1).await;
        claim(world, &counter_officer(), ids[0]).await.unwrap();
        let to = [second_counter_officer().staff_id];
        let plan = share_out(world, &supervisor(), &ids, &to).await.unwrap();
        let outcome = give(world, &supervisor(), given(&plan), "Call first".into()).await.unwrap();
        assert_eq!(outcome.given, 1);
        assert_eq!(seen(world, ids[0]).await.state, TaskState::Cancelled);
        let filter = crate::tasks::Filter { holder: Some(to[0]), ..crate::tasks::Filter::default() };
        let theirs = crate::tasks::team(world, &supervisor(), &filter, None, 10).await.unwrap().tasks;
        assert_eq!((theirs[0].replaces, theirs[0].instructions.as_str()), (Some(ids[0]), "Call first"));
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_given_is_said_with_why() {
    each_engine(async |world| {
        let mut ids = some(world, 2).await;
        let mut secret = new_task(world, "approve", 1);
        secret.needs = Right::Approve;
        ids.push(
            world.write(async move |tx| open(tx, &Actor::system(), secret.clone()).await).await.unwrap(),
        );
        claim(world, &counter_officer(), ids[0]).await.unwrap();
        let one = [counter_officer().staff_id];
        let plan = share_out(world, &supervisor(), &ids, &one).await.unwrap();
        let why: Vec<_> = plan.lines.iter().map(|line| line.to.err()).collect();
        assert_eq!(why, [Some(WhyNot::Same), None, Some(WhyNot::Unable)]);
        let nobody = share_out(world, &supervisor(), &ids, &[officer_elsewhere().staff_id]).await.unwrap();
        assert!(nobody.lines.iter().all(|line| line.to == Err(WhyNot::Unable)), "{:?}", nobody.lines);
        assert_eq!(share_out(world, &counter_officer(), &ids, &one).await, Err(Error::Forbidden));
        assert_eq!(give(world, &counter_officer(), Vec::new(), String::new()).await, Err(Error::Forbidden));
        // A plan that somebody made up gives nobody what they may not have.
        let forged = Given { task: ids[2], version: 1, to: one[0] };
        let outcome = give(world, &supervisor(), vec![forged], String::new()).await.unwrap();
        assert_eq!((outcome.given, outcome.left[0].1), (0, WhyNot::Unable));
        assert_eq!(seen(world, ids[2]).await.holder, None);
    })
    .await;
}

#[tokio::test]
async fn what_moves_while_it_is_given_is_told_and_nobody_loses_a_task() {
    each_engine(async |world| {
        let ids = some(world, 8).await;
        let to = [second_counter_officer().staff_id];
        let plan = share_out(world, &supervisor(), &ids, &to).await.unwrap();
        // Somebody takes one after the plan was shown, others take while it is carried out.
        claim(world, &counter_officer(), ids[0]).await.unwrap();
        let other = counter_officer();
        let claiming = async {
            let mut taken = Vec::new();
            for id in &ids[4..] {
                if claim(world, &other, *id).await.is_ok() {
                    taken.push(*id);
                }
            }
            taken
        };
        let boss = supervisor();
        let (outcome, taken) = tokio::join!(give(world, &boss, given(&plan), String::new()), claiming);
        let outcome = outcome.unwrap();
        assert_eq!(outcome.given + outcome.left.len(), ids.len());
        assert!(outcome.left.iter().any(|(task, why)| task.id == ids[0] && *why == WhyNot::Moved));
        assert!(outcome.left.iter().all(|(_, why)| *why == WhyNot::Moved), "{:?}", outcome.left);
        for id in &ids {
            let holder = seen(world, *id).await.holder;
            let was_taken = taken.contains(id) || *id == ids[0];
            assert_eq!(holder, Some(if was_taken { other.staff_id } else { to[0] }), "{id}");
        }
    })
    .await;
}
