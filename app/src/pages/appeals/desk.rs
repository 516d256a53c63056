//! The desk: what lies before this person, the most pressing first; and lodging from the reference on a letter.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use casework::appeals::desk::{Desk, Listed, desk};
use casework::appeals::lodge::by_reference;
use casework::{Actor, Casework};
use domain::role::Right;
use leptos::prelude::*;
use serde::Deserialize;

use super::address;
use crate::kit::{Button, Content, Input, Problems, Table, Tag};
use crate::shell::{Answer, Page, render};
use crate::state::{Raw, SignedIn};

/// What is typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// The reference on a letter or receipt.
    pub reference: String,
}

/// `GET /appeals`
pub async fn get(State(casework): State<Casework>, SignedIn { page, actor }: SignedIn) -> Answer {
    let desk = desk(&casework, &actor).await?;
    Ok(answer(&page, &casework, &actor, &desk, &Typed::default(), &Problems::new()))
}

/// `POST /appeals`: to the form, for whoever stands at the counter with a letter.
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Raw(typed): Raw<Typed>,
) -> Answer {
    if let Some(household) = by_reference(&casework, &actor, &typed.reference).await? {
        return Ok(Redirect::to(&format!("/appeals/{household}/new")).into_response());
    }
    let desk = desk(&casework, &actor).await?;
    let mut problems = Problems::new();
    problems.add("reference", page.t("appeal-reference-unknown"));
    let page = page.failed();
    Ok(answer(&page, &casework, &actor, &desk, &typed, &problems))
}

fn answer(
    page: &Page,
    casework: &Casework,
    actor: &Actor,
    desk: &Desk,
    typed: &Typed,
    problems: &Problems,
) -> axum::response::Response {
    let title = page.t("appeals-title");
    let may_lodge = actor.may(Right::RegisterHousehold);
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut response = render(page, &title, || {
        let lodge = may_lodge.then(|| {
            view! {
                <h2 class="govuk-heading-m">{page.t("appeal-lodge-title")}</h2>
                <form method="post" action="/appeals" novalidate>
                    {Input::new("reference", page.t("appeal-reference"))
                        .hint(page.t("appeal-reference-hint"))
                        .width(20)
                        .value(&typed.reference)
                        .error(problems.of("reference"))}
                    {Button::new(page.t("appeal-lodge-begin"))}
                </form>
            }
        });
        let nothing = (desk.review.is_empty() && desk.office.is_empty() && desk.tribunal.is_empty())
            .then(|| view! { <p class="govuk-body">{page.t("appeals-none")}</p> });
        view! {
            {problems.summary()}
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            {nothing}
            {list(page, casework, "appeals-tribunal", &desk.tribunal)}
            {list(page, casework, "appeals-review", &desk.review)}
            {list(page, casework, "appeals-office", &desk.office)}
            {lodge}
        }
        .into_any()
    });
    *response.status_mut() = status;
    response
}

fn list(page: &Page, casework: &Casework, caption: &str, rows: &[Listed]) -> Option<AnyView> {
    if rows.is_empty() {
        return None;
    }
    let head = ["work-case", "appeal-state", "appeal-lodged", "appeal-due", "appeal-priority"];
    let table = Table::new(page.t(caption)).head(head.map(|key| page.t(key)));
    let table = rows.iter().fold(table, |table, one| table.row(row(page, casework, one)));
    Some(table.scroll().into_any())
}

fn row(page: &Page, casework: &Casework, one: &Listed) -> [Content; 5] {
    let href = address(one.household, one.id);
    let reference = one.reference.as_ref().map(ToString::to_string).unwrap_or_default();
    let number = page.t_with("appeal-number", &[("number", one.number.into())]);
    let state = page.t_of("appeal-state", one.state.code());
    let member = one.member.clone().map(|name| {
        view! { <div class="govuk-hint govuk-!-margin-bottom-0"><bdi>{name}</bdi></div> }
    });
    let due = one.due_at.map(|at| {
        let at = casework.here(at);
        let late = (at < casework.now()).then(|| Tag::new(page.t("work-late")).colour("red"));
        view! { <bdi class="app-nowrap">{page.date(at.date())}</bdi> " " {late} }
    });
    let why: Vec<String> = one
        .priority
        .split(',')
        .filter(|code| !code.is_empty())
        .map(|code| page.t_of("appeal-priority", code))
        .collect();
    [
        Content::view(view! {
            <a class="govuk-link" href=href><bdi class="app-nowrap">{reference}</bdi> " " {number}</a>
        }),
        Content::view(view! { {state} {member} }),
        Content::view(
            view! { <bdi class="app-nowrap">{page.date(casework.here(one.lodged_at).date())}</bdi> },
        ),
        Content::view(due),
        page.list(why).into(),
    ]
}
