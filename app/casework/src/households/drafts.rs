//! Registrations that are not finished: kept sealed, resumed by who began them, gone once registered.
//!
//! A draft's id is the form's, and so the future household's. Its start is the household's first contact, from which the
//! date of claim counts.

use domain::ids::{DraftId, HouseholdId};
use domain::registration::RegistrationForm;
use domain::role::{Right, Scope};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::Casework;
use crate::actor::Actor;
use crate::args;
use crate::crypt::{Keys, Place};
use crate::db::Tx;
use crate::error::{Error, Result};

/// A draft with what is filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The form's id.
    pub id: DraftId,
    /// The office it was begun in.
    pub office: String,
    /// What is filled in.
    pub form: RegistrationForm,
    /// First contact.
    pub started_at: OffsetDateTime,
    /// Last saved.
    pub saved_at: OffsetDateTime,
    /// Moves with every save.
    pub version: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    draft_id: Uuid,
    office: String,
    body: Vec<u8>,
    started_at: OffsetDateTime,
    saved_at: OffsetDateTime,
    version: i64,
}

fn place(id: Uuid) -> Place<'static> {
    Place { table: "draft", column: "body", row: id, agency: "" }
}

impl Row {
    fn open(self, keys: &Keys) -> Result<Draft> {
        let body = keys.open(&place(self.draft_id), &self.body)?;
        Ok(Draft {
            id: DraftId::new(self.draft_id),
            office: self.office,
            form: serde_json::from_slice(&body).map_err(Error::internal)?,
            started_at: self.started_at,
            saved_at: self.saved_at,
            version: self.version,
        })
    }
}

/// Keeps a form as it is. `version` is the one that was read, `None` for a new draft; gives the new one. `Stale` when
/// the draft was saved from another window meanwhile.
pub async fn save(
    cw: &Casework,
    actor: &Actor,
    office: &str,
    form: &RegistrationForm,
    version: Option<i64>,
) -> Result<i64> {
    let cw = &cw.acting(actor);
    actor.require(Right::RegisterHousehold, &Scope::Office(office.to_owned()))?;
    let id: DraftId = form.form_id.parse().map_err(|_| Error::Invalid("form_id"))?;
    let body = serde_json::to_vec(form).map_err(Error::internal)?;
    let sealed = cw.keys.seal(&place(id.uuid()), &body)?;
    let (staff, office) = (actor.staff_id, office.to_owned());
    cw.write(async move |tx| {
        let registered: Option<i64> = tx
            .value(
                "SELECT version FROM household WHERE household_id = $1",
                args![HouseholdId::new(id.uuid())],
            )
            .await?;
        if registered.is_some() {
            return Err(Error::Conflict(crate::error::Conflict::State));
        }
        if let Some(version) = version {
            tx.run_one(
                "UPDATE draft SET body = $1, saved_at = $2, version = version + 1 \
                 WHERE draft_id = $3 AND staff_id = $4 AND version = $5",
                args![sealed.as_slice(), tx.now(), id, staff, version],
            )
            .await?;
            return Ok(version + 1);
        }
        let new = tx
            .run(
                "INSERT INTO draft (draft_id, staff_id, office, body, started_at, saved_at) \
                 VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT DO NOTHING",
                args![id, staff, office.as_str(), sealed.as_slice(), tx.now()],
            )
            .await?;
        if new == 1 { Ok(1) } else { Err(Error::Stale) }
    })
    .await
}

/// The actor's own draft. `NotFound` when there is none, or it is somebody else's.
pub async fn draft(cw: &Casework, actor: &Actor, id: DraftId) -> Result<Draft> {
    let cw = &cw.acting(actor);
    actor.require_anywhere(Right::RegisterHousehold)?;
    let row: Option<Row> = cw
        .db
        .one(
            "SELECT draft_id, office, body, started_at, saved_at, version FROM draft \
             WHERE draft_id = $1 AND staff_id = $2",
            args![id, actor.staff_id],
        )
        .await?;
    row.ok_or(Error::NotFound)?.open(&cw.keys)
}

/// The actor's own drafts, last saved first, at most 100.
pub async fn drafts(cw: &Casework, actor: &Actor) -> Result<Vec<Draft>> {
    let cw = &cw.acting(actor);
    actor.require_anywhere(Right::RegisterHousehold)?;
    let rows: Vec<Row> = cw
        .db
        .all(
            "SELECT draft_id, office, body, started_at, saved_at, version FROM draft \
             WHERE staff_id = $1 ORDER BY saved_at DESC, draft_id DESC LIMIT 100",
            args![actor.staff_id],
        )
        .await?;
    rows.into_iter().map(|row| row.open(&cw.keys)).collect()
}

/// Throws the actor's own draft away.
pub async fn discard(cw: &Casework, actor: &Actor, id: DraftId) -> Result<()> {
    let cw = &cw.acting(actor);
    actor.require_anywhere(Right::RegisterHousehold)?;
    let staff = actor.staff_id;
    cw.write(async move |tx| {
        let gone =
            tx.run("DELETE FROM draft WHERE draft_id = $1 AND staff_id = $2", args![id, staff]).await?;
        if gone == 1 { Ok(()) } else { Err(Error::NotFound) }
    })
    .await
}

/// Ends a draft that has become a household; when it was begun, if there was one.
pub(super) async fn finish(tx: &mut Tx, household: HouseholdId) -> Result<Option<OffsetDateTime>> {
    let id = DraftId::new(household.uuid());
    tx.value("DELETE FROM draft WHERE draft_id = $1 RETURNING started_at", args![id]).await
}
