//! The questions that the register answers: they are never on a page. Where a household lives, and who its
//! members are.
//!
//! One more: a row in [`questions`], the place in casework that fills it, and its words
//! (`question.<id>.short`, by which a letter says that it is missing).

use super::question::{ChoiceList, Kind, Question, Sensitivity};
use crate::{definitions::Level, fault::At};

/// The module of these questions; no pack may have one of this name.
pub const MODULE: &str = "registry";

/// The lists of choices of the register, with their options; the provinces are the pack's.
const CHOICES: [(&str, &[&str]); 3] = [
    ("setting", &["urban", "rural"]),
    ("sex", &["male", "female", "other", "unknown"]),
    (
        "relation",
        &["head", "spouse", "child", "parent", "sibling", "grandchild", "other_relative", "not_related"],
    ),
];

/// The lists of choices that the register uses. `provinces` are the codes the pack's areas give.
pub fn choices(provinces: Vec<String>) -> Vec<ChoiceList> {
    let list = |(id, options): &(&str, &[&str])| ChoiceList {
        id: (*id).into(),
        options: options.iter().map(|option| (*option).into()).collect(),
        retired: Vec::new(),
    };
    let provinces = ChoiceList { id: "province".into(), options: provinces, retired: Vec::new() };
    CHOICES.iter().map(list).chain([provinces]).collect()
}

/// The questions themselves: area (a code), setting and province of the household; sex, birth date and
/// relation to the head of each member.
pub fn questions() -> Vec<Question> {
    let question = |id: &str, level: Level, kind: Kind| Question {
        id: id.into(),
        group: MODULE.into(),
        module: MODULE.into(),
        level,
        kind,
        required: true,
        relevant: None,
        when_irrelevant: None,
        constraint: None,
        choices: (kind == Kind::SelectOne).then(|| id.into()),
        unit: None,
        period: None,
        sensitivity: Sensitivity::Normal,
        dont_know: false,
        refused: false,
        retired: false,
        expression: None,
        at: At::default(),
    };
    vec![
        question("area", Level::Household, Kind::Place),
        question("setting", Level::Household, Kind::SelectOne),
        question("province", Level::Household, Kind::SelectOne),
        question("sex", Level::Member, Kind::SelectOne),
        question("birth_date", Level::Member, Kind::Date),
        question("relation", Level::Member, Kind::SelectOne),
    ]
}

/// Whether a list of choices is one of the register's.
pub fn is_list(id: &str) -> bool {
    id == "province" || CHOICES.iter().any(|(known, _)| *known == id)
}

/// Whether a name is one of the register's, so that no pack may use it for something else.
pub fn is_registry(id: &str) -> bool {
    questions().iter().any(|question| question.id == id)
}
