//! Looking for something in every column of every table, whatever it is kept as: for tests that nothing of somebody is left.

use std::collections::BTreeMap;

use crate::db::Kind;
use crate::{Casework, args};

/// Table and needle.
pub type Place = (String, String);

/// In how many rows of each table each needle is found, in whichever column; tables without any are left out. A needle is
/// text; of an id or a hash give the bytes too ([`hex`]).
pub async fn holding(world: &Casework, needles: &[String]) -> BTreeMap<Place, i64> {
    let mut found = BTreeMap::new();
    let kind = world.db.kind();
    let tables: Vec<(String, String)> = match kind {
        Kind::Sqlite => world
            .db
            .all(
                "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
                 WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'",
                args![],
            )
            .await
            .expect("the tables"),
        Kind::Postgres => world
            .db
            .all(
                "SELECT c.table_name::text, c.column_name::text FROM information_schema.columns c
                 JOIN information_schema.tables t USING (table_schema, table_name)
                 WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'",
                args![],
            )
            .await
            .expect("the tables"),
    };
    assert!(tables.len() > 100, "only {} columns are looked at", tables.len());
    let mut conditions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (table, column) in tables {
        let condition = match kind {
            // As text, and as bytes.
            Kind::Sqlite => format!(
                "instr(lower(CAST(\"{column}\" AS TEXT)), lower($1)) > 0 OR instr(lower(hex(\"{column}\")), lower($1)) > 0"
            ),
            Kind::Postgres => format!("position(lower($1) IN lower(\"{column}\"::text)) > 0"),
        };
        conditions.entry(table).or_default().push(condition);
    }
    for (table, conditions) in conditions {
        let any = conditions.join(" OR ");
        let sql: &'static str =
            Box::leak(format!("SELECT COUNT(*) FROM \"{table}\" WHERE {any}").into_boxed_str());
        for needle in needles {
            let rows: Option<i64> = world.db.value(sql, args![needle]).await.expect("a count");
            if let Some(rows) = rows.filter(|rows| *rows > 0) {
                found.insert((table.clone(), needle.clone()), rows);
            }
        }
    }
    found
}

/// Bytes as a needle.
pub fn hex(bytes: &[u8]) -> String {
    crate::crypt::keys::hex(bytes)
}
