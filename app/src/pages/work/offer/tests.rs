//! A place that becomes free, from the letter that says so to the answer at the counter.

use casework::households::Distinct;
use casework::households::register::{Registered, register};
use casework::test_support::small::{POOR, assess, small_family, small_pack};
use casework::test_support::{OFFICE, World, counter_officer};
use casework::{budgets, enrolments, packs};
use domain::ids::AssessmentId;
use domain::name::PersonName;

use super::*;
use crate::test_support::{Browser, Reply, as_auditor, as_counter_officer, world};
use crate::words::Lang;

const BUDGET: &str = "\n[[budget]]\nfrom = 2026-01-01\nuntil = 2027-12-31\nplaces = ";

async fn load(world: &World, places: u32) {
    let mut files = small_pack();
    let budget = format!("{BUDGET}{places}\n");
    files.get_mut("programmes/cash-transfer.toml").unwrap().push_str(&budget);
    packs::load(world, &casework::Actor::command_line(), files).await.unwrap();
}

async fn family(world: &World, form: u128, name: &str) -> (Registered, AssessmentId) {
    let mut registration = small_family(form);
    for member in &mut registration.members {
        member.name = PersonName::parse(member.name.given().unwrap(), name, "").unwrap();
    }
    let distinct = Distinct { reason: "Two families of one village".into() };
    let registered =
        register(world, &counter_officer(), OFFICE, &registration, Some(&distinct)).await.unwrap();
    world.db.write(async |tx| tx.run("DELETE FROM possible_duplicate", vec![]).await).await.unwrap();
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
async fn who_waits_sees_why_and_where_and_answers_when_a_place_is_free() {
    let world = world().await;
    load(&world, 1).await;
    family(&world, 1, "Ba").await;
    let (registered, assessment) = family(&world, 2, "Okoro").await;
    let household = registered.household;
    let mut officer = as_counter_officer(&world).await;
    let letter = format!("/households/{household}/letters/{assessment}?in=en&lang=en");
    let told = officer.get(&letter).await.html;
    assert!(told.contains("No place is left for the whole country"), "{told}");
    assert!(told.contains("You are number") && told.contains("on the list, since"), "{told}");
    let results = officer.get(&format!("/households/{household}/results/{assessment}?lang=en")).await.html;
    assert!(results.contains("No place is left for the whole country"), "{results}");
    for lang in [Lang::En, Lang::Fr, Lang::Ar] {
        let status = track(&world, &registered, lang).await;
        status.assert_page(lang);
        let said = match lang {
            Lang::En => "No place is left",
            Lang::Fr => "Il ne reste pas de place",
            Lang::Ar => "لم يبق مكان",
        };
        assert!(status.html.contains(said), "{}", status.html);
    }

    // One more place.
    load(&world, 2).await;
    budgets::follow::lines(&world).await.unwrap();
    assert_eq!(budgets::offers::round(&world).await.unwrap().offered, 1);
    let all = enrolments::list(&world, &counter_officer(), household).await.unwrap();
    let offered = all.iter().find(|one| one.is_offered()).unwrap();
    let page = address(household, offered.decision);
    for lang in [Lang::Fr, Lang::En] {
        officer.get(&format!("{page}?lang={}", lang.code())).await.assert_page(lang);
    }
    let told = officer.get(&letter).await.html;
    assert!(told.contains("A place is free for you") && !told.contains("No place is left"), "{told}");
    assert!(track(&world, &registered, Lang::En).await.html.contains("Say by"));
    let decision = officer.get(&format!("/decisions/{household}/{}", offered.decision)).await.html;
    assert!(decision.contains(&page), "{decision}");
    assert!(!as_auditor(&world).await.get(&page).await.html.contains("name=\"said\""));

    let silent = officer.post(&page, &[]).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    let done = officer.post(&page, &[("said", "accept")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let after = officer.get(&done.location).await.html;
    assert!(after.contains("The place is taken"), "{after}");
    let again = officer.post(&page, &[("said", "decline")]).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "it was answered");
    assert!(officer.get(&letter).await.html.contains("What you get"));
}
