//! Lists of tasks: my work, what I could take, and a team's work; filtered, in one of four orders, in pages by key.
//!
//! A list of queues is read by seeking, never by reading what lies before ([`seek`]): a page costs the same whether a queue
//! holds ten tasks or half a million. Counts end at [`COUNTED`] for the same reason. One more filter: a field of [`Filter`],
//! its clause in [`seek`], and an index if a queue could hold many that do not fit.

mod places;
pub(super) mod seek;

use std::fmt;
use std::str::FromStr;

use domain::ids::{HouseholdId, StaffId};
use domain::role::{Right, Scope};
use domain::task::Priority;
pub use domain::task::{Order, Standing};
use time::OffsetDateTime;
use time::macros::datetime;
use uuid::Uuid;

pub(super) use places::load;
pub use places::{holders, places};
use seek::Seek;

use super::Task;
use super::shape::{TaskRow, rank, task_query};
use crate::db::{Kind, Tx};
use crate::error::{Error, Result};
use crate::{Actor, Casework, args};

/// At most so many on a page.
const AT_MOST: usize = 200;
/// Counting stops here: "more than a thousand" says as much.
pub const COUNTED: i64 = 1_000;
/// After every day.
const ALWAYS: OffsetDateTime = datetime!(9999-12-31 0:00 UTC);

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

/// Which tasks of a list are wanted, and in which order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// Of this kind; empty for all.
    pub kind: String,
    /// Due by then.
    pub due_by: OffsetDateTime,
    /// Where they stand.
    pub standing: Standing,
    /// As pressing as this; any when none.
    pub priority: Option<Priority>,
    /// With this person; for a team's list.
    pub holder: Option<StaffId>,
    /// In this queue; in all that the actor reaches when none.
    pub place: Option<Scope>,
    /// In which order; see [`Filter::order`].
    pub wanted: Order,
}

impl Default for Filter {
    /// All, the most pressing first.
    fn default() -> Self {
        Self {
            kind: String::new(),
            due_by: ALWAYS,
            standing: Standing::Live,
            priority: None,
            holder: None,
            place: None,
            wanted: Order::Pressing,
        }
    }
}

impl Filter {
    /// The order that the list is in: of what is due by a day, or as pressing as wanted, the soonest due first, also where its
    /// age was asked for; no index has both, and the list would have to be read whole.
    pub fn order(&self) -> Order {
        let by_age = matches!(self.wanted, Order::Oldest | Order::Newest);
        if by_age && (self.due_by < ALWAYS || self.priority.is_some()) { Order::Due } else { self.wanted }
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

/// How many there are, as far as one counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// So many, at most [`COUNTED`].
    pub number: i64,
    /// And more.
    pub and_more: bool,
}

impl Count {
    fn of(counted: i64) -> Self {
        Self { number: counted.min(COUNTED), and_more: counted > COUNTED }
    }
}

/// How much lies in each list of a person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// What they could do now.
    pub mine: Count,
    /// What of theirs waits.
    pub hold: Count,
    /// What they could take.
    pub available: Count,
    /// What their team has to do; for who assigns work.
    pub team: Option<Count>,
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
    let mut view = cw.db.read().await?;
    let seek = Seek { filter, after, limit: limit.min(AT_MOST) };
    let keys = seek.held(&mut view, me, "").await?;
    let mut page = page(&mut view, filter, vec![keys], seek.limit).await?;
    let reaches = |right: Right, task: &Task| actor.may_in(right, &task.scope);
    page.tasks.retain(|task| reaches(task.needs, task) || reaches(Right::AssignTasks, task));
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
    let mut view = cw.db.read().await?;
    let filter = Filter { standing: Standing::Unassigned, holder: None, ..filter.clone() };
    let seek = Seek { filter: &filter, after, limit: limit.min(AT_MOST) };
    let mut found = Vec::new();
    for (places, needs) in places::to_take(&mut view, actor, filter.place.as_ref()).await? {
        found.push(seek.queues(&mut view, &places, &needs).await?);
    }
    page(&mut view, &filter, found, seek.limit).await
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
    let mut view = cw.db.read().await?;
    let places = places::led(&mut view, actor, filter.place.as_ref()).await?;
    let seek = Seek { filter, after, limit: limit.min(AT_MOST) };
    let keys = match filter.holder {
        Some(holder) => seek.held(&mut view, holder, &seek::listed(&places)).await?,
        None => seek.queues(&mut view, &places, "").await?,
    };
    page(&mut view, filter, vec![keys], seek.limit).await
}

/// How much lies in each of the actor's lists.
pub async fn counts(cw: &Casework, actor: &Actor) -> Result<Counts> {
    let cw = &cw.acting(actor);
    let me = actor.account().ok_or(Error::Forbidden)?;
    let mut view = cw.db.read().await?;
    let of = |standing| Filter { standing, ..Filter::default() };
    let mine = seek::count_held(&mut view, me, &of(Standing::Active), "").await?;
    let hold = seek::count_held(&mut view, me, &of(Standing::OnHold), "").await?;
    let available = count_available(&mut view, actor, &Filter::default()).await?;
    let team = if actor.may(Right::AssignTasks) {
        let places = places::led(&mut view, actor, None).await?;
        Some(Count::of(seek::count_queues(&mut view, &places, "", &of(Standing::Active)).await?))
    } else {
        None
    };
    Ok(Counts { mine: Count::of(mine), hold: Count::of(hold), available, team })
}

/// How many tasks a filter of [`mine`] finds.
pub async fn count_mine(cw: &Casework, actor: &Actor, filter: &Filter) -> Result<Count> {
    let cw = &cw.acting(actor);
    let me = actor.account().ok_or(Error::Forbidden)?;
    let mut view = cw.db.read().await?;
    Ok(Count::of(seek::count_held(&mut view, me, filter, "").await?))
}

/// How many tasks a filter of [`available`] finds.
pub async fn count_open(cw: &Casework, actor: &Actor, filter: &Filter) -> Result<Count> {
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    count_available(&mut view, actor, filter).await
}

/// How many tasks a filter of [`team`] finds.
pub async fn count_team(cw: &Casework, actor: &Actor, filter: &Filter) -> Result<Count> {
    let cw = &cw.acting(actor);
    actor.require_anywhere(Right::AssignTasks)?;
    let mut view = cw.db.read().await?;
    let places = places::led(&mut view, actor, filter.place.as_ref()).await?;
    let counted = match filter.holder {
        Some(holder) => seek::count_held(&mut view, holder, filter, &seek::listed(&places)).await?,
        None => seek::count_queues(&mut view, &places, "", filter).await?,
    };
    Ok(Count::of(counted))
}

async fn count_available(view: &mut Tx, actor: &Actor, filter: &Filter) -> Result<Count> {
    let filter = Filter { standing: Standing::Unassigned, ..filter.clone() };
    let mut counted = 0;
    for (places, needs) in places::to_take(view, actor, filter.place.as_ref()).await? {
        counted += seek::count_queues(view, &places, &needs, &filter).await?;
    }
    Ok(Count::of(counted))
}

/// All tasks of a household, the newest first, for its file. The use case that shows the file checks who may.
pub async fn of_household(tx: &mut Tx, household: HouseholdId) -> Result<Vec<Task>> {
    let rows: Vec<TaskRow> = tx
        .all(task_query!("WHERE task.household_id = $1 ORDER BY task.id DESC LIMIT 500"), args![household])
        .await?;
    rows.into_iter().map(Task::try_from).collect()
}

/// The keys of several lists as one page, read whole.
async fn page(view: &mut Tx, filter: &Filter, found: Vec<Vec<seek::Key>>, limit: usize) -> Result<Page> {
    let mut keys: Vec<seek::Key> = found.into_iter().flatten().collect();
    seek::sort(&mut keys, filter.order());
    // Two grants may reach the same task.
    keys.dedup_by_key(|key| key.id);
    let is_last = keys.len() <= limit;
    keys.truncate(limit);
    let next = keys.last().filter(|_| !is_last).map(|key| Cursor {
        rank: key.priority,
        due_at: key.due_at,
        id: key.id,
    });
    Ok(Page { tasks: read(view, &keys).await?, next })
}

/// The tasks of these keys, in their order.
async fn read(view: &mut Tx, keys: &[seek::Key]) -> Result<Vec<Task>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let (sql, listed) = match view.kind() {
        Kind::Sqlite => {
            let ids: Vec<String> = keys.iter().map(|key| format!("\"{}\"", key.id.simple())).collect();
            (
                task_query!("WHERE task.id IN (SELECT unhex(value) FROM json_each($1))"),
                format!("[{}]", ids.join(",")),
            )
        }
        Kind::Postgres => {
            let ids: Vec<String> = keys.iter().map(|key| key.id.to_string()).collect();
            (task_query!("WHERE task.id = ANY (string_to_array($1, ',')::uuid[])"), ids.join(","))
        }
    };
    let rows: Vec<TaskRow> = view.all(sql, args![listed]).await?;
    let mut tasks = rows.into_iter().map(Task::try_from).collect::<Result<Vec<_>>>()?;
    tasks.sort_by_key(|task| keys.iter().position(|key| key.id == task.id.uuid()));
    Ok(tasks)
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

/// Where a priority stands in the order of lists.
fn rank_of(priority: Option<Priority>) -> i64 {
    priority.map_or(-1, |priority| rank(priority).into())
}

#[cfg(test)]
mod tests;
