//! Every budget that the reader sees: total, promised, free, how many wait and to how many a place is offered.

use axum::extract::State;
use casework::Casework;
use casework::budgets::show::{self, COUNTED, Shown};
use domain::pack::Pack;
use leptos::prelude::*;
use serde::Deserialize;

use super::{area, both, period};
use crate::kit::{Cell, Content, Table, Tag};
use crate::shell::{Answer, Page, address, onwards, render};
use crate::state::{Asked, SignedIn};

/// Rows on one page.
const ROWS: usize = 50;

/// Query of the page.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Query {
    /// How many budgets go before this page.
    pub from: String,
}

/// `GET /budgets`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Asked(query): Asked<Query>,
) -> Answer {
    let from: usize = query.from.parse().unwrap_or(0);
    let (all, more) = show::all(&casework, &actor, from, ROWS).await?;
    let pack = casework.pack()?;
    let title = page.t("budgets-title");
    let next = more.then(|| address("/budgets", &[("from", &(from + ROWS).to_string())]));
    Ok(render(&page, &title, || {
        let list = if all.is_empty() {
            view! { <p class="govuk-body">{page.t("budgets-none")}</p> }.into_any()
        } else {
            table(&page, &pack, &all).into_any()
        };
        view! {
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            <p class="govuk-body-l">{page.t("budgets-lead")}</p>
            {list}
            {onwards(&page, (from > 0).then(|| "/budgets".into()), next)}
        }
        .into_any()
    }))
}

fn table(page: &Page, pack: &Pack, all: &[Shown]) -> Table {
    let head = [
        "budgets-programme",
        "budgets-area",
        "budgets-period",
        "budgets-total",
        "budgets-committed",
        "budgets-free",
        "budgets-waiting",
        "budgets-offered",
    ];
    let mut table =
        Table::new(page.t("budgets-title")).head(head.map(|key| page.t(key))).row_heads().scroll();
    table.caption_classes = "govuk-visually-hidden".into();
    for one in all {
        let line = &one.line;
        let href = format!("/budgets/{}", line.budget_id);
        let name = page.of_pack(pack, &format!("programme.{}.name", line.programme));
        let waiting = if one.waiting > COUNTED {
            page.t_with("budgets-more-than", &[("count", COUNTED.into())])
        } else {
            page.number(one.waiting)
        };
        table = table.row([
            Cell::new(Content::view(view! { <a class="govuk-link" href=href>{name}</a> })),
            Cell::new(area(page, pack, line)),
            Cell::new(Content::view(view! { <bdi>{period(page, line)}</bdi> })),
            Cell::new(both(page, pack, line.all_places(), line.all_money())),
            Cell::new(both(page, pack, Some(line.taken_places), line.money.map(|_| line.taken_money))),
            Cell::new(free(page, pack, one)),
            Cell::number(waiting),
            Cell::number(page.number(one.offered)),
        ]);
    }
    table
}

/// What is left; what it is short of is said in words, not by a sign.
fn free(page: &Page, pack: &Pack, one: &Shown) -> Content {
    let line = &one.line;
    let (places, money) = (line.free_places(), line.free_money());
    let is_short = places.is_some_and(|free| free < 0) || money.is_some_and(|free| free < 0);
    let left = |free: Option<i64>| free.map(|free| free.max(0));
    let short = is_short.then(|| {
        let over = |free: Option<i64>| free.filter(|free| *free < 0).map(|free| -free);
        let tag = Tag::new(page.t("budgets-short")).colour("red");
        view! { {tag} {both(page, pack, over(places), over(money))} }
    });
    Content::view(view! { {both(page, pack, left(places), left(money))} {short} })
}
