//! How often somebody may try, for an applicant's page and for a complaint's: five times an hour for one reference or code, twenty for one address, more for an office's.
//!
//! Only keyed hashes with the hour in them are kept, in the database, so that all servers count together and no list of
//! references or addresses lies about.

use time::{Duration, OffsetDateTime};

use crate::args;
use crate::crypt::Keys;
use crate::db::Tx;
use crate::error::Result;

/// How many tries an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For one reference.
    pub reference: i64,
    /// For one address.
    pub address: i64,
}

impl Limits {
    /// For the public.
    pub const PUBLIC: Self = Self { reference: 5, address: 20 };
    /// For the address of an office, where many people stand at one machine.
    pub const OFFICE: Self = Self { reference: 5, address: 400 };
}

/// The tries of one reference and one address in this hour, this one counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tries {
    reference: i64,
    address: i64,
}

impl Tries {
    pub fn allowed(self, limits: Limits) -> bool {
        self.reference <= limits.reference && self.address <= limits.address
    }

    /// Whether this was the last try that counts: the holder is told.
    pub fn is_last(self, limits: Limits) -> bool {
        self.reference == limits.reference
    }
}

/// Counts a try before anything is looked at.
pub(crate) async fn count(tx: &mut Tx, keys: &Keys, reference: &str, address: &str) -> Result<Tries> {
    let hour = hour(tx.now());
    let reference = one_more(tx, key(keys, "tracking.reference", reference, hour), hour).await?;
    let address = one_more(tx, key(keys, "tracking.address", address, hour), hour).await?;
    Ok(Tries { reference, address })
}

/// Counts what comes from one address for something that has no reference yet; how many in this hour, this one counted.
pub(crate) async fn count_address(tx: &mut Tx, keys: &Keys, domain: &str, address: &str) -> Result<i64> {
    let hour = hour(tx.now());
    one_more(tx, key(keys, domain, address, hour), hour).await
}

/// Forgets the tries for a reference: its holder has come in.
pub(crate) async fn forgive(tx: &mut Tx, keys: &Keys, reference: &str) -> Result<()> {
    let key = key(keys, "tracking.reference", reference, hour(tx.now()));
    tx.run("DELETE FROM tracking_attempt WHERE key = $1", args![key]).await.map(drop)
}

/// Removes the counters of hours that are over; they count for nothing any more.
pub async fn sweep(tx: &mut Tx) -> Result<u64> {
    let over = hour(tx.now()) - Duration::HOUR;
    tx.run("DELETE FROM tracking_attempt WHERE hour < $1", args![over]).await
}

async fn one_more(tx: &mut Tx, key: [u8; 32], hour: OffsetDateTime) -> Result<i64> {
    let tries: Option<i64> = tx
        .value(
            "INSERT INTO tracking_attempt (key, tries, hour) VALUES ($1, 1, $2)
             ON CONFLICT (key) DO UPDATE SET tries = tracking_attempt.tries + 1 RETURNING tries",
            args![key, hour],
        )
        .await?;
    Ok(tries.unwrap_or(i64::MAX))
}

fn key(keys: &Keys, domain: &str, what: &str, hour: OffsetDateTime) -> [u8; 32] {
    keys.blind(domain, &format!("{what}|{}", hour.unix_timestamp()))
}

fn hour(now: OffsetDateTime) -> OffsetDateTime {
    let into = Duration::minutes(i64::from(now.minute())) + Duration::seconds(i64::from(now.second()));
    now - into
}
