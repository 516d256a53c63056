//! An award of money that waits until it is settled whether its household is registered twice: what waits and for what, and
//! a supervisor lets it begin all the same.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use casework::Casework;
use casework::decisions::{self, Shown};
use casework::error::Conflict;
use casework::overrides::{self, Waits};
use domain::ids::{DecisionId, HouseholdId};
use leptos::prelude::*;
use serde::Deserialize;

use super::{ids, rules};
use crate::kit::{Button, Content, InsetText, NotificationBanner, Problems, SummaryList, Textarea};
use crate::shell::{Answer, Failure, Page, render};
use crate::state::{Asked, Done, Raw, SignedIn};

/// Longest reason.
const MOST: usize = 1000;

/// What is typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// Why it begins.
    pub reason: String,
}

/// Where one sees what waits of a decision.
pub fn address(household: HouseholdId, decision: impl std::fmt::Display) -> String {
    format!("/decisions/{household}/{decision}/begin")
}

/// What the page shows.
struct Matter {
    page: Page,
    shown: Shown,
    waits: Option<Waits>,
}

impl Matter {
    async fn read(casework: &Casework, signed: SignedIn, household: &str, id: &str) -> Result<Self, Failure> {
        let SignedIn { page, actor } = signed;
        let (household, id) = ids(household, id)?;
        let id = DecisionId::new(id);
        let shown = decisions::show(casework, &actor, household, id).await?;
        let waits = overrides::waits(casework, &actor, household, id).await?;
        let page = page.back(format!("/decisions/{household}/{id}"));
        Ok(Self { page, shown, waits })
    }
}

/// `GET /decisions/{household}/{decision}/begin`
pub async fn get(
    State(casework): State<Casework>,
    signed: SignedIn,
    Path((household, id)): Path<(String, String)>,
    Asked(done): Asked<Done>,
) -> Answer {
    let matter = Matter::read(&casework, signed, &household, &id).await?;
    let news = (done.done == "begun").then(|| NotificationBanner::success(matter.page.t("begin-done")));
    let title = matter.page.t("begin-title");
    Ok(render(&matter.page, &title, || show(&matter, &title, &Typed::default(), &Problems::new(), news)))
}

/// `POST /decisions/{household}/{decision}/begin`
pub async fn post(
    State(casework): State<Casework>,
    signed: SignedIn,
    Path((household, id)): Path<(String, String)>,
    Raw(typed): Raw<Typed>,
) -> Answer {
    let mut matter = Matter::read(&casework, signed.clone(), &household, &id).await?;
    let title = matter.page.t("begin-title");
    let mut problems = Problems::new();
    if typed.reason.trim().is_empty() {
        problems.add("reason", matter.page.t("begin-reason-missing"));
    } else if typed.reason.chars().count() > MOST {
        problems.add("reason", matter.page.t_with("field-too-long", &[("most", MOST.into())]));
    } else {
        let decision = &matter.shown.decision;
        let (home, id) = (decision.household, decision.id);
        match overrides::let_begin(&casework, &signed.actor, home, id, &typed.reason).await {
            Ok(()) => {
                return Ok(Redirect::to(&format!("{}?done=begun", address(home, id))).into_response());
            }
            Err(casework::Error::Stale | casework::Error::Conflict(Conflict::State)) => {
                matter = Matter::read(&casework, signed, &household, &id.to_string()).await?;
                matter.page = matter.page.status(StatusCode::CONFLICT);
                let news = NotificationBanner::new(matter.page.t("begin-moved"));
                return Ok(render(&matter.page, &title, || {
                    show(&matter, &title, &typed, &problems, Some(news))
                }));
            }
            Err(error) => return Err(error.into()),
        }
    }
    matter.page = matter.page.failed();
    Ok(render(&matter.page, &title, || show(&matter, &title, &typed, &problems, None)))
}

fn show(
    matter: &Matter,
    title: &str,
    typed: &Typed,
    problems: &Problems,
    news: Option<NotificationBanner>,
) -> AnyView {
    let Matter { page, shown, waits } = matter;
    let rest = match waits {
        None => InsetText::new(page.t("begin-nothing")).into_any(),
        Some(waits) => view! {
            {facts(matter, waits)}
            {next(page, waits, typed, problems)}
        }
        .into_any(),
    };
    view! {
        {problems.summary()}
        {news}
        <span class="govuk-caption-l">{rules::programme(page, shown)}</span>
        <h1 class="govuk-heading-l">{title.to_owned()}</h1>
        {rest}
    }
    .into_any()
}

/// What is granted, since when it waits, and for which answers.
fn facts(matter: &Matter, waits: &Waits) -> SummaryList {
    let Matter { page, shown, .. } = matter;
    let (decision, enrolment) = (&shown.decision, &waits.enrolment);
    let who = rules::who(shown);
    let period = decision.period.as_deref();
    let gives = rules::outcome(page, &shown.pack, decision.outcome.code(), decision.amount_minor, period);
    let list = SummaryList::new()
        .row(page.t("proposal-for"), Content::view(view! { <bdi>{who}</bdi> }))
        .row(page.t("begin-granted"), gives)
        .row(page.t("decision-standing"), page.t_of("results-enrolment", enrolment.state.code()));
    if !enrolment.is_held() {
        let why = enrolment.begun_despite.clone();
        return list.row(page.t("begin-despite"), Content::view(view! { <bdi>{why}</bdi> }));
    }
    let list = list.row(page.t("begin-since"), page.date(enrolment.since));
    if waits.pairs.is_empty() {
        return list;
    }
    let pairs: Vec<AnyView> = waits
        .pairs
        .iter()
        .enumerate()
        .map(|(at, pair)| {
            let href = format!("/duplicates/{}/{}", pair.person, pair.other_person);
            let number = i64::try_from(at + 1).unwrap_or(i64::MAX);
            let text = page.t_with("begin-pair", &[("number", number.into())]);
            view! { <li><a class="govuk-link" href=href>{text}</a></li> }.into_any()
        })
        .collect();
    list.row(page.t("begin-for"), Content::view(view! { <ul class="govuk-list">{pairs}</ul> }))
}

/// What this person may do, or who may.
fn next(page: &Page, waits: &Waits, typed: &Typed, problems: &Problems) -> AnyView {
    if !waits.enrolment.is_held() {
        return ().into_any();
    }
    if !waits.may_begin {
        return InsetText::new(page.t("begin-who")).into_any();
    }
    view! {
        <p class="govuk-body">{page.t("begin-text")}</p>
        <form method="post" novalidate>
            {Textarea::new("reason", page.t("begin-reason"))
                .hint(page.t("begin-reason-hint"))
                .rows(4)
                .value(&typed.reason)
                .error(problems.of("reason"))}
            {Button::new(page.t("begin-button")).warning()}
        </form>
    }
    .into_any()
}

#[cfg(test)]
mod tests;
