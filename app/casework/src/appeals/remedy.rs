//! What is put right: a decision in the place of the one that was contested, from the day of that one; or, of what was only
//! announced, that it is given up.

use domain::calendar::add_months;
use domain::ids::DecisionId;
use domain::lifecycle::decision::{DecisionEvent as E, DecisionState, Outcome};
use domain::lifecycle::{By, Guard};
use time::Date;
use uuid::Uuid;

use super::Matter;
use super::reconsider::Remedy;
use super::shape::Issue;
use crate::assessments;
use crate::budgets::holding;
use crate::clocks;
use crate::db::Tx;
use crate::decisions::follow::Desk;
use crate::decisions::issue::SUBJECT as DECISION;
use crate::decisions::{self, Decision, set_state};
use crate::enrolments;
use crate::error::{Conflict, Error, Result};
use crate::overrides::{self, Agreed, Change};
use crate::step::step;
use crate::subject::Subject;
use crate::{Actor, Casework, args, packs};

/// What two people agreed to.
pub(super) struct Made<'a> {
    /// What holds instead; none where what was announced is given up.
    pub change: Option<Change>,
    /// Why: code and words.
    pub reason: (&'a str, &'a str),
    /// The first of the two.
    pub by: Uuid,
    /// The proposal, or the appeal that the tribunal decided.
    pub proposal: Uuid,
}

/// The decision that would change: the one contested, or the one that holds in its place by now.
pub(super) async fn target(tx: &mut Tx, matter: &Matter, issue: &Issue) -> Result<(Decision, Decision)> {
    let id = issue.decision().ok_or(Error::Conflict(Conflict::State))?;
    let all = decisions::of_household(tx, matter.home.household).await?;
    let contested = all.iter().find(|one| one.id == id).ok_or(Error::NotFound)?.clone();
    let holds =
        all.into_iter().find(|one| one.is_for(&contested.programme, contested.person) && one.state.governs());
    let target = match holds {
        Some(holds) if !contested.state.governs() && contested.state != DecisionState::Proposed => holds,
        _ => contested.clone(),
    };
    Ok((contested, target))
}

/// What a remedy would change, whole and in favour. What was announced needs none: it is given up.
pub(super) async fn check(
    tx: &mut Tx,
    cw: &Casework,
    matter: &Matter,
    issue: &Issue,
    remedy: Option<&Remedy>,
) -> Result<Change> {
    let (contested, target) = target(tx, matter, issue).await?;
    if contested.state == DecisionState::Proposed {
        let keeps = Remedy { outcome: contested.outcome, amount_minor: None, period: None };
        return Ok(keeps.of(contested.id));
    }
    let remedy = remedy.ok_or(Error::Invalid("appeal.remedy"))?;
    let change = remedy.of(target.id);
    let of = assessments::find(tx, matter.home.household, target.assessment).await?.ok_or(Error::NotFound)?;
    let pack = packs::by_hash(cw, &of.pack_hash).await?;
    overrides::check(&pack, &target, &change)?;
    let gives = |outcome| matches!(outcome, Outcome::Award | Outcome::Partly);
    let is_less = gives(target.outcome)
        && (!gives(change.outcome) || change.amount_minor.unwrap_or(0) < target.amount_minor.unwrap_or(0));
    // Who appeals does not leave with less.
    if is_less { Err(Error::Invalid("appeal.less")) } else { Ok(change) }
}

/// Makes the decision; `None` where what was announced was given up. `Conflict(State)` when it moved on meanwhile.
pub(super) async fn put_right(
    tx: &mut Tx,
    cw: &Casework,
    (actor, by): (&Actor, By),
    matter: &Matter,
    issue: &Issue,
    made: Made<'_>,
) -> Result<Option<DecisionId>> {
    let (contested, target) = target(tx, matter, issue).await?;
    let household = matter.home.household;
    let of = assessments::find(tx, household, target.assessment).await?.ok_or(Error::NotFound)?;
    let pack = packs::by_hash(cw, &of.pack_hash).await?;
    let calendar = pack.working_calendar(&matter.home.area).ok_or(Error::Invalid("area.unknown"))?;
    let desk = Desk { actor, by, home: &matter.home, pack: &pack, calendar: &calendar, today: tx.today() };
    if contested.state == DecisionState::Proposed {
        let dropped = step(contested.state, E::Drop, By::System, &[Guard::ReasonGiven])?;
        set_state(tx, &contested, dropped).await?;
        clocks::cancel(tx, actor, household, &Subject::new(DECISION, contested.id), "appeal").await?;
        overrides::reissue(tx, &desk, &contested).await?;
        return Ok(None);
    }
    let change = made.change.ok_or(Error::Conflict(Conflict::State))?;
    let from = tx.here(contested.decided_at).date();
    let agreed = Agreed {
        change: Change { decision: target.id, ..change },
        reason_code: made.reason.0,
        reason: made.reason.1,
        proposal: made.proposal,
        prepared_by: made.by,
        from: Some(from),
    };
    let new = overrides::make(tx, &desk, &agreed, &target).await?;
    from_then(tx, &desk, &target, new, from).await?;
    Ok(Some(new))
}

/// What is given because of it began with the decision that was wrong: it is paid from then.
async fn from_then(tx: &mut Tx, desk: &Desk<'_>, of: &Decision, new: DecisionId, from: Date) -> Result<()> {
    let all = enrolments::of_household(tx, of.household).await?;
    let own = all.iter().find(|one| one.decision == new && one.is_running());
    let Some(own) = own.filter(|one| one.since > from) else { return Ok(()) };
    let def = desk.pack.programme(&of.programme).ok_or(Error::NotFound)?;
    let ends_on = def.duration_months.map(|months| add_months(from, months));
    tx.run_one(
        "UPDATE enrolment SET since = $1, ends_on = COALESCE($2, ends_on), version = version + 1
         WHERE household_id = $3 AND enrolment_id = $4 AND version = $5",
        args![from, ends_on, of.household, own.id, own.version],
    )
    .await?;
    holding::later(tx, of.household, own.id, from - own.since).await
}
