//! A programme in words: who can have it, how much, what ties it to others. Written from the definitions, in the words of the
//! pack, so that what is read here is what decides.
//!
//! One more part of a programme: a function here, and its line on the pages that print it.

use domain::decide::Known;
use domain::definitions::{
    AmountDef, LeafDef, LimitDef, Literal, ParameterDef, ProgrammeDef, RuleNode, Selection, StepDownDef,
    StepKind,
};
use domain::letter::compose::figure;
use domain::letter::{Part, Sentence};
use domain::pack::Pack;
use domain::policy::tree;
use domain::value::Value;
use leptos::prelude::*;
use time::Date;

use super::links::{details, sentence as sentence_of};
use crate::kit::{Cell, Content, SummaryList, Table};
use crate::pages::work::rules::{fact, operator};
use crate::shell::Page;
use crate::words;

/// What a programme is printed from.
#[derive(Clone, Copy)]
pub(super) struct Printed<'a> {
    pub page: &'a Page,
    /// The pack whose words and figures are used.
    pub pack: &'a Pack,
    pub def: &'a ProgrammeDef,
    /// The day of which figures of the law are told.
    pub on: Date,
}

/// What it gives, to whom, under which law, for how long.
pub(super) fn facts(printed: &Printed<'_>) -> SummaryList {
    let Printed { page, pack, def, .. } = printed;
    let mut list = SummaryList::new()
        .row(page.t("programme-kind"), page.t_of("programme-kind", &word(&def.kind)))
        .row(page.t("programme-unit"), page.t_of("programme-unit", &word(&def.unit)))
        .row(page.t("programme-guarantee"), page.t_of("programme-guarantee", def.guarantee.as_str()))
        .row(page.t("programme-law"), Content::view(view! { <bdi>{def.legal_basis.clone()}</bdi> }))
        .row(page.t("programme-from"), page.date(def.valid_from));
    if let Some(line) = &def.budget_line {
        list = list.row(page.t("programme-budget"), line.as_str());
    }
    if let Some(months) = def.duration_months {
        list = list
            .row(page.t("programme-duration"), page.t_with("programme-months", &[("months", months.into())]));
    }
    if let Some(years) = def.ends_at_age {
        list = list
            .row(page.t("programme-up-to-age"), page.t_with("programme-years", &[("years", years.into())]));
    }
    if let Some(months) = def.review_months {
        list = list
            .row(page.t("programme-review"), page.t_with("programme-months", &[("months", months.into())]));
    }
    if !def.documents.is_empty() {
        let names = def.documents.iter().map(|id| page.of_pack(pack, &format!("document.{id}")));
        list = list.row(page.t("programme-documents"), page.list(names));
    }
    if let Some(service) = &def.service {
        list = list.row(page.t("programme-service"), page.of_pack(pack, &format!("service.{service}.name")));
    }
    let places = match &def.selection {
        Selection::Open => page.t("programme-open"),
        Selection::WaitingList { priority, ascending, .. } => {
            let key = if *ascending { "programme-lowest-first" } else { "programme-highest-first" };
            page.t_with(key, &[("fact", fact(page, pack, priority).into())])
        }
    };
    list.row(page.t("programme-places"), places)
}

/// A word as the pack writes it.
pub(super) fn word(of: &impl serde::Serialize) -> String {
    serde_json::to_value(of).ok().and_then(|json| json.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Who can have it, as a sentence with its conditions below it.
pub(super) fn rule(printed: &Printed<'_>) -> AnyView {
    let Printed { page, pack, def, .. } = printed;
    let who = def.who.as_deref().map(|who| {
        let text = page.t_with("programme-who", &[("fact", fact(page, pack, who).into())]);
        view! { <p class="govuk-body">{text}</p> }
    });
    let lead = page.t_of("rule-lead", &format!("{}-{}", word(&def.unit), joined(&def.eligible)));
    view! {
        {who}
        <p class="govuk-body">{lead}</p>
        <ul class="govuk-list govuk-list--bullet">{below(printed, &def.eligible)}</ul>
    }
    .into_any()
}

/// How the nodes below one are joined: `all`, `any`, `not`, `none`; `one` for a condition.
pub(super) fn joined(node: &RuleNode) -> &'static str {
    match node {
        RuleNode::All(_) => "all",
        RuleNode::Any(_) => "any",
        RuleNode::Not(inner) if matches!(**inner, RuleNode::Any(_)) => "none",
        RuleNode::Not(_) => "not",
        RuleNode::Leaf(_) => "one",
    }
}

/// The nodes that a reader sees below one: those of `none of these` stand below it at once.
pub(super) fn shown_below(node: &RuleNode) -> &[RuleNode] {
    match node {
        RuleNode::Not(inner) if matches!(**inner, RuleNode::Any(_)) => tree::parts(inner),
        node => tree::parts(node),
    }
}

/// The lines below a node; a condition alone is its own line.
fn below(printed: &Printed<'_>, node: &RuleNode) -> Vec<AnyView> {
    match node {
        RuleNode::Leaf(leaf) => vec![view! { <li>{line(printed, leaf)}</li> }.into_any()],
        group => shown_below(group).iter().map(|inner| one_below(printed, inner)).collect(),
    }
}

fn one_below(printed: &Printed<'_>, node: &RuleNode) -> AnyView {
    if let RuleNode::Leaf(leaf) = node {
        return view! { <li>{line(printed, leaf)}</li> }.into_any();
    }
    let head = group(printed.page, node);
    view! { <li>{head} <ul class="govuk-list govuk-list--bullet">{below(printed, node)}</ul></li> }.into_any()
}

/// The words of a group.
pub(super) fn group(page: &Page, node: &RuleNode) -> String {
    page.t_of("rule-join", joined(node))
}

/// A condition: what is looked at, how it is compared, with what, and the law behind it.
pub(super) fn line(printed: &Printed<'_>, leaf: &LeafDef) -> AnyView {
    let Printed { page, pack, .. } = printed;
    let parameter = parameter_of(pack, leaf);
    let named = parameter
        .and_then(|own| pack.words.find(page.lang.code(), &format!("parameter.{}", own.id)))
        .map(|name| page.t_with("rule-figure", &[("name", name.into())]));
    let source = leaf.source.clone().or_else(|| parameter.and_then(|own| own.source.clone()));
    view! {
        {fact(page, pack, &leaf.fact)} " " {operator(page, Some(leaf.op))} " " <strong>{limit(printed, leaf)}</strong>
        {named.map(|named| view! { " " {named} })}
        {source.map(|source| view! { <span class="govuk-hint">" " <bdi>{source}</bdi></span> })}
    }
    .into_any()
}

fn parameter_of<'p>(pack: &'p Pack, leaf: &LeafDef) -> Option<&'p ParameterDef> {
    let LimitDef::Param(id) = &leaf.limit else { return None };
    pack.definitions().parameters.iter().find(|own| own.id == *id)
}

/// A condition in one line of text.
pub(super) fn sentence(printed: &Printed<'_>, leaf: &LeafDef) -> String {
    let Printed { page, pack, .. } = printed;
    format!("{} {} {}", fact(page, pack, &leaf.fact), operator(page, Some(leaf.op)), limit(printed, leaf))
}

/// What a rule compares with; a parameter with its figure as it is on the day.
pub(super) fn limit(printed: &Printed<'_>, leaf: &LeafDef) -> String {
    let Printed { page, pack, on, .. } = printed;
    match &leaf.limit {
        LimitDef::Value(value) => literal(printed, leaf, value),
        LimitDef::Values(values) => {
            let all: Vec<String> = values.iter().map(|value| literal(printed, leaf, value)).collect();
            all.join(", ")
        }
        LimitDef::Param(id) => {
            let parameter = parameter_of(pack, leaf);
            let value = parameter.and_then(|own| own.values.iter().rev().find(|value| value.from <= *on));
            value.map_or_else(|| id.clone(), |value| literal(printed, leaf, &value.value))
        }
        LimitDef::Fact(id) => fact(page, pack, id),
    }
}

fn literal(printed: &Printed<'_>, leaf: &LeafDef, literal: &Literal) -> String {
    let Printed { page, pack, .. } = printed;
    let value = match literal {
        Literal::Bool(true) => return page.t("work-rule-yes"),
        Literal::Bool(false) => return page.t("work-rule-no"),
        Literal::Num(number) => Value::Num(*number),
        Literal::Date(day) => Value::Date(*day),
        Literal::Text(text) => Value::Choice(text.clone()),
    };
    figure(pack, page.lang.code(), &Known::Value(value), Some(&leaf.fact), Some(leaf))
        .map(|sentence| spoken(page, pack, &sentence))
        .unwrap_or_default()
}

/// A sentence with its figures as the page's language writes them, as text.
fn spoken(page: &Page, pack: &Pack, sentence: &Sentence) -> String {
    let part = |part: &Part| match part {
        Part::Text(text) | Part::Apart(text) => text.clone(),
        Part::Number(number) => words::decimal(page.lang, number),
        Part::Money(minor) => page.amount(*minor, &pack.about.currency),
        Part::Date(day) => page.date(*day),
    };
    sentence.0.iter().map(part).collect()
}

/// How much it gives; nothing for a programme that gives no amount.
pub(super) fn amount(printed: &Printed<'_>) -> Option<AnyView> {
    let Printed { page, def, .. } = printed;
    let amount = def.amount.as_ref()?;
    Some(
        view! {
            <h2 class="govuk-heading-m">{page.t("programme-amount")}</h2>
            {amount_table(printed, amount)}
        }
        .into_any(),
    )
}

/// How the amount comes about: each step in words, and as the pack writes it.
fn amount_table(printed: &Printed<'_>, amount: &AmountDef) -> Table {
    let Printed { page, pack, def, .. } = printed;
    let head = ["programme-step", "programme-formula"].map(|key| page.t(key));
    let period = page.t_of("work-period", &word(&amount.period));
    let caption = page.t_with("programme-paid", &[("period", period.into())]);
    let code = |text: &str| Content::view(view! { <code>{text.to_owned()}</code> });
    let mut table = Table::new(caption).head(head).row_heads();
    if amount.base.text != "0" {
        table = table.row([Cell::new(page.t("programme-base")), Cell::new(code(&amount.base.text))]);
    }
    for step in &amount.steps {
        let key = format!("programme.{}.step.{}", def.id, step.id);
        let name = pack.words.find(page.lang.code(), &key).unwrap_or(&step.id);
        let formula = match &step.kind {
            StepKind::Add(text) => format!("+ {}", text.text),
            StepKind::Subtract(text) => format!("− {}", text.text),
            StepKind::Per { each, per } => format!("+ {} × {}", each.text, per.text),
            StepKind::Multiply(text) => format!("× {}", text.text),
            StepKind::Taper { of, above, rate } => {
                format!("− {} × ({} − {})", rate.text, of.text, above.text)
            }
        };
        table = table.row([Cell::new(name), Cell::new(code(&formula))]);
    }
    for (key, bound) in [("programme-floor", &amount.floor), ("programme-cap", &amount.cap)] {
        if let Some(bound) = bound {
            table = table.row([Cell::new(page.t(key)), Cell::new(code(&bound.text))]);
        }
    }
    if let Some(times) = amount.times {
        let times = page.number(times.into());
        table = table.row([Cell::new(page.t("programme-times")), Cell::new(times)]);
    }
    table
}

/// What must be kept up to stay in it.
pub(super) fn conditions(printed: &Printed<'_>) -> Option<AnyView> {
    let Printed { page, pack, def, .. } = printed;
    let lines: Vec<AnyView> = def
        .conditions
        .iter()
        .map(|one| page.of_pack(pack, &format!("programme.{}.condition.{}", def.id, one.id)))
        .map(|text| view! { <li>{text}</li> }.into_any())
        .collect();
    (!lines.is_empty()).then(|| {
        view! {
            <h2 class="govuk-heading-m">{page.t("programme-conditions")}</h2>
            <ul class="govuk-list govuk-list--bullet">{lines}</ul>
        }
        .into_any()
    })
}

/// When a household needs it no longer, and how it then steps down.
pub(super) fn graduation(printed: &Printed<'_>) -> Option<AnyView> {
    let Printed { page, pack, def, on } = printed;
    let graduation = def.graduation.as_ref()?;
    let leaves = def.eligible.leaves();
    let entry = leaves.into_iter().find(|leaf| leaf.id == graduation.entry)?;
    let leave = LeafDef { limit: graduation.leave.clone(), ..entry.clone() };
    let leave = limit(&Printed { page, pack, def, on: *on }, &leave);
    let months = |months: u32| page.t_with("programme-months", &[("months", months.into())]);
    let step = |one: &StepDownDef| format!("{}%: {}", page.number(one.percent.into()), months(one.months));
    let steps = page.list(graduation.steps.iter().map(step));
    let counted = [("count", graduation.reviews.into()), ("months", graduation.apart_months.into())];
    let mut list = SummaryList::new()
        .row(page.t("programme-graduation-enter"), sentence(printed, entry))
        .row(
            page.t("programme-graduation-leave"),
            page.t_with("programme-graduation-value", &[("value", leave.into())]),
        )
        .row(page.t("programme-graduation-reviews"), page.t_with("programme-graduation-in-a-row", &counted))
        .row(page.t("programme-graduation-steps"), steps);
    if let Some(service) = &graduation.refer {
        let name = page.of_pack(pack, &format!("service.{service}.name"));
        list = list.row(page.t("programme-graduation-refer"), name);
    }
    Some(
        view! {
            <h2 class="govuk-heading-m">{page.t("programme-graduation")}</h2>
            {list}
        }
        .into_any(),
    )
}

/// What ties it to other programmes.
pub(super) fn links(printed: &Printed<'_>) -> Option<AnyView> {
    let Printed { page, pack, def, .. } = printed;
    let lines: Vec<AnyView> = pack
        .definitions()
        .links
        .iter()
        .filter(|link| link.from == def.id || link.to == def.id)
        .map(|link| {
            let (text, more) = (sentence_of(page, pack, link), details(page, pack, link));
            view! { <li>{text} " " {more}</li> }.into_any()
        })
        .collect();
    (!lines.is_empty()).then(|| {
        view! {
            <h2 class="govuk-heading-m">{page.t("programme-links")}</h2>
            <ul class="govuk-list govuk-list--bullet">{lines}</ul>
        }
        .into_any()
    })
}

/// The worked examples that the pack proves itself by, as its authors named them.
pub(super) fn examples(printed: &Printed<'_>) -> Option<AnyView> {
    let Printed { page, def, .. } = printed;
    if def.examples.is_empty() {
        return None;
    }
    let head = ["programme-example", "programme-expected"].map(|key| page.t(key));
    let mut table = Table::new(page.t("programme-examples")).head(head).row_heads();
    table.caption_classes = "govuk-table__caption--m".into();
    for example in &def.examples {
        let expected = page.t_of("programme-expect", &word(&example.expect));
        table = table.row([Cell::new(example.name.as_str()), Cell::new(expected)]);
    }
    Some(view! { {table} <p class="govuk-hint">{page.t("programme-examples-hint")}</p> }.into_any())
}
