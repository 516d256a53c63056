//! What the service knows: pure types and rules, no I/O, native and wasm.
//!
//! The rule engine reads from the inside out: [`num`] and [`value`] are what things are made of,
//! [`answers`] is what a household said, [`definitions`] is what a country's pack declares.

pub mod answers;
pub mod definitions;
pub mod expr;
pub mod fault;
pub mod num;
pub mod value;
