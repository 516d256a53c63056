//! `/households/{household}/plan`: the adults of working age, and how far each is.

use axum::extract::{Path, State};
use casework::Casework;
use casework::employment::plan::{Standing, adults};
use domain::ids::HouseholdId;
use leptos::prelude::*;
use serde::Deserialize;

use super::{address, state_tag};
use crate::kit::{Cell, Content, Table};
use crate::pages::casefile::frame::{self, Part, Shown};
use crate::shell::{Answer, Failure, Page};
use crate::state::{Asked, SignedIn};

/// What a link to a plan says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Which {
    /// The plan, where only that is known.
    pub plan: String,
}

/// `GET /households/{household}/plan`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<HouseholdId>,
    Asked(which): Asked<Which>,
) -> Answer {
    let file = frame::to_read(&casework, &actor, id).await?;
    let all = adults(&casework, &actor, id).await?;
    let of_plan = |one: &&Standing| one.plan.as_ref().is_some_and(|plan| plan.id.to_string() == which.plan);
    if let Some(one) = all.people.iter().find(of_plan) {
        return Err(Failure::elsewhere(address(id, one.person.id)));
    }
    let shown = Shown::new(&page, &all.pack, &file, &actor, &casework);
    Ok(shown.render(Part::Plan, || {
        let head = ["plan-person", "plan-profile", "plan-title", "plan-review-on"].map(|key| page.t(key));
        let mut table = Table::new(page.t("plan-adults")).head(head).row_heads().scroll();
        table.caption_classes = "govuk-visually-hidden".into();
        for one in &all.people {
            table = table.row(cells(&shown, one));
        }
        let none = all.people.is_empty().then(|| view! { <p class="govuk-body">{page.t("plan-nobody")}</p> });
        view! {
            <h1 class="govuk-heading-l">{page.t("plan-adults")}</h1>
            <p class="govuk-body">{page.t("plan-adults-lead")}</p>
            {none}
            {(!all.people.is_empty()).then_some(table)}
        }
        .into_any()
    }))
}

fn cells(shown: &Shown<'_>, one: &Standing) -> [Cell; 4] {
    let page = shown.page;
    let (href, name) = (address(shown.file.id, one.person.id), one.person.name.clone());
    let plan = match &one.plan {
        Some(plan) => Content::view(view! { {state_tag(page, plan.state)} }),
        None => page.t("plan-none").into(),
    };
    let review =
        one.plan.as_ref().and_then(|plan| plan.review_on).map(|on| page.date(on)).unwrap_or_default();
    [
        Cell::new(Content::view(view! { <a class="govuk-link" href=href><bdi>{name}</bdi></a> })),
        Cell::new(band(shown, page, one)),
        Cell::new(plan),
        Cell::new(review),
    ]
}

/// What the profile comes to, in a few words.
fn band(shown: &Shown<'_>, page: &Page, one: &Standing) -> String {
    match &one.profile {
        None => page.t("plan-profile-none"),
        Some(profile) if profile.done_at.is_none() => page.t("plan-profile-begun"),
        Some(profile) => match &profile.found.band {
            Some(band) => shown.of_pack(&format!("profile.band.{band}")),
            None => page.t("plan-profile-open"),
        },
    }
}
