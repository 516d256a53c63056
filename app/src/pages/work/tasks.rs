//! Lists of tasks: mine, what of mine waits, those one could take, the team's. View, filters, order and place are in the address;
//! views that somebody saved are addresses under a name ([`super::views`]).

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use casework::tasks::lists;
use casework::tasks::{self, Count, Counts, Cursor, Filter, Order, Standing, Task};
use casework::views::{self, View};
use casework::{Actor, Casework};
use domain::ids::StaffId;
use domain::role::{Right, Scope};
use domain::task::{Priority, TaskState};
use leptos::prelude::*;
use serde::Deserialize;
use time::{Duration, Time};

use super::kinds::TASK_KINDS;
use super::{ROWS, case, day, due, task_title};
use crate::kit::{
    Button, Cell, Content, Details, InsetText, Link, NotificationBanner, Select, SubNavigation, Table, Tag,
};
use crate::pages::account::staff::place;
use crate::shell::{Answer, Page, address, onwards, render};
use crate::state::{Asked, SignedIn};

/// The team's queues at most of which a list of people is offered without one being chosen.
const FEW_PLACES: usize = 3;
/// The id of the form that tasks are ticked for.
const GIVE: &str = "give";

/// Query of the page.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub struct Query {
    /// `mine` (also when nothing else fits), `hold`, `available` or `team`.
    pub view: String,
    /// Only this kind.
    pub kind: String,
    /// `late`, `today` or `soon` (three days); nothing for all.
    pub due: String,
    /// `nobody` or `on_hold`; nothing for all that could be worked on.
    pub standing: String,
    /// Only as pressing as this.
    pub priority: String,
    /// Only with this person.
    pub holder: String,
    /// Only in this queue: `office:OFF-01`.
    pub place: String,
    /// In which order.
    pub order: String,
    /// Where the page begins.
    pub after: String,
    /// What was just done: an event of a task, or how a referral ended.
    pub done: String,
    /// How many of it.
    pub number: String,
}

impl Query {
    /// What the address keeps: what was done is told once.
    fn own(&self) -> [(&'static str, &str); 9] {
        [
            ("view", self.view.as_str()),
            ("kind", &self.kind),
            ("due", &self.due),
            ("standing", &self.standing),
            ("priority", &self.priority),
            ("holder", &self.holder),
            ("place", &self.place),
            ("order", &self.order),
            ("after", &self.after),
        ]
    }

    /// The address of this list with other parameters put in the place of its own.
    pub(super) fn with(&self, changes: &[(&str, &str)]) -> String {
        let merged = self.own().map(|(key, value)| {
            (key, changes.iter().find(|change| change.0 == key).map_or(value, |change| change.1))
        });
        let kept: Vec<_> = merged.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        address("/tasks", &kept)
    }

    /// What a saved view keeps of this list: all but the place in it.
    pub(super) fn asks(&self) -> String {
        let address = self.with(&[("after", "")]);
        address.split_once('?').map_or(String::new(), |(_, query)| query.to_owned())
    }

    /// A list as a saved view kept it.
    pub(super) fn read(asks: &str) -> Self {
        let uri = format!("/?{asks}").parse().ok();
        let read = uri.and_then(|uri| axum_extra::extract::Query::<Self>::try_from_uri(&uri).ok());
        read.map(|axum_extra::extract::Query(query)| query).unwrap_or_default()
    }

    /// Whether anything is narrowed.
    fn is_narrow(&self) -> bool {
        ![&self.kind, &self.due, &self.standing, &self.priority, &self.holder, &self.place]
            .into_iter()
            .all(String::is_empty)
    }

    fn filter(&self, casework: &Casework) -> Filter {
        let mut filter = Filter {
            standing: match (self.view.as_str(), self.standing.as_str()) {
                ("hold", _) | ("team", "on_hold") => Standing::OnHold,
                ("team", "nobody") => Standing::Unassigned,
                _ => Standing::Active,
            },
            priority: self.priority.parse().ok(),
            wanted: self.order.parse().unwrap_or(Order::Pressing),
            ..Filter::default()
        };
        if self.view == "team" {
            filter.holder = self.holder.parse::<StaffId>().ok();
        }
        if matches!(self.view.as_str(), "team" | "available") {
            filter.place =
                self.place.split_once(':').and_then(|(kind, code)| Scope::from_parts(kind, Some(code)));
        }
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

/// Everything that the page shows.
struct Desk {
    page: Page,
    casework: Casework,
    actor: std::sync::Arc<Actor>,
    query: Query,
    filter: Filter,
    found: tasks::Page,
    /// How many the filter finds, where it narrows the list.
    count: Option<Count>,
    counts: Counts,
    places: Vec<Scope>,
    holders: Vec<(StaffId, String)>,
    views: Vec<View>,
}

/// `GET /tasks`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Asked(mut query): Asked<Query>,
) -> Answer {
    actor.require_anywhere(Right::WorkTasks)?;
    let views = views::list(&casework, &actor).await?;
    if query == Query::default()
        && let Some(own) = views.iter().find(|view| view.is_default && !view.asks.is_empty())
    {
        return Ok(Redirect::to(&format!("/tasks?{}", own.asks)).into_response());
    }
    if !matches!(query.view.as_str(), "hold" | "available" | "team") {
        "mine".clone_into(&mut query.view);
    }
    let filter = query.filter(&casework);
    let after: Option<Cursor> = query.after.parse().ok();
    let narrow = query.is_narrow();
    let (found, count) = match query.view.as_str() {
        "team" => (
            tasks::team(&casework, &actor, &filter, after, ROWS).await?,
            if narrow { Some(lists::count_team(&casework, &actor, &filter).await?) } else { None },
        ),
        "available" => (
            tasks::available(&casework, &actor, &filter, after, ROWS).await?,
            if narrow { Some(lists::count_open(&casework, &actor, &filter).await?) } else { None },
        ),
        _ => (
            tasks::mine(&casework, &actor, &filter, after, ROWS).await?,
            if narrow { Some(lists::count_mine(&casework, &actor, &filter).await?) } else { None },
        ),
    };
    let right = if query.view == "team" { Right::AssignTasks } else { Right::WorkTasks };
    let places = match query.view.as_str() {
        "team" | "available" => lists::places(&casework, &actor, right).await?,
        _ => Vec::new(),
    };
    let offers_people = query.view == "team" && (filter.place.is_some() || places.len() <= FEW_PLACES);
    let holders = if offers_people {
        lists::holders(&casework, &actor, filter.place.as_ref()).await?
    } else {
        Vec::new()
    };
    let counts = tasks::counts(&casework, &actor).await?;
    let title = page.t_of("tasks-view", &query.view);
    let desk = Desk { page, casework, actor, query, filter, found, count, counts, places, holders, views };
    Ok(render(&desk.page, &title, || show(&desk, &title)))
}

/// So many, as far as they are counted.
pub(super) fn counted(page: &Page, count: Count) -> String {
    let number = page.number(count.number);
    if count.and_more { page.t_with("tasks-more-than", &[("number", number.into())]) } else { number }
}

fn show(desk: &Desk, title: &str) -> AnyView {
    let Desk { page, query, filter, found, .. } = desk;
    let given = query.number.parse::<usize>().ok().filter(|_| query.done == "given");
    let news = match given {
        Some(number) => {
            Some(NotificationBanner::success(page.t_with("give-done", &[("number", number.into())])))
        }
        None => page.t_if_of("task-done", &query.done).map(NotificationBanner::success),
    };
    let first = (!query.after.is_empty()).then(|| query.with(&[("after", "")]));
    let next = found.next.map(|next| query.with(&[("after", &next.to_string())]));
    let by_due = (filter.wanted != filter.order()).then(|| InsetText::new(page.t("tasks-by-due-instead")));
    let count = desk.count.map(|count| {
        let said = page.t_with("tasks-found", &[("number", counted(page, count).into())]);
        view! { <p class="govuk-body">{said}</p> }
    });
    let list = if found.tasks.is_empty() {
        let none =
            if query.is_narrow() { page.t("tasks-none-so") } else { page.t_of("tasks-none", &query.view) };
        view! { <p class="govuk-body">{none}</p> }.into_any()
    } else {
        view! { {table(desk, title)} {give_form(desk)} }.into_any()
    };
    view! {
        {news}
        <h1 class="govuk-heading-l">{title.to_owned()}</h1>
        {tabs(desk)}
        {saved(desk)}
        {filters(desk)}
        {by_due}
        {count}
        {list}
        {onwards(page, first, next)}
    }
    .into_any()
}

fn tabs(desk: &Desk) -> SubNavigation {
    let Desk { page, query, counts, .. } = desk;
    let tabs = [
        ("mine", Some(counts.mine)),
        ("hold", Some(counts.hold)),
        ("available", Some(counts.available)),
        ("team", counts.team),
    ];
    let items = tabs.into_iter().filter_map(|(view, count)| {
        let number = counted(page, count?);
        let name = page.t_of("tasks-view", view);
        let text = page.t_with("tasks-tab", &[("name", name.into()), ("number", number.into())]);
        Some(Link::new(address("/tasks", &[("view", view)]), text).current(view == query.view))
    });
    SubNavigation::new(page.t("tasks-views"), items.collect())
}

/// The views that this person saved or is shown, and the way to save this one.
fn saved(desk: &Desk) -> AnyView {
    let Desk { page, query, views, .. } = desk;
    let asks = query.asks();
    let links: Vec<AnyView> = views
        .iter()
        .map(|view| {
            let href = format!("/tasks?{}", view.asks);
            let current = (view.asks == asks).then_some("page");
            let name = view.name.clone();
            let shared = (!view.is_own).then(|| Tag::new(page.t("view-of-office")).colour("grey"));
            view! {
                <li><a class="govuk-link" href=href aria-current=current><bdi>{name}</bdi></a> " " {shared}</li>
            }
            .into_any()
        })
        .collect();
    let list = (!links.is_empty()).then(|| {
        view! { <ul class="govuk-list" aria-label=page.t("views-title")>{links}</ul> }
    });
    let href = address("/tasks/views", &[("asks", &asks)]);
    view! {
        {list}
        <p class="govuk-body-s"><a class="govuk-link" href=href>{page.t("views-keep")}</a></p>
    }
    .into_any()
}

fn filters(desk: &Desk) -> AnyView {
    let Desk { page, casework, query, places, holders, .. } = desk;
    let mut kinds: Vec<(&str, String)> =
        TASK_KINDS.iter().map(|kind| (*kind, page.t_of("task-kind", kind))).collect();
    kinds.sort_by_key(|(_, words)| words.to_lowercase());
    let all = || page.t("tasks-all");
    let dues = ["late", "today", "soon"].map(|due| (due, page.t_of("tasks-due", due)));
    let priorities = Priority::ALL.iter().map(|one| (one.code(), page.t_of("task-priority", one.code())));
    let orders = Order::ALL.iter().map(|one| (one.code(), page.t_of("tasks-order", one.code())));
    let standing = (query.view == "team").then(|| {
        let items = ["nobody", "on_hold"].map(|one| (one, page.t_of("tasks-standing", one)));
        Select::new("standing", page.t("task-state"))
            .item("", page.t("tasks-standing-active"))
            .items(items)
            .value(&query.standing)
    });
    let holder = (!holders.is_empty()).then(|| {
        let people = holders.iter().map(|(id, name)| (id.to_string(), name.clone()));
        Select::new("holder", page.t("task-holder"))
            .item("", page.t("tasks-holder-all"))
            .items(people)
            .value(&query.holder)
    });
    let pack = casework.pack().ok();
    let queue = (places.len() > 1).then(|| {
        let queues = places.iter().map(|one| {
            let value = format!("{}:{}", one.kind(), one.code().unwrap_or_default());
            (value, place(page, pack.as_deref(), one))
        });
        Select::new("place", page.t("task-queue")).item("", all()).items(queues).value(&query.place)
    });
    let form = view! {
        <form method="get" action="/tasks">
            <input type="hidden" name="view" value=query.view.clone()/>
            <div class="app-fields">
            {Select::new("kind", page.t("task-what")).item("", all()).items(kinds).value(&query.kind)}
            {Select::new("due", page.t("task-due")).item("", all()).items(dues).value(&query.due)}
            {Select::new("priority", page.t("task-priority")).item("", all()).items(priorities).value(&query.priority)}
            {standing}
            {holder}
            {queue}
            {Select::new("order", page.t("tasks-order")).items(orders).value(&query.order)}
            </div>
            {Button::new(page.t("tasks-filter")).secondary()}
        </form>
    };
    let mut details = Details::new(page.t("tasks-filters"), form.into_any());
    details.open = query.is_narrow() || !query.order.is_empty();
    details.into_any()
}

fn table(desk: &Desk, title: &str) -> Table {
    let Desk { page, casework, actor, query, found, .. } = desk;
    let last = match query.view.as_str() {
        "available" => "task-take",
        "hold" => "task-until",
        _ => "task-holder",
    };
    let heads = ["task-what", "work-case", "task-due", last].map(|key| page.t(key));
    let chooses = gives(desk);
    let head: Vec<String> = heads.into_iter().chain(chooses.then(|| page.t("give-choose"))).collect();
    let mut table = Table::new(title).head(head).row_heads().scroll();
    table.caption_classes = "govuk-visually-hidden".into();
    for task in &found.tasks {
        let href = format!("/tasks/{}/{}", task.household_id, task.id);
        let what = view! {
            <a class="govuk-link" href=href.clone()>{task_title(page, task)}</a>
            " "
            {pressing(page, task)}
            " "
            {woken(page, task)}
        };
        let last = match query.view.as_str() {
            "available" => take(page, task, href),
            "hold" => until(page, casework, task),
            _ => holder(page, task),
        };
        let mut cells = vec![
            Cell::new(Content::view(what)),
            Cell::new(case(page, actor, &task.scope, task.household_id, task.reference.as_ref())),
            Cell::new(due(page, casework, task.due_at)),
            Cell::new(last),
        ];
        if chooses {
            cells.push(Cell::new(tick(page, task)));
        }
        table = table.row(cells);
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

/// A tag for what slept and is to be looked at again.
pub(super) fn woken(page: &Page, task: &Task) -> Option<Tag> {
    task.woken_at.map(|_| Tag::new(page.t("task-woken")).colour("purple"))
}

/// Until when it waits, or for what.
fn until(page: &Page, casework: &Casework, task: &Task) -> Content {
    match task.wake_at {
        Some(at) => day(page, casework.here(at)),
        None => page.t_of("task-reason-code", "child_task").into(),
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

/// Whether this list is one from which this person gives tasks to others.
fn gives(desk: &Desk) -> bool {
    matches!(desk.query.view.as_str(), "team" | "available") && desk.actor.may(Right::AssignTasks)
}

/// A box for one of several that are given together; its form stands below the list.
fn tick(page: &Page, task: &Task) -> Content {
    let id = format!("give-{}", task.id);
    let about = page.t_with("give-this", &[("task", task_title(page, task).into())]);
    Content::view(view! {
        <div class="govuk-checkboxes govuk-checkboxes--small">
            <div class="govuk-checkboxes__item">
                <input class="govuk-checkboxes__input" type="checkbox" form=GIVE name="task" id=id.clone()
                    value=task.id.to_string()/>
                <label class="govuk-label govuk-checkboxes__label" for=id>
                    <span class="govuk-visually-hidden">{about}</span>
                </label>
            </div>
        </div>
    })
}

fn give_form(desk: &Desk) -> Option<AnyView> {
    gives(desk).then(|| {
        view! {
            <form method="get" action="/tasks/give" id=GIVE>
                <input type="hidden" name="from" value=desk.query.asks()/>
                {Button::new(desk.page.t("give-begin")).secondary()}
            </form>
        }
        .into_any()
    })
}

#[cfg(test)]
pub(super) mod tests;
