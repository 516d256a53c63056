//! Names as they are compared: words in plain letters, and the two codes that make spellings of one name meet.
//!
//! A name in any script is folded ([`crate::name`]), written in ASCII (any_ascii) and cut into words. [`skeleton`]
//! keeps the consonants that survive between scripts and spellings; Double Metaphone, which knows how European
//! languages write, stands beside it. To teach the skeleton one more spelling: add it to `PAIRS`, and a line to
//! `name-pairs.tsv`.

use rphonetic::DoubleMetaphone;

/// Most words of a name that are kept.
pub const MOST_WORDS: usize = 6;

/// Longest word that is kept, in bytes.
const LONGEST_WORD: usize = 40;

/// First words of compounds that are one name: Abd al-Rahman, Abdul Rahman.
const JOINED: &[&str] = &["abd", "abdu", "abdul", "abdel", "abdal", "abdoul", "abdur", "abdus"];

/// The words of a name: lower-case ASCII letters and digits, in the order written. `O'Neil` is one word,
/// `Jean-Baptiste` two.
pub fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut join = false;
    for word in folded(name) {
        if word.is_empty() {
            continue;
        }
        let head = JOINED.contains(&word.as_str());
        match words.last_mut() {
            Some(last) if join => last.push_str(&word),
            _ => words.push(word),
        }
        join = head;
    }
    words.truncate(MOST_WORDS);
    for word in &mut words {
        word.truncate(LONGEST_WORD);
    }
    words
}

fn folded(text: &str) -> Vec<String> {
    if text.is_ascii() {
        return text
            .split(|ch: char| !ch.is_ascii_alphanumeric() && ch != '\'' && ch != '`')
            .map(plain)
            .collect();
    }
    // Ain opens names (Ali, Abd, Aisha) and has no letter of its own in ASCII.
    crate::name::search_words(text)
        .into_iter()
        .map(
            |word| {
                if word.is_ascii() { word } else { plain(&any_ascii::any_ascii(&word.replace('ع', "a"))) }
            },
        )
        .collect()
}

fn plain(word: &str) -> String {
    word.chars().filter(char::is_ascii_alphanumeric).map(|ch| ch.to_ascii_lowercase()).collect()
}

/// What is written for a child that has no name yet.
const UNNAMED: &[&[&str]] = &[
    &["baby"],
    &["bebe"],
    &["infant"],
    &["newborn"],
    &["new", "born"],
    &["nouveau", "ne"],
    &["nouveau", "nee"],
    &["unnamed"],
    &["not", "named"],
    &["no", "name"],
    &["sans", "nom"],
    &["sans", "prenom"],
    &["recien", "nacido"],
    &["recien", "nacida"],
];

/// What may follow it: whose child it is, its sex, its number among twins.
const OF_WHOM: &[&str] = &[
    "of", "de", "du", "des", "d", "wa", "ya", "bint", "ibn", "boy", "girl", "male", "female", "garcon",
    "fille", "a", "b", "one", "two", "1", "2", "3", "yet",
];

/// Whether the words of a name say only that there is none yet: "Baby", "Baby of Awa Ba", "Nouveau-né", "Bébé d’Awa".
pub fn is_unnamed(words: &[String]) -> bool {
    UNNAMED.iter().any(|unnamed| {
        let begins =
            words.iter().zip(unnamed.iter()).filter(|(word, own)| word == *own).count() == unnamed.len();
        begins
            && words.get(unnamed.len()).is_none_or(|next| {
                // "d’Awa" is written in one word.
                let elided =
                    next.strip_prefix('d').and_then(|rest| rest.bytes().next()).is_some_and(is_vowel);
                OF_WHOM.contains(&next.as_str()) || (*unnamed == ["bebe"] && elided)
            })
    })
}

/// A text that is no name (street, place, number): its words joined by one space.
pub fn line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in folded(text) {
        if !word.is_empty() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(&word);
        }
    }
    line.truncate(2 * LONGEST_WORD);
    line
}

/// Letters that are written for one sound, longest first.
const PAIRS: &[(&str, &str)] = &[
    ("tch", "c"),
    ("sch", "s"),
    ("sh", "s"),
    ("ch", "c"),
    ("ph", "f"),
    ("kh", "k"),
    ("gh", "k"),
    ("th", "t"),
    ("dh", "d"),
    ("bh", "b"),
    ("jh", "j"),
    ("zh", "j"),
    ("dj", "j"),
    ("ck", "k"),
    ("qu", "k"),
    ("tz", "s"),
    ("x", "ks"),
    ("q", "k"),
    ("g", "k"),
    ("z", "s"),
    ("v", "f"),
];

/// The consonants of an ASCII word as the ear has them: spellings of one name in several scripts and languages
/// give one skeleton. An opening vowel is `a`; a word without consonants keeps its letters.
pub fn skeleton(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let bytes = word.as_bytes();
    let opening = bytes.first().copied().unwrap_or(b'_');
    let mut at = 0;
    if is_vowel(opening) {
        // Ouattara is Watara.
        if bytes.starts_with(b"ou") && bytes.get(2).is_some_and(|next| is_vowel(*next)) {
            out.push('w');
            at = 2;
        } else {
            out.push('a');
        }
    } else if matches!(opening, b'h' | b'y' | b'w') {
        out.push(char::from(opening));
        at = 1;
    }
    while let Some(byte) = bytes.get(at).copied() {
        let rest = word.get(at..).unwrap_or_default();
        if let Some((from, to)) = PAIRS.iter().find(|(from, _)| rest.starts_with(from)) {
            at += from.len();
            to.chars().for_each(|ch| add(&mut out, ch, bytes, at - from.len()));
            continue;
        }
        match byte {
            b'a' | b'e' | b'i' | b'o' | b'u' | b'y' | b'w' | b'h' => {}
            b'c' => {
                let soft = bytes.get(at + 1).is_some_and(|next| matches!(next, b'e' | b'i' | b'y'));
                add(&mut out, if soft { 's' } else { 'k' }, bytes, at);
            }
            other => add(&mut out, char::from(other), bytes, at),
        }
        at += 1;
    }
    if out.is_empty() || out == "a" { word.to_owned() } else { out }
}

/// A doubled letter is one: what is written twice, not what two syllables begin with.
fn add(out: &mut String, ch: char, bytes: &[u8], at: usize) {
    let after_vowel =
        at > 0 && bytes.get(at - 1).is_some_and(|last| is_vowel(*last) || matches!(last, b'y' | b'w' | b'h'));
    if after_vowel || !out.ends_with(ch) {
        out.push(ch);
    }
}

const fn is_vowel(byte: u8) -> bool {
    matches!(byte, b'a' | b'e' | b'i' | b'o' | b'u')
}

/// The Double Metaphone code (primary, up to six letters) of an ASCII word.
pub fn metaphone(word: &str) -> String {
    DoubleMetaphone::new(Some(6)).double_metaphone(word).primary()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_several_scripts() {
        assert_eq!(words("O'Neil  Jean-Baptiste"), ["oneil", "jean", "baptiste"]);
        assert_eq!(words("عبد الرحمن"), ["abdlrhmn"]);
        assert_eq!(words("Abdul Rahman Diallo"), ["abdulrahman", "diallo"]);
        assert_eq!(words("Thérèse Đặng"), ["therese", "dang"]);
        assert!(words(" -- ").is_empty());
        assert_eq!(line("Rue  de l'Église, 4"), "rue de leglise 4");
    }

    #[test]
    fn a_child_without_a_name_has_none() {
        for none in [
            "Baby",
            "BABY OF AWA BA",
            "Bébé d’Awa",
            "bébé de Awa",
            "Nouveau-né",
            "Baby 2",
            "new born girl",
            "Sans nom",
        ] {
            assert!(is_unnamed(&words(none)), "{none}");
        }
        for name in ["Awa", "Baby Mukendi", "Newton", "Bébé Mukendi", "", "Noname"] {
            assert!(!is_unnamed(&words(name)), "{name}");
        }
    }

    #[test]
    fn doubles_fall_and_syllables_stay() {
        assert_eq!(skeleton("muhammad"), skeleton("mohamed"));
        assert_eq!(skeleton("ouattara"), skeleton("watara"));
        assert_ne!(skeleton("fatou"), skeleton("moussa"));
        assert_eq!(skeleton("aya"), "aya");
    }
}
