//! `/employment`: whose plan is due for what, list by list.

use axum::extract::State;
use casework::Casework;
use casework::employment::desk::{self, Line, List};
use leptos::prelude::*;
use serde::Deserialize;

use super::{address, state_tag};
use crate::kit::{Cell, Content, Link, SubNavigation, Table};
use crate::shell::{Answer, Page, render};
use crate::state::{Asked, SignedIn};

/// Which list.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Which {
    /// Its word.
    pub list: String,
}

/// `GET /employment`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Asked(which): Asked<Which>,
) -> Answer {
    let list = List::from_code(&which.list).unwrap_or(List::Review);
    let lines = desk::list(&casework, &actor, list).await?;
    let title = page.t("nav-employment");
    Ok(render(&page, &title, || {
        let parts = List::ALL
            .into_iter()
            .map(|one| {
                let href = format!("/employment?list={}", one.code());
                Link::new(href, page.t_of("employment-list", one.code())).current(one == list)
            })
            .collect();
        let head = ["plan-person", "work-case", "task-state", "employment-on"].map(|key| page.t(key));
        let caption = page.t_of("employment-list", list.code());
        let mut table = Table::new(caption).head(head).row_heads().scroll();
        for line in &lines {
            table = table.row(cells(&page, line));
        }
        let none = lines.is_empty().then(|| view! { <p class="govuk-body">{page.t("employment-none")}</p> });
        view! {
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            <p class="govuk-body"><a class="govuk-link" href="/board">{page.t("nav-board")}</a></p>
            {SubNavigation::new(page.t("employment-lists"), parts)}
            {none}
            {(!lines.is_empty()).then_some(table)}
        }
        .into_any()
    }))
}

fn cells(page: &Page, line: &Line) -> [Cell; 4] {
    let (href, name) = (address(line.household, line.person), line.name.clone());
    let reference = line.reference.to_string();
    let state = match line.state {
        Some(state) => Content::view(view! { {state_tag(page, state)} }),
        None => page.t("plan-none").into(),
    };
    let weeks = line.weeks.map(|weeks| page.t_with("plan-weeks", &[("weeks", weeks.into())]));
    let on = line.on.map(|on| page.date(on)).into_iter().chain(weeks);
    [
        Cell::new(Content::view(view! { <a class="govuk-link" href=href><bdi>{name}</bdi></a> })),
        Cell::new(Content::view(view! { <bdi class="app-nowrap">{reference}</bdi> })),
        Cell::new(state),
        Cell::new(page.list(on)),
    ]
}
