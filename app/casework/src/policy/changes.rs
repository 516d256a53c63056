//! Changes of the rules: opened, described, listed, shown with everything that belongs to them.

use std::collections::BTreeMap;

use domain::definitions::Guarantee;
use domain::ids::{ChangeId, SimulationId, StaffId};
use domain::policy::{ChangeState, DocumentKind, VersionState};
use domain::role::{Right, Scope};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::documents::adopt;
use crate::db::Tx;
use crate::error::{Conflict, Error, Result};
use crate::journal::{self, Event, REGISTRY};
use crate::{Actor, Casework, args};

/// Changes on a list.
const MOST: i64 = 200;

/// A change as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its id.
    pub id: ChangeId,
    /// What it is called.
    pub title: String,
    /// Why it is made.
    pub why: String,
    /// The first day on which it holds.
    pub live_on: Date,
    /// Where it stands.
    pub state: ChangeState,
    /// Who opened it.
    pub author: Person,
    /// When.
    pub opened_at: OffsetDateTime,
    /// Who handed it in last, and when.
    pub submitted: Option<(Person, OffsetDateTime)>,
    /// Who approved it, and when.
    pub approved: Option<(Person, OffsetDateTime)>,
    /// The hash of the pack that was approved.
    pub bundle: Option<String>,
    /// The pack that it made, once it is live.
    pub pack: Option<String>,
    /// When it went live or was withdrawn.
    pub ended_at: Option<OffsetDateTime>,
    /// Why it was returned or withdrawn last, in the words of who did; a code (`base.moved`, `faulty`, `gates`) when it could not
    /// go live.
    pub note: String,
    /// Counts every step and edit; what a use case is given must be this.
    pub version: i64,
}

/// A member of staff, as far as the account is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The account.
    pub id: StaffId,
    /// The name as it is now.
    pub name: Option<String>,
}

/// A change with all that belongs to it.
#[derive(Debug, Clone)]
pub struct Whole {
    /// The change.
    pub change: Change,
    /// Its documents, by name.
    pub documents: Vec<Part>,
    /// Everybody who edited a document of it: none of them may approve it.
    pub editors: Vec<Person>,
    /// Guarantees that it leaves without a programme, and why that is accepted.
    pub gaps: BTreeMap<Guarantee, String>,
    /// Its simulations, the newest first.
    pub simulations: Vec<Simulation>,
}

/// A document of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its name inside the pack.
    pub name: String,
    /// What it holds.
    pub kind: DocumentKind,
    /// The number of the version that this change makes.
    pub number: i64,
    /// Whether the change takes the document out of the pack.
    pub gone: bool,
    /// Where the version stands.
    pub state: VersionState,
    /// The version in force that it was made from; 0 when there was none.
    pub base: i64,
    /// The version in force now; 0 when there is none.
    pub in_force: i64,
}

impl Part {
    /// Whether another version came into force since this one was begun: take the document out and edit it again.
    pub fn is_stale(&self) -> bool {
        !matches!(self.state, VersionState::Live | VersionState::Superseded) && self.base != self.in_force
    }
}

/// A stored simulation, without its report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simulation {
    /// Its id.
    pub id: SimulationId,
    /// The hash of the pack that was tried.
    pub bundle: String,
    /// When.
    pub made_at: OffsetDateTime,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    title: String,
    why: String,
    live_on: Date,
    state: String,
    author: Uuid,
    author_name: Option<String>,
    opened_at: OffsetDateTime,
    submitted_by: Option<Uuid>,
    submitted_name: Option<String>,
    submitted_at: Option<OffsetDateTime>,
    approver: Option<Uuid>,
    approver_name: Option<String>,
    approved_at: Option<OffsetDateTime>,
    bundle: Option<String>,
    pack: Option<String>,
    ended_at: Option<OffsetDateTime>,
    note: String,
    version: i64,
}

#[derive(sqlx::FromRow)]
struct PartRow {
    name: String,
    kind: String,
    number: i64,
    gone: bool,
    state: String,
    base: i64,
    in_force: Option<i64>,
}

impl PartRow {
    fn read(self) -> Result<Part> {
        Ok(Part {
            name: self.name,
            kind: self.kind.parse().map_err(Error::internal)?,
            number: self.number,
            gone: self.gone,
            state: self.state.parse().map_err(Error::internal)?,
            base: self.base,
            in_force: self.in_force.unwrap_or(0),
        })
    }
}

macro_rules! changes {
    ($rest:literal) => {
        concat!(
            "SELECT c.id, c.title, c.why, c.live_on, c.state, c.author, a.name AS author_name, c.opened_at, c.submitted_by,
                    s.name AS submitted_name, c.submitted_at, c.approver, p.name AS approver_name, c.approved_at, c.bundle,
                    c.pack, c.ended_at, c.note, c.version
             FROM policy_change c LEFT JOIN staff a ON a.id = c.author LEFT JOIN staff s ON s.id = c.submitted_by
             LEFT JOIN staff p ON p.id = c.approver ",
            $rest
        )
    };
}

impl Row {
    fn read(self) -> Result<Change> {
        let person = |id, name| Person { id: StaffId::new(id), name };
        Ok(Change {
            id: ChangeId::new(self.id),
            title: self.title,
            why: self.why,
            live_on: self.live_on,
            state: self.state.parse().map_err(Error::internal)?,
            author: person(self.author, self.author_name),
            opened_at: self.opened_at,
            submitted: self.submitted_by.map(|id| person(id, self.submitted_name)).zip(self.submitted_at),
            approved: self.approver.map(|id| person(id, self.approver_name)).zip(self.approved_at),
            bundle: self.bundle,
            pack: self.pack,
            ended_at: self.ended_at,
            note: self.note,
            version: self.version,
        })
    }
}

/// What a change is called, why it is made, and from when it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// What it is called.
    pub title: String,
    /// Why it is made.
    pub why: String,
    /// The first day on which it holds.
    pub live_on: Date,
}

impl Intent {
    fn checked(self, today: Date) -> Result<Self> {
        let (title, why) = (self.title.trim().to_owned(), self.why.trim().to_owned());
        if title.is_empty() {
            return Err(Error::Invalid("title.missing"));
        }
        if why.is_empty() {
            return Err(Error::Invalid("reason.missing"));
        }
        if self.live_on < today {
            return Err(Error::Invalid("live_on.past"));
        }
        Ok(Self { title, why, live_on: self.live_on })
    }
}

/// The right to prepare changes; `Forbidden` without it.
pub(super) fn keeper(actor: &Actor) -> Result<()> {
    actor.require(Right::KeepPolicy, &Scope::National)
}

/// Opens a change, without documents. `Invalid("title.missing")`, `("reason.missing")`, `("live_on.past")`.
pub async fn open(cw: &Casework, actor: &Actor, intent: Intent) -> Result<ChangeId> {
    let cw = &cw.acting(actor);
    keeper(actor)?;
    let me = actor.account().ok_or(Error::Forbidden)?;
    let intent = intent.checked(cw.today())?;
    let actor = actor.clone();
    cw.write(async move |tx| {
        adopt(tx).await?;
        let id: ChangeId = tx.new_id();
        tx.run(
            "INSERT INTO policy_change (id, title, why, live_on, state, author, opened_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            args![id, &intent.title, &intent.why, intent.live_on, ChangeState::Draft.code(), me, tx.now()],
        )
        .await?;
        let event = Event::new("policy.opened").id("change", id).date("live_on", intent.live_on);
        journal::append(tx, &actor, REGISTRY, event).await?;
        Ok(id)
    })
    .await
}

/// Changes what a change is called, why it is made, or its day, while it is open.
pub async fn describe(
    cw: &Casework,
    actor: &Actor,
    id: ChangeId,
    version: i64,
    intent: Intent,
) -> Result<()> {
    let cw = &cw.acting(actor);
    keeper(actor)?;
    let intent = intent.checked(cw.today())?;
    let actor = actor.clone();
    cw.write(async move |tx| {
        open_at(tx, id, version).await?;
        tx.run_one(
            "UPDATE policy_change SET title = $1, why = $2, live_on = $3, version = version + 1
             WHERE id = $4 AND version = $5",
            args![&intent.title, &intent.why, intent.live_on, id, version],
        )
        .await?;
        let event = Event::new("policy.described").id("change", id).date("live_on", intent.live_on);
        journal::append(tx, &actor, REGISTRY, event).await
    })
    .await
}

/// Says why a guarantee of the social protection floor may be left without a programme. The reason stays in the change.
pub async fn acknowledge(
    cw: &Casework,
    actor: &Actor,
    id: ChangeId,
    version: i64,
    guarantee: Guarantee,
    reason: &str,
) -> Result<()> {
    let cw = &cw.acting(actor);
    keeper(actor)?;
    let me = actor.account().ok_or(Error::Forbidden)?;
    let reason = given(reason)?;
    let actor = actor.clone();
    cw.write(async move |tx| {
        open_at(tx, id, version).await?;
        let words = args![&reason, me, tx.now(), id, guarantee.as_str()];
        let changed = tx
            .run(
                "UPDATE policy_gap SET reason = $1, acknowledged_by = $2, acknowledged_at = $3
                 WHERE change_id = $4 AND guarantee = $5",
                words.clone(),
            )
            .await?;
        if changed == 0 {
            tx.run(
                "INSERT INTO policy_gap (reason, acknowledged_by, acknowledged_at, change_id, guarantee)
                 VALUES ($1, $2, $3, $4, $5)",
                words,
            )
            .await?;
        }
        touch(tx, id, version).await?;
        let event = Event::new("policy.gap_accepted").id("change", id).code("guarantee", guarantee.as_str());
        journal::append(tx, &actor, REGISTRY, event).await
    })
    .await
}

/// Every change, the newest first, at most two hundred; with a state, those that stand there.
pub async fn list(cw: &Casework, actor: &Actor, state: Option<ChangeState>) -> Result<Vec<Change>> {
    let cw = &cw.acting(actor);
    keeper(actor)?;
    let rows: Vec<Row> = cw
        .db
        .all(
            changes!("WHERE ($1 IS NULL OR c.state = $1) ORDER BY c.opened_at DESC, c.id DESC LIMIT $2"),
            args![state.map(ChangeState::code), MOST],
        )
        .await?;
    rows.into_iter().map(Row::read).collect()
}

/// A change with all that belongs to it. `NotFound` when there is none.
pub async fn show(cw: &Casework, actor: &Actor, id: ChangeId) -> Result<Whole> {
    let cw = &cw.acting(actor);
    keeper(actor)?;
    let mut view = cw.db.read().await?;
    let change = find(&mut view, id).await?;
    let editors: Vec<(Uuid, Option<String>)> = view
        .all(
            "SELECT e.staff_id, staff.name FROM policy_editor e LEFT JOIN staff ON staff.id = e.staff_id
             WHERE e.change_id = $1 ORDER BY e.staff_id",
            args![id],
        )
        .await?;
    Ok(Whole {
        change,
        documents: parts(&mut view, id).await?,
        editors: editors.into_iter().map(|(id, name)| Person { id: StaffId::new(id), name }).collect(),
        gaps: gaps(&mut view, id).await?,
        simulations: simulations(&mut view, id).await?,
    })
}

/// One change. `NotFound` when there is none.
pub(super) async fn find(tx: &mut Tx, id: ChangeId) -> Result<Change> {
    let row: Option<Row> = tx.one(changes!("WHERE c.id = $1"), args![id]).await?;
    row.ok_or(Error::NotFound)?.read()
}

/// Changes of which somebody was told that they could not go live, and has not read it.
pub(super) async fn told_to(tx: &mut Tx, staff: StaffId) -> Result<Vec<Change>> {
    let rows: Vec<Row> = tx
        .all(
            changes!(
                "JOIN policy_notice n ON n.change_id = c.id
                 WHERE n.staff_id = $1 AND n.read_at IS NULL ORDER BY n.made_at DESC, c.id LIMIT $2"
            ),
            args![staff, MOST],
        )
        .await?;
    rows.into_iter().map(Row::read).collect()
}

/// Approved changes whose day has come, in the order in which they go live.
pub(super) async fn due(tx: &mut Tx, today: Date) -> Result<Vec<Change>> {
    let rows: Vec<Row> = tx
        .all(
            changes!("WHERE c.state = 'approved' AND c.live_on <= $1 ORDER BY c.live_on, c.approved_at, c.id LIMIT 100"),
            args![today],
        )
        .await?;
    rows.into_iter().map(Row::read).collect()
}

/// The documents of a change.
pub(super) async fn parts(tx: &mut Tx, id: ChangeId) -> Result<Vec<Part>> {
    let rows: Vec<PartRow> = tx
        .all(
            "SELECT own.name, own.kind, own.number, own.gone, own.state, own.base, held.number AS in_force
             FROM policy_version own LEFT JOIN policy_version held ON held.name = own.name AND held.state = 'live'
             WHERE own.change_id = $1 ORDER BY own.name",
            args![id],
        )
        .await?;
    rows.into_iter().map(PartRow::read).collect()
}

/// Gaps that are accepted, with the reasons.
pub(super) async fn gaps(tx: &mut Tx, id: ChangeId) -> Result<BTreeMap<Guarantee, String>> {
    let rows: Vec<(String, String)> =
        tx.all("SELECT guarantee, reason FROM policy_gap WHERE change_id = $1", args![id]).await?;
    Ok(rows.into_iter().filter_map(|(word, reason)| Some((Guarantee::parse(&word)?, reason))).collect())
}

/// Simulations, the newest first, at most a hundred.
pub(super) async fn simulations(tx: &mut Tx, id: ChangeId) -> Result<Vec<Simulation>> {
    let rows: Vec<(Uuid, String, OffsetDateTime)> = tx
        .all(
            "SELECT id, bundle, made_at FROM policy_simulation WHERE change_id = $1 ORDER BY made_at DESC, id DESC LIMIT 100",
            args![id],
        )
        .await?;
    let simulation = |(id, bundle, made_at)| Simulation { id: SimulationId::new(id), bundle, made_at };
    Ok(rows.into_iter().map(simulation).collect())
}

/// A change whose documents may be edited, as the actor saw it. `Stale` when it moved, `Conflict(State)` when it is closed.
pub(super) async fn open_at(tx: &mut Tx, id: ChangeId, version: i64) -> Result<Change> {
    let change = find(tx, id).await?;
    if change.version != version {
        return Err(Error::Stale);
    }
    if !change.state.is_open() {
        return Err(Error::Conflict(Conflict::State));
    }
    Ok(change)
}

/// Counts an edit.
pub(super) async fn touch(tx: &mut Tx, id: ChangeId, version: i64) -> Result<()> {
    tx.run_one(
        "UPDATE policy_change SET version = version + 1 WHERE id = $1 AND version = $2",
        args![id, version],
    )
    .await
}

/// A reason in words. `Invalid("reason.missing")` without.
pub(super) fn given(reason: &str) -> Result<String> {
    let reason = reason.trim();
    if reason.is_empty() { Err(Error::Invalid("reason.missing")) } else { Ok(reason.to_owned()) }
}
