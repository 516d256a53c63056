//! A policy officer edits a programme by its pages.

use axum::http::StatusCode;
use casework::test_support::World;
use time::Duration;

use crate::test_support::{Browser, Reply, as_policy_officer, version, world_with_decided_family};
use crate::words::Lang;

mod parts;

const PROGRAMME: &str = "programmes/child-grant";

/// A change that is being written, as its address.
async fn opened(world: &World, officer: &mut Browser) -> String {
    let day = world.today() + Duration::days(30);
    let (date, month, year) =
        (day.day().to_string(), u8::from(day.month()).to_string(), day.year().to_string());
    let typed = [
        ("title", "Larger families first"),
        ("why", "The Assembly said so."),
        ("live_on-day", date.as_str()),
        ("live_on-month", month.as_str()),
        ("live_on-year", year.as_str()),
    ];
    officer.post("/policy/new", &typed).await.location
}

/// Sends a form with the version that its page shows now.
async fn send(officer: &mut Browser, path: &str, typed: &[(&str, &str)]) -> Reply {
    let shown = officer.get(path).await;
    let version = version(&shown.html);
    let mut all = vec![("version", version.as_str())];
    all.extend_from_slice(typed);
    officer.post(path, &all).await
}

#[tokio::test]
async fn a_condition_is_added_changed_moved_and_taken_out() {
    let world = world_with_decided_family().await;
    let mut officer = as_policy_officer(&world).await;
    let programme = format!("{}/{PROGRAMME}", opened(&world, &mut officer).await);
    for lang in [Lang::Fr, Lang::En] {
        officer.get(&format!("{programme}?lang={}", lang.code())).await.assert_page(lang);
    }
    let first = officer.get(&programme).await.html;
    assert!(first.contains("A household qualifies when all of these hold:"), "{first}");
    let place = format!("{programme}/conditions/root/new");
    officer.get(&place).await.assert_page(Lang::En);
    let form = officer.get(&format!("{place}?fact=income")).await;
    form.assert_page(Lang::En);
    assert!(form.html.contains("value=\"poor_line\""), "{}", form.html);
    // People in a room are not compared with money.
    let people = officer.get(&place_with(&place, "people_per_room")).await.html;
    assert!(!people.contains("value=\"poor_line\"") && people.contains("people in a room"), "{people}");

    // What is wrong is said beside its field, and what was typed stays.
    let wrong = [("fact", "income"), ("op", "<="), ("limit", "plenty"), ("source", "Act 7")];
    let wrong = send(&mut officer, &place_with(&place, "income"), &wrong).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        wrong.html.contains("Enter a number") && wrong.html.contains("value=\"plenty\""),
        "{}",
        wrong.html
    );
    let both = [("fact", "income"), ("op", "<="), ("limit", "5"), ("param", "poor_line")];
    let both = send(&mut officer, &place_with(&place, "income"), &both).await;
    assert!(both.html.contains("Give the limit in one way only"), "{}", both.html);
    let other = [("fact", "people_per_room"), ("op", "<="), ("param", "poor_line")];
    let other = send(&mut officer, &place_with(&place, "people_per_room"), &other).await;
    assert!(other.html.contains("Choose a figure that this can be compared with"), "{}", other.html);

    let line = [("fact", "income"), ("op", "<="), ("param", "poor_line"), ("join", "any")];
    let added = send(&mut officer, &place_with(&place, "income"), &line).await;
    assert_eq!(added.location, format!("{programme}?done=added#tree"), "{}", added.html);
    let rooms = [("fact", "people_per_room"), ("op", ">"), ("limit", "2.5")];
    let group = format!("{programme}/conditions/1/new");
    assert_eq!(
        send(&mut officer, &place_with(&group, "people_per_room"), &rooms).await.status,
        StatusCode::SEE_OTHER
    );
    let shown = officer.get(&programme).await.html;
    for said in ["At least one of these holds:", "monthly income", "people in a room above", "2.5"] {
        assert!(shown.contains(said), "{said}: {shown}");
    }
    // The document says it, with ids of their own.
    let text = officer
        .get(&format!("{}/document?name={PROGRAMME}.toml", programme.split("/programmes").next().unwrap()))
        .await
        .html;
    assert!(
        text.contains("id = &quot;income&quot;") && text.contains("param = &quot;poor_line&quot;"),
        "{text}"
    );

    // A condition is changed in its place: its id stays.
    let twice = [
        ("act", "save"),
        ("fact", "children_under_5"),
        ("op", ">="),
        ("limit", "2"),
        ("reason", "young_child"),
    ];
    let saved = send(&mut officer, &format!("{programme}/conditions/0"), &twice).await;
    assert_eq!(saved.location, format!("{programme}?done=saved#tree"), "{}", saved.html);
    let moved = send(&mut officer, &programme, &[("act", "up"), ("node", "1")]).await;
    assert_eq!(moved.location, format!("{programme}?done=moved#tree"), "{}", moved.html);
    let shown = officer.get(&programme).await.html;
    let (any, child) =
        (shown.find("At least one").unwrap(), shown.find("children under five at least").unwrap());
    assert!(any < child && shown.contains("young_child"), "{shown}");
    let joined =
        send(&mut officer, &format!("{programme}/conditions/0"), &[("act", "join"), ("join", "not")]).await;
    assert_eq!(joined.status, StatusCode::SEE_OTHER, "{}", joined.html);
    assert!(officer.get(&programme).await.html.contains("None of these holds:"));
    let removed = send(&mut officer, &programme, &[("act", "remove"), ("node", "0")]).await;
    assert_eq!(removed.location, format!("{programme}?done=removed#tree"), "{}", removed.html);
    assert!(!officer.get(&programme).await.html.contains("people in a room"));
    // The last condition stays: somebody must be able to qualify, and the page offers no button for it.
    let last = officer.get(&programme).await.html;
    assert!(!last.contains("value=\"remove\""), "{last}");
    let forced =
        send(&mut officer, &format!("{programme}/conditions/0"), &[("act", "enclose"), ("join", "nonsense")])
            .await;
    assert_eq!(forced.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", forced.html);
}

fn place_with(place: &str, fact: &str) -> String {
    format!("{place}?fact={fact}")
}

#[tokio::test]
async fn two_windows_do_not_overwrite_each_other_and_a_closed_change_is_only_read() {
    let world = world_with_decided_family().await;
    let mut officer = as_policy_officer(&world).await;
    let change = opened(&world, &mut officer).await;
    let programme = format!("{change}/{PROGRAMME}");
    let old = version(&officer.get(&programme).await.html);
    let twice = [
        ("act", "save"),
        ("fact", "children_under_5"),
        ("op", ">="),
        ("limit", "2"),
        ("reason", "young_child"),
    ];
    send(&mut officer, &format!("{programme}/conditions/0"), &twice).await;
    let mut late = vec![("version", old.as_str())];
    late.extend_from_slice(&twice);
    late[4].1 = "3";
    let late = officer.post(&format!("{programme}/conditions/0"), &late).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(
        late.html.contains("Somebody changed this meanwhile") && late.html.contains("value=\"3\""),
        "{}",
        late.html
    );
    assert_eq!(officer.get(&format!("{change}/programmes/nothing")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(officer.get(&format!("{programme}/conditions/7")).await.status, StatusCode::NOT_FOUND);
    send(&mut officer, &change, &[("act", "withdraw"), ("reason", "Later.")]).await;
    for path in
        [programme.clone(), format!("{programme}/conditions/0"), format!("{programme}/conditions/root/new")]
    {
        let closed = officer.get(&path).await;
        closed.assert_page(Lang::En);
        assert!(
            closed.html.contains("cannot be edited") && !closed.html.contains("name=\"version\""),
            "{}",
            closed.html
        );
    }
}
