//! The provider's desk: who is sent to the own service, and what is recorded of those whom conditions concern.

pub mod records;
pub mod referrals;

use axum::Router;
use axum::routing::get;

use crate::state::AppState;

/// Screens of this desk.
pub fn routes() -> Router<AppState> {
    Router::new().route("/referrals", get(referrals::get)).merge(records::routes())
}
