//! Beginning an assessment, or going on with the one that was begun.

use std::sync::Arc;

use domain::answers::{Answer, Answered, Answers, MemberAnswers};
use domain::calendar::add_months;
use domain::ids::{AssessmentId, HouseholdId};
use domain::lifecycle::Lifecycle;
use domain::lifecycle::assessment::{AssessmentEvent, AssessmentState};
use domain::pack::Pack;
use domain::role::Right;
use domain::value::Value;
use time::Date;

use super::household::{Household, asked_only};
use super::{answers_of, course, of_household};
use crate::error::Result;
use crate::journal::{self, Event};
use crate::step::step;
use crate::{Actor, Casework, args, packs};

/// An assessment that can be filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Started {
    /// The assessment.
    pub assessment: AssessmentId,
    /// Whether it was begun before: there is at most one at a time.
    pub resumed: bool,
}

/// Begins the combined assessment of a household under the pack in force. When one is in progress it is gone on with.
///
/// Answers of the assessment before are taken over where they still hold: a module's answers are good for so many months
/// as the pack says, so that a review asks only what is stale.
pub async fn start(cw: &Casework, actor: &Actor, household: HouseholdId) -> Result<Started> {
    let cw = &cw.acting(actor);
    let pack = cw.pack()?;
    let before = last_decided(cw, actor, household).await?.map(Arc::new);
    let (actor, today) = (actor.clone(), cw.today());
    cw.write(async move |tx| {
        let home = Household::read(tx, &actor, household, Right::Assess).await?;
        let all = of_household(tx, household).await?;
        if let Some(open) = all.iter().find(|one| one.is_open()) {
            return Ok(Started { assessment: open.id, resumed: true });
        }
        let by = actor.hand(Right::Assess, &home.scope())?;
        let state = step(AssessmentState::FIRST, AssessmentEvent::Begin, by, &[])?;
        let id: AssessmentId = tx.new_id();
        let answers = match &before {
            Some(before) => carried_over(&pack, &before.pack, &before.answers, before.as_of, today),
            None => Answers::default(),
        };
        tx.run(
            "INSERT INTO assessment (household_id, assessment_id, application_id, state, office, pack_hash, started_at,
                                     started_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            args![
                household,
                id,
                home.application.id,
                state.code(),
                home.office.as_str(),
                pack.hash(),
                tx.now(),
                actor.staff_id
            ],
        )
        .await?;
        tx.run(
            "INSERT INTO assessment_answers (household_id, assessment_id, body) VALUES ($1, $2, $3)",
            args![household, id, answers.to_json().to_string()],
        )
        .await?;
        course::begin(tx, &actor, by, &home, &pack, all.first().map(|one| one.id)).await?;
        journal::append(tx, &actor, household, Event::new("assessment.begun").id("assessment", id)).await?;
        Ok(Started { assessment: id, resumed: false })
    })
    .await
}

/// An assessment that was decided: the day, its pack, its answers.
struct Before {
    as_of: Date,
    pack: Arc<Pack>,
    answers: Answers,
}

/// The last assessment that was decided.
async fn last_decided(cw: &Casework, actor: &Actor, household: HouseholdId) -> Result<Option<Before>> {
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    Household::read(&mut view, actor, household, Right::Assess).await?;
    let all = of_household(&mut view, household).await?;
    let Some((before, as_of)) =
        all.iter().find_map(|one| Some((one, one.as_of.filter(|_| one.is_decided())?)))
    else {
        return Ok(None);
    };
    let pack = packs::by_hash(cw, &before.pack_hash).await?;
    let answers = answers_of(&mut view, &pack, before).await?;
    Ok(Some(Before { as_of, pack, answers }))
}

/// Of the answers given on `then`, those that a person was asked, that still hold on `today`, and that the form of today
/// still understands.
fn carried_over(pack: &Pack, old_pack: &Pack, answers: &Answers, then: Date, today: Date) -> Answers {
    let holds = |id: &str, answer: &Answer| {
        let Some(question) = pack.form.question(id) else { return false };
        let months = pack.form.module(&question.module).and_then(|module| module.valid_months);
        let is_same = old_pack.form.question(id).is_some_and(|old| {
            (old.kind, old.level, &old.choices) == (question.kind, question.level, &question.choices)
        });
        let offers =
            |option: &String| pack.form.choices_of(question).is_none_or(|list| list.options.contains(option));
        let is_offered = match answer {
            Answer::Value(Value::Choice(option)) => offers(option),
            Answer::Value(Value::Many(options)) => options.iter().all(offers),
            _ => true,
        };
        is_same && is_offered && months.is_none_or(|months| today < add_months(then, months))
    };
    let keep = |answered: &Answered| -> Answered {
        asked_only(pack, answered).into_iter().filter(|(id, answer)| holds(id, answer)).collect()
    };
    let member =
        |member: &MemberAnswers| MemberAnswers { id: member.id.clone(), answers: keep(&member.answers) };
    Answers { household: keep(&answers.household), members: answers.members.iter().map(member).collect() }
}
