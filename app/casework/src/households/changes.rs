//! Life events that a second person may have to sign: a death, another head, a move, a corrected name. Which of them are
//! signed stands in the pack; those that are not hold at once. Each is kept with the day from which it holds
//! (`household_change`), and does what follows from it: a death ends what was given to who died, and names another head; a
//! move takes the work that lies at the old office along.
//!
//! Births, who joins and who leaves are in [`super::edit`] and [`super::moving`], a household that parts in
//! [`super::splitting`]. To have another one signed: its name in `LifeEvent::SIGNABLE`, its variant of [`Change`], what it does
//! in [`apply`], and the refusal in the use case that did it alone before.

use std::collections::BTreeMap;

use domain::household::{Contact, Leaving, Person, Relation};
use domain::ids::{HouseholdId, PersonId, ProposalId};
use domain::life_event::LifeEvent;
use domain::lifecycle::Lifecycle as _;
use domain::name::PersonName;
use domain::proposal::ProposalState;
use domain::registration::Country as _;
use domain::role::{Right, Scope};
use domain::task::Priority;
use serde::{Deserialize, Serialize};
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

use super::edit::{self, correct, look, present, relate, take_out};
use super::file::require_reader;
use super::likely::{self, Look};
use super::moving::assess_anew;
use super::{Distinct, begin_change, head, people};
use crate::db::Tx;
use crate::error::{Conflict, Error, Result};
use crate::journal::{self, Event};
use crate::matching::index::{self, Hand};
use crate::proposals::{self, NewProposal, Proposal};
use crate::subject::Subject;
use crate::tasks::{self, NewTask};
use crate::{Actor, Casework, appeals, args, life};

/// The kind of proposal.
pub const CHANGE: &str = "life_event";
/// The noun of what changes.
const HOUSEHOLD: &str = "household";
/// By when the office that keeps the file now gets to know the household.
const MEET_WITHIN: Duration = Duration::days(7);

/// What changes.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Somebody died; of the head also what the others are to another one, none where nobody is left.
    Death {
        /// Who.
        member: PersonId,
        /// What everybody who is left is to the head; empty unless the head died.
        relations: BTreeMap<PersonId, Relation>,
    },
    /// Another member is the head.
    NewHead {
        /// What everybody is to them.
        relations: BTreeMap<PersonId, Relation>,
    },
    /// They live elsewhere, and another office keeps the file.
    Moved {
        /// The area.
        area: String,
        /// How the dwelling is found.
        directions: Option<String>,
        /// The office that keeps the file from then on.
        office: String,
    },
    /// A corrected name.
    Name {
        /// Whose.
        member: PersonId,
        /// The name.
        name: PersonName,
        /// Why it is nobody who is registered with that name already; where that was asked.
        distinct: Option<String>,
    },
}

impl std::fmt::Debug for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Change({})", self.event())
    }
}

impl Change {
    /// Its name.
    pub const fn event(&self) -> LifeEvent {
        match self {
            Self::Death { .. } => LifeEvent::Death,
            Self::NewHead { .. } => LifeEvent::NewHead,
            Self::Moved { .. } => LifeEvent::Moved,
            Self::Name { .. } => LifeEvent::Name,
        }
    }

    /// The person it is about, where it is about one.
    pub const fn person(&self) -> Option<PersonId> {
        match self {
            Self::Death { member, .. } | Self::Name { member, .. } => Some(*member),
            Self::NewHead { .. } | Self::Moved { .. } => None,
        }
    }
}

/// A change and the day from which it holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Dated {
    /// What changes.
    pub change: Change,
    /// Since when.
    pub on: Date,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// It holds; the new version of the file.
    Done(i64),
    /// It waits for a second person.
    Waits(ProposalId),
}

/// Records a life event of a household whose file the actor may change, or has it signed. `Invalid` for what cannot be,
/// `Conflict(Taken)` while the same waits already, `Conflict(State)` of a move while an appeal or a proposal waits.
pub async fn record(
    cw: &Casework,
    actor: &Actor,
    id: HouseholdId,
    version: i64,
    dated: &Dated,
    why: &str,
) -> Result<Made> {
    if dated.on > cw.today() {
        return Err(Error::Invalid("date.future"));
    }
    let named = named(cw, actor, id, &dated.change).await?;
    // What follows from it lies in tables of others; the actor is checked against the file itself.
    let all = cw.acting(&Actor::system());
    likely::looked!(look_at(cw, actor, id, named.as_ref()), |look| {
        let (own, actor, dated, why) = (cw.clone(), actor.clone(), dated.clone(), why.trim().to_owned());
        all.write(async move |tx| {
            let there = head(tx, id).await?;
            actor.require(Right::EditHousehold, &Scope::Office(there.office.clone()))?;
            check(tx, &own, id, &dated).await?;
            if !edit::is_signed(&own, dated.change.event()) {
                let version = begin_change(tx, &actor, id, version).await?;
                apply(tx, &own, &actor, (id, version), &dated, &look).await?;
                keep(tx, &own, &actor, id, &dated, None).await?;
                return Ok(Made::Done(version));
            }
            if there.version != version {
                return Err(Error::Stale);
            }
            let proposal = ask(tx, &own, &actor, (id, there.office), &dated, &why).await?;
            keep(tx, &own, &actor, id, &dated, Some(proposal)).await?;
            Ok(Made::Waits(proposal))
        })
    })
}

/// Has it signed by a second person.
async fn ask(
    tx: &mut Tx,
    cw: &Casework,
    actor: &Actor,
    (id, office): (HouseholdId, String),
    dated: &Dated,
    why: &str,
) -> Result<ProposalId> {
    let subject = Subject::new(HOUSEHOLD, id);
    let event = dated.change.event();
    for waits in proposals::waiting_about(tx, &cw.keys, id, &subject).await? {
        if waits.kind == CHANGE
            && waits.reason_code == event.code()
            && person_of(&waits)? == dated.change.person()
        {
            return Err(Error::Conflict(Conflict::Taken));
        }
    }
    let review = cw.pack()?.about.law.override_review.clone();
    let new = NewProposal {
        household_id: id,
        kind: CHANGE.into(),
        subject,
        scope: Scope::Office(office.clone()),
        payload: dated.clone(),
        reason_code: event.code().into(),
        reason: if why.is_empty() { event.code().to_owned() } else { why.to_owned() },
        term: review.term,
        legal_basis: review.source,
    };
    proposals::prepare(tx, &cw.keys, actor, &cw.office_calendar(&office)?, new).await
}

fn person_of(proposal: &Proposal) -> Result<Option<PersonId>> {
    Ok(proposal.payload::<Dated>()?.change.person())
}

/// The second person signs it: it holds now. `Conflict(SamePerson)` for who recorded it, `Conflict(State)` when the file moved on
/// so that it cannot be any more, `Conflict(Registered)` when the name has become somebody else's meanwhile.
pub async fn approve(
    cw: &Casework,
    actor: &Actor,
    proposal: ProposalId,
    version: i64,
    note: String,
) -> Result<()> {
    let waits = proposals::proposal(cw, actor, proposal).await?;
    if waits.kind != CHANGE {
        return Err(Error::Invalid("proposal.kind"));
    }
    let (id, dated) = (waits.household_id, waits.payload::<Dated>()?);
    let all = cw.acting(&Actor::system());
    let named = match named(&all, &Actor::system(), id, &dated.change).await {
        Err(Error::NotFound) => return Err(Error::Conflict(Conflict::State)),
        named => named?,
    };
    likely::looked!(look_at(cw, actor, id, named.as_ref()), |look| {
        let (own, actor, dated, note) = (cw.clone(), actor.clone(), dated.clone(), note.clone());
        all.write(async move |tx| {
            proposals::approve(tx, &own.keys, &actor, proposal, version, &note).await?;
            let there = match check(tx, &own, id, &dated).await {
                Err(Error::NotFound | Error::Invalid(_)) => return Err(Error::Conflict(Conflict::State)),
                checked => checked.and(head(tx, id).await)?,
            };
            tx.run_one(
                "UPDATE household SET version = version + 1 WHERE household_id = $1 AND version = $2",
                args![id, there.version],
            )
            .await?;
            apply(tx, &own, &actor, (id, there.version + 1), &dated, &look).await?;
            tx.run_one(
                "UPDATE household_change SET done_at = $1 WHERE household_id = $2 AND proposal_id = $3",
                args![tx.now(), id, proposal],
            )
            .await
        })
    })
}

/// The person with the name that they would have.
async fn named(
    cw: &Casework,
    actor: &Actor,
    id: HouseholdId,
    change: &Change,
) -> Result<Option<(PersonId, Person)>> {
    let Change::Name { member, name, .. } = change else { return Ok(None) };
    let mut view = cw.acting(actor).db.read().await?;
    let before = present(&mut view, &cw.keys, id, *member).await?.person;
    Ok(Some((*member, Person { name: name.clone(), ..before })))
}

async fn look_at(
    cw: &Casework,
    actor: &Actor,
    id: HouseholdId,
    named: Option<&(PersonId, Person)>,
) -> Result<Look> {
    match named {
        Some((member, person)) => look(cw, actor, id, person, Some(*member)).await,
        None => Ok(Look { likely: Vec::new(), seen: None, model: None }),
    }
}

/// Whether it can be, with the file as it is.
async fn check(tx: &mut Tx, cw: &Casework, id: HouseholdId, dated: &Dated) -> Result<()> {
    if super::merge::is_given(tx, id).await? {
        return Err(Error::Conflict(Conflict::State));
    }
    match &dated.change {
        Change::Death { member, relations } => {
            let gone = present(tx, &cw.keys, id, *member).await?;
            if dated.on < gone.person.birth.for_rules() {
                return Err(Error::Invalid("date.before"));
            }
            let others = here(tx, cw, id).await?.into_iter().filter(|other| other != member).count();
            let is_head = gone.person.relation == Relation::Head;
            let needs = if is_head { others } else { 0 };
            let heads = relations.values().filter(|one| **one == Relation::Head).count();
            if relations.len() != needs || heads != usize::from(needs > 0) || relations.contains_key(member) {
                return Err(Error::Invalid("members.relations"));
            }
            Ok(())
        }
        Change::NewHead { relations } => {
            let all = here(tx, cw, id).await?;
            if all.len() != relations.len() || !all.iter().all(|one| relations.contains_key(one)) {
                return Err(Error::Invalid("members.relations"));
            }
            match relations.values().filter(|one| **one == Relation::Head).count() {
                1 => Ok(()),
                _ => Err(Error::Invalid("members.head")),
            }
        }
        Change::Moved { area, office, .. } => {
            let pack = cw.pack()?;
            if !pack.is_dwelling_area(area) {
                return Err(Error::Invalid("area.unknown"));
            }
            if pack.office(office).is_none() {
                return Err(Error::Invalid("office.unknown"));
            }
            if head(tx, id).await?.office == *office {
                return Err(Error::Invalid("office.same"));
            }
            // What waits is decided first, by those who know it.
            let appealed = appeals::told::read(tx, id).await?.iter().any(|own| own.state.is_open());
            let all = proposals::of_household(tx, &cw.keys, id).await?;
            if appealed || all.iter().any(|own| !own.state.is_final() && own.kind != CHANGE) {
                return Err(Error::Conflict(Conflict::State));
            }
            Ok(())
        }
        Change::Name { member, name, .. } => {
            let before = present(tx, &cw.keys, id, *member).await?.person;
            if before.name == *name { Err(Error::Invalid("name.same")) } else { Ok(()) }
        }
    }
}

/// Who lives there.
async fn here(tx: &mut Tx, cw: &Casework, id: HouseholdId) -> Result<Vec<PersonId>> {
    let all = people::members(tx, &cw.keys, id).await?;
    Ok(all.into_iter().filter(|member| member.left.is_none()).map(|member| member.id).collect())
}

/// Makes the change, and what follows from it.
async fn apply(
    tx: &mut Tx,
    cw: &Casework,
    actor: &Actor,
    (id, version): (HouseholdId, i64),
    dated: &Dated,
    look: &Look,
) -> Result<()> {
    let hand = Hand::of(cw)?;
    let keys = &cw.keys;
    match &dated.change {
        Change::Death { member, relations } => {
            let gone = present(tx, keys, id, *member).await?;
            // A household has a head at every moment: the dead one is the last that leaves the place.
            if gone.person.relation == Relation::Head && !relations.is_empty() {
                let mut all = relations.clone();
                all.insert(*member, Relation::OtherRelative);
                relate(tx, keys, actor, (id, version), &all).await?;
            }
            let gone = present(tx, keys, id, *member).await?;
            take_out(tx, cw, &hand, actor, (id, version), (&gone, Leaving::Died, dated.on)).await?;
            after_death(tx, cw, actor, id, (*member, dated.on)).await
        }
        Change::NewHead { relations } => relate(tx, keys, actor, (id, version), relations).await,
        Change::Moved { area, directions, office } => {
            let before = people::contact(tx, keys, id).await?;
            let contact = Contact { area: area.clone(), directions: directions.clone(), ..before };
            people::replace_contact(tx, keys, actor, id, &contact).await?;
            index::follow(tx, &hand, id, None).await?;
            let from = head(tx, id).await?.office;
            let told = Event::new("household.moved").code("office", office).number("version", version);
            journal::append(tx, actor, id, told).await?;
            pass_on(tx, actor, id, (&from, office)).await?;
            assess_anew(tx, cw, actor, id).await
        }
        Change::Name { member, name, distinct } => {
            let before = present(tx, keys, id, *member).await?.person;
            let after = Person { name: name.clone(), ..before.clone() };
            let distinct = distinct.clone().map(|reason| Distinct { reason });
            let who = (id, *member, version);
            correct(tx, cw, &hand, actor, who, (&before, &after), distinct.as_ref(), look).await
        }
    }
}

/// Who died gets nothing from that day on; what the household has together is looked at again.
pub(super) async fn after_death(
    tx: &mut Tx,
    cw: &Casework,
    actor: &Actor,
    id: HouseholdId,
    (member, on): (PersonId, Date),
) -> Result<()> {
    let nobody_left = here(tx, cw, id).await?.is_empty();
    life::ring::died(tx, cw, id, (member.uuid(), on), nobody_left).await?;
    crate::employment::following::over(tx, cw, actor, id, (member.uuid(), "died")).await?;
    if nobody_left { Ok(()) } else { assess_anew(tx, cw, actor, id).await }
}

/// The file and the work that lies at one office goes to another.
async fn pass_on(tx: &mut Tx, actor: &Actor, id: HouseholdId, (from, to): (&str, &str)) -> Result<()> {
    tx.run_one(
        "UPDATE household SET office = $1 WHERE household_id = $2 AND office = $3",
        args![to, id, from],
    )
    .await?;
    let (old, new) = (Scope::Office(from.to_owned()), Scope::Office(to.to_owned()));
    tasks::hand_over(tx, actor, id, (&old, &new)).await?;
    for sql in [
        "UPDATE clock SET scope_code = $1 WHERE household_id = $2 AND scope_kind = 'office' AND scope_code = $3
         AND state IN ('running', 'paused', 'breached')",
        "UPDATE proposal SET scope_code = $1 WHERE household_id = $2 AND scope_kind = 'office' AND scope_code = $3
         AND state IN ('waiting', 'returned')",
        "UPDATE application SET office = $1 WHERE household_id = $2 AND office = $3
         AND state NOT IN ('closed', 'withdrawn', 'lapsed')",
        "UPDATE condition_watch SET office = $1 WHERE household_id = $2 AND office = $3",
        "UPDATE work_profile SET office = $1 WHERE household_id = $2 AND office = $3",
        "UPDATE work_plan SET office = $1 WHERE household_id = $2 AND office = $3",
        "UPDATE plan_follow_up SET office = $1 WHERE household_id = $2 AND office = $3",
    ] {
        tx.run(sql, args![to, id, from]).await?;
    }
    let task = NewTask {
        household_id: id,
        kind: "meet_household".into(),
        subject: Subject::new(HOUSEHOLD, id),
        scope: new,
        needs: Right::WorkTasks,
        priority: Priority::Normal,
        due_at: tx.now() + MEET_WITHIN,
        instructions: String::new(),
    };
    tasks::open(tx, &Actor::system(), task).await.map(drop)
}

/// Keeps that it happened. Its words, where it has any, stand in the proposal.
async fn keep(
    tx: &mut Tx,
    _: &Casework,
    actor: &Actor,
    id: HouseholdId,
    dated: &Dated,
    proposal: Option<ProposalId>,
) -> Result<()> {
    let change: Uuid = tx.new_id();
    let now = tx.now();
    tx.run(
        "INSERT INTO household_change (household_id, change_id, event, person_id, on_date, proposal_id, recorded_by,
                                       recorded_at, done_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![
            id,
            change,
            dated.change.event().code(),
            dated.change.person(),
            dated.on,
            proposal,
            actor.staff_id,
            now,
            proposal.is_none().then_some(now),
        ],
    )
    .await?;
    let told = Event::new("life_event.recorded")
        .code("event", dated.change.event().code())
        .date("on", dated.on)
        .number("signed", i64::from(proposal.is_some()));
    journal::append(tx, actor, id, told).await
}

/// A life event of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Id; papers belong to it.
    pub id: Uuid,
    /// Its name.
    pub event: LifeEvent,
    /// Who it is about, where it is about one person.
    pub person: Option<PersonId>,
    /// Since when it holds.
    pub on: Date,
    /// When it was recorded.
    pub recorded_at: OffsetDateTime,
    /// By whom.
    pub by: Option<String>,
    /// Since when it is in the file; none while it waits, or when it was not signed.
    pub done_at: Option<OffsetDateTime>,
    /// The proposal, where a second person signs.
    pub proposal: Option<(ProposalId, ProposalState)>,
}

type Row = (
    Uuid,
    String,
    Option<Uuid>,
    Date,
    OffsetDateTime,
    Option<String>,
    Option<OffsetDateTime>,
    Option<Uuid>,
    Option<String>,
);

/// The life events of a household that were recorded by name, the newest first; for who reads its file.
pub async fn of_household(cw: &Casework, actor: &Actor, id: HouseholdId) -> Result<Vec<Recorded>> {
    let mut view = cw.acting(actor).db.read().await?;
    require_reader(&mut view, actor, id).await?;
    let rows: Vec<Row> = view
        .all(
            "SELECT own.change_id, own.event, own.person_id, own.on_date, own.recorded_at, staff.name, own.done_at, own.proposal_id,
                    proposal.state
             FROM household_change AS own
             LEFT JOIN staff ON staff.id = own.recorded_by
             LEFT JOIN proposal ON proposal.household_id = own.household_id AND proposal.id = own.proposal_id
             WHERE own.household_id = $1 ORDER BY own.recorded_at DESC, own.change_id DESC LIMIT 100",
            args![id],
        )
        .await?;
    let read = |(id, event, person, on, recorded_at, by, done_at, proposal, state): Row| {
        let state: Option<ProposalState> =
            state.map(|code| code.parse()).transpose().map_err(Error::internal)?;
        Ok(Recorded {
            id,
            event: event.parse().map_err(Error::internal)?,
            person: person.map(PersonId::new),
            on,
            recorded_at,
            by,
            done_at,
            proposal: proposal.map(ProposalId::new).zip(state),
        })
    };
    rows.into_iter().map(read).collect()
}

#[cfg(test)]
mod tests;
