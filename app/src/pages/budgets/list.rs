//! The list of one budget: to whom a place is offered and until when, then who waits, in order.

use axum::extract::{Path, State};
use casework::Casework;
use casework::budgets::show::{self, List, Listed};
use domain::pack::Pack;
use leptos::prelude::*;
use serde::Deserialize;
use uuid::Uuid;

use super::{area, both, period};
use crate::kit::{Cell, Content, SummaryList, Table};
use crate::pages::work::offer;
use crate::shell::{Answer, Failure, Page, address, onwards, render};
use crate::state::{Asked, SignedIn};

/// Rows on one page.
const ROWS: usize = 50;

/// Query of the page.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Query {
    /// The last place of the page before.
    pub after: String,
    /// How many go before this page.
    pub at: String,
}

/// `GET /budgets/{budget}`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(budget): Path<String>,
    Asked(query): Asked<Query>,
) -> Answer {
    let budget = Uuid::try_parse(&budget).map_err(|_| Failure::not_found())?;
    let after = Uuid::try_parse(&query.after).ok().zip(query.at.parse().ok());
    let list = show::list(&casework, &actor, budget, after, ROWS).await?;
    let pack = casework.pack()?;
    let page = page.back("/budgets");
    let programme = page.of_pack(&pack, &format!("programme.{}.name", list.shown.line.programme));
    let title = page.t_with("budgets-list-title", &[("programme", programme.into())]);
    let here = format!("/budgets/{budget}");
    let next =
        list.next.map(|(last, at)| address(&here, &[("after", &last.to_string()), ("at", &at.to_string())]));
    Ok(render(&page, &title, || {
        view! {
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            {facts(&page, &pack, &list)}
            {offers(&page, &list)}
            {waiting(&page, &list)}
            {onwards(&page, after.map(|_| here.clone()), next)}
        }
        .into_any()
    }))
}

fn facts(page: &Page, pack: &Pack, list: &List) -> SummaryList {
    let line = &list.shown.line;
    SummaryList::new()
        .row(page.t("budgets-area"), area(page, pack, line))
        .row(page.t("budgets-period"), period(page, line))
        .row(page.t("budgets-total"), both(page, pack, line.all_places(), line.all_money()))
        .row(
            page.t("budgets-committed"),
            both(page, pack, Some(line.taken_places), line.money.map(|_| line.taken_money)),
        )
}

/// The reference, as a link for who may open the file.
fn case(page: &Page, one: &Listed, href: String) -> Content {
    match &one.reference {
        None => page.t("budgets-not-yours").into(),
        Some(reference) => {
            let shown = domain::reference::Reference::parse(reference)
                .map_or_else(|_| reference.clone(), |own| own.to_string());
            Content::view(view! { <a class="govuk-link" href=href><bdi class="app-nowrap">{shown}</bdi></a> })
        }
    }
}

fn offers(page: &Page, list: &List) -> Option<Table> {
    if list.offered.is_empty() {
        return None;
    }
    let head = ["work-case", "budgets-since", "offer-until"].map(|key| page.t(key));
    let mut table = Table::new(page.t("budgets-offered-to")).head(head).scroll();
    for one in &list.offered {
        let until = one.offer_until.map(|until| page.date(until)).unwrap_or_default();
        table = table.row([
            Cell::new(case(page, one, offer::address(one.household, one.decision))),
            Cell::new(page.date(one.since)),
            Cell::new(until),
        ]);
    }
    Some(table)
}

fn waiting(page: &Page, list: &List) -> AnyView {
    if list.waiting.is_empty() {
        return view! { <p class="govuk-body">{page.t("budgets-nobody-waits")}</p> }.into_any();
    }
    let head = ["budgets-place", "work-case", "budgets-since", "budgets-why", "budgets-kept-until"]
        .map(|key| page.t(key));
    let mut table = Table::new(page.t("budgets-who-waits")).head(head).row_heads().scroll();
    for one in &list.waiting {
        let why = page.t_of("budgets-waits", one.reason.code());
        let until = one.list_until.map(|until| page.date(until)).unwrap_or_default();
        table = table.row([
            Cell::new(page.number(one.place.unwrap_or(0))),
            Cell::new(case(page, one, format!("/decisions/{}/{}", one.household, one.decision))),
            Cell::new(page.date(one.since)),
            Cell::new(why),
            Cell::new(until),
        ]);
    }
    table.into_any()
}
