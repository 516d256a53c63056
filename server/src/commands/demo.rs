//! `guichet demo`: a new database with the demo pack, the demo accounts and a synthetic registry.
//!
//! An SQLite file is made under another name and gets its own when it is whole: whatever stops the making, nothing
//! half made is left where the next command would find it. A PostgreSQL database is marked while it is filled: every
//! other command refuses it, and the next `guichet demo` begins it anew.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use casework::Casework;
use casework::db::{Address, making};
use casework::demo;
use casework::time::TestClock;
use serde_json::json;

use super::{address, clock, pack};
use crate::cli::{Demo, Place};
use crate::failure::{Failure, Outcome};
use crate::progress::{done, print, progress};

pub async fn run(place: &Place, how: &Demo) -> Outcome {
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
    let casework = Casework::create(address, keys, Arc::new(hands.clone())).await?;
    let total = how.households;
    let filled = async {
        let pack = pack::put_in_force(&casework, crate::embedded::demo_pack(), "demo pack").await?;
        demo::add_accounts(&casework, &pack).await?;
        demo::fill(&casework, &hands, now, &pack, (total, how.seed), |count| {
            progress(&format!("{count} of {total} households"));
        })
        .await
        .map_err(Failure::from)
    }
    .await;
    done();
    casework.db.close().await;
    filled
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
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
