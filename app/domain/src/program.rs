//! A compiled pack: every name bound to a slot, every type checked, everything in an order in which it
//! can be worked out, links proved to end. Made once when a pack is loaded; then it only reads.

use std::collections::{BTreeMap, BTreeSet};

use time::Date;

use crate::definitions::{
    AreaInputs, Definitions, ExprText, FactDef, FactType, InputDef, Missing, ParameterDef, ScoreDef,
};
use crate::expr::cell::{Cell, Failure, Symbols, literal};
use crate::expr::node::Node;
use crate::expr::syntax::Expr;
use crate::expr::typing::{Binding, Scope, comparable, typed, typed_as, unified};
use crate::expr::{Level, Type, parse};
use crate::facts::{Fact, Input, Step};
use crate::fault::{At, Fault};
use crate::links::Links;
use crate::receipt::Identity;
use crate::rules::Programme;
use crate::score::{self, Dated, Score};

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

/// Names that mean something else.
const RESERVED: [&str; 13] =
    ["and", "or", "not", "in", "true", "false", "where", "of", "members", "else", "as_of", "this", "param"];

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

/// A named thing before it is compiled.
#[derive(Clone, Copy)]
enum Thing<'a> {
    Input(&'a InputDef),
    Fact(usize, &'a FactDef),
    Score(usize, &'a ScoreDef),
}

struct Compiler<'a> {
    definitions: &'a Definitions,
    faults: Vec<Fault>,
    symbols: Symbols,
    scope: Scope,
    /// Slots given out: household, member.
    slots: [usize; 2],
    inputs: Vec<Input>,
    facts: Vec<Fact>,
    scores: Vec<Score>,
    steps: Vec<Step>,
    /// Names that did not compile: what reads them is passed over in silence.
    failed: BTreeSet<String>,
}

impl Dated for Compiler<'_> {
    fn days(&self) -> Vec<Date> {
        let values = self.definitions.parameters.iter().flat_map(|p| &p.values);
        values.map(|value| value.from).collect::<BTreeSet<_>>().into_iter().collect()
    }

    fn on(&self, day: Date) -> Vec<Cell> {
        params_on(&self.definitions.parameters, &self.symbols, day)
    }
}

impl<'a> Compiler<'a> {
    fn new(definitions: &'a Definitions) -> Self {
        Self {
            definitions,
            faults: Vec::new(),
            symbols: Symbols::default(),
            scope: Scope::default(),
            slots: [0, 0],
            inputs: Vec::new(),
            facts: Vec::new(),
            scores: Vec::new(),
            steps: Vec::new(),
            failed: BTreeSet::new(),
        }
    }

    fn sorted_faults(mut self) -> Vec<Fault> {
        self.faults.sort();
        self.faults.dedup();
        self.faults
    }

    fn fault(&mut self, at: &At, key: impl Into<String>, message: impl Into<String>) {
        self.faults.push(at.fault(key, message));
    }

    fn parameters(&mut self) {
        for (place, parameter) in self.definitions.parameters.iter().enumerate() {
            let key = format!("parameter.{}.values", parameter.id);
            let mut ty: Option<Type> = None;
            for value in &parameter.values {
                let (found, _) = literal(&value.value, &mut self.symbols);
                ty = match ty {
                    None => Some(found),
                    Some(known) => {
                        let both = unified(&known, &found);
                        if both.is_none() {
                            self.fault(&parameter.at, &key, "the values are not all of one type");
                        }
                        both.or(Some(known))
                    }
                };
            }
            if !parameter.values.is_sorted_by(|a, b| a.from < b.from) {
                self.fault(&parameter.at, &key, "put the values in the order of their dates, one for each");
            }
            match ty {
                None => self.fault(&parameter.at, &key, "a parameter needs at least one value"),
                Some(ty) => {
                    if self.scope.params.insert(parameter.id.clone(), (place, ty)).is_some() {
                        self.fault(
                            &parameter.at,
                            format!("parameter.{}", parameter.id),
                            "the id stands twice",
                        );
                    }
                }
            }
        }
    }

    /// Inputs, facts and scores, each after what it reads.
    fn named_things(&mut self) {
        let definitions = self.definitions;
        let implied = definitions.implied_inputs();
        let mut things: Vec<(&str, &At, Vec<String>, Thing<'_>)> = Vec::new();
        self.scope.has_head =
            definitions.inputs.iter().any(|i| i.id == "relation" && i.level == Level::Member);
        for def in definitions.inputs.iter().chain(&implied) {
            let texts = def.relevant.iter().chain(&def.calculation);
            let reads = texts.flat_map(|text| reads(&text.text)).collect();
            things.push((&def.id, &def.at, reads, Thing::Input(def)));
        }
        for (place, def) in definitions.facts.iter().enumerate() {
            things.push((&def.id, &def.at, reads(&def.expression.text), Thing::Fact(place, def)));
        }
        for (place, def) in definitions.scores.iter().enumerate() {
            let reads = def.terms.iter().map(|term| term.fact.clone()).chain(def.stratum.clone()).collect();
            things.push((&def.id, &def.at, reads, Thing::Score(place, def)));
        }
        let mut by_name: BTreeMap<String, usize> = BTreeMap::new();
        for (place, (name, at, _, thing)) in things.iter().enumerate() {
            let mut names = vec![(*name).to_owned()];
            if matches!(thing, Thing::Score(_, def) if !def.bands.is_empty()) {
                names.push(format!("{name}_band"));
            }
            for name in names {
                if RESERVED.contains(&name.as_str()) {
                    self.fault(
                        at,
                        &name,
                        "this word has a meaning of its own in expressions; choose another id",
                    );
                }
                if by_name.insert(name.clone(), place).is_some() {
                    self.fault(
                        at,
                        &name,
                        "this id stands twice among questions, facts, scores and their bands",
                    );
                }
            }
        }
        let edges: Vec<Vec<usize>> = things
            .iter()
            .map(|(_, _, reads, _)| reads.iter().filter_map(|name| by_name.get(name).copied()).collect())
            .collect();
        let order = match in_order(&edges) {
            Ok(order) => order,
            Err(ring) => {
                let names: Vec<&str> = ring.iter().map(|place| things[*place].0).collect();
                let (name, at, ..) = things[ring[0]];
                self.fault(at, name, format!("it depends on itself: {}", names.join(" → ")));
                return;
            }
        };
        for place in order {
            let (name, _, reads, thing) = &things[place];
            if reads.iter().any(|read| self.failed.contains(read)) {
                self.failed.insert((*name).to_owned());
                self.failed.insert(format!("{name}_band"));
                continue;
            }
            let before = self.faults.len();
            match thing {
                Thing::Input(def) => self.input(def),
                Thing::Fact(place, def) => self.fact(*place, def),
                Thing::Score(place, def) => self.score(*place, def),
            }
            if self.faults.len() > before {
                self.failed.insert((*name).to_owned());
                self.failed.insert(format!("{name}_band"));
            }
        }
    }

    fn slot(&mut self, level: Level) -> usize {
        let next = &mut self.slots[usize::from(level == Level::Member)];
        *next += 1;
        *next - 1
    }

    fn bind(&mut self, name: &str, level: Level, ty: Type) -> usize {
        let slot = self.slot(level);
        self.scope.names.insert(name.to_owned(), Binding { level, slot, ty });
        slot
    }

    fn expression(&mut self, text: &ExprText, level: Level, key: &str) -> Option<(Node, Type)> {
        let result = parse(&text.text).and_then(|expr| typed(&expr, level, &self.scope, &mut self.symbols));
        match result {
            Ok(typed) => Some((typed.node, typed.ty)),
            Err(error) => {
                self.fault(&text.at, key, error.to_string());
                None
            }
        }
    }

    fn input(&mut self, def: &InputDef) {
        let key = format!("question.{}", def.id);
        let mut relevant = Vec::with_capacity(def.relevant.len());
        for text in &def.relevant {
            let node = parse(&text.text)
                .and_then(|expr| typed_as(&Type::Bool, &expr, def.level, &self.scope, &mut self.symbols));
            match node {
                Ok(node) => relevant.push(node),
                Err(error) => self.fault(&text.at, format!("{key}.relevant"), error.to_string()),
            }
        }
        let mut ty = def.ty.clone();
        let calculation = def.calculation.as_ref().and_then(|text| {
            let (node, found) = self.expression(text, def.level, &format!("{key}.expression"))?;
            ty = found;
            Some(node)
        });
        if let Type::Many(options) = &ty
            && options.len() > 64
        {
            self.fault(&def.at, &key, "a question with several choices has at most 64 options");
        }
        if let Type::Choice(options) = &ty {
            for option in options {
                self.symbols.intern(option);
            }
        }
        let when_irrelevant = def.when_irrelevant.as_ref().map(|value| {
            let (found, cell) = literal(value, &mut self.symbols);
            if !comparable(&ty, &found) {
                let message =
                    format!("the question gives {ty}, but this is {found}, or not one of its options");
                self.fault(&def.at, format!("{key}.when_irrelevant"), message);
            }
            cell
        });
        let slot = self.bind(&def.id, def.level, ty.clone());
        let (id, level) = (def.id.clone(), def.level);
        let place = self.inputs.len();
        if !relevant.is_empty() || calculation.is_some() {
            self.steps.push(Step::Input(place));
        }
        self.inputs.push(Input { id, level, slot, ty, relevant, when_irrelevant, calculation });
    }

    fn fact(&mut self, place: usize, def: &FactDef) {
        let key = format!("fact.{}", def.id);
        let Some((node, found)) = self.expression(&def.expression, def.level, &format!("{key}.expression"))
        else {
            return;
        };
        let Some(mut ty) = declared(def.ty, &found) else {
            let declared = format!("{:?}", def.ty).to_lowercase();
            let message = format!("the fact is declared {declared}, but the expression gives {found}");
            return self.fault(&def.at, format!("{key}.type"), message);
        };
        if def.round.is_some() && ty != Type::Num {
            self.fault(&def.at, format!("{key}.round"), "only a number can be rounded");
        }
        if def.round.is_some_and(|round| round.to.is_zero()) {
            self.fault(&def.at, format!("{key}.round"), "a number cannot be rounded to multiples of 0");
        }
        let default = match &def.missing {
            Missing::Propagate => None,
            Missing::Default { value, .. } => {
                let (found, cell) = literal(value, &mut self.symbols);
                if let Some(both) = unified(&ty, &found) {
                    ty = both;
                } else {
                    let message = format!("the fact gives {ty}, but this is {found}");
                    self.fault(&def.at, format!("{key}.missing"), message);
                }
                Some(cell)
            }
        };
        let slot = self.bind(&def.id, def.level, ty.clone());
        self.steps.push(Step::Fact(self.facts.len()));
        self.facts.push(Fact { def: place, level: def.level, slot, ty, node, round: def.round, default });
    }

    fn score(&mut self, place: usize, def: &ScoreDef) {
        let bands: BTreeSet<String> = def.bands.iter().map(|band| band.id.clone()).collect();
        let total = self.slot(def.level);
        let band = (!bands.is_empty()).then(|| self.slot(def.level));
        let mut symbols = std::mem::take(&mut self.symbols);
        let compiled = score::compile(def, place, (total, band), &self.scope, self, &mut symbols);
        self.symbols = symbols;
        match compiled {
            Err(mut faults) => self.faults.append(&mut faults),
            Ok(score) => {
                let binding = Binding { level: def.level, slot: total, ty: Type::Num };
                self.scope.names.insert(def.id.clone(), binding);
                if let Some(slot) = band {
                    let binding = Binding { level: def.level, slot, ty: Type::Choice(bands) };
                    self.scope.names.insert(format!("{}_band", def.id), binding);
                }
                self.steps.push(Step::Score(self.scores.len()));
                self.scores.push(score);
            }
        }
    }

    fn filled_by(&self) -> (BTreeMap<usize, Step>, BTreeMap<usize, Step>) {
        let mut filled: (BTreeMap<usize, Step>, BTreeMap<usize, Step>) = Default::default();
        let mut put = |level, slot, step| match level {
            Level::Household => filled.0.insert(slot, step),
            Level::Member => filled.1.insert(slot, step),
        };
        for (place, input) in self.inputs.iter().enumerate() {
            put(input.level, input.slot, Step::Input(place));
        }
        for (place, fact) in self.facts.iter().enumerate() {
            put(fact.level, fact.slot, Step::Fact(place));
        }
        for (place, score) in self.scores.iter().enumerate() {
            put(score.level, score.slots.0, Step::Score(place));
            if let Some(band) = score.slots.1 {
                put(score.level, band, Step::Score(place));
            }
        }
        filled
    }
}

/// Where members say how they are related, and what the head says.
fn head(scope: &Scope, symbols: &mut Symbols) -> Option<(usize, u32)> {
    let relation = scope.names.get("relation").filter(|binding| binding.level == Level::Member)?;
    Some((relation.slot, symbols.intern("head")))
}

/// The type of a fact declared so, whose expression gives `found`; `None` when they do not agree.
fn declared(declared: FactType, found: &Type) -> Option<Type> {
    match (declared, found) {
        (FactType::Bool, Type::Bool)
        | (FactType::Number, Type::Num)
        | (FactType::Date, Type::Date)
        | (FactType::Choice, Type::Choice(_))
        | (FactType::Text, Type::Text | Type::Choice(_))
        | (FactType::Set, Type::Many(_)) => Some(found.clone()),
        _ => None,
    }
}

/// The names an expression reads; none when it does not parse, which is told when it is typed.
fn reads(text: &str) -> Vec<String> {
    let Ok(expr) = parse(text) else { return Vec::new() };
    let head = Expr::reads_head(&expr).then(|| "relation".to_owned());
    expr.names().into_iter().map(|(name, _)| name.to_owned()).chain(head).collect()
}

/// An order in which everything comes after what it depends on, otherwise as given; or a ring.
pub(crate) fn in_order(edges: &[Vec<usize>]) -> Result<Vec<usize>, Vec<usize>> {
    // 0 not seen, 1 on the way, 2 done; the way is kept by hand, so that no depth overflows a stack.
    let (mut state, mut order) = (vec![0_u8; edges.len()], Vec::with_capacity(edges.len()));
    for start in 0..edges.len() {
        let mut way = vec![(start, 0)];
        if state[start] != 0 {
            continue;
        }
        state[start] = 1;
        while let Some((place, next)) = way.last_mut() {
            let (here, edge) = (*place, edges[*place].get(*next).copied());
            *next += 1;
            match edge.map(|edge| (edge, state[edge])) {
                None => {
                    state[here] = 2;
                    order.push(here);
                    way.pop();
                }
                Some((edge, 0)) => {
                    state[edge] = 1;
                    way.push((edge, 0));
                }
                Some((edge, 1)) => {
                    let from = way.iter().position(|(place, _)| *place == edge).unwrap_or(0);
                    let ring = way[from..].iter().map(|(place, _)| *place).chain([edge]);
                    return Err(ring.collect());
                }
                Some(_) => {}
            }
        }
    }
    Ok(order)
}
