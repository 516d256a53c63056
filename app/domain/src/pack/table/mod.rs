//! A table of a pack file while it is read: every look at a key is remembered, every wrong value becomes
//! a fault with its line, and `done` reports the keys that nobody asked for.
//!
//! How to read a new thing: take its `Table`, ask for each key once (`text`, `whole`, `tables`, …), call
//! `done`, and only then use `?` on what was required, so that all of its faults are found in one reading.

mod values;

use std::{cell::RefCell, collections::BTreeSet};

use toml::de::{DeTable, DeValue};

use super::{
    fault::Faults,
    scalar::{is_code, is_name, json_of, kind_of},
    source::Source,
};
use crate::fault::At;

type Spanned<'t> = toml::Spanned<DeValue<'t>>;

/// A table, or the top of a file, with the path by which faults name it.
pub(super) struct Table<'t> {
    source: &'t Source,
    faults: &'t Faults,
    path: String,
    line: usize,
    entries: &'t DeTable<'t>,
    asked: RefCell<BTreeSet<String>>,
}

/// One entry of a table whose keys the pack's author chooses.
pub(super) struct Entry<'t> {
    /// The key as written.
    pub(super) key: String,
    /// Its line, from 1.
    pub(super) line: usize,
    /// Where the entry is, as faults name it.
    pub(super) path: String,
    value: &'t Spanned<'t>,
}

impl Entry<'_> {
    /// The text the entry holds, if it holds one.
    pub(super) fn text(&self) -> Option<String> {
        match self.value.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            _ => None,
        }
    }
}

impl<'t> Table<'t> {
    /// The top of a file.
    pub(super) fn top(source: &'t Source, faults: &'t Faults, entries: &'t DeTable<'t>) -> Table<'t> {
        Table { source, faults, path: String::new(), line: 1, entries, asked: RefCell::default() }
    }

    /// The name of the file this table is in.
    pub(super) fn file(&self) -> &'t str {
        &self.source.file
    }

    /// The line of a key, or of the table when the key is not there.
    pub(super) fn line_of(&self, key: &str) -> usize {
        self.entries.get_key_value(key).map_or(self.line, |(key, _)| self.source.line(key.span().start))
    }

    /// Where this table starts.
    pub(super) fn at(&self) -> At {
        At::new(self.file(), self.line)
    }

    /// The path of a key as faults name it.
    pub(super) fn path_of(&self, key: &str) -> String {
        match (self.path.is_empty(), key.is_empty()) {
            (_, true) => self.path.clone(),
            (true, _) => key.into(),
            _ => format!("{}.{key}", self.path),
        }
    }

    /// Records that something is wrong with the value of a key (or, with an empty key, with this table).
    pub(super) fn fault(&self, key: &str, message: impl Into<String>) {
        self.faults.add(self.file(), self.line_of(key), &self.path_of(key), message);
    }

    /// Whether the key is there, without asking for it.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// Whether the key is there with this text, without asking for it.
    pub(super) fn has_text(&self, key: &str, text: &str) -> bool {
        self.entries
            .get(key)
            .is_some_and(|value| matches!(value.get_ref(), DeValue::String(own) if own == text))
    }

    fn ask(&self, key: &str) -> Option<&'t Spanned<'t>> {
        self.asked.borrow_mut().insert(key.into());
        self.entries.get(key)
    }

    /// The value of a required key; a fault when it is not there.
    fn require(&self, key: &str) -> Option<&'t Spanned<'t>> {
        let value = self.ask(key);
        if value.is_none() {
            self.faults.add(self.file(), self.line, &self.path_of(key), "this key is missing: add it");
        }
        value
    }

    fn wrong(&self, key: &str, wanted: &str, found: &Spanned<'_>) {
        let line = self.source.line(found.span().start);
        let message = format!("this must be {wanted}, not {}", kind_of(found.get_ref()));
        self.faults.add(self.file(), line, &self.path_of(key), message);
    }

    /// Reports every key that was not asked for. Call it when all keys have been read.
    pub(super) fn done(&self) {
        let asked = self.asked.borrow();
        for (key, _) in self.entries {
            let name: &str = key.get_ref();
            if !asked.contains(name) {
                let known = asked.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
                let message = format!("this key is not known here: take it out or use one of: {known}");
                let line = self.source.line(key.span().start);
                self.faults.add(self.file(), line, &self.path_of(name), message);
            }
        }
    }

    fn as_text(&self, key: &str, value: &Spanned<'_>) -> Option<String> {
        if let DeValue::String(text) = value.get_ref() {
            if !text.trim().is_empty() {
                return Some(text.trim().to_owned());
            }
            self.fault(key, "this text is empty: fill it or take the key out");
        } else {
            self.wrong(key, "a text in quotes", value);
        }
        None
    }

    /// A required text.
    pub(super) fn text(&self, key: &str) -> Option<String> {
        self.require(key).and_then(|value| self.as_text(key, value))
    }

    /// A text that may be absent.
    pub(super) fn opt_text(&self, key: &str) -> Option<String> {
        self.ask(key).and_then(|value| self.as_text(key, value))
    }

    /// A required name as expressions use it: small letters, digits and `_`, a letter first.
    pub(super) fn name(&self, key: &str) -> Option<String> {
        let name = self.text(key)?;
        if is_name(&name) {
            return Some(name);
        }
        self.fault(
            key,
            format!("'{name}' cannot be a name: use small letters, digits and _, a letter first"),
        );
        None
    }

    /// A required code: letters, digits, `-` and `_`.
    pub(super) fn code(&self, key: &str) -> Option<String> {
        let code = self.text(key)?;
        if is_code(&code) {
            return Some(code);
        }
        self.fault(key, format!("'{code}' cannot be a code: use letters, digits, - and _"));
        None
    }

    /// A list of texts; empty when the key is absent.
    pub(super) fn texts(&self, key: &str) -> Vec<String> {
        let Some(value) = self.ask(key) else { return Vec::new() };
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong(key, "a list of texts", value);
            return Vec::new();
        };
        let mut texts = Vec::new();
        for item in items.iter().filter_map(|item| self.as_text(key, item)) {
            if texts.contains(&item) {
                self.fault(key, format!("'{item}' is there twice: take one out"));
            } else {
                texts.push(item);
            }
        }
        texts
    }

    /// A list of texts that must not be empty.
    pub(super) fn some_texts(&self, key: &str) -> Vec<String> {
        let texts = if self.require(key).is_some() { self.texts(key) } else { return Vec::new() };
        if texts.is_empty() {
            self.fault(key, "this list is empty: name at least one");
        }
        texts
    }

    /// A yes or no; `default` when the key is absent.
    pub(super) fn flag(&self, key: &str, default: bool) -> bool {
        match self.ask(key) {
            None => default,
            Some(value) => {
                if let DeValue::Boolean(flag) = value.get_ref() {
                    return *flag;
                }
                self.wrong(key, "true or false", value);
                default
            }
        }
    }

    /// A whole number of 0 or more that may be absent.
    pub(super) fn opt_whole(&self, key: &str) -> Option<u32> {
        let value = self.ask(key)?;
        if let DeValue::Integer(whole) = value.get_ref() {
            let parsed = u32::from_str_radix(whole.as_str(), whole.radix()).ok();
            if parsed.is_none() {
                self.fault(key, format!("{whole} is outside 0 to {}: use a number in between", u32::MAX));
            }
            return parsed;
        }
        self.wrong(key, "a whole number", value);
        None
    }

    /// A required whole number of 0 or more.
    pub(super) fn whole(&self, key: &str) -> Option<u32> {
        self.require(key)?;
        self.opt_whole(key)
    }

    /// A table inside this one that may be absent.
    pub(super) fn opt_table(&self, key: &str) -> Option<Table<'t>> {
        let value = self.ask(key)?;
        if let DeValue::Table(entries) = value.get_ref() {
            return Some(self.inner(self.path_of(key), value, entries));
        }
        self.wrong(key, "a table", value);
        None
    }

    /// Whether the value of a key is a table, without asking for it.
    pub(super) fn is_table(&self, key: &str) -> bool {
        self.entries.get(key).is_some_and(|value| matches!(value.get_ref(), DeValue::Table(_)))
    }

    /// Whether the value of a key is a list, without asking for it.
    pub(super) fn is_list(&self, key: &str) -> bool {
        self.entries.get(key).is_some_and(|value| matches!(value.get_ref(), DeValue::Array(_)))
    }

    /// A required table inside this one.
    pub(super) fn table(&self, key: &str) -> Option<Table<'t>> {
        self.require(key)?;
        self.opt_table(key)
    }

    /// The tables of a list (`[[question]]`), named in faults by their `id` or `code` where they have one.
    /// Empty when the key is absent.
    pub(super) fn tables(&self, key: &str) -> Vec<Table<'t>> {
        let Some(value) = self.ask(key) else { return Vec::new() };
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong(key, "a list of tables", value);
            return Vec::new();
        };
        let mut tables = Vec::new();
        for (at, item) in items.iter().enumerate() {
            if let DeValue::Table(entries) = item.get_ref() {
                let label =
                    ["id", "code", "name"].iter().find_map(|name| match entries.get(*name)?.get_ref() {
                        DeValue::String(text) => Some(text.to_string()),
                        _ => None,
                    });
                let label = label.unwrap_or_else(|| (at + 1).to_string());
                tables.push(self.inner(format!("{}.{label}", self.path_of(key)), item, entries));
            } else {
                self.wrong(key, "a table", item);
            }
        }
        tables
    }

    fn inner(&self, path: String, value: &Spanned<'t>, entries: &'t DeTable<'t>) -> Table<'t> {
        // The header of `[[question]]` spans the header alone; of an inline table, its braces.
        let line = self.source.line(value.span().start);
        Table { source: self.source, faults: self.faults, path, line, entries, asked: RefCell::default() }
    }

    /// All entries of this table, in the order of their keys: for tables whose keys the author chooses.
    pub(super) fn entries(&self) -> Vec<Entry<'t>> {
        let entry = |(key, value): (&'t toml::Spanned<_>, &'t Spanned<'t>)| {
            let name: &std::borrow::Cow<'t, str> = key.get_ref();
            self.asked.borrow_mut().insert(name.to_string());
            Entry {
                key: name.to_string(),
                line: self.source.line(key.span().start),
                path: self.path_of(name),
                value,
            }
        };
        self.entries.iter().map(entry).collect()
    }

    /// The table an entry holds, if it holds one.
    pub(super) fn entry_table(&self, entry: &Entry<'t>) -> Option<Table<'t>> {
        match entry.value.get_ref() {
            DeValue::Table(entries) => Some(self.inner(entry.path.clone(), entry.value, entries)),
            _ => None,
        }
    }

    /// The value as JSON, null when the key is absent: for answers written in examples. Numbers stay exact,
    /// decimals as texts.
    pub(super) fn opt_json(&self, key: &str) -> serde_json::Value {
        self.ask(key).map_or(serde_json::Value::Null, |value| json_of(value.get_ref()))
    }
}
