//! A new telephone number: it holds after a wait, of which the old number is told; until then it can be stopped here.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use casework::Error;
use casework::tracking::Token;
use casework::tracking::phone::{self, Numbers};
use domain::phone::Phone;
use leptos::prelude::*;
use serde::Deserialize;

use super::answer::not_theirs;
use super::visit::Visitor;
use crate::kit::{Button, Input, NotificationBanner, Problems};
use crate::shell::{Answer, Page, render};
use crate::state::{AppState, Asked, Done, Raw};

/// What is typed.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// `keep` for who wants the number on file; else a new one is asked for.
    pub act: String,
    /// The new number.
    pub phone: String,
}

/// `GET /track/phone`
pub async fn get(
    State(state): State<AppState>,
    page: Page,
    Visitor(token): Visitor,
    Asked(done): Asked<Done>,
) -> Answer {
    let news = page.t_if_of("track-phone-did", &done.done);
    show(&state, &page, &token, "", (&Problems::new(), news)).await
}

/// `POST /track/phone`
pub async fn post(
    State(state): State<AppState>,
    page: Page,
    Visitor(token): Visitor,
    Raw(typed): Raw<Typed>,
) -> Answer {
    if typed.act == "keep" {
        return match phone::keep(&state.casework, &token).await {
            Ok(()) => Ok(Redirect::to("/track/phone?done=kept").into_response()),
            Err(error) => Err(not_theirs(&state, &token, error).await),
        };
    }
    let key = match Phone::parse(&typed.phone) {
        Err(_) if typed.phone.trim().is_empty() => "track-phone-missing",
        Err(_) => "track-phone-wrong",
        Ok(new) => match phone::ask(&state.casework, &token, &new).await {
            Ok(_) => return Ok(Redirect::to("/track/phone?done=asked").into_response()),
            Err(Error::Invalid("phone.same")) => "track-phone-same",
            Err(Error::Invalid("phone.too_many")) => "track-phone-too-many",
            Err(error) => return Err(not_theirs(&state, &token, error).await),
        },
    };
    let mut problems = Problems::new();
    problems.add("phone", page.t(key));
    show(&state, &page.failed(), &token, &typed.phone, (&problems, None)).await
}

async fn show(
    state: &AppState,
    page: &Page,
    token: &Token,
    typed: &str,
    (problems, news): (&Problems, Option<String>),
) -> Answer {
    let found = match phone::numbers(&state.casework, token).await {
        Ok(found) => found,
        Err(error) => return Err(not_theirs(state, token, error).await),
    };
    let Numbers { now, waits } = found;
    let title = page.t("track-phone-title");
    let field = Input::new("phone", page.t("track-phone"))
        .kind("tel")
        .hint(page.t("track-phone-hint"))
        .value(typed)
        .error(problems.of("phone"));
    let waits = waits.map(|(number, at)| {
        let from = page.date_time(state.casework.here(at));
        view! {
            <div class="app-verdict app-verdict--needs">
                <h2 class="govuk-heading-m">{page.t("track-phone-waits")} " " <bdi>{number}</bdi></h2>
                <p class="govuk-body">{page.t_with("track-phone-from", &[("date", from.into())])}</p>
                <form method="post" action="/track/phone" novalidate>
                    <input type="hidden" name="act" value="keep"/>
                    {Button::new(page.t("track-phone-keep")).secondary()}
                </form>
            </div>
        }
    });
    let now = match now {
        Some(number) => view! { {page.t("track-phone-now")} " " <bdi>{number}</bdi> }.into_any(),
        None => page.t("track-phone-none").into_any(),
    };
    Ok(render(&page.clone().back("/track/status"), &title, || {
        view! {
            {problems.summary()}
            {news.map(NotificationBanner::success)}
            <div class="govuk-grid-row">
                <div class="govuk-grid-column-two-thirds">
                    <h1 class="govuk-heading-l">{title.clone()}</h1>
                    <p class="govuk-body">{now}</p>
                    {waits}
                    <p class="govuk-body">{page.t("track-phone-lead")}</p>
                    <form method="post" action="/track/phone" autocomplete="off" novalidate>
                        {field}
                        {Button::new(page.t("track-phone-send"))}
                    </form>
                </div>
            </div>
        }
        .into_any()
    }))
}
