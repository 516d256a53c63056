//! What is about one person alone goes with them when they go on in another household: their decisions, enrolments and
//! referrals, and the work about those. The assessment a decision rests on is then in both files; its letter stays with the
//! household it was written to. No merge is kept of it: the two households are two.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::{HouseholdId, PersonId};
use uuid::Uuid;

use super::apply::{RENAME_DECISION, RENAME_ENROLMENT, RENAME_REFERRAL, about_people, hold, work_about};
use super::rows::Matters;
use crate::args;
use crate::db::Tx;
use crate::error::Result;

/// Moves what is about these people, each with who they are there.
pub(in crate::households) async fn along(
    tx: &mut Tx,
    from: HouseholdId,
    to: HouseholdId,
    people: &[(PersonId, PersonId)],
) -> Result<()> {
    let now: BTreeMap<Uuid, PersonId> = people.iter().map(|(gone, member)| (gone.uuid(), *member)).collect();
    let mut matters = Matters::default();
    let mut theirs = about_people(tx, from).await?;
    theirs.retain(|row| now.contains_key(&row.person_id));
    for row in &theirs {
        matters.add(&row.kind, row.row_id);
    }
    if theirs.is_empty() {
        return Ok(());
    }
    hold(tx, from, &mut matters).await?;
    work_about(tx, from, &mut matters, &BTreeSet::new()).await?;
    for row in &theirs {
        let sql = match row.kind.as_str() {
            "decision" => RENAME_DECISION,
            "enrolment" => RENAME_ENROLMENT,
            _ => RENAME_REFERRAL,
        };
        let Some(member) = now.get(&row.person_id) else { continue };
        tx.run_one(sql, args![*member, from, row.row_id]).await?;
    }
    matters.go(tx, from, to).await.map(drop)
}
