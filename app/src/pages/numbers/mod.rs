//! Numbers about what offices do: how many objections there are and what becomes of them ([`objections`]). Each chart has its
//! table beside it, and all of it comes as a file for a spreadsheet.

pub mod objections;

use axum::Router;
use axum::routing::get;

use crate::state::AppState;

/// Screens of this desk.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/numbers/objections", get(objections::get))
        .route("/numbers/objections.csv", get(objections::file))
}
