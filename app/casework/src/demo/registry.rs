//! From drawn households to registrations: the same typed value that the counter's form gives.

use std::collections::HashSet;

use domain::birth::Birth;
use domain::household::{ConsentGiven, ConsentHow, Contact, Person, Relation, Sex};
use domain::identifier::{Identifier, IdentifierKind};
use domain::ids::HouseholdId;
use domain::name::PersonName;
use domain::pack::Pack;
use domain::phone::Phone;
use domain::registration::{Country as _, Registration};
use time::macros::date;
use time::{Date, OffsetDateTime};

use super::dice::Dice;
use super::names::Culture;
use super::people::{self, Known};

/// The day on which the ages are true. Fixed, so that a seed gives the same people whenever it is used.
const AS_OF: Date = date!(2026 - 11 - 01);

/// The households of a seed, one after the other. No two people share name and birth: the registry would stop the
/// second as registered already, as it should.
pub struct Registry<'p> {
    pack: &'p Pack,
    areas: Vec<&'p str>,
    cultures: Vec<Culture>,
    seed: u64,
    number: u64,
    as_of: Date,
    seen: HashSet<String>,
}

impl<'p> Registry<'p> {
    /// The registry of `seed` in the country of `pack`; `today` only matters where it lies before the ages' own day.
    pub fn new(pack: &'p Pack, seed: u64, today: Date) -> Self {
        let areas = pack.areas.leaves().map(|area| area.code.as_str()).collect();
        let as_of = AS_OF.min(today);
        Self { pack, areas, cultures: Culture::all(), seed, number: 0, as_of, seen: HashSet::new() }
    }

    /// The next household, registered at `at` (its id tells the moment, as every id does).
    pub fn next(&mut self, at: OffsetDateTime) -> Registration {
        loop {
            let number = self.number;
            self.number += 1;
            let drawn = people::draw(self.seed, number, self.areas.len(), &self.cultures, self.as_of);
            let Some(registration) = self.registration(&drawn, at) else { continue };
            let likenesses: Vec<String> = registration.members.iter().map(Person::likeness).collect();
            let own: HashSet<&String> = likenesses.iter().collect();
            if own.len() == likenesses.len()
                && likenesses.iter().all(|likeness| !self.seen.contains(likeness))
            {
                self.seen.extend(likenesses);
                return registration;
            }
        }
    }

    /// `None` for what the registry would not take; the next number is drawn instead.
    fn registration(&self, drawn: &people::Household, at: OffsetDateTime) -> Option<Registration> {
        let members = drawn.members.iter().map(|person| self.person(person)).collect::<Option<Vec<_>>>()?;
        let mut dice = Dice::new(self.seed ^ 0x6964, drawn.number);
        let mut random = [0; 10];
        random[..8].copy_from_slice(&dice.roll().to_le_bytes());
        random[8..].copy_from_slice(&dice.roll().to_le_bytes()[..2]);
        let milliseconds = u64::try_from(at.unix_timestamp()).ok()? * 1000;
        let id = uuid::Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid();
        let known = self.pack.about.languages.iter().any(|language| language == drawn.language);
        let language = if known { drawn.language } else { &self.pack.about.default_language };
        let how = [ConsentHow::Signed, ConsentHow::Thumbprint, ConsentHow::SpokenWitnessed];
        Some(Registration {
            id: HouseholdId::from(id),
            contact: Contact {
                area: (*self.areas.get(drawn.area)?).to_owned(),
                directions: Some(drawn.directions.clone()),
                phone: drawn.phone.as_deref().and_then(|phone| Phone::parse(phone).ok()),
                language: language.to_owned(),
                safe_contact: drawn.unsafe_contact,
            },
            members,
            consent_by: 0,
            consent: ConsentGiven {
                agencies: self.pack.agencies.iter().map(|agency| agency.code.clone()).collect(),
                words: self.pack.consent_words().to_owned(),
                how: how[dice.weighted(&[70, 25, 5])],
            },
            apart: vec![],
        })
    }

    fn person(&self, drawn: &people::Person) -> Option<Person> {
        let identifier = |kind, number: &Option<String>| Identifier::parse(kind, number.as_deref()?).ok();
        let age =
            i32::from(drawn.known == Known::Age) * domain::birth::completed_years(drawn.born, self.as_of);
        Some(Person {
            name: PersonName::parse(&drawn.given, &drawn.family, &drawn.free).ok()?,
            sex: if drawn.female { Sex::Female } else { Sex::Male },
            birth: match drawn.known {
                Known::Day => Birth::Date(drawn.born),
                Known::Year => Birth::Year(drawn.born.year()),
                Known::Age => Birth::Age { years: u8::try_from(age).ok()?, told_on: self.as_of },
            },
            relation: drawn.relation.parse::<Relation>().ok()?,
            identifiers: [
                identifier(IdentifierKind::Uin, &drawn.uin),
                identifier(IdentifierKind::Brn, &drawn.brn),
            ]
            .into_iter()
            .flatten()
            .collect(),
        })
    }
}
