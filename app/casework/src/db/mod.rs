//! The database: one handle, two engines, one SQL text.
//!
//! # How a use case is written
//!
//! SQL stands beside the use case as static text with `$1` placeholders and named columns; a row is a struct with
//! `#[derive(sqlx::FromRow)]` or a tuple. The same text runs on SQLite and on PostgreSQL; `match tx.kind()` only where
//! they truly differ.
//!
//! ```ignore
//! #[derive(sqlx::FromRow)]
//! struct NoteRow { id: Uuid, words: String, version: i64 }
//!
//! /// Changes the words of a note. `Stale` when somebody else changed it since `version` was read.
//! pub async fn rewrite(cw: &Casework, actor: &Actor, id: Uuid, version: i64, words: String) -> Result<()> {
//!     actor.require(Right::EditNotes, &scope)?;
//!     let (cw, actor) = (cw.acting(actor), actor.clone());
//!     cw.write(async move |tx| {
//!         tx.run_one(
//!             "UPDATE note SET words = $1, version = version + 1 WHERE id = $2 AND version = $3",
//!             args![words.as_str(), id, version],
//!         ).await?;
//!         journal::append(tx, &actor, id, Event::new("note.rewritten").number("version", version + 1)).await
//!     }).await
//! }
//!
//! /// The note, or `None`.
//! pub async fn note(cw: &Casework, actor: &Actor, id: Uuid) -> Result<Option<NoteRow>> {
//!     cw.acting(actor).db.one("SELECT id, words, version FROM note WHERE id = $1", args![id]).await
//! }
//! ```
//!
//! - `cw.acting(actor)` first: without it PostgreSQL shows no row of a case ([`sight`]).
//! - What is captured by the closure must be owned (`actor.clone()`), and is borrowed inside it, since the unit may run
//!   more than once (see [`writer`]).
//! - Several reads that must agree with each other: `let mut tx = cw.db.read().await?;` and ask that; it needs no
//!   commit. Functions that ask take `&mut Tx` and so serve both.
//! - A new table is a new numbered file pair in `migrations/sqlite` and `migrations/postgres`, same names.

mod args;
mod connect;
pub mod making;
mod migrate;
mod rows;
pub(crate) mod sight;
mod tx;
pub mod writer;

use std::fmt;
use std::sync::Arc;

use sqlx::{AssertSqlSafe, PgPool, SqlitePool};

pub use args::Arg;
pub use connect::Address;
pub(crate) use connect::{private_file, sqlite_options};
#[cfg(any(test, feature = "test-support"))]
pub(crate) use migrate::print_of_migrations;
pub(crate) use rows::Rows;
pub use sight::Sight;
pub use tx::{Row, Tx};

use crate::error::Result;
use crate::ids::Ids;
use crate::time::Clock;
use tx::Conn;
use writer::Writer;

/// Which engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One file, nothing to install.
    Sqlite,
    /// When one machine is too small.
    Postgres,
}

enum Readers {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

struct Inner {
    address: Address,
    readers: Readers,
    writer: Writer,
    clock: Arc<dyn Clock>,
    ids: Arc<Ids>,
}

/// The handle on the database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
    sight: Sight,
}

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Db({:?})", self.kind())
    }
}

impl Db {
    /// Which engine this is.
    pub fn kind(&self) -> Kind {
        match self.inner.readers {
            Readers::Sqlite(_) => Kind::Sqlite,
            Readers::Postgres(_) => Kind::Postgres,
        }
    }

    /// Where the database is.
    pub fn address(&self) -> &Address {
        &self.inner.address
    }

    /// The same database, seen with this scope; see [`sight`].
    #[must_use]
    pub fn seen_with(&self, sight: Sight) -> Self {
        Self { inner: self.inner.clone(), sight }
    }

    /// Whether row-level security holds for the role that is connected: `false` for a superuser and for BYPASSRLS. `None`
    /// on SQLite, which has none.
    pub async fn is_held_by_policies(&self) -> Result<Option<bool>> {
        match self.kind() {
            Kind::Sqlite => Ok(None),
            Kind::Postgres => {
                let sql = "SELECT NOT (rolsuper OR rolbypassrls) FROM pg_roles WHERE rolname = current_user";
                self.value(sql, vec![]).await
            }
        }
    }

    /// Makes identifiers outside a unit of work.
    pub(crate) fn ids(&self) -> &Ids {
        &self.inner.ids
    }

    /// Runs a unit of work; see [`writer`]. Gives back what the closure gives, once it is committed.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        F: AsyncFn(&mut Tx) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        self.inner.writer.write(self.sight.clone(), work).await
    }

    /// A consistent, read-only view for several questions. Dropping it ends it.
    pub async fn read(&self) -> Result<Tx> {
        let conn = match &self.inner.readers {
            Readers::Sqlite(pool) => Conn::Sqlite(pool.begin().await?),
            Readers::Postgres(pool) => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                // The text is ours; what `sight` puts in is quoted there.
                let begin = AssertSqlSafe(self.sight.begin(begin, self.inner.clock.now()));
                Conn::Postgres(pool.begin_with(begin).await?)
            }
        };
        Ok(Tx::new(conn, &*self.inner.clock, self.inner.ids.clone()))
    }

    /// One question: the first row, if there is one.
    pub async fn one<T: Row>(&self, sql: &'static str, args: Vec<Arg>) -> Result<Option<T>> {
        Ok(match &self.inner.readers {
            Readers::Sqlite(pool) => {
                let args = args::for_sqlite(args)?;
                sqlx::query_as_with::<sqlx::Sqlite, T, _>(sql, args).fetch_optional(pool).await?
            }
            Readers::Postgres(_) if self.sight.is_some() => {
                Box::pin(async { self.read().await?.one(sql, args).await }).await?
            }
            Readers::Postgres(pool) => {
                let args = args::for_postgres(args)?;
                sqlx::query_as_with::<sqlx::Postgres, T, _>(sql, args).fetch_optional(pool).await?
            }
        })
    }

    /// One question: all rows.
    pub async fn all<T: Row>(&self, sql: &'static str, args: Vec<Arg>) -> Result<Vec<T>> {
        Ok(match &self.inner.readers {
            Readers::Sqlite(pool) => {
                let args = args::for_sqlite(args)?;
                sqlx::query_as_with::<sqlx::Sqlite, T, _>(sql, args).fetch_all(pool).await?
            }
            Readers::Postgres(_) if self.sight.is_some() => {
                Box::pin(async { self.read().await?.all(sql, args).await }).await?
            }
            Readers::Postgres(pool) => {
                let args = args::for_postgres(args)?;
                sqlx::query_as_with::<sqlx::Postgres, T, _>(sql, args).fetch_all(pool).await?
            }
        })
    }

    /// One question: the first column of the first row.
    pub async fn value<T>(&self, sql: &'static str, args: Vec<Arg>) -> Result<Option<T>>
    where
        (T,): Row,
    {
        Ok(self.one::<(T,)>(sql, args).await?.map(|(value,)| value))
    }

    /// Whether this is what a `guichet demo` that was stopped left behind; see [`making`].
    pub(crate) async fn is_half_made(&self) -> Result<bool> {
        match self.kind() {
            Kind::Sqlite => Ok(false),
            Kind::Postgres => {
                let marked = self.value("SELECT to_regclass('demo_in_making') IS NOT NULL", vec![]).await?;
                Ok(marked == Some(true))
            }
        }
    }

    /// Finishes what is queued and closes all connections.
    pub async fn close(&self) {
        match &self.inner.readers {
            Readers::Sqlite(pool) => pool.close().await,
            Readers::Postgres(pool) => pool.close().await,
        }
        self.inner.writer.close().await;
    }
}

#[cfg(test)]
mod sight_tests;
#[cfg(test)]
mod tests;
