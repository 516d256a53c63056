//! The one error of every use case, by meaning.
//!
//! A use case says *what kind of no* it met; the edge (a page, an API, the command line) maps the kind to a status
//! and to words in the person's language. The cause goes to the log, never to the page: [`Error::Internal`] carries
//! only a reference that finds it there. To add a way for two facts to collide, add a variant to [`Conflict`].

use std::fmt;

use domain::lifecycle::{Guard, Refused};

/// What a use case gives back.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a use case did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is no such thing, or this actor may not know that there is.
    #[error("not found")]
    NotFound,
    /// The actor's roles or scope do not allow it.
    #[error("not allowed")]
    Forbidden,
    /// It collides with something that is already there.
    #[error("conflict: {0}")]
    Conflict(Conflict),
    /// The input is wrong; the word says how, e.g. `password.short`.
    #[error("invalid: {0}")]
    Invalid(&'static str),
    /// Somebody changed the row since it was read; nothing was overwritten.
    #[error("changed by somebody else meanwhile")]
    Stale,
    /// The engine cannot take it now; asking again later may work.
    #[error("unavailable: {0}")]
    Unavailable(Outage),
    /// A fault of ours; the log has the cause under this reference.
    #[error("internal error, reference {0}")]
    Internal(Reference),
    /// The machine or its set-up is not right. One line for whoever runs the command; never shown on a page.
    #[error("{0}")]
    Setup(String),
}

/// What an input collided with.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Conflict {
    /// A unique key is taken.
    Taken,
    /// The thing is not in a state in which this can happen.
    State,
    /// Somebody else holds it.
    Held,
    /// The person who decides must not be the one who prepared.
    SamePerson,
    /// Who looks again must have taken no part, nor report to who did.
    TookPart,
    /// People who look the same are registered already: who, where, and by what they were known.
    Registered(Vec<crate::households::Resemblance>),
    /// The budget has no money or no place left for it.
    NothingLeft,
    /// Somebody who may be the same person was saved since it was looked; the use case looks again.
    Moved,
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Taken => "already taken",
            Self::State => "not possible in this state",
            Self::Held => "held by somebody else",
            Self::SamePerson => "a second person must decide",
            Self::TookPart => "somebody who took no part must decide",
            Self::Registered(_) => "already registered",
            Self::NothingLeft => "nothing is left of the budget",
            Self::Moved => "somebody like them was saved meanwhile",
        })
    }
}

/// What stands in the way of the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outage {
    /// Two units of work met; tried again and still in the way.
    Contention,
    /// The engine's lock was not free in time.
    Busy,
    /// No room left on the disk.
    DiskFull,
    /// The engine cannot be reached, or is stopping.
    Down,
    /// Too many at once; the queue is full.
    Overload,
}

impl fmt::Display for Outage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Contention => "contention",
            Self::Busy => "the database is busy",
            Self::DiskFull => "the disk is full",
            Self::Down => "the database cannot be reached",
            Self::Overload => "too many requests at once",
        })
    }
}

/// Eight symbols that stand on the error page and in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference(String);

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error {
    /// Logs the cause and gives back what may be shown.
    pub fn internal(cause: impl fmt::Display) -> Self {
        let reference = Reference(format!("{:08x}", rand::random::<u32>()));
        tracing::error!(%reference, %cause, "internal error");
        Self::Internal(reference)
    }

    /// Whether the engine asks for the unit of work to be run again.
    pub(crate) fn is_retryable(&self) -> bool {
        matches!(self, Self::Unavailable(Outage::Contention))
    }
}

/// The engine's own errors, by what they mean for the caller. Codes: PostgreSQL appendix A (SQLSTATE); SQLite
/// primary result codes (low byte of the extended code).
impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                Self::Unavailable(Outage::Down)
            }
            sqlx::Error::Io(cause) => {
                tracing::warn!(%cause, "database connection");
                Self::Unavailable(Outage::Down)
            }
            sqlx::Error::Database(cause) => {
                if cause.is_unique_violation() {
                    return Self::Conflict(Conflict::Taken);
                }
                let code = cause.code().unwrap_or_default();
                if let Some(outage) = postgres_outage(&code).or_else(|| sqlite_outage(&code)) {
                    tracing::warn!(%code, cause = %error, "database unavailable");
                    return Self::Unavailable(outage);
                }
                Self::internal(error)
            }
            _ => Self::internal(error),
        }
    }
}

/// A step that a lifecycle does not allow.
impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::NotYours { .. } => Self::Forbidden,
            Refused::Unmet { guard: Guard::DifferentPerson, .. } => Self::Conflict(Conflict::SamePerson),
            Refused::Unmet { guard: Guard::ReasonGiven, .. } => Self::Invalid("reason.missing"),
            Refused::NotNow { .. } | Refused::Unmet { .. } => Self::Conflict(Conflict::State),
        }
    }
}

fn postgres_outage(state: &str) -> Option<Outage> {
    match state {
        "40001" | "40P01" => Some(Outage::Contention),
        "55P03" => Some(Outage::Busy),
        "53100" => Some(Outage::DiskFull),
        "53300" | "57P01" | "57P02" | "57P03" => Some(Outage::Down),
        _ => None,
    }
}

fn sqlite_outage(code: &str) -> Option<Outage> {
    // A SQLSTATE has five symbols, an SQLite code at most four digits.
    let number: u16 = if code.len() < 5 { code.parse().ok()? } else { return None };
    match number & 0xff {
        5 | 6 => Some(Outage::Busy),   // BUSY, LOCKED
        13 => Some(Outage::DiskFull),  // FULL
        10 | 14 => Some(Outage::Down), // IOERR, CANTOPEN
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engine_codes_are_put_by_meaning() {
        assert_eq!(postgres_outage("40P01"), Some(Outage::Contention));
        assert_eq!(sqlite_outage("13"), Some(Outage::DiskFull));
        assert_eq!(sqlite_outage("517"), Some(Outage::Busy), "BUSY_SNAPSHOT");
        assert_eq!(sqlite_outage("23505"), None, "a SQLSTATE is not an SQLite code");
        assert_eq!(sqlite_outage("19"), None);
    }

    #[test]
    fn an_internal_error_shows_a_reference_and_no_cause() {
        let shown = Error::internal("secret cause").to_string();
        assert!(!shown.contains("secret") && shown.len() > 20, "{shown}");
    }
}
