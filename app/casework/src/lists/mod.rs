//! Lists from partners: a file is uploaded, read by a mapping, matched with the registry, accepted by an officer, and only
//! then registered, household by household, by the ordinary use case. The lifecycle is `domain::lists::ListState`.
//!
//! What takes long is done by the server's worker ([`work`]): it claims a list for a while, writes how far it is in the
//! same units as what it found, and another server takes over where one stopped. Who may: a supervisor, in the office that
//! answers for the list ([`Right::ImportLists`]). File and rows lie sealed ([`store`]) and are deleted when the list ends.
//!
//! To add a step: an event in `domain::lists`, its use case here through [`step`], and its work in [`work::work`].

mod check;
mod import;
mod matching;
mod reading;
mod result;
pub mod sheet;
mod store;
mod upload;
mod work;

#[cfg(test)]
mod matching_tests;
#[cfg(test)]
mod tests;

use domain::ids::ListId;
use domain::lists::course::ListEvent;
use domain::lists::{ListState, Mapping};
use domain::role::{Right, Scope};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::Casework;
use crate::actor::Actor;
use crate::args;
use crate::db::Tx;
use crate::error::{Conflict, Error, Result};
use crate::journal::{self, Event};

pub use import::import;
pub use reading::{Errors, LineFault, errors, look, map};
pub use result::{
    Band, Found, ROWS, Registered, Report, Sampled, Tally, choose, choose_band, judge, report, rows, sample,
};
pub use sheet::{Encoding, FileFault, FileProblem, LARGEST_FILE, Opened, Reading, letters};
pub use store::PART;
pub use upload::{NewList, add_part, arrive, begin};
pub use work::work;

/// Most lists on one page.
const MOST: i64 = 100;

/// A list as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// Id.
    pub id: ListId,
    /// The office that answers for it.
    pub office: String,
    /// Who gave it.
    pub partner: String,
    /// The agreement under which it was given.
    pub agreement: String,
    /// The programme it is about, of the pack in force then.
    pub programme: Option<String>,
    /// Where it stands.
    pub state: ListState,
    /// How the file is read.
    pub reading: Reading,
    /// Which column is what, once somebody said so.
    pub mapping: Option<Mapping>,
    /// The headings.
    pub headings: Vec<String>,
    /// Bytes of the file.
    pub size: i64,
    /// What is wrong with the file as a whole.
    pub fault: Option<FileFault>,
    /// What the service is doing: a code.
    pub phase: String,
    /// Rows it has done.
    pub done: i64,
    /// Rows of the list, once they are read.
    pub total: i64,
    /// Rows that cannot be used.
    pub faulty: i64,
    /// When it came.
    pub uploaded_at: OffsetDateTime,
    /// The model that it was compared with, once it was.
    pub model: Option<i64>,
    /// The row's version.
    pub version: i64,
}

#[derive(sqlx::FromRow)]
struct Kept {
    list_id: Uuid,
    office: String,
    partner: String,
    agreement: String,
    programme: String,
    state: String,
    reading: String,
    mapping: String,
    headings: String,
    size: i64,
    fault: String,
    fault_row: Option<i64>,
    fault_column: Option<i64>,
    phase: String,
    done: i64,
    total: i64,
    faulty: i64,
    uploaded_at: OffsetDateTime,
    model: Option<i64>,
    version: i64,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT list_id, office, partner, agreement, programme, state, reading, mapping, headings, size, fault, \
             fault_row, fault_column, phase, done, total, faulty, uploaded_at, model, version FROM partner_list ",
            $rest
        )
    };
}

impl Kept {
    fn read(self) -> Result<List> {
        let fault = FileProblem::parse(&self.fault).map(|problem| FileFault {
            problem,
            row: self.fault_row.and_then(|row| u32::try_from(row).ok()),
            column: self.fault_column.and_then(|column| usize::try_from(column).ok()),
        });
        let json = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Ok(List {
            id: ListId::new(self.list_id),
            office: self.office,
            partner: self.partner,
            agreement: self.agreement,
            programme: json(&self.programme),
            state: self.state.parse().map_err(Error::internal)?,
            reading: serde_json::from_str(&self.reading).map_err(Error::internal)?,
            mapping: json(&self.mapping)
                .map(|text| serde_json::from_str(&text))
                .transpose()
                .map_err(Error::internal)?,
            headings: serde_json::from_str(&self.headings).map_err(Error::internal)?,
            size: self.size,
            fault,
            phase: self.phase,
            done: self.done,
            total: self.total,
            faulty: self.faulty,
            uploaded_at: self.uploaded_at,
            model: self.model,
            version: self.version,
        })
    }
}

/// A list that the actor may work on; `NotFound` when there is none, or it is another office's.
pub(crate) async fn own(tx: &mut Tx, actor: &Actor, id: ListId) -> Result<List> {
    actor.require_anywhere(Right::ImportLists)?;
    let list = read(tx, id).await?.ok_or(Error::NotFound)?;
    if actor.may_in(Right::ImportLists, &Scope::Office(list.office.clone())) {
        Ok(list)
    } else {
        Err(Error::NotFound)
    }
}

/// A list, whoever asks.
async fn read(tx: &mut Tx, id: ListId) -> Result<Option<List>> {
    let row: Option<Kept> = tx.one(select!("WHERE list_id = $1"), args![id]).await?;
    row.map(Kept::read).transpose()
}

/// A list.
pub async fn list(cw: &Casework, actor: &Actor, id: ListId) -> Result<List> {
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    own(&mut view, actor, id).await
}

/// The lists of the actor's offices, the newest first, at most a hundred.
pub async fn lists(cw: &Casework, actor: &Actor) -> Result<Vec<List>> {
    actor.require_anywhere(Right::ImportLists)?;
    let mut view = cw.db.read().await?;
    let rows: Vec<Kept> =
        view.all(select!("ORDER BY uploaded_at DESC, list_id DESC LIMIT $1"), args![MOST * 10]).await?;
    let mut lists = Vec::new();
    for row in rows {
        if actor.may_in(Right::ImportLists, &Scope::Office(row.office.clone())) {
            lists.push(row.read()?);
        }
    }
    lists.truncate(usize::try_from(MOST).unwrap_or(usize::MAX));
    Ok(lists)
}

/// Moves a list by an event, in its own version, with an entry of the journal. `Conflict::State` when it cannot happen now.
async fn step(tx: &mut Tx, actor: &Actor, list: &List, version: i64, event: ListEvent) -> Result<ListState> {
    if list.version != version {
        return Err(Error::Stale);
    }
    let next = list.state.after(event).ok_or(Error::Conflict(Conflict::State))?;
    tx.run_one(
        "UPDATE partner_list SET state = $1, version = version + 1, changed_at = $2, phase = '', done = 0, claim = NULL, \
         claim_until = NULL WHERE list_id = $3 AND version = $4",
        args![next.code(), tx.now(), list.id, version],
    )
    .await?;
    let told = Event::new("list.stepped").code("event", event.code()).code("state", next.code());
    journal::append(tx, actor, list.id, told).await?;
    Ok(next)
}

/// Asks who of a list is registered.
pub async fn start_matching(cw: &Casework, actor: &Actor, id: ListId, version: i64) -> Result<()> {
    let cw = &cw.acting(actor);
    let actor = actor.clone();
    cw.write(async move |tx| {
        let list = own(tx, &actor, id).await?;
        step(tx, &actor, &list, version, ListEvent::Match).await.map(drop)
    })
    .await
}

/// Calls a list off: what came is deleted, and nothing of it was in the registry but what an import has done already.
pub async fn cancel(cw: &Casework, actor: &Actor, id: ListId, version: i64) -> Result<()> {
    let cw = &cw.acting(actor);
    let actor = actor.clone();
    cw.write(async move |tx| {
        let list = own(tx, &actor, id).await?;
        step(tx, &actor, &list, version, ListEvent::Cancel).await?;
        store::forget(tx, id).await
    })
    .await
}
