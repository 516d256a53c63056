//! What an officer looks for before registering anybody: a reference, an identifier, a telephone number, or a
//! name with a birth date. From raw strings to a typed [`Query`].

use crate::birth::{Birth, BirthFault};
use crate::identifier::{Identifier, IdentifierFault, IdentifierKind};
use crate::name::search_words;
use crate::phone::Phone;
use crate::reference::{NotAReference, Reference};
use serde::{Deserialize, Serialize};
use time::Date;

/// The raw form. What is filled first in this order counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SearchForm {
    /// Reference.
    pub reference: String,
    /// Identifier of any kind.
    pub identifier: String,
    /// Telephone.
    pub phone: String,
    /// Name or part of it, whole words.
    pub name: String,
    /// Day of birth.
    pub birth_day: String,
    /// Month of birth.
    pub birth_month: String,
    /// Year of birth; alone when only the year is known.
    pub birth_year: String,
    /// Age, when the year is not known.
    pub age: String,
}

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// The household of this reference.
    Reference(Reference),
    /// Whoever has this number, of whichever kind.
    Identifier(Vec<Identifier>),
    /// Households with this telephone.
    Phone(Phone),
    /// People with these words in their name and this birth.
    NameBirth {
        /// Folded words; all must be in the name.
        words: Vec<String>,
        /// Birth.
        birth: Birth,
    },
}

/// What is wrong with a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchFault {
    /// Nothing is filled in.
    Empty,
    /// The reference.
    Reference(NotAReference),
    /// The identifier.
    Identifier(IdentifierFault),
    /// The telephone.
    Phone,
    /// A birth without a name.
    NameMissing,
    /// The birth; a name alone finds too many.
    Birth(BirthFault),
}

impl SearchForm {
    /// The typed query, or what is wrong.
    pub fn validate(&self, today: Date) -> Result<Query, SearchFault> {
        if !self.reference.trim().is_empty() {
            return Reference::parse(&self.reference).map(Query::Reference).map_err(SearchFault::Reference);
        }
        if !self.identifier.trim().is_empty() {
            let of_each_kind: Result<Vec<_>, _> =
                IdentifierKind::ALL.iter().map(|kind| Identifier::parse(*kind, &self.identifier)).collect();
            return of_each_kind.map(Query::Identifier).map_err(SearchFault::Identifier);
        }
        if !self.phone.trim().is_empty() {
            return Phone::parse(&self.phone).map(Query::Phone).map_err(|_| SearchFault::Phone);
        }
        let mut words = search_words(&self.name);
        words.sort_unstable();
        words.dedup();
        let birth = Birth::parse(&self.birth_day, &self.birth_month, &self.birth_year, &self.age, today);
        match (words.is_empty(), birth) {
            (true, Err(BirthFault::Missing)) => Err(SearchFault::Empty),
            (true, _) => Err(SearchFault::NameMissing),
            (false, birth) => {
                birth.map(|birth| Query::NameBirth { words, birth }).map_err(SearchFault::Birth)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    const TODAY: Date = date!(2026 - 11 - 22);

    #[test]
    fn four_ways_to_look() {
        let form = SearchForm { reference: "sp 0000 0000".into(), ..SearchForm::default() };
        assert!(matches!(form.validate(TODAY), Ok(Query::Reference(_))));
        let form = SearchForm { identifier: "12-34 56".into(), ..SearchForm::default() };
        let Ok(Query::Identifier(kinds)) = form.validate(TODAY) else { panic!("{form:?}") };
        assert_eq!(kinds.len(), IdentifierKind::ALL.len());
        let form = SearchForm { phone: "079 12 34 56".into(), ..SearchForm::default() };
        assert!(matches!(form.validate(TODAY), Ok(Query::Phone(_))));
        let form = SearchForm { name: "Ba  AWA".into(), birth_year: "1980".into(), ..SearchForm::default() };
        assert_eq!(
            form.validate(TODAY),
            Ok(Query::NameBirth { words: vec!["awa".into(), "ba".into()], birth: Birth::Year(1980) })
        );
    }

    #[test]
    fn what_is_refused() {
        let fault = |form: SearchForm| form.validate(TODAY).unwrap_err();
        assert_eq!(fault(SearchForm::default()), SearchFault::Empty);
        assert_eq!(
            fault(SearchForm { name: "Awa".into(), ..SearchForm::default() }),
            SearchFault::Birth(BirthFault::Missing)
        );
        assert_eq!(fault(SearchForm { age: "7".into(), ..SearchForm::default() }), SearchFault::NameMissing);
        assert_eq!(
            fault(SearchForm { reference: "SP-0000-0001".into(), ..SearchForm::default() }),
            SearchFault::Reference(NotAReference::Check)
        );
        assert_eq!(fault(SearchForm { phone: "x".into(), ..SearchForm::default() }), SearchFault::Phone);
    }
}
