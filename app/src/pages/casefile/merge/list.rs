//! What came to this file from others, the way to bring another here, and the way back.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::error::Conflict;
use casework::households::file::File;
use casework::households::merge::{self, Merge};
use casework::households::search::search;
use casework::{Actor, Casework, Error};
use domain::ids::HouseholdId;
use domain::reference::Reference;
use domain::search::Query;
use leptos::prelude::*;

use super::super::frame::{Part, Shown, may_edit, to_change, to_read, version};
use crate::kit::{Button, Details, Input, NotificationBanner, Problems, Textarea};
use crate::shell::{Answer, Failure, Page};
use crate::state::{self, Asked, Done, Pairs, SignedIn};

/// What is typed.
#[derive(Clone, Debug, Default)]
struct Typed {
    reference: String,
    merge: String,
    reason: String,
}

/// `GET /households/{household}/merge`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<HouseholdId>,
    Asked(news): Asked<Done>,
) -> Answer {
    let file = to_read(&casework, &actor, id).await?;
    show(&casework, &actor, &page, &file, &Typed::default(), &Problems::new(), &news.done).await
}

/// `POST /households/{household}/merge`
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<HouseholdId>,
    Pairs(pairs): Pairs,
) -> Answer {
    let file = to_change(&casework, &actor, id).await?;
    let value = |name: &str| state::value(&pairs, name).to_owned();
    let typed = Typed { reference: value("reference"), merge: value("merge"), reason: value("reason") };
    let mut problems = Problems::new();
    if value("act") == "undo" {
        match undo(&casework, &actor, &file, &typed, version(&value("version"))).await? {
            Ok(done) => {
                return Ok(Redirect::to(&format!("/households/{id}/merge?done={done}")).into_response());
            }
            Err(key) => {
                let at = if key == "merge-reason-missing" {
                    format!("reason-{}", typed.merge)
                } else {
                    "main".into()
                };
                problems.add(at, page.t(key));
            }
        }
    } else {
        match other(&casework, &actor, &typed.reference).await? {
            Ok(other) => return Ok(Redirect::to(&format!("/households/{id}/merge/{other}")).into_response()),
            Err(key) => drop(problems.add("reference", page.t(key))),
        }
    }
    show(&casework, &actor, &page.failed(), &file, &typed, &problems, "").await
}

/// The household of a reference, or the key of what is wrong.
async fn other(
    casework: &Casework,
    actor: &Actor,
    typed: &str,
) -> Result<Result<HouseholdId, &'static str>, Failure> {
    let Ok(reference) = Reference::parse(typed) else { return Ok(Err("reference-shape")) };
    let found = search(casework, actor, &Query::Reference(reference)).await?.found;
    Ok(found.first().map(|one| one.household).ok_or("merge-nobody"))
}

/// What came of it, or the key of what is wrong.
async fn undo(
    casework: &Casework,
    actor: &Actor,
    file: &File,
    typed: &Typed,
    version: i64,
) -> Result<Result<&'static str, &'static str>, Failure> {
    let merges = merge::merges(casework, actor, file.id).await?;
    let Some(own) = merges.iter().find(|one| one.merge_id.to_string() == typed.merge) else {
        return Err(Failure::not_found());
    };
    let gives = HouseholdId::new(own.household_id);
    match merge::undo(casework, actor, gives, own.merge_id, version, &typed.reason).await {
        Ok(merge::Done::Now(_)) => Ok(Ok("undone")),
        Ok(merge::Done::Waits(_)) => Ok(Ok("waits")),
        Err(Error::Invalid("reason.missing")) => Ok(Err("merge-reason-missing")),
        Err(Error::Stale) => Ok(Err("casefile-stale")),
        Err(Error::Conflict(Conflict::Held)) => Ok(Err("merge-held")),
        Err(Error::Conflict(_)) => Ok(Err("merge-undo-not-now")),
        Err(error) => Err(error.into()),
    }
}

async fn show(
    casework: &Casework,
    actor: &Actor,
    page: &Page,
    file: &File,
    typed: &Typed,
    problems: &Problems,
    done: &str,
) -> Result<Response, Failure> {
    let merges = merge::merges(casework, actor, file.id).await?;
    let pack = casework.pack()?;
    let shown = Shown::new(page, &pack, file, actor, casework);
    let title = page.t("merge-list-title");
    Ok(shown.render_as(Part::Overview, &title, || {
        let news = match done {
            "merged" | "undone" | "waits" => Some(NotificationBanner::success(page.t_of("merge-done", done))),
            _ => None,
        };
        let latest = merges.iter().find(|one| one.undone_at.is_none()).map(|one| one.merge_id);
        let may = may_edit(actor, file);
        let cards: Vec<AnyView> = merges
            .iter()
            .map(|one| card(&shown, one, may && latest == Some(one.merge_id), typed, problems))
            .collect();
        let none = cards.is_empty().then(|| view! { <p class="govuk-body">{page.t("merge-none")}</p> });
        let find = may.then(|| {
            view! {
                <h2 class="govuk-heading-m">{page.t("merge-find-title")}</h2>
                <p class="govuk-body">{page.t("merge-find-about")}</p>
                <form method="post" action=shown.address("merge") novalidate>
                    {Input::new("reference", page.t("merge-find-reference"))
                        .width(20)
                        .autocomplete("off")
                        .value(&typed.reference)
                        .error(problems.of("reference"))}
                    {Button::new(page.t("merge-find-button")).secondary()}
                </form>
                <p class="govuk-body"><a class="govuk-link" href=shown.address(&format!("merge/{}", file.id))>
                    {page.t("merge-within")}</a></p>
            }
            .into_any()
        });
        view! {
            {problems.summary()}
            {news}
            <h1 class="govuk-heading-l" id="main">{title.clone()}</h1>
            {none}
            {cards}
            {find}
        }
        .into_any()
    }))
}

/// One merge: from where, when, by whom, why; and its undoing.
fn card(shown: &Shown<'_>, one: &Merge, may_undo: bool, typed: &Typed, problems: &Problems) -> AnyView {
    let page = shown.page;
    let reference = Reference::parse(&one.reference).map(|it| it.to_string()).unwrap_or_default();
    let within = one.household_id == shown.file.id.uuid();
    let what = if within {
        page.t("merge-was-within")
    } else if one.whole {
        page.t_with("merge-was-whole", &[("reference", reference.into())])
    } else {
        page.t_with("merge-was-some", &[("reference", reference.into())])
    };
    let by = page.t_with(
        "merge-by",
        &[
            ("date", shown.moment(one.at).into()),
            ("name", one.by_name.clone().unwrap_or_default().into()),
            ("second", one.approved_by_name.clone().unwrap_or_else(|| "–".to_owned()).into()),
        ],
    );
    let undone = one.undone_at.map(|at| {
        let text = page.t_with("merge-undone-on", &[("date", shown.moment(at).into())]);
        view! { <p class="govuk-body">{text} " " <bdi>{one.undone_reason.clone()}</bdi></p> }.into_any()
    });
    let see = (!within).then(|| {
        let href = format!("/households/{}/history", one.household_id);
        view! { <p class="govuk-body"><a class="govuk-link" href=href>{page.t("merge-see-history")}</a></p> }
            .into_any()
    });
    let id = one.merge_id.to_string();
    let named = format!("reason-{id}");
    let error = problems.of(&named);
    let undo = may_undo.then(|| {
        let mut reason = Textarea::new("reason", page.t("merge-undo-reason")).rows(3).error(error.clone());
        reason.id = Some(named);
        if typed.merge == id {
            reason = reason.value(&typed.reason);
        }
        let form = view! {
            <form method="post" action=shown.address("merge") novalidate>
                <input type="hidden" name="act" value="undo"/>
                <input type="hidden" name="merge" value=id.clone()/>
                <input type="hidden" name="version" value=shown.file.version.to_string()/>
                <p class="govuk-body">{page.t("merge-undo-about")}</p>
                {reason}
                {Button::new(page.t("merge-undo-button")).warning()}
            </form>
        }
        .into_any();
        if error.is_some() { form } else { Details::new(page.t("merge-undo"), form).into_any() }
    });
    view! {
        <h2 class="govuk-heading-m">{what}</h2>
        <p class="govuk-body">{by}</p>
        <p class="govuk-body"><bdi>{one.reason.clone()}</bdi></p>
        {undone}
        {see}
        {undo}
    }
    .into_any()
}
