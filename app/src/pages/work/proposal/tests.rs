//! The second person's answers, as their browsers send them.

use casework::test_support::World;
use casework::test_support::small::{POOR, decided_family};

use super::*;
use crate::pages::work::override_form::tests::{override_address, proposed};
use crate::test_support::{
    Browser, Reply, as_counter_officer, as_policy_officer, as_supervisor, version, world,
    world_with_decided_family,
};
use crate::words::Lang;

async fn answered(browser: &mut Browser, address: &str, answer: &str, note: &str) -> Reply {
    let version = version(&browser.get(address).await.html);
    browser
        .post(address, &[("answer", answer), ("note", note), ("code", "reason"), ("version", &version)])
        .await
}

#[tokio::test]
async fn a_supervisor_sees_both_sides_and_approves() {
    let world = world_with_decided_family().await;
    let mut officer = as_counter_officer(&world).await;
    let address = proposed(&world, &mut officer).await;
    let mut supervisor = as_supervisor(&world).await;
    for lang in [Lang::Fr, Lang::En] {
        supervisor.get(&format!("{address}?lang={}", lang.code())).await.assert_page(lang);
        supervisor.get(&format!("/proposals?lang={}", lang.code())).await.assert_page(lang);
    }
    let page = supervisor.get(&address).await;
    for words in ["<strong>No</strong>", "The roof fell in", "value=\"approve\"", "Every rule"] {
        assert!(page.html.contains(words), "{words}: {}", page.html);
    }
    assert!(supervisor.get("/proposals").await.html.contains(&address));
    let unsaid = answered(&mut supervisor, &address, "refuse", "").await;
    assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unsaid.html.contains("href=\"#note\""), "{}", unsaid.html);
    let unchosen = answered(&mut supervisor, &address, "", "Hm").await;
    assert_eq!(unchosen.status, StatusCode::UNPROCESSABLE_ENTITY);
    let done = answered(&mut supervisor, &address, "approve", "I was there.").await;
    assert_eq!(done.location, "/proposals?done=approved", "{}", done.html);
    let after = supervisor.get(&address).await;
    assert!(
        after.html.contains("I was there.") && !after.html.contains("value=\"approve\""),
        "{}",
        after.html
    );
    // Twice is once.
    let typed = [("answer", "approve"), ("note", ""), ("version", "1")];
    assert_eq!(supervisor.post(&address, &typed).await.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn what_came_back_is_reworked_and_who_prepared_it_never_answers() {
    let world = world_with_decided_family().await;
    let mut officer = as_counter_officer(&world).await;
    let address = proposed(&world, &mut officer).await;
    let own = officer.get(&address).await;
    assert!(
        !own.html.contains("value=\"approve\"") && own.html.contains("value=\"withdraw\""),
        "{}",
        own.html
    );
    let first = version(&own.html);
    let forced = [("answer", "approve"), ("note", "x"), ("version", first.as_str())];
    assert_eq!(officer.post(&address, &forced).await.status, StatusCode::FORBIDDEN);
    let mut supervisor = as_supervisor(&world).await;
    answered(&mut supervisor, &address, "return", "Which rooms?").await;
    let back = officer.get(&address).await;
    assert!(back.html.contains("Which rooms?") && back.html.contains("/override"), "{}", back.html);
    let there = override_address(&world).await;
    let form = officer.get(&there).await;
    assert!(form.html.contains("The roof fell in"), "what was said before stands there: {}", form.html);
    let typed = [
        ("outcome", "award"),
        ("code", "hardship"),
        ("reason", "Both rooms."),
        ("version", &version(&form.html)),
    ];
    let again = officer.post(&there, &typed).await;
    assert_eq!(again.location, format!("{address}?done=resubmitted"), "{}", again.html);
    let gone = answered(&mut officer, &address, "withdraw", "").await;
    assert_eq!(gone.location, "/proposals?done=withdrawn", "{}", gone.html);
}

#[tokio::test]
async fn a_supervisor_who_prepared_it_is_told_that_another_must_decide() {
    let world = world_with_decided_family().await;
    let mut supervisor = as_supervisor(&world).await;
    let address = proposed(&world, &mut supervisor).await;
    let page = supervisor.get(&address).await;
    assert!(!page.html.contains("value=\"approve\""), "{}", page.html);
    let first = version(&page.html);
    let forced = [("answer", "approve"), ("note", "x"), ("version", first.as_str())];
    let refused = supervisor.post(&address, &forced).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.html.contains("somebody else must decide"), "{}", refused.html);
}

#[tokio::test]
async fn those_who_have_nothing_to_do_with_it_do_not_find_it() {
    let world = world_with_decided_family().await;
    let mut officer = as_counter_officer(&world).await;
    let address = proposed(&world, &mut officer).await;
    let mut other = as_counter_officer(&world).await;
    assert_eq!(other.get(&address).await.status, StatusCode::NOT_FOUND);
    let mut policy = as_policy_officer(&world).await;
    assert_eq!(policy.get("/proposals").await.status, StatusCode::FORBIDDEN);
    assert_eq!(policy.get(&address).await.status, StatusCode::NOT_FOUND);
}

/// A family of which every decision was drawn; the address of one that waits to be signed.
async fn drawn(world: &World) -> String {
    let mut files = casework::test_support::small::small_pack();
    let text = files["pack.toml"].replace("sample_percent = 0", "sample_percent = 100");
    files.insert("pack.toml".into(), text);
    casework::packs::load(world, &casework::Actor::command_line(), files).await.unwrap();
    let household = decided_family(world, POOR).await.0.household;
    let id: Option<uuid::Uuid> = world
        .db
        .value(
            "SELECT proposal.id FROM proposal JOIN decision ON decision.decision_id = proposal.subject_id
             WHERE proposal.kind = 'second_signature' AND decision.programme = 'child-grant'",
            vec![],
        )
        .await
        .unwrap();
    format!("/proposals/{household}/{}", id.unwrap())
}

#[tokio::test]
async fn a_drawn_decision_is_sent_back_explained_and_signed_by_another() {
    let world = world().await;
    let address = drawn(&world).await;
    let mut supervisor = as_supervisor(&world).await;
    for lang in [Lang::Fr, Lang::En] {
        supervisor.get(&format!("{address}?lang={}", lang.code())).await.assert_page(lang);
        supervisor
            .get(&format!("/proposals?kind=second_signature&lang={}", lang.code()))
            .await
            .assert_page(lang);
    }
    let page = supervisor.get(&address).await.html;
    assert!(page.contains("drawn by chance") && page.contains("Nothing was decided before"), "{page}");
    assert!(page.contains("value=\"return\"") && !page.contains("value=\"refuse\""), "{page}");
    let now = version(&page);
    let uncoded = [("answer", "return"), ("note", "Which card?"), ("version", now.as_str())];
    let wanting = supervisor.post(&address, &uncoded).await;
    assert_eq!(wanting.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wanting.html.contains("href=\"#code\""), "{}", wanting.html);
    assert_eq!(
        answered(&mut supervisor, &address, "return", "Which card?").await.location,
        "/proposals?done=returned"
    );
    assert!(!supervisor.get(&address).await.html.contains("value=\"approve\""));
    let list = supervisor.get("/proposals?kind=benefit_cut").await.html;
    assert!(!list.contains("/proposals/0"), "{list}");
    let again = supervisor.post(&address, &[("answer", "explain"), ("note", "x"), ("version", "2")]).await;
    assert_ne!(again.status, StatusCode::SEE_OTHER, "who did not prepare it does not explain it");
}
