//! `guichet verify`: recomputes every chain of the journal; the first break is named, and the status is 1.

use serde_json::json;

use super::open;
use crate::cli::Place;
use crate::failure::{Failure, Outcome};
use crate::progress::print;

pub async fn run(place: &Place) -> Outcome {
    let casework = open(place).await?;
    let report = casework::journal::verify(&casework).await?;
    casework.db.close().await;
    let broken = report.first_break.map(|place| place.to_string());
    print(&json!({
        "files": report.files,
        "entries": report.entries,
        "checkpoints": report.checkpoints,
        "first_break": broken,
    }))?;
    broken.map_or(Ok(()), |place| Err(Failure::failed(format!("the journal is broken: {place}"))))
}
