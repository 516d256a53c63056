//! Numbers that others have given to a person, by the kinds of the Digital Convergence Initiative's social
//! registry standard. Stored encrypted; found through a keyed hash of the normalised form.
//!
//! To add a kind: add it to [`IdentifierKind`] and its words to the pages.

use crate::codes::codes;
use serde::{Deserialize, Serialize};
use std::fmt;

codes! {
    /// What kind of number it is (DCI: UIN, BRN, MRN, DRN).
    pub enum IdentifierKind {
        /// Unique identification number: the national identity number.
        Uin = "uin",
        /// Birth registration number.
        Brn = "brn",
        /// Marriage registration number.
        Mrn = "mrn",
        /// Death registration number.
        Drn = "drn",
    }
}

impl IdentifierKind {
    /// Whether one number belongs to one person. A marriage is registered once for two people.
    pub const fn is_personal(self) -> bool {
        !matches!(self, Self::Mrn)
    }
}

/// An identifier in its normalised form. Its `Debug` does not show the number.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Identifier {
    kind: IdentifierKind,
    value: String,
}

/// Text that is no identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierFault {
    /// Other than letters, digits and separators.
    #[error("an identifier has letters and digits")]
    Symbol,
    /// Fewer than 4 or more than 32 letters and digits.
    #[error("an identifier has 4 to 32 letters and digits")]
    Length,
}

impl Identifier {
    /// Reads an identifier as typed: separators are dropped, letters become capitals, digits ASCII.
    pub fn parse(kind: IdentifierKind, text: &str) -> Result<Self, IdentifierFault> {
        let mut value = String::with_capacity(text.len());
        for ch in text.trim().chars() {
            if ch.is_whitespace() || matches!(ch, '-' | '.' | '/' | '\u{2010}'..='\u{2015}') {
                continue;
            }
            let ch = crate::digits::to_ascii(ch);
            if !ch.is_alphanumeric() {
                return Err(IdentifierFault::Symbol);
            }
            value.extend(ch.to_uppercase());
        }
        if (4..=32).contains(&value.chars().count()) {
            Ok(Self { kind, value })
        } else {
            Err(IdentifierFault::Length)
        }
    }

    /// The kind.
    pub const fn kind(&self) -> IdentifierKind {
        self.kind
    }

    /// The normalised number itself.
    pub fn reveal(&self) -> &str {
        &self.value
    }

    /// What the keyed hash is made of: kind and number.
    pub fn hash_input(&self) -> String {
        format!("{}:{}", self.kind.code(), self.value)
    }

    /// All but the last three symbols hidden.
    pub fn masked(&self) -> String {
        let count = self.value.chars().count();
        let tail: String = self.value.chars().skip(count.saturating_sub(3)).collect();
        format!("•••{tail}")
    }
}

impl fmt::Debug for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identifier({}, ***)", self.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_in_several_dresses() {
        let id = Identifier::parse(IdentifierKind::Uin, "ab 12-34/5").unwrap();
        assert_eq!(id.reveal(), "AB12345");
        assert_eq!(Identifier::parse(IdentifierKind::Uin, "AB١٢٣٤٥"), Ok(id.clone()));
        assert_eq!(id.hash_input(), "uin:AB12345");
        assert_eq!(id.masked(), "•••345");
        assert_eq!(format!("{id:?}"), "Identifier(uin, ***)");
    }

    #[test]
    fn what_is_refused() {
        assert_eq!(Identifier::parse(IdentifierKind::Brn, "12 3"), Err(IdentifierFault::Length));
        assert_eq!(Identifier::parse(IdentifierKind::Brn, &"1".repeat(33)), Err(IdentifierFault::Length));
        assert_eq!(Identifier::parse(IdentifierKind::Brn, "12345?"), Err(IdentifierFault::Symbol));
    }
}
