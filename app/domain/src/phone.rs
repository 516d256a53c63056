//! Telephone numbers. Stored encrypted; found by the keyed hash of their last eight digits, so that a number
//! is found with and without its country code.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A telephone number: digits, with `+` before them when it is international. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Phone(String);

/// Text that is no telephone number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a telephone number has 6 to 15 digits")]
pub struct NotAPhone;

impl Phone {
    /// Reads a number as typed. `00` before a long number becomes `+`. At most 15 digits (ITU-T E.164).
    pub fn parse(text: &str) -> Result<Self, NotAPhone> {
        let mut digits = String::with_capacity(16);
        let mut international = false;
        for ch in text.trim().chars() {
            match crate::digits::to_ascii(ch) {
                '+' if digits.is_empty() && !international => international = true,
                ch if ch.is_ascii_digit() => digits.push(ch),
                ch if ch.is_whitespace()
                    || matches!(
                        ch,
                        '-' | '.' | '/' | '(' | ')' | '\u{200E}' | '\u{200F}' | '\u{2010}'..='\u{2015}'
                    ) => {}
                _ => return Err(NotAPhone),
            }
        }
        if !international && digits.len() > 10 && digits.starts_with("00") {
            digits.drain(..2);
            international = true;
        }
        if !(6..=15).contains(&digits.len()) {
            return Err(NotAPhone);
        }
        if international {
            digits.insert(0, '+');
        }
        Ok(Self(digits))
    }

    /// The number itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What the keyed hash is made of: the last eight digits.
    pub fn hash_input(&self) -> &str {
        let digits = self.0.trim_start_matches('+');
        &digits[digits.len().saturating_sub(8)..]
    }

    /// All but the last two digits hidden.
    pub fn masked(&self) -> String {
        format!("••••{}", &self.0[self.0.len().saturating_sub(2)..])
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phone(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn found_with_and_without_country_code() {
        let local = Phone::parse("079 123 456").unwrap();
        let full = Phone::parse("+257 (79) 123-456").unwrap();
        let zeros = Phone::parse("0025779123456").unwrap();
        assert_eq!(full.reveal(), "+25779123456");
        assert_eq!(zeros, full);
        assert_eq!(local.hash_input(), full.hash_input());
        assert_eq!(full.masked(), "••••56");
        assert_eq!(Phone::parse("٠٧٩١٢٣٤٥٦"), Ok(local));
    }

    #[test]
    fn what_is_refused() {
        for text in ["", "12345", "1234567890123456", "call me", "12+34567"] {
            assert_eq!(Phone::parse(text), Err(NotAPhone), "{text}");
        }
    }

    proptest! {
        #[test]
        fn reading_never_panics(text in ".{0,30}") {
            if let Ok(phone) = Phone::parse(&text) {
                prop_assert_eq!(Phone::parse(phone.reveal()), Ok(phone.clone()));
                prop_assert!(phone.hash_input().len() <= 8);
            }
        }
    }
}
