//! Codes to the telephone on file: to come in without the PIN (`/track/code`), and to read the letter (`/track/confirm`). Each
//! has a page that asks for the code and one on which it is typed. Whether there is such a request, and a telephone, is never
//! said.

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use casework::tracking::codes::{self, Asked};
use casework::tracking::{Opened, Token};
use domain::notice::CODE_HOLDS;
use leptos::prelude::*;
use serde::Deserialize;

use super::enter::{self, digits};
use super::visit::{self, Visitor, cookie_of, over};
use crate::edge::Peer;
use crate::kit::{Button, Problems};
use crate::shell::{Answer, Page, cookie, render};
use crate::state::{AppState, Raw};

/// What is typed from the message.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// The five digits.
    pub code: String,
}

/// `GET /track/code`
pub async fn get(page: Page) -> Answer {
    Ok(ask(&page, &enter::Typed::default(), &Problems::new(), None))
}

/// `POST /track/code`
pub async fn post(
    State(state): State<AppState>,
    page: Page,
    peer: Option<Extension<Peer>>,
    Raw(typed): Raw<enter::Typed>,
) -> Answer {
    let (mut problems, part) = enter::problems(&page, &typed, state.casework.today());
    if problems.is_empty() {
        let knock = typed.knock(&page, peer);
        match codes::ask(&state.casework, &knock, enter::limits(&page)).await? {
            Asked::OnItsWay(handle) => return Ok(on_its_way(&state, &handle, "/track/code/enter")),
            Asked::TooMany => problems.add("reference", page.t("track-too-many")),
        };
    }
    Ok(ask(&page.failed(), &typed, &problems, part))
}

/// `GET /track/code/enter`
pub async fn get_enter(page: Page) -> Answer {
    Ok(type_it(&page, "/track/code", &Problems::new()))
}

/// `POST /track/code/enter`
pub async fn post_enter(
    State(state): State<AppState>,
    page: Page,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    Raw(typed): Raw<Typed>,
) -> Answer {
    let mut problems = problems(&page, &typed);
    if problems.is_empty() {
        let knock = enter::Typed::default().knock(&page, peer);
        let handle = handle(&state, &headers);
        let limits = enter::limits(&page);
        match codes::open(&state.casework, &handle, &typed.code, &knock, limits).await? {
            Opened::In(token) => {
                let kept = AppendHeaders([
                    (header::SET_COOKIE, visit::kept(&state, &token)),
                    (header::SET_COOKIE, cookie_of(&state, name(&state), "", 0)),
                ]);
                return Ok((kept, Redirect::to("/track/status")).into_response());
            }
            Opened::Refused => problems.add("code", page.t("track-code-refused")),
            Opened::TooMany => problems.add("code", page.t("track-code-too-many")),
        };
    }
    Ok(type_it(&page.failed(), "/track/code", &problems))
}

/// `GET /track/confirm`
pub async fn get_confirm(State(state): State<AppState>, page: Page, Visitor(token): Visitor) -> Answer {
    casework::tracking::visitor(&state.casework, &token).await.map_err(over)?;
    Ok(confirm(&page, &Problems::new()))
}

/// `POST /track/confirm`
pub async fn post_confirm(State(state): State<AppState>, page: Page, Visitor(token): Visitor) -> Answer {
    match codes::ask_on_visit(&state.casework, &token).await.map_err(over)? {
        Asked::OnItsWay(handle) => Ok(on_its_way(&state, &handle, "/track/confirm/enter")),
        Asked::TooMany => {
            let mut problems = Problems::new();
            problems.add("send", page.t("track-code-too-many"));
            Ok(confirm(&page.failed(), &problems))
        }
    }
}

/// `GET /track/confirm/enter`
pub async fn get_confirm_enter(State(state): State<AppState>, page: Page, Visitor(token): Visitor) -> Answer {
    casework::tracking::visitor(&state.casework, &token).await.map_err(over)?;
    Ok(type_it(&page, "/track/confirm", &Problems::new()))
}

/// `POST /track/confirm/enter`
pub async fn post_confirm_enter(
    State(state): State<AppState>,
    page: Page,
    Visitor(token): Visitor,
    headers: HeaderMap,
    Raw(typed): Raw<Typed>,
) -> Answer {
    let mut problems = problems(&page, &typed);
    if problems.is_empty() {
        let handle = handle(&state, &headers);
        if codes::confirm(&state.casework, &token, &handle, &typed.code).await.map_err(over)? {
            let gone = AppendHeaders([(header::SET_COOKIE, cookie_of(&state, name(&state), "", 0))]);
            return Ok((gone, Redirect::to("/track/letter")).into_response());
        }
        problems.add("code", page.t("track-code-refused"));
    }
    Ok(type_it(&page.failed(), "/track/confirm", &problems))
}

fn name(state: &AppState) -> &'static str {
    if state.settings.secure_cookies { "__Host-guichet-code" } else { "guichet-code" }
}

fn handle(state: &AppState, headers: &HeaderMap) -> Token {
    Token::from_cookie(cookie(headers, name(state)).unwrap_or_default())
}

fn on_its_way(state: &AppState, handle: &Token, next: &str) -> Response {
    let kept = cookie_of(state, name(state), handle.reveal(), CODE_HOLDS.whole_seconds());
    (AppendHeaders([(header::SET_COOKIE, kept)]), Redirect::to(next)).into_response()
}

fn problems(page: &Page, typed: &Typed) -> Problems {
    let mut problems = Problems::new();
    if typed.code.trim().is_empty() {
        problems.add("code", page.t("track-code-missing"));
    } else if domain::pin::Code::parse(&typed.code).is_err() {
        problems.add("code", page.t("track-code-shape"));
    }
    problems
}

fn ask(page: &Page, typed: &enter::Typed, problems: &Problems, part: Option<&'static str>) -> Response {
    let title = page.t("track-code-title");
    render(&page.clone().back("/track"), &title, || {
        view! {
            {problems.summary()}
            <div class="govuk-grid-row">
                <div class="govuk-grid-column-two-thirds">
                    <h1 class="govuk-heading-l">{page.t("track-code-title")}</h1>
                    <p class="govuk-body">{page.t("track-code-lead")}</p>
                    <form method="post" action="/track/code" autocomplete="off" novalidate>
                        {enter::who(page, typed, problems, part)}
                        {Button::new(page.t("track-code-send"))}
                    </form>
                </div>
            </div>
        }
        .into_any()
    })
}

fn confirm(page: &Page, problems: &Problems) -> Response {
    let title = page.t("track-confirm-title");
    render(&page.clone().back("/track/status"), &title, || {
        view! {
            {problems.summary()}
            <div class="govuk-grid-row">
                <div class="govuk-grid-column-two-thirds">
                    <h1 class="govuk-heading-l">{page.t("track-confirm-title")}</h1>
                    <p class="govuk-body">{page.t("track-confirm-lead")}</p>
                    <form method="post" action="/track/confirm">
                        {Button { id: "send".into(), ..Button::new(page.t("track-code-send")) }}
                    </form>
                </div>
            </div>
        }
        .into_any()
    })
}

fn type_it(page: &Page, before: &str, problems: &Problems) -> Response {
    let title = page.t("track-code-enter-title");
    let action = format!("{before}/enter");
    let before = before.to_owned();
    render(&page.clone().back(before.clone()), &title, || {
        view! {
            {problems.summary()}
            <div class="govuk-grid-row">
                <div class="govuk-grid-column-two-thirds">
                    <h1 class="govuk-heading-l">{page.t("track-code-enter-title")}</h1>
                    <p class="govuk-body">{page.t("track-code-enter-lead")}</p>
                    <form method="post" action=action autocomplete="off" novalidate>
                        {digits("code", page.t("track-code"), page.t("track-code-hint"), problems)}
                        {Button::new(page.t("track-button"))}
                    </form>
                    <p class="govuk-body">
                        <a class="govuk-link" href=before>{page.t("track-code-again")}</a>
                    </p>
                </div>
            </div>
        }
        .into_any()
    })
}
