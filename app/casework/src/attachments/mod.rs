//! Files that people hand in with a matter: a complaint, an appeal, a request.
//!
//! A file is read before there is a unit of work ([`File::read`]: what it is by its bytes, how large, cleaned of what a
//! picture tells besides the picture) and kept inside the one that it belongs to ([`add`]), sealed and in the database. Who
//! may add, see and open is asked by the use case around: this is a primitive, like a task. A page sends one with
//! `Content-Disposition: attachment`, so that nothing of it runs here.
//!
//! To let another noun have files: its subject, and nothing else; [`list`] and [`open`] take the same subject.

mod clean;

use domain::attachment::{FileFault, FileKind, LARGEST, MOST};
use domain::ids::{AttachmentId, HouseholdId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::crypt::Place;
use crate::crypt::keys::hex;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::journal::{self, Event};
use crate::subject::Subject;
use crate::{Actor, Keys, args};

/// A file that may be kept. Its `Debug` shows neither name nor content.
#[derive(Clone, PartialEq, Eq)]
pub struct File {
    kind: FileKind,
    name: String,
    body: Vec<u8>,
}

impl std::fmt::Debug for File {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "File({}, {} bytes)", self.kind, self.body.len())
    }
}

impl File {
    /// Reads what was sent, under the name that it had there.
    pub fn read(sent_as: &str, bytes: Vec<u8>) -> Result<Self, FileFault> {
        if bytes.is_empty() {
            return Err(FileFault::Empty);
        }
        if bytes.len() > LARGEST {
            return Err(FileFault::TooLarge);
        }
        let kind = FileKind::of(&bytes).ok_or(FileFault::NotAllowed)?;
        let body = clean::clean(kind, bytes)?;
        // The turn of a photograph is written anew and may be longer than it was.
        if body.len() > LARGEST {
            return Err(FileFault::TooLarge);
        }
        Ok(Self { kind, name: kind.name(sent_as), body })
    }

    /// The same file under a name that says nothing: for who must not be known.
    #[must_use]
    pub fn nameless(self, number: usize) -> Self {
        Self { name: format!("file-{number}.{}", self.kind.ending()), ..self }
    }

    /// What it is.
    pub fn kind(&self) -> FileKind {
        self.kind
    }

    /// What is kept.
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}

/// A file as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Id.
    pub id: AttachmentId,
    /// What it is.
    pub kind: FileKind,
    /// Its name.
    pub name: String,
    /// How large, in bytes.
    pub size: i64,
    /// When it came.
    pub added_at: OffsetDateTime,
    /// Whether the person concerned gave it, and not a member of staff.
    pub is_theirs: bool,
}

/// A file as it is sent to who opens it.
#[derive(Debug, Clone)]
pub struct Opened {
    /// What it is.
    pub kind: FileKind,
    /// Its name.
    pub name: String,
    /// What is in it.
    pub body: Zeroizing<Vec<u8>>,
}

/// What is told of a file beside it, sealed: the hash of a paper would find the same paper elsewhere.
#[derive(Serialize, Deserialize)]
struct About {
    name: String,
    sha256: String,
}

fn place(column: &'static str, id: AttachmentId) -> Place<'static> {
    Place { table: "attachment", column, row: id.uuid(), agency: "" }
}

/// Keeps a file with a matter. `Invalid("file.too_many")` when the matter has [`MOST`] already.
pub async fn add(
    tx: &mut Tx,
    keys: &Keys,
    actor: &Actor,
    case: HouseholdId,
    subject: &Subject,
    file: &File,
) -> Result<AttachmentId> {
    let there: Option<i64> = tx
        .value(
            "SELECT COUNT(*) FROM attachment WHERE household_id = $1 AND subject_kind = $2 AND subject_id = $3",
            args![case, &subject.kind, subject.id],
        )
        .await?;
    if usize::try_from(there.unwrap_or_default()).unwrap_or(usize::MAX) >= MOST {
        return Err(Error::Invalid("file.too_many"));
    }
    let id: AttachmentId = tx.new_id();
    let about = About { name: file.name.clone(), sha256: hex(&Sha256::digest(&file.body)) };
    let about = serde_json::to_vec(&about).map_err(Error::internal)?;
    let size = i64::try_from(file.body.len()).unwrap_or(i64::MAX);
    tx.run(
        "INSERT INTO attachment (household_id, attachment_id, subject_kind, subject_id, kind, size, about, body, added_at,
                                 added_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        args![
            case,
            id,
            &subject.kind,
            subject.id,
            file.kind.code(),
            size,
            keys.seal(&place("about", id), &about)?,
            keys.seal(&place("body", id), &file.body)?,
            tx.now(),
            actor.account()
        ],
    )
    .await?;
    let told = Event::new("attachment.added")
        .id("attachment", id)
        .code("kind", file.kind.code())
        .number("size", size)
        .code("subject", &subject.kind);
    journal::append(tx, actor, case, told).await?;
    Ok(id)
}

/// The files of a matter, the oldest first.
pub async fn list(tx: &mut Tx, keys: &Keys, case: HouseholdId, subject: &Subject) -> Result<Vec<Attachment>> {
    let rows: Vec<Row> = tx
        .all(
            "SELECT attachment_id, kind, size, about, added_at, added_by FROM attachment
             WHERE household_id = $1 AND subject_kind = $2 AND subject_id = $3 ORDER BY attachment_id LIMIT 100",
            args![case, &subject.kind, subject.id],
        )
        .await?;
    rows.into_iter().map(|row| read(keys, row)).collect()
}

/// The files of all matters of a case with what each is about, the newest first.
pub(crate) async fn of_case(
    tx: &mut Tx,
    keys: &Keys,
    case: HouseholdId,
) -> Result<Vec<(Subject, Attachment)>> {
    type Row = (String, Uuid, Uuid, String, i64, Vec<u8>, OffsetDateTime, Option<Uuid>);
    let rows: Vec<Row> = tx
        .all(
            "SELECT subject_kind, subject_id, attachment_id, kind, size, about, added_at, added_by FROM attachment
             WHERE household_id = $1 ORDER BY attachment_id DESC LIMIT 200",
            args![case],
        )
        .await?;
    rows.into_iter()
        .map(|(noun, of, id, kind, size, about, at, by)| {
            Ok((Subject { kind: noun, id: of }, read(keys, (id, kind, size, about, at, by))?))
        })
        .collect()
}

/// What a file is about; `NotFound` for one that the case does not have.
pub(crate) async fn subject_of(tx: &mut Tx, case: HouseholdId, id: AttachmentId) -> Result<Subject> {
    let row: Option<(String, Uuid)> = tx
        .one(
            "SELECT subject_kind, subject_id FROM attachment WHERE household_id = $1 AND attachment_id = $2",
            args![case, id],
        )
        .await?;
    row.map(|(kind, id)| Subject { kind, id }).ok_or(Error::NotFound)
}

/// Id, kind, size, what is sealed about it, when and by whom.
type Row = (Uuid, String, i64, Vec<u8>, OffsetDateTime, Option<Uuid>);

fn read(keys: &Keys, (id, kind, size, about, added_at, added_by): Row) -> Result<Attachment> {
    let id = AttachmentId::new(id);
    Ok(Attachment {
        id,
        kind: kind.parse().map_err(Error::internal)?,
        name: about_of(keys, id, &about)?.name,
        size,
        added_at,
        is_theirs: added_by.is_none(),
    })
}

/// A file of a matter, whole; that it was opened is an entry of the case. `NotFound` when the matter has no such file;
/// an internal error when it is not what was kept.
pub async fn open(
    tx: &mut Tx,
    keys: &Keys,
    actor: &Actor,
    case: HouseholdId,
    subject: &Subject,
    id: AttachmentId,
) -> Result<Opened> {
    let row: Option<(String, Vec<u8>, Vec<u8>)> = tx
        .one(
            "SELECT kind, about, body FROM attachment
             WHERE household_id = $1 AND attachment_id = $2 AND subject_kind = $3 AND subject_id = $4",
            args![case, id, &subject.kind, subject.id],
        )
        .await?;
    let (kind, about, body) = row.ok_or(Error::NotFound)?;
    let about = about_of(keys, id, &about)?;
    let body = keys.open(&place("body", id), &body)?;
    if hex(&Sha256::digest(body.as_slice())) != about.sha256 {
        return Err(Error::internal("a file is not what was kept"));
    }
    let told = Event::new("attachment.opened").id("attachment", id).code("subject", &subject.kind);
    journal::append(tx, actor, case, told).await?;
    Ok(Opened { kind: kind.parse().map_err(Error::internal)?, name: about.name, body })
}

fn about_of(keys: &Keys, id: AttachmentId, sealed: &[u8]) -> Result<About> {
    serde_json::from_slice(&keys.open(&place("about", id), sealed)?).map_err(Error::internal)
}

#[cfg(test)]
mod tests;
