//! The desk of complaints: what lies in the queues that the actor works in, and one complaint with everything they may see of
//! it and do with it.
//!
//! What is not theirs is not there: it is neither listed nor counted, and its code finds nothing. That holds for the
//! restricted queue towards every office, and for each complaint towards who is complained about.

use domain::complaint::{ComplaintEvent, ComplaintState, Identity, Level};
use domain::ids::{AttachmentId, ComplaintId, HouseholdId, StaffId};
use domain::lifecycle::offers;
use domain::reference::Reference;
use domain::role::{Right, Scope};
use time::OffsetDateTime;
use uuid::Uuid;

use super::shape::{self, Complaint, Row, Told, Who, complaint_query, sealed_of};
use super::{Category, Note, apart, clock, directing, handling, notes};
use crate::appeals::Contestable;
use crate::appeals::lodge::contestable_in;
use crate::assessments::Household;
use crate::attachments::{self, Attachment, Opened};
use crate::clocks::{self, Clock};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::journal::{self, Entry, Event};
use crate::paging::{AT_MOST, After, Page, keyed, scoped_sql};
use crate::{Actor, Casework, args};

/// Which complaints of the queues are wanted; all that are open by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// At this level.
    pub level: Option<Level>,
    /// About this.
    pub category: Option<Category>,
    /// In this state.
    pub state: Option<ComplaintState>,
    /// Those that are answered or ended too.
    pub ended: bool,
    /// Only the actor's own.
    pub mine: bool,
}

/// A complaint as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The complaint.
    pub complaint: Complaint,
    /// Name of who handles it.
    pub owner_name: Option<String>,
    /// Whether something that is owed is late.
    pub is_late: bool,
}

/// Whether a complaint may be known to this actor, parts in it aside.
fn is_shown_to(complaint: &Complaint, actor: &Actor) -> bool {
    if complaint.sensitive {
        return actor.may_in(Right::HandleSensitive, &Scope::National);
    }
    let Some(me) = actor.account() else { return actor.is_machine() };
    actor.may_in(Right::HandleComplaints, &complaint.scope)
        || actor.may(Right::HandleComplaints)
            && (complaint.owner == Some(me) || complaint.readers.contains(&me))
}

/// A complaint that the actor may know of; `NotFound` for every other, whether there is one or not.
pub(super) async fn seen(tx: &mut Tx, actor: &Actor, id: ComplaintId) -> Result<Complaint> {
    let complaint = shape::find(tx, id).await?.filter(|complaint| is_shown_to(complaint, actor));
    let complaint = complaint.ok_or(Error::NotFound)?;
    if apart::is_accused(tx, &complaint, actor).await? { Err(Error::NotFound) } else { Ok(complaint) }
}

/// Complaints of the queues where the actor works, and those they handle or handled; what must be answered soonest first.
pub async fn list(
    cw: &Casework,
    actor: &Actor,
    filter: &Filter,
    after: Option<After>,
    limit: usize,
) -> Result<Page<Listed>> {
    let cw = &cw.acting(actor);
    actor.require_anywhere(Right::HandleComplaints)?;
    let me = actor.account().ok_or(Error::Forbidden)?;
    let limit = limit.min(AT_MOST);
    let restricted = actor.may_in(Right::HandleSensitive, &Scope::National);
    let wanted = || {
        args![
            restricted,
            filter.level.map_or("", Level::code),
            filter.category.map_or("", Category::code),
            filter.state.map_or("", ComplaintState::code),
            filter.ended || filter.state.is_some(),
            filter.mine,
            me
        ]
    };
    let mut rows: Vec<Row> = Vec::new();
    for scope in actor.scopes(Right::HandleComplaints) {
        let sql = scoped_sql!(
            scope,
            complaint_query!(""),
            "(answer_due_at, household_id) > ($3, $4) AND (NOT sensitive OR $6) AND ($7 = '' OR level = $7)
             AND ($8 = '' OR category = $8) AND ($9 = '' OR state = $9)
             AND ($10 OR state NOT IN ('resolved', 'closed', 'withdrawn', 'redirected', 'converted'))
             AND (NOT $11 OR owner = $12) AND (about_staff IS NULL OR about_staff <> $12)
             ORDER BY answer_due_at, household_id LIMIT $5"
        );
        let mut args = keyed(scope, after, limit);
        args.extend(wanted());
        rows.extend(cw.db.all::<Row>(sql, args).await?);
    }
    // What went up a level from one's hands.
    let own: Vec<Row> = cw
        .db
        .all(
            complaint_query!(
                "WHERE (owner = $12 OR readers LIKE $1) AND $2 = '' AND (answer_due_at, household_id) > ($3, $4)
                 AND (NOT sensitive OR $6) AND ($7 = '' OR level = $7) AND ($8 = '' OR category = $8)
                 AND ($9 = '' OR state = $9)
                 AND ($10 OR state NOT IN ('resolved', 'closed', 'withdrawn', 'redirected', 'converted'))
                 AND (NOT $11 OR owner = $12) AND (about_staff IS NULL OR about_staff <> $12)
                 ORDER BY answer_due_at, household_id LIMIT $5"
            ),
            {
                let mut args = keyed(&Scope::Office(String::new()), after, limit);
                args.splice(0..2, args![format!("%{me}%"), ""]);
                args.extend(wanted());
                args
            },
        )
        .await?;
    rows.extend(own);
    let complaints = rows.into_iter().map(Complaint::try_from).collect::<Result<Vec<_>>>()?;
    let page = Page::merged(complaints, limit, |one| (one.answer_due_at, one.id.uuid()));
    let mut view = cw.db.read().await?;
    let mut listed = Vec::new();
    for complaint in page.rows {
        let owner_name = name_of(&mut view, complaint.owner).await?;
        listed.push(Listed { is_late: is_late(&complaint, cw.now()), owner_name, complaint });
    }
    Ok(Page { rows: listed, next: page.next })
}

fn is_late(complaint: &Complaint, now: OffsetDateTime) -> bool {
    let late = |due: OffsetDateTime, done: Option<OffsetDateTime>| done.is_none() && due < now;
    match complaint.state {
        ComplaintState::AwaitingComplainant => false,
        state if !state.is_open() => false,
        _ => {
            late(complaint.acknowledge_due_at, complaint.acknowledged_at)
                || late(complaint.triage_due_at, complaint.triaged_at)
                || late(complaint.answer_due_at, complaint.resolved_at)
        }
    }
}

async fn name_of(tx: &mut Tx, who: Option<StaffId>) -> Result<Option<String>> {
    let Some(who) = who else { return Ok(None) };
    tx.value("SELECT name FROM staff WHERE id = $1", args![who]).await
}

/// The complaint with this code, as it is typed. `NotFound` for none, and for one that is not the actor's to know.
pub async fn find(cw: &Casework, actor: &Actor, code: &str) -> Result<ComplaintId> {
    let cw = &cw.acting(actor);
    actor.require_anywhere(Right::HandleComplaints)?;
    let code = Reference::parse(code).map_err(|_| Error::NotFound)?;
    let mut view = cw.db.read().await?;
    let id: Option<Uuid> =
        view.value("SELECT household_id FROM complaint WHERE symbols = $1", args![code.symbols()]).await?;
    Ok(seen(&mut view, actor, ComplaintId::new(id.ok_or(Error::NotFound)?)).await?.id)
}

/// A complaint as its page shows it.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The complaint.
    pub complaint: Complaint,
    /// What was told.
    pub told: Told,
    /// Who complains; none of an anonymous one, nor of one in confidence for who may not know.
    pub who: Option<Who>,
    /// The household it is about, with its reference; as for `who`.
    pub household: Option<(HouseholdId, Reference)>,
    /// Everything that was said.
    pub notes: Vec<Note>,
    /// Files.
    pub files: Vec<Attachment>,
    /// Name of who handles it.
    pub owner_name: Option<String>,
    /// Name of who is complained about.
    pub about_name: Option<String>,
    /// What the actor may do with it now.
    pub acts: Vec<ComplaintEvent>,
    /// Whether the actor may write a note.
    pub may_note: bool,
    /// To whom it could be given, where the actor may give it.
    pub able: Vec<(StaffId, String)>,
    /// Staff of the office it is about, for who says whom it accuses.
    pub staff: Vec<(StaffId, String)>,
    /// Whether the decision may carry a change: the household is known to the actor, and identified.
    pub may_remedy: bool,
    /// What of that household may be contested, and of which person each is, where the actor may make it an appeal.
    pub contested: Vec<(Contestable, Option<String>)>,
    /// Its clocks.
    pub clocks: Vec<Clock>,
    /// What was done with it, the newest first.
    pub history: Vec<Entry>,
}

/// One complaint; that it was read is an entry of its journal.
pub async fn show(cw: &Casework, actor: &Actor, id: ComplaintId) -> Result<Shown> {
    let own = &cw.acting(actor);
    let mut view = own.db.read().await?;
    let complaint = seen(&mut view, actor, id).await?;
    drop(view);
    // What is beside it may lie in tables that the actor's own sight does not reach.
    let all = &cw.acting(&Actor::system());
    journal::record(all, actor, complaint.case(), Event::new("complaint.read")).await?;
    let mut view = all.db.read().await?;
    let (told, who, about) = sealed_of(&mut view, &cw.keys, id).await?;
    let knows = complaint.identity != Identity::Confidential
        || actor.may_in(Right::HandleSensitive, &Scope::National);
    let household = match about.filter(|_| knows) {
        None => None,
        Some(household) => {
            let reference: Option<String> = view
                .value("SELECT reference FROM household WHERE household_id = $1", args![household])
                .await?;
            let reference = reference.map(|text| Reference::parse(&text)).transpose();
            reference.map_err(Error::internal)?.map(|reference| (household, reference))
        }
    };
    let is_free = apart::require_free(&mut view, &complaint, actor).await.is_ok();
    let acts = if is_free { acts(&complaint, actor) } else { Vec::new() };
    let gives = acts.contains(&ComplaintEvent::Assign);
    let able = if gives { apart::able(&mut view, &complaint).await? } else { Vec::new() };
    let staff = if acts.contains(&ComplaintEvent::Triage) && !complaint.office.is_empty() {
        crate::staff::of_scope(&mut view, &Scope::Office(complaint.office.clone())).await?
    } else {
        Vec::new()
    };
    let identified = household.as_ref().filter(|_| complaint.identity == Identity::Identified);
    let contested = match identified.filter(|_| acts.contains(&ComplaintEvent::Redirect)) {
        Some((household, _)) => contested(&mut view, *household).await?,
        None => Vec::new(),
    };
    Ok(Shown {
        told,
        who: who.filter(|_| knows),
        may_remedy: identified.is_some(),
        contested,
        household,
        notes: notes::of(&mut view, &cw.keys, &complaint).await?,
        files: attachments::list(&mut view, &cw.keys, complaint.case(), &complaint.subject()).await?,
        owner_name: name_of(&mut view, complaint.owner).await?,
        about_name: name_of(&mut view, complaint.about_staff).await?,
        acts,
        // Who took part gives their account of it.
        may_note: complaint.state.is_open(),
        able,
        staff,
        clocks: clocks::of_household(&mut view, complaint.case()).await?,
        history: journal::entries(&mut view, complaint.case(), None, 100).await?,
        complaint,
    })
}

/// What a household may contest and has not contested yet, and who of it each is about.
async fn contested(view: &mut Tx, household: HouseholdId) -> Result<Vec<(Contestable, Option<String>)>> {
    let home = Household::read_unchecked(view, household).await?.ok_or(Error::NotFound)?;
    let all = contestable_in(view, household).await?.into_iter().filter(|own| own.appealed.is_none());
    let of = |own: &Contestable| {
        own.decision.as_ref()?.person.and_then(|id| home.name_of(&id.to_string()).map(str::to_owned))
    };
    Ok(all
        .map(|own| {
            let name = of(&own);
            (own, name)
        })
        .collect())
}

/// A file of a complaint, for who may read the complaint.
pub async fn open_file(cw: &Casework, actor: &Actor, id: ComplaintId, file: AttachmentId) -> Result<Opened> {
    let mut view = cw.acting(actor).db.read().await?;
    let complaint = seen(&mut view, actor, id).await?;
    drop(view);
    let (keys, actor) = (cw.keys.clone(), actor.clone());
    cw.acting(&Actor::system())
        .write(async move |tx| {
            attachments::open(tx, &keys, &actor, complaint.case(), &complaint.subject(), file).await
        })
        .await
}

/// The right that a step takes, and whether it is for who handles it alone.
fn asked_of(complaint: &Complaint, event: ComplaintEvent) -> (Right, bool) {
    use ComplaintEvent as E;
    match event {
        E::Begin | E::AskComplainant | E::AskOther | E::Answer | E::Propose => (handling(complaint), true),
        E::Acknowledge | E::Accept => (handling(complaint), false),
        E::Escalate | E::Reopen if complaint.state == ComplaintState::Resolved => {
            (handling(complaint), false)
        }
        _ => (directing(complaint), false),
    }
}

/// What an actor who has no part in it may do with a complaint in its state.
fn acts(complaint: &Complaint, actor: &Actor) -> Vec<ComplaintEvent> {
    ComplaintEvent::ALL.iter().copied().filter(|event| may_act(complaint, actor, *event)).collect()
}

/// Whether this step is the actor's, parts in the matter aside.
fn may_act(complaint: &Complaint, actor: &Actor, event: ComplaintEvent) -> bool {
    use ComplaintEvent as E;
    let me = actor.account();
    let (right, owners) = asked_of(complaint, event);
    let is_owner = me.is_some() && complaint.owner == me;
    let Ok(by) = actor.hand(right, &complaint.scope) else { return false };
    let in_place = match event {
        E::Escalate => complaint.level.next().is_some(),
        E::Reopen => complaint.state == ComplaintState::Closed || complaint.level.next().is_none(),
        E::Resolve | E::Return => me != complaint.proposed_by,
        _ => true,
    };
    in_place && (!owners || is_owner) && offers(complaint.state, by).any(|offered| offered == event)
}

/// As whose hand the actor takes this step; `Forbidden` for who may not, `Conflict(TookPart)` for who has a part in it.
pub(super) async fn hand(
    tx: &mut Tx,
    actor: &Actor,
    complaint: &Complaint,
    event: ComplaintEvent,
) -> Result<domain::lifecycle::By> {
    let (right, owners) = asked_of(complaint, event);
    let by = actor.hand(right, &complaint.scope)?;
    apart::require_free(tx, complaint, actor).await?;
    if owners && complaint.owner != actor.account() {
        return Err(Error::Forbidden);
    }
    Ok(by)
}

/// When the answer is due by the clocks as they run: pauses move them.
pub(super) async fn answer_due(tx: &mut Tx, complaint: &Complaint) -> Result<Option<OffsetDateTime>> {
    let all = clocks::of_household(tx, complaint.case()).await?;
    Ok(all
        .iter()
        .filter(|one| one.kind == clock::ANSWER && one.ended_at.is_none())
        .map(|one| one.due_at)
        .min())
}
