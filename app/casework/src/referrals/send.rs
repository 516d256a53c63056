//! Sending: a referral that a decision makes, a draft that waits for a consent, and the clocks of an answer.

use std::collections::BTreeSet;

use domain::calendar::Term;
use domain::ids::{DecisionId, HouseholdId, ReferralId, StaffId};
use domain::lifecycle::referral::{ReferralEvent, ReferralState};
use domain::lifecycle::{By, Guard, Lifecycle};
use domain::pack::Pack;
use domain::role::Right;
use domain::services::{Place, Provider, Share};
use uuid::Uuid;

use super::shape::written;
use super::{
    Basis, Referral, SUBJECT, agreed_agencies, calendar, find, nearest, of_household, receiver, save,
};
use crate::assessments::Household;
use crate::clocks::{self, AtBreach, NewClock};
use crate::db::Tx;
use crate::directory;
use crate::error::{Conflict, Error, Result};
use crate::journal::{self, Event};
use crate::step::step;
use crate::subject::Subject;
use crate::{Actor, Casework, args, tasks};

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

/// The place that somebody is sent to: the nearest with room today, else the nearest at all.
async fn best(tx: &mut Tx, pack: &Pack, service: &str, area: &str) -> Result<Option<(Place, Provider)>> {
    let spots = directory::suitable(tx, pack, service, area, &BTreeSet::new()).await?;
    let found = spots.into_iter().next().map(|spot| (spot.place, spot.provider));
    Ok(found.or_else(|| nearest(pack, service, area).map(|(place, by)| (place.clone(), by.clone()))))
}

/// What the providers of a service are told of a person.
pub(super) fn shares(pack: &Pack, service: &str) -> Vec<Share> {
    pack.directory.service(service).map_or_else(|| Share::USUAL.to_vec(), |service| service.shares.clone())
}

/// A row to be written.
pub(super) struct New<'a> {
    pub id: ReferralId,
    pub household: HouseholdId,
    pub decision: Option<DecisionId>,
    pub programme: &'a str,
    pub person: Option<Uuid>,
    pub service: &'a str,
    pub place: Option<(&'a Place, &'a Provider)>,
    pub urgent: bool,
    pub follows: Option<ReferralId>,
    pub created_by: Option<StaffId>,
    /// On what it is sent; none leaves it a draft.
    pub basis: Option<Basis>,
    /// Why without consent: the code, the sealed words, and who answers for it.
    pub override_by: Option<(&'a str, Vec<u8>, StaffId)>,
}

/// Writes a referral, sent or not.
pub(super) async fn insert(tx: &mut Tx, pack: &Pack, by: By, new: New<'_>) -> Result<ReferralState> {
    let state = if new.basis.is_some() {
        step(ReferralState::FIRST, ReferralEvent::Request, by, &[Guard::ConsentOrOverride])?
    } else {
        ReferralState::FIRST
    };
    let is_sent = new.basis.is_some();
    let shares = if is_sent { written(&shares(pack, new.service)) } else { String::new() };
    let (code, words, who) = match new.override_by {
        Some((code, words, who)) => (code, Some(words), Some(who)),
        None => ("", None, None),
    };
    tx.run(
        "INSERT INTO referral (household_id, referral_id, decision_id, programme, person_id, service, provider, place,
                               state, created_at, requested_at, created_by, urgent, basis, override_code, override_words,
                               override_by, shares, access, follows)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
        args![
            new.household,
            new.id,
            new.decision,
            new.programme,
            new.person,
            new.service,
            new.place.map(|(_, provider)| provider.code.as_str()),
            new.place.map(|(place, _)| place.code.as_str()),
            state.code(),
            tx.now(),
            is_sent.then(|| tx.now()),
            new.created_by,
            new.urgent,
            new.basis.map_or("", Basis::code),
            code,
            words,
            who,
            shares,
            is_sent,
            new.follows
        ],
    )
    .await?;
    Ok(state)
}

/// Makes a referral: asked of the provider when the household agreed to its agency, a draft otherwise.
pub(crate) async fn make(
    tx: &mut Tx,
    pack: &Pack,
    agreed: &BTreeSet<String>,
    sending: &Sending<'_>,
) -> Result<(ReferralId, ReferralState)> {
    let id: ReferralId = tx.new_id();
    let found = best(tx, pack, sending.service, sending.area).await?;
    let is_agreed = found
        .as_ref()
        .is_some_and(|(_, provider)| agreed.contains(provider.agency.as_deref().unwrap_or(sending.agency)));
    let new = New {
        id,
        household: sending.household,
        decision: Some(sending.decision),
        programme: sending.programme,
        person: sending.person,
        service: sending.service,
        place: found.as_ref().map(|(place, provider)| (place, provider)),
        urgent: false,
        follows: None,
        created_by: None,
        basis: is_agreed.then_some(Basis::Consent),
        override_by: None,
    };
    Ok((id, insert(tx, pack, By::System, new).await?))
}

/// By when a provider looks at what it is asked: the clock's kind, and the pack's limit by its name in `pack.toml`.
pub(crate) const SEEN: &str = "referral_seen";
/// By when it answers.
pub(crate) const ANSWER: &str = "referral_answer";
/// Where the pack has no such limits; casework.md.
const SEEN_WITHIN: Term = Term::WorkingDays(2);
const ANSWER_WITHIN: Term = Term::WorkingDays(5);
/// What cannot wait.
const URGENT_WITHIN: Term = Term::Hours(24);

/// Starts the clocks by which the provider must look at it and answer; an urgent one has a day for both. Silence completes
/// nothing: it goes to the supervisor.
pub(crate) async fn await_answer(
    tx: &mut Tx,
    actor: &Actor,
    pack: &Pack,
    home: &Household,
    id: ReferralId,
    urgent: bool,
) -> Result<()> {
    let calendar = calendar(pack, home)?;
    let usual = [(SEEN, SEEN_WITHIN), (ANSWER, ANSWER_WITHIN)];
    let clocks: &[(&str, Term)] = if urgent { &[(ANSWER, URGENT_WITHIN)] } else { &usual };
    for (kind, within) in clocks {
        let limit = pack.about.law.other.get(*kind).filter(|_| !urgent);
        let clock = NewClock {
            household_id: home.household,
            kind: (*kind).into(),
            subject: Subject::new(SUBJECT, id),
            scope: home.scope(),
            term: limit.map_or(*within, |limit| limit.term),
            legal_basis: limit.map(|limit| limit.source.clone()).unwrap_or_default(),
            at_breach: AtBreach::Escalate,
            started_at: tx.now(),
        };
        clocks::start(tx, actor, &calendar, clock).await?;
    }
    Ok(())
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
    let place = best(tx, pack, &referral.service, &home.area).await?;
    let own = || pack.programme(&referral.programme).map(|def| def.agency.clone()).unwrap_or_default();
    let agency = place
        .as_ref()
        .map_or_else(own, |(_, provider)| receiver(pack, &referral.service, provider, &referral.programme));
    let name = referral.person.and_then(|id| home.name_of(&id.to_string())).map(str::to_owned);
    Ok(Some(ToSend {
        name: name.unwrap_or_else(|| home.addressee()),
        is_agreed: agreed_agencies(tx, home.household).await?.contains(&agency),
        agency,
        place,
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
        let mut sent = draft.referral;
        sent.state = step(sent.state, ReferralEvent::Request, by, &[Guard::ConsentOrOverride])?;
        sent.shares = shares(&pack, &sent.service);
        (sent.provider, sent.place) = (Some(provider.code.clone()), Some(place.code));
        (sent.requested_at, sent.basis, sent.access) = (Some(tx.now()), Some(Basis::Consent), true);
        save(tx, &mut sent).await?;
        tasks::complete_about(tx, &actor, household, &Subject::new(SUBJECT, referral)).await?;
        await_answer(tx, &actor, &pack, &home, referral, sent.urgent).await?;
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
    let actor = actor.clone();
    cw.write(async move |tx| {
        let home = Household::read(tx, &actor, household, Right::Assess).await?;
        let by = actor.hand(Right::Assess, &home.scope())?;
        let mut draft = find(tx, household, referral).await?;
        if draft.state != ReferralState::Draft {
            return Err(Error::Conflict(Conflict::State));
        }
        draft.state = step(draft.state, ReferralEvent::Cancel, by, &[Guard::ReasonGiven])?;
        code.clone_into(&mut draft.reason);
        save(tx, &mut draft).await?;
        tasks::complete_about(tx, &actor, household, &Subject::new(SUBJECT, referral)).await?;
        let event = Event::new("referral.called_off").id("referral", referral).code("reason", code);
        journal::append(tx, &actor, household, event).await
    })
    .await
}
