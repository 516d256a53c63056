//! All accounts an administrator manages.

use axum::extract::State;
use casework::{Casework, staff};
use leptos::prelude::*;

use super::grant;
use crate::kit::{Button, Cell, Content, Table, Tag};
use crate::shell::{Answer, render};
use crate::state::SignedIn;

/// `GET /staff`
pub async fn get(State(casework): State<Casework>, SignedIn { page, actor }: SignedIn) -> Answer {
    let members = staff::list(&casework, &actor).await?;
    let pack = casework.pack().ok();
    let title = page.t("staff-title");
    Ok(render(&page, &title, || {
        let head = ["staff-name", "sign-in-login", "staff-roles", "staff-state"].map(|key| page.t(key));
        let mut table = Table::new(page.t("staff-caption")).head(head).row_heads().scroll();
        table.caption_classes = "govuk-visually-hidden".into();
        for member in &members {
            let name = Content::view(view! {
                <a class="govuk-link" href=format!("/staff/{}", member.id)><bdi>{member.name.clone()}</bdi></a>
            });
            let roles: Vec<_> = member
                .grants
                .iter()
                .map(|one| view! { <div>{grant(&page, pack.as_deref(), one)}</div> })
                .collect();
            let roles = Content::view(roles);
            let state: Content = match member.disabled_at {
                Some(_) => Tag::new(page.t("staff-disabled")).colour("grey").into(),
                None => page.t("staff-active").into(),
            };
            table = table.row([
                Cell::new(name),
                Cell::new(member.login.as_str()),
                Cell::new(roles),
                Cell::new(state),
            ]);
        }
        view! {
            <h1 class="govuk-heading-l">{page.t("staff-title")}</h1>
            {Button::link("/staff/new", page.t("staff-add"))}
            {table}
        }
        .into_any()
    }))
}
