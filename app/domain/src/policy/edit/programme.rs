//! The parts of a programme: who is eligible, how much, what there is to give, worked examples.

use serde_json::Value;
use toml_edit::{ArrayOfTables, DocumentMut, Item};

use super::{Edit, Written, literal, parsed, quoted, refused, section};
use crate::definitions::{
    AmountDef, BudgetDef, ExampleDef, Expected, LeafDef, LimitDef, Literal, Op, Period, RoundDef, RuleNode,
    StepKind,
};
use crate::num::{Num, Rounding};

/// Writes who is eligible.
pub fn eligible(name: &str, text: &str, tree: &RuleNode) -> Edit {
    let mut written = Written::default();
    written.head("[eligible]");
    match tree {
        RuleNode::All(several) => written.key("all", &list(several, 0)),
        RuleNode::Any(several) => written.key("any", &list(several, 0)),
        RuleNode::Not(inner) => written.key("not", &rule(inner, 0)),
        RuleNode::Leaf(one) => leaf(one).iter().for_each(|(key, value)| written.key(key, value)),
    }
    section(name, text, "eligible", &written.0)
}

/// Rules in a list, a line each, as deep as they stand.
fn list(several: &[RuleNode], depth: usize) -> String {
    let mut lines = String::from("[\n");
    for inner in several {
        lines.push_str(&"  ".repeat(depth + 1));
        lines.push_str(&rule(inner, depth + 1));
        lines.push_str(",\n");
    }
    lines.push_str(&"  ".repeat(depth));
    lines.push(']');
    lines
}

fn rule(node: &RuleNode, depth: usize) -> String {
    match node {
        RuleNode::All(several) => format!("{{ all = {} }}", list(several, depth)),
        RuleNode::Any(several) => format!("{{ any = {} }}", list(several, depth)),
        RuleNode::Not(inner) => format!("{{ not = {} }}", rule(inner, depth)),
        RuleNode::Leaf(one) => {
            let keys: Vec<String> = leaf(one).iter().map(|(key, value)| format!("{key} = {value}")).collect();
            format!("{{ {} }}", keys.join(", "))
        }
    }
}

/// The keys of a comparison; `= true` is what is meant where nothing is said.
fn leaf(leaf: &LeafDef) -> Vec<(&'static str, String)> {
    let mut keys = vec![("id", quoted(&leaf.id)), ("fact", quoted(&leaf.fact))];
    if (leaf.op, &leaf.limit) != (Op::Eq, &LimitDef::Value(Literal::Bool(true))) {
        keys.push(("op", quoted(leaf.op.sign())));
        keys.push(match &leaf.limit {
            LimitDef::Value(value) => ("limit", literal(value)),
            LimitDef::Values(values) => {
                ("limit", format!("[{}]", values.iter().map(literal).collect::<Vec<_>>().join(", ")))
            }
            LimitDef::Param(id) => ("param", quoted(id)),
            LimitDef::Fact(fact) => ("limit_fact", quoted(fact)),
        });
    }
    keys.push(("reason", quoted(&leaf.reason)));
    keys.extend(leaf.source.as_ref().map(|source| ("source", quoted(source))));
    keys
}

/// Writes how much; `None` for a programme that gives no amount.
pub fn amount(name: &str, text: &str, amount: Option<&AmountDef>) -> Edit {
    let Some(amount) = amount else { return section(name, text, "amount", "") };
    let mut written = Written::default();
    written.head("[amount]");
    written.key("base", &quoted(&amount.base.text));
    for (key, limit) in [("floor", &amount.floor), ("cap", &amount.cap)] {
        if let Some(limit) = limit {
            written.key(key, &quoted(&limit.text));
        }
    }
    if let Some(round) = amount.round {
        written.key("round", &rounding(round));
    }
    let period = match amount.period {
        Period::Month => "month",
        Period::Year => "year",
        Period::Once => "once",
    };
    written.key("period", &quoted(period));
    if let Some(times) = amount.times {
        written.key("times", &times.to_string());
    }
    for step in &amount.steps {
        written.head("[[amount.steps]]");
        written.key("id", &quoted(&step.id));
        match &step.kind {
            StepKind::Add(of) => written.key("add", &quoted(&of.text)),
            StepKind::Subtract(of) => written.key("subtract", &quoted(&of.text)),
            StepKind::Multiply(of) => written.key("multiply", &quoted(&of.text)),
            StepKind::Per { each, per } => {
                written.key("each", &quoted(&each.text));
                written.key("per", &quoted(&per.text));
            }
            StepKind::Taper { of, above, rate } => {
                let [of, above, rate] = [of, above, rate].map(|part| quoted(&part.text));
                written.key("taper", &format!("{{ of = {of}, above = {above}, rate = {rate} }}"));
            }
        }
    }
    section(name, text, "amount", &written.0)
}

fn rounding(round: RoundDef) -> String {
    let mode = quoted(match round.mode {
        Rounding::Floor => "floor",
        Rounding::Ceil => "ceil",
        Rounding::HalfUp => "half_up",
        Rounding::HalfEven => "half_even",
    });
    if round.to == Num::ONE {
        return mode;
    }
    format!("{{ mode = {mode}, to = {} }}", literal(&Literal::Num(round.to)))
}

/// Writes what there is to give, by area and period.
pub fn budgets(name: &str, text: &str, budgets: &[BudgetDef]) -> Edit {
    let mut written = Written::default();
    for budget in budgets {
        written.head("[[budget]]");
        if let Some(area) = &budget.area {
            written.key("area", &quoted(area));
        }
        written.key("from", &budget.from.to_string());
        written.key("until", &budget.until.to_string());
        if let Some(places) = budget.places {
            written.key("places", &places.to_string());
        }
        if let Some(money) = budget.money {
            written.key("money", &literal(&Literal::Num(money)));
        }
    }
    section(name, text, "budget", &written.0)
}

/// Sets keys at the top of a programme (`review_months`, `valid_until`, `legal_basis`, …); `None` takes a key out.
pub fn fields(name: &str, text: &str, set: &[(String, Option<Literal>)]) -> Edit {
    let mut document = parsed(name, text)?;
    let root = document.as_table_mut();
    for (key, value) in set {
        let wrong = || vec![refused(name, key, "this is no single value of the programme: edit its part")];
        if root.get(key).is_some_and(|item| !item.is_value()) {
            return Err(wrong());
        }
        let Some(value) = value else {
            root.remove(key);
            continue;
        };
        let value: toml_edit::Value = literal(value).parse().map_err(|_| wrong())?;
        match root.get_mut(key).and_then(Item::as_value_mut) {
            Some(old) => {
                let decor = old.decor().clone();
                *old = value;
                *old.decor_mut() = decor;
            }
            None => drop(root.insert(key, Item::Value(value))),
        }
    }
    Ok(document.to_string())
}

/// Adds a worked example, or writes the one of this name anew.
pub fn example(name: &str, text: &str, example: &ExampleDef) -> Edit {
    let expect = match example.expect {
        Expected::Yes => "yes",
        Expected::No => "no",
        Expected::Needs => "needs",
    };
    let mut written = Written::default();
    written.head("[[example]]");
    written.key("name", &quoted(&example.name));
    written.key("expect", &quoted(expect));
    if let Some(as_of) = example.as_of {
        written.key("as_of", &as_of.to_string());
    }
    for key in ["answers", "members"] {
        if let Some(value) = example.answers.get(key) {
            written.key(key, &inline(value));
        }
    }
    let mut document = parsed(name, text)?;
    let wrong = |message: &str| vec![refused(name, &format!("example.{}", example.name), message)];
    let mut new = written.0.parse::<DocumentMut>().map_err(|error| wrong(error.message()))?;
    let Some(Item::ArrayOfTables(mut new)) = new.as_table_mut().remove("example") else {
        return Err(wrong("an example is a table"));
    };
    let mut table = new.remove(0);
    table.set_position(None);
    table.decor_mut().set_prefix("\n");
    match document.as_table_mut().entry("example").or_insert(Item::ArrayOfTables(ArrayOfTables::new())) {
        Item::ArrayOfTables(all) => {
            let named =
                |table: &toml_edit::Table| table.get("name").and_then(Item::as_str) == Some(&example.name);
            let same = all.iter().position(named);
            match same {
                Some(at) => {
                    table.set_position(all.get(at).and_then(toml_edit::Table::position));
                    all.replace(at, table);
                }
                None => all.push(table),
            }
        }
        _ => return Err(wrong("the examples are not written as [[example]]")),
    }
    Ok(document.to_string())
}

/// Takes a worked example out.
pub fn remove_example(name: &str, text: &str, example: &str) -> Edit {
    let mut document = parsed(name, text)?;
    let missing = || vec![refused(name, &format!("example.{example}"), "there is no such example")];
    let Some(Item::ArrayOfTables(all)) = document.as_table_mut().get_mut("example") else {
        return Err(missing());
    };
    let before = all.len();
    all.retain(|table| table.get("name").and_then(Item::as_str) != Some(example));
    if all.len() == before { Err(missing()) } else { Ok(document.to_string()) }
}

/// Answers as an inline value; what is null is not written.
fn inline(value: &Value) -> String {
    match value {
        Value::Null => "\"\"".into(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) if number.is_f64() => quoted(&number.to_string()),
        Value::Number(number) => number.to_string(),
        Value::String(text) => quoted(text),
        Value::Array(items) => format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Value::Object(entries) => {
            let known = entries.iter().filter(|(_, value)| !value.is_null());
            let keys: Vec<String> = known
                .map(|(key, value)| format!("{} = {}", toml_edit::Key::new(key), inline(value)))
                .collect();
            if keys.is_empty() { "{}".into() } else { format!("{{ {} }}", keys.join(", ")) }
        }
    }
}
