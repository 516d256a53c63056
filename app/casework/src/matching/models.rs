//! The models by which people are matched: which is in force and why, what a learned one would change, and the word of an
//! administrator that puts one in force or refuses it. For auditors also what all of it rests on ([`numbers`]), and an
//! example that the engine weighs while one reads ([`super::example`]).
//!
//! Whoever asks and by whichever way: a model that fails a guard is not activated. The guards are computed again from the
//! weights and the report as they stand in the database. A model never changes, so what was scored by it stays explained
//! ([`crate::Casework::scales_of`]).

use domain::matching::learn::{Guard, ModelState};
use domain::matching::score::VERY_LIKELY;
use domain::matching::{Model, Said};
use domain::role::{Right, Scope};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::learning::report::{Report, failed};
use super::scales::{self, COUNTED, SHIPPED, active_in, refresh, stored};
use crate::db::{Sight, Tx};
use crate::error::{Conflict, Error, Result};
use crate::journal::{self, Event, REGISTRY};
use crate::{Actor, Casework, args, meta};

/// Models on the list.
const MOST: i64 = 100;

/// A model as it is listed.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// Its number.
    pub version: i64,
    /// Where it stands.
    pub state: ModelState,
    /// When it was learned; `None` for the one that ships.
    pub made_at: Option<OffsetDateTime>,
    /// The model that it was learned from.
    pub base: i64,
    /// When it came to this state, if somebody brought it there.
    pub decided_at: Option<OffsetDateTime>,
    /// Who did.
    pub decided_by: Option<String>,
    /// Why, in words.
    pub reason: String,
    /// What it rests on; `None` for the one that ships.
    pub report: Option<Report>,
}

/// A model to be looked at.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The model as it is listed.
    pub kept: Kept,
    /// Its weights.
    pub model: Box<Model>,
    /// The model in force.
    pub in_force: Box<Model>,
    /// The guards that it fails.
    pub failed: Vec<Guard>,
}

impl Shown {
    /// Whether an administrator may put it in force now.
    pub fn may_be_activated(&self) -> bool {
        let Kept { version, state, base, .. } = self.kept;
        let fits = state != ModelState::Proposed || base == self.in_force.version();
        version != self.in_force.version() && state.may_be_activated() && fits && self.failed.is_empty()
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    version: i64,
    state: String,
    made_at: OffsetDateTime,
    report: String,
    base: i64,
    decided_at: Option<OffsetDateTime>,
    decided_by: Option<String>,
    reason: String,
}

macro_rules! models {
    ($rest:literal) => {
        concat!(
            "SELECT m.version, m.state, m.made_at, m.report, m.base, m.decided_at, staff.name AS decided_by, m.reason \
             FROM match_model m LEFT JOIN staff ON staff.id = m.decided_by ",
            $rest
        )
    };
}

impl Row {
    fn read(self) -> Result<Kept> {
        let is_learned = self.version != SHIPPED;
        let report = is_learned.then(|| serde_json::from_str(&self.report)).transpose();
        Ok(Kept {
            version: self.version,
            state: self.state.parse().map_err(Error::internal)?,
            made_at: is_learned.then_some(self.made_at),
            base: self.base,
            decided_at: self.decided_at,
            decided_by: self.decided_by,
            reason: self.reason,
            report: report.map_err(Error::internal)?,
        })
    }
}

/// The model that ships, before any other was in force.
fn shipped() -> Kept {
    Kept {
        version: SHIPPED,
        state: ModelState::Active,
        made_at: None,
        base: SHIPPED,
        decided_at: None,
        decided_by: None,
        reason: String::new(),
        report: None,
    }
}

async fn find(tx: &mut Tx, version: i64) -> Result<Option<Kept>> {
    let row: Option<Row> = tx.one(models!("WHERE m.version = $1"), args![version]).await?;
    match row {
        Some(row) => row.read().map(Some),
        None => Ok((version == SHIPPED).then(shipped)),
    }
}

/// Every model, the newest first, at most a hundred and the one that ships.
pub async fn list(cw: &Casework, actor: &Actor) -> Result<Vec<Kept>> {
    actor.require_anywhere(Right::ReadModels)?;
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    let rows: Vec<Row> =
        view.all(models!("WHERE m.version > 1 ORDER BY m.version DESC LIMIT $1"), args![MOST]).await?;
    let mut all = rows.into_iter().map(Row::read).collect::<Result<Vec<_>>>()?;
    all.extend(find(&mut view, SHIPPED).await?);
    Ok(all)
}

/// One model beside the one in force. `NotFound` when there is none of this number.
pub async fn one(cw: &Casework, actor: &Actor, version: i64) -> Result<Shown> {
    actor.require_anywhere(Right::ReadModels)?;
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    let kept = find(&mut view, version).await?.ok_or(Error::NotFound)?;
    let active = active_in(&mut view).await?;
    drop(view);
    let model = Box::new(scales::model(cw, version).await?);
    let in_force = Box::new(scales::model(cw, active).await?);
    let failed = kept.report.as_ref().map(|report| failed(&model, report)).unwrap_or_default();
    Ok(Shown { kept, model, in_force, failed })
}

/// Puts a model in force: a proposed one, or one that was in force before. `in_force` is the one that the actor saw in
/// force: `Stale` when it is another one by now. `Invalid("model.guards")` when a guard fails.
pub async fn activate(cw: &Casework, actor: &Actor, version: i64, in_force: i64, reason: &str) -> Result<()> {
    actor.require(Right::KeepModels, &Scope::National)?;
    let reason = given(reason)?;
    let cw = &cw.acting(actor);
    let actor = actor.clone();
    cw.write(async move |tx| {
        let active = active_in(tx).await?;
        if active != in_force {
            return Err(Error::Stale);
        }
        let kept = find(tx, version).await?.ok_or(Error::NotFound)?;
        let fits = kept.state != ModelState::Proposed || kept.base == active;
        if version == active || !kept.state.may_be_activated() || !fits {
            return Err(Error::Conflict(Conflict::State));
        }
        if let Some(report) = &kept.report {
            let model = stored(tx, version).await?;
            if !failed(&model, report).is_empty() {
                return Err(Error::Invalid("model.guards"));
            }
        }
        if active == SHIPPED {
            tx.run(
                "INSERT INTO match_model (version, state, made_at, report, decided_at, decided_by) \
                 VALUES ($1, $2, $3, '{}', $3, $4) ON CONFLICT (version) DO UPDATE SET state = excluded.state, \
                 decided_at = excluded.decided_at, decided_by = excluded.decided_by, reason = ''",
                args![SHIPPED, ModelState::Retired.code(), tx.now(), actor.account()],
            )
            .await?;
        } else {
            step(tx, &actor, (active, ModelState::Active), ModelState::Retired, "").await?;
        }
        step(tx, &actor, (version, kept.state), ModelState::Active, &reason).await?;
        // Proposals were learned from the model that was in force, and compared with it.
        tx.run(
            "UPDATE match_model SET state = $1, decided_at = $2 WHERE state = $3",
            args![ModelState::Replaced.code(), tx.now(), ModelState::Proposed.code()],
        )
        .await?;
        let told = Event::new("matching.activated").number("version", version).number("before", active);
        journal::append(tx, &actor, REGISTRY, told).await
    })
    .await?;
    refresh(cw).await.map(drop)
}

/// Refuses a proposed model.
pub async fn refuse(cw: &Casework, actor: &Actor, version: i64, reason: &str) -> Result<()> {
    actor.require(Right::KeepModels, &Scope::National)?;
    let reason = given(reason)?;
    let cw = &cw.acting(actor);
    let actor = actor.clone();
    cw.write(async move |tx| {
        let kept = find(tx, version).await?.ok_or(Error::NotFound)?;
        if kept.state != ModelState::Proposed {
            return Err(Error::Conflict(Conflict::State));
        }
        step(tx, &actor, (version, ModelState::Proposed), ModelState::Refused, &reason).await?;
        let told = Event::new("matching.refused").number("version", version);
        journal::append(tx, &actor, REGISTRY, told).await
    })
    .await
}

fn given(reason: &str) -> Result<String> {
    let reason = reason.trim();
    if reason.is_empty() { Err(Error::Invalid("reason.missing")) } else { Ok(reason.to_owned()) }
}

async fn step(
    tx: &mut Tx,
    actor: &Actor,
    (version, from): (i64, ModelState),
    to: ModelState,
    reason: &str,
) -> Result<()> {
    tx.run_one(
        "UPDATE match_model SET state = $1, decided_at = $2, decided_by = $3, reason = $4 \
         WHERE version = $5 AND state = $6",
        args![to.code(), tx.now(), actor.account(), reason, version, from.code()],
    )
    .await
}

/// What matching rests on, in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Numbers {
    /// People whose names and births were counted.
    pub people: u64,
    /// When they were counted last.
    pub counted_at: Option<OffsetDateTime>,
    /// Verdicts: the same, of one household, not the same.
    pub same: i64,
    /// Two people of one household.
    pub household: i64,
    /// Two people.
    pub strangers: i64,
    /// Verdicts on pairs that the model called very likely one person.
    pub likely: i64,
    /// Those of them in which an officer said otherwise.
    pub overridden: i64,
    /// Pairs that wait for somebody to look at them.
    pub open: i64,
}

/// The numbers. They name nobody, so that whoever reads models is told them for the whole registry.
pub async fn numbers(cw: &Casework, actor: &Actor) -> Result<Numbers> {
    actor.require_anywhere(Right::ReadModels)?;
    let people = cw.acting(actor).scales().await?.people();
    let cw = &cw.seen_with(Sight::system());
    let counted = meta::get(&cw.db, COUNTED).await?;
    let mut view = cw.db.read().await?;
    let sure = (VERY_LIKELY / (1.0 - VERY_LIKELY)).log2();
    let rows: Vec<(String, i64, i64)> = view
        .all(
            "SELECT verdict, COUNT(*), COUNT(CASE WHEN bits >= $1 THEN 1 END) FROM match_verdict GROUP BY verdict",
            args![sure],
        )
        .await?;
    let open: Option<i64> =
        view.value("SELECT COUNT(*) FROM possible_duplicate WHERE state = 'open'", args![]).await?;
    let mut numbers = Numbers {
        people,
        counted_at: counted.and_then(|text| OffsetDateTime::parse(&text, &Rfc3339).ok()),
        open: open.unwrap_or(0),
        ..Numbers::default()
    };
    for (verdict, count, likely) in rows {
        let Ok(said) = verdict.parse::<Said>() else { continue };
        numbers.likely += likely;
        match said {
            Said::Same => numbers.same = count,
            Said::SameHousehold => numbers.household = count,
            Said::NotSame => numbers.strangers = count,
        }
        numbers.overridden += if said == Said::Same { 0 } else { likely };
    }
    Ok(numbers)
}
