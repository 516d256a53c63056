//! Graduation: when a household needs a programme no longer, and how it steps down.
//!
//! There are two lines. Who is at the one to enter or below it may come in; who is at the one to leave or above it may be let go;
//! between them nobody comes and nobody goes, so that a score that moves a little around one line moves nobody in and out
//! (hysteresis). One high score ends nothing: it takes as many reviews in a row as the pack says ([`row`]).
//!
//! A review between the lines begins the row anew. "In a row" would mean nothing if a household that is found above and below the
//! line to leave by turns were let go after some years; and a doubt is decided for who gets the benefit. A review of which the score
//! is not known counts for nothing: it neither adds to the row nor breaks it. Reviews close to one another count as one: they
//! say the same thing twice, often from the same answers.
//!
//! The steps down are the pack's; [`schedule`] says what is given when. After the last one the award ends.

use serde::{Deserialize, Serialize};
use time::Date;

use crate::calendar::add_months;
use crate::codes::codes;
use crate::decide::{Known, Origin, ProgrammeDecision};
use crate::definitions::{GraduationDef, ParameterDef, ProgrammeDef, RuleNode, StepDownDef, number_on};
use crate::letter::sentence::iso;
use crate::value::{Truth, Value};

codes! {
    /// Where a review finds a score.
    pub enum Reading {
        /// At the line to enter or below it.
        Below = "below",
        /// Above the line to enter and below the line to leave.
        Between = "between",
        /// At the line to leave or above it.
        Above = "above",
        /// The score is not known.
        Unknown = "unknown",
    }
}

/// A review.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Review {
    /// The day of the assessment.
    pub on: Date,
    /// What it found.
    pub reading: Reading,
}

/// Where a decision of the rules finds the score of a programme, by the lines of its own pack on its own day.
pub fn reading(
    graduation: &GraduationDef,
    parameters: &[ParameterDef],
    told: &ProgrammeDecision,
    on: Date,
) -> Reading {
    let entry =
        told.reasons.iter().find(|reason| reason.origin == Origin::Rule && reason.leaf == graduation.entry);
    let Some(entry) = entry else { return Reading::Unknown };
    let number = |known: &Known| match known {
        Known::Value(Value::Num(number)) => Some(*number),
        _ => None,
    };
    let lines = (number(&entry.value), number(&entry.limit), number_on(&graduation.leave, parameters, on));
    match lines {
        (Some(score), Some(enter), _) if score <= enter => Reading::Below,
        (Some(score), Some(_), Some(leave)) if score >= leave => Reading::Above,
        (Some(_), Some(_), Some(_)) => Reading::Between,
        _ => Reading::Unknown,
    }
}

/// Whether nothing but the line to enter speaks against an award: were the score at it or below, the rule would not refuse.
pub fn only_the_line(def: &ProgrammeDef, told: &ProgrammeDecision) -> bool {
    let Some(graduation) = &def.graduation else { return false };
    let speaks_against =
        told.reasons.iter().any(|reason| reason.origin != Origin::Rule && reason.met == Truth::False);
    let truth = |id: &str| {
        if id == graduation.entry {
            return Truth::True;
        }
        let own = told.reasons.iter().find(|reason| reason.origin == Origin::Rule && reason.leaf == id);
        own.map_or(Truth::Unknown, |reason| reason.truth)
    };
    !speaks_against && holds(&def.eligible, &truth) != Truth::False
}

fn holds(node: &RuleNode, truth: &impl Fn(&str) -> Truth) -> Truth {
    let over = |nodes: &[RuleNode], settles: Truth, otherwise: Truth| {
        let all: Vec<Truth> = nodes.iter().map(|node| holds(node, truth)).collect();
        if all.contains(&settles) {
            settles
        } else if all.iter().all(|one| *one == otherwise) {
            otherwise
        } else {
            Truth::Unknown
        }
    };
    match node {
        RuleNode::Leaf(leaf) => truth(&leaf.id),
        RuleNode::Not(inner) => match holds(inner, truth) {
            Truth::True => Truth::False,
            Truth::False => Truth::True,
            Truth::Unknown => Truth::Unknown,
        },
        RuleNode::All(nodes) => over(nodes, Truth::False, Truth::True),
        RuleNode::Any(nodes) => over(nodes, Truth::True, Truth::False),
    }
}

/// The reviews in a row that found the score at the line to leave or above it, from the oldest to the newest that counts.
/// `reviews` from the oldest to the newest.
pub fn row(reviews: &[Review], apart_months: u32) -> Vec<Date> {
    let mut row: Vec<Date> = Vec::new();
    for review in reviews {
        match review.reading {
            Reading::Unknown => {}
            Reading::Below | Reading::Between => row.clear(),
            Reading::Above => {
                if row.last().is_none_or(|last| review.on >= add_months(*last, apart_months)) {
                    row.push(review.on);
                }
            }
        }
    }
    row
}

/// A step down as it is planned, and told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepDown {
    /// How much of the amount is still given, in percent.
    pub percent: u32,
    /// For how many months.
    pub months: u32,
}

impl From<&StepDownDef> for StepDown {
    fn from(def: &StepDownDef) -> Self {
        Self { percent: def.percent, months: def.months }
    }
}

/// A step down with its days and its amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planned {
    /// Its number, from 1.
    pub number: i64,
    /// How much of the amount, in percent.
    pub percent: u32,
    /// How much a month, in minor units: rounded up, for who gets it.
    pub minor: i64,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
    /// Months that it is given for.
    pub months: u32,
}

/// What is given when, from a day on: each step begins when the one before is over. An award that had an earlier last day anyway
/// keeps it, and steps that would begin after it fall away. `minor` is the full amount of a month.
pub fn schedule(steps: &[StepDown], minor: i64, from: Date, ends_on: Option<Date>) -> Vec<Planned> {
    let mut planned = Vec::new();
    let (mut months, mut number) = (0, 0);
    for step in steps {
        // Counted from the first day: months of different lengths do not add up to a drift.
        let first = add_months(from, months);
        if ends_on.is_some_and(|last| first > last) {
            break;
        }
        months += step.months;
        number += 1;
        let last = add_months(from, months).previous_day().unwrap_or(first);
        planned.push(Planned {
            number,
            percent: step.percent,
            minor: share(minor, step.percent),
            from: first,
            until: ends_on.map_or(last, |own| own.min(last)),
            months: step.months,
        });
    }
    planned
}

/// So many percent of an amount, rounded up.
pub fn share(minor: i64, percent: u32) -> i64 {
    let share = i128::from(minor) * i128::from(percent);
    let up = share.div_euclid(100) + i128::from(share.rem_euclid(100) != 0);
    i64::try_from(up).unwrap_or(minor)
}

/// A step as letters tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// How much of the amount, in percent.
    pub percent: u32,
    /// How much a month, in minor units.
    pub minor: i64,
    /// The first day.
    #[serde(with = "iso")]
    pub from: Date,
    /// The last day.
    #[serde(with = "iso")]
    pub until: Date,
}

#[cfg(test)]
mod tests;
