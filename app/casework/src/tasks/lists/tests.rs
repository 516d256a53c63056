//! Lists of tasks: every order and filter against a plain reading of the same tasks, counts that end, and plans that seek.

use std::cmp::Reverse;

use domain::role::Role;
use time::Duration;

use super::seek;
use super::*;
use crate::tasks::tests::{household, new_task};
use crate::tasks::{NewTask, claim, open};
use crate::test_support::plan;
use crate::test_support::{
    AGENCY, OFFICE, OTHER_OFFICE, World, actor, counter_officer, each_engine, supervisor,
};

/// So many tasks of two offices: kinds, priorities and days in turn; some taken.
async fn filled(world: &World, count: usize) -> Vec<Task> {
    let kinds = ["visit", "approve_visit", "call"];
    let mut new = Vec::new();
    for number in 0..count {
        new.push(NewTask {
            scope: Scope::Office(if number % 4 == 3 { OTHER_OFFICE } else { OFFICE }.into()),
            needs: if number % 3 == 1 { Right::Approve } else { Right::WorkTasks },
            priority: Priority::ALL[number % 5 % 3],
            ..new_task(world, kinds[number % 3], i64::try_from(number * 7 % 11).unwrap())
        });
    }
    world
        .write(async move |tx| {
            tx.run(
                "INSERT INTO office (code, agency, area) VALUES ($1, $3, 'P01'), ($2, $3, 'P01')",
                args![OFFICE, OTHER_OFFICE, AGENCY],
            )
            .await?;
            for one in &new {
                open(tx, &Actor::system(), one.clone()).await?;
            }
            Ok(())
        })
        .await
        .unwrap();
    let all = everything(world).await;
    for task in
        all.iter().filter(|task| task.kind == "visit" && task.due_at > world.now() + Duration::days(6))
    {
        // Those of the other office stay.
        let _ = claim(world, &counter_officer(), task.id).await;
    }
    everything(world).await
}

async fn everything(world: &World) -> Vec<Task> {
    of_household(&mut world.db.read().await.unwrap(), household()).await.unwrap()
}

fn in_order(mut tasks: Vec<Task>, order: Order) -> Vec<Uuid> {
    match order {
        Order::Pressing => tasks.sort_by_key(|task| (rank(task.priority), task.due_at, task.id)),
        Order::Due => tasks.sort_by_key(|task| (task.due_at, task.id)),
        Order::Oldest => tasks.sort_by_key(|task| task.id),
        Order::Newest => tasks.sort_by_key(|task| Reverse(task.id)),
    }
    tasks.iter().map(|task| task.id.uuid()).collect()
}

fn fits(filter: &Filter, task: &Task) -> bool {
    (filter.kind.is_empty() || task.kind == filter.kind)
        && task.due_at <= filter.due_by
        && filter.standing.states().contains(&task.state)
        && filter.priority.is_none_or(|only| only == task.priority)
        && filter.holder.is_none_or(|only| task.holder == Some(only))
        && filter.place.as_ref().is_none_or(|only| *only == task.scope)
}

/// Every combination of what a page offers.
fn filters(world: &World) -> Vec<Filter> {
    let mut all = Vec::new();
    for wanted in Order::ALL {
        for kind in ["", "call"] {
            for due_by in [ALWAYS, world.now() + Duration::days(5)] {
                for standing in Standing::ALL {
                    for priority in [None, Some(Priority::High)] {
                        for place in [None, Some(Scope::Office(OTHER_OFFICE.into()))] {
                            all.push(Filter {
                                kind: kind.into(),
                                due_by,
                                standing: *standing,
                                priority,
                                holder: None,
                                place,
                                wanted: *wanted,
                            });
                        }
                    }
                }
            }
        }
    }
    all
}

/// A list page by page, each cursor through its text.
async fn walked(mut next: impl AsyncFnMut(Option<Cursor>) -> Result<Page>) -> Vec<Uuid> {
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let page = next(after).await.unwrap();
        found.extend(page.tasks.iter().map(|task| task.id.uuid()));
        match page.next {
            Some(cursor) => after = Some(cursor.to_string().parse().unwrap()),
            None => return found,
        }
    }
}

#[tokio::test]
async fn every_filter_and_order_gives_what_a_plain_reading_gives() {
    each_engine(async |world| {
        let all = filled(world, 40).await;
        let head = actor(90, Role::Supervisor, Scope::Agency(AGENCY.into()));
        let me = counter_officer();
        let mine_all: Vec<Task> =
            all.iter().filter(|task| task.holder == Some(me.staff_id)).cloned().collect();
        assert!(mine_all.len() > 2, "{}", mine_all.len());
        for filter in filters(world) {
            let expected = |of: &[Task]| {
                in_order(of.iter().filter(|task| fits(&filter, task)).cloned().collect(), filter.order())
            };
            let team_wide = walked(async |after| team(world, &head, &filter, after, 7).await).await;
            assert_eq!(team_wide, expected(&all), "{filter:?}");
            let counted = count_team(world, &head, &filter).await.unwrap();
            assert_eq!(counted, Count { number: i64::try_from(team_wide.len()).unwrap(), and_more: false });
            if filter.place.is_none() {
                let own = walked(async |after| mine(world, &me, &filter, after, 2).await).await;
                assert_eq!(own, expected(&mine_all), "{filter:?}");
            }
        }
        let theirs = Filter { holder: Some(me.staff_id), wanted: Order::Newest, ..Filter::default() };
        let with_me = walked(async |after| team(world, &head, &theirs, after, 2).await).await;
        assert_eq!(with_me, in_order(mine_all.clone(), Order::Newest));
        let elsewhere = Filter { place: Some(Scope::Office(OTHER_OFFICE.into())), ..theirs };
        assert!(walked(async |after| team(world, &head, &elsewhere, after, 2).await).await.is_empty());
        // A queue that is not the reader's is no queue of theirs.
        let other = Filter { place: Some(Scope::Office(OTHER_OFFICE.into())), ..Filter::default() };
        assert!(walked(async |after| team(world, &supervisor(), &other, after, 5).await).await.is_empty());
        // What is open and theirs to take: the office's, and nothing that needs a right they lack.
        let open = walked(async |after| available(world, &me, &Filter::default(), after, 5).await).await;
        let free = |task: &Task| {
            task.holder.is_none()
                && task.needs == Right::WorkTasks
                && task.scope == Scope::Office(OFFICE.into())
        };
        assert_eq!(open, in_order(all.iter().filter(|task| free(task)).cloned().collect(), Order::Pressing));
    })
    .await;
}

#[tokio::test]
async fn counting_ends_where_more_says_as_much() {
    each_engine(async |world| {
        world
            .write(async |tx| {
                let sql = match tx.kind() {
                    Kind::Sqlite => {
                        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
                         INSERT INTO task (household_id, id, kind, subject_kind, subject_id, scope_kind, scope_code, needs,
                                           state, priority, due_at, created_at)
                         SELECT $1, randomblob(16), 'visit', 'visit', $1, 'office', $2, 'work_tasks', 'open', i % 3, $3, $3
                         FROM n"
                    }
                    Kind::Postgres => {
                        "INSERT INTO task (household_id, id, kind, subject_kind, subject_id, scope_kind, scope_code, needs,
                                           state, priority, due_at, created_at)
                         SELECT $1, gen_random_uuid(), 'visit', 'visit', $1, 'office', $2, 'work_tasks', 'open', i % 3, $3, $3
                         FROM generate_series(1, 1200) AS n (i)"
                    }
                };
                tx.run(sql, args![household(), OFFICE, tx.now()]).await
            })
            .await
            .unwrap();
        let counts = counts(world, &supervisor()).await.unwrap();
        let many = Count { number: COUNTED, and_more: true };
        assert_eq!((counts.available, counts.team), (many, Some(many)));
        assert_eq!(counts.mine, Count::default());
        let urgent = Filter { priority: Some(Priority::Urgent), ..Filter::default() };
        let some = count_open(world, &counter_officer(), &urgent).await.unwrap();
        assert_eq!(some, Count { number: 400, and_more: false });
    })
    .await;
}

/// What would grow with the queue would show as a scan or a sort of its rows.
#[tokio::test]
async fn a_page_is_sought_and_never_sorted() {
    each_engine(async |world| {
        let office = Scope::Office(OFFICE.into());
        let nil = Uuid::nil();
        if world.db.kind() == Kind::Sqlite {
            let one = args![
                office.kind(),
                OFFICE,
                "open",
                1_i64,
                world.now(),
                nil,
                world.now(),
                "",
                26_i64,
                "visit"
            ];
            let aged = args![office.kind(), OFFICE, "open", nil, "", 26_i64, "visit"];
            for (sql, args) in
                [(seek::ONE_BY_DUE, one), (seek::ONE_OLDEST, aged.clone()), (seek::ONE_NEWEST, aged)]
            {
                for sql in sql {
                    let steps = plan(world, sql, args.clone()).await;
                    assert!(steps.len() == 1 && steps[0].starts_with("SEARCH"), "{sql}: {steps:?}");
                }
            }
            return;
        }
        filled(world, 40).await;
        let due = args![
            "office",
            ".OFF-01",
            "open,assigned",
            "0,1,2",
            -1_i64,
            world.now(),
            nil,
            world.now(),
            "",
            26_i64
        ];
        let aged = args!["office", ".OFF-01", "open,assigned", nil, "", 26_i64];
        for (texts, args) in [
            (seek::ALL_PRESSING, due.clone()),
            (seek::ALL_BY_DUE, due.clone()),
            (seek::COUNT_ALL, due),
            (seek::ALL_OLDEST, aged.clone()),
            (seek::ALL_NEWEST, aged),
        ] {
            for (sql, index) in texts.into_iter().zip(["task_queue", "task_queue_kind"]) {
                let mut args = args.clone();
                if index.ends_with("kind") {
                    args.push("visit".into());
                }
                let steps = plan(world, sql, args).await.join("\n");
                let (_, inner) = steps.split_once("Limit").unwrap_or(("", &steps));
                assert!(inner.contains(&format!("using {index}")), "{sql}: {steps}");
                // Inside, under the limit of each queue, nothing is sorted: at most what was found is.
                assert!(steps.matches("Sort  (").count() <= 1, "{sql}: {steps}");
            }
        }
    })
    .await;
}
