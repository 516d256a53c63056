//! The pages of plans for work: what a form refuses stays typed, what is printed is in the person's language, and who may not is
//! sent away.

use axum::http::StatusCode;

use crate::pages::casefile::testing::{between, elsewhere, family};
use crate::test_support::{as_counter_officer, as_provider_officer, world_with_pack};
use crate::words::Lang;

#[tokio::test]
async fn a_person_is_asked_a_page_at_a_time_and_a_wrong_page_keeps_what_was_typed() {
    let world = world_with_pack().await;
    let file = family(&world).await;
    let mut officer = as_counter_officer(&world).await;
    let list = officer.get(&format!("{file}/plan")).await;
    list.assert_page(Lang::En);
    assert!(
        list.html.contains("Awa Ba") && !list.html.contains("Fatou Ba</bdi></a>"),
        "a child of 11 has no plan"
    );
    let person = format!("{file}/plan/{}", between(&list.html, &format!("{file}/plan/"), "\""));
    let begun = officer.post(&person, &[("act", "profile"), ("version", "0")]).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER);
    assert!(begun.location.contains("/profile/work_known"), "nothing is known yet: {}", begun.location);
    let page = officer.get(&begun.location).await;
    page.assert_page(Lang::En);
    let wrong = officer.post(&begun.location, &[("page_version", "1"), ("work_status", "nonsense")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.html.contains("govuk-error-summary"));
    let stale = officer
        .post(
            &begun.location,
            &[("page_version", "7"), ("education_level", "primary"), ("work_status", "cannot_work")],
        )
        .await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    let good = officer
        .post(
            &begun.location,
            &[("page_version", "1"), ("education_level", "primary"), ("work_status", "cannot_work")],
        )
        .await;
    assert_eq!(good.status, StatusCode::SEE_OTHER, "{}", good.html);
    let shown = officer.get(&person).await.html;
    assert!(shown.contains("Cannot work now") && shown.contains("is not able to work"), "{shown}");
    let early = officer.post(&person, &[("act", "draft"), ("goal", "Rest and get well")]).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY, "not before all pages are answered");
    let odd = officer.post(&person, &[("act", "dance")]).await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn nobody_from_elsewhere_sees_a_plan() {
    let world = world_with_pack().await;
    let file = family(&world).await;
    let mut officer = as_counter_officer(&world).await;
    let list = officer.get(&format!("{file}/plan")).await.html;
    let person = format!("{file}/plan/{}", between(&list, &format!("{file}/plan/"), "\""));
    for mut other in [elsewhere(&world).await, as_provider_officer(&world).await] {
        for page in
            [format!("{file}/plan"), person.clone(), format!("{person}/print"), format!("{person}/step")]
        {
            let reply = other.get(&page).await;
            assert!(!reply.html.contains("Awa Ba"), "{page}: {}", reply.status);
        }
        let sent = other.post(&person, &[("act", "profile")]).await;
        assert!(
            sent.status != StatusCode::SEE_OTHER || sent.location.ends_with("/open"),
            "{}",
            sent.location
        );
    }
    let unknown = officer.get(&format!("{file}/plan/00000000-0000-0000-0000-000000000009")).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_wrong_with_an_entry_stands_beside_its_field() {
    let world = world_with_pack().await;
    let mut officer = as_counter_officer(&world).await;
    officer.get("/board/new").await.assert_page(Lang::En);
    let empty = officer.post("/board/new", &[("title", "Sewing"), ("wage", "much")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in ["Choose what is offered", "at least 1", "Write an amount of 0 or more", "Sewing"] {
        assert!(empty.html.contains(words), "{words}");
    }
    let good = [
        ("kind", "vacancy"),
        ("title", "Driver"),
        ("office", "OFF-01"),
        ("employer", "The market"),
        ("places", "2"),
        ("last-day", "31"),
        ("last-month", "12"),
        ("last-year", "2027"),
    ];
    let made = officer.post("/board/new", &good).await;
    assert_eq!(made.location, "/board?done=announced", "{}", made.html);
    let board = officer.get("/board").await.html;
    let entry = format!("/board/{}", between(&board, "href=\"/board/0", "\"").to_owned());
    let entry = entry.replace("/board/", "/board/0");
    officer.get(&entry).await.assert_page(Lang::En);
    let less: Vec<(&str, &str)> =
        good.iter().map(|(name, value)| (*name, if *name == "places" { "0" } else { *value })).collect();
    let refused = officer.post(&entry, &[&less[..], &[("version", "1"), ("act", "save")]].concat()).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let closed = officer.post(&entry, &[("act", "close"), ("version", "1")]).await;
    assert_eq!(closed.location, "/board?done=closed");
    assert!(!officer.get("/board").await.html.contains("Driver"));
}
