//! Budgets: what a programme has to give in an area and a period, what is promised of it, and what is drawn when a decision
//! is made.
//!
//! A household draws on the *line* of the nearest area around it that has one in force on the day. Whatever is drawn is one
//! conditional `UPDATE` of the line's balance ([`take`]), in the unit of work of the decision: of two officers who decide on
//! the last place at one moment, one gets it. What an enrolment holds is its rows in `commitment`; the balance is their sum
//! ([`check::run`]). Only a programme with a waiting list lets somebody wait; an open one refuses nobody, and its line shows
//! what it is short of. Nothing is drawn by looking, by a simulation or by a preview: they do not come here.
//!
//! [`additions`] are what two people add in the course of the period, [`offers`] gives what becomes free to the next, [`answer`] takes what they say to it. [`follow`] takes the lines from the pack in force; [`holding`] keeps, changes and releases what is held; [`list`] knows
//! places on lists. To let something else draw on a budget: [`draw`] before its enrolment is written, [`holding::hold`] after.

pub mod additions;
pub mod answer;
pub mod check;
pub mod follow;
pub(crate) mod holding;
pub mod list;
pub mod offers;
pub mod show;

use domain::area::AreaTree;
use domain::budget::{self, COUNTRY};
use domain::definitions::ProgrammeDef;
use domain::lifecycle::enrolment::WaitsFor;
use time::Date;
use uuid::Uuid;

use crate::args;
use crate::db::Tx;
use crate::error::Result;
use list::Spot;

/// A budget of a programme for an area and a period.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Line {
    /// Its id.
    pub budget_id: Uuid,
    /// The programme.
    pub programme: String,
    /// The area with everything inside it; [`COUNTRY`] for the whole country.
    pub area: String,
    /// The first day.
    pub from_date: Date,
    /// The last day.
    pub until_date: Date,
    /// Places of the pack; any number when none.
    pub places: Option<i64>,
    /// Money of the pack in minor units; any amount when none.
    pub money: Option<i64>,
    /// Places that were added since.
    pub added_places: i64,
    /// Money that was added since, in minor units.
    pub added_money: i64,
    /// Places that enrolments hold.
    pub taken_places: i64,
    /// Money that they hold, in minor units.
    pub taken_money: i64,
}

/// The columns of [`Line`].
macro_rules! line_query {
    ($rest:literal) => {
        concat!(
            "SELECT budget_id, programme, area, from_date, until_date, places, money, added_places, added_money,
                    taken_places, taken_money FROM budget_line ",
            $rest
        )
    };
}
pub(crate) use line_query;

impl Line {
    /// All places there are; any number when none.
    pub fn all_places(&self) -> Option<i64> {
        self.places.map(|places| places + self.added_places)
    }

    /// All money there is, in minor units; any amount when none.
    pub fn all_money(&self) -> Option<i64> {
        self.money.map(|money| money.saturating_add(self.added_money))
    }

    /// Places that are left; below 0 is what it is short of.
    pub fn free_places(&self) -> Option<i64> {
        self.all_places().map(|all| all - self.taken_places)
    }

    /// Money that is left, in minor units; below 0 is what it is short of.
    pub fn free_money(&self) -> Option<i64> {
        self.all_money().map(|all| all - self.taken_money)
    }

    /// What it lacks for an award that commits so much money, in minor units; none when it has as much.
    pub fn lacks(&self, money: i64) -> Option<WaitsFor> {
        if self.free_places().is_some_and(|free| free < 1) {
            Some(WaitsFor::Places)
        } else if self.free_money().is_some_and(|free| free < money) {
            Some(WaitsFor::Money)
        } else {
            None
        }
    }

    /// The area as people name it: none for the whole country.
    pub fn named_area(&self) -> Option<&str> {
        Some(self.area.as_str()).filter(|area| *area != COUNTRY)
    }
}

/// The line that a programme has for exactly this area on a day.
pub(crate) async fn line_of(tx: &mut Tx, programme: &str, area: &str, day: Date) -> Result<Option<Line>> {
    tx.one(
        line_query!(
            "WHERE programme = $1 AND area = $2 AND in_force = TRUE AND from_date <= $3 AND until_date >= $3
             ORDER BY from_date DESC LIMIT 1"
        ),
        args![programme, area, day],
    )
    .await
}

/// The line that a household in this area draws on, on a day.
pub(crate) async fn nearest(
    tx: &mut Tx,
    programme: &str,
    areas: &AreaTree,
    area: &str,
    day: Date,
) -> Result<Option<Line>> {
    let any: Option<i64> = tx
        .value("SELECT CAST(1 AS BIGINT) FROM budget_line WHERE programme = $1 LIMIT 1", args![programme])
        .await?;
    if any.is_none() {
        return Ok(None);
    }
    for area in budget::drawn_on(areas, area) {
        if let Some(line) = line_of(tx, programme, &area, day).await? {
            return Ok(Some(line));
        }
    }
    Ok(None)
}

/// Adds to what is held of a line, if as much is left; whether it was. One statement: two units of work cannot both have the
/// last of it.
pub(crate) async fn take(tx: &mut Tx, budget: Uuid, places: i64, money: i64) -> Result<bool> {
    let taken = tx
        .run(
            "UPDATE budget_line SET taken_places = taken_places + $1, taken_money = taken_money + $2
             WHERE budget_id = $3 AND (places IS NULL OR taken_places + $1 <= places + added_places)
               AND (money IS NULL OR taken_money + $2 <= money + added_money)",
            args![places, money, budget],
        )
        .await?;
    Ok(taken == 1)
}

/// Adds to what is held of a line, whether as much is left or not: for what is owed.
pub(crate) async fn owe(tx: &mut Tx, budget: Uuid, places: i64, money: i64) -> Result<()> {
    tx.run_one(
        "UPDATE budget_line SET taken_places = taken_places + $1, taken_money = taken_money + $2 WHERE budget_id = $3",
        args![places, money, budget],
    )
    .await
}

/// Gives back to a line; who waits for it is looked at in the next round.
pub(crate) async fn give_back(tx: &mut Tx, budget: Uuid, places: i64, money: i64) -> Result<()> {
    if places == 0 && money == 0 {
        return Ok(());
    }
    tx.run_one(
        "UPDATE budget_line SET taken_places = taken_places - $1, taken_money = taken_money - $2, stirred = TRUE
         WHERE budget_id = $3",
        args![places, money, budget],
    )
    .await
}

/// Who asks for an award, and where they would stand on the list.
pub(crate) struct Asks<'a> {
    pub def: &'a ProgrammeDef,
    pub areas: &'a AreaTree,
    pub area: &'a str,
    /// What a period's award is, in minor units; none for what is not money.
    pub minor: Option<i64>,
    pub day: Date,
}

/// What is drawn of a line and not written to an enrolment yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Drawn {
    pub budget: Uuid,
    /// In minor units.
    pub money: i64,
}

/// What came of asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Draw {
    /// No budget limits it.
    Unlimited,
    /// It is there, and taken.
    Taken(Drawn),
    /// It is not: on which list one waits, and why.
    Waits { list: String, reason: WaitsFor },
}

impl Asks<'_> {
    /// What the award commits over its whole duration, in minor units.
    pub fn money(&self) -> i64 {
        self.minor.map_or(0, |minor| budget::cost(self.def, minor))
    }

    /// Draws on the line, if as much is left and nobody on the list goes before `spot`. Without a line one waits until there
    /// is one: a list of which nothing is given promises nothing.
    pub async fn draw(&self, tx: &mut Tx, spot: &Spot) -> Result<Draw> {
        let waits = |list: String, reason| Ok(Draw::Waits { list, reason });
        let Some(line) = nearest(tx, &self.def.id, self.areas, self.area, self.day).await? else {
            return waits(String::new(), WaitsFor::Budget);
        };
        let money = self.money();
        if list::ahead(tx, &self.def.id, &line.area, spot, 1).await? > 0 {
            let reason = line.lacks(money).unwrap_or(WaitsFor::Turn);
            return waits(line.area, reason);
        }
        if take(tx, line.budget_id, 1, money).await? {
            return Ok(Draw::Taken(Drawn { budget: line.budget_id, money }));
        }
        let reason = short_of(tx, line.budget_id).await?;
        waits(line.area, reason)
    }

    /// Draws on the line if as much is left, whoever waits: for what a second person signed.
    pub async fn draw_before_all(&self, tx: &mut Tx) -> Result<Draw> {
        let Some(line) = nearest(tx, &self.def.id, self.areas, self.area, self.day).await? else {
            return Ok(Draw::Unlimited);
        };
        let money = self.money();
        if take(tx, line.budget_id, 1, money).await? {
            return Ok(Draw::Taken(Drawn { budget: line.budget_id, money }));
        }
        let reason = short_of(tx, line.budget_id).await?;
        Ok(Draw::Waits { list: line.area, reason })
    }

    /// Draws on the line whatever is left: for a programme that refuses nobody, and for what runs already.
    pub async fn owe(&self, tx: &mut Tx) -> Result<Option<Drawn>> {
        self.owe_money(tx, self.money()).await
    }

    /// The same, for an award that commits so much in all: its amount changes in its course.
    pub async fn owe_money(&self, tx: &mut Tx, money: i64) -> Result<Option<Drawn>> {
        let Some(line) = nearest(tx, &self.def.id, self.areas, self.area, self.day).await? else {
            return Ok(None);
        };
        owe(tx, line.budget_id, 1, money).await?;
        Ok(Some(Drawn { budget: line.budget_id, money }))
    }
}

/// What a line that did not give lacks.
async fn short_of(tx: &mut Tx, budget: Uuid) -> Result<WaitsFor> {
    let line: Option<Line> = tx.one(line_query!("WHERE budget_id = $1"), args![budget]).await?;
    let no_place = line.and_then(|line| line.lacks(0)) == Some(WaitsFor::Places);
    Ok(if no_place { WaitsFor::Places } else { WaitsFor::Money })
}

#[cfg(test)]
mod additions_tests;
#[cfg(test)]
mod plans;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
