//! What the household answered from its own page when something was asked of it, with the files it sent.

use axum::extract::{Path, State};
use casework::Casework;
use casework::tracking::answers::{self, Told};
use domain::ids::{AttachmentId, HouseholdId};
use leptos::prelude::*;
use uuid::Uuid;

use super::frame::{self, Part, Shown};
use crate::shell::Answer;
use crate::state::SignedIn;
use crate::upload;

/// `GET /households/{household}/answers`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<HouseholdId>,
) -> Answer {
    let file = frame::to_read(&casework, &actor, id).await?;
    let told = answers::of(&casework, &actor, id).await?;
    let pack = casework.pack()?;
    let shown = Shown::new(&page, &pack, &file, &actor, &casework);
    Ok(shown.render_as(Part::Overview, &page.t("answers-title"), || {
        let list: Vec<AnyView> = told.iter().map(|one| answer(&shown, one)).collect();
        let none = told.is_empty().then(|| view! { <p class="govuk-body">{page.t("answers-none")}</p> });
        view! {
            <h1 class="govuk-heading-l">{page.t("answers-title")}</h1>
            {none}
            {list}
        }
        .into_any()
    }))
}

/// `GET /households/{household}/answers/{answer}/files/{sent}`
pub async fn file(
    State(casework): State<Casework>,
    SignedIn { actor, .. }: SignedIn,
    Path((household, answer, file)): Path<(HouseholdId, Uuid, AttachmentId)>,
) -> Answer {
    let opened = answers::file(&casework, &actor, household, answer, file).await?;
    Ok(upload::download(&opened))
}

fn answer(shown: &Shown<'_>, one: &Told) -> AnyView {
    let page = shown.page;
    let by = one.by.clone().map(|by| view! { ", " {page.t("status-acting")} " " <bdi>{by}</bdi> });
    let files: Vec<AnyView> = one
        .files
        .iter()
        .map(|file| {
            let href = shown.address(&format!("answers/{}/files/{}", one.id, file.id));
            let name = file.name.clone();
            view! { <li><a class="govuk-link" href=href><bdi>{name}</bdi></a></li> }.into_any()
        })
        .collect();
    let files = (!files.is_empty()).then(|| view! { <ul class="govuk-list govuk-list--bullet">{files}</ul> });
    let lines: Vec<AnyView> = one
        .text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| view! { <p class="govuk-body" dir="auto">{line.to_owned()}</p> }.into_any())
        .collect();
    view! {
        <section>
            <h2 class="govuk-heading-s"><bdi>{shown.moment(one.at)}</bdi>{by}</h2>
            {lines}
            {files}
        </section>
    }
    .into_any()
}
