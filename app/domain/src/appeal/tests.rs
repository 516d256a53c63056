//! That no way leads round the guards of an appeal, whatever happens in whatever order.

use proptest::prelude::*;

use super::*;
use crate::lifecycle::{By, Guard, Lifecycle, advance, offers, reaches};
use crate::role::Role;

#[test]
fn nobody_who_took_part_decides_about_it() {
    for end in [AppealState::Revised, AppealState::Determined, AppealState::Heard] {
        assert!(!reaches(end, |step| !step.guards.contains(&Guard::TookNoPart)), "{end}");
    }
    // By a person's hand it reaches the tribunal only through somebody who took no part, or the person concerned.
    for step in AppealState::steps() {
        let decides = matches!(
            step.event,
            AppealEvent::Revise | AppealEvent::Uphold | AppealEvent::Condone | AppealEvent::RefuseCondonation
        );
        assert!(!decides || step.guards.contains(&Guard::TookNoPart), "{} in {}", step.event, step.from);
    }
}

#[test]
fn what_is_revised_has_two_people() {
    assert!(!reaches(AppealState::Revised, |step| !step.guards.contains(&Guard::DifferentPerson)));
}

#[test]
fn the_agency_never_takes_a_step_of_the_tribunal_and_the_tribunal_none_of_the_agency() {
    let agency = [By::Staff(Role::CounterOfficer), By::Staff(Role::Supervisor)];
    let tribunal = By::Staff(Role::TribunalMember);
    for step in AppealState::steps().iter().filter(|step| step.event != AppealEvent::Withdraw) {
        let both = step.by.contains(&tribunal) && agency.iter().any(|own| step.by.contains(own));
        assert!(!both, "{} in {}", step.event, step.from);
    }
}

#[test]
fn silence_of_ours_brings_it_before_the_tribunal_and_never_ends_it() {
    for state in AppealState::ALL {
        for event in offers(*state, By::System) {
            let to = advance(*state, event, By::System, Guard::ALL).unwrap().to;
            let is_ours = matches!(state, AppealState::Lodged | AppealState::Acknowledged)
                || matches!(state, AppealState::CondonationAsked | AppealState::Forwarded);
            assert!(!is_ours || !to.is_final(), "{event} in {state}");
        }
    }
    let late = [Guard::TermPassed];
    for state in [AppealState::Acknowledged, AppealState::CondonationAsked] {
        let forwarded = advance(state, AppealEvent::Forward, By::System, &late).unwrap().to;
        assert_eq!(forwarded, AppealState::Forwarded);
    }
}

#[test]
fn a_hearing_has_notice() {
    assert!(!reaches(AppealState::Listed, |step| !step.guards.contains(&Guard::NoticeGiven)));
}

proptest! {
    /// Whoever acts in whatever order: an appeal that is open has something that comes next, and one that ended has not.
    #[test]
    fn any_order_of_events_leaves_it_told(choices in proptest::collection::vec((0_usize..64, 0_usize..16), 1..50)) {
        let hands: Vec<By> =
            Role::ALL.iter().map(|role| By::Staff(*role)).chain([By::Applicant, By::System]).collect();
        let mut state = AppealState::FIRST;
        for (event, hand) in choices {
            let event = AppealEvent::ALL[event % AppealEvent::ALL.len()];
            if let Ok(step) = advance(state, event, hands[hand % hands.len()], Guard::ALL) {
                state = step.to;
            }
            prop_assert_eq!(state.is_final(), state.next() == told::AppealNext::Nothing);
            prop_assert!(!(state.is_final() && state.is_open()));
        }
    }
}
