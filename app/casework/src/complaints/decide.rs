//! Answering: who handles a complaint proposes an answer with a coded decision, somebody else signs it, and the complainant
//! says what they think of it.

use domain::complaint::rules::Rules;
use domain::complaint::{ComplaintEvent, ComplaintState, Identity, NoteKind, Outcome, Remedy};
use domain::ids::ComplaintId;
use domain::lifecycle::{By, Guard};
use domain::pack::Pack;

use super::notes::{fit, write};
use super::shape::{Complaint, again, sealed_of};
use super::{admitted, apart, arrange, clock, desk, level, notes, remedy, rules, start_clock, step, told};
use crate::db::Tx;
use crate::error::{Conflict, Error, Result};
use crate::journal::{self, Event};
use crate::{Actor, Casework, clocks};

/// An answer as it is proposed.
#[derive(Debug, Clone)]
pub struct Response {
    /// The decision.
    pub outcome: Outcome,
    /// What the complainant will read.
    pub words: String,
    /// The change that it carries, which a second person of the household's office approves: which, and what exactly.
    pub remedy: Option<(Remedy, String)>,
}

/// Proposes an answer. `Invalid("complaint.remedy")` for a change where it is not known who complains or which household it
/// is about: it would tell the office.
pub async fn propose_response(
    cw: &Casework,
    actor: &Actor,
    id: ComplaintId,
    version: i64,
    response: Response,
) -> Result<()> {
    let (cw, _) = admitted(cw, actor, id, version).await?;
    let (keys, actor, words) = (cw.keys.clone(), actor.clone(), fit(&response.words)?);
    cw.write(async move |tx| {
        let mut one = again(tx, id, version).await?;
        let by = desk::hand(tx, &actor, &one, ComplaintEvent::Propose).await?;
        let me = apart::take_hand(tx, &one, &actor).await?;
        if let Some((_, what)) = &response.remedy {
            let (_, _, household) = sealed_of(tx, &keys, id).await?;
            if one.identity != Identity::Identified || household.is_none() {
                return Err(Error::Invalid("complaint.remedy"));
            }
            write(tx, &keys, &actor, &one, (NoteKind::Reason, false), &fit(what)?).await?;
        }
        step(&mut one, ComplaintEvent::Propose, by, &[Guard::OutcomeRecorded, Guard::TookNoPart])?;
        one.proposed_by = Some(me);
        one.outcome = Some(response.outcome);
        one.remedy = response.remedy.as_ref().map(|(remedy, _)| *remedy);
        write(tx, &keys, &actor, &one, (NoteKind::Proposal, false), &words).await?;
        told(tx, &actor, &mut one, ComplaintEvent::Propose).await?;
        arrange(tx, &actor, &one).await
    })
    .await
}

/// The second person wants an answer reworked, and says what.
pub async fn send_back(
    cw: &Casework,
    actor: &Actor,
    id: ComplaintId,
    version: i64,
    reason: &str,
) -> Result<()> {
    let (cw, _) = admitted(cw, actor, id, version).await?;
    let (keys, actor, reason) = (cw.keys.clone(), actor.clone(), fit(reason)?);
    cw.write(async move |tx| {
        let mut one = again(tx, id, version).await?;
        let by = desk::hand(tx, &actor, &one, ComplaintEvent::Return).await?;
        let held = guards(&one, &actor);
        step(&mut one, ComplaintEvent::Return, by, held)?;
        one.proposed_by = None;
        one.outcome = None;
        one.remedy = None;
        write(tx, &keys, &actor, &one, (NoteKind::Reason, false), &reason).await?;
        told(tx, &actor, &mut one, ComplaintEvent::Return).await?;
        arrange(tx, &actor, &one).await
    })
    .await
}

/// What holds of who signs or sends back, and was found to have no part in it.
fn guards(one: &Complaint, actor: &Actor) -> &'static [Guard] {
    match (one.proposed_by != actor.account(), one.outcome.is_some()) {
        (true, true) => {
            &[Guard::DifferentPerson, Guard::OutcomeRecorded, Guard::TookNoPart, Guard::ReasonGiven]
        }
        (true, false) => &[Guard::DifferentPerson, Guard::TookNoPart, Guard::ReasonGiven],
        (false, _) => &[Guard::OutcomeRecorded, Guard::TookNoPart, Guard::ReasonGiven],
    }
}

/// The second person signs the answer: the complaint is decided, the complainant reads it, and the change that it carries
/// waits for whoever approves it at the household's office. `Conflict(SamePerson)` for who proposed it, `Conflict(TookPart)` for who has another part.
pub async fn resolve(cw: &Casework, actor: &Actor, id: ComplaintId, version: i64) -> Result<()> {
    let (pack, rules) = rules(cw)?;
    let (cw, _) = admitted(cw, actor, id, version).await?;
    let (keys, actor) = (cw.keys.clone(), actor.clone());
    cw.write(async move |tx| {
        let mut one = again(tx, id, version).await?;
        let by = desk::hand(tx, &actor, &one, ComplaintEvent::Resolve).await?;
        let me = apart::take_hand(tx, &one, &actor).await?;
        let held = guards(&one, &actor);
        step(&mut one, ComplaintEvent::Resolve, by, held)?;
        one.resolved_by = Some(me);
        one.resolved_at = Some(tx.now());
        clocks::meet_kind(tx, &actor, one.case(), &one.subject(), clock::ANSWER).await?;
        one.reply_due_at =
            Some(start_clock(tx, &actor, &pack, &one, (clock::REPLY, &rules.reply), tx.now()).await?);
        let said = notes::of(tx, &keys, &one).await?;
        let words = said.iter().rev().find(|note| note.kind == NoteKind::Proposal);
        let words = words.ok_or_else(|| Error::internal("an answer without words"))?.text.clone();
        write(tx, &keys, &actor, &one, (NoteKind::Response, true), &words).await?;
        if let Some(change) = one.remedy {
            // What exactly, was written just before the answer.
            let what = said.iter().rev().find(|note| note.kind == NoteKind::Reason && !note.visible);
            let what = what.map_or(words.as_str(), |note| note.text.as_str());
            remedy::carry(tx, &keys, &actor, &pack, &mut one, (change, what)).await?;
        }
        let outcome = one.outcome.map_or("", Outcome::code);
        told(tx, &actor, &mut one, ComplaintEvent::Resolve).await?;
        journal::append(tx, &actor, one.case(), Event::new("complaint.decided").code("outcome", outcome))
            .await?;
        arrange(tx, &actor, &one).await
    })
    .await
}

/// What the complainant thinks of the answer, told to staff who write it down. Content: it is closed. Not content: it goes a
/// level up, or is looked at again where there is none; the words say why.
pub async fn reply_for(
    cw: &Casework,
    actor: &Actor,
    id: ComplaintId,
    version: i64,
    (is_content, words): (bool, &str),
) -> Result<()> {
    let (pack, rules) = rules(cw)?;
    let (cw, _) = admitted(cw, actor, id, version).await?;
    let (keys, actor, words) = (cw.keys.clone(), actor.clone(), words.trim().to_owned());
    cw.write(async move |tx| {
        let mut one = again(tx, id, version).await?;
        let event = match (is_content, one.state, one.level.next()) {
            (true, ..) => ComplaintEvent::Accept,
            (false, ComplaintState::Resolved, Some(_)) => ComplaintEvent::Escalate,
            (false, ..) => ComplaintEvent::Reopen,
        };
        let by = desk::hand(tx, &actor, &one, event).await?;
        replied(tx, &keys, &actor, (&pack, &rules), &mut one, by, (is_content, &words)).await
    })
    .await
}

/// What the complainant thinks of the answer, by whose hand it comes.
pub(super) async fn replied(
    tx: &mut Tx,
    keys: &crate::Keys,
    actor: &Actor,
    (pack, rules): (&Pack, &Rules),
    one: &mut Complaint,
    by: By,
    (is_content, words): (bool, &str),
) -> Result<()> {
    if !matches!(one.state, ComplaintState::Resolved | ComplaintState::Closed) {
        return Err(Error::Conflict(Conflict::State));
    }
    if is_content {
        if !words.is_empty() {
            write(tx, keys, actor, one, (NoteKind::Message, true), &fit(words)?).await?;
        }
        step(one, ComplaintEvent::Accept, by, &[Guard::PersonConfirms])?;
        "accepted".clone_into(&mut one.ending);
        one.closed_at = Some(tx.now());
        clocks::meet_kind(tx, actor, one.case(), &one.subject(), clock::REPLY).await?;
        return told(tx, actor, one, ComplaintEvent::Accept).await;
    }
    write(tx, keys, actor, one, (NoteKind::Message, true), &fit(words)?).await?;
    clocks::meet_kind(tx, actor, one.case(), &one.subject(), clock::REPLY).await?;
    if one.state == ComplaintState::Resolved && one.level.next().is_some() {
        level::up(tx, actor, (pack, rules), one, by, false).await
    } else {
        level::reopen(tx, actor, (pack, rules), one, by).await
    }
}
