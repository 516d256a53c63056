//! Referrals: a person sent to a provider's service.
//!
//! A referral is made by a decision in the same unit of work. It goes to the place of the service directory nearest to
//! where the household lives. Where the household has not agreed that the provider's agency may see its data, it stays a
//! draft until a consent is there: nobody's data leaves without one.

mod inbox;

use std::collections::BTreeSet;

use domain::calendar::Term;
use domain::ids::{DecisionId, HouseholdId, ReferralId};
use domain::lifecycle::referral::{ReferralEvent, ReferralState};
use domain::lifecycle::{By, Guard, Lifecycle};
use domain::pack::Pack;
use domain::role::Right;
use domain::services::{Place, Provider};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::assessments::Household;
use crate::clocks::{self, AtBreach, NewClock};
use crate::db::Tx;
use crate::error::{Conflict, Error, Result};
use crate::journal::{self, Event};
use crate::step::step;
use crate::subject::Subject;
use crate::{Actor, Casework, args, tasks};

pub use inbox::{Awaited, inbox};

/// A referral.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Referral {
    /// The referral.
    pub id: ReferralId,
    /// The decision it rests on now.
    pub decision: DecisionId,
    /// The programme that refers.
    pub programme: String,
    /// The person; none when the whole household is sent.
    pub person: Option<Uuid>,
    /// The service.
    pub service: String,
    /// Who provides it; none while no place offers it.
    pub provider: Option<String>,
    /// Where.
    pub place: Option<String>,
    /// Where it stands.
    pub state: ReferralState,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// When the provider was asked.
    pub requested_at: Option<OffsetDateTime>,
    /// The row's version.
    pub version: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    referral_id: Uuid,
    decision_id: Uuid,
    programme: String,
    person_id: Option<Uuid>,
    service: String,
    provider: Option<String>,
    place: Option<String>,
    state: String,
    created_at: OffsetDateTime,
    requested_at: Option<OffsetDateTime>,
    version: i64,
}

impl Row {
    fn read(self) -> Result<Referral> {
        Ok(Referral {
            id: self.referral_id.into(),
            decision: self.decision_id.into(),
            programme: self.programme,
            person: self.person_id,
            service: self.service,
            provider: self.provider,
            place: self.place,
            state: self.state.parse().map_err(Error::internal)?,
            created_at: self.created_at,
            requested_at: self.requested_at,
            version: self.version,
        })
    }
}

impl Referral {
    /// Whether it is under way: no second one to the same service is made beside it.
    pub fn is_open(&self) -> bool {
        use ReferralState as S;
        matches!(self.state, S::Draft | S::Requested | S::Accepted | S::InProgress | S::OnHold)
    }

    /// Whether it can still be called off without anybody having begun.
    pub fn is_unanswered(&self) -> bool {
        matches!(self.state, ReferralState::Draft | ReferralState::Requested)
    }
}

/// A household's referrals, the newest first.
pub(crate) async fn of_household(tx: &mut Tx, household: HouseholdId) -> Result<Vec<Referral>> {
    let rows: Vec<Row> = tx
        .all(
            "SELECT referral_id, decision_id, programme, person_id, service, provider, place, state, created_at,
                    requested_at, version
             FROM referral WHERE household_id = $1 ORDER BY referral_id DESC",
            args![household],
        )
        .await?;
    rows.into_iter().map(Row::read).collect()
}

/// A household's referrals, the newest first: for the case page.
pub async fn list(cw: &Casework, actor: &Actor, household: HouseholdId) -> Result<Vec<Referral>> {
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    Household::for_reading(&mut view, actor, household).await?;
    of_household(&mut view, household).await
}

/// The agencies that the household has agreed may see its data.
pub(crate) async fn agreed_agencies(tx: &mut Tx, household: HouseholdId) -> Result<BTreeSet<String>> {
    let rows: Vec<(String,)> = tx
        .all("SELECT agency FROM consent WHERE household_id = $1 AND withdrawn_at IS NULL", args![household])
        .await?;
    Ok(rows.into_iter().map(|(agency,)| agency).collect())
}

/// The place nearest to an area that offers a service, with its provider.
pub(crate) fn nearest<'p>(pack: &'p Pack, service: &str, area: &str) -> Option<(&'p Place, &'p Provider)> {
    let places = pack.directory.places_near(service, area, &pack.areas);
    places.into_iter().find_map(|place| Some((place, pack.directory.provider(&place.provider)?)))
}

/// What makes a referral.
#[derive(Clone, Debug)]
pub(crate) struct Sending<'a> {
    pub household: HouseholdId,
    pub decision: DecisionId,
    pub programme: &'a str,
    pub agency: &'a str,
    pub person: Option<Uuid>,
    pub service: &'a str,
    pub area: &'a str,
}

/// Makes a referral: asked of the provider when the household agreed to its agency, a draft otherwise.
pub(crate) async fn make(
    tx: &mut Tx,
    pack: &Pack,
    agreed: &BTreeSet<String>,
    sending: &Sending<'_>,
) -> Result<(ReferralId, ReferralState)> {
    let id: ReferralId = tx.new_id();
    let found = nearest(pack, sending.service, sending.area);
    let receiver = found.and_then(|(_, provider)| provider.agency.as_deref()).unwrap_or(sending.agency);
    let state = if found.is_some() && agreed.contains(receiver) {
        step(ReferralState::FIRST, ReferralEvent::Request, By::System, &[Guard::ConsentOrOverride])?
    } else {
        ReferralState::FIRST
    };
    let requested_at = (state == ReferralState::Requested).then(|| tx.now());
    tx.run(
        "INSERT INTO referral (household_id, referral_id, decision_id, programme, person_id, service, provider, place,
                               state, created_at, requested_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        args![
            sending.household,
            id,
            sending.decision,
            sending.programme,
            sending.person,
            sending.service,
            found.map(|(_, provider)| provider.code.as_str()),
            found.map(|(place, _)| place.code.as_str()),
            state.code(),
            tx.now(),
            requested_at
        ],
    )
    .await?;
    Ok((id, state))
}

/// The noun of a referral, as subject of its clock and task.
pub(crate) const SUBJECT: &str = "referral";
/// The pack's limit for a provider's answer, by its name in `pack.toml`.
const ANSWER: &str = "referral_answer";
/// Where the pack has no such limit.
const ANSWER_WITHIN: Term = Term::WorkingDays(5);

/// Starts the clock by which the provider must answer. Silence completes nothing: it goes to the supervisor.
pub(crate) async fn await_answer(
    tx: &mut Tx,
    actor: &Actor,
    pack: &Pack,
    home: &Household,
    id: ReferralId,
) -> Result<()> {
    let calendar = pack.working_calendar(&home.area).ok_or(Error::Invalid("area.unknown"))?;
    let limit = pack.about.law.other.get(ANSWER);
    let clock = NewClock {
        household_id: home.household,
        kind: "referral_answer".into(),
        subject: Subject::new(SUBJECT, id),
        scope: home.scope(),
        term: limit.map_or(ANSWER_WITHIN, |limit| limit.term),
        legal_basis: limit.map(|limit| limit.source.clone()).unwrap_or_default(),
        at_breach: AtBreach::Escalate,
        started_at: tx.now(),
    };
    clocks::start(tx, actor, &calendar, clock).await.map(drop)
}

/// A draft as the task to send it shows it.
#[derive(Clone, Debug)]
pub struct ToSend {
    /// The referral.
    pub referral: Referral,
    /// Who is sent; the head where it is the whole household.
    pub name: String,
    /// Whether the household agreed that the provider's agency may see its data.
    pub is_agreed: bool,
    /// That agency.
    pub agency: String,
    /// The nearest place that offers the service now, with its provider.
    pub place: Option<(Place, Provider)>,
    /// Whether the actor may send it or call it off.
    pub may: bool,
}

impl ToSend {
    /// Whether [`send`] would be taken.
    pub fn can_go(&self) -> bool {
        self.may && self.is_agreed && self.place.is_some()
    }
}

/// A draft that waits to be sent; `None` when there is none with this id, or it is sent already.
pub async fn to_send(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    referral: ReferralId,
) -> Result<Option<ToSend>> {
    let cw = &cw.acting(actor);
    let pack = cw.pack()?;
    let mut view = cw.db.read().await?;
    let (home, _) = Household::for_reading(&mut view, actor, household).await?;
    let may = actor.may_in(Right::Assess, &home.scope());
    Ok(draft(&mut view, &pack, &home, referral).await?.map(|draft| ToSend { may, ..draft }))
}

/// The draft with what decides whether it can go; `may` is not looked at.
async fn draft(tx: &mut Tx, pack: &Pack, home: &Household, id: ReferralId) -> Result<Option<ToSend>> {
    let all = of_household(tx, home.household).await?;
    let Some(referral) = all.into_iter().find(|one| one.id == id && one.state == ReferralState::Draft) else {
        return Ok(None);
    };
    let place = nearest(pack, &referral.service, &home.area);
    let own = || pack.programme(&referral.programme).map(|def| def.agency.clone());
    let agency = place.and_then(|(_, provider)| provider.agency.clone()).or_else(own).unwrap_or_default();
    let name = referral.person.and_then(|id| home.name_of(&id.to_string())).map(str::to_owned);
    Ok(Some(ToSend {
        name: name.unwrap_or_else(|| home.addressee()),
        is_agreed: agreed_agencies(tx, home.household).await?.contains(&agency),
        agency,
        place: place.map(|(place, provider)| (place.clone(), provider.clone())),
        referral,
        may: false,
    }))
}

/// Sends a draft to its provider, now that the household has agreed that the agency may see its data, and ends the task to do
/// so. `Invalid("consent.missing")` while it has not, `Invalid("referral.place")` when no place offers the service,
/// `Conflict(State)` when it is sent already.
pub async fn send(cw: &Casework, actor: &Actor, household: HouseholdId, referral: ReferralId) -> Result<()> {
    let cw = &cw.acting(actor);
    let (actor, pack) = (actor.clone(), cw.pack()?);
    cw.write(async move |tx| {
        let home = Household::read(tx, &actor, household, Right::Assess).await?;
        let by = actor.hand(Right::Assess, &home.scope())?;
        let draft = draft(tx, &pack, &home, referral).await?.ok_or(Error::Conflict(Conflict::State))?;
        let (place, provider) = draft.place.ok_or(Error::Invalid("referral.place"))?;
        if !draft.is_agreed {
            return Err(Error::Invalid("consent.missing"));
        }
        let draft = draft.referral;
        let state = step(draft.state, ReferralEvent::Request, by, &[Guard::ConsentOrOverride])?;
        tx.run_one(
            "UPDATE referral SET state = $1, provider = $2, place = $3, requested_at = $4, version = version + 1
             WHERE household_id = $5 AND referral_id = $6 AND version = $7",
            args![
                state.code(),
                provider.code.as_str(),
                place.code.as_str(),
                tx.now(),
                household,
                referral,
                draft.version
            ],
        )
        .await?;
        tasks::complete_about(tx, &actor, household, &Subject::new(SUBJECT, referral)).await?;
        await_answer(tx, &actor, &pack, &home, referral).await?;
        let event =
            Event::new("referral.requested").id("referral", referral).code("provider", &provider.code);
        journal::append(tx, &actor, household, event).await
    })
    .await
}

/// Why a referral is not sent.
pub const NOT_SENT: [&str; 4] = ["no_consent", "not_wanted", "no_place", "not_reached"];

/// A draft is not sent, and why: one of [`NOT_SENT`]. The task to send it ends with that; a new assessment may refer again.
pub async fn call_off(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    referral: ReferralId,
    code: &str,
) -> Result<()> {
    let cw = &cw.acting(actor);
    let code = NOT_SENT.into_iter().find(|known| *known == code).ok_or(Error::Invalid("reason.missing"))?;
    let (actor, pack) = (actor.clone(), cw.pack()?);
    cw.write(async move |tx| {
        let home = Household::read(tx, &actor, household, Right::Assess).await?;
        let by = actor.hand(Right::Assess, &home.scope())?;
        let draft =
            draft(tx, &pack, &home, referral).await?.ok_or(Error::Conflict(Conflict::State))?.referral;
        let state = step(draft.state, ReferralEvent::Cancel, by, &[Guard::ReasonGiven])?;
        tx.run_one(
            "UPDATE referral SET state = $1, version = version + 1
             WHERE household_id = $2 AND referral_id = $3 AND version = $4",
            args![state.code(), household, referral, draft.version],
        )
        .await?;
        tasks::complete_about(tx, &actor, household, &Subject::new(SUBJECT, referral)).await?;
        let event = Event::new("referral.called_off").id("referral", referral).code("reason", code);
        journal::append(tx, &actor, household, event).await
    })
    .await
}

/// Lets a referral under way rest on a new decision.
pub(crate) async fn carry_on(
    tx: &mut Tx,
    household: HouseholdId,
    referral: &Referral,
    decision: DecisionId,
) -> Result<()> {
    tx.run_one(
        "UPDATE referral SET decision_id = $1, version = version + 1
         WHERE household_id = $2 AND referral_id = $3 AND version = $4",
        args![decision, household, referral.id, referral.version],
    )
    .await
}

/// Calls a referral off that nobody has answered; the provider's access ends with it.
pub(crate) async fn cancel(
    tx: &mut Tx,
    actor: &Actor,
    household: HouseholdId,
    referral: &Referral,
) -> Result<()> {
    let subject = Subject::new(SUBJECT, referral.id);
    clocks::cancel(tx, actor, household, &subject, "decided_anew").await?;
    tasks::cancel_about(tx, actor, household, &subject, "decided_anew").await?;
    let state = step(referral.state, ReferralEvent::Cancel, By::System, &[Guard::ReasonGiven])?;
    tx.run_one(
        "UPDATE referral SET state = $1, version = version + 1
         WHERE household_id = $2 AND referral_id = $3 AND version = $4",
        args![state.code(), household, referral.id, referral.version],
    )
    .await
}
