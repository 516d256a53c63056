//! Who of a list is registered, who stands in it twice, whose household is served already.
//!
//! The list's keys are sorted and joined with the registry's in key order; the features of whoever shares a key are then
//! read in the order of the people. Memory is bounded by the list: some 160 bytes a row for features, and its keys slice by
//! slice. Each registered person is at most one row, the likeliest first. What is not known of a pair is decided by the
//! shipped or active model; of the list itself only the share of registered people is learned, and only from many rows.
//! Nothing is changed in the registry.

use std::collections::HashMap;
use std::sync::Arc;

use domain::birth::Birth;
use domain::ids::ListId;
use domain::lists::course::{ListEvent, POSSIBLE};
use domain::lists::{Category, Entry, SAMPLE};
use domain::matching::keys::keys;
use domain::matching::score::{Evidence, evidence};
use domain::matching::{Born, Features, Keyer, Number, Prior, Record, View};
use domain::pack::Pack;
use time::Date;
use uuid::Uuid;

use super::store::{self, BLOCK};
use super::work::Hold;
use super::{List, step};
use crate::db::{Kind, Tx};
use crate::error::{Error, Result};
use crate::matching::{Scales, address, keyer};
use crate::{Casework, args};

/// Rows whose keys are joined with the registry's at a time.
const SLICE: usize = 250_000;
/// Keys asked for, people read or rows written in one statement.
const BATCH: usize = 2000;
/// More rows of the list than this share a key that tells nobody apart.
const CROWD: usize = 30;
/// Links of a row that are kept.
const MOST_LINKS: usize = 4;
/// So many rows tell what share of a list is registered.
const ENOUGH: usize = 200;

/// The usable rows of a list as they are compared.
#[derive(Debug, Default)]
struct People {
    places: Vec<u32>,
    families: Vec<u32>,
    features: Vec<Features>,
}

/// A row and a registered person.
#[derive(Debug, Clone, Copy)]
struct Link {
    row: u32,
    person: Uuid,
    household: Uuid,
    evidence: Evidence,
}

/// What is found of a row.
#[derive(Debug, Clone, Copy)]
struct Finding {
    category: Category,
    chance: f64,
    household: Option<Uuid>,
    person: Option<Uuid>,
    place: Option<u32>,
}

/// Compares the list and writes what was found; ends in `matched`.
pub(super) async fn compare(hold: &Hold, list: &List) -> Result<()> {
    let cw = &hold.cw;
    crate::matching::scales::refresh(cw).await?;
    let scales = cw.scales().await?;
    let Some(people) = read(hold, list).await? else { return Ok(()) };
    let people = Arc::new(people);
    let Some(links) = links(hold, &people, &scales).await? else { return Ok(()) };
    let (own, weights) = (people.clone(), scales.clone());
    let mut findings = tokio::task::spawn_blocking(move || {
        let twice = twice(&own, &weights);
        find(&own, &links, &twice, &weights)
    })
    .await
    .map_err(Error::internal)?;
    in_two_programmes(cw, list, &mut findings).await?;
    write(hold, &people, &findings, scales.model.version()).await
}

/// The person of an entry as the matcher sees one.
fn record(entry: &Entry, pack: &Pack, today: Date) -> Record {
    let member = &entry.member;
    let text = |typed: &str| (!typed.trim().is_empty()).then(|| typed.trim().to_owned());
    let birth = Birth::parse(&member.birth_day, &member.birth_month, &member.birth_year, &member.age, today);
    Record {
        given: text(&member.given),
        family: text(&member.family),
        full: text(&member.one_name),
        birth: birth.ok().map(Born::from),
        sex: member.sex.parse().ok(),
        identifiers: member
            .identifiers
            .iter()
            .map(|(kind, value)| Number { kind: Some(*kind), value: value.clone() })
            .collect(),
        phones: text(&entry.phone).into_iter().collect(),
        address: address(&entry.area, pack),
    }
}

async fn read(hold: &Hold, list: &List) -> Result<Option<People>> {
    let cw = &hold.cw;
    let (pack, keyer, today) = (cw.pack()?, keyer(&cw.keys), cw.today());
    let mut people = People::default();
    let blocks = u32::try_from(list.total).unwrap_or(0).div_ceil(BLOCK);
    for number in 0..blocks {
        let mut view = cw.db.read().await?;
        let entries = store::block(&mut view, &cw.keys, list.id, number).await?;
        let first = number * BLOCK;
        let rows: Vec<(i64, i64)> = view
            .all(
                "SELECT place, family FROM partner_list_row WHERE list_id = $1 AND place >= $2 AND place < $3 AND usable \
                 ORDER BY place",
                args![list.id, first, first + BLOCK],
            )
            .await?;
        drop(view);
        for (place, family) in rows {
            let place = u32::try_from(place).map_err(Error::internal)?;
            let entry = usize::try_from(place - first).ok().and_then(|at| entries.get(at)?.as_ref());
            let Some(entry) = entry else { continue };
            people.places.push(place);
            people.families.push(u32::try_from(family).map_err(Error::internal)?);
            people.features.push(Features::of(&record(entry, &pack, today), &keyer));
        }
        if number.is_multiple_of(10) && !hold.at("preparing", first).await? {
            return Ok(None);
        }
    }
    Ok(Some(people))
}

/// Every row with every registered person it may be; `None` when the work was called off.
async fn links(hold: &Hold, people: &Arc<People>, scales: &Arc<Scales>) -> Result<Option<Vec<Link>>> {
    let cw = &hold.cw;
    let mut all = Vec::new();
    let count = people.features.len();
    for start in (0..count).step_by(SLICE) {
        let (own, secret) = (people.clone(), keyer(&cw.keys));
        let wanted = tokio::task::spawn_blocking(move || keys_of_rows(&own, start, &secret, true))
            .await
            .map_err(Error::internal)?;
        let mut pairs: Vec<(Uuid, u32)> = Vec::new();
        let mut at = 0;
        while let Some((first, _)) = wanted.get(at) {
            // Keys of one batch, without tearing one key in two.
            let mut end = (at + BATCH).min(wanted.len());
            while wanted.get(end).zip(wanted.get(end - 1)).is_some_and(|(next, last)| next.0 == last.0) {
                end += 1;
            }
            let batch = wanted.get(at..end).unwrap_or_default();
            let last = batch.last().map_or(*first, |(key, _)| *key);
            for (key, person) in holders(cw, batch, *first, last, wanted.len() > 500_000).await? {
                let from = batch.partition_point(|(own, _)| *own < key);
                let same = batch.get(from..).unwrap_or_default().iter().take_while(|(own, _)| *own == key);
                pairs.extend(same.map(|(_, row)| (person, *row)));
            }
            at = end;
            let done = u32::try_from(start + at * SLICE.min(count - start) / wanted.len().max(1))
                .unwrap_or(u32::MAX);
            if (at / BATCH).is_multiple_of(20) && !hold.at("looking", done).await? {
                return Ok(None);
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        all.extend(weigh(hold, people, pairs, scales).await?);
        if !hold.at("looking", u32::try_from((start + SLICE).min(count)).unwrap_or(u32::MAX)).await? {
            return Ok(None);
        }
    }
    Ok(Some(all))
}

/// Keys of some rows in the order of the keys. The registry keeps a key or, when many have it, its twin.
fn keys_of_rows(people: &People, start: usize, keyer: &Keyer, twins: bool) -> Vec<(i64, u32)> {
    let mut all = Vec::new();
    for (row, features) in people.features.iter().enumerate().skip(start).take(SLICE) {
        let row = u32::try_from(row).unwrap_or(u32::MAX);
        for pair in keys(features, keyer) {
            all.push((pair.key.0, row));
            all.extend(pair.twin.filter(|_| twins).map(|twin| (twin.0, row)));
        }
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// Who in the registry has one of a batch of keys. Where the list has so many keys that most of the registry's are asked
/// for anyway, the range is read as it lies.
async fn holders(
    cw: &Casework,
    batch: &[(i64, u32)],
    first: i64,
    last: i64,
    dense: bool,
) -> Result<Vec<(i64, Uuid)>> {
    if dense {
        return cw
            .db
            .all(
                "SELECT key, person_id FROM match_key WHERE key >= $1 AND key <= $2 ORDER BY key, person_id",
                args![first, last],
            )
            .await;
    }
    let mut keys: Vec<i64> = batch.iter().map(|(key, _)| *key).collect();
    keys.dedup();
    let keys = serde_json::to_string(&keys).map_err(Error::internal)?;
    let sql = match cw.db.kind() {
        Kind::Sqlite => {
            "SELECT key, person_id FROM match_key WHERE key IN (SELECT value FROM json_each($1)) ORDER BY key"
        }
        Kind::Postgres => {
            "SELECT key, person_id FROM match_key WHERE key IN \
             (SELECT value::bigint FROM jsonb_array_elements_text($1::text::jsonb)) ORDER BY key"
        }
    };
    cw.db.all(sql, args![keys]).await
}

/// Reads the features of whoever shares a key, in the order of the people, and keeps the pairs that can be one person.
async fn weigh(
    hold: &Hold,
    people: &Arc<People>,
    pairs: Vec<(Uuid, u32)>,
    scales: &Arc<Scales>,
) -> Result<Vec<Link>> {
    let mut links = Vec::new();
    let mut rest = pairs.as_slice();
    while !rest.is_empty() {
        let mut end = rest.len().min(BATCH * 4);
        while rest.get(end).zip(rest.get(end - 1)).is_some_and(|(next, last)| next.0 == last.0) {
            end += 1;
        }
        let (batch, later) = rest.split_at(end);
        rest = later;
        let mut ids: Vec<String> = batch.iter().map(|(person, _)| person.simple().to_string()).collect();
        ids.dedup();
        let ids = serde_json::to_string(&ids).map_err(Error::internal)?;
        let sql = match hold.cw.db.kind() {
            Kind::Sqlite => {
                "SELECT person_id, household_id, features FROM match_feature \
                 WHERE person_id IN (SELECT unhex(value) FROM json_each($1))"
            }
            Kind::Postgres => {
                "SELECT person_id, household_id, features FROM match_feature WHERE person_id IN \
                 (SELECT value::uuid FROM jsonb_array_elements_text($1::text::jsonb))"
            }
        };
        let rows: Vec<(Uuid, Uuid, Vec<u8>)> = hold.cw.db.all(sql, args![ids]).await?;
        let (own, weights, batch) = (people.clone(), scales.clone(), batch.to_vec());
        links.extend(
            tokio::task::spawn_blocking(move || score_batch(&own, &weights, &batch, &rows))
                .await
                .map_err(Error::internal)?,
        );
    }
    Ok(links)
}

fn score_batch(
    people: &People,
    scales: &Scales,
    pairs: &[(Uuid, u32)],
    rows: &[(Uuid, Uuid, Vec<u8>)],
) -> Vec<Link> {
    // The most that can be known before any field: everybody of the list is registered.
    let most = Prior::lookup(scales.people());
    let most = Prior { same: most.same / 0.3, household: most.household / 0.3 };
    let mut best: HashMap<(Uuid, u32), Link> = HashMap::new();
    for (person, household, bytes) in rows {
        let Some(other) = View::read(bytes) else { continue };
        let from = pairs.partition_point(|(one, _)| one < person);
        for (_, row) in pairs.get(from..).unwrap_or_default().iter().take_while(|(one, _)| one == person) {
            let Some(features) = usize::try_from(*row).ok().and_then(|at| people.features.get(at)) else {
                continue;
            };
            let found = evidence(&scales.model, &scales.counts, &features.view(), &other);
            let (same, home) = found.probabilities(most);
            if same < 0.02 && home < 0.5 {
                continue;
            }
            let link = Link { row: *row, person: *person, household: *household, evidence: found };
            match best.get(&(*person, *row)) {
                Some(known)
                    if known.evidence.same - known.evidence.strangers >= found.same - found.strangers => {}
                _ => drop(best.insert((*person, *row), link)),
            }
        }
    }
    let mut links: Vec<Link> = best.into_values().collect();
    links.sort_unstable_by_key(|link| (link.row, link.person));
    links
}

/// For rows that are an earlier row again: that row, and how likely it is.
fn twice(people: &People, scales: &Scales) -> HashMap<u32, (u32, f64)> {
    let keyer = Keyer::unstored();
    let rows = f64::from(u32::try_from(people.features.len().max(20)).unwrap_or(u32::MAX));
    let prior = Prior { same: 0.02 / rows, household: 4.0 / rows };
    let mut found: HashMap<u32, (u32, f64)> = HashMap::new();
    for start in (0..people.features.len()).step_by(SLICE) {
        // Rows of one slice with one another; a list of that size is sorted by place or family, and its repetitions with it.
        let keys = keys_of_rows(people, start, &keyer, false);
        for block in keys.chunk_by(|a, b| a.0 == b.0).filter(|block| (2..=CROWD).contains(&block.len())) {
            for (at, (_, later)) in block.iter().enumerate() {
                for (_, earlier) in block.get(..at).unwrap_or_default() {
                    if found.get(later).is_some_and(|(known, _)| known == earlier) {
                        continue;
                    }
                    let view = |row: u32| usize::try_from(row).ok().and_then(|at| people.features.get(at));
                    let (Some(a), Some(b)) = (view(*earlier), view(*later)) else { continue };
                    let chance =
                        evidence(&scales.model, &scales.counts, &a.view(), &b.view()).probabilities(prior).0;
                    if chance >= 0.5 && found.get(later).is_none_or(|(_, known)| *known < chance) {
                        found.insert(*later, (*earlier, chance));
                    }
                }
            }
        }
    }
    found
}

/// The odds of a link under a prior, against everything else.
fn odds(link: &Link, prior: Prior) -> f64 {
    let (same, home, strangers) = link.evidence.log_odds(prior);
    let most = home.max(strangers);
    (same - most - ((home - most).exp2() + (strangers - most).exp2()).log2()).min(300.0).exp2()
}

/// What the list is told row by row.
fn find(people: &People, links: &[Link], twice: &HashMap<u32, (u32, f64)>, scales: &Scales) -> Vec<Finding> {
    let count = people.features.len();
    let mut of_row: Vec<Vec<&Link>> = vec![Vec::new(); count];
    for link in links {
        if let Some(own) = usize::try_from(link.row).ok().and_then(|row| of_row.get_mut(row)) {
            own.push(link);
        }
    }
    let prior = learned(&of_row, scales);
    // The likeliest first: each registered person is one row, each row one person.
    let mut order: Vec<(f64, &Link)> = Vec::new();
    for own in &mut of_row {
        own.sort_by(|a, b| odds(b, prior).total_cmp(&odds(a, prior)));
        let all: f64 = own.iter().map(|link| odds(link, prior)).sum();
        order.extend(own.iter().take(MOST_LINKS).map(|link| (odds(link, prior) / (1.0 + all), *link)));
    }
    order.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1.row, a.1.person).cmp(&(b.1.row, b.1.person))));
    let mut taken: HashMap<Uuid, u32> = HashMap::new();
    let mut own: Vec<Option<(f64, &Link)>> = vec![None; count];
    let least = millionths_of(POSSIBLE);
    for (chance, link) in order {
        if chance < least || twice.contains_key(&link.row) {
            continue;
        }
        let Some(place) = usize::try_from(link.row).ok().and_then(|row| own.get_mut(row)) else { continue };
        if place.is_none() && !taken.contains_key(&link.person) {
            taken.insert(link.person, link.row);
            *place = Some((chance, link));
        }
    }
    let mut families: HashMap<u32, (f64, Uuid)> = HashMap::new();
    for (row, found) in own.iter().enumerate() {
        if let (Some((chance, link)), Some(family)) = (found, people.families.get(row)) {
            let known = families.entry(*family).or_insert((*chance, link.household));
            if known.0 < *chance {
                *known = (*chance, link.household);
            }
        }
    }
    (0..count).map(|row| finding(people, row, &own, &of_row, twice, &families, prior)).collect()
}

fn finding(
    people: &People,
    row: usize,
    own: &[Option<(f64, &Link)>],
    of_row: &[Vec<&Link>],
    twice: &HashMap<u32, (u32, f64)>,
    families: &HashMap<u32, (f64, Uuid)>,
    prior: Prior,
) -> Finding {
    let number = u32::try_from(row).unwrap_or(u32::MAX);
    let none = Finding { category: Category::New, chance: 1.0, household: None, person: None, place: None };
    if let Some((earlier, chance)) = twice.get(&number) {
        let place = usize::try_from(*earlier).ok().and_then(|at| people.places.get(at)).copied();
        return Finding { category: Category::TwiceInList, chance: *chance, place, ..none };
    }
    if let Some((chance, link)) = own.get(row).copied().flatten() {
        let (household, person) = (Some(link.household), Some(link.person));
        return Finding { category: Category::Registered, chance, household, person, ..none };
    }
    let links = of_row.get(row).map(Vec::as_slice).unwrap_or_default();
    let home = links
        .iter()
        .map(|link| (link.evidence.probabilities(prior).1, link.household))
        .filter(|(chance, _)| *chance >= 0.5)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let family = people.families.get(row).and_then(|family| families.get(family)).copied();
    let served = [home, family].into_iter().flatten().max_by(|a, b| a.0.total_cmp(&b.0));
    if let Some((chance, household)) = served {
        return Finding { category: Category::HouseholdServed, chance, household: Some(household), ..none };
    }
    let all: f64 = links.iter().map(|link| odds(link, prior)).sum();
    Finding { chance: 1.0 / (1.0 + all), ..none }
}

/// The share of the list that is registered, where the list is long enough to tell; else what a counter expects.
fn learned(of_row: &[Vec<&Link>], scales: &Scales) -> Prior {
    let expected = Prior::lookup(scales.people());
    if of_row.len() < ENOUGH {
        return expected;
    }
    let rows = f64::from(u32::try_from(of_row.len()).unwrap_or(u32::MAX));
    let mut share = 0.3;
    let with =
        |share: f64| Prior { same: expected.same / 0.3 * share, household: expected.household / 0.3 * share };
    for _ in 0..12 {
        let prior = with(share);
        let found: f64 = of_row
            .iter()
            .map(|links| {
                let all: f64 = links.iter().map(|link| odds(link, prior)).sum();
                all / (1.0 + all)
            })
            .sum();
        share = (found / rows).clamp(0.01, 0.98);
    }
    with(share)
}

fn millionths_of(millionths: i64) -> f64 {
    f64::from(i32::try_from(millionths).unwrap_or(i32::MAX)) / 1e6
}

fn millionths(chance: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "between 0 and a million")]
    let millionths = (chance.clamp(0.0, 1.0) * 1e6).round() as i64;
    millionths
}

/// Whose household receives a programme that the list is not about.
async fn in_two_programmes(cw: &Casework, list: &List, findings: &mut [Finding]) -> Result<()> {
    let registered =
        |finding: &Finding| finding.household.filter(|_| finding.category == Category::Registered);
    let mut households: Vec<String> =
        findings.iter().filter_map(registered).map(|household| household.simple().to_string()).collect();
    households.sort_unstable();
    households.dedup();
    let mut served = std::collections::HashSet::new();
    for some in households.chunks(BATCH) {
        let some = serde_json::to_string(some).map_err(Error::internal)?;
        let sql = match cw.db.kind() {
            Kind::Sqlite => {
                "SELECT DISTINCT household_id FROM enrolment WHERE state IN ('accepted', 'onboarding', 'active', 'suspended') \
                 AND programme <> $1 AND household_id IN (SELECT unhex(value) FROM json_each($2))"
            }
            Kind::Postgres => {
                "SELECT DISTINCT household_id FROM enrolment WHERE state IN ('accepted', 'onboarding', 'active', 'suspended') \
                 AND programme <> $1 AND household_id IN \
                 (SELECT value::uuid FROM jsonb_array_elements_text($2::text::jsonb))"
            }
        };
        let rows: Vec<(Uuid,)> =
            cw.db.all(sql, args![list.programme.clone().unwrap_or_default(), some]).await?;
        served.extend(rows.into_iter().map(|(household,)| household));
    }
    for finding in findings {
        if registered(finding).is_some_and(|household| served.contains(&household)) {
            finding.category = Category::TwoProgrammes;
        }
    }
    Ok(())
}

/// So many different numbers below `limit`, all sets equally likely.
fn drawn(count: usize, limit: usize) -> Vec<usize> {
    let mut numbers: Vec<usize> = (0..limit).collect();
    let count = count.min(limit);
    for at in 0..count {
        let left = u64::try_from(limit - at).unwrap_or(1);
        let other = at + usize::try_from(rand::random::<u64>() % left).unwrap_or(0);
        numbers.swap(at, other);
    }
    numbers.truncate(count);
    numbers
}

async fn write(hold: &Hold, people: &People, findings: &[Finding], model: i64) -> Result<()> {
    let linked: Vec<usize> = (0..findings.len())
        .filter(|row| findings.get(*row).is_some_and(|found| found.category != Category::New))
        .collect();
    let sample: HashMap<usize, usize> = drawn(usize::try_from(SAMPLE).unwrap_or(0), linked.len())
        .into_iter()
        .zip(1..)
        .filter_map(|(at, number)| Some((*linked.get(at)?, number)))
        .collect();
    let hex = |id: Option<Uuid>| id.map(|id| id.simple().to_string());
    for start in (0..findings.len()).step_by(BATCH) {
        let some: Vec<_> = findings
            .iter()
            .zip(&people.places)
            .enumerate()
            .skip(start)
            .take(BATCH)
            .map(|(row, (found, place))| {
                let number = sample.get(&row).copied().unwrap_or(0);
                let chance = millionths(found.chance);
                serde_json::json!([
                    place,
                    found.category.code(),
                    chance,
                    hex(found.household),
                    hex(found.person),
                    found.place,
                    number
                ])
            })
            .collect();
        let some = serde_json::to_string(&some).map_err(Error::internal)?;
        let (mine, list) = (hold.clone(), hold.list);
        let done = u32::try_from(start).unwrap_or(u32::MAX);
        let going = hold
            .cw
            .write(async move |tx| {
                if !mine.at_in(tx, "writing", done).await? {
                    return Ok(false);
                }
                put(tx, list, &some).await?;
                Ok(true)
            })
            .await?;
        if !going {
            return Ok(());
        }
    }
    let mine = hold.clone();
    hold.cw
        .write(async move |tx| {
            if mine.holds(tx).await? {
                let list = super::read(tx, mine.list).await?.ok_or(Error::NotFound)?;
                tx.run("UPDATE partner_list SET model = $1 WHERE list_id = $2", args![model, list.id])
                    .await?;
                step(tx, &crate::Actor::system(), &list, list.version, ListEvent::Result).await?;
            }
            Ok(())
        })
        .await
}

/// Writes findings. They are laid out first (MATERIALIZED), so that each finds its row by the primary key; without it SQLite
/// goes through all rows of the list and reads all findings for each.
const PUT_ON_SQLITE: &str = "WITH v AS MATERIALIZED (SELECT json_extract(value, '$[0]') AS at, \
    json_extract(value, '$[1]') AS what, json_extract(value, '$[2]') AS sure, unhex(json_extract(value, '$[3]')) AS home, \
    unhex(json_extract(value, '$[4]')) AS person, json_extract(value, '$[5]') AS earlier, \
    json_extract(value, '$[6]') AS number FROM json_each($2)) \
    UPDATE partner_list_row SET category = v.what, chance = v.sure, found_household = v.home, found_person = v.person, \
    found_place = v.earlier, drawn = v.number, verdict = '', choice = '' FROM v WHERE list_id = $1 AND place = v.at";

/// The same on PostgreSQL.
const PUT_ON_POSTGRES: &str = "WITH v AS MATERIALIZED (SELECT (value->>0)::bigint AS at, value->>1 AS what, \
    (value->>2)::bigint AS sure, (value->>3)::uuid AS home, (value->>4)::uuid AS person, (value->>5)::bigint AS earlier, \
    (value->>6)::bigint AS number FROM jsonb_array_elements($2::text::jsonb)) \
    UPDATE partner_list_row SET category = v.what, chance = v.sure, found_household = v.home, found_person = v.person, \
    found_place = v.earlier, drawn = v.number, verdict = '', choice = '' FROM v WHERE list_id = $1 AND place = v.at";

async fn put(tx: &mut Tx, list: ListId, findings: &str) -> Result<()> {
    let sql = match tx.kind() {
        Kind::Sqlite => PUT_ON_SQLITE,
        Kind::Postgres => PUT_ON_POSTGRES,
    };
    tx.run(sql, args![list, findings]).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::World;

    #[tokio::test]
    async fn each_finding_is_written_by_the_key_of_its_row() {
        let world = World::sqlite().await;
        let sql = Box::leak(format!("EXPLAIN QUERY PLAN {PUT_ON_SQLITE}").into_boxed_str());
        let plan: Vec<(i64, i64, i64, String)> = world.db.all(sql, args![Uuid::nil(), "[]"]).await.unwrap();
        let by_key = "SEARCH partner_list_row USING PRIMARY KEY (list_id=? AND place=?)";
        assert!(plan.iter().any(|(_, _, _, step)| step == by_key), "{plan:?}");
    }
}
