//! Asking for a merge: who may, whether it can be, and whether a second person must agree.

use std::collections::BTreeSet;

use domain::calendar::Term;
use domain::household::{MOST_MEMBERS, Relation};
use domain::ids::{HouseholdId, ProposalId, StaffId};
use domain::lifecycle::Lifecycle as _;
use domain::role::{Right, Scope};
use uuid::Uuid;

use super::apply::{Hands, apply};
use super::doubles::{self, Both, Double};
use super::{Done, MERGE, Plan, SUBJECT, UNDO, is_given, undo};
use crate::Casework;
use crate::actor::Actor;
use crate::crypt::Keys;
use crate::db::{Sight, Tx};
use crate::duplicates::hold;
use crate::error::{Conflict, Error, Result};
use crate::households::people::{self, Member};
use crate::households::{Head, head};
use crate::proposals::{self, NewProposal};
use crate::subject::Subject;

/// Within which time somebody looks at what was given twice.
pub(super) const LOOK_WITHIN: Term = Term::WorkingDays(2);

/// What a merge would come to.
#[derive(Debug, Clone)]
pub struct Weighed {
    /// Benefits that both have: somebody must say which stays.
    pub doubles: Vec<Double>,
    /// A second person must agree.
    pub needs_second: bool,
}

/// What stands before a merge.
pub(super) struct Ready {
    pub survivor: Head,
    pub gives: Head,
    pub giving: Vec<Member>,
    pub both: Both,
}

impl Ready {
    /// Whose supervisor must agree, if one must: a benefit ends, or another office keeps the record that gives.
    pub fn second(&self, actor: &Actor) -> Option<Scope> {
        let (own, other) =
            (Scope::Office(self.survivor.office.clone()), Scope::Office(self.gives.office.clone()));
        if !actor.may_in(Right::EditHousehold, &other) {
            return Some(other);
        }
        (!self.both.running.is_empty()).then_some(own)
    }
}

/// What a merge would come to, before it is asked for. `keep` need not be answered yet.
pub async fn weigh(cw: &Casework, actor: &Actor, plan: &Plan) -> Result<Weighed> {
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    let ready = ready(&mut view, &cw.keys, actor, plan).await?;
    Ok(Weighed { needs_second: ready.second(actor).is_some(), doubles: ready.both.running })
}

/// Merges, or lays it before a second person. `Stale` when one of the records moved since it was read, `Conflict(State)` when
/// one went into another already, `Conflict(Held)` when a merge of them waits.
pub async fn merge(cw: &Casework, actor: &Actor, plan: Plan) -> Result<Done> {
    if plan.reason.trim().is_empty() {
        return Err(Error::Invalid("reason.missing"));
    }
    // Rows of two offices change: who may is asked in `ready`.
    let (casework, actor) = (cw.seen_with(Sight::system()), actor.clone());
    let cw = &casework.clone();
    cw.write(async move |tx| {
        let keys = &casework.keys;
        let ready = ready(tx, keys, &actor, &plan).await?;
        doubles::check(&ready.both, &plan.keep, tx.today())?;
        none_waits(tx, keys, &plan).await?;
        match ready.second(&actor) {
            Some(scope) => propose(tx, &casework, &actor, &plan, &ready, scope).await.map(Done::Waits),
            None => {
                carry_out(tx, &casework, &actor, &plan, &ready, actor.staff_id, None).await.map(Done::Now)
            }
        }
    })
    .await
}

/// The second person agrees: the merge, or its undoing, is made. `Stale` when a record moved since it was asked for.
pub async fn approve(
    cw: &Casework,
    actor: &Actor,
    id: ProposalId,
    version: i64,
    note: String,
) -> Result<Uuid> {
    let (casework, actor) = (cw.seen_with(Sight::system()), actor.clone());
    let cw = &casework.clone();
    cw.write(async move |tx| {
        let keys = &casework.keys;
        let approved = proposals::approve(tx, keys, &actor, id, version, &note).await?;
        match approved.kind.as_str() {
            MERGE => {
                let plan: Plan = approved.payload()?;
                let ready = check(tx, keys, &plan).await?;
                doubles::check(&ready.both, &plan.keep, tx.today())?;
                let by = approved.prepared_by;
                carry_out(tx, &casework, &actor, &plan, &ready, by, Some(actor.staff_id)).await
            }
            UNDO => {
                let asked: undo::Asked = approved.payload()?;
                undo::carry_out(tx, &casework, &actor, &asked, approved.prepared_by).await
            }
            _ => Err(Error::Invalid("proposal.kind")),
        }
    })
    .await
}

/// The second person says no, and why.
pub async fn refuse(cw: &Casework, actor: &Actor, id: ProposalId, version: i64, note: String) -> Result<()> {
    proposals::refuse(cw, actor, id, version, note).await
}

/// The rights of who asks, and [`check`].
async fn ready(tx: &mut Tx, keys: &Keys, actor: &Actor, plan: &Plan) -> Result<Ready> {
    let own = head(tx, plan.survivor).await?;
    actor.require(Right::EditHousehold, &Scope::Office(own.office))?;
    actor.require_anywhere(Right::Propose)?;
    crate::households::file::require_reader(tx, actor, plan.gives).await?;
    check(tx, keys, plan).await
}

/// Whether the plan fits what the two records are now.
async fn check(tx: &mut Tx, keys: &Keys, plan: &Plan) -> Result<Ready> {
    let (survivor, gives) = (head(tx, plan.survivor).await?, head(tx, plan.gives).await?);
    if survivor.version != plan.survivor_version || gives.version != plan.gives_version {
        return Err(Error::Stale);
    }
    if is_given(tx, plan.survivor).await? || is_given(tx, plan.gives).await? {
        return Err(Error::Conflict(Conflict::State));
    }
    let giving = present(tx, keys, plan.gives).await?;
    let staying = present(tx, keys, plan.survivor).await?;
    people_fit(plan, &giving, &staying)?;
    let both = doubles::find(tx, plan).await?;
    Ok(Ready { survivor, gives, giving, both })
}

async fn present(tx: &mut Tx, keys: &Keys, household: HouseholdId) -> Result<Vec<Member>> {
    let mut members = people::members(tx, keys, household).await?;
    members.retain(|member| member.left.is_none());
    Ok(members)
}

fn people_fit(plan: &Plan, giving: &[Member], staying: &[Member]) -> Result<()> {
    let gives: BTreeSet<_> = plan.pairs.iter().map(|pair| pair.gives).collect();
    let stays: BTreeSet<_> = plan.pairs.iter().map(|pair| pair.stays).collect();
    let joins: BTreeSet<_> = plan.joining.iter().map(|one| one.person).collect();
    let once = gives.len() == plan.pairs.len()
        && stays.len() == plan.pairs.len()
        && joins.len() == plan.joining.len();
    let there = |members: &[Member], id| members.iter().any(|member| member.id == id);
    let known =
        gives.union(&joins).all(|id| there(giving, *id)) && stays.iter().all(|id| there(staying, *id));
    if !once || !known || !gives.is_disjoint(&joins) || (plan.is_within() && !gives.is_disjoint(&stays)) {
        return Err(Error::Invalid("merge.people"));
    }
    if plan.joining.iter().any(|one| one.relation == Relation::Head) {
        return Err(Error::Invalid("relation.head"));
    }
    if staying.len() + joins.len() > MOST_MEMBERS {
        return Err(Error::Invalid("members.many"));
    }
    if plan.whole {
        let all = giving.iter().all(|member| gives.contains(&member.id) || joins.contains(&member.id));
        return if all && !plan.is_within() { Ok(()) } else { Err(Error::Invalid("merge.people")) };
    }
    if gives.is_empty() || !joins.is_empty() {
        return Err(Error::Invalid("merge.people"));
    }
    // A household is never without a head: another is named first.
    let is_head = |member: &Member| member.person.relation == Relation::Head && gives.contains(&member.id);
    if giving.iter().any(is_head) { Err(Error::Invalid("merge.head")) } else { Ok(()) }
}

/// `Conflict(Held)` when a merge of one of the two, or its undoing, waits for a second person, or an appeal for its decision.
pub(super) async fn none_waits(tx: &mut Tx, keys: &Keys, plan: &Plan) -> Result<()> {
    for household in [plan.survivor, plan.gives] {
        let all = proposals::of_household(tx, keys, household).await?;
        let waits =
            |one: &proposals::Proposal| matches!(one.kind.as_str(), MERGE | UNDO) && !one.state.is_final();
        if all.iter().any(waits) {
            return Err(Error::Conflict(Conflict::Held));
        }
    }
    crate::appeals::after::none_open(tx, &[plan.survivor, plan.gives]).await
}

async fn propose(
    tx: &mut Tx,
    cw: &Casework,
    actor: &Actor,
    plan: &Plan,
    ready: &Ready,
    scope: Scope,
) -> Result<ProposalId> {
    let review = &cw.pack()?.about.law.override_review;
    let new = NewProposal {
        household_id: plan.survivor,
        kind: MERGE.into(),
        subject: Subject::new(SUBJECT, plan.gives),
        scope,
        payload: plan.clone(),
        reason_code: "duplicate".into(),
        reason: plan.reason.trim().to_owned(),
        term: review.term,
        legal_basis: review.source.clone(),
    };
    let calendar = cw.office_calendar(&ready.survivor.office)?;
    proposals::prepare(tx, &cw.keys, actor, &calendar, new).await
}

async fn carry_out(
    tx: &mut Tx,
    cw: &Casework,
    actor: &Actor,
    plan: &Plan,
    ready: &Ready,
    by: StaffId,
    approved_by: Option<StaffId>,
) -> Result<Uuid> {
    let office = ready.survivor.office.as_str();
    let hands = Hands {
        actor,
        by,
        approved_by,
        hand: hand(actor, ready)?,
        office,
        look_by: cw.office_calendar(office)?.due_at(tx.here(tx.now()), LOOK_WITHIN),
    };
    let merge = apply(tx, &cw.keys, &hands, plan, &ready.both, &ready.giving).await?;
    // What waited for the answer whether the two are one begins: once.
    for household in [plan.survivor, plan.gives] {
        hold::settle(tx, cw, actor, household).await?;
    }
    Ok(merge)
}

/// As which hand enrolments end: the second person's may be that of the other office.
fn hand(actor: &Actor, ready: &Ready) -> Result<domain::lifecycle::By> {
    let hand = |office: &str| actor.hand(Right::EditHousehold, &Scope::Office(office.to_owned()));
    hand(&ready.survivor.office).or_else(|_| hand(&ready.gives.office))
}
