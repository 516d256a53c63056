//! The job that learns a model from what officers said, and proposes it. Nothing it writes is in force before an
//! administrator says so ([`super::models`]).
//!
//! It counts how the fields of two people agree: among those whom officers called one person; among people of one household,
//! by verdicts and by the registry's own households; among strangers, by random pairs ([`sample`]). What the new model would
//! change is counted on pairs that are the same for the same data ([`report`]). Work is bounded: the newest verdicts up to a
//! number, and a sample of the registry by ranges of keys, each page read by itself.
//!
//! The registry knows no identifier as *verified*, and lets no identifier be two people's: there are no pairs of two records
//! with one identifier to learn from. What officers called one person is the anchor instead.

pub mod report;
mod sample;
#[cfg(test)]
mod tests;

use domain::matching::learn::{Known, ModelState, Tally, learn};
use domain::matching::model::Row;
use domain::matching::score::{count, evidence};
use domain::matching::{Field, Frequencies, Model, Prior, Said, View};
use serde::{Deserialize, Serialize};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::Scales;
use super::scales::{self, SHIPPED, refresh};
use crate::error::{Error, Result};
use crate::journal::{self, Event, REGISTRY};
use crate::{Actor, Casework, args, meta};
use report::Report;
use sample::{Drawn, Judged};

/// Until when a server learns: others leave it alone.
const CLAIM: &str = "match.learning";
/// How long a claim holds.
const HELD: Duration = Duration::minutes(30);
/// Between two proposals: an administrator reads no more than one a day.
const PAUSE: Duration = Duration::DAY;
/// What the registry holds once for a whole household says nothing about two of its people who were registered apart.
const HELD_ONCE: &[Field] = &[Field::Phone, Field::Address];

/// Up to which verdict was learned: the newest moment, and how many verdicts have it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upto {
    /// Unix time of the newest verdict, in seconds.
    pub at: i64,
    /// Verdicts of that second.
    pub count: i64,
}

/// One round; the version of a proposal, if one was made. None is made while nothing new was said since the last one, nor
/// within a day after it.
pub async fn round(cw: &Casework) -> Result<Option<i64>> {
    let cw = &cw.acting(&Actor::system());
    let Some(upto) = newest(cw).await? else { return Ok(None) };
    if let Some((made_at, report)) = last(cw).await?
        && (report.upto == upto || cw.now() - made_at < PAUSE)
    {
        return Ok(None);
    }
    if !claim(cw).await? {
        return Ok(None);
    }
    let outcome = Box::pin(propose(cw, upto)).await;
    cw.write(async |tx| meta::set(tx, CLAIM, "").await).await?;
    outcome
}

async fn newest(cw: &Casework) -> Result<Option<Upto>> {
    let at: Option<OffsetDateTime> =
        cw.db.value("SELECT at FROM match_verdict ORDER BY at DESC LIMIT 1", args![]).await?;
    let Some(at) = at else { return Ok(None) };
    let count: Option<i64> =
        cw.db.value("SELECT COUNT(*) FROM match_verdict WHERE at = $1", args![at]).await?;
    Ok(Some(Upto { at: at.unix_timestamp(), count: count.unwrap_or(0) }))
}

/// The newest learned model: when it was made, and its report.
async fn last(cw: &Casework) -> Result<Option<(OffsetDateTime, Report)>> {
    let row: Option<(OffsetDateTime, String)> = cw
        .db
        .one(
            "SELECT made_at, report FROM match_model WHERE version > $1 ORDER BY version DESC LIMIT 1",
            args![SHIPPED],
        )
        .await?;
    row.map(|(at, report)| Ok((at, serde_json::from_str(&report).map_err(Error::internal)?))).transpose()
}

/// Claims the work for a while; `false` while another server has it.
async fn claim(cw: &Casework) -> Result<bool> {
    cw.write(async |tx| {
        let held = meta::get_in(tx, CLAIM).await?.unwrap_or_default();
        if OffsetDateTime::parse(&held, &Rfc3339).is_ok_and(|until| until > tx.now()) {
            return Ok(false);
        }
        let until = (tx.now() + HELD).format(&Rfc3339).map_err(Error::internal)?;
        meta::set(tx, CLAIM, &until).await?;
        Ok(true)
    })
    .await
}

async fn propose(cw: &Casework, upto: Upto) -> Result<Option<i64>> {
    refresh(cw).await?;
    let scales = cw.scales().await?;
    let judged = sample::judged(cw).await?;
    let drawn = sample::drawn(cw, &judged).await?;
    let weights = scales.clone();
    let (model, report) = tokio::task::spawn_blocking(move || learned(&weights, &judged, &drawn, upto))
        .await
        .map_err(Error::internal)?;
    keep(cw, model, report).await
}

/// The model that the data make of the one in force, and what is told of it.
fn learned(scales: &Scales, judged: &[Judged], drawn: &Drawn, upto: Upto) -> (Model, Report) {
    let mut report = Report { upto, base: scales.model.version(), ..Report::default() };
    let mut tally = Tally::default();
    let current = &scales.model;
    let mut add = |a: &View<'_>, b: &View<'_>, known, without: &[Field], weight: f64| {
        tally.add(current, &scales.counts, (a, b), known, without, weight);
    };
    // A pair of strangers that officers were shown was shown because it looks alike: it stands for itself among all pairs, and
    // not for the random ones.
    let shown = (count(drawn.random_count()) / all_pairs(scales.people())).min(1.0);
    for one in judged {
        let (Some(a), Some(b)) = (View::read(&one.features.0), View::read(&one.features.1)) else { continue };
        match one.said {
            Said::Same => {
                report.same += 1;
                add(&a, &b, Known::Same, &[], 1.0);
            }
            Said::SameHousehold => {
                report.household += 1;
                add(&a, &b, Known::Household, &[], 1.0);
            }
            Said::NotSame => {
                report.strangers += 1;
                add(&a, &b, Known::Strangers, &[], shown);
            }
        }
    }
    for (a, b) in drawn.mates() {
        report.household_pairs += 1;
        add(&a, &b, Known::Household, HELD_ONCE, 1.0);
    }
    for (a, b) in drawn.random() {
        report.random_pairs += 1;
        // Two who may be one person, by chance among the random ones, count for as much as they are strangers.
        let weight = strangers(current, &scales.counts, &a, &b, scales.prior());
        add(&a, &b, Known::Strangers, &[], weight);
    }
    report.people = drawn.people_count();
    let model = learn(current, &tally);
    report::effect(&mut report, scales, &model, judged, drawn);
    report.failed = report::failed(&model, &report);
    (model, report)
}

/// The probability that two are strangers.
fn strangers(model: &Model, counts: &impl Frequencies, a: &View<'_>, b: &View<'_>, prior: Prior) -> f64 {
    let (same, household) = evidence(model, counts, a, b).probabilities(prior);
    (1.0 - same - household).clamp(0.0, 1.0)
}

/// Pairs of so many people.
fn all_pairs(people: u64) -> f64 {
    let people = count(people.max(2));
    people * (people - 1.0) / 2.0
}

/// Writes the proposal; `None` when another model came into force, or was proposed, since this one was begun.
async fn keep(cw: &Casework, model: Model, report: Report) -> Result<Option<i64>> {
    let text = serde_json::to_string(&report).map_err(Error::internal)?;
    let rows: Vec<Row> = model.rows();
    let outcome = cw
        .write(async move |tx| {
            let newest: Option<Option<i64>> =
                tx.value("SELECT MAX(version) FROM match_model", args![]).await?;
            let version = newest.flatten().unwrap_or(SHIPPED).max(SHIPPED) + 1;
            if scales::active_in(tx).await? != report.base {
                return Ok(None);
            }
            tx.run(
                "UPDATE match_model SET state = $1, decided_at = $2 WHERE state = $3",
                args![ModelState::Replaced.code(), tx.now(), ModelState::Proposed.code()],
            )
            .await?;
            tx.run(
                "INSERT INTO match_model (version, state, made_at, report, base) VALUES ($1, $2, $3, $4, $5)",
                args![version, ModelState::Proposed.code(), tx.now(), &text, report.base],
            )
            .await?;
            for row in &rows {
                tx.run(
                    "INSERT INTO match_weight (version, field, level, m, u, h) VALUES ($1, $2, $3, $4, $5, $6)",
                    args![
                        version,
                        row.field.code(),
                        row.level.code(),
                        row.weight.m,
                        row.weight.u,
                        row.weight.h
                    ],
                )
                .await?;
            }
            let told = Event::new("matching.proposed").number("version", version).number("base", report.base);
            journal::append(tx, &Actor::system(), REGISTRY, told).await?;
            Ok(Some(version))
        })
        .await;
    match outcome {
        // Another server was quicker.
        Err(Error::Conflict(crate::error::Conflict::Taken)) => Ok(None),
        outcome => outcome,
    }
}
