//! Daily checkpoints: a keyed hash over the last entry of every file that moved since the checkpoint before. A chain by
//! itself does not show that its end, or all of it, was taken away; the checkpoint does.

use sha2::{Digest, Sha256};
use time::{OffsetDateTime, Time};
use uuid::Uuid;

use super::NO_HASH;
use crate::db::Tx;
use crate::error::Result;
use crate::{Casework, args};

/// Files read at once.
pub(super) const PAGE: i64 = 2000;

/// The running hash over one period.
#[derive(Clone)]
pub(super) struct Period {
    hasher: Sha256,
    pub files: i64,
}

impl Period {
    pub fn new() -> Self {
        Self { hasher: Sha256::new_with_prefix(b"guichet checkpoint 1"), files: 0 }
    }

    /// The last entry of one file in the period; files come in the order of their ids.
    pub fn feed(&mut self, file: Uuid, seq: i64, hash: &[u8]) {
        self.hasher.update(file.as_bytes());
        self.hasher.update(seq.to_be_bytes());
        self.hasher.update(hash);
        self.files += 1;
    }

    pub fn finish(self, until: OffsetDateTime, prev: &[u8]) -> [u8; 32] {
        let mut hasher = self.hasher;
        hasher.update(until.unix_timestamp().to_be_bytes());
        hasher.update(prev);
        hasher.finalize().into()
    }
}

/// Writes the checkpoint up to the last midnight (UTC), if it is not there yet; whether it wrote one. Run it some minutes
/// after midnight, so that no server with a slow clock still writes into the day that is closed.
pub async fn checkpoint(cw: &Casework) -> Result<bool> {
    let until = cw.now().replace_time(Time::MIDNIGHT);
    let mut view = cw.db.read().await?;
    let (since, prev) = last(&mut view).await?;
    if since >= until {
        return Ok(false);
    }
    let mut period = Period::new();
    let mut after = Uuid::nil();
    loop {
        let heads: Vec<(Uuid, i64, Vec<u8>)> = view
            .all(
                "SELECT journal.file_id, journal.seq, journal.hash FROM journal
                 JOIN (SELECT file_id, MAX(seq) AS seq FROM journal
                       WHERE at >= $1 AND at < $2 AND file_id > $3 GROUP BY file_id ORDER BY file_id LIMIT $4) AS moved
                 ON moved.file_id = journal.file_id AND moved.seq = journal.seq ORDER BY journal.file_id",
                args![since, until, after, PAGE],
            )
            .await?;
        for (file, seq, hash) in &heads {
            period.feed(*file, *seq, hash);
        }
        match heads.last() {
            Some((file, ..)) => after = *file,
            None => break,
        }
    }
    drop(view);
    let files = period.files;
    let hash = period.finish(until, &prev);
    let mac = cw.keys.sign_checkpoint(&hash);
    cw.write(async move |tx| {
        // Another server may have been first: the same period gives the same hash.
        let written = tx
            .run(
                "INSERT INTO journal_checkpoint (until, files, prev, hash, mac) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (until) DO NOTHING",
                args![until, files, prev.as_slice(), hash, mac],
            )
            .await?;
        Ok(written == 1)
    })
    .await
}

async fn last(view: &mut Tx) -> Result<(OffsetDateTime, Vec<u8>)> {
    let last: Option<(OffsetDateTime, Vec<u8>)> =
        view.one("SELECT until, hash FROM journal_checkpoint ORDER BY until DESC LIMIT 1", args![]).await?;
    Ok(last.unwrap_or_else(|| (OffsetDateTime::UNIX_EPOCH, NO_HASH.to_vec())))
}
