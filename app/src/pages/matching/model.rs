//! One model: what it rests on, its guards, what it changes, its weights in words, and the administrator's word.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::matching::models::{self, Shown};
use casework::{Actor, Casework, Error};
use domain::matching::learn::ModelState;
use domain::role::{Right, Scope};
use leptos::prelude::*;
use serde::Deserialize;

use super::figures::{name, state};
use super::{evidence, weights};
use crate::kit::{Button, Content, InsetText, NotificationBanner, Problems, SummaryList, Textarea};
use crate::shell::{Answer, Failure, Page, render};
use crate::state::{Raw, SignedIn};

/// Longest reason.
const MOST: usize = 1000;

/// What is typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// `activate` or `refuse`.
    pub act: String,
    /// Why.
    pub reason: String,
    /// The model in force as it was shown.
    pub in_force: String,
}

/// `GET /matching/{version}`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(version): Path<String>,
) -> Answer {
    let shown = models::one(&casework, &actor, number(&version)?).await?;
    Ok(show(&page, &casework, &actor, &shown, &Typed::default(), &Problems::new(), None))
}

/// `POST /matching/{version}`
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(version): Path<String>,
    Raw(typed): Raw<Typed>,
) -> Answer {
    actor.require(Right::KeepModels, &Scope::National)?;
    let version = number(&version)?;
    let shown = models::one(&casework, &actor, version).await?;
    let mut problems = Problems::new();
    let reason = typed.reason.trim();
    if reason.is_empty() {
        problems.add("reason", page.t("model-reason-missing"));
    } else if reason.chars().count() > MOST {
        problems.add("reason", page.t_with("field-too-long", &[("most", MOST.into())]));
    }
    if !problems.is_empty() {
        return Ok(show(&page.failed(), &casework, &actor, &shown, &typed, &problems, None));
    }
    let done = match typed.act.as_str() {
        "activate" => {
            let in_force = typed.in_force.trim().parse().unwrap_or(0);
            models::activate(&casework, &actor, version, in_force, reason).await.map(|()| "activated")
        }
        "refuse" => models::refuse(&casework, &actor, version, reason).await.map(|()| "refused"),
        _ => Err(Error::Invalid("model.act")),
    };
    let key = match done {
        Ok(done) => return Ok(Redirect::to(&format!("/matching?done={done}")).into_response()),
        Err(Error::Stale | Error::Conflict(_)) => "model-moved",
        Err(Error::Invalid("model.guards")) => "model-guarded",
        Err(error) => return Err(error.into()),
    };
    let shown = models::one(&casework, &actor, version).await?;
    let page = page.status(StatusCode::CONFLICT);
    let news = NotificationBanner::new(page.t(key));
    Ok(show(&page, &casework, &actor, &shown, &typed, &problems, Some(news)))
}

fn number(version: &str) -> Result<i64, Failure> {
    version.parse().map_err(|_| Failure::not_found())
}

fn show(
    page: &Page,
    casework: &Casework,
    actor: &Actor,
    shown: &Shown,
    typed: &Typed,
    problems: &Problems,
    news: Option<NotificationBanner>,
) -> Response {
    let page = &page.clone().back("/matching");
    let title = name(page, shown.kept.version);
    render(page, &title, || {
        let learned = shown.kept.report.as_ref().map(|report| {
            view! {
                {evidence::rests_on(page, report)}
                {evidence::guards(page, shown, report)}
                {evidence::effect(page, report)}
            }
            .into_any()
        });
        view! {
            {problems.summary()}
            {news}
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            {about(page, casework, shown)}
            {learned}
            {weights::tables(page, shown)}
            {answer(page, actor, shown, typed, problems)}
        }
        .into_any()
    })
}

fn about(page: &Page, casework: &Casework, shown: &Shown) -> SummaryList {
    let kept = &shown.kept;
    let moment = |at| {
        let at = page.date_time(casework.here(at));
        Content::view(view! { <bdi>{at}</bdi> })
    };
    let mut list = SummaryList::new().row(page.t("model-state"), state(page, kept.state));
    match kept.made_at {
        Some(at) => {
            let base = format!("/matching/{}", kept.base);
            let base = view! { <a class="govuk-link" href=base>{name(page, kept.base)}</a> };
            list =
                list.row(page.t("model-learned"), moment(at)).row(page.t("model-base"), Content::view(base));
        }
        None => list = list.row(page.t("model-learned"), page.t("model-ships-about")),
    }
    if let Some(at) = kept.decided_at {
        list = list.row(page.t("model-since"), moment(at));
    }
    if let Some(by) = kept.decided_by.clone() {
        list = list.row(page.t("model-by"), Content::view(view! { <bdi>{by}</bdi> }));
    }
    if !kept.reason.is_empty() {
        let reason = kept.reason.clone();
        list = list.row(page.t("model-reason"), Content::view(view! { <bdi>{reason}</bdi> }));
    }
    list
}

/// What an administrator can say, or why nothing.
fn answer(page: &Page, actor: &Actor, shown: &Shown, typed: &Typed, problems: &Problems) -> AnyView {
    if !actor.may_in(Right::KeepModels, &Scope::National) {
        return ().into_any();
    }
    let (kept, can_activate) = (&shown.kept, shown.may_be_activated());
    let can_refuse = kept.state == ModelState::Proposed;
    let why_not = match kept.state {
        ModelState::Proposed | ModelState::Retired if !shown.failed.is_empty() => Some("model-guarded"),
        ModelState::Proposed if !can_activate => Some("model-other-base"),
        _ => None,
    };
    let why_not = why_not.map(|key| InsetText::new(page.t(key)));
    if !can_activate && !can_refuse {
        return why_not.into_any();
    }
    let activate = can_activate.then(|| {
        let key = if can_refuse { "model-activate" } else { "model-go-back" };
        Button::new(page.t(key)).named("act", "activate")
    });
    let refuse = can_refuse.then(|| Button::new(page.t("model-refuse")).secondary().named("act", "refuse"));
    view! {
        <h2 class="govuk-heading-m">{page.t("model-answer")}</h2>
        {why_not}
        <p class="govuk-body">{page.t("model-answer-about")}</p>
        <form method="post" action=format!("/matching/{}", kept.version) novalidate>
            <input type="hidden" name="in_force" value=shown.in_force.version().to_string()/>
            {Textarea::new("reason", page.t("model-reason"))
                .hint(page.t("model-reason-hint"))
                .rows(3)
                .value(&typed.reason)
                .error(problems.of("reason"))}
            <div class="govuk-button-group">{activate} {refuse}</div>
        </form>
    }
    .into_any()
}
