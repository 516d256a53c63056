//! The combined assessment: its modules, its pages of questions, a last look, the results for every programme, and one
//! decision with all that it rests on.
//!
//! One page of the form is a [`sheet`]; its controls are made in [`inputs`], its handlers stand in [`questions`]. The page
//! works without JavaScript; `islands::question_page` hides at once what does not apply and tells slips on the way.

mod answers;
pub mod check;
pub mod decision;
pub(in crate::pages) mod inputs;
mod preview;
pub mod questions;
pub mod results;
mod said;
pub(in crate::pages) mod sheet;
pub mod tasks;
#[cfg(test)]
mod tests;

pub use preview::preview;

use axum::Router;
use axum::routing::{get, post};
use casework::assessments::Household;
use domain::form::page::PageRef;
use domain::ids::{AssessmentId, HouseholdId};
use domain::reference::Reference;
use leptos::prelude::*;

use crate::shell::{Failure, Page};
use crate::state::AppState;

/// Screens of this desk.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/households/{household}/assessments", post(tasks::start))
        .route("/assessments/{household}/{assessment}", get(tasks::get).post(tasks::post))
        .route("/assessments/{household}/{assessment}/check", get(check::get).post(check::post))
        .route("/assessments/{household}/{assessment}/{group}", get(questions::get).post(questions::post))
        .route(
            "/assessments/{household}/{assessment}/{group}/{person}",
            get(questions::get_one).post(questions::post_one),
        )
        .route("/households/{household}/results/{assessment}", get(results::get))
        .route("/decisions/{household}/{decision}", get(decision::get).post(decision::post))
}

/// An assessment in addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    household: HouseholdId,
    assessment: AssessmentId,
}

impl Place {
    fn read(household: &str, assessment: &str) -> Result<Self, Failure> {
        Ok(Self {
            household: household.parse().map_err(|_| Failure::not_found())?,
            assessment: assessment.parse().map_err(|_| Failure::not_found())?,
        })
    }

    /// The list of modules.
    fn list(self) -> String {
        format!("/assessments/{}/{}", self.household, self.assessment)
    }

    /// The last look.
    fn check(self) -> String {
        format!("{}/check", self.list())
    }

    /// One page of the form.
    fn page(self, page: &PageRef) -> String {
        match &page.member {
            None => format!("{}/{}", self.list(), page.group),
            Some(person) => format!("{}/{}/{person}", self.list(), page.group),
        }
    }

    /// What came of it.
    fn results(self) -> String {
        format!("/households/{}/results/{}", self.household, self.assessment)
    }

    /// The household's file.
    fn file(self) -> String {
        format!("/households/{}", self.household)
    }
}

/// Whose page it is, above the heading: the head's name and the reference.
fn whose(page: &Page, home: &Household) -> AnyView {
    view! { <span class="govuk-caption-l">{whose_words(page, home)}</span> }.into_any()
}

fn whose_words(page: &Page, home: &Household) -> AnyView {
    let reference = Reference::written(&home.reference);
    view! {
        {page.t("assess-household-of")}" "<bdi>{home.addressee()}</bdi>" · "<bdi class="app-reference">{reference}</bdi>
    }
    .into_any()
}
