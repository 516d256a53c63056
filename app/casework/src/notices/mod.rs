//! Notices: what is sent to people, from an outbox that is written in the unit of work of what it tells of.
//!
//! A use case says what is told and to which household: [`put`], once for each kind, subject and part. It needs no keys and
//! no pack, and who acts need not see the household: a server writes the text in the household's language and chooses the way
//! ([`compose`]) when it first takes the message, and hands it over ([`deliver`]). Codes are sealed at once: [`put_code`].
//! Whom no message reaches gets paper: [`office`] is the print queue. What comes in: [`inbound`].
//!
//! To tell one more thing: a kind in [`domain::notice`], its words in the packs, and a [`put`] in the use case.

mod compose;
pub mod deliver;
pub mod inbound;
pub mod office;
mod row;

use domain::ids::HouseholdId;
use domain::notice::{CODE_HOLDS, Kind, NoticeState};
use domain::phone::Phone;
use domain::reference::Reference;
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

pub use deliver::{Carried, Carrier, Carriers, Parcel, Trouble};

use crate::args;
use crate::crypt::{Keys, Place};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::subject::Subject;

/// What is told.
#[derive(Debug, Clone)]
pub struct Notice {
    kind: Kind,
    subject: Subject,
    part: String,
    reference: Option<Reference>,
    on: Option<Date>,
    expires_at: Option<OffsetDateTime>,
}

impl Notice {
    /// Something of this kind about this subject. Asked for again, it is not sent again.
    pub fn new(kind: Kind, subject: Subject) -> Self {
        Self { kind, subject, part: String::new(), reference: None, on: None, expires_at: None }
    }

    /// The day that it names; every kind with a date needs one.
    #[must_use]
    pub fn on(self, day: Date) -> Self {
        Self { on: Some(day), ..self }
    }

    /// One of several of the same kind about the same subject: a second reminder, the next letter.
    #[must_use]
    pub fn part(self, part: impl Into<String>) -> Self {
        Self { part: part.into(), ..self }
    }

    /// The reference of what it is about, where that is not the household's own.
    #[must_use]
    pub fn about(self, reference: Reference) -> Self {
        Self { reference: Some(reference), ..self }
    }
}

/// What only its own message may show.
#[derive(Default, Serialize, Deserialize)]
struct Secret {
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<Address>,
}

/// Where a message goes that does not go where the household is reached now: to the number it had, or to who has no case.
#[derive(Clone, Serialize, Deserialize)]
pub struct Address {
    /// The number.
    pub phone: Option<Phone>,
    /// The address of mail, where there is no number; neither means paper.
    #[serde(default)]
    pub email: Option<String>,
    /// The language.
    pub language: String,
    /// The office that answers for it.
    pub office: String,
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Address(…)")
    }
}

fn secret_place(notice: Uuid) -> Place<'static> {
    Place { table: "notice", column: "secret", row: notice, agency: "" }
}

/// Has this told to the household, in the unit of work of what it tells of.
pub async fn put(tx: &mut Tx, household: HouseholdId, notice: Notice) -> Result<()> {
    let id = tx.new_id();
    insert(tx, household, id, &notice, None).await
}

/// [`put`], to an address of its own. `household` is nil for who has no case.
pub async fn put_to(
    tx: &mut Tx,
    keys: &Keys,
    household: HouseholdId,
    notice: Notice,
    to: Address,
) -> Result<()> {
    let id = tx.new_id();
    let sealed = seal(keys, id, &Secret { code: None, to: Some(to) })?;
    insert(tx, household, id, &notice, Some(sealed)).await
}

/// Sends a code to the number on file; it goes at any hour and not after it has run out. `purpose` is the noun that asks for
/// it and `asked` the id of this asking: each gives one message.
pub async fn put_code(
    tx: &mut Tx,
    keys: &Keys,
    household: HouseholdId,
    asked: Subject,
    code: &str,
) -> Result<()> {
    let id = tx.new_id();
    let sealed = seal(keys, id, &Secret { code: Some(code.to_owned()), to: None })?;
    let notice = Notice { expires_at: Some(tx.now() + CODE_HOLDS), ..Notice::new(Kind::Code, asked) };
    insert(tx, household, id, &notice, Some(sealed)).await
}

/// Whether a text message reaches the household: there is a number on file.
pub async fn has_phone(tx: &mut Tx, household: HouseholdId) -> Result<bool> {
    let found: Option<i64> = tx
        .value(
            "SELECT COUNT(*) FROM contact WHERE household_id = $1 AND replaced_at IS NULL AND phone IS NOT NULL",
            args![household],
        )
        .await?;
    Ok(found.unwrap_or(0) > 0)
}

fn seal(keys: &Keys, notice: Uuid, secret: &Secret) -> Result<Vec<u8>> {
    let json = serde_json::to_vec(secret).map_err(Error::internal)?;
    keys.seal(&secret_place(notice), &json)
}

async fn insert(
    tx: &mut Tx,
    household: HouseholdId,
    id: Uuid,
    notice: &Notice,
    secret: Option<Vec<u8>>,
) -> Result<()> {
    if notice.kind.has_date() && notice.on.is_none() {
        return Err(Error::internal(format!("a notice of kind {} without its day", notice.kind)));
    }
    // No target is named: a target would be looked up, and who acts need not see what is there.
    tx.run(
        "INSERT INTO notice (household_id, notice_id, kind, subject_kind, subject_id, part, reference, on_date, secret,
                office, language, channel, silent, state, made_at, next_at, expires_at, tries, rounds, trouble,
                gateway_ref, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', '', '', FALSE, $10, $11, $11, $12, 0, 0, '', '', 1)
         ON CONFLICT DO NOTHING",
        args![
            household,
            id,
            notice.kind.code(),
            notice.subject.kind.as_str(),
            notice.subject.id,
            notice.part.as_str(),
            notice.reference.map_or_else(String::new, |reference| reference.symbols().to_owned()),
            notice.on,
            secret,
            NoticeState::Queued.code(),
            tx.now(),
            notice.expires_at,
        ],
    )
    .await
    .map(drop)
}

#[cfg(test)]
mod office_tests;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
