//! Stories about conditions: whom they concern, what is handed in, what a cycle comes to, and what follows.

use domain::ids::HouseholdId;
use domain::letter::Standing;
use domain::life::Note;
use domain::life::condition::{CycleVerdict, Excuse, Given};
use domain::lifecycle::decision::DecisionState;
use domain::lifecycle::enrolment::EnrolmentState;
use domain::proposal::ProposalState;
use domain::role::{Role, Scope};
use time::macros::{date, datetime};
use time::{Date, OffsetDateTime};

use super::records::{self, Handed, ON_SHEET, Sheet, Source, Taken, Which};
use super::records_list::{self, RowFault, Spoken, Wrong};
use super::{judge, panel, watch};
use crate::clocks::run_due;
use crate::enrolments::{self, Enrolment};
use crate::error::{Conflict, Error};
use crate::test_support::small::*;
use crate::test_support::{World, actor, counter_officer, each_engine, officer_elsewhere, supervisor};
use crate::{Actor, args, decisions, letters, overrides, proposals};

/// The clinic near the small family.
fn clinic() -> Actor {
    actor(6, Role::ProviderOfficer, Scope::Provider("PRV-01".into()))
}

/// Another one, far away.
fn far_clinic() -> Actor {
    actor(7, Role::ProviderOfficer, Scope::Provider("PRV-02".into()))
}

fn month(from: Date) -> Which {
    Which { programme: "child-grant".into(), condition: "check_up".into(), from }
}

async fn round(world: &World) {
    judge::round(world).await.unwrap();
    watch::round(world).await.unwrap();
    run_due(world).await.unwrap();
}

/// A family that gets the child grant since Monday, 2 November: December is the first month that counts.
async fn family(world: &World) -> HouseholdId {
    load_small_pack(world).await;
    let household = decided_family(world, POOR).await.0.household;
    round(world).await;
    household
}

async fn grant(world: &World, household: HouseholdId) -> Enrolment {
    let all = enrolments::of_household(&mut world.db.read().await.unwrap(), household).await.unwrap();
    all.into_iter().find(|one| one.programme == "child-grant").unwrap()
}

async fn at(world: &World, when: OffsetDateTime) {
    world.clock.set(when);
    round(world).await;
}

async fn sheet(world: &World, from: Date) -> Sheet {
    records::sheet(world, &clinic(), &month(from), ON_SHEET).await.unwrap()
}

/// Records of everybody of a month.
async fn hand_in(world: &World, from: Date, value: i64) -> Taken {
    let given = Given { value: Some(value), excuse: None };
    let rows = handed(&sheet(world, from).await, given);
    records::hand_in(world, &clinic(), &month(from), Source::Form, rows).await.unwrap()
}

fn handed(sheet: &Sheet, given: Given) -> Vec<Handed> {
    let row = |row: &records::Row| Handed {
        household: row.household,
        enrolment: row.enrolment,
        person: row.person,
        seen: row.number,
        given,
    };
    sheet.rows.iter().map(row).collect()
}

async fn verdicts(world: &World, household: HouseholdId) -> Vec<Vec<CycleVerdict>> {
    let all = panel::of_household(world, &counter_officer(), household).await.unwrap();
    all.iter().map(|one| one.cycles.iter().map(|cycle| cycle.verdict).collect()).collect()
}

async fn waiting(world: &World, household: HouseholdId) -> Vec<proposals::Proposal> {
    let mut view = world.db.read().await.unwrap();
    let all = proposals::of_household(&mut view, &world.keys, household).await.unwrap();
    all.into_iter().filter(|one| one.state == ProposalState::Waiting).collect()
}

async fn told(world: &World, household: HouseholdId) -> (Standing, Vec<Note>) {
    let all = crate::assessments::of_household(&mut world.db.read().await.unwrap(), household).await.unwrap();
    let letter = letters::read(world, &counter_officer(), household, all[0].id, "en").await.unwrap();
    let section = letter.sections.into_iter().find(|one| one.programme == "child-grant").unwrap();
    let line = section.lines.into_iter().next().unwrap();
    (line.standing, line.life)
}

#[tokio::test]
async fn a_provider_sees_names_and_references_of_its_own_people_and_of_nobody_else() {
    each_engine(async |world| {
        family(world).await;
        world.clock.set(datetime!(2026-12-20 8:00 UTC));
        let december = date!(2026 - 12 - 01);
        let there = sheet(world, december).await;
        let names: Vec<&str> = there.rows.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names, ["Ali Diallo", "Moussa Diallo"], "the children, and nobody else of the family");
        let groups = records::groups(world, &clinic()).await.unwrap();
        assert_eq!((groups.len(), groups[0].cycles.len(), groups[0].cycles[0].people), (1, 1, 2));
        assert!(records::groups(world, &far_clinic()).await.unwrap().is_empty());
        let far = records::sheet(world, &far_clinic(), &month(december), ON_SHEET).await;
        assert_eq!(far.unwrap_err(), Error::NotFound);
        assert_eq!(records::groups(world, &counter_officer()).await.unwrap_err(), Error::Forbidden);
        let given = Given { value: Some(1), excuse: None };
        let rows = handed(&there, given);
        let stolen = records::hand_in(world, &far_clinic(), &month(december), Source::Form, rows).await;
        assert_eq!(stolen, Err(Error::NotFound));
        // November had begun when the grant did.
        let november = records::sheet(world, &clinic(), &month(date!(2026 - 11 - 01)), ON_SHEET).await;
        assert_eq!(november.unwrap_err(), Error::NotFound);
    })
    .await;
}

#[tokio::test]
async fn records_are_kept_once_and_corrected_as_a_new_version() {
    each_engine(async |world| {
        family(world).await;
        world.clock.set(datetime!(2026-12-20 8:00 UTC));
        let december = date!(2026 - 12 - 01);
        let first = sheet(world, december).await;
        assert_eq!(hand_in(world, december, 0).await, Taken { new: 2, ..Taken::default() });
        assert_eq!(hand_in(world, december, 0).await, Taken { same: 2, ..Taken::default() }, "once");
        let old = handed(&first, Given { value: Some(1), excuse: None });
        let beside = records::hand_in(world, &clinic(), &month(december), Source::Form, old).await;
        assert_eq!(beside, Err(Error::Stale), "who saw no record yet does not overwrite one");
        assert_eq!(hand_in(world, december, 1).await, Taken { corrected: 2, ..Taken::default() });
        let versions = "SELECT COUNT(*) FROM condition_record";
        assert_eq!(world.db.value::<i64>(versions, args![]).await.unwrap(), Some(4));
        let mut rows = handed(&sheet(world, december).await, Given { value: Some(0), excuse: None });
        rows[1].given.value = Some(7);
        let half = records::hand_in(world, &clinic(), &month(december), Source::Form, rows).await;
        assert_eq!(half, Err(Error::Invalid("record.value")));
        assert_eq!(world.db.value::<i64>(versions, args![]).await.unwrap(), Some(4), "nothing half written");
    })
    .await;
}

#[tokio::test]
async fn a_missing_record_leads_to_a_question_and_never_to_anything_against_the_person() {
    each_engine(async |world| {
        let household = family(world).await;
        for when in
            [datetime!(2027-01-20 8:00 UTC), datetime!(2027-02-20 8:00 UTC), datetime!(2027-03-20 8:00 UTC)]
        {
            at(world, when).await;
        }
        assert_eq!(
            verdicts(world, household).await,
            [[CycleVerdict::Unknown; 3], [CycleVerdict::Unknown; 3]]
        );
        assert_eq!(waiting(world, household).await.len(), 0);
        assert!(grant(world, household).await.state == EnrolmentState::Onboarding);
        let tasks: Option<i64> =
            world.db.value("SELECT COUNT(*) FROM task WHERE kind = 'ask_record'", args![]).await.unwrap();
        assert_eq!(tasks, Some(1), "one question for an award");
    })
    .await;
}

#[tokio::test]
async fn the_first_miss_is_told_the_second_is_proposed_heard_and_then_stands_still_until_it_is_done() {
    each_engine(async |world| {
        let household = family(world).await;
        world.clock.set(datetime!(2026-12-20 8:00 UTC));
        hand_in(world, date!(2026 - 12 - 01), 0).await;
        at(world, datetime!(2027-01-20 8:00 UTC)).await;
        assert_eq!(waiting(world, household).await.len(), 0, "a first miss is only told");
        let (standing, notes) = told(world, household).await;
        assert_eq!(standing, Standing::Award);
        assert!(
            notes.iter().any(|note| matches!(note, Note::Cycle { verdict: CycleVerdict::NotMet, about, .. }
                if about.person == "Ali Diallo" && !about.what_to_do.is_empty())),
            "{notes:?}"
        );
        hand_in(world, date!(2027 - 01 - 01), 0).await;
        world.clock.set(datetime!(2027-02-20 8:00 UTC));
        let (one, two) = tokio::join!(run_due(world), run_due(world));
        assert!(one.is_ok() && two.is_ok(), "{one:?} {two:?}");
        let waits = waiting(world, household).await;
        assert_eq!(waits.len(), 1, "one for the award, though two children missed it");
        assert!(grant(world, household).await.is_running(), "nothing is taken away by itself");
        let id = waits[0].subject.id.into();
        overrides::approve(world, &supervisor(), waits[0].id, waits[0].version, "Seen.".into())
            .await
            .unwrap();
        let (standing, notes) = told(world, household).await;
        assert_eq!(standing, Standing::BeingLookedAt);
        assert!(matches!(notes[..], [Note::Intended { until: Some(_), .. }]), "{notes:?}");
        let early = overrides::issue_heard(world, &counter_officer(), household, id).await;
        assert_eq!(early, Err(Error::Conflict(Conflict::State)));
        world.clock.set(datetime!(2027-03-08 8:00 UTC));
        overrides::issue_heard(world, &counter_officer(), household, id).await.unwrap();
        let stands = grant(world, household).await;
        assert_eq!((stands.state, stands.amount_minor.is_some()), (EnrolmentState::Suspended, true));
        assert_eq!(told(world, household).await.0, Standing::Suspended);

        hand_in(world, date!(2027 - 02 - 01), 1).await;
        at(world, datetime!(2027-03-20 8:00 UTC)).await;
        assert_eq!(grant(world, household).await.state, EnrolmentState::Active, "done, so it runs again");
        assert_eq!(told(world, household).await.0, Standing::Award);
    })
    .await;
}

#[tokio::test]
async fn a_good_cause_takes_back_what_was_proposed() {
    each_engine(async |world| {
        let household = family(world).await;
        world.clock.set(datetime!(2026-12-20 8:00 UTC));
        hand_in(world, date!(2026 - 12 - 01), 0).await;
        at(world, datetime!(2027-01-20 8:00 UTC)).await;
        hand_in(world, date!(2027 - 01 - 01), 0).await;
        at(world, datetime!(2027-02-20 8:00 UTC)).await;
        let waits = waiting(world, household).await.remove(0);
        let all = panel::of_household(world, &counter_officer(), household).await.unwrap();
        let about = |one: &panel::Condition| (one.enrolment, one.person);
        let which = month(date!(2027 - 01 - 01));
        let away = records::excuse(
            world,
            &officer_elsewhere(),
            household,
            about(&all[0]),
            which.clone(),
            Excuse::Illness,
        )
        .await;
        assert_eq!(away, Err(Error::Forbidden));
        for one in &all {
            records::excuse(world, &counter_officer(), household, about(one), which.clone(), Excuse::Illness)
                .await
                .unwrap();
        }
        round(world).await;
        assert_eq!(waiting(world, household).await.len(), 0);
        let dropped =
            decisions::find(&mut world.db.read().await.unwrap(), household, waits.subject.id.into())
                .await
                .unwrap()
                .unwrap();
        assert_eq!(dropped.state, DecisionState::Dropped);
        assert_eq!(verdicts(world, household).await[0][0], CycleVerdict::Excused);
        assert!(grant(world, household).await.is_running());
        let again = overrides::approve(world, &supervisor(), waits.id, waits.version, "Seen.".into()).await;
        assert!(again.is_err(), "{again:?}");
    })
    .await;
}

#[tokio::test]
async fn a_list_is_looked_at_first_and_taken_whole_or_not_at_all() {
    each_engine(async |world| {
        family(world).await;
        world.clock.set(datetime!(2026-12-20 8:00 UTC));
        let which = month(date!(2026 - 12 - 01));
        let there = sheet(world, which.from).await;
        let reference = there.rows[0].reference.to_string();
        let check = async |text: String| {
            let checked =
                records_list::check(world, &clinic(), &which, text.into_bytes(), Spoken::default()).await;
            checked.unwrap().unwrap()
        };
        let wrong = check(format!(
            "reference,name,visit,cause\n{reference},Ali Diallo,1,\n{reference},Nobody Here,1,\nSP-0000-0000,Ali Diallo,1,\n\
             {reference},Moussa Diallo,perhaps,\n{reference},Moussa Diallo,,\n{reference},Ali Diallo,0,\n{reference},Moussa Diallo,1,unheard\n"
        ))
        .await;
        let place = |line, column, fault| Wrong { line, column, fault };
        assert_eq!(
            wrong.wrong,
            [
                place(3, 1, RowFault::Name),
                place(4, 0, RowFault::Reference),
                place(5, 2, RowFault::Value),
                place(6, 2, RowFault::Missing),
                place(7, 0, RowFault::Twice),
                place(8, 3, RowFault::Cause),
            ]
        );
        let refused = records_list::take(world, &clinic(), &which, wrong).await;
        assert_eq!(refused, Err(Error::Invalid("record.rows")));
        let count = "SELECT COUNT(*) FROM condition_record";
        assert_eq!(world.db.value::<i64>(count, args![]).await.unwrap(), Some(0));
        let right = check(format!(
            "reference;name;visit;cause\n{};ali  DIALLO;1;\n{reference};Moussa Diallo;0;\n",
            reference.to_lowercase()
        ))
        .await;
        assert_eq!((right.wrong.len(), right.taken), (0, Taken { new: 2, ..Taken::default() }));
        assert_eq!(world.db.value::<i64>(count, args![]).await.unwrap(), Some(0), "only looked at");
        assert_eq!(records_list::take(world, &clinic(), &which, right).await.unwrap().new, 2);
    })
    .await;
}
