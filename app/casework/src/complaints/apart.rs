//! Who may not handle a complaint: who is complained about, who took part in what is complained of, and who reports to
//! who is complained about.
//!
//! Each has that part in `complaint_staff`, where one person has one part in one complaint; whoever handles it, proposes its
//! answer or signs it must have the part `handles` there, by foreign keys. So the tables refuse it too, whatever is
//! forgotten here.

use domain::appeal::apart::reports_to;
use domain::complaint::Category;
use domain::ids::{HouseholdId, StaffId};
use uuid::Uuid;

use super::shape::Complaint;
use super::{directing, handling};
use crate::db::Tx;
use crate::error::{Conflict, Error, Result};
use crate::tasks::Task;
use crate::{Actor, args, staff};

/// Those who are to be kept out: the error of who is.
const KEPT_OUT: Error = Error::Conflict(Conflict::TookPart);

/// Everybody who decided something about the household, or prepared it: who assessed it, decided, approved, proposed.
const TOOK_PART: &str = "SELECT started_by AS staff_id FROM assessment WHERE household_id = $1
     UNION SELECT submitted_by FROM assessment WHERE household_id = $1
     UNION SELECT saved_by FROM assessment_page WHERE household_id = $1
     UNION SELECT decided_by FROM decision WHERE household_id = $1
     UNION SELECT approved_by FROM decision WHERE household_id = $1
     UNION SELECT prepared_by FROM proposal WHERE household_id = $1
     UNION SELECT decided_by FROM proposal WHERE household_id = $1";

/// Keeps who took part in what is complained of. That somebody wants to know something accuses nobody.
pub(super) async fn note_parts(tx: &mut Tx, complaint: &Complaint, household: HouseholdId) -> Result<()> {
    if complaint.category == Category::Information {
        return Ok(());
    }
    let all: Vec<(Option<Uuid>,)> = tx.all(TOOK_PART, args![household]).await?;
    for id in all.into_iter().filter_map(|(id,)| id).filter(|id| !id.is_nil()) {
        keep(tx, complaint, StaffId::new(id), "took_part").await?;
    }
    Ok(())
}

/// Gives somebody a part, where they have none yet.
async fn keep(tx: &mut Tx, complaint: &Complaint, who: StaffId, part: &str) -> Result<u64> {
    tx.run(
        "INSERT INTO complaint_staff (household_id, staff_id, part, since) VALUES ($1, $2, $3, $4)
         ON CONFLICT (household_id, staff_id) DO NOTHING",
        args![complaint.id, who, part, tx.now()],
    )
    .await
}

/// Says who is complained about. What they did in it before, they did; from now on they have no hand in it.
pub(super) async fn accuse(tx: &mut Tx, complaint: &mut Complaint, who: StaffId) -> Result<()> {
    complaint.about_staff = Some(who);
    complaint.readers.retain(|reader| *reader != who);
    for own in [&mut complaint.owner, &mut complaint.proposed_by, &mut complaint.resolved_by] {
        if *own == Some(who) {
            *own = None;
        }
    }
    // The row first lets go of who had a hand in it.
    super::shape::save(tx, complaint).await?;
    tx.run(
        "INSERT INTO complaint_staff (household_id, staff_id, part, since) VALUES ($1, $2, 'about', $3)
         ON CONFLICT (household_id, staff_id) DO UPDATE SET part = 'about', since = excluded.since",
        args![complaint.id, who, tx.now()],
    )
    .await
    .map(drop)
}

/// The part that somebody has, if they have one.
async fn part_of(tx: &mut Tx, complaint: &Complaint, who: StaffId) -> Result<Option<String>> {
    tx.value(
        "SELECT part FROM complaint_staff WHERE household_id = $1 AND staff_id = $2",
        args![complaint.id, who],
    )
    .await
}

/// Whether somebody reports to somebody, by the grants of both.
async fn is_led(tx: &mut Tx, leader: &Actor, one: &Actor) -> Result<bool> {
    let agencies: Vec<(String, String)> = tx.all("SELECT code, agency FROM office", args![]).await?;
    let agency_of =
        |office: &str| agencies.iter().find(|(code, _)| code == office).map(|(_, agency)| agency.as_str());
    Ok(reports_to(&one.grants, &leader.grants, agency_of))
}

/// `Conflict(TookPart)` for who is complained about, took part, or reports to who is complained about. A machine is nobody.
pub(super) async fn require_free(tx: &mut Tx, complaint: &Complaint, one: &Actor) -> Result<()> {
    let Some(me) = one.account() else { return Ok(()) };
    if part_of(tx, complaint, me).await?.is_some_and(|part| part != "handles") {
        return Err(KEPT_OUT);
    }
    let Some(about) = complaint.about_staff else { return Ok(()) };
    let leader = staff::actor_in(tx, about).await?;
    let is_led = match &leader {
        Some(leader) => is_led(tx, leader, one).await?,
        None => false,
    };
    if about == me || is_led { Err(KEPT_OUT) } else { Ok(()) }
}

/// Whether somebody may not even know of it: who is complained about.
pub(super) async fn is_accused(tx: &mut Tx, complaint: &Complaint, one: &Actor) -> Result<bool> {
    let Some(me) = one.account() else { return Ok(false) };
    Ok(complaint.about_staff == Some(me) || part_of(tx, complaint, me).await?.as_deref() == Some("about"))
}

/// Gives somebody a hand in it, after [`require_free`]. `Conflict(TookPart)` when they have another part.
pub(super) async fn take_hand(tx: &mut Tx, complaint: &Complaint, one: &Actor) -> Result<StaffId> {
    let me = one.account().ok_or(Error::Forbidden)?;
    require_free(tx, complaint, one).await?;
    keep(tx, complaint, me, "handles").await?;
    match part_of(tx, complaint, me).await?.as_deref() {
        Some("handles") => Ok(me),
        _ => Err(KEPT_OUT),
    }
}

/// Who could be given it: accounts that may sign in, have the right to handle it where it lies, and have no part in it; by
/// name. For use cases of who directs it.
pub(super) async fn able(tx: &mut Tx, complaint: &Complaint) -> Result<Vec<(StaffId, String)>> {
    let near = staff::of_scope(tx, &complaint.scope).await?;
    let mut able = Vec::new();
    for (id, name) in near {
        let Some(one) = staff::actor_in(tx, id).await? else { continue };
        if one.may_in(handling(complaint), &complaint.scope)
            && require_free(tx, complaint, &one).await.is_ok()
        {
            able.push((id, name));
        }
    }
    Ok(able)
}

/// Whether somebody who is complained about would direct it there: then it goes a level up.
pub(super) async fn is_led_by_accused(tx: &mut Tx, complaint: &Complaint) -> Result<bool> {
    let Some(about) = complaint.about_staff else { return Ok(false) };
    let accused = staff::actor_in(tx, about).await?;
    Ok(accused.is_some_and(|accused| accused.may_in(directing(complaint), &complaint.scope)))
}

/// For tasks: whoever takes one about a complaint, or is given it, must be free.
pub(crate) async fn free_for(tx: &mut Tx, one: &Actor, task: &Task) -> Result<()> {
    if task.subject.kind != super::SUBJECT {
        return Ok(());
    }
    match super::shape::find(tx, task.subject.id.into()).await? {
        Some(complaint) => require_free(tx, &complaint, one).await,
        None => Ok(()),
    }
}
