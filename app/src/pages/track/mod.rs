//! The applicant's own pages: reference, birth date and PIN let one in for half an hour. No script, no island, one style
//! sheet; they work on a small telephone, on a slow line and in a browser of text alone.
//!
//! - [`enter`]: the form; [`visit`]: the cookie that keeps one in; [`status`]: what happened and what is next;
//!   [`letter`]: the letter itself.

pub mod enter;
pub mod letter;
pub mod status;
pub mod visit;

#[cfg(test)]
mod tests;

use axum::Router;
use axum::routing::{get, post};

use crate::state::AppState;

/// Screens of this desk.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/track", get(enter::get).post(enter::post))
        .route("/track/status", get(status::get))
        .route("/track/letter", get(letter::get))
        .route("/track/end", post(visit::end))
}
