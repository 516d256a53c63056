//! The six-digit PIN printed on the receipt's tear-off strip, which with the reference and a birth date opens the
//! applicant's page (only a hash of it is kept), and the five-digit code that a text message brings.

use std::fmt;

/// A code of `N` digits, at most 9. Its `Debug` shows nothing; showing it takes [`Digits::reveal`].
#[derive(Clone, PartialEq, Eq)]
pub struct Digits<const N: usize>(String);

/// The PIN of a receipt.
pub type Pin = Digits<6>;

/// The code of a text message.
pub type Code = Digits<5>;

/// The text does not have the digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a code of that many digits")]
pub struct NotAPin;

impl<const N: usize> Digits<N> {
    /// The code that these random bytes make (64 bits over at most 10⁹ codes: the bias is below 10⁻⁹, for a PIN below 10⁻¹³).
    pub fn from_random(bytes: [u8; 8]) -> Self {
        let codes = (0..N).fold(1_u64, |codes, _| codes.saturating_mul(10));
        Self(format!("{:0N$}", u64::from_le_bytes(bytes) % codes))
    }

    /// Reads what a person typed, spaces and other scripts' digits included.
    pub fn parse(text: &str) -> Result<Self, NotAPin> {
        let digits: String = text
            .chars()
            .filter(|ch| !ch.is_whitespace() && *ch != '-')
            .map(crate::digits::to_ascii)
            .collect();
        if digits.len() == N && digits.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(digits))
        } else {
            Err(NotAPin)
        }
    }

    /// The digits themselves: for hashing, for printing once on the receipt, for the message.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl<const N: usize> fmt::Debug for Digits<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digits({})", "*".repeat(N))
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
        assert_eq!(format!("{:?}", Pin::from_random([7; 8])), "Digits(******)");
    }

    proptest! {
        #[test]
        fn every_draw_is_read_back(bytes: [u8; 8]) {
            let pin = Pin::from_random(bytes);
            prop_assert_eq!(Pin::parse(pin.reveal()), Ok(pin));
            let code = Code::from_random(bytes);
            prop_assert_eq!(code.reveal().len(), 5);
            prop_assert_eq!(Code::parse(code.reveal()), Ok(code));
        }
    }
}
