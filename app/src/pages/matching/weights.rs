//! The weights of a model, field by field: how often two values agree like that, and what it says.

use casework::matching::models::Shown;
use domain::matching::model::Weight;
use domain::matching::{Field, Model};
use leptos::prelude::*;

use super::figures::{bits, sentence, share};
use crate::kit::{Cell, Content, Table};
use crate::shell::Page;

fn log2(weight: Weight) -> f64 {
    (weight.m / weight.u).log2()
}

/// A table for each field; beside the weights those in force, where they are another model's.
pub(super) fn tables(page: &Page, shown: &Shown) -> AnyView {
    let other = (shown.in_force.version() != shown.kept.version).then_some(&*shown.in_force);
    let tables =
        Field::ALL.iter().filter_map(|field| table(page, *field, &shown.model, other)).collect_view();
    view! {
        <h2 class="govuk-heading-m">{page.t("model-weights")}</h2>
        <p class="govuk-body">{page.t("model-weights-about")}</p>
        <p class="govuk-body">{page.t("model-weights-frequency")}</p>
        {tables}
    }
    .into_any()
}

fn table(page: &Page, field: Field, model: &Model, other: Option<&Model>) -> Option<Table> {
    let rows: Vec<_> = model.rows().into_iter().filter(|row| row.field == field).collect();
    if rows.is_empty() {
        return None;
    }
    let numbers = ["model-among-same", "model-among-household", "model-among-strangers", "model-bits"];
    let mut head = vec![Cell::new(page.t("model-agrees"))];
    head.extend(numbers.map(|key| Cell::number(page.t(key))));
    head.extend(other.map(|other| {
        let version = other.version().to_string();
        Cell::number(page.t_with("model-bits-in-force", &[("version", version.into())]))
    }));
    let mut table = Table::new(page.t_of("match-field", field.code())).head(head).row_heads().scroll();
    table.caption_classes = "govuk-table__caption--s".into();
    for row in rows {
        let (weight, level) = (row.weight, page.t_of("match-level", row.level.code()));
        let says = sentence(page, log2(weight));
        let first = view! { {level} <div class="govuk-hint govuk-!-margin-bottom-0">{says}</div> };
        let mut cells = vec![
            Cell::new(Content::view(first)),
            Cell::number(share(page, weight.m)),
            Cell::number(share(page, weight.h)),
            Cell::number(share(page, weight.u)),
            Cell::number(bits(page, log2(weight))),
        ];
        if let Some(other) = other {
            let now = other.get(row.field, row.level).map(|weight| bits(page, log2(weight)));
            cells.push(Cell::number(now.unwrap_or_default()));
        }
        table = table.row(cells);
    }
    Some(table)
}
