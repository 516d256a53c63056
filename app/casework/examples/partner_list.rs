//! How long a partner's list takes, and how much memory: uploaded, read and compared with a registry that is there.
//!
//! ```sh
//! guichet --database sqlite://demo.db demo --households 10000 --seed 1
//! guichet demo --households 10000 --seed 1 --lists lists
//! cargo run -p casework --example partner_list sqlite://demo.db OFF-01 lists/list.csv
//! ```
//!
//! The list's columns are those that `guichet demo --lists` writes. Prints one line of JSON; the list stays, uncommitted.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use casework::db::Address;
use casework::lists::{self, NewList, PART, Reading};
use casework::time::SystemClock;
use casework::{Actor, Casework};
use domain::lists::{Column, DateOrder, Mapping};

/// Columns of `guichet demo --lists`.
const COLUMNS: [(Column, usize); 8] = [
    (Column::Household, 1),
    (Column::Given, 2),
    (Column::Family, 3),
    (Column::BirthDate, 5),
    (Column::Sex, 6),
    (Column::Uin, 7),
    (Column::Phone, 8),
    (Column::Village, 9),
];

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut asked = std::env::args().skip(1);
    let (Some(url), Some(office), Some(file)) = (asked.next(), asked.next(), asked.next()) else {
        return Err("usage: partner_list DATABASE OFFICE LIST.csv".into());
    };
    let cw = Casework::open(&url.parse::<Address>()?, None, Arc::new(SystemClock::default())).await?;
    let (actor, bytes) = (Actor::command_line(), std::fs::read(file)?);
    let new =
        NewList { office, partner: "Measured".into(), agreement: "none".into(), programme: String::new() };
    let began = Instant::now();
    let id = lists::begin(&cw, &actor, &new).await?;
    for (number, part) in (0..).zip(bytes.chunks(PART)) {
        lists::add_part(&cw, &actor, id, number, part.to_vec()).await?;
    }
    lists::arrive(&cw, &actor, id).await?;
    let uploaded = began.elapsed();
    let mapping = Mapping {
        columns: BTreeMap::from(COLUMNS),
        dates: DateOrder::YearMonthDay,
        village: String::new(),
        language: "en".into(),
    };
    let version = lists::list(&cw, &actor, id).await?.version;
    lists::map(&cw, &actor, id, version, &Reading::default(), &mapping).await?;
    let began = Instant::now();
    lists::work(&cw).await?;
    let read = began.elapsed();
    let list = lists::list(&cw, &actor, id).await?;
    let began = Instant::now();
    lists::start_matching(&cw, &actor, id, list.version).await?;
    lists::work(&cw).await?;
    let compared = began.elapsed();
    let report = lists::report(&cw, &actor, id).await?;
    let bands: BTreeMap<String, i64> =
        report.bands.iter().map(|tally| (tally.band.code(), tally.rows)).collect();
    let told = serde_json::json!({
        "rows": list.total,
        "faulty": list.faulty,
        "upload_seconds": uploaded.as_secs_f64(),
        "read_seconds": read.as_secs_f64(),
        "compare_seconds": compared.as_secs_f64(),
        "peak_bytes": peak(),
        "bands": bands,
        "expected_precision": report.precision,
    });
    println!("{told}");
    cw.db.close().await;
    Ok(())
}

/// The most memory this process ever had, where the system tells it.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? * 1024)
}
