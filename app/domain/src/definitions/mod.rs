//! What a country's pack declares for the rule engine, as plain data: the pack reader fills these, and
//! the engine compiles them into a `Program`. Names are still names here, expressions are still text;
//! whether they make sense is decided when they are compiled.
//!
//! Every definition says where it stands (`at`), so that a fault found later names file and line. `at` is
//! left out of the serialised form: the hashes in a receipt are over what the rules say, not over where
//! they stand.
//!
//! To add a kind of thing that rules can use: its definition here, its reading in `pack`, its meaning in
//! `compile` and its evaluation.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use time::Date;

use crate::fault::At;
use crate::num::{Num, Rounding};

mod amount;
mod condition;
mod graduation;
mod link;
mod programme;
mod rule;
mod score;

pub use crate::expr::{Level, Type};
pub use amount::{AmountDef, Period, StepDef, StepKind};
pub use condition::{CheckDef, ConditionDef};
pub use graduation::{GraduationDef, StepDownDef, number_on, turns};
pub use link::{CapDef, Holding, LinkDef, LinkKind, PackageDef, Prefer};
pub use programme::{BudgetDef, ExampleDef, Expected, Guarantee, Kind, ProgrammeDef, Selection, TieBreak};
pub use rule::{LeafDef, LimitDef, Op, RuleNode};
pub use score::{BandDef, Limits, PointsBand, ScoreDef, Strata, TermDef, TermKind};

/// Everything the engine needs of a pack.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Definitions {
    /// Digits of the currency's minor unit: 0 for none, 2 for cents.
    pub minor_digits: u32,
    /// The questions of the form and the registry inputs: whatever an answer can be given to.
    pub inputs: Vec<InputDef>,
    /// What is said of an area by its code, so that `setting` and `province` follow from `area`.
    pub areas: BTreeMap<String, AreaInputs>,
    /// Facts, in any order.
    pub facts: Vec<FactDef>,
    /// Scores, in any order.
    pub scores: Vec<ScoreDef>,
    /// Parameters, effective-dated.
    pub parameters: Vec<ParameterDef>,
    /// Programmes, in the order in which people should read them.
    pub programmes: Vec<ProgrammeDef>,
    /// Packages: programmes offered together.
    pub packages: Vec<PackageDef>,
    /// Links between programmes.
    pub links: Vec<LinkDef>,
    /// Caps over a household's programmes.
    pub caps: Vec<CapDef>,
    /// Documents a programme can ask for; each is an implied yes/no question `document_<id>`.
    pub documents: Vec<DocumentDef>,
    /// Codes of the services in the directory, which programmes and `refers` links name.
    pub services: BTreeSet<String>,
}

/// An expression as written in the pack, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ExprText {
    /// The text of the expression.
    pub text: String,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

/// A value written in a pack.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(untagged)]
pub enum Literal {
    /// `true`, `false`.
    Bool(bool),
    /// A number, exact; decimals are written as strings in TOML (`"0.048"`).
    Num(Num),
    /// A TOML date.
    Date(#[serde(serialize_with = "crate::value::as_iso_date")] Date),
    /// Text, or the id of a choice.
    Text(String),
}

/// A question or a registry input.
#[derive(Clone, Debug, Serialize)]
pub struct InputDef {
    /// The question's immutable id; the name expressions use.
    pub id: String,
    /// Whether there is one answer for the household or one for each member.
    pub level: Level,
    /// What an answer is. A place is [`Type::Text`] (its code), money is [`Type::Num`] in major units.
    #[serde(rename = "type")]
    pub ty: Type,
    /// The unit of a number, for people to read. It is not hashed: no decision depends on it.
    #[serde(skip)]
    pub unit: Option<String>,
    /// Conditions that must all hold for the question to be asked: the group's and its own. An answer
    /// to a question that is not to be asked does not count.
    pub relevant: Vec<ExprText>,
    /// The value that stands for the answer when the question is certainly not to be asked (`false`
    /// for "is she pregnant" of a man). Without one, such a question is unknown to the rules.
    pub when_irrelevant: Option<Literal>,
    /// For a `calc`: the answer is calculated from this and never asked.
    pub calculation: Option<ExprText>,
    /// Whether the form asks it. Registry inputs and calculations are never asked.
    pub asked: bool,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

/// What follows from a household's area.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AreaInputs {
    /// `urban` or `rural`, where the area's level knows it.
    pub setting: Option<String>,
    /// The province's digits, `01` to `18` in the demo pack.
    pub province: Option<String>,
}

/// What a fact's value is declared to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FactType {
    /// `bool`.
    Bool,
    /// `number`.
    Number,
    /// `date`.
    Date,
    /// `choice`.
    Choice,
    /// `text`.
    Text,
    /// `set`.
    Set,
}

/// A rounding: the mode, and the step to whose multiples it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RoundDef {
    /// How.
    pub mode: Rounding,
    /// To multiples of what; `1` for whole units.
    pub to: Num,
}

/// What a fact is when its expression is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// Unknown stays unknown.
    #[default]
    Propagate,
    /// A declared value stands in, and every decision that used it says so.
    Default {
        /// The value.
        value: Literal,
        /// The reason for assuming it.
        why: String,
    },
}

/// A fact: something the rules know, calculated from answers.
#[derive(Clone, Debug, Serialize)]
pub struct FactDef {
    /// Its id; the name expressions use.
    pub id: String,
    /// One value for the household, or one for each member.
    pub level: Level,
    /// The declared type; the expression must have it.
    #[serde(rename = "type")]
    pub ty: FactType,
    /// The unit, for people to read.
    pub unit: Option<String>,
    /// How it is calculated.
    pub expression: ExprText,
    /// A declared rounding of a number.
    pub round: Option<RoundDef>,
    /// What an unknown becomes.
    pub missing: Missing,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

/// A figure of the law, with its dates.
#[derive(Clone, Debug, Serialize)]
pub struct ParameterDef {
    /// Its id; `param.<id>` in expressions.
    pub id: String,
    /// The unit, for people to read (`DMF/month`).
    pub unit: Option<String>,
    /// The law or paper the figure is from.
    pub source: Option<String>,
    /// The values, each in force from its date until the next one's; all of one type.
    pub values: Vec<DatedValue>,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

/// A parameter's value from a date on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DatedValue {
    /// The first day it is in force.
    #[serde(serialize_with = "crate::value::as_iso_date")]
    pub from: Date,
    /// The value.
    pub value: Literal,
}

/// A document a programme can ask for.
#[derive(Clone, Debug, Serialize)]
pub struct DocumentDef {
    /// Its id; the implied yes/no question is `document_<id>`.
    pub id: String,
    /// Whether it is the household's or each member's.
    pub level: Level,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

impl Definitions {
    /// The questions that need no declaring, because a document or a link implies them:
    /// `document_<id>` (yes/no), `choice_<link>` (one of the two programmes) and the registry input
    /// `enrolled_<programme>` (a date).
    pub fn implied_inputs(&self) -> Vec<InputDef> {
        let input = |id: String, level, ty, asked, at: &At| InputDef {
            id,
            level,
            ty,
            unit: None,
            relevant: Vec::new(),
            when_irrelevant: None,
            calculation: None,
            asked,
            at: at.clone(),
        };
        let mut inputs: Vec<InputDef> = self
            .documents
            .iter()
            .map(|document| {
                let id = format!("document_{}", document.id);
                input(id, document.level, Type::Bool, true, &document.at)
            })
            .collect();
        for link in &self.links {
            let LinkKind::Excludes { prefer } = &link.kind else { continue };
            let pair = [&link.from, &link.to];
            match prefer {
                Prefer::HigherValue => {}
                Prefer::ApplicantChooses => {
                    let options = pair.iter().map(|id| (*id).clone()).collect();
                    let id = format!("choice_{}", link.id);
                    inputs.push(input(id, self.level_of_choice(link), Type::Choice(options), true, &link.at));
                }
                Prefer::FirstEnrolled => {
                    for programme in pair {
                        let id = format!("enrolled_{programme}").replace('-', "_");
                        if inputs.iter().all(|known| known.id != id) {
                            let level = self.unit_of(programme);
                            inputs.push(input(id, level, Type::Date, false, &link.at));
                        }
                    }
                }
            }
        }
        inputs
    }

    fn unit_of(&self, programme: &str) -> Level {
        self.programmes.iter().find(|p| p.id == programme).map_or(Level::Household, |p| p.unit)
    }

    fn level_of_choice(&self, link: &LinkDef) -> Level {
        if self.unit_of(&link.from) == Level::Member && self.unit_of(&link.to) == Level::Member {
            Level::Member
        } else {
            Level::Household
        }
    }
}
