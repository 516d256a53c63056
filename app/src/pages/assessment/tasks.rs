//! The modules of an assessment with what is left, and beginning one.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use casework::Casework;
use casework::assessments::{Sitting, open, start as begin};
use domain::form::progress::ModuleState;
use domain::ids::HouseholdId;
use domain::role::Right;
use leptos::prelude::*;
use serde::Deserialize;

use super::{Place, sheet, whose};
use crate::kit::{Button, Content, InsetText, Tag, TaskItem, TaskList};
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
    Ok(render(&page, &title, || list(&page, place, &sitting)))
}

fn list(page: &Page, place: Place, sitting: &Sitting) -> AnyView {
    let lang = page.lang.code();
    let pack = &sitting.pack;
    let progress = sitting.progress();
    let mut tasks = TaskList::new("module");
    for task in progress.task_list(&BTreeMap::new(), sitting.as_of) {
        let (tag, status) = state(page, task.state);
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
        {tasks}
        <p class="govuk-body">{page.t("assess-kept")}</p>
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
