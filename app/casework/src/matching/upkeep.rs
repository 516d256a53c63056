//! The job beside the counters: makes keys for people who have none (a database that is older than the matcher, or than
//! the layout of features), and counts how common values are. Several servers may run it at once.

use std::collections::BTreeMap;

use domain::ids::HouseholdId;
use domain::matching::Value;
use domain::matching::View;
use domain::matching::features::VERSION;
use domain::matching::frequency::values;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::index::{Hand, follow};
use super::scales::{COUNTED, PEOPLE, refresh};
use crate::args;
use crate::error::{Error, Result};
use crate::meta;
use crate::{Actor, Casework};

/// The layout for which everybody has keys.
const KEYED: &str = "match.keyed";
/// How many households there were when values were last counted.
const COUNTED_AT: &str = "match.counted_households";
/// Households that get keys in one unit of work.
const AT_ONCE: i64 = 50;
/// The kinds that are counted.
const KINDS: [&str; 7] = ["name", "street", "house", "place", "day", "year", PEOPLE];
/// Rows read at once while counting, and written in one unit of work.
const PAGE: i64 = 2_000;
const WRITTEN: usize = 500;

/// One round; what was done: households that got keys, and whether values were counted.
pub async fn round(cw: &Casework) -> Result<(u64, bool)> {
    let keyed = rekey(cw).await?;
    let counted = keyed > 0 || has_grown(cw).await?;
    if counted {
        count(cw).await?;
    }
    refresh(cw).await?;
    Ok((keyed, counted))
}

/// Gives keys to every household that has none of this layout; how many.
pub async fn rekey(cw: &Casework) -> Result<u64> {
    let cw = &cw.acting(&Actor::system());
    let done = meta::get(&cw.db, KEYED).await?;
    if done.as_deref() == Some(VERSION.to_string().as_str()) {
        return Ok(0);
    }
    if done.is_some() {
        // Features of an older layout say nothing to this build: they are made again from the persons.
        cw.write(async |tx| {
            for sql in ["DELETE FROM match_key", "DELETE FROM key_size", "DELETE FROM match_feature"] {
                tx.run(sql, args![]).await?;
            }
            meta::set(tx, KEYED, "").await
        })
        .await?;
    }
    let hand = Hand::of(cw)?;
    let (mut after, mut keyed) = (Uuid::nil(), 0);
    loop {
        let households: Vec<(Uuid,)> = cw
            .db
            .all(
                "SELECT household_id FROM household WHERE household_id > $1 ORDER BY household_id LIMIT $2",
                args![after, AT_ONCE],
            )
            .await?;
        let Some((last,)) = households.last().copied() else { break };
        let hand = hand.clone();
        keyed += cw
            .write(async move |tx| {
                let mut keyed = 0;
                for (household,) in &households {
                    let missing: Option<i64> = tx
                        .value(
                            "SELECT COUNT(*) FROM membership m WHERE m.household_id = $1 AND m.until_date IS NULL \
                             AND NOT EXISTS (SELECT 1 FROM match_feature f WHERE f.person_id = m.person_id)",
                            args![*household],
                        )
                        .await?;
                    if missing.unwrap_or(0) > 0 {
                        follow(tx, &hand, HouseholdId::new(*household), None).await?;
                        keyed += 1;
                    }
                }
                Ok(keyed)
            })
            .await?;
        after = last;
    }
    cw.write(async |tx| meta::set(tx, KEYED, &VERSION.to_string()).await).await?;
    Ok(keyed)
}

/// Whether there are a tenth more households than when values were counted.
async fn has_grown(cw: &Casework) -> Result<bool> {
    let cw = &cw.acting(&Actor::system());
    let now: i64 = cw.db.value("SELECT COUNT(*) FROM household", args![]).await?.unwrap_or(0);
    let then = meta::get(&cw.db, COUNTED_AT).await?.and_then(|text| text.parse::<i64>().ok());
    Ok(then.map_or(now > 0, |then| now - then > then / 10))
}

/// Counts how common values are. Numbers are not counted: they are one person's.
pub async fn count(cw: &Casework) -> Result<()> {
    let cw = &cw.acting(&Actor::system());
    let households: i64 = cw.db.value("SELECT COUNT(*) FROM household", args![]).await?.unwrap_or(0);
    let mut counted: BTreeMap<(&'static str, String), i64> = BTreeMap::new();
    let (mut after, mut people) = (Uuid::nil(), 0);
    loop {
        let rows: Vec<(Uuid, Vec<u8>)> = cw
            .db
            .all(
                "SELECT person_id, features FROM match_feature WHERE person_id > $1 AND seq = 1 \
                 ORDER BY person_id LIMIT $2",
                args![after, PAGE],
            )
            .await?;
        let Some((last, _)) = rows.last() else { break };
        after = *last;
        for (_, features) in &rows {
            let Some(view) = View::read(features) else { continue };
            people += 1;
            values(&view, |value| {
                if !matches!(value, Value::Identifier(_) | Value::Phone(_)) {
                    *counted.entry((value.kind(), value.token())).or_insert(0) += 1;
                }
            });
        }
    }
    counted.insert((PEOPLE, String::new()), people);
    let before: Vec<(String, String, i64)> =
        cw.db.all("SELECT kind, token, n FROM name_frequency", args![]).await?;
    let mut gone: Vec<(String, String)> = Vec::new();
    for (kind, token, n) in before {
        let own = KINDS.iter().find(|own| **own == kind).map(|own| (*own, token.clone()));
        match own.and_then(|key| counted.get(&key).copied().map(|now| (key, now))) {
            None => gone.push((kind, token)),
            // As it was: nothing to write.
            Some((key, now)) if now == n => drop(counted.remove(&key)),
            Some(_) => {}
        }
    }
    let changed: Vec<((&'static str, String), i64)> = counted.into_iter().collect();
    for some in changed.chunks(WRITTEN) {
        let some = some.to_vec();
        cw.write(async move |tx| {
            for ((kind, token), n) in &some {
                tx.run(
                    "INSERT INTO name_frequency (kind, token, n) VALUES ($1, $2, $3) \
                     ON CONFLICT (kind, token) DO UPDATE SET n = excluded.n",
                    args![*kind, token, *n],
                )
                .await?;
            }
            Ok(())
        })
        .await?;
    }
    let stamp = cw.now().format(&Rfc3339).map_err(Error::internal)?;
    cw.write(async move |tx| {
        for (kind, token) in &gone {
            tx.run("DELETE FROM name_frequency WHERE kind = $1 AND token = $2", args![kind, token]).await?;
        }
        meta::set(tx, COUNTED, &stamp).await?;
        meta::set(tx, COUNTED_AT, &households.to_string()).await
    })
    .await
}
