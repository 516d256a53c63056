//! Change of keys: every sealed column is sealed anew under the current key, in batches that can stop at any moment.
//!
//! To reach one more column, add it to [`SEALED`]: where its rows are, and how one is written back.

use uuid::Uuid;

use super::{Keys, Place, key_id};
use crate::db::Tx;
use crate::error::Result;
use crate::{Actor, Casework, args};

/// Rows of one unit of work; other writers go in between.
const BATCH: i64 = 200;

/// A column that holds sealed values.
#[derive(Debug)]
pub struct Sealed {
    /// Table and column, as in [`Place`].
    pub table: &'static str,
    /// Column, as in [`Place`].
    pub column: &'static str,
    /// Gives `row` (UUID of the place), `agency`, `sealed` of the rows after `$1`, by `row`, at most `$2`.
    pub select: &'static str,
    /// Puts `$1` where row `$2` still holds `$3`.
    pub update: &'static str,
}

/// A column by its table, its name and the id of its rows; and how many rows one unit of work takes, where [`BATCH`] are too many.
/// A row that has nothing sealed is passed over.
macro_rules! sealed {
    ($table:literal, $column:literal, $row:literal) => {
        sealed!($table, $column, $row, "$2")
    };
    ($table:literal, $column:literal, $row:literal, $limit:literal) => {
        Sealed {
            table: $table,
            column: $column,
            select: concat!(
                "SELECT ",
                $row,
                " AS row, '' AS agency, ",
                $column,
                " AS sealed FROM ",
                $table,
                " WHERE ",
                $row,
                " > $1 AND ",
                $column,
                " IS NOT NULL ORDER BY ",
                $row,
                " LIMIT ",
                $limit
            ),
            update: concat!(
                "UPDATE ",
                $table,
                " SET ",
                $column,
                " = $1 WHERE ",
                $row,
                " = $2 AND ",
                $column,
                " = $3 AND ",
                $column,
                " IS NOT NULL"
            ),
        }
    };
}

/// Every sealed column.
pub static SEALED: &[Sealed] = &[
    sealed!("idempotency", "answer", "key"),
    sealed!("identifier", "sealed", "identifier_id"),
    sealed!("contact", "phone", "contact_id"),
    sealed!("draft", "body", "draft_id"),
    sealed!("proposal", "payload", "id"),
    sealed!("referral", "override_words", "referral_id"),
    sealed!("notice", "secret", "notice_id"),
    sealed!("notice", "body", "notice_id"),
    sealed!("partner_list_part", "sealed", "part_id"),
    sealed!("tracking_call", "code", "call_id"),
    sealed!("representative", "name", "representative_id"),
    sealed!("applicant_answer", "body", "answer_id"),
    sealed!("phone_change", "phone", "change_id"),
    sealed!("attachment", "about", "attachment_id"),
    // A file is up to five megabytes: few of them in one unit of work.
    sealed!("attachment", "body", "attachment_id", "($2 / 20)"),
    sealed!("complaint", "told", "household_id"),
    sealed!("complaint", "who", "household_id"),
    sealed!("complaint", "about", "household_id"),
    sealed!("complaint_note", "body", "note_id"),
];

#[derive(sqlx::FromRow)]
struct SealedRow {
    row: Uuid,
    agency: String,
    sealed: Vec<u8>,
}

/// Seals everything anew that is not under the current key; how many fields. Where it was stopped, it goes on.
pub async fn rotate(cw: &Casework) -> Result<u64> {
    let cw = &cw.acting(&Actor::system());
    let mut renewed = 0;
    for column in SEALED {
        renewed += rotate_column(cw, column).await?;
    }
    Ok(renewed)
}

async fn rotate_column(cw: &Casework, column: &'static Sealed) -> Result<u64> {
    let mut renewed = 0;
    loop {
        let keys = cw.keys.clone();
        let (batch, done) = cw.write(async move |tx| batch(tx, &keys, column).await).await?;
        renewed += batch;
        if done {
            return Ok(renewed);
        }
    }
}

/// One batch, and how far it came, in one unit of work.
async fn batch(tx: &mut Tx, keys: &Keys, column: &'static Sealed) -> Result<(u64, bool)> {
    let name = format!("{}.{}", column.table, column.column);
    let key = keys.current_id();
    let so_far: Option<(i64, Uuid, bool)> =
        tx.one("SELECT key_id, last_row, done FROM sealing WHERE sealed_column = $1", args![&name]).await?;
    let after = match so_far {
        Some((id, _, true)) if id == i64::from(key) => return Ok((0, true)),
        Some((id, last, false)) if id == i64::from(key) => last,
        _ => Uuid::nil(),
    };
    let rows: Vec<SealedRow> = tx.all(column.select, args![after, BATCH]).await?;
    let mut renewed = 0;
    for row in &rows {
        if key_id(&row.sealed) == Some(key) {
            continue;
        }
        let place = Place { table: column.table, column: column.column, row: row.row, agency: &row.agency };
        let plain = keys.open(&place, &row.sealed)?;
        let sealed = keys.seal(&place, &plain)?;
        renewed += tx.run(column.update, args![sealed, row.row, row.sealed.as_slice()]).await?;
    }
    let last = rows.last().map_or(after, |row| row.row);
    let done = rows.is_empty();
    tx.run(
        "INSERT INTO sealing (sealed_column, key_id, last_row, done) VALUES ($1, $2, $3, $4)
         ON CONFLICT (sealed_column) DO UPDATE SET key_id = excluded.key_id, last_row = excluded.last_row,
         done = excluded.done",
        args![&name, key, last, done],
    )
    .await?;
    Ok((renewed, done))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::each_engine;

    fn place(row: Uuid) -> Place<'static> {
        Place { table: "idempotency", column: "answer", row, agency: "" }
    }

    #[tokio::test]
    async fn a_rotation_goes_on_where_it_was_stopped() {
        each_engine(async |world| {
            let keys = world.keys.clone();
            world
                .write(async move |tx| {
                    for n in 0..450_u32 {
                        let row: Uuid = tx.new_id();
                        let sealed = keys.seal(&place(row), n.to_string().as_bytes())?;
                        tx.run(
                            "INSERT INTO idempotency (key, staff_id, use_case, answer, created_at) VALUES ($1, $1, 'test', $2, $3)",
                            args![row, sealed, tx.now()],
                        )
                        .await?;
                    }
                    Ok(())
                })
                .await
                .unwrap();
            assert_eq!(world.keys.add_key().unwrap(), 2);
            // Stopped after the first batch.
            let keys = world.keys.clone();
            let first = world.write(async move |tx| batch(tx, &keys, &SEALED[0]).await).await.unwrap();
            assert_eq!(first, (200, false));
            assert_eq!(rotate_column(world, &SEALED[0]).await.unwrap(), 250);
            assert_eq!(rotate_column(world, &SEALED[0]).await.unwrap(), 0);
            world.keys.forget_old_keys().unwrap();
            let rows: Vec<(Uuid, Vec<u8>)> =
                world.db.all("SELECT key, answer FROM idempotency ORDER BY key", args![]).await.unwrap();
            for (n, (row, sealed)) in rows.iter().enumerate() {
                assert_eq!(world.keys.open_text(&place(*row), sealed).unwrap(), n.to_string());
            }
            assert_eq!(rows.len(), 450);
        })
        .await;
    }
}
