//! What was decided, the newest first, each with the way to its reasons.

use axum::extract::{Path, State};
use casework::Casework;
use casework::decisions::Decision;
use casework::households::overview::{Overview, overview};
use domain::ids::HouseholdId;
use domain::lifecycle::decision::{DecisionState, Outcome};
use leptos::prelude::*;

use super::frame::{self, Part, Shown};
use super::overview::amount;
use crate::kit::{Content, Table, Tag};
use crate::shell::Answer;
use crate::state::SignedIn;

/// `GET /households/{household}/decisions`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path(id): Path<HouseholdId>,
) -> Answer {
    let whole = frame::or_reason(overview(&casework, &actor, id).await, &actor, id)?;
    let pack = casework.pack()?;
    let shown = Shown::new(&page, &pack, &whole.file, &actor, &casework);
    Ok(shown.render(Part::Decisions, || show(&shown, &whole)))
}

fn show(shown: &Shown<'_>, whole: &Overview) -> AnyView {
    let page = shown.page;
    let (over, now): (Vec<&Decision>, Vec<&Decision>) =
        whole.decisions.iter().partition(|decision| is_over(decision));
    let results = whole.decided_assessment().map(|decided| {
        let href = shown.address(&format!("results/{}", decided.id));
        view! {
            <p class="govuk-body"><a class="govuk-link" href=href>{page.t("casefile-results")}</a></p>
        }
        .into_any()
    });
    let nothing = whole
        .decisions
        .is_empty()
        .then(|| view! { <p class="govuk-body">{page.t("casefile-decisions-none")}</p> }.into_any());
    view! {
        <h1 class="govuk-heading-l">{page.t("casefile-decisions")}</h1>
        {nothing}
        {results}
        <p class="govuk-body">
            <a class="govuk-link" href=shown.address("conditions")>{page.t("condition-title")}</a>
        </p>
        {shown.may_edit.then(|| {
            let href = format!("/appeals/{}/new", shown.file.id);
            view! { <p class="govuk-body"><a class="govuk-link" href=href>{page.t("appeal-lodge-link")}</a></p> }
        })}
        {table(shown, "casefile-decisions-now", &now)}
        {table(shown, "casefile-decisions-before", &over)}
    }
    .into_any()
}

/// Whether another one, or nothing, holds in its place.
fn is_over(decision: &Decision) -> bool {
    use DecisionState as S;
    matches!(decision.state, S::Replaced | S::SetAside | S::Dropped)
}

fn table(shown: &Shown<'_>, caption: &'static str, decisions: &[&Decision]) -> Option<AnyView> {
    let page = shown.page;
    if decisions.is_empty() {
        return None;
    }
    let head =
        ["casefile-programme", "casefile-for", "casefile-outcome", "casefile-amount", "casefile-decided"];
    let table = decisions
        .iter()
        .fold(Table::new(page.t(caption)).head(head.map(|key| page.t(key))), |table, decision| {
            table.row(row(shown, decision))
        });
    Some(table.scroll().into_any())
}

fn row(shown: &Shown<'_>, decision: &Decision) -> [Content; 5] {
    let page = shown.page;
    let href = format!("/decisions/{}/{}", decision.household, decision.id);
    let programme = shown.of_pack(&format!("programme.{}.name", decision.programme));
    let colour = match decision.outcome {
        Outcome::Award | Outcome::Partly => "green",
        Outcome::WaitingList | Outcome::NeedsInformation => "yellow",
        Outcome::NotEligible => "grey",
    };
    let by_hand = decision.body.overridden.as_ref().map(|_| page.t("casefile-by-hand"));
    let state = page.t_of("casefile-decision", decision.state.code());
    let outcome = page.t_of("outcome", decision.outcome.code());
    [
        Content::view(view! { <a class="govuk-link" href=href>{programme}</a> }),
        Content::view(view! { <bdi>{shown.whose(decision.person)}</bdi> }),
        Content::view(view! {
            {Tag::new(outcome).colour(colour)}
            " " <span class="govuk-hint govuk-!-margin-bottom-0">{state} {by_hand.map(|text| format!(", {text}"))}</span>
        }),
        Content::view(
            view! { <bdi>{amount(shown, decision.amount_minor, decision.period.as_deref())}</bdi> },
        ),
        Content::view(view! { <bdi>{shown.day(decision.decided_at)}</bdi> }),
    ]
}
