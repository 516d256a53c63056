//! Single values of a pack file: numbers exact as they are written, names, codes, and what to call a value
//! of the wrong kind.

use time::Date;
use toml::de::DeValue;

use crate::num::Num;

pub(super) fn is_code_of_digits(text: &str) -> bool {
    text.len() > 1 && text.starts_with('0') && text.chars().all(|c| c.is_ascii_digit())
}

pub(super) fn parse_num(text: &str) -> Option<Num> {
    text.parse().ok()
}

pub(super) fn number_text(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::Integer(whole) if whole.radix() == 10 => Some(whole.as_str().to_owned()),
        DeValue::Float(decimal) => Some(decimal.as_str().to_owned()),
        DeValue::String(text) => Some(text.trim().to_owned()),
        _ => None,
    }
}

pub(super) fn json_of(value: &DeValue<'_>) -> serde_json::Value {
    match value {
        DeValue::String(text) => serde_json::Value::String(text.to_string()),
        DeValue::Integer(whole) => match i64::from_str_radix(whole.as_str(), whole.radix()) {
            Ok(number) => number.into(),
            Err(_) => serde_json::Value::String(whole.to_string()),
        },
        DeValue::Float(decimal) => serde_json::Value::String(decimal.to_string()),
        DeValue::Boolean(flag) => (*flag).into(),
        DeValue::Datetime(moment) => serde_json::Value::String(moment.to_string()),
        DeValue::Array(items) => items.iter().map(|item| json_of(item.get_ref())).collect(),
        DeValue::Table(entries) => serde_json::Value::Object(
            entries
                .iter()
                .map(|(key, value)| (key.get_ref().to_string(), json_of(value.get_ref())))
                .collect(),
        ),
    }
}

pub(super) fn kind_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a decimal number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

pub(super) fn calendar_date(year: i32, month: u8, day: u8) -> Option<Date> {
    Date::from_calendar_date(year, time::Month::try_from(month).ok()?, day).ok()
}

/// Small letters, digits and `_`, a letter first: what an expression can name.
pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// Letters, digits, `-` and `_`.
pub(super) fn is_code(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}
