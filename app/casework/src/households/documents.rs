//! Papers in a household's file: what was handed in with a life event, an answer or an appeal, and what was shown at the
//! counter. Whoever reads the file sees them; whoever changes it adds to them.

use domain::ids::{AttachmentId, HouseholdId};
use domain::role::{Right, Scope};
use uuid::Uuid;

use super::file::require_reader;
use super::office_of;
use crate::attachments::{self, Attachment, File, Opened};
use crate::error::{Error, Result};
use crate::subject::Subject;
use crate::{Actor, Casework, args};

/// The noun of papers of the household itself.
const HOUSEHOLD: &str = "household";
/// The noun of papers that came with a life event.
pub const CHANGE: &str = "household_change";

/// A paper of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// The file.
    pub attachment: Attachment,
    /// What it belongs to, as a noun: `household`, `household_change`, `applicant_answer`, …
    pub noun: String,
    /// Which of those.
    pub of: Uuid,
}

/// The papers of a household, the newest first; for who reads its file.
pub async fn list(cw: &Casework, actor: &Actor, household: HouseholdId) -> Result<Vec<Paper>> {
    let mut view = cw.acting(actor).db.read().await?;
    require_reader(&mut view, actor, household).await?;
    let all = attachments::of_case(&mut view, &cw.keys, household).await?;
    Ok(all.into_iter().map(|(of, attachment)| Paper { attachment, noun: of.kind, of: of.id }).collect())
}

/// Keeps papers, of the household itself or of one of its life events. `Invalid("document.missing")` without any,
/// `NotFound` for a life event that it does not have.
pub async fn add(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    of: Option<Uuid>,
    files: Vec<File>,
) -> Result<usize> {
    if files.is_empty() {
        return Err(Error::Invalid("document.missing"));
    }
    let own = cw.acting(actor);
    let (keys, actor) = (cw.keys.clone(), actor.clone());
    own.write(async move |tx| {
        actor.require(Right::EditHousehold, &Scope::Office(office_of(tx, household).await?))?;
        let subject = match of {
            None => Subject::new(HOUSEHOLD, household),
            Some(change) => {
                let there: Option<Uuid> = tx
                    .value(
                        "SELECT change_id FROM household_change WHERE household_id = $1 AND change_id = $2",
                        args![household, change],
                    )
                    .await?;
                Subject::new(CHANGE, there.ok_or(Error::NotFound)?)
            }
        };
        for file in &files {
            attachments::add(tx, &keys, &actor, household, &subject, file).await?;
        }
        Ok(files.len())
    })
    .await
}

/// One paper, whole; that it was opened is an entry of the file.
pub async fn open(cw: &Casework, actor: &Actor, household: HouseholdId, id: AttachmentId) -> Result<Opened> {
    let own = cw.acting(actor);
    let (keys, actor) = (cw.keys.clone(), actor.clone());
    own.write(async move |tx| {
        require_reader(tx, &actor, household).await?;
        let subject = attachments::subject_of(tx, household, id).await?;
        attachments::open(tx, &keys, &actor, household, &subject, id).await
    })
    .await
}
