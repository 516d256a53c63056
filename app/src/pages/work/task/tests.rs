//! What people do with a task, as their browsers send it.

use casework::test_support::small::{POOR, assess, load_small_pack, register_family, small_family};
use casework::test_support::{OFFICE, OTHER_OFFICE, World};

use super::*;
use crate::pages::casefile::testing::between;
use crate::pages::work::tasks::tests::opened;
use crate::test_support::{
    Browser, Reply, as_counter_officer, as_supervisor, version, world, world_with_pack,
};
use crate::words::Lang;

async fn address(world: &World, office: &str) -> String {
    let id = opened(world, "ask_missing", office, 2).await;
    let task = tasks::task(world, &Actor::system(), id).await.unwrap();
    format!("/tasks/{}/{id}", task.household_id)
}

async fn step(browser: &mut Browser, address: &str, act: &str, more: &[(&str, &str)]) -> Reply {
    let version = version(&browser.get(address).await.html);
    let mut typed = vec![("act", act), ("version", version.as_str())];
    typed.extend(more);
    browser.post(address, &typed).await
}

#[tokio::test]
async fn a_task_is_taken_begun_held_and_done() {
    let world = world_with_pack().await;
    let address = address(&world, OFFICE).await;
    let mut officer = as_counter_officer(&world).await;
    for lang in [Lang::En, Lang::Fr] {
        officer.get(&format!("{address}?lang={}", lang.code())).await.assert_page(lang);
    }
    let reply = officer.post(&address, &[("act", "claim")]).await;
    assert_eq!(reply.location, format!("{address}?done=claim"), "{}", reply.html);
    let page = officer.get(&reply.location).await;
    assert!(page.html.contains("is yours now"), "{}", page.html);
    assert!(!page.html.contains("value=\"cancel\""), "only a supervisor drops a task");
    let wordless = step(&mut officer, &address, "hold", &[("reason", " "), ("hold", "other")]).await;
    assert_eq!(wordless.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wordless.html.contains("href=\"#hold-reason\""), "{}", wordless.html);
    assert!(wordless.html.contains("href=\"#until-day\""), "{}", wordless.html);
    let away = [
        ("reason", "the family is away"),
        ("hold", "person"),
        ("until-day", "9"),
        ("until-month", "11"),
        ("until-year", "2026"),
    ];
    let held = step(&mut officer, &address, "hold", &away).await;
    assert_eq!(held.status, StatusCode::SEE_OTHER, "{}", held.html);
    let page = officer.get(&address).await;
    page.assert_page(Lang::En);
    assert!(
        page.html.contains("the family is away") && page.html.contains("9 November 2026"),
        "{}",
        page.html
    );
    let list = officer.get("/tasks?view=hold&lang=en").await;
    list.assert_page(Lang::En);
    assert!(list.html.contains("9 November 2026"), "{}", list.html);
    assert!(!officer.get("/tasks?view=mine").await.html.contains(&address), "it is out of the way");
    step(&mut officer, &address, "resume", &[]).await;
    let done = step(&mut officer, &address, "complete", &[]).await;
    assert_eq!(done.location, "/tasks?view=mine&done=complete");
}

#[tokio::test]
async fn what_slept_is_back_with_a_mark() {
    let world = world_with_pack().await;
    let address = address(&world, OFFICE).await;
    let mut officer = as_counter_officer(&world).await;
    officer.post(&address, &[("act", "claim")]).await;
    let day = [("hold", "day"), ("until-day", "9"), ("until-month", "11"), ("until-year", "2026")];
    let held = step(&mut officer, &address, "hold", &day).await;
    assert_eq!(held.status, StatusCode::SEE_OTHER, "{}", held.html);
    world.clock.advance(time::Duration::days(8));
    casework::clocks::run_due(&world).await.unwrap();
    // By now the officer's visit is over.
    let team = as_supervisor(&world).await.get("/tasks?view=team&lang=en").await.html;
    assert!(team.contains(&address) && team.contains("Back from hold"), "{team}");
}

#[tokio::test]
async fn who_comes_second_is_told_who_was_first() {
    let world = world_with_pack().await;
    let address = address(&world, OFFICE).await;
    let (mut one, mut two) = (as_counter_officer(&world).await, as_counter_officer(&world).await);
    two.get(&address).await;
    one.post(&address, &[("act", "claim")]).await;
    let late = two.post(&address, &[("act", "claim")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.html.contains("took this task first"), "{}", late.html);
    // What was typed on an old page is kept, and nothing is overwritten.
    let old = [
        ("act", "hold"),
        ("version", "1"),
        ("reason", "no bus"),
        ("hold", "person"),
        ("until-day", "9"),
        ("until-month", "11"),
        ("until-year", "2026"),
    ];
    let stale = one.post(&address, &old).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(stale.html.contains("no bus"), "{}", stale.html);
}

#[tokio::test]
async fn a_supervisor_gives_a_task_to_another_and_drops_one() {
    let world = world_with_pack().await;
    let here = address(&world, OFFICE).await;
    let mut supervisor = as_supervisor(&world).await;
    let mut officer = as_counter_officer(&world).await;
    officer.post(&here, &[("act", "claim")]).await;
    let page = supervisor.get(&here).await;
    assert!(
        page.html.contains("value=\"replace\"") && page.html.contains("value=\"cancel\""),
        "{}",
        page.html
    );
    let nobody = step(&mut supervisor, &here, "replace", &[]).await;
    assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY);
    let (_, rest) = page.html.split_once("<select").unwrap();
    let chosen = rest.split("<option value=\"").nth(2).unwrap().split('"').next().unwrap();
    let given =
        step(&mut supervisor, &here, "replace", &[("to", chosen), ("instructions", "Call first")]).await;
    assert_eq!(given.status, StatusCode::SEE_OTHER, "{}", given.html);
    assert!(supervisor.get(&given.location).await.html.contains("Call first"));
    let other = address(&world, OFFICE).await;
    let dropped = step(&mut supervisor, &other, "cancel", &[("reason", "made by mistake")]).await;
    assert_eq!(dropped.location, "/tasks?view=team&done=cancel", "{}", dropped.html);
}

#[tokio::test]
async fn another_offices_task_is_not_there() {
    let world = world_with_pack().await;
    let address = address(&world, OTHER_OFFICE).await;
    let mut officer = as_counter_officer(&world).await;
    assert_eq!(officer.get(&address).await.status, StatusCode::NOT_FOUND);
    assert_eq!(officer.post(&address, &[("act", "claim")]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(officer.get("/tasks/x/y").await.status, StatusCode::NOT_FOUND);
}

/// A household that did not agree that the training's agency may see its data; the address of the task to refer it.
async fn draft_referral(world: &World) -> (domain::ids::HouseholdId, String) {
    load_small_pack(world).await;
    let mut family = small_family(1);
    family.consent.agencies = vec!["msp".into()];
    let household = register_family(world, &family).await.household;
    assess(world, household, POOR).await;
    let list = as_counter_officer(world).await.get("/tasks?view=available&kind=send_referral").await.html;
    let start = format!("/tasks/{household}/");
    let id = list.split(&start).nth(1).and_then(|rest| rest.split('"').next()).expect("a task");
    (household, format!("{start}{id}"))
}

#[tokio::test]
async fn the_task_to_send_a_referral_sends_it() {
    let world = world().await;
    let (household, address) = draft_referral(&world).await;
    let mut officer = as_counter_officer(&world).await;
    for lang in [Lang::Fr, Lang::Ar, Lang::En] {
        officer.get(&format!("{address}?lang={}", lang.code())).await.assert_page(lang);
    }
    let wanting = officer.get(&address).await.html;
    assert!(wanting.contains("Awa Diallo") && wanting.contains("/consents\""), "{wanting}");
    assert!(!wanting.contains(r#"value="send""#), "nobody is told without a consent");
    assert!(!wanting.contains(r#"value="complete""#), "it is not ticked off");
    let consents = format!("/households/{household}/consents");
    let form = officer.get(&consents).await.html;
    let words = between(&form, "name=\"consent_words\" value=\"", "\"");
    let by = between(&form, "name=\"consent_by\" type=\"radio\" value=\"", "\"");
    let now = version(&form);
    let agreed = [
        ("consent_agency", "labour"),
        ("consent_by", by),
        ("consent_how", "signed"),
        ("consent_words", words),
        ("version", now.as_str()),
    ];
    let reply = officer.post(&consents, &agreed).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.html);
    let ready = officer.get(&address).await.html;
    assert!(ready.contains(r#"value="send""#), "{ready}");
    let sent = officer.post(&address, &[("act", "send")]).await;
    assert_eq!(sent.location, "/tasks?view=mine&done=send", "{}", sent.html);
    assert!(officer.get(&sent.location).await.html.contains("The referral is sent"));
    let state: Option<String> = world.db.value("SELECT state FROM referral", vec![]).await.unwrap();
    assert_eq!(state.as_deref(), Some("requested"));
    let state: Option<String> =
        world.db.value("SELECT state FROM task WHERE kind = 'send_referral'", vec![]).await.unwrap();
    assert_eq!(state.as_deref(), Some("completed"));
    // The page of a task that is done offers nothing more.
    assert!(!officer.get(&address).await.html.contains(r#"value="send""#));
    assert_eq!(officer.post(&address, &[("act", "send")]).await.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_referral_that_cannot_be_sent_is_closed_with_its_reason() {
    let world = world().await;
    let (household, address) = draft_referral(&world).await;
    let mut officer = as_counter_officer(&world).await;
    let wordless = officer.post(&address, &[("act", "call_off")]).await;
    assert_eq!(wordless.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wordless.html.contains("href=\"#why\""), "{}", wordless.html);
    let closed = officer.post(&address, &[("act", "call_off"), ("why", "no_consent")]).await;
    assert_eq!(closed.location, "/tasks?view=mine&done=call_off", "{}", closed.html);
    let history = officer.get(&format!("/households/{household}/history?lang=en")).await.html;
    assert!(history.contains("Referral closed without being sent"), "{history}");
}
