//! Who sees which budget, and the list behind it.

use casework::budgets::{follow, show};
use casework::households::Distinct;
use casework::households::register::register;
use casework::test_support::small::{POOR, assess, small_family, small_pack};
use casework::test_support::{OFFICE, World, counter_officer, policy_officer, supervisor};
use casework::{Actor, packs};
use domain::ids::HouseholdId;
use domain::name::PersonName;

use crate::test_support::{as_counter_officer, as_policy_officer, as_supervisor, world};
use crate::words::Lang;

const BUDGETS: &str = "
[[budget]]
area = \"P01\"
from = 2026-01-01
until = 2026-12-31
places = 1
money = 5000

[[budget]]
area = \"P01\"
from = 2027-01-01
until = 2027-12-31
places = 2

[[budget]]
area = \"P02\"
from = 2026-01-01
until = 2026-12-31
places = 7
";

async fn family(world: &World, form: u128, name: &str) -> HouseholdId {
    let mut registration = small_family(form);
    for member in &mut registration.members {
        member.name = PersonName::parse(member.name.given().unwrap(), name, "").unwrap();
    }
    let distinct = Distinct { reason: "Two families of one village".into() };
    register(world, &counter_officer(), OFFICE, &registration, Some(&distinct)).await.unwrap();
    world.db.write(async |tx| tx.run("DELETE FROM possible_duplicate", vec![]).await).await.unwrap();
    assess(world, registration.id, POOR).await;
    registration.id
}

async fn full(world: &World) -> Vec<HouseholdId> {
    let mut files = small_pack();
    files.get_mut("programmes/cash-transfer.toml").unwrap().push_str(BUDGETS);
    packs::load(world, &Actor::command_line(), files).await.unwrap();
    follow::lines(world).await.unwrap();
    let mut families = Vec::new();
    for (form, name) in [(1, "Ba"), (2, "Okoro"), (3, "Traore")] {
        families.push(family(world, form, name).await);
    }
    families
}

#[tokio::test]
async fn a_supervisor_sees_the_own_area_and_who_keeps_the_rules_all_of_them() {
    let world = world().await;
    let families = full(&world).await;
    let (own, _) = show::all(&world, &supervisor(), 0, 50).await.unwrap();
    assert_eq!(own.len(), 2, "{own:?}");
    assert_eq!((own[1].line.area.as_str(), own[1].waiting), ("P01", 0), "nobody waits for next year's");
    assert_eq!((own[0].line.area.as_str(), own[0].waiting, own[0].offered), ("P01", 2, 0));
    let (all, more) = show::all(&world, &policy_officer(), 0, 1).await.unwrap();
    assert!(all.len() == 1 && more);
    assert_eq!(show::all(&world, &policy_officer(), 2, 1).await.unwrap().0[0].line.area, "P02");

    let mut supervisor = as_supervisor(&world).await;
    for lang in [Lang::Fr, Lang::En] {
        supervisor.get(&format!("/budgets?lang={}", lang.code())).await.assert_page(lang);
    }
    let list = format!("/budgets/{}", own[0].line.budget_id);
    for lang in [Lang::Fr, Lang::En] {
        supervisor.get(&format!("{list}?lang={}", lang.code())).await.assert_page(lang);
    }
    let shown = supervisor.get(&list).await.html;
    for waits in &families[1..] {
        assert!(shown.contains(&format!("/decisions/{waits}/")), "{shown}");
    }
    assert!(shown.contains("No place is left"), "{shown}");
    // Of the south nobody here is told anything.
    let south = show::all(&world, &policy_officer(), 2, 1).await.unwrap().0[0].line.budget_id;
    assert_eq!(supervisor.get(&format!("/budgets/{south}")).await.status, 404);
    // Who keeps the rules sees places and days, and nobody's file.
    let shown = as_policy_officer(&world).await.get(&list).await.html;
    assert!(shown.contains("No place is left") && !shown.contains("/decisions/"), "{shown}");
    assert_eq!(as_counter_officer(&world).await.get("/budgets").await.status, 403);
}

#[tokio::test]
async fn a_list_goes_on_where_the_page_before_ended() {
    let world = world().await;
    full(&world).await;
    let budget = show::all(&world, &supervisor(), 0, 50).await.unwrap().0[0].line.budget_id;
    let first = show::list(&world, &supervisor(), budget, None, 1).await.unwrap();
    assert_eq!((first.waiting.len(), first.waiting[0].place), (1, Some(1)));
    let second = show::list(&world, &supervisor(), budget, first.next, 1).await.unwrap();
    assert_eq!((second.waiting[0].place, second.next), (Some(2), None));
    assert_ne!(first.waiting[0].enrolment, second.waiting[0].enrolment);
}
