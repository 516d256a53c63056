//! What a decision on a complaint carries out: data put right, a payment instructed again, a new decision. It is a proposal in
//! the household's own case, which a second person of its office approves; then it is a task there. Of the complaint that
//! case learns nothing. Or it is no complaint at all: what contests a decision becomes an appeal.

use domain::appeal::Channel;
use domain::complaint::{Identity, Remedy};
use domain::ids::ProposalId;
use domain::pack::Pack;
use domain::role::{Right, Scope};
use domain::task::Priority;
use serde::{Deserialize, Serialize};
use time::Duration;

use super::shape::{Complaint, sealed_of};
use crate::appeals::{self, Against, Contestable, NewAppeal};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::households::office_of;
use crate::journal::{self, Event};
use crate::proposals::{self, NewProposal};
use crate::subject::Subject;
use crate::tasks::{self, NewTask};
use crate::{Actor, Casework, Keys};

/// The kind of proposal that carries a change.
pub const REMEDY: &str = "complaint_remedy";
/// The noun of what changes.
const HOUSEHOLD: &str = "household";
/// By when what was approved is done.
const DO_WITHIN: Duration = Duration::days(5);

/// What is proposed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Change {
    /// What is done.
    pub remedy: Remedy,
    /// What exactly.
    pub what: String,
}

/// Prepares the change, in the unit of work that decides the complaint.
pub(super) async fn carry(
    tx: &mut Tx,
    keys: &Keys,
    actor: &Actor,
    pack: &Pack,
    one: &mut Complaint,
    (remedy, what): (Remedy, &str),
) -> Result<()> {
    let (_, _, household) = sealed_of(tx, keys, one.id).await?;
    let household = household.ok_or(Error::Invalid("complaint.remedy"))?;
    let office = office_of(tx, household).await?;
    let review = &pack.about.law.override_review;
    let new = NewProposal {
        household_id: household,
        kind: REMEDY.into(),
        subject: Subject::new(HOUSEHOLD, household),
        scope: Scope::Office(office.clone()),
        payload: Change { remedy, what: what.to_owned() },
        reason_code: remedy.code().into(),
        reason: what.to_owned(),
        term: review.term,
        legal_basis: review.source.clone(),
    };
    let calendar = super::calendar(pack, &office)?;
    let id = proposals::prepare(tx, keys, actor, &calendar, new).await?;
    one.remedy_proposal = Some(id.uuid());
    Ok(())
}

/// The second person agrees: the work goes to the household's office. `Conflict(SamePerson)` for who signed the answer.
pub async fn approve(
    cw: &Casework,
    actor: &Actor,
    proposal: ProposalId,
    version: i64,
    note: String,
) -> Result<()> {
    let cw = &cw.acting(actor);
    let (keys, actor) = (cw.keys.clone(), actor.clone());
    cw.write(async move |tx| {
        let approved = proposals::approve(tx, &keys, &actor, proposal, version, &note).await?;
        if approved.kind != REMEDY {
            return Err(Error::Invalid("proposal.kind"));
        }
        let change: Change = approved.payload()?;
        let kind = match change.remedy {
            Remedy::DataChange => "correct_data",
            Remedy::Repay => "repay",
            Remedy::NewDecision => "assess_again",
        };
        let task = NewTask {
            household_id: approved.household_id,
            kind: kind.into(),
            subject: Subject::new(HOUSEHOLD, approved.household_id),
            scope: approved.scope.clone(),
            needs: Right::WorkTasks,
            priority: Priority::High,
            due_at: tx.now() + DO_WITHIN,
            instructions: change.what,
        };
        tasks::open(tx, &actor, task).await?;
        let told =
            Event::new("remedy.approved").id("proposal", proposal).code("remedy", change.remedy.code());
        journal::append(tx, &actor, approved.household_id, told).await
    })
    .await
}

/// Lodges a complaint that contests something as an appeal, with the date of its first contact; of a decision that was taken
/// later, with that day. Why it was not sent as an appeal is also why it is late, where it is.
/// `Invalid("complaint.household")` where it is not known who complains or about which household.
pub(super) async fn to_appeal(
    tx: &mut Tx,
    cw: &Casework,
    actor: &Actor,
    one: &mut Complaint,
    (reason, against): (&str, Vec<Against>),
) -> Result<()> {
    let (told, _, household) = sealed_of(tx, &cw.keys, one.id).await?;
    let household = household
        .filter(|_| one.identity == Identity::Identified)
        .ok_or(Error::Invalid("complaint.household"))?;
    let named = |own: &Contestable| match &own.decision {
        Some(decision) => against.contains(&Against::Decision(decision.id)),
        None => against.contains(&Against::Delay),
    };
    let mut day = tx.here(one.received_at).date();
    for own in appeals::lodge::contestable_in(tx, household).await?.iter().filter(|own| named(own)) {
        day = own.decision.iter().fold(day, |day, decision| day.max(tx.here(decision.decided_at).date()));
    }
    let new = NewAppeal {
        id: tx.new_id(),
        channel: Channel::Complaint,
        received_on: Some(day),
        against,
        grounds: told.what,
        // Nobody asked them: to do without a hearing is theirs to choose.
        wants_hearing: true,
        late_reason: reason.to_owned(),
        complaint: Some(one.id.uuid()),
    };
    let lodged = appeals::lodge::lodge_in(tx, cw, actor, household, &new).await?;
    one.led_to = Some(lodged.id.uuid());
    let told = Event::new("complaint.redirected").date("first_contact", day).id("appeal", lodged.id);
    journal::append(tx, actor, one.case(), told).await
}
