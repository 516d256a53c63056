//! Lines follow the pack in force: what its programmes' `[[budget]]` tables say is what there is, from the moment it is in
//! force. What two people added stays; a line that the pack no longer has gives nothing any more and keeps what was promised
//! of it. Who waits is put on the list of the area that is nearest now.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::budget::{self, COUNTRY};
use domain::definitions::ProgrammeDef;
use domain::ids::HouseholdId;
use domain::lifecycle::enrolment::WaitsFor;
use domain::pack::Pack;
use uuid::Uuid;

use super::{list, nearest};
use crate::db::Tx;
use crate::error::Result;
use crate::{Actor, Casework, args, meta};

/// The pack that the lines are of.
const LINES_OF: &str = "budget.lines_of";
/// The pack, and how many lines had begun or ended, for which everybody is on the right list.
const LISTS_OF: &str = "budget.lists_of";
/// People put on their list in one unit of work.
const AT_ONCE: i64 = 200;

/// Takes the lines from the pack in force, if they are of another; whether they were. Every use case that draws on a budget
/// asks first: a look by key when there is nothing to do.
pub async fn lines(cw: &Casework) -> Result<bool> {
    let Ok(pack) = cw.pack() else { return Ok(false) };
    let cw = &cw.acting(&Actor::system());
    if meta::get(&cw.db, LINES_OF).await?.as_deref() == Some(pack.hash()) {
        return Ok(false);
    }
    cw.write(async move |tx| take_over(tx, &pack).await).await
}

async fn take_over(tx: &mut Tx, pack: &Arc<Pack>) -> Result<bool> {
    if meta::get_in(tx, LINES_OF).await?.as_deref() == Some(pack.hash()) {
        return Ok(false);
    }
    // A server that has not noticed the newest pack yet must not put back an older one's lines.
    if meta::get_in(tx, meta::PACK).await?.is_some_and(|newest| newest != pack.hash()) {
        return Ok(false);
    }
    tx.run("UPDATE budget_line SET in_force = FALSE WHERE in_force = TRUE", args![]).await?;
    let digits = pack.about.currency.minor_digits;
    for def in &pack.definitions().programmes {
        for own in &def.budgets {
            let id: Uuid = tx.new_id();
            tx.run(
                "INSERT INTO budget_line (budget_id, programme, area, from_date, until_date, places, money)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)
                 ON CONFLICT (programme, area, from_date) DO UPDATE SET until_date = excluded.until_date,
                     places = excluded.places, money = excluded.money, in_force = TRUE, stirred = TRUE",
                args![
                    id,
                    def.id.as_str(),
                    own.area.as_deref().unwrap_or(COUNTRY),
                    own.from,
                    own.until,
                    own.places.map(i64::from),
                    budget::money(own, digits)
                ],
            )
            .await?;
        }
    }
    meta::set(tx, LINES_OF, pack.hash()).await?;
    Ok(true)
}

pub(super) const WAITING: &str = "SELECT enrolment.household_id, enrolment.enrolment_id, enrolment.person_id,
            enrolment.list_area, enrolment.tie, contact.area
     FROM enrolment JOIN contact ON contact.household_id = enrolment.household_id AND contact.replaced_at IS NULL
     WHERE enrolment.programme = $1 AND enrolment.state = 'waiting' AND enrolment.enrolment_id > $2
     ORDER BY enrolment.enrolment_id LIMIT $3";

#[derive(sqlx::FromRow)]
struct Waiting {
    household_id: Uuid,
    enrolment_id: Uuid,
    person_id: Option<Uuid>,
    list_area: String,
    tie: i64,
    area: String,
}

/// Puts everybody who waits on the list of the nearest budget there is now, when a pack or a day changed it; how many changed lists. For
/// the worker.
pub async fn lists(cw: &Casework) -> Result<u64> {
    let Ok(pack) = cw.pack() else { return Ok(0) };
    let cw = &cw.acting(&Actor::system());
    let lines_of = meta::get(&cw.db, LINES_OF).await?;
    if lines_of.as_deref() != Some(pack.hash()) {
        return Ok(0);
    }
    // A line that begins or ends changes which one is nearest, as a new pack does.
    let turns: Option<i64> = cw
        .db
        .value(
            "SELECT COUNT(CASE WHEN from_date <= $1 THEN 1 END) + COUNT(CASE WHEN until_date < $1 THEN 1 END)
             FROM budget_line WHERE in_force = TRUE",
            args![cw.today()],
        )
        .await?;
    let now = format!("{} {}", pack.hash(), turns.unwrap_or(0));
    if meta::get(&cw.db, LISTS_OF).await?.as_deref() == Some(now.as_str()) {
        return Ok(0);
    }
    let mut moved = 0;
    let limited = pack.definitions().programmes.iter().filter(|def| def.selection.is_limited());
    for def in limited.map(|def| def.id.clone()).collect::<Vec<_>>() {
        let mut after = Uuid::nil();
        loop {
            let (of, programme) = (pack.clone(), def.clone());
            let (last, changed) = cw
                .write(async move |tx| {
                    let Some(def) = of.programme(&programme) else { return Ok((None, 0)) };
                    page(tx, &of, def, after).await
                })
                .await?;
            moved += changed;
            let Some(last) = last else { break };
            after = last;
        }
    }
    cw.write(async move |tx| meta::set(tx, LISTS_OF, &now).await).await?;
    Ok(moved)
}

/// One page of those who wait for a programme; the last of it and how many changed lists.
async fn page(tx: &mut Tx, pack: &Pack, def: &ProgrammeDef, after: Uuid) -> Result<(Option<Uuid>, u64)> {
    let rows: Vec<Waiting> = tx.all(WAITING, args![def.id.as_str(), after, AT_ONCE]).await?;
    let (mut lists, mut moved) = (BTreeMap::new(), 0);
    for row in &rows {
        if !lists.contains_key(&row.area) {
            let line = nearest(tx, &def.id, &pack.areas, &row.area, tx.today()).await?;
            lists.insert(row.area.clone(), line.map(|line| line.area).unwrap_or_default());
        }
        let list = lists.get(&row.area).cloned().unwrap_or_default();
        let household = HouseholdId::new(row.household_id);
        let tie = list::tie(tx, def, household, row.person_id).await?;
        if list != row.list_area || tie != row.tie {
            let reason = if list.is_empty() { WaitsFor::Budget } else { WaitsFor::Turn };
            tx.run(
                "UPDATE enrolment SET list_area = $1, tie = $2, waits_for = $3 WHERE household_id = $4 AND enrolment_id = $5",
                args![list.as_str(), tie, reason.code(), row.household_id, row.enrolment_id],
            )
            .await?;
            tx.run(
                "UPDATE budget_line SET stirred = TRUE WHERE programme = $1 AND area = $2",
                args![def.id.as_str(), list.as_str()],
            )
            .await?;
            moved += 1;
        }
    }
    Ok((rows.last().map(|row| row.enrolment_id), moved))
}
