//! After the tribunal: what it orders is carried out by the office, what was announced and stays is put into force by a person,
//! and the person may go on. Also what the person may do on the way: take it back, contest, go further ([`Act`]).

use domain::appeal::terms::Step;
use domain::appeal::{AppealEvent as E, AppealState, IssueKind, IssueOutcome};
use domain::calendar::Term;
use domain::ids::{AppealId, DecisionId, HouseholdId};
use domain::lifecycle::decision::DecisionState;
use domain::lifecycle::{By, Guard};
use domain::role::Right;
use domain::task::Priority as Pressing;
use uuid::Uuid;

use super::reconsider::{Remedy, forward, is_late, officers_hand};
use super::shape::Issue;
use super::{Matter, Seen, TARGET, across, is_applicant, remedy, said, shape};
use crate::clocks::{self, AtBreach};
use crate::db::Tx;
use crate::decisions;
use crate::decisions::issue::SUBJECT as DECISION;
use crate::error::{Conflict, Error, Result};
use crate::proposals;
use crate::subject::Subject;
use crate::tasks::{self, NewTask};
use crate::{Actor, Casework, args, budgets};

/// Within which time somebody puts into force what waited for an appeal.
const LOOK_WITHIN: Term = Term::WorkingDays(2);

/// What the person who appealed does with it, or an officer for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Takes it back, and why.
    Withdraw(String),
    /// Asks the tribunal about lateness that was not forgiven.
    Contest,
    /// Goes on to the tribunal although it was revised in favour.
    Continue,
    /// Asks for fuller reasons.
    AskReasons(String),
    /// Goes to a court.
    GoFurther(String),
}

/// Does it. For the person concerned, whose page knows the household, and for officers of the office.
pub async fn act(
    cw: &Casework,
    actor: &Actor,
    (household, id, version): (HouseholdId, AppealId, i64),
    what: Act,
) -> Result<AppealState> {
    if !is_applicant(actor) {
        Seen::read(cw, actor, household, id).await?;
    }
    let (own, actor) = (cw.clone(), actor.clone());
    across(cw)
        .write(async move |tx| {
            let matter = Matter::at(tx, &own, household, id, version).await?;
            let by = if is_applicant(&actor) { By::Applicant } else { officers_hand(&actor, &matter)? };
            match &what {
                Act::Contest => forward(tx, &actor, &matter, (E::ContestRefusal, by), "").await,
                Act::Continue => forward(tx, &actor, &matter, (E::Continue, by), "").await,
                Act::AskReasons(why) => {
                    let to = matter.step(E::AskReasons, by, &[])?;
                    matter.note(tx, &actor, E::AskReasons, said(why)?).await?;
                    moved(tx, &matter, to).await?;
                    matter.told(tx, &actor, E::AskReasons, to).await?;
                    Ok(to)
                }
                Act::GoFurther(why) => end(tx, &own, &actor, &matter, (E::GoFurther, by), said(why)?).await,
                Act::Withdraw(why) => end(tx, &own, &actor, &matter, (E::Withdraw, by), said(why)?).await,
            }
        })
        .await
}

/// Writes a state that changes nothing else.
pub(super) async fn moved(tx: &mut Tx, matter: &Matter, to: AppealState) -> Result<()> {
    tx.run_one(
        "UPDATE appeal SET state = $1, version = version + 1
         WHERE household_id = $2 AND appeal_id = $3 AND version = $4",
        args![to.code(), matter.home.household, matter.appeal.id, matter.appeal.version],
    )
    .await
}

async fn end(
    tx: &mut Tx,
    cw: &Casework,
    actor: &Actor,
    matter: &Matter,
    (event, by): (E, By),
    why: &str,
) -> Result<AppealState> {
    let to = matter.step(event, by, &[Guard::ReasonGiven])?;
    matter.note(tx, actor, event, why).await?;
    matter.dropped(tx, actor, event.code()).await?;
    proposals::lapse(tx, &cw.keys, actor, matter.home.household, &matter.subject()).await?;
    let target = Subject::new(TARGET, matter.appeal.id);
    clocks::cancel(tx, actor, matter.home.household, &target, event.code()).await?;
    tx.run_one(
        "UPDATE appeal SET state = $1, closed_at = $2, version = version + 1
         WHERE household_id = $3 AND appeal_id = $4 AND version = $5",
        args![to.code(), tx.now(), matter.home.household, matter.appeal.id, matter.appeal.version],
    )
    .await?;
    lift(tx, actor, matter).await?;
    matter.told(tx, actor, event, to).await?;
    Ok(to)
}

/// What was announced and waited for this appeal does not wait any more: a person puts it into force.
pub(super) async fn lift(tx: &mut Tx, actor: &Actor, matter: &Matter) -> Result<()> {
    for issue in matter.issues.iter().filter(|issue| issue.stays) {
        let Some(id) = issue.decision() else { continue };
        let household = matter.home.household;
        let waits = decisions::find(tx, household, id).await?;
        if waits.is_none_or(|one| one.state != DecisionState::Proposed)
            || super::stay::is_stayed(tx, household, id).await?
        {
            continue;
        }
        let task = NewTask {
            household_id: household,
            kind: "put_in_force".into(),
            subject: Subject::new(DECISION, id),
            scope: matter.home.scope(),
            needs: Right::WorkTasks,
            priority: Pressing::Normal,
            due_at: matter.calendar.due_at(tx.here(tx.now()), LOOK_WITHIN),
            instructions: String::new(),
        };
        tasks::open(tx, actor, task).await?;
    }
    Ok(())
}

/// Whether the office must do something because of it.
fn orders(issue: &Issue) -> bool {
    issue.outcome().is_some_and(IssueOutcome::is_overturned)
}

/// Whether it is to be decided again.
fn goes_back(issue: &Issue) -> bool {
    match issue.outcome() {
        Some(IssueOutcome::Remitted) => true,
        Some(IssueOutcome::Allowed | IssueOutcome::Varied) => issue.kind == IssueKind::Delay,
        _ => false,
    }
}

/// Work for the office from what was issued; where nothing is ordered, it is done.
pub(super) async fn begin(tx: &mut Tx, cw: &Casework, actor: &Actor, matter: &Matter) -> Result<()> {
    let target = Subject::new(TARGET, matter.appeal.id);
    clocks::meet(tx, actor, matter.home.household, &target).await?;
    // A change in favour that waits for a signature is overtaken by what was decided.
    proposals::lapse(tx, &cw.keys, actor, matter.home.household, &matter.subject()).await?;
    lift(tx, actor, matter).await?;
    if !matter.issues.iter().any(orders) {
        return done(tx, &Actor::system(), matter, By::System).await;
    }
    if matter.issues.iter().any(goes_back) {
        let due = matter.start(tx, actor, Step::Remit, AtBreach::Escalate).await?;
        matter.task(tx, actor, "decide_again", (matter.home.scope(), Right::Assess), due).await?;
    }
    let due = matter.start(tx, actor, Step::Implement, AtBreach::Escalate).await?;
    matter.task(tx, actor, "implement_appeal", (matter.home.scope(), Right::Approve), due).await
}

/// Carries out what was decided: makes the decisions that the tribunal named, from the day of the old ones, and sees that what
/// went back was decided again. For a supervisor of the office; `Conflict(State)` while something is not decided again.
pub async fn implement(
    cw: &Casework,
    actor: &Actor,
    (household, id, version): (HouseholdId, AppealId, i64),
) -> Result<()> {
    Seen::read(cw, actor, household, id).await?;
    budgets::follow::lines(&across(cw)).await?;
    let (own, actor) = (cw.clone(), actor.clone());
    across(cw)
        .write(async move |tx| {
            let matter = Matter::at(tx, &own, household, id, version).await?;
            let by = actor.hand(Right::Approve, &matter.home.scope())?;
            if matter.appeal.state != AppealState::Issued {
                return Err(Error::Conflict(Conflict::State));
            }
            for issue in matter.issues.iter().filter(|issue| orders(issue)) {
                let new = match issue.kind {
                    IssueKind::Delay if is_late(tx, household, issue).await? => {
                        return Err(Error::Conflict(Conflict::State));
                    }
                    IssueKind::Delay => None,
                    IssueKind::Decision if goes_back(issue) => Some(decided_again(tx, &matter, issue).await?),
                    IssueKind::Decision => order(tx, &own, (&actor, by), &matter, issue).await?,
                };
                tx.run_one(
                    "UPDATE appeal_issue SET new_decision_id = $1
                     WHERE household_id = $2 AND appeal_id = $3 AND issue_id = $4",
                    args![new, household, id, issue.id],
                )
                .await?;
            }
            matter.done(tx, &actor).await?;
            done(tx, &actor, &matter, by).await
        })
        .await
}

/// The decision that the tribunal named, in the place of the old one.
async fn order(
    tx: &mut Tx,
    cw: &Casework,
    hand: (&Actor, By),
    matter: &Matter,
    issue: &Issue,
) -> Result<Option<DecisionId>> {
    let outcome = issue.new_outcome.parse().ok();
    let change = match (issue.decision(), outcome) {
        (Some(decision), Some(outcome)) => {
            let remedy =
                Remedy { outcome, amount_minor: issue.new_amount_minor, period: issue.new_period.clone() };
            Some(remedy.of(decision))
        }
        _ => None,
    };
    let made = remedy::Made {
        change,
        reason: ("tribunal", &issue.outcome_note),
        by: matter.appeal.determined_by.unwrap_or(Uuid::nil()),
        proposal: matter.appeal.id.uuid(),
    };
    remedy::put_right(tx, cw, hand, matter, issue, made).await
}

/// What took the place of a decision that went back, made since.
async fn decided_again(tx: &mut Tx, matter: &Matter, issue: &Issue) -> Result<DecisionId> {
    let id = issue.decision().ok_or(Error::Conflict(Conflict::State))?;
    let all = decisions::of_household(tx, matter.home.household).await?;
    let old = all.iter().find(|one| one.id == id).ok_or(Error::NotFound)?;
    let since = matter.appeal.issued_at;
    let newer = all.iter().find(|one| {
        one.is_for(&old.programme, old.person) && one.number > old.number && Some(one.decided_at) >= since
    });
    newer.map(|one| one.id).ok_or(Error::Conflict(Conflict::State))
}

async fn done(tx: &mut Tx, actor: &Actor, matter: &Matter, by: By) -> Result<()> {
    let to = matter.step(E::Implement, by, &[Guard::ByDecision])?;
    tx.run_one(
        "UPDATE appeal SET state = $1, implemented_at = $2, implemented_by = $3, version = version + 1
         WHERE household_id = $4 AND appeal_id = $5 AND version = $6",
        args![
            to.code(),
            tx.now(),
            actor.account(),
            matter.home.household,
            matter.appeal.id,
            matter.appeal.version
        ],
    )
    .await?;
    matter.start(tx, actor, Step::Further, AtBreach::Act).await?;
    lift(tx, actor, matter).await?;
    matter.told(tx, actor, E::Implement, to).await
}

/// `Conflict(Held)` while an appeal of one of these records is not decided: they are not merged under its feet.
pub(crate) async fn none_open(tx: &mut Tx, households: &[HouseholdId]) -> Result<()> {
    for household in households {
        if shape::of(tx, *household).await?.iter().any(|one| one.state.is_open()) {
            return Err(Error::Conflict(Conflict::Held));
        }
    }
    Ok(())
}
