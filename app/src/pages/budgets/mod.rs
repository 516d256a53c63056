//! The budget desk: what each programme has to give in an area and a period, what is promised of it, and who waits.

mod additions;
mod index;
mod list;

use axum::Router;
use axum::routing::get;
use casework::budgets::Line;
use domain::pack::Pack;

use crate::kit::Content;
use crate::shell::Page;
use crate::state::AppState;
use leptos::prelude::*;

/// Screens of this desk.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/budgets", get(index::get))
        .route("/budgets/{budget}", get(list::get).post(additions::post))
}

/// The area of a budget in words.
fn area(page: &Page, pack: &Pack, line: &Line) -> String {
    line.named_area()
        .map_or_else(|| page.t("budgets-country"), |code| pack.area_name(page.lang.code(), code).to_owned())
}

/// The period of a budget in words.
fn period(page: &Page, line: &Line) -> String {
    let args = [("from", page.date(line.from_date).into()), ("until", page.date(line.until_date).into())];
    page.t_with("budgets-period-of", &args)
}

/// Places and money together: what of either is limited or promised.
fn both(page: &Page, pack: &Pack, places: Option<i64>, money: Option<i64>) -> Content {
    let currency = &pack.about.currency;
    let places = places.map(|count| page.t_with("budgets-places", &[("count", count.into())]));
    let money = money.map(|minor| page.amount(minor, currency));
    let lines: Vec<AnyView> = [places, money]
        .into_iter()
        .flatten()
        .map(|text| view! { <div><bdi class="app-nowrap">{text}</bdi></div> }.into_any())
        .collect();
    Content::view(lines)
}

#[cfg(test)]
mod tests;
