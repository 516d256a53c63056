//! Saved views of the lists of tasks: the one that is looked at kept under a name, and those that are there renamed, thrown away,
//! made the one that the list opens with, or shared with the office.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use casework::error::Conflict;
use casework::views::{self, LONGEST_NAME, View};
use casework::{Actor, Casework, Error};
use domain::role::{Right, Scope};
use leptos::prelude::*;
use serde::Deserialize;
use uuid::Uuid;

use super::tasks::Query as List;
use crate::kit::{Button, Details, Input, NotificationBanner, Problems, Select, Tag};
use crate::pages::account::staff::place;
use crate::shell::{Answer, Failure, Page, address, render};
use crate::state::{Asked, Raw, SignedIn};

/// Query of the page.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Query {
    /// The list to be kept, as its address asks.
    pub asks: String,
    /// What was just done.
    pub done: String,
}

/// What is typed in any of the page's forms.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// `save`, `rename`, `delete`, `open_with`, `open_plain` or `share`.
    pub act: String,
    /// The view.
    pub id: String,
    /// A name.
    pub name: String,
    /// The list to be kept.
    pub asks: String,
    /// With whom it is shared: `office:OFF-01`; nobody when empty.
    pub with: String,
}

/// What was done, as the page tells it.
const DONE: [&str; 6] = ["save", "rename", "delete", "open_with", "open_plain", "share"];

/// `GET /tasks/views`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Asked(query): Asked<Query>,
) -> Answer {
    actor.require_anywhere(Right::WorkTasks)?;
    let typed = Typed { asks: List::read(&query.asks).asks(), ..Typed::default() };
    let done = DONE.into_iter().find(|done| *done == query.done);
    show(&casework, &actor, &page, &typed, &Problems::new(), done).await
}

/// `POST /tasks/views`
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Raw(mut typed): Raw<Typed>,
) -> Answer {
    actor.require_anywhere(Right::WorkTasks)?;
    typed.asks = List::read(&typed.asks).asks();
    let mut problems = Problems::new();
    let field = if typed.act == "save" { "name".to_owned() } else { format!("name-{}", typed.id) };
    match act(&casework, &actor, &typed).await {
        Ok(done) => {
            let next = address("/tasks/views", &[("asks", &typed.asks), ("done", done)]);
            return Ok(Redirect::to(&next).into_response());
        }
        Err(Error::Invalid("view.name")) => {
            problems.add(&field, page.t_with("view-name-wrong", &[("most", LONGEST_NAME.into())]));
        }
        Err(Error::Conflict(Conflict::Taken)) => {
            problems.add(&field, page.t("view-name-taken"));
        }
        Err(Error::Conflict(_)) => {
            problems.add(&field, page.t("view-too-many"));
        }
        Err(Error::Invalid(_)) => {
            problems.add(&field, page.t("view-choose"));
        }
        Err(error) => return Err(error.into()),
    }
    show(&casework, &actor, &page.failed(), &typed, &problems, None).await
}

async fn act(casework: &Casework, actor: &Actor, typed: &Typed) -> Result<&'static str, Error> {
    let id = || Uuid::try_parse(&typed.id).map_err(|_| Error::NotFound);
    match typed.act.as_str() {
        "save" => views::save(casework, actor, &typed.name, &typed.asks).await.map(|_| "save"),
        "rename" => views::rename(casework, actor, id()?, &typed.name).await.map(|()| "rename"),
        "delete" => views::delete(casework, actor, id()?).await.map(|()| "delete"),
        "open_with" => views::set_default(casework, actor, Some(id()?)).await.map(|()| "open_with"),
        "open_plain" => views::set_default(casework, actor, None).await.map(|()| "open_plain"),
        "share" => {
            let with =
                typed.with.split_once(':').and_then(|(kind, code)| Scope::from_parts(kind, Some(code)));
            views::share(casework, actor, id()?, with).await.map(|()| "share")
        }
        _ => Err(Error::Invalid("view.act")),
    }
}

async fn show(
    casework: &Casework,
    actor: &Arc<Actor>,
    page: &Page,
    typed: &Typed,
    problems: &Problems,
    done: Option<&str>,
) -> Result<axum::response::Response, Failure> {
    let all = views::list(casework, actor).await?;
    let list = format!("/tasks?{}", typed.asks);
    let page = page.clone().back(list);
    let title = page.t("views-title");
    let news = done.map(|done| NotificationBanner::success(page.t_of("view-done", done)));
    Ok(render(&page, &title, || {
        let own: Vec<AnyView> = all
            .iter()
            .filter(|view| view.is_own)
            .map(|view| one(&page, casework, actor, view, typed, problems))
            .collect();
        let name = Input::new("name", page.t("view-name"))
            .hint(page.t("view-name-hint"))
            .value(if typed.act == "save" { typed.name.as_str() } else { "" })
            .error(problems.of("name"));
        view! {
            {problems.summary()}
            {news}
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            <p class="govuk-body">{page.t("views-lead")}</p>
            <form method="post" action="/tasks/views" novalidate>
                <input type="hidden" name="act" value="save"/>
                <input type="hidden" name="asks" value=typed.asks.clone()/>
                {name}
                {Button::new(page.t("view-save"))}
            </form>
            {own}
        }
        .into_any()
    }))
}

/// One view with what its owner does with it.
fn one(
    page: &Page,
    casework: &Casework,
    actor: &Actor,
    view: &View,
    typed: &Typed,
    problems: &Problems,
) -> AnyView {
    let id = view.id.to_string();
    let href = format!("/tasks?{}", view.asks);
    let field = format!("name-{id}");
    let wrong = problems.of(&field);
    let is_wrong = wrong.is_some();
    let name = Input::new("name", page.t("view-name"))
        .value(if is_wrong { typed.name.as_str() } else { view.name.as_str() })
        .error(wrong);
    let name = Input { id: Some(field), ..name };
    let form = |act: &'static str, inside: AnyView| {
        view! {
            <form method="post" action="/tasks/views" novalidate>
                <input type="hidden" name="act" value=act/>
                <input type="hidden" name="id" value=id.clone()/>
                <input type="hidden" name="asks" value=typed.asks.clone()/>
                {inside}
            </form>
        }
        .into_any()
    };
    let opens = if view.is_default { "open_plain" } else { "open_with" };
    let pack = casework.pack().ok();
    let led: Vec<(String, String)> = actor
        .scopes(Right::AssignTasks)
        .map(|one| {
            let value = format!("{}:{}", one.kind(), one.code().unwrap_or_default());
            (value, place(page, pack.as_deref(), one))
        })
        .collect();
    let shares = (!led.is_empty()).then(|| {
        let now =
            view.shared.as_ref().map(|one| format!("{}:{}", one.kind(), one.code().unwrap_or_default()));
        let with = Select::new("with", page.t("view-with"))
            .item("", page.t("view-with-nobody"))
            .items(led)
            .value(now.unwrap_or_default());
        let with = Select { id: Some(format!("with-{id}")), ..with };
        form("share", view! { {with} {Button::new(page.t("view-share")).secondary()} }.into_any())
    });
    let inside = view! {
        {form("rename", view! { {name} {Button::new(page.t("view-rename")).secondary()} }.into_any())}
        {form(opens, Button::new(page.t_of("view-act", opens)).secondary().into_any())}
        {shares}
        {form("delete", Button::new(page.t("view-delete")).warning().into_any())}
    };
    let mut details = Details::new(page.t("view-change"), inside.into_any());
    details.open = is_wrong;
    let default = view.is_default.then(|| Tag::new(page.t("view-default")).colour("blue"));
    let of_office = view.shared.is_some().then(|| Tag::new(page.t("view-of-office")).colour("grey"));
    view! {
        <h2 class="govuk-heading-m">
            <a class="govuk-link" href=href><bdi>{view.name.clone()}</bdi></a> " " {default} " " {of_office}
        </h2>
        {details}
    }
    .into_any()
}

#[cfg(test)]
mod tests;
