//! Many tasks at once, as a supervisor's browser sends them.

use axum::http::StatusCode;
use casework::test_support::OFFICE;

use crate::pages::work::tasks::tests::opened;
use crate::test_support::{as_counter_officer, as_supervisor, world_with_pack};
use crate::words::Lang;

/// All values of hidden or ticked fields of this name.
fn values<'h>(html: &'h str, name: &str) -> Vec<&'h str> {
    let tag = format!("name=\"{name}\"");
    let inputs = html.split("<input").skip(1).map(|rest| rest.split('>').next().unwrap_or_default());
    inputs
        .filter(|tag_text| tag_text.contains(&tag))
        .map(|text| crate::pages::casefile::testing::between(text, "value=\"", "\""))
        .collect()
}

#[tokio::test]
async fn chosen_tasks_are_given_after_a_page_that_says_who_gets_what() {
    let world = world_with_pack().await;
    let mut ids = Vec::new();
    for days in 1..=4 {
        ids.push(opened(&world, "ask_missing", OFFICE, days).await.to_string());
    }
    let mut officer = as_counter_officer(&world).await;
    let mut supervisor = as_supervisor(&world).await;
    let ticked: Vec<String> = ids.iter().map(|id| format!("task={id}")).collect();
    let address = format!("/tasks/give?{}&from=view%3Dteam", ticked.join("&"));
    assert_eq!(officer.get(&address).await.status, StatusCode::FORBIDDEN);
    for lang in [Lang::Fr, Lang::En] {
        supervisor.get(&format!("{address}&lang={}", lang.code())).await.assert_page(lang);
    }
    let first = supervisor.get(&address).await.html;
    let people = values(&first, "to");
    assert!(people.len() >= 2, "{first}");
    let wanting = supervisor.get(&format!("{address}&step=to")).await.html;
    assert!(wanting.contains("Choose who shall have it"), "{wanting}");
    let both = format!("{address}&step=to&to={}&to={}", people[0], people[1]);
    let plan = supervisor.get(&both).await;
    plan.assert_page(Lang::En);
    assert!(plan.html.contains("2 tasks") && plan.html.contains("Give these 4 tasks"), "{}", plan.html);
    let give = values(&plan.html, "give");
    assert_eq!(give.len(), 4);
    // One is taken while the page is looked at.
    let list = officer.get("/tasks?view=available").await.html;
    let taken =
        format!("/tasks/{}", crate::pages::casefile::testing::between(&list, "action=\"/tasks/", "\""));
    officer.post(&taken, &[("act", "claim")]).await;
    let fields: Vec<(&str, &str)> = give.iter().map(|one| ("give", *one)).collect();
    let partly = supervisor.post("/tasks/give", &fields).await;
    assert_eq!(partly.status, StatusCode::CONFLICT);
    assert!(
        partly.html.contains("3 tasks were given") && partly.html.contains("It changed meanwhile"),
        "{}",
        partly.html
    );
    // Sent again, all have moved.
    let again = supervisor.post("/tasks/give", &fields).await;
    assert!(again.html.contains("No task was given"), "{}", again.html);
    let nothing = supervisor.post("/tasks/give", &[]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(officer.post("/tasks/give", &fields).await.status, StatusCode::FORBIDDEN);
}
