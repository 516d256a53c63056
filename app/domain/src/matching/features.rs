//! What scoring reads of a person: names in plain letters, birth, sex, address, and keyed hashes of numbers.
//!
//! [`Features`] is the one compact encoding that the registry stores and the batch keeps in memory; [`View`]
//! reads it without copying. It holds no identifier and no telephone number: a number is its 64-bit keyed hash,
//! with one 24-bit hash for each way to leave one symbol out, so that a number with one wrong symbol is still
//! known. A changed layout is a new [`VERSION`], and stored rows are made again from the persons.

use super::keys::Keyer;
use super::record::{Born, Record};
use super::text;
use crate::household::Sex;
use crate::identifier::IdentifierKind;

/// The layout's version, its first byte.
pub const VERSION: u8 = 1;

/// Most numbers of one sort that are kept.
pub const MOST_NUMBERS: usize = 4;

/// Longest number that is kept, in symbols; of a longer one the end.
const LONGEST_NUMBER: usize = 24;

/// The encoded features of a person.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Features(Vec<u8>);

/// Bytes that are no features of this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("these are no features of version {VERSION}")]
pub struct NotFeatures;

/// A number's hashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumberView<'a> {
    /// 0 when the kind is not known, else one more than its place in [`IdentifierKind::ALL`].
    pub kind: u8,
    /// The whole number.
    pub whole: u64,
    /// Its last six symbols; 0 when it has no more than six.
    pub tail: u64,
    left_out: &'a [u8],
}

/// Borrowed features. Unused places of the arrays are empty.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// Words of the given name.
    pub given: Words<'a>,
    /// Words of the family name.
    pub family: Words<'a>,
    /// Words of a whole name.
    pub full: Words<'a>,
    /// Birth.
    pub birth: Option<Born>,
    /// Sex: `Male` or `Female`, where stated so.
    pub sex: Option<Sex>,
    /// House or plot number.
    pub number: &'a str,
    /// Street.
    pub street: &'a str,
    /// Village.
    pub village: &'a str,
    /// Postcode.
    pub postcode: &'a str,
    /// District.
    pub district: &'a str,
    identifiers: [Option<NumberView<'a>>; MOST_NUMBERS],
    phones: [Option<NumberView<'a>>; MOST_NUMBERS],
}

/// The words of a name, at most [`text::MOST_WORDS`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Words<'a> {
    words: [&'a str; text::MOST_WORDS],
    count: usize,
}

impl<'a> Words<'a> {
    /// The words in order.
    pub fn as_slice(&self) -> &[&'a str] {
        self.words.get(..self.count).unwrap_or_default()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    fn push(&mut self, word: &'a str) {
        if let Some(place) = self.words.get_mut(self.count) {
            *place = word;
            self.count += 1;
        }
    }

    /// These words and then those.
    #[must_use]
    pub fn and(mut self, more: Words<'a>) -> Words<'a> {
        for word in more.as_slice() {
            self.push(word);
        }
        self
    }
}

impl Features {
    /// The features of a record. `keyer` holds the installation's secret.
    pub fn of(record: &Record, keyer: &Keyer) -> Self {
        let mut bytes = Vec::with_capacity(160);
        bytes.push(VERSION);
        let in_parts = [&record.given, &record.family]
            .iter()
            .any(|part| part.as_deref().is_some_and(|text| !text.trim().is_empty()));
        let full = if in_parts { &None } else { &record.full };
        for name in [&record.given, &record.family, full] {
            let mut words = name.as_deref().map(text::words).unwrap_or_default();
            // "Baby of Awa Ba" is no name: the child gets one, and the words would be found as the mother's.
            if text::is_unnamed(&words) {
                words.clear();
            }
            bytes.push(small(words.len()));
            for word in &words {
                put(&mut bytes, word);
            }
        }
        let born = record.birth.unwrap_or(Born::on(0, 0, 0));
        bytes.extend(born.year.to_le_bytes());
        bytes.extend([born.month, born.day, u8::from(born.about)]);
        bytes.push(match record.sex {
            Some(Sex::Male) => 1,
            Some(Sex::Female) => 2,
            _ => 0,
        });
        let address = &record.address;
        for part in [&address.number, &address.street, &address.village, &address.postcode, &address.district]
        {
            put(&mut bytes, &part.as_deref().map(text::line).unwrap_or_default());
        }
        let identifiers: Vec<_> = record
            .identifiers
            .iter()
            .map(|number| (kind_code(number.kind), symbols(&number.value)))
            .filter(|(_, value)| value.len() >= 4 && !is_filler(value))
            .take(MOST_NUMBERS)
            .collect();
        put_numbers(&mut bytes, &identifiers, keyer, "identifier");
        let phones: Vec<_> = record
            .phones
            .iter()
            .map(|phone| symbols(phone))
            .map(|phone| (0, phone.get(phone.len().saturating_sub(8)..).unwrap_or_default().to_owned()))
            .filter(|(_, value)| value.len() >= 6 && !is_filler(value))
            .take(MOST_NUMBERS)
            .collect();
        put_numbers(&mut bytes, &phones, keyer, "phone");
        Self(bytes)
    }

    /// The bytes to store.
    pub fn encode(&self) -> Vec<u8> {
        self.0.clone()
    }

    /// The bytes, borrowed.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Features from stored bytes; another version's are refused.
    pub fn decode(bytes: &[u8]) -> Result<Self, NotFeatures> {
        View::read(bytes).ok_or(NotFeatures)?;
        Ok(Self(bytes.to_vec()))
    }

    /// What scoring reads.
    pub fn view(&self) -> View<'_> {
        View::read(&self.0).unwrap_or(View::EMPTY)
    }
}

impl<'a> View<'a> {
    /// Nothing known.
    pub const EMPTY: Self = View {
        given: Words { words: [""; text::MOST_WORDS], count: 0 },
        family: Words { words: [""; text::MOST_WORDS], count: 0 },
        full: Words { words: [""; text::MOST_WORDS], count: 0 },
        birth: None,
        sex: None,
        number: "",
        street: "",
        village: "",
        postcode: "",
        district: "",
        identifiers: [None; MOST_NUMBERS],
        phones: [None; MOST_NUMBERS],
    };

    /// Reads encoded features; `None` when the bytes are not of this version.
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut reader = Reader(bytes);
        if reader.byte()? != VERSION {
            return None;
        }
        let mut view = Self::EMPTY;
        for name in [&mut view.given, &mut view.family, &mut view.full] {
            for _ in 0..reader.byte()? {
                name.push(reader.text()?);
            }
        }
        let year = u16::from_le_bytes([reader.byte()?, reader.byte()?]);
        let born = Born { year, month: reader.byte()?, day: reader.byte()?, about: reader.byte()? != 0 };
        view.birth = (born.packed() != 0).then_some(born);
        view.sex = match reader.byte()? {
            1 => Some(Sex::Male),
            2 => Some(Sex::Female),
            _ => None,
        };
        for part in
            [&mut view.number, &mut view.street, &mut view.village, &mut view.postcode, &mut view.district]
        {
            *part = reader.text()?;
        }
        reader.numbers(&mut view.identifiers)?;
        reader.numbers(&mut view.phones)?;
        reader.0.is_empty().then_some(view)
    }

    /// The identifiers.
    pub fn identifiers(&self) -> impl Iterator<Item = &NumberView<'a>> {
        self.identifiers.iter().flatten()
    }

    /// The telephone numbers.
    pub fn phones(&self) -> impl Iterator<Item = &NumberView<'a>> {
        self.phones.iter().flatten()
    }

    /// All words of the name, given before family.
    pub fn name(&self) -> Words<'a> {
        if self.full.is_empty() { self.given.and(self.family) } else { self.full }
    }

    /// The most telling place that is known: village, else postcode, else district.
    pub fn place(&self) -> Option<&'a str> {
        [self.village, self.postcode, self.district].into_iter().find(|place| !place.is_empty())
    }
}

impl NumberView<'_> {
    /// Whether the two are the same but for one symbol: another one, one more or less, or two neighbours
    /// exchanged.
    pub fn is_near(&self, other: &Self) -> bool {
        let (a, b): (Vec<&[u8]>, Vec<&[u8]>) =
            (self.left_out.chunks_exact(3).collect(), other.left_out.chunks_exact(3).collect());
        let same_place = |shift: usize| a.iter().zip(b.iter().skip(shift)).any(|(x, y)| x == y);
        if a.len() == b.len() {
            return same_place(0) || same_place(1) || a.iter().skip(1).zip(&b).any(|(x, y)| x == y);
        }
        // One symbol more: leaving it out gives the other whole number.
        let (longer, whole) = if a.len() > b.len() { (&a, other.whole) } else { (&b, self.whole) };
        a.len().abs_diff(b.len()) == 1 && longer.iter().any(|x| *x == short_hash(whole))
    }
}

/// The 24 bits that stand for a hash where space matters.
fn short_hash(hash: u64) -> [u8; 3] {
    let [a, b, c, ..] = hash.to_le_bytes();
    [a, b, c]
}

/// A number's letters and digits, capitals, digits of any script as ASCII; of a long one the end.
fn symbols(value: &str) -> String {
    let all: Vec<char> = value
        .chars()
        .map(crate::digits::to_ascii)
        .filter(|ch| ch.is_alphanumeric())
        .flat_map(char::to_uppercase)
        .collect();
    all.iter().skip(all.len().saturating_sub(LONGEST_NUMBER)).filter(|ch| ch.is_ascii()).collect()
}

/// A number that says only that there is none: 0000000, 9999999.
fn is_filler(value: &str) -> bool {
    let first = value.as_bytes().first();
    value.bytes().all(|byte| Some(&byte) == first)
}

fn kind_code(kind: Option<IdentifierKind>) -> u8 {
    kind.and_then(|kind| IdentifierKind::ALL.iter().position(|known| *known == kind))
        .map_or(0, |place| small(place + 1))
}

fn small(count: usize) -> u8 {
    u8::try_from(count).unwrap_or(u8::MAX)
}

fn put(bytes: &mut Vec<u8>, text: &str) {
    bytes.push(small(text.len()));
    bytes.extend(text.bytes().take(usize::from(u8::MAX)));
}

fn put_numbers(bytes: &mut Vec<u8>, numbers: &[(u8, String)], keyer: &Keyer, sort: &str) {
    bytes.push(small(numbers.len()));
    for (kind, value) in numbers {
        let tail = value.get(value.len().saturating_sub(6)..).unwrap_or_default();
        bytes.push(*kind);
        bytes.extend(keyer.number(sort, value).to_le_bytes());
        let tail = if value.len() > 6 { keyer.number("tail", tail) } else { 0 };
        bytes.extend(tail.to_le_bytes());
        bytes.push(small(value.len()));
        for at in 0..value.len() {
            let rest =
                format!("{}{}", value.get(..at).unwrap_or_default(), value.get(at + 1..).unwrap_or_default());
            bytes.extend(short_hash(keyer.number(sort, &rest)));
        }
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(head)
    }

    fn text(&mut self) -> Option<&'a str> {
        let count = self.byte()?;
        std::str::from_utf8(self.take(usize::from(count))?).ok()
    }

    fn word(&mut self) -> Option<u64> {
        Some(u64::from_le_bytes(self.take(8)?.try_into().ok()?))
    }

    fn numbers(&mut self, places: &mut [Option<NumberView<'a>>; MOST_NUMBERS]) -> Option<()> {
        let count = usize::from(self.byte()?);
        for place in places.iter_mut().take(count) {
            let kind = self.byte()?;
            let (whole, tail) = (self.word()?, self.word()?);
            let left_out = usize::from(self.byte()?) * 3;
            *place = Some(NumberView { kind, whole, tail, left_out: self.take(left_out)? });
        }
        (count <= MOST_NUMBERS).then_some(())
    }
}
