//! Registering a household: everything that makes it, in one unit of work.
//!
//! The household's id is the form's, so a form sent twice registers once: the second time gives what the first gave,
//! save the PIN. Only a keyed hash of the PIN is kept; who needs it again gets a new one ([`renew_pin`]).

use domain::household::Relation;
use domain::ids::{ApplicationId, HouseholdId, PersonId};
use domain::lifecycle::application::ApplicationState;
use domain::matching::{Features, Record, Said};
use domain::notice::Kind;
use domain::pin::Pin;
use domain::reference::Reference;
use domain::registration::{Apart, Registration};
use domain::role::{Right, Scope};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::founding::{Founding, handed_in, pin_hash};
use super::likely::{self, Likely, Look};
use super::resemblance::{Claim, SecondLook};
use super::{Distinct, Resemblance, people, resemblance};
use crate::Casework;
use crate::actor::Actor;
use crate::args;
use crate::crypt::{self, Keys};
use crate::db::Tx;
use crate::error::{Conflict, Error, Result};
use crate::journal::{self, Event};
use crate::matching;
use crate::matching::index::{self, Entry, Known};
use crate::matching::scales;
use crate::matching::verdicts::{Side, Verdict};
use crate::notices::{self, Notice};
use crate::subject::Subject;

/// The kind of the clock that an application's decision keeps.
pub const DECIDE: &str = "decide";

/// What a registration gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// The household.
    pub household: HouseholdId,
    /// Its application.
    pub application: ApplicationId,
    /// The reference that stands on every paper.
    pub reference: Reference,
    /// The PIN for the tear-off strip; `None` when this form was registered before.
    pub pin: Option<Pin>,
    /// First contact: the day from which a claim counts.
    pub date_of_claim: Date,
    /// By when we must decide: the last day of the term that began with the registration.
    pub decide_by: Date,
    /// When it was registered.
    pub at: OffsetDateTime,
}

/// Registers a household at an office.
///
/// `Conflict::Registered` when somebody in it is registered already, or very likely so; for all but the same identifier an
/// officer may go on by saying in `distinct`, or of one pair in `registration.apart`, why they are two people. `Conflict::Taken` when the form's
/// id is another office's household.
pub async fn register(
    cw: &Casework,
    actor: &Actor,
    office: &str,
    registration: &Registration,
    distinct: Option<&Distinct>,
) -> Result<Registered> {
    actor.require(Right::RegisterHousehold, &Scope::Office(office.to_owned()))?;
    let pack = cw.pack()?;
    let contact = &registration.contact;
    let people: Vec<Record> =
        registration.members.iter().map(|person| matching::record(person, contact, &pack)).collect();
    likely::looked!(likely::look(cw, actor, &people, None), |look| save(
        cw,
        actor,
        office,
        registration,
        distinct,
        look,
        true
    ))
}

/// [`register`] without the matcher and without a message, for people who were drawn to be different: the stop against the same
/// identifier, name and birth holds, and everybody has keys afterwards.
pub(crate) async fn register_drawn(
    cw: &Casework,
    actor: &Actor,
    office: &str,
    registration: &Registration,
) -> Result<Registered> {
    save(cw, actor, office, registration, None, Look::default(), false).await
}

async fn save(
    cw: &Casework,
    actor: &Actor,
    office: &str,
    registration: &Registration,
    distinct: Option<&Distinct>,
    look: Look,
    is_told: bool,
) -> Result<Registered> {
    let cw = &cw.acting(actor);
    let place = Scope::Office(office.to_owned());
    actor.require(Right::RegisterHousehold, &place)?;
    if registration.members.iter().filter(|member| member.relation == Relation::Head).count() != 1 {
        return Err(Error::Invalid("members.head"));
    }
    if registration.consent_by >= registration.members.len() {
        return Err(Error::Invalid("consent.by"));
    }
    let submitted = handed_in(actor, &place)?;
    let (pack, calendar) = (cw.pack()?, cw.working_calendar(&registration.contact.area)?);
    let (keys, actor, office) = (cw.keys.clone(), actor.clone(), office.to_owned());
    let (registration, distinct) = (registration.clone(), distinct.cloned());
    // Before the unit of work, which others wait for.
    let keyer = matching::keyer(&keys);
    let known: Vec<Known> = registration
        .members
        .iter()
        .map(|member| {
            let record = matching::record(member, &registration.contact, &pack);
            Known::of(Features::of(&record, &keyer), &keyer)
        })
        .collect();
    cw.write(async move |tx| {
        let founding = Founding {
            keys: &keys,
            actor: &actor,
            office: &office,
            law: &pack.about.law,
            calendar: &calendar,
            household: registration.id,
            contact: &registration.contact,
            consent: &registration.consent,
        };
        let new = New { founding, registration: &registration, known: &known, look: &look, is_told };
        match new.founding.begin(tx).await? {
            Some(reference) => new.save(tx, reference, submitted, distinct.as_ref()).await,
            None => new.founding.before(tx).await,
        }
    })
    .await
}

/// A registration on its way into the registry.
struct New<'a> {
    founding: Founding<'a>,
    registration: &'a Registration,
    known: &'a [Known],
    look: &'a Look,
    /// Whether the household gets a message that it is registered.
    is_told: bool,
}

impl New<'_> {
    async fn save(
        &self,
        tx: &mut Tx,
        reference: Reference,
        state: ApplicationState,
        distinct: Option<&Distinct>,
    ) -> Result<Registered> {
        let Self { registration, .. } = *self;
        let Founding { keys, actor, office, household, .. } = self.founding;
        let ids: Vec<PersonId> = registration.members.iter().map(|_| tx.new_id()).collect();
        let mut alike = Vec::new();
        let claims: Vec<Claim<'_>> = ids
            .iter()
            .zip(&registration.members)
            .map(|(id, person)| Claim { household, id: *id, person })
            .collect();
        let free = Claim::all(tx, keys, &claims).await?;
        for (member, (claim, free)) in claims.iter().zip(free).enumerate() {
            if !free {
                let found = claim.look(tx, keys, actor, member).await?;
                if found.is_empty() {
                    // Nobody who is registered: another member of this same form.
                    return Err(Error::Invalid("members.same"));
                }
                alike.extend(found);
            }
        }
        let (words, likely) = self.words(&alike);
        alike.extend(likely.iter().map(|one| one.resemblance.clone()));
        let open: Vec<Resemblance> = alike
            .iter()
            .filter(|other| !words.iter().any(|(apart, _)| is_about(apart, other)))
            .cloned()
            .collect();
        let stopping = resemblance::stopping(&open, distinct);
        if !stopping.is_empty() {
            return Err(Error::Conflict(Conflict::Registered(stopping)));
        }

        let told = Event::new("household.registered")
            .number("members", i64::try_from(ids.len()).unwrap_or(i64::MAX))
            .number("set_apart", i64::try_from(alike.len()).unwrap_or(i64::MAX));
        let papers = self.founding.papers(tx, reference, state, ids[registration.consent_by], told).await?;
        let today = tx.here(tx.now()).date();
        let new: Vec<_> = ids.iter().copied().zip(&registration.members).collect();
        people::add_people(tx, keys, actor, household, &new, today).await?;
        let entries: Vec<Entry> =
            ids.iter().zip(self.known).map(|(id, known)| known.clone().entry(*id, household)).collect();
        index::put(tx, &matching::keyer(keys), &entries, self.look.seen.as_ref()).await?;
        let second_look = SecondLook::new(office, self.founding.law, self.founding.calendar, tx);
        for other in &alike {
            let word = words.iter().find(|(apart, _)| is_about(apart, other)).map(|(_, word)| word);
            let Some(word) = word.or(distinct) else { continue };
            let person = ids[other.member];
            second_look.ask(tx, actor, household, person, other, word).await?;
            let of_matcher = likely.iter().find(|one| one.resemblance == *other);
            if let Some(likely) = of_matcher {
                likely::note(tx, (household, person), likely).await?;
            }
            likely::set_apart(tx, actor, (household, person), other, (word, of_matcher)).await?;
        }
        self.keep_words(tx, &ids, &alike).await?;
        let decide_by = self.founding.start_clock(tx, papers.application).await?;
        if self.is_told {
            let about = Subject::new("application", papers.application);
            notices::put(tx, household, Notice::new(Kind::Receipt, about).on(decide_by)).await?;
        }
        Ok(Registered { decide_by, ..papers })
    }

    /// The officer's words of this form that have a reason, and whom the matcher takes for a member and nothing else does.
    fn words(&self, alike: &[Resemblance]) -> (Vec<(&Apart, Distinct)>, Vec<Likely>) {
        let with_reason = self.registration.apart.iter().filter(|apart| !apart.reason.trim().is_empty());
        let words =
            with_reason.map(|apart| (apart, Distinct { reason: apart.reason.trim().to_owned() })).collect();
        let known = |one: &Likely| {
            let own = &one.resemblance;
            alike.iter().any(|other| other.member == own.member && other.person == own.person)
        };
        (words, self.look.likely.iter().filter(|one| !known(one)).cloned().collect())
    }

    /// Keeps what was said of people who are not so alike that it takes a second look.
    async fn keep_words(&self, tx: &mut Tx, ids: &[PersonId], alike: &[Resemblance]) -> Result<()> {
        for apart in
            self.registration.apart.iter().filter(|apart| !alike.iter().any(|other| is_about(apart, other)))
        {
            let (Some(own), Some(household)) =
                (ids.get(apart.member), matching::verdicts::household_of(tx, apart.person).await?)
            else {
                continue;
            };
            let verdict = Verdict {
                pair: (
                    Side { person: *own, household: self.registration.id },
                    Side { person: apart.person, household },
                ),
                said: Said::NotSame,
                reason: apart.reason.clone(),
                model: self.look.model.unwrap_or(scales::SHIPPED),
                bits: None,
            };
            matching::verdicts::keep(tx, self.founding.actor, &verdict).await?;
        }
        Ok(())
    }
}

/// Whether a word is about this likeness. A number is one person's, whatever is said.
fn is_about(apart: &Apart, other: &Resemblance) -> bool {
    apart.member == other.member && apart.person == other.person && other.by.may_be_two()
}

/// Whether this is the PIN of the holder: an application, or somebody who acts for a household. The comparison takes the
/// same time wherever they differ. Counting tries is the caller's work.
pub fn is_pin(keys: &Keys, holder: Uuid, pin: &Pin, kept: &[u8]) -> bool {
    crypt::same(&pin_hash(keys, holder, pin), kept)
}

/// Gives the application a new PIN, for a receipt printed again; the old one opens nothing any more.
pub async fn renew_pin(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    application: ApplicationId,
) -> Result<Pin> {
    let cw = &cw.acting(actor);
    let (keys, actor) = (cw.keys.clone(), actor.clone());
    cw.write(async move |tx| {
        let office: String = tx
            .value(
                "SELECT office FROM application WHERE household_id = $1 AND application_id = $2",
                args![household, application],
            )
            .await?
            .ok_or(Error::NotFound)?;
        actor.require(Right::RegisterHousehold, &Scope::Office(office))?;
        let pin = Pin::from_random(rand::random());
        tx.run(
            "UPDATE application SET pin_hash = $1, version = version + 1 WHERE household_id = $2 AND application_id = $3",
            args![pin_hash(&keys, application.uuid(), &pin), household, application],
        )
        .await?;
        journal::append(tx, &actor, household, Event::new("pin.renewed").id("application", application)).await?;
        Ok(pin)
    })
    .await
}
