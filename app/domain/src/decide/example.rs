//! Worked examples of a programme, run when a pack is checked.

use std::collections::BTreeSet;

use time::Date;

use crate::answers::Answers;
use crate::definitions::Expected;
use crate::expr::Level;
use crate::expr::cell::Cell;
use crate::expr::eval::{all, eval};
use crate::facts::Evaluation;
use crate::program::Program;
use crate::value::Truth;

/// What an example of a programme found: the verdict of the programme's own rules and documents, links
/// and queues aside, and what each leaf saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExampleOutcome {
    /// The verdict; of a programme for persons the best one of any member.
    pub verdict: Expected,
    /// What each leaf saw, for every member considered.
    pub leaves: Vec<LeafSeen>,
}

/// What a leaf saw in an example.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeafSeen {
    /// The leaf's id.
    pub leaf: String,
    /// Whether the comparison held.
    pub truth: Truth,
    /// Whether the value was exactly the limit.
    pub on_limit: bool,
}

impl Program {
    /// Runs an example of a programme: what its rules and documents alone say. `None` when there is no such
    /// programme.
    pub fn example(&self, programme: &str, answers: &Answers, as_of: Date) -> Option<ExampleOutcome> {
        let place = self.definitions.programmes.iter().position(|def| def.id == programme)?;
        let (def, compiled) = (&self.definitions.programmes[place], &self.programmes[place]);
        let evaluation = Evaluation::new(self, answers, as_of);
        let subjects: Vec<Option<usize>> = match compiled.unit {
            Level::Household => vec![None],
            Level::Member => (0..evaluation.member_answers.len()).map(Some).collect(),
        };
        let (mut verdicts, mut seen) = (Vec::new(), BTreeSet::new());
        for member in subjects {
            let frame = evaluation.frame_of(member);
            let who = compiled.who.as_ref().map_or(Cell::Bool(true), |who| eval(who, &frame));
            if who == Cell::Bool(false) {
                continue;
            }
            let (rules, leaves) = compiled.eligible(&frame);
            for (leaf, outcome) in def.eligible.leaves().into_iter().zip(&leaves) {
                let truth = outcome.holds.truth().unwrap_or(Truth::Unknown);
                let on_limit = !outcome.value.is_unknown() && outcome.value == outcome.limit;
                seen.insert(LeafSeen { leaf: leaf.id.clone(), truth, on_limit });
            }
            let documents = compiled.documents.iter().all(|(_, node)| eval(node, &frame) == Cell::Bool(true));
            verdicts.push(match all([who, rules].into_iter()) {
                Cell::Bool(true) if documents => Expected::Yes,
                Cell::Bool(false) => Expected::No,
                _ => Expected::Needs,
            });
        }
        let found = |verdict| verdicts.contains(&verdict).then_some(verdict);
        let verdict = found(Expected::Yes).or(found(Expected::Needs)).unwrap_or(Expected::No);
        Some(ExampleOutcome { verdict, leaves: seen.into_iter().collect() })
    }
}
