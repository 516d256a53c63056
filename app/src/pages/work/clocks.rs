//! What is due at the places where one works, the late first.

use axum::extract::State;
use casework::clocks::{self, AtBreach, Clock};
use casework::paging::After;
use casework::{Actor, Casework};
use domain::clock::ClockState;
use leptos::prelude::*;
use serde::Deserialize;

use super::{ROWS, case, clock_page, day};
use crate::kit::{Cell, Content, Table, Tag};
use crate::shell::{Answer, Page, address, onwards, render};
use crate::state::{Asked, SignedIn};

/// Query of the page.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Query {
    /// Where the page begins.
    pub after: String,
}

/// `GET /clocks`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Asked(query): Asked<Query>,
) -> Answer {
    let after: Option<After> = query.after.parse().ok();
    let found = clocks::live_of(&casework, &actor, after, ROWS).await?;
    let title = page.t("clocks-title");
    Ok(render(&page, &title, || {
        let list = if found.rows.is_empty() {
            view! { <p class="govuk-body">{page.t("clocks-none")}</p> }.into_any()
        } else {
            table(&page, &casework, &actor, &found.rows).into_any()
        };
        let next = found.next.map(|next| address("/clocks", &[("after", &next.to_string())]));
        view! {
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            <p class="govuk-body">{page.t("clocks-lead")}</p>
            {list}
            {onwards(&page, after.map(|_| "/clocks".into()), next)}
        }
        .into_any()
    }))
}

fn table(page: &Page, casework: &Casework, actor: &Actor, clocks: &[Clock]) -> Table {
    let head = ["clock-what", "work-case", "clock-started", "clock-due", "clock-then"].map(|key| page.t(key));
    let mut table = Table::new(page.t("clocks-title")).head(head).row_heads().scroll();
    table.caption_classes = "govuk-visually-hidden".into();
    for clock in clocks {
        table = table.row([
            Cell::new(what(page, actor, clock)),
            Cell::new(case(page, actor, &clock.scope, clock.household_id, clock.reference.as_ref())),
            Cell::new(day(page, casework.here(clock.started_at))),
            Cell::new(due(page, casework, clock)),
            Cell::new(then(page, clock)),
        ]);
    }
    table
}

fn what(page: &Page, actor: &Actor, clock: &Clock) -> Content {
    let what = page.t_of("clock-kind", &clock.kind);
    // The file has its own column.
    let see = clock_page(actor, &clock.scope, clock.household_id, (&clock.kind, &clock.subject))
        .filter(|(_, key)| *key != "work-see-file");
    match see {
        Some((href, _)) => Content::view(view! { <a class="govuk-link" href=href>{what}</a> }),
        None => what.into(),
    }
}

/// The due date, and what it means now.
fn due(page: &Page, casework: &Casework, clock: &Clock) -> Content {
    let now = casework.now();
    let tag = match clock.state {
        ClockState::Paused => Some(Tag::new(page.t("clock-paused")).colour("grey")),
        ClockState::Breached => Some(Tag::new(page.t("work-late")).colour("red")),
        _ if clock.due_at < now => Some(Tag::new(page.t("work-late")).colour("red")),
        _ if clock.warn_at < now => Some(Tag::new(page.t("clock-soon")).colour("yellow")),
        _ => None,
    };
    let stood = clock.paused_seconds / 86_400;
    let stood = (stood > 0).then(|| page.t_with("clock-stood", &[("days", stood.into())]));
    Content::view(view! {
        <bdi class="app-nowrap">{page.date(casework.here(clock.due_at).date())}</bdi> " " {tag}
        {stood.map(|text| view! { <div class="govuk-hint">{text}</div> })}
    })
}

/// What happens at a breach, or has happened, and the rule it rests on.
fn then(page: &Page, clock: &Clock) -> Content {
    let is_over = clock.state == ClockState::Breached;
    let key = match (clock.at_breach, is_over) {
        (AtBreach::Record, false) => "clock-then-record",
        (AtBreach::Record, true) => "clock-now-record",
        (AtBreach::Act, _) => "clock-then-act",
        (AtBreach::Follow, _) => "clock-then-follow",
        (AtBreach::Escalate, false) => "clock-then-escalate",
        (AtBreach::Escalate, true) => "clock-now-escalate",
    };
    let basis = (!clock.legal_basis.is_empty()).then(|| clock.legal_basis.clone());
    Content::view(view! {
        {page.t(key)}
        {basis.map(|basis| view! { <div class="govuk-hint"><bdi>{basis}</bdi></div> })}
    })
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use casework::clocks::NewClock;
    use casework::subject::Subject;
    use casework::test_support::{OFFICE, OTHER_OFFICE, World};
    use domain::calendar::Term;
    use domain::role::Scope;
    use time::Duration;

    use super::*;
    use crate::test_support::{as_auditor, as_counter_officer, world_with_pack};
    use crate::words::Lang;

    async fn started(world: &World, kind: &str, office: &str, days: u16) {
        let calendar = world.office_calendar(OFFICE).unwrap();
        let new = NewClock {
            household_id: world.new_id(),
            kind: kind.into(),
            subject: Subject::new("application", world.new_id::<uuid::Uuid>()),
            scope: Scope::Office(office.into()),
            term: Term::Days(days),
            legal_basis: "Act 1, s. 2".into(),
            at_breach: AtBreach::Escalate,
            started_at: world.now(),
        };
        world
            .write(async move |tx| {
                clocks::start(tx, &Actor::system(), &calendar, new.clone()).await.map(drop)
            })
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn the_late_stand_first_with_what_follows() {
        let world = world_with_pack().await;
        started(&world, "decide", OFFICE, 30).await;
        started(&world, "info_request", OFFICE, 3).await;
        started(&world, "appeal", OTHER_OFFICE, 3).await;
        world.clock.advance(Duration::days(6));
        clocks::run_due(&world).await.unwrap();
        let mut officer = as_counter_officer(&world).await;
        for lang in [Lang::Fr, Lang::En] {
            officer.get(&format!("/clocks?lang={}", lang.code())).await.assert_page(lang);
        }
        let html = officer.get("/clocks").await.html;
        let late = html.find("Overdue").unwrap();
        assert!(late < html.find("Act 1").unwrap() && html.contains("The supervisor has a task"), "{html}");
        assert_eq!(html.matches("<tr").count(), 3, "those of another office are not there: {html}");
        assert_eq!(as_auditor(&world).await.get("/clocks").await.status, StatusCode::FORBIDDEN);
    }
}
