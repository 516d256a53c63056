//! Whom the conditions of an award concern: one row for each person and condition, with the provider that hands in the
//! records and the next cycle that is judged. [`concern`] keeps the rows when the award's clocks are set.

use std::collections::BTreeSet;

use domain::decide::Known;
use domain::definitions::{CheckDef, ConditionDef, LimitDef, Literal, ProgrammeDef};
use domain::ids::{EnrolmentId, HouseholdId};
use domain::pack::Pack;
use domain::value::Value;
use time::{Date, Duration};
use uuid::Uuid;

use super::Award;
use crate::db::Tx;
use crate::error::Result;
use crate::{args, letters, referrals};

/// A person whom a condition concerns.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct Watch {
    pub enrolment_id: Uuid,
    pub person_id: Uuid,
    pub condition: String,
    pub programme: String,
    pub provider: String,
    pub office: String,
    pub from_date: Date,
    pub next_from: Date,
    pub until_date: Option<Date>,
}

/// The conditions of a programme that are checked.
pub(crate) fn checked(def: &ProgrammeDef) -> impl Iterator<Item = (&ConditionDef, &CheckDef)> {
    def.conditions.iter().filter_map(|one| Some((one, one.check.as_ref()?)))
}

/// How a condition of a programme is checked.
pub(crate) fn check_of<'p>(pack: &'p Pack, programme: &str, condition: &str) -> Option<&'p CheckDef> {
    // A step of a plan for work is recorded as a condition is.
    if programme == crate::employment::WATCHED {
        return pack.employment.as_ref()?.check(condition);
    }
    checked(pack.programme(programme)?).find(|(one, _)| one.id == condition).map(|(_, check)| check)
}

/// The last day on which records of a cycle may still come.
pub(crate) fn due_on(check: &CheckDef, first: Date) -> Date {
    check.cycle.last_of(first).saturating_add(Duration::days(i64::from(check.grace_days)))
}

/// The least percent that is asked for on a day.
pub(crate) fn at_least(pack: &Pack, check: &CheckDef, on: Date) -> Option<i64> {
    let number = |value: &Literal| match value {
        Literal::Num(number) => number.integer(),
        _ => None,
    };
    match check.at_least.as_ref()? {
        LimitDef::Value(value) => number(value),
        LimitDef::Param(id) => {
            let parameter = pack.definitions().parameters.iter().find(|one| one.id == *id)?;
            let in_force = parameter.values.iter().filter(|value| value.from <= on);
            number(&in_force.max_by_key(|value| value.from)?.value)
        }
        LimitDef::Values(_) | LimitDef::Fact(_) => None,
    }
}

/// Everybody whom the conditions of an award concern or concerned.
pub(crate) async fn all(tx: &mut Tx, household: HouseholdId, enrolment: EnrolmentId) -> Result<Vec<Watch>> {
    tx.all(
        "SELECT enrolment_id, person_id, condition, programme, provider, office, from_date, next_from, until_date
         FROM condition_watch WHERE household_id = $1 AND enrolment_id = $2 ORDER BY person_id, condition",
        args![household, enrolment],
    )
    .await
}

/// The same, of those whom they concern now.
pub(crate) async fn open(tx: &mut Tx, household: HouseholdId, enrolment: EnrolmentId) -> Result<Vec<Watch>> {
    let all = all(tx, household, enrolment).await?;
    Ok(all.into_iter().filter(|watch| watch.until_date.is_none()).collect())
}

/// Nobody is concerned any more.
pub(crate) async fn close(tx: &mut Tx, household: HouseholdId, enrolment: EnrolmentId) -> Result<()> {
    tx.run(
        "UPDATE condition_watch SET until_date = $1
         WHERE household_id = $2 AND enrolment_id = $3 AND until_date IS NULL",
        args![tx.today(), household, enrolment],
    )
    .await
    .map(drop)
}

/// Makes the rows what they ought to be. A cycle that had begun when somebody came under a condition is not judged.
pub(crate) async fn concern(tx: &mut Tx, award: &Award) -> Result<()> {
    let (household, enrolment) = (award.home.household, award.enrolment.id);
    let wanted = concerned(tx, award).await?;
    let there = all(tx, household, enrolment).await?;
    let today = tx.today();
    for watch in &there {
        if watch.until_date.is_none() && !wanted.contains(&(watch.person_id, watch.condition.clone())) {
            tx.run(
                "UPDATE condition_watch SET until_date = $1
                 WHERE household_id = $2 AND enrolment_id = $3 AND person_id = $4 AND condition = $5",
                args![today, household, enrolment, watch.person_id, watch.condition.as_str()],
            )
            .await?;
        }
    }
    for (person, condition) in wanted {
        let Some(check) = check_of(&award.pack, &award.enrolment.programme, &condition) else { continue };
        let near = referrals::nearest(&award.pack, &check.service, &award.home.area);
        let provider = near.map(|(_, provider)| provider.code.clone()).unwrap_or_default();
        let before = there.iter().find(|watch| watch.person_id == person && watch.condition == condition);
        let next = match before {
            Some(watch) if watch.until_date.is_none() => watch.next_from,
            Some(watch) => watch.next_from.max(check.cycle.first_whole(today)),
            None => check.cycle.first_whole(today),
        };
        tx.run(
            "INSERT INTO condition_watch (household_id, enrolment_id, person_id, condition, programme, provider, office,
                                          from_date, next_from, until_date)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL)
             ON CONFLICT (household_id, enrolment_id, person_id, condition) DO UPDATE SET
                 provider = excluded.provider, office = excluded.office, next_from = excluded.next_from,
                 until_date = NULL",
            args![
                household,
                enrolment,
                person,
                condition.as_str(),
                award.enrolment.programme.as_str(),
                provider.as_str(),
                award.home.office.as_str(),
                today,
                next
            ],
        )
        .await?;
    }
    Ok(())
}

/// The persons and the conditions that concern them: in a programme for households by what was known of the members when it
/// was given; of whom it is not known, nothing is asked.
async fn concerned(tx: &mut Tx, award: &Award) -> Result<BTreeSet<(Uuid, String)>> {
    let mut wanted = BTreeSet::new();
    let Some(def) = award.pack.programme(&award.enrolment.programme) else { return Ok(wanted) };
    let mut decided = None;
    for (condition, check) in checked(def) {
        let Some(fact) = &check.who else {
            wanted.extend(award.enrolment.person.map(|person| (person, condition.id.clone())));
            continue;
        };
        let decided = match &mut decided {
            Some(decided) => decided,
            none => none.insert(letters::again(tx, &award.assessment, &award.pack).await?.0),
        };
        for (member, facts) in &decided.facts.members {
            let concerns = matches!(facts.get(fact), Some(Known::Value(Value::Bool(true))));
            let person = Uuid::try_parse(member).ok().map(|id| award.home.now(id));
            let is_here = |id: &Uuid| award.home.people.iter().any(|person| person.id == *id);
            if let Some(person) = person.filter(|id| concerns && is_here(id)) {
                wanted.insert((person, condition.id.clone()));
            }
        }
    }
    Ok(wanted)
}
