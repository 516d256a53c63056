//! Stories of applicants: who comes in, what they read, and that nothing wrong tells anything.

use axum::http::StatusCode;
use casework::households::register::Registered;
use casework::test_support::World;
use casework::test_support::small::{
    POOR, Typed, decided_family, load_small_pack, register_family, small_family,
};
use time::Duration;

use crate::test_support::{Browser, Reply, world};
use crate::words::{Lang, t};

/// What the mother of the small family types.
struct Slip {
    reference: String,
    pin: String,
}

impl Slip {
    fn of(registered: &Registered) -> Self {
        let pin = registered.pin.as_ref().unwrap().reveal().to_owned();
        Self { reference: registered.reference.to_string(), pin }
    }

    fn typed(&self) -> [(&'static str, &str); 5] {
        [
            ("reference", &self.reference),
            ("birth-day", "5"),
            ("birth-month", "2"),
            ("birth-year", "1990"),
            ("pin", &self.pin),
        ]
    }

    /// The same with one field otherwise.
    fn but<'s>(&'s self, field: &'static str, text: &'s str) -> [(&'static str, &'s str); 5] {
        self.typed().map(|(name, own)| (name, if name == field { text } else { own }))
    }
}

async fn enter(browser: &mut Browser, slip: &Slip) {
    let reply = browser.post("/track", &slip.typed()).await;
    assert_eq!(
        (reply.status, reply.location.as_str()),
        (StatusCode::SEE_OTHER, "/track/status"),
        "{}",
        reply.html
    );
}

async fn family(world: &World, typed: Option<Typed>) -> Slip {
    load_small_pack(world).await;
    match typed {
        Some(typed) => Slip::of(&decided_family(world, typed).await.0),
        None => Slip::of(&register_family(world, &small_family(1)).await),
    }
}

#[tokio::test]
async fn the_form_stands_in_every_language_and_asks_nothing_of_the_browser() {
    let world = world().await;
    for lang in Lang::ALL {
        let page = Browser::stranger(&world).get(&format!("/track?lang={}", lang.code())).await;
        page.assert_page(lang);
        assert!(!page.html.contains("<script") && !page.html.contains("wasm"), "{}", page.html);
        assert!(page.html.contains(r#"inputmode="numeric""#) && page.html.contains(r#"autocomplete="off""#));
    }
}

#[tokio::test]
async fn an_applicant_reads_what_happened_and_leaves() {
    let world = world().await;
    let slip = family(&world, Some(POOR)).await;
    let mut browser = Browser::stranger(&world);
    enter(&mut browser, &slip).await;
    for lang in Lang::ALL {
        let page = browser.get(&format!("/track/status?lang={}", lang.code())).await;
        page.assert_page(lang);
    }
    let page = browser.get("/track/status?lang=en").await;
    assert!(page.html.contains(&slip.reference), "{}", page.html);
    assert!(
        page.html.contains("We must act next") && page.html.contains("You can object until"),
        "{}",
        page.html
    );
    assert!(page.html.contains("2 November 2026") && page.html.contains("We decided and wrote your letter"));
    let letter = browser.get("/track/letter?lang=en").await;
    letter.assert_page(Lang::En);
    assert!(letter.html.contains("Our answer to your request"), "{}", letter.html);
    let left = browser.post("/track/end", &[]).await;
    assert_eq!(left.location, "/track?ended=true");
    assert!(browser.get("/track?ended=true").await.html.contains("You have left"));
    assert_eq!(browser.get("/track/status").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn before_the_decision_the_office_must_act() {
    let world = world().await;
    let slip = family(&world, None).await;
    let mut browser = Browser::stranger(&world);
    enter(&mut browser, &slip).await;
    let page = browser.get("/track/status?lang=en").await;
    page.assert_page(Lang::En);
    assert!(page.html.contains("We have your request") && page.html.contains("There is no decision yet"));
    assert!(!page.html.contains("/track/letter"), "there is no letter to read");
    assert_eq!(browser.get("/track/letter").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_missing_is_said_at_once() {
    let world = world().await;
    let slip = family(&world, Some(Typed { paper: "", ..POOR })).await;
    let mut browser = Browser::stranger(&world);
    enter(&mut browser, &slip).await;
    let page = browser.get("/track/status?lang=en").await;
    assert!(
        page.html.contains("You must act next") && page.html.contains("What you must do"),
        "{}",
        page.html
    );
}

/// The answers of a table of programmes: each row's name and the first words of its answer.
fn answers(html: &str) -> Vec<(String, String)> {
    let plain = |cell: &str| -> String {
        let text = cell.split_once('>').map_or("", |(_, text)| text);
        text.split('<').next().unwrap_or_default().trim().to_owned()
    };
    let table = html.split("<tbody").nth(1).and_then(|rest| rest.split("</tbody>").next()).expect("a table");
    let rows = table.split("<tr").skip(1).map(|row| {
        let (name, answer) = row.split_once("<td").expect("an answer");
        let name = name.split("<th").nth(1).expect("a programme");
        (plain(name), plain(answer.split_once("<strong").map_or(answer, |(_, strong)| strong)))
    });
    rows.collect()
}

#[tokio::test]
async fn the_letter_and_the_page_give_the_same_answers() {
    let world = world().await;
    // Everything that a verdict can lead to: also a service to which somebody is sent.
    let slip = family(&world, Some(POOR)).await;
    let mut browser = Browser::stranger(&world);
    enter(&mut browser, &slip).await;
    for lang in [Lang::En, Lang::Fr] {
        let code = lang.code();
        let mut page = answers(&browser.get(&format!("/track/status?lang={code}")).await.html);
        let mut letter = answers(&browser.get(&format!("/track/letter?lang={code}")).await.html);
        // The page says in addition what is under way already.
        for (_, answer) in &mut page {
            if *answer == t(lang, "status-line-receiving") {
                *answer = t(lang, "letter-answer-award");
            }
        }
        page.sort();
        letter.sort();
        assert!(page.len() > 3, "{page:?}");
        assert_eq!(page, letter);
    }
    let page = answers(&browser.get("/track/status?lang=en").await.html);
    assert!(page.contains(&("Skills training".to_owned(), "Yes".to_owned())), "{page:?}");
}

/// The page without what differs by what was typed.
fn said(reply: &Reply, typed: &str) -> String {
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", reply.html);
    reply.html.replace(typed, "…")
}

#[tokio::test]
async fn an_unknown_reference_and_a_wrong_pin_read_the_same() {
    let world = world().await;
    let slip = family(&world, Some(POOR)).await;
    let other = domain::reference::Reference::from_random([7; 8]).to_string();
    let pin = if slip.pin == "000000" { "000001" } else { "000000" };
    let mut pages = Vec::new();
    let tries =
        [(slip.but("reference", &other), other.as_str()), (slip.but("pin", pin), slip.reference.as_str())];
    for (typed, reference) in tries {
        let reply = Browser::stranger(&world).post("/track", &typed).await;
        assert!(!reply.html.contains(pin) && !reply.html.contains(&slip.pin), "the PIN is shown again");
        pages.push(said(&reply, reference));
    }
    let wrong_year = Browser::stranger(&world).post("/track", &slip.but("birth-year", "1991")).await;
    pages.push(said(&wrong_year, &slip.reference).replace("1991", "1990"));
    assert_eq!(pages[0], pages[1]);
    assert_eq!(pages[0], pages[2]);
    assert!(pages[0].contains("We find no request") && pages[0].contains("<title>Error: "), "{}", pages[0]);
}

#[tokio::test]
async fn what_is_wrong_in_itself_is_said_at_its_field() {
    let world = world().await;
    let slip = family(&world, None).await;
    let mut browser = Browser::stranger(&world);
    for (field, text, words) in [
        ("reference", "", "Enter the reference"),
        ("reference", "SP-12", "has eight letters"),
        ("birth-month", "", "Enter day, month and year"),
        ("birth-month", "13", "not a date"),
        ("birth-year", "2090", "not a date"),
        ("pin", "", "Enter the PIN"),
        ("pin", "12345", "six numbers"),
    ] {
        let reply = browser.post("/track", &slip.but(field, text)).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(reply.html.contains(words), "{field} {text:?}: {}", reply.html);
        let link = format!("href=\"#{field}\"");
        assert!(reply.html.contains(&link) || field.starts_with("birth"), "{field}: {}", reply.html);
        assert!(!reply.html.contains(&format!("value=\"{}\"", slip.pin)), "the PIN is shown again");
    }
    // None of these counted as a try.
    enter(&mut browser, &slip).await;
}

#[tokio::test]
async fn after_five_wrong_tries_the_right_one_waits_too() {
    let world = world().await;
    let slip = family(&world, None).await;
    let pin = if slip.pin == "000000" { "000001" } else { "000000" };
    let mut browser = Browser::stranger(&world);
    for _ in 0..5 {
        browser.post("/track", &slip.but("pin", pin)).await;
    }
    let locked = browser.post("/track", &slip.typed()).await;
    assert_eq!(locked.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(locked.html.contains("too many tries"), "{}", locked.html);
    world.clock.advance(Duration::HOUR);
    enter(&mut browser, &slip).await;
}

#[tokio::test]
async fn a_visit_ends_by_itself() {
    let world = world().await;
    let slip = family(&world, Some(POOR)).await;
    let mut browser = Browser::stranger(&world);
    enter(&mut browser, &slip).await;
    world.clock.advance(Duration::minutes(31));
    for path in ["/track/status", "/track/letter"] {
        let reply = browser.get(path).await;
        assert_eq!((reply.status, reply.location.as_str()), (StatusCode::SEE_OTHER, "/track?over=true"));
    }
    assert!(browser.get("/track?over=true&lang=en").await.html.contains("half an hour has passed"));
    // Nor does a token that was made up open anything.
    let mut thief = Browser::stranger(&world);
    thief.set_visit("guichet-visit=0123456789abcdef");
    assert_eq!(thief.get("/track/status").await.location, "/track?over=true");
}

#[tokio::test]
async fn an_applicant_appeals_from_the_own_page() {
    let world = world().await;
    let slip = family(&world, Some(POOR)).await;
    let mut browser = Browser::stranger(&world);
    assert_eq!(browser.get("/track/appeal").await.location, "/track", "nobody before they are in");
    enter(&mut browser, &slip).await;
    for lang in Lang::ALL {
        browser.get(&format!("/track/appeal?lang={}", lang.code())).await.assert_page(lang);
    }
    let form = browser.get("/track/appeal?lang=en").await.html;
    let nothing = browser.post("/track/appeal", &[("grounds", "We have no cattle.")]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nothing.html.contains("We have no cattle."), "nothing typed is lost");
    for field in ["against", "hearing"] {
        assert!(nothing.html.contains(&format!("href=\"#{field}\"")), "{field}: {}", nothing.html);
    }
    let one = |start: &str| {
        let rest = &form[form.find(start).unwrap() + start.len()..];
        rest[..rest.find('"').unwrap()].to_owned()
    };
    let (id, against) =
        (one("name=\"form_id\" value=\""), one("name=\"against\" type=\"checkbox\" value=\""));
    let typed = [
        ("form_id", id.as_str()),
        ("against", against.as_str()),
        ("grounds", "We have no cattle."),
        ("hearing", "yes"),
    ];
    for _ in 0..2 {
        let sent = browser.post("/track/appeal", &typed).await;
        assert_eq!(sent.location, "/track/status?done=appealed", "{}", sent.html);
    }
    let status = browser.get("/track/status?lang=en").await.html;
    assert_eq!(status.matches("Appeal of 2 November 2026").count(), 1, "sent twice, lodged once: {status}");
}

#[tokio::test]
async fn what_is_missing_is_answered_from_the_own_page() {
    let world = world().await;
    let slip = family(&world, Some(Typed { paper: "", ..POOR })).await;
    let mut browser = Browser::stranger(&world);
    enter(&mut browser, &slip).await;
    for lang in Lang::ALL {
        browser.get(&format!("/track/answer?lang={}", lang.code())).await.assert_page(lang);
    }
    let empty = browser.post("/track/answer", &[]).await;
    assert!(empty.status == StatusCode::UNPROCESSABLE_ENTITY && empty.html.contains("href=\"#answer\""));
    let sent = browser.post("/track/answer", &[("answer", "My sister has the card.")]).await;
    assert_eq!(sent.location, "/track/status?done=answered");
    let status = browser.get(&format!("{}&lang=en", sent.location)).await.html;
    assert!(status.contains("We have your answer") && status.contains("You answered what we asked"));
}

#[tokio::test]
async fn a_new_number_is_asked_for_and_stopped_and_what_is_wrong_is_said() {
    let world = world().await;
    let slip = family(&world, None).await;
    let mut browser = Browser::stranger(&world);
    assert_eq!(browser.get("/track/phone").await.location, "/track");
    enter(&mut browser, &slip).await;
    assert!(browser.get("/track/status?lang=en").await.html.contains("href=\"/track/phone\""));
    for lang in Lang::ALL {
        browser.get(&format!("/track/phone?lang={}", lang.code())).await.assert_page(lang);
    }
    for (typed, why) in [("", "Enter the new number"), ("12 ab", "with 6 to 15 figures")] {
        let wrong = browser.post("/track/phone?lang=en", &[("phone", typed)]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            wrong.html.contains(why)
                && wrong.html.contains(&format!("value=\"{typed}\"")) != typed.is_empty()
        );
    }
    let asked = browser.post("/track/phone", &[("phone", "+257 61 000 001")]).await;
    assert_eq!(asked.location, "/track/phone?done=asked", "{}", asked.html);
    let page = browser.get("/track/phone?lang=en").await;
    assert!(page.html.contains("••••01") && !page.html.contains("61000001"), "{}", page.html);
    assert!(page.html.contains("We use it from"), "{}", page.html);
    assert_eq!(browser.post("/track/phone", &[("act", "keep")]).await.location, "/track/phone?done=kept");
    assert!(!browser.get("/track/phone?lang=en").await.html.contains("We use it from"));
}
