//! A transaction on either engine, and the four ways to ask it: [`Tx::one`], [`Tx::all`], [`Tx::value`], [`Tx::run`].

use std::collections::BTreeMap;
use std::sync::Arc;

use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Postgres, Sqlite};
use time::{Date, OffsetDateTime, UtcOffset};
use uuid::Uuid;

use super::Kind;
use super::args::{Arg, for_postgres, for_sqlite};
use crate::error::{Error, Result};
use crate::ids::Ids;
use crate::time::Clock;

/// A shape that a row of either engine can be read into: `#[derive(sqlx::FromRow)]` or a tuple.
pub trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T> Row for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

pub(super) enum Conn {
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

/// A transaction: a unit of work inside `write`, or a consistent view from [`super::Db::read`].
///
/// After a statement failed the unit of work is over on both engines: further statements are refused, and the whole
/// unit is rolled back even if the use case swallows the error. Where a clash is expected, write `ON CONFLICT`.
pub struct Tx {
    conn: Conn,
    now: OffsetDateTime,
    offset: UtcOffset,
    ids: Arc<Ids>,
    failed: Option<Error>,
    chains: BTreeMap<Uuid, (i64, [u8; 32])>,
}

/// Runs `$call` on the connection of the engine at hand, with the arguments built for it.
macro_rules! on_conn {
    ($tx:expr, $args:expr, |$conn:ident, $built:ident| $sqlite:expr, $postgres:expr) => {
        match &mut $tx.conn {
            Conn::Sqlite(tx) => {
                let $conn = &mut **tx;
                let $built = for_sqlite($args)?;
                $sqlite
            }
            Conn::Postgres(tx) => {
                let $conn = &mut **tx;
                let $built = for_postgres($args)?;
                $postgres
            }
        }
    };
}

impl Tx {
    pub(super) fn new(conn: Conn, clock: &dyn Clock, ids: Arc<Ids>) -> Self {
        Self { conn, now: clock.now(), offset: clock.offset(), ids, failed: None, chains: BTreeMap::new() }
    }

    /// The moment of this unit of work, UTC, whole seconds.
    pub fn now(&self) -> OffsetDateTime {
        self.now
    }

    /// The date on the office's wall.
    pub fn today(&self) -> Date {
        self.here(self.now).date()
    }

    /// A moment as the office's wall clock shows it: terms are counted in days of that clock.
    pub fn here(&self, moment: OffsetDateTime) -> OffsetDateTime {
        moment.to_offset(self.offset)
    }

    /// A new identifier of any noun: `let id: HouseholdId = tx.new_id();`
    pub fn new_id<T: From<Uuid>>(&self) -> T {
        self.ids.next(self.now).into()
    }

    /// Which engine this is, for the few statements that differ.
    pub fn kind(&self) -> Kind {
        match self.conn {
            Conn::Sqlite(_) => Kind::Sqlite,
            Conn::Postgres(_) => Kind::Postgres,
        }
    }

    /// The first row, if there is one.
    pub async fn one<T: Row>(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<Option<T>> {
        self.usable()?;
        let row = on_conn!(
            self,
            args,
            |conn, built| sqlx::query_as_with::<Sqlite, T, _>(sql, built).fetch_optional(conn).await,
            sqlx::query_as_with::<Postgres, T, _>(sql, built).fetch_optional(conn).await
        );
        self.note(row)
    }

    /// All rows. Give every list a LIMIT or a key that bounds it.
    pub async fn all<T: Row>(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<Vec<T>> {
        self.usable()?;
        let rows = on_conn!(
            self,
            args,
            |conn, built| sqlx::query_as_with::<Sqlite, T, _>(sql, built).fetch_all(conn).await,
            sqlx::query_as_with::<Postgres, T, _>(sql, built).fetch_all(conn).await
        );
        self.note(rows)
    }

    /// The first column of the first row, if there is one: `tx.value::<i64>("SELECT COUNT(*) …", args![])`.
    pub async fn value<T>(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<Option<T>>
    where
        (T,): Row,
    {
        Ok(self.one::<(T,)>(sql, args).await?.map(|(value,)| value))
    }

    /// Runs a statement that gives no rows back; how many rows it touched.
    pub async fn run(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<u64> {
        self.usable()?;
        let done = on_conn!(
            self,
            args,
            |conn, built| sqlx::query_with(sql, built).execute(conn).await.map(|d| d.rows_affected()),
            sqlx::query_with(sql, built).execute(conn).await.map(|d| d.rows_affected())
        );
        self.note(done)
    }

    /// Runs a statement that must touch exactly one row, else [`Error::Stale`]: for `UPDATE … WHERE version = $n`.
    pub async fn run_one(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<()> {
        match self.run(sql, args).await? {
            1 => Ok(()),
            _ => Err(Error::Stale),
        }
    }

    fn usable(&self) -> Result<()> {
        match &self.failed {
            None => Ok(()),
            Some(first) => Err(first.clone()),
        }
    }

    fn note<T>(&mut self, outcome: sqlx::Result<T>) -> Result<T> {
        outcome.map_err(|cause| {
            let error = Error::from(cause);
            self.failed = Some(error.clone());
            error
        })
    }

    /// The chains of the journal that this unit has written to, with the last entry of each.
    pub(crate) fn chains(&mut self) -> &mut BTreeMap<Uuid, (i64, [u8; 32])> {
        &mut self.chains
    }

    /// The first failure of this unit of work, taken, with a fresh moment for the next one.
    pub(super) fn turn(&mut self, now: OffsetDateTime) -> Option<Error> {
        self.now = now;
        self.chains.clear();
        self.failed.take()
    }

    pub(super) fn failure(&self) -> Option<&Error> {
        self.failed.as_ref()
    }

    pub(super) async fn commit(self) -> Result<()> {
        match self.conn {
            Conn::Sqlite(tx) => tx.commit().await?,
            Conn::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }

    pub(super) async fn rollback(self) {
        let outcome = match self.conn {
            Conn::Sqlite(tx) => tx.rollback().await,
            Conn::Postgres(tx) => tx.rollback().await,
        };
        if let Err(cause) = outcome {
            // The connection is dropped by the pool's after_release check.
            tracing::warn!(%cause, "rollback");
        }
    }
}
