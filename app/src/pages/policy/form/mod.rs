//! The questionnaire of a change: its modules, pages and questions with their texts in every language, and how they are asked.
//!
//! | screen | what it is for |
//! | --- | --- |
//! | [`overview`] | the whole form, and for how long answers hold |
//! | [`question`] | one question: its words, when it is asked, its place, whether it is asked at all |
//! | [`new`] | a question that is new, with its page and its list where these are new too |
//! | [`list`] | a list of choices |
//! | [`preview`] | a page as the officer at the counter will see it |
//!
//! What an edit may not do is refused by `casework::policy::forming`; here it is shown beside the form, with what was typed.

pub mod list;
pub mod new;
pub mod overview;
pub mod preview;
pub mod question;
#[cfg(test)]
mod tests;
mod typed;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::error::Conflict;
use casework::policy::{self, Edited, FormWords, Whole, forming::Draft};
use casework::{Actor, Casework, Error};
use domain::fault::Fault;
use domain::ids::ChangeId;
use domain::policy::edit::FormEdit;
use domain::policy::lasting::FORM;
use leptos::prelude::*;

use super::changes::{self, document, gates};
use crate::kit::{InsetText, Problems};
use crate::shell::{Failure, Page};

/// The address of the form of a change.
fn address(id: ChangeId) -> String {
    format!("{}/form", changes::address(id))
}

/// A change with its form.
struct Matter {
    whole: Whole,
    draft: Draft,
}

impl Matter {
    /// Reads both; a form whose text cannot be read is put right as a text.
    async fn load(casework: &Casework, actor: &Actor, id: ChangeId) -> Result<Self, Failure> {
        let whole = policy::show(casework, actor, id).await?;
        match policy::draft(casework, actor, id).await {
            Ok(draft) => Ok(Self { whole, draft }),
            Err(Error::Invalid("form.faulty")) => Err(Failure::elsewhere(document::of(id, FORM))),
            Err(error) => Err(error.into()),
        }
    }

    fn id(&self) -> ChangeId {
        self.whole.change.id
    }

    /// Whether it may be edited.
    fn is_open(&self) -> bool {
        self.whole.change.state.is_open()
    }

    /// The languages of the pack, its own first.
    fn languages(&self) -> Vec<String> {
        match &self.draft.pack {
            Some(pack) => pack.about.languages.clone(),
            None => self.draft.words.keys().cloned().collect(),
        }
    }

    /// Words of one language; none where they are missing.
    fn words(&self, language: &str, key: &str) -> Option<&str> {
        self.draft.words.get(language)?.get(key).map(String::as_str)
    }

    /// Words in the language of the page, else in another, else the id itself.
    fn label<'m>(&'m self, page: &Page, key: &str, id: &'m str) -> &'m str {
        let own = self.words(page.lang.code(), key);
        own.or_else(|| self.languages().iter().find_map(|language| self.words(language, key))).unwrap_or(id)
    }

    /// What stands above the heading of each page of a form.
    fn caption(&self) -> AnyView {
        let title = self.whole.change.title.clone();
        view! { <span class="govuk-caption-l"><bdi>{title}</bdi></span> }.into_any()
    }

    /// Says that nothing can be edited, where it is so.
    fn closed(&self, page: &Page) -> Option<InsetText> {
        (!self.is_open()).then(|| InsetText::new(page.t("policy-document-closed")))
    }

    fn version(&self) -> AnyView {
        view! { <input type="hidden" name="version" value=self.whole.change.version.to_string()/> }.into_any()
    }
}

/// What was wrong with an edit, for the page that shows it again.
#[derive(Debug, Default)]
struct Said {
    problems: Problems,
    faults: Vec<Fault>,
    /// It was made on a change that moved, or stands elsewhere.
    is_late: bool,
}

impl Said {
    /// What is wrong beside this field.
    fn beside(field: &str, message: String) -> Self {
        let mut said = Self::default();
        said.problems.add(field, message);
        said
    }

    /// The page with the status for it.
    fn on(&self, page: Page) -> Page {
        if self.is_late { page.failed().status(StatusCode::CONFLICT) } else { page.failed() }
    }

    /// The list of errors, and what the checks of the whole found, with its places.
    fn summary(&self, page: &Page) -> AnyView {
        view! { {self.problems.summary()} {gates::faults(page, &self.faults)} }.into_any()
    }
}

/// Makes an edit and leads to `done`; or what is wrong with it, beside the field that it was about.
async fn make(
    (casework, actor, page): (&Casework, &Actor, &Page),
    (id, version): (ChangeId, &str),
    (edit, words): (Option<FormEdit>, FormWords),
    (done, field): (&str, &str),
) -> Result<Response, Result<Said, Failure>> {
    let version = version.trim().parse().unwrap_or(0);
    let (key, faults, is_late) = match policy::edit_form(casework, actor, id, version, edit, words).await {
        Ok(Edited::Kept(_)) => return Ok(Redirect::to(done).into_response()),
        Ok(Edited::Refused(faults)) => ("policy-form-refused", faults, false),
        Err(Error::Conflict(Conflict::Taken)) => ("policy-form-same", Vec::new(), false),
        Err(Error::Stale) => ("policy-stale", Vec::new(), true),
        Err(Error::Conflict(_)) => ("policy-moved", Vec::new(), true),
        Err(error) => return Err(Err(error.into())),
    };
    let said = Said::beside(field, page.t(key));
    Err(Ok(Said { faults, is_late, ..said }))
}
