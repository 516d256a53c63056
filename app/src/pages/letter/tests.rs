//! The letter's text for a worked household of the demo pack, word for word in every language; the officer's pages on a
//! small country.
//!
//! After a wanted change of words: `GUICHET_SNAPSHOTS=write cargo test -p app snapshots`, and read the difference.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use axum::http::StatusCode;
use casework::test_support::small::{
    POOR, Typed, decided_family, load_small_pack, register_family, small_family,
};
use casework::test_support::{World, demo_pack};
use domain::letter::Letter;
use domain::letter::compose::{Matter, Sent, Told, compose};
use domain::pack::Pack;
use domain::role::Role;
use domain::value::parse_iso_date;
use time::Duration;

use super::paper::paper;
use crate::kit::Content;
use crate::test_support::{Browser, world};
use crate::words::Lang;

fn here(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The letter of a family of five, all of whom have names.
fn letter(pack: &Pack, lang: Lang) -> Letter {
    let story = here("../server/packs/demo/checks/story-family-of-five.json");
    let story: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(story).unwrap()).unwrap();
    let as_of = parse_iso_date(story["as_of"].as_str().unwrap()).unwrap();
    let answers = pack.answers_from_json(&story, as_of).unwrap();
    let names: BTreeMap<String, String> = answers
        .members
        .iter()
        .map(|member| {
            let mut name = member.id.clone();
            name[..1].make_ascii_uppercase();
            (member.id.clone(), format!("{name} Farouk"))
        })
        .collect();
    let decided = pack.decide(&answers, as_of);
    // Every service of the directory that has a place: as if the nearest one had been asked.
    let outcomes: BTreeMap<(String, Option<String>), Told> = decided
        .programmes
        .iter()
        .filter_map(|one| {
            let service = pack.programme(&one.programme)?.service.clone()?;
            let place = pack.directory.places.iter().find(|place| place.service == service);
            let sent = Sent { service, place: place.map(|place| place.code.clone()), awaits_consent: false };
            let told = Told { sent: Some(sent), ..Told::default() };
            (one.verdict == domain::verdict::Verdict::Yes)
                .then(|| ((one.programme.clone(), one.member.clone()), told))
        })
        .collect();
    compose(&Matter {
        pack,
        language: lang.code(),
        decided: &decided,
        outcomes: &outcomes,
        names: &names,
        reference: "SP-7K3M-9QX4".into(),
        addressee: "Ahmed Farouk".into(),
        office: "OFF-01",
        issued_on: as_of,
        appeal_until: as_of + Duration::days(90),
        bring_by: Some(as_of + Duration::days(15)),
        receipt: "0123456789abcdef",
    })
}

/// What is read, a line for each block.
fn text(paper: &Content) -> String {
    let Content::Html(html) = paper else { panic!("no markup") };
    let mut text = String::new();
    let mut rest = html.as_str();
    while let Some(start) = rest.find('<') {
        text.push_str(&rest[..start]);
        let end = start + rest[start..].find('>').unwrap();
        let tag = rest[start + 1..end].split(' ').next().unwrap().trim_start_matches('/');
        match tag {
            "bdi" | "strong" | "span" => {}
            "dt" | "dd" | "td" | "th" => text.push('\t'),
            _ => text.push('\n'),
        }
        rest = &rest[end + 1..];
    }
    text.push_str(rest);
    let unescaped = text
        .replace(crate::words::APART, "")
        .replace("&#39;", "'")
        .replace("&quot;", "\"")
        .replace("&amp;", "&");
    let lines = unescaped.lines().map(|line| {
        line.split('\t').map(str::trim).filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join(" | ")
    });
    lines.filter(|line| !line.is_empty()).map(|line| line + "\n").collect()
}

/// Texts between two tags in which Arabic meets something that runs the other way: such a piece needs an element of its own,
/// or it drags its neighbours along.
fn mixed(html: &str) -> Vec<&str> {
    let is_arabic = |ch: char| ('\u{600}'..='\u{6ff}').contains(&ch);
    let digits = |text: &str| {
        text.as_bytes()
            .windows(3)
            .any(|at| at[0].is_ascii_digit() && b" -/.".contains(&at[1]) && at[2].is_ascii_digit())
    };
    let main = html.split("<main").nth(1).and_then(|rest| rest.split("</main>").next()).expect("a main part");
    main.split('>')
        .filter_map(|part| part.split('<').next())
        .filter(|text| {
            text.contains(is_arabic) && (text.contains(|ch: char| ch.is_ascii_alphabetic()) || digits(text))
        })
        .collect()
}

#[test]
fn in_arabic_every_foreign_piece_stands_apart() {
    let pack = Pack::load(&demo_pack()).unwrap();
    let letter = letter(&pack, Lang::Ar);
    let html = crate::shell::document(&crate::shell::Page::for_test(Lang::Ar), "T", || {
        paper(&letter, "guichet.example/track")
    });
    assert_eq!(mixed(&html), [""; 0]);
    let people: std::collections::BTreeSet<&str> = letter
        .sections
        .iter()
        .flat_map(|section| section.lines.iter().filter_map(|line| line.person.as_deref()))
        .collect();
    assert!(people.len() > 2, "{people:?}");
    for name in people {
        assert!(html.contains(&format!("<bdi>{name}</bdi>")), "{name}: {html}");
        assert!(!html.contains(&format!("و{name}")), "{name}");
    }
}

#[test]
fn snapshots_of_the_letter_of_a_family_of_five() {
    let pack = Pack::load(&demo_pack()).unwrap();
    for lang in Lang::ALL {
        let letter = letter(&pack, lang);
        let text = text(&paper(&letter, "guichet.example/track"));
        let file = here("src/pages/letter/snapshots").join(format!("family-of-five.{}.txt", lang.code()));
        if std::env::var("GUICHET_SNAPSHOTS").is_ok_and(|what| what == "write") {
            std::fs::write(&file, &text).unwrap();
        }
        let kept = std::fs::read_to_string(&file).unwrap_or_default();
        for (place, (now, before)) in text.lines().zip(kept.lines()).enumerate() {
            assert_eq!(now, before, "{} line {}", file.display(), place + 1);
        }
        assert_eq!(text.lines().count(), kept.lines().count(), "{}", file.display());
        assert!(
            !text.contains("programme.") && !text.contains("letter-"),
            "a key instead of its words: {text}"
        );
        for section in &letter.sections {
            assert!(text.contains(&section.name), "{} is not answered", section.programme);
        }
    }
}

#[test]
fn the_answers_are_read_in_their_order_each_with_its_reasons() {
    let pack = Pack::load(&demo_pack()).unwrap();
    let text = text(&paper(&letter(&pack, Lang::En), "guichet.example/track"));
    let at = |words: &str| text.find(words).unwrap_or_else(|| panic!("{words} is not in {text}"));
    assert!(at("The answers in short") < at("What you get"));
    assert!(at("What you get") < at("What we cannot give you now"));
    assert!(at("What we cannot give you now") < at("If you do not agree"));
    assert!(text.contains("until 30 January 2027"), "{text}");
    assert!(text.contains("free of charge") && text.contains("SP-7K3M-9QX4"));
}

#[test]
fn markup_in_a_name_stays_text() {
    let pack = Pack::load(&demo_pack()).unwrap();
    let mut letter = letter(&pack, Lang::En);
    letter.addressee = "<b>Bold & \"co\"".into();
    letter.missing = vec![domain::letter::Missing {
        what: "<i>".into(),
        person: Some("<u>".into()),
        programmes: vec!["<s>".into()],
    }];
    let Content::Html(html) = paper(&letter, "x") else { panic!("text") };
    for tag in ["<b>", "<i>", "<u>", "<s>"] {
        assert!(!html.contains(tag), "{tag}");
    }
}

async fn decided(world: &World, typed: Typed) -> (String, String) {
    load_small_pack(world).await;
    let (registered, assessment) = decided_family(world, typed).await;
    (format!("/households/{}", registered.household), assessment.to_string())
}

#[tokio::test]
async fn the_letter_is_in_the_familys_language_and_in_any_other() {
    let world = world().await;
    let (home, assessment) = decided(&world, POOR).await;
    let mut officer = Browser::with_role(&world, Role::CounterOfficer).await;
    let own = officer.get(&format!("{home}/letters/{assessment}")).await;
    own.assert_page(Lang::En);
    assert!(own.html.contains(r#"<article lang="fr" dir="ltr" class="app-letter">"#), "{}", own.html);
    assert!(own.html.contains("Notre réponse à votre demande"), "{}", own.html);
    assert!(own.html.contains("Awa Diallo") && own.html.contains("80,00"), "{}", own.html);
    let english = officer.get(&format!("{home}/letters/{assessment}?in=en")).await;
    english.assert_page(Lang::En);
    assert!(english.html.contains("Our answer to your request") && english.html.contains("80.00"));
    // The page's own switch takes the paper along.
    let both = officer.get(&format!("{home}/letters/{assessment}?lang=fr")).await;
    both.assert_page(Lang::Fr);
}

#[tokio::test]
async fn what_is_missing_is_asked_for_with_a_day() {
    let world = world().await;
    let (home, assessment) = decided(&world, Typed { paper: "", ..POOR }).await;
    let mut officer = Browser::with_role(&world, Role::CounterOfficer).await;
    let letter = officer.get(&format!("{home}/letters/{assessment}?in=en")).await;
    assert!(letter.html.contains(r#"id="missing""#), "{}", letter.html);
    assert!(letter.html.contains("It is not a refusal"), "{}", letter.html);
    let receipt = officer.get(&format!("{home}/receipts/{assessment}?in=en")).await;
    receipt.assert_page(Lang::En);
    assert!(
        receipt.html.contains("Still missing") && receipt.html.contains("Then we decide"),
        "{}",
        receipt.html
    );
    assert!(!receipt.html.contains("We decide by"), "a day is promised only when nothing is missing");
}

#[tokio::test]
async fn the_receipt_shows_a_new_pin_once() {
    let world = world().await;
    let (home, assessment) = decided(&world, POOR).await;
    let mut officer = Browser::with_role(&world, Role::CounterOfficer).await;
    let path = format!("{home}/receipts/{assessment}");
    let plain = officer.get(&path).await;
    plain.assert_page(Lang::En);
    assert!(plain.html.contains("Votre référence") && plain.html.contains("<svg"), "{}", plain.html);
    assert!(!plain.html.contains("app-receipt__tear"), "no strip without a PIN");
    let with = officer.post(&path, &[]).await;
    with.assert_page(Lang::En);
    assert!(
        with.html.contains("app-receipt__tear") && with.html.contains("not shown again"),
        "{}",
        with.html
    );
    assert!(!officer.get(&path).await.html.contains("app-receipt__tear"));
}

#[tokio::test]
async fn a_receipt_is_given_before_anything_is_asked() {
    let world = world().await;
    load_small_pack(&world).await;
    let household = register_family(&world, &small_family(1)).await.household;
    let mut officer = Browser::with_role(&world, Role::CounterOfficer).await;
    let receipt = officer.get(&format!("/households/{household}/receipt?in=en")).await;
    receipt.assert_page(Lang::En);
    assert!(receipt.html.contains("SP-"), "{}", receipt.html);
    assert_eq!(officer.post(&format!("/households/{household}/receipt"), &[]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn only_those_of_the_office_read_and_renew() {
    let world = world().await;
    let (home, assessment) = decided(&world, POOR).await;
    let letter = format!("{home}/letters/{assessment}");
    let receipt = format!("{home}/receipts/{assessment}");
    assert_eq!(Browser::stranger(&world).get(&letter).await.status, StatusCode::SEE_OTHER);
    for role in [Role::Administrator, Role::PolicyOfficer, Role::ProviderOfficer] {
        let mut other = Browser::with_role(&world, role).await;
        assert_eq!(other.get(&letter).await.status, StatusCode::FORBIDDEN, "{role}");
        assert_eq!(other.post(&receipt, &[]).await.status, StatusCode::FORBIDDEN, "{role}");
    }
    // Reading a file does not let one take the family's PIN away.
    let mut auditor = Browser::with_role(&world, Role::Auditor).await;
    assert_eq!(auditor.post(&receipt, &[]).await.status, StatusCode::FORBIDDEN);
    let mut officer = Browser::with_role(&world, Role::CounterOfficer).await;
    let nobody = uuid::Uuid::nil();
    assert_eq!(officer.get(&format!("{home}/letters/{nobody}")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        officer.get(&format!("/households/{nobody}/letters/{nobody}")).await.status,
        StatusCode::NOT_FOUND
    );
}
