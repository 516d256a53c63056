//! What a cycle comes to, and what follows: when the time for records is over ([`due`]), and when a record comes or is
//! corrected afterwards ([`round`]).
//!
//! A record that is missing leads to a task for the office, never to anything against the person. A cycle that was not met
//! leads to a letter; when the pack's ladder says so, to a proposal that a second person must agree to and the person is
//! heard about. A cycle that turns out to be met or excused takes back what it led to.

use domain::definitions::CheckDef;
use domain::ids::{EnrolmentId, HouseholdId};
use domain::life::condition::{Consequence, CycleVerdict, Excuse, Given, Rung, ladder, missed, verdict};
use domain::life::{Act, Because, Cause};
use domain::lifecycle::enrolment::EnrolmentState;
use domain::role::Right;
use domain::task::Priority;
use time::{Date, Duration};
use uuid::Uuid;

use super::conditions::{self, Watch, at_least, check_of, due_on};
use super::ring::told;
use super::{Award, SUBJECT, propose, watch};
use crate::db::Tx;
use crate::decisions::issue::drop_pending;
use crate::error::{Error, Result};
use crate::journal::{self, Event};
use crate::subject::Subject;
use crate::tasks::{self, NewTask};
use crate::{Actor, Casework, args, enrolments};

/// Within which time the office asks for a record that did not come.
const ASK_WITHIN: Duration = Duration::days(7);
/// Records looked at in one round.
const BATCH: i64 = 200;

/// Records that came after their cycle was judged, or corrected one that did.
pub(super) const UNJUDGED: &str = "SELECT household_id, record_id FROM condition_record
     WHERE judged = FALSE ORDER BY record_id LIMIT $1";

#[derive(sqlx::FromRow)]
struct RecordRow {
    value: Option<i64>,
    excuse: String,
}

/// A judged cycle, as it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Judged {
    pub from: Date,
    pub until: Date,
    pub verdict: CycleVerdict,
    pub value: Option<i64>,
    pub at_least: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct CycleRow {
    cycle_from: Date,
    cycle_until: Date,
    verdict: String,
    value: Option<i64>,
    at_least: Option<i64>,
}

/// The newest judged cycles of a person and a condition, the newest first.
pub(crate) async fn newest(
    tx: &mut Tx,
    household: HouseholdId,
    enrolment: EnrolmentId,
    (person, condition): (Uuid, &str),
    most: u32,
) -> Result<Vec<Judged>> {
    let rows: Vec<CycleRow> = tx
        .all(
            "SELECT cycle_from, cycle_until, verdict, value, at_least FROM condition_cycle
             WHERE household_id = $1 AND enrolment_id = $2 AND person_id = $3 AND condition = $4
             ORDER BY cycle_from DESC LIMIT $5",
            args![household, enrolment, person, condition, i64::from(most)],
        )
        .await?;
    let read = |row: CycleRow| {
        Ok(Judged {
            from: row.cycle_from,
            until: row.cycle_until,
            verdict: row.verdict.parse().map_err(Error::internal)?,
            value: row.value,
            at_least: row.at_least,
        })
    };
    rows.into_iter().map(read).collect()
}

/// Judges every cycle of an award whose time for records is over, in order, and does what follows from the newest.
pub(crate) async fn due(tx: &mut Tx, cw: &Casework, award: &Award) -> Result<()> {
    let (household, id) = (award.home.household, award.enrolment.id);
    for watch in conditions::open(tx, household, id).await? {
        let Some(check) = check_of(&award.pack, &watch.programme, &watch.condition) else { continue };
        let mut next = watch.next_from;
        while due_on(check, next) < tx.today() {
            judge(tx, award, &watch, check, next).await?;
            next = check.cycle.next(next);
        }
        if next != watch.next_from {
            tx.run(
                "UPDATE condition_watch SET next_from = $1
                 WHERE household_id = $2 AND enrolment_id = $3 AND person_id = $4 AND condition = $5",
                args![next, household, id, watch.person_id, watch.condition.as_str()],
            )
            .await?;
            Box::pin(follow(tx, cw, household, &watch, check)).await?;
        }
    }
    Ok(())
}

/// Writes down what a cycle comes to by the record that counts now.
async fn judge(
    tx: &mut Tx,
    award: &Award,
    watch: &Watch,
    check: &CheckDef,
    first: Date,
) -> Result<CycleVerdict> {
    let (household, condition) = (award.home.household, watch.condition.as_str());
    let row: Option<RecordRow> = tx
        .one(
            "SELECT value, excuse FROM condition_record
             WHERE household_id = $1 AND enrolment_id = $2 AND person_id = $3 AND condition = $4 AND cycle_from = $5
               AND replaced_at IS NULL",
            args![household, watch.enrolment_id, watch.person_id, condition, first],
        )
        .await?;
    let given = row
        .map(|row| {
            let excuse: Option<Excuse> = match row.excuse.as_str() {
                "" => None,
                code => Some(code.parse().map_err(Error::internal)?),
            };
            Ok::<_, Error>(Given { value: row.value, excuse })
        })
        .transpose()?;
    let until = check.cycle.last_of(first);
    let least = at_least(&award.pack, check, until);
    let verdict = verdict(check.record, least, given.as_ref());
    tx.run(
        "INSERT INTO condition_cycle (household_id, enrolment_id, person_id, condition, cycle_from, cycle_until, office,
                                      verdict, value, at_least, judged_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (household_id, enrolment_id, person_id, condition, cycle_from) DO UPDATE SET
             verdict = excluded.verdict, value = excluded.value, at_least = excluded.at_least,
             judged_at = excluded.judged_at",
        args![
            household,
            watch.enrolment_id,
            watch.person_id,
            condition,
            first,
            until,
            award.home.office.as_str(),
            verdict.code(),
            given.and_then(|given| given.value),
            least,
            tx.now()
        ],
    )
    .await?;
    let event = Event::new("condition.judged")
        .id("enrolment", watch.enrolment_id)
        .code("condition", condition)
        .date("from", first)
        .code("state", verdict.code());
    journal::append(tx, &Actor::system(), household, event).await?;
    Ok(verdict)
}

/// What the newest cycles of a person come to by the pack's ladder.
async fn rung(
    tx: &mut Tx,
    award: &Award,
    watch: &Watch,
    check: &CheckDef,
) -> Result<(Vec<Judged>, Vec<CycleVerdict>, Rung)> {
    let of = (watch.person_id, watch.condition.as_str());
    let cycles = newest(tx, award.home.household, award.enrolment.id, of, check.within.max(1)).await?;
    let verdicts: Vec<CycleVerdict> = cycles.iter().map(|one| one.verdict).collect();
    let rung = ladder(check.misses, check.within, check.then, &verdicts);
    Ok((cycles, verdicts, rung))
}

/// Does what follows from the newest cycle. The award is read afresh: another condition may have moved it.
async fn follow(
    tx: &mut Tx,
    cw: &Casework,
    household: HouseholdId,
    watch: &Watch,
    check: &CheckDef,
) -> Result<()> {
    let Some(award) = Award::read(tx, cw, household, watch.enrolment_id.into()).await? else {
        return Ok(());
    };
    let (cycles, verdicts, rung) = rung(tx, &award, watch, check).await?;
    let Some(newest) = cycles.first() else { return Ok(()) };
    let event =
        |kind: &'static str| Event::new(kind).code("condition", &watch.condition).date("from", newest.from);
    match rung {
        Rung::Nothing if newest.verdict == CycleVerdict::Unknown => ask(tx, &award).await,
        Rung::Nothing => {
            if is_stopped_by(&award, watch)? {
                resume(tx, &award).await?;
                told(tx, &award, event("award.resumed")).await?;
            }
            Ok(())
        }
        Rung::Notice => told(tx, &award, event("condition.missed")).await,
        Rung::Propose(then) => {
            let act = if then == Consequence::End { Act::End } else { Act::Suspend };
            let stands = act == Act::Suspend && award.enrolment.state == EnrolmentState::Suspended;
            if award.pending().is_none() && !stands {
                let cause = Cause::Condition {
                    condition: watch.condition.clone(),
                    person: watch.person_id,
                    missed: missed(check.within, &verdicts),
                    from: newest.from,
                    until: newest.until,
                };
                propose::propose(tx, cw, &award, Because { act, cause }).await?;
            }
            told(tx, &award, event("condition.missed")).await
        }
    }
}

/// Somebody asks the provider for the record that did not come: one task for an award at a time.
async fn ask(tx: &mut Tx, award: &Award) -> Result<()> {
    let there: Option<i64> = tx
        .value(
            "SELECT COUNT(*) FROM task WHERE household_id = $1 AND subject_kind = $2 AND subject_id = $3
             AND kind = 'ask_record' AND state NOT IN ('completed', 'cancelled')",
            args![award.home.household, SUBJECT, award.enrolment.id],
        )
        .await?;
    if there.unwrap_or(0) > 0 {
        return Ok(());
    }
    let task = NewTask {
        household_id: award.home.household,
        kind: "ask_record".into(),
        subject: Subject::new(SUBJECT, award.enrolment.id),
        scope: award.home.scope(),
        needs: Right::WorkTasks,
        priority: Priority::Normal,
        due_at: tx.now() + ASK_WITHIN,
        instructions: String::new(),
    };
    tasks::open(tx, &Actor::system(), task).await.map(drop)
}

/// Whether the award stands still because of this person's condition.
fn is_stopped_by(award: &Award, watch: &Watch) -> Result<bool> {
    let because = award.decision()?.body.because.as_ref();
    Ok(award.enrolment.state == EnrolmentState::Suspended && because.is_some_and(|one| is_about(one, watch)))
}

fn is_about(because: &Because, watch: &Watch) -> bool {
    matches!(&because.cause, Cause::Condition { condition, person, .. }
        if *condition == watch.condition && *person == watch.person_id)
}

async fn resume(tx: &mut Tx, award: &Award) -> Result<()> {
    enrolments::resume(tx, award.home.household, &award.enrolment).await
}

/// Looks again at cycles that were judged before a record came; how many records. For the worker; once on however many
/// servers.
pub async fn round(cw: &Casework) -> Result<usize> {
    let cw = &cw.acting(&Actor::system());
    let rows: Vec<(Uuid, Uuid)> = cw.db.all(UNJUDGED, args![BATCH]).await?;
    let mut done = 0;
    for (household, record) in rows {
        let own = cw.clone();
        let late = cw.write(async move |tx| late(tx, &own, household.into(), record).await).await;
        match late {
            Ok(true) => done += 1,
            Ok(false) | Err(Error::Stale) => {}
            Err(Error::Internal(reference)) => {
                tracing::error!(%reference, %record, "a record of a condition");
            }
            Err(other) => return Err(other),
        }
    }
    Ok(done)
}

#[derive(sqlx::FromRow)]
struct LateRow {
    enrolment_id: Uuid,
    person_id: Uuid,
    condition: String,
    cycle_from: Date,
}

async fn late(tx: &mut Tx, cw: &Casework, household: HouseholdId, record: Uuid) -> Result<bool> {
    let mine = tx
        .run(
            "UPDATE condition_record SET judged = TRUE WHERE household_id = $1 AND record_id = $2 AND judged = FALSE",
            args![household, record],
        )
        .await?;
    if mine == 0 {
        return Ok(false);
    }
    let row: Option<LateRow> = tx
        .one(
            "SELECT enrolment_id, person_id, condition, cycle_from FROM condition_record
             WHERE household_id = $1 AND record_id = $2",
            args![household, record],
        )
        .await?;
    let Some(row) = row else { return Ok(true) };
    let id = EnrolmentId::new(row.enrolment_id);
    let Some(award) = Award::read(tx, cw, household, id).await? else { return Ok(true) };
    let own = |watch: &Watch| watch.person_id == row.person_id && watch.condition == row.condition;
    let there = conditions::open(tx, household, id).await?.into_iter().find(own);
    let Some(watch) = there.filter(|_| award.enrolment.is_running()) else { return Ok(true) };
    let Some(check) = check_of(&award.pack, &watch.programme, &watch.condition) else { return Ok(true) };
    let before: Option<String> = tx
        .value(
            "SELECT verdict FROM condition_cycle WHERE household_id = $1 AND enrolment_id = $2 AND person_id = $3
             AND condition = $4 AND cycle_from = $5",
            args![household, id, row.person_id, row.condition.as_str(), row.cycle_from],
        )
        .await?;
    // A cycle whose time for records is not over is judged when it is.
    let Some(before) = before else { return Ok(true) };
    let now = judge(tx, &award, &watch, check, row.cycle_from).await?;
    if before == now.code() {
        return Ok(true);
    }
    let (cycles, _, rung) = rung(tx, &award, &watch, check).await?;
    let clears = !matches!(rung, Rung::Propose(_));
    let pending = award
        .pending()
        .filter(|one| one.body.because.as_ref().is_some_and(|because| is_about(because, &watch)));
    let event = |kind: &'static str| {
        Event::new(kind).code("condition", &watch.condition).date("from", row.cycle_from)
    };
    if let Some(pending) = pending.filter(|_| clears) {
        drop_pending(tx, &cw.keys, &Actor::system(), pending, "condition_cleared").await?;
        told(tx, &award, event("condition.cleared")).await?;
    } else if clears && is_stopped_by(&award, &watch)? {
        resume(tx, &award).await?;
        told(tx, &award, event("award.resumed")).await?;
    } else if cycles.first().is_some_and(|newest| newest.from == row.cycle_from) {
        Box::pin(follow(tx, cw, household, &watch, check)).await?;
    }
    watch::set(tx, cw, household, id).await?;
    Ok(true)
}
