//! What is done when a clock of a plan rings, in the unit of work that marks it as met: so once, on however many servers.

use domain::ids::PlanId;
use domain::lifecycle::plan::{PlanEvent, PlanState};
use domain::lifecycle::{By, Guard};
use domain::role::Right;
use domain::task::Priority;
use time::Duration;

use super::plan::advance;
use super::shape;
use crate::assessments::Household;
use crate::clocks::Clock;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::journal::{self, Event};
use crate::tasks::{self, NewTask};
use crate::{Actor, Casework};

/// By when somebody looks at a plan whose day has come, or asks after an outcome, where the pack says nothing.
const WITHIN: Duration = Duration::days(14);

/// Does what has become due for a plan: a task for the office, and of a review the plan's state.
pub(crate) async fn ring(tx: &mut Tx, cw: &Casework, clock: &Clock) -> Result<()> {
    let (household, id) = (clock.household_id, PlanId::new(clock.subject.id));
    let Some(home) = Household::read_unchecked(tx, household).await? else { return Ok(()) };
    let mut plan = match shape::plan(tx, household, id).await {
        Ok(plan) => plan,
        Err(Error::NotFound) => return Ok(()),
        Err(error) => return Err(error),
    };
    let system = Actor::system();
    match clock.kind.as_str() {
        "plan_review" if matches!(plan.state, PlanState::Active | PlanState::Suspended) => {
            let held = &[Guard::TermPassed];
            advance(tx, &system, household, &mut plan, (PlanEvent::FallDue, By::System, held)).await?;
            let task = NewTask {
                household_id: household,
                kind: "plan_review".into(),
                subject: clock.subject.clone(),
                scope: home.scope(),
                needs: Right::Plan,
                priority: Priority::Normal,
                due_at: tx.now() + WITHIN,
                instructions: String::new(),
            };
            tasks::open(tx, &system, task).await.map(drop)
        }
        "plan_follow_up" if plan.state == PlanState::Completed => {
            let today = tx.today();
            let all = shape::asked(tx, household, id).await?;
            let Some(due) = all.iter().rev().find(|one| one.due_on <= today && one.answer.is_none()) else {
                return Ok(());
            };
            let within = cw.pack().ok().and_then(|pack| {
                let limit = &pack.employment.as_ref()?.follow_up;
                Some((pack.working_calendar(&home.area)?, limit.term))
            });
            let due_at = match within {
                Some((calendar, term)) => calendar.due_at(tx.here(tx.now()), term),
                None => tx.now() + WITHIN,
            };
            let task = NewTask {
                household_id: household,
                kind: "plan_follow_up".into(),
                subject: clock.subject.clone(),
                scope: home.scope(),
                needs: Right::Plan,
                priority: Priority::Normal,
                due_at,
                instructions: String::new(),
            };
            tasks::open(tx, &system, task).await?;
            let event = Event::new("plan.follow_up_due")
                .id("plan", id)
                .id("person", plan.person)
                .number("weeks", due.weeks);
            journal::append(tx, &system, household, event).await
        }
        _ => Ok(()),
    }
}
