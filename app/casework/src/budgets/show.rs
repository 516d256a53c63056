//! Budgets and their lists as they are shown: to who keeps the rules, all of them or those of the own agency's programmes; to
//! a supervisor those that the own area draws on. Who may not open a file is shown places and days, and no reference.

use domain::budget::COUNTRY;
use domain::ids::{DecisionId, HouseholdId};
use domain::lifecycle::enrolment::WaitsFor;
use domain::pack::Pack;
use domain::role::{Right, Scope};
use time::Date;
use uuid::Uuid;

use super::list::reason;
use super::{Line, line_query};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::{Actor, Casework, args};

/// How far lists are counted beside a budget.
pub const COUNTED: i64 = 1000;
/// Lines that are looked through.
const MOST: i64 = 5000;

/// A budget with how many wait for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The budget.
    pub line: Line,
    /// How many wait on its list; not counted beyond [`COUNTED`].
    pub waiting: i64,
    /// To how many a place is offered.
    pub offered: i64,
}

/// Somebody on a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The place, 1 is next; none for who has an offer.
    pub place: Option<i64>,
    /// The household.
    pub household: HouseholdId,
    /// The enrolment: where the next page begins.
    pub enrolment: Uuid,
    /// The decision it rests on.
    pub decision: DecisionId,
    /// The household's reference, for who may open its file.
    pub reference: Option<String>,
    /// Since when.
    pub since: Date,
    /// Why.
    pub reason: WaitsFor,
    /// The last day of the place on the list.
    pub list_until: Option<Date>,
    /// The last day to answer, where a place is offered.
    pub offer_until: Option<Date>,
}

/// A page of a list.
#[derive(Clone, Debug)]
pub struct List {
    /// Its budget.
    pub shown: Shown,
    /// Those to whom a place is offered; on the first page.
    pub offered: Vec<Listed>,
    /// Those who wait, in order.
    pub waiting: Vec<Listed>,
    /// Where the next page begins: after whom, and how many go before.
    pub next: Option<(Uuid, i64)>,
}

/// Which lines somebody sees.
struct Reach {
    all: bool,
    agencies: Vec<String>,
    areas: Vec<String>,
}

impl Reach {
    fn of(actor: &Actor, pack: &Pack) -> Result<Self> {
        actor.require_anywhere(Right::SeeBudgets)?;
        let mut reach = Self { all: actor.is_machine(), agencies: Vec::new(), areas: Vec::new() };
        for scope in actor.scopes(Right::SeeBudgets) {
            match scope {
                Scope::National => reach.all = true,
                Scope::Office(code) => {
                    reach.areas.extend(pack.office(code).map(|office| office.area.clone()));
                }
                Scope::Agency(agency) => reach.agencies.push(agency.clone()),
                Scope::Provider(_) => {}
            }
        }
        Ok(reach)
    }

    /// The own agency's, and what the own area draws on or holds.
    fn sees(&self, line: &Line, pack: &Pack) -> bool {
        let agency = pack.programme(&line.programme).map(|def| def.agency.as_str());
        let in_area = |own: &String| {
            line.area == COUNTRY
                || pack.areas.is_within(own, &line.area)
                || pack.areas.is_within(&line.area, own)
        };
        self.all
            || self.agencies.iter().any(|own| Some(own.as_str()) == agency)
            || self.areas.iter().any(in_area)
    }
}

/// The budgets somebody sees, from the so-and-so-many-th, at most so many; and whether there are more.
pub async fn all(cw: &Casework, actor: &Actor, from: usize, rows: usize) -> Result<(Vec<Shown>, bool)> {
    let pack = cw.pack()?;
    let reach = Reach::of(actor, &pack)?;
    super::follow::lines(cw).await?;
    // Whoever sees a budget sees how many wait for it, not who.
    let mut view = cw.acting(&Actor::system()).db.read().await?;
    let lines: Vec<Line> = view
        .all(
            line_query!(
                "WHERE in_force = TRUE OR taken_places > 0 OR taken_money > 0
                 ORDER BY programme, area, from_date LIMIT $1"
            ),
            args![MOST],
        )
        .await?;
    let mut own = lines.into_iter().filter(|line| reach.sees(line, &pack)).skip(from);
    let mut shown = Vec::new();
    for line in own.by_ref().take(rows) {
        shown.push(with_list(&mut view, line).await?);
    }
    Ok((shown, own.next().is_some()))
}

async fn with_list(view: &mut Tx, line: Line) -> Result<Shown> {
    if !is_now(view, &line) {
        return Ok(Shown { waiting: 0, offered: 0, line });
    }
    let waiting: Option<i64> = view
        .value(
            "SELECT COUNT(*) FROM (SELECT 1 FROM enrolment WHERE programme = $1 AND list_area = $2
             AND state = 'waiting' LIMIT $3) AS counted",
            args![line.programme.as_str(), line.area.as_str(), COUNTED + 1],
        )
        .await?;
    let offered: Option<i64> = view
        .value(
            "SELECT COUNT(*) FROM enrolment WHERE programme = $1 AND state = 'offered' AND list_area = $2",
            args![line.programme.as_str(), line.area.as_str()],
        )
        .await?;
    Ok(Shown { waiting: waiting.unwrap_or(0), offered: offered.unwrap_or(0), line })
}

/// Whether a budget gives something today. A list is an area's, not a period's: it waits for the budget of its day.
fn is_now(view: &Tx, line: &Line) -> bool {
    (line.from_date..=line.until_date).contains(&view.today())
}

#[derive(sqlx::FromRow)]
struct Row {
    household_id: Uuid,
    enrolment_id: Uuid,
    decision_id: Uuid,
    reference: String,
    office: String,
    since: Date,
    waits_for: String,
    list_until: Option<Date>,
    offer_until: Option<Date>,
}

impl Row {
    fn read(self, actor: &Actor, line: &Line, place: Option<i64>) -> Listed {
        let may_open = actor.may_in(Right::OpenFile, &Scope::Office(self.office));
        Listed {
            place,
            household: self.household_id.into(),
            enrolment: self.enrolment_id,
            decision: self.decision_id.into(),
            reference: Some(self.reference).filter(|_| may_open),
            since: self.since,
            reason: reason(self.waits_for.parse().ok(), Some(line)),
            list_until: self.list_until,
            offer_until: self.offer_until.filter(|_| place.is_none()),
        }
    }
}

/// A budget. `NotFound` for one that one does not see.
pub async fn line(cw: &Casework, actor: &Actor, budget: Uuid) -> Result<Line> {
    let pack = cw.pack()?;
    let reach = Reach::of(actor, &pack)?;
    let mut view = cw.acting(&Actor::system()).db.read().await?;
    let line: Option<Line> = view.one(line_query!("WHERE budget_id = $1"), args![budget]).await?;
    line.filter(|line| reach.sees(line, &pack)).ok_or(Error::NotFound)
}

/// The list of a budget, a page of it: after whom, of whom so many go before. `NotFound` for a budget one does not see.
pub async fn list(
    cw: &Casework,
    actor: &Actor,
    budget: Uuid,
    after: Option<(Uuid, i64)>,
    rows: usize,
) -> Result<List> {
    let pack = cw.pack()?;
    let reach = Reach::of(actor, &pack)?;
    let mut view = cw.acting(&Actor::system()).db.read().await?;
    let line: Option<Line> = view.one(line_query!("WHERE budget_id = $1"), args![budget]).await?;
    let line = line.filter(|line| reach.sees(line, &pack)).ok_or(Error::NotFound)?;
    if !is_now(&view, &line) {
        let shown = with_list(&mut view, line).await?;
        return Ok(List { shown, offered: Vec::new(), waiting: Vec::new(), next: None });
    }
    let last: Option<(i64, i64, Date)> = match after {
        Some((enrolment, _)) => {
            view.one(
                "SELECT queue_key, tie, since FROM enrolment WHERE programme = $1 AND state = 'waiting' AND enrolment_id = $2",
                args![line.programme.as_str(), enrolment],
            )
            .await?
        }
        None => None,
    };
    // Who was last on the page before has left the list meanwhile: it is shown from its start.
    let after = after.filter(|_| last.is_some());
    // Before the lowest key the rest does not count.
    let (key, tie, since) = last.unwrap_or((i64::MIN, 0, line.from_date));
    let start = after.map_or(0, |(_, before)| before);
    let limit = i64::try_from(rows).unwrap_or(i64::MAX - 1);
    let mut found: Vec<Row> = view
        .all(
            "SELECT enrolment.household_id, enrolment_id, decision_id, reference, household.office, since, waits_for,
                    list_until, offer_until
             FROM enrolment JOIN household ON household.household_id = enrolment.household_id
             WHERE programme = $1 AND list_area = $2 AND state = 'waiting'
               AND (queue_key, tie, since, enrolment_id) > ($3, $4, $5, $6)
             ORDER BY queue_key, tie, since, enrolment_id LIMIT $7",
            args![
                line.programme.as_str(),
                line.area.as_str(),
                key,
                tie,
                since,
                after.map_or(Uuid::nil(), |(id, _)| id),
                limit + 1
            ],
        )
        .await?;
    let more = found.len() > rows;
    found.truncate(rows);
    let place = |at: usize| start + i64::try_from(at).unwrap_or(i64::MAX - 1) + 1;
    let waiting: Vec<Listed> =
        found.into_iter().enumerate().map(|(at, row)| row.read(actor, &line, Some(place(at)))).collect();
    let next = waiting.last().filter(|_| more).map(|last| (last.enrolment, last.place.unwrap_or(0)));
    let offered: Vec<Row> = if after.is_some() {
        Vec::new()
    } else {
        view.all(
            "SELECT enrolment.household_id, enrolment_id, decision_id, reference, household.office, since, waits_for,
                    list_until, offer_until
             FROM enrolment JOIN household ON household.household_id = enrolment.household_id
             WHERE programme = $1 AND state = 'offered' AND list_area = $2 ORDER BY offer_until, enrolment_id LIMIT 200",
            args![line.programme.as_str(), line.area.as_str()],
        )
        .await?
    };
    let offered = offered.into_iter().map(|row| row.read(actor, &line, None)).collect();
    Ok(List { shown: with_list(&mut view, line).await?, offered, waiting, next })
}
