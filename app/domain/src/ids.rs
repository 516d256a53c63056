//! Identity of every noun: one newtype over a UUID (version 7) each, so that a household's id cannot be
//! passed where a person's is meant.
//!
//! This module only wraps: ids are made in `casework` from the injected clock, or come from a form's hidden
//! field (a registration's form id becomes the household's id, which makes a double submit harmless).
//! People never see an id; they see a [`Reference`](crate::reference::Reference).
//! To add a noun: add a line to `ids!` below.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Text that is not an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id")]
pub struct NotAnId;

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID that the caller knows to name this noun.
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The bare UUID, for a database parameter.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                Uuid::try_parse(text.trim()).map(Self).map_err(|_| NotAnId)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }
    )+};
}

ids! {
    /// A household; also the id of its case file and of the form that registered it.
    HouseholdId,
    /// A person, whichever household they are a member of.
    PersonId,
    /// A person's belonging to a household from one date to another.
    MembershipId,
    /// A consent given or withdrawn.
    ConsentId,
    /// A registration that is not finished.
    DraftId,
    /// An application: a household's request, from first contact to closing.
    ApplicationId,
    /// One run of the combined assessment.
    AssessmentId,
    /// One decision for one programme (and person, where the programme is personal).
    DecisionId,
    /// An award being paid or delivered.
    EnrolmentId,
    /// What is known of a person's way to work.
    ProfileId,
    /// A version of a person's plan for work.
    PlanId,
    /// A step of a plan.
    StepId,
    /// Work that a person found, with an employer or of their own.
    PlacementId,
    /// A vacancy or a course on an office's board.
    BoardId,
    /// A person sent to a provider's service.
    ReferralId,
    /// A letter or receipt as it was issued.
    LetterId,
    /// A piece of work for someone.
    TaskId,
    /// A deadline.
    ClockId,
    /// A change that waits for a second person.
    ProposalId,
    /// A member of staff.
    StaffId,
    /// An entry of the journal.
    EntryId,
    /// A list that a partner gave.
    ListId,
    /// A change of the rules: documents that go live together.
    ChangeId,
    /// What a change would do, as it was worked out once.
    SimulationId,
    /// Places or money that two people add to a budget.
    AdditionId,
    /// A file that somebody handed in.
    AttachmentId,
    /// A complaint; also the id of its case file.
    ComplaintId,
    /// An appeal against decisions, or against one not taken in time.
    AppealId,
    /// One thing that an appeal contests.
    IssueId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_goes_there_and_back() {
        let text = "01931e6e-7d5a-7c3e-8f10-0123456789ab";
        let id: HouseholdId = text.parse().unwrap();
        assert_eq!(id.to_string(), text);
        assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{text}\""));
        assert_eq!(HouseholdId::from(Uuid::from(id)), id);
        assert_eq!("SP-7K3M-9QX4".parse::<HouseholdId>(), Err(NotAnId));
    }
}
