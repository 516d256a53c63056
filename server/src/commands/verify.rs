//! `guichet verify`: recomputes every chain of the journal, and every budget's balance from what enrolments hold of it; the
//! first that is not what it should be is named, and the status is 1.

use serde_json::json;

use super::open;
use crate::cli::Place;
use crate::failure::{Failure, Outcome};
use crate::progress::print;

pub async fn run(place: &Place) -> Outcome {
    let casework = open(place).await?;
    let report = casework::journal::verify(&casework).await?;
    let (budgets, off) = casework::budgets::check::run(&casework).await?;
    casework.db.close().await;
    let broken = report.first_break.map(|place| place.to_string());
    print(&json!({
        "files": report.files,
        "entries": report.entries,
        "checkpoints": report.checkpoints,
        "first_break": broken,
        "budgets": budgets,
        "budgets_off": off.len(),
    }))?;
    if let Some(place) = broken {
        return Err(Failure::failed(format!("the journal is broken: {place}")));
    }
    off.first().map_or(Ok(()), |line| Err(Failure::failed(format!("a budget's balance is off: {line}"))))
}
