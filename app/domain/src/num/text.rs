//! Numbers as texts and as JSON: read strictly, written as the decimal they are, or as a fraction.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Num;

impl Num {
    /// The number as a finite decimal, or `None` (1/3 has none).
    fn decimal(self) -> Option<String> {
        if self.denominator == 1 {
            return Some(self.numerator.to_string());
        }
        let (mut rest, mut places) = (self.denominator, 0_u32);
        let mut scale: i128 = 1;
        while rest != 1 {
            let factor = if rest % 10 == 0 {
                10
            } else if rest % 2 == 0 {
                2
            } else if rest % 5 == 0 {
                5
            } else {
                return None;
            };
            rest /= factor;
            places += 1;
            scale = scale.checked_mul(10)?;
        }
        let digits = i128::from(self.numerator).checked_mul(scale)? / i128::from(self.denominator);
        let sign = if digits < 0 { "-" } else { "" };
        let text = format!("{:0>width$}", digits.unsigned_abs(), width = places as usize + 1);
        let (whole, fraction) = text.split_at(text.len() - places as usize);
        Some(format!("{sign}{whole}.{}", fraction.trim_end_matches('0')))
    }
}

impl fmt::Display for Num {
    /// A decimal when it has a finite one (`0.048`), otherwise a fraction (`1/3`).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.decimal() {
            Some(text) => f.write_str(&text),
            None => write!(f, "{}/{}", self.numerator, self.denominator),
        }
    }
}

/// The text is no number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a number; write it like 12, -0.048 or 1/3")]
pub struct NotANumber(pub String);

impl FromStr for Num {
    type Err = NotANumber;

    /// Reads `12`, `-0.048`, `1/3`: ASCII digits, a point, no grouping, no exponent.
    fn from_str(text: &str) -> Result<Self, NotANumber> {
        parse(text).ok_or_else(|| NotANumber(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<Num> {
    if let Some((numerator, denominator)) = text.split_once('/') {
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit()) && !s.is_empty();
        if !digits(numerator.strip_prefix('-').unwrap_or(numerator)) || !digits(denominator) {
            return None;
        }
        return Num::ratio(numerator.parse().ok()?, denominator.parse().ok()?).ok();
    }
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    if whole.is_empty() || fraction.is_empty() {
        return None;
    }
    let (mut numerator, mut denominator) = (0_i128, 1_i128);
    for (i, byte) in whole.bytes().chain(fraction.bytes()).enumerate() {
        if !byte.is_ascii_digit() {
            return None;
        }
        numerator = numerator.checked_mul(10)?.checked_add(i128::from(byte - b'0'))?;
        if i >= whole.len() {
            denominator = denominator.checked_mul(10)?;
        }
    }
    Num::reduced(if negative { -numerator } else { numerator }, denominator).ok()
}

/// Numbers a JSON reader keeps exactly: whole numbers up to 2^53, decimals up to 15 digits.
const EXACT_INTEGER: u64 = 1 << 53;

impl Serialize for Num {
    /// A JSON number where every JSON reader keeps it exactly, otherwise a string (`"1/3"`).
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Some(whole) = self.integer() {
            if whole.unsigned_abs() <= EXACT_INTEGER {
                return serializer.serialize_i64(whole);
            }
        } else if let Some(text) = self.decimal()
            && text.bytes().filter(u8::is_ascii_digit).count() <= 15
            && let Ok(float) = text.parse::<f64>()
        {
            return serializer.serialize_f64(float);
        }
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Num {
    /// A JSON number or a string such as `"0.5"` or `"1/3"`.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl Visitor<'_> for Reader {
            type Value = Num;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number")
            }
            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Num, E> {
                Ok(Num::from(value))
            }
            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Num, E> {
                i64::try_from(value).map(Num::from).map_err(E::custom)
            }
            fn visit_f64<E: de::Error>(self, value: f64) -> Result<Num, E> {
                // The shortest decimal that names this float is the decimal that was written.
                value.to_string().parse().map_err(E::custom)
            }
            fn visit_str<E: de::Error>(self, value: &str) -> Result<Num, E> {
                value.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Reader)
    }
}
