//! What a learned model rests on, which guards it passes, and what it would change.

use casework::matching::learning::report::{Example, Moved, Report};
use casework::matching::models::Shown;
use domain::matching::learn::{FEWEST_KNOWN, Guard, MOST_CHANGED};
use domain::matching::{Field, Level};
use leptos::prelude::*;

use super::figures::{chance, count, percent, tenths};
use crate::kit::{Cell, Content, SummaryList, Table, Tag};
use crate::shell::Page;

/// The pairs that were counted.
pub(super) fn rests_on(page: &Page, report: &Report) -> AnyView {
    let list = SummaryList::new()
        .row(page.t("model-same"), count(page, report.same))
        .row(page.t("model-household"), count(page, report.household))
        .row(page.t("model-strangers"), count(page, report.strangers))
        .row(page.t("model-household-pairs"), count(page, report.household_pairs))
        .row(page.t("model-random-pairs"), count(page, report.random_pairs));
    view! {
        <h2 class="govuk-heading-m">{page.t("model-rests-on")}</h2>
        <p class="govuk-body">{page.t("model-rests-on-about")}</p>
        {list}
    }
    .into_any()
}

/// Every guard with its number, passed or failed.
pub(super) fn guards(page: &Page, shown: &Shown, report: &Report) -> AnyView {
    let failed = |is: fn(&Guard) -> bool| shown.failed.iter().any(is);
    let exact = |field| shown.model.get(field, Level::Exact).map_or(0.0, |weight| weight.m);
    let names = page.list([percent(page, exact(Field::Given)), percent(page, exact(Field::Family))]);
    let out_of_order: Vec<String> = shown
        .failed
        .iter()
        .filter_map(|guard| match guard {
            Guard::Order { field, level } => Some(format!(
                "{}: {}",
                page.t_of("match-field", field.code()),
                page.t_of("match-level", level.code())
            )),
            _ => None,
        })
        .collect();
    let order =
        if out_of_order.is_empty() { page.t("model-guard-order-none") } else { page.list(&out_of_order) };
    let pairs = report.judged.pairs + report.compared.pairs;
    let changed = report.judged.against + report.compared.against;
    let changed = page.t_with(
        "model-guard-changed-found",
        &[("changed", count(page, changed).into()), ("pairs", count(page, pairs).into())],
    );
    let estimate = page.t_with(
        "model-guard-estimate-found",
        &[("estimated", tenths(page, report.estimated).into()), ("known", count(page, report.same).into())],
    );
    let fewest = [("fewest", count(page, FEWEST_KNOWN).into())];
    let most = [("most", percent(page, MOST_CHANGED).into())];
    let rows = [
        (
            page.t_with("model-guard-known", &fewest),
            count(page, report.same),
            failed(|guard| matches!(guard, Guard::NoAnchor { .. })),
        ),
        (page.t("model-guard-estimate"), estimate, failed(|guard| matches!(guard, Guard::Estimate { .. }))),
        (page.t("model-guard-names"), names, failed(|guard| matches!(guard, Guard::Names { .. }))),
        (page.t("model-guard-order"), order, !out_of_order.is_empty()),
        (
            page.t_with("model-guard-changed", &most),
            changed,
            failed(|guard| matches!(guard, Guard::Changed { .. })),
        ),
    ];
    let head = ["model-guard", "model-guard-found", "model-guard-outcome"].map(|key| page.t(key));
    let mut table = Table::new(page.t("model-guards")).head(head).scroll();
    table.caption_classes = "govuk-visually-hidden".into();
    for (guard, found, is_failed) in rows {
        let outcome = if is_failed {
            Tag::new(page.t("model-guard-failed")).colour("red")
        } else {
            Tag::new(page.t("model-guard-passed")).colour("green")
        };
        table = table.row([Cell::new(guard), Cell::new(found), Cell::new(outcome)]);
    }
    view! {
        <h2 class="govuk-heading-m">{page.t("model-guards")}</h2>
        <p class="govuk-body">{page.t("model-guards-about")}</p>
        {table}
    }
    .into_any()
}

/// What would change among pairs that are always the same ones.
pub(super) fn effect(page: &Page, report: &Report) -> AnyView {
    let numbers = ["model-effect-pairs", "model-effect-half", "model-effect-sure", "model-effect-against"];
    let head = std::iter::once(Cell::new(page.t("model-effect-of")))
        .chain(numbers.map(|key| Cell::number(page.t(key))));
    let mut table = Table::new(page.t("model-effect")).head(head).row_heads().scroll();
    table.caption_classes = "govuk-visually-hidden".into();
    for (key, Moved { pairs, half, sure, against }) in
        [("model-effect-judged", report.judged), ("model-effect-compared", report.compared)]
    {
        let numbers = [pairs, half, sure, against].map(|number| Cell::number(count(page, number)));
        table = table.row(std::iter::once(Cell::new(page.t(key))).chain(numbers));
    }
    view! {
        <h2 class="govuk-heading-m">{page.t("model-effect")}</h2>
        <p class="govuk-body">{page.t("model-effect-about")}</p>
        {table}
        {examples(page, &report.examples)}
    }
    .into_any()
}

fn examples(page: &Page, examples: &[Example]) -> Option<AnyView> {
    if examples.is_empty() {
        return None;
    }
    let head = ["model-example", "model-example-said", "model-example-before", "model-example-after"];
    let mut table = Table::new(page.t("model-examples")).head(head.map(|key| page.t(key))).scroll();
    table.caption_classes = "govuk-table__caption--s".into();
    for one in examples {
        let (a, b) = (one.a.to_string(), one.b.to_string());
        let who = view! {
            <bdi class="app-reference">{a}</bdi> <br/> <bdi class="app-reference">{b}</bdi>
        };
        let said = one
            .said
            .map_or_else(|| page.t("model-said-nothing"), |said| page.t_of("model-said", said.code()));
        table = table.row([
            Cell::new(Content::view(who)),
            Cell::new(said),
            Cell::number(chance(page, one.before)),
            Cell::number(chance(page, one.after)),
        ]);
    }
    Some(table.into_any())
}
