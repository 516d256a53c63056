//! What a member of the tribunal may do with an appeal now.

use domain::appeal::{AppealState as S, ConflictReason, Hearing, IssueOutcome, RemandReason};
use leptos::prelude::*;

use super::acts::open;
use super::forms::{folded, form, one_button, remedy, words};
use super::show::Matter;
use crate::kit::{Button, Checkboxes, Day, Details, Input, InsetText, Problems, Radios, Textarea};
use crate::state::value;

type Pairs = [(String, String)];

/// What this member may do.
pub(super) fn next(matter: &Matter, typed: &Pairs, problems: &Problems) -> AnyView {
    let appeal = matter.shown.appeal();
    let me = matter.actor.account().map(domain::ids::StaffId::uuid);
    if appeal.member.is_some() && appeal.member != me {
        return view! {
            {InsetText::new(matter.page.t("appeal-held"))}
            {conflict(matter, typed, problems)}
        }
        .into_any();
    }
    let take = appeal.member.is_none().then(|| one_button(matter, "take"));
    let own: Vec<AnyView> = match appeal.state {
        S::ReadyToList => vec![
            list(matter, typed, problems),
            folded(matter, "on_paper", typed, problems),
            folded(matter, "adjourn", typed, problems),
        ],
        S::Adjourned => vec![one_button(matter, "resume")],
        S::Listed => vec![
            one_button(matter, "hear"),
            folded(matter, "postpone", typed, problems),
            folded(matter, "adjourn", typed, problems),
        ],
        S::Heard => vec![determine(matter, typed, problems), folded(matter, "adjourn", typed, problems)],
        S::Determined => vec![one_button(matter, "issue")],
        S::Issued | S::Implemented => {
            vec![words(matter, "correct", typed, problems), folded(matter, "set_aside", typed, problems)]
        }
        S::Forwarded => vec![InsetText::new(matter.page.t("appeal-agency-answers")).into_any()],
        _ => Vec::new(),
    };
    view! { {take} {own} {conflict(matter, typed, problems)} }.into_any()
}

fn conflict(matter: &Matter, typed: &Pairs, problems: &Problems) -> AnyView {
    let page = &matter.page;
    let is_sent = value(typed, "act") == "conflict";
    let reason = Radios::new("reason", page.t("appeal-conflict-why"))
        .items(ConflictReason::ALL.iter().map(|one| (one.code(), page.t_of("appeal-conflict", one.code()))))
        .value(if is_sent { value(typed, "reason") } else { "" })
        .error(problems.of("reason"));
    let inside = view! { {reason} {Button::new(page.t_of("appeal-act", "conflict")).warning()} };
    let inside = form(matter, "conflict", inside.into_any());
    let mut details = Details::new(page.t_of("appeal-act", "conflict"), inside);
    details.open = is_sent;
    details.into_any()
}

fn list(matter: &Matter, typed: &Pairs, problems: &Problems) -> AnyView {
    let page = &matter.page;
    let own = |name: &str| value(typed, name).to_owned();
    let day = Day::read("day", &own)
        .input("day", page.t("appeal-hearing-day"))
        .hint(page.t("appeal-hearing-day-hint"))
        .error(problems.of("day-day"));
    let time = Input::new("time", page.t("appeal-hearing-time"))
        .width(5)
        .value(own("time"))
        .error(problems.of("time"));
    let how = Radios::new("how", page.t("appeal-hearing-how"))
        .items(
            [Hearing::InPerson, Hearing::Remote].map(|one| (one.code(), page.t_of("appeal-how", one.code()))),
        )
        .value(own("how"))
        .error(problems.of("how"));
    let place =
        Input::new("place", page.t("appeal-hearing-place")).value(own("place")).error(problems.of("place"));
    let inside = view! {
        <h2 class="govuk-heading-m">{page.t_of("appeal-act", "list")}</h2>
        {day} {time} {how} {place}
        {Button::new(page.t_of("appeal-act", "list"))}
    };
    form(matter, "list", inside.into_any())
}

fn determine(matter: &Matter, typed: &Pairs, problems: &Problems) -> AnyView {
    let page = &matter.page;
    let parts: Vec<AnyView> = open(matter, true)
        .into_iter()
        .map(|(at, issue)| {
            let own = |name: &str| value(typed, &format!("{name}-{at}"));
            let error = |name: &str| problems.of(&format!("{name}-{at}"));
            let outcome = Radios::new(format!("outcome-{at}"), page.t("appeal-outcome"))
                .items(
                    IssueOutcome::ALL
                        .iter()
                        .map(|one| (one.code(), page.t_of("appeal-outcome-of", one.code()))),
                )
                .value(own("outcome"))
                .error(error("outcome"));
            let field = format!("reason-{at}");
            let chosen: Vec<String> =
                typed.iter().filter(|(name, _)| *name == field).map(|(_, one)| one.clone()).collect();
            let reasons = Checkboxes::new(field.clone(), page.t("appeal-reason-why"))
                .hint(page.t("appeal-reason-hint"))
                .items(
                    RemandReason::ALL.iter().map(|one| (one.code(), page.t_of("appeal-reason", one.code()))),
                )
                .values(chosen)
                .error(problems.of(&field));
            let why = Textarea::new(format!("why-{at}"), page.t("appeal-why"))
                .rows(4)
                .value(own("why"))
                .error(error("why"));
            view! {
                <h3 class="govuk-heading-s">{matter.about(issue)}</h3>
                {outcome}
                {remedy(matter, (at, issue), typed, problems)}
                {reasons}
                {why}
            }
            .into_any()
        })
        .collect();
    let reasons = Textarea::new("words", page.t_of("appeal-act-words", "determine"))
        .rows(8)
        .value(value(typed, "words"))
        .error(problems.of("words"));
    let inside = view! {
        <h2 class="govuk-heading-m">{page.t_of("appeal-act", "determine")}</h2>
        {parts}
        {reasons}
        {Button::new(page.t_of("appeal-act", "determine"))}
    };
    form(matter, "determine", inside.into_any())
}
