//! Enrolment: an award that is paid or delivered, or waits for a place.

use super::hands::{APPLICANT, OFFICER, SUPERVISOR, SYSTEM};
use super::{HeldBy, lifecycle};
use crate::codes::codes;

codes! {
    /// Where an enrolment stands.
    pub enum EnrolmentState {
        /// On the waiting list.
        Waiting = "waiting",
        /// A place is offered for 30 days.
        Offered = "offered",
        /// Taken.
        Accepted = "accepted",
        /// Granted, and begins when it is settled that the household is not registered twice.
        Held = "held",
        /// Not wanted.
        Declined = "declined",
        /// Not answered in 30 days.
        OfferExpired = "offer_expired",
        /// Account, card, induction.
        Onboarding = "onboarding",
        /// Running.
        Active = "active",
        /// Stands still.
        Suspended = "suspended",
        /// Over.
        Exited = "exited",
    }
}

codes! {
    /// What happens to an enrolment.
    pub enum EnrolmentEvent {
        /// A place is free, or none was needed.
        Offer = "offer",
        /// The person says yes.
        Accept = "accept",
        /// The person says no.
        Decline = "decline",
        /// 30 days without an answer.
        Expire = "expire",
        /// Something must be settled before it begins.
        Hold = "hold",
        /// It is settled.
        Release = "release",
        /// It begins before that is settled.
        LetBegin = "let_begin",
        /// Setting up begins.
        Onboard = "onboard",
        /// The first payment or delivery can go out.
        Activate = "activate",
        /// A decision stops it for a time.
        Suspend = "suspend",
        /// A supervisor holds it for at most ten days on suspicion of fraud.
        HoldForFraud = "hold_for_fraud",
        /// It runs again.
        Resume = "resume",
        /// It ends, for one of the exit reasons.
        Exit = "exit",
        /// Back on the list, in its old place.
        ReturnToList = "return_to_list",
    }
}

codes! {
    /// Why somebody waits who qualifies.
    pub enum WaitsFor {
        /// No money is left.
        Money = "money",
        /// No place is left.
        Places = "places",
        /// There is something left, and others go first.
        Turn = "turn",
        /// Nothing was set apart for where they live and now.
        Budget = "budget",
    }
}

codes! {
    /// Why an enrolment ended.
    pub enum ExitReason {
        /// Its purpose is reached.
        Graduated = "graduated",
        /// The rules no longer give it.
        NoLongerEligible = "no_longer_eligible",
        /// The person wanted it.
        ByChoice = "by_choice",
        /// The person died.
        Deceased = "deceased",
        /// The household moved out of reach.
        Moved = "moved",
        /// The same people had it twice.
        Duplicate = "duplicate",
        /// The place on the list ran out.
        ListExpired = "list_expired",
        /// Its declared last day is over.
        TermOver = "term_over",
        /// The person reached the age to which it is given.
        AgeReached = "age_reached",
        /// What must be kept up was not.
        ConditionsNotKept = "conditions_not_kept",
    }
}

lifecycle! {
    EnrolmentState, EnrolmentEvent, "enrolment", first Waiting;
    states {
        Waiting: WaitingList, HeldBy::Queue("waiting list");
        Offered: NeedsYou, HeldBy::Clock("offer");
        Accepted: Decided, HeldBy::Queue("onboarding");
        Held: BeingChecked, HeldBy::Queue("possible duplicates");
        Declined: Ended, HeldBy::Nothing;
        OfferExpired: Ended, HeldBy::Queue("expired offers");
        Onboarding: Decided, HeldBy::Queue("onboarding");
        Active: Receiving, HeldBy::Clock("review");
        Suspended: Paused, HeldBy::Clock("suspension");
        Exited: Ended, HeldBy::Nothing;
    }
    steps {
        Waiting: Offer -> Offered, by [OFFICER, SUPERVISOR, SYSTEM], does ["start:offer", "notice"];
        Waiting: Exit -> Exited, by [OFFICER, SUPERVISOR, SYSTEM], needs [ReasonGiven];
        Offered: Accept -> Accepted, by [OFFICER, SUPERVISOR, APPLICANT], does ["meet:offer"];
        Offered: Decline -> Declined, by [OFFICER, SUPERVISOR, APPLICANT], needs [PersonConfirms], does ["meet:offer"];
        Offered: Expire -> OfferExpired, by [SYSTEM], needs [TermPassed], does ["task:reach_out"];
        Offered: Exit -> Exited, by [OFFICER, SUPERVISOR, SYSTEM], needs [ReasonGiven];
        OfferExpired: ReturnToList -> Waiting, by [OFFICER, SUPERVISOR];
        OfferExpired: Exit -> Exited, by [OFFICER, SUPERVISOR], needs [ReasonGiven];
        Accepted: Onboard -> Onboarding, by [OFFICER, SUPERVISOR, SYSTEM];
        Accepted: Exit -> Exited, by [OFFICER, SUPERVISOR, SYSTEM], needs [ReasonGiven];
        Accepted: Hold -> Held, by [SYSTEM];
        Held: Release -> Accepted, by [SYSTEM];
        Held: LetBegin -> Accepted, by [SUPERVISOR], needs [DifferentPerson, ReasonGiven];
        Held: Exit -> Exited, by [OFFICER, SUPERVISOR, SYSTEM], needs [ReasonGiven];
        Onboarding: Activate -> Active, by [OFFICER, SUPERVISOR, SYSTEM], does ["start:review"];
        Onboarding: Suspend -> Suspended, by [OFFICER, SUPERVISOR, SYSTEM], needs [ByDecision], does ["start:suspension"];
        Onboarding: Exit -> Exited, by [OFFICER, SUPERVISOR, SYSTEM], needs [ReasonGiven];
        Active: Suspend -> Suspended, by [OFFICER, SUPERVISOR, SYSTEM], needs [ByDecision], does ["start:suspension"];
        Active: HoldForFraud -> Suspended, by [SUPERVISOR], needs [ReasonGiven], does ["start:fraud_hold"];
        Active: Exit -> Exited, by [OFFICER, SUPERVISOR, SYSTEM], needs [ByDecision, ReasonGiven];
        Suspended: Resume -> Active, by [OFFICER, SUPERVISOR, SYSTEM];
        Suspended: Exit -> Exited, by [OFFICER, SUPERVISOR, SYSTEM], needs [ByDecision, ReasonGiven];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lifecycle::{Guard, Lifecycle};

    #[test]
    fn a_running_benefit_ends_only_by_a_decision() {
        for step in EnrolmentState::steps() {
            if matches!(step.from, EnrolmentState::Active | EnrolmentState::Suspended)
                && step.to == EnrolmentState::Exited
            {
                assert!(step.guards.contains(&Guard::ByDecision));
            }
        }
    }

    #[test]
    fn what_waits_begins_before_it_is_settled_only_by_another_person_with_a_reason() {
        for step in EnrolmentState::steps().iter().filter(|step| step.from == EnrolmentState::Held) {
            if step.to != EnrolmentState::Exited && step.by != [SYSTEM] {
                assert_eq!(step.by, [SUPERVISOR]);
                assert!(step.guards.contains(&Guard::DifferentPerson));
                assert!(step.guards.contains(&Guard::ReasonGiven));
            }
        }
    }

    #[test]
    fn it_is_suspended_by_a_decision_or_a_supervisor() {
        for step in EnrolmentState::steps().iter().filter(|s| s.to == EnrolmentState::Suspended) {
            assert!(step.guards.contains(&Guard::ByDecision) || step.by == [SUPERVISOR]);
        }
    }
}
