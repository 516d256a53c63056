//! A list of choices of a change's form: its options in order with their words; options added, moved, retired, brought back.

use std::fmt::Write as _;

use axum::extract::{Path, State};
use axum::response::Response;
use casework::Casework;
use casework::policy::FormWords;
use domain::form::{ChoiceList, registry};
use domain::ids::ChangeId;
use domain::policy::edit::FormEdit;
use leptos::prelude::*;

use super::typed::{Texts, dir, own_name};
use super::{Matter, Said, address, make};
use crate::kit::{Button, Cell, Content, Input, InsetText, NotificationBanner, Problems, Select, Table, Tag};
use crate::shell::{Answer, Failure, Page, render};
use crate::state::{Asked, Done, Pairs, SignedIn, value};

/// The text of an option.
const TEXTS: [(&str, &str); 1] = [("", "policy-form-option-text")];

fn find<'m>(matter: &'m Matter, id: &str) -> Result<&'m ChoiceList, Failure> {
    matter.draft.form.choice_list(id).ok_or_else(Failure::not_found)
}

fn here(id: ChangeId, list: &str) -> String {
    format!("{}/lists/{list}", address(id))
}

/// `GET /policy/{change}/form/lists/{list}`
pub async fn get(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((id, list)): Path<(ChangeId, String)>,
    Asked(done): Asked<Done>,
) -> Answer {
    let matter = Matter::load(&casework, &actor, id).await?;
    let own = find(&matter, &list)?;
    Ok(show(&page, &matter, own, done.done == "kept", &Said::default(), &[]))
}

/// `POST /policy/{change}/form/lists/{list}`: every edit, named by `act`.
pub async fn post(
    State(casework): State<Casework>,
    SignedIn { page, actor }: SignedIn,
    Path((id, list)): Path<(ChangeId, String)>,
    Pairs(pairs): Pairs,
) -> Answer {
    let matter = Matter::load(&casework, &actor, id).await?;
    let own = find(&matter, &list)?;
    let mut problems = Problems::new();
    let option = value(&pairs, "option").to_owned();
    let after = Some(value(&pairs, "after").to_owned()).filter(|after| !after.is_empty());
    let (edit, words, field) = match value(&pairs, "act") {
        "retire" => {
            let edit = FormEdit::RetireOption { list: list.clone(), option };
            (Some(edit), FormWords::new(), "options")
        }
        "bring_back" => {
            let after = own.options.last().cloned();
            (Some(FormEdit::Offer { list: list.clone(), option, after }), FormWords::new(), "options")
        }
        "move" if own.options.contains(&option) => {
            (Some(FormEdit::Offer { list: list.clone(), option, after }), FormWords::new(), "move")
        }
        "words" => {
            let key = format!("choice.{list}.{option}");
            let name = format!("text-{option}");
            let words =
                Texts { key: &key, name: &name, parts: &TEXTS }.read(&page, &matter, &pairs, &mut problems);
            (None, words, "options")
        }
        "add" => {
            let key = format!("choice.{list}.{option}");
            let is_id = !option.is_empty()
                && option.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
            if !is_id {
                problems.add("option", page.t("policy-form-id-wrong"));
            } else if own.knows(&option) {
                problems.add("option", page.t("policy-form-option-known"));
            }
            let words =
                Texts { key: &key, name: "text", parts: &TEXTS }.read(&page, &matter, &pairs, &mut problems);
            (Some(FormEdit::Offer { list: list.clone(), option, after }), words, "option")
        }
        _ => {
            problems.add("options", page.t("policy-form-same"));
            (None, FormWords::new(), "options")
        }
    };
    let said = if problems.is_empty() {
        let done = format!("{}?done=kept", here(id, &list));
        let of = (id, value(&pairs, "version"));
        match make((&casework, &actor, &page), of, (edit, words), (&done, field)).await {
            Ok(done) => return Ok(done),
            Err(said) => said?,
        }
    } else {
        Said { problems, ..Said::default() }
    };
    let matter = Matter::load(&casework, &actor, id).await?;
    let own = find(&matter, &list)?;
    Ok(show(&said.on(page), &matter, own, false, &said, &pairs))
}

fn show(
    page: &Page,
    matter: &Matter,
    own: &ChoiceList,
    is_kept: bool,
    said: &Said,
    typed: &[(String, String)],
) -> Response {
    let page = &page.clone().back(address(matter.id()));
    let title = page.t_with("policy-form-list-title", &[("list", own.id.as_str().into())]);
    let is_own = !registry::is_list(&own.id);
    render(page, &title, || {
        let news = is_kept.then(|| NotificationBanner::success(page.t("policy-form-kept")));
        let edits = (is_own && matter.is_open()).then(|| {
            view! {
                {moving(page, matter, own, said, typed)}
                {adding(page, matter, own, &said.problems, typed)}
            }
        });
        let foreign = (!is_own).then(|| InsetText::new(page.t("policy-form-list-foreign")));
        view! {
            {news}
            {said.summary(page)}
            {matter.caption()}
            <h1 class="govuk-heading-l"><bdi>{title.clone()}</bdi></h1>
            {matter.closed(page)}
            {foreign}
            {asked_by(page, matter, own)}
            {options(page, matter, own, is_own)}
            {edits}
        }
        .into_any()
    })
}

/// The questions that it is the list of.
fn asked_by(page: &Page, matter: &Matter, own: &ChoiceList) -> AnyView {
    let questions = matter.draft.form.questions.iter();
    let ids: Vec<String> = questions
        .filter(|question| question.choices.as_ref() == Some(&own.id))
        .map(|question| matter.label(page, &format!("question.{}", question.id), &question.id).to_owned())
        .collect();
    let said = page.t_with("policy-form-list-of", &[("questions", page.list(ids).into())]);
    view! { <p class="govuk-body"><bdi>{said}</bdi></p> }.into_any()
}

fn options(page: &Page, matter: &Matter, own: &ChoiceList, is_own: bool) -> Table {
    let languages = matter.languages();
    let head = [page.t("policy-form-option")]
        .into_iter()
        .chain(languages.iter().map(|language| own_name(language)))
        .chain([page.t("policy-form-standing"), page.t("policy-document-do")]);
    let mut table = Table::new(page.t("policy-form-option-list")).head(head).row_heads().scroll();
    table.caption_classes = "govuk-visually-hidden".into();
    for (option, retired) in own
        .options
        .iter()
        .map(|option| (option, false))
        .chain(own.retired.iter().map(|option| (option, true)))
    {
        let id = option.clone();
        let mut cells = vec![Cell::new(Content::view(view! { <code dir="ltr">{id}</code> }))];
        for language in &languages {
            let text = matter.words(language, &format!("choice.{}.{option}", own.id));
            let text = text.map_or_else(|| page.t("policy-form-missing"), str::to_owned);
            let language = language.clone();
            cells.push(Cell::new(Content::view(
                view! { <span dir=dir(&language) lang=language.clone()>{text}</span> },
            )));
        }
        let tag = retired.then(|| Tag::new(page.t("policy-form-retired")).colour("grey"));
        cells.push(Cell::new(Content::view(tag)));
        let act = (is_own && matter.is_open()).then(|| {
            let (key, act) = if retired {
                ("policy-form-option-back", "bring_back")
            } else {
                ("policy-form-option-retire", "retire")
            };
            let about = option.clone();
            let label = view! { {page.t(key)} <span class="govuk-visually-hidden">" " {about}</span> };
            view! {
                <form method="post" action=here(matter.id(), &own.id)>
                    {matter.version()}
                    <input type="hidden" name="option" value=option.clone()/>
                    {Button::new(Content::view(label)).secondary().named("act", act)}
                </form>
            }
        });
        cells.push(Cell::new(Content::view(act)));
        table = table.row(cells);
    }
    table
}

/// Every place in the list: first, or behind an option.
fn places(page: &Page, matter: &Matter, own: &ChoiceList, name: &str) -> Select {
    let mut select =
        Select::new(name, page.t("policy-form-option-place")).item("", page.t("policy-form-option-first"));
    for option in &own.options {
        let mut label = option.clone();
        let text = matter.label(page, &format!("choice.{}.{option}", own.id), option);
        if text != option {
            let _ = write!(label, " – {text}");
        }
        select =
            select.item(option.clone(), page.t_with("policy-form-option-after", &[("option", label.into())]));
    }
    select
}

fn moving(
    page: &Page,
    matter: &Matter,
    own: &ChoiceList,
    said: &Said,
    typed: &[(String, String)],
) -> AnyView {
    let names = own.options.iter().map(|option| (option.clone(), option.clone()));
    let option = Select { id: Some("move".into()), ..Select::new("option", page.t("policy-form-option")) };
    view! {
        <h2 class="govuk-heading-m">{page.t("policy-form-option-move")}</h2>
        <form method="post" action=here(matter.id(), &own.id) novalidate>
            {matter.version()}
            {option.items(names).value(value(typed, "option")).error(said.problems.of("move"))}
            {Select { id: Some("move-after".into()), ..places(page, matter, own, "after") }}
            {Button::new(page.t("policy-form-move-button")).secondary().named("act", "move")}
        </form>
    }
    .into_any()
}

fn adding(
    page: &Page,
    matter: &Matter,
    own: &ChoiceList,
    problems: &Problems,
    typed: &[(String, String)],
) -> AnyView {
    let is_adding = value(typed, "act") == "add";
    let typed = if is_adding { typed } else { &[] };
    let texts = Texts { key: "", name: "text", parts: &TEXTS };
    let last = own.options.last().cloned().unwrap_or_default();
    let after = if is_adding { value(typed, "after").to_owned() } else { last };
    view! {
        <h2 class="govuk-heading-m">{page.t("policy-form-option-add")}</h2>
        <form method="post" action=here(matter.id(), &own.id) novalidate>
            {matter.version()}
            {Input::new("option", page.t("policy-form-id"))
                .hint(page.t("policy-form-id-hint"))
                .width(20)
                .value(value(typed, "option"))
                .attribute("dir", "ltr")
                .attribute("spellcheck", "false")
                .error(problems.of("option"))}
            {texts.fields(page, matter, Some(typed), problems)}
            {places(page, matter, own, "after").value(after)}
            {Button::new(page.t("policy-form-option-add-button")).named("act", "add")}
        </form>
    }
    .into_any()
}
