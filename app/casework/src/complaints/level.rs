//! Going up: from the office to the agency to the ombudsman, by itself when something that is owed is late, or because
//! somebody says so. Who handled it keeps it as a reader; what it was late with stays on record.

use domain::complaint::rules::Rules;
use domain::complaint::{ComplaintEvent, ComplaintState, NoteKind};
use domain::country::Limit;
use domain::ids::ComplaintId;
use domain::lifecycle::{By, Guard};
use domain::pack::Pack;

use super::notes::{fit, write};
use super::shape::{Complaint, again, find};
use super::{admitted, apart, arrange, clock, desk, rules, scope_of, start_clock, step, told};
use crate::clocks::{self, Clock};
use crate::db::Tx;
use crate::error::{Conflict, Error, Result};
use crate::journal::{self, Event};
use crate::{Actor, Casework, tasks};

/// Takes a complaint to the next level, with the reason. `Conflict(State)` from the last.
pub async fn escalate(
    cw: &Casework,
    actor: &Actor,
    id: ComplaintId,
    version: i64,
    reason: &str,
) -> Result<()> {
    let (pack, rules) = rules(cw)?;
    let (cw, _) = admitted(cw, actor, id, version).await?;
    let (keys, actor, reason) = (cw.keys.clone(), actor.clone(), fit(reason)?);
    cw.write(async move |tx| {
        let mut one = again(tx, id, version).await?;
        let by = desk::hand(tx, &actor, &one, ComplaintEvent::Escalate).await?;
        write(tx, &keys, &actor, &one, (NoteKind::Reason, false), &reason).await?;
        up(tx, &actor, (&pack, &rules), &mut one, by, false).await
    })
    .await
}

/// One level up, whoever says so. `late`: because the answer was owed by now.
pub(super) async fn up(
    tx: &mut Tx,
    actor: &Actor,
    (pack, rules): (&Pack, &Rules),
    one: &mut Complaint,
    by: By,
    late: bool,
) -> Result<()> {
    let next = one.level.next().ok_or(Error::Conflict(Conflict::State))?;
    let waited = one.state == ComplaintState::AwaitingComplainant;
    step(one, ComplaintEvent::Escalate, by, &[Guard::ReasonGiven])?;
    if let Some(owner) = one.owner.take()
        && !one.readers.contains(&owner)
    {
        one.readers.push(owner);
    }
    set_aside(one);
    one.escalated += 1;
    one.level = next;
    one.scope = scope_of(pack, next, &one.office);
    while apart::is_led_by_accused(tx, one).await?
        && let Some(next) = one.level.next()
    {
        one.level = next;
        one.scope = scope_of(pack, next, &one.office);
    }
    if waited {
        go_on(tx, actor, pack, one).await?;
    }
    let rule = rules.of(one.category);
    let mut begin = Vec::new();
    match one.state {
        ComplaintState::Received => begin.push((clock::ACKNOWLEDGE, rules.acknowledge_of(one.category))),
        ComplaintState::Acknowledged => begin.push((clock::TRIAGE, rules.triage.clone())),
        _ => begin.push((clock::ANSWER, rule.answer.clone())),
    }
    if late && begin.iter().all(|(kind, _)| *kind != clock::ANSWER) {
        begin.push((clock::ANSWER, rule.answer));
    }
    for (kind, limit) in begin {
        clocks::cancel_kind(tx, actor, one.case(), &one.subject(), kind, "escalated").await?;
        start_clock(tx, actor, pack, one, (kind, &limit), tx.now()).await?;
    }
    told(tx, actor, one, ComplaintEvent::Escalate).await?;
    arrange(tx, actor, one).await
}

/// It is looked at again at the same level. `Conflict(State)` when it was closed longer ago than the law lets it be opened.
pub(super) async fn reopen(
    tx: &mut Tx,
    actor: &Actor,
    (pack, rules): (&Pack, &Rules),
    one: &mut Complaint,
    by: By,
) -> Result<()> {
    let calendar = super::calendar(pack, &one.office)?;
    let within =
        one.closed_at.is_none_or(|closed| calendar.due_at(tx.here(closed), rules.reopen.term) >= tx.now());
    let held: &[Guard] =
        if within { &[Guard::ReasonGiven, Guard::WithinTerm] } else { &[Guard::ReasonGiven] };
    step(one, ComplaintEvent::Reopen, by, held)?;
    set_aside(one);
    one.owner = None;
    one.closed_at = None;
    one.reopened += 1;
    one.ending.clear();
    start_clock(tx, actor, pack, one, (clock::ANSWER, &rules.of(one.category).answer), tx.now()).await?;
    told(tx, actor, one, ComplaintEvent::Reopen).await?;
    arrange(tx, actor, one).await
}

/// What was answered or proposed no longer counts; it stays in what was said, and in the journal.
fn set_aside(one: &mut Complaint) {
    one.proposed_by = None;
    one.resolved_by = None;
    one.outcome = None;
    one.remedy = None;
    one.resolved_at = None;
    one.reply_due_at = None;
}

/// We no longer wait for the complainant: our clocks run on with what was left.
pub(super) async fn go_on(tx: &mut Tx, actor: &Actor, pack: &Pack, one: &mut Complaint) -> Result<()> {
    clocks::cancel_kind(tx, actor, one.case(), &one.subject(), clock::WAIT, "answered").await?;
    let calendar = super::calendar(pack, &one.office)?;
    clocks::resume(tx, actor, &calendar, one.case(), &one.subject()).await?;
    if let Some(due) = desk::answer_due(tx, one).await? {
        one.answer_due_at = due;
    }
    Ok(())
}

/// The term of the answer anew, as its category has it, from the day the complaint came.
pub(super) async fn place(
    tx: &mut Tx,
    actor: &Actor,
    pack: &Pack,
    one: &mut Complaint,
    (kind, limit): (&str, &Limit),
) -> Result<()> {
    clocks::cancel_kind(tx, actor, one.case(), &one.subject(), kind, "triaged").await?;
    one.answer_due_at = start_clock(tx, actor, pack, one, (kind, limit), one.received_at).await?;
    Ok(())
}

/// A clock about a complaint ran out.
pub(crate) async fn ring(tx: &mut Tx, cw: &Casework, clock: &Clock) -> Result<()> {
    let (pack, rules) = rules(cw)?;
    let system = Actor::system();
    let Some(mut one) = find(tx, ComplaintId::new(clock.subject.id)).await? else { return Ok(()) };
    match clock.kind.as_str() {
        clock::WAIT if one.state == ComplaintState::AwaitingComplainant => {
            step(&mut one, ComplaintEvent::WaitOver, By::System, &[Guard::TermPassed])?;
            go_on(tx, &system, &pack, &mut one).await?;
            told(tx, &system, &mut one, ComplaintEvent::WaitOver).await?;
            arrange(tx, &system, &one).await
        }
        clock::REPLY if one.state == ComplaintState::Resolved => {
            step(&mut one, ComplaintEvent::Lapse, By::System, &[Guard::TermPassed])?;
            "no_reply".clone_into(&mut one.ending);
            one.closed_at = Some(tx.now());
            told(tx, &system, &mut one, ComplaintEvent::Lapse).await
        }
        clock::ACKNOWLEDGE | clock::TRIAGE | clock::ANSWER if one.state.is_open() => {
            let late = clock.kind == clock::ANSWER;
            if one.level.next().is_some() && one.state != ComplaintState::AwaitingComplainant {
                return up(tx, &system, (&pack, &rules), &mut one, By::System, late).await;
            }
            // Nobody is above the ombudsman: it is late on record, and the first thing to do.
            tasks::press_about(tx, one.case(), &one.subject()).await?;
            let told = Event::new("complaint.overdue").code("kind", &clock.kind);
            journal::append(tx, &system, one.case(), told).await
        }
        _ => Ok(()),
    }
}

/// A clock about a complaint is about to run out: what is to be done goes before other work.
pub(crate) async fn warned(tx: &mut Tx, _: &Casework, clock: &Clock) -> Result<()> {
    tasks::press_about(tx, clock.household_id, &clock.subject).await.map(drop)
}
