//! How long a text message is: in the letters of GSM 03.38 (7 bits each, some two times 7), else in UCS-2 (16 bits each).
//!
//! One message carries 160 letters of GSM 03.38 or 70 of UCS-2; of several that are put together again each carries 153 or
//! 67 (3GPP TS 23.038, section 6.2.1, and TS 23.040, section 9.2.3.24.1). Words in Latin letters must fit one message; words in
//! another script may take two: reference, office and what to do cannot be said in 70 letters, and the second costs no more
//! than the first.

/// The letters that take one place, in the order of the table.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// The letters that take two: an escape goes before them.
const EXTENSION: &str = "\u{c}^{}\\[~]|€";

/// Places in one message of GSM 03.38.
pub const ONE: usize = 160;
/// Places in each of several.
pub const ONE_OF_SEVERAL: usize = 153;
/// Places in one message of UCS-2.
pub const ONE_WIDE: usize = 70;
/// Places in each of several.
pub const ONE_OF_SEVERAL_WIDE: usize = 67;
/// The most messages that words in another script than Latin may take.
pub const WIDE_PARTS: usize = 2;

/// How a text goes on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure {
    /// Whether every letter is one of GSM 03.38.
    pub is_gsm: bool,
    /// Places that it takes: of 7 bits, or of 16.
    pub places: usize,
    /// Messages that it takes.
    pub parts: usize,
}

impl Measure {
    /// Whether it is as short as a message of this service must be.
    pub fn fits(self) -> bool {
        self.parts <= if self.is_gsm { 1 } else { WIDE_PARTS }
    }
}

/// The places that a letter takes in GSM 03.38; `None` for one that is not in it.
pub fn places_of(letter: char) -> Option<usize> {
    if BASIC.contains(letter) {
        Some(1)
    } else if EXTENSION.contains(letter) {
        Some(2)
    } else {
        None
    }
}

/// Measures a text.
pub fn measure(text: &str) -> Measure {
    let gsm: Option<usize> = text.chars().map(places_of).sum();
    let (is_gsm, places, one, several) = match gsm {
        Some(places) => (true, places, ONE, ONE_OF_SEVERAL),
        None => (false, text.encode_utf16().count(), ONE_WIDE, ONE_OF_SEVERAL_WIDE),
    };
    let parts = if places <= one { 1 } else { places.div_ceil(several) };
    Measure { is_gsm, places, parts }
}

/// A text with the marks of good typography as a telephone has them: straight quotes, plain spaces, three points.
pub fn plain_marks(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '‘' | '’' | '‚' | 'ʼ' => plain.push('\''),
            '“' | '”' | '„' | '«' | '»' => plain.push('"'),
            '‐' | '‑' | '–' | '—' | '−' => plain.push('-'),
            '\u{a0}' | '\u{202f}' | '\u{2009}' => plain.push(' '),
            '…' => plain.push_str("..."),
            letter => plain.push(letter),
        }
    }
    plain
}

/// A name in the letters of GSM 03.38, where it is written in Latin ones: a mark that a telephone does not have is left
/// off (`ç` becomes `c`). Other scripts stay.
pub fn plain_letters(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in plain_marks(text).chars() {
        match letter {
            'œ' => plain.push_str("oe"),
            'Œ' => plain.push_str("OE"),
            letter if places_of(letter).is_none() && is_latin(letter) => {
                use unicode_normalization::UnicodeNormalization as _;
                let bare = letter.nfd().next().filter(char::is_ascii_alphabetic);
                plain.push(bare.unwrap_or('?'));
            }
            letter => plain.push(letter),
        }
    }
    plain
}

/// A Latin letter with a mark, or two in one.
fn is_latin(letter: char) -> bool {
    matches!(letter, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}')
}

/// The first Latin letter of a template that a telephone does not have, where the template is in Latin letters: it would
/// make the message cost twice as much, and can be written round.
pub fn dear_letter(template: &str) -> Option<char> {
    let plain = plain_marks(template);
    let mut missing = plain.chars().filter(|letter| places_of(*letter).is_none()).peekable();
    let first = missing.peek().copied();
    first.filter(|_| missing.all(is_latin))
}

/// Whether words send people to a page: such messages are what thieves send.
pub fn has_link(text: &str) -> bool {
    let text = text.to_lowercase();
    text.contains("://")
        || text.contains("www.")
        || text.split_whitespace().any(|word| {
            // A page's address goes on behind the name of its host.
            let host = word.split(['/', '?', '#', ':']).next().unwrap_or(word);
            let host = host.trim_matches(|c: char| !c.is_alphanumeric());
            host.rsplit_once('.').is_some_and(|(before, after)| {
                before.chars().any(char::is_alphanumeric)
                    && (2..=10).contains(&after.len())
                    && after.chars().all(|c| c.is_ascii_lowercase())
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The table has 128 places of which one is the escape; the extension has ten letters.
    #[test]
    fn the_tables_are_those_of_the_standard() {
        assert_eq!(BASIC.chars().count(), 127);
        assert_eq!(EXTENSION.chars().count(), 10);
        for letter in ['ç', 'ê', 'â', 'î', 'ô', 'û', 'ë', 'ï', '’', '`', 'ا', '\t'] {
            assert_eq!(places_of(letter), None, "{letter}");
        }
        assert_eq!((places_of('€'), places_of('{'), places_of('é')), (Some(2), Some(2), Some(1)));
    }

    #[test]
    fn parts_are_counted_as_networks_do() {
        let of = |text: &str| (measure(text).is_gsm, measure(text).places, measure(text).parts);
        assert_eq!(of(&"a".repeat(160)), (true, 160, 1));
        assert_eq!(of(&"a".repeat(161)), (true, 161, 2));
        assert_eq!(of(&"a".repeat(306)), (true, 306, 2));
        assert_eq!(of(&"a".repeat(307)), (true, 307, 3));
        assert_eq!(of(&"€".repeat(81)), (true, 162, 2));
        assert_eq!(of(&"م".repeat(70)), (false, 70, 1));
        assert_eq!(of(&"م".repeat(71)), (false, 71, 2));
        assert_eq!(of(&"م".repeat(135)), (false, 135, 3));
        assert_eq!(of(&format!("{}ç", "a".repeat(69))), (false, 70, 1));
        assert_eq!(of("😀"), (false, 2, 1));
        assert!(measure(&"م".repeat(134)).fits() && !measure(&"م".repeat(135)).fits());
    }

    #[test]
    fn names_are_written_in_letters_that_a_telephone_has() {
        assert_eq!(
            plain_letters("Guichet d’Amaranda – Çà et là, œuvre"),
            "Guichet d'Amaranda - Çà et là, oeuvre"
        );
        assert_eq!(plain_letters("façade, forêt"), "facade, foret");
        assert_eq!(plain_letters("مكتب"), "مكتب");
    }

    #[test]
    fn a_letter_that_makes_a_message_dear_is_named() {
        assert_eq!(dear_letter("Nous avons reçu"), Some('ç'));
        assert_eq!(dear_letter("Votre demande est là"), None);
        assert_eq!(dear_letter("d’accord…"), None, "these are put right by themselves");
        assert_eq!(dear_letter("طلبك رقم {reference}"), None);
    }

    #[test]
    fn links_are_seen() {
        for link in [
            "see http://a.b",
            "www.guichet.example",
            "Go to guichet.example now",
            "bit.ly/x a.b guichet.org.",
        ] {
            assert!(has_link(link), "{link}");
        }
        for none in ["Call 20 1101 011.", "Until 02/11/2026. Come to the office.", "N. 5, e.g. {code}."] {
            assert!(!has_link(none), "{none}");
        }
    }

    proptest! {
        #[test]
        fn a_plain_name_in_latin_letters_is_always_gsm(text in "[a-zA-Z0-9 \u{c0}-\u{17f}’–…]{0,40}") {
            prop_assert!(measure(&plain_letters(&text)).is_gsm);
        }
    }
}
