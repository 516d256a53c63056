//! One page of a person's profile: a group of questions, with what the household has said already shown and not asked again.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use casework::employment::profile::{self, Saved, Sitting};
use casework::{Actor, Casework, Error};
use domain::form::page::PageRef;
use domain::ids::HouseholdId;
use domain::role::Right;
use leptos::prelude::*;
use uuid::Uuid;

use super::address;
use crate::islands::question_page::typed;
use crate::kit::{Button, Problems, WarningText};
use crate::pages::assessment::inputs::Asking;
use crate::pages::assessment::questions::tell;
use crate::pages::assessment::sheet::Part;
use crate::shell::{Answer, Failure, Page, render};
use crate::state::{Pairs, SignedIn, value};

async fn read(
    casework: &Casework,
    actor: &Actor,
    household: HouseholdId,
    person: &str,
) -> Result<(Sitting, Uuid), Failure> {
    let person = Uuid::try_parse(person).map_err(|_| Failure::not_found())?;
    let sitting = profile::open(casework, actor, household, person).await?;
    actor.require(Right::Plan, &sitting.home.scope())?;
    if sitting.profile.done_at.is_some() {
        return Err(Failure::elsewhere(address(household, person)));
    }
    Ok((sitting, person))
}

/// `GET /households/{household}/plan/{person}/profile/{group}`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((household, person, group)): Path<(HouseholdId, String, String)>,
) -> Answer {
    let (sitting, person) = read(&casework, &actor, household, &person).await?;
    let Some(part) = part(&sitting, &group) else {
        // An answer given meanwhile may have taken the page away.
        return Err(Failure::elsewhere(address(household, person)));
    };
    Ok(show(&page, &sitting, &group, &part, &Problems::new(), false))
}

/// `POST /households/{household}/plan/{person}/profile/{group}`
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((household, person, group)): Path<(HouseholdId, String, String)>,
    Pairs(pairs): Pairs,
) -> Answer {
    let (sitting, person) = read(&casework, &actor, household, &person).await?;
    let mut part = part(&sitting, &group).ok_or(Error::Stale)?;
    part.raw = typed("", &part.logic, &pairs);
    let version = value(&pairs, &part.version_name()).parse().unwrap_or(-1);
    part.version = version;
    let saved =
        profile::save(&casework, &actor, (household, person), &group, part.raw.clone(), version).await;
    match saved {
        Ok(Saved::Next(next)) => {
            let there = address(household, person);
            let to = next.map_or_else(|| there.clone(), |group| format!("{there}/profile/{group}"));
            Ok(Redirect::to(&to).into_response())
        }
        Ok(Saved::Rejected(state)) => {
            let mut problems = Problems::new();
            tell(&page, &sitting.pack, &sitting.form, (&part, &state), false, &mut problems);
            Ok(show(&page.failed(), &sitting, &group, &part, &problems, false))
        }
        Err(Error::Stale) => {
            // What was typed stays; sent again, it takes the place of what the other officer saved.
            part.version = sitting.profile.version;
            let page = page.status(StatusCode::CONFLICT);
            Ok(show(&page, &sitting, &group, &part, &Problems::new(), true))
        }
        Err(error) => Err(error.into()),
    }
}

fn part(sitting: &Sitting, group: &str) -> Option<Part> {
    let logic = sitting.page(group)?;
    Some(Part {
        page: PageRef { group: group.to_owned(), member: Some(sitting.person.id.to_string()) },
        prefix: String::new(),
        name: Some(sitting.person.name.clone()),
        age: Some(sitting.person.birth.age_on(sitting.as_of)),
        raw: sitting.raw(&logic),
        logic,
        version: sitting.profile.version,
    })
}

fn show(
    page: &Page,
    sitting: &Sitting,
    group: &str,
    part: &Part,
    problems: &Problems,
    is_stale: bool,
) -> Response {
    let pack = &sitting.pack;
    let lang = page.lang.code();
    let back = address(sitting.home.household, sitting.person.id);
    let page = page.clone().back(back.as_str());
    let heading = pack.group_label(lang, group);
    let title = page
        .t_with("assess-page-of", &[("page", heading.into()), ("name", sitting.person.name.as_str().into())]);
    let state = part.logic.check(&part.raw, |code| pack.areas.get(code).is_some());
    render(&page, &title, || {
        let asking = Asking {
            page: &page,
            pack,
            form: &sitting.form,
            part,
            state: &state,
            problems,
            together: false,
            focus: problems.is_empty(),
        };
        let moved = is_stale.then(|| WarningText::new(page.t("assess-stale")));
        view! {
            {problems.summary()}
            {moved}
            <span class="govuk-caption-l">{page.t("plan-profile")}</span>
            <h1 class="govuk-heading-l"><bdi>{title.clone()}</bdi></h1>
            <form id="questions" class="app-questions" method="post" novalidate autocomplete="off">
                <input type="hidden" name=part.version_name() value=part.version.to_string()/>
                {asking.write()}
                <div class="govuk-button-group">
                    {Button::new(page.t("assess-save-next"))}
                    <a class="govuk-link" href=back.clone()>{page.t("casefile-cancel")}</a>
                </div>
            </form>
        }
        .into_any()
    })
}
