//! A consistent copy of a running database, checked before it gets its name.
//!
//! SQLite: `VACUUM INTO` a new file, which holds no lock on the office's work; the copy is then opened, its pages and foreign
//! keys checked and every chain of its journal walked. PostgreSQL: `pg_dump` of one exported snapshot, whose table of
//! contents is read back. The copy is written as `FILE.part` and renamed when it is found whole; an existing file is never
//! overwritten.
//!
//! The key file is *not* in the copy: keep it apart. Who restores a copy needs both.

mod postgres;
mod sqlite;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::db::{Address, private_file};
use crate::error::{Error, Result};
use crate::journal::{self, Event, REGISTRY};
use crate::{Actor, Casework};

/// A copy that was made and checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Backup {
    /// Where it is.
    pub file: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// Rows of each table in it.
    pub rows: BTreeMap<String, i64>,
}

/// Makes a copy. Only a command may: `Forbidden` for people at a desk. `Setup` says in one line what was in the way, and
/// leaves nothing behind.
pub async fn backup(cw: &Casework, actor: &Actor, file: &Path) -> Result<Backup> {
    let cw = &cw.acting(actor);
    if !actor.is_machine() {
        return Err(Error::Forbidden);
    }
    if file.exists() {
        return Err(refused(file, "there is a file already"));
    }
    let mut name = file.as_os_str().to_owned();
    name.push(".part");
    let part = Part(PathBuf::from(name));
    private_file(&part.0).map_err(|cause| refused(&part.0, &cause.to_string()))?;
    let rows = match cw.db.address() {
        Address::Sqlite(path) => sqlite::copy(cw, path, &part.0).await?,
        Address::Postgres(url) => postgres::copy(url, &part.0).await?,
    };
    let bytes = settle(&part.0, file).map_err(|cause| refused(file, &cause.to_string()))?;
    let actor = actor.clone();
    let count = rows.values().sum();
    cw.write(async move |tx| {
        journal::append(tx, &actor, REGISTRY, Event::new("backup.made").number("rows", count)).await
    })
    .await?;
    Ok(Backup { file: file.to_owned(), bytes, rows })
}

/// The unfinished copy; removed when it does not become a whole one.
struct Part(PathBuf);

impl Drop for Part {
    fn drop(&mut self) {
        // After the rename there is nothing left under this name.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// On the disk first, then under its name.
fn settle(part: &Path, file: &Path) -> std::io::Result<u64> {
    let written = std::fs::File::open(part)?;
    written.sync_all()?;
    let bytes = written.metadata()?.len();
    std::fs::rename(part, file)?;
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(bytes)
}

fn refused(file: &Path, what: &str) -> Error {
    let line = what.split_whitespace().collect::<Vec<_>>().join(" ");
    Error::Setup(format!("backup {}: {line}", file.display()))
}

#[cfg(test)]
mod tests;
