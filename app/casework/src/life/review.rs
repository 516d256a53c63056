//! Reviews: an award is looked at again on the day that its programme says, or when the first of the answers that it rests on
//! holds no longer (`review_on` of the enrolment, set whenever a decision gives or keeps it).
//!
//! The household is told some time before; on the day the office gets one task for the household, however many of its awards
//! are due, and asks only what is stale ([`crate::assessments::validity`]). A new assessment sets the next day and ends the
//! task. When none comes in time a supervisor gets a task: nobody loses an award because nobody looked.

use domain::calendar::Term;
use domain::ids::HouseholdId;
use domain::notice::Kind;
use domain::role::Right;
use domain::task::Priority;
use time::{Date, Duration};

use super::Award;
use super::ring::told_as;
use super::watch::{There, runs_on};
use crate::clocks::Clock;
use crate::db::Tx;
use crate::error::Result;
use crate::journal::{self, Event};
use crate::subject::Subject;
use crate::tasks::{self, NewTask};
use crate::{Actor, args, enrolments};

/// A household nears the day on which an award is looked at again.
pub(crate) const SOON: &str = "award_review_soon";
/// The last day before it.
pub(crate) const DUE: &str = "award_review";
/// The last day on which the office may still be on time.
pub(crate) const LATE: &str = "award_review_late";
/// What a review is, as subject of tasks: its id is the household's.
const REVIEW: &str = "review";
/// The pack's limit for a review that is due, by its name in `pack.toml`.
const WITHIN: &str = "review_within";
/// Days, where the pack has no such limit.
const WITHIN_DAYS: u16 = 30;

/// The task of a household's review.
fn subject(household: HouseholdId) -> Subject {
    Subject::new(REVIEW, household)
}

/// How long the office has.
fn within(award: &Award) -> Duration {
    let limit = award.pack.about.law.other.get(WITHIN).map(|limit| limit.term);
    Duration::days(i64::from(match limit {
        Some(Term::Days(days) | Term::WorkingDays(days)) => days,
        _ => WITHIN_DAYS,
    }))
}

/// The day on which an award is looked at again; none where it ends before.
pub(super) fn on(award: &Award) -> Option<Date> {
    let one = &award.enrolment;
    one.review_on.filter(|on| one.ends_on.is_none_or(|last| *on < last))
}

/// What becomes due of a review next, and after which day. Each rings once for its day, also when the server stood still and the
/// day of the next one is past.
pub(super) fn wanted(award: &Award, there: &[There], today: Date) -> Option<(&'static str, Date)> {
    let on = on(award)?;
    let warn_on = on.saturating_sub(award.warning());
    if today < warn_on || runs_on(there, SOON, warn_on) {
        return Some((SOON, warn_on));
    }
    let stages = [(DUE, on.previous_day().unwrap_or(on)), (LATE, on.saturating_add(within(award)))];
    let rang = |kind: &str, day| there.iter().any(|one| one.has_rung && one.kind == kind && one.on == day);
    stages.into_iter().find(|(kind, day)| !rang(kind, *day))
}

/// The household is told before; once for a day, however many of its awards are looked at then.
pub(super) async fn soon(tx: &mut Tx, award: &Award, clock: &Clock) -> Result<()> {
    let Some(on) = on(award) else { return Ok(()) };
    let others: Option<i64> = tx
        .value(
            "SELECT COUNT(*) FROM clock WHERE household_id = $1 AND kind = $2 AND due_at = $3 AND state = 'met'
             AND id <> $4",
            args![award.home.household, SOON, clock.due_at, clock.id],
        )
        .await?;
    if others.unwrap_or(0) > 0 {
        return Ok(());
    }
    told_as(tx, award, Event::new("award.review_soon").date("on", on), Kind::Review, Some(on)).await
}

/// The day has come: the office reviews the household.
pub(super) async fn due(tx: &mut Tx, award: &Award) -> Result<()> {
    let Some(on) = on(award) else { return Ok(()) };
    let task = NewTask {
        household_id: award.home.household,
        kind: "review".into(),
        subject: subject(award.home.household),
        scope: award.home.scope(),
        needs: Right::WorkTasks,
        priority: Priority::Normal,
        due_at: tx.now() + within(award),
        instructions: String::new(),
    };
    one_at_a_time(tx, task).await?;
    entry(tx, award, Event::new("award.review_due").date("on", on)).await
}

/// Nobody has reviewed it in time: a supervisor sees to it, and nothing else happens.
pub(super) async fn late(tx: &mut Tx, award: &Award) -> Result<()> {
    let Some(on) = on(award) else { return Ok(()) };
    let task = NewTask {
        household_id: award.home.household,
        kind: "review_overdue".into(),
        subject: subject(award.home.household),
        scope: award.home.scope(),
        needs: Right::AssignTasks,
        priority: Priority::High,
        due_at: tx.now() + Duration::DAY,
        instructions: String::new(),
    };
    one_at_a_time(tx, task).await?;
    entry(tx, award, Event::new("award.review_late").date("on", on)).await
}

async fn entry(tx: &mut Tx, award: &Award, event: Event) -> Result<()> {
    let event = event.id("enrolment", award.enrolment.id).code("programme", &award.enrolment.programme);
    journal::append(tx, &Actor::system(), award.home.household, event).await
}

/// Opens a task unless the household has one of its kind.
async fn one_at_a_time(tx: &mut Tx, task: NewTask) -> Result<()> {
    let there: Option<i64> = tx
        .value(
            "SELECT COUNT(*) FROM task WHERE household_id = $1 AND subject_kind = $2 AND subject_id = $3 AND kind = $4
             AND state NOT IN ('completed', 'cancelled')",
            args![task.household_id, REVIEW, task.subject.id, task.kind.as_str()],
        )
        .await?;
    if there.unwrap_or(0) > 0 {
        return Ok(());
    }
    tasks::open(tx, &Actor::system(), task).await.map(drop)
}

/// Ends the tasks of a household's review when none of its awards waits for one any more.
pub(super) async fn settle(tx: &mut Tx, household: HouseholdId) -> Result<()> {
    let open: Option<i64> = tx
        .value(
            "SELECT COUNT(*) FROM task WHERE household_id = $1 AND subject_kind = $2 AND subject_id = $3
             AND state NOT IN ('completed', 'cancelled')",
            args![household, REVIEW, household],
        )
        .await?;
    if open.unwrap_or(0) == 0 {
        return Ok(());
    }
    let all = enrolments::of_household(tx, household).await?;
    let (actor, today) = (Actor::system(), tx.today());
    let mut running = all.iter().filter(|one| one.is_running()).peekable();
    if running.peek().is_none() {
        tasks::cancel_about(tx, &actor, household, &subject(household), "award_over").await?;
    } else if running.all(|one| one.review_on.is_none_or(|on| on > today)) {
        tasks::complete_about(tx, &actor, household, &subject(household)).await?;
    }
    Ok(())
}
