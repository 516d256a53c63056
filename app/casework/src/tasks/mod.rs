//! Tasks: someone should do this. Opened inside the unit of work that makes them necessary, taken by who has the right in
//! the queue's scope, ended with what they were about.
//!
//! The table of steps is `domain::task`. To give a feature work for people: `tasks::open(tx, actor, NewTask { … })` where
//! it arises, and `tasks::complete_about(tx, actor, household, &subject)` where it is done. Lists are in [`lists`], waiting
//! until a day in [`hold`], giving many at once in [`bulk`].

mod bulk;
mod hold;
pub mod lists;
mod moving;
mod shape;

pub use bulk::{Given, Line, MOST_AT_ONCE, Outcome, Plan, WhyNot, give, share_out};
use domain::ids::{HouseholdId, StaffId, TaskId};
use domain::lifecycle::{By, Guard, Lifecycle, advance, offers};
use domain::role::Right;
use domain::task::{HoldReason, TaskEvent, TaskState};
pub(crate) use hold::ring;
pub use hold::{Hold, hold};
pub use lists::{
    Count, Counts, Cursor, Filter, Order, Page, Standing, available, counts, mine, of_household, team,
};
pub(crate) use moving::hand_over;
pub use shape::{Late, NewTask, Task};
use shape::{TaskRow, rank, task_query};
use time::OffsetDateTime;

use crate::db::Tx;
use crate::error::{Conflict, Error, Result};
use crate::journal::{self, Event};
use crate::subject::{Subject, chain};
use crate::{Actor, Casework, appeals, args, staff};

/// Why a task waits that waits for another.
pub const CHILD: &str = "child_task";
/// The noun of a task, as subject of the clock that wakes it.
pub(crate) const SUBJECT: &str = "task";

/// What changes at a step.
struct Change {
    event: TaskEvent,
    by: By,
    guards: &'static [Guard],
    holder: Option<StaffId>,
    reason: String,
    /// What it waits for, and until when it sleeps.
    sleep: Option<(HoldReason, OffsetDateTime)>,
    /// The day until which it slept has come.
    is_woken: bool,
}

impl Change {
    /// A step that changes nothing but the state.
    fn new(event: TaskEvent, by: By, task: &Task) -> Self {
        Self {
            event,
            by,
            guards: &[],
            holder: task.holder,
            reason: String::new(),
            sleep: None,
            is_woken: false,
        }
    }

    /// The same, for a reason.
    fn because(self, reason: &str) -> Self {
        Self { guards: given(reason), reason: reason.to_owned(), ..self }
    }
}

/// Opens a task in its queue.
pub async fn open(tx: &mut Tx, actor: &Actor, new: NewTask) -> Result<TaskId> {
    insert(tx, actor, new, None, None, None).await
}

/// Opens a task that is somebody's from the start: work that comes back to who did it before.
pub async fn open_for(tx: &mut Tx, actor: &Actor, new: NewTask, holder: StaffId) -> Result<TaskId> {
    insert(tx, actor, new, None, None, Some(holder)).await
}

/// Opens a task that `parent` waits for: the parent goes on hold, and is taken up again when its last child ends.
pub async fn open_child(tx: &mut Tx, actor: &Actor, parent: TaskId, new: NewTask) -> Result<TaskId> {
    let task = find(tx, parent).await?;
    if task.state != TaskState::OnHold {
        let by = holders_hand(actor, &task)?;
        let change = Change::new(TaskEvent::Hold, by, &task).because(CHILD);
        step(tx, actor, &task, change).await?;
    }
    insert(tx, actor, new, Some(parent), None, None).await
}

/// Takes a task from its queue. Of two at once one gets it; the other is told `Conflict(Held)`.
pub async fn claim(cw: &Casework, actor: &Actor, id: TaskId) -> Result<()> {
    let cw = &cw.acting(actor);
    let actor = actor.clone();
    cw.write(async move |tx| {
        let me = actor.account().ok_or(Error::Forbidden)?;
        let task = find(tx, id).await?;
        let by = actor.hand(task.needs, &task.scope)?;
        crate::complaints::apart::free_for(tx, &actor, &task).await?;
        if task.holder.is_some() {
            return Err(Error::Conflict(Conflict::Held));
        }
        appeals::apart::free_for(tx, &actor, &task).await?;
        let change = Change { holder: Some(me), ..Change::new(TaskEvent::Claim, by, &task) };
        step(tx, &actor, &task, change).await
    })
    .await
}

/// A supervisor gives a task to somebody who has the right for it.
pub async fn assign(cw: &Casework, actor: &Actor, id: TaskId, version: i64, to: StaffId) -> Result<()> {
    let cw = &cw.acting(actor);
    let actor = actor.clone();
    cw.write(async move |tx| {
        let task = find_version(tx, id, version).await?;
        assign_in(tx, &actor, &task, to).await
    })
    .await
}

async fn assign_in(tx: &mut Tx, actor: &Actor, task: &Task, to: StaffId) -> Result<()> {
    let by = actor.hand(Right::AssignTasks, &task.scope)?;
    require_able(tx, to, task).await?;
    let change = Change { holder: Some(to), ..Change::new(TaskEvent::Assign, by, task) };
    step(tx, actor, task, change).await
}

/// The holder begins.
pub async fn start(cw: &Casework, actor: &Actor, id: TaskId, version: i64) -> Result<()> {
    holders_step(cw, actor, id, version, TaskEvent::Start).await
}

/// What it waited for has come.
pub async fn resume(cw: &Casework, actor: &Actor, id: TaskId, version: i64) -> Result<()> {
    holders_step(cw, actor, id, version, TaskEvent::Resume).await
}

/// Done. Work that ends with something else done in the system uses [`complete_about`] in that unit of work.
pub async fn complete(cw: &Casework, actor: &Actor, id: TaskId, version: i64) -> Result<()> {
    holders_step(cw, actor, id, version, TaskEvent::Complete).await
}

/// A supervisor drops a task, and says why.
pub async fn cancel(cw: &Casework, actor: &Actor, id: TaskId, version: i64, reason: String) -> Result<()> {
    let cw = &cw.acting(actor);
    let actor = actor.clone();
    cw.write(async move |tx| {
        let task = find_version(tx, id, version).await?;
        let by = actor.hand(Right::AssignTasks, &task.scope)?;
        if ends_elsewhere(&task) {
            return Err(Error::Conflict(Conflict::State));
        }
        let change = Change::new(TaskEvent::Cancel, by, &task).because(&reason);
        step(tx, &actor, &task, change).await?;
        wake_parent(tx, &task).await
    })
    .await
}

/// Hands a task to another (a supervisor), or back to the queue (`to` = `None`; also its holder): the task is cancelled and
/// a new one carries what it was about, so that who had it and for how long stays readable.
pub async fn replace(
    cw: &Casework,
    actor: &Actor,
    id: TaskId,
    version: i64,
    to: Option<StaffId>,
    instructions: String,
) -> Result<TaskId> {
    let cw = &cw.acting(actor);
    let actor = actor.clone();
    cw.write(async move |tx| {
        let task = find_version(tx, id, version).await?;
        replace_in(tx, &actor, task, to, &instructions).await
    })
    .await
}

async fn replace_in(
    tx: &mut Tx,
    actor: &Actor,
    task: Task,
    to: Option<StaffId>,
    instructions: &str,
) -> Result<TaskId> {
    let by = match to {
        None => holders_hand(actor, &task)?,
        Some(_) => actor.hand(Right::AssignTasks, &task.scope)?,
    };
    if let Some(to) = to {
        require_able(tx, to, &task).await?;
    }
    let change = Change {
        guards: &[Guard::ReplacementMade],
        reason: "replaced".into(),
        ..Change::new(TaskEvent::Replace, by, &task)
    };
    step(tx, actor, &task, change).await?;
    let kept = if instructions.trim().is_empty() { task.instructions } else { instructions.to_owned() };
    let new = NewTask {
        household_id: task.household_id,
        kind: task.kind,
        subject: task.subject,
        scope: task.scope,
        needs: task.needs,
        priority: task.priority,
        due_at: task.due_at,
        instructions: kept,
    };
    let replacement = insert(tx, actor, new, task.parent_id, Some(task.id), to).await?;
    tx.run(
        "UPDATE task SET parent_id = $1 WHERE household_id = $2 AND parent_id = $3",
        args![replacement, task.household_id, task.id],
    )
    .await?;
    Ok(replacement)
}

/// Completes every live task about a subject, because the matter is done; how many.
pub async fn complete_about(
    tx: &mut Tx,
    actor: &Actor,
    household: HouseholdId,
    subject: &Subject,
) -> Result<usize> {
    end_about(tx, actor, household, subject, TaskEvent::Complete, String::new()).await
}

/// Cancels every live task about a subject, because there is nothing left to do; how many.
pub async fn cancel_about(
    tx: &mut Tx,
    actor: &Actor,
    household: HouseholdId,
    subject: &Subject,
    reason: &str,
) -> Result<usize> {
    end_about(tx, actor, household, subject, TaskEvent::Cancel, reason.to_owned()).await
}

/// One task, for its page. `NotFound` when there is none or the actor may neither take nor assign it. Holding it is not
/// enough: who has moved to another office no longer sees the cases of the old one.
pub async fn task(cw: &Casework, actor: &Actor, id: TaskId) -> Result<Task> {
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    let task = find(&mut view, id).await?;
    if actor.may_in(task.needs, &task.scope) || actor.may_in(Right::AssignTasks, &task.scope) {
        Ok(task)
    } else {
        Err(Error::NotFound)
    }
}

/// The tasks around one: what waits for it, and what it waits for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Around {
    /// What waits for it.
    pub parent: Option<Task>,
    /// What it waits for or waited for, the oldest first.
    pub children: Vec<Task>,
}

/// The tasks around one, of those that the actor may see.
pub async fn around(cw: &Casework, actor: &Actor, task: &Task) -> Result<Around> {
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    let sees =
        |one: &Task| actor.may_in(one.needs, &one.scope) || actor.may_in(Right::AssignTasks, &one.scope);
    let parent = match task.parent_id {
        Some(id) => {
            let row: Option<TaskRow> = view.one(task_query!("WHERE task.id = $1"), args![id]).await?;
            row.map(Task::try_from).transpose()?.filter(sees)
        }
        None => None,
    };
    let rows: Vec<TaskRow> = view
        .all(
            task_query!(
                "WHERE task.household_id = $1 AND task.parent_id = $2 AND task.parent_id IS NOT NULL
                 ORDER BY task.id LIMIT 50"
            ),
            args![task.household_id, task.id],
        )
        .await?;
    let children = rows.into_iter().map(Task::try_from).collect::<Result<Vec<_>>>()?;
    Ok(Around { parent, children: children.into_iter().filter(sees).collect() })
}

/// What the actor may do with the task as it is now: what its page offers.
pub fn steps(actor: &Actor, task: &Task) -> Vec<TaskEvent> {
    let hands = |right| actor.hand(right, &task.scope).ok();
    let takes = hands(task.needs);
    let holds = holders_hand(actor, task).ok();
    let assigns = hands(Right::AssignTasks);
    TaskEvent::ALL
        .iter()
        .copied()
        .filter(|event| {
            let by = match event {
                TaskEvent::Claim => takes,
                TaskEvent::Assign | TaskEvent::Cancel => assigns,
                TaskEvent::Start
                | TaskEvent::Hold
                | TaskEvent::Resume
                | TaskEvent::Complete
                | TaskEvent::Replace => holds,
            };
            let ends = matches!(event, TaskEvent::Complete | TaskEvent::Cancel);
            by.is_some_and(|by| offers(task.state, by).any(|offered| offered == *event))
                && !(ends && ends_elsewhere(task))
        })
        .collect()
}

/// A task that ends only with what it is about: a proposal is decided, a referral sent or called off, a complaint or a plan
/// for work taken a step further, not ticked off.
fn ends_elsewhere(task: &Task) -> bool {
    [
        crate::proposals::SUBJECT,
        crate::referrals::SUBJECT,
        appeals::SUBJECT,
        crate::complaints::SUBJECT,
        crate::employment::SUBJECT,
    ]
    .contains(&task.subject.kind.as_str())
}

/// Who could be given the task: accounts that may sign in and have the right it needs in its scope, by name.
/// `Forbidden` for who does not assign work there.
pub async fn able(cw: &Casework, actor: &Actor, task: &Task) -> Result<Vec<(StaffId, String)>> {
    let cw = &cw.acting(actor);
    actor.require(Right::AssignTasks, &task.scope)?;
    let mut view = cw.db.read().await?;
    let near: Vec<(StaffId, String)> = staff::of_scope(&mut view, &task.scope).await?;
    let mut able = Vec::new();
    for (id, name) in near {
        if require_able(&mut view, id, task).await.is_ok() {
            able.push((id, name));
        }
    }
    Ok(able)
}

/// The live tasks about a subject go before other work; how many.
pub(crate) async fn press_about(tx: &mut Tx, household: HouseholdId, subject: &Subject) -> Result<u64> {
    tx.run(
        "UPDATE task SET priority = $1, version = version + 1 WHERE household_id = $2 AND subject_kind = $3
         AND subject_id = $4 AND priority > $1 AND state IN ('open', 'assigned', 'in_progress', 'on_hold')",
        args![rank(domain::task::Priority::Urgent), household, &subject.kind, subject.id],
    )
    .await
}

async fn end_about(
    tx: &mut Tx,
    actor: &Actor,
    household: HouseholdId,
    subject: &Subject,
    event: TaskEvent,
    reason: String,
) -> Result<usize> {
    let rows: Vec<TaskRow> = tx
        .all(
            task_query!(
                "WHERE task.household_id = $1 AND task.subject_kind = $2 AND task.subject_id = $3
                 AND task.state IN ('open', 'assigned', 'in_progress', 'on_hold') ORDER BY task.id"
            ),
            args![household, &subject.kind, subject.id],
        )
        .await?;
    let count = rows.len();
    for row in rows {
        let mut task = Task::try_from(row)?;
        if task.state == TaskState::OnHold && event == TaskEvent::Complete {
            let change = Change::new(TaskEvent::Resume, By::System, &task);
            step(tx, actor, &task, change).await?;
            task = find(tx, task.id).await?;
        }
        let change = Change::new(event, By::System, &task).because(&reason);
        step(tx, actor, &task, change).await?;
        wake_parent(tx, &task).await?;
    }
    Ok(count)
}

async fn holders_step(
    cw: &Casework,
    actor: &Actor,
    id: TaskId,
    version: i64,
    event: TaskEvent,
) -> Result<()> {
    let cw = &cw.acting(actor);
    let actor = actor.clone();
    cw.write(async move |tx| {
        let task = find_version(tx, id, version).await?;
        let by = holders_hand(&actor, &task)?;
        if event == TaskEvent::Complete && ends_elsewhere(&task) {
            return Err(Error::Conflict(Conflict::State));
        }
        step(tx, &actor, &task, Change::new(event, by, &task)).await?;
        if event == TaskEvent::Complete { wake_parent(tx, &task).await } else { Ok(()) }
    })
    .await
}

/// The hand of whoever acts on a task that is held: its holder, or who assigns work there.
fn holders_hand(actor: &Actor, task: &Task) -> Result<By> {
    if actor.account().is_some() && actor.account() == task.holder {
        actor.hand(task.needs, &task.scope)
    } else {
        actor.hand(Right::AssignTasks, &task.scope)
    }
}

fn given(reason: &str) -> &'static [Guard] {
    if reason.trim().is_empty() { &[] } else { &[Guard::ReasonGiven] }
}

/// Whether somebody may have this task: has the right it needs there, and may look at what it is about.
async fn require_able(tx: &mut Tx, to: StaffId, task: &Task) -> Result<()> {
    match staff::actor_in(tx, to).await? {
        Some(one) => is_able(tx, &one, task).await,
        None => Err(Error::Invalid("task.holder")),
    }
}

async fn is_able(tx: &mut Tx, one: &Actor, task: &Task) -> Result<()> {
    if !one.may_in(task.needs, &task.scope) {
        return Err(Error::Invalid("task.holder"));
    }
    appeals::apart::free_for(tx, one, task).await?;
    crate::complaints::apart::free_for(tx, one, task).await
}

async fn find(tx: &mut Tx, id: TaskId) -> Result<Task> {
    let row: Option<TaskRow> = tx.one(task_query!("WHERE task.id = $1"), args![id]).await?;
    row.ok_or(Error::NotFound)?.try_into()
}

async fn find_version(tx: &mut Tx, id: TaskId, version: i64) -> Result<Task> {
    let task = find(tx, id).await?;
    if task.version == version { Ok(task) } else { Err(Error::Stale) }
}

/// The last child ended: its parent goes on.
async fn wake_parent(tx: &mut Tx, child: &Task) -> Result<()> {
    let Some(parent) = child.parent_id else { return Ok(()) };
    let parent = find(tx, parent).await?;
    // One that sleeps until a day sleeps on.
    let sleeps = parent.wake_at.is_some_and(|until| until > tx.now());
    if parent.state != TaskState::OnHold || sleeps || has_children(tx, &parent).await? {
        return Ok(());
    }
    let change = Change::new(TaskEvent::Resume, By::System, &parent);
    step(tx, &Actor::system(), &parent, change).await
}

/// Whether a task still waits for another.
async fn has_children(tx: &mut Tx, parent: &Task) -> Result<bool> {
    let one: Option<i64> = tx
        .value(
            "SELECT CAST(1 AS BIGINT) FROM task WHERE household_id = $1 AND parent_id = $2
             AND state IN ('open', 'assigned', 'in_progress', 'on_hold') LIMIT 1",
            args![parent.household_id, parent.id],
        )
        .await?;
    Ok(one.is_some())
}

async fn step(tx: &mut Tx, actor: &Actor, task: &Task, change: Change) -> Result<()> {
    let to = advance(task.state, change.event, change.by, change.guards)?.to;
    let ended_at = to.is_final().then_some(tx.now());
    let assigned_at = task.assigned_at.or_else(|| change.holder.map(|_| tx.now()));
    let (hold, wake_at) = change.sleep.unzip();
    tx.run_one(
        "UPDATE task SET state = $1, holder = $2, reason = $3, assigned_at = $4, ended_at = $5, hold_code = $6,
                wake_at = $7, woken_at = $8, version = version + 1
         WHERE household_id = $9 AND id = $10 AND version = $11",
        args![
            to.code(),
            change.holder,
            &change.reason,
            assigned_at,
            ended_at,
            hold.map_or("", HoldReason::code),
            wake_at,
            change.is_woken.then_some(tx.now()),
            task.household_id,
            task.id,
            task.version
        ],
    )
    .await?;
    let event = Event::new("task.stepped")
        .id("task", task.id)
        .code("kind", &task.kind)
        .code("event", change.event.code())
        .code("state", to.code());
    journal::append(tx, actor, chain(task.household_id.uuid()), event).await?;
    if task.wake_at.is_some() && !change.is_woken {
        hold::stop_clock(tx, actor, task).await?;
    }
    Ok(())
}

async fn insert(
    tx: &mut Tx,
    actor: &Actor,
    new: NewTask,
    parent: Option<TaskId>,
    replaces: Option<TaskId>,
    holder: Option<StaffId>,
) -> Result<TaskId> {
    let id: TaskId = tx.new_id();
    let state = if holder.is_some() { TaskState::Assigned } else { TaskState::FIRST };
    tx.run(
        "INSERT INTO task (household_id, id, kind, subject_kind, subject_id, scope_kind, scope_code, needs, state,
                           holder, priority, due_at, instructions, parent_id, replaces, created_at, created_by,
                           assigned_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
        args![
            new.household_id,
            id,
            &new.kind,
            &new.subject.kind,
            new.subject.id,
            new.scope.kind(),
            new.scope.code().unwrap_or_default(),
            new.needs.code(),
            state.code(),
            holder,
            rank(new.priority),
            new.due_at,
            &new.instructions,
            parent,
            replaces,
            tx.now(),
            actor.account(),
            holder.map(|_| tx.now()),
        ],
    )
    .await?;
    let event = Event::new("task.opened")
        .id("task", id)
        .code("kind", &new.kind)
        .code("subject", &new.subject.kind)
        .id("subject_id", new.subject.id);
    journal::append(tx, actor, chain(new.household_id.uuid()), event).await?;
    Ok(id)
}

#[cfg(test)]
mod tests;
