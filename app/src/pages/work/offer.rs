//! A place that is offered to who waited: by when to answer, and what the household says to it at the counter.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use casework::Casework;
use casework::budgets::answer::{self, Offer, Said};
use casework::decisions::{self, Shown};
use casework::error::Conflict;
use domain::ids::{DecisionId, HouseholdId};
use domain::letter::Standing;
use domain::lifecycle::enrolment::EnrolmentState;
use leptos::prelude::*;
use serde::Deserialize;

use super::{ids, rules};
use crate::kit::{Button, Content, InsetText, NotificationBanner, Problems, Radios, SummaryList};
use crate::shell::{Answer, Failure, Page, render};
use crate::state::{Asked, Done, Raw, SignedIn};

/// What can be said to an offer, in the order of the page.
const SAID: [(&str, Said); 2] = [("accept", Said::Accept), ("decline", Said::Decline)];
/// The button of who lets an offer lapse and waits again.
const RETURN: &str = "return";

/// What is typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// What is said.
    pub said: String,
}

/// Where one answers an offer.
pub fn address(household: HouseholdId, decision: impl std::fmt::Display) -> String {
    format!("/decisions/{household}/{decision}/offer")
}

/// On the page of a decision: the way to its offer, where there is or was one.
pub fn link(page: &Page, shown: &Shown) -> Option<AnyView> {
    let decision = &shown.decision;
    let key = (decision.programme.clone(), decision.person.map(|id| id.to_string()));
    let standing = shown.told.get(&key).and_then(|told| told.standing)?;
    let is_now = decision.state.governs();
    let text = match standing {
        Standing::Offered if is_now => "offer-see",
        Standing::NotTaken if is_now => "offer-see-over",
        _ => return None,
    };
    let href = address(decision.household, decision.id);
    Some(
        view! { <p class="govuk-inset-text"><a class="govuk-link" href=href>{page.t(text)}</a></p> }
            .into_any(),
    )
}

/// What the page shows.
struct Matter {
    page: Page,
    shown: Shown,
    offer: Option<Offer>,
}

impl Matter {
    async fn read(casework: &Casework, signed: SignedIn, household: &str, id: &str) -> Result<Self, Failure> {
        let SignedIn { page, actor } = signed;
        let (household, id) = ids(household, id)?;
        let id = DecisionId::new(id);
        let shown = decisions::show(casework, &actor, household, id).await?;
        let offer = answer::offer(casework, &actor, household, id).await?;
        let page = page.back(format!("/decisions/{household}/{id}"));
        Ok(Self { page, shown, offer })
    }
}

/// `GET /decisions/{household}/{decision}/offer`
pub async fn get(
    State(casework): State<Casework>,
    signed: SignedIn,
    Path((household, id)): Path<(String, String)>,
    Asked(done): Asked<Done>,
) -> Answer {
    let matter = Matter::read(&casework, signed, &household, &id).await?;
    let news = match done.done.as_str() {
        "accept" | "decline" | RETURN => {
            Some(NotificationBanner::success(matter.page.t_of("offer-done", &done.done)))
        }
        _ => None,
    };
    let title = matter.page.t("offer-title");
    Ok(render(&matter.page, &title, || show(&matter, &title, &Typed::default(), &Problems::new(), news)))
}

/// `POST /decisions/{household}/{decision}/offer`
pub async fn post(
    State(casework): State<Casework>,
    signed: SignedIn,
    Path((household, id)): Path<(String, String)>,
    Raw(typed): Raw<Typed>,
) -> Answer {
    let mut matter = Matter::read(&casework, signed.clone(), &household, &id).await?;
    let title = matter.page.t("offer-title");
    let mut problems = Problems::new();
    let said = SAID.into_iter().find(|(code, _)| *code == typed.said).map(|(_, said)| said);
    match said.or((typed.said == RETURN).then_some(Said::Return)) {
        None => {
            problems.add("said", matter.page.t("offer-said-missing"));
        }
        Some(said) => {
            let decision = &matter.shown.decision;
            let (home, id) = (decision.household, decision.id);
            match answer::answer(&casework, &signed.actor, home, id, said).await {
                Ok(now) => {
                    let here = address(home, now);
                    return Ok(Redirect::to(&format!("{here}?done={}", typed.said)).into_response());
                }
                Err(casework::Error::Stale | casework::Error::Conflict(Conflict::State)) => {
                    matter = Matter::read(&casework, signed, &household, &id.to_string()).await?;
                    matter.page = matter.page.status(StatusCode::CONFLICT);
                    let news = NotificationBanner::new(matter.page.t("offer-moved"));
                    return Ok(render(&matter.page, &title, || {
                        show(&matter, &title, &typed, &problems, Some(news))
                    }));
                }
                Err(error) => return Err(error.into()),
            }
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
    let Matter { page, shown, offer } = matter;
    let rest = match offer {
        None => InsetText::new(page.t("offer-nothing")).into_any(),
        Some(offer) => view! {
            {facts(matter, offer)}
            {next(page, offer, typed, problems)}
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

/// Who it is for, what it gives, where it stands and by when to answer.
fn facts(matter: &Matter, offer: &Offer) -> SummaryList {
    let Matter { page, shown, .. } = matter;
    let enrolment = &offer.enrolment;
    let who = rules::who(shown);
    let period = enrolment.period.as_deref();
    let gives = rules::outcome(page, &shown.pack, "award", enrolment.amount_minor, period);
    let list = SummaryList::new()
        .row(page.t("proposal-for"), Content::view(view! { <bdi>{who}</bdi> }))
        .row(page.t("offer-gives"), gives)
        .row(page.t("decision-standing"), page.t_of("results-enrolment", enrolment.state.code()));
    match offer.until {
        Some(until) => list.row(page.t("offer-until"), page.date(until)),
        None => list,
    }
}

/// What this person may write down, or who may.
fn next(page: &Page, offer: &Offer, typed: &Typed, problems: &Problems) -> AnyView {
    let lapsed = offer.enrolment.state == EnrolmentState::OfferExpired;
    if offer.until.is_none() && !lapsed {
        return ().into_any();
    }
    if !offer.may_answer {
        return InsetText::new(page.t("offer-who")).into_any();
    }
    if lapsed {
        return view! {
            <p class="govuk-body">{page.t("offer-return-text")}</p>
            <form method="post">
                <input type="hidden" name="said" value=RETURN/>
                {Button::new(page.t("offer-return"))}
            </form>
        }
        .into_any();
    }
    view! {
        <form method="post" novalidate>
            {Radios::new("said", page.t("offer-said"))
                .hint(page.t("offer-said-hint"))
                .legend_class("govuk-fieldset__legend--m")
                .items(SAID.map(|(code, _)| (code, page.t_of("offer-said", code))))
                .value(&typed.said)
                .error(problems.of("said"))}
            {Button::new(page.t("offer-button"))}
        </form>
    }
    .into_any()
}

#[cfg(test)]
mod tests;
