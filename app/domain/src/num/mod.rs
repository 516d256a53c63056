//! Exact numbers. Scores, ratios and amounts are rationals until a declared rounding; never floats, so
//! the same answers give the same figure on every machine.
//!
//! A number is `i64 / i64` in lowest terms; every operation goes through `i128` and is checked. What does
//! not fit is a [`NumError`], which the engine reports as a fault for a person to look at. How numbers are read
//! and written is in `text`. One more operation: a checked function here that ends in `reduced`.

mod text;

pub use text::NotANumber;

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

/// An exact rational number in lowest terms with a positive denominator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Num {
    numerator: i64,
    denominator: i64,
}

/// Why a calculation has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum NumError {
    /// The result does not fit.
    #[error("the number is too large to be exact")]
    Overflow,
    /// A division by zero.
    #[error("division by zero")]
    DivisionByZero,
}

/// How a number is brought to a multiple of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// Down, towards minus infinity.
    Floor,
    /// Up, towards plus infinity.
    Ceil,
    /// To the nearest, a half away from zero.
    HalfUp,
    /// To the nearest, a half to the even multiple.
    HalfEven,
}

impl Rounding {
    /// Reads `floor`, `ceil`, `half_up`, `half_even`.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "floor" => Self::Floor,
            "ceil" => Self::Ceil,
            "half_up" => Self::HalfUp,
            "half_even" => Self::HalfEven,
            _ => return None,
        })
    }
}

impl Num {
    /// Zero.
    pub const ZERO: Self = Self { numerator: 0, denominator: 1 };
    /// One.
    pub const ONE: Self = Self { numerator: 1, denominator: 1 };

    /// `numerator / denominator` in lowest terms.
    ///
    /// # Errors
    /// [`NumError::DivisionByZero`] when the denominator is 0.
    pub fn ratio(numerator: i64, denominator: i64) -> Result<Self, NumError> {
        Self::reduced(i128::from(numerator), i128::from(denominator))
    }

    fn reduced(numerator: i128, denominator: i128) -> Result<Self, NumError> {
        if denominator == 0 {
            return Err(NumError::DivisionByZero);
        }
        let divisor = gcd(numerator.unsigned_abs(), denominator.unsigned_abs());
        let divisor = i128::try_from(divisor).map_err(|_| NumError::Overflow)?;
        let sign = if denominator < 0 { -1 } else { 1 };
        Ok(Self {
            numerator: i64::try_from(numerator / divisor * sign).map_err(|_| NumError::Overflow)?,
            denominator: i64::try_from(denominator / divisor * sign).map_err(|_| NumError::Overflow)?,
        })
    }

    /// The numerator, in lowest terms; its sign is the number's.
    pub fn numerator(self) -> i64 {
        self.numerator
    }

    /// The denominator, in lowest terms, at least 1.
    pub fn denominator(self) -> i64 {
        self.denominator
    }

    /// The whole number, if it is one.
    pub fn integer(self) -> Option<i64> {
        (self.denominator == 1).then_some(self.numerator)
    }

    /// Whether it is below zero.
    pub fn is_negative(self) -> bool {
        self.numerator < 0
    }

    /// Whether it is zero.
    pub fn is_zero(self) -> bool {
        self.numerator == 0
    }

    /// The sum.
    #[expect(
        clippy::should_implement_trait,
        reason = "checked: there is no `+` that can be forgotten to check"
    )]
    pub fn add(self, other: Self) -> Result<Self, NumError> {
        if self.denominator == other.denominator {
            let sum = i128::from(self.numerator) + i128::from(other.numerator);
            if self.denominator == 1 {
                let numerator = i64::try_from(sum).map_err(|_| NumError::Overflow)?;
                return Ok(Self { numerator, denominator: 1 });
            }
            return Self::reduced(sum, i128::from(self.denominator));
        }
        let (a, b) = (i128::from(self.numerator), i128::from(self.denominator));
        let (c, d) = (i128::from(other.numerator), i128::from(other.denominator));
        let sum = (a * d).checked_add(c * b).ok_or(NumError::Overflow)?;
        Self::reduced(sum, b * d)
    }

    /// The difference.
    #[expect(
        clippy::should_implement_trait,
        reason = "checked: there is no `-` that can be forgotten to check"
    )]
    pub fn sub(self, other: Self) -> Result<Self, NumError> {
        self.add(other.negated()?)
    }

    /// The product.
    #[expect(
        clippy::should_implement_trait,
        reason = "checked: there is no `*` that can be forgotten to check"
    )]
    pub fn mul(self, other: Self) -> Result<Self, NumError> {
        if self.denominator == 1 && other.denominator == 1 {
            let numerator = self.numerator.checked_mul(other.numerator).ok_or(NumError::Overflow)?;
            return Ok(Self { numerator, denominator: 1 });
        }
        Self::reduced(
            i128::from(self.numerator) * i128::from(other.numerator),
            i128::from(self.denominator) * i128::from(other.denominator),
        )
    }

    /// The quotient.
    ///
    /// # Errors
    /// [`NumError::DivisionByZero`] when `other` is zero.
    #[expect(
        clippy::should_implement_trait,
        reason = "checked: there is no `/` that can be forgotten to check"
    )]
    pub fn div(self, other: Self) -> Result<Self, NumError> {
        Self::reduced(
            i128::from(self.numerator) * i128::from(other.denominator),
            i128::from(self.denominator) * i128::from(other.numerator),
        )
    }

    /// The opposite.
    pub fn negated(self) -> Result<Self, NumError> {
        let numerator = self.numerator.checked_neg().ok_or(NumError::Overflow)?;
        Ok(Self { numerator, denominator: self.denominator })
    }

    /// Without its sign.
    pub fn abs(self) -> Result<Self, NumError> {
        if self.is_negative() { self.negated() } else { Ok(self) }
    }

    /// The multiple of `step` that the rounding gives.
    ///
    /// # Errors
    /// [`NumError::DivisionByZero`] when the step is zero.
    pub fn rounded(self, mode: Rounding, step: Self) -> Result<Self, NumError> {
        if self.denominator == 1 && step == Self::ONE {
            return Ok(self);
        }
        let steps = self.div(step.abs()?)?;
        let whole = steps.numerator.div_euclid(steps.denominator);
        let rest = steps.numerator.rem_euclid(steps.denominator);
        let up = match mode {
            Rounding::Floor => false,
            Rounding::Ceil => rest > 0,
            Rounding::HalfUp | Rounding::HalfEven => {
                match (i128::from(rest) * 2).cmp(&i128::from(steps.denominator)) {
                    Ordering::Less => false,
                    Ordering::Greater => true,
                    Ordering::Equal if mode == Rounding::HalfUp => whole >= 0,
                    Ordering::Equal => whole.rem_euclid(2) == 1,
                }
            }
        };
        let whole = whole.checked_add(i64::from(up)).ok_or(NumError::Overflow)?;
        Self::from(whole).mul(step.abs()?)
    }

    /// The natural logarithm to 12 decimals, the same on every machine (integer arithmetic only).
    /// `None` for zero and below.
    pub fn ln(self) -> Option<Self> {
        const ONE: i128 = 1_000_000_000_000_000; // 15 decimals inside, 12 outside
        const LN_2: i128 = 693_147_180_559_945;
        if self.numerator <= 0 {
            return None;
        }
        // Brought to m in [1, 2) by powers of two; ln m = 2·artanh((m-1)/(m+1)).
        let (mut top, mut bottom, mut twos) =
            (i128::from(self.numerator), i128::from(self.denominator), 0_i128);
        while top >= bottom * 2 {
            bottom *= 2;
            twos += 1;
        }
        while top < bottom {
            top *= 2;
            twos -= 1;
        }
        let z = (top - bottom) * ONE / (top + bottom);
        let square = z * z / ONE;
        let (mut power, mut sum, mut odd) = (z, 0, 1);
        while power != 0 {
            sum += power / odd;
            power = power * square / ONE;
            odd += 2;
        }
        let fixed = twos * LN_2 + 2 * sum;
        let rounded = (fixed + if fixed < 0 { -500 } else { 500 }) / 1000;
        Self::reduced(rounded, ONE / 1000).ok()
    }
}

fn gcd(a: u128, b: u128) -> u128 {
    if let (Ok(mut a), Ok(mut b)) = (u64::try_from(a), u64::try_from(b)) {
        while b != 0 {
            (a, b) = (b, a % b);
        }
        return u128::from(a).max(1);
    }
    let (mut a, mut b) = (a, b);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

impl From<i64> for Num {
    fn from(value: i64) -> Self {
        Self { numerator: value, denominator: 1 }
    }
}

impl PartialOrd for Num {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Num {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.denominator == other.denominator {
            return self.numerator.cmp(&other.numerator);
        }
        let left = i128::from(self.numerator) * i128::from(other.denominator);
        left.cmp(&(i128::from(other.numerator) * i128::from(self.denominator)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn n(text: &str) -> Num {
        text.parse().unwrap()
    }

    #[test]
    fn decimals_are_exact() {
        assert_eq!(n("0.1").add(n("0.2")).unwrap(), n("0.3"));
        assert_eq!(n("1/3").mul(n("3")).unwrap(), Num::ONE);
        assert_eq!(n("-0.048").to_string(), "-0.048");
        assert_eq!(n("-7/21").to_string(), "-1/3");
        assert_eq!(n("10.50").to_string(), "10.5");
        assert_eq!(n("0.05").to_string(), "0.05");
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for bad in
            ["", "-", ".5", "5.", "1e3", "1,5", "NaN", "inf", "1/0", "1/-2", "/2", "1_000", "٣", "--1", "+1"]
        {
            assert!(bad.parse::<Num>().is_err(), "{bad}");
        }
        assert!("99999999999999999999".parse::<Num>().is_err());
    }

    #[test]
    fn rounding_modes_at_a_half() {
        let rounded = |text: &str, mode| n(text).rounded(mode, Num::ONE).unwrap().to_string();
        for (text, floor, ceil, up, even) in [
            ("2.5", "2", "3", "3", "2"),
            ("3.5", "3", "4", "4", "4"),
            ("-2.5", "-3", "-2", "-3", "-2"),
            ("-3.5", "-4", "-3", "-4", "-4"),
            ("2.4", "2", "3", "2", "2"),
            ("-2.4", "-3", "-2", "-2", "-2"),
            ("7", "7", "7", "7", "7"),
        ] {
            assert_eq!(rounded(text, Rounding::Floor), floor, "floor {text}");
            assert_eq!(rounded(text, Rounding::Ceil), ceil, "ceil {text}");
            assert_eq!(rounded(text, Rounding::HalfUp), up, "half up {text}");
            assert_eq!(rounded(text, Rounding::HalfEven), even, "half even {text}");
        }
        assert_eq!(n("1234.567").rounded(Rounding::Floor, n("0.05")).unwrap(), n("1234.55"));
    }

    #[test]
    fn faults_are_told_and_never_wrap() {
        assert_eq!(Num::ONE.div(Num::ZERO), Err(NumError::DivisionByZero));
        assert_eq!(Num::from(i64::MAX).add(Num::ONE), Err(NumError::Overflow));
        assert_eq!(Num::from(i64::MIN).negated(), Err(NumError::Overflow));
        assert_eq!(Num::from(i64::MAX).mul(n("2")), Err(NumError::Overflow));
        assert_eq!(Num::ONE.rounded(Rounding::Floor, Num::ZERO), Err(NumError::DivisionByZero));
    }

    #[test]
    fn logarithms_to_twelve_decimals() {
        for (text, ln) in [
            ("1", "0"),
            ("2", "0.693147180560"),
            ("10", "2.302585092994"),
            ("0.5", "-0.693147180560"),
            ("1000000", "13.815510557964"),
            ("1/3", "-1.098612288668"),
        ] {
            assert_eq!(n(text).ln(), Some(n(ln)), "ln {text}");
        }
        assert_eq!(Num::ZERO.ln(), None);
        assert_eq!(n("-1").ln(), None);
    }

    #[test]
    fn json_keeps_every_number() {
        for (text, json) in [
            ("8939", "8939"),
            ("21.5", "21.5"),
            ("-0.236", "-0.236"),
            ("1/3", "\"1/3\""),
            ("9007199254740993", "\"9007199254740993\""),
            ("0.1234567890123456", "\"0.1234567890123456\""),
        ] {
            let number = n(text);
            assert_eq!(serde_json::to_string(&number).unwrap(), json);
            assert_eq!(serde_json::from_str::<Num>(json).unwrap(), number);
        }
    }

    proptest! {
        #[test]
        fn any_number_survives_text_and_json(a in any::<i64>(), b in 1_i64..) {
            prop_assume!(a != i64::MIN);
            let number = Num::ratio(a, b).unwrap();
            prop_assert_eq!(number.to_string().parse::<Num>().unwrap(), number);
            let json = serde_json::to_string(&number).unwrap();
            prop_assert_eq!(serde_json::from_str::<Num>(&json).unwrap(), number);
        }

        #[test]
        fn order_agrees_with_difference(a in -9999_i64..9999, b in 1_i64..999, c in -9999_i64..9999, d in 1_i64..999) {
            let (x, y) = (Num::ratio(a, b).unwrap(), Num::ratio(c, d).unwrap());
            prop_assert_eq!(x < y, x.sub(y).unwrap().is_negative());
        }

        #[test]
        fn nothing_panics(a in any::<i64>(), b in any::<i64>(), c in any::<i64>(), d in any::<i64>()) {
            if let (Ok(x), Ok(y)) = (Num::ratio(a, b), Num::ratio(c, d)) {
                let _ = (x.add(y), x.sub(y), x.mul(y), x.div(y), x.abs(), x.ln(), x.cmp(&y));
                let _ = (x.rounded(Rounding::HalfUp, y), x.rounded(Rounding::HalfEven, y), x.rounded(Rounding::Ceil, y));
            }
        }
    }
}
