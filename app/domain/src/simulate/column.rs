//! A column of cells over the rows of a block, in the form that is cheapest for what it holds. Whatever the form,
//! [`Column::cell`] gives the cell that deciding one household would hold there.

use std::borrow::Cow;
use std::rc::Rc;

use crate::expr::cell::{Cell, Failure};
use crate::num::Num;

/// The bytes of yes/no columns. A fault is [`FAULT`] and more: its place in [`FAILURES`].
pub(crate) const NO: u8 = 0;
/// True.
pub(crate) const YES: u8 = 1;
/// Unknown.
pub(crate) const UNKNOWN: u8 = 2;
/// The first fault.
pub(crate) const FAULT: u8 = 3;

/// Every failure, in its order.
const FAILURES: [Failure; 10] = [
    Failure::DivisionByZero,
    Failure::Overflow,
    Failure::Nobody,
    Failure::NoHead,
    Failure::TwoHeads,
    Failure::Logarithm,
    Failure::NoParameter,
    Failure::BadAnswer,
    Failure::Upstream,
    Failure::BadType,
];

/// The byte of a yes/no cell; what is no yes/no is a fault, as everywhere.
pub(crate) fn byte(cell: Cell) -> u8 {
    match cell {
        Cell::Bool(false) => NO,
        Cell::Bool(true) => YES,
        Cell::Unknown | Cell::Between(..) => UNKNOWN,
        Cell::Fault(failure) => fault(failure),
        _ => fault(Failure::BadType),
    }
}

/// The byte of a failure.
pub(crate) fn fault(failure: Failure) -> u8 {
    let place = FAILURES.iter().position(|known| *known == failure).unwrap_or(FAILURES.len() - 1);
    FAULT.saturating_add(u8::try_from(place).unwrap_or(0))
}

/// The cell of a byte.
pub(crate) fn of_byte(byte: u8) -> Cell {
    match byte {
        NO => Cell::Bool(false),
        YES => Cell::Bool(true),
        UNKNOWN => Cell::Unknown,
        more => Cell::Fault(failure_of(more)),
    }
}

/// The failure of a byte that is one.
pub(crate) fn failure_of(byte: u8) -> Failure {
    FAILURES.get(usize::from(byte.saturating_sub(FAULT))).copied().unwrap_or(Failure::BadType)
}

/// A row of a column of whole numbers whose cell stands beside the numbers.
pub(crate) const ODD: i64 = i64::MIN;
/// A row of a column of whole numbers that is unknown.
pub(crate) const BLANK: i64 = i64::MIN + 1;

/// Whole numbers, with the rows beside that are something else.
#[derive(Clone, Debug)]
pub(crate) struct Ints {
    pub values: Vec<i64>,
    /// The cells of the rows that are [`ODD`], by row.
    pub odd: Vec<(u32, Cell)>,
}

impl Ints {
    pub fn new(rows: usize) -> Self {
        Self { values: Vec::with_capacity(rows), odd: Vec::new() }
    }

    /// Adds the next row.
    pub fn push(&mut self, cell: Cell) {
        let value = match cell {
            Cell::Unknown => BLANK,
            Cell::Num(number) => number.integer().filter(|value| *value > BLANK).unwrap_or(ODD),
            _ => ODD,
        };
        if value == ODD {
            self.odd.push((u32::try_from(self.values.len()).unwrap_or(u32::MAX), cell));
        }
        self.values.push(value);
    }

    pub fn cell(&self, row: usize) -> Cell {
        match self.values[row] {
            BLANK => Cell::Unknown,
            ODD => {
                let found = u32::try_from(row).ok().and_then(|row| {
                    let place = self.odd.binary_search_by_key(&row, |(row, _)| *row).ok()?;
                    Some(self.odd[place].1)
                });
                found.unwrap_or(Cell::Fault(Failure::BadType))
            }
            value => Cell::Num(Num::from(value)),
        }
    }

    /// As a column: where most rows are odd, plain cells are cheaper.
    pub fn column(self) -> Column {
        if self.odd.len() > self.values.len() / 4 {
            let cells = (0..self.values.len()).map(|row| self.cell(row)).collect();
            return Column::Cells(cells);
        }
        Column::Ints(self)
    }
}

/// A column.
#[derive(Clone, Debug)]
pub(crate) enum Column {
    /// The same cell in every row.
    Same(Cell),
    /// Yes and no, as bytes.
    Bools(Vec<u8>),
    /// Codes of a few cells.
    Coded(Rc<Vec<u16>>, Rc<Vec<Cell>>),
    /// Whole numbers.
    Ints(Ints),
    /// Anything.
    Cells(Vec<Cell>),
}

impl Column {
    pub fn cell(&self, row: usize) -> Cell {
        match self {
            Self::Same(cell) => *cell,
            Self::Bools(bytes) => of_byte(bytes[row]),
            Self::Coded(codes, table) => table[usize::from(codes[row])],
            Self::Ints(ints) => ints.cell(row),
            Self::Cells(cells) => cells[row],
        }
    }

    /// The bytes of a yes/no column.
    pub fn bytes(&self, rows: usize) -> Cow<'_, [u8]> {
        match self {
            Self::Bools(bytes) => Cow::Borrowed(bytes),
            Self::Same(cell) => Cow::Owned(vec![byte(*cell); rows]),
            Self::Coded(codes, table) => {
                let table: Vec<u8> = table.iter().map(|cell| byte(*cell)).collect();
                Cow::Owned(codes.iter().map(|code| table[usize::from(*code)]).collect())
            }
            other => Cow::Owned((0..rows).map(|row| byte(other.cell(row))).collect()),
        }
    }

    /// Numbers as [`Ints`] where they are, else gathered into them.
    pub fn ints(&self, rows: usize) -> Cow<'_, Ints> {
        match self {
            Self::Ints(ints) => Cow::Borrowed(ints),
            other => {
                let mut ints = Ints::new(rows);
                (0..rows).for_each(|row| ints.push(other.cell(row)));
                Cow::Owned(ints)
            }
        }
    }

    /// The same cells, save where there is another.
    pub fn replaced(&self, rows: usize, other: impl Fn(usize) -> Option<Cell>) -> Self {
        self.picked(rows, |row| row, other)
    }

    /// The cells of the rows that `from` names, save where there is another.
    pub fn take(&self, from: &[u32], other: impl Fn(usize) -> Option<Cell>) -> Self {
        self.picked(from.len(), |row| from[row] as usize, other)
    }

    fn picked(
        &self,
        rows: usize,
        from: impl Fn(usize) -> usize,
        other: impl Fn(usize) -> Option<Cell>,
    ) -> Self {
        match self {
            Self::Bools(bytes) => {
                Self::Bools((0..rows).map(|row| other(row).map_or_else(|| bytes[from(row)], byte)).collect())
            }
            Self::Ints(ints) => {
                let mut taken = Ints::new(rows);
                for row in 0..rows {
                    match other(row) {
                        Some(cell) => taken.push(cell),
                        None => match ints.values[from(row)] {
                            ODD => taken.push(ints.cell(from(row))),
                            value => taken.values.push(value),
                        },
                    }
                }
                taken.column()
            }
            Self::Coded(codes, table) if table.len() < usize::from(u16::MAX) - 16 => {
                let mut table = Cow::Borrowed(table.as_ref());
                let codes = (0..rows).map(|row| match other(row) {
                    None => codes[from(row)],
                    Some(cell) => {
                        let place = table.iter().rposition(|known| *known == cell).unwrap_or_else(|| {
                            table.to_mut().push(cell);
                            table.len() - 1
                        });
                        u16::try_from(place).unwrap_or(u16::MAX)
                    }
                });
                let codes = codes.collect();
                Self::Coded(Rc::new(codes), Rc::new(table.into_owned()))
            }
            _ => {
                Self::Cells((0..rows).map(|row| other(row).unwrap_or_else(|| self.cell(from(row)))).collect())
            }
        }
    }

    /// The same cells in the rows that `from` names.
    pub fn spread(&self, from: &[u32]) -> Self {
        match self {
            Self::Same(cell) => Self::Same(*cell),
            Self::Bools(bytes) => Self::Bools(from.iter().map(|row| bytes[*row as usize]).collect()),
            Self::Coded(codes, table) => {
                let codes = from.iter().map(|row| codes[*row as usize]).collect();
                Self::Coded(Rc::new(codes), table.clone())
            }
            other => other.take(from, |_| None),
        }
    }

    /// A column of yes and no, of each row's cell.
    pub fn of_truths(rows: usize, cell: impl FnMut(usize) -> Cell) -> Self {
        Self::Bools((0..rows).map(cell).map(byte).collect())
    }

    /// A column of numbers, of each row's cell.
    pub fn of_numbers(rows: usize, cell: impl FnMut(usize) -> Cell) -> Self {
        let mut ints = Ints::new(rows);
        (0..rows).map(cell).for_each(|cell| ints.push(cell));
        ints.column()
    }
}
