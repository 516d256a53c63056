//! What people see and do: pages on the server, islands in the browser.
//!
//! - [`kit`]: components; [`upload`]: forms with files; [`words`]: every sentence, by language; [`shell`]: what stands around a page;
//!   [`edge`]: what the server tells a page about its answer; [`state`] and [`session`]: who asks.
//! - [`pages`]: one folder a desk, one file a screen: its form, its page, its handlers, its tests.
//! - `islands`: the few interactive parts, compiled for the browser as well.
//!
//! How a screen is written is told in [`pages`] and [`shell`].

#[cfg(feature = "ssr")]
pub mod edge;
mod islands;
#[cfg(feature = "ssr")]
pub mod kit;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod session;
#[cfg(feature = "ssr")]
pub mod shell;
#[cfg(feature = "ssr")]
pub mod state;
#[cfg(all(feature = "ssr", any(test, feature = "test-support")))]
pub mod test_support;
#[cfg(feature = "ssr")]
pub mod upload;
#[cfg(feature = "ssr")]
pub mod words;

/// All pages with the shell around them. The server lays [`session::layer`] and its own layers around it. What no page
/// answers is answered with a page that says so.
#[cfg(feature = "ssr")]
pub fn router(state: state::AppState) -> axum::Router {
    pages::routes()
        .fallback(async || shell::Failure::not_found())
        .layer(axum::middleware::from_fn_with_state(state.clone(), state::visit))
        .with_state(state)
}
