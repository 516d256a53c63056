//! The syntax tree of an expression; [`parse`](super::parse) reads it from text.

use time::Date;

use crate::definitions::Op;
use crate::num::Num;

/// An expression and where it starts in its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expr {
    /// The character it starts at, counted from 0.
    pub position: usize,
    /// What it is.
    pub kind: ExprKind,
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the grammar in `parse` names the parts")]
pub enum ExprKind {
    Num(Num),
    Text(String),
    Bool(bool),
    Date(Date),
    AsOf,
    Name(String),
    Param(String),
    Negate(Box<Expr>),
    Not(Box<Expr>),
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Arithmetic(Arithmetic, Box<Expr>, Box<Expr>),
    Compare(Op, Box<Expr>, Box<Expr>),
    In { of: Box<Expr>, list: Vec<Expr>, negated: bool },
    Call(Function, Vec<Expr>),
    Lookup { of: Box<Expr>, entries: Vec<(Expr, Expr)>, otherwise: Option<Box<Expr>> },
    Aggregate { kind: Aggregate, filter: Option<Box<Expr>>, of: Option<Box<Expr>> },
}

/// The four operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "they say what they are")]
pub enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
}

/// Functions with a fixed number of arguments, and `min`, `max` over several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as in the language")]
pub enum Function {
    If,
    Min,
    Max,
    Floor,
    Ceil,
    Round,
    Abs,
    Years,
    Months,
    Has,
    Head,
}

impl Function {
    pub(super) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "if" => Self::If,
            "min" => Self::Min,
            "max" => Self::Max,
            "floor" => Self::Floor,
            "ceil" => Self::Ceil,
            "round" => Self::Round,
            "abs" => Self::Abs,
            "years" => Self::Years,
            "months" => Self::Months,
            "has" => Self::Has,
            "head" => Self::Head,
            _ => return None,
        })
    }

    /// How many arguments it takes: at least, at most.
    pub(super) fn arguments(self) -> (usize, usize) {
        match self {
            Self::If => (3, 3),
            Self::Min | Self::Max => (2, 64),
            Self::Floor | Self::Ceil | Self::Round | Self::Abs | Self::Head => (1, 1),
            Self::Years | Self::Months | Self::Has => (2, 2),
        }
    }
}

/// What is done over the members of a household.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as in the language")]
pub enum Aggregate {
    Count,
    Sum,
    Min,
    Max,
    Any,
    All,
}

impl Aggregate {
    pub(super) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "count" => Self::Count,
            "sum" => Self::Sum,
            "min" => Self::Min,
            "max" => Self::Max,
            "any" => Self::Any,
            "all" => Self::All,
            _ => return None,
        })
    }
}

impl Expr {
    /// Every name it reads (questions, facts, scores), with positions; parameters and `as_of` aside.
    pub fn names(&self) -> Vec<(&str, usize)> {
        let mut names = Vec::new();
        self.walk(&mut |expr| {
            if let ExprKind::Name(name) = &expr.kind {
                names.push((name.as_str(), expr.position));
            }
        });
        names
    }

    /// Whether it looks at the household's head, which depends on `relation`.
    pub fn reads_head(&self) -> bool {
        let mut found = false;
        self.walk(&mut |expr| found |= matches!(expr.kind, ExprKind::Call(Function::Head, _)));
        found
    }

    /// Whether it looks at all members, or at one of them as the head.
    pub fn reads_members(&self) -> bool {
        let mut found = false;
        self.walk(&mut |expr| {
            let is_over = matches!(expr.kind, ExprKind::Aggregate { .. } | ExprKind::Call(Function::Head, _));
            found |= is_over;
        });
        found
    }

    /// Visits it and everything inside it; of `in` and look-ups the values are not visited.
    pub(crate) fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Expr)) {
        visit(self);
        match &self.kind {
            ExprKind::Num(_)
            | ExprKind::Text(_)
            | ExprKind::Bool(_)
            | ExprKind::Date(_)
            | ExprKind::AsOf
            | ExprKind::Name(_)
            | ExprKind::Param(_) => {}
            ExprKind::Negate(a) | ExprKind::Not(a) | ExprKind::In { of: a, .. } => a.walk(visit),
            ExprKind::And(list) | ExprKind::Or(list) | ExprKind::Call(_, list) => {
                for a in list {
                    a.walk(visit);
                }
            }
            ExprKind::Arithmetic(_, a, b) | ExprKind::Compare(_, a, b) => {
                a.walk(visit);
                b.walk(visit);
            }
            ExprKind::Lookup { of, entries, otherwise } => {
                of.walk(visit);
                for (_, result) in entries {
                    result.walk(visit);
                }
                if let Some(otherwise) = otherwise {
                    otherwise.walk(visit);
                }
            }
            ExprKind::Aggregate { filter, of, .. } => {
                for a in [filter, of].into_iter().flatten() {
                    a.walk(visit);
                }
            }
        }
    }
}
