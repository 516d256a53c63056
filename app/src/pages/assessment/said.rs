//! What the rules said, in words: sentences with their figures, amounts and their steps, values of facts.

use domain::decide::{Decided, Known};
use domain::letter::compose::{Matter, Told};
use domain::letter::{AmountLines, OnList, Sentence, Standing, sentence};
use domain::life::Note;
use domain::pack::Pack;
use domain::value::Value;
use leptos::prelude::*;
use std::collections::BTreeMap;

use crate::kit::{Content, Html, Tag};
use crate::pages::letter::words::{Voice, lines};
use crate::shell::Page;
use crate::words::decimal;

/// What sentences are made from; the parts that only a whole letter has are left open.
pub(super) fn matter<'a>(
    page: &Page,
    pack: &'a Pack,
    decided: &'a Decided,
    told: &'a BTreeMap<(String, Option<String>), Told>,
    names: &'a BTreeMap<String, String>,
) -> Matter<'a> {
    Matter {
        pack,
        language: page.lang.code(),
        decided,
        outcomes: told,
        names,
        reference: String::new(),
        addressee: String::new(),
        office: "",
        issued_on: decided.as_of,
        appeal_until: decided.as_of,
        bring_by: None,
        receipt: "",
    }
}

/// A sentence; its figures keep their own direction.
pub(super) fn sentence(page: &Page, pack: &Pack, said: &Sentence) -> Content {
    let mut out = Html::new();
    for part in &said.0 {
        match part {
            sentence::Part::Text(text) => {
                out.text(text);
            }
            sentence::Part::Apart(text) => out.tag("bdi").text(text),
            sentence::Part::Number(number) => out.tag("bdi").text(&decimal(page.lang, number)),
            sentence::Part::Money(minor) => {
                out.tag("bdi").text(&page.amount(*minor, &pack.about.currency));
            }
            sentence::Part::Date(date) => out.tag("bdi").text(&page.date(*date)),
        }
    }
    Content::Html(out.finish())
}

/// Sentences as a list.
pub(super) fn sentences(page: &Page, pack: &Pack, said: &[Sentence]) -> Content {
    let mut out = Html::new();
    out.tag("ul").class("govuk-list").with(|out| {
        for one in said {
            out.tag("li").content(&sentence(page, pack, one));
        }
    });
    Content::Html(out.finish())
}

/// The standing of a decision as a tag; the words tell it, the colour only helps.
pub(super) fn standing(page: &Page, standing: Standing) -> Tag {
    let colour = match standing {
        Standing::Award => "green",
        Standing::Held | Standing::Suspended | Standing::Waiting => "yellow",
        Standing::Offered => "blue",
        Standing::Needs => "orange",
        Standing::BeingLookedAt => "purple",
        Standing::NotTaken | Standing::Ended | Standing::NotEligible => "grey",
    };
    Tag::new(page.t_of("letter-answer", standing.code())).colour(colour)
}

/// An amount with its period: "500 KSF a month, ten times a year".
pub(super) fn amount(page: &Page, pack: &Pack, amount: &AmountLines) -> String {
    let money = page.amount(amount.minor, &pack.about.currency);
    let period = page.t_of("results-period", &amount.period);
    match amount.times {
        Some(times) => page.t_with(
            "results-amount-times",
            &[("amount", money.into()), ("period", period.into()), ("times", i64::from(times).into())],
        ),
        None => page.t_with("results-amount-period", &[("amount", money.into()), ("period", period.into())]),
    }
}

/// The steps of an amount with what it is after each.
pub(super) fn steps(page: &Page, pack: &Pack, amount: &AmountLines) -> Content {
    let mut out = Html::new();
    out.tag("ol").class("govuk-list govuk-list--number").with(|out| {
        for step in &amount.steps {
            out.tag("li").with(|out| {
                match &step.label {
                    Some(label) => out.content(&sentence(page, pack, label)),
                    None => out.text(&page.t_of("results-step", &step.kind)),
                };
                out.text(": ");
                out.tag("bdi").text(&page.amount(step.minor, &pack.about.currency));
            });
        }
    });
    Content::Html(out.finish())
}

/// Where a place on a list is, and why one waits.
pub(super) fn on_list(page: &Page, pack: &Pack, on: &OnList) -> Content {
    let voice = Voice { lang: page.lang, currency: pack.about.currency.clone() };
    let said: Vec<Content> = voice.on_list(on).iter().map(Content::from).collect();
    lines(&said)
}

/// What is told of an award's life.
pub(super) fn life(page: &Page, pack: &Pack, notes: &[Note]) -> Content {
    let voice = Voice { lang: page.lang, currency: pack.about.currency.clone() };
    let said: Vec<Content> = notes.iter().flat_map(|note| voice.life(note)).map(Content::from).collect();
    lines(&said)
}

/// A value that the rules read.
pub(super) fn known(page: &Page, pack: &Pack, fact: Option<&str>, known: &Known) -> String {
    match known {
        Known::Unknown => page.t("decision-unknown"),
        Known::Fault(_) => page.t("decision-fault"),
        Known::Value(value) => match value {
            Value::Bool(true) => page.t("yes"),
            Value::Bool(false) => page.t("assess-no"),
            Value::Num(number) => decimal(page.lang, &number.to_string()),
            Value::Date(date) => page.date(*date),
            Value::Text(text) => text.clone(),
            Value::Choice(option) => option_words(page, pack, fact, option),
            Value::Many(options) => {
                let words: Vec<String> =
                    options.iter().map(|option| option_words(page, pack, fact, option)).collect();
                words.join(", ")
            }
        },
    }
}

fn option_words(page: &Page, pack: &Pack, fact: Option<&str>, option: &str) -> String {
    let lang = page.lang.code();
    let fact = fact.unwrap_or_default();
    if let Some(question) = pack.form.question(fact) {
        return pack.option_label(lang, question, option);
    }
    let of_band = || {
        let score = fact.strip_suffix("_band")?;
        pack.words.find(lang, &format!("score.{score}.band.{option}"))
    };
    pack.words.find(lang, &format!("fact.{fact}.{option}")).or_else(of_band).unwrap_or(option).to_owned()
}

/// The name of a fact, score or question.
pub(super) fn fact_name(page: &Page, pack: &Pack, fact: &str) -> String {
    let lang = page.lang.code();
    if let Some(question) = pack.form.question(fact) {
        return pack.question_short(lang, question);
    }
    let of_band = || pack.words.find(lang, &format!("score.{}", fact.strip_suffix("_band")?));
    pack.words
        .find(lang, &format!("fact.{fact}"))
        .or_else(|| pack.words.find(lang, &format!("score.{fact}")))
        .or_else(of_band)
        .unwrap_or(fact)
        .to_owned()
}

/// A programme's name.
pub(super) fn programme_name(page: &Page, pack: &Pack, programme: &str) -> String {
    let lang = page.lang.code();
    let service = format!("service.{programme}.name");
    let own = pack.words.find(lang, &format!("programme.{programme}.name"));
    own.or_else(|| pack.words.find(lang, &service)).unwrap_or(programme).to_owned()
}

/// A heading with a name in it that keeps its direction.
pub(super) fn named(title: &str, name: Option<&str>) -> Content {
    let Some(name) = name else { return title.into() };
    Content::view(view! { {title.to_owned()}" – "<bdi>{name.to_owned()}</bdi> }.into_any())
}
