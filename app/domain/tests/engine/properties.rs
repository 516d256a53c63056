//! What holds for any household, under a pack with every kind of link and term.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use domain::amount::Amount;
use domain::answers::{Answer, Answers, MemberAnswers};
use domain::decide::Decided;
use domain::definitions::*;
use domain::num::Num;
use domain::program::Program;
use domain::value::Value;
use domain::verdict::Verdict;
use proptest::prelude::*;
use time::Date;

use crate::build::*;

pub static PROGRAM: LazyLock<Program> = LazyLock::new(|| program(pack()));

pub fn pack() -> Definitions {
    let mut definitions = definitions();
    definitions.inputs.iter_mut().find(|input| input.id == "d").unwrap().relevant =
        vec![text("a or rooms > 2")];
    definitions.inputs.iter_mut().find(|input| input.id == "e").unwrap().relevant = vec![text("not b")];
    definitions.inputs.iter_mut().find(|input| input.id == "e").unwrap().when_irrelevant =
        Some(Literal::Bool(false));
    definitions.facts.extend([
        fact("per_room", Level::Household, FactType::Number, "size / rooms"),
        fact("workers", Level::Household, FactType::Number, "count(members where works)"),
        fact("earned", Level::Household, FactType::Number, "sum(members where works of earns)"),
        fact("eldest", Level::Household, FactType::Number, "max(members of age)"),
        fact("child_works", Level::Household, FactType::Bool, "any(members where age < 15 of works)"),
        fact("all_adults_work", Level::Household, FactType::Bool, "all(members where age >= 18 of works)"),
        fact("head_woman", Level::Household, FactType::Bool, "head(sex) = 'female'"),
        fact("share", Level::Household, FactType::Number, "if(a, income / 2, income)"),
    ]);
    definitions.scores = vec![ScoreDef {
        id: "s".into(),
        level: Level::Household,
        stratum: Some("setting".into()),
        intercept: Strata::Same(n("5")),
        terms: vec![
            TermDef {
                id: "r".into(),
                fact: "rooms".into(),
                kind: TermKind::Linear { coefficient: Strata::Same(n("0.5")) },
                at: at(),
            },
            TermDef {
                id: "h".into(),
                fact: "head_woman".into(),
                kind: TermKind::Indicator { coefficient: Strata::Same(n("-1")) },
                at: at(),
            },
        ],
        multiply: n("10"),
        round: Some(FLOOR),
        bands: vec![
            BandDef {
                id: "low".into(),
                limits: Limits { below: Some(text("60")), ..Limits::default() },
                at: at(),
            },
            BandDef {
                id: "high".into(),
                limits: Limits { from: Some(text("60")), ..Limits::default() },
                at: at(),
            },
        ],
        source: None,
        at: at(),
    }];
    let with_amount = |mut programme: ProgrammeDef, rule: AmountDef| {
        programme.amount = Some(rule);
        programme
    };
    let band = leaf("band", "s_band", Op::Eq, LimitDef::Value(Literal::Text("low".into())));
    let rules = [
        RuleNode::All(vec![
            compared("children_under_5", Op::Ge, "1"),
            compared("income_per_person", Op::Le, "500"),
        ]),
        RuleNode::Any(vec![is("a"), RuleNode::Not(Box::new(is("b"))), is("child_works")]),
        RuleNode::All(vec![band, RuleNode::Any(vec![is("d"), is("e")])]),
        RuleNode::All(vec![
            compared("per_room", Op::Gt, "1"),
            RuleNode::Not(Box::new(is("all_adults_work"))),
        ]),
        RuleNode::Any(vec![compared("earned", Op::Lt, "100"), compared("workers", Op::Eq, "0")]),
    ];
    let bounded = AmountDef {
        steps: vec![
            step("per", StepKind::Per { each: text("70"), per: text("children_under_5") }),
            step("taper", StepKind::Taper { of: text("share"), above: text("200"), rate: text("1/3 * 1") }),
        ],
        floor: Some(text("40")),
        cap: Some(text("250")),
        round: Some(RoundDef { mode: domain::num::Rounding::HalfUp, to: n("30") }),
        ..amount("100")
    };
    for (i, rule) in rules.into_iter().enumerate() {
        let rule = programme(&format!("h{i}"), Level::Household, rule);
        definitions
            .programmes
            .push(with_amount(rule, if i == 0 { bounded.clone() } else { amount(&format!("{}", 90 * i)) }));
    }
    definitions
        .programmes
        .push(with_amount(programme("m0", Level::Member, compared("age", Op::Ge, "60")), amount("120")));
    definitions.programmes.push(with_amount(
        programme("m1", Level::Member, is("works")),
        AmountDef { period: Period::Year, ..amount("earns") },
    ));
    definitions.programmes[4].selection =
        Selection::WaitingList { priority: "s".into(), ascending: true, expires_months: None };
    definitions.links = vec![
        link("opens", LinkKind::Opens, "m0", "h1"),
        link("requires", LinkKind::Requires, "h3", "h1"),
        link("excludes", LinkKind::Excludes { prefer: Prefer::HigherValue }, "h2", "h3"),
        link("chooses", LinkKind::Excludes { prefer: Prefer::ApplicantChooses }, "m0", "m1"),
        link("income", LinkKind::CountsAsIncome { fact: "income".into() }, "m1", "h0"),
        link("offsets", LinkKind::Offsets, "h0", "h4"),
        link("boosts", LinkKind::BoostsPriority { by: n("5") }, "h0", "h4"),
    ];
    definitions.caps = vec![CapDef {
        id: "cap".into(),
        over: vec!["h0".into(), "h1".into(), "m0".into()],
        limit: text("300"),
        reduce: vec!["h1".into(), "m0".into()],
        at: at(),
    }];
    definitions
}

/// Any answer of a type, now and then one of no type that fits.
fn answer(ty: &Type) -> BoxedStrategy<Answer> {
    let choices = |options: Vec<String>| proptest::sample::select(options).prop_map(Value::Choice).boxed();
    let value = match ty {
        Type::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        Type::Num => prop_oneof![
            8 => (0_i64..1200).prop_map(|number| Value::Num(Num::from(number))),
            1 => (any::<i64>(), 1_i64..).prop_map(|(a, b)| Value::Num(Num::ratio(a, b).unwrap_or(Num::ZERO))),
        ]
        .boxed(),
        Type::Date => (1930_i32..2030, 1_u16..=365)
            .prop_map(|(year, day)| Value::Date(Date::from_ordinal_date(year, day).unwrap()))
            .boxed(),
        Type::Text => Just(Value::Text("P01-D1".into())).boxed(),
        Type::Choice(options) => choices(options.iter().cloned().collect()),
        Type::Many(_) => Just(Value::Many(BTreeSet::new())).boxed(),
    };
    prop_oneof![
        12 => value.prop_map(Answer::Value),
        1 => Just(Answer::DontKnow),
        1 => Just(Answer::Refused),
        1 => Just(Answer::Value(Value::Text("of another kind".into()))),
    ]
    .boxed()
}

fn answered(level: Level) -> BoxedStrategy<domain::answers::Answered> {
    let definitions = pack();
    let implied = definitions.implied_inputs();
    let inputs = definitions.inputs.into_iter().chain(implied).filter(|input| input.level == level);
    let each: Vec<_> =
        inputs.map(|input| (Just(input.id), proptest::option::weighted(0.85, answer(&input.ty)))).collect();
    each.prop_map(|pairs| pairs.into_iter().filter_map(|(id, answer)| Some((id, answer?))).collect()).boxed()
}

pub fn households() -> impl Strategy<Value = Answers> {
    let members = proptest::collection::vec(answered(Level::Member), 0..6);
    (answered(Level::Household), members).prop_map(|(household, members)| {
        let member = |(i, answers)| MemberAnswers { id: format!("m{i}"), answers };
        Answers { household, members: members.into_iter().enumerate().map(member).collect() }
    })
}

/// The household with one answer taken away.
fn without(answers: &Answers, which: usize) -> Answers {
    let mut less = answers.clone();
    let sheets = std::iter::once(&mut less.household).chain(less.members.iter_mut().map(|m| &mut m.answers));
    let mut places: Vec<_> = sheets.flat_map(|sheet| sheet.keys().cloned().collect::<Vec<_>>()).collect();
    if places.is_empty() {
        return less;
    }
    let which = which % places.len();
    let mut left = which;
    for sheet in std::iter::once(&mut less.household).chain(less.members.iter_mut().map(|m| &mut m.answers)) {
        if left < sheet.len() {
            sheet.remove(&places.swap_remove(which));
            return less;
        }
        left -= sheet.len();
    }
    less
}

fn decided(answers: &Answers) -> Decided {
    PROGRAM.decide(answers, TODAY)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_household_gets_a_decision_and_every_open_one_says_what_is_missing(answers in households()) {
        let decided = decided(&answers);
        prop_assert_eq!(decided.programmes.iter().filter(|d| d.member.is_none()).count(), 5);
        for decision in &decided.programmes {
            prop_assert_eq!(decision.verdict == Verdict::NeedsInformation, !decision.needs.is_empty(), "{:?}", decision);
            prop_assert_eq!(decision.verdict == Verdict::Fault, !decision.faults.is_empty(), "{:?}", decision);
            if decision.verdict == Verdict::No {
                prop_assert!(decision.reasons.iter().any(|reason| reason.decisive), "{:?}", decision);
            }
        }
    }

    #[test]
    fn no_verdict_turns_from_unknown_to_yes_by_taking_an_answer_away(answers in households(), which in any::<usize>()) {
        let (more, less) = (decided(&answers), decided(&without(&answers, which)));
        for before in &more.programmes {
            let same = |d: &&domain::decide::ProgrammeDecision| d.programme == before.programme && d.member == before.member;
            let Some(after) = less.programmes.iter().find(same) else { continue };
            if before.verdict == Verdict::NeedsInformation {
                prop_assert!(!matches!(after.verdict, Verdict::Yes | Verdict::Waiting), "{} {:?}", before.programme, before.member);
            }
        }
    }

    #[test]
    fn the_order_of_members_does_not_show(answers in households(), turn in 0_usize..6) {
        let mut turned = answers.clone();
        if !turned.members.is_empty() {
            let middle = turn % turned.members.len();
            turned.members.rotate_left(middle);
        }
        prop_assert_eq!(decided(&answers).bytes(), decided(&turned).bytes());
    }

    #[test]
    fn amounts_stay_within_floor_and_cap_and_add_up(answers in households()) {
        let decided = decided(&answers);
        let a_month = |id: &str| {
            let amounts = decided.programmes.iter().filter(|d| d.programme == id && d.verdict == Verdict::Yes);
            amounts.filter_map(|d| d.amount.as_ref().map(|amount| amount.minor)).sum::<i64>()
        };
        for decision in &decided.programmes {
            let Some(Amount { minor, steps, .. }) = &decision.amount else { continue };
            prop_assert!(*minor > 0);
            prop_assert_eq!(steps.last().map(|step| step.after), Some(Num::from(*minor)));
            prop_assert!(steps.windows(2).all(|pair| pair[0].after == pair[1].before));
            if decision.programme == "h0" {
                prop_assert!((40..=250).contains(minor), "{}", minor);
            }
        }
        // h0 may not be cut; the others give way to the cap.
        let total = a_month("h0") + a_month("h1") + a_month("m0");
        prop_assert!(total <= 300, "{}", total);
    }

    #[test]
    fn a_decision_is_redone_to_the_same_bytes(answers in households()) {
        let bytes = decided(&answers).bytes();
        prop_assert_eq!(PROGRAM.redo(&bytes).unwrap(), bytes);
    }

    #[test]
    fn what_is_needed_is_open_and_what_is_settled_asks_nothing(answers in households()) {
        let open = PROGRAM.open_needs(&answers, TODAY);
        for decision in &decided(&answers).programmes {
            for need in &decision.needs {
                prop_assert!(open.iter().any(|open| open.need == *need), "{:?}", need);
            }
        }
    }
}
