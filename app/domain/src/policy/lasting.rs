//! Ids of the questionnaire are for ever: what an id means in one version of the form that held, it means in every later one,
//! because answers on file are kept by it. A new version adds, moves and retires; it neither drops nor turns.

use crate::fault::{At, Fault};
use crate::form::{Form, Question, registry};
use crate::pack::alone::{self, Alone};

/// The document.
pub const FORM: &str = "form.toml";

/// A version of the form that holds or held.
#[derive(Debug, Clone)]
pub struct Held {
    /// The number of the version.
    pub number: i64,
    /// What it asks.
    pub form: Form,
}

impl Held {
    /// Reads a version from its text.
    pub fn read(number: i64, text: &str) -> Option<Self> {
        read(text).map(|form| Self { number, form })
    }
}

/// The form in a text, read without the other documents.
pub fn read(text: &str) -> Option<Form> {
    match alone::read(FORM, text).0 {
        Alone::Form(form) => Some(*form),
        _ => None,
    }
}

/// The newest version that has a question of this id.
fn with<'h>(held: &'h [Held], id: &str) -> Option<(i64, &'h Question)> {
    held.iter().rev().find_map(|version| Some((version.number, version.form.question(id)?)))
}

/// What is wrong with a new question's id: another question has or had it. `held` from the oldest to the newest.
pub fn is_used(held: &[Held], id: &str) -> Option<Fault> {
    let (number, _) = with(held, id)?;
    Some(At::new(FORM, 0).fault(
        format!("question.{id}.id"),
        format!(
            "'{id}' is the id of a question of version {number} of the form, and ids are never used again: choose another, or bring that question back"
        ),
    ))
}

/// Ids that would mean something else in `after`, or vanish from it. `held` from the oldest to the newest, which is in force.
pub fn faults(held: &[Held], after: &Form) -> Vec<Fault> {
    let mut faults = Vec::new();
    for question in after.questions.iter().filter(|question| is_own(question)) {
        if let Some((number, before)) = with(held, &question.id) {
            turned(&mut faults, number, before, question);
        }
    }
    let Some(live) = held.last() else { return faults };
    for question in live.form.questions.iter().filter(|question| is_own(question)) {
        if after.question(&question.id).is_none() {
            faults.push(At::new(FORM, 0).fault(
                format!("question.{}", question.id),
                "this question is in force and its answers are on file: retire it with retired = true instead of taking it out",
            ));
        }
    }
    for list in live.form.choice_lists().filter(|list| !registry::is_list(&list.id)) {
        let Some(new) = after.choice_list(&list.id) else { continue };
        for option in list.options.iter().chain(&list.retired).filter(|option| !new.knows(option)) {
            faults.push(At::new(FORM, 0).fault(
                format!("choices.{}.options", list.id),
                format!("the option '{option}' is in force and on file: move it to retired instead of taking it out"),
            ));
        }
    }
    faults
}

/// The register's and the implied questions are not the form's to change.
fn is_own(question: &Question) -> bool {
    question.module != registry::MODULE && !question.is_implied()
}

/// How an id would come to mean something else.
fn turned(faults: &mut Vec<Fault>, number: i64, before: &Question, after: &Question) {
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".into());
    let level = |question: &Question| format!("{:?}", question.level).to_lowercase();
    let said = [
        ("kind", before.kind.word().to_owned(), after.kind.word().to_owned()),
        ("group", format!("of the {}", level(before)), format!("of the {}", level(after))),
        ("choices", text(&before.choices), text(&after.choices)),
        ("unit", text(&before.unit), text(&after.unit)),
        ("period", text(&before.period), text(&after.period)),
    ];
    for (key, before, now) in said.into_iter().filter(|(_, before, now)| before != now) {
        faults.push(after.at.fault(
            format!("question.{}.{key}", after.id),
            format!(
                "in version {number} of the form this was '{before}' and not '{now}', and an id never changes its meaning: leave it as it was, or retire the question and add another"
            ),
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = r#"id = "f"

[[choices]]
id = "fuel"
options = ["wood", "gas"]

[[module]]
id = "home"

[[group]]
id = "house"
module = "home"

[[question]]
id = "rooms"
group = "house"
kind = "integer"
unit = "rooms"
period = "7 days"

[[question]]
id = "fuel"
group = "house"
kind = "select_one"
choices = "fuel"
"#;

    fn keys(held: &[(i64, &str)], after: &str) -> Vec<String> {
        let held: Vec<Held> = held.iter().filter_map(|(number, text)| Held::read(*number, text)).collect();
        faults(&held, &read(after).unwrap())
            .into_iter()
            .map(|fault| format!("{} {}", fault.line, fault.key))
            .collect()
    }

    #[test]
    fn an_id_neither_turns_nor_vanishes() {
        assert_eq!(keys(&[(1, FIRST)], FIRST), Vec::<String>::new());
        for (from, to, key) in [
            ("kind = \"integer\"", "kind = \"decimal\"", "14 question.rooms.kind"),
            ("unit = \"rooms\"", "unit = \"beds\"", "14 question.rooms.unit"),
            ("period = \"7 days\"\n", "", "14 question.rooms.period"),
            ("\"home\"\n\n[[q", "\"home\"\nrepeat = \"members\"\n\n[[q", "15 question.rooms.group"),
            ("[\"wood\", \"gas\"]", "[\"wood\"]", "0 choices.fuel.options"),
        ] {
            assert_eq!(FIRST.matches(from).count(), 1, "{from}");
            let found = keys(&[(1, FIRST)], &FIRST.replace(from, to));
            assert!(found.contains(&key.to_owned()), "{key}: {found:?}");
        }
        let retired = FIRST.replace("[\"wood\", \"gas\"]", "[\"wood\"]\nretired = [\"gas\"]");
        let added = format!("{retired}\n[[question]]\nid = \"new\"\ngroup = \"house\"\nkind = \"bool\"\n");
        assert_eq!(keys(&[(1, FIRST)], &added), Vec::<String>::new(), "what is added and retired stays");
    }

    #[test]
    fn an_id_that_was_dropped_long_ago_does_not_come_back_as_something_else() {
        let start = FIRST.find("[[question]]\nid = \"rooms\"").unwrap();
        let end = FIRST.find("[[question]]\nid = \"fuel\"").unwrap();
        let second = format!("{}{}", &FIRST[..start], &FIRST[end..]);
        assert_eq!(keys(&[(1, FIRST)], &second), ["0 question.rooms"]);
        // A pack that was loaded by a command did drop it.
        let held = [(1, FIRST), (2, second.as_str())];
        assert_eq!(keys(&held, FIRST), Vec::<String>::new(), "it may come back as what it was");
        let other = FIRST.replace("kind = \"integer\"", "kind = \"text\"").replace("unit = \"rooms\"\n", "");
        assert!(keys(&held, &other).contains(&"14 question.rooms.kind".to_owned()));
        let held: Vec<Held> = held.iter().filter_map(|(number, text)| Held::read(*number, text)).collect();
        assert!(is_used(&held, "rooms").is_some_and(|fault| fault.message.contains("version 1")));
        assert_eq!(is_used(&held, "beds"), None);
    }
}
