//! Looking for a service: what one needs in one's own words, where one lives, and what must be so. All of it is in the
//! address, which can be written on a paper.

use axum::extract::State;
use casework::Casework;
use casework::directory::find::Found;
use casework::directory::{self, Asked};
use domain::ids::HouseholdId;
use domain::pack::Pack;
use domain::role::Right;
use domain::services::{Access, ServiceKind};
use leptos::prelude::*;
use serde::Deserialize;

use super::words::{address_of, distance, language_name, name_of, open_now, phone, room};
use crate::kit::{Button, Checkboxes, Content, Details, Html, Input, Select};
use crate::shell::{Answer, Page, address, onwards, render};
use crate::state::{AppState, Asked as Query};

/// Places on one page: it stays small on a slow line.
const ROWS: usize = 15;
/// Areas offered to choose from: of a larger country the upper levels only.
const AREAS: usize = 200;
/// Distances offered, in kilometres.
const FAR: [&str; 4] = ["10", "25", "50", "100"];

/// Query of the page.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// What is needed.
    pub q: String,
    /// Kind of service.
    pub kind: String,
    /// Where one lives.
    pub area: String,
    /// No farther than this, in kilometres.
    pub km: String,
    /// Where this language is spoken.
    pub language: String,
    /// What can be used in this way.
    pub access: String,
    /// `yes`: open at this moment.
    pub open: String,
    /// `yes`: with a free place.
    pub free: String,
    /// How many places stand on the pages before.
    pub from: String,
    /// The household for which an officer looks.
    #[serde(rename = "for")]
    pub household: String,
    /// The referral that came back, and that goes on.
    pub follows: String,
}

impl Typed {
    fn with(&self, from: usize) -> String {
        let from = if from == 0 { String::new() } else { from.to_string() };
        let own = [
            ("q", self.q.trim()),
            ("kind", &self.kind),
            ("area", &self.area),
            ("km", &self.km),
            ("language", &self.language),
            ("access", &self.access),
            ("open", &self.open),
            ("free", &self.free),
            ("for", &self.household),
            ("follows", &self.follows),
            ("from", &from),
        ];
        let kept: Vec<_> = own.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        address("/services", &kept)
    }

    fn asked(&self) -> Asked {
        let kind = ServiceKind::ALL.iter().find(|(word, _)| *word == self.kind).map(|(_, kind)| *kind);
        Asked {
            words: self.q.chars().take(200).collect(),
            kind,
            area: self.area.clone(),
            within: String::new(),
            km: self.km.parse().ok().filter(|_| !self.area.is_empty()),
            language: self.language.clone(),
            access: self.access.parse().ok(),
            open_now: self.open == "yes",
            with_places: self.free == "yes",
        }
    }
}

/// `GET /services`
pub async fn get(State(state): State<AppState>, page: Page, Query(typed): Query<Typed>) -> Answer {
    let casework = &state.casework;
    let pack = casework.pack()?;
    let found = directory::search(casework, &typed.asked()).await?;
    let title = page.t("services-title");
    // Who refers has a household in hand.
    let refers = page.person().is_some_and(|person| person.rights.contains(&Right::Assess));
    let household: Option<HouseholdId> = typed.household.parse().ok().filter(|_| refers);
    let page = match household {
        Some(id) => page.back(format!("/households/{id}/referrals")),
        None => page,
    };
    Ok(render(&page, &title, || show(&page, casework, &pack, &typed, &found, household)))
}

fn show(
    page: &Page,
    casework: &Casework,
    pack: &Pack,
    typed: &Typed,
    found: &[Found],
    household: Option<HouseholdId>,
) -> AnyView {
    let from: usize = typed.from.parse().unwrap_or(0).min(found.len());
    let shown = found.iter().skip(from).take(ROWS);
    let next = (from + ROWS < found.len()).then(|| typed.with(from + ROWS));
    let first = (from > 0).then(|| typed.with(0));
    let count = i64::try_from(found.len()).unwrap_or(i64::MAX);
    let list: Vec<AnyView> = shown.map(|one| card(page, casework, pack, typed, one, household)).collect();
    let straight = found.iter().any(|one| one.km.is_some()).then(|| {
        view! { <p class="govuk-hint">{page.t("services-straight")}</p> }
    });
    let none = found.is_empty().then(|| {
        view! {
            <p class="govuk-body">{page.t("services-none")}</p>
            <p class="govuk-body"><a class="govuk-link" href="/services">{page.t("services-all")}</a></p>
        }
    });
    view! {
        <h1 class="govuk-heading-l">{page.t("services-title")}</h1>
        <p class="govuk-body">{page.t("services-lead")}</p>
        {form(page, pack, typed)}
        <h2 class="govuk-heading-m" id="found">{page.t_with("services-found", &[("count", count.into())])}</h2>
        {none}
        {straight}
        <ul class="govuk-list">{list}</ul>
        {onwards(page, first, next)}
    }
    .into_any()
}

/// The areas to choose from, each below the one that it lies in.
fn areas(page: &Page, pack: &Pack) -> Vec<(String, String)> {
    let mut depth = 1;
    let at = |depth: usize| pack.areas.all().filter(move |area| pack.areas.path(&area.code).len() <= depth);
    while at(depth + 1).count() <= AREAS && at(depth + 1).count() > at(depth).count() {
        depth += 1;
    }
    let mut items = Vec::new();
    let mut stack: Vec<(&str, usize)> = pack.areas.roots().map(|area| (area.code.as_str(), 1)).collect();
    stack.reverse();
    while let Some((code, level)) = stack.pop() {
        let name = pack.area_name(page.lang.code(), code);
        items.push((code.to_owned(), format!("{}{name}", "\u{2003}".repeat(level - 1))));
        if level < depth {
            let inner: Vec<_> =
                pack.areas.children(code).map(|area| (area.code.as_str(), level + 1)).collect();
            stack.extend(inner.into_iter().rev());
        }
    }
    items
}

fn form(page: &Page, pack: &Pack, typed: &Typed) -> AnyView {
    let all = || page.t("services-any");
    let kinds: Vec<(&str, String)> = ServiceKind::ALL
        .iter()
        .filter(|(_, kind)| pack.directory.services.iter().any(|service| service.kind == *kind))
        .map(|(word, _)| (*word, page.t_of("service-kind", word)))
        .collect();
    let kind = Select::new("kind", page.t("services-kind")).item("", all()).items(kinds).value(&typed.kind);
    let area = Select::new("area", page.t("services-area"))
        .item("", page.t("services-anywhere"))
        .items(areas(page, pack))
        .value(&typed.area);
    let km = Select::new("km", page.t("services-km"))
        .item("", page.t("services-far"))
        .items(FAR.map(|km| (km, page.t_with("place-km", &[("km", km.parse::<i64>().unwrap_or(0).into())]))))
        .value(&typed.km);
    let mut languages: Vec<&str> =
        pack.directory.places.iter().flat_map(|place| &place.languages).map(String::as_str).collect();
    languages.sort_unstable();
    languages.dedup();
    let language = Select::new("language", page.t("services-language"))
        .item("", all())
        .items(languages.into_iter().map(|code| (code, language_name(code))))
        .value(&typed.language);
    let access = Select::new("access", page.t("services-access"))
        .item("", all())
        .items(Access::ALL.iter().map(|one| (one.code(), page.t_of("place-access", one.code()))))
        .value(&typed.access);
    let open = Checkboxes::new("open", page.t("services-only"))
        .small()
        .item("yes", page.t("services-open-now"))
        .values([typed.open.as_str()]);
    let free = Checkboxes::new("free", page.t("services-only-room"))
        .small()
        .item("yes", page.t("services-with-places"))
        .values([typed.free.as_str()]);
    let mut more = Details::new(
        page.t("services-more"),
        Content::view(view! { {km} {language} {access} {open} {free} }),
    );
    more.open = [&typed.km, &typed.language, &typed.access, &typed.open, &typed.free]
        .iter()
        .any(|one| !one.is_empty());
    let hidden = [("for", &typed.household), ("follows", &typed.follows)].map(|(name, value)| {
        (!value.is_empty()).then(|| view! { <input type="hidden" name=name value=value.clone()/> })
    });
    view! {
        <form method="get" action="/services" role="search" class="app-no-print">
            {Input::new("q", page.t("services-need")).hint(page.t("services-need-hint")).value(&typed.q)}
            {area}
            {kind}
            {more}
            {hidden.into_iter().collect_view()}
            {Button::new(page.t("services-search"))}
        </form>
    }
    .into_any()
}

fn card(
    page: &Page,
    casework: &Casework,
    pack: &Pack,
    typed: &Typed,
    found: &Found,
    household: Option<HouseholdId>,
) -> AnyView {
    let spot = &found.spot;
    let code = &spot.place.code;
    let mut query = vec![("area", typed.area.as_str())];
    query.extend([("for", typed.household.as_str()), ("follows", typed.follows.as_str())]);
    query.retain(|(_, value)| !value.is_empty());
    let href = address(&format!("/services/{code}"), &query);
    let service = page.of_pack(pack, &format!("service.{}.name", spot.service.code));
    let about = pack.words.find(page.lang.code(), &format!("service.{}.about", spot.service.code));
    let far = found.km.map(|km| format!(" · {}", distance(page, km)));
    let call = spot.phone().map(|number| {
        let mut out = Html::new();
        out.tag("p").class("govuk-body govuk-!-margin-bottom-1").with(|out| {
            out.text(&page.t("place-phone")).text(" ").content(&phone(number));
        });
        Content::Html(out.finish())
    });
    let refer = household.map(|id| {
        let mut query = vec![("place", code.as_str()), ("follows", typed.follows.as_str())];
        query.retain(|(_, value)| !value.is_empty());
        let href = address(&format!("/households/{id}/referrals/new"), &query);
        Button::link(href, page.t("services-refer")).secondary()
    });
    view! {
        <li class="govuk-!-margin-bottom-6">
            <h3 class="govuk-heading-s govuk-!-margin-bottom-1">
                <a class="govuk-link" href=href>{service} " – " <bdi>{name_of(page, pack, spot)}</bdi></a>
            </h3>
            <p class="govuk-body govuk-!-margin-bottom-1">
                <bdi>{address_of(page, pack, spot)}</bdi> {far} " " {open_now(page, casework, spot)} " "
                {room(page, casework, spot)}
            </p>
            {about.map(|text| view! { <p class="govuk-body govuk-!-margin-bottom-1">{text.to_owned()}</p> })}
            {call}
            {refer}
        </li>
    }
    .into_any()
}
