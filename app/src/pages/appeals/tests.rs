//! The pages of appeals: what each person is offered, and what is refused.

use casework::appeals::{self, Against, NewAppeal};
use casework::test_support::small::{POOR, decided_family, load_small_pack};
use casework::test_support::{World, counter_officer};
use domain::appeal::Channel;
use domain::ids::{DecisionId, HouseholdId};
use domain::role::Role;

use crate::test_support::{
    Browser, as_auditor, as_counter_officer, as_supervisor, as_tribunal_member, world,
};

/// A family to whom help for its rooms was refused, and the decision.
async fn refused(world: &World) -> (HouseholdId, DecisionId) {
    load_small_pack(world).await;
    let household = decided_family(world, POOR).await.0.household;
    let sql = "SELECT decision_id FROM decision WHERE programme = 'room-help'";
    let id: uuid::Uuid = world.db.value(sql, vec![]).await.unwrap().unwrap();
    (household, id.into())
}

async fn lodged(world: &World) -> (HouseholdId, String) {
    let (household, decision) = refused(world).await;
    // Somebody is there who may look again.
    Browser::add_account(world, Role::Supervisor).await;
    let new = NewAppeal {
        id: world.new_id(),
        channel: Channel::Counter,
        received_on: None,
        against: vec![Against::Decision(decision)],
        grounds: "There is no roof <b>.".into(),
        wants_hearing: true,
        late_reason: String::new(),
        complaint: None,
    };
    let id = appeals::lodge(world, &counter_officer(), household, new).await.unwrap().id;
    (household, format!("/appeals/{household}/{id}"))
}

#[tokio::test]
async fn an_appeal_is_lodged_from_the_reference_on_a_letter() {
    let world = world().await;
    let (household, decision) = refused(&world).await;
    let sql = "SELECT reference FROM household";
    let reference: String = world.db.value(sql, vec![]).await.unwrap().unwrap();
    let mut officer = as_counter_officer(&world).await;
    let unknown = officer.post("/appeals", &[("reference", "SP-1111-1111")]).await;
    assert_eq!(unknown.status, 422);
    assert!(unknown.html.contains("SP-1111-1111"), "what was typed stays");
    let form = officer.post("/appeals", &[("reference", &reference)]).await.location;
    assert_eq!(form, format!("/appeals/{household}/new"));
    let empty = officer.post(&form, &[("form_id", "x")]).await;
    assert_eq!(empty.status, 422);
    for missing in ["Choose what is contested", "Write down why they disagree", "Choose how it came"] {
        assert!(empty.html.contains(missing), "{missing}");
    }
    let decision = decision.to_string();
    let typed = [
        ("form_id", "01900000-0000-7000-8000-000000000a98"),
        ("against", &decision),
        ("grounds", "There is no roof."),
        ("hearing", "yes"),
        ("channel", "letter"),
    ];
    let there = officer.post(&form, &typed).await.location;
    assert!(there.ends_with("?done=lodged"), "{there}");
    let page = officer.get(&there).await.html;
    assert!(page.contains("There is no roof.") && page.contains("The appeal is lodged."));
    assert_eq!(officer.post(&form, &typed).await.location, there, "sent twice, lodged once");
    assert!(officer.get("/appeals").await.html.contains(&there.replace("?done=lodged", "")));
}

#[tokio::test]
async fn who_decided_is_offered_nothing_and_told_why_and_another_officer_decides() {
    let world = world().await;
    let (household, there) = lodged(&world).await;
    // As if the officer at this browser had taken part in it.
    let mut own = as_counter_officer(&world).await;
    let sql = "INSERT INTO appeal_part (household_id, appeal_id, staff_id, office)
               SELECT household_id, appeal_id, (SELECT id FROM staff WHERE login LIKE 'counter_officer.%'), office FROM appeal";
    world.write(async move |tx| tx.run(sql, vec![]).await).await.unwrap();
    let answer = [
        ("act", "reconsider"),
        ("version", "2"),
        ("finding-0", "upheld"),
        ("why-0", "The rule says two rooms."),
    ];
    let refused = own.post(&there, &answer).await;
    assert_eq!(refused.status, 409);
    assert!(refused.html.contains("Somebody else must do this"));

    let mut other = as_supervisor(&world).await;
    let page = other.get(&there).await.html;
    assert!(page.contains("finding-0") && page.contains("There is no roof &lt;b&gt;."), "escaped");
    let half = other.post(&there, &[("act", "reconsider"), ("version", "2")]).await;
    assert_eq!(half.status, 422);
    assert!(half.html.contains("Choose what you found"));
    let done = other.post(&there, &answer).await;
    assert_eq!(done.location, format!("{there}?done=reconsider"));
    let stale = other.post(&there, &[("act", "respond"), ("version", "2"), ("words", "Stands.")]).await;
    assert_eq!(stale.status, 409);

    let mut tribunal = as_tribunal_member(&world).await;
    assert!(tribunal.get("/appeals").await.html.contains(&there));
    let bundle = tribunal.get(&format!("{there}/bundle")).await;
    assert_eq!(bundle.status, 200);
    for part in ["1. The appeal", "The decision", "The facts that were used", "What was done with the case"] {
        assert!(bundle.html.contains(part), "{part}");
    }
    assert_eq!(tribunal.get(&format!("/households/{household}")).await.status, 403);
    assert_eq!(tribunal.get("/tasks").await.status, 403);
    let gone = tribunal.post(&there, &[("act", "conflict"), ("version", "4"), ("reason", "kin")]).await;
    assert_eq!(gone.location, "/appeals");
    assert_eq!(tribunal.get(&there).await.status, 404, "nothing of it any more");
}

#[tokio::test]
async fn letters_are_in_the_language_of_the_household_and_only_those_that_there_are() {
    let world = world().await;
    let (_, there) = lodged(&world).await;
    let mut officer = as_counter_officer(&world).await;
    let own = officer.get(&format!("{there}/letters/acknowledgement")).await.html;
    assert!(own.contains("Nous avons votre recours") && own.contains(r#"lang="fr""#));
    let arabic = officer.get(&format!("{there}/letters/acknowledgement?in=ar")).await.html;
    assert!(arabic.contains("وصلنا طعنك") && arabic.contains(r#"dir="rtl""#));
    for none in ["hearing", "outcome", "lateness", "finding", "nonsense"] {
        assert_eq!(officer.get(&format!("{there}/letters/{none}")).await.status, 404, "{none}");
    }
    let mut stranger = Browser::stranger(&world);
    assert!(stranger.get(&there).await.location.starts_with("/sign-in"));
    let mut auditor = as_auditor(&world).await;
    let read = auditor.get(&there).await;
    assert_eq!(read.status, 200);
    assert!(!read.html.contains(r#"name="act""#), "reads and does nothing");
}
