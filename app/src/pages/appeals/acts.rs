//! What is done with an appeal: from the fields of a form to the use case.

use casework::Error;
use casework::appeals::reconsider::Remedy;
use casework::appeals::{self, Act, Answer, Determination, Issue};
use domain::appeal::{ConflictReason, Finding, Hearing, IssueKind, IssueOutcome, RemandReason};
use domain::ids::ProposalId;
use domain::lifecycle::decision::{DecisionState, Outcome};
use time::{PrimitiveDateTime, Time};

use super::show::Matter;
use crate::kit::{Day, Problems};
use crate::pages::work::override_form::minor;
use crate::state::value;

type Pairs = [(String, String)];

/// Does what the form asks; what was done, or `None` with what is wrong among the problems.
pub(super) async fn act(
    matter: &Matter,
    pairs: &Pairs,
    problems: &mut Problems,
) -> Result<Option<&'static str>, Error> {
    let (cw, actor, page) = (&matter.casework, &matter.actor, &matter.page);
    let appeal = matter.shown.appeal();
    let version = value(pairs, "version").parse().map_err(|_| Error::Stale)?;
    let at = (appeal.household, appeal.id, version);
    let words = value(pairs, "words").to_owned();
    let wanted = value(pairs, "act");
    let needs_words = !matches!(
        wanted,
        "acknowledge"
            | "reconsider"
            | "sign"
            | "take"
            | "conflict"
            | "list"
            | "resume"
            | "hear"
            | "issue"
            | "implement"
            | "contest"
            | "continue"
    );
    if needs_words && words.is_empty() {
        problems.add("words", page.t("appeal-words-missing"));
        return Ok(None);
    }
    let done = match wanted {
        "acknowledge" => appeals::acknowledge(cw, actor, at.0, at.1, at.2).await.map(|()| "acknowledge"),
        "condone" | "refuse_condonation" => {
            appeals::condone(cw, actor, at, wanted == "condone", &words).await.map(|()| "condone")
        }
        "reconsider" => {
            let Some(answers) = answers(matter, pairs, problems) else { return Ok(None) };
            appeals::reconsider(cw, actor, at, answers).await.map(|_| "reconsider")
        }
        "sign" | "refuse" => {
            let proposal: ProposalId = value(pairs, "proposal").parse().map_err(|_| Error::NotFound)?;
            let version = value(pairs, "proposal_version").parse().map_err(|_| Error::Stale)?;
            if wanted == "sign" {
                appeals::sign(cw, actor, proposal, version, words).await.map(|()| "sign")
            } else {
                appeals::refuse(cw, actor, proposal, version, words).await.map(|()| "refuse")
            }
        }
        "respond" => appeals::respond(cw, actor, at, &words).await.map(|()| "respond"),
        "take" => appeals::take(cw, actor, at).await.map(|()| "take"),
        "conflict" => {
            let Ok(reason) = value(pairs, "reason").parse::<ConflictReason>() else {
                problems.add("reason", page.t("appeal-conflict-missing"));
                return Ok(None);
            };
            appeals::declare_conflict(cw, actor, (at.0, at.1), reason).await.map(|()| "conflict")
        }
        "list" => {
            let Some(day) = hearing(matter, pairs, problems) else { return Ok(None) };
            appeals::list(cw, actor, at, day).await.map(|()| "list")
        }
        "on_paper" => appeals::on_paper(cw, actor, at, &words).await.map(|()| "on_paper"),
        "adjourn" => appeals::adjourn(cw, actor, at, &words).await.map(|()| "adjourn"),
        "resume" => appeals::resume(cw, actor, at).await.map(|()| "resume"),
        "postpone" => appeals::postpone(cw, actor, at, &words).await.map(|()| "postpone"),
        "hear" => appeals::hear(cw, actor, at).await.map(|()| "hear"),
        "determine" => {
            let Some(told) = determinations(matter, pairs, problems) else { return Ok(None) };
            appeals::determine(cw, actor, at, (told, words)).await.map(|()| "determine")
        }
        "issue" => appeals::issue(cw, actor, at).await.map(|()| "issue"),
        "correct" => appeals::correct(cw, actor, at, &words).await.map(|()| "correct"),
        "set_aside" => appeals::set_aside(cw, actor, at, &words).await.map(|()| "set_aside"),
        "implement" => appeals::after::implement(cw, actor, at).await.map(|()| "implement"),
        "contest" => appeals::act(cw, actor, at, Act::Contest).await.map(|_| "contest"),
        "continue" => appeals::act(cw, actor, at, Act::Continue).await.map(|_| "continue"),
        "ask_reasons" => appeals::act(cw, actor, at, Act::AskReasons(words)).await.map(|_| "ask_reasons"),
        "go_further" => appeals::act(cw, actor, at, Act::GoFurther(words)).await.map(|_| "go_further"),
        "withdraw" => appeals::act(cw, actor, at, Act::Withdraw(words)).await.map(|_| "withdraw"),
        _ => {
            problems.add("act", page.t("appeal-act-missing"));
            return Ok(None);
        }
    };
    let (field, key) = match done {
        Ok(done) => return Ok(Some(done)),
        Err(Error::Invalid("appeal.notice")) => ("day-day", "appeal-notice-short"),
        Err(Error::Invalid("appeal.less")) => ("remedy-0", "appeal-less"),
        Err(Error::Invalid("appeal.remedy" | "override.outcome" | "override.same")) => {
            ("remedy-0", "appeal-remedy-missing")
        }
        Err(Error::Invalid("override.amount")) => ("amount-0", "override-amount-missing"),
        Err(Error::Invalid("override.period")) => ("period-0", "override-period-missing"),
        Err(Error::Invalid("reason.missing")) => ("words", "appeal-words-missing"),
        Err(error) => return Err(error),
    };
    problems.add(field, page.t(key));
    Ok(None)
}

/// The issues that are still to be answered, each with its place in the form.
pub(super) fn open(matter: &Matter, tribunal: bool) -> Vec<(usize, &Issue)> {
    let waits =
        |issue: &&Issue| matter.shown.waiting.iter().any(|one| Some(one.id.uuid()) == issue.proposal_id);
    let is_open = |issue: &&Issue| {
        if tribunal { issue.is_for_tribunal() } else { issue.finding().is_none() && !waits(issue) }
    };
    matter.shown.seen.issues.iter().filter(is_open).enumerate().collect()
}

/// Whether an issue needs to be told what holds instead: of what was announced, and of a delay, nothing does.
pub(super) fn needs_remedy(matter: &Matter, issue: &Issue) -> bool {
    let contested = matter.shown.decisions.iter().find(|(one, _, _)| one.id == issue.id);
    let announced = contested
        .and_then(|(_, decision, _)| decision.as_ref())
        .is_some_and(|decision| decision.state == DecisionState::Proposed);
    issue.kind == IssueKind::Decision && !announced
}

/// Whether its programme gives money.
pub(super) fn gives_money(matter: &Matter, issue: &Issue) -> bool {
    matter.shown.pack.programme(&issue.programme).is_some_and(|def| def.amount.is_some())
}

fn remedy(
    matter: &Matter,
    pairs: &Pairs,
    problems: &mut Problems,
    (at, issue): (usize, &Issue),
) -> Option<Remedy> {
    if !needs_remedy(matter, issue) {
        return None;
    }
    let page = &matter.page;
    let own = |name: &str| value(pairs, &format!("{name}-{at}"));
    let Ok(outcome) = own("remedy").parse::<Outcome>() else {
        problems.add(format!("remedy-{at}"), page.t("appeal-remedy-missing"));
        return None;
    };
    let (mut amount_minor, mut period) = (None, None);
    if outcome == Outcome::Award && gives_money(matter, issue) {
        amount_minor = minor(own("amount"), &matter.shown.pack.about.currency);
        if amount_minor.is_none() {
            problems.add(format!("amount-{at}"), page.t("override-amount-missing"));
        }
        period = ["month", "year", "once"].into_iter().find(|one| *one == own("period")).map(str::to_owned);
        if period.is_none() {
            problems.add(format!("period-{at}"), page.t("override-period-missing"));
        }
    }
    Some(Remedy { outcome, amount_minor, period })
}

fn answers(matter: &Matter, pairs: &Pairs, problems: &mut Problems) -> Option<Vec<Answer>> {
    let page = &matter.page;
    let mut all = Vec::new();
    for (at, issue) in open(matter, false) {
        let own = |name: &str| value(pairs, &format!("{name}-{at}")).to_owned();
        let Ok(finding) = own("finding").parse::<Finding>() else {
            problems.add(format!("finding-{at}"), page.t("appeal-finding-missing"));
            continue;
        };
        let words = own("why");
        if words.is_empty() {
            problems.add(format!("why-{at}"), page.t("appeal-words-missing"));
        }
        let mut change = None;
        if finding == Finding::Revised {
            if own("reason").parse::<RemandReason>().is_err() {
                problems.add(format!("reason-{at}"), page.t("appeal-reason-missing"));
            }
            change = remedy(matter, pairs, problems, (at, issue));
        }
        all.push(Answer { issue: issue.id, finding, change, reason: own("reason"), words });
    }
    problems.is_empty().then_some(all)
}

fn determinations(matter: &Matter, pairs: &Pairs, problems: &mut Problems) -> Option<Vec<Determination>> {
    let page = &matter.page;
    let mut all = Vec::new();
    for (at, issue) in open(matter, true) {
        let own = |name: &str| value(pairs, &format!("{name}-{at}")).to_owned();
        let Ok(outcome) = own("outcome").parse::<IssueOutcome>() else {
            problems.add(format!("outcome-{at}"), page.t("appeal-outcome-missing"));
            continue;
        };
        let note = own("why");
        if note.is_empty() {
            problems.add(format!("why-{at}"), page.t("appeal-words-missing"));
        }
        let field = format!("reason-{at}");
        let reasons: Vec<RemandReason> =
            pairs.iter().filter(|(name, _)| *name == field).filter_map(|(_, one)| one.parse().ok()).collect();
        if outcome == IssueOutcome::Remitted && reasons.is_empty() {
            problems.add(field, page.t("appeal-reason-missing"));
        }
        let puts_right = matches!(outcome, IssueOutcome::Allowed | IssueOutcome::Varied);
        let remedy = if puts_right { remedy(matter, pairs, problems, (at, issue)) } else { None };
        all.push(Determination { issue: issue.id, outcome, remedy, note, reasons });
    }
    problems.is_empty().then_some(all)
}

/// The day, how and where.
fn hearing(
    matter: &Matter,
    pairs: &Pairs,
    problems: &mut Problems,
) -> Option<(time::OffsetDateTime, Hearing, String)> {
    let page = &matter.page;
    let own = |name: &str| value(pairs, name).to_owned();
    let day = Day::read("day", &own).parse();
    if day.is_none() {
        problems.add("day-day", page.t("appeal-day-missing"));
    }
    let time = hour(&own("time"));
    if time.is_none() {
        problems.add("time", page.t("appeal-time-missing"));
    }
    let how = [Hearing::InPerson, Hearing::Remote].into_iter().find(|one| one.code() == own("how"));
    if how.is_none() {
        problems.add("how", page.t("appeal-how-missing"));
    }
    let place = own("place");
    if place.is_empty() {
        problems.add("place", page.t("appeal-place-missing"));
    }
    let offset = matter.casework.clock.offset();
    let at = PrimitiveDateTime::new(day?, time?).assume_offset(offset);
    problems.is_empty().then_some((at, how?, place))
}

/// `9:30`, `09.30`, `9`.
fn hour(typed: &str) -> Option<Time> {
    let (hour, minute) = typed.split_once([':', '.', 'h']).unwrap_or((typed, "0"));
    Time::from_hms(hour.trim().parse().ok()?, minute.trim().parse().ok()?, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_is_typed_in_several_ways() {
        let half = Time::from_hms(9, 30, 0).ok();
        for typed in ["9:30", "09.30", "9h30"] {
            assert_eq!(hour(typed), half, "{typed}");
        }
        assert_eq!(hour("9"), Time::from_hms(9, 0, 0).ok());
        for wrong in ["", "25:00", "nine"] {
            assert_eq!(hour(wrong), None, "{wrong}");
        }
    }
}
