//! Walking all chains and checkpoints, from first to last, in pages: the memory it needs does not grow with the registry.

use std::fmt;

use time::OffsetDateTime;
use uuid::Uuid;

use super::checkpoint::Period;
use super::{NO_HASH, Sealed, entry_hash};
use crate::db::Tx;
use crate::error::Result;
use crate::{Casework, args};

/// Entries read at once.
const PAGE: i64 = 5000;

/// Where the journal is not what was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Break {
    /// The entry is not the one that was written, or does not follow the one before.
    Entry {
        /// The file.
        file: Uuid,
        /// The place in its chain.
        seq: i64,
    },
    /// The file's head names an entry that is not the last: the end of the chain is missing.
    Head {
        /// The file.
        file: Uuid,
    },
    /// The checkpoint does not agree with the chains: entries were taken away or made later.
    Checkpoint {
        /// Up to when it covers.
        until: OffsetDateTime,
    },
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entry { file, seq } => write!(f, "file {file}, entry {seq}: not what was written"),
            Self::Head { file } => write!(f, "file {file}: the end of the chain is missing"),
            Self::Checkpoint { until } => {
                write!(f, "checkpoint until {until}: does not agree with the chains")
            }
        }
    }
}

/// What a walk found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Chains walked.
    pub files: u64,
    /// Entries walked.
    pub entries: u64,
    /// Checkpoints compared.
    pub checkpoints: u64,
    /// The first break; after it the walk stops.
    pub first_break: Option<Break>,
}

#[derive(sqlx::FromRow)]
struct EntryRow {
    file_id: Uuid,
    seq: i64,
    at: OffsetDateTime,
    staff_id: Option<Uuid>,
    kind: String,
    purpose: String,
    detail: String,
    prev: Vec<u8>,
    hash: Vec<u8>,
}

#[derive(sqlx::FromRow)]
struct CheckpointRow {
    until: OffsetDateTime,
    files: i64,
    prev: Vec<u8>,
    hash: Vec<u8>,
    mac: Vec<u8>,
}

/// One checkpoint with what the chains say about its period.
struct Expected {
    row: CheckpointRow,
    period: Period,
    /// Last entry of the file at hand that lies in the period.
    last: Option<(i64, Vec<u8>)>,
}

/// Recomputes every hash. Reads one consistent view, so it may run beside the office's work.
pub async fn verify(cw: &Casework) -> Result<Report> {
    let mut view = cw.db.read().await?;
    let mut report = Report::default();
    let rows: Vec<CheckpointRow> = view
        .all("SELECT until, files, prev, hash, mac FROM journal_checkpoint ORDER BY until", args![])
        .await?;
    let mut expected: Vec<Expected> =
        rows.into_iter().map(|row| Expected { row, period: Period::new(), last: None }).collect();
    report.first_break = walk(&mut view, &mut expected, &mut report).await?;
    if report.first_break.is_none() {
        report.first_break = headless(&mut view).await?;
    }
    if report.first_break.is_none() {
        report.first_break = compare(cw, expected, &mut report);
    }
    Ok(report)
}

async fn walk(view: &mut Tx, expected: &mut [Expected], report: &mut Report) -> Result<Option<Break>> {
    let mut place = (Uuid::nil(), 0);
    let mut prev = NO_HASH.to_vec();
    loop {
        let entries: Vec<EntryRow> = view
            .all(
                "SELECT file_id, seq, at, staff_id, kind, purpose, detail, prev, hash FROM journal
                 WHERE (file_id, seq) > ($1, $2) ORDER BY file_id, seq LIMIT $3",
                args![place.0, place.1, PAGE],
            )
            .await?;
        if entries.is_empty() {
            return end_of_file(view, place.0, place.1, &prev, expected).await;
        }
        for entry in entries {
            if entry.file_id != place.0 {
                if let Some(found) = end_of_file(view, place.0, place.1, &prev, expected).await? {
                    return Ok(Some(found));
                }
                report.files += 1;
                place = (entry.file_id, 0);
                prev = NO_HASH.to_vec();
            }
            report.entries += 1;
            let hash = entry_hash(&Sealed {
                file: entry.file_id,
                seq: entry.seq,
                at: entry.at,
                staff: entry.staff_id,
                kind: &entry.kind,
                purpose: &entry.purpose,
                detail: &entry.detail,
                prev: &entry.prev,
            });
            if entry.seq != place.1 + 1 || entry.prev != prev || entry.hash != hash {
                return Ok(Some(Break::Entry { file: entry.file_id, seq: entry.seq }));
            }
            let at = expected.partition_point(|checkpoint| checkpoint.row.until <= entry.at);
            if let Some(checkpoint) = expected.get_mut(at) {
                checkpoint.last = Some((entry.seq, entry.hash.clone()));
            }
            place.1 = entry.seq;
            prev = entry.hash;
        }
    }
}

/// The head must name the last entry, and the periods hear of the file.
async fn end_of_file(
    view: &mut Tx,
    file: Uuid,
    seq: i64,
    hash: &[u8],
    expected: &mut [Expected],
) -> Result<Option<Break>> {
    if seq == 0 {
        return Ok(None);
    }
    for checkpoint in expected.iter_mut() {
        if let Some((seq, hash)) = checkpoint.last.take() {
            checkpoint.period.feed(file, seq, &hash);
        }
    }
    let head: Option<(i64, Vec<u8>)> =
        view.one("SELECT seq, hash FROM journal_head WHERE file_id = $1", args![file]).await?;
    let agrees = head.is_some_and(|(head_seq, head_hash)| head_seq == seq && head_hash == hash);
    Ok((!agrees).then_some(Break::Head { file }))
}

/// A head without any entry: the whole chain is gone.
async fn headless(view: &mut Tx) -> Result<Option<Break>> {
    let file: Option<Uuid> = view
        .value(
            "SELECT file_id FROM journal_head
             WHERE NOT EXISTS (SELECT 1 FROM journal WHERE journal.file_id = journal_head.file_id) LIMIT 1",
            args![],
        )
        .await?;
    Ok(file.map(|file| Break::Head { file }))
}

fn compare(cw: &Casework, expected: Vec<Expected>, report: &mut Report) -> Option<Break> {
    let mut prev = NO_HASH.to_vec();
    for Expected { row, period, .. } in expected {
        let files = period.files;
        let hash = period.finish(row.until, &prev);
        let agrees = row.prev == prev
            && row.files == files
            && row.hash == hash
            && row.mac == cw.keys.sign_checkpoint(&hash);
        if !agrees {
            return Some(Break::Checkpoint { until: row.until });
        }
        report.checkpoints += 1;
        prev = row.hash;
    }
    None
}
