//! Stories about the last place: who gets it, who waits and why, and what comes back.

use domain::letter::Standing;
use domain::lifecycle::decision::Outcome;
use domain::lifecycle::enrolment::{EnrolmentState, ExitReason, WaitsFor};
use time::Duration;

use super::testing::*;
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
