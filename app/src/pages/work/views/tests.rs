//! Saved views, as people's browsers send them.

use axum::http::StatusCode;

use crate::test_support::{Browser, Reply, as_counter_officer, as_supervisor, world_with_pack};
use crate::words::Lang;

async fn act(browser: &mut Browser, fields: &[(&str, &str)]) -> Reply {
    browser.post("/tasks/views", fields).await
}

/// The id of the first view on the page.
async fn first(browser: &mut Browser) -> String {
    let html = browser.get("/tasks/views?lang=en").await.html;
    let (_, rest) = html.split_once("name=\"id\" value=\"").expect("a view");
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_list_is_saved_used_renamed_and_deleted() {
    let world = world_with_pack().await;
    let mut officer = as_counter_officer(&world).await;
    for lang in [Lang::Fr, Lang::En] {
        officer
            .get(&format!("/tasks/views?asks=view%3Davailable&lang={}", lang.code()))
            .await
            .assert_page(lang);
    }
    let asks = "view=available&due=late&done=claim&after=x&next=//evil";
    let saved = act(&mut officer, &[("act", "save"), ("name", "What is late"), ("asks", asks)]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
    let list = officer.get("/tasks?view=mine").await.html;
    assert!(
        list.contains("href=\"/tasks?view=available&amp;due=late\""),
        "what is no filter is not kept: {list}"
    );
    let again = act(&mut officer, &[("act", "save"), ("name", "What is late"), ("asks", asks)]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.html.contains("You have a view of this name"), "{}", again.html);
    let nameless = act(&mut officer, &[("act", "save"), ("name", " ")]).await;
    assert!(nameless.html.contains("href=\"#name\""), "{}", nameless.html);
    let id = first(&mut officer).await;
    let opens = act(&mut officer, &[("act", "open_with"), ("id", &id)]).await;
    assert_eq!(opens.status, StatusCode::SEE_OTHER, "{}", opens.html);
    assert_eq!(officer.get("/tasks").await.location, "/tasks?view=available&due=late");
    assert_eq!(officer.get("/tasks?view=mine").await.status, StatusCode::OK);
    act(&mut officer, &[("act", "open_plain")]).await;
    assert_eq!(officer.get("/tasks").await.status, StatusCode::OK);
    act(&mut officer, &[("act", "rename"), ("id", &id), ("name", "Late")]).await;
    assert!(officer.get("/tasks").await.html.contains("<bdi>Late</bdi>"));
    let shared = act(&mut officer, &[("act", "share"), ("id", &id), ("with", "office:OFF-01")]).await;
    assert_eq!(shared.status, StatusCode::FORBIDDEN);
    act(&mut officer, &[("act", "delete"), ("id", &id)]).await;
    assert!(!officer.get("/tasks").await.html.contains("<bdi>Late</bdi>"));
}

#[tokio::test]
async fn a_supervisors_view_is_shown_to_the_office() {
    let world = world_with_pack().await;
    let mut supervisor = as_supervisor(&world).await;
    act(&mut supervisor, &[("act", "save"), ("name", "First of all"), ("asks", "due=today")]).await;
    let id = first(&mut supervisor).await;
    let mut officer = as_counter_officer(&world).await;
    assert!(!officer.get("/tasks").await.html.contains("First of all"));
    let shared = act(&mut supervisor, &[("act", "share"), ("id", &id), ("with", "office:OFF-01")]).await;
    assert_eq!(shared.status, StatusCode::SEE_OTHER, "{}", shared.html);
    assert!(officer.get("/tasks").await.html.contains("First of all"));
    let taken = act(&mut officer, &[("act", "delete"), ("id", &id)]).await;
    assert_eq!(taken.status, StatusCode::NOT_FOUND);
}
