//! The policy desk: the packs that were ever in force, their programmes with the rules in words, and changes of them.

pub mod changes;
pub mod desk;
mod difference;
pub mod form;
pub mod links;
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
        .route("/policy/documents/difference", get(changes::versions::difference))
        .route("/policy/documents/print", get(changes::print::get))
        .route("/policy/{change}", get(changes::show::get).post(changes::show::post))
        .route("/policy/{change}/document", get(changes::document::get).post(changes::document::post))
        .merge(desk::routes())
        .route("/policy/{change}/form", get(form::overview::get).post(form::overview::post))
        .route("/policy/{change}/form/questions/new", get(form::new::get).post(form::new::post))
        .route(
            "/policy/{change}/form/questions/{question}",
            get(form::question::get).post(form::question::post),
        )
        .route("/policy/{change}/form/lists/{choices}", get(form::list::get).post(form::list::post))
        .route("/policy/{change}/form/preview/{group}", get(form::preview::get))
        .route("/policy/links", get(links::show::in_force))
        .route("/policy/{change}/links", get(links::show::of_change))
        .route("/policy/{change}/links/{link}", get(links::edit::get).post(links::edit::post))
        .route("/packs", get(packs::list))
        .route("/packs/{hash}", get(packs::get))
        .route("/packs/{hash}/{programme}", get(programme::get))
}
