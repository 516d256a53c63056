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

/// Every sealed column.
pub static SEALED: &[Sealed] = &[
    Sealed {
        table: "idempotency",
        column: "answer",
        select: "SELECT key AS row, '' AS agency, answer AS sealed FROM idempotency \
                 WHERE key > $1 ORDER BY key LIMIT $2",
        update: "UPDATE idempotency SET answer = $1 WHERE key = $2 AND answer = $3",
    },
    Sealed {
        table: "identifier",
        column: "sealed",
        select: "SELECT identifier_id AS row, '' AS agency, sealed FROM identifier WHERE identifier_id > $1 \
                 ORDER BY identifier_id LIMIT $2",
        update: "UPDATE identifier SET sealed = $1 WHERE identifier_id = $2 AND sealed = $3",
    },
    Sealed {
        table: "contact",
        column: "phone",
        select: "SELECT contact_id AS row, '' AS agency, phone AS sealed FROM contact WHERE contact_id > $1 \
                 AND phone IS NOT NULL ORDER BY contact_id LIMIT $2",
        update: "UPDATE contact SET phone = $1 WHERE contact_id = $2 AND phone = $3 AND phone IS NOT NULL",
    },
    Sealed {
        table: "draft",
        column: "body",
        select: "SELECT draft_id AS row, '' AS agency, body AS sealed FROM draft WHERE draft_id > $1 \
                 ORDER BY draft_id LIMIT $2",
        update: "UPDATE draft SET body = $1 WHERE draft_id = $2 AND body = $3",
    },
    Sealed {
        table: "proposal",
        column: "payload",
        select: "SELECT id AS row, '' AS agency, payload AS sealed FROM proposal WHERE id > $1 ORDER BY id LIMIT $2",
        update: "UPDATE proposal SET payload = $1 WHERE id = $2 AND payload = $3",
    },
    Sealed {
        table: "notice",
        column: "secret",
        select: "SELECT notice_id AS row, '' AS agency, secret AS sealed FROM notice WHERE notice_id > $1 \
                 AND secret IS NOT NULL ORDER BY notice_id LIMIT $2",
        update: "UPDATE notice SET secret = $1 WHERE notice_id = $2 AND secret = $3",
    },
    Sealed {
        table: "notice",
        column: "body",
        select: "SELECT notice_id AS row, '' AS agency, body AS sealed FROM notice WHERE notice_id > $1 \
                 AND body IS NOT NULL ORDER BY notice_id LIMIT $2",
        update: "UPDATE notice SET body = $1 WHERE notice_id = $2 AND body = $3",
    },
    Sealed {
        table: "partner_list_part",
        column: "sealed",
        select: "SELECT part_id AS row, '' AS agency, sealed FROM partner_list_part WHERE part_id > $1 \
                 ORDER BY part_id LIMIT $2",
        update: "UPDATE partner_list_part SET sealed = $1 WHERE part_id = $2 AND sealed = $3",
    },
    Sealed {
        table: "tracking_call",
        column: "code",
        select: "SELECT call_id AS row, '' AS agency, code AS sealed FROM tracking_call WHERE call_id > $1 \
                 AND code IS NOT NULL ORDER BY call_id LIMIT $2",
        update: "UPDATE tracking_call SET code = $1 WHERE call_id = $2 AND code = $3 AND code IS NOT NULL",
    },
    Sealed {
        table: "representative",
        column: "name",
        select: "SELECT representative_id AS row, '' AS agency, name AS sealed FROM representative \
                 WHERE representative_id > $1 ORDER BY representative_id LIMIT $2",
        update: "UPDATE representative SET name = $1 WHERE representative_id = $2 AND name = $3",
    },
    Sealed {
        table: "applicant_answer",
        column: "body",
        select: "SELECT answer_id AS row, '' AS agency, body AS sealed FROM applicant_answer WHERE answer_id > $1 \
                 ORDER BY answer_id LIMIT $2",
        update: "UPDATE applicant_answer SET body = $1 WHERE answer_id = $2 AND body = $3",
    },
    Sealed {
        table: "attachment",
        column: "about",
        select: "SELECT attachment_id AS row, '' AS agency, about AS sealed FROM attachment WHERE attachment_id > $1 \
                 ORDER BY attachment_id LIMIT $2",
        update: "UPDATE attachment SET about = $1 WHERE attachment_id = $2 AND about = $3",
    },
    Sealed {
        table: "attachment",
        column: "body",
        // A file is up to five megabytes: few of them in one unit of work.
        select: "SELECT attachment_id AS row, '' AS agency, body AS sealed FROM attachment WHERE attachment_id > $1 \
                 ORDER BY attachment_id LIMIT ($2 / 20)",
        update: "UPDATE attachment SET body = $1 WHERE attachment_id = $2 AND body = $3",
    },
    Sealed {
        table: "complaint",
        column: "told",
        select: "SELECT household_id AS row, '' AS agency, told AS sealed FROM complaint WHERE household_id > $1 \
                 ORDER BY household_id LIMIT $2",
        update: "UPDATE complaint SET told = $1 WHERE household_id = $2 AND told = $3",
    },
    Sealed {
        table: "complaint",
        column: "who",
        select: "SELECT household_id AS row, '' AS agency, who AS sealed FROM complaint WHERE household_id > $1 \
                 AND who IS NOT NULL ORDER BY household_id LIMIT $2",
        update: "UPDATE complaint SET who = $1 WHERE household_id = $2 AND who = $3",
    },
    Sealed {
        table: "complaint",
        column: "about",
        select: "SELECT household_id AS row, '' AS agency, about AS sealed FROM complaint WHERE household_id > $1 \
                 AND about IS NOT NULL ORDER BY household_id LIMIT $2",
        update: "UPDATE complaint SET about = $1 WHERE household_id = $2 AND about = $3",
    },
    Sealed {
        table: "complaint_note",
        column: "body",
        select: "SELECT note_id AS row, '' AS agency, body AS sealed FROM complaint_note WHERE note_id > $1 \
                 ORDER BY note_id LIMIT $2",
        update: "UPDATE complaint_note SET body = $1 WHERE note_id = $2 AND body = $3",
    },
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
