//! The policies of PostgreSQL: what each scope shows when a use case forgets its `WHERE`, and what it lets be changed.

use std::collections::BTreeSet;

use domain::birth::Birth;
use domain::ids::HouseholdId;
use domain::name::PersonName;
use domain::role::{Role, Scope};
use time::Duration;
use uuid::Uuid;

use super::*;
use crate::args;
use crate::error::Error;
use crate::households::file;
use crate::letters;
use crate::test_support::small::{POOR, assess, load_small_pack, register_family, small_family};
use crate::test_support::{
    World, actor, administrator, auditor, counter_officer, officer_elsewhere, policy_officer, tribunal_member,
};

const HOUSEHOLD_TABLES: &str = "SELECT c.table_name::text FROM information_schema.columns c
     JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema = current_schema() AND c.column_name = 'household_id' AND t.table_type = 'BASE TABLE'
     ORDER BY 1";

fn text(sql: String) -> &'static str {
    Box::leak(sql.into_boxed_str())
}

async fn household_tables(world: &World) -> Vec<String> {
    let tables: Vec<(String,)> = world.db.all(HOUSEHOLD_TABLES, args![]).await.unwrap();
    tables.into_iter().map(|(table,)| table).collect()
}

/// Two families, decided, with a letter each; the second is sent to another provider and visits its page.
async fn two_families(world: &World) -> (HouseholdId, HouseholdId) {
    load_small_pack(world).await;
    let mut second = small_family(2);
    for (member, given) in second.members.iter_mut().zip(["Rosalind", "Temperance", "Kwabena", "Yusuf"]) {
        member.name = PersonName::parse(given, "Okonkwo", "").unwrap();
        member.birth = Birth::Date(member.birth.day().unwrap() - Duration::days(97));
    }
    let mut families = Vec::new();
    for registration in [small_family(1), second] {
        let household = register_family(world, &registration).await.household;
        let assessment = assess(world, household, POOR).await;
        letters::read(world, &counter_officer(), household, assessment, "fr").await.unwrap();
        families.push(household);
    }
    let other = families[1];
    let moved = "UPDATE referral SET provider = 'elsewhere' WHERE household_id = $1 AND provider IS NOT NULL";
    assert!(world.write(async move |tx| tx.run(moved, args![other]).await).await.unwrap() > 0);
    (families[0], families[1])
}

/// What a scope sees of each table when nothing is asked but the households: table, households, and how many rows.
async fn seen(world: &World, sight: Sight) -> Vec<(String, BTreeSet<HouseholdId>, i64)> {
    let db = world.db.seen_with(sight);
    let mut seen = Vec::new();
    for table in household_tables(world).await {
        let sql = text(format!("SELECT household_id, COUNT(*) FROM {table} GROUP BY household_id"));
        let rows: Vec<(Uuid, i64)> = db.all(sql, args![]).await.unwrap();
        if !rows.is_empty() {
            let households = rows.iter().map(|(id, _)| HouseholdId::new(*id)).collect();
            seen.push((table, households, rows.iter().map(|(_, count)| count).sum()));
        }
    }
    seen
}

fn tables(seen: &[(String, BTreeSet<HouseholdId>, i64)]) -> Vec<&str> {
    seen.iter().map(|(table, _, _)| table.as_str()).collect()
}

/// Fails when somebody adds a table of a case and forgets `SELECT row_policies(…)` in its migration, which comes after 0007.
#[tokio::test]
async fn every_table_of_a_case_is_under_forced_policies() {
    let world = World::postgres().await;
    assert_eq!(
        world.db.is_held_by_policies().await,
        Ok(Some(true)),
        "the tests' own role must be held by them"
    );
    let tables = household_tables(&world).await;
    assert!(tables.len() >= 24, "{tables:?}");
    for table in tables.iter().map(String::as_str).chain(["draft"]) {
        let forced: Option<bool> = world
            .db
            .value(
                "SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE oid = to_regclass($1)",
                args![table],
            )
            .await
            .unwrap();
        assert_eq!(
            forced,
            Some(true),
            "{table}: SELECT row_policies('{table}', …) is missing in its migration"
        );
        let commands: Vec<(String,)> = world
            .db
            .all("SELECT cmd FROM pg_policies WHERE tablename = $1 ORDER BY cmd", args![table])
            .await
            .unwrap();
        let commands: Vec<&str> = commands.iter().map(|(command,)| command.as_str()).collect();
        assert_eq!(commands, ["DELETE", "INSERT", "SELECT", "UPDATE"], "{table}");
    }
    world.end().await;
}

#[tokio::test]
async fn without_a_scope_there_is_nothing_and_the_system_sees_all() {
    let world = World::postgres().await;
    let (one, other) = two_families(&world).await;
    let all = seen(&world, Sight::system()).await;
    assert!(all.len() >= 18, "{:?}", tables(&all));
    assert!(all.iter().any(|(table, who, _)| table == "receipt" && *who == BTreeSet::from([one, other])));
    // After the system's transactions, on the same connections.
    for nobody in [Sight::default(), administrator().sight(), policy_officer().sight()] {
        assert_eq!(seen(&world, nobody).await, []);
    }
    // And the handle that the pages get, when a use case forgets its actor.
    let forgotten = "SELECT COUNT(*) FROM person";
    assert_eq!(world.casework.db.value::<i64>(forgotten, args![]).await, Ok(Some(0)));
    let mut view = world.casework.db.read().await.unwrap();
    assert_eq!(view.value::<i64>(forgotten, args![]).await, Ok(Some(0)));
    drop(view);
    let touched = "UPDATE person SET sex = sex";
    assert_eq!(world.casework.write(async |tx| tx.run(touched, args![]).await).await, Ok(0));
    world.end().await;
}

#[tokio::test]
async fn an_applicant_sees_one_household() {
    let world = World::postgres().await;
    let (one, _) = two_families(&world).await;
    let own = seen(&world, Sight::household(one)).await;
    assert!(own.iter().all(|(_, who, _)| *who == BTreeSet::from([one])), "{own:?}");
    for table in ["person", "decision", "letter", "clock", "application"] {
        assert!(tables(&own).contains(&table), "{table} is needed for the applicant's page");
    }
    world.end().await;
}

#[tokio::test]
async fn a_provider_sees_whom_it_awaits() {
    let world = World::postgres().await;
    let (one, other) = two_families(&world).await;
    let sql = "SELECT provider FROM referral WHERE household_id = $1 AND provider IS NOT NULL";
    let provider: String = world.db.value(sql, args![one]).await.unwrap().unwrap();
    for (code, household) in [(provider.as_str(), one), ("elsewhere", other)] {
        let sight = actor(6, Role::ProviderOfficer, Scope::Provider(code.into())).sight();
        let own = seen(&world, sight).await;
        assert!(own.iter().all(|(_, who, _)| *who == BTreeSet::from([household])), "{own:?}");
        let mut expected = vec!["clock", "household", "person", "referral"];
        expected.sort_unstable();
        assert_eq!(tables(&own), expected, "the least that lets it expect somebody");
        let people = own.iter().find(|(table, _, _)| table == "person").unwrap().2;
        assert_eq!(people, 1, "who is sent, not the family");
    }
    let nobody = actor(6, Role::ProviderOfficer, Scope::Provider("nobody".into()));
    assert_eq!(seen(&world, nobody.sight()).await, []);
    world.end().await;
}

#[tokio::test]
async fn a_file_shows_to_its_office_and_for_some_hours_to_who_gave_a_reason() {
    let world = World::postgres().await;
    let (one, other) = two_families(&world).await;
    let in_file = ["assessment_answers", "consent", "decision", "letter", "receipt", "referral"];
    let both = BTreeSet::from([one, other]);
    let of = |seen: &[(String, BTreeSet<HouseholdId>, i64)], table: &str| {
        seen.iter().find(|(name, _, _)| name == table).map(|(_, who, _)| who.clone()).unwrap_or_default()
    };
    let here = seen(&world, counter_officer().sight()).await;
    let audit = seen(&world, auditor().sight()).await;
    let elsewhere = seen(&world, officer_elsewhere().sight()).await;
    for table in in_file {
        assert_eq!(of(&here, table), both, "{table}");
        assert_eq!(of(&audit, table), both, "{table}");
        assert_eq!(of(&elsewhere, table), BTreeSet::new(), "{table}");
    }
    assert_eq!(of(&elsewhere, "person"), both, "a search reaches the whole registry");
    assert!(!tables(&elsewhere).contains(&"tracking_session") && !tables(&elsewhere).contains(&"task"));

    file::open_with_reason(&world, &officer_elsewhere(), other, "The family moved to our town")
        .await
        .unwrap();
    let opened = seen(&world, officer_elsewhere().sight()).await;
    for table in in_file {
        assert_eq!(of(&opened, table), BTreeSet::from([other]), "{table}");
    }
    world.clock.advance(file::OPEN_FOR + Duration::SECOND);
    let later = seen(&world, officer_elsewhere().sight()).await;
    assert_eq!(of(&later, "receipt"), BTreeSet::new());

    let tribunal = seen(&world, tribunal_member().sight()).await;
    assert!(!tables(&tribunal).contains(&"person"), "{:?}", tables(&tribunal));
    world.end().await;
}

#[tokio::test]
async fn nobody_changes_what_another_office_keeps() {
    let world = World::postgres().await;
    let (one, _) = two_families(&world).await;
    let elsewhere = world.casework.acting(&officer_elsewhere());
    for sql in [
        "UPDATE household SET office = 'OFF-02'",
        "UPDATE person SET sex = 'female'",
        "DELETE FROM consent",
        "DELETE FROM person_word",
        "UPDATE decision SET state = 'issued'",
        "UPDATE application SET pin_hash = pin_hash",
        "DELETE FROM identifier_owner",
    ] {
        assert_eq!(elsewhere.write(async move |tx| tx.run(sql, args![]).await).await, Ok(0), "{sql}");
    }
    let sql =
        "INSERT INTO person_word (household_id, person_id, word, birth_year) VALUES ($1, $1, 'x', 1990)";
    let planted = async |cw: &crate::Casework| cw.write(async move |tx| tx.run(sql, args![one]).await).await;
    assert!(matches!(planted(&elsewhere).await, Err(Error::Internal(_))), "PostgreSQL refuses the row");
    assert_eq!(planted(&world.casework.acting(&counter_officer())).await, Ok(1));
    // Nor gives a file away that the own office keeps.
    let away = "UPDATE household SET office = 'OFF-02'";
    let here = world.casework.acting(&counter_officer());
    assert!(here.write(async move |tx| tx.run(away, args![]).await).await.is_err());
    world.end().await;
}

/// A code of a pack with a quote or a comma in it shows less, never more.
#[tokio::test]
async fn codes_that_are_no_codes_open_nothing() {
    let world = World::postgres().await;
    two_families(&world).await;
    for code in [
        "*",
        "x,*",
        "'; SET LOCAL guichet.sight = 'system'; SET LOCAL guichet.staff = '",
        "', true); SELECT set_config('guichet.sight', 'system', true) --",
        "x\\",
    ] {
        let odd = actor(1, Role::CounterOfficer, Scope::Office(code.into()));
        let shown = seen(&world, odd.sight()).await;
        assert!(!tables(&shown).contains(&"receipt"), "{code}: {:?}", tables(&shown));
    }
    world.end().await;
}
