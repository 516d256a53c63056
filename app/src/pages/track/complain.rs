//! Complaining from the own page. The form is the public one; what is written with a name is kept with the request it is about,
//! without one nothing leads to it.

use axum::extract::State;
use casework::Actor;
use casework::complaints::{self, Channel};
use casework::tracking;
use domain::representative::Reach;
use leptos::prelude::*;

use super::answer::not_theirs;
use super::visit::{Visitor, over};
use crate::kit::{Button, Details, Problems};
use crate::pages::complaints::complain::papers;
use crate::pages::complaints::fields::{Typed, fields, refused};
use crate::shell::{Answer, Failure, Page, render};
use crate::state::AppState;
use crate::upload::{self, Sent};

/// `GET /track/complain`
pub async fn get(State(state): State<AppState>, page: Page, Visitor(token): Visitor) -> Answer {
    let guest = tracking::visitor(&state.casework, &token).await.map_err(over)?;
    if guest.reach < Reach::Act {
        return Err(Failure::elsewhere("/track/status?done=not_yours"));
    }
    show(&state, &page, &Typed::begin(&state.casework), &Problems::new())
}

/// `POST /track/complain`
pub async fn post(
    State(state): State<AppState>,
    page: Page,
    Visitor(token): Visitor,
    sent: Sent<Typed>,
) -> Answer {
    let guest = tracking::visitor(&state.casework, &token).await.map_err(over)?;
    if guest.reach < Reach::Act {
        return Err(Failure::elsewhere("/track/status?done=not_yours"));
    }
    let mut problems = Problems::new();
    let typed = sent.typed;
    let statement = typed.statement(&page, &mut problems);
    upload::refuse(&page, &sent.faults, &mut problems);
    if let Some(statement) = statement.filter(|_| problems.is_empty()) {
        let household = Some(guest.household);
        let Some(new) = typed.complaint(&page, statement, Channel::Track, household, None, sent.files) else {
            // A form that is not ours: a fresh one, with what was typed.
            let typed = Typed { form: Typed::begin(&state.casework).form, ..typed };
            return show(&state, &page.failed(), &typed, &problems);
        };
        match complaints::lodge(&state.casework, &Actor::applicant(), &new).await {
            Ok(lodged) => {
                let title = page.t("complain-done-title");
                return Ok(render(&page.clone().back("/track/status"), &title, || {
                    view! {
                        <div class="govuk-grid-row">
                            <div class="govuk-grid-column-two-thirds">
                                {papers(&page, &state.casework, &lodged)}
                            </div>
                        </div>
                    }
                    .into_any()
                }));
            }
            Err(error @ casework::Error::Forbidden) => return Err(not_theirs(&state, &token, error).await),
            Err(error) => refused(&page, error, &mut problems)?,
        }
    }
    show(&state, &page.failed(), &typed, &problems)
}

fn show(state: &AppState, page: &Page, typed: &Typed, problems: &Problems) -> Answer {
    let title = page.t("complain-title");
    let fields = fields(page, &state.casework, typed, problems)?;
    Ok(render(&page.clone().back("/track/status"), &title, || {
        view! {
            {problems.summary()}
            <div class="govuk-grid-row">
                <div class="govuk-grid-column-two-thirds">
                    <h1 class="govuk-heading-l">{title.clone()}</h1>
                    <p class="govuk-body">{page.t("complain-free")}</p>
                    <form
                        method="post"
                        action="/track/complain"
                        enctype="multipart/form-data"
                        autocomplete="off"
                        novalidate
                    >
                        {fields}
                        {Details::new(page.t("complain-privacy"), page.t("complain-privacy-text"))}
                        {Button::new(page.t("complain-send"))}
                    </form>
                </div>
            </div>
        }
        .into_any()
    }))
}
