//! The provider's records of continuing conditions: what is to be recorded, a sheet for each cycle, and the same as a list.

pub mod index;
pub mod list;
pub mod sheet;

use axum::Router;
use axum::routing::get;
use casework::Casework;
use casework::life::records::Which;
use domain::life::condition::RecordKind;
use domain::pack::Pack;
use time::Date;
use time::macros::format_description;

use crate::shell::{Failure, Page};
use crate::state::AppState;

/// Screens of records.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/records", get(index::get))
        .route("/records/{programme}/{condition}/{cycle}", get(sheet::get).post(sheet::post))
        .route("/records/{programme}/{condition}/{cycle}/list", get(list::get).post(list::post))
        .route("/records/{programme}/{condition}/{cycle}/list.csv", get(list::template))
}

/// The parts of an address.
pub type At = (String, String, String);

/// Which cycle an address names.
fn which((programme, condition, cycle): At) -> Result<Which, Failure> {
    let from = Date::parse(&cycle, format_description!("[year]-[month]-[day]"));
    Ok(Which { programme, condition, from: from.map_err(|_| Failure::not_found())? })
}

/// The address of a cycle.
fn address(programme: &str, condition: &str, from: Date) -> String {
    format!("/records/{programme}/{condition}/{from}")
}

/// A cycle in words.
fn days(page: &Page, from: Date, until: Date) -> String {
    let args = [("from", page.date(from).into()), ("until", page.date(until).into())];
    page.t_with("records-cycle", &args)
}

/// What a condition asks, and of which programme.
fn named(page: &Page, pack: &Pack, which: &Which) -> (String, String) {
    if which.programme == casework::employment::WATCHED {
        let service = page.of_pack(pack, &format!("service.{}.name", which.condition));
        return (page.t("records-of-plans"), service);
    }
    let programme = format!("programme.{}", which.programme);
    (
        page.of_pack(pack, &format!("{programme}.name")),
        page.of_pack(pack, &format!("{programme}.condition.{}", which.condition)),
    )
}

/// What one records.
fn asked(page: &Page, record: RecordKind) -> String {
    page.t_of("records-field", record.code())
}

/// The pack in force.
fn pack(casework: &Casework) -> Result<std::sync::Arc<Pack>, Failure> {
    Ok(casework.pack()?)
}

#[cfg(test)]
mod tests;
