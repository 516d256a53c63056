//! The pairs that are learned from: what officers said, people drawn by ranges of keys, and who lives with them.
//!
//! A key is a keyed hash: whoever stands behind a place in the order of the keys is drawn by nothing else. The places are
//! always the same, so that the same data give the same sample.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::matching::{Said, View};
use time::OffsetDateTime;
use uuid::Uuid;

use super::super::index::features_of;
use super::super::sql::{MEMBERS, PLACES, padded};
use crate::db::Arg;
use crate::error::{Error, Result};
use crate::{Casework, args};

/// The newest verdicts that are read.
const MOST_JUDGED: usize = 20_000;
/// Verdicts read at once.
const PAGE: i64 = 500;
/// Places in the order of the keys, and rows read at each.
const WINDOWS: u64 = 100;
const ROWS: i64 = 100;
/// Of one key so many pairs are compared for each person: a common key does not make the sample.
const OF_A_KEY: usize = 3;
/// Random pairs: each person drawn with so many others.
const OTHERS: usize = 10;
/// Households whose people are paired, and how many pairs of one.
const HOUSEHOLDS: usize = 512;
const PAIRS_EACH: usize = 10;
/// More people than this are an institution, not a household.
const INSTITUTION: usize = 20;

/// What an officer said of two people as they still are.
#[derive(Debug)]
pub(super) struct Judged {
    pub people: (Uuid, Uuid),
    pub features: (Vec<u8>, Vec<u8>),
    pub said: Said,
}

#[derive(sqlx::FromRow)]
struct Row {
    a: Uuid,
    b: Uuid,
    verdict: String,
    at: OffsetDateTime,
    of_a: Vec<u8>,
    of_b: Vec<u8>,
}

/// The newest verdicts that hold: neither record has changed since.
pub(super) async fn judged(cw: &Casework) -> Result<Vec<Judged>> {
    let mut all = Vec::new();
    let mut before = (cw.now() + time::Duration::DAY, Uuid::max(), Uuid::max());
    while all.len() < MOST_JUDGED {
        let rows: Vec<Row> = cw
            .db
            .all(
                "SELECT v.a, v.b, v.verdict, v.at, fa.features AS of_a, fb.features AS of_b FROM match_verdict v \
                 JOIN match_feature fa ON fa.person_id = v.a AND fa.seq = v.a_seq \
                 JOIN match_feature fb ON fb.person_id = v.b AND fb.seq = v.b_seq \
                 WHERE (v.at, v.a, v.b) < ($1, $2, $3) \
                 AND NOT EXISTS (SELECT 1 FROM match_feature n WHERE n.person_id = v.a AND n.seq > v.a_seq) \
                 AND NOT EXISTS (SELECT 1 FROM match_feature n WHERE n.person_id = v.b AND n.seq > v.b_seq) \
                 ORDER BY v.at DESC, v.a DESC, v.b DESC LIMIT $4",
                args![before.0, before.1, before.2, PAGE],
            )
            .await?;
        let Some(last) = rows.last().map(|row| (row.at, row.a, row.b)) else { break };
        if last >= before {
            return Err(Error::internal("verdicts do not stand in the order of their moments"));
        }
        before = last;
        all.extend(rows.into_iter().filter_map(|row| {
            let said = row.verdict.parse().ok()?;
            Some(Judged { people: (row.a, row.b), features: (row.of_a, row.of_b), said })
        }));
    }
    all.truncate(MOST_JUDGED);
    Ok(all)
}

/// People of the registry, and which of them are paired.
#[derive(Debug, Default)]
pub(super) struct Drawn {
    /// Their features as they are now.
    features: HashMap<Uuid, Vec<u8>>,
    people: usize,
    random: Vec<(Uuid, Uuid)>,
    mates: Vec<(Uuid, Uuid)>,
    /// Pairs that share a key: those which the matcher compares.
    compared: Vec<(Uuid, Uuid)>,
}

impl Drawn {
    /// Random pairs of different households.
    pub fn random(&self) -> impl Iterator<Item = (View<'_>, View<'_>)> {
        self.views(&self.random)
    }

    /// How many random pairs there are.
    pub fn random_count(&self) -> u64 {
        u64::try_from(self.random.len()).unwrap_or(u64::MAX)
    }

    /// Pairs of one household.
    pub fn mates(&self) -> impl Iterator<Item = (View<'_>, View<'_>)> {
        self.views(&self.mates)
    }

    /// How many people were drawn.
    pub fn people_count(&self) -> u64 {
        u64::try_from(self.people).unwrap_or(u64::MAX)
    }

    /// Pairs that share a key, with who they are. Nobody has said anything of them.
    pub fn compared(&self) -> impl Iterator<Item = ((Uuid, Uuid), View<'_>, View<'_>)> {
        self.compared.iter().filter_map(|(a, b)| Some(((*a, *b), self.view(*a)?, self.view(*b)?)))
    }

    fn views(&self, pairs: &[(Uuid, Uuid)]) -> impl Iterator<Item = (View<'_>, View<'_>)> {
        pairs.iter().filter_map(|(a, b)| Some((self.view(*a)?, self.view(*b)?)))
    }

    fn view(&self, person: Uuid) -> Option<View<'_>> {
        View::read(self.features.get(&person)?)
    }
}

fn ordered(a: Uuid, b: Uuid) -> (Uuid, Uuid) {
    if a <= b { (a, b) } else { (b, a) }
}

/// Draws people. Pairs of whom officers spoke are left out: they are counted by what was said.
pub(super) async fn drawn(cw: &Casework, judged: &[Judged]) -> Result<Drawn> {
    let spoken: BTreeSet<(Uuid, Uuid)> = judged.iter().map(|one| one.people).collect();
    let mut people: Vec<Uuid> = Vec::new();
    let (mut known, mut compared) = (BTreeSet::new(), BTreeSet::new());
    for window in 0..WINDOWS {
        let from = i64::MIN.wrapping_add_unsigned(window * (u64::MAX / WINDOWS));
        let rows: Vec<(i64, Uuid)> = cw
            .db
            .all(
                "SELECT key, person_id FROM match_key WHERE key >= $1 ORDER BY key, person_id LIMIT $2",
                args![from, ROWS],
            )
            .await?;
        for holders in rows.chunk_by(|one, next| one.0 == next.0) {
            for (at, (_, person)) in holders.iter().enumerate() {
                // One of each key: those who share one are alike.
                if at == 0 && known.insert(*person) {
                    people.push(*person);
                }
                compared.extend(
                    holders.iter().take(at).take(OF_A_KEY).map(|(_, other)| ordered(*person, *other)),
                );
            }
        }
    }
    compared.retain(|pair| !spoken.contains(pair));
    let wanted: BTreeSet<Uuid> =
        people.iter().copied().chain(compared.iter().flat_map(|(a, b)| [*a, *b])).collect();
    let (mut features, mut households) = (HashMap::new(), BTreeMap::new());
    read(cw, &wanted, &mut features, &mut households).await?;
    let apart = |a: &Uuid, b: &Uuid| households.get(a) != households.get(b);

    let mut random = BTreeSet::new();
    let step = (people.len() / (OTHERS + 1)).max(1);
    for (at, person) in people.iter().enumerate() {
        for turn in 1..=OTHERS {
            let other = people.get((at + turn * step) % people.len().max(1));
            if let Some(other) = other.filter(|other| *other != person && apart(person, other)) {
                random.insert(ordered(*person, *other));
            }
        }
    }
    random.retain(|pair| !spoken.contains(pair));
    compared.retain(|(a, b)| apart(a, b));

    let mut homes: Vec<Uuid> = people.iter().filter_map(|person| households.get(person).copied()).collect();
    let mut first = BTreeSet::new();
    homes.retain(|home| first.insert(*home));
    homes.truncate(HOUSEHOLDS);
    let mut mates = mates(cw, &homes).await?;
    mates.retain(|pair| !spoken.contains(pair));
    let wanted: BTreeSet<Uuid> = mates.iter().flat_map(|(a, b)| [*a, *b]).collect();
    read(cw, &wanted, &mut features, &mut households).await?;
    Ok(Drawn {
        features,
        people: people.len(),
        random: random.into_iter().collect(),
        mates,
        compared: compared.into_iter().collect(),
    })
}

/// Reads the newest features of people, and where they live.
async fn read(
    cw: &Casework,
    people: &BTreeSet<Uuid>,
    features: &mut HashMap<Uuid, Vec<u8>>,
    households: &mut BTreeMap<Uuid, Uuid>,
) -> Result<()> {
    let people: Vec<Uuid> = people.iter().copied().filter(|person| !features.contains_key(person)).collect();
    for some in people.chunks(PLACES) {
        let mut view = cw.db.read().await?;
        let mut rows = features_of(&mut view, some).await?;
        rows.sort_unstable_by_key(|row| row.seq);
        for row in rows {
            households.insert(row.person_id, row.household_id);
            features.insert(row.person_id, row.features);
        }
    }
    Ok(())
}

/// Pairs of people who live together.
async fn mates(cw: &Casework, homes: &[Uuid]) -> Result<Vec<(Uuid, Uuid)>> {
    let mut pairs = Vec::new();
    for some in homes.chunks(PLACES) {
        let args = padded(some, PLACES).unwrap_or_default().into_iter().map(Arg::from).collect();
        let rows: Vec<(Uuid, Uuid)> = cw.db.all(MEMBERS, args).await?;
        for home in rows.chunk_by(|one, next| one.0 == next.0).filter(|home| home.len() <= INSTITUTION) {
            let own = home
                .iter()
                .enumerate()
                .flat_map(|(at, (_, a))| home.iter().skip(at + 1).map(move |(_, b)| ordered(*a, *b)));
            pairs.extend(own.take(PAIRS_EACH));
        }
    }
    Ok(pairs)
}
