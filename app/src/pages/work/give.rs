//! Many tasks at once: to whom, then a page that says who would get what and what cannot be given and why, then all of it.
//! Nothing is changed before the last button; what moved in between is told.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use casework::tasks::{self, Given, Plan, Task, WhyNot};
use casework::{Actor, Casework};
use domain::ids::{StaffId, TaskId};
use domain::role::Right;
use leptos::prelude::*;
use serde::Deserialize;

use super::tasks::Query as List;
use super::{case, due, task_title};
use crate::kit::{Button, Cell, Checkboxes, Choice, Content, InsetText, Problems, Table, Textarea};
use crate::shell::{Answer, Page, address, render};
use crate::state::{Asked, Raw, SignedIn};

/// Longest instructions, in characters.
const MOST: usize = 1000;

/// Query of the page.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Query {
    /// The tasks that were ticked.
    pub task: Vec<String>,
    /// Who shall have them: several share them.
    pub to: Vec<String>,
    /// What they should know.
    pub instructions: String,
    /// The list that it came from.
    pub from: String,
    /// `to`: somebody was to be chosen.
    pub step: String,
}

/// What the last button sends.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// `<task>.<version>.<who>` each.
    pub give: Vec<String>,
    /// What they should know.
    pub instructions: String,
    /// The list that it came from.
    pub from: String,
}

/// `GET /tasks/give`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Asked(query): Asked<Query>,
) -> Answer {
    actor.require_anywhere(Right::AssignTasks)?;
    let page = page.back(back(&query.from));
    let ids: Vec<TaskId> = query.task.iter().filter_map(|id| id.parse().ok()).collect();
    let among: Vec<StaffId> = query.to.iter().filter_map(|id| id.parse().ok()).collect();
    let plan = tasks::share_out(&casework, &actor, &ids, &among).await?;
    let title = page.t("give-title");
    let mut problems = Problems::new();
    if query.step == "to" && among.is_empty() {
        problems.add("to", page.t("task-to-missing"));
    }
    if query.instructions.chars().count() > MOST {
        problems.add("instructions", page.t_with("field-too-long", &[("most", MOST.into())]));
    }
    let confirms = !among.is_empty() && problems.is_empty() && !plan.lines.is_empty();
    Ok(render(&page, &title, || {
        let body = if plan.lines.is_empty() {
            InsetText::new(page.t("give-none")).into_any()
        } else if confirms {
            confirm(&page, &casework, &actor, &query, &plan)
        } else {
            choose(&page, &casework, &actor, &query, &plan, &problems)
        };
        view! {
            {problems.summary()}
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            {body}
        }
        .into_any()
    }))
}

/// `POST /tasks/give`
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Raw(typed): Raw<Typed>,
) -> Answer {
    actor.require_anywhere(Right::AssignTasks)?;
    let page = page.back(back(&typed.from));
    let given: Vec<Given> = typed.give.iter().filter_map(|one| read(one)).collect();
    let instructions: String = typed.instructions.trim().chars().take(MOST).collect();
    let outcome = tasks::give(&casework, &actor, given, instructions).await?;
    if outcome.left.is_empty() && outcome.given > 0 {
        let done = [("view", "team"), ("done", "given"), ("number", &outcome.given.to_string())];
        return Ok(Redirect::to(&address("/tasks", &done)).into_response());
    }
    // Some were given and others not, or nothing was sent: what became of each is said here.
    let nothing = outcome.given == 0 && outcome.left.is_empty();
    let page = if nothing { page.failed() } else { page.status(StatusCode::CONFLICT) };
    let title = page.t("give-title");
    Ok(render(&page, &title, || {
        let said = if nothing {
            page.t("give-none")
        } else {
            page.t_with("give-partly", &[("number", outcome.given.into())])
        };
        let left: Vec<_> = outcome.left.iter().map(|(task, why)| (task, *why)).collect();
        view! {
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            {InsetText::new(said)}
            {not_given(&page, &actor, &left)}
            <p class="govuk-body">
                <a class="govuk-link" href=back(&typed.from)>{page.t("give-back")}</a>
            </p>
        }
        .into_any()
    }))
}

/// The list that it came from.
fn back(from: &str) -> String {
    let list = List::read(from);
    if list.view.is_empty() { "/tasks?view=team".to_owned() } else { list.with(&[]) }
}

fn read(one: &str) -> Option<Given> {
    let mut parts = one.splitn(3, '.');
    Some(Given {
        task: parts.next()?.parse().ok()?,
        version: parts.next()?.parse().ok()?,
        to: parts.next()?.parse().ok()?,
    })
}

/// The first page: who shall have them.
fn choose(
    page: &Page,
    casework: &Casework,
    actor: &Actor,
    query: &Query,
    plan: &Plan,
    problems: &Problems,
) -> AnyView {
    let tasks: Vec<&Task> = plan.lines.iter().map(|line| &line.task).collect();
    let hidden: Vec<AnyView> = tasks.iter().map(move |task| hidden("task", task.id.to_string())).collect();
    if plan.people.is_empty() {
        return view! {
            {InsetText::new(page.t("give-nobody"))}
            {list(page, casework, actor, "give-these", &tasks)}
        }
        .into_any();
    }
    let mut people = Checkboxes::new("to", page.t("task-to"))
        .legend_class("govuk-fieldset__legend--m")
        .hint(page.t("give-to-hint"));
    for (id, name, load) in &plan.people {
        let load = page.t_with("give-load", &[("number", (*load).into())]);
        let name = Content::view(view! { <bdi>{name.clone()}</bdi> });
        people = people.choice(Choice::new(id.to_string(), name).hint(load));
    }
    let people = people.values(query.to.clone()).error(problems.of("to"));
    let instructions = Textarea::new("instructions", page.t("task-instructions"))
        .hint(page.t("task-instructions-hint"))
        .rows(3)
        .value(&query.instructions)
        .error(problems.of("instructions"));
    view! {
        {list(page, casework, actor, "give-these", &tasks)}
        <form method="get" action="/tasks/give" novalidate>
            {hidden}
            <input type="hidden" name="from" value=query.from.clone()/>
            <input type="hidden" name="step" value="to"/>
            {people}
            {instructions}
            {Button::new(page.t("give-look"))}
        </form>
    }
    .into_any()
}

/// The second page: who would get what, and what cannot be given.
fn confirm(page: &Page, casework: &Casework, actor: &Actor, query: &Query, plan: &Plan) -> AnyView {
    let mut to: BTreeMap<StaffId, Vec<&Task>> = BTreeMap::new();
    let mut left = Vec::new();
    for line in &plan.lines {
        match line.to {
            Ok(who) => to.entry(who).or_default().push(&line.task),
            Err(why) => left.push((&line.task, why)),
        }
    }
    let count: usize = to.values().map(Vec::len).sum();
    let fields: Vec<AnyView> = to
        .iter()
        .flat_map(|(who, tasks)| {
            tasks.iter().map(move |task| hidden("give", format!("{}.{}.{who}", task.id, task.version)))
        })
        .collect();
    let parts: Vec<AnyView> = to
        .iter()
        .map(|(who, tasks)| {
            let name = plan.name_of(*who).to_owned();
            let count = page.t_with("give-count", &[("number", tasks.len().into())]);
            view! {
                <h2 class="govuk-heading-m"><bdi>{name}</bdi>": "{count}</h2>
                {list(page, casework, actor, "give-these", tasks)}
            }
            .into_any()
        })
        .collect();
    let mut again: Vec<(&str, &str)> = query.task.iter().map(|id| ("task", id.as_str())).collect();
    again.push(("from", &query.from));
    again.push(("instructions", &query.instructions));
    let again = address("/tasks/give", &again);
    let button = (count > 0).then(|| {
        view! {
            <form method="post" action="/tasks/give">
                {fields}
                <input type="hidden" name="from" value=query.from.clone()/>
                <input type="hidden" name="instructions" value=query.instructions.clone()/>
                {Button::new(page.t_with("give-do", &[("number", count.into())]))}
            </form>
        }
    });
    let said = (!query.instructions.trim().is_empty()).then(|| {
        let words = query.instructions.clone();
        view! { <p class="govuk-body">{page.t("task-instructions")}": "<bdi>{words}</bdi></p> }
    });
    view! {
        {parts}
        {said}
        {not_given(page, actor, &left)}
        {button}
        <p class="govuk-body"><a class="govuk-link" href=again>{page.t("give-others")}</a></p>
    }
    .into_any()
}

/// What stays as it is, and why.
fn not_given(page: &Page, actor: &Actor, left: &[(&Task, WhyNot)]) -> Option<AnyView> {
    if left.is_empty() {
        return None;
    }
    let title = page.t("give-left");
    let heads = ["task-what", "work-case", "task-holder", "task-reason"].map(|key| page.t(key));
    let mut table = Table::new(title).head(heads).row_heads().scroll();
    table.caption_classes = "govuk-table__caption--m".into();
    for (task, why) in left {
        let holder = task.holder_name.clone().unwrap_or_else(|| page.t("tasks-standing-nobody"));
        table = table.row([
            Cell::new(Content::view(linked(page, task))),
            Cell::new(case(page, actor, &task.scope, task.household_id, task.reference.as_ref())),
            Cell::new(Content::view(view! { <bdi>{holder}</bdi> })),
            Cell::new(page.t_of("give-why", why.code())),
        ]);
    }
    Some(table.into_any())
}

fn list(page: &Page, casework: &Casework, actor: &Actor, caption: &str, tasks: &[&Task]) -> Table {
    let heads = ["task-what", "work-case", "task-due", "task-holder"].map(|key| page.t(key));
    let mut table = Table::new(page.t(caption)).head(heads).row_heads().scroll();
    table.caption_classes = "govuk-visually-hidden".into();
    for task in tasks {
        let holder = task.holder_name.clone().unwrap_or_else(|| page.t("tasks-standing-nobody"));
        table = table.row([
            Cell::new(Content::view(linked(page, task))),
            Cell::new(case(page, actor, &task.scope, task.household_id, task.reference.as_ref())),
            Cell::new(due(page, casework, task.due_at)),
            Cell::new(Content::view(view! { <bdi>{holder}</bdi> })),
        ]);
    }
    table
}

fn linked(page: &Page, task: &Task) -> impl IntoView + use<> {
    let href = format!("/tasks/{}/{}", task.household_id, task.id);
    view! { <a class="govuk-link" href=href>{task_title(page, task)}</a> }
}

fn hidden(name: &'static str, value: String) -> AnyView {
    view! { <input type="hidden" name=name value=value/> }.into_any()
}

#[cfg(test)]
mod tests;
