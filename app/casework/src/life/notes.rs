//! What is told of an award's life, by letters, by the applicant's page and in the file: all the same.

use domain::life::{About, Act, Because, Cause, Note, day_of_age};
use domain::lifecycle::decision::DecisionState;
use domain::lifecycle::enrolment::{EnrolmentState, ExitReason};
use domain::pack::Pack;
use time::Date;
use uuid::Uuid;

use super::{conditions, graduation, judge, warning};
use crate::args;
use crate::assessments::Household;
use crate::db::Tx;
use crate::decisions::Decision;
use crate::decisions::issue::SUBJECT as DECISION;
use crate::enrolments::Enrolment;
use crate::error::Result;

/// The age to which an award is given, and the day on which the person reaches it.
pub(crate) fn up_to_age(pack: &Pack, home: &Household, one: &Enrolment) -> Option<(u32, Date)> {
    let years = pack.programme(&one.programme)?.ends_at_age?;
    let person = home.people.iter().find(|person| Some(person.id) == one.person)?;
    Some((years, day_of_age(person.birth, years)?))
}

/// What is told of a decision and of the award that rests on it.
pub(crate) async fn of(
    tx: &mut Tx,
    pack: &Pack,
    home: &Household,
    decision: &Decision,
    enrolment: Option<&Enrolment>,
) -> Result<Vec<Note>> {
    let mut notes = Vec::new();
    if let Some(because) = &decision.body.because {
        let about = match &because.cause {
            Cause::Condition { condition, person, .. } => about(home, condition, *person),
            Cause::Age { .. } | Cause::Graduation { .. } => About::default(),
        };
        if decision.state == DecisionState::Proposed {
            let until = heard_until(tx, decision).await?;
            notes.push(Note::Intended { because: because.clone(), about, until });
        } else if decision.state.governs() && is_so(because, enrolment) {
            notes.push(Note::Done { because: because.clone(), about });
        }
    }
    let Some(one) = enrolment.filter(|_| decision.state.governs()) else { return Ok(notes) };
    let runs = one.is_running() && !one.is_held();
    if let Some(on) = one.ends_on {
        if runs {
            notes.push(Note::LastDay { on });
        } else if one.state == EnrolmentState::Exited && one.exit_reason == Some(ExitReason::TermOver) {
            notes.push(Note::Over { on });
        } else if one.state == EnrolmentState::Exited && one.exit_reason == Some(ExitReason::Graduated) {
            notes.push(Note::Graduated { on });
        }
    }
    if runs && graduation::steps_down(decision) {
        let steps = graduation::steps(tx, home.household, one.id).await?;
        let ahead = steps.iter().filter(|step| step.until_date >= tx.today());
        notes.extend(ahead.map(|step| Note::Step { step: step.told() }));
    }
    if let Some(graduation::Kept { above, of }) = decision.body.kept.filter(|_| runs) {
        notes.push(Note::Kept { above, of });
    }
    let review_on = one.review_on.filter(|on| one.ends_on.is_none_or(|last| *on < last));
    let is_near = |on: &Date| *on >= tx.today() && on.saturating_sub(warning(pack)) <= tx.today();
    if let Some(on) = review_on.filter(|on| runs && is_near(on)) {
        notes.push(Note::ReviewOn { on });
    }
    if let Some((years, on)) = up_to_age(pack, home, one).filter(|_| runs) {
        notes.push(Note::UpToAge { years, on });
    }
    if runs {
        notes.extend(cycles(tx, home, one).await?);
    }
    Ok(notes)
}

/// Whether what was decided still is so: what stands still may run again, and what stepped down is over one day.
fn is_so(because: &Because, enrolment: Option<&Enrolment>) -> bool {
    match because.act {
        Act::End => true,
        Act::Suspend => enrolment.is_some_and(|one| one.state == EnrolmentState::Suspended),
        Act::StepDown => enrolment.is_some_and(Enrolment::is_running),
    }
}

fn about(home: &Household, condition: &str, person: Uuid) -> About {
    let person = home.name_of(&person.to_string()).unwrap_or_default().to_owned();
    About { condition: condition.to_owned(), person, ..About::default() }
}

/// What the newest cycle of each condition came to.
async fn cycles(tx: &mut Tx, home: &Household, one: &Enrolment) -> Result<Vec<Note>> {
    let mut notes = Vec::new();
    for watch in conditions::open(tx, home.household, one.id).await? {
        let whose = (watch.person_id, watch.condition.as_str());
        if let Some(cycle) = judge::newest(tx, home.household, one.id, whose, 1).await?.first() {
            notes.push(Note::Cycle {
                about: about(home, &watch.condition, watch.person_id),
                from: cycle.from,
                until: cycle.until,
                verdict: cycle.verdict,
            });
        }
    }
    Ok(notes)
}

/// The last day to be heard about a decision.
async fn heard_until(tx: &mut Tx, decision: &Decision) -> Result<Option<Date>> {
    let due: Option<Option<time::OffsetDateTime>> = tx
        .value(
            "SELECT MAX(due_at) FROM clock WHERE household_id = $1 AND subject_kind = $2 AND subject_id = $3",
            args![decision.household, DECISION, decision.id],
        )
        .await?;
    Ok(due.flatten().map(|at| tx.here(at).date()))
}
