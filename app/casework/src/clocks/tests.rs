//! Clocks on both engines.

use domain::role::Right;
use time::macros::{date, datetime};
use time::{Duration, Weekday};

use super::*;
use crate::error::Error;
use crate::tasks;
use crate::test_support::{MONDAY, OFFICE, World, counter_officer, each_engine, plan, supervisor};

fn household() -> HouseholdId {
    HouseholdId::new(Uuid::from_u128(600))
}

fn subject() -> Subject {
    Subject::new("application", Uuid::from_u128(8))
}

fn calendar() -> WorkingCalendar {
    WorkingCalendar::new([Weekday::Saturday, Weekday::Sunday], [date!(2026 - 11 - 05)]).unwrap()
}

async fn started(world: &World, term: Term, at_breach: AtBreach) -> OffsetDateTime {
    world
        .write(async move |tx| {
            let new = NewClock {
                household_id: household(),
                kind: "decide".into(),
                subject: subject(),
                scope: Scope::Office(OFFICE.into()),
                term,
                legal_basis: "Act 1, section 2".into(),
                at_breach,
                started_at: tx.now(),
            };
            start(tx, &counter_officer(), &calendar(), new).await.map(|(_, due_at)| due_at)
        })
        .await
        .unwrap()
}

async fn only(world: &World) -> Clock {
    let mut view = world.db.read().await.unwrap();
    let mut clocks = of_household(&mut view, household()).await.unwrap();
    assert_eq!(clocks.len(), 1);
    clocks.remove(0)
}

#[tokio::test]
async fn working_days_skip_weekends_and_holidays() {
    each_engine(async |world| {
        // From Monday: Tuesday, Wednesday, (Thursday is a holiday,) Friday, (weekend,) Monday.
        let due_at = started(world, Term::WorkingDays(4), AtBreach::Record).await;
        assert_eq!(due_at, datetime!(2026-11-09 23:59:59 UTC));
        let clock = only(world).await;
        assert_eq!((clock.due_at, clock.started_at), (due_at, MONDAY));
        assert!(clock.warn_at > clock.started_at && clock.warn_at < due_at);
    })
    .await;
}

#[tokio::test]
async fn a_breach_takes_effect_once_even_with_several_servers() {
    each_engine(async |world| {
        let due_at = started(world, Term::Days(3), AtBreach::Escalate).await;
        world.clock.set(due_at);
        assert_eq!(run_due(world).await, Ok(0), "the last second still counts");
        world.clock.advance(Duration::SECOND);
        let (one, two, three) = tokio::join!(run_due(world), run_due(world), run_due(world));
        assert_eq!(one.unwrap() + two.unwrap() + three.unwrap(), 1);
        assert_eq!(only(world).await.state, ClockState::Breached);
        let all = tasks::Filter::default();
        let counter = tasks::available(world, &counter_officer(), &all, None, 10).await.unwrap();
        assert!(counter.tasks.is_empty(), "not a task for counters");
        assert_eq!(tasks::available(world, &supervisor(), &all, None, 10).await.unwrap().tasks.len(), 1);
        let team = tasks::team(world, &supervisor(), &all, None, 10).await.unwrap().tasks;
        assert_eq!(team.len(), 1);
        assert_eq!((team[0].kind.as_str(), team[0].needs), ("clock_breached", Right::AssignTasks));
        tasks::claim(world, &supervisor(), team[0].id).await.unwrap();
        // Done all the same, but late.
        world.write(async |tx| meet(tx, &counter_officer(), household(), &subject()).await).await.unwrap();
        assert_eq!(only(world).await.state, ClockState::MetLate);
    })
    .await;
}

#[tokio::test]
async fn a_clock_stands_still_while_we_wait_for_the_applicant() {
    each_engine(async |world| {
        let due_at = started(world, Term::Days(10), AtBreach::Record).await;
        assert_eq!(due_at, datetime!(2026-11-12 23:59:59 UTC));
        world.clock.advance(Duration::days(2));
        let without =
            world.write(async |tx| pause(tx, &counter_officer(), household(), &subject(), "").await).await;
        assert_eq!(without, Err(Error::Invalid("reason.missing")));
        world
            .write(async |tx| {
                pause(tx, &counter_officer(), household(), &subject(), "birth_certificate").await
            })
            .await
            .unwrap();
        world.clock.advance(Duration::days(30));
        assert_eq!(run_due(world).await, Ok(0));
        world
            .write(async |tx| resume(tx, &counter_officer(), &calendar(), household(), &subject()).await)
            .await
            .unwrap();
        let clock = only(world).await;
        assert_eq!(clock.due_at, datetime!(2026-12-14 23:59:59 UTC), "thirty days later falls on a Saturday");
        assert_eq!((clock.state, clock.paused_seconds), (ClockState::Running, 30 * 86_400));
        world.write(async |tx| meet(tx, &counter_officer(), household(), &subject()).await).await.unwrap();
        assert_eq!(only(world).await.state, ClockState::Met);
        let again = world.write(async |tx| meet(tx, &counter_officer(), household(), &subject()).await).await;
        assert_eq!(again, Ok(0), "met once");
    })
    .await;
}

#[tokio::test]
async fn a_cancelled_clock_does_nothing_more() {
    each_engine(async |world| {
        started(world, Term::Hours(24), AtBreach::Escalate).await;
        world
            .write(async |tx| cancel(tx, &counter_officer(), household(), &subject(), "withdrawn").await)
            .await
            .unwrap();
        world.clock.advance(Duration::days(5));
        assert_eq!(run_due(world).await, Ok(0));
        assert_eq!(only(world).await.reason, "withdrawn");
    })
    .await;
}

#[tokio::test]
async fn the_clocks_of_an_office_are_listed_the_soonest_due_first() {
    each_engine(async |world| {
        for days in [9, 3, 5] {
            started(world, Term::Days(days), AtBreach::Record).await;
        }
        let mut found = Vec::new();
        let mut after = None;
        loop {
            let page = live_of(world, &counter_officer(), after, 2).await.unwrap();
            found.extend(page.rows.iter().map(|clock| clock.term.count()));
            match page.next {
                // Through its text, as a link carries it.
                Some(next) => after = Some(next.to_string().parse().unwrap()),
                None => break,
            }
        }
        assert_eq!(found, [3, 5, 9]);
        let elsewhere = live_of(world, &crate::test_support::officer_elsewhere(), None, 10).await.unwrap();
        assert!(elsewhere.rows.is_empty());
        let policy = live_of(world, &crate::test_support::policy_officer(), None, 10).await;
        assert_eq!(policy, Err(Error::Forbidden));
    })
    .await;
}

#[tokio::test]
async fn a_server_that_stood_still_catches_up_in_order_and_only_once() {
    each_engine(async |world| {
        // More than are read at once, the later due the earlier started.
        let count = 250_u16;
        world
            .write(async move |tx| {
                for days in (1..=count).rev() {
                    let new = NewClock {
                        household_id: household(),
                        kind: "decide".into(),
                        subject: Subject::new("application", Uuid::from_u128(u128::from(days))),
                        scope: Scope::Office(OFFICE.into()),
                        term: Term::Hours(days),
                        legal_basis: String::new(),
                        at_breach: AtBreach::Escalate,
                        started_at: tx.now(),
                    };
                    start(tx, &counter_officer(), &calendar(), new).await?;
                }
                Ok(())
            })
            .await
            .unwrap();
        world.clock.advance(Duration::weeks(4));
        let (one, two) = tokio::join!(run_due(world), run_due(world));
        assert_eq!(one.unwrap() + two.unwrap(), usize::from(count));
        assert_eq!(run_due(world).await, Ok(0), "only once");
        let tasks = world.db.value::<i64>("SELECT COUNT(*) FROM task WHERE kind = 'clock_breached'", args![]);
        assert_eq!(tasks.await.unwrap(), Some(i64::from(count)));
    })
    .await;
}

#[tokio::test]
async fn clocks_run_out_in_the_order_of_their_moments() {
    each_engine(async |world| {
        for days in [9, 3, 5] {
            started(world, Term::Days(days), AtBreach::Escalate).await;
        }
        world.clock.advance(Duration::weeks(3));
        run_due(world).await.unwrap();
        let seen: Vec<(i64,)> = world
            .db
            .all(
                "SELECT clock.term_count FROM task JOIN clock ON clock.id = task.subject_id
                 WHERE task.kind = 'clock_breached' ORDER BY task.id",
                args![],
            )
            .await
            .unwrap();
        assert_eq!(seen, [(3,), (5,), (9,)]);
    })
    .await;
}

#[tokio::test]
async fn the_round_reads_clocks_by_index() {
    each_engine(async |world| {
        for sql in [breach::REMINDING, breach::RUN_OUT] {
            let args = args![OffsetDateTime::UNIX_EPOCH, Uuid::nil(), world.now(), 200_i64];
            let plan = plan(world, sql, args).await;
            let index = if sql == breach::REMINDING { "clock_reminding" } else { "clock_running" };
            assert!(plan.iter().any(|step| step.contains(index)), "{sql}: {plan:?}");
            assert!(
                !plan.iter().any(|step| step.contains("TEMP B-TREE") || step.contains("Sort")),
                "{plan:?}"
            );
        }
    })
    .await;
}
