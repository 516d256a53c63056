//! The referrals of the own provider: who is to be expected, for what, where, and by when to answer. The part of the desk
//! and the place in it are in the address.

use axum::extract::State;
use casework::Casework;
use casework::paging::After;
use casework::referrals::{self, Awaited, Shelf, Tally};
use domain::lifecycle::referral::ReferralState;
use leptos::prelude::*;
use serde::Deserialize;

use crate::kit::{Cell, Content, Link, NotificationBanner, SubNavigation, Table, Tag};
use crate::shell::{Answer, Page, address, onwards, render};
use crate::state::{Asked, SignedIn};

/// Rows on one page.
const ROWS: usize = 25;

/// Query of the page.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Query {
    /// The part of the desk: a [`Shelf`].
    pub part: String,
    /// Where the page begins.
    pub after: String,
    /// What was just done.
    pub done: String,
}

/// The address of a part of the desk.
fn part(shelf: Shelf) -> String {
    if shelf == Shelf::Open { "/referrals".into() } else { address("/referrals", &[("part", shelf.code())]) }
}

/// `GET /referrals`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Asked(query): Asked<Query>,
) -> Answer {
    let after: Option<After> = query.after.parse().ok();
    let shelf = Shelf::of(&query.part);
    let found = referrals::inbox(&casework, &actor, shelf, after, ROWS).await?;
    let tally = referrals::tally(&casework, &actor).await?;
    let title = page.t("referrals-title");
    Ok(render(&page, &title, || {
        let list = if found.rows.is_empty() {
            view! { <p class="govuk-body">{page.t("referrals-none")}</p> }.into_any()
        } else {
            table(&page, &casework, &found.rows).into_any()
        };
        let next = found.next.map(|next| {
            let mut query = vec![("part", shelf.code()), ("after", "")];
            let next = next.to_string();
            query[1].1 = &next;
            address("/referrals", &query)
        });
        let done = page.t_if_of("referral-done", &query.done).filter(|_| !query.done.is_empty());
        view! {
            {done.map(NotificationBanner::success)}
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            <p class="govuk-body">{page.t("referrals-lead")}</p>
            {parts(&page, shelf, &tally)}
            {list}
            {onwards(&page, after.map(|_| part(shelf)), next)}
        }
        .into_any()
    }))
}

fn parts(page: &Page, current: Shelf, tally: &Tally) -> SubNavigation {
    let items = Shelf::ALL
        .into_iter()
        .map(|shelf| {
            let count = tally.get(&shelf).copied().unwrap_or(0);
            let words = format!("{} ({})", page.t_of("referrals-part", shelf.code()), page.number(count));
            Link::new(part(shelf), words).current(shelf == current)
        })
        .collect();
    SubNavigation::new(page.t("referrals-parts"), items)
}

fn table(page: &Page, casework: &Casework, rows: &[Awaited]) -> Table {
    let head = ["referral-person", "work-case", "referral-service", "referral-sent", "task-state"];
    let mut table =
        Table::new(page.t("referrals-title")).head(head.map(|key| page.t(key))).row_heads().scroll();
    table.caption_classes = "govuk-visually-hidden".into();
    let pack = casework.pack().ok();
    for row in rows {
        let service = pack.as_ref().map_or_else(
            || row.service.clone(),
            |pack| page.of_pack(pack, &format!("service.{}.name", row.service)),
        );
        let sent = page.date(casework.here(row.requested_at).date());
        let name = if row.name.is_empty() { page.t("referral-no-name") } else { row.name.clone() };
        let reference = row.reference.to_string();
        let href = format!("/referrals/{}/{}", row.household, row.id);
        table = table.row([
            Cell::new(Content::view(view! { <a class="govuk-link" href=href><bdi>{name}</bdi></a> })),
            Cell::new(Content::view(view! { <bdi class="app-nowrap">{reference}</bdi> })),
            Cell::new(service),
            Cell::new(Content::view(view! { <bdi class="app-nowrap">{sent}</bdi> })),
            Cell::new(state(page, casework, row)),
        ]);
    }
    table
}

/// How a state looks.
pub(super) fn colour(state: ReferralState) -> &'static str {
    match state {
        ReferralState::Requested => "blue",
        ReferralState::OnHold | ReferralState::Failed => "orange",
        ReferralState::Completed | ReferralState::Confirmed | ReferralState::Closed => "grey",
        _ => "green",
    }
}

/// Where it stands; while the provider must do something, by when.
fn state(page: &Page, casework: &Casework, row: &Awaited) -> Content {
    let tag = Tag::new(page.t_of("referral-state", row.state.code())).colour(colour(row.state));
    let urgent = row.urgent.then(|| Tag::new(page.t("referral-urgent")).colour("red"));
    let disputed = row.disputed.then(|| Tag::new(page.t("referral-disputed")).colour("orange"));
    let key = match row.state {
        ReferralState::Requested => Some("referral-answer-by"),
        ReferralState::Accepted => Some("referral-meet-by"),
        _ => None,
    };
    let by = row.due_at.zip(key).map(|(by, key)| {
        let is_late = by < casework.now();
        let late = is_late.then(|| Tag::new(page.t("work-late")).colour("red"));
        let date = page.date(casework.here(by).date());
        let text = page.t_with(key, &[("date", date.into())]);
        view! { <div class="govuk-hint">{text} " " {late}</div> }
    });
    Content::view(view! { {tag} " " {urgent} " " {disputed} {by} })
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use casework::staff::{self, NewStaff};
    use casework::test_support::administrator;
    use casework::test_support::small::{POOR, decided_family, load_small_pack};
    use domain::role::{Grant, Role, Scope};

    use crate::test_support::{Browser, PHRASE, as_counter_officer, as_provider_officer, world};
    use crate::words::Lang;

    #[tokio::test]
    async fn a_provider_sees_its_own_referrals_only() {
        let world = world().await;
        load_small_pack(&world).await;
        decided_family(&world, POOR).await;
        let new = NewStaff {
            login: "salma".into(),
            name: "Salma".into(),
            language: "en".into(),
            grants: vec![Grant { role: Role::ProviderOfficer, scope: Scope::Provider("PRV-02".into()) }],
            password: Some(PHRASE.into()),
        };
        staff::add(&world, &administrator(), new).await.unwrap();
        let mut own = as_provider_officer(&world).await;
        for lang in [Lang::Fr, Lang::En] {
            own.get(&format!("/referrals?lang={}", lang.code())).await.assert_page(lang);
        }
        let html = own.get("/referrals").await.html;
        assert!(html.contains("Awa Diallo") && html.contains("Waits for your answer"), "{html}");
        assert!(!html.contains("Moussa") && !html.contains("/households/"), "{html}");
        let mut other = Browser::signed_in(&world, "salma").await;
        assert!(!other.get("/referrals").await.html.contains("Awa"));
        let mut officer = as_counter_officer(&world).await;
        assert_eq!(officer.get("/referrals").await.status, StatusCode::FORBIDDEN);
    }
}
