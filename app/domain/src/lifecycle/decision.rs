//! Decision: immutable versions for one programme. A correction is a new decision that says what it does to
//! the old one.

use super::hands::{APPLICANT, OFFICER, SUPERVISOR, SYSTEM, TRIBUNAL};
use super::{HeldBy, lifecycle};
use crate::codes::codes;

codes! {
    /// Where a decision stands.
    pub enum DecisionState {
        /// Computed or written, not issued.
        Drafted = "drafted",
        /// Waits for the second person.
        PendingApproval = "pending_approval",
        /// Sent back.
        Returned = "returned",
        /// The second person agreed.
        Approved = "approved",
        /// Against a running benefit: the person has ten days to be heard.
        Proposed = "proposed",
        /// In the letter.
        Issued = "issued",
        /// It has effect; it can be appealed.
        InForce = "in_force",
        /// It can no longer be appealed.
        Final = "final",
        /// A newer one holds in its place.
        Replaced = "replaced",
        /// A tribunal or a reconsideration took it away.
        SetAside = "set_aside",
        /// Never issued.
        Dropped = "dropped",
    }
}

codes! {
    /// What happens to a decision.
    pub enum DecisionEvent {
        /// A second person is needed.
        AskApproval = "ask_approval",
        /// The second person agrees.
        Approve = "approve",
        /// The second person sends it back.
        Return = "return",
        /// Drafted again.
        Redraft = "redraft",
        /// Notice that takes something away goes out.
        Propose = "propose",
        /// The letter goes out.
        Issue = "issue",
        /// Its effect begins.
        TakeEffect = "take_effect",
        /// The time to appeal is over.
        BecomeFinal = "become_final",
        /// A slip is corrected by a new version.
        Correct = "correct",
        /// Changed from the start by a new version.
        Revise = "revise",
        /// Changed from now on by a new version.
        Supersede = "supersede",
        /// Taken away on appeal.
        SetAside = "set_aside",
        /// Given up before it was issued.
        Drop = "drop",
    }
}

codes! {
    /// What a decision gives.
    pub enum Outcome {
        /// Yes.
        Award = "award",
        /// Qualifies; places are limited.
        WaitingList = "waiting_list",
        /// No.
        NotEligible = "not_eligible",
        /// Yes in part.
        Partly = "partly",
        /// Cannot be said before something is known.
        NeedsInformation = "needs_information",
    }
}

lifecycle! {
    DecisionState, DecisionEvent, "decision", first Drafted;
    states {
        Drafted: BeingChecked, HeldBy::Queue("decisions");
        PendingApproval: BeingChecked, HeldBy::Queue("approvals");
        Returned: BeingChecked, HeldBy::Queue("decisions");
        Approved: BeingChecked, HeldBy::Queue("decisions");
        Proposed: NeedsYou, HeldBy::Clock("hearing");
        Issued: Decided, HeldBy::Clock("effect");
        InForce: Decided, HeldBy::Clock("appeal");
        Final: Decided, HeldBy::Nothing;
        Replaced: Ended, HeldBy::Nothing;
        SetAside: Ended, HeldBy::Nothing;
        Dropped: Ended, HeldBy::Nothing;
    }
    steps {
        Drafted: AskApproval -> PendingApproval, by [OFFICER, SUPERVISOR, SYSTEM], does ["proposal", "start:approve"];
        Drafted: Issue -> Issued, by [OFFICER, SUPERVISOR, SYSTEM], needs [SecondPersonOrExempt, HeardOrNothingTaken], does ["letter"];
        Drafted: Drop -> Dropped, by [OFFICER, SUPERVISOR, SYSTEM], needs [ReasonGiven];
        PendingApproval: Approve -> Approved, by [SUPERVISOR], needs [DifferentPerson];
        PendingApproval: Return -> Returned, by [SUPERVISOR], needs [DifferentPerson, ReasonGiven];
        PendingApproval: Drop -> Dropped, by [SYSTEM], needs [ReasonGiven];
        Returned: Redraft -> Drafted, by [OFFICER, SUPERVISOR];
        Returned: Drop -> Dropped, by [OFFICER, SUPERVISOR, SYSTEM], needs [ReasonGiven];
        Approved: Issue -> Issued, by [OFFICER, SUPERVISOR, SYSTEM], needs [SecondPersonOrExempt, HeardOrNothingTaken], does ["letter"];
        Approved: Propose -> Proposed, by [OFFICER, SUPERVISOR, SYSTEM], does ["notice", "start:hearing"];
        Approved: Drop -> Dropped, by [SUPERVISOR, SYSTEM], needs [ReasonGiven];
        Proposed: Issue -> Issued, by [OFFICER, SUPERVISOR, SYSTEM], needs [SecondPersonOrExempt, HeardOrNothingTaken], does ["letter"];
        Proposed: Drop -> Dropped, by [SUPERVISOR, SYSTEM], needs [ReasonGiven];
        Proposed: Redraft -> Drafted, by [OFFICER, SUPERVISOR, APPLICANT], needs [ReasonGiven];
        Issued: TakeEffect -> InForce, by [SYSTEM, OFFICER, SUPERVISOR], does ["start:appeal"];
        Issued: Correct -> Replaced, by [OFFICER, SUPERVISOR], needs [ReasonGiven, ReplacementMade];
        InForce: BecomeFinal -> Final, by [SYSTEM], needs [TermPassed];
        InForce: Correct -> Replaced, by [OFFICER, SUPERVISOR], needs [ReasonGiven, ReplacementMade];
        InForce: Revise -> Replaced, by [SUPERVISOR], needs [ReasonGiven, ReplacementMade];
        InForce: Supersede -> Replaced, by [OFFICER, SUPERVISOR, SYSTEM], needs [ReplacementMade];
        InForce: SetAside -> SetAside, by [SUPERVISOR, TRIBUNAL], needs [DifferentPerson, ReasonGiven];
        Final: Supersede -> Replaced, by [OFFICER, SUPERVISOR, SYSTEM], needs [ReplacementMade];
        Final: Revise -> Replaced, by [SUPERVISOR], needs [ReasonGiven, ReplacementMade];
        Final: SetAside -> SetAside, by [TRIBUNAL], needs [DifferentPerson, ReasonGiven];
    }
}

impl DecisionState {
    /// Whether the decision governs now: issued and neither replaced nor set aside.
    pub const fn governs(self) -> bool {
        matches!(self, Self::Issued | Self::InForce | Self::Final)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lifecycle::{Guard, reaches};

    #[test]
    fn nothing_is_issued_round_its_guards() {
        for guard in [Guard::SecondPersonOrExempt, Guard::HeardOrNothingTaken] {
            assert!(!reaches(DecisionState::Issued, |s| !s.guards.contains(&guard)), "{guard}");
        }
        assert!(!reaches(DecisionState::Approved, |s| !s.guards.contains(&Guard::DifferentPerson)));
    }

    #[test]
    fn an_issued_decision_changes_only_by_a_replacement_or_another_hand() {
        for step in <DecisionState as crate::lifecycle::Lifecycle>::steps() {
            if step.from.governs() && !step.to.governs() {
                assert!(
                    step.guards.contains(&Guard::ReplacementMade)
                        || step.guards.contains(&Guard::DifferentPerson)
                );
            }
        }
    }
}
