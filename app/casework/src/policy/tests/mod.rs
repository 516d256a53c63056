//! Stories about the rules: loaded, exported, changed by two people, held by the database, explained later.

mod desk;
mod form;
mod going_live;
mod loading;
mod locks;
mod refusals;
mod simulating;
mod two_people;

use domain::ids::ChangeId;
use serde_json::json;
use time::Date;
use time::macros::date;

use super::*;
use crate::Actor;
use crate::test_support::{World, policy_officer, second_policy_officer};

/// The day on which most changes of these stories begin; the clock starts on 2 November.
const DAY: Date = date!(2026 - 12 - 01);

/// A replacement in a document: name, what stands there, what shall stand there.
type Swap = (&'static str, &'static str, &'static str);

const RATE: Swap = ("parameters.toml", "value = 40 }]", "value = 40 }, { from = 2026-12-01, value = 45 }]");

async fn opened(world: &World, live_on: Date) -> ChangeId {
    let intent = Intent { title: "A higher rate".into(), why: "Prices rose by a tenth.".into(), live_on };
    open(world, &policy_officer(), intent).await.unwrap()
}

async fn at(world: &World, id: ChangeId) -> i64 {
    show(world, &policy_officer(), id).await.unwrap().change.version
}

async fn state(world: &World, id: ChangeId) -> String {
    show(world, &policy_officer(), id).await.unwrap().change.state.to_string()
}

/// Edits a document of a change as `who` by replacing what stands there once.
async fn swap_as(world: &World, who: &Actor, id: ChangeId, (name, from, to): Swap) -> Edited {
    let before = text(world, who, id, name).await.unwrap();
    assert_eq!(before.matches(from).count(), 1, "{name} has '{from}' once");
    edit(world, who, id, at(world, id).await, name, &before.replace(from, to)).await.unwrap()
}

async fn swap(world: &World, id: ChangeId, swap: Swap) {
    let edited = swap_as(world, &policy_officer(), id, swap).await;
    assert!(matches!(edited, Edited::Kept(_)), "{edited:?}");
}

/// Attaches a simulation of the change as it stands.
async fn simulated(world: &World, id: ChangeId) {
    let bundle = bundle(world, &policy_officer(), id).await.unwrap().hash;
    attach_simulation(world, &policy_officer(), id, &bundle, &json!({ "households": 3 })).await.unwrap();
}

async fn submitted(world: &World, swaps: &[Swap], live_on: Date) -> ChangeId {
    let id = opened(world, live_on).await;
    for one in swaps {
        swap(world, id, *one).await;
    }
    let outcome = submit(world, &policy_officer(), id, at(world, id).await).await.unwrap();
    assert_eq!(outcome, Outcome::Done);
    id
}

async fn approved(world: &World, swaps: &[Swap], live_on: Date) -> ChangeId {
    let id = submitted(world, swaps, live_on).await;
    simulated(world, id).await;
    let outcome = approve(world, &second_policy_officer(), id, at(world, id).await).await.unwrap();
    assert_eq!(outcome, Outcome::Done);
    id
}
