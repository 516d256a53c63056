//! The journal: append-only, one hash chain per file, written in the same unit of work as what it tells.
//!
//! A *file* is a case file (the household's id), a staff account (its id), or one of the registry's own chains
//! ([`REGISTRY`]). One chain per file and not one for all: a single chain would make every writer wait for every other.
//!
//! An entry never holds a personal value: ids, codes, counts, dates of our own acts, and the *names* of changed fields.
//! [`Event`] offers nothing else. To tell of a new kind of act: `Event::new("noun.done")`, and a line of words for it.

mod audit;
mod canonical;
mod checkpoint;
mod verify;

use domain::ids::StaffId;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use uuid::Uuid;

pub use audit::{audit, of_registry};
pub use checkpoint::checkpoint;
pub use verify::{Break, Report, verify};

use crate::Casework;
use crate::actor::Actor;
use crate::args;
use crate::db::Tx;
use crate::error::{Error, Result};

/// The chain of what concerns the whole registry: packs, backups, checkpoints of the commands.
pub const REGISTRY: Uuid = Uuid::from_u128(1);

/// What stands before the first entry of a chain.
const NO_HASH: [u8; 32] = [0; 32];

/// What is told of an act.
#[derive(Debug, Clone)]
pub struct Event {
    kind: &'static str,
    detail: Map<String, Value>,
}

impl Event {
    /// An act, by its code: `household.registered`, `file.opened`, `staff.disabled`.
    pub fn new(kind: &'static str) -> Self {
        Self { kind, detail: Map::new() }
    }

    /// An id of something.
    #[must_use]
    pub fn id(self, key: &'static str, id: impl Into<Uuid>) -> Self {
        let id: Uuid = id.into();
        self.with(key, Value::String(id.to_string()))
    }

    /// A code of the program or the pack (programme, state, reason code). What does not look like a code is withheld, so
    /// that a name cannot slip in.
    #[must_use]
    pub fn code(self, key: &'static str, code: &str) -> Self {
        self.with(key, Value::from(if is_code(code) { code } else { WITHHELD }))
    }

    /// One more code of a list.
    #[must_use]
    pub fn listed(mut self, key: &'static str, code: &str) -> Self {
        let code = Value::from(if is_code(code) { code } else { WITHHELD });
        match self.detail.get_mut(key) {
            Some(Value::Array(list)) => list.push(code),
            _ => drop(self.detail.insert(key.to_owned(), Value::Array(vec![code]))),
        }
        self
    }

    /// A count or a version.
    #[must_use]
    pub fn number(self, key: &'static str, number: i64) -> Self {
        self.with(key, Value::from(number))
    }

    /// A date of an act of ours (a due date, the start of an award), never a birth date.
    #[must_use]
    pub fn date(self, key: &'static str, date: time::Date) -> Self {
        self.with(key, Value::String(date.to_string()))
    }

    /// The names of the fields that changed.
    #[must_use]
    pub fn fields(self, names: &[&'static str]) -> Self {
        self.with("fields", names.iter().map(|name| Value::from(*name)).collect())
    }

    fn with(mut self, key: &'static str, value: Value) -> Self {
        self.detail.insert(key.to_owned(), value);
        self
    }
}

const WITHHELD: &str = "withheld";

fn is_code(code: &str) -> bool {
    code.len() <= 80
        && code.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':' | b'/'))
}

/// An entry as it is read.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Entry {
    /// Place in the file's chain, from 1.
    pub seq: i64,
    /// When.
    pub at: OffsetDateTime,
    /// Who; `None` for the system, a command and the applicant (the purpose tells which).
    pub staff_id: Option<Uuid>,
    /// Name of who, as it is now.
    pub staff_name: Option<String>,
    /// What was done.
    pub kind: String,
    /// Why; see [`crate::actor::Purpose`].
    pub purpose: String,
    /// Ids, codes and field names, as JSON.
    pub detail: String,
}

impl Entry {
    /// The value told under this key.
    pub fn told(&self, key: &str) -> Option<Value> {
        serde_json::from_str::<Map<String, Value>>(&self.detail).ok()?.remove(key)
    }
}

/// Appends to the chain of `file`.
///
/// The head is read once a unit of work and kept in its `Tx`: on PostgreSQL a look at a head that is new would bring the
/// unit in the way of everybody else who begins a chain.
pub async fn append(tx: &mut Tx, actor: &Actor, file: impl Into<Uuid>, event: Event) -> Result<()> {
    let file: Uuid = file.into();
    let head = match tx.chains().get(&file) {
        Some(head) => Some(*head),
        None => read_head(tx, file).await?,
    };
    let (last, prev) = head.unwrap_or((0, NO_HASH));
    extend(tx, actor, file, last, prev, event).await
}

/// Writes the first entry of a chain that this same unit of work begins, without looking for a head.
pub async fn begin(tx: &mut Tx, actor: &Actor, file: impl Into<Uuid>, event: Event) -> Result<()> {
    extend(tx, actor, file.into(), 0, NO_HASH, event).await
}

async fn read_head(tx: &mut Tx, file: Uuid) -> Result<Option<(i64, [u8; 32])>> {
    let head: Option<(i64, Vec<u8>)> =
        tx.one("SELECT seq, hash FROM journal_head WHERE file_id = $1", args![file]).await?;
    head.map(|(seq, hash)| {
        let hash = hash.try_into().map_err(|_| Error::internal("the head of a chain is no hash"))?;
        Ok((seq, hash))
    })
    .transpose()
}

/// Writes the entry after `last` and moves the head. The head moves only from where it was thought to be.
async fn extend(
    tx: &mut Tx,
    actor: &Actor,
    file: Uuid,
    last: i64,
    prev: [u8; 32],
    event: Event,
) -> Result<()> {
    let hash = write(tx, actor, file, last + 1, &prev, event).await?;
    let moved = tx
        .run(
            "INSERT INTO journal_head (file_id, seq, hash) VALUES ($1, $2, $3)
             ON CONFLICT (file_id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash WHERE journal_head.seq = $4",
            args![file, last + 1, hash, last],
        )
        .await?;
    if moved != 1 {
        return Err(Error::internal("the head of a chain moved"));
    }
    tx.chains().insert(file, (last + 1, hash));
    Ok(())
}

/// Writes one entry; its hash.
async fn write(
    tx: &mut Tx,
    actor: &Actor,
    file: Uuid,
    seq: i64,
    prev: &[u8],
    event: Event,
) -> Result<[u8; 32]> {
    let detail = canonical::text(&Value::Object(event.detail));
    let hash = entry_hash(&Sealed {
        file,
        seq,
        at: tx.now(),
        staff: actor.account().map(StaffId::uuid),
        kind: event.kind,
        purpose: actor.purpose.code(),
        detail: &detail,
        prev,
    });
    tx.run(
        "INSERT INTO journal (file_id, seq, at, staff_id, kind, purpose, detail, prev, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![file, seq, tx.now(), actor.account(), event.kind, actor.purpose.code(), detail, prev, hash],
    )
    .await?;
    Ok(hash)
}

/// Appends one entry by itself: for the opening of a file, which changes nothing else.
pub async fn record(cw: &Casework, actor: &Actor, file: impl Into<Uuid>, event: Event) -> Result<()> {
    let (actor, file) = (actor.clone(), file.into());
    cw.write(async move |tx| append(tx, &actor, file, event.clone()).await).await
}

/// Entries of a file, the newest first, before `before` (`None` = from the newest), at most `limit`. The use case that
/// shows them checks who may.
pub async fn entries(
    tx: &mut Tx,
    file: impl Into<Uuid>,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<Entry>> {
    tx.all(
        "SELECT journal.seq, journal.at, journal.staff_id, staff.name AS staff_name, journal.kind, journal.purpose,
                journal.detail
         FROM journal LEFT JOIN staff ON staff.id = journal.staff_id
         WHERE journal.file_id = $1 AND journal.seq < $2 ORDER BY journal.seq DESC LIMIT $3",
        args![file.into(), before.unwrap_or(i64::MAX), limit],
    )
    .await
}

/// What the hash of an entry covers.
struct Sealed<'a> {
    file: Uuid,
    seq: i64,
    at: OffsetDateTime,
    staff: Option<Uuid>,
    kind: &'a str,
    purpose: &'a str,
    detail: &'a str,
    prev: &'a [u8],
}

/// SHA-256 over the canonical JSON of an array that starts with the name of this format.
fn entry_hash(entry: &Sealed<'_>) -> [u8; 32] {
    let value = serde_json::json!([
        "guichet journal 1",
        entry.file.to_string(),
        entry.seq,
        entry.at.unix_timestamp(),
        entry.staff.map(|id| id.to_string()),
        entry.kind,
        entry.purpose,
        entry.detail,
        crate::crypt::keys::hex(entry.prev),
    ]);
    Sha256::digest(canonical::text(&value).as_bytes()).into()
}

#[cfg(test)]
mod tests;
