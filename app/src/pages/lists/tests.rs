//! A list through its pages.

use axum::http::StatusCode;
use casework::lists::work;

use crate::test_support::{Browser, Reply, as_counter_officer, as_supervisor, world_with_pack};
use crate::words::Lang;

pub(super) const FIELDS: &[(&str, &str)] =
    &[("partner", "Food for all"), ("agreement", "MoU-2026-7"), ("programme", ""), ("office", "OFF-01")];

/// Sends a file by the form of `/lists/new`.
pub(super) async fn upload(browser: &mut Browser, fields: &[(&str, &str)], file: &[u8]) -> Reply {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(
            format!("--part\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                .into_bytes(),
        );
    }
    body.extend(b"--part\r\nContent-Disposition: form-data; name=\"file\"; filename=\"list.csv\"\r\nContent-Type: text/csv\r\n\r\n");
    body.extend(file);
    body.extend(b"\r\n--part--\r\n");
    browser.post_body("/lists/new", "multipart/form-data; boundary=part", body).await
}

#[tokio::test]
async fn a_list_is_uploaded_mapped_and_read_and_its_faults_are_told() {
    let world = world_with_pack().await;
    let village = world.pack().unwrap().areas.leaves().next().unwrap().code.clone();
    let mut browser = as_supervisor(&world).await;
    for lang in [Lang::Fr, Lang::En] {
        browser.get(&format!("/lists?lang={}", lang.code())).await.assert_page(lang);
        browser.get(&format!("/lists/new?lang={}", lang.code())).await.assert_page(lang);
    }
    let text = format!("name;born;place\nAwa Diallo;05/02/1990;{village}\nBinta Sow;31/02/1990;{village}\n");
    let came = upload(&mut browser, FIELDS, text.as_bytes()).await;
    assert_eq!(came.status, StatusCode::SEE_OTHER, "{}", came.html);
    let columns = came.location.clone();
    for lang in [Lang::Fr, Lang::En] {
        let page = browser.get(&format!("{columns}?lang={}", lang.code())).await;
        page.assert_page(lang);
        assert!(page.html.contains("Awa Diallo"), "{}", page.html);
    }
    let shown = browser.get(&columns).await.html;
    let version =
        shown.split("name=\"version\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let wrong = browser.post(&columns, &[("version", &version), ("column-0", "given_name")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.html.contains("family name"), "{}", wrong.html);
    let said = [
        ("version", version.as_str()),
        ("encoding", "utf-8"),
        ("separator", ";"),
        ("heading", "1"),
        ("column-0", "full_name"),
        ("column-1", "birth_date"),
        ("column-2", "village"),
        ("dates", "dmy"),
        ("village", ""),
        ("language", "en"),
    ];
    let mapped = browser.post(&columns, &said).await;
    assert_eq!(mapped.status, StatusCode::SEE_OTHER, "{}", mapped.html);
    let list = mapped.location;
    browser.get(&list).await.assert_page(Lang::En);
    assert!(work(&world).await.unwrap());
    for lang in [Lang::Fr, Lang::En] {
        browser.get(&format!("{list}?lang={}", lang.code())).await.assert_page(lang);
    }
    let read = browser.get(&list).await.html;
    assert!(read.contains("no such day"), "{read}");
    let file = browser.get(&format!("{list}/errors.csv")).await;
    assert_eq!(
        file.html,
        "\u{FEFF}\"Row\",\"Column\",\"Heading\",\"What is wrong\"\r\n\"3\",\"B\",\"born\",\"There is no such day in the calendar\"\r\n"
    );
    assert_eq!(as_counter_officer(&world).await.get(&list).await.status, StatusCode::FORBIDDEN);
    let version = read.split("name=\"version\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let gone = browser.post(&list, &[("act", "cancel"), ("version", version)]).await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER, "{}", gone.html);
    browser.get(&list).await.assert_page(Lang::En);
}

#[tokio::test]
async fn a_file_that_is_no_list_is_refused_in_words() {
    let world = world_with_pack().await;
    let mut browser = as_supervisor(&world).await;
    let nothing = upload(&mut browser, FIELDS, b"").await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        nothing.html.contains("Choose a file") && nothing.html.contains("Food for all"),
        "{}",
        nothing.html
    );
    let nobody = upload(&mut browser, &[("office", "OFF-01")], b"name,born\nAwa,1990\n").await;
    assert!(nobody.html.contains("who gives the list"), "{}", nobody.html);
    let old = upload(&mut browser, FIELDS, b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1xx").await;
    let page = browser.get(&old.location).await;
    assert!(page.html.contains("Save it as .xlsx"), "{}", page.html);
    let torn = upload(&mut browser, FIELDS, b"name,age\n\"Awa,3\n").await;
    let page = browser.get(&torn.location).await;
    assert!(page.html.contains("row 2") && page.html.contains("column A"), "{}", page.html);
    let kept: Option<i64> =
        world.db.value("SELECT COUNT(*) FROM partner_list WHERE state = 'received'", vec![]).await.unwrap();
    assert_eq!(kept, Some(2), "what did not come whole is called off");
}
