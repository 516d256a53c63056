//! Stories about learning, each told on SQLite and on PostgreSQL.

use domain::birth::Birth;
use domain::household::Sex;
use domain::ids::{HouseholdId, PersonId};
use domain::matching::learn::{Guard, ModelState};
use domain::matching::{Address, Born, Features, Field, Level, Number, Record, Said, View, score};
use domain::name::PersonName;
use domain::pack::Pack;
use time::Duration;
use uuid::Uuid;

use super::super::index::{Entry, Known, put};
use super::super::models::{self, activate, list, one, refuse};
use super::super::scales::refresh;
use super::super::verdicts::{self, Side, Verdict};
use super::super::{Asked, candidates, keyer};
use super::round;
use crate::demo::dice::Dice;
use crate::demo::errors::{Twin, twin};
use crate::demo::registry::Registry;
use crate::duplicates;
use crate::error::{Conflict, Error};
use crate::households::Distinct;
use crate::households::register::register;
use crate::journal::{self, REGISTRY};
use crate::test_support::small::{load_small_pack, register_family, small_family};
use crate::test_support::{
    OFFICE, World, administrator, auditor, counter_officer, demo_pack, each_engine, policy_officer,
    supervisor,
};
use crate::{Actor, Casework, args};

/// Two syllables for each number: a name that nobody else has.
fn name(number: u16) -> String {
    let syllables =
        ["ba", "ko", "li", "mu", "ne", "ra", "so", "ti", "vu", "wa", "ze", "da", "fi", "gu", "he", "jo"];
    let at = |shift: u16| syllables[usize::from((number >> shift) & 15)];
    format!("{}{}{}l", at(0), at(4), at(8))
}

/// Person `number`, with this given name.
fn record(number: u16, given: String) -> Record {
    let day = u8::try_from(number % 27).unwrap() + 2;
    let month = u8::try_from(number % 11).unwrap() + 2;
    Record {
        given: Some(given),
        family: Some(name(number.wrapping_mul(37) & 0xfff)),
        birth: Some(Born::on(1950 + number % 50, month, day)),
        sex: Some(Sex::Female),
        address: Address { village: Some(format!("v{}", number % 20)), ..Address::default() },
        ..Record::default()
    }
}

/// The given name as another officer hears it: of eight one with another consonant, one with another vowel.
fn heard(number: u16) -> String {
    match number % 8 {
        0 => name(number).replace('l', "m"),
        1 => name(number).replacen(['a', 'e', 'i', 'o', 'u'], "y", 1),
        _ => name(number),
    }
}

fn id(number: u16, side: u128) -> Uuid {
    Uuid::from_u128(0x00aa_0000 + u128::from(number) * 2 + side)
}

/// Registers pairs of people, each alone, and says the same of every pair.
async fn say(world: &World, numbers: std::ops::Range<u16>, said: Said, other: fn(u16) -> Record) {
    let keys = world.keys.clone();
    world
        .write(async move |tx| {
            let keyer = keyer(&keys);
            for number in numbers.clone() {
                let mut sides = Vec::new();
                for (side, record) in [record(number, name(number)), other(number)].into_iter().enumerate() {
                    let id = id(number, u128::try_from(side).unwrap());
                    let (person, household) = (PersonId::new(id), HouseholdId::new(id));
                    let entry = Known::of(Features::of(&record, &keyer), &keyer).entry(person, household);
                    put(tx, &keyer, &[entry], None).await?;
                    sides.push(Side { person, household });
                }
                let verdict = Verdict {
                    pair: (sides[0], sides[1]),
                    said,
                    reason: "Looked at both cards".into(),
                    model: 1,
                    bits: Some(9.0),
                };
                verdicts::keep(tx, &supervisor(), &verdict).await?;
            }
            Ok(())
        })
        .await
        .unwrap();
}

fn same(number: u16) -> Record {
    record(number, heard(number))
}

fn stranger(number: u16) -> Record {
    let mut other = record(number + 300, name(number + 300));
    other.family = Some(name(number.wrapping_mul(37) & 0xfff));
    other
}

/// What careless officers called one person: another given name, another birth.
fn wrong(number: u16) -> Record {
    let mut other = stranger(number);
    other.birth = Some(Born::on(1940, 12, 30));
    other
}

async fn count(world: &World, sql: &'static str) -> i64 {
    world.db.value(sql, vec![]).await.unwrap().unwrap()
}

#[tokio::test]
async fn verdicts_move_the_weights_once() {
    each_engine(async |world| {
        assert_eq!(round(world).await.unwrap(), None, "nobody said anything");
        say(world, 0..80, Said::Same, same).await;
        say(world, 100..130, Said::NotSame, stranger).await;
        assert_eq!(round(world).await.unwrap(), Some(2));
        let shown = one(world, &auditor(), 2).await.unwrap();
        assert_eq!(shown.failed, [], "{:?}", shown.kept.report);
        let report = shown.kept.report.clone().unwrap();
        assert_eq!((report.base, report.same, report.strangers), (1, 80, 30));
        assert!(report.random_pairs > 1000 && report.people > 100, "{report:?}");
        assert_eq!(report.judged.pairs, 110);
        assert!((70.0..90.0).contains(&report.estimated), "{report:?}");
        let m = |model: &domain::matching::Model, level| model.get(Field::Given, level).unwrap().m;
        assert!(m(&shown.model, Level::Sound) > m(&shown.in_force, Level::Sound) + 0.01);
        assert!(m(&shown.model, Level::Close) > m(&shown.in_force, Level::Close));
        assert!(m(&shown.model, Level::Exact) < m(&shown.in_force, Level::Exact) - 0.005);
        assert_eq!(world.scales().await.unwrap().model.version(), 1, "it is not in force");

        // The same data make the same model.
        let before = count(world, "SELECT COUNT(*) FROM match_weight").await;
        world
            .write(async |tx| {
                tx.run("DELETE FROM match_weight", args![]).await?;
                tx.run("DELETE FROM match_model", args![]).await
            })
            .await
            .unwrap();
        assert_eq!(round(world).await.unwrap(), Some(2));
        let other =
            Casework::new(world.casework.db.clone(), world.casework.clock.clone(), world.keys.clone());
        let again = one(&other, &auditor(), 2).await.unwrap();
        assert_eq!((again.kept.report, again.model), (Some(report), shown.model));
        assert_eq!(count(world, "SELECT COUNT(*) FROM match_weight").await, before);

        // None within a day, none without a new verdict; then one in place of the one that waited.
        world.clock.advance(Duration::hours(2));
        say(world, 130..131, Said::Same, same).await;
        assert_eq!(round(world).await.unwrap(), None);
        world.clock.advance(Duration::days(2));
        assert_eq!(round(world).await.unwrap(), Some(3));
        world.clock.advance(Duration::days(2));
        assert_eq!(round(world).await.unwrap(), None);
        let states: Vec<_> =
            list(world, &auditor()).await.unwrap().into_iter().map(|one| one.state).collect();
        assert_eq!(states, [ModelState::Proposed, ModelState::Replaced, ModelState::Active]);
    })
    .await;
}

#[tokio::test]
async fn a_verdict_counts_as_long_as_both_records_are_as_they_were() {
    each_engine(async |world| {
        say(world, 0..3, Said::Same, same).await;
        let keys = world.keys.clone();
        world
            .write(async move |tx| {
                let keyer = keyer(&keys);
                let (person, household) = (PersonId::new(id(1, 0)), HouseholdId::new(id(1, 0)));
                let features = Features::of(&record(400, name(400)), &keyer);
                let entry = Entry { seq: 2, ..Known::of(features, &keyer).entry(person, household) };
                put(tx, &keyer, &[entry], None).await
            })
            .await
            .unwrap();
        let version = round(world).await.unwrap().unwrap();
        let report = one(world, &auditor(), version).await.unwrap().kept.report.unwrap();
        assert_eq!(report.same, 2);
    })
    .await;
}

#[tokio::test]
async fn too_few_and_wrong_verdicts_activate_nothing_whoever_asks() {
    each_engine(async |world| {
        say(world, 0..10, Said::Same, same).await;
        let few = round(world).await.unwrap().unwrap();
        let shown = one(world, &administrator(), few).await.unwrap();
        assert!(shown.failed.contains(&Guard::NoAnchor { known: 10 }), "{:?}", shown.failed);
        assert!(!shown.may_be_activated());
        world.clock.advance(Duration::days(2));
        say(world, 10..260, Said::Same, wrong).await;
        let bad = round(world).await.unwrap().unwrap();
        let shown = one(world, &administrator(), bad).await.unwrap();
        let names = |guard: &Guard| matches!(guard, Guard::Names { field: Field::Given, .. });
        assert!(shown.failed.iter().any(names), "{:?}", shown.failed);
        assert_eq!(shown.kept.report.unwrap().failed, shown.failed);
        // Somebody who waters the report down does not come further: guards are computed from the weights.
        world
            .write(async move |tx| {
                tx.run(
                    "UPDATE match_model SET report = REPLACE(report, '\"failed\":[', '\"kept\":[') WHERE version = $1",
                    args![bad],
                )
                .await
            })
            .await
            .unwrap();
        for actor in [administrator(), Actor::system(), Actor::command_line()] {
            let refused = Box::pin(activate(world, &actor, bad, 1, "Looks fine")).await;
            assert_eq!(refused, Err(Error::Invalid("model.guards")), "{actor:?}");
        }
        // One that a newer proposal has overtaken is not activated either.
        let late = activate(world, &administrator(), few, 1, "Looks fine").await;
        assert_eq!(late, Err(Error::Conflict(Conflict::State)));
        assert_eq!(world.scales().await.unwrap().model.version(), 1);
        assert_eq!(count(world, "SELECT COUNT(*) FROM match_model WHERE state = 'active'").await, 0);
    })
    .await;
}

#[tokio::test]
async fn an_administrator_activates_and_goes_back_and_old_scores_keep_their_model() {
    each_engine(async |world| {
        load_small_pack(world).await;
        register_family(world, &small_family(1)).await;
        say(world, 0..80, Said::Same, same).await;
        // The head of the family, as another officer hears her name.
        let told = Record {
            given: Some("Awaa".into()),
            family: Some("Diallo".into()),
            birth: Some(Born::on(1990, 2, 5)),
            ..Record::default()
        };
        let asked = || Asked::from(told.clone());
        let before = candidates(world, &counter_officer(), &asked()).await.unwrap();
        assert_eq!(before[0].model, 1);
        let other =
            Casework::new(world.casework.db.clone(), world.casework.clock.clone(), world.keys.clone());
        assert_eq!(other.scales().await.unwrap().model.version(), 1);
        let version = round(world).await.unwrap().unwrap();

        for reader in [supervisor(), auditor()] {
            assert!(one(world, &reader, version).await.unwrap().may_be_activated());
            assert_eq!(activate(world, &reader, version, 1, "Yes").await, Err(Error::Forbidden));
            assert_eq!(refuse(world, &reader, version, "No").await, Err(Error::Forbidden));
        }
        for stranger in [counter_officer(), policy_officer()] {
            assert_eq!(list(world, &stranger).await.unwrap_err(), Error::Forbidden);
            assert_eq!(models::numbers(world, &stranger).await.unwrap_err(), Error::Forbidden);
        }
        let admin = administrator();
        assert_eq!(activate(world, &admin, version, 1, " ").await, Err(Error::Invalid("reason.missing")));
        assert_eq!(activate(world, &admin, version, 9, "Yes").await, Err(Error::Stale));
        activate(world, &admin, version, 1, "Names are misheard here").await.unwrap();

        // It changes what a counter is told, here and on another server.
        let after = candidates(world, &counter_officer(), &asked()).await.unwrap();
        assert_eq!((after[0].model, after[0].found.person), (version, before[0].found.person));
        assert!((after[0].bits - before[0].bits).abs() > 0.1, "{} {}", after[0].bits, before[0].bits);
        assert!(refresh(&other).await.unwrap() && !refresh(&other).await.unwrap());
        assert_eq!(other.scales().await.unwrap().model.version(), version);

        // What the shipped one said is still said by it.
        let own = Features::of(&told, &keyer(&world.keys));
        let kept = "SELECT features FROM match_feature WHERE person_id = $1";
        let kept: Vec<u8> = world.db.value(kept, args![before[0].found.person]).await.unwrap().unwrap();
        let of = async |cw: &Casework, version| {
            let scales = cw.scales_of(version).await.unwrap();
            let theirs = View::read(&kept).unwrap();
            score(&scales.model, &scales.counts, &own.view(), &theirs, scales.prior()).bits
        };
        for cw in [&world.casework, &other] {
            assert!((of(cw, 1).await - before[0].bits).abs() < 1e-9);
            assert!((of(cw, version).await - after[0].bits).abs() < 1e-9);
            assert_eq!(cw.scales_of(99).await.unwrap_err(), Error::NotFound);
        }

        // And back again.
        activate(world, &admin, 1, version, "Too many pairs").await.unwrap();
        assert_eq!(candidates(world, &counter_officer(), &asked()).await.unwrap()[0].model, 1);
        let all = list(world, &auditor()).await.unwrap();
        let told: Vec<_> = all.iter().map(|one| (one.version, one.state, one.reason.as_str())).collect();
        assert_eq!(told, [(version, ModelState::Retired, ""), (1, ModelState::Active, "Too many pairs")]);
        activate(world, &admin, version, 1, "It was not the model").await.unwrap();
        activate(world, &admin, 1, version, "It was").await.unwrap();
        let mut view = world.db.read().await.unwrap();
        let entries = journal::entries(&mut view, REGISTRY, None, 10).await.unwrap();
        let kinds: Vec<_> = entries.iter().map(|entry| entry.kind.as_str()).collect();
        assert_eq!(kinds[..5], [["matching.activated"; 4].as_slice(), &["matching.proposed"]].concat());
    })
    .await;
}

#[tokio::test]
async fn a_pair_that_was_found_before_is_explained_by_the_model_that_found_it() {
    each_engine(async |world| {
        load_small_pack(world).await;
        for (form, name) in [(1, "Sow"), (2, "Sou")] {
            let mut family = small_family(form);
            for member in &mut family.members {
                member.name = PersonName::parse(member.name.given().unwrap(), name, "").unwrap();
            }
            let distinct = Distinct { reason: "Two families of one village".into() };
            register(world, &counter_officer(), OFFICE, &family, Some(&distinct)).await.unwrap();
        }
        say(world, 0..80, Said::Same, same).await;
        let seen = async || {
            let pair = duplicates::queue(world, &supervisor()).await.unwrap().0.remove(0).pair;
            let pair = duplicates::pair(world, &supervisor(), pair.person, pair.other_person).await.unwrap();
            (pair.model, pair.scored.unwrap())
        };
        let before = seen().await;
        assert_eq!(before.0, 1);
        let version = round(world).await.unwrap().unwrap();
        activate(world, &administrator(), version, 1, "Names are misheard here").await.unwrap();
        assert_eq!(seen().await, before);
        // What is found from now on is the new model's.
        let forget = [
            "DELETE FROM match_verdict",
            "DELETE FROM possible_duplicate",
            // Those of `say` have no file.
            "DELETE FROM match_feature WHERE person_id NOT IN (SELECT person_id FROM person)",
            "DELETE FROM match_key WHERE person_id NOT IN (SELECT person_id FROM person)",
        ];
        world
            .write(async move |tx| {
                for sql in forget {
                    tx.run(sql, args![]).await?;
                }
                Ok(())
            })
            .await
            .unwrap();
        while duplicates::find::round(world).await.unwrap() > 0 {}
        let after = seen().await;
        assert_eq!(after.0, version);
    })
    .await;
}

#[tokio::test]
async fn of_two_administrators_one_activates() {
    each_engine(async |world| {
        say(world, 0..80, Said::Same, same).await;
        let version = round(world).await.unwrap().unwrap();
        let admin = administrator();
        let (one, two) = tokio::join!(
            activate(world, &admin, version, 1, "Seen"),
            activate(world, &admin, version, 1, "Seen as well"),
        );
        let outcomes = [one, two];
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
        assert!(outcomes.contains(&Err(Error::Stale)), "{outcomes:?}");
        assert_eq!(count(world, "SELECT COUNT(*) FROM match_model WHERE state = 'active'").await, 1);
        assert_eq!(count(world, "SELECT COUNT(*) FROM journal WHERE kind = 'matching.activated'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_refused_model_stays_refused() {
    each_engine(async |world| {
        say(world, 0..80, Said::Same, same).await;
        let version = round(world).await.unwrap().unwrap();
        refuse(world, &administrator(), version, "Wait for the other offices").await.unwrap();
        let again = refuse(world, &administrator(), version, "Once more").await;
        assert_eq!(again, Err(Error::Conflict(Conflict::State)));
        let later = activate(world, &administrator(), version, 1, "After all").await;
        assert_eq!(later, Err(Error::Conflict(Conflict::State)));
        let shown = one(world, &auditor(), version).await.unwrap();
        assert_eq!(
            (shown.kept.state, shown.kept.reason.as_str()),
            (ModelState::Refused, "Wait for the other offices")
        );
    })
    .await;
}

#[tokio::test]
async fn the_registrys_own_households_say_what_families_share() {
    each_engine(async |world| {
        load_small_pack(world).await;
        register_family(world, &small_family(1)).await;
        say(world, 0..2, Said::NotSame, stranger).await;
        let version = round(world).await.unwrap().unwrap();
        let shown = one(world, &auditor(), version).await.unwrap();
        // Four people: six pairs, all of one family name; where they live was not asked of each.
        assert_eq!(shown.kept.report.unwrap().household_pairs, 6);
        let h = |model: &domain::matching::Model, field, level| model.get(field, level).unwrap().h;
        let exact = (Field::Family, Level::Exact);
        assert!(h(&shown.model, exact.0, exact.1) > h(&shown.in_force, exact.0, exact.1));
        let place = (Field::Address, Level::Village);
        let moved = h(&shown.model, place.0, place.1) - h(&shown.in_force, place.0, place.1);
        assert!(moved.abs() < 1e-12, "{moved}");
    })
    .await;
}

#[tokio::test]
async fn an_auditor_is_told_the_numbers_of_the_whole_registry() {
    each_engine(async |world| {
        say(world, 0..6, Said::Same, same).await;
        say(world, 10..13, Said::NotSame, stranger).await;
        say(world, 20..21, Said::SameHousehold, stranger).await;
        for actor in [auditor(), supervisor(), administrator()] {
            let numbers = models::numbers(world, &actor).await.unwrap();
            let told =
                (numbers.same, numbers.household, numbers.strangers, numbers.likely, numbers.overridden);
            assert_eq!(told, (6, 1, 3, 10, 4), "{actor:?}");
            let example = super::super::example::example(world, &actor).await.unwrap();
            assert!(example.same.probability > 0.9, "{:?}", example.same);
            assert!(example.daughter.probability < 0.05, "{:?}", example.daughter);
            assert!(example.daughter.same_household > 0.5, "{:?}", example.daughter);
        }
    })
    .await;
}

/// A generated registry of many scripts and habits, and officers who are right: people written down a second time with one
/// or two errors, and people who live together. Nothing of it is tuned to the matcher.
#[tokio::test]
async fn of_a_generated_registry_and_right_verdicts_comes_a_model_that_may_be_activated() {
    let world = World::sqlite().await;
    let pack = Pack::load(&demo_pack()).unwrap();
    let areas: Vec<&str> = pack.areas.leaves().map(|area| area.code.as_str()).collect();
    let mut registry = Registry::new(&pack, 11, world.today());
    let (mut people, mut verdicts) = (Vec::new(), Vec::new());
    for number in 0..700_u64 {
        let home = registry.next(world.now());
        let mut dice = Dice::new(5, number);
        let first = people.len();
        people.extend(
            home.members
                .iter()
                .map(|member| (home.id, crate::matching::record(member, &home.contact, &pack))),
        );
        if number % 4 == 0 {
            let errors = 1 + usize::from(number % 8 == 0);
            let twin = twin(&home.members[0], &home.contact, (errors, number % 12 == 0), &areas, &mut dice);
            verdicts.push((first, people.len(), Said::Same));
            people.push((
                HouseholdId::new(Uuid::from_u128(u128::from(number))),
                told(&twin, &pack, world.today()),
            ));
        } else if number % 9 == 1 && home.members.len() > 1 {
            verdicts.push((first, first + 1, Said::SameHousehold));
        } else if number % 9 == 2 && first > 40 {
            verdicts.push((first, first - 40, Said::NotSame));
        }
    }
    let keys = world.keys.clone();
    let count = people.len();
    world
        .write(async move |tx| {
            let keyer = keyer(&keys);
            let id = |at: usize| PersonId::new(Uuid::from_u128(0x00bb_0000 + u128::try_from(at).unwrap()));
            for (at, (household, record)) in people.iter().enumerate() {
                let entry = Known::of(Features::of(record, &keyer), &keyer).entry(id(at), *household);
                put(tx, &keyer, &[entry], None).await?;
            }
            for (one, other, said) in &verdicts {
                let side = |at: usize| Side { person: id(at), household: people[at].0 };
                let verdict = Verdict {
                    pair: (side(*one), side(*other)),
                    said: *said,
                    reason: "Seen".into(),
                    model: 1,
                    bits: None,
                };
                verdicts::keep(tx, &supervisor(), &verdict).await?;
            }
            Ok(())
        })
        .await
        .unwrap();
    crate::matching::upkeep::count(&world).await.unwrap();
    assert!(count > 2500, "{count}");
    let version = round(&world).await.unwrap().unwrap();
    let shown = one(&world, &auditor(), version).await.unwrap();
    let report = shown.kept.report.as_ref().unwrap();
    assert_eq!(shown.failed, [], "{report:?}");
    // What changes goes where officers are: they were right.
    assert!(report.judged.sure >= 5 && 4 * report.judged.against <= report.judged.sure, "{report:?}");
    assert!(report.same > 150 && report.compared.pairs > 100, "{report:?}");
}

/// What was written down the second time.
fn told(twin: &Twin, pack: &Pack, today: time::Date) -> Record {
    let text = |typed: &str| (!typed.is_empty()).then(|| typed.to_owned());
    let form = &twin.form;
    let birth = Birth::parse(&form.birth_day, &form.birth_month, &form.birth_year, &form.age, today);
    Record {
        given: text(&form.given),
        family: text(&form.family),
        full: text(&form.one_name),
        birth: birth.ok().map(Born::from),
        sex: form.sex.parse().ok(),
        identifiers: form
            .identifiers
            .iter()
            .map(|(kind, value)| Number { kind: Some(*kind), value: value.clone() })
            .collect(),
        phones: text(&twin.phone).into_iter().collect(),
        address: crate::matching::address(&twin.area, pack),
    }
}
