//! Bringing the tables up to date: all pending migrations in one transaction, or none of them.
//!
//! To add a migration, write `migrations/sqlite/NNNN_name.sql` and `migrations/postgres/NNNN_name.sql`. A file that has
//! been released is never edited.

use std::borrow::Cow;

use sqlx::migrate::{Migrate, MigrateError, Migrator};
use sqlx::{Connection, PgPool, SqliteConnection};

use super::{Address, Db, Readers, sqlite_options};
use crate::error::{Error, Result};

static SQLITE: Migrator = sqlx::migrate!("../../migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("../../migrations/postgres");

impl Db {
    /// Runs the pending migrations. Two servers starting at once do not run them at once: on SQLite the second waits
    /// for the write lock, on PostgreSQL for the one row of `migration_lease`.
    pub async fn migrate(&self) -> Result<()> {
        match (&self.inner.readers, self.address()) {
            (Readers::Postgres(pool), _) => migrate_postgres(pool).await,
            (Readers::Sqlite(_), Address::Sqlite(path)) => {
                let mut conn = SqliteConnection::connect_with(&sqlite_options(path)).await?;
                let mut tx = conn.begin_with("BEGIN IMMEDIATE").await?;
                run(&SQLITE, &mut *tx).await?;
                tx.commit().await?;
                conn.close().await?;
                Ok(())
            }
            (Readers::Sqlite(_), Address::Postgres(_)) => Err(Error::internal("engine and address differ")),
        }
    }

    /// Whether every migration of this build has run, and none that it does not know.
    pub async fn is_current(&self) -> Result<bool> {
        let known = match &self.inner.readers {
            Readers::Sqlite(_) => SQLITE.iter().map(|migration| migration.version).max(),
            Readers::Postgres(_) => POSTGRES.iter().map(|migration| migration.version).max(),
        };
        let is_there: Option<i64> = match &self.inner.readers {
            Readers::Sqlite(_) => {
                self.value("SELECT COUNT(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'", vec![])
                    .await?
            }
            Readers::Postgres(_) => {
                self.value("SELECT COUNT(*) FROM pg_tables WHERE tablename = '_sqlx_migrations'", vec![])
                    .await?
            }
        };
        if is_there != Some(1) {
            return Ok(false);
        }
        let done: Option<Option<i64>> =
            self.value("SELECT MAX(version) FROM _sqlx_migrations WHERE success", vec![]).await?;
        Ok(done.flatten() == known)
    }
}

/// What the migrations on PostgreSQL are, in a word: databases made by the same ones may be copied from one another.
#[cfg(any(test, feature = "test-support"))]
pub(crate) fn print_of_migrations() -> String {
    let checksums: Vec<String> =
        POSTGRES.iter().map(|migration| format!("{:?}", migration.checksum)).collect();
    domain::policy::document::hash(&checksums.concat())[..16].to_owned()
}

async fn migrate_postgres(pool: &PgPool) -> Result<()> {
    let mut conn = pool.acquire().await?;
    // Two at once may both find the table missing; the second then fails on the catalogue's own key and finds it there.
    let create = "CREATE TABLE IF NOT EXISTS migration_lease (id BIGINT NOT NULL PRIMARY KEY)";
    if sqlx::query(create).execute(&mut *conn).await.is_err() {
        sqlx::query(create).execute(&mut *conn).await?;
    }
    // Policies hold for the owner of the tables too: a migration that moves rows must see them.
    let mut tx = conn.begin_with("BEGIN; SET LOCAL guichet.sight = 'system'").await?;
    sqlx::query("INSERT INTO migration_lease (id) VALUES (1) ON CONFLICT (id) DO NOTHING")
        .execute(&mut *tx)
        .await?;
    sqlx::query("SELECT id FROM migration_lease WHERE id = 1 FOR UPDATE").execute(&mut *tx).await?;
    run(&POSTGRES, &mut *tx).await?;
    tx.commit().await?;
    Ok(())
}

/// Runs on a connection that is in a transaction already, so that each migration becomes a savepoint in it. No advisory
/// lock: a sharded or pooled PostgreSQL does not give one.
async fn run<C: Migrate>(migrator: &'static Migrator, conn: &mut C) -> Result<()> {
    let mut unlocked = Migrator { migrations: Cow::Borrowed(&migrator.migrations), ..Migrator::DEFAULT };
    unlocked.set_locking(false);
    unlocked.run_direct(None, conn, false).await.map_err(|cause| match cause {
        MigrateError::VersionMissing(version) => {
            Error::Setup(format!("the database is newer than this program: it has migration {version}"))
        }
        MigrateError::VersionMismatch(version) => {
            Error::Setup(format!("migration {version} is not the one this database was made with"))
        }
        MigrateError::Execute(cause) | MigrateError::ExecuteMigration(cause, _) => Error::from(cause),
        other => Error::internal(other),
    })
}
