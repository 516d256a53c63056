//! The questions that no form declares, because documents and links bring them along: whether a document
//! was shown (`document_<id>`), and which of two programmes is wanted when only one can be had
//! (`choice_<link>`). They come last, in a module of their own. Words: `module.closing`, `group.documents`,
//! `group.documents_of_members`, `group.choices`, `group.choices_of_members`; `document.<id>`;
//! `link.<id>.question`, and the programmes' names for the options.

use super::{
    question::{ChoiceList, Group, Kind, Question, Sensitivity},
    registry,
};
use crate::{
    definitions::{InputDef, Level},
    expr::Type,
    fault::At,
};

/// The module of these questions; no pack may have one of this name.
pub const MODULE: &str = "closing";

/// Groups in order: the beginning of the questions' ids, their level, the group's id.
const GROUPS: [(&str, Level, &str); 4] = [
    ("document_", Level::Household, "documents"),
    ("document_", Level::Member, "documents_of_members"),
    ("choice_", Level::Household, "choices"),
    ("choice_", Level::Member, "choices_of_members"),
];

/// Groups without their questions' places, questions in the order of their groups, and lists of choices.
/// What is implied but not asked (`enrolled_<programme>`) becomes a question of the register.
pub(super) fn questions(inputs: &[InputDef]) -> (Vec<Group>, Vec<Question>, Vec<ChoiceList>) {
    let (mut groups, mut questions, mut lists) = (Vec::new(), Vec::new(), Vec::new());
    for (start, level, group) in GROUPS {
        let own =
            inputs.iter().filter(|input| input.asked && input.level == level && input.id.starts_with(start));
        let before = questions.len();
        for input in own {
            if let Type::Choice(options) = &input.ty {
                let options = options.iter().cloned().collect();
                lists.push(ChoiceList { id: input.id.clone(), options, retired: Vec::new() });
            }
            questions.push(question(input, group, MODULE));
        }
        if questions.len() > before {
            groups.push(Group {
                id: group.into(),
                module: MODULE.into(),
                level,
                relevant: None,
                at: At::default(),
                questions: Vec::new(),
            });
        }
    }
    questions.extend(
        inputs.iter().filter(|input| !input.asked).map(|input| question(input, "registry", registry::MODULE)),
    );
    (groups, questions, lists)
}

fn question(input: &InputDef, group: &str, module: &str) -> Question {
    let choices = matches!(input.ty, Type::Choice(_)).then(|| input.id.clone());
    Question {
        id: input.id.clone(),
        group: group.into(),
        module: module.into(),
        level: input.level,
        kind: match input.ty {
            Type::Bool => Kind::Bool,
            Type::Num => Kind::Decimal,
            Type::Date => Kind::Date,
            Type::Text => Kind::Text,
            Type::Choice(_) => Kind::SelectOne,
            Type::Many(_) => Kind::SelectMany,
        },
        required: false,
        relevant: None,
        when_irrelevant: None,
        constraint: None,
        choices,
        unit: None,
        period: None,
        sensitivity: Sensitivity::Normal,
        dont_know: false,
        refused: false,
        retired: false,
        expression: None,
        at: input.at.clone(),
    }
}
