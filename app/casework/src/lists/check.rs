//! Reading every row of a list: the dry run. Rows are read on a thread of their own and written block by block; a block
//! that is there already, from before a restart, is passed over.

use std::collections::HashMap;
use std::sync::Arc;

use domain::household::{MOST_MEMBERS, Relation};
use domain::lists::course::ListEvent;
use domain::lists::{Cell, CellFault, Entry, Mapping, Places, RowReader};
use domain::name::search_key;
use domain::pack::Pack;
use time::Date;
use tokio::sync::mpsc;

use super::sheet::{self, FileFault, Go, Reading};
use super::store::{self, BLOCK, Sort};
use super::work::Hold;
use super::{List, step};
use crate::args;
use crate::db::{Kind, Tx};
use crate::error::{Error, Result};

/// Faults of one row that are kept; the others would be of no more help.
const MOST_FAULTS: usize = 20;

/// Faults of a list that are kept: a file that is wrong everywhere is wrong in one way.
const MOST_KEPT: usize = 200_000;

/// A row without its contents.
#[derive(Debug, Clone, Copy)]
struct Told {
    line: u32,
    family: u32,
    usable: bool,
}

/// Rows that are written together.
#[derive(Debug, Default)]
struct Block {
    number: u32,
    lines: Vec<Told>,
    entries: Vec<Option<Entry>>,
    faults: Vec<(u32, Option<usize>, CellFault)>,
}

/// What is known of a family once all its rows are read.
#[derive(Debug, Clone, Copy, Default)]
struct Family {
    first_line: u32,
    members: u32,
    heads: u32,
    faulty: bool,
}

/// What came of reading.
#[derive(Debug)]
struct Read {
    reading: Reading,
    headings: Vec<String>,
    families: Vec<Family>,
    /// The family of each row, and whether it can be used.
    rows: Vec<(u32, bool)>,
}

/// The villages of a pack by code and by name, in every language.
pub(super) struct Villages(HashMap<String, Vec<String>>);

impl Villages {
    pub fn of(pack: &Pack) -> Self {
        let mut all: HashMap<String, Vec<String>> = HashMap::new();
        let mut add = |key: String, code: &str| {
            let codes = all.entry(key).or_default();
            if !codes.iter().any(|known| known == code) {
                codes.push(code.to_owned());
            }
        };
        for area in pack.areas.leaves() {
            add(area.code.clone(), &area.code);
            for language in pack.words.languages() {
                add(search_key(pack.area_name(language, &area.code)), &area.code);
            }
        }
        Self(all)
    }
}

impl Places for Villages {
    fn find(&self, code: &str, key: &str) -> &[String] {
        self.0.get(code).or_else(|| self.0.get(key)).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Reads the list and writes what was read; ends in `checked` or `unreadable`.
pub(super) async fn check(hold: &Hold, list: &List) -> Result<()> {
    let cw = &hold.cw;
    let Some(mapping) = list.mapping.clone() else { return Err(Error::internal("a list without a mapping")) };
    let pack = cw.pack()?;
    let bytes = {
        let mut view = cw.db.read().await?;
        store::file(&mut view, &cw.keys, list.id, u32::MAX).await?
    };
    let (send, mut blocks) = mpsc::channel::<Block>(4);
    let (reading, today) = (list.reading.clone(), cw.today());
    let reader =
        tokio::task::spawn_blocking(move || read_all(&bytes, &reading, &mapping, &pack, today, &send));
    let mut kept = 0_usize;
    while let Some(block) = blocks.recv().await {
        let room = MOST_KEPT.saturating_sub(kept);
        kept += block.faults.len();
        if !write_block(hold, Arc::new(block), room).await? {
            // Called off or taken over: the reader stops when nobody takes its blocks.
            return Ok(());
        }
    }
    match reader.await.map_err(Error::internal)? {
        Ok(read) => finish(hold, read).await,
        Err(fault) => refuse(hold, fault).await,
    }
}

/// On a thread of its own.
fn read_all(
    bytes: &[u8],
    reading: &Reading,
    mapping: &Mapping,
    pack: &Pack,
    today: Date,
    send: &mpsc::Sender<Block>,
) -> Result<Read, FileFault> {
    let opened = sheet::open(bytes, reading)?;
    let width = opened.headings.len();
    let villages = Villages::of(pack);
    let reader = RowReader { mapping, places: &villages, today };
    let mut read = Read {
        reading: opened.reading.clone(),
        headings: opened.headings,
        families: Vec::new(),
        rows: Vec::new(),
    };
    let mut known: HashMap<String, u32> = HashMap::new();
    let mut block = Block::default();
    sheet::rows(bytes, &opened.reading, |line, cells| {
        let mut result = reader.read(&cells);
        let beyond = cells.iter().skip(width).position(|cell| !Cell::is_blank(cell));
        if let Some(extra) = beyond {
            let wrong = (Some(width + extra), CellFault::TooManyCells);
            match &mut result {
                Ok(_) => result = Err(vec![wrong]),
                Err(all) => all.push(wrong),
            }
        }
        let family = family_of(&cells, mapping, &mut known, &mut read.families, line);
        if let Some(family) = usize::try_from(family).ok().and_then(|at| read.families.get_mut(at)) {
            family.members += 1;
            match &result {
                Ok(entry) => family.heads += u32::from(entry.member.relation == Relation::Head.code()),
                Err(_) => family.faulty = true,
            }
        }
        read.rows.push((family, result.is_ok()));
        block.lines.push(Told { line, family, usable: result.is_ok() });
        match result {
            Ok(entry) => block.entries.push(Some(entry)),
            Err(wrong) => {
                block.entries.push(None);
                block
                    .faults
                    .extend(wrong.into_iter().take(MOST_FAULTS).map(|(column, fault)| (line, column, fault)));
            }
        }
        if block.lines.len() < usize::try_from(BLOCK).unwrap_or(usize::MAX) {
            return Go::On;
        }
        let full = std::mem::take(&mut block);
        block.number = full.number + 1;
        if send.blocking_send(full).is_ok() { Go::On } else { Go::Stop }
    })?;
    if !block.lines.is_empty() {
        // Nobody takes it when the work was called off: then nothing is asked of what is given back either.
        drop(send.blocking_send(block));
    }
    Ok(read)
}

/// The number of the family a row belongs to: by what the list calls it, else one of its own.
fn family_of(
    cells: &[Cell],
    mapping: &Mapping,
    known: &mut HashMap<String, u32>,
    families: &mut Vec<Family>,
    line: u32,
) -> u32 {
    let column = mapping.columns.get(&domain::lists::Column::Household);
    let name = column.and_then(|at| cells.get(*at)).map(Cell::shown).unwrap_or_default();
    let new = u32::try_from(families.len()).unwrap_or(u32::MAX);
    let number = match name.trim() {
        "" => new,
        name => *known.entry(name.to_owned()).or_insert(new),
    };
    if number == new {
        families.push(Family { first_line: line, ..Family::default() });
    }
    number
}

async fn write_block(hold: &Hold, block: Arc<Block>, room: usize) -> Result<bool> {
    let (hold, keys, list) = (hold.clone(), hold.cw.keys.clone(), hold.list);
    let cw = hold.cw.clone();
    let first = block.number * BLOCK;
    let lines: Vec<_> = block
        .lines
        .iter()
        .zip(first..)
        .map(|(row, place)| serde_json::json!([place, row.line, row.family, i32::from(row.usable)]))
        .collect();
    let faults: Vec<_> = block
        .faults
        .iter()
        .take(room)
        .map(|(line, column, fault)| {
            serde_json::json!([line, column.map_or(-1, |at| i64::try_from(at).unwrap_or(-1)), fault.code()])
        })
        .collect();
    let (lines, faults) = (text(&lines)?, text(&faults)?);
    let done = first + u32::try_from(block.lines.len()).unwrap_or(0);
    cw.write(async move |tx| {
        if !hold.at_in(tx, "reading", done).await? {
            return Ok(false);
        }
        // A restart reads from the beginning: what is there is the same.
        if store::put(tx, &keys, list, Sort::Rows, block.number, &store::packed(&block.entries)?).await? {
            insert_rows(tx, list, &lines).await?;
            insert_faults(tx, list, &faults).await?;
        }
        Ok(true)
    })
    .await
}

fn text(values: &[serde_json::Value]) -> Result<String> {
    serde_json::to_string(values).map_err(Error::internal)
}

async fn insert_rows(tx: &mut Tx, list: domain::ids::ListId, rows: &str) -> Result<()> {
    let sql = match tx.kind() {
        Kind::Sqlite => {
            "INSERT INTO partner_list_row (list_id, place, line, family, usable, category, chance, drawn, verdict, choice, \
             outcome) SELECT $1, json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'), \
             json_extract(value, '$[3]'), '', 0, 0, '', '', '' FROM json_each($2)"
        }
        Kind::Postgres => {
            "INSERT INTO partner_list_row (list_id, place, line, family, usable, category, chance, drawn, verdict, choice, \
             outcome) SELECT $1, (value->>0)::bigint, (value->>1)::bigint, (value->>2)::bigint, (value->>3) = '1', '', 0, \
             0, '', '', '' FROM jsonb_array_elements($2::text::jsonb)"
        }
    };
    tx.run(sql, args![list, rows]).await?;
    Ok(())
}

async fn insert_faults(tx: &mut Tx, list: domain::ids::ListId, faults: &str) -> Result<()> {
    let sql = match tx.kind() {
        Kind::Sqlite => {
            "INSERT INTO partner_list_error (list_id, line, col, fault) SELECT $1, json_extract(value, '$[0]'), \
             json_extract(value, '$[1]'), json_extract(value, '$[2]') FROM json_each($2) WHERE true ON CONFLICT DO NOTHING"
        }
        Kind::Postgres => {
            "INSERT INTO partner_list_error (list_id, line, col, fault) SELECT $1, (value->>0)::bigint, \
             (value->>1)::bigint, value->>2 FROM jsonb_array_elements($2::text::jsonb) ON CONFLICT DO NOTHING"
        }
    };
    tx.run(sql, args![list, faults]).await?;
    Ok(())
}

/// Holds families to what a household is, and keeps back the rows of those that are not.
async fn finish(hold: &Hold, mut read: Read) -> Result<()> {
    let cw = &hold.cw;
    let most = u32::try_from(MOST_MEMBERS).unwrap_or(u32::MAX);
    let with_relations = {
        let mut view = cw.db.read().await?;
        let list = super::read(&mut view, hold.list).await?.ok_or(Error::NotFound)?;
        list.mapping.is_some_and(|mapping| mapping.columns.contains_key(&domain::lists::Column::Relation))
    };
    let mut faults = Vec::new();
    for family in &mut read.families {
        let fault = if family.members > most {
            Some(CellFault::TooManyMembers)
        } else if family.heads > 1 {
            Some(CellFault::TwoHeads)
        } else if with_relations && family.heads == 0 && family.members > 1 && !family.faulty {
            Some(CellFault::NoHead)
        } else {
            None
        };
        if let Some(fault) = fault {
            family.faulty = true;
            faults.push(serde_json::json!([family.first_line, -1, fault.code()]));
        }
    }
    for faults in faults.chunks(5000) {
        let (list, faults) = (hold.list, text(faults)?);
        cw.write(async move |tx| insert_faults(tx, list, &faults).await).await?;
    }
    // A household is registered whole or not at all.
    let is_faulty = |family: u32| {
        usize::try_from(family).ok().and_then(|at| read.families.get(at)).is_some_and(|family| family.faulty)
    };
    let kept_back: Vec<u32> = (0_u32..)
        .zip(&read.rows)
        .filter(|(_, (family, usable))| *usable && is_faulty(*family))
        .map(|(place, _)| place)
        .collect();
    for places in kept_back.chunks(5000) {
        let (list, places) = (hold.list, serde_json::to_string(places).map_err(Error::internal)?);
        let marked = hold.clone();
        let going = cw
            .write(async move |tx| {
                hold_back(tx, list, &places).await?;
                marked.at_in(tx, "reading", 0).await
            })
            .await?;
        if !going {
            return Ok(());
        }
    }
    let total = i64::try_from(read.rows.len()).unwrap_or(i64::MAX);
    let unusable = read.rows.iter().filter(|(family, usable)| !usable || is_faulty(*family)).count();
    let without_use = i64::try_from(unusable).unwrap_or(i64::MAX);
    let reading = serde_json::to_string(&read.reading).map_err(Error::internal)?;
    let headings = serde_json::to_string(&read.headings).map_err(Error::internal)?;
    let mine = hold.clone();
    cw.write(async move |tx| {
        if !mine.holds(tx).await? {
            return Ok(());
        }
        let list = super::read(tx, mine.list).await?.ok_or(Error::NotFound)?;
        step(tx, &crate::Actor::system(), &list, list.version, ListEvent::Check).await?;
        tx.run(
            "UPDATE partner_list SET reading = $1, headings = $2, total = $3, faulty = $4 WHERE list_id = $5",
            args![&reading, &headings, total, without_use, mine.list],
        )
        .await?;
        Ok(())
    })
    .await
}

async fn hold_back(tx: &mut Tx, list: domain::ids::ListId, places: &str) -> Result<()> {
    let (update, insert) = match tx.kind() {
        Kind::Sqlite => (
            "UPDATE partner_list_row SET usable = 0 WHERE list_id = $1 AND place IN (SELECT value FROM json_each($2))",
            "INSERT INTO partner_list_error (list_id, line, col, fault) SELECT list_id, line, -1, 'household_held' \
             FROM partner_list_row WHERE list_id = $1 AND place IN (SELECT value FROM json_each($2)) \
             ON CONFLICT DO NOTHING",
        ),
        Kind::Postgres => (
            "UPDATE partner_list_row SET usable = FALSE WHERE list_id = $1 AND place IN \
             (SELECT value::bigint FROM jsonb_array_elements_text($2::text::jsonb))",
            "INSERT INTO partner_list_error (list_id, line, col, fault) SELECT list_id, line, -1, 'household_held' \
             FROM partner_list_row WHERE list_id = $1 AND place IN \
             (SELECT value::bigint FROM jsonb_array_elements_text($2::text::jsonb)) ON CONFLICT DO NOTHING",
        ),
    };
    tx.run(update, args![list, places]).await?;
    tx.run(insert, args![list, places]).await?;
    Ok(())
}

async fn refuse(hold: &Hold, fault: FileFault) -> Result<()> {
    let mine = hold.clone();
    hold.cw
        .write(async move |tx| {
            if !mine.holds(tx).await? {
                return Ok(());
            }
            let list = super::read(tx, mine.list).await?.ok_or(Error::NotFound)?;
            step(tx, &crate::Actor::system(), &list, list.version, ListEvent::Refuse).await?;
            store::clear_rows(tx, mine.list).await?;
            tx.run(
                "UPDATE partner_list SET fault = $1, fault_row = $2, fault_column = $3 WHERE list_id = $4",
                args![
                    fault.problem.code(),
                    fault.row.map(i64::from),
                    fault.column.and_then(|column| i64::try_from(column).ok()),
                    mine.list
                ],
            )
            .await?;
            Ok(())
        })
        .await
}
