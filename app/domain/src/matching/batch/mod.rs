//! Two lists against each other, or one within itself, in bounded memory and on all processors.
//!
//! [`Table`] holds the rows; [`run`] finds who is who: frequencies, [`candidates`], evidence for every pair,
//! λ and λh ([`super::estimate`]), households, and each row at most one partner ([`super::assign`]). Same input, same output,
//! whatever the number of threads.

pub mod candidates;
mod households;
mod table;
mod threads;

pub use table::Table;

use super::assign::{Edge, clusters, one_to_one};
use super::compare::compare;
use super::estimate::{Anchor, Corrections, Dependence, Histogram};
use super::frequency::Counts;
use super::keys::Keyer;
use super::model::{Field, Level, Model, Weight};
use super::score::{Evidence, Prior, Scored, count, evidence, score};
use candidates::Candidates;
use threads::by_chunks;

/// Pairs below this probability are not told.
pub const LEAST: f64 = 0.01;

/// The share of a list's rows that are taken to have no partner, at least.
const LEAST_ALONE: f64 = 0.1;

/// Random pairs from which it is learned how often strangers agree.
const RANDOM_PAIRS: usize = 300_000;

/// A pair that may be one person.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Link {
    /// Row of the left list, or of the one list.
    pub left: u32,
    /// Row of the right list, counted from its own beginning; or a later row of the one list.
    pub right: u32,
    /// The probability that they are one person, after households and one to one.
    pub probability: f64,
}

/// What came out.
#[derive(Debug)]
pub struct Outcome {
    /// Pairs of at least [`LEAST`], by left row, then right row.
    pub links: Vec<Link>,
    /// Pairs that were scored.
    pub pairs_scored: u64,
    /// The expected number of pairs that are one person.
    pub estimated_matches: f64,
    /// λ and λh as estimated.
    pub prior: Prior,
    /// What identifiers say.
    pub anchor: Anchor,
    /// Whether the free estimate was refused, because identifiers say otherwise.
    pub estimate_refused: bool,
    /// Groups of rows that are one person, in one list.
    pub groups: Vec<Vec<u32>>,
    table: Table,
    left_rows: u32,
    two_lists: bool,
    counts: Counts,
    model: Model,
}

impl Outcome {
    /// A link's score, field by field, under the estimated λ and λh.
    pub fn explain(&self, link: &Link) -> Scored {
        let right = if self.two_lists { self.left_rows + link.right } else { link.right };
        let (a, b) = (self.table.view(link.left as usize), self.table.view(right as usize));
        score(&self.model, &self.counts, &a, &b, self.prior)
    }
}

/// A pair that is kept: rows of the joined table.
#[derive(Clone, Copy, Debug)]
struct Kept {
    left: u32,
    right: u32,
    evidence: Evidence,
    prior: Prior,
    /// What the dependent fields say; none where the household decides.
    class: Option<f64>,
}

struct Scene<'a> {
    table: &'a Table,
    left_rows: usize,
    two_lists: bool,
    threads: usize,
    model: &'a Model,
    counts: &'a Counts,
}

impl Scene<'_> {
    fn right_rows(&self) -> usize {
        self.table.len() - self.left_rows
    }

    /// All pairs there are.
    fn all_pairs(&self) -> f64 {
        let rows = |rows: usize| count(u64::try_from(rows).unwrap_or(0));
        let (left, right) = (rows(self.left_rows), rows(self.right_rows()));
        let pairs = if self.two_lists { left * right } else { left * (left - 1.0) / 2.0 };
        pairs.max(1.0)
    }

    /// The most pairs that can be one person.
    fn most_matches(&self) -> f64 {
        // In one list somebody may be there several times, which makes several pairs.
        let most = if self.two_lists { self.left_rows.min(self.right_rows()) } else { 3 * self.left_rows };
        count(u64::try_from(most).unwrap_or(0)).max(1.0)
    }
}

/// Links `left` with `right`, or `left` within itself. `threads` changes how long it takes and nothing else.
pub fn run(left: Table, right: Option<Table>, model: &Model, keyer: &Keyer, threads: usize) -> Outcome {
    let (left_rows, two_lists) = (left.len(), right.is_some());
    let mut table = left;
    if let Some(right) = right {
        let households =
            (0..table.len()).filter_map(|row| table.household(row)).max().map_or(0, |most| most + 1);
        table.append(&right, households);
    }
    let counts = counted(&table);
    let model = with_strangers(model, &table, &counts, left_rows, two_lists);
    let scene = Scene { table: &table, left_rows, two_lists, threads, model: &model, counts: &counts };
    let candidates = Candidates::new(&table, left_rows, two_lists, keyer, threads);

    let members = households::mean_size(&table);
    let (all, most) = (scene.all_pairs(), scene.most_matches());
    let start = Prior { same: 0.3 * most / all, household: 0.5 * most * (members - 1.0).max(0.5) / all };
    let seen = look(&scene, &candidates, most / all, start.household);
    drop(candidates);

    let anchor = anchor(&scene, seen.same_identifier);
    let free = seen.histogram.fit(all, start, most / all);
    let estimate_refused = !anchor.agrees(free.same * all);
    let mut prior =
        if estimate_refused { Prior { same: (anchor.matches / all).min(most / all), ..free } } else { free };
    let mut kept = seen.kept;
    for pair in &mut kept {
        pair.prior = prior;
    }
    let mut corrections = seen.dependence.corrections(prior.same);
    let mut probabilities = resolve(&scene, &kept, prior, &corrections);
    for _ in 0..12 {
        // What one to one takes away was counted in λ.
        let matches: f64 = probabilities.iter().sum();
        let same = (matches / all).clamp(1e-15, most / all);
        if estimate_refused || (same / prior.same).ln().abs() < 0.01 {
            break;
        }
        prior.same = same;
        for pair in &mut kept {
            pair.prior = prior;
        }
        corrections = seen.dependence.corrections(prior.same);
        probabilities = resolve(&scene, &kept, prior, &corrections);
    }
    households::second_pass(&scene, &mut kept, &probabilities, prior);
    probabilities = resolve(&scene, &kept, prior, &corrections);

    let groups = if two_lists { Vec::new() } else { grouped(&scene, &kept, &mut probabilities, prior) };
    let estimated_matches = probabilities.iter().sum();
    let mut links: Vec<Link> = kept
        .iter()
        .zip(&probabilities)
        .filter(|(_, probability)| **probability >= LEAST)
        .map(|(pair, probability)| Link {
            left: pair.left,
            right: if two_lists { pair.right - small(left_rows) } else { pair.right },
            probability: *probability,
        })
        .collect();
    links.sort_unstable_by_key(|link| (link.left, link.right));
    let pairs_scored = seen.histogram.pairs();
    Outcome {
        links,
        pairs_scored,
        estimated_matches,
        prior,
        anchor,
        estimate_refused,
        groups,
        left_rows: small(left_rows),
        two_lists,
        counts: counts.clone(),
        model: model.clone(),
        table,
    }
}

fn small(rows: usize) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}

fn counted(table: &Table) -> Counts {
    let mut counts = Counts::default();
    for row in 0..table.len() {
        counts.add(&table.view(row));
    }
    counts
}

/// The model with u as random pairs of these lists have it, drawn towards the model's own.
fn with_strangers(model: &Model, table: &Table, counts: &Counts, left_rows: usize, two_lists: bool) -> Model {
    let mut levels = [[0_u32; Level::ALL.len()]; Field::ALL.len()];
    let pairs = RANDOM_PAIRS.min(table.len().saturating_mul(20));
    if table.len() < 200 {
        return model.clone();
    }
    let mut random = Random(0x5EED);
    for _ in 0..pairs {
        let (a, b) = if two_lists {
            (random.below(left_rows), left_rows + random.below(table.len() - left_rows))
        } else {
            (random.below(left_rows), random.below(left_rows))
        };
        if a == b {
            continue;
        }
        compare(model, counts, &table.view(a), &table.view(b), |said| {
            if let Some(n) =
                levels.get_mut(said.field as usize).and_then(|field| field.get_mut(said.level as usize))
            {
                *n += 1;
            }
        });
    }
    let mut learned = model.clone();
    // As many pairs as the model's own u is worth.
    let weight = 2000.0;
    for row in model.rows() {
        let Some(field) = levels.get(row.field as usize) else { continue };
        let compared = f64::from(field.iter().sum::<u32>());
        let n = f64::from(field.get(row.level as usize).copied().unwrap_or(0));
        let u = (n + weight * row.weight.u) / (compared + weight);
        learned.set(row.field, row.level, Weight { u, ..row.weight });
    }
    learned
}

/// A small generator (SplitMix64), so that a run can be repeated.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let limit = u64::try_from(limit.max(1)).unwrap_or(1);
        usize::try_from((mixed ^ (mixed >> 31)) % limit).unwrap_or(0)
    }
}

#[derive(Default)]
struct Seen {
    histogram: Histogram,
    dependence: Dependence,
    kept: Vec<Kept>,
    same_identifier: u64,
}

/// Scores every candidate; keeps those that can come to anything at the largest λ there can be.
fn look(scene: &Scene<'_>, candidates: &Candidates, most_same: f64, household: f64) -> Seen {
    let asking = candidates.asking();
    let least = (LEAST / 4.0).log2() - most_same.log2();
    let parts = by_chunks(asking.len(), scene.threads, |range| {
        let mut seen = Seen::default();
        let mut partners = Vec::new();
        for row in range.map(|at| asking.start + at) {
            candidates.of(row, &mut partners);
            if partners.is_empty() {
                continue;
            }
            let own = scene.table.view(row);
            for partner in &partners {
                let other = scene.table.view(*partner as usize);
                let (mut found, mut dependent) = (Evidence::default(), Evidence::default());
                let (mut same_identifier, mut independent) = (false, None);
                compare(scene.model, scene.counts, &other, &own, |said| {
                    found.add(said.weight);
                    if matches!(said.field, Field::Birth | Field::BirthYear | Field::Identifier) {
                        let bits = (said.weight.m / said.weight.u).log2();
                        independent = Some(independent.unwrap_or(0.0) + bits);
                    } else {
                        dependent.add(said.weight);
                    }
                    same_identifier |= said.field == Field::Identifier && said.level == Level::Exact;
                });
                seen.histogram.add(&found);
                let class = Dependence::class(&dependent, household);
                if let Some(independent) = independent {
                    seen.dependence.add(class, independent);
                }
                seen.same_identifier += u64::from(same_identifier);
                if found.same - found.strangers > least {
                    let (left, right) = (small(row).min(*partner), small(row).max(*partner));
                    let prior = Prior { same: most_same, household: most_same };
                    seen.kept.push(Kept { left, right, evidence: found, prior, class: Some(class) });
                }
            }
        }
        seen
    });
    let mut all = Seen::default();
    for mut part in parts {
        all.histogram.merge(&part.histogram);
        all.dependence.merge(&part.dependence);
        all.kept.append(&mut part.kept);
        all.same_identifier += part.same_identifier;
    }
    all
}

fn anchor(scene: &Scene<'_>, pairs: u64) -> Anchor {
    let share = |rows: std::ops::Range<usize>| {
        let all = count(u64::try_from(rows.len()).unwrap_or(0)).max(1.0);
        let with = rows.filter(|row| scene.table.view(*row).identifiers().next().is_some()).count();
        count(u64::try_from(with).unwrap_or(0)) / all
    };
    let left = share(0..scene.left_rows);
    let right = if scene.two_lists { share(scene.left_rows..scene.table.len()) } else { left };
    Anchor::new(pairs, left, right, scene.model.weight(Field::Identifier, Level::Exact).m)
}

/// The probability of each kept pair: by its own prior, and one to one between two lists.
fn resolve(scene: &Scene<'_>, kept: &[Kept], prior: Prior, corrections: &Corrections) -> Vec<f64> {
    let vacancy = vacancy(scene, prior.same).log2();
    let edges: Vec<Edge> = kept
        .iter()
        .map(|pair| {
            let (same, household, strangers) = pair.evidence.log_odds(pair.prior);
            let against = household.max(strangers) + (1.0 + (-(household - strangers).abs()).exp2()).log2();
            let correction = pair.class.map_or(0.0, |class| corrections.of(class));
            let odds = (same + vacancy + correction - against).min(200.0).exp2();
            Edge { left: pair.left, right: pair.right, odds }
        })
        .collect();
    if !scene.two_lists {
        return edges.iter().map(|edge| edge.odds / (1.0 + edge.odds)).collect();
    }
    // In a list of its own, one row in a hundred is somebody a second time.
    let twice = |a: u32, b: u32| {
        let rows = if (a as usize) < scene.left_rows { scene.left_rows } else { scene.right_rows() };
        let one = 1.0 / count(u64::try_from(rows).unwrap_or(1)).max(1.0);
        let own =
            Prior { same: 0.01 * one, household: (prior.household / prior.same.max(1e-15)).min(10.0) * one };
        let (a, b) = (scene.table.view(a as usize), scene.table.view(b as usize));
        evidence(scene.model, scene.counts, &a, &b).probabilities(own).0 >= 0.5
    };
    one_to_one(&edges, twice)
}

/// How much likelier a pair is when its rows are not somebody else already: with `same` = λ, one over the
/// shares of rows without a partner, which are not taken for less than [`LEAST_ALONE`].
fn vacancy(scene: &Scene<'_>, same: f64) -> f64 {
    if !scene.two_lists {
        return 1.0;
    }
    let matches = same * scene.all_pairs();
    let alone = |rows: usize| {
        (1.0 - matches / count(u64::try_from(rows).unwrap_or(1)).max(1.0)).clamp(LEAST_ALONE, 1.0)
    };
    1.0 / (alone(scene.left_rows) * alone(scene.right_rows()))
}

/// Groups in one list. A pair inside a group is as sure as the way that leads to it; a pair between two groups
/// that could not be joined is not told as likely.
fn grouped(scene: &Scene<'_>, kept: &[Kept], probabilities: &mut [f64], prior: Prior) -> Vec<Vec<u32>> {
    let mut order: Vec<usize> =
        (0..kept.len()).filter(|at| probabilities.get(*at).is_some_and(|p| *p >= 0.5)).collect();
    let weight = |at: usize| kept.get(at).map_or(0.0, |pair| pair.evidence.same - pair.evidence.strangers);
    order.sort_by(|a, b| weight(*b).total_cmp(&weight(*a)).then(a.cmp(b)));
    let edges: Vec<Edge> = order
        .iter()
        .filter_map(|at| kept.get(*at))
        .map(|pair| Edge { left: pair.left, right: pair.right, odds: 1.0 })
        .collect();
    let say = |a: u32, b: u32| {
        let (a, b) = (scene.table.view(a as usize), scene.table.view(b as usize));
        let found = evidence(scene.model, scene.counts, &a, &b);
        let (same, household, strangers) = found.log_odds(prior);
        (same - household.max(strangers), found.same - found.strangers)
    };
    let groups = clusters(&edges, say);
    let mut group_of = std::collections::HashMap::new();
    for (number, group) in groups.iter().enumerate() {
        for row in group {
            group_of.insert(*row, number);
        }
    }
    for (pair, probability) in kept.iter().zip(probabilities.iter_mut()) {
        let (one, other) = (group_of.get(&pair.left), group_of.get(&pair.right));
        if one.is_some() && one == other {
            *probability = probability.max(0.5);
        } else if *probability >= 0.5 {
            *probability = 0.49;
        }
    }
    groups
}

#[cfg(test)]
mod tests;
