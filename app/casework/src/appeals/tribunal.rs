//! Before the tribunal: the agency answers or does not, a day is set or it is looked at on paper, and every issue is decided.
//! One member has it; who declared a conflict neither sees nor decides it. No officer of an agency is a member
//! (`domain::role::check_grants`), and no member does anything of an agency.

use domain::appeal::terms::Step;
use domain::appeal::{
    AppealEvent as E, AppealState, ConflictReason, Hearing, IssueKind, IssueOutcome, RemandReason,
};
use domain::ids::{AppealId, HouseholdId, IssueId};
use domain::lifecycle::decision::DecisionState;
use domain::lifecycle::{By, Guard};
use domain::notice::Kind;
use domain::role::{Right, Role, Scope};
use time::OffsetDateTime;

use super::reconsider::{Remedy, keep_reason};
use super::{Hat, Matter, Seen, across, after, apart, remedy, said};
use crate::clocks::AtBreach;
use crate::db::Tx;
use crate::error::{Conflict, Error, Result};
use crate::journal::{self, Event};
use crate::notices::Notice;
use crate::{Actor, Casework, args, notices};

/// The hand of a member.
const MEMBER: By = By::Staff(Role::TribunalMember);

/// What the tribunal decides of one issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Determination {
    /// The issue.
    pub issue: IssueId,
    /// What is decided.
    pub outcome: IssueOutcome,
    /// What holds instead, where it is allowed or varied.
    pub remedy: Option<Remedy>,
    /// Why, in words.
    pub note: String,
    /// Why, as codes; one at least where it goes back.
    pub reasons: Vec<RemandReason>,
}

/// The agency answers. For a supervisor of the office that keeps the file.
pub async fn respond(
    cw: &Casework,
    actor: &Actor,
    (household, id, version): (HouseholdId, AppealId, i64),
    response: &str,
) -> Result<()> {
    Seen::read(cw, actor, household, id).await?;
    let response = said(response)?.to_owned();
    let (own, actor) = (cw.clone(), actor.clone());
    across(cw)
        .write(async move |tx| {
            let matter = Matter::at(tx, &own, household, id, version).await?;
            let by = actor.hand(Right::Approve, &matter.home.scope())?;
            matter.done(tx, &actor).await?;
            tx.run_one(
                "UPDATE appeal SET responded_at = $1, responded_by = $2, response = $3
                 WHERE household_id = $4 AND appeal_id = $5 AND version = $6",
                args![tx.now(), actor.account(), &response, household, id, version],
            )
            .await?;
            ready(tx, &actor, &matter, (E::Respond, by), &[]).await
        })
        .await
}

/// It waits for a day.
pub(super) async fn ready(
    tx: &mut Tx,
    actor: &Actor,
    matter: &Matter,
    (event, by): (E, By),
    guards: &[Guard],
) -> Result<()> {
    let to = matter.step(event, by, guards)?;
    tx.run_one(
        "UPDATE appeal SET state = $1, hearing_at = NULL, hearing_how = '', hearing_place = '', version = version + 1
         WHERE household_id = $2 AND appeal_id = $3 AND version = $4",
        args![to.code(), matter.home.household, matter.appeal.id, matter.appeal.version],
    )
    .await?;
    matter.start(tx, actor, Step::List, AtBreach::Record).await?;
    matter.told(tx, actor, event, to).await
}

/// A member of the tribunal takes a step: reads it as one who may, is free, and has it or takes it.
async fn seated<F>(
    cw: &Casework,
    actor: &Actor,
    (household, id, version): (HouseholdId, AppealId, i64),
    work: F,
) -> Result<()>
where
    F: AsyncFn(&mut Tx, &Casework, &Actor, &Matter) -> Result<()> + Send + 'static,
{
    let seen = Seen::read(cw, actor, household, id).await?;
    if seen.hat != Hat::Tribunal {
        return Err(Error::Forbidden);
    }
    let (own, actor) = (cw.clone(), actor.clone());
    across(cw)
        .write(async move |tx| {
            let matter = Matter::at(tx, &own, household, id, version).await?;
            sit(tx, &actor, &matter).await?;
            work(tx, &own, &actor, &matter).await
        })
        .await
}

/// `Conflict(Held)` when another member has it, `Conflict(TookPart)` for who took part in what is contested.
async fn sit(tx: &mut Tx, actor: &Actor, matter: &Matter) -> Result<()> {
    actor.require(Right::DecideAppeals, &Scope::National)?;
    apart::require_free(tx, actor, matter).await?;
    let me = actor.account().ok_or(Error::Forbidden)?.uuid();
    match matter.appeal.member {
        Some(member) if member != me => Err(Error::Conflict(Conflict::Held)),
        Some(_) => Ok(()),
        None => {
            tx.run_one(
                "UPDATE appeal SET member = $1 WHERE household_id = $2 AND appeal_id = $3 AND member IS NULL",
                args![me, matter.home.household, matter.appeal.id],
            )
            .await
        }
    }
}

/// A member takes it.
pub async fn take(cw: &Casework, actor: &Actor, at: (HouseholdId, AppealId, i64)) -> Result<()> {
    seated(cw, actor, at, async |tx, _, actor, matter| {
        let event = Event::new("appeal.taken").id("appeal", matter.appeal.id);
        journal::append(tx, actor, matter.home.household, event).await
    })
    .await
}

/// A member declares a conflict: whoever has it, it is not theirs any more, and they see nothing of it from now on.
pub async fn declare_conflict(
    cw: &Casework,
    actor: &Actor,
    (household, id): (HouseholdId, AppealId),
    reason: ConflictReason,
) -> Result<()> {
    let seen = Seen::read(cw, actor, household, id).await?;
    if seen.hat != Hat::Tribunal {
        return Err(Error::Forbidden);
    }
    let (own, actor) = (cw.clone(), actor.clone());
    across(cw)
        .write(async move |tx| {
            let matter = Matter::read(tx, &own, household, id).await?;
            actor.require(Right::DecideAppeals, &Scope::National)?;
            tx.run(
                "INSERT INTO appeal_conflict (household_id, appeal_id, staff_id, reason, declared_at, office)
                 VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (household_id, appeal_id, staff_id) DO NOTHING",
                args![household, id, actor.staff_id, reason.code(), tx.now(), &matter.appeal.office],
            )
            .await?;
            tx.run(
                "UPDATE appeal SET member = NULL, version = version + 1
                 WHERE household_id = $1 AND appeal_id = $2 AND member = $3",
                args![household, id, actor.staff_id],
            )
            .await?;
            let event = Event::new("appeal.conflict").id("appeal", id).code("reason", reason.code());
            journal::append(tx, &actor, household, event).await
        })
        .await
}

/// Sets a day, so long before it as the law says. `Invalid("appeal.notice")` when the person would know too late.
pub async fn list(
    cw: &Casework,
    actor: &Actor,
    at: (HouseholdId, AppealId, i64),
    (hearing_at, how, place): (OffsetDateTime, Hearing, String),
) -> Result<()> {
    if how == Hearing::Paper || place.trim().is_empty() {
        return Err(Error::Invalid("appeal.place"));
    }
    seated(cw, actor, at, async move |tx, _, actor, matter| {
        let earliest = matter.calendar.due_date(tx.today(), matter.terms().term(Step::Notice));
        if tx.here(hearing_at).date() < earliest {
            return Err(Error::Invalid("appeal.notice"));
        }
        let to = matter.step(E::List, MEMBER, &[Guard::TookNoPart, Guard::NoticeGiven])?;
        matter.done(tx, actor).await?;
        tx.run_one(
            "UPDATE appeal SET state = $1, hearing_at = $2, hearing_how = $3, hearing_place = $4, version = version + 1
             WHERE household_id = $5 AND appeal_id = $6 AND version = $7",
            args![
                to.code(),
                hearing_at,
                how.code(),
                place.trim(),
                matter.home.household,
                matter.appeal.id,
                matter.appeal.version
            ],
        )
        .await?;
        let on = tx.here(hearing_at).date();
        let notice = Notice::new(Kind::Hearing, matter.subject()).on(on);
        let notice = notice.part(format!("{on}-{}", matter.appeal.version));
        notices::put(tx, matter.home.household, notice).await?;
        matter.told(tx, actor, E::List, to).await
    })
    .await
}

/// It is looked at on the papers alone, and why.
pub async fn on_paper(
    cw: &Casework,
    actor: &Actor,
    at: (HouseholdId, AppealId, i64),
    why: &str,
) -> Result<()> {
    let why = said(why)?.to_owned();
    seated(cw, actor, at, async move |tx, _, actor, matter| {
        let to = matter.step(E::OnPaper, MEMBER, &[Guard::TookNoPart, Guard::ReasonGiven])?;
        matter.done(tx, actor).await?;
        matter.note(tx, actor, E::OnPaper, &why).await?;
        heard(tx, actor, matter, (E::OnPaper, to)).await
    })
    .await
}

/// The parties were heard.
pub async fn hear(cw: &Casework, actor: &Actor, at: (HouseholdId, AppealId, i64)) -> Result<()> {
    seated(cw, actor, at, async |tx, _, actor, matter| {
        if matter.appeal.hearing_at.is_none_or(|on| tx.here(on).date() > tx.today()) {
            return Err(Error::Conflict(Conflict::State));
        }
        let to = matter.step(E::Hear, MEMBER, &[Guard::TookNoPart])?;
        heard(tx, actor, matter, (E::Hear, to)).await
    })
    .await
}

async fn heard(tx: &mut Tx, actor: &Actor, matter: &Matter, (event, to): (E, AppealState)) -> Result<()> {
    let how = if event == E::OnPaper { Hearing::Paper.code() } else { matter.appeal.hearing_how.as_str() };
    tx.run_one(
        "UPDATE appeal SET state = $1, heard_at = $2, hearing_how = $3, version = version + 1
         WHERE household_id = $4 AND appeal_id = $5 AND version = $6",
        args![to.code(), tx.now(), how, matter.home.household, matter.appeal.id, matter.appeal.version],
    )
    .await?;
    matter.told(tx, actor, event, to).await
}

/// Something must come first, and what.
pub async fn adjourn(
    cw: &Casework,
    actor: &Actor,
    at: (HouseholdId, AppealId, i64),
    why: &str,
) -> Result<()> {
    let why = said(why)?.to_owned();
    seated(cw, actor, at, async move |tx, _, actor, matter| {
        let to = matter.step(E::Adjourn, MEMBER, &[Guard::TookNoPart, Guard::ReasonGiven])?;
        matter.dropped(tx, actor, "adjourned").await?;
        tx.run_one(
            "UPDATE appeal SET state = $1, hearing_at = NULL, hearing_how = '', hearing_place = '', version = version + 1
             WHERE household_id = $2 AND appeal_id = $3 AND version = $4",
            args![to.code(), matter.home.household, matter.appeal.id, matter.appeal.version],
        )
        .await?;
        matter.note(tx, actor, E::Adjourn, &why).await?;
        matter.told(tx, actor, E::Adjourn, to).await
    })
    .await
}

/// What it waited for has come.
pub async fn resume(cw: &Casework, actor: &Actor, at: (HouseholdId, AppealId, i64)) -> Result<()> {
    seated(cw, actor, at, async |tx, _, actor, matter| {
        ready(tx, actor, matter, (E::Resume, MEMBER), &[Guard::TookNoPart]).await
    })
    .await
}

/// The day does not hold, and why.
pub async fn postpone(
    cw: &Casework,
    actor: &Actor,
    at: (HouseholdId, AppealId, i64),
    why: &str,
) -> Result<()> {
    let why = said(why)?.to_owned();
    seated(cw, actor, at, async move |tx, _, actor, matter| {
        matter.note(tx, actor, E::Postpone, &why).await?;
        ready(tx, actor, matter, (E::Postpone, MEMBER), &[Guard::TookNoPart, Guard::ReasonGiven]).await
    })
    .await
}

/// Decides every issue that came before the tribunal. `Invalid` when one is missing, a remedy or a reason is.
pub async fn determine(
    cw: &Casework,
    actor: &Actor,
    at: (HouseholdId, AppealId, i64),
    (issues, reasons): (Vec<Determination>, String),
) -> Result<()> {
    let reasons = said(&reasons)?.to_owned();
    seated(cw, actor, at, async move |tx, cw, actor, matter| {
        let mut best = IssueOutcome::Withdrawn;
        for issue in matter.issues.iter().filter(|issue| issue.is_for_tribunal()) {
            let told = issues.iter().find(|one| one.issue == issue.id);
            let told = told.ok_or(Error::Invalid("appeal.issue"))?;
            decide(tx, cw, actor, matter, issue, told).await?;
            best = best.min(told.outcome);
        }
        let guards = [Guard::TookNoPart, Guard::OutcomeRecorded, Guard::ReasonGiven];
        let to = matter.step(E::Determine, MEMBER, &guards)?;
        tx.run_one(
            "UPDATE appeal SET state = $1, determined_at = $2, determined_by = $3, outcome = $4, reasons = $5,
                    version = version + 1
             WHERE household_id = $6 AND appeal_id = $7 AND version = $8",
            args![
                to.code(),
                tx.now(),
                actor.account(),
                best.code(),
                &reasons,
                matter.home.household,
                matter.appeal.id,
                matter.appeal.version
            ],
        )
        .await?;
        matter.start(tx, actor, Step::Issue, AtBreach::Follow).await?;
        matter.told(tx, actor, E::Determine, to).await
    })
    .await
}

async fn decide(
    tx: &mut Tx,
    cw: &Casework,
    actor: &Actor,
    matter: &Matter,
    issue: &super::Issue,
    told: &Determination,
) -> Result<()> {
    let note = said(&told.note)?;
    let puts_right = matches!(told.outcome, IssueOutcome::Allowed | IssueOutcome::Varied);
    let remedy = if puts_right && issue.kind == IssueKind::Decision {
        let (contested, _) = remedy::target(tx, matter, issue).await?;
        remedy::check(tx, cw, matter, issue, told.remedy.as_ref()).await?;
        told.remedy.as_ref().filter(|_| contested.state != DecisionState::Proposed)
    } else {
        None
    };
    if told.outcome == IssueOutcome::Remitted && told.reasons.is_empty() {
        return Err(Error::Invalid("appeal.reason"));
    }
    tx.run_one(
        "UPDATE appeal_issue SET outcome = $1, outcome_note = $2, new_outcome = $3, new_amount_minor = $4,
                new_period = $5, determined_by = $6
         WHERE household_id = $7 AND appeal_id = $8 AND issue_id = $9",
        args![
            told.outcome.code(),
            note,
            remedy.map(|one| one.outcome.code()).unwrap_or_default(),
            remedy.and_then(|one| one.amount_minor),
            remedy.and_then(|one| one.period.clone()),
            actor.account(),
            matter.home.household,
            matter.appeal.id,
            issue.id
        ],
    )
    .await?;
    for reason in &told.reasons {
        keep_reason(tx, matter, issue.id, reason.code()).await?;
    }
    Ok(())
}

/// What was decided is given in writing.
pub async fn issue(cw: &Casework, actor: &Actor, at: (HouseholdId, AppealId, i64)) -> Result<()> {
    seated(cw, actor, at, async |tx, cw, actor, matter| {
        matter.done(tx, actor).await?;
        issued(tx, cw, actor, matter, MEMBER).await
    })
    .await
}

/// The step itself, with the work it makes for the office.
pub(super) async fn issued(tx: &mut Tx, cw: &Casework, actor: &Actor, matter: &Matter, by: By) -> Result<()> {
    let to = matter.step(E::Issue, by, &[])?;
    tx.run_one(
        "UPDATE appeal SET state = $1, issued_at = $2, version = version + 1
         WHERE household_id = $3 AND appeal_id = $4 AND version = $5",
        args![to.code(), tx.now(), matter.home.household, matter.appeal.id, matter.appeal.version],
    )
    .await?;
    matter.tell_person(tx, "issued").await?;
    matter.told(tx, actor, E::Issue, to).await?;
    let matter = Matter::read(tx, cw, matter.home.household, matter.appeal.id).await?;
    after::begin(tx, cw, actor, &matter).await
}

/// A slip is put right, in words beside what was decided.
pub async fn correct(
    cw: &Casework,
    actor: &Actor,
    at: (HouseholdId, AppealId, i64),
    what: &str,
) -> Result<()> {
    let what = said(what)?.to_owned();
    seated(cw, actor, at, async move |tx, _, actor, matter| {
        let to = matter.step(E::Correct, MEMBER, &[Guard::TookNoPart, Guard::ReasonGiven])?;
        matter.note(tx, actor, E::Correct, &what).await?;
        after::moved(tx, matter, to).await?;
        matter.told(tx, actor, E::Correct, to).await
    })
    .await
}

/// What was decided does not stand, because somebody was not heard or not told; it is heard again. Decisions that were made
/// because of it stand until then.
pub async fn set_aside(
    cw: &Casework,
    actor: &Actor,
    at: (HouseholdId, AppealId, i64),
    why: &str,
) -> Result<()> {
    let why = said(why)?.to_owned();
    seated(cw, actor, at, async move |tx, _, actor, matter| {
        let before = format!("{why}\n\n{}: {}", matter.appeal.outcome, matter.appeal.reasons);
        matter.note(tx, actor, E::SetAside, &before).await?;
        matter.dropped(tx, actor, "set_aside").await?;
        tx.run(
            "UPDATE appeal_issue SET outcome = '', outcome_note = '', new_outcome = '', new_amount_minor = NULL,
                    new_period = NULL, determined_by = NULL
             WHERE household_id = $1 AND appeal_id = $2",
            args![matter.home.household, matter.appeal.id],
        )
        .await?;
        tx.run(
            "DELETE FROM appeal_reason WHERE household_id = $1 AND appeal_id = $2
             AND issue_id IN (SELECT issue_id FROM appeal_issue WHERE household_id = $1 AND appeal_id = $2 AND finding <> 'revised')",
            args![matter.home.household, matter.appeal.id],
        )
        .await?;
        ready(tx, actor, matter, (E::SetAside, MEMBER), &[Guard::TookNoPart, Guard::ReasonGiven]).await?;
        tx.run_one(
            "UPDATE appeal SET determined_at = NULL, determined_by = NULL, outcome = '', reasons = '', heard_at = NULL,
                    issued_at = NULL, implemented_at = NULL, implemented_by = NULL
             WHERE household_id = $1 AND appeal_id = $2",
            args![matter.home.household, matter.appeal.id],
        )
        .await
    })
    .await
}
