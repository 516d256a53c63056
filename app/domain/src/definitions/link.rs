//! Packages, links between programmes, caps over them.

use serde::Serialize;

use super::ExprText;
use crate::fault::At;
use crate::num::Num;

/// Programmes offered together.
#[derive(Clone, Debug, Serialize)]
pub struct PackageDef {
    /// Its id.
    pub id: String,
    /// The programmes.
    pub programmes: Vec<String>,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

/// A link between two programmes.
#[derive(Clone, Debug, Serialize)]
pub struct LinkDef {
    /// Its id; words `link.<id>`.
    pub id: String,
    /// What it does.
    #[serde(flatten)]
    pub kind: LinkKind,
    /// The programme it starts from.
    pub from: String,
    /// The programme it acts on; for `refers` also a service code.
    pub to: String,
    /// Whether a place on a waiting list counts as being in the programme.
    #[serde(rename = "while")]
    pub holding: Holding,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

/// What a link does. `from` and `to` are programmes; between a household's and a person's programme a
/// household verdict counts for every member, and one member's counts for the household.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LinkKind {
    /// Who is in `from` is eligible for `to`, whatever its own rules say.
    Opens,
    /// `from` can be had only by who is in `to`.
    Requires,
    /// Not both.
    Excludes {
        /// Which one stays.
        prefer: Prefer,
    },
    /// The amount of `from`, a month, is added to the number fact when `to` is decided.
    CountsAsIncome {
        /// The number fact or question it is added to.
        fact: String,
    },
    /// The amount of `from`, a month, is taken off the amount of `to`.
    Offsets,
    /// Who is in `from` goes before others in the queue of `to`.
    BoostsPriority {
        /// How far, in the units of the priority.
        by: Num,
    },
    /// Who is in `from` is referred to `to`.
    Refers,
    /// An award of `from` ends when the award of `to` ends.
    EndsWith,
}

/// Which of two programmes that exclude each other stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Prefer {
    /// The one worth more a month; `from` when equal.
    HigherValue,
    /// The one the applicant says: implied question `choice_<link>`.
    ApplicantChooses,
    /// The one already held: implied registry input `enrolled_<programme>`; `from` when neither is.
    FirstEnrolled,
}

/// Whether a waiting place counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Holding {
    /// Only an award counts.
    #[default]
    Receiving,
    /// A waiting place counts as well.
    Waiting,
}

/// A cap over what a household gets from several programmes.
#[derive(Clone, Debug, Serialize)]
pub struct CapDef {
    /// Its id; words `cap.<id>`.
    pub id: String,
    /// The programmes it is over; amounts are compared a month.
    pub over: Vec<String>,
    /// The limit a month, in major units: a number or `param.x` or an expression over household facts.
    pub limit: ExprText,
    /// Which programmes are cut, first to last; each of `over` at most once. One that is not named is
    /// never cut.
    pub reduce: Vec<String>,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}
