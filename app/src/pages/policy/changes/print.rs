//! A version of a programme as it is printed and put on file: the rule, the amount, the links, the law, and who answers for it.

use std::sync::Arc;

use axum::extract::State;
use casework::policy::{self, Version};
use casework::{Actor, Casework, Error, packs};
use domain::definitions::ProgrammeDef;
use domain::pack::Pack;
use domain::pack::alone::{self, Alone};
use domain::policy::document::programme_of;
use domain::role::{Right, Scope};
use leptos::prelude::*;
use time::Date;

use super::super::printed::{self, Printed};
use super::versions::{ONE, Query};
use super::{name, version_state};
use crate::kit::{Content, SummaryList};
use crate::shell::{self, Answer, Failure, Page, render};
use crate::state::{Asked, SignedIn};

/// The address of the printed form of a version.
pub(super) fn of(name: &str, number: i64) -> String {
    shell::address("/policy/documents/print", &[("name", name), ("number", &number.to_string())])
}

/// The pack whose words and figures a version is printed with: the newest that it was part of, else the one that its change
/// would make, else the one in force.
pub(super) async fn pack_of(
    casework: &Casework,
    actor: &Actor,
    version: &Version,
) -> Result<Arc<Pack>, Error> {
    let packs = policy::packs_of(casework, actor, &version.name, version.number).await?;
    if let Some(kept) = packs.first() {
        return packs::by_hash(casework, &kept.hash).await;
    }
    match version.change {
        Some(change) => Ok(policy::drafted(casework, actor, change).await?.pack),
        None => casework.pack(),
    }
}

fn programme(name: &str, text: &str) -> Option<ProgrammeDef> {
    match alone::read(name, text).0 {
        Alone::Programme(Some(programme)) => Some(*programme),
        _ => None,
    }
}

/// `GET /policy/documents/print?name=…&number=…`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Asked(query): Asked<Query>,
) -> Answer {
    actor.require(Right::KeepPolicy, &Scope::National)?;
    let Some(id) = programme_of(&query.name).map(str::to_owned) else {
        return Ok(super::versions::to_all());
    };
    let number: i64 = query.number.trim().parse().map_err(|_| Failure::not_found())?;
    let (version, text) = policy::version(&casework, &actor, &query.name, number).await?;
    let def = programme(&query.name, &text).ok_or_else(Failure::not_found)?;
    let pack = pack_of(&casework, &actor, &version).await?;
    let back = shell::address(ONE, &[("name", &query.name), ("number", &query.number)]);
    let page = page.back(back);
    let on = version.valid_from.unwrap_or_else(|| casework.today());
    let title = pack.words.find(page.lang.code(), &format!("programme.{id}.name")).unwrap_or(&id).to_owned();
    Ok(render(&page, &title, || {
        let printed = Printed { page: &page, pack: &pack, def: &def, on };
        let agency = page.of_pack(&pack, &format!("agency.{}.name", def.agency));
        let about = pack.words.find(page.lang.code(), &format!("programme.{id}.about")).map(str::to_owned);
        let figures = page.date(on);
        view! {
            <p class="govuk-body app-screen-only">{page.t("print-lead")}</p>
            <div class="app-letter">
                <span class="govuk-caption-l">{agency}</span>
                <h1 class="govuk-heading-l">{title.clone()}</h1>
                <p class="govuk-body">{about}</p>
                {answers(&page, &casework, &version)}
                <h2 class="govuk-heading-m">{page.t("programme-eligible")}</h2>
                {printed::rule(&printed)}
                <p class="govuk-body-s">{page.t_with("print-figures", &[("day", figures.as_str().into())])}</p>
                {printed::amount(&printed)}
                {printed::conditions(&printed)}
                {printed::graduation(&printed)}
                {printed::links(&printed)}
                <h2 class="govuk-heading-m">{page.t("print-besides")}</h2>
                {printed::facts(&printed)}
            </div>
        }
        .into_any()
    }))
}

/// Which version it is, from when to when it holds, and who answers for it.
fn answers(page: &Page, casework: &Casework, version: &Version) -> SummaryList {
    let words = |text: String| Content::view(view! { <bdi>{text}</bdi> });
    let day = |day: Option<Date>| day.map(|day| page.date(day));
    let mut list = SummaryList::new()
        .row(page.t("policy-document-version"), page.number(version.number))
        .row(page.t("policy-state"), version_state(page, version.state));
    for (key, day) in
        [("policy-valid-from", day(version.valid_from)), ("policy-valid-until", day(version.valid_until))]
    {
        if let Some(day) = day {
            list = list.row(page.t(key), words(day));
        }
    }
    let by = |person, at| {
        let (who, at) = (name(page, person), page.date_time(casework.here(at)));
        words(page.t_with("policy-by-at", &[("who", who.as_str().into()), ("at", at.as_str().into())]))
    };
    list = match &version.author {
        Some(author) => list.row(page.t("policy-author"), by(author, version.created_at)),
        None => list.row(page.t("policy-author"), page.t("policy-by-command")),
    };
    if let Some((person, at)) = &version.approved {
        list = list.row(page.t("policy-approved"), by(person, *at));
    }
    if let Some(title) = &version.title {
        list = list.row(page.t("policy-change"), words(title.clone()));
    }
    let hash = version.hash.clone();
    list.row(page.t("policy-hash"), Content::view(view! { <bdi class="app-hash">{hash}</bdi> }))
}
