//! The applicant's own pages: reference, birth date and PIN let one in for half an hour. No script, no island, one style
//! sheet; they work on a small telephone, on a slow line and in a browser of text alone.
//!
//! - [`enter`]: the form; [`code`]: coming in, and reading the letter, by a code to the telephone; [`answer`]: what was asked; [`appeal`]: against an answer; [`complain`]: about anything else; [`phone`]: a new number; [`visit`]: the cookie that keeps one in; [`status`]: what happened and what is next;
//!   [`letter`]: the letter itself; [`service`]: where they are sent, and whether they got it.

pub mod answer;
pub mod appeal;
pub mod code;
pub mod complain;
pub mod enter;
pub mod letter;
pub mod phone;
pub mod service;
pub mod status;
pub mod visit;

#[cfg(test)]
mod tests;

use axum::Router;
use axum::routing::{get, post};

use crate::state::AppState;
use crate::upload;

/// Screens of this desk.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/track", get(enter::get).post(enter::post))
        .route("/track/status", get(status::get))
        .route("/track/letter", get(letter::get))
        .route("/track/code", get(code::get).post(code::post))
        .route("/track/code/enter", get(code::get_enter).post(code::post_enter))
        .route("/track/confirm", get(code::get_confirm).post(code::post_confirm))
        .route("/track/confirm/enter", get(code::get_confirm_enter).post(code::post_confirm_enter))
        .route("/track/answer", get(answer::get).post(answer::post).layer(upload::limit()))
        .route("/track/appeal", get(appeal::get).post(appeal::post))
        .route("/track/complain", get(complain::get).post(complain::post).layer(upload::limit()))
        .route("/track/phone", get(phone::get).post(phone::post))
        .route("/track/service", post(service::post))
        .route("/track/idle", get(visit::idle))
        .route("/track/end", post(visit::end))
}
