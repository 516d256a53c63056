//! Stories about households that change: one becomes two, a child is born, a name is corrected.

use std::collections::BTreeMap;

use domain::household::{ConsentGiven, ConsentHow, Contact, Leaving, Relation};
use domain::ids::{HouseholdId, PersonId};
use time::macros::date;
use uuid::Uuid;

use super::*;
use crate::error::{Conflict, Error};
use crate::households::moving::{self, Tie};
use crate::households::splitting::{Split, split};
use crate::households::{Likeness, edit, file};
use crate::journal;
use crate::matching::{Asked, Candidate, candidates, record, verdicts};
use crate::test_support::small::{POOR, decided_family, load_small_pack, small_family};
use crate::test_support::{auditor, officer_elsewhere};
use crate::{args, enrolments};

/// A family of four: the head with a number, two daughters, the son of the elder.
fn four(form: u128) -> Registration {
    let mut family = family(form);
    let mut daughter = person("Kadiatou", Relation::Child, date!(1999 - 04 - 30));
    daughter.identifiers.push(uin("K-777 888"));
    family.members.push(daughter);
    family.members.push(person("Ibrahima", Relation::Grandchild, date!(2021 - 12 - 24)));
    family
}

/// Kadiatou and her son live elsewhere from now on.
async fn parting(world: &World, from: HouseholdId, form: u128) -> Split {
    let file = file::file(world, &counter_officer(), from).await.unwrap();
    let who = |given: &str| {
        file.members.iter().find(|member| member.person.name.given() == Some(given)).unwrap().id
    };
    Split {
        id: HouseholdId::new(Uuid::from_u128(form)),
        leaving: BTreeMap::from([(who("Kadiatou"), Relation::Head), (who("Ibrahima"), Relation::Child)]),
        contact: Contact {
            area: "P01-D1-C2".into(),
            directions: None,
            phone: None,
            language: "en".into(),
            safe_contact: true,
        },
        consent_by: who("Kadiatou"),
        consent: ConsentGiven {
            agencies: vec!["msp".into()],
            words: "registration-2026".into(),
            how: ConsentHow::Thumbprint,
        },
        on: date!(2026 - 11 - 01),
    }
}

async fn found(world: &World, person: &Person, contact: &Contact) -> Vec<Candidate> {
    let asked = Asked::from(record(person, contact, &world.pack().unwrap()));
    candidates(world, &counter_officer(), &asked).await.unwrap()
}

async fn told(world: &World, household: HouseholdId) -> Vec<String> {
    let mut view = world.db.read().await.unwrap();
    let entries = journal::entries(&mut view, household, None, 100).await.unwrap();
    entries.into_iter().map(|entry| entry.kind).filter(|kind| kind != "file.opened").rev().collect()
}

#[tokio::test]
async fn some_members_become_a_household_of_their_own() {
    in_the_country(async |world| {
        let (me, first) = (counter_officer(), four(1));
        registered(world, &first).await;
        let parting = parting(world, first.id, 2).await;
        let formed = split(world, &me, first.id, 1, &parting).await.unwrap();
        assert!(formed.pin.is_some());
        let new = file::file(world, &me, formed.household).await.unwrap();
        assert_eq!((new.id, new.reference, new.office.as_str()), (parting.id, formed.reference, OFFICE));
        let relations: Vec<_> = new.present().map(|member| member.person.relation).collect();
        assert_eq!(relations, [Relation::Head, Relation::Child]);
        assert_eq!(new.members[0].person.name.given(), Some("Kadiatou"));
        assert_eq!(new.members[0].person.identifiers, [uin("K-777 888")]);
        assert_eq!(new.members[0].from, date!(2026 - 11 - 02), "never before they came");
        assert_eq!((new.contact.area.as_str(), new.contact.safe_contact), ("P01-D1-C2", true));
        let agreed: Vec<_> = new.consents.iter().map(|one| (one.agency.as_str(), one.by)).collect();
        assert_eq!(agreed, [("msp", new.members[0].id)]);
        assert_eq!(new.applications.len(), 1);
        assert!(formed.decide_by > formed.date_of_claim);

        let old = file::file(world, &me, first.id).await.unwrap();
        assert_eq!((old.version, old.present().count()), (2, 2));
        let left: Vec<_> = old.members.iter().filter_map(|member| member.left).collect();
        assert_eq!(left, [(date!(2026 - 11 - 02), Leaving::MovedOut); 2]);
        // Each file knows the other, and says so in its journal.
        let tie = |person: PersonId, went, household, reference| Tie { person, went, household, reference };
        let mut ties = moving::ties(world, &me, first.id).await.unwrap();
        ties.sort_by_key(|tie| !parting.leaving[&tie.person].eq(&Relation::Head));
        assert_eq!(ties[0], tie(parting.consent_by, true, new.id, Some(new.reference)));
        let back = moving::ties(world, &auditor(), new.id).await.unwrap();
        assert!(back.contains(&tie(new.members[0].id, false, old.id, Some(old.reference))), "{back:?}");
        assert_eq!(moving::ties(world, &officer_elsewhere(), new.id).await, Err(Error::Forbidden));
        let kinds = told(world, new.id).await;
        assert_eq!(kinds[..2], ["household.registered", "household.formed"], "{kinds:?}");
        let kinds = told(world, first.id).await;
        assert_eq!(kinds.iter().filter(|kind| *kind == "member.left").count(), 2);
        assert_eq!(kinds.last().map(String::as_str), Some("household.split"));
    })
    .await;
}

#[tokio::test]
async fn who_split_off_is_found_there_only_and_nobody_is_registered_twice() {
    in_the_country(async |world| {
        let (me, first) = (counter_officer(), four(1));
        registered(world, &first).await;
        let people = count(world, "SELECT COUNT(DISTINCT person_id) FROM match_feature").await;
        let parting = parting(world, first.id, 2).await;
        split(world, &me, first.id, 1, &parting).await.unwrap();
        for person in &first.members[2..] {
            // By what was known before, at the old place and the old telephone.
            let seen = found(world, person, &first.contact).await;
            assert_eq!(seen[0].found.household, parting.id, "{seen:?}");
            assert!(seen.iter().all(|one| !parting.leaving.contains_key(&one.found.person)), "{seen:?}");
        }
        let stays = found(world, &first.members[0], &first.contact).await;
        assert_eq!(stays[0].found.household, first.id);
        assert_eq!(count(world, "SELECT COUNT(DISTINCT person_id) FROM match_feature").await, people);
        let mut again = alone(3, "Kadiatou", Birth::Date(date!(1999 - 04 - 30)));
        let refused = register(world, &me, OFFICE, &again, None).await;
        let Err(Error::Conflict(Conflict::Registered(alike))) = refused else { panic!("{refused:?}") };
        assert!(alike.iter().any(|one| one.by == Likeness::NameAndBirth && one.household == parting.id));
        again.members[0].name = PersonName::parse("Somebody", "Else", "").unwrap();
        again.members[0].identifiers.push(uin("K-777 888"));
        let refused = register(world, &me, OFFICE, &again, None).await;
        let Err(Error::Conflict(Conflict::Registered(alike))) = refused else { panic!("{refused:?}") };
        assert!(alike.iter().all(|one| one.household == parting.id), "{alike:?}");
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_a_household_is_refused_and_nothing_is_left_of_it() {
    in_the_country(async |world| {
        let (me, first) = (counter_officer(), four(1));
        registered(world, &first).await;
        let good = parting(world, first.id, 2).await;
        let head = file::file(world, &me, first.id).await.unwrap().members[0].id;
        let set = |one: &mut Split, who, relation| {
            one.leaving.insert(who, relation);
        };
        let with = |change: &dyn Fn(&mut Split)| {
            let mut one = good.clone();
            change(&mut one);
            one
        };
        let wrong = [
            (with(&|one| one.leaving.clear()), Error::Invalid("members.head")),
            (with(&|one| set(one, one.consent_by, Relation::Spouse)), Error::Invalid("members.head")),
            (with(&|one| set(one, head, Relation::Parent)), Error::Invalid("relation.head")),
            (with(&|one| one.consent_by = head), Error::Invalid("consent.by")),
            (with(&|one| one.on = date!(2027 - 01 - 01)), Error::Invalid("date.future")),
            (with(&|one| set(one, PersonId::new(Uuid::from_u128(77)), Relation::Child)), Error::NotFound),
        ];
        for (one, why) in wrong {
            assert_eq!(split(world, &me, first.id, 1, &one).await, Err(why));
        }
        assert_eq!(split(world, &me, first.id, 7, &good).await, Err(Error::Stale));
        for other in [officer_elsewhere(), auditor()] {
            assert_eq!(split(world, &other, first.id, 1, &good).await, Err(Error::Forbidden));
        }
        assert_eq!(count(world, "SELECT COUNT(*) FROM household").await, 1);
        assert_eq!(count(world, "SELECT COUNT(*) FROM person_moved").await, 0);
        // A form sent twice splits once, also when it is sent on the version that it made.
        let formed = split(world, &me, first.id, 1, &good).await.unwrap();
        let again = split(world, &me, first.id, 1, &good).await.unwrap();
        assert_eq!((again.reference, again.pin), (formed.reference, None));
        assert_eq!(count(world, "SELECT COUNT(*) FROM household").await, 2);
        assert_eq!(count(world, "SELECT COUNT(*) FROM person_moved").await, 2);
    })
    .await;
}

#[tokio::test]
async fn what_was_said_of_two_people_goes_with_who_moves() {
    in_the_country(async |world| {
        let (me, first) = (counter_officer(), four(1));
        registered(world, &first).await;
        // A namesake of Kadiatou, let pass with a reason.
        let namesake = alone(3, "Kadiatou", Birth::Date(date!(1999 - 04 - 30)));
        let distinct = crate::households::Distinct { reason: "Both were here on one day".into() };
        register(world, &me, OFFICE, &namesake, Some(&distinct)).await.unwrap();
        let other = file::file(world, &me, namesake.id).await.unwrap().members[0].clone();
        let parting = parting(world, first.id, 2).await;
        split(world, &me, first.id, 1, &parting).await.unwrap();
        let moved = file::file(world, &me, parting.id).await.unwrap().members[0].id;
        let mut tx = world.db.read().await.unwrap();
        let pairs: i64 = tx
            .value(
                "SELECT COUNT(*) FROM match_verdict WHERE (a = $1 AND b = $2) OR (a = $2 AND b = $1)",
                args![moved, other.id],
            )
            .await
            .unwrap()
            .unwrap();
        assert_eq!(pairs, 1);
        assert!(verdicts::set_apart(&mut tx, parting.consent_by).await.unwrap().is_empty());
        drop(tx);
        // The namesake is corrected in a detail: nobody is asked about the pair again.
        let mut corrected = other.person.clone();
        corrected.sex = Sex::Unknown;
        edit::change_member(world, &me, namesake.id, 1, other.id, &corrected, None).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_child_is_born_and_found_again_once_it_has_a_name() {
    in_the_country(async |world| {
        let (me, mut first) = (counter_officer(), family(1));
        first.members.truncate(1);
        registered(world, &first).await;
        let born = date!(2026 - 10 - 20);
        let mut baby = person("x", Relation::Child, born);
        baby.name = PersonName::parse("", "", "Baby of Aïssatou Diallo").unwrap();
        let (child, _) = edit::add_member(world, &me, first.id, 1, &baby, born, None).await.unwrap();
        let keys: Option<i64> = world
            .db
            .value("SELECT COUNT(*) FROM match_key WHERE person_id = $1", args![child])
            .await
            .unwrap();
        assert!(keys >= Some(2), "{keys:?}");
        // The clinic tells of the child by its name.
        let named = person("Mariama", Relation::Child, born);
        for contact in [first.contact.clone(), Contact { phone: None, ..first.contact.clone() }] {
            let seen = found(world, &named, &contact).await;
            assert!(seen.iter().any(|one| one.found.person == child), "{seen:?}");
        }
        // It gets its name: found by it, and still as the baby.
        edit::change_member(world, &me, first.id, 2, child, &named, None).await.unwrap();
        for asked in [&named, &baby] {
            let seen = found(world, asked, &first.contact).await;
            assert_eq!(seen[0].found.person, child, "{seen:?}");
            assert_eq!(seen[0].found.name, "Mariama Diallo");
        }
    })
    .await;
}

#[tokio::test]
async fn who_is_left_behind_with_a_benefit_is_assessed_anew() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let (registered, _) = decided_family(world, POOR).await;
        let (me, from) = (counter_officer(), registered.household);
        let old = file::file(world, &me, from).await.unwrap();
        let grandmother = old.members.iter().find(|one| one.person.name.given() == Some("Fatou")).unwrap().id;
        let parting = Split {
            id: HouseholdId::new(Uuid::from_u128(0xfb_0000)),
            leaving: BTreeMap::from([(grandmother, Relation::Head)]),
            contact: Contact { area: "P02-C1".into(), ..old.contact.clone() },
            consent_by: grandmother,
            consent: small_family(1).consent,
            on: world.today(),
        };
        let open = "SELECT COUNT(*) FROM task WHERE kind = 'assess_anew'";
        assert_eq!(count(world, open).await, 0);
        split(world, &me, from, old.version, &parting).await.unwrap();
        assert_eq!(count(world, open).await, 1);
        let whose: Option<Uuid> = world
            .db
            .value("SELECT household_id FROM task WHERE kind = 'assess_anew'", args![])
            .await
            .unwrap();
        assert_eq!(whose, Some(from.uuid()));
        // What ran runs on: the grandmother's pension with her, the family's with the family.
        let ended = "SELECT COUNT(*) FROM enrolment WHERE state = 'exited'";
        assert_eq!(count(world, ended).await, 0);
        let she = file::file(world, &me, parting.id).await.unwrap().members[0].id;
        let (hers, theirs) = (
            enrolments::list(world, &me, parting.id).await.unwrap(),
            enrolments::list(world, &me, from).await.unwrap(),
        );
        let programmes: Vec<_> = hers.iter().map(|one| (one.programme.as_str(), one.person)).collect();
        assert_eq!(programmes, [("old-age-pension", Some(she.uuid()))]);
        assert!(
            !theirs.is_empty() && theirs.iter().all(|one| one.programme != "old-age-pension"),
            "{theirs:?}"
        );
        let told = "SELECT COUNT(*) FROM decision WHERE household_id = $1 AND person_id = $2";
        for (household, person, expected) in
            [(parting.id, she, true), (from, grandmother, false), (from, she, false)]
        {
            let decided: Option<i64> = world.db.value(told, args![household, person]).await.unwrap();
            assert_eq!(decided.unwrap() > 0, expected, "{household} {person}");
        }
    })
    .await;
}
