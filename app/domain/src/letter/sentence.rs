//! Sentences with figures in them, as structure: the pack's template gives the words, the decision gives the
//! figures, and whoever shows the sentence writes numbers, money and dates as the language does.

use serde::{Deserialize, Serialize};
use time::Date;

use crate::words::{Piece, pieces};

/// Days in JSON as `YYYY-MM-DD`.
pub(crate) mod iso {
    use crate::value::{iso_date, parse_iso_date};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use time::Date;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape serde asks for")]
    pub fn serialize<S: Serializer>(date: &Date, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&iso_date(*date))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        parse_iso_date(&text).ok_or_else(|| D::Error::custom("a day is written YYYY-MM-DD"))
    }

    /// The same for a day that may be missing.
    pub mod maybe {
        use super::{Date, Deserialize, Deserializer, Error, Serializer, iso_date, parse_iso_date};

        #[expect(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "the shape serde asks for")]
        pub fn serialize<S: Serializer>(date: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
            match date {
                Some(date) => serializer.serialize_str(&iso_date(*date)),
                None => serializer.serialize_none(),
            }
        }

        pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
            match Option::<String>::deserialize(deserializer)? {
                None => Ok(None),
                Some(text) => parse_iso_date(&text)
                    .map(Some)
                    .ok_or_else(|| D::Error::custom("a day is written YYYY-MM-DD")),
            }
        }
    }
}

/// A piece of a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Words of the letter's language.
    Text(String),
    /// Words of whatever language they are in, such as the name of a law: they keep their own direction.
    Apart(String),
    /// A number, in plain digits with a point: `12`, `8.5`.
    Number(String),
    /// An amount in the pack's currency, in minor units.
    Money(i64),
    /// A day.
    Date(#[serde(with = "iso")] Date),
}

/// A sentence, or several.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sentence(pub Vec<Part>);

impl Sentence {
    /// A sentence without figures.
    pub fn plain(text: impl Into<String>) -> Self {
        Self(vec![Part::Text(text.into())])
    }

    /// Fills a template of the pack's words: `{name}` becomes what `value` gives for `name`, and nothing where it
    /// gives nothing. Text that is no template stays as it is written.
    pub fn fill(template: &str, value: impl Fn(&str) -> Option<Vec<Part>>) -> Self {
        let Ok(pieces) = pieces(template) else { return Self::plain(template) };
        let mut parts: Vec<Part> = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Text(text) => push(&mut parts, Part::Text(text.to_owned())),
                Piece::Place(name) => {
                    value(name).into_iter().flatten().for_each(|part| push(&mut parts, part));
                }
            }
        }
        Self(parts)
    }

    /// The sentence in plain text: numbers and days as they are stored, money through `money`.
    pub fn text(&self, money: impl Fn(i64) -> String) -> String {
        let show = |part: &Part| match part {
            Part::Text(text) | Part::Apart(text) | Part::Number(text) => text.clone(),
            Part::Money(minor) => money(*minor),
            Part::Date(date) => crate::value::iso_date(*date),
        };
        self.0.iter().map(show).collect()
    }

    /// Whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.0
            .iter()
            .all(|part| matches!(part, Part::Text(text) | Part::Apart(text) if text.trim().is_empty()))
    }
}

fn push(parts: &mut Vec<Part>, part: Part) {
    match (parts.last_mut(), part) {
        (Some(Part::Text(before)), Part::Text(text)) => before.push_str(&text),
        (_, part) => parts.push(part),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::date;

    fn values(name: &str) -> Option<Vec<Part>> {
        match name {
            "value" => Some(vec![Part::Number("17".into())]),
            "limit" => Some(vec![Part::Money(1200)]),
            "day" => Some(vec![Part::Date(date!(2026 - 11 - 22))]),
            "what_to_do" => Some(vec![Part::Text("Come again.".into())]),
            _ => None,
        }
    }

    #[test]
    fn figures_stand_where_the_template_says() {
        let sentence = Sentence::fill("You are {value}; {limit} is the limit on {day}. {what_to_do}", values);
        assert_eq!(
            sentence.text(|minor| format!("KSF {minor}")),
            "You are 17; KSF 1200 is the limit on 2026-11-22. Come again."
        );
        assert_eq!(sentence.0.len(), 7);
        assert_eq!(sentence.0[6], Part::Text(". Come again.".into()), "text beside text is one text");
    }

    #[test]
    fn an_unknown_name_leaves_nothing_and_no_template_stays() {
        assert_eq!(Sentence::fill("a {nothing} b", values), Sentence::plain("a  b"));
        assert_eq!(Sentence::fill("a { b {Value} {", values), Sentence::plain("a { b {Value} {"));
        assert!(Sentence::fill("{nothing}", values).is_empty());
    }

    #[test]
    fn a_sentence_is_read_back_from_json() {
        let sentence = Sentence::fill("{value} {limit} {day}", values);
        let json = serde_json::to_string(&sentence).unwrap();
        assert_eq!(
            json,
            r#"[{"number":"17"},{"text":" "},{"money":1200},{"text":" "},{"date":"2026-11-22"}]"#
        );
        assert_eq!(serde_json::from_str::<Sentence>(&json).unwrap(), sentence);
    }

    proptest! {
        #[test]
        fn words_outside_the_braces_stay(before in "[^{}]{0,40}", after in "[^{}]{0,40}") {
            let text = Sentence::fill(&format!("{before}{{value}}{after}"), values).text(|m| m.to_string());
            prop_assert_eq!(text, format!("{before}17{after}"));
        }

        #[test]
        fn no_text_is_too_odd_to_fill(template in "\\PC{0,60}") {
            let _ = Sentence::fill(&template, values);
        }
    }
}
