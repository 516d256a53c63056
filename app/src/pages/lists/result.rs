//! What was found, by bands, with how sure it is and what can be accepted.

use casework::lists::{List, Report, Tally};
use domain::lists::{Category, Choice, ListState};
use leptos::prelude::*;

use super::rows::percent;
use super::show::button;
use crate::kit::{Button, Cell, Content, SummaryList, Table};
use crate::shell::{Page, address};

/// The result of a list.
pub fn view(page: &Page, list: &List, report: &Report) -> AnyView {
    let open = list.state == ListState::Matched;
    let to_register: i64 = report.bands.iter().map(|tally| tally.to_register).sum();
    let import = (open && to_register > 0).then(|| {
        let lead = page.t_with("list-import-lead", &[("rows", to_register.into())]);
        view! {
            <h2 class="govuk-heading-m">{page.t("list-import-title")}</h2>
            <p class="govuk-body">{lead}</p>
            {button(page, list, "import", "list-import", false)}
        }
    });
    view! {
        <h2 class="govuk-heading-m">{page.t("list-result-title")}</h2>
        {open.then(|| view! { <p class="govuk-body">{page.t("list-result-lead")}</p> })}
        {bands(page, list, report)}
        {sample(page, list, report)}
        {(!report.outcomes.is_empty()).then(|| outcomes(page, report))}
        {import}
    }
    .into_any()
}

fn bands(page: &Page, list: &List, report: &Report) -> Table {
    let head = ["list-found", "list-how-sure", "list-rows", "list-expected", "list-chosen", "list-accept"]
        .map(|key| page.t(key));
    let mut table = Table::new(page.t("list-result-title")).head(head).row_heads().scroll();
    table.caption_classes = "govuk-visually-hidden".into();
    for tally in &report.bands {
        let what = page.t_of("list-category", tally.band.category.code());
        let href = address(&format!("/lists/{}/rows", list.id), &[("band", &tally.band.code())]);
        let sure = page.t(if tally.band.sure { "list-sure" } else { "list-possible" });
        #[expect(clippy::cast_possible_truncation, reason = "at most a million rows")]
        let expected = tally.expected.round() as i64;
        table = table.row([
            Cell::new(Content::view(view! { <a class="govuk-link" href=href>{what}</a> })),
            Cell::new(sure),
            Cell::number(page.number(tally.rows)),
            Cell::number(page.number(expected)),
            Cell::number(page.number(tally.chosen)),
            Cell::new(Content::view(accept(page, list, tally))),
        ]);
    }
    table
}

/// The button that accepts a whole band.
fn accept(page: &Page, list: &List, tally: &Tally) -> AnyView {
    if list.state != ListState::Matched || tally.chosen == tally.rows {
        return ().into_any();
    }
    let choice = if tally.band.category == Category::New { Choice::Register } else { Choice::Same };
    let word = if choice == Choice::Register { "list-accept-new" } else { "list-accept-same" };
    let band = page.t_of("list-category", tally.band.category.code());
    let sure = page.t(if tally.band.sure { "list-sure" } else { "list-possible" });
    let action = format!("/lists/{}", list.id);
    let hidden = view! { <span class="govuk-visually-hidden">{format!(": {band}, {sure}")}</span> };
    let text = page.t(word);
    view! {
        <form method="post" action=action>
            <input type="hidden" name="band" value=tally.band.code()/>
            <input type="hidden" name="choice" value=choice.code()/>
            {Button::new(Content::view(view! { {text} {hidden} })).named("act", "band").secondary()}
        </form>
    }
    .into_any()
}

fn sample(page: &Page, list: &List, report: &Report) -> AnyView {
    let sample = &report.sample;
    if sample.drawn == 0 {
        return ().into_any();
    }
    let mut figures = SummaryList::new();
    if let Some(precision) = report.precision {
        figures = figures.row(page.t("list-precision-expected"), percent(page, precision));
    }
    let seen = sample.yes + sample.no;
    figures = figures.row(
        page.t("list-sample-seen"),
        page.t_with("list-of", &[("some", seen.into()), ("all", sample.drawn.into())]),
    );
    if let Some((low, high)) = sample.range {
        let right = page.t_with("list-of", &[("some", sample.yes.into()), ("all", seen.into())]);
        let (low, high) = (percent(page, low), percent(page, high));
        let between =
            page.t_with("list-between", &[("low", low.as_str().into()), ("high", high.as_str().into())]);
        figures =
            figures.row(page.t("list-sample-right"), right).row(page.t("list-precision-found"), between);
    }
    let href = format!("/lists/{}/sample", list.id);
    view! {
        <h2 class="govuk-heading-m">{page.t("list-precision-title")}</h2>
        {figures}
        <p class="govuk-body"><a class="govuk-link" href=href>{page.t("list-sample-title")}</a></p>
    }
    .into_any()
}

fn outcomes(page: &Page, report: &Report) -> AnyView {
    let figures = report.outcomes.iter().fold(SummaryList::new(), |figures, (outcome, rows)| {
        figures.row(page.t_of("list-outcome", outcome.code()), page.number(*rows))
    });
    view! {
        <h2 class="govuk-heading-m">{page.t("list-outcomes")}</h2>
        {figures}
    }
    .into_any()
}
