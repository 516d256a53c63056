//! What an officer proposes, as the browser sends it.

use casework::test_support::{World, counter_officer};
use domain::ids::HouseholdId;
use uuid::Uuid;

use super::*;
use crate::test_support::{Browser, as_auditor, as_counter_officer, world_with_decided_family};
use crate::words::Lang;

/// The form for the family's refused help with rooms, and for any other programme.
pub async fn override_address(world: &World) -> String {
    address_of(world, "room-help").await
}

async fn address_of(world: &World, programme: &str) -> String {
    let household = HouseholdId::new(Uuid::from_u128(0xfa_0001));
    let all = casework::assessments::list(world, &counter_officer(), household).await.unwrap();
    let results = decisions::results(world, &counter_officer(), household, all[0].id).await.unwrap();
    let decision = results.decisions.iter().find(|one| one.programme == programme).unwrap();
    format!("/decisions/{household}/{}/override", decision.id)
}

/// An override proposed by this person; the proposal's address.
pub async fn proposed(world: &World, browser: &mut Browser) -> String {
    let address = override_address(world).await;
    let typed = [("outcome", "award"), ("code", "hardship"), ("reason", "The roof fell in.")];
    let reply = browser.post(&address, &typed).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.html);
    assert!(reply.location.ends_with("?done=proposed"), "{}", reply.location);
    reply.location.trim_end_matches("?done=proposed").to_owned()
}

#[tokio::test]
async fn an_officer_proposes_and_sees_until_when_it_waits() {
    let world = world_with_decided_family().await;
    let mut officer = as_counter_officer(&world).await;
    let address = override_address(&world).await;
    for lang in [Lang::Fr, Lang::En] {
        officer.get(&format!("{address}?lang={}", lang.code())).await.assert_page(lang);
    }
    let proposal = proposed(&world, &mut officer).await;
    let sent = officer.get(&format!("{proposal}?done=proposed")).await;
    assert!(sent.html.contains("5 November 2026"), "{}", sent.html);
    let again = officer.get(&address).await;
    assert!(!again.html.contains("<textarea") && again.html.contains(&proposal), "{}", again.html);
    let typed = [("outcome", "award"), ("code", "hardship"), ("reason", "Once more.")];
    assert_eq!(officer.post(&address, &typed).await.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn what_is_missing_is_said_and_what_was_typed_stays() {
    let world = world_with_decided_family().await;
    let mut officer = as_counter_officer(&world).await;
    let grant = address_of(&world, "child-grant").await;
    let typed = [("outcome", "award"), ("amount", "12,345,6"), ("reason", "Because <b>")];
    let reply = officer.post(&grant, &typed).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    for link in ["#amount", "#period", "#code"] {
        assert!(reply.html.contains(&format!("href=\"{link}")), "{link}: {}", reply.html);
    }
    assert!(reply.html.contains("Because &lt;b&gt;") && reply.html.contains("12,345,6"), "{}", reply.html);
    let help = override_address(&world).await;
    let same = [("outcome", "not_eligible"), ("code", "other"), ("reason", "Same.")];
    let reply = officer.post(&help, &same).await;
    assert!(reply.html.contains("is what the decision says already"), "{}", reply.html);
    assert_eq!(officer.post(&help, &[]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn who_may_not_propose_sees_no_form() {
    let world = world_with_decided_family().await;
    let address = override_address(&world).await;
    assert_eq!(as_auditor(&world).await.get(&address).await.status, StatusCode::FORBIDDEN);
    let mut officer = as_counter_officer(&world).await;
    let nowhere = format!("/decisions/{}/{}/override", Uuid::from_u128(1), Uuid::from_u128(2));
    assert_eq!(officer.get(&nowhere).await.status, StatusCode::NOT_FOUND);
}

#[test]
fn amounts_are_read_as_people_type_them() {
    let dmf = |minor_digits| Currency { code: "DMF".into(), minor_digits };
    for (typed, digits, expected) in [
        ("1 200", 0, Some(1200)),
        ("1\u{202f}200,50", 2, Some(120_050)),
        ("1,200", 2, Some(120_000)),
        ("1,200.5", 2, Some(120_050)),
        ("12,5", 2, Some(1250)),
        ("12,345,6", 2, None),
        ("0", 2, None),
        ("-5", 2, None),
        ("ten", 0, None),
        ("", 0, None),
        ("1.5", 0, None),
    ] {
        assert_eq!(minor(typed, &dmf(digits)), expected, "{typed:?}");
    }
    assert_eq!(plain(120_050, &dmf(2)), "1200.50");
    assert_eq!(plain(120_000, &dmf(2)), "1200");
}
