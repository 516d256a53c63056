//! From two people to one number: the probability that they are one, and what each field said.
//!
//! Three explanations compete for a pair: one person, two people of one household, two strangers. Each field
//! multiplies the three by how often they make values agree like that; a field that one does not have says
//! nothing. `bits = log2(λ·m / (λh·h + u))`.

use super::compare::{Compared, MOST_FIELDS, compare};
use super::features::View;
use super::frequency::Frequencies;
use super::model::{Field, Level, Model, Weight};

/// From this probability on: very likely the same person.
pub const VERY_LIKELY: f64 = 0.95;

/// From this probability on: possibly the same person.
pub const POSSIBLE: f64 = 0.2;

/// From this probability on: a faint likeness, worth a look where nobody is likelier.
pub const FAINT: f64 = 0.05;

/// How often a pair that is looked at is one person, and how often two of one household, before any field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prior {
    /// λ: one person.
    pub same: f64,
    /// λh: two people of one household.
    pub household: f64,
}

impl Prior {
    /// For one person looked for among `people` registered ones: about one in three who come has been
    /// registered, and then with four others of the household.
    pub fn lookup(people: u64) -> Self {
        let one = 1.0 / count(people.max(20));
        Self { same: 0.3 * one, household: 1.2 * one }
    }

    /// For a member of a household that is known to have `members` in the registry, with probability `known`.
    pub fn inside(known: f64, members: u64) -> Self {
        let one = known.clamp(0.0, 0.999) / count(members.max(1));
        Self { same: one, household: known.clamp(0.0, 0.999) - one }
    }
}

/// A count as a number to divide by; above 2^32 it is no longer exact, which does not matter here.
pub fn count(n: u64) -> f64 {
    let high = u32::try_from(n >> 32).unwrap_or(u32::MAX);
    let low = u32::try_from(n & 0xFFFF_FFFF).unwrap_or(0);
    f64::from(high) * 4_294_967_296.0 + f64::from(low)
}

/// What one field said.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FieldScore {
    /// The field.
    pub field: Field,
    /// How the two values agree.
    pub level: Level,
    /// log2(m/u): for one person above 0, against below.
    pub bits: f64,
}

/// How sure it is, for whoever has to act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Band {
    /// At least [`VERY_LIKELY`].
    VeryLikely,
    /// At least [`POSSIBLE`].
    Possible,
    /// Two people of the same household.
    SameHousehold,
    /// At least [`FAINT`].
    Faint,
    /// None of these.
    Unlikely,
}

/// A scored pair.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scored {
    /// log2 of the odds that the two are one person: the prior, the fields and the household's part together.
    pub bits: f64,
    /// The probability that they are one person.
    pub probability: f64,
    /// The probability that they are two people of one household.
    pub same_household: f64,
    /// log2(λ / (1 − λ − λh)): what is known before any field.
    pub prior_bits: f64,
    /// At most 0: what is taken off because a household explains the agreement as well.
    pub household_bits: f64,
    fields: [FieldScore; MOST_FIELDS],
    count: usize,
}

impl Scored {
    /// What each field said, in the order of [`Field`]. With `prior_bits` and `household_bits` they add up to
    /// `bits`.
    pub fn fields(&self) -> &[FieldScore] {
        self.fields.get(..self.count).unwrap_or_default()
    }

    /// The band.
    pub fn band(&self) -> Band {
        if self.probability >= VERY_LIKELY {
            Band::VeryLikely
        } else if self.probability >= POSSIBLE {
            Band::Possible
        } else if self.same_household >= 0.5 {
            Band::SameHousehold
        } else if self.probability >= FAINT {
            Band::Faint
        } else {
            Band::Unlikely
        }
    }

    /// The same fields under another prior.
    #[must_use]
    pub fn under(&self, evidence: &Evidence, prior: Prior) -> Self {
        let mut again = *self;
        again.weigh(evidence, prior);
        again
    }

    fn weigh(&mut self, evidence: &Evidence, prior: Prior) {
        let (same, household, strangers) = evidence.log_odds(prior);
        let most = same.max(household).max(strangers);
        let [same, household, strangers] = [same, household, strangers].map(|log| (log - most).exp2());
        let sum = same + household + strangers;
        self.probability = same / sum;
        self.same_household = household / sum;
        self.bits = (same / (household + strangers)).log2();
        self.prior_bits = prior.same.log2() - (1.0 - prior.same - prior.household).max(1e-12).log2();
        self.household_bits = (strangers / (household + strangers)).log2();
        if !self.bits.is_finite() || !self.household_bits.is_finite() {
            // One explanation outweighs the others beyond what a number holds.
            let (one, home, other) = evidence.log_odds(prior);
            self.bits = one - home.max(other);
            self.household_bits = (other - home).min(0.0);
        }
    }
}

/// The sums over the fields: log2 of what they say for one person, a household, strangers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Evidence {
    /// Σ log2 m.
    pub same: f64,
    /// Σ log2 h.
    pub household: f64,
    /// Σ log2 u.
    pub strangers: f64,
}

impl Evidence {
    pub(super) fn add(&mut self, weight: Weight) {
        self.same += weight.m.log2();
        self.household += weight.h.log2();
        self.strangers += weight.u.log2();
    }

    /// log2 of the three explanations with their priors.
    pub fn log_odds(&self, prior: Prior) -> (f64, f64, f64) {
        (
            self.same + prior.same.max(1e-300).log2(),
            self.household + prior.household.max(1e-300).log2(),
            self.strangers + (1.0 - prior.same - prior.household).max(1e-12).log2(),
        )
    }

    /// The probabilities of one person and of one household.
    pub fn probabilities(&self, prior: Prior) -> (f64, f64) {
        let (same, household, strangers) = self.log_odds(prior);
        let most = same.max(household).max(strangers);
        let [same, household, strangers] = [same, household, strangers].map(|log| (log - most).exp2());
        let sum = same + household + strangers;
        (same / sum, household / sum)
    }
}

/// What the fields of two people say, before any prior.
pub fn evidence(model: &Model, frequencies: &impl Frequencies, a: &View<'_>, b: &View<'_>) -> Evidence {
    let mut evidence = Evidence::default();
    compare(model, frequencies, a, b, |compared| evidence.add(compared.weight));
    evidence
}

/// Scores two people.
pub fn score(
    model: &Model,
    frequencies: &impl Frequencies,
    a: &View<'_>,
    b: &View<'_>,
    prior: Prior,
) -> Scored {
    score_with_evidence(model, frequencies, a, b, prior).0
}

/// [`score`], and the sums to score the pair again under another prior.
pub fn score_with_evidence(
    model: &Model,
    frequencies: &impl Frequencies,
    a: &View<'_>,
    b: &View<'_>,
    prior: Prior,
) -> (Scored, Evidence) {
    let mut evidence = Evidence::default();
    let none = FieldScore { field: Field::Given, level: Level::Different, bits: 0.0 };
    let mut scored = Scored {
        bits: 0.0,
        probability: 0.0,
        same_household: 0.0,
        prior_bits: 0.0,
        household_bits: 0.0,
        fields: [none; MOST_FIELDS],
        count: 0,
    };
    compare(model, frequencies, a, b, |Compared { field, level, weight }| {
        evidence.add(weight);
        if let Some(place) = scored.fields.get_mut(scored.count) {
            *place = FieldScore { field, level, bits: (weight.m / weight.u).log2() };
            scored.count += 1;
        }
    });
    scored.weigh(&evidence, prior);
    (scored, evidence)
}
