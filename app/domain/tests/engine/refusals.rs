//! What a pack is refused for, with the place.

use domain::definitions::*;

use crate::build::*;

fn with(change: impl FnOnce(&mut Definitions)) -> String {
    let mut definitions = definitions();
    change(&mut definitions);
    refused(definitions)
}

fn rule(node: RuleNode) -> String {
    with(|definitions| definitions.programmes.push(programme("p", Level::Household, node)))
}

fn number_fact(expression: &str) -> String {
    with(|definitions| definitions.facts.push(fact("x", Level::Household, FactType::Number, expression)))
}

#[test]
fn facts() {
    for (expression, message) in [
        (
            "incom",
            "pack.toml:7: fact.x.expression: at character 1: nothing is called “incom”; is “income” meant?",
        ),
        (
            "age",
            "pack.toml:7: fact.x.expression: at character 1: “age” belongs to each member; read it inside count, sum, min, max, any or all over members, or as head(age)",
        ),
        ("x + 1", "pack.toml:7: x: it depends on itself: x → x"),
        (
            "income > 3",
            "pack.toml:7: fact.x.type: the fact is declared number, but the expression gives yes/no",
        ),
        (
            "count(members where sex = 'femal')",
            "pack.toml:7: fact.x.expression: at character 21: 'femal' is not one of the options: female, male, other, unknown",
        ),
        ("income +", "pack.toml:7: fact.x.expression: at character 9: the expression ends too early"),
    ] {
        assert_eq!(number_fact(expression), message);
    }
}

#[test]
fn one_fault_is_told_once() {
    let faults = with(|definitions| {
        definitions.facts.push(fact("x", Level::Household, FactType::Number, "nowhere"));
        definitions.facts.push(fact("y", Level::Household, FactType::Number, "x + 1"));
        definitions.facts.push(fact("z", Level::Household, FactType::Number, "y + 1"));
    });
    assert_eq!(faults.lines().count(), 1, "{faults}");
}

#[test]
fn rings_of_facts_and_relevance() {
    let ring = with(|definitions| {
        definitions.facts.push(fact("x", Level::Household, FactType::Number, "y"));
        definitions.facts.push(fact("y", Level::Household, FactType::Number, "x"));
    });
    assert_eq!(ring, "pack.toml:7: x: it depends on itself: x → y → x");
    let relevance = with(|definitions| {
        for (id, relevant) in [("a", "b"), ("b", "a")] {
            definitions.inputs.iter_mut().find(|input| input.id == id).unwrap().relevant =
                vec![text(relevant)];
        }
    });
    assert!(relevance.contains("a: it depends on itself: a → b → a"), "{relevance}");
}

#[test]
fn names() {
    let twice =
        with(|definitions| definitions.facts.push(fact("income", Level::Household, FactType::Number, "1")));
    assert_eq!(
        twice,
        "pack.toml:7: income: this id stands twice among questions, facts, scores and their bands"
    );
    let reserved =
        with(|definitions| definitions.facts.push(fact("this", Level::Household, FactType::Number, "1")));
    assert!(reserved.contains("has a meaning of its own"));
}

#[test]
fn rules() {
    let value = |text: &str| LimitDef::Value(Literal::Text(text.into()));
    for (node, message) in [
        (
            leaf("l", "incme", Op::Lt, LimitDef::Param("p".into())),
            "eligible.l.fact: nothing is called “incme”; is “income” meant?",
        ),
        (
            leaf("l", "income", Op::Lt, LimitDef::Param("line".into())),
            "eligible.l.param: there is no parameter “line”",
        ),
        (
            leaf("l", "income", Op::Lt, value("x")),
            "eligible.l.limit: a number cannot be compared with a choice",
        ),
        (
            leaf("l", "setting", Op::Eq, value("town")),
            "eligible.l.limit: 'town' is not one of the options: rural, urban",
        ),
        (
            leaf("l", "setting", Op::Lt, value("rural")),
            "eligible.l.limit: only numbers and dates have an order; this is a choice",
        ),
        (
            leaf("l", "setting", Op::In, value("rural")),
            "eligible.l.limit: “in” and “not_in” need a list of limits",
        ),
        (
            leaf("l", "setting", Op::Eq, LimitDef::Values(vec![])),
            "eligible.l.op: several limits go with “in” and “not_in”",
        ),
        (
            is("works"),
            "eligible.works.fact: “works” belongs to each member; read it inside count, sum, min, max, any or all over members, or as head(works)",
        ),
        (RuleNode::All(vec![]), "eligible: a programme needs at least one comparison"),
        (RuleNode::All(vec![is("a"), is("a")]), "eligible.a: the id stands twice in this programme"),
    ] {
        assert_eq!(rule(node), format!("pack.toml:7: {message}"));
    }
}

#[test]
fn programmes() {
    let changed = |change: fn(&mut ProgrammeDef)| {
        with(|definitions| {
            let mut one = programme("p", Level::Household, is("a"));
            change(&mut one);
            definitions.programmes.push(one);
        })
    };
    for (change, message) in [
        (
            (|p| p.documents = vec!["id".into()]) as fn(&mut ProgrammeDef),
            "documents: there is no document “id”",
        ),
        (|p| p.service = Some("s".into()), "service: there is no service “s” in the directory"),
        (|p| p.who = Some("a".into()), "who: only a programme for persons says who is considered"),
        (
            |p| {
                p.selection =
                    Selection::WaitingList { priority: "a".into(), ascending: true, expires_months: None }
            },
            "selection.priority: a queue is ordered by a number, but “a” is yes/no",
        ),
        (
            |p| p.amount = Some(amount("a")),
            "amount.base: at character 1: a number is needed here, but this is yes/no",
        ),
        (
            |p| p.amount = Some(AmountDef { floor: Some(text("9")), cap: Some(text("5")), ..amount("1") }),
            "amount.floor: the floor is above the cap",
        ),
        (
            |p| {
                p.amount = Some(AmountDef {
                    round: Some(RoundDef { mode: domain::num::Rounding::Floor, to: n("0.5") }),
                    ..amount("1")
                });
            },
            "amount.round: an amount is rounded to a multiple of the currency's minor unit",
        ),
    ] {
        assert_eq!(changed(change), format!("pack.toml:7: {message}"));
    }
}

#[test]
fn parameters() {
    let ordered = with(|definitions| {
        let mut line = parameter("line", "1");
        line.values.push(line.values[0].clone());
        definitions.parameters.push(line);
    });
    assert!(ordered.contains("parameter.line.values: put the values in the order of their dates"));
    let mixed = with(|definitions| {
        let mut line = parameter("line", "1");
        line.values.push(DatedValue { from: TODAY, value: Literal::Bool(true) });
        definitions.parameters.push(line);
    });
    assert!(mixed.contains("not all of one type"));
}
