//! What happens when a clock runs out.

use domain::clock::ClockEvent;
use domain::ids::HouseholdId;
use domain::lifecycle::Guard;
use domain::role::Right;
use domain::task::Priority;
use time::Duration;
use uuid::Uuid;

use super::{Change, Clock, ClockRow, clock_query, step};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::subject::Subject;
use crate::tasks::{self, NewTask};
use crate::{Actor, Casework, args, life};

/// Clocks breached in one call of [`run_due`].
const BATCH: i64 = 200;
/// By when the supervisor looks at a breach.
const LOOK_WITHIN: Duration = Duration::DAY;

/// What happens at a breach, besides that it is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtBreach {
    /// Nothing more: it shows among the breached.
    Record,
    /// What was said to happen then happens ([`crate::life`]): nobody is late, the clock is met.
    Act,
    /// An urgent task for whoever assigns work in the clock's scope; what was due keeps its owner.
    Escalate,
}

impl AtBreach {
    /// The word that is stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Act => "act",
            Self::Escalate => "escalate",
        }
    }

    /// From the stored word.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Record, Self::Act, Self::Escalate].into_iter().find(|effect| effect.code() == code)
    }
}

/// Breaches every running clock whose time is over, or does what was to happen then, each in a unit of work of its own, with its effect; how many. Several
/// servers may do this at once: each clock is breached by one of them.
pub async fn run_due(cw: &Casework) -> Result<usize> {
    let cw = &cw.acting(&Actor::system());
    let due: Vec<(Uuid, Uuid)> = cw
        .db
        .all(
            "SELECT household_id, id FROM clock WHERE state = 'running' AND due_at < $1 ORDER BY due_at, id LIMIT $2",
            args![cw.now(), BATCH],
        )
        .await?;
    let mut breached = 0;
    for (household, id) in due {
        let own = cw.clone();
        let done = cw.write(async move |tx| breach(tx, &own, HouseholdId::new(household), id).await).await;
        match done {
            Ok(true) => breached += 1,
            // Another server, or the officer, was faster.
            Ok(false) | Err(Error::Stale) => {}
            // One clock that cannot be breached must not hold up the others.
            Err(Error::Internal(reference)) => tracing::error!(%reference, clock = %id, "breach"),
            Err(other) => return Err(other),
        }
    }
    Ok(breached)
}

async fn breach(tx: &mut Tx, cw: &Casework, household: HouseholdId, id: Uuid) -> Result<bool> {
    let row: Option<ClockRow> = tx
        .one(
            clock_query!("WHERE household_id = $1 AND id = $2 AND state = 'running' AND due_at < $3"),
            args![household, id, tx.now()],
        )
        .await?;
    let Some(row) = row else { return Ok(false) };
    let clock = Clock::try_from(row)?;
    if clock.at_breach == AtBreach::Act {
        let change = Change { event: ClockEvent::Meet, guards: &[], due_at: clock.due_at, reason: "" };
        step(tx, &Actor::system(), &clock, change).await?;
        life::ring::ring(tx, cw, &clock).await?;
        return Ok(true);
    }
    let change = Change {
        event: ClockEvent::Breach,
        guards: &[Guard::TermPassed],
        due_at: clock.due_at,
        reason: "term_passed",
    };
    step(tx, &Actor::system(), &clock, change).await?;
    take_effect(tx, &clock).await?;
    Ok(true)
}

/// In the same unit of work as the breach.
async fn take_effect(tx: &mut Tx, clock: &Clock) -> Result<()> {
    match clock.at_breach {
        AtBreach::Record | AtBreach::Act => Ok(()),
        AtBreach::Escalate => {
            let task = NewTask {
                household_id: clock.household_id,
                kind: "clock_breached".into(),
                subject: Subject::new(super::SUBJECT, clock.id),
                scope: clock.scope.clone(),
                needs: Right::AssignTasks,
                priority: Priority::Urgent,
                due_at: tx.now() + LOOK_WITHIN,
                instructions: String::new(),
            };
            tasks::open(tx, &Actor::system(), task).await.map(drop)
        }
    }
}
