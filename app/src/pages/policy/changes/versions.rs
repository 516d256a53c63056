//! The documents in force, every version of one, what two of them say differently, and the text of a version: approved ones
//! never change.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use casework::Casework;
use casework::policy::{self, Version};
use domain::policy::document::programme_of;
use domain::role::{Right, Scope};
use leptos::prelude::*;
use serde::Deserialize;

use super::super::difference::Told;
use super::{address, name, version_state};
use crate::kit::{Button, Cell, Content, Select, SummaryList, Table};
use crate::shell::{self, Answer, Failure, Page, render};
use crate::state::{Asked, SignedIn};

const ALL: &str = "/policy/documents";
const DIFFERENCE: &str = "/policy/documents/difference";
const OF_ONE: &str = "/policy/documents/versions";
pub(super) const ONE: &str = "/policy/documents/version";

/// Which document, and which version of it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Query {
    /// The document's name inside the pack.
    pub name: String,
    /// The number of the version.
    pub number: String,
    /// The earlier version of two that are compared.
    pub before: String,
    /// The later one.
    pub after: String,
}

/// To the list of all documents, from an address that names none.
pub(super) fn to_all() -> Response {
    Redirect::to(ALL).into_response()
}

/// `GET /policy/documents`
pub async fn all(State(casework): State<Casework>, SignedIn { page, actor }: SignedIn) -> Answer {
    let documents = policy::documents(&casework, &actor).await?;
    let title = page.t("policy-documents");
    let page = page.back("/policy");
    Ok(render(&page, &title, || {
        let head = ["policy-document", "policy-document-version", "policy-valid-from"].map(|key| page.t(key));
        let mut table = Table::new(title.clone()).head(head).row_heads().scroll();
        table.caption_classes = "govuk-visually-hidden".into();
        for one in &documents {
            let href = shell::address(OF_ONE, &[("name", &one.name)]);
            let named = one.name.clone();
            let link = view! { <a class="govuk-link" href=href><bdi>{named}</bdi></a> };
            let from = one.valid_from.map(|day| page.date(day)).unwrap_or_default();
            table = table.row([
                Cell::new(Content::view(link)),
                Cell::number(page.number(one.number)),
                Cell::new(Content::view(view! { <bdi class="app-nowrap">{from}</bdi> })),
            ]);
        }
        view! {
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            <p class="govuk-body">{page.t("policy-documents-lead")}</p>
            {table}
        }
        .into_any()
    }))
}

/// `GET /policy/documents/versions?name=…`
pub async fn of_one(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Asked(query): Asked<Query>,
) -> Answer {
    actor.require(Right::KeepPolicy, &Scope::National)?;
    if query.name.is_empty() {
        return Ok(to_all());
    }
    let versions = policy::versions(&casework, &actor, &query.name).await?;
    if versions.is_empty() {
        return Err(Failure::not_found());
    }
    let page = page.back(ALL);
    let title = page.t_with("policy-versions-title", &[("name", query.name.as_str().into())]);
    Ok(render(&page, &title, || {
        view! {
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            {table(&page, &title, &versions)}
            {choose(&page, &query.name, &versions)}
        }
        .into_any()
    }))
}

fn table(page: &Page, title: &str, versions: &[Version]) -> Table {
    let head = [
        "policy-document-version",
        "policy-state",
        "policy-valid-from",
        "policy-valid-until",
        "policy-change",
    ]
    .map(|key| page.t(key));
    let mut table = Table::new(title).head(head).row_heads().scroll();
    table.caption_classes = "govuk-visually-hidden".into();
    for one in versions {
        let href = shell::address(ONE, &[("name", &one.name), ("number", &one.number.to_string())]);
        let number = page.number(one.number);
        let link = view! { <a class="govuk-link" href=href>{number}</a> };
        let days = [one.valid_from, one.valid_until].map(|day| {
            let day = day.map(|day| page.date(day)).unwrap_or_default();
            Cell::new(Content::view(view! { <bdi class="app-nowrap">{day}</bdi> }))
        });
        let [from, until] = days;
        table = table.row([
            Cell::new(Content::view(link)),
            Cell::new(version_state(page, one.state)),
            from,
            until,
            Cell::new(change(page, one)),
        ]);
    }
    table
}

/// Chooses two versions to be compared.
fn choose(page: &Page, name: &str, versions: &[Version]) -> AnyView {
    let (Some(newest), Some(next)) = (versions.first(), versions.get(1)) else { return ().into_any() };
    let items = || versions.iter().map(|one| (one.number.to_string(), page.number(one.number)));
    view! {
        <h2 class="govuk-heading-m">{page.t("diff-choose")}</h2>
        <form method="get" action=DIFFERENCE>
            <input type="hidden" name="name" value=name.to_owned()/>
            {Select::new("before", page.t("diff-before")).items(items()).value(next.number.to_string())}
            {Select::new("after", page.t("diff-after")).items(items()).value(newest.number.to_string())}
            {Button::new(page.t("diff-button")).secondary()}
        </form>
    }
    .into_any()
}

/// `GET /policy/documents/difference?name=…&before=…&after=…`
pub async fn difference(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Asked(query): Asked<Query>,
) -> Answer {
    actor.require(Right::KeepPolicy, &Scope::National)?;
    if query.name.is_empty() {
        return Ok(to_all());
    }
    let number = |text: &str| text.trim().parse::<i64>().map_err(|_| Failure::not_found());
    let (before, after) = (number(&query.before)?, number(&query.after)?);
    let found = policy::difference(&casework, &actor, &query.name, before, after).await?;
    let (version, _) = policy::version(&casework, &actor, &query.name, after).await?;
    let pack = super::print::pack_of(&casework, &actor, &version).await?;
    let page = page.back(shell::address(OF_ONE, &[("name", &query.name)]));
    let args = [("name", query.name.as_str().into()), ("before", before.into()), ("after", after.into())];
    let title = page.t_with("diff-between", &args);
    let on = version.valid_from.unwrap_or_else(|| casework.today());
    Ok(render(&page, &title, || {
        let told = Told { page: &page, pack: &pack, on, name: &query.name };
        let list = if found.is_empty() {
            view! { <p class="govuk-body">{page.t("diff-none")}</p> }.into_any()
        } else {
            super::super::difference::list(&told, &found)
        };
        view! {
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            {list}
        }
        .into_any()
    }))
}

/// The change that made it; a command where none did.
fn change(page: &Page, one: &Version) -> Content {
    match (one.change, one.title.clone()) {
        (Some(id), Some(title)) => {
            Content::view(view! { <a class="govuk-link" href=address(id)><bdi>{title}</bdi></a> })
        }
        _ => page.t("policy-by-command").into(),
    }
}

/// `GET /policy/documents/version?name=…&number=…`
pub async fn one(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Asked(query): Asked<Query>,
) -> Answer {
    actor.require(Right::KeepPolicy, &Scope::National)?;
    if query.name.is_empty() {
        return Ok(to_all());
    }
    let number: i64 = query.number.trim().parse().map_err(|_| Failure::not_found())?;
    let (version, text) = policy::version(&casework, &actor, &query.name, number).await?;
    let packs = policy::packs_of(&casework, &actor, &query.name, number).await?;
    let page = page.back(shell::address(OF_ONE, &[("name", &query.name)]));
    let title = page.t_with(
        "policy-version-title",
        &[("name", query.name.as_str().into()), ("number", version.number.into())],
    );
    Ok(render(&page, &title, || {
        let mut about = SummaryList::new()
            .row(page.t("policy-state"), version_state(&page, version.state))
            .row(page.t("policy-change"), change(&page, &version));
        let (hash, until) = (version.hash.clone(), version.valid_until.map(|day| page.date(day)));
        if let Some(day) = version.valid_from {
            about = about.row(page.t("policy-valid-from"), page.date(day));
        }
        if let Some(day) = until {
            about = about.row(page.t("policy-valid-until"), day);
        }
        if let Some((person, at)) = &version.approved {
            let (who, at) = (name(&page, person), page.date_time(casework.here(*at)));
            let args = [("who", who.as_str().into()), ("at", at.as_str().into())];
            about = about.row(page.t("policy-approved"), page.t_with("policy-by-at", &args));
        }
        let hash = view! { <bdi class="app-hash">{hash}</bdi> };
        about = about.row(page.t("policy-hash"), Content::view(hash));
        let packs = packs.iter().map(|pack| {
            let (href, label) =
                (format!("/packs/{}", pack.hash), format!("{} {}", pack.pack_id, pack.version));
            view! { <li><a class="govuk-link" href=href><bdi>{label}</bdi></a></li> }
        });
        let packs = packs.collect_view();
        let compare = (number > 1).then(|| {
            let (before, after) = ((number - 1).to_string(), number.to_string());
            let pairs = [("name", query.name.as_str()), ("before", &before), ("after", &after)];
            let text = page.t_with("diff-with-before", &[("number", (number - 1).into())]);
            let href = shell::address(DIFFERENCE, &pairs);
            view! { <p class="govuk-body"><a class="govuk-link" href=href>{text}</a></p> }
        });
        let print = (programme_of(&query.name).is_some() && !version.gone).then(|| {
            let href = super::print::of(&query.name, number);
            view! { <p class="govuk-body"><a class="govuk-link" href=href>{page.t("print-link")}</a></p> }
        });
        view! {
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            {about}
            {compare}
            {print}
            <h2 class="govuk-heading-m">{page.t("policy-version-packs")}</h2>
            <ul class="govuk-list">{packs}</ul>
            <h2 class="govuk-heading-m">{page.t("policy-version-text")}</h2>
            <pre class="app-document" dir="ltr" tabindex="0">{text.clone()}</pre>
        }
        .into_any()
    }))
}
