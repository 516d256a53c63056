//! Stories about the last place: who gets it, who waits and why, and what comes back.

use domain::letter::Standing;
use domain::lifecycle::decision::Outcome;
use domain::lifecycle::enrolment::{EnrolmentState, ExitReason, WaitsFor};
use time::Duration;
use time::macros::date;

use super::answer::{Said, answer};
use super::testing::*;
use crate::args;
use crate::assessments::{Submitted, start, submit};
use crate::enrolments;
use crate::letters;
use crate::overrides::{self, Why};
use crate::test_support::small::{assess, fill_in};
use crate::test_support::{World, counter_officer, each_engine, second_counter_officer, supervisor};
use domain::lifecycle::By;

async fn leave(world: &World, household: domain::ids::HouseholdId) {
    let there = place(world, household).await;
    world
        .write(async move |tx| {
            enrolments::exit(tx, household, &there, ExitReason::ByChoice, By::System).await
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn two_officers_who_decide_at_one_moment_give_the_last_place_once() {
    each_engine(async |world| {
        load(world, &format!("{YEAR}places = 3\nmoney = 720\n")).await;
        let mut waiting = Vec::new();
        for form in 0..4 {
            let household = family(world, form).await;
            let id = start(world, &counter_officer(), household).await.unwrap().assessment;
            fill_in(world, household, id, typed("20")).await;
            waiting.push((household, id));
        }
        let (one, two) = (counter_officer(), second_counter_officer());
        let submitted = tokio::join!(
            Box::pin(submit(world, &one, waiting[0].0, waiting[0].1)),
            Box::pin(submit(world, &two, waiting[1].0, waiting[1].1)),
            Box::pin(submit(world, &one, waiting[2].0, waiting[2].1)),
            Box::pin(submit(world, &two, waiting[3].0, waiting[3].1)),
        );
        for one in [submitted.0, submitted.1, submitted.2, submitted.3] {
            assert_eq!(one.unwrap(), Submitted::Decided { again: false });
        }
        let mut given = 0;
        for (household, _) in &waiting {
            let (decision, place) = (decision(world, *household).await, place(world, *household).await);
            if decision.outcome == Outcome::Award {
                assert!(place.is_running());
                given += 1;
            } else {
                assert_eq!((decision.outcome, place.state), (Outcome::WaitingList, EnrolmentState::Waiting));
                assert!(matches!(place.waits_for, Some(WaitsFor::Money | WaitsFor::Turn)), "{place:?}");
            }
        }
        assert_eq!(given, 1, "720 are one award of 30 a month for 24 months");
        let line = lines(world).await.remove(0);
        assert_eq!((line.taken_places, line.taken_money), (1, AWARD));
        assert_eq!((line.free_places(), line.free_money()), (Some(2), Some(0)));
        balanced(world).await;
    })
    .await;
}

#[tokio::test]
async fn who_waits_is_told_why_and_where_in_the_order_of_the_programme() {
    each_engine(async |world| {
        load(world, &format!("{YEAR}places = 1\narea = \"P01\"\n")).await;
        let first = assessed(world, 1, "50").await;
        assert!(place(world, first).await.is_running());
        let second = assessed(world, 2, "40").await;
        let third = assessed(world, 3, "30").await;
        assert_eq!(place(world, second).await.waits_for, Some(WaitsFor::Places));
        let fourth = assessed(world, 4, "60").await;
        assert_eq!(
            place(world, fourth).await.waits_for,
            Some(WaitsFor::Places),
            "also behind others: nothing is left"
        );
        // The poorer one goes first, though registered later.
        let mut view = world.db.read().await.unwrap();
        let mut told = Vec::new();
        for household in [third, second] {
            let one = enrolments::of_household(&mut view, household).await.unwrap().remove(0);
            let one = if one.programme == LIST { one } else { place(world, household).await };
            told.push(super::list::told(&mut view, &one).await.unwrap().unwrap());
        }
        drop(view);
        assert_eq!((told[0].place, told[1].place), (1, 2));
        assert_eq!((told[0].area.as_deref(), told[0].reason), (Some("P01"), WaitsFor::Places));
        // A place more, before anybody looked: it is there, and goes to the next.
        world
            .write(async |tx| tx.run("UPDATE budget_line SET added_places = 1", args![]).await)
            .await
            .unwrap();
        let mut view = world.db.read().await.unwrap();
        let one = place(world, fourth).await;
        assert_eq!(super::list::told(&mut view, &one).await.unwrap().unwrap().reason, WaitsFor::Turn);
        drop(view);
        // The letter says it, in its own words for the area.
        let assessments = crate::assessments::list(world, &supervisor(), second).await.unwrap();
        let letter = letters::read(world, &counter_officer(), second, assessments[0].id, "en").await.unwrap();
        let section = letter.sections.iter().find(|one| one.programme == LIST).unwrap();
        let line = &section.lines[0];
        assert_eq!(line.standing, Standing::Waiting);
        let on_list = line.on_list.as_ref().unwrap();
        assert_eq!(on_list.place, 1, "as it was when the letter was issued");
        assert_eq!(on_list.area.as_deref(), Some("North"));
        // What is read again in another language says the same, though somebody has come before.
        let french = letters::read(world, &counter_officer(), second, assessments[0].id, "fr").await.unwrap();
        let french = french.sections.iter().find(|one| one.programme == LIST).unwrap();
        assert_eq!(french.lines[0].on_list.as_ref().unwrap().place, 1);
    })
    .await;
}

#[tokio::test]
async fn a_new_assessment_moves_the_place_and_keeps_the_day() {
    each_engine(async |world| {
        load(world, &format!("{YEAR}places = 1\n")).await;
        let first = assessed(world, 1, "50").await;
        let second = assessed(world, 2, "40").await;
        let third = assessed(world, 3, "30").await;
        let before = place(world, second).await;
        world.clock.advance(Duration::days(20));
        assess(world, second, typed("10")).await;
        let after = place(world, second).await;
        assert_eq!((after.id, after.since, after.state), (before.id, before.since, EnrolmentState::Waiting));
        assert!(after.queue_key < before.queue_key);
        let mut view = world.db.read().await.unwrap();
        for (household, expected) in [(second, 1), (third, 2)] {
            let one = enrolments::of_household(&mut view, household).await.unwrap();
            let one = one.into_iter().find(|one| one.programme == LIST).unwrap();
            assert_eq!(super::list::told(&mut view, &one).await.unwrap().unwrap().place, expected);
        }
        drop(view);
        // Who runs already keeps the place, whatever the list.
        assess(world, first, typed("60")).await;
        assert!(place(world, first).await.is_running());
        assert_eq!(lines(world).await[0].taken_places, 1);
        balanced(world).await;
    })
    .await;
}

#[tokio::test]
async fn what_remains_comes_back_at_the_end_and_what_was_due_does_not() {
    each_engine(async |world| {
        load(world, &format!("{YEAR}money = 1000\n")).await;
        let household = assessed(world, 1, "20").await;
        assert_eq!(lines(world).await[0].taken_money, AWARD);
        // Three months have begun, of twenty-four.
        world.clock.advance(Duration::days(70));
        leave(world, household).await;
        let line = lines(world).await.remove(0);
        assert_eq!((line.taken_places, line.taken_money), (0, AWARD / 8));
        balanced(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_list_without_a_budget_promises_nothing() {
    each_engine(async |world| {
        load(world, &format!("{YEAR}places = 9\narea = \"P02\"\n")).await;
        let household = assessed(world, 1, "20").await;
        let place = place(world, household).await;
        assert_eq!((place.state, place.waits_for), (EnrolmentState::Waiting, Some(WaitsFor::Budget)));
        assert_eq!(place.list_area, "");
        assert_eq!(lines(world).await[0].taken_places, 0);
        // A pack that has one for them puts them on its list.
        load(world, &format!("{YEAR}places = 9\n")).await;
        super::follow::lines(world).await.unwrap();
        assert_eq!(super::follow::lists(world).await.unwrap(), 1);
        assert_eq!(super::follow::lists(world).await.unwrap(), 0, "once for each pack");
        let place = super::testing::place(world, household).await;
        assert_eq!((place.list_area.as_str(), place.waits_for), ("*", Some(WaitsFor::Turn)));
    })
    .await;
}

#[tokio::test]
async fn an_open_programme_refuses_nobody_and_shows_what_it_is_short_of() {
    each_engine(async |world| {
        load_changed(world, |text| {
            let (before, rest) = text.split_once("[selection]").unwrap();
            let (_, after) = rest.split_once("[eligible]").unwrap();
            *text = format!("{before}[eligible]{after}{YEAR}money = 1000\n");
        })
        .await;
        for form in 1..=2 {
            let household = assessed(world, form, "20").await;
            assert!(place(world, household).await.is_running());
        }
        let line = lines(world).await.remove(0);
        assert_eq!(line.free_money(), Some(100_000 - 2 * AWARD));
        balanced(world).await;
    })
    .await;
}

#[tokio::test]
async fn nobody_signs_away_what_is_not_there() {
    each_engine(async |world| {
        load(world, &format!("{YEAR}places = 1\n")).await;
        assessed(world, 1, "20").await;
        let household = assessed(world, 2, "30").await;
        let change = overrides::Change {
            decision: decision(world, household).await.id,
            outcome: Outcome::Award,
            amount_minor: Some(3000),
            period: Some("month".into()),
        };
        let why = Why { code: "hardship".into(), words: "The roof fell in.".into() };
        let id = overrides::propose(world, &counter_officer(), household, change, why).await.unwrap();
        let refused = overrides::approve(world, &supervisor(), id, 1, "Seen.".into()).await;
        assert_eq!(refused, Err(crate::Error::Conflict(crate::error::Conflict::NothingLeft)));
        assert_eq!(place(world, household).await.state, EnrolmentState::Waiting);
        assert_eq!(lines(world).await[0].taken_places, 1);
        balanced(world).await;
    })
    .await;
}

/// Everything the worker does about budgets.
async fn round(world: &World) -> super::offers::Done {
    super::follow::lines(world).await.unwrap();
    super::follow::lists(world).await.unwrap();
    super::offers::round(world).await.unwrap()
}

#[tokio::test]
async fn what_becomes_free_is_offered_in_order_once_on_many_servers() {
    each_engine(async |world| {
        load(world, &format!("{YEAR}places = 1\n")).await;
        let first = assessed(world, 1, "50").await;
        let second = assessed(world, 2, "40").await;
        let third = assessed(world, 3, "30").await;
        assert_eq!(round(world).await.offered, 0, "nothing is free");
        leave(world, first).await;
        let rounds = tokio::join!(
            Box::pin(super::offers::round(world)),
            Box::pin(super::offers::round(world)),
            Box::pin(super::offers::round(world)),
        );
        let offered: u64 = [rounds.0, rounds.1, rounds.2].map(|done| done.unwrap().offered).iter().sum();
        assert_eq!(offered, 1);
        let offer = place(world, third).await;
        assert_eq!((offer.state, offer.offer_until), (EnrolmentState::Offered, Some(date!(2026 - 12 - 02))));
        assert_eq!(place(world, second).await.state, EnrolmentState::Waiting);
        assert_eq!(lines(world).await[0].taken_places, 1, "what is offered is promised");
        let mut view = world.db.read().await.unwrap();
        let tasks = crate::tasks::of_household(&mut view, third).await.unwrap();
        assert_eq!(tasks[0].kind, "tell_offer");
        drop(view);
        balanced(world).await;

        // It is taken: an award with its own decision, and nothing more is drawn.
        let waited = decision(world, third).await;
        let officer = counter_officer();
        let granted = answer(world, &officer, third, waited.id, Said::Accept).await.unwrap();
        let now = decision(world, third).await;
        assert_eq!((now.id, now.outcome, now.supersedes), (granted, Outcome::Award, Some(waited.id)));
        assert!(place(world, third).await.is_running());
        let line = lines(world).await.remove(0);
        assert_eq!((line.taken_places, line.taken_money), (1, AWARD + 3_000), "who left had a month");
        let again = answer(world, &officer, third, granted, Said::Decline).await;
        assert_eq!(again, Err(crate::Error::Conflict(crate::error::Conflict::State)));
        let mut view = world.db.read().await.unwrap();
        let tasks = crate::tasks::of_household(&mut view, third).await.unwrap();
        assert_eq!(tasks[0].state, domain::task::TaskState::Completed);
        drop(view);
        balanced(world).await;
    })
    .await;
}

#[tokio::test]
async fn who_declines_or_does_not_answer_makes_room_for_the_next() {
    each_engine(async |world| {
        load(world, &format!("{YEAR}places = 1\n")).await;
        let first = assessed(world, 1, "50").await;
        let second = assessed(world, 2, "40").await;
        let third = assessed(world, 3, "30").await;
        leave(world, first).await;
        round(world).await;
        let officer = counter_officer();
        let waited = decision(world, third).await.id;
        answer(world, &officer, third, waited, Said::Decline).await.unwrap();
        assert_eq!(place(world, third).await.state, EnrolmentState::Declined);
        assert_eq!(round(world).await.offered, 1);
        assert_eq!(place(world, second).await.state, EnrolmentState::Offered);

        // The last day counts; the day after it is over, and the household can wait again in its old place.
        world.clock.advance(Duration::days(30));
        assert_eq!(round(world).await, super::offers::Done::default());
        world.clock.advance(Duration::days(1));
        assert_eq!(round(world).await.lapsed, 1);
        assert_eq!(round(world).await.lapsed, 0);
        let lapsed = place(world, second).await;
        assert_eq!(lapsed.state, EnrolmentState::OfferExpired);
        assert_eq!(lines(world).await[0].taken_places, 0);
        let waited = decision(world, second).await.id;
        let late = answer(world, &officer, second, waited, Said::Accept).await;
        assert_eq!(late, Err(crate::Error::Conflict(crate::error::Conflict::State)));
        let assessments = crate::assessments::list(world, &supervisor(), second).await.unwrap();
        let letter = letters::read(world, &officer, second, assessments[0].id, "en").await.unwrap();
        let section = letter.sections.iter().find(|one| one.programme == LIST).unwrap();
        assert_eq!(section.lines[0].standing, Standing::NotTaken);
        let mut view = world.db.read().await.unwrap();
        let tasks = crate::tasks::of_household(&mut view, second).await.unwrap();
        assert!(tasks.iter().any(|task| task.kind == "reach_out"));
        drop(view);
        answer(world, &officer, second, waited, Said::Return).await.unwrap();
        let back = place(world, second).await;
        assert_eq!(
            (back.state, back.queue_key, back.since),
            (EnrolmentState::Waiting, lapsed.queue_key, lapsed.since)
        );
        assert_eq!(round(world).await.offered, 1, "the place is still free");
        balanced(world).await;
    })
    .await;
}

#[tokio::test]
async fn money_that_comes_is_offered_and_who_does_not_fit_is_not_passed_over() {
    each_engine(async |world| {
        load(world, &format!("{YEAR}money = 720\n")).await;
        assessed(world, 1, "50").await;
        let second = assessed(world, 2, "40").await;
        let third = assessed(world, 3, "30").await;
        // A little more than one award more: one is offered, the other is told that money is short.
        load(world, &format!("{YEAR}money = 2000\n")).await;
        assert_eq!(round(world).await.offered, 1);
        assert_eq!(place(world, third).await.state, EnrolmentState::Offered);
        let waits = place(world, second).await;
        assert_eq!((waits.state, waits.waits_for), (EnrolmentState::Waiting, Some(WaitsFor::Money)));
        // What is offered and assessed again stays offered.
        assess(world, third, typed("20")).await;
        assert_eq!(place(world, third).await.state, EnrolmentState::Offered);
        assert_eq!(lines(world).await[0].taken_money, 2 * AWARD);
        balanced(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_place_that_runs_out_ends_with_a_letter_and_somebody_reaches_out() {
    each_engine(async |world| {
        load_changed(world, |text| {
            *text = text.replacen("order = \"ascending\"", "order = \"ascending\"\nexpires_months = 2", 1);
            text.push_str(YEAR);
            text.push_str("places = 0\n");
        })
        .await;
        let household = assessed(world, 1, "50").await;
        assert_eq!(place(world, household).await.list_until, Some(date!(2027 - 01 - 02)));
        world.clock.advance(Duration::days(30));
        // Assessed again, it is kept longer.
        assess(world, household, typed("50")).await;
        assert_eq!(place(world, household).await.list_until, Some(date!(2027 - 02 - 02)));
        world.clock.advance(Duration::days(63));
        assert_eq!(round(world).await.run_out, 1);
        let over = place(world, household).await;
        assert_eq!((over.state, over.exit_reason), (EnrolmentState::Exited, Some(ExitReason::ListExpired)));
    })
    .await;
}

#[tokio::test]
async fn who_moves_away_while_waiting_waits_where_they_live() {
    each_engine(async |world| {
        load(world, &format!("{YEAR}places = 1\narea = \"P01\"\n{YEAR}places = 1\narea = \"P02\"\n")).await;
        let first = assessed(world, 1, "50").await;
        let second = assessed(world, 2, "40").await;
        world
            .write(async move |tx| {
                let sql =
                    "UPDATE contact SET area = 'P02-C1' WHERE household_id = $1 AND replaced_at IS NULL";
                tx.run(sql, args![second]).await
            })
            .await
            .unwrap();
        leave(world, first).await;
        assert_eq!(
            round(world).await.offered,
            1,
            "what is free in the north is not theirs; in the south there is a place"
        );
        let offered = place(world, second).await;
        assert_eq!((offered.state, offered.list_area.as_str()), (EnrolmentState::Offered, "P02"));
        let taken: Vec<i64> = lines(world).await.iter().map(|line| line.taken_places).collect();
        assert_eq!(taken, [0, 1]);
        balanced(world).await;
    })
    .await;
}
