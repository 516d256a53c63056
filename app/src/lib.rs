//! What people see and do: pages on the server, islands in the browser.
//!
//! - [`kit`]: components; [`words`]: every sentence, by language; [`shell`]: what stands around a page;
//!   [`edge`]: what the server tells a page about its answer.
//! - `pages`: one folder a desk, one file a screen: its form, its page, its handlers, its tests.
//! - `islands`: the few interactive parts, compiled for the browser as well.
//!
//! How a screen is written is told in [`shell`].

#[cfg(feature = "ssr")]
pub mod edge;
#[cfg(feature = "ssr")]
pub mod kit;
#[cfg(feature = "ssr")]
pub mod shell;
#[cfg(feature = "ssr")]
pub mod words;
