//! The text of one document of a change. What is wrong with it is told by line; what cannot be read is not kept, and stays in
//! the field.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::error::Conflict;
use casework::policy::{self, Edited, Whole};
use casework::{Casework, Error};
use domain::fault::Fault;
use domain::ids::ChangeId;
use leptos::prelude::*;
use serde::Deserialize;

use super::{address, gates};
use crate::kit::{Button, InsetText, Problems, Textarea};
use crate::shell::{self, Answer, Failure, Page, render};
use crate::state::{Asked, Raw, SignedIn};

/// Which document.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Query {
    /// Its name inside the pack.
    pub name: String,
}

/// What is typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// The document's name.
    pub name: String,
    /// The whole text.
    pub text: String,
    /// The change as it was shown.
    pub version: String,
}

/// The address of a document of a change.
pub(in crate::pages::policy) fn of(id: ChangeId, name: &str) -> String {
    shell::address(&format!("{}/document", address(id)), &[("name", name)])
}

/// `GET /policy/{change}/document?name=…`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<ChangeId>,
    Asked(Query { name }): Asked<Query>,
) -> Answer {
    let whole = policy::show(&casework, &actor, id).await?;
    if name.is_empty() {
        return Ok(Redirect::to(&address(id)).into_response());
    }
    let text = match policy::text(&casework, &actor, id, &name).await {
        Err(Error::Invalid("document.unknown")) => return Err(Failure::not_found()),
        text => text?,
    };
    let typed = Typed { name, text, version: whole.change.version.to_string() };
    Ok(show(&page, &whole, &typed, &[], &Problems::new()))
}

/// `POST /policy/{change}/document`
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<ChangeId>,
    Raw(mut typed): Raw<Typed>,
) -> Answer {
    // A browser ends lines with two characters.
    typed.text = typed.text.replace("\r\n", "\n");
    let version = typed.version.trim().parse().unwrap_or(0);
    let mut problems = Problems::new();
    let faults = match policy::edit(&casework, &actor, id, version, &typed.name, &typed.text).await {
        Ok(Edited::Kept(_)) => {
            return Ok(Redirect::to(&format!("{}?done=edited", address(id))).into_response());
        }
        Ok(Edited::Refused(faults)) => {
            problems.add("text", page.t("policy-text-wrong"));
            faults
        }
        Err(Error::Invalid("document.unknown")) => {
            problems.add("text", page.t("policy-document-unknown"));
            Vec::new()
        }
        // It reads as the one in force does: there is nothing to change.
        Err(Error::Conflict(Conflict::Taken)) => {
            problems.add("text", page.t("policy-text-same"));
            Vec::new()
        }
        Err(Error::Stale) => {
            problems.add("text", page.t("policy-stale"));
            Vec::new()
        }
        Err(error) => return Err(error.into()),
    };
    let whole = policy::show(&casework, &actor, id).await?;
    typed.version = whole.change.version.to_string();
    Ok(show(&page.failed(), &whole, &typed, &faults, &problems))
}

fn show(page: &Page, whole: &Whole, typed: &Typed, faults: &[Fault], problems: &Problems) -> Response {
    let change = &whole.change;
    let page = &page.clone().back(address(change.id));
    let title = page.t_with("policy-document-title", &[("name", typed.name.as_str().into())]);
    let is_open = change.state.is_open();
    render(page, &title, || {
        let closed = (!is_open).then(|| InsetText::new(page.t("policy-document-closed")));
        let save = is_open.then(|| Button::new(page.t("policy-document-save")));
        let caption = change.title.clone();
        view! {
            {problems.summary()}
            <span class="govuk-caption-l"><bdi>{caption}</bdi></span>
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            <p class="govuk-body">{page.t("policy-document-lead")}</p>
            {closed}
            {gates::faults(page, faults)}
            <form method="post" action=format!("{}/document", address(change.id)) novalidate>
                <input type="hidden" name="name" value=typed.name.clone()/>
                <input type="hidden" name="version" value=typed.version.clone()/>
                {Textarea::new("text", page.t("policy-document-text"))
                    .rows(30)
                    .value(&typed.text)
                    .attribute("dir", "ltr")
                    .attribute("spellcheck", "false")
                    .attribute("wrap", "off")
                    .error(problems.of("text"))}
                {save}
            </form>
        }
        .into_any()
    })
}
