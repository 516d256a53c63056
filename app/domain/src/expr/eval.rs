//! Evaluation of a typed expression in a frame: one household, one day, and inside an aggregate one
//! member. It always gives a cell: a value, unknown, or a fault.
//!
//! Where an unknown and a fault meet in `and`, `or`, the unknown wins: its answer may settle the whole
//! without the part that failed.

use std::cmp::Ordering;

use time::Date;

use super::cell::{Cell, Failure};
use super::node::{Lookup, Node, Over, Unary};
use super::syntax::{Aggregate, Arithmetic};
use crate::definitions::Op;
use crate::num::{Num, Rounding};

/// What an expression can see.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// The household's slots.
    pub household: &'a [Cell],
    /// The members' slots, one row after the other.
    pub members: &'a [Cell],
    /// How many slots a member has.
    pub width: usize,
    /// How many members there are.
    pub count: usize,
    /// The member at hand.
    pub member: Option<usize>,
    /// The household's head.
    pub head: Head,
    /// The parameters in force.
    pub params: &'a [Cell],
    /// The day of the decision.
    pub as_of: Date,
}

/// What the members' relations say of the head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Head {
    /// This member.
    Is(usize),
    /// Not known: a relation is missing, or there is no member yet.
    Unknown,
    /// None or several.
    Fault(Failure),
}

impl<'a> Frame<'a> {
    /// The same household, seen from a member.
    #[must_use]
    pub fn of_member(self, member: usize) -> Self {
        Self { member: Some(member), ..self }
    }

    /// The cell of a slot of the member at hand.
    pub fn member_cell(&self, slot: usize) -> Cell {
        let Some(member) = self.member else { return Cell::Fault(Failure::BadType) };
        self.members.get(member * self.width + slot).copied().unwrap_or(Cell::Fault(Failure::BadType))
    }

    /// The frames of all members.
    pub fn each_member(self) -> impl Iterator<Item = Frame<'a>> {
        (0..self.count).map(move |member| self.of_member(member))
    }
}

/// The value of a node.
pub fn eval(node: &Node, frame: &Frame<'_>) -> Cell {
    match node {
        Node::Const(cell) => *cell,
        Node::AsOf => Cell::Date(frame.as_of),
        Node::Param(place) => slot(frame.params, *place),
        Node::Household(place) => slot(frame.household, *place),
        Node::Member(place) => frame.member_cell(*place),
        Node::Unary(kind, inner) => unary(*kind, eval(inner, frame)),
        Node::Arithmetic(operator, pair) => arithmetic(*operator, eval(&pair.0, frame), eval(&pair.1, frame)),
        Node::Not(inner) => not(eval(inner, frame)),
        Node::And(list) => all(list.iter().map(|node| eval(node, frame))),
        Node::Or(list) => any(list.iter().map(|node| eval(node, frame))),
        Node::Compare(op, pair) => compare(*op, eval(&pair.0, frame), eval(&pair.1, frame)),
        Node::OneOf(inner, list) => one_of(eval(inner, frame), list),
        Node::If(parts) => chosen(eval(&parts.0, frame), || eval(&parts.1, frame), || eval(&parts.2, frame)),
        Node::Least(list) => extreme(list.iter().map(|node| eval(node, frame)), Ordering::Less),
        Node::Greatest(list) => extreme(list.iter().map(|node| eval(node, frame)), Ordering::Greater),
        Node::Years(pair) => between(eval(&pair.0, frame), eval(&pair.1, frame), years),
        Node::Months(pair) => between(eval(&pair.0, frame), eval(&pair.1, frame), months),
        Node::Has(inner, place) => has(eval(inner, frame), *place),
        Node::Lookup(lookup) => look_up(lookup, frame),
        Node::Head(inner) => match frame.head {
            Head::Is(member) => eval(inner, &frame.of_member(member)),
            Head::Unknown => Cell::Unknown,
            Head::Fault(failure) => Cell::Fault(failure),
        },
        Node::Aggregate(over) => aggregate(over, frame),
    }
}

fn slot(cells: &[Cell], place: usize) -> Cell {
    cells.get(place).copied().unwrap_or(Cell::Fault(Failure::BadType))
}

/// Why there is no known value: unknown, or a fault.
enum Stop {
    Unknown,
    Fault(Failure),
}

#[expect(clippy::needless_pass_by_value, reason = "so that it can be handed to map_or_else")]
fn stop(stop: Stop) -> Cell {
    match stop {
        Stop::Unknown => Cell::Unknown,
        Stop::Fault(failure) => Cell::Fault(failure),
    }
}

/// Why a cell that should have been of another type stops a calculation.
fn of_type(cell: Cell) -> Stop {
    match cell {
        Cell::Unknown | Cell::Between(..) => Stop::Unknown,
        Cell::Fault(failure) => Stop::Fault(failure),
        _ => Stop::Fault(Failure::BadType),
    }
}

/// What a cell that has no value leaves of what reads it: unknown, or its fault.
pub(crate) fn stopped(cell: Cell) -> Cell {
    stop(of_type(cell))
}

/// The opposite.
pub(crate) fn not(cell: Cell) -> Cell {
    match cell {
        Cell::Bool(b) => Cell::Bool(!b),
        other => stopped(other),
    }
}

/// A number from a number.
pub(crate) fn unary(kind: Unary, cell: Cell) -> Cell {
    number(cell).map_or_else(stop, |n| apply(kind, n))
}

/// Whether a value is one of several.
pub(crate) fn one_of(cell: Cell, list: &[Cell]) -> Cell {
    match cell {
        Cell::Unknown | Cell::Between(..) | Cell::Fault(_) => stopped(cell),
        cell => Cell::Bool(list.contains(&cell)),
    }
}

/// Whether a set holds the option at a place.
pub(crate) fn has(cell: Cell, place: u32) -> Cell {
    match cell {
        Cell::Set(bits) => Cell::Bool(bits & (1 << (place & 63)) != 0),
        other => stopped(other),
    }
}

fn number(cell: Cell) -> Result<Num, Stop> {
    match cell {
        Cell::Num(number) => Ok(number),
        other => Err(of_type(other)),
    }
}

fn apply(unary: Unary, number: Num) -> Cell {
    match unary {
        Unary::Negate => number.negated(),
        Unary::Abs => number.abs(),
        Unary::Floor => number.rounded(Rounding::Floor, Num::ONE),
        Unary::Ceil => number.rounded(Rounding::Ceil, Num::ONE),
        Unary::Round => number.rounded(Rounding::HalfUp, Num::ONE),
    }
    .into()
}

/// Applies an operation; a fault on either side is a fault, else an unknown on either side is unknown.
pub fn arithmetic(operator: Arithmetic, left: Cell, right: Cell) -> Cell {
    match (number(left), number(right)) {
        (Ok(a), Ok(b)) => match operator {
            Arithmetic::Add => a.add(b),
            Arithmetic::Subtract => a.sub(b),
            Arithmetic::Multiply => a.mul(b),
            Arithmetic::Divide => a.div(b),
        }
        .into(),
        (Err(Stop::Fault(failure)), _) | (_, Err(Stop::Fault(failure))) => Cell::Fault(failure),
        // Dividing by zero fails whatever the unknown turns out to be.
        (Err(Stop::Unknown), Ok(zero)) if operator == Arithmetic::Divide && zero.is_zero() => {
            Cell::Fault(Failure::DivisionByZero)
        }
        _ => Cell::Unknown,
    }
}

/// All of them: one false decides; else one unknown; else one fault.
pub fn all(cells: impl Iterator<Item = Cell>) -> Cell {
    settle(cells, false)
}

/// One of them: one true decides; else one unknown; else one fault.
pub fn any(cells: impl Iterator<Item = Cell>) -> Cell {
    settle(cells, true)
}

fn settle(cells: impl Iterator<Item = Cell>, decisive: bool) -> Cell {
    let (mut unknown, mut fault) = (false, None);
    for cell in cells {
        match cell {
            Cell::Bool(b) if b == decisive => return cell,
            Cell::Bool(_) => {}
            other => match of_type(other) {
                Stop::Unknown => unknown = true,
                Stop::Fault(failure) => fault = Some(fault.map_or(failure, |f: Failure| f.min(failure))),
            },
        }
    }
    match (unknown, fault) {
        (true, _) => Cell::Unknown,
        (false, Some(failure)) => Cell::Fault(failure),
        (false, None) => Cell::Bool(!decisive),
    }
}

/// Compares two cells of one type. A count that is only known to lie between two numbers is compared as
/// far as that goes.
pub fn compare(op: Op, left: Cell, right: Cell) -> Cell {
    match (left, right) {
        (Cell::Fault(failure), _) | (_, Cell::Fault(failure)) => Cell::Fault(failure),
        (Cell::Between(..), Cell::Between(..) | Cell::Num(_)) | (Cell::Num(_), Cell::Between(..)) => {
            compare_ranges(op, range(left), range(right))
        }
        (Cell::Unknown | Cell::Between(..), _) | (_, Cell::Unknown | Cell::Between(..)) => Cell::Unknown,
        (Cell::Num(a), Cell::Num(b)) => Cell::Bool(holds(op, a.cmp(&b))),
        (Cell::Date(a), Cell::Date(b)) => Cell::Bool(holds(op, a.cmp(&b))),
        (a, b) => match op {
            Op::Eq => Cell::Bool(a == b),
            Op::Ne => Cell::Bool(a != b),
            _ => Cell::Fault(Failure::BadType),
        },
    }
}

fn holds(op: Op, order: Ordering) -> bool {
    match op {
        Op::Eq | Op::In => order.is_eq(),
        Op::Ne | Op::NotIn => order.is_ne(),
        Op::Lt => order.is_lt(),
        Op::Le => order.is_le(),
        Op::Gt => order.is_gt(),
        Op::Ge => order.is_ge(),
    }
}

fn range(cell: Cell) -> (Num, Num) {
    match cell {
        Cell::Num(number) => (number, number),
        Cell::Between(least, most) => (Num::from(i64::from(least)), Num::from(i64::from(most))),
        _ => (Num::ZERO, Num::ZERO),
    }
}

fn compare_ranges(op: Op, (a_least, a_most): (Num, Num), (b_least, b_most): (Num, Num)) -> Cell {
    let decided = match op {
        Op::Lt => ((a_most < b_least), (a_least >= b_most)),
        Op::Le => ((a_most <= b_least), (a_least > b_most)),
        Op::Gt => ((a_least > b_most), (a_most <= b_least)),
        Op::Ge => ((a_least >= b_most), (a_most < b_least)),
        Op::Eq | Op::In => (false, a_most < b_least || a_least > b_most),
        Op::Ne | Op::NotIn => (a_most < b_least || a_least > b_most, false),
    };
    match decided {
        (true, _) => Cell::Bool(true),
        (_, true) => Cell::Bool(false),
        _ => Cell::Unknown,
    }
}

/// One of two ways, by a condition.
pub(crate) fn chosen(condition: Cell, then: impl FnOnce() -> Cell, otherwise: impl FnOnce() -> Cell) -> Cell {
    match condition {
        Cell::Bool(true) => then(),
        Cell::Bool(false) => otherwise(),
        other => match of_type(other) {
            Stop::Fault(failure) => Cell::Fault(failure),
            // Both ways lead to the same known value: it is settled.
            Stop::Unknown => match (then(), otherwise()) {
                (a, b) if a == b => a,
                _ => Cell::Unknown,
            },
        },
    }
}

/// The least or greatest of some cells.
pub(crate) fn extreme(cells: impl Iterator<Item = Cell>, wanted: Ordering) -> Cell {
    let (mut best, mut unknown, mut fault) = (None, false, None);
    for cell in cells {
        let order = match (cell, best) {
            (Cell::Num(_) | Cell::Date(_), None) => wanted,
            (Cell::Num(a), Some(Cell::Num(b))) => a.cmp(&b),
            (Cell::Date(a), Some(Cell::Date(b))) => a.cmp(&b),
            (other, _) => {
                match of_type(other) {
                    Stop::Unknown => unknown = true,
                    Stop::Fault(failure) => fault = fault.or(Some(failure)),
                }
                continue;
            }
        };
        if order == wanted {
            best = Some(cell);
        }
    }
    match (fault, unknown, best) {
        (Some(failure), ..) => Cell::Fault(failure),
        (None, true, _) => Cell::Unknown,
        (None, false, Some(best)) => best,
        (None, false, None) => Cell::Fault(Failure::Nobody),
    }
}

/// What is counted between two days.
pub(crate) fn between(from: Cell, to: Cell, count: fn(Date, Date) -> i64) -> Cell {
    match (from, to) {
        (Cell::Date(from), Cell::Date(to)) => Cell::Num(Num::from(count(from, to))),
        (Cell::Date(_), other) | (other, Cell::Date(_)) => stop(of_type(other)),
        (Cell::Fault(failure), _) | (_, Cell::Fault(failure)) => Cell::Fault(failure),
        _ => Cell::Unknown,
    }
}

/// Completed years from one day to another: who was born on 29 February completes a year on 1 March of
/// a common year. Negative when `to` is earlier.
pub fn years(from: Date, to: Date) -> i64 {
    let day = |date: Date| (u8::from(date.month()), date.day());
    i64::from(to.year()) - i64::from(from.year()) - i64::from(day(to) < day(from))
}

/// Completed months from one day to another. Negative when `to` is earlier.
pub fn months(from: Date, to: Date) -> i64 {
    let month = |date: Date| i64::from(date.year()) * 12 + i64::from(u8::from(date.month()));
    month(to) - month(from) - i64::from(to.day() < from.day())
}

fn look_up(lookup: &Lookup, frame: &Frame<'_>) -> Cell {
    match eval(&lookup.of, frame) {
        cell @ (Cell::Unknown | Cell::Between(..) | Cell::Fault(_)) => stop(of_type(cell)),
        cell => {
            let found = lookup.entries.iter().find(|(key, _)| *key == cell).map(|(_, result)| result);
            found
                .or(lookup.otherwise.as_ref())
                .map_or(Cell::Fault(Failure::BadAnswer), |result| eval(result, frame))
        }
    }
}

fn aggregate(over: &Over, frame: &Frame<'_>) -> Cell {
    // A household of nobody is a household of whom nothing was said yet.
    if frame.count == 0 {
        return Cell::Unknown;
    }
    let filter = |frame: &Frame<'_>| over.filter.as_ref().map_or(Cell::Bool(true), |node| eval(node, frame));
    let value = |frame: &Frame<'_>| over.of.as_ref().map_or(Cell::Bool(true), |node| eval(node, frame));
    match over.kind {
        Aggregate::Count => count(frame.each_member().map(|frame| filter(&frame))),
        Aggregate::Any => any(frame.each_member().map(|frame| match filter(&frame) {
            Cell::Bool(true) => value(&frame),
            Cell::Bool(false) => Cell::Bool(false),
            undecided => all([undecided, value(&frame)].into_iter()),
        })),
        Aggregate::All => all(frame.each_member().map(|frame| match (filter(&frame), &over.of) {
            (cell, None) => cell,
            (Cell::Bool(true), Some(_)) => value(&frame),
            (Cell::Bool(false), Some(_)) => Cell::Bool(true),
            (undecided, Some(_)) => any([undecided, value(&frame)].into_iter()),
        })),
        Aggregate::Sum => sum(frame.each_member().map(|frame| addend(filter(&frame), || value(&frame)))),
        Aggregate::Min | Aggregate::Max => {
            let wanted = if over.kind == Aggregate::Min { Ordering::Less } else { Ordering::Greater };
            let counted = frame.each_member().filter_map(|frame| match filter(&frame) {
                Cell::Bool(true) => Some(value(&frame)),
                Cell::Bool(false) => None,
                undecided => Some(stop(of_type(undecided))),
            });
            extreme(counted, wanted)
        }
    }
}

/// What a member adds to a sum, by whether the member counts.
pub(crate) fn addend(counts: Cell, value: impl FnOnce() -> Cell) -> Cell {
    match counts {
        Cell::Bool(true) => value(),
        Cell::Bool(false) => Cell::Num(Num::ZERO),
        // Whether this member counts makes no difference when there is nothing to add.
        undecided => match value() {
            Cell::Num(n) if n.is_zero() => Cell::Num(n),
            _ => stopped(undecided),
        },
    }
}

/// How many members count, of whom some may be undecided.
pub(crate) fn count(cells: impl Iterator<Item = Cell>) -> Cell {
    let (mut least, mut most) = (0_i32, 0_i32);
    for cell in cells {
        match cell {
            Cell::Bool(true) => (least, most) = (least.saturating_add(1), most.saturating_add(1)),
            Cell::Bool(false) => {}
            other => match of_type(other) {
                Stop::Unknown => most = most.saturating_add(1),
                Stop::Fault(failure) => return Cell::Fault(failure),
            },
        }
    }
    if least == most { Cell::Num(Num::from(i64::from(least))) } else { Cell::Between(least, most) }
}

/// The sum of some numbers.
pub(crate) fn sum(cells: impl Iterator<Item = Cell>) -> Cell {
    let (mut total, mut unknown) = (Num::ZERO, false);
    for cell in cells {
        match number(cell) {
            Ok(number) => match total.add(number) {
                Ok(sum) => total = sum,
                Err(error) => return Cell::Fault(error.into()),
            },
            Err(Stop::Unknown) => unknown = true,
            Err(Stop::Fault(failure)) => return Cell::Fault(failure),
        }
    }
    if unknown { Cell::Unknown } else { Cell::Num(total) }
}
