//! The answers of an example as fields: those to the questions that a programme reads. Whatever else an example says stays.

use domain::definitions::{Level, Type};
use domain::form::{Kind, Question};
use domain::num::Num;
use leptos::prelude::*;
use serde_json::{Map, Value, json};

use super::super::{Matter, number};
use crate::kit::{Checkboxes, Input, Problems, Select};
use crate::shell::Page;
use crate::state::value;

/// Most people of an example.
pub(super) const PEOPLE: usize = 12;

/// The questions that the programme reads, of one level, in the order of the form; the age in the place of the birth date.
pub(super) fn read(matter: &Matter, level: Level) -> Vec<&Question> {
    let pack = &matter.drafted.pack;
    let is_read = |question: &&Question| {
        let is_own = pack.why_asked(&question.id).contains(&matter.def.id);
        let is_person =
            level == Level::Member && matches!(question.id.as_str(), "relation" | "sex" | "birth_date");
        question.level == level && question.kind.is_asked() && (is_own || is_person)
    };
    pack.form.questions.iter().filter(is_read).collect()
}

/// The key under which an example says the answer: it says the age, where the register knows the birth date.
pub(super) fn key(question: &Question) -> &str {
    if question.id == "birth_date" { "age" } else { &question.id }
}

/// The name of a field: of the household, or of one person.
pub(super) fn field(question: &Question, person: Option<usize>) -> String {
    match person {
        None => format!("h-{}", key(question)),
        Some(at) => format!("m{at}-{}", key(question)),
    }
}

/// An answer as it is typed; what has no plain form (a refusal) stands for nothing.
fn typed(answer: Option<&Value>) -> Vec<String> {
    match answer {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Number(number)) => vec![number.to_string()],
        Some(Value::Bool(flag)) => vec![flag.to_string()],
        Some(Value::Array(several)) => several.iter().flat_map(|one| typed(Some(one))).collect(),
        Some(Value::Null | Value::Object(_)) | None => Vec::new(),
    }
}

/// Puts what was typed into answers. What is left empty is not answered; a refusal stays while nothing is typed over it.
pub(super) fn put(
    page: &Page,
    question: &Question,
    name: &str,
    pairs: &[(String, String)],
    into: &mut Map<String, Value>,
    problems: &mut Problems,
) {
    let (key, text) = (key(question), value(pairs, name));
    if question.kind == Kind::SelectMany {
        let several: Vec<&str> =
            pairs.iter().filter(|(n, v)| n == name && !v.is_empty()).map(|(_, v)| v.as_str()).collect();
        // Nothing of a list is an answer where there was one before.
        if !several.is_empty() || into.contains_key(key) {
            into.insert(key.to_owned(), json!(several));
        }
        return;
    }
    if text.is_empty() {
        if !into.get(key).is_some_and(Value::is_object) {
            into.remove(key);
        }
        return;
    }
    let meant = match question.kind {
        _ if key == "age" => number(page, text).and_then(Num::integer).map(|age| json!(age)),
        kind if kind.is_number() => number(page, text)
            .map(|number| number.integer().map_or_else(|| json!(number.to_string()), |whole| json!(whole))),
        Kind::Bool => text.parse::<bool>().ok().map(|flag| json!(flag)),
        _ => Some(json!(text)),
    };
    match meant {
        Some(meant) => drop(into.insert(key.to_owned(), meant)),
        None => drop(problems.add(name, page.t("desk-number-wrong"))),
    }
}

/// The field for an answer.
pub(super) fn show(
    page: &Page,
    matter: &Matter,
    question: &Question,
    person: Option<usize>,
    answers: Option<&Map<String, Value>>,
    problems: &Problems,
) -> AnyView {
    let pack = &matter.drafted.pack;
    let lang = page.lang.code();
    let name = field(question, person);
    let is_age = key(question) == "age";
    let label = if is_age { page.t("desk-age") } else { pack.question_short(lang, question) };
    let answers = typed(answers.and_then(|answers| answers.get(key(question))));
    let first = answers.first().cloned().unwrap_or_default();
    let error = problems.of(&name);
    let options: Vec<(String, String)> = match pack.program.type_of(&question.id) {
        Some((_, Type::Choice(options))) => options.iter().cloned().collect::<Vec<_>>(),
        Some((_, Type::Many(options))) => options.clone(),
        _ => Vec::new(),
    }
    .into_iter()
    .map(|option| {
        let words = pack.option_label(lang, question, &option);
        (option, words)
    })
    .collect();
    let none = || (String::new(), page.t("desk-not-answered"));
    match question.kind {
        Kind::Bool => Select::new(name, label)
            .items([
                none(),
                ("true".into(), page.t("work-rule-yes")),
                ("false".into(), page.t("work-rule-no")),
            ])
            .value(first)
            .error(error)
            .into_any(),
        Kind::SelectOne => Select::new(name, label)
            .items(std::iter::once(none()).chain(options))
            .value(first)
            .error(error)
            .into_any(),
        Kind::SelectMany => {
            Checkboxes::new(name, label).items(options).small().values(answers).error(error).into_any()
        }
        kind if kind.is_number() || is_age => {
            Input::new(name, label).decimal().width(10).value(first).error(error).into_any()
        }
        Kind::Date => {
            Input::new(name, label).hint("2026-12-31").width(10).value(first).error(error).into_any()
        }
        _ => Input::new(name, label).value(first).error(error).into_any(),
    }
}
