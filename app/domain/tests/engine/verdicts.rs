//! Rules, amounts, documents, queues, and what is missing.

use domain::amount::StepDone;
use domain::decide::{NeedKind, Origin};
use domain::definitions::*;
use domain::expr::cell::Failure;
use domain::needs::NeedState;
use domain::num::Rounding;
use domain::value::{Truth, Value};
use domain::verdict::Verdict;
use serde_json::json;
use time::macros::date;

use crate::build::*;

fn child_grant() -> ProgrammeDef {
    let mut grant = programme(
        "child-grant",
        Level::Household,
        RuleNode::All(vec![
            compared("children_under_5", Op::Ge, "1"),
            leaf("poor", "income_per_person", Op::Le, LimitDef::Param("poverty_line".into())),
        ]),
    );
    let mut rule = amount("0");
    rule.steps =
        vec![step("per_child", StepKind::Per { each: text("param.rate"), per: text("children_under_5") })];
    rule.cap = Some(text("param.rate * 3"));
    grant.amount = Some(rule);
    grant
}

fn pack(programmes: Vec<ProgrammeDef>) -> Definitions {
    let mut definitions = definitions();
    definitions.parameters = vec![parameter("poverty_line", "2400"), parameter("rate", "500")];
    definitions.programmes = programmes;
    definitions
}

fn child(id: &str, age: i64) -> serde_json::Value {
    json!({"id": id, "relation": "child", "age": age})
}

#[test]
fn yes_with_reasons_and_every_step_of_the_amount() {
    let program = program(pack(vec![child_grant()]));
    let decided = decide(
        &program,
        &json!({"answers": {"income": 4800}, "members": [{"id": "h", "relation": "head", "age": 30}, child("k", 2)]}),
    );
    let grant = decision(&decided, "child-grant");
    assert_eq!(grant.verdict, Verdict::Yes);
    assert_eq!(grant.amount.as_ref().unwrap().minor, 500);
    let steps: Vec<StepDone> = grant.amount.as_ref().unwrap().steps.iter().map(|step| step.kind).collect();
    assert_eq!(steps, [StepDone::Base, StepDone::Per]);
    let poor = &grant.reasons[1];
    assert_eq!((poor.origin, poor.truth, poor.decisive), (Origin::Rule, Truth::True, true));
    assert_eq!(poor.value.value(), Some(&Value::Num(n("2400"))));
    assert_eq!(poor.limit.value(), Some(&Value::Num(n("2400"))));
    assert_eq!(poor.source.as_deref(), Some("Order, poverty_line"));
}

#[test]
fn no_names_the_failed_leaf_with_its_figures() {
    let program = program(pack(vec![child_grant()]));
    let decided = decide(
        &program,
        &json!({"answers": {"income": 4801}, "members": [{"id": "h", "relation": "head", "age": 30}, child("k", 2)]}),
    );
    let grant = decision(&decided, "child-grant");
    assert_eq!((grant.verdict, grant.amount.as_ref()), (Verdict::No, None));
    let decisive: Vec<&str> = grant.reasons.iter().filter(|r| r.decisive).map(|r| r.leaf.as_str()).collect();
    assert_eq!(decisive, ["poor"]);
    assert_eq!(grant.reasons[1].value.value(), Some(&Value::Num(n("2400.5"))));
}

#[test]
fn we_need_names_the_question_and_the_member() {
    let program = program(pack(vec![child_grant()]));
    let decided = decide(
        &program,
        &json!({"answers": {}, "members": [{"id": "h", "relation": "head", "age": 30}, {"id": "k", "relation": "child"}]}),
    );
    let grant = decision(&decided, "child-grant");
    assert_eq!(grant.verdict, Verdict::NeedsInformation);
    assert_eq!(needed(grant), ["birth_date@k", "income"]);
}

#[test]
fn a_failed_leaf_settles_it_and_nothing_is_asked() {
    let program = program(pack(vec![child_grant()]));
    let decided =
        decide(&program, &json!({"answers": {}, "members": [{"id": "h", "relation": "head", "age": 30}]}));
    let grant = decision(&decided, "child-grant");
    assert_eq!((grant.verdict, grant.needs.len()), (Verdict::No, 0));
    assert!(
        program
            .open_needs(&program.answers_of(&json!({"members": [{"id": "h", "age": 30}]})), TODAY)
            .is_empty()
    );
}

#[test]
fn a_count_settled_by_one_member_does_not_wait_for_the_others() {
    let program =
        program(pack(vec![programme("p", Level::Household, compared("children_under_5", Op::Ge, "1"))]));
    let decided = decide(&program, &json!({"members": [child("k", 2), {"id": "x", "relation": "child"}]}));
    assert_eq!(verdict(&decided, "p"), Verdict::Yes);
    let undecided = decide(&program, &json!({"members": [child("k", 7), {"id": "x", "relation": "child"}]}));
    assert_eq!(verdict(&undecided, "p"), Verdict::NeedsInformation);
}

#[test]
fn dont_know_and_refused_are_told_apart_and_never_refuse() {
    let program =
        program(pack(vec![programme("p", Level::Household, RuleNode::All(vec![is("a"), is("b"), is("c")]))]));
    let decided =
        decide(&program, &json!({"answers": {"a": {"state": "dont_know"}, "b": {"state": "refused"}}}));
    let p = decision(&decided, "p");
    assert_eq!(p.verdict, Verdict::NeedsInformation);
    let states: Vec<NeedState> = p.needs.iter().map(|need| need.state).collect();
    assert_eq!(states, [NeedState::DontKnow, NeedState::Refused, NeedState::NotAsked]);
}

#[test]
fn persons_are_decided_one_by_one_and_only_those_considered() {
    let mut pension = programme("pension", Level::Member, compared("age", Op::Ge, "65"));
    pension.who = Some("near".into());
    let mut definitions = pack(vec![pension]);
    definitions.facts.push(fact("near", Level::Member, FactType::Bool, "age >= 60"));
    let program = program(definitions);
    let decided =
        decide(&program, &json!({"members": [child("a", 70), child("b", 62), child("c", 20), {"id": "d"}]}));
    let verdicts: Vec<(Option<&str>, Verdict)> =
        decided.programmes.iter().map(|d| (d.member.as_deref(), d.verdict)).collect();
    assert_eq!(
        verdicts,
        [(Some("a"), Verdict::Yes), (Some("b"), Verdict::No), (Some("d"), Verdict::NeedsInformation)]
    );
}

#[test]
fn a_missing_document_is_asked_for_never_held_against_anyone() {
    let mut grant = programme("p", Level::Household, is("a"));
    grant.documents = vec!["birth_certificate".into()];
    let mut definitions = pack(vec![grant]);
    definitions.documents =
        vec![DocumentDef { id: "birth_certificate".into(), level: Level::Household, at: at() }];
    let program = program(definitions);
    for answers in [json!({"a": true}), json!({"a": true, "document_birth_certificate": false})] {
        let decided = decide(&program, &json!({ "answers": answers }));
        let p = decision(&decided, "p");
        assert_eq!((p.verdict, p.needs[0].what), (Verdict::NeedsInformation, NeedKind::Document));
        assert_eq!(p.needs[0].id, "birth_certificate");
    }
    let whole = json!({"answers": {"a": true, "document_birth_certificate": true}});
    assert_eq!(verdict(&decide(&program, &whole), "p"), Verdict::Yes);
    assert_eq!(verdict(&decide(&program, &json!({"answers": {"a": false}})), "p"), Verdict::No);
}

#[test]
fn limited_places_wait_and_promise_nothing() {
    let mut transfer = programme("p", Level::Household, compared("income", Op::Le, "1000"));
    transfer.selection =
        Selection::WaitingList { priority: "income".into(), ascending: true, expires_months: None };
    transfer.amount = Some(amount("200"));
    let program = program(pack(vec![transfer]));
    let decided = decide(&program, &json!({"answers": {"income": 700}}));
    let p = decision(&decided, "p");
    assert_eq!(p.verdict, Verdict::Waiting);
    assert_eq!(p.priority.as_ref().map(|priority| priority.value), Some(n("700")));
}

#[test]
fn a_failed_calculation_is_neither_yes_nor_no() {
    let mut definitions = pack(vec![programme("p", Level::Household, compared("per_room", Op::Lt, "100"))]);
    definitions.facts.push(fact("per_room", Level::Household, FactType::Number, "income / rooms"));
    let program = program(definitions);
    let decided = decide(&program, &json!({"answers": {"income": 700, "rooms": 0}}));
    let p = decision(&decided, "p");
    assert_eq!((p.verdict, p.faults.as_slice()), (Verdict::Fault, &[Failure::DivisionByZero][..]));
    let overflow = decide(
        &program,
        &json!({"answers": {"income": "9000000000000000000", "rooms": "1/9000000000000000000"}}),
    );
    assert_eq!(decision(&overflow, "p").faults, [Failure::Overflow]);
    let two_heads = json!({"members": [{"id": "a", "relation": "head"}, {"id": "b", "relation": "head"}]});
    let mut definitions = pack(vec![programme("p", Level::Household, compared("head_age", Op::Lt, "100"))]);
    definitions.facts.push(fact("head_age", Level::Household, FactType::Number, "head(age)"));
    assert_eq!(
        decision(&decide(&crate::build::program(definitions), &two_heads), "p").faults,
        [Failure::TwoHeads]
    );
}

#[test]
fn floor_cap_taper_and_rounding_each_leave_a_step() {
    let mut rule = amount("1000");
    rule.steps = vec![
        step("bonus", StepKind::Add(text("if(a, 100, 0)"))),
        step("taper", StepKind::Taper { of: text("income"), above: text("500"), rate: text("0.5") }),
        step("share", StepKind::Multiply(text("1/3 * 1"))),
    ];
    rule.floor = Some(text("50"));
    rule.cap = Some(text("300"));
    rule.round = Some(RoundDef { mode: Rounding::HalfUp, to: n("10") });
    let mut grant = programme("p", Level::Household, is("b"));
    grant.amount = Some(rule);
    let mut definitions = pack(vec![grant]);
    definitions.minor_digits = 2;
    let program = program(definitions);
    let given = |answers| {
        let decided = decide(&program, &json!({ "answers": answers }));
        let p = decision(&decided, "p").clone();
        (p.verdict, p.amount.map(|amount| (amount.minor, amount.steps.last().unwrap().kind)))
    };
    // 1100 / 3 = 366.67, capped at 300.
    assert_eq!(
        given(json!({"a": true, "b": true, "income": 0})),
        (Verdict::Yes, Some((30000, StepDone::Cap)))
    );
    // (1000 - 250) / 3 = 250.
    assert_eq!(
        given(json!({"a": false, "b": true, "income": 1000})),
        (Verdict::Yes, Some((25000, StepDone::Multiply)))
    );
    // (1000 - 230) / 3 = 256.67, rounded to 260.
    assert_eq!(
        given(json!({"a": false, "b": true, "income": 960})),
        (Verdict::Yes, Some((26000, StepDone::Rounding)))
    );
    // (1000 - 900) / 3 = 33.33, lifted to 50.
    assert_eq!(
        given(json!({"a": false, "b": true, "income": 2300})),
        (Verdict::Yes, Some((5000, StepDone::Floor)))
    );
    // Tapered to nothing: no empty promise.
    let decided = decide(&program, &json!({"answers": {"a": false, "b": true, "income": 2500}}));
    let p = decision(&decided, "p");
    assert_eq!((p.verdict, p.reasons.last().unwrap().origin), (Verdict::No, Origin::Amount));
    // The amount itself can be what is missing.
    let decided = decide(&program, &json!({"answers": {"b": true, "income": 0}}));
    assert_eq!(needed(decision(&decided, "p")), ["a"]);
}

#[test]
fn what_is_not_to_be_asked_does_not_count() {
    let mut definitions = pack(vec![programme("p", Level::Household, is("b"))]);
    let b = definitions.inputs.iter_mut().find(|input| input.id == "b").unwrap();
    b.relevant = vec![text("a")];
    let strict = program(definitions.clone());
    // Irrelevant, but answered once: it does not count, and nobody can be asked.
    let decided = decide(&strict, &json!({"answers": {"a": false, "b": true}}));
    let p = decision(&decided, "p");
    assert_eq!((p.verdict, p.needs[0].state), (Verdict::NeedsInformation, NeedState::NotRelevant));
    // Whether it concerns them is not known: that is what must be asked.
    assert_eq!(needed(decision(&decide(&strict, &json!({"answers": {"b": true}})), "p")), ["a"]);
    // With a value for "not concerned", there is an answer.
    definitions.inputs.iter_mut().find(|input| input.id == "b").unwrap().when_irrelevant =
        Some(Literal::Bool(false));
    assert_eq!(verdict(&decide(&program(definitions), &json!({"answers": {"a": false}})), "p"), Verdict::No);
}

#[test]
fn a_parameter_counts_from_its_date() {
    let mut definitions = pack(vec![programme(
        "p",
        Level::Household,
        leaf("poor", "income", Op::Le, LimitDef::Param("line".into())),
    )]);
    let dated = |from, value: &str| DatedValue { from, value: Literal::Num(n(value)) };
    let mut line = parameter("line", "100");
    line.values = vec![dated(date!(2026 - 01 - 01), "100"), dated(date!(2026 - 12 - 01), "200")];
    definitions.parameters.push(line);
    let program = program(definitions);
    let answers = program.answers_of(&json!({"answers": {"income": 150}}));
    let on = |day| program.decide(&answers, day).programmes.first().map(|decision| decision.verdict);
    assert_eq!(on(date!(2026 - 11 - 30)), Some(Verdict::No));
    assert_eq!(on(date!(2026 - 12 - 01)), Some(Verdict::Yes));
    // Before the programme's first day there is nothing to decide.
    assert_eq!(on(date!(2025 - 12 - 31)), None);
}

#[test]
fn not_turns_a_leaf_around_and_says_so() {
    let program = program(pack(vec![programme(
        "p",
        Level::Household,
        RuleNode::All(vec![RuleNode::Not(Box::new(is("a"))), RuleNode::Any(vec![is("b"), is("c")])]),
    )]));
    let decided = decide(&program, &json!({"answers": {"a": false, "b": false, "c": true}}));
    let p = decision(&decided, "p");
    assert_eq!(p.verdict, Verdict::Yes);
    let seen: Vec<(&str, Truth, Truth, bool)> =
        p.reasons.iter().map(|r| (r.leaf.as_str(), r.truth, r.met, r.decisive)).collect();
    assert_eq!(
        seen,
        [
            ("a", Truth::False, Truth::True, true),
            ("b", Truth::False, Truth::False, false),
            ("c", Truth::True, Truth::True, true)
        ]
    );
}

#[test]
fn setting_follows_from_the_area_and_age_stands_for_a_birth_date() {
    let program = program(pack(vec![
        programme(
            "rural",
            Level::Household,
            leaf("s", "setting", Op::In, LimitDef::Values(vec![Literal::Text("rural".into())])),
        ),
        programme("adult", Level::Member, compared("age", Op::Ge, "18")),
    ]));
    let decided =
        decide(&program, &json!({"answers": {"area": "P01-D1"}, "members": [{"id": "m", "age": 18}]}));
    assert_eq!(verdict(&decided, "rural"), Verdict::Yes);
    assert_eq!(verdict(&decided, "adult"), Verdict::Yes);
    let unknown = decide(&program, &json!({"answers": {}, "members": []}));
    assert_eq!(needed(decision(&unknown, "rural")), ["area"]);
}

#[test]
fn a_declared_default_is_shown_with_its_reason() {
    let mut definitions = pack(vec![programme("p", Level::Household, compared("help", Op::Le, "10"))]);
    let mut help = fact("help", Level::Household, FactType::Number, "income * 2");
    help.missing = Missing::Default { value: Literal::Num(n("0")), why: "few receive any".into() };
    definitions.facts.push(help);
    let decided = decide(&program(definitions), &json!({"answers": {}}));
    assert_eq!(verdict(&decided, "p"), Verdict::Yes);
    assert_eq!(decided.assumed[0].why, "few receive any");
}

#[test]
fn the_floor_reports_a_guarantee_without_a_programme() {
    let program = program(pack(vec![child_grant()]));
    let decided = decide(
        &program,
        &json!({"answers": {"income": 90000}, "members": [{"id": "h", "relation": "head", "age": 70}, child("k", 2)]}),
    );
    let gaps: Vec<(Guarantee, bool)> =
        decided.floor_gaps.iter().map(|gap| (gap.guarantee, gap.undecided)).collect();
    assert_eq!(gaps, [(Guarantee::Health, false), (Guarantee::Children, false), (Guarantee::Older, false)]);
}

#[test]
fn the_form_asks_only_what_an_open_programme_still_needs() {
    let program = program(pack(vec![
        programme("one", Level::Household, RuleNode::All(vec![is("a"), is("b")])),
        programme("two", Level::Household, RuleNode::Any(vec![is("b"), is("c")])),
    ]));
    let open = |answers| {
        let open = program.open_needs(&program.answers_of(&json!({ "answers": answers })), TODAY);
        open.into_iter()
            .map(|open| format!("{}: {}", open.need.id, open.programmes.join(" ")))
            .collect::<Vec<_>>()
    };
    assert_eq!(open(json!({})), ["a: one", "b: one two", "c: two"]);
    assert_eq!(open(json!({"a": false})), ["b: two", "c: two"]);
    assert_eq!(open(json!({"a": false, "b": true})), [] as [&str; 0]);
}
