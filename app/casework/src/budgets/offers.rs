//! What becomes free goes to the next of the list: a place is offered for 30 days, with a letter, a clock and a task to tell
//! the household. An offer that nobody answers in time lapses, and the place goes on; a place on a list that was kept until a
//! day ends on it. [`round`] does all of it, once on however many servers: each offer is one unit of work that draws on the
//! line as a decision does. The queue is strict: who does not fit is not passed over.

use std::sync::Arc;

use domain::calendar::{Term, add_months};
use domain::ids::{EnrolmentId, HouseholdId};
use domain::lifecycle::enrolment::{EnrolmentEvent, ExitReason, WaitsFor};
use domain::lifecycle::{By, Guard};
use domain::notice::Kind;
use domain::pack::Pack;
use domain::role::Right;
use domain::task::Priority;
use time::Date;
use uuid::Uuid;

use super::{Asks, Drawn, Line, holding, line_query, list, nearest, short_of, take};
use crate::assessments::{self, Household};
use crate::clocks::{self, AtBreach, NewClock};
use crate::db::Tx;
use crate::decisions::{self, Decision, follow::Desk};
use crate::enrolments::{self, Enrolment};
use crate::error::{Error, Result};
use crate::journal::{self, Event};
use crate::overrides::reissue_telling;
use crate::subject::Subject;
use crate::tasks::{self, NewTask};
use crate::{Actor, Casework, args, packs};

/// The noun of an enrolment, as subject of clocks and tasks.
pub const SUBJECT: &str = "enrolment";
/// The pack's limit for answering an offer, by its name in `pack.toml`.
const OFFER: &str = "offer";
/// Where the pack has no such limit.
const OFFER_DAYS: Term = Term::Days(30);
/// Within which time the household is told, or reached out to.
const TELL_WITHIN: Term = Term::WorkingDays(2);
/// Lines, or places, in one round.
const BATCH: i64 = 200;

/// Lines of which something may have become free.
pub(super) const STIRRED: &str =
    "SELECT budget_id, programme, area, from_date, until_date, places, money, added_places,
            added_money, taken_places, taken_money
     FROM budget_line WHERE stirred = TRUE AND in_force = TRUE AND from_date <= $1 AND until_date >= $1
     ORDER BY budget_id LIMIT $2";
/// Offers whose last day is over.
pub(super) const LAPSED: &str = "SELECT household_id, enrolment_id FROM enrolment
     WHERE state = 'offered' AND offer_until < $1 ORDER BY offer_until LIMIT $2";
/// Places on lists whose last day is over.
pub(super) const RUN_OUT: &str = "SELECT household_id, enrolment_id FROM enrolment
     WHERE state = 'waiting' AND list_until < $1 ORDER BY list_until LIMIT $2";

/// What a round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Places that were offered.
    pub offered: u64,
    /// Offers that lapsed.
    pub lapsed: u64,
    /// Places on lists that ran out.
    pub run_out: u64,
}

/// One round: what lapsed goes back first, then what is free is offered.
pub async fn round(cw: &Casework) -> Result<Done> {
    let Ok(pack) = cw.pack() else { return Ok(Done::default()) };
    let cw = &cw.acting(&Actor::system());
    let mut done = Done::default();
    for (household, enrolment) in over(cw, LAPSED).await? {
        done.lapsed += u64::from(end(cw, household, enrolment, End::Lapsed).await?);
    }
    for (household, enrolment) in over(cw, RUN_OUT).await? {
        done.run_out += u64::from(end(cw, household, enrolment, End::RunOut).await?);
    }
    let stirred: Vec<Line> = cw.db.all(STIRRED, args![cw.today(), BATCH]).await?;
    for line in stirred {
        done.offered += give(cw, &pack, line.budget_id).await?;
    }
    Ok(done)
}

/// Offers what is left of one line to the next of its list, as [`round`] does; how many have an offer. Nothing for a line that gives
/// nothing today.
pub(super) async fn of_line(cw: &Casework, budget: Uuid) -> Result<u64> {
    let Ok(pack) = cw.pack() else { return Ok(0) };
    let cw = &cw.acting(&Actor::system());
    let line: Option<Line> = cw
        .db
        .one(
            line_query!("WHERE budget_id = $1 AND in_force = TRUE AND from_date <= $2 AND until_date >= $2"),
            args![budget, cw.today()],
        )
        .await?;
    if line.is_some() { give(cw, &pack, budget).await } else { Ok(0) }
}

/// Gives of a line as long as somebody waits and enough is left.
async fn give(cw: &Casework, pack: &Arc<Pack>, budget: Uuid) -> Result<u64> {
    let mut offered = 0;
    loop {
        let (own, pack) = (cw.clone(), pack.clone());
        // Boxed: it holds a letter on its way.
        let next = cw.write(async move |tx| Box::pin(next(tx, &own, &pack, budget)).await).await;
        match next {
            Ok(Next::Offered) => offered += 1,
            Ok(Next::Elsewhere) => {}
            // Another server, or an officer, was faster: the line is looked at again in the next round.
            Ok(Next::Nobody) | Err(Error::Stale | Error::Unavailable(_)) => return Ok(offered),
            Err(error) => return Err(error),
        }
    }
}

async fn over(cw: &Casework, sql: &'static str) -> Result<Vec<(HouseholdId, EnrolmentId)>> {
    let rows: Vec<(Uuid, Uuid)> = cw.db.all(sql, args![cw.today(), BATCH]).await?;
    Ok(rows.into_iter().map(|(household, enrolment)| (household.into(), enrolment.into())).collect())
}

enum Next {
    /// The next has an offer; there may be more to give.
    Offered,
    /// The next does not live there any more and waits on another list.
    Elsewhere,
    /// Nobody waits, or what is left does not suffice for the next.
    Nobody,
}

/// Offers what is left of a line to the next of its list.
async fn next(tx: &mut Tx, cw: &Casework, pack: &Arc<Pack>, budget: Uuid) -> Result<Next> {
    let line: Option<Line> =
        tx.one(line_query!("WHERE budget_id = $1 AND stirred = TRUE"), args![budget]).await?;
    let Some(line) = line else { return Ok(Next::Nobody) };
    let first = list::next(tx, &line.programme, &line.area).await?;
    let (Some((household, id)), Some(def)) = (first, pack.programme(&line.programme)) else {
        return settle(tx, budget).await;
    };
    let all = enrolments::of_household(tx, household).await?;
    let waits = all.into_iter().find(|one| one.id == id).ok_or(Error::Stale)?;
    let home = Household::read_unchecked(tx, household).await?;
    let there = match &home {
        Some(home) => nearest(tx, &def.id, &pack.areas, &home.area, tx.today()).await?,
        None => None,
    };
    let (Some(home), true) = (home, there.as_ref().is_some_and(|there| there.budget_id == budget)) else {
        let list = there.map(|line| line.area).unwrap_or_default();
        return elsewhere(tx, household, &waits, &list).await;
    };
    let asks = Asks { def, areas: &pack.areas, area: &home.area, minor: waits.amount_minor, day: tx.today() };
    let money = asks.money();
    if !take(tx, budget, 1, money).await? {
        let reason = short_of(tx, budget).await?;
        tx.run(
            "UPDATE enrolment SET waits_for = $1 WHERE household_id = $2 AND enrolment_id = $3",
            args![reason.code(), household, id],
        )
        .await?;
        return settle(tx, budget).await;
    }
    let limit = pack.about.law.other.get(OFFER);
    let term = limit.map_or(OFFER_DAYS, |limit| limit.term);
    let calendar = pack.working_calendar(&home.area).ok_or(Error::Invalid("area.unknown"))?;
    let system = Actor::system();
    let subject = Subject::new(SUBJECT, id);
    let clock = NewClock {
        household_id: household,
        kind: "offer".into(),
        subject: subject.clone(),
        scope: home.scope(),
        term,
        legal_basis: limit.map(|limit| limit.source.clone()).unwrap_or_default(),
        at_breach: AtBreach::Record,
        started_at: tx.now(),
    };
    let (_, due_at) = clocks::start(tx, &system, &calendar, clock).await?;
    let until = tx.here(due_at).date();
    let by: (By, &[Guard]) = (By::System, &[]);
    enrolments::step_on_list(tx, household, &waits, EnrolmentEvent::Offer, by, Some(until)).await?;
    let ends_on = def.duration_months.map(|months| add_months(tx.today(), months));
    let months = holding::months(tx.today(), ends_on);
    holding::hold(tx, household, id, Drawn { budget, money }, months).await?;
    let task = work("tell_offer", &home, subject, calendar.due_at(tx.now(), TELL_WITHIN));
    tasks::open(tx, &system, task).await?;
    tell(tx, cw, &home, &waits, Some(until)).await?;
    let event = Event::new("enrolment.offered")
        .id("enrolment", id)
        .code("programme", &waits.programme)
        .date("until", until);
    journal::append(tx, &system, household, event).await?;
    Ok(Next::Offered)
}

/// Nothing more to give of a line until it is stirred again.
async fn settle(tx: &mut Tx, budget: Uuid) -> Result<Next> {
    tx.run("UPDATE budget_line SET stirred = FALSE WHERE budget_id = $1", args![budget]).await?;
    Ok(Next::Nobody)
}

/// Who moved waits on the list of where they live now, since the same day.
async fn elsewhere(tx: &mut Tx, household: HouseholdId, waits: &Enrolment, list: &str) -> Result<Next> {
    let reason = if list.is_empty() { WaitsFor::Budget } else { WaitsFor::Turn };
    tx.run_one(
        "UPDATE enrolment SET list_area = $1, waits_for = $2 WHERE household_id = $3 AND enrolment_id = $4",
        args![list, reason.code(), household, waits.id],
    )
    .await?;
    tx.run(
        "UPDATE budget_line SET stirred = TRUE WHERE programme = $1 AND area = $2 AND in_force = TRUE",
        args![waits.programme.as_str(), list],
    )
    .await?;
    Ok(Next::Elsewhere)
}

/// Why a place ends by itself.
#[derive(Clone, Copy)]
enum End {
    /// Nobody answered the offer.
    Lapsed,
    /// It was kept as long as places are kept.
    RunOut,
}

/// Ends an offer or a place on a list; the office reaches out. Whether it was still to be done.
async fn end(cw: &Casework, household: HouseholdId, id: EnrolmentId, end: End) -> Result<bool> {
    let own = cw.clone();
    let done = cw
        .write(async move |tx| {
            let all = enrolments::of_household(tx, household).await?;
            let today = tx.today();
            let is_over = |one: &Enrolment| match end {
                End::Lapsed => one.is_offered() && one.offer_until.is_some_and(|day| day < today),
                End::RunOut => {
                    one.is_waiting() && !one.is_offered() && one.list_until.is_some_and(|day| day < today)
                }
            };
            let Some(one) = all.into_iter().find(|one| one.id == id && is_over(one)) else {
                return Ok(false);
            };
            let home = Household::read_unchecked(tx, household).await?.ok_or(Error::NotFound)?;
            let (system, subject) = (Actor::system(), Subject::new(SUBJECT, id));
            let kind = match end {
                End::Lapsed => {
                    let by: (By, &[Guard]) = (By::System, &[Guard::TermPassed]);
                    let kept = one.offer_until;
                    enrolments::step_on_list(tx, household, &one, EnrolmentEvent::Expire, by, kept).await?;
                    holding::release(tx, household, id, one.state).await?;
                    clocks::cancel(tx, &system, household, &subject, "offer_lapsed").await?;
                    tasks::cancel_about(tx, &system, household, &subject, "offer_lapsed").await?;
                    "enrolment.offer_lapsed"
                }
                End::RunOut => {
                    enrolments::exit(tx, household, &one, ExitReason::ListExpired, By::System).await?;
                    "enrolment.place_run_out"
                }
            };
            let calendar = own.working_calendar(&home.area)?;
            let task = work("reach_out", &home, subject, calendar.due_at(tx.now(), TELL_WITHIN));
            tasks::open(tx, &system, task).await?;
            Box::pin(tell(tx, &own, &home, &one, None)).await?;
            let event = Event::new(kind).id("enrolment", id).code("programme", &one.programme);
            journal::append(tx, &system, household, event).await?;
            Ok(true)
        })
        .await;
    match done {
        Err(Error::Stale | Error::Unavailable(_)) => Ok(false),
        done => done,
    }
}

fn work(kind: &str, home: &Household, subject: Subject, due_at: time::OffsetDateTime) -> NewTask {
    NewTask {
        household_id: home.household,
        kind: kind.to_owned(),
        subject,
        scope: home.scope(),
        needs: Right::WorkTasks,
        priority: Priority::High,
        due_at,
        instructions: String::new(),
    }
}

/// The household gets a new letter about where its place stands, and is told until when it can answer.
async fn tell(
    tx: &mut Tx,
    cw: &Casework,
    home: &Household,
    one: &Enrolment,
    until: Option<Date>,
) -> Result<()> {
    let decision = decisions::find(tx, home.household, one.decision).await?.ok_or(Error::NotFound)?;
    let actor = Actor::system();
    let (pack, calendar) = under(tx, cw, home, &decision).await?;
    let desk =
        Desk { actor: &actor, by: By::System, home, pack: &pack, calendar: &calendar, today: tx.today() };
    let kind = if until.is_some() { Kind::Offer } else { Kind::Decision };
    reissue_telling(tx, &desk, &decision, kind, until).await
}

/// The pack of the assessment a decision rests on, and the working days of where the household lives.
pub(super) async fn under(
    tx: &mut Tx,
    cw: &Casework,
    home: &Household,
    decision: &Decision,
) -> Result<(Arc<Pack>, domain::calendar::WorkingCalendar)> {
    let of = assessments::find(tx, home.household, decision.assessment).await?.ok_or(Error::NotFound)?;
    let pack = packs::by_hash(cw, &of.pack_hash).await?;
    let calendar = pack.working_calendar(&home.area).ok_or(Error::Invalid("area.unknown"))?;
    Ok((pack, calendar))
}

/// The last day to answer, while an answer is awaited.
pub(super) fn open_until(one: &Enrolment, today: Date) -> Option<Date> {
    one.offer_until.filter(|until| one.is_offered() && *until >= today)
}
