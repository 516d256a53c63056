//! What stands on the first page of those who do casework: what is urgent, and what one holds.

use casework::tally::{self, Tally};
use casework::tasks::{self, Filter, Standing, Task};
use casework::{Actor, Casework, Error};
use domain::role::Right;
use leptos::prelude::*;

use super::tasks::{pressing, woken};
use super::{case, due};
use crate::kit::{Cell, Content, Table};
use crate::shell::Page;

/// Tasks shown on the first page.
const FEW: usize = 5;

/// What the first page tells this person of the day.
#[derive(Debug, Default)]
pub struct Today {
    tally: Option<Tally>,
    mine: Option<tasks::Page>,
}

impl Today {
    /// Reads what concerns this person's roles.
    pub async fn read(casework: &Casework, actor: &Actor) -> Result<Self, Error> {
        let mut today = Self::default();
        if actor.may(Right::AssignTasks) {
            today.tally = Some(tally::tally(casework, actor).await?);
        }
        if actor.may(Right::WorkTasks) {
            let now = Filter { standing: Standing::Active, ..Filter::default() };
            today.mine = Some(tasks::mine(casework, actor, &now, None, FEW).await?);
        }
        Ok(today)
    }
}

/// The sections of the first page.
pub fn show(page: &Page, casework: &Casework, actor: &Actor, today: &Today) -> AnyView {
    view! {
        {today.tally.map(|tally| figures(page, &tally))}
        {today.mine.as_ref().map(|mine| own(page, casework, actor, mine))}
    }
    .into_any()
}

/// What waits and what is late, each figure with the list behind it.
fn figures(page: &Page, tally: &Tally) -> AnyView {
    let figures = [
        (tally.breached, "today-breached", "/clocks"),
        (tally.due_today, "today-due", "/tasks?view=team&due=today"),
        (tally.due_in_three_days, "today-soon", "/tasks?view=team&due=soon"),
        (tally.unassigned, "today-unassigned", "/tasks?view=team&standing=nobody"),
        (tally.proposals_waiting, "today-proposals", "/proposals"),
    ];
    let tiles: Vec<AnyView> = figures
        .into_iter()
        .map(|(count, key, href)| {
            view! {
                <li class="app-desk">
                    <p class="govuk-heading-xl govuk-!-margin-bottom-1">{page.number(count)}</p>
                    <p class="govuk-body"><a class="govuk-link" href=href>{page.t(key)}</a></p>
                </li>
            }
            .into_any()
        })
        .collect();
    let old = (tally.unassigned_over_a_day > 0)
        .then(|| page.t_with("today-unassigned-long", &[("count", tally.unassigned_over_a_day.into())]));
    view! {
        <h2 class="govuk-heading-m">{page.t("today-title")}</h2>
        <ul class="app-desks">{tiles}</ul>
        {old.map(|text| view! { <p class="govuk-body">{text}</p> })}
    }
    .into_any()
}

fn own(page: &Page, casework: &Casework, actor: &Actor, mine: &tasks::Page) -> AnyView {
    let body = if mine.tasks.is_empty() {
        view! { <p class="govuk-body">{page.t_of("tasks-none", "mine")}</p> }.into_any()
    } else {
        list(page, casework, actor, &mine.tasks).into_any()
    };
    view! {
        <h2 class="govuk-heading-m">{page.t("today-mine")}</h2>
        {body}
        <p class="govuk-body"><a class="govuk-link" href="/tasks?view=mine">{page.t("today-all")}</a></p>
    }
    .into_any()
}

fn list(page: &Page, casework: &Casework, actor: &Actor, tasks: &[Task]) -> Table {
    let head = ["task-what", "work-case", "task-due"].map(|key| page.t(key));
    let mut table = Table::new(page.t("today-mine")).head(head).row_heads().scroll();
    table.caption_classes = "govuk-visually-hidden".into();
    for task in tasks {
        let href = format!("/tasks/{}/{}", task.household_id, task.id);
        let what = page.t_of("task-kind", &task.kind);
        let what = view! { <a class="govuk-link" href=href>{what}</a> " " {pressing(page, task)} " " {woken(page, task)} };
        table = table.row([
            Cell::new(Content::view(what)),
            Cell::new(case(page, actor, &task.scope, task.household_id, task.reference.as_ref())),
            Cell::new(due(page, casework, task.due_at)),
        ]);
    }
    table
}
