//! One programme of a pack: what it gives, who can have it and how much, as rules in words.

use axum::extract::{Path, State};
use casework::{Casework, packs};
use domain::decide::Known;
use domain::definitions::{
    AmountDef, LeafDef, LimitDef, LinkKind, Literal, ProgrammeDef, RuleNode, Selection, StepKind,
};
use domain::letter::compose::figure;
use domain::pack::Pack;
use domain::role::Right;
use domain::value::Value;
use leptos::prelude::*;
use time::Date;

use crate::kit::{Cell, Content, SummaryList, Table};
use crate::pages::work::rules::{fact, operator, told};
use crate::shell::{Answer, Failure, Page, render};
use crate::state::SignedIn;

/// What the page is written from.
struct Matter<'a> {
    page: &'a Page,
    pack: &'a Pack,
    def: &'a ProgrammeDef,
    today: Date,
}

/// `GET /packs/{hash}/{programme}`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((hash, programme)): Path<(String, String)>,
) -> Answer {
    actor.require_anywhere(Right::KeepPolicy)?;
    let pack = packs::by_hash(&casework, &hash).await?;
    let def = pack.programme(&programme).ok_or_else(Failure::not_found)?;
    let page = page.back(format!("/packs/{hash}"));
    let title = page.of_pack(&pack, &format!("programme.{programme}.name"));
    let matter = Matter { page: &page, pack: &pack, def, today: casework.today() };
    Ok(render(&page, &title, || show(&matter, &title)))
}

fn show(matter: &Matter<'_>, title: &str) -> AnyView {
    let Matter { page, pack, def, .. } = matter;
    let who = def.who.as_deref().map(|who| {
        let text = page.t_with("programme-who", &[("fact", fact(page, pack, who).into())]);
        view! { <p class="govuk-body">{text}</p> }
    });
    let amount = def.amount.as_ref().map(|amount| {
        view! {
            <h2 class="govuk-heading-m">{page.t("programme-amount")}</h2>
            {amount_table(matter, amount)}
        }
    });
    view! {
        <span class="govuk-caption-l">{page.of_pack(pack, &format!("agency.{}.name", def.agency))}</span>
        <h1 class="govuk-heading-l">{title.to_owned()}</h1>
        <p class="govuk-body">{page.of_pack(pack, &format!("programme.{}.about", def.id))}</p>
        {facts(matter)}
        <h2 class="govuk-heading-m">{page.t("programme-eligible")}</h2>
        {who}
        <ul class="govuk-list govuk-list--bullet">{node(matter, &def.eligible)}</ul>
        {amount}
        {conditions(matter)}
        {links(matter)}
        {examples(matter)}
    }
    .into_any()
}

fn facts(matter: &Matter<'_>) -> SummaryList {
    let Matter { page, pack, def, .. } = matter;
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
fn word(of: &impl serde::Serialize) -> String {
    serde_json::to_value(of).ok().and_then(|json| json.as_str().map(str::to_owned)).unwrap_or_default()
}

/// One node of the rules as a line of a list, with the nodes below it.
fn node(matter: &Matter<'_>, rule: &RuleNode) -> AnyView {
    let page = matter.page;
    let below = |nodes: &[RuleNode]| -> Vec<AnyView> { nodes.iter().map(|one| node(matter, one)).collect() };
    let group = |key: &str, lines: Vec<AnyView>| {
        view! { <li>{page.t(key)} <ul class="govuk-list govuk-list--bullet">{lines}</ul></li> }.into_any()
    };
    match rule {
        RuleNode::All(nodes) => group("programme-all", below(nodes)),
        RuleNode::Any(nodes) => group("programme-any", below(nodes)),
        RuleNode::Not(one) => group("programme-not", vec![node(matter, one)]),
        RuleNode::Leaf(leaf) => line(matter, leaf),
    }
}

fn line(matter: &Matter<'_>, leaf: &LeafDef) -> AnyView {
    let Matter { page, pack, .. } = matter;
    let source = leaf.source.clone().or_else(|| match &leaf.limit {
        LimitDef::Param(id) => {
            pack.definitions().parameters.iter().find(|own| own.id == *id).and_then(|own| own.source.clone())
        }
        _ => None,
    });
    view! {
        <li>
            {fact(page, pack, &leaf.fact)} " " {operator(page, Some(leaf.op))} " " <strong>{limit(matter, leaf)}</strong>
            {source.map(|source| view! { <span class="govuk-hint">" " <bdi>{source}</bdi></span> })}
        </li>
    }
    .into_any()
}

/// What a rule compares with; a parameter with its figure as it is today.
fn limit(matter: &Matter<'_>, leaf: &LeafDef) -> Vec<AnyView> {
    let Matter { page, pack, today, .. } = matter;
    match &leaf.limit {
        LimitDef::Value(value) => literal(matter, leaf, value),
        LimitDef::Values(values) => {
            let mut all: Vec<AnyView> = Vec::new();
            for value in values {
                if !all.is_empty() {
                    all.push(", ".into_any());
                }
                all.extend(literal(matter, leaf, value));
            }
            all
        }
        LimitDef::Param(id) => {
            let parameter = pack.definitions().parameters.iter().find(|own| own.id == *id);
            let value = parameter.and_then(|own| own.values.iter().rev().find(|value| value.from <= *today));
            value.map(|value| literal(matter, leaf, &value.value)).unwrap_or_default()
        }
        LimitDef::Fact(id) => vec![fact(page, pack, id).into_any()],
    }
}

fn literal(matter: &Matter<'_>, leaf: &LeafDef, literal: &Literal) -> Vec<AnyView> {
    let Matter { page, pack, .. } = matter;
    let value = match literal {
        Literal::Bool(true) => return vec![page.t("work-rule-yes").into_any()],
        Literal::Bool(false) => return vec![page.t("work-rule-no").into_any()],
        Literal::Num(number) => Value::Num(*number),
        Literal::Date(day) => Value::Date(*day),
        Literal::Text(text) => Value::Choice(text.clone()),
    };
    figure(pack, page.lang.code(), &Known::Value(value), Some(&leaf.fact), Some(leaf))
        .map(|sentence| told(page, pack, &sentence))
        .unwrap_or_default()
}

/// How the amount comes about: each step in words, and as the pack writes it.
fn amount_table(matter: &Matter<'_>, amount: &AmountDef) -> Table {
    let Matter { page, pack, def, .. } = matter;
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

fn conditions(matter: &Matter<'_>) -> Option<AnyView> {
    let Matter { page, pack, def, .. } = matter;
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

/// What ties it to other programmes.
fn links(matter: &Matter<'_>) -> Option<AnyView> {
    let Matter { page, pack, def, .. } = matter;
    let name = |id: &str| {
        let keys = [format!("programme.{id}.name"), format!("service.{id}.name")];
        keys.iter().find_map(|key| pack.words.find(page.lang.code(), key)).unwrap_or(id).to_owned()
    };
    let lines: Vec<AnyView> = pack
        .definitions()
        .links
        .iter()
        .filter(|link| link.from == def.id || link.to == def.id)
        .map(|link| {
            let args = [("from", name(&link.from).into()), ("to", name(&link.to).into())];
            let key = match &link.kind {
                LinkKind::Opens => "link-opens",
                LinkKind::Requires => "link-requires",
                LinkKind::Excludes { .. } => "link-excludes",
                LinkKind::CountsAsIncome { .. } => "link-counts",
                LinkKind::Offsets => "link-offsets",
                LinkKind::BoostsPriority { .. } => "link-boosts",
                LinkKind::Refers => "link-refers",
                LinkKind::EndsWith => "link-ends",
            };
            view! { <li>{page.t_with(key, &args)}</li> }.into_any()
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
fn examples(matter: &Matter<'_>) -> Option<AnyView> {
    let Matter { page, def, .. } = matter;
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
