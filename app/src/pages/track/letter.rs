//! The letter on the applicant's own screen, in the language of the page.

use axum::extract::State;
use axum::http::HeaderMap;
use casework::tracking;
use leptos::prelude::*;

use super::visit::{Visitor, over};
use crate::pages::letter::paper::paper;
use crate::pages::letter::{spoken, track_address};
use crate::shell::{Answer, Page, render};
use crate::state::AppState;

/// `GET /track/letter`
pub async fn get(
    State(state): State<AppState>,
    page: Page,
    Visitor(token): Visitor,
    headers: HeaderMap,
) -> Answer {
    let letter = tracking::letter(&state.casework, &token, page.lang.code()).await.map_err(over)?;
    let address = track_address(&state, &headers);
    let title = page.t("letter-page-title");
    Ok(render(&page.clone().back("/track/status"), &title, || {
        view! {
            {paper(&letter, spoken(&address))}
            <p class="govuk-body app-screen-only">
                <a class="govuk-link" href="/track/status">{page.t("status-back")}</a>
            </p>
        }
        .into_any()
    }))
}
