//! A plan that is followed: looked at again, revised, suspended, completed with what it came to, or ended. An outcome sets the
//! questions that are asked some weeks later.

use domain::calendar::{Term, end_of_day};
use domain::employment::Employment;
use domain::ids::{HouseholdId, PlanId};
use domain::lifecycle::plan::{PlanEvent, PlanOutcome};
use domain::lifecycle::{By, Guard};
use domain::pack::Pack;
use domain::role::Right;
use time::Date;

use super::plan::{MOST, Words, advance, insert, open_plan, retire, set_review};
use super::shape::{self, Plan};
use super::{PROFILE, SUBJECT, attendance, country, income, of, profile, steps};
use crate::assessments::Household;
use crate::clocks::{self, AtBreach, NewClock};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::step::step;
use crate::subject::Subject;
use crate::{Actor, Casework, args, proposals, tasks};

/// What is done with a plan that is followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// It was looked at and goes on.
    GoOn,
    /// Another version is drafted, with the steps that are still open.
    Revise,
    /// It came to something, on a day.
    Complete(PlanOutcome, Date),
    /// It stands still, and why.
    Suspend(String),
    /// It goes on after standing still.
    Resume,
    /// It ends without an outcome, and why; also a draft.
    End(String),
}

/// Does something with a plan. `Invalid("reason.missing")` where a reason is needed, `Invalid("plan.outcome")` for a day in the
/// future or before it was followed.
pub async fn act(
    cw: &Casework,
    actor: &Actor,
    (household, id): (HouseholdId, PlanId),
    version: i64,
    act: Act,
) -> Result<()> {
    let pack = country(cw)?;
    let cw = &cw.acting(actor);
    let (actor, own) = (actor.clone(), cw.clone());
    cw.write(async move |tx| {
        let (home, mut plan) = open_plan(tx, &actor, household, id, version).await?;
        let by = actor.hand(Right::Plan, &home.scope())?;
        let subject = Subject::new(SUBJECT, id);
        match &act {
            Act::GoOn | Act::Resume => {
                let event = if act == Act::GoOn { PlanEvent::GoOn } else { PlanEvent::Resume };
                // Asked of the table before a clock starts.
                step(plan.state, event, by, &[])?;
                plan.reason = String::new();
                set_review(tx, &actor, &pack, &home, &mut plan).await?;
                advance(tx, &actor, household, &mut plan, (event, by, &[])).await?;
                tasks::complete_about(tx, &actor, household, &subject).await.map(drop)
            }
            Act::Revise => revise(tx, &actor, &pack, &home, plan, by).await,
            Act::Complete(outcome, on) => {
                complete(tx, &own, (&actor, by), &pack, &home, &mut plan, (*outcome, *on)).await
            }
            Act::Suspend(reason) | Act::End(reason) => {
                let reason = reason.trim();
                if reason.is_empty() || reason.chars().count() > MOST {
                    return Err(Error::Invalid("reason.missing"));
                }
                let ends = matches!(act, Act::End(_));
                let event = if ends { PlanEvent::End } else { PlanEvent::Suspend };
                reason.clone_into(&mut plan.reason);
                if ends {
                    plan.review_on = None;
                }
                advance(tx, &actor, household, &mut plan, (event, by, &[Guard::ReasonGiven])).await?;
                if ends {
                    close(tx, &actor, household, &plan, "plan_ended").await?;
                    proposals::lapse(tx, &own.keys, &actor, household, &subject).await?;
                    clocks::cancel(tx, &actor, household, &Subject::new(PROFILE, plan.person), "plan_ended")
                        .await?;
                }
                tasks::complete_about(tx, &actor, household, &subject).await.map(drop)
            }
        }
    })
    .await
}

/// The person is gone: the plan ends with them, and nobody is asked after it.
pub(crate) async fn over(
    tx: &mut Tx,
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    (person, reason): (uuid::Uuid, &str),
) -> Result<()> {
    for mut plan in shape::plans(tx, household).await? {
        let subject = Subject::new(SUBJECT, plan.id);
        if plan.person != person || !plan.current {
            continue;
        }
        if plan.state.is_open() {
            reason.clone_into(&mut plan.reason);
            plan.review_on = None;
            let held = &[Guard::ReasonGiven];
            advance(tx, actor, household, &mut plan, (PlanEvent::End, By::System, held)).await?;
            close(tx, actor, household, &plan, reason).await?;
            proposals::lapse(tx, &cw.keys, actor, household, &subject).await?;
        }
        tx.run(
            "DELETE FROM plan_follow_up WHERE household_id = $1 AND plan_id = $2 AND answer = ''",
            args![household, plan.id],
        )
        .await?;
        clocks::cancel(tx, actor, household, &subject, reason).await?;
        tasks::cancel_about(tx, actor, household, &subject, reason).await?;
    }
    clocks::cancel(tx, actor, household, &Subject::new(PROFILE, person), reason).await.map(drop)
}

/// The next version, a draft with the steps that are still open and the profile as it is now.
async fn revise(
    tx: &mut Tx,
    actor: &Actor,
    pack: &Pack,
    home: &Household,
    mut plan: Plan,
    by: By,
) -> Result<()> {
    let household = home.household;
    plan.review_on = None;
    advance(tx, actor, household, &mut plan, (PlanEvent::Revise, by, &[])).await?;
    retire(tx, household, &plan).await?;
    let all = profile::profiles(tx, of(pack)?, household, tx.today()).await?;
    let done = all.into_iter().find(|one| one.person == plan.person && one.done_at.is_some());
    let done = done.ok_or(Error::Invalid("profile.missing"))?;
    let words = Words { goal: plan.goal.clone(), office_does: plan.office_does.clone() };
    let next = insert(tx, actor, home, &done, plan.number + 1, &words).await?;
    tx.run(
        "UPDATE plan_step SET plan_id = $1, version = version + 1
         WHERE household_id = $2 AND plan_id = $3 AND state IN ('planned', 'in_progress', 'missed')",
        args![next, household, plan.id],
    )
    .await?;
    let subject = Subject::new(SUBJECT, plan.id);
    clocks::cancel(tx, actor, household, &subject, "plan_revised").await?;
    tasks::complete_about(tx, actor, household, &subject).await.map(drop)
}

/// It came to something: open steps are dropped, questions after some weeks wait for their days, and where somebody found work
/// the household is asked again what comes in.
pub(super) async fn complete(
    tx: &mut Tx,
    cw: &Casework,
    (actor, by): (&Actor, By),
    pack: &Pack,
    home: &Household,
    plan: &mut Plan,
    (outcome, on): (PlanOutcome, Date),
) -> Result<()> {
    if on > tx.today() || plan.started_on.is_some_and(|since| on < since) {
        return Err(Error::Invalid("plan.outcome"));
    }
    plan.outcome = Some(outcome);
    plan.outcome_on = Some(on);
    plan.review_on = None;
    advance(tx, actor, home.household, plan, (PlanEvent::Complete, by, &[Guard::OutcomeRecorded])).await?;
    close(tx, actor, home.household, plan, "plan_completed").await?;
    tasks::complete_about(tx, actor, home.household, &Subject::new(SUBJECT, plan.id)).await?;
    ask_later(tx, actor, of(pack)?, home, (plan.id, on)).await?;
    if outcome.is_work() {
        income::changed(tx, cw, actor, home).await?;
    }
    Ok(())
}

/// Sets the questions that are asked some weeks after an outcome.
async fn ask_later(
    tx: &mut Tx,
    actor: &Actor,
    work: &Employment,
    home: &Household,
    (plan, on): (PlanId, Date),
) -> Result<()> {
    let mut wanted = Vec::new();
    for weeks in &work.follow_up_weeks {
        let due_on = on.saturating_add(time::Duration::weeks(i64::from(*weeks)));
        tx.run(
            "INSERT INTO plan_follow_up (household_id, plan_id, weeks, office, due_on) VALUES ($1, $2, $3, $4, $5)",
            args![home.household, plan, *weeks, home.office.as_str(), due_on],
        )
        .await?;
        let clock = NewClock {
            household_id: home.household,
            kind: "plan_follow_up".into(),
            subject: Subject::new(SUBJECT, plan),
            scope: home.scope(),
            term: Term::Days(weeks.saturating_mul(7)),
            legal_basis: work.follow_up.source.clone(),
            at_breach: AtBreach::Act,
            started_at: tx.now(),
        };
        // It rings in the morning of the day, when the day before is over.
        let eve = due_on.previous_day().unwrap_or(due_on);
        wanted.push((clock, end_of_day(eve, tx.here(tx.now()))));
    }
    let subject = Subject::new(SUBJECT, plan);
    clocks::settle(tx, actor, home.household, &subject, wanted, "plan_completed").await
}

/// Nothing of the plan goes on: its clocks end, its open steps are dropped and give their places back.
async fn close(tx: &mut Tx, actor: &Actor, household: HouseholdId, plan: &Plan, reason: &str) -> Result<()> {
    clocks::cancel(tx, actor, household, &Subject::new(SUBJECT, plan.id), reason).await?;
    for one in shape::steps(tx, household, plan.id).await? {
        attendance::close(tx, household, one.id).await?;
        if steps::is_open(&one) {
            steps::drop_one(tx, actor, household, &one, reason).await?;
        }
    }
    Ok(())
}
