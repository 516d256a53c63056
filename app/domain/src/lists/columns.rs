//! Which column of a sheet is what: chosen by an officer, guessed from the headings before.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::dates::DateOrder;
use crate::codes::codes;
use crate::name::search_key;

codes! {
    /// What a column of a list can be. Names are those of `guichet match` where both have them.
    pub enum Column {
        /// Rows with the same value live together.
        Household = "household",
        /// Relation to the head of the household.
        Relation = "relation",
        /// Given name.
        Given = "given_name",
        /// Family name.
        Family = "family_name",
        /// The whole name in one.
        Full = "full_name",
        /// Sex.
        Sex = "sex",
        /// Birth: a date or a year.
        BirthDate = "birth_date",
        /// Age in completed years.
        Age = "age",
        /// National identity number.
        Uin = "uin",
        /// Birth registration number.
        Brn = "brn",
        /// Telephone.
        Phone = "phone",
        /// Code or name of the village.
        Village = "village",
        /// How to find the dwelling.
        Directions = "directions",
    }
}

/// Headings that say what a column is, as [`search_key`] writes them.
const USUAL: &[(Column, &[&str])] = &[
    (
        Column::Household,
        &[
            "household",
            "household id",
            "household number",
            "hh",
            "hh id",
            "hhid",
            "family id",
            "menage",
            "id menage",
            "numero menage",
            "code menage",
            "foyer",
        ],
    ),
    (
        Column::Relation,
        &["relation", "relation to head", "relationship", "lien", "lien de parente", "parente"],
    ),
    (
        Column::Given,
        &["given name", "given names", "first name", "firstname", "forename", "prenom", "prenoms"],
    ),
    (Column::Family, &["family name", "last name", "lastname", "surname", "nom", "nom de famille"]),
    (
        Column::Full,
        &[
            "name",
            "full name",
            "fullname",
            "nom complet",
            "nom et prenom",
            "nom et prenoms",
            "beneficiary",
            "beneficiaire",
        ],
    ),
    (Column::Sex, &["sex", "gender", "sexe", "genre"]),
    (
        Column::BirthDate,
        &[
            "birth date",
            "birthdate",
            "date of birth",
            "dob",
            "born",
            "birth year",
            "date de naissance",
            "naissance",
            "annee de naissance",
        ],
    ),
    (Column::Age, &["age"]),
    (
        Column::Uin,
        &[
            "uin",
            "national id",
            "nid",
            "id number",
            "identity number",
            "identifier",
            "nin",
            "cni",
            "numero national",
            "identifiant",
            "piece d identite",
        ],
    ),
    (Column::Brn, &["brn", "birth certificate", "birth registration", "acte de naissance", "numero d acte"]),
    (
        Column::Phone,
        &["phone", "telephone", "mobile", "phone number", "tel", "numero de telephone", "portable"],
    ),
    (
        Column::Village,
        &[
            "village",
            "area",
            "area code",
            "commune",
            "locality",
            "localite",
            "quartier",
            "village code",
            "place",
        ],
    ),
    (Column::Directions, &["address", "directions", "adresse", "landmark", "repere"]),
];

/// How a list is read: which column is what (0 is the first), and what holds for all its rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// Which column is what.
    pub columns: BTreeMap<Column, usize>,
    /// How dates are written.
    pub dates: DateOrder,
    /// The village of rows that name none; empty where every row must.
    pub village: String,
    /// The language of letters.
    pub language: String,
}

/// Why a mapping cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MappingFault {
    /// No column has names.
    NoName,
    /// A given name without a family name, or the other way round.
    HalfAName,
    /// The name in parts and in one.
    TwoNames,
    /// Neither birth nor age.
    NoBirth,
    /// No column and no village for all.
    NoVillage,
    /// One column is two things.
    Twice(usize),
    /// A relation, and nothing that says who lives together.
    RelationAlone,
}

impl Mapping {
    /// What the headings say. A column is one thing and a thing is one column, the first that fits.
    pub fn guess(headings: &[String]) -> BTreeMap<Column, usize> {
        let mut guessed = BTreeMap::new();
        for (at, heading) in headings.iter().enumerate() {
            let plain: String =
                heading.chars().map(|ch| if ch.is_alphanumeric() { ch } else { ' ' }).collect();
            // The key sorts words: so are the usual headings compared.
            let key = search_key(&plain);
            let found = USUAL.iter().find(|(_, words)| words.iter().any(|word| search_key(word) == key));
            if let Some((column, _)) = found {
                guessed.entry(*column).or_insert(at);
            }
        }
        // "Name" beside "First name" is the family's.
        if guessed.contains_key(&Column::Given)
            && !guessed.contains_key(&Column::Family)
            && let Some(at) = guessed.remove(&Column::Full)
        {
            guessed.insert(Column::Family, at);
        }
        if guessed.contains_key(&Column::Given) && guessed.contains_key(&Column::Family) {
            guessed.remove(&Column::Full);
        }
        guessed
    }

    /// Everything that is missing or too much, in the order of the page.
    pub fn faults(&self) -> Vec<MappingFault> {
        let has = |column: Column| self.columns.contains_key(&column);
        let mut faults = Vec::new();
        match (has(Column::Given), has(Column::Family), has(Column::Full)) {
            (false, false, false) => faults.push(MappingFault::NoName),
            (true, true, false) | (false, false, true) => {}
            (_, _, true) => faults.push(MappingFault::TwoNames),
            _ => faults.push(MappingFault::HalfAName),
        }
        if !has(Column::BirthDate) && !has(Column::Age) {
            faults.push(MappingFault::NoBirth);
        }
        if !has(Column::Village) && self.village.trim().is_empty() {
            faults.push(MappingFault::NoVillage);
        }
        if has(Column::Relation) && !has(Column::Household) {
            faults.push(MappingFault::RelationAlone);
        }
        let mut seen: Vec<usize> = self.columns.values().copied().collect();
        seen.sort_unstable();
        let mut twice: Vec<usize> = seen
            .windows(2)
            .filter(|pair| pair.first() == pair.last())
            .filter_map(|pair| pair.first().copied())
            .collect();
        twice.dedup();
        faults.extend(twice.into_iter().map(MappingFault::Twice));
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guess(headings: &[&str]) -> BTreeMap<Column, usize> {
        Mapping::guess(&headings.iter().map(|heading| (*heading).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn headings_of_two_languages_are_known() {
        let english =
            guess(&["HH_ID", "First name", "Surname", "Gender", "Date of Birth", "National ID", "Remarks"]);
        let expected = [
            (Column::Household, 0),
            (Column::Given, 1),
            (Column::Family, 2),
            (Column::Sex, 3),
            (Column::BirthDate, 4),
            (Column::Uin, 5),
        ];
        assert_eq!(english, BTreeMap::from(expected));
        let french = guess(&["N°", "Prénoms", "Nom", "Sexe", "Date de naissance", "Téléphone", "Localité"]);
        assert_eq!(french.get(&Column::Given), Some(&1));
        assert_eq!(french.get(&Column::Family), Some(&2));
        assert_eq!(french.get(&Column::Phone), Some(&5));
        assert_eq!(french.get(&Column::Village), Some(&6));
        assert_eq!(guess(&["Name", "First name"]).get(&Column::Family), Some(&0));
        assert!(guess(&["a", "b", ""]).is_empty());
    }

    #[test]
    fn a_mapping_says_all_that_is_wrong() {
        let mapping = |columns: &[(Column, usize)], village: &str| Mapping {
            columns: columns.iter().copied().collect(),
            dates: DateOrder::DayMonthYear,
            village: village.into(),
            language: "en".into(),
        };
        let whole = [(Column::Full, 0), (Column::Age, 1), (Column::Village, 2)];
        assert_eq!(mapping(&whole, "").faults(), []);
        assert_eq!(
            mapping(&[(Column::Relation, 0)], "").faults(),
            [
                MappingFault::NoName,
                MappingFault::NoBirth,
                MappingFault::NoVillage,
                MappingFault::RelationAlone
            ]
        );
        let half = [(Column::Given, 0), (Column::Age, 0)];
        assert_eq!(mapping(&half, "V").faults(), [MappingFault::HalfAName, MappingFault::Twice(0)]);
        let both = [(Column::Given, 0), (Column::Family, 1), (Column::Full, 2), (Column::BirthDate, 3)];
        assert_eq!(mapping(&both, "V").faults(), [MappingFault::TwoNames]);
    }
}
