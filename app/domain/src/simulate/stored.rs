//! Blocks of a snapshot as they are kept between simulations: some households, in the order of their ids, each with all that
//! it said but free text. A household that says something new has its own block written again ([`Stored::with`]); a
//! simulation takes from each block what its packs read ([`Snapshot::take`]).
//!
//! In bytes: `GSB1`, the length of a head, the head as JSON (the questions of each level with the values that occur), the ids,
//! how many people each household has, then every column as the width of its codes and the codes. Numbers are little-endian.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::snapshot::{BLOCK, Block, Codes, Columns, Dictionary, Kept, Snapshot, VALUES};
use crate::answers::{Answer, Answered, Answers};
use crate::form::{Form, Kind};
use crate::value::{Value, iso_date, parse_iso_date};

const MAGIC: &[u8; 4] = b"GSB1";

/// The bytes are no block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the bytes are no block of a snapshot")]
pub struct NoBlock;

/// A block as it is kept: at most [`BLOCK`] households.
#[derive(Clone, Debug)]
pub struct Stored {
    ids: Vec<Uuid>,
    columns: Snapshot,
}

impl Default for Stored {
    fn default() -> Self {
        Self { ids: Vec::new(), columns: Snapshot::new(&Kept::default()) }
    }
}

/// What a household says now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said(Answers);

impl Said {
    /// Answers to a form, without its free texts: no rule reads them, and nobody needs them twice.
    pub fn of(form: &Form, mut answers: Answers) -> Self {
        let spoken = |answered: &mut Answered| {
            answered.retain(|id, _| form.question(id).is_none_or(|question| question.kind != Kind::Text));
        };
        spoken(&mut answers.household);
        answers.members.iter_mut().for_each(|member| spoken(&mut member.answers));
        Self(answers)
    }
}

impl Stored {
    /// How many households it holds.
    pub fn households(&self) -> usize {
        self.ids.len()
    }

    /// The first of its households.
    pub fn first(&self) -> Option<Uuid> {
        self.ids.first().copied()
    }

    /// This block with what some households say now, `None` for one that says nothing any more; in so many blocks as are
    /// needed, none of them empty.
    pub fn with(&self, changes: &BTreeMap<Uuid, Option<Said>>) -> Vec<Self> {
        let old = self.ids.iter().enumerate().filter(|(_, id)| !changes.contains_key(id));
        let mut order: Vec<(Uuid, Result<usize, &Said>)> = old.map(|(row, id)| (*id, Ok(row))).collect();
        let new = changes.iter().filter_map(|(id, said)| Some((*id, Err(said.as_ref()?))));
        order.extend(new);
        order.sort_by_key(|(id, _)| *id);
        let mut kept = self.columns.kept();
        for (_, said) in &order {
            let Err(Said(answers)) = said else { continue };
            kept.extend(answers);
        }
        let pieces = order.len().div_ceil(BLOCK).max(1);
        let each = order.len().div_ceil(pieces).max(1);
        order.chunks(each).map(|piece| self.piece(&kept, piece)).collect()
    }

    fn piece(&self, kept: &Kept, rows: &[(Uuid, Result<usize, &Said>)]) -> Self {
        let mut columns = Snapshot::new(kept);
        let mut translation = Translation::default();
        for (_, row) in rows {
            match row {
                Ok(row) => {
                    if let Some(block) = self.columns.blocks.first() {
                        columns.copy(&self.columns, block, *row, &mut translation);
                    }
                }
                Err(Said(answers)) => columns.push(answers),
            }
        }
        columns.finish();
        Self { ids: rows.iter().map(|(id, _)| *id).collect(), columns }
    }

    /// As bytes.
    pub fn bytes(&self) -> Vec<u8> {
        let head = Head { household: head(&self.columns.household), members: head(&self.columns.members) };
        let head = serde_json::to_vec(&head).unwrap_or_default();
        let mut bytes = MAGIC.to_vec();
        put(&mut bytes, head.len());
        bytes.extend(head);
        put(&mut bytes, self.ids.len());
        for id in &self.ids {
            bytes.extend(id.as_bytes());
        }
        let Some(block) = self.columns.blocks.first() else { return bytes };
        for pair in block.starts.windows(2) {
            put(&mut bytes, (pair[1] - pair[0]) as usize);
        }
        for codes in block.household.iter().chain(&block.members) {
            match codes {
                Codes::Same(code) => {
                    bytes.push(0);
                    bytes.extend(code.to_le_bytes());
                }
                Codes::One(codes) => {
                    bytes.push(1);
                    bytes.extend(codes);
                }
                Codes::Two(codes) => {
                    bytes.push(2);
                    codes.iter().for_each(|code| bytes.extend(code.to_le_bytes()));
                }
                Codes::Four(codes) => {
                    bytes.push(4);
                    codes.iter().for_each(|code| bytes.extend(code.to_le_bytes()));
                }
            }
        }
        bytes
    }

    /// From bytes.
    ///
    /// # Errors
    /// When they are none that [`Stored::bytes`] gave.
    pub fn read(bytes: &[u8]) -> Result<Self, NoBlock> {
        let mut left = Left(bytes);
        if left.take(MAGIC.len())? != MAGIC {
            return Err(NoBlock);
        }
        let length = left.number()?;
        let head: Head = serde_json::from_slice(left.take(length)?).map_err(|_| NoBlock)?;
        let households = left.number()?;
        if households > BLOCK {
            return Err(NoBlock);
        }
        let mut ids = Vec::with_capacity(households);
        for _ in 0..households {
            ids.push(Uuid::from_slice(left.take(16)?).map_err(|_| NoBlock)?);
        }
        let mut starts = vec![0_u32];
        let mut people = 0_u32;
        if households > 0 {
            for _ in 0..households {
                let members = u32::try_from(left.number()?).map_err(|_| NoBlock)?;
                people = people.checked_add(members).ok_or(NoBlock)?;
                starts.push(people);
            }
        }
        let (household, members) = (columns(head.household)?, columns(head.members)?);
        let mut blocks = Vec::new();
        if households > 0 {
            let household = left.columns(&household, households)?;
            let members = left.columns(&members, people as usize)?;
            blocks.push(Block { starts, household, members });
        }
        if !left.0.is_empty() {
            return Err(NoBlock);
        }
        let columns = Snapshot::of_blocks(household, members, blocks);
        Ok(Self { ids, columns })
    }
}

impl Snapshot {
    /// Adds the households of a kept block, as far as this snapshot keeps what they said.
    pub fn take(&mut self, stored: &Stored) {
        let mut translation = Translation::default();
        for block in &stored.columns.blocks {
            for row in 0..block.households() {
                self.copy(&stored.columns, block, row, &mut translation);
            }
        }
    }
}

/// Which code here a code there becomes: by level and column here, the column there and its codes as they are met.
#[derive(Debug, Default)]
pub(super) struct Translation {
    pub levels: Option<[Vec<Option<Column>>; 2]>,
}

/// The column there that a column here is filled from.
#[derive(Debug)]
pub(super) struct Column {
    place: usize,
    codes: Vec<Option<u32>>,
}

impl Translation {
    /// For each column here the one there, if there is one.
    pub fn between(&mut self, here: [&Columns; 2], there: [&Columns; 2]) -> &mut [Vec<Option<Column>>; 2] {
        self.levels.get_or_insert_with(|| {
            [0, 1].map(|level| {
                let found = |id: &String| {
                    let place = there[level].ids.binary_search(id).ok()?;
                    let codes = vec![None; there[level].dictionaries[place].values.len()];
                    Some(Column { place, codes })
                };
                here[level].ids.iter().map(found).collect()
            })
        })
    }
}

impl Column {
    /// The code in `here` of what stands in a row there.
    pub fn code(&mut self, here: &mut Dictionary, there: &Columns, codes: &[Codes], row: usize) -> u32 {
        let code = codes[self.place].at(row);
        let Some(value) = code.checked_sub(VALUES).map(|value| value as usize) else { return code };
        match self.codes.get(value) {
            Some(Some(known)) => *known,
            None => super::snapshot::NOT_ASKED,
            Some(None) => {
                let answer = Answer::Value(there.dictionaries[self.place].values[value].clone());
                *self.codes[value].insert(here.code(Some(&answer)))
            }
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Head {
    household: Vec<(String, Vec<Typed>)>,
    members: Vec<(String, Vec<Typed>)>,
}

/// A value that says of which kind it is.
#[derive(Serialize, Deserialize)]
enum Typed {
    #[serde(rename = "b")]
    Bool(bool),
    #[serde(rename = "n")]
    Num(String),
    #[serde(rename = "d")]
    Date(String),
    #[serde(rename = "t")]
    Text(String),
    #[serde(rename = "c")]
    Choice(String),
    #[serde(rename = "m")]
    Many(BTreeSet<String>),
}

fn head(columns: &Columns) -> Vec<(String, Vec<Typed>)> {
    let typed = |value: &Value| match value {
        Value::Bool(yes) => Typed::Bool(*yes),
        Value::Num(number) => Typed::Num(number.to_string()),
        Value::Date(date) => Typed::Date(iso_date(*date)),
        Value::Text(text) => Typed::Text(text.clone()),
        Value::Choice(choice) => Typed::Choice(choice.clone()),
        Value::Many(many) => Typed::Many(many.clone()),
    };
    let each = columns.ids.iter().zip(&columns.dictionaries);
    each.map(|(id, values)| (id.clone(), values.values.iter().map(typed).collect())).collect()
}

fn columns(head: Vec<(String, Vec<Typed>)>) -> Result<Columns, NoBlock> {
    let value = |typed| {
        Ok(match typed {
            Typed::Bool(yes) => Value::Bool(yes),
            Typed::Num(number) => Value::Num(number.parse().map_err(|_| NoBlock)?),
            Typed::Date(date) => Value::Date(parse_iso_date(&date).ok_or(NoBlock)?),
            Typed::Text(text) => Value::Text(text),
            Typed::Choice(choice) => Value::Choice(choice),
            Typed::Many(many) => Value::Many(many),
        })
    };
    let mut columns = Columns::default();
    for (id, values) in head {
        // Both are looked up by halving.
        if columns.ids.last().is_some_and(|last| *last >= id) {
            return Err(NoBlock);
        }
        columns.ids.push(id);
        let mut dictionary = Dictionary::default();
        for typed in values {
            let answer = Answer::Value(value(typed)?);
            dictionary.code(Some(&answer));
        }
        columns.dictionaries.push(dictionary);
    }
    Ok(columns)
}

fn put(bytes: &mut Vec<u8>, number: usize) {
    bytes.extend(u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes());
}

/// The bytes that were not read yet.
struct Left<'b>(&'b [u8]);

impl<'b> Left<'b> {
    fn take(&mut self, length: usize) -> Result<&'b [u8], NoBlock> {
        let (taken, left) = self.0.split_at_checked(length).ok_or(NoBlock)?;
        self.0 = left;
        Ok(taken)
    }

    fn code(&mut self) -> Result<u32, NoBlock> {
        let bytes: [u8; 4] = self.take(4)?.try_into().map_err(|_| NoBlock)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn number(&mut self) -> Result<usize, NoBlock> {
        Ok(self.code()? as usize)
    }

    fn columns(&mut self, columns: &Columns, rows: usize) -> Result<Vec<Codes>, NoBlock> {
        columns.dictionaries.iter().map(|dictionary| self.codes(dictionary, rows)).collect()
    }

    fn codes(&mut self, dictionary: &Dictionary, rows: usize) -> Result<Codes, NoBlock> {
        let codes = match self.take(1)? {
            [0] => Codes::Same(self.code()?),
            [1] => Codes::One(self.take(rows)?.into()),
            [2] => {
                let pairs = self.take(rows.checked_mul(2).ok_or(NoBlock)?)?.chunks_exact(2);
                Codes::Two(pairs.map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect())
            }
            [4] => {
                let fours = self.take(rows.checked_mul(4).ok_or(NoBlock)?)?.chunks_exact(4);
                Codes::Four(
                    fours.map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]])).collect(),
                )
            }
            _ => return Err(NoBlock),
        };
        let known = VALUES as usize + dictionary.values.len();
        let foreign = match &codes {
            Codes::Same(code) => *code as usize >= known,
            codes => (0..rows).any(|row| codes.at(row) as usize >= known),
        };
        if foreign { Err(NoBlock) } else { Ok(codes) }
    }
}
