//! All lists of the office.

use axum::extract::State;
use casework::{Casework, lists};
use leptos::prelude::*;

use super::state;
use crate::kit::{Button, Cell, Content, Table};
use crate::shell::{Answer, render};
use crate::state::SignedIn;

/// `GET /lists`
pub async fn get(State(casework): State<Casework>, SignedIn { page, actor }: SignedIn) -> Answer {
    let all = lists::lists(&casework, &actor).await?;
    let title = page.t("lists-title");
    Ok(render(&page, &title, || {
        let head = ["list-partner", "list-came", "list-rows", "list-state"].map(|key| page.t(key));
        let mut table = Table::new(title.clone()).head(head).row_heads().scroll();
        table.caption_classes = "govuk-visually-hidden".into();
        for list in &all {
            let href = format!("/lists/{}", list.id);
            let partner = list.partner.clone();
            let came = page.date_time(casework.here(list.uploaded_at));
            table = table.row([
                Cell::new(Content::view(view! { <a class="govuk-link" href=href><bdi>{partner}</bdi></a> })),
                Cell::new(Content::view(view! { <bdi>{came}</bdi> })),
                Cell::number(if list.total > 0 { page.number(list.total) } else { String::new() }),
                Cell::new(state(&page, list.state)),
            ]);
        }
        let body = if all.is_empty() {
            view! { <p class="govuk-body">{page.t("lists-none")}</p> }.into_any()
        } else {
            table.into_any()
        };
        view! {
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            <p class="govuk-body">{page.t("lists-lead")}</p>
            {Button::link("/lists/new", page.t("list-new"))}
            {body}
        }
        .into_any()
    }))
}
