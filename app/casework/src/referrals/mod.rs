//! Referrals: a person sent to a provider's service, followed to its end.
//!
//! A decision makes one in the same unit of work ([`send`]), an officer makes one by hand ([`refer`]). It goes to the nearest
//! place of the directory that has room. Where the household has not agreed that the provider's agency may see its data, it
//! stays a draft until a consent is there: nobody's data leaves without one, or without an officer who answers for it in
//! writing. The provider answers and says what came of it ([`provider`]), and sees of the person what the service needs and
//! no more ([`expected`]); what comes back goes on to the next place or to a person who looks ([`onward`]); the person says
//! whether it happened ([`end`]). [`inbox`] is the provider's list, [`own`] the applicant's.
//!
//! Providers do not see the office's tasks and clocks. So each use case of theirs reads the referral as they may see it, which
//! is the check, and then writes with the service's own sight, as the actor, if nobody changed it meanwhile.
//!
//! A new step: its line in `domain::lifecycle::referral`, and a function that ends in [`told`].

pub mod end;
pub mod expected;
mod inbox;
mod onward;
pub mod own;
pub mod provider;
pub mod refer;
mod send;
mod shape;

use std::collections::BTreeSet;

use domain::calendar::WorkingCalendar;
use domain::ids::{DecisionId, HouseholdId, ReferralId};
use domain::lifecycle::By;
use domain::lifecycle::Guard;
use domain::lifecycle::referral::{CancelReason, ReferralEvent};
use domain::notice::Kind;
use domain::pack::Pack;
use domain::role::{Right, Scope};
use domain::services::{Place, Provider};
use domain::task::Priority;
use time::Duration;

use crate::assessments::Household;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::journal::{self, Event};
use crate::notices::{self, Notice};
use crate::step::step;
use crate::subject::Subject;
use crate::tasks::{self, NewTask};
use crate::{Actor, Casework, args, clocks, directory};

pub use inbox::{Awaited, Shelf, Tally, inbox, tally};
pub use send::{NOT_SENT, ToSend, call_off, send, to_send};
pub(crate) use send::{Sending, await_answer, make};
pub use shape::{Basis, Referral};
use shape::{Row, referral_query, save};

/// The noun of a referral, as subject of its clocks and tasks.
pub(crate) const SUBJECT: &str = "referral";

/// Tasks about a referral. Their words are `task-kind-<kind>`.
mod task {
    /// It came back, and nobody else takes it by itself.
    pub const REFER_ELSEWHERE: &str = "refer_elsewhere";
    /// The person was not reached, or did not come.
    pub const REACH_OUT: &str = "find_person";
    /// The provider says that it is done: ask the person.
    pub const CONFIRM: &str = "confirm_referral";
    /// The person says that it did not happen.
    pub const LOOK_INTO: &str = "look_into_referral";
    /// Somebody's data went without consent.
    pub const OVERRIDE: &str = "look_at_override";
    /// A provider is reminded to answer.
    pub const ANSWER: &str = "answer_referral";
}

/// The noun of an override, as subject of the task that looks at it: it is ticked off, and outlives the referral.
const OVERRIDE: &str = "referral_override";

/// By when somebody looks at what was opened about a referral.
const LOOK_WITHIN: Duration = Duration::days(2);

/// A household's referrals, the newest first.
pub(crate) async fn of_household(tx: &mut Tx, household: HouseholdId) -> Result<Vec<Referral>> {
    let rows: Vec<Row> = tx
        .all(referral_query!("WHERE household_id = $1 ORDER BY referral_id DESC"), args![household])
        .await?;
    rows.into_iter().map(Row::read).collect()
}

/// One referral; `NotFound` when the scope does not show it.
pub(crate) async fn find(tx: &mut Tx, household: HouseholdId, id: ReferralId) -> Result<Referral> {
    let row: Option<Row> =
        tx.one(referral_query!("WHERE household_id = $1 AND referral_id = $2"), args![household, id]).await?;
    row.ok_or(Error::NotFound)?.read()
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

/// The agency whose provider gets to see the household's data.
pub(crate) fn receiver(pack: &Pack, service: &str, provider: &Provider, programme: &str) -> String {
    let of_service = || pack.directory.service(service).and_then(|one| one.agency.clone());
    let of_programme = || pack.programme(programme).map(|def| def.agency.clone());
    provider.agency.clone().or_else(of_service).or_else(of_programme).unwrap_or_default()
}

/// Lets a referral under way rest on a new decision.
pub(crate) async fn carry_on(
    tx: &mut Tx,
    household: HouseholdId,
    referral: &Referral,
    decision: DecisionId,
    programme: &str,
) -> Result<()> {
    tx.run_one(
        "UPDATE referral SET decision_id = $1, programme = $2, version = version + 1
         WHERE household_id = $3 AND referral_id = $4 AND version = $5",
        args![decision, programme, household, referral.id, referral.version],
    )
    .await
}

/// Calls a referral off that nobody has answered, for a new decision took its place.
pub(crate) async fn cancel(tx: &mut Tx, actor: &Actor, referral: &Referral) -> Result<()> {
    drop_it(tx, actor, &mut referral.clone(), By::System, CancelReason::DecidedAnew).await
}

/// The household took back its consent to an agency: what went to its providers on that consent ends, and they see nothing of
/// it any more. How many referrals.
pub(crate) async fn revoke(
    tx: &mut Tx,
    actor: &Actor,
    pack: &Pack,
    household: HouseholdId,
    agency: &str,
) -> Result<usize> {
    let mut count = 0;
    for mut referral in of_household(tx, household).await? {
        let provider = referral.provider.as_deref().and_then(|code| pack.directory.provider(code));
        let is_theirs = provider.is_some_and(|provider| {
            receiver(pack, &referral.service, provider, &referral.programme) == agency
        });
        if !is_theirs || !referral.access || referral.basis != Some(Basis::Consent) {
            continue;
        }
        count += 1;
        if referral.is_open() {
            drop_it(tx, actor, &mut referral, By::System, CancelReason::ConsentWithdrawn).await?;
        } else {
            // What was given stays on record, for the office alone.
            referral.access = false;
            let code = CancelReason::ConsentWithdrawn.code();
            told(tx, actor, &mut referral, Event::new("referral.access_ended").code("reason", code)).await?;
        }
    }
    Ok(count)
}

/// Calls off: no clock, no task, no access, and its place is free again.
async fn drop_it(
    tx: &mut Tx,
    actor: &Actor,
    referral: &mut Referral,
    by: By,
    reason: CancelReason,
) -> Result<()> {
    let subject = Subject::new(SUBJECT, referral.id);
    clocks::cancel(tx, actor, referral.household, &subject, reason.code()).await?;
    tasks::cancel_about(tx, actor, referral.household, &subject, reason.code()).await?;
    advance(referral, ReferralEvent::Cancel, by, &[Guard::ReasonGiven])?;
    reason.code().clone_into(&mut referral.reason);
    leave(tx, referral).await?;
    referral.access = false;
    stepped(tx, actor, referral, ReferralEvent::Cancel).await
}

/// One step of the lifecycle; the row is written by [`told`].
fn advance(referral: &mut Referral, event: ReferralEvent, by: By, held: &[Guard]) -> Result<()> {
    referral.state = step(referral.state, event, by, held)?;
    Ok(())
}

/// It is over for the provider: the place is free again.
async fn leave(tx: &mut Tx, referral: &mut Referral) -> Result<()> {
    referral.ended_at = Some(tx.now());
    if let (Some(place), Some(period)) = (referral.place.clone(), referral.period.take()) {
        directory::places::free(tx, &place, &period).await?;
    }
    Ok(())
}

/// Writes a referral after a step, with its entry in the household's journal.
async fn told(tx: &mut Tx, actor: &Actor, referral: &mut Referral, event: Event) -> Result<()> {
    save(tx, referral).await?;
    journal::append(tx, actor, referral.household, event.id("referral", referral.id)).await
}

/// [`told`], of an event of the lifecycle.
async fn stepped(tx: &mut Tx, actor: &Actor, referral: &mut Referral, event: ReferralEvent) -> Result<()> {
    let mut entry = Event::new("referral.stepped")
        .code("event", event.code())
        .code("state", referral.state.code())
        .code("service", &referral.service);
    if let Some(provider) = &referral.provider {
        entry = entry.code("provider", provider);
    }
    let has_reason = !referral.reason.is_empty();
    let entry = if has_reason { entry.code("reason", &referral.reason) } else { entry };
    told(tx, actor, referral, entry).await
}

/// A task about a referral in the office's queue, in the place of those that were there.
async fn look(
    tx: &mut Tx,
    actor: &Actor,
    home: &Household,
    referral: &Referral,
    kind: &str,
    priority: Priority,
) -> Result<()> {
    let task = NewTask {
        household_id: referral.household,
        kind: kind.to_owned(),
        subject: Subject::new(SUBJECT, referral.id),
        scope: home.scope(),
        needs: Right::WorkTasks,
        priority,
        due_at: tx.now() + LOOK_WITHIN,
        instructions: String::new(),
    };
    tasks::open(tx, actor, task).await.map(drop)
}

/// A provider that has not done what it must is reminded: a task in its own queue, once; who has it already is not asked twice.
pub(crate) async fn warned(tx: &mut Tx, clock: &clocks::Clock) -> Result<()> {
    let referral = find(tx, clock.household_id, clock.subject.id.into()).await?;
    let Some(provider) = referral.provider.clone() else { return Ok(()) };
    let there: Option<i64> = tx
        .value(
            "SELECT COUNT(*) FROM task WHERE household_id = $1 AND subject_kind = $2 AND subject_id = $3 AND kind = $4
             AND state IN ('open', 'assigned', 'in_progress', 'on_hold')",
            args![clock.household_id, SUBJECT, clock.subject.id, task::ANSWER],
        )
        .await?;
    if there != Some(0) {
        return Ok(());
    }
    let new = NewTask {
        household_id: clock.household_id,
        kind: task::ANSWER.into(),
        subject: clock.subject.clone(),
        scope: Scope::Provider(provider),
        needs: Right::WorkTasks,
        priority: Priority::High,
        due_at: clock.due_at,
        instructions: String::new(),
    };
    tasks::open(tx, &Actor::system(), new).await.map(drop)
}

/// What was to be done about it is done.
async fn settle(tx: &mut Tx, actor: &Actor, referral: &Referral) -> Result<()> {
    let subject = Subject::new(SUBJECT, referral.id);
    clocks::meet(tx, actor, referral.household, &subject).await?;
    tasks::complete_about(tx, actor, referral.household, &subject).await.map(drop)
}

/// The household is told that there is news: not what, nor of which service.
async fn news(tx: &mut Tx, referral: &Referral) -> Result<()> {
    let subject = Subject::new(SUBJECT, referral.id);
    let notice = Notice::new(Kind::Referral, subject).part(referral.version.to_string());
    notices::put(tx, referral.household, notice).await
}

/// The household that a referral is about, whoever asks.
async fn home(tx: &mut Tx, referral: &Referral) -> Result<Household> {
    Household::read_unchecked(tx, referral.household).await?.ok_or(Error::NotFound)
}

/// The working days where the household lives.
fn calendar(pack: &Pack, home: &Household) -> Result<WorkingCalendar> {
    pack.working_calendar(&home.area).ok_or(Error::Invalid("area.unknown"))
}

#[cfg(test)]
mod tests;
