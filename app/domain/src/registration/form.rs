//! The raw form: strings only, so that reading it never fails and a page can show again what was typed.

use crate::household::MOST_MEMBERS;
use crate::identifier::IdentifierKind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The whole form of a registration; also the body of a draft.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RegistrationForm {
    /// Hidden id of the form.
    pub form_id: String,
    /// Where and how to reach the household.
    pub contact: ContactForm,
    /// One row a member.
    pub members: Vec<MemberForm>,
    /// Consent.
    pub consent: ConsentForm,
}

/// Address, phone, language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ContactForm {
    /// Code of the area.
    pub area: String,
    /// Free text.
    pub directions: String,
    /// Telephone as typed.
    pub phone: String,
    /// Code of the language.
    pub language: String,
    /// `yes` when ticked.
    pub safe_contact: String,
}

/// One member's row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MemberForm {
    /// Given name.
    pub given: String,
    /// Family name.
    pub family: String,
    /// The name in one, for those who have no given and family name.
    pub one_name: String,
    /// Code of the sex.
    pub sex: String,
    /// Day of birth.
    pub birth_day: String,
    /// Month of birth, 1 to 12.
    pub birth_month: String,
    /// Year of birth; alone when only the year is known.
    pub birth_year: String,
    /// Age in completed years, when the year is not known.
    pub age: String,
    /// Code of the relation.
    pub relation: String,
    /// Identifiers as typed, by kind.
    pub identifiers: BTreeMap<IdentifierKind, String>,
    /// Registered people who are not this one, as the officer has said; not an input of the row.
    pub not_them: Vec<NotThem>,
}

/// An officer's word that somebody registered is not the person of a row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotThem {
    /// Id of the registered person.
    pub person: String,
    /// Why; empty where they were not very likely the same.
    pub reason: String,
    /// What stood in the row when it was said ([`MemberForm::told`]): for another person it does not hold.
    pub of: String,
}

/// The consent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConsentForm {
    /// Codes of the ticked agencies.
    pub agencies: Vec<String>,
    /// Row of the member who consents (0 is the first).
    pub by: String,
    /// Code of how it was given.
    pub how: String,
    /// Version of the words on the page.
    pub words: String,
}

impl MemberForm {
    /// Whether nothing at all is entered: such a row is left out.
    pub fn is_blank(&self) -> bool {
        let Self {
            given,
            family,
            one_name,
            sex,
            birth_day,
            birth_month,
            birth_year,
            age,
            relation,
            identifiers,
            not_them: _,
        } = self;
        [given, family, one_name, sex, birth_day, birth_month, birth_year, age, relation]
            .into_iter()
            .chain(identifiers.values())
            .all(|text| text.trim().is_empty())
    }

    /// Who the row is about, as one text: names, birth and numbers as typed.
    pub fn told(&self) -> String {
        let Self { given, family, one_name, birth_day, birth_month, birth_year, age, identifiers, .. } = self;
        [given, family, one_name, birth_day, birth_month, birth_year, age]
            .into_iter()
            .chain(identifiers.values())
            .map(|text| text.trim())
            .collect::<Vec<_>>()
            .join("|")
    }

    /// Keeps a word about a registered person, in place of an earlier one.
    pub fn set_apart(&mut self, person: String, reason: String) {
        let of = self.told();
        self.not_them.retain(|word| word.person != person && word.of == of);
        self.not_them.push(NotThem { person, reason, of });
    }

    /// The words that hold for what stands in the row now.
    pub fn words_that_hold(&self) -> impl Iterator<Item = &NotThem> {
        let of = self.told();
        self.not_them.iter().filter(move |word| word.of == of)
    }

    fn set(&mut self, name: &str, value: String) {
        let field = match name {
            "given" => &mut self.given,
            "family" => &mut self.family,
            "one_name" => &mut self.one_name,
            "sex" => &mut self.sex,
            "birth_day" => &mut self.birth_day,
            "birth_month" => &mut self.birth_month,
            "birth_year" => &mut self.birth_year,
            "age" => &mut self.age,
            "relation" => &mut self.relation,
            _ => match name.strip_prefix("id_").and_then(|kind| kind.parse().ok()) {
                Some(kind) => self.identifiers.entry(kind).or_default(),
                None => return,
            },
        };
        *field = value;
    }

    /// The row's inputs, named without their row: `given`, `birth_day`, `id_uin`, …
    pub fn pairs(&self) -> impl Iterator<Item = (String, &str)> {
        [
            ("given", &self.given),
            ("family", &self.family),
            ("one_name", &self.one_name),
            ("sex", &self.sex),
            ("birth_day", &self.birth_day),
            ("birth_month", &self.birth_month),
            ("birth_year", &self.birth_year),
            ("age", &self.age),
            ("relation", &self.relation),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.as_str()))
        .chain(self.identifiers.iter().map(|(kind, value)| (format!("id_{kind}"), value.as_str())))
    }

    /// A row from inputs named without their row; what is not a field of the row is left out.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut row = Self::default();
        for (name, value) in pairs {
            row.set(&name, value);
        }
        row
    }
}

impl ContactForm {
    fn set(&mut self, name: &str, value: String) {
        match name {
            "area" => self.area = value,
            "directions" => self.directions = value,
            "phone" => self.phone = value,
            "language" => self.language = value,
            "safe_contact" => self.safe_contact = value,
            _ => {}
        }
    }

    /// A contact from a form's pairs; what is not a field of it is left out.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut contact = Self::default();
        for (name, value) in pairs {
            contact.set(&name, value);
        }
        contact
    }
}

impl RegistrationForm {
    /// Reads the pairs of a posted form (`area`, `member-0-given`, `consent_agency` repeated, …). Unknown names
    /// are left out, and rows beyond one more than a household may have, so that a page can say so.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut form = Self::default();
        let mut rows: BTreeMap<usize, MemberForm> = BTreeMap::new();
        for (name, value) in pairs {
            match name.as_str() {
                "form_id" => form.form_id = value,
                "consent_agency" => form.consent.agencies.push(value),
                "consent_by" => form.consent.by = value,
                "consent_how" => form.consent.how = value,
                "consent_words" => form.consent.words = value,
                other => match other.strip_prefix("member-").and_then(|rest| rest.split_once('-')) {
                    Some((row, field)) => {
                        if let Some(row) = row.parse().ok().filter(|row| *row <= MOST_MEMBERS) {
                            rows.entry(row).or_default().set(field, value);
                        }
                    }
                    None => form.contact.set(other, value),
                },
            }
        }
        // Rows keep their numbers even when one between them was not posted.
        if let Some((last, _)) = rows.last_key_value() {
            form.members = vec![MemberForm::default(); last + 1];
            for (row, member) in rows {
                form.members[row] = member;
            }
        }
        form
    }

    /// The form as pairs, for hidden fields; [`from_pairs`](Self::from_pairs) reads them back.
    pub fn to_pairs(&self) -> Vec<(String, String)> {
        let contact = &self.contact;
        let consent = &self.consent;
        let mut pairs: Vec<(String, String)> = [
            ("form_id", &self.form_id),
            ("area", &contact.area),
            ("directions", &contact.directions),
            ("phone", &contact.phone),
            ("language", &contact.language),
            ("safe_contact", &contact.safe_contact),
        ]
        .map(|(name, value)| (name.to_owned(), value.clone()))
        .into();
        for (row, member) in self.members.iter().enumerate() {
            pairs.extend(
                member.pairs().map(|(name, value)| (format!("member-{row}-{name}"), value.to_owned())),
            );
        }
        pairs.extend(consent.agencies.iter().map(|agency| ("consent_agency".to_owned(), agency.clone())));
        pairs.push(("consent_by".into(), consent.by.clone()));
        pairs.push(("consent_how".into(), consent.how.clone()));
        pairs.push(("consent_words".into(), consent.words.clone()));
        pairs
    }

    /// Adds an empty row, unless there are as many as a household may have.
    pub fn add_member(&mut self) {
        if self.members.len() < MOST_MEMBERS {
            self.members.push(MemberForm::default());
        }
    }

    /// Takes a row out; who consents stays the same person, or nobody when it was this one.
    pub fn remove_member(&mut self, row: usize) {
        if row >= self.members.len() {
            return;
        }
        self.members.remove(row);
        if let Ok(by) = self.consent.by.trim().parse::<usize>() {
            self.consent.by = match by.cmp(&row) {
                std::cmp::Ordering::Less => by.to_string(),
                std::cmp::Ordering::Equal => String::new(),
                std::cmp::Ordering::Greater => (by - 1).to_string(),
            };
        }
    }
}
