//! Stories about complaints: from the first word to the last, on both engines.

mod anonymous;
mod apart;
mod course;
mod restricted;
mod terms;
mod walk;

use domain::complaint::form::{Statement, Written};
use domain::complaint::{Category, Channel, ComplaintState, Identity, Outcome};
use domain::ids::{ComplaintId, HouseholdId};
use uuid::Uuid;

use super::decide::Response;
use super::handle::Triage;
use super::own::Knock;
use super::*;
use crate::args;
use crate::test_support::{
    OFFICE, World, agency_supervisor, counter_officer, hire, officer_elsewhere, ombudsman,
    second_agency_supervisor, second_counter_officer, second_ombudsman, second_supervisor, supervisor,
};
use crate::tracking::{Limits, Opened, Token};

/// Everybody of the stories.
async fn hire_all(world: &World) {
    crate::test_support::small::load_small_pack(world).await;
    hire(
        world,
        &[
            counter_officer(),
            second_counter_officer(),
            officer_elsewhere(),
            supervisor(),
            second_supervisor(),
            agency_supervisor(),
            second_agency_supervisor(),
            ombudsman(),
            second_ombudsman(),
        ],
    )
    .await;
}

fn statement(category: Category, identity: Identity) -> Statement {
    let written = Written {
        category: category.code().into(),
        what: "Nothing came in October.".into(),
        wanted: "The money.".into(),
        whom: String::new(),
        identity: identity.code().into(),
        name: "Awa Diallo".into(),
        phone: "+257 79 123 456".into(),
    };
    written.validate().unwrap()
}

fn complaint(category: Category, identity: Identity) -> NewComplaint {
    NewComplaint {
        form: Uuid::from_u128(0xc0_0000 + u128::from(rand::random::<u64>())),
        channel: Channel::Public,
        statement: statement(category, identity),
        office: OFFICE.into(),
        household: None,
        reference: String::new(),
        language: "en".into(),
        received_on: None,
        files: vec![],
    }
}

/// One from the public page, with a name.
async fn lodged(world: &World, category: Category) -> Lodged {
    lodge(world, &Actor::applicant(), &complaint(category, Identity::Identified)).await.unwrap()
}

async fn read(world: &World, id: ComplaintId) -> Complaint {
    let mut view = world.db.read().await.unwrap();
    shape::find(&mut view, id).await.unwrap().unwrap()
}

async fn version(world: &World, id: ComplaintId) -> i64 {
    read(world, id).await.version
}

fn found(category: Category) -> Triage {
    Triage { category, office: OFFICE.into(), about: None }
}

/// To somebody who has begun.
async fn investigated(world: &World, id: ComplaintId, chief: &Actor, handler: &Actor) {
    let category = read(world, id).await.category;
    acknowledge(world, chief, id, version(world, id).await, "We have it.").await.unwrap();
    triage(world, chief, id, version(world, id).await, found(category)).await.unwrap();
    assign(world, chief, id, version(world, id).await, handler.staff_id).await.unwrap();
    begin(world, handler, id, version(world, id).await).await.unwrap();
}

fn response(outcome: Outcome) -> Response {
    Response { outcome, words: "The agent was closed; the money is at the other one.".into(), remedy: None }
}

/// To an answer that somebody has signed.
async fn answered_by(world: &World, id: ComplaintId, chief: &Actor, handler: &Actor) {
    investigated(world, id, chief, handler).await;
    let now = version(world, id).await;
    propose_response(world, handler, id, now, response(Outcome::Upheld)).await.unwrap();
    resolve(world, chief, id, version(world, id).await).await.unwrap();
}

fn knock(lodged: &Lodged) -> Knock {
    Knock { code: lodged.code.to_string(), pin: lodged.pin.clone(), address: "192.0.2.7".into() }
}

async fn enter(world: &World, lodged: &Lodged) -> Token {
    match own::enter(world, &knock(lodged), Limits::PUBLIC).await.unwrap() {
        Opened::In(token) => token,
        other => panic!("not let in: {other:?}"),
    }
}

/// Kind and state of each clock of a complaint, in the order they were started.
async fn clocks_of(world: &World, id: ComplaintId) -> Vec<(String, String)> {
    world
        .db
        .all("SELECT kind, state FROM clock WHERE household_id = $1 ORDER BY id", args![id])
        .await
        .unwrap()
}

/// Kind, scope and holder of the live tasks of a complaint.
async fn tasks_of(world: &World, id: ComplaintId) -> Vec<(String, String, Option<Uuid>)> {
    world
        .db
        .all(
            "SELECT kind, scope_kind, holder FROM task WHERE household_id = $1
             AND state IN ('open', 'assigned', 'in_progress', 'on_hold') ORDER BY id",
            args![id],
        )
        .await
        .unwrap()
}

fn pair(kind: &str, state: &str) -> (String, String) {
    (kind.into(), state.into())
}

/// A household of [`OFFICE`], assessed by [`counter_officer`].
async fn decided(world: &World) -> HouseholdId {
    crate::test_support::small::decided_family(world, crate::test_support::small::POOR).await.0.household
}
