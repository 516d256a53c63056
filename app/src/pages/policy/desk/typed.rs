//! A condition as it is typed: what is looked at, how it is compared, with what. Which operators and limits are offered follows
//! from the type and the unit of what is looked at.

use std::collections::BTreeSet;

use domain::definitions::{LeafDef, Level, LimitDef, Literal, Op, ParameterDef, RuleNode, Type};
use domain::fault::At;
use domain::pack::{Pack, unit_of, units_agree};
use domain::policy::tree;
use leptos::prelude::*;

use super::super::printed::Printed;
use super::{Matter, number};
use crate::kit::{Checkboxes, Day, Input, Problems, Radios, Select};
use crate::pages::work::rules::{fact, operator};
use crate::shell::Page;
use crate::state::value;

/// Longest source of a figure.
const SOURCE: usize = 200;

/// What is typed.
#[derive(Clone, Debug, Default)]
pub(super) struct Typed {
    /// What is looked at.
    pub fact: String,
    op: String,
    limit: String,
    day: Day,
    param: String,
    other: String,
    options: Vec<String>,
    reason: String,
    source: String,
}

/// Everything that a rule of this unit can look at, by name, with its type.
pub(super) fn readable(pack: &Pack, unit: Level) -> impl Iterator<Item = (&str, &Type)> {
    pack.program.names().filter_map(move |(name, level, ty)| {
        let is_within = level == Level::Household || unit == Level::Member;
        (is_within && !matches!(ty, Type::Many(_))).then_some((name, ty))
    })
}

/// What can be looked at as the lines of a list, in the order of their words.
pub(super) fn facts(page: &Page, matter: &Matter) -> Vec<(String, String)> {
    let pack = &matter.drafted.pack;
    let mut all: Vec<(String, String)> = readable(pack, matter.def.unit)
        .map(|(name, _)| (name.to_owned(), format!("{} ({name})", fact(page, pack, name))))
        .collect();
    all.sort_by_key(|(_, words)| words.to_lowercase());
    all
}

fn type_of<'p>(pack: &'p Pack, unit: Level, name: &str) -> Option<&'p Type> {
    readable(pack, unit).find(|(known, _)| *known == name).map(|(_, ty)| ty)
}

fn operators(ty: &Type) -> &'static [Op] {
    match ty {
        Type::Num | Type::Date => &[Op::Ge, Op::Gt, Op::Le, Op::Lt, Op::Eq, Op::Ne],
        Type::Choice(_) | Type::Text => &[Op::In, Op::NotIn],
        Type::Bool | Type::Many(_) => &[Op::Eq],
    }
}

/// Figures of the law that what is looked at can be compared with: of its type, and of its unit where both say theirs.
fn figures<'p>(pack: &'p Pack, name: &str, ty: &Type) -> impl Iterator<Item = &'p ParameterDef> {
    let unit = unit_of(pack.definitions(), name).map(str::to_owned);
    let is_date = matches!(ty, Type::Date);
    pack.definitions().parameters.iter().filter(move |parameter| {
        let same_type = parameter.values.iter().all(|dated| match dated.value {
            Literal::Num(_) => !is_date,
            Literal::Date(_) => is_date,
            Literal::Bool(_) | Literal::Text(_) => false,
        });
        let same_unit = match (&unit, &parameter.unit) {
            (Some(unit), Some(other)) => units_agree(unit, other),
            _ => true,
        };
        same_type && same_unit
    })
}

/// Other facts that it can be compared with.
fn others<'p>(pack: &'p Pack, unit: Level, name: &'p str, ty: &'p Type) -> impl Iterator<Item = &'p str> {
    let own = unit_of(pack.definitions(), name);
    readable(pack, unit).filter_map(move |(other, found)| {
        let units = own.zip(unit_of(pack.definitions(), other));
        let fits = other != name && found == ty && units.is_none_or(|(one, two)| units_agree(one, two));
        fits.then_some(other)
    })
}

impl Typed {
    /// A condition as it stands.
    pub fn of(leaf: &LeafDef) -> Self {
        let mut typed = Self {
            fact: leaf.fact.clone(),
            op: leaf.op.sign().into(),
            reason: leaf.reason.clone(),
            source: leaf.source.clone().unwrap_or_default(),
            ..Self::default()
        };
        match &leaf.limit {
            LimitDef::Value(Literal::Date(day)) => typed.day = Day::of(*day),
            LimitDef::Value(Literal::Text(text)) => {
                typed.options = vec![text.clone()];
                typed.op = if leaf.op == Op::Ne { Op::NotIn } else { Op::In }.sign().into();
            }
            LimitDef::Value(value) => typed.limit = plain(value),
            LimitDef::Values(values) => typed.options = values.iter().map(plain).collect(),
            LimitDef::Param(id) => typed.param.clone_from(id),
            LimitDef::Fact(id) => typed.other.clone_from(id),
        }
        typed
    }

    /// Another thing is looked at: what it is compared with is chosen anew.
    pub fn about(&self, fact: &str) -> Self {
        if self.fact == fact {
            return self.clone();
        }
        let (reason, source) = (self.reason.clone(), self.source.clone());
        Self { fact: fact.to_owned(), reason, source, ..Self::default() }
    }

    pub fn read(pairs: &[(String, String)]) -> Self {
        let text = |name: &str| value(pairs, name).to_owned();
        let options = pairs.iter().filter(|(name, value)| name == "option" && !value.trim().is_empty());
        Self {
            fact: text("fact"),
            op: text("op"),
            limit: text("limit"),
            day: Day::read("day", &text),
            param: text("param"),
            other: text("other"),
            options: options.map(|(_, value)| value.trim().to_owned()).collect(),
            reason: text("reason"),
            source: text("source"),
        }
    }

    /// Whether there is such a thing for rules of this unit.
    pub fn is_about_something(&self, matter: &Matter) -> bool {
        type_of(&matter.drafted.pack, matter.def.unit, &self.fact).is_some()
    }

    /// The condition that is meant, with this id, or what is wrong with what was typed.
    pub fn leaf(&self, page: &Page, matter: &Matter, id: &str) -> Result<LeafDef, Problems> {
        let pack = &matter.drafted.pack;
        let mut problems = Problems::new();
        let Some(ty) = type_of(pack, matter.def.unit, &self.fact) else {
            problems.add("fact", page.t("desk-fact-unknown"));
            return Err(problems);
        };
        let op = match Op::parse(&self.op) {
            _ if *ty == Type::Bool => Op::Eq,
            Some(op) if operators(ty).contains(&op) => op,
            _ => {
                problems.add("op", page.t("desk-op-missing"));
                Op::Eq
            }
        };
        let (op, limit) = match ty {
            Type::Bool => match self.limit.as_str() {
                "true" => (op, Some(LimitDef::Value(Literal::Bool(true)))),
                "false" => (op, Some(LimitDef::Value(Literal::Bool(false)))),
                _ => {
                    problems.add("limit", page.t("desk-answer-missing"));
                    (op, None)
                }
            },
            Type::Choice(options) => {
                let is_option = |option: &String| options.contains(option);
                let chosen: Vec<String> = self.options.iter().filter(|one| is_option(one)).cloned().collect();
                several(op, chosen, page, &mut problems)
            }
            Type::Text => {
                let typed = self.options.iter().flat_map(|text| text.split(','));
                let typed = typed.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
                several(op, typed.collect(), page, &mut problems)
            }
            Type::Num | Type::Date | Type::Many(_) => (op, self.single(page, matter, ty, &mut problems)),
        };
        if self.source.chars().count() > SOURCE {
            problems.add("source", page.t_with("field-too-long", &[("most", SOURCE.into())]));
        }
        let reason = if self.reason.is_empty() { id } else { &self.reason };
        match limit {
            Some(limit) if problems.is_empty() => Ok(LeafDef {
                id: id.to_owned(),
                fact: self.fact.clone(),
                op,
                limit,
                reason: reason.to_owned(),
                source: (!self.source.is_empty()).then(|| self.source.clone()),
                at: At::default(),
            }),
            _ => Err(problems),
        }
    }

    /// A number or a day: typed, a figure of the law, or another fact, and one of these only.
    fn single(&self, page: &Page, matter: &Matter, ty: &Type, problems: &mut Problems) -> Option<LimitDef> {
        let pack = &matter.drafted.pack;
        let has_day = self.day.is_typed();
        let field = if *ty == Type::Date { "day-day" } else { "limit" };
        let given = [!self.limit.is_empty() || has_day, !self.param.is_empty(), !self.other.is_empty()];
        match given.iter().filter(|given| **given).count() {
            0 => {
                problems.add(field, page.t("desk-limit-missing"));
                return None;
            }
            1 => {}
            _ => {
                problems.add(field, page.t("desk-limit-several"));
                return None;
            }
        }
        if !self.param.is_empty() {
            let known = figures(pack, &self.fact, ty).any(|figure| figure.id == self.param);
            if !known {
                problems.add("param", page.t("desk-param-unknown"));
            }
            return known.then(|| LimitDef::Param(self.param.clone()));
        }
        if !self.other.is_empty() {
            let known = others(pack, matter.def.unit, &self.fact, ty).any(|other| other == self.other);
            if !known {
                problems.add("other", page.t("desk-fact-unknown"));
            }
            return known.then(|| LimitDef::Fact(self.other.clone()));
        }
        let value = if *ty == Type::Date {
            self.day.parse().map(Literal::Date)
        } else {
            number(page, &self.limit).map(Literal::Num)
        };
        if value.is_none() {
            let key = if *ty == Type::Date { "policy-day-wrong" } else { "desk-number-wrong" };
            problems.add(field, page.t(key));
        }
        value.map(LimitDef::Value)
    }

    /// The fields; which, by the type of what is looked at.
    pub fn fields(&self, page: &Page, matter: &Matter, problems: &Problems) -> AnyView {
        let pack = &matter.drafted.pack;
        let Some(ty) = type_of(pack, matter.def.unit, &self.fact) else { return ().into_any() };
        let unit = unit_of(pack.definitions(), &self.fact).map(|unit| {
            let words = pack.words.find(page.lang.code(), &format!("unit.{unit}"));
            words.unwrap_or(unit).to_owned()
        });
        let is = if *ty == Type::Bool { None } else { Some(self.operator(page, ty, problems)) };
        let with = match ty {
            Type::Bool => Radios::new("limit", page.t("desk-answer"))
                .items([("true", page.t("work-rule-yes")), ("false", page.t("work-rule-no"))])
                .value(self.limit.as_str())
                .error(problems.of("limit"))
                .into_any(),
            Type::Choice(options) => self.choice(page, matter, options, problems),
            Type::Text => Input::new("option", page.t("desk-codes"))
                .hint(page.t("desk-codes-hint"))
                .value(self.options.join(", "))
                .error(problems.of("option"))
                .into_any(),
            Type::Num | Type::Date | Type::Many(_) => self.limits(page, matter, ty, unit, problems),
        };
        view! {
            <input type="hidden" name="fact" value=self.fact.clone()/>
            {is}
            {with}
            {self.reasons(page, matter)}
            {Input::new("source", page.t("desk-source"))
                .hint(page.t("desk-source-hint"))
                .value(&self.source)
                .error(problems.of("source"))}
        }
        .into_any()
    }

    fn operator(&self, page: &Page, ty: &Type, problems: &Problems) -> Radios {
        let items = operators(ty).iter().map(|op| (op.sign(), operator(page, Some(*op))));
        Radios::new("op", page.t("desk-op"))
            .items(items)
            .small()
            .value(self.op.as_str())
            .error(problems.of("op"))
    }

    fn choice(
        &self,
        page: &Page,
        matter: &Matter,
        options: &BTreeSet<String>,
        problems: &Problems,
    ) -> AnyView {
        let printed = matter.printed(page);
        let items = options.iter().map(|option| (option.clone(), self.option(&printed, option)));
        Checkboxes::new("option", page.t("desk-options"))
            .items(items)
            .small()
            .values(self.options.iter().cloned())
            .error(problems.of("option"))
            .into_any()
    }

    /// An option in the words of the pack.
    fn option(&self, printed: &Printed<'_>, option: &str) -> String {
        let leaf = LeafDef {
            id: String::new(),
            fact: self.fact.clone(),
            op: Op::Eq,
            limit: LimitDef::Value(Literal::Text(option.to_owned())),
            reason: String::new(),
            source: None,
            at: At::default(),
        };
        super::super::printed::limit(printed, &leaf)
    }

    fn limits(
        &self,
        page: &Page,
        matter: &Matter,
        ty: &Type,
        unit: Option<String>,
        problems: &Problems,
    ) -> AnyView {
        let pack = &matter.drafted.pack;
        let nothing = || (String::new(), page.t("desk-none"));
        let params = figures(pack, &self.fact, ty).map(|figure| {
            let words = pack.words.find(page.lang.code(), &format!("parameter.{}", figure.id));
            let value = figure.values.iter().rev().find(|value| value.from <= matter.drafted.change.live_on);
            let value = value.map(|value| plain(&value.value)).unwrap_or_default();
            (figure.id.clone(), format!("{}: {value}", words.unwrap_or(&figure.id)))
        });
        let params: Vec<(String, String)> = std::iter::once(nothing()).chain(params).collect();
        let others = others(pack, matter.def.unit, &self.fact, ty)
            .map(|other| (other.to_owned(), fact(page, pack, other)));
        let others: Vec<(String, String)> = std::iter::once(nothing()).chain(others).collect();
        let typed = if *ty == Type::Date {
            self.day.input("day", page.t("desk-limit-day")).error(problems.of("day-day")).into_any()
        } else {
            let input = Input::new("limit", page.t("desk-limit"))
                .decimal()
                .width(10)
                .value(&self.limit)
                .error(problems.of("limit"));
            match unit {
                Some(unit) => input.suffix(unit).into_any(),
                None => input.into_any(),
            }
        };
        view! {
            <p class="govuk-body">{page.t("desk-limit-lead")}</p>
            {typed}
            {Select::new("param", page.t("desk-param"))
                .items(params)
                .value(self.param.as_str())
                .error(problems.of("param"))}
            {Select::new("other", page.t("desk-other"))
                .items(others)
                .value(self.other.as_str())
                .error(problems.of("other"))}
        }
        .into_any()
    }

    fn reasons(&self, page: &Page, matter: &Matter) -> Select {
        let known: BTreeSet<&str> =
            matter.def.eligible.leaves().iter().map(|leaf| leaf.reason.as_str()).collect();
        let own = std::iter::once((String::new(), page.t("desk-reason-own")));
        Select::new("reason", page.t("desk-reason"))
            .hint(page.t("desk-reason-hint"))
            .items(own.chain(known.into_iter().map(|reason| (reason.to_owned(), reason.to_owned()))))
            .value(self.reason.as_str())
    }
}

/// One value is compared by `=`, several by `in`.
fn several(op: Op, mut values: Vec<String>, page: &Page, problems: &mut Problems) -> (Op, Option<LimitDef>) {
    let text = |value: String| Literal::Text(value);
    match values.len() {
        0 => {
            problems.add("option", page.t("desk-option-missing"));
            (op, None)
        }
        1 => {
            let op = if op == Op::NotIn { Op::Ne } else { Op::Eq };
            (op, values.pop().map(|value| LimitDef::Value(text(value))))
        }
        _ => (op, Some(LimitDef::Values(values.into_iter().map(text).collect()))),
    }
}

/// A value as it is typed.
pub(super) fn plain(value: &Literal) -> String {
    match value {
        Literal::Bool(flag) => flag.to_string(),
        Literal::Num(number) => number.to_string(),
        Literal::Date(day) => day.to_string(),
        Literal::Text(text) => text.clone(),
    }
}

/// An id for a condition about this fact that no other of the rule has.
pub(super) fn new_id(tree: &RuleNode, fact: &str) -> String {
    tree::free_id(tree, fact)
}
