//! The modules of an assessment with what is left, and beginning one.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use casework::assessments::{Sitting, ask_again, open, start as begin};
use casework::{Casework, Error};
use domain::calendar::add_months;
use domain::form::progress::ModuleState;
use domain::ids::HouseholdId;
use domain::role::Right;
use leptos::prelude::*;
use serde::Deserialize;

use super::{Place, sheet, whose};
use crate::kit::{Button, Cell, Content, InsetText, Table, Tag, TaskItem, TaskList};
use crate::shell::{Answer, Failure, Page, render};
use crate::state::{Raw, SignedIn};

/// What is sent to begin or go on.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct To {
    /// The group of the page to go to, and the member; empty for the list of modules.
    pub group: String,
    /// The member's id.
    pub person: String,
}

/// `POST /households/{household}/assessments`: begins an assessment, or goes on with the one that was begun.
pub async fn start(
    State(casework): State<Casework>,
    SignedIn { actor, .. }: SignedIn,
    Path(household): Path<String>,
    Raw(to): Raw<To>,
) -> Answer {
    let household: HouseholdId = household.parse().map_err(|_| Failure::not_found())?;
    let started = begin(&casework, &actor, household).await?;
    let place = Place { household, assessment: started.assessment };
    let is_word = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    let there = match (to.group.as_str(), to.person.as_str()) {
        (group, person) if group.is_empty() || !is_word(group) || !is_word(person) => place.list(),
        (group, "") => format!("{}/{group}", place.list()),
        (group, person) => format!("{}/{group}/{person}", place.list()),
    };
    Ok(Redirect::to(&there).into_response())
}

/// `GET /assessments/{household}/{assessment}`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((household, assessment)): Path<(String, String)>,
) -> Answer {
    let place = Place::read(&household, &assessment)?;
    let sitting = open(&casework, &actor, place.household, place.assessment).await?;
    if sitting.assessment.is_decided() {
        return Ok(Redirect::to(&place.results()).into_response());
    }
    actor.require(Right::Assess, &sitting.home.scope())?;
    let page = page.back(place.file());
    let title = page.t("assess-title");
    let is_older = casework.pack().is_ok_and(|now| now.form != sitting.pack.form);
    Ok(render(&page, &title, || list(&page, place, &sitting, is_older)))
}

/// What is sent to ask a module again.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Again {
    /// The module.
    pub module: String,
}

/// `POST /assessments/{household}/{assessment}`: asks a module again whose answers were taken over.
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { actor, .. }: SignedIn,
    Path((household, assessment)): Path<(String, String)>,
    Raw(again): Raw<Again>,
) -> Answer {
    let place = Place::read(&household, &assessment)?;
    match ask_again(&casework, &actor, place.household, place.assessment, &again.module).await {
        // Sent twice, it is asked already; a decided one shows what came of it.
        Ok(()) | Err(Error::Invalid("module.unknown") | Error::Conflict(_)) => {
            Ok(Redirect::to(&place.list()).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `is_older`: another form came into force since the assessment was begun.
fn list(page: &Page, place: Place, sitting: &Sitting, is_older: bool) -> AnyView {
    let lang = page.lang.code();
    let pack = &sitting.pack;
    let progress = sitting.progress();
    let mut tasks = TaskList::new("module");
    for task in progress.task_list(&sitting.taken_over, sitting.as_of) {
        let known = sitting.taken_over.get(&task.module).filter(|_| task.state == ModuleState::Complete);
        let (tag, status) = match known {
            Some(day) => {
                let day = page.date(*day);
                (None, Content::from(page.t_with("assess-state-known", &[("day", day.as_str().into())])))
            }
            None => state(page, task.state),
        };
        let about = pack.words.find(lang, &format!("module.{}.about", task.module));
        tasks = tasks.item(TaskItem {
            title: pack.module_label(lang, &task.module).into(),
            href: task.page.as_ref().map(|first| sheet::address(place, sitting, first)),
            hint: about.map(Content::from),
            tag,
            status,
            ..TaskItem::default()
        });
    }
    let next = progress.next_page(None);
    let left = sitting.left();
    let go_on = match (&next, left) {
        (Some(next), 1..) => Button::link(sheet::address(place, sitting, next), page.t("assess-go-on")),
        _ => Button::link(place.check(), page.t("assess-check")),
    };
    let count = if left == 0 {
        page.t("assess-nothing-left")
    } else {
        page.t_with("assess-left", &[("count", i64::try_from(left).unwrap_or(i64::MAX).into())])
    };
    let more = (left == 0).then_some(next).flatten();
    view! {
        {whose(page, &sitting.home)}
        <h1 class="govuk-heading-l">{page.t("assess-title")}</h1>
        {InsetText::new(count)}
        {go_on}
        {more.map(|next| view! {
            <p class="govuk-body">
                <a class="govuk-link" href=sheet::address(place, sitting, &next)>{page.t("assess-optional")}</a>
            </p>
        })}
        {is_older.then(|| view! { <p class="govuk-body">{page.t("assess-older-form")}</p> })}
        {tasks}
        {known(page, place, sitting)}
        <p class="govuk-body">{page.t("assess-kept")}</p>
    }
    .into_any()
}

/// What was taken over from the assessment before: since when it is known, until when it holds, and the way to ask it again.
fn known(page: &Page, place: Place, sitting: &Sitting) -> AnyView {
    if sitting.taken_over.is_empty() {
        return ().into_any();
    }
    let lang = page.lang.code();
    let head = ["assess-known-module", "assess-known-since", "assess-known-until", "assess-known-do"]
        .map(|key| page.t(key));
    let mut table = Table::new(page.t("assess-known")).head(head).row_heads().scroll();
    table.caption_classes = "govuk-visually-hidden".into();
    let modules = sitting.pack.form.modules.iter();
    for (module, day) in modules.filter_map(|module| Some((module, *sitting.taken_over.get(&module.id)?))) {
        let label = sitting.pack.module_label(lang, &module.id);
        let until = match module.valid_months.map(|months| add_months(day, months)) {
            Some(until) => page.date(until),
            None => page.t("assess-known-always"),
        };
        let about = view! {
            {page.t("assess-ask-again")} <span class="govuk-visually-hidden">": " {label.clone()}</span>
        };
        let form = view! {
            <form method="post" action=place.list()>
                <input type="hidden" name="module" value=module.id.clone()/>
                {Button::new(Content::view(about)).secondary()}
            </form>
        };
        table = table.row([
            Cell::new(label),
            Cell::new(page.date(day)),
            Cell::new(until),
            Cell::new(Content::view(form)),
        ]);
    }
    view! {
        <h2 class="govuk-heading-m">{page.t("assess-known")}</h2>
        <p class="govuk-body">{page.t("assess-known-lead")}</p>
        {table}
    }
    .into_any()
}

/// A module's state: as a tag while something is to be done, as plain words when not.
fn state(page: &Page, state: ModuleState) -> (Option<Tag>, Content) {
    let words = |key: &str| Content::from(page.t(key));
    match state {
        ModuleState::NothingToAsk => (None, words("assess-state-nothing")),
        ModuleState::Complete => (None, words("assess-state-complete")),
        ModuleState::NotStarted => {
            (Some(Tag::new(page.t("assess-state-not-started")).colour("blue")), Content::default())
        }
        ModuleState::InProgress(left) => {
            let left = i64::try_from(left).unwrap_or(i64::MAX);
            let words = page.t_with("assess-state-left", &[("count", left.into())]);
            (Some(Tag::new(words).colour("teal")), Content::default())
        }
        ModuleState::Stale => {
            (Some(Tag::new(page.t("assess-state-stale")).colour("yellow")), Content::default())
        }
    }
}
