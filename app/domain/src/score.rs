//! Scores: intercept and terms by stratum, a factor, a rounding, bands that are proved to leave no hole.
//!
//! Every term's input, coefficient and points are kept with the result. One missing input makes the
//! whole score missing: there is no score of half a questionnaire. To add a kind of term: a variant of
//! `TermKind`, its check in [`compile_term`] and its points in [`Term::points`].

use time::Date;

use crate::definitions::{BandDef, Limits, RoundDef, ScoreDef, Strata, TermDef, TermKind};
use crate::expr::cell::{Cell, Failure, Symbols};
use crate::expr::eval::{Frame, eval};
use crate::expr::node::Node;
use crate::expr::typing::Scope;
use crate::expr::{ExprError, Level, Type};
use crate::fault::{At, Fault};
use crate::num::Num;

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
    fn get(&self, stratum: u32) -> Num {
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
    fn holds(&self, number: Num, frame: &Frame<'_>) -> Result<bool, Failure> {
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
    fn outcome(&self, stratum: Cell, frame: &Frame<'_>) -> TermOutcome {
        let input = eval(&self.input, frame);
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
        let stratum = self.stratum.as_ref().map_or(Cell::Symbol(u32::MAX), |node| eval(node, frame));
        let intercept = match stratum {
            Cell::Symbol(symbol) => Some(self.intercept.get(symbol)),
            _ => None,
        };
        let terms: Vec<TermOutcome> = self.terms.iter().map(|term| term.outcome(stratum, frame)).collect();
        let sum = summed(intercept, stratum, &terms);
        let total = self.transformed(sum);
        let band = self.band(total, frame);
        ScoreOutcome { stratum, intercept, terms, sum, total, band }
    }

    fn transformed(&self, sum: Cell) -> Cell {
        let Cell::Num(sum) = sum else { return sum };
        let scaled = sum.mul(self.multiply);
        match self.round {
            Some(round) => scaled.and_then(|number| number.rounded(round.mode, round.to)).into(),
            None => scaled.into(),
        }
    }

    fn band(&self, total: Cell, frame: &Frame<'_>) -> Cell {
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

/// The dates on which a parameter changes, for the proof of bands; and its value on such a date.
pub(crate) trait Dated {
    /// Every day on which some parameter changes.
    fn days(&self) -> Vec<Date>;
    /// The parameters on a day.
    fn on(&self, day: Date) -> Vec<Cell>;
}

/// Compiles a score; `slots` are the slots of its number and of its band.
pub(crate) fn compile(
    def: &ScoreDef,
    place: usize,
    slots: (usize, Option<usize>),
    scope: &Scope,
    params: &dyn Dated,
    symbols: &mut Symbols,
) -> Result<Score, Vec<Fault>> {
    let key = format!("score.{}", def.id);
    let mut faults = Vec::new();
    let mut compiler = Compiler { scope, params, symbols, level: def.level, strata: Vec::new() };
    let stratum = match &def.stratum {
        None => None,
        Some(name) => match compiler.input(name, &def.at, &format!("{key}.stratum")) {
            Ok((node, Type::Choice(options))) => {
                compiler.strata = options.into_iter().collect();
                Some(node)
            }
            Ok((_, other)) => {
                return Err(vec![def.at.fault(
                    format!("{key}.stratum"),
                    format!("a stratum is a choice, but “{name}” is {other}"),
                )]);
            }
            Err(fault) => return Err(vec![fault]),
        },
    };
    let mut note = |result: Result<Figures, Fault>| match result {
        Ok(figures) => figures,
        Err(fault) => {
            faults.push(fault);
            Figures::Same(Num::ZERO)
        }
    };
    let intercept = note(compiler.figures(&def.intercept, &def.at, &format!("{key}.intercept"), true));
    let mut terms = Vec::with_capacity(def.terms.len());
    for term in &def.terms {
        match compiler.term(term, &format!("{key}.term.{}", term.id)) {
            Ok(term) => terms.push(term),
            Err(mut more) => faults.append(&mut more),
        }
    }
    if def.terms.is_empty() {
        faults.push(def.at.fault(format!("{key}.term"), "a score needs terms, not only an intercept"));
    }
    let bands = match compiler.bands(&def.bands, &key, &def.at) {
        Ok(bands) => bands,
        Err(mut more) => {
            faults.append(&mut more);
            Vec::new()
        }
    };
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(Score {
        def: place,
        level: def.level,
        slots,
        stratum,
        intercept,
        terms,
        multiply: def.multiply,
        round: def.round,
        bands,
    })
}

struct Compiler<'a> {
    scope: &'a Scope,
    params: &'a dyn Dated,
    symbols: &'a mut Symbols,
    level: Level,
    strata: Vec<String>,
}

impl Compiler<'_> {
    fn input(&mut self, name: &str, at: &At, key: &str) -> Result<(Node, Type), Fault> {
        crate::expr::typing::named(name, self.level, self.scope)
            .map(|typed| (typed.node, typed.ty))
            .map_err(|error: ExprError| at.fault(key, error.message))
    }

    /// The figures by stratum. An intercept must name every stratum; a coefficient that names none of
    /// them, or one that does not exist, is refused.
    fn figures(&mut self, strata: &Strata, at: &At, key: &str, all: bool) -> Result<Figures, Fault> {
        let by = match strata {
            Strata::Same(number) => return Ok(Figures::Same(*number)),
            Strata::By(by) => by,
        };
        if self.strata.is_empty() {
            return Err(at.fault(key, "figures by stratum need a score with a “stratum”"));
        }
        if let Some(unknown) = by.keys().find(|name| !self.strata.contains(name)) {
            let known = self.strata.join(", ");
            return Err(at.fault(key, format!("“{unknown}” is not a stratum; the strata are {known}")));
        }
        if let Some(missing) = self.strata.iter().find(|name| !by.contains_key(*name)).filter(|_| all) {
            return Err(at.fault(key, format!("the stratum “{missing}” has no figure")));
        }
        Ok(Figures::By(by.iter().map(|(name, number)| (self.symbols.intern(name), *number)).collect()))
    }

    fn term(&mut self, def: &TermDef, key: &str) -> Result<Term, Vec<Fault>> {
        compile_term(self, def, key)
    }

    fn bands(&mut self, bands: &[BandDef], key: &str, at: &At) -> Result<Vec<(u32, Range)>, Vec<Fault>> {
        let mut ranges = Vec::with_capacity(bands.len());
        let mut compiled = Vec::with_capacity(bands.len());
        for band in bands {
            let range = self.range(&band.limits, &band.at, &format!("{key}.band.{}", band.id))?;
            ranges.push(range.clone());
            compiled.push((self.symbols.intern(&band.id), range));
        }
        if !ranges.is_empty() {
            self.proved(&ranges, at, &format!("{key}.band"))?;
        }
        Ok(compiled)
    }

    fn range(&mut self, limits: &Limits, at: &At, key: &str) -> Result<Range, Vec<Fault>> {
        let mut bound = |inside: &Option<_>, outside: &Option<_>, names: &str| match (inside, outside) {
            (Some(_), Some(_)) => Err(vec![at.fault(key, format!("give one of {names}, not both"))]),
            (Some(limit), None) => self.limit(limit, key).map(|node| Some((node, true))),
            (None, Some(limit)) => self.limit(limit, key).map(|node| Some((node, false))),
            (None, None) => Ok(None),
        };
        Ok(Range {
            lower: bound(&limits.from, &limits.above, "“from” and “above”")?,
            upper: bound(&limits.up_to, &limits.below, "“up_to” and “below”")?,
        })
    }

    fn limit(&mut self, text: &crate::definitions::ExprText, key: &str) -> Result<Node, Vec<Fault>> {
        let typed = crate::expr::parse(&text.text).and_then(|expr| {
            crate::expr::typing::typed_as(&Type::Num, &expr, Level::Household, self.scope, self.symbols)
        });
        match typed {
            Ok(node @ (Node::Const(_) | Node::Param(_))) => Ok(node),
            Ok(_) => Err(vec![text.at.fault(key, "a limit of a band is a number or param.x")]),
            Err(error) => Err(vec![text.at.fault(key, error.to_string())]),
        }
    }

    /// Proves that the bands, in order, leave no hole and do not overlap, on every day a parameter
    /// changes.
    fn proved(&self, ranges: &[Range], at: &At, key: &str) -> Result<(), Vec<Fault>> {
        let mut days = self.params.days();
        days.push(Date::MIN);
        for day in days {
            let params = self.params.on(day);
            let number = |node: &Node| match node {
                Node::Const(Cell::Num(number)) => Some(*number),
                Node::Param(place) => match params.get(*place) {
                    Some(Cell::Num(number)) => Some(*number),
                    _ => None,
                },
                _ => None,
            };
            if let Err(message) = total_and_disjoint(ranges, &number) {
                return Err(vec![at.fault(key, message)]);
            }
        }
        Ok(())
    }
}

fn total_and_disjoint(ranges: &[Range], number: &dyn Fn(&Node) -> Option<Num>) -> Result<(), String> {
    if ranges.first().is_some_and(|first| first.lower.is_some()) {
        return Err("the first band has no lower limit: what lies below it would have no band".into());
    }
    if ranges.last().is_some_and(|last| last.upper.is_some()) {
        return Err("the last band has no upper limit: what lies above it would have no band".into());
    }
    for pair in ranges.windows(2) {
        let [band, next] = pair else { continue };
        let (Some((upper, upper_inside)), Some((lower, lower_inside))) = (&band.upper, &next.lower) else {
            return Err("between two bands, one needs an upper limit and the next a lower limit".into());
        };
        // Before a parameter's first day there is nothing to prove.
        let (Some(end), Some(start)) = (number(upper), number(lower)) else { continue };
        if start > end || (start == end && !upper_inside && !lower_inside) {
            return Err(format!("the bands leave a hole between {end} and {start}"));
        }
        if start < end || (*upper_inside && *lower_inside) {
            return Err(format!("the bands overlap between {start} and {end}"));
        }
        if let Some((after, after_inside)) = &next.upper
            && let Some(after) = number(after)
            && (after < start || (after == start && !(*lower_inside && *after_inside)))
        {
            return Err(format!("a band from {start} to {after} holds nothing; put the bands in order"));
        }
    }
    Ok(())
}

fn compile_term(compiler: &mut Compiler<'_>, def: &TermDef, key: &str) -> Result<Term, Vec<Fault>> {
    let one = |fault| vec![fault];
    let (input, ty) = compiler.input(&def.fact, &def.at, &format!("{key}.fact")).map_err(one)?;
    let wants = |wanted: &Type| {
        if std::mem::discriminant(wanted) == std::mem::discriminant(&ty) {
            return Ok(());
        }
        let message = format!("this kind of term reads {wanted}, but “{}” is {ty}", def.fact);
        Err(vec![def.at.fault(format!("{key}.fact"), message)])
    };
    let coefficient = format!("{key}.coefficient");
    let kind = match &def.kind {
        TermKind::Indicator { coefficient: strata } => {
            wants(&Type::Bool)?;
            Points::Indicator(compiler.figures(strata, &def.at, &coefficient, false).map_err(one)?)
        }
        TermKind::Linear { coefficient: strata } => {
            wants(&Type::Num)?;
            Points::Linear(compiler.figures(strata, &def.at, &coefficient, false).map_err(one)?)
        }
        TermKind::Log { coefficient: strata } => {
            wants(&Type::Num)?;
            Points::Log(compiler.figures(strata, &def.at, &coefficient, false).map_err(one)?)
        }
        TermKind::Band { bands } => {
            wants(&Type::Num)?;
            let (mut ranges, mut table) = (Vec::new(), Vec::new());
            for band in bands {
                let range = compiler.range(&band.limits, &def.at, &format!("{key}.bands"))?;
                let figures = compiler.figures(&band.points, &def.at, &format!("{key}.bands"), false);
                ranges.push(range.clone());
                table.push((range, figures.map_err(one)?));
            }
            if ranges.is_empty() {
                return Err(vec![def.at.fault(format!("{key}.bands"), "a band term needs bands")]);
            }
            compiler.proved(&ranges, &def.at, &format!("{key}.bands"))?;
            Points::Band(table)
        }
        TermKind::Lookup { points, otherwise } => {
            let Type::Choice(options) = &ty else {
                let message = format!("a look-up reads a choice, but “{}” is {ty}", def.fact);
                return Err(vec![def.at.fault(format!("{key}.fact"), message)]);
            };
            if let Some(unknown) = points.keys().find(|option| !options.contains(*option)) {
                let message = format!("“{unknown}” is not an option of “{}”", def.fact);
                return Err(vec![def.at.fault(format!("{key}.points"), message)]);
            }
            let missing = options.iter().find(|option| !points.contains_key(*option));
            if let (Some(missing), None) = (missing, otherwise) {
                let message = format!("the option “{missing}” has no points; name it or give “else”");
                return Err(vec![def.at.fault(format!("{key}.points"), message)]);
            }
            let mut table = Vec::with_capacity(points.len());
            for (option, strata) in points {
                let figures = compiler.figures(strata, &def.at, &format!("{key}.points.{option}"), false);
                table.push((compiler.symbols.intern(option), figures.map_err(one)?));
            }
            let otherwise = otherwise
                .as_ref()
                .map(|strata| compiler.figures(strata, &def.at, &format!("{key}.else"), false).map_err(one));
            Points::Lookup(table, otherwise.transpose()?)
        }
    };
    Ok(Term { input, kind })
}
