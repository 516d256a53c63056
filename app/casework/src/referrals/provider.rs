//! What a provider does with a person who is sent to it: takes them or not, meets them, interrupts, and says what came of it.
//!
//! To accept takes one of the place's places. Where the last one went meanwhile, the referral comes back as if it were
//! rejected for that, and goes on: nobody is promised what is not there.

use domain::calendar::Term;
use domain::ids::{HouseholdId, ReferralId};
use domain::lifecycle::referral::{
    FailureReason, HoldReason, ReferralEvent, ReferralState, RejectReason, ServiceOutcome,
};
use domain::lifecycle::{Guard, offers};
use domain::pack::Pack;
use domain::role::{Right, Scope};
use domain::task::Priority;

use super::{
    Referral, SUBJECT, advance, calendar, find, home, leave, look, news, onward, settle, stepped, task,
};
use crate::clocks::{self, AtBreach, NewClock};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::journal::{self, Event};
use crate::subject::Subject;
use crate::{Actor, Casework, directory};

/// A step of a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// It takes the person.
    Accept,
    /// It does not.
    Reject(RejectReason),
    /// It has met the person, and begins.
    Begin,
    /// It is interrupted.
    Hold(HoldReason),
    /// It goes on.
    Resume,
    /// It was given.
    Complete(ServiceOutcome),
    /// It was not.
    Fail(FailureReason),
}

impl Act {
    /// The event of the lifecycle.
    pub const fn event(self) -> ReferralEvent {
        match self {
            Self::Accept => ReferralEvent::Accept,
            Self::Reject(_) => ReferralEvent::Reject,
            Self::Begin => ReferralEvent::Begin,
            Self::Hold(_) => ReferralEvent::Hold,
            Self::Resume => ReferralEvent::Resume,
            Self::Complete(_) => ReferralEvent::Complete,
            Self::Fail(_) => ReferralEvent::Fail,
        }
    }
}

/// What came of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Came {
    /// It is done.
    Done,
    /// It came back, and went on to the next place.
    WentOn,
    /// It came back, and an officer looks.
    ToOffice,
    /// It could not be accepted, for no place is free: it went on to the next one.
    FullWentOn,
    /// It could not be accepted, for no place is free: an officer looks.
    FullToOffice,
}

/// By when the person is met who was accepted: the clock's kind, and the pack's limit by its name in `pack.toml`.
const CONTACT: &str = "referral_contact";
/// Where the pack has no such limit.
const CONTACT_WITHIN: Term = Term::WorkingDays(5);

/// The referral as the actor's provider may see it. `NotFound` for every other one; who reaches for one that is there is told
/// of in its journal.
pub(super) async fn admitted(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    id: ReferralId,
) -> Result<Referral> {
    actor.require_anywhere(Right::HandleReferrals)?;
    let mut view = cw.acting(actor).db.read().await?;
    let found = match find(&mut view, household, id).await {
        Err(Error::NotFound) => None,
        found => Some(found?),
    };
    drop(view);
    if let Some(referral) = found.filter(|one| is_theirs(actor, one)) {
        return Ok(referral);
    }
    let all = cw.acting(&Actor::system());
    let mut view = all.db.read().await?;
    let is_there = find(&mut view, household, id).await.is_ok();
    drop(view);
    if is_there {
        journal::record(&all, actor, household, Event::new("referral.denied").id("referral", id)).await?;
    }
    Err(Error::NotFound)
}

/// Whether the actor's provider has it, and still may see it.
fn is_theirs(actor: &Actor, referral: &Referral) -> bool {
    let provider = referral.provider.clone().map(Scope::Provider);
    referral.access && provider.is_some_and(|own| actor.may_in(Right::HandleReferrals, &own))
}

/// What the actor's provider may do with it now.
pub fn steps(actor: &Actor, referral: &Referral) -> Vec<ReferralEvent> {
    let Some(provider) = referral.provider.clone() else { return Vec::new() };
    let Ok(by) = actor.hand(Right::HandleReferrals, &Scope::Provider(provider)) else { return Vec::new() };
    offers(referral.state, by).collect()
}

/// Takes a step. `NotFound` for what is not the provider's to see, `Stale` when it moved since `version`, `Conflict(State)`
/// when it is not in a state for it.
pub async fn act(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    id: ReferralId,
    version: i64,
    act: Act,
) -> Result<Came> {
    let seen = admitted(cw, actor, household, id).await?;
    if seen.version != version {
        return Err(Error::Stale);
    }
    let (actor, pack) = (actor.clone(), cw.pack()?);
    cw.acting(&Actor::system())
        .write(async move |tx| {
            let mut referral = find(tx, household, id).await?;
            if referral.version != version {
                return Err(Error::Stale);
            }
            take_step(tx, &actor, &pack, &mut referral, act).await
        })
        .await
}

async fn take_step(
    tx: &mut Tx,
    actor: &Actor,
    pack: &Pack,
    referral: &mut Referral,
    act: Act,
) -> Result<Came> {
    let provider = referral.provider.clone().ok_or(Error::NotFound)?;
    let by = actor.hand(Right::HandleReferrals, &Scope::Provider(provider))?;
    let now = tx.now();
    referral.seen_at = referral.seen_at.or(Some(now));
    match act {
        Act::Accept => {
            if !take_place(tx, pack, referral).await? {
                let came = back(tx, actor, pack, referral, (by, RejectReason::NoPlace)).await?;
                return Ok(if came == Came::WentOn { Came::FullWentOn } else { Came::FullToOffice });
            }
            advance(referral, act.event(), by, &[])?;
            referral.accepted_at = Some(now);
            settle(tx, actor, referral).await?;
            stepped(tx, actor, referral, act.event()).await?;
            await_contact(tx, actor, pack, referral).await?;
            news(tx, referral).await?;
        }
        Act::Reject(reason) => return back(tx, actor, pack, referral, (by, reason)).await,
        Act::Begin => {
            advance(referral, act.event(), by, &[])?;
            referral.contacted_at = Some(now);
            settle(tx, actor, referral).await?;
            stepped(tx, actor, referral, act.event()).await?;
        }
        Act::Hold(reason) => {
            advance(referral, act.event(), by, &[Guard::ReasonGiven])?;
            reason.code().clone_into(&mut referral.reason);
            stepped(tx, actor, referral, act.event()).await?;
        }
        Act::Resume => {
            advance(referral, act.event(), by, &[])?;
            referral.reason.clear();
            stepped(tx, actor, referral, act.event()).await?;
        }
        Act::Complete(outcome) => {
            advance(referral, act.event(), by, &[Guard::OutcomeRecorded])?;
            outcome.code().clone_into(&mut referral.outcome);
            referral.reason.clear();
            referral.said.clear();
            leave(tx, referral).await?;
            settle(tx, actor, referral).await?;
            stepped(tx, actor, referral, act.event()).await?;
            let home = home(tx, referral).await?;
            look(tx, actor, &home, referral, task::CONFIRM, Priority::Normal).await?;
            news(tx, referral).await?;
        }
        Act::Fail(reason) => {
            advance(referral, act.event(), by, &[Guard::ReasonGiven])?;
            reason.code().clone_into(&mut referral.reason);
            leave(tx, referral).await?;
            settle(tx, actor, referral).await?;
            stepped(tx, actor, referral, act.event()).await?;
            if reason == FailureReason::ServiceUnavailable {
                return Ok(came(onward::go_on(tx, actor, pack, referral).await?));
            }
            let home = home(tx, referral).await?;
            look(tx, actor, &home, referral, task::REACH_OUT, Priority::High).await?;
            news(tx, referral).await?;
        }
    }
    Ok(Came::Done)
}

/// It is rejected: the provider sees nothing of it any more, and it goes on.
async fn back(
    tx: &mut Tx,
    actor: &Actor,
    pack: &Pack,
    referral: &mut Referral,
    (by, reason): (domain::lifecycle::By, RejectReason),
) -> Result<Came> {
    advance(referral, ReferralEvent::Reject, by, &[Guard::ReasonGiven])?;
    reason.code().clone_into(&mut referral.reason);
    leave(tx, referral).await?;
    referral.access = false;
    settle(tx, actor, referral).await?;
    stepped(tx, actor, referral, ReferralEvent::Reject).await?;
    Ok(came(onward::go_on(tx, actor, pack, referral).await?))
}

fn came(went_on: bool) -> Came {
    if went_on { Came::WentOn } else { Came::ToOffice }
}

/// Takes one of the places; whether one was free. A place that the pack no longer has counts nobody.
async fn take_place(tx: &mut Tx, pack: &Pack, referral: &mut Referral) -> Result<bool> {
    if referral.state != ReferralState::Requested {
        // The step is refused: nothing is taken for it.
        return Ok(true);
    }
    let spot = match referral.place.as_deref() {
        Some(code) if pack.directory.place(code).is_some() => directory::one(tx, pack, code).await?,
        _ => return Ok(true),
    };
    referral.period = directory::places::take(tx, &spot).await?;
    Ok(referral.period.is_some())
}

/// Starts the clock by which the provider meets whom it accepted.
async fn await_contact(tx: &mut Tx, actor: &Actor, pack: &Pack, referral: &Referral) -> Result<()> {
    let home = home(tx, referral).await?;
    let limit = pack.about.law.other.get(CONTACT);
    let clock = NewClock {
        household_id: referral.household,
        kind: CONTACT.into(),
        subject: Subject::new(SUBJECT, referral.id),
        scope: home.scope(),
        term: limit.map_or(CONTACT_WITHIN, |limit| limit.term),
        legal_basis: limit.map(|limit| limit.source.clone()).unwrap_or_default(),
        at_breach: AtBreach::Escalate,
        started_at: tx.now(),
    };
    clocks::start(tx, actor, &calendar(pack, &home)?, clock).await.map(drop)
}
