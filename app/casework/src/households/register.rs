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
use domain::matching::{Features, Record, Said};
use domain::pack::Pack;
use domain::pin::Pin;
use domain::reference::Reference;
use domain::registration::{Apart, Registration};
use domain::role::{Right, Scope};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::likely::{self, Likely, Look};
use super::resemblance::{Claim, SecondLook};
use super::{Distinct, Resemblance, consents, drafts, people, resemblance};
use crate::Casework;
use crate::actor::Actor;
use crate::args;
use crate::clocks::{self, AtBreach, NewClock};
use crate::crypt::Keys;
use crate::db::Tx;
use crate::error::{Conflict, Error, Result};
use crate::journal::{self, Event};
use crate::matching;
use crate::matching::index::{self, Entry};
use crate::matching::scales;
use crate::matching::verdicts::{Side, Verdict};
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
        look
    ))
}

/// [`register`] without the matcher, for people who were drawn to be different: the stop against the same identifier, name
/// and birth holds, and everybody has keys afterwards.
pub(crate) async fn register_drawn(
    cw: &Casework,
    actor: &Actor,
    office: &str,
    registration: &Registration,
) -> Result<Registered> {
    save(cw, actor, office, registration, None, Look::default()).await
}

async fn save(
    cw: &Casework,
    actor: &Actor,
    office: &str,
    registration: &Registration,
    distinct: Option<&Distinct>,
    look: Look,
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
            look: &look,
            pack: &pack,
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
    look: &'a Look,
    pack: &'a Pack,
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
        let keyer = matching::keyer(keys);
        let entries: Vec<Entry> = ids
            .iter()
            .zip(&registration.members)
            .map(|(id, member)| {
                let record = matching::record(member, &registration.contact, self.pack);
                Entry::first(*id, household, Features::of(&record, &keyer), &keyer)
            })
            .collect();
        index::put(tx, &keyer, &entries, self.look.seen.as_ref()).await?;
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
        let second_look = SecondLook::new(office, self.law, self.calendar, tx);
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
            matching::verdicts::keep(tx, self.actor, &verdict).await?;
        }
        Ok(())
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

/// Whether a word is about this likeness. A number is one person's, whatever is said.
fn is_about(apart: &Apart, other: &Resemblance) -> bool {
    apart.member == other.member && apart.person == other.person && other.by.may_be_two()
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
            args![pin_hash(&keys, application, &pin), household, application],
        )
        .await?;
        journal::append(tx, &actor, household, Event::new("pin.renewed").id("application", application)).await?;
        Ok(pin)
    })
    .await
}
