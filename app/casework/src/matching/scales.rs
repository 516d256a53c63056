//! What candidates are weighed with: the model in force and how common values are, kept in memory. A score of before is
//! explained by the model that made it ([`Casework::scales_of`]).

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use domain::matching::model::{Row as Weights, Weight};
use domain::matching::{Counts, Model, Prior, Value};

use crate::Casework;
use crate::args;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::meta;

/// The model that ships.
pub const SHIPPED: i64 = 1;
/// A registry with fewer people is weighed as if it had so many: while little is counted, a name and a year that agree say
/// less than the guessed frequencies make of them.
const FEWEST: u64 = 10_000;

/// Under which name the last count is noted: its moment, so that other servers see that there is a new one.
pub(super) const COUNTED: &str = "match.counted";
/// The kind under which the number of people stands.
pub(super) const PEOPLE: &str = "people";

/// A model and the frequencies it is used with.
#[derive(Debug)]
pub struct Scales {
    /// The model in force.
    pub model: Model,
    /// How common values are, as it was last counted.
    pub counts: Arc<Counts>,
    stamp: String,
}

impl Scales {
    /// How many people were counted.
    pub fn people(&self) -> u64 {
        u64::from(self.counts.people())
    }

    /// What is known of a pair before any field, when one person is looked for in the registry.
    pub fn prior(&self) -> Prior {
        Prior::lookup(self.people().max(FEWEST))
    }
}

/// Where the scales stand; part of [`Casework`].
#[derive(Debug, Default)]
pub struct Shelf(RwLock<State>);

#[derive(Debug, Default)]
struct State {
    current: Option<Arc<Scales>>,
    /// Every model that was asked for. A stored model never changes.
    models: BTreeMap<i64, Model>,
}

impl Shelf {
    fn current(&self) -> Option<Arc<Scales>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).current.clone()
    }

    fn model(&self, version: i64) -> Option<Model> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).models.get(&version).cloned()
    }
}

impl Casework {
    /// The scales, read from the database the first time.
    pub async fn scales(&self) -> Result<Arc<Scales>> {
        match self.matching.current() {
            Some(scales) => Ok(scales),
            None => load(self).await,
        }
    }

    /// The scales with the model of this version instead of the one in force: for what was scored by it. Values are as
    /// common as they were last counted. `NotFound` for a model that there never was.
    pub async fn scales_of(&self, version: i64) -> Result<Arc<Scales>> {
        let now = self.scales().await?;
        if now.model.version() == version {
            return Ok(now);
        }
        let model = model(self, version).await?;
        Ok(Arc::new(Scales { model, counts: now.counts.clone(), stamp: now.stamp.clone() }))
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
    Ok(format!("{version} {}", meta::get(&cw.db, COUNTED).await?.unwrap_or_default()))
}

const ACTIVE: &str = "SELECT version FROM match_model WHERE state = 'active'";

async fn active(cw: &Casework) -> Result<i64> {
    Ok(cw.db.value(ACTIVE, args![]).await?.unwrap_or(SHIPPED))
}

/// The version of the model in force, inside a unit of work.
pub(super) async fn active_in(tx: &mut Tx) -> Result<i64> {
    Ok(tx.value(ACTIVE, args![]).await?.unwrap_or(SHIPPED))
}

/// A model by its version. `NotFound` when there never was one.
pub async fn model(cw: &Casework, version: i64) -> Result<Model> {
    if version == SHIPPED {
        return Ok(Model::shipped());
    }
    if let Some(model) = cw.matching.model(version) {
        return Ok(model);
    }
    let mut view = cw.db.read().await?;
    let model = stored(&mut view, version).await?;
    drop(view);
    let mut shelf = cw.matching.0.write().unwrap_or_else(PoisonError::into_inner);
    shelf.models.insert(version, model.clone());
    Ok(model)
}

async fn load(cw: &Casework) -> Result<Arc<Scales>> {
    let stamp = stamp(cw).await?;
    let model = model(cw, active(cw).await?).await?;
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
    let scales = Arc::new(Scales { model, counts: Arc::new(counts), stamp });
    cw.matching.0.write().unwrap_or_else(PoisonError::into_inner).current = Some(scales.clone());
    Ok(scales)
}

/// A model as its rows stand in the database.
pub(super) async fn stored(tx: &mut Tx, version: i64) -> Result<Model> {
    let rows: Vec<(String, String, f64, f64, f64)> =
        tx.all("SELECT field, level, m, u, h FROM match_weight WHERE version = $1", args![version]).await?;
    if rows.is_empty() {
        return Err(Error::NotFound);
    }
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
