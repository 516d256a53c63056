//! Until the tribunal: the person is told that we have it, lateness is forgiven or not, and an officer who took no part looks
//! again. What that officer would change in favour waits for a second person who took no part either; what stays as it was
//! goes to the tribunal in the same unit of work.

use domain::appeal::terms::Step;
use domain::appeal::{AppealEvent, AppealState, Finding, IssueKind, RemandReason};
use domain::clock::ClockState;
use domain::ids::{AppealId, HouseholdId, IssueId, ProposalId, StaffId};
use domain::lifecycle::decision::Outcome;
use domain::lifecycle::{By, Guard};
use domain::role::{Right, Role};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::shape::Issue;
use super::{Hat, Matter, REVISION, Seen, across, apart, remedy, said};
use crate::clocks::{self, AtBreach};
use crate::db::Tx;
use crate::error::{Conflict, Error, Result};
use crate::households::register::DECIDE;
use crate::overrides::Change;
use crate::proposals::{self, NewProposal};
use crate::{Actor, Casework, args, budgets};

/// The reason of a finding that changes nothing.
pub const STANDS: &str = "stands";

/// What an officer who took no part says of one issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The issue.
    pub issue: IssueId,
    /// Whether it is changed in favour.
    pub finding: Finding,
    /// What shall hold instead; none of a delay, and of what was only announced: that is given up.
    pub change: Option<Remedy>,
    /// Why, as a code of [`RemandReason`]; ignored where it stays.
    pub reason: String,
    /// Why, in words; the letter says them.
    pub words: String,
}

/// What shall hold instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// What it gives.
    pub outcome: Outcome,
    /// How much, in minor units.
    pub amount_minor: Option<i64>,
    /// `month`, `year`, `once`.
    pub period: Option<String>,
}

impl Remedy {
    pub(super) fn of(&self, decision: domain::ids::DecisionId) -> Change {
        Change {
            decision,
            outcome: self.outcome,
            amount_minor: self.amount_minor,
            period: self.period.clone(),
        }
    }
}

/// What a proposal in favour carries: the change, and the issue it settles.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Revision {
    #[serde(flatten)]
    pub change: Change,
    pub issue: Uuid,
    /// Of what was only announced: nothing is put in its place.
    pub give_up: bool,
}

/// The hand of an officer of the office that keeps the file, or of the one that looks again.
pub(super) fn officers_hand(actor: &Actor, matter: &Matter) -> Result<By> {
    match actor.hand(Right::Propose, &matter.home.scope()) {
        Ok(by) => Ok(by),
        Err(_) => actor.hand(Right::Propose, &matter.appeal.review_scope()?),
    }
}

/// The person is told that we have it.
pub async fn acknowledge(
    cw: &Casework,
    actor: &Actor,
    household: HouseholdId,
    id: AppealId,
    version: i64,
) -> Result<()> {
    Seen::read(cw, actor, household, id).await?;
    let (own, actor) = (cw.clone(), actor.clone());
    across(cw)
        .write(async move |tx| {
            let matter = Matter::at(tx, &own, household, id, version).await?;
            let by = officers_hand(&actor, &matter)?;
            acknowledged(tx, &actor, &matter, by).await.map(drop)
        })
        .await
}

/// The step itself: somebody who took no part has it now, and a term.
pub(crate) async fn acknowledged(tx: &mut Tx, actor: &Actor, matter: &Matter, by: By) -> Result<AppealState> {
    let event = AppealEvent::Acknowledge;
    let to = matter.step(event, by, &[])?;
    matter.done(tx, actor).await?;
    tx.run_one(
        "UPDATE appeal SET state = $1, acknowledged_at = $2, version = version + 1
         WHERE household_id = $3 AND appeal_id = $4 AND version = $5",
        args![to.code(), tx.now(), matter.home.household, matter.appeal.id, matter.appeal.version],
    )
    .await?;
    let due = matter.start(tx, actor, Step::Reconsider, AtBreach::Follow).await?;
    let scope = matter.appeal.review_scope()?;
    matter.task(tx, actor, "reconsider_appeal", (scope, Right::Propose), due).await?;
    matter.tell_person(tx, "acknowledged").await?;
    matter.told(tx, actor, event, to).await?;
    Ok(to)
}

/// Forgives that it came late, or does not. For an officer who took no part; `Conflict(TookPart)` for another.
pub async fn condone(
    cw: &Casework,
    actor: &Actor,
    (household, id, version): (HouseholdId, AppealId, i64),
    grant: bool,
    note: &str,
) -> Result<()> {
    Seen::read(cw, actor, household, id).await?;
    let note = said(note)?.to_owned();
    let (own, actor) = (cw.clone(), actor.clone());
    across(cw)
        .write(async move |tx| {
            let matter = Matter::at(tx, &own, household, id, version).await?;
            let by = actor.hand(Right::Propose, &matter.appeal.review_scope()?)?;
            apart::require_free(tx, &actor, &matter).await?;
            let event = if grant { AppealEvent::Condone } else { AppealEvent::RefuseCondonation };
            let to = matter.step(event, by, &[Guard::TookNoPart, Guard::ReasonGiven])?;
            matter.done(tx, &actor).await?;
            tx.run_one(
                "UPDATE appeal SET state = $1, condonation = $2, condonation_note = $3, condoned_at = $4, condoned_by = $5,
                        version = version + 1
                 WHERE household_id = $6 AND appeal_id = $7 AND version = $8",
                args![
                    to.code(),
                    if grant { "granted" } else { "refused" },
                    &note,
                    tx.now(),
                    actor.account(),
                    household,
                    id,
                    version
                ],
            )
            .await?;
            matter.told(tx, &actor, event, to).await?;
            if !grant {
                matter.tell_person(tx, "late").await?;
                return matter.start(tx, &actor, Step::Contest, AtBreach::Act).await.map(drop);
            }
            let matter = Matter::read(tx, &own, household, id).await?;
            acknowledged(tx, &Actor::system(), &matter, By::System).await.map(drop)
        })
        .await
}

/// An officer who took no part answers every issue that is open. `Invalid` when one is missing or not said why;
/// `Conflict(TookPart)` for who took part or reports to who did; `Conflict(State)` of a delay that still lasts.
pub async fn reconsider(
    cw: &Casework,
    actor: &Actor,
    (household, id, version): (HouseholdId, AppealId, i64),
    answers: Vec<Answer>,
) -> Result<AppealState> {
    Seen::read(cw, actor, household, id).await?;
    let (own, actor) = (cw.clone(), actor.clone());
    across(cw)
        .write(async move |tx| {
            let matter = Matter::at(tx, &own, household, id, version).await?;
            actor.require(Right::Propose, &matter.appeal.review_scope()?)?;
            apart::require_free(tx, &actor, &matter).await?;
            if matter.appeal.state != AppealState::Acknowledged {
                return Err(Error::Conflict(Conflict::State));
            }
            let mut open = 0;
            for issue in &matter.issues {
                if issue.finding().is_some() || waits(tx, household, issue).await? {
                    continue;
                }
                let answer = answers.iter().find(|one| one.issue == issue.id);
                let answer = answer.ok_or(Error::Invalid("appeal.issue"))?;
                find(tx, &own, &actor, &matter, issue, answer).await?;
                open += 1;
            }
            if open == 0 {
                return Err(Error::Conflict(Conflict::State));
            }
            tx.run_one(
                "UPDATE appeal SET reconsidered_by = $1, version = version + 1
                 WHERE household_id = $2 AND appeal_id = $3 AND version = $4",
                args![actor.account(), household, id, version],
            )
            .await?;
            let matter = Matter::read(tx, &own, household, id).await?;
            let by = officers_hand(&actor, &matter)?;
            settle(tx, (&actor, by), &matter).await
        })
        .await
}

/// Whether a change in favour waits for its second person.
async fn waits(tx: &mut Tx, household: HouseholdId, issue: &Issue) -> Result<bool> {
    let Some(proposal) = issue.proposal_id else { return Ok(false) };
    let waiting: Option<i64> = tx
        .value(
            "SELECT COUNT(*) FROM proposal WHERE household_id = $1 AND id = $2 AND state IN ('waiting', 'returned')",
            args![household, proposal],
        )
        .await?;
    Ok(waiting.unwrap_or(0) > 0)
}

/// Writes what was found of one issue, unless who found it took part: the last guard, in the statement itself.
async fn write_finding(
    tx: &mut Tx,
    matter: &Matter,
    issue: IssueId,
    (by, finding, reason, words): (Option<StaffId>, &str, &str, &str),
    proposal: Option<ProposalId>,
) -> Result<()> {
    let written = tx
        .run(
            "UPDATE appeal_issue SET finding = $1, finding_reason = $2, finding_note = $3, reconsidered_by = $4,
                    proposal_id = COALESCE($5, proposal_id)
             WHERE household_id = $6 AND appeal_id = $7 AND issue_id = $8
               AND NOT EXISTS (SELECT 1 FROM appeal_part WHERE appeal_part.household_id = $6
                               AND appeal_part.appeal_id = $7 AND appeal_part.staff_id = $4)",
            args![finding, reason, words, by, proposal, matter.home.household, matter.appeal.id, issue],
        )
        .await?;
    if written == 1 { Ok(()) } else { Err(Error::Conflict(Conflict::TookPart)) }
}

async fn find(
    tx: &mut Tx,
    cw: &Casework,
    actor: &Actor,
    matter: &Matter,
    issue: &Issue,
    answer: &Answer,
) -> Result<()> {
    let words = said(&answer.words)?;
    if answer.finding == Finding::Upheld {
        let found = (actor.account(), Finding::Upheld.code(), STANDS, words);
        return write_finding(tx, matter, issue.id, found, None).await;
    }
    let reason: RemandReason = answer.reason.parse().map_err(|_| Error::Invalid("appeal.reason"))?;
    if issue.kind == IssueKind::Delay {
        if is_late(tx, matter.home.household, issue).await? {
            return Err(Error::Conflict(Conflict::State));
        }
        let found = (actor.account(), Finding::Revised.code(), reason.code(), words);
        write_finding(tx, matter, issue.id, found, None).await?;
        return keep_reason(tx, matter, issue.id, reason.code()).await;
    }
    let change = remedy::check(tx, cw, matter, issue, answer.change.as_ref()).await?;
    let give_up = answer.change.is_none();
    let ids = apart::keep(tx, matter).await?;
    let parties = apart::Parties::read(tx, ids).await?.and(actor);
    let (office, agency) = (matter.appeal.office.as_str(), matter.appeal.agency.as_str());
    let scope = apart::place(tx, (office, agency), &parties, Right::Approve).await?;
    let review = &matter.pack.about.law.override_review;
    let new = NewProposal {
        household_id: matter.home.household,
        kind: REVISION.into(),
        subject: matter.subject(),
        scope,
        payload: Revision { change, issue: issue.id.uuid(), give_up },
        reason_code: reason.code().to_owned(),
        reason: words.to_owned(),
        term: review.term,
        legal_basis: review.source.clone(),
    };
    let proposal = proposals::prepare(tx, &cw.keys, actor, &matter.calendar, new).await?;
    let found = (actor.account(), "", reason.code(), words);
    write_finding(tx, matter, issue.id, found, Some(proposal)).await
}

/// Whether the decision that nobody took in time is still not taken.
pub(super) async fn is_late(tx: &mut Tx, household: HouseholdId, issue: &Issue) -> Result<bool> {
    let all = clocks::of_household(tx, household).await?;
    Ok(all.iter().any(|clock| {
        let is_live = matches!(clock.state, ClockState::Running | ClockState::Paused | ClockState::Breached);
        clock.kind == DECIDE && Some(clock.subject.id) == issue.application_id && is_live
    }))
}

pub(super) async fn keep_reason(tx: &mut Tx, matter: &Matter, issue: IssueId, code: &str) -> Result<()> {
    tx.run(
        "INSERT INTO appeal_reason (household_id, appeal_id, issue_id, code, office) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (household_id, appeal_id, issue_id, code) DO NOTHING",
        args![matter.home.household, matter.appeal.id, issue, code, &matter.appeal.office],
    )
    .await
    .map(drop)
}

/// What is answered has its effect: all in favour ends it here, anything that stays goes to the tribunal at once; what waits
/// for a second person is waited for only where nothing stays.
async fn settle(tx: &mut Tx, (actor, by): (&Actor, By), matter: &Matter) -> Result<AppealState> {
    let mut waiting = false;
    for issue in matter.issues.iter().filter(|issue| issue.finding().is_none()) {
        if !waits(tx, matter.home.household, issue).await? {
            // Somebody must still answer it.
            return Ok(matter.appeal.state);
        }
        waiting = true;
    }
    let upheld = matter.issues.iter().any(|issue| issue.finding() == Some(Finding::Upheld));
    if upheld && matter.appeal.state == AppealState::Acknowledged {
        let revised = matter.issues.iter().any(|issue| issue.finding() != Some(Finding::Upheld));
        let word = if revised { "partly" } else { "upheld" };
        return forward(tx, actor, matter, (AppealEvent::Uphold, by), word).await;
    }
    if upheld || waiting {
        return Ok(matter.appeal.state);
    }
    let event = AppealEvent::Revise;
    let guards = [Guard::TookNoPart, Guard::ReasonGiven, Guard::DifferentPerson];
    // An officer's hand changes nothing alone: only a decision that was late was taken meanwhile.
    let by = if by == By::Staff(Role::Supervisor) { by } else { By::System };
    let to = matter.step(event, by, &guards)?;
    matter.done(tx, actor).await?;
    tx.run_one(
        "UPDATE appeal SET state = $1, reconsidered_at = COALESCE(reconsidered_at, $2), reconsidered = 'revised',
                version = version + 1
         WHERE household_id = $3 AND appeal_id = $4 AND version = $5",
        args![to.code(), tx.now(), matter.home.household, matter.appeal.id, matter.appeal.version],
    )
    .await?;
    matter.start(tx, actor, Step::Further, AtBreach::Act).await?;
    matter.tell_person(tx, "revised").await?;
    matter.told(tx, actor, event, to).await?;
    Ok(to)
}

/// To the tribunal desk; the agency may answer there.
pub(crate) async fn forward(
    tx: &mut Tx,
    actor: &Actor,
    matter: &Matter,
    (event, by): (AppealEvent, By),
    reconsidered: &str,
) -> Result<AppealState> {
    let guards = [Guard::TookNoPart, Guard::ReasonGiven, Guard::WithinTerm, Guard::TermPassed];
    let to = matter.step(event, by, &guards)?;
    match event {
        AppealEvent::Uphold => matter.done(tx, actor).await?,
        AppealEvent::Forward => matter.dropped(tx, actor, "forwarded").await?,
        _ => matter.dropped(tx, actor, "contested").await?,
    }
    let answered = (event == AppealEvent::Uphold).then(|| tx.now());
    tx.run_one(
        "UPDATE appeal SET state = $1, forwarded_at = $2, reconsidered_at = COALESCE(reconsidered_at, $3),
                reconsidered = CASE WHEN reconsidered = '' THEN $4 ELSE reconsidered END, version = version + 1
         WHERE household_id = $5 AND appeal_id = $6 AND version = $7",
        args![
            to.code(),
            tx.now(),
            answered,
            reconsidered,
            matter.home.household,
            matter.appeal.id,
            matter.appeal.version
        ],
    )
    .await?;
    let due = matter.start(tx, actor, Step::Response, AtBreach::Follow).await?;
    matter.task(tx, actor, "answer_appeal", (matter.home.scope(), Right::Approve), due).await?;
    matter.tell_person(tx, "forwarded").await?;
    matter.told(tx, actor, event, to).await?;
    Ok(to)
}

/// The second person agrees to a change in favour: the decision is made, from the day of the old one. For who took no part
/// in what is contested, nor proposed the change.
pub async fn sign(cw: &Casework, actor: &Actor, id: ProposalId, version: i64, note: String) -> Result<()> {
    let waiting = proposals::proposal(cw, actor, id).await?;
    if waiting.kind != REVISION {
        return Err(Error::Invalid("proposal.kind"));
    }
    let (household, appeal) = (waiting.household_id, AppealId::new(waiting.subject.id));
    budgets::follow::lines(&across(cw)).await?;
    let (own, actor) = (cw.clone(), actor.clone());
    across(cw)
        .write(async move |tx| {
            let matter = Matter::read(tx, &own, household, appeal).await?;
            apart::require_free(tx, &actor, &matter).await?;
            let approved = proposals::approve(tx, &own.keys, &actor, id, version, &note).await?;
            let by = actor.hand(Right::Approve, &approved.scope)?;
            let revision: Revision = approved.payload()?;
            let issue = issue_of(&matter, revision.issue)?;
            let made = remedy::Made {
                change: (!revision.give_up).then_some(revision.change),
                reason: (&approved.reason_code, &approved.reason),
                by: approved.prepared_by.uuid(),
                proposal: approved.id.uuid(),
            };
            let new = remedy::put_right(tx, &own, (&actor, by), &matter, issue, made).await?;
            tx.run_one(
                "UPDATE appeal_issue SET finding = $1, signed_by = $2, new_decision_id = $3
                 WHERE household_id = $4 AND appeal_id = $5 AND issue_id = $6 AND finding = '' AND outcome = ''",
                args![
                    Finding::Revised.code(),
                    actor.account(),
                    new,
                    household,
                    appeal,
                    issue.id
                ],
            )
            .await?;
            keep_reason(tx, &matter, issue.id, &approved.reason_code).await?;
            let matter = Matter::read(tx, &own, household, appeal).await?;
            settle(tx, (&actor, by), &matter).await.map(drop)
        })
        .await
}

/// The second person does not agree: it stays as it was, and goes to the tribunal.
pub async fn refuse(cw: &Casework, actor: &Actor, id: ProposalId, version: i64, note: String) -> Result<()> {
    let waiting = proposals::proposal(cw, actor, id).await?;
    if waiting.kind != REVISION {
        return Err(Error::Invalid("proposal.kind"));
    }
    let (household, appeal) = (waiting.household_id, AppealId::new(waiting.subject.id));
    let (own, actor) = (cw.clone(), actor.clone());
    across(cw)
        .write(async move |tx| {
            let matter = Matter::read(tx, &own, household, appeal).await?;
            apart::require_free(tx, &actor, &matter).await?;
            let refused = proposals::refuse_in(tx, &own.keys, &actor, id, version, &note).await?;
            let by = actor.hand(Right::Approve, &refused.scope)?;
            let issue = issue_of(&matter, refused.payload::<Revision>()?.issue)?;
            let found = (Some(refused.prepared_by), Finding::Upheld.code(), STANDS, note.as_str());
            write_finding(tx, &matter, issue.id, found, None).await?;
            let matter = Matter::read(tx, &own, household, appeal).await?;
            settle(tx, (&actor, by), &matter).await.map(drop)
        })
        .await
}

fn issue_of(matter: &Matter, id: Uuid) -> Result<&Issue> {
    matter.issues.iter().find(|issue| issue.id.uuid() == id).ok_or(Error::NotFound)
}

/// Whether this person may look again at it now: for what the page offers. The use case asks again.
pub async fn may_reconsider(cw: &Casework, actor: &Actor, seen: &Seen) -> Result<bool> {
    if seen.hat == Hat::Tribunal || !actor.may_in(Right::Propose, &seen.appeal.review_scope()?) {
        return Ok(false);
    }
    let mut view = across(cw).db.read().await?;
    let mut ids = apart::took_part(&mut view, seen.appeal.household, &seen.issues).await?;
    ids.remove(&StaffId::new(Uuid::nil()));
    Ok(apart::Parties::read(&mut view, ids).await?.is_free(actor))
}
