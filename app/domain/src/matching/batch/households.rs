//! The household as evidence: when one member is found, the others are looked for among that household's, where twins,
//! infants and married names are told apart by much less.

use std::collections::HashMap;

use super::super::score::{Prior, count, evidence};
use super::table::Table;
use super::{Kept, Scene};

/// Larger ones are institutions: who lives there says nothing.
const LARGEST: usize = 20;

/// Expected linked members from which two households are taken for one.
const LINKED: f64 = 0.5;

/// Members of a household on average, in the lists that say who lives together; else about five.
pub(super) fn mean_size(table: &Table) -> f64 {
    let mut households = std::collections::HashSet::new();
    let mut rows = 0_u64;
    for household in (0..table.len()).filter_map(|row| table.household(row)) {
        households.insert(household);
        rows += 1;
    }
    if rows < 50 {
        return 5.0;
    }
    count(rows) / count(u64::try_from(households.len()).unwrap_or(1)).max(1.0)
}

/// Scores all members of linked households again, knowing that the households are probably one. Adds pairs that
/// no key had brought together.
pub(super) fn second_pass(scene: &Scene<'_>, kept: &mut Vec<Kept>, probabilities: &[f64], prior: Prior) {
    let mut members: HashMap<u32, Vec<u32>> = HashMap::new();
    for row in 0..scene.table.len() {
        if let Some(household) = scene.table.household(row) {
            members.entry(household).or_default().push(u32::try_from(row).unwrap_or(u32::MAX));
        }
    }
    if members.is_empty() {
        return;
    }
    if !scene.two_lists {
        // Two rows of one household of one list are two people, unless someone was written down twice.
        for pair in kept.iter_mut() {
            let [one, other] = [pair.left, pair.right].map(|row| scene.table.household(row as usize));
            if one.is_some() && one == other {
                pair.prior = Prior { same: 0.002, household: 0.998 };
                pair.class = None;
            }
        }
    }
    // log of the chance that no pair links the two households, and the pairs.
    let mut linked: HashMap<(u32, u32), (f64, f64, Vec<usize>)> = HashMap::new();
    for (at, (pair, probability)) in kept.iter().zip(probabilities).enumerate() {
        let homes = [pair.left, pair.right].map(|row| scene.table.household(row as usize));
        let [Some(one), Some(other)] = homes else { continue };
        if one == other || *probability < 0.01 {
            continue;
        }
        let link = linked.entry((one.min(other), one.max(other))).or_default();
        link.0 += probability;
        link.1 += (1.0 - probability.min(0.999)).ln();
        link.2.push(at);
    }
    let place: HashMap<(u32, u32), usize> =
        kept.iter().enumerate().map(|(at, pair)| ((pair.left, pair.right), at)).collect();
    let mut links: Vec<_> = linked.into_iter().filter(|(_, link)| link.0 >= LINKED).collect();
    links.sort_unstable_by_key(|((one, other), _)| (*one, *other));
    for ((one, other), (_, none, _)) in links {
        let (Some(here), Some(there)) = (members.get(&one), members.get(&other)) else { continue };
        if here.len() > LARGEST || there.len() > LARGEST {
            continue;
        }
        let size = u64::try_from(here.len().max(there.len())).unwrap_or(1);
        for a in here {
            for b in there {
                let (left, right) = (*a.min(b), *a.max(b));
                let at = place.get(&(left, right)).copied();
                let own = at.and_then(|at| probabilities.get(at)).copied().unwrap_or(0.0);
                // What the other pairs say: a pair does not speak for itself.
                let known = 1.0 - (none - (1.0 - own.min(0.999)).ln()).exp();
                if known < LINKED {
                    continue;
                }
                let inside = Prior::inside(known, size);
                let prior = Prior {
                    same: inside.same + (1.0 - known) * prior.same,
                    household: inside.household + (1.0 - known) * prior.household,
                };
                if let Some(pair) = at.and_then(|at| kept.get_mut(at)) {
                    pair.prior = prior;
                    pair.class = None;
                    continue;
                }
                let views = (scene.table.view(left as usize), scene.table.view(right as usize));
                let found = evidence(scene.model, scene.counts, &views.0, &views.1);
                if found.probabilities(prior).0 >= super::LEAST {
                    kept.push(Kept { left, right, evidence: found, prior, class: None });
                }
            }
        }
    }
}
