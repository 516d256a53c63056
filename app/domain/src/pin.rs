//! The six-digit code printed on the receipt's tear-off strip, which with the reference and a birth date
//! opens the applicant's page. Only a hash of it is kept.

use std::fmt;

/// A six-digit code. Its `Debug` shows nothing; showing it takes [`Pin::reveal`].
#[derive(Clone, PartialEq, Eq)]
pub struct Pin(String);

/// The text is not six digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a PIN has six digits")]
pub struct NotAPin;

impl Pin {
    /// The code that these random bytes make (64 bits over a million codes: the bias is below 10⁻¹³).
    pub fn from_random(bytes: [u8; 8]) -> Self {
        Self(format!("{:06}", u64::from_le_bytes(bytes) % 1_000_000))
    }

    /// Reads what a person typed, spaces and other scripts' digits included.
    pub fn parse(text: &str) -> Result<Self, NotAPin> {
        let digits: String = text
            .chars()
            .filter(|ch| !ch.is_whitespace() && *ch != '-')
            .map(crate::digits::to_ascii)
            .collect();
        if digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(digits))
        } else {
            Err(NotAPin)
        }
    }

    /// The digits themselves: for hashing, and for printing once on the receipt.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(******)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_six_digits_only() {
        assert_eq!(Pin::parse(" 012 345 ").unwrap().reveal(), "012345");
        assert_eq!(Pin::parse("٠١٢٣٤٥").unwrap().reveal(), "012345");
        for text in ["", "12345", "1234567", "12345a", "½23456"] {
            assert_eq!(Pin::parse(text), Err(NotAPin), "{text}");
        }
    }

    #[test]
    fn is_not_shown_in_a_log() {
        assert_eq!(format!("{:?}", Pin::from_random([7; 8])), "Pin(******)");
    }

    proptest! {
        #[test]
        fn every_draw_is_read_back(bytes: [u8; 8]) {
            let pin = Pin::from_random(bytes);
            prop_assert_eq!(Pin::parse(pin.reveal()), Ok(pin));
        }
    }
}
