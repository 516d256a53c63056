//! What waits for a second person, and what one prepared oneself.

use axum::extract::State;
use casework::paging::After;
use casework::proposals::{self, Proposal};
use casework::{Actor, Casework};
use domain::proposal::ProposalState;
use domain::role::Right;
use leptos::prelude::*;
use serde::Deserialize;

use super::{ROWS, case, due};
use crate::kit::{Cell, Content, NotificationBanner, Table, Tag};
use crate::shell::{Answer, Failure, Page, address, onwards, render};
use crate::state::{Asked, SignedIn};

/// Query of the page.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Query {
    /// Where the page begins.
    pub after: String,
    /// What was just done: `announced`, `approved`, `returned`, `refused` or `withdrawn`.
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
        Some(proposals::waiting(&casework, &actor, after, ROWS).await?)
    } else {
        None
    };
    let mine = proposals::mine(&casework, &actor).await?;
    let done = ["announced", "approved", "returned", "refused", "withdrawn"]
        .into_iter()
        .find(|done| *done == query.done);
    let news = done.map(|done| NotificationBanner::success(page.t_of("proposal-done", done)));
    let title = page.t("proposals-title");
    Ok(render(&page, &title, || {
        let waiting = waiting.map(|found| {
            let next = found.next.map(|next| address("/proposals", &[("after", &next.to_string())]));
            view! {
                <h2 class="govuk-heading-m">{page.t("proposals-waiting")}</h2>
                {list(&page, &casework, &actor, &found.rows, "proposals-waiting")}
                {onwards(&page, after.map(|_| "/proposals".into()), next)}
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

fn list(page: &Page, casework: &Casework, actor: &Actor, rows: &[Proposal], caption: &str) -> AnyView {
    if rows.is_empty() {
        return view! { <p class="govuk-body">{page.t("proposals-none")}</p> }.into_any();
    }
    let head = ["proposal-what", "work-case", "proposal-by", "task-due", "task-state"].map(|key| page.t(key));
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
