//! The screens: one folder a desk, one file a screen with its form, its page, its handlers and its tests.
//!
//! A desk's `routes()` lists its screens; [`routes`] lists the desks. `get` and `post` of a screen have the same
//! address: what is wrong with a form is shown on the page it came from, with what was typed and status 422; what
//! worked ends in a 303 to the next page. To add a screen: a file, a line in its desk's `routes()`, its words in all
//! languages, and a line in `shell::navigation` if it starts a desk.

#[cfg(test)]
mod access;
pub mod account;
pub mod appeals;
pub mod assessment;
pub mod audit;
pub mod budgets;
pub mod casefile;
pub mod complaints;
pub mod counter;
#[cfg(test)]
mod crawl;
pub mod csv;
pub mod directory;
pub mod duplicates;
pub mod employment;
pub mod letter;
pub mod lists;
pub mod matching;
pub mod notices;
pub mod numbers;
pub mod policy;
pub mod provider;
pub mod track;
pub mod work;

use axum::Router;

use crate::state::AppState;

/// All pages.
pub fn routes() -> Router<AppState> {
    Router::new()
        .merge(account::routes())
        .merge(appeals::routes())
        .merge(assessment::routes())
        .merge(audit::routes())
        .merge(budgets::routes())
        .merge(casefile::routes())
        .merge(complaints::routes())
        .merge(counter::routes())
        .merge(directory::routes())
        .merge(duplicates::routes())
        .merge(employment::routes())
        .merge(letter::routes())
        .merge(lists::routes())
        .merge(matching::routes())
        .merge(notices::routes())
        .merge(numbers::routes())
        .merge(policy::routes())
        .merge(provider::routes())
        .merge(track::routes())
        .merge(work::routes())
}
