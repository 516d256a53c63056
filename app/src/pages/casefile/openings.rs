//! For a supervisor: the files of the office that others opened, each with the reason given.

use axum::extract::State;
use casework::households::file::{Opening, openings};
use casework::{Actor, Casework};
use domain::pack::Pack;
use domain::reference::Reference;
use domain::role::{Right, Scope};
use leptos::prelude::*;
use serde::Deserialize;
use time::OffsetDateTime;

use crate::kit::{Button, Content, Select, Table};
use crate::shell::{Answer, Failure, Page, address, render};
use crate::state::{Asked, SignedIn};

/// Query of the page.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    /// The office; the reader's first when empty.
    pub office: String,
    /// Only those before this moment, in seconds since 1970.
    pub before: Option<i64>,
}

/// As many as the use case gives at once.
const AT_ONCE: usize = 50;

/// `GET /openings`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Asked(wanted): Asked<Wanted>,
) -> Answer {
    let pack = casework.pack()?;
    let offices = offices(&actor, &pack);
    let office = match wanted.office.trim() {
        "" => offices.first().cloned().ok_or_else(Failure::forbidden)?,
        office => office.to_owned(),
    };
    let before = wanted.before.and_then(|at| OffsetDateTime::from_unix_timestamp(at).ok());
    let list = openings(&casework, &actor, &office, before).await?;
    let title = page.t("openings-title");
    let offset = casework.clock.offset();
    Ok(render(&page, &title, || {
        let choice = (offices.len() > 1).then(|| {
            let names = offices
                .iter()
                .map(|code| (code.clone(), page.of_pack(&pack, &format!("office.{code}.name"))));
            view! {
                <form method="get" action="/openings">
                    {Select::new("office", page.t("openings-office")).items(names).value(office.clone())}
                    {Button::new(page.t("openings-show")).secondary()}
                </form>
            }
            .into_any()
        });
        let next = (list.len() == AT_ONCE).then(|| list.last()).flatten().map(|last| {
            let before = last.at.unix_timestamp().to_string();
            let href = address("/openings", &[("office", &office), ("before", &before)]);
            view! {
                <p class="govuk-body"><a class="govuk-link" href=href>{page.t("casefile-older")}</a></p>
            }
            .into_any()
        });
        view! {
            <span class="govuk-caption-l">{page.of_pack(&pack, &format!("office.{office}.name"))}</span>
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            <p class="govuk-body">{page.t("openings-about")}</p>
            {choice}
            {table(&page, &list, offset)}
            {next}
        }
        .into_any()
    }))
}

/// The offices whose openings the actor may see.
fn offices(actor: &Actor, pack: &Pack) -> Vec<String> {
    let all = pack.offices.iter().map(|office| office.code.clone());
    let may = |code: &String| actor.may_in(Right::ReviewAccess, &Scope::Office(code.clone()));
    all.filter(may).collect()
}

fn table(page: &Page, list: &[Opening], offset: time::UtcOffset) -> AnyView {
    if list.is_empty() {
        return view! { <p class="govuk-body">{page.t("openings-none")}</p> }.into_any();
    }
    let head = ["openings-when", "openings-who", "openings-file", "openings-reason"];
    let table = list.iter().fold(
        Table::new(page.t("openings-title")).head(head.map(|key| page.t(key))),
        |table, one| {
            let reference = Reference::parse(&one.reference)
                .map_or_else(|_| one.reference.clone(), |own| own.to_string());
            let who = one.staff_name.clone().unwrap_or_else(|| page.t("openings-gone"));
            let href = format!("/households/{}", one.household_id);
            table.row([
                Content::view(view! { <bdi>{page.date_time(one.at.to_offset(offset))}</bdi> }),
                Content::view(view! { <bdi>{who}</bdi> }),
                Content::view(view! {
                    <a class="govuk-link" href=href><bdi class="app-reference">{reference}</bdi></a>
                }),
                Content::view(view! { <bdi>{one.reason.clone()}</bdi> }),
            ])
        },
    );
    table.scroll().into_any()
}
