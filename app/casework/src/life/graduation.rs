//! Graduation: an award that is needed no longer steps down and then ends ([`domain::life::graduation`] has the lines and the row).
//!
//! A review whose score lies above the line to enter takes nothing away by itself: the award is kept ([`Kept`], asked by
//! [`crate::decisions::issue`]). When so many reviews in a row lie above the line to leave as the pack says, the step-down is proposed to a
//! second person ([`consider`], whenever the award's clocks are set), and the person is heard as before every cut. In force
//! ([`begin`]) it follows its steps, each with a clock and a letter ([`take`]), and ends. A review at the line to enter or below it
//! gives the full award again and stops the steps ([`stop`]); one between the lines leaves them as they are: between the lines
//! nothing changes.

use domain::definitions::{GraduationDef, ProgrammeDef};
use domain::ids::{EnrolmentId, HouseholdId};
use domain::life::graduation::{Reading, Review, Step, StepDown, reading, row, schedule, share};
use domain::life::{Act, Because, Cause};
use domain::notice::Kind;
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::ring::told_as;
use super::{Award, propose};
use crate::assessments::{self, Household};
use crate::budgets::holding;
use crate::db::Tx;
use crate::decisions::Decision;
use crate::decisions::follow::{Before, Desk, review_on};
use crate::enrolments::Enrolment;
use crate::error::Result;
use crate::journal::{self, Event};
use crate::{Actor, Casework, args, letters, packs};

/// The next step down begins.
pub(crate) const STEP: &str = "award_step";
/// Whether to step down is asked again, because another decision on the award waited.
pub(crate) const AGAIN: &str = "award_graduation";

/// That an award goes on although its score lies above the line to enter; kept with the decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// How many reviews in a row found it above the line to leave.
    pub above: u32,
    /// How many it takes.
    pub of: u32,
}

/// A step of an award that steps down.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct StepRow {
    pub number: i64,
    pub percent: i64,
    pub amount_minor: i64,
    pub from_date: Date,
    pub until_date: Date,
    pub taken_at: Option<OffsetDateTime>,
}

impl StepRow {
    /// As letters tell it.
    pub fn told(&self) -> Step {
        Step {
            percent: u32::try_from(self.percent).unwrap_or(0),
            minor: self.amount_minor,
            from: self.from_date,
            until: self.until_date,
        }
    }
}

/// Whether a decision lets an award step down.
pub(crate) fn steps_down(decision: &Decision) -> bool {
    decision.body.because.as_ref().is_some_and(|because| because.act == Act::StepDown)
}

/// The steps of an award that were not stopped, in order.
pub(crate) async fn steps(
    tx: &mut Tx,
    household: HouseholdId,
    enrolment: EnrolmentId,
) -> Result<Vec<StepRow>> {
    tx.all(
        "SELECT number, percent, amount_minor, from_date, until_date, taken_at FROM award_step
         WHERE household_id = $1 AND enrolment_id = $2 AND stopped_on IS NULL ORDER BY decision_id, number",
        args![household, enrolment],
    )
    .await
}

/// The reviews of an award since it began, from the oldest to the newest: each as the pack of its day judged it.
async fn reviews(tx: &mut Tx, cw: &Casework, home: &Household, one: &Enrolment) -> Result<Vec<Review>> {
    let mut reviews = Vec::new();
    for of in assessments::of_household(tx, home.household).await?.into_iter().rev() {
        let Some(on) = of.as_of.filter(|on| of.is_decided() && *on > one.since) else { continue };
        let pack = packs::by_hash(cw, &of.pack_hash).await?;
        let Some(graduation) = pack.programme(&one.programme).and_then(|def| def.graduation.as_ref()) else {
            continue;
        };
        let (decided, _) = letters::again(tx, &of, &pack).await?;
        let told = decided.programmes.iter().find(|told| {
            let member = told.member.as_deref().and_then(|id| Uuid::try_parse(id).ok());
            told.programme == one.programme && member.map(|id| home.now(id)) == one.person
        });
        let parameters = &pack.definitions().parameters;
        let found = told.map_or(Reading::Unknown, |told| reading(graduation, parameters, told, on));
        reviews.push(Review { on, reading: found });
    }
    reviews.sort_by_key(|review| review.on);
    Ok(reviews)
}

async fn row_of(
    tx: &mut Tx,
    cw: &Casework,
    (home, one): (&Household, &Enrolment),
    graduation: &GraduationDef,
) -> Result<Vec<Date>> {
    Ok(row(&reviews(tx, cw, home, one).await?, graduation.apart_months))
}

/// What an assessment comes to for an award of which only the line to enter says no: it is kept, and says how often in a row it
/// was found above the line to leave. The assessment stands in the household's already.
pub(crate) async fn kept(
    tx: &mut Tx,
    cw: &Casework,
    home: &Household,
    one: &Enrolment,
    graduation: &GraduationDef,
) -> Result<Kept> {
    let above = row_of(tx, cw, (home, one), graduation).await?.len();
    Ok(Kept { above: u32::try_from(above).unwrap_or(u32::MAX), of: graduation.reviews })
}

/// Proposes that an award steps down, when enough reviews in a row say so and nobody was heard about them yet. `Some` day on
/// which it is asked again, where another decision on the award waits.
pub(super) async fn consider(tx: &mut Tx, cw: &Casework, award: &Award, again: Date) -> Result<Option<Date>> {
    let def = award.pack.programme(&award.enrolment.programme);
    let Some(graduation) = def.and_then(|def| def.graduation.as_ref()) else { return Ok(None) };
    let is_stepping = steps_down(award.decision()?);
    let stands_still = award.enrolment.state == domain::lifecycle::enrolment::EnrolmentState::Suspended;
    if is_stepping || stands_still || award.enrolment.amount_minor.is_none_or(|minor| minor <= 0) {
        return Ok(None);
    }
    let row = row_of(tx, cw, (&award.home, &award.enrolment), graduation).await?;
    let reviews = u32::try_from(row.len()).unwrap_or(u32::MAX);
    let Some(last) = row.last().copied().filter(|_| reviews >= graduation.reviews) else { return Ok(None) };
    // Who was heard about these reviews and was right is not asked again.
    let was_asked = award
        .decisions
        .iter()
        .filter(|one| one.is_for(&award.enrolment.programme, award.enrolment.person))
        .filter_map(|one| one.body.because.as_ref())
        .any(|because| matches!(because.cause, Cause::Graduation { last: then, .. } if then >= last));
    if was_asked {
        return Ok(None);
    }
    if award.pending().is_some() {
        return Ok(Some(again));
    }
    let steps: Vec<StepDown> = graduation.steps.iter().map(Into::into).collect();
    let because = Because { act: Act::StepDown, cause: Cause::Graduation { reviews, last, steps } };
    propose::propose(tx, cw, award, because).await?;
    Ok(None)
}

/// The amount of the first step.
pub(super) fn first_amount(because: &Because, full: Option<i64>) -> Option<i64> {
    match &because.cause {
        Cause::Graduation { steps, .. } => Some(share(full?, steps.first()?.percent)),
        Cause::Age { .. } | Cause::Condition { .. } => None,
    }
}

/// A decision that lets an award step down has come into force: the first step is taken, the others wait for their days, and the
/// budget is asked for what they come to. An award that steps down already goes on doing so, and rests on the new decision.
pub(crate) async fn begin(
    desk: &Desk<'_>,
    tx: &mut Tx,
    before: &Before,
    def: &ProgrammeDef,
    decision: &Decision,
    one: &Enrolment,
) -> Result<()> {
    let Some(Because { cause: Cause::Graduation { steps: planned, .. }, .. }) = &decision.body.because else {
        return Ok(());
    };
    let household = desk.home.household;
    let review_on = review_on(tx, desk, def, decision).await?;
    let plan = schedule(planned, one.amount_minor.unwrap_or(0), desk.today, one.ends_on);
    let is_begun = !steps(tx, household, one.id).await?.is_empty();
    let Some((first, last)) = plan.first().zip(plan.last()).filter(|_| !is_begun) else {
        return tx
            .run_one(
                "UPDATE enrolment SET decision_id = $1, review_on = $2, version = version + 1
                 WHERE household_id = $3 AND enrolment_id = $4 AND version = $5",
                args![decision.id, review_on, household, one.id, one.version],
            )
            .await;
    };
    for step in &plan {
        tx.run(
            "INSERT INTO award_step (household_id, enrolment_id, decision_id, number, percent, amount_minor, from_date,
                                     until_date, taken_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            args![
                household,
                one.id,
                decision.id,
                step.number,
                i64::from(step.percent),
                step.minor,
                step.from,
                step.until,
                (step.number == first.number).then(|| tx.now())
            ],
        )
        .await?;
    }
    tx.run_one(
        "UPDATE enrolment SET decision_id = $1, amount_minor = $2, ends_on = $3, review_on = $4, version = version + 1
         WHERE household_id = $5 AND enrolment_id = $6 AND version = $7",
        args![decision.id, first.minor, last.until, review_on, household, one.id, one.version],
    )
    .await?;
    let holds = holding::of(tx, household, one.id).await?;
    if holds.iter().any(|held| held.places > 0 || held.open_money > 0) {
        holding::release(tx, household, one.id, one.state).await?;
        let money = plan.iter().map(|step| step.minor.saturating_mul(i64::from(step.months))).sum();
        if let Some(drawn) = desk.asks(def, Some(first.minor)).owe_money(tx, money).await? {
            holding::hold(tx, household, one.id, drawn, (desk.today, last.until)).await?;
        }
    }
    if let Some(service) = def.graduation.as_ref().and_then(|graduation| graduation.refer.as_deref()) {
        desk.refer(tx, before, decision.id, def, one.person, service).await?;
    }
    let event = Event::new("award.step_down_begun")
        .id("enrolment", one.id)
        .code("programme", &one.programme)
        .date("until", last.until);
    journal::append(tx, desk.actor, household, event).await
}

/// The next step is due: its amount is given from now on, and the household is told.
pub(super) async fn take(tx: &mut Tx, cw: &Casework, award: &Award) -> Result<()> {
    let (household, one) = (award.home.household, &award.enrolment);
    let today = tx.today();
    let all = steps(tx, household, one.id).await?;
    let due = all.iter().rev().find(|step| step.taken_at.is_none() && step.from_date <= today);
    let Some(step) = due.filter(|_| award.decision().is_ok_and(steps_down)) else { return Ok(()) };
    tx.run(
        "UPDATE award_step SET taken_at = $1 WHERE household_id = $2 AND enrolment_id = $3 AND stopped_on IS NULL
         AND taken_at IS NULL AND number <= $4",
        args![tx.now(), household, one.id, step.number],
    )
    .await?;
    tx.run_one(
        "UPDATE enrolment SET amount_minor = $1, version = version + 1
         WHERE household_id = $2 AND enrolment_id = $3 AND version = $4",
        args![step.amount_minor, household, one.id, one.version],
    )
    .await?;
    let Some(award) = Award::read(tx, cw, household, one.id).await? else { return Ok(()) };
    let event = Event::new("award.stepped_down").number("percent", step.percent);
    told_as(tx, &award, event, Kind::StepDown, step.from_date.previous_day()).await
}

/// The first day of the next step, if there is one.
pub(super) async fn next_step(tx: &mut Tx, award: &Award) -> Result<Option<Date>> {
    if !steps_down(award.decision()?) {
        return Ok(None);
    }
    let all = steps(tx, award.home.household, award.enrolment.id).await?;
    Ok(all.iter().find(|step| step.taken_at.is_none()).map(|step| step.from_date))
}

/// A new decision gives the award in full: what was still to come of a step-down does not.
pub(crate) async fn stop(tx: &mut Tx, actor: &Actor, household: HouseholdId, one: &Enrolment) -> Result<()> {
    let stopped = tx
        .run(
            "UPDATE award_step SET stopped_on = $1 WHERE household_id = $2 AND enrolment_id = $3 AND stopped_on IS NULL",
            args![tx.today(), household, one.id],
        )
        .await?;
    if stopped == 0 {
        return Ok(());
    }
    let event =
        Event::new("award.step_down_stopped").id("enrolment", one.id).code("programme", &one.programme);
    journal::append(tx, actor, household, event).await
}
