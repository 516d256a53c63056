//! Figures as parts of a sentence: what is money, what is a day, what is a word of the pack.

use super::sentence::{Part, Sentence};
use super::{AmountLines, AmountStep};
use crate::amount::{self, Amount, StepDone};
use crate::decide::Known;
use crate::definitions::{LeafDef, LimitDef};
use crate::form::Kind;
use crate::num::{Num, Rounding};
use crate::pack::Pack;
use crate::value::Value;

/// Digits after the point of a number that is no whole one: ratios such as people to a room.
const DECIMALS: i64 = 100;

/// Reads values in the light of a pack.
#[derive(Clone, Copy, Debug)]
pub(super) struct Figures<'p> {
    pub pack: &'p Pack,
    pub language: &'p str,
}

impl Figures<'_> {
    /// What a leaf read or compared with; nothing when it is not known.
    pub fn known(&self, known: &Known, fact: Option<&str>, leaf: Option<&LeafDef>) -> Option<Vec<Part>> {
        let fact = fact.unwrap_or_default();
        Some(match known.value()? {
            Value::Num(number) if self.is_money(fact, leaf) => vec![self.money(*number)],
            Value::Num(number) => vec![Part::Number(plain(*number))],
            Value::Date(day) => vec![Part::Date(*day)],
            // A yes or no is said by the sentence itself.
            Value::Bool(_) => return None,
            Value::Text(text) => vec![Part::Apart(text.clone())],
            Value::Choice(option) => vec![Part::Text(self.option(fact, option))],
            Value::Many(options) => {
                let words: Vec<String> = options.iter().map(|option| self.option(fact, option)).collect();
                vec![Part::Text(words.join(", "))]
            }
        })
    }

    /// An amount in major units.
    pub fn money(&self, major: Num) -> Part {
        let minor = in_minor(major, self.pack.about.currency.minor_digits);
        minor.map_or_else(|| Part::Number(plain(major)), Part::Money)
    }

    /// Whether a fact is counted in the pack's currency: by its unit, by the question's kind, or by the unit of the
    /// parameter it is compared with.
    fn is_money(&self, fact: &str, leaf: Option<&LeafDef>) -> bool {
        let code = self.pack.about.currency.code.as_str();
        let in_currency = |unit: &Option<String>| {
            unit.as_deref()
                .and_then(|unit| unit.strip_prefix(code))
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let definitions = self.pack.definitions();
        if let Some(own) = definitions.facts.iter().find(|own| own.id == fact)
            && own.unit.is_some()
        {
            return in_currency(&own.unit);
        }
        if let Some(question) = self.pack.form.question(fact) {
            return question.kind == Kind::Money;
        }
        match leaf.map(|leaf| &leaf.limit) {
            Some(LimitDef::Param(id)) => definitions
                .parameters
                .iter()
                .any(|parameter| parameter.id == *id && in_currency(&parameter.unit)),
            _ => false,
        }
    }

    /// An option in words: of a fact, of a question's list, of a score's bands.
    fn option(&self, fact: &str, option: &str) -> String {
        let words = |key: String| self.pack.words.find(self.language, &key).map(str::to_owned);
        let of_list = || {
            let question = self.pack.form.question(fact)?;
            words(format!("choice.{}.{option}", question.choices.as_deref()?))
        };
        let of_band = || words(format!("score.{}.band.{option}", fact.strip_suffix("_band")?));
        words(format!("fact.{fact}.{option}"))
            .or_else(of_list)
            .or_else(of_band)
            .unwrap_or_else(|| option.to_owned())
    }
}

/// A number as it is read: whole, or with two digits after the point.
fn plain(number: Num) -> String {
    let step = Num::ratio(1, DECIMALS).unwrap_or(Num::ONE);
    number.rounded(Rounding::HalfUp, step).unwrap_or(number).to_string()
}

/// Minor units, a part of one rounded down; `None` for what does not fit.
fn in_minor(major: Num, minor_digits: u32) -> Option<i64> {
    let in_major = 10_i64.checked_pow(minor_digits)?;
    major.mul(Num::from(in_major)).ok()?.rounded(Rounding::Floor, Num::ONE).ok()?.integer()
}

/// An amount with the words of its steps; a step that `label` has no words for is named by its kind.
pub(super) fn amount_lines(
    amount: &Amount,
    minor_digits: u32,
    label: impl Fn(&amount::AmountStep) -> Option<Sentence>,
) -> AmountLines {
    let step = |step: &amount::AmountStep| AmountStep {
        kind: kind(step.kind).to_owned(),
        label: label(step),
        minor: in_minor(step.after, minor_digits).unwrap_or(amount.minor),
    };
    let period = match amount.period {
        crate::definitions::Period::Month => "month",
        crate::definitions::Period::Year => "year",
        crate::definitions::Period::Once => "once",
    };
    AmountLines {
        minor: amount.minor,
        period: period.to_owned(),
        times: amount.times,
        steps: amount.steps.iter().map(step).collect(),
    }
}

/// The sentence of a step: `{value}` is what it adds or takes, `{count}` for how many.
pub(super) fn step_sentence(template: &str, step: &amount::AmountStep, figures: &Figures<'_>) -> Sentence {
    let figure =
        |name: &str| step.figures.iter().find(|(known, _)| *known == name).map(|(_, number)| *number);
    Sentence::fill(template, |name| match name {
        "value" | "amount" => {
            let value = ["each", "add", "subtract", "offset"].into_iter().find_map(figure);
            let factor = || figure("multiply").or_else(|| figure("rate"));
            value
                .map(|value| vec![figures.money(value)])
                .or_else(|| Some(vec![Part::Number(plain(factor()?))]))
        }
        "limit" => ["cap", "floor"].into_iter().find_map(figure).map(|limit| vec![figures.money(limit)]),
        "count" => figure("per").map(|count| vec![Part::Number(plain(count))]),
        _ => None,
    })
}

/// The word for a kind of step.
fn kind(kind: StepDone) -> &'static str {
    match kind {
        StepDone::Base => "base",
        StepDone::Add => "add",
        StepDone::Subtract => "subtract",
        StepDone::Per => "per",
        StepDone::Multiply => "multiply",
        StepDone::Taper => "taper",
        StepDone::Offset => "offset",
        StepDone::Floor => "floor",
        StepDone::Cap => "cap",
        StepDone::Rounding => "rounding",
        StepDone::HouseholdCap => "household_cap",
    }
}
