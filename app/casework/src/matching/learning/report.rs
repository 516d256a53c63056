//! What is told of a learned model: the numbers it rests on, what it would change, and the guards it fails.

use domain::matching::estimate::Anchor;
use domain::matching::learn::{Frozen, Guard, guards};
use domain::matching::score::{VERY_LIKELY, count, score};
use domain::matching::{Model, Said, View};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::super::Scales;
use super::Upto;
use super::sample::{Drawn, Judged};

/// From this probability on two lists' rows are linked, and a pair is rather one person than not.
pub const HALF: f64 = 0.5;

/// Pairs shown of those whose decision changes.
const EXAMPLES: usize = 10;

/// The report of a model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Report {
    /// Up to which verdict was learned.
    pub upto: Upto,
    /// The model that it was made of.
    pub base: i64,
    /// Pairs that officers called one person.
    pub same: u64,
    /// Pairs that officers called two people of one household.
    pub household: u64,
    /// Pairs that officers called two people.
    pub strangers: u64,
    /// Random pairs.
    pub random_pairs: u64,
    /// Pairs of the registry's own households.
    pub household_pairs: u64,
    /// People drawn.
    pub people: u64,
    /// How many of the pairs that officers spoke of are one person, as the new model sees them.
    pub estimated: f64,
    /// What changes among the pairs that officers spoke of.
    pub judged: Moved,
    /// What changes among pairs that share a key and nobody spoke of.
    pub compared: Moved,
    /// Those whose probability changes most, of those whose decision changes.
    pub examples: Vec<Example>,
    /// The guards that failed when it was made.
    pub failed: Vec<Guard>,
}

/// What changes among some pairs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// Pairs that were scored with both models.
    pub pairs: u64,
    /// Those that fall on the other side of one half.
    pub half: u64,
    /// Those that fall on the other side of *very likely*.
    pub sure: u64,
    /// Those with a decision that changes against what the officer said; where nobody spoke, with any that changes.
    pub against: u64,
}

/// A pair whose decision changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Example {
    /// One person.
    pub a: Uuid,
    /// The other.
    pub b: Uuid,
    /// What an officer said.
    pub said: Option<Said>,
    /// The probability by the model in force.
    pub before: f64,
    /// By the new one.
    pub after: f64,
}

/// Scores the frozen pairs with both models and puts what changes into the report.
pub(super) fn effect(report: &mut Report, scales: &Scales, model: &Model, judged: &[Judged], drawn: &Drawn) {
    let prior = scales.prior();
    let both = |a: &View<'_>, b: &View<'_>| {
        let of = |model| score(model, &scales.counts, a, b, prior).probability;
        (of(&scales.model), of(model))
    };
    let mut examples = Vec::new();
    for one in judged {
        let (Some(a), Some(b)) = (View::read(&one.features.0), View::read(&one.features.1)) else { continue };
        let (before, after) = both(&a, &b);
        report.estimated += after;
        if report.judged.add(before, after, Some(one.said)) {
            let (a, b) = one.people;
            examples.push(Example { a, b, said: Some(one.said), before, after });
        }
    }
    for ((one, other), a, b) in drawn.compared() {
        let (before, after) = both(&a, &b);
        if report.compared.add(before, after, None) {
            examples.push(Example { a: one, b: other, said: None, before, after });
        }
    }
    examples.sort_by(|x, y| {
        let by = |one: &Example| (one.after - one.before).abs();
        by(y).total_cmp(&by(x)).then((x.a, x.b).cmp(&(y.a, y.b)))
    });
    examples.truncate(EXAMPLES);
    report.examples = examples;
}

impl Moved {
    /// Counts a pair; whether a decision changes.
    fn add(&mut self, before: f64, after: f64, said: Option<Said>) -> bool {
        self.pairs += 1;
        let crosses = |line: f64| (before >= line) != (after >= line);
        let (half, sure) = (crosses(HALF), crosses(VERY_LIKELY));
        self.half += u64::from(half);
        self.sure += u64::from(sure);
        let right = match said {
            Some(Said::Same) => after > before,
            Some(Said::NotSame | Said::SameHousehold) => after < before,
            None => false,
        };
        self.against += u64::from((half || sure) && !right);
        half || sure
    }
}

/// The guards that a model fails, by its weights and the numbers of its report.
pub fn failed(model: &Model, report: &Report) -> Vec<Guard> {
    let anchor = Anchor { pairs: report.same, matches: count(report.same) };
    let frozen = Frozen {
        pairs: report.judged.pairs + report.compared.pairs,
        changed: report.judged.against + report.compared.against,
    };
    guards(model, report.same, anchor, report.estimated, frozen)
}
