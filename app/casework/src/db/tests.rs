//! What the unit of work promises, on both engines.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;

use super::*;
use crate::args;
use crate::error::{Conflict, Error, Outage};
use crate::test_support::{World, each_engine};
use crate::time::SystemClock;

async fn put(tx: &mut Tx, key: &str, value: &str) -> Result<()> {
    tx.run("INSERT INTO meta (key, value) VALUES ($1, $2)", args![key, value]).await.map(drop)
}

async fn count(db: &Db) -> i64 {
    db.value("SELECT COUNT(*) FROM meta", args![]).await.unwrap().unwrap()
}

#[tokio::test]
async fn what_a_unit_writes_is_there_after_its_answer() {
    each_engine(async |world| {
        let key = String::from("greeting");
        let made = world.write(async move |tx| put(tx, &key, "hello").await.map(|()| 7)).await;
        assert_eq!(made, Ok(7));
        let value: Option<String> =
            world.db.value("SELECT value FROM meta WHERE key = $1", args!["greeting"]).await.unwrap();
        assert_eq!(value.as_deref(), Some("hello"));
        assert!(world.db.is_current().await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_failing_unit_leaves_nothing_and_takes_no_other_with_it() {
    each_engine(async |world| {
        let units = (0..40).map(|n: i32| {
            world.write(async move |tx| {
                put(tx, &format!("first {n}"), "").await?;
                match n % 4 {
                    0 => Err(Error::Invalid("asked.to")),
                    1 => put(tx, &format!("first {n}"), "again").await,
                    2 if n == 22 => panic!("a mistake in a use case"),
                    _ => put(tx, &format!("second {n}"), "").await,
                }
            })
        });
        let outcomes = join_all(units).await;
        for (n, outcome) in outcomes.iter().enumerate() {
            match n % 4 {
                0 => assert_eq!(outcome, &Err(Error::Invalid("asked.to"))),
                1 => assert_eq!(outcome, &Err(Error::Conflict(Conflict::Taken))),
                _ if n == 22 => assert!(matches!(outcome, Err(Error::Internal(_)))),
                _ => assert_eq!(outcome, &Ok(())),
            }
        }
        assert_eq!(count(&world.db).await, 2 * 19);
    })
    .await;
}

#[tokio::test]
async fn a_swallowed_failure_still_ends_the_unit() {
    each_engine(async |world| {
        let outcome = world
            .write(async |tx| {
                put(tx, "a", "1").await?;
                let _ = put(tx, "a", "2").await;
                let _ = put(tx, "b", "3").await;
                Ok(())
            })
            .await;
        assert_eq!(outcome, Err(Error::Conflict(Conflict::Taken)));
        assert_eq!(count(&world.db).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_caller_that_hangs_up_does_not_leave_half() {
    each_engine(async |world| {
        let (started, has_started) = tokio::sync::oneshot::channel();
        let started = std::sync::Mutex::new(Some(started));
        let db = world.db.clone();
        let caller = tokio::spawn(async move {
            db.write(async move |tx| {
                put(tx, "first half", "").await?;
                if let Some(started) = started.lock().unwrap().take() {
                    started.send(()).unwrap();
                }
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                put(tx, "second half", "").await
            })
            .await
        });
        has_started.await.unwrap();
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
        // On PostgreSQL units run side by side: close waits for all of them.
        world.db.close().await;
        let again = Db::connect(world.db.address(), world.casework.clock.clone()).await.unwrap();
        assert_eq!(count(&again).await, 2);
        again.close().await;
    })
    .await;
}

#[tokio::test]
async fn units_that_meet_behave_as_if_one_came_after_the_other() {
    each_engine(async |world| {
        world.write(async |tx| put(tx, "n", "0").await).await.unwrap();
        let units = (0..30).map(|_| {
            world.write(async |tx| {
                let n: String = tx.value("SELECT value FROM meta WHERE key = 'n'", args![]).await?.unwrap();
                let next = n.parse::<u32>().unwrap() + 1;
                tx.run_one("UPDATE meta SET value = $1 WHERE key = 'n'", args![next.to_string()]).await
            })
        });
        let done = join_all(units).await.iter().filter(|outcome| outcome.is_ok()).count();
        let n: Option<String> =
            world.db.value("SELECT value FROM meta WHERE key = 'n'", args![]).await.unwrap();
        assert_eq!(n.unwrap(), done.to_string(), "every answered unit counts exactly once");
        assert_eq!(done, 30, "all get through, one after the other");
    })
    .await;
}

#[tokio::test]
async fn a_view_is_consistent_and_cannot_write() {
    each_engine(async |world| {
        let mut view = world.db.read().await.unwrap();
        let before: Option<i64> = view.value("SELECT COUNT(*) FROM meta", args![]).await.unwrap();
        world.write(async |tx| put(tx, "later", "").await).await.unwrap();
        let after: Option<i64> = view.value("SELECT COUNT(*) FROM meta", args![]).await.unwrap();
        assert_eq!(before, after);
        assert!(put(&mut view, "not", "allowed").await.is_err());
        drop(view);
        assert_eq!(count(&world.db).await, 1);
    })
    .await;
}

#[tokio::test]
async fn two_servers_may_migrate_at_once() {
    each_engine(async |world| {
        let again = Db::connect(world.db.address(), world.casework.clock.clone()).await.unwrap();
        let (one, two) = tokio::join!(world.db.migrate(), again.migrate());
        assert_eq!((one, two), (Ok(()), Ok(())));
        again.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_missing_file_is_not_created_and_a_foreign_one_not_touched() {
    let world = World::sqlite().await;
    let clock = || Arc::new(SystemClock::default());
    let missing = world.folder().join("missing.db");
    let refused = Db::connect(&Address::Sqlite(missing.clone()), clock()).await.unwrap_err();
    assert!(matches!(refused, Error::Setup(_)) && !missing.exists());
    let refused = Db::create(world.db.address(), clock()).await.unwrap_err();
    assert!(refused.to_string().contains("already"), "{refused}");
    let text = world.folder().join("text.db");
    std::fs::write(&text, "This is not a database, but long enough to be looked at as one. ".repeat(100))
        .unwrap();
    let refused = Db::connect(&Address::Sqlite(text), clock()).await.unwrap_err();
    assert!(!refused.to_string().contains('\n') && refused.to_string().contains("text.db"), "{refused}");
    world.end().await;
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_on_the_machine_can_read_the_file_its_log_or_its_index() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::sqlite().await;
    world.write(async |tx| put(tx, "a", "1").await).await.unwrap();
    let mut modes: Vec<(String, u32)> = std::fs::read_dir(world.folder())
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| {
            (entry.file_name().into_string().unwrap(), entry.metadata().unwrap().permissions().mode())
        })
        .map(|(name, mode)| (name, mode & 0o777))
        .collect();
    modes.sort();
    let expected = ["guichet.db", "guichet.db-shm", "guichet.db-wal"].map(|name| (name.to_owned(), 0o600));
    assert_eq!(modes, expected);
    world.end().await;
}

#[tokio::test]
async fn a_text_with_a_nul_is_refused_alike_on_both_engines() {
    each_engine(async |world| {
        let kept = world.write(async |tx| put(tx, "a", "b\0c").await).await;
        assert_eq!(kept, Err(Error::Invalid("text.control")));
        let asked = world.db.value::<String>("SELECT value FROM meta WHERE key = $1", args!["\0"]).await;
        assert_eq!(asked, Err(Error::Invalid("text.control")));
    })
    .await;
}

/// The writer must come back by itself: sqlx 0.9 alone would stay in a transaction that SQLite has ended.
#[tokio::test]
async fn the_writer_recovers_from_a_full_disk() {
    let Some(disk) = SmallDisk::mount() else {
        println!("not root on Linux: a small disk cannot be mounted; the page limit below stands in for it");
        return;
    };
    let address = Address::Sqlite(disk.0.path().join("guichet.db"));
    let db = Db::create(&address, Arc::new(SystemClock::default())).await.unwrap();
    db.migrate().await.unwrap();
    let mut kept = 0;
    let full = loop {
        let filler = "x".repeat(50_000);
        match db.write(async move |tx| put(tx, &format!("filler {kept}"), &filler).await).await {
            Ok(()) => kept += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(full, Error::Unavailable(Outage::DiskFull));
    assert!(kept > 0);
    std::fs::remove_file(disk.0.path().join("ballast")).unwrap();
    db.write(async |tx| put(tx, "after", "").await).await.expect("there is room again");
    assert_eq!(count(&db).await, kept + 1);
    db.close().await;
}

#[tokio::test]
async fn a_unit_that_fills_the_database_takes_no_other_with_it() {
    let world = World::sqlite().await;
    world
        .write(async |tx| {
            let pages: Option<i64> = tx.value("PRAGMA page_count", args![]).await?;
            assert!(pages.unwrap() < 400);
            tx.value::<i64>("PRAGMA max_page_count = 400", args![]).await.map(drop)
        })
        .await
        .unwrap();
    let units = (0..20).map(|n: i32| {
        let value = if n == 7 { "x".repeat(4_000_000) } else { String::from("small") };
        world.write(async move |tx| put(tx, &format!("unit {n}"), &value).await)
    });
    for (n, outcome) in join_all(units).await.into_iter().enumerate() {
        let expected = if n == 7 { Err(Error::Unavailable(Outage::DiskFull)) } else { Ok(()) };
        assert_eq!(outcome, expected, "unit {n}");
    }
    assert_eq!(count(&world.db).await, 19);
    world.end().await;
}

/// A 3 MB tmpfs with a file on it that can be removed to make room; unmounted at the end.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().ok()?;
        let done = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=3m", "tmpfs"])
            .arg(folder.path())
            .stderr(Stdio::null())
            .status()
            .ok()?;
        if !done.success() {
            return None;
        }
        std::fs::write(folder.path().join("ballast"), vec![0; 1_000_000]).ok()?;
        Some(Self(folder))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

const KILLED_DATABASE: &str = "GUICHET_TEST_KILLED_DATABASE";

/// Not a test by itself: the process that `every_acknowledged_unit_survives_kill_9` kills.
#[tokio::test]
async fn the_process_that_is_killed() {
    let Ok(path) = std::env::var(KILLED_DATABASE) else { return };
    let db = Db::connect(&Address::Sqlite(path.into()), Arc::new(SystemClock::default())).await.unwrap();
    let mut n = 0_u64;
    loop {
        let units = (n..n + 8).map(|key| {
            let db = db.clone();
            async move {
                db.write(async move |tx| {
                    put(tx, &format!("{key} a"), "").await?;
                    put(tx, &format!("{key} b"), "").await
                })
                .await
                .unwrap();
                println!("acknowledged {key}");
            }
        });
        join_all(units).await;
        n += 8;
    }
}

#[tokio::test]
async fn every_acknowledged_unit_survives_kill_9() {
    let world = World::sqlite().await;
    let Address::Sqlite(path) = world.db.address().clone() else { unreachable!() };
    world.db.close().await;
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "db::tests::the_process_that_is_killed", "--nocapture", "--test-threads=1"])
        .env(KILLED_DATABASE, &path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(std::result::Result::ok);
    let key = |line: String| line.split_once("acknowledged ").map(|(_, key)| key.to_owned());
    let mut acknowledged: Vec<String> = lines.by_ref().filter_map(key).take(300).collect();
    child.kill().unwrap();
    // What it had said before it died counts too.
    acknowledged.extend(lines.filter_map(key));
    child.wait().unwrap();
    assert!(acknowledged.len() >= 300);
    let db = Db::connect(world.db.address(), Arc::new(SystemClock::default())).await.unwrap();
    for key in &acknowledged {
        for half in ["a", "b"] {
            let found: Option<i64> = db
                .value("SELECT COUNT(*) FROM meta WHERE key = $1", args![format!("{key} {half}")])
                .await
                .unwrap();
            assert_eq!(found, Some(1), "{key} {half} was acknowledged");
        }
    }
    let halves: Vec<(String,)> = db
        .all("SELECT substr(key, 1, instr(key, ' ') - 1) FROM meta GROUP BY 1 HAVING COUNT(*) <> 2", args![])
        .await
        .unwrap();
    assert!(halves.is_empty(), "half units: {halves:?}");
    let sound: Option<String> = db.value("PRAGMA integrity_check", args![]).await.unwrap();
    assert_eq!(sound.as_deref(), Some("ok"));
    db.close().await;
}

/// Polls all together, so that they really wait side by side.
async fn join_all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut running: Vec<_> = futures.into_iter().map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|cx| {
        let mut is_done = true;
        for (future, done) in running.iter_mut().filter(|(_, done)| done.is_none()) {
            match future.as_mut().poll(cx) {
                std::task::Poll::Ready(output) => *done = Some(output),
                std::task::Poll::Pending => is_done = false,
            }
        }
        if is_done { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    running.into_iter().map(|(_, done)| done.unwrap()).collect()
}
