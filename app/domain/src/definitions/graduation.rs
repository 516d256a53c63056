//! Graduation: the line above which a household needs a programme no longer, and how the benefit then steps down.

use serde::Serialize;

use super::{LimitDef, Literal, ParameterDef};
use crate::fault::At;
use crate::num::Num;

/// How a programme lets go of those who need it no longer. The line to enter is a comparison of the rule itself (`fact <= a`), so
/// that there is one line and not two; the line to leave (`>= b`) lies above it.
#[derive(Clone, Debug, Serialize)]
pub struct GraduationDef {
    /// The comparison of the rule that is the line to enter, by its id.
    pub entry: String,
    /// The line to leave: a number or a parameter.
    pub leave: LimitDef,
    /// How many reviews in a row find the score at the line to leave or above it before anything is proposed; at least two.
    pub reviews: u32,
    /// Reviews that come closer than so many months to one another count as one.
    pub apart_months: u32,
    /// The steps down, in order; after the last one it ends.
    pub steps: Vec<StepDownDef>,
    /// The service that is offered when it begins to step down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refer: Option<String>,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

/// One step down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct StepDownDef {
    /// How much of the amount is still given, in percent.
    pub percent: u32,
    /// For how many months.
    pub months: u32,
}

/// A number or a parameter as it is on a day; `None` where it says none on that day.
pub fn number_on(limit: &LimitDef, parameters: &[ParameterDef], on: time::Date) -> Option<Num> {
    let number = |value: &Literal| match value {
        Literal::Num(number) => Some(*number),
        _ => None,
    };
    match limit {
        LimitDef::Value(value) => number(value),
        LimitDef::Param(id) => {
            let parameter = parameters.iter().find(|one| one.id == *id)?;
            let in_force = parameter.values.iter().filter(|value| value.from <= on);
            number(&in_force.max_by_key(|value| value.from)?.value)
        }
        LimitDef::Values(_) | LimitDef::Fact(_) => None,
    }
}

/// The days on which one of these limits becomes another one, in order; never empty.
pub fn turns(limits: [&LimitDef; 2], parameters: &[ParameterDef], first: time::Date) -> Vec<time::Date> {
    let of = |limit: &LimitDef| match limit {
        LimitDef::Param(id) => parameters.iter().find(|one| one.id == *id),
        _ => None,
    };
    let changes = limits.into_iter().filter_map(of).flat_map(|parameter| &parameter.values);
    let mut days: Vec<time::Date> = changes.map(|value| value.from.max(first)).chain([first]).collect();
    days.sort_unstable();
    days.dedup();
    days
}
