//! The copy on PostgreSQL, by its own `pg_dump`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::refused;
use crate::error::{Error, Result};

pub(super) async fn copy(url: &str, part: &Path) -> Result<BTreeMap<String, i64>> {
    let mut conn = PgConnection::connect(url).await?;
    // One snapshot for the dump and for the counting.
    let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL guichet.sight = 'system'";
    let mut tx = conn.begin_with(begin).await?;
    let snapshot: String = sqlx::query_scalar("SELECT pg_export_snapshot()").fetch_one(&mut *tx).await?;
    let (address, password) = without_password(url);
    let mut dump = Command::new("pg_dump");
    // Policies hold for the owner of the tables too: without the scope the dump would be empty.
    dump.env("PGOPTIONS", "-c guichet.sight=system").arg("--enable-row-security");
    dump.args(["--format=custom", "--no-owner", "--no-privileges", "--snapshot", &snapshot, "--file"])
        .arg(part)
        .arg("--dbname")
        .arg(address);
    if let Some(password) = password {
        // Not on the command line, where everybody on the machine could see it.
        dump.env("PGPASSWORD", password);
    }
    run(dump, part).await?;
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename",
    )
    .fetch_all(&mut *tx)
    .await?;
    let mut rows = BTreeMap::new();
    for table in tables {
        // The name comes from the catalogue itself.
        let sql = AssertSqlSafe(format!("SELECT COUNT(*) FROM \"{table}\""));
        let count: i64 = sqlx::query_scalar(sql).fetch_one(&mut *tx).await?;
        rows.insert(table, count);
    }
    tx.rollback().await?;
    conn.close().await?;
    let mut list = Command::new("pg_restore");
    list.arg("--list").arg(part);
    let contents = run(list, part).await?;
    let contents = String::from_utf8_lossy(&contents.stdout);
    match rows.keys().find(|table| !contents.contains(&format!(" TABLE DATA public {table} "))) {
        None => Ok(rows),
        Some(table) => Err(refused(part, &format!("table {table} is not in it"))),
    }
}

async fn run(mut command: Command, part: &Path) -> Result<Output> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = tokio::task::spawn_blocking(move || command.output())
        .await
        .map_err(Error::internal)?
        .map_err(|cause| match cause.kind() {
            std::io::ErrorKind::NotFound => refused(
                part,
                &format!("{name} is needed and not installed (Debian: apt-get install postgresql-client)"),
            ),
            _ => refused(part, &format!("{name}: {cause}")),
        })?;
    if output.status.success() {
        return Ok(output);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(refused(part, said.lines().find(|line| !line.trim().is_empty()).unwrap_or("pg_dump failed")))
}

/// `postgres://user:password@host/…` without its password, and the password as it was meant.
fn without_password(url: &str) -> (String, Option<String>) {
    let Some((scheme, rest)) = url.split_once("://") else { return (url.to_owned(), None) };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let Some((user, host)) = authority.rsplit_once('@') else { return (url.to_owned(), None) };
    match user.split_once(':') {
        None => (url.to_owned(), None),
        Some((user, password)) => {
            (format!("{scheme}://{user}@{host}{path}"), Some(percent_decoded(password)))
        }
    }
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = (*first == b'%')
            .then(|| after.get(..2))
            .flatten()
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_does_not_stand_on_the_command_line() {
        let (address, password) =
            without_password("postgres://me:p%40ss:w%2frd@db:5432/guichet?sslmode=require");
        assert_eq!(address, "postgres://me@db:5432/guichet?sslmode=require");
        assert_eq!(password.as_deref(), Some("p@ss:w/rd"));
        assert_eq!(without_password("postgres://me@db/x").1, None);
        assert_eq!(without_password("postgres://db/x?host=/a@b:c").1, None);
        assert_eq!(percent_decoded("100%"), "100%");
    }
}
