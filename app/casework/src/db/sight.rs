//! What a transaction may see: the scope behind the use cases, which PostgreSQL's row-level security asks for.
//!
//! A use case checks who may; should one forget a `WHERE`, the policies of `migrations/postgres` still show it nothing that
//! is not the actor's. The scope goes out in the same message as `BEGIN` and ends with the transaction. A handle on the
//! database begins without one, and without one no row of a case is visible: `cw.acting(actor)` gives a handle with the
//! actor's, so that a use case which forgets it finds nothing, on the first test on PostgreSQL. SQLite has no such policies.
//!
//! The settings, all of the transaction alone:
//!
//! | setting | holds |
//! |---|---|
//! | `guichet.sight` | `system`, `staff` or `applicant`; empty: nothing |
//! | `guichet.staff` | the account |
//! | `guichet.now` | the moment, for reasons that open a file for some hours |
//! | `guichet.registry` | `on` for who may search the whole registry (masked by the use case) |
//! | `guichet.offices` | whose files are open: codes with commas, or `*` |
//! | `guichet.work` | whose queues: `office:CODE,agency:CODE,provider:CODE`, or `*` |
//! | `guichet.providers` | whose referrals |
//! | `guichet.tribunal` | `on` for members of the tribunal: files of the appeals before it |
//! | `guichet.complaints` | `all` for who works in the restricted queue of complaints, `open` for who works in the others |
//! | `guichet.household` | the applicant's own |
//!
//! To add a kind of scope: a setting here, and its clause in a new migration.

use std::fmt::Write as _;
use std::sync::Arc;

use domain::ids::HouseholdId;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A scope; nothing by default. Cheap to clone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sight(Option<Arc<str>>);

impl Sight {
    /// Everything: for jobs, commands, and the checks that let somebody in.
    pub fn system() -> Self {
        Self::of("system", &[])
    }

    /// One household: for the applicant.
    pub fn household(id: HouseholdId) -> Self {
        Self::of("applicant", &[("household", &id.to_string())])
    }

    /// What the settings say; see [`crate::Actor::sight`].
    pub(crate) fn of(kind: &str, settings: &[(&str, &str)]) -> Self {
        let mut sql = String::new();
        for (name, value) in std::iter::once(&("sight", kind)).chain(settings) {
            if !value.is_empty() {
                let value = value.replace('\'', "''");
                let _ = write!(sql, "; SET LOCAL guichet.{name} = '{value}'");
            }
        }
        Self(Some(sql.into()))
    }

    /// Whether it shows anything at all.
    pub(super) fn is_some(&self) -> bool {
        self.0.is_some()
    }

    /// `BEGIN …` with the scope behind it: one message to the engine.
    pub(super) fn begin(&self, begin: &str, now: OffsetDateTime) -> String {
        match (&self.0, now.format(&Rfc3339)) {
            (Some(settings), Ok(now)) => format!("{begin}{settings}; SET LOCAL guichet.now = '{now}'"),
            _ => begin.to_owned(),
        }
    }
}

/// Codes with commas between them. One that would not come back as it is, is left out: it shows less, never more.
pub(crate) fn codes<'a>(codes: impl Iterator<Item = &'a str>) -> String {
    let mut list: Vec<&str> =
        codes.filter(|code| !code.contains([',', '\\', '*']) && !code.is_empty()).collect();
    list.sort_unstable();
    list.dedup();
    list.join(",")
}
