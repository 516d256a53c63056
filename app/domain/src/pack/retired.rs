//! Nothing rests on a question that nobody is asked any more, nor on an option that nobody is offered: it would be unknown, or
//! never hold, for everybody, for ever.
//!
//! Points and look-ups by option are another thing: they say what an answer is worth that may still be on file, so they name
//! retired options too.

use std::collections::{BTreeMap, BTreeSet};

use super::{fault::Faults, why::Reading};
use crate::{
    definitions::{AmountDef, Definitions, ExprText, LimitDef, Literal, StepKind},
    expr::{
        self,
        syntax::{Expr, ExprKind, Function},
    },
    form::Form,
};

/// Reports what reads a retired question, directly or through facts and scores, and what names a retired option.
pub(super) fn check(definitions: &Definitions, form: &Form, faults: &Faults) {
    questions(definitions, form, faults);
    Options::new(definitions, form).check(definitions, form, faults);
}

fn questions(definitions: &Definitions, form: &Form, faults: &Faults) {
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
    for (text, key) in texts(definitions, form) {
        let Ok(tree) = expr::parse(&text.text) else { continue };
        let read: BTreeSet<&str> = tree.names().into_iter().map(|(name, _)| name).collect();
        for question in read.intersection(&retired) {
            faults.add(&text.at.file, text.at.line, &key, sentence(question));
        }
    }
    for score in &definitions.scores {
        for term in score.terms.iter().filter(|term| retired.contains(term.fact.as_str())) {
            let key = format!("score.{}.term.{}", score.id, term.id);
            faults.add(&term.at.file, term.at.line, &key, sentence(&term.fact));
        }
    }
}

fn sentence(question: &str) -> String {
    format!(
        "this reads the question '{question}', which is retired, so nobody answers it: read another or bring it back"
    )
}

/// The expressions of facts and of questions that are asked, each with its key.
fn texts<'d>(definitions: &'d Definitions, form: &'d Form) -> Vec<(&'d ExprText, String)> {
    let mut texts: Vec<(&ExprText, String)> = definitions
        .facts
        .iter()
        .map(|fact| (&fact.expression, format!("fact.{}.expression", fact.id)))
        .collect();
    for question in form.questions.iter().filter(|question| !question.retired) {
        let key = |part: &str| format!("question.{}.{part}", question.id);
        texts.extend(question.relevant.iter().map(|text| (text, key("relevant"))));
        texts.extend(question.constraint.iter().map(|text| (text, key("constraint"))));
        texts.extend(question.expression.iter().map(|text| (text, key("expression"))));
    }
    for group in &form.groups {
        texts.extend(group.relevant.iter().map(|text| (text, format!("group.{}.relevant", group.id))));
    }
    texts
}

fn of_amount(amount: &AmountDef) -> Vec<&ExprText> {
    let steps = amount.steps.iter().flat_map(|step| match &step.kind {
        StepKind::Add(text) | StepKind::Subtract(text) | StepKind::Multiply(text) => vec![text],
        StepKind::Per { each, per } => vec![each, per],
        StepKind::Taper { of, above, rate } => vec![of, above, rate],
    });
    [&amount.base].into_iter().chain(steps).chain(&amount.floor).chain(&amount.cap).collect()
}

/// The options that are offered no longer, by the question they belong to, and by facts that only pass a question's answer on.
struct Options<'d> {
    by_name: BTreeMap<&'d str, &'d [String]>,
}

impl<'d> Options<'d> {
    fn new(definitions: &'d Definitions, form: &'d Form) -> Self {
        let own = form.questions.iter().filter_map(|question| {
            let list = form.choices_of(question).filter(|list| !list.retired.is_empty())?;
            Some((question.id.as_str(), list.retired.as_slice()))
        });
        let mut by_name: BTreeMap<&str, &[String]> = own.collect();
        for fact in definitions.facts.iter().filter(|_| !by_name.is_empty()).collect::<Vec<_>>() {
            let Ok(tree) = expr::parse(&fact.expression.text) else { continue };
            if let Some(options) = named(&tree).and_then(|name| by_name.get(name).copied()) {
                by_name.insert(&fact.id, options);
            }
        }
        Self { by_name }
    }

    fn check(&self, definitions: &Definitions, form: &Form, faults: &Faults) {
        if self.by_name.is_empty() {
            return;
        }
        for (text, key) in texts(definitions, form) {
            let own = key.strip_prefix("question.").and_then(|rest| rest.strip_suffix(".constraint"));
            self.text(text, &key, own, faults);
        }
        for programme in &definitions.programmes {
            for leaf in programme.eligible.leaves() {
                let Some(retired) = self.by_name.get(leaf.fact.as_str()) else { continue };
                let values = match &leaf.limit {
                    LimitDef::Value(value) => std::slice::from_ref(value),
                    LimitDef::Values(values) => values.as_slice(),
                    LimitDef::Param(_) | LimitDef::Fact(_) => &[],
                };
                for value in values {
                    if let Literal::Text(option) = value
                        && retired.contains(option)
                    {
                        let key = format!("eligible.{}.value", leaf.id);
                        faults.add(&leaf.at.file, leaf.at.line, &key, option_sentence(option, &leaf.fact));
                    }
                }
            }
            for text in programme.amount.iter().flat_map(of_amount) {
                self.text(text, "amount", None, faults);
            }
        }
    }

    /// `own`: the question whose answer is `this`.
    fn text(&self, text: &ExprText, key: &str, own: Option<&str>, faults: &Faults) {
        let Ok(tree) = expr::parse(&text.text) else { return };
        let mut found = BTreeSet::new();
        tree.walk(&mut |node| {
            let (of, options): (&Expr, Vec<&Expr>) = match &node.kind {
                ExprKind::Compare(_, a, b) if named(a).is_some() => (a, vec![b]),
                ExprKind::Compare(_, a, b) => (b, vec![a]),
                ExprKind::In { of, list, .. } => (of, list.iter().collect()),
                ExprKind::Call(Function::Has, list) => match list.as_slice() {
                    [of, option] => (of, vec![option]),
                    _ => return,
                },
                _ => return,
            };
            let name = named(of).map(|name| if name == "this" { own.unwrap_or(name) } else { name });
            let Some((name, retired)) = name.and_then(|name| Some((name, self.by_name.get(name)?))) else {
                return;
            };
            for option in options {
                if let ExprKind::Text(option) = &option.kind
                    && retired.contains(option)
                {
                    found.insert((option.clone(), name.to_owned()));
                }
            }
        });
        for (option, name) in found {
            faults.add(&text.at.file, text.at.line, key, option_sentence(&option, &name));
        }
    }
}

fn option_sentence(option: &str, name: &str) -> String {
    format!(
        "this names the option '{option}' of '{name}', which is retired, so nobody chooses it: take it out here or bring it back"
    )
}

/// The name that an expression reads and passes on as it is.
fn named(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Name(name) => Some(name),
        ExprKind::Call(Function::Head, list) => list.first().and_then(named),
        _ => None,
    }
}
