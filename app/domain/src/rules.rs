//! Programmes: who is considered, the tree of comparisons, what each leaf found.
//!
//! Every leaf is looked at, also when the verdict is already settled, so that a letter can give every
//! figure. To add a comparison: a variant of `Op` and its line in `expr::eval::compare`.

mod graduation;

use crate::amount::AmountRule;
use crate::definitions::{Definitions, LeafDef, LimitDef, Op, ProgrammeDef, RuleNode, ScoreDef, Selection};
use crate::expr::cell::{Cell, Symbols, literal};
use crate::expr::eval::{Frame, all, any, compare, eval};
use crate::expr::node::Node;
use crate::expr::typing::{Scope, Typed, comparison, named};
use crate::expr::{Level, Type};
use crate::fault::Fault;

/// A compiled programme.
#[derive(Clone, Debug)]
pub(crate) struct Programme {
    /// Its place in the definitions.
    pub def: usize,
    pub unit: Level,
    pub who: Option<Node>,
    pub tree: Tree,
    pub leaves: Vec<Leaf>,
    /// Documents: id, slot of the implied question.
    pub documents: Vec<(String, Node)>,
    pub amount: Option<AmountRule>,
    pub priority: Option<Node>,
}

/// A rule tree over the places of leaves.
#[derive(Clone, Debug)]
pub(crate) enum Tree {
    All(Vec<Tree>),
    Any(Vec<Tree>),
    Not(Box<Tree>),
    Leaf(usize),
}

/// A compiled leaf.
#[derive(Clone, Debug)]
pub(crate) struct Leaf {
    pub value: Node,
    pub ty: Type,
    pub op: Op,
    pub limit: Limit,
    pub source: Option<String>,
    /// Whether it stands under an odd number of `not`s: then its being true speaks against.
    pub negated: bool,
}

/// What a leaf's value is compared with.
#[derive(Clone, Debug)]
pub(crate) enum Limit {
    One(Node),
    Several(Vec<Cell>),
}

/// What a leaf found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LeafOutcome {
    pub value: Cell,
    pub limit: Cell,
    pub holds: Cell,
    /// Whether the verdict rests on it.
    pub decisive: bool,
}

impl Programme {
    pub fn compile(
        def: &ProgrammeDef,
        place: usize,
        definitions: &Definitions,
        scope: &Scope,
        symbols: &mut Symbols,
    ) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let who = def.who.as_ref().and_then(|name| {
            if def.unit == Level::Household {
                faults.push(def.at.fault("who", "only a programme for persons says who is considered"));
                return None;
            }
            yes_no(name, def.unit, scope).map_err(|message| faults.push(def.at.fault("who", message))).ok()
        });
        let mut compiler = TreeCompiler {
            definitions,
            scope,
            symbols: &mut *symbols,
            unit: def.unit,
            leaves: Vec::new(),
            faults: Vec::new(),
            negated: false,
        };
        let tree = compiler.tree(&def.eligible, 0);
        let TreeCompiler { leaves, faults: mut more, .. } = compiler;
        faults.append(&mut more);
        if def.eligible.leaves().is_empty() {
            faults.push(def.at.fault("eligible", "a programme needs at least one comparison"));
        }
        faults.extend(twice(def));
        faults.extend(graduation::check(def, definitions, scope));
        let mut documents = Vec::new();
        for id in &def.documents {
            match named(&format!("document_{id}"), def.unit, scope) {
                Ok(typed) => documents.push((id.clone(), typed.node)),
                Err(_) if definitions.documents.iter().any(|document| document.id == *id) => {
                    let message = format!(
                        "the document “{id}” is a member's; a household's programme cannot ask for it"
                    );
                    faults.push(def.at.fault("documents", message));
                }
                Err(_) => faults.push(def.at.fault("documents", format!("there is no document “{id}”"))),
            }
        }
        let priority = match &def.selection {
            Selection::Open => None,
            Selection::WaitingList { priority, .. } => match named(priority, def.unit, scope) {
                Ok(Typed { node, ty: Type::Num }) => Some(node),
                Ok(Typed { ty, .. }) => {
                    let message = format!("a queue is ordered by a number, but “{priority}” is {ty}");
                    faults.push(def.at.fault("selection.priority", message));
                    None
                }
                Err(error) => {
                    faults.push(def.at.fault("selection.priority", error.message));
                    None
                }
            },
        };
        for condition in &def.conditions {
            if let Some(fact) = &condition.fact
                && let Err(message) = yes_no(fact, def.unit, scope)
            {
                faults.push(condition.at.fault(format!("condition.{}.fact", condition.id), message));
            }
            let Some(check) = &condition.check else { continue };
            if let Some(who) = &check.who
                && let Err(message) = yes_no(who, Level::Member, scope)
            {
                faults.push(condition.at.fault(format!("condition.{}.who", condition.id), message));
            }
            if let Some(LimitDef::Param(id)) = &check.at_least
                && let Some((_, ty)) = scope.params.get(id)
                && *ty != Type::Num
            {
                let message = format!("a share is a number, but the parameter “{id}” is {ty}");
                faults.push(condition.at.fault(format!("condition.{}.param", condition.id), message));
            }
        }
        if let Some(service) = &def.service
            && !definitions.services.contains(service)
        {
            faults.push(def.at.fault("service", format!("there is no service “{service}” in the directory")));
        }
        let amount = def.amount.as_ref().and_then(|amount| {
            AmountRule::compile(amount, def, definitions.minor_digits, scope, symbols)
                .map_err(|mut more| faults.append(&mut more))
                .ok()
        });
        if faults.is_empty() {
            Ok(Self { def: place, unit: def.unit, who, tree, leaves, documents, amount, priority })
        } else {
            Err(faults)
        }
    }

    /// Whether the rules hold, and what each leaf found.
    pub fn eligible(&self, frame: &Frame<'_>) -> (Cell, Vec<LeafOutcome>) {
        let mut outcomes: Vec<LeafOutcome> = self.leaves.iter().map(|leaf| leaf.outcome(frame)).collect();
        let holds = self.tree.holds(&outcomes);
        let mut decisive = Vec::new();
        self.tree.decisive(&outcomes, &mut decisive);
        for place in decisive {
            outcomes[place].decisive = true;
        }
        (holds, outcomes)
    }
}

fn yes_no(name: &str, level: Level, scope: &Scope) -> Result<Node, String> {
    match named(name, level, scope) {
        Ok(Typed { node, ty: Type::Bool }) => Ok(node),
        Ok(Typed { ty, .. }) => Err(format!("“{name}” must be yes/no, but it is {ty}")),
        Err(error) => Err(error.message),
    }
}

/// Ids that stand twice in one programme.
fn twice(def: &ProgrammeDef) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    let leaves = def.eligible.leaves().into_iter().map(|leaf| (&leaf.id, &leaf.at, "eligible"));
    let steps = def.amount.iter().flat_map(|amount| &amount.steps).map(|step| (&step.id, &step.at, "amount"));
    let conditions = def.conditions.iter().map(|condition| (&condition.id, &condition.at, "condition"));
    for (id, at, part) in leaves.chain(steps).chain(conditions) {
        if !seen.insert((part, id)) {
            faults.push(at.fault(format!("{part}.{id}"), "the id stands twice in this programme"));
        }
    }
    faults
}

/// Whether a value is, or is not, one of several limits.
pub(crate) fn among(op: Op, value: Cell, limits: &[Cell]) -> Cell {
    match value {
        Cell::Unknown | Cell::Between(..) => Cell::Unknown,
        Cell::Fault(failure) => Cell::Fault(failure),
        value => Cell::Bool(limits.contains(&value) == (op == Op::In)),
    }
}

impl Leaf {
    fn outcome(&self, frame: &Frame<'_>) -> LeafOutcome {
        let value = eval(&self.value, frame);
        let (limit, holds) = match &self.limit {
            Limit::One(node) => {
                let limit = eval(node, frame);
                (limit, compare(self.op, value, limit))
            }
            Limit::Several(cells) => (Cell::Unknown, among(self.op, value, cells)),
        };
        LeafOutcome { value, limit, holds, decisive: false }
    }
}

impl Tree {
    fn holds(&self, leaves: &[LeafOutcome]) -> Cell {
        match self {
            Self::All(nodes) => all(nodes.iter().map(|node| node.holds(leaves))),
            Self::Any(nodes) => any(nodes.iter().map(|node| node.holds(leaves))),
            Self::Not(node) => match node.holds(leaves) {
                Cell::Bool(b) => Cell::Bool(!b),
                other => other,
            },
            Self::Leaf(place) => leaves.get(*place).map_or(Cell::Unknown, |leaf| leaf.holds),
        }
    }

    /// The leaves the verdict rests on: of a failed "all" those that failed, of a failed "any" all of
    /// them, of an undecided node the undecided ones.
    fn decisive(&self, leaves: &[LeafOutcome], places: &mut Vec<usize>) {
        let verdict = self.holds(leaves);
        match self {
            Self::Leaf(place) => places.push(*place),
            Self::Not(node) => node.decisive(leaves, places),
            Self::All(nodes) | Self::Any(nodes) => {
                for node in nodes {
                    let same = |a: Cell, b: Cell| match (a, b) {
                        (Cell::Bool(a), Cell::Bool(b)) => a == b,
                        (Cell::Bool(_), _) | (_, Cell::Bool(_)) => false,
                        _ => true,
                    };
                    if same(node.holds(leaves), verdict) {
                        node.decisive(leaves, places);
                    }
                }
            }
        }
    }
}

/// How deep rule trees may nest.
const MAX_DEPTH: usize = 32;

struct TreeCompiler<'a> {
    definitions: &'a Definitions,
    scope: &'a Scope,
    symbols: &'a mut Symbols,
    unit: Level,
    leaves: Vec<Leaf>,
    faults: Vec<Fault>,
    negated: bool,
}

impl TreeCompiler<'_> {
    fn tree(&mut self, node: &RuleNode, depth: usize) -> Tree {
        match node {
            RuleNode::All(nodes) if depth < MAX_DEPTH => {
                Tree::All(nodes.iter().map(|node| self.tree(node, depth + 1)).collect())
            }
            RuleNode::Any(nodes) if depth < MAX_DEPTH => {
                Tree::Any(nodes.iter().map(|node| self.tree(node, depth + 1)).collect())
            }
            RuleNode::Not(node) if depth < MAX_DEPTH => {
                self.negated = !self.negated;
                let inner = self.tree(node, depth + 1);
                self.negated = !self.negated;
                Tree::Not(Box::new(inner))
            }
            RuleNode::Leaf(leaf) => {
                match self.leaf(leaf) {
                    Ok(compiled) => self.leaves.push(compiled),
                    Err(fault) => self.faults.push(fault),
                }
                Tree::Leaf(self.leaves.len().saturating_sub(1))
            }
            deep => {
                if let Some(leaf) = deep.leaves().first() {
                    self.faults.push(leaf.at.fault("eligible", "the rule tree is nested too deeply"));
                }
                Tree::All(Vec::new())
            }
        }
    }

    fn leaf(&mut self, def: &LeafDef) -> Result<Leaf, Fault> {
        let key = |part: &str| format!("eligible.{}.{part}", def.id);
        let Typed { node: value, ty } = named(&def.fact, self.unit, self.scope)
            .map_err(|error| def.at.fault(key("fact"), error.message))?;
        let several = matches!(def.op, Op::In | Op::NotIn);
        let checked = |found: &Type| {
            let op = if several { Op::Eq } else { def.op };
            comparison(op, &ty, found).map_err(|message| def.at.fault(key("limit"), message))
        };
        let mut source = def.source.clone();
        let limit = match &def.limit {
            LimitDef::Values(values) if several => {
                let mut cells = Vec::with_capacity(values.len());
                for value in values {
                    let (found, cell) = literal(value, self.symbols);
                    checked(&found)?;
                    cells.push(cell);
                }
                Limit::Several(cells)
            }
            LimitDef::Values(_) => {
                return Err(def.at.fault(key("op"), "several limits go with “in” and “not_in”"));
            }
            _ if several => {
                return Err(def.at.fault(key("limit"), "“in” and “not_in” need a list of limits"));
            }
            LimitDef::Value(value) => {
                let (found, cell) = literal(value, self.symbols);
                checked(&found)?;
                Limit::One(Node::Const(cell))
            }
            LimitDef::Param(id) => {
                let Some((place, found)) = self.scope.params.get(id) else {
                    return Err(def.at.fault(key("param"), format!("there is no parameter “{id}”")));
                };
                checked(found)?;
                let parameter = self.definitions.parameters.get(*place);
                source = source.or_else(|| parameter.and_then(|parameter| parameter.source.clone()));
                Limit::One(Node::Param(*place))
            }
            LimitDef::Fact(name) => {
                let typed = named(name, self.unit, self.scope)
                    .map_err(|error| def.at.fault(key("limit_fact"), error.message))?;
                checked(&typed.ty)?;
                Limit::One(typed.node)
            }
        };
        let of_score = |score: &&ScoreDef| {
            score.id == def.fact || def.fact.strip_suffix("_band").is_some_and(|id| id == score.id)
        };
        let score = self.definitions.scores.iter().find(of_score);
        source = source.or_else(|| score.and_then(|score| score.source.clone()));
        Ok(Leaf { value, ty, op: def.op, limit, source, negated: self.negated })
    }
}
