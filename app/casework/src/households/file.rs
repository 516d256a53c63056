//! A household's file: everything at once, and who has opened it.
//!
//! Every opening is an entry of the file's journal. An officer opens the files of the own office. Another office's file
//! is opened with a reason ([`open_with_reason`]), which the supervisor of the office that keeps it sees
//! ([`openings`]); it then stays open to that officer for [`OPEN_FOR`], for reading only.

use domain::household::Contact;
use domain::ids::{ApplicationId, HouseholdId, StaffId};
use domain::lifecycle::application::ApplicationState;
use domain::reference::Reference;
use domain::role::{Right, Scope};
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

pub use super::consents::Consent;
pub use super::people::Member;
use super::{Head, code, consents, head, people};
use crate::Casework;
use crate::actor::{Actor, Purpose};
use crate::args;
use crate::crypt::Keys;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::journal::{self, Event};

/// How long a reason opens a file.
pub const OPEN_FOR: Duration = Duration::hours(8);

/// A household with all that hangs on it directly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// The household.
    pub id: HouseholdId,
    /// The reference on every paper.
    pub reference: Reference,
    /// The office that keeps the file.
    pub office: String,
    /// When it was registered.
    pub registered_at: OffsetDateTime,
    /// By whom.
    pub registered_by: StaffId,
    /// To be named with every change.
    pub version: i64,
    /// Where and how to reach the household.
    pub contact: Contact,
    /// Members, the head first; those who left last.
    pub members: Vec<Member>,
    /// Every consent, the newest first.
    pub consents: Vec<Consent>,
    /// Every application, the newest first.
    pub applications: Vec<Application>,
    /// The actor reads it by a reason given, and may change nothing.
    pub by_reason: bool,
}

impl File {
    /// Those who are members now.
    pub fn present(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(|member| member.left.is_none())
    }
}

/// An application, in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// Which.
    pub id: ApplicationId,
    /// Its reference.
    pub reference: Reference,
    /// The office that works on it.
    pub office: String,
    /// Where it stands.
    pub state: ApplicationState,
    /// First contact.
    pub date_of_claim: Date,
    /// When it was handed in.
    pub submitted_at: OffsetDateTime,
    /// To be named with every change of it.
    pub version: i64,
}

#[derive(sqlx::FromRow)]
struct ApplicationRow {
    application_id: Uuid,
    reference: String,
    office: String,
    state: String,
    date_of_claim: Date,
    submitted_at: OffsetDateTime,
    version: i64,
}

/// Opens the file. `Forbidden` when another office keeps it and no reason was given lately.
///
/// The opening is told before anything is read, in a unit of work of its own: the reading does not hold up the writers.
pub async fn file(cw: &Casework, actor: &Actor, id: HouseholdId) -> Result<File> {
    let cw = &cw.acting(actor);
    let reader = require_reader(&mut cw.db.read().await?, actor, id).await?;
    journal::record(cw, &reader, id, Event::new("file.opened")).await?;
    let file = read_file(&mut cw.db.read().await?, &cw.keys, id).await?;
    Ok(File { by_reason: reader.purpose == Purpose::BreakGlass, ..file })
}

/// The actor with the purpose for which the file may be read, or `Forbidden`.
async fn reader(tx: &mut Tx, actor: &Actor, id: HouseholdId, head: &Head) -> Result<Actor> {
    if actor.may_in(Right::OpenFile, &Scope::Office(head.office.clone())) {
        return Ok(actor.clone());
    }
    let open: Option<i64> = tx
        .value(
            "SELECT COUNT(*) FROM break_glass WHERE household_id = $1 AND staff_id = $2 AND until > $3",
            args![id, actor.staff_id, tx.now()],
        )
        .await?;
    if actor.may(Right::BreakGlass) && open.unwrap_or(0) > 0 {
        return Ok(actor.with_purpose(Purpose::BreakGlass));
    }
    // Who keeps the record that goes on reads what was told of the one that went into it.
    if let Some(now) = super::merge::went_into(tx, id).await? {
        let office = super::head(tx, now).await?.office;
        if actor.may_in(Right::OpenFile, &Scope::Office(office)) {
            return Ok(actor.clone());
        }
    }
    Err(Error::Forbidden)
}

/// `Forbidden` unless the actor may read this file now, by scope or by a reason given. For whatever shows a part of it.
pub async fn require_reader(tx: &mut Tx, actor: &Actor, id: HouseholdId) -> Result<Actor> {
    // Before anything is looked for: who reads no files learns the same of one that is there and one that is not.
    if !actor.may(Right::BreakGlass) {
        actor.require_anywhere(Right::OpenFile)?;
    }
    let head = head(tx, id).await?;
    reader(tx, actor, id, &head).await
}

/// The whole file, for use cases that have checked who may and keep their own journal entry.
pub async fn read_file(tx: &mut Tx, keys: &Keys, id: HouseholdId) -> Result<File> {
    let head = head(tx, id).await?;
    let applications: Vec<ApplicationRow> = tx
        .all(
            "SELECT application_id, reference, office, state, date_of_claim, submitted_at, version FROM application \
             WHERE household_id = $1 ORDER BY submitted_at DESC, application_id DESC",
            args![id],
        )
        .await?;
    Ok(File {
        id,
        reference: Reference::parse(&head.reference).map_err(Error::internal)?,
        office: head.office,
        registered_at: head.registered_at,
        registered_by: StaffId::new(head.registered_by),
        version: head.version,
        contact: people::contact(tx, keys, id).await?,
        members: people::members(tx, keys, id).await?,
        consents: consents::all(tx, id).await?,
        applications: applications
            .into_iter()
            .map(|row| {
                Ok(Application {
                    id: ApplicationId::new(row.application_id),
                    reference: Reference::parse(&row.reference).map_err(Error::internal)?,
                    office: row.office,
                    state: code(&row.state)?,
                    date_of_claim: row.date_of_claim,
                    submitted_at: row.submitted_at,
                    version: row.version,
                })
            })
            .collect::<Result<_>>()?,
        by_reason: false,
    })
}

/// Opens another office's file for a reason, which its supervisor will read. Gives the file.
pub async fn open_with_reason(cw: &Casework, actor: &Actor, id: HouseholdId, reason: &str) -> Result<File> {
    let cw = &cw.acting(actor);
    actor.require_anywhere(Right::BreakGlass)?;
    let reason = reason.trim().to_owned();
    if reason.chars().count() < 10 || reason.chars().count() > 1000 {
        return Err(Error::Invalid("reason.length"));
    }
    let actor = actor.with_purpose(Purpose::BreakGlass);
    cw.write(async move |tx| {
        let head = head(tx, id).await?;
        let opening: Uuid = tx.new_id();
        tx.run(
            "INSERT INTO break_glass (household_id, opening_id, office, staff_id, reason, at, until) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            args![
                id,
                opening,
                head.office.as_str(),
                actor.staff_id,
                reason.as_str(),
                tx.now(),
                tx.now() + OPEN_FOR
            ],
        )
        .await?;
        journal::append(tx, &actor, id, Event::new("file.opened_with_reason").id("opening", opening)).await
    })
    .await?;
    let file = read_file(&mut cw.db.read().await?, &cw.keys, id).await?;
    Ok(File { by_reason: true, ..file })
}

/// A file that was opened with a reason.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Opening {
    /// The household.
    pub household_id: Uuid,
    /// Its reference (eight symbols).
    pub reference: String,
    /// Who opened it.
    pub staff_id: Uuid,
    /// Their name, while the account is there.
    pub staff_name: Option<String>,
    /// Why.
    pub reason: String,
    /// When.
    pub at: OffsetDateTime,
}

/// The files of an office that were opened with a reason, the newest first, before `before`, at most 50.
pub async fn openings(
    cw: &Casework,
    actor: &Actor,
    office: &str,
    before: Option<OffsetDateTime>,
) -> Result<Vec<Opening>> {
    let cw = &cw.acting(actor);
    actor.require(Right::ReviewAccess, &Scope::Office(office.to_owned()))?;
    cw.db
        .all(
            "SELECT b.household_id, h.reference, b.staff_id, s.name AS staff_name, b.reason, b.at FROM break_glass b \
             JOIN household h ON h.household_id = b.household_id LEFT JOIN staff s ON s.id = b.staff_id \
             WHERE b.office = $1 AND b.at < $2 ORDER BY b.at DESC, b.opening_id DESC LIMIT 50",
            args![office, before.unwrap_or(cw.now() + Duration::SECOND)],
        )
        .await
}

/// The file's journal, the newest first, before `before`, at most `limit`. For who may read the file.
pub async fn history(
    cw: &Casework,
    actor: &Actor,
    id: HouseholdId,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<journal::Entry>> {
    let cw = &cw.acting(actor);
    let mut tx = cw.db.read().await?;
    require_reader(&mut tx, actor, id).await?;
    journal::entries(&mut tx, id, before, limit).await
}
