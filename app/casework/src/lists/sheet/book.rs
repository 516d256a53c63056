//! XLSX workbooks: the first sheet that is not hidden, row by row. What is packed is measured before it is read: a small
//! file can unpack to any size.

use std::io::{Cursor, Read as _};

use calamine::{DataRef, Reader as _, SheetType, SheetVisible, Xlsx, XlsxError};
use domain::lists::{Cell, MOST_COLUMNS, dates};
use time::{Date, Month};

use super::{FileFault, FileProblem, Go, Take};

/// How much a workbook may unpack to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// All parts together, in bytes.
    pub all: u64,
    /// A part that is held in memory whole, in bytes.
    pub held: u64,
    /// How many parts.
    pub parts: usize,
}

/// A million rows of twelve columns are some 700 MB of XML.
const LIMITS: Limits = Limits { all: 2 * 1024 * 1024 * 1024, held: 320 * 1024 * 1024, parts: 2000 };

/// Unpacks the parts that will be read, without keeping anything: sizes that a file tells of itself can be wrong.
pub(super) fn measure(bytes: &[u8], limits: Limits) -> Result<(), FileFault> {
    let damaged = FileFault::whole(FileProblem::Damaged);
    let bomb = FileFault::whole(FileProblem::Bomb);
    let mut parts = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged)?;
    if parts.len() > limits.parts {
        return Err(bomb);
    }
    let mut all = 0_u64;
    for at in 0..parts.len() {
        let part = parts.by_index(at).map_err(|_| damaged)?;
        let name = part.name().map_err(|_| damaged)?.to_ascii_lowercase();
        if !matches!(name.rsplit('.').next(), Some("xml" | "rels")) {
            continue;
        }
        let sheet = name.contains("/worksheets/");
        let rest = limits.all - all;
        let most = if sheet { rest } else { limits.held.min(rest) };
        if part.size() > most {
            return Err(bomb);
        }
        let mut limited = part.take(most + 1);
        let size = std::io::copy(&mut limited, &mut std::io::sink()).map_err(|_| damaged)?;
        if size > most {
            return Err(bomb);
        }
        all += size;
    }
    Ok(())
}

pub(super) fn each(bytes: &[u8], heading: u32, take: Take<'_>) -> Result<(), FileFault> {
    measure(bytes, LIMITS)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| fault(&error))?;
    let name = book
        .sheets_metadata()
        .iter()
        .find(|sheet| sheet.visible == SheetVisible::Visible && sheet.typ == SheetType::WorkSheet)
        .map(|sheet| sheet.name.clone())
        .ok_or(FileFault::whole(FileProblem::Empty))?;
    // A merged cell below the headings has its text in its first cell only: the others would be read as empty.
    let merged = book.merge_cells_by_sheet_name(&name).map_err(|error| fault(&error))?;
    let torn = |area: &&calamine::Dimensions| area.end.0 >= heading && area.end.0 > area.start.0;
    if heading > 0
        && let Some(area) = merged.iter().find(torn)
    {
        return Err(FileFault {
            problem: FileProblem::Merged,
            row: Some(area.start.0.max(heading) + 1),
            column: usize::try_from(area.start.1).ok(),
        });
    }
    let from_1904 = book.has_1904_epoch();
    let mut reader = book.worksheet_cells_reader(&name).map_err(|error| fault(&error))?;
    let mut cells: Vec<Cell> = Vec::new();
    let mut row = 0_u32;
    while let Some(found) = reader.next_cell_with_formula().map_err(|error| fault(&error))? {
        let (at, column) = found.pos;
        if at != row {
            if at < row {
                return Err(FileFault::at(FileProblem::Damaged, at + 1));
            }
            if !cells.is_empty() && take(row + 1, std::mem::take(&mut cells)) == Go::Stop {
                return Ok(());
            }
            row = at;
        }
        let cell = match (&found.formula, &found.value) {
            (Some(_), _) => Cell::Formula,
            (None, value) => cell_of(value, from_1904),
        };
        if cell.is_blank() {
            continue;
        }
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if column >= MOST_COLUMNS {
            return Err(FileFault {
                problem: FileProblem::TooManyColumns,
                row: Some(at + 1),
                column: Some(column),
            });
        }
        if cells.len() <= column {
            cells.resize(column + 1, Cell::Text(String::new()));
        }
        if let Some(place) = cells.get_mut(column) {
            *place = cell;
        }
    }
    if !cells.is_empty() {
        take(row + 1, cells);
    }
    Ok(())
}

fn cell_of(value: &DataRef<'_>, from_1904: bool) -> Cell {
    match value {
        DataRef::Int(number) => Cell::Text(number.to_string()),
        DataRef::Float(number) => Cell::Text(number_text(*number)),
        DataRef::String(text) | DataRef::DurationIso(text) => Cell::Text(text.clone()),
        DataRef::SharedString(text) => Cell::Text((*text).to_owned()),
        DataRef::Bool(yes) => Cell::Text(if *yes { "1".into() } else { "0".into() }),
        DataRef::DateTime(at) => match dates::of_serial(at.as_f64(), from_1904) {
            Some(day) => Cell::Day(day),
            None => Cell::Text(number_text(at.as_f64())),
        },
        DataRef::DateTimeIso(text) => iso(text).map_or_else(|| Cell::Text(text.clone()), Cell::Day),
        DataRef::Error(_) => Cell::Error,
        DataRef::Empty => Cell::Text(String::new()),
    }
}

/// A number as the officer sees it: 1234567 and not 1.234567e6, 12.5.
fn number_text(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 { format!("{number:.0}") } else { number.to_string() }
}

fn iso(text: &str) -> Option<Date> {
    let mut parts = text.split('T').next()?.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()
}

fn fault(error: &XlsxError) -> FileFault {
    FileFault::whole(match error {
        XlsxError::Password => FileProblem::OldOrLocked,
        _ => FileProblem::Damaged,
    })
}
