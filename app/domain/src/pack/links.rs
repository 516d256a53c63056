//! Reads `packages.toml` and `links.toml`: what programmes mean to one another. That links make no ring is
//! proved by `crate::program`.

use super::{codes::Codes, table::Table};
use crate::definitions::{CapDef, ExprText, Holding, LinkDef, LinkKind, PackageDef, Prefer};

/// Reads `packages.toml`.
pub(super) fn packages(top: &Table<'_>, programmes: &Codes) -> Vec<PackageDef> {
    let tables = top.tables("package");
    top.done();
    let mut codes = Codes::of("package");
    let read = |table: &Table<'_>| {
        let (id, named) = (table.code("id"), table.some_texts("programmes"));
        table.done();
        programmes.check_all(table, "programmes", &named);
        let id = id?;
        codes.take(table, "id", &id);
        Some(PackageDef { id, programmes: named, at: table.at() })
    };
    tables.iter().filter_map(read).collect()
}

/// Reads `links.toml`: links, and caps over a household's programmes.
pub(super) fn links(
    top: &Table<'_>,
    programmes: &Codes,
    services: &Codes,
    parameters: &Codes,
) -> (Vec<LinkDef>, Vec<CapDef>) {
    let (links, caps) = (top.tables("link"), top.tables("cap"));
    top.done();
    let mut codes = Codes::of("link");
    let links = links.iter().filter_map(|table| link(table, programmes, services, &mut codes)).collect();
    let mut codes = Codes::of("cap");
    let caps = caps.iter().filter_map(|table| cap(table, programmes, parameters, &mut codes)).collect();
    (links, caps)
}

fn link(table: &Table<'_>, programmes: &Codes, services: &Codes, codes: &mut Codes) -> Option<LinkDef> {
    let id = table.name("id");
    let words = [
        "opens",
        "requires",
        "excludes",
        "counts_as_income",
        "offsets",
        "boosts_priority",
        "refers",
        "ends_with",
    ];
    let word = table.one_of("kind", &words.map(|word| (word, word)));
    let (from, to) = (table.text("from"), table.text("to"));
    let holding = table
        .opt_one_of("while", &[("receiving", Holding::Receiving), ("waiting", Holding::Waiting)])
        .unwrap_or_default();
    let kind = word.and_then(|word| {
        Some(match word {
            "opens" => LinkKind::Opens,
            "requires" => LinkKind::Requires,
            "excludes" => LinkKind::Excludes {
                prefer: table.one_of(
                    "prefer",
                    &[
                        ("higher_value", Prefer::HigherValue),
                        ("applicant_chooses", Prefer::ApplicantChooses),
                        ("first_enrolled", Prefer::FirstEnrolled),
                    ],
                )?,
            },
            "counts_as_income" => LinkKind::CountsAsIncome { fact: table.text("fact")? },
            "offsets" => LinkKind::Offsets,
            "boosts_priority" => LinkKind::BoostsPriority { by: table.number("by")? },
            "refers" => LinkKind::Refers,
            _ => LinkKind::EndsWith,
        })
    });
    table.done();
    if let Some(from) = &from {
        programmes.check(table, "from", from);
    }
    if let Some(to) = &to
        && !(kind == Some(LinkKind::Refers) && services.has(to))
    {
        programmes.check(table, "to", to);
    }
    let id = id?;
    codes.take(table, "id", &id);
    Some(LinkDef { id, kind: kind?, from: from?, to: to?, holding, at: table.at() })
}

fn cap(table: &Table<'_>, programmes: &Codes, parameters: &Codes, codes: &mut Codes) -> Option<CapDef> {
    let (id, over, reduce) = (table.name("id"), table.some_texts("over"), table.some_texts("reduce"));
    let (limit, param) = (table.opt_expression("limit"), table.opt_text("param"));
    let _month = table.opt_one_of("period", &[("month", ())]);
    table.done();
    programmes.check_all(table, "over", &over);
    for programme in reduce.iter().filter(|programme| !over.contains(programme)) {
        table.fault(
            "reduce",
            format!("'{programme}' is not among the programmes of the cap: add it to over or take it out"),
        );
    }
    if let Some(param) = &param {
        parameters.check(table, "param", param);
    }
    let at_param = param.map(|param| ExprText { text: format!("param.{param}"), at: table.at() });
    let limit = match (limit, at_param) {
        (Some(limit), None) | (None, Some(limit)) => Some(limit),
        (None, None) => {
            table.fault("limit", "say how much a month the household can get in all: add limit or param");
            None
        }
        (Some(_), Some(_)) => {
            table.fault("limit", "there are two limits: keep limit or param");
            None
        }
    };
    let id = id?;
    codes.take(table, "id", &id);
    Some(CapDef { id, over, limit: limit?, reduce, at: table.at() })
}
