//! Rules under law: every file of a pack is a document with versions, and a change brings documents through review to the
//! day on which they hold. Here is what is pure of it; `casework::policy` keeps it.
//!
//! [`document`] says what a document is and what its normal form is, [`change`] which steps a change and its versions take,
//! [`gates`] what must hold before it is approved.

pub mod change;
pub mod document;
pub mod gates;

pub use change::{ChangeEvent, ChangeState, VersionState};
pub use document::DocumentKind;
