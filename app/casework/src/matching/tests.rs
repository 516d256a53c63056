//! Stories about looking for the same person, each told on SQLite and on PostgreSQL.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use domain::birth::Birth;
use domain::household::{ConsentGiven, ConsentHow, Contact, Leaving, Person, Relation, Sex};
use domain::identifier::{Identifier, IdentifierKind};
use domain::ids::HouseholdId;
use domain::matching::keys::keys;
use domain::matching::{Band, Features, Field};
use domain::name::PersonName;
use domain::pack::Pack;
use domain::phone::Phone;
use domain::registration::{Apart, ContactForm, Registration};
use time::macros::date;
use uuid::Uuid;

use super::look::matches;
use super::verdicts;
use super::{Asked, Candidate, Sign, candidates, record, upkeep};
use crate::actor::Actor;
use crate::args;
use crate::demo::dice::Dice;
use crate::demo::{bulk, errors};
use crate::duplicates::find;
use crate::error::{Conflict, Error};
use crate::households::register::{register, register_drawn};
use crate::households::{Likeness, edit, file, moving};
use crate::test_support::{
    OFFICE, World, counter_officer, demo_pack, each_engine, officer_elsewhere, second_counter_officer,
};

async fn in_the_country<F>(story: F)
where
    F: AsyncFn(&World),
{
    static PACK: OnceLock<Arc<Pack>> = OnceLock::new();
    let pack = PACK.get_or_init(|| {
        let mut pack = Pack::load(&demo_pack()).unwrap();
        // What a second person signs has its own stories.
        pack.about.life_events = domain::life_event::LifeEvents::default();
        Arc::new(pack)
    });
    each_engine(async |world| {
        world.packs.put(pack.clone(), true);
        story(world).await;
    })
    .await;
}

fn person(given: &str, family: &str, relation: Relation, birth: Birth) -> Person {
    Person {
        name: PersonName::parse(given, family, "").unwrap(),
        sex: Sex::Female,
        birth,
        relation,
        identifiers: vec![],
    }
}

fn family(form: u128, given: &str, child: &str) -> Registration {
    let mut mother = person(given, "Ndayizeye", Relation::Head, Birth::Date(date!(1988 - 03 - 17)));
    mother.identifiers.push(Identifier::parse(IdentifierKind::Uin, "20004417253").unwrap());
    Registration {
        id: HouseholdId::new(Uuid::from_u128(form)),
        contact: Contact {
            area: "P01-D1-C1".into(),
            directions: None,
            phone: Some(Phone::parse("+257 79 123 456").unwrap()),
            language: "fr".into(),
            safe_contact: false,
        },
        members: vec![
            mother,
            person(child, "Ndayizeye", Relation::Child, Birth::Date(date!(2016 - 09 - 23))),
        ],
        consent_by: 0,
        consent: ConsentGiven {
            agencies: vec!["moh".into()],
            words: "registration-2026".into(),
            how: ConsentHow::Signed,
        },
        apart: vec![],
    }
}

/// The same family as another counter may hear it: another spelling, no number, another telephone.
fn again(form: u128) -> Registration {
    let mut twin = family(form, "Espérence", "Claudinne");
    twin.members[0].identifiers.clear();
    twin.contact.phone = None;
    twin
}

async fn asked(world: &World, registration: &Registration, member: usize) -> Vec<Candidate> {
    let record = record(&registration.members[member], &registration.contact, &world.pack().unwrap());
    candidates(world, &counter_officer(), &Asked::from(record)).await.unwrap()
}

async fn count(world: &World, sql: &'static str) -> i64 {
    world.db.value(sql, vec![]).await.unwrap().unwrap()
}

#[tokio::test]
async fn the_same_family_is_found_despite_its_spelling_and_stops_the_save() {
    in_the_country(async |world| {
        let first = family(1, "Espérance", "Claudine");
        register(world, &counter_officer(), OFFICE, &first, None).await.unwrap();
        let found = asked(world, &again(2), 0).await;
        assert_eq!(found[0].found.household, first.id);
        assert_eq!(found[0].band, Band::VeryLikely, "{found:?}");
        let sign = |field| found[0].fields.iter().find(|(own, _)| *own == field).unwrap().1;
        assert_eq!((sign(Field::Family), sign(Field::Birth)), (Sign::Agrees, Sign::Agrees));
        assert_eq!((sign(Field::Identifier), sign(Field::Phone)), (Sign::Unknown, Sign::Unknown));
        assert_eq!(found[0].found.name, "Espérance Ndayizeye");

        let refused = register(world, &second_counter_officer(), OFFICE, &again(2), None).await;
        let Err(Error::Conflict(Conflict::Registered(alike))) = refused else { panic!("{refused:?}") };
        assert!(alike.iter().all(|one| one.by == Likeness::Likely && one.household == first.id), "{alike:?}");
        assert_eq!(count(world, "SELECT COUNT(*) FROM household").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_stranger_meets_nobody_and_another_office_sees_initials() {
    in_the_country(async |world| {
        let first = family(1, "Espérance", "Claudine");
        register(world, &counter_officer(), OFFICE, &first, None).await.unwrap();
        let mut stranger = again(2);
        stranger.members[0] = person("Thabo", "Mokoena", Relation::Head, Birth::Date(date!(1961 - 12 - 02)));
        assert!(asked(world, &stranger, 0).await.is_empty());

        let record = record(&again(2).members[0], &again(2).contact, &world.pack().unwrap());
        let elsewhere = officer_elsewhere();
        let found = candidates(world, &elsewhere, &Asked::from(record)).await.unwrap();
        assert_eq!((found[0].found.name.as_str(), found[0].found.masked), ("E… N…", true));
        assert_eq!(found[0].found.birth, Birth::Year(1988));
    })
    .await;
}

#[tokio::test]
async fn a_word_with_a_reason_lets_one_pair_pass_and_asks_for_a_second_look() {
    in_the_country(async |world| {
        let first = family(1, "Espérance", "Claudine");
        register(world, &counter_officer(), OFFICE, &first, None).await.unwrap();
        let mut twin = again(2);
        let head = asked(world, &twin, 0).await[0].found.person;
        let child = asked(world, &twin, 1).await[0].found.person;
        let apart = |member, person, reason: &str| Apart { member, person, reason: reason.into() };
        // Without a reason it is no word, and a word about one of them is not about the other.
        for words in
            [vec![apart(0, head, ""), apart(1, child, "")], vec![apart(0, head, "Cousins, both were here")]]
        {
            twin.apart = words;
            let refused = register(world, &counter_officer(), OFFICE, &twin, None).await;
            assert!(matches!(refused, Err(Error::Conflict(Conflict::Registered(_)))), "{refused:?}");
        }
        twin.apart.push(apart(1, child, "Their daughters, one is taller"));
        register(world, &counter_officer(), OFFICE, &twin, None).await.unwrap();
        assert_eq!(count(world, "SELECT COUNT(*) FROM task WHERE kind = 'check_distinct'").await, 2);
        assert_eq!(count(world, "SELECT COUNT(*) FROM possible_duplicate WHERE state = 'open'").await, 2);
        let opened = file::file(world, &counter_officer(), twin.id).await.unwrap();
        let mut tx = world.db.read().await.unwrap();
        assert_eq!(verdicts::set_apart(&mut tx, opened.members[0].id).await.unwrap(), [head]);
        drop(tx);

        // Until the record changes.
        let mut mother = opened.members[0].person.clone();
        mother.sex = Sex::Unknown;
        edit::change_member(world, &counter_officer(), twin.id, 1, opened.members[0].id, &mother, None)
            .await
            .unwrap();
        let mut tx = world.db.read().await.unwrap();
        assert!(verdicts::set_apart(&mut tx, opened.members[0].id).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn two_counters_that_spell_one_family_differently_register_it_once() {
    in_the_country(async |world| {
        for round in 0..5_u128 {
            let given = ["Espérance", "Floride", "Immaculée", "Pascaline", "Séraphine"]
                [usize::try_from(round).unwrap()];
            let mut here = family(100 + round, given, &format!("{given} junior"));
            let mut there = family(200 + round, &format!("{given}e"), &format!("{given}e junior"));
            for one in [&mut here, &mut there] {
                one.contact.phone = None;
                one.members[0].identifiers.clear();
                let since = time::Duration::days(1_237 * i64::try_from(round).unwrap());
                one.members[0].birth = Birth::Date(date!(1960 - 02 - 05) + since);
                one.members[1].birth = Birth::Date(date!(2004 - 05 - 11) + since);
                for member in &mut one.members {
                    let family = ["Kaneza", "Mbonimpa", "Sindayigaya", "Irakoze", "Nzeyimana"];
                    let family = family[usize::try_from(round).unwrap()];
                    member.name = PersonName::parse(member.name.given().unwrap(), family, "").unwrap();
                }
            }
            let (one, two) = (counter_officer(), second_counter_officer());
            let outcomes = tokio::join!(
                register(world, &one, OFFICE, &here, None),
                register(world, &two, OFFICE, &there, None),
            );
            let outcomes = [outcomes.0, outcomes.1];
            let saved = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
            let stopped = outcomes
                .iter()
                .filter(|outcome| matches!(outcome, Err(Error::Conflict(Conflict::Registered(_)))))
                .count();
            assert_eq!((saved, stopped), (1, 1), "round {round}: {outcomes:?}");
        }
        assert_eq!(count(world, "SELECT COUNT(*) FROM household").await, 5);
    })
    .await;
}

#[tokio::test]
async fn whom_only_another_year_brings_together_is_found_by_the_job() {
    in_the_country(async |world| {
        let me = counter_officer();
        let born = |form, given, year| {
            let mut one = family(form, given, "x");
            one.members.truncate(1);
            one.members[0].identifiers.clear();
            one.members[0].birth = Birth::Year(year);
            one.contact.phone = None;
            one
        };
        let (here, there) = (born(1, "Espérance", 1988), born(2, "Espérante", 1989));
        // No key of the two is the same: neither counter moves a count that the other has seen.
        let keyer = super::keyer(&world.keys);
        let of = |one: &Registration| {
            let record = record(&one.members[0], &one.contact, &world.pack().unwrap());
            keys(&Features::of(&record, &keyer), &keyer)
                .into_iter()
                .map(|pair| pair.key)
                .collect::<BTreeSet<_>>()
        };
        assert!(of(&here).is_disjoint(&of(&there)));
        for one in [&here, &there] {
            register_drawn(world, &me, OFFICE, one).await.unwrap();
        }
        assert_eq!(asked(world, &there, 0).await.len(), 2, "both are found by a key of a year");
        find::round(world).await.unwrap();
        assert_eq!(count(world, "SELECT COUNT(*) FROM possible_duplicate WHERE state = 'open'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_corrected_name_is_found_by_the_old_and_the_new_one() {
    in_the_country(async |world| {
        let me = counter_officer();
        let mut first = family(1, "Espérance", "Claudine");
        first.members[0].identifiers.clear();
        first.contact.phone = None;
        register(world, &me, OFFICE, &first, None).await.unwrap();
        let head = file::file(world, &me, first.id).await.unwrap().members.remove(0);
        let mut married = head.person.clone();
        married.name = PersonName::parse("Espérance", "Hakizimana", "").unwrap();
        edit::change_member(world, &me, first.id, 1, head.id, &married, None).await.unwrap();
        for family in ["Ndayizeye", "Hakizimana"] {
            let mut told = first.clone();
            told.members[0].name = PersonName::parse("Esperance", family, "").unwrap();
            let found = asked(world, &told, 0).await;
            assert_eq!((found[0].found.person, found[0].band), (head.id, Band::VeryLikely), "{family}");
            assert_eq!(found[0].found.name, "Espérance Hakizimana");
        }
        // Who moved out is still found, and may register elsewhere; who was a mistake is not found.
        let child = file::file(world, &me, first.id).await.unwrap().members.remove(1);
        edit::remove_member(world, &me, first.id, 2, child.id, Leaving::MovedOut, date!(2026 - 11 - 01))
            .await
            .unwrap();
        let found = asked(world, &first, 1).await;
        assert_eq!((found[0].found.person, found[0].left), (child.id, Some(Leaving::MovedOut)));
    })
    .await;
}

#[tokio::test]
async fn who_moves_to_another_household_is_found_there_and_only_there() {
    in_the_country(async |world| {
        let me = counter_officer();
        let first = family(1, "Espérance", "Claudine");
        register(world, &me, OFFICE, &first, None).await.unwrap();
        let mut aunts = family(2, "Goreth", "Odette");
        aunts.members.truncate(1);
        aunts.members[0].identifiers.clear();
        aunts.members[0].birth = Birth::Date(date!(1951 - 12 - 30));
        aunts.contact.phone = Some(Phone::parse("79 888 777").unwrap());
        aunts.contact.area = "P01-D1-C2".into();
        let aunt = register(world, &me, OFFICE, &aunts, None).await.unwrap();
        let child = file::file(world, &me, first.id).await.unwrap().members.remove(1);
        let moving =
            |to, relation| moving::Move { member: child.id, to, relation, on: date!(2026 - 11 - 01) };
        let own = file::file(world, &me, first.id).await.unwrap().reference;
        for refused in [moving(own, Relation::OtherRelative), moving(aunt.reference, Relation::Head)] {
            let outcome = moving::move_member(world, &me, first.id, 1, &refused).await;
            assert!(matches!(outcome, Err(Error::Invalid(_))), "{outcome:?}");
        }
        let there = moving(aunt.reference, Relation::OtherRelative);
        let elsewhere = moving::move_member(world, &officer_elsewhere(), first.id, 1, &there).await;
        assert_eq!(elsewhere, Err(Error::Forbidden));
        let (to, niece) = moving::move_member(world, &me, first.id, 1, &there).await.unwrap();
        assert_eq!(to, aunts.id);
        // By what was known of her before, at the old place and the old telephone.
        let found = asked(world, &first, 1).await;
        assert_eq!((found[0].found.household, found[0].found.person), (aunts.id, niece), "{found:?}");
        assert!(found.iter().all(|one| one.found.person != child.id));
        // Name and birth are hers still: nobody registers her a second time.
        let mut again = first.clone();
        again.id = HouseholdId::new(Uuid::from_u128(3));
        again.members.remove(0);
        again.members[0].relation = Relation::Head;
        let refused = register(world, &me, OFFICE, &again, None).await;
        let Err(Error::Conflict(Conflict::Registered(alike))) = refused else { panic!("{refused:?}") };
        assert_eq!((alike[0].by, alike[0].household), (Likeness::NameAndBirth, aunts.id));
    })
    .await;
}

#[tokio::test]
async fn who_was_entered_by_mistake_is_looked_for_no_more() {
    in_the_country(async |world| {
        let me = counter_officer();
        let first = family(1, "Espérance", "Claudine");
        register(world, &me, OFFICE, &first, None).await.unwrap();
        let child = file::file(world, &me, first.id).await.unwrap().members.remove(1);
        let today = date!(2026 - 11 - 01);
        edit::remove_member(world, &me, first.id, 1, child.id, Leaving::EnteredByMistake, today)
            .await
            .unwrap();
        assert!(asked(world, &first, 1).await.iter().all(|one| one.found.person != child.id));
        let left: Option<i64> = world
            .db
            .value("SELECT COUNT(*) FROM match_key WHERE person_id = $1", args![child.id])
            .await
            .unwrap();
        assert_eq!(left, Some(0));
    })
    .await;
}

#[tokio::test]
async fn a_database_from_before_gets_its_keys_and_counts_by_the_job() {
    in_the_country(async |world| {
        let first = family(1, "Espérance", "Claudine");
        register(world, &counter_officer(), OFFICE, &first, None).await.unwrap();
        world
            .write(async |tx| {
                for sql in ["DELETE FROM match_key", "DELETE FROM key_size", "DELETE FROM match_feature"] {
                    tx.run(sql, args![]).await?;
                }
                Ok(())
            })
            .await
            .unwrap();
        assert!(asked(world, &again(2), 0).await.is_empty());
        assert_eq!(upkeep::round(world).await.unwrap(), (1, true));
        assert_eq!(asked(world, &again(2), 0).await[0].found.household, first.id);
        assert_eq!(
            count(world, "SELECT n FROM name_frequency WHERE kind = 'name' AND token = 'ndayizeye'").await,
            2
        );
        assert_eq!(world.scales().await.unwrap().people(), 2);
        assert_eq!(upkeep::round(world).await.unwrap(), (0, false));
    })
    .await;
}

#[tokio::test]
async fn a_key_that_many_have_is_read_by_its_twin() {
    in_the_country(async |world| {
        let keyer = super::keyer(&world.keys);
        let pack = world.pack().unwrap();
        // 320 women of one name in one village, each with her own birthday.
        let people: Vec<Registration> = (0..320_u16)
            .map(|n| {
                let mut one = family(1000 + u128::from(n), "Marie", "x");
                one.members.truncate(1);
                one.contact.phone = None;
                one.members[0].identifiers.clear();
                let day = date!(1950 - 01 - 02) + time::Duration::days(61 * i64::from(n));
                one.members[0].birth = Birth::Date(day);
                one
            })
            .collect();
        for some in people.chunks(40) {
            let entries: Vec<_> = some
                .iter()
                .map(|one| {
                    let record = record(&one.members[0], &one.contact, &pack);
                    let person = domain::ids::PersonId::new(one.id.uuid());
                    let features = domain::matching::Features::of(&record, &keyer);
                    super::index::Known::of(features, &keyer).entry(person, one.id)
                })
                .collect();
            let keys = world.keys.clone();
            world
                .write(async move |tx| super::index::put(tx, &super::keyer(&keys), &entries, None).await)
                .await
                .unwrap();
        }
        assert!(count(world, "SELECT MAX(n) FROM key_size").await > 300);
        let widest = "SELECT MAX(held) FROM (SELECT COUNT(*) AS held FROM match_key GROUP BY key) AS widths";
        assert!(count(world, widest).await <= 300);
        for one in people.iter().step_by(37) {
            let asked = Asked::from(record(&one.members[0], &one.contact, &pack));
            let scales = world.scales().await.unwrap();
            let mut tx = world.db.read().await.unwrap();
            let (found, _) = matches(&mut tx, world, &scales, &asked).await.unwrap();
            assert_eq!(found[0].person.uuid(), one.id.uuid());
        }
    })
    .await;
}

#[tokio::test]
async fn who_is_only_faintly_alike_is_shown_where_nobody_is_likelier() {
    in_the_country(async |world| {
        let pack = world.pack().unwrap();
        let (sampled, _) = bulk::fill(world, &pack, (250, 9), 2, |_| {}).await.unwrap();
        upkeep::round(&world.acting(&Actor::command_line())).await.unwrap();
        let areas: Vec<&str> = pack.areas.leaves().map(|area| area.code.as_str()).collect();
        let (mut dice, mut faint, mut themselves) = (Dice::new(9, 1), 0, 0);
        for one in &sampled {
            let twin = errors::twin(&one.person, &one.contact, (3, false), &areas, &mut dice);
            let contact = ContactForm { area: twin.area, ..ContactForm::default() };
            let Some(typed) = Asked::typed(&twin.form, &contact, &pack, world.today()) else { continue };
            let shown = candidates(world, &counter_officer(), &typed).await.unwrap();
            assert!(shown.iter().all(|one| one.band != Band::Unlikely), "{shown:?}");
            if shown.iter().any(|one| one.band == Band::Faint) {
                assert_eq!(shown.len(), 1, "beside somebody likelier: {shown:?}");
                faint += 1;
                themselves += usize::from(shown[0].found.person == one.id);
            }
        }
        assert!(faint > 3 && themselves > 0, "{themselves} of {faint} of {}", sampled.len());
    })
    .await;
}
