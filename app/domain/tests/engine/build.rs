//! Definitions and answers in a few words.

use std::collections::BTreeMap;

use domain::decide::{Decided, Need, ProgrammeDecision};
use domain::definitions::*;
use domain::fault::{At, Fault};
use domain::num::{Num, Rounding};
use domain::program::Program;
use domain::receipt::PackName;
use domain::verdict::Verdict;
use serde_json::Value as Json;
use time::Date;
use time::macros::date;

pub const TODAY: Date = date!(2026 - 11 - 01);

pub fn at() -> At {
    At::new("pack.toml", 7)
}

pub fn n(text: &str) -> Num {
    text.parse().unwrap()
}

pub fn text(text: &str) -> ExprText {
    ExprText { text: text.into(), at: at() }
}

pub fn choice(options: &[&str]) -> Type {
    Type::Choice(options.iter().map(|option| (*option).to_owned()).collect())
}

pub fn input(id: &str, level: Level, ty: Type) -> InputDef {
    InputDef {
        id: id.into(),
        level,
        ty,
        unit: None,
        relevant: vec![],
        when_irrelevant: None,
        calculation: None,
        asked: true,
        at: at(),
    }
}

pub fn fact(id: &str, level: Level, ty: FactType, expression: &str) -> FactDef {
    FactDef {
        id: id.into(),
        level,
        ty,
        unit: None,
        expression: text(expression),
        round: None,
        missing: Missing::Propagate,
        at: at(),
    }
}

pub fn parameter(id: &str, value: &str) -> ParameterDef {
    let values = vec![DatedValue { from: date!(2026 - 01 - 01), value: Literal::Num(n(value)) }];
    ParameterDef { id: id.into(), unit: None, source: Some(format!("Order, {id}")), values, at: at() }
}

pub fn leaf(id: &str, fact: &str, op: Op, limit: LimitDef) -> RuleNode {
    RuleNode::Leaf(LeafDef {
        id: id.into(),
        fact: fact.into(),
        op,
        limit,
        reason: id.into(),
        source: None,
        at: at(),
    })
}

pub fn is(fact: &str) -> RuleNode {
    leaf(fact, fact, Op::Eq, LimitDef::Value(Literal::Bool(true)))
}

pub fn compared(fact: &str, op: Op, limit: &str) -> RuleNode {
    leaf(fact, fact, op, LimitDef::Value(Literal::Num(n(limit))))
}

pub fn amount(base: &str) -> AmountDef {
    AmountDef {
        base: text(base),
        steps: vec![],
        floor: None,
        cap: None,
        round: None,
        period: Period::Month,
        times: None,
    }
}

pub fn step(id: &str, kind: StepKind) -> StepDef {
    StepDef { id: id.into(), kind, at: at() }
}

pub fn programme(id: &str, unit: Level, eligible: RuleNode) -> ProgrammeDef {
    ProgrammeDef {
        id: id.into(),
        agency: "welfare".into(),
        kind: Kind::Cash,
        benefit_type: 1,
        unit,
        guarantee: Guarantee::Children,
        budget_line: None,
        legal_basis: "Act 1".into(),
        valid_from: date!(2026 - 01 - 01),
        valid_until: None,
        service: None,
        documents: vec![],
        review_months: None,
        duration_months: None,
        ends_at_age: None,
        selection: Selection::Open,
        tie_break: TieBreak::default(),
        budgets: vec![],
        who: None,
        eligible,
        amount: None,
        conditions: vec![],
        graduation: None,
        examples: vec![],
        at: at(),
    }
}

pub fn link(id: &str, kind: LinkKind, from: &str, to: &str) -> LinkDef {
    LinkDef { id: id.into(), kind, from: from.into(), to: to.into(), holding: Holding::Receiving, at: at() }
}

/// Registry inputs of members, an income, and yes/no questions `a` to `e` of the household.
pub fn definitions() -> Definitions {
    let relations = ["head", "spouse", "child", "parent", "other_relative", "not_related"];
    let mut inputs = vec![
        input("area", Level::Household, Type::Text),
        input("setting", Level::Household, choice(&["urban", "rural"])),
        input("relation", Level::Member, choice(&relations)),
        input("sex", Level::Member, choice(&["male", "female", "other", "unknown"])),
        input("birth_date", Level::Member, Type::Date),
        input("works", Level::Member, Type::Bool),
        input("earns", Level::Member, Type::Num),
        input("income", Level::Household, Type::Num),
        input("rooms", Level::Household, Type::Num),
    ];
    inputs.extend(["a", "b", "c", "d", "e"].map(|id| input(id, Level::Household, Type::Bool)));
    Definitions {
        inputs,
        areas: BTreeMap::from([(
            "P01-D1".to_owned(),
            AreaInputs { setting: Some("rural".into()), province: Some("01".into()) },
        )]),
        facts: vec![
            fact("age", Level::Member, FactType::Number, "years(birth_date, as_of)"),
            fact("size", Level::Household, FactType::Number, "count(members)"),
            fact("children_under_5", Level::Household, FactType::Number, "count(members where age < 5)"),
            fact("income_per_person", Level::Household, FactType::Number, "income / size"),
        ],
        ..Definitions::default()
    }
}

pub fn compile(definitions: Definitions) -> Result<Program, Vec<Fault>> {
    let pack = PackName { id: "test".into(), version: "1".into(), hash: "0".repeat(64) };
    Program::compile(definitions, pack)
}

pub fn program(definitions: Definitions) -> Program {
    compile(definitions).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

pub fn decide(program: &Program, answers: &Json) -> Decided {
    program.decide(&program.answers_of(answers), TODAY)
}

pub fn decision<'d>(decided: &'d Decided, programme: &str) -> &'d ProgrammeDecision {
    decided.programmes.iter().find(|decision| decision.programme == programme).unwrap()
}

pub fn verdict(decided: &Decided, programme: &str) -> Verdict {
    decision(decided, programme).verdict
}

pub fn needed(decision: &ProgrammeDecision) -> Vec<String> {
    let shown = |need: &Need| match &need.member {
        Some(member) => format!("{}@{member}", need.id),
        None => need.id.clone(),
    };
    decision.needs.iter().map(shown).collect()
}

/// The one message a pack is refused with.
pub fn refused(definitions: Definitions) -> String {
    match compile(definitions) {
        Ok(_) => "accepted".into(),
        Err(faults) => faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
    }
}

pub const FLOOR: RoundDef = RoundDef { mode: Rounding::Floor, to: Num::ONE };
