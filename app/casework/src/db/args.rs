//! Arguments of a statement, in the shapes that both engines know.
//!
//! To bind one more type, add a `From` for it here; a NULL keeps its type, since PostgreSQL wants to know it.

use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, Postgres, Sqlite};
use time::{Date, OffsetDateTime, UtcOffset};
use uuid::Uuid;

use crate::error::{Error, Result};

/// One value bound to a `$n`.
#[derive(Debug, Clone)]
pub enum Arg {
    /// Yes or no.
    Bool(Option<bool>),
    /// Every integer is 64 bits wide (BIGINT).
    Int(Option<i64>),
    /// Shares and weights; money never.
    Float(Option<f64>),
    /// Text, also of codes and canonical JSON.
    Text(Option<String>),
    /// Hashes and sealed values.
    Bytes(Option<Vec<u8>>),
    /// Identifiers.
    Uuid(Option<Uuid>),
    /// A day.
    Date(Option<Date>),
    /// A moment, kept in UTC.
    Time(Option<OffsetDateTime>),
}

/// The arguments of one statement: `args![id, name.as_str(), None::<i64>]`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::db::Arg::from($value)),*] };
}

macro_rules! arg_from {
    ($($from:ty => $variant:ident: |$value:ident| $made:expr;)*) => {$(
        impl From<$from> for Arg {
            fn from($value: $from) -> Self {
                Self::$variant(Some($made))
            }
        }
        impl From<Option<$from>> for Arg {
            fn from(value: Option<$from>) -> Self {
                Self::$variant(value.map(|$value| $made))
            }
        }
    )*};
}

arg_from! {
    bool => Bool: |v| v;
    i64 => Int: |v| v;
    f64 => Float: |v| v;
    i32 => Int: |v| v.into();
    u32 => Int: |v| v.into();
    u16 => Int: |v| v.into();
    u8 => Int: |v| v.into();
    String => Text: |v| v;
    &String => Text: |v| v.clone();
    &str => Text: |v| v.to_owned();
    Vec<u8> => Bytes: |v| v;
    &[u8] => Bytes: |v| v.to_vec();
    [u8; 32] => Bytes: |v| v.to_vec();
    Uuid => Uuid: |v| v;
    Date => Date: |v| v;
    OffsetDateTime => Time: |v| v.to_offset(UtcOffset::UTC);
}

/// The nouns' own ids bind as what they wrap.
macro_rules! arg_from_ids {
    ($($id:ident),* $(,)?) => {$(
        impl From<domain::ids::$id> for Arg {
            fn from(id: domain::ids::$id) -> Self {
                Self::Uuid(Some(id.uuid()))
            }
        }
        impl From<Option<domain::ids::$id>> for Arg {
            fn from(id: Option<domain::ids::$id>) -> Self {
                Self::Uuid(id.map(domain::ids::$id::uuid))
            }
        }
    )*};
}

arg_from_ids! {
    HouseholdId, PersonId, MembershipId, ConsentId, DraftId, ApplicationId, AssessmentId, DecisionId, EnrolmentId,
    ReferralId, LetterId, TaskId, ClockId, ProposalId, StaffId, EntryId, ListId, ChangeId,
    AdditionId, SimulationId, AttachmentId, ComplaintId, AppealId, IssueId,
    ProfileId, PlanId, StepId, PlacementId, BoardId,
}

macro_rules! build {
    ($args:expr, $made:expr) => {{
        let mut made = $made;
        for arg in $args {
            match arg {
                Arg::Bool(v) => made.add(v),
                Arg::Float(v) => made.add(v),
                Arg::Int(v) => made.add(v),
                // PostgreSQL keeps no U+0000 in text, SQLite cuts some of its own functions short at one.
                Arg::Text(Some(v)) if v.contains('\0') => return Err(Error::Invalid("text.control")),
                Arg::Text(v) => made.add(v),
                Arg::Bytes(v) => made.add(v),
                Arg::Uuid(v) => made.add(v),
                Arg::Date(v) => made.add(v),
                Arg::Time(v) => made.add(v),
            }
            .map_err(Error::internal)?;
        }
        Ok(made)
    }};
}

pub(super) fn for_sqlite(args: Vec<Arg>) -> Result<SqliteArguments> {
    build!(args, <Sqlite as sqlx::Database>::Arguments::default())
}

pub(super) fn for_postgres(args: Vec<Arg>) -> Result<PgArguments> {
    build!(args, <Postgres as sqlx::Database>::Arguments::default())
}
