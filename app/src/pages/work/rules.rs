//! What the rules said of one decision: in sentences, as the letter says them, and every rule with its figures.

use std::collections::BTreeMap;

use casework::decisions::Shown;
use domain::decide::{Origin, Reason};
use domain::definitions::{LeafDef, Op, ProgrammeDef};
use domain::letter::compose::{Matter, compose, figure};
use domain::letter::{Line, Part, Sentence};
use domain::pack::Pack;
use domain::value::{Truth, Value};
use leptos::prelude::*;

use crate::kit::{Cell, Content, Table};
use crate::shell::Page;
use crate::words;

/// Whom a decision is for: the person, or the household by the one who is written to.
pub(super) fn who(shown: &Shown) -> String {
    let person = shown.decision.person.and_then(|id| shown.home.name_of(&id.to_string()).map(str::to_owned));
    person.unwrap_or_else(|| shown.home.addressee())
}

/// The name of the programme of a decision.
pub fn programme(page: &Page, shown: &Shown) -> String {
    page.of_pack(&shown.pack, &format!("programme.{}.name", shown.decision.programme))
}

/// What the decision gives: the outcome, and the amount where there is one.
pub fn outcome(page: &Page, pack: &Pack, outcome: &str, minor: Option<i64>, period: Option<&str>) -> Content {
    let amount = minor.map(|minor| {
        let amount = page.amount(minor, &pack.about.currency);
        let period = period.map(|period| page.t_of("work-period", period)).unwrap_or_default();
        view! { <div><bdi>{amount}</bdi> " " {period}</div> }
    });
    Content::view(view! { <strong>{page.t_of("outcome", outcome)}</strong> {amount} })
}

/// The sentences that the rules' verdict rests on, in the page's language.
pub fn sentences(page: &Page, shown: &Shown) -> Vec<AnyView> {
    let Some(line) = line(page, shown) else { return Vec::new() };
    let needs = line.needs.iter().map(|need| view! { <li>{need.clone()}</li> }.into_any());
    let nothing = line.nothing_left.then(|| view! { <li>{page.t("letter-nothing-left")}</li> }.into_any());
    line.reasons
        .iter()
        .map(|sentence| view! { <li>{told(page, &shown.pack, sentence)}</li> }.into_any())
        .chain(needs)
        .chain(nothing)
        .collect()
}

/// The decision's part of a letter, as the rules alone would write it.
fn line(page: &Page, shown: &Shown) -> Option<Line> {
    let rules = shown.rules()?;
    let mut decided = shown.decided.clone();
    decided.programmes.retain(|one| one.programme == rules.programme && one.member == rules.member);
    let (outcomes, names) = (BTreeMap::new(), shown.home.names());
    let matter = Matter {
        pack: &shown.pack,
        language: page.lang.code(),
        decided: &decided,
        outcomes: &outcomes,
        names: &names,
        reference: shown.home.reference.clone(),
        addressee: String::new(),
        office: &shown.home.office,
        issued_on: decided.as_of,
        appeal_until: decided.as_of,
        bring_by: None,
        receipt: &shown.receipt,
    };
    compose(&matter).sections.into_iter().next()?.lines.into_iter().next()
}

/// A sentence with its figures as the page's language writes them.
pub fn told(page: &Page, pack: &Pack, sentence: &Sentence) -> Vec<AnyView> {
    let part = |part: &Part| match part {
        Part::Text(text) => text.clone().into_any(),
        Part::Apart(words) => view! { <bdi>{words.clone()}</bdi> }.into_any(),
        Part::Number(number) => view! { <bdi>{words::decimal(page.lang, number)}</bdi> }.into_any(),
        Part::Money(minor) => view! { <bdi>{page.amount(*minor, &pack.about.currency)}</bdi> }.into_any(),
        Part::Date(day) => view! { <bdi>{page.date(*day)}</bdi> }.into_any(),
    };
    sentence.0.iter().map(part).collect()
}

/// Every rule of the programme: what it read, what it compared with, whether that speaks for the programme.
pub fn trace(page: &Page, shown: &Shown) -> Option<Table> {
    let rules = shown.rules()?;
    let def = shown.pack.programme(&rules.programme)?;
    let head =
        ["work-rule-reads", "work-rule-value", "work-rule-wants", "work-rule-holds"].map(|key| page.t(key));
    let mut table = Table::new(page.t("work-rule-trace")).head(head).row_heads().scroll();
    table.caption_classes = "govuk-visually-hidden".into();
    for reason in rules.reasons.iter().filter(|reason| reason.origin == Origin::Rule) {
        table = table.row(row(page, &shown.pack, def, reason));
    }
    Some(table)
}

fn row(page: &Page, pack: &Pack, def: &ProgrammeDef, reason: &Reason) -> [Cell; 4] {
    let leaf = def.eligible.leaves().into_iter().find(|leaf| leaf.id == reason.leaf);
    let value = known(page, pack, reason, leaf, &reason.value);
    let limit = known(page, pack, reason, leaf, &reason.limit);
    let source = reason.source.clone().map(|text| view! { <div class="govuk-hint"><bdi>{text}</bdi></div> });
    let wants = view! { {operator(page, reason.op)} " " {limit} {source} };
    let holds = match reason.met {
        Truth::True => "work-rule-met",
        Truth::False => "work-rule-unmet",
        Truth::Unknown => "work-rule-open",
    };
    let decisive =
        reason.decisive.then(|| view! { <div class="govuk-hint">{page.t("work-rule-decisive")}</div> });
    [
        Cell::new(fact(page, pack, reason.fact.as_deref().unwrap_or(&reason.leaf))),
        Cell::new(value),
        Cell::new(Content::view(wants)),
        Cell::new(Content::view(view! { {page.t(holds)} {decisive} })),
    ]
}

fn known(
    page: &Page,
    pack: &Pack,
    reason: &Reason,
    leaf: Option<&LeafDef>,
    known: &domain::decide::Known,
) -> Content {
    match known.value() {
        None => page.t("work-rule-not-known").into(),
        Some(Value::Bool(true)) => page.t("work-rule-yes").into(),
        Some(Value::Bool(false)) => page.t("work-rule-no").into(),
        Some(_) => figure(pack, page.lang.code(), known, reason.fact.as_deref(), leaf)
            .map(|sentence| Content::view(told(page, pack, &sentence)))
            .unwrap_or_default(),
    }
}

/// A fact, a question or a score in the pack's words.
pub fn fact(page: &Page, pack: &Pack, id: &str) -> String {
    let language = page.lang.code();
    let keys = [format!("fact.{id}"), format!("question.{id}.short"), format!("score.{id}")];
    keys.iter().find_map(|key| pack.words.find(language, key)).unwrap_or(id).to_owned()
}

/// A comparison in words.
pub fn operator(page: &Page, op: Option<Op>) -> String {
    let Some(op) = op else { return String::new() };
    let word = match op {
        Op::Eq => "is",
        Op::Ne => "is-not",
        Op::Lt => "below",
        Op::Le => "at-most",
        Op::Gt => "above",
        Op::Ge => "at-least",
        Op::In => "one-of",
        Op::NotIn => "none-of",
    };
    page.t_of("work-rule-op", word)
}
