//! Something is to be done to an award that runs, because of what happened after it was given: a decision is prepared that
//! waits for a second person, as every cut does ([`crate::overrides`]). What runs goes on until the person was heard.

use domain::ids::DecisionId;
use domain::life::{Act, Because, Cause};
use domain::lifecycle::By;
use domain::lifecycle::Lifecycle;
use domain::lifecycle::decision::{DecisionEvent as E, DecisionState, Outcome};
use time::Date;

use super::{Award, graduation};
use crate::db::Tx;
use crate::decisions::issue::SUBJECT;
use crate::decisions::{Body, Decision, insert};
use crate::error::Result;
use crate::journal::{self, Event};
use crate::overrides::{CUT, Cut};
use crate::proposals::{self, NewProposal};
use crate::step::step;
use crate::subject::Subject;
use crate::{Actor, Casework};

/// Whether the end by this birthday was not proposed yet: who was heard about it and is right is not asked again.
pub(super) fn is_new(award: &Award, on: Date) -> bool {
    !award.decisions.iter().filter(|one| one.is_for(&award.enrolment.programme, award.enrolment.person)).any(
        |one| {
            let because = one.body.because.as_ref().map(|because| &because.cause);
            matches!(because, Some(Cause::Age { on: then, .. }) if *then == on)
        },
    )
}

/// Prepares the decision and the proposal. The caller has seen that no other decision on the award waits.
pub(crate) async fn propose(
    tx: &mut Tx,
    cw: &Casework,
    award: &Award,
    because: Because,
) -> Result<DecisionId> {
    let (home, one, actor) = (&award.home, &award.enrolment, Actor::system());
    let old = award.decision()?;
    let number = award
        .decisions
        .iter()
        .filter(|other| other.is_for(&one.programme, one.person))
        .map(|other| other.number)
        .max()
        .unwrap_or(0);
    let decision = Decision {
        id: tx.new_id(),
        number: number + 1,
        state: step(DecisionState::FIRST, E::AskApproval, By::System, &[])?,
        outcome: match because.act {
            Act::End => Outcome::NotEligible,
            // It stays theirs, and stands still or becomes less.
            Act::Suspend | Act::StepDown => Outcome::Award,
        },
        amount_minor: match because.act {
            Act::End => None,
            Act::Suspend => one.amount_minor,
            Act::StepDown => graduation::first_amount(&because, one.amount_minor),
        },
        period: one.period.clone().filter(|_| because.act != Act::End),
        supersedes: Some(old.id),
        appeal_until: None,
        decided_at: tx.now(),
        decided_by: actor.staff_id.uuid(),
        approved_by: None,
        body: Body {
            rules: old.body.rules.clone(),
            overridden: None,
            because: Some(because.clone()),
            kept: None,
        },
        ..old.clone()
    };
    insert(tx, &decision).await?;
    let review = &award.pack.about.law.override_review;
    let new = NewProposal {
        household_id: home.household,
        kind: CUT.into(),
        subject: Subject::new(SUBJECT, decision.id),
        scope: home.scope(),
        payload: Cut { decision: decision.id, enrolment: Some(one.id) },
        reason_code: because.code().to_owned(),
        reason: format!("{} {}", one.programme, because.act),
        term: review.term,
        legal_basis: review.source.clone(),
    };
    proposals::prepare(tx, &cw.keys, &actor, &award.calendar, new).await?;
    let event = Event::new(match because.act {
        Act::End => "award.end_proposed",
        Act::Suspend => "award.stop_proposed",
        Act::StepDown => "award.step_down_proposed",
    });
    let event = event
        .id("decision", decision.id)
        .id("enrolment", one.id)
        .code("programme", &one.programme)
        .code("reason", because.code());
    journal::append(tx, &actor, home.household, event).await?;
    Ok(decision.id)
}
