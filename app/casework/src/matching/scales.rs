//! What candidates are weighed with: the model in force and how common values are, kept in memory.

use std::sync::{Arc, PoisonError, RwLock};

use domain::matching::model::{Row as Weights, Weight};
use domain::matching::{Counts, Model, Value};

use crate::Casework;
use crate::args;
use crate::error::{Error, Result};
use crate::meta;

/// Under which name the last count is noted: its moment, so that other servers see that there is a new one.
pub(super) const COUNTED: &str = "match.counted";
/// The kind under which the number of people stands.
pub(super) const PEOPLE: &str = "people";

/// A model and the frequencies it is used with.
#[derive(Debug)]
pub struct Scales {
    /// The model in force.
    pub model: Model,
    /// How common values are.
    pub counts: Counts,
    stamp: String,
}

impl Scales {
    /// How many people were counted.
    pub fn people(&self) -> u64 {
        u64::from(self.counts.people())
    }
}

/// Where the scales stand; part of [`Casework`].
#[derive(Debug, Default)]
pub struct Shelf(RwLock<Option<Arc<Scales>>>);

impl Casework {
    /// The scales, read from the database the first time.
    pub async fn scales(&self) -> Result<Arc<Scales>> {
        let known = self.matching.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        match known {
            Some(scales) => Ok(scales),
            None => load(self).await,
        }
    }
}

/// Reads the scales again when a job has counted or a model was put in force; whether it has.
pub async fn refresh(cw: &Casework) -> Result<bool> {
    let stamp = stamp(cw).await?;
    if cw.scales().await?.stamp == stamp {
        return Ok(false);
    }
    load(cw).await.map(|_| true)
}

async fn stamp(cw: &Casework) -> Result<String> {
    let version = active(cw).await?;
    Ok(format!("{} {}", version.unwrap_or(1), meta::get(&cw.db, COUNTED).await?.unwrap_or_default()))
}

async fn active(cw: &Casework) -> Result<Option<i64>> {
    cw.db.value("SELECT version FROM match_model WHERE state = 'active'", args![]).await
}

async fn load(cw: &Casework) -> Result<Arc<Scales>> {
    let stamp = stamp(cw).await?;
    let model = match active(cw).await? {
        Some(version) => stored(cw, version).await?,
        None => Model::shipped(),
    };
    let rows: Vec<(String, String, i64)> =
        cw.db.all("SELECT kind, token, n FROM name_frequency", args![]).await?;
    let mut counts = Counts::default();
    for (kind, token, n) in rows {
        let n = u32::try_from(n).unwrap_or(u32::MAX);
        let value = match kind.as_str() {
            PEOPLE => {
                counts.set_people(n);
                continue;
            }
            "name" => Value::Name(&token),
            "street" => Value::Street(&token),
            "house" => Value::House(&token),
            "place" => Value::Place(&token),
            "day" => Value::Day(token.parse().map_err(Error::internal)?),
            "year" => Value::Year(token.parse().map_err(Error::internal)?),
            _ => continue,
        };
        counts.set(value, n);
    }
    let scales = Arc::new(Scales { model, counts, stamp });
    *cw.matching.0.write().unwrap_or_else(PoisonError::into_inner) = Some(scales.clone());
    Ok(scales)
}

async fn stored(cw: &Casework, version: i64) -> Result<Model> {
    let rows: Vec<(String, String, f64, f64, f64)> = cw
        .db
        .all("SELECT field, level, m, u, h FROM match_weight WHERE version = $1", args![version])
        .await?;
    let rows: Vec<Weights> = rows
        .into_iter()
        .map(|(field, level, m, u, h)| {
            Ok(Weights {
                field: field.parse().map_err(Error::internal)?,
                level: level.parse().map_err(Error::internal)?,
                weight: Weight { m, u, h },
            })
        })
        .collect::<Result<_>>()?;
    Model::from_rows(version, &rows).map_err(Error::internal)
}
