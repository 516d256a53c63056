use std::collections::BTreeMap;

use domain::household::Leaving;
use domain::ids::PersonId;

use super::super::file::{File, file};
use super::super::overview::overview;
use super::super::{Distinct, Likeness, consents, edit};
use super::*;
use crate::error::{Conflict, Error};
use crate::test_support::{MONDAY, OTHER_OFFICE, auditor, officer_elsewhere, second_counter_officer};

async fn open(world: &World, id: HouseholdId) -> File {
    file(world, &counter_officer(), id).await.unwrap()
}

#[tokio::test]
async fn of_two_officers_who_edit_at_once_the_second_is_told() {
    in_the_country(async |world| {
        let id = registered(world, &family(1)).await.household;
        let mut contact = family(1).contact;
        contact.phone = Some(Phone::parse("71000000").unwrap());
        assert_eq!(edit::change_contact(world, &counter_officer(), id, 1, &contact).await, Ok(2));
        let late = edit::change_contact(world, &second_counter_officer(), id, 1, &family(1).contact).await;
        assert_eq!(late, Err(Error::Stale));
        assert_eq!(open(world, id).await.contact, contact);
        // What was replaced is kept.
        assert_eq!(count(world, "SELECT COUNT(*) FROM contact").await, 2);

        let (one, two) = (counter_officer(), second_counter_officer());
        let [mut a, mut b] = [contact.clone(), contact];
        a.area = "P01-D1-C2".into();
        b.area = "P01-D1-C3".into();
        let (first, second) = tokio::join!(
            edit::change_contact(world, &one, id, 2, &a),
            edit::change_contact(world, &two, id, 2, &b)
        );
        assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
        assert!(first == Err(Error::Stale) || second == Err(Error::Stale), "{first:?} {second:?}");
        assert_eq!(count(world, "SELECT COUNT(*) FROM contact").await, 3);
    })
    .await;
}

#[tokio::test]
async fn a_member_is_corrected_and_the_number_set_free() {
    in_the_country(async |world| {
        let id = registered(world, &family(1)).await.household;
        let me = counter_officer();
        let before = open(world, id).await.members.remove(0);
        let mut person = before.person.clone();
        person.sex = Sex::Other;
        person.identifiers = vec![uin("B999999")];
        assert_eq!(edit::change_member(world, &me, id, 1, before.id, &person, None).await, Ok(2));
        assert_eq!(open(world, id).await.members[0].person, person);
        let told = super::super::file::history(world, &me, id, None, 2).await.unwrap();
        assert_eq!(told[1].told("fields").unwrap(), serde_json::json!(["sex", "identifiers"]));
        assert!(!told[1].detail.contains("999999"));

        // The number of before may be given to who has it; the new one may not.
        let mut neighbour = alone(2, "Salimata", Birth::Year(1980));
        neighbour.members[0].identifiers = vec![uin("A123456")];
        registered(world, &neighbour).await;
        let mut thief = alone(3, "Thief", Birth::Year(1980));
        thief.members[0].identifiers = vec![uin("B-999-999")];
        let refused = super::register(world, &me, OFFICE, &thief, None).await;
        assert!(matches!(refused, Err(Error::Conflict(Conflict::Registered(_)))), "{refused:?}");

        // A head stays the head here, and a stranger is not found.
        person.relation = Relation::Spouse;
        let refused = edit::change_member(world, &me, id, 2, before.id, &person, None).await;
        assert_eq!(refused, Err(Error::Invalid("relation.head")));
        let nobody = PersonId::new(Uuid::from_u128(5));
        assert_eq!(edit::change_member(world, &me, id, 2, nobody, &person, None).await, Err(Error::NotFound));
        assert_eq!(open(world, id).await.version, 2);
    })
    .await;
}

#[tokio::test]
async fn a_correction_does_not_make_a_double() {
    in_the_country(async |world| {
        let me = counter_officer();
        registered(world, &alone(1, "Fatou", Birth::Year(1990))).await;
        let other = registered(world, &alone(2, "Awa", Birth::Year(1990))).await.household;
        let awa = open(world, other).await.members.remove(0);
        let mut person = awa.person.clone();
        person.name = PersonName::parse("FATOU", "Diallo", "").unwrap();
        let refused = edit::change_member(world, &me, other, 1, awa.id, &person, None).await;
        assert!(matches!(refused, Err(Error::Conflict(Conflict::Registered(_)))), "{refused:?}");
        let reason = Distinct { reason: "a cousin".into() };
        edit::change_member(world, &me, other, 1, awa.id, &person, Some(&reason)).await.unwrap();
        // Said once, not asked again, even after a change back and forth.
        edit::change_member(world, &me, other, 2, awa.id, &awa.person, None).await.unwrap();
        edit::change_member(world, &me, other, 3, awa.id, &person, None).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_name_given_back_guards_the_next_who_has_it() {
    in_the_country(async |world| {
        let me = counter_officer();
        let first = registered(world, &alone(1, "Fatou", Birth::Year(1990))).await.household;
        let reason = Distinct { reason: "a cousin".into() };
        let namesake = alone(2, "Fatou", Birth::Year(1990));
        super::register(world, &me, OFFICE, &namesake, Some(&reason)).await.unwrap();
        let fatou = open(world, first).await.members.remove(0);
        let mut person = fatou.person;
        person.birth = Birth::Year(1991);
        edit::change_member(world, &me, first, 1, fatou.id, &person, None).await.unwrap();

        let third = alone(3, "Fatou", Birth::Year(1990));
        let refused = super::register(world, &me, OFFICE, &third, None).await;
        let Err(Error::Conflict(Conflict::Registered(alike))) = refused else { panic!("{refused:?}") };
        let same: Vec<_> = alike.iter().filter(|one| one.by == Likeness::NameAndBirth).collect();
        assert_eq!((same.len(), same[0].household), (1, namesake.id));
        // The first is a year older now, and very likely asked about all the same.
        assert!(alike.iter().any(|one| (one.by, one.household) == (Likeness::Likely, first)), "{alike:?}");
        // And the new likeness of the first is guarded too.
        let fourth = alone(4, "Fatou", Birth::Year(1991));
        let refused = super::register(world, &me, OFFICE, &fourth, None).await;
        let Err(Error::Conflict(Conflict::Registered(alike))) = refused else { panic!("{refused:?}") };
        assert_eq!(alike[0].household, first);
    })
    .await;
}

#[tokio::test]
async fn members_come_and_go() {
    in_the_country(async |world| {
        let id = registered(world, &family(1)).await.household;
        let me = counter_officer();
        let mut baby = person("Nene", Relation::Child, date!(2026 - 10 - 01));
        baby.identifiers = vec![uin("N-7777")];
        let (nene, version) = edit::add_member(world, &me, id, 1, &baby, MONDAY.date(), None).await.unwrap();
        assert_eq!((version, open(world, id).await.present().count()), (2, 3));
        let tomorrow = MONDAY.date().next_day().unwrap();
        let refused = edit::add_member(world, &me, id, 2, &baby, tomorrow, None).await;
        assert_eq!(refused, Err(Error::Invalid("date.future")));

        // Who died stays known; who moved out may be registered elsewhere.
        edit::remove_member(world, &me, id, 2, nene, Leaving::Died, MONDAY.date()).await.unwrap();
        let mut elsewhere = alone(2, "x", Birth::Year(1980));
        elsewhere.members.push(baby.clone());
        elsewhere.members[1].relation = Relation::Child;
        let there = officer_elsewhere();
        let refused = super::register(world, &there, OTHER_OFFICE, &elsewhere, None).await;
        assert!(matches!(refused, Err(Error::Conflict(Conflict::Registered(_)))), "{refused:?}");

        let moussa = open(world, id).await.members[1].clone();
        edit::remove_member(world, &me, id, 3, moussa.id, Leaving::MovedOut, MONDAY.date()).await.unwrap();
        elsewhere.members[1] = moussa.person;
        super::register(world, &there, OTHER_OFFICE, &elsewhere, None).await.unwrap();

        let file = open(world, id).await;
        assert_eq!((file.present().count(), file.members.len()), (1, 3));
        assert_eq!(file.members[2].left.map(|(_, why)| why), Some(Leaving::Died));
        let again = edit::remove_member(world, &me, id, 4, nene, Leaving::Died, MONDAY.date()).await;
        assert_eq!(again, Err(Error::NotFound));
        let head =
            edit::remove_member(world, &me, id, 4, file.members[0].id, Leaving::Died, MONDAY.date()).await;
        assert_eq!(head, Err(Error::Invalid("relation.head")));
    })
    .await;
}

#[tokio::test]
async fn a_household_always_has_one_head() {
    in_the_country(async |world| {
        let id = registered(world, &family(1)).await.household;
        let me = counter_officer();
        let [mother, child] = [0, 1].map(|n| n);
        let members: Vec<PersonId> = open(world, id).await.members.iter().map(|member| member.id).collect();
        let relations = |a, b| BTreeMap::from([(members[mother], a), (members[child], b)]);
        let both = edit::new_head(world, &me, id, 1, &relations(Relation::Head, Relation::Head)).await;
        assert_eq!(both, Err(Error::Invalid("members.head")));
        let one = BTreeMap::from([(members[child], Relation::Head)]);
        assert_eq!(edit::new_head(world, &me, id, 1, &one).await, Err(Error::Invalid("members.relations")));
        edit::new_head(world, &me, id, 1, &relations(Relation::Parent, Relation::Head)).await.unwrap();
        let file = open(world, id).await;
        assert_eq!(file.members[0].id, members[child]);
        assert_eq!(file.members[1].person.relation, Relation::Parent);
        // Now the mother may leave.
        edit::remove_member(world, &me, id, 2, members[mother], Leaving::Died, MONDAY.date()).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn consents_are_given_renewed_and_withdrawn() {
    in_the_country(async |world| {
        let id = registered(world, &family(1)).await.household;
        let me = counter_officer();
        let head = open(world, id).await.members[0].id;
        let more = ConsentGiven {
            agencies: vec!["edu".into(), "moh".into()],
            words: "registration-2027".into(),
            how: ConsentHow::SpokenWitnessed,
        };
        assert_eq!(consents::give(world, &me, id, 1, head, &more).await, Ok(2));
        let stranger = PersonId::new(Uuid::from_u128(5));
        let refused = consents::give(world, &me, id, 2, stranger, &more).await;
        assert_eq!(refused, Err(Error::Invalid("consent.by")));
        assert_eq!(consents::withdraw(world, &me, id, 2, "msp").await, Ok(3));
        assert_eq!(consents::withdraw(world, &me, id, 3, "msp").await, Err(Error::NotFound));
        assert_eq!(
            consents::withdraw(world, &officer_elsewhere(), id, 3, "moh").await,
            Err(Error::Forbidden)
        );

        let mut tx = world.db.read().await.unwrap();
        for (agency, held) in [("edu", true), ("moh", true), ("msp", false), ("nes", false)] {
            assert_eq!(consents::covers(&mut tx, id, agency).await, Ok(held), "{agency}");
        }
        drop(tx);
        let file = open(world, id).await;
        assert_eq!((file.consents.len(), file.version), (4, 3));
    })
    .await;
}

#[tokio::test]
async fn who_may_only_read_changes_nothing() {
    in_the_country(async |world| {
        let id = registered(world, &family(1)).await.household;
        let child = open(world, id).await.members[1].clone();
        for actor in [auditor(), officer_elsewhere()] {
            let contact = edit::change_contact(world, &actor, id, 1, &family(1).contact).await;
            let member = edit::change_member(world, &actor, id, 1, child.id, &child.person, None).await;
            let gone =
                edit::remove_member(world, &actor, id, 1, child.id, Leaving::Died, MONDAY.date()).await;
            assert_eq!([contact, member, gone], [const { Err(Error::Forbidden) }; 3]);
        }
        assert_eq!(open(world, id).await.version, 1);
    })
    .await;
}

#[tokio::test]
async fn the_overview_is_open_to_whom_the_file_is() {
    in_the_country(async |world| {
        let id = registered(world, &family(1)).await.household;
        let seen = overview(world, &counter_officer(), id).await.unwrap();
        assert!(!seen.file.by_reason && seen.file.members.len() == 2);
        assert!(seen.open_assessment().is_none() && seen.decided_assessment().is_none());
        let due: Vec<&str> = seen.live_clocks().map(|clock| clock.kind.as_str()).collect();
        assert_eq!(due.len(), seen.clocks.len());
        let elsewhere = officer_elsewhere();
        assert_eq!(overview(world, &elsewhere, id).await.err(), Some(Error::Forbidden));
        super::super::file::open_with_reason(world, &elsewhere, id, "The mother fell ill here")
            .await
            .unwrap();
        assert!(overview(world, &elsewhere, id).await.unwrap().file.by_reason);
        let told = super::super::file::history(world, &counter_officer(), id, None, 1).await.unwrap();
        assert_eq!((told[0].kind.as_str(), told[0].purpose.as_str()), ("file.opened", "break_glass"));
    })
    .await;
}
