//! Corrupted twins: a registered person as another counter, on another day, might have written the same person down.
//!
//! The errors are those that registries report (Christen, Data Matching, 2012, chapter 6: typing, spelling by ear, swapped
//! and missing parts; birth dates with swapped or guessed parts; numbers with one digit wrong), drawn without any look at
//! how the matcher reads. To add an error: a line in [`ERRORS`] and its arm in [`apply`].

use domain::birth::Birth;
use domain::household::{Contact, Person};
use domain::identifier::IdentifierKind;
use domain::registration::MemberForm;
use time::{Date, Month};

use super::dice::Dice;

/// Each error with how often it is made, and the part of the record that it touches: no part is touched twice.
const ERRORS: &[(&str, u32, Part)] = &[
    ("name_typing", 22, Part::Name),
    ("name_spelling", 16, Part::Name),
    ("name_swapped", 5, Part::Order),
    ("name_part_missing", 4, Part::Order),
    ("name_joined", 3, Part::Name),
    ("birth_digit", 9, Part::Birth),
    ("birth_day_month", 5, Part::Birth),
    ("birth_year_off", 6, Part::Birth),
    ("birth_year_only", 5, Part::Birth),
    ("birth_first_of_january", 3, Part::Birth),
    ("sex", 2, Part::Sex),
    ("phone", 9, Part::Phone),
    ("moved", 7, Part::Area),
    ("identifier_digit", 4, Part::Identifier),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Name,
    Order,
    Birth,
    Sex,
    Phone,
    Area,
    Identifier,
}

/// A person as written down the second time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Twin {
    /// The member's row of a form.
    pub form: MemberForm,
    /// Telephone as typed.
    pub phone: String,
    /// Area.
    pub area: String,
    /// What is wrong, in the order it was made; may be fewer than asked for where a record has little to spoil.
    pub errors: Vec<&'static str>,
}

/// The same person without an error. An age is told again as the year it makes.
pub fn same(person: &Person, contact: &Contact) -> Twin {
    let text = |part: Option<&str>| part.unwrap_or_default().to_owned();
    let mut form = MemberForm {
        given: text(person.name.given()),
        family: text(person.name.family()),
        one_name: text(person.name.one()),
        sex: person.sex.code().to_owned(),
        relation: person.relation.code().to_owned(),
        birth_year: person.birth.year().to_string(),
        ..MemberForm::default()
    };
    if let Birth::Date(day) = person.birth {
        write_day(&mut form, day);
    }
    let asked = [IdentifierKind::Uin, IdentifierKind::Brn];
    let numbers = person.identifiers.iter().filter(|own| asked.contains(&own.kind()));
    form.identifiers = numbers.map(|own| (own.kind(), own.reveal().to_owned())).collect();
    Twin {
        form,
        phone: contact.phone.as_ref().map(|phone| phone.reveal().to_owned()).unwrap_or_default(),
        area: contact.area.clone(),
        errors: Vec::new(),
    }
}

/// The same person with so many errors, each in another part; without any number when `with_identifier` is false.
/// `areas`: where one may have moved to.
pub fn twin(
    person: &Person,
    contact: &Contact,
    (count, with_identifier): (usize, bool),
    areas: &[&str],
    dice: &mut Dice,
) -> Twin {
    let mut twin = same(person, contact);
    if !with_identifier {
        twin.form.identifiers.clear();
    }
    let mut touched: Vec<Part> = Vec::new();
    for _ in 0..200 {
        if twin.errors.len() >= count {
            break;
        }
        let weights: Vec<u32> = ERRORS.iter().map(|(_, weight, _)| *weight).collect();
        let (name, _, part) = ERRORS[dice.weighted(&weights)];
        if touched.contains(&part) {
            continue;
        }
        let before = twin.clone();
        apply(&mut twin, name, areas, dice);
        if (&twin.form, &twin.phone, &twin.area) != (&before.form, &before.phone, &before.area) {
            twin.errors.push(name);
            touched.push(part);
        }
    }
    twin
}

/// Makes one error; leaves the record as it is where there is nothing to spoil.
fn apply(twin: &mut Twin, error: &str, areas: &[&str], dice: &mut Dice) {
    let form = &mut twin.form;
    match error {
        "name_typing" => on_a_name(form, dice, typing),
        "name_spelling" => on_a_name(form, dice, spelling),
        "name_joined" => on_a_name(form, dice, joined),
        "name_swapped" if form.one_name.is_empty() => std::mem::swap(&mut form.given, &mut form.family),
        "name_swapped" => {
            let mut words: Vec<&str> = form.one_name.split(' ').collect();
            words.reverse();
            form.one_name = words.join(" ");
        }
        "name_part_missing" => part_missing(form, dice),
        "birth_digit" => birth_digit(form, dice),
        "birth_day_month" if form.birth_day.parse().is_ok_and(|day: u8| (1..=12).contains(&day)) => {
            std::mem::swap(&mut form.birth_day, &mut form.birth_month);
        }
        "birth_year_off" => {
            let off = [-1, 1, -2, 2, -10, 10][dice.weighted(&[30, 30, 12, 12, 8, 8])];
            shift_year(form, off);
        }
        "birth_year_only" => {
            form.birth_day.clear();
            form.birth_month.clear();
        }
        "birth_first_of_january" => {
            form.birth_day = "1".into();
            form.birth_month = "1".into();
        }
        "sex" => form.sex = if form.sex == "female" { "male" } else { "female" }.into(),
        "phone" if !twin.phone.is_empty() => {
            // A new number as often as a slip in the old one.
            twin.phone = if dice.chance(50) {
                format!("7{:08}", dice.below(100_000_000))
            } else {
                digit_slip(&twin.phone, dice)
            };
        }
        "moved" => {
            if let Some(area) = dice.pick(areas) {
                (*area).clone_into(&mut twin.area);
            }
        }
        "identifier_digit" => {
            let kinds: Vec<IdentifierKind> = form.identifiers.keys().copied().collect();
            if let Some(number) = dice.pick(&kinds).and_then(|kind| form.identifiers.get_mut(kind)) {
                *number = digit_slip(number, dice);
            }
        }
        _ => {}
    }
}

/// Spoils one word of one part of the name.
fn on_a_name(form: &mut MemberForm, dice: &mut Dice, spoil: fn(&str, &mut Dice) -> String) {
    let parts = [&mut form.given, &mut form.family, &mut form.one_name];
    let filled: Vec<&mut String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let at = dice.below(u32::try_from(filled.len()).unwrap_or(1)) as usize;
    if let Some(part) = filled.into_iter().nth(at) {
        let spoilt = spoil(part, dice);
        if spoilt.chars().any(char::is_alphabetic) {
            *part = spoilt;
        }
    }
}

/// One slip of the finger: a letter left out, doubled, exchanged with the next, or another in its place.
fn typing(text: &str, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    // Combining signs stay with their letter.
    let own: Vec<usize> = (0..letters.len()).filter(|at| letters[*at].is_alphabetic()).collect();
    let Some(at) = dice.pick(&own).copied().filter(|_| own.len() > 2) else { return text.to_owned() };
    match dice.below(4) {
        0 => drop(letters.remove(at)),
        1 => letters.insert(at, letters[at]),
        2 if at + 1 < letters.len() && letters[at + 1].is_alphabetic() => letters.swap(at, at + 1),
        _ => letters[at] = beside(letters[at], dice),
    }
    letters.into_iter().collect()
}

/// A letter of the same alphabet.
fn beside(letter: char, dice: &mut Dice) -> char {
    let alphabets = [
        "abcdefghijklmnopqrstuvwxyz",
        "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
        "абвгдежзийклмнопрстуфхцчшыьэюя",
        "កខគឃងចឆជឈញដឋឌឍណតថទធនបផពភមយរលវសហឡអ",
    ];
    let lower = letter.to_lowercase().next().unwrap_or(letter);
    let alphabet = alphabets.into_iter().find(|alphabet| alphabet.contains(lower)).unwrap_or(alphabets[0]);
    let letters: Vec<char> = alphabet.chars().collect();
    let other = dice.pick(&letters).copied().unwrap_or(letter);
    if letter.is_uppercase() { other.to_uppercase().next().unwrap_or(other) } else { other }
}

/// Pairs that are written for one another, by ear or by habit.
const BY_EAR: &[(&str, &str)] = &[
    ("ou", "u"),
    ("ou", "oo"),
    ("ph", "f"),
    ("y", "i"),
    ("kh", "k"),
    ("dj", "j"),
    ("ss", "s"),
    ("nn", "n"),
    ("ll", "l"),
    ("c", "k"),
    ("é", "e"),
    ("ï", "i"),
    ("h", ""),
    ("ai", "e"),
    ("o", "u"),
    ("z", "s"),
    ("w", "ou"),
    ("th", "t"),
    ("ee", "i"),
    ("qu", "k"),
    ("x", "ks"),
    ("mm", "m"),
    ("dd", "d"),
    ("أ", "ا"),
    ("إ", "ا"),
    ("آ", "ا"),
    ("ة", "ه"),
    ("ى", "ي"),
    ("ؤ", "و"),
    ("ئ", "ي"),
    ("ё", "е"),
    ("ий", "ы"),
    ("дж", "ж"),
    ("нн", "н"),
    ("ья", "ия"),
    ("э", "е"),
    ("័", ""),
    ("៉", ""),
    ("៍", ""),
    ("្ឋ", "ឋ"),
];

/// The name as another ear hears it.
fn spelling(text: &str, dice: &mut Dice) -> String {
    let lower = text.to_lowercase();
    let fit: Vec<(&str, &str)> = BY_EAR
        .iter()
        .flat_map(|(a, b)| [(*a, *b), (*b, *a)])
        .filter(|(from, _)| !from.is_empty() && lower.contains(from))
        .collect();
    let Some((from, to)) = dice.pick(&fit).copied() else { return typing(text, dice) };
    let changed = lower.replacen(from, to, 1);
    let mut letters = changed.chars();
    match (letters.next(), text.chars().next()) {
        (Some(first), Some(before)) if before.is_uppercase() => first.to_uppercase().chain(letters).collect(),
        _ => changed,
    }
}

/// Two words in one, or one where there was a hyphen.
fn joined(text: &str, dice: &mut Dice) -> String {
    if let Some((first, rest)) = text.split_once('-') {
        return if dice.chance(50) {
            format!("{first} {rest}")
        } else {
            format!("{first}{}", rest.to_lowercase())
        };
    }
    match text.split_once(' ') {
        Some((first, rest)) if dice.chance(50) => format!("{first}-{rest}"),
        Some((first, rest)) => format!("{first}{}", rest.to_lowercase()),
        None => text.to_owned(),
    }
}

/// One of several given names, or the family's, or the father's, was not told.
fn part_missing(form: &mut MemberForm, dice: &mut Dice) {
    let shorten = |text: &str, dice: &mut Dice| -> Option<String> {
        let words: Vec<&str> = text.split([' ', '-']).collect();
        let at = dice.below(u32::try_from(words.len()).unwrap_or(1)) as usize;
        (words.len() > 1).then(|| {
            let kept: Vec<&str> =
                words.iter().enumerate().filter(|(n, _)| *n != at).map(|(_, word)| *word).collect();
            kept.join(" ")
        })
    };
    if let Some(shorter) = shorten(&form.one_name, dice) {
        form.one_name = shorter;
    } else if let Some(shorter) = shorten(&form.given, dice).filter(|_| dice.chance(70)) {
        form.given = shorter;
    } else if form.one_name.is_empty() {
        form.one_name = std::mem::take(&mut form.given);
        form.family.clear();
    }
}

fn birth_digit(form: &mut MemberForm, dice: &mut Dice) {
    let Some(day) = day_of(form) else {
        return shift_year(form, [-1, 1][usize::from(dice.chance(50))]);
    };
    for _ in 0..20 {
        let number = u32::from(day.day()) + 100 * u32::from(u8::from(day.month()));
        let text = digit_slip(&format!("{number:04}"), dice);
        let (month, date) = (text[..2].parse::<u8>().unwrap_or(0), text[2..].parse::<u8>().unwrap_or(0));
        let month = Month::try_from(month).ok();
        if let Some(day) = month.and_then(|month| Date::from_calendar_date(day.year(), month, date).ok()) {
            return write_day(form, day);
        }
    }
}

fn shift_year(form: &mut MemberForm, by: i32) {
    let Ok(year) = form.birth_year.parse::<i32>() else { return };
    // 29 February has no other year beside it.
    if day_of(form).is_none_or(|day| day.replace_year(year + by).is_ok()) {
        form.birth_year = (year + by).to_string();
    }
}

fn day_of(form: &MemberForm) -> Option<Date> {
    let month = Month::try_from(form.birth_month.parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(form.birth_year.parse().ok()?, month, form.birth_day.parse().ok()?).ok()
}

fn write_day(form: &mut MemberForm, day: Date) {
    form.birth_day = day.day().to_string();
    form.birth_month = u8::from(day.month()).to_string();
    form.birth_year = day.year().to_string();
}

/// One digit wrong, or two neighbours exchanged.
fn digit_slip(text: &str, dice: &mut Dice) -> String {
    let mut symbols: Vec<char> = text.chars().collect();
    let places: Vec<usize> = (0..symbols.len()).filter(|at| symbols[*at].is_ascii_digit()).collect();
    let Some(at) = dice.pick(&places).copied() else { return text.to_owned() };
    if dice.chance(40)
        && at + 1 < symbols.len()
        && symbols[at] != symbols[at + 1]
        && symbols[at + 1].is_ascii_digit()
    {
        symbols.swap(at, at + 1);
    } else {
        let other = (symbols[at].to_digit(10).unwrap_or(0) + 1 + dice.below(9)) % 10;
        symbols[at] = char::from_digit(other, 10).unwrap_or('0');
    }
    symbols.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use domain::pack::Pack;
    use time::macros::{date, datetime};

    use super::super::registry::Registry;
    use super::*;
    use crate::test_support::demo_pack;

    #[test]
    fn twins_have_the_errors_they_were_given_and_can_be_registered() {
        let pack = Pack::load(&demo_pack()).unwrap();
        let today = date!(2026 - 11 - 22);
        let mut registry = Registry::new(&pack, 5, today);
        let areas: Vec<&str> = pack.areas.leaves().map(|area| area.code.as_str()).collect();
        let mut dice = Dice::new(5, 1);
        let (mut made, mut short, mut refused, mut all) = (BTreeMap::new(), 0, 0, 0);
        for _ in 0..600 {
            let registration = registry.next(datetime!(2026-11-22 8:00 UTC));
            for person in &registration.members {
                for (count, with_identifier) in [(0, true), (1, true), (2, false)] {
                    let twin =
                        twin(person, &registration.contact, (count, with_identifier), &areas, &mut dice);
                    let clean = same(person, &registration.contact);
                    assert_eq!(twin.errors.is_empty() && with_identifier, twin == clean, "{twin:?}");
                    assert!(
                        twin.errors.len() <= count && (with_identifier || twin.form.identifiers.is_empty())
                    );
                    short += usize::from(twin.errors.len() < count);
                    refused += usize::from(twin.form.validate(today).is_err());
                    all += 1;
                    for error in twin.errors {
                        *made.entry(error).or_insert(0) += 1;
                    }
                }
            }
        }
        assert_eq!(made.len(), ERRORS.len(), "every error is made: {made:?}");
        assert!(short * 1000 < all && refused * 100 < all, "{short} short, {refused} refused of {all}");
    }
}
