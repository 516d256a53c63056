//! A typed expression: names are slots, options are symbols, nothing is looked up by its text.

use super::cell::Cell;
use super::syntax::{Aggregate, Arithmetic};
use crate::definitions::Op;

/// A node of a typed expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// A constant.
    Const(Cell),
    /// The day of the decision.
    AsOf,
    /// A parameter, by its place.
    Param(usize),
    /// A household slot.
    Household(usize),
    /// A slot of the member at hand.
    Member(usize),
    /// One number from one number.
    Unary(Unary, Box<Node>),
    /// A number from two.
    Arithmetic(Arithmetic, Box<(Node, Node)>),
    /// The opposite.
    Not(Box<Node>),
    /// All of them.
    And(Vec<Node>),
    /// One of them.
    Or(Vec<Node>),
    /// A comparison of two values of one type.
    Compare(Op, Box<(Node, Node)>),
    /// Whether a value is one of several constants.
    OneOf(Box<Node>, Vec<Cell>),
    /// Condition, then, otherwise.
    If(Box<(Node, Node, Node)>),
    /// The least of several numbers or days.
    Least(Vec<Node>),
    /// The greatest of several numbers or days.
    Greatest(Vec<Node>),
    /// Completed years from the first day to the second.
    Years(Box<(Node, Node)>),
    /// Completed months from the first day to the second.
    Months(Box<(Node, Node)>),
    /// Whether a set holds the option at this place.
    Has(Box<Node>, u32),
    /// A table.
    Lookup(Box<Lookup>),
    /// The value for the head of the household.
    Head(Box<Node>),
    /// Something over all members.
    Aggregate(Box<Over>),
}

/// A number from a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as in the language")]
pub enum Unary {
    Negate,
    Abs,
    Floor,
    Ceil,
    Round,
}

/// A table from a value to a result.
#[derive(Clone, Debug, PartialEq)]
pub struct Lookup {
    /// What is looked up.
    pub of: Node,
    /// The entries.
    pub entries: Vec<(Cell, Node)>,
    /// The result for everything else; a table without one names every option.
    pub otherwise: Option<Node>,
}

/// An aggregate over the members.
#[derive(Clone, Debug, PartialEq)]
pub struct Over {
    /// What is done.
    pub kind: Aggregate,
    /// Which members count; all when none.
    pub filter: Option<Node>,
    /// The value of each; a count has none.
    pub of: Option<Node>,
}

impl Node {
    /// Visits this node and every node in it.
    pub fn walk(&self, visit: &mut impl FnMut(&Node)) {
        visit(self);
        match self {
            Self::Const(_) | Self::AsOf | Self::Param(_) | Self::Household(_) | Self::Member(_) => {}
            Self::Unary(_, inner)
            | Self::Not(inner)
            | Self::OneOf(inner, _)
            | Self::Has(inner, _)
            | Self::Head(inner) => inner.walk(visit),
            Self::Arithmetic(_, pair) | Self::Compare(_, pair) | Self::Years(pair) | Self::Months(pair) => {
                pair.0.walk(visit);
                pair.1.walk(visit);
            }
            Self::And(list) | Self::Or(list) | Self::Least(list) | Self::Greatest(list) => {
                for node in list {
                    node.walk(visit);
                }
            }
            Self::If(parts) => {
                parts.0.walk(visit);
                parts.1.walk(visit);
                parts.2.walk(visit);
            }
            Self::Lookup(lookup) => {
                lookup.of.walk(visit);
                let results = lookup.entries.iter().map(|(_, result)| result);
                for node in results.chain(&lookup.otherwise) {
                    node.walk(visit);
                }
            }
            Self::Aggregate(over) => {
                for node in over.filter.iter().chain(&over.of) {
                    node.walk(visit);
                }
            }
        }
    }
}
