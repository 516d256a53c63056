//! The questionnaire: one form serves all programmes.
//!
//! [`question`] holds what a form is made of; [`raw`] turns what was typed into answers; [`json`] those stored and sent; [`logic`] says
//! which questions a household is asked; [`page`] is one page of it, the same on the server and in an
//! island; [`progress`] says what is left and what comes next; [`registry`] the questions that the register answers.
//!
//! One more kind of question: a variant of [`Kind`], its word in [`Kind::NAMES`], how it is typed in
//! [`raw`], and its input in the app's kit.

pub mod implied;
pub mod json;
mod known;
pub mod logic;
pub mod number;
pub mod page;
pub mod progress;
pub mod question;
pub mod raw;
pub mod registry;

pub mod situation;

#[cfg(test)]
pub(crate) mod testing;

pub use logic::Logic;
pub use page::{PageLogic, PageRef, PageState};
pub use progress::{ModuleState, ModuleTask, Progress};
pub use question::{ChoiceList, Form, Group, Kind, Module, Question, Sensitivity};
pub use raw::{FieldError, RawAnswer};
pub use situation::Situation;
