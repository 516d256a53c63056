//! The way in: reference, birth date (or its year) and PIN. What is wrong in itself is said at each field; whether a
//! reference exists, and which of the three does not belong to it, is never said.

use axum::Extension;
use axum::extract::State;
use axum::http::header;
use axum::response::{AppendHeaders, IntoResponse, Redirect};
use casework::tracking::{self, Knock, Limits, Opened};
use domain::birth::{Birth, BirthFault};
use domain::pin::Pin;
use domain::reference::{NotAReference, Reference};
use leptos::prelude::*;
use serde::Deserialize;
use time::Date;

use super::visit;
use crate::edge::Peer;
use crate::kit::{Button, DateInput, Details, Input, NotificationBanner, Problems};
use crate::shell::{Answer, Page, render};
use crate::state::{AppState, Asked, Raw};

/// What is typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// The reference of the receipt.
    pub reference: String,
    /// Day of the head's birth.
    #[serde(rename = "birth-day")]
    pub birth_day: String,
    /// Month.
    #[serde(rename = "birth-month")]
    pub birth_month: String,
    /// Year.
    #[serde(rename = "birth-year")]
    pub birth_year: String,
    /// The PIN; never shown again.
    pub pin: String,
}

/// Query of the page.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    /// The visit is over.
    pub over: bool,
    /// One has just left.
    pub ended: bool,
}

/// `GET /track`
pub async fn get(page: Page, Asked(asked): Asked<Wanted>) -> Answer {
    let news = if asked.over {
        Some("track-over")
    } else if asked.ended {
        Some("track-ended")
    } else {
        None
    };
    let title = page.t("track-title");
    Ok(render(&page, &title, || form(&page, &Typed::default(), &Problems::new(), None, news)))
}

/// `POST /track`
pub async fn post(
    State(state): State<AppState>,
    page: Page,
    peer: Option<Extension<Peer>>,
    Raw(typed): Raw<Typed>,
) -> Answer {
    let (mut problems, part) = problems(&page, &typed, state.casework.today());
    if typed.pin.trim().is_empty() {
        problems.add("pin", page.t("track-pin-missing"));
    } else if Pin::parse(&typed.pin).is_err() {
        problems.add("pin", page.t("track-pin-shape"));
    }
    if problems.is_empty() {
        let knock = typed.knock(&page, peer);
        match tracking::open(&state.casework, &knock, limits(&page)).await? {
            Opened::In(token) => {
                let kept = AppendHeaders([(header::SET_COOKIE, visit::kept(&state, &token))]);
                return Ok((kept, Redirect::to("/track/status")).into_response());
            }
            Opened::Refused => problems.add("reference", page.t("track-refused")),
            Opened::TooMany => problems.add("reference", page.t("track-too-many")),
        };
    }
    let page = page.failed();
    let title = page.t("track-title");
    Ok(render(&page, &title, || form(&page, &typed, &problems, part, None)))
}

/// What is wrong in itself with reference and birth, and which part of the date.
pub fn problems(page: &Page, typed: &Typed, today: Date) -> (Problems, Option<&'static str>) {
    let mut problems = Problems::new();
    let mut part = None;
    if typed.reference.trim().is_empty() {
        problems.add("reference", page.t("track-reference-missing"));
    } else if let Err(fault) = Reference::parse(&typed.reference) {
        let key = match fault {
            NotAReference::Check => "track-reference-check",
            NotAReference::Length | NotAReference::Symbol(_) => "track-reference-shape",
        };
        problems.add("reference", page.t(key));
    }
    if let Err(fault) = Birth::parse(&typed.birth_day, &typed.birth_month, &typed.birth_year, "", today) {
        let (at, key) = match fault {
            BirthFault::Missing => ("day", "track-birth-missing"),
            BirthFault::Incomplete => {
                let empty = [("day", &typed.birth_day), ("month", &typed.birth_month)];
                let at = empty.into_iter().find(|(_, text)| text.trim().is_empty());
                part = Some(at.map_or("year", |(name, _)| name));
                (part.unwrap_or("day"), "track-birth-incomplete")
            }
            _ => ("day", "track-birth-wrong"),
        };
        problems.add(format!("birth-{at}"), page.t(key));
    }
    (problems, part)
}

/// At a counter many families use one machine; an officer is signed in on it, or it is made for many.
pub fn limits(page: &Page) -> Limits {
    if page.person().is_some() { Limits::OFFICE } else { Limits::PUBLIC }
}

impl Typed {
    /// What is given to come in.
    pub fn knock(&self, page: &Page, peer: Option<Extension<Peer>>) -> Knock {
        Knock {
            reference: self.reference.clone(),
            born: [self.birth_day.clone(), self.birth_month.clone(), self.birth_year.clone()],
            pin: self.pin.clone(),
            address: peer.map(|Extension(Peer(address))| address).unwrap_or_default(),
            kiosk: page.kiosk(),
        }
    }
}

/// Reference and birth.
pub fn who(page: &Page, typed: &Typed, problems: &Problems, part: Option<&'static str>) -> AnyView {
    let birth_error = ["day", "month", "year"].iter().find_map(|part| problems.of(&format!("birth-{part}")));
    let mut birth = DateInput::new("birth", page.t("track-birth"))
        .legend_class("govuk-fieldset__legend--s")
        .hint(page.t("track-birth-hint"))
        .values(&typed.birth_day, &typed.birth_month, &typed.birth_year)
        .error(birth_error);
    // A telephone that is lent keeps nothing.
    for item in &mut birth.items {
        "off".clone_into(&mut item.autocomplete);
    }
    if let Some(part) = part {
        birth = birth.wrong(part);
    }
    view! {
        {Input::new("reference", page.t("track-reference"))
            .label_class("govuk-label--s")
            .hint(page.t("track-reference-hint"))
            .value(&typed.reference)
            .width(20)
            .autocomplete("off")
            .attribute("autocapitalize", "characters")
            .attribute("spellcheck", "false")
            .attribute("dir", "ltr")
            .error(problems.of("reference"))}
        {birth}
    }
    .into_any()
}

/// A field for digits that are shown to nobody else: a PIN, a code.
pub fn digits(name: &str, label: String, hint: String, problems: &Problems) -> Input {
    Input::new(name, label)
        .label_class("govuk-label--s")
        .hint(hint)
        .width(10)
        .numeric()
        .autocomplete("off")
        .attribute("spellcheck", "false")
        .attribute("dir", "ltr")
        .error(problems.of(name))
}

fn form(
    page: &Page,
    typed: &Typed,
    problems: &Problems,
    part: Option<&'static str>,
    news: Option<&'static str>,
) -> AnyView {
    let by_code = page.texts().then(|| {
        view! {
            <p class="govuk-body">
                <a class="govuk-link" href="/track/code">{page.t("track-by-code")}</a>
            </p>
        }
    });
    view! {
        {problems.summary()}
        {news.map(|key| NotificationBanner::new(page.t(key)))}
        <div class="govuk-grid-row">
            <div class="govuk-grid-column-two-thirds">
                <h1 class="govuk-heading-l">{page.t("track-title")}</h1>
                <p class="govuk-body">{page.t("track-lead")}</p>
                <form method="post" action="/track" autocomplete="off" novalidate>
                    {who(page, typed, problems, part)}
                    {digits("pin", page.t("track-pin"), page.t("track-pin-hint"), problems)}
                    {Button::new(page.t("track-button"))}
                </form>
                {by_code}
                {Details::new(page.t("track-lost"), page.t("track-lost-text"))}
                <p class="govuk-body">
                    <a class="govuk-link" href="/complain">{page.t("track-complain")}</a>
                </p>
            </div>
        </div>
    }
    .into_any()
}
