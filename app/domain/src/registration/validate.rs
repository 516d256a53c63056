//! The checks of a registration. They say all that is wrong at once, field by field, in the form's order.

use super::{
    Apart, ConsentForm, ContactForm, Country, Errors, Field, MemberField, MemberForm, Problem, Registration,
    RegistrationForm,
};
use crate::birth::Birth;
use crate::household::{ConsentGiven, ConsentHow, Contact, MOST_MEMBERS, Person, Relation, Sex};
use crate::identifier::Identifier;
use crate::name::{NameFault, PersonName};
use crate::phone::Phone;
use time::Date;

/// Longest directions, in characters.
const LONGEST_DIRECTIONS: usize = 500;

impl RegistrationForm {
    /// The typed registration, or everything that is wrong. Rows in which nothing is entered are left out.
    pub fn validate(&self, country: &impl Country, today: Date) -> Result<Registration, Errors> {
        let mut errors = Errors::default();
        let id = self.form_id.parse();
        if id.is_err() {
            errors.push(Field::FormId, Problem::NotAChoice);
        }
        let contact = self.contact.check(country, &mut errors);

        let rows: Vec<(usize, &MemberForm)> =
            self.members.iter().enumerate().filter(|(_, row)| !row.is_blank()).collect();
        if rows.is_empty() {
            errors.push(Field::Members, Problem::Missing);
        } else if rows.len() > MOST_MEMBERS {
            errors.push(Field::Members, Problem::TooMany(MOST_MEMBERS));
        }
        let mut members: Vec<(usize, Person)> = Vec::with_capacity(rows.len());
        for (row, form) in &rows {
            if let Some(person) = form.check(*row, today, &mut errors) {
                check_against_others(&members, *row, &person, &mut errors);
                members.push((*row, person));
            }
        }
        // A row with another fault may be the head: look at what was chosen, not at what is typed already.
        let head = Relation::Head.code();
        if !rows.is_empty() && !rows.iter().any(|(_, form)| form.relation.trim() == head) {
            errors.push(Field::Members, Problem::NoHead);
        }

        let consent = self.consent.check(country, &mut errors);
        let by_row = self.consent.by.trim().parse::<usize>().ok();
        let by_row = by_row.filter(|by| rows.iter().any(|(row, _)| row == by));
        if by_row.is_none() {
            let problem =
                if self.consent.by.trim().is_empty() { Problem::Missing } else { Problem::NotAChoice };
            errors.push(Field::ConsentBy, problem);
        }
        let consent_by = members.iter().position(|(row, _)| Some(*row) == by_row);

        let mut apart = Vec::new();
        for (member, (row, _)) in members.iter().enumerate() {
            let words = self.members.get(*row).into_iter().flat_map(MemberForm::words_that_hold);
            apart.extend(words.filter_map(|word| {
                Some(Apart { member, person: word.person.parse().ok()?, reason: word.reason.clone() })
            }));
        }

        match (id, contact, consent, consent_by) {
            (Ok(id), Some(contact), Some(consent), Some(consent_by)) if errors.is_empty() => {
                Ok(Registration {
                    id,
                    contact,
                    members: members.into_iter().map(|(_, person)| person).collect(),
                    consent_by,
                    consent,
                    apart,
                })
            }
            _ => Err(errors),
        }
    }
}

fn check_against_others(before: &[(usize, Person)], row: usize, person: &Person, errors: &mut Errors) {
    for (other_row, other) in before {
        if person.relation == Relation::Head && other.relation == Relation::Head {
            errors.push(Field::Member(row, MemberField::Relation), Problem::HeadAlready(*other_row));
        }
        for identifier in person.identifiers.iter().filter(|id| id.kind().is_personal()) {
            if other.identifiers.contains(identifier) {
                let field = MemberField::Identifier(identifier.kind());
                errors.push(Field::Member(row, field), Problem::SameIdentifierAs(*other_row));
            }
        }
        if person.resembles(other) {
            let field = if person.name.one().is_some() { MemberField::OneName } else { MemberField::Given };
            errors.push(Field::Member(row, field), Problem::SamePersonAs(*other_row));
        }
    }
}

impl ContactForm {
    /// The typed contact, or everything that is wrong; for changing an address on its own.
    pub fn validate(&self, country: &impl Country) -> Result<Contact, Errors> {
        let mut errors = Errors::default();
        self.check(country, &mut errors).ok_or(errors)
    }

    fn check(&self, country: &impl Country, errors: &mut Errors) -> Option<Contact> {
        let before = errors.iter().count();
        let area = self.area.trim();
        if area.is_empty() {
            errors.push(Field::Area, Problem::Missing);
        } else if !country.is_dwelling_area(area) {
            errors.push(Field::Area, Problem::NotAChoice);
        }
        let directions = self.directions.trim();
        if directions.chars().count() > LONGEST_DIRECTIONS {
            errors.push(Field::Directions, Problem::TooLong(LONGEST_DIRECTIONS));
        }
        let phone = match self.phone.trim() {
            "" => None,
            text => Phone::parse(text).map_err(|_| errors.push(Field::Phone, Problem::Phone)).ok(),
        };
        let language = self.language.trim();
        if language.is_empty() {
            errors.push(Field::Language, Problem::Missing);
        } else if !country.has_language(language) {
            errors.push(Field::Language, Problem::NotAChoice);
        }
        (errors.iter().count() == before).then(|| Contact {
            area: area.to_owned(),
            directions: (!directions.is_empty()).then(|| directions.to_owned()),
            phone,
            language: language.to_owned(),
            safe_contact: self.safe_contact.trim() == "yes",
        })
    }
}

impl MemberForm {
    /// The typed person, or everything that is wrong; for adding or changing one member. Errors carry row 0.
    pub fn validate(&self, today: Date) -> Result<Person, Errors> {
        let mut errors = Errors::default();
        self.check(0, today, &mut errors).ok_or(errors)
    }

    fn check(&self, row: usize, today: Date, errors: &mut Errors) -> Option<Person> {
        let before = errors.iter().count();
        let mut fault = |field, problem| errors.push(Field::Member(row, field), problem);
        let name = PersonName::parse(&self.given, &self.family, &self.one_name);
        if let Err(name_fault) = name {
            fault(name_field(name_fault, self), Problem::Name(name_fault));
        }
        let sex = choice::<Sex>(&self.sex);
        if let Err(problem) = sex {
            fault(MemberField::Sex, problem);
        }
        let birth = Birth::parse(&self.birth_day, &self.birth_month, &self.birth_year, &self.age, today);
        if let Err(birth_fault) = birth {
            fault(MemberField::Birth, Problem::Birth(birth_fault));
        }
        let relation = choice::<Relation>(&self.relation);
        if let Err(problem) = relation {
            fault(MemberField::Relation, problem);
        }
        let mut identifiers = Vec::new();
        for (kind, text) in self.identifiers.iter().filter(|(_, text)| !text.trim().is_empty()) {
            match Identifier::parse(*kind, text) {
                Ok(identifier) => identifiers.push(identifier),
                Err(problem) => fault(MemberField::Identifier(*kind), Problem::Identifier(problem)),
            }
        }
        if errors.iter().count() > before {
            return None;
        }
        Some(Person {
            name: name.ok()?,
            sex: sex.ok()?,
            birth: birth.ok()?,
            relation: relation.ok()?,
            identifiers,
        })
    }
}

/// The input at which a fault of the name is shown.
fn name_field(fault: NameFault, form: &MemberForm) -> MemberField {
    match fault {
        NameFault::FamilyMissing => MemberField::Family,
        NameFault::BothForms => MemberField::OneName,
        NameFault::TooLong | NameFault::NoLetters
            if form.given.trim().is_empty() && form.family.trim().is_empty() =>
        {
            MemberField::OneName
        }
        _ => MemberField::Given,
    }
}

fn choice<T: std::str::FromStr>(text: &str) -> Result<T, Problem> {
    match text.trim() {
        "" => Err(Problem::Missing),
        code => code.parse().map_err(|_| Problem::NotAChoice),
    }
}

impl ConsentForm {
    /// The typed consent, or everything that is wrong; for a consent given later.
    pub fn validate(&self, country: &impl Country) -> Result<ConsentGiven, Errors> {
        let mut errors = Errors::default();
        self.check(country, &mut errors).ok_or(errors)
    }

    fn check(&self, country: &impl Country, errors: &mut Errors) -> Option<ConsentGiven> {
        let before = errors.iter().count();
        let mut agencies: Vec<String> = self.agencies.iter().map(|a| a.trim().to_owned()).collect();
        agencies.sort_unstable();
        agencies.dedup();
        if agencies.is_empty() {
            errors.push(Field::ConsentAgencies, Problem::Missing);
        } else if !agencies.iter().all(|agency| country.has_agency(agency)) {
            errors.push(Field::ConsentAgencies, Problem::NotAChoice);
        }
        let how = choice(&self.how).and_then(|how| {
            if ConsentHow::AT_COUNTER.contains(&how) { Ok(how) } else { Err(Problem::NotAChoice) }
        });
        if let Err(problem) = how {
            errors.push(Field::ConsentHow, problem);
        }
        if self.words.trim() != country.consent_words() {
            errors.push(Field::ConsentWords, Problem::WordsChanged);
        }
        if errors.iter().count() > before {
            return None;
        }
        Some(ConsentGiven { agencies, words: self.words.trim().to_owned(), how: how.ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::birth::BirthFault;
    use crate::identifier::IdentifierKind;
    use proptest::prelude::*;
    use time::macros::date;

    const TODAY: Date = date!(2026 - 11 - 22);

    struct Small;
    impl Country for Small {
        fn is_dwelling_area(&self, area: &str) -> bool {
            area == "P01-D1-V1"
        }
        fn has_language(&self, language: &str) -> bool {
            ["en", "fr", "ar"].contains(&language)
        }
        fn has_agency(&self, agency: &str) -> bool {
            ["moh", "msp"].contains(&agency)
        }
        fn consent_words(&self) -> &'static str {
            "2026.1"
        }
    }

    fn row(given: &str, relation: &str, year: &str) -> MemberForm {
        MemberForm {
            given: given.into(),
            family: "Ba".into(),
            sex: "female".into(),
            birth_year: year.into(),
            relation: relation.into(),
            ..MemberForm::default()
        }
    }

    fn family() -> RegistrationForm {
        RegistrationForm {
            form_id: "01931e6e-7d5a-7c3e-8f10-0123456789ab".into(),
            contact: ContactForm {
                area: "P01-D1-V1".into(),
                phone: "79 123 456".into(),
                language: "fr".into(),
                safe_contact: "yes".into(),
                ..ContactForm::default()
            },
            members: vec![row("Awa", "head", "1980"), MemberForm::default(), row("Moussa", "child", "2015")],
            consent: ConsentForm {
                agencies: vec!["msp".into(), "moh".into(), "msp".into()],
                by: "0".into(),
                how: "signed".into(),
                words: "2026.1".into(),
            },
        }
    }

    fn problems(form: &RegistrationForm) -> Vec<(Field, Problem)> {
        form.validate(&Small, TODAY).unwrap_err().iter().copied().collect()
    }

    #[test]
    fn a_family_is_read() {
        let registration = family().validate(&Small, TODAY).unwrap();
        assert_eq!(registration.members.len(), 2);
        assert_eq!(registration.consent_by, 0);
        assert_eq!(registration.consent.agencies, ["moh", "msp"]);
        assert!(registration.contact.safe_contact);
        assert_eq!(registration.contact.directions, None);
    }

    #[test]
    fn who_consents_is_found_past_a_blank_row() {
        let mut form = family();
        form.consent.by = "2".into();
        assert_eq!(form.validate(&Small, TODAY).unwrap().consent_by, 1);
        form.consent.by = "1".into();
        assert_eq!(problems(&form), [(Field::ConsentBy, Problem::NotAChoice)]);
    }

    #[test]
    fn an_empty_form_says_everything_at_once() {
        assert_eq!(
            problems(&RegistrationForm::default()),
            [
                (Field::FormId, Problem::NotAChoice),
                (Field::Area, Problem::Missing),
                (Field::Language, Problem::Missing),
                (Field::Members, Problem::Missing),
                (Field::ConsentAgencies, Problem::Missing),
                (Field::ConsentHow, Problem::Missing),
                (Field::ConsentWords, Problem::WordsChanged),
                (Field::ConsentBy, Problem::Missing),
            ]
        );
    }

    #[test]
    fn one_head_always() {
        let mut form = family();
        form.members[0].relation = "spouse".into();
        assert_eq!(problems(&form), [(Field::Members, Problem::NoHead)]);
        form.members[0].relation = "head".into();
        form.members[2].relation = "head".into();
        assert_eq!(problems(&form), [(Field::Member(2, MemberField::Relation), Problem::HeadAlready(0))]);
        // A head whose birth is missing is still the head.
        let mut form = family();
        form.members[0].birth_year = String::new();
        assert_eq!(
            problems(&form),
            [(Field::Member(0, MemberField::Birth), Problem::Birth(BirthFault::Missing))]
        );
    }

    #[test]
    fn nobody_twice() {
        let mut form = family();
        form.members[2] = row("AWA", "sibling", "1980");
        assert_eq!(problems(&form), [(Field::Member(2, MemberField::Given), Problem::SamePersonAs(0))]);
        let mut form = family();
        for member in [0, 2] {
            form.members[member].identifiers.insert(IdentifierKind::Uin, "1234 5678".into());
            form.members[member].identifiers.insert(IdentifierKind::Mrn, "M-2001-77".into());
        }
        assert_eq!(
            problems(&form),
            [(Field::Member(2, MemberField::Identifier(IdentifierKind::Uin)), Problem::SameIdentifierAs(0))]
        );
    }

    #[test]
    fn each_field_says_what_is_wrong_with_it() {
        let mut form = family();
        form.contact.area = "P01".into();
        form.contact.phone = "none".into();
        form.contact.language = "xx".into();
        form.contact.directions = "x".repeat(501);
        form.members[0].family = String::new();
        form.members[0].sex = "robot".into();
        form.consent.words = "2025.1".into();
        form.consent.agencies.push("cia".into());
        assert_eq!(
            problems(&form),
            [
                (Field::Area, Problem::NotAChoice),
                (Field::Directions, Problem::TooLong(500)),
                (Field::Phone, Problem::Phone),
                (Field::Language, Problem::NotAChoice),
                (Field::Member(0, MemberField::Family), Problem::Name(NameFault::FamilyMissing)),
                (Field::Member(0, MemberField::Sex), Problem::NotAChoice),
                (Field::ConsentAgencies, Problem::NotAChoice),
                (Field::ConsentWords, Problem::WordsChanged),
            ]
        );
    }

    #[test]
    fn more_than_a_household_is_an_institution() {
        let mut form = family();
        form.members.extend((0..30).map(|n| row(&format!("Child{}", "x".repeat(n)), "child", "2015")));
        assert_eq!(problems(&form), [(Field::Members, Problem::TooMany(30))]);
    }

    #[test]
    fn a_form_goes_there_and_back() {
        let mut form = family();
        form.members[0].identifiers.insert(IdentifierKind::Uin, "1234 5678".into());
        assert_eq!(RegistrationForm::from_pairs(form.to_pairs()), form);
        let json = serde_json::to_string(&form).unwrap();
        assert_eq!(serde_json::from_str::<RegistrationForm>(&json).unwrap(), form);
    }

    #[test]
    fn taking_a_row_out_keeps_who_consents() {
        let mut form = family();
        form.consent.by = "2".into();
        form.remove_member(1);
        assert_eq!(form.consent.by, "1");
        form.remove_member(1);
        assert_eq!(form.consent.by, "");
        form.remove_member(9);
        form.add_member();
        assert_eq!(form.members.len(), 2);
    }

    proptest! {
        #[test]
        fn whatever_is_posted_is_read(pairs in proptest::collection::vec(("(member-[0-9]{1,20}-)?[a-z_]{0,12}", ".{0,12}"), 0..40)) {
            let form = RegistrationForm::from_pairs(pairs);
            prop_assert!(form.members.len() <= MOST_MEMBERS + 1);
            let _ = form.validate(&Small, TODAY);
        }
    }
}
