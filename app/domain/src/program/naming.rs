//! Compiles what has a name: parameters, questions and registry inputs, facts, scores; each typed, given its
//! slot, and put after what it reads. What does not compile is told once, and what reads it is passed over.

use std::collections::{BTreeMap, BTreeSet};

use time::Date;

use super::order::in_order;
use super::params_on;
use crate::definitions::{Definitions, ExprText, FactDef, FactType, InputDef, Missing, ScoreDef};
use crate::expr::cell::{Cell, Symbols, literal};
use crate::expr::node::Node;
use crate::expr::syntax::Expr;
use crate::expr::typing::{Binding, Scope, comparable, typed, typed_as, unified};
use crate::expr::{Level, Type, parse};
use crate::facts::{Fact, Input, Step};
use crate::fault::{At, Fault, RINGS};
use crate::score::{self, Dated, Score};

/// Names that mean something else.
const RESERVED: [&str; 13] =
    ["and", "or", "not", "in", "true", "false", "where", "of", "members", "else", "as_of", "this", "param"];

/// A named thing before it is compiled.
#[derive(Clone, Copy)]
enum Thing<'a> {
    Input(&'a InputDef),
    Fact(usize, &'a FactDef),
    Score(usize, &'a ScoreDef),
}

pub(super) struct Compiler<'a> {
    definitions: &'a Definitions,
    pub faults: Vec<Fault>,
    pub symbols: Symbols,
    pub scope: Scope,
    /// Slots given out: household, member.
    pub slots: [usize; 2],
    pub inputs: Vec<Input>,
    pub facts: Vec<Fact>,
    pub scores: Vec<Score>,
    pub steps: Vec<Step>,
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
    pub fn new(definitions: &'a Definitions) -> Self {
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

    pub fn sorted_faults(mut self) -> Vec<Fault> {
        self.faults.sort();
        self.faults.dedup();
        self.faults
    }

    fn fault(&mut self, at: &At, key: impl Into<String>, message: impl Into<String>) {
        self.faults.push(at.fault(key, message));
    }

    pub fn parameters(&mut self) {
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
    pub fn named_things(&mut self) {
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
                self.fault(at, name, format!("{}: {}", RINGS[0], names.join(" → ")));
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

    pub fn filled_by(&self) -> (BTreeMap<usize, Step>, BTreeMap<usize, Step>) {
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
