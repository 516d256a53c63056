//! Scores: intercept and terms by stratum, a factor, a rounding, bands that are proved to leave no hole.
//!
//! Every term's input, coefficient and points are kept with the result. One missing input makes the
//! whole score missing: there is no score of half a questionnaire. To add a kind of term: a variant of
//! `TermKind`, its check in `compile` and its points in [`Term::points`].

mod compile;

pub(crate) use compile::{Dated, compile};

use crate::definitions::RoundDef;
use crate::expr::Level;
use crate::expr::cell::{Cell, Failure};
use crate::expr::eval::{Frame, eval};
use crate::expr::node::Node;
use crate::num::Num;

/// What stands for the stratum of a score that has none.
pub(crate) const NO_STRATUM: Cell = Cell::Symbol(u32::MAX);

/// A compiled score.
#[derive(Clone, Debug)]
pub(crate) struct Score {
    /// Its place in the definitions.
    pub def: usize,
    pub level: Level,
    /// The slot of the number and the slot of the band.
    pub slots: (usize, Option<usize>),
    pub stratum: Option<Node>,
    pub intercept: Figures,
    pub terms: Vec<Term>,
    pub multiply: Num,
    pub round: Option<RoundDef>,
    pub bands: Vec<(u32, Range)>,
}

/// A figure for each stratum.
#[derive(Clone, Debug)]
pub(crate) enum Figures {
    Same(Num),
    By(Vec<(u32, Num)>),
}

impl Figures {
    /// The figure of a stratum; 0 for one that is not named.
    pub fn get(&self, stratum: u32) -> Num {
        match self {
            Self::Same(number) => *number,
            Self::By(figures) => {
                figures.iter().find(|(symbol, _)| *symbol == stratum).map_or(Num::ZERO, |(_, n)| *n)
            }
        }
    }
}

/// A compiled term.
#[derive(Clone, Debug)]
pub(crate) struct Term {
    pub input: Node,
    pub kind: Points,
}

/// How a term's input becomes points.
#[derive(Clone, Debug)]
pub(crate) enum Points {
    Indicator(Figures),
    Linear(Figures),
    Log(Figures),
    Band(Vec<(Range, Figures)>),
    Lookup(Vec<(u32, Figures)>, Option<Figures>),
}

/// The limits of a band: numbers or parameters, and whether the limit itself is inside.
#[derive(Clone, Debug, Default)]
pub(crate) struct Range {
    lower: Option<(Node, bool)>,
    upper: Option<(Node, bool)>,
}

impl Range {
    /// Whether a number lies inside.
    pub fn holds(&self, number: Num, frame: &Frame<'_>) -> Result<bool, Failure> {
        let limit = |node| match eval(node, frame) {
            Cell::Num(limit) => Ok(limit),
            Cell::Fault(failure) => Err(failure),
            _ => Err(Failure::BadType),
        };
        if let Some((node, inside)) = &self.lower {
            let limit = limit(node)?;
            if number < limit || (number == limit && !inside) {
                return Ok(false);
            }
        }
        if let Some((node, inside)) = &self.upper {
            let limit = limit(node)?;
            if number > limit || (number == limit && !inside) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// The input, coefficient and points of one term; `None` where they are not known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TermOutcome {
    pub input: Cell,
    pub coefficient: Option<Num>,
    pub points: Cell,
}

/// A score's parts, before and after the transform.
#[derive(Clone, Debug)]
pub(crate) struct ScoreOutcome {
    pub stratum: Cell,
    pub intercept: Option<Num>,
    pub terms: Vec<TermOutcome>,
    pub sum: Cell,
    pub total: Cell,
    pub band: Cell,
}

impl Term {
    fn outcome(&self, stratum: Cell, input: Cell, frame: &Frame<'_>) -> TermOutcome {
        let outcome = match stratum {
            Cell::Symbol(stratum) => self.points(input, stratum, frame),
            Cell::Fault(failure) => Err(failure),
            // Without the stratum no coefficient is known; the input is shown all the same.
            _ => Ok(None),
        };
        let (coefficient, points) = match outcome {
            Ok(Some((coefficient, points))) => (Some(coefficient), Cell::Num(points)),
            Ok(None) => (None, Cell::Unknown),
            Err(failure) => (None, Cell::Fault(failure)),
        };
        TermOutcome { input, coefficient, points }
    }

    /// The coefficient that applies and the points; `None` when the input is unknown.
    fn points(&self, input: Cell, stratum: u32, frame: &Frame<'_>) -> Result<Option<(Num, Num)>, Failure> {
        let (figures, factor) = match (&self.kind, input) {
            (_, Cell::Fault(failure)) => return Err(failure),
            (_, Cell::Unknown | Cell::Between(..)) => return Ok(None),
            (Points::Indicator(figures), Cell::Bool(true)) => (figures, Num::ONE),
            (Points::Indicator(figures), Cell::Bool(false)) => (figures, Num::ZERO),
            (Points::Linear(figures), Cell::Num(number)) => (figures, number),
            (Points::Log(figures), Cell::Num(number)) => (figures, number.ln().ok_or(Failure::Logarithm)?),
            (Points::Band(bands), Cell::Num(number)) => {
                for (range, figures) in bands {
                    if range.holds(number, frame)? {
                        let points = figures.get(stratum);
                        return Ok(Some((points, points)));
                    }
                }
                return Err(Failure::BadType);
            }
            (Points::Lookup(table, otherwise), Cell::Symbol(symbol)) => {
                let found = table.iter().find(|(key, _)| *key == symbol).map(|(_, figures)| figures);
                let figures = found.or(otherwise.as_ref()).ok_or(Failure::BadAnswer)?;
                (figures, Num::ONE)
            }
            _ => return Err(Failure::BadType),
        };
        let coefficient = figures.get(stratum);
        Ok(Some((coefficient, coefficient.mul(factor)?)))
    }
}

impl Score {
    /// The score and all its parts.
    pub fn outcome(&self, frame: &Frame<'_>) -> ScoreOutcome {
        let stratum = self.stratum.as_ref().map_or(NO_STRATUM, |node| eval(node, frame));
        let inputs: Vec<Cell> = self.terms.iter().map(|term| eval(&term.input, frame)).collect();
        self.of(stratum, &inputs, frame)
    }

    /// The score of these inputs, one for each term; of the frame only the parameters are read.
    pub fn of(&self, stratum: Cell, inputs: &[Cell], frame: &Frame<'_>) -> ScoreOutcome {
        let intercept = match stratum {
            Cell::Symbol(symbol) => Some(self.intercept.get(symbol)),
            _ => None,
        };
        let terms = self.terms.iter().zip(inputs).map(|(term, input)| term.outcome(stratum, *input, frame));
        let terms: Vec<TermOutcome> = terms.collect();
        let sum = summed(intercept, stratum, &terms);
        let total = self.transformed(sum);
        let band = self.band(total, frame);
        ScoreOutcome { stratum, intercept, terms, sum, total, band }
    }

    /// The factor and the rounding.
    pub fn transformed(&self, sum: Cell) -> Cell {
        let Cell::Num(sum) = sum else { return sum };
        let scaled = sum.mul(self.multiply);
        match self.round {
            Some(round) => scaled.and_then(|number| number.rounded(round.mode, round.to)).into(),
            None => scaled.into(),
        }
    }

    /// The band of a total.
    pub fn band(&self, total: Cell, frame: &Frame<'_>) -> Cell {
        let Cell::Num(number) = total else { return total };
        for (symbol, range) in &self.bands {
            match range.holds(number, frame) {
                Ok(true) => return Cell::Symbol(*symbol),
                Ok(false) => {}
                Err(failure) => return Cell::Fault(failure),
            }
        }
        Cell::Unknown
    }
}

/// Intercept and points; unknown when one of them is.
fn summed(intercept: Option<Num>, stratum: Cell, terms: &[TermOutcome]) -> Cell {
    let mut sum = match (intercept, stratum) {
        (Some(intercept), _) => Ok(intercept),
        (None, Cell::Fault(failure)) => return Cell::Fault(failure),
        (None, _) => Err(()),
    };
    for term in terms {
        match (term.points, sum) {
            (Cell::Fault(failure), _) => return Cell::Fault(failure),
            (Cell::Num(points), Ok(so_far)) => match so_far.add(points) {
                Ok(next) => sum = Ok(next),
                Err(error) => return Cell::Fault(error.into()),
            },
            (Cell::Num(_), Err(())) => {}
            _ => sum = Err(()),
        }
    }
    sum.map_or(Cell::Unknown, Cell::Num)
}
