//! A benefit that would be cut, from the second person's answer to the day it ends or is kept, as browsers send it.

use axum::http::StatusCode;
use casework::test_support::World;
use casework::test_support::small::{POOR, assess, decided_family, load_small_pack};
use domain::ids::HouseholdId;
use time::Duration;

use crate::test_support::{Reply, as_auditor, as_counter_officer, as_supervisor, version, world};
use crate::words::Lang;

/// A household whose child grant would end; the supervisor approved that it is told. Gives the address of the hearing.
async fn announced(world: &World) -> (HouseholdId, String) {
    load_small_pack(world).await;
    let household = decided_family(world, POOR).await.0.household;
    // The children are five and six now.
    world.clock.set(time::macros::datetime!(2029-06-04 8:00 UTC));
    assess(world, household, POOR).await;
    let mut supervisor = as_supervisor(world).await;
    let list = supervisor.get("/proposals?lang=en").await.html;
    let start = format!("/proposals/{household}/");
    let id = list.split(&start).nth(1).and_then(|rest| rest.split('"').next()).expect("a proposal");
    let proposal = format!("{start}{id}");
    let page = supervisor.get(&proposal).await;
    assert!(page.html.contains("the household is told, and can be heard"), "{}", page.html);
    let typed = [("answer", "approve"), ("note", "Seen"), ("version", &version(&page.html))];
    let answered = supervisor.post(&proposal, &typed).await;
    assert_eq!(answered.location, "/proposals?done=announced", "{}", answered.html);
    let page = supervisor.get(&proposal).await;
    let link =
        page.html.split("href=\"").find(|link| link.contains("/issue\"")).expect("the way to the hearing");
    (household, link.split('"').next().unwrap_or_default().to_owned())
}

async fn grant(world: &World, household: HouseholdId) -> String {
    let sql = "SELECT state FROM enrolment WHERE household_id = $1 AND programme = 'child-grant'";
    world.db.value(sql, vec![household.into()]).await.unwrap().unwrap()
}

fn offers(reply: &Reply) -> (bool, bool) {
    (reply.html.contains(r#"value="issue""#), reply.html.contains(r#"value="give_up""#))
}

const SURE: [(&str, &str); 2] = [("act", "issue"), ("sure", "yes")];

#[tokio::test]
async fn a_cut_is_put_into_force_when_the_household_could_be_heard() {
    let world = world().await;
    let (household, address) = announced(&world).await;
    let mut officer = as_counter_officer(&world).await;
    for lang in [Lang::Fr, Lang::Ar, Lang::En] {
        officer.get(&format!("{address}?lang={}", lang.code())).await.assert_page(lang);
    }
    let early = officer.get(&address).await;
    assert!(early.html.contains("Nothing is taken away before"), "{}", early.html);
    assert_eq!(offers(&early), (false, false));
    let forced = officer.post(&address, &SURE).await;
    assert_eq!(forced.status, StatusCode::CONFLICT, "{}", forced.html);
    assert_eq!(grant(&world, household).await, "onboarding");

    world.clock.advance(Duration::days(11));
    casework::clocks::run_due(&world).await.unwrap();
    // Sessions have ended meanwhile.
    let (mut officer, mut supervisor) = (as_counter_officer(&world).await, as_supervisor(&world).await);
    // Who sees what is late comes from there to where it is done.
    let tasks = supervisor.get("/tasks?view=team&kind=clock_breached&lang=en").await.html;
    assert!(tasks.contains("Overdue: The household is heard before a benefit is cut"), "{tasks}");
    let row = tasks.split("<tr").find(|row| row.contains("is heard before a benefit")).expect("its row");
    let task = row.split("href=\"").nth(1).expect("a task");
    let task = task.split('"').next().unwrap_or_default().to_owned();
    assert!(supervisor.get(&task).await.html.contains(&address));

    let now = officer.get(&address).await;
    assert_eq!(offers(&now), (true, false), "{}", now.html);
    assert_eq!(offers(&as_auditor(&world).await.get(&address).await), (false, false));
    let unsure = officer.post(&address, &[("act", "issue")]).await;
    assert_eq!(unsure.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unsure.html.contains("href=\"#sure\""), "{}", unsure.html);
    let done = officer.post(&address, &SURE).await;
    assert_eq!(done.location, format!("{address}?done=issue"), "{}", done.html);
    let page = officer.get(&done.location).await;
    assert!(page.html.contains("has a new letter") && page.html.contains("/letters/"), "{}", page.html);
    assert_eq!(offers(&page), (false, false));
    assert_eq!(grant(&world, household).await, "exited");
    let history = officer.get(&format!("/households/{household}/history?lang=en")).await.html;
    assert!(history.contains("Decision made"), "{history}");
    assert!(!supervisor.get("/tasks?view=team&kind=clock_breached").await.html.contains(&task));
}

#[tokio::test]
async fn a_supervisor_keeps_the_benefit_of_who_is_right() {
    let world = world().await;
    let (household, address) = announced(&world).await;
    let mut supervisor = as_supervisor(&world).await;
    assert_eq!(offers(&supervisor.get(&address).await), (false, true));
    let mut officer = as_counter_officer(&world).await;
    let right = [("act", "give_up"), ("why", "person_is_right")];
    assert_eq!(officer.post(&address, &right).await.status, StatusCode::FORBIDDEN);
    let wordless = supervisor.post(&address, &[("act", "give_up")]).await;
    assert_eq!(wordless.status, StatusCode::UNPROCESSABLE_ENTITY);
    let done = supervisor.post(&address, &right).await;
    assert_eq!(done.location, format!("{address}?done=give_up"), "{}", done.html);
    world.clock.advance(Duration::days(30));
    let late = as_counter_officer(&world).await.post(&address, &SURE).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.html);
    assert_eq!(grant(&world, household).await, "onboarding");
}
