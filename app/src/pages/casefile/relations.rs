//! What members are to a head: a choice for each, and what was chosen.

use std::collections::BTreeMap;

use casework::households::file::Member;
use domain::household::Relation;
use domain::ids::PersonId;

use super::frame::name;
use crate::kit::{Problems, Select};
use crate::shell::Page;

/// What was chosen for each, as it came.
pub type Chosen = BTreeMap<PersonId, String>;

/// The input of a member.
pub fn input(member: PersonId) -> String {
    format!("relation-{member}")
}

/// The input of the first of them: where it is said what is wrong with all.
pub fn first(chosen: &Chosen) -> String {
    chosen.keys().next().map_or_else(|| "main".to_owned(), |member| input(*member))
}

/// The relations that were chosen; of each that is none it is said.
pub fn read<'a>(
    page: &Page,
    chosen: impl IntoIterator<Item = (&'a PersonId, &'a String)>,
    problems: &mut Problems,
) -> BTreeMap<PersonId, Relation> {
    let mut relations = BTreeMap::new();
    for (member, code) in chosen {
        match code.parse() {
            Ok(relation) => drop(relations.insert(*member, relation)),
            Err(_) => drop(problems.add(input(*member), page.t("member-relation-missing"))),
        }
    }
    relations
}

/// How many of them are to be the head.
pub fn heads(relations: &BTreeMap<PersonId, Relation>) -> usize {
    relations.values().filter(|relation| **relation == Relation::Head).count()
}

/// A choice for each member; `none` is what it says before anything is chosen.
pub fn selects<'a>(
    page: &Page,
    members: impl Iterator<Item = &'a Member>,
    none: &str,
    chosen: &Chosen,
    problems: &Problems,
) -> Vec<Select> {
    members
        .map(|member| {
            let named = input(member.id);
            let error = problems.of(&named);
            Select::new(named, name(member))
                .item("", page.t(none))
                .items(Relation::ALL.iter().map(|one| (one.code(), page.t_of("relation", one.code()))))
                .value(chosen.get(&member.id).cloned().unwrap_or_default())
                .error(error)
        })
        .collect()
}
