//! Work that was found or lost is a change of what comes in: every award that reads it is looked at again from today, and that
//! review asks the questions about income anew though their answers would still hold. The review's decision changes what it must,
//! also what steps down when somebody graduates; nothing ends here.

use domain::form::Question;
use domain::ids::HouseholdId;
use time::OffsetDateTime;

use super::{country, of};
use crate::assessments::Household;
use crate::db::Tx;
use crate::error::Result;
use crate::journal::{self, Event};
use crate::{Actor, Casework, args, enrolments};

/// Marks the answers about income as out of date, and brings the day of review of the awards that read them to today; the
/// worker's next round opens the task.
pub(crate) async fn changed(tx: &mut Tx, cw: &Casework, actor: &Actor, home: &Household) -> Result<()> {
    let pack = country(cw)?;
    let module = of(&pack)?.income_module.as_str();
    tx.run(
        "INSERT INTO answers_changed (household_id, module, changed_at) VALUES ($1, $2, $3)
         ON CONFLICT (household_id, module) DO UPDATE SET changed_at = excluded.changed_at",
        args![home.household, module, tx.now()],
    )
    .await?;
    let questions: Vec<&Question> = pack.form.questions.iter().filter(|one| one.module == module).collect();
    let reads = |programme: &str| {
        questions.iter().any(|question| pack.why_asked(&question.id).iter().any(|reader| reader == programme))
    };
    let today = tx.today();
    let mut awards = 0;
    for one in enrolments::of_household(tx, home.household).await? {
        if one.is_running() && reads(&one.programme) && one.review_on.is_none_or(|on| on > today) {
            tx.run_one(
                "UPDATE enrolment SET review_on = $1, version = version + 1
                 WHERE household_id = $2 AND enrolment_id = $3 AND version = $4",
                args![today, home.household, one.id, one.version],
            )
            .await?;
            awards += 1;
        }
    }
    let event = Event::new("income.changed").number("awards", awards);
    journal::append(tx, actor, home.household, event).await
}

/// When answers of a household were last said to be out of date, by module.
pub(crate) async fn since(tx: &mut Tx, household: HouseholdId) -> Result<Vec<(String, OffsetDateTime)>> {
    tx.all("SELECT module, changed_at FROM answers_changed WHERE household_id = $1", args![household]).await
}
