//! Figures of the law, links between programmes, and words.

use time::Date;
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, Value};

use super::{Edit, Written, literal, parsed, quoted, refused};
use crate::definitions::{Holding, LinkDef, LinkKind, Literal, Prefer};

/// Gives a parameter a value from a day on: a new line among its values, or another value on that day. The others stay, so
/// that an old decision can be worked out again.
pub fn parameter_value(name: &str, text: &str, id: &str, from: Date, value: &Literal) -> Edit {
    let mut document = parsed(name, text)?;
    let missing = || vec![refused(name, &format!("parameter.{id}"), "there is no such parameter")];
    let table = named(&mut document, "parameter", id).ok_or_else(missing)?;
    let Some(values) = table.get_mut("values").and_then(Item::as_array_mut) else { return Err(missing()) };
    let row = format!("{{ from = {from}, value = {} }}", literal(value));
    let row: Value = row.parse().map_err(|_| missing())?;
    let day = |value: &Value| {
        let day =
            value.as_inline_table().and_then(|row| row.get("from")).and_then(Value::as_datetime)?.date?;
        Some((i32::from(day.year), day.month, day.day))
    };
    let wanted = (from.year(), u8::from(from.month()), from.day());
    let same = values.iter().position(|row| day(row) == Some(wanted));
    if let Some(at) = same {
        values.replace(at, row);
    } else {
        let at = values.iter().position(|row| day(row) > Some(wanted)).unwrap_or(values.len());
        values.insert(at, row);
    }
    spaced(values);
    Ok(document.to_string())
}

/// One space after each comma, on one line, where no comment asks for more.
pub(super) fn spaced(values: &mut Array) {
    let is_plain = values.iter().all(|value| {
        let before = value.decor().prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default();
        !before.contains('\n')
    });
    if is_plain {
        for (at, value) in values.iter_mut().enumerate() {
            value.decor_mut().set_prefix(if at == 0 { "" } else { " " });
            value.decor_mut().set_suffix("");
        }
    }
}

/// The table of this id in a list of tables.
fn named<'d>(document: &'d mut DocumentMut, list: &str, id: &str) -> Option<&'d mut Table> {
    let tables = document.as_table_mut().get_mut(list)?.as_array_of_tables_mut()?;
    tables.iter_mut().find(|table| table.get("id").and_then(Item::as_str) == Some(id))
}

/// Adds a link between programmes, or writes the one of this id anew.
pub fn link(name: &str, text: &str, link: &LinkDef) -> Edit {
    let mut written = Written::default();
    written.head("[[link]]");
    written.key("id", &quoted(&link.id));
    let kind = match &link.kind {
        LinkKind::Opens => "opens",
        LinkKind::Requires => "requires",
        LinkKind::Excludes { .. } => "excludes",
        LinkKind::CountsAsIncome { .. } => "counts_as_income",
        LinkKind::Offsets => "offsets",
        LinkKind::BoostsPriority { .. } => "boosts_priority",
        LinkKind::Refers => "refers",
        LinkKind::EndsWith => "ends_with",
    };
    written.key("kind", &quoted(kind));
    match &link.kind {
        LinkKind::Excludes { prefer } => {
            let prefer = match prefer {
                Prefer::HigherValue => "higher_value",
                Prefer::ApplicantChooses => "applicant_chooses",
                Prefer::FirstEnrolled => "first_enrolled",
            };
            written.key("prefer", &quoted(prefer));
        }
        LinkKind::CountsAsIncome { fact } => written.key("fact", &quoted(fact)),
        LinkKind::BoostsPriority { by } => written.key("by", &literal(&Literal::Num(*by))),
        _ => {}
    }
    written.key("from", &quoted(&link.from));
    written.key("to", &quoted(&link.to));
    if link.holding == Holding::Waiting {
        written.key("while", &quoted("waiting"));
    }
    let mut document = parsed(name, text)?;
    let wrong = |message: &str| vec![refused(name, &format!("link.{}", link.id), message)];
    let mut new = written.0.parse::<DocumentMut>().map_err(|error| wrong(error.message()))?;
    let Some(Item::ArrayOfTables(mut new)) = new.as_table_mut().remove("link") else {
        return Err(wrong("a link is a table"));
    };
    let mut table = new.remove(0);
    if let Some(old) = named(&mut document, "link", &link.id) {
        table.set_position(old.position());
        *table.decor_mut() = old.decor().clone();
        *old = table;
    } else {
        let all = document.as_table_mut().entry("link").or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
        let all = all.as_array_of_tables_mut().ok_or_else(|| wrong("links are not written as [[link]]"))?;
        table.set_position(None);
        table.decor_mut().set_prefix("\n");
        all.push(table);
    }
    Ok(document.to_string())
}

/// Takes a link between programmes out.
pub fn remove_link(name: &str, text: &str, id: &str) -> Edit {
    let mut document = parsed(name, text)?;
    let missing = || vec![refused(name, &format!("link.{id}"), "there is no such link")];
    let Some(all) = document.as_table_mut().get_mut("link").and_then(Item::as_array_of_tables_mut) else {
        return Err(missing());
    };
    let before = all.len();
    all.retain(|table| table.get("id").and_then(Item::as_str) != Some(id));
    if all.len() == before { Err(missing()) } else { Ok(document.to_string()) }
}

/// Sets words of one language by their keys, wherever they stand; `None` takes them out.
pub fn words(name: &str, text: &str, set: &[(String, Option<String>)]) -> Edit {
    let mut document = parsed(name, text)?;
    for (key, words) in set {
        let is_there = put_words(document.as_table_mut(), key, words.as_deref());
        if let (false, Some(words)) = (is_there, words) {
            document.as_table_mut().insert(key, Item::Value(Value::from(words.as_str())));
        }
    }
    Ok(document.to_string())
}

/// Sets or takes out words that stand below a table, under the key whole or under tables; whether they stood there.
fn put_words(table: &mut Table, key: &str, words: Option<&str>) -> bool {
    if table.get(key).is_some_and(Item::is_value) {
        match (words, table.get_mut(key).and_then(Item::as_value_mut)) {
            (Some(words), Some(value)) => {
                let decor = value.decor().clone();
                *value = Value::from(words);
                *value.decor_mut() = decor;
            }
            _ => drop(table.remove(key)),
        }
        return true;
    }
    for (at, _) in key.match_indices('.') {
        let (first, rest) = (&key[..at], &key[at + 1..]);
        if let Some(inner) = table.get_mut(first).and_then(Item::as_table_mut)
            && put_words(inner, rest, words)
        {
            return true;
        }
    }
    false
}
