//! A PostgreSQL for tests: the one at `GUICHET_TEST_POSTGRES`, else a throw-away cluster of this process.
//!
//! The cluster is watched by a small shell that reads from a pipe held by the test process: when the process ends, however
//! it ends, the pipe closes, and the shell stops the server and removes its folder.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::str::FromStr;
use std::sync::{Arc, OnceLock};

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::OnceCell;

use crate::db::{Address, Db};
use crate::time::SystemClock;

/// The server's address, without a database.
static SERVER: OnceLock<String> = OnceLock::new();
/// Kept so that the pipe stays open as long as this process lives.
static WATCH: OnceLock<Child> = OnceLock::new();
static TEMPLATE: OnceCell<String> = OnceCell::const_new();
/// Held while the template is made.
const MAKING: i64 = 0x6775_6963_6865_7401;

/// A database with all migrations, for one test.
pub(super) async fn fresh_database() -> Address {
    let server = tokio::task::spawn_blocking(|| SERVER.get_or_init(server).clone())
        .await
        .expect("a PostgreSQL server");
    let template = TEMPLATE.get_or_init(|| migrated_template(&server)).await;
    let name = format!("guichet_test_{:016x}", rand::random::<u64>());
    execute(&server, format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
    Address::Postgres(with_database(&server, &name))
}

/// An empty database, for what is restored; it goes with the throw-away cluster.
pub(super) async fn empty_database() -> String {
    let server = tokio::task::spawn_blocking(|| SERVER.get_or_init(server).clone())
        .await
        .expect("a PostgreSQL server");
    let name = format!("guichet_test_{:016x}", rand::random::<u64>());
    execute(&server, format!("CREATE DATABASE {name}")).await;
    with_database(&server, &name)
}

pub(super) async fn drop_database(url: &str) {
    let name = PgConnectOptions::from_str(url)
        .expect("a test database")
        .get_database()
        .unwrap_or_default()
        .to_owned();
    let server = SERVER.get().expect("the server that made it");
    execute(server, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
}

/// One for all test processes of a server: who comes first makes it, the others wait. It gets its name when it is whole.
async fn migrated_template(server: &str) -> String {
    let name = format!("guichet_test_template_{}", crate::db::print_of_migrations());
    let making = format!("{name}_making");
    let mut conn =
        PgConnection::connect(&with_database(server, "postgres")).await.expect("the test PostgreSQL");
    sqlx::query("SELECT pg_advisory_lock($1)").bind(MAKING).execute(&mut conn).await.expect("the lock");
    let there: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)")
        .bind(&name)
        .fetch_one(&mut conn)
        .await
        .expect("the list of databases");
    if !there {
        execute(server, format!("DROP DATABASE IF EXISTS {making}")).await;
        execute(server, format!("CREATE DATABASE {making}")).await;
        let address = Address::Postgres(with_database(server, &making));
        let db =
            Db::connect(&address, Arc::new(SystemClock::default())).await.expect("the template database");
        db.migrate().await.expect("migrations on PostgreSQL");
        db.close().await;
        execute(server, format!("ALTER DATABASE {making} RENAME TO {name}")).await;
    }
    conn.close().await.expect("the test PostgreSQL closes");
    name
}

async fn execute(server: &str, sql: String) {
    let mut conn =
        PgConnection::connect(&with_database(server, "postgres")).await.expect("the test PostgreSQL");
    sqlx::query(AssertSqlSafe(sql)).execute(&mut conn).await.expect("the test PostgreSQL obeys");
    conn.close().await.expect("the test PostgreSQL closes");
}

/// `postgres://u@h:1/x?k=v` with another database name.
fn with_database(server: &str, name: &str) -> String {
    let (front, query) = server.split_once('?').map_or((server, None), |(front, query)| (front, Some(query)));
    let (scheme, rest) = front.split_once("://").expect("a postgres:// address");
    let host = rest.split_once('/').map_or(rest, |(host, _)| host);
    match query {
        None => format!("{scheme}://{host}/{name}"),
        Some(query) => format!("{scheme}://{host}/{name}?{query}"),
    }
}

fn server() -> String {
    if let Ok(url) = std::env::var("GUICHET_TEST_POSTGRES") {
        return url;
    }
    let bin = programs().expect(
        "PostgreSQL for the tests: set GUICHET_TEST_POSTGRES, or install it (Debian: apt-get install postgresql)",
    );
    let folder = tempfile::Builder::new().prefix("guichet-pg-").tempdir().expect("a temporary folder").keep();
    let owner = owner();
    if let Some((uid, gid)) = owner {
        std::os::unix::fs::chown(&folder, Some(uid), Some(gid)).expect("chown of the cluster's folder");
    }
    let data = folder.join("data");
    let made = as_owner(&bin.join("initdb"), owner)
        .args([
            "--auth=trust",
            "--username=postgres",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
            "-D",
        ])
        .arg(&data)
        .current_dir(&folder)
        .output()
        .expect("initdb runs");
    assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
    // Durability is not what these tests look at; speed is. No autovacuum: a database with a superuser's process in it
    // could not be dropped by who made it.
    let script = r#"
        "$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c full_page_writes=off \
            -c synchronous_commit=off -c autovacuum=off -c max_connections=500 -c shared_buffers=64MB >"$2/log" 2>&1 &
        server=$!
        tries=0
        until "$1/pg_isready" -q -h "$2" -U postgres -d postgres; do
            tries=$((tries + 1))
            if [ "$tries" -gt 300 ] || ! kill -0 "$server" 2>/dev/null; then cat "$2/log" >&2; echo failed; break; fi
            sleep 0.1
        done
        # No superuser: row-level security would not hold for it.
        "$1/createuser" -h "$2" -U postgres --createdb guichet || echo failed
        echo ready
        read -r _
        kill -INT "$server"; wait "$server"; rm -rf "$2"
    "#;
    let mut watch = as_owner(Path::new("/bin/sh"), owner)
        .args(["-c", script, "watch"])
        .arg(&bin)
        .arg(&folder)
        .current_dir(&folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .process_group(0)
        .spawn()
        .expect("a shell");
    let mut line = String::new();
    BufReader::new(watch.stdout.take().expect("its output")).read_line(&mut line).expect("its first line");
    assert_eq!(line.trim(), "ready", "the throw-away PostgreSQL did not start; its log is above");
    let url = format!("postgres://guichet@localhost/postgres?host={}", folder.display());
    let _ = WATCH.set(watch);
    url
}

fn as_owner(program: &Path, owner: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(program);
    if let Some((uid, gid)) = owner {
        command.uid(uid).gid(gid);
    }
    command
}

/// Where initdb is: on the path, or where Debian keeps it.
fn programs() -> Option<PathBuf> {
    let on_path = std::env::split_paths(&std::env::var_os("PATH")?).collect::<Vec<_>>();
    let debian = std::fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.filter_map(|entry| Some(entry.ok()?.path().join("bin"))).collect::<Vec<_>>())
        .unwrap_or_default();
    debian.into_iter().chain(on_path).find(|folder| {
        ["initdb", "postgres", "pg_isready"].iter().all(|program| folder.join(program).is_file())
    })
}

/// PostgreSQL refuses to run as root: then as `postgres`, else `nobody`.
fn owner() -> Option<(u32, u32)> {
    let mine = std::fs::metadata("/proc/self").ok()?;
    if std::os::unix::fs::MetadataExt::uid(&mine) != 0 {
        return None;
    }
    let accounts = std::fs::read_to_string("/etc/passwd").ok()?;
    ["postgres", "nobody"].iter().find_map(|name| {
        accounts.lines().find_map(|line| {
            let fields: Vec<&str> = line.split(':').collect();
            (fields.first() == Some(name))
                .then(|| Some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?)))?
        })
    })
}
