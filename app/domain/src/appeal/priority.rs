//! Which appeals go first, from the register and from the facts that the decision rests on. A fact that a pack does not have, or
//! that is not known of a household, puts nobody first and holds nobody back.

use crate::codes::codes;
use crate::decide::{Decided, Known};
use crate::num::Num;
use crate::value::Value;

codes! {
    /// Why an appeal goes before others.
    pub enum Priority {
        /// A child is the head.
        ChildHeaded = "child_headed",
        /// Somebody is very ill.
        TerminalIllness = "terminal_illness",
        /// Nothing comes in.
        NoIncome = "no_income",
        /// Somebody lives with a disability or needs care daily.
        Disability = "disability",
        /// Somebody is old.
        Age = "age",
    }
}

/// From this age, in completed years, somebody counts as old.
const OLD: u32 = 70;
/// Below this age, in completed years, a head is a child.
const GROWN: u32 = 18;

/// Facts that are yes or no, of the household or of a member, by the ids that packs give them.
const YES: [(Priority, &[&str]); 2] = [
    (Priority::TerminalIllness, &["terminal_illness", "is_terminally_ill"]),
    (
        Priority::Disability,
        &["great_difficulty", "needs_daily_care", "has_disability", "certified_condition"],
    ),
];
/// Facts that are amounts of money coming in.
const INCOME: [&str; 2] = ["income_month", "income"];

/// Why this household's appeal goes first, the most pressing first; ages in completed years, the head's apart.
pub fn of(decided: Option<&Decided>, head_age: Option<u32>, ages: &[u32]) -> Vec<Priority> {
    let known = |id: &str| -> Vec<&Known> {
        decided.map_or_else(Vec::new, |decided| {
            let members = decided.facts.members.values().filter_map(|facts| facts.get(id));
            decided.facts.household.get(id).into_iter().chain(members).collect()
        })
    };
    let mut found = Vec::new();
    if head_age.is_some_and(|age| age < GROWN) {
        found.push(Priority::ChildHeaded);
    }
    for (priority, ids) in YES {
        let is = |known: &Known| matches!(known, Known::Value(Value::Bool(true)));
        if ids.iter().any(|id| known(id).into_iter().any(is)) {
            found.push(priority);
        }
    }
    let nothing = |known: &Known| match known {
        Known::Value(Value::Num(number)) => *number <= Num::ZERO,
        _ => false,
    };
    if INCOME.iter().any(|id| known(id).into_iter().any(nothing)) {
        found.push(Priority::NoIncome);
    }
    if ages.iter().any(|age| *age >= OLD) {
        found.push(Priority::Age);
    }
    found.sort_unstable();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn children_who_lead_and_the_old_go_first() {
        assert_eq!(of(None, Some(16), &[16, 12]), [Priority::ChildHeaded]);
        assert_eq!(of(None, Some(40), &[40, 70]), [Priority::Age]);
        assert_eq!(of(None, None, &[69]), []);
    }
}
