//! The policy desk as two officers use it.

use axum::http::StatusCode;
use casework::policy;
use casework::test_support::World;
use casework::test_support::small::small_pack;
use domain::policy::ChangeState;
use time::Duration;

use crate::test_support::{Browser, as_policy_officer, version, world_with_decided_family};
use crate::words::Lang;

const FIGURES: &str = "parameters.toml";

/// Opens a change for a day that lies ahead; its address.
async fn opened(world: &World, officer: &mut Browser) -> String {
    let day = world.today() + Duration::days(30);
    let (date, month, year) =
        (day.day().to_string(), u8::from(day.month()).to_string(), day.year().to_string());
    let typed = [
        ("title", "A higher rate"),
        ("why", "Prices rose by a tenth."),
        ("live_on-day", date.as_str()),
        ("live_on-month", month.as_str()),
        ("live_on-year", year.as_str()),
    ];
    let reply = officer.post("/policy/new", &typed).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.html);
    reply.location
}

/// The figures of the small pack with a higher one from the change's day.
fn raised(world: &World, value: &str) -> String {
    let day = world.today() + Duration::days(30);
    let from = "value = 40 }]";
    let text = small_pack()[FIGURES].clone();
    assert_eq!(text.matches(from).count(), 1, "{text}");
    text.replace(from, &format!("value = 40 }}, {{ from = {day}, value = {value} }}]"))
}

async fn edit(officer: &mut Browser, address: &str, text: &str) -> crate::test_support::Reply {
    let shown = officer.get(&format!("{address}/document?name={FIGURES}")).await;
    shown.assert_page(Lang::En);
    let version = version(&shown.html);
    let typed = [("name", FIGURES), ("version", version.as_str()), ("text", text)];
    officer.post(&format!("{address}/document"), &typed).await
}

async fn step(officer: &mut Browser, address: &str, act: &str, reason: &str) -> crate::test_support::Reply {
    let shown = officer.get(address).await;
    let version = version(&shown.html);
    officer.post(address, &[("act", act), ("version", &version), ("reason", reason)]).await
}

#[tokio::test]
async fn a_change_is_taken_from_its_draft_to_its_approval_by_two_people() {
    let world = world_with_decided_family().await;
    let (mut first, mut second) = (as_policy_officer(&world).await, as_policy_officer(&world).await);
    let address = opened(&world, &mut first).await;
    // Without a document there is nothing to hand in.
    let empty = step(&mut first, &address, "submit", "").await;
    assert_eq!(empty.status, StatusCode::CONFLICT);
    assert!(empty.html.contains("holds no document"), "{}", empty.html);
    // What cannot be read is told by line, stays in the field, and is not kept.
    let wrong = edit(&mut first, &address, &raised(&world, "\"forty\"")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.html.contains("parameters.toml, line ") && wrong.html.contains("forty"), "{}", wrong.html);
    let same = edit(&mut first, &address, &small_pack()[FIGURES]).await;
    assert!(same.html.contains("there is nothing to change"), "{}", same.html);
    assert_eq!(edit(&mut first, &address, &raised(&world, "45")).await.status, StatusCode::SEE_OTHER);
    for lang in [Lang::En, Lang::Fr] {
        first.get(&format!("{address}?lang={}", lang.code())).await.assert_page(lang);
    }
    first.get("/policy?lang=en").await.assert_page(Lang::En);
    let submitted = step(&mut first, &address, "submit", "").await;
    assert_eq!(submitted.location, format!("{address}?done=submitted"));
    // Whoever wrote it is not shown the way to approve it, and is refused on it.
    let own = first.get(&address).await.html;
    assert!(
        own.contains("another policy officer approves it") && !own.contains("value=\"approve\""),
        "{own}"
    );
    let refused = step(&mut first, &address, "approve", "").await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.html.contains("had a hand in a change"), "{}", refused.html);
    // The second person needs to know what it would do.
    let shut = step(&mut second, &address, "approve", "").await;
    assert!(shut.html.contains("A gate does not let the change through"), "{}", shut.html);
    assert_eq!(
        step(&mut second, &address, "simulate", "").await.location,
        format!("{address}?done=simulating")
    );
    let effect = loop {
        let html = second.get(&address).await.html;
        if html.contains("for 1 assessed households") {
            break html;
        }
        assert!(!html.contains("did not come to its end"), "{html}");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    assert!(effect.contains("under 10") && effect.contains("Get more"), "{effect}");
    let without = step(&mut second, &address, "send_back", "").await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", without.html);
    let approved = step(&mut second, &address, "approve", "").await;
    assert_eq!(approved.location, format!("{address}?done=approved"), "{}", approved.html);
    let officer = casework::test_support::policy_officer();
    let all = policy::list(&world, &officer, Some(ChangeState::Approved)).await.unwrap();
    assert_eq!(all.len(), 1);
    // Every version can be read; of the new one that it waits, and whose it is.
    second.get("/policy/documents").await.assert_page(Lang::En);
    let versions = second.get(&format!("/policy/documents/versions?name={FIGURES}")).await;
    versions.assert_page(Lang::En);
    assert!(versions.html.contains("A higher rate") && versions.html.contains("Loaded by a command"));
    let text = second.get(&format!("/policy/documents/version?name={FIGURES}&number=2")).await;
    text.assert_page(Lang::En);
    assert!(text.html.contains("45") && text.html.contains("Approved"), "{}", text.html);
    // What the second person signed is said in words, on the change's page and between the two versions.
    let said = "“child_rate” goes from 40 to 45 on";
    assert!(second.get(&address).await.html.contains(said));
    let between = format!("/policy/documents/difference?name={FIGURES}&before=1&after=2");
    assert!(text.html.contains(&between.replace('&', "&amp;")), "{}", text.html);
    let between = second.get(&between).await;
    between.assert_page(Lang::En);
    assert!(between.html.contains(said), "{}", between.html);
    let same = second.get(&format!("/policy/documents/difference?name={FIGURES}&before=2&after=2")).await;
    assert!(same.html.contains("are the same"), "{}", same.html);
}

#[tokio::test]
async fn a_change_says_what_is_missing_and_is_sent_back_with_a_reason() {
    let world = world_with_decided_family().await;
    let (mut first, mut second) = (as_policy_officer(&world).await, as_policy_officer(&world).await);
    let nothing = first.post("/policy/new", &[("title", "  ")]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    for said in ["Say what the change is called", "Say why the change is made", "Enter a day that exists"] {
        assert!(nothing.html.contains(said), "{said}: {}", nothing.html);
    }
    let past = [
        ("title", "Late"),
        ("why", "It was forgotten."),
        ("live_on-day", "1"),
        ("live_on-month", "1"),
        ("live_on-year", "2020"),
    ];
    let past = first.post("/policy/new", &past).await;
    assert!(past.html.contains("Enter a day that is not over") && past.html.contains("It was forgotten."));
    let address = opened(&world, &mut first).await;
    edit(&mut first, &address, &raised(&world, "45")).await;
    step(&mut first, &address, "submit", "").await;
    let back = step(&mut second, &address, "send_back", "The order is not signed yet.").await;
    assert_eq!(back.location, format!("{address}?done=returned"));
    let shown = first.get(&format!("{address}?done=returned")).await.html;
    assert!(shown.contains("The order is not signed yet.") && shown.contains("Sent back"), "{shown}");
    // Two windows: the second save of the same state is told so, and nothing typed is lost.
    let window = first.get(&format!("{address}/document?name={FIGURES}")).await;
    edit(&mut first, &address, &raised(&world, "46")).await;
    let (old, text) = (version(&window.html), raised(&world, "47"));
    let typed = [("name", FIGURES), ("version", old.as_str()), ("text", text.as_str())];
    let late = first.post(&format!("{address}/document"), &typed).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.html.contains("Somebody changed this meanwhile") && late.html.contains("value = 47"));
    let withdrawn = step(&mut first, &address, "withdraw", "Parliament decides first.").await;
    assert_eq!(withdrawn.location, format!("{address}?done=withdrawn"));
    let closed = first.get(&format!("{address}/document?name={FIGURES}")).await.html;
    assert!(closed.contains("cannot be edited") && !closed.contains("Save the document"), "{closed}");
    assert_eq!(
        first.get("/policy/documents/version?name=nothing.toml&number=1").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_version_of_a_programme_is_printed_with_who_answers_for_it() {
    let world = world_with_decided_family().await;
    let mut officer = as_policy_officer(&world).await;
    let change = opened(&world, &mut officer).await;
    let name = "programmes/child-grant.toml";
    let first = format!("/policy/documents/print?name={name}&number=1");
    for lang in [Lang::Fr, Lang::En] {
        officer.get(&format!("{first}&lang={}", lang.code())).await.assert_page(lang);
    }
    let printed = officer.get(&first).await.html;
    for said in [
        "A household qualifies when all of these hold:",
        "children under five",
        "Benefits Act, child-grant",
        "Loaded by a command",
        "app-hash",
    ] {
        assert!(printed.contains(said), "{said}: {printed}");
    }
    // A version that is still written is printed as its change would have it.
    let node = format!("{change}/programmes/child-grant/conditions/0");
    let at = version(&officer.get(&node).await.html);
    let twice = [
        ("act", "save"),
        ("version", at.as_str()),
        ("fact", "children_under_5"),
        ("op", ">="),
        ("limit", "2"),
        ("reason", "young_child"),
    ];
    assert_eq!(officer.post(&node, &twice).await.status, StatusCode::SEE_OTHER);
    let second = officer.get(&format!("/policy/documents/print?name={name}&number=2")).await.html;
    assert!(second.contains("children under five at least <strong>2</strong>"), "{second}");
    let signed = officer.get(&change).await.html;
    assert!(signed.contains("The limit of “children under five” goes from 1 to 2."), "{signed}");
    officer.get(&format!("{change}?lang=fr")).await.assert_page(Lang::Fr);
    let figures = officer.get("/policy/documents/print?name=parameters.toml&number=1").await;
    assert_eq!(figures.location, "/policy/documents");
    let gone = officer.get(&format!("/policy/documents/print?name={name}&number=9")).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
}
