//! Clocks: by when, and what happens otherwise. Started inside the unit of work that makes something due, met inside the one
//! that does it; [`run_due`], called by the server's worker every minute, breaches what ran out, each once.
//!
//! A term is counted in the working days of the office's area; a clock stands still only while we wait for the applicant.
//! Clocks of awards do something by themselves ([`AtBreach::Act`], [`crate::life`]) and are met by it.
//! Some remind somebody before they run out ([`remind`]). The table of steps is `domain::clock`. To let something new happen at a breach, add it to [`AtBreach`] and to
//! [`breach::take_effect`].

mod breach;
mod lists;
mod remind;

use domain::calendar::{Term, WorkingCalendar};
use domain::clock::{ClockEvent, ClockState};
use domain::ids::{ClockId, HouseholdId};
use domain::lifecycle::{By, Guard, Lifecycle, advance};
use domain::reference::Reference;
use domain::role::Scope;
use time::OffsetDateTime;
use uuid::Uuid;

pub use breach::{AtBreach, run_due};
pub use lists::live_of;

use crate::db::Tx;
use crate::error::{Error, Result};
use crate::journal::{self, Event};
use crate::subject::{Subject, chain, stored_reference, stored_scope};
use crate::{Actor, args, tasks};

/// The noun of a clock, as subject of the task about its breach.
const SUBJECT: &str = "clock";

/// A clock to be started.
#[derive(Debug, Clone)]
pub struct NewClock {
    /// Whose case; the nil id when it is nobody's.
    pub household_id: HouseholdId,
    /// What is due: `decide`, `approve`, … ; its words are `clock.<kind>`.
    pub kind: String,
    /// What it is about.
    pub subject: Subject,
    /// Who answers for it.
    pub scope: Scope,
    /// How long.
    pub term: Term,
    /// The law or rule that says so.
    pub legal_basis: String,
    /// What happens when it runs out.
    pub at_breach: AtBreach,
    /// When the term began; a claim's first contact may lie before the unit of work that starts the clock.
    pub started_at: OffsetDateTime,
}

/// A clock as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    /// Whose case.
    pub household_id: HouseholdId,
    /// The case's reference; none for what is nobody's case.
    pub reference: Option<Reference>,
    /// Id.
    pub id: ClockId,
    /// What is due.
    pub kind: String,
    /// What it is about.
    pub subject: Subject,
    /// Who answers for it.
    pub scope: Scope,
    /// How long.
    pub term: Term,
    /// The law or rule that says so.
    pub legal_basis: String,
    /// What happens when it runs out.
    pub at_breach: AtBreach,
    /// Where it stands.
    pub state: ClockState,
    /// When the term began.
    pub started_at: OffsetDateTime,
    /// From when it is shown as nearly due: the last quarter of the term.
    pub warn_at: OffsetDateTime,
    /// When it runs out, pauses included.
    pub due_at: OffsetDateTime,
    /// When the next reminder is due, if one is.
    pub remind_at: Option<OffsetDateTime>,
    /// Since when it stands still.
    pub paused_at: Option<OffsetDateTime>,
    /// How long it stood still in all, in seconds; shown apart.
    pub paused_seconds: i64,
    /// Why it stands still or was cancelled.
    pub reason: String,
    /// When it was met, late or not, or cancelled.
    pub ended_at: Option<OffsetDateTime>,
    /// Version.
    pub version: i64,
}

#[derive(sqlx::FromRow)]
pub(crate) struct ClockRow {
    household_id: Uuid,
    reference: Option<String>,
    id: Uuid,
    kind: String,
    subject_kind: String,
    subject_id: Uuid,
    scope_kind: String,
    scope_code: String,
    term_unit: String,
    term_count: i64,
    legal_basis: String,
    at_breach: String,
    #[sqlx(try_from = "String")]
    state: ClockState,
    started_at: OffsetDateTime,
    warn_at: OffsetDateTime,
    due_at: OffsetDateTime,
    remind_at: Option<OffsetDateTime>,
    paused_at: Option<OffsetDateTime>,
    paused_seconds: i64,
    reason: String,
    ended_at: Option<OffsetDateTime>,
    version: i64,
}

impl TryFrom<ClockRow> for Clock {
    type Error = Error;
    fn try_from(row: ClockRow) -> Result<Self> {
        let term =
            u16::try_from(row.term_count).ok().and_then(|count| Term::from_parts(&row.term_unit, count));
        Ok(Self {
            household_id: HouseholdId::new(row.household_id),
            reference: stored_reference(row.reference)?,
            id: ClockId::new(row.id),
            kind: row.kind,
            subject: Subject { kind: row.subject_kind, id: row.subject_id },
            scope: stored_scope(&row.scope_kind, &row.scope_code)?,
            term: term.ok_or_else(|| Error::internal("a stored term cannot be read"))?,
            legal_basis: row.legal_basis,
            at_breach: AtBreach::from_code(&row.at_breach)
                .ok_or_else(|| Error::internal("what happens at a breach cannot be read"))?,
            state: row.state,
            started_at: row.started_at,
            warn_at: row.warn_at,
            due_at: row.due_at,
            remind_at: row.remind_at,
            paused_at: row.paused_at,
            paused_seconds: row.paused_seconds,
            reason: row.reason,
            ended_at: row.ended_at,
            version: row.version,
        })
    }
}

/// The columns of [`ClockRow`].
macro_rules! clock_query {
    ($rest:literal) => {
        concat!(
            "SELECT household_id,
                    (SELECT household.reference FROM household WHERE household.household_id = clock.household_id) AS reference,
                    id, kind, subject_kind, subject_id, scope_kind, scope_code, term_unit, term_count,
                    legal_basis, at_breach, state, started_at, warn_at, due_at, remind_at, paused_at, paused_seconds, reason,
                    ended_at, version
             FROM clock ",
            $rest
        )
    };
}
pub(crate) use clock_query;

/// Starts a clock; its id and when it runs out.
pub async fn start(
    tx: &mut Tx,
    actor: &Actor,
    calendar: &WorkingCalendar,
    new: NewClock,
) -> Result<(ClockId, OffsetDateTime)> {
    let due_at = calendar.due_at(tx.here(new.started_at), new.term);
    Ok((start_until(tx, actor, new, due_at).await?, due_at))
}

/// Starts a clock that runs out at a moment that is given, on whatever day: a birthday, the last day of an award.
pub(crate) async fn start_until(
    tx: &mut Tx,
    actor: &Actor,
    new: NewClock,
    due_at: OffsetDateTime,
) -> Result<ClockId> {
    let id: ClockId = tx.new_id();
    tx.run(
        "INSERT INTO clock (household_id, id, kind, subject_kind, subject_id, scope_kind, scope_code, term_unit,
                            term_count, legal_basis, at_breach, state, started_at, warn_at, due_at, remind_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        args![
            new.household_id,
            id,
            &new.kind,
            &new.subject.kind,
            new.subject.id,
            new.scope.kind(),
            new.scope.code().unwrap_or_default(),
            new.term.unit(),
            new.term.count(),
            &new.legal_basis,
            new.at_breach.code(),
            ClockState::FIRST.code(),
            new.started_at,
            warn_at(new.started_at, due_at),
            due_at,
            remind::next(&new.kind, &new.subject.kind, (new.started_at, due_at), tx.now()),
        ],
    )
    .await?;
    let event = Event::new("clock.started")
        .id("clock", id)
        .code("kind", &new.kind)
        .date("due", tx.here(due_at).date());
    journal::append(tx, actor, chain(new.household_id.uuid()), event).await?;
    Ok(id)
}

/// Makes the live clocks about a subject those that are wanted, each with the moment it runs out: what is there already stays,
/// what is no longer wanted is cancelled.
pub(crate) async fn settle(
    tx: &mut Tx,
    actor: &Actor,
    household: HouseholdId,
    subject: &Subject,
    mut wanted: Vec<(NewClock, OffsetDateTime)>,
    reason: &str,
) -> Result<()> {
    for clock in live(tx, household, subject).await? {
        let same =
            |(new, due_at): &(NewClock, OffsetDateTime)| new.kind == clock.kind && *due_at == clock.due_at;
        if let Some(place) = wanted.iter().position(same) {
            wanted.remove(place);
        } else {
            let change =
                Change { event: ClockEvent::Cancel, guards: given(reason), due_at: clock.due_at, reason };
            step(tx, actor, &clock, change).await?;
        }
    }
    for (new, due_at) in wanted {
        start_until(tx, actor, new, due_at).await?;
    }
    Ok(())
}

/// Stops the running clocks about a subject, because we wait for the applicant; how many.
pub async fn pause(
    tx: &mut Tx,
    actor: &Actor,
    household: HouseholdId,
    subject: &Subject,
    reason: &str,
) -> Result<usize> {
    let mut count = 0;
    for clock in live(tx, household, subject).await? {
        if clock.state == ClockState::Running {
            let change =
                Change { event: ClockEvent::Pause, guards: given(reason), due_at: clock.due_at, reason };
            step(tx, actor, &clock, change).await?;
            count += 1;
        }
    }
    Ok(count)
}

/// Lets the paused clocks about a subject run again, with what was left when they stopped; how many.
pub async fn resume(
    tx: &mut Tx,
    actor: &Actor,
    calendar: &WorkingCalendar,
    household: HouseholdId,
    subject: &Subject,
) -> Result<usize> {
    let mut count = 0;
    for clock in live(tx, household, subject).await? {
        if let (ClockState::Paused, Some(paused_at)) = (clock.state, clock.paused_at) {
            let due_at = calendar.due_after_pause(tx.here(clock.due_at), clock.term, paused_at, tx.now());
            let change = Change { event: ClockEvent::Resume, guards: &[], due_at, reason: "" };
            step(tx, actor, &clock, change).await?;
            count += 1;
        }
    }
    Ok(count)
}

/// What the live clocks about a subject waited for has happened, in time or late; how many.
pub async fn meet(tx: &mut Tx, actor: &Actor, household: HouseholdId, subject: &Subject) -> Result<usize> {
    end(tx, actor, household, subject, ClockEvent::Meet, "").await
}

/// The same for the clocks of one kind: where a matter has several that are met one after another.
pub(crate) async fn meet_kind(
    tx: &mut Tx,
    actor: &Actor,
    household: HouseholdId,
    subject: &Subject,
    kind: &str,
) -> Result<()> {
    let all = live(tx, household, subject).await?;
    let of_kind: Vec<Clock> = all.into_iter().filter(|clock| clock.kind == kind).collect();
    end_these(tx, actor, &of_kind, ClockEvent::Meet, "").await
}

/// The clocks of one kind no longer matter; one that is breached stays on record until it is met.
pub(crate) async fn cancel_kind(
    tx: &mut Tx,
    actor: &Actor,
    household: HouseholdId,
    subject: &Subject,
    kind: &str,
    reason: &str,
) -> Result<()> {
    let all = live(tx, household, subject).await?;
    let counts = |clock: &Clock| clock.kind == kind && clock.state != ClockState::Breached;
    let of_kind: Vec<Clock> = all.into_iter().filter(counts).collect();
    end_these(tx, actor, &of_kind, ClockEvent::Cancel, reason).await
}

/// The live clocks about a subject no longer matter; how many.
pub async fn cancel(
    tx: &mut Tx,
    actor: &Actor,
    household: HouseholdId,
    subject: &Subject,
    reason: &str,
) -> Result<usize> {
    end(tx, actor, household, subject, ClockEvent::Cancel, reason).await
}

/// All clocks of a household, the soonest due first, for its file. The use case that shows the file checks who may.
pub async fn of_household(tx: &mut Tx, household: HouseholdId) -> Result<Vec<Clock>> {
    let rows: Vec<ClockRow> = tx
        .all(clock_query!("WHERE household_id = $1 ORDER BY due_at, id LIMIT 500"), args![household])
        .await?;
    rows.into_iter().map(Clock::try_from).collect()
}

async fn end(
    tx: &mut Tx,
    actor: &Actor,
    household: HouseholdId,
    subject: &Subject,
    event: ClockEvent,
    reason: &str,
) -> Result<usize> {
    let clocks = live(tx, household, subject).await?;
    end_these(tx, actor, &clocks, event, reason).await?;
    Ok(clocks.len())
}

async fn end_these(
    tx: &mut Tx,
    actor: &Actor,
    clocks: &[Clock],
    event: ClockEvent,
    reason: &str,
) -> Result<()> {
    for clock in clocks {
        let change = Change { event, guards: given(reason), due_at: clock.due_at, reason };
        step(tx, actor, clock, change).await?;
        // Who was to see why it is late need not look any more.
        if clock.state == ClockState::Breached {
            let (household, subject) = (clock.household_id, Subject::new(SUBJECT, clock.id));
            match event {
                ClockEvent::Cancel => tasks::cancel_about(tx, actor, household, &subject, reason).await?,
                _ => tasks::complete_about(tx, actor, household, &subject).await?,
            };
        }
    }
    Ok(())
}

async fn live(tx: &mut Tx, household: HouseholdId, subject: &Subject) -> Result<Vec<Clock>> {
    let rows: Vec<ClockRow> = tx
        .all(
            clock_query!(
                "WHERE household_id = $1 AND subject_kind = $2 AND subject_id = $3
                 AND state IN ('running', 'paused', 'breached') ORDER BY id"
            ),
            args![household, &subject.kind, subject.id],
        )
        .await?;
    rows.into_iter().map(Clock::try_from).collect()
}

fn given(reason: &str) -> &'static [Guard] {
    if reason.trim().is_empty() { &[] } else { &[Guard::ReasonGiven] }
}

fn warn_at(started_at: OffsetDateTime, due_at: OffsetDateTime) -> OffsetDateTime {
    due_at - (due_at - started_at) / 4
}

struct Change<'a> {
    event: ClockEvent,
    guards: &'static [Guard],
    due_at: OffsetDateTime,
    reason: &'a str,
}

/// Clocks move with what they are about: the hand is the system's, the use case around it checked the actor.
async fn step(tx: &mut Tx, actor: &Actor, clock: &Clock, change: Change<'_>) -> Result<()> {
    let to = advance(clock.state, change.event, By::System, change.guards)?.to;
    let now = tx.now();
    let paused_at = (to == ClockState::Paused).then_some(now);
    let stood = clock.paused_at.map_or(0, |since| (now - since).whole_seconds().max(0));
    let is_over = to.is_final();
    tx.run_one(
        "UPDATE clock SET state = $1, paused_at = $2, paused_seconds = $3, due_at = $4, warn_at = $5, reason = $6,
                ended_at = $7, remind_at = $8, version = version + 1
         WHERE household_id = $9 AND id = $10 AND version = $11",
        args![
            to.code(),
            paused_at,
            clock.paused_seconds + stood,
            change.due_at,
            clock.warn_at + (change.due_at - clock.due_at),
            change.reason,
            is_over.then_some(now),
            clock.remind_at.map(|at| at + (change.due_at - clock.due_at)),
            clock.household_id,
            clock.id,
            clock.version
        ],
    )
    .await?;
    let event = Event::new("clock.stepped")
        .id("clock", clock.id)
        .code("kind", &clock.kind)
        .code("event", change.event.code())
        .code("state", to.code())
        .date("due", tx.here(change.due_at).date());
    journal::append(tx, actor, chain(clock.household_id.uuid()), event).await
}

#[cfg(test)]
mod tests;
