//! What people see and do: pages on the server, islands in the browser.

#[cfg(feature = "ssr")]
pub mod edge;
