//! The map of links and its table.

use axum::extract::{Path, State};
use axum::response::Response;
use casework::policy;
use casework::{Casework, Error};
use domain::definitions::LinkDef;
use domain::ids::ChangeId;
use domain::pack::Pack;
use domain::role::{Right, Scope};
use leptos::prelude::*;

use super::super::changes::address;
use super::super::desk::Said;
use super::map::{Edge, picture};
use super::{details, name, sentence, short};
use crate::kit::{Button, Cell, Content, NotificationBanner, Table};
use crate::shell::{Answer, Page, render};
use crate::state::{Asked, Done, SignedIn};

/// A change whose links are shown, and whether they can be edited.
struct Of {
    id: ChangeId,
    title: String,
    is_open: bool,
}

/// `GET /policy/links`: of the pack in force.
pub async fn in_force(State(casework): State<Casework>, SignedIn { page, actor }: SignedIn) -> Answer {
    actor.require(Right::KeepPolicy, &Scope::National)?;
    let pack = casework.pack()?;
    let page = page.back("/policy");
    Ok(show(&page, &pack, &pack.definitions().links, None, None))
}

/// `GET /policy/{change}/links`: as a change would have them.
pub async fn of_change(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(change): Path<ChangeId>,
    Asked(done): Asked<Done>,
) -> Answer {
    let drafted: Result<_, Error> = policy::drafted(&casework, &actor, change).await;
    let drafted = drafted?;
    let news = Said::done(&page, &done.done).news;
    let page = page.back(address(change));
    let of = Of { id: change, title: drafted.change.title.clone(), is_open: drafted.change.state.is_open() };
    Ok(show(&page, &drafted.pack, &drafted.links(), Some(&of), news))
}

fn show(
    page: &Page,
    pack: &Pack,
    links: &[LinkDef],
    of: Option<&Of>,
    news: Option<NotificationBanner>,
) -> Response {
    let title = page.t("links-title");
    render(page, &title, || {
        let edges: Vec<Edge> = links.iter().map(|link| Edge::of(link, &short(page, &link.kind))).collect();
        let is_rtl = page.lang.dir() == "rtl";
        let picture = (!links.is_empty())
            .then(|| picture(&edges, |id| name(page, pack, id), is_rtl, &page.t("links-map")));
        let list = if links.is_empty() {
            view! { <p class="govuk-body">{page.t("links-none")}</p> }.into_any()
        } else {
            table(page, pack, links, of).into_any()
        };
        let caption = of.map(|of| {
            let caption = of.title.clone();
            view! { <span class="govuk-caption-l"><bdi>{caption}</bdi></span> }
        });
        let add = of
            .filter(|of| of.is_open)
            .map(|of| Button::link(format!("{}/links/new", address(of.id)), page.t("links-add")).secondary());
        view! {
            {news}
            {caption}
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            <p class="govuk-body">{page.t("links-lead")}</p>
            {picture}
            {list}
            {add}
        }
        .into_any()
    })
}

fn table(page: &Page, pack: &Pack, links: &[LinkDef], of: Option<&Of>) -> Table {
    let head = ["links-from", "links-kind", "links-to", "links-means"].map(|key| page.t(key));
    let mut table = Table::new(page.t("links-table")).head(head).scroll();
    table.caption_classes = "govuk-table__caption--m".into();
    for link in links {
        let (meaning, more) = (sentence(page, pack, link), details(page, pack, link));
        let more = (!more.is_empty()).then(|| view! { <div class="govuk-hint">{more}</div> });
        let step = of.filter(|of| of.is_open).map(|of| {
            let (href, about) = (format!("{}/links/{}", address(of.id), link.id), link.id.clone());
            view! {
                <div>
                    <a class="govuk-link" href=href>
                        {page.t("desk-change")} <span class="govuk-visually-hidden">" " {about}</span>
                    </a>
                </div>
            }
        });
        table = table.row([
            Cell::new(name(page, pack, &link.from)),
            Cell::new(short(page, &link.kind)),
            Cell::new(name(page, pack, &link.to)),
            Cell::new(Content::view(view! { {meaning} {more} {step} })),
        ]);
    }
    table
}
