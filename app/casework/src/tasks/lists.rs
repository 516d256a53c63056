//! Lists of tasks: my work, what I could take, and a team's work; the most pressing first, in pages by key.
//!
//! A list asks one query per grant, since each kind of scope has its own index, and merges: an officer has one or two.

use std::fmt;
use std::str::FromStr;

use domain::ids::HouseholdId;
use domain::role::{Right, Scope};
use time::OffsetDateTime;
use time::macros::datetime;
use uuid::Uuid;

use super::Task;
use super::shape::{TaskRow, rank, task_query};
use crate::db::{Arg, Tx};
use crate::error::{Error, Result};
use crate::{Actor, Casework, args};

/// At most so many on a page.
const AT_MOST: usize = 200;

/// Where the next page begins. Its text is for a link: `2.1793606400.<id>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    rank: i64,
    due_at: OffsetDateTime,
    id: Uuid,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.rank, self.due_at.unix_timestamp(), self.id)
    }
}

impl FromStr for Cursor {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        let read = || {
            let mut parts = text.splitn(3, '.');
            let rank = parts.next()?.parse().ok()?;
            let due_at = OffsetDateTime::from_unix_timestamp(parts.next()?.parse().ok()?).ok()?;
            Some(Self { rank, due_at, id: Uuid::try_parse(parts.next()?).ok()? })
        };
        read().ok_or(Error::Invalid("cursor"))
    }
}

/// Which tasks of a list are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// Of this kind; empty for all.
    pub kind: String,
    /// Due by then.
    pub due_by: OffsetDateTime,
    /// Only those that nobody has taken.
    pub unassigned: bool,
}

impl Default for Filter {
    /// All.
    fn default() -> Self {
        Self { kind: String::new(), due_by: datetime!(9999-12-31 0:00 UTC), unassigned: false }
    }
}

/// One page of tasks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The tasks.
    pub tasks: Vec<Task>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<Cursor>,
}

/// What the actor holds, where they still work: see [`task`](super::task).
pub async fn mine(
    cw: &Casework,
    actor: &Actor,
    filter: &Filter,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page> {
    let cw = &cw.acting(actor);
    let me = actor.account().ok_or(Error::Forbidden)?;
    let limit = limit.min(AT_MOST);
    let rows: Vec<TaskRow> = cw
        .db
        .all(
            task_query!(
                "WHERE task.holder = $1 AND task.state IN ('assigned', 'in_progress', 'on_hold')
                 AND (task.priority, task.due_at, task.id) > ($2, $3, $4)
                 AND ($6 = '' OR task.kind = $6) AND task.due_at <= $7 AND (NOT $8 OR task.state = 'open')
                 ORDER BY task.priority, task.due_at, task.id LIMIT $5"
            ),
            keyed(args![me], filter, after, limit),
        )
        .await?;
    let mut page = page(rows, limit)?;
    let sees = |right: Right, task: &Task| actor.may_in(right, &task.scope);
    page.tasks.retain(|task| sees(task.needs, task) || sees(Right::AssignTasks, task));
    Ok(page)
}

/// What lies open in the queues that the actor may take from.
pub async fn available(
    cw: &Casework,
    actor: &Actor,
    filter: &Filter,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page> {
    let cw = &cw.acting(actor);
    let limit = limit.min(AT_MOST);
    let mut rows = Vec::new();
    for grant in &actor.grants {
        for right in grant.role.rights() {
            if !may_queue(*right) {
                continue;
            }
            let (sql, mut args) = match &grant.scope {
                Scope::National => (
                    task_query!(
                        "WHERE task.state = 'open' AND task.needs = $1
                         AND (task.priority, task.due_at, task.id) > ($2, $3, $4)
                         AND ($6 = '' OR task.kind = $6) AND task.due_at <= $7 AND (NOT $8 OR task.state = 'open')
                         ORDER BY task.priority, task.due_at, task.id LIMIT $5"
                    ),
                    args![],
                ),
                Scope::Agency(code) => (
                    task_query!(
                        "WHERE task.state = 'open' AND task.needs = $2
                         AND (task.scope_kind = 'agency' AND task.scope_code = $1 OR task.scope_kind = 'office'
                              AND task.scope_code IN (SELECT code FROM office WHERE agency = $1))
                         AND (task.priority, task.due_at, task.id) > ($3, $4, $5)
                         AND ($7 = '' OR task.kind = $7) AND task.due_at <= $8 AND (NOT $9 OR task.state = 'open')
                         ORDER BY task.priority, task.due_at, task.id LIMIT $6"
                    ),
                    args![code],
                ),
                scope @ (Scope::Office(code) | Scope::Provider(code)) => (
                    task_query!(
                        "WHERE task.state = 'open' AND task.scope_kind = $1 AND task.scope_code = $2
                         AND task.needs = $3 AND (task.priority, task.due_at, task.id) > ($4, $5, $6)
                         AND ($8 = '' OR task.kind = $8) AND task.due_at <= $9 AND (NOT $10 OR task.state = 'open')
                         ORDER BY task.priority, task.due_at, task.id LIMIT $7"
                    ),
                    args![scope.kind(), code],
                ),
            };
            args.push(Arg::from(right.code()));
            rows.extend(cw.db.all::<TaskRow>(sql, keyed(args, filter, after, limit)).await?);
        }
    }
    page(rows, limit)
}

/// Everything live in the scopes where the actor assigns work.
pub async fn team(
    cw: &Casework,
    actor: &Actor,
    filter: &Filter,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page> {
    let cw = &cw.acting(actor);
    actor.require_anywhere(Right::AssignTasks)?;
    let limit = limit.min(AT_MOST);
    let mut rows = Vec::new();
    for scope in actor.scopes(Right::AssignTasks) {
        let (sql, args) = match scope {
            Scope::National => (
                task_query!(
                    "WHERE task.state IN ('open', 'assigned', 'in_progress', 'on_hold')
                     AND (task.priority, task.due_at, task.id) > ($1, $2, $3)
                     AND ($5 = '' OR task.kind = $5) AND task.due_at <= $6 AND (NOT $7 OR task.state = 'open')
                     ORDER BY task.priority, task.due_at, task.id LIMIT $4"
                ),
                args![],
            ),
            Scope::Agency(code) => (
                task_query!(
                    "WHERE task.state IN ('open', 'assigned', 'in_progress', 'on_hold')
                     AND (task.scope_kind = 'agency' AND task.scope_code = $1 OR task.scope_kind = 'office'
                          AND task.scope_code IN (SELECT code FROM office WHERE agency = $1))
                     AND (task.priority, task.due_at, task.id) > ($2, $3, $4)
                     AND ($6 = '' OR task.kind = $6) AND task.due_at <= $7 AND (NOT $8 OR task.state = 'open')
                     ORDER BY task.priority, task.due_at, task.id LIMIT $5"
                ),
                args![code],
            ),
            scope @ (Scope::Office(code) | Scope::Provider(code)) => (
                task_query!(
                    "WHERE task.state IN ('open', 'assigned', 'in_progress', 'on_hold')
                     AND task.scope_kind = $1 AND task.scope_code = $2
                     AND (task.priority, task.due_at, task.id) > ($3, $4, $5)
                     AND ($7 = '' OR task.kind = $7) AND task.due_at <= $8 AND (NOT $9 OR task.state = 'open')
                     ORDER BY task.priority, task.due_at, task.id LIMIT $6"
                ),
                args![scope.kind(), code],
            ),
        };
        rows.extend(cw.db.all::<TaskRow>(sql, keyed(args, filter, after, limit)).await?);
    }
    page(rows, limit)
}

/// All tasks of a household, the newest first, for its file. The use case that shows the file checks who may.
pub async fn of_household(tx: &mut Tx, household: HouseholdId) -> Result<Vec<Task>> {
    let rows: Vec<TaskRow> = tx
        .all(task_query!("WHERE task.household_id = $1 ORDER BY task.id DESC LIMIT 500"), args![household])
        .await?;
    rows.into_iter().map(Task::try_from).collect()
}

/// Rights that work in queues asks for.
fn may_queue(right: Right) -> bool {
    matches!(
        right,
        Right::WorkTasks
            | Right::Propose
            | Right::Approve
            | Right::AssignTasks
            | Right::HandleReferrals
            | Right::DecideAppeals
            | Right::HandleComplaints
            | Right::DirectComplaints
            | Right::HandleSensitive
            | Right::ReviewAccess
    )
}

/// The key, one row more than asked, so that the last page is known, and the filter.
fn keyed(mut args: Vec<Arg>, filter: &Filter, after: Option<Cursor>, limit: usize) -> Vec<Arg> {
    let start = Cursor { rank: -1, due_at: OffsetDateTime::UNIX_EPOCH, id: Uuid::nil() };
    let after = after.unwrap_or(start);
    let rows = i64::try_from(limit).unwrap_or(i64::MAX - 1) + 1;
    args.extend(args![after.rank, after.due_at, after.id, rows]);
    args.extend(args![&filter.kind, filter.due_by, filter.unassigned]);
    args
}

fn page(mut rows: Vec<TaskRow>, limit: usize) -> Result<Page> {
    rows.sort_by_key(|row| (row.priority, row.due_at, row.id));
    // Two grants may reach the same task.
    rows.dedup_by_key(|row| row.id);
    let is_last = rows.len() <= limit;
    rows.truncate(limit);
    let tasks = rows.into_iter().map(Task::try_from).collect::<Result<Vec<_>>>()?;
    let next = tasks.last().filter(|_| !is_last).map(|task| Cursor {
        rank: rank(task.priority).into(),
        due_at: task.due_at,
        id: task.id.uuid(),
    });
    Ok(Page { tasks, next })
}
