//! Islands: the few parts of a page that also live in the browser. Everything works without them.
//!
//! This module is compiled twice, for the server and (feature `hydrate`) for the browser; it names nothing that only one
//! of them has. Words come in as finished strings, because the browser has no words of its own.
//!
//! To add an island: a file with `#[island] pub fn Name(..) -> impl IntoView`, its line here, and `page.islands()` where
//! the page that holds it is rendered; only such pages load the browser's part.

pub mod question_page;

/// Called by the page's script once the browser's part is loaded: wakes the islands of the page.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
