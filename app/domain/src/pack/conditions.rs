//! Reads the tables `[[condition]]` of a programme. Whether the fact and the parameter are of the right kind is for
//! `crate::rules` to say.

use super::codes::Codes;
use super::programmes::Known;
use super::table::Table;
use crate::definitions::{CheckDef, ConditionDef, Level, LimitDef};
use crate::life::condition::{Consequence, Cycle, RecordKind};

/// The keys that say how a condition is checked: all of them or none.
const CHECK: [&str; 9] =
    ["who", "cycle", "record", "at_least", "service", "grace_days", "misses", "within", "then"];

/// One condition.
pub(super) fn condition(
    table: &Table<'_>,
    unit: Option<Level>,
    known: &Known<'_>,
    seen: &mut Codes,
) -> Option<ConditionDef> {
    let (id, fact) = (table.name("id"), table.opt_text("fact"));
    let is_checked = CHECK.iter().any(|key| table.has(key)) || table.has("param");
    let check = is_checked.then(|| check(table, unit, known));
    table.done();
    let id = id?;
    seen.take(table, "id", &id);
    let check = match check {
        Some(read) => Some(read?),
        None => None,
    };
    Some(ConditionDef { id, fact, check, at: table.at() })
}

fn check(table: &Table<'_>, unit: Option<Level>, known: &Known<'_>) -> Option<CheckDef> {
    let who = table.opt_text("who");
    let cycle = table.one_of("cycle", &Cycle::ALL.iter().map(|one| (one.code(), *one)).collect::<Vec<_>>());
    let record =
        table.one_of("record", &RecordKind::ALL.iter().map(|one| (one.code(), *one)).collect::<Vec<_>>());
    if record == Some(RecordKind::Days) {
        table.fault(
            "record",
            "days of work are handed in for plans alone (employment.toml): name another record",
        );
    }
    let then =
        table.one_of("then", &Consequence::ALL.iter().map(|one| (one.code(), *one)).collect::<Vec<_>>());
    let service = table.text("service");
    let (grace_days, misses, within) =
        (table.whole("grace_days"), table.whole("misses"), table.whole("within"));
    let (percent, param) = (table.opt_whole("at_least"), table.opt_text("param"));
    known.services.check_opt(table, "service", service.as_deref());
    known.parameters.check_opt(table, "param", param.as_deref());
    match unit {
        Some(Level::Household) if who.is_none() => table.fault(
            "who",
            "say whom it concerns: add who = \"a yes/no fact of members\", as the programme is for households",
        ),
        Some(Level::Member) if who.is_some() => {
            table.fault("who", "it concerns the person who gets it: take this out, as the programme is for persons");
        }
        _ => {}
    }
    let is_share = record == Some(RecordKind::Attendance);
    match (percent, &param) {
        (Some(_), Some(_)) => table.fault("param", "there are two limits: keep one of at_least and param"),
        (None, None) if is_share => {
            table.fault("at_least", "say how many percent are enough: add at_least = 85 or param = \"…\"");
        }
        (Some(_), _) | (_, Some(_)) if record.is_some() && !is_share => {
            table.fault("at_least", "only attendance is counted in percent: take this out");
        }
        (Some(percent), _) if !(1..=100).contains(&percent) => {
            table.fault("at_least", "a share is between 1 and 100 percent");
        }
        _ => {}
    }
    if misses == Some(0) {
        table.fault("misses", "nothing is proposed before a cycle was missed: 1 or more");
    }
    if within.zip(misses).is_some_and(|(within, misses)| within < misses || within > 24) {
        table.fault("within", "cycles are counted within at least as many as may be missed, and at most 24");
    }
    if grace_days.is_some_and(|days| days > 366) {
        table.fault("grace_days", "records are waited for a year at most");
    }
    let at_least = percent
        .map(|percent| {
            LimitDef::Value(crate::definitions::Literal::Num(crate::num::Num::from(i64::from(percent))))
        })
        .or(param.map(LimitDef::Param));
    Some(CheckDef {
        who,
        cycle: cycle?,
        record: record?,
        at_least,
        service: service?,
        grace_days: grace_days?,
        misses: misses?,
        within: within?,
        then: then?,
    })
}
