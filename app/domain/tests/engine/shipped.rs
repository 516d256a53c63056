//! Faults that other systems shipped: each is a test of ours.

use std::collections::BTreeMap;

use domain::decide::Known;
use domain::definitions::*;
use domain::verdict::Verdict;
use serde_json::json;

use crate::build::*;

fn score(terms: Vec<TermDef>, bands: Vec<BandDef>) -> ScoreDef {
    ScoreDef {
        id: "s".into(),
        level: Level::Household,
        stratum: Some("setting".into()),
        intercept: Strata::By(BTreeMap::from([("urban".into(), n("9")), ("rural".into(), n("10"))])),
        terms,
        multiply: n("1"),
        round: None,
        bands,
        source: None,
        at: at(),
    }
}

fn linear(fact: &str, coefficient: Strata) -> TermDef {
    TermDef { id: fact.into(), fact: fact.into(), kind: TermKind::Linear { coefficient }, at: at() }
}

fn refused_score(score: ScoreDef) -> String {
    refused(Definitions { scores: vec![score], ..definitions() })
}

fn bands(limits: &[(&str, &str, &str)]) -> Vec<BandDef> {
    let some = |limit: &str| (!limit.is_empty()).then(|| text(limit));
    let band = |(id, from, below): &(&str, &str, &str)| {
        let limits = Limits { from: some(from), below: some(below), ..Limits::default() };
        BandDef { id: (*id).into(), limits, at: at() }
    };
    limits.iter().map(band).collect()
}

/// OpenSPP2's simulator counted a failed expression as eligible.
#[test]
fn a_failed_expression_is_not_eligible() {
    let mut definitions = definitions();
    definitions.facts.push(fact("ratio", Level::Household, FactType::Number, "income / rooms"));
    definitions.programmes = vec![
        programme("any", Level::Household, RuleNode::Any(vec![compared("ratio", Op::Lt, "1"), is("a")])),
        programme("not", Level::Household, RuleNode::Not(Box::new(compared("ratio", Op::Lt, "1")))),
    ];
    let decided = decide(&program(definitions), &json!({"answers": {"income": 1, "rooms": 0, "a": false}}));
    assert_eq!(verdict(&decided, "any"), Verdict::Fault);
    assert_eq!(verdict(&decided, "not"), Verdict::Fault);
}

/// OpenSPP raised every amount below the maximum to the maximum.
#[test]
fn an_amount_below_the_maximum_stays_what_it_is() {
    let mut grant = programme("p", Level::Household, is("a"));
    grant.amount = Some(AmountDef { cap: Some(text("1000")), ..amount("income") });
    let program = program(Definitions { programmes: vec![grant], ..definitions() });
    for (income, minor) in [(1, 1), (999, 999), (1000, 1000), (1001, 1000)] {
        let decided = decide(&program, &json!({"answers": {"a": true, "income": income}}));
        assert_eq!(decision(&decided, "p").amount.as_ref().unwrap().minor, minor);
    }
}

/// Burundi's openIMIS module read only the intercept of a formula table, and scored an empty
/// questionnaire as a household.
#[test]
fn a_score_is_its_terms_and_nothing_scores_as_nothing() {
    assert!(refused_score(score(vec![], vec![])).contains("score.s.term: a score needs terms"));
    let pack = Definitions {
        scores: vec![score(vec![linear("rooms", Strata::Same(n("1")))], vec![])],
        ..definitions()
    };
    let mut whole = pack.clone();
    whole.programmes = vec![
        programme("p", Level::Household, compared("s", Op::Ge, "0")),
        programme("q", Level::Household, compared("size", Op::Lt, "9")),
    ];
    let decided = decide(&program(whole), &json!({}));
    assert_eq!(decided.scores[0].total, Known::Unknown);
    assert_eq!(decided.facts.household["size"], Known::Unknown);
    assert!(decided.programmes.iter().all(|d| d.verdict == Verdict::NeedsInformation));
    assert_eq!(needed(decision(&decided, "p")), ["area", "rooms"]);
    assert_eq!(needed(decision(&decided, "q")), ["members"]);
}

/// A misspelt stratum in a formula table would silently be a coefficient of 0.
#[test]
fn a_misspelt_stratum_and_a_missing_intercept_are_refused() {
    let misspelt = Strata::By(BTreeMap::from([("urbn".into(), n("1"))]));
    assert!(
        refused_score(score(vec![linear("rooms", misspelt)], vec![])).contains("“urbn” is not a stratum")
    );
    let mut half = score(vec![linear("rooms", Strata::Same(n("1")))], vec![]);
    half.intercept = Strata::By(BTreeMap::from([("urban".into(), n("1"))]));
    assert!(refused_score(half).contains("score.s.intercept: the stratum “rural” has no figure"));
}

/// UNHCR Jordan had score bands with a hole at exactly 100.
#[test]
fn bands_leave_no_hole_and_do_not_overlap() {
    let of = |limits: &[(&str, &str, &str)]| {
        refused_score(score(vec![linear("rooms", Strata::Same(n("1")))], bands(limits)))
    };
    assert_eq!(of(&[("low", "", "100"), ("high", "100", "")]), "accepted");
    assert!(of(&[("low", "", "100"), ("high", "101", "")]).contains("a hole between 100 and 101"));
    assert!(of(&[("low", "", "100"), ("high", "99", "")]).contains("overlap between 99 and 100"));
    assert!(of(&[("low", "0", "100"), ("high", "100", "")]).contains("the first band has no lower limit"));
    assert!(of(&[("low", "", "100"), ("high", "100", "200")]).contains("the last band has no upper limit"));
    assert!(of(&[("low", "", "100"), ("mid", "100", "90"), ("high", "90", "")]).contains("holds nothing"));
    let mut hole = bands(&[("low", "", "100"), ("high", "", "")]);
    hole[1].limits.above = Some(text("100"));
    let terms = vec![linear("rooms", Strata::Same(n("1")))];
    assert!(refused_score(score(terms.clone(), hole.clone())).contains("a hole between 100 and 100"));
    hole[0].limits = Limits { up_to: Some(text("100")), ..Limits::default() };
    assert_eq!(refused_score(score(terms, hole)), "accepted");
}

/// A parameter as a limit is proved on every day it changes.
#[test]
fn bands_are_proved_for_every_date_of_a_parameter() {
    let mut limits = bands(&[("low", "", "param.line"), ("high", "50", "")]);
    let mut definitions = definitions();
    let mut line = parameter("line", "50");
    definitions.parameters = vec![line.clone()];
    definitions.scores = vec![score(vec![linear("rooms", Strata::Same(n("1")))], limits.clone())];
    assert_eq!(refused(definitions.clone()), "accepted");
    line.values.push(DatedValue { from: TODAY, value: Literal::Num(n("60")) });
    definitions.parameters = vec![line];
    assert!(refused(definitions.clone()).contains("overlap between 50 and 60"));
    limits[1].limits.from = Some(text("param.line"));
    definitions.scores[0].bands = limits;
    assert_eq!(refused(definitions), "accepted");
}

/// OpenG2P computed stored scores again when a weight changed: a decision is redone only by the pack that
/// took it.
#[test]
fn a_decision_is_redone_by_its_own_pack_to_the_same_bytes() {
    let mut definitions = definitions();
    definitions.programmes =
        vec![programme("p", Level::Household, compared("income_per_person", Op::Lt, "100"))];
    let program = program(definitions.clone());
    let answers = json!({"answers": {"income": "1000/3", "area": "P01-D1", "a": {"state": "refused"}},
        "members": [{"id": "z", "relation": "head", "birth_date": "1980-02-29"}, {"id": "y", "age": 3}]});
    let decided = decide(&program, &answers);
    // The same definitions and answers give these bytes in every build; other bytes are another engine, and
    // `receipt::ENGINE` must say so.
    assert_eq!(decided.receipt.outcome, "476ebfeef881c61ff69617b59e4a95cb541cbbbad7196873b182a3cbf4bf2112");
    let bytes = decided.bytes();
    assert_eq!(program.redo(&bytes).unwrap(), bytes);
    assert!(program.confirms(&bytes).unwrap());
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert_eq!(
        program.confirms(text.replace("needs_information", "yes").replace("\"no\"", "\"yes\"").as_bytes()),
        Ok(false)
    );
    let pack = domain::receipt::PackName { id: "test".into(), version: "2".into(), hash: "1".repeat(64) };
    let other = domain::program::Program::compile(definitions.clone(), pack).unwrap();
    assert!(other.redo(&bytes).is_err());
    assert!(program.redo(b"{}").is_err());
    // The parts' hashes tell what changed.
    definitions.parameters.push(parameter("line", "5"));
    let changed = decide(&crate::build::program(definitions), &answers);
    assert_ne!(changed.receipt.parts.parameters, decided.receipt.parts.parameters);
    assert_eq!(changed.receipt.parts.rules, decided.receipt.parts.rules);
}

/// Measured with an empty household: JSONLogic says `income < 1900` is true, zen's `tenure != 'second_home'` is
/// true.
#[test]
fn an_empty_household_is_not_poor_and_not_anything() {
    let mut definitions = definitions();
    definitions.programmes = vec![
        programme("less", Level::Household, compared("income", Op::Lt, "1900")),
        programme(
            "other",
            Level::Household,
            leaf("o", "setting", Op::Ne, LimitDef::Value(Literal::Text("urban".into()))),
        ),
        programme(
            "none_of",
            Level::Household,
            leaf("n", "setting", Op::NotIn, LimitDef::Values(vec![Literal::Text("urban".into())])),
        ),
        programme("not", Level::Household, RuleNode::Not(Box::new(is("a")))),
    ];
    let decided = decide(&program(definitions), &json!({}));
    assert!(decided.programmes.iter().all(|d| d.verdict == Verdict::NeedsInformation));
}
