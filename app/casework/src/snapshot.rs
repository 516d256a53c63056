//! What every household said last, in columns: what a simulation reads. Kept in blocks (`answers_block`,
//! [`domain::simulate::Stored`]), each of the households between its first and the next block's first.
//!
//! Whatever changes which answers of a household count ([`mark`]) marks it in its own unit of work; a block is written again
//! with what is marked in it ([`fold`]), by the worker's rounds and before a simulation. So a save writes one small row, and
//! a simulation never misses one. One more way to change answers: a call of [`mark`].

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::sync::Arc;

use domain::answers::Answers;
use domain::ids::HouseholdId;
use domain::pack::Pack;
use domain::simulate::{Kept, Said, Snapshot, Stored};
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::db::Tx;
use crate::error::{Error, Result};
use crate::{Actor, Casework, args, packs};

/// Marks taken at a time.
const TOGETHER: i64 = 1000;
/// Blocks written in one round of the worker: the other chores have their turn.
const A_ROUND: usize = 20;

/// Takes note that a household's answers changed.
pub(crate) async fn mark(tx: &mut Tx, household: HouseholdId) -> Result<()> {
    let mark: Uuid = tx.new_id();
    tx.run("INSERT INTO answers_due (household_id, mark) VALUES ($1, $2)", args![household, mark])
        .await
        .map(|_| ())
}

/// Writes some of the blocks again in which answers changed; how many. For the worker.
pub async fn round(cw: &Casework) -> Result<usize> {
    let mut folded = 0;
    while folded < A_ROUND && fold(cw).await? {
        folded += 1;
    }
    Ok(folded)
}

/// What every household said last, block by block, in the order of the households' ids.
pub struct Reading {
    /// One view: a block that is parted meanwhile would be met twice.
    view: Tx,
    snapshot: Snapshot,
    last: Option<Uuid>,
}

impl Reading {
    /// Begins, when no household is marked any more ([`fold`]); what is read is added to `snapshot`.
    pub async fn begin(cw: &Casework, snapshot: Snapshot) -> Result<Self> {
        Ok(Self { view: cw.acting(&Actor::system()).db.read().await?, snapshot, last: None })
    }

    /// Reads the next block; `false` when there is none.
    pub async fn next(&mut self) -> Result<bool> {
        let next: Option<(Uuid, Vec<u8>)> = match self.last {
            None => {
                self.view.one("SELECT first, body FROM answers_block ORDER BY first LIMIT 1", args![]).await?
            }
            Some(last) => {
                let sql = "SELECT first, body FROM answers_block WHERE first > $1 ORDER BY first LIMIT 1";
                self.view.one(sql, args![last]).await?
            }
        };
        let Some((first, body)) = next else { return Ok(false) };
        self.last = Some(first);
        let mut snapshot = std::mem::replace(&mut self.snapshot, Snapshot::new(&Kept::default()));
        self.snapshot = apart(move || {
            snapshot.take(&inflated(&body)?);
            Ok(snapshot)
        })
        .await?;
        Ok(true)
    }

    /// How many households were read.
    pub fn households(&self) -> usize {
        self.snapshot.households()
    }

    /// The snapshot.
    pub fn finish(mut self) -> Snapshot {
        self.snapshot.finish();
        self.snapshot
    }
}

/// The block of the first household that is marked, as it was read.
struct Due {
    from: Uuid,
    /// Its version and bytes; `None` where there is no block yet.
    held: Option<(i64, Vec<u8>)>,
    marks: Vec<(Uuid, Uuid)>,
    said: Vec<Spoken>,
}

/// A household's last answers, and the pack that they were given under; `None` where it has none.
struct Spoken {
    household: Uuid,
    words: Option<(Arc<Pack>, Words)>,
}

/// Answers as they were kept.
#[derive(sqlx::FromRow)]
struct Words {
    pack_hash: String,
    started_at: OffsetDateTime,
    body: String,
}

/// Writes one block again, with what changed in it; whether there was one.
pub(crate) async fn fold(cw: &Casework) -> Result<bool> {
    let Some(due) = due(cw).await? else { return Ok(false) };
    put(cw, due).await?;
    Ok(true)
}

/// Writes a block that was read, with what its households say; nothing where it was written since.
async fn put(cw: &Casework, due: Due) -> Result<()> {
    let cw = &cw.acting(&Actor::system());
    let (from, held, marks) = (due.from, due.held.as_ref().map(|(version, _)| *version), due.marks.clone());
    let written = apart(move || written(due)).await?;
    let (marks, written) = (Arc::new(marks), Arc::new(written));
    cw.write(async move |tx| {
        let mut pieces = written.iter();
        let first = pieces.next();
        // Another server that was faster has read what is marked here, or the marks stay for the next.
        let kept = match (held, first) {
            (Some(version), Some((_, households, body))) => {
                tx.run(
                    "UPDATE answers_block SET households = $1, body = $2, version = version + 1
                     WHERE first = $3 AND version = $4",
                    args![*households, body.clone(), from, version],
                )
                .await?
            }
            (Some(version), None) => {
                tx.run("DELETE FROM answers_block WHERE first = $1 AND version = $2", args![from, version])
                    .await?
            }
            (None, Some((_, households, body))) => add(tx, from, *households, body).await?,
            (None, None) => 1,
        };
        if kept == 0 {
            return Ok(());
        }
        for (first, households, body) in pieces {
            add(tx, *first, *households, body).await?;
        }
        for (household, mark) in marks.iter() {
            tx.run("DELETE FROM answers_due WHERE household_id = $1 AND mark = $2", args![*household, *mark])
                .await?;
        }
        Ok(())
    })
    .await
}

async fn add(tx: &mut Tx, first: Uuid, households: i64, body: &[u8]) -> Result<u64> {
    tx.run(
        "INSERT INTO answers_block (first, households, body) VALUES ($1, $2, $3) ON CONFLICT (first) DO NOTHING",
        args![first, households, body.to_vec()],
    )
    .await
}

/// What is to be written: the block that is to be written again is read before what its households say now, or a newer
/// word could be lost to an older one.
async fn due(cw: &Casework) -> Result<Option<Due>> {
    let cw = &cw.acting(&Actor::system());
    let mut view = cw.db.read().await?;
    let marked: Option<Uuid> =
        view.value("SELECT household_id FROM answers_due ORDER BY household_id LIMIT 1", args![]).await?;
    let Some(marked) = marked else { return Ok(None) };
    let block: Option<(Uuid, i64, Vec<u8>)> = view
        .one(
            "SELECT first, version, body FROM answers_block WHERE first <= $1 ORDER BY first DESC LIMIT 1",
            args![marked],
        )
        .await?;
    let (from, held) =
        block.map_or((Uuid::nil(), None), |(from, version, body)| (from, Some((version, body))));
    let until: Option<Uuid> = view
        .value("SELECT first FROM answers_block WHERE first > $1 ORDER BY first LIMIT 1", args![from])
        .await?;
    let marks: Vec<(Uuid, Uuid)> = view
        .all(
            "SELECT household_id, mark FROM answers_due WHERE household_id >= $1 AND household_id < $2
             ORDER BY household_id, mark LIMIT $3",
            args![marked, until.unwrap_or(Uuid::max()), TOGETHER],
        )
        .await?;
    let mut said = Vec::new();
    for (household, _) in &marks {
        if said.last().is_some_and(|(last, _)| last == household) {
            continue;
        }
        // Of a household that was made of two, the newest counts.
        let words: Option<Words> = view
            .one(
                "SELECT a.pack_hash, a.started_at, w.body FROM assessment a JOIN assessment_answers w
                      ON w.household_id = a.household_id AND w.assessment_id = a.assessment_id
                 WHERE a.household_id = $1 AND a.state = 'accepted' ORDER BY a.assessment_id DESC LIMIT 1",
                args![*household],
            )
            .await?;
        said.push((*household, words));
    }
    drop(view);
    let mut known = Vec::with_capacity(said.len());
    for (household, words) in said {
        let words = match words {
            Some(words) => Some((packs::by_hash(cw, &words.pack_hash).await?, words)),
            None => None,
        };
        known.push(Spoken { household, words });
    }
    Ok(Some(Due { from, held, marks, said: known }))
}

/// The block anew, in as many pieces as it needs: from which household each goes, how many it holds, its bytes.
fn written(due: Due) -> Result<Vec<(Uuid, i64, Vec<u8>)>> {
    let block = due.held.map_or_else(|| Ok(Stored::default()), |(_, body)| inflated(&body))?;
    let mut changes = BTreeMap::new();
    for Spoken { household, words } in due.said {
        let said = words.map(|(pack, words)| said(&pack, &words)).transpose()?;
        changes.insert(household, said);
    }
    let pieces = block.with(&changes);
    pieces
        .iter()
        .enumerate()
        .map(|(at, piece)| {
            let first = piece.first().filter(|_| at > 0).unwrap_or(due.from);
            let households = i64::try_from(piece.households()).map_err(Error::internal)?;
            Ok((first, households, deflated(&piece.bytes())?))
        })
        .collect()
}

/// Answers under the form that they were given to.
fn said(pack: &Pack, words: &Words) -> Result<Said> {
    let json = serde_json::from_str(&words.body).map_err(Error::internal)?;
    let answers = Answers::from_json(&pack.form, &json, words.started_at.date())
        .map_err(|faults| Error::internal(faults.first().map(ToString::to_string).unwrap_or_default()))?;
    Ok(Said::of(&pack.form, answers))
}

fn deflated(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).map_err(Error::internal)?;
    encoder.finish().map_err(Error::internal)
}

fn inflated(body: &[u8]) -> Result<Stored> {
    let mut bytes = Vec::new();
    DeflateDecoder::new(body).read_to_end(&mut bytes).map_err(Error::internal)?;
    Stored::read(&bytes).map_err(Error::internal)
}

/// Apart from what answers requests.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
}

#[cfg(test)]
pub(crate) mod tests;
