//! The shapes of a proposal: to be made, as it is read, and its row.

use domain::calendar::Term;
use domain::ids::{HouseholdId, ProposalId, StaffId};
use domain::proposal::ProposalState;
use domain::reference::Reference;
use domain::role::Scope;
use domain::signature::ReturnReason;
use serde::de::DeserializeOwned;
use time::OffsetDateTime;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::Keys;
use crate::crypt::Place;
use crate::error::{Error, Result};
use crate::subject::{Subject, stored_reference, stored_scope};

/// A change to be proposed.
#[derive(Debug, Clone)]
pub struct NewProposal<P> {
    /// Whose case.
    pub household_id: HouseholdId,
    /// What kind of change: `verdict_override`, … ; its words are `proposal.<kind>`.
    pub kind: String,
    /// What is to be changed.
    pub subject: Subject,
    /// Whose supervisor decides.
    pub scope: Scope,
    /// The change.
    pub payload: P,
    /// Why, as a code.
    pub reason_code: String,
    /// Why, in words.
    pub reason: String,
    /// Within which time somebody must look.
    pub term: Term,
    /// The rule that says so.
    pub legal_basis: String,
}

/// A proposal as it is read.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// Whose case.
    pub household_id: HouseholdId,
    /// The case's reference; none for what is nobody's case.
    pub reference: Option<Reference>,
    /// Id.
    pub id: ProposalId,
    /// What kind of change.
    pub kind: String,
    /// What is to be changed.
    pub subject: Subject,
    /// Whose supervisor decides.
    pub scope: Scope,
    /// Why, as a code.
    pub reason_code: String,
    /// Why, in words.
    pub reason: String,
    /// Where it stands.
    pub state: ProposalState,
    /// Who prepared it.
    pub prepared_by: StaffId,
    /// Name of who prepared it.
    pub prepared_by_name: Option<String>,
    /// When.
    pub prepared_at: OffsetDateTime,
    /// By when somebody must look.
    pub due_at: OffsetDateTime,
    /// Who decided.
    pub decided_by: Option<StaffId>,
    /// Name of who decided.
    pub decided_by_name: Option<String>,
    /// When.
    pub decided_at: Option<OffsetDateTime>,
    /// What who decided said.
    pub decision_note: String,
    /// When a sample drew it.
    pub drawn_at: Option<OffsetDateTime>,
    /// When it was sent back last.
    pub returned_at: Option<OffsetDateTime>,
    /// Why, as a code.
    pub return_reason: Option<ReturnReason>,
    /// Version for the next step.
    pub version: i64,
    payload: Zeroizing<Vec<u8>>,
}

#[derive(sqlx::FromRow)]
pub(super) struct ProposalRow {
    household_id: Uuid,
    reference: Option<String>,
    id: Uuid,
    kind: String,
    subject_kind: String,
    subject_id: Uuid,
    scope_kind: String,
    scope_code: String,
    payload: Vec<u8>,
    reason_code: String,
    reason: String,
    #[sqlx(try_from = "String")]
    state: ProposalState,
    prepared_by: Uuid,
    prepared_by_name: Option<String>,
    prepared_at: OffsetDateTime,
    due_at: OffsetDateTime,
    decided_by: Option<Uuid>,
    decided_by_name: Option<String>,
    decided_at: Option<OffsetDateTime>,
    decision_note: String,
    drawn_at: Option<OffsetDateTime>,
    returned_at: Option<OffsetDateTime>,
    return_code: String,
    version: i64,
}

/// The columns of [`ProposalRow`].
macro_rules! proposal_query {
    ($rest:literal) => {
        concat!(
            "SELECT proposal.household_id,
                    (SELECT household.reference FROM household WHERE household.household_id = proposal.household_id) AS reference,
                    proposal.id, proposal.kind, proposal.subject_kind, proposal.subject_id,
                    proposal.scope_kind, proposal.scope_code, proposal.payload, proposal.reason_code, proposal.reason,
                    proposal.state, proposal.prepared_by, staff.name AS prepared_by_name, proposal.prepared_at,
                    proposal.due_at, proposal.decided_by,
                    (SELECT second.name FROM staff second WHERE second.id = proposal.decided_by) AS decided_by_name,
                    proposal.decided_at, proposal.decision_note, proposal.drawn_at, proposal.returned_at,
                    proposal.return_code, proposal.version
             FROM proposal LEFT JOIN staff ON staff.id = proposal.prepared_by ",
            $rest
        )
    };
}

pub(super) use proposal_query;

impl Proposal {
    /// The change, as its noun knows it.
    pub fn payload<P: DeserializeOwned>(&self) -> Result<P> {
        serde_json::from_slice(&self.payload).map_err(Error::internal)
    }
}

/// A row with its payload opened.
pub(super) fn opened(keys: &Keys, row: ProposalRow) -> Result<Proposal> {
    let id = ProposalId::new(row.id);
    Ok(Proposal {
        household_id: HouseholdId::new(row.household_id),
        reference: stored_reference(row.reference)?,
        id,
        kind: row.kind,
        subject: Subject { kind: row.subject_kind, id: row.subject_id },
        scope: stored_scope(&row.scope_kind, &row.scope_code)?,
        reason_code: row.reason_code,
        reason: row.reason,
        state: row.state,
        prepared_by: StaffId::new(row.prepared_by),
        prepared_by_name: row.prepared_by_name,
        prepared_at: row.prepared_at,
        due_at: row.due_at,
        decided_by: row.decided_by.map(StaffId::new),
        decided_by_name: row.decided_by_name,
        decided_at: row.decided_at,
        decision_note: row.decision_note,
        drawn_at: row.drawn_at,
        returned_at: row.returned_at,
        return_reason: row.return_code.parse().ok(),
        version: row.version,
        payload: keys.open(&place(id), &row.payload)?,
    })
}

/// Where the payload belongs.
pub(super) fn place(id: ProposalId) -> Place<'static> {
    Place { table: "proposal", column: "payload", row: id.uuid(), agency: "" }
}
