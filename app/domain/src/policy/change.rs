//! Which steps a change of the rules takes, and which states the versions of its documents have with it.
//!
//! No path leads to a live change past its approval by somebody who prepared nothing of it. The database holds the same
//! table: a new step here needs its pair in the triggers of the tables `policy_change` and `policy_version`.

use crate::codes::codes;
use crate::lifecycle::hands::{POLICY, SYSTEM};
use crate::lifecycle::{HeldBy, lifecycle};

codes! {
    /// Where a change stands.
    pub enum ChangeState {
        /// Being written.
        Draft = "draft",
        /// Waits for the second person.
        InReview = "in_review",
        /// Sent back, with the reason; being written again.
        Returned = "returned",
        /// Approved; waits for its day.
        Approved = "approved",
        /// Its documents hold, or did until others took their place.
        Live = "live",
        /// Taken back, or found impossible on its day.
        Withdrawn = "withdrawn",
    }
}

codes! {
    /// What happens to a change.
    pub enum ChangeEvent {
        /// Its authors hand it to the second person.
        Submit = "submit",
        /// The second person wants it reworked.
        Return = "return",
        /// The second person agrees.
        Approve = "approve",
        /// It is taken back.
        Withdraw = "withdraw",
        /// Its day has come.
        GoLive = "go_live",
        /// Its day has come, and what it builds on is there no longer.
        Fail = "fail",
    }
}

codes! {
    /// Where a version of a document stands.
    pub enum VersionState {
        /// Being written.
        Draft = "draft",
        /// Waits with its change for the second person.
        InReview = "in_review",
        /// Sent back with its change; being written again.
        Returned = "returned",
        /// Approved; waits for its day.
        Approved = "approved",
        /// Holds.
        Live = "live",
        /// Held until another version took its place.
        Superseded = "superseded",
        /// Never held.
        Withdrawn = "withdrawn",
    }
}

lifecycle! {
    ChangeState, ChangeEvent, "change", first Draft;
    states {
        Draft: BeingChecked, HeldBy::Queue("its authors'");
        InReview: BeingChecked, HeldBy::Queue("changes of the rules");
        Returned: BeingChecked, HeldBy::Queue("its authors'");
        Approved: Decided, HeldBy::Clock("live_on");
        Live: Decided, HeldBy::Nothing;
        Withdrawn: Ended, HeldBy::Nothing;
    }
    steps {
        Draft: Submit -> InReview, by [POLICY];
        Draft: Withdraw -> Withdrawn, by [POLICY], needs [ReasonGiven];
        InReview: Return -> Returned, by [POLICY], needs [DifferentPerson, ReasonGiven];
        InReview: Approve -> Approved, by [POLICY], needs [DifferentPerson];
        InReview: Withdraw -> Withdrawn, by [POLICY], needs [ReasonGiven];
        Returned: Submit -> InReview, by [POLICY];
        Returned: Withdraw -> Withdrawn, by [POLICY], needs [ReasonGiven];
        Approved: Withdraw -> Withdrawn, by [POLICY], needs [ReasonGiven];
        Approved: GoLive -> Live, by [SYSTEM], needs [TermPassed];
        Approved: Fail -> Withdrawn, by [SYSTEM], needs [TermPassed, ReasonGiven];
    }
}

impl ChangeState {
    /// Whether its documents may be edited.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Draft | Self::Returned)
    }

    /// The state that the versions of its documents come to with it.
    pub fn of_versions(self) -> VersionState {
        match self {
            Self::Draft => VersionState::Draft,
            Self::InReview => VersionState::InReview,
            Self::Returned => VersionState::Returned,
            Self::Approved => VersionState::Approved,
            Self::Live => VersionState::Live,
            Self::Withdrawn => VersionState::Withdrawn,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::lifecycle::{Guard, Lifecycle, reaches};

    #[test]
    fn nothing_goes_live_or_is_approved_without_a_second_person() {
        for end in [ChangeState::Approved, ChangeState::Live] {
            assert!(!reaches(end, |step| !step.guards.contains(&Guard::DifferentPerson)), "{end}");
        }
    }

    #[test]
    fn the_database_has_the_same_steps() {
        for engine in ["sqlite", "postgres"] {
            let path = format!("{}/../../migrations/{engine}/0012_policy.sql", env!("CARGO_MANIFEST_DIR"));
            let sql = std::fs::read_to_string(path).unwrap();
            let quoted =
                sql.split('\'').filter(|text| text.len() > 1 && text.contains('>') && !text.contains(' '));
            let pairs: BTreeSet<String> = quoted.map(str::to_owned).collect();
            let mut steps: BTreeSet<String> =
                ChangeState::steps().iter().map(|step| format!("{}>{}", step.from, step.to)).collect();
            steps.insert("live>superseded".into());
            assert_eq!(pairs, steps);
        }
    }
}
