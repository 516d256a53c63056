//! The policy desk: the packs that were ever in force, their programmes with the rules in words, and changes of them.

pub mod changes;
pub mod desk;
pub mod packs;
mod printed;
pub mod programme;

use axum::Router;
use axum::routing::get;

use crate::state::AppState;

/// Screens of this desk.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/policy", get(changes::list::get))
        .route("/policy/new", get(changes::new::get).post(changes::new::post))
        .route("/policy/documents", get(changes::versions::all))
        .route("/policy/documents/versions", get(changes::versions::of_one))
        .route("/policy/documents/version", get(changes::versions::one))
        .route("/policy/{change}", get(changes::show::get).post(changes::show::post))
        .route("/policy/{change}/document", get(changes::document::get).post(changes::document::post))
        .merge(desk::routes())
        .route("/packs", get(packs::list))
        .route("/packs/{hash}", get(packs::get))
        .route("/packs/{hash}/{programme}", get(programme::get))
}
