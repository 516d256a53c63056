//! Stories of life events: what waits for a second person, and what follows from each.

use std::collections::BTreeMap;

use domain::household::Leaving;
use domain::lifecycle::enrolment::{EnrolmentState, ExitReason};
use time::macros::date;

use super::*;
use crate::enrolments;
use crate::households::file::{File, file};
use crate::packs::{self, Loading};
use crate::test_support::small::*;
use crate::test_support::{
    World, counter_officer, each_engine, hire, officer_elsewhere, second_counter_officer, supervisor,
};
use crate::{clocks, tasks};

/// The small country, where these life events are signed.
async fn country(world: &World, signed: &str) {
    let mut pack = small_pack();
    let about = pack.get_mut("pack.toml").unwrap();
    if !signed.is_empty() {
        *about = format!("{about}\n[life_events]\nsecond_signature = [{signed}]\n");
    }
    let loading = packs::load(world, &Actor::command_line(), pack).await.unwrap();
    assert!(matches!(loading, Loading::InForce(_)), "{loading:?}");
    hire(world, &[counter_officer(), second_counter_officer(), supervisor(), officer_elsewhere()]).await;
}

/// A family, assessed and decided: the grandmother has a pension.
async fn decided(world: &World) -> File {
    let household = register_family(world, &small_family(1)).await.household;
    assess(world, household, POOR).await;
    world.clock.advance(Duration::days(10));
    file(world, &counter_officer(), household).await.unwrap()
}

fn called(file: &File, given: &str) -> PersonId {
    let named = |name: &PersonName| name.display().starts_with(given);
    file.members.iter().find(|member| named(&member.person.name)).unwrap().id
}

async fn pension(world: &World, household: HouseholdId) -> enrolments::Enrolment {
    let all = enrolments::of_household(&mut world.db.read().await.unwrap(), household).await.unwrap();
    all.into_iter().find(|one| one.programme == "old-age-pension").unwrap()
}

async fn version_of(world: &World, household: HouseholdId) -> i64 {
    file(world, &counter_officer(), household).await.unwrap().version
}

async fn live(world: &World, household: HouseholdId) -> Vec<tasks::Task> {
    let all = tasks::of_household(&mut world.db.read().await.unwrap(), household).await.unwrap();
    all.into_iter().filter(|task| !task.state.is_final()).collect()
}

async fn proposal(world: &World, id: ProposalId) -> Proposal {
    proposals::proposal(world, &supervisor(), id).await.unwrap()
}

fn death(member: PersonId, relations: &[(PersonId, Relation)]) -> Dated {
    let relations = relations.iter().copied().collect();
    Dated { change: Change::Death { member, relations }, on: date!(2026 - 11 - 05) }
}

#[tokio::test]
async fn a_signed_death_ends_the_pension_from_its_day_and_not_before() {
    each_engine(async |world| {
        country(world, "\"death\"").await;
        let before = decided(world).await;
        let (id, fatou, me) = (before.id, called(&before, "Fatou"), counter_officer());
        assert!(pension(world, id).await.is_running());
        let dated = death(fatou, &[]);
        // On no way around the second person.
        let alone =
            edit::remove_member(world, &me, id, before.version, fatou, Leaving::Died, date!(2026 - 11 - 05))
                .await;
        assert_eq!(alone, Err(Error::Invalid("leaving.signed")));
        let late = Dated { on: date!(2026 - 12 - 01), ..dated.clone() };
        assert_eq!(
            record(world, &me, id, before.version, &late, "").await,
            Err(Error::Invalid("date.future"))
        );
        assert_eq!(
            record(world, &officer_elsewhere(), id, before.version, &dated, "").await,
            Err(Error::Forbidden)
        );
        let Made::Waits(waits) =
            record(world, &me, id, before.version, &dated, "The certificate was shown.").await.unwrap()
        else {
            panic!("it was not signed")
        };
        let again = record(world, &second_counter_officer(), id, before.version, &dated, "").await;
        assert_eq!(again, Err(Error::Conflict(Conflict::Taken)));
        assert!(pension(world, id).await.is_running(), "nothing holds before it is signed");
        assert_eq!(file(world, &me, id).await.unwrap().members, before.members);
        let listed = of_household(world, &me, id).await.unwrap();
        assert_eq!((listed.len(), listed[0].event, listed[0].done_at), (1, LifeEvent::Death, None));

        let version = proposal(world, waits).await.version;
        assert!(approve(world, &me, waits, version, String::new()).await.is_err(), "never who recorded it");
        approve(world, &supervisor(), waits, version, "Seen.".into()).await.unwrap();
        let after = file(world, &me, id).await.unwrap();
        let gone = after.members.iter().find(|member| member.id == fatou).unwrap();
        assert_eq!(gone.left, Some((date!(2026 - 11 - 05), Leaving::Died)));
        let over = pension(world, id).await;
        assert_eq!((over.state, over.exit_reason), (EnrolmentState::Exited, Some(ExitReason::Deceased)));
        assert_eq!(over.ends_on, Some(date!(2026 - 11 - 05)));
        assert!(
            live(world, id).await.iter().any(|task| task.kind == "assess_anew"),
            "what they share is looked at"
        );
        assert!(of_household(world, &me, id).await.unwrap()[0].done_at.is_some());
        assert_eq!(crate::journal::verify(world).await.unwrap().first_break, None);
    })
    .await;
}

#[tokio::test]
async fn a_head_who_dies_leaves_the_place_to_another() {
    each_engine(async |world| {
        country(world, "").await;
        let before = decided(world).await;
        let (id, me) = (before.id, counter_officer());
        let [awa, fatou, moussa, ali] = ["Awa", "Fatou", "Moussa", "Ali"].map(|name| called(&before, name));
        for wrong in [
            vec![],
            vec![(fatou, Relation::Head), (moussa, Relation::Grandchild)],
            vec![(fatou, Relation::Parent), (moussa, Relation::Child), (ali, Relation::Child)],
            vec![
                (awa, Relation::Head),
                (fatou, Relation::Parent),
                (moussa, Relation::Child),
                (ali, Relation::Child),
            ],
        ] {
            let refused = record(world, &me, id, before.version, &death(awa, &wrong), "").await;
            assert_eq!(refused, Err(Error::Invalid("members.relations")), "{wrong:?}");
        }
        let right = [(fatou, Relation::Head), (moussa, Relation::Grandchild), (ali, Relation::Grandchild)];
        let made = record(world, &me, id, before.version, &death(awa, &right), "").await.unwrap();
        assert_eq!(made, Made::Done(before.version + 1));
        let after = file(world, &me, id).await.unwrap();
        let heads: Vec<PersonId> = after
            .present()
            .filter(|member| member.person.relation == Relation::Head)
            .map(|member| member.id)
            .collect();
        assert_eq!(heads, [fatou]);
        assert!(pension(world, id).await.is_running(), "hers goes on");
        // One after the other, until nobody is left: then everything ends.
        for (member, version) in
            [(moussa, after.version), (ali, after.version + 1), (fatou, after.version + 2)]
        {
            record(world, &me, id, version, &death(member, &[]), "").await.unwrap();
        }
        let all = enrolments::of_household(&mut world.db.read().await.unwrap(), id).await.unwrap();
        assert!(all.iter().all(|one| !one.is_running() && !one.is_waiting()), "{all:?}");
        assert_eq!(file(world, &me, id).await.unwrap().present().count(), 0);
        crate::clocks::run_due(world).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_household_that_moves_takes_its_work_to_the_other_office() {
    each_engine(async |world| {
        country(world, "\"moved\"").await;
        let before = decided(world).await;
        let (id, me) = (before.id, counter_officer());
        let moved = |office: &str, area: &str| Dated {
            change: Change::Moved {
                area: area.into(),
                directions: Some("Blue gate".into()),
                office: office.into(),
            },
            on: date!(2026 - 11 - 01),
        };
        for (wrong, why) in
            [(moved("OFF-99", "P02-C1"), "office.unknown"), (moved("OFF-02", "P99"), "area.unknown")]
        {
            assert_eq!(record(world, &me, id, before.version, &wrong, "").await, Err(Error::Invalid(why)));
        }
        let Made::Waits(waits) =
            record(world, &me, id, before.version, &moved("OFF-02", "P02-C1"), "").await.unwrap()
        else {
            panic!("it was not signed")
        };
        let old: Vec<String> = live(world, id).await.into_iter().map(|task| task.kind).collect();
        approve(world, &supervisor(), waits, proposal(world, waits).await.version, String::new())
            .await
            .unwrap();
        // The one keeps no file any more, the other reads it and has the work.
        assert!(file(world, &me, id).await.is_err());
        let there = file(world, &officer_elsewhere(), id).await.unwrap();
        assert_eq!((there.office.as_str(), there.contact.area.as_str()), ("OFF-02", "P02-C1"));
        let now = live(world, id).await;
        assert!(now.iter().all(|task| task.scope == Scope::Office("OFF-02".into())), "{now:?}");
        assert!(now.iter().any(|task| task.kind == "meet_household"));
        let kept = old
            .iter()
            .filter(|kind| *kind != "approve")
            .all(|kind| now.iter().any(|task| task.kind == *kind));
        assert!(kept, "{old:?} became {now:?}");
        let clocks = clocks::of_household(&mut world.db.read().await.unwrap(), id).await.unwrap();
        let live = clocks.iter().filter(|clock| clock.ended_at.is_none());
        assert!(
            live.clone().count() > 0
                && live.clone().all(|clock| clock.scope != Scope::Office("OFF-01".into()))
        );
        assert_eq!(crate::journal::verify(world).await.unwrap().first_break, None);
    })
    .await;
}

#[tokio::test]
async fn a_corrected_name_and_another_head_wait_where_the_pack_says_so() {
    each_engine(async |world| {
        country(world, "\"name\", \"new_head\"").await;
        let before = decided(world).await;
        let (id, me) = (before.id, counter_officer());
        let [awa, fatou, moussa, ali] = ["Awa", "Fatou", "Moussa", "Ali"].map(|name| called(&before, name));
        let name = PersonName::parse("Aoua", "Diallo", "").unwrap();
        let member = before.members.iter().find(|member| member.id == awa).unwrap();
        let renamed = Person { name: name.clone(), ..member.person.clone() };
        let alone = edit::change_member(world, &me, id, before.version, awa, &renamed, None).await;
        assert_eq!(alone, Err(Error::Invalid("name.signed")));
        let relations: BTreeMap<PersonId, Relation> = [
            (awa, Relation::Child),
            (fatou, Relation::Head),
            (moussa, Relation::Grandchild),
            (ali, Relation::Grandchild),
        ]
        .into();
        let head = edit::new_head(world, &me, id, before.version, &relations).await;
        assert_eq!(head, Err(Error::Invalid("head.signed")));
        let on = date!(2026 - 11 - 02);
        let changes = [
            Change::Name { member: awa, name: name.clone(), distinct: None },
            Change::NewHead { relations: relations.clone() },
        ];
        for change in changes {
            let Made::Waits(waits) =
                record(world, &me, id, version_of(world, id).await, &Dated { change, on }, "").await.unwrap()
            else {
                panic!("it was not signed")
            };
            let version = proposal(world, waits).await.version;
            approve(world, &supervisor(), waits, version, String::new()).await.unwrap();
        }
        let after = file(world, &me, id).await.unwrap();
        let of = |id| &after.members.iter().find(|member| member.id == id).unwrap().person;
        assert_eq!(
            (&of(awa).name, of(awa).relation, of(fatou).relation),
            (&name, Relation::Child, Relation::Head)
        );
    })
    .await;
}
