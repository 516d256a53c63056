//! Whether every balance is what enrolments hold: for `guichet verify`.

use std::fmt;

use uuid::Uuid;

use crate::error::Result;
use crate::{Actor, Casework, args};

/// A line whose balance is not the sum of what is held of it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Off {
    /// The line.
    pub budget_id: Uuid,
    /// The programme.
    pub programme: String,
    /// The area.
    pub area: String,
    /// Places by the balance, and by what is held.
    pub taken_places: i64,
    /// The same by enrolments.
    pub held_places: i64,
    /// Money by the balance, in minor units.
    pub taken_money: i64,
    /// The same by enrolments.
    pub held_money: i64,
}

impl fmt::Display for Off {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { programme, area, taken_places, held_places, taken_money, held_money, .. } = self;
        write!(
            f,
            "{programme} in {area}: {taken_places} places and {taken_money} minor units, held are {held_places} and {held_money}"
        )
    }
}

/// Lines looked at, and those that are off.
pub async fn run(cw: &Casework) -> Result<(i64, Vec<Off>)> {
    let cw = &cw.acting(&Actor::system());
    let mut view = cw.db.read().await?;
    let lines: Option<i64> = view.value("SELECT COUNT(*) FROM budget_line", args![]).await?;
    let off = view
        .all(
            "SELECT line.budget_id, line.programme, line.area, line.taken_places, line.taken_money,
                    COALESCE(held.places, 0) AS held_places, COALESCE(held.money, 0) AS held_money
             FROM budget_line AS line LEFT JOIN (
                 SELECT budget_id, CAST(SUM(places) AS BIGINT) AS places,
                        CAST(SUM(open_money + spent_money) AS BIGINT) AS money FROM commitment GROUP BY budget_id
             ) AS held ON held.budget_id = line.budget_id
             WHERE line.taken_places <> COALESCE(held.places, 0) OR line.taken_money <> COALESCE(held.money, 0)
             ORDER BY line.budget_id LIMIT 100",
            args![],
        )
        .await?;
    Ok((lines.unwrap_or(0), off))
}
