//! Packs that are loaded and given back.

use std::collections::BTreeMap;

use super::super::*;
use crate::error::Error;
use crate::meta;
use crate::test_support::small::{load_small_pack, small_pack};
use crate::test_support::{World, counter_officer, demo_pack, each_engine, policy_officer};
use crate::{Actor, args, packs};

type Row = (String, i64, String);

async fn versions(world: &World, name: &'static str) -> Vec<Row> {
    let sql = "SELECT name, number, state FROM policy_version WHERE name = $1 ORDER BY number";
    world.db.all(sql, args![name]).await.unwrap()
}

fn row(name: &str, number: i64, state: &str) -> Row {
    (name.to_owned(), number, state.to_owned())
}

async fn loaded(world: &World, files: BTreeMap<String, String>) -> Loaded {
    load(world, &Actor::command_line(), files).await.unwrap().unwrap()
}

#[tokio::test]
async fn loading_makes_a_version_of_what_differs_and_of_nothing_else() {
    each_engine(async |world| {
        let first = loaded(world, small_pack()).await;
        assert_eq!(first.taken.len(), small_pack().len());
        assert!(first.taken.iter().all(|taken| taken.number == 1 && taken.what == What::New));
        assert!(loaded(world, small_pack()).await.taken.is_empty());
        world.clock.advance(time::Duration::days(3));
        let mut files = small_pack();
        let figures = files.get_mut("parameters.toml").unwrap();
        *figures = figures.replace("value = 40 }", "value = 45 }");
        let second = loaded(world, files).await;
        let changed = Taken { name: "parameters.toml".into(), number: 2, what: What::Changed };
        assert_eq!(second.taken, [changed]);
        let both = [row("parameters.toml", 1, "superseded"), row("parameters.toml", 2, "live")];
        assert_eq!(versions(world, "parameters.toml").await, both);
        let until: Option<(time::Date, time::Date)> = world
            .db
            .one(
                "SELECT valid_from, valid_until FROM policy_version WHERE name = 'parameters.toml' AND number = 1",
                args![],
            )
            .await
            .unwrap();
        let (from, until) = until.unwrap();
        assert_eq!((from, until), (time::macros::date!(2026 - 11 - 02), time::macros::date!(2026 - 11 - 04)));
        // The pack of before comes back: a version again, and the same pack.
        let third = loaded(world, small_pack()).await;
        assert_eq!(third.taken[0].number, 3);
        assert_eq!(third.pack.hash(), first.pack.hash());
        let consists: i64 = world
            .db
            .value("SELECT COUNT(*) FROM policy_pack WHERE hash = $1", args![first.pack.hash()])
            .await
            .unwrap()
            .unwrap();
        assert_eq!(usize::try_from(consists).unwrap(), small_pack().len());
    })
    .await;
}

#[tokio::test]
async fn a_document_that_is_in_the_pack_no_longer_is_gone() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let mut files = small_pack();
        files.remove("programmes/room-help.toml");
        for language in ["words/en.toml", "words/fr.toml"] {
            let words = files.get_mut(language).unwrap();
            *words = words.lines().filter(|line| !line.contains("room-help")).collect::<Vec<_>>().join("\n");
        }
        let taken = loaded(world, files).await.taken;
        let gone = Taken { name: "programmes/room-help.toml".into(), number: 2, what: What::Gone };
        assert!(taken.contains(&gone), "{taken:?}");
        assert!(!export(world, &policy_officer()).await.unwrap().contains_key("programmes/room-help.toml"));
    })
    .await;
}

#[tokio::test]
async fn an_export_loads_to_the_same_pack_byte_for_byte() {
    each_engine(async |world| {
        let written_on_windows: BTreeMap<String, String> = demo_pack()
            .into_iter()
            .map(|(name, text)| (name, format!("\u{feff}{}", text.replace('\n', "\r\n"))))
            .collect();
        let first = loaded(world, written_on_windows).await.pack.hash().to_owned();
        let exported = export(world, &policy_officer()).await.unwrap();
        assert_eq!(exported, demo_pack());
        let again = loaded(world, exported.clone()).await;
        assert_eq!(again.pack.hash(), first);
        assert!(again.taken.is_empty());
        assert_eq!(export(world, &policy_officer()).await.unwrap(), exported);
        assert_eq!(export(world, &counter_officer()).await.unwrap_err(), Error::Forbidden);
    })
    .await;
}

/// A database of before documents had versions: packs, files, and one of them in force.
#[tokio::test]
async fn a_pack_of_before_gets_its_versions() {
    each_engine(async |world| {
        let pack = domain::pack::Pack::load(&small_pack()).unwrap();
        let hash = pack.hash().to_owned();
        world
            .write(async move |tx| {
                tx.run(
                    "INSERT INTO pack (hash, pack_id, version, loaded_at) VALUES ($1, 'small', '2026.1', $2)",
                    args![&hash, time::macros::datetime!(2026-03-01 9:00 UTC)],
                )
                .await?;
                for (name, body) in small_pack() {
                    tx.run(
                        "INSERT INTO pack_file (hash, name, body) VALUES ($1, $2, $3)",
                        args![&hash, name, body],
                    )
                    .await?;
                }
                meta::set(tx, meta::PACK, &hash).await
            })
            .await
            .unwrap();
        packs::refresh(world).await.unwrap();
        // The worker's first round gives them to it.
        assert_eq!(put_due_in_force(world).await, Ok(0));
        let since = documents(world, &policy_officer()).await.unwrap();
        assert_eq!(since.len(), small_pack().len());
        assert_eq!(since[0].valid_from, Some(time::macros::date!(2026 - 03 - 01)));
        let mut files = small_pack();
        files.get_mut("parameters.toml").unwrap().push_str("# Looked at in November.\n");
        assert_eq!(loaded(world, files).await.taken.len(), 1);
        let both = [row("parameters.toml", 1, "superseded"), row("parameters.toml", 2, "live")];
        assert_eq!(versions(world, "parameters.toml").await, both);
        assert_eq!(versions(world, "form.toml").await, [row("form.toml", 1, "live")]);
        let of_first: i64 = world
            .db
            .value("SELECT COUNT(*) FROM policy_pack WHERE hash = $1", args![pack.hash()])
            .await
            .unwrap()
            .unwrap();
        assert_eq!(usize::try_from(of_first).unwrap(), small_pack().len());
    })
    .await;
}

/// A pack of years ago breaks a rule that packs have since: nobody can put it in force, and what was decided under it is
/// still told by it.
#[tokio::test]
async fn a_pack_that_later_checks_would_refuse_still_explains() {
    each_engine(async |world| {
        let mut files = small_pack();
        let figures = files.get_mut("parameters.toml").unwrap();
        let unit = "unit = \"RVD\"\nsource = \"Amounts Order, sch. 3\"";
        assert!(figures.contains(unit));
        *figures = figures.replace(unit, "unit = \"years\"\nsource = \"Amounts Order, sch. 3\"");
        let refused = load(world, &Actor::command_line(), files.clone()).await.unwrap();
        assert!(refused.unwrap_err().iter().any(|fault| fault.message.contains("but the limit is in years")));
        let hash = domain::policy::document::bundle_hash(&files);
        let kept = hash.clone();
        world
            .write(async move |tx| {
                tx.run(
                    "INSERT INTO pack (hash, pack_id, version, loaded_at) VALUES ($1, 'small', '2019', $2)",
                    args![&kept, time::macros::datetime!(2019-03-01 9:00 UTC)],
                )
                .await?;
                for (name, body) in &files {
                    tx.run(
                        "INSERT INTO pack_file (hash, name, body) VALUES ($1, $2, $3)",
                        args![&kept, name, body],
                    )
                    .await?;
                }
                Ok(())
            })
            .await
            .unwrap();
        assert_eq!(packs::by_hash(world, &hash).await.unwrap().hash(), hash);
    })
    .await;
}
