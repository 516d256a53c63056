//! Amounts: base, steps, floor, cap, rounding, period.

use serde::Serialize;

use super::{ExprText, RoundDef};
use crate::fault::At;

/// How much a programme gives. Every step is recorded.
#[derive(Clone, Debug, Serialize)]
pub struct AmountDef {
    /// The start, in major units.
    pub base: ExprText,
    /// The steps, in order.
    pub steps: Vec<StepDef>,
    /// Never less than this (an amount already 0 stays 0).
    pub floor: Option<ExprText>,
    /// Never more than this.
    pub cap: Option<ExprText>,
    /// The rounding; to the minor unit, a half up, when none is declared.
    pub round: Option<RoundDef>,
    /// The period it is paid for.
    pub period: Period,
    /// How many periods a year it is paid (10 months of school).
    pub times: Option<u32>,
}

/// A step of an amount.
#[derive(Clone, Debug, Serialize)]
pub struct StepDef {
    /// Its id; words `programme.<id>.step.<step>`.
    pub id: String,
    /// What it does.
    #[serde(flatten)]
    pub kind: StepKind,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

/// What a step does to the amount so far.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// `add = "expr"`: added.
    Add(ExprText),
    /// `subtract = "expr"`: taken away, not below 0.
    Subtract(ExprText),
    /// `each = "expr", per = "expr"`: so much for each of so many.
    Per {
        /// The amount for one.
        each: ExprText,
        /// How many.
        per: ExprText,
    },
    /// `multiply = "expr"`: a share or a factor.
    Multiply(ExprText),
    /// `taper = { of = "expr", above = "expr", rate = "expr" }`: less `rate` × what `of` is above the
    /// threshold, not below 0.
    Taper {
        /// The income that counts.
        of: ExprText,
        /// Where the taper starts.
        above: ExprText,
        /// How much is withdrawn per unit.
        rate: ExprText,
    },
}

/// The period an amount is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// Every month.
    Month,
    /// Every year.
    Year,
    /// One time.
    Once,
}

impl Period {
    /// Reads the word a pack uses.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "month" => Self::Month,
            "year" => Self::Year,
            "once" => Self::Once,
            _ => return None,
        })
    }
}
