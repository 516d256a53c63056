//! The counter: looking for a household, registering one that is not there yet.
//!
//! Nobody is registered before somebody looked: the way to a new household leads through the search.

pub mod candidates;
pub mod desk;
pub mod fields;
pub mod register;
pub mod search;
mod summary;

use axum::Router;
use axum::routing::{get, post};

use crate::state::AppState;

/// Screens of this desk.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/search", get(search::get).post(search::post))
        .route("/households/new", post(register::begin))
        .route("/households/new/{draft}/{step}", get(register::get).post(register::post))
}
