//! A fault in a pack: what is wrong, and exactly where. A pack with one fault is not loaded at all.

use std::fmt;

use serde::Serialize;

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

/// What is said where things depend on one another in a ring; [`Fault::is_ring`] knows the sentences by these words.
pub(crate) const RINGS: [&str; 3] =
    ["it depends on itself", "in a ring", "so neither can depend on the other"];

impl Fault {
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
