//! Tasks on both engines.

use domain::role::{Role, Scope};
use domain::task::Priority;
use time::Duration;
use uuid::Uuid;

use super::*;
use crate::test_support::{
    AGENCY, OFFICE, World, actor, counter_officer, each_engine, officer_elsewhere, second_counter_officer,
    supervisor,
};

pub(super) fn household() -> HouseholdId {
    HouseholdId::new(Uuid::from_u128(500))
}

pub(super) fn new_task(world: &World, kind: &str, days: i64) -> NewTask {
    NewTask {
        household_id: household(),
        kind: kind.into(),
        subject: Subject::new("visit", Uuid::from_u128(7)),
        scope: Scope::Office(OFFICE.into()),
        needs: Right::WorkTasks,
        priority: Priority::Normal,
        due_at: world.now() + Duration::days(days),
        instructions: "Ask for the certificate".into(),
    }
}

/// A paper is to come in so many days.
pub(super) fn paper(world: &World, days: i64) -> Hold {
    let until = world.today() + Duration::days(days);
    Hold { reason: HoldReason::Paper, words: "The birth certificate".into(), until }
}

pub(super) async fn opened(world: &World, kind: &str, days: i64) -> TaskId {
    let new = new_task(world, kind, days);
    world.write(async move |tx| open(tx, &Actor::system(), new.clone()).await).await.unwrap()
}

pub(super) async fn seen(world: &World, id: TaskId) -> Task {
    task(world, &supervisor(), id).await.unwrap()
}

/// The typed actors as accounts, for what looks a holder up.
pub(super) async fn with_accounts(world: &World) {
    for actor in [counter_officer(), second_counter_officer(), officer_elsewhere(), supervisor()] {
        world
            .write(async move |tx| {
                tx.run(
                    "INSERT INTO staff (id, login, name, language, created_at) VALUES ($1, $2, $2, 'en', $3)",
                    args![actor.staff_id, &actor.name, tx.now()],
                )
                .await?;
                let grant = actor.grants[0].clone();
                tx.run(
                    "INSERT INTO staff_grant (staff_id, role, scope_kind, scope_code, granted_at) VALUES ($1, $2, $3, $4, $5)",
                    args![actor.staff_id, grant.role.code(), grant.scope.kind(), grant.scope.code().unwrap(), tx.now()],
                )
                .await
            })
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn of_two_who_claim_at_once_one_gets_it() {
    each_engine(async |world| {
        for round in 0..5 {
            let id = opened(world, "visit", round).await;
            let (one, two) = (counter_officer(), second_counter_officer());
            let (first, second) = tokio::join!(claim(world, &one, id), claim(world, &two, id));
            let outcomes = [first, second];
            assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
            assert!(outcomes.contains(&Err(Error::Conflict(Conflict::Held))), "{outcomes:?}");
            let winner = if outcomes[0].is_ok() { one } else { two };
            assert_eq!(seen(world, id).await.holder, Some(winner.staff_id));
        }
    })
    .await;
}

#[tokio::test]
async fn a_task_goes_its_way_and_says_so_in_the_journal() {
    each_engine(async |world| {
        let me = counter_officer();
        let id = opened(world, "visit", 1).await;
        // On PostgreSQL the policies do not even show it.
        let elsewhere = claim(world, &officer_elsewhere(), id).await;
        assert!(matches!(elsewhere, Err(Error::Forbidden | Error::NotFound)), "{elsewhere:?}");
        assert_eq!(claim(world, &Actor::system(), id).await, Err(Error::Forbidden));
        claim(world, &me, id).await.unwrap();
        assert_eq!(start(world, &second_counter_officer(), id, 2).await, Err(Error::Forbidden));
        assert_eq!(start(world, &me, id, 1).await, Err(Error::Stale));
        start(world, &me, id, 2).await.unwrap();
        hold(world, &me, id, 3, paper(world, 3)).await.unwrap();
        assert_eq!(complete(world, &me, id, 4).await, Err(Error::Conflict(Conflict::State)));
        resume(world, &me, id, 4).await.unwrap();
        world.clock.advance(Duration::HOUR);
        complete(world, &me, id, 5).await.unwrap();
        let task = seen(world, id).await;
        assert_eq!((task.state, task.ended_at), (TaskState::Completed, Some(world.now())));
        assert_eq!(task.ended_at.unwrap() - task.assigned_at.unwrap(), Duration::HOUR);
        let mut view = world.db.read().await.unwrap();
        let told = journal::entries(&mut view, household(), None, 20).await.unwrap();
        let events: Vec<_> = told
            .iter()
            .rev()
            .filter(|entry| entry.kind == "task.stepped")
            .filter_map(|entry| entry.told("event"))
            .collect();
        assert_eq!(events, ["claim", "start", "hold", "resume", "complete"]);
    })
    .await;
}

#[tokio::test]
async fn a_replacement_carries_the_instructions_and_names_what_it_replaces() {
    each_engine(async |world| {
        with_accounts(world).await;
        let id = opened(world, "visit", 1).await;
        claim(world, &counter_officer(), id).await.unwrap();
        let to = second_counter_officer().staff_id;
        let by_officer = replace(world, &counter_officer(), id, 2, Some(to), String::new()).await;
        assert_eq!(by_officer, Err(Error::Forbidden));
        let unable =
            replace(world, &supervisor(), id, 2, Some(officer_elsewhere().staff_id), String::new()).await;
        assert_eq!(unable, Err(Error::Invalid("task.holder")));
        let new = replace(world, &supervisor(), id, 2, Some(to), String::new()).await.unwrap();
        let task = seen(world, new).await;
        assert_eq!((task.holder, task.replaces, task.state), (Some(to), Some(id), TaskState::Assigned));
        assert_eq!(
            (task.instructions.as_str(), task.holder_name.as_deref()),
            ("Ask for the certificate", Some("counter_officer 2"))
        );
        assert_eq!(seen(world, id).await.state, TaskState::Cancelled);
        // The holder gives it back to the queue.
        let back =
            replace(world, &second_counter_officer(), new, 1, None, "Bring the form".into()).await.unwrap();
        let task = seen(world, back).await;
        assert_eq!(
            (task.holder, task.state, task.instructions.as_str()),
            (None, TaskState::Open, "Bring the form")
        );
    })
    .await;
}

#[tokio::test]
async fn a_parent_waits_for_its_children() {
    each_engine(async |world| {
        let me = counter_officer();
        let parent = opened(world, "visit", 1).await;
        claim(world, &me, parent).await.unwrap();
        let mut children = Vec::new();
        for _ in 0..2 {
            let (new, me) = (new_task(world, "call", 1), me.clone());
            children.push(
                world.write(async move |tx| open_child(tx, &me, parent, new.clone()).await).await.unwrap(),
            );
        }
        assert_eq!(seen(world, parent).await.state, TaskState::OnHold);
        for child in children {
            assert_eq!(seen(world, parent).await.state, TaskState::OnHold);
            claim(world, &me, child).await.unwrap();
            complete(world, &me, child, 2).await.unwrap();
        }
        assert_eq!(seen(world, parent).await.state, TaskState::InProgress);
    })
    .await;
}

#[tokio::test]
async fn what_is_done_ends_its_tasks_whoever_holds_them() {
    each_engine(async |world| {
        let me = counter_officer();
        let ids = [opened(world, "a", 1).await, opened(world, "b", 1).await, opened(world, "c", 1).await];
        claim(world, &me, ids[1]).await.unwrap();
        claim(world, &me, ids[2]).await.unwrap();
        hold(world, &me, ids[2], 2, paper(world, 3)).await.unwrap();
        let subject = Subject::new("visit", Uuid::from_u128(7));
        let done =
            world.write(async move |tx| complete_about(tx, &me, household(), &subject).await).await.unwrap();
        assert_eq!(done, 3);
        for id in ids {
            assert_eq!(seen(world, id).await.state, TaskState::Completed);
        }
    })
    .await;
}

#[tokio::test]
async fn lists_show_the_most_pressing_first_and_page_by_key() {
    each_engine(async |world| {
        let mut expected = Vec::new();
        for days in [3, 1, 2] {
            expected.push((days, opened(world, "visit", days).await));
        }
        expected.sort_unstable();
        let mut elsewhere = new_task(world, "visit", 0);
        elsewhere.scope = Scope::Office("OFF-09".into());
        let mut secret = new_task(world, "approve", 0);
        secret.needs = Right::Approve;
        world
            .write(async move |tx| {
                open(tx, &Actor::system(), elsewhere.clone()).await?;
                open(tx, &Actor::system(), secret.clone()).await
            })
            .await
            .unwrap();
        let me = counter_officer();
        let mut found = Vec::new();
        let mut after = None;
        loop {
            let page = available(world, &me, &Filter::default(), after, 2).await.unwrap();
            found.extend(page.tasks.iter().map(|task| task.id));
            match page.next {
                // Through its text, as a link carries it.
                Some(next) => after = Some(next.to_string().parse().unwrap()),
                None => break,
            }
        }
        assert_eq!(found, expected.iter().map(|(_, id)| *id).collect::<Vec<_>>());
        claim(world, &me, found[1]).await.unwrap();
        assert_eq!(available(world, &me, &Filter::default(), None, 10).await.unwrap().tasks.len(), 2);
        assert_eq!(mine(world, &me, &Filter::default(), None, 10).await.unwrap().tasks[0].id, found[1]);
        assert_eq!(team(world, &me, &Filter::default(), None, 10).await, Err(Error::Forbidden));
        assert_eq!(team(world, &supervisor(), &Filter::default(), None, 10).await.unwrap().tasks.len(), 4);
        // A supervisor of the whole agency sees its offices, and only them.
        world
            .write(async |tx| {
                tx.run("INSERT INTO office (code, agency, area) VALUES ($1, $2, 'P01'), ('OFF-09', 'moh', 'P01')", args![OFFICE, AGENCY])
                    .await
            })
            .await
            .unwrap();
        let head = actor(90, Role::Supervisor, Scope::Agency(AGENCY.into()));
        assert_eq!(team(world, &head, &Filter::default(), None, 10).await.unwrap().tasks.len(), 4);
        assert_eq!(available(world, &head, &Filter::default(), None, 10).await.unwrap().tasks.len(), 3);
        assert!("2.x.y".parse::<Cursor>().is_err());
    })
    .await;
}

#[tokio::test]
async fn lists_of_clocks_and_proposals_read_an_index_and_never_the_whole_table() {
    let world = World::sqlite().await;
    let plans = [
        "EXPLAIN QUERY PLAN SELECT COUNT(*) FROM clock WHERE scope_kind = $1 AND scope_code = 'OFF-01'
         AND state IN ('running', 'paused', 'breached') AND state = 'breached'",
        "EXPLAIN QUERY PLAN SELECT id FROM proposal WHERE scope_kind = $1 AND scope_code = 'OFF-01'
         AND state IN ('waiting', 'returned') AND state = 'waiting' AND (due_at, id) > ('', x'')
         ORDER BY due_at, id LIMIT 5",
        "EXPLAIN QUERY PLAN SELECT id FROM clock WHERE state = 'running' AND due_at < $1 ORDER BY due_at, id LIMIT 9",
    ];
    for plan in plans {
        let steps: Vec<(i64, i64, i64, String)> = world.db.all(plan, args!["office"]).await.unwrap();
        let text: Vec<&str> = steps.iter().map(|step| step.3.as_str()).collect();
        assert!(text.iter().all(|step| step.starts_with("SEARCH")), "{plan}: {text:?}");
    }
    world.end().await;
}

#[tokio::test]
async fn a_list_is_narrowed_by_kind_by_when_it_is_due_and_by_who_has_it() {
    each_engine(async |world| {
        let near = opened(world, "visit", 1).await;
        let far = opened(world, "visit", 9).await;
        let other = opened(world, "check_distinct", 2).await;
        claim(world, &counter_officer(), near).await.unwrap();
        let found = async |filter: Filter| -> Vec<TaskId> {
            let page = team(world, &supervisor(), &filter, None, 10).await.unwrap();
            page.tasks.iter().map(|task| task.id).collect()
        };
        assert_eq!(found(Filter::default()).await, [near, other, far]);
        assert_eq!(found(Filter { kind: "visit".into(), ..Filter::default() }).await, [near, far]);
        let due_by = world.now() + Duration::days(2);
        assert_eq!(found(Filter { due_by, ..Filter::default() }).await, [near, other]);
        assert_eq!(found(Filter { standing: Standing::Unassigned, ..Filter::default() }).await, [other, far]);
        let visits = Filter { kind: "visit".into(), ..Filter::default() };
        let free = available(world, &counter_officer(), &visits, None, 10).await.unwrap();
        assert_eq!(free.tasks.iter().map(|task| task.id).collect::<Vec<_>>(), [far]);
        assert_eq!(mine(world, &counter_officer(), &visits, None, 10).await.unwrap().tasks[0].id, near);
    })
    .await;
}

#[tokio::test]
async fn a_page_offers_what_the_use_cases_allow() {
    use TaskEvent as E;
    each_engine(async |world| {
        with_accounts(world).await;
        let id = opened(world, "visit", 1).await;
        let offered = async |actor: Actor| steps(&actor, &seen(world, id).await);
        assert_eq!(offered(counter_officer()).await, [E::Claim]);
        assert_eq!(offered(officer_elsewhere()).await, []);
        assert_eq!(offered(supervisor()).await, [E::Claim, E::Assign, E::Cancel, E::Replace]);
        claim(world, &counter_officer(), id).await.unwrap();
        assert_eq!(offered(counter_officer()).await, [E::Start, E::Hold, E::Complete, E::Replace]);
        assert_eq!(offered(second_counter_officer()).await, []);
        let task = seen(world, id).await;
        let able: Vec<_> =
            able(world, &supervisor(), &task).await.unwrap().into_iter().map(|one| one.0).collect();
        let expected = [counter_officer(), second_counter_officer(), supervisor()].map(|one| one.staff_id);
        assert_eq!(able, expected);
    })
    .await;
}

#[tokio::test]
async fn a_task_about_a_proposal_ends_with_the_proposal_only() {
    each_engine(async |world| {
        let mut new = new_task(world, "approve", 1);
        new.subject = Subject::new(crate::proposals::SUBJECT, Uuid::from_u128(9));
        new.needs = Right::Approve;
        let id = world.write(async move |tx| open(tx, &Actor::system(), new.clone()).await).await.unwrap();
        claim(world, &supervisor(), id).await.unwrap();
        let state = Error::Conflict(Conflict::State);
        assert_eq!(complete(world, &supervisor(), id, 2).await, Err(state.clone()));
        assert_eq!(cancel(world, &supervisor(), id, 2, "no".into()).await, Err(state));
        assert!(!steps(&supervisor(), &seen(world, id).await).contains(&TaskEvent::Complete));
    })
    .await;
}
