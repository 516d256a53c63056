//! Stories about reviews: what is known is not asked again until it is stale, through as many reviews as pass.

use domain::form::progress::ModuleState;
use time::macros::date;
use time::{Date, Duration};

use super::*;
use crate::error::Conflict;
use crate::test_support::small::*;
use crate::test_support::{World, counter_officer, each_engine, officer_elsewhere};

const FIRST: Date = date!(2026 - 11 - 02);

async fn begun(world: &World, household: HouseholdId) -> Sitting {
    let id = start(world, &counter_officer(), household).await.unwrap().assessment;
    open(world, &counter_officer(), household, id).await.unwrap()
}

fn groups(sitting: &Sitting) -> Vec<String> {
    let progress = sitting.progress();
    let open = progress.pages().into_iter().filter(|page| progress.count(page).open > 0);
    let mut groups: Vec<String> = open.map(|page| page.group).collect();
    groups.dedup();
    groups
}

fn state(sitting: &Sitting, module: &str) -> ModuleState {
    let tasks = sitting.progress().task_list(&sitting.taken_over, sitting.as_of);
    tasks.into_iter().find(|task| task.module == module).unwrap().state
}

/// Means are good for twelve months, wishes of work for six.
#[tokio::test]
async fn a_review_asks_what_is_stale_and_no_answer_is_good_for_longer_than_its_module_says() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let (family, first) = decided_family(world, POOR).await;
        let household = family.household;
        let known = open(world, &counter_officer(), household, first).await.unwrap();
        assert!(known.taken_over.is_empty(), "everything was asked");

        world.clock.advance(Duration::days(150));
        let second = begun(world, household).await;
        assert_eq!(groups(&second), Vec::<String>::new(), "nothing is stale after five months");
        let modules: Vec<(&str, Date)> =
            second.taken_over.iter().map(|(module, day)| (module.as_str(), *day)).collect();
        assert_eq!(modules, [("closing", FIRST), ("means", FIRST), ("work", FIRST)]);
        let id = second.assessment.id;
        let submitted = submit(world, &counter_officer(), household, id).await.unwrap();
        assert_eq!(submitted, Submitted::Decided { again: false });

        // Seven months after they were given, two after they were taken over.
        world.clock.advance(Duration::days(60));
        let third = begun(world, household).await;
        assert_eq!(groups(&third), ["work_wishes"]);
        assert_eq!(state(&third, "work"), ModuleState::NotStarted);
        assert_eq!(state(&third, "means"), ModuleState::Complete);
        assert_eq!(third.taken_over.get("means"), Some(&FIRST));
        assert!(!third.taken_over.contains_key("work"));
        fill_in(world, household, third.assessment.id, POOR).await;
        submit(world, &counter_officer(), household, third.assessment.id).await.unwrap();

        // Every page of it was gone through that day: from then on they hold.
        world.clock.advance(Duration::days(170));
        let fourth = begun(world, household).await;
        let again = third.as_of;
        assert_eq!(groups(&fourth), Vec::<String>::new());
        assert_eq!((fourth.taken_over["means"], fourth.taken_over["work"]), (again, again));
    })
    .await;
}

#[tokio::test]
async fn an_officer_asks_a_module_again_and_the_assessment_before_keeps_its_answers() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let (family, first) = decided_family(world, POOR).await;
        let household = family.household;
        world.clock.advance(Duration::days(30));
        let before = begun(world, household).await;
        let id = before.assessment.id;
        let ask = async |module: &str| ask_again(world, &counter_officer(), household, id, module).await;
        assert_eq!(ask("work").await, Ok(()));
        let after = begun(world, household).await;
        assert_eq!((after.assessment.id, groups(&after)), (id, vec!["work_wishes".to_owned()]));
        assert!(!after.taken_over.contains_key("work") && after.taken_over.contains_key("means"));
        assert!(after.answers.household.contains_key("income_month"), "the others stay");
        let old = open(world, &counter_officer(), household, first).await.unwrap();
        assert!(old.answers.members.iter().any(|member| member.answers.contains_key("wants_training")));

        let known = Err(Error::Invalid("module.unknown"));
        assert_eq!(ask("work").await, known, "it is asked already");
        assert_eq!(ask("nothing").await, known);
        let stranger = ask_again(world, &officer_elsewhere(), household, id, "means").await;
        // On PostgreSQL another office does not even see that there is one.
        assert!(matches!(stranger, Err(Error::Forbidden | Error::NotFound)), "{stranger:?}");
        let closed = ask_again(world, &counter_officer(), household, first, "means").await;
        assert_eq!(closed, Err(Error::Conflict(Conflict::State)));
    })
    .await;
}
