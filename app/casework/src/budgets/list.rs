//! Lists: who waits for a budget, in the programme's order, and how far each is.
//!
//! A list is a programme's for the area of a budget. Its order is the programme's priority, then the declared tie-break, then
//! the day since when; one index gives the next and counts those ahead, and no count goes beyond [`OnList::COUNTED`].

use domain::budget;
use domain::definitions::ProgrammeDef;
use domain::ids::{EnrolmentId, HouseholdId};
use domain::letter::OnList;
use domain::lifecycle::enrolment::{EnrolmentState, WaitsFor};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::{Line, line_of};
use crate::args;
use crate::db::Tx;
use crate::enrolments::Enrolment;
use crate::error::{Error, Result};

/// Where somebody stands, or would stand, on a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spot {
    /// The priority: lower goes first.
    pub key: i64,
    /// Among those of one priority: lower goes first.
    pub tie: i64,
    /// Since when.
    pub since: Date,
    /// The last of the order; the largest id for who is not on the list yet.
    pub id: Uuid,
}

impl Spot {
    /// Where an enrolment stands; `None` when it does not wait.
    pub fn of(enrolment: &Enrolment) -> Option<Self> {
        let key = enrolment.queue_key.filter(|_| enrolment.state == EnrolmentState::Waiting)?;
        Some(Self { key, tie: enrolment.tie, since: enrolment.since, id: enrolment.id.uuid() })
    }
}

/// What a place on a list is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub spot: Spot,
    pub list: String,
    pub reason: WaitsFor,
    /// The last day of the place.
    pub until: Option<Date>,
}

pub(super) const AHEAD: &str =
    "SELECT COUNT(*) FROM (SELECT 1 FROM enrolment WHERE programme = $1 AND list_area = $2
     AND state = 'waiting' AND (queue_key, tie, since, enrolment_id) < ($3, $4, $5, $6) LIMIT $7) AS ahead";

/// How many of a list go before somebody, counted up to a limit.
pub(crate) async fn ahead(tx: &mut Tx, programme: &str, list: &str, spot: &Spot, limit: i64) -> Result<i64> {
    let sql = AHEAD;
    let args = args![programme, list, spot.key, spot.tie, spot.since, spot.id, limit];
    Ok(tx.value(sql, args).await?.unwrap_or(0))
}

/// What puts a household in order among those of equal priority.
pub(crate) async fn tie(
    tx: &mut Tx,
    def: &ProgrammeDef,
    household: HouseholdId,
    person: Option<Uuid>,
) -> Result<i64> {
    let registered: Option<OffsetDateTime> =
        tx.value("SELECT registered_at FROM household WHERE household_id = $1", args![household]).await?;
    let registered = registered.ok_or(Error::NotFound)?;
    Ok(budget::tie(def, registered, household.uuid(), person))
}

/// Why somebody waits now: what was kept when it was last looked, unless the line shows that it is otherwise today.
pub(super) fn reason(kept: Option<WaitsFor>, line: Option<&Line>) -> WaitsFor {
    let Some(line) = line else { return WaitsFor::Budget };
    // What is left of the money may be less than one award: only who looked at the award knows.
    let short = || kept.filter(|kept| *kept == WaitsFor::Money && line.money.is_some());
    line.lacks(1).or_else(short).unwrap_or(WaitsFor::Turn)
}

/// The place of an enrolment that waits, or that is offered, as it is told; `None` for every other. It is counted over all
/// offices: for who sees them all ([`crate::db::Sight`]).
pub(crate) async fn told(tx: &mut Tx, enrolment: &Enrolment) -> Result<Option<OnList>> {
    if !enrolment.is_waiting() {
        return Ok(None);
    }
    let line = line_of(tx, &enrolment.programme, &enrolment.list_area, tx.today()).await?;
    let ahead = match Spot::of(enrolment) {
        Some(spot) => ahead(tx, &enrolment.programme, &enrolment.list_area, &spot, OnList::COUNTED).await?,
        None => 0,
    };
    let named = Some(enrolment.list_area.clone()).filter(|area| !area.is_empty() && area != budget::COUNTRY);
    Ok(Some(OnList {
        reason: reason(enrolment.waits_for, line.as_ref()),
        area: named,
        period_until: line.map(|line| line.until_date),
        place: ahead + 1,
        since: enrolment.since,
        ends_on: enrolment.list_until,
        offered_until: enrolment.offer_until.filter(|_| enrolment.state == EnrolmentState::Offered),
    }))
}

pub(super) const NEXT: &str =
    "SELECT household_id, enrolment_id FROM enrolment WHERE programme = $1 AND list_area = $2
     AND state = 'waiting' ORDER BY queue_key, tie, since, enrolment_id LIMIT 1";

/// The next of a list, if anybody waits.
pub(crate) async fn next(
    tx: &mut Tx,
    programme: &str,
    list: &str,
) -> Result<Option<(HouseholdId, EnrolmentId)>> {
    let row: Option<(Uuid, Uuid)> = tx.one(NEXT, args![programme, list]).await?;
    Ok(row.map(|(household, enrolment)| (household.into(), enrolment.into())))
}
