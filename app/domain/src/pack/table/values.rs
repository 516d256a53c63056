//! What a key of a table can hold beside texts, flags and tables: days, numbers, one of some words, expressions,
//! literals. One more: an `as_…` that faults what it cannot read, and a required and an optional reader over it.

use time::Date;
use toml::de::DeValue;

use super::{Spanned, Table};
use crate::{
    definitions::{ExprText, Literal},
    fault::At,
    num::Num,
    pack::scalar::{calendar_date, is_code_of_digits, number_text, parse_num},
};

impl Table<'_> {
    fn as_date(&self, key: &str, value: &Spanned<'_>) -> Option<Date> {
        let date = match value.get_ref() {
            DeValue::Datetime(moment) if moment.time.is_none() => {
                moment.date.and_then(|day| calendar_date(day.year.into(), day.month, day.day))
            }
            _ => None,
        };
        if date.is_none() {
            self.wrong(key, "a date like 2026-01-31, without quotes", value);
        }
        date
    }

    /// A required date.
    pub(in crate::pack) fn date(&self, key: &str) -> Option<Date> {
        self.require(key).and_then(|value| self.as_date(key, value))
    }

    /// A date that may be absent.
    pub(in crate::pack) fn opt_date(&self, key: &str) -> Option<Date> {
        self.ask(key).and_then(|value| self.as_date(key, value))
    }

    /// A list of dates; empty when the key is absent.
    pub(in crate::pack) fn dates(&self, key: &str) -> Vec<Date> {
        let Some(value) = self.ask(key) else { return Vec::new() };
        if let DeValue::Array(items) = value.get_ref() {
            return items.iter().filter_map(|item| self.as_date(key, item)).collect();
        }
        self.wrong(key, "a list of dates", value);
        Vec::new()
    }

    fn as_number(&self, key: &str, value: &Spanned<'_>) -> Option<Num> {
        let text = number_text(value.get_ref());
        let number = text.as_deref().and_then(parse_num);
        if number.is_none() {
            self.wrong(key, "a number, or a decimal number in quotes", value);
        }
        number
    }

    /// A number that may be absent, exact as it is written.
    pub(in crate::pack) fn opt_number(&self, key: &str) -> Option<Num> {
        self.ask(key).and_then(|value| self.as_number(key, value))
    }

    /// A required number, exact as it is written.
    pub(in crate::pack) fn number(&self, key: &str) -> Option<Num> {
        self.require(key).and_then(|value| self.as_number(key, value))
    }

    /// One of some words, each standing for a value.
    pub(in crate::pack) fn opt_one_of<T: Clone>(&self, key: &str, options: &[(&str, T)]) -> Option<T> {
        let word = self.opt_text(key)?;
        let found = options.iter().find(|(name, _)| *name == word).map(|(_, value)| value.clone());
        if found.is_none() {
            let known = options.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
            self.fault(key, format!("'{word}' is not one of: {known}"));
        }
        found
    }

    /// One of some words, required.
    pub(in crate::pack) fn one_of<T: Clone>(&self, key: &str, options: &[(&str, T)]) -> Option<T> {
        self.require(key)?;
        self.opt_one_of(key, options)
    }

    /// An expression that may be absent; a bare number or truth value is an expression too.
    pub(in crate::pack) fn opt_expression(&self, key: &str) -> Option<ExprText> {
        let value = self.ask(key)?;
        let line = self.source.line(value.span().start);
        let text = match value.get_ref() {
            DeValue::Boolean(flag) => flag.to_string(),
            DeValue::String(_) => self.as_text(key, value)?,
            other => {
                let text = number_text(other);
                if text.is_none() {
                    self.wrong(key, "an expression in quotes", value);
                }
                text?
            }
        };
        Some(ExprText { text, at: At::new(self.file(), line) })
    }

    /// A required expression.
    pub(in crate::pack) fn expression(&self, key: &str) -> Option<ExprText> {
        self.require(key)?;
        self.opt_expression(key)
    }

    /// A number, a text, a date or a truth value that may be absent.
    pub(in crate::pack) fn opt_literal(&self, key: &str) -> Option<Literal> {
        self.ask(key).and_then(|value| self.as_literal(key, value))
    }

    /// A number, a text, a date or a truth value.
    pub(in crate::pack) fn literal(&self, key: &str) -> Option<Literal> {
        self.require(key).and_then(|value| self.as_literal(key, value))
    }

    /// Several of them; none when the value is not a list.
    pub(in crate::pack) fn literals(&self, key: &str) -> Option<Vec<Literal>> {
        let DeValue::Array(items) = self.ask(key)?.get_ref() else { return None };
        Some(items.iter().filter_map(|item| self.as_literal(key, item)).collect())
    }

    fn as_literal(&self, key: &str, value: &Spanned<'_>) -> Option<Literal> {
        let literal = match value.get_ref() {
            // A decimal is written in quotes, since TOML's own decimals are floats to other tools.
            // A code like "04" stays a text.
            DeValue::String(text) if is_code_of_digits(text) => Some(Literal::Text(text.to_string())),
            DeValue::String(text) => {
                Some(parse_num(text).map_or_else(|| Literal::Text(text.to_string()), Literal::Num))
            }
            DeValue::Boolean(flag) => Some(Literal::Bool(*flag)),
            DeValue::Datetime(_) => return self.as_date(key, value).map(Literal::Date),
            other => number_text(other).and_then(|text| parse_num(&text)).map(Literal::Num),
        };
        if literal.is_none() {
            self.wrong(key, "a number, a text, a date, true or false", value);
        }
        literal
    }
}
