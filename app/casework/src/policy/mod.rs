//! Rules under law: documents with versions, changes that go through a second person, and the packs that follow.
//!
//! Every file of a pack is a document; a version of it says what it is from a day on. The pack in force is made of the live
//! versions ([`documents`]). What was approved is held by triggers of the database, not by this module alone.
//!
//! What is pure of it (states, normal form) is in `domain::policy`.

pub mod documents;

pub use documents::{Loaded, Taken, What, export, load};

#[cfg(test)]
mod tests;
