//! Changes of the rules: written by one person, approved by another, in force on their day.
//!
//! | screen | what it is for |
//! | --- | --- |
//! | [`list`] | every change, and where it stands |
//! | [`new`] | a change is opened |
//! | [`show`] | one change: its documents, gates, effect, and every step |
//! | [`document`] | the text of one document of a change |
//! | [`versions`] | the documents in force, every version there ever was, and what two of them say differently |
//! | [`print`] | a version of a programme on paper |

pub mod document;
mod effect;
pub(super) mod gates;
pub mod list;
pub mod new;
pub mod print;
pub mod show;
mod standing;
#[cfg(test)]
mod tests;
pub mod versions;

use casework::policy::changes::Person;
use domain::policy::{ChangeState, VersionState};

use crate::kit::Tag;
use crate::shell::Page;

/// Where a change stands.
fn state(page: &Page, state: ChangeState) -> Tag {
    let colour = match state {
        ChangeState::Draft => "blue",
        ChangeState::InReview => "yellow",
        ChangeState::Returned => "orange",
        ChangeState::Approved => "turquoise",
        ChangeState::Live => "green",
        ChangeState::Withdrawn => "grey",
    };
    Tag::new(page.t_of("policy-state", state.code())).colour(colour)
}

/// Where a version of a document stands.
fn version_state(page: &Page, state: VersionState) -> Tag {
    let colour = match state {
        VersionState::Draft => "blue",
        VersionState::InReview => "yellow",
        VersionState::Returned => "orange",
        VersionState::Approved => "turquoise",
        VersionState::Live => "green",
        VersionState::Superseded | VersionState::Withdrawn => "grey",
    };
    Tag::new(page.t_of("policy-version-state", state.code())).colour(colour)
}

/// Somebody's name; of an account that is gone, that it is.
fn name(page: &Page, person: &Person) -> String {
    person.name.clone().unwrap_or_else(|| page.t("policy-nobody"))
}

/// The address of a change.
pub(super) fn address(id: domain::ids::ChangeId) -> String {
    format!("/policy/{id}")
}
