//! The account desk: first page, signing in and out, the own password, and the staff of an office or the country.

pub mod home;
pub mod own;
pub mod sign_in;
pub mod staff;

use axum::Router;
use axum::routing::{get, post};

use crate::state::AppState;

/// Screens of this desk.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/", get(home::get))
        .route("/sign-in", get(sign_in::get).post(sign_in::post))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/account", get(own::get))
        .route("/account/password", get(own::get_password).post(own::post_password))
        .route("/account/sign-out-everywhere", post(own::sign_out_everywhere))
        .route("/staff", get(staff::list::get))
        .route("/staff/new", get(staff::new::get).post(staff::new::post))
        .route("/staff/{id}", get(staff::member::get).post(staff::member::post))
}
