//! The policy desk: the packs that were ever in force, and their programmes with the rules in words.

pub mod packs;
pub mod programme;

use axum::Router;
use axum::routing::get;

use crate::state::AppState;

/// Screens of this desk.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/packs", get(packs::list))
        .route("/packs/{hash}", get(packs::get))
        .route("/packs/{hash}/{programme}", get(programme::get))
}
