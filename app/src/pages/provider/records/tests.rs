//! The provider's records in the browser: a sheet, a list, and what nobody else sees.

use axum::http::StatusCode;
use casework::clocks;
use casework::life::{judge, panel, watch};
use casework::test_support::{World, counter_officer};
use time::macros::{date, datetime};

use crate::test_support::{Browser, as_counter_officer, as_provider_officer, world_with_decided_family};
use crate::words::Lang;

const DECEMBER: &str = "/records/child-grant/check_up/2026-12-01";

/// A family whose two small children are to be recorded for December.
async fn december() -> (World, Browser) {
    let world = world_with_decided_family().await;
    watch::round(&world).await.unwrap();
    world.clock.set(datetime!(2026-12-20 8:00 UTC));
    let browser = as_provider_officer(&world).await;
    (world, browser)
}

/// The keys of the rows of a sheet.
fn keys(html: &str) -> Vec<String> {
    let rows = html.split("name=\"row-").skip(1);
    rows.map(|row| row.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_sheet_takes_what_is_told_and_says_what_is_wrong() {
    let (_world, mut clinic) = december().await;
    for lang in [Lang::Fr, Lang::En] {
        for path in ["/records", DECEMBER, &format!("{DECEMBER}/list")] {
            clinic.get(&format!("{path}?lang={}", lang.code())).await.assert_page(lang);
        }
    }
    let index = clinic.get("/records").await.html;
    assert!(index.contains(DECEMBER) && !index.contains("/households/"), "{index}");
    let sheet = clinic.get(DECEMBER).await.html;
    assert!(sheet.contains("Ali Diallo") && sheet.contains("Moussa Diallo"), "{sheet}");
    assert!(!sheet.contains("Awa") && !sheet.contains("/households/"), "the family is not shown: {sheet}");
    let keys = keys(&sheet);
    assert_eq!(keys.len(), 2);
    let nothing = clinic.post(DECEMBER, &[("row-0", &keys[0]), ("said-0", ""), ("cause-0", "")]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    let wrong = clinic.post(DECEMBER, &[("row-0", &keys[0]), ("said-0", "perhaps"), ("cause-0", "")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.html.contains("href=\"#said-0\""), "{}", wrong.html);
    let right = [
        ("row-0", keys[0].as_str()),
        ("said-0", "1"),
        ("cause-0", ""),
        ("row-1", keys[1].as_str()),
        ("said-1", ""),
        ("cause-1", "illness"),
    ];
    assert_eq!(clinic.post(DECEMBER, &right).await.location, format!("{DECEMBER}?done=taken"));
    assert_eq!(clinic.post(DECEMBER, &right).await.location, format!("{DECEMBER}?done=same"), "sent twice");
    let done = clinic.get(&format!("{DECEMBER}?done=taken")).await.html;
    assert!(done.contains("The records are handed in"), "{done}");
}

#[tokio::test]
async fn a_list_is_shown_before_it_is_taken() {
    let (_world, mut clinic) = december().await;
    let empty = clinic.get(&format!("{DECEMBER}/list.csv")).await;
    assert_eq!(empty.status, StatusCode::OK);
    let rows: Vec<&str> = empty.html.lines().skip(1).collect();
    assert_eq!(rows.len(), 2, "{}", empty.html);
    let send = |text: String| {
        let body = format!(
            "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\ncontent-type: text/csv\r\n\r\n{text}\r\n--b--\r\n"
        );
        body.into_bytes()
    };
    let kind = "multipart/form-data; boundary=b";
    let list = format!("{DECEMBER}/list");
    let wrong = rows[0].replace(",\"\",\"\"", ",\"perhaps\",\"\"");
    let reply = clinic.post_body(&list, kind, send(format!("a,b,c,d\r\n{wrong}\r\n{}", rows[1]))).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.html);
    assert!(
        reply.html.contains("Nothing was written") && !reply.html.contains("value=\"list\""),
        "{}",
        reply.html
    );
    let filled =
        rows.iter().map(|row| row.replace(",\"\",\"\"", ",\"Done\",\"\"")).collect::<Vec<_>>().join("\r\n");
    let reply = clinic.post_body(&list, kind, send(format!("a,b,c,d\r\n{filled}"))).await;
    assert!(reply.html.contains("Hand in these records"), "{}", reply.html);
    let keys = keys(&reply.html);
    let take = [
        ("source", "list"),
        ("row-0", keys[0].as_str()),
        ("said-0", "1"),
        ("row-1", keys[1].as_str()),
        ("said-1", "1"),
    ];
    assert_eq!(clinic.post(DECEMBER, &take).await.location, format!("{DECEMBER}?done=taken"));
}

#[tokio::test]
async fn the_file_shows_each_cycle_and_takes_a_good_cause() {
    let (world, mut clinic) = december().await;
    let keys = keys(&clinic.get(DECEMBER).await.html);
    let missed = [("row-0", keys[0].as_str()), ("said-0", "0"), ("row-1", keys[1].as_str()), ("said-1", "1")];
    clinic.post(DECEMBER, &missed).await;
    world.clock.set(datetime!(2027-01-20 8:00 UTC));
    clocks::run_due(&world).await.unwrap();
    let household = keys[0].split(' ').next().unwrap();
    let file = format!("/households/{household}/conditions");
    let mut officer = as_counter_officer(&world).await;
    for lang in [Lang::Fr, Lang::En] {
        officer.get(&format!("{file}?lang={}", lang.code())).await.assert_page(lang);
    }
    let html = officer.get(&file).await.html;
    assert!(html.contains("Not met") && html.contains("Met"), "{html}");
    assert_eq!(officer.post(&file, &[("cause", "")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let field = |name: &str| {
        let at = html.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap();
        at.split('"').next().unwrap().to_owned()
    };
    let (award, person) = (field("award"), field("person"));
    let told = [
        ("award", award.as_str()),
        ("person", person.as_str()),
        ("programme", "child-grant"),
        ("condition", "check_up"),
        ("cycle", "2026-12-01"),
        ("cause", "closed"),
    ];
    assert_eq!(officer.post(&file, &told).await.location, format!("{file}?done=excused"));
    judge::round(&world).await.unwrap();
    let who = counter_officer();
    let all = panel::of_household(&world, &who, household.parse().unwrap()).await.unwrap();
    assert!(all.iter().all(|one| one.cycles[0].from == date!(2026 - 12 - 01)));
    assert!(officer.get(&file).await.html.contains("Good cause"));
}
