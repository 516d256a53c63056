//! Answers in words: of a question's kind, unit and list of choices.

use domain::answers::Answer;
use domain::form::{Kind, Question};
use domain::pack::Pack;
use domain::value::Value;

use crate::shell::Page;
use crate::words::decimal;

/// An answer as a person reads it.
pub(super) fn words(page: &Page, pack: &Pack, question: &Question, answer: &Answer) -> String {
    match answer {
        Answer::DontKnow => page.t("assess-dont-know"),
        Answer::Refused => page.t("assess-refused"),
        Answer::Value(value) => value_words(page, pack, question, value),
    }
}

fn value_words(page: &Page, pack: &Pack, question: &Question, value: &Value) -> String {
    let lang = page.lang.code();
    let option = |option: &str| pack.option_label(lang, question, option);
    match value {
        Value::Bool(true) => page.t("yes"),
        Value::Bool(false) => page.t("assess-no"),
        Value::Num(number) => {
            let number = decimal(page.lang, &number.to_string());
            let code = || (question.kind == Kind::Money).then(|| pack.about.currency.code.clone());
            match pack.unit_label(lang, question).or_else(code) {
                Some(unit) => format!("{number}\u{a0}{unit}"),
                None => number,
            }
        }
        Value::Date(date) => page.date(*date),
        Value::Text(code) if question.kind == Kind::Place => pack.area_name(lang, code).to_owned(),
        Value::Text(text) => text.clone(),
        Value::Choice(own) => option(own),
        Value::Many(own) => own.iter().map(|own| option(own)).collect::<Vec<_>>().join(", "),
    }
}
