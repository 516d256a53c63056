//! Every change, the newest first.

use axum::extract::State;
use casework::Casework;
use casework::policy::{self, Change};
use leptos::prelude::*;

use super::{address, name, state};
use crate::kit::{Button, Cell, Content, Table, WarningText};
use crate::shell::{Answer, Page, render};
use crate::state::SignedIn;

/// `GET /policy`
pub async fn get(State(casework): State<Casework>, SignedIn { page, actor }: SignedIn) -> Answer {
    let all = policy::list(&casework, &actor, None).await?;
    let unread = policy::notices::unread(&casework, &actor).await?;
    let title = page.t("policy-title");
    Ok(render(&page, &title, || {
        let changes = if all.is_empty() {
            view! { <p class="govuk-body">{page.t("policy-none")}</p> }.into_any()
        } else {
            table(&page, &all).into_any()
        };
        view! {
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            {failed(&page, &unread)}
            <p class="govuk-body">{page.t("policy-lead")}</p>
            {Button::link("/policy/new", page.t("policy-open"))}
            <p class="govuk-body">
                <a class="govuk-link" href="/policy/documents">{page.t("policy-documents")}</a> " "
                <a class="govuk-link" href="/policy/links">{page.t("links-title")}</a>
            </p>
            {changes}
        }
        .into_any()
    }))
}

/// Changes that could not go live on their day, until whoever had a hand in them has read it.
fn failed(page: &Page, unread: &[Change]) -> AnyView {
    let notices = unread.iter().map(|one| {
        let (title, day) = (one.title.clone(), page.date(one.live_on));
        let said = page.t_with("policy-failed", &[("day", day.as_str().into())]);
        let seen = Button::new(page.t("policy-failed-read")).secondary().named("act", "seen");
        view! {
            {WarningText::new(Content::view(view! {
                {said} " " <a class="govuk-link" href=address(one.id)><bdi>{title}</bdi></a>
            }))}
            <form method="post" action=address(one.id)>{seen}</form>
        }
    });
    notices.collect_view().into_any()
}

fn table(page: &Page, all: &[Change]) -> Table {
    let head = ["policy-change", "policy-state", "policy-live-on", "policy-author"].map(|key| page.t(key));
    let mut table = Table::new(page.t("policy-changes")).head(head).row_heads().scroll();
    table.caption_classes = "govuk-visually-hidden".into();
    for one in all {
        let (title, author) = (one.title.clone(), name(page, &one.author));
        let link = view! { <a class="govuk-link" href=address(one.id)><bdi>{title}</bdi></a> };
        let day = page.date(one.live_on);
        table = table.row([
            Cell::new(Content::view(link)),
            Cell::new(state(page, one.state)),
            Cell::new(Content::view(view! { <bdi class="app-nowrap">{day}</bdi> })),
            Cell::new(Content::view(view! { <bdi>{author}</bdi> })),
        ]);
    }
    table
}
