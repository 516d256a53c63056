//! The plan of one person: drafted with them, printed and signed, agreed to by a second person where the country says so. One
//! version counts at a time: the table holds that. What happens while it is followed is in [`super::following`].

use std::sync::Arc;

use domain::calendar::Term;
use domain::ids::{HouseholdId, PlanId, ProposalId};
use domain::lifecycle::plan::{PlanEvent, PlanOutcome, PlanState};
use domain::lifecycle::{By, Guard};
use domain::pack::Pack;
use domain::role::Right;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

pub use super::following::{Act, act};
use super::shape::{self, Asked, Placement, Plan, Profile, Step};
use super::{PROFILE, SUBJECT, adult, country, of, profile, steps};
use crate::assessments::Household;
use crate::assessments::household::Person;
use crate::clocks::{self, AtBreach, NewClock};
use crate::db::Tx;
use crate::error::{Conflict, Error, Result};
use crate::journal::{self, Event};
use crate::proposals::{self, NewProposal};
use crate::step::step;
use crate::subject::Subject;
use crate::{Actor, Casework, args};

/// The kind of proposal by which a second person agrees to a plan.
pub const APPROVAL: &str = "work_plan";
/// Longest text of a plan, in characters.
pub const MOST: usize = 1000;

/// An adult of a household and how far they are.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Who.
    pub person: Person,
    /// What is known of them.
    pub profile: Option<Profile>,
    /// The plan that counts.
    pub plan: Option<Plan>,
    /// Its steps.
    pub steps: Vec<Step>,
    /// Versions before it, the newest first.
    pub before: Vec<Plan>,
    /// Work that the person has or had, the newest first.
    pub placements: Vec<Placement>,
    /// What is asked after the outcome.
    pub asked: Vec<Asked>,
    /// What waits for a second person: the proposal and its version.
    pub waits: Option<(ProposalId, i64)>,
}

/// The adults of a household.
#[derive(Debug, Clone)]
pub struct Adults {
    /// The household.
    pub home: Household,
    /// The country.
    pub pack: Arc<Pack>,
    /// Each adult whom plans for work concern.
    pub people: Vec<Standing>,
    /// Whether the reader may draw up plans here.
    pub may: bool,
}

/// The adults of a household with their profiles and plans, for who may read the file. The reading is an entry of the journal.
pub async fn adults(cw: &Casework, actor: &Actor, household: HouseholdId) -> Result<Adults> {
    let pack = country(cw)?;
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    let (home, reader) = Household::for_reading(&mut view, actor, household).await?;
    let today = cw.today();
    let work = of(&pack)?;
    let profiles = profile::profiles(&mut view, work, household, today).await?;
    let plans = shape::plans(&mut view, household).await?;
    let mut people = Vec::new();
    for person in home.people.iter().filter(|one| work.concerns(one.birth.age_on(today))) {
        let own = |plan: &&Plan| home.now(plan.person) == person.id;
        let plan = plans.iter().find(|plan| own(plan) && plan.current).cloned();
        let before = plans.iter().filter(|plan| own(plan) && !plan.current).cloned().collect();
        let (steps, asked) = match &plan {
            Some(plan) => (
                shape::steps(&mut view, household, plan.id).await?,
                shape::asked(&mut view, household, plan.id).await?,
            ),
            None => (Vec::new(), Vec::new()),
        };
        let mut waits = None;
        if let Some(plan) = plan.as_ref().filter(|plan| plan.state == PlanState::Agreed) {
            let subject = Subject::new(SUBJECT, plan.id);
            let all = proposals::waiting_about(&mut view, &cw.keys, household, &subject).await?;
            waits = all.first().map(|one| (one.id, one.version));
        }
        people.push(Standing {
            waits,
            profile: profiles.iter().find(|one| one.person == person.id).cloned(),
            placements: shape::placements(&mut view, household, person.id).await?,
            person: person.clone(),
            plan,
            steps,
            before,
            asked,
        });
    }
    drop(view);
    let may = actor.may_in(Right::Plan, &home.scope()) && reader.purpose == actor.purpose;
    journal::record(cw, &reader, household, Event::new("plan.read")).await?;
    Ok(Adults { home, pack, people, may })
}

/// What a plan says in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// What the person wants to reach, in their words.
    pub goal: String,
    /// What the office promises besides the steps; may be empty.
    pub office_does: String,
}

impl Words {
    fn fit(&self) -> Result<Self> {
        let own = Self { goal: self.goal.trim().to_owned(), office_does: self.office_does.trim().to_owned() };
        if own.goal.is_empty() {
            return Err(Error::Invalid("plan.goal"));
        }
        if own.goal.chars().count() > MOST || own.office_does.chars().count() > MOST {
            return Err(Error::Invalid("plan.long"));
        }
        Ok(own)
    }
}

/// Drafts a person's first plan, or the next after one that is over. `Invalid("plan.goal")` without a goal,
/// `Invalid("profile.missing")` before the profile is done, `Conflict(State)` while another plan is open.
pub async fn draft(
    cw: &Casework,
    actor: &Actor,
    (household, person): (HouseholdId, Uuid),
    words: &Words,
) -> Result<PlanId> {
    let (pack, words) = (country(cw)?, words.fit()?);
    let cw = &cw.acting(actor);
    let (actor, today) = (actor.clone(), cw.today());
    cw.write(async move |tx| {
        let work = of(&pack)?;
        let home = Household::read(tx, &actor, household, Right::Plan).await?;
        adult(&home, work, person, today)?;
        let all = profile::profiles(tx, work, household, today).await?;
        let done = all.into_iter().find(|one| one.person == person && one.done_at.is_some());
        let done = done.ok_or(Error::Invalid("profile.missing"))?;
        let plans = shape::plans(tx, household).await?;
        let own: Vec<&Plan> = plans.iter().filter(|plan| plan.person == person).collect();
        if own.iter().any(|plan| plan.current && plan.state.is_open()) {
            return Err(Error::Conflict(Conflict::State));
        }
        for plan in own.iter().filter(|plan| plan.current) {
            retire(tx, household, plan).await?;
        }
        let number = own.iter().map(|plan| plan.number).max().unwrap_or(0) + 1;
        insert(tx, &actor, &home, &done, number, &words).await
    })
    .await
}

pub(super) async fn insert(
    tx: &mut Tx,
    actor: &Actor,
    home: &Household,
    profile: &Profile,
    number: i64,
    words: &Words,
) -> Result<PlanId> {
    let id: PlanId = tx.new_id();
    tx.run(
        "INSERT INTO work_plan (household_id, plan_id, person_id, profile_id, number, current, office, state, goal, office_does,
                                band, drafted_by, drafted_at)
         VALUES ($1, $2, $3, $4, $5, TRUE, $6, $7, $8, $9, $10, $11, $12)",
        args![
            home.household,
            id,
            profile.person,
            profile.id,
            number,
            home.office.as_str(),
            PlanState::Draft.code(),
            words.goal.as_str(),
            words.office_does.as_str(),
            profile.found.band.clone().unwrap_or_default(),
            actor.staff_id,
            tx.now()
        ],
    )
    .await?;
    let event =
        Event::new("plan.drafted").id("plan", id).id("person", profile.person).number("number", number);
    journal::append(tx, actor, home.household, event).await?;
    Ok(id)
}

/// The version does not count any more.
pub(super) async fn retire(tx: &mut Tx, household: HouseholdId, plan: &Plan) -> Result<()> {
    tx.run_one(
        "UPDATE work_plan SET current = FALSE, version = version + 1
         WHERE household_id = $1 AND plan_id = $2 AND version = $3",
        args![household, plan.id, plan.version],
    )
    .await
}

/// Changes the words of a draft.
pub async fn write(
    cw: &Casework,
    actor: &Actor,
    (household, id): (HouseholdId, PlanId),
    version: i64,
    words: &Words,
) -> Result<()> {
    let words = words.fit()?;
    let cw = &cw.acting(actor);
    let actor = actor.clone();
    cw.write(async move |tx| {
        let (_, plan) = open_plan(tx, &actor, household, id, version).await?;
        if plan.state != PlanState::Draft {
            return Err(Error::Conflict(Conflict::State));
        }
        tx.run_one(
            "UPDATE work_plan SET goal = $1, office_does = $2, version = version + 1
             WHERE household_id = $3 AND plan_id = $4 AND version = $5",
            args![words.goal.as_str(), words.office_does.as_str(), household, id, version],
        )
        .await?;
        journal::append(tx, &actor, household, Event::new("plan.written").id("plan", id)).await
    })
    .await
}

/// The household and a plan of it that the actor may change, as it was seen.
pub(super) async fn open_plan(
    tx: &mut Tx,
    actor: &Actor,
    household: HouseholdId,
    id: PlanId,
    version: i64,
) -> Result<(Household, Plan)> {
    let home = Household::read(tx, actor, household, Right::Plan).await?;
    let plan = shape::plan(tx, household, id).await?;
    if plan.version != version {
        return Err(Error::Stale);
    }
    Ok((home, plan))
}

/// Moves a plan to its next state, with what else changes, and writes the entry of the journal.
pub(super) async fn advance(
    tx: &mut Tx,
    actor: &Actor,
    household: HouseholdId,
    plan: &mut Plan,
    (event, by, held): (PlanEvent, By, &[Guard]),
) -> Result<()> {
    let state = step(plan.state, event, by, held)?;
    let closed = (!state.is_open()).then(|| tx.now());
    tx.run_one(
        "UPDATE work_plan SET state = $1, signed_on = $2, agreed_at = CASE WHEN $1 = 'agreed' THEN $3 ELSE agreed_at END,
                approved_by = $4, approved_at = CASE WHEN $1 = 'approved' THEN $3 ELSE approved_at END, started_on = $5,
                review_on = $6, outcome = $7, outcome_on = $8, reason = $9, closed_at = $10, version = version + 1
         WHERE household_id = $11 AND plan_id = $12 AND version = $13",
        args![
            state.code(),
            plan.signed_on,
            tx.now(),
            plan.approved_by,
            plan.started_on,
            plan.review_on,
            plan.outcome.map(PlanOutcome::code).unwrap_or_default(),
            plan.outcome_on,
            plan.reason.as_str(),
            closed,
            household,
            plan.id,
            plan.version
        ],
    )
    .await?;
    plan.state = state;
    plan.version += 1;
    let told = Event::new("plan.stepped")
        .id("plan", plan.id)
        .id("person", plan.person)
        .code("event", event.code())
        .code("state", state.code());
    journal::append(tx, actor, household, told).await
}

/// The person has signed: the day on the paper is recorded, the clock of the first plan is met, and a second person is asked
/// where the country says so; else it is followed from now on. `Invalid("plan.steps")` for a plan without steps,
/// `Invalid("plan.signed")` for a day that is not between its writing and today.
pub async fn sign(
    cw: &Casework,
    actor: &Actor,
    (household, id): (HouseholdId, PlanId),
    version: i64,
    signed_on: Date,
) -> Result<()> {
    let pack = country(cw)?;
    let cw = &cw.acting(actor);
    let (actor, keys) = (actor.clone(), cw.keys.clone());
    cw.write(async move |tx| {
        let work = of(&pack)?;
        let (home, mut plan) = open_plan(tx, &actor, household, id, version).await?;
        let by = actor.hand(Right::Plan, &home.scope())?;
        if shape::steps(tx, household, id).await?.iter().all(|one| !steps::counts(one)) {
            return Err(Error::Invalid("plan.steps"));
        }
        if signed_on > tx.today() || signed_on < tx.here(plan.drafted_at).date() {
            return Err(Error::Invalid("plan.signed"));
        }
        plan.signed_on = Some(signed_on);
        plan.reason = String::new();
        advance(tx, &actor, household, &mut plan, (PlanEvent::Agree, by, &[Guard::PersonConfirms])).await?;
        clocks::meet(tx, &actor, household, &Subject::new(PROFILE, plan.person)).await?;
        let Some(limit) = &work.approval else {
            return follow(tx, &actor, &pack, &home, &mut plan, None).await;
        };
        let calendar = pack.working_calendar(&home.area).ok_or(Error::Invalid("area.unknown"))?;
        let new = NewProposal {
            household_id: household,
            kind: APPROVAL.into(),
            subject: Subject::new(SUBJECT, id),
            scope: home.scope(),
            payload: Approval { plan: id },
            reason_code: "work_plan".into(),
            reason: plan.goal.clone(),
            term: limit.term,
            legal_basis: limit.source.clone(),
        };
        proposals::prepare(tx, &keys, &actor, &calendar, new).await.map(drop)
    })
    .await
}

/// What a second person agrees to.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Approval {
    plan: PlanId,
}

/// Approved and followed from now on; the clock of its review starts.
async fn follow(
    tx: &mut Tx,
    actor: &Actor,
    pack: &Pack,
    home: &Household,
    plan: &mut Plan,
    second: Option<Uuid>,
) -> Result<()> {
    plan.approved_by = second;
    let household = home.household;
    let held = &[Guard::SecondPersonOrExempt];
    advance(tx, actor, household, plan, (PlanEvent::Approve, By::System, held)).await?;
    plan.started_on = Some(tx.today());
    set_review(tx, actor, pack, home, plan).await?;
    advance(tx, actor, household, plan, (PlanEvent::Start, By::System, &[])).await
}

/// Starts the clock of the next review, by the band of the plan's profile.
pub(super) async fn set_review(
    tx: &mut Tx,
    actor: &Actor,
    pack: &Pack,
    home: &Household,
    plan: &mut Plan,
) -> Result<()> {
    let work = of(pack)?;
    let calendar = pack.working_calendar(&home.area).ok_or(Error::Invalid("area.unknown"))?;
    let subject = Subject::new(SUBJECT, plan.id);
    clocks::cancel_kind(tx, actor, home.household, &subject, "plan_review", "set_anew").await?;
    let clock = NewClock {
        household_id: home.household,
        kind: "plan_review".into(),
        subject,
        scope: home.scope(),
        term: Term::Days(work.review_days(plan.band.as_deref())),
        legal_basis: String::new(),
        at_breach: AtBreach::Act,
        started_at: tx.now(),
    };
    let (_, due_at) = clocks::start(tx, actor, &calendar, clock).await?;
    plan.review_on = Some(tx.here(due_at).date());
    Ok(())
}

/// A second person agrees to the plan: it is followed from now on. `Conflict(SamePerson)` for who wrote it.
pub async fn approve(
    cw: &Casework,
    actor: &Actor,
    proposal: ProposalId,
    version: i64,
    note: String,
) -> Result<()> {
    let pack = country(cw)?;
    let cw = &cw.acting(actor);
    let (actor, keys) = (actor.clone(), cw.keys.clone());
    cw.write(async move |tx| {
        let agreed = proposals::approve(tx, &keys, &actor, proposal, version, &note).await?;
        let Approval { plan } = agreed.payload()?;
        let home = Household::read(tx, &actor, agreed.household_id, Right::Approve).await?;
        let mut plan = shape::plan(tx, home.household, plan).await?;
        // Who wrote it may have signed off work to a colleague since: the paper is still theirs.
        if actor.account().map(domain::ids::StaffId::uuid) == Some(plan.drafted_by) {
            return Err(Error::Conflict(Conflict::SamePerson));
        }
        follow(tx, &actor, &pack, &home, &mut plan, Some(actor.staff_id.uuid())).await
    })
    .await
}

/// A second person does not agree, and says why: it is a draft again, to be signed anew.
pub async fn refuse(
    cw: &Casework,
    actor: &Actor,
    proposal: ProposalId,
    version: i64,
    note: String,
) -> Result<()> {
    let cw = &cw.acting(actor);
    let (actor, keys) = (actor.clone(), cw.keys.clone());
    cw.write(async move |tx| {
        let refused = proposals::refuse_in(tx, &keys, &actor, proposal, version, &note).await?;
        let Approval { plan } = refused.payload()?;
        let home = Household::read(tx, &actor, refused.household_id, Right::Approve).await?;
        let by = actor.hand(Right::Approve, &home.scope())?;
        let mut plan = shape::plan(tx, home.household, plan).await?;
        plan.signed_on = None;
        plan.reason.clone_from(&note);
        advance(tx, &actor, home.household, &mut plan, (PlanEvent::Reopen, by, &[Guard::ReasonGiven])).await
    })
    .await
}
