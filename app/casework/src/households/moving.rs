//! From one household to another: who leaves the one joins the other in the same moment, with numbers, name and everything
//! by which the matcher finds them. There is then one record of the person that is looked for, in the household where they
//! live; the other stays among those who left, and says where to (`person_moved`).

use domain::household::{Leaving, MOST_MEMBERS, Person, Relation};
use domain::ids::{HouseholdId, PersonId};
use domain::reference::Reference;
use time::Date;
use uuid::Uuid;

use super::resemblance::Claim;
use super::{begin_change, edit, head, people};
use crate::Casework;
use crate::actor::Actor;
use crate::args;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::journal::{self, Event};
use crate::matching::index::{self, Hand};

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
    let (hand, actor, moving) = (Hand::of(cw)?, actor.clone(), moving.clone());
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
        tx.run_one(
            "UPDATE membership SET until_date = $1, leaving = $2 \
             WHERE household_id = $3 AND person_id = $4 AND until_date IS NULL",
            args![moving.on.max(gone.from), Leaving::MovedOut.code(), id, moving.member],
        )
        .await?;
        let before = Claim { household: id, id: moving.member, person: &gone.person };
        before.release_likeness(tx, keys).await?;
        for identifier in &gone.person.identifiers {
            before.release_identifier(tx, keys, identifier).await?;
            people::end_identifier(tx, id, moving.member, identifier).await?;
        }
        let person = Person { relation: moving.relation, ..gone.person.clone() };
        let member: PersonId = tx.new_id();
        // The numbers were just given back; the name may have passed to a namesake who was let pass before.
        Claim { household: to, id: member, person: &person }.all(tx, keys).await?;
        people::add_person(tx, &actor, to, member, &person, moving.on).await?;
        for identifier in &person.identifiers {
            people::add_identifier(tx, keys, &actor, to, member, identifier).await?;
        }
        index::hand_over(tx, &hand, moving.member, (to, member)).await?;
        index::follow(tx, &hand, to, None).await?;
        tx.run(
            "INSERT INTO person_moved (household_id, person_id, to_household_id, to_person_id, at, by_staff) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (household_id, person_id) DO UPDATE SET \
             to_household_id = excluded.to_household_id, to_person_id = excluded.to_person_id, at = excluded.at, \
             by_staff = excluded.by_staff",
            args![id, moving.member, to, member, tx.now(), actor.staff_id],
        )
        .await?;
        let left = Event::new("member.left")
            .id("person", moving.member)
            .code("leaving", Leaving::MovedOut.code())
            .number("version", version);
        journal::append(tx, &actor, id, left).await?;
        let added = Event::new("member.added").id("person", member).number("version", joined);
        journal::append(tx, &actor, to, added).await?;
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
