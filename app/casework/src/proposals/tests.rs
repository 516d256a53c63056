//! Proposals on both engines.

use domain::calendar::Term;
use domain::role::Scope;
use time::{Duration, Weekday};
use uuid::Uuid;

use super::*;
use crate::error::Conflict;
use crate::test_support::{
    OFFICE, World, counter_officer, each_engine, officer_elsewhere, second_supervisor, supervisor,
};

fn calendar() -> WorkingCalendar {
    WorkingCalendar::new([Weekday::Saturday, Weekday::Sunday], []).unwrap()
}

fn household() -> HouseholdId {
    HouseholdId::new(Uuid::from_u128(700))
}

fn change(amount: i64) -> NewProposal<serde_json::Value> {
    NewProposal {
        household_id: household(),
        kind: "verdict_override".into(),
        subject: Subject::new("decision", Uuid::from_u128(9)),
        scope: Scope::Office(OFFICE.into()),
        payload: serde_json::json!({ "amount": amount }),
        reason_code: "facts_changed".into(),
        reason: "The roof fell in last night".into(),
        term: Term::WorkingDays(2),
        legal_basis: "Manual, section 4".into(),
    }
}

async fn proposed(world: &World, by: &Actor) -> Result<ProposalId> {
    let (keys, by) = (world.keys.clone(), by.clone());
    world.write(async move |tx| propose(tx, &keys, &by, &calendar(), change(100)).await).await
}

async fn approved(world: &World, by: &Actor, id: ProposalId, version: i64) -> Result<Proposal> {
    let (keys, by) = (world.keys.clone(), by.clone());
    world.write(async move |tx| approve(tx, &keys, &by, id, version, "seen").await).await
}

async fn live_tasks(world: &World) -> Vec<tasks::Task> {
    tasks::team(world, &supervisor(), &tasks::Filter::default(), None, 50).await.unwrap().tasks
}

#[tokio::test]
async fn a_second_person_approves_and_the_work_around_it_ends() {
    each_engine(async |world| {
        let id = proposed(world, &counter_officer()).await.unwrap();
        let work = live_tasks(world).await;
        assert_eq!((work.len(), work[0].kind.as_str(), work[0].needs), (1, "approve", Right::Approve));
        let waiting = proposal(world, &supervisor(), id).await.unwrap();
        assert_eq!((waiting.due_at, waiting.version), (work[0].due_at, 1));
        let done = approved(world, &supervisor(), id, 1).await.unwrap();
        assert_eq!(done.payload::<serde_json::Value>().unwrap()["amount"], 100);
        assert_eq!((done.state, done.decided_by), (ProposalState::Approved, Some(supervisor().staff_id)));
        assert!(live_tasks(world).await.is_empty());
        world.clock.advance(Duration::days(30));
        assert_eq!(clocks::run_due(world).await, Ok(0), "its clock was met");
        assert_eq!(
            approved(world, &second_supervisor(), id, 2).await.unwrap_err(),
            Error::Conflict(Conflict::State)
        );
    })
    .await;
}

#[tokio::test]
async fn nobody_decides_what_they_prepared() {
    each_engine(async |world| {
        let id = proposed(world, &supervisor()).await.unwrap();
        let own = approved(world, &supervisor(), id, 1).await.unwrap_err();
        assert_eq!(own, Error::Conflict(Conflict::SamePerson));
        let own = refuse(world, &supervisor(), id, 1, "no".into()).await;
        assert_eq!(own, Err(Error::Conflict(Conflict::SamePerson)));
        // Whatever the program does, the table refuses it too.
        let around = world
            .write(async move |tx| {
                tx.run(
                    "UPDATE proposal SET decided_by = prepared_by, state = 'approved' WHERE id = $1",
                    args![id],
                )
                .await
            })
            .await;
        assert!(matches!(around, Err(Error::Internal(_))), "{around:?}");
        approved(world, &second_supervisor(), id, 1).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn only_who_may_approve_there_decides_and_only_with_the_version_they_saw() {
    each_engine(async |world| {
        let id = proposed(world, &counter_officer()).await.unwrap();
        for nobody in [counter_officer(), officer_elsewhere(), Actor::system(), Actor::applicant()] {
            assert_eq!(
                approved(world, &nobody, id, 1).await.unwrap_err(),
                Error::Forbidden,
                "{}",
                nobody.name
            );
        }
        assert_eq!(proposal(world, &officer_elsewhere(), id).await.unwrap_err(), Error::NotFound);
        assert_eq!(approved(world, &supervisor(), id, 7).await.unwrap_err(), Error::Stale);
        assert_eq!(
            refuse(world, &supervisor(), id, 1, " ".into()).await,
            Err(Error::Invalid("reason.missing"))
        );
        refuse(world, &supervisor(), id, 1, "The roof stands".into()).await.unwrap();
        let refused = proposal(world, &counter_officer(), id).await.unwrap();
        assert_eq!(
            (refused.state, refused.decision_note.as_str()),
            (ProposalState::Refused, "The roof stands")
        );
    })
    .await;
}

#[tokio::test]
async fn two_who_approve_at_once_approve_once() {
    each_engine(async |world| {
        let id = proposed(world, &counter_officer()).await.unwrap();
        let (first, second) = (supervisor(), second_supervisor());
        let (one, two) = tokio::join!(approved(world, &first, id, 1), approved(world, &second, id, 1));
        assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    })
    .await;
}

#[tokio::test]
async fn a_returned_proposal_comes_back_reworked() {
    each_engine(async |world| {
        let id = proposed(world, &counter_officer()).await.unwrap();
        send_back(world, &supervisor(), id, 1, ReturnReason::Reason, "Which roof?".into()).await.unwrap();
        let back = proposal(world, &counter_officer(), id).await.unwrap();
        assert_eq!((back.returned_at, back.return_reason), (Some(world.now()), Some(ReturnReason::Reason)));
        // Whatever the program does, nobody sends back what they prepared.
        let around = world
            .write(async move |tx| {
                tx.run("UPDATE proposal SET returned_by = prepared_by WHERE id = $1", args![id]).await
            })
            .await;
        assert!(matches!(around, Err(Error::Internal(_))), "{around:?}");
        let work = live_tasks(world).await;
        assert_eq!(
            (work.len(), work[0].kind.as_str(), work[0].holder),
            (1, "rework", Some(counter_officer().staff_id))
        );
        let by_other = resubmit(world, &supervisor(), calendar(), id, 2, change(50)).await;
        assert_eq!(by_other, Err(Error::Forbidden));
        resubmit(world, &counter_officer(), calendar(), id, 2, change(50)).await.unwrap();
        let done = approved(world, &supervisor(), id, 3).await.unwrap();
        assert_eq!(done.payload::<serde_json::Value>().unwrap()["amount"], 50);
        assert!(live_tasks(world).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_is_withdrawn_or_lapses_leaves_no_work() {
    each_engine(async |world| {
        let id = proposed(world, &counter_officer()).await.unwrap();
        assert_eq!(withdraw(world, &supervisor(), id, 1).await, Err(Error::Forbidden));
        withdraw(world, &counter_officer(), id, 1).await.unwrap();
        proposed(world, &counter_officer()).await.unwrap();
        let (keys, about) = (world.keys.clone(), Subject::new("decision", Uuid::from_u128(9)));
        let lapsed = world
            .write(async move |tx| lapse(tx, &keys, &Actor::system(), household(), &about).await)
            .await
            .unwrap();
        assert_eq!(lapsed, 1);
        assert!(live_tasks(world).await.is_empty());
        world.clock.advance(Duration::days(30));
        assert_eq!(clocks::run_due(world).await, Ok(0));
    })
    .await;
}

#[tokio::test]
async fn nobody_looking_is_told_to_the_supervisor() {
    each_engine(async |world| {
        proposed(world, &counter_officer()).await.unwrap();
        world.clock.advance(Duration::days(7));
        assert_eq!(clocks::run_due(world).await, Ok(1));
        let kinds: Vec<String> = live_tasks(world).await.into_iter().map(|task| task.kind).collect();
        assert_eq!(kinds, ["clock_breached", "approve"]);
    })
    .await;
}

#[tokio::test]
async fn what_waits_is_listed_for_who_decides_and_for_who_prepared_it() {
    each_engine(async |world| {
        let id = proposed(world, &counter_officer()).await.unwrap();
        let listed = waiting(world, &supervisor(), "", None, 10).await.unwrap();
        assert_eq!(listed.rows.iter().map(|proposal| proposal.id).collect::<Vec<_>>(), [id]);
        assert_eq!(waiting(world, &counter_officer(), "", None, 10).await.unwrap_err(), Error::Forbidden);
        assert_eq!(mine(world, &counter_officer()).await.unwrap().len(), 1);
        assert!(mine(world, &supervisor()).await.unwrap().is_empty());
        let country = crate::test_support::actor(80, domain::role::Role::Supervisor, Scope::National);
        assert_eq!(waiting(world, &country, "", None, 10).await.unwrap().rows.len(), 1);
        let agency =
            crate::test_support::actor(81, domain::role::Role::Supervisor, Scope::Agency("moh".into()));
        assert!(waiting(world, &agency, "", None, 10).await.unwrap().rows.is_empty());
        approved(world, &supervisor(), id, 1).await.unwrap();
        assert!(waiting(world, &supervisor(), "", None, 10).await.unwrap().rows.is_empty());
    })
    .await;
}
