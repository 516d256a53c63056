//! What was announced to a person and may be taken away after the person was heard: somebody puts it into force when the time
//! is over, or a supervisor gives it up.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use casework::decisions::{self, Decision, Shown};
use casework::overrides::{self, GIVEN_UP, Hearing};
use casework::{Actor, Casework, Error};
use domain::ids::{DecisionId, HouseholdId};
use domain::lifecycle::decision::DecisionState;
use leptos::prelude::*;
use serde::Deserialize;

use super::{due, ids, rules};
use crate::kit::{
    Button, Checkboxes, Content, Details, InsetText, NotificationBanner, Problems, Radios, SummaryList,
};
use crate::shell::{Answer, Failure, Page, render};
use crate::state::{Asked, Done, Raw, SignedIn};

/// What is typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// `issue` or `give_up`.
    pub act: String,
    /// `yes`: the person was heard, or had the time to be.
    pub sure: String,
    /// Why it is given up, as a code.
    pub why: String,
}

/// Where the hearing about a decision is.
pub fn address(household: HouseholdId, decision: impl std::fmt::Display) -> String {
    format!("/decisions/{household}/{decision}/issue")
}

/// A link to the hearing about this decision, or about the one that would take its place; none when nobody is heard.
pub fn link(page: &Page, shown: &Shown) -> Option<AnyView> {
    let is_announced = |one: &&Decision| one.state == DecisionState::Proposed;
    let announced =
        Some(&shown.decision).filter(is_announced).or_else(|| shown.history.iter().find(is_announced))?;
    let href = address(announced.household, announced.id);
    Some(
        view! { <p class="govuk-body"><a class="govuk-link" href=href>{page.t("hearing-see")}</a></p> }
            .into_any(),
    )
}

/// What the page shows.
struct Matter {
    page: Page,
    actor: Arc<Actor>,
    casework: Casework,
    shown: Shown,
    hearing: Option<Hearing>,
}

impl Matter {
    async fn read(casework: Casework, signed: SignedIn, household: &str, id: &str) -> Result<Self, Failure> {
        let SignedIn { page, actor } = signed;
        let (household, id) = ids(household, id)?;
        let shown = decisions::show(&casework, &actor, household, DecisionId::new(id)).await?;
        let hearing = overrides::hearing(&casework, &actor, household, DecisionId::new(id)).await?;
        let page = page.back(format!("/decisions/{household}/{id}"));
        Ok(Self { page, actor, casework, shown, hearing })
    }
}

/// `GET /decisions/{household}/{decision}/issue`
pub async fn get(
    State(casework): State<Casework>,
    signed: SignedIn,
    Path((household, id)): Path<(String, String)>,
    Asked(done): Asked<Done>,
) -> Answer {
    let matter = Matter::read(casework, signed, &household, &id).await?;
    let news = match done.done.as_str() {
        "issue" | "give_up" => {
            Some(NotificationBanner::success(matter.page.t_of("hearing-done", &done.done)))
        }
        _ => None,
    };
    let title = matter.page.t("hearing-title");
    Ok(render(&matter.page, &title, || show(&matter, &title, &Typed::default(), &Problems::new(), news)))
}

/// `POST /decisions/{household}/{decision}/issue`
pub async fn post(
    State(casework): State<Casework>,
    signed: SignedIn,
    Path((household, id)): Path<(String, String)>,
    Raw(typed): Raw<Typed>,
) -> Answer {
    let mut matter = Matter::read(casework.clone(), signed.clone(), &household, &id).await?;
    let title = matter.page.t("hearing-title");
    let problems = check(&matter.page, &typed);
    if problems.is_empty() {
        match act(&matter, &typed).await {
            Ok(done) => {
                let decision = &matter.shown.decision;
                let here = address(decision.household, decision.id);
                return Ok(Redirect::to(&format!("{here}?done={done}")).into_response());
            }
            Err(Error::Stale | Error::Conflict(casework::error::Conflict::State)) => {
                matter = Matter::read(casework, signed, &household, &id).await?;
                matter.page = matter.page.status(StatusCode::CONFLICT);
                let news = NotificationBanner::new(matter.page.t("hearing-moved"));
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

fn check(page: &Page, typed: &Typed) -> Problems {
    let mut problems = Problems::new();
    if typed.act == "give_up" {
        if !GIVEN_UP.contains(&typed.why.as_str()) {
            problems.add("why", page.t("hearing-why-missing"));
        }
    } else if typed.sure != "yes" {
        problems.add("sure", page.t("hearing-sure-missing"));
    }
    problems
}

/// Does what was asked; what was done.
async fn act(matter: &Matter, typed: &Typed) -> Result<&'static str, Error> {
    let Matter { casework, actor, shown, .. } = matter;
    let (household, id) = (shown.decision.household, shown.decision.id);
    if typed.act == "give_up" {
        overrides::give_up(casework, actor, household, id, &typed.why).await?;
        Ok("give_up")
    } else {
        overrides::issue_heard(casework, actor, household, id).await?;
        Ok("issue")
    }
}

fn show(
    matter: &Matter,
    title: &str,
    typed: &Typed,
    problems: &Problems,
    news: Option<NotificationBanner>,
) -> AnyView {
    let Matter { page, shown, .. } = matter;
    view! {
        {problems.summary()}
        {news}
        <span class="govuk-caption-l">{rules::programme(page, shown)}</span>
        <h1 class="govuk-heading-l">{title.to_owned()}</h1>
        {facts(matter)}
        {next(matter, typed, problems)}
    }
    .into_any()
}

fn facts(matter: &Matter) -> SummaryList {
    let Matter { page, shown, casework, hearing, .. } = matter;
    let decision = &shown.decision;
    let who = rules::who(shown);
    let of = |one: &Decision| {
        rules::outcome(page, &shown.pack, one.outcome.code(), one.amount_minor, one.period.as_deref())
    };
    let mut list = SummaryList::new().row(page.t("proposal-for"), Content::view(view! { <bdi>{who}</bdi> }));
    if let Some(before) = decision.supersedes.and_then(|id| shown.history.iter().find(|one| one.id == id)) {
        list = list.row(page.t("hearing-before"), of(before));
    }
    list = list.row(page.t("hearing-announced"), of(decision));
    let sentences = rules::sentences(page, shown);
    if let Some(by_person) = &decision.body.overridden {
        list = list.row(page.t("proposal-why"), by_person.reason.as_str());
    } else if !sentences.is_empty() {
        let why = Content::view(view! { <ul class="govuk-list">{sentences}</ul> });
        list = list.row(page.t("proposal-why"), why);
    }
    list = list.row(page.t("decision-standing"), page.t_of("decision-state", decision.state.code()));
    if let Some(hearing) = hearing {
        list = list.row(page.t("hearing-until"), due(page, casework, hearing.until));
    }
    list
}

/// What this person may do now, or until when everybody waits.
fn next(matter: &Matter, typed: &Typed, problems: &Problems) -> AnyView {
    let Matter { page, shown, casework, hearing, .. } = matter;
    let Some(hearing) = hearing else {
        let letter =
            format!("/households/{}/letters/{}", shown.decision.household, shown.decision.assessment);
        return view! {
            {InsetText::new(page.t("hearing-nobody"))}
            <p class="govuk-body"><a class="govuk-link" href=letter>{page.t("hearing-letter")}</a></p>
        }
        .into_any();
    };
    let until = page.date(casework.here(hearing.until).date());
    let issue = if hearing.may_issue {
        let sure = Checkboxes::new("sure", page.t("hearing-sure-legend"))
            .legend_class("govuk-fieldset__legend--m")
            .items([("yes", page.t("hearing-sure"))])
            .error(problems.of("sure"));
        let button = Button::new(page.t("hearing-issue")).warning();
        form(matter, "issue", view! { {sure} {button} }.into_any())
    } else {
        let is_over = hearing.until <= casework.now();
        let key = if is_over { "hearing-over" } else { "hearing-runs" };
        let text = if hearing.is_stayed {
            page.t("hearing-stayed")
        } else {
            page.t_with(key, &[("date", until.into())])
        };
        InsetText::new(text).into_any()
    };
    let give_up = hearing.may_give_up.then(|| {
        let why = Radios::new("why", page.t("hearing-why"))
            .items(GIVEN_UP.map(|code| (code, page.t_of("hearing-given-up", code))))
            .value(&typed.why)
            .error(problems.of("why"));
        let button = Button::new(page.t("hearing-give-up")).secondary();
        let inside = form(matter, "give_up", view! { {why} {button} }.into_any());
        let mut details = Details::new(page.t("hearing-give-up-title"), inside);
        details.open = typed.act == "give_up";
        details
    });
    view! { {issue} {give_up} }.into_any()
}

fn form(matter: &Matter, act: &'static str, inside: AnyView) -> AnyView {
    let decision = &matter.shown.decision;
    view! {
        <form method="post" action=address(decision.household, decision.id) novalidate>
            <input type="hidden" name="act" value=act/>
            {inside}
        </form>
    }
    .into_any()
}

#[cfg(test)]
mod tests;
