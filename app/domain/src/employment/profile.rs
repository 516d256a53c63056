//! What a profile comes to: a band with its reasons, or what must still be asked. An answer that is missing puts nobody into a
//! band and keeps nobody out of one.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use time::Date;

use super::{Employment, reason_question};
use crate::answers::Answer;
use crate::expr;
use crate::form::Situation;
use crate::value::Value;

/// What a profile comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The band; none while an answer that could decide it is missing.
    pub band: Option<String>,
    /// Why: the reasons of the band that hold.
    pub reasons: Vec<String>,
    /// The questions whose answers could decide it.
    pub ask: BTreeSet<String>,
}

impl Employment {
    /// What is asked of one person, and what counts.
    pub fn situation(&self, person: &str, answers: &BTreeMap<String, Answer>, as_of: Date) -> Situation {
        self.logic.situation(&Self::one(person, answers), as_of)
    }

    /// What the answers of a person come to: the first band of which a reason holds, if nothing that is unknown could put the
    /// person into one before it.
    pub fn profile(&self, person: &str, answers: &BTreeMap<String, Answer>, as_of: Date) -> Found {
        let situation = self.situation(person, answers, as_of);
        let mut found = Found::default();
        let mut is_open = false;
        for band in &self.bands {
            let truth =
                |reason: &&String| situation.answer(&reason_question(reason), Some(person)).and_then(yes);
            let holds: Vec<String> =
                band.any.iter().filter(|reason| truth(reason) == Some(true)).cloned().collect();
            if !holds.is_empty() || band.any.is_empty() {
                if !is_open {
                    found.band = Some(band.code.clone());
                    found.reasons = holds;
                }
                return found;
            }
            for reason in band.any.iter().filter(|reason| truth(reason).is_none()) {
                is_open = true;
                self.missing(&reason_question(reason), person, &situation, &mut found.ask);
            }
        }
        found
    }

    /// The questions without a value that a calculation reads, through other calculations too.
    fn missing(&self, id: &str, person: &str, situation: &Situation, into: &mut BTreeSet<String>) {
        let text = self.form.question(id).and_then(|question| question.expression.as_ref());
        let Some(tree) = text.and_then(|text| expr::parse(&text.text).ok()) else { return };
        for (name, _) in tree.names() {
            let Some(question) = self.form.question(name) else { continue };
            let is_known =
                situation.answer(name, Some(person)).is_some_and(|answer| answer.value().is_some());
            if question.expression.is_some() {
                if !is_known {
                    self.missing(name, person, situation, into);
                }
            } else if !is_known && situation.is_asked(name, Some(person)) {
                into.insert(name.to_owned());
            }
        }
    }
}

fn yes(answer: &Answer) -> Option<bool> {
    match answer.value()? {
        Value::Bool(yes) => Some(*yes),
        _ => None,
    }
}
