//! The officer's page around the receipt. A new PIN is made by its own button and shown in that one answer only.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use casework::{Actor, assessments, letters};
use domain::ids::HouseholdId;
use domain::role::Right;
use leptos::prelude::*;
use uuid::Uuid;

use super::slip::slip;
use super::{Wanted, other_languages, qr, spoken, track_address};
use crate::kit::{Button, Content, NotificationBanner};
use crate::shell::{Answer, Failure, Page, render};
use crate::state::{AppState, Asked, SignedIn};
use crate::words::{Lang, t};

/// `GET /households/{household}/receipts/{assessment}`
pub async fn get(
    State(state): State<AppState>,
    SignedIn { page, actor }: SignedIn,
    Path((household, assessment)): Path<(Uuid, Uuid)>,
    Asked(wanted): Asked<Wanted>,
    headers: HeaderMap,
) -> Answer {
    show(&state, page, &actor, Of { household, assessment: Some(assessment) }, &wanted, &headers, false).await
}

/// `POST /households/{household}/receipts/{assessment}`: with a new PIN.
pub async fn post(
    State(state): State<AppState>,
    SignedIn { page, actor }: SignedIn,
    Path((household, assessment)): Path<(Uuid, Uuid)>,
    Asked(wanted): Asked<Wanted>,
    headers: HeaderMap,
) -> Answer {
    show(&state, page, &actor, Of { household, assessment: Some(assessment) }, &wanted, &headers, true).await
}

/// `GET /households/{household}/receipt`: also before there is an assessment.
pub async fn get_newest(
    State(state): State<AppState>,
    SignedIn { page, actor }: SignedIn,
    Path(household): Path<Uuid>,
    Asked(wanted): Asked<Wanted>,
    headers: HeaderMap,
) -> Answer {
    show(&state, page, &actor, Of { household, assessment: None }, &wanted, &headers, false).await
}

/// `POST /households/{household}/receipt`: with a new PIN.
pub async fn post_newest(
    State(state): State<AppState>,
    SignedIn { page, actor }: SignedIn,
    Path(household): Path<Uuid>,
    Asked(wanted): Asked<Wanted>,
    headers: HeaderMap,
) -> Answer {
    show(&state, page, &actor, Of { household, assessment: None }, &wanted, &headers, true).await
}

/// Whose receipt. It always tells how the request stands now; the assessment says where the officer came from.
#[derive(Clone, Copy)]
struct Of {
    household: Uuid,
    assessment: Option<Uuid>,
}

async fn show(
    state: &AppState,
    page: Page,
    actor: &Actor,
    of: Of,
    wanted: &Wanted,
    headers: &HeaderMap,
    with_pin: bool,
) -> Answer {
    let household = HouseholdId::new(of.household);
    if let Some(id) = of.assessment {
        let own = assessments::list(&state.casework, actor, household).await?;
        own.iter().find(|one| one.id.uuid() == id).ok_or_else(Failure::not_found)?;
    }
    let language = wanted.language().map(Lang::code);
    let printed = letters::receipt(&state.casework, actor, household, language, with_pin).await?;
    let shown = Lang::parse(&printed.slip.language).unwrap_or_default();
    let address = track_address(state, headers);
    let code = qr::code(&qr::text(&address, &printed.slip.reference), &t(shown, "receipt-qr"))?;
    let paper = slip(&printed.slip, printed.pin.as_ref(), spoken(&address), &code);
    let file = format!("/households/{household}");
    let letter = of.assessment.map(|id| format!("{file}/letters/{id}"));
    let title = page.t("receipt-page-title");
    let page = page.back(file);
    // From a page that shows a PIN no link leads to the same paper: it would come without the PIN.
    let languages =
        printed.pin.is_none().then(|| other_languages(&page.path, &page.t("letter-read-in"), shown));
    let pin = if printed.pin.is_some() {
        PinTools::Shown
    } else if actor.may(Right::RegisterHousehold) {
        PinTools::Offered
    } else {
        PinTools::Not
    };
    Ok(render(&page, &title, || tools(&page, shown, pin, languages, letter, paper)))
}

/// What stands about the PIN beside the receipt.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PinTools {
    /// It was just made.
    Shown,
    /// One may make a new one.
    Offered,
    /// One may only read.
    Not,
}

fn tools(
    page: &Page,
    shown: Lang,
    pin: PinTools,
    languages: Option<Content>,
    letter: Option<String>,
    paper: Content,
) -> AnyView {
    // The new PIN comes on paper of the language that is shown.
    let action = format!("{}?in={}", page.path, shown.code());
    let new_pin = (pin == PinTools::Offered).then(|| {
        view! {
            <h2 class="govuk-heading-s">{page.t("receipt-pin-tools")}</h2>
            <p class="govuk-body">{page.t("receipt-pin-none")}</p>
            <p class="govuk-body">{page.t("receipt-pin-lost")}</p>
            <form method="post" action=action>
                {Button::new(page.t("receipt-pin-button")).secondary()}
            </form>
        }
    });
    let news = (pin == PinTools::Shown).then(|| {
        let banner = NotificationBanner::success(page.t("receipt-pin-once"));
        view! { <div class="app-screen-only">{banner}</div> }
    });
    let letter = letter.map(|href| {
        view! { <p class="govuk-body"><a class="govuk-link" href=href>{page.t("receipt-letter-link")}</a></p> }
    });
    view! {
        {news}
        <div class="govuk-grid-row">
            <div class="govuk-grid-column-one-half">{paper}</div>
            <div class="govuk-grid-column-one-half app-screen-only">
                {languages}
                {letter}
                <p class="govuk-hint">{page.t("receipt-print-hint")}</p>
                {new_pin}
            </div>
        </div>
    }
    .into_any()
}
