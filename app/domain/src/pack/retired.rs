//! No rule rests on a question that nobody is asked any more: it would be unknown for everybody, for ever.

use std::collections::BTreeSet;

use super::{fault::Faults, why::Reading};
use crate::{
    definitions::{Definitions, LimitDef},
    form::Form,
};

/// Reports rules that read a retired question, directly or through facts and scores.
pub(super) fn check(definitions: &Definitions, form: &Form, faults: &Faults) {
    let retired: BTreeSet<&str> = form
        .questions
        .iter()
        .filter(|question| question.retired)
        .map(|question| question.id.as_str())
        .collect();
    if retired.is_empty() {
        return;
    }
    let reading = Reading::new(definitions);
    let found = |names: BTreeSet<String>| -> BTreeSet<String> {
        let read = reading.closure(names);
        read.into_iter().filter(|name| retired.contains(name.as_str())).collect()
    };
    for programme in &definitions.programmes {
        let mut told = BTreeSet::new();
        for leaf in programme.eligible.leaves() {
            let mut names = BTreeSet::from([leaf.fact.clone()]);
            if let LimitDef::Fact(fact) = &leaf.limit {
                names.insert(fact.clone());
            }
            for question in found(names) {
                faults.add(
                    &leaf.at.file,
                    leaf.at.line,
                    &format!("eligible.{}.fact", leaf.id),
                    sentence(&question),
                );
                told.insert(question);
            }
        }
        for question in found(reading.of_programme(programme)).difference(&told) {
            faults.add(&programme.at.file, programme.at.line, "", sentence(question));
        }
    }
}

fn sentence(question: &str) -> String {
    format!(
        "this reads the question '{question}', which is retired, so nobody answers it: read another or bring it back"
    )
}
