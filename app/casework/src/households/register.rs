//! Registering a household: everything that makes it, in one unit of work.
//!
//! The household's id is the form's, so a form sent twice registers once: the second time gives what the first gave,
//! save the PIN. Only a keyed hash of the PIN is kept; who needs it again gets a new one ([`renew_pin`]).

use domain::calendar::WorkingCalendar;
use domain::country::Law;
use domain::household::Relation;
use domain::ids::{ApplicationId, HouseholdId, PersonId};
use domain::lifecycle::application::{ApplicationEvent, ApplicationState};
use domain::lifecycle::{Lifecycle, advance};
use domain::pin::Pin;
use domain::reference::Reference;
use domain::registration::Registration;
use domain::role::{Right, Scope};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::resemblance::{Claim, SecondLook};
use super::{Distinct, consents, drafts, people, resemblance};
use crate::Casework;
use crate::actor::Actor;
use crate::args;
use crate::clocks::{self, AtBreach, NewClock};
use crate::crypt::Keys;
use crate::db::Tx;
use crate::error::{Conflict, Error, Result};
use crate::journal::{self, Event};
use crate::subject::Subject;

/// How often a reference is drawn before giving up; one in 34 thousand million is taken by each household.
const DRAWS: usize = 8;

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
/// `Conflict::Registered` when somebody in it is registered already; for the same name and birth (never for the same
/// identifier) an officer may go on by saying in `distinct` why they are two people. `Conflict::Taken` when the form's
/// id is another office's household.
pub async fn register(
    cw: &Casework,
    actor: &Actor,
    office: &str,
    registration: &Registration,
    distinct: Option<&Distinct>,
) -> Result<Registered> {
    let place = Scope::Office(office.to_owned());
    actor.require(Right::RegisterHousehold, &place)?;
    if registration.members.iter().filter(|member| member.relation == Relation::Head).count() != 1 {
        return Err(Error::Invalid("members.head"));
    }
    if registration.consent_by >= registration.members.len() {
        return Err(Error::Invalid("consent.by"));
    }
    let hand = actor.hand(Right::RegisterHousehold, &place)?;
    let submitted = advance(ApplicationState::FIRST, ApplicationEvent::Submit, hand, &[])
        .map_err(|_| Error::Conflict(Conflict::State))?
        .to;
    let (pack, calendar) = (cw.pack()?, cw.working_calendar(&registration.contact.area)?);
    let (keys, actor, office) = (cw.keys.clone(), actor.clone(), office.to_owned());
    let (registration, distinct) = (registration.clone(), distinct.cloned());
    cw.write(async move |tx| {
        let new = New {
            keys: &keys,
            actor: &actor,
            office: &office,
            law: &pack.about.law,
            calendar: &calendar,
            registration: &registration,
        };
        match new.begin(tx).await? {
            Some(reference) => new.save(tx, reference, submitted, distinct.as_ref()).await,
            None => new.registered_before(tx).await,
        }
    })
    .await
}

/// A registration on its way into the registry.
struct New<'a> {
    keys: &'a Keys,
    actor: &'a Actor,
    office: &'a str,
    law: &'a Law,
    calendar: &'a WorkingCalendar,
    registration: &'a Registration,
}

#[derive(sqlx::FromRow)]
struct Before {
    application_id: Uuid,
    reference: String,
    office: String,
    date_of_claim: Date,
    submitted_at: OffsetDateTime,
}

impl New<'_> {
    /// Writes the household's own row; `None` when it is there already. Nothing is read here or in `save` about what is
    /// not there yet: on PostgreSQL that would bring all who register in one another's way.
    async fn begin(&self, tx: &mut Tx) -> Result<Option<Reference>> {
        let reference = Reference::from_random(rand::random());
        let new = tx
            .run(
                "INSERT INTO household (household_id, reference, office, registered_at, registered_by) \
                 VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                args![self.registration.id, reference.symbols(), self.office, tx.now(), self.actor.staff_id],
            )
            .await?;
        Ok((new == 1).then_some(reference))
    }

    async fn registered_before(&self, tx: &mut Tx) -> Result<Registered> {
        let id = self.registration.id;
        let before: Before = tx
            .one(
                "SELECT application_id, reference, office, date_of_claim, submitted_at FROM application \
                 WHERE household_id = $1 ORDER BY submitted_at, application_id LIMIT 1",
                args![id],
            )
            .await?
            .ok_or_else(|| Error::internal("a household without an application"))?;
        if before.office != self.office {
            return Err(Error::Conflict(Conflict::Taken));
        }
        Ok(Registered {
            household: id,
            application: ApplicationId::new(before.application_id),
            reference: Reference::parse(&before.reference).map_err(Error::internal)?,
            pin: None,
            date_of_claim: before.date_of_claim,
            decide_by: self.decide_by(tx, ApplicationId::new(before.application_id)).await?,
            at: before.submitted_at,
        })
    }

    async fn save(
        &self,
        tx: &mut Tx,
        reference: Reference,
        state: ApplicationState,
        distinct: Option<&Distinct>,
    ) -> Result<Registered> {
        let Self { keys, actor, office, registration, .. } = *self;
        let household = registration.id;
        let ids: Vec<PersonId> = registration.members.iter().map(|_| tx.new_id()).collect();
        let mut alike = Vec::new();
        for (member, (id, person)) in ids.iter().zip(&registration.members).enumerate() {
            let claim = Claim { household, id: *id, person };
            if !claim.all(tx, keys).await? {
                let found = claim.look(tx, keys, actor, member).await?;
                if found.is_empty() {
                    // Nobody who is registered: another member of this same form.
                    return Err(Error::Invalid("members.same"));
                }
                alike.extend(found);
            }
        }
        let stopping = resemblance::stopping(&alike, distinct);
        if !stopping.is_empty() {
            return Err(Error::Conflict(Conflict::Registered(stopping)));
        }

        let application: ApplicationId = tx.new_id();
        let reference = claim_reference(tx, household, application, reference).await?;
        people::add_contact(tx, keys, actor, household, &registration.contact).await?;
        let today = tx.here(tx.now()).date();
        for (id, member) in ids.iter().zip(&registration.members) {
            people::add_person(tx, actor, household, *id, member, today).await?;
            for identifier in &member.identifiers {
                people::add_identifier(tx, keys, actor, household, *id, identifier).await?;
            }
        }
        consents::add(tx, actor, household, ids[registration.consent_by], &registration.consent).await?;

        let first_contact = drafts::finish(tx, household).await?.unwrap_or_else(|| tx.now());
        let date_of_claim = tx.here(first_contact).date();
        let pin = Pin::from_random(rand::random());
        tx.run(
            "INSERT INTO application (household_id, application_id, reference, office, state, date_of_claim, submitted_at, \
             submitted_by, pin_hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            args![
                household,
                application,
                reference.symbols(),
                office,
                state.code(),
                date_of_claim,
                tx.now(),
                actor.staff_id,
                pin_hash(keys, application, &pin),
            ],
        )
        .await?;
        let told = Event::new("household.registered")
            .id("application", application)
            .code("office", office)
            .number("members", i64::try_from(ids.len()).unwrap_or(i64::MAX))
            .number("set_apart", i64::try_from(alike.len()).unwrap_or(i64::MAX));
        journal::begin(tx, actor, household, told).await?;
        if let Some(distinct) = distinct {
            let second_look = SecondLook::new(office, self.law, self.calendar, tx);
            for other in &alike {
                second_look.ask(tx, actor, household, ids[other.member], other, distinct).await?;
            }
        }
        let decide = NewClock {
            household_id: household,
            kind: DECIDE.into(),
            subject: Subject::new("application", application),
            scope: Scope::Office(office.to_owned()),
            term: self.law.decide_within.term,
            legal_basis: self.law.decide_within.source.clone(),
            at_breach: AtBreach::Escalate,
            started_at: tx.now(),
        };
        let (_, due_at) = clocks::start(tx, actor, self.calendar, decide).await?;
        let decide_by = tx.here(due_at).date();
        Ok(Registered {
            household,
            application,
            reference,
            pin: Some(pin),
            date_of_claim,
            decide_by,
            at: tx.now(),
        })
    }

    /// When the clock that the registration started runs out now, pauses included.
    async fn decide_by(&self, tx: &mut Tx, application: ApplicationId) -> Result<Date> {
        let clocks = clocks::of_household(tx, self.registration.id).await?;
        clocks
            .iter()
            .find(|clock| clock.kind == DECIDE && clock.subject == Subject::new("application", application))
            .map(|clock| tx.here(clock.due_at).date())
            .ok_or_else(|| Error::internal("an application without a clock"))
    }
}

/// Makes the drawn reference this household's; draws again while somebody has it.
async fn claim_reference(
    tx: &mut Tx,
    household: HouseholdId,
    application: ApplicationId,
    drawn: Reference,
) -> Result<Reference> {
    let mut reference = drawn;
    for _ in 0..DRAWS {
        let free = tx
            .run(
                "INSERT INTO reference (symbols, household_id, application_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                args![reference.symbols(), household, application],
            )
            .await?;
        if free == 1 {
            if reference != drawn {
                tx.run_one(
                    "UPDATE household SET reference = $1 WHERE household_id = $2",
                    args![reference.symbols(), household],
                )
                .await?;
            }
            return Ok(reference);
        }
        reference = Reference::from_random(rand::random());
    }
    Err(Error::internal("no free reference in eight draws"))
}

/// What is kept of a PIN. Keyed, with the application in it: a million codes could be tried against a bare hash, and
/// equal PINs of two applications have different hashes.
fn pin_hash(keys: &Keys, application: ApplicationId, pin: &Pin) -> [u8; 32] {
    keys.blind("application.pin", &format!("{application}:{}", pin.reveal()))
}

/// Whether this is the application's PIN. The comparison takes the same time wherever they differ. Counting tries is the
/// caller's work.
pub fn is_pin(keys: &Keys, application: ApplicationId, pin: &Pin, kept: &[u8]) -> bool {
    let asked = pin_hash(keys, application, pin);
    kept.len() == asked.len() && asked.iter().zip(kept).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}

/// Gives the application a new PIN, for a receipt printed again; the old one opens nothing any more.
pub async fn renew_pin(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    application: ApplicationId,
) -> Result<Pin> {
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
            args![pin_hash(&keys, application, &pin), household, application],
        )
        .await?;
        journal::append(tx, &actor, household, Event::new("pin.renewed").id("application", application)).await?;
        Ok(pin)
    })
    .await
}
