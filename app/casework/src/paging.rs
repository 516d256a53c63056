//! Lists in pages by key, the soonest due first, over the scopes that an actor has a right in.
//!
//! Each kind of scope has its own statement, so that each can use its own index; an actor has one or two. To list one more
//! table with `scope_kind`, `scope_code`, `due_at` and `id`: build its statements with [`scoped_sql!`] and merge with
//! [`Page::merged`].

use std::fmt;
use std::str::FromStr;

use domain::role::Scope;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::args;
use crate::db::Arg;
use crate::error::{Error, Result};

/// At most so many rows on a page.
pub(crate) const AT_MOST: usize = 200;

/// Where the next page begins. Its text is for a link: `1793606400.<id>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct After {
    due_at: OffsetDateTime,
    id: Uuid,
}

impl After {
    /// Before every row.
    pub(crate) const fn start() -> Self {
        Self { due_at: OffsetDateTime::UNIX_EPOCH, id: Uuid::nil() }
    }

    /// The moment of the last row.
    pub(crate) const fn due_at(self) -> OffsetDateTime {
        self.due_at
    }

    /// The id of the last row.
    pub(crate) const fn id(self) -> Uuid {
        self.id
    }
}

impl fmt::Display for After {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.due_at.unix_timestamp(), self.id)
    }
}

impl FromStr for After {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        let read = || {
            let (due_at, id) = text.split_once('.')?;
            let due_at = OffsetDateTime::from_unix_timestamp(due_at.parse().ok()?).ok()?;
            Some(Self { due_at, id: Uuid::try_parse(id).ok()? })
        };
        read().ok_or(Error::Invalid("cursor"))
    }
}

/// One page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<After>,
}

impl<T> Page<T> {
    /// The rows of several scopes, each read with [`keyed`], as one page. Two grants may reach the same row.
    pub(crate) fn merged(mut rows: Vec<T>, limit: usize, key: impl Fn(&T) -> (OffsetDateTime, Uuid)) -> Self {
        rows.sort_by_key(&key);
        rows.dedup_by_key(|row| key(row));
        let is_last = rows.len() <= limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| !is_last).map(|row| {
            let (due_at, id) = key(row);
            After { due_at, id }
        });
        Self { rows, next }
    }
}

/// `$1` and `$2` of a [`scoped_sql!`] statement.
pub(crate) fn of_scope(scope: &Scope) -> Vec<Arg> {
    args![scope.kind(), scope.code().unwrap_or_default()]
}

/// The scope, and as `$3`, `$4`, `$5` where to begin and one row more than asked, so that the last page is known.
pub(crate) fn keyed(scope: &Scope, after: Option<After>, limit: usize) -> Vec<Arg> {
    let after = after.unwrap_or_else(After::start);
    let rows = i64::try_from(limit).unwrap_or(i64::MAX - 1) + 1;
    let mut args = of_scope(scope);
    args.extend(args![after.due_at, after.id, rows]);
    args
}

/// The statement for this kind of scope: `$1` and `$2` are [`of_scope`]. An agency reaches its offices.
macro_rules! scoped_sql {
    ($scope:expr, $select:expr, $rest:literal) => {
        match $scope {
            domain::role::Scope::Office(_) | domain::role::Scope::Provider(_) => {
                concat!($select, " WHERE scope_kind = $1 AND scope_code = $2 AND ", $rest)
            }
            domain::role::Scope::Agency(_) => concat!(
                $select,
                " WHERE $1 = 'agency' AND (scope_kind = 'agency' AND scope_code = $2 OR scope_kind = 'office'
                  AND scope_code IN (SELECT code FROM office WHERE agency = $2)) AND ",
                $rest
            ),
            domain::role::Scope::National => {
                concat!($select, " WHERE $1 = 'national' AND $2 = '' AND ", $rest)
            }
        }
    };
}
pub(crate) use scoped_sql;
