//! The directory of services as it is today: the pack's places with what their keepers said since ([`keep`]), and how many
//! places are taken ([`places`]).
//!
//! The pack says what there is; hours, telephone, languages, capacity, "closed until" and "verified on" change between two
//! packs and are kept in `provider_place`, a row for each change. [`all`] lays one over the other; whoever looks for a place
//! (the public, an officer, a referral that goes on by itself) looks at what it gives. [`find`] is the search; [`stale`] asks
//! keepers to look again. To let a keeper say one more thing: a column there, a field of [`Told`], a line in [`Spot::now`].

pub mod find;
pub mod keep;
pub mod places;
pub mod stale;

use std::collections::{BTreeMap, BTreeSet};

use domain::pack::Pack;
use domain::services::hours::Hours;
use domain::services::{Access, Place, Provider, Service, period};
use time::{Date, OffsetDateTime};

use crate::args;
use crate::db::Tx;
use crate::error::{Error, Result};

pub use find::{Asked, search};
pub use keep::{Change, change, spot};

/// Who looked last whether an entry is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeper {
    /// Who made the pack.
    Pack,
    /// The provider itself.
    Provider,
    /// An office.
    Office,
}

impl Keeper {
    /// Its word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pack => "pack",
            Self::Provider => "provider",
            Self::Office => "office",
        }
    }
}

/// A place as it is today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// The place, with what is known now in the stead of what the pack says.
    pub place: Place,
    /// Who provides.
    pub provider: Provider,
    /// What is provided.
    pub service: Service,
    /// The version of what is known now; 0 where nobody said anything since the pack.
    pub version: i64,
    /// Places taken, at a time or in the period of today.
    pub taken: i64,
    /// The first day on which it is open again, where it is closed.
    pub closed_until: Option<Date>,
    /// Who looked last; when is the place's `verified`.
    pub keeper: Keeper,
}

impl Spot {
    /// How many places are free; none where there is no limit.
    pub fn free(&self) -> Option<i64> {
        self.place.capacity.map(|capacity| (i64::from(capacity) - self.taken).max(0))
    }

    /// Whether somebody can be sent there today.
    pub fn has_place(&self, today: Date) -> bool {
        !self.is_closed(today) && self.free() != Some(0)
    }

    /// Whether it is closed for longer.
    pub fn is_closed(&self, today: Date) -> bool {
        self.closed_until.is_some_and(|until| until > today)
    }

    /// Whether it is open at a moment of the wall clock; none where its hours are known in words only.
    pub fn is_open(&self, here: OffsetDateTime) -> Option<bool> {
        if self.is_closed(here.date()) {
            return Some(false);
        }
        let hours: Hours = self.place.open.as_deref()?.parse().ok()?;
        Some(hours.is_open(time::PrimitiveDateTime::new(here.date(), here.time())))
    }

    /// Whether nobody has looked for longer than the pack allows.
    pub fn is_stale(&self, pack: &Pack, today: Date) -> bool {
        let until = |day| domain::calendar::add_months(day, pack.directory.verify_months);
        self.place.verified.is_none_or(|day| until(day) <= today)
    }

    /// The number to call.
    pub fn phone(&self) -> Option<&str> {
        self.place.phone.as_deref().or(self.provider.phone.as_deref())
    }

    /// A place of the pack with what was told of it since.
    fn now(pack: &Pack, place: &Place, told: Option<&Told>, taken: &Taken, today: Date) -> Option<Self> {
        let provider = pack.directory.provider(&place.provider)?.clone();
        let service = pack.directory.service(&place.service)?.clone();
        let mut place = place.clone();
        let (mut version, mut closed_until, mut keeper) = (0, None, Keeper::Pack);
        if let Some(told) = told {
            let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            place.open = filled(&told.open).or(place.open);
            place.phone = filled(&told.phone).or(place.phone);
            place.capacity = told.capacity.map(|count| u32::try_from(count).unwrap_or(u32::MAX));
            place.languages = list(&told.languages).map(str::to_owned).collect();
            place.access = list(&told.access).filter_map(|code| code.parse().ok()).collect();
            place.accessible = place.access.contains(&Access::Wheelchair);
            // A pack that was made later was verified later.
            place.verified = place.verified.max(Some(told.verified_on));
            version = told.version;
            closed_until = told.closed_until.filter(|until| *until > today);
            keeper = if told.verified_by == "office" { Keeper::Office } else { Keeper::Provider };
        }
        let key = (place.code.clone(), period(place.per, today));
        let taken = taken.get(&key).copied().unwrap_or(0);
        Some(Self { place, provider, service, version, taken, closed_until, keeper })
    }
}

/// The codes of a stored list.
pub(crate) fn list(codes: &str) -> impl Iterator<Item = &str> {
    codes.split(',').filter(|code| !code.is_empty())
}

/// What a keeper said last of a place.
#[derive(Debug, Clone, sqlx::FromRow)]
struct Told {
    place: String,
    version: i64,
    open: String,
    phone: String,
    capacity: Option<i64>,
    languages: String,
    access: String,
    closed_until: Option<Date>,
    verified_on: Date,
    verified_by: String,
}

/// Places taken, by place and period.
type Taken = BTreeMap<(String, String), i64>;

/// Every place of the pack as it is now, in the pack's order.
pub async fn all(tx: &mut Tx, pack: &Pack) -> Result<Vec<Spot>> {
    let today = tx.today();
    let told: Vec<Told> = tx
        .all(
            "SELECT place, version, open, phone, capacity, languages, access, closed_until, verified_on, verified_by
             FROM provider_place WHERE version = (SELECT MAX(later.version) FROM provider_place later
                                                  WHERE later.place = provider_place.place)",
            args![],
        )
        .await?;
    let told: BTreeMap<String, Told> = told.into_iter().map(|one| (one.place.clone(), one)).collect();
    let periods: BTreeSet<String> =
        pack.directory.places.iter().map(|place| period(place.per, today)).collect();
    let mut taken = Taken::new();
    for period in periods {
        let rows: Vec<(String, i64)> =
            tx.all("SELECT place, taken FROM place_use WHERE period = $1", args![&period]).await?;
        taken.extend(rows.into_iter().map(|(place, count)| ((place, period.clone()), count)));
    }
    let places = pack.directory.places.iter();
    Ok(places.filter_map(|place| Spot::now(pack, place, told.get(&place.code), &taken, today)).collect())
}

/// One place as it is now. `NotFound` when the pack in force has none with this code.
pub async fn one(tx: &mut Tx, pack: &Pack, code: &str) -> Result<Spot> {
    let today = tx.today();
    let place = pack.directory.place(code).ok_or(Error::NotFound)?;
    let told: Option<Told> = tx
        .one(
            "SELECT place, version, open, phone, capacity, languages, access, closed_until, verified_on, verified_by
             FROM provider_place WHERE place = $1 ORDER BY version DESC LIMIT 1",
            args![code],
        )
        .await?;
    let period = period(place.per, today);
    let count: Option<i64> = tx
        .value("SELECT taken FROM place_use WHERE place = $1 AND period = $2", args![code, &period])
        .await?;
    let taken = Taken::from([((code.to_owned(), period), count.unwrap_or(0))]);
    Spot::now(pack, place, told.as_ref(), &taken, today).ok_or(Error::NotFound)
}

/// Where a service can be had today by somebody who lives in an area, the nearest first: those with a free place, not
/// `tried` before, and no farther than the pack's reach.
pub async fn suitable(
    tx: &mut Tx,
    pack: &Pack,
    service: &str,
    area: &str,
    tried: &BTreeSet<String>,
) -> Result<Vec<Spot>> {
    let today = tx.today();
    let mut spots: Vec<Spot> = all(tx, pack)
        .await?
        .into_iter()
        .filter(|spot| {
            spot.place.service == service && spot.has_place(today) && !tried.contains(&spot.place.code)
        })
        .collect();
    let reach = pack.directory.reach_km.map(f64::from);
    spots.retain(|spot| match (reach, find::km(pack, area, spot)) {
        (Some(reach), Some(km)) => km <= reach,
        _ => true,
    });
    find::nearest_first(pack, area, &mut spots);
    Ok(spots)
}

#[cfg(test)]
mod tests;
