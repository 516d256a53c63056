//! Opening a change: what it is called, why it is made, from when it holds.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use casework::policy::{self, Intent};
use casework::{Casework, Error};
use domain::role::{Right, Scope};
use leptos::prelude::*;

use super::address;
use crate::kit::{Button, Day, Input, Problems, Textarea};
use crate::shell::{Answer, Page, render};
use crate::state::{Pairs, SignedIn};

/// Longest title.
const TITLE: usize = 120;
/// Longest reason.
const WHY: usize = 2000;

/// What is typed.
#[derive(Clone, Debug, Default)]
pub(super) struct Typed {
    title: String,
    why: String,
    live_on: Day,
}

impl Typed {
    /// As it stands.
    pub(super) fn of(change: &policy::Change) -> Self {
        Self { title: change.title.clone(), why: change.why.clone(), live_on: Day::of(change.live_on) }
    }

    pub(super) fn read(pairs: &[(String, String)]) -> Self {
        let value = |name: &str| {
            pairs.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone()).unwrap_or_default()
        };
        Self { title: value("title"), why: value("why"), live_on: Day::read("live_on", &value) }
    }

    /// What is meant, or what is wrong with it.
    pub(super) fn intent(&self, page: &Page) -> Result<Intent, Problems> {
        let mut problems = Problems::new();
        for (field, text, most, missing) in [
            ("title", &self.title, TITLE, "policy-title-missing"),
            ("why", &self.why, WHY, "policy-why-missing"),
        ] {
            if text.trim().is_empty() {
                problems.add(field, page.t(missing));
            } else if text.chars().count() > most {
                problems.add(field, page.t_with("field-too-long", &[("most", most.into())]));
            }
        }
        match self.live_on.parse() {
            Some(live_on) if problems.is_empty() => {
                Ok(Intent { title: self.title.trim().to_owned(), why: self.why.trim().to_owned(), live_on })
            }
            Some(_) => Err(problems),
            None => {
                problems.add("live_on-day", page.t("policy-day-wrong"));
                Err(problems)
            }
        }
    }

    /// The fields.
    pub(super) fn fields(&self, page: &Page, problems: &Problems) -> AnyView {
        view! {
            {Input::new("title", page.t("policy-change-title"))
                .hint(page.t("policy-change-title-hint"))
                .value(&self.title)
                .error(problems.of("title"))}
            {Textarea::new("why", page.t("policy-why"))
                .hint(page.t("policy-why-hint"))
                .rows(4)
                .value(&self.why)
                .error(problems.of("why"))}
            {self.live_on
                .input("live_on", page.t("policy-live-on"))
                .hint(page.t("policy-live-on-hint"))
                .error(problems.of("live_on-day"))}
        }
        .into_any()
    }
}

/// What a use case found wrong, beside its field; `None` for what is none of these fields' fault.
pub(super) fn refused(page: &Page, error: &Error) -> Option<Problems> {
    let (field, key) = match error {
        Error::Invalid("title.missing") => ("title", "policy-title-missing"),
        Error::Invalid("reason.missing") => ("why", "policy-why-missing"),
        Error::Invalid("live_on.past") => ("live_on-day", "policy-day-past"),
        _ => return None,
    };
    let mut problems = Problems::new();
    problems.add(field, page.t(key));
    Some(problems)
}

/// `GET /policy/new`
pub async fn get(SignedIn { page, actor }: SignedIn) -> Answer {
    actor.require(Right::KeepPolicy, &Scope::National)?;
    Ok(form(&page, &Typed::default(), &Problems::new()))
}

/// `POST /policy/new`
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Pairs(pairs): Pairs,
) -> Answer {
    actor.require(Right::KeepPolicy, &Scope::National)?;
    let typed = Typed::read(&pairs);
    let intent = match typed.intent(&page) {
        Ok(intent) => intent,
        Err(problems) => return Ok(form(&page.failed(), &typed, &problems)),
    };
    match policy::open(&casework, &actor, intent).await {
        Ok(id) => Ok(Redirect::to(&address(id)).into_response()),
        Err(error) => match refused(&page, &error) {
            Some(problems) => Ok(form(&page.failed(), &typed, &problems)),
            None => Err(error.into()),
        },
    }
}

fn form(page: &Page, typed: &Typed, problems: &Problems) -> axum::response::Response {
    let page = &page.clone().back("/policy");
    let title = page.t("policy-open");
    render(page, &title, || {
        view! {
            {problems.summary()}
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            <form method="post" action="/policy/new" novalidate>
                {typed.fields(page, problems)}
                {Button::new(page.t("policy-open-button"))}
            </form>
        }
        .into_any()
    })
}
