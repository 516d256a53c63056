//! Rules under law: documents with versions, changes that go through a second person, and the packs that follow.
//!
//! Every file of a pack is a document; a version of it says what it is from a day on. A change groups the documents that go
//! live together, since a rule needs its words and its figures. The pack in force is made of the live versions. What was
//! approved is held by triggers of the database, not by this module alone.
//!
//! | module | holds |
//! | --- | --- |
//! | [`documents`] | what is in force; packs that are loaded and given back |
//! | [`changes`] | changes: opened, described, listed, shown |
//! | [`editing`] [`typed`] | their documents, as text and by what they say |
//! | [`drafted`] | a change as its pages read it: its documents by what they say |
//! | [`forming`] | the questionnaire with its words |
//! | [`bundle`] | the pack that a change would make: faults, gates, simulations |
//! | [`simulating`] | what a change would do to everybody who was assessed |
//! | [`review`] | submitted, returned, withdrawn, approved |
//! | [`live`] | on its day |
//! | [`notices`] | who must know that it could not |
//! | [`history`] | versions, what they say differently, and the packs they were part of |
//!
//! What is pure of it (states, normal form, gates) is in `domain::policy`.

pub mod bundle;
pub mod changes;
pub mod documents;
pub mod drafted;
pub mod editing;
pub mod forming;
pub mod history;
pub mod live;
pub mod notices;
pub mod review;
pub mod simulating;
pub mod typed;

pub use bundle::{Bundle, Looked, attach_simulation, bundle, compile, gates, simulation};
pub use changes::{Change, Intent, Part, Person, Simulation, Whole, acknowledge, describe, list, open, show};
pub use documents::{Loaded, Taken, What, export, load};
pub use drafted::{Drafted, drafted};
pub use editing::{Edited, edit, remove, take_out, text};
pub use forming::{FormWords, draft, edit_form};
pub use history::{Version, difference, differences, documents, packs_of, version, versions, versions_of};
pub use live::put_due_in_force;
pub use review::{Holder, Outcome, approve, send_back, submit, withdraw};
pub use typed::{
    edit_amount, edit_budgets, edit_example, edit_fields, edit_figure, edit_link, edit_programme, edit_words,
    remove_example, remove_link,
};

#[cfg(test)]
mod tests;
