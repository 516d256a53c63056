//! Stories about second persons: an override made, sent back by the law, and a benefit that nobody takes away alone.

use domain::lifecycle::enrolment::EnrolmentState;
use domain::proposal::ProposalState;
use domain::signature::ReturnReason;
use time::Duration;

use super::*;
use crate::enrolments;
use crate::proposals::Proposal;
use crate::test_support::small::*;
use crate::test_support::{
    World, counter_officer, each_engine, officer_elsewhere, second_supervisor, supervisor,
};

async fn decision(world: &World, household: HouseholdId, programme: &str) -> Decision {
    let all = decisions::of_household(&mut world.db.read().await.unwrap(), household).await.unwrap();
    all.into_iter().find(|one| one.programme == programme).unwrap()
}

async fn waiting(world: &World, household: HouseholdId) -> Vec<Proposal> {
    let mut view = world.db.read().await.unwrap();
    let all = proposals::of_household(&mut view, &world.keys, household).await.unwrap();
    all.into_iter().filter(|one| one.state == ProposalState::Waiting).collect()
}

fn why() -> Why {
    Why { code: "hardship".into(), words: "The roof fell in last week.".into() }
}

fn help(decision: &Decision) -> Change {
    Change { decision: decision.id, outcome: Outcome::Award, amount_minor: None, period: None }
}

#[tokio::test]
async fn an_override_waits_for_a_second_person_and_is_told_in_the_letter() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let (registered, assessment) = decided_family(world, POOR).await;
        let household = registered.household;
        let refused = decision(world, household, "room-help").await;
        assert_eq!(refused.outcome, Outcome::NotEligible);
        let officer = counter_officer();
        assert_eq!(
            propose(world, &officer_elsewhere(), household, help(&refused), why()).await,
            Err(Error::Forbidden)
        );
        let wordless = Why { words: " ".into(), ..why() };
        assert_eq!(
            propose(world, &officer, household, help(&refused), wordless).await,
            Err(Error::Invalid("reason.missing"))
        );
        let same = Change { outcome: Outcome::NotEligible, ..help(&refused) };
        assert_eq!(
            propose(world, &officer, household, same, why()).await,
            Err(Error::Invalid("override.same"))
        );
        let id = propose(world, &officer, household, help(&refused), why()).await.unwrap();
        assert_eq!(
            propose(world, &officer, household, help(&refused), why()).await,
            Err(Error::Conflict(Conflict::Held)),
            "one at a time"
        );
        let proposal = waiting(world, household).await.remove(0);
        // Two working days from Monday; Wednesday is a holiday.
        assert_eq!(proposal.due_at.date(), time::macros::date!(2026 - 11 - 05));
        assert_eq!(
            approve(world, &officer, id, proposal.version, String::new()).await,
            Err(Error::Forbidden)
        );

        let made = approve(world, &supervisor(), id, proposal.version, "Seen.".into()).await.unwrap();
        let now = decision(world, household, "room-help").await;
        assert_eq!((now.id, now.state, now.outcome), (made, DecisionState::InForce, Outcome::Award));
        assert_eq!((now.supersedes, now.number), (Some(refused.id), 2));
        assert_eq!(now.approved_by, Some(supervisor().staff_id.uuid()));
        assert_eq!(now.body.overridden.as_ref().unwrap().reason_code, "hardship");
        let mut view = world.db.read().await.unwrap();
        let enrolments = enrolments::of_household(&mut view, household).await.unwrap();
        assert!(enrolments.iter().any(|one| one.programme == "room-help" && one.is_running()));
        drop(view);
        let letter = letters::read(world, &officer, household, assessment, "en").await.unwrap();
        let section = letter.sections.iter().find(|one| one.programme == "room-help").unwrap();
        assert_eq!(section.lines[0].standing, domain::letter::Standing::Award);
        assert_eq!(section.lines[0].decided_by_person.as_deref(), Some("The roof fell in last week."));
        assert_eq!(waiting(world, household).await.len(), 0);
    })
    .await;
}

#[tokio::test]
async fn who_proposed_or_decided_cannot_approve() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let household = register_family(world, &small_family(1)).await.household;
        let id = assessments::start(world, &counter_officer(), household).await.unwrap().assessment;
        fill_in(world, household, id, POOR).await;
        // A supervisor sat at the counter and decided.
        assessments::submit(world, &supervisor(), household, id).await.unwrap();
        let refused = decision(world, household, "room-help").await;
        let proposal = propose(world, &counter_officer(), household, help(&refused), why()).await.unwrap();
        let version = waiting(world, household).await[0].version;
        assert_eq!(
            approve(world, &supervisor(), proposal, version, "Seen.".into()).await,
            Err(Error::Conflict(Conflict::SamePerson))
        );
        assert_eq!(
            refuse(world, &supervisor(), proposal, version, "Never.".into()).await,
            Err(Error::Conflict(Conflict::SamePerson)),
            "nor turn down what is said against the own decision"
        );
        assert_eq!(waiting(world, household).await.len(), 1, "nothing was half done");
        approve(world, &second_supervisor(), proposal, version, "Seen.".into()).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn nobody_takes_a_running_benefit_away_alone_or_at_once() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let (registered, _) = decided_family(world, POOR).await;
        let household = registered.household;
        let before = decision(world, household, "fee-waiver").await;
        let grant = decision(world, household, "child-grant").await;
        assert_eq!(grant.outcome, Outcome::Award);
        // The children are five and six now.
        world.clock.set(time::macros::datetime!(2029-06-04 8:00 UTC));
        assess(world, household, POOR).await;
        let cut = decision(world, household, "child-grant").await;
        assert_eq!((cut.state, cut.outcome), (DecisionState::PendingApproval, Outcome::NotEligible));
        assert_eq!(
            decisions::find(&mut world.db.read().await.unwrap(), household, grant.id)
                .await
                .unwrap()
                .unwrap()
                .state,
            DecisionState::InForce
        );
        let running = async || {
            let mut view = world.db.read().await.unwrap();
            let all = enrolments::of_household(&mut view, household).await.unwrap();
            all.into_iter().find(|one| one.programme == "child-grant").unwrap().state
        };
        assert_eq!(running().await, EnrolmentState::Onboarding, "it goes on");
        assert_eq!(
            issue_heard(world, &counter_officer(), household, cut.id).await,
            Err(Error::Conflict(Conflict::State))
        );

        let proposal = waiting(world, household).await.remove(0);
        assert_eq!(proposal.kind, CUT);
        approve(world, &supervisor(), proposal.id, proposal.version, "Seen.".into()).await.unwrap();
        assert_eq!(decision(world, household, "child-grant").await.state, DecisionState::Proposed);
        assert_eq!(running().await, EnrolmentState::Onboarding, "ten days to be heard");
        let early = issue_heard(world, &counter_officer(), household, cut.id).await;
        assert_eq!(early, Err(Error::Conflict(Conflict::State)));

        world.clock.advance(Duration::days(11));
        issue_heard(world, &counter_officer(), household, cut.id).await.unwrap();
        assert_eq!(decision(world, household, "child-grant").await.state, DecisionState::InForce);
        assert_eq!(running().await, EnrolmentState::Exited);
        assert_ne!(decision(world, household, "fee-waiver").await.id, before.id, "the rest was decided anew");
    })
    .await;
}

#[tokio::test]
async fn a_refused_cut_leaves_everything_as_it_was() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let (registered, _) = decided_family(world, POOR).await;
        let household = registered.household;
        world.clock.set(time::macros::datetime!(2029-06-04 8:00 UTC));
        assess(world, household, POOR).await;
        let proposal = waiting(world, household).await.remove(0);
        let moved = Err(Error::Conflict(Conflict::State));
        let back = proposals::withdraw(world, &counter_officer(), proposal.id, proposal.version).await;
        assert_eq!(back, moved, "who assessed does not decide alone that it runs on");
        let back = proposals::send_back(
            world,
            &supervisor(),
            proposal.id,
            proposal.version,
            ReturnReason::Other,
            "Hm".into(),
        )
        .await;
        assert_eq!(back, moved);
        refuse(world, &supervisor(), proposal.id, proposal.version, "The birth dates are wrong.".into())
            .await
            .unwrap();
        let cut = decision(world, household, "child-grant").await;
        assert_eq!(cut.state, DecisionState::Dropped);
        let mut view = world.db.read().await.unwrap();
        let enrolments = enrolments::of_household(&mut view, household).await.unwrap();
        assert!(enrolments.iter().any(|one| one.programme == "child-grant" && one.is_running()));
    })
    .await;
}

#[tokio::test]
async fn an_override_that_came_back_is_reworked_by_who_prepared_it() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let (registered, _) = decided_family(world, POOR).await;
        let household = registered.household;
        let refused = decision(world, household, "room-help").await;
        let officer = counter_officer();
        let id = propose(world, &officer, household, help(&refused), why()).await.unwrap();
        let version = waiting(world, household).await[0].version;
        assert_eq!(
            rework(world, &officer, id, version, help(&refused), why()).await,
            Err(Error::Conflict(Conflict::State)),
            "it has not come back"
        );
        proposals::send_back(world, &supervisor(), id, version, ReturnReason::Reason, "Which rooms?".into())
            .await
            .unwrap();
        let returned = proposals::proposal(world, &officer, id).await.unwrap();
        assert_eq!(returned.state, ProposalState::Returned);
        let better = Why { words: "Both rooms lost their roof.".into(), ..why() };
        assert_eq!(
            rework(world, &supervisor(), id, returned.version, help(&refused), better.clone()).await,
            Err(Error::Forbidden)
        );
        assert_eq!(
            rework(world, &officer, id, version, help(&refused), better.clone()).await,
            Err(Error::Stale)
        );
        rework(world, &officer, id, returned.version, help(&refused), better).await.unwrap();
        let again = waiting(world, household).await.remove(0);
        assert_eq!((again.id, again.reason.as_str()), (id, "Both rooms lost their roof."));
        approve(world, &supervisor(), id, again.version, "Seen.".into()).await.unwrap();
        assert_eq!(decision(world, household, "room-help").await.outcome, Outcome::Award);
    })
    .await;
}

/// A household whose child grant would end: the second person agreed, and the mother may be heard.
async fn announced(world: &World) -> (HouseholdId, Decision) {
    load_small_pack(world).await;
    let household = decided_family(world, POOR).await.0.household;
    world.clock.set(time::macros::datetime!(2029-06-04 8:00 UTC));
    assess(world, household, POOR).await;
    let proposal = waiting(world, household).await.remove(0);
    approve(world, &supervisor(), proposal.id, proposal.version, "Seen.".into()).await.unwrap();
    (household, decision(world, household, "child-grant").await)
}

async fn live_tasks(world: &World, household: HouseholdId) -> Vec<crate::tasks::Task> {
    let mut view = world.db.read().await.unwrap();
    let all = crate::tasks::of_household(&mut view, household).await.unwrap();
    all.into_iter().filter(|task| !task.state.is_final()).collect()
}

#[tokio::test]
async fn who_is_heard_is_told_until_when_and_the_overdue_task_ends_with_the_issue() {
    each_engine(async |world| {
        let (household, cut) = announced(world).await;
        let told = async |actor: Actor| hearing(world, &actor, household, cut.id).await.unwrap().unwrap();
        let early = told(counter_officer()).await;
        assert!(early.until > world.now() && !early.may_issue && !early.may_give_up, "{early:?}");
        assert!(told(supervisor()).await.may_give_up);
        world.clock.advance(Duration::days(11));
        clocks::run_due(world).await.unwrap();
        let late = |task: &crate::tasks::Task| {
            let subject = Subject::new(SUBJECT, cut.id);
            task.late.as_ref().is_some_and(|late| late.kind == "hearing" && late.subject == subject)
        };
        assert!(live_tasks(world, household).await.iter().any(late));
        assert!(told(counter_officer()).await.may_issue);
        issue_heard(world, &counter_officer(), household, cut.id).await.unwrap();
        assert!(!live_tasks(world, household).await.iter().any(late), "nobody need look any more");
        assert_eq!(hearing(world, &counter_officer(), household, cut.id).await, Ok(None));
        let again = issue_heard(world, &counter_officer(), household, cut.id).await;
        assert_eq!(again, Err(Error::Conflict(Conflict::State)));
    })
    .await;
}

#[tokio::test]
async fn who_was_heard_and_is_right_keeps_the_benefit() {
    each_engine(async |world| {
        let (household, cut) = announced(world).await;
        let right = "person_is_right";
        assert_eq!(give_up(world, &counter_officer(), household, cut.id, right).await, Err(Error::Forbidden));
        assert_eq!(
            give_up(world, &supervisor(), household, cut.id, "mood").await,
            Err(Error::Invalid("reason.missing"))
        );
        give_up(world, &supervisor(), household, cut.id, right).await.unwrap();
        assert_eq!(decision(world, household, "child-grant").await.state, DecisionState::Dropped);
        let mut view = world.db.read().await.unwrap();
        let enrolments = enrolments::of_household(&mut view, household).await.unwrap();
        assert!(enrolments.iter().any(|one| one.programme == "child-grant" && one.is_running()));
        drop(view);
        world.clock.advance(Duration::days(30));
        let issued = issue_heard(world, &counter_officer(), household, cut.id).await;
        assert_eq!(issued, Err(Error::Conflict(Conflict::State)));
    })
    .await;
}
