//! Stories at the browser: who complains, who answers, and who must not know.

use axum::http::StatusCode;
use casework::test_support::World;
use casework::test_support::small::load_small_pack;
use domain::role::Role;

use crate::test_support::{Browser, Reply, as_counter_officer, as_ombudsman, as_supervisor, version, world};
use crate::words::Lang;

/// A form as a browser sends it when it may have files.
async fn send(
    browser: &mut Browser,
    path: &str,
    typed: &[(&str, &str)],
    file: Option<(&str, &[u8])>,
) -> Reply {
    let mut body = Vec::new();
    for (name, value) in typed {
        body.extend(
            format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
        );
    }
    let (name, bytes) = file.unwrap_or(("", b""));
    let head = format!("--b\r\ncontent-disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\r\n");
    body.extend(head.bytes());
    body.extend(bytes);
    body.extend(b"\r\n--b--\r\n");
    browser.post_body(path, "multipart/form-data; boundary=b", body).await
}

fn form_id(html: &str) -> String {
    html.split("name=\"form\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

/// What stands in the element with this id.
fn element(html: &str, id: &str) -> String {
    let rest = html.split(&format!("id=\"{id}\"")).nth(1).unwrap();
    rest.split('>').nth(1).unwrap().split('<').next().unwrap().to_owned()
}

const WRITTEN: [(&str, &str); 4] = [
    ("category", "payment_delay"),
    ("office", "OFF-01"),
    ("what", "Nothing came in October."),
    ("identity", "anonymous"),
];

/// Sends a complaint; its code and PIN.
async fn complain(browser: &mut Browser, typed: &[(&str, &str)]) -> (String, String) {
    let form = form_id(&browser.get("/complain").await.html);
    let mut all = vec![("form", form.as_str())];
    all.extend(typed);
    let reply = send(browser, "/complain", &all, None).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.html);
    (element(&reply.html, "code"), element(&reply.html, "pin"))
}

async fn enter(browser: &mut Browser, code: &str, pin: &str) -> Reply {
    browser.post("/complain/status", &[("act", "enter"), ("code", code), ("pin", pin)]).await
}

async fn small_world() -> World {
    let world = world().await;
    load_small_pack(&world).await;
    world
}

#[tokio::test]
async fn the_page_is_small_and_speaks_three_languages_without_a_script() {
    let world = small_world().await;
    for lang in Lang::ALL {
        for path in ["/complain", "/complain/status"] {
            let reply = Browser::stranger(&world).get(&format!("{path}?lang={}", lang.code())).await;
            reply.assert_page(lang);
            assert!(!reply.html.contains("<script"), "{path}");
            assert!(reply.html.len() < 50 * 1024, "{path}: {} bytes", reply.html.len());
        }
    }
    assert!(Browser::stranger(&world).get("/").await.html.contains("href=\"/complain\""));
}

#[tokio::test]
async fn what_is_wrong_is_said_and_nothing_that_was_typed_is_lost() {
    let world = small_world().await;
    let mut browser = Browser::stranger(&world);
    let form = form_id(&browser.get("/complain").await.html);
    let typed =
        [("form", form.as_str()), ("what", "A long story"), ("identity", "identified"), ("phone", "x")];
    let reply = send(&mut browser, "/complain", &typed, Some(("a.exe", b"MZ"))).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in [
        "Choose what it is about",
        "Write your name",
        "not a telephone number",
        "neither a PDF nor",
        "A long story",
        "choose your files again",
    ] {
        assert!(reply.html.contains(words), "{words}: {}", reply.html);
    }
    let count: Option<i64> = world.db.value("SELECT COUNT(*) FROM complaint", vec![]).await.unwrap();
    assert_eq!(count, Some(0));
    // Sent twice it is one, and the same code.
    let mut typed = vec![("form", form.as_str())];
    typed.extend(WRITTEN);
    let first = send(&mut browser, "/complain", &typed, None).await.html;
    let again = send(&mut browser, "/complain", &typed, None).await.html;
    assert_eq!(element(&first, "code"), element(&again, "code"));
    let count: Option<i64> = world.db.value("SELECT COUNT(*) FROM complaint", vec![]).await.unwrap();
    assert_eq!(count, Some(1));
}

#[tokio::test]
async fn an_unknown_code_and_a_wrong_pin_read_the_same() {
    let world = small_world().await;
    let mut browser = Browser::stranger(&world);
    let (code, pin) = complain(&mut browser, &WRITTEN).await;
    let other = domain::reference::Reference::from_random([7; 8]).to_string();
    let wrong = if pin == "000000" { "000001" } else { "000000" };
    let unknown = enter(&mut Browser::stranger(&world), &other, &pin).await;
    let mistyped = enter(&mut Browser::stranger(&world), &code, wrong).await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(unknown.html.replace(&other, "…"), mistyped.html.replace(&code, "…"));
    assert!(!mistyped.html.contains(wrong), "the PIN is shown again");
    let mut thief = Browser::stranger(&world);
    assert!(!thief.get("/complain/status").await.html.contains("Nothing came"));
    for _ in 0..5 {
        enter(&mut browser, &code, wrong).await;
    }
    assert!(enter(&mut browser, &code, &pin).await.html.contains("too many tries"));
}

/// Presses an act of the desk.
async fn press(browser: &mut Browser, page: &str, typed: &[(&str, &str)]) -> Reply {
    let now = version(&browser.get(page).await.html);
    let mut all = vec![("version", now.as_str())];
    all.extend(typed);
    browser.post(page, &all).await
}

#[tokio::test]
async fn from_a_telephone_to_an_answer_that_somebody_else_signed() {
    let world = small_world().await;
    let mut phone = Browser::stranger(&world);
    let (code, pin) = complain(&mut phone, &WRITTEN).await;
    let mut chief = as_supervisor(&world).await;
    let mut officer = as_counter_officer(&world).await;
    let found = chief.get(&format!("/complaints?code={code}")).await.location;
    let page = found.as_str();
    assert!(page.starts_with("/complaints/"), "{page}");
    for lang in [Lang::Fr, Lang::En] {
        chief.get(&format!("{page}?lang={}", lang.code())).await.assert_page(lang);
        chief.get(&format!("/complaints?lang={}", lang.code())).await.assert_page(lang);
        chief.get(&format!("/complaints/new?lang={}", lang.code())).await.assert_page(lang);
    }
    let done = async |browser: &mut Browser, typed: &[(&str, &str)]| {
        let reply = press(browser, page, typed).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{typed:?}: {}", reply.html);
    };
    done(&mut chief, &[("act", "acknowledge"), ("words", "")]).await;
    let triage = [("act", "triage"), ("category", "payment_delay"), ("office", "OFF-01")];
    done(&mut chief, &triage).await;
    let html = chief.get(page).await.html;
    let to = html.split("Test counter_officer").next().unwrap().rsplit("value=\"").next().unwrap();
    let to = to.split('"').next().unwrap().to_owned();
    done(&mut chief, &[("act", "assign"), ("to", &to)]).await;
    done(&mut officer, &[("act", "begin")]).await;
    done(&mut officer, &[("act", "ask"), ("words", "Which agent?")]).await;
    assert_eq!(enter(&mut phone, &code, &pin).await.location, "/complain/status");
    assert!(phone.get("/complain/status").await.html.contains("Which agent?"));
    let answered =
        send(&mut phone, "/complain/status", &[("act", "say"), ("words", "The market.")], None).await;
    assert_eq!(answered.location, "/complain/status?done=say");
    let empty = press(&mut officer, page, &[("act", "propose"), ("words", "It is there now.")]).await;
    assert!(empty.html.contains("Choose the decision") && empty.html.contains("It is there now."));
    done(&mut officer, &[("act", "propose"), ("outcome", "upheld"), ("words", "It is there now.")]).await;
    // Who wrote it does not sign it, and is not offered to.
    assert!(!officer.get(page).await.html.contains("value=\"resolve\""));
    assert_ne!(press(&mut officer, page, &[("act", "resolve")]).await.status, StatusCode::SEE_OTHER);
    assert!(!phone.get("/complain/status").await.html.contains("It is there now."), "before it was signed");
    done(&mut chief, &[("act", "resolve")]).await;
    for lang in [Lang::Ar, Lang::En] {
        phone.get(&format!("/complain/status?lang={}", lang.code())).await.assert_page(lang);
    }
    let html = phone.get("/complain/status").await.html;
    assert!(html.contains("It is there now.") && html.contains("You are right"), "{html}");
    let silent = phone.post("/complain/status", &[("act", "disagree"), ("words", "")]).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    let content = phone.post("/complain/status", &[("act", "content")]).await;
    assert_eq!(content.location, "/complain/status?done=content");
    assert_eq!(
        phone.post("/complain/status", &[("act", "leave")]).await.location,
        "/complain/status?done=left"
    );
    assert!(!phone.get("/complain/status").await.html.contains("It is there now."));
}

#[tokio::test]
async fn the_office_complained_about_finds_nothing() {
    let world = small_world().await;
    let mut typed = WRITTEN.to_vec();
    typed[0] = ("category", "fraud");
    let (code, _) = complain(&mut Browser::stranger(&world), &typed).await;
    let mut ombudsman = as_ombudsman(&world).await;
    let there = ombudsman.get(&format!("/complaints?code={code}")).await.location;
    assert!(ombudsman.get("/complaints").await.html.contains(&code));
    let mut chief = as_supervisor(&world).await;
    let other = domain::reference::Reference::from_random([3; 8]).to_string();
    let search = async |chief: &mut Browser, code: &str| {
        chief.get(&format!("/complaints?code={code}")).await.html.replace(code, "…")
    };
    let (known, unknown) = (search(&mut chief, &code).await, search(&mut chief, &other).await);
    assert_eq!(known, unknown, "told from a code that nobody has");
    for page in ["/complaints?ended=ended", "/tasks?view=team", "/tasks?view=available", "/clocks", "/"] {
        let html = chief.get(page).await.html;
        assert!(!html.contains(&code) && !html.contains(&there), "{page}");
    }
    assert_eq!(chief.get(&there).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_provider_sees_what_it_handed_in() {
    let world = small_world().await;
    let mut provider = Browser::with_role(&world, Role::ProviderOfficer).await;
    let form = form_id(&provider.get("/complaints/new").await.html);
    let typed = [
        ("form", form.as_str()),
        ("category", "payment_delay"),
        ("what", "We were not paid."),
        ("identity", "identified"),
        ("name", "Clinic"),
    ];
    let reply = send(&mut provider, "/complaints/new", &typed, None).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.html);
    let code = element(&reply.html, "code");
    let list = provider.get("/complaints").await.html;
    assert!(list.contains(&code) && list.contains("Received"), "{list}");
    let mut officer = as_counter_officer(&world).await;
    let form = form_id(&officer.get("/complaints/new").await.html);
    let missing =
        send(&mut officer, "/complaints/new", &[("form", form.as_str()), ("reference", "SP-1")], None).await;
    for words in ["Choose how it came", "no household with this reference", "Choose what it is about"] {
        assert!(missing.html.contains(words), "{words}: {}", missing.html);
    }
}
