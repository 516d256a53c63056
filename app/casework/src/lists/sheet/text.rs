//! Lines of text: CSV with its separator and encoding found. Cells are decoded one by one, so that a byte that is no text
//! is told with its row and column and the other rows are read.

use csv::{ByteRecord, ReaderBuilder};
use domain::lists::{Cell, LONGEST_CELL};
use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1251, WINDOWS_1252, WINDOWS_1256};

use super::{Encoding, FileFault, FileProblem, Go, Reading, Take};

/// How much of a file is looked at to find its separator.
const SAMPLE: usize = 64 * 1024;

/// A cell with more line ends than this is one whose quotation mark was not meant.
const MOST_LINES: usize = 20;

const SEPARATORS: [char; 4] = [',', ';', '\t', '|'];

const BOM: &[u8] = &[0xEF, 0xBB, 0xBF];

/// Fills in encoding and separator where they are not said.
pub(super) fn find(bytes: &[u8], reading: &mut Reading) -> Result<(), FileFault> {
    if reading.encoding == Encoding::Auto {
        reading.encoding = encoding(bytes)?;
    }
    if reading.separator.is_none() {
        let start = plain(bytes, reading.encoding, Some(SAMPLE));
        reading.separator = Some(separator(&start));
    }
    Ok(())
}

fn encoding(bytes: &[u8]) -> Result<Encoding, FileFault> {
    if bytes.starts_with(BOM) {
        return Ok(Encoding::Utf8);
    }
    if bytes.starts_with(&[0xFF, 0xFE]) {
        return Ok(Encoding::Utf16Le);
    }
    if bytes.starts_with(&[0xFE, 0xFF]) {
        return Ok(Encoding::Utf16Be);
    }
    let start = bytes.get(..bytes.len().min(4096)).unwrap_or_default();
    let zeros = |odd: usize| start.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    if even + odd > 0 {
        // Separators and line ends are ASCII in every language.
        return match (even * 10 > start.len() / 2, odd * 10 > start.len() / 2) {
            (false, true) => Ok(Encoding::Utf16Le),
            (true, false) => Ok(Encoding::Utf16Be),
            _ => Err(FileFault::whole(FileProblem::NotAList)),
        };
    }
    let (mut letters, mut broken) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        letters += chunk.valid().chars().filter(|ch| !ch.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    // One wrong byte among many right letters is a damaged cell, not another encoding.
    Ok(if broken * 4 <= letters { Encoding::Utf8 } else { Encoding::Windows1252 })
}

/// The bytes in an encoding whose separators and line ends are single ASCII bytes: UTF-16 becomes UTF-8, of others the
/// byte order mark goes.
fn plain(bytes: &[u8], encoding: Encoding, most: Option<usize>) -> std::borrow::Cow<'_, [u8]> {
    let bytes = bytes.get(..most.unwrap_or(bytes.len()).min(bytes.len())).unwrap_or_default();
    match encoding {
        Encoding::Utf16Le | Encoding::Utf16Be => {
            let table = if encoding == Encoding::Utf16Le { UTF_16LE } else { UTF_16BE };
            let (text, _) = table.decode_with_bom_removal(bytes);
            std::borrow::Cow::Owned(text.into_owned().into_bytes())
        }
        _ => std::borrow::Cow::Borrowed(bytes.strip_prefix(BOM).unwrap_or(bytes)),
    }
}

/// The symbol that parts most rows in the same number of cells, more than one.
fn separator(start: &[u8]) -> char {
    let mut best = (0, ',');
    for symbol in SEPARATORS {
        let mut widths: Vec<usize> = Vec::new();
        let mut reader = reader(start, symbol);
        let mut record = ByteRecord::new();
        while widths.len() < 50 && reader.read_byte_record(&mut record).unwrap_or(false) {
            widths.push(record.len());
        }
        let most = widths
            .iter()
            .filter(|width| **width > 1)
            .map(|width| widths.iter().filter(|other| *other == width).count() * 100 + width)
            .max()
            .unwrap_or(0);
        if most > best.0 {
            best = (most, symbol);
        }
    }
    best.1
}

fn reader(bytes: &[u8], separator: char) -> csv::Reader<&[u8]> {
    let separator = u8::try_from(separator).unwrap_or(b',');
    ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(bytes)
}

pub(super) fn each(bytes: &[u8], reading: &Reading, take: Take<'_>) -> Result<(), FileFault> {
    let plain = plain(bytes, reading.encoding, None);
    let mut reader = reader(&plain, reading.separator.unwrap_or(','));
    let mut record = ByteRecord::new();
    loop {
        let start = reader.position().clone();
        let read = reader.read_byte_record(&mut record);
        let at = record.position().unwrap_or(&start);
        let from = usize::try_from(at.byte()).unwrap_or(0);
        // Lines with nothing in them before a row are passed over together with it.
        let rest = plain.get(from..).unwrap_or_default();
        let blank = rest
            .iter()
            .take_while(|byte| matches!(byte, b'\n' | b'\r'))
            .filter(|byte| **byte == b'\n')
            .count();
        let row =
            u32::try_from(at.line()).unwrap_or(u32::MAX).saturating_add(u32::try_from(blank).unwrap_or(0));
        match read {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(_) => return Err(FileFault::at(FileProblem::NotAList, row)),
        }
        let is_runaway = |cell: &[u8]| {
            cell.len() > LONGEST_CELL * 32 || cell.split(|byte| *byte == b'\n').nth(MOST_LINES + 1).is_some()
        };
        let column = record.iter().position(is_runaway);
        let is_last = usize::try_from(reader.position().byte()).is_ok_and(|end| end >= plain.len());
        if column.is_some() || (is_last && is_open(rest)) {
            let column = column.or_else(|| record.len().checked_sub(1));
            return Err(FileFault { problem: FileProblem::Quote, row: Some(row), column });
        }
        let cells = record.iter().map(|cell| decoded(cell, reading.encoding)).collect();
        if take(row, cells) == Go::Stop {
            return Ok(());
        }
    }
}

/// Whether a quotation mark is left open at the end: marks come in pairs otherwise.
fn is_open(last: &[u8]) -> bool {
    last.iter().fold(false, |open, byte| open ^ (*byte == b'"'))
}

fn decoded(cell: &[u8], encoding: Encoding) -> Cell {
    let table = match encoding {
        Encoding::Windows1252 => WINDOWS_1252,
        Encoding::Windows1256 => WINDOWS_1256,
        Encoding::Windows1251 => WINDOWS_1251,
        _ => {
            return match std::str::from_utf8(cell) {
                Ok(text) => Cell::Text(text.to_owned()),
                Err(_) => Cell::NotText,
            };
        }
    };
    let (text, broken) = table.decode_without_bom_handling(cell);
    if broken { Cell::NotText } else { Cell::Text(text.into_owned()) }
}
