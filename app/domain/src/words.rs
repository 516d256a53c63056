//! A pack's words: what people read of programmes, questions and reasons, in every language of the pack.
//! The check of a pack makes sure that no word is missing, so reading them cannot fail.

use std::{borrow::Cow, collections::BTreeMap};

/// The words of all languages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    default_language: String,
    languages: BTreeMap<String, BTreeMap<String, String>>,
}

impl Words {
    /// Words by language and key. `default_language` answers for a language the pack does not have.
    pub fn new(default_language: &str, languages: BTreeMap<String, BTreeMap<String, String>>) -> Words {
        Words { default_language: default_language.into(), languages }
    }

    /// The words under a key where there are any: for the optional ones, such as hints.
    pub fn find(&self, language: &str, key: &str) -> Option<&str> {
        let words = self.languages.get(language).or_else(|| self.languages.get(&self.default_language));
        words.and_then(|words| words.get(key)).map(String::as_str)
    }

    /// The words under a key; the key itself where there are none, so that a mistake shows and hides nothing.
    pub fn text<'w>(&'w self, language: &str, key: &'w str) -> &'w str {
        self.find(language, key).unwrap_or(key)
    }

    /// The words under a key with their placeholders filled: `fill("en", "…", &[("limit", "500")])`.
    pub fn fill(&self, language: &str, key: &str, values: &[(&str, &str)]) -> String {
        fill(self.text(language, key), values)
    }

    /// The languages there are words in.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.languages.keys().map(String::as_str)
    }
}

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece<'t> {
    /// Words as they are.
    Text(&'t str),
    /// A placeholder's name.
    Place(&'t str),
}

/// Parts a template into words and placeholders like `{limit}`.
///
/// # Errors
/// A sentence for the pack's author when a brace is left open or closes nothing.
pub fn pieces(template: &str) -> Result<Vec<Piece<'_>>, String> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        let (text, from) = rest.split_at(at);
        let inner = from.strip_prefix('{').ok_or("a } closes nothing: write placeholders like {limit}")?;
        let (name, after) =
            inner.split_once('}').ok_or("a { is not closed: write placeholders like {limit}")?;
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_lowercase() || c == '_') {
            return Err(format!("'{{{name}}}' is not a placeholder: write placeholders like {{limit}}"));
        }
        if !text.is_empty() {
            pieces.push(Piece::Text(text));
        }
        pieces.push(Piece::Place(name));
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    Ok(pieces)
}

/// A template with its placeholders filled; one without a value stays as it is written.
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let Ok(pieces) = pieces(template) else { return template.to_owned() };
    let filled = pieces.into_iter().map(|piece| match piece {
        Piece::Text(text) => Cow::Borrowed(text),
        Piece::Place(name) => match values.iter().find(|(key, _)| *key == name) {
            Some((_, value)) => Cow::Borrowed(*value),
            None => Cow::Owned(format!("{{{name}}}")),
        },
    });
    filled.collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn placeholders_are_filled_once() {
        let values = [("limit", "{value}"), ("value", "7")];
        assert_eq!(fill("{value} of {limit}, {source}.", &values), "7 of {value}, {source}.");
        assert_eq!(fill("plain", &values), "plain");
    }

    #[test]
    fn braces_must_match() {
        assert!(pieces("a { b").is_err());
        assert!(pieces("a } b").is_err());
        assert!(pieces("a {} b").is_err());
        assert!(pieces("a {what to do} b").is_err());
        assert_eq!(pieces("{a}b"), Ok(vec![Piece::Place("a"), Piece::Text("b")]));
    }

    #[test]
    fn an_unknown_language_falls_back() {
        let words = BTreeMap::from([("k".to_owned(), "word".to_owned())]);
        let words = Words::new("en", BTreeMap::from([("en".to_owned(), words)]));
        assert_eq!(words.text("pt", "k"), "word");
        assert_eq!(words.text("en", "missing.key"), "missing.key");
        assert_eq!(words.find("en", "missing.key"), None);
    }

    proptest! {
        #[test]
        fn pieces_put_together_are_the_template(template in "[a-z{}_ ]{0,30}") {
            if let Ok(pieces) = pieces(&template) {
                let again: String = pieces.iter().map(|piece| match piece {
                    Piece::Text(text) => (*text).to_owned(),
                    Piece::Place(name) => format!("{{{name}}}"),
                }).collect();
                prop_assert_eq!(again, template);
            }
        }
    }
}
