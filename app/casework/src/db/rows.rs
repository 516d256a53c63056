//! Many rows to one statement. Each statement is a round trip to the database's thread, or over the network; what makes a
//! household is some forty rows.

use super::args::Arg;
use super::tx::{Row, Tx};
use crate::error::Result;

/// So many rows are in one statement: eleven rows are three statements. Few texts, so that all stay prepared.
const SIZES: [usize; 5] = [16, 8, 4, 2, 1];

/// An INSERT for any number of rows: `static INTO: LazyLock<Rows> = LazyLock::new(|| Rows::new("INSERT INTO note (id, words)", 2, ""));`
#[derive(Debug)]
pub struct Rows([String; SIZES.len()]);

impl Rows {
    /// `start` is all before `VALUES`, `end` all after it; each row has so many columns.
    pub fn new(start: &str, columns: usize, end: &str) -> Self {
        Self(SIZES.map(|size| {
            let row = |at: usize| {
                let places: Vec<String> =
                    (1..=columns).map(|place| format!("${}", at * columns + place)).collect();
                format!("({})", places.join(", "))
            };
            format!("{start} VALUES {} {end}", (0..size).map(row).collect::<Vec<_>>().join(", "))
        }))
    }

    /// Writes the rows.
    pub async fn write(&'static self, tx: &mut Tx, rows: Vec<Vec<Arg>>) -> Result<()> {
        for (sql, args) in self.statements(rows) {
            tx.run(sql, args).await?;
        }
        Ok(())
    }

    /// Writes the rows, and gives what `end` returns of them.
    pub async fn returning<T: Row>(&'static self, tx: &mut Tx, rows: Vec<Vec<Arg>>) -> Result<Vec<T>> {
        let mut all = Vec::new();
        for (sql, args) in self.statements(rows) {
            all.extend(tx.all::<T>(sql, args).await?);
        }
        Ok(all)
    }

    fn statements(&'static self, rows: Vec<Vec<Arg>>) -> Vec<(&'static str, Vec<Arg>)> {
        let mut rows = rows.into_iter();
        let mut statements = Vec::new();
        for (size, sql) in SIZES.into_iter().zip(&self.0) {
            while rows.len() >= size {
                statements.push((sql.as_str(), rows.by_ref().take(size).flatten().collect()));
            }
        }
        statements
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;
    use crate::args;

    static INTO: LazyLock<Rows> =
        LazyLock::new(|| Rows::new("INSERT INTO note (id, words)", 2, "RETURNING id"));

    #[test]
    fn rows_share_statements_and_none_is_left_out() {
        for count in [0_i64, 1, 2, 3, 11, 16, 17, 63] {
            let rows = (0..count).map(|id| args![id, "words"]).collect();
            let statements = INTO.statements(rows);
            let ids: Vec<i64> = statements
                .iter()
                .flat_map(|(_, args)| args)
                .filter_map(|arg| if let Arg::Int(id) = arg { *id } else { None })
                .collect();
            assert_eq!(ids, (0..count).collect::<Vec<_>>());
            for (sql, args) in statements {
                let last = format!("${})", args.len());
                assert!(sql.contains(&format!("{last} RETURNING id")), "{sql} has {} arguments", args.len());
            }
        }
        assert_eq!(INTO.statements((0..11).map(|id| args![id, ""]).collect()).len(), 3);
    }
}
