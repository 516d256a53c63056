//! What each step does to a tree, and what none of them may do: lose or double a condition.

use proptest::prelude::*;

use super::*;
use crate::definitions::{LeafDef, LimitDef, Literal, Op};
use crate::fault::At;

fn leaf(id: &str) -> RuleNode {
    RuleNode::Leaf(LeafDef {
        id: id.into(),
        fact: "rooms".into(),
        op: Op::Ge,
        limit: LimitDef::Value(Literal::Bool(true)),
        reason: id.into(),
        source: None,
        at: At::default(),
    })
}

/// A tree as `all(a, any(b, c), not(d))`.
fn told(node: &RuleNode) -> String {
    let inner: Vec<String> = parts(node).iter().map(told).collect();
    match node {
        RuleNode::Leaf(leaf) => leaf.id.clone(),
        group => format!("{}({})", join_of(group).map_or("", Join::code), inner.join(", ")),
    }
}

fn path(text: &str) -> Path {
    text.parse().unwrap()
}

/// `all(a, any(b, c), not(d))`
fn tree() -> RuleNode {
    RuleNode::All(vec![
        leaf("a"),
        RuleNode::Any(vec![leaf("b"), leaf("c")]),
        RuleNode::Not(Box::new(leaf("d"))),
    ])
}

#[test]
fn a_path_is_read_as_it_is_written() {
    for text in ["root", "0", "1-0", "2-0-12"] {
        assert_eq!(path(text).to_string(), text);
    }
    for wrong in ["", "-", "1-", "a", "1--2", "+1", "99999"] {
        assert_eq!(wrong.parse::<Path>(), Err(NoPath), "{wrong}");
    }
    assert_eq!(told(find(&tree(), &path("1-1")).unwrap()), "c");
    assert_eq!(told(find(&tree(), &path("2-0")).unwrap()), "d");
    assert!(find(&tree(), &path("2-1")).is_none() && find(&tree(), &path("0-0")).is_none());
}

#[test]
fn nodes_are_added_taken_out_and_put_into_groups() {
    let whole = tree();
    let told_of = |tree: Option<RuleNode>| tree.as_ref().map(told);
    let is = |text: &str| Some(text.to_owned());
    assert_eq!(told_of(add(&whole, &path("1"), leaf("n"))), is("all(a, any(b, c, n), not(d))"));
    assert_eq!(told_of(add(&whole, &path("2"), leaf("n"))), is("all(a, any(b, c), not(any(d, n)))"));
    assert_eq!(told_of(add(&whole, &path("0"), leaf("n"))), is("all(all(a, n), any(b, c), not(d))"));
    assert_eq!(told_of(remove(&whole, &path("2-0"))), is("all(a, any(b, c))"));
    let fewer = remove(&whole, &path("1-0")).unwrap();
    assert_eq!(told_of(remove(&fewer, &path("1-0"))), is("all(a, not(d))"));
    assert_eq!(told_of(remove(&leaf("a"), &Path::root())), None);
    assert_eq!(told_of(remove(&RuleNode::Not(Box::new(leaf("a"))), &path("0"))), None);
    assert_eq!(told_of(enclose(&whole, &path("0"), Join::Not)), is("all(not(a), any(b, c), not(d))"));
    assert_eq!(told_of(rejoin(&whole, &path("1"), Join::Not)), is("all(a, not(any(b, c)), not(d))"));
    assert_eq!(told_of(rejoin(&whole, &path("2"), Join::All)), is("all(a, any(b, c), all(d))"));
    assert_eq!(told_of(rejoin(&whole, &path("0"), Join::All)), None);
    assert_eq!(free_id(&whole, "b"), "b_2");
    assert_eq!(free_id(&whole, "new"), "new");
}

#[test]
fn a_node_moves_line_by_line_through_the_groups() {
    let mut whole = tree();
    let mut steps = vec![];
    for place in ["0", "0-0", "0-1", "0-2", "1"] {
        whole = shift(&whole, &path(place), Way::Down).unwrap_or_else(|| panic!("{place}"));
        steps.push(told(&whole));
    }
    assert_eq!(
        steps,
        [
            "all(any(a, b, c), not(d))",
            "all(any(b, a, c), not(d))",
            "all(any(b, c, a), not(d))",
            "all(any(b, c), a, not(d))",
            "all(any(b, c), not(d), a)",
        ]
    );
    assert!(shift(&whole, &path("2"), Way::Down).is_none() && shift(&whole, &path("0"), Way::Up).is_none());
    // What stands in a `not` stays there.
    assert!(shift(&whole, &path("1-0"), Way::Down).is_none());
    let denied = RuleNode::All(vec![RuleNode::Not(Box::new(RuleNode::Any(vec![leaf("a"), leaf("b")])))]);
    assert!(shift(&denied, &path("0-0-0"), Way::Up).is_none());
    assert_eq!(
        shift(&denied, &path("0-0-0"), Way::Down).map(|tree| told(&tree)),
        Some("all(not(any(b, a)))".into())
    );
}

fn any_tree() -> impl Strategy<Value = RuleNode> {
    let one = Just(leaf("x"));
    one.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(RuleNode::All),
            prop::collection::vec(inner.clone(), 1..4).prop_map(RuleNode::Any),
            inner.prop_map(|node| RuleNode::Not(Box::new(node))),
        ]
    })
    .prop_map(|mut tree| {
        number(&mut tree, &mut 0);
        tree
    })
}

fn number(node: &mut RuleNode, next: &mut u32) {
    match node {
        RuleNode::All(nodes) | RuleNode::Any(nodes) => nodes.iter_mut().for_each(|node| number(node, next)),
        RuleNode::Not(inner) => number(inner, next),
        RuleNode::Leaf(leaf) => {
            leaf.id = format!("l{next}");
            *next += 1;
        }
    }
}

fn paths(node: &RuleNode, at: &Path, into: &mut Vec<Path>) {
    into.push(at.clone());
    for (place, inner) in parts(node).iter().enumerate() {
        paths(inner, &at.below(place), into);
    }
}

fn ids(tree: &RuleNode) -> Vec<String> {
    let mut ids: Vec<String> = tree.leaves().iter().map(|leaf| leaf.id.clone()).collect();
    ids.sort();
    ids
}

fn has_empty_group(node: &RuleNode) -> bool {
    match node {
        RuleNode::Leaf(_) => false,
        group => parts(group).is_empty() || parts(group).iter().any(has_empty_group),
    }
}

proptest! {
    #[test]
    fn no_step_loses_a_condition_or_leaves_a_group_empty(tree in any_tree()) {
        let mut all = Vec::new();
        paths(&tree, &Path::root(), &mut all);
        for path in all {
            for moved in [Way::Up, Way::Down].into_iter().filter_map(|way| shift(&tree, &path, way)) {
                prop_assert_eq!(ids(&moved), ids(&tree));
                prop_assert!(!has_empty_group(&moved), "{}", told(&moved));
                prop_assert!(told(&moved) != told(&tree));
            }
            for join in Join::ALL {
                let joined = [enclose(&tree, &path, join), rejoin(&tree, &path, join)];
                for joined in joined.into_iter().flatten() {
                    prop_assert_eq!(ids(&joined), ids(&tree));
                }
            }
            let below = ids(find(&tree, &path).unwrap());
            if let Some(fewer) = remove(&tree, &path) {
                prop_assert!(!has_empty_group(&fewer));
                prop_assert_eq!(ids(&fewer).len(), ids(&tree).len() - below.len());
            }
            let more = add(&tree, &path, leaf("new")).unwrap();
            prop_assert_eq!(ids(&more).len(), ids(&tree).len() + 1);
        }
    }
}
