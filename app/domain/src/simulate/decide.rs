//! A block decided: each programme a set of lines, one row for each household or member, in the order of the links.
//!
//! The rows follow `verdict` step by step; leaves, amounts and priorities come from the columns of the same nodes, and
//! what a node or an amount is, is decided there. Exclusions and caps are in `settle`. A link that acts on a line in
//! `verdict::line` acts here as well, and the test that holds both together fails until it does.

use std::rc::Rc;

use super::block::View;
use super::column::{Column, NO, UNKNOWN, YES, byte, fault, of_byte};
use super::eval::{both, compare, either, mapped};
use crate::amount::NoAmount;
use crate::definitions::{Holding, Selection};
use crate::expr::Level;
use crate::expr::cell::{Cell, Failure};
use crate::expr::eval::arithmetic;
use crate::expr::syntax::Arithmetic;
use crate::links::Kind;
use crate::num::Num;
use crate::rules::{Limit, Programme, Tree, among};
use crate::value::Truth;
use crate::verdict::Verdict;

/// Nobody is considered in this row: the household or person has no line.
pub(crate) const ABSENT: u8 = 0;
/// The verdicts, as bytes.
pub(crate) const GIVEN: u8 = 1;
pub(crate) const REFUSED: u8 = 2;
pub(crate) const WAITING: u8 = 3;
pub(crate) const NEEDS: u8 = 4;
pub(crate) const FAULTY: u8 = 5;

/// The verdict of a byte; none of a row without a line.
pub(crate) fn verdict_of(byte: u8) -> Option<Verdict> {
    Some(match byte {
        GIVEN => Verdict::Yes,
        REFUSED => Verdict::No,
        WAITING => Verdict::Waiting,
        NEEDS => Verdict::NeedsInformation,
        FAULTY => Verdict::Fault,
        _ => return None,
    })
}

/// There is no amount in this row.
pub(crate) const NO_AMOUNT: i64 = i64::MIN;

/// What a link, the amount or a cap adds to the reasons of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Because {
    /// A link, and whether that speaks for the programme.
    Link(u32, Truth),
    /// A link: the programme it requires is waited for.
    Awaited(u32),
    /// The amount came to nothing.
    Nothing,
    /// A cap left nothing.
    Cap(u32),
}

/// The lines of one programme.
#[derive(Clone, Debug)]
pub(crate) struct Lines {
    pub level: Level,
    pub verdicts: Vec<u8>,
    /// Whether each leaf holds.
    pub leaves: Vec<Vec<u8>>,
    /// Whether the rules rest on each leaf: 1 where they do.
    pub decisive: Vec<Vec<u8>>,
    /// Minor units, or [`NO_AMOUNT`].
    pub minor: Vec<i64>,
    /// What orders the queue, where the programme has one.
    pub priority: Vec<Option<Num>>,
    /// Reasons beside the leaves, by row.
    pub because: Vec<(u32, Because)>,
}

impl Lines {
    pub fn say(&mut self, row: usize, because: Because) {
        self.because.push((u32::try_from(row).unwrap_or(u32::MAX), because));
    }
}

/// A block under decision.
pub(crate) struct Decision<'v, 'r> {
    pub view: &'v View<'r>,
    /// By programme; none for one that is not in force on the day.
    pub lines: Vec<Option<Lines>>,
}

impl<'v, 'r> Decision<'v, 'r> {
    /// Decides every programme for every household of a block.
    pub fn of(view: &'v View<'r>) -> Self {
        let program = view.program;
        let mut decision = Self { view, lines: vec![None; program.programmes.len()] };
        for group in &program.links.groups {
            for place in group {
                let lines = decision.decide(*place);
                decision.lines[*place] = lines;
            }
            if group.len() > 1 {
                decision.settle_exclusions(group);
            }
        }
        decision.apply_caps();
        decision
    }

    /// The rows of another programme's lines that count for a row: the same person's, or anyone's where one of the
    /// two is the household's.
    pub(super) fn counterparts(&self, of: &Lines, level: Level, row: usize) -> std::ops::Range<usize> {
        match (level, of.level) {
            (Level::Household, Level::Member) => self.view.block.members_of(row),
            (Level::Member, Level::Household) => {
                let owner = self.view.block.owner[row] as usize;
                owner..owner + 1
            }
            _ => row..row + 1,
        }
    }

    fn held(&self, programme: usize, holding: Holding, level: Level, row: usize) -> u8 {
        let Some(lines) = &self.lines[programme] else { return NO };
        let rows = self.counterparts(lines, level, row);
        lines.verdicts[rows].iter().fold(NO, |so_far, verdict| either(so_far, holds(*verdict, holding)))
    }

    /// What the counterparts give a month, in major units.
    fn a_month(&self, programme: usize, holding: Holding, level: Level, row: usize) -> Cell {
        let mut total = Cell::Num(Num::ZERO);
        let Some(lines) = &self.lines[programme] else { return total };
        let Some(rule) = &self.view.program.programmes[programme].amount else {
            // Without an amount only a fault tells anything.
            let failed = self.counterparts(lines, level, row).any(|row| lines.verdicts[row] == FAULTY);
            return if failed { Cell::Fault(Failure::Upstream) } else { total };
        };
        for row in self.counterparts(lines, level, row) {
            let amount = match (of_byte(holds(lines.verdicts[row], holding)), lines.minor[row]) {
                (Cell::Bool(true), NO_AMOUNT) => continue,
                (Cell::Bool(true), minor) => {
                    let month = rule.amount(minor).a_month();
                    Cell::from(month.and_then(|n| n.div(Num::from(self.minor_in_major()))))
                }
                (Cell::Unknown, _) => Cell::Unknown,
                (fault @ Cell::Fault(_), _) => fault,
                _ => continue,
            };
            total = arithmetic(Arithmetic::Add, total, amount);
        }
        total
    }

    /// How many minor units a major unit of the currency has.
    pub(super) fn minor_in_major(&self) -> i64 {
        10_i64.checked_pow(self.view.program.definitions.minor_digits).unwrap_or(1)
    }

    /// The block as a programme sees it when other programmes count as income; and where a link left it open.
    fn seen(&self, place: usize) -> Option<(View<'r>, Vec<(u32, Because)>)> {
        let program = self.view.program;
        let mut seen: Option<View<'r>> = None;
        let mut because = Vec::new();
        for (number, link) in program.links.all.iter().enumerate().filter(|(_, l)| l.to == Some(place)) {
            let Kind::CountsAsIncome(slot) = link.kind else { continue };
            let households = self.view.block.households;
            let income: Vec<Cell> = (0..households)
                .map(|row| self.a_month(link.from, link.holding, Level::Household, row))
                .collect();
            if income.iter().all(|income| *income == Cell::Num(Num::ZERO)) {
                continue;
            }
            let before = seen.as_ref().unwrap_or(self.view);
            let own = before.slot(Level::Household, slot);
            let sum = Column::of_numbers(households, |row| match income[row] {
                Cell::Num(none) if none.is_zero() => own.cell(row),
                more => arithmetic(Arithmetic::Add, own.cell(row), more),
            });
            let open = income.iter().enumerate().filter(|(_, income)| !matches!(income, Cell::Num(_)));
            let link_place = u32::try_from(number).unwrap_or(u32::MAX);
            because.extend(open.map(|(row, _)| {
                (u32::try_from(row).unwrap_or(u32::MAX), Because::Link(link_place, Truth::Unknown))
            }));
            seen = Some(before.with(slot, sum, program.links.dependents(slot)));
        }
        seen.map(|seen| (seen, because))
    }

    fn decide(&self, place: usize) -> Option<Lines> {
        let programme = &self.view.program.programmes[place];
        let (def, as_of) = (&self.view.program.definitions.programmes[place], self.view.as_of);
        if as_of < def.valid_from || def.valid_until.is_some_and(|last| as_of > last) {
            return None;
        }
        let other = self.seen(place);
        let (seen, because) = match &other {
            Some((view, because)) => (view, because.clone()),
            None => (self.view, Vec::new()),
        };
        Some(self.line(programme, seen, because))
    }

    fn line(&self, programme: &Programme, seen: &View<'r>, income: Vec<(u32, Because)>) -> Lines {
        let level = programme.unit;
        let rows = seen.rows(level);
        let who = programme.who.as_ref().map(|who| seen.eval(who, level).bytes(rows).into_owned());
        let leaves: Vec<Vec<u8>> = programme
            .leaves
            .iter()
            .map(|leaf| {
                let value = seen.eval(&leaf.value, level);
                let holds = match &leaf.limit {
                    Limit::One(limit) => compare(leaf.op, &value, &seen.eval(limit, level), rows),
                    Limit::Several(limits) => {
                        mapped(&value, rows, true, |value| among(leaf.op, value, limits))
                    }
                };
                holds.bytes(rows).into_owned()
            })
            .collect();
        let rules = holds_of(&programme.tree, &leaves, rows);
        let mut decisive = vec![vec![0; rows]; leaves.len()];
        decisive_of(&programme.tree, &leaves, &rules, &vec![1; rows], &mut decisive);
        let documents: Vec<_> = programme
            .documents
            .iter()
            .map(|(_, node)| seen.eval(node, level).bytes(rows).into_owned())
            .collect();
        let mut lines = Lines {
            level,
            verdicts: vec![ABSENT; rows],
            leaves,
            decisive,
            minor: vec![NO_AMOUNT; rows],
            priority: if programme.priority.is_some() { vec![None; rows] } else { Vec::new() },
            because: self.of_households(level, income),
        };
        let mut amount = Figures::new(programme, seen);
        for row in 0..rows {
            let who = who.as_ref().map_or(YES, |who| who[row]);
            if who == NO {
                continue;
            }
            let own = both(who, rules[row]);
            let opened = if own == YES { NO } else { self.opened(programme.def, &mut lines, row) };
            let (eligible, pending) = self.required(programme.def, &mut lines, row, either(own, opened));
            let verdict = match eligible {
                YES if documents.iter().any(|document| document[row] != YES) => NEEDS,
                YES => GIVEN,
                NO => REFUSED,
                UNKNOWN => NEEDS,
                _ => FAULTY,
            };
            lines.verdicts[row] = verdict;
            if matches!(verdict, GIVEN | NEEDS) {
                self.amount(programme, &mut lines, row, &mut amount);
                self.queue(programme, &mut lines, row, pending, &amount);
            }
        }
        if lines.because.is_empty() || programme.who.is_none() {
            return lines;
        }
        // What counted as income is said of those who are considered.
        let verdicts = &lines.verdicts;
        lines.because.retain(|(row, _)| verdicts[*row as usize] != ABSENT);
        lines
    }

    /// What is said of households, said of the rows of a level.
    fn of_households(&self, level: Level, because: Vec<(u32, Because)>) -> Vec<(u32, Because)> {
        if level == Level::Household {
            return because;
        }
        let rows = |household: u32| self.view.block.members_of(household as usize);
        let each = because.into_iter().flat_map(|(household, because)| {
            rows(household).map(move |row| (u32::try_from(row).unwrap_or(u32::MAX), because))
        });
        each.collect()
    }

    /// Whether another programme makes the person eligible whatever the rules say.
    fn opened(&self, place: usize, lines: &mut Lines, row: usize) -> u8 {
        let mut opened = NO;
        let before = lines.because.len();
        for (number, link) in self.view.program.links.all.iter().enumerate() {
            if !matches!(link.kind, Kind::Opens) || link.to != Some(place) {
                continue;
            }
            let held = self.held(link.from, link.holding, lines.level, row);
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            match held {
                NO => continue,
                YES => lines.say(row, Because::Link(number, Truth::True)),
                _ => lines.say(row, Because::Link(number, Truth::Unknown)),
            }
            opened = either(opened, held);
        }
        if opened == YES {
            let said = lines.because.split_off(before);
            let opening = |(_, because): &(u32, Because)| matches!(because, Because::Link(_, Truth::True));
            lines.because.extend(said.into_iter().filter(opening));
        }
        opened
    }

    /// Eligibility with the programmes it requires; and whether one of them is still waited for.
    fn required(&self, place: usize, lines: &mut Lines, row: usize, eligible: u8) -> (u8, bool) {
        let (mut result, mut pending) = (eligible, false);
        if eligible == NO {
            return (eligible, false);
        }
        for (number, link) in self.view.program.links.all.iter().enumerate() {
            let (Kind::Requires, Some(to)) = (&link.kind, link.to) else { continue };
            if link.from != place {
                continue;
            }
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            let mut held = self.held(to, link.holding, lines.level, row);
            if held != YES && self.held(to, Holding::Waiting, lines.level, row) == YES {
                pending = true;
                held = YES;
                lines.say(row, Because::Awaited(number));
            } else if held == NO {
                lines.say(row, Because::Link(number, Truth::False));
            } else if held != YES {
                lines.say(row, Because::Link(number, Truth::Unknown));
            }
            result = both(result, held);
        }
        (result, pending)
    }

    fn amount(&self, programme: &Programme, lines: &mut Lines, row: usize, figures: &mut Figures) {
        let Some(rule) = &programme.amount else { return };
        figures.offsets.clear();
        for (number, link) in self.view.program.links.all.iter().enumerate() {
            if !matches!(link.kind, Kind::Offsets) || link.to != Some(programme.def) {
                continue;
            }
            match self.a_month(link.from, link.holding, lines.level, row) {
                Cell::Num(month) if month.is_zero() => {}
                Cell::Num(month) => figures.offsets.push((String::new(), month)),
                Cell::Fault(_) => {
                    lines.verdicts[row] = FAULTY;
                    return;
                }
                _ => {
                    let number = u32::try_from(number).unwrap_or(u32::MAX);
                    lines.say(row, Because::Link(number, Truth::Unknown));
                    lines.verdicts[row] = NEEDS;
                    return;
                }
            }
        }
        let mut asked = figures.columns.iter();
        let cell = |_: &_| asked.next().map_or(Cell::Fault(Failure::BadType), |column| column.cell(row));
        match rule.minor(cell, &figures.offsets) {
            Ok(minor) => {
                if minor == 0 {
                    lines.say(row, Because::Nothing);
                    lines.verdicts[row] = REFUSED;
                }
                lines.minor[row] = minor;
            }
            Err(NoAmount::Fault(_)) if lines.verdicts[row] != NEEDS => lines.verdicts[row] = FAULTY,
            Err(NoAmount::Fault(_)) => {}
            Err(NoAmount::Unknown) => lines.verdicts[row] = NEEDS,
        }
    }

    /// A place in the queue, where places are limited; a wait, where another programme must come first.
    fn queue(&self, programme: &Programme, lines: &mut Lines, row: usize, pending: bool, figures: &Figures) {
        if pending && lines.verdicts[row] == GIVEN {
            lines.verdicts[row] = WAITING;
        }
        let def = &self.view.program.definitions.programmes[programme.def];
        let (Some(column), Selection::WaitingList { ascending, .. }) = (&figures.priority, &def.selection)
        else {
            return;
        };
        let mut boost = Num::ZERO;
        for link in &self.view.program.links.all {
            let Kind::Boosts(by) = link.kind else { continue };
            if link.to == Some(programme.def) && self.held(link.from, link.holding, lines.level, row) == YES {
                boost = boost.add(by).unwrap_or(boost);
            }
        }
        let given = lines.verdicts[row] == GIVEN;
        match column.cell(row) {
            Cell::Num(number) => {
                let place = if *ascending { number.sub(boost) } else { number.add(boost) };
                let Ok(place) = place else {
                    lines.verdicts[row] = FAULTY;
                    return;
                };
                lines.priority[row] = Some(place);
                if given {
                    lines.verdicts[row] = WAITING;
                }
            }
            Cell::Fault(_) if given => lines.verdicts[row] = FAULTY,
            Cell::Fault(_) => {}
            _ if matches!(lines.verdicts[row], GIVEN | WAITING) => lines.verdicts[row] = NEEDS,
            _ => {}
        }
    }
}

/// What amounts and queues read, by the column.
struct Figures {
    columns: Vec<Rc<Column>>,
    priority: Option<Rc<Column>>,
    offsets: Vec<(String, Num)>,
}

impl Figures {
    fn new(programme: &Programme, seen: &View<'_>) -> Self {
        let nodes = programme.amount.iter().flat_map(|amount| amount.nodes());
        Self {
            columns: nodes.map(|node| seen.eval(node, programme.unit)).collect(),
            priority: programme.priority.as_ref().map(|node| seen.eval(node, programme.unit)),
            offsets: Vec::new(),
        }
    }
}

/// Whether a verdict holds the programme, for a link.
pub(super) fn holds(verdict: u8, holding: Holding) -> u8 {
    match verdict {
        GIVEN => YES,
        WAITING => byte(Cell::Bool(holding == Holding::Waiting)),
        NEEDS => UNKNOWN,
        FAULTY => fault(Failure::Upstream),
        _ => NO,
    }
}

fn holds_of(tree: &Tree, leaves: &[Vec<u8>], rows: usize) -> Vec<u8> {
    let fold = |nodes: &[Tree], none: u8, fold: fn(u8, u8) -> u8| {
        let mut result = vec![none; rows];
        for node in nodes {
            let own;
            let bytes = match node {
                Tree::Leaf(place) if *place < leaves.len() => &leaves[*place],
                node => {
                    own = holds_of(node, leaves, rows);
                    &own
                }
            };
            for (so_far, byte) in result.iter_mut().zip(bytes) {
                *so_far = fold(*so_far, *byte);
            }
        }
        result
    };
    match tree {
        Tree::All(nodes) => fold(nodes, YES, both),
        Tree::Any(nodes) => fold(nodes, NO, either),
        Tree::Not(node) => {
            let mut bytes = holds_of(node, leaves, rows);
            for byte in bytes.iter_mut().filter(|byte| **byte <= YES) {
                *byte = YES - *byte;
            }
            bytes
        }
        Tree::Leaf(place) => leaves.get(*place).cloned().unwrap_or_else(|| vec![UNKNOWN; rows]),
    }
}

/// The leaves the verdict rests on, as in `rules`; `among` is 1 where the node above rests on this one.
fn decisive_of(tree: &Tree, leaves: &[Vec<u8>], holds: &[u8], among: &[u8], found: &mut [Vec<u8>]) {
    match tree {
        Tree::Leaf(place) => {
            for (found, among) in found[*place].iter_mut().zip(among) {
                *found |= among;
            }
        }
        Tree::Not(node) => {
            let inner = holds_of(node, leaves, holds.len());
            decisive_of(node, leaves, &inner, among, found);
        }
        Tree::All(nodes) | Tree::Any(nodes) => {
            for node in nodes {
                let own = holds_of(node, leaves, holds.len());
                // Two that are neither yes nor no are alike.
                let same = |(own, holds): (&u8, &u8)| u8::from((*own).min(UNKNOWN) == (*holds).min(UNKNOWN));
                let among: Vec<u8> =
                    own.iter().zip(holds).map(same).zip(among).map(|(same, among)| same & among).collect();
                decisive_of(node, leaves, &own, &among, found);
            }
        }
    }
}
