//! Lodging: against decisions, and against one not taken in time, by any channel. The day it reached us is kept; asked is only
//! what is contested and why. What comes late asks to be heard all the same. What was announced and is contested in time waits.

use domain::appeal::terms::Step;
use domain::appeal::{AppealEvent, AppealState, Channel, IssueKind, priority};
use domain::clock::ClockState;
use domain::ids::{AppealId, DecisionId, HouseholdId, IssueId};
use domain::lifecycle::decision::DecisionState;
use domain::lifecycle::{By, Guard, Lifecycle};
use domain::reference::Reference;
use domain::role::Right;
use time::{Date, OffsetDateTime, Time};
use uuid::Uuid;

use super::shape::{self, Appeal};
use super::{Matter, TARGET, across, apart, as_seen_by, is_applicant, said};
use crate::assessments::{self, Household};
use crate::clocks::{self, AtBreach, Clock};
use crate::db::Tx;
use crate::decisions::issue::SUBJECT as DECISION;
use crate::decisions::{self, Decision};
use crate::error::{Conflict, Error, Result};
use crate::households::file::require_reader;
use crate::households::register::DECIDE;
use crate::journal::{self, Event};
use crate::subject::Subject;
use crate::{Actor, Casework, args, letters, packs};

/// Longest text of why somebody disagrees, in characters.
pub const MOST: usize = 5000;

/// What is contested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against {
    /// A decision.
    Decision(DecisionId),
    /// That none was taken in time.
    Delay,
}

/// An appeal as it comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAppeal {
    /// The id of the form, so that sending it twice lodges it once.
    pub id: AppealId,
    /// How it came.
    pub channel: Channel,
    /// The day it reached us, where that was before today.
    pub received_on: Option<Date>,
    /// What is contested; one or more.
    pub against: Vec<Against>,
    /// Why they disagree.
    pub grounds: String,
    /// Whether they want to be heard.
    pub wants_hearing: bool,
    /// Why it comes late; needed only when it does.
    pub late_reason: String,
    /// The complaint it was before.
    pub complaint: Option<Uuid>,
}

/// What lodging leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lodged {
    /// The appeal.
    pub id: AppealId,
    /// 1, 2, … within the household.
    pub number: i64,
    /// Where it stands now.
    pub state: AppealState,
}

/// Something that may be contested.
#[derive(Clone, Debug, PartialEq)]
pub struct Contestable {
    /// The decision; none of a delay.
    pub decision: Option<Decision>,
    /// The last day, where one is set.
    pub until: Option<Date>,
    /// Since when a decision is late, of a delay.
    pub late_since: Option<Date>,
    /// Whether the last day is over: then it is asked why.
    pub is_late: bool,
    /// The appeal against it that is not decided yet.
    pub appealed: Option<AppealId>,
}

/// What a household may contest, for its own page and for who reads its file. The newest first.
pub async fn contestable(cw: &Casework, actor: &Actor, household: HouseholdId) -> Result<Vec<Contestable>> {
    let cw = &as_seen_by(cw, actor, household);
    let mut view = cw.db.read().await?;
    require_lodger(&mut view, actor, household).await?;
    contestable_in(&mut view, household).await
}

/// [`contestable`] in a view that sees the household's case. The caller has checked the actor.
pub(crate) async fn contestable_in(view: &mut Tx, household: HouseholdId) -> Result<Vec<Contestable>> {
    let today = view.today();
    let open = open_issues(view, household).await?;
    let mut all = Vec::new();
    for decision in decisions::of_household(view, household).await? {
        if !is_contestable(&decision) {
            continue;
        }
        let appealed = open.iter().find(|(_, of)| *of == Some(decision.id.uuid())).map(|(id, _)| *id);
        let until = decision.appeal_until;
        let is_late = until.is_some_and(|until| until < today);
        all.push(Contestable { decision: Some(decision), until, late_since: None, is_late, appealed });
    }
    if let Some(clock) = overdue(view, household).await? {
        let appealed = open.iter().find(|(_, of)| of.is_none()).map(|(id, _)| *id);
        all.push(Contestable {
            decision: None,
            until: None,
            late_since: Some(view.here(clock.due_at).date()),
            is_late: false,
            appealed,
        });
    }
    Ok(all)
}

/// Whether the household was told of it.
fn is_contestable(decision: &Decision) -> bool {
    decision.state.governs()
        || decision.state == DecisionState::Proposed
        || decision.state == DecisionState::Replaced && decision.appeal_until.is_some()
}

/// Who may lodge: the person concerned, and who takes people in at a counter and reads the file.
async fn require_lodger(tx: &mut Tx, actor: &Actor, household: HouseholdId) -> Result<()> {
    if is_applicant(actor) {
        return Ok(());
    }
    actor.require_anywhere(Right::RegisterHousehold)?;
    require_reader(tx, actor, household).await.map(drop)
}

/// What appeals contest that are not decided yet: appeal and decision.
async fn open_issues(tx: &mut Tx, household: HouseholdId) -> Result<Vec<(AppealId, Option<Uuid>)>> {
    let mut all = Vec::new();
    for appeal in shape::of(tx, household).await?.iter().filter(|one| one.state.is_open()) {
        let issues = shape::issues(tx, household, appeal.id).await?;
        all.extend(issues.iter().map(|issue| (appeal.id, issue.decision().map(DecisionId::uuid))));
    }
    Ok(all)
}

/// The clock of a decision that is not taken in time.
async fn overdue(tx: &mut Tx, household: HouseholdId) -> Result<Option<Clock>> {
    let now = tx.now();
    let all = clocks::of_household(tx, household).await?;
    Ok(all.into_iter().find(|clock| {
        clock.kind == DECIDE
            && (clock.state == ClockState::Breached
                || clock.state == ClockState::Running && clock.due_at < now)
    }))
}

/// Lodges an appeal. `Invalid` when nothing is contested, it is not said why, or not why it comes late;
/// `Conflict(Taken)` when an appeal against the same waits already.
pub async fn lodge(cw: &Casework, actor: &Actor, household: HouseholdId, new: NewAppeal) -> Result<Lodged> {
    let seeing = as_seen_by(cw, actor, household);
    require_lodger(&mut seeing.db.read().await?, actor, household).await?;
    let (own, actor) = (cw.clone(), actor.clone());
    across(cw).write(async move |tx| lodge_in(tx, &own, &actor, household, &new).await).await
}

/// [`lodge`] inside a unit of work with the program's own sight, for a complaint that was about a decision. The caller has
/// checked the actor.
pub(crate) async fn lodge_in(
    tx: &mut Tx,
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    new: &NewAppeal,
) -> Result<Lodged> {
    if let Some(before) = shape::find(tx, household, new.id).await? {
        return Ok(Lodged { id: before.id, number: before.number, state: before.state });
    }
    if new.against.is_empty() {
        return Err(Error::Invalid("appeal.nothing"));
    }
    if new.grounds.trim().is_empty() || new.grounds.chars().count() > MOST {
        return Err(Error::Invalid("appeal.grounds"));
    }
    let home = Household::read_unchecked(tx, household).await?.ok_or(Error::NotFound)?;
    let pack = cw.pack()?;
    let lodged_at = received(tx, new.received_on)?;
    let contested = read_contested(tx, &home, new, lodged_at).await?;
    let lodged_on = tx.here(lodged_at).date();
    let is_late = contested.iter().any(|one| one.until.is_some_and(|until| lodged_on > until));
    let agency: Option<String> =
        tx.value("SELECT agency FROM office WHERE code = $1", args![&home.office]).await?;
    let agency = agency.ok_or(Error::Invalid("office.unknown"))?;
    let number: Option<Option<i64>> =
        tx.value("SELECT MAX(number) FROM appeal WHERE household_id = $1", args![household]).await?;
    let number = number.flatten().unwrap_or(0) + 1;
    let first = priorities(tx, cw, &home, &contested).await?;
    tx.run(
        "INSERT INTO appeal (household_id, appeal_id, number, office, agency, pack_hash, state, channel, lodged_at, reference,
                             entered_at, entered_by, complaint_id, grounds, wants_hearing, priority, review_scope_kind,
                             review_scope_code)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $16, $10, $11, $12, $13, $14, $15, 'office', $4)",
        args![
            household,
            new.id,
            number,
            &home.office,
            &agency,
            pack.hash(),
            AppealState::FIRST.code(),
            new.channel.code(),
            lodged_at,
            tx.now(),
            actor.account(),
            new.complaint,
            new.grounds.trim(),
            new.wants_hearing,
            first,
            &home.reference,
        ],
    )
    .await?;
    for one in &contested {
        insert_issue(tx, actor, &home, new.id, one).await?;
    }
    let event = Event::new("appeal.lodged")
        .id("appeal", new.id)
        .code("channel", new.channel.code())
        .number("issues", i64::try_from(contested.len()).unwrap_or(i64::MAX))
        .number("late", i64::from(is_late));
    journal::append(tx, actor, household, event).await?;

    let mut matter = Matter::read(tx, cw, household, new.id).await?;
    assign_review(tx, &mut matter).await?;
    let target = (Subject::new(TARGET, new.id), matter.home.scope(), lodged_at);
    matter.start_of(tx, actor, Step::Target, AtBreach::Record, target).await?;
    let state = if is_late {
        ask_condonation(tx, actor, &matter, &new.late_reason).await?
    } else if matches!(new.channel, Channel::Counter | Channel::Online) {
        // Whoever lodges it is there: the paper that we have it is theirs at once.
        super::reconsider::acknowledged(tx, &Actor::system(), &matter, By::System).await?
    } else {
        let due = matter.start(tx, actor, Step::Acknowledge, AtBreach::Follow).await?;
        matter.task(tx, actor, "acknowledge_appeal", (matter.home.scope(), Right::Propose), due).await?;
        AppealState::Lodged
    };
    Ok(Lodged { id: new.id, number, state })
}

/// The moment an appeal reached us. A day before today counts from its beginning.
fn received(tx: &Tx, on: Option<Date>) -> Result<OffsetDateTime> {
    match on {
        None => Ok(tx.now()),
        Some(day) if day > tx.today() => Err(Error::Invalid("appeal.received")),
        Some(day) if day == tx.today() => Ok(tx.now()),
        Some(day) => Ok(day.with_time(Time::MIDNIGHT).assume_offset(tx.here(tx.now()).offset())),
    }
}

/// Something that is contested, with what its row says.
struct Contested {
    decision: Option<Decision>,
    application: Option<Uuid>,
    at: OffsetDateTime,
    until: Option<Date>,
    stays: bool,
}

async fn read_contested(
    tx: &mut Tx,
    home: &Household,
    new: &NewAppeal,
    lodged_at: OffsetDateTime,
) -> Result<Vec<Contested>> {
    let open = open_issues(tx, home.household).await?;
    let mut all: Vec<Contested> = Vec::new();
    for against in &new.against {
        let is_taken = |id: Option<Uuid>| open.iter().any(|(_, of)| *of == id);
        let one = match against {
            Against::Decision(id) => {
                let decision = decisions::find(tx, home.household, *id).await?.ok_or(Error::NotFound)?;
                if is_taken(Some(id.uuid())) {
                    return Err(Error::Conflict(Conflict::Taken));
                }
                if !is_contestable(&decision) {
                    return Err(Error::Conflict(Conflict::State));
                }
                if tx.here(lodged_at).date() < tx.here(decision.decided_at).date() {
                    return Err(Error::Invalid("appeal.received"));
                }
                let stays = decision.state == DecisionState::Proposed
                    && crate::overrides::heard_until(tx, &decision).await? >= lodged_at;
                let (at, until) = (decision.decided_at, decision.appeal_until);
                Contested { decision: Some(decision), application: None, at, until, stays }
            }
            Against::Delay => {
                if is_taken(None) {
                    return Err(Error::Conflict(Conflict::Taken));
                }
                let late = overdue(tx, home.household).await?.ok_or(Error::Conflict(Conflict::State))?;
                let application = Some(late.subject.id);
                Contested { decision: None, application, at: late.due_at, until: None, stays: false }
            }
        };
        let id = |one: &Contested| one.decision.as_ref().map(|decision| decision.id);
        if !all.iter().any(|other| id(other) == id(&one)) {
            all.push(one);
        }
    }
    Ok(all)
}

async fn insert_issue(
    tx: &mut Tx,
    actor: &Actor,
    home: &Household,
    appeal: AppealId,
    one: &Contested,
) -> Result<()> {
    let id: IssueId = tx.new_id();
    let decision = one.decision.as_ref();
    let kind = if decision.is_some() { IssueKind::Decision } else { IssueKind::Delay };
    // Nobody decided where the rules or a clock did.
    let decided_by = decision.map(|own| own.decided_by).filter(|by| !by.is_nil());
    tx.run(
        "INSERT INTO appeal_issue (household_id, appeal_id, issue_id, office, kind, decision_id, application_id, programme,
                                   person_id, contested_at, decided_by, approved_by, stays)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        args![
            home.household,
            appeal,
            id,
            &home.office,
            kind.code(),
            decision.map(|own| own.id),
            one.application,
            decision.map(|own| own.programme.as_str()).unwrap_or_default(),
            decision.and_then(|own| own.person),
            one.at,
            decided_by,
            decision.and_then(|own| own.approved_by),
            one.stays,
        ],
    )
    .await?;
    match decision.filter(|_| one.stays) {
        // The time to be heard is over with this: what was announced waits for the appeal.
        Some(own) => {
            let subject = Subject::new(DECISION, own.id);
            clocks::cancel(tx, actor, home.household, &subject, "stayed").await.map(drop)
        }
        None => Ok(()),
    }
}

/// Who looks again, by who took part.
async fn assign_review(tx: &mut Tx, matter: &mut Matter) -> Result<()> {
    let ids = apart::keep(tx, matter).await?;
    let parties = apart::Parties::read(tx, ids).await?;
    let Appeal { office, agency, .. } = &matter.appeal;
    let place = apart::place(tx, (office, agency), &parties, Right::Propose).await?;
    tx.run_one(
        "UPDATE appeal SET review_scope_kind = $1, review_scope_code = $2 WHERE household_id = $3 AND appeal_id = $4",
        args![place.kind(), place.code().unwrap_or_default(), matter.home.household, matter.appeal.id],
    )
    .await?;
    let own = shape::find(tx, matter.home.household, matter.appeal.id).await?;
    matter.appeal = own.ok_or(Error::NotFound)?;
    Ok(())
}

/// It came late: somebody who took no part says whether it is heard all the same.
async fn ask_condonation(tx: &mut Tx, actor: &Actor, matter: &Matter, why: &str) -> Result<AppealState> {
    let why = said(why).map_err(|_| Error::Invalid("appeal.late_reason"))?;
    let event = AppealEvent::AskCondonation;
    let to = matter.step(event, By::System, &[Guard::ReasonGiven])?;
    tx.run_one(
        "UPDATE appeal SET state = $1, condonation = 'asked', late_reason = $2, version = version + 1
         WHERE household_id = $3 AND appeal_id = $4 AND version = $5",
        args![to.code(), why, matter.home.household, matter.appeal.id, matter.appeal.version],
    )
    .await?;
    let due = matter.start(tx, actor, Step::Condone, AtBreach::Follow).await?;
    matter.task(tx, actor, "condone_appeal", (matter.appeal.review_scope()?, Right::Propose), due).await?;
    matter.told(tx, actor, event, to).await?;
    Ok(to)
}

/// Why it goes before others, as codes with commas.
async fn priorities(tx: &mut Tx, cw: &Casework, home: &Household, contested: &[Contested]) -> Result<String> {
    let newest = contested.iter().filter_map(|one| one.decision.as_ref()).max_by_key(|own| own.decided_at);
    let decided = match newest {
        Some(decision) => {
            let of =
                assessments::find(tx, home.household, decision.assessment).await?.ok_or(Error::NotFound)?;
            let pack = packs::by_hash(cw, &of.pack_hash).await?;
            Some(letters::again(tx, &of, &pack).await?.0)
        }
        None => None,
    };
    let today = tx.today();
    let age = |person: &assessments::household::Person| {
        u32::try_from(domain::birth::completed_years(person.birth.for_rules(), today)).ok()
    };
    let ages: Vec<u32> = home.people.iter().filter_map(age).collect();
    let head = home.people.iter().find(|person| person.relation == "head").and_then(age);
    let found = priority::of(decided.as_ref(), head, &ages);
    Ok(found.iter().map(|one| one.code()).collect::<Vec<_>>().join(","))
}

/// The household of a reference, as it stands on a letter that somebody brings to a counter; `None` for one that nobody has.
pub async fn by_reference(cw: &Casework, actor: &Actor, typed: &str) -> Result<Option<HouseholdId>> {
    let cw = &cw.acting(actor);
    actor.require_anywhere(Right::RegisterHousehold)?;
    let Ok(reference) = Reference::parse(typed) else { return Ok(None) };
    let found: Option<Uuid> = cw
        .db
        .value("SELECT household_id FROM reference WHERE symbols = $1", args![reference.symbols()])
        .await?;
    Ok(found.map(HouseholdId::new))
}
