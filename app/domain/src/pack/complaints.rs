//! Reads `complaints.toml`: the terms of complaints, each with the law that sets it, and where each category begins.
//!
//! A pack may be without the file: what holds then is [`Rules::default`]. A pack that has it says everything.

use super::table::Table;
use crate::calendar::Term;
use crate::complaint::rules::{CategoryRule, Rules};
use crate::complaint::{Category, Level};
use crate::country::Limit;

/// Makes a term of so many.
type Make = fn(u16) -> Term;

/// Ends of the name of a term, and what it is counted in; the longer before what it ends in itself.
const UNITS: [(&str, Make); 3] =
    [("_working_days", Term::WorkingDays), ("_days", Term::Days), ("_hours", Term::Hours)];

/// Reads `complaints.toml`.
pub(super) fn complaints(top: &Table<'_>) -> Rules {
    let terms = top.table("terms");
    let tables = top.tables("category");
    top.done();
    let read = |name: &str| terms.as_ref().and_then(|terms| term(terms, name, true));
    let (register, acknowledge, triage) = (read("register"), read("acknowledge"), read("triage"));
    let (wait, reply, reopen) = (read("wait"), read("reply"), read("reopen"));
    if let Some(terms) = &terms {
        terms.done();
    }
    let mut categories: Vec<(Category, CategoryRule)> = Vec::new();
    for table in &tables {
        let Some((category, rule)) = category(table) else { continue };
        if categories.iter().any(|(other, _)| *other == category) {
            table.fault("code", format!("'{category}' is there twice: take one out"));
        }
        categories.push((category, rule));
    }
    let lacks = |category: &Category| {
        // One that is there and faulty has been told.
        !tables.iter().any(|table| table.has_text("code", category.code()))
    };
    for category in Category::ALL.iter().filter(|category| lacks(category)) {
        top.fault("category", format!("'{category}' is missing: add a [[category]] with its term"));
    }
    let mut rules = Rules::default();
    for (kept, read) in [
        (&mut rules.register, register),
        (&mut rules.acknowledge, acknowledge),
        (&mut rules.triage, triage),
        (&mut rules.wait, wait),
        (&mut rules.reply, reply),
        (&mut rules.reopen, reopen),
    ] {
        // One that is not there has been told; the pack is not taken.
        if let Some(read) = read {
            *kept = read;
        }
    }
    rules.with(categories)
}

fn category(table: &Table<'_>) -> Option<(Category, CategoryRule)> {
    let known: Vec<(&str, Category)> = Category::ALL.iter().map(|known| (known.code(), *known)).collect();
    let levels: Vec<(&str, Level)> = Level::ALL.iter().map(|known| (known.code(), *known)).collect();
    let code = table.one_of("code", &known);
    let level = table.one_of("level", &levels);
    let sensitive = table.flag("sensitive", false);
    let answer = term(table, "answer", true);
    let acknowledge = term(table, "acknowledge", false);
    table.done();
    let (category, rule) = (code?, CategoryRule { answer: answer?, acknowledge, level: level?, sensitive });
    if let Some(fault) = rule.fault(category) {
        table.fault("sensitive", fault);
    }
    Some((category, rule))
}

/// A term: a table `<name>_working_days`, `<name>_days` or `<name>_hours` of value and source.
fn term(table: &Table<'_>, name: &str, needed: bool) -> Option<Limit> {
    let named: Vec<(String, Make)> =
        UNITS.iter().map(|(unit, make)| (format!("{name}{unit}"), *make)).collect();
    let mut found = None;
    for (key, make) in &named {
        let Some(limit) = table.opt_table(key) else { continue };
        let (value, source) = (limit.whole("value"), limit.text("source"));
        limit.done();
        let fits =
            value.and_then(|value| u16::try_from(value).ok()).filter(|value| (1..=3660).contains(value));
        if value.is_some() && fits.is_none() {
            limit.fault("value", "a term is 1 to 3660: a term of nothing is never kept");
        }
        if found.is_some() {
            table.fault(key, format!("'{name}' is counted in two ways: keep one"));
        }
        found = Some(fits.zip(source).map(|(value, source)| Limit { term: make(value), source }));
    }
    if found.is_none() && needed {
        table.fault(
            "",
            format!("the term '{name}' is missing: add {name}_working_days, {name}_days or {name}_hours"),
        );
    }
    found.flatten()
}
