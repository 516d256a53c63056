//! The rows of one or two lists in one block of memory: about a hundred bytes a person.

use super::super::features::{Features, View};

/// A household that is not known.
const NO_HOUSEHOLD: u32 = u32::MAX;

/// Rows of features, in their order, each with the number of its household in its list.
#[derive(Clone, Debug, Default)]
pub struct Table {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    households: Vec<u32>,
}

impl Table {
    /// Adds a row. `household` numbers the households of this list; it is not compared with other lists.
    pub fn push(&mut self, features: &Features, household: Option<u32>) {
        self.bytes.extend(features.as_bytes());
        self.ends.push(self.bytes.len());
        self.households.push(household.unwrap_or(NO_HOUSEHOLD));
    }

    /// Adds all rows of another table; its households are counted on from `households_before`.
    pub fn append(&mut self, other: &Self, households_before: u32) {
        let before = self.bytes.len();
        self.bytes.extend(&other.bytes);
        self.ends.extend(other.ends.iter().map(|end| before + end));
        let shift = |household: &u32| match *household {
            NO_HOUSEHOLD => NO_HOUSEHOLD,
            household => household.saturating_add(households_before),
        };
        self.households.extend(other.households.iter().map(shift));
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The features of a row; nothing known for a row that is not there.
    pub fn view(&self, row: usize) -> View<'_> {
        let start = if row == 0 { 0 } else { self.ends.get(row - 1).copied().unwrap_or(0) };
        let end = self.ends.get(row).copied().unwrap_or(start);
        self.bytes.get(start..end).and_then(View::read).unwrap_or(View::EMPTY)
    }

    /// The household of a row, where it is known.
    pub fn household(&self, row: usize) -> Option<u32> {
        self.households.get(row).copied().filter(|household| *household != NO_HOUSEHOLD)
    }
}
