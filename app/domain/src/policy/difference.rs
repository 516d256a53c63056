//! What two versions of a document say differently, as data that a page puts into words.
//!
//! Programmes, figures, links and words are compared by what they say; of everything else, and of what these have besides,
//! the keys are compared. One more kind that deserves its own words: a variant of [`Difference`], its line in [`between`].

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use time::Date;

use crate::definitions::{
    AmountDef, BudgetDef, LeafDef, LinkDef, Literal, ParameterDef, ProgrammeDef, RuleNode,
};
use crate::pack::alone::{self, Alone};

/// Something that two versions say differently. Where one of the two says nothing, it is `None`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Difference {
    /// A condition of a programme: added, removed, or with another fact, sign, limit, reason or source.
    Condition {
        /// Its id.
        id: String,
        /// Before.
        before: Option<Box<LeafDef>>,
        /// After.
        after: Option<Box<LeafDef>>,
    },
    /// How the conditions of a programme are joined: all, any, not.
    Tree {
        /// Before.
        before: Box<RuleNode>,
        /// After.
        after: Box<RuleNode>,
    },
    /// A part of a programme's amount, as it is written.
    Amount {
        /// `base`, `floor`, `cap`, `round`, `period`, `times`, or `steps.<id>`; `steps` when only their order differs.
        part: String,
        /// Before.
        before: Option<String>,
        /// After.
        after: Option<String>,
    },
    /// What a programme has to give in an area from a day on.
    Budget {
        /// Before.
        before: Option<Box<BudgetDef>>,
        /// After.
        after: Option<Box<BudgetDef>>,
    },
    /// A worked example of a programme: added, removed or different.
    Example {
        /// Its name.
        name: String,
        /// Whether it was there.
        before: bool,
        /// Whether it is there.
        after: bool,
    },
    /// A figure of the law from a day on.
    Figure {
        /// The parameter.
        id: String,
        /// Its first day.
        #[serde(serialize_with = "crate::value::as_iso_date")]
        from: Date,
        /// Before.
        before: Option<Literal>,
        /// After.
        after: Option<Literal>,
    },
    /// A link between programmes.
    Link {
        /// Its id.
        id: String,
        /// Before.
        before: Option<Box<LinkDef>>,
        /// After.
        after: Option<Box<LinkDef>>,
    },
    /// Words that people read.
    Words {
        /// Their key.
        key: String,
        /// Before.
        before: Option<String>,
        /// After.
        after: Option<String>,
    },
    /// Anything else that is said under a key.
    Key {
        /// Its path, as faults name it.
        path: String,
        /// Before.
        before: Option<String>,
        /// After.
        after: Option<String>,
    },
    /// They say the same, and only the comments, the order or the way of writing differ.
    Writing,
}

/// What the second text of a document says differently from the first; `name` is the document's. An absent document is an
/// empty text. Nothing for the same text.
pub fn between(name: &str, before: &str, after: &str) -> Vec<Difference> {
    if before == after {
        return Vec::new();
    }
    let (mut found, skipped): (Vec<Difference>, &[&str]) =
        match (alone::read(name, before).0, alone::read(name, after).0) {
            (Alone::Programme(Some(before)), Alone::Programme(Some(after))) => {
                (programmes(&before, &after), &["eligible", "amount", "budget", "example"])
            }
            (Alone::Parameters(before), Alone::Parameters(after)) => (figures(&before, &after), &["values"]),
            (Alone::Links(before, _), Alone::Links(after, _)) => (links(&before, &after), &["link"]),
            (Alone::Words(before), Alone::Words(after)) => {
                let words = each(&before, &after);
                return or_writing(
                    words.map(|(key, before, after)| Difference::Words { key, before, after }).collect(),
                );
            }
            _ => (Vec::new(), &[]),
        };
    let is_skipped = |path: &str| {
        let mut parts = path.split('.');
        let first = parts.next().unwrap_or_default();
        let third = parts.nth(1).unwrap_or_default();
        skipped.contains(&first) || (skipped == ["values"] && third == "values")
    };
    let (before, after) = (alone::keys(before), alone::keys(after));
    let keys = each(&before, &after).filter(|(path, ..)| !is_skipped(path));
    found.extend(keys.map(|(path, before, after)| Difference::Key { path, before, after }));
    or_writing(found)
}

fn or_writing(found: Vec<Difference>) -> Vec<Difference> {
    if found.is_empty() { vec![Difference::Writing] } else { found }
}

/// Where two maps differ, in the order of the keys.
fn each<'m>(
    before: &'m BTreeMap<String, String>,
    after: &'m BTreeMap<String, String>,
) -> impl Iterator<Item = (String, Option<String>, Option<String>)> + 'm {
    let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let differs = |key: &&String| before.get(*key) != after.get(*key);
    keys.into_iter()
        .filter(differs)
        .map(|key| (key.clone(), before.get(key).cloned(), after.get(key).cloned()))
}

/// Whether two definitions say the same, wherever they stand.
fn same<T: Serialize>(one: &T, other: &T) -> bool {
    match (serde_json::to_value(one), serde_json::to_value(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

/// Pairs of what has the same id, where they differ: first those of before in their order, then the new ones.
fn paired<'d, T: Serialize>(
    before: Vec<&'d T>,
    after: &[&'d T],
    id: impl Fn(&T) -> String,
) -> Vec<(String, Option<&'d T>, Option<&'d T>)> {
    let mut pairs = Vec::new();
    let known: BTreeSet<String> = before.iter().map(|one| id(one)).collect();
    for one in before {
        match after.iter().find(|other| id(other) == id(one)) {
            Some(other) if same(one, *other) => {}
            other => pairs.push((id(one), Some(one), other.copied())),
        }
    }
    pairs.extend(after.iter().filter(|one| !known.contains(&id(one))).map(|one| (id(one), None, Some(*one))));
    pairs
}

fn boxed<T: Clone>(one: Option<&T>) -> Option<Box<T>> {
    one.cloned().map(Box::new)
}

fn programmes(before: &ProgrammeDef, after: &ProgrammeDef) -> Vec<Difference> {
    let leaves = paired(before.eligible.leaves(), &after.eligible.leaves(), |leaf| leaf.id.clone());
    let mut found: Vec<Difference> = leaves
        .into_iter()
        .map(|(id, before, after)| Difference::Condition { id, before: boxed(before), after: boxed(after) })
        .collect();
    // Where conditions came or went, the conditions say so; told besides is only how the others are joined.
    if joined(&before.eligible, after) != joined(&after.eligible, before) {
        let (before, after) = (Box::new(before.eligible.clone()), Box::new(after.eligible.clone()));
        found.push(Difference::Tree { before, after });
    }
    let amounts = each_part(before.amount.as_ref(), after.amount.as_ref());
    found.extend(amounts.into_iter().map(|(part, before, after)| Difference::Amount { part, before, after }));
    let of = |budget: &BudgetDef| format!("{} {}", budget.area.as_deref().unwrap_or_default(), budget.from);
    let budgets = paired(before.budgets.iter().collect(), &after.budgets.iter().collect::<Vec<_>>(), of);
    found.extend(
        budgets
            .into_iter()
            .map(|(_, before, after)| Difference::Budget { before: boxed(before), after: boxed(after) }),
    );
    let examples =
        paired(before.examples.iter().collect(), &after.examples.iter().collect::<Vec<_>>(), |example| {
            example.name.clone()
        });
    found.extend(examples.into_iter().map(|(name, before, after)| Difference::Example {
        name,
        before: before.is_some(),
        after: after.is_some(),
    }));
    found
}

/// How those conditions are joined that another version has as well, told by their ids.
fn joined(node: &RuleNode, other: &ProgrammeDef) -> String {
    let known: BTreeSet<&str> = other.eligible.leaves().into_iter().map(|leaf| leaf.id.as_str()).collect();
    shape_of(node, &|leaf| known.contains(leaf)).unwrap_or_default()
}

fn shape_of(node: &RuleNode, counts: &dyn Fn(&str) -> bool) -> Option<String> {
    let several = |word: &str, nodes: &[RuleNode]| {
        let inner: Vec<String> = nodes.iter().filter_map(|node| shape_of(node, counts)).collect();
        match inner.as_slice() {
            [] => None,
            // One alone needs no joining.
            [one] => Some(one.clone()),
            more => Some(format!("{word}({})", more.join(","))),
        }
    };
    match node {
        RuleNode::All(nodes) => several("all", nodes),
        RuleNode::Any(nodes) => several("any", nodes),
        RuleNode::Not(node) => shape_of(node, counts).map(|inner| format!("not({inner})")),
        RuleNode::Leaf(leaf) => counts(&leaf.id).then(|| leaf.id.clone()),
    }
}

type Part = (String, Option<String>, Option<String>);

/// The parts of two amounts that differ, as they are written.
fn each_part(before: Option<&AmountDef>, after: Option<&AmountDef>) -> Vec<Part> {
    let parts = |amount: Option<&AmountDef>| -> BTreeMap<String, String> {
        let value = amount.and_then(|amount| serde_json::to_value(amount).ok()).unwrap_or_default();
        let mut parts = BTreeMap::new();
        let text =
            |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        for (key, value) in value.as_object().into_iter().flatten() {
            match value {
                serde_json::Value::Null => {}
                serde_json::Value::Array(steps) => {
                    let id = |step: &serde_json::Value| step.get("id").map(text).unwrap_or_default();
                    let order: Vec<String> = steps.iter().map(id).collect();
                    for step in steps {
                        let mut said = step.clone();
                        said.as_object_mut().map(|said| said.remove("id"));
                        parts.insert(format!("steps.{}", id(step)), said.to_string());
                    }
                    parts.insert("steps".into(), order.join(", "));
                }
                value => drop(parts.insert(key.clone(), text(value))),
            }
        }
        parts
    };
    let (before, after) = (parts(before), parts(after));
    let found: Vec<Part> = each(&before, &after).collect();
    // That a step came or went is told by the step.
    let moved = found
        .iter()
        .any(|(part, one, other)| part.starts_with("steps.") && (one.is_none() || other.is_none()));
    found.into_iter().filter(|(part, ..)| !(moved && part == "steps")).collect()
}

fn figures(before: &[ParameterDef], after: &[ParameterDef]) -> Vec<Difference> {
    let ids: BTreeSet<&str> = before.iter().chain(after).map(|parameter| parameter.id.as_str()).collect();
    let mut found = Vec::new();
    for id in ids {
        let values = |all: &[ParameterDef]| -> BTreeMap<Date, Literal> {
            let own = all.iter().filter(|parameter| parameter.id == id);
            own.flat_map(|parameter| &parameter.values)
                .map(|dated| (dated.from, dated.value.clone()))
                .collect()
        };
        let (before, after) = (values(before), values(after));
        let days: BTreeSet<Date> = before.keys().chain(after.keys()).copied().collect();
        for from in days.into_iter().filter(|day| before.get(day) != after.get(day)) {
            let (before, after) = (before.get(&from).cloned(), after.get(&from).cloned());
            found.push(Difference::Figure { id: id.to_owned(), from, before, after });
        }
    }
    found
}

fn links(before: &[LinkDef], after: &[LinkDef]) -> Vec<Difference> {
    let pairs = paired(before.iter().collect(), &after.iter().collect::<Vec<_>>(), |link| link.id.clone());
    pairs
        .into_iter()
        .map(|(id, before, after)| Difference::Link { id, before: boxed(before), after: boxed(after) })
        .collect()
}
