use axum::http::StatusCode;
use casework::households::Distinct;
use casework::households::register::register;
use casework::test_support::small::{POOR, assess, load_small_pack, small_family};
use casework::test_support::{OFFICE, World, counter_officer};
use domain::ids::HouseholdId;
use domain::name::PersonName;

use crate::pages::casefile::testing::between;
use crate::test_support::{Browser, as_auditor, as_counter_officer, as_supervisor, version, world};
use crate::words::Lang;

/// The small family under another name.
async fn family(world: &World, form: u128, name: &str) -> HouseholdId {
    let mut registration = small_family(form);
    for member in &mut registration.members {
        member.name = PersonName::parse(member.name.given().unwrap(), name, "").unwrap();
    }
    let distinct = Distinct { reason: "Only for the test of what comes after".into() };
    register(world, &counter_officer(), OFFICE, &registration, Some(&distinct)).await.unwrap();
    registration.id
}

/// What the form would send as it is shown: its hidden fields and the chosen lines.
fn chosen(html: &str) -> Vec<(String, String)> {
    let form = html.split("<form method=\"post\"").last().unwrap();
    let mut typed: Vec<(String, String)> = Vec::new();
    for name in ["version", "other_version"] {
        let value = between(form, &format!("name=\"{name}\" value=\""), "\"").to_owned();
        typed.push((name.to_owned(), value));
    }
    for select in form.split("<select").skip(1) {
        let select = select.split("</select>").next().unwrap();
        let name = between(select, "name=\"", "\"").to_owned();
        let option = select
            .split("<option")
            .find(|option| option.split('>').next().unwrap().contains(" selected"))
            .unwrap();
        typed.push((name, between(option, "value=\"", "\"").to_owned()));
    }
    typed
}

async fn send(
    browser: &mut Browser,
    address: &str,
    typed: &[(String, String)],
) -> crate::test_support::Reply {
    let typed: Vec<(&str, &str)> =
        typed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(address, &typed).await
}

#[tokio::test]
async fn two_records_are_compared_made_one_found_and_parted() {
    let world = world().await;
    load_small_pack(&world).await;
    let (one, two) = (family(&world, 1, "Sow").await, family(&world, 2, "Sou").await);
    let mut officer = as_counter_officer(&world).await;
    let old =
        between(&officer.get(&format!("/households/{two}")).await.html, "app-reference\">", "<").to_owned();
    let list = format!("/households/{one}/merge");
    for lang in [Lang::Fr, Lang::En] {
        officer.get(&format!("{list}?lang={}", lang.code())).await.assert_page(lang);
    }
    let nobody = officer.post(&list, &[("reference", "12")]).await;
    assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY);
    let address = officer.post(&list, &[("reference", &old)]).await.location;
    assert_eq!(address, format!("/households/{one}/merge/{two}"));
    for lang in [Lang::Fr, Lang::En] {
        officer.get(&format!("{address}?lang={}", lang.code())).await.assert_page(lang);
    }
    let form = officer.get(&address).await.html;
    assert!(form.contains("Awa Sow") && form.contains("Awa Sou") && form.contains("Receives"), "{form}");
    let mut typed = chosen(&form);
    assert!(
        typed.iter().filter(|(_, value)| value.starts_with("is:")).count() == 4,
        "the same birth and sex: {typed:?}"
    );
    let silent = send(&mut officer, &address, &typed).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(silent.html.contains("href=\"#reason\""), "{}", silent.html);
    typed.push(("reason".into(), "The mother showed one card twice".into()));
    let done = send(&mut officer, &address, &typed).await;
    assert_eq!(done.location, format!("{list}?done=merged"), "{}", done.html);
    // Read before, sent again: nothing is done twice.
    let again = send(&mut officer, &address, &typed).await;
    assert_eq!(again.location, list, "{}", again.html);
    let page = officer.get(&done.location).await.html;
    assert!(page.contains(&old) && page.contains("one card twice"), "{page}");
    let found = officer.post("/search", &[("reference", &old)]).await.html;
    assert!(
        found.contains("went into this one") && found.contains(&format!("/households/{one}\"")),
        "{found}"
    );
    let gone = officer.get(&format!("/households/{two}")).await.html;
    assert!(gone.contains("nothing of it changes any more"), "{gone}");
    let back = [
        ("act", "undo"),
        ("merge", between(&page, "name=\"merge\" value=\"", "\"")),
        ("reason", "They are cousins"),
        ("version", &version(&page)),
    ];
    assert_eq!(officer.post(&list, &back).await.location, format!("{list}?done=undone"));
    assert!(
        !officer.get(&format!("/households/{two}")).await.html.contains("nothing of it changes any more")
    );
    assert_eq!(as_auditor(&world).await.get(&list).await.status, StatusCode::OK);
    assert_eq!(as_auditor(&world).await.get(&address).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_benefit_that_both_have_is_asked_about_and_waits_for_the_supervisor() {
    let world = world().await;
    load_small_pack(&world).await;
    let (one, two) = (family(&world, 1, "Sow").await, family(&world, 2, "Sou").await);
    assess(&world, one, POOR).await;
    assess(&world, two, POOR).await;
    let mut officer = as_counter_officer(&world).await;
    let address = format!("/households/{one}/merge/{two}");
    let mut typed = chosen(&officer.get(&address).await.html);
    typed.push(("reason".into(), "One family, two offices of old".into()));
    let asked = send(&mut officer, &address, &typed).await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        asked.html.contains("Received twice") && asked.html.contains("A second person must agree"),
        "{}",
        asked.html
    );
    let radios: Vec<String> = asked
        .html
        .match_indices("name=\"keep-")
        .map(|(at, _)| between(&asked.html[at..], "name=\"", "\"").to_owned())
        .collect();
    assert!(!radios.is_empty(), "{}", asked.html);
    for name in radios {
        let id = name.trim_start_matches("keep-").to_owned();
        let day = |part: &str| {
            let input = format!("name=\"from-{id}-{part}\"");
            let at = asked.html.find(&input).unwrap();
            let start = asked.html[..at].rfind("<input").unwrap();
            let tag = asked.html[start..].split('>').next().unwrap().to_owned();
            between(&tag, " value=\"", "\"").to_owned()
        };
        for part in ["day", "month", "year"] {
            let value = day(part);
            typed.push((format!("from-{id}-{part}"), value));
        }
        typed.push((name, "own".into()));
    }
    let waits = send(&mut officer, &address, &typed).await;
    assert_eq!(waits.location, format!("/households/{one}/merge?done=waits"), "{}", waits.html);
    let mut supervisor = as_supervisor(&world).await;
    let list = supervisor.get("/proposals").await.html;
    let proposal = format!("/proposals/{one}/{}", between(&list, &format!("/proposals/{one}/"), "\""));
    for lang in [Lang::Fr, Lang::En] {
        supervisor.get(&format!("{proposal}?lang={}", lang.code())).await.assert_page(lang);
    }
    let page = supervisor.get(&proposal).await.html;
    assert!(page.contains("Make two records one") && !page.contains("value=\"return\""), "{page}");
    let answer = [("answer", "approve"), ("note", "Seen"), ("version", &version(&page))];
    assert_eq!(supervisor.post(&proposal, &answer).await.location, "/proposals?done=approved");
    let whole = officer.get(&format!("/households/{one}")).await.html;
    assert!(whole.contains("came to this one"), "{whole}");
}
