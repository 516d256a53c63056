//! The provider's desk: who is sent to the own service, and what is recorded of those whom conditions concern.

pub mod records;
pub(crate) mod referral;
pub mod referrals;

use axum::Router;
use axum::routing::get;

use crate::state::AppState;

/// Screens of this desk.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/referrals", get(referrals::get))
        .route("/referrals/{household}/{referral}", get(referral::get).post(referral::post))
        .merge(records::routes())
}
