//! The copy on SQLite.

use std::collections::BTreeMap;
use std::path::Path;

use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

use super::refused;
use crate::Casework;
use crate::db::{Address, Db, sqlite_options};
use crate::error::Result;
use crate::journal;

pub(super) async fn copy(cw: &Casework, from: &Path, part: &Path) -> Result<BTreeMap<String, i64>> {
    let failed = |cause: sqlx::Error| refused(part, &cause.to_string());
    let to = part.to_str().ok_or_else(|| refused(part, "this name is not UTF-8"))?;
    let mut conn = SqliteConnection::connect_with(&sqlite_options(from)).await.map_err(failed)?;
    sqlx::query("VACUUM INTO $1").bind(to).execute(&mut conn).await.map_err(failed)?;
    conn.close().await.map_err(failed)?;
    let rows = check(part).await?;
    // The copy must be what an auditor would accept: all chains of its journal hold.
    let copy = Db::connect(&Address::Sqlite(part.to_owned()), cw.clock.clone()).await?;
    let report = journal::verify(&Casework::new(copy.clone(), cw.clock.clone(), cw.keys.clone())).await;
    copy.close().await;
    match report?.first_break {
        None => Ok(rows),
        Some(found) => Err(refused(part, &format!("its journal is broken: {found}"))),
    }
}

/// Pages, indexes and foreign keys; the rows of each table.
async fn check(part: &Path) -> Result<BTreeMap<String, i64>> {
    let failed = |cause: sqlx::Error| refused(part, &cause.to_string());
    let mut conn = SqliteConnection::connect_with(&sqlite_options(part)).await.map_err(failed)?;
    let sound: String =
        sqlx::query_scalar("PRAGMA integrity_check(1)").fetch_one(&mut conn).await.map_err(failed)?;
    if sound != "ok" {
        return Err(refused(part, &sound));
    }
    let orphans: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM pragma_foreign_key_check")
        .fetch_one(&mut conn)
        .await
        .map_err(failed)?;
    if orphans > 0 {
        return Err(refused(part, &format!("{orphans} rows point to rows that are not there")));
    }
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY name",
    )
    .fetch_all(&mut conn)
    .await
    .map_err(failed)?;
    let mut rows = BTreeMap::new();
    for table in tables {
        // The name comes from the schema itself.
        let sql = AssertSqlSafe(format!("SELECT COUNT(*) FROM \"{table}\""));
        rows.insert(table, sqlx::query_scalar(sql).fetch_one(&mut conn).await.map_err(failed)?);
    }
    conn.close().await.map_err(failed)?;
    Ok(rows)
}
