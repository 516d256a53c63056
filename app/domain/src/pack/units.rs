//! Years are not compared with money, nor a month's money with a year's.

use super::fault::Faults;
use crate::definitions::{Definitions, LimitDef};

/// Reports comparisons of a fact with a limit of another unit, where both say theirs.
pub(super) fn check(definitions: &Definitions, faults: &Faults) {
    let of_parameter = |id: &str| definitions.parameters.iter().find(|known| known.id == id)?.unit.as_deref();
    for leaf in definitions.programmes.iter().flat_map(|programme| programme.eligible.leaves()) {
        let (limit, part) = match &leaf.limit {
            LimitDef::Param(id) => (of_parameter(id), "param"),
            LimitDef::Fact(fact) => (of_name(definitions, fact), "limit_fact"),
            LimitDef::Value(_) | LimitDef::Values(_) => continue,
        };
        if let (Some(unit), Some(limit)) = (of_name(definitions, &leaf.fact), limit)
            && !agree(unit, limit)
        {
            let message =
                format!("'{}' is in {unit}, but the limit is in {limit}: compare the same", leaf.fact);
            faults.add(&leaf.at.file, leaf.at.line, &format!("eligible.{}.{part}", leaf.id), message);
        }
    }
    for programme in &definitions.programmes {
        let Some(graduation) = &programme.graduation else { continue };
        let LimitDef::Param(id) = &graduation.leave else { continue };
        let leaves = programme.eligible.leaves();
        let entry = leaves.iter().find(|leaf| leaf.id == graduation.entry);
        let unit = entry.and_then(|leaf| of_name(definitions, &leaf.fact));
        if let (Some(unit), Some(line)) = (unit, of_parameter(id))
            && !agree(unit, line)
        {
            let message = format!("what is compared is in {unit}, but the line to leave is in {line}");
            faults.add(&graduation.at.file, graduation.at.line, "graduation.param", message);
        }
    }
}

/// The declared unit of a fact or a question.
pub fn of_name<'d>(definitions: &'d Definitions, name: &str) -> Option<&'d str> {
    let fact = definitions.facts.iter().find(|fact| fact.id == name);
    let input = definitions.inputs.iter().find(|input| input.id == name);
    fact.and_then(|fact| fact.unit.as_deref()).or_else(|| input.and_then(|input| input.unit.as_deref()))
}

/// Whether two units can be compared: one may say less than the other (`KSF` beside `KSF/person/month`), but where both say
/// something, it is the same.
pub fn agree(one: &str, other: &str) -> bool {
    one.split('/').zip(other.split('/')).all(|(one, other)| one.trim() == other.trim())
}
