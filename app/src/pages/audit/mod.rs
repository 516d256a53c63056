//! The auditor's desk: whether the journal is whole, and what it tells of the registry itself.

pub mod journal;

use axum::Router;
use axum::routing::get;

use crate::state::AppState;

/// Screens of this desk.
pub fn routes() -> Router<AppState> {
    Router::new().route("/journal", get(journal::get).post(journal::post))
}
