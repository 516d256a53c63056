//! What goes back with a record when two are made two again: what came with it, and what happened since that is its own.
//!
//! Since the merge, these are the record's own: a decision that takes the place of one of its decisions, or on which one of
//! its enrolments or referrals rests by now; a decision, enrolment or referral about somebody who joined with it; what
//! rests on such a decision; proposals, tasks and time limits about any of these. All else is the other record's.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::HouseholdId;
use uuid::Uuid;

use super::apply::{
    RENAME_DECISION, RENAME_ENROLMENT, RENAME_REFERRAL, about_people, concerns, hold, work_about,
};
use super::rows::Matters;
use crate::args;
use crate::db::Tx;
use crate::error::Result;

/// A row of the ledger.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct Kept {
    pub kind: String,
    pub row_id: Uuid,
    pub moved: bool,
    pub was: String,
}

#[derive(sqlx::FromRow)]
struct Child {
    kind: String,
    id: Uuid,
    decision_id: Uuid,
}

/// What goes back. `joined` are the people who came with the record and are nobody else.
pub(super) async fn own(
    tx: &mut Tx,
    household: HouseholdId,
    ledger: &[Kept],
    joined: &BTreeSet<Uuid>,
) -> Result<Matters> {
    let mut matters = Matters::default();
    for row in ledger.iter().filter(|row| row.moved) {
        matters.add(&row.kind, row.row_id);
    }
    for row in about_people(tx, household).await?.iter().filter(|row| joined.contains(&row.person_id)) {
        matters.add(&row.kind, row.row_id);
    }
    let follow: Vec<(Uuid, Option<Uuid>)> = tx
        .all("SELECT decision_id, supersedes FROM decision WHERE household_id = $1", args![household])
        .await?;
    let children: Vec<Child> = tx
        .all(
            "SELECT 'enrolment' AS kind, enrolment_id AS id, decision_id FROM enrolment WHERE household_id = $1
             UNION ALL SELECT 'referral', referral_id, decision_id FROM referral
             WHERE household_id = $1 AND decision_id IS NOT NULL",
            args![household],
        )
        .await?;
    let came: BTreeSet<(String, Uuid)> =
        ledger.iter().filter(|row| row.moved).map(|row| (row.kind.clone(), row.row_id)).collect();
    // What was there before the merge stays, whatever it rests on by now: the ids rise with time, and so do merges.
    loop {
        let before = (matters.decisions.len(), matters.enrolments.len(), matters.referrals.len());
        for child in children.iter().filter(|child| {
            came.contains(&(child.kind.clone(), child.id))
                || matters.enrolments.contains(&child.id)
                || matters.referrals.contains(&child.id)
        }) {
            matters.decisions.insert(child.decision_id);
        }
        for (decision, supersedes) in &follow {
            if supersedes.is_some_and(|old| matters.decisions.contains(&old)) {
                matters.decisions.insert(*decision);
            }
        }
        if before == (matters.decisions.len(), matters.enrolments.len(), matters.referrals.len()) {
            break;
        }
    }
    let new: Vec<&Child> =
        children.iter().filter(|child| matters.decisions.contains(&child.decision_id)).collect();
    for child in new {
        // An enrolment that the other record had before goes on there; the decision is then needed on both sides.
        if !is_older(tx, household, child, ledger).await? {
            matters.add(&child.kind, child.id);
        }
    }
    hold(tx, household, &mut matters).await?;
    work_about(tx, household, &mut matters, joined).await?;
    Ok(matters)
}

/// Whether an enrolment or a referral was the other record's before the merge.
async fn is_older(tx: &mut Tx, household: HouseholdId, child: &Child, ledger: &[Kept]) -> Result<bool> {
    if ledger.iter().any(|row| row.moved && row.row_id == child.id) {
        return Ok(false);
    }
    if ledger.iter().any(|row| row.row_id == child.id) {
        return Ok(true);
    }
    let sql = if child.kind == "enrolment" {
        "SELECT COUNT(*) FROM enrolment e WHERE e.household_id = $1 AND e.enrolment_id = $2 AND e.created_at <
             (SELECT MAX(g.at) FROM household_merge g WHERE g.survivor = $1 AND g.undone_at IS NULL)"
    } else {
        "SELECT COUNT(*) FROM referral r WHERE r.household_id = $1 AND r.referral_id = $2 AND r.created_at <
             (SELECT MAX(g.at) FROM household_merge g WHERE g.survivor = $1 AND g.undone_at IS NULL)"
    };
    Ok(tx.value::<i64>(sql, args![household, child.id]).await?.unwrap_or(0) > 0)
}

/// What goes back about somebody who was two is about the one of the record that it goes back to.
pub(super) async fn rename_back(
    tx: &mut Tx,
    household: HouseholdId,
    matters: &Matters,
    was: &BTreeMap<Uuid, Uuid>,
) -> Result<()> {
    for (now, before) in was {
        concerns(tx, household, &matters.enrolments, (*now, *before)).await?;
    }
    for row in about_people(tx, household).await? {
        let Some(before) = was.get(&row.person_id) else { continue };
        let (goes, sql) = match row.kind.as_str() {
            "decision" => (matters.decisions.contains(&row.row_id), RENAME_DECISION),
            "enrolment" => (matters.enrolments.contains(&row.row_id), RENAME_ENROLMENT),
            _ => (matters.referrals.contains(&row.row_id), RENAME_REFERRAL),
        };
        if goes && !matters.kept_too.contains(&row.row_id) {
            tx.run_one(sql, args![*before, household, row.row_id]).await?;
        }
    }
    Ok(())
}
