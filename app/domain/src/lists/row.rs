//! One row of a list: its cells become an [`Entry`], which is a member's form with an address, or a list of what is wrong
//! with which cell. The checks are those of the counter's form; only how things are written is wider.

use std::str::FromStr as _;

use serde::{Deserialize, Serialize};
use time::Date;

use super::columns::{Column, Mapping};
use super::dates::{self, DateFault, Written};
use super::{LONGEST_CELL, dates::DateOrder};
use crate::birth::BirthFault;
use crate::codes::codes;
use crate::digits;
use crate::household::{Relation, Sex};
use crate::identifier::IdentifierKind;
use crate::name::search_key;
use crate::phone::Phone;
use crate::registration::{Field, MemberField, MemberForm, Problem};

/// A cell as a sheet has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Text, as written.
    Text(String),
    /// A cell that the sheet knows to be a date.
    Day(Date),
    /// A formula: what it shows can change with the day and the machine that opens it.
    Formula,
    /// An error of the sheet (`#N/A`).
    Error,
    /// Bytes that are no text in the encoding that was chosen.
    NotText,
}

impl Cell {
    /// What a preview shows.
    pub fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Day(day) => day.to_string(),
            Self::Formula => "=…".into(),
            Self::Error => "#…".into(),
            Self::NotText => "\u{FFFD}".into(),
        }
    }

    /// Whether nothing is in it.
    pub fn is_blank(&self) -> bool {
        matches!(self, Self::Text(text) if text.trim().is_empty())
    }
}

codes! {
    /// What is wrong with a cell.
    pub enum CellFault {
        /// Nothing is in it, and something must be.
        Missing = "missing",
        /// A formula.
        Formula = "formula",
        /// An error of the sheet.
        SheetError = "sheet_error",
        /// Bytes that are no text in this encoding.
        NotText = "not_text",
        /// A control character: most often a wrong encoding.
        Control = "control",
        /// Longer than [`LONGEST_CELL`].
        TooLong = "too_long",
        /// No date as the list writes them.
        NotADate = "not_a_date",
        /// A day that no calendar has.
        NoSuchDay = "no_such_day",
        /// A year of two digits.
        ShortYear = "short_year",
        /// A birth after today.
        InFuture = "in_future",
        /// A birth more than 120 years ago.
        TooLongAgo = "too_long_ago",
        /// No number of years.
        NotAnAge = "not_an_age",
        /// Letters are missing.
        NotAName = "not_a_name",
        /// Neither male nor female in any way that is known.
        NotASex = "not_a_sex",
        /// No relation that is known.
        NotARelation = "not_a_relation",
        /// No identifier: 4 to 32 letters and digits.
        NotAnIdentifier = "not_an_identifier",
        /// No telephone number.
        NotAPhone = "not_a_phone",
        /// No village of the country.
        NoSuchPlace = "no_such_place",
        /// Several villages have this name.
        SeveralPlaces = "several_places",
        /// More cells than the heading has.
        TooManyCells = "too_many_cells",
        /// The household has two heads.
        TwoHeads = "two_heads",
        /// The household has no head.
        NoHead = "no_head",
        /// More members than a household has.
        TooManyMembers = "too_many_members",
        /// Another row of this household has a fault.
        HouseholdHeld = "household_held",
    }
}

/// Where a row's village is found.
pub trait Places {
    /// The codes of the villages that have this code or name, as [`search_key`] writes names.
    fn find(&self, code: &str, key: &str) -> &[String];
}

/// What a row says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What the list calls the household; empty where it does not say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub household: String,
    /// The person. The relation is empty where the list does not say it.
    pub member: MemberForm,
    /// Telephone.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub phone: String,
    /// Code of the village.
    pub area: String,
    /// Directions.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub directions: String,
}

/// Reads rows by one mapping.
#[derive(Debug)]
pub struct RowReader<'a, P> {
    /// The mapping.
    pub mapping: &'a Mapping,
    /// Villages of the country.
    pub places: &'a P,
    /// The day on which ages are told.
    pub today: Date,
}

/// A column of the sheet (0 is the first; `None` for the row as a whole) and what is wrong in it.
pub type Wrong = (Option<usize>, CellFault);

impl<P: Places> RowReader<'_, P> {
    /// The entry, or everything that is wrong with the row.
    pub fn read(&self, cells: &[Cell]) -> Result<Entry, Vec<Wrong>> {
        let mut wrong: Vec<Wrong> = Vec::new();
        let mut entry = Entry::default();
        for (column, at) in &self.mapping.columns {
            let text = match cells.get(*at) {
                None => Ok(String::new()),
                Some(Cell::Day(day)) if *column == Column::BirthDate => {
                    write_day(&mut entry.member, *day);
                    continue;
                }
                Some(cell) => text_of(cell),
            };
            let done = text.and_then(|text| self.take(*column, text.trim(), &mut entry));
            if let Err(fault) = done {
                wrong.push((Some(*at), fault));
            }
        }
        let at = |column: Column| self.mapping.columns.get(&column).copied();
        if entry.area.is_empty() && !wrong.iter().any(|(column, _)| *column == at(Column::Village)) {
            if self.mapping.village.is_empty() {
                wrong.push((at(Column::Village), CellFault::Missing));
            } else {
                entry.area.clone_from(&self.mapping.village);
            }
        }
        // Where both are mapped, the age counts only for those whose birth is not known.
        if !entry.member.birth_year.is_empty() {
            entry.member.age.clear();
        }
        if entry.member.sex.is_empty() {
            Sex::Unknown.code().clone_into(&mut entry.member.sex);
        }
        self.check(&entry, &mut wrong);
        if wrong.is_empty() { Ok(entry) } else { Err(wrong) }
    }

    fn take(&self, column: Column, text: &str, entry: &mut Entry) -> Result<(), CellFault> {
        let member = &mut entry.member;
        match column {
            Column::Household => text.clone_into(&mut entry.household),
            Column::Given => text.clone_into(&mut member.given),
            Column::Family => text.clone_into(&mut member.family),
            Column::Full => text.clone_into(&mut member.one_name),
            Column::Directions => text.clone_into(&mut entry.directions),
            Column::Uin | Column::Brn if !text.is_empty() => {
                let kind = if column == Column::Uin { IdentifierKind::Uin } else { IdentifierKind::Brn };
                member.identifiers.insert(kind, text.to_owned());
            }
            Column::Phone => {
                if !text.is_empty() {
                    Phone::parse(text).map_err(|_| CellFault::NotAPhone)?;
                }
                text.clone_into(&mut entry.phone);
            }
            Column::Sex if !text.is_empty() => {
                sex(text).ok_or(CellFault::NotASex)?.code().clone_into(&mut member.sex);
            }
            Column::Relation if !text.is_empty() => {
                relation(text).ok_or(CellFault::NotARelation)?.code().clone_into(&mut member.relation);
            }
            Column::BirthDate if !text.is_empty() => match read_birth(text, self.mapping.dates)? {
                Written::Day(day) => write_day(member, day),
                Written::Year(year) => member.birth_year = year.to_string(),
            },
            Column::Age if !text.is_empty() => {
                // A spreadsheet writes 34 as "34" or "34.0".
                let years = digits::ascii(text);
                let years = years.strip_suffix(".0").unwrap_or(&years);
                years.parse::<u8>().map_err(|_| CellFault::NotAnAge)?;
                years.clone_into(&mut member.age);
            }
            Column::Village if !text.is_empty() => match self.places.find(text, &search_key(text)) {
                [one] => entry.area.clone_from(one),
                [] => return Err(CellFault::NoSuchPlace),
                _ => return Err(CellFault::SeveralPlaces),
            },
            Column::Uin
            | Column::Brn
            | Column::Sex
            | Column::Relation
            | Column::BirthDate
            | Column::Age
            | Column::Village => {}
        }
        Ok(())
    }

    /// What the counter's form would say of the member, at the columns of the sheet.
    fn check(&self, entry: &Entry, wrong: &mut Vec<Wrong>) {
        let mut member = entry.member.clone();
        if member.relation.is_empty() {
            Relation::Head.code().clone_into(&mut member.relation);
        }
        let Err(errors) = member.validate(self.today) else { return };
        let at =
            |columns: &[Column]| columns.iter().find_map(|column| self.mapping.columns.get(column).copied());
        for (field, problem) in errors.iter() {
            let Field::Member(_, field) = field else { continue };
            let column = match field {
                MemberField::Given => at(&[Column::Given, Column::Full]),
                MemberField::Family => at(&[Column::Family, Column::Full]),
                MemberField::OneName => at(&[Column::Full, Column::Given]),
                MemberField::Sex => at(&[Column::Sex]),
                MemberField::Birth => at(&[Column::BirthDate, Column::Age]),
                MemberField::Relation => at(&[Column::Relation]),
                MemberField::Identifier(IdentifierKind::Uin) => at(&[Column::Uin]),
                MemberField::Identifier(_) => at(&[Column::Brn]),
            };
            // A cell that could not be read is also "missing": once is enough.
            if wrong.iter().any(|(known, _)| *known == column && column.is_some()) {
                continue;
            }
            wrong.push((column, fault_of(*problem)));
        }
    }
}

fn text_of(cell: &Cell) -> Result<String, CellFault> {
    match cell {
        Cell::Text(text) if text.chars().count() > LONGEST_CELL => Err(CellFault::TooLong),
        Cell::Text(text) if text.contains('\u{FFFD}') => Err(CellFault::NotText),
        Cell::Text(text) if text.chars().any(|ch| ch.is_control() && !ch.is_whitespace()) => {
            Err(CellFault::Control)
        }
        // What a spreadsheet would compute when the list is opened there again.
        Cell::Text(text) if is_formula(text) => Err(CellFault::Formula),
        Cell::Text(text) => Ok(text.split_whitespace().collect::<Vec<_>>().join(" ")),
        Cell::Day(day) => Ok(day.to_string()),
        Cell::Formula => Err(CellFault::Formula),
        Cell::Error => Err(CellFault::SheetError),
        Cell::NotText => Err(CellFault::NotText),
    }
}

/// A text that a spreadsheet takes for a formula. A sign before a number is a telephone or a number, not one.
fn is_formula(text: &str) -> bool {
    let text = text.trim_start();
    match text.chars().next() {
        Some('=' | '@') => text.chars().count() > 1,
        Some('+' | '-') => text.chars().skip(1).any(char::is_alphabetic),
        _ => false,
    }
}

fn read_birth(text: &str, order: DateOrder) -> Result<Written, CellFault> {
    // A number of days, as a sheet keeps dates whose format was lost: 32909.
    let plain = digits::ascii(text);
    if plain.len() == 5 && plain.bytes().all(|byte| byte.is_ascii_digit()) {
        let day = plain.parse().ok().and_then(|serial| dates::of_serial(serial, false));
        return day.map(Written::Day).ok_or(CellFault::NotADate);
    }
    // "1990.0": a year in a column of numbers.
    let text = plain.strip_suffix(".0").unwrap_or(&plain);
    dates::read(text, order).map_err(|fault| match fault {
        DateFault::NotADate => CellFault::NotADate,
        DateFault::NoSuchDay => CellFault::NoSuchDay,
        DateFault::ShortYear => CellFault::ShortYear,
    })
}

fn write_day(member: &mut MemberForm, day: Date) {
    member.birth_day = day.day().to_string();
    member.birth_month = u8::from(day.month()).to_string();
    member.birth_year = day.year().to_string();
}

fn fault_of(problem: Problem) -> CellFault {
    match problem {
        Problem::Name(crate::name::NameFault::TooLong) | Problem::TooLong(_) => CellFault::TooLong,
        Problem::Name(crate::name::NameFault::NoLetters) => CellFault::NotAName,
        Problem::Name(_)
        | Problem::Missing
        | Problem::Birth(BirthFault::Missing | BirthFault::Incomplete) => CellFault::Missing,
        Problem::Birth(BirthFault::InFuture) => CellFault::InFuture,
        Problem::Birth(BirthFault::TooLongAgo) => CellFault::TooLongAgo,
        Problem::Birth(BirthFault::NotAnAge) => CellFault::NotAnAge,
        Problem::Birth(_) => CellFault::NotADate,
        Problem::Identifier(_) => CellFault::NotAnIdentifier,
        Problem::Phone => CellFault::NotAPhone,
        _ => CellFault::NotARelation,
    }
}

/// A sex in the words and codes of usual lists. 1 and 2 are those of ISO 5218.
fn sex(text: &str) -> Option<Sex> {
    let key = search_key(text);
    if let Ok(sex) = Sex::from_str(&key) {
        return Some(sex);
    }
    match key.as_str() {
        "1" | "m" | "h" | "homme" | "masculin" | "man" | "boy" | "garcon" | "ذكر" => Some(Sex::Male),
        "2" | "f" | "femme" | "feminin" | "woman" | "girl" | "fille" | "w" => Some(Sex::Female),
        _ if key == search_key("أنثى") => Some(Sex::Female),
        "o" | "x" | "autre" => Some(Sex::Other),
        "0" | "9" | "inconnu" | "u" => Some(Sex::Unknown),
        _ => None,
    }
}

/// Relations in the words of usual lists, as [`search_key`] compares them.
const RELATIONS: &[(Relation, &[&str])] = &[
    (Relation::Head, &["head of household", "household head", "hoh", "self", "chef", "chef de menage", "cm"]),
    (Relation::Spouse, &["wife", "husband", "epouse", "epoux", "conjoint", "conjointe", "mari", "femme"]),
    (Relation::Child, &["son", "daughter", "fils", "fille", "enfant"]),
    (Relation::Parent, &["father", "mother", "pere", "mere"]),
    (Relation::Sibling, &["brother", "sister", "frere", "soeur"]),
    (Relation::Grandchild, &["grandson", "granddaughter", "petit fils", "petite fille", "petit enfant"]),
    (
        Relation::OtherRelative,
        &["other relative", "relative", "autre parent", "autre", "other", "nephew", "niece", "neveu"],
    ),
    (Relation::NotRelated, &["not related", "non relative", "sans lien", "non apparente"]),
];

/// A relation in the words of usual lists.
fn relation(text: &str) -> Option<Relation> {
    if let Ok(relation) = Relation::from_str(&text.to_lowercase().replace(' ', "_")) {
        return Some(relation);
    }
    let key = search_key(text);
    RELATIONS
        .iter()
        .find(|(_, words)| words.iter().any(|word| search_key(word) == key))
        .map(|(relation, _)| *relation)
}

#[cfg(test)]
mod tests;
