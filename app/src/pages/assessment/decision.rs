//! One decision: what was decided, what it rests on, its earlier versions, and the rules run once more.

use axum::extract::{Path, State};
use casework::decisions::{Decision, Redo, Shown, redo, show};
use casework::{Actor, Casework};
use domain::ids::{DecisionId, HouseholdId};
use domain::letter::Standing;
use domain::letter::compose::line;
use domain::role::Right;
use domain::value::Truth;
use leptos::prelude::*;

use super::{Place, said, whose};
use crate::kit::{
    Action, Button, Cell, Content, Details, NotificationBanner, SummaryList, Table, Tag, WarningText,
};
use crate::shell::{Answer, Failure, Page, render};
use crate::state::SignedIn;

/// `GET /decisions/{household}/{decision}`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((household, decision)): Path<(String, String)>,
) -> Answer {
    let (household, decision) = ids(&household, &decision)?;
    let shown = show(&casework, &actor, household, decision).await?;
    Ok(whole(page, &shown, &actor, None))
}

/// `POST /decisions/{household}/{decision}`: runs the rules again and compares.
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((household, decision)): Path<(String, String)>,
) -> Answer {
    let (household, decision) = ids(&household, &decision)?;
    let again = redo(&casework, &actor, household, decision).await?;
    let shown = show(&casework, &actor, household, decision).await?;
    Ok(whole(page, &shown, &actor, Some(&again)))
}

fn ids(household: &str, decision: &str) -> Result<(HouseholdId, DecisionId), Failure> {
    let household = household.parse().map_err(|_| Failure::not_found())?;
    Ok((household, decision.parse().map_err(|_| Failure::not_found())?))
}

fn whole(page: Page, shown: &Shown, actor: &Actor, again: Option<&Redo>) -> axum::response::Response {
    let place = Place { household: shown.decision.household, assessment: shown.decision.assessment };
    let page = page.back(place.results());
    let programme = said::programme_name(&page, &shown.pack, &shown.decision.programme);
    let title = page.t_with("decision-title", &[("programme", programme.into())]);
    render(&page, &title, || view(&page, &title, shown, actor, again))
}

fn view(page: &Page, title: &str, shown: &Shown, actor: &Actor, again: Option<&Redo>) -> AnyView {
    let may_propose = actor.may_in(Right::Propose, &shown.home.scope());
    view! {
        {again.map(|again| compared(page, again))}
        {whose(page, &shown.home)}
        <h1 class="govuk-heading-l">{title.to_owned()}</h1>
        {waiting(page, shown, actor)}
        {summary(page, shown)}
        {held(page, shown)}
        {crate::pages::work::offer::link(page, shown)}
        {crate::pages::work::hearing::link(page, shown)}
        {override_link(page, shown, may_propose)}
        {may_propose.then(|| appeal_link(page, shown))}
        {reasons(page, shown)}
        {facts(page, shown)}
        {versions(page, shown)}
        {receipt(page, shown)}
        <form method="post">{Button::new(page.t("decision-again")).secondary()}</form>
    }
    .into_any()
}

/// The way to an appeal, for who stands at the counter with the letter.
fn appeal_link(page: &Page, shown: &Shown) -> AnyView {
    let href = format!("/appeals/{}/new?decision={}", shown.decision.household, shown.decision.id);
    view! { <p class="govuk-body"><a class="govuk-link" href=href>{page.t("appeal-lodge-link")}</a></p> }
        .into_any()
}

/// That the award waits until it is settled whether the household is registered twice.
fn held(page: &Page, shown: &Shown) -> Option<AnyView> {
    let decision = &shown.decision;
    let key = (decision.programme.clone(), decision.person.map(|id| id.to_string()));
    let is_held = shown.told.get(&key).is_some_and(|told| told.standing == Some(Standing::Held));
    let href = crate::pages::work::begin::address(decision.household, decision.id);
    is_held.then(|| {
        view! {
            <p class="govuk-inset-text">
                {page.t("decision-held")}" "<a class="govuk-link" href=href>{page.t("decision-held-link")}</a>
            </p>
        }
        .into_any()
    })
}

fn waiting(page: &Page, shown: &Shown, actor: &Actor) -> Vec<AnyView> {
    let link = |id: &domain::ids::ProposalId| format!("/proposals/{}/{id}", shown.decision.household);
    shown
        .waiting
        .iter()
        .map(|proposal| {
            let see = proposal.is_shown_to(actor).then(|| {
                view! { <a class="govuk-link" href=link(&proposal.id)>{page.t("decision-waiting-link")}</a> }
            });
            view! { <p class="govuk-inset-text">{page.t("decision-waiting")}" "{see}</p> }.into_any()
        })
        .collect()
}

fn summary(page: &Page, shown: &Shown) -> AnyView {
    let (pack, decision) = (&shown.pack, &shown.decision);
    let names = shown.home.names();
    let matter = said::matter(page, pack, &shown.decided, &shown.told, &names);
    let person = decision.person.and_then(|id| shown.home.name_of(&id.to_string()).map(str::to_owned));
    let mut list = SummaryList::new();
    if let Some(person) = person {
        list = list.row(page.t("decision-person"), Content::view(view! { <bdi>{person}</bdi> }));
    }
    list = list
        .row(page.t("decision-outcome"), outcome(page, decision))
        .row(page.t("decision-standing"), page.t_of("decision-state", decision.state.code()))
        .row(page.t("decision-made"), page.date_time(decision.decided_at));
    if let Some(from) = decision.body.overridden.as_ref().and_then(|own| own.from) {
        list = list.row(page.t("decision-from"), page.date(from));
    }
    if let Some(overridden) = &decision.body.overridden {
        list = list.row(page.t("results-by-person"), overridden.reason.as_str());
    } else if let Some(said) = shown.rules().and_then(|rules| line(&matter, rules)) {
        if let Some(amount) = &said.amount {
            list = list.row(page.t("results-amount"), said::amount(page, pack, amount));
            if amount.steps.len() > 1 {
                list = list.row(page.t("results-steps"), said::steps(page, pack, amount));
            }
        }
        if !said.reasons.is_empty() {
            list = list.row(page.t("results-why"), said::sentences(page, pack, &said.reasons));
        }
        if let Some(on) = &said.on_list {
            list = list.row(page.t("letter-list-place"), said::on_list(page, pack, on));
        }
        if !said.life.is_empty() {
            list = list.row(page.t("letter-life"), said::life(page, pack, &said.life));
        }
        if !said.needs.is_empty() {
            list = list.row(page.t("results-needs"), page.list(&said.needs));
        }
    }
    if let Some(until) = decision.appeal_until {
        list = list.row(page.t("decision-appeal"), page.date(until));
    }
    if let Some(def) = pack.programme(&decision.programme) {
        list = list.row(page.t("decision-law"), def.legal_basis.as_str());
    }
    list.into_any()
}

fn outcome(page: &Page, decision: &Decision) -> Tag {
    use domain::lifecycle::decision::Outcome as O;
    let colour = match decision.outcome {
        O::Award | O::Partly => "green",
        O::WaitingList => "yellow",
        O::NotEligible => "grey",
        O::NeedsInformation => "orange",
    };
    Tag::new(page.t_of("outcome", decision.outcome.code())).colour(colour)
}

fn override_link(page: &Page, shown: &Shown, may_propose: bool) -> Option<AnyView> {
    let drafted = shown.decision.state == domain::lifecycle::decision::DecisionState::Drafted;
    let can = may_propose && (shown.decision.state.governs() || drafted) && shown.waiting.is_empty();
    let href = format!("/decisions/{}/{}/override", shown.decision.household, shown.decision.id);
    can.then(|| {
        view! {
            <p class="govuk-body"><a class="govuk-link" href=href>{page.t("decision-override")}</a></p>
        }
        .into_any()
    })
}

/// Every leaf of the rules with what it read and compared.
fn reasons(page: &Page, shown: &Shown) -> Option<AnyView> {
    let pack = &shown.pack;
    let rules = shown.rules()?;
    let mut table = Table::new(page.t("decision-trace")).head([
        page.t("decision-trace-fact"),
        page.t("decision-trace-value"),
        page.t("decision-trace-limit"),
        page.t("decision-trace-met"),
        page.t("decision-trace-source"),
    ]);
    for reason in &rules.reasons {
        let name = reason.fact.as_deref().map_or_else(
            || page.t_of("decision-origin", origin(reason.origin)),
            |fact| said::fact_name(page, pack, fact),
        );
        let met = match reason.met {
            Truth::True => Tag::new(page.t("decision-met")).colour("green"),
            Truth::False => Tag::new(page.t("decision-not-met")).colour("red"),
            Truth::Unknown => Tag::new(page.t("decision-unknown")).colour("orange"),
        };
        let limit = match &reason.limit {
            domain::decide::Known::Unknown => String::new(),
            limit => {
                let sign = reason.op.map(sign).unwrap_or_default();
                format!("{sign}\u{a0}{}", said::known(page, pack, reason.fact.as_deref(), limit))
            }
        };
        let row: Vec<Cell> = vec![
            name.into(),
            said::known(page, pack, reason.fact.as_deref(), &reason.value).into(),
            limit.into(),
            met.into(),
            reason.source.clone().unwrap_or_default().into(),
        ];
        table = table.row(row);
    }
    table.caption_classes = "govuk-table__caption--m".into();
    Some(table.scroll().into_any())
}

fn origin(origin: domain::decide::Origin) -> &'static str {
    use domain::decide::Origin as O;
    match origin {
        O::Rule => "rule",
        O::Link => "link",
        O::Amount => "amount",
        O::Cap => "cap",
    }
}

fn sign(op: domain::definitions::Op) -> &'static str {
    use domain::definitions::Op as O;
    match op {
        O::Eq => "=",
        O::Ne => "≠",
        O::Lt => "<",
        O::Le => "≤",
        O::Gt => ">",
        O::Ge => "≥",
        O::In => "∈",
        O::NotIn => "∉",
    }
}

/// The facts of the household, and of the person where the decision is personal.
fn facts(page: &Page, shown: &Shown) -> AnyView {
    let pack = &shown.pack;
    let member = shown.decision.person.map(|id| id.to_string());
    let of_member = member.as_ref().and_then(|id| shown.decided.facts.members.get(id));
    let all = of_member.into_iter().flatten().chain(&shown.decided.facts.household);
    let list = all.fold(SummaryList::new(), |list, (fact, known)| {
        list.row(said::fact_name(page, pack, fact), said::known(page, pack, Some(fact), known))
    });
    let scores = shown.decided.scores.iter().filter(|score| score.member.is_none() || score.member == member);
    let scores: Vec<AnyView> = scores
        .map(|score| {
            let name = said::fact_name(page, pack, &score.score);
            let total = said::known(page, pack, None, &score.total);
            let title = page.t_with("decision-score", &[("name", name.into()), ("total", total.into())]);
            let mut table = Table::new(title).head([
                page.t("decision-trace-fact"),
                page.t("decision-trace-value"),
                page.t("decision-coefficient"),
                page.t("decision-points"),
            ]);
            let number = |number: Option<domain::num::Num>| {
                number.map(|own| crate::words::decimal(page.lang, &own.to_string())).unwrap_or_default()
            };
            for term in &score.terms {
                let row: Vec<Cell> = vec![
                    said::fact_name(page, pack, &term.fact).into(),
                    said::known(page, pack, Some(&term.fact), &term.input).into(),
                    Cell::number(number(term.coefficient)),
                    Cell::number(number(term.points)),
                ];
                table = table.row(row);
            }
            table.scroll().into_any()
        })
        .collect();
    view! {
        {Details::new(page.t("decision-facts"), list)}
        {(!scores.is_empty()).then(|| Details::new(page.t("decision-scores"), Content::view(scores)))}
    }
    .into_any()
}

/// Every version, the newest first.
fn versions(page: &Page, shown: &Shown) -> Option<AnyView> {
    if shown.history.len() < 2 {
        return None;
    }
    let list = shown.history.iter().fold(SummaryList::new(), |list, one| {
        let state = page.t_of("decision-state", one.state.code());
        let words = page.t_of("outcome", one.outcome.code());
        let key = page.date_time(one.decided_at);
        if one.id == shown.decision.id {
            return list.row(key, format!("{words} – {state}"));
        }
        let href = format!("/decisions/{}/{}", one.household, one.id);
        list.row_with(
            key.clone(),
            format!("{words} – {state}"),
            Action::new(href, page.t("decision-see"), key),
        )
    });
    Some(
        view! {
            <h2 class="govuk-heading-m">{page.t("decision-versions")}</h2>
            {list}
        }
        .into_any(),
    )
}

/// By which engine, rules and answers it was decided.
fn receipt(page: &Page, shown: &Shown) -> AnyView {
    let receipt = &shown.decided.receipt;
    let hash =
        |text: &str| Content::view(view! { <code class="app-hash"><bdi>{text.to_owned()}</bdi></code> });
    let list = SummaryList::new()
        .row(page.t("decision-as-of"), page.date(shown.decided.as_of))
        .row(page.t("decision-pack"), format!("{} {}", receipt.pack.id, receipt.pack.version))
        .row(page.t("decision-engine"), receipt.engine)
        .row(page.t("decision-hash-receipt"), hash(&shown.receipt))
        .row(page.t("decision-hash-pack"), hash(&receipt.pack.hash))
        .row(page.t("decision-hash-rules"), hash(&receipt.parts.rules))
        .row(page.t("decision-hash-parameters"), hash(&receipt.parts.parameters))
        .row(page.t("decision-hash-facts"), hash(&receipt.parts.facts))
        .row(page.t("decision-hash-form"), hash(&receipt.parts.form));
    Details::new(page.t("decision-receipt"), list).into_any()
}

/// What came of running the rules again.
fn compared(page: &Page, again: &Redo) -> AnyView {
    if again.is_same() {
        return NotificationBanner::success(page.t("decision-same")).into_any();
    }
    let at = again.difference.as_ref().map(|difference| {
        view! {
            <p class="govuk-body">{page.t("decision-kept")}" "<code class="app-hash">{difference.kept.clone()}</code></p>
            <p class="govuk-body">{page.t("decision-now")}" "<code class="app-hash">{difference.again.clone()}</code></p>
        }
    });
    view! {
        {WarningText::new(page.t("decision-different"))}
        {at}
    }
    .into_any()
}
