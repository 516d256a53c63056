//! The directory of services: looking for a place, a place with everything that is known of it, and keeping that right.
//!
//! The first two are for everybody, signed in or not: no script, one style sheet, addresses that hold the whole question.
//! Who refers people comes from a file with `for=` and finds a button beside each place.

pub mod keep;
pub mod place;
pub mod search;
mod words;

#[cfg(test)]
mod tests;

use axum::Router;
use axum::routing::get;

use crate::state::AppState;

pub(crate) use words::{days_of_week, language_name, name_of, phone};

/// Screens of this desk.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/services", get(search::get))
        .route("/services/{place}", get(place::get))
        .route("/services/{place}/edit", get(keep::get).post(keep::post))
}
