//! A compiled pack: every name bound to a slot, every type checked, everything in an order in which it
//! can be worked out, links proved to end. Made once when a pack is loaded; then it only reads.
//!
//! `naming` compiles what has a name and gives it its slot, `order` puts it in order; programmes and links
//! compile themselves (`rules`, `links`). One more kind of named thing: a variant of `Step`, its compilation in
//! `naming`, what it reads in [`Program::reads`].

mod naming;
mod order;

pub(crate) use order::in_order;

use std::collections::{BTreeMap, BTreeSet};

use time::Date;

use crate::definitions::{AreaInputs, Definitions, ParameterDef};
use crate::expr::cell::{Cell, Failure, Symbols, literal};
use crate::expr::node::Node;
use crate::expr::typing::Scope;
use crate::expr::{Level, Type};
use crate::facts::{Fact, Input, Step};
use crate::fault::Fault;
use crate::links::Links;
use crate::receipt::Identity;
use crate::rules::Programme;
use crate::score::Score;

use naming::Compiler;

/// A compiled pack.
#[derive(Clone, Debug)]
pub struct Program {
    pub(crate) definitions: Definitions,
    pub(crate) identity: Identity,
    pub(crate) symbols: Symbols,
    pub(crate) areas: BTreeMap<String, AreaInputs>,
    pub(crate) household_slots: usize,
    pub(crate) member_slots: usize,
    pub(crate) inputs: Vec<Input>,
    /// The places of the inputs in the order of their ids.
    pub(crate) inputs_by_id: Vec<usize>,
    pub(crate) facts: Vec<Fact>,
    /// The places of the facts in the order of their ids.
    pub(crate) facts_by_id: Vec<usize>,
    pub(crate) scores: Vec<Score>,
    pub(crate) steps: Vec<Step>,
    /// The slot of `relation` and the symbol of `head`.
    pub(crate) head: Option<(usize, u32)>,
    pub(crate) programmes: Vec<Programme>,
    pub(crate) links: Links,
    /// What fills each slot: household, member.
    pub(crate) filled_by: (BTreeMap<usize, Step>, BTreeMap<usize, Step>),
    scope: Scope,
}

impl Program {
    /// Compiles a pack's definitions. `pack` names the pack in receipts: id, version, hash of its files.
    ///
    /// # Errors
    /// Every fault found, each with its place. Nothing is compiled then.
    pub fn compile(definitions: Definitions, pack: crate::receipt::PackName) -> Result<Self, Vec<Fault>> {
        let mut compiler = Compiler::new(&definitions);
        compiler.parameters();
        compiler.named_things();
        if !compiler.faults.is_empty() {
            return Err(compiler.sorted_faults());
        }
        let scope = std::mem::take(&mut compiler.scope);
        let mut symbols = std::mem::take(&mut compiler.symbols);
        let mut faults = Vec::new();
        let mut programmes = Vec::with_capacity(definitions.programmes.len());
        for (place, def) in definitions.programmes.iter().enumerate() {
            match Programme::compile(def, place, &definitions, &scope, &mut symbols) {
                Ok(programme) => programmes.push(programme),
                Err(mut more) => faults.append(&mut more),
            }
        }
        let links = match Links::compile(&definitions, &scope, &mut symbols) {
            Ok(links) => links,
            Err(mut more) => {
                faults.append(&mut more);
                Links::default()
            }
        };
        if !faults.is_empty() {
            faults.sort();
            return Err(faults);
        }
        let filled_by = compiler.filled_by();
        let head = head(&scope, &mut symbols);
        let Compiler { slots: [household_slots, member_slots], inputs, facts, scores, steps, .. } = compiler;
        let inputs_by_id = by_id(inputs.iter().map(|input| input.id.as_str()));
        let facts_by_id = by_id(facts.iter().map(|fact| definitions.facts[fact.def].id.as_str()));
        let mut program = Self {
            identity: Identity::new(pack, &definitions),
            areas: definitions.areas.clone(),
            symbols,
            household_slots,
            member_slots,
            inputs,
            inputs_by_id,
            facts,
            facts_by_id,
            scores,
            steps,
            head,
            programmes,
            links,
            filled_by,
            scope,
            definitions,
        };
        let dependents = program.links.income_slots().map(|slot| (slot, program.dependents(slot)));
        let dependents: BTreeMap<usize, Vec<Step>> = dependents.collect();
        program.links.set_dependents(dependents);
        Ok(program)
    }

    /// The definitions it was compiled from.
    pub fn definitions(&self) -> &Definitions {
        &self.definitions
    }

    /// The type of a name and whose it is, if anything has the name.
    pub fn type_of(&self, name: &str) -> Option<(Level, &Type)> {
        self.scope.names.get(name).map(|binding| (binding.level, &binding.ty))
    }

    /// Every name with its type: what an expression outside the pack can read.
    pub fn names(&self) -> impl Iterator<Item = (&str, Level, &Type)> {
        self.scope.names.iter().map(|(name, binding)| (name.as_str(), binding.level, &binding.ty))
    }

    pub(crate) fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The parameters in force on a day, by place.
    pub(crate) fn params_on(&self, day: Date) -> Vec<Cell> {
        params_on(&self.definitions.parameters, &self.symbols, day)
    }

    pub(crate) fn level_of(&self, step: Step) -> Level {
        self.slot_of(step).0
    }

    pub(crate) fn slot_of(&self, step: Step) -> (Level, usize) {
        match step {
            Step::Input(place) => (self.inputs[place].level, self.inputs[place].slot),
            Step::Fact(place) => (self.facts[place].level, self.facts[place].slot),
            Step::Score(place) => (self.scores[place].level, self.scores[place].slots.0),
        }
    }

    /// What fills a slot.
    pub(crate) fn filler(&self, level: Level, slot: usize) -> Option<Step> {
        match level {
            Level::Household => self.filled_by.0.get(&slot).copied(),
            Level::Member => self.filled_by.1.get(&slot).copied(),
        }
    }

    /// Every step that follows, directly or not, from a household slot; in order.
    fn dependents(&self, slot: usize) -> Vec<Step> {
        let mut changed = BTreeSet::from([(Level::Household, slot)]);
        let mut dependents = Vec::new();
        for step in &self.steps {
            if self.slot_of(*step) == (Level::Household, slot) {
                continue;
            }
            if self.reads(*step).iter().any(|read| changed.contains(read)) {
                changed.insert(self.slot_of(*step));
                if let Step::Score(place) = step
                    && let Some(band) = self.scores[*place].slots.1
                {
                    changed.insert((self.scores[*place].level, band));
                }
                dependents.push(*step);
            }
        }
        dependents
    }

    /// The slots a step reads.
    pub(crate) fn reads(&self, step: Step) -> BTreeSet<(Level, usize)> {
        let mut slots = BTreeSet::new();
        match step {
            Step::Input(place) => {
                let input = &self.inputs[place];
                for node in input.relevant.iter().chain(&input.calculation) {
                    self.slots_of(node, &mut slots);
                }
            }
            Step::Fact(place) => self.slots_of(&self.facts[place].node, &mut slots),
            Step::Score(place) => {
                let score = &self.scores[place];
                let inputs = score.terms.iter().map(|term| &term.input);
                for node in inputs.chain(&score.stratum) {
                    self.slots_of(node, &mut slots);
                }
            }
        }
        slots
    }

    /// The slots a node reads.
    pub(crate) fn slots_of(&self, node: &Node, slots: &mut BTreeSet<(Level, usize)>) {
        node.walk(&mut |node| match node {
            Node::Household(slot) => {
                slots.insert((Level::Household, *slot));
            }
            Node::Member(slot) => {
                slots.insert((Level::Member, *slot));
            }
            Node::Head(_) => slots.extend(self.head.map(|(slot, _)| (Level::Member, slot))),
            _ => {}
        });
    }
}

/// The parameters in force on a day: the latest value that has begun; a fault before the first.
fn params_on(parameters: &[ParameterDef], symbols: &Symbols, day: Date) -> Vec<Cell> {
    let value = |parameter: &ParameterDef| {
        let value = parameter.values.iter().rev().find(|value| value.from <= day)?;
        match &value.value {
            crate::definitions::Literal::Text(text) => symbols.get(text).map(Cell::Symbol),
            other => Some(literal(other, &mut Symbols::default()).1),
        }
    };
    parameters.iter().map(|p| value(p).unwrap_or(Cell::Fault(Failure::NoParameter))).collect()
}

/// Places in the order of the ids that stand there.
fn by_id<'i>(ids: impl Iterator<Item = &'i str>) -> Vec<usize> {
    let mut placed: Vec<(&str, usize)> = ids.zip(0..).collect();
    placed.sort_unstable();
    placed.into_iter().map(|(_, place)| place).collect()
}

/// Where members say how they are related, and what the head says.
fn head(scope: &Scope, symbols: &mut Symbols) -> Option<(usize, u32)> {
    let relation = scope.names.get("relation").filter(|binding| binding.level == Level::Member)?;
    Some((relation.slot, symbols.intern("head")))
}
