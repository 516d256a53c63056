//! From what was typed to an answer, or to an error that a page puts into words.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    number::{Decimals, NumberError, date_of, parse_date, parse_number},
    question::{ChoiceList, Kind, Question},
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
    pub fn from_answer(question: &Question, answer: &Answer) -> RawAnswer {
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
            Answer::Value(value) => {
                // A stored number is written so that it is read back as the same number.
                let text = value.to_string();
                debug_assert!(question.kind != Kind::Bool, "a yes or no question holds a yes or no");
                RawAnswer::typed(text)
            }
        }
    }
}

/// A page's inputs by question.
pub type RawPage = BTreeMap<String, RawAnswer>;

/// Sorts the pairs of a submitted form by question. Pairs of no question are left out.
pub fn raw_page<'q>(questions: impl Iterator<Item = &'q Question>, pairs: &[(String, String)]) -> RawPage {
    let all =
        |name: &str| pairs.iter().filter(|(key, _)| key == name).map(|(_, v)| v.clone()).collect::<Vec<_>>();
    let one = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    let read = |question: &Question| {
        let part = |part: &str| one(&format!("{}.{part}", question.id));
        let date = match (part("day"), part("month"), part("year")) {
            (None, None, None) => None,
            (day, month, year) => Some([day, month, year].map(Option::unwrap_or_default)),
        };
        let state = part("state").filter(|state| !state.is_empty());
        (question.id.clone(), RawAnswer { values: all(&question.id), date, state })
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

/// What a question's own reading needs to know beside the question.
#[derive(Debug, Clone, Copy)]
pub struct Typing<'c> {
    /// The list of choices of a select question.
    pub choices: Option<&'c ChoiceList>,
    /// How many digits follow the decimal mark in the pack's currency.
    pub minor_digits: u32,
}

/// Reads what was typed. `None` is no answer; whether that is allowed depends on whether the question is
/// asked, which the page knows. Whether a place exists is for the page to check too.
pub fn parse(question: &Question, typing: Typing<'_>, raw: &RawAnswer) -> Result<Option<Answer>, FieldError> {
    let mut values: Vec<&str> =
        raw.values.iter().map(|value| value.trim()).filter(|value| !value.is_empty()).collect();
    let mut state = raw.state.as_deref();
    if matches!(question.kind, Kind::Bool | Kind::SelectOne | Kind::SelectMany) {
        let is_state = |value: &&str| *value == DONT_KNOW || *value == REFUSED;
        state = state.or_else(|| values.iter().copied().find(is_state));
        values.retain(|value| !is_state(value));
    }
    let dated = raw.date.as_ref().filter(|parts| parts.iter().any(|part| !part.trim().is_empty()));
    let has_value = !values.is_empty() || (question.kind == Kind::Date && dated.is_some());
    if let Some(state) = state {
        return match state {
            _ if has_value => Err(FieldError::ValueAndState),
            DONT_KNOW if question.dont_know => Ok(Some(Answer::DontKnow)),
            REFUSED if question.refused => Ok(Some(Answer::Refused)),
            _ => Err(FieldError::StateNotAllowed),
        };
    }
    if !has_value {
        return Ok(None);
    }
    let value = match (question.kind, dated) {
        (Kind::Date, Some([day, month, year])) => {
            date_of(day, month, year).map(Value::Date).ok_or(FieldError::NotADate)?
        }
        _ => parse_value(question, typing, &values)?,
    };
    Ok(Some(Answer::Value(value)))
}

fn parse_value(question: &Question, typing: Typing<'_>, values: &[&str]) -> Result<Value, FieldError> {
    let text = values.first().copied().unwrap_or_default();
    let option = |text: &str| match typing.choices {
        // A retired option is refused: the page does not offer it, and a stored answer is not typed again.
        Some(list) if list.options.iter().any(|option| option == text) => Ok(text.to_owned()),
        _ => Err(FieldError::NotAChoice),
    };
    match question.kind {
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
