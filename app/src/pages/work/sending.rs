//! The part of a task's page by which a referral is sent, or said not to be: it ends the task.

use casework::referrals::{self, NOT_SENT, ToSend};
use casework::{Actor, Casework, Error};
use domain::ids::HouseholdId;
use domain::pack::Pack;
use leptos::prelude::*;

use crate::kit::{Button, Content, Details, InsetText, Problems, Radios, SummaryList, Tag};
use crate::shell::Page;

/// The referral that a task is about; `None` when it is about something else, when it is sent, or when the actor does not read
/// the household's file.
pub async fn read(
    casework: &Casework,
    actor: &Actor,
    household: HouseholdId,
    subject: &casework::subject::Subject,
) -> Result<Option<ToSend>, Error> {
    if subject.kind != "referral" {
        return Ok(None);
    }
    match referrals::to_send(casework, actor, household, subject.id.into()).await {
        Err(Error::Forbidden | Error::NotFound) => Ok(None),
        found => found,
    }
}

/// What is sent, where, and what is still wanting.
pub fn facts(page: &Page, pack: &Pack, to_send: &ToSend) -> SummaryList {
    let name = |key: String, own: &str| {
        let words = pack.words.find(page.lang.code(), &key);
        words.map_or_else(|| own.to_owned(), str::to_owned)
    };
    let referral = &to_send.referral;
    let who = to_send.name.clone();
    let place = match &to_send.place {
        Some((_, provider)) => name(
            format!("provider.{}.name", provider.code),
            provider.name.as_deref().unwrap_or(&provider.code),
        ),
        None => page.t("sending-no-place"),
    };
    let agreed = if to_send.is_agreed {
        Tag::new(page.t("sending-agreed-yes")).colour("green")
    } else {
        Tag::new(page.t("sending-agreed-no")).colour("orange")
    };
    let agency = page.of_pack(pack, &format!("agency.{}.name", to_send.agency));
    SummaryList::new()
        .row(page.t("sending-who"), Content::view(view! { <bdi>{who}</bdi> }))
        .row(page.t("sending-service"), name(format!("service.{}.name", referral.service), &referral.service))
        .row(page.t("sending-place"), place)
        .row(page.t_with("sending-agreed", &[("agency", agency.into())]), agreed)
}

/// The buttons: `form` puts a form of the task's page around what is in it.
pub fn steps(
    page: &Page,
    household: HouseholdId,
    to_send: &ToSend,
    (why, problems): (&str, &Problems),
    form: impl Fn(&'static str, AnyView) -> AnyView,
) -> AnyView {
    if !to_send.may {
        return ().into_any();
    }
    let wanting = if to_send.place.is_none() {
        Some(InsetText::new(page.t("sending-no-place-text")).into_any())
    } else if to_send.is_agreed {
        None
    } else {
        let href = format!("/households/{household}/consents");
        Some(
            view! {
                {InsetText::new(page.t("sending-ask"))}
                <p class="govuk-body"><a class="govuk-link" href=href>{page.t("sending-consents")}</a></p>
            }
            .into_any(),
        )
    };
    let send = to_send.can_go().then(|| form("send", Button::new(page.t("sending-send")).into_any()));
    let reasons = Radios::new("why", page.t("sending-why"))
        .items(NOT_SENT.map(|code| (code, page.t_of("sending-not", code))))
        .value(why)
        .error(problems.of("why"));
    let button = Button::new(page.t("sending-call-off")).secondary();
    let inside = form("call_off", view! { {reasons} {button} }.into_any());
    let mut not = Details::new(page.t("sending-call-off-title"), inside);
    not.open = problems.of("why").is_some();
    view! { {wanting} {send} {not} }.into_any()
}
