//! What the person concerned is told of their plan: the next step, where, and by when.

use domain::track::WorkStep;

use super::shape;
use super::steps::is_open;
use crate::assessments::Household;
use crate::db::Tx;
use crate::error::Result;
use domain::lifecycle::plan::PlanState;

/// The next step of each plan of a household that is followed.
pub(crate) async fn next_steps(tx: &mut Tx, home: &Household) -> Result<Vec<WorkStep>> {
    let mut told = Vec::new();
    for plan in shape::plans(tx, home.household).await? {
        if !plan.current || !matches!(plan.state, PlanState::Active | PlanState::ReviewDue) {
            continue;
        }
        let steps = shape::steps(tx, home.household, plan.id).await?;
        let next =
            steps.into_iter().filter(is_open).min_by_key(|one| (one.from.is_none(), one.from, one.number));
        told.push(WorkStep {
            person: home.name_of(&plan.person.to_string()).unwrap_or_default().to_owned(),
            step: next.as_ref().map(|one| one.title.clone()).unwrap_or_default(),
            provider: next.as_ref().map(|one| one.provider.clone()).unwrap_or_default(),
            area: next.as_ref().map(|one| one.area.clone()).unwrap_or_default(),
            by: next.as_ref().and_then(|one| one.until.or(one.from)).or(plan.review_on),
        });
    }
    Ok(told)
}
