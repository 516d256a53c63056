//! A step is added to a draft: a place of the board, with the reasons for each proposal, or a step of its own.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use casework::employment::plan::{Adults, Standing};
use casework::employment::proposals::{self, ForPerson};
use casework::employment::steps::{self, NewStep};
use casework::error::Conflict;
use casework::{Casework, Error};
use domain::employment::Doer;
use domain::ids::HouseholdId;
use domain::lifecycle::plan::PlanState;
use leptos::prelude::*;

use super::person::{days, require};
use super::{address, one, service, whereabouts, why};
use crate::kit::{Button, Day, Input, Problems, Select, Tag};
use crate::shell::{Answer, Failure, Page, render};
use crate::state::{Pairs, SignedIn, value};

/// What is typed.
#[derive(Clone, Debug, Default)]
struct Typed {
    version: i64,
    service: String,
    title: String,
    doer: String,
    provider: String,
    from: Day,
    until: Day,
}

fn drafting(all: &Adults, own: &Standing) -> Result<i64, Failure> {
    require(all)?;
    let plan = own.plan.as_ref().filter(|plan| plan.state == PlanState::Draft);
    plan.map(|plan| plan.version)
        .ok_or_else(|| Failure::elsewhere(address(all.home.household, own.person.id)))
}

/// `GET /households/{household}/plan/{person}/step`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((household, person)): Path<(HouseholdId, String)>,
) -> Answer {
    let (all, own) = one(&casework, &actor, household, &person).await?;
    let version = drafting(&all, &own)?;
    let found = proposals::for_person(&casework, &actor, household, own.person.id).await?;
    let typed = Typed { version, ..Typed::default() };
    Ok(show(&page, &all, &own, &found, &typed, &Problems::new()))
}

/// `POST /households/{household}/plan/{person}/step`
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((household, person)): Path<(HouseholdId, String)>,
    Pairs(pairs): Pairs,
) -> Answer {
    let (all, own) = one(&casework, &actor, household, &person).await?;
    drafting(&all, &own)?;
    let of = |name: &str| value(&pairs, name).to_owned();
    let mut typed = Typed {
        version: of("version").parse().unwrap_or(0),
        service: of("service"),
        title: of("title"),
        doer: of("doer"),
        provider: of("provider"),
        from: Day::read("from", &of),
        until: Day::read("until", &of),
    };
    let mut problems = Problems::new();
    let entry = of("entry").parse().ok();
    for (name, day) in [("from", &typed.from), ("until", &typed.until)] {
        if day.is_typed() && day.parse().is_none() {
            problems.add(format!("{name}-day"), page.t("plan-wrong-day"));
        }
    }
    if problems.is_empty() {
        let new = NewStep {
            service: typed.service.clone(),
            title: typed.title.clone(),
            doer: typed.doer.parse().unwrap_or(Doer::Person),
            provider: typed.provider.clone(),
            area: String::new(),
            entry,
            from: typed.from.parse(),
            until: typed.until.parse(),
        };
        let plan = own.plan.as_ref().ok_or(Error::NotFound)?.id;
        match steps::add(&casework, &actor, (household, plan), typed.version, new).await {
            Ok(_) => {
                let there = format!("{}?done=step_added", address(household, own.person.id));
                return Ok(Redirect::to(&there).into_response());
            }
            Err(Error::Conflict(Conflict::NothingLeft)) => problems.add("service", page.t("plan-wrong-full")),
            Err(Error::Conflict(Conflict::Taken)) => problems.add("service", page.t("plan-wrong-taken")),
            Err(Error::Stale | Error::Conflict(_)) => problems.add("service", page.t("plan-moved")),
            Err(Error::Invalid("step.service")) => problems.add("service", page.t("plan-wrong-service")),
            Err(Error::Invalid("step.days")) => problems.add("until-day", page.t("plan-wrong-days")),
            Err(Error::Invalid("step.provider")) => problems.add("provider", page.t("field-not-a-choice")),
            Err(Error::Invalid("step.many")) => problems.add("service", page.t("plan-wrong-many")),
            Err(Error::Invalid(_)) => problems.add("title", page.t("plan-wrong-title")),
            Err(error) => return Err(error.into()),
        };
    }
    // Sent again it is about the plan as it is now.
    if let Some(plan) = &own.plan {
        typed.version = plan.version;
    }
    let found = proposals::for_person(&casework, &actor, household, own.person.id).await?;
    Ok(show(&page.failed(), &all, &own, &found, &typed, &problems))
}

fn show(
    page: &Page,
    all: &Adults,
    own: &Standing,
    found: &[ForPerson],
    typed: &Typed,
    problems: &Problems,
) -> Response {
    let there = address(all.home.household, own.person.id);
    let page = page.clone().back(there.as_str());
    let pack = &all.pack;
    let title = page.t_with("plan-step-for", &[("name", own.person.name.as_str().into())]);
    let action = format!("{there}/step");
    render(&page, &title, || {
        let entries: Vec<AnyView> =
            found.iter().map(|one| proposal(&page, all, one, typed.version, &action)).collect();
        let none = found.is_empty().then(|| view! { <p class="govuk-body">{page.t("board-none")}</p> });
        let employment = pack.directory.services.iter().filter(|service| service.kind.is_employment());
        let services = employment.map(|one| (one.code.clone(), service(&page, pack, &one.code)));
        let providers = pack
            .directory
            .places_near_any(&all.home.area, &pack.areas)
            .into_iter()
            .map(|code| (code.clone(), super::provider(&page, pack, &code)));
        view! {
            {problems.summary()}
            <h1 class="govuk-heading-l"><bdi>{title.clone()}</bdi></h1>
            <h2 class="govuk-heading-m">{page.t("board-proposed")}</h2>
            <p class="govuk-body">{page.t("board-proposed-lead")}</p>
            {none}
            {entries}
            <h2 class="govuk-heading-m">{page.t("plan-step-own")}</h2>
            <form method="post" action=action.clone() novalidate>
                <input type="hidden" name="version" value=typed.version.to_string()/>
                {Select::new("service", page.t("plan-service"))
                    .item("", page.t("plan-choose"))
                    .items(services)
                    .value(&typed.service)
                    .error(problems.of("service"))}
                {Input::new("title", page.t("plan-step-title"))
                    .hint(page.t("plan-step-title-hint"))
                    .value(typed.title.clone())
                    .error(problems.of("title"))}
                {Select::new("doer", page.t("plan-doer"))
                    .items(Doer::ALL.iter().map(|doer| (doer.code(), page.t_of("plan-doer", doer.code()))))
                    .value(&typed.doer)}
                {Select::new("provider", page.t("plan-provider"))
                    .item("", page.t("plan-provider-none"))
                    .items(providers)
                    .value(&typed.provider)
                    .error(problems.of("provider"))}
                {typed.from.input("from", page.t("plan-from")).error(problems.of("from-day"))}
                {typed.until.input("until", page.t("plan-until")).error(problems.of("until-day"))}
                {Button::new(page.t("plan-step-save-new"))}
            </form>
        }
        .into_any()
    })
}

fn proposal(page: &Page, all: &Adults, one: &ForPerson, version: i64, action: &str) -> AnyView {
    let (entry, pack) = (&one.entry, &all.pack);
    let is_out = one.found.is_excluded();
    let score = if is_out {
        Tag::new(page.t("match-out")).colour("red")
    } else {
        Tag::new(page.t_with("match-score", &[("score", one.found.score.into())])).colour("green")
    };
    let title = entry.title.clone();
    let who = if entry.employer.is_empty() { String::new() } else { entry.employer.clone() };
    let whereabouts = whereabouts(page, pack, &entry.provider, &entry.needs.area);
    let free = page.t_with("board-free", &[("free", entry.free().into()), ("places", entry.places.into())]);
    let by = page.t_with("board-until", &[("date", page.date(entry.last_day).into())]);
    // What is ruled out can still be taken: the person may know better, and the reasons stand beside it.
    let button = Button::new(page.t("board-take")).secondary().named("entry", &entry.id.to_string());
    view! {
        <section>
            <h3 class="govuk-heading-s"><bdi>{title}</bdi> " " {score}</h3>
            <p class="govuk-body">
                {page.t_of("board-kind", entry.kind.code())} " · " <bdi>{who}</bdi> " " {whereabouts} " · "
                {days(page, entry.from, entry.until)} " · " {free} " · " {by}
            </p>
            {why(page, pack, &one.found)}
            <form method="post" action=action.to_owned() novalidate>
                <input type="hidden" name="version" value=version.to_string()/>
                {button}
            </form>
        </section>
    }
    .into_any()
}
