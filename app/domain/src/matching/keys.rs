//! The keys under which a person is found again: about a dozen 64-bit keyed hashes of what survives an error.
//!
//! Names go in as sorted pairs of codes, so that their order does not matter; beside them stands what narrows
//! them (year, day and month, village). A key that has grown large is read by its *twin*, the same parts with sex
//! and decade of birth or, without those, the district. [`keys`] are stored in the same transaction as the person;
//! [`query_keys`] are asked: the same, and years that are one, two or ten off.
//!
//! One more kind of key: a [`Kind`] with a new number, and its parts in `made`.

use std::hash::Hasher as _;

use sha2::{Digest as _, Sha256};
use siphasher::sip::SipHasher24;

use super::features::{Features, View};
use super::text;
use crate::household::Sex;

/// Rows read of one key; a larger key is read by its twin.
pub const MOST_ROWS: usize = 300;

/// A stored key: a keyed hash of its kind and parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(pub i64);

/// A key and the narrower one that is read when the first is too large.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyPair {
    /// The key.
    pub key: Key,
    /// The same with sex and decade, or with the district; none where neither is known or the key is a number.
    pub twin: Option<Key>,
}

/// Makes hashes with the installation's secret. SipHash-2-4 is a keyed pseudo-random function whose output is
/// the same in every version and on every machine, and fast enough for a dozen keys of a million people.
#[derive(Clone)]
pub struct Keyer(SipHasher24);

impl Keyer {
    /// From a 32-byte secret.
    pub fn new(secret: &[u8; 32]) -> Self {
        let mut half = [0; 16];
        let digest = Sha256::new().chain_update(b"guichet match keys 1").chain_update(secret).finalize();
        half.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        Self(SipHasher24::new_with_key(&half))
    }

    /// For a run whose hashes are never stored.
    pub fn unstored() -> Self {
        Self::new(&[0; 32])
    }

    fn hash(&self, kind: Kind, parts: &[&str]) -> Key {
        let mut hasher = self.0;
        hasher.write_u8(kind as u8);
        for part in parts {
            hasher.write(part.as_bytes());
            hasher.write_u8(0xFF);
        }
        Key(hasher.finish().cast_signed())
    }

    /// The hash of an identifier or telephone number.
    pub(super) fn number(&self, sort: &str, value: &str) -> u64 {
        let mut hasher = self.0;
        hasher.write(sort.as_bytes());
        hasher.write_u8(0xFF);
        hasher.write(value.as_bytes());
        hasher.finish()
    }
}

impl std::fmt::Debug for Keyer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keyer(***)")
    }
}

/// What a key is made of. The numbers are part of stored hashes: never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Identifier = 1,
    IdentifierTail = 2,
    Phone = 3,
    NamesYear = 4,
    NamesDayMonth = 5,
    NamesPlace = 6,
    PrefixesYear = 7,
    NameYearPlace = 8,
    NameDayMonth = 9,
    BirthPlace = 10,
    Names = 11,
    SoundsYear = 12,
    Birth = 20,
    NameYear = 21,
    NamePlace = 22,
    Name = 23,
    House = 24,
    YearPlace = 25,
    Prefixes = 26,
    PrefixYear = 27,
    PrefixDayMonth = 28,
    HousePlace = 29,
    Street = 30,
    Twin = 100,
}

/// The keys to store for a person, without repetition.
pub fn keys(features: &Features, keyer: &Keyer) -> Vec<KeyPair> {
    keys_of(&features.view(), keyer)
}

/// [`keys`] of borrowed features.
pub fn keys_of(view: &View<'_>, keyer: &Keyer) -> Vec<KeyPair> {
    let mut made = Made::new(view, keyer);
    made.all(&[0], view);
    made.finish()
}

/// The keys to ask for: those stored, and those of a birth year that is one, two or ten years off.
pub fn query_keys(features: &Features, keyer: &Keyer) -> Vec<KeyPair> {
    let view = features.view();
    let mut made = Made::new(&view, keyer);
    made.all(&[0, 1, -1, 2, -2, 10, -10], &view);
    made.finish()
}

/// [`keys`] for a run in memory: bare hashes without twins, appended to `to`. With `coarse`, also keys that bring
/// together too many people of a country and few enough of a list.
pub(super) fn batch_keys(view: &View<'_>, keyer: &Keyer, coarse: bool, to: &mut Vec<u64>) {
    let mut made = Made::new(view, keyer);
    made.narrower = None;
    made.all(&[0], view);
    if coarse {
        made.coarse(view);
    }
    to.extend(made.keys.iter().map(|pair| pair.key.0.cast_unsigned()));
}

/// The twin of a key of [`batch_keys`].
pub(super) fn batch_twin(view: &View<'_>, key: u64, keyer: &Keyer) -> Option<u64> {
    let narrower = narrower(view)?;
    Some(keyer.hash(Kind::Twin, &[&key.to_string(), &narrower]).0.cast_unsigned())
}

struct Made<'k> {
    keyer: &'k Keyer,
    /// Skeletons and words that stand for the name's parts.
    parts: Vec<Part>,
    pairs: Vec<(usize, usize)>,
    narrower: Option<String>,
    keys: Vec<KeyPair>,
}

struct Part {
    skeleton: String,
    word: String,
}

impl<'k> Made<'k> {
    fn new(view: &View<'_>, keyer: &'k Keyer) -> Self {
        // The two halves of a name joined (Wang Wei is 王伟), then its single words.
        let mut words: Vec<String> = Vec::new();
        let halves = [view.given, view.family];
        let joined = halves.iter().filter(|half| !half.is_empty());
        words.extend(joined.map(|half| half.as_slice().concat()));
        let whole = words.len();
        for word in view.name().as_slice().iter().take(3) {
            if !words.iter().any(|known| known == word) {
                words.push((*word).to_owned());
            }
        }
        let singles = if view.name().as_slice().len() > 2 || whole < 2 { words.len() } else { whole };
        let parts: Vec<Part> =
            words.into_iter().map(|word| Part { skeleton: text::skeleton(&word), word }).collect();
        let mut pairs = Vec::new();
        if whole == 2 {
            pairs.push((0, 1));
        }
        for a in whole..singles {
            for b in a + 1..singles {
                pairs.push((a, b));
            }
            // A single word beside the other, joined half: of "Maria Luisa | Garcia", Maria with Garcia.
            if whole == 2 {
                pairs.push((a, 1));
                pairs.push((0, a));
            }
        }
        if pairs.is_empty() && parts.len() == 1 {
            pairs.push((0, 0));
        }
        Self { keyer, parts, pairs, narrower: narrower(view), keys: Vec::with_capacity(20) }
    }

    fn add(&mut self, kind: Kind, parts: &[&str]) {
        let key = self.keyer.hash(kind, parts);
        let twin = self.narrower.as_deref().map(|narrower| {
            let number = key.0.to_string();
            self.keyer.hash(Kind::Twin, &[&number, narrower])
        });
        self.keys.push(KeyPair { key, twin });
    }

    fn add_number(&mut self, kind: Kind, hash: u64) {
        let key = self.keyer.hash(kind, &[&hash.to_string()]);
        self.keys.push(KeyPair { key, twin: None });
    }

    fn all(&mut self, years_off: &[i32], view: &View<'_>) {
        for identifier in view.identifiers() {
            self.add_number(Kind::Identifier, identifier.whole);
            if identifier.tail != 0 {
                self.add_number(Kind::IdentifierTail, identifier.tail);
            }
        }
        for phone in view.phones() {
            self.add_number(Kind::Phone, phone.whole);
        }
        let birth = view.birth;
        let years: Vec<String> = birth
            .filter(|birth| birth.year != 0)
            .map(|birth| years_off.iter().map(|off| (i32::from(birth.year) + off).to_string()).collect())
            .unwrap_or_default();
        // A day that stands for a year says nothing of day and month.
        let day_month = birth.filter(|birth| birth.has_day() && !birth.is_heap()).map(|birth| {
            let (low, high) = (birth.day.min(birth.month), birth.day.max(birth.month));
            format!("{low}-{high}")
        });
        let date = birth.filter(|birth| birth.has_day()).map(|birth| birth.packed().to_string());
        let mut places: Vec<String> = [view.village, view.postcode]
            .into_iter()
            .filter(|place| !place.is_empty())
            .map(place_code)
            .collect();
        if places.is_empty() && !view.district.is_empty() {
            places.push(place_code(view.district));
        }
        for (a, b) in self.pairs.clone() {
            let (one, two) = sorted(self.skeleton(a), self.skeleton(b));
            self.add(Kind::Names, &[&one, &two]);
            for year in &years {
                self.add(Kind::NamesYear, &[&one, &two, year]);
            }
            if let Some(day_month) = &day_month {
                self.add(Kind::NamesDayMonth, &[&one, &two, day_month]);
            }
            for place in &places {
                self.add(Kind::NamesPlace, &[&one, &two, place]);
            }
        }
        if let Some((a, b)) = self.pairs.first().copied() {
            let (one, two) = sorted(&self.prefix(a), &self.prefix(b));
            let (sound, other) = sorted(&self.sound(a), &self.sound(b));
            for year in &years {
                self.add(Kind::PrefixesYear, &[&one, &two, year]);
                self.add(Kind::SoundsYear, &[&sound, &other, year]);
            }
        }
        for at in 0..self.parts.len() {
            let code = self.skeleton(at).to_owned();
            if let Some(day_month) = &day_month {
                self.add(Kind::NameDayMonth, &[&code, day_month]);
            }
            for place in places.iter().take(1) {
                for year in &years {
                    self.add(Kind::NameYearPlace, &[&code, year, place]);
                }
            }
        }
        if let (Some(date), Some(place)) = (&date, places.first()) {
            self.add(Kind::BirthPlace, &[date, place]);
        }
    }

    fn coarse(&mut self, view: &View<'_>) {
        let birth = view.birth;
        let year = birth.filter(|birth| birth.year != 0).map(|birth| birth.year.to_string());
        let day_month = birth
            .filter(|birth| birth.has_day() && !birth.is_heap())
            .map(|birth| format!("{}-{}", birth.month, birth.day));
        if let Some(birth) = birth.filter(|birth| birth.has_day() && !birth.is_heap()) {
            self.add(Kind::Birth, &[&birth.packed().to_string()]);
        }
        let places: Vec<String> = [view.village, view.postcode]
            .into_iter()
            .filter(|place| !place.is_empty())
            .map(place_code)
            .collect();
        for at in 0..self.parts.len() {
            let (code, prefix) = (self.skeleton(at).to_owned(), self.prefix(at));
            self.add(Kind::Name, &[&code]);
            if let Some(year) = &year {
                self.add(Kind::NameYear, &[&code, year]);
                self.add(Kind::PrefixYear, &[&prefix, year]);
            }
            if let Some(day_month) = &day_month {
                self.add(Kind::PrefixDayMonth, &[&prefix, day_month]);
            }
            for place in &places {
                self.add(Kind::NamePlace, &[&code, place]);
            }
        }
        if let Some((a, b)) = self.pairs.first().copied() {
            let (one, two) = sorted(&self.prefix(a), &self.prefix(b));
            self.add(Kind::Prefixes, &[&one, &two]);
        }
        if !view.number.is_empty() && !view.street.is_empty() {
            self.add(Kind::House, &[view.number, &place_code(view.street)]);
        }
        if !view.street.is_empty() {
            self.add(Kind::Street, &[&place_code(view.street)]);
        }
        for place in &places {
            if let Some(year) = &year {
                self.add(Kind::YearPlace, &[year, place]);
            }
            if !view.number.is_empty() {
                self.add(Kind::HousePlace, &[view.number, place]);
            }
        }
    }

    fn skeleton(&self, at: usize) -> &str {
        self.parts.get(at).map(|part| part.skeleton.as_str()).unwrap_or_default()
    }

    fn word(&self, at: usize) -> &str {
        self.parts.get(at).map(|part| part.word.as_str()).unwrap_or_default()
    }

    fn prefix(&self, at: usize) -> String {
        self.word(at).chars().take(3).collect()
    }

    fn sound(&self, at: usize) -> String {
        text::metaphone(self.word(at))
    }

    fn finish(mut self) -> Vec<KeyPair> {
        self.keys.sort_unstable();
        self.keys.dedup();
        self.keys
    }
}

/// A place under its spelling's skeleton; a code with digits as it is.
fn place_code(place: &str) -> String {
    if place.bytes().any(|byte| byte.is_ascii_digit()) {
        place.to_owned()
    } else {
        place.split(' ').map(text::skeleton).collect::<Vec<_>>().join(" ")
    }
}

/// Sex and decade, else the district.
fn narrower(view: &View<'_>) -> Option<String> {
    let sex = match view.sex {
        Some(Sex::Male) => Some('m'),
        Some(Sex::Female) => Some('f'),
        _ => None,
    };
    match (sex, view.birth.filter(|birth| birth.year != 0)) {
        (Some(sex), Some(birth)) => Some(format!("{sex}{}", birth.year / 10)),
        _ if !view.district.is_empty() => Some(view.district.to_owned()),
        _ => None,
    }
}

fn sorted(a: &str, b: &str) -> (String, String) {
    let (low, high) = if a <= b { (a, b) } else { (b, a) };
    (low.to_owned(), high.to_owned())
}
