//! Answering what was asked for: a text, photographs or papers. They go to the office that asked.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use casework::Error;
use casework::tracking::{self, Token, answers};
use domain::letter::Missing;
use domain::representative::Reach;
use leptos::prelude::*;
use serde::Deserialize;

use super::status::missing_list;
use super::visit::{Visitor, over};
use crate::kit::{Button, Problems, Textarea};
use crate::shell::{Answer, Failure, Page, render};
use crate::state::AppState;
use crate::upload::{self, Sent};

/// What is typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// The answer.
    pub answer: String,
}

/// `GET /track/answer`
pub async fn get(State(state): State<AppState>, page: Page, Visitor(token): Visitor) -> Answer {
    show(&state, &page, &token, &Typed::default(), &Problems::new()).await
}

/// `POST /track/answer`
pub async fn post(
    State(state): State<AppState>,
    page: Page,
    Visitor(token): Visitor,
    Sent { typed, files, faults }: Sent<Typed>,
) -> Answer {
    let mut problems = Problems::new();
    upload::refuse(&page, &faults, &mut problems);
    if problems.is_empty() {
        let key = match answers::answer(&state.casework, &token, &typed.answer, files).await {
            Ok(()) => return Ok(Redirect::to("/track/status?done=answered").into_response()),
            Err(Error::Invalid("answer.missing")) => "track-answer-missing",
            Err(Error::Invalid("answer.too_long")) => "track-answer-too-long",
            Err(Error::Invalid("answer.too_many")) => "track-answer-too-many",
            Err(Error::Conflict(_)) => return Err(Failure::elsewhere("/track/status")),
            Err(error) => return Err(not_theirs(&state, &token, error).await),
        };
        problems.add("answer", page.t(key));
    }
    show(&state, &page.failed(), &token, &typed, &problems).await
}

/// Who is in and may not do this goes back to the status; who is not in, to the form.
pub async fn not_theirs(state: &AppState, token: &Token, error: Error) -> Failure {
    match error {
        Error::Forbidden if tracking::visitor(&state.casework, token).await.is_ok() => {
            Failure::elsewhere("/track/status?done=not_yours")
        }
        error => over(error),
    }
}

async fn show(state: &AppState, page: &Page, token: &Token, typed: &Typed, problems: &Problems) -> Answer {
    let visitor = tracking::visitor(&state.casework, token).await.map_err(over)?;
    if visitor.reach < Reach::Act {
        return Err(Failure::elsewhere("/track/status?done=not_yours"));
    }
    let visit = tracking::view(&state.casework, token).await.map_err(over)?;
    if !visit.may_answer {
        return Err(Failure::elsewhere("/track/status"));
    }
    let missing: Vec<Missing> = if visit.has_letter {
        tracking::missing(&state.casework, token, page.lang.code()).await.map_err(over)?
    } else {
        Vec::new()
    };
    let title = page.t("track-answer-title");
    Ok(render(&page.clone().back("/track/status"), &title, || {
        view! {
            {problems.summary()}
            <div class="govuk-grid-row">
                <div class="govuk-grid-column-two-thirds">
                    <h1 class="govuk-heading-l">{page.t("track-answer-title")}</h1>
                    <p class="govuk-body">{page.t("track-answer-lead")}</p>
                    {missing_list(page, &missing)}
                    <form method="post" action="/track/answer" enctype="multipart/form-data" novalidate>
                        {Textarea::new("answer", page.t("track-answer"))
                            .label_class("govuk-label--s")
                            .hint(page.t("track-answer-hint"))
                            .value(&typed.answer)
                            .rows(6)
                            .error(problems.of("answer"))}
                        {upload::field(page, problems)}
                        {Button::new(page.t("track-answer-send"))}
                    </form>
                </div>
            </div>
        }
        .into_any()
    }))
}
