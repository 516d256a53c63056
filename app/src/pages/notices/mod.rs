//! Messages to people: what waits, what goes on paper and what was lost at an office ([`board`]), the sheets that are printed
//! ([`sheets`]), and the messages of one household in its file ([`filed`]).
//!
//! A state of a message has its words in `notices-state-<code>`, a kind in `notices-kind-<code>`, what went wrong in
//! `notices-trouble-<code>`.

pub mod board;
pub mod filed;
pub mod sheets;
#[cfg(test)]
mod tests;

use axum::Router;
use axum::routing::get;

use crate::shell::Page;
use crate::state::AppState;

/// Screens of this desk.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/notices", get(board::get).post(board::post))
        .route("/notices/sheets", get(sheets::get))
        .route("/households/{household}/notices", get(filed::get))
}

/// What went wrong, in words; nothing where nothing did.
fn trouble(page: &Page, code: &str) -> Option<String> {
    (!code.is_empty())
        .then(|| page.t_if_of("notices-trouble", code).unwrap_or_else(|| page.t("notices-trouble-other")))
}
