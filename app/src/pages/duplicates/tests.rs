use axum::http::StatusCode;
use casework::households::Distinct;
use casework::households::register::register;
use casework::test_support::small::{load_small_pack, small_family};
use casework::test_support::{OFFICE, World, counter_officer};
use domain::name::PersonName;

use crate::pages::casefile::testing::between;
use crate::test_support::{as_auditor, as_counter_officer, as_policy_officer, version, world};
use crate::words::Lang;

async fn family(world: &World, form: u128, name: &str) {
    let mut registration = small_family(form);
    for member in &mut registration.members {
        member.name = PersonName::parse(member.name.given().unwrap(), name, "").unwrap();
    }
    let distinct = Distinct { reason: "Two families of one village".into() };
    register(world, &counter_officer(), OFFICE, &registration, Some(&distinct)).await.unwrap();
}

#[tokio::test]
async fn a_pair_is_shown_with_its_reasons_and_answered_once() {
    let world = world().await;
    load_small_pack(&world).await;
    family(&world, 1, "Sow").await;
    let mut officer = as_counter_officer(&world).await;
    assert!(officer.get("/duplicates").await.html.contains("Nobody waits"));
    family(&world, 2, "Sou").await;
    for lang in [Lang::Fr, Lang::En] {
        officer.get(&format!("/duplicates?lang={}", lang.code())).await.assert_page(lang);
    }
    let list = officer.get("/duplicates").await.html;
    let address = format!("/duplicates/{}", between(&list, "href=\"/duplicates/", "\""));
    for lang in [Lang::Fr, Lang::En] {
        officer.get(&format!("{address}?lang={}", lang.code())).await.assert_page(lang);
    }
    let page = officer.get(&address).await.html;
    for words in
        ["Speaks strongly for", "Given name", "+", "Very likely the same", "Receives", "value=\"not_same\""]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    let empty = officer.post(&address, &[("version", &version(&page))]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        empty.html.contains("href=\"#said\"") && empty.html.contains("href=\"#reason\""),
        "{}",
        empty.html
    );
    let typed = [("said", "not_same"), ("reason", "Both stood here"), ("version", &*version(&page))];
    assert_eq!(officer.post(&address, &typed).await.location, "/duplicates?done=said");
    let late = officer.post(&address, &typed).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.html.contains("Said already"), "{}", late.html);
    assert!(!officer.get("/duplicates").await.html.contains(&address));
    // The next pair is one person: on to the merge of the two files.
    let list = officer.get("/duplicates").await.html;
    let next = format!("/duplicates/{}", between(&list, "href=\"/duplicates/", "\""));
    let page = officer.get(&next).await.html;
    let typed = [("said", "same"), ("reason", "One card"), ("version", &*version(&page))];
    let merge = officer.post(&next, &typed).await.location;
    assert!(merge.starts_with("/households/") && merge.contains("/merge/"), "{merge}");
    assert_eq!(officer.get(&merge).await.status, StatusCode::OK);
    assert_eq!(as_policy_officer(&world).await.get("/duplicates").await.status, StatusCode::FORBIDDEN);
    assert_eq!(as_auditor(&world).await.get(&next).await.status, StatusCode::FORBIDDEN);
}
