//! The clocks that somebody answers for: running, standing still, or breached and not met yet.

use domain::role::Right;

use super::{Clock, ClockRow, clock_query};
use crate::error::Result;
use crate::paging::{AT_MOST, After, Page, keyed, scoped_sql};
use crate::{Actor, Casework};

/// The live clocks in the scopes where the actor works, the soonest due (so the breached) first. Those that only wake a task are
/// in the lists of tasks.
pub async fn live_of(
    cw: &Casework,
    actor: &Actor,
    after: Option<After>,
    limit: usize,
) -> Result<Page<Clock>> {
    let cw = &cw.acting(actor);
    actor.require_anywhere(Right::WorkTasks)?;
    let limit = limit.min(AT_MOST);
    let mut clocks = Vec::new();
    for scope in actor.scopes(Right::WorkTasks) {
        let sql = scoped_sql!(
            scope,
            clock_query!(""),
            "state IN ('running', 'paused', 'breached') AND kind <> 'wake_task' AND (due_at, id) > ($3, $4)
             ORDER BY due_at, id LIMIT $5"
        );
        let rows: Vec<ClockRow> = cw.db.all(sql, keyed(scope, after, limit)).await?;
        for row in rows {
            clocks.push(Clock::try_from(row)?);
        }
    }
    Ok(Page::merged(clocks, limit, |clock| (clock.due_at, clock.id.uuid())))
}
