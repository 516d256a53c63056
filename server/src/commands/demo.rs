//! `guichet demo`: a new database with the demo pack, the demo accounts and a synthetic registry.
//!
//! An SQLite file is made under another name and gets its own when it is whole: whatever stops the making, nothing
//! half made is left where the next command would find it. A PostgreSQL database is marked while it is filled: every
//! other command refuses it, and the next `guichet demo` begins it anew. With `--lists` there is no database at all, only
//! files for matching; with `--errors` a file of corrupted twins stands beside the database.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use casework::Casework;
use casework::db::{Address, making};
use casework::demo;
use casework::demo::dice::Dice;
use casework::time::TestClock;
use domain::registration::Registration;
use serde_json::json;

use super::{address, clock, pack};
use crate::cli::{Demo, Place};
use crate::failure::{Failure, Outcome};
use crate::progress::{done, print, progress};

/// What the generator draws the twins' errors from, apart from the households themselves.
const TWINS: u64 = 0x7477_696e;

pub async fn run(place: &Place, how: &Demo) -> Outcome {
    if let Some(folder) = &how.lists {
        return lists(folder, how);
    }
    let address = address(place)?;
    let made = match &address {
        Address::Sqlite(path) => {
            let keys = place.keys.clone().unwrap_or_else(|| beside(path, ".keys"));
            for there in [path, &keys] {
                if there.exists() {
                    return Err(Failure::failed(format!("{}: there is a file already", there.display())));
                }
            }
            let (half, half_keys) = (beside(path, ".making"), beside(path, ".making.keys"));
            sweep(&half, &half_keys);
            let made = fill(&Address::Sqlite(half.clone()), Some(&half_keys), how).await;
            let named = made.and_then(|made| {
                put_on_disk(&half)?;
                rename(&half_keys, &keys)?;
                rename(&half, path)?;
                Ok(made)
            });
            sweep(&half, &half_keys);
            named?
        }
        Address::Postgres(url) => {
            let keys = place.keys.clone().ok_or_else(|| {
                Failure::failed("keys: with PostgreSQL say where the key file is (--keys FILE)")
            })?;
            let half_keys = beside(&keys, ".making");
            making::begin(url, &keys).await?;
            let _ = std::fs::remove_file(&half_keys);
            let made = fill(&address, Some(&half_keys), how).await;
            let named = made.and_then(|made| rename(&half_keys, &keys).map(|()| made));
            let _ = std::fs::remove_file(&half_keys);
            match named {
                Ok(made) => {
                    making::end(url).await?;
                    made
                }
                Err(failure) => {
                    making::undo(url).await?;
                    return Err(failure);
                }
            }
        }
    };
    print(
        &json!({ "households": made.households, "people": made.people, "assessed": made.assessed, "seed": how.seed }),
    )
}

async fn fill(address: &Address, keys: Option<&Path>, how: &Demo) -> Result<demo::Made, Failure> {
    let now = clock().now();
    let hands: TestClock = demo::clock(now);
    let casework = Casework::create_to_fill(address, keys, Arc::new(hands.clone())).await?;
    let total = how.households;
    let filled = async {
        let pack = pack::put_in_force(&casework, crate::embedded::demo_pack(), "demo pack").await?;
        demo::add_accounts(&casework, &pack).await?;
        let areas: Vec<&str> = pack.areas.leaves().map(|area| area.code.as_str()).collect();
        let mut twins = how.errors.as_deref().map(Twins::create).transpose()?;
        let mut dice = Dice::new(how.seed ^ TWINS, 0);
        let drawn = |registration: &Registration| {
            if let Some(twins) = &mut twins {
                twins.put(&demo::lists::twins(registration, &areas, &mut dice));
            }
        };
        let made = demo::fill(&casework, &hands, now, &pack, (total, how.seed), drawn, |count| {
            progress(&format!("{count} of {total} households"));
        })
        .await?;
        twins.map_or(Ok(()), Twins::finish)?;
        demo::conditions(&casework, &pack, how.seed).await?;
        demo::plans(&casework, &pack, how.seed).await?;
        Ok(made)
    }
    .await;
    done();
    casework.db.close().await;
    filled
}

/// The file of corrupted twins. What goes wrong while it is written is told at the end.
struct Twins<'a> {
    path: &'a Path,
    out: BufWriter<File>,
    written: std::io::Result<()>,
}

impl<'a> Twins<'a> {
    fn create(path: &'a Path) -> Result<Self, Failure> {
        let out =
            File::create(path).map_err(|cause| Failure::failed(format!("{}: {cause}", path.display())))?;
        let mut twins = Self { path, out: BufWriter::new(out), written: Ok(()) };
        twins.put(demo::lists::TWIN_COLUMNS);
        twins.put("\n");
        Ok(twins)
    }

    fn put(&mut self, lines: &str) {
        if self.written.is_ok() {
            self.written = self.out.write_all(lines.as_bytes());
        }
    }

    fn finish(mut self) -> Result<(), Failure> {
        let path = self.path;
        self.written
            .and_then(|()| self.out.flush())
            .map_err(|cause| Failure::failed(format!("{}: {cause}", path.display())))
    }
}

/// `guichet demo --lists DIR`
fn lists(folder: &Path, how: &Demo) -> Outcome {
    let failed = |cause| Failure::failed(format!("{}: {cause}", folder.display()));
    std::fs::create_dir_all(folder).map_err(failed)?;
    let pack = pack::read(None)?;
    let total = how.households;
    let written = demo::lists::write(folder, &pack, (total, how.seed), clock().now(), |count| {
        progress(&format!("{count} of {total} households"));
    });
    done();
    let written = written.map_err(failed)?;
    print(
        &json!({ "people": written.people, "listed": written.listed, "twins": written.twins, "seed": how.seed }),
    )
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Until now a power cut could have broken the file.
fn put_on_disk(path: &Path) -> Result<(), Failure> {
    let synced = File::open(path).and_then(|file| file.sync_all());
    synced.map_err(|cause| Failure::failed(format!("{}: {cause}", path.display())))
}

fn rename(from: &Path, to: &Path) -> Result<(), Failure> {
    std::fs::rename(from, to).map_err(|cause| Failure::failed(format!("{}: {cause}", to.display())))
}

/// Removes what an earlier or failed making left; that it is not there is fine.
fn sweep(half: &Path, keys: &Path) {
    for path in [half, &beside(half, "-wal"), &beside(half, "-shm"), keys] {
        let _ = std::fs::remove_file(path);
    }
}
