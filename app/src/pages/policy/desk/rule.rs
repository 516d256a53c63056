//! Who can have a programme: the rule in words, and below it the tree of its conditions with what can be done with each.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::Casework;
use casework::policy::{self, Drafted};
use domain::definitions::RuleNode;
use domain::ids::ChangeId;
use domain::pack::Lack;
use domain::policy::tree::{self, Path as Place, Way};
use leptos::prelude::*;

use super::super::changes::address;
use super::super::printed::{self, Printed};
use super::{Matter, Said, version};
use crate::kit::{Cell, Content, Table, Tag};
use crate::shell::{Answer, Page, render};
use crate::state::{Asked, Done, Pairs, SignedIn, value};

/// `GET /policy/{change}/programmes/{programme}`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((change, programme)): Path<(ChangeId, String)>,
    Asked(done): Asked<Done>,
) -> Answer {
    let matter = Matter::load(&casework, &actor, change, &programme).await?;
    let said = Said::done(&page, &done.done);
    Ok(show(&page, &matter, &said))
}

/// `POST /policy/{change}/programmes/{programme}`: a node is moved or taken out, named by `act`.
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((change, programme)): Path<(ChangeId, String)>,
    Pairs(pairs): Pairs,
) -> Answer {
    let matter = Matter::load(&casework, &actor, change, &programme).await?;
    let tree = &matter.def.eligible;
    let node: Option<Place> = value(&pairs, "node").parse().ok();
    let made = node.and_then(|node| match value(&pairs, "act") {
        "up" => Some((tree::shift(tree, &node, Way::Up)?, "moved")),
        "down" => Some((tree::shift(tree, &node, Way::Down)?, "moved")),
        "remove" => Some((tree::remove(tree, &node)?, "removed")),
        _ => None,
    });
    let Some((tree, done)) = made else { return Ok(show(&page, &matter, &Said::not_possible(&page))) };
    let edited = policy::edit_programme(&casework, &actor, change, version(&pairs), &programme, tree).await;
    let Some(said) = Said::of(&page, edited, "tree")? else {
        return Ok(Redirect::to(&format!("{}?done={done}#tree", matter.address())).into_response());
    };
    let matter = Matter::load(&casework, &actor, change, &programme).await?;
    Ok(show(&page, &matter, &said))
}

fn show(page: &Page, matter: &Matter, said: &Said) -> Response {
    let page = &said.page(page).back(address(matter.drafted.change.id));
    let title = page.t_with("desk-rule-title", &[("name", matter.name(page).as_str().into())]);
    render(page, &title, || {
        let printed = matter.printed(page);
        view! {
            {matter.head(page, "", said)}
            <h2 class="govuk-heading-m">{page.t("programme-eligible")}</h2>
            {printed::rule(&printed)}
            {matter.is_open().then(|| editor(page, matter, &printed))}
            {tried(page, &matter.drafted, &matter.def.id)}
        }
        .into_any()
    })
}

/// The tree with what can be done with each node.
fn editor(page: &Page, matter: &Matter, printed: &Printed<'_>) -> AnyView {
    let tree = &matter.def.eligible;
    let root = Place::root();
    let nodes = match tree {
        RuleNode::Leaf(_) => vec![node(page, matter, printed, tree, &root)],
        group => below(page, matter, printed, group, &root),
    };
    let head = (!matches!(tree, RuleNode::Leaf(_))).then(|| {
        let text = printed::group(page, tree);
        let change = change_of(page, matter, &root, &text);
        view! { <p class="govuk-body">{text} " " {change}</p> }
    });
    view! {
        <h2 class="govuk-heading-m" id="tree">{page.t("desk-tree")}</h2>
        <p class="govuk-body">{page.t("desk-tree-lead")}</p>
        {head}
        <ul class="govuk-list app-tree">{nodes}</ul>
        {add_to(page, matter, &root, &page.t("desk-tree-whole"))}
    }
    .into_any()
}

/// The nodes below a group, each with its place.
fn below(page: &Page, matter: &Matter, printed: &Printed<'_>, group: &RuleNode, at: &Place) -> Vec<AnyView> {
    let is_none = printed::joined(group) == "none";
    let at = if is_none { at.below(0) } else { at.clone() };
    let nodes = printed::shown_below(group).iter().enumerate();
    nodes.map(|(place, inner)| node(page, matter, printed, inner, &at.below(place))).collect()
}

fn node(page: &Page, matter: &Matter, printed: &Printed<'_>, node: &RuleNode, at: &Place) -> AnyView {
    let (text, inner) = match node {
        RuleNode::Leaf(leaf) => (printed::sentence(printed, leaf), None),
        group => {
            let text = printed::group(page, group);
            let inner = below(page, matter, printed, group, at);
            let add = add_to(page, matter, at, &text);
            (text, Some(view! { <ul class="govuk-list app-tree">{inner}</ul> {add} }))
        }
    };
    let id = match node {
        RuleNode::Leaf(leaf) => {
            // What people are told when it speaks against them.
            let key = format!("programme.{}.reason.{}.no", matter.def.id, leaf.reason);
            let said = printed.pack.words.find(page.lang.code(), &key).map(str::to_owned);
            let said = said.map(|said| view! { <div class="govuk-hint">{said}</div> });
            Some(view! { " " <code class="app-tree__id">{leaf.id.clone()}</code> {said} })
        }
        _ => None,
    };
    let tree = &matter.def.eligible;
    let can = [
        ("up", "desk-up", tree::shift(tree, at, Way::Up).is_some()),
        ("down", "desk-down", tree::shift(tree, at, Way::Down).is_some()),
        ("remove", "desk-remove", tree::remove(tree, at).is_some()),
    ];
    let buttons = can.into_iter().filter(|(.., can)| *can).map(|(act, key, _)| {
        let about = text.clone();
        view! {
            <button class="app-link-button" name="act" value=act type="submit">
                {page.t(key)} <span class="govuk-visually-hidden">" " {about}</span>
            </button>
        }
    });
    let buttons = buttons.collect_view();
    view! {
        <li class="app-tree__node">
            <span>{text.clone()}</span> {id}
            <form method="post" action=matter.address() class="app-tree__do">
                <input type="hidden" name="version" value=matter.drafted.change.version.to_string()/>
                <input type="hidden" name="node" value=at.to_string()/>
                {change_of(page, matter, at, &text)}
                {buttons}
            </form>
            {inner}
        </li>
    }
    .into_any()
}

fn change_of(page: &Page, matter: &Matter, at: &Place, about: &str) -> AnyView {
    let (href, about) = (format!("{}/conditions/{at}", matter.address()), about.to_owned());
    view! {
        <a class="govuk-link" href=href>
            {page.t("desk-change")} <span class="govuk-visually-hidden">" " {about}</span>
        </a>
    }
    .into_any()
}

fn add_to(page: &Page, matter: &Matter, at: &Place, about: &str) -> AnyView {
    let (href, about) = (format!("{}/conditions/{at}/new", matter.address()), about.to_owned());
    view! {
        <p class="govuk-body">
            <a class="govuk-link" href=href>
                {page.t("desk-add-condition")} <span class="govuk-visually-hidden">" " {about}</span>
            </a>
        </p>
    }
    .into_any()
}

/// What the examples tried of every condition.
pub(super) fn tried(page: &Page, drafted: &Drafted, programme: &str) -> AnyView {
    let own: Vec<_> = drafted.tried.iter().filter(|tried| tried.programme == programme).collect();
    if own.is_empty() {
        return ().into_any();
    }
    let head = std::iter::once(page.t("desk-condition"))
        .chain(Lack::ALL.iter().map(|kind| page.t_of("desk-tried", kind.code())));
    let mut table = Table::new(page.t("desk-tried")).head(head).row_heads().scroll();
    table.caption_classes = "govuk-table__caption--m".into();
    for tried in own {
        let lacks = tried.lacks();
        let cells = Lack::ALL.iter().map(|kind| {
            let names = match kind {
                Lack::Holds => &tried.holds,
                Lack::Fails => &tried.fails,
                Lack::Missing => &tried.missing,
                Lack::OnLimit => &tried.on_limit,
            };
            let count = i64::try_from(names.len()).unwrap_or(i64::MAX);
            if lacks.contains(kind) {
                Cell::new(Tag::new(page.t("desk-tried-none")).colour("red"))
            } else if *kind == Lack::OnLimit && !tried.wants_limit {
                Cell::new(page.t("desk-tried-not-wanted"))
            } else {
                Cell::new(page.t_with("desk-tried-count", &[("count", count.into())]))
            }
        });
        let leaf = tried.leaf.clone();
        let name = Cell::new(Content::view(view! { <code>{leaf}</code> }));
        table = table.row(std::iter::once(name).chain(cells));
    }
    table.into_any()
}
