//! Asking a household everything that is asked of it, without pages: how a synthetic registry gets its answers.

use time::Date;

use super::needed::Needed;
use crate::answers::{Answer, Answers};
use crate::facts::{Evaluation, Step};
use crate::program::Program;

/// A program made ready to ask: what must be worked out on the way to know which questions concern whom.
pub struct Asking<'p> {
    program: &'p Program,
    steps: Vec<Step>,
}

impl<'p> Asking<'p> {
    /// Everything the program asks.
    pub fn new(program: &'p Program) -> Self {
        let relevant = program.inputs.iter().flat_map(|input| &input.relevant).collect::<Vec<_>>();
        let needed = Needed::of_nodes(program, &relevant).steps;
        let asked = |step: &&Step| matches!(step, Step::Input(_)) || needed.contains(step);
        Self { program, steps: program.steps.iter().filter(asked).copied().collect() }
    }

    /// What is `known` beforehand, with the answers to all that is asked. `answer` hears the question's id and the
    /// member's place in the order of ids, and gives what is said; nothing for what is not asked.
    pub fn ask(
        &self,
        known: &Answers,
        as_of: Date,
        mut answer: impl FnMut(&str, Option<usize>) -> Option<Answer>,
    ) -> Answers {
        let mut evaluation = Evaluation::unfilled(self.program, known, as_of);
        let said = evaluation.ask(&self.steps, |input, member| answer(&input.id, member));
        let mut all = known.clone();
        all.members.sort_by(|a, b| a.id.cmp(&b.id));
        for (place, member, given) in said {
            let id = self.program.inputs[place].id.clone();
            match member.and_then(|member| all.members.get_mut(member)) {
                Some(member) => member.answers.insert(id, given),
                None => all.household.insert(id, given),
            };
        }
        all
    }
}
