//! What the stories about appeals begin with: people with accounts, and a family that was refused something.

use domain::appeal::{Channel, Finding};
use domain::ids::{AppealId, HouseholdId};
use domain::lifecycle::Lifecycle as _;
use domain::lifecycle::decision::Outcome;
use uuid::Uuid;

use super::*;
use crate::decisions::{self, Decision};
use crate::test_support::small::{POOR, decided_family, load_small_pack};
use crate::test_support::{
    World, counter_officer, hire, officer_elsewhere, second_counter_officer, second_supervisor, supervisor,
    tribunal_member,
};

/// Everybody of the two offices, and a member of the tribunal.
pub async fn staffed(world: &World) {
    load_small_pack(world).await;
    let all = [
        counter_officer(),
        second_counter_officer(),
        officer_elsewhere(),
        supervisor(),
        second_supervisor(),
        tribunal_member(),
    ];
    hire(world, &all).await;
}

pub async fn decision(world: &World, household: HouseholdId, programme: &str) -> Decision {
    let all = decisions::of_household(&mut world.db.read().await.unwrap(), household).await.unwrap();
    all.into_iter().find(|one| one.programme == programme).unwrap()
}

/// A family to whom help for its rooms was refused, by the counter officer.
pub async fn refused(world: &World) -> (HouseholdId, Decision) {
    staffed(world).await;
    let household = decided_family(world, POOR).await.0.household;
    let refused = decision(world, household, "room-help").await;
    assert_eq!(refused.outcome, Outcome::NotEligible);
    (household, refused)
}

pub fn new(against: &[Against]) -> NewAppeal {
    NewAppeal {
        id: AppealId::new(Uuid::from_u128(0xa9_9ea1)),
        channel: Channel::Counter,
        received_on: None,
        against: against.to_vec(),
        grounds: "The roof is gone, nobody asked.".into(),
        wants_hearing: true,
        late_reason: String::new(),
        complaint: None,
    }
}

pub async fn appealed(world: &World, household: HouseholdId, decision: &Decision) -> AppealId {
    let lodged =
        lodge(world, &counter_officer(), household, new(&[Against::Decision(decision.id)])).await.unwrap();
    assert_eq!(lodged.state, AppealState::Acknowledged);
    lodged.id
}

pub async fn read(world: &World, household: HouseholdId, id: AppealId) -> (Appeal, Vec<Issue>) {
    let mut view = world.db.read().await.unwrap();
    let appeal = shape::find(&mut view, household, id).await.unwrap().unwrap();
    (appeal, shape::issues(&mut view, household, id).await.unwrap())
}

/// The appeal as it stands now, for the next step.
pub async fn at(world: &World, household: HouseholdId, id: AppealId) -> (HouseholdId, AppealId, i64) {
    (household, id, read(world, household, id).await.0.version)
}

pub fn help() -> reconsider::Remedy {
    reconsider::Remedy { outcome: Outcome::Award, amount_minor: None, period: None }
}

/// One answer for every issue.
pub async fn answers(world: &World, household: HouseholdId, id: AppealId, finding: Finding) -> Vec<Answer> {
    let issues = read(world, household, id).await.1;
    let of = |issue: &Issue| Answer {
        issue: issue.id,
        finding,
        change: (finding == Finding::Revised).then(help),
        reason: "facts_missing".into(),
        words: "The roof was not asked about.".into(),
    };
    issues.iter().map(of).collect()
}

pub async fn live_task(world: &World, household: HouseholdId, kind: &str) -> Option<tasks::Task> {
    let mut view = world.db.read().await.unwrap();
    let all = tasks::of_household(&mut view, household).await.unwrap();
    all.into_iter().find(|task| task.kind == kind && !task.state.is_final())
}

pub async fn the_proposal(world: &World, household: HouseholdId) -> crate::proposals::Proposal {
    let mut view = world.db.read().await.unwrap();
    let all = crate::proposals::of_household(&mut view, &world.keys, household).await.unwrap();
    all.into_iter().find(|one| one.kind == REVISION).unwrap()
}
