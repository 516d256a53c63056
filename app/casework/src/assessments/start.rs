//! Beginning an assessment, or going on with the one that was begun.

use std::sync::Arc;

use domain::answers::Answers;
use domain::ids::{AssessmentId, HouseholdId};
use domain::lifecycle::Lifecycle;
use domain::lifecycle::assessment::{AssessmentEvent, AssessmentState};
use domain::role::Right;

use super::household::Household;
use super::validity::{self, Before, Days, keep_days, take_over};
use super::{course, of_household};
use crate::error::Result;
use crate::journal::{self, Event};
use crate::step::step;
use crate::{Actor, Casework, args};

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
/// as the pack says, so that a review asks only what is stale ([`super::validity`]). When another form comes into force
/// meanwhile, the assessment goes on under its own: nothing that was answered is lost, and it is decided by the rules with
/// which it began.
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
        let (answers, days) = match &before {
            Some(before) => take_over(&pack, before, today),
            None => (Answers::default(), Days::new()),
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
        keep_days(tx, household, id, &days).await?;
        course::begin(tx, &actor, by, &home, &pack, all.first().map(|one| one.id)).await?;
        journal::append(tx, &actor, household, Event::new("assessment.begun").id("assessment", id)).await?;
        Ok(Started { assessment: id, resumed: false })
    })
    .await
}

/// The last assessment that was decided.
async fn last_decided(cw: &Casework, actor: &Actor, household: HouseholdId) -> Result<Option<Before>> {
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    Household::read(&mut view, actor, household, Right::Assess).await?;
    validity::last_decided(&mut view, cw, household).await
}
