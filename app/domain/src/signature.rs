//! The second signature: what a second person signs before it is issued, as a pack says it.
//!
//! What takes away, overrides the rules, pays back or makes one record of two is always signed; a pack cannot switch that off. Of
//! what the rules decide by themselves it says from which amount on, and how many in a hundred of the rest are drawn. Whether one
//! is drawn is a keyed hash of the decision: nobody who has not the key can foretell it, and who has it can do it again.

use serde::{Deserialize, Serialize};

use crate::codes::codes;

/// How many in a hundred are drawn where a pack says nothing.
pub const USUAL_SAMPLE: u32 = 5;

codes! {
    /// Why a decision of the rules is signed by a second person.
    pub enum Why {
        /// It gives more than a limit.
        Amount = "amount",
        /// It was drawn.
        Sample = "sample",
    }
}

codes! {
    /// Why the second person sends a decision back.
    pub enum ReturnReason {
        /// An answer is wrong or was not asked.
        Answers = "answers",
        /// A paper is missing or does not say what was entered.
        Papers = "papers",
        /// It is not this person, or not all of the household.
        Household = "household",
        /// The reason given does not bear the change.
        Reason = "reason",
        /// Something else, in words.
        Other = "other",
    }
}

/// A limit above which a decision is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Above {
    /// In minor units, for a period of the programme.
    pub amount: i64,
    /// Of these programmes; of all when none is named.
    pub programmes: Vec<String>,
}

/// What a pack says: the table `second_signature` of `pack.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// How many in a hundred of the decisions that need no signature otherwise are drawn.
    pub sample_percent: u32,
    /// Limits.
    pub above: Vec<Above>,
}

impl Default for Rules {
    fn default() -> Self {
        Self { sample_percent: USUAL_SAMPLE, above: Vec::new() }
    }
}

impl Rules {
    /// Whether an award of so many minor units of a programme lies above a limit.
    pub fn is_above(&self, programme: &str, amount_minor: Option<i64>) -> bool {
        let fits = |limit: &Above| {
            limit.programmes.is_empty() || limit.programmes.iter().any(|named| named == programme)
        };
        amount_minor.is_some_and(|minor| self.above.iter().any(|limit| minor > limit.amount && fits(limit)))
    }

    /// Whether a decision with this keyed hash is drawn: its first eight bytes, as a share of all there are, lie below the rate.
    pub fn is_drawn(&self, hash: [u8; 32]) -> bool {
        let first = hash.first_chunk().copied().unwrap_or([u8::MAX; 8]);
        u128::from(u64::from_be_bytes(first)) * 100 < (u128::from(self.sample_percent) << 64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(sample_percent: u32) -> Rules {
        Rules { sample_percent, ..Rules::default() }
    }

    #[test]
    fn the_rate_is_the_share_of_all_hashes() {
        let first = |share: u64| {
            let mut hash = [0xff; 32];
            hash[..8].copy_from_slice(&share.to_be_bytes());
            hash
        };
        assert!(!with(0).is_drawn(first(0)), "none at nothing in a hundred");
        assert!(with(100).is_drawn(first(u64::MAX)), "all at a hundred");
        let edge = u64::MAX / 20;
        assert!(with(5).is_drawn(first(edge - 1)) && !with(5).is_drawn(first(edge + 2)));
    }

    #[test]
    fn a_limit_holds_for_its_programmes_and_only_above_it() {
        let rules = Rules {
            above: vec![
                Above { amount: 100, programmes: vec!["grant".into()] },
                Above { amount: 500, programmes: Vec::new() },
            ],
            ..Rules::default()
        };
        for (programme, minor, expected) in [
            ("grant", Some(100), false),
            ("grant", Some(101), true),
            ("pension", Some(101), false),
            ("pension", Some(501), true),
            ("pension", None, false),
        ] {
            assert_eq!(rules.is_above(programme, minor), expected, "{programme} {minor:?}");
        }
        assert!(!Rules::default().is_above("grant", Some(i64::MAX)));
    }
}
