//! For tests of this crate and, with feature `test-support`, of those above it: a fresh database on each engine.
//!
//! ```ignore
//! #[tokio::test]
//! async fn a_note_is_kept() {
//!     each_engine(async |world| {
//!         let id = notes::add(&world, &counter_officer(), "…").await.unwrap();
//!         world.clock.advance(Duration::DAY);
//!         …
//!     }).await;
//! }
//! ```
//!
//! [`World`] derefs to `Casework`; its own `db` and `write` are the system's. PostgreSQL: the server at `GUICHET_TEST_POSTGRES` (a `postgres://` address whose user
//! may create databases and is no superuser, for whom row-level security would not hold); without it the first test of the process starts a throw-away cluster of its own.

#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test that cannot have its database must fail, loudly"
)]

mod actors;
mod plan;
mod postgres;
pub mod search;
pub mod small;

use std::collections::BTreeMap;
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;

use ::time::OffsetDateTime;
use ::time::macros::datetime;
use tempfile::TempDir;

pub use actors::{
    AGENCY, OFFICE, OTHER_OFFICE, PROVIDER, actor, administrator, agency_supervisor, auditor,
    counter_officer, hire, officer_elsewhere, ombudsman, policy_officer, provider_officer,
    second_agency_supervisor, second_counter_officer, second_ombudsman, second_policy_officer,
    second_supervisor, supervisor, tribunal_member,
};

pub use plan::plan;

use crate::Casework;
use crate::crypt::Keys;
use crate::db::{Address, Db, Sight, Tx};
use crate::error::Result;
use crate::time::TestClock;

/// Where every test clock starts: a Monday morning.
pub const MONDAY: OffsetDateTime = datetime!(2026-11-02 8:00 UTC);

/// One story's world: the handle, and the hands of its clock.
#[derive(Debug)]
pub struct World {
    /// The handle on a fresh, migrated database.
    pub casework: Casework,
    /// The same database with the scope of the system, for what a story looks at and puts right behind the use cases.
    pub db: Db,
    /// The clock that the handle reads; it stands still until moved.
    pub clock: TestClock,
    folder: TempDir,
}

impl Deref for World {
    type Target = Casework;
    fn deref(&self) -> &Casework {
        &self.casework
    }
}

impl World {
    /// A fresh SQLite file.
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let address = Address::Sqlite(folder.path().join("guichet.db"));
        let clock = TestClock::at(MONDAY);
        let db = Db::create(&address, Arc::new(clock.clone())).await.expect("a new SQLite database");
        db.migrate().await.expect("migrations on SQLite");
        Self::on(db, clock, folder)
    }

    /// A fresh PostgreSQL database.
    pub async fn postgres() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let clock = TestClock::at(MONDAY);
        let address = postgres::fresh_database().await;
        let db = Db::connect(&address, Arc::new(clock.clone())).await.expect("a new PostgreSQL database");
        Self::on(db, clock, folder)
    }

    fn on(open: Db, clock: TestClock, folder: TempDir) -> Self {
        let db = open.seen_with(Sight::system());
        let casework = Casework::new(open, Arc::new(clock.clone()), Arc::new(Keys::generate()));
        Self { casework, db, clock, folder }
    }

    /// A unit of work of the system; a use case that is called with the world gets no scope but its own.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        F: AsyncFn(&mut Tx) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        self.db.write(work).await
    }

    /// A folder of this story's own, removed with it.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Closes the database; drops it on PostgreSQL.
    pub async fn end(self) {
        self.db.close().await;
        if let Address::Postgres(url) = self.db.address() {
            postgres::drop_database(url).await;
        }
    }
}

/// The address of an empty PostgreSQL database, without any table.
pub async fn empty_database() -> String {
    postgres::empty_database().await
}

/// Removes a database made by [`empty_database`].
pub async fn drop_database(url: &str) {
    postgres::drop_database(url).await;
}

/// The files of the demo pack, as `packs::load` takes them.
pub fn demo_pack() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../server/packs/demo");
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.clone()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).expect("a folder of the demo pack") {
            let path = entry.expect("an entry of the demo pack").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "toml") {
                let name =
                    path.strip_prefix(&folder).expect("inside the pack").to_string_lossy().into_owned();
                files.insert(name, std::fs::read_to_string(&path).expect("a file of the demo pack"));
            }
        }
    }
    files
}

/// Tells the same story on SQLite and on PostgreSQL, each in a fresh world.
pub async fn each_engine<F>(story: F)
where
    F: AsyncFn(&World),
{
    for engine in ["SQLite", "PostgreSQL"] {
        // Shown by the test runner only when the story fails.
        println!("engine: {engine}");
        let world = if engine == "SQLite" { World::sqlite().await } else { World::postgres().await };
        story(&world).await;
        world.end().await;
    }
}
