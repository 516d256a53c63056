//! Some weeks after an outcome: is it still so? Who was not reached was not reached: that is no answer, and the question stays
//! open until somebody answers it or it was tried and written down.

use domain::employment::FollowUp;
use domain::ids::{HouseholdId, PlanId};
use domain::role::Right;

use super::plan::MOST;
use super::{SUBJECT, country, shape};
use crate::assessments::Household;
use crate::error::{Conflict, Error, Result};
use crate::journal::{self, Event};
use crate::subject::Subject;
use crate::{Actor, Casework, args, tasks};

/// Writes down what was found. Before its day it can be written down too, when the person comes by themselves; what was not
/// reached can be answered later. `Conflict(State)` for a question that has an answer, `NotFound` for one that is not asked.
pub async fn answer(
    cw: &Casework,
    actor: &Actor,
    (household, plan, weeks): (HouseholdId, PlanId, i64),
    (found, note): (FollowUp, &str),
) -> Result<()> {
    country(cw)?;
    let cw = &cw.acting(actor);
    let (actor, note) = (actor.clone(), note.trim().to_owned());
    if note.chars().count() > MOST {
        return Err(Error::Invalid("plan.long"));
    }
    cw.write(async move |tx| {
        Household::read(tx, &actor, household, Right::Plan).await?;
        let all = shape::asked(tx, household, plan).await?;
        let one = all.iter().find(|one| one.weeks == weeks).ok_or(Error::NotFound)?;
        if one.answer.is_some_and(|(answer, _)| answer != FollowUp::NotReached) {
            return Err(Error::Conflict(Conflict::State));
        }
        tx.run_one(
            "UPDATE plan_follow_up SET answer = $1, note = $2, asked_at = $3, asked_by = $4
             WHERE household_id = $5 AND plan_id = $6 AND weeks = $7 AND answer IN ('', 'not_reached')",
            args![found.code(), note.as_str(), tx.now(), actor.staff_id, household, plan, weeks],
        )
        .await?;
        // Another one that is due keeps its task.
        let today = tx.today();
        let is_due =
            |other: &&shape::Asked| other.weeks != weeks && other.due_on <= today && other.answer.is_none();
        if !all.iter().any(|other| is_due(&other)) {
            tasks::complete_about(tx, &actor, household, &Subject::new(SUBJECT, plan)).await?;
        }
        let event = Event::new("plan.followed_up")
            .id("plan", plan)
            .number("weeks", weeks)
            .code("found", found.code());
        journal::append(tx, &actor, household, event).await
    })
    .await
}
