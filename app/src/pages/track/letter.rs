//! The letter on the applicant's own screen, in the language of the page.

use axum::extract::State;
use axum::http::HeaderMap;
use casework::tracking::{self, Read};
use leptos::prelude::*;

use super::visit::{Visitor, over};
use crate::pages::letter::paper::paper;
use crate::pages::letter::{spoken, track_address};
use crate::shell::{Answer, Failure, Page, render};
use crate::state::AppState;

/// `GET /track/letter`
pub async fn get(
    State(state): State<AppState>,
    page: Page,
    Visitor(token): Visitor,
    headers: HeaderMap,
) -> Answer {
    let lang = page.lang.code();
    let letter = match tracking::letter(&state.casework, &token, lang, page.texts()).await.map_err(over)? {
        Read::Letter(letter) => letter,
        Read::NeedsCode => return Err(Failure::elsewhere("/track/confirm")),
        Read::NotYours => return Err(Failure::elsewhere("/track/status?done=not_yours")),
    };
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
