//! Rules under law: every file of a pack is a document with versions, and a change brings documents through review to the
//! day on which they hold. Here is what is pure of it; `casework::policy` keeps it.
//!
//! [`document`] says what a document is and what its normal form is, [`change`] which steps a change and its versions take,
//! [`gates`] what must hold before it is approved, [`edit`] how a part of a document is written, [`lasting`] what the ids of
//! a form must stay, [`difference`] what two versions of a document say differently, [`tree`] the steps in which a rule is
//! edited.

pub mod change;
pub mod difference;
pub mod document;
#[cfg(not(target_family = "wasm"))]
pub mod edit;
pub mod gates;
pub mod lasting;
pub mod tree;

pub use change::{ChangeEvent, ChangeState, VersionState};
pub use document::DocumentKind;
