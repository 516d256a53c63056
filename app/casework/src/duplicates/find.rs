//! The job that goes over the registry: for each person, who else shares the stored keys and may be the same.
//!
//! Ids rise with time, so that what comes after the last person looked at is who was registered since: the first rounds go
//! over the whole registry, every later one over who is new.

use std::collections::BTreeMap;

use domain::ids::PersonId;
use uuid::Uuid;

use super::Pair;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::households::merge;
use crate::matching::{look, verdicts};
use crate::{Actor, Casework, args, meta};

/// Up to whom the job has looked.
const AT: &str = "duplicates.at";
/// People looked at in one round.
const AT_ONCE: i64 = 200;

/// One round: looks at the next people; how many pairs it found.
pub async fn round(cw: &Casework) -> Result<u64> {
    let cw = &cw.acting(&Actor::system());
    let scales = cw.scales().await?;
    let at: Uuid = match meta::get(&cw.db, AT).await? {
        Some(text) => text.parse().map_err(Error::internal)?,
        None => Uuid::nil(),
    };
    let mut view = cw.db.read().await?;
    // Where the newest state of each says that they live.
    let states: Vec<(Uuid, Uuid)> = view
        .all(
            "SELECT person_id, household_id FROM match_feature WHERE person_id > $1 ORDER BY person_id, seq LIMIT $2",
            args![at, AT_ONCE],
        )
        .await?;
    let people: BTreeMap<Uuid, Uuid> = states.into_iter().collect();
    let Some(last) = people.last_key_value().map(|(person, _)| *person) else { return Ok(0) };
    let mut found: Vec<(Pair, f64, f64)> = Vec::new();
    for (person, household) in &people {
        let own = PersonId::new(*person);
        for one in look::alike(&mut view, cw, &scales, own).await? {
            let pair = Pair {
                household: (*household).into(),
                person: own,
                other_household: one.household,
                other_person: one.person,
            };
            if is_question(&mut view, &pair).await? {
                found.push((pair, one.scored.bits, one.scored.probability));
            }
        }
    }
    drop(view);
    let (model, count) = (scales.model.version(), found.len());
    cw.write(async move |tx| {
        for (pair, bits, probability) in &found {
            put(tx, pair, model, *bits, *probability).await?;
        }
        meta::set(tx, AT, &last.to_string()).await
    })
    .await?;
    Ok(u64::try_from(count).unwrap_or(u64::MAX))
}

/// Whether nobody has said anything of the two that still holds, and they were not made one.
async fn is_question(tx: &mut Tx, pair: &Pair) -> Result<bool> {
    if verdicts::of(tx, pair.person, pair.other_person).await?.is_some() {
        return Ok(false);
    }
    let one = merge::gave(tx, pair.household, pair.person).await?;
    let other = merge::gave(tx, pair.other_household, pair.other_person).await?;
    Ok(one.is_none() && other.is_none())
}

/// Puts a pair into the queue, once whichever of the two is looked at first; one that was closed is open again.
async fn put(tx: &mut Tx, pair: &Pair, model: i64, bits: f64, probability: f64) -> Result<()> {
    let turned: Option<i64> = tx
        .value(
            "SELECT COUNT(*) FROM possible_duplicate WHERE household_id = $1 AND person_id = $2
             AND other_household_id = $3 AND other_person_id = $4",
            args![pair.other_household, pair.other_person, pair.household, pair.person],
        )
        .await?;
    let (a, b) = ((pair.household, pair.person), (pair.other_household, pair.other_person));
    let (first, second) = if turned.unwrap_or(0) > 0 { (b, a) } else { (a, b) };
    tx.run(
        "INSERT INTO possible_duplicate (household_id, person_id, other_household_id, other_person_id, source, model,
             bits, probability, found_at, state)
         VALUES ($1, $2, $3, $4, 'job', $5, $6, $7, $8, 'open')
         ON CONFLICT (household_id, person_id, other_household_id, other_person_id) DO UPDATE SET state = 'open',
             model = excluded.model, bits = excluded.bits, probability = excluded.probability, closed_at = NULL,
             found_at = excluded.found_at, version = possible_duplicate.version + 1
         WHERE possible_duplicate.state <> 'open'",
        args![first.0, first.1, second.0, second.1, model, bits, probability, tx.now()],
    )
    .await
    .map(drop)
}
