//! Money that waits, as the family, the officer and the supervisor see it, from the letter to the day it begins.

use casework::households::Distinct;
use casework::households::register::{Registered, register};
use casework::test_support::small::{POOR, assess, load_small_pack, small_family};
use casework::test_support::{OFFICE, World, counter_officer};
use domain::ids::AssessmentId;
use domain::name::PersonName;

use super::*;
use crate::pages::casefile::testing::between;
use crate::test_support::{Browser, Reply, as_auditor, as_counter_officer, as_supervisor, version, world};
use crate::words::Lang;

async fn family(world: &World, form: u128, name: &str) -> Registered {
    let mut registration = small_family(form);
    registration.members.truncate(1);
    let mut child = small_family(form).members.remove(3);
    child.name = PersonName::parse("Ali", name, "").unwrap();
    registration.members[0].name = PersonName::parse("Awa", name, "").unwrap();
    registration.members.push(child);
    let distinct = Distinct { reason: "Two families of one village".into() };
    register(world, &counter_officer(), OFFICE, &registration, Some(&distinct)).await.unwrap()
}

/// A mother and a child who look like another mother and child; their grant waits.
async fn waiting(world: &World) -> (Registered, AssessmentId) {
    load_small_pack(world).await;
    family(world, 1, "Sow").await;
    let registered = family(world, 2, "Sou").await;
    let assessment = assess(world, registered.household, POOR).await;
    (registered, assessment)
}

async fn track(world: &World, registered: &Registered, lang: Lang) -> Reply {
    let mut browser = Browser::stranger(world);
    let (reference, pin) = (registered.reference.to_string(), registered.pin.as_ref().unwrap().reveal());
    let slip = [
        ("birth-day", "5"),
        ("birth-month", "2"),
        ("birth-year", "1990"),
        ("reference", &*reference),
        ("pin", pin),
    ];
    assert_eq!(browser.post("/track", &slip).await.location, "/track/status");
    browser.get(&format!("/track/status?lang={}", lang.code())).await
}

#[tokio::test]
async fn a_wait_is_told_everywhere_with_its_reason_and_never_as_a_refusal() {
    let world = world().await;
    let (registered, assessment) = waiting(&world).await;
    let household = registered.household;
    let twice = |lang: Lang| match lang {
        Lang::En => "registered twice",
        Lang::Fr => "enregistré deux fois",
        Lang::Ar => "مسجَّلة مرتين",
    };
    let mut officer = as_counter_officer(&world).await;
    for lang in [Lang::Fr, Lang::Ar, Lang::En] {
        // The small country writes no Arabic letters.
        if lang != Lang::Ar {
            let letter = format!("/households/{household}/letters/{assessment}?in={0}&lang={0}", lang.code());
            let letter = officer.get(&letter).await;
            assert!(letter.html.contains(twice(lang)), "{}", letter.html);
        }
        let status = track(&world, &registered, lang).await;
        status.assert_page(lang);
        assert!(status.html.contains(twice(lang)), "{}", status.html);
    }
    let results = officer.get(&format!("/households/{household}/results/{assessment}?lang=en")).await.html;
    assert!(results.contains("Yes, after a check") && results.contains(twice(Lang::En)), "{results}");
    let start = format!("/decisions/{household}/");
    let mut decisions = Vec::new();
    for link in results.split(&start).skip(1) {
        let id = link.split('"').next().unwrap_or_default();
        decisions.push(officer.get(&format!("{start}{id}")).await.html);
    }
    assert!(decisions.iter().any(|page| page.contains("It is no refusal") && page.contains("/begin\"")));
}

#[tokio::test]
async fn a_supervisor_who_took_no_part_lets_it_begin_or_settles_the_pairs() {
    let world = world().await;
    let (registered, assessment) = waiting(&world).await;
    let household = registered.household;
    let mut officer = as_counter_officer(&world).await;
    let mut supervisor = as_supervisor(&world).await;
    let all = casework::enrolments::list(&world, &counter_officer(), household).await.unwrap();
    let held = all.iter().find(|one| one.is_held()).unwrap();
    let page = address(household, held.decision);
    for lang in [Lang::Fr, Lang::En] {
        supervisor.get(&format!("{page}?lang={}", lang.code())).await.assert_page(lang);
    }
    let shown = officer.get(&page).await.html;
    assert!(shown.contains("A supervisor of this office") && !shown.contains("<textarea"), "{shown}");
    assert!(!as_auditor(&world).await.get(&page).await.html.contains("<textarea"));
    let typed = [("reason", "The child is ill")];
    assert_eq!(officer.post(&page, &typed).await.status, StatusCode::FORBIDDEN);
    let silent = supervisor.post(&page, &[("reason", " ")]).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(silent.html.contains("href=\"#reason\""), "{}", silent.html);

    // The pairs it waits for lead to where they are settled; who granted it does not settle them.
    let shown = supervisor.get(&page).await.html;
    let pair = format!("/duplicates/{}", between(&shown, "href=\"/duplicates/", "\""));
    let compared = supervisor.get(&pair).await.html;
    assert!(compared.contains("Money that was granted"), "{compared}");

    let done = supervisor.post(&page, &typed).await;
    assert_eq!(done.location, format!("{page}?done=begun"), "{}", done.html);
    let shown = supervisor.get(&done.location).await.html;
    assert!(shown.contains("The child is ill") && !shown.contains("<textarea"), "{shown}");
    assert_eq!(supervisor.post(&page, &typed).await.status, StatusCode::CONFLICT);
    let letter = officer.get(&format!("/households/{household}/letters/{assessment}?in=en")).await.html;
    assert!(!letter.contains("registered twice"), "{letter}");
    let history = officer.get(&format!("/households/{household}/history?lang=en")).await.html;
    assert!(history.contains("let an award begin before"), "{history}");
    let nothing = officer.get(&address(household, held.decision)).await;
    assert_eq!(nothing.status, StatusCode::OK);
    // The pairs are still in the queue, and the next one is offered after each.
    let answer = |page: &str| {
        [("said", "not_same".to_owned()), ("reason", "Seen".to_owned()), ("version", version(page))]
    };
    let compared = supervisor.get(&pair).await.html;
    let typed = answer(&compared);
    let typed = typed.each_ref().map(|(name, value)| (*name, value.as_str()));
    let done = supervisor.post(&pair, &typed).await;
    assert_eq!(done.location, "/duplicates?done=said", "{}", done.html);
    assert!(supervisor.get(&done.location).await.html.contains("Look at the next pair"));
}
