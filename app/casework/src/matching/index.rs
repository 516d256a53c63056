//! Writing keys and features, in the transaction of whoever changes a person.
//!
//! A use case that changes who somebody is or where a household lives ends with [`follow`]; one that makes people calls
//! [`put`]. Keys of what was known before stay, so that an old name still finds the person.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use domain::ids::{HouseholdId, PersonId};
use domain::matching::features::VERSION;
use domain::matching::keys::{MOST_ROWS, keys, keys_of};
use domain::matching::{Features, KeyPair, Keyer, View};
use domain::pack::Pack;
use uuid::Uuid;

use super::look::Seen;
use super::sql::{COUNT_UP, FEATURES, PLACES, PUT_KEYS, TAKE_KEYS, padded};
use super::{keyer, record};
use crate::args;
use crate::crypt::Keys;
use crate::db::{Arg, Rows, Tx};
use crate::error::{Conflict, Error, Result};
use crate::households::people;

/// What writing needs besides the transaction.
#[derive(Debug, Clone)]
pub struct Hand {
    /// The installation's keys.
    pub keys: Arc<Keys>,
    /// The areas.
    pub pack: Arc<Pack>,
}

impl Hand {
    /// The hand of this service.
    pub fn of(cw: &crate::Casework) -> Result<Self> {
        Ok(Self { keys: cw.keys.clone(), pack: cw.pack()? })
    }
}

/// One state of a person on its way into the tables.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Whose.
    pub person: PersonId,
    /// The household.
    pub household: HouseholdId,
    /// 1 for the first state, one more for each that follows.
    pub seq: i64,
    /// What is compared.
    pub features: Features,
    /// The keys that the person does not have yet.
    pub keys: Vec<KeyPair>,
}

/// What is known of somebody before they have an id.
#[derive(Debug, Clone)]
pub struct Known {
    features: Features,
    keys: Vec<KeyPair>,
}

impl Known {
    /// What is compared, and the keys by which it is looked up.
    pub fn of(features: Features, keyer: &Keyer) -> Self {
        let keys = keys(&features, keyer);
        Self { features, keys }
    }

    /// The first state of a person.
    pub fn entry(self, person: PersonId, household: HouseholdId) -> Entry {
        Entry { person, household, seq: 1, features: self.features, keys: self.keys }
    }
}

static INTO_FEATURE: LazyLock<Rows> = LazyLock::new(|| {
    Rows::new("INSERT INTO match_feature (person_id, seq, household_id, layout, features)", 5, "")
});

#[derive(Debug, sqlx::FromRow)]
pub(super) struct FeatureRow {
    pub person_id: Uuid,
    pub seq: i64,
    pub household_id: Uuid,
    pub features: Vec<u8>,
}

/// Writes states of people. `Conflict::Moved` when `seen` is given and somebody who shares a key was written since.
pub async fn put(tx: &mut Tx, keyer: &Keyer, entries: &[Entry], seen: Option<&Seen>) -> Result<()> {
    let mut given: BTreeMap<i64, i64> = BTreeMap::new();
    for pair in entries.iter().flat_map(|entry| &entry.keys) {
        *given.entry(pair.key.0).or_insert(0) += 1;
    }
    let now = count_up(tx, &given).await?;
    if let Some(seen) = seen {
        let moved = now.iter().any(|(key, n)| *n != seen.size(*key) + given.get(key).copied().unwrap_or(0));
        if moved {
            return Err(Error::Conflict(Conflict::Moved));
        }
    }
    let most = i64::try_from(MOST_ROWS).unwrap_or(i64::MAX);
    let is_large = |key: i64| now.get(&key).is_none_or(|n| *n > most);
    let mut rows: BTreeSet<(i64, Uuid)> = BTreeSet::new();
    let mut twins: BTreeSet<(i64, Uuid)> = BTreeSet::new();
    for entry in entries {
        for pair in &entry.keys {
            match pair.twin {
                _ if !is_large(pair.key.0) => drop(rows.insert((pair.key.0, entry.person.uuid()))),
                Some(twin) => drop(twins.insert((twin.0, entry.person.uuid()))),
                None => {}
            }
        }
    }
    for (key, _) in now.iter().filter(|(_, n)| **n > most) {
        narrow(tx, keyer, *key, &mut twins).await?;
    }
    let mut of_twins: BTreeMap<i64, i64> = BTreeMap::new();
    for (twin, _) in &twins {
        *of_twins.entry(*twin).or_insert(0) += 1;
    }
    let small = count_up(tx, &of_twins).await?;
    rows.extend(twins.into_iter().filter(|(twin, _)| small.contains_key(twin)));
    put_keys(tx, &rows).await?;
    let states = entries
        .iter()
        .map(|entry| args![entry.person, entry.seq, entry.household, VERSION, entry.features.as_bytes()]);
    INTO_FEATURE.write(tx, states.collect()).await
}

/// Moves the counts of keys; the new counts of those that were not too large before. In the order of the keys, so that two
/// who move the same counts wait for one another and never both.
async fn count_up(tx: &mut Tx, given: &BTreeMap<i64, i64>) -> Result<BTreeMap<i64, i64>> {
    let mut now = BTreeMap::new();
    let all: Vec<(i64, i64)> = given.iter().map(|(key, n)| (*key, *n)).collect();
    for some in all.chunks(PLACES / 2) {
        let mut args: Vec<Arg> = Vec::with_capacity(PLACES);
        for place in 0..PLACES / 2 {
            let (key, n) = some.get(place).copied().unwrap_or((0, 0));
            args.extend([Arg::from(key), Arg::from(n)]);
        }
        let counted: Vec<(i64, i64)> = tx.all(COUNT_UP, args).await?;
        now.extend(counted);
    }
    Ok(now)
}

async fn put_keys(tx: &mut Tx, rows: &BTreeSet<(i64, Uuid)>) -> Result<()> {
    let all: Vec<(i64, Uuid)> = rows.iter().copied().collect();
    for some in all.chunks(PLACES / 2) {
        let places = padded(some, PLACES / 2).unwrap_or_default();
        let args = places.into_iter().flat_map(|(key, person)| [Arg::from(key), Arg::from(person)]).collect();
        tx.run(PUT_KEYS, args).await?;
    }
    Ok(())
}

/// A key has become too large: everybody who has it gets its twin instead.
async fn narrow(tx: &mut Tx, keyer: &Keyer, key: i64, twins: &mut BTreeSet<(i64, Uuid)>) -> Result<()> {
    let holders: Vec<(Uuid,)> =
        tx.all("DELETE FROM match_key WHERE key = $1 RETURNING person_id", args![key]).await?;
    let holders: Vec<Uuid> = holders.into_iter().map(|(person,)| person).collect();
    for row in features_of(tx, &holders).await? {
        let Some(view) = View::read(&row.features) else { continue };
        let own = keys_of(&view, keyer).into_iter().find(|pair| pair.key.0 == key);
        if let Some(twin) = own.and_then(|pair| pair.twin) {
            twins.insert((twin.0, row.person_id));
        }
    }
    Ok(())
}

/// Everything that is or was known of these people.
pub(super) async fn features_of(tx: &mut Tx, people: &[Uuid]) -> Result<Vec<FeatureRow>> {
    let mut rows = Vec::with_capacity(people.len());
    for some in people.chunks(PLACES) {
        let args = padded(some, PLACES).unwrap_or_default().into_iter().map(Arg::from).collect();
        rows.extend(tx.all::<FeatureRow>(FEATURES, args).await?);
    }
    Ok(rows)
}

/// Brings keys and features of a household's present members up to what the registry holds of them.
/// `Conflict::Moved` as in [`put`].
pub async fn follow(tx: &mut Tx, hand: &Hand, household: HouseholdId, seen: Option<&Seen>) -> Result<()> {
    let keyer = keyer(&hand.keys);
    let contact = people::contact(tx, &hand.keys, household).await?;
    let members = people::members(tx, &hand.keys, household).await?;
    let present: Vec<_> = members.into_iter().filter(|member| member.left.is_none()).collect();
    let ids: Vec<Uuid> = present.iter().map(|member| member.id.uuid()).collect();
    let known = features_of(tx, &ids).await?;
    let mut entries = Vec::new();
    for member in present {
        let features = Features::of(&record(&member.person, &contact, &hand.pack), &keyer);
        let own: Vec<&FeatureRow> = known.iter().filter(|row| row.person_id == member.id.uuid()).collect();
        let last = own.iter().max_by_key(|row| row.seq);
        if last.is_some_and(|row| row.features == features.as_bytes()) {
            continue;
        }
        let mut earlier: BTreeSet<KeyPair> = BTreeSet::new();
        for row in &own {
            earlier.extend(View::read(&row.features).map(|view| keys_of(&view, &keyer)).unwrap_or_default());
        }
        let mut keys = keys(&features, &keyer);
        keys.retain(|pair| !earlier.contains(pair));
        let seq = last.map_or(0, |row| row.seq) + 1;
        entries.push(Entry { person: member.id, household, seq, features, keys });
    }
    put(tx, &keyer, &entries, seen).await
}

/// Takes keys and features of a person away: who was entered by mistake is not looked for.
pub async fn forget(tx: &mut Tx, hand: &Hand, person: PersonId) -> Result<()> {
    take_keys(tx, hand, person).await?;
    tx.run("DELETE FROM match_feature WHERE person_id = $1", args![person]).await?;
    Ok(())
}

/// The person goes on as another one, in another household: keys and features go with them.
pub async fn hand_over(
    tx: &mut Tx,
    hand: &Hand,
    from: PersonId,
    (household, to): (HouseholdId, PersonId),
) -> Result<()> {
    let keys = take_keys(tx, hand, from).await?;
    put_keys(tx, &keys.into_iter().map(|key| (key, to.uuid())).collect()).await?;
    tx.run(
        "UPDATE match_feature SET person_id = $1, household_id = $2 WHERE person_id = $3",
        args![to, household, from],
    )
    .await?;
    Ok(())
}

async fn take_keys(tx: &mut Tx, hand: &Hand, person: PersonId) -> Result<Vec<i64>> {
    let keyer = keyer(&hand.keys);
    let mut all: BTreeSet<i64> = BTreeSet::new();
    for row in features_of(tx, &[person.uuid()]).await? {
        let pairs = View::read(&row.features).map(|view| keys_of(&view, &keyer)).unwrap_or_default();
        for pair in pairs {
            all.insert(pair.key.0);
            all.extend(pair.twin.map(|twin| twin.0));
        }
    }
    let all: Vec<i64> = all.into_iter().collect();
    let mut taken = Vec::new();
    for some in all.chunks(PLACES) {
        let mut args: Vec<Arg> =
            padded(some, PLACES).unwrap_or_default().into_iter().map(Arg::from).collect();
        args.push(Arg::from(person));
        let rows: Vec<(i64,)> = tx.all(TAKE_KEYS, args).await?;
        taken.extend(rows.into_iter().map(|(key,)| key));
    }
    Ok(taken)
}
