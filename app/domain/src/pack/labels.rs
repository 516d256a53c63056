//! The words of a form's parts, wherever the pack keeps them: a question that a document brings along has the
//! document's words, one that a link brings along the link's.

use super::Pack;
use crate::form::{Question, implied, registry};

impl Pack {
    /// The key of a question's own words.
    fn key_of(question: &Question) -> String {
        if question.is_implied() {
            if let Some(document) = question.id.strip_prefix("document_") {
                return format!("document.{document}");
            }
            if let Some(link) = question.id.strip_prefix("choice_") {
                return format!("link.{link}.question");
            }
        }
        format!("question.{}", question.id)
    }

    fn said(&self, language: &str, key: &str) -> String {
        self.words.text(language, key).to_owned()
    }

    /// The question as it is put.
    pub fn question_label(&self, language: &str, question: &Question) -> String {
        let key = Self::key_of(question);
        // A question of the register is not put to anybody; it only has a short name.
        let key = if question.module == registry::MODULE { format!("{key}.short") } else { key };
        self.said(language, &key)
    }

    /// The question as a short noun phrase: "we need: the number of rooms".
    pub fn question_short(&self, language: &str, question: &Question) -> String {
        let key = Self::key_of(question);
        let short = self.words.find(language, &format!("{key}.short"));
        short.map_or_else(|| self.said(language, &key), str::to_owned)
    }

    /// What helps to answer, where the pack says something.
    pub fn question_hint(&self, language: &str, question: &Question) -> Option<&str> {
        let key = Self::key_of(question);
        // Of a document, where to get it.
        let part =
            if question.id.starts_with("document_") && question.is_implied() { "where" } else { "hint" };
        self.words.find(language, &format!("{key}.{part}"))
    }

    /// What is wrong when an answer does not meet the question's constraint.
    pub fn constraint_message(&self, language: &str, question: &Question) -> String {
        self.said(language, &format!("question.{}.constraint", question.id))
    }

    /// An option of a question's list of choices.
    pub fn option_label(&self, language: &str, question: &Question, option: &str) -> String {
        let list = question.choices.as_deref().unwrap_or_default();
        if question.is_implied() {
            return self.said(language, &format!("programme.{option}.name"));
        }
        if list == "province" {
            let province = |area: &&crate::area::Area| area.province.as_deref() == Some(option);
            if let Some(area) = self.areas.all().find(province) {
                return self.area_name(language, &area.code).to_owned();
            }
        }
        self.said(language, &format!("choice.{list}.{option}"))
    }

    /// The unit of a question's answers; the currency's code for money.
    pub fn unit_label(&self, language: &str, question: &Question) -> Option<String> {
        let unit = question.unit.as_deref()?;
        if unit == self.about.currency.code {
            Some(unit.to_owned())
        } else {
            Some(self.said(language, &format!("unit.{unit}")))
        }
    }

    /// The title of a module.
    pub fn module_label(&self, language: &str, module: &str) -> String {
        self.said(language, &format!("module.{module}"))
    }

    /// The title of a page.
    pub fn group_label(&self, language: &str, group: &str) -> String {
        self.said(language, &format!("group.{group}"))
    }

    /// Whether a module is the one of documents and choices, which the form declares nowhere.
    pub fn is_closing(module: &str) -> bool {
        module == implied::MODULE
    }
}
