//! What can be done with a change as it stands: by whoever writes it, and by the second person.

use casework::Actor;
use casework::policy::Whole;
use domain::policy::ChangeState;
use domain::policy::gates::{Finding, GateName};
use leptos::prelude::*;

use super::address;
use crate::kit::{Button, InsetText, Problems, Textarea};
use crate::shell::Page;

/// Whether somebody had a hand in it, and so may not approve it.
pub(super) fn is_own(whole: &Whole, actor: &Actor) -> bool {
    let me = actor.account();
    let change = &whole.change;
    std::iter::once(&change.author)
        .chain(change.submitted.as_ref().map(|(person, _)| person))
        .chain(&whole.editors)
        .any(|person| Some(person.id) == me)
}

/// The form with every step that may be taken now.
pub(super) fn steps(page: &Page, whole: &Whole, actor: &Actor, reason: &str, problems: &Problems) -> AnyView {
    let change = &whole.change;
    let (is_own, state) = (is_own(whole, actor), change.state);
    let submit = state.is_open().then(|| Button::new(page.t("policy-submit")).named("act", "submit"));
    let second = state == ChangeState::InReview && !is_own;
    let approve = second.then(|| Button::new(page.t("policy-approve")).named("act", "approve"));
    let send_back =
        second.then(|| Button::new(page.t("policy-send-back")).secondary().named("act", "send_back"));
    let waits = !matches!(state, ChangeState::Live | ChangeState::Withdrawn);
    if !waits {
        return ().into_any();
    }
    let withdraw = Button::new(page.t("policy-withdraw")).warning().named("act", "withdraw");
    let other =
        (state == ChangeState::InReview && is_own).then(|| InsetText::new(page.t("policy-second-person")));
    let hint = if second { "policy-reason-second" } else { "policy-reason-hint" };
    view! {
        <h2 class="govuk-heading-m" id="next">{page.t("policy-next")}</h2>
        {other}
        <form method="post" action=address(change.id) novalidate>
            <input type="hidden" name="version" value=change.version.to_string()/>
            {Textarea::new("reason", page.t("policy-reason"))
                .hint(page.t(hint))
                .rows(3)
                .value(reason)
                .error(problems.of("reason"))}
            <div class="govuk-button-group">{submit} {approve} {send_back} {withdraw}</div>
        </form>
    }
    .into_any()
}

/// A form for every guarantee that would be left without a programme: why that is accepted.
pub(super) fn gaps(page: &Page, whole: &Whole, looked: &casework::policy::Looked) -> AnyView {
    if !whole.change.state.is_open() {
        return ().into_any();
    }
    let gate = looked.gates.iter().find(|gate| gate.name == GateName::Guarantees);
    let open = gate.into_iter().flat_map(|gate| &gate.found).filter_map(|found| match found {
        Finding::Uncovered { guarantee, reason: None, .. } => Some(*guarantee),
        _ => None,
    });
    open.map(|guarantee| {
        let named = page.t_of("programme-guarantee", guarantee.as_str());
        let label = page.t_with("policy-gap-why", &[("guarantee", named.as_str().into())]);
        view! {
            <form method="post" action=address(whole.change.id) novalidate>
                <input type="hidden" name="version" value=whole.change.version.to_string()/>
                <input type="hidden" name="guarantee" value=guarantee.as_str()/>
                {Textarea::new(format!("gap-{}", guarantee.as_str()), label).rows(2)}
                {Button::new(page.t("policy-gap-accept")).secondary().named("act", "accept_gap")}
            </form>
        }
        .into_any()
    })
    .collect_view()
    .into_any()
}

/// The words for what a step did.
pub(super) fn news(done: &str) -> Option<&'static str> {
    Some(match done {
        "edited" => "policy-done-edited",
        "taken_out" => "policy-done-taken_out",
        "described" => "policy-done-described",
        "submitted" => "policy-done-submitted",
        "approved" => "policy-done-approved",
        "returned" => "policy-done-returned",
        "withdrawn" => "policy-done-withdrawn",
        "accepted" => "policy-done-accepted",
        "simulating" => "policy-done-simulating",
        _ => return None,
    })
}
