//! Referral: a person sent to a provider's service, until the person confirms what came of it.
//! Silence never completes it.

use super::hands::{APPLICANT, OFFICER, PROVIDER, SUPERVISOR, SYSTEM};
use super::{HeldBy, lifecycle};
use crate::codes::codes;

codes! {
    /// Where a referral stands.
    pub enum ReferralState {
        /// Being written.
        Draft = "draft",
        /// With the provider: seen in 2 working days, answered in 5 (urgent: 24 hours).
        Requested = "requested",
        /// The provider takes the person.
        Accepted = "accepted",
        /// The provider does not, and says why.
        Rejected = "rejected",
        /// The service is being given.
        InProgress = "in_progress",
        /// Interrupted.
        OnHold = "on_hold",
        /// Given, with its outcome.
        Completed = "completed",
        /// Not given: no contact, no show, service unavailable.
        Failed = "failed",
        /// The person says that it happened.
        Confirmed = "confirmed",
        /// Nothing left to do.
        Closed = "closed",
        /// Called off; the provider's access has ended.
        Cancelled = "cancelled",
    }
}

codes! {
    /// What happens to a referral.
    pub enum ReferralEvent {
        /// Sent to the provider.
        Request = "request",
        /// The provider takes the person.
        Accept = "accept",
        /// The provider does not.
        Reject = "reject",
        /// The service begins.
        Begin = "begin",
        /// Interrupted.
        Hold = "hold",
        /// It goes on.
        Resume = "resume",
        /// Given.
        Complete = "complete",
        /// Not given.
        Fail = "fail",
        /// The person says that it happened.
        Confirm = "confirm",
        /// The person says that it did not.
        Dispute = "dispute",
        /// Nothing left to do.
        Close = "close",
        /// Called off.
        Cancel = "cancel",
    }
}

codes! {
    /// Why a provider does not take the person.
    pub enum RejectReason {
        /// No place is free.
        NoPlace = "no_place",
        /// The service is not for this person.
        NotForThem = "not_for_them",
        /// The person needs another service than this one.
        WrongService = "wrong_service",
        /// The person lives too far away.
        TooFar = "too_far",
        /// The service is not given here any more.
        ServiceUnavailable = "service_unavailable",
    }
}

codes! {
    /// Why a service is interrupted.
    pub enum HoldReason {
        /// The person asked for it.
        PersonAsked = "person_asked",
        /// The person is ill, or cares for somebody.
        CannotCome = "cannot_come",
        /// A paper is missing.
        PaperMissing = "paper_missing",
        /// It goes on when the next course or season begins.
        NextRound = "next_round",
    }
}

codes! {
    /// How a service ended that was given.
    pub enum ServiceOutcome {
        /// What the person was sent for.
        Given = "given",
        /// A part of it.
        GivenInPart = "given_in_part",
        /// The person turned out not to need it.
        NotNeeded = "not_needed",
        /// The provider sent the person to somebody else.
        SentOn = "sent_on",
    }
}

codes! {
    /// Why a referral is called off after it was sent.
    pub enum CancelReason {
        /// The person does not want it any more.
        NotWanted = "not_wanted",
        /// It was made by mistake.
        Mistake = "mistake",
        /// The household took its consent back.
        ConsentWithdrawn = "consent_withdrawn",
        /// A new decision took its place.
        DecidedAnew = "decided_anew",
        /// The person is no member of the household any more.
        Left = "left",
    }
}

codes! {
    /// Why somebody's data goes to a provider without the household's consent.
    pub enum OverrideReason {
        /// A life is in danger.
        LifeAtRisk = "life_at_risk",
        /// A child must be protected.
        ChildProtection = "child_protection",
        /// The person cannot consent, and nobody can for them.
        CannotConsent = "cannot_consent",
        /// A court ordered it.
        CourtOrder = "court_order",
    }
}

codes! {
    /// What the person says of a service that is said to have been given.
    pub enum Confirmation {
        /// They got it.
        Yes = "yes",
        /// They did not.
        No = "no",
        /// They got it, and something was wrong.
        Problem = "problem",
    }
}

codes! {
    /// Why a referral came to nothing.
    pub enum FailureReason {
        /// The person could not be reached.
        NoContact = "no_contact",
        /// The person did not come.
        NoShow = "no_show",
        /// The service is not to be had.
        ServiceUnavailable = "service_unavailable",
    }
}

lifecycle! {
    ReferralState, ReferralEvent, "referral", first Draft;
    states {
        Draft: Decided, HeldBy::Queue("referrals to send");
        Requested: Decided, HeldBy::Clock("referral_answer");
        Accepted: Decided, HeldBy::Queue("provider");
        Rejected: BeingChecked, HeldBy::Queue("rejected referrals");
        InProgress: Receiving, HeldBy::Queue("provider");
        OnHold: Paused, HeldBy::Queue("provider");
        Completed: NeedsYou, HeldBy::Queue("referrals to confirm");
        Failed: BeingChecked, HeldBy::Queue("failed referrals");
        Confirmed: Ended, HeldBy::Queue("referrals to close");
        Closed: Ended, HeldBy::Nothing;
        Cancelled: Ended, HeldBy::Nothing;
    }
    steps {
        Draft: Request -> Requested, by [OFFICER, SUPERVISOR, SYSTEM], needs [ConsentOrOverride], does ["start:referral_answer", "open:access"];
        Draft: Cancel -> Cancelled, by [OFFICER, SUPERVISOR, SYSTEM, APPLICANT];
        Requested: Accept -> Accepted, by [PROVIDER], does ["meet:referral_answer"];
        Requested: Reject -> Rejected, by [PROVIDER], needs [ReasonGiven], does ["meet:referral_answer", "end:access", "task:refer_elsewhere"];
        Requested: Cancel -> Cancelled, by [OFFICER, SUPERVISOR, SYSTEM, APPLICANT], needs [ReasonGiven], does ["end:access"];
        Rejected: Close -> Closed, by [OFFICER, SUPERVISOR, SYSTEM], needs [ReasonGiven];
        Accepted: Begin -> InProgress, by [PROVIDER];
        Accepted: Fail -> Failed, by [PROVIDER, OFFICER, SUPERVISOR], needs [ReasonGiven], does ["task:reach_out"];
        Accepted: Cancel -> Cancelled, by [OFFICER, SUPERVISOR, SYSTEM, APPLICANT], needs [ReasonGiven], does ["end:access"];
        InProgress: Hold -> OnHold, by [PROVIDER], needs [ReasonGiven];
        InProgress: Complete -> Completed, by [PROVIDER], needs [OutcomeRecorded], does ["task:confirm"];
        InProgress: Fail -> Failed, by [PROVIDER, OFFICER, SUPERVISOR], needs [ReasonGiven], does ["task:reach_out"];
        InProgress: Cancel -> Cancelled, by [OFFICER, SUPERVISOR, SYSTEM, APPLICANT], needs [ReasonGiven], does ["end:access"];
        OnHold: Resume -> InProgress, by [PROVIDER];
        OnHold: Fail -> Failed, by [PROVIDER, OFFICER, SUPERVISOR], needs [ReasonGiven], does ["task:reach_out"];
        OnHold: Cancel -> Cancelled, by [OFFICER, SUPERVISOR, SYSTEM, APPLICANT], needs [ReasonGiven], does ["end:access"];
        Completed: Confirm -> Confirmed, by [OFFICER, SUPERVISOR, APPLICANT], needs [PersonConfirms];
        Completed: Close -> Closed, by [OFFICER, SUPERVISOR], needs [ReasonGiven], does ["end:access"];
        Completed: Dispute -> InProgress, by [OFFICER, SUPERVISOR, APPLICANT], needs [ReasonGiven], does ["task:look_into"];
        Failed: Request -> Requested, by [OFFICER, SUPERVISOR], needs [ConsentOrOverride], does ["start:referral_answer", "open:access"];
        Failed: Close -> Closed, by [OFFICER, SUPERVISOR, SYSTEM], needs [ReasonGiven], does ["end:access"];
        Failed: Cancel -> Cancelled, by [OFFICER, SUPERVISOR, SYSTEM, APPLICANT], needs [ReasonGiven], does ["end:access"];
        Confirmed: Close -> Closed, by [OFFICER, SUPERVISOR, SYSTEM], does ["end:access"];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lifecycle::{Guard, Lifecycle, reaches};

    #[test]
    fn nobodys_data_leaves_without_consent() {
        assert!(!reaches(ReferralState::Requested, |s| !s.guards.contains(&Guard::ConsentOrOverride)));
    }

    #[test]
    fn silence_never_completes_a_referral() {
        for end in [ReferralState::Completed, ReferralState::Confirmed] {
            for step in ReferralState::steps().iter().filter(|s| s.to == end) {
                assert!(!step.by.contains(&SYSTEM), "{} by the service itself", step.event);
            }
        }
    }

    #[test]
    fn access_ends_whenever_it_is_called_off() {
        for step in ReferralState::steps()
            .iter()
            .filter(|s| s.to == ReferralState::Cancelled && s.from != ReferralState::Draft)
        {
            assert!(step.effects.contains(&"end:access"));
        }
    }
}
