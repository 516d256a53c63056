//! One to one: where no list has a person twice, a row that is somebody cannot be somebody else too.
//!
//! Each pair's odds are weighed against those of its competitors: the sum over all one-to-one assignments, by belief
//! propagation. It is exact on components without a circle, which is nearly all of them, and settles quickly on the others.
//! Two rows of one list that are themselves one person (the list has somebody twice) do not compete.

use std::collections::{HashMap, HashSet};

/// A pair with the odds that it is one person, before others are looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edge {
    /// Row of the left list.
    pub left: u32,
    /// Row of the right list.
    pub right: u32,
    /// Odds: probability over its complement.
    pub odds: f64,
}

/// Odds from which two competitors are asked whether they are one person.
const WORTH_ASKING: f64 = 0.25;

/// The probability of each edge when each row has at most one partner. `twice(a, b)` says of two rows of one list
/// whether they are one person; it is asked only where both have the same likely partner.
pub fn one_to_one(edges: &[Edge], twice: impl Fn(u32, u32) -> bool) -> Vec<f64> {
    let mut by_row: HashMap<(bool, u32), Vec<usize>> = HashMap::new();
    for (at, edge) in edges.iter().enumerate() {
        by_row.entry((false, edge.left)).or_default().push(at);
        by_row.entry((true, edge.right)).or_default().push(at);
    }
    let mut contested: Vec<(bool, Vec<usize>)> =
        by_row.into_iter().filter(|(_, at)| at.len() > 1).map(|((side, _), at)| (side, at)).collect();
    contested.sort_unstable();
    let peaceful = friends(edges, &contested, twice);
    // For each edge and side, the chance that its row is free of the others; 1 while nothing is known.
    let mut free = vec![[1.0_f64; 2]; edges.len()];
    for _ in 0..100 {
        let mut moved = 0.0_f64;
        for (side, at) in &contested {
            let (near, far) = (usize::from(*side), usize::from(!*side));
            let pull: Vec<f64> = at
                .iter()
                .map(|edge| {
                    edges.get(*edge).map_or(0.0, |found| found.odds)
                        * free.get(*edge).map_or(1.0, |free| free[far])
                })
                .collect();
            let sum: f64 = pull.iter().sum();
            for (edge, own) in at.iter().zip(&pull) {
                let mut others = sum - own;
                if !peaceful.is_empty() {
                    let friendly = at
                        .iter()
                        .zip(&pull)
                        .filter(|(other, _)| peaceful.contains(&(*edge.min(other), *edge.max(other))));
                    others -= friendly.map(|(_, pull)| pull).sum::<f64>();
                }
                // Halfway, so that circles settle.
                let next = 1.0 / (1.0 + others.max(0.0));
                if let Some(free) = free.get_mut(*edge) {
                    moved = moved.max((free[near] / next).ln().abs());
                    free[near] = (free[near] * next).sqrt();
                }
            }
        }
        if moved < 1e-3 {
            break;
        }
    }
    edges
        .iter()
        .zip(&free)
        .map(|(edge, [left, right])| {
            let odds = edge.odds * left * right;
            odds / (1.0 + odds)
        })
        .collect()
}

/// Pairs of edges at one row that do not compete, because their other ends are one person.
fn friends(
    edges: &[Edge],
    contested: &[(bool, Vec<usize>)],
    twice: impl Fn(u32, u32) -> bool,
) -> HashSet<(usize, usize)> {
    let mut friends = HashSet::new();
    for (side, at) in contested {
        let likely: Vec<(usize, &Edge)> = at
            .iter()
            .filter_map(|edge| edges.get(*edge).map(|found| (*edge, found)))
            .filter(|(_, edge)| edge.odds > WORTH_ASKING)
            .collect();
        for (place, (one, edge)) in likely.iter().enumerate() {
            for (other, rival) in likely.iter().skip(place + 1) {
                let (a, b) = if *side { (edge.left, rival.left) } else { (edge.right, rival.right) };
                if twice(a, b) {
                    friends.insert((*one.min(other), *one.max(other)));
                }
            }
        }
    }
    friends
}

/// What two rows say for being one person, in bits: with the prior, and without.
type Said = (f64, f64);

/// Bits against, without any prior, that no other pair outweighs.
const CONTRADICTION: f64 = -12.0;

/// Most that one pair counts when two groups are joined, in bits.
const ONE_VOICE: f64 = 10.0;

/// Groups of rows that are one person, made in the order of `edges` (surest first). Two groups are joined when
/// all their pairs together speak for it and none contradicts strongly: groups are never chained over one weak link.
pub fn clusters(edges: &[Edge], say: impl Fn(u32, u32) -> Said) -> Vec<Vec<u32>> {
    let mut group_of: HashMap<u32, usize> = HashMap::new();
    let mut groups: Vec<Vec<u32>> = Vec::new();
    for edge in edges {
        let [left, right] = [edge.left, edge.right].map(|row| {
            *group_of.entry(row).or_insert_with(|| {
                groups.push(vec![row]);
                groups.len() - 1
            })
        });
        if left == right {
            continue;
        }
        let (Some(one), Some(other)) = (groups.get(left), groups.get(right)) else { continue };
        if one.len() * other.len() > 1 {
            let said = one.iter().flat_map(|a| other.iter().map(|b| say(*a, *b)));
            let (sum, least) = said.fold((0.0, 0.0_f64), |(sum, least), (with, without)| {
                (sum + with.clamp(-ONE_VOICE / 2.0, ONE_VOICE), least.min(without))
            });
            if sum <= 0.0 || least < CONTRADICTION {
                continue;
            }
        }
        let moving = groups.get_mut(right).map(std::mem::take).unwrap_or_default();
        for row in &moving {
            group_of.insert(*row, left);
        }
        if let Some(group) = groups.get_mut(left) {
            group.extend(moving);
        }
    }
    let mut groups: Vec<_> = groups.into_iter().filter(|group| group.len() > 1).collect();
    for group in &mut groups {
        group.sort_unstable();
    }
    groups.sort_unstable();
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(left: u32, right: u32, odds: f64) -> Edge {
        Edge { left, right, odds }
    }

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 0.005
    }

    #[test]
    fn alone_a_pair_keeps_its_odds() {
        assert!(near(one_to_one(&[edge(1, 2, 3.0)], |_, _| false)[0], 0.75));
    }

    #[test]
    fn two_equal_partners_share() {
        let shared = one_to_one(&[edge(1, 1, 1e6), edge(1, 2, 1e6)], |_, _| false);
        assert!(near(shared[0], 0.5) && near(shared[1], 0.5), "{shared:?}");
    }

    #[test]
    fn who_has_a_better_partner_leaves_the_other_free() {
        // 2 belongs to 2; 1 may then have 2's second best.
        let shared = one_to_one(&[edge(1, 2, 50.0), edge(2, 2, 1e9), edge(1, 1, 20.0)], |_, _| false);
        assert!(shared[0] < 0.01 && shared[1] > 0.99 && near(shared[2], 20.0 / 21.0), "{shared:?}");
    }

    #[test]
    fn a_person_twice_in_a_list_is_found_twice() {
        let shared = one_to_one(&[edge(1, 1, 1e6), edge(1, 2, 1e6)], |a, b| a + b == 3);
        assert!(shared.iter().all(|p| *p > 0.99), "{shared:?}");
    }

    #[test]
    fn small_components_agree_with_the_sum_over_all_assignments() {
        // A circle of four: both perfect matchings and all smaller ones, by hand.
        let odds = [4.0, 2.0, 3.0, 5.0];
        let edges = [edge(1, 1, odds[0]), edge(1, 2, odds[1]), edge(2, 1, odds[2]), edge(2, 2, odds[3])];
        let whole = 1.0 + odds.iter().sum::<f64>() + odds[0] * odds[3] + odds[1] * odds[2];
        let exact = (odds[0] + odds[0] * odds[3]) / whole;
        assert!((one_to_one(&edges, |_, _| false)[0] - exact).abs() < 0.06);
    }

    #[test]
    fn groups_are_not_chained() {
        let edges = [edge(1, 2, 9.0), edge(3, 4, 8.0), edge(2, 3, 2.0)];
        let weak = |a, b| if (a, b) == (2, 3) { (2.0, 20.0) } else { (-8.0, 3.0) };
        assert_eq!(clusters(&edges, weak), [vec![1, 2], vec![3, 4]]);
        let contradicted = |a, b| if (a, b) == (1, 4) { (-9.0, -15.0) } else { (9.0, 20.0) };
        assert_eq!(clusters(&edges, contradicted), [vec![1, 2], vec![3, 4]]);
        assert_eq!(clusters(&edges, |_, _| (5.0, 20.0)), [vec![1, 2, 3, 4]]);
    }
}
