//! Registered once: whether two records are one person.
//!
//! [`record`] is what is known of somebody, [`features`] what of it is compared, [`keys`] where to look for others
//! who may be the same. [`score`] weighs two people field by field ([`compare`]) with a [`model`] and the
//! [`frequency`] of their values, against two other explanations: strangers, and *another person of the same
//! household*. Pure functions over values.
//! [`batch`] links whole lists: [`estimate`] says how many pairs are one person, [`assign`] gives each row at most one
//! partner. [`learn`] makes a better model of verdicts, and keeps a worse one out.
//!
//! Native only: nothing in a browser matches people, and the transliteration tables would weigh there.

pub mod assign;
pub mod batch;
mod compare;
pub mod estimate;
pub mod features;
pub mod frequency;
pub mod keys;
pub mod learn;
pub mod model;
pub mod record;
pub mod score;
pub mod text;
pub mod verdict;

pub use compare::word_level;
pub use features::{Features, View};
pub use frequency::{Counts, Frequencies, Value};
pub use keys::{Key, KeyPair, Keyer};
pub use model::{Field, Level, Model};
pub use record::{Address, Born, Number, Record};
pub use score::{Band, Prior, Scored, score};
pub use verdict::Said;

#[cfg(test)]
mod tests;
