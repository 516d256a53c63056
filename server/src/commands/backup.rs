//! `guichet backup FILE`: a consistent copy of a database in use, checked before it gets its name.

use std::path::Path;

use casework::Actor;

use super::open;
use crate::cli::Place;
use crate::failure::Outcome;
use crate::progress::print;

pub async fn run(place: &Place, file: &Path) -> Outcome {
    let casework = open(place).await?;
    let copy = casework::backup::backup(&casework, &Actor::command_line(), file).await;
    casework.db.close().await;
    print(&copy?)
}
