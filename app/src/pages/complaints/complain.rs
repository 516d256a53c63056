//! Writing a complaint: for everybody, with a request or without, with a name or none. Then the code and the PIN, once.

use axum::Extension;
use axum::extract::State;
use casework::complaints::{self, Channel, Lodged};
use casework::tracking::Limits;
use casework::{Actor, Casework};
use leptos::prelude::*;

use super::fields::{Typed, fields, refused};
use crate::edge::Peer;
use crate::kit::{Button, Details, Panel, Problems, SummaryList, WarningText};
use crate::shell::{Answer, Page, render};
use crate::state::AppState;
use crate::upload::{self, Sent};

/// `GET /complain`
pub async fn get(State(state): State<AppState>, page: Page) -> Answer {
    show(&state.casework, &page, &Typed::begin(&state.casework), &Problems::new())
}

/// `POST /complain`
pub async fn post(
    State(state): State<AppState>,
    page: Page,
    peer: Option<Extension<Peer>>,
    sent: Sent<Typed>,
) -> Answer {
    let mut problems = Problems::new();
    let typed = sent.typed;
    let statement = typed.statement(&page, &mut problems);
    upload::refuse(&page, &sent.faults, &mut problems);
    if let Some(statement) = statement.filter(|_| problems.is_empty()) {
        // At a counter many people use one machine; an officer is signed in on it.
        let limits = if page.person().is_some() { Limits::OFFICE } else { Limits::PUBLIC };
        let address = peer.map(|Extension(Peer(address))| address).unwrap_or_default();
        let Some(new) = typed.complaint(&page, statement, Channel::Public, None, None, sent.files) else {
            // A form that is not ours: a fresh one, with what was typed.
            let typed = Typed { form: Typed::begin(&state.casework).form, ..typed };
            return show(&state.casework, &page.failed(), &typed, &problems);
        };
        if complaints::own::may_write(&state.casework, &address, limits).await? {
            // Whoever is signed in on this browser, it is the complainant who writes.
            match complaints::lodge(&state.casework, &Actor::applicant(), &new).await {
                Ok(lodged) => return Ok(done(&state.casework, &page, &lodged)),
                Err(error) => refused(&page, error, &mut problems)?,
            }
        } else {
            problems.add("what", page.t("complain-too-many"));
        }
    }
    show(&state.casework, &page.failed(), &typed, &problems)
}

fn show(casework: &Casework, page: &Page, typed: &Typed, problems: &Problems) -> Answer {
    let title = page.t("complain-title");
    let fields = fields(page, casework, typed, problems)?;
    Ok(render(page, &title, || {
        view! {
            {problems.summary()}
            <div class="govuk-grid-row">
                <div class="govuk-grid-column-two-thirds">
                    <h1 class="govuk-heading-l">{title.clone()}</h1>
                    <p class="govuk-body">{page.t("complain-lead")}</p>
                    <p class="govuk-body">{page.t("complain-free")}</p>
                    <p class="govuk-body">
                        <a class="govuk-link" href="/complain/status">{page.t("complain-follow")}</a>
                    </p>
                    <form method="post" action="/complain" enctype="multipart/form-data" autocomplete="off" novalidate>
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

/// The code and the PIN, as they are written down.
pub fn papers(page: &Page, casework: &Casework, lodged: &Lodged) -> AnyView {
    let day = |at| page.date(casework.here(at).date());
    let code = lodged.code.to_string();
    let pin = lodged.pin.clone();
    let list = SummaryList::new()
        .row(
            page.t("complain-code"),
            crate::kit::Content::view(view! { <bdi class="app-reference" id="code">{code}</bdi> }),
        )
        .row(
            page.t("complain-pin"),
            crate::kit::Content::view(view! { <bdi class="app-reference" id="pin">{pin}</bdi> }),
        )
        .row(page.t("complain-hear-by"), day(lodged.acknowledge_by))
        .row(page.t("complain-answer-by"), day(lodged.answer_by));
    view! {
        {Panel::new(page.t("complain-done-title"), page.t("complain-done-text"))}
        {WarningText::new(page.t("complain-keep"))}
        {list}
    }
    .into_any()
}

fn done(casework: &Casework, page: &Page, lodged: &Lodged) -> axum::response::Response {
    let title = page.t("complain-done-title");
    render(page, &title, || {
        view! {
            <div class="govuk-grid-row">
                <div class="govuk-grid-column-two-thirds">
                    {papers(page, casework, lodged)}
                    <h2 class="govuk-heading-m">{page.t("complain-next")}</h2>
                    <p class="govuk-body">{page.t("complain-next-text")}</p>
                    <p class="govuk-body">
                        <a class="govuk-link" href="/complain/status">{page.t("complain-follow")}</a>
                    </p>
                </div>
            </div>
        }
        .into_any()
    })
}
