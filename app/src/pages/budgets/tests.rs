//! Who sees which budget, and the list behind it.

use casework::budgets::{follow, show};
use casework::households::Distinct;
use casework::households::register::register;
use casework::test_support::small::{POOR, assess, small_family, small_pack};
use casework::test_support::{OFFICE, World, counter_officer, policy_officer, supervisor};
use casework::{Actor, packs};
use domain::ids::HouseholdId;
use domain::name::PersonName;

use crate::test_support::{Browser, Reply, as_counter_officer, as_policy_officer, as_supervisor, world};
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

async fn send(officer: &mut Browser, here: &str, typed: &[(&str, String)]) -> Reply {
    let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (*name, value.as_str())).collect();
    officer.post(here, &typed).await
}

#[tokio::test]
async fn two_policy_officers_add_to_a_budget_and_the_next_of_the_list_is_offered_it() {
    let world = world().await;
    full(&world).await;
    let budget = show::all(&world, &supervisor(), 0, 50).await.unwrap().0[0].line.budget_id;
    let here = format!("/budgets/{budget}");
    let (mut first, mut second) = (as_policy_officer(&world).await, as_policy_officer(&world).await);
    let shown = first.get(&here).await;
    let id = shown.html.split("name=\"id\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let id = id.to_owned();
    let typed = |places: &'static str, reason: &'static str, basis: &'static str| {
        [
            ("act", "propose".to_owned()),
            ("id", id.clone()),
            ("places", places.to_owned()),
            ("reason", reason.to_owned()),
            ("legal_basis", basis.to_owned()),
        ]
    };
    for (wrong, said) in [
        (typed("-2", "A donor gave.", "Order 7"), "Write how many places are added"),
        (typed("many", "A donor gave.", "Order 7"), "Write how many places are added"),
        (typed("", "A donor gave.", "Order 7"), "Write the places or the money"),
        (typed("2", " ", "Order 7"), "Say why"),
        (typed("2", "A donor gave.", ""), "Write the law, the order"),
    ] {
        let reply = send(&mut first, &here, &wrong).await;
        assert_eq!(reply.status, 422, "{said}");
        assert!(reply.html.contains(said), "{said}: {}", reply.html);
    }
    let proposed = send(&mut first, &here, &typed("2", "A donor gave for two more.", "Order 7")).await;
    assert_eq!(proposed.location, format!("{here}?done=proposed"), "{}", proposed.html);
    for lang in [Lang::Fr, Lang::En] {
        first.get(&format!("{here}?lang={}", lang.code())).await.assert_page(lang);
        second.get(&format!("{here}?lang={}", lang.code())).await.assert_page(lang);
    }
    let own = first.get(&here).await.html;
    assert!(
        own.contains("another policy officer must add it") && !own.contains("value=\"approve\""),
        "{own}"
    );
    let approve = [("act", "approve".to_owned()), ("id", id.clone())];
    let refused = send(&mut first, &here, &approve).await;
    assert!(refused.html.contains("another policy officer must decide"), "{}", refused.html);
    let back = [("act", "send_back".to_owned()), ("id", id.clone()), ("reason", String::new())];
    assert!(send(&mut second, &here, &back).await.html.contains("Say why"));
    let added = send(&mut second, &here, &approve).await;
    assert_eq!(added.location, format!("{here}?done=added&offered=2"), "{}", added.html);
    let shown = second.get(&added.location).await.html;
    for said in ["offered to 2 households", "A donor gave for two more.", "Order 7", "2 places"] {
        assert!(shown.contains(said), "{said}: {shown}");
    }
    let late = send(&mut second, &here, &approve).await;
    assert_eq!(late.status, 409);
    // A supervisor reads who added what, and adds nothing.
    let mut reader = as_supervisor(&world).await;
    let shown = reader.get(&here).await.html;
    assert!(shown.contains("Order 7") && !shown.contains("value=\"propose\""), "{shown}");
    assert_eq!(send(&mut reader, &here, &typed("2", "More.", "Order 8")).await.status, 403);
}
