//! Walks at random through what people and time may do with an appeal: whatever happens in whatever order, somebody or a clock
//! looks after it until it ends, and nothing is left behind when it has.

use domain::appeal::{AppealState, Channel, Finding, Hearing, IssueOutcome, RemandReason};
use domain::ids::{AppealId, HouseholdId};
use domain::lifecycle::{HeldBy, Lifecycle as _};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use time::Duration;

use crate::appeals::testing::*;
use crate::appeals::tribunal::Determination;
use crate::appeals::*;
use crate::clocks::run_due;
use crate::test_support::*;

type Found = Vec<(String, String)>;

/// Kind and state of the clocks that are not over, and kind and holder's state of the tasks.
async fn live(world: &World, household: HouseholdId, id: AppealId) -> (Found, Found) {
    let clocks = "SELECT kind, state FROM clock WHERE household_id = $1 AND subject_id = $2
                  AND subject_kind IN ('appeal', 'appeal_target') AND state IN ('running', 'paused', 'breached')";
    let tasks = "SELECT kind, state FROM task WHERE household_id = $1 AND subject_id = $2
                 AND subject_kind = 'appeal' AND state IN ('open', 'assigned', 'in_progress', 'on_hold')";
    let all = async |sql| world.db.all(sql, args![household, id]).await.unwrap();
    (all(clocks).await, all(tasks).await)
}

async fn check(world: &World, household: HouseholdId, id: AppealId, after: &str) {
    let (own, issues) = read(world, household, id).await;
    let (clocks, tasks) = live(world, household, id).await;
    let told = format!("{after}: {}, {clocks:?}, {tasks:?}", own.state);
    let running = |kind: &str| clocks.iter().any(|(own, state)| own == kind && state == "running");
    if own.state.is_final() {
        assert!(
            tasks.is_empty() && !clocks.iter().any(|(_, state)| state != "breached"),
            "left behind: {told}"
        );
        return;
    }
    // A clock runs, or somebody has it to do, or it lies on the desk of the tribunal or of its office.
    let on_desk = async |who: Actor| {
        let desk = desk::desk(world, &who).await.unwrap();
        [desk.review, desk.office, desk.tribunal].iter().flatten().any(|one| one.id == id)
    };
    match own.state.held_by() {
        HeldBy::Clock(kind) if running(kind) => {}
        _ => assert!(
            !tasks.is_empty() || on_desk(tribunal_member()).await || on_desk(supervisor()).await,
            "nobody looks after it: {told}"
        ),
    }
    assert!(tasks.len() <= 1 + issues.len(), "more tasks than there is to do: {told}");
    // What was decided is decided once.
    if matches!(own.state, AppealState::Issued | AppealState::Implemented) {
        assert!(issues.iter().all(|issue| issue.finding().is_some() || issue.outcome().is_some()), "{told}");
    }
}

/// One thing that somebody tries, or time that passes. What is refused changes nothing.
async fn try_one(world: &World, household: HouseholdId, id: AppealId, dice: &mut StdRng) -> String {
    let staff = [
        counter_officer(),
        second_counter_officer(),
        supervisor(),
        second_supervisor(),
        officer_elsewhere(),
        tribunal_member(),
    ];
    let one = &staff[dice.random_range(0..staff.len())];
    let member = &tribunal_member();
    let now = at(world, household, id).await;
    let (own, issues) = read(world, household, id).await;
    let note = || "It is so.".to_owned();
    let what = dice.random_range(0..22);
    let done = match what {
        0..6 => {
            let days = dice.random_range(1..25);
            world.clock.advance(Duration::days(days));
            run_due(world).await.unwrap();
            return format!("{days} days");
        }
        6 => acknowledge(world, one, household, id, now.2).await,
        7 => condone(world, one, now, dice.random_bool(0.5), "It is so.").await,
        8 | 9 => {
            let finding = if dice.random_bool(0.4) { Finding::Revised } else { Finding::Upheld };
            reconsider(world, one, now, answers(world, household, id, finding).await).await.map(drop)
        }
        10 => match waiting(world, household).await {
            Some(own) if dice.random_bool(0.6) => sign(world, one, own.id, own.version, note()).await,
            Some(own) => refuse(world, one, own.id, own.version, note()).await,
            None => Ok(()),
        },
        11 => tribunal::respond(world, one, now, "We stand by it.").await,
        12 => tribunal::take(world, member, now).await,
        13 => {
            let day = world.now() + Duration::days(dice.random_range(5..30));
            tribunal::list(world, member, now, (day, Hearing::InPerson, "Room 2".into())).await
        }
        14 => tribunal::on_paper(world, member, now, "The papers say it all.").await,
        15 => tribunal::hear(world, member, now).await,
        16 => match dice.random_range(0..3) {
            0 => tribunal::adjourn(world, member, now, "A paper must come first.").await,
            1 => tribunal::resume(world, member, now).await,
            _ => tribunal::postpone(world, member, now, "The road is closed.").await,
        },
        17 => {
            let outcome = IssueOutcome::ALL[dice.random_range(0..IssueOutcome::ALL.len())];
            let of = |issue: &Issue| Determination {
                issue: issue.id,
                outcome,
                remedy: matches!(outcome, IssueOutcome::Allowed | IssueOutcome::Varied).then(help),
                note: "It is so.".into(),
                reasons: vec![RemandReason::ALL[0]],
            };
            let all = issues.iter().map(of).collect();
            tribunal::determine(world, member, now, (all, note())).await
        }
        18 => tribunal::issue(world, member, now).await,
        19 => match dice.random_range(0..3) {
            0 => tribunal::correct(world, member, now, "A name was misspelt.").await,
            1 => tribunal::set_aside(world, member, now, "They were not told.").await,
            _ => act(world, &Actor::applicant(), now, Act::AskReasons(note())).await.map(drop),
        },
        20 => act(world, &Actor::applicant(), now, Act::Contest).await.map(drop),
        // What ends it comes late, or the walks are short.
        _ => match dice.random_range(0..12) {
            0 => act(world, &Actor::applicant(), now, Act::Withdraw(note())).await.map(drop),
            1 => act(world, &Actor::applicant(), now, Act::GoFurther(note())).await.map(drop),
            _ => act(world, &Actor::applicant(), now, Act::Continue).await.map(drop),
        },
    };
    if done.is_err() {
        assert_eq!(
            read(world, household, id).await.0,
            own,
            "{what} was refused and changed something: {done:?}"
        );
    }
    format!("{what} by {}: {done:?}", one.name)
}

async fn waiting(world: &World, household: HouseholdId) -> Option<crate::proposals::Proposal> {
    let mut view = world.db.read().await.unwrap();
    let all = crate::proposals::of_household(&mut view, &world.keys, household).await.unwrap();
    all.into_iter().find(|own| own.kind == REVISION && !own.state.is_final())
}

async fn walk(world: &World, seed: u64, steps: usize) -> Vec<AppealState> {
    let mut dice = StdRng::seed_from_u64(seed);
    let (household, refused) = refused(world).await;
    // Some come late, some by letter.
    if seed % 4 == 3 {
        world.clock.advance(Duration::days(120));
        run_due(world).await.unwrap();
    }
    let channel = if seed.is_multiple_of(2) { Channel::Counter } else { Channel::Letter };
    let lodging = NewAppeal {
        id: world.new_id(),
        channel,
        late_reason: "The road was closed.".into(),
        ..new(&[Against::Decision(refused.id)])
    };
    let id = lodge(world, &counter_officer(), household, lodging).await.unwrap().id;
    let mut passed = vec![read(world, household, id).await.0.state];
    for number in 0..steps {
        let what = try_one(world, household, id, &mut dice).await;
        check(world, household, id, &format!("walk {seed}, step {number}, {what}")).await;
        let state = read(world, household, id).await.0.state;
        if passed.last() != Some(&state) {
            passed.push(state);
        }
    }
    passed
}

#[tokio::test]
async fn any_order_of_events_leaves_work_and_clocks_consistent() {
    let mut seen = std::collections::BTreeSet::new();
    for seed in 0..14 {
        let world = World::sqlite().await;
        seen.extend(walk(&world, seed, 60).await.iter().map(|state| state.code()));
        world.end().await;
    }
    // They went far: to a decision that was carried out, and to an end.
    for state in ["forwarded", "listed", "determined", "issued", "closed"] {
        assert!(seen.contains(state), "no walk came to {state}: {seen:?}");
    }
}

#[tokio::test]
async fn so_it_is_on_the_other_engine() {
    for seed in 100..103 {
        let world = World::postgres().await;
        walk(&world, seed, 40).await;
        world.end().await;
    }
}
