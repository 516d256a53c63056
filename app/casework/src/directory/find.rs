//! Looking for a place: by need, area, distance, language and who can use it. For everybody: nothing here is about anybody.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use domain::name::search_words;
use domain::pack::Pack;
use domain::services::{Access, ServiceKind};

use super::{Spot, all};
use crate::Casework;
use crate::error::Result;

/// What is looked for; what is empty does not count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// What they need, in their words and any language of the pack.
    pub words: String,
    /// Services of this kind.
    pub kind: Option<ServiceKind>,
    /// The area they live in: places are ordered by how near they are to it.
    pub area: String,
    /// Only places in this area and what lies in it.
    pub within: String,
    /// No farther than this, in a straight line.
    pub km: Option<u32>,
    /// Only where this language is spoken.
    pub language: String,
    /// Only what can be used in this way.
    pub access: Option<Access>,
    /// Only what is open at this moment.
    pub open_now: bool,
    /// Only where a place is free.
    pub with_places: bool,
}

/// A place that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The place.
    pub spot: Spot,
    /// How far it is in a straight line, in kilometres, where both points are known.
    pub km: Option<f64>,
}

/// The places that suit, the nearest first, those that are closed last.
pub async fn search(cw: &Casework, asked: &Asked) -> Result<Vec<Found>> {
    let pack = cw.pack()?;
    let mut view = cw.db.read().await?;
    let mut spots = all(&mut view, &pack).await?;
    let (here, today) = (cw.here(cw.now()), cw.today());
    let wanted = search_words(&asked.words);
    spots.retain(|spot| {
        let place = &spot.place;
        asked.kind.is_none_or(|kind| spot.service.kind == kind)
            && (asked.within.is_empty() || pack.areas.is_within(&place.area, &asked.within))
            && (asked.language.is_empty() || place.languages.contains(&asked.language))
            && asked.access.is_none_or(|access| place.access.contains(&access))
            && (!asked.open_now || spot.is_open(here) == Some(true))
            && (!asked.with_places || spot.has_place(today))
            && (wanted.is_empty() || suits(&pack, spot, &wanted))
    });
    nearest_first(&pack, &asked.area, &mut spots);
    spots.sort_by_key(|spot| spot.is_closed(today));
    let mut found: Vec<Found> =
        spots.into_iter().map(|spot| Found { km: km(&pack, &asked.area, &spot), spot }).collect();
    if let Some(most) = asked.km {
        found.retain(|one| one.km.is_some_and(|km| km <= f64::from(most)));
    }
    Ok(found)
}

/// Whether every word that is looked for begins a word of what is said of the place, in one language or another.
fn suits(pack: &Pack, spot: &Spot, wanted: &[String]) -> bool {
    let (service, place) = (&spot.service.code, &spot.place);
    let mut said = BTreeSet::new();
    for language in &pack.about.languages {
        let keys = [
            format!("service.{service}.name"),
            format!("service.{service}.about"),
            format!("service.{service}.who"),
            format!("service.{service}.search"),
            format!("provider.{}.name", place.provider),
            format!("place.{}.address", place.code),
        ];
        for key in keys {
            said.extend(pack.words.find(language, &key).map(search_words).unwrap_or_default());
        }
        said.extend(search_words(pack.area_name(language, &place.area)));
    }
    said.extend(spot.provider.name.as_deref().map(search_words).unwrap_or_default());
    wanted.iter().all(|word| said.iter().any(|own| own.starts_with(word.as_str())))
}

/// How far a place is from an area, in a straight line, in kilometres; none where one of the points is not known.
pub fn km(pack: &Pack, area: &str, spot: &Spot) -> Option<f64> {
    let home = pack.areas.point(area)?;
    let there = spot.place.at.or_else(|| pack.areas.point(&spot.place.area))?;
    Some(home.km_to(there))
}

/// Orders places for somebody in an area: by distance where it is known, else by how much of the way up the area tree they
/// share; among equals the pack's order holds.
pub(crate) fn nearest_first(pack: &Pack, area: &str, spots: &mut [Spot]) {
    let home = pack.areas.path(area);
    let shared = |spot: &Spot| {
        let path = pack.areas.path(&spot.place.area);
        path.iter().filter(|above| home.iter().any(|own| own.code == above.code)).count()
    };
    spots.sort_by(|one, other| match (km(pack, area, one), km(pack, area, other)) {
        (Some(one), Some(other)) => one.total_cmp(&other),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => shared(other).cmp(&shared(one)),
    });
}
