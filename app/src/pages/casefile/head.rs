//! Naming another head: who it is, and what everybody then is to them.

use axum::extract::{Path, State};
use axum::response::Response;
use casework::error::Conflict;
use casework::households::changes::{self, Change, Dated};
use casework::households::file::File;
use casework::{Actor, Casework, Error};
use domain::ids::HouseholdId;
use leptos::prelude::*;

use super::frame::{Form, Part, Shown, recorded, to_change, version};
use super::relations::{self, Chosen};
use super::stale;
use crate::kit::Problems;
use crate::shell::{Answer, Failure, Page};
use crate::state::{self, Pairs, SignedIn};

/// `GET /households/{household}/head`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<HouseholdId>,
) -> Answer {
    let file = to_change(&casework, &actor, id).await?;
    let typed = file.present().map(|member| (member.id, member.person.relation.code().to_owned())).collect();
    show(&casework, &actor, &page, &file, &typed, &Problems::new())
}

/// `POST /households/{household}/head`
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<HouseholdId>,
    Pairs(pairs): Pairs,
) -> Answer {
    let mut file = to_change(&casework, &actor, id).await?;
    let value = |name: &str| state::value(&pairs, name).to_owned();
    let typed: Chosen =
        file.present().map(|member| (member.id, value(&relations::input(member.id)))).collect();
    let before = version(&value("version"));
    let mut problems = Problems::new();
    let relations = relations::read(&page, &typed, &mut problems);
    if problems.is_empty() && relations::heads(&relations) != 1 {
        problems.add(relations::first(&typed), page.t("casefile-head-one"));
    }
    let page = page.failed();
    if !problems.is_empty() {
        file.version = before;
        return show(&casework, &actor, &page, &file, &typed, &problems);
    }
    let dated = Dated { change: Change::NewHead { relations }, on: casework.today() };
    match changes::record(&casework, &actor, id, before, &dated, "").await {
        Ok(made) => Ok(recorded(id, made, "head")),
        Err(Error::Conflict(Conflict::Taken)) => {
            problems.add(relations::first(&typed), page.t("casefile-change-waits"));
            show(&casework, &actor, &page, &file, &typed, &problems)
        }
        Err(Error::Stale) => {
            let problems = stale::problem(&casework, &actor, &page, &file).await?;
            show(&casework, &actor, &page, &file, &typed, &problems)
        }
        Err(error) => Err(error.into()),
    }
}

fn show(
    casework: &Casework,
    actor: &Actor,
    page: &Page,
    file: &File,
    typed: &Chosen,
    problems: &Problems,
) -> Result<Response, Failure> {
    let pack = casework.pack()?;
    let shown = Shown::new(page, &pack, file, actor, casework);
    let title = page.t("casefile-head-change");
    Ok(shown.render_as(Part::Members, &title, || {
        let selects = relations::selects(page, file.present(), "choose", typed, problems);
        let fields = view! {
            <p class="govuk-body">{page.t("casefile-head-about")}</p>
            {selects}
        }
        .into_any();
        let form = Form {
            title: &title,
            action: shown.address("head"),
            button: page.t("casefile-save"),
            cancel: Part::Members.address(file.id),
            problems,
        };
        form.around(&shown, fields)
    }))
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::super::testing::{between, family};
    use crate::test_support::{as_counter_officer, version, world_with_pack};

    #[tokio::test]
    async fn a_household_has_one_head_and_it_can_be_another() {
        let world = world_with_pack().await;
        let file = family(&world).await;
        let head = format!("{file}/head");
        let mut browser = as_counter_officer(&world).await;
        let form = browser.get(&head).await.html;
        let names: Vec<String> = form
            .match_indices("name=\"relation-")
            .map(|(at, _)| between(&form[at..], "name=\"", "\"").to_owned())
            .collect();
        assert_eq!(names.len(), 2, "{form}");
        let old = version(&form);
        for (relations, words) in [(["head", "head"], "one head"), (["head", ""], "Choose who this is")] {
            let typed =
                [(names[0].as_str(), relations[0]), (names[1].as_str(), relations[1]), ("version", &*old)];
            let wrong = browser.post(&head, &typed).await;
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(wrong.html.contains(words), "{words}: {}", wrong.html);
        }
        // The head stands first.
        let typed = [(names[0].as_str(), "parent"), (names[1].as_str(), "head"), ("version", &*old)];
        let done = browser.post(&head, &typed).await;
        assert_eq!(done.location, format!("{file}/members?done=head"), "{}", done.html);
        let members = browser.get(&done.location).await.html;
        assert!(between(&members, "moj-identity-bar__title", "</strong>").contains("Fatou Ba"), "{members}");
        let late = browser.post(&head, &typed).await;
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}
