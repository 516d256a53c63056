//! A place with everything that is known of it, to be read, printed and called.

use axum::extract::{Path, State};
use casework::Casework;
use casework::directory::{self, Spot};
use domain::ids::HouseholdId;
use domain::pack::Pack;
use domain::role::Right;
use leptos::prelude::*;
use serde::Deserialize;

use super::words::{
    address_of, area_of, distance, keeper_of, language_name, name_of, open_now, opening, phone, room,
};
use crate::kit::{Button, Content, Html, InsetText, NotificationBanner, SummaryList};
use crate::shell::{Answer, Page, address, render};
use crate::state::{AppState, Asked, SignedIn};

/// Query of the page.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Query {
    /// Where one lives, for the distance.
    pub area: String,
    /// The household for which an officer looks.
    #[serde(rename = "for")]
    pub household: String,
    /// The referral that came back, and that goes on.
    pub follows: String,
    /// What was just done.
    pub done: String,
}

/// `GET /services/{place}`
pub async fn get(
    State(state): State<AppState>,
    page: Page,
    signed: Option<SignedIn>,
    Path(code): Path<String>,
    Asked(query): Asked<Query>,
) -> Answer {
    let casework = &state.casework;
    let pack = casework.pack()?;
    let spot = directory::spot(casework, &code).await?;
    let keeps = signed.is_some_and(|signed| directory::keep::keeper(&pack, &signed.actor, &spot).is_some());
    let name = name_of(&page, &pack, &spot);
    let service = page.of_pack(&pack, &format!("service.{}.name", spot.service.code));
    let title = format!("{service} – {name}");
    let mut back: Vec<(&str, &str)> =
        vec![("area", &query.area), ("for", &query.household), ("follows", &query.follows)];
    back.retain(|(_, value)| !value.is_empty());
    let page = page.back(address("/services", &back));
    Ok(render(&page, &title, || show(&page, casework, &pack, &spot, (&query, keeps), &title)))
}

/// Lines below each other.
fn lines(lines: &[String]) -> Content {
    let mut out = Html::new();
    for line in lines {
        out.tag("div").text(line);
    }
    Content::Html(out.finish())
}

fn show(
    page: &Page,
    casework: &Casework,
    pack: &Pack,
    spot: &Spot,
    (query, keeps): (&Query, bool),
    title: &str,
) -> AnyView {
    let lang = page.lang.code();
    let service = &spot.service.code;
    let words = |part: &str| pack.words.find(lang, &format!("service.{service}.{part}")).map(str::to_owned);
    let rights = page.person().map(|person| person.rights.clone()).unwrap_or_default();
    let household: Option<HouseholdId> =
        query.household.parse().ok().filter(|_| rights.contains(&Right::Assess));
    let refer = household.map(|id| {
        let mut query = vec![("place", spot.place.code.as_str()), ("follows", query.follows.as_str())];
        query.retain(|(_, value)| !value.is_empty());
        let href = address(&format!("/households/{id}/referrals/new"), &query);
        Button::link(href, page.t("services-refer"))
    });
    let keep = keeps.then(|| {
        let href = format!("/services/{}/edit", spot.place.code);
        view! { <p class="govuk-body"><a class="govuk-link" href=href>{page.t("place-keep")}</a></p> }
    });
    let done = (query.done == "kept").then(|| NotificationBanner::success(page.t("place-kept")));
    view! {
        {done}
        <div class="govuk-grid-row">
            <div class="govuk-grid-column-two-thirds">
                <h1 class="govuk-heading-l">{title.to_owned()}</h1>
                <p>{open_now(page, casework, spot)} " " {room(page, casework, spot)}</p>
                {words("about").map(|text| view! { <p class="govuk-body-l">{text}</p> })}
                {refer}
                {facts(page, casework, pack, spot, query)}
                {verified(page, pack, spot, casework)}
                <p class="govuk-body app-no-print">
                    <a class="govuk-link" href="/complain">{page.t("place-wrong")}</a>
                </p>
                {keep}
            </div>
        </div>
    }
    .into_any()
}

fn facts(page: &Page, casework: &Casework, pack: &Pack, spot: &Spot, query: &Query) -> SummaryList {
    let lang = page.lang.code();
    let (place, service) = (&spot.place, &spot.service.code);
    let words = |part: &str| pack.words.find(lang, &format!("service.{service}.{part}")).map(str::to_owned);
    let mut list = SummaryList::new()
        .row(page.t("place-where"), lines(&[address_of(page, pack, spot), area_of(page, pack, spot)]));
    if let Some(km) = directory::find::km(pack, &query.area, spot) {
        let far = format!("{} {}", distance(page, km), page.t("services-straight"));
        list = list.row(page.t("place-far"), far);
    }
    let hours = opening(page, pack, spot);
    if !hours.is_empty() {
        list = list.row(page.t("place-open"), lines(&hours));
    }
    if let Some(number) = spot.phone() {
        list = list.row(page.t("place-phone"), phone(number));
    }
    if let Some(who) = words("who") {
        list = list.row(page.t("place-who"), who);
    }
    if let Some(cost) = words("cost") {
        list = list.row(page.t("place-cost"), cost);
    }
    let documents: Vec<String> =
        place.documents.iter().map(|id| page.of_pack(pack, &format!("document.{id}"))).collect();
    if !documents.is_empty() {
        list = list.row(page.t("place-bring"), page.list(documents));
    }
    let languages: Vec<String> = place.languages.iter().map(|code| language_name(code)).collect();
    if !languages.is_empty() {
        list = list.row(page.t("place-languages"), page.list(languages));
    }
    let access: Vec<String> = place.access.iter().map(|one| page.t_of("place-access", one.code())).collect();
    list = if access.is_empty() {
        list.row(page.t("place-accessible"), page.t("place-access-none"))
    } else {
        list.row(page.t("place-accessible"), lines(&access))
    };
    if let (Some(capacity), false) = (place.capacity, spot.is_closed(casework.today())) {
        let key = match place.per {
            None => "place-capacity",
            Some(domain::services::Per::Month) => "place-capacity-month",
            Some(domain::services::Per::Year) => "place-capacity-year",
        };
        let args = [("count", i64::from(capacity).into()), ("free", spot.free().unwrap_or(0).into())];
        list = list.row(page.t("place-places"), page.t_with(key, &args));
    }
    list
}

/// When somebody looked last whether all this is right.
fn verified(page: &Page, pack: &Pack, spot: &Spot, casework: &Casework) -> AnyView {
    let Some(day) = spot.place.verified else {
        return InsetText::new(page.t("place-never-verified")).into_any();
    };
    let by = keeper_of(page, spot.keeper);
    let words = page.t_with("place-verified", &[("date", page.date(day).into()), ("by", by.into())]);
    if spot.is_stale(pack, casework.today()) {
        let old = format!("{words} {}", page.t("place-stale"));
        return InsetText::new(old).into_any();
    }
    view! { <p class="govuk-hint">{words}</p> }.into_any()
}
