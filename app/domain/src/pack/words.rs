//! Reads `words/<language>.toml` and checks them against what the pack declares: every key there is in
//! every language, none that nobody reads, no placeholder that nothing fills.
//!
//! Keys may be written whole in quotes (`"question.rooms" = "…"`) or under tables (`[question]`, `rooms = "…"`).
//! A new kind of words: its keys in `expected`, and who reads them in the app.

mod messages;

use std::collections::BTreeMap;

use super::{codes::closest, fault::Faults, table::Table};
use crate::{
    area::AreaTree,
    country::{About, Agency, Consent, Office},
    definitions::{Definitions, LeafDef, LimitDef, ProgrammeDef},
    employment::Employment,
    form::{Form, Kind, registry},
    services::Directory,
    words::{Piece, Words, pieces},
};

/// A key of the words.
struct Expected {
    /// Whether every language must have it.
    required: bool,
    /// The placeholders its template may use.
    places: &'static [&'static str],
}

/// What the words are checked against.
pub(super) struct Declared<'d> {
    pub(super) about: &'d About,
    pub(super) areas: &'d AreaTree,
    pub(super) agencies: &'d [Agency],
    pub(super) offices: &'d [Office],
    pub(super) consents: &'d [Consent],
    pub(super) directory: &'d Directory,
    pub(super) form: &'d Form,
    pub(super) employment: Option<&'d Employment>,
    pub(super) definitions: &'d Definitions,
}

/// The texts of one language with their lines.
struct Texts {
    file: String,
    texts: BTreeMap<String, (String, usize)>,
}

/// Reads and checks the words of all languages; `tops` are the tops of their files by language.
pub(super) fn words(tops: &BTreeMap<String, Table<'_>>, declared: &Declared<'_>, faults: &Faults) -> Words {
    let expected = expected(declared);
    let mut languages = BTreeMap::new();
    for (language, top) in tops {
        let mut read = Texts { file: top.file().into(), texts: BTreeMap::new() };
        flatten(top, "", &mut read, faults);
        check(&read, &expected, declared, faults);
        messages::check(&read, declared, faults);
        let texts = read.texts.into_iter().map(|(key, (text, _))| (key, text)).collect();
        languages.insert(language.clone(), texts);
    }
    Words::new(&declared.about.default_language, languages)
}

/// The words of one file by their keys, whole or under tables; whether anything reads them is not looked at.
pub(super) fn alone(top: &Table<'_>, faults: &Faults) -> BTreeMap<String, String> {
    let mut read = Texts { file: top.file().into(), texts: BTreeMap::new() };
    flatten(top, "", &mut read, faults);
    read.texts.into_iter().map(|(key, (text, _))| (key, text)).collect()
}

fn flatten(table: &Table<'_>, prefix: &str, read: &mut Texts, faults: &Faults) {
    for entry in table.entries() {
        let key = if prefix.is_empty() { entry.key.clone() } else { format!("{prefix}.{}", entry.key) };
        if let Some(inner) = table.entry_table(&entry) {
            flatten(&inner, &key, read, faults);
        } else if let Some(text) = entry.text() {
            if text.trim().is_empty() {
                faults.add(&read.file, entry.line, &key, "these words are empty: write them");
            }
            if let Some((_, line)) = read.texts.insert(key.clone(), (text, entry.line)) {
                faults.add(
                    &read.file,
                    entry.line,
                    &key,
                    format!("these words are there twice, see line {line}: keep one"),
                );
            }
        } else {
            faults.add(&read.file, entry.line, &key, "words must be a text in quotes");
        }
    }
}

fn check(read: &Texts, expected: &BTreeMap<String, Expected>, declared: &Declared<'_>, faults: &Faults) {
    for (key, wanted) in expected {
        if wanted.required && !read.texts.contains_key(key) {
            faults.add(&read.file, 0, key, "these words are missing: add them");
        }
    }
    for (key, (text, line)) in &read.texts {
        let Some(wanted) = expected.get(key) else {
            if !is_value_of_fact(key, declared.definitions) {
                let missing =
                    expected.keys().filter(|known| !read.texts.contains_key(*known)).map(String::as_str);
                let close =
                    closest(key, missing).map(|near| format!(" Did you mean '{near}'?")).unwrap_or_default();
                faults.add(
                    &read.file,
                    *line,
                    key,
                    format!("nothing in the pack reads these words: take them out.{close}"),
                );
            }
            continue;
        };
        match pieces(text) {
            Err(message) => faults.add(&read.file, *line, key, message),
            Ok(pieces) => {
                for piece in pieces {
                    if let Piece::Place(name) = piece {
                        placeholder(name, wanted, key, *line, read, declared.definitions, faults);
                    }
                }
            }
        }
    }
}

/// `fact.<id>.<value>` names a value of a choice fact, which only the compiler could list.
fn is_value_of_fact(key: &str, definitions: &Definitions) -> bool {
    let fact = key.strip_prefix("fact.").and_then(|rest| rest.split_once('.'));
    fact.is_some_and(|(id, _)| definitions.facts.iter().any(|fact| fact.id == id))
}

fn placeholder(
    name: &str,
    wanted: &Expected,
    key: &str,
    line: usize,
    read: &Texts,
    definitions: &Definitions,
    faults: &Faults,
) {
    if !wanted.places.contains(&name) {
        let known: Vec<String> = wanted.places.iter().map(|known| format!("{{{known}}}")).collect();
        let known = if known.is_empty() {
            "none can be used here".into()
        } else {
            format!("use {}", known.join(", "))
        };
        faults.add(&read.file, line, key, format!("nothing fills {{{name}}}: {known}"));
        return;
    }
    let mut parts = key.rsplitn(2, '.');
    let (form, reason) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let is_reason = matches!(form, "yes" | "no" | "needs") && key.starts_with("programme.");
    if is_reason
        && name == "what_to_do"
        && form != "needs"
        && !read.texts.contains_key(&format!("{reason}.what_to_do"))
    {
        faults.add(
            &read.file,
            line,
            key,
            format!("{{what_to_do}} is filled by {reason}.what_to_do: add these words"),
        );
    }
    if is_reason && name == "source" {
        for programme in &definitions.programmes {
            for leaf in programme.eligible.leaves() {
                if reason == reason_key(programme, leaf) && !has_source(leaf, definitions) {
                    let message = format!(
                        "{{source}} cannot be filled: the rule '{}' at {}:{} has no source",
                        leaf.id, leaf.at.file, leaf.at.line
                    );
                    faults.add(&read.file, line, key, message);
                }
            }
        }
    }
}

/// A leaf's figure comes from a source of its own, from a parameter, or from a score.
fn has_source(leaf: &LeafDef, definitions: &Definitions) -> bool {
    let of_score = |id: &str| definitions.scores.iter().any(|score| score.id == id && score.source.is_some());
    leaf.source.is_some()
        || matches!(leaf.limit, LimitDef::Param(_))
        || of_score(&leaf.fact)
        || leaf.fact.strip_suffix("_band").is_some_and(of_score)
}

fn reason_key(programme: &ProgrammeDef, leaf: &LeafDef) -> String {
    format!("programme.{}.reason.{}", programme.id, leaf.reason)
}

/// Every key that the pack's declarations give words to.
fn expected(declared: &Declared<'_>) -> BTreeMap<String, Expected> {
    let mut keys = BTreeMap::new();
    let mut add = |key: String, required: bool, places: &'static [&'static str]| {
        keys.entry(key).or_insert(Expected { required, places });
    };
    country_keys(declared, &mut add);
    messages::keys(&mut add);
    form_keys(declared.form, declared, &mut add);
    if let Some(employment) = declared.employment {
        form_keys(&employment.form, declared, &mut add);
        employment_keys(employment, &mut add);
    }
    rule_keys(declared, &mut add);
    keys
}

type Add<'a> = dyn FnMut(String, bool, &'static [&'static str]) + 'a;

fn country_keys(declared: &Declared<'_>, add: &mut Add<'_>) {
    add("country.name".into(), false, &[]);
    for area in declared.areas.all() {
        add(format!("area.{}", area.code), area.name.is_none(), &[]);
        add(format!("level.{}", area.level), true, &[]);
    }
    for agency in declared.agencies {
        add(format!("agency.{}.name", agency.code), true, &[]);
        add(format!("agency.{}.about", agency.code), false, &[]);
        if let Some(ministry) = &agency.ministry {
            add(format!("ministry.{ministry}"), true, &[]);
        }
    }
    for office in declared.offices {
        for part in ["name", "address", "opening"] {
            add(format!("office.{}.{part}", office.code), true, &[]);
        }
    }
    for consent in declared.consents {
        add(format!("consent.{}.title", consent.id), true, &[]);
        add(format!("consent.{}.text", consent.id), true, &[]);
    }
    for provider in &declared.directory.providers {
        add(format!("provider.{}.name", provider.code), provider.name.is_none(), &[]);
        add(format!("provider.{}.address", provider.code), false, &[]);
    }
    for service in &declared.directory.services {
        add(format!("service.{}.name", service.code), true, &[]);
        for part in ["about", "who", "cost", "search"] {
            add(format!("service.{}.{part}", service.code), false, &[]);
        }
    }
    for place in &declared.directory.places {
        let told = place.hours.is_some() || place.open.is_some();
        add(format!("place.{}.hours", place.code), !told, &[]);
        add(format!("place.{}.address", place.code), false, &[]);
    }
    for document in &declared.definitions.documents {
        add(format!("document.{}", document.id), true, &[]);
        add(format!("document.{}.where", document.id), false, &[]);
    }
}

fn employment_keys(employment: &Employment, add: &mut Add<'_>) {
    for band in &employment.bands {
        add(format!("profile.band.{}", band.code), true, &[]);
        for reason in &band.any {
            add(format!("profile.reason.{reason}"), true, &[]);
        }
    }
}

fn form_keys(form: &Form, declared: &Declared<'_>, add: &mut Add<'_>) {
    for module in &form.modules {
        add(format!("module.{}", module.id), true, &[]);
        add(format!("module.{}.about", module.id), false, &[]);
    }
    for group in &form.groups {
        add(format!("group.{}", group.id), true, &[]);
        add(format!("group.{}.hint", group.id), false, &[]);
    }
    for question in form.questions.iter().filter(|question| !question.is_implied()) {
        let from_register = question.module == registry::MODULE;
        let key = format!("question.{}", question.id);
        // What puts somebody into a band has words of its own.
        if question.kind == Kind::Calc && question.id.starts_with("because_") {
            continue;
        }
        add(format!("{key}.short"), question.kind.is_asked(), &[]);
        add(format!("{key}.hint"), false, &[]);
        add(format!("{key}.why"), false, &[]);
        if question.constraint.is_some() {
            add(format!("{key}.constraint"), true, &[]);
        }
        add(key, !from_register, &[]);
        if let Some(unit) = question.unit.as_ref().filter(|unit| **unit != declared.about.currency.code) {
            add(format!("unit.{unit}"), true, &[]);
        }
    }
    for list in form.choice_lists().filter(|list| list.id != "province" && !list.id.starts_with("choice_")) {
        for option in list.options.iter().chain(&list.retired) {
            add(format!("choice.{}.{option}", list.id), true, &[]);
        }
    }
}

fn rule_keys(declared: &Declared<'_>, add: &mut Add<'_>) {
    let definitions = declared.definitions;
    for fact in &definitions.facts {
        add(format!("fact.{}", fact.id), true, &[]);
        if let Some(unit) = fact.unit.as_ref().filter(|unit| **unit != declared.about.currency.code) {
            add(format!("unit.{unit}"), true, &[]);
        }
    }
    for parameter in &definitions.parameters {
        add(format!("parameter.{}", parameter.id), false, &[]);
    }
    for score in &definitions.scores {
        add(format!("score.{}", score.id), true, &[]);
        add(format!("score.{}.about", score.id), false, &[]);
        for band in &score.bands {
            add(format!("score.{}.band.{}", score.id, band.id), true, &[]);
        }
        for term in &score.terms {
            add(format!("score.{}.term.{}", score.id, term.id), false, &[]);
        }
    }
    for programme in &definitions.programmes {
        programme_keys(programme, add);
    }
    for package in &definitions.packages {
        add(format!("package.{}", package.id), true, &[]);
        add(format!("package.{}.about", package.id), false, &[]);
    }
    for link in &definitions.links {
        add(format!("link.{}", link.id), true, &["from", "to", "amount"]);
        let question = format!("choice_{}", link.id);
        if declared.form.question(&question).is_some() {
            add(format!("link.{}.question", link.id), true, &[]);
        }
    }
    for cap in &definitions.caps {
        add(format!("cap.{}", cap.id), true, &["limit", "amount"]);
    }
}

fn programme_keys(programme: &ProgrammeDef, add: &mut Add<'_>) {
    let key = format!("programme.{}", programme.id);
    for part in ["name", "about", "when", "where"] {
        add(format!("{key}.{part}"), true, &[]);
    }
    for leaf in programme.eligible.leaves() {
        let reason = reason_key(programme, leaf);
        add(format!("{reason}.yes"), true, &["value", "limit", "source", "what_to_do"]);
        add(format!("{reason}.no"), true, &["value", "limit", "source", "what_to_do"]);
        // Nothing is known yet when something is needed, so there is no value to print.
        add(format!("{reason}.needs"), true, &["limit", "source", "what_to_do"]);
        add(format!("{reason}.what_to_do"), false, &[]);
    }
    for condition in &programme.conditions {
        add(format!("{key}.condition.{}", condition.id), true, &[]);
        if condition.check.is_some() {
            add(format!("{key}.condition.{}.what_to_do", condition.id), true, &[]);
        }
    }
    for step in programme.amount.iter().flat_map(|amount| &amount.steps) {
        add(format!("{key}.step.{}", step.id), true, &["value", "count"]);
    }
}
