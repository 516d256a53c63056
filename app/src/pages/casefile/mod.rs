//! A household's file: what is known of it, what came of it, and changing both.
//!
//! Every page of it wears the same frame ([`frame`]): whose file it is, its parts, and, where a reason opened it, that it
//! can only be read. Every opening of a page is told in the file's journal by the use case that reads it. To add a part:
//! a file with its `get`, a line here, and a [`frame::Part`].

mod answers;
mod conditions;
mod consents;
mod contact;
mod decisions;
pub mod documents;
pub mod frame;
mod head;
pub(crate) mod history;
mod leave;
mod member;
mod members;
pub mod merge;
mod moved;
mod objections;
mod open;
mod openings;
mod overview;
pub(crate) mod referrals;
mod relations;
mod representatives;
mod split;
mod stale;
#[cfg(test)]
pub(crate) mod testing;

use axum::Router;
use axum::routing::get;

use crate::state::AppState;
use crate::upload;

/// Screens of this desk.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/households/{household}", get(overview::get))
        .route("/households/{household}/contact", get(contact::get).post(contact::post))
        .route("/households/{household}/members", get(members::get))
        .route("/households/{household}/members/new", get(member::get_new).post(member::post_new))
        .route("/households/{household}/members/{person}/edit", get(member::get).post(member::post))
        .route("/households/{household}/members/{person}/leave", get(leave::get).post(leave::post))
        .route("/households/{household}/moved", get(moved::get).post(moved::post))
        .route(
            "/households/{household}/documents",
            get(documents::get).post(documents::post).layer(upload::limit()),
        )
        .route("/households/{household}/documents/{sent}", get(documents::file))
        .route("/households/{household}/objections", get(objections::get))
        .route("/households/{household}/head", get(head::get).post(head::post))
        .route("/households/{household}/split", get(split::get).post(split::post))
        .route("/households/{household}/consents", get(consents::get).post(consents::post))
        .route(
            "/households/{household}/representatives",
            get(representatives::get).post(representatives::post),
        )
        .route("/households/{household}/answers", get(answers::get))
        .route("/households/{household}/answers/{answer}/files/{sent}", get(answers::file))
        .route("/households/{household}/conditions", get(conditions::get).post(conditions::post))
        .route("/households/{household}/decisions", get(decisions::get))
        .route("/households/{household}/merge", get(merge::list::get).post(merge::list::post))
        .route("/households/{household}/merge/{other}", get(merge::form::get).post(merge::form::post))
        .route("/households/{household}/referrals", get(referrals::list::get))
        .route("/households/{household}/referrals/new", get(referrals::new::get).post(referrals::new::post))
        .route(
            "/households/{household}/referrals/{referral}",
            get(referrals::show::get).post(referrals::show::post),
        )
        .route("/households/{household}/history", get(history::get))
        .route("/households/{household}/open", get(open::get).post(open::post))
        .route("/openings", get(openings::get))
}
