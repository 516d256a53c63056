//! Conditions to keep a benefit: apart from the rules of entry, and looked at cycle by cycle.

use serde::Serialize;

use super::LimitDef;
use crate::fault::At;
use crate::life::condition::{Consequence, Cycle, RecordKind};

/// A condition to keep a benefit.
#[derive(Clone, Debug, Serialize)]
pub struct ConditionDef {
    /// Its id; words `programme.<id>.condition.<condition>`.
    pub id: String,
    /// The yes/no fact that says whether it is kept, where one can.
    pub fact: Option<String>,
    /// How it is checked; none for one that is only told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check: Option<CheckDef>,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

/// How a condition is checked each cycle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckDef {
    /// The members' yes/no fact that says whom it concerns; none in a programme for persons: the person.
    pub who: Option<String>,
    /// How often.
    pub cycle: Cycle,
    /// What is handed in.
    pub record: RecordKind,
    /// The least percent of attendance: a whole number or a parameter.
    pub at_least: Option<LimitDef>,
    /// The service whose nearest provider hands in the records.
    pub service: String,
    /// Days after the end of a cycle in which records may still come before it is judged.
    pub grace_days: u32,
    /// How many cycles may be missed, within how many, before something is proposed.
    pub misses: u32,
    /// Within how many of the newest cycles.
    pub within: u32,
    /// What follows then.
    pub then: Consequence,
}
