//! The list of one budget: to whom a place is offered and until when, then who waits, in order.

use axum::extract::{Path, State};
use casework::budgets::additions;
use casework::budgets::show::{self, List, Listed};
use casework::{Actor, Casework};
use domain::pack::Pack;
use leptos::prelude::*;
use serde::Deserialize;
use uuid::Uuid;

use super::additions::Said;
use super::{area, both, period};
use crate::kit::{Cell, Content, NotificationBanner, SummaryList, Table};
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
    /// What was just done.
    pub done: String,
    /// To how many a place was offered with it.
    pub offered: String,
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
    let news = match query.done.as_str() {
        "proposed" => Some(page.t("additions-proposed")),
        "returned" => Some(page.t("additions-returned")),
        "added" => {
            let offered: i64 = query.offered.parse().unwrap_or(0);
            Some(page.t_with("additions-added", &[("count", offered.into())]))
        }
        _ => None,
    };
    let said = Said { news, ..Said::default() };
    show(&casework, &actor, &page, budget, after, &said).await
}

/// The page of a budget.
pub(super) async fn show(
    casework: &Casework,
    actor: &Actor,
    page: &Page,
    budget: Uuid,
    after: Option<(Uuid, i64)>,
    said: &Said,
) -> Answer {
    let list = show::list(casework, actor, budget, after, ROWS).await?;
    let added = additions::of_line(casework, actor, budget).await?;
    let pack = casework.pack()?;
    let page = &page.clone().back("/budgets");
    let programme = page.of_pack(&pack, &format!("programme.{}.name", list.shown.line.programme));
    let title = page.t_with("budgets-list-title", &[("programme", programme.into())]);
    let here = format!("/budgets/{budget}");
    let next =
        list.next.map(|(last, at)| address(&here, &[("after", &last.to_string()), ("at", &at.to_string())]));
    Ok(render(page, &title, || {
        view! {
            {said.news.clone().map(NotificationBanner::success)}
            {said.problems.summary()}
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            {facts(page, &pack, &list)}
            {super::additions::section((page, casework, actor), &pack, &list.shown.line, &added, said)}
            {offers(page, &list)}
            {waiting(page, &list)}
            {onwards(page, after.map(|_| here.clone()), next)}
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
            page.t("additions-of-it"),
            both(page, pack, line.places.map(|_| line.added_places), line.money.map(|_| line.added_money)),
        )
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
