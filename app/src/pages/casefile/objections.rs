//! Appeals of a household: what each contests, where it stands, what comes next. Complaints are cases of their own, to which
//! no household leads; from here one is only begun.

use axum::extract::{Path, State};
use casework::Casework;
use casework::appeals::told::{self, Told};
use domain::ids::HouseholdId;
use domain::role::{Right, Scope};
use leptos::prelude::*;

use super::frame::{self, Part, Shown};
use crate::kit::{Button, Content, Table, Tag};
use crate::pages::appeals;
use crate::shell::Answer;
use crate::state::SignedIn;

/// `GET /households/{household}/objections`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<HouseholdId>,
) -> Answer {
    let file = frame::to_read(&casework, &actor, id).await?;
    let all = told::of_household(&casework, &actor, id).await?;
    let pack = casework.pack()?;
    let shown = Shown::new(&page, &pack, &file, &actor, &casework);
    let may_lodge = actor.may_in(Right::RegisterHousehold, &Scope::Office(file.office.clone()));
    let may_complain = actor.may(Right::RegisterHousehold);
    Ok(shown.render(Part::Objections, || {
        let none = all.is_empty().then(|| view! { <p class="govuk-body">{page.t("objections-none")}</p> });
        let lodge = may_lodge
            .then(|| Button::link(format!("/appeals/{id}/new"), page.t("objections-lodge")).secondary());
        let complain = may_complain.then(|| {
            view! {
                <p class="govuk-body">
                    <a class="govuk-link" href="/complaints/new">{page.t("objections-complain")}</a>
                </p>
            }
        });
        view! {
            <h1 class="govuk-heading-l">{page.t("casefile-objections")}</h1>
            {none}
            {list(&shown, &all)}
            {lodge}
            <h2 class="govuk-heading-m">{page.t("objections-complaints")}</h2>
            <p class="govuk-body">{page.t("objections-complaints-about")}</p>
            {complain}
        }
        .into_any()
    }))
}

fn list(shown: &Shown<'_>, all: &[Told]) -> Option<Table> {
    if all.is_empty() {
        return None;
    }
    let page = shown.page;
    let head =
        ["objections-appeal", "objections-against", "casefile-since", "casefile-state", "objections-next"];
    let mut table = Table::new(page.t("objections-appeals")).head(head.map(|key| page.t(key))).scroll();
    for one in all {
        let href = appeals::address(shown.file.id, one.id);
        let name = page.t_with("appeal-title", &[("number", one.number.into())]);
        let mut against: Vec<String> =
            one.programmes.iter().map(|code| shown.of_pack(&format!("programme.{code}.name"))).collect();
        if one.is_delay {
            against.push(page.t("appeal-delay"));
        }
        let by = one.by.map(|day| page.t_with("status-by", &[("date", page.date(day).into())]));
        let next = page.t_of("status-appeal-next", one.next.code());
        let colour = if one.state.is_open() { "yellow" } else { "grey" };
        table = table.row([
            Content::view(view! { <a class="govuk-link" href=href>{name}</a> }),
            page.list(against).into(),
            Content::view(view! { <bdi>{page.date(one.lodged_on)}</bdi> }),
            Tag::new(page.t_of("appeal-state", one.state.code())).colour(colour).into(),
            Content::view(view! { {next} " " <bdi>{by.unwrap_or_default()}</bdi> }),
        ]);
    }
    Some(table)
}
