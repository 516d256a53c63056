//! The referrals of the own provider: who is to be expected, for what, where, and by when to answer.

use axum::extract::State;
use casework::Casework;
use casework::paging::After;
use casework::referrals::{self, Awaited};
use domain::lifecycle::referral::ReferralState;
use leptos::prelude::*;
use serde::Deserialize;

use crate::kit::{Cell, Content, Table, Tag};
use crate::shell::{Answer, Page, address, onwards, render};
use crate::state::{Asked, SignedIn};

/// Rows on one page.
const ROWS: usize = 25;

/// Query of the page.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Query {
    /// Where the page begins.
    pub after: String,
}

/// `GET /referrals`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Asked(query): Asked<Query>,
) -> Answer {
    let after: Option<After> = query.after.parse().ok();
    let found = referrals::inbox(&casework, &actor, after, ROWS).await?;
    let title = page.t("referrals-title");
    Ok(render(&page, &title, || {
        let list = if found.rows.is_empty() {
            view! { <p class="govuk-body">{page.t("referrals-none")}</p> }.into_any()
        } else {
            table(&page, &casework, &found.rows).into_any()
        };
        let next = found.next.map(|next| address("/referrals", &[("after", &next.to_string())]));
        view! {
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            <p class="govuk-body">{page.t("referrals-lead")}</p>
            {list}
            {onwards(&page, after.map(|_| "/referrals".into()), next)}
        }
        .into_any()
    }))
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
        let name = row.name.clone();
        let reference = row.reference.to_string();
        table = table.row([
            Cell::new(Content::view(view! { <bdi>{name}</bdi> })),
            Cell::new(Content::view(view! { <bdi class="app-nowrap">{reference}</bdi> })),
            Cell::new(service),
            Cell::new(Content::view(view! { <bdi class="app-nowrap">{sent}</bdi> })),
            Cell::new(state(page, casework, row)),
        ]);
    }
    table
}

/// Where it stands; while it waits for an answer, by when.
fn state(page: &Page, casework: &Casework, row: &Awaited) -> Content {
    let colour = if row.state == ReferralState::Requested { "blue" } else { "green" };
    let tag = Tag::new(page.t_of("referral-state", row.state.code())).colour(colour);
    let by = row.answer_by.filter(|_| row.state == ReferralState::Requested).map(|by| {
        let is_late = by < casework.now();
        let late = is_late.then(|| Tag::new(page.t("work-late")).colour("red"));
        let date = page.date(casework.here(by).date());
        let text = page.t_with("referral-answer-by", &[("date", date.into())]);
        view! { <div class="govuk-hint">{text} " " {late}</div> }
    });
    Content::view(view! { {tag} {by} })
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
