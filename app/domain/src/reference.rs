//! The reference people see, write down and read out over the telephone: `SP-XXXX-XXXX`.
//!
//! Seven random symbols of Crockford's base 32 (35 bits; no I, L, O, U) and a check symbol by Luhn mod 32,
//! which catches every single wrong symbol and nearly every swap of two neighbours. `SP` is for show and is
//! not counted in the check. Whatever the case and spacing, `O` reads as 0 and `I`, `L` as 1.

use serde::{Deserialize, Serialize};
use std::fmt;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const SYMBOLS: usize = 8;

/// A checked reference, shown as `SP-XXXX-XXXX` and stored as its eight symbols.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reference([u8; SYMBOLS]);

/// Why a text is not a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAReference {
    /// It has not eight symbols (besides `SP`, spaces and dashes).
    #[error("a reference has eight letters and digits after SP")]
    Length,
    /// It has a letter that references do not use.
    #[error("a reference has no {0:?}")]
    Symbol(char),
    /// The symbols do not fit the check symbol: something was misread or mistyped.
    #[error("the last symbol does not fit the others")]
    Check,
}

impl Reference {
    /// The reference that these random bytes make; only their low 35 bits count. Two draws may meet: the
    /// database holds references unique and the caller draws again.
    pub fn from_random(bytes: [u8; 8]) -> Self {
        let mut bits = u64::from_le_bytes(bytes);
        let mut values = [0_u8; SYMBOLS];
        for value in values.iter_mut().take(SYMBOLS - 1) {
            *value = (bits & 31) as u8;
            bits >>= 5;
        }
        values[SYMBOLS - 1] = check_value(&values[..SYMBOLS - 1]);
        Self(values.map(|value| ALPHABET[usize::from(value)]))
    }

    /// Reads what a person typed: any case, any spacing or dashes, with or without `SP`, digits of the Arabic
    /// and Persian scripts too.
    pub fn parse(text: &str) -> Result<Self, NotAReference> {
        let mut symbols = Vec::with_capacity(SYMBOLS + 2);
        for ch in text.chars() {
            if ch.is_whitespace() || is_separator(ch) {
                continue;
            }
            symbols.push(crate::digits::to_ascii(ch).to_ascii_uppercase());
        }
        if symbols.len() == SYMBOLS + 2 && symbols.starts_with(&['S', 'P']) {
            symbols.drain(..2);
        }
        let mut values = [0_u8; SYMBOLS];
        let mut seen = 0;
        for ch in symbols {
            let value = value_of(ch).ok_or(NotAReference::Symbol(ch))?;
            *values.get_mut(seen).ok_or(NotAReference::Length)? = value;
            seen += 1;
        }
        if seen != SYMBOLS {
            return Err(NotAReference::Length);
        }
        if check_value(&values[..SYMBOLS - 1]) != values[SYMBOLS - 1] {
            return Err(NotAReference::Check);
        }
        Ok(Self(values.map(|value| ALPHABET[usize::from(value)])))
    }

    /// Stored symbols as papers and pages show them; what is no reference, as it is.
    pub fn written(symbols: &str) -> String {
        Self::parse(symbols).map_or_else(|_| symbols.to_owned(), |own| own.to_string())
    }

    /// The eight symbols without `SP` and dashes: the form kept in the database.
    pub fn symbols(&self) -> &str {
        // The symbols come from ALPHABET alone, which is ASCII.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

fn is_separator(ch: char) -> bool {
    // Hyphen and its look-alikes, the marks that right-to-left text puts around a reference, and dots.
    matches!(ch, '-' | '.' | '_' | '/' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

fn value_of(ch: char) -> Option<u8> {
    let ch = match ch {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let byte = u8::try_from(ch).ok()?;
    ALPHABET.iter().position(|symbol| *symbol == byte).and_then(|at| u8::try_from(at).ok())
}

/// Luhn mod N with N = 32 (ISO/IEC 7812-1 generalised): double every second value from the right, add the
/// two base-32 digits of what becomes too large.
fn check_value(values: &[u8]) -> u8 {
    let mut sum = 0_u32;
    for (place, value) in values.iter().rev().enumerate() {
        let term = u32::from(*value) * if place % 2 == 0 { 2 } else { 1 };
        sum += term / 32 + term % 32;
    }
    ((32 - sum % 32) % 32) as u8
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let symbols = self.symbols();
        write!(f, "SP-{}-{}", &symbols[..4], &symbols[4..])
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::str::FromStr for Reference {
    type Err = NotAReference;
    fn from_str(text: &str) -> Result<Self, NotAReference> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Reference {
    type Error = NotAReference;
    fn try_from(text: String) -> Result<Self, NotAReference> {
        Self::parse(&text)
    }
}

impl From<Reference> for String {
    fn from(reference: Reference) -> Self {
        reference.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn some() -> Reference {
        Reference::from_random(0x0123_4567_89AB_CDEF_u64.to_le_bytes())
    }

    #[test]
    fn is_read_in_any_dress() {
        let reference = some();
        let s = reference.symbols();
        assert_eq!(reference.to_string(), format!("SP-{}-{}", &s[..4], &s[4..]));
        for text in [
            reference.to_string(),
            reference.to_string().to_lowercase(),
            s.to_owned(),
            format!(" sp {} \u{2013} {}\n", &s[..4], &s[4..]),
            format!("\u{2066}{reference}\u{2069}"),
        ] {
            assert_eq!(Reference::parse(&text), Ok(reference), "{text:?}");
        }
    }

    #[test]
    fn look_alikes_read_as_digits() {
        let zeros = Reference::from_random([0; 8]);
        assert_eq!(zeros.to_string(), "SP-0000-0000");
        assert_eq!(Reference::parse("SP-OOoo-oO00"), Ok(zeros));
        assert_eq!(Reference::parse("SP-٠٠٠٠-۰۰۰۰"), Ok(zeros));
        let ones = Reference::from_random(0b00001_00001_00001_00001_00001_00001_00001_u64.to_le_bytes());
        assert_eq!(Reference::parse(&ones.to_string().replace('1', "l")), Ok(ones));
        assert_eq!(Reference::parse(&ones.to_string().replace('1', "I")), Ok(ones));
    }

    #[test]
    fn says_what_is_wrong() {
        assert_eq!(Reference::parse(""), Err(NotAReference::Length));
        assert_eq!(Reference::parse("SP-0000-000"), Err(NotAReference::Length));
        assert_eq!(Reference::parse("SP-0000-00000"), Err(NotAReference::Length));
        assert_eq!(Reference::parse("SP-0000-000U"), Err(NotAReference::Symbol('U')));
        assert_eq!(Reference::parse("SP-0000-0001"), Err(NotAReference::Check));
    }

    proptest! {
        #[test]
        fn every_draw_is_read_back(bytes: [u8; 8]) {
            let reference = Reference::from_random(bytes);
            prop_assert_eq!(Reference::parse(&reference.to_string()), Ok(reference));
        }

        #[test]
        fn one_wrong_symbol_is_always_caught(bytes: [u8; 8], place in 0_usize..8, step in 1_usize..32) {
            let reference = Reference::from_random(bytes);
            let mut symbols = reference.symbols().as_bytes().to_vec();
            let at = ALPHABET.iter().position(|s| *s == symbols[place]).unwrap();
            symbols[place] = ALPHABET[(at + step) % 32];
            let text = String::from_utf8(symbols).unwrap();
            prop_assert_eq!(Reference::parse(&text), Err(NotAReference::Check));
        }

        #[test]
        fn reading_never_panics(text in ".{0,40}") {
            let _ = Reference::parse(&text);
        }
    }

    #[test]
    fn swapped_neighbours_are_caught_save_one_pair() {
        // Luhn cannot tell 0Z from Z0 (the first and last value of the alphabet); every other swap is caught.
        let mut missed = 0;
        for a in 0..32_u8 {
            for b in 0..32_u8 {
                if a != b && check_value(&[a, b]) == check_value(&[b, a]) {
                    missed += 1;
                    assert!((a.min(b), a.max(b)) == (0, 31));
                }
            }
        }
        assert_eq!(missed, 2);
    }
}
