//! Walks at random through what people and time may do: whatever happens in whatever order, work and clocks stay consistent.

use super::*;
use crate::clocks::run_due;
use crate::complaints::handle::Asked;
use crate::complaints::own::Doing;
use domain::lifecycle::Lifecycle;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use time::Duration;

/// What must hold of a complaint after each step.
async fn check(world: &World, id: ComplaintId, after: &str) {
    let one = read(world, id).await;
    let clocks = clocks_of(world, id).await;
    let live = |kind: &str| {
        clocks.iter().filter(|(own, state)| own == kind && (state == "running" || state == "paused")).count()
    };
    let tasks = tasks_of(world, id).await;
    let told = format!("{after}: {} at {}, {clocks:?}, {tasks:?}", one.state, one.level);
    let any = clocks.iter().any(|(_, state)| matches!(state.as_str(), "running" | "paused" | "breached"));
    if one.state.is_final() {
        assert!(!any && tasks.is_empty(), "work is left after the end: {told}");
        return;
    }
    assert!(any || !tasks.is_empty(), "nobody looks after it: {told}");
    assert!(tasks.len() <= 1, "two tasks: {told}");
    let waits = one.state == ComplaintState::AwaitingComplainant;
    assert_eq!(live("complaint_wait"), usize::from(waits), "{told}");
    assert_eq!(live("complaint_reply"), usize::from(one.state == ComplaintState::Resolved), "{told}");
    let paused = clocks.iter().any(|(_, state)| state == "paused");
    assert!(!paused || waits, "a clock of ours stands still: {told}");
    if one.state.is_open() {
        // It runs, or it is late on record with nobody above.
        let owed = clocks.iter().filter(|(kind, state)| {
            kind == "complaint_answer" && matches!(state.as_str(), "running" | "paused" | "breached")
        });
        assert!(owed.count() >= 1 && live("complaint_answer") <= 1, "{told}");
        assert!(tasks.len() == 1 || waits, "{told}");
    } else {
        assert_eq!(live("complaint_answer"), 0, "{told}");
    }
    if let Some(owner) = one.owner {
        let hands = "SELECT part FROM complaint_staff WHERE household_id = $1 AND staff_id = $2";
        let part: Option<String> = world.db.value(hands, args![id, owner]).await.unwrap();
        assert_eq!(part.as_deref(), Some("handles"), "{told}");
    }
}

/// One thing that somebody tries, or time that passes. What is refused changes nothing.
async fn try_one(world: &World, own: &Lodged, dice: &mut StdRng) -> String {
    use ComplaintEvent as E;
    let id = own.id;
    let people = [
        counter_officer(),
        second_counter_officer(),
        supervisor(),
        second_supervisor(),
        agency_supervisor(),
        second_agency_supervisor(),
        ombudsman(),
        second_ombudsman(),
    ];
    let mut one = &people[dice.random_range(0..people.len())];
    let other = people[dice.random_range(0..people.len())].staff_id;
    let now = version(world, id).await;
    let mut what = ComplaintEvent::ALL[dice.random_range(0..ComplaintEvent::ALL.len())];
    // Now and then anybody tries anything; mostly somebody does what they are offered.
    for _ in 0..if dice.random_bool(0.8) { 12 } else { 0 } {
        let person = &people[dice.random_range(0..people.len())];
        let acts = show(world, person, id).await.map(|shown| shown.acts).unwrap_or_default();
        // What ends it is left for later, or the walks are short.
        let ends = [ComplaintEvent::Withdraw, ComplaintEvent::Redirect, ComplaintEvent::Convert];
        let acts: Vec<ComplaintEvent> =
            acts.into_iter().filter(|act| !ends.contains(act) || dice.random_bool(0.05)).collect();
        if !acts.is_empty() {
            (one, what) = (person, acts[dice.random_range(0..acts.len())]);
            break;
        }
    }
    let able = show(world, one, id).await.map(|shown| shown.able).unwrap_or_default();
    let to = if able.is_empty() { other } else { able[dice.random_range(0..able.len())].0 };
    let name = one.name.clone();
    match dice.random_range(0..10) {
        0 => {
            let days = dice.random_range(1..12);
            world.clock.advance(Duration::days(days));
            run_due(world).await.unwrap();
            return format!("{days} days");
        }
        1 => {
            let token = enter(world, own).await;
            let doing = match dice.random_range(0..20) {
                0..12 => Doing::Say("x".into(), vec![]),
                12..14 => Doing::Reply(true, String::new()),
                14..19 => Doing::Reply(false, "x".into()),
                _ => Doing::Withdraw(String::new()),
            };
            return format!("{:?}", own::act(world, &token, doing).await);
        }
        _ => {}
    }
    let done = match what {
        E::Acknowledge => acknowledge(world, one, id, now, "x").await,
        E::Triage => {
            triage(world, one, id, now, found(Category::ALL[dice.random_range(0..Category::ALL.len())])).await
        }
        E::Assign => assign(world, one, id, now, to).await,
        E::Begin => begin(world, one, id, now).await,
        E::AskComplainant => ask(world, one, id, now, (Asked::Complainant, "x")).await,
        E::AskOther => ask(world, one, id, now, (Asked::Other, "x")).await,
        E::Answer | E::WaitOver => answered(world, one, id, now, "x").await,
        E::Propose => propose_response(world, one, id, now, response(Outcome::Upheld)).await,
        E::Return => send_back(world, one, id, now, "x").await,
        E::Resolve => resolve(world, one, id, now).await,
        E::Accept => reply_for(world, one, id, now, (true, "")).await,
        E::Reopen | E::Lapse => reply_for(world, one, id, now, (false, "x")).await,
        E::Escalate if read(world, id).await.state == ComplaintState::Resolved => {
            reply_for(world, one, id, now, (false, "x")).await
        }
        E::Escalate => escalate(world, one, id, now, "x").await,
        E::Redirect => redirect_to_appeal(world, one, id, now, ("x", vec![])).await,
        E::Convert => convert(world, one, id, now, "x").await,
        E::Withdraw => withdraw(world, one, id, now, "x").await,
    };
    format!("{what} by {name}: {done:?}")
}

async fn walk(world: &World, seed: u64, steps: usize) -> usize {
    let mut dice = StdRng::seed_from_u64(seed);
    let category = Category::ALL[dice.random_range(0..Category::ALL.len())];
    let own = lodged(world, category).await;
    let mut moved = 0;
    for number in 0..steps {
        let before = version(world, own.id).await;
        let what = try_one(world, &own, &mut dice).await;
        moved += usize::from(version(world, own.id).await != before);
        check(world, own.id, &format!("walk {seed}, step {number}, {what}")).await;
    }
    moved
}

#[tokio::test]
async fn any_order_of_events_leaves_work_and_clocks_consistent() {
    let world = World::sqlite().await;
    hire_all(&world).await;
    let mut moved = 0;
    for seed in 0..12 {
        moved += walk(&world, seed, 40).await;
    }
    assert!(moved > 150, "the walks stood still: {moved} steps");
    world.end().await;
}

#[tokio::test]
async fn so_it_is_on_the_other_engine() {
    let world = World::postgres().await;
    hire_all(&world).await;
    for seed in 100..103 {
        walk(&world, seed, 40).await;
    }
    world.end().await;
}
