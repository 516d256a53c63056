//! A household becomes two: some of its members leave together and are a household of their own from then on, with a head, an
//! address, consent and an application. Who they are goes with them ([`super::moving`]); both files say where the other is.
//!
//! The head does not leave: another is named first ([`super::edit::new_head`]).

use std::collections::BTreeMap;

use domain::household::{ConsentGiven, Contact, Leaving, MOST_MEMBERS, Relation};
use domain::ids::{HouseholdId, PersonId};
use domain::role::{Right, Scope};
use time::Date;

use super::founding::{Founding, handed_in};
use super::moving::{Passing, assess_anew, pass};
use super::people::{self, Member};
use super::register::Registered;
use super::{begin_change, head, merge};
use crate::Casework;
use crate::actor::Actor;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::journal::{self, Event};
use crate::matching::index::{self, Hand};

/// Who leaves and how they live from now on.
#[derive(Debug, Clone)]
pub struct Split {
    /// The form's id becomes the new household's.
    pub id: HouseholdId,
    /// Who leaves, and what each is to the new head; exactly one is the head.
    pub leaving: BTreeMap<PersonId, Relation>,
    /// Where they live.
    pub contact: Contact,
    /// Who of them consents.
    pub consent_by: PersonId,
    /// To what: what the other household agreed to does not hold here.
    pub consent: ConsentGiven,
    /// Since when.
    pub on: Date,
}

/// Forms a household of some members of another, at the office that keeps that one's file. `version` is of the household they
/// leave. A form sent twice splits once: the second time gives what the first gave, save the PIN.
///
/// `Invalid("members.head")` unless exactly one of them is the new head, `Invalid("relation.head")` when the old head is among
/// them, `Invalid("consent.by")` when who consents is not, `NotFound` when somebody is no member any more.
pub async fn split(
    cw: &Casework,
    actor: &Actor,
    from: HouseholdId,
    version: i64,
    split: &Split,
) -> Result<Registered> {
    let cw = &cw.acting(actor);
    if split.leaving.values().filter(|relation| **relation == Relation::Head).count() != 1 {
        return Err(Error::Invalid("members.head"));
    }
    if split.leaving.len() > MOST_MEMBERS {
        return Err(Error::Invalid("members.many"));
    }
    if !split.leaving.contains_key(&split.consent_by) {
        return Err(Error::Invalid("consent.by"));
    }
    if split.on > cw.today() {
        return Err(Error::Invalid("date.future"));
    }
    let (hand, calendar) = (Hand::of(cw)?, cw.working_calendar(&split.contact.area)?);
    let (actor, split, casework) = (actor.clone(), split.clone(), cw.clone());
    cw.write(async move |tx| {
        let office = head(tx, from).await?.office;
        let place = Scope::Office(office.clone());
        actor.require(Right::RegisterHousehold, &place)?;
        actor.require(Right::EditHousehold, &place)?;
        let founding = Founding {
            keys: &hand.keys,
            actor: &actor,
            office: &office,
            law: &hand.pack.about.law,
            calendar: &calendar,
            household: split.id,
            contact: &split.contact,
            consent: &split.consent,
        };
        let Some(drawn) = founding.begin(tx).await? else { return founding.before(tx).await };
        let version = begin_change(tx, &actor, from, version).await?;
        let leaving = leaving(tx, &hand, from, &split).await?;
        let consents = leaving.iter().find(|(member, ..)| member.id == split.consent_by);
        let (_, consent_by, _) = consents.ok_or(Error::Invalid("consent.by"))?;
        let people = i64::try_from(leaving.len()).unwrap_or(i64::MAX);
        let told = Event::new("household.registered").number("members", people);
        let state = handed_in(&actor, &place)?;
        let papers = founding.papers(tx, drawn, state, *consent_by, told).await?;
        for (gone, member, relation) in &leaving {
            let passing = Passing { from, to: split.id, member: *member, relation: *relation, on: split.on };
            pass(tx, &hand, &actor, gone, &passing).await?;
        }
        let people: Vec<_> = leaving.iter().map(|(gone, member, _)| (gone.id, *member)).collect();
        merge::along(tx, from, split.id, &people).await?;
        index::follow(tx, &hand, split.id, None).await?;
        let formed = Event::new("household.formed").id("household", from);
        journal::append(tx, &actor, split.id, formed).await?;
        for (gone, ..) in &leaving {
            let left = Event::new("member.left")
                .id("person", gone.id)
                .code("leaving", Leaving::MovedOut.code())
                .number("version", version);
            journal::append(tx, &actor, from, left).await?;
        }
        let parted = Event::new("household.split").id("household", split.id).number("version", version);
        journal::append(tx, &actor, from, parted).await?;
        assess_anew(tx, &casework, &actor, from).await?;
        let decide_by = founding.start_clock(tx, papers.application).await?;
        Ok(Registered { decide_by, ..papers })
    })
    .await
}

/// Those who leave as the file has them, with their new ids and relations.
async fn leaving(
    tx: &mut Tx,
    hand: &Hand,
    from: HouseholdId,
    split: &Split,
) -> Result<Vec<(Member, PersonId, Relation)>> {
    let mut leaving = Vec::with_capacity(split.leaving.len());
    for member in people::members(tx, &hand.keys, from).await? {
        let Some(relation) = split.leaving.get(&member.id).filter(|_| member.left.is_none()) else {
            continue;
        };
        if member.person.relation == Relation::Head {
            return Err(Error::Invalid("relation.head"));
        }
        leaving.push((member, tx.new_id(), *relation));
    }
    if leaving.len() == split.leaving.len() { Ok(leaving) } else { Err(Error::NotFound) }
}
