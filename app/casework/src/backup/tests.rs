//! Copies of a running database, and the restore drill.

use std::process::Command;
use std::sync::Arc;

use super::*;
use crate::db::Db;
use crate::test_support::{World, counter_officer, each_engine};
use crate::{args, meta};

async fn written(world: &World, key: &'static str) {
    world
        .write(async move |tx| {
            meta::set(tx, key, "kept").await?;
            journal::append(tx, &counter_officer(), REGISTRY, Event::new("meta.set")).await
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn a_copy_of_a_running_database_is_whole_and_private() {
    each_engine(async |world| {
        written(world, "before").await;
        let file = world.folder().join("copy");
        let made = backup(world, &Actor::command_line(), &file).await.unwrap();
        written(world, "after").await;
        assert_eq!(made.rows["meta"], 1);
        assert_eq!(made.rows["journal"], 1);
        assert_eq!(made.bytes, std::fs::metadata(&file).unwrap().len());
        let permissions =
            std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).unwrap().permissions());
        assert_eq!(permissions & 0o777, 0o600);
        let left: Vec<_> = std::fs::read_dir(world.folder())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.contains("copy"))
            .collect();
        assert_eq!(left, ["copy"]);
        // Restored, it is the registry of that moment.
        let (restored, database) = restored(world, &file).await;
        assert_eq!(meta::get(&restored.db, "before").await.unwrap().as_deref(), Some("kept"));
        assert_eq!(meta::get(&restored.db, "after").await.unwrap(), None);
        assert_eq!(journal::verify(&restored).await.unwrap().first_break, None);
        restored.db.close().await;
        if let Some(url) = database {
            crate::test_support::drop_database(&url).await;
        }
    })
    .await;
}

/// Opens the copy as an operator would: a file on SQLite, `pg_restore` into an empty database on PostgreSQL.
async fn restored(world: &World, file: &Path) -> (Casework, Option<String>) {
    let (address, name) = match world.db.address() {
        Address::Sqlite(_) => (Address::Sqlite(file.to_owned()), None),
        Address::Postgres(_) => {
            let url = crate::test_support::empty_database().await;
            let done = Command::new("pg_restore")
                .args(["--exit-on-error", "--no-owner", "--dbname", &url])
                .arg(file)
                .output()
                .unwrap();
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
            (Address::Postgres(url.clone()), Some(url))
        }
    };
    let db = Db::connect(&address, world.casework.clock.clone()).await.unwrap();
    assert!(db.is_current().await.unwrap());
    (Casework::new(db, world.casework.clock.clone(), Arc::clone(&world.keys)), name)
}

#[tokio::test]
async fn a_copy_is_refused_in_one_line_and_leaves_nothing() {
    each_engine(async |world| {
        let file = world.folder().join("copy");
        assert_eq!(backup(world, &counter_officer(), &file).await, Err(Error::Forbidden));
        let nowhere = world.folder().join("no such folder").join("copy");
        let refused = backup(world, &Actor::command_line(), &nowhere).await.unwrap_err();
        assert!(matches!(&refused, Error::Setup(line) if !line.contains('\n')), "{refused}");
        std::fs::write(&file, "mine").unwrap();
        let refused = backup(world, &Actor::command_line(), &file).await.unwrap_err();
        assert!(refused.to_string().contains("already"), "{refused}");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
    })
    .await;
}

#[tokio::test]
async fn a_registry_whose_journal_is_broken_gives_no_copy() {
    let world = World::sqlite().await;
    written(&world, "before").await;
    world.write(async |tx| tx.run("UPDATE journal SET kind = 'other'", args![]).await).await.unwrap();
    let file = world.folder().join("copy");
    let refused = backup(&world, &Actor::command_line(), &file).await.unwrap_err();
    assert!(refused.to_string().contains("journal is broken"), "{refused}");
    assert!(!file.exists() && !world.folder().join("copy.part").exists());
    world.end().await;
}
