//! What waits for a second person, and what one prepared oneself.

use axum::extract::State;
use casework::appeals::REVISION;
use casework::complaints::remedy::REMEDY;
use casework::households::changes::CHANGE;
use casework::households::merge::{MERGE, UNDO};
use casework::overrides::{CUT, OVERRIDE};
use casework::paging::After;
use casework::proposals::{self, Proposal};
use casework::signatures::SIGN;
use casework::{Actor, Casework};
use domain::proposal::ProposalState;
use domain::role::Right;
use leptos::prelude::*;
use serde::Deserialize;

use super::{ROWS, case, due};
use crate::kit::{Button, Cell, Content, NotificationBanner, Select, Table, Tag};
use crate::shell::{Answer, Failure, Page, address, onwards, render};
use crate::state::{Asked, SignedIn};

/// Kinds of changes that wait for a second person, as the filter offers them.
const KINDS: [&str; 8] = [SIGN, OVERRIDE, CUT, CHANGE, MERGE, UNDO, REMEDY, REVISION];

/// Query of the page.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Query {
    /// Only of this kind.
    pub kind: String,
    /// Where the page begins.
    pub after: String,
    /// What was just done: `announced`, `approved`, `signed`, `returned`, `explained`, `refused` or `withdrawn`.
    pub done: String,
}

/// `GET /proposals`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Asked(query): Asked<Query>,
) -> Answer {
    if !actor.may(Right::Approve) && !actor.may(Right::Propose) {
        return Err(Failure::forbidden());
    }
    let after: Option<After> = query.after.parse().ok();
    let waiting = if actor.may(Right::Approve) {
        let kind = KINDS.iter().find(|kind| **kind == query.kind).copied().unwrap_or_default();
        Some(proposals::waiting(&casework, &actor, kind, after, ROWS).await?)
    } else {
        None
    };
    let mine = proposals::mine(&casework, &actor).await?;
    let done = ["announced", "approved", "signed", "returned", "explained", "refused", "withdrawn"]
        .into_iter()
        .find(|done| *done == query.done);
    let news = done.map(|done| NotificationBanner::success(page.t_of("proposal-done", done)));
    let title = page.t("proposals-title");
    Ok(render(&page, &title, || {
        let waiting = waiting.map(|found| {
            let list_of = |after: &str| {
                let asked = [("kind", query.kind.as_str()), ("after", after)];
                let kept: Vec<_> = asked.into_iter().filter(|(_, value)| !value.is_empty()).collect();
                address("/proposals", &kept)
            };
            let next = found.next.map(|next| list_of(&next.to_string()));
            view! {
                <h2 class="govuk-heading-m">{page.t("proposals-waiting")}</h2>
                {filter(&page, &query)}
                {list(&page, &casework, &actor, &found.rows, "proposals-waiting")}
                {onwards(&page, after.map(|_| list_of("")), next)}
            }
        });
        view! {
            {news}
            <h1 class="govuk-heading-l">{title.clone()}</h1>
            {waiting}
            <h2 class="govuk-heading-m">{page.t("proposals-mine")}</h2>
            {list(&page, &casework, &actor, &mine, "proposals-mine")}
        }
        .into_any()
    }))
}

/// Which kind is looked at.
fn filter(page: &Page, query: &Query) -> AnyView {
    let kinds = KINDS.map(|kind| (kind, page.t_of("proposal-kind", kind)));
    let kind = Select::new("kind", page.t("proposal-what"))
        .item("", page.t("tasks-all"))
        .items(kinds)
        .value(&query.kind);
    view! {
        <form method="get" action="/proposals">
            {kind}
            {Button::new(page.t("tasks-filter")).secondary()}
        </form>
    }
    .into_any()
}

/// How long it has waited.
fn since(page: &Page, casework: &Casework, row: &Proposal) -> Content {
    let days = (casework.today() - casework.here(row.prepared_at).date()).whole_days().max(0);
    page.t_with("proposal-days", &[("days", days.into())]).into()
}

fn list(page: &Page, casework: &Casework, actor: &Actor, rows: &[Proposal], caption: &str) -> AnyView {
    if rows.is_empty() {
        return view! { <p class="govuk-body">{page.t("proposals-none")}</p> }.into_any();
    }
    let head = ["proposal-what", "work-case", "proposal-by", "proposal-since", "task-due", "task-state"]
        .map(|key| page.t(key));
    let mut table = Table::new(page.t(caption)).head(head).row_heads().scroll();
    table.caption_classes = "govuk-visually-hidden".into();
    for row in rows {
        let href = format!("/proposals/{}/{}", row.household_id, row.id);
        let what = view! { <a class="govuk-link" href=href>{page.t_of("proposal-kind", &row.kind)}</a> };
        let by = row.prepared_by_name.clone().unwrap_or_default();
        table = table.row([
            Cell::new(Content::view(what)),
            Cell::new(case(page, actor, &row.scope, row.household_id, row.reference.as_ref())),
            Cell::new(Content::view(view! { <bdi>{by}</bdi> })),
            Cell::new(since(page, casework, row)),
            Cell::new(due(page, casework, row.due_at)),
            Cell::new(state(page, actor, row)),
        ]);
    }
    table.into_any()
}

/// Where it stands, seen by this person.
pub(super) fn state(page: &Page, actor: &Actor, proposal: &Proposal) -> Tag {
    let is_own = actor.account() == Some(proposal.prepared_by);
    if proposal.state == ProposalState::Waiting && is_own {
        return Tag::new(page.t("proposal-waits-for-another")).colour("grey");
    }
    let colour = match proposal.state {
        ProposalState::Waiting => "blue",
        ProposalState::Returned => "orange",
        ProposalState::Approved => "green",
        ProposalState::Refused => "red",
        ProposalState::Withdrawn | ProposalState::Lapsed => "grey",
    };
    Tag::new(page.t_of("proposal-state", proposal.state.code())).colour(colour)
}
