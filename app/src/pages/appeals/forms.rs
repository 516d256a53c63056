//! What somebody of an office may do with an appeal now, each as a form of its own.

use casework::appeals::{Hat, Issue};
use domain::appeal::{AppealState as S, Finding, RemandReason};
use domain::lifecycle::decision::Outcome;
use domain::role::Right;
use leptos::prelude::*;

use super::acts::{gives_money, needs_remedy, open};
use super::show::Matter;
use super::tribunal;
use crate::kit::{Button, Details, Input, InsetText, Problems, Radios, Select, Textarea};
use crate::state::value;

type Pairs = [(String, String)];

/// What this person may do, or who must.
pub(super) fn next(matter: &Matter, typed: &Pairs, problems: &Problems) -> AnyView {
    if matter.shown.seen.hat == Hat::Tribunal {
        return tribunal::next(matter, typed, problems);
    }
    let state = matter.shown.appeal().state;
    let actor = &matter.actor;
    let office = matter.shown.appeal().scope();
    let may = |right| actor.may_in(right, &office);
    let own = match state {
        S::Lodged if may(Right::Propose) => one_button(matter, "acknowledge"),
        S::CondonationAsked if matter.shown.may_reconsider => condone(matter, typed, problems),
        S::Acknowledged if matter.shown.may_reconsider && !open(matter, false).is_empty() => {
            reconsider(matter, typed, problems)
        }
        S::CondonationAsked | S::Acknowledged => {
            InsetText::new(matter.page.t("appeal-another-looks")).into_any()
        }
        S::Forwarded if may(Right::Approve) => words(matter, "respond", typed, problems),
        S::Issued if may(Right::Approve) => one_button(matter, "implement"),
        _ => ().into_any(),
    };
    view! {
        {own}
        {sign(matter, typed, problems)}
        {may(Right::Propose).then(|| for_the_person(matter, typed, problems))}
    }
    .into_any()
}

/// A form about this appeal around its fields.
pub(super) fn form(matter: &Matter, act: &'static str, inside: AnyView) -> AnyView {
    let version = matter.shown.appeal().version.to_string();
    view! {
        <form method="post" action=matter.address() novalidate>
            <input type="hidden" name="version" value=version/>
            <input type="hidden" name="act" value=act/>
            {inside}
        </form>
    }
    .into_any()
}

/// A button, with a sentence of what it does.
pub(super) fn one_button(matter: &Matter, act: &'static str) -> AnyView {
    let page = &matter.page;
    let inside = view! {
        <h2 class="govuk-heading-m">{page.t_of("appeal-act", act)}</h2>
        <p class="govuk-body">{page.t_of("appeal-act-about", act)}</p>
        {Button::new(page.t_of("appeal-act", act))}
    };
    form(matter, act, inside.into_any())
}

/// A text and a button.
pub(super) fn words(matter: &Matter, act: &'static str, typed: &Pairs, problems: &Problems) -> AnyView {
    let page = &matter.page;
    let is_sent = value(typed, "act") == act;
    let text = Textarea::new("words", page.t_of("appeal-act-words", act))
        .rows(5)
        .value(if is_sent { value(typed, "words") } else { "" })
        .error(problems.of("words").filter(|_| is_sent));
    let inside = view! {
        <h2 class="govuk-heading-m">{page.t_of("appeal-act", act)}</h2>
        {text}
        {Button::new(page.t_of("appeal-act", act))}
    };
    form(matter, act, inside.into_any())
}

/// The same, folded away.
pub(super) fn folded(matter: &Matter, act: &'static str, typed: &Pairs, problems: &Problems) -> AnyView {
    let page = &matter.page;
    let is_sent = value(typed, "act") == act;
    let text = Textarea::new("words", page.t_of("appeal-act-words", act))
        .rows(3)
        .value(if is_sent { value(typed, "words") } else { "" })
        .error(problems.of("words").filter(|_| is_sent));
    let inside = view! { {text} {Button::new(page.t_of("appeal-act", act)).secondary()} };
    let mut details = Details::new(page.t_of("appeal-act", act), form(matter, act, inside.into_any()));
    details.open = is_sent;
    details.into_any()
}

fn condone(matter: &Matter, typed: &Pairs, problems: &Problems) -> AnyView {
    let page = &matter.page;
    let text = Textarea::new("words", page.t_of("appeal-act-words", "condone"))
        .rows(4)
        .value(value(typed, "words"))
        .error(problems.of("words"));
    let version = matter.shown.appeal().version.to_string();
    view! {
        <h2 class="govuk-heading-m">{page.t("appeal-condone-title")}</h2>
        <form method="post" action=matter.address() novalidate>
            <input type="hidden" name="version" value=version/>
            {text}
            <div class="govuk-button-group">
                {Button::new(page.t_of("appeal-act", "condone")).named("act", "condone")}
                {Button::new(page.t_of("appeal-act", "refuse_condonation")).secondary().named("act", "refuse_condonation")}
            </div>
        </form>
    }
    .into_any()
}

fn reconsider(matter: &Matter, typed: &Pairs, problems: &Problems) -> AnyView {
    let page = &matter.page;
    let parts: Vec<AnyView> = open(matter, false)
        .into_iter()
        .map(|(at, issue)| {
            let own = |name: &str| value(typed, &format!("{name}-{at}"));
            let error = |name: &str| problems.of(&format!("{name}-{at}"));
            let finding = Radios::new(format!("finding-{at}"), page.t("appeal-finding"))
                .items(Finding::ALL.iter().map(|one| (one.code(), page.t_of("appeal-found", one.code()))))
                .value(own("finding"))
                .error(error("finding"));
            let reason = Select::new(format!("reason-{at}"), page.t("appeal-reason-why"))
                .item("", "")
                .items(
                    RemandReason::ALL.iter().map(|one| (one.code(), page.t_of("appeal-reason", one.code()))),
                )
                .value(own("reason"))
                .hint(page.t("appeal-reason-hint"))
                .error(error("reason"));
            let why = Textarea::new(format!("why-{at}"), page.t("appeal-why"))
                .hint(page.t("appeal-why-hint"))
                .rows(4)
                .value(own("why"))
                .error(error("why"));
            view! {
                <h3 class="govuk-heading-s">{matter.about(issue)}</h3>
                {finding}
                {remedy(matter, (at, issue), typed, problems)}
                {reason}
                {why}
            }
            .into_any()
        })
        .collect();
    let inside = view! {
        <h2 class="govuk-heading-m">{page.t_of("appeal-act", "reconsider")}</h2>
        <p class="govuk-body">{page.t_of("appeal-act-about", "reconsider")}</p>
        {parts}
        {Button::new(page.t_of("appeal-act", "reconsider"))}
    };
    form(matter, "reconsider", inside.into_any())
}

/// What holds instead, where something must.
pub(super) fn remedy(
    matter: &Matter,
    (at, issue): (usize, &Issue),
    typed: &Pairs,
    problems: &Problems,
) -> Option<AnyView> {
    if !needs_remedy(matter, issue) {
        return None;
    }
    let page = &matter.page;
    let own = |name: &str| value(typed, &format!("{name}-{at}"));
    let error = |name: &str| problems.of(&format!("{name}-{at}"));
    let outcomes = [Outcome::Award, Outcome::WaitingList];
    let outcome = Radios::new(format!("remedy-{at}"), page.t("appeal-remedy"))
        .hint(page.t("appeal-remedy-hint"))
        .items(outcomes.map(|one| (one.code(), page.t_of("outcome", one.code()))))
        .value(own("remedy"))
        .error(error("remedy"));
    let money = gives_money(matter, issue).then(|| {
        view! {
            {Input::new(format!("amount-{at}"), page.t("override-amount"))
                .decimal()
                .width(10)
                .suffix(matter.shown.pack.about.currency.code.as_str())
                .value(own("amount"))
                .error(error("amount"))}
            {Radios::new(format!("period-{at}"), page.t("override-period"))
                .items(["month", "year", "once"].map(|one| (one, page.t_of("work-period", one))))
                .inline()
                .value(own("period"))
                .error(error("period"))}
        }
    });
    Some(view! { {outcome} {money} }.into_any())
}

/// Changes in favour that wait for this person's signature.
fn sign(matter: &Matter, typed: &Pairs, problems: &Problems) -> Vec<AnyView> {
    let page = &matter.page;
    let me = matter.actor.account();
    let mine = matter
        .shown
        .waiting
        .iter()
        .filter(|one| matter.actor.may_in(Right::Approve, &one.scope) && me != Some(one.prepared_by));
    mine.map(|proposal| {
        let text = Textarea::new("words", page.t("appeal-sign-note"))
            .rows(3)
            .value(value(typed, "words"))
            .error(problems.of("words"));
        let by = proposal.prepared_by_name.clone().unwrap_or_default();
        let why = proposal.reason.clone();
        let version = matter.shown.appeal().version.to_string();
        view! {
            <h2 class="govuk-heading-m">{page.t("appeal-sign-title")}</h2>
            <p class="govuk-body"><bdi>{by}</bdi> ": " <bdi>{why}</bdi></p>
            <form method="post" action=matter.address() novalidate>
                <input type="hidden" name="version" value=version/>
                <input type="hidden" name="proposal" value=proposal.id.to_string()/>
                <input type="hidden" name="proposal_version" value=proposal.version.to_string()/>
                {text}
                <div class="govuk-button-group">
                    {Button::new(page.t_of("appeal-act", "sign")).named("act", "sign")}
                    {Button::new(page.t_of("appeal-act", "refuse")).secondary().named("act", "refuse")}
                </div>
            </form>
        }
        .into_any()
    })
    .collect()
}

/// What the person may do, by an officer's hand.
fn for_the_person(matter: &Matter, typed: &Pairs, problems: &Problems) -> AnyView {
    let acts: &[&'static str] = match matter.shown.appeal().state {
        S::CondonationRefused => &["contest"],
        S::Revised => &["continue"],
        S::Issued | S::Implemented => &["ask_reasons", "go_further"],
        S::Lodged
        | S::CondonationAsked
        | S::Acknowledged
        | S::Forwarded
        | S::ReadyToList
        | S::Adjourned
        | S::Listed
        | S::Heard => &["withdraw"],
        S::Determined | S::Closed | S::Further | S::Withdrawn => &[],
    };
    acts.iter()
        .map(|act| match *act {
            "contest" | "continue" => one_button(matter, act),
            _ => folded(matter, act, typed, problems),
        })
        .collect::<Vec<_>>()
        .into_any()
}
