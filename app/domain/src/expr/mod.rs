//! The expression language of packs: facts, relevance, constraints, amounts.
//!
//! Text is read into a syntax tree, the tree is typed against the names in scope, and the result is
//! evaluated with three truths and exact numbers. There is no function that tells whether an answer is
//! missing: more answers can settle an expression, never unsettle it.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

/// Whether there is one value for the household or one for each member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// One value.
    Household,
    /// One value for each member (`person` where a programme's unit is meant).
    Member,
}

/// What an expression gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Type {
    /// Yes or no.
    Bool,
    /// A number.
    Num,
    /// A day.
    Date,
    /// Free text or the code of a place.
    Text,
    /// One of these options.
    Choice(BTreeSet<String>),
    /// Any number of these options (at most 128, in the order of the list).
    Many(Vec<String>),
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bool => "yes/no",
            Self::Num => "a number",
            Self::Date => "a date",
            Self::Text => "a text",
            Self::Choice(_) => "a choice",
            Self::Many(_) => "a set of choices",
        })
    }
}
