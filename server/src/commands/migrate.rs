//! `guichet migrate`: brings the tables up to date. An SQLite file that is not there yet is made, with its keys.

use casework::Casework;
use casework::db::Address;

use super::{address, clock, tell_of_policies};
use crate::cli::Place;
use crate::failure::Outcome;

pub async fn run(place: &Place) -> Outcome {
    let address = address(place)?;
    let keys = place.keys.as_deref();
    let is_new = matches!(&address, Address::Sqlite(path) if !path.exists());
    let casework = if is_new {
        Casework::create(&address, keys, clock()).await?
    } else {
        Casework::migrate(&address, keys, clock()).await?
    };
    tell_of_policies(&casework).await?;
    casework.db.close().await;
    Ok(())
}
