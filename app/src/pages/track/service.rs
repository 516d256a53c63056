//! Where the household is sent: what, where, when, whom to call, by when they hear, and their own answer whether they got it.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use casework::referrals::own::{self, Own};
use casework::{Casework, Error};
use domain::ids::ReferralId;
use domain::lifecycle::referral::{Confirmation, ReferralState};
use domain::pack::Pack;
use leptos::prelude::*;
use serde::Deserialize;

use super::answer::not_theirs;
use super::visit::Visitor;
use crate::kit::{Button, Content, Html, SummaryList};
use crate::pages::directory::{days_of_week, name_of, phone};
use crate::shell::{Answer, Page};
use crate::state::{AppState, Raw};

/// What is sent: which service, and what came of it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// The referral.
    pub referral: String,
    /// The version it was shown with.
    pub version: String,
    /// `yes`, `no` or `problem`.
    pub said: String,
}

/// `POST /track/service`
pub async fn post(State(state): State<AppState>, Visitor(token): Visitor, Raw(typed): Raw<Typed>) -> Answer {
    let id: ReferralId = typed.referral.parse().unwrap_or(ReferralId::new(uuid::Uuid::nil()));
    let version: i64 = typed.version.parse().unwrap_or(-1);
    let said: Confirmation = typed.said.parse().unwrap_or(Confirmation::No);
    match own::say(&state.casework, &token, id, version, said).await {
        Ok(()) => Ok(Redirect::to(&format!("/track/status?done=service_{}", said.code())).into_response()),
        // Nothing is asked any more, or it is none of theirs: as it stands now.
        Err(Error::Conflict(_) | Error::NotFound) => Ok(Redirect::to("/track/status").into_response()),
        Err(error) => Err(not_theirs(&state, &token, error).await),
    }
}

/// The part of the status that tells of services.
pub fn view(page: &Page, casework: &Casework, pack: &Pack, all: &[Own], may_say: bool) -> Option<AnyView> {
    if all.is_empty() {
        return None;
    }
    let list: Vec<AnyView> = all.iter().map(|own| one(page, casework, pack, own, may_say)).collect();
    Some(
        view! {
            <h2 class="govuk-heading-m">{page.t("status-services")}</h2>
            {list}
            <p class="govuk-body"><a class="govuk-link" href="/services">{page.t("status-services-all")}</a></p>
        }
        .into_any(),
    )
}

fn one(page: &Page, casework: &Casework, pack: &Pack, own: &Own, may_say: bool) -> AnyView {
    let service = page.of_pack(pack, &format!("service.{}.name", own.service));
    let who = own.person.clone().map(|name| view! { " – " <bdi>{name}</bdi> });
    let goes = !matches!(
        own.state,
        ReferralState::Draft | ReferralState::Rejected | ReferralState::Failed | ReferralState::Closed
    );
    let place = own.spot.as_ref().filter(|_| goes).map(|spot| {
        let lang = page.lang.code();
        let mut list = SummaryList::new().row(page.t("place-provider"), name_of(page, pack, spot));
        let address = [
            format!("place.{}.address", spot.place.code),
            format!("provider.{}.address", spot.provider.code),
        ];
        if let Some(address) = address.iter().find_map(|key| pack.words.find(lang, key)) {
            list = list.row(page.t("place-where"), address.to_owned());
        }
        if let Some(hours) = spot.place.open.as_deref().and_then(|text| text.parse().ok()) {
            let mut out = Html::new();
            for line in days_of_week(page, &hours) {
                out.tag("div").text(&line);
            }
            list = list.row(page.t("place-open"), Content::Html(out.finish()));
        }
        if let Some(number) = spot.phone() {
            list = list.row(page.t("place-phone"), phone(number));
        }
        list
    });
    let by = own.answer_by.filter(|day| *day >= casework.today());
    let by = by.map(|day| format!(" {}", page.t_with("status-by", &[("date", page.date(day).into())])));
    let ask = (own.state == ReferralState::Completed && may_say).then(|| {
        let button = |said: Confirmation| {
            let button = Button::new(page.t_of("status-service-say", said.code())).named("said", said.code());
            if said == Confirmation::Yes { button } else { button.secondary() }
        };
        view! {
            <form method="post" action="/track/service">
                <input type="hidden" name="referral" value=own.id.to_string()/>
                <input type="hidden" name="version" value=own.version.to_string()/>
                <div class="govuk-button-group">
                    {button(Confirmation::Yes)} {button(Confirmation::No)} {button(Confirmation::Problem)}
                </div>
            </form>
        }
    });
    view! {
        <h3 class="govuk-heading-s govuk-!-margin-bottom-1">{service} {who}</h3>
        <p class="govuk-body">{page.t_of("status-service", own.state.code())} {by}</p>
        {ask}
        {place}
    }
    .into_any()
}
