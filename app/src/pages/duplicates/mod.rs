//! Possible duplicates: the queue, and one pair side by side with what speaks for and against.
//!
//! What an officer says of a pair is kept by `casework::duplicates`; *the same* leads on to the merge of the two files.

pub mod pair;
pub mod queue;
#[cfg(test)]
mod tests;

use axum::Router;
use axum::routing::get;

use crate::state::AppState;

/// Screens of this desk.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/duplicates", get(queue::get))
        .route("/duplicates/{first}/{second}", get(pair::get).post(pair::post))
}
