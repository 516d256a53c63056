//! Answers that hold on: what an assessment takes over from the one before, since which day it holds, and asking it again.
//!
//! A module of the form says for how many months its answers are good. What is taken over keeps the day on which it was given
//! (the oldest of a module), through as many reviews as pass, so that nothing is good for longer than its module says.

use std::collections::{BTreeMap, BTreeSet};

use domain::answers::{Answer, Answered, Answers, MemberAnswers};
use domain::calendar::add_months;
use domain::form::Question;
use domain::ids::{AssessmentId, HouseholdId};
use domain::pack::Pack;
use domain::role::Right;
use domain::value::Value;
use time::Date;

use super::household::{Household, asked_only};
use super::pages::keep_answers;
use super::sitting::Sitting;
use super::{Assessment, answers_of, find, of_household};
use crate::db::Tx;
use crate::employment::income;
use crate::error::{Conflict, Error, Result};
use crate::journal::{self, Event};
use crate::{Actor, Casework, args, packs};

/// The days on which answers were given, by module.
pub(crate) type Days = BTreeMap<String, Date>;

/// An assessment that was decided: the day, its pack, its answers, and what of them it had taken over itself.
pub(super) struct Before {
    pub as_of: Date,
    pub pack: std::sync::Arc<Pack>,
    pub answers: Answers,
    pub taken_over: Days,
    /// Modules that something told us are out of date since it was submitted.
    pub changed: BTreeSet<String>,
}

/// Of the answers before, those that a person was asked, that still hold on `today`, and that the form of today still
/// understands; with the day of each module's.
pub(super) fn take_over(pack: &Pack, before: &Before, today: Date) -> (Answers, Days) {
    let mut days = Days::new();
    let answers = {
        let mut keep = |answered: &Answered| -> Answered {
            let asked = asked_only(pack, answered).into_iter();
            let held = asked.filter_map(|(id, answer)| {
                let (module, day) = given_on(pack, before, &id, &answer, today)?;
                days.entry(module.to_owned()).and_modify(|oldest| *oldest = day.min(*oldest)).or_insert(day);
                Some((id, answer))
            });
            held.collect()
        };
        let household = keep(&before.answers.household);
        let members = before.answers.members.iter();
        let member = |one: &MemberAnswers| MemberAnswers { id: one.id.clone(), answers: keep(&one.answers) };
        Answers { household, members: members.map(member).collect() }
    };
    (answers, days)
}

/// The last assessment of a household that was decided.
pub(super) async fn last_decided(
    tx: &mut Tx,
    cw: &Casework,
    household: HouseholdId,
) -> Result<Option<Before>> {
    let all = of_household(tx, household).await?;
    let Some((before, as_of)) =
        all.iter().find_map(|one| Some((one, one.as_of.filter(|_| one.is_decided())?)))
    else {
        return Ok(None);
    };
    let pack = packs::by_hash(cw, &before.pack_hash).await?;
    let answers = answers_of(tx, &pack, before).await?;
    let taken_over = taken_over(tx, household, before.id).await?;
    let told = income::since(tx, household).await?.into_iter();
    let is_since = |at: &time::OffsetDateTime| before.submitted_at.is_none_or(|submitted| submitted <= *at);
    let changed = told.filter(|(_, at)| is_since(at)).map(|(module, _)| module).collect();
    Ok(Some(Before { as_of, pack, answers, taken_over, changed }))
}

/// What the household answered last and still holds, with the day of that assessment; `None` where nothing was decided yet.
pub(crate) async fn holding(
    tx: &mut Tx,
    cw: &Casework,
    pack: &Pack,
    household: HouseholdId,
    today: Date,
) -> Result<Option<(Answers, Date)>> {
    let before = last_decided(tx, cw, household).await?;
    Ok(before.map(|before| (take_over(pack, &before, today).0, before.as_of)))
}

/// The module of an answer and the day on which it was given; `None` when it holds no longer, or says nothing in this form.
fn given_on<'p>(
    pack: &'p Pack,
    before: &Before,
    id: &str,
    answer: &Answer,
    today: Date,
) -> Option<(&'p str, Date)> {
    let question = pack.form.question(id)?;
    let old = before.pack.form.question(id)?;
    if (old.kind, old.level, &old.choices) != (question.kind, question.level, &question.choices) {
        return None;
    }
    if !is_offered(pack, question, answer) {
        return None;
    }
    if before.changed.contains(&question.module) {
        return None;
    }
    let day = before.taken_over.get(&old.module).copied().unwrap_or(before.as_of);
    let months = pack.form.module(&question.module).and_then(|module| module.valid_months);
    let holds = months.is_none_or(|months| today < add_months(day, months));
    holds.then_some((question.module.as_str(), day))
}

/// Whether every option of an answer is still offered: one that was retired since is asked again.
fn is_offered(pack: &Pack, question: &Question, answer: &Answer) -> bool {
    let offers =
        |option: &String| pack.form.choices_of(question).is_none_or(|list| list.options.contains(option));
    match answer {
        Answer::Value(Value::Choice(option)) => offers(option),
        Answer::Value(Value::Many(options)) => options.iter().all(offers),
        _ => true,
    }
}

/// Since when the answers that an assessment took over hold, by module.
pub(crate) async fn taken_over(
    tx: &mut Tx,
    household: HouseholdId,
    assessment: AssessmentId,
) -> Result<Days> {
    let rows: Vec<(String, Date)> = tx
        .all(
            "SELECT module, answered_on FROM assessment_module WHERE household_id = $1 AND assessment_id = $2",
            args![household, assessment],
        )
        .await?;
    Ok(rows.into_iter().collect())
}

/// The day from which the first of the answers that a programme reads holds no longer, by a decided assessment; `None` where all
/// of them are good for ever.
pub(crate) async fn stale_on(
    tx: &mut Tx,
    pack: &Pack,
    household: HouseholdId,
    assessment: AssessmentId,
    programme: &str,
) -> Result<Option<Date>> {
    let Some(own) = find(tx, household, assessment).await? else { return Ok(None) };
    let Some(as_of) = own.as_of else { return Ok(None) };
    let answers = answers_of(tx, pack, &own).await?;
    let days = taken_over(tx, household, assessment).await?;
    let of_members = answers.members.iter().flat_map(|member| member.answers.keys());
    let modules: BTreeSet<&str> = answers
        .household
        .keys()
        .chain(of_members)
        .filter(|id| pack.why_asked(id).iter().any(|reader| reader == programme))
        .filter_map(|id| pack.form.question(id))
        .filter(|question| question.is_asked())
        .map(|question| question.module.as_str())
        .collect();
    let stale = modules.into_iter().filter_map(|module| {
        let months = pack.form.module(module)?.valid_months?;
        Some(add_months(days.get(module).copied().unwrap_or(as_of), months))
    });
    Ok(stale.min())
}

/// Keeps since when the answers that an assessment takes over hold.
pub(super) async fn keep_days(
    tx: &mut Tx,
    household: HouseholdId,
    assessment: AssessmentId,
    days: &Days,
) -> Result<()> {
    for (module, day) in days {
        tx.run(
            "INSERT INTO assessment_module (household_id, assessment_id, module, answered_on) VALUES ($1, $2, $3, $4)",
            args![household, assessment, module.as_str(), *day],
        )
        .await?;
    }
    Ok(())
}

/// An assessment is submitted: modules of which every page was gone through hold from today and not from the day of what they
/// had taken over.
pub(super) async fn settle(tx: &mut Tx, sitting: &Sitting) -> Result<()> {
    let own = &sitting.assessment;
    let pages = sitting.progress().pages();
    for module in sitting.taken_over.keys() {
        let groups: BTreeSet<&str> =
            sitting.pack.form.groups_of(module).map(|group| group.id.as_str()).collect();
        let mut of_it = pages.iter().filter(|page| groups.contains(page.group.as_str()));
        if of_it.all(|page| sitting.version(page) > 0) {
            forget(tx, own, module).await?;
        }
    }
    Ok(())
}

async fn forget(tx: &mut Tx, of: &Assessment, module: &str) -> Result<u64> {
    tx.run(
        "DELETE FROM assessment_module WHERE household_id = $1 AND assessment_id = $2 AND module = $3",
        args![of.household, of.id, module],
    )
    .await
}

/// Asks a module again whose answers were taken over: they are taken out of this assessment (the one before keeps them), and
/// its pages are asked from the beginning. `Invalid("module.unknown")` for a module of which nothing was taken over, `Conflict`
/// when the assessment is no longer being filled in.
pub async fn ask_again(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    assessment: AssessmentId,
    module: &str,
) -> Result<()> {
    let cw = &cw.acting(actor);
    let hash: String = cw
        .db
        .value(
            "SELECT pack_hash FROM assessment WHERE household_id = $1 AND assessment_id = $2",
            args![household, assessment],
        )
        .await?
        .ok_or(Error::NotFound)?;
    let pack = packs::by_hash(cw, &hash).await?;
    let (actor, module) = (actor.clone(), module.to_owned());
    cw.write(async move |tx| {
        Household::read(tx, &actor, household, Right::Assess).await?;
        let own = find(tx, household, assessment).await?.ok_or(Error::NotFound)?;
        if !own.is_open() {
            return Err(Error::Conflict(Conflict::State));
        }
        if forget(tx, &own, &module).await? == 0 {
            return Err(Error::Invalid("module.unknown"));
        }
        let mut asked = answers_of(tx, &pack, &own).await?;
        let is_of_it = |id: &str| pack.form.question(id).is_some_and(|question| question.module == module);
        asked.household.retain(|id, _| !is_of_it(id));
        for member in &mut asked.members {
            member.answers.retain(|id, _| !is_of_it(id));
        }
        keep_answers(tx, household, assessment, &asked).await?;
        for group in pack.form.groups_of(&module) {
            // Who has one of its pages open in another window is told so, and loses nothing that was typed.
            tx.run(
                "UPDATE assessment_page SET version = version + 1
                 WHERE household_id = $1 AND assessment_id = $2 AND page_group = $3",
                args![household, assessment, group.id.as_str()],
            )
            .await?;
        }
        let event = Event::new("assessment.asked_again").id("assessment", assessment).code("module", &module);
        journal::append(tx, &actor, household, event).await
    })
    .await
}
