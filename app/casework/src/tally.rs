//! What a supervisor looks at first: how much waits, how much is late.

use domain::role::{Right, Scope};
use time::{Duration, OffsetDateTime, Time};

use crate::db::{Arg, Tx};
use crate::error::Result;
use crate::paging::{of_scope, scoped_sql};
use crate::{Actor, Casework, args};

/// Counts over the scopes where the actor assigns work.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Tasks that nobody took.
    pub unassigned: i64,
    /// Of these, opened more than a day ago.
    pub unassigned_over_a_day: i64,
    /// Live tasks due by the end of today, the late ones among them.
    pub due_today: i64,
    /// Live tasks due within the next three days after today.
    pub due_in_three_days: i64,
    /// Clocks that ran out and are not met yet.
    pub breached: i64,
    /// Proposals that wait for a second person.
    pub proposals_waiting: i64,
}

/// Counts the work of the actor's scopes. `Forbidden` for who assigns work nowhere.
pub async fn tally(cw: &Casework, actor: &Actor) -> Result<Tally> {
    let cw = &cw.acting(actor);
    actor.require_anywhere(Right::AssignTasks)?;
    let mut view = cw.db.read().await?;
    let tonight = end_of_today(&view);
    let mut tally = Tally::default();
    for scope in actor.scopes(Right::AssignTasks) {
        add(&mut view, scope, tonight, &mut tally).await?;
    }
    Ok(tally)
}

async fn add(view: &mut Tx, scope: &Scope, tonight: OffsetDateTime, tally: &mut Tally) -> Result<()> {
    let open = scoped_sql!(scope, "SELECT COUNT(*) FROM task", "state = 'open'");
    tally.unassigned += count(view, scope, open, vec![]).await?;
    let old = scoped_sql!(scope, "SELECT COUNT(*) FROM task", "state = 'open' AND created_at < $3");
    tally.unassigned_over_a_day += count(view, scope, old, args![view.now() - Duration::DAY]).await?;
    let due = scoped_sql!(
        scope,
        "SELECT COUNT(*) FROM task",
        "state IN ('open', 'assigned', 'in_progress', 'on_hold') AND due_at > $3 AND due_at <= $4"
    );
    tally.due_today += count(view, scope, due, args![OffsetDateTime::UNIX_EPOCH, tonight]).await?;
    tally.due_in_three_days += count(view, scope, due, args![tonight, tonight + Duration::days(3)]).await?;
    // The list of states as the index has it, so that SQLite uses it.
    let breached = scoped_sql!(
        scope,
        "SELECT COUNT(*) FROM clock",
        "state IN ('running', 'paused', 'breached') AND state = 'breached'"
    );
    tally.breached += count(view, scope, breached, vec![]).await?;
    let waiting = scoped_sql!(
        scope,
        "SELECT COUNT(*) FROM proposal",
        "state IN ('waiting', 'returned') AND state = 'waiting'"
    );
    tally.proposals_waiting += count(view, scope, waiting, vec![]).await?;
    Ok(())
}

async fn count(view: &mut Tx, scope: &Scope, sql: &'static str, more: Vec<Arg>) -> Result<i64> {
    let mut args = of_scope(scope);
    args.extend(more);
    Ok(view.value(sql, args).await?.unwrap_or_default())
}

fn end_of_today(view: &Tx) -> OffsetDateTime {
    view.here(view.now()).replace_time(Time::MIDNIGHT) + Duration::DAY - Duration::SECOND
}

#[cfg(test)]
mod tests {
    use domain::ids::HouseholdId;
    use domain::task::Priority;
    use uuid::Uuid;

    use super::*;
    use crate::error::Error;
    use crate::subject::Subject;
    use crate::tasks::{self, NewTask};
    use crate::test_support::{OFFICE, counter_officer, each_engine, supervisor};

    #[tokio::test]
    async fn work_is_counted_by_how_late_it_is() {
        each_engine(async |world| {
            for hours in [-1, 2, 30, 200] {
                let task = NewTask {
                    household_id: HouseholdId::new(Uuid::from_u128(1)),
                    kind: "visit".into(),
                    subject: Subject::new("visit", Uuid::from_u128(2)),
                    scope: Scope::Office(OFFICE.into()),
                    needs: Right::WorkTasks,
                    priority: Priority::Normal,
                    due_at: world.now() + Duration::hours(hours),
                    instructions: String::new(),
                };
                world
                    .write(async move |tx| tasks::open(tx, &Actor::system(), task.clone()).await)
                    .await
                    .unwrap();
            }
            let page = tasks::available(world, &counter_officer(), &tasks::Filter::default(), None, 1)
                .await
                .unwrap();
            tasks::claim(world, &counter_officer(), page.tasks[0].id).await.unwrap();
            let expected = Tally { unassigned: 3, due_today: 2, due_in_three_days: 1, ..Tally::default() };
            assert_eq!(tally(world, &supervisor()).await, Ok(expected));
            world.clock.advance(Duration::days(2));
            assert_eq!(tally(world, &supervisor()).await.unwrap().unassigned_over_a_day, 3);
            assert_eq!(tally(world, &counter_officer()).await, Err(Error::Forbidden));
        })
        .await;
    }
}
