//! A page of the form as the officer at the counter will see it, in the language of whoever looks. Nothing is kept.

use axum::extract::{Path, State};
use casework::Casework;
use domain::ids::ChangeId;
use leptos::prelude::*;

use super::{Matter, address};
use crate::kit::InsetText;
use crate::pages::assessment;
use crate::shell::{Answer, Failure, render};
use crate::state::SignedIn;

/// `GET /policy/{change}/form/preview/{group}`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((id, group)): Path<(ChangeId, String)>,
) -> Answer {
    let matter = Matter::load(&casework, &actor, id).await?;
    if matter.draft.form.group(&group).is_none() {
        return Err(Failure::not_found());
    }
    let page = page.back(address(id));
    let title = matter.label(&page, &format!("group.{group}"), &group).to_owned();
    let today = casework.today();
    Ok(render(&page, &title, || {
        let pack = matter.draft.pack.as_ref();
        let questions = pack.and_then(|pack| assessment::preview(&page, pack, &group, today));
        let questions = match questions {
            Some(questions) => questions,
            // Its rules do not compile, or every question of it is retired.
            None => InsetText::new(page.t("policy-form-preview-none")).into_any(),
        };
        view! {
            {matter.caption()}
            <h1 class="govuk-heading-l"><bdi>{title.clone()}</bdi></h1>
            <p class="govuk-body">{page.t("policy-form-preview-lead")}</p>
            {questions}
        }
        .into_any()
    }))
}
