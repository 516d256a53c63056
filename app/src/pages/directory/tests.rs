use axum::http::StatusCode;
use casework::test_support::small::load_small_pack;
use casework::{Actor, packs};

use crate::test_support::{Browser, as_counter_officer, as_provider_officer, as_supervisor, version, world};
use crate::words::Lang;

/// An applicant's page on a slow line. design.md, "Screens".
const MOST_BYTES: usize = 50 * 1024;

#[tokio::test]
async fn anybody_finds_a_service_without_signing_in_and_without_a_script() {
    let world = world().await;
    packs::load(&world, &Actor::command_line(), casework::test_support::demo_pack()).await.unwrap();
    let mut stranger = Browser::stranger(&world);
    for lang in [Lang::En, Lang::Fr, Lang::Ar] {
        for path in ["/services?area=P01-D1-C1", "/services/PLC-22?area=P01-D1-C1"] {
            let page = stranger.get(&format!("{path}&lang={}", lang.code())).await;
            page.assert_page(lang);
            assert!(page.html.len() < MOST_BYTES, "{path}: {} bytes", page.html.len());
            assert!(!page.html.contains("<script"), "{path}");
            assert!(!page.html.contains(crate::words::ENGLISH), "{path}: {}", page.html);
        }
    }
    let found = stranger.get("/services?q=avocat&area=P01-D1-C1&lang=en").await.html;
    assert!(found.contains("2 places") && found.contains("Women Lawyers"), "{found}");
    assert!(found.contains("href=\"tel:+"), "{found}");
    assert!(!found.contains("Refer here"), "{found}");
    let nothing = stranger.get("/services?q=helicopter").await.html;
    assert!(nothing.contains("Nothing found"), "{nothing}");
    let place = stranger.get("/services/PLC-22").await.html;
    for words in ["Monday to Friday", "Sign language", "Last checked on", "/complain", "Free."] {
        assert!(place.contains(words), "{words}: {place}");
    }
    assert_eq!(stranger.get("/services/PLC-99").await.status, StatusCode::NOT_FOUND);
    // What is typed by hand into an address is no fault.
    let odd = stranger.get("/services?kind=x&area=nowhere&km=far&access=z&from=999999&open=maybe").await;
    assert_eq!(odd.status, StatusCode::OK);
    let second = stranger.get("/services?from=15").await.html;
    assert!(second.contains("26 places"), "{second}");
}

#[tokio::test]
async fn a_keeper_says_what_is_so_and_what_is_wrong_is_shown_with_what_was_typed() {
    let world = world().await;
    load_small_pack(&world).await;
    let mut own = as_provider_officer(&world).await;
    let edit = "/services/PLC-01/edit";
    let form = own.get(edit).await.html;
    let now = version(&form);
    let wrong = [("version", now.as_str()), ("open", "whenever"), ("capacity", "many")];
    let refused = own.post(edit, &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.html.contains("value=\"whenever\"") && refused.html.contains("href=\"#capacity\""));
    let right = [
        ("version", now.as_str()),
        ("open", "tue 09:00-12:00"),
        ("phone", "+000 99"),
        ("capacity", "3"),
        ("languages", "fr"),
        ("access", "sign_language"),
        ("closed_until-day", ""),
    ];
    assert_eq!(own.post(edit, &right).await.location, "/services/PLC-01?done=kept");
    let page = Browser::stranger(&world).get("/services/PLC-01").await.html;
    for words in ["Tuesday", "09:00", "tel:+00099", "Sign language", "3 places free", "by the place itself"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let stale = own.post(edit, &right).await;
    assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut head = as_supervisor(&world).await;
    let now = version(&head.get(edit).await.html);
    let verified = head.post(edit, &[("act", "verify"), ("version", &now)]).await;
    assert_eq!(verified.location, "/services/PLC-01?done=kept");
    assert_eq!(own.get("/services/PLC-02/edit").await.status, StatusCode::FORBIDDEN);
    let mut officer = as_counter_officer(&world).await;
    assert_eq!(officer.get(edit).await.status, StatusCode::FORBIDDEN);
    assert!(!officer.get("/services/PLC-01").await.html.contains(edit));
}
