//! Writing a complaint down for somebody: told at the counter or on the telephone, or come by letter; and by a provider for
//! itself.

use axum::extract::State;
use casework::complaints::{self, Channel};
use casework::households::search;
use casework::{Actor, Casework, Error};
use domain::complaint::Identity;
use domain::ids::HouseholdId;
use domain::reference::Reference;
use domain::role::{Right, Scope};
use domain::search::Query;
use leptos::prelude::*;
use time::{Date, Month};

use super::complain::papers;
use super::fields::{Typed, fields, refused};
use crate::kit::{Button, DateInput, Problems, Radios};
use crate::shell::{Answer, Page, render};
use crate::state::SignedIn;
use crate::upload::{self, Sent};

/// By which ways staff take complaints in.
const BY_STAFF: [Channel; 3] = [Channel::Counter, Channel::Phone, Channel::Letter];

/// Whether the actor works for a provider: then it is the provider that complains.
fn is_provider(actor: &Actor) -> bool {
    !actor.scopes(Right::LodgeComplaint).any(|scope| !matches!(scope, Scope::Provider(_)))
}

/// `GET /complaints/new`
pub async fn get(State(casework): State<Casework>, SignedIn { page, actor }: SignedIn) -> Answer {
    actor.require_anywhere(Right::LodgeComplaint)?;
    show(&casework, &page, &actor, &Typed::begin(&casework), &Problems::new())
}

/// `POST /complaints/new`
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    sent: Sent<Typed>,
) -> Answer {
    actor.require_anywhere(Right::LodgeComplaint)?;
    let mut problems = Problems::new();
    let typed = sent.typed;
    let statement = typed.statement(&page, &mut problems);
    upload::refuse(&page, &sent.faults, &mut problems);
    let channel = if is_provider(&actor) {
        Some(Channel::Provider)
    } else {
        BY_STAFF.into_iter().find(|channel| channel.code() == typed.channel)
    };
    if channel.is_none() {
        problems.add("channel", page.t("complaint-channel-missing"));
    }
    let received = received(&typed);
    if received == Err(()) {
        problems.add("received-day", page.t("complaint-received-wrong"));
    }
    let known = household(&casework, &actor, &typed).await?;
    if known.is_err() {
        problems.add("reference", page.t("complaint-reference-unknown"));
    }
    let household = known.unwrap_or_default();
    if let (Some(statement), Some(channel), Ok(received), true) =
        (statement, channel, received, problems.is_empty())
    {
        let new = typed.complaint(&page, statement, channel, household, received, sent.files);
        let new = new.ok_or(Error::Invalid("form.missing"))?;
        match complaints::lodge(&casework, &actor, &new).await {
            Ok(lodged) => {
                let title = page.t("complain-done-title");
                let page = page.back("/complaints");
                return Ok(render(&page, &title, || {
                    view! {
                        {papers(&page, &casework, &lodged)}
                        <p class="govuk-body">{page.t("complaint-give")}</p>
                    }
                    .into_any()
                }));
            }
            Err(error) => refused(&page, error, &mut problems)?,
        }
    }
    show(&casework, &page.failed(), &actor, &typed, &problems)
}

/// The day it came: none where nothing is typed.
fn received(typed: &Typed) -> Result<Option<Date>, ()> {
    let parts = [&typed.received_day, &typed.received_month, &typed.received_year].map(|part| part.trim());
    if parts.iter().all(|part| part.is_empty()) {
        return Ok(None);
    }
    let [day, month, year] = parts;
    let month = month.parse::<u8>().ok().and_then(|month| Month::try_from(month).ok()).ok_or(())?;
    let (day, year) = (day.parse().map_err(|_| ())?, year.parse().map_err(|_| ())?);
    Date::from_calendar_date(year, month, day).map(Some).map_err(|_| ())
}

/// The household whose reference was typed. A provider's words stay words; an anonymous complaint is nobody's.
async fn household(
    casework: &Casework,
    actor: &Actor,
    typed: &Typed,
) -> Result<Result<Option<HouseholdId>, ()>, Error> {
    let is_anonymous = typed.identity == Identity::Anonymous.code();
    if typed.reference.trim().is_empty() || is_anonymous || !actor.may(Right::SearchRegistry) {
        return Ok(Ok(None));
    }
    let Ok(reference) = Reference::parse(&typed.reference) else { return Ok(Err(())) };
    let results = search::search(casework, actor, &Query::Reference(reference)).await?;
    Ok(results.found.first().map(|found| Some(found.household)).ok_or(()))
}

fn show(casework: &Casework, page: &Page, actor: &Actor, typed: &Typed, problems: &Problems) -> Answer {
    let page = page.clone().back("/complaints");
    let title = page.t("complaint-new-title");
    let fields = fields(&page, casework, typed, problems)?;
    let how = (!is_provider(actor)).then(|| {
        let channels = Radios::new("channel", page.t("complaint-channel"))
            .legend_class("govuk-fieldset__legend--s")
            .items(BY_STAFF.map(|channel| (channel.code(), page.t_of("complaint-channel", channel.code()))))
            .value(&typed.channel)
            .error(problems.of("channel"));
        let received = DateInput::new("received", page.t("complaint-received"))
            .legend_class("govuk-fieldset__legend--s")
            .hint(page.t("complaint-received-hint"))
            .values(&typed.received_day, &typed.received_month, &typed.received_year)
            .error(problems.of("received-day"));
        view! { {channels} {received} }
    });
    Ok(render(&page, &title, || {
        view! {
            {problems.summary()}
            <div class="govuk-grid-row">
                <div class="govuk-grid-column-two-thirds">
                    <h1 class="govuk-heading-l">{title.clone()}</h1>
                    <p class="govuk-body">{page.t("complaint-new-lead")}</p>
                    <form method="post" action="/complaints/new" enctype="multipart/form-data" autocomplete="off" novalidate>
                        {how}
                        {fields}
                        {Button::new(page.t("complaint-new-button"))}
                    </form>
                </div>
            </div>
        }
        .into_any()
    }))
}
