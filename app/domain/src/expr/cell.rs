//! A cell: what a slot holds while a household is evaluated. Small and copied by value; texts and
//! options are symbols, sets are bits. A column-wise evaluator holds the same cells by the column.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use time::Date;

use super::Type;
use crate::definitions::Literal;
use crate::num::{Num, NumError};
use crate::value::{Truth, Value};

/// What a slot holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Not known (yet).
    Unknown,
    /// A whole number that is not known, but lies between these two (both included): a count over
    /// members of whom some are undecided. A comparison can settle it; anything else takes it as unknown.
    Between(i32, i32),
    /// The calculation failed: a person must look.
    Fault(Failure),
    /// Yes or no.
    Bool(bool),
    /// A number.
    Num(Num),
    /// A day.
    Date(Date),
    /// A text or an option.
    Symbol(u32),
    /// Options chosen, by their place in the list.
    Set(u64),
}

/// Why a calculation failed. Neither a yes nor a no follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// A division by zero.
    #[error("division by zero")]
    DivisionByZero,
    /// A number too large to be exact.
    #[error("the number is too large to be exact")]
    Overflow,
    /// The least or greatest of no member at all.
    #[error("there is no member to compare")]
    Nobody,
    /// The relations name no head.
    #[error("no member is the head of the household")]
    NoHead,
    /// The relations name several heads.
    #[error("more than one member is the head of the household")]
    TwoHeads,
    /// The logarithm of zero or less.
    #[error("the logarithm of zero or less")]
    Logarithm,
    /// A parameter that had no value on the day.
    #[error("a parameter has no value on this day")]
    NoParameter,
    /// An answer that is not of the question's kind.
    #[error("an answer is not of the question's kind")]
    BadAnswer,
    /// A programme it depends on could not be decided.
    #[error("a programme this one depends on could not be decided")]
    Upstream,
    /// The definition cannot be evaluated this way. A compiled pack has none.
    #[error("the expression is not of the kind it was taken for")]
    BadType,
}

impl From<NumError> for Failure {
    fn from(error: NumError) -> Self {
        match error {
            NumError::Overflow => Self::Overflow,
            NumError::DivisionByZero => Self::DivisionByZero,
        }
    }
}

impl Cell {
    /// Whether it is unknown, or only known to lie between two numbers.
    pub fn is_unknown(self) -> bool {
        matches!(self, Self::Unknown | Self::Between(..))
    }

    /// The truth of a yes/no cell; a fault has none.
    pub fn truth(self) -> Result<Truth, Failure> {
        match self {
            Self::Bool(value) => Ok(Truth::from(value)),
            Self::Unknown => Ok(Truth::Unknown),
            Self::Fault(failure) => Err(failure),
            _ => Err(Failure::BadType),
        }
    }
}

impl From<Result<Num, NumError>> for Cell {
    fn from(result: Result<Num, NumError>) -> Self {
        match result {
            Ok(number) => Self::Num(number),
            Err(error) => Self::Fault(error.into()),
        }
    }
}

impl From<Truth> for Cell {
    fn from(truth: Truth) -> Self {
        match truth {
            Truth::True => Self::Bool(true),
            Truth::False => Self::Bool(false),
            Truth::Unknown => Self::Unknown,
        }
    }
}

/// The texts and options known so far, each with a number.
#[derive(Clone, Debug, Default)]
pub struct Symbols {
    names: Vec<String>,
    numbers: BTreeMap<String, u32>,
}

impl Symbols {
    /// The number of a text, which is added when it is new.
    pub fn intern(&mut self, text: &str) -> u32 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.push(text.to_owned());
        self.numbers.insert(text.to_owned(), number);
        number
    }

    /// The number of a text, if it has one.
    pub fn get(&self, text: &str) -> Option<u32> {
        self.numbers.get(text).copied()
    }

    /// The text of a number.
    pub fn name(&self, number: u32) -> Option<&str> {
        self.names.get(number as usize).map(String::as_str)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

/// Symbols of a program and, after them, the texts that turned up in one household's answers.
#[derive(Clone, Debug)]
pub struct Texts<'a> {
    known: &'a Symbols,
    extra: Vec<String>,
}

impl<'a> Texts<'a> {
    /// No texts of its own yet.
    pub fn new(known: &'a Symbols) -> Self {
        Self { known, extra: Vec::new() }
    }

    /// The number of a text.
    pub fn intern(&mut self, text: &str) -> u32 {
        if let Some(number) = self.known.get(text) {
            return number;
        }
        let place = self.extra.iter().position(|t| t == text).unwrap_or_else(|| {
            self.extra.push(text.to_owned());
            self.extra.len() - 1
        });
        u32::try_from(self.known.len() + place).unwrap_or(u32::MAX)
    }

    /// The text of a number.
    pub fn name(&self, number: u32) -> &str {
        let place = number as usize;
        self.known
            .name(number)
            .or_else(|| self.extra.get(place.checked_sub(self.known.len())?).map(String::as_str))
            .unwrap_or_default()
    }

    /// The cell of a value of this type; a value of another type, or an option that is not in the list,
    /// is a fault.
    pub fn cell(&mut self, value: &Value, ty: &Type) -> Cell {
        match (value, ty) {
            (Value::Bool(b), Type::Bool) => Cell::Bool(*b),
            (Value::Num(n), Type::Num) => Cell::Num(*n),
            (Value::Date(d), Type::Date) => Cell::Date(*d),
            (Value::Text(t) | Value::Choice(t), Type::Text) => Cell::Symbol(self.intern(t)),
            (Value::Choice(t) | Value::Text(t), Type::Choice(options)) if options.contains(t) => {
                Cell::Symbol(self.intern(t))
            }
            (Value::Many(chosen), Type::Many(options)) => set_cell(chosen, options),
            _ => Cell::Fault(Failure::BadAnswer),
        }
    }

    /// The value of a cell of this type, if it is known.
    pub fn value(&self, cell: Cell, ty: &Type) -> Option<Value> {
        Some(match cell {
            Cell::Unknown | Cell::Between(..) | Cell::Fault(_) => return None,
            Cell::Bool(b) => Value::Bool(b),
            Cell::Num(n) => Value::Num(n),
            Cell::Date(d) => Value::Date(d),
            Cell::Symbol(s) if matches!(ty, Type::Text) => Value::Text(self.name(s).to_owned()),
            Cell::Symbol(s) => Value::Choice(self.name(s).to_owned()),
            Cell::Set(bits) => {
                let Type::Many(options) = ty else { return None };
                let chosen = options.iter().enumerate().filter(|(i, _)| bits & (1_u64 << (i & 63)) != 0);
                Value::Many(chosen.map(|(_, option)| option.clone()).collect())
            }
        })
    }
}

fn set_cell(chosen: &BTreeSet<String>, options: &[String]) -> Cell {
    let mut bits = 0;
    for option in chosen {
        match options.iter().position(|o| o == option) {
            Some(place) if place < 64 => bits |= 1_u64 << place,
            _ => return Cell::Fault(Failure::BadAnswer),
        }
    }
    Cell::Set(bits)
}

/// The type and the cell of a literal.
pub fn literal(literal: &Literal, symbols: &mut Symbols) -> (Type, Cell) {
    match literal {
        Literal::Bool(b) => (Type::Bool, Cell::Bool(*b)),
        Literal::Num(n) => (Type::Num, Cell::Num(*n)),
        Literal::Date(d) => (Type::Date, Cell::Date(*d)),
        Literal::Text(t) => (Type::Choice(BTreeSet::from([t.clone()])), Cell::Symbol(symbols.intern(t))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_small() {
        assert!(size_of::<Cell>() <= 24);
    }

    #[test]
    fn values_survive_their_cells() {
        let mut symbols = Symbols::default();
        symbols.intern("wood");
        let mut texts = Texts::new(&symbols);
        let options = vec!["a".to_owned(), "b".to_owned(), "c".to_owned()];
        for (value, ty) in [
            (Value::Text("free".into()), Type::Text),
            (Value::Choice("wood".into()), Type::Choice(BTreeSet::from(["wood".into(), "iron".into()]))),
            (Value::Many(BTreeSet::from(["a".into(), "c".into()])), Type::Many(options.clone())),
            (Value::Many(BTreeSet::new()), Type::Many(options)),
        ] {
            let cell = texts.cell(&value, &ty);
            assert_eq!(texts.value(cell, &ty), Some(value));
        }
        let wood = Type::Choice(BTreeSet::from(["wood".into()]));
        assert_eq!(texts.cell(&Value::Choice("gold".into()), &wood), Cell::Fault(Failure::BadAnswer));
        assert_eq!(texts.cell(&Value::Bool(true), &Type::Num), Cell::Fault(Failure::BadAnswer));
    }
}
