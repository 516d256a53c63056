//! A fault in a pack: what is wrong, and exactly where. A pack with one fault is not loaded at all.

use std::fmt;

use serde::Serialize;

use crate::codes::codes;

/// A place in a file of a pack.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At {
    /// The file's path inside the pack, with forward slashes: `programmes/child-grant.toml`.
    pub file: String,
    /// The line, counted from 1; 0 when the file as a whole is meant.
    pub line: usize,
}

impl At {
    /// The place `line` of `file`.
    pub fn new(file: impl Into<String>, line: usize) -> Self {
        Self { file: file.into(), line }
    }

    /// A fault at this place.
    pub fn fault(&self, key: impl Into<String>, message: impl Into<String>) -> Fault {
        Fault { file: self.file.clone(), line: self.line, key: key.into(), message: message.into() }
    }
}

/// One thing wrong with a pack or with a file of answers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Fault {
    /// The file's path inside the pack.
    pub file: String,
    /// The line, counted from 1; 0 when the file as a whole is meant.
    pub line: usize,
    /// The key path inside the file: `eligible.all[1].limit`.
    pub key: String,
    /// One line of plain English that says what is wrong and what to do.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:", self.file, self.line)?;
        if !self.key.is_empty() {
            write!(f, " {}:", self.key)?;
        }
        write!(f, " {}", self.message)
    }
}

impl std::error::Error for Fault {}

codes! {
    /// What kind of thing is wrong, for a page in another language than the sentence.
    pub enum FaultKind {
        /// The text is not TOML.
        NotToml = "not_toml",
        /// A key that nobody knows.
        UnknownKey = "unknown_key",
        /// Something that must be said is not.
        Missing = "missing",
        /// Words are missing in a language.
        MissingWords = "missing_words",
        /// Words that nothing reads.
        UnreadWords = "unread_words",
        /// A placeholder of a sentence that nothing fills, or a brace too many.
        Placeholder = "placeholder",
        /// An example comes out otherwise than it says.
        Example = "example",
        /// A condition lacks an example.
        Untried = "untried",
        /// Things depend on one another in a ring.
        Ring = "ring",
        /// Bands leave a hole or overlap.
        Bands = "bands",
        /// Two units are compared that cannot be.
        Unit = "unit",
        /// Two kinds of values are compared that cannot be.
        Comparison = "comparison",
        /// Something is named that is not there.
        NoSuch = "no_such",
        /// An id or a code stands twice.
        Twice = "twice",
        /// An amount or a budget below 0.
        Negative = "negative",
        /// Dates out of order, or two periods that overlap.
        Dates = "dates",
        /// A list without anything in it.
        EmptyList = "empty_list",
        /// A question or an option that is retired.
        Retired = "retired",
        /// Anything else: the sentence says it.
        Other = "other",
    }
}

/// The kinds by the words of their sentences, the first that fits.
const KINDS: [(FaultKind, &[&str]); 15] = [
    (FaultKind::NotToml, &["this is not TOML"]),
    (FaultKind::UnknownKey, &["this key is not known"]),
    (FaultKind::MissingWords, &["these words are missing", "these words are empty"]),
    (FaultKind::UnreadWords, &["nothing in the pack reads these words"]),
    (
        FaultKind::Placeholder,
        &["nothing fills {", "cannot be filled", "is filled by", "write placeholders like"],
    ),
    (FaultKind::Example, &["the example expects"]),
    (FaultKind::Untried, &["this rule has no example"]),
    (FaultKind::Unit, &["compare the same"]),
    (FaultKind::Comparison, &["cannot be compared", "is not one of the options", "wants", "goes with"]),
    (FaultKind::Negative, &["not below 0", "is outside 0"]),
    (
        FaultKind::Dates,
        &["before it begins", "on some of these days", "the order of their dates", "order of their dates"],
    ),
    (FaultKind::EmptyList, &["this list is empty"]),
    (FaultKind::Retired, &["retired"]),
    (FaultKind::Twice, &["there is already", "stands twice", "is there twice", "already is"]),
    (FaultKind::NoSuch, &["there is no "]),
];

/// What is said where things depend on one another in a ring; [`Fault::is_ring`] knows the sentences by these words.
pub(crate) const RINGS: [&str; 3] =
    ["it depends on itself", "in a ring", "so neither can depend on the other"];

impl Fault {
    /// What kind of thing is wrong.
    pub fn kind(&self) -> FaultKind {
        if self.is_ring() {
            return FaultKind::Ring;
        }
        let says = |words: &&str| self.message.contains(*words);
        let of_words = KINDS.iter().find(|(_, words)| words.iter().any(says));
        if let Some((kind, _)) = of_words {
            return *kind;
        }
        if self.is_of_bands() {
            return FaultKind::Bands;
        }
        let asks = ["is missing", "add it", "needs an", "needs at least", "needs its", "say what", "say how"];
        if asks.iter().any(says) { FaultKind::Missing } else { FaultKind::Other }
    }

    /// Whether it tells of things that depend on one another in a ring.
    pub fn is_ring(&self) -> bool {
        RINGS.iter().any(|words| self.message.contains(words))
    }

    /// Whether it tells of bands or points of a score that leave a hole or overlap.
    pub fn is_of_bands(&self) -> bool {
        let ends = [".band", ".bands", ".points"];
        self.file == "scores.toml" && ends.iter().any(|end| self.key.ends_with(end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::alone;

    /// The kinds of what is wrong with a text by itself.
    fn kinds(name: &str, text: &str) -> Vec<FaultKind> {
        alone::read(name, text).1.iter().map(Fault::kind).collect()
    }

    #[test]
    fn what_the_reader_of_packs_says_has_its_kind() {
        let figure = "[[parameter]]\nid = \"a\"\ntype = \"money\"\nsource = \"Act\"\n";
        let values = "values = [{ from = 2026-01-01, value = 5 }]\n";
        for (text, kind) in [
            ("[[parameter]\n".to_owned(), FaultKind::NotToml),
            (format!("{figure}{values}surprise = 1\n"), FaultKind::UnknownKey),
            (format!("{figure}{values}{figure}{values}"), FaultKind::Twice),
            (figure.to_owned(), FaultKind::Missing),
            (
                format!(
                    "{figure}values = [{{ from = 2026-01-01, value = 5 }}, {{ from = 2025-01-01, value = 6 }}]\n"
                ),
                FaultKind::Dates,
            ),
        ] {
            let found = kinds("parameters.toml", &text);
            assert!(
                found.contains(&kind),
                "{kind:?}: {found:?} {:?}",
                alone::read("parameters.toml", &text).1
            );
        }
        let ring = At::default().fault("a", "it depends on itself: a → b → a");
        assert_eq!(ring.kind(), FaultKind::Ring);
        let unit = At::default().fault("a", "'age' is in years, but the limit is in KSF: compare the same");
        assert_eq!(unit.kind(), FaultKind::Unit);
        assert_eq!(At::default().fault("a", "something new").kind(), FaultKind::Other);
    }
}
