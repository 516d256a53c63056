//! A household and its members, as the registry holds them: the small types that forms, rules and casework
//! share. The form that makes one is in [`registration`](crate::registration).

use crate::birth::Birth;
use crate::codes::codes;
use crate::identifier::Identifier;
use crate::name::PersonName;
use crate::phone::Phone;
use serde::{Deserialize, Serialize};

/// More members than this is an institution, not a household.
pub const MOST_MEMBERS: usize = 30;

codes! {
    /// Sex, as the person states it.
    pub enum Sex {
        /// Male.
        Male = "male",
        /// Female.
        Female = "female",
        /// Neither of the two.
        Other = "other",
        /// Not stated.
        Unknown = "unknown",
    }
}

codes! {
    /// Relation to the head of the household.
    pub enum Relation {
        /// The head. Each household has one.
        Head = "head",
        /// Husband or wife.
        Spouse = "spouse",
        /// Son or daughter, adopted or stepchild too.
        Child = "child",
        /// Father or mother, of the spouse too.
        Parent = "parent",
        /// Brother or sister.
        Sibling = "sibling",
        /// Son's or daughter's child.
        Grandchild = "grandchild",
        /// Another relative.
        OtherRelative = "other_relative",
        /// No relative.
        NotRelated = "not_related",
    }
}

codes! {
    /// Why someone is no longer a member.
    pub enum Leaving {
        /// Lives elsewhere.
        MovedOut = "moved_out",
        /// Has died.
        Died = "died",
        /// Was never a member: entered by mistake.
        EnteredByMistake = "entered_by_mistake",
    }
}

codes! {
    /// How a consent was given.
    pub enum ConsentHow {
        /// Signed.
        Signed = "signed",
        /// With a thumbprint.
        Thumbprint = "thumbprint",
        /// Spoken, before a witness.
        SpokenWitnessed = "spoken_witnessed",
        /// Not to us: through a partner that gave a list under an agreement. Holds until the family is asked.
        PartnerAgreement = "partner_agreement",
    }
}

impl ConsentHow {
    /// The ways in which a family gives it at a counter.
    pub const AT_COUNTER: [Self; 3] = [Self::Signed, Self::Thumbprint, Self::SpokenWitnessed];
}

/// A household's address and how to reach it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Area of the pack's lowest level.
    pub area: String,
    /// How to find the dwelling, in free text.
    pub directions: Option<String>,
    /// Telephone number.
    pub phone: Option<Phone>,
    /// Language of letters and messages, one of the pack's.
    pub language: String,
    /// Someone in the household could be harmed by what a message says: messages go out without content.
    pub safe_contact: bool,
}

/// What is said of one member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Name.
    pub name: PersonName,
    /// Sex.
    pub sex: Sex,
    /// Birth, as well as it is known.
    pub birth: Birth,
    /// Relation to the head.
    pub relation: Relation,
    /// At most one of each kind.
    pub identifiers: Vec<Identifier>,
}

impl Person {
    /// Same normalised name and same birth, known equally well: most likely the same person.
    pub fn resembles(&self, other: &Self) -> bool {
        self.likeness() == other.likeness()
    }

    /// What [`resembles`](Self::resembles) compares, as one text: name key, and the day or the year.
    pub fn likeness(&self) -> String {
        match self.birth.day() {
            Some(day) => format!("{}|{day}", self.name.key()),
            None => format!("{}|{}", self.name.key(), self.birth.year()),
        }
    }
}

/// A consent as it is given: to which agencies, on which words, how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentGiven {
    /// Agencies that may use the household's data.
    pub agencies: Vec<String>,
    /// Version of the words that were read out, as the pack names it.
    pub words: String,
    /// How it was given.
    pub how: ConsentHow,
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    fn person(given: &str, birth: Birth) -> Person {
        Person {
            name: PersonName::parse(given, "Ba", "").unwrap(),
            sex: Sex::Female,
            birth,
            relation: Relation::Head,
            identifiers: vec![],
        }
    }

    #[test]
    fn a_likeness_needs_name_and_birth() {
        let awa = person("Awa", Birth::Date(date!(1990 - 02 - 05)));
        assert!(awa.resembles(&person("AWA", Birth::Date(date!(1990 - 02 - 05)))));
        assert!(!awa.resembles(&person("Awa", Birth::Date(date!(1990 - 02 - 06)))));
        assert!(!awa.resembles(&person("Awa", Birth::Year(1990))));
        assert!(person("Awa", Birth::Year(1990)).resembles(&person("awa", Birth::Year(1990))));
    }
}
