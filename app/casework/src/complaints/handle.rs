//! Finding out: from the word that we have it to what is found.

use domain::complaint::{Category, ComplaintEvent, ComplaintState, Level, NoteKind};
use domain::ids::{ComplaintId, StaffId};
use domain::lifecycle::Guard;

use super::level::place;
use super::notes::{fit, write};
use super::shape::{Complaint, again};
use super::{admitted, apart, arrange, clock, desk, let_rest, rules, scope_of, start_clock, step, told};
use crate::appeals::Against;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::{Actor, Casework, Keys, clocks, staff};

/// Tells the complainant that we have it, in words of ours if there are any. The clock of the word is met, that of the level
/// begins.
pub async fn acknowledge(
    cw: &Casework,
    actor: &Actor,
    id: ComplaintId,
    version: i64,
    words: &str,
) -> Result<()> {
    let (pack, rules) = rules(cw)?;
    let (cw, _) = admitted(cw, actor, id, version).await?;
    let (keys, actor, words) = (cw.keys.clone(), actor.clone(), words.trim().to_owned());
    cw.write(async move |tx| {
        let mut one = again(tx, id, version).await?;
        let by = desk::hand(tx, &actor, &one, ComplaintEvent::Acknowledge).await?;
        step(&mut one, ComplaintEvent::Acknowledge, by, &[])?;
        one.acknowledged_at = one.acknowledged_at.or_else(|| Some(tx.now()));
        clocks::meet_kind(tx, &actor, one.case(), &one.subject(), clock::ACKNOWLEDGE).await?;
        start_clock(tx, &actor, &pack, &one, (clock::TRIAGE, &rules.triage), one.received_at).await?;
        if !words.is_empty() {
            write(tx, &keys, &actor, &one, (NoteKind::Note, true), &fit(&words)?).await?;
        }
        told(tx, &actor, &mut one, ComplaintEvent::Acknowledge).await?;
        arrange(tx, &actor, &one).await
    })
    .await
}

/// What is found when a complaint is given its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Triage {
    /// What it is about.
    pub category: Category,
    /// The office it is about; empty when none.
    pub office: String,
    /// Who of the staff is complained about, where that is known.
    pub about: Option<StaffId>,
}

/// Gives a complaint its category, its office and its level. Of a category that is restricted it goes to the ombudsman, and
/// nobody who handled it before sees it any more; where who is complained about would direct it, it goes a level up.
/// `Invalid("complaint.office")` for an office that the pack does not have, `("complaint.about")` for an account that is
/// not there.
pub async fn triage(
    cw: &Casework,
    actor: &Actor,
    id: ComplaintId,
    version: i64,
    found: Triage,
) -> Result<()> {
    let (pack, rules) = rules(cw)?;
    if !found.office.is_empty() && pack.office(&found.office).is_none() {
        return Err(Error::Invalid("complaint.office"));
    }
    let (cw, _) = admitted(cw, actor, id, version).await?;
    let actor = actor.clone();
    cw.write(async move |tx| {
        let mut one = again(tx, id, version).await?;
        let by = desk::hand(tx, &actor, &one, ComplaintEvent::Triage).await?;
        if let Some(about) = found.about {
            if staff::actor_in(tx, about).await?.is_none() || actor.account() == Some(about) {
                return Err(Error::Invalid("complaint.about"));
            }
            apart::accuse(tx, &mut one, about).await?;
        }
        step(&mut one, ComplaintEvent::Triage, by, &[])?;
        let rule = rules.of(found.category);
        one.owner = None;
        let is_first = one.triaged_at.is_none() || found.category != one.category;
        let leaves_restricted = one.sensitive && !rule.sensitive;
        let base = if found.office.is_empty() { Level::Ombudsman } else { rule.level };
        // What went up stays up; what only waited for its place goes to it.
        one.level = if one.escalated == 0 || leaves_restricted { base } else { one.level.max(base) };
        one.category = found.category;
        one.office.clone_from(&found.office);
        one.sensitive = rule.sensitive;
        if one.sensitive {
            one.readers.clear();
        }
        one.scope = scope_of(&pack, one.level, &one.office);
        while apart::is_led_by_accused(tx, &one).await?
            && let Some(next) = one.level.next()
        {
            one.level = next;
            one.scope = scope_of(&pack, next, &one.office);
        }
        clocks::meet_kind(tx, &actor, one.case(), &one.subject(), clock::TRIAGE).await?;
        one.triaged_at = one.triaged_at.or_else(|| Some(tx.now()));
        // The term is the category's, from the day it came.
        if is_first {
            place(tx, &actor, &pack, &mut one, (clock::ANSWER, &rule.answer)).await?;
        }
        told(tx, &actor, &mut one, ComplaintEvent::Triage).await?;
        arrange(tx, &actor, &one).await
    })
    .await
}

/// Gives a complaint to somebody who may handle it and has no part in it. `Conflict(TookPart)` for who is complained
/// about, took part or reports to who is complained about; `Invalid("complaint.owner")` for who may not handle it there.
pub async fn assign(cw: &Casework, actor: &Actor, id: ComplaintId, version: i64, to: StaffId) -> Result<()> {
    let (cw, _) = admitted(cw, actor, id, version).await?;
    let actor = actor.clone();
    cw.write(async move |tx| {
        let mut one = again(tx, id, version).await?;
        let by = desk::hand(tx, &actor, &one, ComplaintEvent::Assign).await?;
        let handler = staff::actor_in(tx, to).await?.ok_or(Error::Invalid("complaint.owner"))?;
        if !handler.may_in(super::handling(&one), &one.scope) {
            return Err(Error::Invalid("complaint.owner"));
        }
        apart::take_hand(tx, &one, &handler).await?;
        step(&mut one, ComplaintEvent::Assign, by, &[Guard::TookNoPart])?;
        one.owner = Some(to);
        told(tx, &actor, &mut one, ComplaintEvent::Assign).await?;
        arrange(tx, &actor, &one).await
    })
    .await
}

/// Who handles it begins.
pub async fn begin(cw: &Casework, actor: &Actor, id: ComplaintId, version: i64) -> Result<()> {
    let (cw, _) = admitted(cw, actor, id, version).await?;
    let actor = actor.clone();
    cw.write(async move |tx| {
        let mut one = again(tx, id, version).await?;
        let by = desk::hand(tx, &actor, &one, ComplaintEvent::Begin).await?;
        step(&mut one, ComplaintEvent::Begin, by, &[])?;
        told(tx, &actor, &mut one, ComplaintEvent::Begin).await
    })
    .await
}

/// Writes a note, for who handles it alone or to the complainant. Whoever may read the complaint may: who took part gives
/// their account. To the complainant only who handles or directs it writes.
pub async fn note(
    cw: &Casework,
    actor: &Actor,
    id: ComplaintId,
    version: i64,
    (text, visible): (&str, bool),
) -> Result<()> {
    let (cw, _) = admitted(cw, actor, id, version).await?;
    let (keys, actor, text) = (cw.keys.clone(), actor.clone(), fit(text)?);
    cw.write(async move |tx| {
        let one = again(tx, id, version).await?;
        if !one.state.is_open() {
            return Err(Error::Conflict(crate::error::Conflict::State));
        }
        if visible {
            apart::require_free(tx, &one, &actor).await?;
            if one.owner != actor.account() {
                actor.require(super::directing(&one), &one.scope)?;
            }
        }
        write(tx, &keys, &actor, &one, (NoteKind::Note, visible), &text).await?;
        let event = crate::journal::Event::new("complaint.noted").number("visible", visible.into());
        crate::journal::append(tx, &actor, one.case(), event).await
    })
    .await
}

/// Whom we ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Who complains: our clock stands still until they answer, or until their time to is over.
    Complainant,
    /// Somebody else: our clock runs.
    Other,
}

/// Asks something, and waits.
pub async fn ask(
    cw: &Casework,
    actor: &Actor,
    id: ComplaintId,
    version: i64,
    (whom, question): (Asked, &str),
) -> Result<()> {
    let (pack, rules) = rules(cw)?;
    let (cw, _) = admitted(cw, actor, id, version).await?;
    let (keys, actor, question) = (cw.keys.clone(), actor.clone(), fit(question)?);
    cw.write(async move |tx| {
        let mut one = again(tx, id, version).await?;
        let event = match whom {
            Asked::Complainant => ComplaintEvent::AskComplainant,
            Asked::Other => ComplaintEvent::AskOther,
        };
        let by = desk::hand(tx, &actor, &one, event).await?;
        step(&mut one, event, by, &[Guard::ReasonGiven])?;
        let theirs = whom == Asked::Complainant;
        if theirs {
            clocks::pause(tx, &actor, one.case(), &one.subject(), "awaiting_complainant").await?;
            start_clock(tx, &actor, &pack, &one, (clock::WAIT, &rules.wait), tx.now()).await?;
        }
        write(tx, &keys, &actor, &one, (NoteKind::Question, theirs), &question).await?;
        told(tx, &actor, &mut one, event).await?;
        arrange(tx, &actor, &one).await
    })
    .await
}

/// What was asked is answered: by somebody else, or by the complainant in words that staff write down.
pub async fn answered(
    cw: &Casework,
    actor: &Actor,
    id: ComplaintId,
    version: i64,
    answer: &str,
) -> Result<()> {
    let (pack, _) = rules(cw)?;
    let (cw, _) = admitted(cw, actor, id, version).await?;
    let (keys, actor, answer) = (cw.keys.clone(), actor.clone(), fit(answer)?);
    cw.write(async move |tx| {
        let mut one = again(tx, id, version).await?;
        let by = desk::hand(tx, &actor, &one, ComplaintEvent::Answer).await?;
        let theirs = one.state == ComplaintState::AwaitingComplainant;
        step(&mut one, ComplaintEvent::Answer, by, &[])?;
        write(tx, &keys, &actor, &one, (NoteKind::Message, theirs), &answer).await?;
        if theirs {
            super::level::go_on(tx, &actor, &pack, &mut one).await?;
        }
        told(tx, &actor, &mut one, ComplaintEvent::Answer).await?;
        arrange(tx, &actor, &one).await
    })
    .await
}

/// The complainant does not want it to go on, and said so to staff, who write down why.
pub async fn withdraw(
    cw: &Casework,
    actor: &Actor,
    id: ComplaintId,
    version: i64,
    reason: &str,
) -> Result<()> {
    end(cw, actor, id, version, (ComplaintEvent::Withdraw, "withdrawn", reason)).await
}

/// It is a case of its own: somebody who must be registered, or helped in another way. The reason says which.
pub async fn convert(
    cw: &Casework,
    actor: &Actor,
    id: ComplaintId,
    version: i64,
    reason: &str,
) -> Result<()> {
    end(cw, actor, id, version, (ComplaintEvent::Convert, "case", reason)).await
}

/// It contests a decision, or that none was taken: it is lodged as an appeal with the date of its first contact. Only where
/// it is known who complains and which household it is about: `Invalid("complaint.household")` otherwise, and
/// `Invalid("appeal.nothing")` when nothing of that household is named; else as [`crate::appeals::lodge`].
pub async fn redirect_to_appeal(
    cw: &Casework,
    actor: &Actor,
    id: ComplaintId,
    version: i64,
    (reason, against): (&str, Vec<Against>),
) -> Result<()> {
    let (cw, _) = admitted(cw, actor, id, version).await?;
    let (own, actor, reason) = (cw.clone(), actor.clone(), fit(reason)?);
    cw.write(async move |tx| {
        let mut one = again(tx, id, version).await?;
        rest(tx, &own.keys, &actor, &mut one, (ComplaintEvent::Redirect, "appeal", &reason)).await?;
        super::remedy::to_appeal(tx, &own, &actor, &mut one, (&reason, against.clone())).await?;
        told(tx, &actor, &mut one, ComplaintEvent::Redirect).await
    })
    .await
}

async fn end(
    cw: &Casework,
    actor: &Actor,
    id: ComplaintId,
    version: i64,
    (event, ending, reason): (ComplaintEvent, &'static str, &str),
) -> Result<()> {
    let (cw, _) = admitted(cw, actor, id, version).await?;
    let (keys, actor, reason) = (cw.keys.clone(), actor.clone(), fit(reason)?);
    cw.write(async move |tx| {
        let mut one = again(tx, id, version).await?;
        rest(tx, &keys, &actor, &mut one, (event, ending, &reason)).await?;
        told(tx, &actor, &mut one, event).await
    })
    .await
}

/// Ends a complaint without an answer: the complainant is told why, and nothing about it waits any more.
async fn rest(
    tx: &mut Tx,
    keys: &Keys,
    actor: &Actor,
    one: &mut Complaint,
    (event, ending, reason): (ComplaintEvent, &'static str, &str),
) -> Result<()> {
    let by = desk::hand(tx, actor, one, event).await?;
    step(one, event, by, &[Guard::ReasonGiven])?;
    ending.clone_into(&mut one.ending);
    one.closed_at = Some(tx.now());
    write(tx, keys, actor, one, (NoteKind::Reason, true), reason).await?;
    let_rest(tx, actor, one, ending).await
}
