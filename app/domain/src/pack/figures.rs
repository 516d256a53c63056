//! Reads `parameters.toml`, `facts.toml` and `scores.toml`: the figures that rules compare. Whether their
//! expressions make sense is for `crate::program` to say.

use std::collections::BTreeMap;

use super::{codes::Codes, names::Names, table::Table};
use crate::{
    definitions::{
        BandDef, DatedValue, FactDef, FactType, Limits, Literal, Missing, ParameterDef, PointsBand, RoundDef,
        ScoreDef, Strata, TermDef, TermKind,
    },
    form::question::LEVELS,
    num::{Num, Rounding},
};

const TYPES: [(&str, FactType); 6] = [
    ("bool", FactType::Bool),
    ("number", FactType::Number),
    ("date", FactType::Date),
    ("choice", FactType::Choice),
    ("text", FactType::Text),
    ("set", FactType::Set),
];

const ROUNDINGS: [(&str, Rounding); 4] = [
    ("floor", Rounding::Floor),
    ("ceil", Rounding::Ceil),
    ("half_up", Rounding::HalfUp),
    ("half_even", Rounding::HalfEven),
];

/// Reads `parameters.toml`.
pub(super) fn parameters(top: &Table<'_>, codes: &mut Codes) -> Vec<ParameterDef> {
    let tables = top.tables("parameter");
    top.done();
    let read = |table: &Table<'_>| {
        let id = table.name("id");
        let (unit, source) = (table.opt_text("unit"), table.opt_text("source"));
        if !table.has("source") {
            table.fault("", "a figure needs its source: add source = \"the law or paper it is from\"");
        }
        let kinds = [
            ("number", "a number"),
            ("money", "a number"),
            ("bool", "true or false"),
            ("date", "a date"),
            ("text", "a text"),
        ];
        let wanted = table.one_of("type", &kinds);
        let values = dated_values(table, wanted);
        table.done();
        let id = id?;
        codes.take(table, "id", &id);
        Some(ParameterDef { id, unit, source, values, at: table.at() })
    };
    tables.iter().filter_map(read).collect()
}

fn dated_values(table: &Table<'_>, wanted: Option<&str>) -> Vec<DatedValue> {
    let mut values: Vec<DatedValue> = Vec::new();
    for row in table.tables("values") {
        let (from, value) = (row.date("from"), row.literal("value"));
        row.done();
        let (Some(from), Some(value)) = (from, value) else { continue };
        let is = match value {
            Literal::Bool(_) => "true or false",
            Literal::Num(_) => "a number",
            Literal::Date(_) => "a date",
            Literal::Text(_) => "a text",
        };
        if wanted.is_some_and(|wanted| wanted != is) {
            row.fault(
                "value",
                format!("the parameter's type wants {}, not {is}", wanted.unwrap_or_default()),
            );
        }
        if values.last().is_some_and(|last| last.from >= from) {
            row.fault(
                "from",
                "each value must start after the one before it: put them in order of their dates",
            );
        }
        values.push(DatedValue { from, value });
    }
    if values.is_empty() {
        table.fault(
            "values",
            "a parameter needs at least one value: values = [{ from = 2026-01-01, value = … }]",
        );
    }
    values
}

/// A rounding, as `round = "floor"` (to whole units) or `round = { mode = "floor", to = "0.1" }`.
pub(super) fn rounding(table: &Table<'_>, key: &str) -> Option<RoundDef> {
    if !table.is_table(key) {
        return table.opt_one_of(key, &ROUNDINGS).map(|mode| RoundDef { mode, to: Num::ONE });
    }
    let inner = table.opt_table(key)?;
    let (mode, to) = (inner.one_of("mode", &ROUNDINGS), inner.opt_number("to").unwrap_or(Num::ONE));
    if to.is_negative() || to.is_zero() {
        inner.fault("to", "rounding goes to multiples of a number above 0");
    }
    inner.done();
    Some(RoundDef { mode: mode?, to })
}

/// Reads `facts.toml`.
pub(super) fn facts(top: &Table<'_>, names: &Names) -> Vec<FactDef> {
    let tables = top.tables("fact");
    top.done();
    let read = |table: &Table<'_>| {
        let (id, level, ty) =
            (table.name("id"), table.one_of("level", &LEVELS), table.one_of("type", &TYPES));
        let (unit, expression) = (table.opt_text("unit"), table.expression("expression"));
        let (round, missing) = (rounding(table, "round"), missing(table));
        table.done();
        let id = id?;
        names.take(table, "id", &id, "fact");
        Some(FactDef {
            id,
            level: level?,
            ty: ty?,
            unit,
            expression: expression?,
            round,
            missing: missing?,
            at: table.at(),
        })
    };
    tables.iter().filter_map(read).collect()
}

/// `missing = "propagate"`, or `missing = { default = 0, why = "…" }`.
fn missing(table: &Table<'_>) -> Option<Missing> {
    if !table.has("missing") {
        return Some(Missing::Propagate);
    }
    if !table.is_table("missing") {
        return table.one_of("missing", &[("propagate", Missing::Propagate)]);
    }
    let inner = table.table("missing")?;
    let (value, why) = (inner.literal("default"), inner.text("why"));
    inner.done();
    Some(Missing::Default { value: value?, why: why? })
}

/// One figure for all strata (`"0.132"`) or one for each (`{ urban = "0.132", rural = "0.117" }`).
fn strata(table: &Table<'_>, key: &str) -> Option<Strata> {
    if !table.is_table(key) {
        return table.number(key).map(Strata::Same);
    }
    let inner = table.table(key)?;
    let keys: Vec<String> = inner.entries().into_iter().map(|entry| entry.key).collect();
    let figures: BTreeMap<String, Num> =
        keys.into_iter().filter_map(|key| Some((key.clone(), inner.number(&key)?))).collect();
    if figures.is_empty() {
        inner.fault("", "name a figure for at least one stratum");
    }
    Some(Strata::By(figures))
}

/// Reads `scores.toml`.
pub(super) fn scores(top: &Table<'_>, names: &Names) -> Vec<ScoreDef> {
    let tables = top.tables("score");
    top.done();
    let read = |table: &Table<'_>| {
        let (id, level) = (table.name("id"), table.one_of("level", &LEVELS));
        let (stratum, source) = (table.opt_text("stratum"), table.opt_text("source"));
        let multiply = table.opt_number("multiply").unwrap_or(Num::ONE);
        let round = rounding(table, "round");
        let intercept =
            if table.has("intercept") { strata(table, "intercept") } else { Some(Strata::Same(Num::ZERO)) };
        let mut seen = Codes::of("term");
        let terms: Vec<TermDef> =
            table.tables("term").iter().filter_map(|term| read_term(term, &mut seen)).collect();
        let mut seen = Codes::of("band");
        let bands = table.tables("band").iter().filter_map(|band| read_band(band, &mut seen)).collect();
        table.done();
        if !table.has("source") {
            table.fault("", "a score needs its source: add source = \"where the figures were published\"");
        }
        let id = id?;
        names.take(table, "id", &id, "score");
        names.take(table, "id", &format!("{id}_band"), "band of the score");
        let at = table.at();
        Some(ScoreDef {
            id,
            level: level?,
            stratum,
            intercept: intercept?,
            terms,
            multiply,
            round,
            bands,
            source,
            at,
        })
    };
    tables.iter().filter_map(read).collect()
}

fn limits(table: &Table<'_>) -> Limits {
    Limits {
        from: table.opt_expression("from"),
        above: table.opt_expression("above"),
        below: table.opt_expression("below"),
        up_to: table.opt_expression("up_to"),
    }
}

fn read_band(table: &Table<'_>, seen: &mut Codes) -> Option<BandDef> {
    let (id, limits) = (table.name("id"), limits(table));
    table.done();
    let id = id?;
    seen.take(table, "id", &id);
    Some(BandDef { id, limits, at: table.at() })
}

fn read_term(table: &Table<'_>, seen: &mut Codes) -> Option<TermDef> {
    let (id, fact) = (table.name("id"), table.text("fact"));
    let words = ["indicator", "linear", "log", "band", "lookup"].map(|word| (word, word));
    let kind = table.one_of("kind", &words).and_then(|kind| term_kind(table, kind));
    table.done();
    let id = id?;
    seen.take(table, "id", &id);
    Some(TermDef { id, fact: fact?, kind: kind?, at: table.at() })
}

fn term_kind(table: &Table<'_>, kind: &str) -> Option<TermKind> {
    Some(match kind {
        "indicator" => TermKind::Indicator { coefficient: strata(table, "coefficient")? },
        "linear" => TermKind::Linear { coefficient: strata(table, "coefficient")? },
        "log" => TermKind::Log { coefficient: strata(table, "coefficient")? },
        "band" => {
            let read = |band: &Table<'_>| {
                let (limits, points) = (limits(band), strata(band, "points"));
                band.done();
                Some(PointsBand { limits, points: points? })
            };
            let bands: Vec<PointsBand> = table.tables("bands").iter().filter_map(read).collect();
            if bands.is_empty() {
                table.fault(
                    "bands",
                    "a band term needs bands: bands = [{ below = \"2\", points = \"0\" }, …]",
                );
            }
            TermKind::Band { bands }
        }
        _ => {
            let inner = table.table("points")?;
            let keys: Vec<String> = inner.entries().into_iter().map(|entry| entry.key).collect();
            let figure = |key: String| strata(&inner, &key).map(|figure| (key, figure));
            let mut points: BTreeMap<String, Strata> = keys.into_iter().filter_map(figure).collect();
            let otherwise = points.remove("else");
            TermKind::Lookup { points, otherwise }
        }
    })
}
