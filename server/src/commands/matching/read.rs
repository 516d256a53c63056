//! A list in CSV or TSV to rows of features.

use std::collections::HashMap;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use domain::household::Sex;
use domain::matching::batch::Table;
use domain::matching::{Born, Features, Keyer, Number, Record};

use super::map::{Dates, Map};
use crate::failure::Failure;

/// A list that was read.
pub struct List {
    /// What its rows are called.
    pub ids: Vec<Box<str>>,
    pub table: Table,
    /// Births that are not written as the map says; they count as not known.
    pub unread_births: u64,
}

/// A list whose header was read.
pub struct Opened {
    file: PathBuf,
    reader: csv::Reader<BufReader<File>>,
    id: usize,
    columns: [Option<usize>; 13],
}

impl Opened {
    /// Opens a list and finds the map's columns in its header. The id must be there.
    pub fn new(file: &Path, map: &Map) -> Result<Self, Failure> {
        let name = file.display();
        let delimiter = match file.extension().and_then(|extension| extension.to_str()) {
            Some(extension) if extension.eq_ignore_ascii_case("csv") => b',',
            Some(extension) if extension.eq_ignore_ascii_case("tsv") => b'\t',
            _ => return Err(Failure::bad_use(format!("{name}: a list is a .csv or a .tsv file"))),
        };
        let opened = File::open(file).map_err(|cause| Failure::failed(format!("{name}: {cause}")))?;
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .trim(csv::Trim::All)
            .from_reader(BufReader::with_capacity(1 << 18, opened));
        let header = reader.byte_headers().map_err(|cause| told(file, &cause))?.clone();
        let mut places = HashMap::new();
        for (at, field) in header.iter().enumerate() {
            let column = std::str::from_utf8(field).map_err(|_| {
                Failure::failed(format!("{name}: row 1, column {}: not written in UTF-8", at + 1))
            })?;
            let column = column.trim_start_matches('\u{FEFF}').trim();
            if places.insert(column.to_owned(), at).is_some() && !column.is_empty() {
                return Err(Failure::failed(format!(
                    "{name}: row 1, column {}: {column:?} is there twice",
                    at + 1
                )));
            }
        }
        let id = *places.get(map.id.as_str()).ok_or_else(|| {
            Failure::failed(format!("{name}: row 1: there is no column {:?} for the id", map.id))
        })?;
        let columns = map.columns().map(|column| column.and_then(|column| places.get(column).copied()));
        Ok(Self { file: file.to_owned(), reader, id, columns })
    }

    /// Whether the list has the column of the map's field at this place.
    pub fn has(&self, field: usize) -> bool {
        self.columns.get(field).is_some_and(Option::is_some)
    }

    /// Reads all rows.
    pub fn read(mut self, dates: &Dates, keyer: &Keyer) -> Result<List, Failure> {
        let mut list = List { ids: Vec::new(), table: Table::default(), unread_births: 0 };
        let mut households: HashMap<String, u32> = HashMap::new();
        let mut row = csv::ByteRecord::new();
        let mut record = Record::default();
        while self.reader.read_byte_record(&mut row).map_err(|cause| told(&self.file, &cause))? {
            let line = row.position().map_or(0, csv::Position::line);
            let text = |at: usize| -> Result<Option<&str>, Failure> {
                let Some(field) = row.get(at) else { return Ok(None) };
                let text = std::str::from_utf8(field).map_err(|_| {
                    let name = self.file.display();
                    Failure::failed(format!("{name}: row {line}, column {}: not written in UTF-8", at + 1))
                })?;
                Ok((!text.is_empty()).then_some(text))
            };
            let field = |place: usize| match self.columns.get(place).copied().flatten() {
                Some(at) => text(at),
                None => Ok(None),
            };
            let owned = |place: usize| field(place).map(|text| text.map(ToOwned::to_owned));
            list.ids.push(text(self.id)?.unwrap_or_default().into());
            record.given = owned(0)?;
            record.family = owned(1)?;
            record.full = owned(2)?;
            record.birth = match field(3)? {
                None => None,
                Some(text) => {
                    let read = dates.read(text);
                    list.unread_births += u64::from(read.is_none());
                    read.map(|(year, month, day)| Born::on(year, month, day))
                }
            };
            record.sex = field(4)?.and_then(sex);
            record.identifiers.clear();
            record.identifiers.extend(owned(5)?.map(|value| Number { kind: None, value }));
            record.phones.clear();
            record.phones.extend(owned(6)?);
            record.address.number = owned(7)?;
            record.address.street = owned(8)?;
            record.address.village = owned(9)?;
            record.address.postcode = owned(10)?;
            record.address.district = owned(11)?;
            let household = field(12)?.map(|name| {
                let next = u32::try_from(households.len()).unwrap_or(u32::MAX - 1);
                if let Some(number) = households.get(name) {
                    return *number;
                }
                households.insert(name.to_owned(), next);
                next
            });
            list.table.push(&Features::of(&record, keyer), household);
        }
        Ok(list)
    }
}

/// Sex as lists write it: words and letters of several languages, and the numbers of ISO 5218.
fn sex(text: &str) -> Option<Sex> {
    match text.chars().next()?.to_ascii_lowercase() {
        'm' | 'h' | '1' => Some(Sex::Male),
        'f' | 'w' | '2' => Some(Sex::Female),
        _ => None,
    }
}

/// What is wrong with a file's rows, in one line with file, row and column.
fn told(file: &Path, cause: &csv::Error) -> Failure {
    let name = file.display();
    match cause.kind() {
        csv::ErrorKind::UnequalLengths { pos, expected_len, len } => {
            let row = pos.as_ref().map_or(0, csv::Position::line);
            let column = expected_len.min(len) + 1;
            Failure::failed(format!(
                "{name}: row {row}, column {column}: {len} fields where the first row has {expected_len}"
            ))
        }
        csv::ErrorKind::Io(cause) => Failure::failed(format!("{name}: {cause}")),
        _ => Failure::failed(format!("{name}: {cause}")),
    }
}
