//! Waiting until a day: a task that its holder puts on hold says why and sleeps until a day that it names; a clock wakes it,
//! and it is back in its holder's list with a mark.

use domain::calendar::Term;
use domain::ids::TaskId;
use domain::lifecycle::By;
use domain::task::{HoldReason, LONGEST_HOLD_DAYS, TaskEvent, TaskState};
use time::{Date, Time};

use super::{Change, SUBJECT, Task, find, find_version, has_children, holders_hand, step};
use crate::clocks::{self, AtBreach, Clock, NewClock};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::subject::Subject;
use crate::{Actor, Casework};

/// The kind of clock that wakes a task.
const WAKE: &str = "wake_task";

/// What somebody waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// As a code.
    pub reason: HoldReason,
    /// In words; [`HoldReason::Other`] needs some.
    pub words: String,
    /// The day on which it is looked at again: tomorrow at the earliest, in [`LONGEST_HOLD_DAYS`] at the latest.
    pub until: Date,
}

/// The holder must wait for something. `Invalid("reason.missing")` without words where they are needed,
/// `Invalid("hold.until")` for a day that is none to wait for.
pub async fn hold(cw: &Casework, actor: &Actor, id: TaskId, version: i64, hold: Hold) -> Result<()> {
    let cw = &cw.acting(actor);
    if hold.reason == HoldReason::Other && hold.words.trim().is_empty() {
        return Err(Error::Invalid("reason.missing"));
    }
    let days = (hold.until - cw.today()).whole_days();
    if !(1..=LONGEST_HOLD_DAYS).contains(&days) {
        return Err(Error::Invalid("hold.until"));
    }
    let actor = actor.clone();
    cw.write(async move |tx| {
        let task = find_version(tx, id, version).await?;
        let by = holders_hand(&actor, &task)?;
        let wake_at = tx.here(tx.now()).replace_date(hold.until).replace_time(Time::MIDNIGHT);
        let words = if hold.words.trim().is_empty() { hold.reason.code() } else { hold.words.trim() };
        let change = Change {
            sleep: Some((hold.reason, wake_at)),
            ..Change::new(TaskEvent::Hold, by, &task).because(words)
        };
        step(tx, &actor, &task, change).await?;
        let clock = NewClock {
            household_id: task.household_id,
            kind: WAKE.into(),
            subject: Subject::new(SUBJECT, id),
            scope: task.scope,
            term: Term::Days(u16::try_from(days).map_err(Error::internal)?),
            legal_basis: String::new(),
            at_breach: AtBreach::Act,
            started_at: tx.now(),
        };
        clocks::start_until(tx, &actor, clock, wake_at).await.map(drop)
    })
    .await
}

/// The day has come. One that also waits for another task goes on waiting for that.
pub(crate) async fn ring(tx: &mut Tx, clock: &Clock) -> Result<()> {
    let task = find(tx, TaskId::new(clock.subject.id)).await?;
    if task.state != TaskState::OnHold || has_children(tx, &task).await? {
        return Ok(());
    }
    let change = Change { is_woken: true, ..Change::new(TaskEvent::Resume, By::System, &task) };
    step(tx, &Actor::system(), &task, change).await
}

/// A task that goes on before its day is woken by nothing more.
pub(super) async fn stop_clock(tx: &mut Tx, actor: &Actor, task: &Task) -> Result<()> {
    let subject = Subject::new(SUBJECT, task.id);
    // Boxed: a clock that ends may end a task.
    Box::pin(clocks::cancel(tx, actor, task.household_id, &subject, "task_goes_on")).await.map(drop)
}

#[cfg(test)]
mod tests;
