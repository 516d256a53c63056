//! Submitting an assessment: decide, and do everything that follows, in one unit of work.
//!
//! Sent twice, also at the same moment, it decides once: the second finds the assessment decided and is told so.

use domain::answers::Answers;
use domain::decide::Decided;
use domain::ids::{AssessmentId, HouseholdId};
use domain::lifecycle::assessment::{AssessmentEvent as E, AssessmentState};
use domain::lifecycle::{By, Guard};
use domain::notice::Kind;
use domain::pack::Pack;
use domain::role::Right;
use sha2::{Digest, Sha256};
use time::Date;

use super::course::{self, End};
use super::household::Household;
use super::sitting::{Sitting, look};
use super::{Assessment, find, of_household, validity};
use crate::db::Tx;
use crate::decisions::follow::Desk;
use crate::decisions::issue::Issue;
use crate::error::{Conflict, Error, Result};
use crate::journal::{self, Event};
use crate::step::step;
use crate::{Actor, Casework, args, budgets, letters, snapshot};

/// What came of submitting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Submitted {
    /// Decided: now, or before when `again`.
    Decided {
        /// Whether it had been submitted already.
        again: bool,
    },
    /// So many answers must still be given; the list of modules says where.
    Incomplete {
        /// How many.
        left: usize,
    },
}

/// Decides a household by its answers, under the pack of the assessment.
pub(crate) fn decide(pack: &Pack, answers: &Answers, as_of: Date) -> Decided {
    pack.decide(answers, as_of)
}

/// Submits an assessment: the decisions are made, with the pack it began under, for today.
pub async fn submit(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    assessment: AssessmentId,
) -> Result<Submitted> {
    let cw = &cw.acting(actor);
    let pack = look(cw, actor, household, assessment, Right::Assess).await?.pack;
    budgets::follow::lines(cw).await?;
    let (own_cw, actor, today) = (cw.clone(), actor.clone(), cw.today());
    cw.write(async move |tx| {
        let home = Household::read(tx, &actor, household, Right::Assess).await?;
        let own = find(tx, household, assessment).await?.ok_or(Error::NotFound)?;
        if own.is_decided() {
            return Ok(Submitted::Decided { again: true });
        }
        if !own.is_open() {
            return Err(Error::Conflict(Conflict::State));
        }
        let sitting = Sitting::read(tx, &pack, home, own, today).await?;
        let left = sitting.left();
        if left > 0 {
            return Ok(Submitted::Incomplete { left });
        }
        let home = &sitting.home;
        let by = actor.hand(Right::Assess, &home.scope())?;
        accept(tx, &sitting, &actor, by, today).await?;
        validity::settle(tx, &sitting).await?;

        // What counts is what was asked: an answer hidden by a later one decides nothing.
        let answers = sitting.situation.effective().clone();
        let decided = decide(&pack, &answers, today);
        let receipt = keep_receipt(tx, &sitting.assessment, &answers, &decided).await?;
        let calendar = pack.working_calendar(&home.area).ok_or(Error::Invalid("area.unknown"))?;
        let desk = Desk { actor: &actor, by, home, pack: &pack, calendar: &calendar, today };
        let issue = Issue { cw: &own_cw, desk, assessment, decided: &decided };
        let issued = issue.run(tx).await?;
        let end = if issued.missing > 0 { End::Missing } else { End::Decided };
        let bring_by = course::finish(tx, &desk, assessment, end).await?;
        let appeal_until = desk.appeal_until();
        let writing = letters::Writing {
            desk,
            assessment,
            decided: &decided,
            receipt: &receipt,
            appeal_until,
            bring_by,
        };
        let kind = if bring_by.is_some() { Kind::Needed } else { Kind::Decision };
        writing.issue(tx, kind, bring_by).await?;
        let event = Event::new("assessment.decided")
            .id("assessment", assessment)
            .code("receipt", &receipt)
            .code("pack", pack.hash())
            .number("decisions", issued.decisions)
            .number("awards", issued.awards)
            .number("waiting", issued.waiting)
            .number("missing", issued.missing)
            .number("open", issued.open);
        journal::append(tx, &actor, household, event).await?;
        Ok(Submitted::Decided { again: false })
    })
    .await
}

/// The assessment is submitted and accepted; the one before makes room.
async fn accept(tx: &mut Tx, sitting: &Sitting, actor: &Actor, by: By, today: Date) -> Result<()> {
    let own = &sitting.assessment;
    let submitted = step(own.state, E::Submit, by, &[Guard::FileComplete])?;
    let accepted = step(submitted, E::Accept, By::System, &[])?;
    for before in of_household(tx, own.household).await? {
        if before.state == AssessmentState::Accepted {
            let superseded = step(before.state, E::Supersede, By::System, &[])?;
            tx.run_one(
                "UPDATE assessment SET state = $1, version = version + 1
                 WHERE household_id = $2 AND assessment_id = $3 AND version = $4",
                args![superseded.code(), before.household, before.id, before.version],
            )
            .await?;
        }
    }
    tx.run_one(
        "UPDATE assessment SET state = $1, submitted_at = $2, submitted_by = $3, as_of = $4, version = version + 1
         WHERE household_id = $5 AND assessment_id = $6 AND version = $7",
        args![accepted.code(), tx.now(), actor.staff_id, today, own.household, own.id, own.version],
    )
    .await?;
    snapshot::mark(tx, own.household).await
}

/// Keeps what the rules read and what they said; gives the receipt's hash.
async fn keep_receipt(tx: &mut Tx, own: &Assessment, answers: &Answers, decided: &Decided) -> Result<String> {
    tx.run_one(
        "UPDATE assessment_answers SET body = $1 WHERE household_id = $2 AND assessment_id = $3",
        args![answers.to_json().to_string(), own.household, own.id],
    )
    .await?;
    let bytes = decided.bytes();
    let hash = hash_of(&bytes);
    tx.run(
        "INSERT INTO receipt (household_id, assessment_id, hash, body, made_at) VALUES ($1, $2, $3, $4, $5)",
        args![own.household, own.id, hash.as_str(), bytes, tx.now()],
    )
    .await?;
    Ok(hash)
}

/// SHA-256 in hex.
pub(crate) fn hash_of(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
