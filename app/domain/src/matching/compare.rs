//! How two values of a field agree, and what that weighs: the level, and how often it happens to one person (m),
//! to strangers (u, by the value's own frequency where it is counted) and inside a household (h).

use super::features::{NumberView, View, Words};
use super::frequency::{Frequencies, Value};
use super::model::{Field, Level, Model, Weight};
use super::record::Born;
use super::text;

/// One compared field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Compared {
    pub field: Field,
    pub level: Level,
    pub weight: Weight,
}

/// The most fields a pair is compared in.
pub(super) const MOST_FIELDS: usize = 7;

/// How much of a misspelling's u does not depend on how common the name is.
pub(super) const TYPICAL_MISSPELLING: f64 = 0.3;

/// Every field that both have, in the order of [`Field`].
pub(super) fn compare(
    model: &Model,
    frequencies: &impl Frequencies,
    a: &View<'_>,
    b: &View<'_>,
    mut each: impl FnMut(Compared),
) {
    names(model, frequencies, a, b, &mut each);
    if let (Some(one), Some(other)) = (a.birth, b.birth) {
        births(model, frequencies, one, other).into_iter().for_each(&mut each);
    }
    if let (Some(one), Some(other)) = (a.sex, b.sex) {
        let level = if one == other { Level::Exact } else { Level::Different };
        each(Compared { field: Field::Sex, level, weight: model.weight(Field::Sex, level) });
    }
    numbers(model, frequencies, Field::Identifier, a, b).into_iter().for_each(&mut each);
    numbers(model, frequencies, Field::Phone, a, b).into_iter().for_each(&mut each);
    address(model, frequencies, a, b).into_iter().for_each(&mut each);
}

/// How two words of a name agree.
pub fn word_level(a: &str, b: &str) -> Level {
    // Jaro's measure depends on which comes first.
    let (a, b) = if a <= b { (a, b) } else { (b, a) };
    if a == b {
        return Level::Exact;
    }
    if a.len() == 1 || b.len() == 1 {
        return if a.as_bytes().first() == b.as_bytes().first() { Level::Initial } else { Level::Different };
    }
    // Words with few letters in common are not alike by any measure below.
    let (of_a, of_b) = (letters(a), letters(b));
    let common = (of_a & of_b).count_ones();
    if 2 * common < of_a.count_ones().min(of_b.count_ones()) {
        return Level::Different;
    }
    let alike = strsim::jaro_winkler(a, b);
    if alike >= 0.70 && text::skeleton(a) == text::skeleton(b) {
        return Level::Sound;
    }
    let longest = a.len().max(b.len());
    if alike >= 0.92
        || (longest >= 4 && alike >= 0.70 && strsim::osa_distance(a, b) <= usize::from(longest >= 8) + 1)
    {
        return Level::Close;
    }
    let begins = a.len().min(b.len()) >= 3 && (a.starts_with(b) || b.starts_with(a));
    if alike >= 0.85 || begins { Level::Alike } else { Level::Different }
}

fn letters(word: &str) -> u32 {
    word.bytes().fold(0, |set, byte| set | 1 << (byte & 31))
}

/// Bits of a weight for one person against strangers.
fn bits(weight: Weight) -> f64 {
    (weight.m / weight.u).log2()
}

fn names(
    model: &Model,
    frequencies: &impl Frequencies,
    a: &View<'_>,
    b: &View<'_>,
    each: &mut impl FnMut(Compared),
) {
    if a.full.is_empty() && b.full.is_empty() {
        let part = |field, x: &Words<'_>, y: &Words<'_>| {
            (!x.is_empty() && !y.is_empty()).then(|| words(model, frequencies, field, x, y))
        };
        let straight = [part(Field::Given, &a.given, &b.given), part(Field::Family, &a.family, &b.family)];
        let poor = straight.iter().flatten().any(|compared| compared.level == Level::Different);
        // Given and family name exchanged: the better reading counts, with no weight of its own.
        if poor && let [Some(given), Some(family)] = straight {
            let crossed = [
                cross(model, frequencies, &a.given, &b.family),
                cross(model, frequencies, &b.given, &a.family),
            ];
            let [mut better, mut worse] = crossed;
            if bits(better.weight) + bits(worse.weight) > bits(given.weight) + bits(family.weight) {
                if (worse.level, worse.weight.u) < (better.level, better.weight.u) {
                    std::mem::swap(&mut better, &mut worse);
                }
                each(Compared { field: Field::Given, ..better });
                each(Compared { field: Field::Family, ..worse });
                return;
            }
        }
        straight.into_iter().flatten().for_each(each);
        return;
    }
    let (one, other) = (a.name(), b.name());
    if one.is_empty() || other.is_empty() {
        return;
    }
    each(whole_names(model, frequencies, &one, &other));
}

/// A given name beside a family name: what both fields' shares say between them, whichever way round.
fn cross(model: &Model, frequencies: &impl Frequencies, a: &Words<'_>, b: &Words<'_>) -> Compared {
    let (a, b) = if a.as_slice() <= b.as_slice() { (a, b) } else { (b, a) };
    let given = words(model, frequencies, Field::Given, a, b);
    let family = words(model, frequencies, Field::Family, a, b);
    let between = |one: f64, other: f64| (one * other).sqrt();
    let weight = Weight {
        m: between(given.weight.m, family.weight.m),
        u: between(given.weight.u, family.weight.u),
        h: between(given.weight.h, family.weight.h),
    };
    Compared { weight, ..given }
}

/// One half of a name, of one or several words.
fn words(
    model: &Model,
    frequencies: &impl Frequencies,
    field: Field,
    a: &Words<'_>,
    b: &Words<'_>,
) -> Compared {
    let ([one], [other]) = (a.as_slice(), b.as_slice()) else {
        return many_words(model, frequencies, field, a, b);
    };
    let level = word_level(one, other);
    Compared { field, level, weight: word_weight(model, frequencies, field, level, one, other) }
}

/// The weight of two single words at a level.
fn word_weight(
    model: &Model,
    frequencies: &impl Frequencies,
    field: Field,
    level: Level,
    a: &str,
    b: &str,
) -> Weight {
    let mut weight = model.weight(field, level);
    match level {
        Level::Exact => weight.u = frequencies.share(Value::Name(a)),
        // A misspelling of a common name is common too.
        Level::Sound | Level::Close | Level::Part => {
            let share = frequencies.share(Value::Name(a)).max(frequencies.share(Value::Name(b)));
            weight.u = (TYPICAL_MISSPELLING * weight.u + share).min(1.0);
        }
        _ => {}
    }
    weight
}

fn many_words(
    model: &Model,
    frequencies: &impl Frequencies,
    field: Field,
    a: &Words<'_>,
    b: &Words<'_>,
) -> Compared {
    let (one, other) = (a.as_slice(), b.as_slice());
    if one == other {
        // The rarest word counts whole, the others by their root: words of one name go together.
        let mut shares = one.iter().map(|word| frequencies.share(Value::Name(word))).collect::<Vec<_>>();
        shares.sort_unstable_by(f64::total_cmp);
        let share = shares
            .iter()
            .enumerate()
            .map(|(at, share)| if at == 0 { *share } else { share.sqrt() })
            .product::<f64>();
        let weight = Weight { u: share.max(1e-9), ..model.weight(field, Level::Exact) };
        return Compared { field, level: Level::Exact, weight };
    }
    let joined = word_level(&one.concat(), &other.concat());
    let best = one
        .iter()
        .flat_map(|x| other.iter().map(move |y| (*x, *y)))
        .filter(|(x, y)| x == y && x.len() > 1)
        .min_by(|x, y| frequencies.share(Value::Name(x.0)).total_cmp(&frequencies.share(Value::Name(y.0))));
    match (joined, best) {
        (Level::Exact | Level::Sound | Level::Close, _) | (_, None) => {
            let level = if joined == Level::Exact { Level::Sound } else { joined };
            Compared { field, level, weight: model.weight(field, level) }
        }
        (_, Some((x, y))) => {
            let weight = word_weight(model, frequencies, field, Level::Part, x, y);
            Compared { field, level: Level::Part, weight }
        }
    }
}

/// What two words say, the two in alphabetical order, and where they stand.
type Partners<'a> = (f64, (&'a str, &'a str), (usize, usize, Level));

/// Whole names, word by word, each with its best partner. The word that says most takes the family name's
/// weights (a household shares one word), the others the given name's. Words without a partner say nothing, unless
/// both sides have one left: those differ.
fn whole_names(
    model: &Model,
    frequencies: &impl Frequencies,
    one: &Words<'_>,
    other: &Words<'_>,
) -> Compared {
    let (mut left, mut right) = (one.as_slice().to_vec(), other.as_slice().to_vec());
    let mut found: Vec<(Level, Weight, Weight)> = Vec::new();
    while !left.is_empty() && !right.is_empty() {
        let mut best: Option<Partners<'_>> = None;
        for (at, x) in left.iter().enumerate() {
            for (to, y) in right.iter().enumerate() {
                let level = word_level(x, y);
                let value = bits(word_weight(model, frequencies, Field::Given, level, x, y));
                // Of equal ones the same, whichever side is asked first.
                let tie = if x <= y { (*x, *y) } else { (*y, *x) };
                if best.is_none_or(|(most, known, _)| value > most || (value >= most && tie < known)) {
                    best = Some((value, tie, (at, to, level)));
                }
            }
        }
        let Some((_, _, (at, to, level))) = best else { break };
        let (x, y) = (left.remove(at), right.remove(to));
        let weigh = |field| word_weight(model, frequencies, field, level, x, y);
        found.push((level, weigh(Field::Family), weigh(Field::Given)));
    }
    let mut whole = Weight { m: 1.0, u: 1.0, h: 1.0 };
    for (at, (_, family, given)) in found.iter().enumerate() {
        let weight = if at == 0 { family } else { given };
        whole = Weight { m: whole.m * weight.m, u: whole.u * weight.u, h: whole.h * weight.h };
    }
    let level = found.iter().map(|(level, ..)| *level).max().unwrap_or(Level::Different);
    Compared { field: Field::FullName, level, weight: whole }
}

fn births(model: &Model, frequencies: &impl Frequencies, a: Born, b: Born) -> Option<Compared> {
    let year_only = !a.has_day() || !b.has_day() || (a != b && (a.is_heap() || b.is_heap()));
    if year_only {
        if a.year == 0 || b.year == 0 {
            return None;
        }
        let level = match a.year.abs_diff(b.year) {
            0 => Level::Exact,
            1 => Level::YearOff,
            2 | 3 | 10 => Level::YearFar,
            _ => Level::Different,
        };
        let mut weight = model.weight(Field::BirthYear, level);
        if level == Level::Exact {
            weight.u = frequencies.share(Value::Year(a.year));
        }
        return Some(Compared { field: Field::BirthYear, level, weight });
    }
    let same = [a.year == b.year, a.month == b.month, a.day == b.day];
    let count = same.iter().filter(|same| **same).count();
    let level = if count == 3 {
        Level::Exact
    } else if a.year == b.year && a.month == b.day && a.day == b.month {
        Level::Swapped
    } else if count == 2 && one_digit(a.packed(), b.packed()) {
        Level::Digit
    } else if count == 2 {
        Level::TwoOfThree
    } else {
        Level::Different
    };
    let mut weight = model.weight(Field::Birth, level);
    if level == Level::Exact {
        weight.u = frequencies.share(Value::Day(a.packed()));
    }
    Some(Compared { field: Field::Birth, level, weight })
}

/// Whether two dates differ in one digit or by two neighbours exchanged.
fn one_digit(a: u32, b: u32) -> bool {
    let digits = |mut number: u32| {
        let mut out = [0_u8; 8];
        for digit in out.iter_mut().rev() {
            *digit = u8::try_from(number % 10).unwrap_or(0);
            number /= 10;
        }
        out
    };
    let (a, b) = (digits(a), digits(b));
    let differ: Vec<usize> = (0..8).filter(|at| a.get(*at) != b.get(*at)).collect();
    match differ.as_slice() {
        [_] => true,
        [i, j] => j - i == 1 && a.get(*i) == b.get(*j) && a.get(*j) == b.get(*i),
        _ => false,
    }
}

/// Identifiers or telephones: the best agreement of any two that can be compared.
fn numbers(
    model: &Model,
    frequencies: &impl Frequencies,
    field: Field,
    a: &View<'_>,
    b: &View<'_>,
) -> Option<Compared> {
    let value = |hash| if field == Field::Phone { Value::Phone(hash) } else { Value::Identifier(hash) };
    let best = |one: &mut dyn Iterator<Item = &NumberView<'_>>, others: &[NumberView<'_>]| {
        let mut best: Option<(Level, u64)> = None;
        for x in one {
            for y in others {
                if x.kind != 0 && y.kind != 0 && x.kind != y.kind {
                    continue;
                }
                let level = if x.whole == y.whole {
                    Level::Exact
                } else if x.is_near(y) {
                    Level::Close
                } else {
                    Level::Different
                };
                if best.is_none_or(|(known, _)| level < known) {
                    best = Some((level, x.whole));
                }
            }
        }
        best
    };
    let (level, hash) = if field == Field::Phone {
        let others: Vec<_> = b.phones().copied().collect();
        if others.is_empty() {
            return None;
        }
        best(&mut a.phones(), &others)?
    } else {
        let others: Vec<_> = b.identifiers().copied().collect();
        if others.is_empty() {
            return None;
        }
        best(&mut a.identifiers(), &others)?
    };
    let mut weight = model.weight(field, level);
    if level == Level::Exact {
        weight.u = weight.u.max(frequencies.share(value(hash)));
    }
    Some(Compared { field, level, weight })
}

/// The levels of an address from the smallest place up.
const PLACES: [Level; 5] = [Level::Plot, Level::Street, Level::Village, Level::Postcode, Level::District];

/// One comparison for the whole address: the smallest place that is the same. What finer levels would have
/// said counts with the finest level that both have.
fn address(model: &Model, frequencies: &impl Frequencies, a: &View<'_>, b: &View<'_>) -> Option<Compared> {
    let both = |x: &str, y: &str| !x.is_empty() && !y.is_empty();
    let has_place = both(a.village, b.village) || both(a.postcode, b.postcode);
    let known = [
        both(a.number, b.number) && (both(a.street, b.street) || has_place),
        both(a.street, b.street),
        both(a.village, b.village),
        both(a.postcode, b.postcode),
        both(a.district, b.district),
    ];
    let finest = known.iter().position(|known| *known)?;
    let street = known[1].then(|| line_level(a.street, b.street)).flatten();
    let village = known[2].then(|| line_level(a.village, b.village)).flatten();
    let postcode = known[3] && a.postcode == b.postcode;
    let share = |value: Value<'_>| frequencies.share(value);
    let place_share = || {
        let village = village.map(|_| share(Value::Place(a.village)).max(share(Value::Place(b.village))));
        village.or_else(|| postcode.then(|| share(Value::Place(a.postcode))))
    };
    // A misspelt line is less sure, and happens to strangers about this often.
    let (fuzzy, by_chance) = (0.2, 0.000_5);
    let line = |level: Level, x: Value<'_>, y: Value<'_>| match level {
        Level::Exact => (1.0, share(x)),
        _ => (fuzzy, share(x).max(share(y)) + by_chance),
    };
    let same_number = known[0] && a.number == b.number;
    let (level, m, u) = match (street, village) {
        (Some(level), _) => {
            let (m, u) = line(level, Value::Street(a.street), Value::Street(b.street));
            if same_number {
                (Level::Plot, m, u * share(Value::House(a.number)))
            } else {
                (Level::Street, m, u)
            }
        }
        (None, Some(level)) => {
            let (m, u) = line(level, Value::Place(a.village), Value::Place(b.village));
            if same_number && !known[1] {
                (Level::Plot, m, u * share(Value::House(a.number)))
            } else {
                (Level::Village, m, u)
            }
        }
        (None, None) if postcode => {
            let u = place_share().unwrap_or(1.0);
            if same_number && !known[1] && !known[2] {
                (Level::Plot, 1.0, u * share(Value::House(a.number)))
            } else {
                (Level::Postcode, 1.0, u)
            }
        }
        _ if known[4] && a.district == b.district => (Level::District, 1.0, share(Value::Place(a.district))),
        _ => (Level::Different, 1.0, 0.0),
    };
    let mut weight = model.weight(Field::Address, level);
    if level != Level::Different {
        weight.u = u;
    }
    if PLACES.get(finest) == Some(&level) {
        for finer in PLACES.iter().take(finest) {
            let finer = model.weight(Field::Address, *finer);
            weight.m += finer.m;
            weight.h += finer.h;
        }
    }
    weight.m *= m;
    weight.h *= m;
    Some(Compared { field: Field::Address, level, weight })
}

/// Streets and places: the same, or the same but for a misspelling. Codes with digits must be the same.
fn line_level(a: &str, b: &str) -> Option<Level> {
    let (a, b) = if a <= b { (a, b) } else { (b, a) };
    if a == b {
        return Some(Level::Exact);
    }
    if a.len().abs_diff(b.len()) > 6 || a.bytes().chain(b.bytes()).any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if (letters(a) & letters(b)).count_ones() * 2 < letters(a).count_ones() {
        return None;
    }
    (strsim::jaro_winkler(a, b) >= 0.92 || strsim::osa_distance(a, b) <= 2 - usize::from(a.len() < 8))
        .then_some(Level::Close)
}
