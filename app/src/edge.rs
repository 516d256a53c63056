//! What the server hands to every page about the answer it will be part of. Set by the server's middleware, read by
//! the shell; nothing here comes from the browser.

/// The one value that lets this answer's own script run (Content-Security-Policy). In the request's extensions:
/// `request.extensions().get::<Nonce>()`, or `Extension<Nonce>` in a handler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nonce(pub String);

/// The files a page loads, as known at start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Changes when any file changes: `/assets/guichet.css?v={version}`, `/pkg/guichet.js?v={version}`. Answers to
    /// addresses that name it are kept by browsers for ever.
    pub version: String,
    /// Whether the islands were built; without them a page must not ask for them.
    pub islands: bool,
}

/// Where in the session the account of who signed in is kept: its id as text. The session store files the session
/// under it, so that an account's sessions can be ended.
pub const STAFF: &str = "staff";

/// The network address a request comes from, as counters of tries use it: behind a proxy the one that the proxy saw, and
/// of an IPv6 address the network alone. In the request's extensions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer(pub String);
