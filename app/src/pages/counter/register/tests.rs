//! A family from the search to the registered household, as an officer's browser sends it.

use axum::http::StatusCode;

use crate::test_support::{Browser, as_auditor, as_counter_officer, version, world_with_pack};

const CONTACT: [(&str, &str); 5] = [
    ("area", "P01-D1-C1"),
    ("directions", "Blue door"),
    ("phone", "079 123 456"),
    ("language", "fr"),
    ("go", "next"),
];

async fn begin(browser: &mut Browser) -> String {
    let searched = [("name", "Awa Ba"), ("birth_year", "1980")];
    let reply = browser.post("/households/new", &searched).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.html);
    reply.location.trim_end_matches("/contact").to_owned()
}

/// Sends a step as a browser does: with the draft's version as the page had it.
async fn send(browser: &mut Browser, step: &str, typed: &[(&str, &str)]) -> crate::test_support::Reply {
    let html = browser.get(step).await.html;
    let version = version(&html);
    let mut typed = typed.to_vec();
    typed.push(("version", &version));
    browser.post(step, &typed).await
}

fn member<'a>(row: usize, given: &'a str, relation: &'a str, year: &'a str) -> Vec<(String, &'a str)> {
    [("given", given), ("family", "Ba"), ("sex", "female"), ("birth_year", year), ("relation", relation)]
        .into_iter()
        .map(|(name, value)| (format!("member-{row}-{name}"), value))
        .collect()
}

async fn send_member(
    browser: &mut Browser,
    draft: &str,
    row: usize,
    member: Vec<(String, &str)>,
    go: &str,
) -> String {
    let mut typed: Vec<(&str, &str)> = member.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    typed.push(("go", go));
    let reply = send(browser, &format!("{draft}/member-{}", row + 1), &typed).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.html);
    reply.location
}

/// Fills in a family of two up to the last look.
async fn fill_in(browser: &mut Browser) -> String {
    let draft = begin(browser).await;
    let reply = send(browser, &format!("{draft}/contact"), &CONTACT).await;
    assert_eq!(reply.location, format!("{draft}/member-1"), "{}", reply.html);
    let next = send_member(browser, &draft, 0, member(0, "Awa", "head", "1980"), "add").await;
    assert_eq!(next, format!("{draft}/member-2"));
    let next = send_member(browser, &draft, 1, member(1, "Fatou", "child", "2015"), "next").await;
    assert_eq!(next, format!("{draft}/consent"));
    let html = browser.get(&next).await.html;
    let words = html.split(r#"name="consent_words" value=""#).nth(1).unwrap().split('"').next().unwrap();
    let agreed = [
        ("consent_agency", "nspa"),
        ("consent_agency", "edu"),
        ("consent_by", "0"),
        ("consent_how", "signed"),
        ("consent_words", words),
        ("go", "next"),
    ];
    let reply = send(browser, &next, &agreed).await;
    assert_eq!(reply.location, format!("{draft}/check"), "{}", reply.html);
    draft
}

#[tokio::test]
async fn a_family_is_registered_once() {
    let world = world_with_pack().await;
    let mut browser = as_counter_officer(&world).await;
    let draft = fill_in(&mut browser).await;
    let check = browser.get(&format!("{draft}/check")).await;
    for shown in ["Awa Ba", "Fatou Ba", "Blue door", "079 123 456", "Français"] {
        assert!(check.html.contains(shown), "{shown}: {}", check.html);
    }
    let done = browser.post(&format!("{draft}/check"), &[]).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.html);
    assert!(done.html.contains("SP-"), "{}", done.html);
    // Sent twice: the household that is there, not a second one.
    let again = browser.post(&format!("{draft}/check"), &[]).await;
    assert_eq!(again.location, draft.replace("/new", ""));
    let found = browser.post("/search", &[("name", "fatou ba"), ("birth_year", "2015")]).await;
    assert!(found.html.contains("One person found"), "{}", found.html);
}

#[tokio::test]
async fn the_same_family_stops_the_save_and_a_reason_lets_namesakes_pass() {
    let world = world_with_pack().await;
    let mut browser = as_counter_officer(&world).await;
    // Both are filled in before either is saved: no page could tell the second of the first.
    let (first, second) = (fill_in(&mut browser).await, fill_in(&mut browser).await);
    browser.post(&format!("{first}/check"), &[]).await;
    let stopped = browser.post(&format!("{second}/check"), &[]).await;
    assert_eq!(stopped.status, StatusCode::UNPROCESSABLE_ENTITY);
    let file = first.replace("/new", "");
    assert!(stopped.html.contains(&format!(r#"href="{file}""#)), "{}", stopped.html);
    assert!(stopped.html.contains(r#"name="distinct""#), "{}", stopped.html);
    let reason = [("distinct", "Cousins with the same names, both were here")];
    let passed = browser.post(&format!("{second}/check"), &reason).await;
    assert_eq!(passed.status, StatusCode::OK, "{}", passed.html);
}

/// A draft up to the head, told as another counter may hear the registered Awa Ba.
async fn heard_again(browser: &mut Browser) -> (String, String) {
    let draft = begin(browser).await;
    send(browser, &format!("{draft}/contact"), &CONTACT).await;
    let next = send_member(browser, &draft, 0, member(0, "Awwa", "head", "1980"), "add").await;
    (draft, next)
}

/// The first person on a page of candidates.
fn candidate(html: &str) -> String {
    let rest = html.split(r#"id="candidate-"#).nth(1).expect("a candidate");
    rest.split('"').next().expect("its end").to_owned()
}

#[tokio::test]
async fn who_may_be_registered_is_shown_before_anything_is_saved() {
    let world = world_with_pack().await;
    let mut browser = as_counter_officer(&world).await;
    let first = fill_in(&mut browser).await;
    browser.post(&format!("{first}/check"), &[]).await;
    let file = first.replace("/new", "");
    let (draft, asks) = heard_again(&mut browser).await;
    assert_eq!(asks, format!("{draft}/match-1-add"));
    let page = browser.get(&asks).await;
    for shown in [
        "Awa Ba",
        "Very likely registered",
        "Given name: nearly the same",
        "Family name: the same",
        "Telephone: the same",
        "Number: not known",
        &format!(r#"href="{file}""#),
        &format!(r#"href="{file}/members/new?draft="#),
    ] {
        assert!(page.html.contains(shown), "{shown}: {}", page.html);
    }
    // Where nearly everything agrees the word needs a reason.
    let person = candidate(&page.html);
    let silent = send(&mut browser, &asks, &[("not", &person)]).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(silent.html.contains("Say why this is another person"), "{}", silent.html);
    let reason = format!("reason-{person}");
    let said = [("not", person.as_str()), (reason.as_str(), "Her cousin <of the hill>, both were here")];
    assert_eq!(send(&mut browser, &asks, &said).await.location, asks);
    // Said once: on to the next member, and asked again only about somebody else.
    let mut next = browser.get(&asks).await;
    while next.status == StatusCode::OK {
        let other = candidate(&next.html);
        let reason = format!("reason-{other}");
        send(&mut browser, &asks, &[("not", &other), (&reason, "Not her either")]).await;
        next = browser.get(&asks).await;
    }
    assert_eq!(next.location, format!("{draft}/member-2"), "{}", next.html);
    let again = send_member(&mut browser, &draft, 0, member(0, "Awwa", "head", "1980"), "add").await;
    assert_eq!(again, format!("{draft}/member-2"));
    let changed = send_member(&mut browser, &draft, 0, member(0, "Awa", "head", "1980"), "next").await;
    assert_eq!(changed, format!("{draft}/match-1"));
}

#[tokio::test]
async fn the_list_while_typing_keeps_nothing_and_needs_enough() {
    let world = world_with_pack().await;
    let mut browser = as_counter_officer(&world).await;
    let first = fill_in(&mut browser).await;
    browser.post(&format!("{first}/check"), &[]).await;
    let draft = begin(&mut browser).await;
    let typing = format!("{draft}/typing-1");
    let typed = [
        ("member-0-given", "Awwa"),
        ("member-0-family", "Ba"),
        ("member-0-sex", "female"),
        ("member-0-birth_year", "1980"),
    ];
    let little = browser.post(&typing, &typed[..2]).await;
    assert!(!little.html.contains("Awa Ba"), "{}", little.html);
    let enough = browser.post(&typing, &typed).await;
    assert_eq!(enough.status, StatusCode::OK);
    assert!(
        enough.html.contains(r#"<div id="candidates">"#) && enough.html.contains("Awa Ba"),
        "{}",
        enough.html
    );
    let kept = browser.get(&format!("{draft}/member-1")).await;
    assert!(!kept.html.contains("Awwa") && kept.html.contains(r#"aria-live="polite""#), "{}", kept.html);
    assert_eq!(as_auditor(&world).await.post(&typing, &typed).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn another_person_of_the_household_is_added_to_it_with_what_was_typed() {
    let world = world_with_pack().await;
    let mut browser = as_counter_officer(&world).await;
    let first = fill_in(&mut browser).await;
    browser.post(&format!("{first}/check"), &[]).await;
    let (_, asks) = heard_again(&mut browser).await;
    let page = browser.get(&asks).await;
    let link = page.html.split("href=\"").find(|rest| rest.contains("/members/new?draft=")).unwrap();
    let link = link.split('"').next().unwrap().replace("&amp;", "&");
    let form = browser.get(&link).await;
    assert_eq!(form.status, StatusCode::OK, "{}", form.html);
    assert!(form.html.contains(r#"value="Awwa""#) && form.html.contains(r#"value="1980""#), "{}", form.html);
}

#[tokio::test]
async fn what_is_wrong_is_named_and_what_was_typed_stays() {
    let world = world_with_pack().await;
    let mut browser = as_counter_officer(&world).await;
    let draft = begin(&mut browser).await;
    let wrong = [("area", ""), ("phone", "12"), ("directions", "Blue <door>"), ("language", "fr")];
    let reply = send(&mut browser, &format!("{draft}/contact"), &wrong).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    for shown in ["Choose where the household lives", "Enter a telephone number", "Blue &lt;door&gt;"] {
        assert!(reply.html.contains(shown), "{shown}: {}", reply.html);
    }
    // Kept all the same: one may come back later.
    assert!(browser.get(&format!("{draft}/contact")).await.html.contains("Blue &lt;door&gt;"));
    let unsaved = browser.post(&format!("{draft}/check"), &[]).await;
    assert_eq!(unsaved.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn two_windows_do_not_overwrite_each_other_unseen() {
    let world = world_with_pack().await;
    let mut browser = as_counter_officer(&world).await;
    let draft = begin(&mut browser).await;
    let contact = format!("{draft}/contact");
    let old = version(&browser.get(&contact).await.html);
    send(&mut browser, &contact, &CONTACT).await;
    let late = [("area", "P01-D1-C1"), ("language", "en"), ("directions", "Red door"), ("version", &old)];
    let reply = browser.post(&contact, &late).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(reply.html.contains("Red door") && reply.html.contains("another window"), "{}", reply.html);
}

#[tokio::test]
async fn only_a_counter_registers_and_a_draft_is_its_officers_own() {
    let world = world_with_pack().await;
    assert_eq!(as_auditor(&world).await.post("/households/new", &[]).await.status, StatusCode::FORBIDDEN);
    let draft = begin(&mut as_counter_officer(&world).await).await;
    let other = as_counter_officer(&world).await.get(&format!("{draft}/contact")).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
}
