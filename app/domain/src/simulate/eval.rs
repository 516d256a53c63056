//! Evaluation by the column: the nodes that decide one household, over all rows of a block at once. Every kernel has
//! a cheap way for the usual cells and gives the rest to the functions of [`crate::expr::eval`]; nothing here has a
//! meaning of its own, and a test holds both ways together. One more kind of node: its kernel here.

use std::cmp::Ordering;
use std::rc::Rc;

use super::block::View;
use super::column::{BLANK, Column, Ints, NO, ODD, UNKNOWN, YES, byte};
use crate::definitions::Op;
use crate::expr::Level;
use crate::expr::cell::{Cell, Failure};
use crate::expr::eval::{self as one, Head};
use crate::expr::node::{Lookup, Node, Over};
use crate::expr::syntax::{Aggregate, Arithmetic};
use crate::num::Num;

impl View<'_> {
    /// The column of a node over the households or the members of the block.
    pub fn eval(&self, node: &Node, level: Level) -> Rc<Column> {
        if level == Level::Member && !of_member(node) && !matches!(node, Node::Const(_)) {
            let whole = self.eval(node, Level::Household);
            return match whole.as_ref() {
                Column::Same(_) => whole,
                whole => Rc::new(whole.spread(&self.block.owner)),
            };
        }
        let rows = self.rows(level);
        Rc::new(match node {
            Node::Const(cell) => Column::Same(*cell),
            Node::AsOf => Column::Same(Cell::Date(self.as_of)),
            Node::Param(place) => {
                Column::Same(self.params.get(*place).copied().unwrap_or(Cell::Fault(Failure::BadType)))
            }
            Node::Household(slot) => return self.slot(Level::Household, *slot),
            Node::Member(slot) if level == Level::Member => return self.slot(Level::Member, *slot),
            Node::Member(_) => Column::Same(Cell::Fault(Failure::BadType)),
            Node::Unary(unary, inner) => {
                let column = self.eval(inner, level);
                mapped(&column, rows, false, |cell| one::unary(*unary, cell))
            }
            Node::Arithmetic(operator, pair) => {
                arithmetic(*operator, &self.eval(&pair.0, level), &self.eval(&pair.1, level), rows)
            }
            Node::Not(inner) => not(&self.eval(inner, level), rows),
            Node::And(list) => all(list.iter().map(|node| self.eval(node, level)), rows),
            Node::Or(list) => any(list.iter().map(|node| self.eval(node, level)), rows),
            Node::Compare(op, pair) => {
                compare(*op, &self.eval(&pair.0, level), &self.eval(&pair.1, level), rows)
            }
            Node::OneOf(inner, list) => {
                let column = self.eval(inner, level);
                mapped(&column, rows, true, |cell| one::one_of(cell, list))
            }
            Node::If(parts) => {
                let condition = self.eval(&parts.0, level);
                choose(&condition, &self.eval(&parts.1, level), &self.eval(&parts.2, level), rows)
            }
            Node::Least(list) => self.extreme(list, level, Ordering::Less),
            Node::Greatest(list) => self.extreme(list, level, Ordering::Greater),
            Node::Years(pair) => {
                let (from, to) = (self.eval(&pair.0, level), self.eval(&pair.1, level));
                let count = |from, to| one::between(from, to, one::years);
                self.counted_from(node, &from, &to, rows, count)
            }
            Node::Months(pair) => {
                let (from, to) = (self.eval(&pair.0, level), self.eval(&pair.1, level));
                let count = |from, to| one::between(from, to, one::months);
                self.counted_from(node, &from, &to, rows, count)
            }
            Node::Has(inner, place) => {
                let column = self.eval(inner, level);
                mapped(&column, rows, true, |cell| one::has(cell, *place))
            }
            Node::Lookup(lookup) => self.look_up(lookup, level),
            Node::Head(inner) => {
                let column = self.eval(inner, Level::Member);
                if let Column::Same(_) = column.as_ref()
                    && self.block.heads.iter().all(|head| matches!(head, Head::Is(_)))
                {
                    return column;
                }
                column.take(&self.block.head_rows, |row| match self.block.heads[row] {
                    Head::Is(_) => None,
                    Head::Unknown => Some(Cell::Unknown),
                    Head::Fault(failure) => Some(Cell::Fault(failure)),
                })
            }
            Node::Aggregate(over) => self.aggregate(over),
        })
    }

    fn counted_from(
        &self,
        node: &Node,
        from: &Column,
        to: &Column,
        rows: usize,
        count: impl Fn(Cell, Cell) -> Cell,
    ) -> Column {
        if let (Column::Coded(codes, table), Column::Same(to)) = (from, to)
            && let Some(counted) = self.counted(node, table, |from| count(from, *to))
        {
            return Column::of_numbers(rows, |row| counted[usize::from(codes[row])]);
        }
        paired(from, to, rows, count)
    }

    fn extreme(&self, list: &[Node], level: Level, wanted: Ordering) -> Column {
        let columns: Vec<_> = list.iter().map(|node| self.eval(node, level)).collect();
        Column::of_numbers(self.rows(level), |row| {
            one::extreme(columns.iter().map(|column| column.cell(row)), wanted)
        })
    }

    fn look_up(&self, lookup: &Lookup, level: Level) -> Column {
        let rows = self.rows(level);
        let of = self.eval(&lookup.of, level);
        let entries: Vec<(Cell, Rc<Column>)> =
            lookup.entries.iter().map(|(key, node)| (*key, self.eval(node, level))).collect();
        let otherwise = lookup.otherwise.as_ref().map(|node| self.eval(node, level));
        let found = |cell: Cell, row: usize| match cell {
            Cell::Unknown | Cell::Between(..) | Cell::Fault(_) => one::stopped(cell),
            cell => {
                let entry = entries.iter().find(|(key, _)| *key == cell).map(|(_, column)| column);
                entry
                    .or(otherwise.as_ref())
                    .map_or(Cell::Fault(Failure::BadAnswer), |column| column.cell(row))
            }
        };
        let fixed = |column: &Rc<Column>| matches!(column.as_ref(), Column::Same(_));
        match of.as_ref() {
            Column::Coded(codes, table)
                if entries.iter().all(|(_, column)| fixed(column)) && otherwise.iter().all(fixed) =>
            {
                Column::Coded(codes.clone(), Rc::new(table.iter().map(|cell| found(*cell, 0)).collect()))
            }
            of => Column::Cells((0..rows).map(|row| found(of.cell(row), row)).collect()),
        }
    }

    fn aggregate(&self, over: &Over) -> Column {
        let filter = over.filter.as_ref().map(|node| self.eval(node, Level::Member));
        let of = over.of.as_ref().map(|node| self.eval(node, Level::Member));
        let people = self.block.people;
        let bytes = |column: &Option<Rc<Column>>| column.as_ref().map(|c| c.bytes(people).into_owned());
        let households = self.block.households;
        let range = |row: usize| self.block.members_of(row);
        match over.kind {
            Aggregate::Count => {
                let filter = bytes(&filter).unwrap_or_else(|| vec![YES; people]);
                Column::of_numbers(households, |row| {
                    let members = &filter[range(row)];
                    if members.is_empty() {
                        return Cell::Unknown;
                    }
                    if members.iter().all(|byte| *byte <= YES) {
                        let count = members.iter().map(|byte| i64::from(*byte)).sum::<i64>();
                        return Cell::Num(Num::from(count));
                    }
                    one::count(members.iter().map(|byte| super::column::of_byte(*byte)))
                })
            }
            Aggregate::Any | Aggregate::All => {
                let decisive = if over.kind == Aggregate::Any { YES } else { NO };
                let rest = YES - decisive;
                // A member who does not count is as one who settles nothing; all(…) of no value is the filter's own.
                let each = match (bytes(&filter), bytes(&of), over.kind) {
                    (None, None, _) => vec![YES; people],
                    (None, Some(of), _) => of,
                    (Some(filter), None, _) => filter,
                    (Some(filter), Some(of), kind) => {
                        let member = |(filter, of): (&u8, &u8)| match *filter {
                            YES => *of,
                            NO => rest,
                            undecided if kind == Aggregate::Any => both(undecided, *of),
                            undecided => either(undecided, *of),
                        };
                        filter.iter().zip(&of).map(member).collect()
                    }
                };
                let fold = if over.kind == Aggregate::Any { either } else { both };
                Column::Bools(
                    (0..households)
                        .map(|row| match &each[range(row)] {
                            [] => UNKNOWN,
                            members => members.iter().fold(rest, |so_far, byte| fold(so_far, *byte)),
                        })
                        .collect(),
                )
            }
            Aggregate::Sum => {
                let filter = bytes(&filter);
                let of = of.unwrap_or_else(|| Rc::new(Column::Same(Cell::Bool(true))));
                let counts = |row: usize| filter.as_ref().map_or(YES, |filter| filter[row]);
                Column::of_numbers(households, |row| {
                    let members = range(row);
                    if members.is_empty() {
                        return Cell::Unknown;
                    }
                    one::sum(
                        members.map(|row| one::addend(super::column::of_byte(counts(row)), || of.cell(row))),
                    )
                })
            }
            Aggregate::Min | Aggregate::Max => {
                let wanted = if over.kind == Aggregate::Min { Ordering::Less } else { Ordering::Greater };
                let of = of.unwrap_or_else(|| Rc::new(Column::Same(Cell::Bool(true))));
                let filter = bytes(&filter);
                let counts = |row: usize| filter.as_ref().map_or(YES, |filter| filter[row]);
                Column::of_numbers(households, |row| {
                    let members = range(row);
                    if members.is_empty() {
                        return Cell::Unknown;
                    }
                    let counted = members.filter_map(|row| match counts(row) {
                        YES => Some(of.cell(row)),
                        NO => None,
                        undecided => Some(one::stopped(super::column::of_byte(undecided))),
                    });
                    one::extreme(counted, wanted)
                })
            }
        }
    }
}

/// Whether a node reads the member at hand; inside an aggregate and `head` it reads others.
fn of_member(node: &Node) -> bool {
    match node {
        Node::Member(_) => true,
        Node::Const(_)
        | Node::AsOf
        | Node::Param(_)
        | Node::Household(_)
        | Node::Head(_)
        | Node::Aggregate(_) => false,
        Node::Unary(_, inner) | Node::Not(inner) | Node::OneOf(inner, _) | Node::Has(inner, _) => {
            of_member(inner)
        }
        Node::Arithmetic(_, pair) | Node::Compare(_, pair) | Node::Years(pair) | Node::Months(pair) => {
            of_member(&pair.0) || of_member(&pair.1)
        }
        Node::And(list) | Node::Or(list) | Node::Least(list) | Node::Greatest(list) => {
            list.iter().any(of_member)
        }
        Node::If(parts) => of_member(&parts.0) || of_member(&parts.1) || of_member(&parts.2),
        Node::Lookup(lookup) => {
            let results = lookup.entries.iter().map(|(_, result)| result);
            of_member(&lookup.of) || results.chain(&lookup.otherwise).any(of_member)
        }
    }
}

/// Both of two bytes: no decides, else unknown, else the first of the faults. As a number: no, unknown, faults, yes.
#[inline]
pub(super) fn both(a: u8, b: u8) -> u8 {
    let rank = |byte: u8| if byte == YES { u8::MAX } else { byte };
    match rank(a).min(rank(b)) {
        u8::MAX => YES,
        byte => byte,
    }
}

/// Either of two bytes: yes decides, else unknown, else the first of the faults. As a number: yes, unknown, faults, no.
#[inline]
pub(super) fn either(a: u8, b: u8) -> u8 {
    a.wrapping_sub(1).min(b.wrapping_sub(1)).wrapping_add(1)
}

fn folded(
    columns: impl Iterator<Item = Rc<Column>>,
    rows: usize,
    none: u8,
    fold: fn(u8, u8) -> u8,
) -> Column {
    let mut result: Option<Vec<u8>> = None;
    let mut fixed = none;
    for column in columns {
        if let Column::Same(cell) = column.as_ref() {
            fixed = fold(fixed, byte(*cell));
            continue;
        }
        let bytes = column.bytes(rows);
        match &mut result {
            None => result = Some(bytes.into_owned()),
            Some(so_far) => {
                for (so_far, byte) in so_far.iter_mut().zip(bytes.iter()) {
                    *so_far = fold(*so_far, *byte);
                }
            }
        }
    }
    match result {
        None => Column::Same(super::column::of_byte(fixed)),
        // What is no yes/no counts as a fault, also where it stands alone.
        Some(bytes) if fixed == none => Column::Bools(bytes),
        Some(mut bytes) => {
            for byte in &mut bytes {
                *byte = fold(*byte, fixed);
            }
            Column::Bools(bytes)
        }
    }
}

/// All of some yes/no columns.
pub(super) fn all(columns: impl Iterator<Item = Rc<Column>>, rows: usize) -> Column {
    folded(columns, rows, YES, both)
}

/// One of some yes/no columns.
pub(super) fn any(columns: impl Iterator<Item = Rc<Column>>, rows: usize) -> Column {
    folded(columns, rows, NO, either)
}

fn not(column: &Column, rows: usize) -> Column {
    if let Column::Same(cell) = column {
        return Column::Same(one::not(*cell));
    }
    let mut bytes = column.bytes(rows).into_owned();
    for byte in &mut bytes {
        *byte = if *byte <= YES { YES - *byte } else { *byte };
    }
    Column::Bools(bytes)
}

/// A column from each cell of another; where there are few different ones, each is worked out once.
pub(super) fn mapped(column: &Column, rows: usize, truths: bool, cell: impl Fn(Cell) -> Cell) -> Column {
    match column {
        Column::Same(same) => Column::Same(cell(*same)),
        Column::Coded(codes, table) if table.len() <= rows => {
            if truths {
                let table: Vec<u8> = table.iter().map(|known| byte(cell(*known))).collect();
                return Column::Bools(codes.iter().map(|code| table[usize::from(*code)]).collect());
            }
            Column::Coded(codes.clone(), Rc::new(table.iter().map(|known| cell(*known)).collect()))
        }
        other if truths => Column::of_truths(rows, |row| cell(other.cell(row))),
        other => Column::of_numbers(rows, |row| cell(other.cell(row))),
    }
}

/// A column of numbers from two others.
fn paired(left: &Column, right: &Column, rows: usize, cell: impl Fn(Cell, Cell) -> Cell) -> Column {
    match (left, right) {
        (Column::Same(a), Column::Same(b)) => Column::Same(cell(*a, *b)),
        (a, b) => Column::of_numbers(rows, |row| cell(a.cell(row), b.cell(row))),
    }
}

/// A whole number that every row has.
fn whole(column: &Column) -> Option<i64> {
    match column {
        Column::Same(Cell::Num(number)) => number.integer(),
        _ => None,
    }
}

fn arithmetic(operator: Arithmetic, left: &Column, right: &Column, rows: usize) -> Column {
    let slow = |row: usize| one::arithmetic(operator, left.cell(row), right.cell(row));
    if let (Column::Same(a), Column::Same(b)) = (left, right) {
        return Column::Same(one::arithmetic(operator, *a, *b));
    }
    let fixed = |column: &Column| matches!(column, Column::Same(_)) && whole(column).is_none();
    if fixed(left) || fixed(right) || operator == Arithmetic::Divide {
        return Column::of_numbers(rows, slow);
    }
    let (a, b) = (whole(left), whole(right));
    let (left_ints, right_ints) = match (a, b) {
        (Some(_), _) => (None, Some(right.ints(rows))),
        (_, Some(_)) => (Some(left.ints(rows)), None),
        _ => (Some(left.ints(rows)), Some(right.ints(rows))),
    };
    let at = |ints: &Option<std::borrow::Cow<'_, Ints>>, fixed: Option<i64>, row: usize| {
        ints.as_ref().map_or_else(|| fixed.unwrap_or(ODD), |ints| ints.values[row])
    };
    let mut result = Ints::new(rows);
    for row in 0..rows {
        let (a, b) = (at(&left_ints, a, row), at(&right_ints, b, row));
        let quick = match operator {
            _ if a <= BLANK || b <= BLANK => None,
            Arithmetic::Add => a.checked_add(b),
            Arithmetic::Subtract => a.checked_sub(b),
            Arithmetic::Multiply => a.checked_mul(b),
            Arithmetic::Divide => None,
        };
        match quick.filter(|value| *value > BLANK) {
            Some(value) => result.values.push(value),
            None => result.push(slow(row)),
        }
    }
    result.column()
}

/// Compares two columns, cell by cell.
pub(super) fn compare(op: Op, left: &Column, right: &Column, rows: usize) -> Column {
    match (left, right) {
        (left, Column::Same(limit)) => match (left, limit) {
            (Column::Ints(ints), Cell::Num(number)) if number.integer().is_some() => {
                let limit = number.integer().unwrap_or(0);
                against(
                    ints,
                    rows,
                    |row| one::compare(op, ints.cell(row), Cell::Num(*number)),
                    |value| match op {
                        Op::Eq | Op::In => value == limit,
                        Op::Ne | Op::NotIn => value != limit,
                        Op::Lt => value < limit,
                        Op::Le => value <= limit,
                        Op::Gt => value > limit,
                        Op::Ge => value >= limit,
                    },
                )
            }
            (Column::Bools(bytes), Cell::Bool(wanted)) if matches!(op, Op::Eq | Op::Ne) => {
                let same = *wanted == (op == Op::Eq);
                let byte = |byte: &u8| if *byte <= YES && !same { YES - *byte } else { *byte };
                Column::Bools(bytes.iter().map(byte).collect())
            }
            (left, limit) => mapped(left, rows, true, |cell| one::compare(op, cell, *limit)),
        },
        (Column::Same(limit), right) => mapped(right, rows, true, |cell| one::compare(op, *limit, cell)),
        (left, right) => Column::of_truths(rows, |row| one::compare(op, left.cell(row), right.cell(row))),
    }
}

fn against(ints: &Ints, rows: usize, slow: impl Fn(usize) -> Cell, holds: impl Fn(i64) -> bool) -> Column {
    let quick = |value: i64| if value > BLANK { u8::from(holds(value)) } else { UNKNOWN };
    let mut bytes: Vec<u8> = ints.values.iter().take(rows).map(|value| quick(*value)).collect();
    for (row, _) in &ints.odd {
        bytes[*row as usize] = byte(slow(*row as usize));
    }
    Column::Bools(bytes)
}

/// `if`: a known condition takes its way; an unknown one is settled where both ways lead to the same.
fn choose(condition: &Column, then: &Column, otherwise: &Column, rows: usize) -> Column {
    let slow = |condition: u8, row: usize| {
        one::chosen(super::column::of_byte(condition), || then.cell(row), || otherwise.cell(row))
    };
    let condition = condition.bytes(rows);
    let is_truth = |column: &Column| match column {
        Column::Bools(_) => true,
        Column::Same(cell) => matches!(cell, Cell::Bool(_)),
        _ => false,
    };
    let is_number = |column: &Column| match column {
        Column::Ints(_) => true,
        Column::Same(cell) => matches!(cell, Cell::Num(_)),
        _ => false,
    };
    if is_truth(then) && is_truth(otherwise) {
        return Column::of_truths(rows, |row| slow(condition[row], row));
    }
    if is_number(then) && is_number(otherwise) {
        return Column::of_numbers(rows, |row| slow(condition[row], row));
    }
    Column::Cells((0..rows).map(|row| slow(condition[row], row)).collect())
}
