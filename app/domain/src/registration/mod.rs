//! Registering a household: from the raw strings of a form to a typed [`Registration`], or a list of what is
//! wrong with which field.
//!
//! `form` holds the raw form and how its fields are named in HTML; `validate` holds the checks. To add a
//! field: add it to the form, to [`Field`] or [`MemberField`] with its name, to the check, and to the typed
//! result; words for a new [`Problem`] stand with the page.

mod form;
mod validate;

pub use form::{ConsentForm, ContactForm, MemberForm, NotThem, RegistrationForm};

use crate::household::{ConsentGiven, Contact, Person};
use crate::identifier::IdentifierKind;
use crate::ids::{HouseholdId, PersonId};

/// What the checks must know of the country; a pack answers.
pub trait Country {
    /// Whether a household can live there: an area of the lowest level.
    fn is_dwelling_area(&self, area: &str) -> bool;
    /// Whether letters can be written in the language.
    fn has_language(&self, language: &str) -> bool;
    /// Whether the agency exists.
    fn has_agency(&self, agency: &str) -> bool;
    /// The version of the consent words in force.
    fn consent_words(&self) -> &str;
}

/// A household that can be registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// The form's id becomes the household's.
    pub id: HouseholdId,
    /// Address, phone, language.
    pub contact: Contact,
    /// Members; exactly one is the head.
    pub members: Vec<Person>,
    /// Index in `members` of who consented.
    pub consent_by: usize,
    /// The consent.
    pub consent: ConsentGiven,
    /// Registered people who are none of the members, as the officer has said.
    pub apart: Vec<Apart>,
}

/// An officer's word that a member is not somebody who is registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Apart {
    /// Index in `members`.
    pub member: usize,
    /// The registered person.
    pub person: PersonId,
    /// Why; may be empty.
    pub reason: String,
}

/// A field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The hidden form id.
    FormId,
    /// Area.
    Area,
    /// Directions.
    Directions,
    /// Telephone.
    Phone,
    /// Language.
    Language,
    /// The members as a whole.
    Members,
    /// A field of the member in this row (0 is the first).
    Member(usize, MemberField),
    /// Agencies consented to.
    ConsentAgencies,
    /// Who consented.
    ConsentBy,
    /// How.
    ConsentHow,
    /// On which words.
    ConsentWords,
}

/// A field of one member's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MemberField {
    /// Given name.
    Given,
    /// Family name.
    Family,
    /// The one free form.
    OneName,
    /// Sex.
    Sex,
    /// Birth, as a whole (its inputs are day, month, year, age).
    Birth,
    /// Relation to the head.
    Relation,
    /// The identifier of this kind.
    Identifier(IdentifierKind),
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Nothing is entered or chosen.
    Missing,
    /// Longer than so many characters.
    TooLong(usize),
    /// Not one of the choices.
    NotAChoice,
    /// The name.
    Name(crate::name::NameFault),
    /// The birth.
    Birth(crate::birth::BirthFault),
    /// The identifier.
    Identifier(crate::identifier::IdentifierFault),
    /// The telephone number.
    Phone,
    /// Nobody is the head.
    NoHead,
    /// The member in that row is the head already.
    HeadAlready(usize),
    /// The member in that row has the same identifier.
    SameIdentifierAs(usize),
    /// The member in that row has the same name and birth.
    SamePersonAs(usize),
    /// More than so many members.
    TooMany(usize),
    /// The consent words have changed since the page was shown: read the new ones out.
    WordsChanged,
}

/// What is wrong with a form, in the order of its fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Errors(Vec<(Field, Problem)>);

impl Errors {
    /// Notes a problem.
    pub fn push(&mut self, field: Field, problem: Problem) {
        self.0.push((field, problem));
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All, in the order of the form.
    pub fn iter(&self) -> impl Iterator<Item = &(Field, Problem)> {
        self.0.iter()
    }

    /// The first problem of a field.
    pub fn of(&self, field: Field) -> Option<Problem> {
        self.0.iter().find(|(f, _)| *f == field).map(|(_, problem)| *problem)
    }
}

impl Field {
    /// The `name` of the field's (first) input, which is also the anchor of its error.
    pub fn input_name(self) -> String {
        match self {
            Self::FormId => "form_id".into(),
            Self::Area => "area".into(),
            Self::Directions => "directions".into(),
            Self::Phone => "phone".into(),
            Self::Language => "language".into(),
            Self::Members => "members".into(),
            Self::Member(row, field) => match field {
                MemberField::Given => format!("member-{row}-given"),
                MemberField::Family => format!("member-{row}-family"),
                MemberField::OneName => format!("member-{row}-one_name"),
                MemberField::Sex => format!("member-{row}-sex"),
                MemberField::Birth => format!("member-{row}-birth_day"),
                MemberField::Relation => format!("member-{row}-relation"),
                MemberField::Identifier(kind) => format!("member-{row}-id_{kind}"),
            },
            Self::ConsentAgencies => "consent_agency".into(),
            Self::ConsentBy => "consent_by".into(),
            Self::ConsentHow => "consent_how".into(),
            Self::ConsentWords => "consent_words".into(),
        }
    }
}
