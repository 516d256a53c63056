//! What can be typed. To add a command: a variant here with its words, a file below `commands/`, a line in `run`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use time::Date;
use time::macros::format_description;

/// One window for social protection and employment.
#[derive(Debug, Parser)]
#[command(name = "guichet", version, about, max_term_width = 100, arg_required_else_help = true)]
pub struct Cli {
    #[command(flatten)]
    pub place: Place,
    #[command(subcommand)]
    pub command: Command,
}

/// Which database, and the keys of its sealed fields.
#[derive(Clone, Debug, Args)]
pub struct Place {
    /// Database: sqlite://FILE or postgres://USER@HOST/NAME
    #[arg(
        long,
        global = true,
        value_name = "URL",
        default_value = "sqlite://data/guichet.db",
        env = "GUICHET_DATABASE",
        hide_env_values = true
    )]
    pub database: String,
    /// File of the keys that seal personal fields [default: beside an SQLite database, FILE.keys]
    #[arg(long, global = true, value_name = "FILE", env = "GUICHET_KEYS")]
    pub keys: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the pages
    Serve(Serve),
    /// Bring the database's tables up to date (makes an SQLite file that is not there yet)
    Migrate,
    /// Check a pack, put it in force, or write the one in force into a folder
    #[command(subcommand)]
    Pack(Pack),
    /// Add staff
    #[command(subcommand)]
    User(User),
    /// Make a new database with the demo pack, the demo accounts and a synthetic registry
    Demo(Demo),
    /// Assess the answers of one household and print everything as JSON
    Assess(Assess),
    /// Run a gateway for text messages that keeps them and sends none, for development
    Gateway(Gateway),
    /// Find who is who in two lists, or twice in one, without a database
    Match(Match),
    /// Decide a whole registry by an old and a new pack, and say what changes for whom
    Simulate(Simulate),
    /// Make a consistent copy of the database, while it is in use, and check it
    Backup {
        /// The copy; must not be there yet
        file: PathBuf,
    },
    /// Recompute every chain of the journal and name the first break
    Verify,
}

#[derive(Debug, Args)]
pub struct Serve {
    /// Address to listen on
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:3000", env = "GUICHET_LISTEN")]
    pub listen: SocketAddr,
    /// Address people type, when a proxy in front ends TLS: https://NAME
    #[arg(long, value_name = "URL", env = "GUICHET_PUBLIC_URL", value_parser = https_url)]
    pub public_url: Option<String>,
    /// Serve a network without TLS: for a lab only, passwords can be read on the way
    #[arg(long, conflicts_with = "public_url")]
    pub plain_http: bool,
    /// Let others than this machine reach a database with demo accounts, whose passwords are public
    #[arg(long)]
    pub demo_accounts_beyond_loopback: bool,
    /// Folder of the built islands; without them every page still works
    #[arg(long, value_name = "DIR", default_value = "target/site", env = "GUICHET_SITE")]
    pub site: PathBuf,
    /// How messages to people leave the house, in TOML; without it they go on paper
    #[arg(long, value_name = "FILE", env = "GUICHET_MESSAGES")]
    pub messages: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Gateway {
    /// Address to listen on, on this machine
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:3100")]
    pub listen: SocketAddr,
    /// Address of the service, to report to: http://127.0.0.1:3000
    #[arg(long, value_name = "URL")]
    pub service: Option<String>,
    /// File with the secret that the service knows this gateway by [default: GUICHET_SMS_INBOUND_SECRET]
    #[arg(long, value_name = "FILE")]
    pub secret_file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum Pack {
    /// Read a pack, check it whole, and run its examples
    Check {
        /// Folder of the pack [default: the demo pack]
        dir: Option<PathBuf>,
    },
    /// Check a pack and put it in force in the database
    Load {
        /// Folder of the pack
        dir: PathBuf,
    },
    /// Write the pack in force into a folder, byte for byte as it was loaded or approved
    Export {
        /// A new or empty folder
        dir: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub enum User {
    /// Add a member of staff; the password is read from standard input
    Add(UserAdd),
}

#[derive(Debug, Args)]
pub struct UserAdd {
    /// Name to sign in with
    #[arg(long)]
    pub login: String,
    /// Name people see
    #[arg(long)]
    pub name: String,
    /// counter_officer, supervisor, provider_officer, policy_officer, tribunal_member, auditor or administrator
    #[arg(long)]
    pub role: String,
    /// office:CODE, agency:CODE, provider:CODE or national
    #[arg(long, default_value = "national")]
    pub scope: String,
    /// Language of the pages: en, fr or ar
    #[arg(long, default_value = "en")]
    pub language: String,
}

#[derive(Debug, Args)]
pub struct Demo {
    /// How many households
    #[arg(long, value_name = "N", default_value_t = 500, value_parser = clap::value_parser!(u32).range(0..=2_000_000))]
    pub households: u32,
    /// The same seed gives the same registry
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// Also write people down a second time, with one and with two errors, into this CSV file, with who they are
    #[arg(long, value_name = "FILE")]
    pub errors: Option<PathBuf>,
    /// Make no database: write registry.csv, list.csv and truth.csv into this folder
    #[arg(long, value_name = "DIR", conflicts_with = "errors")]
    pub lists: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Assess {
    /// Folder of the pack [default: the demo pack]
    #[arg(long, value_name = "DIR")]
    pub pack: Option<PathBuf>,
    /// JSON: {"as_of": "2026-11-01", "answers": {QUESTION: VALUE}, "members": [{…}]}; - reads standard input
    #[arg(long, value_name = "FILE")]
    pub answers: PathBuf,
    /// Day to assess at, instead of the file's: 2026-11-01
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub as_of: Option<Date>,
}

#[derive(Debug, Args)]
pub struct Match {
    /// List of people: a .csv or .tsv file with a header
    #[arg(value_name = "A.csv")]
    pub left: PathBuf,
    /// Second list: links between the two; without it, people who are in the first list twice
    #[arg(value_name = "B.csv")]
    pub right: Option<PathBuf>,
    /// Which column is which, in TOML: id = "COLUMN" and a table [fields] of given_name, family_name, full_name,
    /// birth_date (birth_date_format, by default %Y%m%d), sex, identifier, phone, street_number, street, village,
    /// postcode, district, household
    #[arg(long, value_name = "FILE")]
    pub map: PathBuf,
    /// File for the pairs of probability 0.01 and more, with the bits of each field
    #[arg(long, value_name = "LINKS.csv")]
    pub out: PathBuf,
}

#[derive(Debug, Args)]
pub struct Simulate {
    /// Folder of the pack as it is [default: the demo pack]
    #[arg(long, value_name = "DIR")]
    pub old: Option<PathBuf>,
    /// Folder of the pack as it would be [default: the demo pack]
    #[arg(long, value_name = "DIR")]
    pub new: Option<PathBuf>,
    /// A synthetic registry of so many households, all assessed
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=5_000_000))]
    pub demo_households: u32,
    /// The same seed gives the same registry
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// Day to decide at [default: today]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub as_of: Option<Date>,
    /// Print the whole report as JSON instead of words
    #[arg(long)]
    pub json: bool,
}

/// A day as written in files and on the command line.
pub fn date(text: &str) -> Result<Date, String> {
    Date::parse(text, format_description!("[year]-[month]-[day]"))
        .map_err(|_| format!("{text:?} is not a day: write it like 2026-11-01"))
}

/// The authority of an https address: `guichet.example` or `guichet.example:8443`.
fn https_url(text: &str) -> Result<String, String> {
    let authority = text.strip_prefix("https://").map(|rest| rest.trim_end_matches('/')).unwrap_or_default();
    let plain = authority.parse::<axum::http::uri::Authority>().is_ok_and(|a| !a.as_str().contains('@'));
    if plain { Ok(authority.to_owned()) } else { Err("write it like https://guichet.example".into()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_commands_are_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_public_address_is_https_and_nothing_but_a_name() {
        assert_eq!(https_url("https://guichet.example/"), Ok("guichet.example".into()));
        for wrong in ["http://guichet.example", "guichet.example", "https://", "https://a/b", "https://u@a"] {
            assert!(https_url(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn days_are_written_one_way() {
        assert_eq!(date("2026-11-01"), Ok(time::macros::date!(2026 - 11 - 01)));
        for wrong in ["2026-11-31", "01/11/2026", "", "2026-1-1"] {
            assert!(date(wrong).is_err(), "{wrong}");
        }
    }
}
