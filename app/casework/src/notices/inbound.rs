//! Messages that come in: `STATUS <reference>` from the number on file is answered with the public phrase, everything else
//! with silence. Who writes from another number, misspells, or asks for what nobody has learns nothing, not even which of
//! them it was; it is counted. A message is taken once, however often the gateway brings it.
//!
//! One more question: a word in [`ASKS`], or a case in [`take`].

use domain::ids::HouseholdId;
use domain::lifecycle::Phrase;
use domain::notice::{Kind, NoticeState};
use domain::phone::Phone;
use domain::reference::Reference;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::{Notice, insert};
use crate::db::{Sight, Tx};
use crate::error::Result;
use crate::households::people;
use crate::subject::Subject;
use crate::{Actor, Casework, args, tracking};

/// Words that ask where a request stands, in the languages of the service.
const ASKS: [&str; 5] = ["STATUS", "STATUT", "ETAT", "ÉTAT", "حالة"];
/// Answers to one household in an hour.
const ANSWERS: i64 = 5;
/// How long an answer is worth sending.
const ANSWER_HOLDS: Duration = Duration::hours(1);
/// How long it is remembered that a message came.
const REMEMBERED: Duration = Duration::days(30);

/// A message that came in.
#[derive(Clone)]
pub struct Inbound {
    /// What the gateway calls it.
    pub id: String,
    /// The number it came from.
    pub from: String,
    /// What it says.
    pub text: String,
}

impl std::fmt::Debug for Inbound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Inbound(…)")
    }
}

/// What came of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The number on file asked: the answer is on its way.
    Answered,
    /// It asks nothing we know, or names no reference.
    Unreadable,
    /// The reference is nobody's, or the number is not theirs, or a message could put them in danger.
    Silent,
    /// They asked often enough in this hour.
    TooMany,
    /// It came before.
    Repeated,
}

impl Outcome {
    /// The word that is stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Unreadable => "unreadable",
            Self::Silent => "silent",
            Self::TooMany => "too_many",
            Self::Repeated => "repeated",
        }
    }
}

/// Takes a message that came in.
pub async fn take(cw: &Casework, message: &Inbound) -> Result<Outcome> {
    let cw = &cw.acting(&Actor::system());
    let hash = cw.keys.blind("sms.inbound", &message.id);
    let asked = match (asked(&message.text), Phone::parse(&message.from)) {
        (Some(reference), Ok(from)) => Some((reference, from)),
        _ => None,
    };
    let found = match asked {
        Some((reference, from)) => whose(cw, reference, &from).await?,
        None => Found::Unreadable,
    };
    let answer = match found {
        Found::Theirs(household) => Some((household, phrase(cw, household).await?)),
        Found::Unreadable | Found::Silent => None,
    };
    cw.write(async move |tx| {
        let known =
            tx.value::<i64>("SELECT COUNT(*) FROM inbound WHERE inbound_hash = $1", args![hash]).await?;
        if known.unwrap_or(0) > 0 {
            return Ok(Outcome::Repeated);
        }
        let outcome = match answer {
            Some((household, phrase)) => reply(tx, household, phrase).await?,
            None if matches!(found, Found::Unreadable) => Outcome::Unreadable,
            None => Outcome::Silent,
        };
        tx.run(
            "INSERT INTO inbound (inbound_hash, outcome, at) VALUES ($1, $2, $3)",
            args![hash, outcome.code(), tx.now()],
        )
        .await?;
        Ok(outcome)
    })
    .await
}

/// The reference that is asked about. Case, spaces and dashes do not count.
fn asked(text: &str) -> Option<Reference> {
    let text = text.trim().to_uppercase();
    let rest = ASKS.iter().find_map(|word| text.strip_prefix(word))?;
    rest.starts_with(|c: char| !c.is_alphanumeric())
        .then(|| Reference::parse(rest.trim_matches(|c: char| !c.is_alphanumeric())).ok())
        .flatten()
}

/// Whose reference it is.
#[derive(Clone, Copy)]
enum Found {
    Theirs(HouseholdId),
    Silent,
    Unreadable,
}

async fn whose(cw: &Casework, reference: Reference, from: &Phone) -> Result<Found> {
    let mut view = cw.db.read().await?;
    let household: Option<Uuid> = view
        .value("SELECT household_id FROM reference WHERE symbols = $1", args![reference.symbols()])
        .await?;
    let Some(household) = household.map(HouseholdId::new) else { return Ok(Found::Silent) };
    let contact = people::contact(&mut view, &cw.keys, household).await?;
    let is_theirs = contact.phone.is_some_and(|phone| is_same(&phone, from));
    Ok(if is_theirs && !contact.safe_contact { Found::Theirs(household) } else { Found::Silent })
}

/// Whether two numbers are one: the last eight digits, and all of them where both have their country.
fn is_same(one: &Phone, other: &Phone) -> bool {
    let both_whole = one.reveal().starts_with('+') && other.reveal().starts_with('+');
    if both_whole { one == other } else { one.hash_input() == other.hash_input() }
}

async fn phrase(cw: &Casework, household: HouseholdId) -> Result<Phrase> {
    tracking::phrase(&cw.seen_with(Sight::household(household)), household).await
}

async fn reply(tx: &mut Tx, household: HouseholdId, phrase: Phrase) -> Result<Outcome> {
    let lately: Option<i64> = tx
        .value(
            "SELECT COUNT(*) FROM notice WHERE household_id = $1 AND kind = 'status' AND made_at > $2",
            args![household, tx.now() - Duration::HOUR],
        )
        .await?;
    if lately.unwrap_or(0) >= ANSWERS {
        return Ok(Outcome::TooMany);
    }
    let id: Uuid = tx.new_id();
    let asked = Subject::new("inbound", tx.new_id::<Uuid>());
    let notice = Notice {
        expires_at: Some(tx.now() + ANSWER_HOLDS),
        ..Notice::new(Kind::Status, asked).part(phrase.code())
    };
    insert(tx, household, id, &notice, None).await?;
    Ok(Outcome::Answered)
}

/// Forgets messages of more than a month ago, and what an answer said once it is over. Run now and then.
pub async fn sweep(cw: &Casework) -> Result<u64> {
    cw.acting(&Actor::system())
        .write(async move |tx| {
            let before: OffsetDateTime = tx.now() - REMEMBERED;
            let came = tx.run("DELETE FROM inbound WHERE at < $1", args![before]).await?;
            let kept = tx
                .run(
                    "UPDATE notice SET body = NULL WHERE kind = $1 AND body IS NOT NULL AND made_at < $2
                     AND state IN ($3, $4, $5, $6)",
                    args![
                        Kind::Status.code(),
                        before,
                        NoticeState::Sent.code(),
                        NoticeState::Delivered.code(),
                        NoticeState::GivenUp.code(),
                        NoticeState::Expired.code()
                    ],
                )
                .await?;
            Ok(came + kept)
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_read_however_it_is_typed() {
        let reference = Reference::from_random([7; 8]);
        let (text, bare) = (reference.to_string(), reference.symbols().to_lowercase());
        for asks in [
            format!("STATUS {text}"),
            format!("  status   {bare} "),
            format!("Statut: {text}"),
            format!("état {text}"),
            format!("حالة {text}"),
        ] {
            assert_eq!(asked(&asks), Some(reference), "{asks}");
        }
        for other in [
            text.clone(),
            format!("STATUS{bare}"),
            "STATUS".into(),
            "STATUS SP-0000-0001".into(),
            String::new(),
        ] {
            assert_eq!(asked(&other), None, "{other}");
        }
    }

    #[test]
    fn numbers_are_compared_whole_where_both_are() {
        let phone = |text: &str| Phone::parse(text).unwrap();
        assert!(is_same(&phone("+257 79 123 456"), &phone("0025779123456")));
        assert!(is_same(&phone("79 123 456"), &phone("+25779123456")));
        assert!(!is_same(&phone("+250 79 123 456"), &phone("+257 79 123 456")));
        assert!(!is_same(&phone("79 123 457"), &phone("+25779123456")));
    }
}
