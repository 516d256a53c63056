//! Whether the lines of a graduation are lines of numbers, and whoever enters stands below the line to leave.

use crate::definitions::{
    Definitions, GraduationDef, LeafDef, LimitDef, Literal, Op, ProgrammeDef, RuleNode, number_on, turns,
};
use crate::expr::Type;
use crate::expr::typing::Scope;
use crate::fault::Fault;

/// What is wrong with how a programme lets go.
pub(super) fn check(def: &ProgrammeDef, definitions: &Definitions, scope: &Scope) -> Vec<Fault> {
    let Some(graduation) = &def.graduation else { return Vec::new() };
    let fault = |key: &str, message: String| graduation.at.fault(format!("graduation.{key}"), message);
    let entry = &graduation.entry;
    let Some((leaf, negated)) = find(&def.eligible, entry, false) else {
        return vec![fault("entry", format!("the rule has no comparison “{entry}”"))];
    };
    let mut faults = Vec::new();
    if leaf.op != Op::Le || negated {
        faults.push(fault("entry", format!("“{entry}” must say that a score is at most (<=) a line")));
    }
    let is_number = |limit: &LimitDef| match limit {
        LimitDef::Value(value) => matches!(value, Literal::Num(_)),
        LimitDef::Param(id) => scope.params.get(id).is_none_or(|(_, ty)| *ty == Type::Num),
        LimitDef::Values(_) | LimitDef::Fact(_) => false,
    };
    if !is_number(&leaf.limit) {
        faults.push(fault("entry", format!("the line of “{entry}” must be a number or a parameter")));
    }
    if !is_number(&graduation.leave) {
        faults.push(fault("param", "the line to leave must be a number".to_owned()));
    }
    if faults.is_empty() {
        faults.extend(order(def, graduation, leaf, definitions).map(|message| fault("leave", message)));
    }
    faults
}

/// A leaf of a rule and whether it stands under an odd number of `not`s.
fn find<'n>(node: &'n RuleNode, id: &str, negated: bool) -> Option<(&'n LeafDef, bool)> {
    match node {
        RuleNode::Leaf(leaf) => (leaf.id == id).then_some((leaf, negated)),
        RuleNode::Not(inner) => find(inner, id, !negated),
        RuleNode::All(nodes) | RuleNode::Any(nodes) => nodes.iter().find_map(|node| find(node, id, negated)),
    }
}

/// The first day on which the lines stand the wrong way round.
fn order(
    def: &ProgrammeDef,
    graduation: &GraduationDef,
    leaf: &LeafDef,
    definitions: &Definitions,
) -> Option<String> {
    let parameters = &definitions.parameters;
    turns([&leaf.limit, &graduation.leave], parameters, def.valid_from).into_iter().find_map(|day| {
        let enter = number_on(&leaf.limit, parameters, day)?;
        let leave = number_on(&graduation.leave, parameters, day)?;
        (leave <= enter).then(|| {
            format!("on {day} the line to leave ({leave}) is not above the line to enter ({enter}): between them nobody comes and nobody goes")
        })
    })
}
