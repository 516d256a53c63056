//! A family is assessed through the pages, without JavaScript.

use axum::http::StatusCode;
use casework::test_support::World;
use casework::test_support::small::{load_small_pack, register_family, small_family};
use domain::ids::HouseholdId;

use crate::test_support::{Browser, Reply, as_auditor, as_counter_officer, as_provider_officer, world};
use crate::words::Lang;

/// A registered family under the small pack.
async fn family() -> (World, HouseholdId) {
    let world = world().await;
    load_small_pack(&world).await;
    let household = register_family(&world, &small_family(1)).await.household;
    (world, household)
}

/// Begins an assessment; gives its address.
async fn begin(browser: &mut Browser, household: HouseholdId) -> String {
    let reply = browser.post(&format!("/households/{household}/assessments"), &[]).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.html);
    reply.location
}

/// What stands between each `start` and the next `"`.
fn all<'h>(html: &'h str, start: &str) -> Vec<&'h str> {
    html.split(start).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// Sends a page as it is shown, with `typed` for questions by the end of their names.
async fn answer(browser: &mut Browser, path: &str, typed: &[(&str, &str)]) -> Reply {
    let shown = browser.get(path).await;
    assert_eq!(shown.status, StatusCode::OK, "{path}: {}", shown.html);
    send(browser, path, &shown, typed).await
}

async fn send(browser: &mut Browser, path: &str, shown: &Reply, typed: &[(&str, &str)]) -> Reply {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for hidden in shown.html.split("<input type=\"hidden\"").skip(1) {
        let (name, value) = (all(hidden, "name=\"")[0], all(hidden, "value=\"")[0]);
        pairs.push((name.to_owned(), value.to_owned()));
    }
    for (question, value) in typed {
        let (id, part) =
            question.split_once('-').map_or((*question, ""), |(id, _)| (id, &question[id.len()..]));
        for name in all(&shown.html, "data-question=\"").into_iter().filter(|name| name.ends_with(id)) {
            pairs.push((format!("{name}{part}"), (*value).to_owned()));
        }
        if *question == "leave" {
            pairs.push(("leave".into(), (*value).to_owned()));
        }
    }
    let pairs: Vec<(&str, &str)> =
        pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(path.split('?').next().unwrap(), &pairs).await
}

/// Answers page after page until the last look; gives the pages passed.
async fn fill_in(browser: &mut Browser, list: &str, paper: &str) -> Vec<String> {
    let typed =
        [("income_month", "20"), ("rooms", "2"), ("wants_training", "yes"), ("document_birth_paper", paper)];
    let mut at = format!("{list}/income");
    let mut passed = Vec::new();
    while !at.ends_with("/check") {
        passed.push(at.trim_start_matches(list).to_owned());
        assert!(passed.len() < 20, "{passed:?}");
        let reply = answer(browser, &at, &typed).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{at}: {}", reply.html);
        at = reply.location;
    }
    passed
}

#[tokio::test]
async fn a_family_is_assessed_from_the_first_page_to_the_results() {
    let (world, household) = family().await;
    let mut officer = as_counter_officer(&world).await;
    let list = begin(&mut officer, household).await;
    assert_eq!(begin(&mut officer, household).await, list, "begun once, then gone on with");
    for lang in [Lang::En, Lang::Fr] {
        for path in [list.clone(), format!("{list}/income"), format!("{list}/check")] {
            officer.get(&format!("{path}?lang={}", lang.code())).await.assert_page(lang);
        }
    }
    officer.get("/?lang=en").await;
    let before = officer.get(&list).await;
    assert!(before.html.contains("Not started") && before.html.contains("answers are still missing"));
    let passed = fill_in(&mut officer, &list, "yes").await;
    // Short questions over the members are one page, not one for each.
    assert_eq!(passed, ["/income", "/work_wishes", "/documents"]);
    let ready = officer.get(&list).await;
    assert!(ready.html.contains("Completed") && ready.html.contains("/check"), "{}", ready.html);
    let check = officer.get(&format!("{list}/check")).await;
    assert!(check.html.contains("Number of rooms") && check.html.contains("?from=check"), "{}", check.html);
    let decided = officer.post(&format!("{list}/check"), &[]).await;
    let again = officer.post(&format!("{list}/check"), &[]).await;
    assert_eq!((decided.status, &decided.location), (StatusCode::SEE_OTHER, &again.location));
    assert_eq!(officer.get(&list).await.location, decided.location, "what is decided is not filled in again");
    assert_eq!(officer.get(&format!("{list}/income")).await.location, decided.location);
    for lang in [Lang::Fr, Lang::En] {
        let results = officer.get(&format!("{}?lang={}", decided.location, lang.code())).await;
        results.assert_page(lang);
    }
    let results = officer.get(&decided.location).await;
    for words in
        ["Child grant", "Awa Diallo", "Letter for the applicant", "Way into work", "Referred to North School"]
    {
        assert!(results.html.contains(words), "{words}: {}", results.html);
    }
    let decision = all(&results.html, "href=\"/decisions/")[0];
    let decision = format!("/decisions/{decision}");
    for lang in [Lang::Fr, Lang::En] {
        officer.get(&format!("{decision}?lang={}", lang.code())).await.assert_page(lang);
    }
    let same = officer.post(&decision, &[]).await;
    assert!(same.html.contains("byte for byte"), "{}", same.html);
}

#[tokio::test]
async fn what_is_wrong_is_said_and_what_was_typed_stays() {
    let (world, household) = family().await;
    let mut officer = as_counter_officer(&world).await;
    let list = begin(&mut officer, household).await;
    let page = format!("{list}/income");
    let empty = answer(&mut officer, &page, &[]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.html.contains("<title>Error:") && empty.html.contains("href=\"#rooms\""), "{}", empty.html);
    assert!(empty.html.contains("Answer missing: number of rooms"), "{}", empty.html);
    let wrong = answer(&mut officer, &page, &[("income_month", "-5"), ("rooms", "two")]).await;
    assert!(wrong.html.contains("Give 0 or more.") && wrong.html.contains("Write a number in figures"));
    assert!(wrong.html.contains("value=\"-5\"") && wrong.html.contains("value=\"two\""), "{}", wrong.html);
    let both =
        answer(&mut officer, &page, &[("income_month", "5"), ("rooms", "2"), ("rooms-state", "dont_know")])
            .await;
    assert!(both.html.contains("not both"), "{}", both.html);
    let left =
        answer(&mut officer, &page, &[("income_month", "20"), ("rooms", "two"), ("leave", "yes")]).await;
    assert_eq!((left.status, left.location.as_str()), (StatusCode::SEE_OTHER, list.as_str()));
    let kept = officer.get(&page).await;
    assert!(kept.html.contains("value=\"20\"") && !kept.html.contains("value=\"two\""), "{}", kept.html);
    let early = officer.post(&format!("{list}/check"), &[]).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(early.html.contains("still missing"), "{}", early.html);
    let unsure = answer(&mut officer, &page, &[("income_month", "20"), ("rooms-state", "dont_know")]).await;
    assert_eq!(unsure.status, StatusCode::SEE_OTHER, "not knowing is an answer");
}

#[tokio::test]
async fn two_officers_on_one_page_are_told_of_each_other() {
    let (world, household) = family().await;
    let mut one = as_counter_officer(&world).await;
    let mut two = as_counter_officer(&world).await;
    let page = format!("{}/income", begin(&mut one, household).await);
    let (seen_by_one, seen_by_two) = (one.get(&page).await, two.get(&page).await);
    let first = send(&mut one, &page, &seen_by_one, &[("income_month", "20"), ("rooms", "2")]).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER);
    let second = send(&mut two, &page, &seen_by_two, &[("income_month", "30"), ("rooms", "3")]).await;
    assert_eq!(second.status, StatusCode::CONFLICT);
    assert!(second.html.contains("Somebody else saved this page") && second.html.contains("value=\"30\""));
    let meant = send(&mut two, &page, &second, &[("income_month", "30"), ("rooms", "3")]).await;
    assert_eq!(meant.status, StatusCode::SEE_OTHER, "sent again it takes its place");
    assert!(two.get(&page).await.html.contains("value=\"30\""));
}

#[tokio::test]
async fn what_is_missing_leads_to_where_it_is_answered() {
    let (world, household) = family().await;
    let mut officer = as_counter_officer(&world).await;
    let list = begin(&mut officer, household).await;
    fill_in(&mut officer, &list, "no").await;
    let results = officer.post(&format!("{list}/check"), &[]).await.location;
    let shown = officer.get(&results).await;
    assert!(
        shown.html.contains("We need something from you") && shown.html.contains("Answer now"),
        "{}",
        shown.html
    );
    let start = format!("/households/{household}/assessments");
    let again = officer.post(&start, &[("group", "documents"), ("person", "")]).await;
    assert!(
        again.location.ends_with("/documents") && !again.location.starts_with(&list),
        "{}",
        again.location
    );
    let odd = officer.post(&start, &[("group", "../../x?y"), ("person", "")]).await;
    assert!(!odd.location.contains(".."), "{}", odd.location);
    let to_page = officer.get(&again.location).await;
    assert!(to_page.html.contains("Birth paper of the child"), "{}", to_page.html);
    let back =
        answer(&mut officer, &format!("{}?from=check", again.location), &[("document_birth_paper", "yes")])
            .await;
    assert!(back.location.ends_with("/check"), "{}", back.location);
}

#[tokio::test]
async fn only_those_who_may_see_and_answer() {
    let (world, household) = family().await;
    let mut officer = as_counter_officer(&world).await;
    let list = begin(&mut officer, household).await;
    let page = format!("{list}/income");
    let mut stranger = Browser::stranger(&world);
    assert!(stranger.get(&page).await.location.starts_with("/sign-in"));
    let mut provider = as_provider_officer(&world).await;
    for path in [&list, &page] {
        assert_eq!(provider.get(path).await.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(provider.post(&page, &[("rooms", "2")]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(
        provider.post(&format!("/households/{household}/assessments"), &[]).await.status,
        StatusCode::FORBIDDEN
    );
    // An auditor reads, and answers nothing.
    let mut auditor = as_auditor(&world).await;
    assert_eq!(auditor.get(&page).await.status, StatusCode::FORBIDDEN);
    let check = auditor.get(&format!("{list}/check")).await;
    assert!(check.status == StatusCode::OK && !check.html.contains("?from=check"), "{}", check.html);
    for wrong in [format!("{list}/nowhere"), "/assessments/x/y".into(), format!("/decisions/{household}/z")] {
        assert_eq!(officer.get(&wrong).await.status, StatusCode::NOT_FOUND, "{wrong}");
    }
    let early =
        officer.get(&format!("/households/{household}/results/{}", list.rsplit('/').next().unwrap())).await;
    assert_eq!(early.location, list, "nothing is decided yet");
}

#[tokio::test]
async fn a_review_shows_what_is_known_and_asks_a_part_again_on_a_button() {
    let (world, household) = family().await;
    let mut officer = as_counter_officer(&world).await;
    let first = begin(&mut officer, household).await;
    fill_in(&mut officer, &first, "yes").await;
    officer.post(&format!("{first}/check"), &[]).await;
    world.clock.advance(time::Duration::days(40));
    let mut officer = as_counter_officer(&world).await;
    let review = begin(&mut officer, household).await;
    for lang in [Lang::Fr, Lang::En] {
        officer.get(&format!("{review}?lang={}", lang.code())).await.assert_page(lang);
    }
    let shown = officer.get(&review).await.html;
    assert!(shown.contains("Known since 2 November 2026") && shown.contains("2 May 2027"), "{shown}");
    assert!(shown.contains("Nothing more is needed"), "{shown}");
    let again = officer.post(&review, &[("module", "work")]).await;
    assert_eq!((again.status, again.location.as_str()), (StatusCode::SEE_OTHER, review.as_str()));
    let shown = officer.get(&review).await.html;
    assert!(shown.contains("answers are still missing") && !shown.contains("2 May 2027"), "{shown}");
    let twice = officer.post(&review, &[("module", "work")]).await;
    assert_eq!(twice.status, StatusCode::SEE_OTHER, "{}", twice.html);
}
