//! The board of an office: vacancies, courses and days of public works, kept by its officers and by providers. A place is taken
//! by a step of a plan, and never more places than there are: the statement that takes one asks for one that is free, and the
//! table refuses the rest. An entry closes by itself when its last day is over.

use domain::employment::EntryKind;
use domain::employment::matching::Needs;
use domain::ids::BoardId;
use domain::pack::Pack;
use domain::role::{Right, Scope};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::country;
use crate::assessments::Household;
use crate::db::Tx;
use crate::error::{Conflict, Error, Result};
use crate::journal::{self, Event, REGISTRY};
use crate::{Actor, Casework, args};

/// Entries on one page.
pub const ROWS: i64 = 200;
/// Longest title or employer, in characters.
const MOST: usize = 200;

/// An entry of the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The entry.
    pub id: BoardId,
    /// Of which office.
    pub office: String,
    /// What.
    pub kind: EntryKind,
    /// The service of the directory.
    pub service: String,
    /// In words.
    pub title: String,
    /// The employer; empty when it is the provider.
    pub employer: String,
    /// The provider; empty when none.
    pub provider: String,
    /// What it asks.
    pub needs: Needs,
    /// A month, or a day of public works, in minor units.
    pub wage_minor: Option<i64>,
    /// Places.
    pub places: i64,
    /// Of them taken.
    pub taken: i64,
    /// From when.
    pub from: Option<Date>,
    /// Until when.
    pub until: Option<Date>,
    /// The last day of taking a place.
    pub last_day: Date,
    /// When it was closed.
    pub closed_at: Option<OffsetDateTime>,
    /// Version.
    pub version: i64,
}

impl Entry {
    /// Places that are free.
    pub fn free(&self) -> i64 {
        (self.places - self.taken).max(0)
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    entry_id: Uuid,
    office: String,
    kind: String,
    service: String,
    title: String,
    employer: String,
    provider: String,
    needs: String,
    wage_minor: Option<i64>,
    places: i64,
    taken: i64,
    from_date: Option<Date>,
    until_date: Option<Date>,
    last_day: Date,
    closed_at: Option<OffsetDateTime>,
    version: i64,
}

impl Row {
    fn read(self) -> Result<Entry> {
        Ok(Entry {
            id: self.entry_id.into(),
            office: self.office,
            kind: self.kind.parse().map_err(Error::internal)?,
            service: self.service,
            title: self.title,
            employer: self.employer,
            provider: self.provider,
            needs: serde_json::from_str(&self.needs).map_err(Error::internal)?,
            wage_minor: self.wage_minor,
            places: self.places,
            taken: self.taken,
            from: self.from_date,
            until: self.until_date,
            last_day: self.last_day,
            closed_at: self.closed_at,
            version: self.version,
        })
    }
}

macro_rules! entry_query {
    ($rest:literal) => {
        concat!(
            "SELECT entry_id, office, kind, service, title, employer, provider, needs, wage_minor, places, taken, from_date,
                    until_date, last_day, closed_at, version FROM board_entry WHERE ",
            $rest
        )
    };
}

/// The open entries of an office, those that close soonest first.
pub(super) const OF_OFFICE: &str =
    entry_query!("office = $1 AND closed_at IS NULL AND last_day >= $2 ORDER BY last_day, entry_id LIMIT $3");

pub(super) async fn of_office(tx: &mut Tx, office: &str, today: Date) -> Result<Vec<Entry>> {
    let rows: Vec<Row> = tx.all(OF_OFFICE, args![office, today, ROWS]).await?;
    rows.into_iter().map(Row::read).collect()
}

/// Where somebody keeps entries: offices, and own providers.
fn places(actor: &Actor) -> Result<(Vec<String>, Vec<String>)> {
    actor.require_anywhere(Right::KeepBoard)?;
    let providers = actor
        .scopes(Right::KeepBoard)
        .filter(|scope| matches!(scope, Scope::Provider(_)))
        .filter_map(Scope::code)
        .map(str::to_owned)
        .collect();
    Ok((actor.offices(Right::KeepBoard), providers))
}

/// The open entries of the actor's offices and providers.
pub async fn open(cw: &Casework, actor: &Actor) -> Result<Vec<Entry>> {
    country(cw)?;
    let cw = &cw.acting(actor);
    let (offices, providers) = places(actor)?;
    let (mut view, today) = (cw.db.read().await?, cw.today());
    let mut found: Vec<Entry> = Vec::new();
    for office in offices {
        found.extend(of_office(&mut view, &office, today).await?);
    }
    for provider in providers {
        let rows: Vec<Row> = view
            .all(
                entry_query!(
                    "provider = $1 AND closed_at IS NULL AND last_day >= $2 ORDER BY last_day, entry_id LIMIT $3"
                ),
                args![provider, today, ROWS],
            )
            .await?;
        for row in rows {
            let entry = row.read()?;
            if !found.iter().any(|one| one.id == entry.id) {
                found.push(entry);
            }
        }
    }
    Ok(found)
}

/// One entry, for who keeps it. `NotFound` for others.
pub async fn entry(cw: &Casework, actor: &Actor, id: BoardId) -> Result<Entry> {
    country(cw)?;
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    let entry = find(&mut view, id).await?;
    if keeps(actor, &entry.office, &entry.provider) { Ok(entry) } else { Err(Error::NotFound) }
}

/// An entry that the office of a household announces: for who draws up a plan there.
pub(super) async fn find(tx: &mut Tx, id: BoardId) -> Result<Entry> {
    let row: Option<Row> = tx.one(entry_query!("entry_id = $1"), args![id]).await?;
    row.ok_or(Error::NotFound)?.read()
}

fn keeps(actor: &Actor, office: &str, provider: &str) -> bool {
    actor.may_in(Right::KeepBoard, &Scope::Office(office.to_owned()))
        || (!provider.is_empty() && actor.may_in(Right::KeepBoard, &Scope::Provider(provider.to_owned())))
}

/// What an entry says, as it is written or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Of which office.
    pub office: String,
    /// What.
    pub kind: EntryKind,
    /// In words.
    pub title: String,
    /// The employer; empty when it is the provider.
    pub employer: String,
    /// The provider; empty when none.
    pub provider: String,
    /// What it asks.
    pub needs: Needs,
    /// A month, or a day of public works, in minor units.
    pub wage_minor: Option<i64>,
    /// Places.
    pub places: i64,
    /// From when.
    pub from: Option<Date>,
    /// Until when.
    pub until: Option<Date>,
    /// The last day of taking a place.
    pub last_day: Date,
}

impl Written {
    /// The service of the directory that it is: the first of its kind.
    fn service<'p>(&self, pack: &'p Pack) -> Result<&'p str> {
        let kind = self.kind.service();
        let service = pack.directory.services.iter().find(|service| service.kind == kind);
        service.map(|service| service.code.as_str()).ok_or(Error::Invalid("entry.kind"))
    }

    fn check(&self, pack: &Pack, actor: &Actor, today: Date) -> Result<()> {
        if pack.office(&self.office).is_none() {
            return Err(Error::Invalid("entry.office"));
        }
        if !self.provider.is_empty() && pack.directory.provider(&self.provider).is_none() {
            return Err(Error::Invalid("entry.provider"));
        }
        if !keeps(actor, &self.office, &self.provider) {
            return Err(Error::Forbidden);
        }
        let short = |text: &str| text.chars().count() <= MOST;
        if self.title.trim().is_empty() || !short(&self.title) || !short(&self.employer) {
            return Err(Error::Invalid("entry.title"));
        }
        if self.employer.trim().is_empty() && self.provider.is_empty() {
            return Err(Error::Invalid("entry.employer"));
        }
        if !(1..=10_000).contains(&self.places) {
            return Err(Error::Invalid("entry.places"));
        }
        if self.last_day < today || self.from.zip(self.until).is_some_and(|(from, until)| until < from) {
            return Err(Error::Invalid("entry.days"));
        }
        if !self.needs.area.is_empty() && pack.areas.get(&self.needs.area).is_none() {
            return Err(Error::Invalid("entry.area"));
        }
        if self.wage_minor.is_some_and(|wage| wage < 0) || self.needs.hours.is_some_and(|hours| hours > 84) {
            return Err(Error::Invalid("entry.hours"));
        }
        Ok(())
    }
}

/// Puts an entry on the board. `Forbidden` for an office or a provider that is not the actor's, `Invalid("entry.…")` for what
/// is wrong.
pub async fn announce(cw: &Casework, actor: &Actor, new: Written) -> Result<BoardId> {
    let pack = country(cw)?;
    let cw = &cw.acting(actor);
    new.check(&pack, actor, cw.today())?;
    let service = new.service(&pack)?.to_owned();
    let actor = actor.clone();
    cw.write(async move |tx| {
        let id: BoardId = tx.new_id();
        tx.run(
            "INSERT INTO board_entry (entry_id, office, kind, service, title, employer, provider, needs, wage_minor, places,
                                      from_date, until_date, last_day, created_by, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
            args![
                id,
                new.office.as_str(),
                new.kind.code(),
                service.as_str(),
                new.title.trim(),
                new.employer.trim(),
                new.provider.as_str(),
                serde_json::to_string(&new.needs).map_err(Error::internal)?,
                new.wage_minor,
                new.places,
                new.from,
                new.until,
                new.last_day,
                actor.staff_id,
                tx.now()
            ],
        )
        .await?;
        let event = Event::new("board.announced").id("entry", id).code("office", &new.office);
        journal::append(tx, &actor, REGISTRY, event).await?;
        Ok(id)
    })
    .await
}

/// Changes an entry. `Invalid("entry.places")` for fewer places than are taken, `Stale` when somebody else changed it.
pub async fn change(cw: &Casework, actor: &Actor, id: BoardId, version: i64, new: Written) -> Result<()> {
    let pack = country(cw)?;
    let cw = &cw.acting(actor);
    new.check(&pack, actor, cw.today())?;
    let service = new.service(&pack)?.to_owned();
    let actor = actor.clone();
    cw.write(async move |tx| {
        let before = kept(tx, &actor, id, version).await?;
        if new.places < before.taken {
            return Err(Error::Invalid("entry.places"));
        }
        tx.run_one(
            "UPDATE board_entry SET office = $1, kind = $2, service = $3, title = $4, employer = $5, provider = $6, needs = $7,
                    wage_minor = $8, places = $9, from_date = $10, until_date = $11, last_day = $12, version = version + 1
             WHERE entry_id = $13 AND version = $14",
            args![
                new.office.as_str(),
                new.kind.code(),
                service.as_str(),
                new.title.trim(),
                new.employer.trim(),
                new.provider.as_str(),
                serde_json::to_string(&new.needs).map_err(Error::internal)?,
                new.wage_minor,
                new.places,
                new.from,
                new.until,
                new.last_day,
                id,
                version
            ],
        )
        .await?;
        journal::append(tx, &actor, REGISTRY, Event::new("board.changed").id("entry", id)).await
    })
    .await
}

/// Takes an entry off the board; who has a place keeps it.
pub async fn close(cw: &Casework, actor: &Actor, id: BoardId, version: i64) -> Result<()> {
    country(cw)?;
    let cw = &cw.acting(actor);
    let actor = actor.clone();
    cw.write(async move |tx| {
        kept(tx, &actor, id, version).await?;
        tx.run_one(
            "UPDATE board_entry SET closed_at = $1, version = version + 1 WHERE entry_id = $2 AND version = $3",
            args![tx.now(), id, version],
        )
        .await?;
        journal::append(tx, &actor, REGISTRY, Event::new("board.closed").id("entry", id)).await
    })
    .await
}

/// The open entry that the actor keeps, as it was seen.
async fn kept(tx: &mut Tx, actor: &Actor, id: BoardId, version: i64) -> Result<Entry> {
    let entry = find(tx, id).await?;
    if !keeps(actor, &entry.office, &entry.provider) {
        return Err(Error::NotFound);
    }
    if entry.closed_at.is_some() {
        return Err(Error::Conflict(Conflict::State));
    }
    if entry.version == version { Ok(entry) } else { Err(Error::Stale) }
}

/// Takes a place of an entry of the household's office. `Conflict(NothingLeft)` when none is free or the last day is over,
/// `NotFound` for an entry of another office.
pub(super) async fn take(tx: &mut Tx, home: &Household, id: BoardId) -> Result<Entry> {
    let entry = find(tx, id).await?;
    if entry.office != home.office {
        return Err(Error::NotFound);
    }
    let taken = tx
        .run(
            "UPDATE board_entry SET taken = taken + 1, version = version + 1
             WHERE entry_id = $1 AND taken < places AND closed_at IS NULL AND last_day >= $2",
            args![id, tx.today()],
        )
        .await?;
    if taken == 1 { Ok(entry) } else { Err(Error::Conflict(Conflict::NothingLeft)) }
}

/// Gives a place back.
pub(super) async fn give_back(tx: &mut Tx, id: BoardId) -> Result<()> {
    tx.run(
        "UPDATE board_entry SET taken = taken - 1, version = version + 1 WHERE entry_id = $1 AND taken > 0",
        args![id],
    )
    .await
    .map(drop)
}

/// Closes the entries whose last day is over; how many. For the worker; several servers may do so at once.
pub async fn round(cw: &Casework) -> Result<u64> {
    let cw = &cw.acting(&Actor::system());
    cw.write(async move |tx| {
        let due: Vec<(Uuid,)> = tx
            .all(
                "SELECT entry_id FROM board_entry WHERE closed_at IS NULL AND last_day < $1 ORDER BY last_day LIMIT 500",
                args![tx.today()],
            )
            .await?;
        let mut closed = 0;
        for (id,) in due {
            let mine = tx
                .run(
                    "UPDATE board_entry SET closed_at = $1, version = version + 1 WHERE entry_id = $2 AND closed_at IS NULL",
                    args![tx.now(), id],
                )
                .await?;
            if mine == 1 {
                let event = Event::new("board.closed").id("entry", id);
                journal::append(tx, &Actor::system(), REGISTRY, event).await?;
            }
            closed += mine;
        }
        Ok(closed)
    })
    .await
}
