//! Facts about this database itself, one row each: whether it is a demo, which pack is in force, which keys it needs.

use crate::Tx;
use crate::args;
use crate::db::Db;
use crate::error::Result;

/// Set to `true` on a database made by `guichet demo`; only there demo accounts work and are shown.
pub const DEMO: &str = "demo";
/// Hash of the pack in force.
pub const PACK: &str = "pack";
/// A keyed hash by which a wrong key file is noticed before anything is written.
pub const KEYS: &str = "keys";

/// The value, if set.
pub async fn get(db: &Db, key: &str) -> Result<Option<String>> {
    db.value("SELECT value FROM meta WHERE key = $1", args![key]).await
}

/// The value inside a unit of work, if set.
pub async fn get_in(tx: &mut Tx, key: &str) -> Result<Option<String>> {
    tx.value("SELECT value FROM meta WHERE key = $1", args![key]).await
}

/// Sets a value.
pub async fn set(tx: &mut Tx, key: &str, value: &str) -> Result<()> {
    tx.run(
        "INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        args![key, value],
    )
    .await
    .map(drop)
}

/// Whether this database was made by `guichet demo`.
pub async fn is_demo(db: &Db) -> Result<bool> {
    Ok(get(db, DEMO).await?.as_deref() == Some("true"))
}
