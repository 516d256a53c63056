//! Proposal: a change that waits for a second person. States and steps; payloads and rows are casework's.

use crate::codes::codes;
use crate::lifecycle::hands::{OFFICER, SUPERVISOR, SYSTEM};
use crate::lifecycle::{HeldBy, lifecycle};

codes! {
    /// Where a proposal stands.
    pub enum ProposalState {
        /// Waits for the second person.
        Waiting = "waiting",
        /// Sent back to who prepared it.
        Returned = "returned",
        /// Approved, and the change made with it.
        Approved = "approved",
        /// Refused: the change is not made.
        Refused = "refused",
        /// Taken back by who prepared it.
        Withdrawn = "withdrawn",
        /// What it would have changed is gone or has moved on.
        Lapsed = "lapsed",
    }
}

codes! {
    /// What happens to a proposal.
    pub enum ProposalEvent {
        /// The second person agrees.
        Approve = "approve",
        /// The second person wants it reworked.
        Return = "return",
        /// The second person says no.
        Refuse = "refuse",
        /// Who prepared it sends it again, reworked.
        Resubmit = "resubmit",
        /// Who prepared it takes it back.
        Withdraw = "withdraw",
        /// Its subject moved on.
        Lapse = "lapse",
    }
}

lifecycle! {
    ProposalState, ProposalEvent, "proposal", first Waiting;
    states {
        Waiting: BeingChecked, HeldBy::Queue("approvals");
        Returned: BeingChecked, HeldBy::Queue("its preparer's");
        Approved: Decided, HeldBy::Nothing;
        Refused: Decided, HeldBy::Nothing;
        Withdrawn: Ended, HeldBy::Nothing;
        Lapsed: Ended, HeldBy::Nothing;
    }
    steps {
        Waiting: Approve -> Approved, by [SUPERVISOR], needs [DifferentPerson], does ["apply"];
        Waiting: Return -> Returned, by [SUPERVISOR], needs [DifferentPerson, ReasonGiven], does ["task:rework"];
        Waiting: Refuse -> Refused, by [SUPERVISOR], needs [DifferentPerson, ReasonGiven];
        Waiting: Withdraw -> Withdrawn, by [OFFICER, SUPERVISOR];
        Waiting: Lapse -> Lapsed, by [SYSTEM];
        Returned: Resubmit -> Waiting, by [OFFICER, SUPERVISOR], needs [ReasonGiven], does ["task:approve"];
        Returned: Withdraw -> Withdrawn, by [OFFICER, SUPERVISOR];
        Returned: Lapse -> Lapsed, by [SYSTEM];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lifecycle::{Guard, reaches};

    #[test]
    fn nothing_is_approved_or_refused_by_who_prepared_it() {
        for end in [ProposalState::Approved, ProposalState::Refused] {
            assert!(!reaches(end, |step| !step.guards.contains(&Guard::DifferentPerson)), "{end}");
        }
    }
}
