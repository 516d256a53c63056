//! The work desk: tasks, clocks, changes that wait for a second person, and an officer's override of a decision.
//!
//! What a person may do with a task or a proposal is asked of the use cases, never decided here. A new kind of task, clock or
//! proposal needs its words in `words/*/work.ftl` (`task-kind-…`, `clock-kind-…`, `proposal-kind-…`); a test below fails when a
//! kind that casework opens has none, or when the filter of lists ([`kinds`]) lacks it.

pub mod begin;
pub mod clocks;
pub mod give;
pub mod hearing;
mod kinds;
pub mod offer;
pub mod override_form;
pub mod proposal;
pub mod proposals;
pub mod rules;
mod sending;
pub mod task;
pub mod tasks;
pub mod today;
pub mod views;

use axum::Router;
use axum::routing::get;
use casework::subject::Subject;
use casework::tasks::Task;
use casework::{Actor, Casework};
use domain::ids::HouseholdId;
use domain::reference::Reference;
use domain::role::{Right, Scope};
use leptos::prelude::*;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::kit::{Content, Tag};
use crate::shell::{Failure, Page};
use crate::state::AppState;

/// Screens of this desk.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/tasks", get(tasks::get))
        .route("/tasks/give", get(give::get).post(give::post))
        .route("/tasks/views", get(views::get).post(views::post))
        .route("/tasks/{household}/{task}", get(task::get).post(task::post))
        .route("/clocks", get(clocks::get))
        .route("/proposals", get(proposals::get))
        .route("/proposals/{household}/{proposal}", get(proposal::get).post(proposal::post))
        .route("/decisions/{household}/{decision}/begin", get(begin::get).post(begin::post))
        .route("/decisions/{household}/{decision}/issue", get(hearing::get).post(hearing::post))
        .route("/decisions/{household}/{decision}/offer", get(offer::get).post(offer::post))
        .route(
            "/decisions/{household}/{decision}/override",
            get(override_form::get).post(override_form::post),
        )
}

/// Rows on one page of a list.
const ROWS: usize = 25;

/// The two ids of an address.
fn ids(household: &str, id: &str) -> Result<(HouseholdId, Uuid), Failure> {
    let household = household.parse().map_err(|_| Failure::not_found())?;
    Ok((household, Uuid::try_parse(id).map_err(|_| Failure::not_found())?))
}

/// A day in words.
fn day(page: &Page, at: OffsetDateTime) -> Content {
    Content::view(view! { <bdi class="app-nowrap">{page.date(at.date())}</bdi> })
}

/// A moment in words.
fn moment(page: &Page, at: OffsetDateTime) -> Content {
    Content::view(view! { <bdi>{page.date_time(at)}</bdi> })
}

/// By when, with a tag when it is late or due today.
fn due(page: &Page, casework: &Casework, at: OffsetDateTime) -> Content {
    let at = casework.here(at);
    let tag = if at < casework.now() {
        Some(Tag::new(page.t("work-late")).colour("red"))
    } else if at.date() == casework.today() {
        Some(Tag::new(page.t("work-today")).colour("yellow"))
    } else {
        None
    };
    Content::view(view! { <bdi class="app-nowrap">{page.date(at.date())}</bdi> " " {tag} })
}

/// Whose case: the reference, as a link to the file for who may open it.
fn case(
    page: &Page,
    actor: &Actor,
    scope: &Scope,
    household: HouseholdId,
    reference: Option<&Reference>,
) -> Content {
    let Some(reference) = reference.map(ToString::to_string) else { return page.t("work-no-case").into() };
    let reference = view! { <bdi class="app-nowrap">{reference}</bdi> };
    if !actor.may_in(Right::OpenFile, scope) {
        return Content::view(reference);
    }
    let href = format!("/households/{household}");
    Content::view(view! { <a class="govuk-link" href=href>{reference}</a> })
}

/// Where one sees what a task or a clock is about, and the key of what the link says.
/// `None` for who would be sent away there; `is_own`: it is about something that the reader prepared.
fn subject_page(
    actor: &Actor,
    scope: &Scope,
    household: HouseholdId,
    subject: &Subject,
    is_own: bool,
) -> Option<(String, &'static str)> {
    if subject.kind == casework::complaints::SUBJECT {
        // The complaint's own id is that of its case.
        let may = actor.may_in(Right::HandleComplaints, scope);
        return may.then(|| (format!("/complaints/{household}"), "work-see-complaint"));
    }
    if let Scope::Provider(_) = scope
        && subject.kind == "referral"
    {
        let may = actor.may_in(Right::HandleReferrals, scope);
        return may.then(|| (format!("/referrals/{household}/{}", subject.id), "work-see-referral"));
    }
    let may = match subject.kind.as_str() {
        "proposal" => is_own || actor.may_in(Right::Approve, scope),
        // Another office may look again at an appeal.
        "appeal" => actor.may_in(Right::Propose, scope),
        _ => actor.may_in(Right::OpenFile, scope),
    };
    if household.uuid().is_nil() || !may {
        return None;
    }
    Some(match subject.kind.as_str() {
        "proposal" => (format!("/proposals/{household}/{}", subject.id), "work-see-proposal"),
        "referral" | "referral_override" => {
            (crate::pages::casefile::referrals::address(household, subject.id.into()), "work-see-referral")
        }
        "decision" => (format!("/decisions/{household}/{}", subject.id), "work-see-decision"),
        "appeal" => (crate::pages::appeals::address(household, subject.id), "work-see-appeal"),
        casework::employment::SUBJECT => {
            (format!("/households/{household}/plan?plan={}", subject.id), "work-see-plan")
        }
        casework::employment::PROFILE => (format!("/households/{household}/plan"), "work-see-plan"),
        _ => (format!("/households/{household}"), "work-see-file"),
    })
}

/// Where one does what a clock of this kind waits for, and the key of what the link says.
fn clock_page(
    actor: &Actor,
    scope: &Scope,
    household: HouseholdId,
    (kind, subject): (&str, &Subject),
) -> Option<(String, &'static str)> {
    let page = subject_page(actor, scope, household, subject, false)?;
    Some(if kind == "hearing" { (hearing::address(household, subject.id), "hearing-see") } else { page })
}

/// What a task is: of one about a term that ran out, also which.
fn task_title(page: &Page, task: &Task) -> String {
    let what = page.t_of("task-kind", &task.kind);
    match task.late.as_ref().and_then(|late| page.t_if_of("clock-kind", &late.kind)) {
        Some(clock) => page.t_with("task-overdue", &[("what", clock.into())]),
        None => what,
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::words::{Lang, t_of};

    fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, into);
            } else if path.extension().is_some_and(|end| end == "rs") {
                into.push(path);
            }
        }
    }

    /// The kinds that casework opens with this struct.
    fn kinds(of: &str) -> Vec<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("casework/src");
        let mut files = Vec::new();
        sources(&folder, &mut files);
        let mut found = Vec::new();
        for file in files.iter().filter(|file| !file.to_string_lossy().contains("test")) {
            let text = std::fs::read_to_string(file).unwrap();
            let text = text.split("#[cfg(test)]").next().unwrap_or_default();
            for (at, _) in text.match_indices(of) {
                let kind = text[at..].lines().take(5).find_map(|line| line.trim().strip_prefix("kind: \""));
                found.extend(kind.and_then(|rest| rest.split('"').next()).map(str::to_owned));
            }
        }
        assert!(!found.is_empty(), "{of} is opened nowhere");
        found
    }

    #[test]
    fn every_kind_has_its_words() {
        let sets = [("NewTask {", "task-kind"), ("NewClock {", "clock-kind")];
        for (of, set) in sets {
            for kind in kinds(of) {
                assert_ne!(t_of(Lang::En, set, &kind), format!("{set}-{kind}"), "no words");
            }
        }
        for kind in kinds("NewTask {") {
            assert!(kinds::TASK_KINDS.contains(&kind.as_str()), "the filter lacks {kind}");
        }
    }
}
