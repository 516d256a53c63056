//! The queues of complaints: what the actor may see, what must be answered soonest first. Filters and place are in the
//! address. A provider sees what it handed in.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use casework::complaints::{self, Filter, Listed};
use casework::paging::{After, Page as Rows};
use casework::{Casework, Error};
use domain::complaint::{Category, ComplaintState, Level};
use domain::role::Right;
use leptos::prelude::*;
use serde::Deserialize;

use crate::kit::{Button, Cell, Content, Input, Problems, Select, Table, Tag};
use crate::shell::{Answer, Page, address, onwards, render};
use crate::state::{Asked, SignedIn};

/// Rows on one page.
const ROWS: usize = 25;

/// Query of the page.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Query {
    /// Code of a complaint.
    pub code: String,
    /// Only at this level.
    pub level: String,
    /// Only of this category.
    pub category: String,
    /// Only in this state.
    pub state: String,
    /// `mine`: only the actor's own.
    pub whose: String,
    /// `ended`: what is answered or ended too.
    pub ended: String,
    /// Where the page begins.
    pub after: String,
}

impl Query {
    fn with(&self, after: &str) -> String {
        let own = [
            ("level", self.level.as_str()),
            ("category", &self.category),
            ("state", &self.state),
            ("whose", &self.whose),
            ("ended", &self.ended),
            ("after", after),
        ];
        let kept: Vec<_> = own.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        address("/complaints", &kept)
    }

    fn filter(&self) -> Filter {
        Filter {
            level: self.level.parse().ok(),
            category: self.category.parse().ok(),
            state: self.state.parse().ok(),
            ended: self.ended == "ended",
            mine: self.whose == "mine",
        }
    }
}

/// `GET /complaints`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Asked(query): Asked<Query>,
) -> Answer {
    if !actor.may(Right::HandleComplaints) {
        let own = complaints::of_provider(&casework, &actor).await?;
        let title = page.t("complaints-own-title");
        return Ok(render(&page, &title, || provider(&casework, &page, &title, &own)));
    }
    let mut problems = Problems::new();
    if !query.code.trim().is_empty() {
        match complaints::find(&casework, &actor, &query.code).await {
            Ok(id) => return Ok(Redirect::to(&format!("/complaints/{id}")).into_response()),
            Err(Error::NotFound) => problems.add("code", page.t("complaints-not-found")),
            Err(error) => return Err(error.into()),
        };
    }
    let after: Option<After> = query.after.parse().ok();
    let found = complaints::list(&casework, &actor, &query.filter(), after, ROWS).await?;
    let title = page.t("complaints-title");
    let shown = page.clone();
    Ok(render(&shown, &title, || show(&casework, &page, &query, &found, &problems, &title)))
}

fn show(
    casework: &Casework,
    page: &Page,
    query: &Query,
    found: &Rows<Listed>,
    problems: &Problems,
    title: &str,
) -> AnyView {
    let first = (!query.after.is_empty()).then(|| query.with(""));
    let next = found.next.map(|next| query.with(&next.to_string()));
    let list = if found.rows.is_empty() {
        view! { <p class="govuk-body">{page.t("complaints-none")}</p> }.into_any()
    } else {
        table(casework, page, &found.rows, title).into_any()
    };
    view! {
        {problems.summary()}
        <h1 class="govuk-heading-l">{title.to_owned()}</h1>
        {Button::link("/complaints/new", page.t("complaints-new"))}
        <form method="get" action="/complaints" class="app-fields" novalidate>
            {Input::new("code", page.t("complaints-code"))
                .value(&query.code)
                .width(20)
                .autocomplete("off")
                .attribute("dir", "ltr")
                .error(problems.of("code"))}
            {Button::new(page.t("complaints-find")).secondary()}
        </form>
        {filters(page, query)}
        {list}
        {onwards(page, first, next)}
    }
    .into_any()
}

fn filters(page: &Page, query: &Query) -> AnyView {
    let all = || page.t("complaints-all");
    let level = Select::new("level", page.t("complaints-level"))
        .item("", all())
        .items(Level::ALL.iter().map(|level| (level.code(), page.t_of("complaint-level", level.code()))))
        .value(&query.level);
    let category = Select::new("category", page.t("complaints-category"))
        .item("", all())
        .items(Category::ALL.iter().map(|one| (one.code(), page.t_of("complaint-category", one.code()))))
        .value(&query.category);
    let state = Select::new("state", page.t("complaints-state"))
        .item("", page.t("complaints-open"))
        .items(ComplaintState::ALL.iter().map(|one| (one.code(), page.t_of("complaint-state", one.code()))))
        .value(&query.state);
    let whose = Select::new("whose", page.t("complaints-whose"))
        .item("", all())
        .item("mine", page.t("complaints-mine"))
        .value(&query.whose);
    view! {
        <form method="get" action="/complaints" class="app-fields">
            {level} {category} {state} {whose}
            {Button::new(page.t("complaints-show")).secondary()}
        </form>
    }
    .into_any()
}

fn table(casework: &Casework, page: &Page, rows: &[Listed], title: &str) -> Table {
    let head = [
        "complaints-code",
        "complaints-category",
        "complaints-level",
        "complaints-state",
        "complaints-owner",
        "complaints-due",
    ];
    let mut table = Table::new(title.to_owned()).head(head.map(|key| page.t(key))).scroll();
    table.caption_classes = "govuk-visually-hidden".into();
    for row in rows {
        let one = &row.complaint;
        let href = format!("/complaints/{}", one.id);
        let code = one.code.to_string();
        let late = row.is_late.then(|| Tag::new(page.t("work-late")).colour("red"));
        let restricted = one.sensitive.then(|| Tag::new(page.t("complaint-restricted")).colour("purple"));
        let due = page.date(casework.here(one.answer_due_at).date());
        table = table.row([
            Cell::new(Content::view(
                view! { <a class="govuk-link" href=href><bdi class="app-nowrap">{code}</bdi></a> },
            )),
            Cell::new(Content::view(
                view! { {page.t_of("complaint-category", one.category.code())} " " {restricted} },
            )),
            Cell::new(page.t_of("complaint-level", one.level.code())),
            Cell::new(page.t_of("complaint-state", one.state.code())),
            Cell::new(Content::view(view! { <bdi>{row.owner_name.clone().unwrap_or_default()}</bdi> })),
            Cell::new(Content::view(view! { <bdi class="app-nowrap">{due}</bdi> " " {late} })),
        ]);
    }
    table
}

/// What a provider handed in, and where it stands.
fn provider(casework: &Casework, page: &Page, title: &str, own: &[complaints::track::Own]) -> AnyView {
    let mut table = Table::new(title.to_owned()).head(
        ["complaints-code", "complaints-category", "complaints-state", "complaints-received"]
            .map(|key| page.t(key)),
    );
    table.caption_classes = "govuk-visually-hidden".into();
    for one in own {
        let code = one.code.to_string();
        table = table.row([
            Cell::new(Content::view(view! { <bdi class="app-nowrap">{code}</bdi> })),
            Cell::new(page.t_of("complaint-category", one.category.code())),
            Cell::new(page.t_of("complaint-state", one.state.code())),
            Cell::new(page.date(casework.here(one.received_at).date())),
        ]);
    }
    let list = if own.is_empty() {
        view! { <p class="govuk-body">{page.t("complaints-own-none")}</p> }.into_any()
    } else {
        table.into_any()
    };
    view! {
        <h1 class="govuk-heading-l">{title.to_owned()}</h1>
        {Button::link("/complaints/new", page.t("complaints-new"))}
        {list}
        <p class="govuk-body"><a class="govuk-link" href="/complain/status">{page.t("complain-follow")}</a></p>
    }
    .into_any()
}
