//! Opening a registry: the database and the keys that belong to it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::db::{Address, Db};
use crate::error::{Error, Result};
use crate::time::Clock;
use crate::{Casework, Keys, meta};

impl Casework {
    /// Opens a registry that is there and up to date, as `guichet serve` does. `keys`: the key file; by default it lies
    /// beside an SQLite file, and must be named for PostgreSQL.
    pub async fn open(address: &Address, keys: Option<&Path>, clock: Arc<dyn Clock>) -> Result<Self> {
        let path = key_file(address, keys)?;
        let db = whole(address, clock.clone()).await?;
        if !db.is_current().await? {
            db.close().await;
            return Err(Error::Setup(
                "the database was made by another version of this program; run `guichet migrate` first"
                    .into(),
            ));
        }
        Self::with_keys(db, clock, Keys::load(&path)?).await
    }

    /// Brings a database that is there up to date and opens it, as `guichet migrate` does. The first time it makes the key
    /// file; a database that has keys never gets new ones.
    pub async fn migrate(address: &Address, keys: Option<&Path>, clock: Arc<dyn Clock>) -> Result<Self> {
        let path = key_file(address, keys)?;
        Self::made_current(whole(address, clock.clone()).await?, &path, clock).await
    }

    async fn made_current(db: Db, path: &Path, clock: Arc<dyn Clock>) -> Result<Self> {
        db.migrate().await?;
        let keys = match meta::get(&db, meta::KEYS).await? {
            None if !path.exists() => Keys::create(path)?,
            _ => Keys::load(path)?,
        };
        Self::with_keys(db, clock, keys).await
    }

    /// Makes a new registry: a new SQLite file (or an empty PostgreSQL database), all tables, a new key file.
    pub async fn create(address: &Address, keys: Option<&Path>, clock: Arc<dyn Clock>) -> Result<Self> {
        let path = new_key_file(address, keys)?;
        Self::made_current(Db::create(address, clock.clone()).await?, &path, clock).await
    }

    /// As [`Casework::create`], to be filled before anybody relies on it, as `guichet demo` does: see
    /// [`Db::create_to_fill`].
    pub async fn create_to_fill(
        address: &Address,
        keys: Option<&Path>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self> {
        let path = new_key_file(address, keys)?;
        Self::made_current(Db::create_to_fill(address, clock.clone()).await?, &path, clock).await
    }

    /// Refuses a key file of another registry, before anything is sealed under it.
    async fn with_keys(db: Db, clock: Arc<dyn Clock>, keys: Keys) -> Result<Self> {
        let mine = keys.fingerprint();
        match meta::get(&db, meta::KEYS).await? {
            Some(known) if known == mine => {}
            Some(_) => {
                db.close().await;
                return Err(Error::Setup("keys: this key file belongs to another database".into()));
            }
            None => db.write(async move |tx| meta::set(tx, meta::KEYS, &mine).await).await?,
        }
        let cw = Self::new(db, clock, Arc::new(keys));
        crate::packs::refresh(&cw).await?;
        Ok(cw)
    }
}

/// A database that is not in the middle of being made.
async fn whole(address: &Address, clock: Arc<dyn Clock>) -> Result<Db> {
    let db = Db::connect(address, clock).await?;
    if db.is_half_made().await? {
        db.close().await;
        let line = "database: `guichet demo` was stopped while it filled this one, or is still at it; run it again to begin anew";
        return Err(Error::Setup(line.into()));
    }
    Ok(db)
}

fn new_key_file(address: &Address, given: Option<&Path>) -> Result<PathBuf> {
    let path = key_file(address, given)?;
    if path.exists() {
        return Err(Error::Setup(format!("keys {}: there is a file already", path.display())));
    }
    Ok(path)
}

fn key_file(address: &Address, given: Option<&Path>) -> Result<PathBuf> {
    match (given, address) {
        (Some(path), _) => Ok(path.to_owned()),
        (None, Address::Sqlite(path)) => {
            let mut name = path.clone().into_os_string();
            name.push(".keys");
            Ok(name.into())
        }
        (None, Address::Postgres(_)) => {
            Err(Error::Setup("keys: with PostgreSQL say where the key file is (--keys FILE)".into()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::SystemClock;

    fn clock() -> Arc<dyn Clock> {
        Arc::new(SystemClock::default())
    }

    #[tokio::test]
    async fn a_registry_is_made_once_and_opened_with_its_own_keys_only() {
        let folder = tempfile::tempdir().unwrap();
        let address = Address::Sqlite(folder.path().join("data").join("guichet.db"));
        assert!(Casework::open(&address, None, clock()).await.is_err());
        Casework::create(&address, None, clock()).await.unwrap().db.close().await;
        assert!(Casework::create(&address, None, clock()).await.is_err(), "nothing is overwritten");
        Casework::open(&address, None, clock()).await.unwrap().db.close().await;
        let other = folder.path().join("other.keys");
        Keys::create(&other).unwrap();
        let refused = Casework::open(&address, Some(&other), clock()).await.unwrap_err();
        assert!(refused.to_string().contains("another database"), "{refused}");
        std::fs::remove_file(folder.path().join("data").join("guichet.db.keys")).unwrap();
        assert!(Casework::migrate(&address, None, clock()).await.is_err(), "no new keys for old data");
    }

    #[tokio::test]
    async fn a_database_without_tables_asks_to_be_migrated() {
        let folder = tempfile::tempdir().unwrap();
        let address = Address::Sqlite(folder.path().join("guichet.db"));
        Db::create(&address, clock()).await.unwrap().close().await;
        let refused = Casework::open(&address, None, clock()).await.unwrap_err();
        assert!(refused.to_string().contains("guichet migrate"), "{refused}");
        Casework::migrate(&address, None, clock()).await.unwrap().db.close().await;
        Casework::open(&address, None, clock()).await.unwrap().db.close().await;
    }
}
