//! One programme of a pack: what it gives, who can have it and how much, as rules in words.

use axum::extract::{Path, State};
use casework::{Casework, packs};
use domain::role::Right;
use leptos::prelude::*;

use super::printed::{self, Printed};
use crate::shell::{Answer, Failure, render};
use crate::state::SignedIn;

/// `GET /packs/{hash}/{programme}`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((hash, programme)): Path<(String, String)>,
) -> Answer {
    actor.require_anywhere(Right::KeepPolicy)?;
    let pack = packs::by_hash(&casework, &hash).await?;
    let def = pack.programme(&programme).ok_or_else(Failure::not_found)?;
    let page = page.back(format!("/packs/{hash}"));
    let title = page.of_pack(&pack, &format!("programme.{programme}.name"));
    let printed = Printed { page: &page, pack: &pack, def, on: casework.today() };
    Ok(render(&page, &title, || {
        view! {
            <span class="govuk-caption-l">{page.of_pack(&pack, &format!("agency.{}.name", def.agency))}</span>
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            <p class="govuk-body">{page.of_pack(&pack, &format!("programme.{}.about", def.id))}</p>
            {printed::facts(&printed)}
            <h2 class="govuk-heading-m">{page.t("programme-eligible")}</h2>
            {printed::rule(&printed)}
            {printed::amount(&printed)}
            {printed::conditions(&printed)}
            {printed::graduation(&printed)}
            {printed::links(&printed)}
            {printed::examples(&printed)}
        }
        .into_any()
    }))
}
