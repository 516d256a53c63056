//! Finding and opening the database. A misspelt address is refused, never created.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, PgPool, SqlitePool};

use super::writer::{Context, Engine, Writer};
use super::{Db, Inner, Readers};
use crate::error::{Error, Result};
use crate::ids::Ids;
use crate::time::Clock;

/// Older ones have a WAL corruption bug with two writers or checkpointers.
const SQLITE_AT_LEAST: [u32; 3] = [3, 51, 3];
/// "Gche" in the file's header (SQLite's application_id), so that no other program's file is taken for ours.
const APPLICATION_ID: i64 = 0x4763_6865;
/// How long one process waits for another's lock on the file.
const BUSY: Duration = Duration::from_secs(5);
/// Connections that read, and on PostgreSQL as many that write.
const READERS: u32 = 16;
const POSTGRES_WRITERS: u32 = 16;

/// Where a database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// `sqlite://PATH`
    Sqlite(PathBuf),
    /// `postgres://USER@HOST/NAME`, as it was given.
    Postgres(String),
}

impl FromStr for Address {
    type Err = Error;

    fn from_str(url: &str) -> Result<Self> {
        if let Some(path) = url.strip_prefix("sqlite://") {
            if path.is_empty() || path.contains(['?', '#']) || path.ends_with('/') || path == ":memory:" {
                return Err(Error::Setup(format!(
                    "database {url}: after sqlite:// comes the path of a file"
                )));
            }
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return match PgConnectOptions::from_str(url) {
                Ok(_) => Ok(Self::Postgres(url.to_owned())),
                // The address may hold a password: say what is wrong, not what was given.
                Err(_) => Err(Error::Setup("database: this postgres:// address cannot be read".into())),
            };
        }
        let scheme = url.split_once("://").map_or("", |(scheme, _)| scheme);
        Err(Error::Setup(format!(
            "database: `{scheme}` is not known; use sqlite://PATH or postgres://USER@HOST/NAME"
        )))
    }
}

/// When what is written is safe from a power cut.
#[derive(Clone, Copy)]
enum Safety {
    /// At each commit: whatever was acknowledged stays.
    EachCommit,
    /// When the file is closed and has been put on the disk. SQLite only.
    AtTheEnd,
}

impl Db {
    /// Opens an existing database.
    pub async fn connect(address: &Address, clock: Arc<dyn Clock>) -> Result<Self> {
        if let Address::Sqlite(path) = address
            && !path.is_file()
        {
            return Err(Error::Setup(format!("database {}: there is no such file", path.display())));
        }
        Self::open(address, clock, Safety::EachCommit).await
    }

    /// Makes a new, empty database: a new file on SQLite; on PostgreSQL the database itself must be there.
    pub async fn create(address: &Address, clock: Arc<dyn Clock>) -> Result<Self> {
        Self::made(address, clock, Safety::EachCommit).await
    }

    /// As [`Db::create`], for a file that is filled before it gets the name under which anybody looks for it: on SQLite a
    /// power cut may leave it broken until the caller has closed it and put it on the disk.
    pub async fn create_to_fill(address: &Address, clock: Arc<dyn Clock>) -> Result<Self> {
        Self::made(address, clock, Safety::AtTheEnd).await
    }

    async fn made(address: &Address, clock: Arc<dyn Clock>, safety: Safety) -> Result<Self> {
        if let Address::Sqlite(path) = address {
            if path.exists() {
                return Err(Error::Setup(format!("database {}: there is a file already", path.display())));
            }
            if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                std::fs::create_dir_all(folder)
                    .map_err(|cause| Error::Setup(format!("folder {}: {cause}", folder.display())))?;
            }
            private_file(path)
                .map_err(|cause| Error::Setup(format!("database {}: {cause}", path.display())))?;
        }
        Self::open(address, clock, safety).await
    }

    async fn open(address: &Address, clock: Arc<dyn Clock>, safety: Safety) -> Result<Self> {
        let ids = Arc::new(Ids::default());
        let context = Context { clock: clock.clone(), ids: ids.clone() };
        let (writer, readers) = match address {
            Address::Sqlite(path) => {
                let file = path.clone();
                let writer = Writer::start(context, async move || {
                    Ok(Engine::Sqlite(sqlite_writer(&file, safety).await?))
                })
                .await?;
                (writer, Readers::Sqlite(sqlite_readers(path).await?))
            }
            Address::Postgres(url) => {
                let readers = postgres_pool(url, READERS).await?;
                let url = url.clone();
                let writer = Writer::start(context, async move || {
                    let pool = postgres_pool(&url, POSTGRES_WRITERS).await?;
                    Ok(Engine::Postgres { pool, connections: POSTGRES_WRITERS as usize })
                })
                .await?;
                (writer, Readers::Postgres(readers))
            }
        };
        let inner = Inner { address: address.clone(), readers, writer, clock, ids };
        Ok(Self { inner: Arc::new(inner), sight: super::Sight::default() })
    }
}

/// Makes an empty file that its owner alone can read, whatever the umask says. SQLite gives its write-ahead log and its
/// index the mode of the database they belong to.
pub(crate) fn private_file(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// How many statements a connection keeps prepared: all that a busy office uses in a day.
const PREPARED: usize = 512;

pub(crate) fn sqlite_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .synchronous(SqliteSynchronous::Full)
        .pragma("mmap_size", "0")
        .pragma("temp_store", "memory")
        .pragma("cache_size", "-32768")
        .statement_cache_capacity(PREPARED)
}

/// The one connection that writes. sqlx 0.9 does not notice that a full disk made SQLite end the transaction, and
/// would stay in it for ever: after each release a connection that still believes to be in one is thrown away.
async fn sqlite_writer(path: &Path, safety: Safety) -> Result<SqlitePool> {
    let refused =
        |cause: sqlx::Error| Error::Setup(format!("database {}: {}", path.display(), one_line(&cause)));
    let options = sqlite_options(path).journal_mode(SqliteJournalMode::Wal);
    let options = match safety {
        // Keys of matching fall on pages all over the file: with 16 MiB between two checkpoints most pages are written
        // into the file once for several changes.
        Safety::EachCommit => {
            options.pragma("wal_autocheckpoint", "4096").pragma("journal_size_limit", "67108864")
        }
        Safety::AtTheEnd => options
            .synchronous(SqliteSynchronous::Off)
            .pragma("wal_autocheckpoint", "65536")
            .pragma("cache_size", "-262144"),
    };
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .after_release(|conn, _| {
            Box::pin(async move {
                conn.ping().await?;
                Ok(!conn.is_in_transaction())
            })
        })
        .connect_with(options)
        .await
        .map_err(refused)?;
    let version: String =
        sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&pool).await.map_err(refused)?;
    if !is_recent(&version) {
        return Err(Error::Setup(format!("SQLite {version} is too old: at least 3.51.3 is needed")));
    }
    let (owner, tables): (i64, i64) = sqlx::query_as(
        "SELECT (SELECT application_id FROM pragma_application_id), (SELECT COUNT(*) FROM sqlite_schema)",
    )
    .fetch_one(&pool)
    .await
    .map_err(refused)?;
    match (owner, tables) {
        (APPLICATION_ID, _) => {}
        (0, 0) => {
            // 0x47636865: a pragma takes no parameters.
            sqlx::query("PRAGMA application_id = 1197697125").execute(&pool).await.map_err(refused)?;
        }
        _ => {
            return Err(Error::Setup(format!(
                "database {}: this file belongs to another program",
                path.display()
            )));
        }
    }
    Ok(pool)
}

async fn sqlite_readers(path: &Path) -> Result<SqlitePool> {
    SqlitePoolOptions::new()
        .max_connections(READERS)
        .test_before_acquire(false)
        .after_release(|conn, _| {
            Box::pin(async move {
                conn.ping().await?;
                Ok(!conn.is_in_transaction())
            })
        })
        .connect_with(sqlite_options(path).read_only(true).pragma("query_only", "ON"))
        .await
        .map_err(|cause| Error::Setup(format!("database {}: {}", path.display(), one_line(&cause))))
}

async fn postgres_pool(url: &str, connections: u32) -> Result<PgPool> {
    let refused = |cause: sqlx::Error| Error::Setup(format!("database: {}", one_line(&cause)));
    let options = PgConnectOptions::from_str(url)
        .map_err(refused)?
        .application_name("guichet")
        .statement_cache_capacity(PREPARED);
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(10))
        .test_before_acquire(true)
        // sqlx issue 4385: a `begin` that nobody waits for any more leaves its transaction open.
        .after_release(|conn, _| {
            Box::pin(async move {
                conn.ping().await?;
                Ok(!conn.is_in_transaction())
            })
        })
        .connect_with(options)
        .await
        .map_err(refused)
}

pub(super) fn one_line(cause: &sqlx::Error) -> String {
    let text = match cause {
        sqlx::Error::Database(database) => database.message().to_owned(),
        other => other.to_string(),
    };
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_recent(version: &str) -> bool {
    let parts: Vec<u32> = version.split('.').map_while(|part| part.parse().ok()).collect();
    parts.as_slice() >= SQLITE_AT_LEAST.as_slice()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_cannot_be_meant_are_refused_in_one_line() {
        for url in [
            "",
            "data/guichet.db",
            "sqllite://x.db",
            "sqlite:x.db",
            "sqlite://",
            "sqlite://x?mode=rwc",
            "mysql://x",
        ] {
            let Err(Error::Setup(line)) = url.parse::<Address>() else { panic!("{url} was taken") };
            assert!(!line.contains('\n') && line.starts_with("database"), "{line}");
        }
        assert_eq!("sqlite://data/guichet.db".parse(), Ok(Address::Sqlite(PathBuf::from("data/guichet.db"))));
        assert!("postgres://me@localhost/guichet".parse::<Address>().is_ok());
    }

    #[test]
    fn a_refused_postgres_address_does_not_show_its_password() {
        let refused = "postgres://me:s3cret@host:notaport/x".parse::<Address>();
        assert!(!format!("{refused:?}").contains("s3cret"), "{refused:?}");
    }

    #[test]
    fn sqlite_versions_are_compared_by_number() {
        assert!(is_recent("3.51.3") && is_recent("3.60.0") && is_recent("4.0"));
        assert!(!is_recent("3.51.2") && !is_recent("3.9.9"));
    }
}
