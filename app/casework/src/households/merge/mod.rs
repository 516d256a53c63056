//! Two records that are one: merging them, and making them two again.
//!
//! *What moves.* Who people are (names, contact, members, identifiers, consents) stays with each record: both are kept, and
//! the one that gave is still found by everything it was known by. What came of them (applications, assessments, decisions,
//! enrolments, referrals, letters, tasks, clocks, proposals) is moved to the record that goes on, where the next assessment,
//! the next letter and the next officer find it as if it had always been there. [`rows`] says how and which tables.
//!
//! *Three shapes*: the whole record into another, where each member is somebody there or joins; some people of a record that
//! goes on without them; two members of one household. All are one [`Plan`].
//!
//! *Making two again* ([`undo`]) reads the ledger `merge_row`: every row goes back, with what it was. What happened since
//! goes to the side it belongs to ([`since`]): to the record that gave goes what rests on its decisions, enrolments and
//! referrals, and what is about people who joined; all else stays. The latest merge is undone first.
//!
//! *Twice the same benefit* ([`doubles`]): who merges says which of two stays and from when the other was a double. A
//! benefit that runs is never ended, or started again, by one person: the merge then waits as a proposal. So does a merge
//! with a record that another office keeps: its supervisor decides.

mod along;
mod apply;
mod doubles;
mod plan;
mod read;
mod rows;
mod since;
#[cfg(test)]
mod tests;
mod undo;

use domain::household::Relation;
use domain::ids::{HouseholdId, PersonId, ProposalId};
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

pub(in crate::households) use along::along;
pub use doubles::Double;
pub use plan::{Weighed, approve, merge, refuse, weigh};
pub use read::{Link, Merge, gave, links, merges, went_into};
pub(crate) use read::{came_with, is_given, records};
pub use undo::undo;

/// The kind of proposal by which two records become one.
pub const MERGE: &str = "household_merge";
/// The kind of proposal by which they become two again.
pub const UNDO: &str = "household_unmerge";
/// The noun of these proposals: the record that gives.
pub const SUBJECT: &str = "household";

/// Somebody of the record that gives is somebody of the one that goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// In the record that gives.
    pub gives: PersonId,
    /// In the record that goes on.
    pub stays: PersonId,
}

/// Somebody of the record that gives joins the other household.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joining {
    /// Who.
    pub person: PersonId,
    /// What they are to the head there.
    pub relation: Relation,
}

/// Which of two enrolments in the same programme stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keep {
    /// The one that stays.
    pub stays: Uuid,
    /// The one that ends.
    pub ends: Uuid,
    /// The first day on which the other was a double; what was given since may be asked about.
    pub from: Date,
}

/// What is to become one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The record that goes on.
    pub survivor: HouseholdId,
    /// Its version as it was read.
    pub survivor_version: i64,
    /// The record that gives; the same one for two members of one household.
    pub gives: HouseholdId,
    /// Its version as it was read.
    pub gives_version: i64,
    /// Who is whom.
    pub pairs: Vec<Pair>,
    /// Who joins the other household. Only of a whole record.
    pub joining: Vec<Joining>,
    /// The whole record goes on there; else the people of `pairs` alone.
    pub whole: bool,
    /// Which of two running enrolments stays, for each double.
    pub keep: Vec<Keep>,
    /// Why, in words.
    pub reason: String,
}

/// What came of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// It is done.
    Now(Uuid),
    /// It waits for a second person.
    Waits(ProposalId),
}

impl Plan {
    /// Whether two members of one household are made one.
    pub fn is_within(&self) -> bool {
        self.survivor == self.gives
    }

    /// Who a person of the record that gives is in the one that goes on.
    fn is_now(&self, person: Uuid) -> Option<Uuid> {
        self.pairs.iter().find(|pair| pair.gives.uuid() == person).map(|pair| pair.stays.uuid())
    }
}
