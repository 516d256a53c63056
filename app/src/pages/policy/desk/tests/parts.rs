//! Values, amounts, budgets, words, figures, examples and links, each by its page.

use axum::http::StatusCode;
use casework::policy;
use casework::test_support::{World, policy_officer};
use domain::definitions::ProgrammeDef;
use domain::ids::ChangeId;

use super::{PROGRAMME, opened, send};
use crate::test_support::{as_policy_officer, world_with_decided_family};
use crate::words::Lang;

async fn drafted(world: &World, change: &str) -> policy::Drafted {
    let id: ChangeId = change.trim_start_matches("/policy/").parse().unwrap();
    policy::drafted(world, &policy_officer(), id).await.unwrap()
}

async fn grant(world: &World, change: &str) -> ProgrammeDef {
    drafted(world, change).await.programme("child-grant").unwrap()
}

#[tokio::test]
async fn single_values_are_set_and_taken_out() {
    let world = world_with_decided_family().await;
    let mut officer = as_policy_officer(&world).await;
    let change = opened(&world, &mut officer).await;
    let path = format!("{change}/{PROGRAMME}/values");
    for lang in [Lang::Fr, Lang::En] {
        officer.get(&format!("{path}?lang={}", lang.code())).await.assert_page(lang);
    }
    let typed = |until: &'static str, review: &'static str, law: &'static str| {
        vec![
            ("legal_basis", law),
            ("valid_from-day", "1"),
            ("valid_from-month", "1"),
            ("valid_from-year", "2026"),
            ("valid_until-day", until),
            ("valid_until-month", if until.is_empty() { "" } else { "12" }),
            ("valid_until-year", if until.is_empty() { "" } else { "2030" }),
            ("review_months", review),
        ]
    };
    let wrong = send(&mut officer, &path, &typed("32", "0", " ")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for said in ["Say which law it rests on", "Enter a day that exists", "Enter whole months"] {
        assert!(wrong.html.contains(said), "{said}: {}", wrong.html);
    }
    let saved = send(&mut officer, &path, &typed("31", "6", "Act 9, s. 2")).await;
    assert_eq!(saved.location, format!("{path}?done=saved"), "{}", saved.html);
    let def = grant(&world, &change).await;
    assert_eq!((def.legal_basis.as_str(), def.review_months), ("Act 9, s. 2", Some(6)));
    assert_eq!(def.valid_until.map(|day| day.to_string()).as_deref(), Some("2030-12-31"));
    let same = send(&mut officer, &path, &typed("31", "6", "Act 9, s. 2")).await;
    assert!(same.status == StatusCode::CONFLICT && same.html.contains("nothing to change"), "{}", same.html);
    assert_eq!(send(&mut officer, &path, &typed("", "6", "Act 9, s. 2")).await.status, StatusCode::SEE_OTHER);
    assert_eq!(grant(&world, &change).await.valid_until, None);
}

#[tokio::test]
async fn an_amount_is_written_step_by_step() {
    let world = world_with_decided_family().await;
    let mut officer = as_policy_officer(&world).await;
    let change = opened(&world, &mut officer).await;
    let path = format!("{change}/{PROGRAMME}/amount");
    officer.get(&path).await.assert_page(Lang::En);
    let typed = |each: &'static str, gone: &'static str| {
        vec![
            ("base", "5"),
            ("cap", "120"),
            ("period", "month"),
            ("mode", "ceil"),
            ("to", "5"),
            ("step-0-id", "per_child"),
            ("step-0-kind", "each"),
            ("step-0-a", each),
            ("step-0-b", "children_under_5"),
            ("step-0-gone", gone),
            ("step-1-kind", "multiply"),
            ("step-1-a", "0.5"),
        ]
    };
    let wrong = send(&mut officer, &path, &typed("param.child_rate +", "")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.html.contains("This formula cannot be read: look at character 19"), "{}", wrong.html);
    assert!(wrong.html.contains("value=\"param.child_rate +\""));
    let saved = send(&mut officer, &path, &typed("param.child_rate", "")).await;
    assert_eq!(saved.location, format!("{path}?done=saved"), "{}", saved.html);
    let amount = grant(&world, &change).await.amount.unwrap();
    let ids: Vec<&str> = amount.steps.iter().map(|step| step.id.as_str()).collect();
    assert_eq!((amount.base.text.as_str(), ids), ("5", vec!["per_child", "multiply"]));
    // A formula that reads but names nothing is told on the page, by the check of the whole.
    send(&mut officer, &path, &typed("param.nothing", "")).await;
    let shown = officer.get(&path).await.html;
    assert!(shown.contains("cannot be read together") && shown.contains("nothing"), "{shown}");
    assert_eq!(send(&mut officer, &path, &typed("1", "yes")).await.status, StatusCode::SEE_OTHER);
    assert_eq!(grant(&world, &change).await.amount.unwrap().steps.len(), 1);
    // A grant of money cannot do without: nothing is changed, and it is said why.
    let without = send(&mut officer, &path, &[("act", "remove")]).await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(without.html.contains("needs an [amount]"), "{}", without.html);
    assert!(grant(&world, &change).await.amount.is_some());
}

#[tokio::test]
async fn budgets_are_added_changed_and_never_below_nothing() {
    let world = world_with_decided_family().await;
    let mut officer = as_policy_officer(&world).await;
    let change = opened(&world, &mut officer).await;
    let path = format!("{change}/{PROGRAMME}/budgets");
    officer.get(&path).await.assert_page(Lang::En);
    let typed = |row: &'static str, places: &'static str, money: &'static str| {
        vec![
            ("row", row),
            ("area", "P01"),
            ("from-day", "1"),
            ("from-month", "1"),
            ("from-year", "2027"),
            ("until-day", "31"),
            ("until-month", "12"),
            ("until-year", "2027"),
            ("places", places),
            ("money", money),
        ]
    };
    let negative = send(&mut officer, &path, &typed("", "", "-5")).await;
    assert_eq!(negative.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(negative.html.contains("A budget is not below 0") && negative.html.contains("value=\"-5\""));
    let empty = send(&mut officer, &path, &typed("", "", "")).await;
    assert!(empty.html.contains("Give places, money, or both"), "{}", empty.html);
    let added = send(&mut officer, &path, &typed("", "40", "1,200")).await;
    assert_eq!(added.location, format!("{path}?done=added"), "{}", added.html);
    // Another for the same area and days is refused with its place.
    let twice = send(&mut officer, &path, &typed("", "10", "")).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(twice.html.contains("for the same area on some of these days"), "{}", twice.html);
    assert_eq!(send(&mut officer, &path, &typed("1", "50", "")).await.status, StatusCode::SEE_OTHER);
    let budgets = grant(&world, &change).await.budgets;
    assert_eq!((budgets.len(), budgets[0].places, budgets[0].money), (1, Some(50), None));
    officer.get(&format!("{path}?row=1")).await.assert_page(Lang::En);
    send(&mut officer, &path, &[("row", "1"), ("act", "remove")]).await;
    assert!(grant(&world, &change).await.budgets.is_empty());
}

#[tokio::test]
async fn words_stand_side_by_side_and_what_is_missing_is_marked() {
    let world = world_with_decided_family().await;
    let mut officer = as_policy_officer(&world).await;
    let change = opened(&world, &mut officer).await;
    let condition = format!("{change}/{PROGRAMME}/conditions/root/new");
    let line = [("fact", "income"), ("op", "<="), ("param", "poor_line")];
    send(&mut officer, &format!("{condition}?fact=income"), &line).await;
    let path = format!("{change}/{PROGRAMME}/words");
    for lang in [Lang::Fr, Lang::En] {
        officer.get(&format!("{path}?lang={}", lang.code())).await.assert_page(lang);
    }
    let missing = officer.get(&path).await.html;
    assert_eq!(missing.matches(">Missing<").count(), 6, "{missing}");
    let key = "programme.child-grant.reason.income.no";
    let form = format!("{change}/words?key={key}");
    officer.get(&form).await.assert_page(Lang::En);
    let brace = [("key", key), ("text-en", "Too much: {value."), ("text-fr", "Trop : {value}.")];
    let wrong = send(&mut officer, &form, &brace).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.html.contains("A brace is open") && wrong.html.contains("Trop : {value}."));
    let both = [("key", key), ("text-en", "Too much: {value}."), ("text-fr", "Trop : {value}.")];
    let saved = send(&mut officer, &form, &both).await;
    assert_eq!(saved.location, format!("{path}?done=saved"), "{}", saved.html);
    let words = drafted(&world, &change).await;
    assert_eq!(words.words("fr").get(key).map(String::as_str), Some("Trop : {value}."));
    assert_eq!(officer.get(&path).await.html.matches(">Missing<").count(), 4);
    // When the condition goes, its sentence is read by nobody, and can go as well.
    send(&mut officer, &format!("{change}/{PROGRAMME}"), &[("act", "remove"), ("node", "1")]).await;
    assert!(officer.get(&path).await.html.contains("Read by nobody"));
    send(&mut officer, &form, &[("key", key), ("text-en", ""), ("text-fr", "")]).await;
    assert!(!officer.get(&path).await.html.contains("Read by nobody"));
    assert_eq!(officer.get(&format!("{change}/words?key=secret")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_figure_gets_a_value_from_the_day_of_the_change_on() {
    let world = world_with_decided_family().await;
    let mut officer = as_policy_officer(&world).await;
    let change = opened(&world, &mut officer).await;
    let list = officer.get(&format!("{change}/figures")).await;
    list.assert_page(Lang::En);
    assert!(list.html.contains("/figures/child_rate"), "{}", list.html);
    let path = format!("{change}/figures/child_rate");
    let day = |year: &'static str, value: &'static str| {
        vec![("value", value), ("from-day", "1"), ("from-month", "1"), ("from-year", year)]
    };
    let wrong = send(&mut officer, &path, &day("2020", "forty")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for said in ["Enter a value of the same kind", "the change is in force already", "value=\"forty\""] {
        assert!(wrong.html.contains(said), "{said}: {}", wrong.html);
    }
    let saved = send(&mut officer, &path, &day("2035", "45.5")).await;
    assert_eq!(saved.location, format!("{change}/figures?done=saved"), "{}", saved.html);
    let figures = drafted(&world, &change).await.parameters();
    let values = &figures.iter().find(|figure| figure.id == "child_rate").unwrap().values;
    assert_eq!(values.len(), 2, "{values:?}");
    assert_eq!(officer.get(&format!("{change}/figures/nothing")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_missing_example_is_worked_out_and_the_gate_opens() {
    let world = world_with_decided_family().await;
    let mut officer = as_policy_officer(&world).await;
    let change = opened(&world, &mut officer).await;
    let programme = format!("{change}/{PROGRAMME}");
    let twice = [
        ("act", "save"),
        ("fact", "children_under_5"),
        ("op", ">="),
        ("limit", "4"),
        ("reason", "young_child"),
    ];
    send(&mut officer, &format!("{programme}/conditions/0"), &twice).await;
    let path = format!("{programme}/examples");
    let list = officer.get(&path).await;
    list.assert_page(Lang::En);
    assert!(list.html.contains("has no example exactly on its limit"), "{}", list.html);
    // One child more cannot be had by changing one answer: it is said so, and the form is empty.
    let none = officer.get(&format!("{path}/one?leaf=young_child&lack=on_limit")).await;
    assert!(none.html.contains("could not be worked out"), "{}", none.html);
    // With the limit at two, the examples are told what they should say, and the missing one is proposed.
    let fewer: Vec<(&str, &str)> =
        twice.iter().map(|(name, value)| (*name, if *name == "limit" { "2" } else { value })).collect();
    send(&mut officer, &format!("{programme}/conditions/0"), &fewer).await;
    let shown = officer.get(&path).await.html;
    // One child is too few now, and of two nobody knows less than before.
    let wrong_before = shown.matches("govuk-tag--red").count();
    assert!(wrong_before > 0, "{shown}");
    let held = officer.get(&format!("{path}/one?name=one%20child")).await;
    held.assert_page(Lang::En);
    assert!(held.html.contains("they say: No"), "{}", held.html);
    let wrong = send(
        &mut officer,
        &format!("{path}/one"),
        &[("name", "one child"), ("m0-relation", "head"), ("m0-age", "x")],
    )
    .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for said in ["Another example has this name", "Choose what the law gives them", "Enter a number"] {
        assert!(wrong.html.contains(said), "{said}: {}", wrong.html);
    }
    let people = [
        ("held", "one child"),
        ("expect", "no"),
        ("h-document_birth_paper", "true"),
        ("m0-relation", "head"),
        ("m0-sex", "female"),
        ("m0-age", "31"),
        ("m1-relation", "child"),
        ("m1-sex", "male"),
        ("m1-age", "2"),
    ];
    let saved = send(&mut officer, &format!("{path}/one?name=one%20child"), &people).await;
    assert_eq!(saved.location, format!("{path}?done=saved"), "{}", saved.html);
    assert_eq!(officer.get(&path).await.html.matches("govuk-tag--red").count(), wrong_before - 1);
    // The one in which no age is known is taken out, and worked out again.
    send(&mut officer, &path, &[("name", "age not known"), ("act", "remove")]).await;
    let lacking = officer.get(&path).await.html;
    assert!(lacking.contains("leaf=young_child&amp;lack=missing"), "{lacking}");
    let proposed = officer.get(&format!("{path}/one?leaf=young_child&lack=missing")).await;
    proposed.assert_page(Lang::En);
    assert!(proposed.html.contains("was worked out") && proposed.html.contains("young child missing"));
}

#[tokio::test]
async fn links_are_drawn_told_added_and_taken_out() {
    let world = world_with_decided_family().await;
    let mut officer = as_policy_officer(&world).await;
    let change = opened(&world, &mut officer).await;
    for lang in Lang::ALL {
        let shown = officer.get(&format!("/policy/links?lang={}", lang.code())).await;
        shown.assert_page(lang);
        let map = shown.html.split("class=\"app-map\"").nth(1).unwrap().split("</svg>").next().unwrap();
        // An element of a page inside the picture would end it.
        assert!(map.contains("app-map__kind") && !map.contains("<span") && !map.contains("<bdi"), "{map}");
    }
    officer.get("/policy/links?lang=en").await.assert_page(Lang::En);
    let new = format!("{change}/links/new");
    officer.get(&new).await.assert_page(Lang::En);
    let wrong = [("kind", "excludes"), ("from", "child-grant"), ("to", "child-grant")];
    let wrong = send(&mut officer, &new, &wrong).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.html.contains("Choose another programme") && wrong.html.contains("Choose which one stays"));
    let link = [("kind", "boosts_priority"), ("from", "child-grant"), ("to", "cash-transfer"), ("by", "20")];
    let saved = send(&mut officer, &new, &link).await;
    assert_eq!(saved.location, format!("{change}/links?done=saved"), "{}", saved.html);
    let shown = officer.get(&format!("{change}/links")).await.html;
    assert!(shown.contains("comes earlier") && shown.contains("By 20."), "{shown}");
    let own = format!("{change}/links/child_grant_boosts_priority_cash_transfer");
    let held = officer.get(&own).await;
    held.assert_page(Lang::En);
    // Its sentence is still to be written.
    let words = format!("{change}/words?key=link.child_grant_boosts_priority_cash_transfer");
    assert!(held.html.contains(&words), "{}", held.html);
    officer.get(&words).await.assert_page(Lang::En);
    let gone = send(&mut officer, &own, &[("act", "remove")]).await;
    assert_eq!(gone.location, format!("{change}/links?done=removed"), "{}", gone.html);
    assert_eq!(drafted(&world, &change).await.links().len(), 1);
    assert_eq!(officer.get(&own).await.status, StatusCode::NOT_FOUND);
}
