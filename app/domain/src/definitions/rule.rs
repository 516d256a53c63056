//! Rule trees: all, any, not, and comparisons with their reasons.

use serde::Serialize;

use super::Literal;
use crate::fault::At;

/// A node of a rule tree.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleNode {
    /// All must hold.
    All(Vec<RuleNode>),
    /// One must hold.
    Any(Vec<RuleNode>),
    /// It must not hold.
    Not(Box<RuleNode>),
    /// A comparison.
    Leaf(LeafDef),
}

impl RuleNode {
    /// Every leaf, in the order written.
    pub fn leaves(&self) -> Vec<&LeafDef> {
        match self {
            Self::All(nodes) | Self::Any(nodes) => nodes.iter().flat_map(Self::leaves).collect(),
            Self::Not(node) => node.leaves(),
            Self::Leaf(leaf) => vec![leaf],
        }
    }
}

/// One comparison of a fact with a limit.
#[derive(Clone, Debug, Serialize)]
pub struct LeafDef {
    /// Its id, unique within the programme.
    pub id: String,
    /// The fact, question, registry input, score or `<score>_band` it reads.
    pub fact: String,
    /// The comparison; a yes/no fact without `op` is compared with true.
    pub op: Op,
    /// What it is compared with.
    pub limit: LimitDef,
    /// The key of its sentences: `programme.<id>.reason.<reason>.yes|no|needs`.
    pub reason: String,
    /// The law or paper the limit is from, if it is not a parameter's or a score's.
    pub source: Option<String>,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Op {
    /// `=`
    #[serde(rename = "=")]
    Eq,
    /// `!=`
    #[serde(rename = "!=")]
    Ne,
    /// `<`
    #[serde(rename = "<")]
    Lt,
    /// `<=`
    #[serde(rename = "<=")]
    Le,
    /// `>`
    #[serde(rename = ">")]
    Gt,
    /// `>=`
    #[serde(rename = ">=")]
    Ge,
    /// `in`: one of several.
    #[serde(rename = "in")]
    In,
    /// `not_in`: none of several.
    #[serde(rename = "not_in")]
    NotIn,
}

impl Op {
    /// Reads the sign a pack uses.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "=" => Self::Eq,
            "!=" => Self::Ne,
            "<" => Self::Lt,
            "<=" => Self::Le,
            ">" => Self::Gt,
            ">=" => Self::Ge,
            "in" => Self::In,
            "not_in" => Self::NotIn,
            _ => return None,
        })
    }

    /// The sign a pack uses.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Eq => "=",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::In => "in",
            Self::NotIn => "not_in",
        }
    }

    /// Whether it speaks of order, so that an example exactly on the limit means something.
    pub fn is_ordering(self) -> bool {
        matches!(self, Self::Lt | Self::Le | Self::Gt | Self::Ge)
    }
}

/// What a leaf's fact is compared with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitDef {
    /// A value (`limit = 5`).
    Value(Literal),
    /// Several values, for `in` and `not_in` (`limit = ["a", "b"]`).
    Values(Vec<Literal>),
    /// A parameter (`param = "child_max_age"`).
    Param(String),
    /// Another fact (`limit_fact = "rent_ceiling"`).
    Fact(String),
}
