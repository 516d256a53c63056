//! `/board`: vacancies, courses and public works of the own offices and providers; one entry with the people it would suit.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use casework::employment::board::{self, Entry};
use casework::employment::proposals::{self, ForEntry};
use casework::{Actor, Casework, Error};
use domain::ids::BoardId;
use domain::pack::Pack;
use domain::role::{Right, Scope};
use leptos::prelude::*;

use super::entry::{Typed, fields};
use super::{address, whereabouts, why};
use crate::kit::{Button, Cell, Content, NotificationBanner, Problems, Table, Tag};
use crate::shell::{Answer, Failure, Page, render};
use crate::state::{Asked, Done, Pairs, SignedIn, value};

/// `GET /board`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Asked(done): Asked<Done>,
) -> Answer {
    let entries = board::open(&casework, &actor).await?;
    let pack = casework.pack()?;
    let title = page.t("nav-board");
    let news = page.t_if_of("board-done", &done.done).map(NotificationBanner::success);
    Ok(render(&page, &title, || {
        let head = ["board-title", "board-kind-title", "plan-where", "board-places", "board-last-day"]
            .map(|key| page.t(key));
        let mut table = Table::new(title.clone()).head(head).row_heads().scroll();
        table.caption_classes = "govuk-visually-hidden".into();
        for entry in &entries {
            let (href, name) = (format!("/board/{}", entry.id), entry.title.clone());
            table =
                table.row([
                    Cell::new(Content::view(view! { <a class="govuk-link" href=href><bdi>{name}</bdi></a> })),
                    Cell::new(page.t_of("board-kind", entry.kind.code())),
                    Cell::new(whereabouts(&page, &pack, &entry.provider, &entry.needs.area)),
                    Cell::new(page.t_with(
                        "board-free",
                        &[("free", entry.free().into()), ("places", entry.places.into())],
                    )),
                    Cell::new(page.date(entry.last_day)),
                ]);
        }
        let none = entries.is_empty().then(|| view! { <p class="govuk-body">{page.t("board-none")}</p> });
        view! {
            {news}
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            <p class="govuk-body">{page.t("board-lead")}</p>
            {Button::link("/board/new", page.t("board-new"))}
            {none}
            {(!entries.is_empty()).then_some(table)}
        }
        .into_any()
    }))
}

/// Puts what a use case found wrong beside its field.
fn refused(page: &Page, error: Error, problems: &mut Problems) -> Result<(), Failure> {
    let (field, key) = match error {
        Error::Invalid("entry.office") => ("office", "field-not-a-choice"),
        Error::Invalid("entry.provider") => ("provider", "field-not-a-choice"),
        Error::Invalid("entry.title") => ("title", "board-wrong-title"),
        Error::Invalid("entry.employer") => ("employer", "board-wrong-employer"),
        Error::Invalid("entry.places") => ("places", "board-wrong-places"),
        Error::Invalid("entry.days") => ("last-day", "board-wrong-days"),
        Error::Invalid("entry.area") => ("area", "field-not-a-choice"),
        Error::Invalid("entry.hours") => ("hours", "work-wrong-hours"),
        Error::Invalid(_) => ("kind", "board-wrong-kind"),
        Error::Stale | Error::Conflict(_) => ("title", "plan-moved"),
        error => return Err(error.into()),
    };
    problems.add(field, page.t(key));
    Ok(())
}

/// `GET /board/new`
pub async fn get_new(State(casework): State<Casework>, SignedIn { page, actor }: SignedIn) -> Answer {
    actor.require_anywhere(Right::KeepBoard)?;
    let pack = casework.pack()?;
    let page = page.back("/board");
    let title = page.t("board-new");
    let fields = fields(&page, &pack, &actor, &Typed::default(), &Problems::new())?;
    Ok(render(&page, &title, || form(&page, &title, "/board/new", fields, &Problems::new())))
}

/// `POST /board/new`
pub async fn post_new(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Pairs(pairs): Pairs,
) -> Answer {
    actor.require_anywhere(Right::KeepBoard)?;
    let pack = casework.pack()?;
    let (typed, mut problems) = (Typed::read(&pairs), Problems::new());
    if let Some(new) = typed.written(&page, &pack, &mut problems) {
        match board::announce(&casework, &actor, new).await {
            Ok(_) => return Ok(Redirect::to("/board?done=announced").into_response()),
            Err(error) => refused(&page, error, &mut problems)?,
        }
    }
    let page = page.failed().back("/board");
    let title = page.t("board-new");
    let fields = fields(&page, &pack, &actor, &typed, &problems)?;
    Ok(render(&page, &title, || form(&page, &title, "/board/new", fields, &problems)))
}

fn form(page: &Page, title: &str, action: &str, fields: AnyView, problems: &Problems) -> AnyView {
    view! {
        {problems.summary()}
        <h1 class="govuk-heading-l">{title.to_owned()}</h1>
        <form method="post" action=action.to_owned() novalidate>
            {fields}
            {Button::new(page.t("board-save")).named("act", "save")}
        </form>
    }
    .into_any()
}

fn entry_id(id: &str) -> Result<BoardId, Failure> {
    id.parse().map_err(|_| Failure::not_found())
}

/// `GET /board/{entry}`
pub async fn get_one(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<String>,
) -> Answer {
    let entry = board::entry(&casework, &actor, entry_id(&id)?).await?;
    let typed = Typed::of(&entry, casework.pack()?.about.currency.minor_digits);
    one(&casework, &page, &actor, &entry, &typed, &Problems::new()).await
}

/// `POST /board/{entry}`: changes it, or closes it (`act=close`).
pub async fn post_one(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<String>,
    Pairs(pairs): Pairs,
) -> Answer {
    let id = entry_id(&id)?;
    let entry = board::entry(&casework, &actor, id).await?;
    let pack = casework.pack()?;
    let mut problems = Problems::new();
    let mut typed = Typed::read(&pairs);
    if value(&pairs, "act") == "close" {
        match board::close(&casework, &actor, id, typed.version).await {
            Ok(()) => return Ok(Redirect::to("/board?done=closed").into_response()),
            Err(error) => refused(&page, error, &mut problems)?,
        }
        let typed = Typed::of(&entry, pack.about.currency.minor_digits);
        let page = page.status(StatusCode::CONFLICT);
        return one(&casework, &page, &actor, &entry, &typed, &problems).await;
    }
    if let Some(new) = typed.written(&page, &pack, &mut problems) {
        match board::change(&casework, &actor, id, typed.version, new).await {
            Ok(()) => return Ok(Redirect::to("/board?done=changed").into_response()),
            Err(error) => refused(&page, error, &mut problems)?,
        }
    }
    typed.version = entry.version;
    one(&casework, &page.failed(), &actor, &entry, &typed, &problems).await
}

async fn one(
    casework: &Casework,
    page: &Page,
    actor: &Actor,
    entry: &Entry,
    typed: &Typed,
    problems: &Problems,
) -> Result<Response, Failure> {
    let pack = casework.pack()?;
    let page = page.clone().back("/board");
    let plans = actor.may_in(Right::Plan, &Scope::Office(entry.office.clone()));
    let people = if plans { proposals::for_entry(casework, actor, entry.id).await?.1 } else { Vec::new() };
    let fields = fields(&page, &pack, actor, typed, problems)?;
    let action = format!("/board/{}", entry.id);
    let title = entry.title.clone();
    Ok(render(&page, &title, || {
        let proposed = plans.then(|| proposed(&page, &pack, &people));
        let is_open = entry.closed_at.is_none();
        let close = is_open.then(|| {
            view! {
                <form method="post" action=action.clone() novalidate>
                    <input type="hidden" name="version" value=entry.version.to_string()/>
                    {Button::new(page.t("board-close")).warning().named("act", "close")}
                </form>
            }
        });
        let closed = (!is_open).then(|| view! { <p class="govuk-body">{page.t("board-closed")}</p> });
        let form = is_open.then(|| form(&page, &title, &action, fields, problems));
        let free =
            page.t_with("board-free", &[("free", entry.free().into()), ("places", entry.places.into())]);
        view! {
            {closed}
            {form}
            <p class="govuk-body">{free}</p>
            {close}
            {proposed}
        }
        .into_any()
    }))
}

/// The people whom an entry would suit, with the reasons.
fn proposed(page: &Page, pack: &Pack, people: &[ForEntry]) -> AnyView {
    let each: Vec<AnyView> = people
        .iter()
        .map(|one| {
            let (href, name) = (address(one.household, one.person), one.name.clone());
            let score = page.t_with("match-score", &[("score", one.found.score.into())]);
            view! {
                <section>
                    <h3 class="govuk-heading-s">
                        <a class="govuk-link" href=href><bdi>{name}</bdi></a> " " {Tag::new(score).colour("green")}
                    </h3>
                    {why(page, pack, &one.found)}
                </section>
            }
            .into_any()
        })
        .collect();
    let none = people.is_empty().then(|| view! { <p class="govuk-body">{page.t("board-nobody")}</p> });
    view! {
        <h2 class="govuk-heading-m">{page.t("board-people")}</h2>
        <p class="govuk-body">{page.t("board-people-lead")}</p>
        {none}
        {each}
    }
    .into_any()
}
