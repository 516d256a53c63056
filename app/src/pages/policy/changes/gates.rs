//! The gates in words: what each holds a change against, whether it lets it through, and what fails.

use casework::policy::Looked;
use domain::fault::Fault;
use domain::policy::gates::{Finding, Gate};
use leptos::prelude::*;

use crate::kit::{Cell, Content, Table, Tag};
use crate::shell::Page;
use crate::words::Lang;

/// Every gate with what it found.
pub(super) fn table(page: &Page, looked: &Looked) -> Table {
    let head = ["policy-gate", "policy-gate-outcome", "policy-gate-found"].map(|key| page.t(key));
    let mut table = Table::new(page.t("policy-gates")).head(head).row_heads().scroll();
    table.caption_classes = "govuk-visually-hidden".into();
    for gate in &looked.gates {
        table = table.row([
            Cell::new(page.t_of("policy-gate", gate.name.code())),
            Cell::new(outcome(page, gate)),
            Cell::new(Content::view(found(page, gate))),
        ]);
    }
    table
}

fn outcome(page: &Page, gate: &Gate) -> Tag {
    if gate.passed {
        Tag::new(page.t("policy-gate-passed")).colour("green")
    } else {
        Tag::new(page.t("policy-gate-shut")).colour("red")
    }
}

fn found(page: &Page, gate: &Gate) -> AnyView {
    if gate.found.is_empty() {
        return ().into_any();
    }
    let lines = gate.found.iter().map(|one| view! { <li>{finding(page, one)}</li> }).collect_view();
    view! { <ul class="govuk-list govuk-list--bullet">{lines}</ul> }.into_any()
}

fn finding(page: &Page, one: &Finding) -> AnyView {
    match one {
        Finding::Fault(fault) => told(page, fault),
        Finding::NotRun => page.t("policy-finding-not-run").into_any(),
        Finding::Untried { programme, leaf, lack } => {
            let lack = page.t_of("policy-lack", lack.code());
            let args = [
                ("programme", programme.as_str().into()),
                ("leaf", leaf.as_str().into()),
                ("lack", lack.as_str().into()),
            ];
            page.t_with("policy-finding-untried", &args).into_any()
        }
        Finding::Uncovered { guarantee, before, reason } => {
            let guarantee = page.t_of("programme-guarantee", guarantee.as_str());
            let before = page.list(before);
            let args = [("guarantee", guarantee.as_str().into()), ("before", before.as_str().into())];
            match reason {
                Some(reason) => {
                    let [guarantee, before] = args;
                    let args = [guarantee, before, ("reason", reason.as_str().into())];
                    page.t_with("policy-finding-accepted", &args).into_any()
                }
                None => page.t_with("policy-finding-uncovered", &args).into_any(),
            }
        }
        Finding::NoSimulation => page.t("policy-finding-no-simulation").into_any(),
        Finding::OtherBundle => page.t("policy-finding-other-bundle").into_any(),
        Finding::OldSimulation { days } => {
            page.t_with("policy-finding-old-simulation", &[("days", (*days).into())]).into_any()
        }
    }
}

/// A fault: its place and its kind in the reader's language, the sentence as the checker of packs says it.
fn told(page: &Page, fault: &Fault) -> AnyView {
    let place = page.t_with(
        "policy-fault-place",
        &[
            ("file", fault.file.as_str().into()),
            ("line", fault.line.into()),
            ("key", fault.key.as_str().into()),
        ],
    );
    let message = fault.message.clone();
    // In English the sentence is enough; elsewhere it stands behind the kind of what is wrong.
    let kind = (page.lang != Lang::En).then(|| page.t_of("policy-fault", fault.kind().code()));
    view! { {place} " " {kind} " " <span lang="en" dir="ltr">{message}</span> }.into_any()
}

/// What is wrong with a text, by line.
pub(in crate::pages::policy) fn faults(page: &Page, all: &[Fault]) -> AnyView {
    if all.is_empty() {
        return ().into_any();
    }
    let lines = all.iter().map(|fault| view! { <li>{told(page, fault)}</li> }).collect_view();
    view! { <ul class="govuk-list govuk-list--bullet">{lines}</ul> }.into_any()
}
