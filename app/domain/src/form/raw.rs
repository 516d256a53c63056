//! From what was typed to an answer, or to an error that a page puts into words.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    number::{Decimals, NumberError, date_of, parse_date, parse_number},
    question::{Form, Kind, Question},
};
use crate::{
    answers::Answer,
    value::{Value, iso_date},
};

/// The longest text kept as an answer, in characters.
pub const LONGEST_TEXT: usize = 2000;

/// The word that stands for "don't know" in `<question>.state` and in the place of a choice.
pub const DONT_KNOW: &str = "dont_know";
/// The word that stands for a refusal.
pub const REFUSED: &str = "refused";

/// What was typed or ticked for one question, kept as it was for showing the page again.
///
/// The inputs of question `q` are named `q` (several times for a list), `q.day`, `q.month`, `q.year` for a
/// date in three parts, and `q.state` for "don't know" and "refused".
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawAnswer {
    /// What came under the question's own name.
    pub values: Vec<String>,
    /// Day, month and year, for a date in three inputs.
    pub date: Option<[String; 3]>,
    /// `dont_know` or `refused`, when ticked.
    pub state: Option<String>,
}

impl RawAnswer {
    /// One typed value.
    pub fn typed(text: impl Into<String>) -> RawAnswer {
        RawAnswer { values: vec![text.into()], ..RawAnswer::default() }
    }

    /// The one value typed, empty when there is none: what a text input shows again.
    pub fn text(&self) -> &str {
        self.values.first().map_or("", String::as_str)
    }

    /// Whether an option is ticked.
    pub fn has(&self, option: &str) -> bool {
        self.values.iter().any(|value| value == option) || self.state.as_deref() == Some(option)
    }

    /// How a stored answer stands in the inputs of its question.
    pub fn from_answer(answer: &Answer) -> RawAnswer {
        let state = |word: &str| RawAnswer { state: Some(word.into()), ..RawAnswer::default() };
        match answer {
            Answer::DontKnow => state(DONT_KNOW),
            Answer::Refused => state(REFUSED),
            Answer::Value(Value::Bool(flag)) => RawAnswer::typed(if *flag { "yes" } else { "no" }),
            Answer::Value(Value::Many(options)) => {
                RawAnswer { values: options.iter().cloned().collect(), ..RawAnswer::default() }
            }
            Answer::Value(Value::Date(date)) => {
                let parts =
                    [date.day().to_string(), u8::from(date.month()).to_string(), date.year().to_string()];
                RawAnswer { values: vec![iso_date(*date)], date: Some(parts), state: None }
            }
            // A stored number is written so that it is read back as the same number.
            Answer::Value(value) => RawAnswer::typed(value.to_string()),
        }
    }
}

/// A page's inputs by question.
pub type RawPage = BTreeMap<String, RawAnswer>;

/// Sorts the pairs of a submitted form by question, given their ids. Pairs of no question are left out.
pub fn raw_page<'q>(questions: impl Iterator<Item = &'q str>, pairs: &[(String, String)]) -> RawPage {
    let one = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    let read = |id: &str| {
        let values = pairs.iter().filter(|(key, _)| key == id).map(|(_, value)| value.clone()).collect();
        let part = |part: &str| one(&format!("{id}.{part}"));
        let date = match (part("day"), part("month"), part("year")) {
            (None, None, None) => None,
            (day, month, year) => Some([day, month, year].map(Option::unwrap_or_default)),
        };
        let state = part("state").filter(|state| !state.is_empty());
        (id.to_owned(), RawAnswer { values, date, state })
    };
    questions.map(read).collect()
}

/// What is wrong with what was typed for one question. The app puts it into words, all but `Constraint`,
/// whose words are the pack's: `question.<id>.constraint`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldError {
    /// Nothing was answered where an answer is required.
    Required,
    /// This is no number.
    NotANumber,
    /// Only whole numbers are meant.
    NotWhole,
    /// An amount has at most so many decimals.
    TooManyDecimals(u32),
    /// The number can be read two ways: write it without a mark between the thousands.
    Ambiguous,
    /// The number is larger than anything counted here.
    TooLarge,
    /// This is no day of the calendar.
    NotADate,
    /// This is none of the choices.
    NotAChoice,
    /// This is no area of the country.
    NotAPlace,
    /// The text has more than so many characters.
    TooLong(usize),
    /// A value was given and "don't know" or "refused" ticked too: only one can hold.
    ValueAndState,
    /// "Don't know" or "refused" is no answer to this question.
    StateNotAllowed,
    /// The answer does not meet the question's constraint.
    Constraint,
}

/// What reading an answer needs to know of its question: small enough to be sent to the browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typing {
    /// What kind of answer it takes.
    pub kind: Kind,
    /// The options of a select question.
    pub options: Vec<String>,
    /// Whether "don't know" is an answer.
    pub dont_know: bool,
    /// Whether a refusal is an answer.
    pub refused: bool,
    /// How many digits follow the decimal mark in the pack's currency.
    pub minor_digits: u32,
}

impl Typing {
    /// How a question of a form is typed. Retired options are not offered, so they are not taken either.
    pub fn of(form: &Form, question: &Question, minor_digits: u32) -> Typing {
        Typing {
            kind: question.kind,
            options: form.choices_of(question).map(|list| list.options.clone()).unwrap_or_default(),
            dont_know: question.dont_know,
            refused: question.refused,
            minor_digits,
        }
    }
}

/// Reads what was typed. `None` is no answer; whether that is allowed depends on whether the question is
/// asked, which the page knows. Whether a place exists is for the page to check too.
pub fn parse(typing: &Typing, raw: &RawAnswer) -> Result<Option<Answer>, FieldError> {
    let mut values: Vec<&str> =
        raw.values.iter().map(|value| value.trim()).filter(|value| !value.is_empty()).collect();
    let mut state = raw.state.as_deref();
    if matches!(typing.kind, Kind::Bool | Kind::SelectOne | Kind::SelectMany) {
        let is_state = |value: &&str| *value == DONT_KNOW || *value == REFUSED;
        state = state.or_else(|| values.iter().copied().find(is_state));
        values.retain(|value| !is_state(value));
    }
    let dated = raw.date.as_ref().filter(|parts| parts.iter().any(|part| !part.trim().is_empty()));
    let has_value = !values.is_empty() || (typing.kind == Kind::Date && dated.is_some());
    if let Some(state) = state {
        return match state {
            _ if has_value => Err(FieldError::ValueAndState),
            DONT_KNOW if typing.dont_know => Ok(Some(Answer::DontKnow)),
            REFUSED if typing.refused => Ok(Some(Answer::Refused)),
            _ => Err(FieldError::StateNotAllowed),
        };
    }
    if !has_value {
        return Ok(None);
    }
    let value = match (typing.kind, dated) {
        (Kind::Date, Some([day, month, year])) => {
            date_of(day, month, year).map(Value::Date).ok_or(FieldError::NotADate)?
        }
        _ => parse_value(typing, &values)?,
    };
    Ok(Some(Answer::Value(value)))
}

fn parse_value(typing: &Typing, values: &[&str]) -> Result<Value, FieldError> {
    let text = values.first().copied().unwrap_or_default();
    let option = |text: &str| {
        if typing.options.iter().any(|option| option == text) {
            Ok(text.to_owned())
        } else {
            Err(FieldError::NotAChoice)
        }
    };
    match typing.kind {
        Kind::Integer => number(text, Decimals::AtMost(0)),
        Kind::Money => number(text, Decimals::AtMost(typing.minor_digits)),
        Kind::Decimal => number(text, Decimals::Any),
        Kind::Text => {
            if text.chars().count() > LONGEST_TEXT {
                return Err(FieldError::TooLong(LONGEST_TEXT));
            }
            Ok(Value::Text(text.replace("\r\n", "\n")))
        }
        Kind::Place => Ok(Value::Text(text.into())),
        Kind::Date => parse_date(text).map(Value::Date).ok_or(FieldError::NotADate),
        Kind::Bool => match text {
            "yes" | "true" => Ok(Value::Bool(true)),
            "no" | "false" => Ok(Value::Bool(false)),
            _ => Err(FieldError::NotAChoice),
        },
        Kind::SelectOne => option(text).map(Value::Choice),
        Kind::SelectMany => {
            values.iter().map(|value| option(value)).collect::<Result<BTreeSet<_>, _>>().map(Value::Many)
        }
        Kind::Note | Kind::Calc => Err(FieldError::NotAChoice),
    }
}

fn number(text: &str, decimals: Decimals) -> Result<Value, FieldError> {
    parse_number(text, decimals).map(Value::Num).map_err(|error| match (error, decimals) {
        (NumberError::NotANumber, _) => FieldError::NotANumber,
        (NumberError::Ambiguous, _) => FieldError::Ambiguous,
        (NumberError::TooManyDecimals, Decimals::AtMost(0)) => FieldError::NotWhole,
        (NumberError::TooManyDecimals, Decimals::AtMost(digits)) => FieldError::TooManyDecimals(digits),
        (NumberError::TooManyDecimals | NumberError::TooLarge, _) => FieldError::TooLarge,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn typing(kind: Kind) -> Typing {
        let options = ["a", "b", "c"].map(String::from).to_vec();
        Typing { kind, options, dont_know: true, refused: false, minor_digits: 2 }
    }

    fn read(kind: Kind, text: &str) -> Result<Option<Answer>, FieldError> {
        parse(&typing(kind), &RawAnswer::typed(text))
    }

    fn error(kind: Kind, text: &str) -> Option<FieldError> {
        read(kind, text).err()
    }

    #[test]
    fn nothing_typed_is_no_answer() {
        for (_, kind) in Kind::NAMES {
            assert_eq!(read(kind, "  "), Ok(None), "{kind:?}");
            assert_eq!(parse(&typing(kind), &RawAnswer::default()), Ok(None), "{kind:?}");
        }
    }

    #[test]
    fn each_kind_has_its_errors() {
        assert_eq!(error(Kind::Integer, "two"), Some(FieldError::NotANumber));
        assert_eq!(error(Kind::Integer, "2.5"), Some(FieldError::NotWhole));
        assert_eq!(error(Kind::Money, "2.555,1"), None);
        assert_eq!(error(Kind::Money, "0.555"), Some(FieldError::TooManyDecimals(2)));
        assert_eq!(error(Kind::Decimal, "1,234"), Some(FieldError::Ambiguous));
        assert_eq!(error(Kind::Decimal, &"9".repeat(30)), Some(FieldError::TooLarge));
        assert_eq!(error(Kind::Date, "31/2/2026"), Some(FieldError::NotADate));
        assert_eq!(error(Kind::Bool, "maybe"), Some(FieldError::NotAChoice));
        assert_eq!(error(Kind::SelectOne, "d"), Some(FieldError::NotAChoice));
        assert_eq!(error(Kind::SelectMany, "d"), Some(FieldError::NotAChoice));
        assert_eq!(error(Kind::Text, &"x".repeat(2001)), Some(FieldError::TooLong(2000)));
        assert_eq!(error(Kind::Note, "x"), Some(FieldError::NotAChoice));
    }

    #[test]
    fn states_are_answers_where_the_question_takes_them() {
        let ticked = |state: &str, values: &[&str]| {
            let values = values.iter().map(|value| (*value).to_owned()).collect();
            RawAnswer { values, date: None, state: Some(state.into()) }
        };
        let integer = typing(Kind::Integer);
        assert_eq!(parse(&integer, &ticked(DONT_KNOW, &[])), Ok(Some(Answer::DontKnow)));
        assert_eq!(parse(&integer, &ticked(REFUSED, &[])), Err(FieldError::StateNotAllowed));
        assert_eq!(parse(&integer, &ticked(DONT_KNOW, &["3"])), Err(FieldError::ValueAndState));
        assert_eq!(parse(&integer, &ticked("lost", &[])), Err(FieldError::StateNotAllowed));
        assert_eq!(read(Kind::SelectOne, DONT_KNOW), Ok(Some(Answer::DontKnow)));
        assert_eq!(read(Kind::Bool, REFUSED), Err(FieldError::StateNotAllowed));
        let both = RawAnswer { values: vec!["a".into(), DONT_KNOW.into()], ..RawAnswer::default() };
        assert_eq!(parse(&typing(Kind::SelectMany), &both), Err(FieldError::ValueAndState));
    }

    #[test]
    fn a_date_in_three_inputs() {
        let parts = |day: &str, month: &str, year: &str| RawAnswer {
            date: Some([day, month, year].map(String::from)),
            ..RawAnswer::default()
        };
        let date = typing(Kind::Date);
        assert_eq!(parse(&date, &parts("", " ", "")), Ok(None));
        assert_eq!(parse(&date, &parts("5", "", "2026")), Err(FieldError::NotADate));
        let read = parse(&date, &parts("٥", "11", "2026"));
        assert_eq!(read.map(|answer| answer.map(|answer| answer.to_json())), Ok(Some("2026-11-05".into())));
    }

    #[test]
    fn a_submitted_page_is_sorted_by_question() {
        let pairs = [
            ("b", "1"),
            ("a", "x"),
            ("a", "y"),
            ("d.year", "2026"),
            ("a.state", ""),
            ("e.state", "refused"),
            ("z", "1"),
        ];
        let pairs: Vec<(String, String)> = pairs.map(|(key, value)| (key.into(), value.into())).to_vec();
        let page = raw_page(["a", "d", "e", "f"].into_iter(), &pairs);
        assert_eq!(page["a"], RawAnswer { values: vec!["x".into(), "y".into()], date: None, state: None });
        assert_eq!(page["d"].date, Some([String::new(), String::new(), "2026".into()]));
        assert_eq!(page["e"].state.as_deref(), Some("refused"));
        assert_eq!(page["f"], RawAnswer::default());
        assert!(!page.contains_key("z"));
    }

    fn any_kind() -> impl Strategy<Value = Kind> {
        prop::sample::select(Kind::NAMES.map(|(_, kind)| kind).to_vec())
    }

    proptest! {
        #[test]
        fn whatever_is_typed_is_an_answer_or_an_error(
            kind in any_kind(),
            values in prop::collection::vec(".{0,12}", 0..3),
            date in prop::option::of(prop::array::uniform3(".{0,5}")),
            state in prop::option::of("dont_know|refused|.{0,3}"),
        ) {
            let _ = parse(&typing(kind), &RawAnswer { values, date, state });
        }

        #[test]
        fn an_answer_shown_again_is_the_same_answer(kind in any_kind(), text in "[0-9]{1,9}([.][0-9]{1,2})?|[abc]|yes|no|20[0-9]{2}-0[1-9]-1[0-9]") {
            if let Ok(Some(answer)) = read(kind, &text) {
                prop_assert_eq!(parse(&typing(kind), &RawAnswer::from_answer(&answer)), Ok(Some(answer)));
            }
        }
    }
}
