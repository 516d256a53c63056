//! One person who is sent to the own provider: what the service needs to know of them, and the provider's steps.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::referrals::expected::{Expected, Seen, expected};
use casework::referrals::provider::{self, Act, Came};
use casework::{Actor, Casework, Error};
use domain::ids::{HouseholdId, ReferralId};
use domain::lifecycle::referral::{
    FailureReason, HoldReason, ReferralEvent, ReferralState, RejectReason, ServiceOutcome,
};
use domain::pack::Pack;
use leptos::prelude::*;
use serde::Deserialize;

use super::referrals::colour;
use crate::kit::{
    Button, Content, Details, InsetText, NotificationBanner, Problems, Radios, SummaryList, Tag, WarningText,
};
use crate::pages::directory::{language_name, phone};
use crate::shell::{Answer, Failure, Page, render};
use crate::state::{Asked, Done, Raw, SignedIn};

/// What is typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// The step.
    pub act: String,
    /// The version it was shown with.
    pub version: String,
    /// Why it is rejected.
    pub reject: String,
    /// Why it is interrupted.
    pub hold: String,
    /// What came of it.
    pub outcome: String,
    /// Why it was not given.
    pub fail: String,
}

impl Typed {
    /// The step; none where its reason is missing, with the field that lacks it.
    fn act(&self) -> Result<Act, &'static str> {
        Ok(match self.act.as_str() {
            "accept" => Act::Accept,
            "begin" => Act::Begin,
            "resume" => Act::Resume,
            "reject" => Act::Reject(self.reject.parse().map_err(|_| "reject")?),
            "hold" => Act::Hold(self.hold.parse().map_err(|_| "hold")?),
            "complete" => Act::Complete(self.outcome.parse().map_err(|_| "outcome")?),
            "fail" => Act::Fail(self.fail.parse().map_err(|_| "fail")?),
            _ => return Err(""),
        })
    }
}

/// The ids of an address.
fn ids(household: &str, id: &str) -> Result<(HouseholdId, ReferralId), Failure> {
    match (household.parse(), id.parse()) {
        (Ok(household), Ok(id)) => Ok((household, id)),
        _ => Err(Failure::not_found()),
    }
}

/// `GET /referrals/{household}/{referral}`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((household, id)): Path<(String, String)>,
    Asked(done): Asked<Done>,
) -> Answer {
    let ids = ids(&household, &id)?;
    let news = page.t_if_of("referral-done", &done.done).filter(|_| !done.done.is_empty());
    let news = news.map(NotificationBanner::success);
    show(&casework, &page, &actor, ids, (&Typed::default(), &Problems::new()), news).await
}

/// `POST /referrals/{household}/{referral}`
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((household, id)): Path<(String, String)>,
    Raw(typed): Raw<Typed>,
) -> Answer {
    let ids = ids(&household, &id)?;
    let act = match typed.act() {
        Ok(act) => act,
        Err(field) => {
            let mut problems = Problems::new();
            if !field.is_empty() {
                problems.add(field, page.t("referral-choose"));
            }
            return show(&casework, &page.failed(), &actor, ids, (&typed, &problems), None).await;
        }
    };
    let version: i64 = typed.version.parse().unwrap_or(-1);
    match provider::act(&casework, &actor, ids.0, ids.1, version, act).await {
        Ok(came) => Ok(Redirect::to(&next(ids, act, came)).into_response()),
        // Somebody of the provider was faster, or pressed twice: as it is now.
        Err(Error::Stale | Error::Conflict(_)) => {
            let news = NotificationBanner::new(page.t("referral-changed"));
            let page = page.status(StatusCode::CONFLICT);
            show(&casework, &page, &actor, ids, (&Typed::default(), &Problems::new()), Some(news)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Where one is after a step: what went away is not there any more.
fn next((household, id): (HouseholdId, ReferralId), act: Act, came: Came) -> String {
    match came {
        Came::Done => format!("/referrals/{household}/{id}?done={}", act.event().code()),
        Came::WentOn => "/referrals?done=went_on".into(),
        Came::ToOffice => "/referrals?done=to_office".into(),
        Came::FullWentOn => "/referrals?done=full_went_on".into(),
        Came::FullToOffice => "/referrals?done=full_to_office".into(),
    }
}

async fn show(
    casework: &Casework,
    page: &Page,
    actor: &Actor,
    (household, id): (HouseholdId, ReferralId),
    (typed, problems): (&Typed, &Problems),
    news: Option<NotificationBanner>,
) -> Result<Response, Failure> {
    let shown = expected(casework, actor, household, id).await?;
    let pack = casework.pack()?;
    let page = &page.clone().back("/referrals");
    let title = page.t("referral-title");
    Ok(render(page, &title, || {
        let service = page.of_pack(&pack, &format!("service.{}.name", shown.referral.service));
        view! {
            {problems.summary()}
            {news}
            <div class="govuk-grid-row">
                <div class="govuk-grid-column-two-thirds">
                    <span class="govuk-caption-l">{service}</span>
                    <h1 class="govuk-heading-l">
                        <bdi>{shown.seen.name.clone().unwrap_or_else(|| title.clone())}</bdi>
                    </h1>
                    {facts(casework, page, &pack, &shown)}
                    {steps(page, &shown, typed, problems)}
                    <p class="govuk-hint">{page.t("referral-no-more")}</p>
                </div>
            </div>
        }
        .into_any()
    }))
}

/// What is seen of the person: the rows of a list. The preview before it is sent shows the same.
pub(crate) fn seen(page: &Page, pack: &Pack, seen: &Seen, list: SummaryList) -> SummaryList {
    let mut list = list;
    if let Some(name) = seen.name.clone() {
        list = list.row(page.t("referral-person"), Content::view(view! { <bdi>{name}</bdi> }));
    }
    if let Some(number) = &seen.phone {
        let careful = seen.careful.then(|| Tag::new(page.t("referral-careful")).colour("red"));
        let words = seen.careful.then(|| page.t("referral-careful-text"));
        let number = phone(number);
        list = list.row(
            page.t("referral-phone"),
            Content::view(view! { {number} " " {careful} {words.map(|text| view! { <div>{text}</div> })} }),
        );
    }
    if let Some(year) = seen.birth_year {
        list = list.row(page.t("referral-birth-year"), year.to_string());
    }
    if let Some(sex) = &seen.sex {
        list = list.row(page.t("referral-sex"), page.t_of("sex", sex));
    }
    if let Some(area) = &seen.area {
        list = list.row(page.t("referral-area"), pack.area_name(page.lang.code(), area).to_owned());
    }
    if let Some(directions) = seen.directions.clone() {
        list = list.row(page.t("referral-directions"), Content::view(view! { <bdi>{directions}</bdi> }));
    }
    if let Some(language) = &seen.language {
        list = list.row(page.t("referral-language"), language_name(language));
    }
    list
}

fn facts(casework: &Casework, page: &Page, pack: &Pack, shown: &Expected) -> SummaryList {
    let referral = &shown.referral;
    let reference = shown.reference.to_string();
    let day = |at: time::OffsetDateTime| page.date(casework.here(at).date());
    let urgent = referral.urgent.then(|| Tag::new(page.t("referral-urgent")).colour("red"));
    let state = Tag::new(page.t_of("referral-state", referral.state.code())).colour(colour(referral.state));
    let list = SummaryList::new()
        .row(page.t("task-state"), Content::view(view! { {state} " " {urgent} }))
        .row(page.t("work-case"), Content::view(view! { <bdi class="app-nowrap">{reference}</bdi> }));
    let mut list = seen(page, pack, &shown.seen, list);
    if let Some(at) = referral.requested_at {
        list = list.row(page.t("referral-sent"), day(at));
    }
    if let Some(by) = shown.answer_by {
        list = list.row(page.t("referral-answer"), page.date_time(casework.here(by)));
    }
    if let Some(at) = referral.contacted_at {
        list = list.row(page.t("referral-met"), day(at));
    }
    if !referral.reason.is_empty() && referral.state == ReferralState::OnHold {
        list = list.row(page.t("referral-why"), page.t_of("referral-reason", &referral.reason));
    }
    if !referral.outcome.is_empty() {
        list = list.row(page.t("referral-outcome"), page.t_of("referral-outcome", &referral.outcome));
    }
    if let Some(free) = shown.spot.as_ref().and_then(casework::directory::Spot::free) {
        list = list.row(page.t("referral-free"), page.number(free));
    }
    list
}

fn steps(page: &Page, shown: &Expected, typed: &Typed, problems: &Problems) -> AnyView {
    let referral = &shown.referral;
    let action = format!("/referrals/{}/{}", referral.household, referral.id);
    let version = referral.version.to_string();
    let form = |act: &'static str, inside: AnyView| {
        view! {
            <form method="post" action=action.clone() novalidate>
                <input type="hidden" name="act" value=act/>
                <input type="hidden" name="version" value=version.clone()/>
                {inside}
            </form>
        }
        .into_any()
    };
    let may = |event| shown.steps.contains(&event);
    let is_full = shown.spot.as_ref().is_some_and(|spot| spot.free() == Some(0));
    let disputed = (referral.said == "no" && referral.state == ReferralState::InProgress)
        .then(|| WarningText::new(page.t("referral-disputed-text")));
    let button = |act: &'static str, key: &str| form(act, Button::new(page.t(key)).into_any());
    let accept = may(ReferralEvent::Accept).then(|| {
        if is_full {
            let place = referral.place.clone().unwrap_or_default();
            let href = format!("/services/{place}/edit");
            view! {
                {InsetText::new(page.t("referral-full"))}
                <p class="govuk-body"><a class="govuk-link" href=href>{page.t("place-keep")}</a></p>
            }
            .into_any()
        } else {
            button("accept", "referral-accept")
        }
    });
    let folded = |act: &'static str,
                  name: &'static str,
                  title: &str,
                  why: &str,
                  items: Vec<(&'static str, String)>,
                  value: &str| {
        let radios = Radios::new(name, page.t(why)).items(items).value(value).error(problems.of(name));
        let inside = view! { {radios} {Button::new(page.t(title)).secondary()} };
        let mut folded = Details::new(page.t(title), form(act, inside.into_any()));
        folded.open = problems.of(name).is_some();
        folded
    };
    let words = |set: &str, code: &'static str| (code, page.t_of(set, code));
    let reject = may(ReferralEvent::Reject).then(|| {
        let items = RejectReason::ALL.iter().map(|one| words("referral-reason", one.code())).collect();
        folded("reject", "reject", "referral-reject", "referral-why", items, &typed.reject)
    });
    let complete = may(ReferralEvent::Complete).then(|| {
        let items = ServiceOutcome::ALL.iter().map(|one| words("referral-outcome", one.code()));
        let radios = Radios::new("outcome", page.t("referral-outcome"))
            .items(items)
            .value(&typed.outcome)
            .error(problems.of("outcome"));
        form("complete", view! { {radios} {Button::new(page.t("referral-complete"))} }.into_any())
    });
    let hold = may(ReferralEvent::Hold).then(|| {
        let items = HoldReason::ALL.iter().map(|one| words("referral-reason", one.code())).collect();
        folded("hold", "hold", "referral-hold", "referral-why", items, &typed.hold)
    });
    let fail = may(ReferralEvent::Fail).then(|| {
        let items = FailureReason::ALL.iter().map(|one| words("referral-reason", one.code())).collect();
        folded("fail", "fail", "referral-fail", "referral-why", items, &typed.fail)
    });
    let waits =
        (referral.state == ReferralState::Completed).then(|| InsetText::new(page.t("referral-waits")));
    view! {
        {disputed}
        {waits}
        {accept}
        {may(ReferralEvent::Begin).then(|| button("begin", "referral-begin"))}
        {may(ReferralEvent::Resume).then(|| button("resume", "referral-resume"))}
        {complete}
        {reject}
        {hold}
        {fail}
    }
    .into_any()
}
