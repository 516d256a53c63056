//! What happens when a clock runs out, and the round that sees to it: reminders and ends in the order of their moments.

use domain::clock::ClockEvent;
use domain::ids::HouseholdId;
use domain::lifecycle::Guard;
use domain::notice::Kind;
use domain::role::Right;
use domain::task::Priority;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::{Change, Clock, ClockRow, clock_query, remind, step};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::households::register::DECIDE;
use crate::notices::{self, Notice};
use crate::subject::Subject;
use crate::tasks::{self, NewTask};
use crate::tracking::phone;
use crate::{Actor, Casework, appeals, args, complaints, employment, life};

/// Calls read at once.
const BATCH: i64 = 200;
/// Clocks that remind somebody now, after a moment and an id.
pub(super) const REMINDING: &str = "SELECT remind_at, id, household_id FROM clock
     WHERE state = 'running' AND remind_at IS NOT NULL AND (remind_at, id) > ($1, $2) AND remind_at < $3
     ORDER BY remind_at, id LIMIT $4";
/// Clocks that have run out, after a moment and an id.
pub(super) const RUN_OUT: &str = "SELECT due_at, id, household_id FROM clock
     WHERE state = 'running' AND (due_at, id) > ($1, $2) AND due_at < $3 ORDER BY due_at, id LIMIT $4";
/// By when the supervisor looks at a breach.
const LOOK_WITHIN: Duration = Duration::DAY;

/// What happens at a breach, besides that it is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtBreach {
    /// Nothing more: it shows among the breached.
    Record,
    /// What was said to happen then happens ([`act`]): nobody is late, the clock is met.
    Act,
    /// It is late, on record, and what it is about follows up by itself ([`act`]): moves up, is forwarded.
    Follow,
    /// An urgent task for whoever assigns work in the clock's scope; what was due keeps its owner.
    Escalate,
}

impl AtBreach {
    /// The word that is stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Act => "act",
            Self::Follow => "follow",
            Self::Escalate => "escalate",
        }
    }

    /// From the stored word.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Record, Self::Act, Self::Follow, Self::Escalate]
            .into_iter()
            .find(|effect| effect.code() == code)
    }
}

/// What a clock asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Call {
    Remind,
    Breach,
}

/// Gives every reminder and breaches every running clock whose time is over, or does what was to happen then, each in a unit
/// of work of its own with its effect; how many. They are taken in the order of their moments until none is left, so that a
/// server which stood still catches up. Several servers may do this at once: each clock is seen to by one of them.
pub async fn run_due(cw: &Casework) -> Result<usize> {
    let cw = &cw.acting(&Actor::system());
    let until = cw.now();
    let mut seen_to = 0;
    let mut after = None;
    loop {
        let calls = due(cw, after, until).await?;
        let Some(last) = calls.last() else { return Ok(seen_to) };
        after = Some((last.0, last.1));
        for (_, id, household, call) in calls {
            let (own, household) = (cw.clone(), HouseholdId::new(household));
            let done = cw
                .write(async move |tx| match call {
                    Call::Remind => remind::remind(tx, &own, household, id).await,
                    Call::Breach => breach(tx, &own, household, id).await,
                })
                .await;
            match done {
                Ok(true) => seen_to += 1,
                // Another server, or the officer, was faster.
                Ok(false) | Err(Error::Stale) => {}
                // One clock that cannot be seen to must not hold up the others.
                Err(Error::Internal(reference)) => tracing::error!(%reference, clock = %id, "breach"),
                Err(other) => return Err(other),
            }
        }
    }
}

/// The next calls after one, the earliest first: by the moment of each, then by the clock.
async fn due(
    cw: &Casework,
    after: Option<(OffsetDateTime, Uuid)>,
    until: OffsetDateTime,
) -> Result<Vec<(OffsetDateTime, Uuid, Uuid, Call)>> {
    let (at, id) = after.unwrap_or((OffsetDateTime::UNIX_EPOCH, Uuid::nil()));
    let mut calls = Vec::new();
    for (call, sql) in [(Call::Remind, REMINDING), (Call::Breach, RUN_OUT)] {
        let rows: Vec<(OffsetDateTime, Uuid, Uuid)> = cw.db.all(sql, args![at, id, until, BATCH]).await?;
        calls.extend(rows.into_iter().map(|(at, id, household)| (at, id, household, call)));
    }
    calls.sort_unstable();
    calls.truncate(usize::try_from(BATCH).unwrap_or(usize::MAX));
    Ok(calls)
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
        act(tx, cw, &clock).await?;
        return Ok(true);
    }
    let change = Change {
        event: ClockEvent::Breach,
        guards: &[Guard::TermPassed],
        due_at: clock.due_at,
        reason: "term_passed",
    };
    step(tx, &Actor::system(), &clock, change).await?;
    take_effect(tx, cw, &clock).await?;
    Ok(true)
}

/// What the noun that a clock is about does when it rings, in the same unit of work: a line for each noun that acts by itself.
async fn act(tx: &mut Tx, cw: &Casework, clock: &Clock) -> Result<()> {
    match clock.subject.kind.as_str() {
        appeals::SUBJECT => appeals::ring::ring(tx, cw, clock).await,
        life::SUBJECT => life::ring::ring(tx, cw, clock).await,
        complaints::SUBJECT => complaints::ring(tx, cw, clock).await,
        phone::SUBJECT => phone::ring(tx, cw, clock).await,
        tasks::SUBJECT => tasks::ring(tx, clock).await,
        employment::SUBJECT => employment::ring::ring(tx, cw, clock).await,
        other => Err(Error::internal(format!("a clock rings for a {other}, which does nothing by itself"))),
    }
}

/// In the same unit of work as the breach.
async fn take_effect(tx: &mut Tx, cw: &Casework, clock: &Clock) -> Result<()> {
    match clock.at_breach {
        AtBreach::Record | AtBreach::Act => Ok(()),
        AtBreach::Follow => act(tx, cw, clock).await,
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
            tasks::open(tx, &Actor::system(), task).await?;
            if clock.kind == DECIDE {
                // They may complain or appeal now, and are told so.
                let late = Notice::new(Kind::Pending, Subject::new(super::SUBJECT, clock.id));
                notices::put(tx, clock.household_id, late).await?;
            }
            Ok(())
        }
    }
}
