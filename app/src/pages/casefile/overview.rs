//! The first page of a file: what comes next and by when, who lives there, how to reach them, what runs.

use axum::extract::{Path, State};
use casework::clocks::Clock;
use casework::enrolments::Enrolment;
use casework::households::merge::{self, Link};
use casework::households::overview::{Overview, overview};
use casework::referrals::Referral;
use casework::{Actor, Casework};
use domain::clock::ClockState;
use domain::ids::HouseholdId;
use domain::role::{Right, Scope};
use leptos::prelude::*;

use super::frame::{self, Part, Shown};
use crate::kit::{Action, Button, Content, InsetText, SummaryList, Table, Tag};
use crate::shell::Answer;
use crate::state::{Asked, Done, SignedIn};
use crate::words::Lang;

/// `GET /households/{household}`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<HouseholdId>,
    Asked(done): Asked<Done>,
) -> Answer {
    let whole = frame::or_reason(overview(&casework, &actor, id).await, &actor, id)?;
    let links = merge::links(&casework, &actor, id).await?;
    let pack = casework.pack()?;
    let shown = Shown::new(&page, &pack, &whole.file, &actor, &casework);
    Ok(shown.render(Part::Overview, || show(&shown, &whole, &links, &actor, &done.done)))
}

fn show(
    shown: &Shown<'_>,
    whole: &Overview,
    links: &(Option<Link>, Vec<Link>),
    actor: &Actor,
    done: &str,
) -> AnyView {
    let page = shown.page;
    view! {
        {frame::done(page, done)}
        {linked(shown, links)}
        <h1 class="govuk-heading-l">{page.t("casefile-overview")}</h1>
        {next(shown, whole, actor)}
        {runs(shown, whole)}
        <h2 class="govuk-heading-m">{page.t("casefile-lives-there")}</h2>
        {people(shown)}
        {reach(shown)}
        {consents(shown)}
    }
    .into_any()
}

/// Where this record went, or which others came to it.
fn linked(shown: &Shown<'_>, (into, from): &(Option<Link>, Vec<Link>)) -> AnyView {
    let page = shown.page;
    let args =
        |link: &Link| [("reference", link.reference.to_string().into()), ("date", shown.day(link.at).into())];
    if let Some(link) = into {
        let href = format!("/households/{}", link.household);
        let text = page.t_with("merge-went", &args(link));
        let said = view! { {text} " " <a class="govuk-link" href=href>{page.t("merge-went-see")}</a> };
        return InsetText::new(Content::view(said)).into_any();
    }
    let came: Vec<AnyView> = from
        .iter()
        .map(|link| view! { <p class="govuk-body">{page.t_with("merge-came", &args(link))}</p> }.into_any())
        .collect();
    let see = shown.address("merge");
    let key = if from.is_empty() { "merge-link" } else { "merge-link-came" };
    view! { {came} <p class="govuk-body"><a class="govuk-link" href=see>{page.t(key)}</a></p> }.into_any()
}

/// Who must act, by when, and the ways to do it.
fn next(shown: &Shown<'_>, whole: &Overview, actor: &Actor) -> AnyView {
    let page = shown.page;
    let stands = whole.file.applications.first().map(|application| {
        let state = application.state.code();
        view! {
            <p class="govuk-body-l">{page.t_of("casefile-stands", state)}</p>
        }
        .into_any()
    });
    let may_assess = !whole.file.applications.is_empty()
        && !whole.file.by_reason
        && actor.may_in(Right::Assess, &Scope::Office(whole.file.office.clone()));
    let assess = may_assess.then(|| {
        let (key, about) = match (whole.open_assessment(), whole.decided_assessment()) {
            (Some(open), _) => (
                "casefile-assess-continue",
                Some(page.t_with("casefile-assess-begun", &[("date", shown.day(open.started_at).into())])),
            ),
            (None, Some(_)) => ("casefile-assess-again", Some(page.t("casefile-assess-again-about"))),
            (None, None) => ("registered-assess", None),
        };
        let button = Button::new(page.t(key));
        let again = whole.open_assessment().is_none() && whole.decided_assessment().is_some();
        view! {
            {about.map(|about| view! { <p class="govuk-body">{about}</p> })}
            <form method="post" action=shown.address("assessments")>
                {if again { button.secondary() } else { button }}
            </form>
        }
        .into_any()
    });
    let papers = whole.decided_assessment().map(|decided| {
        let when = decided.submitted_at.unwrap_or(decided.started_at);
        let link = |rest: &str, key: &'static str| {
            let href = shown.address(&format!("{rest}/{}", decided.id));
            view! { <li><a class="govuk-link" href=href>{page.t(key)}</a></li> }.into_any()
        };
        view! {
            <p class="govuk-body">
                {page.t_with("casefile-papers", &[("date", shown.day(when).into())])}
            </p>
            <ul class="govuk-list govuk-list--bullet">
                {link("results", "casefile-results")}
                {link("letters", "casefile-letter")}
                {link("receipts", "casefile-receipt")}
            </ul>
        }
        .into_any()
    });
    let answered = whole.has_answered.then(|| {
        let href = shown.address("answers");
        view! { <p class="govuk-body"><a class="govuk-link" href=href>{page.t("answers-link")}</a></p> }
    });
    // Six providers who owe an answer on one day are one line.
    let mut clocks: Vec<(&Clock, usize)> = Vec::new();
    for clock in whole.live_clocks() {
        match clocks.iter_mut().find(|(other, _)| {
            (&other.kind, other.state, shown.day(other.due_at))
                == (&clock.kind, clock.state, shown.day(clock.due_at))
        }) {
            Some((_, times)) => *times += 1,
            None => clocks.push((clock, 1)),
        }
    }
    let clocks: Vec<AnyView> = clocks.into_iter().map(|(clock, times)| due(shown, clock, times)).collect();
    let dates = (!clocks.is_empty()).then(|| {
        view! {
            <h3 class="govuk-heading-s">{page.t("casefile-due-title")}</h3>
            <ul class="govuk-list">{clocks}</ul>
        }
        .into_any()
    });
    view! {
        <h2 class="govuk-heading-m">{page.t("casefile-next")}</h2>
        {stands}
        {dates}
        {answered}
        {papers}
        {assess}
    }
    .into_any()
}

fn due(shown: &Shown<'_>, clock: &Clock, times: usize) -> AnyView {
    let page = shown.page;
    let what = page
        .t_if_of("casefile-clock", &clock.kind)
        .unwrap_or_else(|| page.t_with("casefile-clock-other", &[("kind", clock.kind.as_str().into())]));
    let (tag, day) = match clock.state {
        ClockState::Paused => (Some(("casefile-clock-paused", "grey")), None),
        ClockState::Breached => (Some(("casefile-clock-late", "red")), Some(clock.due_at)),
        _ => (None, Some(clock.due_at)),
    };
    let day =
        day.map(|at| view! { <strong><bdi>{shown.day(at)}</bdi></strong> {page.t("colon")} }.into_any());
    view! {
        <li>{day} {what} {(times > 1).then(|| format!(" (× {times})"))} " " {tag.map(|(key, colour)| Tag::new(page.t(key)).colour(colour))}</li>
    }
    .into_any()
}

/// Enrolments and referrals that are not over.
fn runs(shown: &Shown<'_>, whole: &Overview) -> AnyView {
    let page = shown.page;
    let (running, over): (Vec<&Enrolment>, Vec<&Enrolment>) =
        whole.enrolments.iter().partition(|one| one.is_running() || one.is_waiting());
    let enrolled = (!running.is_empty()).then(|| {
        let head =
            ["casefile-programme", "casefile-for", "casefile-state", "casefile-amount", "casefile-since"];
        let table = running.into_iter().fold(
            Table::new(page.t("casefile-enrolments")).head(head.map(|key| page.t(key))),
            |table, one| table.row(enrolment(shown, one)),
        );
        table.scroll()
    });
    let ended =
        (!over.is_empty()).then(|| page.t_with("casefile-enrolments-over", &[("count", over.len().into())]));
    let referred = (!whole.referrals.is_empty()).then(|| {
        let head =
            ["casefile-service", "casefile-for", "casefile-provider", "casefile-state", "casefile-since"];
        let table = whole.referrals.iter().fold(
            Table::new(page.t("casefile-referrals")).head(head.map(|key| page.t(key))),
            |table, one| table.row(referral(shown, one)),
        );
        table.scroll()
    });
    let nothing = whole.enrolments.is_empty() && whole.referrals.is_empty();
    view! {
        <h2 class="govuk-heading-m">{page.t("casefile-runs")}</h2>
        {nothing.then(|| view! { <p class="govuk-body">{page.t("casefile-runs-nothing")}</p> })}
        {enrolled}
        {ended.map(|text| view! { <p class="govuk-body">{text}</p> })}
        {referred}
    }
    .into_any()
}

fn enrolment(shown: &Shown<'_>, one: &Enrolment) -> [Content; 5] {
    let page = shown.page;
    let colour = if one.is_waiting() || one.is_held() { "yellow" } else { "green" };
    [
        whose(shown, &one.programme),
        Content::view(view! { <bdi>{shown.whose(one.person)}</bdi> }),
        Tag::new(page.t_of("casefile-enrolment", one.state.code())).colour(colour).into(),
        Content::view(view! { <bdi>{amount(shown, one.amount_minor, one.period.as_deref())}</bdi> }),
        Content::view(view! { <bdi>{page.date(one.since)}</bdi> }),
    ]
}

/// A programme, and the agency that gives it.
fn whose(shown: &Shown<'_>, programme: &str) -> Content {
    let name = shown.of_pack(&format!("programme.{programme}.name"));
    let agency =
        shown.pack.programme(programme).map(|def| shown.of_pack(&format!("agency.{}.name", def.agency)));
    Content::view(view! { {name} {agency.map(|agency| view! { <div class="govuk-hint">{agency}</div> })} })
}

/// An amount with its period; empty for what is no money.
pub(super) fn amount(shown: &Shown<'_>, minor: Option<i64>, period: Option<&str>) -> String {
    let page = shown.page;
    let Some(minor) = minor else { return String::new() };
    let amount = page.amount(minor, &shown.pack.about.currency);
    match period {
        Some("month") => page.t_with("casefile-a-month", &[("amount", amount.into())]),
        Some("year") => page.t_with("casefile-a-year", &[("amount", amount.into())]),
        _ => amount,
    }
}

fn referral(shown: &Shown<'_>, one: &Referral) -> [Content; 5] {
    let page = shown.page;
    let provider = match &one.provider {
        Some(code) => shown
            .pack
            .directory
            .provider(code)
            .and_then(|provider| provider.name.clone())
            .unwrap_or_else(|| shown.of_pack(&format!("provider.{code}.name"))),
        None => page.t("casefile-provider-none"),
    };
    let colour = if one.is_open() { "blue" } else { "grey" };
    [
        shown.of_pack(&format!("service.{}.name", one.service)).into(),
        Content::view(view! { <bdi>{shown.whose(one.person)}</bdi> }),
        provider.into(),
        Tag::new(page.t_of("casefile-referral", one.state.code())).colour(colour).into(),
        Content::view(view! { <bdi>{shown.day(one.requested_at.unwrap_or(one.created_at))}</bdi> }),
    ]
}

fn people(shown: &Shown<'_>) -> AnyView {
    let page = shown.page;
    let lines: Vec<AnyView> = shown
        .file
        .present()
        .map(|member| {
            let person = &member.person;
            view! {
                <li><bdi>{frame::name(member)}</bdi> " – " {page.t_of("relation", person.relation.code())} ", "
                    <bdi>{crate::pages::counter::fields::birth_words(page, person.birth)}</bdi></li>
            }
            .into_any()
        })
        .collect();
    view! { <ul class="govuk-list govuk-list--bullet">{lines}</ul> }.into_any()
}

/// Address, phone, language, with the way to change them.
fn reach(shown: &Shown<'_>) -> SummaryList {
    let (page, contact) = (shown.page, &shown.file.contact);
    let language = Lang::parse(&contact.language).map_or("", Lang::own_name);
    let not_given = || page.t("not-given");
    let phone = contact.phone.as_ref().map_or_else(not_given, |phone| phone.reveal().to_owned());
    let safe = if contact.safe_contact { "casefile-safe-yes" } else { "casefile-safe-no" };
    let change = shown
        .may_edit
        .then(|| Action::new(shown.address("contact"), page.t("change"), page.t("casefile-contact")));
    SummaryList::new()
        .row(page.t("contact-area"), shown.area(&contact.area))
        .row(
            page.t("contact-directions"),
            contact.directions.as_deref().map_or_else(not_given, crate::words::apart),
        )
        .row(page.t("contact-phone"), Content::view(view! { <bdi>{phone}</bdi> }))
        .row(page.t("contact-language"), Content::view(view! { <bdi>{language}</bdi> }))
        .row(page.t("casefile-messages"), page.t(safe))
        .card(page.t("casefile-contact"), change.into_iter().collect())
}

/// Who may use the data now.
fn consents(shown: &Shown<'_>) -> AnyView {
    let page = shown.page;
    let now: Vec<String> = shown
        .file
        .consents
        .iter()
        .filter(|consent| consent.withdrawn_at.is_none())
        .map(|consent| shown.of_pack(&format!("agency.{}.name", consent.agency)))
        .collect();
    let text = if now.is_empty() { page.t("casefile-consents-none") } else { page.list(now) };
    let registered =
        page.t_with("casefile-registered-on", &[("date", shown.day(shown.file.registered_at).into())]);
    view! {
        <h2 class="govuk-heading-m">{page.t("casefile-consents-now")}</h2>
        <p class="govuk-body">{text}</p>
        <p class="govuk-hint">{registered}</p>
    }
    .into_any()
}
