//! The words are whole: nothing missing, nothing unused, nothing undefined.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::*;

/// Keys by file stem of one language.
fn keys(lang: Lang) -> BTreeMap<String, BTreeSet<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/words").join(lang.code());
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let mut keys = BTreeSet::new();
        for line in fs::read_to_string(&path).unwrap().lines() {
            let Some((key, _)) = line.split_once('=') else { continue };
            let key = key.trim_end();
            if key.starts_with(|c: char| c.is_ascii_lowercase())
                && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
            {
                assert!(keys.insert(key.to_owned()), "{}: {key} stands there twice", path.display());
            }
        }
        files.insert(path.file_stem().unwrap().to_string_lossy().into_owned(), keys);
    }
    files
}

fn sources(folder: &Path, into: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("words/tests.rs") {
            let text = fs::read_to_string(&path).unwrap();
            into.push((path, text));
        }
    }
}

/// Calls of a function: what stands between its bracket and the first literal's end, if there is one.
fn first_literals<'a>(text: &'a str, call: &str) -> Vec<&'a str> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices(call) {
        let before = text[..at].chars().next_back().unwrap_or(' ');
        if before.is_alphanumeric() || before == '_' {
            continue;
        }
        let rest = &text[at + call.len()..];
        let Some(open) = rest.find(['"', ')', ';', '{', '&']).filter(|&i| rest[i..].starts_with('"')) else {
            continue;
        };
        let literal = &rest[open + 1..];
        if let Some(close) = literal.find('"') {
            found.push(&literal[..close]);
        }
    }
    found
}

fn is_key(literal: &str) -> bool {
    literal.starts_with(|c: char| c.is_ascii_lowercase())
        && literal.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_')
}

#[test]
fn languages_have_the_same_keys() {
    let english = keys(Lang::En);
    let french = keys(Lang::Fr);
    let arabic = keys(Lang::Ar);
    let mut wrong = Vec::new();
    for (file, wanted) in &english {
        let mut compare = |lang: &str, have: Option<&BTreeSet<String>>| {
            let none = BTreeSet::new();
            let have = have.unwrap_or(&none);
            wrong.extend(wanted.difference(have).map(|key| format!("{lang}/{file}.ftl lacks {key}")));
            wrong.extend(
                have.difference(wanted).map(|key| format!("{lang}/{file}.ftl has {key}, English has not")),
            );
        };
        compare("fr", french.get(file));
        if ARABIC_COMPLETE.contains(&file.as_str()) {
            compare("ar", arabic.get(file));
        }
    }
    for file in french.keys().chain(arabic.keys()).filter(|file| !english.contains_key(*file)) {
        wrong.push(format!("{file}.ftl has no English"));
    }
    let mut seen = BTreeMap::new();
    for (file, keys) in &english {
        for key in keys {
            if let Some(other) = seen.insert(key, file) {
                wrong.push(format!("{key} stands in {other}.ftl and {file}.ftl"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_key_is_used_and_every_used_key_exists() {
    let defined: BTreeSet<String> = keys(Lang::En).into_values().flatten().collect();
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let mut used = BTreeSet::new();
    let mut wrong = Vec::new();
    for (path, text) in &files {
        // Test modules stand at the end of a file; their literals do not count as use.
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text);
        let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        let text = &code.join("\n");
        for literal in text.split('"').skip(1) {
            if defined.contains(literal) {
                used.insert(literal.to_owned());
            }
        }
        for call in ["t(", "t_with(", "word("] {
            for key in first_literals(text, call) {
                if is_key(key) && !defined.contains(key) {
                    wrong.push(format!("{}: {call}\"{key}\") has no words", path.display()));
                }
            }
        }
        for set in ["t_of(", "t_if_of("].into_iter().flat_map(|call| first_literals(text, call)) {
            let prefix = format!("{set}-");
            let members: Vec<_> = defined.iter().filter(|key| key.starts_with(&prefix)).cloned().collect();
            if is_key(set) && members.is_empty() {
                wrong.push(format!("{}: no words start with {prefix}", path.display()));
            }
            used.extend(members);
        }
    }
    wrong.extend(defined.difference(&used).map(|key| format!("{key} is never used")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn inserted_values_keep_their_place_in_every_language() {
    for lang in Lang::ALL {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/words");
        for entry in fs::read_dir(folder.join(lang.code())).unwrap() {
            let path = entry.unwrap().path();
            let english = folder.join("en").join(path.file_name().unwrap());
            let places = |path: &Path| {
                let text = fs::read_to_string(path).unwrap();
                let mut places: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
                let mut key = String::new();
                for line in text.lines().filter(|line| !line.starts_with('#')) {
                    if let Some((name, _)) =
                        line.split_once('=').filter(|_| line.starts_with(|c: char| c.is_ascii_lowercase()))
                    {
                        name.trim_end().clone_into(&mut key);
                    }
                    for (at, _) in line.match_indices('$') {
                        let name: String = line[at + 1..]
                            .chars()
                            .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                            .collect();
                        places.entry(key.clone()).or_default().insert(name);
                    }
                }
                places
            };
            let wanted = places(&english);
            for (key, have) in places(&path) {
                let want = wanted.get(&key).cloned().unwrap_or_default();
                assert!(
                    have.is_subset(&want),
                    "{}: {key} inserts {have:?}, English {want:?}",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn an_outcome_is_said_in_the_words_of_the_letter() {
    use domain::letter::Standing;
    use domain::lifecycle::decision::{DecisionState, Outcome};
    for lang in Lang::ALL {
        for outcome in Outcome::ALL.iter().filter(|outcome| **outcome != Outcome::Partly) {
            let standing = Standing::of(*outcome, DecisionState::InForce, false);
            let letter = t_of(lang, "letter-answer", standing.code());
            assert_eq!(t_of(lang, "outcome", outcome.code()), letter, "{lang:?}");
        }
    }
}

#[test]
fn the_best_language_of_a_header() {
    assert_eq!(Lang::negotiate("fr-CA,fr;q=0.9,en;q=0.8"), Some(Lang::Fr));
    assert_eq!(Lang::negotiate("de,en;q=0.3,ar;q=0.7"), Some(Lang::Ar));
    assert_eq!(Lang::negotiate("en;q=0,de"), None);
    assert_eq!(Lang::negotiate("*"), None);
}

#[test]
fn a_missing_key_shows_itself() {
    assert_eq!(t(Lang::Fr, "no-such-key-anywhere"), "no-such-key-anywhere");
}
