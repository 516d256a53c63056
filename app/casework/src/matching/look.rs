//! Looking for the same person: keys, the people behind them, and how well each agrees.
//!
//! Keys that few have lead (Σ 1/(1 + ln n) over the keys two people share), the best [`MOST_WEIGHED`] are weighed, and at
//! most [`MOST_SHOWN`] are shown.

use std::collections::{BTreeMap, HashMap};

use domain::birth::Birth;
use domain::household::Leaving;
use domain::identifier::Identifier;
use domain::ids::{HouseholdId, PersonId};
use domain::matching::keys::{MOST_ROWS, query_keys};
use domain::matching::{Band, Born, Features, Field, KeyPair, Level, Number, Record, Scored, View, score};
use domain::pack::Pack;
use domain::phone::Phone;
use domain::registration::{ContactForm, MemberForm};
use domain::role::Right;
use time::Date;
use uuid::Uuid;

use super::index::{FeatureRow, features_of};
use super::scales::Scales;
use super::sql::{HOLDERS, PLACES, SIZES, padded};
use super::{address, keyer};
use crate::Casework;
use crate::actor::Actor;
use crate::args;
use crate::db::{Arg, Tx};
use crate::error::Result;
use crate::households::search::{self, Found};

/// So many are weighed.
const MOST_WEIGHED: usize = 150;
/// So many are shown.
pub const MOST_SHOWN: usize = 5;
/// So many rows are read at most; keys that few have are read first.
const MOST_READ: usize = 4_000;

/// Somebody who is looked for: what is typed so far.
#[derive(Debug, Clone)]
pub struct Asked(Record);

impl Asked {
    /// From a form as far as it is filled in; what cannot be read is as if it were empty. `None` while there is too little
    /// to look for anybody: an identifier, a telephone, or a name with a birth or a village.
    pub fn typed(member: &MemberForm, contact: &ContactForm, pack: &Pack, today: Date) -> Option<Self> {
        let text = |typed: &str| (!typed.trim().is_empty()).then(|| typed.trim().to_owned());
        let birth =
            Birth::parse(&member.birth_day, &member.birth_month, &member.birth_year, &member.age, today);
        let numbers =
            member.identifiers.iter().filter_map(|(kind, typed)| Identifier::parse(*kind, typed).ok());
        let area = contact.area.trim();
        let record = Record {
            given: text(&member.given),
            family: text(&member.family),
            full: text(&member.one_name),
            birth: birth.ok().map(Born::from),
            sex: member.sex.trim().parse().ok(),
            identifiers: numbers
                .filter(|number| number.kind().is_personal())
                .map(|number| Number { kind: Some(number.kind()), value: number.reveal().to_owned() })
                .collect(),
            phones: Phone::parse(&contact.phone)
                .ok()
                .map(|phone| phone.reveal().to_owned())
                .into_iter()
                .collect(),
            address: address(area, pack),
        };
        let named = record.given.is_some() || record.family.is_some() || record.full.is_some();
        let placed = record.birth.is_some() || record.address.village.is_some();
        let enough = !record.identifiers.is_empty() || !record.phones.is_empty() || (named && placed);
        (enough && named || !record.identifiers.is_empty()).then_some(Self(record))
    }
}

impl Asked {
    /// What is compared.
    pub const fn record(&self) -> &Record {
        &self.0
    }
}

impl From<Record> for Asked {
    fn from(record: Record) -> Self {
        Self(record)
    }
}

/// The counts of the keys that were looked at. Whoever saves after a look gives this along, and is told when somebody who
/// shares a key was saved meanwhile.
#[derive(Debug, Clone, Default)]
pub struct Seen(BTreeMap<i64, i64>);

impl Seen {
    /// The count of a key; 0 for one that nobody had.
    pub(super) fn size(&self, key: i64) -> i64 {
        self.0.get(&key).copied().unwrap_or(0)
    }

    /// Both looks as one.
    pub fn join(&mut self, other: Self) {
        self.0.extend(other.0);
    }
}

/// A registered person who may be the one looked for.
#[derive(Debug, Clone)]
pub struct Match {
    /// The household.
    pub household: HouseholdId,
    /// Who.
    pub person: PersonId,
    /// The state of the person that agrees best: not the newest where an old name was told.
    pub seq: i64,
    /// How well it agrees.
    pub scored: Scored,
}

/// How a field of two people agrees, in the three ways that a person at a counter tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// The same.
    Agrees,
    /// Nearly the same.
    Near,
    /// Different.
    Differs,
    /// One of the two does not have it.
    Unknown,
}

impl Sign {
    fn of(level: Level) -> Self {
        match level {
            Level::Exact | Level::Plot | Level::Street | Level::Village => Self::Agrees,
            Level::Different => Self::Differs,
            _ => Self::Near,
        }
    }
}

/// A candidate as a counter sees it.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Who and where; masked where the actor may not see it.
    pub found: Found,
    /// The band.
    pub band: Band,
    /// The probability that it is the same person.
    pub probability: f64,
    /// log2 of the odds.
    pub bits: f64,
    /// The model that said so.
    pub model: i64,
    /// Each field with how it agrees: name, birth, sex, numbers, telephone, place.
    pub fields: Vec<(Field, Sign)>,
    /// Why they are no longer a member there.
    pub left: Option<Leaving>,
    /// Which state of the person was compared.
    pub seq: i64,
}

/// Who may be the person asked for, the likeliest first, at most [`MOST_SHOWN`]: same person or, one of each household,
/// another of its people; where there is none of these, the one who is faintly like them.
pub async fn candidates(cw: &Casework, actor: &Actor, asked: &Asked) -> Result<Vec<Candidate>> {
    let cw = &cw.acting(actor);
    actor.require_anywhere(Right::SearchRegistry)?;
    let scales = cw.scales().await?;
    let mut tx = cw.db.read().await?;
    let (matches, _) = matches(&mut tx, cw, &scales, asked).await?;
    let mut shown = Vec::new();
    for one in matches {
        shown.extend(show(&mut tx, actor, &scales, &one).await?);
    }
    Ok(shown)
}

/// Candidates within a view, with the counts that were seen.
pub async fn matches(
    tx: &mut Tx,
    cw: &Casework,
    scales: &Scales,
    asked: &Asked,
) -> Result<(Vec<Match>, Seen)> {
    let keyer = keyer(&cw.keys);
    let features = Features::of(&asked.0, &keyer);
    let pairs = query_keys(&features, &keyer);
    let (people, seen) = holders(tx, &pairs).await?;
    let rows = features_of(tx, &people).await?;
    Ok((weigh(&features.view(), rows, scales), seen))
}

/// Registered people who may be this registered one, the likeliest first: very likely and possibly the same.
pub async fn alike(tx: &mut Tx, cw: &Casework, scales: &Scales, person: PersonId) -> Result<Vec<Match>> {
    let keyer = keyer(&cw.keys);
    let own = features_of(tx, &[person.uuid()]).await?.into_iter().max_by_key(|row| row.seq);
    let Some(features) = own.and_then(|row| Features::decode(&row.features).ok()) else {
        return Ok(Vec::new());
    };
    let (mut people, _) = holders(tx, &query_keys(&features, &keyer)).await?;
    people.retain(|other| *other != person.uuid());
    let rows = features_of(tx, &people).await?;
    let mut found = weigh(&features.view(), rows, scales);
    found.retain(|one| matches!(one.scored.band(), Band::VeryLikely | Band::Possible));
    Ok(found)
}

/// The people who share the rarest keys, at most [`MOST_WEIGHED`].
async fn holders(tx: &mut Tx, pairs: &[KeyPair]) -> Result<(Vec<Uuid>, Seen)> {
    let mut asked: Vec<i64> =
        pairs.iter().flat_map(|pair| [Some(pair.key.0), pair.twin.map(|twin| twin.0)]).flatten().collect();
    asked.sort_unstable();
    asked.dedup();
    let mut sizes = Seen::default();
    for some in asked.chunks(PLACES) {
        let args = padded(some, PLACES).unwrap_or_default().into_iter().map(Arg::from).collect();
        let rows: Vec<(i64, i64)> = tx.all(SIZES, args).await?;
        sizes.0.extend(rows);
    }
    let most = i64::try_from(MOST_ROWS).unwrap_or(i64::MAX);
    // A key that is too large is read by its twin.
    let mut read: Vec<(i64, i64)> = pairs
        .iter()
        .filter_map(|pair| match sizes.size(pair.key.0) {
            n if n <= most => Some((n, pair.key.0)),
            _ => pair.twin.map(|twin| (sizes.size(twin.0), twin.0)),
        })
        .filter(|(n, _)| (1..=most).contains(n))
        .collect();
    read.sort_unstable();
    read.dedup();
    let mut rows_left = i64::try_from(MOST_READ).unwrap_or(i64::MAX);
    read.retain(|(n, _)| {
        rows_left -= n;
        rows_left >= 0
    });
    let weight: HashMap<i64, f64> = read
        .iter()
        .map(|(n, key)| (*key, 1.0 / (1.0 + f64::from(u32::try_from(*n).unwrap_or(u32::MAX)).ln())))
        .collect();
    let mut ranked: HashMap<Uuid, f64> = HashMap::new();
    let keys: Vec<i64> = read.into_iter().map(|(_, key)| key).collect();
    for some in keys.chunks(PLACES) {
        let args = padded(some, PLACES).unwrap_or_default().into_iter().map(Arg::from).collect();
        let rows: Vec<(i64, Uuid)> = tx.all(HOLDERS, args).await?;
        for (key, person) in rows {
            *ranked.entry(person).or_insert(0.0) += weight.get(&key).copied().unwrap_or(0.0);
        }
    }
    let mut ranked: Vec<(Uuid, f64)> = ranked.into_iter().collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    ranked.truncate(MOST_WEIGHED);
    Ok((ranked.into_iter().map(|(person, _)| person).collect(), sizes))
}

/// Weighs every state of every candidate, keeps each person's best and each household's best other person.
fn weigh(asked: &View<'_>, rows: Vec<FeatureRow>, scales: &Scales) -> Vec<Match> {
    let prior = scales.prior();
    let mut best: HashMap<Uuid, Match> = HashMap::new();
    for row in rows {
        let Some(view) = View::read(&row.features) else { continue };
        let scored = score(&scales.model, &scales.counts, asked, &view, prior);
        let found = Match {
            household: HouseholdId::new(row.household_id),
            person: PersonId::new(row.person_id),
            seq: row.seq,
            scored,
        };
        match best.get(&row.person_id) {
            Some(other) if other.scored.probability >= scored.probability => {}
            _ => drop(best.insert(row.person_id, found)),
        }
    }
    let mut all: Vec<Match> = best.into_values().filter(|one| one.scored.band() != Band::Unlikely).collect();
    let is_same = |one: &Match| matches!(one.scored.band(), Band::VeryLikely | Band::Possible);
    let is_faint = |one: &Match| one.scored.band() == Band::Faint;
    all.sort_by(|a, b| {
        let by_band = is_same(b).cmp(&is_same(a)).then(is_faint(a).cmp(&is_faint(b)));
        let by_probability = b.scored.probability.total_cmp(&a.scored.probability);
        by_band.then(by_probability).then(a.person.cmp(&b.person))
    });
    // Who was misspelt twice may be no more than faintly like themselves: the one who is most so, where nobody is likelier.
    let first_faint = all.iter().position(is_faint).unwrap_or(all.len());
    all.truncate(first_faint.max(1));
    let mut kept: Vec<Match> = Vec::with_capacity(MOST_SHOWN);
    for one in all {
        if kept.len() == MOST_SHOWN {
            break;
        }
        if is_same(&one) || !kept.iter().any(|other| other.household == one.household) {
            kept.push(one);
        }
    }
    kept
}

/// A match with what the actor may see of the person. `None` for one whose record is gone.
async fn show(tx: &mut Tx, actor: &Actor, scales: &Scales, one: &Match) -> Result<Option<Candidate>> {
    let Some(found) = search::one(tx, actor, one.household, one.person).await? else { return Ok(None) };
    let left: Option<Option<String>> = tx
        .value(
            "SELECT leaving FROM membership WHERE household_id = $1 AND person_id = $2 \
             ORDER BY from_date DESC, membership_id DESC LIMIT 1",
            args![one.household, one.person],
        )
        .await?;
    Ok(Some(Candidate {
        found,
        band: one.scored.band(),
        probability: one.scored.probability,
        bits: one.scored.bits,
        model: scales.model.version(),
        fields: signs(&one.scored),
        left: left.flatten().and_then(|code| code.parse().ok()),
        seq: one.seq,
    }))
}

/// The fields that are shown, each once. What only one of the two has is not known.
fn signs(scored: &Scored) -> Vec<(Field, Sign)> {
    let of = |fields: &[Field]| {
        let said = scored.fields().iter().find(|said| fields.contains(&said.field));
        said.map_or(Sign::Unknown, |said| Sign::of(said.level))
    };
    let mut signs = if scored.fields().iter().any(|said| said.field == Field::FullName) {
        vec![(Field::FullName, of(&[Field::FullName]))]
    } else {
        vec![(Field::Given, of(&[Field::Given])), (Field::Family, of(&[Field::Family]))]
    };
    signs.extend([
        (Field::Birth, of(&[Field::Birth, Field::BirthYear])),
        (Field::Sex, of(&[Field::Sex])),
        (Field::Identifier, of(&[Field::Identifier])),
        (Field::Phone, of(&[Field::Phone])),
        (Field::Address, of(&[Field::Address])),
    ]);
    signs
}
