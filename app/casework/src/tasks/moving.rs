//! Work that goes to another office with the household that it is about.

use domain::ids::HouseholdId;
use domain::lifecycle::{By, Lifecycle as _};
use domain::role::Scope;
use domain::task::TaskEvent;

use super::{Change, NewTask, insert, of_household, step};
use crate::Actor;
use crate::db::Tx;
use crate::error::Result;

/// Every live task of a household in one queue is called off there and opened in another, with what it says; who had it there
/// has it no more.
pub(crate) async fn hand_over(
    tx: &mut Tx,
    actor: &Actor,
    household: HouseholdId,
    (from, to): (&Scope, &Scope),
) -> Result<()> {
    for task in of_household(tx, household).await? {
        if task.state.is_final() || task.scope != *from {
            continue;
        }
        let change = Change::new(TaskEvent::Cancel, By::System, &task).because("moved_office");
        step(tx, actor, &task, change).await?;
        let again = NewTask {
            household_id: household,
            kind: task.kind.clone(),
            subject: task.subject.clone(),
            scope: to.clone(),
            needs: task.needs,
            priority: task.priority,
            due_at: task.due_at,
            instructions: task.instructions.clone(),
        };
        insert(tx, actor, again, None, Some(task.id), None).await?;
    }
    Ok(())
}
