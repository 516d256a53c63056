//! What the database itself refuses, whoever writes to it.

use crate::args;
use crate::db::Kind;
use crate::test_support::small::load_small_pack;
use crate::test_support::{World, each_engine};

/// What a loaded pack left cannot be changed or deleted.
const OF_PACKS: [&str; 16] = [
    "UPDATE pack SET version = 'other'",
    "DELETE FROM pack",
    "UPDATE pack_file SET body = body || '#' WHERE name = 'form.toml'",
    "DELETE FROM pack_file",
    "INSERT INTO pack_file (hash, name, body) SELECT hash, 'programmes/more.toml', '' FROM pack",
    "UPDATE policy_pack SET number = 2",
    "DELETE FROM policy_pack",
    "INSERT INTO policy_pack (hash, name, number) SELECT hash, 'programmes/more.toml', 1 FROM pack",
    "UPDATE policy_version SET body = body || '#' WHERE name = 'form.toml'",
    "UPDATE policy_version SET hash = 'other'",
    "UPDATE policy_version SET valid_from = valid_until",
    "UPDATE policy_version SET state = 'draft'",
    "UPDATE policy_version SET state = 'approved'",
    "UPDATE policy_version SET number = number + 1",
    "DELETE FROM policy_version",
    "INSERT INTO policy_version (name, number, kind, gone, hash, body, state, base, valid_from, created_at)
     SELECT name, number + 1, kind, gone, hash, body, state, base, valid_from, created_at FROM policy_version",
];

/// What one engine has besides.
const OF_SQLITE: [&str; 4] = [
    "INSERT OR REPLACE INTO pack_file (hash, name, body) SELECT hash, 'form.toml', '' FROM pack",
    "INSERT OR REPLACE INTO pack (hash, pack_id, version, loaded_at) SELECT hash, 'x', 'y', loaded_at FROM pack",
    "INSERT OR REPLACE INTO policy_version (name, number, kind, gone, hash, body, state, base, valid_from, created_at)
     SELECT name, number, kind, gone, 'x', 'y', state, base, valid_from, created_at FROM policy_version",
    "INSERT OR REPLACE INTO policy_version (name, number, kind, gone, hash, body, state, base, valid_from, created_at)
     SELECT name, 9, kind, gone, 'x', 'y', state, base, valid_from, created_at FROM policy_version",
];
const OF_POSTGRES: [&str; 4] = [
    "TRUNCATE pack CASCADE",
    "TRUNCATE pack_file",
    "TRUNCATE policy_version CASCADE",
    "INSERT INTO pack_file (hash, name, body) SELECT hash, 'form.toml', '' FROM pack
     ON CONFLICT (hash, name) DO UPDATE SET body = excluded.body",
];

/// Everything that stands in the tables of packs and versions.
async fn kept(world: &World) -> Vec<(String, String)> {
    let sql = "SELECT name, hash || ' ' || state || ' ' || number || ' ' || body AS said FROM policy_version
               UNION ALL SELECT name, hash || ' ' || body AS said FROM pack_file
               UNION ALL SELECT hash AS name, version AS said FROM pack ORDER BY 1, 2";
    world.db.all(sql, args![]).await.unwrap()
}

/// Tries statements, each of which must be refused.
async fn refused(world: &World, statements: &[&'static str]) {
    for sql in statements {
        let sql: &'static str = sql;
        let outcome = world.write(async move |tx| tx.run(sql, args![]).await).await;
        assert!(outcome.is_err(), "{sql}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_pack_and_its_versions_are_changed_by_no_path() {
    each_engine(async |world| {
        load_small_pack(world).await;
        let before = kept(world).await;
        refused(world, &OF_PACKS).await;
        let own: &[&'static str] = if world.db.kind() == Kind::Sqlite { &OF_SQLITE } else { &OF_POSTGRES };
        refused(world, own).await;
        assert_eq!(kept(world).await, before);
    })
    .await;
}

/// What was approved is changed by no path either; only the steps that its lifecycle has are open.
const OF_CHANGES: [&str; 21] = [
    "UPDATE policy_change SET title = 'other'",
    "UPDATE policy_change SET live_on = opened_at",
    "UPDATE policy_change SET approver = author",
    "UPDATE policy_change SET approver = NULL",
    "UPDATE policy_change SET bundle = 'other'",
    "UPDATE policy_change SET note = 'other'",
    "UPDATE policy_change SET state = 'draft'",
    "UPDATE policy_change SET state = 'in_review'",
    "DELETE FROM policy_change",
    "DELETE FROM policy_editor",
    "UPDATE policy_editor SET staff_id = change_id",
    "UPDATE policy_version SET body = body || '#' WHERE state = 'approved'",
    "UPDATE policy_version SET approver = author WHERE state = 'approved'",
    "UPDATE policy_version SET valid_from = NULL WHERE state = 'approved'",
    "UPDATE policy_version SET state = 'draft', approver = NULL WHERE state = 'approved'",
    "UPDATE policy_version SET state = 'live' WHERE state = 'approved'",
    "UPDATE policy_version SET gone = NOT gone WHERE state = 'approved'",
    "DELETE FROM policy_version WHERE state = 'approved'",
    "UPDATE policy_simulation SET report = '{}'",
    "DELETE FROM policy_simulation",
    "INSERT INTO policy_change (id, title, why, live_on, state, author, opened_at, approver, bundle)
     SELECT change_id, title, why, live_on, 'approved', change_id, opened_at, staff_id, 'x'
     FROM policy_editor JOIN policy_change ON policy_change.id = change_id",
];

#[tokio::test]
async fn what_was_approved_is_changed_by_no_path() {
    each_engine(async |world| {
        load_small_pack(world).await;
        super::approved(world, &[super::RATE], super::DAY).await;
        let sql = "SELECT title || ' ' || state || ' ' || note || ' ' || COALESCE(bundle, '') AS said, state FROM policy_change";
        let change: Vec<(String, String)> = world.db.all(sql, args![]).await.unwrap();
        let before = kept(world).await;
        refused(world, &OF_CHANGES).await;
        if world.db.kind() == Kind::Sqlite {
            refused(world, &["UPDATE OR REPLACE policy_version SET state = 'live' WHERE state = 'approved'"]).await;
        }
        assert_eq!(kept(world).await, before);
        assert_eq!(world.db.all::<(String, String)>(sql, args![]).await.unwrap(), change);
    })
    .await;
}

/// Who wrote it and who approves it differ, whatever the code says: a constraint of both tables.
#[tokio::test]
async fn the_author_is_not_the_approver_in_either_table() {
    each_engine(async |world| {
        load_small_pack(world).await;
        super::submitted(world, &[super::RATE], super::DAY).await;
        refused(
            world,
            &[
                "UPDATE policy_change SET state = 'approved', approver = author, bundle = 'x', approved_at = opened_at",
                "UPDATE policy_change SET state = 'approved', bundle = 'x', approved_at = opened_at",
                "UPDATE policy_version SET state = 'approved', approver = author, approved_at = created_at
                 WHERE state = 'in_review'",
                "UPDATE policy_version SET state = 'approved', approver = change_id, approved_at = created_at
                 WHERE state = 'in_review'",
            ],
        )
        .await;
    })
    .await;
}
