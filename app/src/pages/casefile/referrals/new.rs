//! Sending somebody to a place: who goes, then exactly what the provider will see, then the button.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use casework::error::Conflict;
use casework::referrals::refer::{ByHand, On, Preview, WORDS, preview, refer};
use casework::{Casework, Error};
use domain::ids::HouseholdId;
use domain::lifecycle::referral::OverrideReason;
use domain::pack::Pack;
use leptos::prelude::*;
use serde::Deserialize;
use uuid::Uuid;

use super::address as of;
use crate::kit::{
    Button, Checkboxes, InsetText, NotificationBanner, Problems, Radios, SummaryList, Textarea, WarningText,
};
use crate::pages::casefile::frame::{self, Part, Shown, name};
use crate::pages::directory::name_of;
use crate::pages::provider::referral::seen;
use crate::shell::{Answer, Failure, Page, address};
use crate::state::{Asked, Raw, SignedIn};

/// What is chosen and typed; the address holds the first three.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// The place's code.
    pub place: String,
    /// The person, or `all` for the whole household.
    pub person: String,
    /// The referral that came back.
    pub follows: String,
    /// Id of the form.
    pub form: String,
    /// `yes`: within a day.
    pub urgent: String,
    /// `consent` or `override`.
    pub basis: String,
    /// Why without consent.
    pub reason: String,
    /// The same in words.
    pub words: String,
}

impl Typed {
    /// The person; none for the whole household.
    fn person(&self) -> Option<Uuid> {
        Uuid::try_parse(&self.person).ok()
    }

    fn is_chosen(&self) -> bool {
        self.person == "all" || self.person().is_some()
    }

    /// What is asked for; what is wanting is a problem.
    fn by_hand(&self, page: &Page, problems: &mut Problems) -> Option<ByHand> {
        let on = if self.basis == "override" {
            let reason: Option<OverrideReason> = self.reason.parse().ok();
            if reason.is_none() {
                problems.add("reason", page.t("referral-choose"));
            }
            if !WORDS.contains(&self.words.trim().chars().count()) {
                problems
                    .add("words", page.t_with("refer-words-length", &[("least", (*WORDS.start()).into())]));
            }
            On::Override(reason?, self.words.clone())
        } else {
            On::Consent
        };
        Some(ByHand {
            id: self.form.parse().ok()?,
            person: self.person(),
            place: self.place.clone(),
            urgent: self.urgent == "yes",
            on,
            follows: self.follows.parse().ok(),
        })
    }
}

/// `GET /households/{household}/referrals/new`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<HouseholdId>,
    Asked(mut typed): Asked<Typed>,
) -> Answer {
    let form: Uuid = casework.new_id();
    typed.form = form.to_string();
    show(&casework, &page, &actor, id, &typed, &Problems::new()).await
}

/// `POST /households/{household}/referrals/new`
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<HouseholdId>,
    Raw(typed): Raw<Typed>,
) -> Answer {
    frame::to_change(&casework, &actor, id).await?;
    let mut problems = Problems::new();
    let new = typed.by_hand(&page, &mut problems);
    if let Some(new) = new.filter(|_| problems.is_empty() && typed.is_chosen()) {
        match refer(&casework, &actor, id, new).await {
            Ok(referral) => {
                let done = address(&of(id, referral), &[("done", "sent")]);
                return Ok(Redirect::to(&done).into_response());
            }
            Err(Error::Invalid("consent.missing")) => problems.add("basis", page.t("refer-no-consent")),
            Err(Error::Invalid("referral.closed")) => problems.add("basis", page.t("refer-closed")),
            Err(Error::Conflict(Conflict::Taken)) => problems.add("basis", page.t("refer-there")),
            Err(Error::Conflict(Conflict::State)) => problems.add("basis", page.t("referral-changed")),
            Err(error) => return Err(error.into()),
        };
    }
    show(&casework, &page.failed(), &actor, id, &typed, &problems).await
}

async fn show(
    casework: &Casework,
    page: &Page,
    actor: &casework::Actor,
    id: HouseholdId,
    typed: &Typed,
    problems: &Problems,
) -> Answer {
    let file = frame::to_change(casework, actor, id).await?;
    let pack = casework.pack()?;
    if pack.directory.place(&typed.place).is_none() {
        // Without a place there is nothing to send to: one is looked for first.
        let query = [("for", id.to_string()), ("area", file.contact.area.clone())];
        let query: Vec<(&str, &str)> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
        return Err(Failure::elsewhere(address("/services", &query)));
    }
    let chosen = typed.is_chosen();
    let person = typed.person().filter(|id| file.present().any(|member| member.id.uuid() == *id));
    let chosen = chosen && (person.is_some() || typed.person == "all");
    let told = preview(casework, actor, id, person, &typed.place).await?;
    let shown = Shown::new(page, &pack, &file, actor, casework);
    let title = page.t("refer-title");
    Ok(shown.render_as(Part::Referrals, &title, || {
        let service = shown.of_pack(&format!("service.{}.name", told.spot.service.code));
        view! {
            {problems.summary()}
            <div class="govuk-grid-row">
                <div class="govuk-grid-column-two-thirds">
                    <span class="govuk-caption-l">
                        {service} " – " <bdi>{name_of(page, &pack, &told.spot)}</bdi>
                    </span>
                    <h1 class="govuk-heading-l">{title.clone()}</h1>
                    {if chosen {
                        send(casework, &shown, &pack, &told, typed, problems)
                    } else {
                        choose(&shown, typed)
                    }}
                </div>
            </div>
        }
        .into_any()
    }))
}

/// Who goes.
fn choose(shown: &Shown<'_>, typed: &Typed) -> AnyView {
    let page = shown.page;
    let people: Vec<(String, String)> =
        shown.file.present().map(|member| (member.id.to_string(), name(member))).collect();
    let who = Radios::new("person", page.t("refer-who"))
        .items(people)
        .item("all", page.t("casefile-everybody"))
        .value(&typed.person);
    let follows = (!typed.follows.is_empty())
        .then(|| view! { <input type="hidden" name="follows" value=typed.follows.clone()/> });
    view! {
        <form method="get" action=shown.address("referrals/new")>
            <input type="hidden" name="place" value=typed.place.clone()/>
            {follows}
            {who}
            {Button::new(page.t("refer-next"))}
        </form>
    }
    .into_any()
}

/// What the provider will see, on what it goes, and the button.
fn send(
    casework: &Casework,
    shown: &Shown<'_>,
    pack: &Pack,
    told: &Preview,
    typed: &Typed,
    problems: &Problems,
) -> AnyView {
    let page = shown.page;
    let agency = page.of_pack(pack, &format!("agency.{}.name", told.agency));
    let there = told.there.as_ref().map(|one| {
        let href = of(shown.file.id, one.id);
        let words = page.t("refer-there");
        let link = view! { {words} " " <a class="govuk-link" href=href>{page.t("refer-see")}</a> };
        NotificationBanner::new(crate::kit::Content::view(link))
    });
    let full = (!told.spot.has_place(casework.today())).then(|| WarningText::new(page.t("refer-full")));
    let urgent = Checkboxes::new("urgent", page.t("refer-urgent"))
        .small()
        .item("yes", page.t("refer-urgent-yes"))
        .values([typed.urgent.as_str()]);
    let basis = if told.is_agreed {
        let words = page.t_with("refer-agreed", &[("agency", agency.into())]);
        view! { {InsetText::new(words)} <input type="hidden" name="basis" value="consent"/> }.into_any()
    } else {
        let consents = shown.address("consents");
        let reasons = Radios::new("reason", page.t("refer-override-why"))
            .items(
                OverrideReason::ALL.iter().map(|one| (one.code(), page.t_of("refer-override", one.code()))),
            )
            .value(&typed.reason)
            .error(problems.of("reason"));
        let words = Textarea::new("words", page.t("refer-override-words"))
            .hint(page.t("refer-override-hint"))
            .value(&typed.words)
            .rows(4)
            .error(problems.of("words"));
        view! {
            {WarningText::new(page.t_with("refer-not-agreed", &[("agency", agency.into())]))}
            <p class="govuk-body"><a class="govuk-link" href=consents>{page.t("sending-consents")}</a></p>
            <input type="hidden" name="basis" value="override"/>
            {reasons}
            {words}
        }
        .into_any()
    };
    let back = address(
        &shown.address("referrals/new"),
        &[("place", typed.place.as_str()), ("follows", typed.follows.as_str())],
    );
    view! {
        {there}
        {full}
        <h2 class="govuk-heading-m" id="seen">{page.t("refer-preview")}</h2>
        <p class="govuk-body">{page.t("refer-preview-lead")}</p>
        {seen(page, pack, &told.seen, SummaryList::new())}
        <form method="post" action=shown.address("referrals/new") novalidate>
            <input type="hidden" name="form" value=typed.form.clone()/>
            <input type="hidden" name="place" value=typed.place.clone()/>
            <input type="hidden" name="person" value=typed.person.clone()/>
            <input type="hidden" name="follows" value=typed.follows.clone()/>
            {basis}
            {urgent}
            <div class="govuk-button-group" id="basis">
                {Button::new(page.t("refer-send"))}
                <a class="govuk-link" href=back>{page.t("refer-other")}</a>
            </div>
        </form>
    }
    .into_any()
}
