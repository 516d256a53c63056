//! How many pairs are one person: λ and λh, estimated from the scored pairs, and nothing else from them.
//!
//! Expectation–maximisation that moves every weight ends wherever the data let it (66,061 matches where 1,000
//! exist, 0 where 6,538 do). Here m, u and h stand; only the two shares are free, and where both lists have
//! identifiers the estimate must agree with them or theirs is taken ([`Anchor`]).

use super::score::{Evidence, Prior, count};

/// Half a bit a bin, from -80 to 80 bits.
const BINS: usize = 320;

/// Scored pairs by what they say for one person and for a household, against strangers.
#[derive(Clone, Debug)]
pub struct Histogram {
    bins: Vec<u32>,
    pairs: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { bins: vec![0; BINS * BINS], pairs: 0 }
    }
}

fn bin(bits: f64) -> usize {
    let place = (bits.clamp(-79.9, 79.9) + 80.0) * 2.0;
    // Between 0 and 320 by the line above.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the bins")]
    let place = place as usize;
    place.min(BINS - 1)
}

fn middle(bin: usize) -> f64 {
    f64::from(u32::try_from(bin).unwrap_or(0)) / 2.0 - 79.75
}

impl Histogram {
    /// Adds a pair.
    pub fn add(&mut self, evidence: &Evidence) {
        let place =
            bin(evidence.same - evidence.strangers) * BINS + bin(evidence.household - evidence.strangers);
        if let Some(bin) = self.bins.get_mut(place) {
            *bin = bin.saturating_add(1);
        }
        self.pairs += 1;
    }

    /// Adds another histogram.
    pub fn merge(&mut self, other: &Self) {
        for (bin, more) in self.bins.iter_mut().zip(&other.bins) {
            *bin = bin.saturating_add(*more);
        }
        self.pairs += other.pairs;
    }

    /// How many pairs were added.
    pub const fn pairs(&self) -> u64 {
        self.pairs
    }

    /// λ and λh among `all` pairs, of which those added are the ones that can be anything but strangers. λ stays at
    /// most `most_same`; λh falls as far as it likes (lists without families) and rises to ten times its start.
    pub fn fit(&self, all: f64, start: Prior, most_same: f64) -> Prior {
        let filled: Vec<(f64, f64, f64)> = self
            .bins
            .iter()
            .enumerate()
            .filter(|(_, count)| **count > 0)
            .map(|(at, count)| (middle(at / BINS), middle(at % BINS), f64::from(*count)))
            .collect();
        let mut prior = start;
        for _ in 0..200 {
            let (mut same, mut household) = (0.0, 0.0);
            for (for_same, for_household, count) in &filled {
                let evidence = Evidence { same: *for_same, household: *for_household, strangers: 0.0 };
                let (one, home) = evidence.probabilities(prior);
                same += one * count;
                household += home * count;
            }
            let next = Prior {
                same: (same / all).clamp(1e-15, most_same),
                household: (household / all).clamp(start.household / 10_000.0, start.household * 10.0),
            };
            let moved = (next.same / prior.same).ln().abs();
            prior = next;
            if moved < 1e-4 {
                break;
            }
        }
        prior
    }
}

/// How much names, places and telephones say too much, because they go together (a region's names, a clan's
/// village): measured by what has nothing to do with them, births and identifiers.
///
/// Pairs are sorted by what the dependent fields say. Among pairs of one such class births show how many are one person
/// (they agree like those of one person, or like those of strangers), whatever the names promised.
#[derive(Clone, Debug)]
pub struct Dependence {
    bins: Vec<u32>,
}

/// One bit a class of dependent evidence, from -80 to 80.
const CLASSES: usize = 160;

/// Pairs that are not one person from which a class's correction counts half.
const HALF_SURE: f64 = 100.0;

/// Bits with the prior up to which a class is left alone: its pairs are looked at only because their births agree,
/// which then say nothing about the others. Four bits above, the correction counts whole.
const UNPROMISING: f64 = -10.0;

impl Default for Dependence {
    fn default() -> Self {
        Self { bins: vec![0; CLASSES * BINS] }
    }
}

impl Dependence {
    /// Adds a pair: `dependent` as [`Dependence::class`] has it, and the bits of births and identifiers.
    pub fn add(&mut self, dependent: f64, independent: f64) {
        if let Some(bin) = self.bins.get_mut((bin(dependent) / 2) * BINS + bin(independent)) {
            *bin = bin.saturating_add(1);
        }
    }

    /// Adds another one's pairs.
    pub fn merge(&mut self, other: &Self) {
        for (bin, more) in self.bins.iter_mut().zip(&other.bins) {
            *bin = bin.saturating_add(*more);
        }
    }

    /// What the dependent fields say against strangers and families, with `household` for λh.
    pub fn class(evidence: &Evidence, household: f64) -> f64 {
        let against = household.max(1e-300).log2() + evidence.household;
        let most = evidence.strangers.max(against);
        evidence.same - most - ((evidence.strangers - most).exp2() + (against - most).exp2()).log2()
    }

    /// The correction of each class in bits, at most 0, when λ is `same`.
    pub fn corrections(&self, same: f64) -> Corrections {
        let mut bits = Vec::with_capacity(CLASSES);
        for (class, pairs) in self.bins.chunks_exact(BINS).enumerate() {
            let filled: Vec<(f64, f64)> = pairs
                .iter()
                .enumerate()
                .filter(|(_, count)| **count > 0)
                .map(|(at, count)| (middle(at).exp2(), f64::from(*count)))
                .collect();
            let count: f64 = filled.iter().map(|(_, count)| count).sum();
            let promised = middle(2 * class) + 0.25 + same.log2();
            let mut share = (1.0 / (1.0 + (-promised).exp2())).clamp(1e-9, 1.0 - 1e-9);
            for _ in 0..60 {
                let found: f64 = filled
                    .iter()
                    .map(|(says, count)| count * share * says / (share * says + 1.0 - share))
                    .sum();
                share = (found / count.max(1e-9)).clamp(1e-9, 1.0 - 1e-9);
            }
            let others = count * (1.0 - share);
            let correction = (share / (1.0 - share)).log2() - promised;
            let trusted = others / (others + HALF_SURE) * ((promised - UNPROMISING) / 4.0).clamp(0.0, 1.0);
            bits.push((correction * trusted).clamp(-8.0, 0.0));
        }
        Corrections(bits)
    }
}

/// [`Dependence::corrections`].
#[derive(Clone, Debug, Default)]
pub struct Corrections(Vec<f64>);

impl Corrections {
    /// The correction for a pair of this class, between those of the two nearest classes.
    pub fn of(&self, class: f64) -> f64 {
        let place = (class.clamp(-79.0, 78.0) + 79.5).max(0.0);
        let (low, part) = (bin(place.floor() - 80.0) / 2, place.fract());
        let at = |class: usize| self.0.get(class).copied().unwrap_or(0.0);
        at(low) * (1.0 - part) + at(low + 1) * part
    }
}

/// What identifiers say about the number of matches.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Anchor {
    /// Pairs with the same identifier.
    pub pairs: u64,
    /// How many matches that makes, given how many rows have an identifier and how often it is read right.
    pub matches: f64,
}

/// Fewest pairs with one identifier that anchor an estimate.
const FEWEST_ANCHORS: u64 = 30;

impl Anchor {
    /// From the pairs with the same identifier, the shares of rows with one on both sides, and m of the exact level.
    pub fn new(pairs: u64, share_left: f64, share_right: f64, m_exact: f64) -> Self {
        Self { pairs, matches: count(pairs) / (share_left * share_right * m_exact).max(0.01) }
    }

    /// Whether there are enough of them to say anything.
    pub const fn holds(&self) -> bool {
        self.pairs >= FEWEST_ANCHORS
    }

    /// Whether an estimate is within 0.3 and 3 times this one.
    pub fn agrees(&self, matches: f64) -> bool {
        !self.holds() || (0.3 * self.matches..=3.0 * self.matches).contains(&matches)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pairs of one class: so many whose births agree as one person's do, the others as strangers' do.
    fn pairs(dependence: &mut Dependence, class: f64, same: u32, others: u32) {
        for _ in 0..same {
            dependence.add(class, 14.0);
        }
        for _ in 0..others {
            dependence.add(class, -5.6);
        }
    }

    #[test]
    fn names_that_promise_too_much_are_taken_down_and_honest_ones_left() {
        let mut dependence = Dependence::default();
        // With λ = 2⁻²⁰ a class of 20 bits promises every second pair; births say one in seventeen.
        pairs(&mut dependence, 20.0, 200, 3200);
        pairs(&mut dependence, 26.0, 6400, 100);
        let corrections = dependence.corrections((-20.0_f64).exp2());
        let taken = corrections.of(20.5);
        assert!((-4.6..=-3.4).contains(&taken), "{taken}");
        assert!(corrections.of(26.5) > -0.5, "{}", corrections.of(26.5));
        assert!(corrections.of(60.0) > -1e-9 && corrections.of(-60.0) > -1e-9, "nothing was seen there");
    }

    #[test]
    fn two_shares_are_found_among_scored_pairs() {
        let mut histogram = Histogram::default();
        for (count, same, household) in [(500, 30.0, 22.0), (1500, -2.0, 24.0), (20_000, -12.0, -9.0)] {
            for _ in 0..count {
                histogram.add(&Evidence { same, household, strangers: 0.0 });
            }
        }
        let all = 1e9;
        let start = Prior { same: 3e-6, household: 3e-6 };
        let found = histogram.fit(all, start, 1e-5);
        assert!((found.same * all - 500.0).abs() < 25.0, "{found:?}");
        assert!((found.household * all - 1500.0).abs() < 75.0, "{found:?}");
        // λ never passes what one to one allows.
        assert!(histogram.fit(all, start, 1e-7).same <= 1e-7);
    }
}
