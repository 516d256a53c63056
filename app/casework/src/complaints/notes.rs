//! What was said in the course of a complaint: to and by who complains, and among those who handle it.

use domain::complaint::NoteKind;
use time::OffsetDateTime;
use uuid::Uuid;

use super::shape::Complaint;
use crate::crypt::Place;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::{Actor, Keys, args};

/// The longest note, in characters.
pub const LONGEST: usize = 4000;

/// Something that was said. Its `Debug` shows none of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Note {
    /// What it is.
    pub kind: NoteKind,
    /// Whether who complains said it.
    pub is_theirs: bool,
    /// Whether who complains reads it.
    pub visible: bool,
    /// The words.
    pub text: String,
    /// When.
    pub at: OffsetDateTime,
    /// Name of the member of staff who wrote it; for who handles the complaint alone.
    pub by: Option<String>,
}

impl std::fmt::Debug for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Note({}, {})", self.kind, self.at)
    }
}

fn place(id: Uuid) -> Place<'static> {
    Place { table: "complaint_note", column: "body", row: id, agency: "" }
}

/// Words that may be kept: `Invalid("note.missing")` for none, `("note.long")` for more than [`LONGEST`].
pub(super) fn fit(text: &str) -> Result<String> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(Error::Invalid("note.missing")),
        1..=LONGEST => Ok(text.to_owned()),
        _ => Err(Error::Invalid("note.long")),
    }
}

/// Writes something down.
pub(super) async fn write(
    tx: &mut Tx,
    keys: &Keys,
    actor: &Actor,
    complaint: &Complaint,
    (kind, visible): (NoteKind, bool),
    text: &str,
) -> Result<()> {
    let id: Uuid = tx.new_id();
    let author = match (actor.account(), actor.is_machine()) {
        (Some(_), _) => "staff",
        (None, true) => "service",
        (None, false) => "complainant",
    };
    tx.run(
        "INSERT INTO complaint_note (household_id, note_id, kind, author, visible, body, at, staff_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![
            complaint.id,
            id,
            kind.code(),
            author,
            visible,
            keys.seal(&place(id), text.as_bytes())?,
            tx.now(),
            actor.account()
        ],
    )
    .await
    .map(drop)
}

/// Everything that was said, the oldest first.
pub(super) async fn of(tx: &mut Tx, keys: &Keys, complaint: &Complaint) -> Result<Vec<Note>> {
    type Row = (Uuid, String, String, bool, Vec<u8>, OffsetDateTime, Option<String>);
    let rows: Vec<Row> = tx
        .all(
            "SELECT complaint_note.note_id, complaint_note.kind, complaint_note.author, complaint_note.visible,
                    complaint_note.body, complaint_note.at, staff.name
             FROM complaint_note LEFT JOIN staff ON staff.id = complaint_note.staff_id
             WHERE complaint_note.household_id = $1 ORDER BY complaint_note.note_id LIMIT 500",
            args![complaint.id],
        )
        .await?;
    rows.into_iter()
        .map(|(id, kind, author, visible, body, at, by)| {
            Ok(Note {
                kind: kind.parse().map_err(Error::internal)?,
                is_theirs: author == "complainant",
                visible,
                text: keys.open_text(&place(id), &body)?,
                at,
                by,
            })
        })
        .collect()
}
