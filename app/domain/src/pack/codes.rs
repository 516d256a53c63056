//! The codes of things in a pack: each once, and named only where there is one.

use std::collections::BTreeMap;

use super::table::Table;

/// The codes of one kind that were read so far; says when one comes twice or is not there.
#[derive(Debug, Default)]
pub(super) struct Codes {
    what: &'static str,
    seen: BTreeMap<String, usize>,
    /// Whether every code counts as there: for a file that is read without the others.
    is_any: bool,
}

impl Codes {
    /// No codes yet of a kind of thing, named as messages name it ("area").
    pub(super) fn of(what: &'static str) -> Codes {
        Codes { what, seen: BTreeMap::new(), is_any: false }
    }

    /// Codes of a kind that another file declares, which is not at hand: whatever is named is taken to be there.
    pub(super) fn any(what: &'static str) -> Codes {
        Codes { is_any: true, ..Codes::of(what) }
    }

    /// Takes up a code; a fault when it was there before.
    pub(super) fn take(&mut self, table: &Table<'_>, key: &str, code: &str) {
        let line = table.line_of(key);
        if let Some(first) = self.seen.insert(code.into(), line) {
            let what = self.what;
            table.fault(
                key,
                format!(
                    "there is already {} {what} '{code}', see line {first}: give this one another",
                    article(what)
                ),
            );
        }
    }

    /// Whether the code is there.
    pub(super) fn has(&self, code: &str) -> bool {
        self.is_any || self.seen.contains_key(code)
    }

    /// All codes.
    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        self.seen.keys().map(String::as_str)
    }

    /// Checks that what a key names is there.
    pub(super) fn check(&self, table: &Table<'_>, key: &str, code: &str) {
        if !self.has(code) {
            let close =
                closest(code, self.all()).map(|near| format!(" Did you mean '{near}'?")).unwrap_or_default();
            table.fault(key, format!("there is no {} '{code}': add it or name another.{close}", self.what));
        }
    }

    /// Checks what an optional key names.
    pub(super) fn check_opt(&self, table: &Table<'_>, key: &str, code: Option<&str>) {
        if let Some(code) = code {
            self.check(table, key, code);
        }
    }

    /// Checks each of several.
    pub(super) fn check_all(&self, table: &Table<'_>, key: &str, codes: &[String]) {
        for code in codes {
            self.check(table, key, code);
        }
    }
}

fn article(word: &str) -> &'static str {
    if word.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

/// The candidate most like a misspelt word: at most a third of its letters differ.
pub(super) fn closest<'c>(word: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    let limit = word.chars().count().div_ceil(3);
    candidates
        .map(|near| (distance(word, near), near))
        .filter(|(far, _)| *far <= limit)
        .min()
        .map(|(_, near)| near)
}

/// Levenshtein's distance: letters to add, drop or change.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut above_left = i;
        let mut left = i + 1;
        for (cell, y) in row.iter_mut().skip(1).zip(&b) {
            let changed = above_left + usize::from(x != *y);
            above_left = *cell;
            left = changed.min(left + 1).min(above_left + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_meant() {
        assert_eq!(distance("rooms", "rooms"), 0);
        assert_eq!(distance("roms", "rooms"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(closest("roms", ["rooms", "rent"].into_iter()), Some("rooms"));
        assert_eq!(closest("toilet", ["rooms", "rent"].into_iter()), None);
    }
}
