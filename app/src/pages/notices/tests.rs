//! Messages through the pages: what an officer sees, prints, hands over and sends again.

use axum::http::StatusCode;
use casework::notices::{Address, Carriers, Notice, deliver, put_code, put_to};
use casework::subject::Subject;
use casework::test_support::World;
use casework::test_support::small::{load_small_pack, register_family, small_family};
use domain::ids::HouseholdId;
use domain::notice::Kind;
use uuid::Uuid;

use crate::pages::casefile::testing::between;
use crate::test_support::{as_auditor, as_counter_officer, as_policy_officer, world};
use crate::words::Lang;

async fn with_messages() -> (World, HouseholdId) {
    let world = world().await;
    load_small_pack(&world).await;
    let home = register_family(&world, &small_family(1)).await.household;
    let keys = world.keys.clone();
    world
        .write(async move |tx| {
            put_code(tx, &keys, home, Subject::new("asked", Uuid::from_u128(1)), "73519").await?;
            let phone = domain::phone::Phone::parse("+25779123456").ok();
            let to = Address { phone, email: None, language: "fr".into(), office: "OFF-01".into() };
            let nobody = HouseholdId::new(Uuid::nil());
            let told = Notice::new(Kind::Complaint, Subject::new("complaint", Uuid::from_u128(2)));
            put_to(tx, &keys, nobody, told, to).await
        })
        .await
        .unwrap();
    deliver::round(&world, &Carriers::default()).await.unwrap();
    (world, home)
}

#[tokio::test]
async fn an_officer_prints_and_says_what_became_of_a_message() {
    let (world, home) = with_messages().await;
    let mut officer = as_counter_officer(&world).await;
    for lang in [Lang::Fr, Lang::En] {
        officer.get(&format!("/notices?lang={}", lang.code())).await.assert_page(lang);
        officer.get(&format!("/notices/sheets?lang={}", lang.code())).await.assert_page(lang);
        officer.get(&format!("/households/{home}/notices?lang={}", lang.code())).await.assert_page(lang);
    }
    let board = officer.get("/notices").await.html;
    for words in
        ["There is no number on file.", "Print the message", "No gateway", "No case", "Next try", "Given up"]
    {
        assert!(board.contains(words), "{words}: {board}");
    }
    let nothing = officer.post("/notices", &[("act", "post")]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(officer.post("/notices", &[("act", "print")]).await.location, "/notices/sheets");
    let sheets = officer.get("/notices/sheets").await.html;
    assert!(sheets.contains("Awa Diallo") && sheets.contains("votre demande est inscrite"), "{sheets}");
    let board = officer.get("/notices").await.html;
    let notice = between(&board, "name=\"notice\" value=\"", "\"").to_owned();
    let home_id = home.to_string();
    let press = [("household", home_id.as_str()), ("notice", &notice), ("act", "hand_over")];
    assert_eq!(officer.post("/notices", &press).await.location, "/notices?done=hand_over");
    assert!(officer.get("/notices?done=hand_over").await.html.contains("The message was handed over"));
    assert_eq!(officer.post("/notices", &press).await.status, StatusCode::CONFLICT, "it is done");
}

#[tokio::test]
async fn the_file_shows_what_was_told_and_no_code() {
    let (world, home) = with_messages().await;
    let address = format!("/households/{home}/notices");
    let mut officer = as_counter_officer(&world).await;
    let page = officer.get(&address).await.html;
    assert!(page.contains("votre demande est inscrite") && page.contains("lang=\"fr\""), "{page}");
    assert!(page.contains("The text of a code is not kept.") && !page.contains("73519"), "{page}");
    assert!(officer.get(&format!("/households/{home}/history")).await.html.contains(&address));
    assert_eq!(as_auditor(&world).await.get(&address).await.status, StatusCode::OK);
    for path in ["/notices", "/notices/sheets", address.as_str()] {
        assert_eq!(as_policy_officer(&world).await.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
}
