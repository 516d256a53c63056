//! The expression language of packs: facts, relevance, constraints, amounts.
//!
//! - [`parse()`], [`syntax`]: text becomes a tree, with positions for messages.
//! - [`typing`]: the tree is checked against the names in scope and becomes a [`node::Node`], in which
//!   every name is a slot and every option a symbol.
//! - [`node`], [`eval`]: a node is evaluated with three truths and exact numbers.
//! - [`formula`]: one condition on its own, as a page in the browser needs it.
//!
//! There is no function that tells whether an answer is missing: more answers can settle an expression,
//! never unsettle it. To add a function: its name in `syntax::Function`, its type in `typing`, its node
//! and its evaluation; a function must give "unknown" for every unknown that could change its result.

pub mod cell;
pub mod eval;
pub mod formula;
pub mod node;
pub mod parse;
pub mod syntax;
mod token;
pub mod typing;

pub use parse::parse;

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
    /// Any number of these options (at most 64, in the order of the list).
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

/// What is wrong with an expression, and where in its text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("at character {}: {message}", .position + 1)]
pub struct ExprError {
    /// The character, counted from 0.
    pub position: usize,
    /// One line of plain English.
    pub message: String,
}

impl ExprError {
    pub(crate) fn new(position: usize, message: impl Into<String>) -> Self {
        Self { position, message: message.into() }
    }
}
