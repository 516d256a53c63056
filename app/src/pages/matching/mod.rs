//! How people are matched: the models, one model in words with what it would change, and the explanation for auditors.
//!
//! Read by auditors, supervisors and administrators; an administrator puts a model in force or refuses it. Every number is
//! the database's or the engine's. To show one more number of a learned model: a field of its report
//! (`casework::matching::learning::report`) and a row in [`evidence`].

mod evidence;
pub(in crate::pages) mod figures;
mod how;
mod list;
mod model;
#[cfg(test)]
mod tests;
mod weights;

use axum::Router;
use axum::routing::get;

use crate::state::AppState;

/// Screens of this desk.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/matching", get(list::get))
        .route("/matching/how", get(how::get))
        .route("/matching/{version}", get(model::get).post(model::post))
}
