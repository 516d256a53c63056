use std::collections::BTreeMap;

use time::macros::date;

use super::*;

struct Two(BTreeMap<String, Vec<String>>);

impl Places for Two {
    fn find(&self, code: &str, key: &str) -> &[String] {
        self.0.get(code).or_else(|| self.0.get(key)).map(Vec::as_slice).unwrap_or_default()
    }
}

fn places() -> Two {
    let list = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect::<Vec<_>>();
    Two(BTreeMap::from([
        ("P01-C1".to_owned(), list(&["P01-C1"])),
        (search_key("Old Town"), list(&["P01-C1"])),
        (search_key("Newtown"), list(&["P01-C2", "P02-C1"])),
    ]))
}

fn mapping(columns: &[Column], village: &str) -> Mapping {
    Mapping {
        columns: columns.iter().enumerate().map(|(at, column)| (*column, at)).collect(),
        dates: DateOrder::DayMonthYear,
        village: village.into(),
        language: "en".into(),
    }
}

const ALL: &[Column] = &[
    Column::Household,
    Column::Relation,
    Column::Given,
    Column::Family,
    Column::Sex,
    Column::BirthDate,
    Column::Uin,
    Column::Phone,
    Column::Village,
];

fn read(columns: &[Column], village: &str, cells: &[Cell]) -> Result<Entry, Vec<Wrong>> {
    let (mapping, places) = (mapping(columns, village), places());
    RowReader { mapping: &mapping, places: &places, today: date!(2026 - 11 - 22) }.read(cells)
}

fn row(cells: &[&str]) -> Vec<Cell> {
    cells.iter().map(|text| Cell::Text((*text).to_owned())).collect()
}

const AWA: &[&str] =
    &["H1", "Chef", " Awa ", "Diallo", "F", "05/02/1990", "1234-5678", "+221 77 123 45 67", "old town"];

/// The row with one cell changed.
fn with(at: usize, cell: Cell) -> Result<Entry, Vec<Wrong>> {
    let mut cells = row(AWA);
    cells[at] = cell;
    read(ALL, "", &cells)
}

#[test]
fn a_row_is_a_member_with_an_address() {
    let entry = read(ALL, "", &row(AWA)).unwrap();
    assert_eq!((entry.household.as_str(), entry.area.as_str()), ("H1", "P01-C1"));
    let member = &entry.member;
    assert_eq!(
        (member.given.as_str(), member.sex.as_str(), member.relation.as_str()),
        ("Awa", "female", "head")
    );
    assert_eq!((member.birth_day.as_str(), member.birth_month.as_str()), ("5", "2"));
    assert!(member.validate(date!(2026 - 11 - 22)).is_ok());
    let json = serde_json::to_string(&entry).unwrap();
    assert_eq!(serde_json::from_str::<Entry>(&json).unwrap(), entry);
}

#[test]
fn each_cell_says_what_is_wrong_with_it() {
    let text = |text: &str| Cell::Text(text.into());
    for (at, cell, fault) in [
        (1, text("landlord"), CellFault::NotARelation),
        (2, text(""), CellFault::Missing),
        (2, text("123"), CellFault::NotAName),
        (2, text("=HYPERLINK(1)"), CellFault::Formula),
        (2, Cell::Formula, CellFault::Formula),
        (2, Cell::NotText, CellFault::NotText),
        (2, text("Aw\u{81}a"), CellFault::Control),
        (2, text(&"a".repeat(1001)), CellFault::TooLong),
        (3, Cell::Error, CellFault::SheetError),
        (4, text("robot"), CellFault::NotASex),
        (5, text("31/02/1990"), CellFault::NoSuchDay),
        (5, text("05/02/90"), CellFault::ShortYear),
        (5, text("yesterday"), CellFault::NotADate),
        (5, text("05/02/2090"), CellFault::InFuture),
        (5, text("05/02/1790"), CellFault::TooLongAgo),
        (5, text(""), CellFault::Missing),
        (6, text("12*34"), CellFault::NotAnIdentifier),
        (7, text("none"), CellFault::NotAPhone),
        (8, text("Nowhere"), CellFault::NoSuchPlace),
        (8, text("newtown"), CellFault::SeveralPlaces),
        (8, text(""), CellFault::Missing),
    ] {
        let shown = cell.shown();
        assert_eq!(with(at, cell), Err(vec![(Some(at), fault)]), "{shown}");
    }
}

#[test]
fn births_as_a_sheet_keeps_them() {
    let day = |entry: Entry| (entry.member.birth_year, entry.member.birth_month, entry.member.birth_day);
    let expected = ("1990".to_owned(), "2".to_owned(), "5".to_owned());
    assert_eq!(day(with(5, Cell::Day(date!(1990 - 02 - 05))).unwrap()), expected);
    assert_eq!(day(with(5, Cell::Text("32909".into())).unwrap()), expected);
    assert_eq!(with(5, Cell::Text("1990.0".into())).unwrap().member.birth_year, "1990");
}

#[test]
fn what_holds_for_all_rows_fills_what_a_row_does_not_say() {
    let columns = &[Column::Full, Column::BirthDate, Column::Age, Column::Village];
    let entry = read(columns, "P01-C1", &row(&["Awa Diallo", "1990", "36", ""])).unwrap();
    assert_eq!((entry.area.as_str(), entry.member.age.as_str()), ("P01-C1", ""));
    assert_eq!(entry.member.sex, "unknown");
    let entry = read(columns, "P01-C1", &row(&["Awa Diallo", "", "36.0"])).unwrap();
    assert_eq!(entry.member.age, "36");
    let wrong = read(columns, "P01-C1", &row(&["Awa Diallo"])).unwrap_err();
    assert_eq!(wrong, [(Some(1), CellFault::Missing)]);
}

#[test]
fn a_sign_before_a_number_is_no_formula() {
    for (text, is) in [
        ("+221771234567", false),
        ("-12", false),
        ("=1", true),
        ("@SUM(A1)", true),
        ("+A1", true),
        ("@", false),
        ("Awa", false),
    ] {
        assert_eq!(is_formula(text), is, "{text}");
    }
}

#[test]
fn words_of_sex_and_relation() {
    for (text, sex_of) in [
        ("F", Sex::Female),
        ("أنثى", Sex::Female),
        ("Masculin", Sex::Male),
        ("1", Sex::Male),
        ("male", Sex::Male),
    ] {
        assert_eq!(sex(text), Some(sex_of), "{text}");
    }
    for (text, is) in [
        ("Head", Relation::Head),
        ("Petit-fils", Relation::Grandchild),
        ("Other relative", Relation::OtherRelative),
        ("ÉPOUSE", Relation::Spouse),
    ] {
        assert_eq!(relation(text), Some(is), "{text}");
    }
}
