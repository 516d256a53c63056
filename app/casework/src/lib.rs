//! What the service does: use cases with their SQL, one module per noun.
//!
//! Every use case is `async fn name(cw: &Casework, actor: &Actor, …) -> Result<_>`: it checks the actor's rights and
//! scope itself, changes things only inside `cw.write(…)`, and leaves its journal entry in the same unit of work. How one
//! is written, with an example: [`db`]. To add a noun, add a module here and a numbered pair of migration files.

pub mod actor;
pub mod appeals;
pub mod assessments;
pub mod attachments;
pub mod backup;
pub mod budgets;
pub mod clocks;
pub mod complaints;
pub mod crypt;
pub mod db;
pub mod decisions;
pub mod demo;
pub mod directory;
pub mod duplicates;
pub mod employment;
pub mod enrolments;
pub mod error;
pub mod households;
pub mod idempotency;
pub mod ids;
pub mod journal;
pub mod letters;
pub mod life;
pub mod lists;
pub mod matching;
pub mod meta;
pub mod notices;
pub mod numbers;
mod opening;
pub mod overrides;
pub mod packs;
pub mod paging;
pub mod policy;
pub mod proposals;
pub mod referrals;
pub mod sessions;
pub mod signatures;
pub mod snapshot;
pub mod staff;
mod step;
pub mod subject;
pub mod tally;
pub mod tasks;
#[cfg(any(test, feature = "test-support"))]
pub mod test_support;
pub mod time;
pub mod tracking;
pub mod views;

use std::sync::Arc;

use ::time::OffsetDateTime;

pub use actor::Actor;
pub use crypt::Keys;
pub use db::{Db, Tx};
pub use error::{Error, Result};

use crate::time::Clock;

/// The handle that every use case takes. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Casework {
    /// The database.
    pub db: Db,
    /// The injected clock.
    pub clock: Arc<dyn Clock>,
    /// The keys of sealed fields.
    pub keys: Arc<Keys>,
    /// The pack in force, and every pack that an old decision needed; see [`packs`].
    pub packs: Arc<packs::Shelf>,
    /// What candidates are weighed with; see [`matching`].
    pub matching: Arc<matching::Shelf>,
}

impl Casework {
    /// A handle over what is open already. Programs use [`Casework::open`], [`Casework::create`] or
    /// [`Casework::migrate`].
    pub fn new(db: Db, clock: Arc<dyn Clock>, keys: Arc<Keys>) -> Self {
        Self { db, clock, keys, packs: Arc::default(), matching: Arc::default() }
    }

    /// The same registry, seen as this actor may: the first line of every use case. See [`db::sight`].
    #[must_use]
    pub fn acting(&self, actor: &Actor) -> Self {
        self.seen_with(actor.sight())
    }

    /// The same registry, seen with this scope.
    #[must_use]
    pub fn seen_with(&self, sight: db::Sight) -> Self {
        Self { db: self.db.seen_with(sight), ..self.clone() }
    }

    /// Now, UTC, whole seconds. Inside a unit of work take `tx.now()`.
    pub fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    /// The date on the office's wall.
    pub fn today(&self) -> ::time::Date {
        self.clock.today()
    }

    /// A moment as the office's wall clock shows it.
    pub fn here(&self, moment: ::time::OffsetDateTime) -> ::time::OffsetDateTime {
        moment.to_offset(self.clock.offset())
    }

    /// A new identifier for what a form will make, before there is a unit of work. Inside one take `tx.new_id()`.
    pub fn new_id<T: From<uuid::Uuid>>(&self) -> T {
        self.db.ids().next(self.now()).into()
    }

    /// Runs a unit of work: the one way to change anything. See [`db`] for how, [`db::writer`] for what it promises.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        F: AsyncFn(&mut Tx) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        self.db.write(work).await
    }
}
