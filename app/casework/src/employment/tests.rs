//! Stories about plans for work: what is asked, what is agreed with whom, what follows, and that places are not sold twice.

use domain::employment::matching::{Criterion, Fit, Needs};
use domain::employment::{Contract, Doer, EndReason, EntryKind, FollowUp, PlacementKind};
use domain::form::raw::{RawAnswer, RawPage};
use domain::ids::{BoardId, HouseholdId, PlanId, StepId};
use domain::life::condition::{CycleVerdict, Excuse};
use domain::lifecycle::plan::{PlanOutcome, PlanState, StepEvent, StepState};
use domain::role::{Role, Scope};
use time::macros::{date, datetime};
use time::{Date, Duration};
use uuid::Uuid;

use super::board::Written;
use super::placement::NewPlacement;
use super::plan::{Act, Adults, Standing, Words};
use super::steps::{Happened, NewStep};
use super::{attendance, board, desk, follow_up, placement, plan, profile, proposals, steps};
use crate::clocks::run_due;
use crate::error::{Conflict, Error};
use crate::life::records::{self, ON_SHEET, Which};
use crate::life::records_list::{self, RowFault, Spoken, Wrong};
use crate::life::watch;
use crate::test_support::small::*;
use crate::test_support::{
    OFFICE, World, actor, auditor, counter_officer, each_engine, officer_elsewhere, second_counter_officer,
    supervisor,
};
use crate::{Actor, args, assessments, proposals as changes};

/// The training centre near the small family.
fn centre() -> Actor {
    actor(6, Role::ProviderOfficer, Scope::Provider("PRV-01".into()))
}

/// A family with its answers, and the mother.
async fn family(world: &World) -> (HouseholdId, Uuid) {
    load_small_pack(world).await;
    let household = decided_family(world, POOR).await.0.household;
    let mother = adults(world, household).await.people[0].person.id;
    (household, mother)
}

async fn adults(world: &World, household: HouseholdId) -> Adults {
    plan::adults(world, &counter_officer(), household).await.unwrap()
}

async fn standing(world: &World, household: HouseholdId, person: Uuid) -> Standing {
    adults(world, household).await.people.into_iter().find(|one| one.person.id == person).unwrap()
}

fn typed(pairs: &[(&str, &[&str])]) -> RawPage {
    pairs
        .iter()
        .map(|(id, values)| {
            let values = values.iter().map(|value| (*value).to_owned()).collect();
            ((*id).to_owned(), RawAnswer { values, ..RawAnswer::default() })
        })
        .collect()
}

async fn save(world: &World, at: (HouseholdId, Uuid), group: &str, page: RawPage) -> profile::Saved {
    let version = profile::open(world, &counter_officer(), at.0, at.1).await.unwrap().profile.version;
    profile::save(world, &counter_officer(), at, group, page, version).await.unwrap()
}

/// A profile that is done: she can build, wants 40 hours, walks, and does not say whether heights are possible.
async fn profiled(world: &World) -> (HouseholdId, Uuid) {
    let at = family(world).await;
    profile::begin(world, &counter_officer(), at.0, at.1).await.unwrap();
    let skills = typed(&[("can_do", &["isco_71"]), ("schooling", &["primary"]), ("spoken", &["fr"])]);
    assert_eq!(save(world, at, "skills", skills).await, profile::Saved::Next(Some("day".into())));
    let day = typed(&[
        ("hours_week", &["40"]),
        ("travel", &["walking"]),
        ("care", &["none"]),
        ("limits", &["dont_know"]),
        ("heavy_work", &["yes"]),
        ("needs_access", &["no"]),
    ]);
    assert_eq!(save(world, at, "day", day).await, profile::Saved::Next(None));
    let version = profile::open(world, &counter_officer(), at.0, at.1).await.unwrap().profile.version;
    profile::finish(world, &counter_officer(), at, version).await.unwrap();
    at
}

fn words() -> Words {
    Words { goal: "A trade that feeds us".into(), office_does: "Calls the centre".into() }
}

fn training() -> NewStep {
    NewStep {
        service: "skills_training".into(),
        title: "Learn to build".into(),
        doer: Doer::Person,
        provider: "PRV-01".into(),
        area: "P01-C1".into(),
        entry: None,
        from: Some(date!(2026 - 11 - 02)),
        until: Some(date!(2027 - 01 - 29)),
    }
}

async fn drafted(world: &World) -> (HouseholdId, Uuid, PlanId) {
    let (household, person) = profiled(world).await;
    let id = plan::draft(world, &counter_officer(), (household, person), &words()).await.unwrap();
    (household, person, id)
}

async fn version(world: &World, household: HouseholdId, person: Uuid) -> i64 {
    standing(world, household, person).await.plan.unwrap().version
}

/// Signed today, with one step; the proposal that waits.
async fn signed(world: &World) -> (HouseholdId, Uuid, PlanId, changes::Proposal) {
    let (household, person, id) = drafted(world).await;
    let at = version(world, household, person).await;
    steps::add(world, &counter_officer(), (household, id), at, training()).await.unwrap();
    let at = version(world, household, person).await;
    plan::sign(world, &counter_officer(), (household, id), at, world.today()).await.unwrap();
    let mut view = world.db.read().await.unwrap();
    let all = changes::of_household(&mut view, &world.keys, household).await.unwrap();
    let waits = all.into_iter().find(|one| one.kind == plan::APPROVAL).unwrap();
    (household, person, id, waits)
}

async fn followed(world: &World) -> (HouseholdId, Uuid, PlanId) {
    let (household, person, id, waits) = signed(world).await;
    plan::approve(world, &supervisor(), waits.id, waits.version, String::new()).await.unwrap();
    (household, person, id)
}

async fn act(world: &World, at: (HouseholdId, Uuid, PlanId), what: Act) -> Result<(), Error> {
    let version = version(world, at.0, at.1).await;
    plan::act(world, &counter_officer(), (at.0, at.2), version, what).await
}

async fn round(world: &World) {
    watch::round(world).await.unwrap();
    run_due(world).await.unwrap();
}

async fn open_tasks(world: &World, household: HouseholdId) -> Vec<String> {
    let mut view = world.db.read().await.unwrap();
    let rows: Vec<(String,)> = view
        .all(
            "SELECT kind FROM task WHERE household_id = $1 AND state IN ('open', 'assigned', 'in_progress') ORDER BY kind",
            args![household],
        )
        .await
        .unwrap();
    rows.into_iter().map(|(kind,)| kind).collect()
}

async fn clocks(world: &World, household: HouseholdId, kind: &str) -> Vec<String> {
    let mut view = world.db.read().await.unwrap();
    let rows: Vec<(String,)> = view
        .all(
            "SELECT state FROM clock WHERE household_id = $1 AND kind = $2 ORDER BY id",
            args![household, kind],
        )
        .await
        .unwrap();
    rows.into_iter().map(|(state,)| state).collect()
}

#[tokio::test]
async fn what_the_household_said_is_taken_over_and_what_is_missing_stays_open() {
    each_engine(async |world| {
        let (household, mother) = family(world).await;
        let home = adults(world, household).await;
        let names: Vec<&str> = home.people.iter().map(|one| one.person.name.as_str()).collect();
        assert_eq!(names, ["Awa Diallo"], "neither the grandmother of 70 nor the children");
        profile::begin(world, &counter_officer(), household, mother).await.unwrap();
        let again = profile::begin(world, &counter_officer(), household, mother).await.unwrap();
        let sitting = profile::open(world, &counter_officer(), household, mother).await.unwrap();
        assert_eq!(sitting.profile.id, again, "there is one at a time");
        assert!(sitting.profile.taken.contains("wants_training"));
        let pages: Vec<String> = sitting.pages().into_iter().map(|page| page.group).collect();
        assert_eq!(pages, ["skills", "day"], "the page of what was taken over is not asked");
        assert_eq!(sitting.profile.found.band, None);
        // What would decide later does not matter: she wants training.
        assert_eq!(sitting.profile.found.ask, ["care".to_owned()].into());
        let unfinished =
            profile::finish(world, &counter_officer(), (household, mother), sitting.profile.version).await;
        assert_eq!(unfinished.unwrap_err(), Error::Invalid("profile.open"));
        let wrong = save(world, (household, mother), "skills", typed(&[("can_do", &["isco_00"])])).await;
        assert!(matches!(wrong, profile::Saved::Rejected(state) if state.errors.contains_key("can_do")));
        let page = typed(&[("can_do", &["refused"])]);
        save(world, (household, mother), "skills", page).await;
        save(world, (household, mother), "day", typed(&[("care", &["none"])])).await;
        let found = profile::open(world, &counter_officer(), household, mother).await.unwrap().profile.found;
        // She wants training: whatever she can do, that puts her where she is. What would come before is known.
        assert_eq!(found.band.as_deref(), Some("needs_skills"));
        assert_eq!(found.reasons, ["wants_training"]);
    })
    .await;
}

#[tokio::test]
async fn a_profile_is_for_who_draws_up_plans_in_the_office() {
    each_engine(async |world| {
        let (household, mother) = family(world).await;
        let begin = async |who: &Actor| profile::begin(world, who, household, mother).await;
        assert_eq!(begin(&officer_elsewhere()).await.unwrap_err(), Error::Forbidden);
        assert_eq!(begin(&auditor()).await.unwrap_err(), Error::Forbidden);
        assert!(begin(&centre()).await.is_err());
        let nobody = profile::begin(world, &counter_officer(), household, Uuid::from_u128(7)).await;
        assert_eq!(nobody.unwrap_err(), Error::NotFound);
        begin(&counter_officer()).await.unwrap();
        assert!(profile::open(world, &auditor(), household, mother).await.is_ok(), "who audits reads");
        assert!(profile::open(world, &centre(), household, mother).await.is_err());
        let of_child = adults(world, household).await.home.people.last().unwrap().id;
        let child = profile::begin(world, &counter_officer(), household, of_child).await;
        assert_eq!(child.unwrap_err(), Error::NotFound);
    })
    .await;
}

#[tokio::test]
async fn a_plan_is_signed_agreed_to_by_a_second_person_followed_and_looked_at_again() {
    each_engine(async |world| {
        let (household, person, id) = drafted(world).await;
        assert_eq!(clocks(world, household, "plan_first").await, ["running"]);
        let at = version(world, household, person).await;
        let empty = plan::sign(world, &counter_officer(), (household, id), at, world.today()).await;
        assert_eq!(empty.unwrap_err(), Error::Invalid("plan.steps"));
        steps::add(world, &counter_officer(), (household, id), at, training()).await.unwrap();
        let stale = plan::sign(world, &counter_officer(), (household, id), at, world.today()).await;
        assert_eq!(stale.unwrap_err(), Error::Stale, "she would sign what she did not see");
        let at = version(world, household, person).await;
        let early = plan::sign(world, &counter_officer(), (household, id), at, date!(2026 - 10 - 30)).await;
        assert_eq!(early.unwrap_err(), Error::Invalid("plan.signed"));
        plan::sign(world, &counter_officer(), (household, id), at, world.today()).await.unwrap();
        assert_eq!(clocks(world, household, "plan_first").await, ["met"]);
        let waits = {
            let mut view = world.db.read().await.unwrap();
            changes::of_household(&mut view, &world.keys, household).await.unwrap().remove(0)
        };
        let own = plan::approve(world, &counter_officer(), waits.id, waits.version, String::new()).await;
        assert!(own.is_err(), "not by who wrote it");
        plan::approve(world, &supervisor(), waits.id, waits.version, String::new()).await.unwrap();
        let now = standing(world, household, person).await.plan.unwrap();
        assert_eq!((now.state, now.started_on), (PlanState::Active, Some(world.today())));
        assert_eq!(
            now.review_on,
            Some(date!(2027 - 01 - 04)),
            "60 days for who needs skills, and the next working day"
        );
        world.clock.set(datetime!(2027-01-05 8:00 UTC));
        round(world).await;
        round(world).await;
        assert_eq!(standing(world, household, person).await.plan.unwrap().state, PlanState::ReviewDue);
        let due: Vec<String> =
            open_tasks(world, household).await.into_iter().filter(|kind| kind == "plan_review").collect();
        assert_eq!(due.len(), 1, "one task, however often the clocks are looked at");
        act(world, (household, person, id), Act::GoOn).await.unwrap();
        assert!(!open_tasks(world, household).await.contains(&"plan_review".to_owned()));
        let now = standing(world, household, person).await.plan.unwrap();
        assert_eq!((now.state, now.review_on), (PlanState::Active, Some(date!(2027 - 03 - 08))));
    })
    .await;
}

#[tokio::test]
async fn what_the_second_person_refuses_is_a_draft_again() {
    each_engine(async |world| {
        let (household, person, id, waits) = signed(world).await;
        let back = changes::send_back(
            world,
            &supervisor(),
            waits.id,
            waits.version,
            domain::signature::ReturnReason::ALL[0],
            "why".into(),
        )
        .await;
        assert_eq!(back.unwrap_err(), Error::Conflict(Conflict::State));
        plan::refuse(world, &supervisor(), waits.id, waits.version, "No crèche near the centre".into())
            .await
            .unwrap();
        let now = standing(world, household, person).await.plan.unwrap();
        assert_eq!((now.id, now.state, now.signed_on), (id, PlanState::Draft, None));
        assert_eq!(now.reason, "No crèche near the centre");
    })
    .await;
}

#[tokio::test]
async fn a_plan_that_was_ended_waits_for_nobody() {
    each_engine(async |world| {
        let (household, person, id, waits) = signed(world).await;
        let mute = act(world, (household, person, id), Act::End(" ".into())).await;
        assert_eq!(mute.unwrap_err(), Error::Invalid("reason.missing"));
        act(world, (household, person, id), Act::End("She moved away".into())).await.unwrap();
        let late = plan::approve(world, &supervisor(), waits.id, waits.version, String::new()).await;
        assert!(late.is_err());
        assert!(!open_tasks(world, household).await.contains(&"approve".to_owned()));
        let next = plan::draft(world, &counter_officer(), (household, person), &words()).await.unwrap();
        let now = standing(world, household, person).await;
        assert_eq!((now.plan.as_ref().unwrap().id, now.plan.unwrap().number), (next, 2));
        assert_eq!(now.before.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_revised_plan_keeps_its_open_steps_and_one_version_counts() {
    each_engine(async |world| {
        let at = followed(world).await;
        act(world, at, Act::Revise).await.unwrap();
        let now = standing(world, at.0, at.1).await;
        let next = now.plan.unwrap();
        assert_eq!((next.number, next.state, now.steps.len()), (2, PlanState::Draft, 1));
        assert_eq!(now.before[0].state, PlanState::Revised);
        assert!(clocks(world, at.0, "plan_review").await.iter().all(|state| state == "cancelled"));
        let (household, person) = (at.0, at.1);
        let twice = world
            .write(async move |tx| {
                tx.run(
                    "UPDATE work_plan SET current = TRUE WHERE household_id = $1 AND person_id = $2",
                    args![household, person],
                )
                .await
            })
            .await;
        assert!(twice.is_err(), "the table holds it");
    })
    .await;
}

#[tokio::test]
async fn of_many_who_draft_at_once_one_does() {
    each_engine(async |world| {
        let at = profiled(world).await;
        let mut writing = tokio::task::JoinSet::new();
        for _ in 0..6 {
            let cw = world.casework.clone();
            writing.spawn(async move { plan::draft(&cw, &counter_officer(), at, &words()).await.is_ok() });
        }
        let done = writing.join_all().await;
        assert_eq!(done.iter().filter(|done| **done).count(), 1);
    })
    .await;
}

#[tokio::test]
async fn who_wrote_a_plan_never_approves_it_whatever_the_program_does() {
    each_engine(async |world| {
        let (household, ..) = signed(world).await;
        let own = world
            .write(async move |tx| {
                tx.run(
                    "UPDATE work_plan SET approved_by = drafted_by WHERE household_id = $1",
                    args![household],
                )
                .await
            })
            .await;
        assert!(own.is_err());
    })
    .await;
}

fn site(places: i64) -> Written {
    Written {
        office: OFFICE.into(),
        kind: EntryKind::Course,
        title: "Bricklaying".into(),
        employer: String::new(),
        provider: "PRV-01".into(),
        needs: Needs {
            area: "P01-C1".into(),
            skills: ["isco_71".to_owned()].into(),
            hours: Some(30),
            demands: ["heavy".to_owned(), "heights".to_owned()].into(),
            ..Needs::default()
        },
        wage_minor: None,
        places,
        from: Some(date!(2026 - 12 - 01)),
        until: Some(date!(2027 - 02 - 26)),
        last_day: date!(2026 - 11 - 30),
    }
}

#[tokio::test]
async fn places_are_never_oversold() {
    each_engine(async |world| {
        let (household, _) = family(world).await;
        let entry = board::announce(world, &counter_officer(), site(3)).await.unwrap();
        let home = adults(world, household).await.home;
        let mut taking = tokio::task::JoinSet::new();
        for _ in 0..16 {
            let (cw, home) = (world.casework.acting(&counter_officer()), home.clone());
            taking.spawn(async move { cw.write(async move |tx| board::take(tx, &home, entry).await).await });
        }
        let taken = taking.join_all().await;
        assert_eq!(taken.iter().filter(|one| one.is_ok()).count(), 3);
        assert!(
            taken
                .iter()
                .filter_map(|one| one.as_ref().err())
                .all(|error| *error == Error::Conflict(Conflict::NothingLeft))
        );
        assert_eq!(board::entry(world, &counter_officer(), entry).await.unwrap().free(), 0);
        let beyond =
            world.write(async move |tx| tx.run("UPDATE board_entry SET taken = 4", args![]).await).await;
        assert!(beyond.is_err(), "the table holds it");
    })
    .await;
}

#[tokio::test]
async fn a_step_takes_a_place_and_gives_it_back_when_it_is_dropped() {
    each_engine(async |world| {
        let (household, person, id) = drafted(world).await;
        let entry = board::announce(world, &counter_officer(), site(1)).await.unwrap();
        let new = NewStep { entry: Some(entry), title: String::new(), ..training() };
        let at = version(world, household, person).await;
        let step = steps::add(world, &counter_officer(), (household, id), at, new.clone()).await.unwrap();
        let at = version(world, household, person).await;
        let twice = steps::add(world, &counter_officer(), (household, id), at, new).await;
        assert_eq!(twice.unwrap_err(), Error::Conflict(Conflict::Taken));
        let now = standing(world, household, person).await;
        assert_eq!((now.steps[0].title.as_str(), now.steps[0].provider.as_str()), ("Bricklaying", "PRV-01"));
        assert_eq!(board::entry(world, &counter_officer(), entry).await.unwrap().free(), 0);
        let drop =
            Happened { event: StepEvent::Drop, good_cause: None, reason: "Another one is nearer".into() };
        steps::happened(world, &counter_officer(), (household, id, step), at, drop).await.unwrap();
        assert_eq!(board::entry(world, &counter_officer(), entry).await.unwrap().free(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_board_is_kept_by_its_office_and_its_providers_and_closes_by_itself() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let elsewhere = board::announce(
            world,
            &officer_elsewhere(),
            Written { provider: String::new(), employer: "X".into(), ..site(1) },
        )
        .await;
        assert_eq!(elsewhere.unwrap_err(), Error::Forbidden);
        assert_eq!(board::announce(world, &auditor(), site(1)).await.unwrap_err(), Error::Forbidden);
        let own = board::announce(world, &centre(), site(2)).await.unwrap();
        let of_others = Written { provider: "PRV-02".into(), ..site(2) };
        assert_eq!(board::announce(world, &centre(), of_others).await.unwrap_err(), Error::Forbidden);
        let wrong = async |new: Written| board::announce(world, &counter_officer(), new).await.unwrap_err();
        assert_eq!(wrong(Written { places: 0, ..site(1) }).await, Error::Invalid("entry.places"));
        assert_eq!(
            wrong(Written { last_day: date!(2026 - 11 - 01), ..site(1) }).await,
            Error::Invalid("entry.days")
        );
        let seen = board::open(world, &counter_officer()).await.unwrap();
        assert_eq!(
            seen.iter().map(|one| one.id).collect::<Vec<BoardId>>(),
            [own],
            "the office sees what providers announce"
        );
        let changed = Written { title: "Bricks".into(), ..site(5) };
        board::change(world, &centre(), own, 1, changed.clone()).await.unwrap();
        assert_eq!(board::change(world, &centre(), own, 1, changed).await.unwrap_err(), Error::Stale);
        world.clock.set(datetime!(2026-12-01 8:00 UTC));
        assert_eq!((board::round(world).await.unwrap(), board::round(world).await.unwrap()), (1, 0));
        assert!(board::open(world, &counter_officer()).await.unwrap().is_empty());
        assert!(board::entry(world, &centre(), own).await.unwrap().closed_at.is_some());
    })
    .await;
}

#[tokio::test]
async fn proposals_say_why_and_name_what_to_ask() {
    each_engine(async |world| {
        let (household, person) = profiled(world).await;
        let near = board::announce(world, &counter_officer(), site(2)).await.unwrap();
        let far = Written {
            title: "Far away".into(),
            needs: Needs { area: "P02-C1".into(), ..site(1).needs },
            ..site(1)
        };
        board::announce(world, &counter_officer(), far).await.unwrap();
        let found = proposals::for_person(world, &counter_officer(), household, person).await.unwrap();
        assert_eq!(found.len(), 2);
        let fit = |at: usize, about: Criterion| {
            found[at].found.reasons.iter().find(|reason| reason.about == about).map(|reason| reason.fit)
        };
        assert_eq!((found[0].entry.id, found[0].found.score), (near, 100));
        assert_eq!(fit(0, Criterion::Skills), Some(Fit::Fits));
        assert_eq!(fit(0, Criterion::Limits), Some(Fit::Ask), "she does not know about heights");
        assert_eq!(fit(1, Criterion::Distance), Some(Fit::Excluded), "she walks");
        assert!(found[1].found.is_excluded());
        let (_, people) = proposals::for_entry(world, &counter_officer(), near).await.unwrap();
        assert_eq!(
            people.iter().map(|one| (one.household, one.person)).collect::<Vec<_>>(),
            [(household, person)]
        );
        assert_eq!(proposals::for_entry(world, &centre(), near).await.unwrap_err(), Error::Forbidden);
        assert!(proposals::for_person(world, &centre(), household, person).await.is_err());
    })
    .await;
}

/// A step under way, and November on the sheets of its provider.
async fn under_way(world: &World) -> ((HouseholdId, Uuid, PlanId), StepId, Which) {
    let at = followed(world).await;
    let step = standing(world, at.0, at.1).await.steps[0].id;
    let begin = Happened { event: StepEvent::Begin, good_cause: None, reason: String::new() };
    let version = version(world, at.0, at.1).await;
    steps::happened(world, &counter_officer(), (at.0, at.2, step), version, begin).await.unwrap();
    let november = Which {
        programme: super::WATCHED.into(),
        condition: "skills_training".into(),
        from: date!(2026 - 11 - 01),
    };
    (at, step, november)
}

#[tokio::test]
async fn the_provider_hands_in_who_was_there_on_its_sheets_and_lists() {
    each_engine(async |world| {
        let (at, step, november) = under_way(world).await;
        world.clock.set(datetime!(2026-11-30 8:00 UTC));
        let groups = records::groups(world, &centre()).await.unwrap();
        assert_eq!((groups.len(), groups[0].programme.as_str()), (1, super::WATCHED));
        let sheet = records::sheet(world, &centre(), &november, ON_SHEET).await.unwrap();
        assert_eq!(sheet.rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["Awa Diallo"]);
        let reference = sheet.rows[0].reference.to_string();
        let list = |days: &str, cause: &str| {
            format!("reference,name,record,cause\n{reference},Awa Diallo,{days},{cause}\n").into_bytes()
        };
        let spoken = || Spoken { causes: vec![("illness".into(), Excuse::Illness)], ..Spoken::default() };
        let check = async |bytes: Vec<u8>| {
            records_list::check(world, &centre(), &november, bytes, spoken()).await.unwrap().unwrap()
        };
        let faulty = check(list("45", "")).await;
        assert_eq!(
            faulty.wrong,
            [Wrong { line: 2, column: 2, fault: RowFault::Value }],
            "no month has 45 days"
        );
        let good = check(list("12", "")).await;
        records_list::take(world, &centre(), &november, good).await.unwrap();
        let steps = standing(world, at.0, at.1).await.steps;
        let told = attendance::sheets(world, &counter_officer(), at.0, &steps).await.unwrap();
        // The wage of a day is 40.00.
        assert_eq!((told[0].0, told[0].1.earned), (step, Some((12, 12 * 4000))));
        assert_eq!(told[0].1.cycles[0].verdict, CycleVerdict::Met);
        let ill = check(list("0", "illness")).await;
        records_list::take(world, &centre(), &november, ill).await.unwrap();
        let told = attendance::sheets(world, &counter_officer(), at.0, &steps).await.unwrap();
        assert_eq!(told[0].1.cycles[0].verdict, CycleVerdict::Excused, "with good cause it does not count");
        let finish = Happened { event: StepEvent::Finish, good_cause: None, reason: String::new() };
        let version = version(world, at.0, at.1).await;
        steps::happened(world, &counter_officer(), (at.0, at.2, step), version, finish).await.unwrap();
        assert!(records::groups(world, &centre()).await.unwrap().is_empty(), "nobody is recorded any more");
        crate::life::judge::round(world).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_missed_step_says_whether_there_was_a_good_cause_and_can_be_planned_again() {
    each_engine(async |world| {
        let (at, step, _) = under_way(world).await;
        let miss =
            |reason: &str| Happened { event: StepEvent::Miss, good_cause: Some(true), reason: reason.into() };
        let now = version(world, at.0, at.1).await;
        let mute = steps::happened(world, &counter_officer(), (at.0, at.2, step), now, miss("")).await;
        assert_eq!(mute.unwrap_err(), Error::Invalid("reason.missing"));
        steps::happened(world, &counter_officer(), (at.0, at.2, step), now, miss("The child was ill"))
            .await
            .unwrap();
        let missed = standing(world, at.0, at.1).await.steps.remove(0);
        assert_eq!((missed.state, missed.good_cause), (StepState::Missed, Some(true)));
        let again = Happened { event: StepEvent::Again, good_cause: None, reason: String::new() };
        let now = version(world, at.0, at.1).await;
        steps::happened(world, &counter_officer(), (at.0, at.2, step), now, again).await.unwrap();
        assert_eq!(standing(world, at.0, at.1).await.steps[0].state, StepState::Planned);
    })
    .await;
}

fn job() -> NewPlacement {
    NewPlacement {
        kind: PlacementKind::Employed,
        employer: "Diallo & Sons".into(),
        sector: "isco_71".into(),
        area: "P01-C1".into(),
        contract: Some(Contract::FixedTerm),
        from: date!(2026 - 11 - 02),
        until: Some(date!(2027 - 10 - 31)),
        hours: Some(40),
        wage_minor: Some(150_000),
    }
}

#[tokio::test]
async fn work_that_was_found_completes_the_plan_is_asked_about_later_and_lets_income_be_asked_again() {
    each_engine(async |world| {
        let at = followed(world).await;
        round(world).await;
        let now = version(world, at.0, at.1).await;
        let record = async |new: NewPlacement| {
            placement::record(world, &counter_officer(), (at.0, at.2), now, new).await
        };
        assert_eq!(
            record(NewPlacement { contract: None, ..job() }).await.unwrap_err(),
            Error::Invalid("placement.contract")
        );
        let later = NewPlacement { from: date!(2026 - 12 - 01), until: None, ..job() };
        assert_eq!(record(later).await.unwrap_err(), Error::Invalid("placement.days"));
        let id = record(job()).await.unwrap();
        let done = standing(world, at.0, at.1).await;
        let completed = done.plan.unwrap();
        assert_eq!((completed.state, completed.outcome), (PlanState::Completed, Some(PlanOutcome::Placed)));
        assert_eq!(done.steps[0].state, StepState::Dropped);
        let days: Vec<Date> = done.asked.iter().map(|one| one.due_on).collect();
        assert_eq!(days, [date!(2027 - 02 - 01), date!(2027 - 05 - 03)], "13 and 26 weeks");

        // What comes in is asked anew, though it would hold for a year.
        round(world).await;
        assert!(open_tasks(world, at.0).await.contains(&"review".to_owned()));
        let started = assessments::start(world, &counter_officer(), at.0).await.unwrap().assessment;
        let sitting = assessments::open(world, &counter_officer(), at.0, started).await.unwrap();
        assert!(!sitting.answers.household.contains_key("income_month"));
        assert!(
            sitting.answers.members.iter().any(|one| one.answers.contains_key("wants_training")),
            "the rest holds"
        );

        world.clock.set(datetime!(2027-01-31 8:00 UTC));
        round(world).await;
        assert!(!open_tasks(world, at.0).await.contains(&"plan_follow_up".to_owned()), "a day early");
        world.clock.set(datetime!(2027-02-01 8:00 UTC));
        round(world).await;
        let asked = desk::list(world, &counter_officer(), desk::List::Ask).await.unwrap();
        assert_eq!((asked.len(), asked[0].weeks), (1, Some(13)));
        assert!(open_tasks(world, at.0).await.contains(&"plan_follow_up".to_owned()));
        let answer = async |weeks, found| {
            follow_up::answer(world, &counter_officer(), (at.0, at.2, weeks), (found, "")).await
        };
        answer(13, FollowUp::NotReached).await.unwrap();
        assert!(!open_tasks(world, at.0).await.contains(&"plan_follow_up".to_owned()));
        assert_eq!(standing(world, at.0, at.1).await.placements[0].ended, None, "not reached is not no");
        answer(13, FollowUp::Still).await.unwrap();
        assert_eq!(answer(13, FollowUp::Stopped).await.unwrap_err(), Error::Conflict(Conflict::State));
        assert_eq!(answer(52, FollowUp::Still).await.unwrap_err(), Error::NotFound);

        let over = (date!(2027 - 01 - 15), EndReason::Closed);
        placement::end(world, &counter_officer(), (at.0, at.1, id), 1, over).await.unwrap();
        assert_eq!(standing(world, at.0, at.1).await.placements[0].ended, Some(over));
        let twice = placement::end(world, &counter_officer(), (at.0, at.1, id), 2, over).await;
        assert_eq!(twice.unwrap_err(), Error::Conflict(Conflict::State));
    })
    .await;
}

#[tokio::test]
async fn nobody_else_follows_or_ends_a_plan() {
    each_engine(async |world| {
        let at = followed(world).await;
        let now = version(world, at.0, at.1).await;
        for who in [officer_elsewhere(), auditor(), centre()] {
            let end = plan::act(world, &who, (at.0, at.2), now, Act::End("x".into())).await;
            assert!(matches!(end.unwrap_err(), Error::Forbidden | Error::NotFound), "{}", who.name);
            assert!(desk::list(world, &who, desk::List::Active).await.map_or(true, |lines| lines.is_empty()));
        }
        let lines = desk::list(world, &second_counter_officer(), desk::List::Active).await.unwrap();
        assert_eq!((lines.len(), lines[0].person, lines[0].state), (1, at.1, Some(PlanState::Active)));
    })
    .await;
}

#[tokio::test]
async fn a_suspended_plan_comes_back_by_itself_to_be_looked_at() {
    each_engine(async |world| {
        let at = followed(world).await;
        act(world, at, Act::Suspend("In hospital".into())).await.unwrap();
        world.clock.advance(Duration::days(70));
        round(world).await;
        assert_eq!(standing(world, at.0, at.1).await.plan.unwrap().state, PlanState::ReviewDue);
        act(world, at, Act::Complete(PlanOutcome::Training, world.today())).await.unwrap();
        let done = standing(world, at.0, at.1).await;
        assert_eq!(done.plan.unwrap().outcome, Some(PlanOutcome::Training));
        assert_eq!(done.asked.len(), 2);
        assert!(!open_tasks(world, at.0).await.contains(&"plan_review".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn the_lists_of_the_desk_use_their_indexes() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let wanted = [
            (desk::List::First, "work_profile_of_office"),
            (desk::List::Review, "work_plan_desk"),
            (desk::List::Active, "work_plan_desk"),
            (desk::List::Ask, "plan_follow_up_desk"),
        ];
        for (list, index) in wanted {
            let sql = desk::statement(list);
            let steps =
                crate::test_support::plan(world, sql, args![OFFICE, world.today(), 100]).await.join("\n");
            assert!(steps.contains(index), "{list:?}: {steps}");
        }
        let open = crate::test_support::plan(world, board::OF_OFFICE, args![OFFICE, world.today(), 100])
            .await
            .join("\n");
        assert!(open.contains("board_entry_open"), "{open}");
    })
    .await;
}
