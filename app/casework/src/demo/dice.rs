//! Repeatable chance: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). Ours rather than a crate's, because a registry
//! made from a seed must be the same after any update. Not for secrets.

/// A stream of numbers that depends on its seed only.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// A stream; every pair of seed and number has its own, so that household 7 does not depend on household 6.
    pub fn new(seed: u64, number: u64) -> Self {
        let mut dice = Self(seed);
        let mixed = dice.roll();
        Self(mixed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    /// 64 even bits.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 up to, not including, `n`; 0 for 0.
    pub fn below(&mut self, n: u32) -> u32 {
        // The high half of a 64-bit product: even enough for names and ages (bias below n / 2³²).
        u32::try_from(((self.roll() >> 32) * u64::from(n)) >> 32).unwrap_or(0)
    }

    /// From `low` to `high`, both included.
    pub fn between(&mut self, low: i32, high: i32) -> i32 {
        let width = u32::try_from(i64::from(high) - i64::from(low) + 1).unwrap_or(1);
        low + i32::try_from(self.below(width)).unwrap_or(0)
    }

    /// True in so many of a hundred.
    pub fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// One of them, all alike; `None` of none.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        let n = u32::try_from(from.len()).unwrap_or(u32::MAX);
        from.get(self.below(n) as usize)
    }

    /// The place of one of them, by weight.
    pub fn weighted(&mut self, weights: &[u32]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (place, weight) in weights.iter().enumerate() {
            if left < *weight {
                return place;
            }
            left -= weight;
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_numbers_are_the_published_ones() {
        // Java's SplittableRandom and the reference implementation by Vigna give these from seed 1234567.
        let mut dice = Dice(1_234_567);
        assert_eq!([dice.roll(), dice.roll()], [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]);
    }

    #[test]
    fn draws_stay_in_their_bounds_and_reach_them() {
        let mut dice = Dice::new(1, 1);
        let drawn: std::collections::BTreeSet<i32> = (0..500).map(|_| dice.between(-2, 2)).collect();
        assert_eq!(drawn.into_iter().collect::<Vec<_>>(), [-2, -1, 0, 1, 2]);
        assert_eq!(dice.below(0), 0);
        assert_eq!(dice.pick::<u8>(&[]), None);
        let mut seen = [0; 3];
        (0..1000).for_each(|_| seen[dice.weighted(&[0, 1, 3])] += 1);
        assert!(seen[0] == 0 && seen[1] > 150 && seen[2] > 600, "{seen:?}");
    }
}
