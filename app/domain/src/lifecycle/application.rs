//! Application: a household's request, from first contact to closing. The date of claim is first contact.

use super::hands::{APPLICANT, OFFICER, SUPERVISOR, SYSTEM};
use super::{HeldBy, lifecycle};
use crate::codes::codes;

codes! {
    /// Where an application stands.
    pub enum ApplicationState {
        /// Begun at a counter, not handed in.
        Draft = "draft",
        /// Handed in.
        Submitted = "submitted",
        /// We asked for something that is missing.
        InfoRequested = "info_requested",
        /// What we asked for came.
        InfoReceived = "info_received",
        /// Nothing is missing: the time to decide counts from here.
        Complete = "complete",
        /// The combined assessment is under way.
        InAssessment = "in_assessment",
        /// Assessed; decisions wait for a second person or for issue.
        AwaitingDecision = "awaiting_decision",
        /// Decided for every programme.
        Decided = "decided",
        /// Nothing left to do.
        Closed = "closed",
        /// Taken back by the applicant.
        Withdrawn = "withdrawn",
        /// The household was registered before; its other application goes on.
        Merged = "merged",
        /// Another office goes on with it.
        Moved = "moved",
        /// The applicant died.
        Lapsed = "lapsed",
        /// Not heard of again; may be reopened with its first date.
        Abandoned = "abandoned",
    }
}

codes! {
    /// What happens to an application.
    pub enum ApplicationEvent {
        /// Handed in.
        Submit = "submit",
        /// Something is missing.
        RequestInfo = "request_info",
        /// What was missing came.
        ReceiveInfo = "receive_info",
        /// Nothing is missing.
        FindComplete = "find_complete",
        /// The assessment begins.
        BeginAssessment = "begin_assessment",
        /// The assessment is accepted.
        FinishAssessment = "finish_assessment",
        /// The assessment must be done again.
        Reassess = "reassess",
        /// Decisions are issued.
        Decide = "decide",
        /// Nothing left to do.
        Close = "close",
        /// The applicant takes it back.
        Withdraw = "withdraw",
        /// The household is registered already.
        Merge = "merge",
        /// To another office.
        Move = "move",
        /// The applicant died.
        Lapse = "lapse",
        /// After reminders, and a person having looked.
        Abandon = "abandon",
        /// The applicant is back in time.
        Reopen = "reopen",
    }
}

lifecycle! {
    ApplicationState, ApplicationEvent, "application", first Draft;
    states {
        Draft: Received, HeldBy::Queue("drafts");
        Submitted: Received, HeldBy::Queue("intake");
        InfoRequested: NeedsYou, HeldBy::Clock("info_request");
        InfoReceived: BeingChecked, HeldBy::Queue("intake");
        Complete: BeingChecked, HeldBy::Clock("decide");
        InAssessment: BeingChecked, HeldBy::Clock("decide");
        AwaitingDecision: BeingChecked, HeldBy::Clock("decide");
        Decided: Decided, HeldBy::Clock("appeal");
        Closed: Ended, HeldBy::Nothing;
        Withdrawn: Ended, HeldBy::Nothing;
        Merged: Ended, HeldBy::Nothing;
        Moved: BeingChecked, HeldBy::Nothing;
        Lapsed: Ended, HeldBy::Nothing;
        Abandoned: Ended, HeldBy::Clock("reopen");
    }
    steps {
        Draft: Submit -> Submitted, by [OFFICER, SUPERVISOR, APPLICANT], does ["receipt", "start:decide"];
        Draft: Withdraw -> Withdrawn, by [OFFICER, SUPERVISOR, APPLICANT];
        Draft: Abandon -> Abandoned, by [OFFICER, SUPERVISOR], needs [TermPassed, ReasonGiven];
        Draft: Merge -> Merged, by [OFFICER, SUPERVISOR], needs [ReasonGiven];
        Draft: Lapse -> Lapsed, by [OFFICER, SUPERVISOR], needs [ReasonGiven];

        Submitted: FindComplete -> Complete, by [OFFICER, SUPERVISOR, SYSTEM], needs [FileComplete];
        Submitted: RequestInfo -> InfoRequested, by [OFFICER, SUPERVISOR], needs [ReasonGiven], does ["start:info_request", "letter"];
        Submitted: BeginAssessment -> InAssessment, by [OFFICER, SUPERVISOR];
        Submitted: Withdraw -> Withdrawn, by [OFFICER, SUPERVISOR, APPLICANT];
        Submitted: Merge -> Merged, by [OFFICER, SUPERVISOR], needs [ReasonGiven];
        Submitted: Move -> Moved, by [SUPERVISOR], needs [ReasonGiven], does ["application:new_office"];
        Submitted: Lapse -> Lapsed, by [OFFICER, SUPERVISOR], needs [ReasonGiven];

        InfoRequested: ReceiveInfo -> InfoReceived, by [OFFICER, SUPERVISOR, APPLICANT], does ["meet:info_request", "resume:decide"];
        InfoRequested: Abandon -> Abandoned, by [OFFICER, SUPERVISOR], needs [TermPassed, ReasonGiven], does ["start:reopen"];
        InfoRequested: Withdraw -> Withdrawn, by [OFFICER, SUPERVISOR, APPLICANT];
        InfoRequested: Merge -> Merged, by [OFFICER, SUPERVISOR], needs [ReasonGiven];
        InfoRequested: Move -> Moved, by [SUPERVISOR], needs [ReasonGiven], does ["application:new_office"];
        InfoRequested: Lapse -> Lapsed, by [OFFICER, SUPERVISOR], needs [ReasonGiven];

        InfoReceived: FindComplete -> Complete, by [OFFICER, SUPERVISOR, SYSTEM], needs [FileComplete];
        InfoReceived: RequestInfo -> InfoRequested, by [OFFICER, SUPERVISOR], needs [ReasonGiven], does ["start:info_request", "letter"];
        InfoReceived: BeginAssessment -> InAssessment, by [OFFICER, SUPERVISOR];
        InfoReceived: Withdraw -> Withdrawn, by [OFFICER, SUPERVISOR, APPLICANT];
        InfoReceived: Move -> Moved, by [SUPERVISOR], needs [ReasonGiven], does ["application:new_office"];
        InfoReceived: Lapse -> Lapsed, by [OFFICER, SUPERVISOR], needs [ReasonGiven];

        Complete: BeginAssessment -> InAssessment, by [OFFICER, SUPERVISOR];
        Complete: Withdraw -> Withdrawn, by [OFFICER, SUPERVISOR, APPLICANT];
        Complete: Merge -> Merged, by [OFFICER, SUPERVISOR], needs [ReasonGiven];
        Complete: Move -> Moved, by [SUPERVISOR], needs [ReasonGiven], does ["application:new_office"];
        Complete: Lapse -> Lapsed, by [OFFICER, SUPERVISOR], needs [ReasonGiven];

        InAssessment: FinishAssessment -> AwaitingDecision, by [OFFICER, SUPERVISOR, SYSTEM];
        InAssessment: RequestInfo -> InfoRequested, by [OFFICER, SUPERVISOR], needs [ReasonGiven], does ["start:info_request", "pause:decide", "letter"];
        InAssessment: Withdraw -> Withdrawn, by [OFFICER, SUPERVISOR, APPLICANT];
        InAssessment: Merge -> Merged, by [OFFICER, SUPERVISOR], needs [ReasonGiven];
        InAssessment: Move -> Moved, by [SUPERVISOR], needs [ReasonGiven], does ["application:new_office"];
        InAssessment: Lapse -> Lapsed, by [OFFICER, SUPERVISOR], needs [ReasonGiven];

        AwaitingDecision: Decide -> Decided, by [OFFICER, SUPERVISOR, SYSTEM], needs [SecondPersonOrExempt], does ["meet:decide", "start:appeal", "letter"];
        AwaitingDecision: Reassess -> InAssessment, by [SUPERVISOR], needs [ReasonGiven];
        AwaitingDecision: RequestInfo -> InfoRequested, by [OFFICER, SUPERVISOR], needs [ReasonGiven], does ["start:info_request", "pause:decide", "letter"];
        AwaitingDecision: Withdraw -> Withdrawn, by [OFFICER, SUPERVISOR, APPLICANT];
        AwaitingDecision: Lapse -> Lapsed, by [OFFICER, SUPERVISOR], needs [ReasonGiven];

        Decided: Close -> Closed, by [OFFICER, SUPERVISOR, SYSTEM], needs [TermPassed];
        Decided: Reassess -> InAssessment, by [OFFICER, SUPERVISOR], needs [ReasonGiven], does ["start:decide"];
        Abandoned: Reopen -> Submitted, by [OFFICER, SUPERVISOR], needs [WithinTerm], does ["keep:date_of_claim"];
        Abandoned: Close -> Closed, by [SYSTEM], needs [TermPassed];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lifecycle::{Guard, advance, reaches};

    #[test]
    fn silence_is_never_a_refusal() {
        // The service by itself can neither abandon nor decide without the guard; a person looks first.
        assert!(!reaches(ApplicationState::Abandoned, |s| s.by == [SYSTEM]));
        assert!(
            advance(
                ApplicationState::InfoRequested,
                ApplicationEvent::Abandon,
                SYSTEM,
                &[Guard::TermPassed, Guard::ReasonGiven]
            )
            .is_err()
        );
    }

    #[test]
    fn nothing_is_decided_round_the_second_person() {
        assert!(!reaches(ApplicationState::Decided, |s| !s.guards.contains(&Guard::SecondPersonOrExempt)));
    }

    #[test]
    fn who_comes_back_in_time_keeps_the_date() {
        let step =
            advance(ApplicationState::Abandoned, ApplicationEvent::Reopen, OFFICER, &[Guard::WithinTerm])
                .unwrap();
        assert_eq!(step.effects, ["keep:date_of_claim"]);
    }
}
