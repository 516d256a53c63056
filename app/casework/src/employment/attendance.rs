//! Who was there: a step of a service with attendance makes its provider record the person, on the sheets and lists on which
//! conditions are recorded ([`crate::life::records`]). What was handed in is shown beside the step; of public works with what
//! the days come to by the wage of the pack. Nothing follows from it by itself.

use domain::definitions::Literal;
use domain::ids::{EnrolmentId, HouseholdId, StepId};
use domain::life::condition::{CycleVerdict, Excuse, Given, RecordKind, verdict};
use domain::pack::Pack;
use time::Date;

use super::shape::Step;
use super::{WATCHED, of};
use crate::assessments::Household;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::life::conditions;
use crate::{Actor, Casework, args};

/// What was handed in about a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// What is handed in.
    pub record: RecordKind,
    /// Each cycle that was recorded, the newest first.
    pub cycles: Vec<Cycle>,
    /// Days of work in all, and what they come to in minor units; of public works alone.
    pub earned: Option<(i64, i64)>,
}

/// One cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cycle {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
    /// Days or percent.
    pub value: Option<i64>,
    /// The good cause, if one was told.
    pub excuse: Option<Excuse>,
    /// What it comes to; with a good cause it does not count.
    pub verdict: CycleVerdict,
}

/// The provider records the person from now on; nothing where the service has no attendance or nobody provides the step.
pub(super) async fn watch(tx: &mut Tx, pack: &Pack, home: &Household, step: &Step) -> Result<()> {
    let Some(check) = of(pack)?.check(&step.service).filter(|_| !step.provider.is_empty()) else {
        return Ok(());
    };
    // A step is recorded from the cycle in which it begins.
    let from = check.cycle.first_of(step.from.unwrap_or_else(|| tx.today()).min(tx.today()));
    tx.run(
        "INSERT INTO condition_watch (household_id, enrolment_id, person_id, condition, programme, provider, office, from_date,
                                      next_from, until_date)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, NULL)
         ON CONFLICT (household_id, enrolment_id, person_id, condition) DO UPDATE SET
             provider = excluded.provider, office = excluded.office, until_date = NULL",
        args![
            home.household,
            step.id,
            step.person,
            step.service.as_str(),
            WATCHED,
            step.provider.as_str(),
            home.office.as_str(),
            from
        ],
    )
    .await
    .map(drop)
}

/// Nobody records the step any more.
pub(super) async fn close(tx: &mut Tx, household: HouseholdId, step: StepId) -> Result<()> {
    conditions::close(tx, household, EnrolmentId::new(step.uuid())).await
}

/// What was handed in about a step; none where nothing is.
async fn sheet(
    tx: &mut Tx,
    pack: &Pack,
    household: HouseholdId,
    step: &Step,
    today: Date,
) -> Result<Option<Sheet>> {
    let work = of(pack)?;
    let Some(check) = work.check(&step.service) else { return Ok(None) };
    let rows: Vec<(Date, Option<i64>, String)> = tx
        .all(
            "SELECT cycle_from, value, excuse FROM condition_record
             WHERE household_id = $1 AND enrolment_id = $2 AND replaced_at IS NULL ORDER BY cycle_from DESC",
            args![household, step.id],
        )
        .await?;
    let least = conditions::at_least(pack, check, today);
    let mut cycles = Vec::new();
    for (from, value, excuse) in rows {
        let excuse: Option<Excuse> = match excuse.as_str() {
            "" => None,
            code => Some(code.parse().map_err(Error::internal)?),
        };
        let verdict = verdict(check.record, least, Some(&Given { value, excuse }));
        cycles.push(Cycle { from, until: check.cycle.last_of(from), value, excuse, verdict });
    }
    let mut earned = None;
    if check.record == RecordKind::Days {
        let days: i64 = cycles.iter().filter_map(|cycle| cycle.value).sum();
        let wage = work.day_wage.as_deref().and_then(|id| minor(pack, id, today));
        earned = wage.map(|wage| (days, days.saturating_mul(wage)));
    }
    Ok(Some(Sheet { record: check.record, cycles, earned }))
}

/// A figure of the pack in force on a day, in minor units of the currency.
fn minor(pack: &Pack, parameter: &str, on: Date) -> Option<i64> {
    let definition = pack.definitions().parameters.iter().find(|one| one.id == parameter)?;
    let dated = definition.values.iter().filter(|value| value.from <= on).max_by_key(|value| value.from)?;
    let Literal::Num(amount) = &dated.value else { return None };
    let unit = 10_i64.checked_pow(pack.about.currency.minor_digits)?;
    amount.mul(unit.into()).ok()?.integer()
}

/// What was handed in about the steps of a plan, by step; for who may read the file (the caller has asked for the plan itself,
/// which is an entry of the journal).
pub async fn sheets(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    steps: &[Step],
) -> Result<Vec<(StepId, Sheet)>> {
    let pack = super::country(cw)?;
    let cw = &cw.acting(actor);
    let mut view = cw.db.read().await?;
    Household::for_reading(&mut view, actor, household).await?;
    let mut found = Vec::new();
    for step in steps {
        if let Some(sheet) = sheet(&mut view, &pack, household, step, cw.today()).await? {
            found.push((step.id, sheet));
        }
    }
    Ok(found)
}
