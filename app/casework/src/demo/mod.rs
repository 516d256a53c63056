//! The synthetic registry of `guichet demo`: made of a seed, so that two people see the same households.
//!
//! [`people`] draws who lives together, [`names`] what they are called, [`accounts`] who works here, `answers` what they say
//! when they are assessed, `conditions` what a school records of them, `plans` what adults agree about work; [`errors`] writes people down a second time, with mistakes, and [`lists`] puts all of it into
//! plain files; [`surveyed`] gives their answers without a database. To change what a demo looks like, change what is drawn; how it is stored is the business of the use cases it goes through.

pub mod accounts;
mod answers;
pub mod bulk;
mod conditions;
pub mod dice;
pub mod errors;
pub mod lists;
mod make;
pub mod names;
pub mod people;
mod plans;
pub mod registry;
pub mod surveyed;

pub use conditions::conditions;
pub use make::{Made, accounts as add_accounts, clock, registry as fill};
pub use plans::plans;
