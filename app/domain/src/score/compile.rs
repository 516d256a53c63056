//! Scores as they are compiled: figures by stratum, terms, and bands, which are proved to leave no hole and not
//! to overlap on any day a parameter changes.

use time::Date;

use super::{Figures, Points, Range, Score, Term};
use crate::definitions::{BandDef, Limits, ScoreDef, Strata, TermDef, TermKind};
use crate::expr::cell::{Cell, Symbols};
use crate::expr::node::Node;
use crate::expr::typing::Scope;
use crate::expr::{ExprError, Level, Type};
use crate::fault::{At, Fault};
use crate::num::Num;

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
