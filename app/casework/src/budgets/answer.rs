//! What a household says to an offer, at the counter: it takes the place, it does not, or it goes back on the list after the
//! offer lapsed. Who takes it gets a decision that grants it, with its letter; what was promised for the offer is its own.

use domain::ids::{DecisionId, HouseholdId};
use domain::lifecycle::decision::{DecisionEvent as E, DecisionState, Outcome};
use domain::lifecycle::enrolment::{EnrolmentEvent, EnrolmentState};
use domain::lifecycle::{By, Guard, Lifecycle};
use domain::role::Right;
use time::Date;

use super::holding;
use super::offers::{SUBJECT, open_until, under};
use crate::assessments::Household;
use crate::clocks;
use crate::db::Tx;
use crate::decisions::follow::{Asked, Before, Desk};
use crate::decisions::issue::replace;
use crate::decisions::{self, Body, Decision, insert};
use crate::enrolments::{self, Enrolment};
use crate::error::{Conflict, Error, Result};
use crate::journal::{self, Event};
use crate::overrides::reissue;
use crate::step::step;
use crate::subject::Subject;
use crate::{Actor, Casework, args, tasks};

/// What is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// The place is taken.
    Accept,
    /// It is not wanted.
    Decline,
    /// The offer lapsed, and the household waits again, in its old place.
    Return,
}

/// An offer, as the counter sees it.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The place.
    pub enrolment: Enrolment,
    /// The last day to answer; none when nothing can be answered now.
    pub until: Option<Date>,
    /// Whether the actor may write down the answer.
    pub may_answer: bool,
}

/// What is or was offered by a decision, for who may read the file; `None` when nothing ever was.
pub async fn offer(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    decision: DecisionId,
) -> Result<Option<Offer>> {
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    let (home, _) = Household::for_reading(&mut view, actor, household).await?;
    decisions::find(&mut view, household, decision).await?.ok_or(Error::NotFound)?;
    let all = enrolments::of_household(&mut view, household).await?;
    let own = all.into_iter().find(|one| one.decision == decision && one.offer_until.is_some());
    Ok(own.map(|enrolment| Offer {
        until: open_until(&enrolment, cw.today()),
        may_answer: actor.may_in(Right::Assess, &home.scope()),
        enrolment,
    }))
}

/// Writes down what the household says. `Conflict(State)` when there is nothing to say it to: no offer, or its last day is
/// over; for [`Said::Return`], when no offer lapsed.
pub async fn answer(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    decision: DecisionId,
    said: Said,
) -> Result<DecisionId> {
    let cw = &cw.acting(actor);
    super::follow::lines(cw).await?;
    let (own, actor) = (cw.clone(), actor.clone());
    cw.write(async move |tx| {
        let home = Household::read(tx, &actor, household, Right::Assess).await?;
        let by = actor.hand(Right::Assess, &home.scope())?;
        let decision = decisions::find(tx, household, decision).await?.ok_or(Error::NotFound)?;
        let all = enrolments::of_household(tx, household).await?;
        let one = all.into_iter().find(|one| one.decision == decision.id);
        let one = one.ok_or(Error::Conflict(Conflict::State))?;
        let can = match said {
            Said::Accept | Said::Decline => open_until(&one, tx.today()).is_some(),
            Said::Return => one.state == EnrolmentState::OfferExpired,
        };
        if !can || !decision.state.governs() {
            return Err(Error::Conflict(Conflict::State));
        }
        let (pack, calendar) = under(tx, &own, &home, &decision).await?;
        let desk =
            Desk { actor: &actor, by, home: &home, pack: &pack, calendar: &calendar, today: tx.today() };
        let (kind, now) = match said {
            Said::Accept => ("enrolment.accepted", grant(tx, &desk, &decision).await?),
            Said::Decline => {
                let by: (By, &[Guard]) = (by, &[Guard::PersonConfirms]);
                let day = one.offer_until;
                enrolments::step_on_list(tx, household, &one, EnrolmentEvent::Decline, by, day).await?;
                holding::release(tx, household, one.id, one.state).await?;
                ("enrolment.declined", decision)
            }
            Said::Return => {
                let by: (By, &[Guard]) = (by, &[]);
                enrolments::step_on_list(tx, household, &one, EnrolmentEvent::ReturnToList, by, None).await?;
                // Something may be free for them now.
                tx.run(
                    "UPDATE budget_line SET stirred = TRUE WHERE programme = $1 AND area = $2 AND in_force = TRUE",
                    args![one.programme.as_str(), one.list_area.as_str()],
                )
                .await?;
                ("enrolment.returned", decision)
            }
        };
        let subject = Subject::new(SUBJECT, one.id);
        clocks::meet(tx, &actor, household, &subject).await?;
        tasks::complete_about(tx, &actor, household, &subject).await?;
        reissue(tx, &desk, &now).await?;
        let event = Event::new(kind).id("enrolment", one.id).code("programme", &one.programme);
        journal::append(tx, &actor, household, event).await?;
        Ok(now.id)
    })
    .await
}

/// The decision that grants what waited, in the place of the one that let it wait; the enrolment goes on by it.
async fn grant(tx: &mut Tx, desk: &Desk<'_>, old: &Decision) -> Result<Decision> {
    let before = Before::read(tx, desk.home).await?;
    let def = desk.pack.programme(&old.programme).ok_or(Error::NotFound)?;
    let guards = [Guard::SecondPersonOrExempt, Guard::HeardOrNothingTaken];
    let issued = step(DecisionState::FIRST, E::Issue, By::System, &guards)?;
    let granted = Decision {
        id: tx.new_id(),
        number: before.number(&old.programme, old.person),
        state: step(issued, E::TakeEffect, By::System, &[])?,
        outcome: Outcome::Award,
        supersedes: Some(old.id),
        appeal_until: Some(desk.appeal_until()),
        decided_at: tx.now(),
        decided_by: desk.actor.staff_id.uuid(),
        approved_by: None,
        body: Body {
            rules: old.body.rules.clone(),
            overridden: old.body.overridden.clone(),
            because: old.body.because.clone(),
            kept: None,
        },
        ..old.clone()
    };
    insert(tx, &granted).await?;
    replace(tx, old).await?;
    desk.follow(tx, &before, def, &granted, &Asked::default()).await?;
    Ok(granted)
}
