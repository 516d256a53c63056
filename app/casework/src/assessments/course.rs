//! The household's request as an assessment moves it along: begun, finished, decided, or waiting for what is missing;
//! and the clocks that run meanwhile.

use domain::calendar::WorkingCalendar;
use domain::ids::AssessmentId;
use domain::lifecycle::application::{ApplicationEvent as E, ApplicationState as S};
use domain::lifecycle::{By, Guard};
use domain::pack::Pack;
use time::{Date, OffsetDateTime, Time};

use super::household::{Application, Household};
use crate::clocks::{self, AtBreach, NewClock};
use crate::db::Tx;
use crate::decisions::follow::Desk;
use crate::error::{Conflict, Error, Result};
use crate::step::step;
use crate::subject::Subject;
use crate::{Actor, args, tasks};

/// The noun of a request, as subject of the clock by which it must be decided.
pub(crate) const APPLICATION: &str = "application";
/// The noun of an assessment, as subject of the clock by which what is missing should come.
pub(crate) const ASSESSMENT: &str = "assessment";

/// An assessment begins. `before` is the last one, whose missing things it may bring.
pub(super) async fn begin(
    tx: &mut Tx,
    actor: &Actor,
    by: By,
    home: &Household,
    pack: &Pack,
    before: Option<AssessmentId>,
) -> Result<()> {
    let application = &home.application;
    let about = Subject::new(APPLICATION, application.id);
    let calendar = pack.working_calendar(&home.area).ok_or(Error::Invalid("area.unknown"))?;
    let state = match application.state {
        // The one before was decided; a new look is the reason itself.
        S::Decided => step(S::Decided, E::Reassess, by, &[Guard::ReasonGiven])?,
        S::InfoRequested => {
            if let Some(before) = before {
                clocks::meet(tx, actor, home.household, &Subject::new(ASSESSMENT, before)).await?;
            }
            clocks::resume(tx, actor, &calendar, home.household, &about).await?;
            let received = step(S::InfoRequested, E::ReceiveInfo, by, &[])?;
            step(received, E::BeginAssessment, by, &[])?
        }
        S::InfoReceived => {
            // What the household sent is read now.
            if let Some(before) = before {
                let about = Subject::new(ASSESSMENT, before);
                tasks::complete_about(tx, actor, home.household, &about).await?;
            }
            step(S::InfoReceived, E::BeginAssessment, by, &[])?
        }
        S::InAssessment => S::InAssessment,
        other => step(other, E::BeginAssessment, by, &[])?,
    };
    let runs = clocks::of_household(tx, home.household)
        .await?
        .into_iter()
        .any(|clock| clock.subject == about && clock.ended_at.is_none());
    if !runs {
        let since = match application.state {
            S::Decided => tx.now(),
            _ => first_moment(application.date_of_claim, tx.now()),
        };
        let decide = &pack.about.law.decide_within;
        let clock = NewClock {
            household_id: home.household,
            kind: "decide".into(),
            subject: about,
            scope: home.scope(),
            term: decide.term,
            legal_basis: decide.source.clone(),
            at_breach: AtBreach::Escalate,
            started_at: since,
        };
        clocks::start(tx, actor, &calendar, clock).await?;
    }
    keep(tx, home, application, state).await
}

/// A term that began on a day began with it; the claim of today, now.
fn first_moment(day: Date, now: OffsetDateTime) -> OffsetDateTime {
    if day >= now.date() { now } else { OffsetDateTime::new_utc(day, Time::MIDNIGHT) }
}

/// What an assessment ends in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Everything is decided.
    Decided,
    /// Something is missing for at least one programme.
    Missing,
}

/// An assessment is finished and its decisions are made. Gives the day by which what is missing should come.
pub(super) async fn finish(
    tx: &mut Tx,
    desk: &Desk<'_>,
    assessment: AssessmentId,
    end: End,
) -> Result<Option<Date>> {
    let Desk { actor, by, home, .. } = *desk;
    let application = &home.application;
    if application.state != S::InAssessment {
        return Err(Error::Conflict(Conflict::State));
    }
    let about = Subject::new(APPLICATION, application.id);
    let waiting = step(S::InAssessment, E::FinishAssessment, by, &[])?;
    match end {
        End::Decided => {
            clocks::meet(tx, actor, home.household, &about).await?;
            let decided = step(waiting, E::Decide, by, &[Guard::SecondPersonOrExempt])?;
            keep(tx, home, application, decided).await?;
            Ok(None)
        }
        End::Missing => {
            clocks::pause(tx, actor, home.household, &about, "info_requested").await?;
            let limit = &desk.pack.about.law.info_request;
            let clock = NewClock {
                household_id: home.household,
                kind: "info_request".into(),
                subject: Subject::new(ASSESSMENT, assessment),
                scope: home.scope(),
                term: limit.term,
                legal_basis: limit.source.clone(),
                // A person looks then: silence refuses nothing.
                at_breach: AtBreach::Escalate,
                started_at: tx.now(),
            };
            let (_, due_at) = clocks::start(tx, actor, desk.calendar, clock).await?;
            let requested = step(waiting, E::RequestInfo, by, &[Guard::ReasonGiven])?;
            keep(tx, home, application, requested).await?;
            Ok(Some(due_at.date()))
        }
    }
}

/// The applicant sent what was missing: the office reads it, and its time to decide runs on.
pub(crate) async fn receive(
    tx: &mut Tx,
    actor: &Actor,
    home: &Household,
    calendar: &WorkingCalendar,
    assessment: AssessmentId,
) -> Result<()> {
    let about = Subject::new(APPLICATION, home.application.id);
    clocks::meet(tx, actor, home.household, &Subject::new(ASSESSMENT, assessment)).await?;
    clocks::resume(tx, actor, calendar, home.household, &about).await?;
    let received = step(home.application.state, E::ReceiveInfo, By::Applicant, &[])?;
    keep(tx, home, &home.application, received).await
}

async fn keep(tx: &mut Tx, home: &Household, application: &Application, state: S) -> Result<()> {
    if state == application.state {
        return Ok(());
    }
    tx.run_one(
        "UPDATE application SET state = $1, version = version + 1
         WHERE household_id = $2 AND application_id = $3 AND version = $4",
        args![state.code(), home.household, application.id, application.version],
    )
    .await
}
