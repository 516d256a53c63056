//! From one household to another: who leaves the one joins the other in the same moment, with numbers, name, what was said
//! of them beside others, what is decided and runs for them alone, and everything by which the matcher finds them. There is
//! then one record of the person that is looked for, in the household where they live; the other stays among those who left,
//! and says where to (`person_moved`).
//!
//! [`move_member`] is for a household that is there, [`super::splitting`] for one that is formed by it; both call [`pass`].

use domain::household::{Leaving, MOST_MEMBERS, Person, Relation};
use domain::ids::{HouseholdId, PersonId};
use domain::reference::Reference;
use domain::role::{Right, Scope};
use domain::task::Priority;
use time::Date;
use uuid::Uuid;

use super::people::Member;
use super::resemblance::Claim;
use super::{begin_change, edit, head, merge, people};
use crate::Casework;
use crate::actor::Actor;
use crate::args;
use crate::db::Tx;
use crate::enrolments;
use crate::error::{Error, Result};
use crate::journal::{self, Event};
use crate::matching::index::{self, Hand};
use crate::matching::verdicts;
use crate::subject::Subject;
use crate::tasks::{self, NewTask};

/// Who moves, where to, and as what.
#[derive(Debug, Clone)]
pub struct Move {
    /// The member who leaves; not the head.
    pub member: PersonId,
    /// The reference of the household that they join.
    pub to: Reference,
    /// The relation to the head there; not the head.
    pub relation: Relation,
    /// Since when.
    pub on: Date,
}

/// Moves a member to another household, both of whose files the actor may change; where they are now, and as whom.
/// `version` is the household's that they leave. `Invalid("to.unknown")` when no other household has the reference.
pub async fn move_member(
    cw: &Casework,
    actor: &Actor,
    id: HouseholdId,
    version: i64,
    moving: &Move,
) -> Result<(HouseholdId, PersonId)> {
    if moving.relation == Relation::Head {
        return Err(Error::Invalid("relation.head"));
    }
    if moving.on > cw.today() {
        return Err(Error::Invalid("date.future"));
    }
    let cw = &cw.acting(actor);
    let (hand, actor, moving, casework) = (Hand::of(cw)?, actor.clone(), moving.clone(), cw.clone());
    cw.write(async move |tx| {
        let keys = &hand.keys;
        let version = begin_change(tx, &actor, id, version).await?;
        let gone = edit::present(tx, keys, id, moving.member).await?;
        if gone.person.relation == Relation::Head {
            return Err(Error::Invalid("relation.head"));
        }
        let to = destination(tx, id, &moving.to).await?;
        let joined = head(tx, to).await?.version;
        let joined = begin_change(tx, &actor, to, joined).await?;
        let there = people::members(tx, keys, to).await?;
        if there.iter().filter(|member| member.left.is_none()).count() >= MOST_MEMBERS {
            return Err(Error::Invalid("members.many"));
        }
        let member: PersonId = tx.new_id();
        let passing = Passing { from: id, to, member, relation: moving.relation, on: moving.on };
        pass(tx, &hand, &actor, &gone, &passing).await?;
        merge::along(tx, id, to, &[(moving.member, member)]).await?;
        index::follow(tx, &hand, to, None).await?;
        let left = Event::new("member.left")
            .id("person", moving.member)
            .code("leaving", Leaving::MovedOut.code())
            .number("version", version);
        journal::append(tx, &actor, id, left).await?;
        let added = Event::new("member.added").id("person", member).number("version", joined);
        journal::append(tx, &actor, to, added).await?;
        assess_anew(tx, &casework, &actor, id).await?;
        Ok((to, member))
    })
    .await
}

/// The household of a reference, when it is another one.
async fn destination(tx: &mut Tx, from: HouseholdId, reference: &Reference) -> Result<HouseholdId> {
    let to: Option<Uuid> =
        tx.value("SELECT household_id FROM reference WHERE symbols = $1", args![reference.symbols()]).await?;
    to.map(HouseholdId::new).filter(|to| *to != from).ok_or(Error::Invalid("to.unknown"))
}

/// From where to where, and as whom.
pub(super) struct Passing {
    pub from: HouseholdId,
    pub to: HouseholdId,
    /// The new record of the person.
    pub member: PersonId,
    pub relation: Relation,
    pub on: Date,
}

/// Ends a membership and begins the other one. The caller writes the new state of whoever lives there for the matcher
/// (`index::follow`), and tells the journals.
pub(super) async fn pass(
    tx: &mut Tx,
    hand: &Hand,
    actor: &Actor,
    gone: &Member,
    passing: &Passing,
) -> Result<()> {
    let keys = &hand.keys;
    let Passing { from, to, member, relation, on } = *passing;
    // Nobody leaves before they came.
    let on = on.max(gone.from);
    tx.run_one(
        "UPDATE membership SET until_date = $1, leaving = $2 \
         WHERE household_id = $3 AND person_id = $4 AND until_date IS NULL",
        args![on, Leaving::MovedOut.code(), from, gone.id],
    )
    .await?;
    let before = Claim { household: from, id: gone.id, person: &gone.person };
    before.release_likeness(tx, keys).await?;
    for identifier in &gone.person.identifiers {
        before.release_identifier(tx, keys, identifier).await?;
        people::end_identifier(tx, from, gone.id, identifier).await?;
    }
    let person = Person { relation, ..gone.person.clone() };
    // The numbers were just given back; the name may have passed to a namesake who was let pass before.
    Claim::all(tx, keys, &[Claim { household: to, id: member, person: &person }]).await?;
    people::add_people(tx, keys, actor, to, &[(member, &person)], on).await?;
    index::hand_over(tx, hand, gone.id, (to, member)).await?;
    verdicts::hand_over(tx, (from, gone.id), (to, member)).await?;
    tx.run(
        "INSERT INTO person_moved (household_id, person_id, to_household_id, to_person_id, at, by_staff) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (household_id, person_id) DO UPDATE SET \
         to_household_id = excluded.to_household_id, to_person_id = excluded.to_person_id, at = excluded.at, \
         by_staff = excluded.by_staff",
        args![from, gone.id, to, member, tx.now(), actor.staff_id],
    )
    .await?;
    Ok(())
}

/// Asks for a new assessment of a household that became smaller, where it gets something or waits for it as a household:
/// that was worked out with those who left. Nothing ends by itself.
pub(super) async fn assess_anew(
    tx: &mut Tx,
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
) -> Result<()> {
    let enrolments = enrolments::of_household(tx, household).await?;
    if !enrolments.iter().any(|one| one.person.is_none() && (one.is_running() || one.is_waiting())) {
        return Ok(());
    }
    let office = head(tx, household).await?.office;
    let term = cw.pack()?.about.law.decide_within.term;
    let task = NewTask {
        household_id: household,
        kind: "assess_anew".into(),
        subject: Subject::new("household", household),
        due_at: cw.office_calendar(&office)?.due_at(tx.here(tx.now()), term),
        scope: Scope::Office(office),
        needs: Right::WorkTasks,
        priority: Priority::Normal,
        instructions: String::new(),
    };
    tasks::open(tx, actor, task).await.map(drop)
}

/// Where somebody of a file came from or went to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tie {
    /// The person of this file.
    pub person: PersonId,
    /// Whether they went there; else they came from there.
    pub went: bool,
    /// The other household.
    pub household: HouseholdId,
    /// Its reference, when the actor may open the file.
    pub reference: Option<Reference>,
}

#[derive(sqlx::FromRow)]
struct TieRow {
    person_id: Uuid,
    went: bool,
    other: Uuid,
    reference: String,
    office: String,
}

/// The files that people of this one came from or went to, for who may read it.
pub async fn ties(cw: &Casework, actor: &Actor, id: HouseholdId) -> Result<Vec<Tie>> {
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    super::file::require_reader(&mut view, actor, id).await?;
    let rows: Vec<TieRow> = view
        .all(
            "SELECT m.person_id, 1 = 1 AS went, m.to_household_id AS other, h.reference, h.office FROM person_moved m \
             JOIN household h ON h.household_id = m.to_household_id WHERE m.household_id = $1 \
             UNION ALL SELECT m.to_person_id, 1 = 0, m.household_id, h.reference, h.office FROM person_moved m \
             JOIN household h ON h.household_id = m.household_id WHERE m.to_household_id = $1",
            args![id],
        )
        .await?;
    rows.into_iter()
        .map(|row| {
            let may_open = actor.may_in(Right::OpenFile, &Scope::Office(row.office));
            let reference = may_open.then(|| Reference::parse(&row.reference)).transpose();
            Ok(Tie {
                person: PersonId::new(row.person_id),
                went: row.went,
                household: HouseholdId::new(row.other),
                reference: reference.map_err(Error::internal)?,
            })
        })
        .collect()
}
