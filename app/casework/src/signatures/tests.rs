//! Decisions of the rules that a second person signs, on both engines; and the sample as a property.

use domain::letter::Standing;
use domain::signature::ReturnReason;
use time::Duration;
use uuid::Uuid;

use super::*;
use crate::assessments;
use crate::decisions::{find, of_household};
use crate::enrolments;
use crate::packs::{self, Loading};
use crate::test_support::small::{POOR, decided_family, small_pack};
use crate::test_support::{
    World, counter_officer, each_engine, second_counter_officer, second_supervisor, supervisor,
};
use domain::ids::HouseholdId;

/// The small pack with this of the second signature.
async fn load(world: &World, table: &str) {
    let mut files = small_pack();
    let text = files["pack.toml"].clone();
    let (before, _) = text.split_once("[second_signature]").unwrap();
    files.insert("pack.toml".into(), format!("{before}[second_signature]\n{table}"));
    let loading = packs::load(world, &Actor::command_line(), files).await.unwrap();
    assert!(matches!(loading, Loading::InForce(_)), "{loading:?}");
}

async fn decisions(world: &World, household: HouseholdId) -> Vec<Decision> {
    of_household(&mut world.db.read().await.unwrap(), household).await.unwrap()
}

async fn waiting(world: &World, household: HouseholdId, programme: &str) -> (Decision, Proposal) {
    let decision =
        decisions(world, household).await.into_iter().find(|one| one.programme == programme).unwrap();
    let mut view = world.db.read().await.unwrap();
    let subject = Subject::new(SUBJECT, decision.id);
    let all = proposals::waiting_about(&mut view, &world.keys, household, &subject).await.unwrap();
    (decision, all.into_iter().next().expect("a proposal"))
}

async fn approve(world: &World, by: &Actor, proposal: &Proposal) -> Result<DecisionId> {
    crate::overrides::approve(world, by, proposal.id, proposal.version, "Seen.".into()).await
}

async fn running(world: &World, household: HouseholdId, programme: &str) -> usize {
    let mut view = world.db.read().await.unwrap();
    let all = enrolments::of_household(&mut view, household).await.unwrap();
    all.iter().filter(|one| one.programme == programme && one.is_running()).count()
}

async fn standing(world: &World, household: HouseholdId, programme: &str) -> Standing {
    let assessment = decisions(world, household).await[0].assessment;
    let letter = crate::letters::read(world, &counter_officer(), household, assessment, "en").await.unwrap();
    letter.sections.iter().find(|one| one.programme == programme).unwrap().lines[0].standing
}

#[tokio::test]
async fn what_is_drawn_waits_and_nothing_follows_before_another_signs() {
    each_engine(async |world| {
        load(world, "sample_percent = 100\n").await;
        let household = decided_family(world, POOR).await.0.household;
        for decision in decisions(world, household).await {
            if decision.outcome != Outcome::NeedsInformation {
                assert_eq!(decision.state, DecisionState::PendingApproval, "{}", decision.programme);
            }
        }
        let (decision, proposal) = waiting(world, household, "child-grant").await;
        assert_eq!((proposal.kind.as_str(), proposal.reason_code.as_str()), (SIGN, "sample"));
        assert_eq!(proposal.drawn_at, Some(world.now()));
        assert_eq!(decision.appeal_until, None);
        assert_eq!(running(world, household, "child-grant").await, 0);
        assert_eq!(standing(world, household, "child-grant").await, Standing::BeingLookedAt);
        // Not by an officer, not by who prepared it, and not refused or taken back.
        assert_eq!(approve(world, &counter_officer(), &proposal).await, Err(Error::Forbidden));
        let refused =
            crate::overrides::refuse(world, &supervisor(), proposal.id, proposal.version, "No.".into()).await;
        assert_eq!(refused, Err(Error::Conflict(Conflict::State)));
        let back = proposals::withdraw(world, &counter_officer(), proposal.id, proposal.version).await;
        assert_eq!(back, Err(Error::Conflict(Conflict::State)));
        let around = world
            .write(async move |tx| {
                tx.run(
                    "UPDATE decision SET approved_by = decided_by WHERE decision_id = $1",
                    args![decision.id],
                )
                .await
            })
            .await;
        assert!(matches!(around, Err(Error::Internal(_))), "the table refuses it too: {around:?}");

        approve(world, &supervisor(), &proposal).await.unwrap();
        let signed =
            find(&mut world.db.read().await.unwrap(), household, decision.id).await.unwrap().unwrap();
        assert_eq!(signed.state, DecisionState::InForce);
        assert_eq!(signed.approved_by, Some(supervisor().staff_id.uuid()));
        assert!(signed.appeal_until.is_some());
        assert_eq!(running(world, household, "child-grant").await, 1);
        assert_eq!(standing(world, household, "child-grant").await, Standing::Award);
        assert_eq!(approve(world, &second_supervisor(), &proposal).await.err(), Some(Error::Stale));
    })
    .await;
}

#[tokio::test]
async fn a_supervisor_who_sat_at_the_counter_does_not_sign_it() {
    each_engine(async |world| {
        load(world, "sample_percent = 100\n").await;
        let family = crate::test_support::small::small_family(1);
        let household = crate::test_support::small::register_family(world, &family).await.household;
        let id = assessments::start(world, &counter_officer(), household).await.unwrap().assessment;
        crate::test_support::small::fill_in(world, household, id, POOR).await;
        assessments::submit(world, &supervisor(), household, id).await.unwrap();
        let (_, proposal) = waiting(world, household, "child-grant").await;
        assert_eq!(
            approve(world, &supervisor(), &proposal).await,
            Err(Error::Conflict(Conflict::SamePerson))
        );
        let sent = proposals::send_back(
            world,
            &supervisor(),
            proposal.id,
            proposal.version,
            ReturnReason::Answers,
            "Hm".into(),
        )
        .await;
        assert_eq!(sent, Err(Error::Conflict(Conflict::SamePerson)));
        approve(world, &second_supervisor(), &proposal).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_comes_back_is_explained_or_assessed_anew_by_who_prepared_it() {
    each_engine(async |world| {
        load(world, "sample_percent = 100\n").await;
        let household = decided_family(world, POOR).await.0.household;
        let (decision, proposal) = waiting(world, household, "child-grant").await;
        let (id, version) = (proposal.id, proposal.version);
        let code = ReturnReason::Papers;
        proposals::send_back(world, &supervisor(), id, version, code, "Which card?".into()).await.unwrap();
        let state =
            async |id| find(&mut world.db.read().await.unwrap(), household, id).await.unwrap().unwrap().state;
        assert_eq!(state(decision.id).await, DecisionState::Returned);
        let returned = proposals::proposal(world, &counter_officer(), id).await.unwrap();
        assert_eq!(returned.return_reason, Some(code));
        let words = || "The blue one, seen today.".to_owned();
        let other = explain(world, &second_counter_officer(), id, returned.version, words()).await;
        assert!(matches!(other, Err(Error::Forbidden | Error::NotFound)), "{other:?}");
        let mute = explain(world, &counter_officer(), id, returned.version, " ".into()).await;
        assert_eq!(mute, Err(Error::Invalid("reason.missing")));
        explain(world, &counter_officer(), id, returned.version, words()).await.unwrap();
        assert_eq!(state(decision.id).await, DecisionState::PendingApproval);
        let (_, again) = waiting(world, household, "child-grant").await;
        assert_eq!((again.id, again.reason.as_str()), (id, "The blue one, seen today."));
        approve(world, &supervisor(), &again).await.unwrap();
        assert_eq!(state(decision.id).await, DecisionState::InForce);
        // Another is assessed anew instead: what waited is dropped with its proposal.
        let (before, _) = waiting(world, household, "old-age-pension").await;
        world.clock.advance(Duration::DAY);
        crate::test_support::small::assess(world, household, POOR).await;
        assert_eq!(state(before.id).await, DecisionState::Dropped);
        let off = crate::budgets::check::run(world).await.unwrap().1;
        assert!(off.is_empty(), "{off:?}");
    })
    .await;
}

#[tokio::test]
async fn what_lies_above_a_limit_is_signed_and_nothing_else() {
    each_engine(async |world| {
        load(
            world,
            "sample_percent = 0\n[[second_signature.above]]\namount = 1\nprogrammes = [\"child-grant\"]\n",
        )
        .await;
        let household = decided_family(world, POOR).await.0.household;
        let (decision, proposal) = waiting(world, household, "child-grant").await;
        assert_eq!((proposal.reason_code.as_str(), proposal.drawn_at), ("amount", None));
        for other in decisions(world, household).await.iter().filter(|one| one.id != decision.id) {
            assert_ne!(other.state, DecisionState::PendingApproval, "{}", other.programme);
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_drawn_keeps_its_place_and_the_balance_is_what_is_held() {
    use crate::budgets::testing::{LIST, YEAR, assessed, balanced, decision, lines, place};
    each_engine(async |world| {
        let mut files = small_pack();
        let text = files["pack.toml"].replace("sample_percent = 0", "sample_percent = 100");
        files.insert("pack.toml".into(), text);
        let list = format!("{}{YEAR}places = 1\n", files["programmes/cash-transfer.toml"]);
        files.insert("programmes/cash-transfer.toml".into(), list);
        let loading = packs::load(world, &Actor::command_line(), files).await.unwrap();
        assert!(matches!(loading, Loading::InForce(_)), "{loading:?}");
        let taken = async || lines(world).await[0].taken_places;
        let first = assessed(world, 1, "10").await;
        let drawn = decision(world, first).await;
        assert_eq!((drawn.state, drawn.outcome), (DecisionState::PendingApproval, Outcome::Award));
        assert_eq!(taken().await, 1, "the last place is kept for who was drawn");
        balanced(world).await;
        let second = assessed(world, 2, "5").await;
        assert_eq!(decision(world, second).await.outcome, Outcome::WaitingList);
        let (_, proposal) = waiting(world, first, LIST).await;
        approve(world, &supervisor(), &proposal).await.unwrap();
        assert!(place(world, first).await.is_running());
        assert_eq!(taken().await, 1);
        balanced(world).await;
        // Of another, dropped before it is signed, the place is free again.
        let third = assessed(world, 3, "10").await;
        crate::test_support::small::assess(world, third, crate::budgets::testing::typed("10")).await;
        balanced(world).await;
    })
    .await;
}

/// The sum of squared differences from what is expected, each as a share of it.
fn chi_squared(counts: &[u32], expected: f64) -> f64 {
    counts.iter().map(|count| (f64::from(*count) - expected).powi(2) / expected).sum()
}

#[test]
fn as_many_are_drawn_as_the_rate_says_whenever_and_in_whatever_order_they_are_made() {
    let keys = Keys::generate();
    let rules = Rules::default();
    let made = |number: u64| {
        // One a minute, as ids are given: the moment first.
        let moment = u128::from(1_790_000_000_000 + number * 60_000) << 80;
        DecisionId::new(Uuid::from_u128(moment | 7 << 76 | u128::from(number)))
    };
    let count = 60_000_u32;
    let drawn: Vec<u64> =
        (0..u64::from(count)).filter(|number| is_drawn(&keys, &rules, made(*number), 1)).collect();
    let share = f64::from(count) / 20.0;
    let total = u32::try_from(drawn.len()).unwrap();
    // One degree of freedom: more than 24 in one of a million draws.
    let both = chi_squared(&[total], share) + chi_squared(&[count - total], f64::from(count) - share);
    assert!(both < 24.0, "{total} of {count}: {both}");
    // By the hour of the day, 24 hours of the same length: 23 degrees of freedom, more than 72 in one of a million.
    let mut hours = [0_u32; 24];
    for number in &drawn {
        hours[usize::try_from(number / 60 % 24).unwrap()] += 1;
    }
    assert!(chi_squared(&hours, share / 24.0) < 72.0, "{hours:?}");
    // By what came before: a draw right after another is as rare as any.
    let follows = drawn.windows(2).filter(|pair| pair[1] == pair[0] + 1).count();
    let expected = share / 20.0;
    let follows = f64::from(u32::try_from(follows).unwrap());
    assert!((follows - expected).abs() < 6.0 * expected.sqrt(), "{follows}, expected {expected}");
    // Done again it is the same; a newer version, or other keys, are another draw.
    let again: Vec<u64> =
        (0..u64::from(count)).rev().filter(|number| is_drawn(&keys, &rules, made(*number), 1)).collect();
    assert_eq!(again.into_iter().rev().collect::<Vec<_>>(), drawn);
    let other = Keys::generate();
    let differ = |keys: &Keys, version: i64| {
        drawn.iter().any(|number| !is_drawn(keys, &rules, made(*number), version))
    };
    assert!(differ(&keys, 2) && differ(&other, 1));
}
