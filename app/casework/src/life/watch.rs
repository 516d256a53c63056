//! Sets the clocks of awards. Whatever changes an enrolment raises its version; the worker finds those whose clocks are of
//! another version and makes the clocks what they ought to be: none is forgotten, whichever way an award came about, and
//! awards from before there were such clocks get theirs.

use domain::calendar::{Term, end_of_day};
use domain::ids::{EnrolmentId, HouseholdId};
use domain::lifecycle::enrolment::EnrolmentState;
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

use super::{Award, SUBJECT, conditions, graduation, review};
use crate::clocks::{self, AtBreach, NewClock};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::subject::Subject;
use crate::{Actor, Casework, args};

/// An award nears its declared last day.
pub(crate) const ENDS_SOON: &str = "award_ends_soon";
/// An award's declared last day.
pub(crate) const ENDS: &str = "award_ends";
/// A person nears the age to which an award is given.
pub(crate) const AGE_SOON: &str = "award_age_soon";
/// A person reaches it.
pub(crate) const AGE: &str = "award_age";
/// The time for records of a cycle is over.
pub(crate) const CYCLE: &str = "award_cycle";

/// Enrolments that changed since their clocks were set.
pub(super) const UNWATCHED: &str = "SELECT household_id, enrolment_id FROM enrolment
     WHERE watched <> version AND enrolment_id > $1 ORDER BY enrolment_id LIMIT $2";
/// Enrolments looked at in one query.
const AT_ONCE: i64 = 200;
/// Queries in one round, so that other chores have their turn.
const PAGES: usize = 20;
/// After how long it is asked again, where another decision waits on the same award.
const AGAIN: Duration = Duration::days(30);

/// Sets the clocks of every enrolment that changed; how many enrolments. For the worker; several servers may do it at once.
pub async fn round(cw: &Casework) -> Result<usize> {
    let cw = &cw.acting(&Actor::system());
    let (mut after, mut done) = (Uuid::nil(), 0);
    for _ in 0..PAGES {
        let rows: Vec<(Uuid, Uuid)> = cw.db.all(UNWATCHED, args![after, AT_ONCE]).await?;
        for (household, id) in &rows {
            let (household, id) = (HouseholdId::new(*household), EnrolmentId::new(*id));
            let own = cw.clone();
            let set = cw.write(async move |tx| set(tx, &own, household, id).await).await;
            match set {
                Ok(()) => done += 1,
                Err(Error::Stale) => {}
                // One whose clocks cannot be set must not hold up the others.
                Err(Error::Internal(reference)) => {
                    tracing::error!(%reference, enrolment = %id, "clocks of an award");
                }
                Err(other) => return Err(other),
            }
        }
        match rows.last() {
            Some((_, last)) => after = *last,
            None => break,
        }
    }
    Ok(done)
}

/// Makes the clocks of an enrolment what they ought to be now.
pub(crate) async fn set(tx: &mut Tx, cw: &Casework, household: HouseholdId, id: EnrolmentId) -> Result<()> {
    tx.run(
        "UPDATE enrolment SET watched = version WHERE household_id = $1 AND enrolment_id = $2",
        args![household, id],
    )
    .await?;
    let award = Award::read(tx, cw, household, id).await?;
    let wanted = match &award {
        Some(award) if runs(award.enrolment.state) => {
            conditions::concern(tx, award).await?;
            let there = there(tx, household, id).await?;
            let mut wanted = wanted(award, &there, tx.today());
            wanted.extend(next_cycle(tx, award).await?.map(|on| (CYCLE, on)));
            wanted.extend(review::wanted(award, &there, tx.today()));
            let step = graduation::next_step(tx, award).await?;
            wanted.extend(step.map(|on| (graduation::STEP, on.previous_day().unwrap_or(on))));
            let again = graduation::consider(tx, cw, award, tx.today().saturating_add(AGAIN)).await?;
            wanted.extend(again.map(|on| (graduation::AGAIN, on)));
            wanted
        }
        _ => {
            conditions::close(tx, household, id).await?;
            Vec::new()
        }
    };
    review::settle(tx, household).await?;
    let now = tx.here(tx.now());
    let mut clocks: Vec<(NewClock, OffsetDateTime)> = Vec::new();
    for (kind, on) in wanted {
        let Some(award) = &award else { break };
        let days = (on - now.date()).whole_days().clamp(0, i64::from(u16::MAX));
        let def = award.pack.programme(&award.enrolment.programme);
        let new = NewClock {
            household_id: household,
            kind: kind.to_owned(),
            subject: Subject::new(SUBJECT, id),
            scope: award.home.scope(),
            term: Term::Days(u16::try_from(days).unwrap_or(u16::MAX)),
            legal_basis: def.map(|def| def.legal_basis.clone()).unwrap_or_default(),
            at_breach: AtBreach::Act,
            started_at: tx.now(),
        };
        clocks.push((new, end_of_day(on, now)));
    }
    clocks::settle(tx, &Actor::system(), household, &Subject::new(SUBJECT, id), clocks, "award_changed").await
}

/// Whether an award has clocks: it is given, or stands still.
fn runs(state: EnrolmentState) -> bool {
    use EnrolmentState as S;
    matches!(state, S::Accepted | S::Onboarding | S::Active | S::Suspended)
}

/// The last day for records of the cycle that is judged next.
async fn next_cycle(tx: &mut Tx, award: &Award) -> Result<Option<Date>> {
    let open = conditions::open(tx, award.home.household, award.enrolment.id).await?;
    let due = open.iter().filter_map(|watch| {
        let check = conditions::check_of(&award.pack, &watch.programme, &watch.condition)?;
        Some(conditions::due_on(check, watch.next_from))
    });
    Ok(due.min())
}

/// A clock of an award that runs or has rung.
pub(super) struct There {
    pub kind: String,
    /// Whether it has rung.
    pub has_rung: bool,
    /// The day after which it rings.
    pub on: Date,
}

/// Whether a clock runs that is to ring after this day: where the server stood still, its turn is still to come.
pub(super) fn runs_on(there: &[There], kind: &str, on: Date) -> bool {
    there.iter().any(|clock| clock.kind == kind && clock.on == on && !clock.has_rung)
}

async fn there(tx: &mut Tx, household: HouseholdId, id: EnrolmentId) -> Result<Vec<There>> {
    let rows: Vec<(String, String, OffsetDateTime)> = tx
        .all(
            "SELECT kind, state, due_at FROM clock WHERE household_id = $1 AND subject_kind = $2 AND subject_id = $3
             AND state IN ('running', 'met')",
            args![household, SUBJECT, id],
        )
        .await?;
    let read = |(kind, state, at): (String, String, OffsetDateTime)| There {
        kind,
        has_rung: state == "met",
        on: tx.here(at).date(),
    };
    Ok(rows.into_iter().map(read).collect())
}

/// What becomes due, and after which day.
fn wanted(award: &Award, there: &[There], today: Date) -> Vec<(&'static str, Date)> {
    let mut wanted = Vec::new();
    // Who has less than the warning to go was told when it was given.
    let mut warned = |soon, then, on: Date| {
        let warn_on = on.saturating_sub(award.warning());
        let waits = today < warn_on || runs_on(there, soon, warn_on);
        wanted.push(if waits { (soon, warn_on) } else { (then, on) });
    };
    if let Some(on) = award.enrolment.ends_on {
        warned(ENDS_SOON, ENDS, on);
    }
    if let Some((_, on)) = award.up_to_age() {
        // The day before the birthday is the last one on which they are younger.
        let last = on.previous_day().unwrap_or(on);
        if today <= last {
            warned(AGE_SOON, AGE, last);
        } else if super::propose::is_new(award, on) {
            let is_taken = award.pending().is_some();
            wanted.push((AGE, if is_taken { today.saturating_add(AGAIN) } else { last }));
        }
    }
    wanted
}
