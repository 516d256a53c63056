//! The text of a message in the household's language, and the way that it goes.
//!
//! A number on file means a text message, whoever has none gets paper. Mail goes to who gave an address of it, and to offices. Where a message could put somebody in danger it says
//! nothing of what it is about, save a code that the person has just asked for.

use domain::ids::HouseholdId;
use domain::notice::text::{plain_letters, plain_marks};
use domain::notice::{Channel, Kind, SILENT};
use domain::pack::Pack;
use domain::reference::Reference;
use serde::{Deserialize, Serialize};
use time::Date;
use time::macros::format_description;
use uuid::Uuid;

use super::row::NoticeRow;
use super::{Address, Secret, secret_place};
use crate::args;
use crate::crypt::{Keys, Place};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::households::people;

/// To whom a message goes, and what it says.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Body {
    /// The number, or the address of mail; none on paper.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The words.
    pub text: String,
}

impl Body {
    pub fn open(keys: &Keys, row: &NoticeRow) -> Result<Option<Self>> {
        let Some(sealed) = &row.body else { return Ok(None) };
        let plain = keys.open(&body_place(row.notice_id), sealed)?;
        serde_json::from_slice(&plain).map(Some).map_err(Error::internal)
    }
}

fn body_place(notice: Uuid) -> Place<'static> {
    Place { table: "notice", column: "body", row: notice, agency: "" }
}

/// Who is reached, and how.
struct Reached {
    address: Address,
    reference: String,
    is_safe_contact: bool,
}

/// Writes the text into the row and chooses the way. Where nothing can be sent the way is paper, and `trouble` says why. The
/// row is not kept: that is the caller's step.
pub(super) async fn compose(tx: &mut Tx, keys: &Keys, pack: &Pack, row: &mut NoticeRow) -> Result<()> {
    let secret = match &row.secret {
        Some(sealed) => {
            let plain = keys.open(&secret_place(row.notice_id), sealed)?;
            serde_json::from_slice(&plain).map_err(Error::internal)?
        }
        None => Secret::default(),
    };
    let reached = reach(tx, keys, row, secret.to).await?;
    let address = &reached.address;
    let known = pack.about.languages.contains(&address.language);
    let language = if known { &address.language } else { &pack.about.default_language };
    row.language.clone_from(language);
    row.office.clone_from(&address.office);
    let full = text(pack, language, row, &reached, secret.code.as_deref())?;
    let is_silent = reached.is_safe_contact && row.kind != Kind::Code;
    let sent = if is_silent { silent(pack, language, &address.office) } else { full.clone() };
    let way = match (&address.phone, &address.email) {
        (Some(_), _) => Some(Channel::Sms),
        (None, Some(_)) => Some(Channel::Email),
        (None, None) => None,
    };
    let (way, words, trouble) = match (way, sent, full) {
        (Some(way), Some(words), _) => (way, words, ""),
        // What is handed over at the counter may say what it is about.
        (Some(_), None, Some(words)) => (Channel::Print, words, "no_words"),
        (None, _, Some(words)) => (Channel::Print, words, "no_phone"),
        (_, _, None) => (Channel::Print, String::new(), "no_words"),
    };
    row.silent = is_silent && way != Channel::Print;
    way.code().clone_into(&mut row.channel);
    trouble.clone_into(&mut row.trouble);
    let to = address.phone.as_ref().map(|phone| phone.reveal().to_owned()).or_else(|| address.email.clone());
    let body = Body { to, text: words };
    let json = serde_json::to_vec(&body).map_err(Error::internal)?;
    row.body = Some(keys.seal(&body_place(row.notice_id), &json)?);
    Ok(())
}

/// Where the household is reached now, or where this message said that it goes.
async fn reach(tx: &mut Tx, keys: &Keys, row: &NoticeRow, to: Option<Address>) -> Result<Reached> {
    let household: HouseholdId = row.household();
    let head: Option<(String, String)> =
        tx.one("SELECT office, reference FROM household WHERE household_id = $1", args![household]).await?;
    let (office, own) = head.unwrap_or_default();
    let (address, is_safe_contact) = match (to, own.is_empty()) {
        (Some(to), _) => (to, false),
        (None, false) => {
            let contact = people::contact(tx, keys, household).await?;
            let address = Address { phone: contact.phone, email: None, language: contact.language, office };
            (address, contact.safe_contact)
        }
        (None, true) => (Address { phone: None, email: None, language: String::new(), office }, false),
    };
    let symbols = if row.reference.is_empty() { own } else { row.reference.clone() };
    let reference = match symbols.as_str() {
        "" => String::new(),
        symbols => Reference::parse(symbols).map_err(Error::internal)?.to_string(),
    };
    Ok(Reached { address, reference, is_safe_contact })
}

/// The words of the message; `None` where the pack in force has none, as one from before there were messages.
fn text(
    pack: &Pack,
    language: &str,
    row: &NoticeRow,
    reached: &Reached,
    code: Option<&str>,
) -> Result<Option<String>> {
    let key = row.kind.key(&row.part);
    let Some(template) = pack.words.find(language, &key) else { return Ok(None) };
    let office_key = format!("office.{}.name", reached.address.office);
    let office = plain_letters(pack.words.find(language, &office_key).unwrap_or_default());
    let date = row.on_date.map(day).transpose()?.unwrap_or_default();
    let values = [
        ("reference", reached.reference.as_str()),
        ("date", date.as_str()),
        ("office", office.as_str()),
        ("code", code.unwrap_or_default()),
    ];
    Ok(Some(domain::words::fill(&plain_marks(template), &values)))
}

/// Words that say nothing but whom to call; `None` where the office has no number.
fn silent(pack: &Pack, language: &str, office: &str) -> Option<String> {
    let phone = pack.office(office)?.phone.as_deref()?;
    let template = pack.words.find(language, SILENT)?;
    Some(domain::words::fill(&plain_marks(template), &[("phone", phone)]))
}

/// A day in figures, which every telephone shows: `31/12/2026`.
fn day(day: Date) -> Result<String> {
    day.format(format_description!("[day]/[month]/[year]")).map_err(Error::internal)
}
