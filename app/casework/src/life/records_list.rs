//! Records as a file: a table with one row a person, read as lists of partners are ([`crate::lists::sheet`]). Nothing is
//! written while a row is wrong: [`check`] tells every fault with its row and column, [`take`] takes all rows or none.
//!
//! The columns stand in this order, whatever their headings: reference, name, record, good cause.

use std::collections::{BTreeMap, BTreeSet};

use domain::digits::ascii;
use domain::life::condition::{Excuse, Given, RecordKind};
use domain::lists::Cell;
use domain::reference::Reference;

use super::records::{Handed, IN_GROUP, Row, Source, Taken, Which, hand_in, sheet};
use crate::error::{Error, Result};
use crate::lists::sheet::{self as book, FileFault, Go, Reading};
use crate::{Actor, Casework};

/// The largest file that is taken, in bytes: some ten thousand rows.
pub const LARGEST: usize = 1024 * 1024;

/// What is wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowFault {
    /// Nobody with this reference is to be recorded here.
    Reference,
    /// The household is, and nobody of this name.
    Name,
    /// Two people of the household have this name: record them on the sheet.
    Ambiguous,
    /// The record is missing, and no good cause is told.
    Missing,
    /// The record is not what it can be.
    Value,
    /// The good cause is not one of those that can be told.
    Cause,
    /// The person stands in the list before.
    Twice,
}

impl RowFault {
    /// The word of the page: `records-fault-<code>`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Reference => "reference",
            Self::Name => "name",
            Self::Ambiguous => "ambiguous",
            Self::Missing => "missing",
            Self::Value => "value",
            Self::Cause => "cause",
            Self::Twice => "twice",
        }
    }
}

/// A fault with its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wrong {
    /// The row's number in the file.
    pub line: u32,
    /// The column, 0 for the first.
    pub column: usize,
    /// What.
    pub fault: RowFault,
}

/// What a file would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// The records, in the order of the file; without those of wrong rows.
    pub rows: Vec<Handed>,
    /// What is wrong.
    pub wrong: Vec<Wrong>,
    /// What taking them would come to.
    pub taken: Taken,
}

/// Words for a record or a good cause, as somebody may write them, in lower case.
#[derive(Debug, Clone, Default)]
pub struct Spoken {
    /// For done.
    pub yes: Vec<String>,
    /// For not done.
    pub no: Vec<String>,
    /// For each good cause.
    pub causes: Vec<(String, Excuse)>,
}

/// Reads a file and says what it would do, without doing it.
pub async fn check(
    cw: &Casework,
    actor: &Actor,
    which: &Which,
    bytes: Vec<u8>,
    spoken: Spoken,
) -> Result<std::result::Result<Checked, FileFault>> {
    let cw = &cw.acting(actor);
    let there = sheet(cw, actor, which, IN_GROUP).await?;
    tokio::task::spawn_blocking(move || read(&bytes, &there.rows, there.record, &spoken))
        .await
        .map_err(Error::internal)
}

/// Takes the records of a file that nothing is wrong with; `Invalid` where something is.
pub async fn take(cw: &Casework, actor: &Actor, which: &Which, checked: Checked) -> Result<Taken> {
    if !checked.wrong.is_empty() {
        return Err(Error::Invalid("record.rows"));
    }
    hand_in(cw, actor, which, Source::List, checked.rows).await
}

fn read(
    bytes: &[u8],
    people: &[Row],
    record: RecordKind,
    spoken: &Spoken,
) -> std::result::Result<Checked, FileFault> {
    let opened = book::open(bytes, &Reading::default())?;
    let mut by_reference: BTreeMap<String, Vec<&Row>> = BTreeMap::new();
    for row in people {
        by_reference.entry(row.reference.to_string()).or_default().push(row);
    }
    let (mut checked, mut seen) = (Checked::default(), BTreeSet::new());
    book::rows(bytes, &opened.reading, |line, cells| {
        let text = |column: usize| cells.get(column).map(Cell::shown).unwrap_or_default().trim().to_owned();
        let mut wrong = |column: usize, fault: RowFault| checked.wrong.push(Wrong { line, column, fault });
        let whose = match person(&by_reference, &text(0), &text(1)) {
            Ok(row) => row,
            Err((column, fault)) => {
                wrong(column, fault);
                return Go::On;
            }
        };
        let cause = text(3).to_lowercase();
        let excuse = spoken.causes.iter().find(|(word, _)| *word == cause).map(|(_, one)| *one);
        if !cause.is_empty() && excuse.is_none() {
            wrong(3, RowFault::Cause);
            return Go::On;
        }
        let said = ascii(&text(2)).to_lowercase();
        let value = value(record, &said, spoken);
        let fault = match (said.is_empty(), value) {
            (true, _) if excuse.is_none() => Some(RowFault::Missing),
            (false, None) => Some(RowFault::Value),
            _ => None,
        };
        if let Some(fault) = fault {
            wrong(2, fault);
        } else if seen.insert(whose.person) {
            let given = Given { value, excuse };
            let taken = &mut checked.taken;
            match whose.given {
                None => taken.new += 1,
                Some(before) if before == given => taken.same += 1,
                Some(_) => taken.corrected += 1,
            }
            checked.rows.push(Handed {
                household: whose.household,
                enrolment: whose.enrolment,
                person: whose.person,
                seen: whose.number,
                given,
            });
        } else {
            wrong(0, RowFault::Twice);
        }
        Go::On
    })?;
    Ok(checked)
}

fn person<'r>(
    by_reference: &BTreeMap<String, Vec<&'r Row>>,
    reference: &str,
    name: &str,
) -> std::result::Result<&'r Row, (usize, RowFault)> {
    let reference = Reference::parse(reference).map_err(|_| (0, RowFault::Reference))?;
    let there = by_reference.get(&reference.to_string()).ok_or((0, RowFault::Reference))?;
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let mut same = there.iter().filter(|row| plain(&row.name) == plain(name));
    match (same.next(), same.next()) {
        (Some(row), None) => Ok(row),
        (Some(_), Some(_)) => Err((1, RowFault::Ambiguous)),
        _ => Err((1, RowFault::Name)),
    }
}

fn value(record: RecordKind, said: &str, spoken: &Spoken) -> Option<i64> {
    if record.is_number() {
        let number: i64 = said.trim_end_matches(['%', '٪']).trim().parse().ok()?;
        return (0..=record.most()).contains(&number).then_some(number);
    }
    let is = |words: &[String]| words.iter().any(|word| word == said);
    if said == "1" || is(&spoken.yes) {
        Some(1)
    } else if said == "0" || is(&spoken.no) {
        Some(0)
    } else {
        None
    }
}
