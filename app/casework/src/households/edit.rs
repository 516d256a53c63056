//! Changing a household: contact, members, head.
//!
//! Each change names the version of the household it was made on and gives the new one; `Stale` when somebody was
//! faster. What is replaced is kept as an older version. The journal tells which fields changed, never what they said.

use std::collections::BTreeMap;

use domain::household::{Contact, Leaving, MOST_MEMBERS, Person, Relation};
use domain::ids::{HouseholdId, PersonId};
use domain::life_event::LifeEvent;
use domain::phone::Phone;
use time::Date;

use super::likely::{self, Likely, Look};
use super::people::Member;
use super::resemblance::{Claim, SecondLook};
use super::{Distinct, Likeness, Resemblance, begin_change, changes, people, resemblance};
use crate::Casework;
use crate::actor::Actor;
use crate::args;
use crate::crypt::Keys;
use crate::db::Tx;
use crate::error::{Conflict, Error, Result};
use crate::journal::{self, Event};
use crate::matching;
use crate::matching::index::{self, Hand};
use crate::tracking::phone;

/// Changes address, phone, language. Gives the new version.
pub async fn change_contact(
    cw: &Casework,
    actor: &Actor,
    id: HouseholdId,
    version: i64,
    contact: &Contact,
) -> Result<i64> {
    let cw = &cw.acting(actor);
    let (keys, actor, contact, hand) = (cw.keys.clone(), actor.clone(), contact.clone(), Hand::of(cw)?);
    cw.write(async move |tx| {
        let version = begin_change(tx, &actor, id, version).await?;
        let before = people::contact(tx, &keys, id).await?;
        people::replace_contact(tx, &keys, &actor, id, &contact).await?;
        index::follow(tx, &hand, id, None).await?;
        if before.phone != contact.phone {
            // Who stands at the counter says what the number is.
            phone::end_waiting(tx, &actor, id, "stopped").await?;
        }
        let changed = names(&[
            ("area", before.area != contact.area),
            ("directions", before.directions != contact.directions),
            ("phone", before.phone != contact.phone),
            ("language", before.language != contact.language),
            ("safe_contact", before.safe_contact != contact.safe_contact),
        ]);
        let told = Event::new("contact.changed").fields(&changed).number("version", version);
        journal::append(tx, &actor, id, told).await?;
        Ok(version)
    })
    .await
}

/// A number that the household asked for by itself holds from now on.
pub(crate) async fn follow_phone(tx: &mut Tx, cw: &Casework, id: HouseholdId, phone: Phone) -> Result<()> {
    let before = people::contact(tx, &cw.keys, id).await?;
    let contact = Contact { phone: Some(phone), ..before };
    let (actor, hand) = (Actor::applicant(), Hand::of(cw)?);
    people::replace_contact(tx, &cw.keys, &actor, id, &contact).await?;
    index::follow(tx, &hand, id, None).await?;
    let version: Option<i64> = tx
        .value(
            "UPDATE household SET version = version + 1 WHERE household_id = $1 RETURNING version",
            args![id],
        )
        .await?;
    let told =
        Event::new("contact.changed").fields(&["phone"]).number("version", version.ok_or(Error::NotFound)?);
    journal::append(tx, &actor, id, told).await
}

/// Changes what holds of a present member. Who the head is does not change here ([`new_head`]).
/// `Conflict::Registered` as in registration. Gives the new version.
pub async fn change_member(
    cw: &Casework,
    actor: &Actor,
    id: HouseholdId,
    version: i64,
    member: PersonId,
    person: &Person,
    distinct: Option<&Distinct>,
) -> Result<i64> {
    likely::looked!(look(cw, actor, id, person, Some(member)), |look| save_member(
        cw,
        actor,
        (id, version, member),
        person,
        distinct,
        look
    ))
}

async fn save_member(
    cw: &Casework,
    actor: &Actor,
    (id, version, member): (HouseholdId, i64, PersonId),
    person: &Person,
    distinct: Option<&Distinct>,
    look: Look,
) -> Result<i64> {
    let cw = &cw.acting(actor);
    let (casework, actor, person, distinct) = (cw.clone(), actor.clone(), person.clone(), distinct.cloned());
    let hand = Hand::of(cw)?;
    cw.write(async move |tx| {
        let version = begin_change(tx, &actor, id, version).await?;
        let before = present(tx, &casework.keys, id, member).await?.person;
        if before.name != person.name && is_signed(&casework, LifeEvent::Name) {
            return Err(Error::Invalid("name.signed"));
        }
        let who = (id, member, version);
        correct(tx, &casework, &hand, &actor, who, (&before, &person), distinct.as_ref(), &look).await?;
        Ok(version)
    })
    .await
}

/// Whether the pack has this signed by a second person: then [`super::changes`] is the only way to it.
pub(super) fn is_signed(cw: &Casework, event: LifeEvent) -> bool {
    cw.pack().is_ok_and(|pack| pack.about.life_events.is_signed(event))
}

/// Writes what holds of a member from now on.
#[expect(clippy::too_many_arguments, reason = "who, what before and after, and what was seen beside it")]
pub(super) async fn correct(
    tx: &mut Tx,
    casework: &Casework,
    hand: &Hand,
    actor: &Actor,
    (id, member, version): (HouseholdId, PersonId, i64),
    (before, person): (&Person, &Person),
    distinct: Option<&Distinct>,
    look: &Look,
) -> Result<()> {
    let keys = &casework.keys;
    if (before.relation == Relation::Head) != (person.relation == Relation::Head) {
        return Err(Error::Invalid("relation.head"));
    }
    let (old, new) =
        (Claim { household: id, id: member, person: before }, Claim { household: id, id: member, person });
    let mut free = before.resembles(person) || new.likeness(tx, keys).await?;
    for identifier in person.identifiers.iter().filter(|own| !before.identifiers.contains(own)) {
        free &= new.identifier(tx, keys, identifier).await?;
    }
    // A change that leaves who it is as it was is not the moment to ask who it is.
    let is_same = (&before.name, before.birth, before.sex, &before.identifiers)
        == (&person.name, person.birth, person.sex, &person.identifiers);
    let likely: &[Likely] = if is_same { &[] } else { &look.likely };
    let mut words = Vec::new();
    if !free || !likely.is_empty() {
        let same = before.resembles(person);
        words = stop_or_keep(tx, casework, actor, &new, (same, likely), distinct).await?;
    }
    people::replace_person(tx, actor, id, member, person).await?;
    if !before.resembles(person) {
        old.release_likeness(tx, keys).await?;
    }
    for gone in before.identifiers.iter().filter(|own| !person.identifiers.contains(own)) {
        people::end_identifier(tx, id, member, gone).await?;
        old.release_identifier(tx, keys, gone).await?;
    }
    let new: Vec<_> = person
        .identifiers
        .iter()
        .filter(|own| !before.identifiers.contains(own))
        .map(|own| (member, own))
        .collect();
    people::add_identifiers(tx, keys, actor, id, &new).await?;
    index::follow(tx, hand, id, look.seen.as_ref()).await?;
    keep_words(tx, actor, (id, member), &words, (likely, distinct)).await?;
    let changed = names(&[
        ("name", before.name != person.name),
        ("sex", before.sex != person.sex),
        ("birth", before.birth != person.birth),
        ("relation", before.relation != person.relation),
        ("identifiers", before.identifiers != person.identifiers),
    ]);
    let told = Event::new("member.changed").id("person", member).fields(&changed).number("version", version);
    journal::append(tx, actor, id, told).await
}

/// Adds a member, from a day on. Gives who it is and the new version.
pub async fn add_member(
    cw: &Casework,
    actor: &Actor,
    id: HouseholdId,
    version: i64,
    person: &Person,
    from: Date,
    distinct: Option<&Distinct>,
) -> Result<(PersonId, i64)> {
    let cw = &cw.acting(actor);
    if person.relation == Relation::Head {
        return Err(Error::Invalid("relation.head"));
    }
    if from > cw.today() {
        return Err(Error::Invalid("date.future"));
    }
    likely::looked!(look(cw, actor, id, person, None), |look| save_new_member(
        cw,
        actor,
        (id, version),
        person,
        from,
        (distinct, look)
    ))
}

async fn save_new_member(
    cw: &Casework,
    actor: &Actor,
    (id, version): (HouseholdId, i64),
    person: &Person,
    from: Date,
    (distinct, look): (Option<&Distinct>, Look),
) -> Result<(PersonId, i64)> {
    let (casework, actor, person, distinct) = (cw.clone(), actor.clone(), person.clone(), distinct.cloned());
    let hand = Hand::of(cw)?;
    cw.write(async move |tx| {
        let keys = &casework.keys;
        let version = begin_change(tx, &actor, id, version).await?;
        let count =
            people::members(tx, keys, id).await?.iter().filter(|member| member.left.is_none()).count();
        if count >= MOST_MEMBERS {
            return Err(Error::Invalid("members.many"));
        }
        let member: PersonId = tx.new_id();
        let claim = Claim { household: id, id: member, person: &person };
        let mut words = Vec::new();
        if Claim::all(tx, keys, &[claim]).await? != [true] || !look.likely.is_empty() {
            let likely = (false, look.likely.as_slice());
            words = stop_or_keep(tx, &casework, &actor, &claim, likely, distinct.as_ref()).await?;
        }
        people::add_people(tx, keys, &actor, id, &[(member, &person)], from).await?;
        index::follow(tx, &hand, id, look.seen.as_ref()).await?;
        keep_words(tx, &actor, (id, member), &words, (&look.likely, distinct.as_ref())).await?;
        let told = Event::new("member.added").id("person", member).number("version", version);
        journal::append(tx, &actor, id, told).await?;
        Ok((member, version))
    })
    .await
}

/// Ends a membership. The head leaves only after another is named. Who moved out or was entered by mistake can be
/// registered elsewhere; who died cannot. Gives the new version.
pub async fn remove_member(
    cw: &Casework,
    actor: &Actor,
    id: HouseholdId,
    version: i64,
    member: PersonId,
    leaving: Leaving,
    on: Date,
) -> Result<i64> {
    let cw = &cw.acting(actor);
    if on > cw.today() {
        return Err(Error::Invalid("date.future"));
    }
    if leaving == Leaving::Died && is_signed(cw, LifeEvent::Death) {
        return Err(Error::Invalid("leaving.signed"));
    }
    let (casework, actor, hand) = (cw.clone(), actor.clone(), Hand::of(cw)?);
    cw.write(async move |tx| {
        let version = begin_change(tx, &actor, id, version).await?;
        let gone = present(tx, &casework.keys, id, member).await?;
        if gone.person.relation == Relation::Head {
            return Err(Error::Invalid("relation.head"));
        }
        take_out(tx, &casework, &hand, &actor, (id, version), (&gone, leaving, on)).await?;
        if leaving == Leaving::Died {
            changes::after_death(tx, &casework, &actor, id, (member, on)).await?;
        }
        Ok(version)
    })
    .await
}

/// Ends a membership.
pub(super) async fn take_out(
    tx: &mut Tx,
    cw: &Casework,
    hand: &Hand,
    actor: &Actor,
    (id, version): (HouseholdId, i64),
    (gone, leaving, on): (&Member, Leaving, Date),
) -> Result<()> {
    let keys = &cw.keys;
    tx.run_one(
        "UPDATE membership SET until_date = $1, leaving = $2 \
         WHERE household_id = $3 AND person_id = $4 AND until_date IS NULL",
        args![on.max(gone.from), leaving.code(), id, gone.id],
    )
    .await?;
    if leaving == Leaving::EnteredByMistake {
        index::forget(tx, hand, gone.id).await?;
    }
    if leaving != Leaving::Died {
        let claim = Claim { household: id, id: gone.id, person: &gone.person };
        claim.release_likeness(tx, keys).await?;
        for identifier in &gone.person.identifiers {
            claim.release_identifier(tx, keys, identifier).await?;
        }
    }
    let told = Event::new("member.left")
        .id("person", gone.id)
        .code("leaving", leaving.code())
        .number("version", version);
    journal::append(tx, actor, id, told).await
}

/// Names the head and everybody's relation to them: all present members, exactly one head. Gives the new version.
pub async fn new_head(
    cw: &Casework,
    actor: &Actor,
    id: HouseholdId,
    version: i64,
    relations: &BTreeMap<PersonId, Relation>,
) -> Result<i64> {
    let cw = &cw.acting(actor);
    if relations.values().filter(|relation| **relation == Relation::Head).count() != 1 {
        return Err(Error::Invalid("members.head"));
    }
    if is_signed(cw, LifeEvent::NewHead) {
        return Err(Error::Invalid("head.signed"));
    }
    let (keys, actor, relations) = (cw.keys.clone(), actor.clone(), relations.clone());
    cw.write(async move |tx| {
        let version = begin_change(tx, &actor, id, version).await?;
        relate(tx, &keys, &actor, (id, version), &relations).await?;
        Ok(version)
    })
    .await
}

/// Writes who is the head and what everybody is to them. `Invalid("members.relations")` unless it is said of everybody who
/// is there, `Invalid("members.head")` without a head.
pub(super) async fn relate(
    tx: &mut Tx,
    keys: &Keys,
    actor: &Actor,
    (id, version): (HouseholdId, i64),
    relations: &BTreeMap<PersonId, Relation>,
) -> Result<()> {
    let mut members = people::members(tx, keys, id).await?;
    members.retain(|member| member.left.is_none());
    if members.len() != relations.len() || !members.iter().all(|member| relations.contains_key(&member.id)) {
        return Err(Error::Invalid("members.relations"));
    }
    // The old head first: a household has never two, not even within this unit of work.
    members.sort_by_key(|member| member.person.relation != Relation::Head);
    let mut head = None;
    for member in &mut members {
        let relation = relations[&member.id];
        if relation == Relation::Head {
            head = Some(member.id);
        }
        if relation != member.person.relation {
            member.person.relation = relation;
            people::replace_person(tx, actor, id, member.id, &member.person).await?;
        }
    }
    let head = head.ok_or(Error::Invalid("members.head"))?;
    let told = Event::new("head.changed").id("person", head).number("version", version);
    journal::append(tx, actor, id, told).await
}

/// A present member, or `NotFound`.
pub(super) async fn present(
    tx: &mut Tx,
    keys: &Keys,
    household: HouseholdId,
    member: PersonId,
) -> Result<Member> {
    people::members(tx, keys, household)
        .await?
        .into_iter()
        .find(|other| other.id == member && other.left.is_none())
        .ok_or(Error::NotFound)
}

/// Looks for somebody who is very likely this person; `but` is the one who is corrected.
pub(super) async fn look(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    person: &Person,
    but: Option<PersonId>,
) -> Result<Look> {
    let cw = &cw.acting(actor);
    let contact = people::contact(&mut cw.db.read().await?, &cw.keys, household).await?;
    likely::look(cw, actor, &[matching::record(person, &contact, &*cw.pack()?)], but).await
}

/// After a claim that failed, or when the matcher knows somebody: stops the save, or gives what the officer's word is
/// about. A likeness that was there before the change was let pass then (`same_likeness`), and a pair once settled is not
/// asked about again.
async fn stop_or_keep(
    tx: &mut Tx,
    cw: &Casework,
    actor: &Actor,
    claim: &Claim<'_>,
    (same_likeness, likely): (bool, &[Likely]),
    distinct: Option<&Distinct>,
) -> Result<Vec<Resemblance>> {
    let mut alike = claim.look(tx, &cw.keys, actor, 0).await?;
    for one in likely {
        if !alike.iter().any(|other| other.person == one.resemblance.person) {
            alike.push(one.resemblance.clone());
        }
    }
    let mut open = Vec::new();
    for other in alike {
        let was_there = same_likeness && other.by == Likeness::NameAndBirth;
        let settled = other.by.may_be_two()
            && (was_there || resemblance::is_settled(tx, claim.household, claim.id, &other).await?);
        if !settled {
            open.push(other);
        }
    }
    let stopping = resemblance::stopping(&open, distinct);
    if !stopping.is_empty() {
        return Err(Error::Conflict(Conflict::Registered(stopping)));
    }
    if let Some(distinct) = distinct {
        let office = super::head(tx, claim.household).await?.office;
        let second_look = SecondLook::new(&office, &cw.pack()?.about.law, &cw.office_calendar(&office)?, tx);
        for other in &open {
            second_look.ask(tx, actor, claim.household, claim.id, other, distinct).await?;
        }
    }
    Ok(open)
}

/// Keeps the officer's word for the matcher and for whoever looks at the pair; after the person's features are written.
async fn keep_words(
    tx: &mut Tx,
    actor: &Actor,
    own: (HouseholdId, PersonId),
    words: &[Resemblance],
    (likely, distinct): (&[Likely], Option<&Distinct>),
) -> Result<()> {
    let Some(distinct) = distinct else { return Ok(()) };
    for other in words {
        let likely = likely.iter().find(|one| one.resemblance == *other);
        if let Some(likely) = likely {
            likely::note(tx, own, likely).await?;
        }
        likely::set_apart(tx, actor, own, other, (distinct, likely)).await?;
    }
    Ok(())
}

fn names(changed: &[(&'static str, bool)]) -> Vec<&'static str> {
    changed.iter().filter(|(_, is)| *is).map(|(name, _)| *name).collect()
}
