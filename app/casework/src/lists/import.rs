//! Registering what was accepted: household by household, by the ordinary use case, in the name of the officer who asked for
//! it. A household's id is made from the list's and its own number, so that one begun twice is registered once.
//!
//! Consent: the family has not been asked by us. It is recorded as given through the partner under the agreement, for the
//! agency of the list's office alone; every other agency waits for the family's own word.

use domain::household::{ConsentGiven, ConsentHow, MOST_MEMBERS, Person, Relation};
use domain::ids::{HouseholdId, ListId, PersonId, StaffId};
use domain::lists::course::ListEvent;
use domain::lists::{Entry, Outcome};
use domain::registration::{Apart, ContactForm, Registration};
use domain::role::{Right, Scope};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::store::{self, BLOCK};
use super::work::Hold;
use super::{List, own, step};
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::households::register::register;
use crate::{Casework, args, staff};

/// Families looked up at a time.
const BATCH: i64 = 100;

/// Asks for everything that was accepted to be registered.
pub async fn import(cw: &Casework, actor: &Actor, id: ListId, version: i64) -> Result<()> {
    let cw = &cw.acting(actor);
    let actor = actor.clone();
    cw.write(async move |tx| {
        let list = own(tx, &actor, id).await?;
        actor.require(Right::RegisterHousehold, &Scope::Office(list.office.clone()))?;
        step(tx, &actor, &list, version, ListEvent::Import).await?;
        tx.run("UPDATE partner_list SET started_by = $1 WHERE list_id = $2", args![actor.staff_id, id])
            .await?;
        Ok(())
    })
    .await
}

/// The id of a list's household: the same whenever it is made.
fn household_id(list: ListId, family: i64) -> HouseholdId {
    let digest = Sha256::new()
        .chain_update(b"guichet partner list household 1")
        .chain_update(list.uuid().as_bytes())
        .chain_update(family.to_be_bytes())
        .finalize();
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    HouseholdId::new(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

/// Registers; ends in `imported`.
pub(super) async fn run(hold: &Hold, list: &List) -> Result<()> {
    let cw = &hold.cw;
    let by: Option<Uuid> = cw
        .db
        .value("SELECT started_by FROM partner_list WHERE list_id = $1", args![list.id])
        .await?
        .flatten();
    let actor = match by {
        Some(by) => staff::actor(cw, StaffId::new(by)).await?,
        None => None,
    };
    let (mut after, mut done) = (-1, 0);
    loop {
        let families: Vec<(i64,)> = cw
            .db
            .all(
                "SELECT DISTINCT family FROM partner_list_row WHERE list_id = $1 AND family > $2 AND outcome = '' \
                 AND choice IN ('register', 'other') ORDER BY family LIMIT $3",
                args![list.id, after, BATCH],
            )
            .await?;
        if families.is_empty() {
            break;
        }
        for (family,) in families {
            let outcome = match &actor {
                Some(actor) => one(cw, actor, list, family).await?,
                // The account is closed: nobody answers for it.
                None => Outcome::Refused,
            };
            (after, done) = (family, done + 1);
            let (mine, id) = (hold.clone(), list.id);
            let going = cw
                .write(async move |tx| {
                    if !mine.at_in(tx, "registering", done).await? {
                        return Ok(false);
                    }
                    tx.run(
                        "UPDATE partner_list_row SET outcome = $1 WHERE list_id = $2 AND family = $3 AND outcome = '' \
                         AND choice IN ('register', 'other')",
                        args![outcome.code(), id, family],
                    )
                    .await?;
                    Ok(true)
                })
                .await?;
            if !going {
                return Ok(());
            }
        }
    }
    let mine = hold.clone();
    cw.write(async move |tx| {
        if mine.holds(tx).await? {
            let list = super::read(tx, mine.list).await?.ok_or(Error::NotFound)?;
            step(tx, &Actor::system(), &list, list.version, ListEvent::Finish).await?;
            store::forget(tx, mine.list).await?;
        }
        Ok(())
    })
    .await
}

/// Registers one household of the list; what stops it is told and stops nothing else.
async fn one(cw: &Casework, actor: &Actor, list: &List, family: i64) -> Result<Outcome> {
    let rows: Vec<(i64, Option<Uuid>)> = cw
        .db
        .all(
            "SELECT place, found_person FROM partner_list_row WHERE list_id = $1 AND family = $2 AND usable \
             AND choice IN ('register', 'other') ORDER BY place",
            args![list.id, family],
        )
        .await?;
    let (mut entries, mut apart) = (Vec::new(), Vec::new());
    let mut view = cw.db.read().await?;
    for (place, found) in rows {
        let place = u32::try_from(place).map_err(Error::internal)?;
        let block = store::block(&mut view, &cw.keys, list.id, place / BLOCK).await?;
        let entry = usize::try_from(place % BLOCK).ok().and_then(|at| block.into_iter().nth(at)).flatten();
        let Some(entry) = entry else { continue };
        // The officer has said of this row that it is somebody else.
        apart.extend(found.map(|person| Apart {
            member: entries.len(),
            person: PersonId::new(person),
            reason: format!("{} ({})", list.partner, list.agreement),
        }));
        entries.push(entry);
    }
    drop(view);
    let Some(mut registration) = registration(cw, list, family, &entries)? else {
        return Ok(Outcome::Refused);
    };
    registration.apart = apart;
    match register(cw, actor, &list.office, &registration, None).await {
        Ok(_) => Ok(Outcome::Registered),
        Err(Error::Conflict(_)) => Ok(Outcome::Stopped),
        Err(Error::Invalid(_) | Error::Forbidden) => Ok(Outcome::Refused),
        Err(error) => Err(error),
    }
}

/// The rows of a household as a registration; none when they make none.
fn registration(cw: &Casework, list: &List, family: i64, entries: &[Entry]) -> Result<Option<Registration>> {
    let (pack, today) = (cw.pack()?, cw.today());
    let Some(mapping) = &list.mapping else { return Ok(None) };
    let Some(office) = pack.office(&list.office) else { return Ok(None) };
    if entries.is_empty() || entries.len() > MOST_MEMBERS {
        return Ok(None);
    }
    let named = entries.iter().position(|entry| entry.member.relation == Relation::Head.code());
    let head = named.unwrap_or(0);
    let mut members: Vec<Person> = Vec::with_capacity(entries.len());
    for (at, entry) in entries.iter().enumerate() {
        let mut member = entry.member.clone();
        // Who is left of a household whose head is registered already has a head of its own.
        if at == head {
            Relation::Head.code().clone_into(&mut member.relation);
        } else if member.relation.is_empty() || named.is_none() {
            Relation::OtherRelative.code().clone_into(&mut member.relation);
        }
        match member.validate(today) {
            Ok(person) => members.push(person),
            Err(_) => return Ok(None),
        }
    }
    let Some(first) = entries.get(head) else { return Ok(None) };
    let phone =
        entries.iter().map(|entry| entry.phone.as_str()).find(|phone| !phone.is_empty()).unwrap_or_default();
    let contact = ContactForm {
        area: first.area.clone(),
        directions: first.directions.chars().take(500).collect(),
        phone: phone.to_owned(),
        language: mapping.language.clone(),
        safe_contact: String::new(),
    };
    let Ok(contact) = contact.validate(&*pack) else { return Ok(None) };
    let consent = ConsentGiven {
        agencies: vec![office.agency.clone()],
        words: list.agreement.clone(),
        how: ConsentHow::PartnerAgreement,
    };
    Ok(Some(Registration {
        id: household_id(list.id, family),
        contact,
        members,
        consent_by: head,
        consent,
        apart: vec![],
    }))
}
