//! One look at a page while it is filled in: which conditions hold by what was typed, and what is wrong.

use std::collections::{BTreeMap, BTreeSet};

use time::Date;

use super::{PageQuestion, PageState};
use crate::{
    answers::Answer,
    expr::{self, Type, formula::Formula},
    form::{question::Kind, raw::FieldError},
    value::{Truth, Value},
};

/// One look at a page.
pub(super) struct Run {
    pub types: BTreeMap<String, Type>,
    pub values: BTreeMap<String, Value>,
    /// Names whose value will never come.
    pub never: BTreeSet<String>,
    pub as_of: Date,
}

impl Run {
    /// The truth of a condition, and whether it waits for an answer still to be given on this page.
    pub fn relevance(&self, text: &str, state: &PageState) -> (Truth, bool) {
        let truth = self.truth(text, &self.types, |name| self.values.get(name).cloned());
        if truth != Truth::Unknown {
            return (truth, false);
        }
        let names: Vec<String> = expr::parse(text)
            .map(|tree| tree.names().into_iter().map(|(name, _)| name.to_owned()).collect())
            .unwrap_or_default();
        let unknown: Vec<&String> = names.iter().filter(|name| !self.values.contains_key(*name)).collect();
        if !unknown.is_empty() && unknown.iter().all(|name| self.never.contains(*name)) {
            return (Truth::False, false);
        }
        let waits =
            |name: &&String| !matches!(state.answers.get(*name), Some(Some(_))) && state.shown.contains(name);
        (Truth::Unknown, unknown.iter().any(waits))
    }

    fn truth(
        &self,
        text: &str,
        types: &BTreeMap<String, Type>,
        value: impl Fn(&str) -> Option<Value>,
    ) -> Truth {
        let formula = Formula::compile(text, types);
        formula.ok().and_then(|formula| formula.truth(value, self.as_of).ok()).unwrap_or(Truth::Unknown)
    }

    pub fn error(
        &self,
        question: &PageQuestion,
        answer: Option<&Answer>,
        waits: bool,
        is_place: &impl Fn(&str) -> bool,
    ) -> Option<FieldError> {
        let Some(answer) = answer else {
            // While another answer on the page decides whether this is asked, that one is to be given first.
            return (question.required && !waits).then_some(FieldError::Required);
        };
        let value = answer.value()?;
        if let (Kind::Place, Value::Text(code)) = (question.typing.kind, value)
            && !is_place(code)
        {
            return Some(FieldError::NotAPlace);
        }
        let text = question.constraint.as_ref()?;
        let mut types = self.types.clone();
        types.insert("this".into(), question.ty());
        let read =
            |name: &str| if name == "this" { Some(value.clone()) } else { self.values.get(name).cloned() };
        (self.truth(text, &types, read) == Truth::False).then_some(FieldError::Constraint)
    }
}
