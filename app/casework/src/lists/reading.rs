//! Saying how a list is read: the top of the file is shown, an officer maps the columns, and what was wrong with rows is
//! told with line and column.

use domain::ids::ListId;
use domain::lists::course::ListEvent;
use domain::lists::{CellFault, Mapping};
use domain::registration::Country as _;

use super::sheet::{self, FileFault, Kind, Opened, Reading};
use super::{own, step, store};
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::{Casework, args};

/// Looks at the top of the file, read in this way.
pub async fn look(
    cw: &Casework,
    actor: &Actor,
    id: ListId,
    reading: &Reading,
) -> Result<Result<Opened, FileFault>> {
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    own(&mut view, actor, id).await?;
    let mut bytes = store::file(&mut view, &cw.keys, id, 1).await?;
    // The top of a text stands in its first piece; a workbook has its directory at the end.
    let is_book = sheet::kind_of(&bytes) == Ok(Kind::Book);
    if is_book && bytes.len() == store::PART {
        bytes = store::file(&mut view, &cw.keys, id, u32::MAX).await?;
    }
    drop(view);
    let (cut, reading) = (!is_book && bytes.len() == store::PART, reading.clone());
    tokio::task::spawn_blocking(move || {
        // A piece ends anywhere; the last line of it, and a letter cut in two, belong to the next.
        if cut {
            let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(bytes.len(), |at| at + 1);
            bytes.truncate(end - end % 2);
        }
        sheet::open(&bytes, &reading)
    })
    .await
    .map_err(Error::internal)
}

/// Says how the list is read: every row will be read so, from the beginning. `Invalid` when the mapping cannot be, or names
/// what the pack does not have.
pub async fn map(
    cw: &Casework,
    actor: &Actor,
    id: ListId,
    version: i64,
    reading: &Reading,
    mapping: &Mapping,
) -> Result<()> {
    let cw = &cw.acting(actor);
    let pack = cw.pack()?;
    if !mapping.faults().is_empty() {
        return Err(Error::Invalid("list.mapping"));
    }
    if !mapping.village.is_empty() && !pack.is_dwelling_area(&mapping.village) {
        return Err(Error::Invalid("list.village"));
    }
    if !pack.has_language(&mapping.language) {
        return Err(Error::Invalid("list.language"));
    }
    let (reading, mapping) = (
        serde_json::to_string(reading).map_err(Error::internal)?,
        serde_json::to_string(mapping).map_err(Error::internal)?,
    );
    let actor = actor.clone();
    cw.write(async move |tx| {
        let list = own(tx, &actor, id).await?;
        step(tx, &actor, &list, version, ListEvent::Map).await?;
        store::clear_rows(tx, id).await?;
        tx.run(
            "UPDATE partner_list SET reading = $1, mapping = $2, fault = '', fault_row = NULL, fault_column = NULL, \
             total = 0, faulty = 0 WHERE list_id = $3",
            args![&reading, &mapping, id],
        )
        .await?;
        Ok(())
    })
    .await
}

/// Something wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineFault {
    /// The row's number in the file.
    pub line: i64,
    /// The column, 0 for the first; `None` for the row as a whole.
    pub column: Option<usize>,
    /// What.
    pub fault: CellFault,
}

/// A part of what is wrong with a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Errors {
    /// In the order of the file.
    pub faults: Vec<LineFault>,
    /// There are more, after the last one.
    pub more: bool,
}

/// What is wrong with rows after a line, at most `most` lines' worth.
pub async fn errors(cw: &Casework, actor: &Actor, id: ListId, after: i64, most: u32) -> Result<Errors> {
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    own(&mut view, actor, id).await?;
    let rows: Vec<(i64, i64, String)> = view
        .all(
            "SELECT line, col, fault FROM partner_list_error WHERE list_id = $1 AND line > $2 \
             ORDER BY line, col, fault LIMIT $3",
            args![id, after, i64::from(most) + 1],
        )
        .await?;
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let more = rows.len() > most;
    let mut faults = Vec::with_capacity(rows.len());
    for (line, column, fault) in rows.into_iter().take(most) {
        let fault = fault.parse().map_err(Error::internal)?;
        faults.push(LineFault { line, column: usize::try_from(column).ok(), fault });
    }
    // What is asked for next begins after a line: a line is not torn in two.
    if more
        && let Some(last) = faults.last().map(|fault| fault.line)
        && faults.iter().any(|fault| fault.line < last)
    {
        faults.retain(|fault| fault.line < last);
    }
    Ok(Errors { faults, more })
}
