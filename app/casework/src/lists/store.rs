//! File and rows of a list at rest: the file in pieces as it arrived, the rows in blocks as they were read; both sealed.

use domain::ids::ListId;
use domain::lists::Entry;
use uuid::Uuid;

use crate::args;
use crate::crypt::{Keys, Place};
use crate::db::Tx;
use crate::error::{Error, Result};

/// Bytes of one piece of the file.
pub const PART: usize = 1024 * 1024;

/// Rows of one block.
pub const BLOCK: u32 = 500;

/// What is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Pieces of the file.
    File,
    /// Blocks of rows.
    Rows,
}

impl Sort {
    const fn code(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Rows => "rows",
        }
    }
}

fn place(id: Uuid) -> Place<'static> {
    Place { table: "partner_list_part", column: "sealed", row: id, agency: "" }
}

/// Keeps a piece; one that is there already stays.
pub async fn put(
    tx: &mut Tx,
    keys: &Keys,
    list: ListId,
    sort: Sort,
    part: u32,
    bytes: &[u8],
) -> Result<bool> {
    let id: Uuid = tx.new_id();
    let sealed = keys.seal(&place(id), bytes)?;
    let new = tx
        .run(
            "INSERT INTO partner_list_part (list_id, kind, part, part_id, sealed) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT DO NOTHING",
            args![list, sort.code(), part, id, sealed],
        )
        .await?;
    Ok(new == 1)
}

/// A piece, where it is there.
pub async fn get(tx: &mut Tx, keys: &Keys, list: ListId, sort: Sort, part: u32) -> Result<Option<Vec<u8>>> {
    let row: Option<(Uuid, Vec<u8>)> = tx
        .one(
            "SELECT part_id, sealed FROM partner_list_part WHERE list_id = $1 AND kind = $2 AND part = $3",
            args![list, sort.code(), part],
        )
        .await?;
    row.map(|(id, sealed)| Ok(keys.open(&place(id), &sealed)?.to_vec())).transpose()
}

/// The file, or its first `most` pieces.
pub async fn file(tx: &mut Tx, keys: &Keys, list: ListId, most: u32) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for part in 0..most {
        match get(tx, keys, list, Sort::File, part).await? {
            Some(piece) => bytes.extend(piece),
            None => break,
        }
    }
    Ok(bytes)
}

/// A block as it is kept: an entry, or nothing for a row that could not be read.
pub fn packed(entries: &[Option<Entry>]) -> Result<Vec<u8>> {
    serde_json::to_vec(entries).map_err(Error::internal)
}

/// The entries of a block; none when it is not there.
pub async fn block(tx: &mut Tx, keys: &Keys, list: ListId, number: u32) -> Result<Vec<Option<Entry>>> {
    match get(tx, keys, list, Sort::Rows, number).await? {
        Some(bytes) => serde_json::from_slice(&bytes).map_err(Error::internal),
        None => Ok(Vec::new()),
    }
}

/// Deletes everything personal of a list.
pub async fn forget(tx: &mut Tx, list: ListId) -> Result<()> {
    tx.run("DELETE FROM partner_list_part WHERE list_id = $1", args![list]).await?;
    tx.run("DELETE FROM partner_list_error WHERE list_id = $1", args![list]).await?;
    Ok(())
}

/// Deletes what an earlier reading of the file left.
pub async fn clear_rows(tx: &mut Tx, list: ListId) -> Result<()> {
    tx.run("DELETE FROM partner_list_part WHERE list_id = $1 AND kind = 'rows'", args![list]).await?;
    tx.run("DELETE FROM partner_list_error WHERE list_id = $1", args![list]).await?;
    tx.run("DELETE FROM partner_list_row WHERE list_id = $1", args![list]).await?;
    Ok(())
}
