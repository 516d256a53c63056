//! Places or money added to a budget in the course of its period: proposed by one policy officer with the reason and the law it
//! rests on, added or returned by another. What is added stays when a later pack is put in force ([`super::follow`]).
//!
//! Adding and waking the list is one unit of work; then the next of the list are offered what has come, each in a unit of work
//! of its own, as whenever something becomes free ([`super::offers`]).

pub use domain::budget::AdditionState as State;
use domain::ids::{AdditionId, StaffId};
use domain::role::{Right, Scope};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Line, line_query, offers, show};
use crate::db::Tx;
use crate::error::{Conflict, Error, Result};
use crate::journal::{self, Event, REGISTRY};
use crate::policy::Person;
use crate::{Actor, Casework, args};

/// Most places that are added at once.
const MOST_PLACES: i64 = 1_000_000_000;
/// Most money that is added at once, in minor units.
const MOST_MONEY: i64 = 1_000_000_000_000_000;
/// Additions on the page of a budget.
const MOST: i64 = 200;

/// What somebody wants to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct New {
    /// Its id, from the form: the same form sent twice adds once.
    pub id: AdditionId,
    /// Places; none when the budget limits none, or only money is added.
    pub places: Option<i64>,
    /// Money in minor units.
    pub money: Option<i64>,
    /// Why.
    pub reason: String,
    /// The law, the order or the number of the document it rests on.
    pub legal_basis: String,
}

/// Places or money that were added, or wait to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addition {
    /// Its id.
    pub id: AdditionId,
    /// The budget.
    pub budget: Uuid,
    /// Places; 0 when none.
    pub places: i64,
    /// Money in minor units; 0 when none.
    pub money: i64,
    /// Why.
    pub reason: String,
    /// What it rests on.
    pub legal_basis: String,
    /// Where it stands.
    pub state: State,
    /// Who proposed it.
    pub by: Person,
    /// When.
    pub at: OffsetDateTime,
    /// Who added or returned it, and when.
    pub settled: Option<(Person, OffsetDateTime)>,
    /// Why it was returned.
    pub note: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    addition_id: Uuid,
    budget_id: Uuid,
    places: i64,
    money: i64,
    reason: String,
    legal_basis: String,
    state: String,
    proposed_by: Uuid,
    proposed_name: Option<String>,
    proposed_at: OffsetDateTime,
    settled_by: Option<Uuid>,
    settled_name: Option<String>,
    settled_at: Option<OffsetDateTime>,
    note: String,
}

macro_rules! additions {
    ($rest:literal) => {
        concat!(
            "SELECT a.addition_id, a.budget_id, a.places, a.money, a.reason, a.legal_basis, a.state, a.proposed_by,
                    p.name AS proposed_name, a.proposed_at, a.settled_by, s.name AS settled_name, a.settled_at, a.note
             FROM budget_addition a LEFT JOIN staff p ON p.id = a.proposed_by LEFT JOIN staff s ON s.id = a.settled_by ",
            $rest
        )
    };
}

impl Row {
    fn read(self) -> Result<Addition> {
        let person = |id, name| Person { id: StaffId::new(id), name };
        Ok(Addition {
            id: AdditionId::new(self.addition_id),
            budget: self.budget_id,
            places: self.places,
            money: self.money,
            reason: self.reason,
            legal_basis: self.legal_basis,
            state: self.state.parse().map_err(Error::internal)?,
            by: person(self.proposed_by, self.proposed_name),
            at: self.proposed_at,
            settled: self.settled_by.map(|id| person(id, self.settled_name)).zip(self.settled_at),
            note: self.note,
        })
    }
}

/// The additions of a budget, the newest first, at most two hundred. `NotFound` for a budget one does not see.
pub async fn of_line(cw: &Casework, actor: &Actor, budget: Uuid) -> Result<Vec<Addition>> {
    show::line(cw, actor, budget).await?;
    let rows: Vec<Row> = cw
        .acting(actor)
        .db
        .all(
            additions!("WHERE a.budget_id = $1 ORDER BY a.proposed_at DESC, a.addition_id DESC LIMIT $2"),
            args![budget, MOST],
        )
        .await?;
    rows.into_iter().map(Row::read).collect()
}

/// Every addition that waits for a second person, the oldest first, at most two hundred.
pub async fn waiting(cw: &Casework, actor: &Actor) -> Result<Vec<Addition>> {
    let cw = &cw.acting(actor);
    actor.require(Right::ApprovePolicy, &Scope::National)?;
    let rows: Vec<Row> = cw
        .db
        .all(
            additions!("WHERE a.state = 'proposed' ORDER BY a.proposed_at, a.addition_id LIMIT $1"),
            args![MOST],
        )
        .await?;
    rows.into_iter().map(Row::read).collect()
}

/// A number that can be added; `Invalid(wrong)` for none or less.
fn positive(number: Option<i64>, most: i64, wrong: &'static str) -> Result<i64> {
    match number {
        None => Ok(0),
        Some(number) if (1..=most).contains(&number) => Ok(number),
        Some(_) => Err(Error::Invalid(wrong)),
    }
}

/// Proposes to add to a budget. `Invalid("places.wrong")`, `("money.wrong")` for nothing or less, `("addition.nothing")` without
/// either, `("places.unlimited")`, `("money.unlimited")` where the budget has no such limit, `("reason.missing")`,
/// `("legal_basis.missing")`; `Conflict(State)` for a budget whose period is over or that is in force no longer.
pub async fn propose(cw: &Casework, actor: &Actor, budget: Uuid, new: New) -> Result<()> {
    let cw = &cw.acting(actor);
    actor.require(Right::KeepPolicy, &Scope::National)?;
    let me = actor.account().ok_or(Error::Forbidden)?;
    let places = positive(new.places, MOST_PLACES, "places.wrong")?;
    let money = positive(new.money, MOST_MONEY, "money.wrong")?;
    if places == 0 && money == 0 {
        return Err(Error::Invalid("addition.nothing"));
    }
    let given = |text: &str, missing| match text.trim() {
        "" => Err(Error::Invalid(missing)),
        text => Ok(text.to_owned()),
    };
    let reason = given(&new.reason, "reason.missing")?;
    let legal_basis = given(&new.legal_basis, "legal_basis.missing")?;
    let (actor, id) = (actor.clone(), new.id);
    cw.write(async move |tx| {
        if let Some(known) = find(tx, id).await? {
            let is_same = known.by.id == me && known.budget == budget;
            return if is_same { Ok(()) } else { Err(Error::Conflict(Conflict::Taken)) };
        }
        let line = open_line(tx, budget).await?;
        if places > 0 && line.places.is_none() {
            return Err(Error::Invalid("places.unlimited"));
        }
        if money > 0 && line.money.is_none() {
            return Err(Error::Invalid("money.unlimited"));
        }
        tx.run(
            "INSERT INTO budget_addition (addition_id, budget_id, places, money, reason, legal_basis, state, proposed_by,
                                          proposed_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            args![
                id,
                budget,
                places,
                money,
                reason.as_str(),
                legal_basis.as_str(),
                State::Proposed.code(),
                me,
                tx.now()
            ],
        )
        .await?;
        told("budget.addition_proposed", tx, &actor, &line, (id, places, money)).await
    })
    .await
}

/// The second person adds it, and the next of the list are offered what has come; how many were. `Conflict(SamePerson)` for who
/// proposed it, `Conflict(State)` when it does not wait any more or its budget is over.
pub async fn approve(cw: &Casework, actor: &Actor, id: AdditionId) -> Result<u64> {
    let own = &cw.acting(actor);
    let me = second(actor)?;
    let actor = actor.clone();
    let budget = own
        .write(async move |tx| {
            let addition = settle(tx, id, me, State::Added, "").await?;
            let line = open_line(tx, addition.budget).await?;
            tx.run_one(
                "UPDATE budget_line SET added_places = added_places + $1, added_money = added_money + $2, stirred = TRUE
                 WHERE budget_id = $3",
                args![addition.places, addition.money, addition.budget],
            )
            .await?;
            told("budget.added", tx, &actor, &line, (id, addition.places, addition.money)).await?;
            Ok(addition.budget)
        })
        .await?;
    // What is not offered now is in the worker's next round: it is added all the same.
    match offers::of_line(cw, budget).await {
        Ok(offered) => Ok(offered),
        Err(error) => {
            tracing::warn!(%error, %budget, "what was added is not offered yet");
            Ok(0)
        }
    }
}

/// The second person does not agree, and says why. `Invalid("reason.missing")` without.
pub async fn send_back(cw: &Casework, actor: &Actor, id: AdditionId, reason: &str) -> Result<()> {
    let cw = &cw.acting(actor);
    let me = second(actor)?;
    let reason = reason.trim().to_owned();
    if reason.is_empty() {
        return Err(Error::Invalid("reason.missing"));
    }
    let actor = actor.clone();
    cw.write(async move |tx| {
        let addition = settle(tx, id, me, State::Returned, &reason).await?;
        let line: Option<Line> = tx.one(line_query!("WHERE budget_id = $1"), args![addition.budget]).await?;
        let line = line.ok_or(Error::NotFound)?;
        told("budget.addition_returned", tx, &actor, &line, (id, addition.places, addition.money)).await
    })
    .await
}

/// The right to be the second person, and whose it is.
fn second(actor: &Actor) -> Result<StaffId> {
    actor.require(Right::ApprovePolicy, &Scope::National)?;
    actor.account().ok_or(Error::Forbidden)
}

async fn find(tx: &mut Tx, id: AdditionId) -> Result<Option<Addition>> {
    let row: Option<Row> = tx.one(additions!("WHERE a.addition_id = $1"), args![id]).await?;
    row.map(Row::read).transpose()
}

/// Takes what waits to its end, by somebody else than who proposed it.
async fn settle(tx: &mut Tx, id: AdditionId, me: StaffId, to: State, note: &str) -> Result<Addition> {
    let addition = find(tx, id).await?.ok_or(Error::NotFound)?;
    if addition.state != State::Proposed {
        return Err(Error::Conflict(Conflict::State));
    }
    if addition.by.id == me {
        return Err(Error::Conflict(Conflict::SamePerson));
    }
    let settled = tx
        .run(
            "UPDATE budget_addition SET state = $1, settled_by = $2, settled_at = $3, note = $4
             WHERE addition_id = $5 AND state = 'proposed'",
            args![to.code(), me, tx.now(), note, id],
        )
        .await?;
    // Another second person was faster.
    if settled == 1 { Ok(addition) } else { Err(Error::Conflict(Conflict::State)) }
}

/// A budget to which can be added: in force, and not over.
async fn open_line(tx: &mut Tx, budget: Uuid) -> Result<Line> {
    let line: Option<Line> = tx.one(line_query!("WHERE budget_id = $1"), args![budget]).await?;
    let line = line.ok_or(Error::NotFound)?;
    let in_force: Option<bool> =
        tx.value("SELECT in_force FROM budget_line WHERE budget_id = $1", args![budget]).await?;
    if in_force != Some(true) || line.until_date < tx.today() {
        return Err(Error::Conflict(Conflict::State));
    }
    Ok(line)
}

async fn told(
    kind: &'static str,
    tx: &mut Tx,
    actor: &Actor,
    line: &Line,
    (id, places, money): (AdditionId, i64, i64),
) -> Result<()> {
    let event = Event::new(kind)
        .id("addition", id)
        .id("budget", line.budget_id)
        .code("programme", &line.programme)
        .number("places", places)
        .number("money", money);
    journal::append(tx, actor, REGISTRY, event).await
}
