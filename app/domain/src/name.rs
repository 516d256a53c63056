//! Names of people, and the key by which the registry finds them again.
//!
//! A name is given and family, or one free form for those who have neither. The search key drops what
//! people write differently for the same name: case, accents, vowel points, Arabic letter variants,
//! apostrophes, hyphens, spacing, and the order of the parts. It does not guess at spellings: that is the
//! matcher's work. To fold one more letter: add it to `fold`.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// Longest part of a name that is kept, in characters.
pub const LONGEST: usize = 100;

/// A person's name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonName {
    /// Given and family name.
    Parts {
        /// Given name or names.
        given: String,
        /// Family name.
        family: String,
    },
    /// The whole name in one, for those who have no given and family name.
    One(String),
}

/// Why three fields make no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameFault {
    /// All are empty.
    #[error("a name is needed")]
    Missing,
    /// Family name without given name.
    #[error("the given name is missing")]
    GivenMissing,
    /// Given name without family name; a person with one name has it in the one free form.
    #[error("the family name is missing")]
    FamilyMissing,
    /// Both forms are filled.
    #[error("give the name in parts or in one, not both")]
    BothForms,
    /// Longer than [`LONGEST`].
    #[error("a name has at most {LONGEST} characters")]
    TooLong,
    /// No letter in it.
    #[error("a name has letters")]
    NoLetters,
}

impl PersonName {
    /// Reads the three fields of a form; empty ones count as not given, inner spaces become one.
    pub fn parse(given: &str, family: &str, one: &str) -> Result<Self, NameFault> {
        let (given, family, one) = (tidy(given), tidy(family), tidy(one));
        for part in [&given, &family, &one] {
            if part.chars().count() > LONGEST {
                return Err(NameFault::TooLong);
            }
            if !part.is_empty() && !part.chars().any(char::is_alphabetic) {
                return Err(NameFault::NoLetters);
            }
        }
        match (given.is_empty(), family.is_empty(), one.is_empty()) {
            (true, true, true) => Err(NameFault::Missing),
            (false, false, true) => Ok(Self::Parts { given, family }),
            (true, true, false) => Ok(Self::One(one)),
            (true, false, true) => Err(NameFault::GivenMissing),
            (false, true, true) => Err(NameFault::FamilyMissing),
            _ => Err(NameFault::BothForms),
        }
    }

    /// A name from its three stored columns.
    pub fn from_columns(given: Option<String>, family: Option<String>, one: Option<String>) -> Option<Self> {
        match (given, family, one) {
            (Some(given), Some(family), None) => Some(Self::Parts { given, family }),
            (None, None, Some(one)) => Some(Self::One(one)),
            _ => None,
        }
    }

    /// Given name, where there is one.
    pub fn given(&self) -> Option<&str> {
        match self {
            Self::Parts { given, .. } => Some(given),
            Self::One(_) => None,
        }
    }

    /// Family name, where there is one.
    pub fn family(&self) -> Option<&str> {
        match self {
            Self::Parts { family, .. } => Some(family),
            Self::One(_) => None,
        }
    }

    /// The one free form, where that is the name.
    pub fn one(&self) -> Option<&str> {
        match self {
            Self::Parts { .. } => None,
            Self::One(one) => Some(one),
        }
    }

    /// The name as it is written: given before family.
    pub fn display(&self) -> String {
        match self {
            Self::Parts { given, family } => format!("{given} {family}"),
            Self::One(one) => one.clone(),
        }
    }

    /// First letters only, for who may not see the name: `A… D…`.
    pub fn masked(&self) -> String {
        self.display()
            .split_whitespace()
            .filter_map(|part| part.chars().next())
            .map(|first| format!("{first}…"))
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// The search key, see [`search_key`].
    pub fn key(&self) -> String {
        search_key(&self.display())
    }
}

fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words of a name, folded, sorted and joined by one space: equal for two spellings that differ only in
/// what the module head lists. Empty when the text has no letter or digit.
pub fn search_key(name: &str) -> String {
    let mut words = search_words(name);
    words.sort_unstable();
    words.join(" ")
}

/// The folded words of a name in their order.
pub fn search_words(name: &str) -> Vec<String> {
    let mut folded = String::with_capacity(name.len());
    for ch in name.nfkd().flat_map(char::to_lowercase).nfkd() {
        fold(ch, &mut folded);
    }
    // What was left out may have stood between two marks, which then have another order.
    let folded: String = folded.nfd().collect();
    folded.split_whitespace().map(ToOwned::to_owned).collect()
}

/// What not everybody writes: accents, Arabic and Hebrew points, tatweel, joiners, and apostrophes with their
/// look-alikes (O'Neil is ONeil, N’Golo is NGolo; a lone hamza likewise). Vowel signs of Indic, Thai and Khmer
/// scripts stay: without them different names become one.
fn is_left_out(ch: char) -> bool {
    let mark = matches!(ch,
        '\u{0300}'..='\u{036F}' | '\u{0591}'..='\u{05C7}' | '\u{0610}'..='\u{061A}' | '\u{0640}'
        | '\u{064B}'..='\u{065F}' | '\u{0670}' | '\u{06D6}'..='\u{06ED}' | '\u{1AB0}'..='\u{1AFF}'
        | '\u{1DC0}'..='\u{1DFF}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2066}'..='\u{2069}' | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}');
    let apostrophe = matches!(ch,
        '\'' | '`' | '´' | '\u{02B9}'..='\u{02BF}' | '\u{02C8}' | '\u{2018}'..='\u{201B}' | '\u{2032}' | '\u{0621}');
    mark || apostrophe
}

/// One decomposed lower-case character into the key.
fn fold(ch: char, key: &mut String) {
    match ch {
        ch if is_left_out(ch) => {}
        // Letters that Unicode does not take apart.
        'đ' | 'ð' | 'ɗ' => key.push('d'),
        'ø' | 'ɔ' => key.push('o'),
        'ł' => key.push('l'),
        'ħ' => key.push('h'),
        'ı' => key.push('i'),
        'ŋ' => key.push('n'),
        'ɓ' => key.push('b'),
        'ƙ' => key.push('k'),
        'ɛ' | 'ə' | 'ǝ' => key.push('e'),
        'ƴ' => key.push('y'),
        'ß' => key.push_str("ss"),
        'æ' => key.push_str("ae"),
        'œ' => key.push_str("oe"),
        'þ' => key.push_str("th"),
        'ς' => key.push('σ'),
        // Arabic letters that change with the writer, the keyboard or the language.
        '\u{0671}' => key.push('\u{0627}'),
        '\u{0629}' | '\u{06C1}' | '\u{06D5}' | '\u{06BE}' => key.push('\u{0647}'),
        '\u{0649}' | '\u{06CC}' => key.push('\u{064A}'),
        '\u{06A9}' => key.push('\u{0643}'),
        other => {
            let other = crate::digits::to_ascii(other);
            if other.is_alphanumeric() || unicode_normalization::char::is_combining_mark(other) {
                key.push(other);
            } else {
                key.push(' ');
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_name_written_in_several_ways_has_one_key() {
        for (a, b) in [
            ("Thérèse Traoré", "TRAORE  therese"),
            ("Jean-Baptiste", "Jean Baptiste"),
            ("O'Neil", "ONEIL"),
            ("N’Golo", "N'golo"),
            ("Nguyễn Đặng", "nguyen dang"),
            ("Ömer Şahin", "Omer Sahin"),
            ("İnci Işık", "inci ışık"),
            ("Γιώργος", "ΓΙΏΡΓΟΣ"),
            ("Straße", "STRASSE"),
            ("أحمد", "احمد"),
            ("فاطمة", "فاطمه"),
            ("مُحَمَّد", "محمد"),
            ("یوسف", "يوسف"),
            ("مصطفى", "مصطفي"),
            ("محـــمد", "محمد"),
            ("Ｍａｒｉａ 𝒢", "maria g"),
            ("Fatou Diallo", "Diallo Fatou"),
        ] {
            assert_eq!(search_key(a), search_key(b), "{a} / {b}");
        }
    }

    #[test]
    fn different_names_keep_different_keys() {
        for (a, b) in [("राम", "रमा"), ("Ali", "Alia"), ("محمد", "محمود"), ("Anna Lee", "Annalee")]
        {
            assert_ne!(search_key(a), search_key(b), "{a} / {b}");
        }
    }

    #[test]
    fn parts_or_one() {
        assert_eq!(
            PersonName::parse(" Awa ", "Ba  Sow", ""),
            Ok(PersonName::Parts { given: "Awa".into(), family: "Ba Sow".into() })
        );
        assert_eq!(PersonName::parse("", "", "Sukarno"), Ok(PersonName::One("Sukarno".into())));
        assert_eq!(PersonName::parse("", " ", ""), Err(NameFault::Missing));
        assert_eq!(PersonName::parse("Awa", "", ""), Err(NameFault::FamilyMissing));
        assert_eq!(PersonName::parse("", "Ba", ""), Err(NameFault::GivenMissing));
        assert_eq!(PersonName::parse("Awa", "Ba", "Awa Ba"), Err(NameFault::BothForms));
        assert_eq!(PersonName::parse("12", "Ba", ""), Err(NameFault::NoLetters));
        assert_eq!(PersonName::parse("", "", &"a".repeat(101)), Err(NameFault::TooLong));
    }

    #[test]
    fn a_mask_shows_first_letters() {
        assert_eq!(PersonName::parse("Awa", "Ba Sow", "").unwrap().masked(), "A… B… S…");
    }

    proptest! {
        #[test]
        fn a_key_is_its_own_key(name in "\\PC{0,40}") {
            let key = search_key(&name);
            prop_assert_eq!(search_key(&key), key);
        }

        #[test]
        fn order_does_not_matter(a in "[a-zé]{1,8}", b in "[a-z]{1,8}") {
            prop_assert_eq!(search_key(&format!("{a} {b}")), search_key(&format!("{b} {a}")));
        }
    }
}
