//! How an engine would answer a statement, for tests that hold it to its indexes.

use super::World;
use crate::args;
use crate::db::{Arg, Kind};

/// What the engine would do, step by step. PostgreSQL reads a small table whole, or sorts it, if it may; it may not.
pub async fn plan(world: &World, sql: &str, given: Vec<Arg>) -> Vec<String> {
    let is_sqlite = world.db.kind() == Kind::Sqlite;
    let explain = if is_sqlite { "EXPLAIN QUERY PLAN" } else { "EXPLAIN" };
    let sql: &'static str = Box::leak(format!("{explain} {sql}").into_boxed_str());
    world
        .write(async move |tx| {
            if is_sqlite {
                let rows: Vec<(i64, i64, i64, String)> = tx.all(sql, given.clone()).await?;
                return Ok(rows.into_iter().map(|(.., detail)| detail).collect());
            }
            for off in ["SET LOCAL enable_seqscan = off", "SET LOCAL enable_bitmapscan = off"] {
                tx.run(off, args![]).await?;
            }
            let rows: Vec<(String,)> = tx.all(sql, given.clone()).await?;
            Ok(rows.into_iter().map(|(line,)| line).collect())
        })
        .await
        .expect("a plan")
}
