//! One task: what it is about, who has it, and what the person may do with it.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use casework::error::Conflict;
use casework::referrals::{self, NOT_SENT, ToSend};
use casework::tasks::{self, Around, CHILD, Hold, Task};
use casework::{Actor, Casework, Error};
use domain::ids::{StaffId, TaskId};
use domain::task::{HoldReason, LONGEST_HOLD_DAYS, TaskEvent};
use leptos::prelude::*;
use serde::Deserialize;

use super::tasks::{pressing, woken};
use super::{case, clock_page, day, due, ids, moment, sending, subject_page, task_title};
use crate::kit::{
    Button, Content, Day, Details, NotificationBanner, Problems, Radios, Select, SummaryList, Tag, Textarea,
};
use crate::pages::account::staff::place;
use crate::shell::{Answer, Failure, Page, render};
use crate::state::{Asked, Done, Raw, SignedIn};

/// Longest reason and instructions.
const MOST: usize = 1000;

/// What is typed in any of the page's forms.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// The event; `back` for giving it back to the queue.
    pub act: String,
    /// Version of the task as it was read.
    pub version: String,
    /// Why on hold or dropped.
    pub reason: String,
    /// What it waits for, as a code.
    pub hold: String,
    /// The day on which it is looked at again.
    #[serde(rename = "until-day")]
    pub until_day: String,
    /// Its month.
    #[serde(rename = "until-month")]
    pub until_month: String,
    /// Its year.
    #[serde(rename = "until-year")]
    pub until_year: String,
    /// Who shall have it.
    pub to: String,
    /// What they should know.
    pub instructions: String,
    /// Why a referral is not sent, as a code.
    pub why: String,
}

impl Typed {
    fn until(&self) -> Day {
        Day::read("until", &|name| match name {
            "until-day" => self.until_day.clone(),
            "until-month" => self.until_month.clone(),
            _ => self.until_year.clone(),
        })
    }
}

/// What the page shows.
struct Shown {
    page: Page,
    actor: std::sync::Arc<Actor>,
    casework: Casework,
    task: Task,
    steps: Vec<TaskEvent>,
    /// Who could be given it.
    able: Vec<(StaffId, String)>,
    /// The referral to be sent, when it is about one.
    to_send: Option<ToSend>,
    /// What waits for it, and what it waits for.
    around: Around,
}

impl Shown {
    async fn read(casework: Casework, signed: SignedIn, household: &str, id: &str) -> Result<Self, Failure> {
        let SignedIn { page, actor } = signed;
        let (household, id) = ids(household, id)?;
        let task = tasks::task(&casework, &actor, TaskId::new(id)).await?;
        if task.household_id != household {
            return Err(Failure::not_found());
        }
        let steps = tasks::steps(&actor, &task);
        let assigns = steps.contains(&TaskEvent::Assign)
            || steps.contains(&TaskEvent::Replace)
                && actor.may_in(domain::role::Right::AssignTasks, &task.scope);
        let able = if assigns { tasks::able(&casework, &actor, &task).await? } else { Vec::new() };
        let to_send = sending::read(&casework, &actor, household, &task.subject).await?;
        let around = tasks::around(&casework, &actor, &task).await?;
        let page = page.back("/tasks?view=mine");
        Ok(Self { page, actor, casework, task, steps, able, to_send, around })
    }

    fn title(&self) -> String {
        task_title(&self.page, &self.task)
    }

    fn offers(&self, event: TaskEvent) -> bool {
        self.steps.contains(&event)
    }
}

/// `GET /tasks/{household}/{task}`
pub async fn get(
    State(casework): State<Casework>,
    signed: SignedIn,
    Path((household, id)): Path<(String, String)>,
    Asked(done): Asked<Done>,
) -> Answer {
    let shown = Shown::read(casework, signed, &household, &id).await?;
    let done = TaskEvent::ALL.iter().find(|event| event.code() == done.done);
    let news = done.map(|event| NotificationBanner::success(shown.page.t_of("task-done", event.code())));
    let title = shown.title();
    Ok(render(&shown.page, &title, || show(&shown, &title, &Typed::default(), &Problems::new(), news)))
}

/// `POST /tasks/{household}/{task}`
pub async fn post(
    State(casework): State<Casework>,
    signed: SignedIn,
    Path((household, id)): Path<(String, String)>,
    Raw(typed): Raw<Typed>,
) -> Answer {
    let mut shown = Shown::read(casework.clone(), signed.clone(), &household, &id).await?;
    let problems = check(&shown, &typed);
    if problems.is_empty() {
        match act(&shown, &typed).await {
            Ok(next) => return Ok(Redirect::to(&next).into_response()),
            // Somebody was faster, or must not have it: the task as it is now, and what was typed.
            Err(error @ (Error::Stale | Error::Conflict(_))) => {
                shown = Shown::read(casework, signed, &household, &id).await?;
                shown.page = shown.page.status(StatusCode::CONFLICT);
                let title = shown.title();
                let barred = error == Error::Conflict(Conflict::TookPart);
                let news = if barred { shown.page.t("appeal-took-part") } else { overtaken(&shown) };
                let news = NotificationBanner::new(news);
                return Ok(render(&shown.page, &title, || {
                    show(&shown, &title, &typed, &problems, Some(news))
                }));
            }
            Err(error) => return Err(error.into()),
        }
    }
    shown.page = shown.page.failed();
    let title = shown.title();
    Ok(render(&shown.page, &title, || show(&shown, &title, &typed, &problems, None)))
}

/// Who changed it meanwhile, as far as the task tells.
fn overtaken(shown: &Shown) -> String {
    let Shown { page, actor, task, .. } = shown;
    match &task.holder_name {
        Some(name) if task.holder != actor.account() => {
            page.t_with("task-taken-first", &[("name", name.as_str().into())])
        }
        _ => page.t("task-changed"),
    }
}

fn check(shown: &Shown, typed: &Typed) -> Problems {
    let page = &shown.page;
    let mut problems = Problems::new();
    let hold = typed.hold.parse::<HoldReason>();
    let reason = match typed.act.as_str() {
        "hold" => Some(("hold-reason", &typed.reason, hold == Ok(HoldReason::Other))),
        "cancel" => Some(("cancel-reason", &typed.reason, true)),
        _ => None,
    };
    if typed.act == "hold" && hold.is_err() {
        problems.add("hold", page.t("task-hold-missing"));
    }
    if typed.act == "hold" {
        let days = typed.until().parse().map(|until| (until - shown.casework.today()).whole_days());
        if days.is_none_or(|days| !(1..=LONGEST_HOLD_DAYS).contains(&days)) {
            problems.add("until-day", page.t_with("task-until-wrong", &[("most", LONGEST_HOLD_DAYS.into())]));
        }
    }
    if let Some((field, reason, is_needed)) = reason {
        if is_needed && reason.trim().is_empty() {
            problems.add(field, page.t("task-reason-missing"));
        } else if reason.chars().count() > MOST {
            problems.add(field, page.t_with("field-too-long", &[("most", MOST.into())]));
        }
    }
    if typed.act == "call_off" && !NOT_SENT.contains(&typed.why.as_str()) {
        problems.add("why", page.t("sending-why-missing"));
    }
    if matches!(typed.act.as_str(), "assign" | "replace") && typed.to.is_empty() {
        problems.add("to", page.t("task-to-missing"));
    }
    if typed.instructions.chars().count() > MOST {
        problems.add("instructions", page.t_with("field-too-long", &[("most", MOST.into())]));
    }
    problems
}

/// Does what was asked; where to go then.
async fn act(shown: &Shown, typed: &Typed) -> Result<String, Error> {
    let Shown { casework, actor, task, .. } = shown;
    let id = task.id;
    let here = format!("/tasks/{}/{id}", task.household_id);
    if typed.act == "claim" {
        tasks::claim(casework, actor, id).await?;
        return Ok(format!("{here}?done=claim"));
    }
    if matches!(typed.act.as_str(), "send" | "call_off") {
        let referral = task.subject.id.into();
        if typed.act == "send" {
            referrals::send(casework, actor, task.household_id, referral).await?;
        } else {
            referrals::call_off(casework, actor, task.household_id, referral, &typed.why).await?;
        }
        return Ok(format!("/tasks?view=mine&done={}", typed.act));
    }
    let version: i64 = typed.version.parse().map_err(|_| Error::Stale)?;
    let to = || typed.to.parse::<StaffId>().map_err(|_| Error::Invalid("task.holder"));
    match typed.act.as_str() {
        "start" => tasks::start(casework, actor, id, version).await?,
        "hold" => {
            let hold = Hold {
                reason: typed.hold.parse().map_err(|_| Error::Invalid("reason.missing"))?,
                words: typed.reason.trim().to_owned(),
                until: typed.until().parse().ok_or(Error::Invalid("hold.until"))?,
            };
            tasks::hold(casework, actor, id, version, hold).await?;
        }
        "resume" => tasks::resume(casework, actor, id, version).await?,
        "assign" => tasks::assign(casework, actor, id, version, to()?).await?,
        "complete" => {
            tasks::complete(casework, actor, id, version).await?;
            return Ok("/tasks?view=mine&done=complete".into());
        }
        "cancel" => {
            tasks::cancel(casework, actor, id, version, typed.reason.trim().to_owned()).await?;
            return Ok("/tasks?view=team&done=cancel".into());
        }
        "back" | "replace" => {
            let to = if typed.act == "replace" { Some(to()?) } else { None };
            let new = tasks::replace(casework, actor, id, version, to, typed.instructions.trim().to_owned())
                .await?;
            return Ok(if typed.act == "back" {
                "/tasks?view=mine&done=replace".into()
            } else {
                format!("/tasks/{}/{new}?done=replace", task.household_id)
            });
        }
        _ => return Err(Error::Conflict(Conflict::State)),
    }
    Ok(format!("{here}?done={}", typed.act))
}

fn show(
    shown: &Shown,
    title: &str,
    typed: &Typed,
    problems: &Problems,
    news: Option<NotificationBanner>,
) -> AnyView {
    let Shown { page, task, .. } = shown;
    view! {
        {problems.summary()}
        {news}
        <h1 class="govuk-heading-l">{title.to_owned()}</h1>
        <p class="govuk-body">{page.t_of("task-about", &task.kind)}</p>
        {facts(shown)}
        {related(shown)}
        {referral(shown, typed, problems)}
        {steps(shown, typed, problems)}
        {handing(shown, typed, problems)}
    }
    .into_any()
}

/// The referral to be sent, and its buttons.
fn referral(shown: &Shown, typed: &Typed, problems: &Problems) -> Option<AnyView> {
    let Shown { page, task, casework, .. } = shown;
    let (to_send, pack) = (shown.to_send.as_ref()?, casework.pack().ok()?);
    let facts = sending::facts(page, &pack, to_send);
    let form = |act, inside| form(shown, act, inside);
    let steps = sending::steps(page, task.household_id, to_send, (&typed.why, problems), form);
    Some(view! { <h2 class="govuk-heading-m">{page.t("sending-title")}</h2> {facts} {steps} }.into_any())
}

fn facts(shown: &Shown) -> SummaryList {
    let Shown { page, actor, casework, task, .. } = shown;
    let pack = casework.pack().ok();
    let entry = pack.as_deref().and_then(|pack| casework::directory::stale::of_task(pack, &task.subject));
    let see = if let Some(code) = entry {
        Some((format!("/services/{code}/edit"), "work-see-place"))
    } else if let Some(late) = &task.late {
        clock_page(actor, &task.scope, task.household_id, (&late.kind, &late.subject))
    } else {
        // A change that came back is with who prepared it.
        let is_own = task.kind == "rework" && task.holder == actor.account();
        subject_page(actor, &task.scope, task.household_id, &task.subject, is_own)
    };
    let about =
        see.map(|(href, key)| Content::view(view! { <a class="govuk-link" href=href>{page.t(key)}</a> }));
    let state = view! {
        {page.t_of("task-state", task.state.code())} " " {pressing(page, task)} " " {woken(page, task)}
    };
    let mut list = SummaryList::new()
        .row(page.t("work-case"), case(page, actor, &task.scope, task.household_id, task.reference.as_ref()));
    if let Some(about) = about {
        list = list.row(page.t("task-subject"), about);
    }
    list = list
        .row(page.t("task-state"), Content::view(state))
        .row(page.t("task-due"), due(page, casework, task.due_at));
    let holder = match &task.holder_name {
        Some(name) => Content::view(view! { <bdi>{name.clone()}</bdi> }),
        None => page.t("task-state-open").into(),
    };
    list = list
        .row(page.t("task-holder"), holder)
        .row(page.t("task-queue"), place(page, pack.as_deref(), &task.scope));
    if !task.instructions.is_empty() {
        list = list.row(
            page.t("task-instructions"),
            Content::view(view! { <bdi>{task.instructions.clone()}</bdi> }),
        );
    }
    if !task.reason.is_empty() {
        let coded = task.hold.map(|hold| page.t_of("task-hold", hold.code()));
        let words = match task.reason.as_str() {
            CHILD | "replaced" => Some(page.t_of("task-reason-code", &task.reason)),
            code if task.hold.is_some_and(|hold| hold.code() == code) => None,
            typed => Some(typed.to_owned()),
        };
        let reason = view! { {coded} <div><bdi>{words}</bdi></div> };
        list = list.row(page.t("task-reason"), Content::view(reason));
    }
    if let Some(at) = task.wake_at {
        list = list.row(page.t("task-until"), day(page, casework.here(at)));
    }
    list.row(page.t("task-opened"), moment(page, casework.here(task.created_at)))
}

/// What waits for this task, and what it waits for.
fn related(shown: &Shown) -> Option<AnyView> {
    let Shown { page, around, .. } = shown;
    let one = |task: &Task| {
        let href = format!("/tasks/{}/{}", task.household_id, task.id);
        let state = Tag::new(page.t_of("task-state", task.state.code())).colour("grey");
        view! { <li><a class="govuk-link" href=href>{task_title(page, task)}</a> " " {state}</li> }.into_any()
    };
    let part = |key: &'static str, tasks: Vec<AnyView>| {
        (!tasks.is_empty()).then(|| {
            view! {
                <h2 class="govuk-heading-m">{page.t(key)}</h2>
                <ul class="govuk-list">{tasks}</ul>
            }
        })
    };
    let parent = part("task-parent", around.parent.iter().map(one).collect());
    let children = part("task-children", around.children.iter().map(one).collect());
    (parent.is_some() || children.is_some()).then(|| view! { {parent} {children} }.into_any())
}

/// A form of this page: which step, and the version that was read.
fn form(shown: &Shown, act: &'static str, inside: AnyView) -> AnyView {
    let task = &shown.task;
    view! {
        <form method="post" action=format!("/tasks/{}/{}", task.household_id, task.id) novalidate>
            <input type="hidden" name="act" value=act/>
            <input type="hidden" name="version" value=task.version.to_string()/>
            {inside}
        </form>
    }
    .into_any()
}

/// What its holder does, or who could take it.
fn steps(shown: &Shown, typed: &Typed, problems: &Problems) -> Vec<AnyView> {
    let page = &shown.page;
    let mut forms = Vec::new();
    let mut is_first = true;
    let plain = [
        (TaskEvent::Claim, "claim", "task-take"),
        (TaskEvent::Start, "start", "task-start"),
        (TaskEvent::Resume, "resume", "task-resume"),
        (TaskEvent::Complete, "complete", "task-complete"),
    ];
    for (event, act, key) in plain {
        if shown.offers(event) {
            let button = Button::new(page.t(key));
            let button = if is_first { button } else { button.secondary() };
            is_first = false;
            forms.push(form(shown, act, button.into_any()));
        }
    }
    if shown.offers(TaskEvent::Hold) {
        let is_open = typed.act == "hold";
        let codes = HoldReason::ALL.iter().map(|one| (one.code(), page.t_of("task-hold", one.code())));
        let code = Radios::new("hold", page.t("task-hold-reason"))
            .small()
            .items(codes)
            .value(&typed.hold)
            .error(problems.of("hold"));
        let until = typed.until().input("until", page.t("task-until")).error(problems.of("until-day"));
        let until = until.hint(page.t("task-until-hint"));
        let reason = Textarea::new("reason", page.t("task-hold-words"))
            .hint(page.t("task-hold-hint"))
            .rows(3)
            .value(if is_open { typed.reason.as_str() } else { "" })
            .error(problems.of("hold-reason"));
        let reason = Textarea { id: Some("hold-reason".into()), ..reason };
        let inside = view! { {code} {until} {reason} {Button::new(page.t("task-hold")).secondary()} };
        forms.push(folded(page, "task-hold", is_open, form(shown, "hold", inside.into_any())));
    }
    if shown.offers(TaskEvent::Replace) && shown.task.holder == shown.actor.account() {
        let inside = view! {
            <p class="govuk-body">{page.t("task-back-text")}</p>
            {Button::new(page.t("task-back")).secondary()}
        };
        forms.push(folded(page, "task-back", false, form(shown, "back", inside.into_any())));
    }
    forms
}

/// What who assigns work does: give it to somebody, or drop it.
fn handing(shown: &Shown, typed: &Typed, problems: &Problems) -> Vec<AnyView> {
    let page = &shown.page;
    let mut forms = Vec::new();
    // An open task is given; one that somebody has is replaced, so that who had it stays readable.
    let act = if shown.offers(TaskEvent::Assign) { "assign" } else { "replace" };
    let others = shown.able.iter().filter(|(id, _)| Some(*id) != shown.task.holder);
    let others: Vec<(String, String)> = others.map(|(id, name)| (id.to_string(), name.clone())).collect();
    if !others.is_empty() {
        let is_open = typed.act == act;
        let to = Select::new("to", page.t("task-to"))
            .item("", page.t("staff-choose"))
            .items(others)
            .value(&typed.to)
            .error(problems.of("to"));
        let instructions = (act == "replace").then(|| {
            Textarea::new("instructions", page.t("task-instructions"))
                .hint(page.t("task-instructions-hint"))
                .rows(3)
                .value(&typed.instructions)
                .error(problems.of("instructions"))
        });
        let inside = view! { {to} {instructions} {Button::new(page.t("task-give")).secondary()} };
        forms.push(folded(page, "task-give", is_open, form(shown, act, inside.into_any())));
    }
    if shown.offers(TaskEvent::Cancel) {
        let is_open = typed.act == "cancel";
        let reason = Textarea::new("reason", page.t("task-cancel-reason"))
            .rows(3)
            .value(if is_open { typed.reason.as_str() } else { "" })
            .error(problems.of("cancel-reason"));
        let reason = Textarea { id: Some("cancel-reason".into()), ..reason };
        let inside = view! { {reason} {Button::new(page.t("task-cancel")).warning()} };
        forms.push(folded(page, "task-cancel", is_open, form(shown, "cancel", inside.into_any())));
    }
    forms
}

fn folded(page: &Page, key: &str, open: bool, inside: AnyView) -> AnyView {
    let mut details = Details::new(page.t(key), inside);
    details.open = open;
    details.into_any()
}

#[cfg(test)]
mod tests;
