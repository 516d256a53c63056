//! Tasks that wait until a day, on both engines.

use time::Duration;

use super::*;
use crate::error::Conflict;
use crate::tasks::tests::{household, new_task, opened, paper, seen};
use crate::tasks::{claim, complete, lists, open_child, resume, start, steps};
use crate::test_support::{World, counter_officer, each_engine, second_counter_officer};

async fn live_clocks(world: &World) -> usize {
    let mut view = world.db.read().await.unwrap();
    let all = clocks::of_household(&mut view, household()).await.unwrap();
    all.into_iter().filter(|clock| clock.ended_at.is_none()).count()
}

/// Tasks in the list of what can be done now, and of what waits.
async fn listed(world: &World) -> (usize, usize) {
    let mut found = Vec::new();
    for standing in [lists::Standing::Active, lists::Standing::OnHold] {
        let filter = lists::Filter { standing, ..lists::Filter::default() };
        found.push(lists::mine(world, &counter_officer(), &filter, None, 10).await.unwrap().tasks.len());
    }
    let counts = lists::counts(world, &counter_officer()).await.unwrap();
    assert_eq!(
        [counts.mine.number, counts.hold.number],
        [found[0], found[1]].map(|n| i64::try_from(n).unwrap())
    );
    (found[0], found[1])
}

#[tokio::test]
async fn a_task_sleeps_until_its_day_and_comes_back_with_a_mark() {
    each_engine(async |world| {
        let me = counter_officer();
        let id = opened(world, "visit", 9).await;
        claim(world, &me, id).await.unwrap();
        let wordless = Hold { reason: HoldReason::Other, words: " ".into(), ..paper(world, 3) };
        assert_eq!(hold(world, &me, id, 2, wordless).await, Err(Error::Invalid("reason.missing")));
        for days in [0, -1, LONGEST_HOLD_DAYS + 1] {
            assert_eq!(hold(world, &me, id, 2, paper(world, days)).await, Err(Error::Invalid("hold.until")));
        }
        let other = second_counter_officer();
        assert_eq!(hold(world, &other, id, 2, paper(world, 3)).await, Err(Error::Forbidden));
        hold(world, &me, id, 2, paper(world, 3)).await.unwrap();
        let task = seen(world, id).await;
        assert_eq!((task.state, task.hold), (TaskState::OnHold, Some(HoldReason::Paper)));
        assert_eq!(task.reason, "The birth certificate");
        assert_eq!(task.wake_at.unwrap().date(), world.today() + Duration::days(3));
        assert_eq!((listed(world).await, live_clocks(world).await), ((0, 1), 1));

        world.clock.advance(Duration::days(2));
        clocks::run_due(world).await.unwrap();
        assert_eq!(listed(world).await, (0, 1), "not yet");
        world.clock.advance(Duration::DAY);
        assert_eq!(clocks::run_due(world).await, Ok(1));
        assert_eq!(clocks::run_due(world).await, Ok(0), "once");
        let task = seen(world, id).await;
        assert_eq!((task.state, task.holder), (TaskState::InProgress, Some(me.staff_id)));
        assert_eq!((task.woken_at, task.wake_at, task.hold), (Some(world.now()), None, None));
        assert_eq!((listed(world).await, live_clocks(world).await), ((1, 0), 0));
        complete(world, &me, id, task.version).await.unwrap();
        assert_eq!(seen(world, id).await.woken_at, None);
    })
    .await;
}

#[tokio::test]
async fn who_goes_on_before_the_day_is_not_woken() {
    each_engine(async |world| {
        let me = counter_officer();
        let id = opened(world, "visit", 9).await;
        claim(world, &me, id).await.unwrap();
        start(world, &me, id, 2).await.unwrap();
        hold(world, &me, id, 3, paper(world, 3)).await.unwrap();
        let again = hold(world, &me, id, 4, paper(world, 5)).await;
        assert_eq!(again, Err(Error::Conflict(Conflict::State)));
        resume(world, &me, id, 4).await.unwrap();
        assert_eq!(live_clocks(world).await, 0);
        world.clock.advance(Duration::days(9));
        assert_eq!(clocks::run_due(world).await, Ok(0));
        let task = seen(world, id).await;
        assert_eq!((task.woken_at, task.wake_at), (None, None));
        assert!(steps(&me, &task).contains(&TaskEvent::Complete));
    })
    .await;
}

#[tokio::test]
async fn what_waits_for_a_day_and_for_another_task_waits_for_both() {
    each_engine(async |world| {
        let me = counter_officer();
        let id = opened(world, "visit", 9).await;
        claim(world, &me, id).await.unwrap();
        hold(world, &me, id, 2, paper(world, 3)).await.unwrap();
        let (new, by) = (new_task(world, "call", 1), me.clone());
        let child = world.write(async move |tx| open_child(tx, &by, id, new.clone()).await).await.unwrap();
        world.clock.advance(Duration::days(4));
        clocks::run_due(world).await.unwrap();
        assert_eq!(seen(world, id).await.state, TaskState::OnHold, "its child is not done");
        claim(world, &me, child).await.unwrap();
        complete(world, &me, child, 2).await.unwrap();
        assert_eq!(seen(world, id).await.state, TaskState::InProgress);
        let around = crate::tasks::around(world, &me, &seen(world, child).await).await.unwrap();
        assert_eq!(around.parent.map(|parent| parent.id), Some(id));
        let around = crate::tasks::around(world, &me, &seen(world, id).await).await.unwrap();
        assert_eq!(around.children.iter().map(|one| one.id).collect::<Vec<_>>(), [child]);
    })
    .await;
}
