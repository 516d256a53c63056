//! Scores: intercept, terms, bands.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{ExprText, Level, RoundDef};
use crate::fault::At;
use crate::num::Num;

/// One figure for all strata, or one for each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Strata {
    /// The same everywhere.
    Same(Num),
    /// By stratum; a stratum that is not named has 0 (an intercept must name them all).
    By(BTreeMap<String, Num>),
}

/// A score: intercept, terms, transform, bands. It is a number fact by its id, and its band a choice fact
/// by `<id>_band`.
#[derive(Clone, Debug, Serialize)]
pub struct ScoreDef {
    /// Its id.
    pub id: String,
    /// One score for the household, or one for each member.
    pub level: Level,
    /// The choice whose value picks the coefficients.
    pub stratum: Option<String>,
    /// The constant.
    pub intercept: Strata,
    /// The terms, in order.
    pub terms: Vec<TermDef>,
    /// The sum is multiplied by this before rounding.
    pub multiply: Num,
    /// The rounding of the result, in whole units unless said otherwise.
    pub round: Option<RoundDef>,
    /// The bands, from the lowest to the highest; proved total and disjoint.
    pub bands: Vec<BandDef>,
    /// Where the figures were published.
    pub source: Option<String>,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

/// One term of a score.
#[derive(Clone, Debug, Serialize)]
pub struct TermDef {
    /// Its id within the score.
    pub id: String,
    /// The fact, question or score it reads.
    pub fact: String,
    /// How the input becomes points.
    #[serde(flatten)]
    pub kind: TermKind,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

/// How a term's input becomes points.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TermKind {
    /// A yes/no input: the coefficient when yes.
    Indicator {
        /// Points when the input is true.
        coefficient: Strata,
    },
    /// A number times the coefficient.
    Linear {
        /// Points for each unit.
        coefficient: Strata,
    },
    /// The natural logarithm (12 decimals) times the coefficient.
    Log {
        /// Points for each unit of the logarithm.
        coefficient: Strata,
    },
    /// A number looked up in bands, which must be total and disjoint.
    Band {
        /// The bands, from the lowest to the highest.
        bands: Vec<PointsBand>,
    },
    /// A choice looked up in a table, which must name every option or have `otherwise`.
    Lookup {
        /// Points by option.
        points: BTreeMap<String, Strata>,
        /// Points for the options not named (`else` in the pack).
        otherwise: Option<Strata>,
    },
}

/// A band of a term's input.
#[derive(Clone, Debug, Serialize)]
pub struct PointsBand {
    /// Its limits.
    #[serde(flatten)]
    pub limits: Limits,
    /// Its points.
    pub points: Strata,
}

/// A band of a score.
#[derive(Clone, Debug, Serialize)]
pub struct BandDef {
    /// Its id: the value of `<score>_band`.
    pub id: String,
    /// Its limits.
    #[serde(flatten)]
    pub limits: Limits,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

/// The limits of a band. The first band has no lower limit, the last no upper one; where one band ends
/// the next must begin. A limit is a number or `param.x`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Limits {
    /// At least (`from`).
    pub from: Option<ExprText>,
    /// More than (`above`).
    pub above: Option<ExprText>,
    /// Less than (`below`).
    pub below: Option<ExprText>,
    /// At most (`up_to`).
    pub up_to: Option<ExprText>,
}
