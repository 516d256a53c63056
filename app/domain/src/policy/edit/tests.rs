//! What is written reads back as what was meant, and the rest of the text stays.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Serialize;
use time::macros::date;

use super::*;
use crate::definitions::{BudgetDef, ExampleDef, Expected, LeafDef, LimitDef, Op, ProgrammeDef, RuleNode};
use crate::fault::At;
use crate::num::Num;
use crate::pack::alone::Alone;
use crate::policy::difference::{Difference, between};

fn demo() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../server/packs/demo");
    let mut files = BTreeMap::new();
    for inner in ["", "programmes/", "words/"] {
        for entry in fs::read_dir(folder.join(inner)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "toml") {
                let name = format!("{inner}{}", path.file_name().unwrap().to_string_lossy());
                files.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}

fn programme(name: &str, text: &str) -> ProgrammeDef {
    let (alone, faults) = alone::read(name, text);
    assert_eq!(faults, [], "{text}");
    match alone {
        Alone::Programme(Some(programme)) => *programme,
        other => panic!("{other:?}"),
    }
}

fn json(of: &impl Serialize) -> serde_json::Value {
    serde_json::to_value(of).unwrap()
}

fn leaf(id: &str, fact: &str, op: Op, limit: LimitDef) -> LeafDef {
    LeafDef {
        id: id.into(),
        fact: fact.into(),
        op,
        limit,
        reason: id.into(),
        source: None,
        at: At::default(),
    }
}

/// Every programme of the demo pack, each part written anew: the programme says the same, and only the writing differs.
#[test]
fn every_part_of_every_programme_is_written_as_it_was_read() {
    let files: Vec<(String, String)> =
        demo().into_iter().filter(|(name, _)| name.starts_with("programmes/")).collect();
    assert!(files.len() > 20);
    for (name, text) in files {
        let before = programme(&name, &text);
        let mut written = eligible(&name, &text, &before.eligible).unwrap();
        written = amount(&name, &written, before.amount.as_ref()).unwrap();
        written = budgets(&name, &written, &before.budgets).unwrap();
        for one in &before.examples {
            written = example(&name, &written, one).unwrap();
        }
        assert_eq!(json(&programme(&name, &written)), json(&before), "{written}");
        let differs = between(&name, &text, &written);
        assert!(differs.iter().all(|found| matches!(found, Difference::Writing)), "{name}: {differs:?}");
        // Once in its normal form, it stays so.
        let again = eligible(&name, &written, &before.eligible).unwrap();
        assert_eq!(amount(&name, &again, before.amount.as_ref()).unwrap(), written);
        // What stands before the programme's first key is a comment, and is kept.
        assert_eq!(text.lines().next(), written.lines().next());
    }
}

#[test]
fn a_tree_of_all_any_and_not_is_written_where_the_old_one_stood() {
    let name = "programmes/child-grant.toml";
    let text = &demo()[name];
    let figure = |number: i64| LimitDef::Value(Literal::Num(Num::from(number)));
    let quoting =
        LeafDef { source: Some("the \"Act\", s. 1 \\ 2".into()), ..leaf("adult", "age", Op::Ge, figure(18)) };
    let tree = RuleNode::Any(vec![
        RuleNode::Not(Box::new(RuleNode::Leaf(quoting))),
        RuleNode::All(vec![
            RuleNode::Leaf(leaf("said_yes", "wants", Op::Eq, LimitDef::Value(Literal::Bool(true)))),
            RuleNode::Leaf(leaf("one_of", "kind", Op::In, LimitDef::Values(vec![Literal::Text("a".into())]))),
            RuleNode::Leaf(leaf(
                "share",
                "part",
                Op::Lt,
                LimitDef::Value(Literal::Num("0.25".parse().unwrap())),
            )),
            RuleNode::Leaf(leaf(
                "since",
                "day",
                Op::Le,
                LimitDef::Value(Literal::Date(date!(2026 - 05 - 01))),
            )),
            RuleNode::Leaf(leaf("line", "income", Op::Le, LimitDef::Param("poverty_line".into()))),
            RuleNode::Leaf(leaf("other", "rent", Op::Gt, LimitDef::Fact("ceiling".into()))),
        ]),
    ]);
    let written = eligible(name, text, &tree).unwrap();
    assert_eq!(json(&programme(name, &written).eligible), json(&tree), "{written}");
    let at = |part: &str, text: &str| text.find(part).unwrap_or_else(|| panic!("{part}: {text}"));
    assert!(at("[eligible]", &written) < at("[amount]", &written));
    assert!(at("[amount]", &written) < at("[[example]]", &written));
}

#[test]
fn a_budget_and_an_example_are_added_and_taken_out() {
    let name = "programmes/child-grant.toml";
    let text = &demo()[name];
    let budget = BudgetDef {
        area: Some("P01".into()),
        from: date!(2027 - 01 - 01),
        until: date!(2027 - 12 - 31),
        places: Some(40),
        money: Some("1200.5".parse().unwrap()),
        at: At::default(),
    };
    let written = budgets(name, text, std::slice::from_ref(&budget)).unwrap();
    assert_eq!(json(&programme(name, &written).budgets), json(&[&budget]));
    assert!(matches!(
        &between(name, text, &written)[..],
        [Difference::Budget { before: None, after: Some(_) }]
    ));
    let case = ExampleDef {
        name: "a new case".into(),
        answers: serde_json::json!({ "answers": { "rooms": 2, "rent": "0.5" }, "members": [{ "id": "a", "age": 30 }] }),
        as_of: Some(date!(2027 - 01 - 01)),
        expect: Expected::Needs,
        at: At::default(),
    };
    let more = example(name, &written, &case).unwrap();
    assert_eq!(json(programme(name, &more).examples.last().unwrap()), json(&case));
    assert_eq!(remove_example(name, &more, "a new case").unwrap(), written);
    assert_eq!(remove_example(name, text, "none").unwrap_err()[0].key, "example.none");
    assert_eq!(json(&programme(name, &budgets(name, &written, &[]).unwrap())), json(&programme(name, text)));
}

#[test]
fn a_figure_gets_a_new_line_in_the_order_of_the_dates() {
    let name = "parameters.toml";
    let text = &demo()[name];
    let set = |text: &str, from, value: i64| {
        parameter_value(name, text, "poverty_line", from, &Literal::Num(Num::from(value))).unwrap()
    };
    let later = set(text, date!(2028 - 01 - 01), 2600);
    let between_them = set(&later, date!(2027 - 01 - 01), 2500);
    let wanted = "values = [{ from = 2026-01-01, value = 2400 }, { from = 2027-01-01, value = 2500 }, { from = 2028-01-01, value = 2600 }]";
    assert!(between_them.contains(wanted), "{between_them}");
    assert_eq!(alone::read(name, &between_them).1, []);
    let corrected = set(&between_them, date!(2027 - 01 - 01), 2550);
    assert!(corrected.contains("2027-01-01, value = 2550") && !corrected.contains("value = 2500"));
    let found = between(name, &later, &corrected);
    let [Difference::Figure { id, from, before: None, after: Some(after) }] = &found[..] else {
        panic!("{found:?}")
    };
    assert_eq!((id.as_str(), *from), ("poverty_line", date!(2027 - 01 - 01)));
    assert_eq!(*after, Literal::Num(Num::from(2550)));
    let none = parameter_value(name, text, "none", date!(2027 - 01 - 01), &Literal::Bool(true));
    assert_eq!(none.unwrap_err()[0].key, "parameter.none");
}

#[test]
fn every_link_is_written_as_it_was_read_and_can_go() {
    let name = "links.toml";
    let text = &demo()[name];
    let (Alone::Links(links, _), _) = alone::read(name, text) else { panic!("links") };
    let mut written = text.clone();
    for one in &links {
        written = link(name, &written, one).unwrap();
    }
    let (Alone::Links(again, _), faults) = alone::read(name, &written) else { panic!("links") };
    assert_eq!((json(&again), faults), (json(&links), vec![]));
    let fewer = remove_link(name, &written, &links[0].id).unwrap();
    let found = between(name, text, &fewer);
    assert!(matches!(&found[..], [Difference::Link { before: Some(_), after: None, .. }]), "{found:?}");
    let mut moved = links[0].clone();
    "child-grant".clone_into(&mut moved.to);
    let changed = link(name, text, &moved).unwrap();
    let found = between(name, text, &changed);
    assert!(matches!(&found[..], [Difference::Link { before: Some(_), after: Some(_), .. }]), "{found:?}");
}

#[test]
fn words_are_set_where_they_stand() {
    for language in ["en", "fr", "ar"] {
        let name = format!("words/{language}.toml");
        let text = &demo()[&name];
        let (Alone::Words(before), _) = alone::read(&name, text) else { panic!("words") };
        let known = before.keys().find(|key| key.starts_with("agency.")).unwrap().clone();
        let new = "programme.child-grant.reason.brand_new.yes".to_owned();
        let set = [(known.clone(), Some("Said \"so\"".to_owned())), (new.clone(), Some("New.".to_owned()))];
        let written = words(&name, text, &set).unwrap();
        let (Alone::Words(after), faults) = alone::read(&name, &written) else { panic!("words") };
        assert_eq!(faults, []);
        let mut wanted = before.clone();
        wanted.insert(known.clone(), "Said \"so\"".into());
        wanted.insert(new.clone(), "New.".into());
        assert_eq!(after, wanted);
        let found = between(&name, text, &written);
        assert_eq!(found.len(), 2, "{found:?}");
        let back =
            words(&name, &written, &[(known.clone(), before.get(&known).cloned()), (new, None)]).unwrap();
        let (Alone::Words(back), _) = alone::read(&name, &back) else { panic!("words") };
        assert_eq!(back, before);
    }
}

#[test]
fn differences_of_a_programme_are_told_by_what_they_mean() {
    let name = "programmes/child-grant.toml";
    let text = demo()[name].clone();
    let before = programme(name, &text);
    let kinds = |after: &str| -> Vec<String> {
        let kind = |found: &Difference| {
            json(found).as_object().map_or_else(
                || json(found).as_str().unwrap_or_default().to_owned(),
                |found| found.keys().next().cloned().unwrap_or_default(),
            )
        };
        between(name, &text, after).iter().map(kind).collect()
    };
    assert_eq!(between(name, &text, &text).len(), 0);
    assert_eq!(kinds(&format!("# why\n{text}")), ["writing"]);
    let RuleNode::All(mut nodes) = before.eligible.clone() else { panic!("all") };
    let more = RuleNode::Leaf(leaf("more", "age", Op::Ge, LimitDef::Value(Literal::Num(Num::from(3)))));
    nodes.push(more);
    let added = eligible(name, &text, &RuleNode::All(nodes.clone())).unwrap();
    let found = between(name, &text, &added);
    let [Difference::Condition { id, before: None, after: Some(after) }] = &found[..] else {
        panic!("{found:?}")
    };
    assert_eq!((id.as_str(), &after.limit), ("more", &LimitDef::Value(Literal::Num(Num::from(3)))));
    if nodes.len() > 2 {
        nodes.pop();
        let any = eligible(name, &text, &RuleNode::Any(nodes)).unwrap();
        assert_eq!(kinds(&any), ["tree"]);
    }
    let mut sum = before.amount.clone().unwrap();
    "1 + 1".clone_into(&mut sum.base.text);
    assert_eq!(kinds(&amount(name, &text, Some(&sum)).unwrap()), ["amount"]);
    let valid = text.replacen("valid_from = 2026-01-01", "valid_from = 2026-02-01", 1);
    assert_eq!(kinds(&valid), ["key"]);
    // A document that was not there before.
    let all = between(name, "", &text);
    assert!(
        all.iter().all(|found| matches!(found, Difference::Key { before: None, after: Some(_), .. })),
        "{all:?}"
    );
}

#[test]
fn single_values_of_a_programme_are_set_and_taken_out() {
    let name = "programmes/child-grant.toml";
    let text = &demo()[name];
    let before = programme(name, text);
    let until = Literal::Date(date!(2030 - 12 - 31));
    let set = [
        ("valid_until".to_owned(), Some(until)),
        ("legal_basis".to_owned(), Some(Literal::Text("Act 9".into()))),
    ];
    let written = fields(name, text, &set).unwrap();
    let after = programme(name, &written);
    assert_eq!((after.valid_until, after.legal_basis.as_str()), (Some(date!(2030 - 12 - 31)), "Act 9"));
    assert_eq!(json(&after.eligible), json(&before.eligible));
    let back = [
        ("valid_until".to_owned(), None),
        ("legal_basis".to_owned(), Some(Literal::Text(before.legal_basis.clone()))),
    ];
    assert_eq!(fields(name, &written, &back).unwrap(), *text);
    assert_eq!(fields(name, text, &[("eligible".to_owned(), None)]).unwrap_err()[0].key, "eligible");
}
