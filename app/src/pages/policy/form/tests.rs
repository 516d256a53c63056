//! The form is edited by a policy officer, page by page, without JavaScript.

use axum::http::StatusCode;
use casework::policy::{self, Intent};
use casework::test_support::World;
use time::Duration;

use crate::test_support::{Browser, Reply, as_policy_officer, version, world_with_decided_family};
use crate::words::Lang;

/// A change that is open; the address of its form.
async fn opened(world: &World) -> String {
    let intent = Intent {
        title: "A better form".into(),
        why: "Floors matter.".into(),
        live_on: world.today() + Duration::days(30),
    };
    let officer = casework::test_support::policy_officer();
    let id = policy::open(world, &officer, intent).await.unwrap();
    format!("/policy/{id}/form")
}

/// Sends a form of a page with the version that the page was shown with.
async fn send(officer: &mut Browser, path: &str, typed: &[(&str, &str)]) -> Reply {
    let shown = officer.get(path).await;
    assert_eq!(shown.status, StatusCode::OK, "{path}: {}", shown.html);
    let version = version(&shown.html);
    let typed: Vec<(&str, &str)> = [("version", version.as_str())].iter().chain(typed).copied().collect();
    officer.post(path.split('?').next().unwrap(), &typed).await
}

const FLOOR: [(&str, &str); 16] = [
    ("id", "floor"),
    ("kind", "select_one"),
    ("place", "income|rooms"),
    ("new_list", "floor"),
    ("options", "earth\r\ntile"),
    ("options-en", "Earth\r\nTiles"),
    ("options-fr", "Terre\r\nCarreaux"),
    ("text-en", "What is the floor made of?"),
    ("text-fr", "En quoi est le sol ?"),
    ("text-short-en", "the floor"),
    ("text-short-fr", "le sol"),
    ("answer", "required"),
    ("answer", "dont_know"),
    ("sensitivity", "normal"),
    ("relevant", "rooms > 0"),
    ("level", "household"),
];

#[tokio::test]
async fn a_question_with_its_list_is_added_seen_and_put_right() {
    let world = world_with_decided_family().await;
    let form = opened(&world).await;
    let mut officer = as_policy_officer(&world).await;
    for lang in [Lang::Fr, Lang::En] {
        for path in [form.clone(), format!("{form}/questions/new"), format!("{form}/questions/rooms")] {
            officer.get(&format!("{path}?lang={}", lang.code())).await.assert_page(lang);
        }
    }
    let new = format!("{form}/questions/new");
    let empty = send(&mut officer, &new, &[("id", "Floor of home")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.html.contains("Write an id") && empty.html.contains("Choose the kind"), "{}", empty.html);
    assert!(empty.html.contains("value=\"Floor of home\""), "what was typed stays: {}", empty.html);
    let mut uneven = FLOOR;
    uneven[5] = ("options-en", "Earth");
    let uneven = send(&mut officer, &new, &uneven).await;
    assert!(uneven.html.contains("2 choices and 1 lines"), "{}", uneven.html);
    let mut later = FLOOR;
    later[2] = ("place", "income|income_month");
    let later = send(&mut officer, &new, &later).await;
    assert_eq!(later.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(later.html.contains("asked later") && later.html.contains("form.toml, line"), "{}", later.html);

    let added = send(&mut officer, &new, &FLOOR).await;
    assert_eq!(added.location, format!("{form}/questions/floor?done=kept"), "{}", added.html);
    let shown = officer.get(&added.location).await;
    shown.assert_page(Lang::En);
    assert!(shown.html.contains("What is the floor made of?") && shown.html.contains("En quoi est le sol ?"));
    let whole = officer.get(&form).await;
    whole.assert_page(Lang::En);
    assert!(whole.html.contains("En quoi est le sol ?") && whole.html.contains("floor"), "{}", whole.html);
    let seen = officer.get(&format!("{form}/preview/income")).await;
    seen.assert_page(Lang::En);
    assert!(seen.html.contains("Tiles") && seen.html.contains("How many rooms"), "{}", seen.html);
    officer.get(&format!("{form}/preview/work_wishes")).await.assert_page(Lang::En);
    assert_eq!(officer.get(&format!("{form}/preview/nowhere")).await.status, StatusCode::NOT_FOUND);

    // Words and how it is asked, in one go.
    let question = format!("{form}/questions/floor");
    let save = [
        ("act", "save"),
        ("text-en", "What is most of the floor made of?"),
        ("relevant", ""),
        ("answer", "dont_know"),
        ("answer", "refused"),
        ("sensitivity", "health"),
    ];
    let saved = send(&mut officer, &question, &save).await;
    assert_eq!(saved.location, format!("{question}?done=kept"), "{}", saved.html);
    let shown = officer.get(&question).await.html;
    assert!(shown.contains("What is most of the floor") && !shown.contains("rooms &gt; 0"), "{shown}");
    let moved = send(&mut officer, &question, &[("act", "move"), ("place", "income|")]).await;
    assert_eq!(moved.status, StatusCode::SEE_OTHER, "{}", moved.html);

    // Its list: one more choice, another order, one retired.
    let list = format!("{form}/lists/floor");
    officer.get(&list).await.assert_page(Lang::En);
    let add =
        [("act", "add"), ("option", "wood"), ("after", "earth"), ("text-en", "Wood"), ("text-fr", "Bois")];
    assert_eq!(send(&mut officer, &list, &add).await.status, StatusCode::SEE_OTHER);
    let known = send(&mut officer, &list, &add).await;
    assert!(
        known.html.contains("in the list already") && known.html.contains("value=\"wood\""),
        "{}",
        known.html
    );
    let to_front = [("act", "move"), ("option", "tile"), ("after", "")];
    assert_eq!(send(&mut officer, &list, &to_front).await.status, StatusCode::SEE_OTHER);
    let retire = [("act", "retire"), ("option", "earth")];
    assert_eq!(send(&mut officer, &list, &retire).await.status, StatusCode::SEE_OTHER);
    let shown = officer.get(&list).await.html;
    let at = |text: &str| shown.find(&format!("{text}</code>")).unwrap_or_else(|| panic!("{text}: {shown}"));
    assert!(at("tile") < at("wood") && at("wood") < at("earth") && shown.contains("Retired"), "{shown}");
    let foreign = officer.get(&format!("{form}/lists/relation")).await.html;
    assert!(
        foreign.contains("belongs to the register") && !foreign.contains("value=\"retire\""),
        "{foreign}"
    );
}

#[tokio::test]
async fn what_a_rule_needs_is_not_retired_and_says_why() {
    let world = world_with_decided_family().await;
    let form = opened(&world).await;
    let mut officer = as_policy_officer(&world).await;
    let rooms = format!("{form}/questions/rooms");
    let refused = send(&mut officer, &rooms, &[("act", "retire")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for said in
        ["This edit is refused", "programmes/room-help.toml, line", "which is retired", "facts.toml, line"]
    {
        assert!(refused.html.contains(said), "{said}: {}", refused.html);
    }
    // Two windows: the second is told, and what was typed stays.
    let window = officer.get(&rooms).await;
    let save = [
        ("act", "save"),
        ("text-en", "Rooms?"),
        ("answer", "required"),
        ("answer", "dont_know"),
        ("answer", "refused"),
    ];
    assert_eq!(send(&mut officer, &rooms, &save).await.status, StatusCode::SEE_OTHER);
    let old = version(&window.html);
    let late = [("version", old.as_str()), ("act", "save"), ("text-en", "How many?"), ("answer", "required")];
    let late = officer.post(&rooms, &late).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(
        late.html.contains("Somebody changed this meanwhile") && late.html.contains("How many?"),
        "{}",
        late.html
    );

    let months = send(&mut officer, &form, &[("module", "means"), ("months", "none")]).await;
    assert!(months.html.contains("number of months from 1 to 120"), "{}", months.html);
    let months = send(&mut officer, &form, &[("module", "means"), ("months", "3")]).await;
    assert_eq!(months.location, format!("{form}?done=kept"), "{}", months.html);
    assert!(officer.get(&form).await.html.contains("Answers hold for 3 months"));
    assert_eq!(officer.get(&format!("{form}/questions/nothing")).await.status, StatusCode::NOT_FOUND);
}
