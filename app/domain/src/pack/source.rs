//! One file of a pack: its normalised text, its lines, its parsed tables.

use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, fmt::Write as _};
use toml::de::DeTable;

use super::fault::Faults;

/// The text as it is hashed and read: without a byte-order mark, with plain line ends. The same pack
/// checked out on another system, or sent through a mail program, so keeps its hash.
pub(crate) fn normalise(text: &str) -> String {
    text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n").replace('\r', "\n")
}

/// SHA-256 in hex over the names and texts of some (normalised) files, in the order of their names.
/// Lengths are hashed too, so that no text can pass for the name of the next file.
pub(crate) fn hash(files: &BTreeMap<String, String>) -> String {
    let mut sha = Sha256::new();
    for (name, text) in files {
        for part in [name, text] {
            sha.update((part.len() as u64).to_be_bytes());
            sha.update(part.as_bytes());
        }
    }
    hex(&sha.finalize())
}

/// SHA-256 in hex over one (normalised) text.
pub(crate) fn hash_text(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Whether a file of this name is one of a pack; others may lie beside them.
pub(crate) fn is_toml(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("toml"))
}

/// A file being read: maps places in its text to lines.
#[derive(Debug)]
pub(super) struct Source {
    /// The file's name inside the pack.
    pub(super) file: String,
    /// Where each line starts, in bytes.
    starts: Vec<usize>,
}

impl Source {
    /// A file with this name and normalised text.
    pub(super) fn new(file: &str, text: &str) -> Source {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Source { file: file.into(), starts }
    }

    /// The line, from 1, of a place in the text.
    pub(super) fn line(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at)
    }

    /// The file's tables; a text that is not TOML gives each of its faults and what could be read.
    pub(super) fn parse<'t>(&self, text: &'t str, faults: &Faults) -> DeTable<'t> {
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let line = error.span().map_or(0, |span| self.line(span.start));
            faults.add(&self.file, line, "", format!("this is not TOML: {}", error.message()));
        }
        table.into_inner()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_count_from_one() {
        let source = Source::new("a.toml", "a\nb\n\nc");
        let lines: Vec<usize> = [0, 1, 2, 4, 5].iter().map(|at| source.line(*at)).collect();
        assert_eq!(lines, [1, 1, 2, 3, 4]);
    }

    #[test]
    fn hash_ignores_line_ends_and_marks_but_not_where_a_file_ends() {
        let pack = |a: &str, b: &str| {
            hash(&BTreeMap::from([("a".into(), normalise(a)), ("b".into(), normalise(b))]))
        };
        assert_eq!(pack("x\r\ny", "\u{feff}z"), pack("x\ny", "z"));
        assert_ne!(pack("xz", ""), pack("x", "z"));
        assert_eq!(pack("", "").len(), 64);
    }
}
