//! From a draft to an approved change.

use domain::definitions::Guarantee;
use domain::policy::gates::{Finding, GateName};
use domain::policy::{ChangeState, VersionState};
use domain::role::{Role, Scope};
use time::Duration;

use super::*;
use crate::error::{Conflict, Error};
use crate::journal;
use crate::test_support::small::load_small_pack;
use crate::test_support::{actor, auditor, counter_officer, each_engine};

fn third_officer() -> Actor {
    actor(12, Role::PolicyOfficer, Scope::National)
}

fn shut(outcome: &Outcome) -> Vec<GateName> {
    match outcome {
        Outcome::Shut(gates) => gates.iter().map(|gate| gate.name).collect(),
        other => panic!("not shut: {other:?}"),
    }
}

#[tokio::test]
async fn a_change_is_prepared_by_one_and_approved_by_another() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let before = world.pack().unwrap().hash().to_owned();
        let id = opened(world, DAY).await;
        swap(world, id, RATE).await;
        let looked = gates(world, &policy_officer(), id).await.unwrap();
        assert_eq!(looked.faults, []);
        let open: Vec<GateName> =
            looked.gates.iter().filter(|gate| !gate.passed).map(|gate| gate.name).collect();
        assert_eq!(open, [GateName::Simulation]);
        assert!(looked.tried.iter().all(|tried| tried.lacks().is_empty()));
        let version = at(world, id).await;
        assert_eq!(submit(world, &policy_officer(), id, version - 1).await, Err(Error::Stale));
        assert_eq!(submit(world, &policy_officer(), id, version).await, Ok(Outcome::Done));
        let version = at(world, id).await;
        // Without a simulation nobody approves; with one of before a week neither.
        let other = second_policy_officer();
        assert_eq!(shut(&approve(world, &other, id, version).await.unwrap()), [GateName::Simulation]);
        simulated(world, id).await;
        world.clock.advance(Duration::days(8));
        let old = approve(world, &other, id, version).await.unwrap();
        let Outcome::Shut(old) = old else { panic!("{old:?}") };
        assert_eq!(old[0].found, [Finding::OldSimulation { days: 8 }]);
        simulated(world, id).await;
        let own = approve(world, &policy_officer(), id, version).await;
        assert_eq!(own, Err(Error::Conflict(Conflict::SamePerson)));
        assert_eq!(approve(world, &other, id, version).await, Ok(Outcome::Done));
        let whole = show(world, &other, id).await.unwrap();
        assert_eq!(whole.change.state, ChangeState::Approved);
        assert_eq!(whole.change.bundle, Some(looked.bundle.clone()));
        assert_eq!(whole.change.approved.unwrap().0.id, other.account().unwrap());
        assert_eq!(whole.documents.len(), 1);
        assert_eq!((whole.documents[0].number, whole.documents[0].state), (2, VersionState::Approved));
        assert_eq!(whole.simulations.len(), 2);
        // Nothing holds before its day.
        assert_eq!(put_due_in_force(world).await, Ok(0));
        assert_eq!(world.pack().unwrap().hash(), before);
        let last = journal::of_registry(world, &auditor(), None, 1).await.unwrap().remove(0);
        assert_eq!(last.kind, "policy.approved");
        assert_eq!(last.told("documents"), Some(json!(["parameters.toml"])));
    })
    .await;
}

/// Whoever wrote a line of it is not the second person: not by our code, and not by the database.
#[tokio::test]
async fn nobody_who_edited_a_document_of_a_change_approves_it() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let (id, helper) = (opened(world, DAY).await, second_policy_officer());
        swap(world, id, RATE).await;
        let comment = ("links.toml", "[[link]]", "# Looked at.\n[[link]]");
        assert!(matches!(swap_as(world, &helper, id, comment).await, Edited::Kept(_)));
        // Also when what they wrote is taken out again.
        take_out(world, &policy_officer(), id, at(world, id).await, "links.toml").await.unwrap();
        let third = third_officer();
        assert_eq!(submit(world, &third, id, at(world, id).await).await, Ok(Outcome::Done));
        simulated(world, id).await;
        let version = at(world, id).await;
        for involved in [policy_officer(), helper.clone(), third] {
            let refused = approve(world, &involved, id, version).await;
            assert_eq!(refused, Err(Error::Conflict(Conflict::SamePerson)), "{}", involved.name);
            let refused = send_back(world, &involved, id, version, "No.").await;
            assert_eq!(refused, Err(Error::Conflict(Conflict::SamePerson)), "{}", involved.name);
            let me = involved.account();
            let raw = world
                .write(async move |tx| {
                    tx.run(
                        "UPDATE policy_change SET state = 'approved', approver = $1, approved_at = $2, bundle = 'x' WHERE id = $3",
                        crate::args![me, tx.now(), id],
                    )
                    .await
                })
                .await;
            assert!(raw.is_err(), "{}: {raw:?}", involved.name);
        }
        let fourth = actor(13, Role::PolicyOfficer, Scope::National);
        assert_eq!(approve(world, &fourth, id, version).await, Ok(Outcome::Done));
    })
    .await;
}

#[tokio::test]
async fn a_change_that_is_sent_back_is_reworked_and_handed_in_again() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let id = submitted(world, &[RATE], DAY).await;
        let officer = policy_officer();
        let closed = edit(world, &officer, id, at(world, id).await, "links.toml", "").await;
        assert_eq!(closed, Err(Error::Conflict(Conflict::State)));
        let other = second_policy_officer();
        let unsaid = send_back(world, &other, id, at(world, id).await, "  ").await;
        assert_eq!(unsaid, Err(Error::Invalid("reason.missing")));
        send_back(world, &other, id, at(world, id).await, "From which paper?").await.unwrap();
        let whole = show(world, &officer, id).await.unwrap();
        assert_eq!(
            (whole.change.state, whole.change.note.as_str()),
            (ChangeState::Returned, "From which paper?")
        );
        let source = ("parameters.toml", "\"Amounts Order, sch. 1\"", "\"Amounts Order 2027, sch. 1\"");
        swap(world, id, source).await;
        let intent =
            Intent { title: "Rate".into(), why: "Order 2027".into(), live_on: date!(2027 - 01 - 01) };
        describe(world, &officer, id, at(world, id).await, intent).await.unwrap();
        assert_eq!(submit(world, &officer, id, at(world, id).await).await, Ok(Outcome::Done));
        let versions = versions(world, &officer, "parameters.toml").await.unwrap();
        assert_eq!((versions[0].number, versions[0].valid_from), (2, Some(date!(2027 - 01 - 01))));
        withdraw(world, &officer, id, at(world, id).await, "Parliament said no.").await.unwrap();
        assert_eq!(state(world, id).await, "withdrawn");
        let late = withdraw(world, &officer, id, at(world, id).await, "Again.").await;
        assert_eq!(late, Err(Error::Conflict(Conflict::State)));
        assert_eq!(list(world, &officer, Some(ChangeState::Withdrawn)).await.unwrap().len(), 1);
        assert_eq!(list(world, &officer, Some(ChangeState::Live)).await.unwrap(), []);
    })
    .await;
}

/// The pension goes, and with it the guarantee for older persons.
#[tokio::test]
async fn a_gap_in_the_floor_is_acknowledged_with_a_reason_that_stays() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let (id, officer) = (opened(world, DAY).await, policy_officer());
        swap(world, id, ("programmes/old-age-pension.toml", "\"older\"", "\"health\"")).await;
        let refused = submit(world, &officer, id, at(world, id).await).await.unwrap();
        assert_eq!(shut(&refused), [GateName::Guarantees, GateName::Simulation]);
        acknowledge(world, &officer, id, at(world, id).await, Guarantee::Older, "Too soon.").await.unwrap();
        let reason = "The Pension Act 2027 pays it elsewhere.";
        acknowledge(world, &officer, id, at(world, id).await, Guarantee::Older, reason).await.unwrap();
        assert_eq!(submit(world, &officer, id, at(world, id).await).await, Ok(Outcome::Done));
        let whole = show(world, &officer, id).await.unwrap();
        assert_eq!(whole.gaps.get(&Guarantee::Older).map(String::as_str), Some(reason));
        let late = acknowledge(world, &officer, id, whole.change.version, Guarantee::Older, "Other.").await;
        assert_eq!(late, Err(Error::Conflict(Conflict::State)));
    })
    .await;
}

#[tokio::test]
async fn only_policy_officers_of_the_country_do_any_of_it() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let id = submitted(world, &[RATE], DAY).await;
        let of_agency = actor(14, Role::PolicyOfficer, Scope::Agency("msp".into()));
        for who in [counter_officer(), auditor(), of_agency] {
            let version = at(world, id).await;
            let intent = Intent { title: "a".into(), why: "b".into(), live_on: DAY };
            let forbidden = Some(Error::Forbidden);
            assert_eq!(open(world, &who, intent.clone()).await.err(), forbidden);
            assert_eq!(describe(world, &who, id, version, intent).await.err(), forbidden);
            assert_eq!(edit(world, &who, id, version, "links.toml", "").await.err(), forbidden);
            assert_eq!(remove(world, &who, id, version, "links.toml").await.err(), forbidden);
            assert_eq!(take_out(world, &who, id, version, "links.toml").await.err(), forbidden);
            assert_eq!(text(world, &who, id, "links.toml").await.err(), forbidden);
            assert_eq!(gates(world, &who, id).await.err(), forbidden);
            assert_eq!(bundle(world, &who, id).await.err(), forbidden);
            assert_eq!(attach_simulation(world, &who, id, "x", &json!({})).await.err(), forbidden);
            assert_eq!(submit(world, &who, id, version).await.err(), forbidden);
            assert_eq!(approve(world, &who, id, version).await.err(), forbidden);
            assert_eq!(send_back(world, &who, id, version, "x").await.err(), forbidden);
            assert_eq!(withdraw(world, &who, id, version, "x").await.err(), forbidden);
            assert_eq!(list(world, &who, None).await.err(), forbidden);
            assert_eq!(show(world, &who, id).await.err(), forbidden);
            assert_eq!(documents(world, &who).await.err(), forbidden);
            assert_eq!(versions(world, &who, "links.toml").await.err(), forbidden);
            assert_eq!(super::super::version(world, &who, "links.toml", 1).await.err(), forbidden);
            assert_eq!(packs_of(world, &who, "links.toml", 1).await.err(), forbidden);
            assert_eq!(versions_of(world, &who, "x").await.err(), forbidden);
        }
    })
    .await;
}
