//! The applicant's own way in: reference, birth date and PIN open a page that says what happened and what is next.
//!
//! Whatever is wrong, the answer is the same and takes as long: the same statements run for a reference that does not
//! exist. Tries are counted first ([`attempts`]). Who comes in gets a token for half an hour; the database keeps its hash.
//! What is shown is computed by `domain::track` from the states of the tables.

pub mod attempts;
mod course;

use domain::birth::Birth;
use domain::ids::HouseholdId;
use domain::letter::Letter;
use domain::lifecycle::Phrase;
use domain::pin::Pin;
use domain::reference::Reference;
use domain::track::TrackView;
use sha2::{Digest, Sha256};
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

use crate::assessments::Household;
use crate::db::{Sight, Tx};
use crate::error::{Error, Result};
use crate::households::register::is_pin;
use crate::journal::{self, Event};
use crate::{Actor, Casework, args, letters};

pub use attempts::Limits;

/// How long a visit lasts.
pub const VISIT: Duration = Duration::minutes(30);

/// What somebody gives to come in, as typed.
#[derive(Clone, Default)]
pub struct Knock {
    /// The reference.
    pub reference: String,
    /// The head's birth: day, month and year, or the year alone where no more is known.
    pub born: [String; 3],
    /// The PIN of the receipt.
    pub pin: String,
    /// The network address it comes from.
    pub address: String,
}

impl std::fmt::Debug for Knock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Knock(…)")
    }
}

/// What a knock leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opened {
    /// In, with the token for the cookie.
    In(Token),
    /// No such case, a wrong birth date or a wrong PIN: which of them is not told.
    Refused,
    /// Too many tries in this hour.
    TooMany,
}

/// What an applicant's browser holds during a visit. Its `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A token as a cookie gave it back.
    pub fn from_cookie(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The text for the cookie.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    fn new() -> Self {
        let bytes: [u8; 32] = rand::random();
        Self(hex(&bytes))
    }

    fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Lets an applicant in who gives reference, birth date and PIN.
pub async fn open(cw: &Casework, knock: &Knock, limits: Limits) -> Result<Opened> {
    // Who knocks is nobody yet.
    let cw = &cw.acting(&Actor::system());
    let (keys, knock, today) = (cw.keys.clone(), knock.clone(), cw.today());
    cw.write(async move |tx| {
        let reference = Reference::parse(&knock.reference).ok();
        let symbols = reference.as_ref().map_or("", Reference::symbols);
        let tries = attempts::count(tx, &keys, symbols, &knock.address).await?;
        if !tries.allowed(limits) {
            return Ok(Opened::TooMany);
        }
        let [day, month, year] = &knock.born;
        let born = Birth::parse(day, month, year, "", today).ok();
        let pin = Pin::parse(&knock.pin).unwrap_or_else(|_| Pin::from_random([0; 8]));
        let found = find(tx, symbols).await?;
        let right_pin = is_pin(&keys, found.application.into(), &pin, &found.pin_hash);
        let head = head(tx, found.household).await?;
        let right_birth = head.is_some_and(|kept| born.is_some_and(|told| is_birth(kept, told)));
        // Both are looked at before either counts.
        if !(right_pin & right_birth & Pin::parse(&knock.pin).is_ok()) {
            if head.is_some() && tries.is_last(limits) {
                journal::append(tx, &Actor::applicant(), found.household, Event::new("tracking.locked")).await?;
            }
            return Ok(Opened::Refused);
        }
        attempts::forgive(tx, &keys, symbols).await?;
        let token = Token::new();
        tx.run(
            "INSERT INTO tracking_session (token_hash, household_id, opened_at, expires_at) VALUES ($1, $2, $3, $4)",
            args![token.hash(), found.household, tx.now(), tx.now() + VISIT],
        )
        .await?;
        journal::append(tx, &Actor::applicant(), found.household, Event::new("tracking.opened")).await?;
        Ok(Opened::In(token))
    })
    .await
}

/// Where a reference leads. For one that nobody has, to nowhere: the same statements are run for it all the same.
struct Found {
    household: HouseholdId,
    application: Uuid,
    pin_hash: Vec<u8>,
}

async fn find(tx: &mut Tx, symbols: &str) -> Result<Found> {
    let row: Option<(Uuid, Uuid)> = tx
        .one("SELECT household_id, application_id FROM reference WHERE symbols = $1", args![symbols])
        .await?;
    let (household, application) = row.unwrap_or((Uuid::nil(), Uuid::nil()));
    let pin_hash: Option<Vec<u8>> = tx
        .value(
            "SELECT pin_hash FROM application WHERE household_id = $1 AND application_id = $2",
            args![household, application],
        )
        .await?;
    Ok(Found { household: household.into(), application, pin_hash: pin_hash.unwrap_or_else(|| vec![0; 32]) })
}

/// The head's birth: one statement, whether there is such a household or not.
async fn head(tx: &mut Tx, household: HouseholdId) -> Result<Option<Birth>> {
    let row: Option<(String, Date, Option<Date>)> = tx
        .one(
            "SELECT person.birth_precision, person.birth_date, person.birth_told_on
             FROM membership JOIN person ON person.household_id = membership.household_id
                  AND person.person_id = membership.person_id AND person.replaced_at IS NULL
             WHERE membership.household_id = $1 AND membership.until_date IS NULL AND person.relation = 'head'",
            args![household],
        )
        .await?;
    row.map(|(precision, date, told_on)| {
        Ok(Birth::from_columns(precision.parse().map_err(Error::internal)?, date, told_on))
    })
    .transpose()
}

/// Whether this is the head's birth: the day where it is known, else the year alone.
fn is_birth(kept: Birth, told: Birth) -> bool {
    match kept.day() {
        Some(day) => told.day() == Some(day),
        None => told.year() == kept.year(),
    }
}

/// What an applicant's page shows.
#[derive(Clone, Debug)]
pub struct Visit {
    /// The public reference's eight symbols.
    pub reference: String,
    /// The language of the household's letters.
    pub language: String,
    /// What happened and what is next.
    pub shown: TrackView,
    /// Whether there is a letter to read.
    pub has_letter: bool,
    /// When the visit ends by itself.
    pub until: OffsetDateTime,
}

/// The applicant's page; `Forbidden` when the visit is over or never was.
pub async fn view(cw: &Casework, token: &Token) -> Result<Visit> {
    let (household, until) = visitor(cw, token).await?;
    let mut all = cw.acting(&Actor::system()).db.read().await?;
    let cw = &cw.seen_with(Sight::household(household));
    let mut reading = cw.db.read().await?;
    let home = Household::read_unchecked(&mut reading, household).await?.ok_or(Error::Forbidden)?;
    let (course, has_letter) = course::read(&mut reading, &mut all, cw, &home, cw.clock.offset()).await?;
    let shown = domain::track::view(&course, cw.today());
    Ok(Visit { reference: home.reference, language: home.language, shown, has_letter, until })
}

/// Where a household's request stands, in the public's words, for who has shown otherwise that it is theirs.
pub(crate) async fn phrase(cw: &Casework, household: HouseholdId) -> Result<Phrase> {
    let mut all = cw.acting(&Actor::system()).db.read().await?;
    let mut reading = cw.db.read().await?;
    let home = Household::read_unchecked(&mut reading, household).await?.ok_or(Error::NotFound)?;
    let (course, _) = course::read(&mut reading, &mut all, cw, &home, cw.clock.offset()).await?;
    Ok(domain::track::view(&course, cw.today()).phrase)
}

/// The newest letter, in a language of the pack; the reading is an entry of the journal.
pub async fn letter(cw: &Casework, token: &Token, language: &str) -> Result<Letter> {
    let (household, _) = visitor(cw, token).await?;
    letters::read_by_applicant(&cw.seen_with(Sight::household(household)), household, language).await
}

/// Ends a visit.
pub async fn end(cw: &Casework, token: &Token) -> Result<()> {
    let hash = token.hash();
    cw.acting(&Actor::system())
        .write(async move |tx| {
            tx.run("DELETE FROM tracking_session WHERE token_hash = $1", args![hash]).await.map(drop)
        })
        .await
}

/// Removes visits that are over and counters that no longer count. Run now and then.
pub async fn sweep(cw: &Casework) -> Result<u64> {
    cw.acting(&Actor::system())
        .write(async move |tx| {
            let counters = attempts::sweep(tx).await?;
            let visits =
                tx.run("DELETE FROM tracking_session WHERE expires_at <= $1", args![tx.now()]).await?;
            Ok(counters + visits)
        })
        .await
}

async fn visitor(cw: &Casework, token: &Token) -> Result<(HouseholdId, OffsetDateTime)> {
    let row: Option<(Uuid, OffsetDateTime)> = cw
        .acting(&Actor::system())
        .db
        .one(
            "SELECT household_id, expires_at FROM tracking_session WHERE token_hash = $1 AND expires_at > $2",
            args![token.hash(), cw.now()],
        )
        .await?;
    row.map(|(household, until)| (household.into(), until)).ok_or(Error::Forbidden)
}

#[cfg(test)]
mod tests;
