//! Codes to the telephone on file: to come in without the PIN, and to read a letter. And word to the holder when somebody tried
//! too often.
//!
//! What is asked for is a row that the worker takes ([`round`]): whoever asks for a request that does not exist, or whose birth
//! date is wrong, leaves a row too, so that neither the answer nor its time tells anything. A code holds for
//! [`CODE_HOLDS`] and for [`TRIES`] tries.

use domain::ids::HouseholdId;
use domain::notice::{CODE_HOLDS, Kind};
use domain::pin::Code;
use domain::reference::Reference;
use uuid::Uuid;

use super::{Guest, Knock, Opened, Token, attempts, enter, find, visitor};
use crate::crypt::{self, Place};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::journal::{self, Event};
use crate::notices::{self, Notice};
use crate::subject::Subject;
use crate::tracking::Limits;
use crate::{Actor, Casework, Keys, args};

/// How often one code may be typed wrongly.
const TRIES: i64 = 5;
/// Codes that one reference is sent in an hour.
const AN_HOUR: i64 = 3;
/// The noun of a call, as subject of its message.
const CALL: &str = "tracking_call";
/// Calls of one round.
const BATCH: i64 = 100;

const ENTER: &str = "enter";
const LETTER: &str = "letter";
const ALARM: &str = "alarm";

/// What came of asking for a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// If all belongs together and there is a telephone, a code is on its way. The token is for the cookie.
    OnItsWay(Token),
    /// Too many in this hour.
    TooMany,
}

/// Asks for a code to come in with, by reference and birth date.
pub async fn ask(cw: &Casework, knock: &Knock, limits: Limits) -> Result<Asked> {
    let cw = &cw.acting(&Actor::system());
    let (keys, knock, today) = (cw.keys.clone(), knock.clone(), cw.today());
    cw.write(async move |tx| {
        let reference = Reference::parse(&knock.reference).ok();
        let symbols = reference.as_ref().map_or("", Reference::symbols);
        let asked = format!("code {symbols}");
        let tries = attempts::count(tx, &keys, &asked, &knock.address).await?;
        if !tries.allowed(Limits { reference: AN_HOUR, ..limits }) {
            return Ok(Asked::TooMany);
        }
        let found = find(tx, symbols, today).await?;
        let is_theirs = found.is_birth(&knock.born, today) & found.representative.is_none();
        let household = if is_theirs { found.household } else { HouseholdId::new(Uuid::nil()) };
        call(tx, &keys, household, ENTER).await.map(Asked::OnItsWay)
    })
    .await
}

/// Comes in with the code that was sent.
pub async fn open(
    cw: &Casework,
    handle: &Token,
    typed: &str,
    knock: &Knock,
    limits: Limits,
) -> Result<Opened> {
    let cw = &cw.acting(&Actor::system());
    let (keys, handle, typed, knock) = (cw.keys.clone(), handle.clone(), typed.to_owned(), knock.clone());
    cw.write(async move |tx| {
        let tries =
            attempts::count(tx, &keys, &format!("handle {}", handle.reveal()), &knock.address).await?;
        if !tries.allowed(Limits { reference: TRIES, ..limits }) {
            return Ok(Opened::TooMany);
        }
        match redeem(tx, &keys, &handle, ENTER, &typed).await? {
            Some(household) => {
                let guest = Guest { confirmed: true, ..Guest::new(household, &knock) };
                Ok(Opened::In(enter(tx, guest).await?))
            }
            None => Ok(Opened::Refused),
        }
    })
    .await
}

/// Asks, on a visit, for the code with which a letter is read. `None` when the visit is over or too many were asked for.
pub async fn ask_on_visit(cw: &Casework, token: &Token) -> Result<Asked> {
    let visitor = visitor(cw, token).await?;
    let cw = &cw.acting(&Actor::system());
    let keys = cw.keys.clone();
    cw.write(async move |tx| {
        let asked = format!("letter {}", visitor.household);
        let tries = attempts::count(tx, &keys, &asked, &asked).await?;
        if !tries.allowed(Limits { reference: AN_HOUR, address: AN_HOUR }) {
            return Ok(Asked::TooMany);
        }
        call(tx, &keys, visitor.household, LETTER).await.map(Asked::OnItsWay)
    })
    .await
}

/// Types the code on a visit; whether it was right. From then on the visit may read letters.
pub async fn confirm(cw: &Casework, token: &Token, handle: &Token, typed: &str) -> Result<bool> {
    let visitor = visitor(cw, token).await?;
    let cw = &cw.acting(&Actor::system());
    let (keys, token, handle, typed) = (cw.keys.clone(), token.clone(), handle.clone(), typed.to_owned());
    cw.write(async move |tx| {
        let whose = redeem(tx, &keys, &handle, LETTER, &typed).await?;
        if whose != Some(visitor.household) {
            return Ok(false);
        }
        tx.run_one(
            "UPDATE tracking_session SET confirmed = $1 WHERE token_hash = $2",
            args![true, token.hash()],
        )
        .await?;
        journal::append(tx, &Actor::applicant(), visitor.household, Event::new("tracking.confirmed")).await?;
        Ok(true)
    })
    .await
}

/// Whether a code reaches the household: there is a telephone, and messages to it may say something.
pub(super) async fn reaches(tx: &mut Tx, household: HouseholdId) -> Result<bool> {
    let found: Option<i64> = tx
        .value(
            "SELECT COUNT(*) FROM contact
             WHERE household_id = $1 AND replaced_at IS NULL AND phone IS NOT NULL AND safe_contact = $2",
            args![household, false],
        )
        .await?;
    Ok(found == Some(1))
}

/// The holder is to be told that somebody tried too often; nobody's, where there is no such request.
pub(super) async fn alarm(tx: &mut Tx, household: HouseholdId) -> Result<()> {
    let id: Uuid = tx.new_id();
    write(tx, (household, id), Token::new().hash(), ALARM, None).await
}

async fn call(tx: &mut Tx, keys: &Keys, household: HouseholdId, purpose: &'static str) -> Result<Token> {
    let (token, id) = (Token::new(), tx.new_id());
    let code = Code::from_random(rand::random());
    let sealed = keys.seal(&place(id), code.reveal().as_bytes())?;
    write(tx, (household, id), token.hash(), purpose, Some(sealed)).await?;
    Ok(token)
}

async fn write(
    tx: &mut Tx,
    (household, id): (HouseholdId, Uuid),
    handle: [u8; 32],
    purpose: &'static str,
    code: Option<Vec<u8>>,
) -> Result<()> {
    tx.run(
        "INSERT INTO tracking_call (household_id, call_id, handle, purpose, code, made_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![household, id, handle, purpose, code, tx.now(), tx.now() + CODE_HOLDS],
    )
    .await
    .map(drop)
}

pub(super) fn place(id: Uuid) -> Place<'static> {
    Place { table: CALL, column: "code", row: id, agency: "" }
}

/// Whose code it was, if it is the right one, not too old and not tried too often. It is good once.
async fn redeem(
    tx: &mut Tx,
    keys: &Keys,
    handle: &Token,
    purpose: &'static str,
    typed: &str,
) -> Result<Option<HouseholdId>> {
    let row: Option<(Uuid, Uuid, Option<Vec<u8>>, i64)> = tx
        .one(
            "SELECT household_id, call_id, code, tries FROM tracking_call
             WHERE handle = $1 AND purpose = $2 AND expires_at > $3",
            args![handle.hash(), purpose, tx.now()],
        )
        .await?;
    let Some((household, id, Some(sealed), tries)) = row else { return Ok(None) };
    tx.run(
        "UPDATE tracking_call SET tries = tries + 1 WHERE household_id = $1 AND call_id = $2",
        args![household, id],
    )
    .await?;
    let code = keys.open(&place(id), &sealed)?;
    let typed = Code::parse(typed).map_or_else(|_| String::new(), |code| code.reveal().to_owned());
    if !crypt::same(typed.as_bytes(), &code) || tries >= TRIES || household.is_nil() {
        return Ok(None);
    }
    tx.run("DELETE FROM tracking_call WHERE household_id = $1 AND call_id = $2", args![household, id])
        .await?;
    Ok(Some(household.into()))
}

/// What waits to be sent, the oldest first.
pub(super) const UNSENT: &str = "SELECT household_id, call_id FROM tracking_call WHERE sent_at IS NULL
     ORDER BY made_at, call_id LIMIT $1";

/// Hands what was asked for to the outbox; how many. Run every few seconds; several servers may.
pub async fn round(cw: &Casework) -> Result<usize> {
    let cw = &cw.acting(&Actor::system());
    let waiting: Vec<(Uuid, Uuid)> = cw.db.all(UNSENT, args![BATCH]).await?;
    let mut sent = 0;
    for (household, id) in waiting {
        let keys = cw.keys.clone();
        let done = cw.write(async move |tx| send(tx, &keys, household.into(), id).await).await;
        match done {
            Ok(()) => sent += 1,
            // Another server was faster.
            Err(Error::Stale) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(sent)
}

async fn send(tx: &mut Tx, keys: &Keys, household: HouseholdId, id: Uuid) -> Result<()> {
    tx.run_one(
        "UPDATE tracking_call SET sent_at = $1 WHERE household_id = $2 AND call_id = $3 AND sent_at IS NULL",
        args![tx.now(), household, id],
    )
    .await?;
    let row: Option<(String, Option<Vec<u8>>)> = tx
        .one(
            "SELECT purpose, code FROM tracking_call WHERE household_id = $1 AND call_id = $2",
            args![household, id],
        )
        .await?;
    if household.uuid().is_nil() {
        return Ok(());
    }
    match row {
        Some((_, Some(sealed))) if reaches(tx, household).await? => {
            let code = keys.open_text(&place(id), &sealed)?;
            notices::put_code(tx, keys, household, Subject::new(CALL, id), &code).await?;
            journal::append(tx, &Actor::applicant(), household, Event::new("tracking.code_sent")).await
        }
        Some((purpose, None)) if purpose == ALARM => {
            notices::put(tx, household, Notice::new(Kind::Tries, Subject::new(CALL, id))).await?;
            journal::append(tx, &Actor::applicant(), household, Event::new("tracking.locked")).await
        }
        _ => Ok(()),
    }
}

/// Removes what has run out.
pub(super) async fn sweep(tx: &mut Tx) -> Result<u64> {
    tx.run("DELETE FROM tracking_call WHERE expires_at <= $1 AND sent_at IS NOT NULL", args![tx.now()]).await
}
