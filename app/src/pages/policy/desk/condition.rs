//! One node of the tree: a condition is changed, a group is joined otherwise, a condition is added below a node.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::policy::{self};
use casework::{Actor, Casework};
use domain::definitions::RuleNode;
use domain::ids::ChangeId;
use domain::policy::tree::{self, Join, Path as Place};
use leptos::prelude::*;
use serde::Deserialize;

use super::super::printed;
use super::typed::{self, Typed};
use super::{Matter, Said, version};
use crate::kit::{Button, Content, Details, InsetText, Problems, Radios, Select};
use crate::pages::work::rules::fact;
use crate::shell::{Answer, Failure, Page, render};
use crate::state::{Asked, Pairs, SignedIn, value};

/// What the condition is about, where that was chosen.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Query {
    /// The fact, question or score.
    pub fact: String,
}

/// A node with everything around it.
struct At {
    matter: Matter,
    place: Place,
    node: RuleNode,
}

impl At {
    async fn load(
        casework: &Casework,
        actor: &Actor,
        (change, programme, place): (ChangeId, &str, &str),
    ) -> Result<Self, Failure> {
        let matter = Matter::load(casework, actor, change, programme).await?;
        let place: Place = place.parse().map_err(|_| Failure::not_found())?;
        let node = tree::find(&matter.def.eligible, &place).cloned().ok_or_else(Failure::not_found)?;
        Ok(Self { matter, place, node })
    }

    fn address(&self) -> String {
        format!("{}/conditions/{}", self.matter.address(), self.place)
    }
}

/// `GET …/conditions/{node}`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((change, programme, node)): Path<(ChangeId, String, String)>,
    Asked(query): Asked<Query>,
) -> Answer {
    let at = At::load(&casework, &actor, (change, &programme, &node)).await?;
    let typed = match &at.node {
        RuleNode::Leaf(leaf) if query.fact.is_empty() => Typed::of(leaf),
        RuleNode::Leaf(leaf) => Typed::of(leaf).about(&query.fact),
        _ => Typed::default(),
    };
    Ok(show(&page, &at, &typed, &Said::default()))
}

/// `POST …/conditions/{node}`: a condition is saved, a node enclosed, a group joined otherwise, named by `act`.
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((change, programme, node)): Path<(ChangeId, String, String)>,
    Pairs(pairs): Pairs,
) -> Answer {
    let at = At::load(&casework, &actor, (change, &programme, &node)).await?;
    let tree = &at.matter.def.eligible;
    let typed = Typed::read(&pairs);
    let join = Join::parse(value(&pairs, "join"));
    let made = match (value(&pairs, "act"), &at.node) {
        ("save", RuleNode::Leaf(old)) => match typed.leaf(&page, &at.matter, &old.id) {
            Ok(leaf) => tree::replace(tree, &at.place, RuleNode::Leaf(leaf)),
            Err(problems) => return Ok(show(&page, &at, &typed, &Said::wrong(problems))),
        },
        ("enclose", _) => join.and_then(|join| tree::enclose(tree, &at.place, join)),
        ("join", _) => join.and_then(|join| tree::rejoin(tree, &at.place, join)),
        _ => None,
    };
    let Some(made) = made else {
        let typed = if let RuleNode::Leaf(leaf) = &at.node { Typed::of(leaf) } else { typed };
        let mut problems = Problems::new();
        problems.add("join", page.t("desk-join-missing"));
        return Ok(show(&page, &at, &typed, &Said::wrong(problems)));
    };
    let edited = policy::edit_programme(&casework, &actor, change, version(&pairs), &programme, made).await;
    let Some(said) = Said::of(&page, edited, "fact")? else {
        return Ok(Redirect::to(&format!("{}?done=saved#tree", at.matter.address())).into_response());
    };
    let at = At::load(&casework, &actor, (change, &programme, &node)).await?;
    Ok(show(&page, &at, &typed, &said))
}

fn show(page: &Page, at: &At, typed: &Typed, said: &Said) -> Response {
    let matter = &at.matter;
    let page = &said.page(page).back(matter.address());
    let title = match &at.node {
        RuleNode::Leaf(_) => page.t("desk-condition-title"),
        _ => page.t("desk-group-title"),
    };
    render(page, &title, || {
        let body = if !matter.is_open() {
            InsetText::new(page.t("policy-document-closed")).into_any()
        } else if let RuleNode::Leaf(_) = &at.node {
            leaf(page, at, typed, &said.problems)
        } else {
            join(page, at, "join", &said.problems)
        };
        view! {
            {head(page, matter, &title, said)}
            {body}
        }
        .into_any()
    })
}

fn head(page: &Page, matter: &Matter, title: &str, said: &Said) -> AnyView {
    let (name, title) = (matter.name(page), title.to_owned());
    view! {
        {said.problems.summary()}
        {said.news.clone()}
        <span class="govuk-caption-l"><bdi>{name}</bdi></span>
        <h1 class="govuk-heading-l">{title}</h1>
        {super::wrong(page, &matter.drafted, said)}
    }
    .into_any()
}

fn leaf(page: &Page, at: &At, typed: &Typed, problems: &Problems) -> AnyView {
    let looked_at = fact(page, &at.matter.drafted.pack, &typed.fact);
    let mut another = Details::new(
        page.t("desk-another-fact"),
        Content::view(choose(page, &at.matter, &at.address(), &typed.fact, problems)),
    );
    another.open = !typed.is_about_something(&at.matter);
    let enclose = Details::new(page.t("desk-enclose"), Content::view(join(page, at, "enclose", problems)));
    view! {
        <p class="govuk-body">{page.t("desk-looks-at")} " " <strong>{looked_at}</strong></p>
        {another}
        <form method="post" action=at.address() novalidate>
            <input type="hidden" name="version" value=at.matter.drafted.change.version.to_string()/>
            {typed.fields(page, &at.matter, problems)}
            {Button::new(page.t("desk-save-condition")).named("act", "save")}
        </form>
        {enclose}
    }
    .into_any()
}

/// Chooses what a condition looks at: a page of its own follows, since the rest of the form depends on it.
fn choose(page: &Page, matter: &Matter, address: &str, chosen: &str, problems: &Problems) -> AnyView {
    let all = super::typed::facts(page, matter);
    view! {
        <form method="get" action=address.to_owned()>
            {Select::new("fact", page.t("desk-fact"))
                .hint(page.t("desk-fact-hint"))
                .items(all)
                .value(chosen)
                .error(problems.of("fact"))}
            {Button::new(page.t("desk-fact-button")).secondary()}
        </form>
    }
    .into_any()
}

fn join(page: &Page, at: &At, act: &str, problems: &Problems) -> AnyView {
    let chosen = match &at.node {
        RuleNode::Leaf(_) => "",
        group => tree::join_of(group).map_or("", Join::code),
    };
    let lead = (act == "join").then(|| {
        let text = printed::group(page, &at.node);
        let inner = printed::shown_below(&at.node).iter().map(|node| match node {
            RuleNode::Leaf(leaf) => printed::sentence(&at.matter.printed(page), leaf),
            group => printed::group(page, group),
        });
        let inner = inner.map(|text| view! { <li>{text}</li> }).collect_view();
        view! { <p class="govuk-body">{text}</p> <ul class="govuk-list govuk-list--bullet">{inner}</ul> }
    });
    view! {
        {lead}
        <form method="post" action=at.address() novalidate>
            <input type="hidden" name="version" value=at.matter.drafted.change.version.to_string()/>
            {joins(page, "desk-join", false).value(chosen).error(problems.of("join"))}
            {Button::new(page.t("desk-join-button")).named("act", act).secondary()}
        </form>
    }
    .into_any()
}

/// How nodes may be joined; for a new condition, that it needs no group of its own.
fn joins(page: &Page, legend: &str, with_none: bool) -> Radios {
    let none = with_none.then(|| (String::new(), page.t("desk-join-none")));
    let all = Join::ALL.iter().map(|join| (join.code().to_owned(), page.t_of("desk-join", join.code())));
    Radios::new("join", page.t(legend)).items(none.into_iter().chain(all)).small()
}

/// `GET …/conditions/{node}/new`
pub async fn new(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((change, programme, node)): Path<(ChangeId, String, String)>,
    Asked(query): Asked<Query>,
) -> Answer {
    let at = At::load(&casework, &actor, (change, &programme, &node)).await?;
    let typed = Typed::default().about(&query.fact);
    let mut said = Said::default();
    if !query.fact.is_empty() && !typed.is_about_something(&at.matter) {
        said.problems.add("fact", page.t("desk-fact-unknown"));
    }
    Ok(adding(&page, &at, &typed, "", &said))
}

/// `POST …/conditions/{node}/new`
pub async fn add(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((change, programme, node)): Path<(ChangeId, String, String)>,
    Pairs(pairs): Pairs,
) -> Answer {
    let at = At::load(&casework, &actor, (change, &programme, &node)).await?;
    let tree = &at.matter.def.eligible;
    let (typed, join) = (Typed::read(&pairs), value(&pairs, "join"));
    let id = typed::new_id(tree, &typed.fact);
    let leaf = match typed.leaf(&page, &at.matter, &id) {
        Ok(leaf) => RuleNode::Leaf(leaf),
        Err(problems) => return Ok(adding(&page, &at, &typed, join, &Said::wrong(problems))),
    };
    let node_new = match Join::parse(join) {
        Some(join) => join.of(vec![leaf]),
        None => leaf,
    };
    let Some(made) = tree::add(tree, &at.place, node_new) else { return Err(Failure::not_found()) };
    let edited = policy::edit_programme(&casework, &actor, change, version(&pairs), &programme, made).await;
    let Some(said) = Said::of(&page, edited, "fact")? else {
        return Ok(Redirect::to(&format!("{}?done=added#tree", at.matter.address())).into_response());
    };
    let at = At::load(&casework, &actor, (change, &programme, &node)).await?;
    Ok(adding(&page, &at, &typed, join, &said))
}

fn adding(page: &Page, at: &At, typed: &Typed, chosen: &str, said: &Said) -> Response {
    let matter = &at.matter;
    let page = &said.page(page).back(matter.address());
    let title = page.t("desk-add-condition");
    let address = format!("{}/new", at.address());
    render(page, &title, || {
        let body = if !matter.is_open() {
            InsetText::new(page.t("policy-document-closed")).into_any()
        } else if typed.is_about_something(matter) {
            let looked_at = fact(page, &matter.drafted.pack, &typed.fact);
            let another = Details::new(
                page.t("desk-another-fact"),
                Content::view(choose(page, matter, &address, &typed.fact, &said.problems)),
            );
            view! {
                <p class="govuk-body">{page.t("desk-looks-at")} " " <strong>{looked_at}</strong></p>
                {another}
                <form method="post" action=address.clone() novalidate>
                    <input type="hidden" name="version" value=matter.drafted.change.version.to_string()/>
                    {typed.fields(page, matter, &said.problems)}
                    {joins(page, "desk-join-new", true).value(chosen)}
                    {Button::new(page.t("desk-add-button"))}
                </form>
            }
            .into_any()
        } else {
            choose(page, matter, &address, "", &said.problems)
        };
        view! {
            {head(page, matter, &title, said)}
            {body}
        }
        .into_any()
    })
}
