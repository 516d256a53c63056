//! The lists as people see them.

use axum::http::StatusCode;
use casework::test_support::{OFFICE, OTHER_OFFICE, World};
use domain::ids::TaskId;
use domain::role::Scope;

use super::*;
use crate::test_support::{as_counter_officer, as_policy_officer, as_supervisor, world_with_pack};
use crate::words::Lang;

pub async fn opened(world: &World, kind: &str, office: &str, days: i64) -> TaskId {
    let new = tasks::NewTask {
        household_id: world.new_id(),
        kind: kind.into(),
        subject: casework::subject::Subject::new("person", world.new_id::<uuid::Uuid>()),
        scope: Scope::Office(office.into()),
        needs: Right::WorkTasks,
        priority: if days < 0 { Priority::Urgent } else { Priority::Normal },
        due_at: world.now() + Duration::days(days),
        instructions: String::new(),
    };
    world.write(async move |tx| tasks::open(tx, &Actor::system(), new.clone()).await).await.unwrap()
}

#[tokio::test]
async fn each_view_shows_its_tasks_and_only_those_of_the_office() {
    let world = world_with_pack().await;
    opened(&world, "ask_missing", OFFICE, -1).await;
    opened(&world, "send_referral", OFFICE, 5).await;
    opened(&world, "look_at_fault", OTHER_OFFICE, 5).await;
    let mut officer = as_counter_officer(&world).await;
    for lang in [Lang::En, Lang::Fr] {
        for view in ["mine", "available"] {
            officer.get(&format!("/tasks?view={view}&lang={}", lang.code())).await.assert_page(lang);
        }
    }
    let reply = officer.get("/tasks?view=available&lang=en").await;
    assert!(reply.html.contains("Overdue") && reply.html.contains("Send a referral"), "{}", reply.html);
    assert!(!reply.html.contains("/look_at_fault"), "{}", reply.html);
    let rows = |html: &str| html.matches("value=\"claim\"").count();
    assert_eq!(rows(&reply.html), 2);
    assert_eq!(rows(&officer.get("/tasks?view=available&due=late").await.html), 1);
    assert_eq!(rows(&officer.get("/tasks?view=available&kind=send_referral").await.html), 1);
    assert_eq!(rows(&officer.get("/tasks?view=available&kind=approve").await.html), 0);
    assert_eq!(officer.get("/tasks?view=team").await.status, StatusCode::FORBIDDEN);
    let mut supervisor = as_supervisor(&world).await;
    let team = supervisor.get("/tasks?view=team&standing=nobody&lang=en").await;
    assert!(team.html.contains("Send a referral") && team.html.contains("Nobody yet"), "{}", team.html);
    let mut policy = as_policy_officer(&world).await;
    assert_eq!(policy.get("/tasks").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_long_list_goes_on_over_pages() {
    let world = world_with_pack().await;
    for days in 0..30 {
        opened(&world, "ask_missing", OFFICE, days).await;
    }
    let mut officer = as_counter_officer(&world).await;
    let first = officer.get("/tasks?view=available&kind=ask_missing").await.html;
    assert_eq!(first.matches("value=\"claim\"").count(), ROWS);
    let (_, rest) = first.split_once("govuk-pagination__next").unwrap();
    let (_, rest) = rest.split_once("href=\"").unwrap();
    let next = rest.split('"').next().unwrap().replace("&amp;", "&");
    assert!(next.contains("kind=ask_missing"), "{next}");
    let second = officer.get(&next).await.html;
    assert_eq!(second.matches("value=\"claim\"").count(), 30 - ROWS);
    // A cursor that is none is as if it were not there.
    assert_eq!(officer.get("/tasks?view=available&after=x").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_list_is_narrowed_and_says_how_many_it_found() {
    let world = world_with_pack().await;
    for days in [-1, 3, 5] {
        opened(&world, "ask_missing", OFFICE, days).await;
    }
    opened(&world, "complaint_handle", OFFICE, 2).await;
    let mut supervisor = as_supervisor(&world).await;
    let list = async |browser: &mut crate::test_support::Browser, more: &str| {
        browser.get(&format!("/tasks?view=team&lang=en{more}")).await.html
    };
    let all = list(&mut supervisor, "").await;
    assert!(all.contains("Tasks of the team (4)") && all.contains("Tasks to take (4)"), "{all}");
    assert_eq!(all.matches("name=\"task\"").count(), 4, "each can be ticked");
    let urgent = list(&mut supervisor, "&priority=urgent").await;
    assert!(urgent.contains("Tasks found: 1"), "{urgent}");
    let complaints = list(&mut supervisor, "&kind=complaint_handle").await;
    assert!(
        complaints.contains("Tasks found: 1") && complaints.contains("Answer a complaint"),
        "{complaints}"
    );
    assert!(list(&mut supervisor, "&due=late&order=oldest").await.contains("listed by due date, not by age"));
    assert!(!list(&mut supervisor, "&order=oldest").await.contains("listed by due date, not by age"));
    let none = list(&mut supervisor, "&standing=on_hold").await;
    assert!(none.contains("No task fits"), "{none}");
    // What is made up finds everything, and breaks nothing.
    let odd = list(&mut supervisor, "&order=x&priority=x&holder=x&place=x:y&standing=x&kind=x").await;
    assert!(odd.contains("Tasks of the team (4)"), "{odd}");
    let mut officer = as_counter_officer(&world).await;
    let own = officer.get("/tasks?view=available&lang=en").await.html;
    assert!(!own.contains("name=\"task\""), "who assigns no work ticks nothing");
}
