//! One referral: what was asked of whom, what came of it and when, what the office may do, and the paper for the person.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::referrals::end::{self, Act, CLOSED};
use casework::referrals::{self, Basis, Referral};
use casework::{Actor, Casework, Error};
use domain::ids::{HouseholdId, ReferralId};
use domain::lifecycle::referral::{CancelReason, Confirmation, ReferralEvent, ReferralState};
use leptos::prelude::*;
use serde::Deserialize;

use super::{address as of, colour, provider};
use crate::kit::{
    Button, Content, Details, InsetText, NotificationBanner, Problems, Radios, SummaryList, Tag,
};
use crate::pages::casefile::frame::{self, Part, Shown};
use crate::pages::directory::phone;
use crate::shell::{Answer, Failure, Page, address};
use crate::state::{Asked, Done, Raw, SignedIn};

/// What is typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// The step.
    pub act: String,
    /// The version it was shown with.
    pub version: String,
    /// What the person says.
    pub said: String,
    /// Why it is called off.
    pub cancel: String,
    /// Why it is closed.
    pub close: String,
}

impl Typed {
    fn act(&self) -> Result<Act, &'static str> {
        Ok(match self.act.as_str() {
            "say" => Act::Said(self.said.parse().map_err(|_| "said")?),
            "cancel" => Act::Cancel(self.cancel.parse().map_err(|_| "cancel")?),
            "close" => Act::Close(CLOSED.into_iter().find(|one| *one == self.close).ok_or("close")?),
            _ => return Err(""),
        })
    }
}

/// Why an officer may call a referral off; the others are the service's own.
const OFFERED: [CancelReason; 3] = [CancelReason::NotWanted, CancelReason::Mistake, CancelReason::Left];

/// `GET /households/{household}/referrals/{referral}`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((household, id)): Path<(HouseholdId, String)>,
    Asked(done): Asked<Done>,
) -> Answer {
    let id = id.parse().map_err(|_| Failure::not_found())?;
    let news = page.t_if_of("refer-done", &done.done).filter(|_| !done.done.is_empty());
    let news = news.map(NotificationBanner::success);
    show(&casework, &page, &actor, (household, id), (&Typed::default(), &Problems::new()), news).await
}

/// `POST /households/{household}/referrals/{referral}`
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((household, id)): Path<(HouseholdId, String)>,
    Raw(typed): Raw<Typed>,
) -> Answer {
    let id: ReferralId = id.parse().map_err(|_| Failure::not_found())?;
    frame::to_change(&casework, &actor, household).await?;
    let act = match typed.act() {
        Ok(act) => act,
        Err(field) => {
            let mut problems = Problems::new();
            if !field.is_empty() {
                problems.add(field, page.t("referral-choose"));
            }
            return show(&casework, &page.failed(), &actor, (household, id), (&typed, &problems), None).await;
        }
    };
    let version: i64 = typed.version.parse().unwrap_or(-1);
    match end::act(&casework, &actor, household, id, version, act).await {
        Ok(()) => {
            let done = match act {
                Act::Said(what) => what.code(),
                Act::Cancel(_) => "cancel",
                Act::Close(_) => "close",
            };
            Ok(Redirect::to(&address(&of(household, id), &[("done", done)])).into_response())
        }
        Err(Error::Stale | Error::Conflict(_)) => {
            let news = NotificationBanner::new(page.t("referral-changed"));
            let page = page.status(StatusCode::CONFLICT);
            show(&casework, &page, &actor, (household, id), (&typed, &Problems::new()), Some(news)).await
        }
        Err(error) => Err(error.into()),
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
    let file = frame::to_read(casework, actor, household).await?;
    let all = referrals::list(casework, actor, household).await?;
    let one = all.iter().find(|one| one.id == id).ok_or_else(Failure::not_found)?;
    let words = referrals::refer::override_words(casework, actor, household, id).await?;
    let steps = if file.by_reason { Vec::new() } else { end::steps(actor, &file.office, one) };
    let pack = casework.pack()?;
    let shown = Shown::new(page, &pack, &file, actor, casework);
    let title = shown.of_pack(&format!("service.{}.name", one.service));
    let next = all.iter().find(|other| other.follows == Some(one.id)).map(|other| other.id);
    Ok(shown.render_as(Part::Referrals, &title, || {
        view! {
            {problems.summary()}
            {news}
            <div class="govuk-grid-row">
                <div class="govuk-grid-column-two-thirds">
                    <h1 class="govuk-heading-l">{title.clone()}</h1>
                    {facts(&shown, one, words, next)}
                    {acts(&shown, one, &steps, typed, problems)}
                    {paper(&shown, one)}
                </div>
            </div>
        }
        .into_any()
    }))
}

fn facts(shown: &Shown<'_>, one: &Referral, words: Option<String>, next: Option<ReferralId>) -> SummaryList {
    let page = shown.page;
    let state = Tag::new(page.t_of("casefile-referral", one.state.code())).colour(colour(one.state));
    let urgent = one.urgent.then(|| Tag::new(page.t("referral-urgent")).colour("red"));
    let mut list =
        SummaryList::new().row(page.t("casefile-state"), Content::view(view! { {state} " " {urgent} })).row(
            page.t("referral-person"),
            Content::view({
                let who = shown.whose(one.person);
                view! { <bdi>{who}</bdi> }
            }),
        );
    let name = provider(shown, one);
    list = match &one.place {
        Some(place) if shown.pack.directory.place(place).is_some() => {
            let href = format!("/services/{place}");
            list.row(
                page.t("casefile-provider"),
                Content::view(view! { <a class="govuk-link" href=href>{name}</a> }),
            )
        }
        _ => list.row(page.t("casefile-provider"), name),
    };
    let basis = match one.basis {
        None => page.t("refer-basis-none"),
        Some(Basis::Consent) => page.t("refer-basis-consent"),
        Some(Basis::Override) => {
            let code = page.t_of("refer-override", &one.override_code);
            page.t_with("refer-basis-override", &[("why", code.into())])
        }
    };
    list = list.row(page.t("refer-basis"), basis);
    if let Some(words) = words {
        list = list.row(page.t("refer-override-words"), words);
    }
    let days = [
        ("refer-requested", one.requested_at),
        ("refer-seen", one.seen_at),
        ("refer-accepted", one.accepted_at),
        ("refer-contacted", one.contacted_at),
        ("refer-ended", one.ended_at),
        ("refer-confirmed", one.confirmed_at),
    ];
    for (key, at) in days {
        if let Some(at) = at {
            list = list.row(page.t(key), shown.moment(at));
        }
    }
    if !one.outcome.is_empty() {
        list = list.row(page.t("referral-outcome"), page.t_of("referral-outcome", &one.outcome));
    }
    if !one.reason.is_empty() {
        let why = page.t_if_of("referral-reason", &one.reason).unwrap_or_else(|| one.reason.clone());
        list = list.row(page.t("referral-why"), why);
    }
    if !one.said.is_empty() {
        list = list.row(page.t("refer-said"), page.t_of("refer-said", &one.said));
    }
    let link = |id, key: &str| {
        let href = of(one.household, id);
        Content::view(view! { <a class="govuk-link" href=href>{page.t(key)}</a> })
    };
    if let Some(before) = one.follows {
        list = list.row(page.t("refer-follows"), link(before, "refer-see"));
    }
    if let Some(next) = next {
        list = list.row(page.t("refer-went-on"), link(next, "refer-see"));
    }
    list
}

fn acts(
    shown: &Shown<'_>,
    one: &Referral,
    steps: &[ReferralEvent],
    typed: &Typed,
    problems: &Problems,
) -> AnyView {
    let page = shown.page;
    let may = |event| steps.contains(&event);
    let action = of(one.household, one.id);
    let form = |act: &'static str, inside: AnyView| {
        view! {
            <form method="post" action=action.clone() novalidate>
                <input type="hidden" name="act" value=act/>
                <input type="hidden" name="version" value=one.version.to_string()/>
                {inside}
            </form>
        }
    };
    let confirm = may(ReferralEvent::Confirm).then(|| {
        let radios = Radios::new("said", page.t("refer-ask"))
            .items(Confirmation::ALL.iter().map(|what| (what.code(), page.t_of("refer-said", what.code()))))
            .value(&typed.said)
            .error(problems.of("said"));
        form("say", view! { {radios} {Button::new(page.t("refer-say"))} }.into_any())
    });
    let is_back = matches!(one.state, ReferralState::Rejected | ReferralState::Failed);
    let again = (is_back && may(ReferralEvent::Close)).then(|| {
        let query = [
            ("for", one.household.to_string()),
            ("follows", one.id.to_string()),
            ("area", shown.file.contact.area.clone()),
        ];
        let query: Vec<(&str, &str)> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
        view! {
            {InsetText::new(page.t("refer-came-back"))}
            {Button::link(address("/services", &query), page.t("refer-again"))}
        }
    });
    let draft = (one.state == ReferralState::Draft).then(|| {
        let href = shown.address("consents");
        view! {
            {InsetText::new(page.t("refer-draft"))}
            <p class="govuk-body"><a class="govuk-link" href=href>{page.t("sending-consents")}</a></p>
        }
    });
    let close = may(ReferralEvent::Close).then(|| {
        let radios = Radios::new("close", page.t("referral-why"))
            .items(CLOSED.map(|code| (code, page.t_of("referral-reason", code))))
            .value(&typed.close)
            .error(problems.of("close"));
        let inside = view! { {radios} {Button::new(page.t("refer-close")).secondary()} };
        let mut folded = Details::new(page.t("refer-close"), Content::view(form("close", inside.into_any())));
        folded.open = problems.of("close").is_some();
        folded
    });
    let cancel = (may(ReferralEvent::Cancel) && one.state != ReferralState::Draft).then(|| {
        let radios = Radios::new("cancel", page.t("referral-why"))
            .items(OFFERED.map(|reason| (reason.code(), page.t_of("referral-reason", reason.code()))))
            .value(&typed.cancel)
            .error(problems.of("cancel"));
        let inside = view! { {radios} {Button::new(page.t("refer-cancel")).warning()} };
        let mut folded =
            Details::new(page.t("refer-cancel"), Content::view(form("cancel", inside.into_any())));
        folded.open = problems.of("cancel").is_some();
        folded
    });
    view! { {draft} {confirm} {again} {close} {cancel} }.into_any()
}

/// What the person takes along: where to go, when, whom to call, and what to bring.
fn paper(shown: &Shown<'_>, one: &Referral) -> Option<AnyView> {
    let page = shown.page;
    let place = shown.pack.directory.place(one.place.as_deref()?)?;
    if !one.is_open() || one.state == ReferralState::Draft {
        return None;
    }
    let from = shown.pack.directory.provider(&place.provider)?;
    let lang = page.lang.code();
    let words = |key: String| shown.pack.words.find(lang, &key).map(str::to_owned);
    let mut list = SummaryList::new().row(page.t("casefile-provider"), provider(shown, one));
    let address = words(format!("place.{}.address", place.code))
        .or_else(|| words(format!("provider.{}.address", from.code)));
    if let Some(address) = address {
        list = list.row(page.t("place-where"), address);
    }
    let hours = place.open.as_deref().and_then(|text| text.parse().ok());
    let hours = match hours {
        Some(hours) => Some(crate::pages::directory::days_of_week(page, &hours).join("; ")),
        None => words(format!("place.{}.hours", place.code)).or_else(|| place.hours.clone()),
    };
    if let Some(hours) = hours {
        list = list.row(page.t("place-open"), hours);
    }
    if let Some(number) = place.phone.as_deref().or(from.phone.as_deref()) {
        list = list.row(page.t("place-phone"), phone(number));
    }
    let bring: Vec<String> =
        place.documents.iter().map(|id| shown.of_pack(&format!("document.{id}"))).collect();
    if !bring.is_empty() {
        list = list.row(page.t("place-bring"), page.list(bring));
    }
    Some(
        view! {
            <h2 class="govuk-heading-m">{page.t("refer-paper")}</h2>
            {list}
            <p class="govuk-hint">{page.t("refer-paper-hint")}</p>
        }
        .into_any(),
    )
}
