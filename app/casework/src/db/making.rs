//! A PostgreSQL database while `guichet demo` fills it. Thousands of registrations are not one transaction, so a table
//! stands as a mark from before the first table until after the last household: whoever finds it knows that the
//! database is not whole. (An SQLite file is made under another name instead.)

use std::path::Path;

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::connect::one_line;
use crate::crypt::Keys;
use crate::error::{Error, Result};

const MARKED: &str = "SELECT to_regclass('demo_in_making') IS NOT NULL";
const TABLES: &str =
    "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename";
/// The functions behind the triggers of these tables; PostgreSQL leaves them behind when the tables go.
const FUNCTIONS: &str =
    "SELECT DISTINCT t.tgfoid::regprocedure::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
     WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace";

/// Marks an empty database. One that an earlier making left behind is emptied first, and its key file at `keys` goes with
/// it; `Setup` for any other that has tables, or where `keys` is somebody else's.
pub async fn begin(url: &str, keys: &Path) -> Result<()> {
    let mut conn = open(url).await?;
    let is_marked: bool = sqlx::query_scalar(MARKED).fetch_one(&mut conn).await?;
    let tables: Vec<String> = sqlx::query_scalar(TABLES).fetch_all(&mut conn).await?;
    if !is_marked && !tables.is_empty() {
        return Err(Error::Setup("database: it has tables already; a demo needs an empty one".into()));
    }
    if keys.exists() {
        let mine = if tables.iter().any(|table| table == "meta") {
            let sql = "SELECT value FROM meta WHERE key = 'keys'";
            sqlx::query_scalar::<_, String>(sql).fetch_optional(&mut conn).await?
        } else {
            None
        };
        let theirs = Keys::load(keys).ok().map(|keys| keys.fingerprint());
        if mine.is_none() || mine != theirs {
            return Err(Error::Setup(format!("keys {}: there is a file already", keys.display())));
        }
        std::fs::remove_file(keys)
            .map_err(|cause| Error::Setup(format!("keys {}: {cause}", keys.display())))?;
    }
    let mut tx = conn.begin().await?;
    empty(&mut tx, tables).await?;
    sqlx::query("CREATE TABLE demo_in_making ()").execute(&mut *tx).await?;
    tx.commit().await?;
    conn.close().await?;
    Ok(())
}

/// Takes the mark away: the database is whole.
pub async fn end(url: &str) -> Result<()> {
    let mut conn = open(url).await?;
    sqlx::query("DROP TABLE demo_in_making").execute(&mut conn).await?;
    conn.close().await?;
    Ok(())
}

/// Empties the database again after a making that failed.
pub async fn undo(url: &str) -> Result<()> {
    let mut conn = open(url).await?;
    let mut tx = conn.begin().await?;
    let tables = sqlx::query_scalar(TABLES).fetch_all(&mut *tx).await?;
    empty(&mut tx, tables).await?;
    tx.commit().await?;
    conn.close().await?;
    Ok(())
}

async fn open(url: &str) -> Result<PgConnection> {
    let refused = |cause| Error::Setup(format!("database: {}", one_line(&cause)));
    PgConnection::connect(url).await.map_err(refused)
}

async fn empty(conn: &mut PgConnection, tables: Vec<String>) -> Result<()> {
    let functions: Vec<String> = sqlx::query_scalar(FUNCTIONS).fetch_all(&mut *conn).await?;
    for table in tables {
        // The name comes from the catalogue itself.
        let sql = AssertSqlSafe(format!("DROP TABLE IF EXISTS \"{}\" CASCADE", table.replace('"', "\"\"")));
        sqlx::query(sql).execute(&mut *conn).await?;
    }
    for function in functions {
        // As PostgreSQL itself writes it, quoted where it must be.
        let sql = AssertSqlSafe(format!("DROP FUNCTION IF EXISTS {function}"));
        sqlx::query(sql).execute(&mut *conn).await?;
    }
    Ok(())
}
