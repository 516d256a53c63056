//! Reminders before a clock runs out: at which parts of its term, and what one does.
//!
//! To have a clock remind somebody, add its parts to [`parts`] and what happens to [`take_effect`].

use domain::clock::ClockState;
use domain::ids::HouseholdId;
use domain::notice::Kind;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Clock, ClockRow, clock_query};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::journal::{self, Event};
use crate::notices::{self, Notice};
use crate::subject::{Subject, chain};
use crate::{Actor, Casework, appeals, args, complaints, referrals};

/// The clock of what an applicant is asked to bring.
const INFO_REQUEST: &str = "info_request";

/// At which parts of the term (numerator, denominator) a clock reminds, the earliest first.
fn parts(kind: &str, subject: &str) -> &'static [(i64, i64)] {
    match (kind, subject) {
        (_, "complaint" | "appeal") => &[(3, 4)],
        // Two, and then a person looks: silence refuses nothing, and completes nothing.
        (INFO_REQUEST | "referral_seen" | "referral_answer" | "referral_contact", _) => &[(1, 2), (3, 4)],
        _ => &[],
    }
}

/// The first reminder after a moment.
pub(super) fn next(
    kind: &str,
    subject: &str,
    (started_at, due_at): (OffsetDateTime, OffsetDateTime),
    after: OffsetDateTime,
) -> Option<OffsetDateTime> {
    let at = |(part, of): &(i64, i64)| {
        // Whole seconds, as every moment that is stored.
        let whole = (due_at - started_at).whole_seconds();
        started_at + time::Duration::seconds(whole * part / of)
    };
    parts(kind, subject).iter().map(at).find(|at| *at > after)
}

/// Gives the reminder that is due, once; those that a standstill of the server made late count as one, and none is given
/// any more when the term itself is over.
pub(super) async fn remind(tx: &mut Tx, cw: &Casework, household: HouseholdId, id: Uuid) -> Result<bool> {
    let row: Option<ClockRow> = tx
        .one(
            clock_query!("WHERE household_id = $1 AND id = $2 AND state = 'running' AND remind_at < $3"),
            args![household, id, tx.now()],
        )
        .await?;
    let Some(row) = row else { return Ok(false) };
    let clock = Clock::try_from(row)?;
    // What stood still moved the end; the parts are counted of the term without it.
    let stood = time::Duration::seconds(clock.paused_seconds);
    let next = next(&clock.kind, &clock.subject.kind, (clock.started_at + stood, clock.due_at), tx.now());
    tx.run_one(
        "UPDATE clock SET remind_at = $1, version = version + 1
         WHERE household_id = $2 AND id = $3 AND version = $4 AND state = $5",
        args![next, household, id, clock.version, ClockState::Running.code()],
    )
    .await?;
    if clock.due_at < tx.now() {
        return Ok(false);
    }
    let event = Event::new("clock.reminded")
        .id("clock", clock.id)
        .code("kind", &clock.kind)
        .date("due", tx.here(clock.due_at).date());
    journal::append(tx, &Actor::system(), chain(household.uuid()), event).await?;
    take_effect(tx, cw, &clock).await?;
    Ok(true)
}

/// In the same unit of work as the entry that it was given: a line for each noun that tells somebody.
async fn take_effect(tx: &mut Tx, cw: &Casework, clock: &Clock) -> Result<()> {
    if clock.kind == INFO_REQUEST {
        // Each reminder is another version of the clock.
        let again = Notice::new(Kind::Reminder, Subject::new(super::SUBJECT, clock.id))
            .part(clock.version.to_string())
            .on(tx.here(clock.due_at).date());
        return notices::put(tx, clock.household_id, again).await;
    }
    match clock.subject.kind.as_str() {
        appeals::SUBJECT => appeals::ring::warned(tx, clock).await,
        complaints::SUBJECT => complaints::warned(tx, cw, clock).await,
        referrals::SUBJECT => referrals::warned(tx, clock).await,
        other => Err(Error::internal(format!("nobody is reminded of a {other}"))),
    }
}
