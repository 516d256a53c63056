//! The questionnaire: one form serves all programmes.
//!
//! [`question`] holds what a form is made of; [`raw`] turns what was typed into answers; [`relevance`] says
//! which questions a household is asked; [`page`] is one page of it, the same on the server and in an
//! island; [`progress`] says what is left and what comes next; [`registry`] the questions that the register answers.
//!
//! One more kind of question: a variant of [`Kind`], its word in [`Kind::NAMES`], how it is typed in
//! [`raw`], and its input in the app's kit.

pub mod implied;
pub mod number;
pub mod question;
pub mod raw;
pub mod registry;

pub use question::{ChoiceList, Form, Group, Kind, Module, Question, Sensitivity};
pub use raw::{FieldError, RawAnswer};
