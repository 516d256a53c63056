//! What of a program its decisions rest on: the slots that programmes, links, caps and queues read, directly or not.
//! A fact that no decision reads is not worked out a million times.

use std::collections::BTreeSet;

use crate::expr::Level;
use crate::expr::node::Node;
use crate::facts::Step;
use crate::links::{Kind, Preference};
use crate::program::Program;
use crate::rules::Limit;

use super::groups::DISABILITY;

/// Slots and, in order, the steps that fill them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Needed {
    pub slots: BTreeSet<(Level, usize)>,
    pub steps: Vec<Step>,
}

impl Needed {
    /// What decisions and the report's groups read.
    pub fn of(program: &Program) -> Self {
        let mut slots = BTreeSet::new();
        for programme in &program.programmes {
            let limits = programme.leaves.iter().filter_map(|leaf| match &leaf.limit {
                Limit::One(node) => Some(node),
                Limit::Several(_) => None,
            });
            let leaves = programme.leaves.iter().map(|leaf| &leaf.value).chain(limits);
            let documents = programme.documents.iter().map(|(_, node)| node);
            let amount = programme.amount.iter().flat_map(|amount| amount.nodes());
            let others = programme.who.iter().chain(&programme.priority).chain(documents);
            for node in leaves.chain(amount).chain(others) {
                program.slots_of(node, &mut slots);
            }
        }
        for link in &program.links.all {
            match &link.kind {
                Kind::CountsAsIncome(slot) => {
                    slots.insert((Level::Household, *slot));
                }
                Kind::Excludes(Preference::Chosen { answer, .. }) => program.slots_of(answer, &mut slots),
                Kind::Excludes(Preference::First { from, to }) => {
                    program.slots_of(from, &mut slots);
                    program.slots_of(to, &mut slots);
                }
                _ => {}
            }
        }
        for cap in &program.links.caps {
            program.slots_of(&cap.limit, &mut slots);
        }
        for name in [DISABILITY, "sex", super::groups::INCOME] {
            slots.extend(program.scope().names.get(name).map(|binding| (binding.level, binding.slot)));
        }
        Self::filled(program, slots)
    }

    /// What these nodes read.
    pub fn of_nodes(program: &Program, nodes: &[&Node]) -> Self {
        let mut slots = BTreeSet::new();
        for node in nodes {
            program.slots_of(node, &mut slots);
        }
        Self::filled(program, slots)
    }

    fn filled(program: &Program, mut slots: BTreeSet<(Level, usize)>) -> Self {
        slots.extend(program.head.map(|(slot, _)| (Level::Member, slot)));
        let mut steps = Vec::new();
        for step in program.steps.iter().rev() {
            let mut fills = vec![program.slot_of(*step)];
            if let Step::Score(place) = step {
                let score = &program.scores[*place];
                fills.extend(score.slots.1.map(|band| (score.level, band)));
            }
            if fills.iter().any(|slot| slots.contains(slot)) {
                slots.extend(program.reads(*step));
                steps.push(*step);
            }
        }
        steps.reverse();
        Self { slots, steps }
    }
}
