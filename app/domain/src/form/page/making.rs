//! Makes a page's logic out of the form: its questions, and what their conditions read from elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use time::Date;

use super::{Asked, PageQuestion};
use crate::{
    answers::Answer,
    definitions::ParameterDef,
    expr::{self, Type},
    form::{
        known::{Known, KnownType, json_of},
        logic::type_of,
        question::{Form, Question},
        raw::Typing,
        situation::Situation,
    },
};

/// Makes a page's logic.
pub(super) struct Making<'m> {
    pub form: &'m Form,
    pub parameters: &'m [ParameterDef],
    pub situation: &'m Situation,
    pub member: Option<&'m str>,
    pub as_of: Date,
    pub ids: BTreeSet<&'m str>,
    pub known: BTreeMap<String, Known>,
}

impl Making<'_> {
    pub fn question(&mut self, question: &Question, minor_digits: u32) -> PageQuestion {
        let settled = Asked::Settled(self.situation.relevance(&question.id, self.member));
        let asked = match &question.relevant {
            Some(condition) if self.reads_page(&condition.text) => {
                self.take_up(&condition.text);
                Asked::When(condition.text.clone())
            }
            _ => settled,
        };
        let constraint = question.constraint.as_ref().map(|constraint| {
            self.take_up(&constraint.text);
            constraint.text.clone()
        });
        PageQuestion {
            id: question.id.clone(),
            typing: Typing::of(self.form, question, minor_digits),
            required: question.required,
            asked,
            constraint,
            when_irrelevant: question.when_irrelevant.as_ref().map(json_of),
            retired: self.form.choices_of(question).map(|list| list.retired.clone()).unwrap_or_default(),
        }
    }

    /// Whether a condition depends on what is typed on this page. One that looks at all members is taken as
    /// it stands: the other members' answers are not here.
    fn reads_page(&self, text: &str) -> bool {
        let Ok(tree) = expr::parse(text) else { return false };
        !tree.reads_members() && tree.names().iter().any(|(name, _)| self.ids.contains(name))
    }

    fn take_up(&mut self, text: &str) {
        let Ok(tree) = expr::parse(text) else { return };
        for (name, _) in tree.names() {
            let Some(question) = self.form.question(name).filter(|_| !self.ids.contains(name)) else {
                continue;
            };
            let member = self.member.filter(|_| question.level == expr::Level::Member);
            let value = self.situation.answer(name, member).and_then(Answer::value);
            // A calculation has no type of its own here; it is a number, which is all that is worked out.
            let ty = type_of(self.form, question).unwrap_or(Type::Num);
            let never = value.is_none() && question.is_asked() && !self.situation.is_asked(name, member);
            let stand_in = question.when_irrelevant.as_ref().filter(|_| never).map(json_of);
            let known = Known {
                ty: KnownType::of(&ty),
                never: never && stand_in.is_none(),
                value: value.and_then(|value| serde_json::to_value(value).ok()).or(stand_in),
            };
            self.known.insert(name.to_owned(), known);
        }
        for parameter in self.parameters.iter().filter(|parameter| text.contains(&parameter.id)) {
            let in_force = parameter.values.iter().rfind(|dated| dated.from <= self.as_of);
            let Some(first) = in_force.or(parameter.values.first()) else { continue };
            let value = in_force.map(|dated| json_of(&dated.value));
            let ty = KnownType::from(&first.value);
            self.known.insert(format!("param.{}", parameter.id), Known { ty, value, never: false });
        }
    }
}
