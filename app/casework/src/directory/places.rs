//! Places of a service that are taken: one when a provider accepts somebody, given back when it ends.
//!
//! The count of a place and its period is one row, and it is raised by a statement that asks again whether there is room: two
//! who accept at once cannot both have the last place, on either engine.

use domain::services::period;

use super::Spot;
use crate::args;
use crate::db::Tx;
use crate::error::Result;

/// Takes a place for today; the period that it is of, or `None` where all are taken.
pub(crate) async fn take(tx: &mut Tx, spot: &Spot) -> Result<Option<String>> {
    let period = period(spot.place.per, tx.today());
    let code = spot.place.code.as_str();
    tx.run(
        "INSERT INTO place_use (place, period, taken) VALUES ($1, $2, 0) ON CONFLICT (place, period) DO NOTHING",
        args![code, &period],
    )
    .await?;
    let taken = tx
        .run(
            "UPDATE place_use SET taken = taken + 1 WHERE place = $1 AND period = $2 AND ($3 OR taken < $4)",
            args![
                code,
                &period,
                spot.place.capacity.is_none(),
                spot.place.capacity.map_or(i64::MAX, i64::from)
            ],
        )
        .await?;
    Ok((taken == 1).then_some(period))
}

/// Gives a place back.
pub(crate) async fn free(tx: &mut Tx, place: &str, period: &str) -> Result<()> {
    tx.run(
        "UPDATE place_use SET taken = taken - 1 WHERE place = $1 AND period = $2 AND taken > 0",
        args![place, period],
    )
    .await
    .map(drop)
}
