//! The course of a household's request, read from the tables for `domain::track`.

use domain::lifecycle::assessment::AssessmentState;
use domain::track::{Course, CourseLine, Happened};
use time::{Date, OffsetDateTime, UtcOffset};

use crate::assessments::{Household, find, of_household};
use crate::budgets::list;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::life::notes;
use crate::{Casework, args, decisions, employment, enrolments, packs, referrals};

/// The course, and whether there is a letter to read. Places on lists are counted in `all`, which sees every household's.
pub(super) async fn read(
    tx: &mut Tx,
    all: &mut Tx,
    cw: &Casework,
    home: &Household,
    offset: UtcOffset,
) -> Result<(Course, bool)> {
    let household = home.household;
    let day = |at: OffsetDateTime| at.to_offset(offset).date();
    let mut events = vec![(home.application.date_of_claim, Happened::Registered)];
    for assessment in of_household(tx, household).await? {
        if assessment.state != AssessmentState::Cancelled {
            events.push((day(assessment.started_at), Happened::AssessmentBegun));
        }
        if let Some(submitted) = assessment.submitted_at {
            events.push((day(submitted), Happened::Decided));
        }
    }
    let decisions = decisions::of_household(tx, household).await?;
    for changed in
        decisions.iter().filter(|decision| decision.approved_by.is_some() && decision.supersedes.is_some())
    {
        events.push((day(changed.decided_at), Happened::Changed));
    }
    events.extend(
        super::answers::days(tx, household).await?.into_iter().map(|at| (day(at), Happened::Answered)),
    );
    let enrolments = enrolments::of_household(tx, household).await?;
    let referrals = referrals::of_household(tx, household).await?;
    let shown = decisions.iter().filter(|decision| decision.state.governs() || decision.is_pending());
    let mut lines = Vec::new();
    for decision in shown {
        let enrolment = enrolments.iter().find(|one| one.decision == decision.id);
        let standing = match enrolment.map(|one| one.state) {
            Some(state) => decision.standing().on_list(state),
            None => decision.standing(),
        };
        let on_list = match enrolment {
            Some(one) => list::told(all, one).await?,
            None => None,
        };
        let of = find(tx, household, decision.assessment).await?.ok_or(Error::NotFound)?;
        let pack = packs::by_hash(cw, &of.pack_hash).await?;
        lines.push(CourseLine {
            programme: decision.programme.clone(),
            person: decision.person.and_then(|id| home.name_of(&id.to_string())).map(str::to_owned),
            decision: decision.state,
            standing,
            enrolment: enrolment.map(|one| one.state),
            referral: referrals.iter().find(|one| one.decision == Some(decision.id)).map(|one| one.state),
            on_list,
            life: notes::of(tx, &pack, home, decision, enrolment).await?,
        });
    }
    let appeal_until =
        decisions.iter().filter(|one| one.state.governs()).filter_map(|one| one.appeal_until).max();
    let due: Vec<(String, OffsetDateTime)> = tx
        .all("SELECT kind, due_at FROM clock WHERE household_id = $1 AND state = 'running'", args![household])
        .await?;
    let by = |kind: &str| -> Option<Date> {
        due.iter().filter(|(own, _)| own == kind).map(|(_, at)| day(*at)).min()
    };
    let letters: Option<i64> =
        tx.value("SELECT COUNT(*) FROM letter WHERE household_id = $1", args![household]).await?;
    let course = Course {
        application: home.application.state,
        events,
        lines,
        decide_by: by("decide"),
        bring_by: by("info_request"),
        appeal_until,
        work: employment::told::next_steps(tx, home).await?,
    };
    Ok((course, letters.unwrap_or(0) > 0))
}
