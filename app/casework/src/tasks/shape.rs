//! The shapes of a task: to be opened, as it is read, and its row.

use domain::ids::{HouseholdId, StaffId, TaskId};
use domain::reference::Reference;
use domain::role::{Right, Scope};
use domain::task::{HoldReason, Priority, TaskState};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::subject::{Subject, stored_reference, stored_scope};

/// A task to be opened.
#[derive(Debug, Clone)]
pub struct NewTask {
    /// Whose case; the nil id when it is nobody's.
    pub household_id: HouseholdId,
    /// What is to be done: `approve`, `visit`, … ; its words are `task.<kind>`.
    pub kind: String,
    /// What it is about.
    pub subject: Subject,
    /// Whose queue it lies in.
    pub scope: Scope,
    /// The right that one must have there to take it.
    pub needs: Right,
    /// How pressing.
    pub priority: Priority,
    /// By when.
    pub due_at: OffsetDateTime,
    /// What to look at; may be empty.
    pub instructions: String,
}

/// A task as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Whose case.
    pub household_id: HouseholdId,
    /// The case's reference; none for work that is nobody's case.
    pub reference: Option<Reference>,
    /// Id.
    pub id: TaskId,
    /// What is to be done.
    pub kind: String,
    /// What it is about.
    pub subject: Subject,
    /// The clock that ran out, when the task is about one.
    pub late: Option<Late>,
    /// Whose queue.
    pub scope: Scope,
    /// Right needed to take it.
    pub needs: Right,
    /// Where it stands.
    pub state: TaskState,
    /// Who has it.
    pub holder: Option<StaffId>,
    /// Name of who has it.
    pub holder_name: Option<String>,
    /// How pressing.
    pub priority: Priority,
    /// By when.
    pub due_at: OffsetDateTime,
    /// What to look at.
    pub instructions: String,
    /// Why on hold or cancelled, in words or as a code of the service.
    pub reason: String,
    /// What its holder put it on hold for.
    pub hold: Option<HoldReason>,
    /// Until when it sleeps.
    pub wake_at: Option<OffsetDateTime>,
    /// Since when it is awake again, until its holder goes on with it.
    pub woken_at: Option<OffsetDateTime>,
    /// The task that waits for this one.
    pub parent_id: Option<TaskId>,
    /// The task that this one replaces.
    pub replaces: Option<TaskId>,
    /// When opened.
    pub created_at: OffsetDateTime,
    /// When taken: waiting is created → assigned.
    pub assigned_at: Option<OffsetDateTime>,
    /// When ended: handling is assigned → ended.
    pub ended_at: Option<OffsetDateTime>,
    /// Version for the next change.
    pub version: i64,
}

/// What a clock that ran out was about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Late {
    /// The kind of clock: `decide`, `hearing`, …
    pub kind: String,
    /// What it waited for.
    pub subject: Subject,
}

#[derive(sqlx::FromRow)]
pub(super) struct TaskRow {
    household_id: Uuid,
    reference: Option<String>,
    id: Uuid,
    kind: String,
    subject_kind: String,
    subject_id: Uuid,
    clock_kind: Option<String>,
    clock_subject_kind: Option<String>,
    clock_subject_id: Option<Uuid>,
    scope_kind: String,
    scope_code: String,
    needs: String,
    #[sqlx(try_from = "String")]
    state: TaskState,
    holder: Option<Uuid>,
    holder_name: Option<String>,
    priority: i64,
    due_at: OffsetDateTime,
    instructions: String,
    reason: String,
    hold_code: String,
    wake_at: Option<OffsetDateTime>,
    woken_at: Option<OffsetDateTime>,
    parent_id: Option<Uuid>,
    replaces: Option<Uuid>,
    created_at: OffsetDateTime,
    assigned_at: Option<OffsetDateTime>,
    ended_at: Option<OffsetDateTime>,
    version: i64,
}

impl TryFrom<TaskRow> for Task {
    type Error = Error;
    fn try_from(row: TaskRow) -> Result<Self> {
        Ok(Self {
            household_id: HouseholdId::new(row.household_id),
            reference: stored_reference(row.reference)?,
            id: TaskId::new(row.id),
            kind: row.kind,
            subject: Subject { kind: row.subject_kind, id: row.subject_id },
            late: match (row.clock_kind, row.clock_subject_kind, row.clock_subject_id) {
                (Some(clock), Some(kind), Some(id)) => {
                    Some(Late { kind: clock, subject: Subject { kind, id } })
                }
                _ => None,
            },
            scope: stored_scope(&row.scope_kind, &row.scope_code)?,
            needs: row.needs.parse().map_err(Error::internal)?,
            state: row.state,
            holder: row.holder.map(StaffId::new),
            holder_name: row.holder_name,
            priority: usize::try_from(row.priority)
                .ok()
                .and_then(|rank| Priority::ALL.get(rank).copied())
                .ok_or_else(|| Error::internal("a stored priority cannot be read"))?,
            due_at: row.due_at,
            instructions: row.instructions,
            reason: row.reason,
            hold: row.hold_code.parse().ok(),
            wake_at: row.wake_at,
            woken_at: row.woken_at,
            parent_id: row.parent_id.map(TaskId::new),
            replaces: row.replaces.map(TaskId::new),
            created_at: row.created_at,
            assigned_at: row.assigned_at,
            ended_at: row.ended_at,
            version: row.version,
        })
    }
}

/// The columns of [`TaskRow`], who holds it, whose case it is, and the clock it is about.
macro_rules! task_query {
    ($rest:literal) => {
        concat!(
            "SELECT task.household_id,
                    (SELECT household.reference FROM household WHERE household.household_id = task.household_id) AS reference,
                    task.id, task.kind, task.subject_kind, task.subject_id, clock.kind AS clock_kind,
                    clock.subject_kind AS clock_subject_kind, clock.subject_id AS clock_subject_id,
                    task.scope_kind, task.scope_code, task.needs, task.state, task.holder, staff.name AS holder_name, task.priority,
                    task.due_at, task.instructions, task.reason, task.hold_code, task.wake_at,
                    task.woken_at, task.parent_id, task.replaces, task.created_at,
                    task.assigned_at, task.ended_at, task.version
             FROM task LEFT JOIN staff ON staff.id = task.holder
                  LEFT JOIN clock ON task.subject_kind = 'clock' AND clock.household_id = task.household_id
                       AND clock.id = task.subject_id ",
            $rest
        )
    };
}
pub(super) use task_query;

/// The place of a priority in the order of lists; as it is stored.
pub(super) fn rank(priority: Priority) -> u8 {
    match priority {
        Priority::Urgent => 0,
        Priority::High => 1,
        Priority::Normal => 2,
    }
}
