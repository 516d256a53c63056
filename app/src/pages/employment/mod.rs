//! The way to work: the adults of a household ([`household`]), one person with profile and plan ([`person`], [`profile`],
//! [`step`], [`work`]), the plan on paper ([`paper`]), the desk ([`desk`]) and the board of vacancies and courses ([`board`]).
//!
//! To add an act on a plan: its form in [`forms`], its line in [`person`], its words `plan-…` in `employment.ftl`.

pub mod board;
pub mod desk;
mod entry;
pub mod forms;
pub mod household;
pub mod paper;
pub mod person;
pub mod profile;
pub mod step;
pub mod work;

use axum::Router;
use axum::routing::get;
use casework::employment::plan::{Adults, Standing, adults};
use casework::{Actor, Casework};
use domain::employment::Employment;
use domain::employment::matching::{Criterion, Fit, Match, Reason};
use domain::ids::HouseholdId;
use domain::lifecycle::plan::{PlanState, StepState};
use domain::pack::Pack;
use leptos::prelude::*;
use uuid::Uuid;

use crate::kit::{Content, Tag};
use crate::pages::casefile::frame;
use crate::shell::{Failure, Page};
use crate::state::AppState;

/// Screens of this desk.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/employment", get(desk::get))
        .route("/board", get(board::get))
        .route("/board/new", get(board::get_new).post(board::post_new))
        .route("/board/{entry}", get(board::get_one).post(board::post_one))
        .route("/households/{household}/plan", get(household::get))
        .route("/households/{household}/plan/{person}", get(person::get).post(person::post))
        .route("/households/{household}/plan/{person}/profile/{group}", get(profile::get).post(profile::post))
        .route("/households/{household}/plan/{person}/step", get(step::get).post(step::post))
        .route("/households/{household}/plan/{person}/work", get(work::get).post(work::post))
        .route("/households/{household}/plan/{person}/print", get(paper::get))
}

/// The address of a person's plan.
pub fn address(household: HouseholdId, person: Uuid) -> String {
    format!("/households/{household}/plan/{person}")
}

/// The adults of a household, and the person whom an address names.
async fn one(
    casework: &Casework,
    actor: &Actor,
    household: HouseholdId,
    person: &str,
) -> Result<(Adults, Standing), Failure> {
    let person = Uuid::try_parse(person).map_err(|_| Failure::not_found())?;
    let all = frame::or_reason(adults(casework, actor, household).await, actor, household)?;
    let found = all.people.iter().find(|one| one.person.id == person).cloned();
    Ok((all, found.ok_or_else(Failure::not_found)?))
}

/// What the pack says of employment; the use cases have found it there.
fn of(pack: &Pack) -> Result<&Employment, Failure> {
    pack.employment.as_ref().ok_or_else(Failure::not_found)
}

/// Where a plan stands.
fn state_tag(page: &Page, state: PlanState) -> Tag {
    let colour = match state {
        PlanState::Agreed | PlanState::Approved => "blue",
        PlanState::Active | PlanState::Completed => "green",
        PlanState::ReviewDue | PlanState::Suspended => "yellow",
        PlanState::Draft | PlanState::Revised | PlanState::Ended => "grey",
    };
    Tag::new(page.t_of("plan-state", state.code())).colour(colour)
}

/// Where a step stands.
fn step_tag(page: &Page, state: StepState, good_cause: Option<bool>) -> Content {
    let colour = match state {
        StepState::Planned => "blue",
        StepState::InProgress => "yellow",
        StepState::Done => "green",
        StepState::Missed => "red",
        StepState::Dropped => "grey",
    };
    let tag = Tag::new(page.t_of("plan-step-state", state.code())).colour(colour);
    let cause = good_cause.map(|good| page.t(if good { "plan-good-cause" } else { "plan-no-good-cause" }));
    Content::view(view! { {tag} " " {cause} })
}

/// A provider's name.
fn provider(page: &Page, pack: &Pack, code: &str) -> String {
    let own = pack.directory.provider(code).and_then(|provider| provider.name.clone());
    let words = pack.words.find(page.lang.code(), &format!("provider.{code}.name")).map(str::to_owned);
    words.or(own).unwrap_or_else(|| code.to_owned())
}

/// With whom and where.
fn whereabouts(page: &Page, pack: &Pack, code: &str, area: &str) -> String {
    let area = (!area.is_empty()).then(|| pack.area_name(page.lang.code(), area).to_owned());
    let provider = (!code.is_empty()).then(|| provider(page, pack, code));
    page.list(provider.into_iter().chain(area))
}

/// A service of the directory.
fn service(page: &Page, pack: &Pack, code: &str) -> String {
    page.of_pack(pack, &format!("service.{code}.name"))
}

/// The options of a question of the profile, with their words.
fn options(page: &Page, pack: &Pack, question: &str) -> Vec<(String, String)> {
    let Some(work) = &pack.employment else { return Vec::new() };
    let Some(own) = work.form.question(question) else { return Vec::new() };
    let list = work.form.choices_of(own).map(|list| list.options.clone()).unwrap_or_default();
    list.into_iter()
        .filter(|option| option != "none")
        .map(|option| {
            let words = pack.option_label(page.lang.code(), own, &option);
            (option, words)
        })
        .collect()
}

/// Why an entry and a person go together: the score, and a line for each criterion.
fn why(page: &Page, pack: &Pack, found: &Match) -> AnyView {
    let lines: Vec<AnyView> = found
        .reasons
        .iter()
        .map(|reason| {
            let colour = match reason.fit {
                Fit::Fits => "green",
                Fit::Partly => "blue",
                Fit::Poor => "yellow",
                Fit::Ask => "grey",
                Fit::Excluded => "red",
            };
            let tag = Tag::new(page.t_of("match-fit", reason.fit.code())).colour(colour);
            let points = (reason.of > 0).then(|| {
                page.t_with("match-points", &[("points", reason.points.into()), ("of", reason.of.into())])
            });
            view! {
                <li>{page.t_of("match", reason.about.code())} ": " {tag} " " {named(page, pack, reason)} " " {points}</li>
            }
            .into_any()
        })
        .collect();
    view! { <ul class="govuk-list govuk-list--bullet">{lines}</ul> }.into_any()
}

/// What a reason names: skills, hours, limits.
fn named(page: &Page, pack: &Pack, reason: &Reason) -> String {
    let of_question = |question: &str| -> String {
        let all = options(page, pack, question);
        let name = |option: &String| {
            all.iter()
                .find(|(own, _)| own == option)
                .map_or_else(|| option.clone(), |(_, words)| words.clone())
        };
        page.list(reason.named.iter().map(name))
    };
    let Some(work) = &pack.employment else { return String::new() };
    match reason.about {
        Criterion::Skills => of_question(&work.reads.skills),
        Criterion::Schooling => of_question(&work.reads.schooling),
        Criterion::Languages => of_question(&work.reads.languages),
        Criterion::Limits => of_question(&work.reads.limits),
        Criterion::Distance => {
            let far = reason.named.first().map(String::as_str).unwrap_or_default();
            page.t_if_of("match-apart", far).unwrap_or_default()
        }
        Criterion::Hours | Criterion::Care => {
            let hours: i64 = reason.named.first().and_then(|hours| hours.parse().ok()).unwrap_or(0);
            page.t_with("board-hours", &[("hours", hours.into())])
        }
        Criterion::Access => String::new(),
    }
}

#[cfg(test)]
mod tests;
