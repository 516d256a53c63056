//! Adding a colleague.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use casework::error::Conflict;
use casework::staff::{self, NewStaff};
use casework::{Actor, Casework, Error};
use domain::role::Right;
use leptos::prelude::*;
use serde::Deserialize;

use super::{Country, TypedGrant, grant_fields};
use crate::kit::{Button, Input, Problems, Radios};
use crate::pages::account::own::weakness;
use crate::shell::{Answer, Page, render};
use crate::state::{Raw, SignedIn};
use crate::words::Lang;

/// What is typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// Name.
    pub name: String,
    /// Login name.
    pub login: String,
    /// Code of the language.
    pub language: String,
    /// First password; never shown again.
    pub password: String,
    /// Code of the role.
    pub role: String,
    /// Where.
    pub place: String,
}

/// `GET /staff/new`
pub async fn get(State(casework): State<Casework>, SignedIn { page, actor }: SignedIn) -> Answer {
    actor.require_anywhere(Right::ManageStaff)?;
    let pack = casework.pack().ok();
    let typed = Typed { language: page.lang.code().into(), ..Typed::default() };
    let (page, title) = (page.clone().back("/staff"), page.t("staff-add"));
    Ok(render(&page, &title, || form(&page, &actor, pack.as_deref(), &typed, &Problems::new())))
}

/// `POST /staff/new`
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Raw(typed): Raw<Typed>,
) -> Answer {
    let mut problems = Problems::new();
    if typed.name.trim().is_empty() {
        problems.add("name", page.t("staff-name-missing"));
    }
    if typed.login.trim().is_empty() {
        problems.add("login", page.t("staff-login-missing"));
    }
    if Lang::parse(&typed.language).is_none() {
        problems.add("language", page.t("staff-language-missing"));
    }
    if typed.password.is_empty() {
        problems.add("password", page.t("staff-password-missing"));
    }
    let grant = TypedGrant { role: typed.role.clone(), place: typed.place.clone() }.read();
    let grants = match grant {
        Ok(Some(grant)) => vec![grant],
        Ok(None) => {
            problems.add("role", page.t("staff-role-missing"));
            Vec::new()
        }
        Err((field, key)) => {
            problems.add(field, page.t(key));
            Vec::new()
        }
    };
    if problems.is_empty() {
        let new = NewStaff {
            login: typed.login.clone(),
            name: typed.name.clone(),
            language: typed.language.clone(),
            grants,
            password: Some(typed.password.clone()),
        };
        match staff::add(&casework, &actor, new).await {
            Ok(id) => return Ok(Redirect::to(&format!("/staff/{id}?done=added")).into_response()),
            Err(Error::Conflict(Conflict::Taken)) => {
                problems.add("login", page.t("staff-login-taken"));
            }
            Err(Error::Invalid("staff.login")) => {
                problems.add("login", page.t("staff-login-unfit"));
            }
            Err(Error::Invalid("staff.name")) => {
                problems.add("name", page.t("staff-name-long"));
            }
            Err(Error::Invalid(code)) if code.starts_with("password.") => {
                problems.add("password", weakness(&page, code));
            }
            Err(error) => return Err(error.into()),
        }
    }
    let pack = casework.pack().ok();
    let (page, title) = (page.clone().failed().back("/staff"), page.t("staff-add"));
    Ok(render(&page, &title, || form(&page, &actor, pack.as_deref(), &typed, &problems)))
}

fn form(page: &Page, actor: &Actor, pack: Country<'_>, typed: &Typed, problems: &Problems) -> AnyView {
    let grant = TypedGrant { role: typed.role.clone(), place: typed.place.clone() };
    view! {
        {problems.summary()}
        <h1 class="govuk-heading-l">{page.t("staff-add")}</h1>
        <form method="post" action="/staff/new" novalidate>
            {Input::new("name", page.t("staff-name")).value(&typed.name).width(30).error(problems.of("name"))}
            {Input::new("login", page.t("sign-in-login"))
                .hint(page.t("staff-login-hint"))
                .value(&typed.login)
                .width(20)
                .attribute("autocapitalize", "none")
                .attribute("spellcheck", "false")
                .autocomplete("off")
                .error(problems.of("login"))}
            {Radios::new("language", page.t("staff-language"))
                .items(Lang::ALL.map(|lang| (lang.code(), lang.own_name())))
                .value(&typed.language)
                .inline()
                .error(problems.of("language"))}
            {Input::new("password", page.t("staff-password"))
                .password("new-password")
                .hint(page.t("password-hint"))
                .width(20)
                .error(problems.of("password"))}
            {grant_fields(page, actor, pack, &grant, "staff-first-role", problems)}
            {Button::new(page.t("staff-add-button"))}
        </form>
    }
    .into_any()
}
