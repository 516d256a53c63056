//! Complaints. For everybody: writing one ([`complain`]), following it with a code and a PIN ([`status`]), kept in by a cookie
//! of its own ([`visit`]). For staff: the queues ([`desk`]), one complaint ([`one`]) and writing one down for somebody
//! ([`new`]). The fields of the form are in [`fields`].
//!
//! The public pages take nothing from who is signed in on the same browser: an officer's counter is where many complain.

pub mod complain;
pub mod desk;
pub mod fields;
pub mod new;
pub mod one;
pub mod status;
#[cfg(test)]
mod tests;
pub mod visit;

use axum::Router;
use axum::routing::get;
use domain::pack::Pack;

use crate::shell::Page;
use crate::state::AppState;
use crate::upload;

/// Screens of this desk.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/complain", get(complain::get).post(complain::post).layer(upload::limit()))
        .route("/complain/status", get(status::get).post(status::post).layer(upload::limit()))
        .route("/complain/files/{file}", get(status::file))
        .route("/complaints", get(desk::get))
        .route("/complaints/new", get(new::get).post(new::post).layer(upload::limit()))
        .route("/complaints/{complaint}", get(one::get).post(one::post))
        .route("/complaints/{complaint}/files/{file}", get(one::file))
}

/// The pack's offices, by code and name.
fn offices(page: &Page, pack: &Pack) -> Vec<(String, String)> {
    let name = |code: &str| page.of_pack(pack, &format!("office.{code}.name"));
    pack.offices.iter().map(|office| (office.code.clone(), name(&office.code))).collect()
}
