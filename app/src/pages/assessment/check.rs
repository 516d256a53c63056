//! The last look: every answer by module with a link to change it, and handing it in.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use casework::assessments::{Sitting, Submitted, open, submit};
use casework::{Actor, Casework};
use domain::form::question::Sensitivity;
use domain::role::Right;
use leptos::prelude::*;

use super::{Place, answers, sheet, whose};
use crate::kit::{Action, Button, Content, InsetText, Problems, SummaryList, Tag};
use crate::shell::{Answer, Page, render};
use crate::state::SignedIn;

/// `GET /assessments/{household}/{assessment}/check`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((household, assessment)): Path<(String, String)>,
) -> Answer {
    let place = Place::read(&household, &assessment)?;
    let sitting = open(&casework, &actor, place.household, place.assessment).await?;
    let back = if sitting.assessment.is_open() { place.list() } else { place.results() };
    let page = page.back(back);
    let title = page.t("assess-check");
    Ok(render(&page, &title, || show(&page, &actor, place, &sitting, &Problems::new())))
}

/// `POST /assessments/{household}/{assessment}/check`: hands it in; once decided, a second press leads to the same results.
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((household, assessment)): Path<(String, String)>,
) -> Answer {
    let place = Place::read(&household, &assessment)?;
    match submit(&casework, &actor, place.household, place.assessment).await? {
        Submitted::Decided { .. } => Ok(Redirect::to(&place.results()).into_response()),
        Submitted::Incomplete { left } => {
            let sitting = open(&casework, &actor, place.household, place.assessment).await?;
            let mut problems = Problems::new();
            let left = i64::try_from(left).unwrap_or(i64::MAX);
            problems.add("left", page.t_with("assess-left", &[("count", left.into())]));
            let page = page.failed().back(place.list());
            let title = page.t("assess-check");
            Ok(render(&page, &title, || show(&page, &actor, place, &sitting, &problems)))
        }
    }
}

fn show(page: &Page, actor: &Actor, place: Place, sitting: &Sitting, problems: &Problems) -> AnyView {
    let lang = page.lang.code();
    let pack = &sitting.pack;
    let may_assess = actor.may_in(Right::Assess, &sitting.home.scope());
    let open = sitting.assessment.is_open() && may_assess;
    let progress = sitting.progress();
    let mut module = String::new();
    let mut views: Vec<AnyView> = Vec::new();
    for checked in progress.check_answers() {
        let Some(group) = pack.form.group(&checked.page.group) else { continue };
        if group.module != module {
            module.clone_from(&group.module);
            let title = pack.module_label(lang, &module);
            views.push(view! { <h2 class="govuk-heading-m">{title}</h2> }.into_any());
        }
        let name = checked.page.member.as_deref().and_then(|id| sitting.home.name_of(id));
        let label = pack.group_label(lang, &group.id);
        let title = match name {
            Some(name) => page.t_with("assess-page-of", &[("page", label.into()), ("name", name.into())]),
            None => label,
        };
        let mut list = SummaryList::new();
        for (question, answer) in checked.rows {
            let hidden = question.sensitivity != Sensitivity::Normal && !may_assess;
            let value: Content = match answer {
                Some(_) if hidden => page.t("assess-kept-private").into(),
                Some(answer) => answers::words(page, pack, question, answer).into(),
                None if question.required && !progress.is_skippable(&question.id) => {
                    Tag::new(page.t("assess-missing")).colour("yellow").into()
                }
                None => page.t("assess-not-asked").into(),
            };
            list = list.row(capital(&pack.question_short(lang, question)), value);
        }
        let to = format!("{}?from=check", sheet::address(place, sitting, &checked.page));
        let actions = if open { vec![Action::new(to, page.t("change"), "")] } else { Vec::new() };
        views.push(list.card(title, actions).into_any());
    }
    let left = sitting.left();
    let next = progress.next_page(None);
    let hand_in = if !open {
        None
    } else if left > 0 {
        let count = page.t_with("assess-left", &[("count", i64::try_from(left).unwrap_or(i64::MAX).into())]);
        let to = next.map_or_else(|| place.list(), |next| sheet::address(place, sitting, &next));
        Some(
            view! {
                <div id="left">{InsetText::new(count)}</div>
                {Button::link(to, page.t("assess-go-on"))}
            }
            .into_any(),
        )
    } else {
        Some(
            view! {
                <h2 class="govuk-heading-m">{page.t("assess-submit-title")}</h2>
                <p class="govuk-body">{page.t("assess-submit-text")}</p>
                <form method="post">{Button::new(page.t("assess-submit"))}</form>
            }
            .into_any(),
        )
    };
    view! {
        {problems.summary()}
        {whose(page, &sitting.home)}
        <h1 class="govuk-heading-l">{page.t("assess-check")}</h1>
        {views}
        {hand_in}
    }
    .into_any()
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
