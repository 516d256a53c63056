//! Terms: what is late goes up by itself, who had it reads on, and only waiting for the complainant stops our clock.

use super::*;
use crate::clocks::run_due;
use crate::complaints::handle::Asked;
use crate::error::Error;
use crate::test_support::{auditor, each_engine};
use time::macros::datetime;
use time::{Date, Duration};

#[tokio::test]
async fn terms_run_from_the_day_on_the_letter() {
    each_engine(async |world| {
        hire_all(world).await;
        let mut new = complaint(Category::PaymentDelay, Identity::Identified);
        new.channel = Channel::Letter;
        // A Thursday; it is Monday.
        new.received_on = Some(Date::from_calendar_date(2026, time::Month::October, 29).unwrap());
        let own = lodge(world, &counter_officer(), &new).await.unwrap();
        assert_eq!(own.acknowledge_by, datetime!(2026-11-02 23:59:59 UTC));
        assert_eq!(own.answer_by, datetime!(2026-11-13 23:59:59 UTC));
        new.form = Uuid::from_u128(0xc0_0001);
        new.received_on = Some(Date::from_calendar_date(2026, time::Month::November, 3).unwrap());
        let to_come = lodge(world, &counter_officer(), &new).await;
        assert_eq!(to_come, Err(Error::Invalid("complaint.received")));
        let unknown = NewComplaint { office: "OFF-77".into(), received_on: None, ..new.clone() };
        assert_eq!(lodge(world, &counter_officer(), &unknown).await, Err(Error::Invalid("complaint.office")));
        for (actor, channel) in [
            (counter_officer(), Channel::Public),
            (Actor::applicant(), Channel::Counter),
            (auditor(), Channel::Letter),
        ] {
            let other = NewComplaint { channel, received_on: None, ..new.clone() };
            assert_eq!(lodge(world, &actor, &other).await, Err(Error::Forbidden));
        }
        // Abuse: heard within a day, whatever day it is.
        let abuse = lodged(world, Category::Abuse).await;
        assert_eq!(abuse.acknowledge_by, world.now() + Duration::DAY);
    })
    .await;
}

#[tokio::test]
async fn what_nobody_acknowledges_goes_to_the_agency_and_then_to_the_ombudsman() {
    each_engine(async |world| {
        hire_all(world).await;
        let id = lodged(world, Category::Targeting).await.id;
        world.clock.advance(Duration::days(5));
        run_due(world).await.unwrap();
        let one = read(world, id).await;
        assert_eq!((one.level, one.state, one.escalated), (Level::Region, ComplaintState::Received, 1));
        assert_eq!(tasks_of(world, id).await, [("complaint_acknowledge".into(), "agency".into(), None)]);
        assert_eq!(
            clocks_of(world, id).await,
            [
                pair("complaint_acknowledge", "breached"),
                pair("complaint_answer", "running"),
                pair("complaint_acknowledge", "running")
            ]
        );
        assert_eq!(run_due(world).await, Ok(0), "once");
        world.clock.advance(Duration::days(5));
        run_due(world).await.unwrap();
        assert_eq!(read(world, id).await.level, Level::Ombudsman);
        // There it stays, late on record, and goes before other work.
        world.clock.advance(Duration::days(60));
        run_due(world).await.unwrap();
        let one = read(world, id).await;
        assert_eq!((one.level, one.escalated), (Level::Ombudsman, 2));
        let pressing: Option<i64> = world
            .db
            .value("SELECT priority FROM task WHERE household_id = $1 AND state = 'open'", args![id])
            .await
            .unwrap();
        assert_eq!(pressing, Some(0));
        // Whoever comes late to it meets it late.
        acknowledge(world, &ombudsman(), id, version(world, id).await, "We are sorry.").await.unwrap();
        let states = clocks_of(world, id).await;
        assert!(
            states
                .iter()
                .filter(|(kind, _)| kind == "complaint_acknowledge")
                .all(|(_, state)| state == "met_late")
        );
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_is_late_goes_up_and_its_owner_reads_on() {
    each_engine(async |world| {
        hire_all(world).await;
        let own = lodged(world, Category::Information).await;
        let id = own.id;
        investigated(world, id, &supervisor(), &counter_officer()).await;
        world.clock.advance(Duration::days(5));
        run_due(world).await.unwrap();
        let one = read(world, id).await;
        assert_eq!((one.level, one.state, one.owner), (Level::Region, ComplaintState::Triaged, None));
        assert_eq!(one.readers, [counter_officer().staff_id]);
        assert!(list(world, &counter_officer(), &Filter::default(), None, 10).await.unwrap().rows.len() == 1);
        assert_eq!(
            list(world, &second_counter_officer(), &Filter::default(), None, 10).await.unwrap().rows,
            []
        );
        assert_eq!(one.answer_due_at, own.answer_by, "what was promised first is what counts");
        let now = version(world, id).await;
        assert_eq!(begin(world, &counter_officer(), id, now).await, Err(Error::Forbidden));
    })
    .await;
}

#[tokio::test]
async fn our_clock_stands_still_for_the_complainant_and_for_nobody_else() {
    each_engine(async |world| {
        hire_all(world).await;
        let own = lodged(world, Category::PaymentDelay).await;
        let id = own.id;
        investigated(world, id, &supervisor(), &counter_officer()).await;
        ask(world, &counter_officer(), id, version(world, id).await, (Asked::Other, "Was it paid?"))
            .await
            .unwrap();
        assert!(clocks_of(world, id).await.contains(&pair("complaint_answer", "running")));
        answered(world, &counter_officer(), id, version(world, id).await, "No.").await.unwrap();
        let ask_her = (Asked::Complainant, "Which month?");
        ask(world, &counter_officer(), id, version(world, id).await, ask_her).await.unwrap();
        let states = clocks_of(world, id).await;
        assert!(
            states.contains(&pair("complaint_answer", "paused"))
                && states.contains(&pair("complaint_wait", "running"))
        );
        // She says nothing: somebody looks again, and nothing is lost.
        world.clock.advance(Duration::days(20));
        run_due(world).await.unwrap();
        let one = read(world, id).await;
        assert_eq!((one.state, one.level), (ComplaintState::Investigating, Level::Office));
        assert!(one.answer_due_at > own.answer_by, "the pause is given back");
        let states = clocks_of(world, id).await;
        assert!(
            states.contains(&pair("complaint_answer", "running"))
                && states.contains(&pair("complaint_wait", "met"))
        );
        assert_eq!(tasks_of(world, id).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_reminder_puts_it_before_other_work() {
    each_engine(async |world| {
        hire_all(world).await;
        let id = lodged(world, Category::Targeting).await.id;
        acknowledge(world, &supervisor(), id, version(world, id).await, "").await.unwrap();
        triage(world, &supervisor(), id, version(world, id).await, found(Category::Targeting)).await.unwrap();
        let priority = async || {
            let sql = "SELECT priority FROM task WHERE household_id = $1 AND state = 'open'";
            world.db.value::<i64>(sql, args![id]).await.unwrap()
        };
        assert_eq!(priority().await, Some(2));
        world.clock.advance(Duration::days(17));
        run_due(world).await.unwrap();
        assert_eq!((priority().await, read(world, id).await.level), (Some(0), Level::Office));
    })
    .await;
}
