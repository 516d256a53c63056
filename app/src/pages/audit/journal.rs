//! The journal: verifying all chains, and reading the registry's own.

use axum::extract::State;
use casework::journal::{self, Entry, Report};
use casework::{Actor, Casework};
use leptos::prelude::*;
use serde::Deserialize;

use crate::kit::{Button, Cell, Content, NotificationBanner, SummaryList, Table, WarningText};
use crate::shell::{Answer, Failure, Page, address, onwards, render};
use crate::state::{Asked, SignedIn};

/// Entries on one page.
const ROWS: u32 = 50;

/// Query of the page.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Query {
    /// Entries before this one.
    pub before: String,
}

/// Kinds of entries in the registry's own chain, with their words.
const KINDS: &[(&str, &str)] = &[
    ("board.announced", "journal-board-announced"),
    ("board.changed", "journal-board-changed"),
    ("board.closed", "journal-board-closed"),
    ("board.people_proposed", "journal-board-people_proposed"),
    ("pack.loaded", "journal-pack-loaded"),
    ("policy.opened", "journal-policy-opened"),
    ("policy.described", "journal-policy-described"),
    ("policy.edited", "journal-policy-edited"),
    ("policy.taken_out", "journal-policy-taken_out"),
    ("policy.gap_accepted", "journal-policy-gap_accepted"),
    ("policy.simulating", "journal-policy-simulating"),
    ("policy.simulated", "journal-policy-simulated"),
    ("policy.submitted", "journal-policy-submitted"),
    ("policy.returned", "journal-policy-returned"),
    ("policy.approved", "journal-policy-approved"),
    ("policy.withdrawn", "journal-policy-withdrawn"),
    ("policy.live", "journal-policy-live"),
    ("policy.failed", "journal-policy-failed"),
    ("backup.made", "journal-backup-made"),
    ("journal.verified", "journal-verified"),
    ("referrals.listed", "journal-referrals-listed"),
    ("place.changed", "journal-place-changed"),
    ("place.verified", "journal-place-verified"),
    ("matching.proposed", "journal-matching-proposed"),
    ("matching.activated", "journal-matching-activated"),
    ("matching.refused", "journal-matching-refused"),
    ("task.opened", "journal-task-opened"),
    ("task.stepped", "journal-task-stepped"),
    ("clock.started", "journal-clock-started"),
    ("clock.stepped", "journal-clock-stepped"),
    ("clock.reminded", "journal-clock-reminded"),
];

/// `GET /journal`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Asked(query): Asked<Query>,
) -> Answer {
    page_of(&casework, &page, &actor, query.before.parse().ok(), None).await
}

/// `POST /journal`: walks all chains.
pub async fn post(State(casework): State<Casework>, SignedIn { page, actor }: SignedIn) -> Answer {
    let report = journal::audit(&casework, &actor).await?;
    page_of(&casework, &page, &actor, None, Some(report)).await
}

async fn page_of(
    casework: &Casework,
    page: &Page,
    actor: &Actor,
    before: Option<i64>,
    report: Option<Report>,
) -> Result<axum::response::Response, Failure> {
    let entries = journal::of_registry(casework, actor, before, ROWS).await?;
    let title = page.t("journal-title");
    Ok(render(page, &title, || {
        let next = entries.last().filter(|last| last.seq > 1).map(|last| last.seq.to_string());
        let next = next.map(|before| address("/journal", &[("before", &before)]));
        view! {
            {report.as_ref().map(|report| found(page, report))}
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            <p class="govuk-body">{page.t("journal-lead")}</p>
            <form method="post" action="/journal">{Button::new(page.t("journal-verify"))}</form>
            <h2 class="govuk-heading-m">{page.t("journal-files")}</h2>
            <p class="govuk-body">
                {page.t("journal-files-text")} " "
                <a class="govuk-link" href="/search">{page.t("nav-search")}</a>
            </p>
            <h2 class="govuk-heading-m">{page.t("journal-registry")}</h2>
            {list(page, casework, &entries)}
            {onwards(page, before.map(|_| "/journal".into()), next)}
        }
        .into_any()
    }))
}

/// What the walk found.
fn found(page: &Page, report: &Report) -> AnyView {
    let count = |count: u64| page.number(i64::try_from(count).unwrap_or(i64::MAX));
    let walked = SummaryList::new()
        .row(page.t("journal-chains"), count(report.files))
        .row(page.t("journal-entries"), count(report.entries))
        .row(page.t("journal-checkpoints"), count(report.checkpoints));
    match &report.first_break {
        None => view! { {NotificationBanner::success(page.t("journal-whole"))} {walked} }.into_any(),
        Some(broken) => {
            let place = broken.to_string();
            let place = view! { <bdi>{place}</bdi> };
            view! {
                {WarningText::new(page.t("journal-broken"))}
                <p class="govuk-body">{Content::view(place)}</p>
                {walked}
            }
            .into_any()
        }
    }
}

fn list(page: &Page, casework: &Casework, entries: &[Entry]) -> AnyView {
    if entries.is_empty() {
        return view! { <p class="govuk-body">{page.t("journal-none")}</p> }.into_any();
    }
    let head = ["journal-number", "journal-at", "journal-who", "journal-what"].map(|key| page.t(key));
    let mut table = Table::new(page.t("journal-registry")).head(head).scroll();
    table.caption_classes = "govuk-visually-hidden".into();
    for entry in entries {
        let at = page.date_time(casework.here(entry.at));
        let who = match &entry.staff_name {
            Some(name) => name.clone(),
            None => page.t_of("journal-by", &entry.purpose),
        };
        let kind = KINDS.iter().find(|known| known.0 == entry.kind).map(|known| page.t(known.1));
        let kind = kind.unwrap_or_else(|| entry.kind.clone());
        let detail = entry.detail.clone();
        let what = view! { {kind} <div class="govuk-hint"><bdi>{detail}</bdi></div> };
        table = table.row([
            Cell::number(page.number(entry.seq)),
            Cell::new(Content::view(view! { <bdi>{at}</bdi> })),
            Cell::new(Content::view(view! { <bdi>{who}</bdi> })),
            Cell::new(Content::view(what)),
        ]);
    }
    table.into_any()
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use casework::journal::{Event, REGISTRY};

    use super::*;
    use crate::test_support::{as_auditor, as_supervisor, world_with_pack};
    use crate::words::Lang;

    #[tokio::test]
    async fn an_auditor_verifies_the_journal_and_sees_where_it_is_broken() {
        let world = world_with_pack().await;
        let mut auditor = as_auditor(&world).await;
        for lang in [Lang::Fr, Lang::En] {
            auditor.get(&format!("/journal?lang={}", lang.code())).await.assert_page(lang);
        }
        let whole = auditor.post("/journal", &[]).await;
        whole.assert_page(Lang::En);
        assert!(whole.html.contains("The journal is whole"), "{}", whole.html);
        assert!(whole.html.contains("A pack was put in force"), "{}", whole.html);
        let rewrite = async |tx: &mut casework::db::Tx| {
            tx.run(
                "UPDATE journal SET kind = 'note.rewritten' WHERE seq = 1 AND file_id = $1",
                casework::args![REGISTRY],
            )
            .await
        };
        world.write(rewrite).await.unwrap();
        let broken = auditor.post("/journal", &[]).await;
        assert!(broken.html.contains("entry 1: not what was written"), "{}", broken.html);
    }

    #[tokio::test]
    async fn a_long_chain_is_read_page_by_page() {
        let world = world_with_pack().await;
        for number in 0..60 {
            let event = Event::new("backup.made").number("rows", number);
            journal::record(&world, &Actor::command_line(), REGISTRY, event).await.unwrap();
        }
        let mut auditor = as_auditor(&world).await;
        let first = auditor.get("/journal").await.html;
        let (_, rest) = first.split_once("href=\"/journal?before=").unwrap();
        let before = rest.split('"').next().unwrap();
        let second = auditor.get(&format!("/journal?before={before}")).await.html;
        assert!(second.contains("A pack was put in force") && !first.contains("A pack was put in force"));
    }

    #[tokio::test]
    async fn others_do_not_read_it() {
        let world = world_with_pack().await;
        let mut supervisor = as_supervisor(&world).await;
        assert_eq!(supervisor.get("/journal").await.status, StatusCode::FORBIDDEN);
        assert_eq!(supervisor.post("/journal", &[]).await.status, StatusCode::FORBIDDEN);
    }
}
