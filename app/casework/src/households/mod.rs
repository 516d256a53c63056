//! Households: register, search, open a file, change it, keep drafts and consents.
//!
//! A household's id is the id of the form that registered it; the same id names its journal. What can be corrected is
//! kept in versions (`person`, `contact`, `identifier`, …): the row that holds now has no end, and nothing is
//! overwritten. `household.version` moves with every change, and every change names the version it was made on: of two
//! officers who edit at once the second is told `Stale`.
//!
//! One file for one use case: [`register`], [`search`], [`file`], [`edit`], [`moving`], [`splitting`], [`changes`], [`documents`], [`consents`],
//! [`drafts`]; `people` holds how a person is written and read, `founding` what every new household gets, `resemblance` the
//! stop against registering anybody twice. To add something that is
//! known of a person: a column in a new migration, the field in `domain::household::Person`, and `people`.

pub mod changes;
pub mod consents;
pub mod documents;
pub mod drafts;
pub mod edit;
pub mod file;
pub(crate) mod founding;
mod likely;
pub mod merge;
pub mod moving;
pub mod overview;
pub(crate) mod people;
pub mod register;
mod resemblance;
pub mod search;
pub mod splitting;
#[cfg(test)]
mod tests;

pub use resemblance::{Distinct, Likeness, Resemblance};

use domain::ids::HouseholdId;
use domain::role::{Right, Scope};

use crate::actor::Actor;
use crate::args;
use crate::db::Tx;
use crate::error::{Conflict, Error, Result};

/// The office that keeps a file, and how often it was changed.
#[derive(Debug, sqlx::FromRow)]
struct Head {
    reference: String,
    office: String,
    registered_at: time::OffsetDateTime,
    registered_by: uuid::Uuid,
    version: i64,
}

/// The household's own row. `NotFound` when there is none.
async fn head(tx: &mut Tx, id: HouseholdId) -> Result<Head> {
    tx.one(
        "SELECT reference, office, registered_at, registered_by, version FROM household WHERE household_id = $1",
        args![id],
    )
    .await?
    .ok_or(Error::NotFound)
}

/// The office that keeps the file, alone. `NotFound` when there is no such household, or the scope does not show it.
pub(crate) async fn office_of(tx: &mut Tx, id: HouseholdId) -> Result<String> {
    let office: Option<String> =
        tx.value("SELECT office FROM household WHERE household_id = $1", args![id]).await?;
    office.ok_or(Error::NotFound)
}

/// Begins a change: the actor may edit this file, and nobody changed it since `version` was read. Gives the new version.
async fn begin_change(tx: &mut Tx, actor: &Actor, id: HouseholdId, version: i64) -> Result<i64> {
    let head = head(tx, id).await?;
    actor.require(Right::EditHousehold, &Scope::Office(head.office))?;
    if merge::is_given(tx, id).await? {
        return Err(Error::Conflict(Conflict::State));
    }
    tx.run_one(
        "UPDATE household SET version = version + 1 WHERE household_id = $1 AND version = $2",
        args![id, version],
    )
    .await?;
    Ok(version + 1)
}

/// A stored code as its enum; a code that this build does not know is a fault of the registry.
fn code<T>(text: &str) -> Result<T>
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    text.parse().map_err(Error::internal)
}
