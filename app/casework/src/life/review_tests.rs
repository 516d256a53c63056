//! Stories about reviews: told before, worked by the office, looked after by a supervisor, and never an end by themselves.

use domain::ids::HouseholdId;
use domain::life::Note;
use domain::role::Right;
use time::macros::{date, datetime};

use super::watch;
use crate::clocks::{self, run_due};
use crate::test_support::small::*;
use crate::test_support::{World, counter_officer, each_engine};
use crate::{args, assessments, enrolments, letters};

async fn round(world: &World) {
    watch::round(world).await.unwrap();
    run_due(world).await.unwrap();
    watch::round(world).await.unwrap();
}

async fn open_tasks(world: &World, kind: &'static str) -> Vec<String> {
    let rows: Vec<(String,)> = world
        .db
        .all(
            "SELECT needs FROM task WHERE kind = $1 AND state NOT IN ('completed', 'cancelled')",
            args![kind],
        )
        .await
        .unwrap();
    rows.into_iter().map(|(needs,)| needs).collect()
}

async fn entries(world: &World, household: HouseholdId, kind: &'static str) -> i64 {
    let sql = "SELECT COUNT(*) FROM journal WHERE file_id = $1 AND kind = $2";
    world.db.value(sql, args![household, kind]).await.unwrap().unwrap_or(0)
}

async fn running(world: &World, household: HouseholdId) -> usize {
    let all = enrolments::of_household(&mut world.db.read().await.unwrap(), household).await.unwrap();
    all.iter().filter(|one| one.is_running()).count()
}

async fn review_notes(world: &World, household: HouseholdId) -> Vec<Note> {
    let all = assessments::of_household(&mut world.db.read().await.unwrap(), household).await.unwrap();
    let letter = letters::read(world, &counter_officer(), household, all[0].id, "en").await.unwrap();
    let notes = letter.sections.into_iter().flat_map(|section| section.lines).flat_map(|line| line.life);
    notes.filter(|note| matches!(note, Note::ReviewOn { .. })).collect()
}

/// The family's awards read what is good for 12 months, and one programme is reviewed by its own dates.
#[tokio::test]
async fn the_household_is_told_then_the_office_has_one_task_then_a_supervisor_and_nothing_ends() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let household = decided_family(world, POOR).await.0.household;
        round(world).await;
        let all = enrolments::of_household(&mut world.db.read().await.unwrap(), household).await.unwrap();
        let due = |programme: &str| all.iter().find(|one| one.programme == programme).unwrap().review_on;
        let stale = date!(2027 - 11 - 02);
        assert_eq!(due("child-grant"), Some(stale), "the income is good for 12 months");
        assert!(due("old-age-pension") > Some(stale), "whose rule reads the register alone");
        let before = running(world, household).await;
        assert_eq!(review_notes(world, household).await, [], "far away");

        world.clock.set(datetime!(2027-10-04 8:00 UTC));
        round(world).await;
        assert_eq!(entries(world, household, "award.review_soon").await, 1);
        let notes = review_notes(world, household).await;
        assert!(
            !notes.is_empty() && notes.iter().all(|note| *note == Note::ReviewOn { on: stale }),
            "{notes:?}"
        );
        assert_eq!(open_tasks(world, "review").await.len(), 0);

        world.clock.set(datetime!(2027-11-02 8:00 UTC));
        let (one, two) = tokio::join!(run_due(world), run_due(world));
        assert!(one.is_ok() && two.is_ok(), "{one:?} {two:?}");
        round(world).await;
        assert_eq!(open_tasks(world, "review").await, [Right::WorkTasks.code()], "one for the household");
        let told = entries(world, household, "award.review_due").await;
        round(world).await;
        assert_eq!(entries(world, household, "award.review_due").await, told, "once for each award");

        world.clock.set(datetime!(2027-12-03 8:00 UTC));
        round(world).await;
        assert_eq!(open_tasks(world, "review_overdue").await, [Right::AssignTasks.code()]);
        assert_eq!(running(world, household).await, before, "nobody loses anything because nobody looked");

        // Reviewed: the tasks are done and the next day is set.
        assess(world, household, POOR).await;
        round(world).await;
        assert_eq!(
            open_tasks(world, "review").await.len() + open_tasks(world, "review_overdue").await.len(),
            0
        );
        let all = enrolments::of_household(&mut world.db.read().await.unwrap(), household).await.unwrap();
        let next = all.iter().find(|one| one.programme == "child-grant").unwrap().review_on;
        assert_eq!(next, Some(date!(2028 - 12 - 03)));
        let set = clocks::of_household(&mut world.db.read().await.unwrap(), household).await.unwrap();
        let is_next = |clock: &&clocks::Clock| clock.kind == super::review::SOON && clock.ended_at.is_none();
        assert!(set.iter().any(|clock| is_next(&clock)), "told again before the next");
    })
    .await;
}

#[tokio::test]
async fn a_server_that_stood_still_for_a_year_still_asks_the_office_before_the_supervisor() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let household = decided_family(world, POOR).await.0.household;
        round(world).await;
        let before = running(world, household).await;
        world.clock.set(datetime!(2028-06-02 8:00 UTC));
        for _ in 0..4 {
            round(world).await;
        }
        assert_eq!(open_tasks(world, "review").await.len(), 1);
        assert_eq!(open_tasks(world, "review_overdue").await.len(), 1);
        assert_eq!(running(world, household).await, before);
    })
    .await;
}
