//! Scores by the column. All figures of a score are brought to one scale, so that the usual row is whole-number sums;
//! the bounds below make sure that deciding the row alone could not have overflowed on the way. A row with anything
//! else (an unknown, a fault, a number out of the usual range) gets no answer here and is scored alone.

use super::column::{Column, YES};
use crate::expr::cell::Cell;
use crate::expr::eval::Frame;
use crate::num::{Num, Rounding};
use crate::score::{Figures, Points, Score};

/// Figures, whole once scaled, stay below this, …
const FIGURE: i64 = 1 << 30;
/// … and inputs, whole or in lowest terms, below this.
const INPUT: i64 = 1 << 20;
/// Sums of absolute values stay below this: no partial sum in any order leaves 64 bits.
const SUM: i128 = 1 << 61;
/// Bands of whole numbers are looked up from 0 to this.
const BANDED: i64 = 64;

/// A score's figures on one scale.
pub(crate) struct Quick {
    /// The symbols of strata; figures stand in this order, with those of any other stratum behind.
    strata: Vec<u32>,
    scale: i64,
    intercept: Vec<i64>,
    terms: Vec<Term>,
}

enum Term {
    Indicator(Vec<i64>),
    Linear(Vec<i64>),
    /// Points by stratum and whole number.
    Band(Vec<Vec<Option<i64>>>),
    Lookup(Vec<(u32, Vec<i64>)>, Option<Vec<i64>>),
}

/// The sum of a row so far: `whole / scale + top / bottom / scale`.
#[derive(Clone, Copy)]
struct Row {
    whole: i64,
    /// The sum of absolute values, each over the scale.
    size: i64,
    top: i128,
    bottom: i64,
    usual: bool,
}

impl Quick {
    /// `None` for a score that is not made of usual figures.
    pub fn new(score: &Score, frame: &Frame<'_>) -> Option<Self> {
        let mut all: Vec<&Figures> = vec![&score.intercept];
        for term in &score.terms {
            match &term.kind {
                Points::Indicator(figures) | Points::Linear(figures) => all.push(figures),
                Points::Band(bands) => all.extend(bands.iter().map(|(_, figures)| figures)),
                Points::Lookup(table, otherwise) => {
                    all.extend(table.iter().map(|(_, figures)| figures).chain(otherwise));
                }
                Points::Log(_) => return None,
            }
        }
        let (mut strata, mut scale) = (Vec::new(), 1_i64);
        for figures in &all {
            let numbers: Vec<Num> = match figures {
                Figures::Same(number) => vec![*number],
                Figures::By(by) => {
                    strata.extend(by.iter().map(|(symbol, _)| *symbol));
                    by.iter().map(|(_, number)| *number).collect()
                }
            };
            for number in numbers {
                let denominator = number.denominator();
                scale = (scale / gcd(scale, denominator)).checked_mul(denominator).filter(|s| *s < INPUT)?;
            }
        }
        strata.sort_unstable();
        strata.dedup();
        let scaled = |figures: &Figures| -> Option<Vec<i64>> {
            let of = |symbol: u32| {
                let number = figures.get(symbol);
                let whole = number.numerator().checked_mul(scale / number.denominator())?;
                Some(whole).filter(|whole| whole.abs() < FIGURE)
            };
            strata.iter().copied().chain([u32::MAX]).map(of).collect()
        };
        let mut terms = Vec::with_capacity(score.terms.len());
        for term in &score.terms {
            terms.push(match &term.kind {
                Points::Indicator(figures) => Term::Indicator(scaled(figures)?),
                Points::Linear(figures) => Term::Linear(scaled(figures)?),
                Points::Log(_) => return None,
                Points::Lookup(table, otherwise) => {
                    let rows = table.iter().map(|(symbol, figures)| Some((*symbol, scaled(figures)?)));
                    let otherwise = match otherwise {
                        Some(figures) => Some(scaled(figures)?),
                        None => None,
                    };
                    Term::Lookup(rows.collect::<Option<_>>()?, otherwise)
                }
                Points::Band(bands) => {
                    let figures: Vec<Vec<i64>> =
                        bands.iter().map(|(_, figures)| scaled(figures)).collect::<Option<_>>()?;
                    let band = |number: i64| -> Option<usize> {
                        for (place, (range, _)) in bands.iter().enumerate() {
                            if range.holds(Num::from(number), frame).ok()? {
                                return Some(place);
                            }
                        }
                        None
                    };
                    let of = |stratum: usize| {
                        (0..BANDED).map(|number| Some(figures[band(number)?][stratum])).collect::<Vec<_>>()
                    };
                    Term::Band((0..=strata.len()).map(of).collect())
                }
            });
        }
        Some(Self { intercept: scaled(&score.intercept)?, strata, scale, terms })
    }

    /// The totals of the usual rows.
    pub fn totals(
        &self,
        score: &Score,
        stratum: &Column,
        inputs: &[impl AsRef<Column>],
        rows: usize,
    ) -> Vec<Option<Cell>> {
        let place = |cell: Cell| match cell {
            Cell::Symbol(symbol) => Some(self.strata.binary_search(&symbol).unwrap_or(self.strata.len())),
            _ => None,
        };
        let strata: Vec<Option<usize>> = (0..rows).map(|row| place(stratum.cell(row))).collect();
        let mut sums: Vec<Row> = strata
            .iter()
            .map(|stratum| {
                let whole = stratum.map_or(0, |stratum| self.intercept[stratum]);
                Row { whole, size: whole.abs(), top: 0, bottom: 1, usual: stratum.is_some() }
            })
            .collect();
        for (term, input) in self.terms.iter().zip(inputs) {
            let input = input.as_ref();
            if let Term::Indicator(figures) = term {
                let bytes = input.bytes(rows);
                for ((row, stratum), byte) in sums.iter_mut().zip(&strata).zip(bytes.iter()) {
                    if *byte > YES {
                        row.usual = false;
                    } else if *byte == YES {
                        row.add(figures[stratum.unwrap_or(0)]);
                    }
                }
                continue;
            }
            for (at, (row, stratum)) in sums.iter_mut().zip(&strata).enumerate() {
                let stratum = stratum.unwrap_or(0);
                match (term, input.cell(at)) {
                    (Term::Linear(figures), Cell::Num(number)) => row.times(figures[stratum], number),
                    (Term::Band(points), Cell::Num(number)) => {
                        let whole = number.integer().and_then(|number| usize::try_from(number).ok());
                        match whole.and_then(|number| points[stratum].get(number).copied().flatten()) {
                            Some(points) => row.add(points),
                            None => row.usual = false,
                        }
                    }
                    (Term::Lookup(table, otherwise), Cell::Symbol(symbol)) => {
                        let found =
                            table.iter().find(|(known, _)| *known == symbol).map(|(_, figures)| figures);
                        match found.or(otherwise.as_ref()) {
                            Some(figures) => row.add(figures[stratum]),
                            None => row.usual = false,
                        }
                    }
                    _ => row.usual = false,
                }
            }
        }
        sums.iter().map(|row| self.total(score, row)).collect()
    }

    fn total(&self, score: &Score, row: &Row) -> Option<Cell> {
        let (bottom, scale) = (i128::from(row.bottom), i128::from(self.scale));
        let size = i128::from(row.size) * bottom;
        if !row.usual || size >= SUM || bottom * scale >= SUM {
            return None;
        }
        let (top, bottom) = (i128::from(row.whole) * bottom + row.top, bottom * scale);
        let (times, over) = (score.multiply.numerator(), score.multiply.denominator());
        let floor = score.round.is_some_and(|round| round.mode == Rounding::Floor && round.to == Num::ONE);
        if floor && times.abs() < INPUT && over < INPUT {
            let (times, over) = (i128::from(times), i128::from(over));
            if (size * times.abs()).max(bottom * over) < SUM {
                let whole = (top * times).div_euclid(bottom * over);
                return Some(Cell::Num(Num::from(i64::try_from(whole).ok()?)));
            }
        }
        let sum = Num::ratio(i64::try_from(top).ok()?, i64::try_from(bottom).ok()?).ok()?;
        Some(score.transformed(Cell::Num(sum)))
    }
}

impl Row {
    fn add(&mut self, points: i64) {
        self.whole += points;
        self.size += points.abs();
    }

    fn times(&mut self, figure: i64, number: Num) {
        let (top, bottom) = (number.numerator(), number.denominator());
        if top.unsigned_abs() >= INPUT.unsigned_abs() || bottom >= INPUT {
            self.usual = false;
        } else if bottom == 1 {
            self.add(figure * top);
        } else if self.bottom * bottom >= INPUT * INPUT {
            self.usual = false;
        } else {
            self.top = self.top * i128::from(bottom) + i128::from(figure * top) * i128::from(self.bottom);
            self.bottom *= bottom;
            // Rounded up: what is bounded is only ever too large.
            self.size += (figure * top).abs() / bottom + 1;
        }
    }
}

fn gcd(a: i64, b: i64) -> i64 {
    let (mut a, mut b) = (a, b);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}
