//! What is missing: from something unknown back to the unanswered questions that make it so.
//!
//! Only what still matters is followed: of an undecided "all", the undecided parts; of an `if`, its
//! condition before its branches. Thorough, it follows also what may matter once that is answered: the
//! form asks by that.

use std::collections::BTreeSet;

use crate::answers::Answer;
use crate::expr::Level;
use crate::expr::cell::Cell;
use crate::expr::eval::{Head, eval};
use crate::expr::node::{Node, Over};
use crate::expr::syntax::Aggregate;
use crate::facts::{Evaluation, Input, Step, relevance};
use crate::num::Num;

/// Something missing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Missing {
    /// The answer to an input (its place), of a member.
    Answer(usize, Option<usize>),
    /// The members of the household.
    Members,
    /// A document (its id), of a member.
    Document(String, Option<usize>),
    /// The applicant's choice between two programmes: the question's id.
    Choice(String, Option<usize>),
}

/// In what state an answer is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NeedState {
    /// Nobody asked yet.
    NotAsked,
    /// The person does not know.
    DontKnow,
    /// The person would rather not say.
    Refused,
    /// The form does not ask it of them: a person must look.
    NotRelevant,
}

/// Follows unknowns to what is missing.
pub(crate) struct Tracer<'e, 'a> {
    evaluation: &'e Evaluation<'a>,
    thorough: bool,
    seen: BTreeSet<(Level, usize, Option<usize>)>,
    found: BTreeSet<Missing>,
}

impl<'e, 'a> Tracer<'e, 'a> {
    pub fn new(evaluation: &'e Evaluation<'a>, thorough: bool) -> Self {
        Self { evaluation, thorough, seen: BTreeSet::new(), found: BTreeSet::new() }
    }

    /// What was found, in order.
    pub fn found(self) -> impl Iterator<Item = Missing> {
        self.found.into_iter()
    }

    /// Follows a node, seen from a member or the household; nothing when it is known.
    pub fn node(&mut self, node: &Node, member: Option<usize>) {
        let frame = self.evaluation.frame_of(member);
        if !eval(node, &frame).is_unknown() {
            return;
        }
        match node {
            Node::Const(_) | Node::AsOf | Node::Param(_) => {}
            Node::Household(slot) => self.slot(Level::Household, *slot, None),
            Node::Member(slot) => self.slot(Level::Member, *slot, member),
            Node::Unary(_, inner) | Node::Not(inner) | Node::OneOf(inner, _) | Node::Has(inner, _) => {
                self.node(inner, member);
            }
            Node::Arithmetic(_, pair) | Node::Compare(_, pair) | Node::Years(pair) | Node::Months(pair) => {
                self.node(&pair.0, member);
                self.node(&pair.1, member);
            }
            Node::And(list) | Node::Or(list) | Node::Least(list) | Node::Greatest(list) => {
                for node in list {
                    self.node(node, member);
                }
            }
            Node::If(parts) => match eval(&parts.0, &frame) {
                Cell::Bool(true) => self.node(&parts.1, member),
                Cell::Bool(false) => self.node(&parts.2, member),
                _ => {
                    self.node(&parts.0, member);
                    if self.thorough {
                        self.node(&parts.1, member);
                        self.node(&parts.2, member);
                    }
                }
            },
            Node::Lookup(lookup) => {
                let of = eval(&lookup.of, &frame);
                if of.is_unknown() {
                    self.node(&lookup.of, member);
                }
                let entry = lookup.entries.iter().find(|(key, _)| *key == of).map(|(_, result)| result);
                if of.is_unknown() && self.thorough {
                    for result in lookup.entries.iter().map(|(_, result)| result).chain(&lookup.otherwise) {
                        self.node(result, member);
                    }
                } else if let Some(result) = entry.or(lookup.otherwise.as_ref()) {
                    self.node(result, member);
                }
            }
            Node::Head(inner) => match self.evaluation.head {
                Head::Is(head) => self.node(inner, Some(head)),
                Head::Unknown | Head::Fault(_) => self.relations(),
            },
            Node::Aggregate(over) => self.members(over),
        }
    }

    fn members(&mut self, over: &Over) {
        let count = self.evaluation.member_answers.len();
        if count == 0 {
            self.found.insert(Missing::Members);
        }
        for member in 0..count {
            let frame = self.evaluation.frame_of(Some(member));
            let counts = over.filter.as_ref().map_or(Cell::Bool(true), |node| eval(node, &frame));
            let value = over.of.as_ref().map(|node| eval(node, &frame));
            // A member who cannot change the result is not asked.
            let idle = match (over.kind, value) {
                (Aggregate::Any, Some(value)) => value == Cell::Bool(false),
                (Aggregate::All, Some(value)) => value == Cell::Bool(true),
                (Aggregate::Sum, Some(value)) => value == Cell::Num(Num::ZERO),
                _ => false,
            };
            if counts == Cell::Bool(false) || (counts.is_unknown() && idle) {
                continue;
            }
            if let (true, Some(filter)) = (counts.is_unknown(), &over.filter) {
                self.node(filter, Some(member));
            }
            if let (true, Some(of)) = (!counts.is_unknown() || self.thorough, &over.of) {
                self.node(of, Some(member));
            }
        }
    }

    fn relations(&mut self) {
        let Some((slot, _)) = self.evaluation.program.head else { return };
        let count = self.evaluation.member_answers.len();
        if count == 0 {
            self.found.insert(Missing::Members);
        }
        for member in 0..count {
            if self.evaluation.frame_of(Some(member)).member_cell(slot).is_unknown() {
                self.slot(Level::Member, slot, Some(member));
            }
        }
    }

    fn slot(&mut self, level: Level, slot: usize, member: Option<usize>) {
        if !self.seen.insert((level, slot, member)) {
            return;
        }
        let program = self.evaluation.program;
        match program.filler(level, slot) {
            Some(Step::Input(place)) => self.input(place, &program.inputs[place], member),
            Some(Step::Fact(place)) => self.node(&program.facts[place].node, member),
            Some(Step::Score(place)) => {
                let score = &program.scores[place];
                for node in score.stratum.iter().chain(score.terms.iter().map(|term| &term.input)) {
                    self.node(node, member);
                }
            }
            None => {}
        }
    }

    fn input(&mut self, place: usize, input: &Input, member: Option<usize>) {
        if let Some(calculation) = &input.calculation {
            return self.node(calculation, member);
        }
        if relevance(input, &self.evaluation.frame_of(member)).is_unknown() {
            for node in &input.relevant {
                self.node(node, member);
            }
            if !self.thorough {
                return;
            }
        }
        // Setting and province are not asked: they follow from the area.
        let of_area = matches!(input.id.as_str(), "setting" | "province");
        let inputs = &self.evaluation.program.inputs;
        match inputs.iter().position(|other| of_area && other.id == "area") {
            Some(area) => self.found.insert(Missing::Answer(area, None)),
            None => self.found.insert(Missing::Answer(place, member)),
        };
    }
}

/// In what state the answer to an input is missing.
pub(crate) fn state(evaluation: &Evaluation<'_>, input: &Input, member: Option<usize>) -> NeedState {
    if relevance(input, &evaluation.frame_of(member)) == Cell::Bool(false) {
        return NeedState::NotRelevant;
    }
    match evaluation.answer(input, member) {
        Some(Answer::DontKnow) => NeedState::DontKnow,
        Some(Answer::Refused) => NeedState::Refused,
        Some(Answer::Value(_)) | None => NeedState::NotAsked,
    }
}
