//! Stories about the end of an award: on its declared last day, and at an age.

use domain::ids::HouseholdId;
use domain::letter::Standing;
use domain::life::Note;
use domain::lifecycle::decision::{DecisionState, Outcome};
use domain::lifecycle::enrolment::{EnrolmentState, ExitReason};
use domain::proposal::ProposalState;
use time::macros::{date, datetime};
use uuid::Uuid;

use super::{judge, records, watch};
use crate::budgets::testing::{assessed, load, place};
use crate::clocks::{self, Clock, run_due};
use crate::db::Arg;
use crate::enrolments::{self, Enrolment};
use crate::packs::{self, Loading};
use crate::test_support::small::*;
use crate::test_support::{World, counter_officer, each_engine, plan, supervisor};
use crate::{Actor, args, budgets, decisions, letters, overrides, proposals};

/// One round of the worker.
async fn round(world: &World) {
    watch::round(world).await.unwrap();
    run_due(world).await.unwrap();
}

async fn clocks_of(world: &World, household: HouseholdId) -> Vec<Clock> {
    let all = clocks::of_household(&mut world.db.read().await.unwrap(), household).await.unwrap();
    all.into_iter()
        .filter(|clock| {
            let is_of_them = clock.kind == watch::CYCLE || clock.kind.starts_with("award_review");
            clock.subject.kind == super::SUBJECT && clock.ended_at.is_none() && !is_of_them
        })
        .collect()
}

async fn entries(world: &World, household: HouseholdId, kind: &'static str) -> i64 {
    let sql = "SELECT COUNT(*) FROM journal WHERE file_id = $1 AND kind = $2";
    world.db.value(sql, args![household, kind]).await.unwrap().unwrap_or(0)
}

async fn tasks(world: &World, kind: &'static str) -> i64 {
    let sql = "SELECT COUNT(*) FROM task WHERE kind = $1 AND state IN ('open', 'in_progress', 'assigned')";
    world.db.value(sql, args![kind]).await.unwrap().unwrap_or(0)
}

#[tokio::test]
async fn an_award_ends_on_its_last_day_told_before_and_the_next_of_the_list_has_an_offer() {
    each_engine(async |world| {
        load(world, "\n[[budget]]\nfrom = 2026-01-01\nuntil = 2029-12-31\nplaces = 1\n").await;
        let first = assessed(world, 1, "50").await;
        let second = assessed(world, 2, "60").await;
        assert_eq!(place(world, second).await.state, EnrolmentState::Waiting);
        let last = place(world, first).await.ends_on.unwrap();
        assert_eq!(last, date!(2028 - 11 - 02), "24 months");
        round(world).await;
        let set = clocks_of(world, first).await;
        assert_eq!(set.len(), 1, "{set:?}");
        assert_eq!((set[0].kind.as_str(), set[0].due_at.date()), (watch::ENDS_SOON, date!(2028 - 10 - 03)));
        round(world).await;
        assert_eq!(clocks_of(world, first).await, set, "set once");

        world.clock.set(datetime!(2028-10-04 8:00 UTC));
        round(world).await;
        assert_eq!(entries(world, first, "award.ends_soon").await, 1);
        assert_eq!(tasks(world, "award_ends_soon").await, 1);
        let set = clocks_of(world, first).await;
        assert_eq!((set[0].kind.as_str(), set[0].due_at.date()), (watch::ENDS, last));
        world.clock.set(datetime!(2028-11-02 20:00 UTC));
        round(world).await;
        assert!(place(world, first).await.is_running(), "the last day is still one");

        // The server stood still for a week, and then two begin at once.
        world.clock.set(datetime!(2028-11-09 8:00 UTC));
        let (one, two) = tokio::join!(run_due(world), run_due(world));
        assert!(one.is_ok() && two.is_ok(), "{one:?} {two:?}");
        let over = place(world, first).await;
        assert_eq!((over.state, over.exit_reason), (EnrolmentState::Exited, Some(ExitReason::TermOver)));
        assert_eq!(entries(world, first, "award.ended").await, 1, "once");
        assert_eq!(tasks(world, "award_ends_soon").await, 0);
        assert_eq!(clocks_of(world, first).await, []);
        budgets::offers::round(world).await.unwrap();
        assert_eq!(place(world, second).await.state, EnrolmentState::Offered, "the place goes on");

        let all = crate::assessments::of_household(&mut world.db.read().await.unwrap(), first).await.unwrap();
        let letter = letters::read(world, &counter_officer(), first, all[0].id, "en").await.unwrap();
        let section = letter.sections.iter().find(|one| one.programme == "cash-transfer").unwrap();
        assert_eq!(section.lines[0].standing, Standing::Ended);
        assert_eq!(section.lines[0].life, [Note::Over { on: last }]);
    })
    .await;
}

/// The small pack, whose pension goes up to 71.
async fn load_up_to_71(world: &World) {
    let mut files = small_pack();
    let text = files.get_mut("programmes/old-age-pension.toml").unwrap();
    *text = text.replace("review_months = 24", "review_months = 24\nends_at_age = 71");
    let loading = packs::load(world, &Actor::command_line(), files).await.unwrap();
    assert!(matches!(loading, Loading::InForce(_)), "{loading:?}");
}

async fn pension(world: &World, household: HouseholdId) -> Enrolment {
    let all = enrolments::of_household(&mut world.db.read().await.unwrap(), household).await.unwrap();
    all.into_iter().find(|one| one.programme == "old-age-pension").unwrap()
}

async fn newest(world: &World, household: HouseholdId) -> decisions::Decision {
    let all = decisions::of_household(&mut world.db.read().await.unwrap(), household).await.unwrap();
    all.into_iter().find(|one| one.programme == "old-age-pension").unwrap()
}

async fn proposed(world: &World, household: HouseholdId) -> Vec<proposals::Proposal> {
    let mut view = world.db.read().await.unwrap();
    let all = proposals::of_household(&mut view, &world.keys, household).await.unwrap();
    all.into_iter().filter(|one| one.state == ProposalState::Waiting).collect()
}

async fn told(world: &World, household: HouseholdId) -> (Standing, Vec<Note>) {
    let all = crate::assessments::of_household(&mut world.db.read().await.unwrap(), household).await.unwrap();
    let letter = letters::read(world, &counter_officer(), household, all[0].id, "en").await.unwrap();
    let section = letter.sections.into_iter().find(|one| one.programme == "old-age-pension").unwrap();
    let line = section.lines.into_iter().find(|line| line.person.as_deref() == Some("Fatou Diallo")).unwrap();
    (line.standing, line.life)
}

#[tokio::test]
async fn at_the_age_the_end_is_proposed_and_nobody_loses_anything_unheard() {
    each_engine(async |world| {
        load_up_to_71(world).await;
        let household = decided_family(world, POOR).await.0.household;
        let birthday = date!(2027 - 03 - 01);
        assert_eq!(told(world, household).await.1, [Note::UpToAge { years: 71, on: birthday }]);
        round(world).await;
        let id = pension(world, household).await.id.uuid();
        let own = async || {
            let all = clocks_of(world, household).await;
            all.into_iter().filter(|clock| clock.subject.id == id).collect::<Vec<_>>()
        };
        // The day before the birthday is the last one; it is told thirty days before that.
        assert_eq!(own().await[0].kind, watch::AGE_SOON);
        assert_eq!(own().await[0].due_at.date(), date!(2027 - 01 - 29));
        world.clock.set(datetime!(2027-02-01 8:00 UTC));
        round(world).await;
        assert_eq!(entries(world, household, "award.age_soon").await, 1);
        assert_eq!(own().await[0].due_at.date(), date!(2027 - 02 - 28));
        assert_eq!(proposed(world, household).await.len(), 0);

        world.clock.set(datetime!(2027-03-08 8:00 UTC));
        let (one, two) = tokio::join!(run_due(world), run_due(world));
        assert!(one.is_ok() && two.is_ok(), "{one:?} {two:?}");
        let waits = proposed(world, household).await;
        assert_eq!(
            (waits.len(), waits[0].kind.as_str(), waits[0].prepared_by_name.as_deref()),
            (1, overrides::CUT, None)
        );
        assert_eq!(newest(world, household).await.state, DecisionState::PendingApproval);
        assert!(pension(world, household).await.is_running());
        round(world).await;
        assert_eq!(proposed(world, household).await.len(), 1, "once");
        assert_eq!(own().await, []);

        let decision = newest(world, household).await;
        overrides::approve(world, &supervisor(), waits[0].id, waits[0].version, "Seen.".into())
            .await
            .unwrap();
        let (standing, notes) = told(world, household).await;
        assert_eq!(standing, Standing::BeingLookedAt);
        let [Note::Intended { until: Some(until), .. }] = &notes[..] else { panic!("{notes:?}") };
        assert!(*until >= date!(2027 - 03 - 18), "{until}");
        assert!(pension(world, household).await.is_running(), "ten days to be heard");
        world.clock.set(datetime!(2027-03-25 8:00 UTC));
        round(world).await;
        assert!(pension(world, household).await.is_running(), "nothing is taken away by itself");
        overrides::issue_heard(world, &counter_officer(), household, decision.id).await.unwrap();
        let over = pension(world, household).await;
        assert_eq!((over.state, over.exit_reason), (EnrolmentState::Exited, Some(ExitReason::AgeReached)));
        let (standing, notes) = told(world, household).await;
        assert_eq!(standing, Standing::NotEligible);
        assert!(matches!(notes[..], [Note::Done { .. }]), "{notes:?}");
        assert!(decisions::redo(world, &counter_officer(), household, decision.id).await.unwrap().is_same());
    })
    .await;
}

#[tokio::test]
async fn who_was_right_keeps_the_award_and_is_not_asked_again() {
    each_engine(async |world| {
        load_up_to_71(world).await;
        let household = decided_family(world, POOR).await.0.household;
        world.clock.set(datetime!(2027-03-08 8:00 UTC));
        round(world).await;
        let waits = proposed(world, household).await.remove(0);
        overrides::refuse(world, &supervisor(), waits.id, waits.version, "Born a year later.".into())
            .await
            .unwrap();
        world.clock.set(datetime!(2027-09-08 8:00 UTC));
        round(world).await;
        round(world).await;
        assert_eq!(proposed(world, household).await.len(), 0);
        assert!(pension(world, household).await.is_running());
        assert_eq!(newest(world, household).await.outcome, Outcome::NotEligible);
    })
    .await;
}

#[tokio::test]
async fn what_is_to_be_done_is_found_by_indexes_that_hold_nothing_else() {
    each_engine(async |world| {
        let given = args![world.today(), "PRV-01", "child-grant", "check_up", 10_i64];
        let statements: [(&str, Vec<Arg>, &str); 3] = [
            (watch::UNWATCHED, args![Uuid::nil(), 10_i64], "enrolment_unwatched"),
            (judge::UNJUDGED, args![10_i64], "condition_record_unjudged"),
            (records::PEOPLE, given, "condition_watch_of_provider"),
        ];
        for (sql, given, index) in statements {
            let plan = plan(world, sql, given).await;
            assert!(plan.iter().any(|line| line.contains(index)), "{index}: {plan:#?}");
            let whole = |line: &&String| {
                line.contains("TEMP B-TREE")
                    || line.contains("Seq Scan")
                    || line.starts_with("SCAN household")
            };
            assert!(!plan.iter().any(|line| whole(&line)), "{index}: {plan:#?}");
        }
    })
    .await;
}
