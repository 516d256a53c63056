//! The messages of one household, in its file. The text of a code is nowhere.

use axum::extract::{Path, State};
use casework::Casework;
use casework::notices::office::{self, Filed};
use domain::ids::HouseholdId;
use leptos::prelude::*;

use super::{board::colour, trouble};
use crate::kit::{Cell, Content, Table, Tag};
use crate::pages::casefile::frame::{self, Part, Shown};
use crate::shell::Answer;
use crate::state::SignedIn;
use crate::words::Lang;

/// `GET /households/{household}/notices`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<HouseholdId>,
) -> Answer {
    let file = frame::to_read(&casework, &actor, id).await?;
    let all = office::of_household(&casework, &actor, id).await?;
    let pack = casework.pack()?;
    let shown = Shown::new(&page, &pack, &file, &actor, &casework);
    Ok(shown.render_as(Part::History, &page.t("notices-title"), || show(&shown, &all)))
}

fn show(shown: &Shown<'_>, all: &[Filed]) -> AnyView {
    let page = shown.page;
    let none = all.is_empty().then(|| view! { <p class="govuk-body">{page.t("notices-none")}</p> });
    let head = ["notices-when", "notices-what", "notices-state"].map(|key| page.t(key));
    let mut table = Table::new(page.t("notices-title")).head(head).row_heads().scroll();
    table.caption_classes = "govuk-visually-hidden".into();
    for one in all {
        table = table.row([
            Cell::new(Content::view(view! { <span class="app-nowrap">{shown.moment(one.made_at)}</span> })),
            Cell::new(what(shown, one)),
            Cell::new(stands(shown, one)),
        ]);
    }
    view! {
        <h1 class="govuk-heading-l">{page.t("notices-title")}</h1>
        <p class="govuk-body">{page.t("notices-filed-lead")}</p>
        {none}
        {(!all.is_empty()).then_some(table)}
    }
    .into_any()
}

fn what(shown: &Shown<'_>, one: &Filed) -> Content {
    let page = shown.page;
    let kind = page.t_of("notices-kind", one.kind.code());
    let lang = Lang::parse(&one.language).unwrap_or_default();
    let text = match &one.text {
        Some(text) => view! { <span lang=lang.code() dir=lang.dir()>{text.clone()}</span> }.into_any(),
        None if one.kind.is_secret() => page.t("notices-secret").into_any(),
        None => ().into_any(),
    };
    Content::view(view! { <strong>{kind}</strong> <br/> {text} })
}

fn stands(shown: &Shown<'_>, one: &Filed) -> Content {
    let page = shown.page;
    let tag = Tag::new(page.t_of("notices-state", one.state.code())).colour(colour(one.state));
    let way = one.channel.map(|way| view! { " " {page.t_of("notices-way", way.code())} });
    let at = one.delivered_at.or(one.sent_at).map(|at| view! { <br/> {shown.moment(at)} });
    let why = trouble(page, &one.trouble).map(|why| view! { <br/> {why} });
    Content::view(view! { {tag} {way} {at} {why} })
}
