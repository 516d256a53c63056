//! Appealing from the own page: against which answer, and why. The office writes nothing for them and nothing else is asked.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use casework::appeals::{Contestable, NewAppeal, contestable, lodge};
use casework::error::Conflict;
use casework::tracking::{self, Token, Visitor as Guest};
use casework::{Actor, Casework, Error};
use domain::appeal::Channel;
use domain::ids::AppealId;
use domain::representative::Reach;
use leptos::prelude::*;

use super::answer::not_theirs;
use super::visit::{Visitor, over};
use crate::kit::{Button, Checkboxes, Choice, Problems, Radios, Textarea};
use crate::pages::appeals::contested;
use crate::shell::{Answer, Failure, Page, render};
use crate::state::{AppState, Pairs, value};

/// What is typed.
#[derive(Clone, Debug, Default)]
struct Typed {
    form: String,
    against: Vec<String>,
    grounds: String,
    hearing: String,
    late: String,
}

/// `GET /track/appeal`
pub async fn get(State(state): State<AppState>, page: Page, Visitor(token): Visitor) -> Answer {
    let id: AppealId = state.casework.new_id();
    let typed = Typed { form: id.to_string(), ..Typed::default() };
    let (_, found) = enter(&state.casework, &token).await?;
    show(&state.casework, &page, &found, &typed, &Problems::new())
}

/// `POST /track/appeal`
pub async fn post(
    State(state): State<AppState>,
    page: Page,
    Visitor(token): Visitor,
    Pairs(pairs): Pairs,
) -> Answer {
    let (guest, found) = enter(&state.casework, &token).await?;
    let own = |name: &str| value(&pairs, name).to_owned();
    let typed = Typed {
        form: own("form_id"),
        against: contested::ticked(&pairs),
        grounds: own("grounds"),
        hearing: own("hearing"),
        late: own("late"),
    };
    let mut problems = Problems::new();
    let id = typed.form.parse().unwrap_or_else(|_| state.casework.new_id());
    let new = check(&page, &found, &typed, id, &mut problems);
    if problems.is_empty() {
        match lodge(&state.casework, &Actor::applicant(), guest.household, new).await {
            Ok(_) => return Ok(Redirect::to("/track/status?done=appealed").into_response()),
            Err(Error::Invalid("appeal.late_reason")) => {
                problems.add("late", page.t("track-appeal-late-missing"));
            }
            Err(Error::Conflict(Conflict::Taken)) => {
                problems.add("against", page.t("track-appeal-taken"));
            }
            Err(Error::Conflict(_)) => {
                problems.add("against", page.t("track-appeal-moved"));
            }
            Err(error) => return Err(not_theirs(&state, &token, error).await),
        }
    }
    show(&state.casework, &page.failed(), &found, &typed, &problems)
}

/// Who is in and may act, and what may be contested.
async fn enter(cw: &Casework, token: &Token) -> Result<(Guest, Vec<Contestable>), Failure> {
    let guest = tracking::visitor(cw, token).await.map_err(over)?;
    if guest.reach < Reach::Act {
        return Err(Failure::elsewhere("/track/status?done=not_yours"));
    }
    let found = contestable(cw, &Actor::applicant(), guest.household).await.map_err(over)?;
    Ok((guest, found))
}

fn check(
    page: &Page,
    found: &[Contestable],
    typed: &Typed,
    id: AppealId,
    problems: &mut Problems,
) -> NewAppeal {
    let against = contested::chosen(found, &typed.against, id);
    if against.is_empty() {
        problems.add("against", page.t("track-appeal-against-missing"));
    }
    if typed.grounds.is_empty() {
        problems.add("grounds", page.t("track-appeal-grounds-missing"));
    } else if typed.grounds.chars().count() > casework::appeals::lodge::MOST {
        problems.add("grounds", page.t("track-appeal-too-long"));
    }
    if !matches!(typed.hearing.as_str(), "yes" | "no") {
        problems.add("hearing", page.t("track-appeal-hearing-missing"));
    }
    NewAppeal {
        id,
        channel: Channel::Online,
        received_on: None,
        against,
        grounds: typed.grounds.clone(),
        wants_hearing: typed.hearing == "yes",
        late_reason: typed.late.clone(),
        complaint: None,
    }
}

fn show(cw: &Casework, page: &Page, found: &[Contestable], typed: &Typed, problems: &Problems) -> Answer {
    let pack = cw.pack()?;
    let name = |one: &Contestable| match &one.decision {
        None => page.t("track-appeal-delay"),
        Some(decision) => page.of_pack(&pack, &format!("programme.{}.name", decision.programme)),
    };
    let hint = |one: &Contestable| match (one.until, one.late_since) {
        (Some(until), _) => {
            let key = if one.is_late { "track-appeal-over" } else { "track-appeal-until" };
            page.t_with(key, &[("date", page.date(until).into())])
        }
        (None, Some(since)) => page.t_with("track-appeal-since", &[("date", page.date(since).into())]),
        (None, None) => page.t("track-appeal-announced"),
    };
    let free: Vec<&Contestable> = found.iter().filter(|one| one.appealed.is_none()).collect();
    let choices = free.iter().fold(
        Checkboxes::new(contested::FIELD, page.t("track-appeal-against"))
            .legend_class("govuk-fieldset__legend--s"),
        |list, one| list.choice(Choice::new(contested::key(one), name(one)).hint(hint(one))),
    );
    let choices = choices.values(typed.against.clone()).error(problems.of("against"));
    let is_late = free.iter().any(|one| one.is_late) || !typed.late.is_empty();
    let late = is_late.then(|| {
        Textarea::new("late", page.t("track-appeal-late"))
            .label_class("govuk-label--s")
            .hint(page.t("track-appeal-late-hint"))
            .rows(3)
            .value(&typed.late)
            .error(problems.of("late"))
    });
    let hearing = Radios::new("hearing", page.t("track-appeal-hearing"))
        .legend_class("govuk-fieldset__legend--s")
        .items([("yes", page.t("track-appeal-hearing-yes")), ("no", page.t("track-appeal-hearing-no"))])
        .value(typed.hearing.clone())
        .error(problems.of("hearing"));
    let grounds = Textarea::new("grounds", page.t("track-appeal-grounds"))
        .label_class("govuk-label--s")
        .hint(page.t("track-appeal-grounds-hint"))
        .rows(6)
        .value(&typed.grounds)
        .error(problems.of("grounds"));
    let title = page.t("track-appeal-title");
    Ok(render(&page.clone().back("/track/status"), &title, || {
        let body = if free.is_empty() {
            view! { <p class="govuk-body">{page.t("track-appeal-nothing")}</p> }.into_any()
        } else {
            view! {
                <form method="post" action="/track/appeal" autocomplete="off" novalidate>
                    <input type="hidden" name="form_id" value=typed.form.clone()/>
                    {choices}
                    {grounds}
                    {hearing}
                    {late}
                    {Button::new(page.t("track-appeal-send"))}
                </form>
            }
            .into_any()
        };
        view! {
            {problems.summary()}
            <div class="govuk-grid-row">
                <div class="govuk-grid-column-two-thirds">
                    <h1 class="govuk-heading-l">{page.t("track-appeal-title")}</h1>
                    <p class="govuk-body">{page.t("track-appeal-lead")}</p>
                    {body}
                </div>
            </div>
        }
        .into_any()
    }))
}
