//! Why a question is asked: the programmes whose rules, amounts or documents read it, through whatever facts
//! and scores lie between. Worked out once, when the pack is loaded.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    definitions::{
        AmountDef, Definitions, ExprText, LimitDef, LinkKind, ProgrammeDef, ScoreDef, Selection, StepKind,
        TermKind,
    },
    expr,
};

/// For each question, the programmes that read it, in the order of the pack.
pub(super) fn reasons(definitions: &Definitions) -> BTreeMap<String, Vec<String>> {
    let reading = Reading::new(definitions);
    let mut reasons: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for programme in &definitions.programmes {
        for name in reading.closure(reading.of_programme(programme)) {
            reasons.entry(name).or_default().push(programme.id.clone());
        }
    }
    // Facts and scores lie between; only what a person or the register answers is asked for.
    reasons.retain(|name, _| {
        let is_input = definitions.inputs.iter().any(|input| &input.id == name);
        is_input || name.starts_with("document_") || name.starts_with("choice_")
    });
    reasons
}

/// What everything reads, through whatever lies between.
pub(super) struct Reading<'d> {
    definitions: &'d Definitions,
    /// What each name reads itself.
    direct: BTreeMap<String, BTreeSet<String>>,
}

fn names(text: &ExprText) -> BTreeSet<String> {
    let Ok(tree) = expr::parse(&text.text) else { return BTreeSet::new() };
    let mut names: BTreeSet<String> = tree.names().into_iter().map(|(name, _)| name.to_owned()).collect();
    if tree.reads_head() {
        names.insert("relation".into());
    }
    names
}

fn direct(definitions: &Definitions) -> BTreeMap<String, BTreeSet<String>> {
    let mut direct = BTreeMap::new();
    for input in &definitions.inputs {
        let mut read: BTreeSet<String> =
            input.relevant.iter().chain(&input.calculation).flat_map(names).collect();
        if input.id == "setting" || input.id == "province" {
            read.insert("area".into());
        }
        direct.insert(input.id.clone(), read);
    }
    for fact in &definitions.facts {
        direct.insert(fact.id.clone(), names(&fact.expression));
    }
    for score in &definitions.scores {
        let read = of_score(score);
        direct.insert(format!("{}_band", score.id), read.clone());
        direct.insert(score.id.clone(), read);
    }
    direct
}

fn of_score(score: &ScoreDef) -> BTreeSet<String> {
    let mut read: BTreeSet<String> = score.stratum.iter().cloned().collect();
    for term in &score.terms {
        read.insert(term.fact.clone());
        if let TermKind::Band { bands } = &term.kind {
            let limits = bands.iter().map(|band| &band.limits);
            read.extend(
                limits.flat_map(|l| [&l.from, &l.above, &l.below, &l.up_to]).flatten().flat_map(names),
            );
        }
    }
    read
}

fn of_amount(amount: &AmountDef) -> BTreeSet<String> {
    let steps = amount.steps.iter().flat_map(|step| match &step.kind {
        StepKind::Add(text) | StepKind::Subtract(text) | StepKind::Multiply(text) => vec![text],
        StepKind::Per { each, per } => vec![each, per],
        StepKind::Taper { of, above, rate } => vec![of, above, rate],
    });
    let texts = [&amount.base].into_iter().chain(steps).chain(&amount.floor).chain(&amount.cap);
    texts.flat_map(names).collect()
}

impl<'d> Reading<'d> {
    pub(super) fn new(definitions: &'d Definitions) -> Self {
        Self { definitions, direct: direct(definitions) }
    }

    /// What a programme reads itself, anywhere in its file and in its links.
    pub(super) fn of_programme(&self, programme: &ProgrammeDef) -> BTreeSet<String> {
        let mut read: BTreeSet<String> = programme.who.iter().cloned().collect();
        for leaf in programme.eligible.leaves() {
            read.insert(leaf.fact.clone());
            if let LimitDef::Fact(fact) = &leaf.limit {
                read.insert(fact.clone());
            }
        }
        if let Selection::WaitingList { priority, .. } = &programme.selection {
            read.insert(priority.clone());
        }
        read.extend(programme.amount.iter().flat_map(of_amount));
        read.extend(programme.documents.iter().map(|document| format!("document_{document}")));
        for link in
            self.definitions.links.iter().filter(|link| link.from == programme.id || link.to == programme.id)
        {
            if matches!(link.kind, LinkKind::Excludes { .. }) {
                read.insert(format!("choice_{}", link.id));
            }
        }
        read
    }

    /// The names themselves and everything they read.
    pub(super) fn closure(&self, names: BTreeSet<String>) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut next: Vec<String> = names.into_iter().collect();
        while let Some(name) = next.pop() {
            if found.insert(name.clone()) {
                next.extend(self.direct.get(&name).into_iter().flatten().cloned());
            }
        }
        found
    }
}
