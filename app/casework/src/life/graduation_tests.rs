//! Stories about an award that is needed no longer: kept between the lines, let go in steps, and given in full again.

use domain::form::raw::{RawAnswer, RawPage};
use domain::ids::HouseholdId;
use domain::letter::Standing;
use domain::life::Note;
use domain::life::graduation::{Reading, Review, row};
use domain::lifecycle::enrolment::{EnrolmentState, ExitReason};
use domain::proposal::ProposalState;
use time::macros::{date, datetime};
use time::{Date, Duration, OffsetDateTime};

use super::graduation::{Kept, steps};
use super::watch;
use crate::assessments::{self, PageInput, Saved};
use crate::budgets::holding;
use crate::budgets::testing::{LIST, assessed, balanced, decision, family, load_changed, place, typed};
use crate::clocks::run_due;
use crate::enrolments::Enrolment;
use crate::error::{Conflict, Error};
use crate::test_support::small::{assess, raw};
use crate::test_support::{World, counter_officer, each_engine, supervisor};
use crate::{decisions, letters, overrides, proposals, referrals};

/// What may come in is at most 100; from 150 on it is needed no longer.
const GRADUATION: &str = "
[graduation]
entry = \"low_income\"
leave = 150
reviews = 2
apart_months = 6
refer = \"skills_training\"

[[graduation.step]]
percent = 50
months = 3

[[graduation.step]]
percent = 25
months = 2

[[budget]]
from = 2026-01-01
until = 2036-12-31
places = 20
";
/// The full amount, in minor units.
const FULL: i64 = 3000;

async fn load(world: &World) {
    load_changed(world, |text| text.push_str(GRADUATION)).await;
}

async fn round(world: &World) {
    watch::round(world).await.unwrap();
    run_due(world).await.unwrap();
    watch::round(world).await.unwrap();
}

/// A review with this income, and what the worker does then.
async fn review(world: &World, household: HouseholdId, on: OffsetDateTime, income: &'static str) {
    world.clock.set(on);
    run_due(world).await.unwrap();
    assess(world, household, typed(income)).await;
    round(world).await;
}

/// A review at which nobody knows the income.
async fn review_unknown(world: &World, household: HouseholdId) {
    let officer = counter_officer();
    let id = assessments::start(world, &officer, household).await.unwrap().assessment;
    let sitting = assessments::open(world, &officer, household, id).await.unwrap();
    for page in sitting.progress().pages() {
        let typed: RawPage = match page.group.as_str() {
            "income" => {
                let unknown = RawAnswer { state: Some("dont_know".into()), ..RawAnswer::default() };
                let mut page = raw(&[("rooms", "2")]);
                page.insert("income_month".into(), unknown);
                page
            }
            "work_wishes" => raw(&[("wants_training", "no")]),
            _ => raw(&[("document_birth_paper", "yes")]),
        };
        let input = PageInput { version: sitting.version(&page), page, typed, leave: false };
        let saved = assessments::save_page(world, &officer, household, id, input).await.unwrap();
        assert_eq!(saved, Saved::Next);
    }
    let submitted = assessments::submit(world, &officer, household, id).await.unwrap();
    assert_eq!(submitted, assessments::Submitted::Decided { again: false });
    round(world).await;
}

/// What waits for a second person because of these reviews: others of its programmes are cut as they always were.
async fn waiting(world: &World, household: HouseholdId) -> Vec<proposals::Proposal> {
    let mut view = world.db.read().await.unwrap();
    let all = proposals::of_household(&mut view, &world.keys, household).await.unwrap();
    let is_own = |one: &proposals::Proposal| one.reason_code == "graduation" && one.reason.starts_with(LIST);
    all.into_iter().filter(|one| one.state == ProposalState::Waiting && is_own(one)).collect()
}

async fn told(world: &World, household: HouseholdId) -> (Standing, Vec<Note>, Option<i64>, usize) {
    let all = assessments::of_household(&mut world.db.read().await.unwrap(), household).await.unwrap();
    let letter = letters::read(world, &counter_officer(), household, all[0].id, "en").await.unwrap();
    let section = letter.sections.into_iter().find(|one| one.programme == LIST).unwrap();
    let line = section.lines.into_iter().next().unwrap();
    (line.standing, line.life, line.amount.map(|amount| amount.minor), line.reasons.len())
}

/// The supervisor agrees to what waits; the day after the time to be heard it comes into force.
async fn agreed_and_heard(world: &World, household: HouseholdId) {
    let waits = waiting(world, household).await.remove(0);
    let id = waits.subject.id.into();
    overrides::approve(world, &supervisor(), waits.id, waits.version, "Seen.".into()).await.unwrap();
    let early = overrides::issue_heard(world, &counter_officer(), household, id).await;
    assert_eq!(early, Err(Error::Conflict(Conflict::State)), "the person is heard first");
    world.clock.advance(Duration::days(13));
    run_due(world).await.unwrap();
    overrides::issue_heard(world, &counter_officer(), household, id).await.unwrap();
    round(world).await;
}

fn shape(one: &Enrolment) -> (bool, Option<i64>) {
    (one.is_running(), one.amount_minor)
}

/// A household that was found above the line to leave twice, a year apart; the second time on 8 November 2028.
async fn above_twice(world: &World) -> HouseholdId {
    load(world).await;
    let household = assessed(world, 1, "50").await;
    round(world).await;
    review(world, household, datetime!(2027-11-08 8:00 UTC), "200").await;
    review(world, household, datetime!(2028-11-08 8:00 UTC), "200").await;
    household
}

#[tokio::test]
async fn one_high_score_takes_nothing_away_and_between_the_lines_nobody_goes() {
    each_engine(async |world| {
        load(world).await;
        let household = assessed(world, 1, "50").await;
        round(world).await;
        review(world, household, datetime!(2027-06-01 8:00 UTC), "200").await;
        assert_eq!(shape(&place(world, household).await), (true, Some(FULL)));
        assert_eq!(decision(world, household).await.body.kept, Some(Kept { above: 1, of: 2 }));
        let (standing, notes, minor, reasons) = told(world, household).await;
        assert_eq!((standing, minor, reasons), (Standing::Award, Some(FULL), 0), "no reason against it");
        assert!(notes.contains(&Note::Kept { above: 1, of: 2 }), "{notes:?}");
        // The same again a week later is the same review.
        review(world, household, datetime!(2027-06-08 8:00 UTC), "200").await;
        assert_eq!(decision(world, household).await.body.kept, Some(Kept { above: 1, of: 2 }));
        review(world, household, datetime!(2028-01-10 8:00 UTC), "120").await;
        assert_eq!(decision(world, household).await.body.kept, Some(Kept { above: 0, of: 2 }), "anew");
        review(world, household, datetime!(2028-08-10 8:00 UTC), "200").await;
        assert_eq!(decision(world, household).await.body.kept, Some(Kept { above: 1, of: 2 }));
        assert_eq!(waiting(world, household).await.len(), 0);
        // Who is not in is not let in between the lines.
        let new = assessed(world, 2, "120").await;
        let all = decisions::of_household(&mut world.db.read().await.unwrap(), new).await.unwrap();
        let none = all.iter().find(|one| one.programme == LIST).unwrap();
        assert_eq!(none.outcome, domain::lifecycle::decision::Outcome::NotEligible);
        balanced(world).await;
    })
    .await;
}

#[tokio::test]
async fn two_in_a_row_are_proposed_heard_and_then_it_steps_down_to_its_end() {
    each_engine(async |world| {
        let household = above_twice(world).await;
        let (one, two) = tokio::join!(watch::round(world), watch::round(world));
        assert!(one.is_ok() && two.is_ok(), "{one:?} {two:?}");
        assert_eq!(waiting(world, household).await.len(), 1, "once");
        assert_eq!(shape(&place(world, household).await), (true, Some(FULL)), "nothing by itself");
        agreed_and_heard(world, household).await;
        let there = place(world, household).await;
        let (begun, over) = (date!(2028 - 11 - 21), date!(2029 - 04 - 20));
        assert_eq!((there.amount_minor, there.ends_on), (Some(1500), Some(over)));
        let mut view = world.db.read().await.unwrap();
        let planned = steps(&mut view, household, there.id).await.unwrap();
        let planned: Vec<(i64, i64, Date, bool)> = planned
            .iter()
            .map(|step| (step.percent, step.amount_minor, step.from_date, step.taken_at.is_some()))
            .collect();
        assert_eq!(planned, [(50, 1500, begun, true), (25, 750, date!(2029 - 02 - 21), false)]);
        let held = holding::of(&mut view, household, there.id).await.unwrap();
        assert_eq!(held.iter().map(|one| one.open_money).sum::<i64>(), 3 * 1500 + 2 * 750);
        let sent = referrals::of_household(&mut view, household).await.unwrap();
        assert!(sent.iter().any(|one| one.service == "skills_training" && one.programme == LIST), "offered");
        drop(view);
        let (standing, notes, minor, _) = told(world, household).await;
        assert_eq!((standing, minor), (Standing::Award, Some(1500)));
        assert_eq!(notes.iter().filter(|note| matches!(note, Note::Step { .. })).count(), 2, "{notes:?}");
        balanced(world).await;

        world.clock.set(datetime!(2029-02-20 20:00 UTC));
        round(world).await;
        assert_eq!(place(world, household).await.amount_minor, Some(1500));
        world.clock.set(datetime!(2029-02-21 8:00 UTC));
        let (one, two) = tokio::join!(run_due(world), run_due(world));
        assert!(one.is_ok() && two.is_ok(), "{one:?} {two:?}");
        round(world).await;
        assert_eq!(place(world, household).await.amount_minor, Some(750));
        assert_eq!(told(world, household).await.2, Some(750));
        world.clock.set(datetime!(2029-04-20 20:00 UTC));
        round(world).await;
        assert!(place(world, household).await.is_running(), "the last day is still one");
        world.clock.set(datetime!(2029-04-21 8:00 UTC));
        round(world).await;
        let ended = place(world, household).await;
        assert_eq!((ended.state, ended.exit_reason), (EnrolmentState::Exited, Some(ExitReason::Graduated)));
        let (standing, notes, ..) = told(world, household).await;
        assert_eq!((standing, &notes[..]), (Standing::Ended, &[Note::Graduated { on: over }][..]));
        balanced(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_server_that_stood_still_through_the_whole_step_down_ends_it_all_the_same() {
    each_engine(async |world| {
        let household = above_twice(world).await;
        agreed_and_heard(world, household).await;
        world.clock.set(datetime!(2029-08-01 8:00 UTC));
        for _ in 0..3 {
            round(world).await;
        }
        let ended = place(world, household).await;
        assert_eq!((ended.state, ended.exit_reason), (EnrolmentState::Exited, Some(ExitReason::Graduated)));
        balanced(world).await;
    })
    .await;
}

#[tokio::test]
async fn who_was_heard_and_is_right_is_asked_again_only_after_another_review() {
    each_engine(async |world| {
        let household = above_twice(world).await;
        let waits = waiting(world, household).await.remove(0);
        overrides::refuse(world, &supervisor(), waits.id, waits.version, "A gift, once.".into())
            .await
            .unwrap();
        world.clock.advance(Duration::days(60));
        round(world).await;
        round(world).await;
        assert_eq!(waiting(world, household).await.len(), 0);
        assert_eq!(shape(&place(world, household).await), (true, Some(FULL)));
        review(world, household, datetime!(2029-06-01 8:00 UTC), "200").await;
        assert_eq!(waiting(world, household).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_lower_review_stops_the_steps_and_one_between_the_lines_does_not() {
    each_engine(async |world| {
        let household = above_twice(world).await;
        agreed_and_heard(world, household).await;
        let before = place(world, household).await;
        review(world, household, datetime!(2028-12-20 8:00 UTC), "120").await;
        let between = place(world, household).await;
        assert_eq!(
            (between.amount_minor, between.ends_on),
            (Some(1500), before.ends_on),
            "it goes on stepping"
        );
        assert_eq!(told(world, household).await.2, Some(1500));
        review_unknown(world, household).await;
        assert_eq!(place(world, household).await.ends_on, before.ends_on, "what is not known stops nothing");
        review(world, household, datetime!(2029-03-10 8:00 UTC), "80").await;
        let full = place(world, household).await;
        assert_eq!((full.amount_minor, full.ends_on), (Some(FULL), Some(date!(2031 - 03 - 10))));
        let (standing, notes, minor, _) = told(world, household).await;
        assert_eq!((standing, minor), (Standing::Award, Some(FULL)));
        assert!(!notes.iter().any(|note| matches!(note, Note::Step { .. } | Note::Done { .. })), "{notes:?}");
        world.clock.set(datetime!(2029-08-01 8:00 UTC));
        round(world).await;
        assert_eq!(shape(&place(world, household).await), (true, Some(FULL)));
        balanced(world).await;
    })
    .await;
}

/// Four households with whatever incomes through six reviews: each is proposed exactly when the row of the domain says so, and
/// keeps all it has until somebody has agreed and the person was heard.
#[tokio::test]
async fn whatever_reviews_find_only_a_whole_row_is_ever_proposed() {
    each_engine(async |world| {
        load(world).await;
        let mut seed: u64 = 20_261_123;
        let mut next = move |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % below
        };
        let mut homes = Vec::new();
        for form in 0..4 {
            let home = family(world, form).await;
            assess(world, home, typed("50")).await;
            homes.push((home, Vec::<Review>::new()));
        }
        round(world).await;
        let mut proposed = 0;
        for turn in 1..=6 {
            world.clock.set(datetime!(2026-11-02 8:00 UTC) + Duration::days(200 * turn));
            round(world).await;
            for (home, reviews) in &mut homes {
                let found =
                    [Reading::Above, Reading::Above, Reading::Between, Reading::Unknown, Reading::Below]
                        [usize::try_from(next(5)).unwrap()];
                match found {
                    Reading::Above => drop(assess(world, *home, typed("150")).await),
                    Reading::Between => drop(assess(world, *home, typed("149")).await),
                    Reading::Below => drop(assess(world, *home, typed("100")).await),
                    Reading::Unknown => review_unknown(world, *home).await,
                }
                reviews.push(Review { on: world.today(), reading: found });
            }
            round(world).await;
            for (home, reviews) in &homes {
                let row = row(reviews, 6);
                let waits = waiting(world, *home).await;
                assert!(waits.is_empty() || row.len() >= 2, "{reviews:?}");
                let is_new = row.last() == reviews.last().map(|last| &last.on);
                if row.len() >= 2 && is_new {
                    assert_eq!(waits.len(), 1, "{reviews:?}");
                    proposed += 1;
                }
                let there = place(world, *home).await;
                assert_eq!(shape(&there), (true, Some(FULL)), "{reviews:?}");
            }
        }
        assert!(proposed > 1, "the walks reach the row: {proposed}");
        balanced(world).await;
    })
    .await;
}
