//! What is done when a clock of an award rings, in the unit of work that marks it as met: so once, on however many servers,
//! and later when the server stood still.

use domain::ids::{EnrolmentId, HouseholdId};
use domain::life::{Act, Because, Cause};
use domain::lifecycle::By;
use domain::lifecycle::enrolment::ExitReason;
use domain::notice::Kind;
use domain::role::Right;
use domain::task::Priority;
use time::{Date, Duration};
use uuid::Uuid;

use super::{Award, graduation, judge, propose, review, watch};
use crate::clocks::Clock;
use crate::db::Tx;
use crate::decisions::follow::Desk;
use crate::decisions::issue::drop_pending;
use crate::error::{Error, Result};
use crate::journal::{self, Event};
use crate::overrides::reissue_telling;
use crate::subject::Subject;
use crate::tasks::{self, NewTask};
use crate::{Actor, Casework, args, enrolments};

/// Within which time somebody looks at an award that ends soon.
const LOOK_WITHIN: Duration = Duration::days(7);

/// Does what has become due for an award, and sets its next clocks.
pub(crate) async fn ring(tx: &mut Tx, cw: &Casework, clock: &Clock) -> Result<()> {
    let (household, id) = (clock.household_id, EnrolmentId::new(clock.subject.id));
    if let Some(award) = Award::read(tx, cw, household, id).await?
        && award.enrolment.is_running()
    {
        match clock.kind.as_str() {
            watch::ENDS_SOON => ends_soon(tx, &award).await?,
            watch::ENDS => ends(tx, cw, &award).await?,
            watch::AGE_SOON => age_soon(tx, &award).await?,
            watch::CYCLE => judge::due(tx, cw, &award).await?,
            watch::AGE => of_age(tx, cw, &award).await?,
            review::SOON => review::soon(tx, &award, clock).await?,
            review::DUE => review::due(tx, &award).await?,
            review::LATE => review::late(tx, &award).await?,
            graduation::STEP => graduation::take(tx, cw, &award).await?,
            // Asked again when the clocks are set.
            graduation::AGAIN => {}
            _ => return Err(Error::internal("a clock of an award that nobody knows")),
        }
    }
    watch::set(tx, cw, household, id).await
}

/// The household is told once more, and the office may assess it anew in time.
async fn ends_soon(tx: &mut Tx, award: &Award) -> Result<()> {
    let Some(on) = award.enrolment.ends_on else { return Ok(()) };
    let task = NewTask {
        household_id: award.home.household,
        kind: "award_ends_soon".into(),
        subject: Subject::new(super::SUBJECT, award.enrolment.id),
        scope: award.home.scope(),
        needs: Right::WorkTasks,
        priority: Priority::Normal,
        due_at: tx.now() + LOOK_WITHIN,
        instructions: String::new(),
    };
    tasks::open(tx, &Actor::system(), task).await?;
    told_as(tx, award, Event::new("award.ends_soon").date("on", on), Kind::EndsSoon, Some(on)).await
}

/// The declared last day is over: it ends as the decision said, and what it held is free for the next.
async fn ends(tx: &mut Tx, cw: &Casework, award: &Award) -> Result<()> {
    let (home, one) = (&award.home, &award.enrolment);
    let Some(on) = one.ends_on.filter(|on| *on < tx.today()) else { return Ok(()) };
    let actor = Actor::system();
    // What somebody still wanted to do to it has no object any more.
    if let Some(pending) = award.pending() {
        drop_pending(tx, &cw.keys, &actor, pending, "award_over").await?;
    }
    tasks::cancel_about(tx, &actor, home.household, &Subject::new(super::SUBJECT, one.id), "award_over")
        .await?;
    let is_graduated = award.decision().is_ok_and(graduation::steps_down);
    let reason = if is_graduated { ExitReason::Graduated } else { ExitReason::TermOver };
    enrolments::exit(tx, home.household, one, reason, By::System).await?;
    told_as(tx, award, Event::new("award.ended").date("on", on), Kind::Ended, None).await
}

/// Somebody died, or with them the whole household: what was given to them ends on that day, by itself. No second person and
/// no hearing is for who is not there; the household is told.
pub(crate) async fn died(
    tx: &mut Tx,
    cw: &Casework,
    household: HouseholdId,
    (person, on): (Uuid, Date),
    nobody_left: bool,
) -> Result<()> {
    for one in enrolments::of_household(tx, household).await? {
        let is_theirs = one.person == Some(person) || nobody_left;
        if !is_theirs || !(one.is_running() || one.is_waiting()) {
            continue;
        }
        let award = Award::read(tx, cw, household, one.id).await?.ok_or(Error::NotFound)?;
        if let Some(pending) = award.pending() {
            drop_pending(tx, &cw.keys, &Actor::system(), pending, "deceased").await?;
        }
        let subject = Subject::new(super::SUBJECT, one.id);
        tasks::cancel_about(tx, &Actor::system(), household, &subject, "deceased").await?;
        tx.run(
            "UPDATE enrolment SET ends_on = $1 WHERE household_id = $2 AND enrolment_id = $3",
            args![on, household, one.id],
        )
        .await?;
        enrolments::exit(tx, household, &one, ExitReason::Deceased, By::System).await?;
        told_as(tx, &award, Event::new("award.ended").date("on", on), Kind::Ended, None).await?;
        watch::set(tx, cw, household, one.id).await?;
    }
    Ok(())
}

/// They are told before the birthday on which the end is proposed.
async fn age_soon(tx: &mut Tx, award: &Award) -> Result<()> {
    let Some((years, on)) = award.up_to_age() else { return Ok(()) };
    let event = Event::new("award.age_soon").number("years", i64::from(years)).date("on", on);
    told_as(tx, award, event, Kind::EndsSoon, Some(on)).await
}

/// The birthday: the end is proposed to a second person.
async fn of_age(tx: &mut Tx, cw: &Casework, award: &Award) -> Result<()> {
    let Some((years, on)) = award.up_to_age().filter(|(_, on)| *on <= tx.today()) else { return Ok(()) };
    if propose::is_new(award, on) && award.pending().is_none() {
        let because = Because { act: Act::End, cause: Cause::Age { years, on } };
        propose::propose(tx, cw, award, because).await?;
    }
    Ok(())
}

/// A new letter, and the entry in the journal.
pub(super) async fn told(tx: &mut Tx, award: &Award, event: Event) -> Result<()> {
    told_as(tx, award, event, Kind::Decision, None).await
}

/// The same, with a message of this kind and the day that it names.
pub(super) async fn told_as(
    tx: &mut Tx,
    award: &Award,
    event: Event,
    kind: Kind,
    on: Option<Date>,
) -> Result<()> {
    let actor = Actor::system();
    let desk = Desk {
        actor: &actor,
        by: By::System,
        home: &award.home,
        pack: &award.pack,
        calendar: &award.calendar,
        today: tx.today(),
    };
    Box::pin(reissue_telling(tx, &desk, award.decision()?, kind, on)).await?;
    let event = event.id("enrolment", award.enrolment.id).code("programme", &award.enrolment.programme);
    journal::append(tx, &actor, award.home.household, event).await
}
