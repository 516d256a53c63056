//! What every new household gets, whether it registers or splits off another: its row, a reference, an address, consent, an
//! application with its PIN, the first entry of its journal, and the clock that its decision keeps. The people are the
//! business of whoever founds it.

use domain::calendar::WorkingCalendar;
use domain::country::Law;
use domain::household::{ConsentGiven, Contact};
use domain::ids::{ApplicationId, HouseholdId, PersonId};
use domain::lifecycle::application::{ApplicationEvent, ApplicationState};
use domain::lifecycle::{Lifecycle, advance};
use domain::pin::Pin;
use domain::reference::Reference;
use domain::role::{Right, Scope};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::register::{DECIDE, Registered};
use super::{consents, drafts, people};
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

/// A household on its way into the registry.
pub(super) struct Founding<'a> {
    pub keys: &'a Keys,
    pub actor: &'a Actor,
    /// The office that keeps the file.
    pub office: &'a str,
    pub law: &'a Law,
    pub calendar: &'a WorkingCalendar,
    /// The form's id.
    pub household: HouseholdId,
    pub contact: &'a Contact,
    pub consent: &'a ConsentGiven,
}

#[derive(sqlx::FromRow)]
struct Before {
    application_id: Uuid,
    reference: String,
    office: String,
    date_of_claim: Date,
    submitted_at: OffsetDateTime,
}

/// The state of an application that is handed in now by this actor.
pub(super) fn handed_in(actor: &Actor, place: &Scope) -> Result<ApplicationState> {
    let hand = actor.hand(Right::RegisterHousehold, place)?;
    advance(ApplicationState::FIRST, ApplicationEvent::Submit, hand, &[])
        .map(|step| step.to)
        .map_err(|_| Error::Conflict(Conflict::State))
}

impl Founding<'_> {
    /// Writes the household's own row; `None` when it is there already. Nothing is read here or in [`Self::papers`] about
    /// what is not there yet: on PostgreSQL that would bring all who register in one another's way.
    pub async fn begin(&self, tx: &mut Tx) -> Result<Option<Reference>> {
        let reference = Reference::from_random(rand::random());
        let new = tx
            .run(
                "INSERT INTO household (household_id, reference, office, registered_at, registered_by) \
                 VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                args![self.household, reference.symbols(), self.office, tx.now(), self.actor.staff_id],
            )
            .await?;
        Ok((new == 1).then_some(reference))
    }

    /// What the same form gave before. `Conflict(Taken)` when the id is another office's household.
    pub async fn before(&self, tx: &mut Tx) -> Result<Registered> {
        let before: Before = tx
            .one(
                "SELECT application_id, reference, office, date_of_claim, submitted_at FROM application \
                 WHERE household_id = $1 ORDER BY submitted_at, application_id LIMIT 1",
                args![self.household],
            )
            .await?
            .ok_or_else(|| Error::internal("a household without an application"))?;
        if before.office != self.office {
            return Err(Error::Conflict(Conflict::Taken));
        }
        let application = ApplicationId::new(before.application_id);
        Ok(Registered {
            household: self.household,
            application,
            reference: Reference::parse(&before.reference).map_err(Error::internal)?,
            pin: None,
            date_of_claim: before.date_of_claim,
            decide_by: self.decide_by(tx, application).await?,
            at: before.submitted_at,
        })
    }

    /// Reference, address, consent, application and the first entry of the journal, which is completed with the application
    /// and the office. `decide_by` is [`Self::start_clock`]'s.
    pub async fn papers(
        &self,
        tx: &mut Tx,
        drawn: Reference,
        state: ApplicationState,
        consent_by: PersonId,
        told: Event,
    ) -> Result<Registered> {
        let Self { keys, actor, office, household, .. } = *self;
        let application: ApplicationId = tx.new_id();
        let reference = claim_reference(tx, household, application.uuid(), drawn).await?;
        if reference != drawn {
            tx.run_one(
                "UPDATE household SET reference = $1 WHERE household_id = $2",
                args![reference.symbols(), household],
            )
            .await?;
        }
        people::add_contact(tx, keys, actor, household, self.contact).await?;
        consents::add(tx, actor, household, consent_by, self.consent).await?;
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
                pin_hash(keys, application.uuid(), &pin),
            ],
        )
        .await?;
        let told = told.id("application", application).code("office", office);
        journal::begin(tx, actor, household, told).await?;
        Ok(Registered {
            household,
            application,
            reference,
            pin: Some(pin),
            date_of_claim,
            decide_by: date_of_claim,
            at: tx.now(),
        })
    }

    /// Starts the clock of the decision; when it runs out.
    pub async fn start_clock(&self, tx: &mut Tx, application: ApplicationId) -> Result<Date> {
        let decide = NewClock {
            household_id: self.household,
            kind: DECIDE.into(),
            subject: Subject::new("application", application),
            scope: Scope::Office(self.office.to_owned()),
            term: self.law.decide_within.term,
            legal_basis: self.law.decide_within.source.clone(),
            at_breach: AtBreach::Escalate,
            started_at: tx.now(),
        };
        let (_, due_at) = clocks::start(tx, self.actor, self.calendar, decide).await?;
        Ok(tx.here(due_at).date())
    }

    /// When the clock that the household started with runs out now, pauses included.
    async fn decide_by(&self, tx: &mut Tx, application: ApplicationId) -> Result<Date> {
        let clocks = clocks::of_household(tx, self.household).await?;
        clocks
            .iter()
            .find(|clock| clock.kind == DECIDE && clock.subject == Subject::new("application", application))
            .map(|clock| tx.here(clock.due_at).date())
            .ok_or_else(|| Error::internal("an application without a clock"))
    }
}

/// What is kept of a PIN. Keyed, with its holder (an application, a representative) in it: a million codes could be tried against a bare hash, and
/// equal PINs of two holders have different hashes.
pub(crate) fn pin_hash(keys: &Keys, holder: Uuid, pin: &Pin) -> [u8; 32] {
    keys.blind("application.pin", &format!("{holder}:{}", pin.reveal()))
}

/// Makes a reference lead to the household, and there to the holder of its PIN: the one that was drawn, or another while
/// somebody has it.
pub(crate) async fn claim_reference(
    tx: &mut Tx,
    household: HouseholdId,
    holder: Uuid,
    drawn: Reference,
) -> Result<Reference> {
    let mut reference = drawn;
    for _ in 0..DRAWS {
        let free = tx
            .run(
                "INSERT INTO reference (symbols, household_id, application_id) VALUES ($1, $2, $3) \
                 ON CONFLICT DO NOTHING",
                args![reference.symbols(), household, holder],
            )
            .await?;
        if free == 1 {
            return Ok(reference);
        }
        reference = Reference::from_random(rand::random());
    }
    Err(Error::internal("no free reference in eight draws"))
}
