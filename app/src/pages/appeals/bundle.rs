//! Everything about an appeal as one document to print: numbered parts behind a list of contents, and a number on every page.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use casework::appeals::bundle::{Bundle, Papers, bundle};
use casework::journal::Entry;
use domain::letter::compose::figure;
use domain::reference::Reference;
use leptos::prelude::*;

use super::letter::{self, Paper};
use super::{about, address, ids};
use crate::kit::{Cell, Content, SummaryList, Table};
use crate::pages::casefile::history;
use crate::pages::letter::paper::paper;
use crate::pages::letter::words::Voice;
use crate::pages::letter::{spoken, track_address};
use crate::pages::work::rules;
use crate::shell::{Answer, Page, render};
use crate::state::{AppState, SignedIn};

/// `GET /appeals/{household}/{appeal}/bundle`
pub async fn get(
    State(state): State<AppState>,
    SignedIn { page, actor }: SignedIn,
    Path((household, appeal)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    let (household, id) = ids(&household, &appeal)?;
    let all = bundle(&state.casework, &actor, household, id).await?;
    let track = track_address(&state, &headers);
    let page = page.back(address(household, id));
    let title = page.t("bundle-title");
    let parts = parts(&page, &state, &all, spoken(&track));
    Ok(render(&page, &title, || {
        let contents: Vec<AnyView> = parts
            .iter()
            .enumerate()
            .map(|(at, (name, _))| {
                let href = format!("#part-{}", at + 1);
                view! { <li><a class="govuk-link" href=href>{name.clone()}</a></li> }.into_any()
            })
            .collect();
        let reference = Reference::written(&all.shown.home.reference);
        let number = page.t_with("appeal-title", &[("number", all.shown.appeal().number.into())]);
        let body: Vec<AnyView> = parts
            .into_iter()
            .enumerate()
            .map(|(at, (name, content))| {
                view! {
                    <section class="app-bundle__part" id=format!("part-{}", at + 1)>
                        <h2 class="govuk-heading-l">{format!("{}. {name}", at + 1)}</h2>
                        {content}
                    </section>
                }
                .into_any()
            })
            .collect();
        view! {
            <nav class="app-screen-only app-tools" aria-label=page.t("letter-tools")>
                <p class="govuk-hint">{page.t("letter-print-hint")}</p>
            </nav>
            <article class="app-bundle">
                <h1 class="govuk-heading-xl">{title.clone()}</h1>
                <p class="govuk-body-l">
                    <bdi class="app-reference">{reference}</bdi> " " {number} " " <bdi>{all.shown.home.addressee()}</bdi>
                </p>
                <h2 class="govuk-heading-m">{page.t("bundle-contents")}</h2>
                <ol class="govuk-list govuk-list--number">{contents}</ol>
                {body}
            </article>
        }
        .into_any()
    }))
}

/// The parts, each with its name.
fn parts(page: &Page, state: &AppState, all: &Bundle, track: &str) -> Vec<(String, AnyView)> {
    let cw = &state.casework;
    let mut parts = vec![(page.t("bundle-appeal"), the_appeal(page, cw, all))];
    for papers in &all.papers {
        let programme = page.of_pack(&papers.pack, &format!("programme.{}.name", papers.decision.programme));
        parts.push((format!("{}: {programme}", page.t("bundle-decision")), the_decision(page, cw, papers)));
        parts.push((format!("{}: {programme}", page.t("bundle-trace")), trace(page, papers)));
        parts.push((format!("{}: {programme}", page.t("bundle-facts")), facts(page, papers)));
        if let Some(letter) = &papers.letter {
            parts.push((
                format!("{}: {programme}", page.t("bundle-letter")),
                view! { {paper(letter, track)} }.into_any(),
            ));
        }
    }
    parts.push((page.t("bundle-answers"), answers(page, cw, all)));
    let voice = Voice { lang: page.lang, currency: all.shown.pack.about.currency.clone() };
    for kind in letter::there(all.shown.appeal()) {
        let paper = Paper { shown: &all.shown, voice: &voice, track, here: cw };
        parts.push((page.t_of("appeal-letter", kind), view! { {paper.write(kind)} }.into_any()));
    }
    parts.push((page.t("bundle-journal"), journal(page, cw, &all.journal)));
    parts
}

fn the_appeal(page: &Page, cw: &casework::Casework, all: &Bundle) -> AnyView {
    let appeal = all.shown.appeal();
    let issues: Vec<AnyView> = all
        .shown
        .seen
        .issues
        .iter()
        .map(|issue| {
            let name = about(page, &all.shown.pack, &all.shown.home, issue);
            let on = page.date(cw.here(issue.contested_at).date());
            view! { <li>{name} ", " <bdi>{on}</bdi></li> }.into_any()
        })
        .collect();
    let text = |text: &str| {
        let text = text.to_owned();
        Content::view(view! { <bdi>{text}</bdi> })
    };
    let list = SummaryList::new()
        .row(page.t("appeal-lodged"), page.date(cw.here(appeal.lodged_at).date()))
        .row(page.t("appeal-channel"), page.t_of("appeal-channel-how", appeal.channel.code()))
        .row(page.t("appeal-issues"), Content::view(view! { <ul class="govuk-list">{issues}</ul> }))
        .row(page.t("appeal-grounds-short"), text(&appeal.grounds));
    let list = if appeal.is_late() {
        list.row(page.t("appeal-late-short"), text(&appeal.late_reason))
    } else {
        list
    };
    view! { {list} }.into_any()
}

fn the_decision(page: &Page, cw: &casework::Casework, papers: &Papers) -> AnyView {
    let own = &papers.decision;
    let mut list = SummaryList::new()
        .row(
            page.t("appeal-contested"),
            rules::outcome(page, &papers.pack, own.outcome.code(), own.amount_minor, own.period.as_deref()),
        )
        .row(page.t("decision-standing"), page.t_of("decision-state", own.state.code()))
        .row(page.t("decision-made"), page.date_time(cw.here(own.decided_at)));
    if let Some(until) = own.appeal_until {
        list = list.row(page.t("decision-appeal"), page.date(until));
    }
    if let Some(by_person) = &own.body.overridden {
        let reason = by_person.reason.clone();
        list = list.row(page.t("results-by-person"), Content::view(view! { <bdi>{reason}</bdi> }));
    }
    let hash = papers.receipt.clone();
    list = list.row(
        page.t("decision-hash-receipt"),
        Content::view(view! { <code class="app-hash"><bdi>{hash}</bdi></code> }),
    );
    view! { {list} }.into_any()
}

/// Every rule of the programme: what it read, what it wanted, whether that was so.
fn trace(page: &Page, papers: &Papers) -> AnyView {
    let member = papers.decision.person.map(|id| id.to_string());
    let own = papers
        .decided
        .programmes
        .iter()
        .find(|one| one.programme == papers.decision.programme && one.member == member)
        .or_else(|| papers.decided.programmes.iter().find(|one| one.programme == papers.decision.programme));
    let Some(own) = own else { return ().into_any() };
    let head =
        ["work-rule-reads", "work-rule-value", "work-rule-wants", "work-rule-holds"].map(|key| page.t(key));
    let mut table = Table::new(page.t("work-rule-trace")).head(head);
    table.caption_classes = "govuk-visually-hidden".into();
    for reason in &own.reasons {
        let said = |known: &domain::decide::Known| match figure(
            &papers.pack,
            page.lang.code(),
            known,
            reason.fact.as_deref(),
            None,
        ) {
            Some(sentence) => Content::view(rules::told(page, &papers.pack, &sentence)),
            None => page.t("work-rule-not-known").into(),
        };
        let met = match reason.met {
            domain::value::Truth::True => "work-rule-met",
            domain::value::Truth::False => "work-rule-unmet",
            domain::value::Truth::Unknown => "work-rule-open",
        };
        let wants = view! { {rules::operator(page, reason.op)} " " {said(&reason.limit)} };
        table = table.row([
            Cell::new(rules::fact(page, &papers.pack, reason.fact.as_deref().unwrap_or(&reason.leaf))),
            Cell::new(said(&reason.value)),
            Cell::new(Content::view(wants)),
            Cell::new(page.t(met)),
        ]);
    }
    table.scroll().into_any()
}

/// The facts that were read: the household's, and the person's where the decision is personal.
fn facts(page: &Page, papers: &Papers) -> AnyView {
    let member = papers.decision.person.map(|id| id.to_string());
    let of_member = member.as_ref().and_then(|id| papers.decided.facts.members.get(id));
    let all = of_member.into_iter().flatten().chain(&papers.decided.facts.household);
    let list = all.fold(SummaryList::new(), |list, (fact, known)| {
        let value = match figure(&papers.pack, page.lang.code(), known, Some(fact), None) {
            Some(sentence) => Content::view(rules::told(page, &papers.pack, &sentence)),
            None => page.t("work-rule-not-known").into(),
        };
        list.row(rules::fact(page, &papers.pack, fact), value)
    });
    view! { {list} }.into_any()
}

/// What was answered to it, and said on the way.
fn answers(page: &Page, cw: &casework::Casework, all: &Bundle) -> AnyView {
    let shown = &all.shown;
    let mut list = SummaryList::new();
    for issue in shown.seen.issues.iter().filter(|issue| issue.finding().is_some()) {
        let words = issue.finding().map(|one| page.t_of("appeal-found", one.code())).unwrap_or_default();
        let (note, by) = (issue.finding_note.clone(), shown.name(issue.reconsidered_by).to_owned());
        list = list.row(
            about(page, &shown.pack, &shown.home, issue),
            Content::view(view! { <strong>{words}</strong> ". " <bdi>{note}</bdi> " (" <bdi>{by}</bdi> ")" }),
        );
    }
    let response = shown.appeal().response.clone();
    if !response.is_empty() {
        list = list.row(page.t("appeal-response"), Content::view(view! { <bdi>{response}</bdi> }));
    }
    for note in &shown.notes {
        let (body, at) = (note.body.clone(), page.date_time(cw.here(note.at)));
        list = list.row(
            page.t_of("history-step", &note.event),
            Content::view(view! { <bdi>{at}</bdi> ": " <bdi>{body}</bdi> }),
        );
    }
    if shown.appeal().response.is_empty() && shown.appeal().responded_at.is_none() {
        list = list.row(page.t("appeal-response"), page.t("bundle-no-answer"));
    }
    view! { {list} }.into_any()
}

/// The journal of the case, the oldest first.
fn journal(page: &Page, cw: &casework::Casework, entries: &[Entry]) -> AnyView {
    let head = ["bundle-when", "bundle-what", "bundle-who"].map(|key| page.t(key));
    let mut table = Table::new(page.t("bundle-journal")).head(head);
    table.caption_classes = "govuk-visually-hidden".into();
    for entry in entries.iter().rev() {
        table = table.row([
            Cell::new(page.date_time(cw.here(entry.at))),
            Cell::new(history::kind_words(page, &entry.kind)),
            Cell::new(history::who(page, entry)),
        ]);
    }
    table.scroll().into_any()
}
