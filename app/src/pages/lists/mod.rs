//! The desk of lists from partners: upload, which column is what, the dry run, the result, what is accepted.
//!
//! A list's page shows what can be done in its state; while the service works on it the page says how far it is, and asks
//! the browser to come again by a header, which needs no script.

mod columns;
mod errors;
mod index;
mod new;
mod progress;
mod result;
mod rows;
mod show;
#[cfg(test)]
mod tests;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use casework::Actor;
use casework::lists::List;
use domain::ids::ListId;
use domain::lists::ListState;

use crate::kit::{Link, Tag};
use crate::shell::{Failure, Page};
use crate::state::AppState;

/// Where a file is sent to: the server lets larger bodies in here, for longer.
pub const UPLOAD: &str = "/lists/new";

/// Screens of this desk.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/lists", get(index::get))
        // The file is read piece by piece and bounded by the use case; the server bounds the whole body.
        .route(UPLOAD, get(new::get).post(new::post).layer(DefaultBodyLimit::disable()))
        .route("/lists/{list}", get(show::get).post(show::post))
        .route("/lists/{list}/columns", get(columns::get).post(columns::post))
        .route("/lists/{list}/errors.csv", get(errors::get))
        .route("/lists/{list}/rows", get(rows::get).post(rows::post))
        .route("/lists/{list}/sample", get(rows::sample).post(rows::judge))
}

/// The list an address names.
fn id(text: &str) -> Result<ListId, Failure> {
    text.parse().map_err(|_| Failure::not_found())
}

/// A state in words, with its colour.
fn state(page: &Page, state: ListState) -> Tag {
    let colour = match state {
        ListState::Receiving | ListState::Received | ListState::Checked | ListState::Matched => "blue",
        ListState::Checking | ListState::Matching | ListState::Importing => "yellow",
        ListState::Unreadable => "red",
        ListState::Imported => "green",
        ListState::Cancelled => "grey",
    };
    Tag::new(page.t_of("list-state", state.code())).colour(colour)
}

/// The page of a list: under the desk's own.
fn under(page: &Page, list: &List) -> Page {
    let crumbs = vec![
        Link::new("/lists", page.t("lists-title")),
        Link::new(format!("/lists/{}", list.id), list.partner.clone()),
    ];
    page.clone().crumbs(crumbs)
}

/// The offices in which the actor may take lists: code and name.
fn offices(page: &Page, actor: &Actor, pack: &domain::pack::Pack) -> Vec<(String, String)> {
    use domain::role::{Right, Scope};
    pack.offices
        .iter()
        .filter(|office| actor.may_in(Right::ImportLists, &Scope::Office(office.code.clone())))
        .map(|office| (office.code.clone(), page.of_pack(pack, &format!("office.{}.name", office.code))))
        .collect()
}
