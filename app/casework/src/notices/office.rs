//! What an office does about messages: sees what waits and what failed, prints what goes on paper, says what became of it,
//! and has a message sent again when a number was put right.
//!
//! A thing to do with a message: a function here, its step in `domain::notice`, its button on the page.

use domain::ids::HouseholdId;
use domain::notice::{Channel, Kind, NoticeEvent as E, NoticeState};
use domain::reference::Reference;
use domain::role::{Right, Scope};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::compose::Body;
use super::row::{NoticeRow, notice_query};
use super::{Address, Notice};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::households::people;
use crate::journal::Event;
use crate::subject::Subject;
use crate::{Actor, Casework, args};

/// Whoever registers people at a counter answers for what is told to them.
const RIGHT: Right = Right::RegisterHousehold;
/// Rows of each list on the page.
const AT_MOST: i64 = 200;
/// Since when what could not be sent is shown.
const LATELY: Duration = Duration::days(30);

/// A message in a list of an office.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Whose; nil for who has no case.
    pub household: HouseholdId,
    /// Which.
    pub id: Uuid,
    /// The household's reference.
    pub reference: Option<Reference>,
    /// The office that answers for it.
    pub office: String,
    /// What it tells.
    pub kind: Kind,
    /// Where it stands.
    pub state: NoticeState,
    /// How it goes; none until its text is written.
    pub channel: Option<Channel>,
    /// Code of what went wrong last.
    pub trouble: String,
    /// When it was written.
    pub made_at: OffsetDateTime,
    /// When it is tried next, while it is.
    pub next_at: OffsetDateTime,
    /// How often it was tried.
    pub tries: i64,
}

#[derive(sqlx::FromRow)]
struct ListedRow {
    household_id: Uuid,
    notice_id: Uuid,
    own_reference: Option<String>,
    office: String,
    #[sqlx(try_from = "String")]
    kind: Kind,
    #[sqlx(try_from = "String")]
    state: NoticeState,
    channel: String,
    trouble: String,
    made_at: OffsetDateTime,
    next_at: OffsetDateTime,
    tries: i64,
}

impl TryFrom<ListedRow> for Listed {
    type Error = Error;

    fn try_from(row: ListedRow) -> Result<Self> {
        Ok(Self {
            household: row.household_id.into(),
            id: row.notice_id,
            reference: crate::subject::stored_reference(row.own_reference)?,
            office: row.office,
            kind: row.kind,
            state: row.state,
            channel: (!row.channel.is_empty())
                .then(|| row.channel.parse())
                .transpose()
                .map_err(Error::internal)?,
            trouble: row.trouble,
            made_at: row.made_at,
            next_at: row.next_at,
            tries: row.tries,
        })
    }
}

/// The messages of the offices where the actor works.
#[derive(Debug, Clone, Default)]
pub struct Board {
    /// Not sent yet: new ones, and such as are tried again.
    pub waiting: Vec<Listed>,
    /// To be printed.
    pub to_print: Vec<Listed>,
    /// On paper, not yet with the person.
    pub printed: Vec<Listed>,
    /// Given up or too late, of the last month.
    pub lost: Vec<Listed>,
    /// What was sent in the last week, and how much of it is known to have arrived.
    pub sent: (i64, i64),
}

macro_rules! listed {
    ($states:literal) => {
        concat!(
            "SELECT notice.household_id, notice.notice_id, household.reference AS own_reference, notice.office,
                    notice.kind, notice.state, notice.channel, notice.trouble, notice.made_at, notice.next_at, notice.tries
             FROM notice LEFT JOIN household ON household.household_id = notice.household_id
             WHERE notice.office IN (SELECT code FROM office WHERE $1 = '' OR code = $1)
               AND ($2 = '' OR notice.office IN (SELECT code FROM office WHERE agency = $2))
               AND notice.made_at > $3 AND notice.state IN (",
            $states,
            ") ORDER BY notice.made_at, notice.notice_id LIMIT $4"
        )
    };
}

/// Offices as the lists ask for them: one office, or all of an agency, or all.
fn place(scope: &Scope) -> Option<(String, String)> {
    match scope {
        Scope::National => Some((String::new(), String::new())),
        Scope::Agency(code) => Some((String::new(), code.clone())),
        Scope::Office(code) => Some((code.clone(), String::new())),
        Scope::Provider(_) => None,
    }
}

async fn list(view: &mut Tx, actor: &Actor, sql: &'static str, since: OffsetDateTime) -> Result<Vec<Listed>> {
    let mut all: Vec<Listed> = Vec::new();
    let scopes: Vec<Scope> = actor.scopes(RIGHT).cloned().collect();
    for (office, agency) in scopes.iter().filter_map(place) {
        let rows: Vec<ListedRow> =
            view.all(sql, args![office.as_str(), agency.as_str(), since, AT_MOST]).await?;
        for row in rows {
            if !all.iter().any(|one| one.id == row.notice_id) {
                all.push(row.try_into()?);
            }
        }
    }
    all.sort_by_key(|one| (one.made_at, one.id));
    Ok(all)
}

/// What waits, what goes on paper and what was lost, at the offices where the actor works.
pub async fn board(cw: &Casework, actor: &Actor) -> Result<Board> {
    actor.require_anywhere(RIGHT)?;
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    let (ever, lately) = (OffsetDateTime::UNIX_EPOCH, cw.now() - LATELY);
    Ok(Board {
        waiting: list(&mut view, actor, listed!("'queued', 'sending', 'failed'"), ever).await?,
        to_print: list(&mut view, actor, listed!("'to_print'"), ever).await?,
        printed: list(&mut view, actor, listed!("'printed'"), ever).await?,
        lost: list(&mut view, actor, listed!("'given_up', 'expired'"), lately).await?,
        sent: sent(&mut view, actor).await?,
    })
}

/// Sent in the last week, and arrived.
async fn sent(view: &mut Tx, actor: &Actor) -> Result<(i64, i64)> {
    let (mut sent, mut arrived) = (0, 0);
    let since = view.now() - Duration::WEEK;
    let scopes: Vec<Scope> = actor.scopes(RIGHT).cloned().collect();
    for (office, agency) in scopes.iter().filter_map(place) {
        let row: Option<(i64, i64)> = view
            .one(
                "SELECT COUNT(*), COALESCE(SUM(CASE WHEN state = 'delivered' THEN 1 ELSE 0 END), 0) FROM notice
                 WHERE state IN ('sent', 'delivered') AND sent_at > $3
                   AND office IN (SELECT code FROM office WHERE $1 = '' OR code = $1)
                   AND ($2 = '' OR office IN (SELECT code FROM office WHERE agency = $2))",
                args![office, agency, since],
            )
            .await?;
        let (more_sent, more_arrived) = row.unwrap_or_default();
        (sent, arrived) = (sent + more_sent, arrived + more_arrived);
    }
    Ok((sent, arrived))
}

/// Marks everything that goes on paper as printed, at the offices where the actor works; how many. [`sheets`] is what is
/// printed.
pub async fn print_all(cw: &Casework, actor: &Actor) -> Result<usize> {
    actor.require_anywhere(RIGHT)?;
    let cw = &cw.acting(actor);
    let actor = actor.clone();
    cw.write(async move |tx| {
        let waiting = list(tx, &actor, listed!("'to_print'"), OffsetDateTime::UNIX_EPOCH).await?;
        for one in &waiting {
            let mut row = read(tx, &actor, one.household, one.id).await?;
            step(tx, &actor, &mut row, E::Print, "notice.printed").await?;
        }
        Ok(waiting.len())
    })
    .await
}

/// A message on paper.
#[derive(Clone)]
pub struct Sheet {
    /// The head's name.
    pub addressee: String,
    /// The code of the area, and how to find the place.
    pub area: String,
    /// Directions in it.
    pub directions: String,
    /// The household's reference.
    pub reference: Option<Reference>,
    /// The office that answers for it.
    pub office: String,
    /// Its language.
    pub language: String,
    /// What it says.
    pub text: String,
    /// When it was written.
    pub made_at: OffsetDateTime,
    /// Whether a message could put somebody in danger: it is handed over and not posted.
    pub by_hand: bool,
}

/// The messages that were printed and are not with the person yet, as one document, by office and area.
pub async fn sheets(cw: &Casework, actor: &Actor) -> Result<Vec<Sheet>> {
    actor.require_anywhere(RIGHT)?;
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    let printed = list(&mut view, actor, listed!("'printed'"), OffsetDateTime::UNIX_EPOCH).await?;
    let mut sheets = Vec::new();
    for one in printed {
        let row = read(&mut view, actor, one.household, one.id).await?;
        let Some(body) = Body::open(&cw.keys, &row)? else { continue };
        let mut sheet = Sheet {
            addressee: String::new(),
            area: String::new(),
            directions: String::new(),
            reference: one.reference,
            office: one.office,
            language: row.language,
            text: body.text,
            made_at: one.made_at,
            by_hand: false,
        };
        if one.reference.is_some() {
            let contact = people::contact(&mut view, &cw.keys, one.household).await?;
            sheet.addressee = addressee(&mut view, one.household).await?;
            sheet.area = contact.area;
            sheet.directions = contact.directions.unwrap_or_default();
            sheet.by_hand = contact.safe_contact;
        }
        sheets.push(sheet);
    }
    sheets.sort_by(|a, b| (&a.office, &a.area, a.made_at).cmp(&(&b.office, &b.area, b.made_at)));
    Ok(sheets)
}

/// The head's name; empty where the record went into another.
async fn addressee(view: &mut Tx, household: HouseholdId) -> Result<String> {
    let home = crate::assessments::Household::read_unchecked(view, household).await?;
    Ok(home.map(|home| home.addressee()).unwrap_or_default())
}

/// What became of a message on paper, or of one that is to be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Became {
    /// It was given to the person.
    HandedOver,
    /// It was posted.
    Posted,
    /// It is to be sent again: the number was put right, or there is a gateway again.
    Resent,
}

impl Became {
    /// From the word of a button.
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "hand_over" => Some(Self::HandedOver),
            "post" => Some(Self::Posted),
            "resend" => Some(Self::Resent),
            _ => None,
        }
    }
}

/// Says what became of a message. `Conflict(State)` when it is not on paper, or is not to be sent at all.
pub async fn settle(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    notice: Uuid,
    became: Became,
) -> Result<()> {
    let cw = &cw.acting(actor);
    let actor = actor.clone();
    cw.write(async move |tx| {
        let mut row = read(tx, &actor, household, notice).await?;
        match became {
            Became::HandedOver => step(tx, &actor, &mut row, E::HandOver, "notice.handed_over").await,
            Became::Posted => step(tx, &actor, &mut row, E::Post, "notice.posted").await,
            Became::Resent => {
                // Written anew, for the number that is on file now, under a key of its own.
                (row.body, row.tries) = (None, 0);
                row.rounds += 1;
                row.next_at = tx.now();
                row.channel.clear();
                row.trouble.clear();
                step(tx, &actor, &mut row, E::Resend, "notice.resent").await
            }
        }
    })
    .await
}

/// A message for who answers for it: `NotFound` for who does not.
async fn read(tx: &mut Tx, actor: &Actor, household: HouseholdId, notice: Uuid) -> Result<NoticeRow> {
    let row: Option<NoticeRow> =
        tx.one(notice_query!("WHERE household_id = $1 AND notice_id = $2"), args![household, notice]).await?;
    row.filter(|row| actor.may_in(RIGHT, &Scope::Office(row.office.clone()))).ok_or(Error::NotFound)
}

async fn step(tx: &mut Tx, actor: &Actor, row: &mut NoticeRow, event: E, told: &'static str) -> Result<()> {
    let by = actor.hand(RIGHT, &Scope::Office(row.office.clone()))?;
    if matches!(event, E::HandOver | E::Post) {
        row.ended_by = actor.account().map(domain::ids::StaffId::uuid);
    }
    row.step(tx, by, event, &[]).await?;
    row.tell(tx, actor, Event::new(told)).await
}

/// A message in the household's file.
#[derive(Debug, Clone)]
pub struct Filed {
    /// What it tells.
    pub kind: Kind,
    /// Where it stands.
    pub state: NoticeState,
    /// How it goes; none until its text is written.
    pub channel: Option<Channel>,
    /// What it says; none for a code, and before it is written.
    pub text: Option<String>,
    /// Its language.
    pub language: String,
    /// Code of what went wrong last.
    pub trouble: String,
    /// When it was written.
    pub made_at: OffsetDateTime,
    /// When the gateway had it.
    pub sent_at: Option<OffsetDateTime>,
    /// When it arrived, if the gateway said so.
    pub delivered_at: Option<OffsetDateTime>,
}

/// The messages of a household, the newest first, for who may read its file.
pub async fn of_household(cw: &Casework, actor: &Actor, household: HouseholdId) -> Result<Vec<Filed>> {
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    crate::households::file::require_reader(&mut view, actor, household).await?;
    let rows: Vec<NoticeRow> = view
        .all(notice_query!("WHERE household_id = $1 ORDER BY notice_id DESC LIMIT 200"), args![household])
        .await?;
    let filed = |row: NoticeRow| -> Result<Filed> {
        let body = if row.kind.is_secret() { None } else { Body::open(&cw.keys, &row)? };
        Ok(Filed {
            kind: row.kind,
            state: row.state,
            channel: row.way()?,
            text: body.map(|body| body.text),
            language: row.language,
            trouble: row.trouble,
            made_at: row.made_at,
            sent_at: row.sent_at,
            delivered_at: row.delivered_at,
        })
    };
    rows.into_iter().map(filed).collect()
}

/// Writes once a day to every office with an address of mail where messages wait to be printed; to how many offices it is
/// written today. For the worker; several servers may do it at once.
pub async fn remind(cw: &Casework) -> Result<usize> {
    let pack = cw.pack()?;
    let cw = &cw.acting(&Actor::system());
    let offices: Vec<(String,)> = cw
        .db
        .all(
            "SELECT DISTINCT office FROM notice WHERE state = 'to_print' AND office <> '' ORDER BY office",
            args![],
        )
        .await?;
    let mut written = 0;
    for (office,) in offices {
        let Some(email) = pack.office(&office).and_then(|office| office.email.clone()) else { continue };
        let address = Address {
            phone: None,
            email: Some(email),
            language: pack.about.default_language.clone(),
            office,
        };
        // One a day for each office: the office's code makes the subject.
        let hash = cw.keys.blind("notice.desk", &address.office);
        let desk = Uuid::from_slice(hash.get(..16).unwrap_or_default()).map_err(Error::internal)?;
        let notice = Notice::new(Kind::Desk, Subject::new("office", desk)).part(cw.today().to_string());
        let keys = cw.keys.clone();
        cw.write(async move |tx| {
            super::put_to(tx, &keys, HouseholdId::new(Uuid::nil()), notice.clone(), address.clone()).await
        })
        .await?;
        written += 1;
    }
    Ok(written)
}

/// Files what was told long ago as handed over with the letters of that time, for a registry that is made in one go; how many.
pub(crate) async fn file_old(cw: &Casework, before: OffsetDateTime) -> Result<u64> {
    cw.acting(&Actor::system())
        .write(async move |tx| {
            tx.run(
                "UPDATE notice SET state = $1, ended_at = $2, version = version + 1 WHERE state = $3 AND made_at < $4",
                args![NoticeState::HandedOver.code(), tx.now(), NoticeState::Queued.code(), before],
            )
            .await
        })
        .await
}
