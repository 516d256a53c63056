//! What a form is made of: modules, groups of questions (one group, one page), questions, lists of choices.
//! Everything a person reads is in the pack's words, under the keys noted here.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{implied, registry};
use crate::{
    definitions::{ExprText, InputDef, Level, Literal},
    fault::At,
};

/// A stretch of the form with its own validity. Words: `module.<id>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Module {
    /// The module's id.
    pub id: String,
    /// After how many months its answers must be asked again; never when none.
    pub valid_months: Option<u32>,
}

/// The words by which packs name a level in the form and in its documents.
pub const LEVELS: [(&str, Level); 2] = [("household", Level::Household), ("member", Level::Member)];

/// The questions of one page; with level `Member`, of one page for each member. Words: `group.<id>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The group's id.
    pub id: String,
    /// The module it belongs to.
    pub module: String,
    /// Whether it is asked once for the household or once for each member.
    pub level: Level,
    /// When the whole page is asked; always when none.
    pub relevant: Option<ExprText>,
    /// Where the pack declares it.
    pub at: At,
    /// Its questions, as places in [`Form::questions`], in order.
    pub questions: Vec<usize>,
}

/// Who may see the answers to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    /// Whoever may open the file.
    #[default]
    Normal,
    /// Only who decides or provides health and disability matters.
    Health,
    /// Only who follows up protection risks.
    Protection,
}

/// What kind of answer a question takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A whole number.
    Integer,
    /// Any number.
    Decimal,
    /// An amount in the pack's currency, in its major unit.
    Money,
    /// Free text.
    Text,
    /// A day.
    Date,
    /// Yes or no.
    Bool,
    /// One of a list.
    SelectOne,
    /// Any number of a list.
    SelectMany,
    /// The code of an area.
    Place,
    /// A text to read; nothing is answered.
    Note,
    /// A value worked out from other answers.
    Calc,
}

impl Kind {
    /// Every kind with the word that packs use.
    pub const NAMES: [(&'static str, Kind); 11] = [
        ("integer", Kind::Integer),
        ("decimal", Kind::Decimal),
        ("money", Kind::Money),
        ("text", Kind::Text),
        ("date", Kind::Date),
        ("bool", Kind::Bool),
        ("select_one", Kind::SelectOne),
        ("select_many", Kind::SelectMany),
        ("place", Kind::Place),
        ("note", Kind::Note),
        ("calc", Kind::Calc),
    ];

    /// The word that packs use.
    pub fn word(self) -> &'static str {
        Self::NAMES.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }

    /// Whether a person answers it, rather than only reading it or having it worked out.
    pub fn is_asked(self) -> bool {
        !matches!(self, Kind::Note | Kind::Calc)
    }

    /// Whether its answers are numbers.
    pub fn is_number(self) -> bool {
        matches!(self, Kind::Integer | Kind::Decimal | Kind::Money)
    }
}

/// One question. Words: `question.<id>`, and `.short`, `.hint`, `.constraint` after it. The id is for ever:
/// a question is retired, never deleted, and never means something else.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of its own in form.toml")]
pub struct Question {
    /// The question's id, the name by which expressions read it.
    pub id: String,
    /// The group (page) it is on.
    pub group: String,
    /// The module of that group.
    pub module: String,
    /// Whether it is asked of the household or of each member.
    pub level: Level,
    /// What kind of answer it takes.
    pub kind: Kind,
    /// Whether it must be answered, be it with "don't know", when it is asked.
    pub required: bool,
    /// When it is asked; always when none.
    pub relevant: Option<ExprText>,
    /// The value rules read when the question is certainly not asked (`false` for "is she pregnant" of a
    /// man); without one they read "unknown".
    pub when_irrelevant: Option<Literal>,
    /// What must hold for an answer, in which `this` is the answer.
    pub constraint: Option<ExprText>,
    /// The list of choices of a select question.
    pub choices: Option<String>,
    /// The unit of a number, a key of the words (`unit.<unit>`).
    pub unit: Option<String>,
    /// The time the question looks back on, as in the published instrument ("7 days").
    pub period: Option<String>,
    /// Who may see the answers.
    pub sensitivity: Sensitivity,
    /// Whether "don't know" is an answer.
    pub dont_know: bool,
    /// Whether a refusal is an answer.
    pub refused: bool,
    /// No longer asked; old answers stay readable.
    pub retired: bool,
    /// How a calculated question is worked out.
    pub expression: Option<ExprText>,
    /// Where the pack declares it.
    pub at: At,
}

impl Question {
    /// Whether documents or links brought it along, so that its words are theirs.
    pub fn is_implied(&self) -> bool {
        self.module == implied::MODULE
    }

    /// Whether somebody is asked it on a page: not a note, not calculated, not retired, not from the register.
    pub fn is_asked(&self) -> bool {
        self.kind.is_asked() && !self.retired && self.module != registry::MODULE
    }
}

/// A list of choices. Words: `choice.<list>.<option>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceList {
    /// The list's id.
    pub id: String,
    /// Ids of the options, in the order shown.
    pub options: Vec<String>,
    /// Options no longer offered; old answers with them stay readable.
    pub retired: Vec<String>,
}

impl ChoiceList {
    /// Whether this is an option, be it retired.
    pub fn knows(&self, option: &str) -> bool {
        self.options.iter().chain(&self.retired).any(|known| known == option)
    }
}

/// The whole questionnaire, with the questions that the register answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    /// The form's id.
    pub id: String,
    /// Modules in the order they are asked; the register's own module is not among them.
    pub modules: Vec<Module>,
    /// Groups in the order they are asked.
    pub groups: Vec<Group>,
    /// Questions in the order they are asked, those of the register first.
    pub questions: Vec<Question>,
    choices: BTreeMap<String, ChoiceList>,
    by_id: BTreeMap<String, usize>,
}

impl Form {
    /// Puts a form together. Groups are ordered by their modules, questions by their groups; within each, the
    /// order given holds. The register's questions and lists are added; `provinces` are the codes areas give.
    pub fn new(
        id: String,
        modules: Vec<Module>,
        mut groups: Vec<Group>,
        mut questions: Vec<Question>,
        choices: Vec<ChoiceList>,
        provinces: Vec<String>,
    ) -> Form {
        let rank = |module: &str| modules.iter().position(|known| known.id == module);
        groups.sort_by_key(|group| rank(&group.module));
        questions.sort_by_key(|question| groups.iter().position(|group| group.id == question.group));
        let questions: Vec<Question> = registry::questions().into_iter().chain(questions).collect();
        for group in &mut groups {
            let own = questions.iter().enumerate().filter(|(_, question)| question.group == group.id);
            group.questions = own.map(|(at, _)| at).collect();
        }
        let by_id = questions.iter().enumerate().map(|(at, question)| (question.id.clone(), at)).collect();
        let lists = registry::choices(provinces).into_iter().chain(choices);
        let choices = lists.map(|list| (list.id.clone(), list)).collect();
        Form { id, modules, groups, questions, choices, by_id }
    }

    /// The form with the questions that documents and links bring along: see [`implied`].
    #[must_use]
    pub fn with_implied(mut self, inputs: &[InputDef]) -> Form {
        let (groups, questions, lists) = implied::questions(inputs);
        if !groups.is_empty() {
            self.modules.push(Module { id: implied::MODULE.into(), valid_months: None });
        }
        for mut group in groups {
            let own = questions.iter().enumerate().filter(|(_, question)| question.group == group.id);
            group.questions = own.map(|(at, _)| self.questions.len() + at).collect();
            self.groups.push(group);
        }
        for question in questions {
            self.by_id.insert(question.id.clone(), self.questions.len());
            self.questions.push(question);
        }
        self.choices.extend(lists.into_iter().map(|list| (list.id.clone(), list)));
        self
    }

    /// The form without asking these questions any more; their answers still count.
    #[must_use]
    pub fn retiring(&self, known: &BTreeSet<String>) -> Form {
        let mut form = self.clone();
        for question in form.questions.iter_mut().filter(|question| known.contains(&question.id)) {
            question.retired = true;
        }
        form
    }

    /// The question with this id.
    pub fn question(&self, id: &str) -> Option<&Question> {
        self.by_id.get(id).and_then(|at| self.questions.get(*at))
    }

    /// The group with this id.
    pub fn group(&self, id: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.id == id)
    }

    /// The module with this id.
    pub fn module(&self, id: &str) -> Option<&Module> {
        self.modules.iter().find(|module| module.id == id)
    }

    /// The list of choices with this id.
    pub fn choice_list(&self, id: &str) -> Option<&ChoiceList> {
        self.choices.get(id)
    }

    /// Every list of choices, by id.
    pub fn choice_lists(&self) -> impl Iterator<Item = &ChoiceList> {
        self.choices.values()
    }

    /// The list of choices of a question, if it has one.
    pub fn choices_of(&self, question: &Question) -> Option<&ChoiceList> {
        question.choices.as_deref().and_then(|id| self.choice_list(id))
    }

    /// The questions of a group, in order.
    pub fn questions_of<'f>(&'f self, group: &'f Group) -> impl Iterator<Item = &'f Question> {
        group.questions.iter().filter_map(|at| self.questions.get(*at))
    }

    /// The groups of a module, in order.
    pub fn groups_of<'f>(&'f self, module: &'f str) -> impl Iterator<Item = &'f Group> {
        self.groups.iter().filter(move |group| group.module == module)
    }
}
