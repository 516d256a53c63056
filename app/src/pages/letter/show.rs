//! The officer's page around the letter: read it in another language, print it, go on to the receipt.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use casework::letters;
use domain::ids::{AssessmentId, HouseholdId};
use leptos::prelude::*;
use uuid::Uuid;

use super::paper::paper;
use super::{Wanted, other_languages, spoken, track_address};
use crate::shell::{Answer, render};
use crate::state::{AppState, Asked, SignedIn};
use crate::words::Lang;

/// `GET /households/{household}/letters/{assessment}`
pub async fn get(
    State(state): State<AppState>,
    SignedIn { page, actor }: SignedIn,
    Path((household, assessment)): Path<(Uuid, Uuid)>,
    Asked(wanted): Asked<Wanted>,
    headers: HeaderMap,
) -> Answer {
    let (household, assessment) = (HouseholdId::new(household), AssessmentId::new(assessment));
    let language = wanted.language().map(Lang::code);
    let letter = letters::read(&state.casework, &actor, household, assessment, language).await?;
    let address = track_address(&state, &headers);
    let shown = Lang::parse(&letter.language).unwrap_or_default();
    let file = format!("/households/{household}");
    let receipt = format!("{file}/receipts/{assessment}");
    let title = page.t("letter-page-title");
    let page = page.back(file.as_str());
    let languages = other_languages(&page.path, &page.t("letter-read-in"), shown);
    Ok(render(&page, &title, || {
        view! {
            <nav class="app-screen-only app-tools" aria-label=page.t("letter-tools")>
                {languages}
                <p class="govuk-body"><a class="govuk-link" href=receipt>{page.t("letter-receipt-link")}</a></p>
                <p class="govuk-hint">{page.t("letter-print-hint")}</p>
            </nav>
            {paper(&letter, spoken(&address))}
        }
        .into_any()
    }))
}
