//! Figures of the law: every one with its values and their days, and a form that gives one a value from a day on.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::policy::{self, Drafted};
use casework::{Casework, Error};
use domain::definitions::{DatedValue, Literal, ParameterDef};
use domain::ids::ChangeId;
use leptos::prelude::*;

use super::super::changes::address;
use super::typed::plain;
use super::{Said, number, version};
use crate::kit::{Button, Cell, Content, Day, Input, InsetText, Problems, SummaryList, Table, day_of_code};
use crate::shell::{Answer, Failure, Page, render};
use crate::state::{Asked, Done, Pairs, SignedIn, value};
use crate::words;

fn of(change: ChangeId) -> String {
    format!("{}/figures", address(change))
}

fn name(page: &Page, drafted: &Drafted, figure: &ParameterDef) -> String {
    let key = format!("parameter.{}", figure.id);
    drafted.pack.words.find(page.lang.code(), &key).unwrap_or(&figure.id).to_owned()
}

fn shown(page: &Page, value: &Literal) -> String {
    match value {
        Literal::Num(number) => words::decimal(page.lang, &number.to_string()),
        Literal::Date(day) => page.date(*day),
        Literal::Bool(true) => page.t("work-rule-yes"),
        Literal::Bool(false) => page.t("work-rule-no"),
        Literal::Text(text) => text.clone(),
    }
}

/// The value in force on a day.
fn in_force(figure: &ParameterDef, on: time::Date) -> Option<&DatedValue> {
    figure.values.iter().rev().find(|value| value.from <= on)
}

/// `GET /policy/{change}/figures`
pub async fn list(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(change): Path<ChangeId>,
    Asked(done): Asked<Done>,
) -> Answer {
    let drafted = policy::drafted(&casework, &actor, change).await?;
    let said = Said::done(&page, &done.done);
    let page = page.back(address(change));
    let title = page.t("desk-figures");
    Ok(render(&page, &title, || {
        let head = ["desk-figure", "desk-figure-value", "desk-unit", "desk-source"].map(|key| page.t(key));
        let mut table = Table::new(title.clone()).head(head).row_heads().scroll();
        table.caption_classes = "govuk-visually-hidden".into();
        for figure in drafted.parameters() {
            let (href, named) = (format!("{}/{}", of(change), figure.id), name(&page, &drafted, &figure));
            let link = view! { <a class="govuk-link" href=href>{named}</a> };
            let now = in_force(&figure, drafted.change.live_on);
            let now = now.map(|value| shown(&page, &value.value)).unwrap_or_default();
            table = table.row([
                Cell::new(Content::view(link)),
                Cell::number(now),
                Cell::new(figure.unit.clone().unwrap_or_default()),
                Cell::new(figure.source.clone().unwrap_or_default()),
            ]);
        }
        let on = page.date(drafted.change.live_on);
        view! {
            {said.news.clone()}
            <span class="govuk-caption-l"><bdi>{drafted.change.title.clone()}</bdi></span>
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            <p class="govuk-body">{page.t_with("desk-figures-lead", &[("day", on.as_str().into())])}</p>
            {table}
        }
        .into_any()
    }))
}

/// What is typed.
#[derive(Clone, Debug, Default)]
struct Typed {
    from: Day,
    value: String,
}

fn find(drafted: &Drafted, id: &str) -> Result<ParameterDef, Failure> {
    drafted.parameters().into_iter().find(|figure| figure.id == id).ok_or_else(Failure::not_found)
}

/// `GET /policy/{change}/figures/{figure}`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((change, figure)): Path<(ChangeId, String)>,
) -> Answer {
    let drafted = policy::drafted(&casework, &actor, change).await?;
    let figure = find(&drafted, &figure)?;
    let typed = Typed { from: Day::of(drafted.change.live_on), value: String::new() };
    Ok(show(&page, &drafted, &figure, &typed, &Said::default()))
}

/// `POST /policy/{change}/figures/{figure}`
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((change, figure)): Path<(ChangeId, String)>,
    Pairs(pairs): Pairs,
) -> Answer {
    let drafted = policy::drafted(&casework, &actor, change).await?;
    let figure = find(&drafted, &figure)?;
    let text = |name: &str| value(&pairs, name).to_owned();
    let typed = Typed { from: Day::read("from", &text), value: text("value") };
    let mut problems = Problems::new();
    let meant = match figure.values.first().map(|first| &first.value) {
        Some(Literal::Date(_)) => day_of_code(&typed.value).map(Literal::Date),
        Some(Literal::Text(_)) => (!typed.value.is_empty()).then(|| Literal::Text(typed.value.clone())),
        Some(Literal::Bool(_)) => typed.value.parse().ok().map(Literal::Bool),
        Some(Literal::Num(_)) | None => number(&page, &typed.value).map(Literal::Num),
    };
    if meant.is_none() {
        problems.add("value", page.t("desk-figure-wrong"));
    }
    let from = typed.from.parse();
    if from.is_none() {
        problems.add("from-day", page.t("policy-day-wrong"));
    } else if from.is_some_and(|from| from < drafted.change.live_on) {
        // What was decided before the change is decided by the figures as they were.
        problems.add("from-day", page.t("desk-figure-too-early"));
    }
    let (Some(from), Some(meant), true) = (from, meant, problems.is_empty()) else {
        return Ok(show(&page, &drafted, &figure, &typed, &Said::wrong(problems)));
    };
    let dated = (from, meant);
    let edited: Result<_, Error> =
        policy::edit_figure(&casework, &actor, change, version(&pairs), &figure.id, dated).await;
    let Some(said) = Said::of(&page, edited, "value")? else {
        return Ok(Redirect::to(&format!("{}?done=saved", of(change))).into_response());
    };
    let drafted = policy::drafted(&casework, &actor, change).await?;
    let figure = find(&drafted, &figure.id)?;
    Ok(show(&page, &drafted, &figure, &typed, &said))
}

fn show(page: &Page, drafted: &Drafted, figure: &ParameterDef, typed: &Typed, said: &Said) -> Response {
    let change = &drafted.change;
    let page = &said.page(page).back(of(change.id));
    let title = name(page, drafted, figure);
    render(page, &title, || {
        let mut about = SummaryList::new();
        if let Some(unit) = &figure.unit {
            about = about.row(page.t("desk-unit"), unit.as_str());
        }
        if let Some(source) = &figure.source {
            about = about.row(page.t("desk-source"), source.as_str());
        }
        let head = ["policy-valid-from", "desk-figure-value"].map(|key| page.t(key));
        let mut table = Table::new(page.t("desk-figure-values")).head(head).row_heads();
        table.caption_classes = "govuk-table__caption--m".into();
        for value in &figure.values {
            let day = page.date(value.from);
            let day = view! { <bdi class="app-nowrap">{day}</bdi> };
            table = table.row([Cell::new(Content::view(day)), Cell::number(shown(page, &value.value))]);
        }
        let form = if change.state.is_open() {
            let hint = figure.values.last().map(|last| plain(&last.value)).unwrap_or_default();
            view! {
                <form method="post" action=format!("{}/{}", of(change.id), figure.id) novalidate>
                    <input type="hidden" name="version" value=change.version.to_string()/>
                    {Input::new("value", page.t("desk-figure-new"))
                        .hint(page.t_with("desk-figure-hint", &[("now", hint.as_str().into())]))
                        .decimal()
                        .width(10)
                        .value(&typed.value)
                        .error(said.problems.of("value"))}
                    {typed.from
                        .input("from", page.t("desk-figure-from"))
                        .error(said.problems.of("from-day"))}
                    {Button::new(page.t("desk-save"))}
                </form>
            }
            .into_any()
        } else {
            InsetText::new(page.t("policy-document-closed")).into_any()
        };
        view! {
            {said.problems.summary()}
            {said.news.clone()}
            <span class="govuk-caption-l"><bdi>{change.title.clone()}</bdi></span>
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            {super::wrong(page, drafted, said)}
            {about}
            {table}
            {form}
        }
        .into_any()
    })
}
