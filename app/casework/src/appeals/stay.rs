//! What was announced and is contested in time waits: nothing is cut until the appeal is decided, and what was decided done.

use domain::ids::{DecisionId, HouseholdId};

use crate::args;
use crate::db::Tx;
use crate::error::Result;

/// Whether a decision that was announced waits for an appeal.
pub(crate) async fn is_stayed(tx: &mut Tx, household: HouseholdId, decision: DecisionId) -> Result<bool> {
    let waiting: Option<i64> = tx
        .value(
            "SELECT COUNT(*) FROM appeal_issue AS contested
             JOIN appeal ON appeal.household_id = contested.household_id AND appeal.appeal_id = contested.appeal_id
             WHERE contested.household_id = $1 AND contested.decision_id = $2 AND contested.stays
               AND (appeal.state NOT IN ('revised', 'issued', 'implemented', 'closed', 'further', 'withdrawn',
                                         'condonation_refused')
                    OR appeal.state = 'issued' AND contested.outcome IN ('allowed', 'varied', 'remitted'))",
            args![household, decision],
        )
        .await?;
    Ok(waiting.unwrap_or(0) > 0)
}
