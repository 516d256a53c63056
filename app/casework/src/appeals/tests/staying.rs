//! What was announced and is contested in time is not done before the appeal is decided.

use domain::appeal::{Finding, IssueOutcome};
use domain::lifecycle::decision::DecisionState;
use time::Duration;

use crate::appeals::testing::*;
use crate::appeals::*;
use crate::decisions::Decision;
use crate::enrolments;
use crate::error::Conflict;
use crate::overrides;
use crate::proposals;
use crate::test_support::hire;
use crate::test_support::small::{POOR, assess, decided_family};
use crate::test_support::{
    World, counter_officer, each_engine, second_counter_officer, second_supervisor, supervisor,
    tribunal_member,
};

/// A child grant that would end: announced by a supervisor, the family may be heard.
async fn announced(world: &World) -> (HouseholdId, Decision) {
    staffed(world).await;
    let household = decided_family(world, POOR).await.0.household;
    world.clock.set(time::macros::datetime!(2029-06-04 8:00 UTC));
    assess(world, household, POOR).await;
    let mut view = world.db.read().await.unwrap();
    let waiting = proposals::of_household(&mut view, &world.keys, household).await.unwrap().remove(0);
    drop(view);
    overrides::approve(world, &supervisor(), waiting.id, waiting.version, "Seen.".into()).await.unwrap();
    let cut = decision(world, household, "child-grant").await;
    assert_eq!(cut.state, DecisionState::Proposed);
    (household, cut)
}

async fn runs(world: &World, household: HouseholdId) -> bool {
    let mut view = world.db.read().await.unwrap();
    let all = enrolments::of_household(&mut view, household).await.unwrap();
    all.iter().any(|one| one.programme == "child-grant" && one.is_running())
}

#[tokio::test]
async fn neither_a_person_nor_a_clock_cuts_what_is_appealed_until_the_tribunal_has_decided() {
    each_engine(async |world| {
        let (household, cut) = announced(world).await;
        world.clock.advance(Duration::days(2));
        let id = appealed(world, household, &cut).await;
        // Time passes, every clock that can ring rings.
        for _ in 0..9 {
            world.clock.advance(Duration::days(20));
            crate::clocks::run_due(world).await.unwrap();
            let issued = overrides::issue_heard(world, &counter_officer(), household, cut.id).await;
            assert_eq!(issued, Err(Error::Conflict(Conflict::State)));
            let shown =
                overrides::hearing(world, &counter_officer(), household, cut.id).await.unwrap().unwrap();
            assert!(shown.is_stayed && !shown.may_issue);
            assert_eq!(decision(world, household, "child-grant").await.state, DecisionState::Proposed);
            assert!(runs(world, household).await, "nothing is cut");
        }
        let member = tribunal_member();
        let now = async || at(world, household, id).await;
        on_paper(world, &member, now().await, "Nothing is disputed but the age.").await.unwrap();
        let issue = read(world, household, id).await.1[0].id;
        let told = Determination {
            issue,
            outcome: IssueOutcome::Dismissed,
            remedy: None,
            note: "The child is five.".into(),
            reasons: vec![],
        };
        determine(world, &member, now().await, (vec![told], "The Act says five.".into())).await.unwrap();
        let early = overrides::issue_heard(world, &counter_officer(), household, cut.id).await;
        assert_eq!(early, Err(Error::Conflict(Conflict::State)), "not before it is issued");
        tribunal::issue(world, &member, now().await).await.unwrap();
        assert!(
            live_task(world, household, "put_in_force").await.is_some(),
            "a person does it, told by a task"
        );
        assert_eq!(read(world, household, id).await.0.state, AppealState::Implemented, "nothing was ordered");
        overrides::issue_heard(world, &counter_officer(), household, cut.id).await.unwrap();
        assert!(!runs(world, household).await);
        assert!(live_task(world, household, "put_in_force").await.is_none());
    })
    .await;
}

#[tokio::test]
async fn what_was_announced_is_given_up_when_the_officer_agrees_with_the_family() {
    each_engine(async |world| {
        let (household, cut) = announced(world).await;
        let id = appealed(world, household, &cut).await;
        let now = at(world, household, id).await;
        let mut own = answers(world, household, id, Finding::Revised).await;
        own[0].change = None;
        // The supervisor who announced it leads every officer of the office.
        let barred = reconsider(world, &second_counter_officer(), now, own.clone()).await;
        assert_eq!(barred, Err(Error::Conflict(Conflict::TookPart)));
        reconsider(world, &second_supervisor(), now, own).await.unwrap();
        let waiting = the_proposal(world, household).await;
        let alone = sign(world, &second_supervisor(), waiting.id, waiting.version, "Yes.".into()).await;
        assert!(alone.is_err(), "not the first of the two: {alone:?}");
        let announcer = sign(world, &supervisor(), waiting.id, waiting.version, "Yes.".into()).await;
        assert!(announcer.is_err(), "nor who announced it: {announcer:?}");
        let third = crate::test_support::actor(
            44,
            domain::role::Role::Supervisor,
            Scope::Agency(crate::test_support::AGENCY.into()),
        );
        hire(world, std::slice::from_ref(&third)).await;
        sign(world, &third, waiting.id, waiting.version, "Yes.".into()).await.unwrap();
        assert_eq!(decision(world, household, "child-grant").await.state, DecisionState::Dropped);
        assert!(runs(world, household).await);
        assert_eq!(read(world, household, id).await.0.state, AppealState::Revised);
    })
    .await;
}

#[tokio::test]
async fn what_is_lodged_after_the_notice_period_stays_nothing() {
    each_engine(async |world| {
        let (household, cut) = announced(world).await;
        world.clock.advance(Duration::days(12));
        let id = appealed(world, household, &cut).await;
        assert!(!read(world, household, id).await.1[0].stays);
        overrides::issue_heard(world, &counter_officer(), household, cut.id).await.unwrap();
    })
    .await;
}
