//! What an award of money waits for: that it is settled whether its household is registered twice.
//!
//! While somebody of a household is very likely ([`VERY_LIKELY`]) the same person as somebody of another household, an award
//! of money is made and told, and does not begin: its enrolment is `held`. It begins in the unit of work that settles the
//! last pair ([`settle`]): when somebody says that they are two, or when the two records are made one. That they are one
//! settles nothing by itself, the merge does; and two members of one household hold nothing. The rules know nothing of this:
//! a wait is never a refusal, and what runs goes on. A supervisor may let it begin before ([`crate::overrides::let_begin`]).

use std::collections::BTreeSet;

use domain::ids::{HouseholdId, PersonId};
use domain::lifecycle::By;
use domain::matching::score::VERY_LIKELY;
use uuid::Uuid;

use super::Pair;
use crate::assessments::{self, Household};
use crate::db::Tx;
use crate::decisions;
use crate::decisions::follow::Desk;
use crate::enrolments::{self, Begins, Enrolment};
use crate::error::{Conflict, Error, Result};
use crate::households::merge;
use crate::journal::{self, Event};
use crate::matching::verdicts;
use crate::overrides::{reissue, second_person};
use crate::{Actor, Casework, args, packs};

/// Whether it is not settled that a household is registered once.
pub(crate) async fn is_open(tx: &mut Tx, household: HouseholdId) -> Result<bool> {
    Ok(!open_pairs(tx, household).await?.is_empty())
}

/// The very likely pairs of a household and another that nobody settled, whichever records they were found in.
pub(crate) async fn open_pairs(tx: &mut Tx, household: HouseholdId) -> Result<Vec<Pair>> {
    let mut pairs: Vec<Pair> = Vec::new();
    for record in merge::records(tx, household).await? {
        let rows: Vec<(Uuid, Uuid, Uuid, Uuid)> = tx
            .all(
                "SELECT household_id, person_id, other_household_id, other_person_id FROM possible_duplicate
                 WHERE household_id = $1 AND state IN ('open', 'same') AND probability >= $2
                 UNION SELECT household_id, person_id, other_household_id, other_person_id FROM possible_duplicate
                 WHERE other_household_id = $1 AND state IN ('open', 'same') AND probability >= $2",
                args![record, VERY_LIKELY],
            )
            .await?;
        for (household_id, person, other_household, other_person) in rows {
            let pair = Pair {
                household: household_id.into(),
                person: person.into(),
                other_household: other_household.into(),
                other_person: other_person.into(),
            };
            let (one, other) = now(tx, &pair).await?;
            let is_own = (one.0 == household) != (other.0 == household);
            if is_own && one.1 != other.1 && !pairs.contains(&pair) {
                pairs.push(pair);
            }
        }
    }
    Ok(pairs)
}

/// Who the two of a pair are now, and where, after every merge.
pub(super) async fn now(
    tx: &mut Tx,
    pair: &Pair,
) -> Result<((HouseholdId, PersonId), (HouseholdId, PersonId))> {
    let one = now_of(tx, pair.household, pair.person).await?;
    Ok((one, now_of(tx, pair.other_household, pair.other_person).await?))
}

async fn now_of(tx: &mut Tx, household: HouseholdId, person: PersonId) -> Result<(HouseholdId, PersonId)> {
    match merge::gave(tx, household, person).await? {
        Some(now) => Ok(now),
        None => Ok((merge::went_into(tx, household).await?.unwrap_or(household), person)),
    }
}

/// `Conflict(SamePerson)` when money waits for a pair and the actor granted it, or let the pair pass at the counter: that they
/// are two is said by somebody else.
pub(super) async fn second_hand(tx: &mut Tx, actor: &Actor, pair: &Pair) -> Result<()> {
    let (one, other) = now(tx, pair).await?;
    let mut waits = false;
    for household in [one.0, other.0] {
        for held in held(tx, household).await? {
            waits = true;
            let decision = decisions::find(tx, household, held.decision).await?.ok_or(Error::NotFound)?;
            second_person(tx, actor, &decision).await?;
        }
    }
    if waits && verdicts::set_apart_by(tx, pair.person, pair.other_person).await? == Some(actor.staff_id) {
        return Err(Error::Conflict(Conflict::SamePerson));
    }
    Ok(())
}

/// Whether money waits for what a pair is.
pub(super) async fn waits(tx: &mut Tx, pair: &Pair) -> Result<bool> {
    let (one, other) = now(tx, pair).await?;
    Ok(one.0 != other.0 && (!held(tx, one.0).await?.is_empty() || !held(tx, other.0).await?.is_empty()))
}

async fn held(tx: &mut Tx, household: HouseholdId) -> Result<Vec<Enrolment>> {
    let mut all = enrolments::of_household(tx, household).await?;
    all.retain(Enrolment::is_held);
    Ok(all)
}

/// Lets what waited of a household begin, if nothing is left to settle; the household is told in a new letter. For units of
/// work that settled something.
pub(crate) async fn settle(tx: &mut Tx, cw: &Casework, actor: &Actor, household: HouseholdId) -> Result<()> {
    let held = held(tx, household).await?;
    if held.is_empty() || is_open(tx, household).await? {
        return Ok(());
    }
    for one in &held {
        enrolments::begin(tx, household, one, Begins::Settled).await?;
        let event = Event::new("enrolment.begun").id("enrolment", one.id).code("programme", &one.programme);
        journal::append(tx, actor, household, event).await?;
    }
    tell(tx, cw, actor, household, &held).await
}

/// A new letter for each assessment of which something began.
async fn tell(
    tx: &mut Tx,
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    begun: &[Enrolment],
) -> Result<()> {
    let home = Household::read_unchecked(tx, household).await?.ok_or(Error::NotFound)?;
    let mut told = BTreeSet::new();
    for one in begun {
        let decision = decisions::find(tx, household, one.decision).await?.ok_or(Error::NotFound)?;
        if !told.insert(decision.assessment.uuid()) {
            continue;
        }
        let of = assessments::find(tx, household, decision.assessment).await?.ok_or(Error::NotFound)?;
        let pack = packs::by_hash(cw, &of.pack_hash).await?;
        let calendar = pack.working_calendar(&home.area).ok_or(Error::Invalid("area.unknown"))?;
        let (by, today) = (By::System, tx.today());
        let desk = Desk { actor, by, home: &home, pack: &pack, calendar: &calendar, today };
        reissue(tx, &desk, &decision).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
