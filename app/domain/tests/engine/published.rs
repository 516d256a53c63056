//! The figures published by others, expressed as definitions and checked at their limits.

use std::collections::BTreeMap;

use domain::decide::Known;
use domain::definitions::*;
use domain::program::Program;
use domain::value::Value;
use domain::verdict::Verdict;
use serde_json::{Value as Json, json};

use crate::build::*;

fn strata(urban: &str, rural: &str) -> Strata {
    Strata::By(BTreeMap::from([("urban".into(), n(urban)), ("rural".into(), n(rural))]))
}

fn term(fact: &str, kind: TermKind) -> TermDef {
    TermDef { id: fact.into(), fact: fact.into(), kind, at: at() }
}

fn limits(from: &str, above: &str, below: &str, up_to: &str) -> Limits {
    let some = |limit: &str| (!limit.is_empty()).then(|| text(limit));
    Limits { from: some(from), above: some(above), below: some(below), up_to: some(up_to) }
}

fn band(id: &str, limits: Limits) -> BandDef {
    BandDef { id: id.into(), limits, at: at() }
}

fn score(id: &str, terms: Vec<TermDef>, bands: Vec<BandDef>) -> ScoreDef {
    ScoreDef {
        id: id.into(),
        level: Level::Household,
        stratum: None,
        intercept: Strata::Same(n("0")),
        terms,
        multiply: n("1"),
        round: None,
        bands,
        source: None,
        at: at(),
    }
}

fn total(program: &Program, answers: &Json) -> Known {
    decide(program, answers).scores[0].total.clone()
}

fn number(text: &str) -> Known {
    Known::Value(Value::Num(n(text)))
}

fn band_of(program: &Program, answers: &Json) -> String {
    match decide(program, answers).scores[0].band.clone() {
        Some(Known::Value(value)) => value.to_string(),
        other => format!("{other:?}"),
    }
}

/// Burundi, Merankabandi programme: national proxy means test, as in its published scoring code.
fn burundi() -> Program {
    let levels = ["none", "primary_part", "primary", "grades_7_10", "upper_secondary", "university"];
    let provinces: Vec<String> = (1..=18).map(|number| format!("{number:02}")).collect();
    let provinces: Vec<&str> = provinces.iter().map(String::as_str).collect();
    let owned = ["radio", "smartphone", "mattress", "bicycle", "hoe", "machete", "poor_roof"];
    let household = Level::Household;
    let mut inputs = vec![
        input("setting", household, choice(&["urban", "rural"])),
        input("province", household, choice(&provinces)),
        input("rooms", household, Type::Num),
        input("grid", household, Type::Bool),
        input("cooking", household, choice(&["wood", "charcoal", "gas"])),
        input("toilet", household, choice(&["flush", "latrine", "none"])),
        input("floor", household, choice(&["earth", "stone_brick", "cement_tile"])),
        input("relation", Level::Member, choice(&["head", "other"])),
        input("sex", Level::Member, choice(&["male", "female"])),
        input("birth_date", Level::Member, Type::Date),
        input("schooling", Level::Member, choice(&levels)),
    ];
    inputs.extend(owned.map(|id| input(id, household, Type::Bool)));
    let facts = [
        ("age", Level::Member, FactType::Number, "years(birth_date, as_of)"),
        ("head_male", household, FactType::Bool, "head(sex) = 'male'"),
        ("head_age", household, FactType::Number, "head(age)"),
        ("size", household, FactType::Number, "count(members)"),
        ("young_old", household, FactType::Number, "count(members where age < 15 or age >= 65)"),
        ("active", household, FactType::Number, "count(members where age >= 15 and age < 65)"),
        ("dependency", household, FactType::Number, "young_old / max(active, 1)"),
        ("head_schooling", household, FactType::Choice, "head(schooling)"),
        ("rooms_per_person", household, FactType::Number, "rooms / size"),
        ("dark", household, FactType::Bool, "not grid"),
        ("coal_or_gas", household, FactType::Bool, "cooking in ('charcoal', 'gas')"),
    ];
    let facts = facts.map(|(id, level, ty, expression)| fact(id, level, ty, expression)).to_vec();
    let yes = |fact, urban, rural| term(fact, TermKind::Indicator { coefficient: strata(urban, rural) });
    let by = |fact, urban, rural| term(fact, TermKind::Linear { coefficient: strata(urban, rural) });
    let table = |fact: &str, rows: &[(&str, &str, &str)]| {
        let points = rows.iter().map(|(option, urban, rural)| ((*option).to_owned(), strata(urban, rural)));
        term(fact, TermKind::Lookup { points: points.collect(), otherwise: None })
    };
    let sizes = [
        ("-0.068", "-0.346"),
        ("-0.165", "-0.533"),
        ("-0.268", "-0.696"),
        ("-0.321", "-0.807"),
        ("-0.415", "-0.941"),
        ("-0.465", "-1.030"),
    ];
    let mut size_bands = vec![PointsBand { limits: limits("", "", "2", ""), points: Strata::Same(n("0")) }];
    for (size, (urban, rural)) in (2..).zip(sizes) {
        let limits = limits(&format!("{size}"), "", &format!("{}", size + 1), "");
        size_bands.push(PointsBand { limits, points: strata(urban, rural) });
    }
    size_bands.push(PointsBand { limits: limits("8", "", "", ""), points: strata("-0.540", "-1.181") });
    let province = |province: &str| match province {
        "04" | "06" | "15" | "16" => strata("-0.097", "0"),
        "07" | "08" | "09" | "12" | "14" => strata("0.014", "0.048"),
        "03" | "10" | "18" => strata("-0.187", "0.078"),
        "01" | "02" | "05" | "11" | "13" => strata("-0.103", "0.012"),
        _ => strata("0", "0"),
    };
    let points = provinces.iter().map(|id| ((*id).to_owned(), province(id))).collect();
    let terms = vec![
        yes("head_male", "0.132", "0.117"),
        by("head_age", "-0.005", "-0.002"),
        term("size", TermKind::Band { bands: size_bands }),
        by("dependency", "0.048", "0.036"),
        table(
            "head_schooling",
            &[
                ("none", "0", "0"),
                ("primary_part", "0.058", "0.074"),
                ("primary", "0.082", "0.036"),
                ("grades_7_10", "0.128", "0.109"),
                ("upper_secondary", "0.252", "0.292"),
                ("university", "0.345", "0.322"),
            ],
        ),
        by("rooms_per_person", "0.261", "0.231"),
        yes("dark", "-0.064", "-0.054"),
        yes("coal_or_gas", "0.191", "0.346"),
        table(
            "toilet",
            &[("flush", "0", "0"), ("latrine", "-0.236", "-0.248"), ("none", "-0.178", "-0.115")],
        ),
        yes("radio", "0.119", "0.086"),
        yes("smartphone", "0.187", "0.136"),
        yes("mattress", "0.239", "0.226"),
        yes("bicycle", "0.122", "0.091"),
        yes("poor_roof", "0", "-0.105"),
        table("floor", &[("earth", "0", "0"), ("stone_brick", "0", "-0.122"), ("cement_tile", "0", "0.059")]),
        yes("hoe", "0", "0.112"),
        yes("machete", "0", "0.067"),
        term("province", TermKind::Lookup { points, otherwise: None }),
    ];
    let mut pmt = score(
        "pmt",
        terms,
        vec![band("low", limits("", "", "9000", "")), band("high", limits("9000", "", "", ""))],
    );
    pmt.stratum = Some("setting".into());
    pmt.intercept = strata("9.397", "9.835");
    pmt.multiply = n("1000");
    pmt.round = Some(FLOOR);
    program(Definitions { inputs, facts, scores: vec![pmt], ..Definitions::default() })
}

/// The published check: a man of 40 who finished primary school, five people of whom two are under 15,
/// three rooms, province 01, light from the grid, nothing owned.
fn household(setting: &str, toilet: &str) -> Json {
    json!({
        "answers": {
            "setting": setting, "province": "01", "rooms": 3, "grid": true, "cooking": "wood", "toilet": toilet,
            "floor": "earth", "radio": false, "smartphone": false, "mattress": false, "bicycle": false,
            "hoe": false, "machete": false, "poor_roof": false,
        },
        "members": [
            {"id": "1", "relation": "head", "sex": "male", "age": 40, "schooling": "primary"},
            {"id": "2", "relation": "other", "sex": "female", "age": 34},
            {"id": "3", "relation": "other", "sex": "female", "age": 17},
            {"id": "4", "relation": "other", "sex": "female", "age": 14},
            {"id": "5", "relation": "other", "sex": "male", "age": 0},
        ],
    })
}

#[test]
fn burundi_proxy_means_test() {
    let program = burundi();
    for (setting, toilet, expected) in [
        ("urban", "latrine", "8939"),
        ("rural", "latrine", "9027"),
        ("urban", "flush", "9175"),
        ("rural", "flush", "9275"),
        ("urban", "none", "8997"),
        ("rural", "none", "9160"),
    ] {
        assert_eq!(total(&program, &household(setting, toilet)), number(expected), "{setting} {toilet}");
    }
}

#[test]
fn every_term_keeps_input_coefficient_and_points() {
    let decided = decide(&burundi(), &household("urban", "latrine"));
    let pmt = &decided.scores[0];
    assert_eq!(pmt.terms.len(), 18);
    let rooms = pmt.terms.iter().find(|term| term.term == "rooms_per_person").unwrap();
    assert_eq!(
        (rooms.input.clone(), rooms.coefficient, rooms.points),
        (number("0.6"), Some(n("0.261")), Some(n("0.1566")))
    );
    let points = pmt.terms.iter().filter_map(|term| term.points);
    let sum = points.fold(pmt.intercept.unwrap(), |sum, points| sum.add(points).unwrap());
    assert_eq!(pmt.sum, Known::Value(Value::Num(sum)));
    assert_eq!(band_of(&burundi(), &household("urban", "latrine")), "low");
}

#[test]
fn one_missing_answer_is_no_score_and_is_named() {
    let program = burundi();
    let mut without = household("urban", "latrine");
    without["answers"].as_object_mut().unwrap().remove("radio");
    let decided = decide(&program, &without);
    assert_eq!((&decided.scores[0].total, &decided.scores[0].band), (&Known::Unknown, &Some(Known::Unknown)));
}

/// World Food Programme, Food Consumption Score: days of the last 7, weighted.
fn food(poor: &str, borderline: &str) -> Program {
    let weights = [
        ("staples", "2"),
        ("pulses", "3"),
        ("dairy", "4"),
        ("meat", "4"),
        ("vegetables", "1"),
        ("fruit", "1"),
        ("fats", "0.5"),
        ("sugar", "0.5"),
    ];
    let inputs = weights.map(|(id, _)| input(id, Level::Household, Type::Num)).to_vec();
    let terms = weights
        .map(|(id, weight)| term(id, TermKind::Linear { coefficient: Strata::Same(n(weight)) }))
        .to_vec();
    let bands = vec![
        band("poor", limits("", "", "", "param.poor")),
        band("borderline", limits("", "param.poor", "", "param.borderline")),
        band("acceptable", limits("", "param.borderline", "", "")),
    ];
    let parameters = vec![parameter("poor", poor), parameter("borderline", borderline)];
    program(Definitions {
        inputs,
        parameters,
        scores: vec![score("fcs", terms, bands)],
        ..Definitions::default()
    })
}

fn days(staples: i64, pulses: i64, meat: i64, vegetables: i64, fats: i64) -> Json {
    json!({"answers": {"staples": staples, "pulses": pulses, "dairy": 0, "meat": meat, "vegetables": vegetables,
        "fruit": 0, "fats": fats, "sugar": 0}})
}

#[test]
fn food_consumption_score_at_its_limits() {
    let program = food("21", "35");
    for (days, score, band) in [
        (days(7, 2, 0, 1, 0), "21", "poor"),
        (days(7, 2, 0, 1, 1), "21.5", "borderline"),
        (days(7, 7, 0, 0, 0), "35", "borderline"),
        (days(7, 7, 0, 0, 1), "35.5", "acceptable"),
        (days(0, 0, 0, 0, 0), "0", "poor"),
        (days(7, 7, 7, 7, 7), "73.5", "acceptable"),
    ] {
        assert_eq!((total(&program, &days), band_of(&program, &days).as_str()), (number(score), band));
    }
    // Where oil and sugar are common: 28 and 42.
    let program = food("28", "42");
    assert_eq!(band_of(&program, &days(7, 4, 0, 2, 0)), "poor");
    assert_eq!(band_of(&program, &days(7, 4, 0, 2, 1)), "borderline");
    assert_eq!(band_of(&program, &days(7, 7, 1, 3, 0)), "borderline");
    assert_eq!(band_of(&program, &days(7, 7, 1, 3, 1)), "acceptable");
    // Any missing item: no score.
    assert_eq!(total(&program, &json!({"answers": {"staples": 7}})), Known::Unknown);
}

#[test]
fn reduced_coping_strategies_index() {
    // WFP's scripts weigh borrowing twofold: only so do seven days of everything make the published 56.
    let weights = [("cheaper", "1"), ("borrow", "2"), ("fewer", "1"), ("smaller", "1"), ("adults", "3")];
    let inputs = weights.map(|(id, _)| input(id, Level::Household, Type::Num)).to_vec();
    let terms = weights
        .map(|(id, weight)| term(id, TermKind::Linear { coefficient: Strata::Same(n(weight)) }))
        .to_vec();
    let bands = vec![
        band("low", limits("", "", "", "3")),
        band("medium", limits("", "3", "", "18")),
        band("high", limits("", "18", "", "")),
    ];
    let program =
        program(Definitions { inputs, scores: vec![score("rcsi", terms, bands)], ..Definitions::default() });
    let answers = |cheaper: i64, others: i64, adults: i64| json!({"answers": {"cheaper": cheaper, "borrow": others, "fewer": others, "smaller": others, "adults": adults}});
    for (answers, score, band) in [
        (answers(3, 0, 0), "3", "low"),
        (answers(1, 0, 1), "4", "medium"),
        (answers(3, 0, 5), "18", "medium"),
        (answers(4, 0, 5), "19", "high"),
        (answers(7, 7, 7), "56", "high"),
    ] {
        assert_eq!((total(&program, &answers), band_of(&program, &answers).as_str()), (number(score), band));
    }
}

#[test]
fn washington_group_short_set() {
    let domains = ["seeing", "hearing", "walking", "remembering", "selfcare", "communicating"];
    let levels = choice(&["none", "some", "a_lot", "cannot"]);
    let mut definitions = definitions();
    definitions.inputs.extend(domains.map(|id| input(id, Level::Member, levels.clone())));
    let any = domains.map(|id| format!("{id} in ('a_lot', 'cannot')")).join(" or ");
    definitions.facts.push(fact(
        "great_difficulty",
        Level::Member,
        FactType::Bool,
        &format!("age >= 5 and ({any})"),
    ));
    definitions.programmes = vec![programme("p", Level::Member, is("great_difficulty"))];
    let program = program(definitions);
    let of = |age: i64, answers: &[(&str, Json)]| {
        let mut member = json!({"id": "m", "age": age});
        for domain in domains {
            member[domain] = json!("none");
        }
        for (domain, answer) in answers {
            member[*domain] = answer.clone();
        }
        verdict(&decide(&program, &json!({"members": [member]})), "p")
    };
    let dont_know = json!({"state": "dont_know"});
    assert_eq!(of(30, &[]), Verdict::No);
    assert_eq!(of(30, &[("seeing", json!("some")), ("walking", json!("some"))]), Verdict::No);
    assert_eq!(of(30, &[("walking", json!("a_lot"))]), Verdict::Yes);
    assert_eq!(of(5, &[("communicating", json!("cannot"))]), Verdict::Yes);
    assert_eq!(of(4, &[("communicating", json!("cannot"))]), Verdict::No);
    assert_eq!(of(30, &[("hearing", dont_know.clone())]), Verdict::NeedsInformation);
    assert_eq!(of(30, &[("hearing", dont_know), ("walking", json!("a_lot"))]), Verdict::Yes);
}

#[test]
fn global_multidimensional_poverty_index() {
    let sixth = ["nutrition", "child_mortality", "schooling", "attendance"];
    let eighteenth = ["fuel", "sanitation", "water", "electricity", "housing", "assets"];
    let inputs = sixth.iter().chain(&eighteenth).map(|id| input(id, Level::Household, Type::Bool)).collect();
    let weighted = |id: &&str, weight| term(id, TermKind::Indicator { coefficient: Strata::Same(n(weight)) });
    let terms =
        sixth.iter().map(|id| weighted(id, "1/6")).chain(eighteenth.iter().map(|id| weighted(id, "1/18")));
    let bands =
        vec![band("not_poor", limits("", "", "1/5 * 1", "")), band("vulnerable", limits("", "", "", ""))];
    let mut definitions =
        Definitions { inputs, scores: vec![score("mpi", terms.collect(), bands)], ..Definitions::default() };
    assert!(refused(definitions.clone()).contains("a limit of a band is a number or param.x"));
    definitions.parameters = [("vulnerable", "1/5"), ("poor", "1/3"), ("severe", "1/2")]
        .map(|(id, at)| parameter(id, at))
        .to_vec();
    definitions.scores[0].bands = vec![
        band("not_poor", limits("", "", "param.vulnerable", "")),
        band("vulnerable", limits("param.vulnerable", "", "param.poor", "")),
        band("poor", limits("param.poor", "", "param.severe", "")),
        band("severe", limits("param.severe", "", "", "")),
    ];
    let program = program(definitions);
    let deprived = |first: usize, second: usize| {
        let all = sixth.iter().enumerate().map(|(i, id)| (*id, i < first));
        let all = all.chain(eighteenth.iter().enumerate().map(|(i, id)| (*id, i < second)));
        let answers: BTreeMap<&str, bool> = all.collect();
        json!({ "answers": answers })
    };
    for (first, second, score, band) in [
        (1, 0, "1/6", "not_poor"),
        (1, 1, "2/9", "vulnerable"),
        (0, 5, "5/18", "vulnerable"),
        // Exactly a third and exactly a half: no float would say so.
        (0, 6, "1/3", "poor"),
        (1, 3, "1/3", "poor"),
        (2, 2, "4/9", "poor"),
        (2, 3, "1/2", "severe"),
        (4, 6, "1", "severe"),
    ] {
        let answers = deprived(first, second);
        assert_eq!((total(&program, &answers), band_of(&program, &answers).as_str()), (number(score), band));
    }
}

#[test]
fn pantawid_amounts() {
    let mut definitions = definitions();
    let level = choice(&["none", "elementary", "high"]);
    definitions.inputs.push(input("school", Level::Member, level));
    definitions.facts.push(fact(
        "elementary",
        Level::Household,
        FactType::Number,
        "count(members where school = 'elementary')",
    ));
    definitions.facts.push(fact(
        "high",
        Level::Household,
        FactType::Number,
        "count(members where school = 'high')",
    ));
    definitions.parameters =
        [("health", "500"), ("per_elementary", "300"), ("per_high", "500"), ("rice", "600")]
            .map(|(id, at)| parameter(id, at))
            .to_vec();
    let grant = |id: &str, base: &str| {
        let mut grant = programme(id, Level::Household, is("a"));
        grant.amount = Some(amount(base));
        grant
    };
    let mut school = grant("school", "0");
    school.eligible = RuleNode::Any(vec![compared("elementary", Op::Ge, "1"), compared("high", Op::Ge, "1")]);
    if let Some(rule) = &mut school.amount {
        rule.times = Some(10);
        let per = |each, per| StepKind::Per { each: text(each), per: text(per) };
        rule.steps = vec![
            step("elementary", per("param.per_elementary", "elementary")),
            step("high", per("param.per_high", "high")),
        ];
    }
    definitions.programmes = vec![grant("health", "param.health"), school, grant("rice", "param.rice")];
    let program = program(definitions);
    let pupils = json!([{"id": "1", "school": "none"}, {"id": "2", "school": "elementary"}, {"id": "3", "school": "high"}]);
    let decided = decide(&program, &json!({"answers": {"a": true}, "members": pupils}));
    let amounts: Vec<(i64, Option<u32>)> =
        decided.programmes.iter().filter_map(|d| d.amount.as_ref().map(|a| (a.minor, a.times))).collect();
    assert_eq!(amounts, [(500, None), (800, Some(10)), (600, None)]);
    let school = decision(&decided, "school").amount.clone().unwrap();
    assert_eq!(school.a_year().unwrap(), n("8000"));
}
