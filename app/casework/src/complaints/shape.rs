//! A complaint as it is read and written: its row, and what is sealed in it.

use domain::complaint::{Category, Channel, ComplaintState, Identity, Level, Outcome, Remedy};
use domain::ids::{ComplaintId, HouseholdId, StaffId};
use domain::reference::Reference;
use domain::role::Scope;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use super::SUBJECT;
use crate::crypt::Place;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::subject::{Subject, stored_scope};
use crate::{Keys, args};

/// A complaint, without what is sealed in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// Id; also of its case.
    pub id: ComplaintId,
    /// The code that the complainant has.
    pub code: Reference,
    /// How it came.
    pub channel: Channel,
    /// What is known of who complains.
    pub identity: Identity,
    /// What it is about.
    pub category: Category,
    /// Whether it is in the restricted queue.
    pub sensitive: bool,
    /// The office it is about; empty when none.
    pub office: String,
    /// The provider that handed it in; empty when none.
    pub provider: String,
    /// Who answers it.
    pub level: Level,
    /// Whose queue.
    pub scope: Scope,
    /// Where it stands.
    pub state: ComplaintState,
    /// Who handles it.
    pub owner: Option<StaffId>,
    /// Who handled it at a level before, and still reads it.
    pub readers: Vec<StaffId>,
    /// Who is complained about, where known.
    pub about_staff: Option<StaffId>,
    /// The language to answer in.
    pub language: String,
    /// Who wrote the answer that waits or was given.
    pub proposed_by: Option<StaffId>,
    /// Who signed it.
    pub resolved_by: Option<StaffId>,
    /// The decision, once it is proposed.
    pub outcome: Option<Outcome>,
    /// The change that the decision carries.
    pub remedy: Option<Remedy>,
    /// Where a second person approves that change.
    pub remedy_proposal: Option<Uuid>,
    /// How it ended: `accepted`, `no_reply`, `withdrawn`, `appeal`, `case`; empty before.
    pub ending: String,
    /// The appeal that it became.
    pub led_to: Option<Uuid>,
    /// First contact.
    pub received_at: OffsetDateTime,
    /// When it was written down.
    pub registered_at: OffsetDateTime,
    /// By when the complainant should know that we have it.
    pub acknowledge_due_at: OffsetDateTime,
    /// When they knew.
    pub acknowledged_at: Option<OffsetDateTime>,
    /// By when it should have its level.
    pub triage_due_at: OffsetDateTime,
    /// When it had it.
    pub triaged_at: Option<OffsetDateTime>,
    /// By when it should be answered, pauses included.
    pub answer_due_at: OffsetDateTime,
    /// When it was.
    pub resolved_at: Option<OffsetDateTime>,
    /// By when the complainant may say what they think of it.
    pub reply_due_at: Option<OffsetDateTime>,
    /// When it was closed.
    pub closed_at: Option<OffsetDateTime>,
    /// How often it was opened again.
    pub reopened: i64,
    /// How often it went up a level.
    pub escalated: i64,
    /// The row's version.
    pub version: i64,
}

impl Complaint {
    /// The id of its case: of its files, clocks, tasks and journal.
    pub fn case(&self) -> HouseholdId {
        HouseholdId::new(self.id.uuid())
    }

    /// What its files, clocks and tasks are about.
    pub fn subject(&self) -> Subject {
        Subject::new(SUBJECT, self.id)
    }
}

/// What was told. Its `Debug` shows none of it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Told {
    /// What happened.
    pub what: String,
    /// What they want to be done.
    pub wanted: String,
    /// Who of the staff it is about, in their words.
    pub whom: String,
    /// The reference of a request, as they wrote it.
    pub reference: String,
}

impl std::fmt::Debug for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Told(…)")
    }
}

/// Who complains. Its `Debug` shows nothing.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Who {
    /// Name.
    pub name: String,
    /// Telephone; empty when none.
    pub phone: String,
}

impl std::fmt::Debug for Who {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Who(…)")
    }
}

fn place(column: &'static str, id: ComplaintId) -> Place<'static> {
    Place { table: "complaint", column, row: id.uuid(), agency: "" }
}

/// Seals something of a complaint.
pub(super) fn seal<T: Serialize>(
    keys: &Keys,
    column: &'static str,
    id: ComplaintId,
    plain: &T,
) -> Result<Vec<u8>> {
    let plain = zeroize::Zeroizing::new(serde_json::to_vec(plain).map_err(Error::internal)?);
    keys.seal(&place(column, id), &plain)
}

/// Opens what was sealed of a complaint.
pub(super) fn unseal<T: DeserializeOwned>(
    keys: &Keys,
    column: &'static str,
    id: ComplaintId,
    sealed: &[u8],
) -> Result<T> {
    serde_json::from_slice(&keys.open(&place(column, id), sealed)?).map_err(Error::internal)
}

/// The keyed hash by which a household's own page finds what it complained about.
pub(super) fn household_hash(keys: &Keys, household: HouseholdId) -> [u8; 32] {
    keys.blind("complaint.about", &household.to_string())
}

/// What is sealed in a complaint: what was told, who told it, and the household it is about.
pub(super) async fn sealed_of(
    tx: &mut Tx,
    keys: &Keys,
    id: ComplaintId,
) -> Result<(Told, Option<Who>, Option<HouseholdId>)> {
    type Sealed = (Vec<u8>, Option<Vec<u8>>, Option<Vec<u8>>);
    let row: Option<Sealed> =
        tx.one("SELECT told, who, about FROM complaint WHERE household_id = $1", args![id]).await?;
    let (told, who, about) = row.ok_or(Error::NotFound)?;
    Ok((
        unseal(keys, "told", id, &told)?,
        who.map(|who| unseal(keys, "who", id, &who)).transpose()?,
        about.map(|about| unseal(keys, "about", id, &about)).transpose()?,
    ))
}

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    household_id: Uuid,
    symbols: String,
    channel: String,
    identity: String,
    category: String,
    sensitive: bool,
    office: String,
    provider: String,
    level: String,
    scope_kind: String,
    scope_code: String,
    state: String,
    owner: Option<Uuid>,
    readers: String,
    about_staff: Option<Uuid>,
    language: String,
    proposed_by: Option<Uuid>,
    resolved_by: Option<Uuid>,
    outcome: String,
    remedy: String,
    remedy_proposal: Option<Uuid>,
    ending: String,
    led_to: Option<Uuid>,
    received_at: OffsetDateTime,
    registered_at: OffsetDateTime,
    acknowledge_due_at: OffsetDateTime,
    acknowledged_at: Option<OffsetDateTime>,
    triage_due_at: OffsetDateTime,
    triaged_at: Option<OffsetDateTime>,
    answer_due_at: OffsetDateTime,
    resolved_at: Option<OffsetDateTime>,
    reply_due_at: Option<OffsetDateTime>,
    closed_at: Option<OffsetDateTime>,
    reopened: i64,
    escalated: i64,
    version: i64,
}

/// The columns of [`Row`].
macro_rules! complaint_query {
    ($rest:literal) => {
        concat!(
            "SELECT household_id, symbols, channel, identity, category, sensitive, office, provider, level, scope_kind,
                    scope_code, state, owner, readers, about_staff, language, proposed_by, resolved_by, outcome, remedy,
                    remedy_proposal, ending, led_to, received_at, registered_at, acknowledge_due_at, acknowledged_at,
                    triage_due_at, triaged_at, answer_due_at, resolved_at, reply_due_at, closed_at, reopened, escalated,
                    version
             FROM complaint ",
            $rest
        )
    };
}
pub(super) use complaint_query;

fn code<T: std::str::FromStr>(text: &str) -> Result<T>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(Error::internal)
}

/// A code where there is one.
fn some_code<T: std::str::FromStr>(text: &str) -> Result<Option<T>>
where
    T::Err: std::fmt::Display,
{
    if text.is_empty() { Ok(None) } else { code(text).map(Some) }
}

impl TryFrom<Row> for Complaint {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        let readers = row.readers.split(',').filter(|id| !id.is_empty());
        Ok(Self {
            id: ComplaintId::new(row.household_id),
            code: Reference::parse(&row.symbols).map_err(Error::internal)?,
            channel: code(&row.channel)?,
            identity: code(&row.identity)?,
            category: code(&row.category)?,
            sensitive: row.sensitive,
            office: row.office,
            provider: row.provider,
            level: code(&row.level)?,
            scope: stored_scope(&row.scope_kind, &row.scope_code)?,
            state: code(&row.state)?,
            owner: row.owner.map(StaffId::new),
            readers: readers.map(code).collect::<Result<_>>()?,
            about_staff: row.about_staff.map(StaffId::new),
            language: row.language,
            proposed_by: row.proposed_by.map(StaffId::new),
            resolved_by: row.resolved_by.map(StaffId::new),
            outcome: some_code(&row.outcome)?,
            remedy: some_code(&row.remedy)?,
            remedy_proposal: row.remedy_proposal,
            ending: row.ending,
            led_to: row.led_to,
            received_at: row.received_at,
            registered_at: row.registered_at,
            acknowledge_due_at: row.acknowledge_due_at,
            acknowledged_at: row.acknowledged_at,
            triage_due_at: row.triage_due_at,
            triaged_at: row.triaged_at,
            answer_due_at: row.answer_due_at,
            resolved_at: row.resolved_at,
            reply_due_at: row.reply_due_at,
            closed_at: row.closed_at,
            reopened: row.reopened,
            escalated: row.escalated,
            version: row.version,
        })
    }
}

/// The complaint with this id, whoever asks.
pub(super) async fn find(tx: &mut Tx, id: ComplaintId) -> Result<Option<Complaint>> {
    let row: Option<Row> = tx.one(complaint_query!("WHERE household_id = $1"), args![id]).await?;
    row.map(Complaint::try_from).transpose()
}

/// The same inside the unit of work that changes it; `Stale` when it moved since this version.
pub(super) async fn again(tx: &mut Tx, id: ComplaintId, version: i64) -> Result<Complaint> {
    let complaint = find(tx, id).await?.ok_or(Error::NotFound)?;
    if complaint.version == version { Ok(complaint) } else { Err(Error::Stale) }
}

/// Writes what may change of a complaint; its version rises with it.
pub(super) async fn save(tx: &mut Tx, complaint: &mut Complaint) -> Result<()> {
    let readers: Vec<String> = complaint.readers.iter().map(ToString::to_string).collect();
    tx.run_one(
        "UPDATE complaint SET category = $1, sensitive = $2, office = $3, level = $4, scope_kind = $5, scope_code = $6,
                state = $7, owner = $8, readers = $9, about_staff = $10, proposed_by = $11, resolved_by = $12,
                outcome = $13, remedy = $14, remedy_proposal = $15, ending = $16, led_to = $17,
                acknowledge_due_at = $18, acknowledged_at = $19, triage_due_at = $20, triaged_at = $21,
                answer_due_at = $22, resolved_at = $23, reply_due_at = $24, closed_at = $25, reopened = $26,
                escalated = $27, version = version + 1
         WHERE household_id = $28 AND version = $29",
        args![
            complaint.category.code(),
            complaint.sensitive,
            &complaint.office,
            complaint.level.code(),
            complaint.scope.kind(),
            complaint.scope.code().unwrap_or_default(),
            complaint.state.code(),
            complaint.owner,
            readers.join(","),
            complaint.about_staff,
            complaint.proposed_by,
            complaint.resolved_by,
            complaint.outcome.map_or("", Outcome::code),
            complaint.remedy.map_or("", Remedy::code),
            complaint.remedy_proposal,
            &complaint.ending,
            complaint.led_to,
            complaint.acknowledge_due_at,
            complaint.acknowledged_at,
            complaint.triage_due_at,
            complaint.triaged_at,
            complaint.answer_due_at,
            complaint.resolved_at,
            complaint.reply_due_at,
            complaint.closed_at,
            complaint.reopened,
            complaint.escalated,
            complaint.id,
            complaint.version
        ],
    )
    .await?;
    complaint.version += 1;
    Ok(())
}
