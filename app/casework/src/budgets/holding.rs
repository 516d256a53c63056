//! What an enrolment holds of a budget: kept when it begins, changed when its award changes, released when it ends for what
//! remains. A place is free at once; money whose month has begun is spent.

use domain::budget::{USUAL_MONTHS, spent};
use domain::calendar::add_months;
use domain::ids::{EnrolmentId, HouseholdId};
use domain::lifecycle::enrolment::EnrolmentState;
use serde::{Deserialize, Serialize};
use time::{Date, Duration};
use uuid::Uuid;

use super::{Drawn, give_back, owe};
use crate::args;
use crate::db::Tx;
use crate::error::Result;

/// What an enrolment holds of one line.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct Held {
    pub budget_id: Uuid,
    pub places: i64,
    pub open_money: i64,
    pub spent_money: i64,
    pub from_date: Date,
    pub until_date: Date,
}

/// The months that an award is for: from a day until its last, or for as long as one without an end is counted.
pub(crate) fn months(from: Date, ends_on: Option<Date>) -> (Date, Date) {
    (from, ends_on.unwrap_or_else(|| add_months(from, USUAL_MONTHS)))
}

/// What an enrolment holds.
pub(crate) async fn of(tx: &mut Tx, household: HouseholdId, enrolment: EnrolmentId) -> Result<Vec<Held>> {
    tx.all(
        "SELECT budget_id, places, open_money, spent_money, from_date, until_date FROM commitment
         WHERE household_id = $1 AND enrolment_id = $2 ORDER BY budget_id",
        args![household, enrolment],
    )
    .await
}

/// Keeps with an enrolment what was drawn for it; what it held of the same line before and was released stays spent.
pub(crate) async fn hold(
    tx: &mut Tx,
    household: HouseholdId,
    enrolment: EnrolmentId,
    drawn: Drawn,
    (from, until): (Date, Date),
) -> Result<()> {
    tx.run(
        "INSERT INTO commitment (household_id, enrolment_id, budget_id, places, open_money, spent_money, from_date, until_date)
         VALUES ($1, $2, $3, 1, $4, 0, $5, $6)
         ON CONFLICT (household_id, enrolment_id, budget_id) DO UPDATE SET places = commitment.places + 1,
             open_money = commitment.open_money + excluded.open_money, from_date = excluded.from_date,
             until_date = excluded.until_date",
        args![household, enrolment, drawn.budget, drawn.money, from, until],
    )
    .await
    .map(drop)
}

/// Releases what remains of what an enrolment in this state holds; what is spent stays with its line.
pub(crate) async fn release(
    tx: &mut Tx,
    household: HouseholdId,
    enrolment: EnrolmentId,
    state: EnrolmentState,
) -> Result<()> {
    use EnrolmentState as S;
    let has_begun = matches!(state, S::Onboarding | S::Active | S::Suspended);
    let today = tx.today();
    for held in of(tx, household, enrolment).await? {
        if held.places == 0 && held.open_money == 0 {
            continue;
        }
        let due = if has_begun { spent(held.open_money, held.from_date, held.until_date, today) } else { 0 };
        tx.run_one(
            "UPDATE commitment SET places = 0, open_money = 0, spent_money = spent_money + $1
             WHERE household_id = $2 AND enrolment_id = $3 AND budget_id = $4",
            args![due, household, enrolment, held.budget_id],
        )
        .await?;
        give_back(tx, held.budget_id, held.places, held.open_money - due).await?;
    }
    Ok(())
}

/// The award begins later than it was granted: its months do too.
pub(crate) async fn later(
    tx: &mut Tx,
    household: HouseholdId,
    enrolment: EnrolmentId,
    by: Duration,
) -> Result<()> {
    for held in of(tx, household, enrolment).await?.iter().filter(|held| held.places > 0) {
        tx.run_one(
            "UPDATE commitment SET from_date = $1, until_date = $2
             WHERE household_id = $3 AND enrolment_id = $4 AND budget_id = $5",
            args![
                held.from_date.saturating_add(by),
                held.until_date.saturating_add(by),
                household,
                enrolment,
                held.budget_id
            ],
        )
        .await?;
    }
    Ok(())
}

/// What an enrolment held of a line, as a ledger keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Was {
    budget_id: Uuid,
    places: i64,
    open_money: i64,
    spent_money: i64,
}

impl From<Held> for Was {
    fn from(held: Held) -> Self {
        let Held { budget_id, places, open_money, spent_money, .. } = held;
        Self { budget_id, places, open_money, spent_money }
    }
}

/// Puts back what an enrolment held, whatever is left now: its end was a mistake and is undone.
pub(crate) async fn put_back(
    tx: &mut Tx,
    household: HouseholdId,
    enrolment: EnrolmentId,
    was: &[Was],
) -> Result<()> {
    for now in of(tx, household, enrolment).await? {
        give_back(tx, now.budget_id, now.places, now.open_money + now.spent_money).await?;
    }
    for held in was {
        owe(tx, held.budget_id, held.places, held.open_money + held.spent_money).await?;
        tx.run_one(
            "UPDATE commitment SET places = $1, open_money = $2, spent_money = $3
             WHERE household_id = $4 AND enrolment_id = $5 AND budget_id = $6",
            args![held.places, held.open_money, held.spent_money, household, enrolment, held.budget_id],
        )
        .await?;
    }
    Ok(())
}
