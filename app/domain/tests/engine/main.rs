//! The rule engine from outside: small packs made in the test, decided, and read like a person would.
//!
//! - `build`: how the tests make definitions and answers.
//! - `verdicts`: rules, amounts, documents, queues, what is missing.
//! - `links`: every kind of link, and caps.
//! - `published`: the figures published by others.
//! - `refusals`: what a pack is refused for.
//! - `shipped`: faults that others shipped, one test each.
//! - `properties`: what holds for any household.
//! - `columns`: deciding by the column is deciding one by one.

#[cfg(test)]
#[path = "../alone/mod.rs"]
mod alone;
#[cfg(test)]
mod build;
#[cfg(test)]
mod columns;
#[cfg(test)]
mod links;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod published;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod shipped;
#[cfg(test)]
mod verdicts;
