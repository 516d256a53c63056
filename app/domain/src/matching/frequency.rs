//! How common a value is: two people called Traoré say less than two called Ouédraogo-Kinda, and two born on
//! 1 January say next to nothing.
//!
//! The registry keeps counts in a table, the batch in memory ([`Counts`]); scoring asks through [`Frequencies`].
//! One more kind of value: a variant of [`Value`], its kind, and where `values` finds it.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use super::features::View;

/// A value whose frequency counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Value<'a> {
    /// One word of a name, given or family.
    Name(&'a str),
    /// A street.
    Street(&'a str),
    /// A house or plot number.
    House(&'a str),
    /// A village, postcode or district.
    Place(&'a str),
    /// A birth to the day, `yyyymmdd`.
    Day(u32),
    /// A year of birth.
    Year(u16),
    /// The keyed hash of an identifier.
    Identifier(u64),
    /// The keyed hash of a telephone number.
    Phone(u64),
}

impl Value<'_> {
    /// The kind, as stored.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Name(_) => "name",
            Self::Street(_) => "street",
            Self::House(_) => "house",
            Self::Place(_) => "place",
            Self::Day(_) => "day",
            Self::Year(_) => "year",
            Self::Identifier(_) => "identifier",
            Self::Phone(_) => "phone",
        }
    }

    /// The value, as stored: a word, digits, or a hash in hexadecimal.
    pub fn token(&self) -> String {
        match self {
            Self::Name(text) | Self::Street(text) | Self::House(text) | Self::Place(text) => {
                (*text).to_owned()
            }
            Self::Day(day) => day.to_string(),
            Self::Year(year) => year.to_string(),
            Self::Identifier(hash) | Self::Phone(hash) => format!("{hash:016x}"),
        }
    }

    /// The share of strangers who have a value of this kind, where nothing has been counted yet, and how many
    /// counted people weigh as much as that guess.
    const fn guess(&self) -> (f64, f64) {
        match self {
            Self::Name(_) => (0.003, 100.0),
            Self::Street(_) => (0.000_5, 100.0),
            Self::House(_) | Self::Place(_) => (0.02, 50.0),
            Self::Day(_) => (0.000_04, 20_000.0),
            Self::Year(_) => (0.014, 200.0),
            Self::Identifier(_) => (0.000_000_1, 0.0),
            Self::Phone(_) => (0.000_001, 0.0),
        }
    }

    /// The share of people who have this value when `n` of `people` do: the count, drawn towards the guess while
    /// little has been counted. Numbers are one person's or one family's until many have the same, which then
    /// stands for "none".
    pub fn share(&self, n: u32, people: u32) -> f64 {
        let (guess, weight) = self.guess();
        let (n, people) = (f64::from(n), f64::from(people));
        match self {
            Self::Identifier(_) | Self::Phone(_) if n <= 12.0 => guess,
            _ => (((n - 0.5).max(0.0) + guess * weight) / (people + weight).max(1.0)).clamp(1e-9, 1.0),
        }
    }
}

/// The share of people who have a value.
pub trait Frequencies {
    /// The share of people who have `value`, above 0 and at most 1.
    fn share(&self, value: Value<'_>) -> f64;
}

impl<F: Frequencies> Frequencies for Arc<F> {
    fn share(&self, value: Value<'_>) -> f64 {
        F::share(self, value)
    }
}

/// Every value of a person that is counted.
pub fn values<'a>(view: &View<'a>, mut each: impl FnMut(Value<'a>)) {
    let name = view.name();
    for (at, word) in name.as_slice().iter().enumerate() {
        // Twice the same word in a name is one person who has it.
        if !name.as_slice().iter().take(at).any(|before| before == word) {
            each(Value::Name(word));
        }
    }
    if !view.street.is_empty() {
        each(Value::Street(view.street));
    }
    if !view.number.is_empty() {
        each(Value::House(view.number));
    }
    for place in [view.village, view.postcode, view.district] {
        if !place.is_empty() {
            each(Value::Place(place));
        }
    }
    if let Some(birth) = view.birth {
        if birth.has_day() {
            each(Value::Day(birth.packed()));
        }
        if birth.year != 0 {
            each(Value::Year(birth.year));
        }
    }
    view.identifiers().for_each(|number| each(Value::Identifier(number.whole)));
    view.phones().for_each(|number| each(Value::Phone(number.whole)));
}

/// Counts in memory, by a 64-bit hash of the value. Numbers are counted too.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    people: u32,
    by_value: HashMap<u64, u32, BuildHasherDefault<AsIs>>,
}

impl Counts {
    /// Counts a person's values.
    pub fn add(&mut self, view: &View<'_>) {
        self.people = self.people.saturating_add(1);
        values(view, |value| *self.by_value.entry(hash(value)).or_insert(0) += 1);
    }

    /// Puts a count as a table has it.
    pub fn set(&mut self, value: Value<'_>, n: u32) {
        self.by_value.insert(hash(value), n);
    }

    /// Says how many people were counted.
    pub fn set_people(&mut self, people: u32) {
        self.people = people;
    }

    /// How many people were counted.
    pub const fn people(&self) -> u32 {
        self.people
    }
}

impl Frequencies for Counts {
    fn share(&self, value: Value<'_>) -> f64 {
        value.share(self.by_value.get(&hash(value)).copied().unwrap_or(0), self.people)
    }
}

/// FNV-1a over kind and value, mixed: the values are the operator's own data, and the order of a map is not shown.
fn hash(value: Value<'_>) -> u64 {
    let mut fnv = Fnv(0xCBF2_9CE4_8422_2325);
    fnv.write(value.kind().as_bytes());
    match value {
        Value::Name(text) | Value::Street(text) | Value::House(text) | Value::Place(text) => {
            fnv.write(text.as_bytes());
        }
        Value::Day(day) => fnv.write(&day.to_le_bytes()),
        Value::Year(year) => fnv.write(&year.to_le_bytes()),
        Value::Identifier(hash) | Value::Phone(hash) => fnv.write(&hash.to_le_bytes()),
    }
    let mixed = (fnv.0 ^ (fnv.0 >> 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed ^ (mixed >> 29)
}

struct Fnv(u64);

impl Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
        }
    }
}

/// The values are hashes already.
#[derive(Clone, Copy, Debug, Default)]
pub struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}
