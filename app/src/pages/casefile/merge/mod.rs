//! Two records that are one: the merges of a file ([`list`]), and both files side by side with what becomes of each
//! person ([`form`], drawn by [`beside`]).

pub mod beside;
pub mod form;
pub mod list;
#[cfg(test)]
mod tests;
