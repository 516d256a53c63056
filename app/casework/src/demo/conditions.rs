//! Records of a demo: two months of school attendance, handed in by the school of the demo account, so that the desks show
//! cycles that were met, one that was missed, and some of which no record came.

use domain::life::condition::{Cycle, Given, RecordKind};
use domain::pack::Pack;
use time::Date;

use super::dice::Dice;
use crate::error::{Error, Result};
use crate::life::conditions::check_of;
use crate::life::records::{self, Handed, IN_GROUP, Row, Source, Which};
use crate::{Actor, Casework, args, clocks, life, staff};

/// What the records are drawn from, apart from the households themselves.
const RECORDS: u64 = 0x7265_636f;
/// The account that hands them in.
const LOGIN: &str = "school";

/// Hands in records of the two last whole months, as if the awards had been given before, and lets the clocks judge them.
pub async fn conditions(cw: &Casework, pack: &Pack, seed: u64) -> Result<()> {
    let cw = &cw.acting(&Actor::command_line());
    while life::watch::round(cw).await? > 0 {}
    let today = cw.today();
    let month = |first: Date| Cycle::Month.first_of(first.previous_day().unwrap_or(first));
    let second = month(Cycle::Month.first_of(today));
    let first = month(second);
    cw.write(async move |tx| {
        tx.run(
            "UPDATE condition_watch SET from_date = $1, next_from = $1 WHERE condition = 'attendance'",
            args![first],
        )
        .await
    })
    .await?;
    let id: Option<uuid::Uuid> = cw.db.value("SELECT id FROM staff WHERE login = $1", args![LOGIN]).await?;
    let school = staff::actor(cw, id.ok_or(Error::NotFound)?.into()).await?.ok_or(Error::NotFound)?;
    for group in records::groups(cw, &school).await? {
        let monthly = check_of(pack, &group.programme, &group.condition)
            .is_some_and(|check| check.cycle == Cycle::Month && check.record == RecordKind::Attendance);
        if monthly {
            for from in [first, second] {
                hand_in(cw, &school, &group, from, seed).await?;
            }
        }
    }
    cw.write(async |tx| tx.run("UPDATE enrolment SET watched = 0", args![]).await).await?;
    while life::watch::round(cw).await? > 0 {}
    while clocks::run_due(cw).await? > 0 {}
    Ok(())
}

async fn hand_in(cw: &Casework, school: &Actor, group: &records::Group, from: Date, seed: u64) -> Result<()> {
    let which = Which { programme: group.programme.clone(), condition: group.condition.clone(), from };
    let there = match records::sheet(cw, school, &which, IN_GROUP).await {
        Err(Error::NotFound) => return Ok(()),
        there => there?,
    };
    let mut dice = Dice::new(seed ^ RECORDS, u64::from(from.ordinal()));
    let mut draw = |(place, row): (usize, &Row)| {
        // The first of the list was away for half a month; of some no record comes.
        let value = if place == 0 {
            50
        } else if dice.chance(15) {
            return None;
        } else {
            i64::from(dice.between(80, 100))
        };
        let given = Given { value: Some(value), excuse: None };
        let (household, enrolment, person) = (row.household, row.enrolment, row.person);
        Some(Handed { household, enrolment, person, seen: row.number, given })
    };
    let rows: Vec<Handed> = there.rows.iter().enumerate().filter_map(&mut draw).collect();
    records::hand_in(cw, school, &which, Source::Form, rows).await.map(drop)
}
