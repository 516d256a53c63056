//! `/households/{household}/plan/{person}`: what is known of a person's way to work, the plan, and what can be done with it now.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect};
use casework::employment::attendance::{self, Sheet};
use casework::employment::plan::{self, Act, Adults, Standing, Words};
use casework::employment::steps::{self, Happened};
use casework::employment::{follow_up, placement, profile};
use casework::error::Conflict;
use casework::{Actor, Casework, Error};
use domain::ids::{HouseholdId, StepId};
use domain::life::condition::RecordKind;
use leptos::prelude::*;

use super::forms::{self, Typed};
use super::{address, of, one, service, state_tag, step_tag, whereabouts};
use crate::kit::{Cell, Content, Day, NotificationBanner, Problems, SummaryList, Table, Tag};
use crate::pages::casefile::frame::{self, Part, Shown};
use crate::shell::{Answer, Failure, Page};
use crate::state::{Asked, Done, Pairs, SignedIn, value};

/// `GET /households/{household}/plan/{person}`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((household, person)): Path<(HouseholdId, String)>,
    Asked(done): Asked<Done>,
) -> Answer {
    let news = page.t_if_of("plan-done", &done.done).map(NotificationBanner::success);
    show(&casework, &page, &actor, (household, &person), &Typed::default(), &Problems::new(), news).await
}

/// `POST /households/{household}/plan/{person}`: `act` says what.
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((household, person)): Path<(HouseholdId, String)>,
    Pairs(pairs): Pairs,
) -> Answer {
    let (all, own) = one(&casework, &actor, household, &person).await?;
    let typed = Typed::read(&pairs);
    let there = address(household, own.person.id);
    let mut problems = Problems::new();
    match act(&casework, &actor, (&all, &own), &typed).await {
        Ok(To::Here(done)) => return Ok(Redirect::to(&format!("{there}?done={done}")).into_response()),
        Ok(To::Page(to)) => return Ok(Redirect::to(&to).into_response()),
        Err(Error::Stale | Error::Conflict(Conflict::State)) => {
            let news = Some(NotificationBanner::new(page.t("plan-moved")));
            let page = page.status(StatusCode::CONFLICT);
            return show(&casework, &page, &actor, (household, &person), &typed, &problems, news).await;
        }
        Err(Error::Conflict(Conflict::SamePerson)) => {
            let news = Some(NotificationBanner::new(page.t("proposal-second-person")));
            let page = page.status(StatusCode::CONFLICT);
            return show(&casework, &page, &actor, (household, &person), &typed, &problems, news).await;
        }
        Err(Error::Invalid(what)) => {
            let (field, key) = forms::wrong(what, value(&pairs, "act"));
            problems.add(field, page.t(key));
        }
        Err(error) => return Err(error.into()),
    }
    show(&casework, &page.failed(), &actor, (household, &person), &typed, &problems, None).await
}

/// Where one goes when something was done.
enum To {
    Here(&'static str),
    Page(String),
}

async fn act(
    casework: &Casework,
    actor: &Actor,
    (all, own): (&Adults, &Standing),
    typed: &Typed,
) -> Result<To, Error> {
    let (household, person) = (all.home.household, own.person.id);
    let whose = (household, person);
    let version = typed.version;
    let plan = || own.plan.as_ref().map(|plan| (household, plan.id)).ok_or(Error::Conflict(Conflict::State));
    let day = |day: &Day, wrong: &'static str| day.parse().ok_or(Error::Invalid(wrong));
    let words = || Words { goal: typed.goal.clone(), office_does: typed.office_does.clone() };
    Ok(match typed.act.as_str() {
        "profile" => {
            profile::begin(casework, actor, household, person).await?;
            let sitting = profile::open(casework, actor, household, person).await?;
            let there = address(household, person);
            To::Page(sitting.next(None).map_or(there.clone(), |group| format!("{there}/profile/{group}")))
        }
        "finish" => {
            profile::finish(casework, actor, whose, version).await?;
            To::Here("finish")
        }
        "draft" => {
            plan::draft(casework, actor, whose, &words()).await?;
            To::Here("draft")
        }
        "write" => {
            plan::write(casework, actor, plan()?, version, &words()).await?;
            To::Here("write")
        }
        "sign" => {
            plan::sign(casework, actor, plan()?, version, day(&typed.on, "plan.signed")?).await?;
            To::Here("sign")
        }
        "approve" | "refuse" => {
            let (proposal, of) = own.waits.ok_or(Error::Conflict(Conflict::State))?;
            if typed.act == "approve" {
                plan::approve(casework, actor, proposal, of, typed.reason.clone()).await?;
                To::Here("approve")
            } else if typed.reason.is_empty() {
                return Err(Error::Invalid("reason.missing"));
            } else {
                plan::refuse(casework, actor, proposal, of, typed.reason.clone()).await?;
                To::Here("refuse")
            }
        }
        "step" => {
            let id: StepId = typed.step.parse().map_err(|_| Error::Invalid("step.which"))?;
            let event = typed.event.parse().map_err(|_| Error::Invalid("step.event"))?;
            let good_cause = match typed.cause.as_str() {
                "yes" => Some(true),
                "no" => Some(false),
                _ => None,
            };
            let what = Happened { event, good_cause, reason: typed.reason.clone() };
            let (household, plan) = plan()?;
            steps::happened(casework, actor, (household, plan, id), version, what).await?;
            To::Here("step")
        }
        "review" => {
            let what = match typed.what.as_str() {
                "go_on" => Act::GoOn,
                "resume" => Act::Resume,
                "revise" => Act::Revise,
                "suspend" => Act::Suspend(typed.reason.clone()),
                "end" => Act::End(typed.reason.clone()),
                "training" | "other" => {
                    let outcome = typed.what.parse().map_err(Error::internal)?;
                    Act::Complete(outcome, day(&typed.on, "plan.outcome")?)
                }
                _ => return Err(Error::Invalid("plan.what")),
            };
            plan::act(casework, actor, plan()?, version, what).await?;
            To::Here("review")
        }
        "ask" => {
            let found = typed.found.parse().map_err(|_| Error::Invalid("plan.found"))?;
            let (household, plan) = plan()?;
            let weeks = typed.weeks.parse().map_err(|_| Error::NotFound)?;
            follow_up::answer(casework, actor, (household, plan, weeks), (found, &typed.reason)).await?;
            To::Here("ask")
        }
        "ended" => {
            let id = typed.placement.parse().map_err(|_| Error::NotFound)?;
            let why = typed.why.parse().map_err(|_| Error::Invalid("placement.why"))?;
            let on = day(&typed.on, "placement.days")?;
            placement::end(casework, actor, (household, person, id), version, (on, why)).await?;
            To::Here("ended")
        }
        _ => return Err(Error::Invalid("plan.what")),
    })
}

async fn show(
    casework: &Casework,
    page: &Page,
    actor: &Actor,
    (household, person): (HouseholdId, &str),
    typed: &Typed,
    problems: &Problems,
    news: Option<NotificationBanner>,
) -> Answer {
    let file = frame::to_read(casework, actor, household).await?;
    let (all, own) = one(casework, actor, household, person).await?;
    let sheets = attendance::sheets(casework, actor, household, &own.steps).await?;
    let page = page.clone().back(format!("/households/{household}/plan"));
    let pack = all.pack.clone();
    let shown = Shown::new(&page, &pack, &file, actor, casework);
    let work = of(&pack)?;
    let next = match &own.profile {
        Some(known) if known.done_at.is_none() && all.may => {
            let sitting = profile::open(casework, actor, household, own.person.id).await?;
            Some(sitting.next(None))
        }
        _ => None,
    };
    let form = forms::Form { shown: &shown, all: &all, own: &own, typed, problems, actor, work };
    Ok(shown.render_as(Part::Plan, &own.person.name.clone(), || {
        let name = own.person.name.clone();
        view! {
            {problems.summary()}
            {news}
            <h1 class="govuk-heading-l"><bdi>{name}</bdi></h1>
            {about(&shown, &own)}
            {form.of_profile(next)}
            {the_plan(&shown, &own)}
            {the_steps(&shown, &own, &sheets)}
            {form.of_plan()}
            {placements(&shown, &own)}
            {form.after()}
            {before(&shown, &own)}
        }
        .into_any()
    }))
}

/// What the profile comes to.
fn about(shown: &Shown<'_>, own: &Standing) -> AnyView {
    let page = shown.page;
    let Some(profile) = &own.profile else {
        return view! {
            <h2 class="govuk-heading-m">{page.t("plan-profile")}</h2>
            <p class="govuk-body">{page.t("plan-profile-none")}</p>
        }
        .into_any();
    };
    let band = match &profile.found.band {
        Some(band) => Content::view(view! { {Tag::new(shown.of_pack(&format!("profile.band.{band}")))} }),
        None => page.t("plan-profile-open").into(),
    };
    let mut list = SummaryList::new().row(page.t("plan-band"), band);
    if !profile.found.reasons.is_empty() {
        let why = profile.found.reasons.iter().map(|id| shown.of_pack(&format!("profile.reason.{id}")));
        list = list.row(page.t("plan-because"), page.list(why));
    }
    if !profile.found.ask.is_empty() {
        list =
            list.row(page.t("plan-ask-more"), page.list(profile.found.ask.iter().map(|id| short(shown, id))));
    }
    if let Some(on) = profile.taken_on {
        let answers: Vec<AnyView> = profile
            .taken
            .iter()
            .map(|id| {
                let said = said(shown, profile, id);
                view! { <li>{short(shown, id)} ": " {said}</li> }.into_any()
            })
            .collect();
        let words = page.t_with("plan-taken-on", &[("date", page.date(on).into())]);
        let taken = view! { {words} <ul class="govuk-list govuk-list--bullet">{answers}</ul> };
        list = list.row(page.t("plan-taken"), Content::view(taken));
    }
    if let Some(at) = profile.done_at {
        list = list.row(page.t("plan-profiled"), shown.day(at));
    }
    view! { <h2 class="govuk-heading-m">{page.t("plan-profile")}</h2> {list} }.into_any()
}

/// A question in short.
fn short(shown: &Shown<'_>, id: &str) -> String {
    let question = shown.pack.employment.as_ref().and_then(|work| work.form.question(id));
    question.map_or_else(|| id.to_owned(), |own| shown.pack.question_short(shown.page.lang.code(), own))
}

/// What was answered, in words.
fn said(shown: &Shown<'_>, profile: &casework::employment::shape::Profile, id: &str) -> String {
    use domain::value::Value;
    let page = shown.page;
    let question = shown.pack.employment.as_ref().and_then(|work| work.form.question(id));
    let option = |option: &String| {
        question.map_or_else(|| option.clone(), |own| shown.pack.option_label(page.lang.code(), own, option))
    };
    match profile.answers.get(id).and_then(|answer| answer.value()) {
        Some(Value::Bool(yes)) => page.t(if *yes { "plan-yes" } else { "plan-no" }),
        Some(Value::Choice(own) | Value::Text(own)) => option(own),
        Some(Value::Many(own)) => page.list(own.iter().map(option)),
        Some(Value::Num(number)) => number.to_string(),
        Some(Value::Date(date)) => page.date(*date),
        None => String::new(),
    }
}

fn the_plan(shown: &Shown<'_>, own: &Standing) -> Option<AnyView> {
    let page = shown.page;
    let plan = own.plan.as_ref()?;
    let goal = plan.goal.clone();
    let mut list = SummaryList::new()
        .row(page.t("task-state"), Content::view(view! { {state_tag(page, plan.state)} }))
        .row(page.t("plan-goal"), Content::view(view! { <bdi>{goal}</bdi> }));
    if !plan.office_does.is_empty() {
        let words = plan.office_does.clone();
        list = list.row(page.t("plan-office-does"), Content::view(view! { <bdi>{words}</bdi> }));
    }
    let days = [
        ("plan-signed-on", plan.signed_on),
        ("plan-started-on", plan.started_on),
        ("plan-review-on", plan.review_on),
    ];
    for (key, on) in days {
        if let Some(on) = on {
            list = list.row(page.t(key), page.date(on));
        }
    }
    if let Some((outcome, on)) = plan.outcome.zip(plan.outcome_on) {
        let words = format!("{}, {}", page.t_of("plan-outcome", outcome.code()), page.date(on));
        list = list.row(page.t("plan-outcome-title"), words);
    }
    if !plan.reason.is_empty() {
        let words = plan.reason.clone();
        list = list.row(page.t("plan-reason"), Content::view(view! { <bdi>{words}</bdi> }));
    }
    let number = page.t_with("plan-number", &[("number", plan.number.into())]);
    let print = format!("{}/print", address(shown.file.id, own.person.id));
    Some(
        view! {
            <h2 class="govuk-heading-m">{page.t("plan-title")} " " <span class="govuk-caption-m">{number}</span></h2>
            {list}
            <p class="govuk-body"><a class="govuk-link" href=print>{page.t("plan-print")}</a></p>
        }
        .into_any(),
    )
}

fn the_steps(shown: &Shown<'_>, own: &Standing, sheets: &[(StepId, Sheet)]) -> Option<AnyView> {
    let page = shown.page;
    if own.steps.is_empty() {
        return own
            .plan
            .as_ref()
            .map(|_| view! { <p class="govuk-body">{page.t("plan-no-steps")}</p> }.into_any());
    }
    let head = ["plan-step", "plan-where", "plan-when", "plan-doer", "task-state"].map(|key| page.t(key));
    let mut table = Table::new(page.t("plan-steps")).head(head).row_heads().scroll();
    for step in &own.steps {
        let (title, kind) = (step.title.clone(), service(page, shown.pack, &step.service));
        let sheet = sheets.iter().find(|(id, _)| *id == step.id).map(|(_, sheet)| attended(shown, sheet));
        let state = step_tag(page, step.state, step.good_cause);
        let reason = (!step.reason.is_empty() && step.reason.contains(' ')).then(|| step.reason.clone());
        table = table.row([
            Cell::new(Content::view(
                view! { <bdi>{title}</bdi> <br/> <span class="govuk-hint">{kind}</span> },
            )),
            Cell::new(whereabouts(page, shown.pack, &step.provider, &step.area)),
            Cell::new(days(page, step.from, step.until)),
            Cell::new(page.t_of("plan-doer", step.doer.code())),
            Cell::new(Content::view(
                view! { {state} {reason.map(|words| view! { <br/> <bdi>{words}</bdi> })} {sheet} },
            )),
        ]);
    }
    Some(view! { {table} }.into_any())
}

/// From when until when.
pub(super) fn days(page: &Page, from: Option<time::Date>, until: Option<time::Date>) -> String {
    match (from, until) {
        (Some(from), Some(until)) => page
            .t_with("records-cycle", &[("from", page.date(from).into()), ("until", page.date(until).into())]),
        (Some(day), None) | (None, Some(day)) => page.date(day),
        (None, None) => page.t("plan-no-day"),
    }
}

/// What the provider handed in.
fn attended(shown: &Shown<'_>, sheet: &Sheet) -> AnyView {
    let page = shown.page;
    let lines: Vec<AnyView> = sheet
        .cycles
        .iter()
        .map(|cycle| {
            let value = cycle.value.unwrap_or(0);
            let what = if sheet.record == RecordKind::Days {
                page.t_with("plan-days-worked", &[("days", value.into())])
            } else {
                page.t_with("plan-percent", &[("percent", value.into())])
            };
            let cause = cycle.excuse.map(|excuse| page.t_of("condition-excuse", excuse.code()));
            let days = days(page, Some(cycle.from), Some(cycle.until));
            view! { <li>{days} ": " {what} " " {cause.map(|cause| format!("({cause})"))}</li> }.into_any()
        })
        .collect();
    let earned = sheet.earned.filter(|(days, _)| *days > 0).map(|(days, minor)| {
        let amount = page.amount(minor, &shown.pack.about.currency);
        let words = page.t_with("plan-earned", &[("days", days.into()), ("amount", amount.into())]);
        view! { <p class="govuk-body govuk-!-margin-bottom-0">{words}</p> }
    });
    view! { <ul class="govuk-list">{lines}</ul> {earned} }.into_any()
}

fn placements(shown: &Shown<'_>, own: &Standing) -> Option<AnyView> {
    let page = shown.page;
    if own.placements.is_empty() {
        return None;
    }
    let head = ["work-employer", "work-contract", "plan-when", "work-hours", "work-wage", "work-ended"]
        .map(|key| page.t(key));
    let mut table = Table::new(page.t("work-title")).head(head).row_heads().scroll();
    for one in &own.placements {
        let employer = one.employer.clone();
        let contract = one.contract.map_or_else(
            || page.t_of("placement-kind", one.kind.code()),
            |contract| page.t_of("contract", contract.code()),
        );
        let wage =
            one.wage_minor.map(|minor| page.amount(minor, &shown.pack.about.currency)).unwrap_or_default();
        let ended =
            one.ended.map(|(on, why)| format!("{}, {}", page.date(on), page.t_of("work-end", why.code())));
        table = table.row([
            Cell::new(Content::view(view! { <bdi>{employer}</bdi> })),
            Cell::new(contract),
            Cell::new(days(page, Some(one.from), one.until)),
            Cell::new(one.hours.map(|hours| page.number(hours)).unwrap_or_default()),
            Cell::new(wage),
            Cell::new(ended.unwrap_or_default()),
        ]);
    }
    Some(view! { {table} }.into_any())
}

/// Versions before this one.
fn before(shown: &Shown<'_>, own: &Standing) -> Option<AnyView> {
    let page = shown.page;
    if own.before.is_empty() {
        return None;
    }
    let lines: Vec<AnyView> = own
        .before
        .iter()
        .map(|plan| {
            let number = page.t_with("plan-number", &[("number", plan.number.into())]);
            let goal = plan.goal.clone();
            view! { <li>{number} ": " <bdi>{goal}</bdi> " " {state_tag(page, plan.state)}</li> }.into_any()
        })
        .collect();
    Some(
        view! {
            <h2 class="govuk-heading-m">{page.t("plan-before")}</h2>
            <ul class="govuk-list govuk-list--spaced">{lines}</ul>
        }
        .into_any(),
    )
}

/// A page that only who draws up plans there can use.
pub(super) fn require(all: &Adults) -> Result<(), Failure> {
    if all.may { Ok(()) } else { Err(Failure::forbidden()) }
}
