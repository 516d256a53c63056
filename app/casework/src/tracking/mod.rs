//! The applicant's own way in: reference, birth date and PIN open a page that says what happened and what is next.
//!
//! Whatever is wrong, the answer is the same and takes as long: the same statements run for a reference that does not
//! exist. Tries are counted first ([`attempts`]). Who comes in gets a token for half an hour; the database keeps its hash.
//! What is shown is computed by `domain::track` from the states of the tables.
//!
//! Who has no PIN comes in by a code to the telephone on file, and a letter is read with such a code where there is a
//! telephone ([`codes`]). Somebody who acts for the household has a reference and a PIN of their own ([`representatives`]).
//! What was asked for is answered here ([`answers`]), and the telephone number is changed ([`phone`]).

pub mod answers;
pub mod attempts;
pub mod codes;
mod course;
pub mod phone;
pub mod representatives;

use domain::birth::Birth;
use domain::ids::HouseholdId;
use domain::letter::{Letter, Missing};
use domain::lifecycle::Phrase;
use domain::pin::Pin;
use domain::reference::Reference;
use domain::representative::Reach;
use domain::track::TrackView;
use sha2::{Digest, Sha256};
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

use crate::assessments::Household;
use crate::crypt::keys::hex;
use crate::db::{Sight, Tx};
use crate::error::{Error, Result};
use crate::households::register::is_pin;
use crate::journal::{self, Event};
use crate::{Actor, Casework, args, letters};

pub use attempts::Limits;

/// How long a visit lasts.
pub const VISIT: Duration = Duration::minutes(30);
/// How long one lasts that nobody touches, at a machine that many people use.
pub const IDLE: Duration = Duration::seconds(90);

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
    /// It comes from a machine that many people use: the visit ends when nobody touches it.
    pub kiosk: bool,
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

    pub(crate) fn new() -> Self {
        let bytes: [u8; 32] = rand::random();
        Self(hex(&bytes))
    }

    pub(crate) fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
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
        let found = find(tx, symbols, today).await?;
        let pin = Pin::parse(&knock.pin).unwrap_or_else(|_| Pin::from_random([0; 8]));
        let right_pin = is_pin(&keys, found.holder, &pin, &found.pin_hash);
        let right_birth = found.is_birth(&knock.born, today);
        // Both are looked at before either counts.
        if !(right_pin & right_birth & Pin::parse(&knock.pin).is_ok()) {
            if tries.is_last(limits) {
                codes::alarm(tx, found.household).await?;
            }
            return Ok(Opened::Refused);
        }
        attempts::forgive(tx, &keys, symbols).await?;
        let by = found.representative;
        Ok(Opened::In(enter(tx, Guest { by, ..Guest::new(found.household, &knock) }).await?))
    })
    .await
}

/// Who is let in, and how.
struct Guest {
    household: HouseholdId,
    by: Option<Uuid>,
    confirmed: bool,
    kiosk: bool,
}

impl Guest {
    fn new(household: HouseholdId, knock: &Knock) -> Self {
        Self { household, by: None, confirmed: false, kiosk: knock.kiosk }
    }
}

async fn enter(tx: &mut Tx, guest: Guest) -> Result<Token> {
    let token = Token::new();
    let lasts = if guest.kiosk { IDLE } else { VISIT };
    tx.run(
        "INSERT INTO tracking_session (token_hash, household_id, opened_at, expires_at, confirmed, kiosk, representative_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![
            token.hash(),
            guest.household,
            tx.now(),
            tx.now() + lasts,
            guest.confirmed,
            guest.kiosk,
            guest.by
        ],
    )
    .await?;
    let told = match guest.by {
        Some(by) => Event::new("tracking.opened").id("representative", by),
        None => Event::new("tracking.opened"),
    };
    journal::append(tx, &Actor::applicant(), guest.household, told).await?;
    Ok(token)
}

/// Where a reference leads. For one that nobody has, to nowhere: the same statements are run for it all the same.
struct Found {
    household: HouseholdId,
    /// The application or the representative whose PIN it is.
    holder: Uuid,
    pin_hash: Vec<u8>,
    birth: Option<Birth>,
    representative: Option<Uuid>,
}

impl Found {
    fn is_birth(&self, born: &[String; 3], today: Date) -> bool {
        let [day, month, year] = born;
        let told = Birth::parse(day, month, year, "", today).ok();
        self.birth.is_some_and(|kept| told.is_some_and(|told| is_birth(kept, told)))
    }
}

async fn find(tx: &mut Tx, symbols: &str, today: Date) -> Result<Found> {
    let row: Option<(Uuid, Uuid)> = tx
        .one("SELECT household_id, application_id FROM reference WHERE symbols = $1", args![symbols])
        .await?;
    let (household, holder) = row.unwrap_or((Uuid::nil(), Uuid::nil()));
    let pin_hash: Option<Vec<u8>> = tx
        .value(
            "SELECT pin_hash FROM application WHERE household_id = $1 AND application_id = $2",
            args![household, holder],
        )
        .await?;
    let head = head(tx, household.into()).await?;
    let acting = representatives::slip(tx, household.into(), holder, today).await?;
    let (representative, pin_hash, birth) = match acting {
        Some((pin_hash, birth)) => (Some(holder), Some(pin_hash), Some(birth)),
        None => (None, pin_hash, head),
    };
    let pin_hash = pin_hash.unwrap_or_else(|| vec![0; 32]);
    Ok(Found { household: household.into(), holder, pin_hash, birth, representative })
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
    /// The household.
    pub household: HouseholdId,
    /// The public reference's eight symbols.
    pub reference: String,
    /// The language of the household's letters.
    pub language: String,
    /// What happened and what is next.
    pub shown: TrackView,
    /// Whether there is a letter to read.
    pub has_letter: bool,
    /// What the visitor may do: everything, for the household itself.
    pub reach: Reach,
    /// The name of who acts for the household, where it is not the household itself.
    pub acting: Option<String>,
    /// Whether something is asked of them that they may answer here.
    pub may_answer: bool,
    /// When the visit ends by itself.
    pub until: OffsetDateTime,
}

/// The applicant's page; `Forbidden` when the visit is over or never was.
pub async fn view(cw: &Casework, token: &Token) -> Result<Visit> {
    let visitor = visitor(cw, token).await?;
    let household = visitor.household;
    let mut all = cw.acting(&Actor::system()).db.read().await?;
    let acting = match visitor.by {
        Some(by) => representatives::name(&mut all, &cw.keys, household, by).await?,
        None => None,
    };
    let cw = &cw.seen_with(Sight::household(household));
    let mut reading = cw.db.read().await?;
    let home = Household::read_unchecked(&mut reading, household).await?.ok_or(Error::Forbidden)?;
    let (course, has_letter) = course::read(&mut reading, &mut all, cw, &home, cw.clock.offset()).await?;
    let mut shown = domain::track::view(&course, cw.today());
    if visitor.reach < Reach::Read {
        // Who may not read the household's letters does not read its plans.
        shown.work.clear();
    }
    let (reach, until) = (visitor.reach, visitor.until);
    let may_answer = answers::may_answer(home.application.state);
    let (reference, language) = (home.reference, home.language);
    Ok(Visit { household, reference, language, shown, has_letter, reach, acting, may_answer, until })
}

/// Where a household's request stands, in the public's words, for who has shown otherwise that it is theirs.
pub(crate) async fn phrase(cw: &Casework, household: HouseholdId) -> Result<Phrase> {
    let mut all = cw.acting(&Actor::system()).db.read().await?;
    let mut reading = cw.db.read().await?;
    let home = Household::read_unchecked(&mut reading, household).await?.ok_or(Error::NotFound)?;
    let (course, _) = course::read(&mut reading, &mut all, cw, &home, cw.clock.offset()).await?;
    Ok(domain::track::view(&course, cw.today()).phrase)
}

/// Who is on a visit that lasts.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// The household whose file it is.
    pub household: HouseholdId,
    /// Who acts for it; none for the household itself.
    pub by: Option<Uuid>,
    /// What they may do.
    pub reach: Reach,
    /// Whether a code from the telephone on file was typed.
    pub confirmed: bool,
    /// When the visit ends by itself.
    pub until: OffsetDateTime,
}

impl Visitor {
    /// `Forbidden` unless they may do this.
    pub fn require(&self, reach: Reach) -> Result<()> {
        if self.reach >= reach { Ok(()) } else { Err(Error::Forbidden) }
    }
}

/// What reading a letter gives.
#[derive(Clone, Debug)]
pub enum Read {
    /// The letter.
    Letter(Box<Letter>),
    /// A code from the telephone on file must be typed first.
    NeedsCode,
    /// Somebody acts for the household who may not read its letters.
    NotYours,
}

/// The newest letter, in a language of the pack; the reading is an entry of the journal. Where `texts` go out and there is a
/// telephone on file that may be written to, only after a code was typed in this visit.
pub async fn letter(cw: &Casework, token: &Token, language: &str, texts: bool) -> Result<Read> {
    let visitor = visitor(cw, token).await?;
    if visitor.reach < Reach::Read {
        return Ok(Read::NotYours);
    }
    if texts && !visitor.confirmed && visitor.by.is_none() {
        let mut reading = cw.acting(&Actor::system()).db.read().await?;
        if codes::reaches(&mut reading, visitor.household).await? {
            return Ok(Read::NeedsCode);
        }
    }
    let cw = &cw.seen_with(Sight::household(visitor.household));
    let letter = letters::read_by_applicant(cw, visitor.household, language).await?;
    Ok(Read::Letter(Box::new(letter)))
}

/// What stands in the newest letter as missing, for the page that asks for it; it names no decision.
pub async fn missing(cw: &Casework, token: &Token, language: &str) -> Result<Vec<Missing>> {
    let visitor = visitor(cw, token).await?;
    let cw = &cw.seen_with(Sight::household(visitor.household));
    Ok(letters::read_by_applicant(cw, visitor.household, language).await?.missing)
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
            let counters = attempts::sweep(tx).await? + codes::sweep(tx).await?;
            let visits =
                tx.run("DELETE FROM tracking_session WHERE expires_at <= $1", args![tx.now()]).await?;
            Ok(counters + visits)
        })
        .await
}

/// Who is on this visit; at a machine that many people use, its time begins anew. `Forbidden` when it is over or never was.
pub async fn visitor(cw: &Casework, token: &Token) -> Result<Visitor> {
    type Row = (Uuid, OffsetDateTime, bool, bool, Option<Uuid>);
    let cw = cw.acting(&Actor::system());
    let (hash, now) = (token.hash(), cw.now());
    let row: Option<Row> = cw
        .db
        .one(
            "SELECT household_id, expires_at, confirmed, kiosk, representative_id FROM tracking_session
             WHERE token_hash = $1 AND expires_at > $2",
            args![hash, now],
        )
        .await?;
    let (household, mut until, confirmed, kiosk, by) = row.ok_or(Error::Forbidden)?;
    let household = HouseholdId::new(household);
    if kiosk {
        until = now + IDLE;
        cw.write(async move |tx| {
            tx.run(
                "UPDATE tracking_session SET expires_at = $1 WHERE token_hash = $2 AND expires_at > $3",
                args![until, hash, now],
            )
            .await
        })
        .await?;
    }
    let reach = match by {
        None => Reach::Act,
        // What was taken back meanwhile holds at once.
        Some(by) => {
            let mut reading = cw.db.read().await?;
            representatives::reach(&mut reading, household, by, cw.today()).await?.ok_or(Error::Forbidden)?
        }
    };
    Ok(Visitor { household, by, reach, confirmed, until })
}

#[cfg(test)]
mod tests;
