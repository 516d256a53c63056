//! Complaints: written down ([`lodge`]), answered by an office ([`desk`], [`handle`], [`decide`]), taken further by themselves
//! when it does not ([`level`]), and followed by who complained with a code and a PIN ([`own`]).
//!
//! A complaint is a case of its own: `household_id` of its tables, tasks, clocks, files and journal is the complaint's own
//! id, so that no household's chain or search leads to it. The household it is about stands sealed in a column of its own,
//! with a keyed hash for that household's own page; of an anonymous complaint nothing of anybody is kept, not even who
//! wrote it down, and a constraint of the table holds that.
//!
//! A step may take a complaint out of the sight of who takes it (up a level, into the restricted queue). So each use case of
//! staff reads it as the actor may see it ([`admitted`], row-level security included), which is the check, and then writes
//! with the service's own sight, as the actor, if nobody changed it meanwhile.
//!
//! A new step: its line in `domain::complaint`, a function here that ends in [`told`], and what is open then in [`arrange`].

pub mod apart;
pub mod decide;
pub mod desk;
pub mod handle;
pub mod level;
pub mod lodge;
mod notes;
pub mod own;
pub mod remedy;
mod shape;
pub mod track;

use domain::calendar::WorkingCalendar;
use domain::complaint::rules::Rules;
use domain::complaint::{ComplaintEvent, ComplaintState, Level};
use domain::country::Limit;
use domain::ids::ComplaintId;
use domain::lifecycle::{By, Guard};
use domain::pack::Pack;
use domain::role::{Right, Scope};
use domain::task::Priority;
use time::{Duration, OffsetDateTime};

use crate::clocks::{self, AtBreach, NewClock};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::journal::{self, Event};
use crate::tasks::{self, NewTask};
use crate::{Actor, Casework};

pub use decide::{propose_response, reply_for, resolve, send_back};
pub use desk::{Filter, Listed, Shown, find, list, show};
pub use domain::complaint::{Category, Channel, Identity, Outcome, Remedy};
pub use handle::{
    acknowledge, answered, ask, assign, begin, convert, note, redirect_to_appeal, triage, withdraw,
};
pub use level::escalate;
pub(crate) use level::{ring, warned};
pub use lodge::{Lodged, NewComplaint, lodge};
pub use notes::Note;
pub use shape::{Complaint, Told, Who};
pub use track::of_provider;

/// The noun of a complaint, as subject of tasks, clocks, files and proposals.
pub const SUBJECT: &str = "complaint";

/// The clocks about a complaint.
mod clock {
    pub const ACKNOWLEDGE: &str = "complaint_acknowledge";
    pub const TRIAGE: &str = "complaint_triage";
    pub const ANSWER: &str = "complaint_answer";
    pub const WAIT: &str = "complaint_wait";
    pub const REPLY: &str = "complaint_reply";
}

/// How long the second person of a queue has to look; the term of the complaint itself is its clock's.
const LOOK_WITHIN: Duration = Duration::days(1);

/// A complaint as the actor may see it, for a step that starts from this version, with the handle that may write the step.
/// `NotFound` for who may not know of it, `Stale` when it moved.
async fn admitted(
    cw: &Casework,
    actor: &Actor,
    id: ComplaintId,
    version: i64,
) -> Result<(Casework, Complaint)> {
    let mut view = cw.acting(actor).db.read().await?;
    let complaint = desk::seen(&mut view, actor, id).await?;
    if complaint.version != version {
        return Err(Error::Stale);
    }
    Ok((cw.acting(&Actor::system()), complaint))
}

/// The right that work on this complaint takes: of the restricted queue its own.
fn handling(complaint: &Complaint) -> Right {
    if complaint.sensitive { Right::HandleSensitive } else { Right::HandleComplaints }
}

/// The right that giving it to others and signing its answer takes.
fn directing(complaint: &Complaint) -> Right {
    if complaint.sensitive { Right::HandleSensitive } else { Right::DirectComplaints }
}

/// Where an office's complaints lie at a level. Without an office it is the ombudsman's.
fn scope_of(pack: &Pack, level: Level, office: &str) -> Scope {
    match (level, pack.office(office)) {
        (Level::Office, Some(office)) => Scope::Office(office.code.clone()),
        (Level::Region, Some(office)) => Scope::Agency(office.agency.clone()),
        (Level::Ombudsman, _) | (_, None) => Scope::National,
    }
}

/// The working days of the office it is about; those of the country where it is about none.
fn calendar(pack: &Pack, office: &str) -> Result<WorkingCalendar> {
    let area = pack.office(office).map_or("", |office| office.area.as_str());
    pack.working_calendar(area).ok_or_else(|| Error::internal("the country has no calendar"))
}

/// One step of the lifecycle; the row is written by [`told`].
fn step(complaint: &mut Complaint, event: ComplaintEvent, by: By, held: &[Guard]) -> Result<()> {
    complaint.state = crate::step::step(complaint.state, event, by, held)?;
    Ok(())
}

/// Writes a complaint after a step and tells of it in its own chain.
async fn told(tx: &mut Tx, actor: &Actor, complaint: &mut Complaint, event: ComplaintEvent) -> Result<()> {
    shape::save(tx, complaint).await?;
    let told = Event::new("complaint.stepped")
        .code("event", event.code())
        .code("state", complaint.state.code())
        .code("level", complaint.level.code());
    journal::append(tx, actor, complaint.case(), told).await
}

/// Starts a clock about a complaint; when it runs out.
async fn start_clock(
    tx: &mut Tx,
    actor: &Actor,
    pack: &Pack,
    complaint: &Complaint,
    (kind, limit): (&str, &Limit),
    started_at: OffsetDateTime,
) -> Result<OffsetDateTime> {
    let at_breach = match kind {
        clock::WAIT | clock::REPLY => AtBreach::Act,
        _ => AtBreach::Follow,
    };
    let new = NewClock {
        household_id: complaint.case(),
        kind: kind.to_owned(),
        subject: complaint.subject(),
        scope: complaint.scope.clone(),
        term: limit.term,
        legal_basis: limit.source.clone(),
        at_breach,
        started_at,
    };
    let (_, due_at) = clocks::start(tx, actor, &calendar(pack, &complaint.office)?, new).await?;
    Ok(due_at)
}

/// Makes the work about a complaint what it is in its state: what was to be done is done, what is to be done next lies in its
/// queue, or with who handles it.
async fn arrange(tx: &mut Tx, actor: &Actor, complaint: &Complaint) -> Result<()> {
    use ComplaintState as S;
    let subject = complaint.subject();
    tasks::complete_about(tx, actor, complaint.case(), &subject).await?;
    let (kind, needs, due_at) = match complaint.state {
        S::Received => ("complaint_acknowledge", handling(complaint), complaint.acknowledge_due_at),
        S::Acknowledged => ("complaint_triage", directing(complaint), complaint.triage_due_at),
        S::Triaged => ("complaint_assign", directing(complaint), tx.now() + LOOK_WITHIN),
        S::Assigned | S::Investigating | S::AwaitingOther => {
            ("complaint_handle", handling(complaint), complaint.answer_due_at)
        }
        S::Proposed => ("complaint_decide", directing(complaint), tx.now() + LOOK_WITHIN),
        // A clock waits for the complainant; or nothing is left to do.
        S::AwaitingComplainant | S::Resolved | S::Closed | S::Withdrawn | S::Redirected | S::Converted => {
            return Ok(());
        }
    };
    let task = NewTask {
        household_id: complaint.case(),
        kind: kind.into(),
        subject,
        scope: complaint.scope.clone(),
        needs,
        priority: if complaint.sensitive { Priority::High } else { Priority::Normal },
        due_at,
        instructions: String::new(),
    };
    match (kind, complaint.owner) {
        ("complaint_handle", Some(owner)) => tasks::open_for(tx, actor, task, owner).await.map(drop),
        _ => tasks::open(tx, actor, task).await.map(drop),
    }
}

/// Nothing is owed any more: no clock, no task.
async fn let_rest(tx: &mut Tx, actor: &Actor, complaint: &Complaint, reason: &str) -> Result<()> {
    clocks::cancel(tx, actor, complaint.case(), &complaint.subject(), reason).await?;
    tasks::cancel_about(tx, actor, complaint.case(), &complaint.subject(), reason).await.map(drop)
}

/// The rules of complaints in force.
fn rules(cw: &Casework) -> Result<(std::sync::Arc<Pack>, Rules)> {
    let pack = cw.pack()?;
    let rules = pack.complaints.clone();
    Ok((pack, rules))
}

#[cfg(test)]
mod tests;
