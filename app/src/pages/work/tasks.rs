//! Lists of tasks: mine, those one could take, the team's. View, filters and place are in the address.

use axum::extract::State;
use casework::tasks::{self, Cursor, Filter, Task};
use casework::{Actor, Casework};
use domain::role::Right;
use domain::task::{Priority, TaskState};
use leptos::prelude::*;
use serde::Deserialize;
use time::{Duration, Time};

use super::{ROWS, TASK_KINDS, case, due, task_title};
use crate::kit::{Button, Cell, Content, Link, NotificationBanner, Select, SubNavigation, Table, Tag};
use crate::shell::{Answer, Page, address, onwards, render};
use crate::state::{Asked, SignedIn};

/// Query of the page.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Query {
    /// `mine` (also when nothing else fits), `available` or `team`.
    pub view: String,
    /// Only this kind.
    pub kind: String,
    /// `late`, `today` or `soon` (three days); nothing for all.
    pub due: String,
    /// `nobody`: only tasks that nobody took.
    pub holder: String,
    /// Where the page begins.
    pub after: String,
    /// What was just done: an event of a task, or how a referral ended.
    pub done: String,
}

impl Query {
    /// The address of this list with other parameters put in the place of its own.
    fn with(&self, changes: &[(&str, &str)]) -> String {
        let own = [
            ("view", self.view.as_str()),
            ("kind", &self.kind),
            ("due", &self.due),
            ("holder", &self.holder),
            ("after", &self.after),
        ];
        let merged = own.map(|(key, value)| {
            (key, changes.iter().find(|change| change.0 == key).map_or(value, |change| change.1))
        });
        let kept: Vec<_> = merged.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        address("/tasks", &kept)
    }

    fn filter(&self, casework: &Casework) -> Filter {
        let mut filter = Filter { unassigned: self.holder == "nobody", ..Filter::default() };
        if TASK_KINDS.contains(&self.kind.as_str()) {
            filter.kind.clone_from(&self.kind);
        }
        let now = casework.here(casework.now());
        let tonight = now.replace_time(Time::MIDNIGHT) + Duration::DAY - Duration::SECOND;
        match self.due.as_str() {
            "late" => filter.due_by = now,
            "today" => filter.due_by = tonight,
            "soon" => filter.due_by = tonight + Duration::days(3),
            _ => {}
        }
        filter
    }
}

/// `GET /tasks`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Asked(mut query): Asked<Query>,
) -> Answer {
    actor.require_anywhere(Right::WorkTasks)?;
    let filter = query.filter(&casework);
    let after: Option<Cursor> = query.after.parse().ok();
    let found = match query.view.as_str() {
        "team" => tasks::team(&casework, &actor, &filter, after, ROWS).await?,
        "available" => tasks::available(&casework, &actor, &filter, after, ROWS).await?,
        _ => {
            "mine".clone_into(&mut query.view);
            tasks::mine(&casework, &actor, &filter, after, ROWS).await?
        }
    };
    let title = page.t_of("tasks-view", &query.view);
    let page = page.clone();
    Ok(render(&page, &title, || show(&page, &casework, &actor, &query, &found, &title)))
}

fn show(
    page: &Page,
    casework: &Casework,
    actor: &Actor,
    query: &Query,
    found: &tasks::Page,
    title: &str,
) -> AnyView {
    let news = page.t_if_of("task-done", &query.done).map(NotificationBanner::success);
    let first = (!query.after.is_empty()).then(|| query.with(&[("after", "")]));
    let next = found.next.map(|next| query.with(&[("after", &next.to_string())]));
    let list = if found.tasks.is_empty() {
        let key = if query.kind.is_empty() && query.due.is_empty() && query.holder.is_empty() {
            page.t_of("tasks-none", &query.view)
        } else {
            page.t("tasks-none-so")
        };
        view! { <p class="govuk-body">{key}</p> }.into_any()
    } else {
        table(page, casework, actor, query, &found.tasks, title).into_any()
    };
    view! {
        {news}
        <h1 class="govuk-heading-l">{title.to_owned()}</h1>
        {views(page, actor, query)}
        {filters(page, query)}
        {list}
        {onwards(page, first, next)}
    }
    .into_any()
}

fn views(page: &Page, actor: &Actor, query: &Query) -> SubNavigation {
    let views = ["mine", "available", "team"];
    let shown = views.into_iter().filter(|view| *view != "team" || actor.may(Right::AssignTasks));
    let items = shown.map(|view| {
        Link::new(address("/tasks", &[("view", view)]), page.t_of("tasks-view", view))
            .current(view == query.view)
    });
    SubNavigation::new(page.t("tasks-views"), items.collect())
}

fn filters(page: &Page, query: &Query) -> AnyView {
    let kinds = TASK_KINDS.map(|kind| (kind, page.t_of("task-kind", kind)));
    let dues = ["late", "today", "soon"].map(|due| (due, page.t_of("tasks-due", due)));
    let holder = (query.view == "team").then(|| {
        Select::new("holder", page.t("task-holder"))
            .item("", page.t("tasks-holder-all"))
            .item("nobody", page.t("tasks-holder-nobody"))
            .value(&query.holder)
    });
    view! {
        <form method="get" action="/tasks">
            <input type="hidden" name="view" value=query.view.clone()/>
            <div class="app-fields">
            {Select::new("kind", page.t("task-what")).item("", page.t("tasks-all")).items(kinds).value(&query.kind)}
            {Select::new("due", page.t("task-due")).item("", page.t("tasks-all")).items(dues).value(&query.due)}
            {holder}
            </div>
            {Button::new(page.t("tasks-filter")).secondary()}
        </form>
    }
    .into_any()
}

fn table(
    page: &Page,
    casework: &Casework,
    actor: &Actor,
    query: &Query,
    tasks: &[Task],
    title: &str,
) -> Table {
    let last = if query.view == "available" { "task-take" } else { "task-holder" };
    let mut table = Table::new(title)
        .head(["task-what", "work-case", "task-due", last].map(|key| page.t(key)))
        .row_heads()
        .scroll();
    table.caption_classes = "govuk-visually-hidden".into();
    for task in tasks {
        let href = format!("/tasks/{}/{}", task.household_id, task.id);
        let what = view! {
            <a class="govuk-link" href=href.clone()>{task_title(page, task)}</a>
            " "
            {pressing(page, task)}
        };
        let last = if query.view == "available" { take(page, task, href) } else { holder(page, task) };
        table = table.row([
            Cell::new(Content::view(what)),
            Cell::new(case(page, actor, &task.scope, task.household_id, task.reference.as_ref())),
            Cell::new(due(page, casework, task.due_at)),
            Cell::new(last),
        ]);
    }
    table
}

/// A tag for what is more pressing than usual.
pub(super) fn pressing(page: &Page, task: &Task) -> Option<Tag> {
    match task.priority {
        Priority::Urgent => Some(Tag::new(page.t_of("task-priority", "urgent")).colour("red")),
        Priority::High => Some(Tag::new(page.t_of("task-priority", "high")).colour("orange")),
        Priority::Normal => None,
    }
}

fn holder(page: &Page, task: &Task) -> Content {
    let state = page.t_of("task-state", task.state.code());
    match (&task.holder_name, task.state) {
        (Some(name), TaskState::OnHold) => {
            Content::view(view! { <bdi>{name.clone()}</bdi> " " {Tag::new(state).colour("grey")} })
        }
        (Some(name), _) => Content::view(view! { <bdi>{name.clone()}</bdi> }),
        (None, _) => Tag::new(state).colour("blue").into(),
    }
}

/// Takes the task from the list at once.
fn take(page: &Page, task: &Task, href: String) -> Content {
    let about = task_title(page, task);
    Content::view(view! {
        <form method="post" action=href>
            <input type="hidden" name="act" value="claim"/>
            <button type="submit" class="app-link-button">
                {page.t("task-take")}
                <span class="govuk-visually-hidden">{format!(": {about}")}</span>
            </button>
        </form>
    })
}

#[cfg(test)]
pub(super) mod tests {
    use axum::http::StatusCode;
    use casework::test_support::{OFFICE, OTHER_OFFICE, World};
    use domain::ids::TaskId;
    use domain::role::Scope;

    use super::*;
    use crate::test_support::{as_counter_officer, as_policy_officer, as_supervisor, world_with_pack};
    use crate::words::Lang;

    pub async fn opened(world: &World, kind: &str, office: &str, days: i64) -> TaskId {
        let new = tasks::NewTask {
            household_id: world.new_id(),
            kind: kind.into(),
            subject: casework::subject::Subject::new("person", world.new_id::<uuid::Uuid>()),
            scope: Scope::Office(office.into()),
            needs: Right::WorkTasks,
            priority: if days < 0 { Priority::Urgent } else { Priority::Normal },
            due_at: world.now() + Duration::days(days),
            instructions: String::new(),
        };
        world.write(async move |tx| tasks::open(tx, &Actor::system(), new.clone()).await).await.unwrap()
    }

    #[tokio::test]
    async fn each_view_shows_its_tasks_and_only_those_of_the_office() {
        let world = world_with_pack().await;
        opened(&world, "ask_missing", OFFICE, -1).await;
        opened(&world, "send_referral", OFFICE, 5).await;
        opened(&world, "look_at_fault", OTHER_OFFICE, 5).await;
        let mut officer = as_counter_officer(&world).await;
        for lang in [Lang::En, Lang::Fr] {
            for view in ["mine", "available"] {
                officer.get(&format!("/tasks?view={view}&lang={}", lang.code())).await.assert_page(lang);
            }
        }
        let reply = officer.get("/tasks?view=available&lang=en").await;
        assert!(reply.html.contains("Overdue") && reply.html.contains("Send a referral"), "{}", reply.html);
        assert!(!reply.html.contains("/look_at_fault"), "{}", reply.html);
        let rows = |html: &str| html.matches("value=\"claim\"").count();
        assert_eq!(rows(&reply.html), 2);
        assert_eq!(rows(&officer.get("/tasks?view=available&due=late").await.html), 1);
        assert_eq!(rows(&officer.get("/tasks?view=available&kind=send_referral").await.html), 1);
        assert_eq!(rows(&officer.get("/tasks?view=available&kind=approve").await.html), 0);
        assert_eq!(officer.get("/tasks?view=team").await.status, StatusCode::FORBIDDEN);
        let mut supervisor = as_supervisor(&world).await;
        let team = supervisor.get("/tasks?view=team&holder=nobody&lang=en").await;
        assert!(team.html.contains("Send a referral") && team.html.contains("Nobody yet"), "{}", team.html);
        let mut policy = as_policy_officer(&world).await;
        assert_eq!(policy.get("/tasks").await.status, StatusCode::FORBIDDEN);
    }

    #[tokio::test]
    async fn a_long_list_goes_on_over_pages() {
        let world = world_with_pack().await;
        for days in 0..30 {
            opened(&world, "ask_missing", OFFICE, days).await;
        }
        let mut officer = as_counter_officer(&world).await;
        let first = officer.get("/tasks?view=available&kind=ask_missing").await.html;
        assert_eq!(first.matches("value=\"claim\"").count(), ROWS);
        let (_, rest) = first.split_once("govuk-pagination__next").unwrap();
        let (_, rest) = rest.split_once("href=\"").unwrap();
        let next = rest.split('"').next().unwrap().replace("&amp;", "&");
        assert!(next.contains("kind=ask_missing"), "{next}");
        let second = officer.get(&next).await.html;
        assert_eq!(second.matches("value=\"claim\"").count(), 30 - ROWS);
        // A cursor that is none is as if it were not there.
        assert_eq!(officer.get("/tasks?view=available&after=x").await.status, StatusCode::OK);
    }
}
