//! The commands, one file each; what they do is in `casework`, here is how it is asked for and shown.

mod assess;
mod backup;
mod demo;
mod gateway;
mod matching;
mod migrate;
pub mod pack;
mod serve;
mod simulate;
mod user;
mod verify;

use std::sync::Arc;

use casework::Casework;
use casework::db::Address;
use casework::time::{Clock, SystemClock};

use crate::cli::{Cli, Command, Pack, Place, User};
use crate::failure::{Failure, Outcome};

/// Does what was typed.
pub async fn run(cli: Cli) -> Outcome {
    let place = &cli.place;
    match cli.command {
        Command::Serve(how) => serve::run(place, how).await,
        Command::Migrate => migrate::run(place).await,
        Command::Pack(Pack::Check { dir }) => pack::check(dir.as_deref()),
        Command::Pack(Pack::Load { dir }) => pack::load(place, &dir).await,
        Command::Pack(Pack::Export { dir }) => pack::export(place, &dir).await,
        Command::User(User::Add(new)) => user::add(place, new).await,
        Command::Demo(how) => demo::run(place, &how).await,
        Command::Assess(how) => assess::run(&how),
        Command::Gateway(how) => gateway::run(how).await,
        Command::Match(how) => matching::run(&how),
        Command::Simulate(how) => simulate::run(&how),
        Command::Backup { file } => backup::run(place, &file).await,
        Command::Verify => verify::run(place).await,
    }
}

/// The machine's clock.
fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock::default())
}

/// The address of the database, or what is wrong with it.
fn address(place: &Place) -> Result<Address, Failure> {
    place.database.parse().map_err(|error: casework::Error| Failure::bad_use(error))
}

/// Says so when PostgreSQL's row-level security does not hold for the role that is connected.
async fn tell_of_policies(casework: &Casework) -> Result<(), Failure> {
    if casework.db.is_held_by_policies().await? == Some(false) {
        eprintln!(
            "guichet: this PostgreSQL role is a superuser or has BYPASSRLS: row-level security has no effect; make one without"
        );
    }
    Ok(())
}

/// Opens the registry that is there.
async fn open(place: &Place) -> Result<Casework, Failure> {
    Ok(Casework::open(&address(place)?, place.keys.as_deref(), clock()).await?)
}
