//! A partner's file as rows of cells, whatever it was kept in: CSV of any usual separator and encoding ([`text`]), or an
//! XLSX workbook ([`book`]). Nothing is trusted: sizes are bounded before anything is unpacked, and what cannot be read is
//! a [`FileFault`] with its row and column.
//!
//! To read one more kind of file: a variant of [`Kind`] with its first bytes in [`kind_of`], and a file beside this one.

mod book;
#[cfg(test)]
mod tests;
mod text;

use domain::lists::{Cell, MOST_COLUMNS, MOST_ROWS};
use serde::{Deserialize, Serialize};

/// Largest file that is taken, in bytes. A million rows of twelve columns are some 110 MB as CSV and 60 MB as XLSX.
pub const LARGEST_FILE: u64 = 160 * 1024 * 1024;

/// Rows that a preview shows.
pub const PREVIEW: usize = 5;

/// Rows among which the heading is looked for.
const HEAD: usize = 20;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Lines of text.
    Text,
    /// An XLSX workbook; its first sheet that is not hidden.
    Book,
}

/// How text is encoded. Codes are the encodings' names (WHATWG).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Encoding {
    /// Found from the bytes.
    #[default]
    #[serde(rename = "")]
    Auto,
    /// UTF-8.
    #[serde(rename = "utf-8")]
    Utf8,
    /// Western Europe, as Windows writes it.
    #[serde(rename = "windows-1252")]
    Windows1252,
    /// Arabic, as Windows writes it.
    #[serde(rename = "windows-1256")]
    Windows1256,
    /// Cyrillic, as Windows writes it.
    #[serde(rename = "windows-1251")]
    Windows1251,
    /// UTF-16, little end first ("Unicode text" of spreadsheets).
    #[serde(rename = "utf-16le")]
    Utf16Le,
    /// UTF-16, big end first.
    #[serde(rename = "utf-16be")]
    Utf16Be,
}

impl Encoding {
    /// Every encoding that can be chosen.
    pub const ALL: [Self; 7] = [
        Self::Auto,
        Self::Utf8,
        Self::Windows1252,
        Self::Windows1256,
        Self::Windows1251,
        Self::Utf16Le,
        Self::Utf16Be,
    ];

    /// The encoding's name; empty for the one that is found.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Auto => "",
            Self::Utf8 => "utf-8",
            Self::Windows1252 => "windows-1252",
            Self::Windows1256 => "windows-1256",
            Self::Windows1251 => "windows-1251",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
        }
    }

    /// By its name.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|encoding| encoding.code() == code)
    }
}

/// How a file is read; what is not said is found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reading {
    /// Encoding of text.
    pub encoding: Encoding,
    /// The symbol between two cells of text.
    pub separator: Option<char>,
    /// The row of the headings, 1 for the first; 0 to find it.
    pub heading: u32,
}

/// What stands at the top of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// What it is.
    pub kind: Kind,
    /// How it is read, with everything that was found filled in.
    pub reading: Reading,
    /// The headings.
    pub headings: Vec<String>,
    /// The first rows, each with its number in the file.
    pub preview: Vec<(u32, Vec<Cell>)>,
}

/// What is wrong with a file as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileProblem {
    /// Nothing is in it.
    Empty,
    /// An old `.xls`, or a workbook with a password.
    OldOrLocked,
    /// Neither text nor a workbook.
    NotAList,
    /// A workbook that is damaged.
    Damaged,
    /// A workbook that would unpack to more than is read.
    Bomb,
    /// A quotation mark opens a cell and is never closed.
    Quote,
    /// No row of headings.
    NoHeading,
    /// Headings and nothing below.
    NoRows,
    /// More than a million rows.
    TooManyRows,
    /// More columns than are read.
    TooManyColumns,
    /// Cells below the headings are merged.
    Merged,
    /// Bytes that are no text in the encoding that was chosen.
    NotText,
}

impl FileProblem {
    const ALL: [Self; 12] = [
        Self::Empty,
        Self::OldOrLocked,
        Self::NotAList,
        Self::Damaged,
        Self::Bomb,
        Self::Quote,
        Self::NoHeading,
        Self::NoRows,
        Self::TooManyRows,
        Self::TooManyColumns,
        Self::Merged,
        Self::NotText,
    ];

    /// The word that is stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::OldOrLocked => "old_or_locked",
            Self::NotAList => "not_a_list",
            Self::Damaged => "damaged",
            Self::Bomb => "bomb",
            Self::Quote => "quote",
            Self::NoHeading => "no_heading",
            Self::NoRows => "no_rows",
            Self::TooManyRows => "too_many_rows",
            Self::TooManyColumns => "too_many_columns",
            Self::Merged => "merged",
            Self::NotText => "not_text",
        }
    }

    /// By its word.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|problem| problem.code() == code)
    }
}

/// What is wrong with a file, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileFault {
    /// What.
    pub problem: FileProblem,
    /// Row of the file, 1 for the first.
    pub row: Option<u32>,
    /// Column, 0 for the first.
    pub column: Option<usize>,
}

impl FileFault {
    const fn whole(problem: FileProblem) -> Self {
        Self { problem, row: None, column: None }
    }

    const fn at(problem: FileProblem, row: u32) -> Self {
        Self { problem, row: Some(row), column: None }
    }
}

/// The name that a spreadsheet gives a column: A, B, …, Z, AA, … `at` 0 is A.
pub fn letters(at: usize) -> String {
    let mut name = Vec::new();
    let mut rest = at + 1;
    while rest > 0 {
        let digit = u8::try_from((rest - 1) % 26).unwrap_or(0);
        name.push(char::from(b'A' + digit));
        rest = (rest - 1) / 26;
    }
    name.iter().rev().collect()
}

/// What a file is, by its first bytes.
pub fn kind_of(bytes: &[u8]) -> Result<Kind, FileFault> {
    if bytes.is_empty() {
        return Err(FileFault::whole(FileProblem::Empty));
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return Ok(Kind::Book);
    }
    // A compound file: Excel until 2003, and every workbook with a password.
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
        return Err(FileFault::whole(FileProblem::OldOrLocked));
    }
    for other in
        [b"%PDF".as_slice(), b"\x89PNG", b"\xFF\xD8\xFF", b"\x1F\x8B", b"Rar!", b"<html", b"<!DOC", b"{\\rtf"]
    {
        if bytes.starts_with(other) {
            return Err(FileFault::whole(FileProblem::NotAList));
        }
    }
    Ok(Kind::Text)
}

/// Whether reading goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Go {
    /// It does.
    On,
    /// It need not.
    Stop,
}

/// Looks at the top of a file.
pub fn open(bytes: &[u8], reading: &Reading) -> Result<Opened, FileFault> {
    let kind = kind_of(bytes)?;
    let mut reading = reading.clone();
    if kind == Kind::Text {
        text::find(bytes, &mut reading)?;
    }
    let mut top: Vec<(u32, Vec<Cell>)> = Vec::new();
    let wanted = HEAD + PREVIEW + 1;
    let asked = reading.heading;
    each(kind, bytes, &reading, &mut |row, cells| {
        if asked == 0 || row >= asked {
            top.push((row, cells));
        }
        if top.len() >= wanted { Go::Stop } else { Go::On }
    })?;
    if top.is_empty() {
        return Err(FileFault::whole(if asked == 0 { FileProblem::Empty } else { FileProblem::NoHeading }));
    }
    let at = if asked == 0 { heading(&top) } else { 0 };
    let (row, cells) = top.get(at).cloned().ok_or(FileFault::whole(FileProblem::NoHeading))?;
    reading.heading = row;
    let mut headings: Vec<String> = cells.iter().map(|cell| cell.shown().trim().to_owned()).collect();
    while headings.last().is_some_and(String::is_empty) {
        headings.pop();
    }
    if let Some(column) = cells.iter().position(|cell| *cell == Cell::NotText) {
        return Err(FileFault { problem: FileProblem::NotText, row: Some(row), column: Some(column) });
    }
    if headings.len() > MOST_COLUMNS {
        return Err(FileFault::at(FileProblem::TooManyColumns, row));
    }
    let preview: Vec<_> = top.into_iter().skip(at + 1).take(PREVIEW).collect();
    if preview.is_empty() {
        return Err(FileFault::at(FileProblem::NoRows, row));
    }
    Ok(Opened { kind, reading, headings, preview })
}

/// Gives every row below the headings with its number in the file, blank rows left out. `reading` is one that [`open`]
/// filled in.
pub fn rows(
    bytes: &[u8],
    reading: &Reading,
    mut take: impl FnMut(u32, Vec<Cell>) -> Go,
) -> Result<(), FileFault> {
    let kind = kind_of(bytes)?;
    let mut count = 0_u32;
    let mut too_many = None;
    each(kind, bytes, reading, &mut |row, cells| {
        if row <= reading.heading {
            return Go::On;
        }
        count += 1;
        if count > MOST_ROWS {
            too_many = Some(row);
            return Go::Stop;
        }
        take(row, cells)
    })?;
    match too_many {
        Some(row) => Err(FileFault::at(FileProblem::TooManyRows, row)),
        None => Ok(()),
    }
}

type Take<'a> = &'a mut dyn FnMut(u32, Vec<Cell>) -> Go;

/// Every row that is not blank.
fn each(kind: Kind, bytes: &[u8], reading: &Reading, take: Take<'_>) -> Result<(), FileFault> {
    let mut kept = |row: u32, cells: Vec<Cell>| {
        if cells.iter().all(Cell::is_blank) { Go::On } else { take(row, cells) }
    };
    match kind {
        Kind::Text => text::each(bytes, reading, &mut kept),
        Kind::Book => book::each(bytes, reading.heading, &mut kept),
    }
}

/// Which of the first rows has the headings: the first that is at least half as wide as the widest. Titles above it, and
/// headings of groups in merged cells, have fewer cells.
fn heading(top: &[(u32, Vec<Cell>)]) -> usize {
    let width = |cells: &[Cell]| cells.iter().filter(|cell| !cell.is_blank()).count();
    let head = top.get(..top.len().min(HEAD)).unwrap_or_default();
    let widest = head.iter().map(|(_, cells)| width(cells)).max().unwrap_or(0);
    head.iter().position(|(_, cells)| width(cells) * 2 > widest).unwrap_or(0)
}
