//! The pairs that somebody should look at, the oldest first.

use axum::extract::State;
use casework::Casework;
use casework::duplicates::{self, Waiting};
use leptos::prelude::*;

use crate::kit::{Button, Content, NotificationBanner, Table};
use crate::shell::{Answer, Page, render};
use crate::state::{Asked, Done, SignedIn};

/// `GET /duplicates`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Asked(news): Asked<Done>,
) -> Answer {
    let (waiting, more) = duplicates::queue(&casework, &actor).await?;
    let title = page.t("duplicates-title");
    Ok(render(&page, &title, || {
        let said = (news.done == "said").then(|| NotificationBanner::success(page.t("duplicates-said")));
        let next = waiting.first().filter(|_| news.done == "said").map(|one| {
            let href = format!("/duplicates/{}/{}", one.pair.person, one.pair.other_person);
            Button::link(href, page.t("duplicates-next"))
        });
        let list = if waiting.is_empty() {
            view! { <p class="govuk-body">{page.t("duplicates-none")}</p> }.into_any()
        } else {
            table(&page, &casework, &waiting).into_any()
        };
        view! {
            {said}
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            <p class="govuk-body">{page.t("duplicates-lead")}</p>
            {next}
            {list}
            {more.then(|| view! { <p class="govuk-body">{page.t("duplicates-more")}</p> })}
        }
        .into_any()
    }))
}

fn table(page: &Page, casework: &Casework, waiting: &[Waiting]) -> Table {
    let head =
        ["duplicates-one", "duplicates-other", "duplicates-sure", "duplicates-from", "duplicates-found"];
    let mut table =
        Table::new(page.t("duplicates-title")).head(head.map(|key| page.t(key))).row_heads().scroll();
    table.caption_classes = "govuk-visually-hidden".into();
    for one in waiting {
        let href = format!("/duplicates/{}/{}", one.pair.person, one.pair.other_person);
        let side = |(name, reference): &(String, domain::reference::Reference)| {
            let (name, reference) = (name.clone(), reference.to_string());
            view! { <bdi>{name}</bdi> <br/> <bdi class="app-reference">{reference}</bdi> }.into_any()
        };
        let found = page.date(casework.here(one.found_at).date());
        table = table.row([
            Content::view(view! { <a class="govuk-link" href=href>{side(&one.one)}</a> }),
            Content::view(side(&one.other)),
            if one.to_merge {
                page.t("duplicates-to-merge").into()
            } else {
                page.t(sure(one.probability)).into()
            },
            page.t_of("duplicates-source", &one.source).into(),
            Content::view(view! { <bdi class="app-nowrap">{found}</bdi> }),
        ]);
    }
    table
}

/// The key of a probability in words.
pub fn sure(probability: f64) -> &'static str {
    if probability >= domain::matching::score::VERY_LIKELY {
        "duplicates-very"
    } else {
        "duplicates-possible"
    }
}
